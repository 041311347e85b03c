-- Verdicts: what is deprecated or preferred, and what a settled view leaves of it.
local dossier = require "dossier"
local see = require "tests.facts.see"
local base, facts, conflicts, one, told, change = see.base, see.facts, see.conflicts, see.one, see.told, see.change

local SOURCES = "source article {}. source record {}. source analyst {}.\n"
local MEETING = SOURCES .. [[
  relation held_on(event, date) key(event).
  held_on(m, 2023-09-15) from article.
  held_on(m, 2023-09-28) from record.
]]

local function settled(kb) return kb:view { settled = true } end

describe("a verdict", function()
  it("is a claim with a source and a reason, on the fact that it judges", function()
    local kb = base(MEETING .. 'deprecate held_on(m, 2023-09-15) from article because "a misprint" by analyst.')
    local claim = one(kb, "held_on", "m", "2023-09-15").claims[1]
    assert.same({ "deprecates", "analyst", "a misprint", "article" },
      { claim.verb, claim.source.id, claim.quotation, claim.target.id })
    assert.equal("held_on(m, 2023-09-15)", claim.fact)
  end)

  it("has no target where it judges all claims", function()
    local kb = base(MEETING .. 'deprecate held_on(m, 2023-09-15) because "a misprint" by analyst.')
    assert.is_nil(one(kb, "held_on", "m", "2023-09-15").claims[1].target)
  end)

  it("changes nothing outside settled views", function()
    local kb = base(MEETING .. [[
      deprecate held_on(m, 2023-09-15) because "a misprint" by analyst.
      prefer held_on(m, 2023-09-28) because "the record was there" by analyst.
    ]])
    assert.same({ "held_on(m, 2023-09-15)", "held_on(m, 2023-09-28)" }, facts(kb, "held_on"))
    assert.equal(1, #conflicts(kb))
    assert.equal("contested", one(kb, "held_on", "m", "2023-09-28").trust)
  end)

  it("needs an author, a reason and a fact that was claimed", function()
    local kb = base(MEETING)
    see.has("has an author", see.refused(kb, 'prefer held_on(m, 2023-09-28) because "so".'))
    see.has("because", see.refused(kb, "prefer held_on(m, 2023-09-28) by analyst."))
    local message, code = see.refused(kb, 'prefer held_on(m, 2023-09-29) because "so" by analyst.')
    see.has("no claim on that fact", message)
    assert.equal("absent", code)
    assert.equal("unknown source", select(2, see.refused(kb, 'prefer held_on(m, 2023-09-28) because "so" by nobody.')))
  end)

  it("judges a fact or the claims of one source, and nothing less", function()
    local kb = base(SOURCES .. 'p(a) from article "1".')
    for _, part in ipairs { 'from article "1"', "grade 2", 'quote "x"', "confidence 0.5" } do
      local message, code = see.refused(kb, ('deprecate p(a) %s because "so" by analyst.'):format(part))
      see.has("a verdict is on a fact, or on the claims of one source", message)
      assert.equal("unsupported", code)
    end
    for _, kind in ipairs { "assessed", "stated", "attributed(ann)" } do
      see.has("a verdict is on a fact", see.refused(kb, ('prefer %s p(a) because "so" by analyst.'):format(kind)))
    end
  end)

  it("takes nothing from the block around it", function()
    local kb = base(SOURCES .. 'from article "1" grade 2 { p(a). prefer p(a) because "so" by analyst. }')
    local verdict = one(kb, "p").claims[1]
    assert.same({ "prefers", "analyst" }, { verdict.verb, verdict.citation })
    assert.is_nil(verdict.target)
    assert.is_nil(verdict.grade)
  end)

  it("meets the fact under any of its names", function()
    local kb = base(SOURCES .. [[
      relation met(x, y) symmetric. relation parent(x, y). relation child(y, x) inverse parent.
      met(b, a) from article. child(q, r) from article.
      deprecate met(a, b) because "so" by analyst. deprecate parent(r, q) because "so" by analyst.
    ]])
    assert.same({}, facts(settled(kb), "met"))
    assert.same({}, facts(settled(kb), "child"))
  end)

  it("judges the fact at its very time", function()
    local kb = base(SOURCES .. "p(a) @ 1994 from article. p(a) @ 1994-02-08 from record.")
    assert(kb:load_text 'deprecate p(a) @ 1994 because "vague" by analyst.')
    assert.same({ "p(a) @ 1994-02-08" }, facts(settled(kb), "p"))
    see.has("no claim on that fact", see.refused(kb, 'deprecate p(a) because "vague" by analyst.'))
  end)

  it("supports nothing", function()
    local kb = base(SOURCES .. 'p(a) from article. prefer p(a) because "so" by analyst.')
    assert.equal("single-source", one(kb, "p").trust)
    assert.equal("single-source", one(settled(kb), "p").trust)
  end)

  it("that is made twice is held once", function()
    local kb = base(MEETING)
    local text = 'prefer held_on(m, 2023-09-28) because "so" by analyst.'
    assert(kb:load_text(text))
    assert(kb:load_text(text))
    assert.equal(0, kb.changes)
    assert.equal(2, #one(kb, "held_on", "m", "2023-09-28").claims)
  end)

  it("is known from its transaction on", function()
    local kb = base(MEETING)
    assert(kb:load_text 'deprecate held_on(m, 2023-09-15) because "a misprint" by analyst.')
    assert.equal(2, #facts(kb:view { settled = true, known_at = 1 }, "held_on"))
    assert.equal(1, #facts(kb:view { settled = true, known_at = 2 }, "held_on"))
    assert.equal(1, #facts(settled(kb):view { known_at = 2 }, "held_on"))
    assert.equal(2, #facts(settled(kb):view { known_at = 1 }, "held_on"))
  end)

  it("outlives the claim that it judges", function()
    local kb = base(SOURCES .. 'p(a) from article. deprecate p(a) from article because "so" by analyst.')
    assert(kb:load_text "retract p(a).")
    assert(kb:load_text "p(a) from article.")
    assert.same({ "p(a)" }, facts(kb, "p"))
    assert.same({}, facts(settled(kb), "p"))
  end)
end)

describe("deprecating", function()
  it("one source leaves the claims of others", function()
    local kb = base(SOURCES .. "p(a) from article. p(a) from record. q(a) from article.")
    assert(kb:load_text [[
      deprecate p(a) from article because "so" by analyst.
      deprecate q(a) from article because "so" by analyst.
    ]])
    assert.same({ "p(a)" }, facts(settled(kb), "p"))
    assert.same({ "analyst deprecates p(a)", "record asserts p(a)" }, told(one(settled(kb), "p").claims))
    assert.equal("corroborated", one(kb, "p").trust)
    assert.equal("single-source", one(settled(kb), "p").trust)
    assert.same({}, facts(settled(kb), "q"))
  end)

  it("all leaves out the fact, and every view below", function()
    local kb = base(SOURCES .. 'p(a) from article. p(a) from record. deprecate p(a) because "so" by analyst.')
    assert.same({}, facts(settled(kb), "p"))
    assert.same({}, facts(settled(kb):view { sources = "record" }, "p"))
    assert.same({}, facts(kb:view { sources = "record" }:view { settled = true }, "p"))
    assert.same({ "p(a)" }, facts(kb:view { settled = false }, "p"))
  end)

  it("a denial takes it out of conflicts, trust and queries", function()
    local kb = base(SOURCES .. "p(a) from article. deny p(a) from record.")
    assert(kb:load_text 'deprecate p(a) from record because "it meant another" by analyst.')
    assert.equal(1, #conflicts(kb))
    assert.same({}, conflicts(settled(kb)))
    assert.equal("single-source", one(settled(kb), "p").trust)
    assert.same({}, see.ask(settled(kb), "deny p(X)"))
    assert.same({ "a" }, see.ask(kb, "deny p(X)"))
  end)

  it("one side of a key settles the conflict", function()
    local kb = base(MEETING .. 'deprecate held_on(m, 2023-09-15) from article because "so" by analyst.')
    assert.same({}, conflicts(settled(kb)))
    assert.equal("single-source", one(settled(kb), "held_on").trust)
  end)

  it("reaches names and what is said of sources, too", function()
    local kb = base(SOURCES .. [[
      label(x, "Wrong") from article. label(x, "Right") from record.
      p(x) from article. source article { reliability: a }.
      deprecate label(x, "Wrong") because "a typo" by analyst.
      deprecate source_reliability(article, a) because "it erred" by analyst.
    ]])
    assert.equal("Right", settled(kb):find "x".label)
    assert.same({ 'label(x, "Right")' }, facts(settled(kb), "label"))
    assert.same({ "p(x)" }, facts(kb:view { min_grade = "b" }, "p"))
    assert.same({}, facts(settled(kb):view { min_grade = "b" }, "p"))
  end)

  it("a derivation makes its ends independent again", function()
    local kb = base(SOURCES .. [[
      derived_from(record, article). p(a) from article. p(a) from record.
      deprecate derived_from(record, article) because "they never met" by analyst.
    ]])
    assert.equal("single-source", one(kb, "p").trust)
    assert.equal("corroborated", one(settled(kb), "p").trust)
  end)
end)

describe("preferring", function()
  it("leaves out what is in a key conflict with the preferred fact", function()
    local kb = base(MEETING .. 'prefer held_on(m, 2023-09-28) because "so" by analyst. held_on(n, 2023-09-15) from article.')
    assert.same({ "held_on(m, 2023-09-28)", "held_on(n, 2023-09-15)" }, facts(settled(kb), "held_on"))
    assert.same({}, conflicts(settled(kb)))
    assert.equal("single-source", one(settled(kb), "held_on", "m").trust)
  end)

  it("leaves what is compatible with the preferred fact", function()
    local kb = base(MEETING .. 'held_on(m, 2023) from article. prefer held_on(m, 2023-09-28) because "so" by analyst.')
    assert.same({ "held_on(m, 2023)", "held_on(m, 2023-09-28)" }, see.sorted(facts(settled(kb), "held_on")))
  end)

  it("leaves out other times of what happens once", function()
    local kb = base(SOURCES .. [[
      relation joined(entity, entity) once.
      joined(ukraine, pfp) @ 1994 from article. joined(ukraine, pfp) @ 1994-02-08 from record.
      joined(ukraine, pfp) @ 1995 from article.
      prefer joined(ukraine, pfp) @ 1994-02-08 because "so" by analyst.
    ]])
    assert.same({ "joined(ukraine, pfp) @ 1994", "joined(ukraine, pfp) @ 1994-02-08" },
      see.sorted(facts(settled(kb), "joined")))
    assert.same({}, conflicts(settled(kb)))
  end)

  it("overrules denials of the fact, also at coarser times", function()
    local kb = base(SOURCES .. [[
      p(a) @ 1994-02-08 from article. deny p(a) @ 1994 from record.
      q(a) from article. deny q(a) from record.
      prefer p(a) @ 1994-02-08 because "so" by analyst. prefer q(a) because "so" by analyst.
    ]])
    for _, name in ipairs { "p", "q" } do
      assert.equal("contested", one(kb, name).trust)
      assert.equal("single-source", one(settled(kb), name).trust)
      assert.equal(2, #one(settled(kb), name).claims)
    end
    assert.equal(2, #conflicts(kb))
    assert.same({}, conflicts(settled(kb)))
    assert.same({}, see.ask(settled(kb), "deny q(X)"))
  end)

  it("leaves a coarse denial to the other finer times", function()
    local kb = base(SOURCES .. [[
      p(a) @ 1994-02-08 from article. p(a) @ 1994-03-01 from article. deny p(a) @ 1994 from record.
      prefer p(a) @ 1994-02-08 because "so" by analyst.
    ]])
    assert.same({ "denial p: p(a) @ 1994-03-01 / p(a) @ 1994" }, conflicts(settled(kb)))
  end)

  it("two facts of a conflict settles nothing", function()
    local kb = base(MEETING .. [[
      prefer held_on(m, 2023-09-28) because "so" by analyst.
      prefer held_on(m, 2023-09-15) because "no, so" by analyst.
    ]])
    assert.equal(2, #facts(settled(kb), "held_on"))
    assert.equal(1, #conflicts(settled(kb)))
  end)

  it("a fact that is deprecated settles nothing", function()
    local kb = base(MEETING .. [[
      prefer held_on(m, 2023-09-28) because "so" by analyst.
      deprecate held_on(m, 2023-09-28) because "not so" by analyst.
    ]])
    assert.same({ "held_on(m, 2023-09-15)" }, facts(settled(kb), "held_on"))
  end)

  it("counts where the preferred fact itself is filtered out", function()
    local kb = base(SOURCES .. [[
      relation office(holder, office) key(office).
      office(ann, chair) @ 2000-01-01/2010-01-01 from record.
      office(bob, chair) @ 2005-01-01/2015-01-01 from article.
      prefer office(ann, chair) @ 2000-01-01/2010-01-01 because "so" by analyst.
    ]])
    for _, filter in ipairs { { sources = "article" }, { as_of = "2012-01-01" }, { since = "2011" } } do
      assert.equal(1, #facts(kb:view(filter), "office"))
      assert.same({}, facts(settled(kb):view(filter), "office"))
      filter.settled = true
      assert.same({}, facts(kb:view(filter), "office"))
    end
  end)

  it("reaches facts of special cases by the key of the general relation", function()
    local kb = base(SOURCES .. [[
      relation position(who, what) key(who).
      relation supports(who, what) is position(1, 2).
      relation opposes(what, who) is position(2, 1).
      supports(ann, plan) from article. opposes(war, ann) from record.
      prefer opposes(war, ann) because "so" by analyst.
    ]])
    assert.same({ "opposes(war, ann)" }, facts(settled(kb), "position"))
    assert.same({}, facts(settled(kb), "supports"))
  end)

  it("does not fold a fact into one that lost", function()
    local kb = base(SOURCES .. [[
      relation office(holder, office) key(holder).
      office(x, a) @ 1994/2004 from article. office(x, a) @ 1994-02-08/2004 from record.
      office(x, b) @ 1994-02-10/1994-03-12 from record.
      prefer office(x, b) @ 1994-02-10/1994-03-12 because "so" by analyst.
    ]])
    assert.same({ "office(x, a) @ 1994/2004" }, facts(kb:view { settled = true, fold = true }, "office", nil, "a"))
    assert.equal("single-source", one(settled(kb), "office", nil, "a").trust)
    assert.equal(1, #one(settled(kb), "office", nil, "a").support)
  end)
end)

describe("retracting", function()
  it("a verdict undoes it from then on, and keeps it in the past", function()
    local kb = base(MEETING .. [[
      deprecate held_on(m, 2023-09-15) from article because "a misprint" by analyst.
      prefer held_on(m, 2023-09-28) because "so" by analyst.
    ]])
    assert(kb:load_text "retract deprecate held_on(m, 2023-09-15). retract prefer held_on(m, 2023-09-28).")
    assert.equal(2, #facts(settled(kb), "held_on"))
    assert.same({ "held_on(m, 2023-09-28)" }, facts(kb:view { settled = true, known_at = 1 }, "held_on"))
    local history = one(kb, "held_on", "m", "2023-09-28"):history()
    assert.same({ "prefers", 1, 2 }, { history[2].verb, history[2].opened, history[2].closed })
  end)

  it("chooses verdicts by verb, author, target and reason", function()
    local cases = {
      { "retract deprecate p(a).", 3 }, { "retract prefer p(a).", 1 }, { "retract deprecate p(a) from article.", 2 },
      { "retract deprecate p(a) by record.", 1 }, { 'retract deprecate p(a) because "x".', 2 },
      { 'retract deprecate p(a) from article because "x" by analyst.', 1 }, { "retract deprecate p(a) from record.", 0 },
      { 'retract deprecate p(a) because "unheard".', 0 }, { "from record { retract deprecate p(a). }", 1 },
      { "retract deprecate p(b).", 0 }, { "retract p(a).", 1 },
    }
    for _, case in ipairs(cases) do
      local kb = base(SOURCES .. [[
        p(a) from article.
        deprecate p(a) from article because "x" by analyst. deprecate p(a) from article because "y" by record.
        deprecate p(a) because "x" by analyst. prefer p(a) because "x" by analyst.
      ]])
      assert(kb:load_text(case[1]))
      assert.equal(case[2], kb.changes, case[1])
    end
  end)

  it("facts that are called prefer and deprecate is as ever", function()
    local kb = base "prefer(a, b). deprecate(a)."
    assert(kb:load_text "retract prefer(a, b). retract deprecate(a).")
    assert.same({}, facts(kb, "prefer"))
    assert.same({}, facts(kb, "deprecate"))
  end)

  it("a fact's claims leaves the verdicts on it", function()
    local kb = base(SOURCES .. 'p(a) from article. prefer p(a) because "so" by analyst.')
    assert.is_true(change(kb, "retract", "p", { dossier.entity "a" }))
    assert.is_false(change(kb, "retract", "p", { dossier.entity "a" }))
  end)
end)

describe("a verdict in a transaction", function()
  local a = { dossier.entity "a" }

  it("is what the language puts on record", function()
    local kb = base(SOURCES .. "p(a) @ 1994 from article. q(a).")
    local spec = { valid = "1994", of = "article", because = "a misprint", by = "analyst" }
    assert.is_true(change(kb, "deprecate", "p", a, spec))
    assert.is_false(change(kb, "deprecate", "p", a, spec))
    assert(kb:load_text 'deprecate p(a) @ 1994 from article because "a misprint" by analyst.')
    assert.equal(0, kb.changes)
    assert.same({}, facts(settled(kb), "p"))
    assert.is_true(change(kb, "prefer", "q", a))
    local claim = one(kb, "q").claims[2]
    assert.same({ "prefers", "base" }, { claim.verb, claim.source.id })
    assert.is_nil(claim.quotation)
  end)

  it("is not made on a fact that was never claimed", function()
    local kb = base(SOURCES .. "p(a) @ 1994. p(b).")
    for _, spec in ipairs { { because = "so" }, { valid = "1995" }, { valid = "1994-02" } } do
      assert.is_false(change(kb, "prefer", "p", a, spec))
    end
    assert.is_false(change(kb, "deprecate", "p", { dossier.entity "never" }))
    assert.is_false(change(kb, "withdraw", "p", { dossier.entity "never" }))
    kb:transaction(function(tx)
      tx:add("p", { dossier.entity "c" })
      tx:retract("p", { dossier.entity "c" })
      assert.is_false(tx:prefer("p", { dossier.entity "c" }))
    end)
    assert.equal(2, #kb:transactions())
  end)

  it("is withdrawn by what is set", function()
    local cases = {
      { nil, 4 }, { { by = "analyst" }, 3 }, { { of = "article" }, 2 }, { { because = "y" }, 1 },
      { { of = "article", by = "analyst", because = "x" }, 1 }, { { of = "record" }, 0 },
      { { because = "unheard" }, 0 }, { { by = "nobody" }, 0 },
    }
    for _, case in ipairs(cases) do
      local kb = base(SOURCES .. [[
        p(a) from article.
        deprecate p(a) from article because "x" by analyst. deprecate p(a) from article because "y" by record.
        deprecate p(a) because "x" by analyst. prefer p(a) because "x" by analyst.
      ]])
      assert.equal(case[2] > 0, change(kb, "withdraw", "p", a, case[1]))
      assert.equal(case[2], kb.changes)
      assert.same({ "p(a)" }, facts(kb, "p"))
    end
  end)

  it("refuses sources and relations that are unknown, and wrong options", function()
    local kb = base(SOURCES .. "p(a).")
    for words, spec in pairs { analyst = { by = "analist" }, article = { of = "artcle" } } do
      local ok, message = pcall(change, kb, "prefer", "p", a, spec)
      assert.is_false(ok)
      see.has(words, tostring(message))
    end
    see.has('no relation called "pp"', tostring(select(2, pcall(change, kb, "prefer", "pp", a))))
    see.has("because", tostring(select(2, pcall(change, kb, "prefer", "p", a, { becuase = "x" }))))
    assert.equal(1, #kb:transactions())
  end)
end)
