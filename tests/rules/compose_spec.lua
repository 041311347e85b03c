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

  it("goes on by what stands both ways where another rule turns it round", function()
    local text = plan([[
e(1, 2). e(2, 3).
r(X, Y) :- e(X, Y).
r(X, Y) :- r(Y, X).
r(X, Z) :- r(X, Y), r(Y, Z).
]], "?- r(X, Y).")
    has(text, "r(X, Z) :- r(X, Y), r{direct}(Y, Z).")
    has(text, "r{direct}(X, Y) :- r{direct}(Y, X).")
  end)

  it("makes each pair of an equivalence once for each direct one, not for each two", function()
    local lines = { "r(X, Y) :- r(Y, X).", "r(X, Z) :- r(X, Y), r(Y, Z)." }
    for i = 1, 40 do lines[#lines + 1] = ("r(%d, %d)."):format(i, i + 1) end
    for query, most in pairs { ["r(X, Y)"] = 41 * 41 * 3, ["r(7, X)"] = 700, ["r(X, 7)"] = 900 } do
      local made = 0
      for n in plan(table.concat(lines, "\n"), query):gmatch "(%d+) made" do
        made = made + tonumber(n)
      end
      assert(made > 0 and made <= most, query .. ": " .. made)
    end
  end)

  it("is left as it is where the other rules need it otherwise", function()
    for _, other in ipairs {
      "r(X, Y) :- r(Y, X), X < Y.", "r(X, Y) :- r(X, Y).", "r(X, X) :- r(X, _).",
      "r(X, Y) :- r(X, Z), e(Z, Y).",
    } do
      has(plan("e(1, 2). e(2, 3).\nr(X, Y) :- e(X, Y).\n" .. other
        .. "\nr(X, Z) :- r(X, Y), r(Y, Z).\n", "?- r(X, Y)."), "r(X, Z) :- r(X, Y), r(Y, Z).")
    end
    -- columns that are turned round with others than those they are linked with
    has(plan([[
e(1, 2, 3, 4).
r(A, B, C, D) :- e(A, B, C, D).
r(A, B, C, D) :- r(D, C, B, A).
r(A, B, E, F) :- r(A, B, C, D), r(C, D, E, F).
]], "?- r(A, B, C, D)."), "r(A, B, E, F) :- r(A, B, C, D), r(C, D, E, F).")
  end)

  it("has the answers that it had where it is turned round, in any columns", function()
    local random = helper.random(20261203)
    local programs = {
      { "r(X, Y) :- e(X, Y, _, _).", "r(X, Y) :- r(Y, X)%s.", "r(X, Z) :- r(X, Y), r(Y, Z)%s.",
        "r(X, Y)", "r(2, Y)", "r(X, 3)", "r(1, 2)" },
      { "r(A, K, B) :- e(A, B, K, _).", "r(A, K, B) :- r(B, K, A)%s.",
        "r(A, K, C) :- r(B, K, C), r(A, K, B)%s.", "r(X, K, Y)", "r(2, K, Y)", "r(X, 1, 3)" },
      { "r(A, B, C, D) :- e(A, B, C, D).", "r(C, D, A, B) :- r(A, B, C, D)%s.",
        "r(A, B, E, F) :- r(A, B, C, D), r(C, D, E, F)%s.", "r(A, B, C, D)", "r(1, B, C, 2)" },
    }
    for _ = 1, 12 do
      local facts = { "t(1)." }
      for _ = 1, random(9) do
        facts[#facts + 1] = ("e(%d, %d, %d, %d)."):format(random(4), random(4), random(3), random(3))
      end
      local program = programs[random(#programs)]
      local function answers(more)
        local path = folder .. "/a.dl"
        helper.write(path, table.concat(facts, "\n") .. "\n" .. program[1] .. "\n"
          .. program[2]:format(more) .. "\n" .. program[3]:format(more) .. "\n")
        local list = {}
        for i = 4, #program do
          list[#list + 1] = (helper.dossier { "query", path, program[i], "--format", "csv" })
        end
        return table.concat(list, "\n")
      end
      assert.equal(answers ", t(1)", answers "", table.concat(facts, "\n"))
    end
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
