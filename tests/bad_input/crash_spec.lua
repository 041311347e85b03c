-- Writers that are killed, and writers that meet: what was acknowledged is there, whole.
--
-- SEED=n kills at other moments.
local bases = require "tests.bad_input.bases"
local commits = require "tests.bad_input.commits"
local dossier = require "dossier"
local helper = require "tests.helper"

local torture = os.getenv "TORTURE" == "1"
local seed = tonumber(os.getenv "SEED") or os.time()

local function contains(text, part)
  assert(text:find(part, 1, true), ("%q is not in:\n%s"):format(part, text))
end

describe("a writer that is killed", function()
  local folder, nothing
  setup(function()
    folder = helper.folder()
    nothing = helper.write(folder .. "/nothing.dl", "")
  end)
  teardown(function() helper.sweep(folder) end)

  --- Commit from transaction `from` on, for that many milliseconds: the last acknowledged.
  local function commit(path, from, milliseconds, ...)
    local out, err, code = helper.run("timeout", { "-s", "KILL", ("%.3f"):format(milliseconds / 1000),
      helper.build .. "/dossier", "run", "tests/bad_input/commits.lua", nothing, path, "--from",
      tostring(from), ... })
    assert(code == 137, ("it ended by itself, with %d: %s"):format(code, err))
    local last
    for number in out:gmatch "(%d+)\n" do last = tonumber(number) end
    return last
  end

  --- The base holds transactions 1 to n whole and nothing else: n; 0 where there is none.
  local function check(where, path, least)
    if not helper.read(path) then
      assert(least == 0, where .. ": the base is gone")
      return 0
    end
    local kb = assert(dossier.open(path))
    local steps, last = {}, 0
    for n, i in kb:query "?- step(N, I)." do
      steps[n] = (steps[n] or 0) + i
      last = math.max(last, n)
    end
    assert(last >= least, ("%s: %d was acknowledged, %d is the last"):format(where, least, last))
    for n = 1, last do
      assert(steps[n] == commits.STEPS * (commits.STEPS + 1) // 2,
        ("%s: of transaction %d only %s is there"):format(where, n, steps[n]))
    end
    local marks = {}
    for n in kb:query "?- mark(N)." do marks[#marks + 1] = n end
    assert.same({ last }, marks, where)
    assert.equal(last, #kb:transactions(), where)
    kb:close()
    return last
  end

  for _, how in ipairs { { bound = 4096, block = 8100 }, { bound = 30, block = 64 } } do
    it(("leaves every commit whole, merging past %d"):format(how.bound), function()
      local random = helper.random(seed + how.bound)
      local path, last = folder .. "/killed" .. how.bound .. ".kb", 0
      local rounds, round = torture and 500 or 25, 0
      repeat -- a slow machine takes more rounds, and longer ones
        round = round + 1
        local milliseconds = (10 + random(60) * (helper.sanitized and 10 or 1)) * (1 + round // rounds)
        local where = ("seed %d, round %d, killed after %d ms"):format(seed, round, milliseconds)
        local told = commit(path, last + 1, milliseconds, "--bound", tostring(how.bound), "--block",
          tostring(how.block))
        last = check(where, path, told or last)
      until round >= rounds and last > 25
    end)
  end

  it("leaves the whole of a first commit, or no base", function()
    local random = helper.random(seed)
    local path = folder .. "/born.kb"
    for round = 1, torture and 500 or 20 do
      local milliseconds = random(45) * (helper.sanitized and 10 or 1)
      local where = ("seed %d, round %d, killed after %d ms"):format(seed, round, milliseconds)
      local told = commit(path, 1, milliseconds)
      check(where, path, told or 0)
      if round % 3 > 0 then -- else what lies about is met by the next
        helper.shell("rm -f " .. helper.quote(path) .. "*")
      else
        os.remove(path)
        os.remove(path .. "-wal")
      end
    end
  end)
end)

describe("a second writer", function()
  local folder, path, go, nothing
  before_each(function()
    folder = helper.folder()
    path, go = folder .. "/shared.kb", folder .. "/go"
    nothing = helper.write(folder .. "/nothing.dl", "")
  end)
  after_each(function() helper.sweep(folder) end)

  --- Have another process hold a transaction: the pipe to it, and its number.
  local function hold()
    local pipe = assert(io.popen(("sh -c 'echo $$; exec %s \"$@\"' - %s/dossier run %s %s %s %s 2>&1")
      :format(helper.clean, helper.build, "tests/bad_input/hold.lua", helper.quote(nothing),
        helper.quote(path), helper.quote(go))))
    local number = pipe:read "l"
    assert.equal("holding", pipe:read "l")
    return pipe, number
  end

  local function busy(message)
    contains(message, path .. ": another program is writing to the base; try again")
  end

  for _, case in ipairs { { "to a base", true }, { "to a base that is being made", false } } do
    it("is told that " .. case[1] .. " another writes", function()
      if case[2] then bases.make(path, { seed = 4, transactions = 3, clauses = 5 }):close() end
      local pipe = hold()
      local before = helper.read(path)
      if case[2] then -- the command waits for five seconds
        local _, err, code = helper.dossier({ "-b", path, "load", "-" }, "held(second, one).\n")
        assert.equal(2, code)
        busy(err)
      end
      local kb = assert(dossier.open(path, { busy_ms = 20 }))
      local ok, message, word = kb:load_text "held(second, one)."
      assert.is_nil(ok)
      assert.equal("busy", word)
      busy(message)
      local reading = case[2] and kb:query "?- held(X, Y)." -- readers do not wait
      if reading then assert(reading()) end
      assert.equal(before, helper.read(path))
      helper.write(go, "")
      assert.equal("let go", pipe:read "l")
      assert(pipe:close())
      assert(kb:load_text "held(second, one).")
      local n = 0
      for who in kb:query "?- held(X, Y)." do
        n = n + ((who.id == "by" or who.id == "second") and 1 or 0)
      end
      assert.equal(2, n)
      kb:close()
    end)
  end

  it("goes on where the first is killed, and finds nothing of it", function()
    bases.make(path, { seed = 4, transactions = 3, clauses = 5 }):close()
    local pipe, number = hold()
    helper.shell("kill -9 " .. number)
    pipe:close()
    local _, err, code = helper.dossier({ "-b", path, "load", "-" }, "held(second, one).\n")
    assert.equal("", err)
    assert.equal(0, code)
    local out = helper.dossier { "-b", path, "query", "held(X, Y)" }
    contains(out, "second")
    assert.is_nil(out:find "holder")
  end)
end)
