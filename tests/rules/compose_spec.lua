-- Predicates that are composed with themselves go on by what their other rules derive.
local helper = require "tests.helper"

describe("a predicate that a rule composes with itself", function()
  local folder

  before_each(function() folder = helper.folder() end)
  after_each(function() helper.sweep(folder) end)

  --- The plan and the answers of a program's query.
  local function plan(text, query)
    local path = folder .. "/a.dl"
    helper.write(path, text)
    local out, err = helper.dossier { "query", path, query, "--explain" }
    return out .. (err or "")
  end
  local function has(text, part)
    assert(text:find(part, 1, true), ("%q is not in:\n%s"):format(part, text))
  end
  local function has_not(text, part)
    assert(not text:find(part, 1, true), ("%q is in:\n%s"):format(part, text))
  end

  it("goes on by the one atom that its other rule renames", function()
    has(plan([[
e(1, 2). e(2, 3). e(3, 1).
r(Y, X) :- e(X, Y).
r(X, Z) :- r(Y, Z), r(X, Y).
]], "?- r(X, Y)."), "r(X, Z) :- r(X, Y), e(Z, Y).")
  end)

  it("goes on by a predicate of what several other rules derive", function()
    local text = plan([[
e(1, 2). e(2, 3). f(3, 4).
r(X, Y) :- e(X, Y).
r(X, Y) :- f(X, Y), X < Y.
r(X, Z) :- r(X, Y), r(Y, Z).
]], "?- r(X, Y).")
    has(text, "r(X, Z) :- r(X, Y), r{direct}(Y, Z).")
    has(text, "r{direct}(X, Y) :- e(X, Y).")
  end)

  it("may have columns that are the same throughout, and several links", function()
    has(plan([[
e(1, 2, 3, 4, 7). e(3, 4, 5, 6, 7).
r(A, B, C, D, K) :- e(A, B, C, D, K).
r(A, B, E, F, K) :- r(A, B, C, D, K), r(C, D, E, F, K).
]], "?- r(A, B, C, D, K)."), "r(A, B, C, D, K), e(C, D, E, F, K).")
  end)

  it("is left as it is where the other rules need it", function()
    has(plan([[
e(1, 2). e(2, 3).
r(X, Y) :- e(X, Y).
r(X, Y) :- r(Y, X).
r(X, Z) :- r(X, Y), r(Y, Z).
]], "?- r(X, Y)."), "r(X, Z) :- r(X, Y), r(Y, Z).")
  end)

  it("is left as it is where the rule does more than compose", function()
    for _, rule in ipairs {
      "r(X, Z) :- r(X, Y), r(Y, Z), X < Z.", "r(X, Z) :- r(X, Y), r(Z, Y).",
      "r(X, X) :- r(X, Y), r(Y, X).", "r(X, Z) :- r(X, Y), r(2, Z), Y != X.",
    } do
      local text = plan("e(1, 2). e(2, 3).\nr(X, Y) :- e(X, Y).\n" .. rule .. "\n",
        "?- r(X, Y).")
      has_not(text, "r{direct}")
      has(text, rule:match ":%- (r%(.-%), r%(.-%))")
    end
  end)

  it("has the answers that it had, bound or not", function()
    local text = [[
e(1, 2). e(2, 3). e(3, 1). e(4, 1). e(5, 6).
r(X, Y) :- e(X, Y).
r(X, Z) :- r(X, Y), r(Y, Z).
]]
    local path = folder .. "/a.dl"
    helper.write(path, text)
    local function count(query)
      return (helper.dossier { "query", path, query, "--count" }):match "%d+"
    end
    assert.equal("13", count "?- r(X, Y).")
    assert.equal("3", count "?- r(4, Y).")
    assert.equal("4", count "?- r(X, 2).")
    assert.equal("3", count "?- r(X, X).")
  end)
end)
