-- Rename: another identifier for an entity, another name for a relation.
local dossier = require "dossier"
local helper = require "tests.helper"
local see = require "tests.facts.see"
local base, facts, one, told = see.base, see.facts, see.one, see.told

describe("renaming an entity", function()
  it("moves every live fact that mentions it, with its claims as they were", function()
    local kb = base [[
      source s {}. source t {}.
      attributed(ann) joined(ukrane, pfp) @ 1994 from s "1" grade b2 quote "so" confidence 0.5.
      joined(ukrane, pfp) @ 1994 from t. deny member(ukrane, nato) from t.
      label(ukrane, "Ukraine"@en). type(ukrane, state). alias(ukrane, "UA"). other(x, ukrane).
    ]]
    assert.is_true(kb:rename("ukrane", "ukraine"))
    assert.same({ "joined(ukraine, pfp) @ 1994" }, facts(kb, "joined"))
    local fact = one(kb, "joined")
    assert.same({ "s 1 asserts joined(ukraine, pfp) @ 1994", "t asserts joined(ukraine, pfp) @ 1994" },
      told(fact.claims))
    local claim = fact.claims[1]
    assert.same({ "ann", "b2", "so", 0.5 }, { claim.speaker.id, claim.grade, claim.quotation, claim.confidence })
    assert.equal("Ukraine", fact[1].label)
    assert.same({ "type(ukraine, state)" }, facts(kb, "type"))
    assert.same({ "other(x, ukraine)" }, facts(kb, "other"))
    assert.same({ "t" }, see.ask(kb, "?- deny member(ukraine, nato) from S."))
    assert.same({}, see.about(kb, "ukrane"))
    assert.equal(14, kb.changes)
  end)

  it("leaves what was known before under the old name", function()
    local kb = base "p(a)."
    assert.is_true(kb:rename("a", "b"))
    assert.same({ "p(a)" }, facts(kb:view { known_at = 1 }, "p"))
    assert.same({ "p(b)" }, facts(kb, "p"))
    assert.equal(2, #kb:transactions())
  end)

  it("renames a source: its properties, its claims, verdicts by it and on it", function()
    local kb = base [[
      source artcle { title: "A", reliability: b }. source t { derived_from: artcle }. source analyst {}.
      p(a) from artcle "1". q(a) from t.
      deprecate p(a) from artcle because "so" by analyst. prefer q(a) because "no" by artcle.
    ]]
    assert.is_true(kb:rename("artcle", "article"))
    local list = {}
    for i, source in ipairs(kb:sources()) do list[i] = source.id .. ":" .. tostring(source.title) end
    assert.same({ "analyst:nil", "article:A", "t:nil" }, list)
    assert.same({ "derived_from(t, article)" }, facts(kb, "derived_from"))
    local judged, preferred = one(kb, "p").claims, one(kb, "q").claims
    assert.same({ "analyst", "article" }, { judged[1].source.id, judged[1].target.id })
    assert.equal("article 1", judged[2].citation)
    assert.same({ "article", "prefers" }, { preferred[1].source.id, preferred[1].verb })
    assert(kb:load_text "p(b) from article.")
    assert.equal("unknown source", select(2, see.refused(kb, "p(c) from artcle.")))
  end)

  it("renames a speaker", function()
    local kb = base "source s {}. attributed(stolenberg) p(a) from s."
    assert.is_true(kb:rename("stolenberg", "stoltenberg"))
    assert.equal("stoltenberg", one(kb, "p").claims[1].speaker.id)
  end)

  it("keeps pairs of a symmetric relation in order, and facts of an inverse under it", function()
    local kb = base [[
      relation met(x, y) symmetric. relation parent(x, y). relation child(y, x) inverse parent.
      p(z). met(b, a). met(z, b). child(b, q).
    ]]
    assert.is_true(kb:rename("b", "bob"))
    assert.same({ "a bob", "bob a", "bob z", "z bob" }, see.rows(kb, "met"))
    assert.same({ "met(a, bob)", "met(z, bob)" }, see.sorted(facts(kb, "met", "bob")))
    assert.same({ "parent(q, bob)" }, facts(kb, "child"))
    assert(kb:load_text "met(bob, a).")
    assert.equal(0, kb.changes)
  end)

  it("moves a fact to one that was retracted, and joins claims with one that is live", function()
    local kb = base "source s {}. source t {}. p(b) from s. p(a) from s. p(a) from t."
    assert(kb:load_text "retract p(b).")
    assert.is_true(kb:rename("a", "b"))
    assert.same({ "s asserts p(b)", "t asserts p(b)" }, told(one(kb, "p").claims))
    assert.equal(3, #one(kb, "p"):history())
    kb = base "source s {}. source t {}. p(b) from s. p(a) from s. p(a) from t."
    assert.is_true(kb:rename("a", "b", { merge = true }))
    assert.same({ "s asserts p(b)", "t asserts p(b)" }, told(one(kb, "p").claims))
    assert.equal(1, one(kb, "p").claims[1].opened)
    assert.equal(3, kb.changes)
  end)

  it("refuses a name that is in use, unless the two are to become one", function()
    for _, text in ipairs { "p(a). p(b).", "p(a). q(x, b).", "source b {}. p(a).",
      "source s {}. attributed(b) q(c) from s. p(a)." } do
      local kb = base(text)
      local found, message, code = kb:rename("a", "b")
      assert.is_nil(found)
      see.has('something is called "b" already', message)
      assert.equal("declaration", code)
      assert.same({ "p(a)" }, facts(kb, "p", "a"))
      assert.is_true(kb:rename("a", "b", { merge = true }))
      assert.same({ "p(b)" }, facts(kb, "p"))
    end
  end)

  it("drops that two are the same once they are one, and refuses a source derived from itself", function()
    local kb = base "same_as(a, b). p(a). q(b)."
    assert.is_true(kb:rename("a", "b", { merge = true }))
    assert.same({}, facts(kb, "same_as"))
    assert.same({ "p(b)" }, facts(kb, "p"))
    kb = base "source s {}. source t { derived_from: s }. p(a) from t."
    local found, message = kb:rename("s", "t", { merge = true })
    assert.is_nil(found)
    see.has("circle", message)
    assert.equal(2, #kb:sources())
  end)

  it("keeps that something is the same as itself, where that was said", function()
    local kb = base "source s {}. same_as(a, a) from s. same_as(b, b)."
    assert.is_true(kb:rename("s", "t"))
    assert.is_true(kb:rename("b", "c"))
    assert.same({ "same_as(a, a)", "same_as(c, c)" }, facts(kb, "same_as"))
  end)

  it("takes no letter of a reliability for an entity", function()
    local kb = base "source s { reliability: b }. p(b)."
    assert.is_true(kb:rename("b", "boris"))
    assert.equal("b", kb:sources()[1].reliability)
    assert.is_true(kb:rename("boris", "b"))
    assert.same({ "p(b)" }, facts(kb, "p"))
  end)

  it("is found nothing to do where nobody is so called now", function()
    local kb = base "p(a). q(b)."
    assert.is_false(kb:rename("c", "d"))
    assert.is_false(kb:rename("a", "a"))
    assert(kb:load_text "retract p(a).")
    assert.is_false(kb:rename("a", "d"))
    assert.equal(2, #kb:transactions())
  end)

  it("takes any name that the language can write", function()
    local names = { "'Any Thing'", "<http://x.org/a>", "'it\\'s'", "київ", "'not'", "'a\\nb'" }
    local raw = { "Any Thing", "<http://x.org/a>", "it's", "київ", "not", "a\nb" }
    local kb = base "p(a)."
    local now = "a"
    for i, name in ipairs(raw) do
      assert.is_true(kb:rename(now, name))
      assert.same({ "p(" .. names[i] .. ")" }, facts(kb, "p"))
      now = name
    end
    for _, bad in ipairs { "", "\xff", "a\0b", ("x"):rep(70000) } do
      local found, message = kb:rename(now, bad)
      assert.is_nil(found)
      assert.is_string(message)
    end
    assert.same({ "p('a\\nb')" }, facts(kb, "p"))
  end)

  it("leaves the source `base` its name", function()
    local kb = base "p(base). p(a)."
    for _, pair in ipairs { { "base", "b" }, { "a", "base" } } do
      local found, message, code = kb:rename(pair[1], pair[2], { merge = true })
      assert.is_nil(found)
      see.has('"base" is the source of claims that name none', message)
      assert.equal("declaration", code)
    end
  end)

  it("is taken back by undo, and is a part of a transaction that is open", function()
    local kb = base "source s {}. p(a) from s. q(s, a)."
    assert.is_true(kb:rename("s", "t"))
    assert.equal(2, kb:undo())
    assert.same({ "s asserts p(a)" }, told(one(kb, "p").claims))
    pcall(kb.transaction, kb, function()
      assert.is_true(kb:rename("a", "z"))
      assert.same({ "p(z)" }, facts(kb, "p"))
      error "no"
    end)
    assert.same({ "p(a)" }, facts(kb, "p"))
    kb:transaction(function(tx)
      tx:add("p", { dossier.entity "b" })
      assert.is_true(kb:rename("b", "c"))
    end)
    assert.same({ "p(a)", "p(c)" }, see.sorted(facts(kb, "p")))
    assert.equal(1, #one(kb, "p", "c"):history())
    local seen = {}
    for fact in kb:history "p(b)" do seen[#seen + 1] = fact end
    assert.same({}, seen)
  end)

  it("is refused by a view, and wrong options are told", function()
    local kb = base "p(a)."
    assert.equal("read-only", select(3, kb:view {}:rename("a", "b")))
    local ok, message = pcall(kb.rename, kb, "a", "b", { merg = true })
    assert.is_false(ok)
    see.has("merge", message)
  end)
end)

describe("what rules name", function()
  local RULES = [[
    prefix ex: <http://x/>. edge(ukrane, b). edge(ex:q, c). edge(d, e). other(f).
    p(X) :- edge(X, ukrane).
    "{X}" :- other(X), N = count{ Z : edge(Z, 'ukrane') }, N > 3.
    t(X) :- edge(ex:q, X).
    from_d(X) :- other(X), not deny edge(X, f).
  ]]

  --- Why renaming was refused; nothing has changed.
  local function refused(kb, old)
    local before = #kb:transactions()
    local done, message, code = kb:rename(old, "new")
    assert.is_nil(done)
    assert.equal("declaration", code)
    assert.equal(before, #kb:transactions())
    return message
  end

  it("keeps its name, and the rules that name it are told, with what would do", function()
    local kb = base(RULES)
    see.has('"ukrane" stands in 2 rules that the base keeps', refused(kb, "ukrane"))
    see.has("#1 (<text 1>:2), #2 (<text 1>:3); drop them, rename, and load them again with the new name",
      refused(kb, "ukrane"))
    see.has('stands in 1 rule that the base keeps', refused(kb, "<http://x/q>"))
    see.has('"edge" stands in 4 rules', refused(kb, "edge"))
    see.has('"other/1" stands in 2 rules', refused(kb, "other/1"))
    assert.is_true(kb:rename("b", "new"))
    assert.same({ "edge(ukrane, new)", "edge(<http://x/q>, c)", "edge(d, e)" }, facts(kb, "edge"))
  end)

  it("is renamed when they are dropped, also in one transaction with their coming back", function()
    local kb = base(RULES)
    kb:transaction(function()
      assert(kb:drop_rule "#1")
      assert(kb:drop_rule "#2")
      assert.is_true(kb:rename("ukrane", "ukraine"))
      assert(kb:load_text "p(X) :- edge(X, ukraine).")
    end)
    assert(kb:load_text "edge(g, ukraine).")
    assert.same({ "g" }, see.ask(kb, "?- p(X)."))
  end)

  it("tells of the first four rules and counts the others", function()
    local kb = base "p(a). q(X) :- p(X), r(a).  r(X) :- p(X). s(a) :- p(a). t(b, a) :- p(a). u(a) :- p(_). v(X) :- p(X), X != a."
    see.has('"a" stands in 5 rules', refused(kb, "a"))
    see.has("#4 (", refused(kb, "a"))
    see.has(") and 1 more; drop them", refused(kb, "a"))
  end)

  it("does not bind a relation whose name an entity of rules alone has", function()
    local kb = base "p(a). q(X) :- r(X, p). r(a, b)."
    assert.is_true(kb:rename("p", "new"))
    assert.same({ "new(a)" }, facts(kb, "new"))
  end)

  it("leaves undo as it was: a renaming is taken back", function()
    local kb = base "p(a). q(X) :- p(X)."
    assert.is_true(kb:rename("a", "b"))
    assert(kb:undo())
    assert.same({ "p(a)" }, facts(kb, "p"))
    assert.same({ "a" }, see.ask(kb, "?- q(X)."))
  end)
end)

describe("renaming a relation", function()
  it("gives all of its history the new name", function()
    local kb = base 'relation joind(entity, entity) once phrase "{1} joined {2}". joind(a, b) @ 1994. joind(c, d) @ 1995.'
    assert(kb:load_text "retract joind(c, d) @ 1995.")
    assert.is_true(kb:rename("joind", "joined"))
    assert.same({ "joined(a, b) @ 1994" }, facts(kb, "joined"))
    assert.same({ "joined(a, b) @ 1994", "joined(c, d) @ 1995" }, facts(kb:view { known_at = 1 }, "joined"))
    assert.equal("a joined b", tostring(one(kb, "joined")))
    assert.is_true(kb:relation "joined".once)
    assert.is_nil(kb:relation "joind")
    local ok, message = pcall(kb.facts, kb, "joind")
    assert.is_false(ok)
    see.has('there is no relation "joind"; did you mean "joined"?', message)
    see.has('no relation called "joind"; did you mean "joined"?', see.refused(kb, "?- joind(X, Y)."))
    assert(kb:load_text "joined(e, f) @ 1996. retract joined(a, b) @ 1994.")
    assert.same({ "joined(e, f) @ 1996" }, facts(kb, "joined"))
  end)

  it("keeps what is declared in terms of it", function()
    local kb = base [[
      relation position(entity, entity). relation supports(entity, entity) is position(1, 2).
      relation parent(x, y). relation child(y, x) inverse parent.
      supports(a, b). child(q, r).
    ]]
    assert.is_true(kb:rename("position", "stance"))
    assert.is_true(kb:rename("supports", "backs"))
    assert.is_true(kb:rename("parent", "mother"))
    assert.is_true(kb:rename("child", "daughter"))
    assert.same({ "backs(a, b)" }, facts(kb, "stance"))
    assert.same({ { relation = "stance", columns = { 1, 2 } } }, kb:relation "backs".is)
    assert.equal("mother", kb:relation "daughter".inverse)
    assert.same({ "q r" }, see.rows(kb, "daughter"))
  end)

  it("is for one arity, which is written where there are several", function()
    local kb = base "p(a). p(a, b). q(c)."
    local found, message, code = kb:rename("p", "r")
    assert.is_nil(found)
    see.has('several relations are called "p"; write which, as in p/', message)
    assert.equal("relation", code)
    assert.is_true(kb:rename("p/2", "r"))
    assert.same({ "r(a, b)" }, facts(kb, "r"))
    assert.is_true(kb:rename("p/1", "r/1"))
    assert.same({ "r(a)" }, facts(kb, "r/1"))
    assert.is_true(kb:rename("q", "p"))
  end)

  it("refuses another number of columns", function()
    local kb = base "p(a, b)."
    local found, message, code = kb:rename("p", "r/3")
    assert.is_nil(found)
    assert.equal("declaration", code)
    see.has("2 columns", message)
    assert.is_true(kb:rename("p", "r/2"))
    assert.equal("r", kb:relation("r/2").name)
  end)

  it("gives way to an entity that is so called", function()
    local kb = base "p(p)."
    assert.is_true(kb:rename("p", "x"))
    assert.same({ "p(x)" }, facts(kb, "p"))
    assert.is_true(kb:rename("p", "q"))
    assert.same({ "q(x)" }, facts(kb, "q"))
  end)

  it("refuses a name that is taken, and one that is built in", function()
    local kb = base "p(a). q(b)."
    local found, message, code = kb:rename("p", "q")
    assert.is_nil(found)
    see.has("there is a relation q/1 already", message)
    assert.equal("declaration", code)
    see.has("label/2 is built in", select(2, kb:rename("label", "name")))
    assert.same({ "p(a)" }, facts(kb, "p"))
  end)

  it("is there for another handle and after reopening, and goes with a rollback", function()
    local folder = helper.folder()
    local path = folder .. "/a.kb"
    local kb = assert(dossier.open(path, { merge_bound = 1 }))
    assert(kb:load_text "p(a).")
    local other = assert(dossier.open(path))
    pcall(kb.transaction, kb, function()
      assert.is_true(kb:rename("p", "q"))
      assert.same({ "q(a)" }, facts(kb, "q"))
      error "no"
    end)
    assert.same({ "p(a)" }, facts(kb, "p"))
    assert.is_nil(kb:relation "q")
    assert.is_true(kb:rename("p", "q"))
    assert(other:refresh())
    assert.same({ "q(a)" }, facts(other, "q"))
    assert.is_nil(other:relation "p")
    other:close()
    kb:close()
    kb = assert(dossier.open(path, { read_only = true }))
    assert.same({ "q(a)" }, facts(kb, "q"))
    kb:close()
    helper.sweep(folder)
  end)

  it("may be done a thousand times", function()
    local kb = base "p0(a). q(b). r(c)."
    kb:transaction(function()
      for i = 1, 1000 do assert.is_true(kb:rename("p" .. i - 1, "p" .. i)) end
    end)
    assert.same({ "p1000(a)" }, facts(kb, "p1000"))
    assert.is_nil(kb:relation "p7")
    assert.same({ "q(b)" }, facts(kb, "q"))
  end)
end)
