--- Rules as an analyst writes them: over declared relations, with time, claims and aggregates;
--- and those that come with the bundled base, whose answers the fact sheet tells.

local dossier = require "dossier"
local helper = require "tests.helper"

local function base(text)
  local kb = assert(dossier.open())
  assert(kb:load_text(text, "base.dl"))
  return kb
end

--- The answers, each a line of its values.
local function answers(kb, query)
  local list = {}
  local step, state, first, _ <close> = kb:query(query)
  local row = table.pack(step(state, first))
  while row[1] ~= nil do
    for i = 1, row.n do row[i] = tostring(row[i]) end
    list[#list + 1] = table.concat(row, " ")
    row = table.pack(step(state, first))
  end
  return list
end

describe("a declared relation that rules derive", function()
  it("takes what nothing says the type of", function()
    local kb = base "relation p(entity). q(a). q(b). p(X) :- q(X)."
    assert.same({ "a", "b" }, answers(kb, "?- p(X)."))
  end)

  it("is refused by kb:facts, which lists what is claimed, unless it is declared", function()
    local kb = base "q(a). p(X) :- q(X). relation r(who). r(X) :- q(X)."
    local ok, message = pcall(kb.facts, kb, "p")
    assert.is_false(ok)
    assert(message:find('"p" is derived by rules', 1, true), message)
    for fact in kb:facts "r" do error(tostring(fact)) end
  end)

  it("refuses an aggregate of another type than its column, and does not look for ever", function()
    local kb = base("relation s(new, old). relation t(new, old, steps). s(a, b).")
    local ok, message = pcall(answers, kb, "t(X, Y, 1) :- s(X, Y).\n"
      .. "t(X, Y, N) :- N = min{ M + 1 : t(X, Z, M), s(Z, Y) }.\n?- t(X, Y, N).")
    assert.is_false(ok)
    assert(message:find("column 3 of t/3 (steps) takes an entity", 1, true), message)
  end)
end)

describe("the rules of the bundled base", function()
  local kb
  setup(function()
    kb = assert(dossier.open())
    local files = {}
    for file in helper.shell("find data -name '*.dl' | LC_ALL=C sort"):gmatch "[^\n]+" do
      files[#files + 1] = file
    end
    assert(kb:load(files))
  end)
  teardown(function() kb:close() end)

  it("know the aspirants", function()
    assert.same({ "georgia", "ukraine" }, answers(kb, "?- aspirant(X)."))
  end)

  it("know who held which office at an event, certainly and perhaps", function()
    assert.same({ "stoltenberg secretary_general nato", "zelensky president ukraine" },
      answers(kb, "?- in_office(X, O, B, meeting_2023)."))
    assert.same({ "poroshenko president ukraine", "rasmussen secretary_general nato" },
      answers(kb, "?- perhaps_in_office(X, O, B, prague_summit_2002)."))
    assert.same({}, answers(kb, "?- in_office(X, O, B, prague_summit_2002)."))
  end)

  it("follow succession to its ends, by the shortest way", function()
    assert.same({ "rasmussen 2", "stoltenberg 1" }, answers(kb, "?- removes(rutte, X, N)."))
    assert.same({ "rutte" }, answers(kb, "?- latest_after(X, rasmussen)."))
  end)

  it("know since when a standing certainly is", function()
    assert.same({ "aspirant 2008", "enhanced_opportunities_partner 2020" },
      answers(kb, "?- standing_since(ukraine, S, nato, Y)."))
  end)

  it("know who is in both organisations, when, and who of them is supportive", function()
    assert.same({ "2023-04-04/2023-12-31" }, answers(kb, "?- in_both(finland, nato, eu) @ T."))
    assert.same({ "estonia", "france", "germany", "latvia", "lithuania", "poland" },
      answers(kb, "?- supportive_in_both(X, meeting_2023)."))
  end)

  it("know what meets which threat, and what meets none", function()
    assert.same({ "7" }, answers(kb, "?- answers_to(russian_aggression, N)."))
    assert.same({ "russian_exercises", "russian_military_activity", "troop_build_up" },
      answers(kb, "?- unanswered(X, ukraine)."))
    assert.same({ "annexation_of_crimea nato_assistance", "conflict_east nato_assistance" },
      answers(kb, "?- answered_with(X, ukraine, nato, M)."))
  end)

  it("see positions through what sources draw on", function()
    assert.same({}, answers(kb, "?- corroborated_position(X, Y)."))
    local own = assert(dossier.open())
    assert(own:load { "data/vocabulary.dl", "data/rules/common.dl" })
    assert(own:load_text([[
      source s { title: "S" }. source t { title: "T" }.
      source u { title: "U", derived_from: s }.
      supports(a, e) from s. supports(a, e) from t. supports(b, e) from s.
      supports(b, e) from u. opposes(a, e) from u. supports(c, e) from s.
      deny supports(c, e) from t.]], "own.dl"))
    assert.same({ "a e" }, answers(own, "?- corroborated_position(X, Y)."))
    assert.same({ "a e", "c e" }, answers(own, "?- contested_position(X, Y)."))
    assert.same({ "a a", "a b", "a c", "b a", "c a" }, answers(own, "?- at_odds(X, Y, e)."))
  end)
end)

describe("a constraint's answers", function()
  local function breaches(kb)
    local list = {}
    for conflict in kb:conflicts() do
      if conflict.kind == "constraint" then list[#list + 1] = conflict end
    end
    return list
  end

  local text = [[
source s { title: "S" }. source t { title: "T" }. relation wed(who, whom) occurs.
label(a, "Ann").
relation born(who) occurs. born(a) @ 1990 from s. wed(a, b) @ 1980 from t "p. 3". wed(a, c) @ 2010 from t.
"{X} wed {Y} before :- {Z}" :-
  wed(X, Y) @ T, born(X) @ U, T before U.]]

  it("are conflicts, with the message filled in, the place, and the facts with their claims",
    function()
      local kb = base(text)
      local found = breaches(kb)
      assert.equal(1, #found)
      assert.equal("Ann wed b before :- {Z}", found[1].message)
      assert.equal("constraint: Ann wed b before :- {Z}", tostring(found[1]))
      assert.same({ "base.dl", 4 }, { found[1].file, found[1].line })
      assert.equal(2, #found[1].facts)
      assert.equal("wed(a, b) @ 1980", found[1].facts[1].text)
      assert.equal("p. 3", found[1].facts[1].claims[1].locator)
      assert.equal("born(a) @ 1990", found[1].facts[2].text)
    end)

  it("are filled in once: a value that looks like a variable's place stays", function()
    local kb = base([[source s { title: "S" }. says("{Y}", "{X}", 7) from s.
      "{X} and {Y}, {N}, {Z} {} {" :- says(X, Y, N).]])
    assert.equal("{Y} and {X}, 7, {Z} {} {", breaches(kb)[1].message)
  end)

  it("heed views, and the base as it is", function()
    local kb = base(text)
    assert.equal(0, #breaches(kb:view { sources = { "s" } }))
    assert.equal(1, #breaches(kb:view { as_of = "2000-01-01" }))
    assert(kb:load_text('born(b) @ 1999 from s. wed(b, c) @ 1991 from s.', "more.dl"))
    assert.equal(2, #breaches(kb))
    assert(kb:load_text('retract wed(a, b) @ 1980 from t.', "less.dl"))
    assert.equal(1, #breaches(kb))
  end)

  it("may come from what rules derive, and then have the facts that atoms tell", function()
    local kb = base [[
      on(a, b). on(b, c). on(c, a).
      above(X, Y) :- on(X, Y). above(X, Z) :- above(X, Y), on(Y, Z).
      "{X} is above itself" :- above(X, X).
      "something is on c" :- on(_, c).]]
    local messages = {}
    for i, breach in ipairs(breaches(kb)) do
      messages[i] = breach.message .. " " .. #breach.facts
    end
    assert.same({ "a is above itself 0", "b is above itself 0", "c is above itself 0",
                  "something is on c 1" }, messages)
  end)
end)
