--- handler: what the suite prints.
--
-- One dot a test; then each failure and error with its place, its name and its message;
-- then, always last, "N passed, N failed".  An error outside a test (a spec that does not
-- load, a teardown that fails) counts as failed, and so does a run without any test.
-- The exit code is 1 where anything failed, whatever the number of failures.

--- What a test was told, as text.
---@param message any
---@return string
local function words(message)
  if type(message) == "string" then return message end
  if message == nil then return "no message" end
  if type(message) == "table" and type(message.message) == "string" then
    return message.message
  end
  local mt = getmetatable(message)
  if mt and mt.__tostring then return tostring(message) end
  return require("pl.pretty").write(message)
end

--- "tests/api/open_spec.lua:12".
---@param told table
---@return string
local function place(told)
  local trace = told.element.trace or told.trace
  if not trace or not trace.short_src then return told.element.name or "?" end
  return trace.short_src .. ":" .. trace.currentline
end

---@param kind string
---@param told table
local function describe(kind, told)
  io.write(("\n%s  %s\n%s\n"):format(kind, place(told), told.name))
  io.write("  ", (words(told.message):gsub("\n", "\n  ")), "\n")
  if told.isError and told.trace and told.trace.traceback then
    local trace = told.trace.traceback:gsub("^%s+", ""):gsub("%s+$", "")
    io.write("  ", (trace:gsub("\n", "\n  ")), "\n")
  end
end

return function()
  local busted = require "busted"
  local handler = require "busted.outputHandlers.base"()
  local failed = 1 -- until a suite has ended

  local marks = { success = ".", pending = "p", failure = "F", error = "E" }
  local column = 0

  handler.testEnd = function(_, _, status)
    io.write(marks[status] or "?")
    column = column + 1
    if column % 80 == 0 then io.write("\n") end
    io.flush()
    return nil, true
  end

  handler.suiteEnd = function()
    if column % 80 ~= 0 then io.write("\n") end
    for _, told in ipairs(handler.pendings) do describe("pending", told) end
    for _, told in ipairs(handler.failures) do describe("failed", told) end
    for _, told in ipairs(handler.errors) do describe("error", told) end
    failed = handler.failuresCount + handler.errorsCount
    if failed == 0 and handler.successesCount == 0 then
      io.write("no test was run\n")
      failed = 1
    end
    io.write(("\n%d passed, %d failed\n"):format(handler.successesCount, failed))
    io.flush()
    return nil, true
  end

  -- The runner's own exit code is the number of failures, of which a shell sees the low
  -- eight bits.
  handler.exit = function()
    if failed > 0 then os.exit(1, true) end
    return nil, true
  end

  busted.subscribe({ "test", "end" }, handler.testEnd,
    { predicate = handler.cancelOnPending })
  busted.subscribe({ "suite", "end" }, handler.suiteEnd)
  busted.subscribe({ "exit" }, handler.exit)
  return handler
end
