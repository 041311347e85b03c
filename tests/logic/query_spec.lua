--- What queries answer: joins, times, claims, parameters; and what they object to.

local dossier = require "dossier"
local ask = require "tests.logic.ask"

local base, rows, sorted, objection, has =
  ask.base, ask.rows, ask.sorted, ask.objection, ask.has

local joined = [[
  source article { title: "Article" }.
  source record { title: "Record", reliability: b }.
  relation joined(state, body) once.
  relation member(state, body) holds.
  relation held_on(event, date) key(event).
  joined(ukraine, pfp) @ 1994 from article "background/2".
  joined(ukraine, pfp) @ 1994-02-08 from record "1994" grade 1.
  joined(georgia, pfp) @ 1994-03-23 from record "1994" grade b2.
  joined(romania, pfp) @ 1994-01-26 from record "1994".
  joined(romania, nato) @ 2004-03-29 from record "2004".
  joined(moldova, pfp) from article.
  member(romania, nato) @ 2004-03-29/.. from record.
  held_on(meeting, 2023-09-15) from article.
  held_on(meeting, 2023-09-28) from record.
]]

describe("a query", function()
  it("joins atoms on their variables", function()
    local kb = base(joined)
    assert.same({ "romania" }, rows(kb, "?- joined(X, pfp), joined(X, nato)."))
    assert.same({ "romania 2004-03-29 2004-03-29/.." },
      rows(kb, "joined(X, nato) @ T, member(X, nato) @ U"))
  end)

  it("answers with a set over its named variables, in order of appearance", function()
    local kb = base "p(a, b). p(a, c). p(b, c)."
    assert.same({ "a", "b" }, rows(kb, "p(X, _)"))
    assert.same({ "a", "b" }, rows(kb, "p(X, _Y)"))
    assert.same({ "Y", "X" }, kb:prepare("p(_, Y), p(X, Y)").columns)
  end)

  it("without variables answers once or not at all", function()
    local kb = base "p(a). p(b)."
    local n = 0
    for _ in kb:query "p(a), p(_)" do n = n + 1 end
    assert.equal(1, n)
    for _ in kb:query "p(c)" do n = n + 1 end
    assert.equal(1, n)
  end)

  it("matches a variable that stands twice with equals only", function()
    local kb = base "p(a, a). p(a, b). p(b, b)."
    assert.same({ "a", "b" }, sorted(kb, "p(X, X)"))
    assert.same({}, rows(kb, "p(X, X), p(X, Y), X != Y, Y = X"))
  end)

  it("finds a claim by its locator behind one that has none", function()
    local kb = base [[
      source s { title: "S" }.
      p(a) from s. p(a) from s "2". p(b) from s "2".
    ]]
    assert.same({ "a", "b" }, rows(kb, 'p(X) from s "2"'))
    assert.same({ "2" }, rows(kb, "p(b) from s L, p(a) from s L"))
  end)

  it("compares numbers by their digits, however many", function()
    local kb = base "n(a, 100000000000000000001). n(b, 100000000000000000002)."
    assert.same({ "a" }, rows(kb, "n(X, _N), _N = 100000000000000000001"))
    assert.same({ "b" }, rows(kb, "n(X, _N), _N > 100000000000000000001"))
    assert.same({ "b" }, rows(kb, "n(X, _N), _N =\\= 100000000000000000001.0"))
  end)

  it("answers in the same order each time", function()
    local kb = base(joined)
    local first = rows(kb, "joined(X, P) @ T")
    for _ = 1, 5 do assert.same(first, rows(kb, "joined(X, P) @ T")) end
  end)

  it("does not depend on the order of its conditions", function()
    local kb = base(joined)
    local one = sorted(kb, "X != Y, T before U, joined(X, P) @ T, joined(Y, P) @ U")
    local two = kb:prepare "joined(Y, P) @ U, joined(X, P) @ T, X != Y, T before U"
    local found = {}
    for y, p, u, x, t in two:rows() do
      found[#found + 1] = ("%s %s %s %s %s"):format(x.id, y.id, t, u, p.id)
    end
    table.sort(found)
    assert.same(one, found)
    assert.equal(3, #one)
  end)

  it("sees symmetric facts both ways, once each", function()
    local kb = base "relation met(entity, entity) symmetric. met(a, b). met(b, a). met(c, c)."
    assert.same({ "a b", "b a", "c c" }, sorted(kb, "met(X, Y)"))
    assert.same({ "a" }, rows(kb, "met(b, X)"))
  end)

  it("sees facts through inverses and special cases", function()
    local kb = base [[
      relation employs(body, person).
      relation works_for(person, body) inverse employs is serves(1, 2).
      relation serves(who, whom).
      employs(acme, ann).  works_for(bob, acme).  serves(carl, king).
    ]]
    assert.same({ "acme ann", "acme bob" }, sorted(kb, "employs(X, Y)"))
    assert.same({ "ann acme", "bob acme" }, sorted(kb, "works_for(X, Y)"))
    assert.same({ "ann acme", "bob acme", "carl king" }, sorted(kb, "serves(X, Y)"))
  end)

  it("takes entities joined by same_as as one", function()
    local kb = base "same_as(kyiv, kiev). in(kyiv, ukraine). capital(kiev). big(kiev)."
    assert.equal(1, #rows(kb, "in(X, ukraine), capital(X)"))
    assert.equal(1, #rows(kb, "in(kiev, Y)"))
    assert.same({}, rows(kb, "capital(X), in(Y, _), X != Y"))
    assert.equal(1, #rows(kb, "capital(X), X = kyiv"))
  end)
end)

describe("answers", function()
  local helper = require "tests.helper"
  local SEED = tonumber(os.getenv "SEED") or 20261128

  --- Facts of which some are one answer to a query that leaves something out.
  local function facts(random)
    local list = { [[
      source s { title: "S" }.  source t { title: "T" }.
      relation met(entity, entity) symmetric.
      relation knows(entity, entity).  relation known_by(entity, entity) inverse knows.
      relation taught(entity, entity) is knows(1, 2).
      relation gave(entity, entity, any) occurs.
    ]] }
    local function some() return "e" .. random(4) end
    for _ = 1, 60 do
      list[#list + 1] = ({
        ("met(%s, %s)"):format(some(), some()), ("knows(%s, %s)"):format(some(), some()),
        ("known_by(%s, %s)"):format(some(), some()), ("taught(%s, %s)"):format(some(), some()),
        ("gave(%s, %s, %d) @ 200%d"):format(some(), some(), random(3), random(4)),
        ("gave(%s, %s, %s)"):format(some(), some(), some()),
      })[random(6)] .. (" from %s."):format(({ "s", "t" })[random(2)])
    end
    if random(2) == 1 then list[#list + 1] = "same_as(e1, e2)." end
    return table.concat(list, "\n")
  end

  local asked = { "met(X, Y)", "met(X, X)", "knows(X, Y)", "known_by(X, Y)", "taught(X, Y)", "taught(X, e1)",
    "gave(X, Y, Z)", "gave(X, Y, Z) @ T", "gave(X, Y, _) @ T", "gave(X, Y, Z) @ 2001", "gave(e1, Y, Z) @ T",
    "gave(X, Y, Z) @ T from S", "gave(X, Y, 2) @ T, T before 2003", "gave(X, X, Z) @ T", "gave(X, Y, Z) @ unknown",
    "gave(X, Y, Z) @ T, Z != e3" }

  it("come once each, as those of a rule do (SEED=" .. SEED .. ")", function()
    local random = helper.random(SEED)
    for _ = 1, 12 do
      local kb = base(facts(random))
      for _, query in ipairs(asked) do
        local q = assert(kb:prepare(query))
        local names = table.concat(q.columns, ", ")
        local plain = sorted(kb, query)
        local derived = sorted(kb, ("h(%s) :- %s. ?- h(%s)."):format(names, query, names))
        assert.same(derived, plain, query)
        for n = 1, 3 do -- the first of them in order, and how many there are
          assert.equal(math.min(n, #plain), #rows(kb, ("%s order by %s limit %d"):format(query, q.columns[1], n)))
        end
        assert.equal(#plain, q:count())
      end
    end
  end)
end)

describe("comparisons", function()
  it("are by value", function()
    local kb = base "n(a, 2). n(b, 2.0). n(c, 10). n(d, 2.5)."
    assert.same({ "a", "b", "d" }, sorted(kb, "n(X, _N), _N < 10"))
    assert.same({ "a", "b" }, sorted(kb, "n(X, _N), _N = 2"))
    assert.same({ "a b", "b a" }, sorted(kb, "n(X, _N), n(Y, _M), _N = _M, X != Y"))
    assert.same({ "c", "d" }, sorted(kb, "n(X, _N), not _N <= 2"))
    assert.same({ "a", "b" }, sorted(kb, "n(X, _N), _N =:= 2.00"))
    assert.same({ "c" }, rows(kb, "n(X, _N), _N >= 10"))
  end)

  it("order texts and entities by their letters", function()
    local kb = base 't(a, "alpha"). t(b, "beta"). t(c, "gamma").'
    assert.same({ "a", "b" }, sorted(kb, 't(X, _T), _T < "c"'))
    assert.same({ "b", "c" }, sorted(kb, "t(X, _), X > a"))
  end)

  it("with = give a value to a variable", function()
    local kb = base(joined)
    assert.same({ "romania nato" }, rows(kb, "joined(X, Y), Y = nato"))
    assert.same({ "romania 2004-03-29 2004-03-29" },
      rows(kb, "joined(X, nato) @ T, U = T"))
    assert.same({ "5" }, rows(kb, "X = 5"))
    assert.same({ "5 5" }, rows(kb, "Y = X, X = 5"))
  end)

  it("of a date and a number are an error that says what to write", function()
    local kb = base(joined)
    local message, code = objection(kb, "joined(X, pfp) @ T, T < 2000")
    has("1:21: one side is a date and the other a number", message)
    has("T before 1994", message)
    assert.equal("type", code)
    has("within", objection(kb, "held_on(E, D), D = 2023"))
  end)

  it("of things that never compare are an error", function()
    has("one side is an entity and the other an integer",
      objection(base(joined), "joined(X, pfp), X = 5"))
  end)

  it("need variables that some atom finds", function()
    local kb = base(joined)
    local message, code = objection(kb, "joined(X, pfp), Y != X")
    has('1:17: "Y" stands in no atom', message)
    assert.equal("syntax", code)
    objection(kb, "joined(X, pfp), X = Y, Z = W")
    has('"_"', objection(kb, "joined(X, pfp), X != _"))
  end)
end)

describe("times in a query", function()
  it("with @ T give the time as it was written", function()
    local kb = base(joined)
    assert.same({ "1994", "1994-02-08" }, sorted(kb, "joined(ukraine, pfp) @ T"))
  end)

  it("with @ T leave out facts without a written time", function()
    local kb = base(joined .. "label(ukraine, \"Ukraine\").")
    assert.same({}, rows(kb, "joined(moldova, pfp) @ T"))
    assert.same({}, rows(kb, "joined(moldova, pfp) @ _"))
    assert.same({ "moldova" }, rows(kb, "joined(X, pfp) @ unknown"))
    assert.same({}, rows(kb, "label(ukraine, L) @ T"))
    assert.equal(4, #rows(kb, "joined(X, pfp)"))
  end)

  it("join on the very time that was written", function()
    local kb = base "p(a) @ 1994. q(b) @ 1994. q(c) @ 1994-02-08."
    assert.same({ "a b" }, rows(kb, "p(X) @ _T, q(Y) @ _T"))
  end)

  it("with @ 1994 are those within 1994", function()
    local kb = base(joined)
    assert.same({ "georgia", "romania", "ukraine" }, sorted(kb, "joined(X, pfp) @ 1994"))
    assert.same({ "ukraine" }, rows(kb, "joined(X, pfp) @ 1994-02"))
    assert.same({ "romania" }, rows(kb, "joined(X, nato) @ 2004/2005"))
  end)

  it("are tested for what is certain, or with possibly for what may be", function()
    local kb = base "p(a) @ 1994. p(b) @ 1994-02-08. p(c) @ 1993."
    assert.same({ "b", "c" }, sorted(kb, "p(X) @ _T, _T before 1994-03"))
    assert.same({ "a", "b", "c" }, sorted(kb, "p(X) @ _T, possibly _T before 1994-03"))
    assert.same({ "a" }, rows(kb, "p(X) @ _T, not _T before 1994-03"))
    assert.same({}, rows(kb, "p(X) @ _T, not possibly _T before 1994-03"))
    assert.same({ "a", "b" }, sorted(kb, "p(X) @ _T, not possibly _T before 1993"))
  end)

  it("are tested in date columns as well, where four digits are a year", function()
    local kb = base(joined)
    assert.same({ "2023-09-28" }, rows(kb, "held_on(meeting, D), D after 2023-09-15"))
    assert.same({ "2023-09-15", "2023-09-28" },
      sorted(kb, "held_on(meeting, D), D within 2023"))
    assert.same({ "meeting" }, rows(kb, "held_on(X, 2023-09-15)"))
  end)

  it("are compared with one another in order of telling", function()
    local kb = base "p(a) @ 1994. p(b) @ 1995."
    assert.same({ "a b" }, rows(kb, "p(X) @ _T, p(Y) @ _U, _T < _U"))
  end)

  it("are made by functions, too, where an atom asks for them", function()
    local kb = base "p(a) @ 1994-02-08. p(b) @ 1994-02-08/1995. p(c) @ 1994."
    assert.same({ "a a", "a b" }, sorted(kb, "p(X) @ start(_T), p(Y) @ _T"))
  end)

  it("of any kind are denied by `not` with `@ _`, which a fact without time passes", function()
    local kb = base "p(a) @ 1994. p(b). q(a). q(b). q(c). p(X) @ T :- r(X) @ T. r(c) @ 1995."
    assert.same({ "b" }, sorted(kb, "q(X), not p(X) @ _"))
    assert.same({ "b", "c" }, sorted(kb, "q(X), r(_Y), not p(b) @ _, not r(X) @ 1994, X != a"))
    assert.same({}, sorted(kb, "q(X), not p(_) @ _"))
  end)

  it("are not what entities have", function()
    local message, code = objection(base(joined), "joined(X, pfp), X before 1994")
    has("1:17: X cannot be a date here: it is an entity at line 1, column 8", message)
    assert.equal("type", code)
    has("a date", objection(base(joined), "joined(X, _) @ T, T before 5"))
    assert.equal("time", select(2, objection(base(joined), "joined(X, _) @ 2023-02-30")))
  end)
end)

describe("claims in a query", function()
  it("are asked for by source and place", function()
    local kb = base(joined)
    assert.same({
      "georgia record 1994", "romania record 1994",
      "ukraine article background/2", "ukraine record 1994",
    }, sorted(kb, "joined(X, pfp) from S L"))
    assert.same({ "moldova", "ukraine" }, sorted(kb, "joined(X, pfp) from article"))
    assert.same({ "ukraine" }, rows(kb, 'joined(X, pfp) from article "background/2"'))
  end)

  it("are those on that very fact", function()
    local kb = base(joined)
    assert.same({ "1994 article", "1994-02-08 record" },
      sorted(kb, "joined(ukraine, pfp) @ T from S"))
  end)

  it("are asked for by kind and speaker", function()
    local kb = base [[
      stated p(a). assessed p(b). attributed(ann) p(c). attributed(bob) p(a).
    ]]
    assert.same({ "a", "b", "c" }, sorted(kb, "p(X)"))
    assert.same({ "a" }, rows(kb, "stated p(X)"))
    assert.same({ "b" }, rows(kb, "assessed p(X)"))
    assert.same({ "ann c", "bob a" }, sorted(kb, "attributed(P) p(X)"))
    assert.same({ "a" }, rows(kb, "attributed(bob) p(X)"))
  end)

  it("are asked for by grade: by the halves that are written", function()
    local kb = base "p(a) grade b2. p(b) grade 2. p(c) grade b. p(d)."
    assert.same({ "a", "b" }, sorted(kb, "p(X) grade 2"))
    assert.same({ "a", "c" }, sorted(kb, "p(X) grade b"))
    assert.same({ "a" }, rows(kb, "p(X) grade b2"))
    assert.same({ "a b2", "b 2", "c b" }, sorted(kb, "p(X) grade G"))
    assert.same({ "a", "b" }, sorted(kb, "p(X) grade $g", { g = "2" }))
  end)

  it("give quotations and confidence", function()
    local kb = base 'p(a) quote "so it is" confidence 0.8. p(b) confidence 1.'
    assert.same({ "a so it is" }, rows(kb, "p(X) quote Q"))
    assert.same({ "a 0.8", "b 1" }, sorted(kb, "p(X) confidence C"))
    assert.same({ "b" }, rows(kb, "p(X) confidence _C, _C > 0.9"))
  end)

  it("of denials are asked for with deny", function()
    local kb = base [[
      source s {}. source t {}.
      p(a) from s. deny p(a) from t. deny p(b) from t "7". p(b) from s. p(c) from s.
      retract p(b).
    ]]
    assert.same({ "a" }, rows(kb, "deny p(X)"))
    assert.same({ "a t" }, rows(kb, "deny p(X) from S"))
    assert.same({ "a s" }, rows(kb, "p(X) from S, deny p(X) from _"))
  end)

  it("join with what is known of their sources", function()
    local kb = base(joined)
    assert.same({ "georgia", "romania", "ukraine" },
      sorted(kb, "joined(X, pfp) from _S, source_reliability(_S, b)"))
    assert.same({ "ukraine article record" },
      rows(kb, "joined(X, pfp) from A, joined(X, pfp) from R, A != R, A < R"))
  end)

  it("are live and in view", function()
    local kb = base(joined)
    local view = kb:view { sources = { "record" } }
    assert.same({ "record" }, rows(view, "joined(ukraine, pfp) from S"))
    assert(kb:load_text "retract joined(ukraine, pfp) @ 1994-02-08.")
    assert.same({ "article" }, rows(kb, "joined(ukraine, pfp) from S"))
    assert.same({}, rows(view, "joined(ukraine, pfp) from S"))
  end)

  it("of a source that was never declared are an error", function()
    local message, code = objection(base(joined), "joined(X, pfp) from recrod")
    has('1:21: no source called "recrod"; did you mean "record"?', message)
    assert.equal("unknown source", code)
  end)
end)

describe("parameters", function()
  it("are read as their place asks", function()
    local kb = base(joined .. 'label(ukraine, "Ukraine"). n(a, 5). n(b, 7).'
      .. "relation n(entity, int).")
    assert.same({ "ukraine" }, rows(kb, "label(X, $l)", { l = "Ukraine" }))
    assert.same({ "1994", "1994-02-08" },
      sorted(kb, "joined($who, pfp) @ T", { who = "ukraine" }))
    assert.same({ "romania" }, rows(kb, "joined(X, _) @ _T, _T after $t", { t = "2000" }))
    assert.same({ "romania" }, rows(kb, "joined(X, _) @ _T, _T after $t", { t = 2000 }))
    assert.same({ "b" }, rows(kb, "n(X, _N), _N > $n", { n = 5 }))
    assert.same({ "romania" }, rows(kb, "joined(X, nato) @ $t", { t = "2004" }))
    assert.same({ "moldova", "ukraine" },
      sorted(kb, "joined(X, pfp) from $s", { s = "article" }))
  end)

  it("in undeclared columns must say what they are", function()
    local kb = base 'likes(ann, tea). likes(bob, "tea").'
    local ok, message = pcall(rows, kb, "likes(X, $what)", { what = "tea" })
    assert.is_false(ok)
    has("dossier.entity", tostring(message))
    has("dossier.text", tostring(message))
    assert.same({ "ann" }, rows(kb, "likes(X, $what)", { what = dossier.entity "tea" }))
    assert.same({ "bob" }, rows(kb, "likes(X, $what)", { what = dossier.text "tea" }))
  end)

  it("may be what the base has never met", function()
    local kb = base(joined)
    assert.same({}, rows(kb, "joined($who, pfp)", { who = "atlantis" }))
    assert.same({}, rows(kb, "joined(atlantis, pfp)"))
  end)

  it("of the wrong type are refused", function()
    local kb = base(joined)
    local ok, message = pcall(rows, kb, "joined($who, pfp)", { who = 5 })
    assert.is_false(ok)
    has("$who", tostring(message))
    ok, message = pcall(rows, kb, "joined($who, pfp)")
    assert.is_false(ok)
    has("$who was never set; it is an entity", tostring(message))
  end)

  it("are set anew for each run of a prepared query", function()
    local query = assert(base(joined):prepare "joined($who, P)")
    local function bodies(who)
      local found = {}
      for body in query:rows { who = who } do found[#found + 1] = body.id end
      table.sort(found)
      return found
    end
    assert.same({ "nato", "pfp" }, bodies "romania")
    assert.same({ "pfp" }, bodies "ukraine")
    assert.same({ "nato", "pfp" }, bodies "romania")
  end)

  it("cannot stand in places that ask for different things", function()
    has("$x cannot be a text here: it is an entity at line 1",
      objection(base(joined), "joined($x, _), label(_, $x)"))
  end)
end)

describe("a prepared query", function()
  it("learns what the base learns", function()
    local kb = base "p(a)."
    local query = assert(kb:prepare "p(X), X != a")
    local later = assert(kb:prepare "p(newcomer), p(X)")
    local function count(q)
      local n = 0
      for _ in q:rows() do n = n + 1 end
      return n
    end
    assert.equal(0, count(query))
    assert.equal(0, count(later))
    assert(kb:load_text "p(newcomer).")
    assert.equal(1, count(query))
    assert.equal(2, count(later))
  end)

  it("lives through a transaction that is rolled back", function()
    local kb = base "p(a)."
    local query
    pcall(function()
      kb:transaction(function()
        assert(kb:load_text "q(z). q(y).")
        query = assert(kb:prepare "q(X)")
        error "no"
      end)
    end)
    local ok, message = pcall(query.rows, query)
    if ok then ok, message = pcall(message) end
    assert.is_false(ok)
    has('no relation called "q"', tostring(message))
    assert(kb:load_text "r(w). q(b).")
    local found = {}
    for x in query:rows() do found[#found + 1] = x.id end
    assert.same({ "b" }, found)
  end)
end)

describe("a query that is stepped through", function()
  it("sees the base as it was when it started", function()
    local kb = base "p(a). p(b). p(c)."
    local found = {}
    for x in kb:query "p(X)" do
      found[#found + 1] = x.id
      if #found == 1 then
        assert(kb:load_text "p(d). retract p(b). retract p(c).")
      end
    end
    table.sort(found)
    assert.same({ "a", "b", "c" }, found)
    assert.same({ "a", "d" }, sorted(kb, "p(X)"))
  end)

  it("keeps its joins while each answer is written about", function()
    local kb = base "edge(a, b). edge(b, c). edge(c, d). edge(d, a). relation edge(x, y)."
    local n = 0
    for x, _, z in kb:query "edge(X, Y), edge(Y, Z)" do
      n = n + 1
      kb:transaction(function(tx) tx:add("edge", { x, z }) end)
    end
    assert.equal(4, n)
    assert.equal(8, #rows(kb, "edge(X, Y)"))
  end)

  it("may go on beside others", function()
    local kb = base "p(a). p(b)."
    local found = {}
    for x in kb:query "p(X)" do
      for y in kb:query "p(X)" do found[#found + 1] = x.id .. y.id end
    end
    assert.same({ "aa", "ab", "ba", "bb" }, found)
  end)
end)

describe("an objection", function()
  it("names what is near", function()
    local kb = base(joined)
    local message, code = objection(kb, "joind(X, pfp)")
    has('1:1: no relation called "joind"; did you mean "joined"?', message)
    assert.equal("relation", code)
    has('"joined" has 2 columns, and here is 1', objection(kb, "joined(X)"))
  end)

  it("says where a word between times stands", function()
    local kb = base(joined)
    has('no relation called "before": of times it stands between the two, as in T before U',
      objection(kb, "joined(X, pfp) @ T, joined(X, nato) @ U, before(T, U)"))
    assert.equal(1, #rows(kb, "joined(X, pfp) @ T, joined(X, nato) @ U, T before U"))
    kb:load_text "before(a, b)."
    assert.same({ "a b" }, rows(kb, "before(X, Y)"))
  end)

  it("is made to values of the wrong type", function()
    local message, code = objection(base(joined), 'joined(X, "pfp")')
    has("1:11: column 2 of joined/2 (body) takes an entity; came the text", message)
    has("without quotes", message)
    assert.equal("type", code)
  end)

  it("is made to a variable in columns of different types", function()
    has("X cannot be a text here: it is an entity at line 1, column 8",
      objection(base(joined), "joined(X, _), label(_, X)"))
  end)

  it("says so where a variable looks like an entity", function()
    has('"Ukraine" is a variable: did you mean ukraine?',
      objection(base(joined), "joined(Ukraine, pfp), X before 1994"))
  end)

  it("is none to negation, aggregates, functions and arithmetic", function()
    local kb = base(joined)
    assert(kb:load_text "n(1).")
    for query, answers in pairs {
      ["joined(X, _), not joined(X, pfp)"] = 0,
      ["N = count{ X : joined(X, _) }"] = 1,
      ["n(X), Y = X + 1"] = 1,
    } do
      assert.equal(answers, assert(kb:prepare(query)):count(), query)
    end
  end)
end)
