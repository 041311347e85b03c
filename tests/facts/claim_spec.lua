-- Claims: what is kept of each, what a retraction closes, and changes all or nothing.
local dossier = require "dossier"
local helper = require "tests.helper"
local see = require "tests.facts.see"
local base, facts, one, told, change = see.base, see.facts, see.one, see.told, see.change

local entity = dossier.entity
local SOURCES = "source s {}. source t {}.\n"

describe("a claim", function()
  it("is kept in all its parts, as written", function()
    local kb = base(SOURCES .. [[
      attributed(ann) p(a) @ 1994 from s "p. 5, § 2" grade B2 quote "вона \"сказала\"\n" confidence 0.75.
    ]])
    local claim = one(kb, "p").claims[1]
    assert.same({ "asserts", "s", "p. 5, § 2", "attributed", "ann", "b2", "b", 2, 'вона "сказала"\n', 0.75, "s p. 5, § 2" }, {
      claim.verb, claim.source.id, claim.locator, claim.kind, claim.speaker.id, claim.grade, claim.reliability,
      claim.credibility, claim.quotation, claim.confidence, claim.citation })
    assert.same({ 1, "p(a) @ 1994", "1994" }, { claim.opened, claim.fact, tostring(claim.valid) })
    assert.is_nil(claim.closed)
  end)

  it("has no part that was not given", function()
    local claim = one(base "p(a).", "p").claims[1]
    assert.same({ "asserts", "base", "stated", "base" }, { claim.verb, claim.source.id, claim.kind, claim.citation })
    for _, part in ipairs { "locator", "speaker", "grade", "reliability", "credibility", "quotation", "confidence",
      "target", "closed", "valid" } do assert.is_nil(claim[part], part) end
  end)

  it("takes the halves of a grade alone, and the rest from its source", function()
    local kb = base "source s { reliability: c }. p(a) from s grade 2. p(b) from s grade a. p(c) from s grade f6."
    local grades = {}
    for _, fact in ipairs(see.list(kb, "p")) do
      local claim = fact.claims[1]
      grades[#grades + 1] = ("%s %s %s"):format(claim.grade, claim.reliability, claim.credibility)
    end
    assert.same({ "2 c 2", "a a nil", "f6 f 6" }, see.sorted(grades))
  end)

  it("differs from another by any part", function()
    local kb = base(SOURCES)
    local specs = {
      {}, { source = "s" }, { source = "t" }, { source = "s", locator = "1" }, { source = "s", locator = "2" },
      { source = "s", kind = "assessed" }, { source = "s", speaker = "ann" }, { source = "s", speaker = "bob" },
      { source = "s", grade = "2" }, { source = "s", grade = "b2" }, { source = "s", quotation = "x" },
      { source = "s", confidence = 0.5 }, { source = "s", confidence = 0.25 },
    }
    for _, spec in ipairs(specs) do assert.is_true(change(kb, "add", "p", { entity "a" }, spec)) end
    for _, spec in ipairs(specs) do assert.is_false(change(kb, "add", "p", { entity "a" }, spec)) end
    assert.is_true(change(kb, "deny", "p", { entity "a" }, { source = "s" }))
    assert.equal(#specs + 1, #one(kb, "p").claims)
  end)

  it("is on the fact at its very time", function()
    local kb = base(SOURCES .. "p(a) @ 1994 from s. p(a) @ 1994-01-01/1994-12-31 from s. p(a) from s. p(a) @ 1994? from s.")
    assert.equal(4, #facts(kb, "p"))
    for _, fact in ipairs(see.list(kb, "p")) do assert.equal(1, #fact.claims) end
  end)

  it("comes in order of source, place and transaction", function()
    local kb = base(SOURCES .. 'p(a) from t. p(a) from s "2". p(a) from s. p(a) from s "10". p(a) from base.')
    assert(kb:load_text 'p(a) from s "2" grade 1.')
    assert.same({ "base asserts p(a)", "s asserts p(a)", "s 10 asserts p(a)", "s 2 asserts p(a)", "s 2 asserts p(a)",
      "t asserts p(a)" }, told(one(kb, "p").claims))
    assert.is_nil(one(kb, "p").claims[4].grade)
  end)

  it("of many facts that one source makes is shared, and told of each", function()
    local kb = base(SOURCES)
    kb:transaction(function(tx)
      for i = 1, 500 do tx:add("p", { i }, { source = "s", locator = "all" }) end
    end)
    assert.equal(500, kb.changes)
    local n = 0
    for _, fact in kb:facts "p" do
      n = n + 1
      assert.equal("s all asserts p(" .. n .. ")", tostring(fact.claims[1]))
    end
    assert.equal(500, n)
  end)
end)

describe("retracting", function()
  local function full()
    return base(SOURCES .. [[
      p(a) from s "1" grade b2. p(a) from s "2" grade c3. p(a) from t quote "so". assessed p(a) from t confidence 0.5.
      attributed(ann) p(a) from s. attributed(bob) p(a) from s. deny p(a) from t. p(a).
    ]])
  end

  it("closes the claims that agree with what is given, from Lua", function()
    local cases = {
      { { source = "t" }, 3 }, { { source = "s", locator = "1" }, 1 }, { { kind = "assessed" }, 1 },
      { { kind = "stated" }, 5 }, { { kind = "attributed" }, 2 }, { { speaker = "ann" }, 1 }, { { grade = "b2" }, 1 },
      { { grade = "3" }, 1 }, { { grade = "b" }, 1 }, { { quotation = "so" }, 1 }, { { confidence = 0.5 }, 1 },
      { { source = "base" }, 1 }, { {}, 8 }, { nil, 8 },
      { { source = "s", quotation = "so" }, 0 }, { { grade = "c2" }, 0 }, { { confidence = 0.1 }, 0 },
      { { locator = "nowhere" }, 0 }, { { speaker = "nobody" }, 0 }, { { source = "unheard" }, 0 },
      { { valid = "1994" }, 0 },
    }
    for i, case in ipairs(cases) do
      local kb = full()
      assert.equal(case[2] > 0, change(kb, "retract", "p", { entity "a" }, case[1]), "case " .. i)
      assert.equal(case[2], kb.changes, "case " .. i)
      local left = see.list(kb, "p")[1]
      assert.equal(8 - case[2], left and #left.claims or 0, "case " .. i)
    end
  end)

  it("closes the claims that agree with what is written", function()
    local cases = {
      { "retract p(a) from t.", 3 }, { 'retract p(a) from s "1".', 1 }, { "retract assessed p(a).", 1 },
      { "retract stated p(a).", 5 }, { "retract attributed(ann) p(a).", 1 }, { "retract p(a) grade b2.", 1 },
      { "retract p(a) grade 3.", 1 }, { 'retract p(a) quote "so".', 1 }, { "retract p(a) confidence 0.5.", 1 },
      { "retract deny p(a).", 1 }, { "retract deny p(a) from s.", 0 }, { "retract p(a) from base.", 1 },
      { "from s { retract p(a). }", 4 }, { "retract p(a).", 8 }, { "retract p(a) @ 1994.", 0 },
      { 'retract p(a) quote "other".', 0 }, { "retract p(b).", 0 },
    }
    for _, case in ipairs(cases) do
      local kb = full()
      assert(kb:load_text(case[1]))
      assert.equal(case[2], kb.changes, case[1])
    end
  end)

  it("takes the fact out of view and keeps it in the past", function()
    local kb = base "p(a)."
    assert.is_true(change(kb, "retract", "p", { entity "a" }))
    assert.is_false(change(kb, "retract", "p", { entity "a" }))
    assert.same({}, facts(kb, "p"))
    assert.same({ "p(a)" }, facts(kb:view { known_at = 1 }, "p"))
    assert.same({}, facts(kb:view { known_at = 2 }, "p"))
  end)

  it("of what the same transaction added leaves no trace", function()
    local kb = base "p(a)."
    kb:transaction(function(tx)
      assert.is_true(tx:add("p", { entity "b" }))
      assert.is_true(tx:retract("p", { entity "b" }))
      assert.is_false(tx:retract("p", { entity "b" }))
      assert.is_true(tx:add("p", { entity "c" }))
    end)
    assert.same({ "p(a)", "p(c)" }, facts(kb, "p"))
    assert.same({ "p(a)", "p(c)" }, facts(kb:view { known_at = 2 }, "p"))
  end)

  it("of an unknown relation is an error", function()
    local kb = base "p(a)."
    see.has('no relation called "q"', see.refused(kb, "retract q(a)."))
    assert.error_matches(function() change(kb, "retract", "q", { entity "a" }) end, 'no relation called "q"')
  end)
end)

describe("writing", function()
  it("takes a plain string as the column is declared", function()
    local kb = base "relation p(entity, text, date, any)."
    assert.is_true(change(kb, "add", "p", { "x", "x", "1994", 1 }))
    assert.same({ 'p(x, "x", 1994, 1)' }, facts(kb, "p"))
    assert.error_matches(function() change(kb, "add", "p", { "x", "x", "1994", "x" }) end,
      'nothing declares column 4 of p/4.*dossier.entity%("x"%).*dossier.text%("x"%)')
    assert.error_matches(function() change(kb, "add", "q", { "x" }) end, "nothing declares column 1 of q/1")
    assert.is_nil(kb:relation "q")
  end)

  it("refuses what does not fit a column, and names both", function()
    local kb = base "relation p(entity, text, date, int, number, bool)."
    local good = { "x", "x", "1994", 1, 1.5, true }
    local cases = {
      { 1, dossier.text "x", "a text" }, { 1, 5, "an integer" }, { 2, entity "x", "an entity" },
      { 3, true, "a boolean" }, { 3, entity "x", "an entity" }, { 4, 1.5, "a decimal" }, { 4, dossier.time "1994", "a time" },
      { 5, dossier.time "1994-01-01", "a date" }, { 6, 1, "an integer" },
    }
    for _, case in ipairs(cases) do
      local args = table.move(good, 1, 6, 1, {})
      args[case[1]] = case[2]
      local ok, message = pcall(change, kb, "add", "p", args)
      assert.is_false(ok)
      see.has(("column %d of p/6 is declared"):format(case[1]), message)
      see.has("is " .. case[3], message)
    end
    assert.same({}, facts(kb, "p"))
  end)

  it("goes on where a change that was refused is caught", function()
    local kb = base("relation p(entity, date).\n" .. SOURCES)
    local result = kb:transaction(function(tx)
      tx:add("p", { "a", "1994" })
      for _, wrong in ipairs {
        { { "b", "2023-02-30" } }, { { "b", "1994" }, { source = "nobody" } }, { { "b", 5 } }, { { "b" } },
        { { "b", "1995" }, { kind = "attributed" } }, { { "b", "1995" }, { kind = "stated", speaker = "x" } },
        { { "b", "1995" }, { confidence = 1.5 } }, { { "b", "1995" }, { grade = "z9" } },
        { { "b", "1995" }, { valid = "1994/1993" } }, { { "b", "1995" }, { locater = "1" } },
      } do assert.is_false((pcall(tx.add, tx, "p", wrong[1], wrong[2]))) end
      tx:add("p", { "c", "1995" })
      return "done"
    end)
    assert.equal("done", result)
    assert.same({ "p(a, 1994)", "p(c, 1995)" }, see.sorted(facts(kb, "p")))
  end)

  it("leaves nothing behind of a relation whose first fact is refused", function()
    local kb = base()
    pcall(kb.transaction, kb, function(tx) tx:add("fresh", { entity "a" }, { source = "nobody" }) end)
    assert.is_nil(kb:relation "fresh")
    see.refused(kb, "fresh(a) from nobody.")
    assert.is_nil(kb:relation "fresh")
  end)
end)

describe("a transaction", function()
  it("that fails midway leaves the base as it was", function()
    local kb = base(SOURCES .. "p(a) from s. relation q(entity). q(a).")
    local before = #kb:transactions()
    local ok, message = pcall(kb.transaction, kb, function(tx)
      tx:add("p", { entity "b" }, { source = "t" })
      tx:retract("p", { entity "a" })
      tx:add("fresh", { entity "newcomer" })
      assert(kb:load_text "source u {}. relation late(entity) once. late(a) @ 1994. q(b). label(a, \"A\").")
      tx:add("q", { 5 })
    end)
    assert.is_false(ok)
    see.has("column 1 of q/1 is declared entity, and 5 is an integer", message)
    assert.same({ "p(a)" }, facts(kb, "p"))
    assert.same({ "q(a)" }, facts(kb, "q"))
    assert.is_nil(kb:relation "fresh")
    assert.is_nil(kb:relation "late")
    assert.equal(2, #kb:sources())
    assert.equal("a", kb:find "a".label)
    assert.is_nil((kb:find "newcomer"))
    assert.equal(before, #kb:transactions())
  end)

  it("gives back names and numbers that it took, for others to use", function()
    local kb = base(SOURCES .. "p(a) from s.")
    for round = 1, 3 do
      pcall(kb.transaction, kb, function(tx)
        tx:add("r" .. round, { entity("x" .. round), dossier.text("t" .. round) }, { source = "t", locator = "l" .. round })
        error "no"
      end)
    end
    assert(kb:load_text 'p(y) from t "m". r9(z, "z"@uk).')
    assert.same({ "p(a)", "p(y)" }, facts(kb, "p"))
    assert.same({ 'r9(z, "z"@uk)' }, facts(kb, "r9"))
    assert.same({ "t m asserts p(y)" }, told(see.list(kb, "p")[2].claims))
    assert.same({}, see.about(kb, "x1"))
  end)

  it("without a change is none", function()
    local kb = base "p(a)."
    kb:transaction(function() end)
    kb:transaction(function(tx) tx:add("p", { entity "a" }) end)
    assert(kb:load_text "p(a). retract p(b). ?- p(X).")
    assert.equal(1, #kb:transactions())
    assert.equal(0, kb.changes)
  end)

  it("sees its own changes, others see them after it", function()
    local folder = helper.folder()
    local kb = assert(dossier.open(folder .. "/a.kb"))
    assert(kb:load_text "p(a).")
    local other = assert(dossier.open(folder .. "/a.kb", { busy_ms = 1 }))
    kb:transaction(function(tx)
      tx:add("p", { entity "b" })
      assert.same({ "p(a)", "p(b)" }, facts(kb, "p"))
      assert(other:refresh())
      assert.same({ "p(a)" }, facts(other, "p"))
      local ok, message, code = other:load_text "p(c)."
      assert.is_nil(ok)
      assert.equal("busy", code)
      see.has("another", message)
    end)
    assert(other:refresh())
    assert.same({ "p(a)", "p(b)" }, facts(other, "p"))
    assert(other:load_text "p(c).")
    assert(kb:refresh())
    assert.equal(3, #facts(kb, "p"))
    kb:close()
    other:close()
    helper.sweep(folder)
  end)

  it("that a failed load dooms returns its message, and later changes do too", function()
    local kb = base "p(a)."
    local ok, message, code = kb:transaction(function(tx)
      tx:add("p", { entity "b" })
      assert.is_nil((kb:load_text("p(X).", "bad.dl")))
      local added, later = pcall(tx.add, tx, "p", { entity "c" })
      assert.is_false(added)
      see.has("facts hold no variables", later)
      assert.is_nil((kb:load_text "p(d)."))
    end)
    assert.is_nil(ok)
    see.has("facts hold no variables", message)
    assert.equal("syntax", code)
    assert.same({ "p(a)" }, facts(kb, "p"))
  end)
end)
