-- Random programs over facts with times and claims, in views, against a naive evaluator.
local dossier = require "dossier"
local helper = require "tests.helper"
local judges = require "tests.rules.judges"
local naive = require "tests.rules.naive"
local seen = require "tests.rules.seen"
local spell = require "tests.rules.spell"
local timed = require "tests.rules.timed"

local SEED = tonumber(os.getenv "SEED") or 20261130
local STEPS = tonumber(os.getenv "STEPS") or (helper.sanitized and 100 or 600)
local BATCH, BUDGET = 200, 100000

local function value_text(value)
  local kind = type(value)
  if (kind == "table" or kind == "userdata") and value.id then return value.id end
  return tostring(value)
end

--- The answers to a query as naive.answers has them.
local function answers(kb, text, columns)
  local query = assert(kb:prepare(text))
  local at, lines = {}, {}
  for i, name in ipairs(query.columns) do at[name] = i end
  for _, name in ipairs(columns) do assert(at[name], "no column " .. name) end
  local step, state, control = query:rows()
  while true do
    local row = table.pack(step(state, control))
    if row[1] == nil then break end
    local words = {}
    for i, name in ipairs(columns) do words[i] = value_text(row[at[name]]) end
    lines[#lines + 1] = #columns > 0 and table.concat(words, "\t") or "yes"
  end
  query:close()
  table.sort(lines)
  return lines
end

local function view_options(view)
  local options = {}
  for name, value in pairs(view) do options[name] = value end
  if view.known_at then options.known_at = "#" .. view.known_at end
  return options
end

--- A base with the program's facts and, unless they go with each query, its rules.
local function load(program)
  local kb = assert(dossier.open())
  for i, text in ipairs(timed.loads(program)) do assert(kb:load_text(text, "facts" .. i)) end
  local with = program.seed % 3 == 0 and next(program.declared) == nil
  if not with then assert(kb:load_text(timed.rules(program), "rules")) end
  return kb, with and timed.rules(program) or ""
end

--- Where a program is answered otherwise than it should be, in words.
local function compare(program)
  local kb <close>, before = load(program)
  for i, view in ipairs(program.views) do
    local plain = seen.plain(program, view)
    local due = naive.answers(plain, BUDGET)
    local from = i > 1 and kb:view(view_options(view)) or kb
    for k, query in ipairs(due and program.queries or {}) do
      local came = answers(from, before .. timed.query(query), naive.columns(plain.queries[k]))
      local why = judges.difference({ due[k] }, { came })
      if why then
        return ("in view %s: %s\n%s\n"):format(table.concat(timed.options(view), " "),
          timed.query(query), why)
      end
    end
  end
end

--- The same as one text for tests/embed/logic_route.c.
local function host_text(program)
  local parts = { table.concat(timed.loads(program), "%+\n"), "%+\n", timed.rules(program) }
  for i, view in ipairs(program.views) do
    if i > 1 then parts[#parts + 1] = "%? " .. timed.words(view) .. "\n" end
    for _, query in ipairs(program.queries) do parts[#parts + 1] = timed.query(query) .. "\n" end
  end
  return table.concat(parts)
end

-- ---- the command ------------------------------------------------------------------------

--- The instant of transaction `number`, and of what was known by then.
local function instant(number, hour) return ("2026-01-%02dT%02d:00:00Z"):format(number + 1, hour) end

--- Shell commands that put the program on record in a base of its own, a transaction a day,
--- and write what the view `v` answers to v.out, on `v` threads.
local function script(program, folder)
  local command = helper.clean .. helper.quote(helper.build .. "/dossier")
    .. " -b " .. folder .. "/a.kb "
  local lines, loads = { "exec 2> " .. folder .. "/err" }, timed.loads(program)
  loads[#loads + 1] = timed.rules(program)
  for i, text in ipairs(loads) do
    helper.write(("%s/%d.dl"):format(folder, i), text)
    lines[#lines + 1] = ("%sload %s/%d.dl --now %s > /dev/null"):format(command, folder, i, instant(i, 0))
  end
  for v, view in ipairs(program.views) do
    local options = { "--threads", tostring(v), "--format", "tsv", table.unpack(timed.options(view)) }
    for i, word in ipairs(options) do
      local number = word:match "^#(%d+)$"
      options[i] = helper.quote(number and instant(tonumber(number), 12) or word)
    end
    for _, query in ipairs(program.queries) do
      lines[#lines + 1] = ("%squery %s %s >> %s/%d.out"):format(command, helper.quote(timed.query(query)),
        table.concat(options, " "), folder, v)
    end
  end
  return helper.write(folder .. "/run.sh", table.concat(lines, "\n") .. "\n")
end

--- Where the command answers otherwise than it should, in words.
local function compare_command(program)
  local folder = helper.folder()
  helper.shell("sh " .. script(program, folder))
  local why
  for v, view in ipairs(program.views) do
    local plain = seen.plain(program, view)
    local came, wrong = spell.read_dossier(plain, helper.read(("%s/%d.out"):format(folder, v)) or "")
    wrong = wrong or judges.difference(assert(naive.answers(plain, BUDGET)), came)
    why = why or wrong and ("in view %s: %s\n%s"):format(table.concat(timed.options(view), " "), wrong,
      helper.read(folder .. "/err"))
  end
  helper.sweep(folder)
  return why
end

-- ---- the whole --------------------------------------------------------------------------

local function text_of(program)
  return table.concat(timed.loads(program), "% --\n") .. "% --\n" .. timed.rules(program)
end

--- Programs from that number on.
local function check(from, n, compared)
  local wrong, first = 0, nil
  for i = from, from + n - 1 do
    local program = timed.new(SEED * 100000 + i)
    local ok, why = pcall(compared, program)
    if why then
      wrong = wrong + 1
      first = first or ("seed %d (%d): %s%s\n%s"):format(SEED, i, ok and "" or "an error: ", why,
        text_of(program))
    end
  end
  assert(wrong == 0, ("%d of %d programs, the first with %s"):format(wrong, n, first))
end

describe("random programs with times and claims", function()
  it("have answers, and others in views, to be worth a comparison", function()
    local queries, answered, other = 0, 0, 0
    for i = 1, 60 do
      local program, whole = timed.new(SEED * 100000 + i), nil
      for v, view in ipairs(program.views) do
        local due = assert(naive.answers(seen.plain(program, view), BUDGET))
        whole = whole or due
        for k, lines in ipairs(due) do
          if v == 1 then queries, answered = queries + 1, answered + (#lines > 0 and 1 or 0) end
          if #lines ~= #whole[k] then other = other + 1 end
        end
      end
    end
    assert.is_true(answered > queries // 3 and other > 30, ("%d of %d, %d"):format(answered, queries, other))
  end)

  for from = 1, STEPS, BATCH do
    local n = math.min(BATCH, STEPS - from + 1)
    it(("%d to %d are answered in views as a naive evaluator answers them"):format(from, from + n - 1),
      function() check(from, n, compare) end)
  end

  it("are answered so by the command, from a file, day by day, on several threads", function()
    check(STEPS + 1, STEPS // 50, compare_command)
  end)

  it("are answered alike in every order of goals, with and without demand", function()
    local texts, folder = {}, helper.folder()
    for i = 1, STEPS // 10 do
      texts[i] = host_text(timed.new((SEED + 1) * 100000 + i))
    end
    helper.write(folder .. "/programs.dl", table.concat(texts, "%%%\n"))
    local out, err = helper.host("logic_route", { folder .. "/programs.dl", "4" })
    helper.sweep(folder)
    assert.matches("%d+ programs, %d+ queries, 0 refused, 0 wrong\n$", out .. err)
  end)
end)
