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
      ["--limit-tuples=5000"] = "more than 5000 tuples were derived",
      ["--limit-memory=2"] = "deriving took more than 2 MB of memory",
      ["--limit-time=0.2"] = "deriving took more than 200 ms",
    } do
      local out, err, code = helper.dossier { "query", file, option }
      assert.equal(2, code)
      assert.equal("", out)
      assert(err:find(said, 1, true), err)
      assert(err:find("raise the limit", 1, true), err)
    end
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

  it("is told of limits that are none", function()
    local kb = assert(dossier.open())
    for _, wrong in ipairs { { tuples = 0 }, { memory = "1G" }, { time = true } } do
      assert.has_error(function() kb:limit(wrong) end)
    end
    assert.has_error(function() kb:limit { tuple = 1 } end)
  end)
end)
