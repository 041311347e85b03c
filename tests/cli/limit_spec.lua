-- What ends a program of rules that runs away, on the command line and in Lua.
local helper = require "tests.helper"
local dossier = require "dossier"

local RUNAWAY = "n(0).\nn(Y) :- n(X), Y = X + 1.\n"

describe("a program that derives without end", function()
  local folder, file

  before_each(function()
    folder = helper.folder()
    file = helper.write(folder .. "/n.dl", RUNAWAY .. "?- n(X).\n")
  end)
  after_each(function() helper.sweep(folder) end)

  it("is ended by each limit of the command, with what to do about it", function()
    for option, said in pairs {
      ["--limit-tuples=5000"] = "stopped after 5,000 tuples (limit tuples): rule n at " .. file .. ":2 was running; ",
      ["--limit-memory=2"] = "stopped at 2 MB of memory (limit memory): rule n at " .. file .. ":2 was running; ",
      ["--limit-time=0.2"] = "stopped after 0.2 seconds (limit time): rule n at " .. file .. ":2 was running; ",
    } do
      local out, err, code = helper.dossier { "query", file, option }
      assert.equal(2, code)
      assert.equal("", out)
      assert(err:find(said, 1, true), err)
      assert(err:find("raise the limit", 1, true), err)
    end
  end)

  it("is ended so where a proof is asked for, and by a time for all strata together", function()
    for _, option in ipairs { "--limit-tuples=5000", "--limit-memory=2", "--limit-time=0.2" } do
      local out, err, code = helper.dossier { "why", file, "n(-1)", option }
      assert.equal(2, code)
      assert.equal("", out)
      assert(err:find("rule n at " .. file .. ":2 was running; raise the limit", 1, true), err)
    end
    local out, err, code = helper.dossier { "why", file, "n(-1)", "--limit-tuples=none" }
    assert.equal("", out)
    assert.equal("dossier: --limit-tuples takes a number above 0; came none\n", err)
    assert.equal(2, code)
  end)

  it("is named by what was written, whatever was running", function()
    local said = {
      ["n(Y) :- n(X), Y = X + 1.\n?- n(X), X != 7."] = "rule n at " .. file .. ":2",
      ["w(X) :- v(X), not v(X).\nv(X) :- n(X).\nn(Y) :- n(X), Y = X + 1.\n?- w(X)."] =
        "rule n at " .. file .. ":4",
      ["m(X) :- X = count { Y : n(Y) }.\nn(Y) :- n(X), Y = X + 1.\n?- m(X)."] =
        "rule n at " .. file .. ":3",
    }
    for rules, name in pairs(said) do
      helper.write(file, "n(0).\n" .. rules .. "\n")
      local _, err, code = helper.dossier { "query", file, "--limit-tuples=5000" }
      assert.equal(2, code)
      assert(err:find("(limit tuples): " .. name .. " was running; ", 1, true), err)
    end
    local pairs_of = {}
    for i = 1, 300 do pairs_of[i] = ("p(%d)."):format(i) end
    helper.write(file, table.concat(pairs_of, "\n") .. "\nq(X) :- p(X).\n")
    local _, err = helper.dossier { "query", file, "q(X), q(Y), X < Y", "--limit-tuples=5000" }
    assert(err:find("(limit tuples): the query was running; ", 1, true), err)
  end)

  it("is ended by each limit of a base in Lua, which stays as it was", function()
    local kb = assert(dossier.open())
    assert(kb:load_text(RUNAWAY))
    for _, limit in ipairs { { tuples = 5000 }, { memory = 2 }, { time = 0.2 } } do
      kb:limit(limit)
      local q = assert(kb:prepare "n(X)")
      local ok, message = pcall(q.count, q)
      assert.is_false(ok)
      assert(tostring(message):find("raise the limit", 1, true), message)
      q:close()
      assert.equal(1, #assert(kb:prepare("n(X), X < 1 limit 1", {})).columns)
    end
    assert(kb:load_text "p(1).")
    assert.equal(1, assert(kb:prepare "p(X)"):count())
  end)

  it("is bounded anew by each call, and unbounded where a limit is false", function()
    local kb = assert(dossier.open())
    assert(kb:load_text "m(0). m(Y) :- m(X), X < 9999, Y = X + 1.")
    local q = assert(kb:prepare "m(X)")
    kb:limit { tuples = 5000 }
    assert.is_false((pcall(q.count, q)))
    kb:limit { tuples = false, memory = false }
    assert.equal(10000, q:count())
    kb:limit()
    assert.equal(10000, q:count())
  end)

  it("tells on a terminal, from the first second on, what it is at, and wipes that", function()
    local command = ("%s query %s --limit-time 1.5"):format(helper.build .. "/dossier", file)
    local function on_terminal(options)
      return (helper.shell(helper.clean .. "NO_COLOR=1 script -qec " .. helper.quote(command .. options)
        .. " /dev/null"))
    end
    local shown = on_terminal("")
    if shown == "" then return pending "script(1) is missing" end
    assert.matches("\rrule n at [^\r]*  [%d.]+ [kM] tuples, [%d.]+ [kM]?/s\27%[K", shown)
    assert.matches("\r\27%[Kdossier: stopped after 1.5 seconds", shown)
    assert.falsy(on_terminal(" --quiet"):find("\r\27", 1, true))
    assert.matches("^dossier: stopped after 1.5 seconds", on_terminal(" --quiet"))
    assert.matches("^dossier: stopped after 1.5 seconds", (select(2, helper.shell(
      helper.clean .. command))))
  end)

  it("is told of limits that are none", function()
    local kb = assert(dossier.open())
    for _, wrong in ipairs { { tuples = 0 }, { memory = "1G" }, { time = true } } do
      assert.has_error(function() kb:limit(wrong) end)
    end
    assert.has_error(function() kb:limit { tuple = 1 } end)
  end)
end)
