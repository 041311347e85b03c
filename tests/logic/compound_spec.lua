-- Functions wherever a value may stand: in columns of bodies and heads, after @, in what an
-- aggregate ranges over; and tests as atoms.

local ask = require "tests.logic.ask"
local rows, sorted = ask.rows, ask.sorted

local FACTS = [[
  p(1, 4). p(2, 3). p(5, 5). name(ukraine, "Kyiv"). name(poland, "Warsaw").
  joined(ukraine, pfp) @ 1994-02-08. joined(poland, pfp) @ 1994-02-02. joined(sweden, pfp) @ 1999-05-09.
]]

--- The answers to `query` with the facts and `rules`.
local function answers(rules, query)
  local kb <close> = ask.base(FACTS .. rules)
  return sorted(kb, query)
end

describe("a function in the tuple of an aggregate", function()
  for _, case in ipairs {
    { "max{ min(D, W) : p(D, W) }", "5" },
    { "min{ max(D, W) : p(D, W) }", "3" },
    { "sum{ A * B, A : p(A, B) }", "35" },
    { "sum{ A - B : p(A, B) }", "-4" }, -- a set: -3, -1 and 0
    { "count{ A + B : p(A, B) }", "2" }, -- 5, 5 and 10
    { "count{ year(T), X : joined(X, _) @ T }", "3" },
    { "count{ year(T) : joined(_, _) @ T }", "2" },
    { "count{ length(N) : name(_, N) }", "2" },
    { "max{ concat(upper(N), \"!\") : name(_, N) }", "WARSAW!" },
    { "avg{ round((A + B) / 2.0) : p(A, B) }", "4.0" },
  } do
    it("is worked out for each: " .. case[1], function()
      local kb <close> = ask.base(FACTS .. "x(R) :- R = " .. case[1] .. ".")
      assert.same({ case[2] }, rows(kb, "x(R)"))
      assert.same({ case[2] }, rows(kb, "R = " .. case[1]))
    end)
  end

  it("may use what stands around", function()
    assert.same({ "1 -3", "2 -1", "5 0" }, answers("", "p(X, _), S = sum{ X - Y : p(X, Y) }"))
  end)

  it("leaves out what has no result", function()
    assert.same({ "1" }, answers("", "N = count{ 10 / (X - 2), Y : p(X, Y), X < 5 }"))
  end)
end)

describe("a function in a column", function()
  it("of a head is what is derived", function()
    assert.same({ "2 KYIV", "2 WARSAW", "3 KYIV", "3 WARSAW", "6 KYIV", "6 WARSAW" },
      answers("q(X + 1, upper(Y)) :- p(X, _), name(_, Y).", "q(X, Y)"))
    assert.same({ "1", "2", "5" }, answers("q(min(A, B)) :- p(A, B).", "q(X)"))
  end)

  it("of a head meets what is asked", function()
    local rules = "q(X + 1, trim(concat(Y, \" \"))) :- p(X, _), name(_, Y)."
    assert.same({ "Kyiv", "Warsaw" }, answers(rules, "q(3, Y)"))
    assert.same({ "2", "3", "6" }, answers(rules, 'q(X, "Kyiv")'))
    assert.same({}, answers(rules, "q(4, _)"))
  end)

  it("of an atom is looked up, once its variables are bound", function()
    assert.same({ "1" }, answers("", "p(X, X + 3)"))
    assert.same({ "4" }, answers("", "p(min(1, 2), Y)"))
    assert.same({ "1 4", "2 3", "5 5" }, answers("", "p(X, Y), p(5, 5 + X - X)"))
  end)

  it("of an atom under `not`, in an aggregate and in a constraint is no different", function()
    assert.same({ "2", "5" }, answers("", "p(X, _), not p(X, X + 3)"))
    assert.same({ "1" }, answers("", "N = count{ X : p(X, X + 3) }"))
    local kb <close> = ask.base(FACTS .. '"{X}" :- p(X, abs(-X)).')
    local found = 0
    for _ in kb:conflicts() do found = found + 1 end
    assert.equal(1, found)
  end)

  it("of an atom binds nothing: its variables stand elsewhere", function()
    local kb <close> = ask.base(FACTS)
    local message = ask.refusal(kb, "q(X) :- p(_, X + 1).")
    assert.truthy(message:find('bad.dl:1:3: "X" stands in no atom', 1, true), message)
  end)

  it("may end a recursion that counts", function()
    assert.same({ "1", "2", "3", "4", "5" }, answers("n(1). n(X + 1) :- n(X), X < 5.", "n(X)"))
  end)
end)

describe("a function after @", function()
  it("makes the time of what is derived", function()
    local kb <close> = ask.base(FACTS .. "between(X, Y) @ span(A, B) :- joined(X, P) @ A, joined(Y, P) @ B, "
      .. "X != Y, A before B.")
    assert.same({ "poland sweden 1994-02-02/1999-05-09", "poland ukraine 1994-02-02/1994-02-08",
      "ukraine sweden 1994-02-08/1999-05-09" }, sorted(kb, "between(X, Y) @ T"))
  end)

  it("is the time that is asked for", function()
    assert.same({ "sweden" }, answers("", "joined(X, _) @ date(1999, 5, 9)"))
  end)
end)

describe("a function that is a test", function()
  it("stands as an atom in rules and in queries, of the base alone too", function()
    local rules = 'q(X) :- name(X, N), contains(N, "yi").'
    assert.same({ "ukraine" }, answers(rules, "q(X)"))
    assert.same({ "poland Warsaw" }, answers("", 'name(X, N), not contains(N, "yi")'))
    assert.same({ "ukraine Kyiv" }, answers("", 'name(X, N), starts_with(lower(N), "ky")'))
    local kb <close> = ask.base(FACTS)
    assert(kb:load_text('?- name(X, N), contains(N, "yi").'))
  end)
end)

describe("a function of the host", function()
  it("stands where those of the language do", function()
    local kb <close> = ask.base(FACTS)
    kb:define("twice", function(n) return 2 * n end)
    assert(kb:load_text [[
      q(twice(X)) :- p(X, _).
      s(N) :- N = sum{ twice(X) : p(X, _) }.
    ]])
    assert.same({ "10", "2", "4" }, sorted(kb, "q(X)"))
    assert.same({ "16" }, rows(kb, "s(N)"))
    assert.same({ "1", "2" }, sorted(kb, "p(X, _), not q(twice(X) + X), p(X, _), X < 5"))
  end)
end)
