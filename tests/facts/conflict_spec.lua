-- Conflicts: keys, what happens once, and denials, beyond what the random model asks.
local see = require "tests.facts.see"
local base, conflicts, one, sorted = see.base, see.conflicts, see.one, see.sorted

describe("a key", function()
  it("holds between two undated facts also where others of the relation are dated", function()
    local kb = base [[
      relation led(ship, captain) key(ship).
      led(tern, di). led(tern, york). led(gull, eve) @ 1880.
    ]]
    assert.same({ "key led: led(tern, di) / led(tern, york)" }, conflicts(kb))
  end)

  it("of what happens once allows one value, whenever it is told to have happened", function()
    local kb = base [[
      relation born(person, place) once key(person).
      born(ada, hull) @ 1880-06-11. born(ada, whitby) @ 1881. born(bob, hull) @ 1880. born(bob, hull) @ 1880-02.
    ]]
    assert.same({ "key born: born(ada, hull) @ 1880-06-11 / born(ada, whitby) @ 1881" }, conflicts(kb))
  end)

  it("of several columns asks for all of them to agree", function()
    local kb = base [[
      relation held(holder, office, body) key(office, body).
      held(ann, chair, board). held(bob, chair, council). held(eve, seat, board). held(tom, chair, board).
    ]]
    assert.same({ "key held: held(ann, chair, board) / held(tom, chair, board)" }, conflicts(kb))
  end)

  it("beside another is a rule of its own, and a pair that breaks both is told once", function()
    local kb = base "relation r(a, b, c) key(a) key(b). r(x, y, z). r(x, y, w). r(p, q, z). r(p, s, z). r(t, s, z)."
    assert.same({
      "key r: r(p, q, z) / r(p, s, z)", "key r: r(p, s, z) / r(t, s, z)", "key r: r(x, y, z) / r(x, y, w)",
    }, sorted(conflicts(kb)))
  end)

  it("is checked at the special case and at the general relation", function()
    local kb = base [[
      relation position(who, what) key(who).
      relation supports(who, what) is position(1, 2) key(what).
      relation opposes(what, who) is position(2, 1).
      supports(a, b). supports(c, b). supports(a, d). opposes(e, c).
    ]]
    assert.same({
      "key position: supports(a, b) / supports(a, d)",
      "key position: supports(c, b) / opposes(e, c)",
      "key supports: supports(a, b) / supports(c, b)",
    }, sorted(conflicts(kb)))
    assert.equal("contested", one(kb, "opposes").trust)
  end)

  it("of a general relation with fewer columns knows nothing of the others", function()
    local kb = base [[
      relation position(who, what) key(who).
      relation said(who, text, what) is position(1, 3).
      said(ann, "yes", plan). said(ann, "of course", plan). said(ann, "no", war).
    ]]
    assert.equal(2, #conflicts(kb))
    assert.equal("contested", one(kb, "said", nil, nil, "war").trust)
  end)

  it("is checked under the name of an inverse", function()
    local kb = base [[
      relation employs(body, person). relation works_for(person, body) inverse employs key(person).
      employs(nato, ann). works_for(ann, eu). works_for(bob, eu).
    ]]
    assert.same({ "key works_for: employs(nato, ann) / employs(eu, ann)" }, conflicts(kb))
  end)

  it("is checked both ways round a symmetric pair", function()
    local kb = base "relation married(who, who2) symmetric key(who). married(ann, bob). married(eve, ann). married(x, y)."
    assert.same({ "key married: married(ann, bob) / married(ann, eve)" }, conflicts(kb))
  end)

  it("is not broken by dates that may be the same", function()
    local kb = base [[
      relation held_on(event, date) key(event).
      held_on(a, 2023). held_on(a, 2023-09-28). held_on(b, 2023-09). held_on(b, 2023-10-01).
      held_on(c, 2023-09-15?). held_on(c, 2023-09-14). held_on(d, 2023-09-15?). held_on(d, 2023-09-17).
      held_on(e, 2023-01-01/2023-02). held_on(e, 2023-01-01/2023-02-05).
    ]]
    assert.same({
      "key held_on: held_on(b, 2023-10-01) / held_on(b, 2023-09)",
      "key held_on: held_on(d, 2023-09-17) / held_on(d, 2023-09-15?)",
    }, sorted(conflicts(kb)))
  end)

  it("takes numbers and texts as they are", function()
    local kb = base [[
      relation size(thing, number) key(thing). relation named(thing, text) key(thing).
      size(a, 2). size(a, 2.0). size(b, 1). size(b, 1). named(a, "x"). named(a, "x"@uk).
    ]]
    assert.same({ 'key named: named(a, "x") / named(a, "x"@uk)', "key size: size(a, 2) / size(a, 2.0)" },
      sorted(conflicts(kb)))
  end)

  it("is not broken where an office is handed over on a day, or by unknown times", function()
    local kb = base [[
      relation office(holder, office) key(office).
      office(ann, chair) @ 2000-01-01/2005-03-01. office(bob, chair) @ 2005-03-01/2010-01-01.
      office(eve, chair). office(tom, chair) @ 2010?/.. .
    ]]
    assert.same({}, conflicts(kb))
    assert(kb:load_text "office(jim, chair) @ 2005-03-01.")
    assert.same({}, conflicts(kb))
    assert(kb:load_text "office(jim, chair) @ 2005-02-01/2005-03-02.")
    assert.equal(2, #conflicts(kb))
  end)

  it("is of what is in view", function()
    local kb = base [[
      source s {}. source t {}. relation o(who, what) key(who). o(x, a) from s. o(x, b) from t. o(x, c) from t.
    ]]
    assert.equal(3, #conflicts(kb))
    assert.equal(1, #conflicts(kb:view { sources = "t" }))
    assert.same({}, conflicts(kb:view { sources = "s" }))
    assert(kb:load_text "retract o(x, b). retract o(x, c).")
    assert.same({}, conflicts(kb))
    assert.equal(3, #conflicts(kb:view { known_at = 1 }))
  end)
end)

describe("what happens once", function()
  it("has no two times that exclude each other", function()
    local kb = base [[
      relation joined(state, body) once.
      joined(a, n) @ 1994. joined(a, n) @ 1994-02-08. joined(b, n) @ 1994. joined(b, n) @ 1995.
      joined(c, n). joined(c, n) @ 1994. joined(d, n) @ 1994?. joined(d, n) @ 1995. joined(e, n) @ 1994-XX-05. joined(e, n) @ 1994-03.
      joined(f, n) @ 1994. joined(f, m) @ 1999.
    ]]
    assert.same({ "once joined: joined(b, n) @ 1994 / joined(b, n) @ 1995" }, conflicts(kb))
  end)

  it("is so for a general relation, whatever name told it", function()
    local kb = base [[
      relation joined(state, body) once.
      relation acceded(body, state) once is joined(2, 1).
      joined(a, n) @ 1994. acceded(n, a) @ 1999. acceded(n, b) @ 1999. acceded(n, b) @ 2004.
    ]]
    assert.same({
      "once acceded: acceded(n, b) @ 1999 / acceded(n, b) @ 2004",
      "once joined: joined(a, n) @ 1994 / acceded(n, a) @ 1999",
    }, sorted(conflicts(kb)))
  end)

  it("is so for an entity under two names", function()
    local kb = base "relation j(x, y) once. same_as(u, uu). j(u, n) @ 1994. j(uu, n) @ 1995. j(uu, n) @ 1994-02-08."
    assert.equal(2, #conflicts(kb))
    for _, fact in ipairs(see.list(kb, "j")) do assert.equal("contested", fact.trust) end
  end)

  it("is so both ways round a symmetric pair", function()
    local kb = base "relation met(x, y) once symmetric. met(a, b) @ 1994. met(b, a) @ 1999."
    assert.equal(1, #conflicts(kb))
  end)
end)

describe("a denial", function()
  it("is a conflict with the finer facts that it reaches, and no coarser one", function()
    local cases = {
      { "1994", "1994-02-08", true, true }, { "1994-02-08", "1994", false, false }, { nil, "1994", true, true },
      { "1994", nil, false, false }, { "1994", "1994", true, true }, { nil, nil, true, true },
      { "1993/1995", "1994", true, false }, { "1994?", "1994", true, true }, { "1994", "1994?", false, false },
      { "1994", "1995", false, false }, { "1994/..", "1994-05/2004", true, false }, { "1994/", "1994-05/2004", true, true },
    }
    for _, case in ipairs(cases) do
      local kb = base "relation o(entity) occurs. relation h(entity). source s {}. source t {}."
      kb:transaction(function(tx)
        for _, name in ipairs { "o", "h" } do
          tx:add(name, { "a" }, { valid = case[2], source = "s" })
          tx:deny(name, { "a" }, { valid = case[1], source = "t" })
        end
      end)
      local what = ("deny @ %s of a fact @ %s"):format(case[1], case[2])
      assert.equal(case[3] and "contested" or "single-source", one(kb, "o").trust, what .. ", which occurs")
      assert.equal(case[4] and "contested" or "single-source", one(kb, "h").trust, what .. ", which holds")
      assert.equal((case[3] and 1 or 0) + (case[4] and 1 or 0), #conflicts(kb), what)
      assert.equal(case[3] and 2 or 1, #one(kb, "o").support, what)
    end
  end)

  it("under another name of an entity is one all the same, told once for each fact", function()
    local kb = base [[
      source s {}. source t {}. same_as(u, uu).
      j(u, n) @ 1994 from s. j(uu, n) @ 1994 from t. deny j(u, n) @ 1994 from t. k(u) from s. deny k(uu) from t.
    ]]
    assert.same({
      "denial j: j(u, n) @ 1994 / j(u, n) @ 1994", "denial j: j(uu, n) @ 1994 / j(u, n) @ 1994", "denial k: k(u) / k(uu)",
    }, sorted(conflicts(kb)))
    assert.equal("contested", one(kb, "k").trust)
    assert(kb:load_text "retract same_as(u, uu).")
    assert.same({ "denial j: j(u, n) @ 1994 / j(u, n) @ 1994" }, conflicts(kb))
  end)

  it("alone is stored and not held, and no conflict", function()
    local kb = base "source s {}. deny p(a) from s. deny p(b) @ 1994 from s."
    assert.same({}, see.facts(kb, "p"))
    assert.same({}, conflicts(kb))
    assert.same({ "a s", "b s" }, see.ask(kb, "deny p(X) from S"))
    assert.same({}, see.about(kb, "a"))
  end)

  it("of one source and an assertion of the same are both kept", function()
    local kb = base "source s {}. p(a) from s. deny p(a) from s."
    assert.same({ "s asserts p(a)", "s denies p(a)" }, see.told(one(kb, "p").claims))
    assert.equal("contested", one(kb, "p").trust)
  end)

  it("out of view contests nothing", function()
    local kb = base "source s {}. source t { reliability: f }. p(a) from s grade a. deny p(a) from t."
    assert.equal("contested", one(kb, "p").trust)
    assert.equal("single-source", one(kb:view { sources = "s" }, "p").trust)
    assert.equal("single-source", one(kb:view { min_grade = "e" }, "p").trust)
    assert(kb:load_text "retract deny p(a).")
    assert.equal("single-source", one(kb, "p").trust)
    assert.equal("contested", one(kb:view { known_at = 1 }, "p").trust)
  end)

  it("is told by the fact that it denies", function()
    local kb = base "source s {}. source t {}. p(a) @ 1994-02-08 from s. deny p(a) @ 1994 from t."
    local conflict = kb:conflicts()()
    assert.same({ "denial", "p", "p(a) @ 1994-02-08", "p(a) @ 1994" },
      { conflict.kind, conflict.relation, conflict.a.text, conflict.b.text })
    assert.same({ "t denies p(a) @ 1994" }, see.told(conflict.b.claims))
    local last = one(kb, "p").support[2]
    assert.same({ "denies", "p(a) @ 1994", "1994" }, { last.verb, last.fact, tostring(last.valid) })
  end)
end)

describe("conflicts", function()
  it("come in the same order each time, and after merges", function()
    local text = "relation o(who, what) key(who).\n"
    local expected
    for _, bound in ipairs { 1, 3, 4096 } do
      local kb = base(text, { merge_bound = bound, block_bytes = 64 })
      for i = 1, 12 do assert(kb:load_text(("o(w%d, x%d)."):format(i % 4, i))) end
      local list = conflicts(kb)
      assert.equal(12, #list)
      assert.same(expected or list, list)
      assert.same(list, conflicts(kb))
      expected = list
    end
  end)

  it("are those of the moment when they were asked for", function()
    local kb = base "relation o(who, what) key(who). o(x, a). o(x, b). o(y, a). o(y, b)."
    local n = 0
    for conflict in kb:conflicts() do
      n = n + 1
      assert(kb:load_text "retract o(x, a). retract o(y, a). o(z, a). o(z, b).")
      assert.truthy(conflict.a.text)
    end
    assert.equal(2, n)
    assert.equal(1, #conflicts(kb))
  end)
end)
