--- From clauses to the rulebook, through tests/embed/logic_rulebook.c: what rules are in
--- normal form, in which order they are derived, and every error that they may have.
local helper = require "tests.helper"

local declared = [[
relation edge(entity, entity).
relation w(entity, entity, int).
relation joined(entity, entity) once.
relation supports(entity, entity).
relation likes(entity, entity) is supports(1, 2).
relation liked_by(entity, entity) inverse likes.
relation met(entity, entity) occurs symmetric.
relation born(entity, date).
source s1 { title: "One" }.
edge(a, b). w(a, b, 3). joined(a, b) @ 1994 from s1.
loose(a, 1). loose(b, "x").
]]

local folder
setup(function() folder = helper.folder() end)
teardown(function() helper.sweep(folder) end)

--- What the host tells of a program.
local function tell(program, ...)
  helper.write(folder .. "/p.dl", program)
  helper.write(folder .. "/f.dl", declared)
  local out, err = helper.host("logic_rulebook",
    { folder .. "/p.dl", folder .. "/f.dl", ... })
  assert.equal("", err)
  return (out:gsub(folder:gsub("%p", "%%%0") .. "/", ""))
end

--- The rules of the book, a line each.
local function rules(program, ...)
  local out, lines = tell(program, ...), {}
  for line in out:gmatch "    (.-)\n" do lines[#lines + 1] = line end
  assert(#lines > 0, out)
  return lines
end

--- The rules must be these, of those that match `about`.
local function has_rules(about, wanted, program, ...)
  local found = {}
  for _, line in ipairs(rules(program, ...)) do
    if line:find(about) then found[#found + 1] = line end
  end
  assert.same(wanted, found)
end

--- The errors, as place and words.
local function errors(program, ...)
  local out, found = tell(program, ...), {}
  for place, words in out:gmatch "p%.dl:(%d+:%d+): (.-)\n" do
    found[#found + 1] = place .. ": " .. words
  end
  assert(#found > 0, out)
  return found
end

--- Each case is a clause and what is wrong with it, told at a column of its line; all
--- stand in a query's reach.
local function refuses(cases, ...)
  for _, case in ipairs(cases) do
    local program = case[1] .. "\n?- " .. (case.query or "p(X).")
    assert.same({ "1:" .. case[2] }, errors(program, ...), case[1])
  end
end

describe("a rulebook", function()
  it("has recursive rules as they are written, callees first", function()
    assert.equal([[
stratum 0
  reach/2 recursive: entity entity
    reach(X, Y) :- edge(X, Y).
    reach(X, Z) :- reach(X, Y), edge(Y, Z).
stratum 1
  ?/1: entity
    ?(X) :- reach(a, X).
query ?: X=0
]], tell [[
reach(X, Y) :- edge(X, Y). reach(X, Z) :- reach(X, Y), edge(Y, Z).
?- reach(a, X).]])
  end)

  it("lets a derived relation answer a query that is all of it", function()
    local out = tell "r(X, Y) :- edge(X, Y).\n?- r(B, A)."
    assert.truthy(out:find("query r: B=0 A=1", 1, true), out)
    assert.truthy(tell "r(X, Y) :- edge(X, Y).\n?- r(A, A).":find("query ?: A=0", 1, true))
    assert.truthy(tell "r(X, Y) :- edge(X, Y).\n?- r(A, _B).":find("query ?: A=0", 1, true))
    assert.truthy(tell "?- edge(A, B).":find("query ?: A=0 B=1", 1, true))
    assert.truthy(tell "?- edge(_, _).":find("?/0:", 1, true))
  end)

  it("asks for columns in order of appearance, and not for what an aggregate keeps to itself",
    function()
      local out = tell "?- N = count{ Y : edge(X, Y) }, edge(X, _)."
      assert.truthy(out:find("query ?: N=0 X=1", 1, true), out)
    end)

  it("tells parameters and what their places ask for", function()
    local out = tell "?- edge($from, X), w(X, _, N), N > $least, loose(X, $any)."
    assert.truthy(out:find("?(X, N) :- edge($from, X), w(X, _, N), N > $least, loose(X, $any).",
      1, true), out)
    assert.truthy(out:find("parameter from: entity\nparameter least: int\nparameter any: any\n",
      1, true), out)
  end)

  it("takes only what the query reaches, or all that is derived", function()
    local program = "p(X) :- edge(X, _).\nq(X) :- nothing(X).\n"
    assert.equal(2, #rules(program .. "?- p(a)."))
    assert.same({ '2:9: no relation called "nothing": none is declared, and no fact has it; '
      .. "a script's own is defined, with kb:define, before the rules that use it" },
      errors(program .. "?- p(a).", "--whole"))
    assert.same({ "p(X) :- edge(X, _).", "r :- p(a)." },
      rules("p(X) :- edge(X, _). r :- p(a).", "--whole"))
  end)

  it("has constraints over their named variables", function()
    has_rules("^constraint", { "constraint(X, P) :- joined(X, P) @ _, not edge(X, P).",
      "constraint :- edge(_X, _X)." }, [[
"{X} joined {P}" :- joined(X, P) @ _, not edge(X, P).
:- edge(_X, _X).]], "--constraints")
  end)
end)

describe("normal form", function()
  it("makes goals of what is nested", function()
    has_rules("^p", { "p(X, V2) :- w(X, _, N), V4 = -N, V5 = N + 1, V4 < V5, "
      .. "V6 = N + 1, V2 = V6 * 2." },
      "p(X, (N + 1) * 2) :- w(X, _, N), -N < N + 1.\n?- p(X, Y), X = a.")
    has_rules("^p", { "p(X, Y) :- joined(X, _) @ T, Y = year(T)." },
      "p(X, Y) :- joined(X, _) @ T, Y = year(T).\n?- p(a, Y).")
    has_rules("^p", { "p(X) :- V3 = N + 1, w(X, _, V3), w(_, _, N)." },
      "p(X) :- w(X, _, N + 1), w(_, _, N).\n?- p(a).")
  end)

  it("does without equations that only name something", function()
    has_rules("^p", { "p(X) :- edge(X, B), X != B, not edge(B, X)." },
      "p(X) :- edge(X, Y), A = Y, A = B, not edge(B, X), X != Y.\n?- p(a).")
    has_rules("^p", { "p(kyiv) :- edge(kyiv, _)." }, "p(X) :- X = kyiv, edge(X, _).\n?- p(X).")
    has_rules("^p", { "p(X) :- w(X, _, 3)." }, "p(X) :- w(X, _, N), N = 3.\n?- p(a).")
    has_rules("^p", { "p(X, Y) :- w(X, _, N), Y = N * 2." },
      "p(X, Y) :- w(X, _, N), Y is N * 2.\n?- p(a, Y).")
  end)

  it("keeps equations between values that may be told in two ways", function()
    has_rules("^p", { "p(X) :- loose(X, Y), Y = 1." }, "p(X) :- loose(X, Y), Y = 1.\n?- p(a).")
    has_rules("^p", { "p(X) :- born(X, T), born(_, U), T = U." },
      "p(X) :- born(X, T), born(_, U), T = U.\n?- p(a).")
  end)

  it("reads times as they are asked for", function()
    has_rules("^p", { "p(X) :- joined(X, _) @ V2, V2 within 1994, joined(X, a) @ _, "
      .. "joined(X, b) @ unknown, joined(X, c), joined(X, d) @ T, joined(d, X) @ T." }, [[
p(X) :- joined(X, _) @ 1994, joined(X, a) @ _, joined(X, b) @ unknown, joined(X, c),
  joined(X, d) @ T, joined(d, X) @ T.
?- p(a).]])
    has_rules("^p", { "p(X) @ V2 :- joined(X, a) @ T, joined(X, b) @ U, V2 = span(T, U).",
      "p(X) :- edge(X, _).", "p(X) @ 1994 :- edge(X, a)." }, [[
p(X) @ span(T, U) :- joined(X, a) @ T, joined(X, b) @ U.
p(X) :- edge(X, _). p(X) @ 1994 :- edge(X, a).
?- p(a).]])
  end)

  it("has time where a head has, the base has, or a body asks", function()
    local out = tell "p(X) :- edge(X, _). q(X) :- p(X) @ _. joined(X, X) :- p(X).\n?- q(X), joined(X, X)."
    assert.truthy(out:find("p/1 @: entity date", 1, true), out)
    assert.truthy(out:find("joined/2 @ recursive", 1, true) or
      out:find("joined/2 @: entity entity date", 1, true), out)
    assert.truthy(out:find("q/1: entity", 1, true), out)
  end)

  it("looks at what is derived through the view's time", function()
    has_rules("^p", { "p(X) @ T :- joined(X, _) @ T, T in view.", "p(X) :- edge(X, _)." },
      "p(X) @ T :- joined(X, _) @ T. p(X) :- edge(X, _).\n?- p(a).", "--as-of", "2010")
  end)

  it("asks that a time is one where nothing else does", function()
    has_rules("^p", { "p(X) @ T :- loose(X, T), T within T." },
      "p(X) @ T :- loose(X, T).\n?- p(a).")
  end)

  it("reads claims from the base, and sources of what rules derive", function()
    has_rules("^%?", { '?(X, S, G) :- joined(X, b) from S, deny joined(X, b), '
      .. 'joined(X, b) grade V4, V4 has grade "b2", joined(_, X) from s1 at "x" grade G, '
      .. "stated joined(X, _) from _." }, '?- joined(X, b) from S, deny joined(X, b), '
      .. 'joined(X, b) grade b2, joined(_, X) from s1 "x" grade G, stated joined(X, _).')
  end)

  it("keeps the source that a head names", function()
    local out = tell [[
p(X) from S :- joined(X, _) from S.
p(X) :- edge(X, _).
?- p(X) from S, p(a).]]
    assert.truthy(out:find("p(X) from S :- joined(X, _) from S.", 1, true), out)
    assert.truthy(out:find("p(X) :- joined(X, _) from S.", 1, true)
      or out:find("p(X) :- joined(X, _) from _.", 1, true), out)
    assert.falsy(out:find("p(X) from S :- edge", 1, true), out)
  end)

  it("takes facts of the base, tables, special cases and inverses along", function()
    has_rules("^%l", {
      "likes(V1, V2) :- base likes(V1, V2).",
      "likes(X, Y) :- edge(X, Y).",
      "supports(V1, V2) :- base supports(V1, V2).",
      "supports(V1, V2) :- likes(V1, V2).",
      "liked_by(V1, V2) :- base liked_by(V1, V2).",
      "liked_by(V1, V2) :- likes(V2, V1).",
    }, "likes(X, Y) :- edge(X, Y).\n?- supports(X, Y), liked_by(Y, X).")
    has_rules("^met", { "met(V1, V2) @ V3 :- base met(V1, V2) @ ?V3.",
      "met(X, Y) @ T :- joined(X, Y) @ T.", "met(V1, V2) @ V3 :- met(V2, V1) @ ?V3." },
      "met(X, Y) @ T :- joined(X, Y) @ T.\n?- met(a, X).")
  end)

  it("takes tables as relations, beside what facts and rules say", function()
    local spec = { "--table", "e:entity,int", "--table", "edge:entity,entity" }
    has_rules("^edge", { "edge(V1, V2) :- base edge(V1, V2).",
      "edge(V1, V2) :- table edge(V1, V2)." }, "?- edge(X, a), e(X, N).", table.unpack(spec))
    has_rules("^e%(", { "e(V1, V2) :- table e(V1, V2).", "e(X, 3) :- edge(X, _)." },
      "e(X, 3) :- edge(X, _).\n?- e(a, N).", table.unpack(spec))
  end)

  it("calls functions that the host defines, as terms and as atoms", function()
    has_rules("^p", { "p(X, Y) :- edge(X, _), Y = shout(X), gen(X, A, B), yes(A), "
      .. 'true = contains("abc", "b"), not yes(B), not gen(X, _, A).' }, [[
p(X, Y) :- edge(X, _), Y = shout(X), gen(X, A, B), yes(A), not yes(B), not gen(X, _, A),
  contains("abc", "b").
?- p(a, Y).]], "--define", "shout:1:1", "--define", "gen:1:2", "--define", "yes:1:0")
  end)

  it("works out the types of what is derived from all its rules together", function()
    local out = tell [[
n(0) :- edge(a, b). n(Y) :- n(X), Y = X + 1, Y < 10. one(Y) :- loose(_, Y), Y = 1.
m(X, N) :- m(X, K), N = K + 1, N < 9. m(X, 0) :- edge(X, _).
s(X, T) :- born(X, T). mix(X) :- edge(X, _). mix(3) :- edge(a, b).
k(N) :- N = sum{ C, Y : w(_, Y, C) }.
?- n(X), m(A, B), s(A, T), mix(M), k(K), one(_).]]
    for _, line in ipairs { "n/1 recursive: int", "m/2 recursive: entity int",
      "s/2: entity date", "mix/1: any", "k/1: int", "one/1: number" } do
      assert.truthy(out:find("  " .. line .. "\n", 1, true), line .. "\n" .. out)
    end
  end)
end)

describe("aggregates", function()
  it("group by what stands outside, and give 0 where that is filled elsewhere", function()
    has_rules("", {
      "tuples{1}(X, Y) :- edge(X, Y).",
      "count{1}(V1, V2) :- V2 = count{ V3 : tuples{1}(V1, V3) }.",
      "p(X, N) :- edge(X, _), count{1}(X, N) else 0.",
      "?(X) :- p(X, 1)." },
      "p(X, N) :- edge(X, _), N = count{ Y : edge(X, Y) }.\n?- p(X, 1).")
  end)

  it("range over the groups there are where nothing else fills them", function()
    has_rules("^p", { "p(X, N) :- count{1}(X, N)." },
      "p(X, N) :- N = count{ Y : edge(X, Y) }.\n?- p(a, N).")
    has_rules("^p", { "p(X, A, B) :- count{1}(X, A), sum{2}(X, B)." },
      "p(X, A, B) :- A = count{ Y : edge(X, Y) }, B = sum{ C : w(X, _, C) }.\n?- p(a, A, B).")
  end)

  it("give nothing for min, max and avg of nothing", function()
    has_rules("^p", { "p(X, N) :- edge(X, _), max{1}(X, N)." },
      "p(X, N) :- edge(X, _), N = max{ C : w(X, _, C) }.\n?- p(a, N).")
  end)

  it("borrow what fills a group from around the braces", function()
    has_rules("^tuples", { "tuples{1}(N, Y) :- w(_, Y, C), C < N, w(_, _, N)." },
      "p(X, K) :- w(X, _, N), K = count{ Y : w(_, Y, C), C < N }.\n?- p(a, K).")
  end)

  it("may be nested, compared and reckoned with", function()
    has_rules("^tuples{1}", { "tuples{1}(X, C, Y) :- edge(X, Y), count{2}(Y, C) else 0." },
      "p(X, M) :- edge(X, _), M = max{ C, Y : edge(X, Y), C = count{ Z : edge(Y, Z) } }.\n?- p(a, M).")
    has_rules("^p", { "p(X) :- edge(X, _), V3 = V2 * 2, V3 > 3, count{1}(X, V2) else 0." },
      "p(X) :- edge(X, _), count{ Y : edge(X, Y) } * 2 > 3.\n?- p(a).")
    has_rules("^not", { "not{1}(X) :- V2 > 3, count{1}(X, V2) else 0, edge(X, _)." },
      "p(X) :- edge(X, _), not count{ Y : edge(X, Y) } > 3.\n?- p(a).")
  end)

  it("count what is reckoned before the colon", function()
    has_rules("^tuples", { "tuples{1}(V1, N) :- w(_, _, N), V1 = N * 2." },
      "p(K) :- K = sum{ N * 2, N : w(_, _, N) }.\n?- p(K), K > 1.")
  end)
end)

describe("not", function()
  it("is a negated goal where it is before one", function()
    has_rules("^p", { "p(X) :- edge(X, Y), not edge(Y, _), not joined(X, Y), "
      .. "not X = Y, not joined(_, X) @ unknown." }, [[
p(X) :- edge(X, Y), not edge(Y, _), not joined(X, Y), not X = Y,
  not joined(_, X) @ unknown.
?- p(a).]])
  end)

  it("is a negated atom of all that it is before otherwise", function()
    has_rules("", {
      "not{1}(X) :- joined(X, _) @ V2, V2 within 1994.",
      "not{2}(N) :- V2 = N / 0, V2 > 1, w(_, _, N).",
      "not{3}(X) :- joined(X, _) @ _.",
      "p(X) :- w(X, _, N), not not{1}(X), not not{2}(N), not not{3}(X).",
      "?(X) :- p(X), edge(X, _)." },
      "p(X) :- w(X, _, N), not joined(X, _) @ 1994, not N / 0 > 1, not joined(X, _) @ _.\n"
      .. "?- p(X), edge(X, _).")
  end)
end)

describe("rules are refused", function()
  it("where nothing fills a variable, each told at its place", function()
    refuses {
      { "p(Y) :- edge(_, _).", '3: "Y" stands in no atom of the body, so nothing finds it' },
      { "p(X) :- edge(X, _), Z < 3.",
        '21: "Z" stands in no atom, and a comparison alone cannot find it' },
      { "p(X) :- edge(X, _), not edge(X, Y).", '33: "Y" stands under "not", which finds no '
        .. 'values; an atom must hold it, or write "_" for anything' },
      { "p(X) :- edge(X, _), not w(X, _, Y + 1).", '33: "Y" stands under "not", which finds '
        .. 'no values; an atom must hold it, or write "_" for anything' },
      { "p(N) :- N = count{ W : edge(W, _), Z < W }.",
        '36: "Z" stands in no atom, and a comparison alone cannot find it' },
    }
    assert.same({ '1:21: "Y" stands in no atom, and a comparison alone cannot find it',
      '1:25: "Z" stands in no atom, and a comparison alone cannot find it' },
      errors "p(X) :- edge(X, _), Y = Z + 1.\n?- p(X).")
  end)

  it("where names mean nothing", function()
    refuses {
      { "p(X) :- egde(X, _).", '9: no relation called "egde"; did you mean "edge"?' },
      { "p(X) :- edge(X).", '9: "edge" has 2 columns, and here is 1' },
      { "p(X) :- reech(X). reach(X) :- edge(X, _).",
        '9: no relation called "reech"; did you mean "reach"?' },
      { "p(X) :- p(X, X).", '9: "p" has 1 column, and here are 2' },
      { "edge(X) :- born(X, _).", '1: "edge" has 2 columns, and here is 1', query = "edge(X)." },
      { "p(X) :- length(X, _).", '9: "length" is a function, and no relation: it stands '
        .. "beside a comparison, as in X = length(...)" },
      { 'p(X) :- edge(X, _), 1 = lenght("a").',
        '25: no function called "lenght"; did you mean "length"?' },
      { 'p(X) :- edge(X, _), 1 = length("a", "b").',
        '25: "length" takes 1 argument, and here are 2' },
      { "p(X) :- edge(X, _), X = ada-marlow.", "25: this takes one name from another; a name "
        .. "with a - in it is quoted: 'ada-marlow'" },
      { "p(X) from nobody :- edge(X, _).",
        '11: no source called "nobody"; declare it: source nobody { title: "..." }.' },
    }
  end)

  it("where a value is due and none is there", function()
    refuses {
      { "p(_) :- edge(a, b).",
        '3: "_" stands for anything, and what is derived has a value here' },
      { "p(X) @ _ :- edge(X, _).",
        '8: "_" stands for anything, and what is derived has a value here' },
      { "p(X) :- edge(X, _), _ < 3.", '21: "_" stands for anything, and a comparison needs a '
        .. "value; name it as an atom does" },
      { "p(X) :- edge(X, _), 1 = count{ _ : edge(X, _) }.", '32: "_" stands for anything, and '
        .. "a value is needed here; name it as an atom does" },
      { "p(X) :- edge(X, $y).", "18: a rule has no parameters: $y stands in queries" },
    }
  end)

  it("where a head says what no rule derives", function()
    refuses {
      { "stated p(X) :- edge(X, _).",
        "8: of a claim, what a rule derives has a source alone: from S" },
      { "p(X) grade 2 :- edge(X, _).",
        "1: of a claim, what a rule derives has a source alone: from S" },
      { "p(X) :- deny p(X).", '14: "p" is derived by rules alone: nobody denies it, and no '
        .. "claim has more than a source" },
    }
  end)

  it("where tables and functions are taken for relations with claims", function()
    refuses({
      { "p(X) :- e(X, _) @ _.", '9: "e" is a table: its rows have no times and no sources' },
      { "p(X) :- e(X).", '9: "e" has 2 columns, and here is 1' },
      { "p(X) :- e(X, _), yes(X) @ 1994.",
        '18: "yes" is a function: it has no times and no sources' },
      { "p(X) :- e(X, _), gen(X, _).", '18: "gen" has 3 columns, and here are 2' },
      { "p(X) :- e(X, _), X = gen(X).", '22: "gen" gives 2 values, and here stands for one: '
        .. "write it as an atom, with what it gives after what it takes" },
    }, "--table", "e:entity,int", "--define", "yes:1:0", "--define", "gen:1:2")
  end)

  it("where types clash, in rules and between them", function()
    refuses {
      { "p(X) :- edge(X, _), X > 3.",
        "21: one side is an entity and the other an integer: they never compare" },
      { "p(X) :- born(X, T), T > 1994.", "21: one side is a date and the other a number; "
        .. "years are compared with words: T after 1994" },
      { "p(X) :- edge(X, Y), 1 = Y + 1.",
        '25: "+" takes a number as its first argument; came an entity' },
      { 'p(X) :- edge(X, "t").', '17: column 2 of edge/2 (entity) takes an entity; came the '
        .. 'text "t"; write it without quotes, or in single ones' },
      { "p(X) :- edge(X, Y), w(_, _, Y).",
        "29: Y cannot be an integer here: it is an entity at line 1, column 17" },
      { "p(X) :- joined(X, _) @ T, edge(T, _).",
        "32: T cannot be an entity here: it is a date at line 1, column 24" },
      { "p(X) :- edge(X, _), 3 < sum{ Y : edge(X, Y) }.",
        "25: sum is of numbers, and what is before the colon is an entity" },
      { "p(X) :- s(X, 3). s(X, T) :- born(X, T).", "14: a date is due here; came the number 3; "
        .. "a year has four digits, and a date is written 1994-02-08" },
      { "p(X) @ X :- edge(X, _).",
        "8: X cannot be a date here: it is an entity at line 1, column 18" },
    }
    assert.truthy(tell "p(X) :- s(X, 1994). s(X, T) :- born(X, T).\n?- p(X).":find(
      "s(X, 1994)", 1, true))
  end)

  it("where `not` or an aggregate is part of a loop, with the way round", function()
    local loop = "cannot be part of a loop, since it needs all of what it is about: "
    assert.same({ '1:25: "not" ' .. loop .. "p needs not q, q needs r, r needs p" }, errors [[
p(X) :- edge(X, _), not q(X).
q(X) :- r(X), edge(X, _).
r(X) :- p(X).
?- p(X).]])
    refuses {
      { "p(N) :- edge(_, _), N = count{ Y : p(Y) }.",
        "25: an aggregate " .. loop .. "p needs count of p" },
      { "p(X) :- edge(X, _), not p(X) @ 1994.", '25: "not" ' .. loop .. "p needs not p" },
    }
  end)

  it("each once, up to ten, going on after each", function()
    local clauses = {}
    for i = 1, 12 do clauses[i] = ("p(X) :- edge(X, _), x%d(X)."):format(i) end
    local out = tell(table.concat(clauses, "\n") .. "\n?- p(X).")
    assert.equal(10, select(2, out:gsub("p%.dl:", "")))
    assert.truthy(out:find("... and 2 more errors", 1, true), out)
    assert.equal(1, #errors "p(X) from S :- edge(X, S), S > 3.\n?- p(X) from T, p(Y).")
  end)
end)

describe("min and max of themselves", function()
  it("keep the best where every step is monotone", function()
    local out = tell [[
d(a, 0) :- edge(a, _).
d(Y, N) :- N = min{ D + W : d(X, D), w(X, Y, W), D < 100 }.
?- d(X, D).]]
    assert.truthy(out:find([[
  d/2 min recursive: entity int
    d(a, 0) :- edge(a, _).
    d(Y, V4) :- d(X, D), w(X, Y, W), D < 100, V4 = D + W.
]], 1, true), out)
    has_rules("^d", { "d(X, Y, N) :- w(X, Y, N).",
      "d(X, Y, V6) :- d(X, Z, D), d(Z, Y, E), V6 = D + E." }, [[
d(X, Y, N) :- w(X, Y, N).
d(X, Y, N) :- N = min{ D + E : d(X, Z, D), d(Z, Y, E) }.
?- d(X, Y, N).]])
    assert.truthy(tell [[
d(Y, N) :- N = max{ 2 * D - 1 : d(X, D), edge(X, Y), not D < 4 }.
?- d(X, N).]]:find("d/2 max recursive", 1, true))
    assert.truthy(tell [[
e(a, 0) :- edge(a, _).
e(Y, N) :- N = min{ D + 1 : o(X, D), edge(X, Y) }.
o(Y, N) :- N = min{ D + 1 : e(X, D), edge(X, Y) }.
?- e(X, N).]]:find("o/2 min recursive", 1, true))
  end)

  it("are refused where a step is not, told at the step", function()
    local rest = ' comes from "p", which keeps the least only and may still get lesser ones: it '
      .. "may go up with that (X + 1, X * 2) to the last column of the head, and be compared "
      .. "as in X < 9; nothing else"
    local function case(clause, ...) return { clause, ..., query = "p(X, N)." } end
    refuses {
      case("p(Y, N) :- N = min{ W - D : p(X, D), w(X, Y, W) }.", "21: this" .. rest),
      case("p(Y, N) :- N = min{ D * W : p(X, D), w(X, Y, W) }.", '21: "D"' .. rest),
      case("p(Y, N) :- N = min{ D : p(X, D), w(X, Y, D) }.", '34: "D"' .. rest),
      case("p(Y, N) :- N = min{ D : p(X, D), edge(X, Y), D > 3 }.", '46: "D"' .. rest),
      case("p(Y, N) :- N = min{ D : p(X, D), p(Y, D), edge(X, Y) }.", '34: "D"' .. rest),
      case("p(Y, N) :- N = min{ W : p(X, 5), w(X, Y, W) }.", '25: the last column of "p" '
        .. "keeps the least only and may still change: put a variable here, and compare it"),
      case("p(N, Y) :- N = min{ D : p(D, X), edge(X, Y) }.", "16: a min that depends on itself "
        .. "must be the last column of what is derived, without a time: d(Y, N) :- N = min{ "
        .. "... }"),
    }
    assert.same({ '1:25: "s" stands between "p" and itself and keeps more than the least: write '
      .. "what it is derived from inside the braces instead",
      '2:1: "s" depends on what keeps the least only and may still change, and that depends on '
      .. "it: write this body inside the braces instead" }, errors [[
p(Y, N) :- N = min{ D : s(Y, D) }.
s(Y, D) :- p(X, E), w(X, Y, W), D = E + W.
?- p(X, N).]])
    assert.same({ '2:16: "p" depends on itself through min and through max: it can have only '
      .. "one of them" }, errors [[
p(Y, N) :- N = max{ D : p(X, D), edge(X, Y) }.
p(Y, N) :- N = min{ D : p(X, D), edge(X, Y) }.
?- p(X, N).]])
  end)
end)

-- ---- random programs ------------------------------------------------------------------

local seed = tonumber(os.getenv "SEED") or 20261127
local steps = tonumber(os.getenv "STEPS") or 1500

--- Programs that are well formed and mostly mean nothing: names, arities, variables,
--- aggregates and `not` at random.
local function random_programs(random)
  local function pick(list) return list[random(#list)] end
  local literal
  local relations = { "edge", "w", "joined", "loose", "p", "q", "r", "likes", "liked_by",
    "supports", "met", "born", "nix" }
  local function term(depth)
    if depth > 0 and random(6) == 1 then
      return ("%s %s %s"):format(term(depth - 1), pick { "+", "-", "*", "mod" },
        term(depth - 1))
    end
    return pick { "X", "Y", "Z", "N", "_", "a", "b", "1", "3", '"t"', "1994-05", "_V" }
  end
  local function terms(n, depth)
    local list = {}
    for i = 1, n do list[i] = term(depth) end
    return table.concat(list, ", ")
  end
  local function atom(depth)
    local name, n = pick(relations), pick { 1, 2, 2, 2, 3 }
    if name == "w" then n = 3 end
    return ("%s(%s)%s%s"):format(name, terms(n, depth), random(5) == 1 and " @ "
      .. pick { "T", "1994", "_", "unknown", "X" } or "",
      random(9) == 1 and " from " .. pick { "s1", "S", "_" } or "")
  end
  local function body(depth)
    local list = {}
    for i = 1, random(3) do list[i] = literal(depth) end
    return table.concat(list, ", ")
  end
  local function sum(depth)
    if depth > 0 and random(3) == 1 then
      return ("%s{ %s : %s }"):format(pick { "count", "sum", "min", "max", "avg" },
        terms(random(2), 1), body(depth - 1))
    end
    return term(depth)
  end
  function literal(depth)
    local roll, no = random(10), random(5) == 1 and "not " or ""
    if roll > 4 then return no .. atom(depth) end
    if roll == 4 then return no .. "T before " .. pick { "1994", "2000-01-01", "X" } end
    return no .. sum(depth) .. pick { " = ", " < ", " != ", " is " } .. sum(depth)
  end
  local programs = {}
  for i = 1, steps do
    local clauses = {}
    for k = 1, random(5) do
      clauses[k] = ("%s(%s)%s :- %s."):format(pick { "p", "q", "r", "likes", "met" },
        terms(pick { 1, 2, 2 }, 1), random(6) == 1 and " @ " .. pick { "T", "1994" } or "",
        body(2))
    end
    clauses[#clauses + 1] = "?- " .. body(2) .. "."
    programs[i] = table.concat(clauses, "\n") .. "\n%%%\n"
  end
  return programs
end

describe("random programs", function()
  it("make a rulebook that is as it must be, or are refused in words", function()
    local programs = random_programs(helper.random(seed))
    local out = tell(table.concat(programs), "--many", "--constraints")
    local made, refused = out:match "^(%d+) made, (%d+) refused\n$"
    assert(made, "seed " .. seed .. "\n" .. out:sub(1, 2000))
    assert.equal(#programs, made + refused)
    assert.is_true(made + 0 > #programs / 100, "too few mean anything: " .. made)
  end)
end)

describe("a rulebook without memory", function()
  it("fails and leaves nothing behind, whichever allocation fails", function()
    local program = [[
p(X, N) from S :- joined(X, _) @ T from S, T within 1994, N = count{ Y : edge(X, Y) },
  not X = N + 1.
d(Y, N) :- N = min{ D + W : d(X, D), w(X, Y, W) }.
likes(X, Y) :- edge(X, Y), d(X, _).
"never" :- supports(X, Y), liked_by(X, Y).
?- p(X, N) from S, d(X, $n), supports(X, Y).]]
    local whole = tell(program, "--constraints")
    local count, rest = tell(program, "--constraints", "--faults"):match "^(%d+) failures\n(.*)$"
    assert.equal(whole, rest)
    assert.is_true(tonumber(count) >= (helper.build:find "check" and 100 or 0), count)
  end)
end)
