-- Valid times of facts: what each says to views, queries, support and folding.
-- (The four days and the tests themselves: tests/value/date_spec.lua.)
local see = require "tests.facts.see"
local base, facts, sorted, ask, one = see.base, see.facts, see.sorted, see.ask, see.one

--- The first columns of the facts of `name` in a view, joined: "a b?".
local function names(kb, name, options)
  local list = {}
  for _, fact in ipairs(see.list(kb:view(options), name)) do
    list[#list + 1] = fact[1].id .. (fact.certain and "" or "?")
  end
  return table.concat(sorted(list), " ")
end

describe("a valid time", function()
  it("is kept as written: the same days in other words are another fact", function()
    local kb = base "p(a) @ 1994. p(a) @ 1994-01-01/1994-12-31. p(a) @ 1994-01/1994-12. p(a). p(a) @ 1994?. p(a) @ 199X."
    assert.same({ "p(a)", "p(a) @ 1994", "p(a) @ 1994-01-01/1994-12-31", "p(a) @ 1994-01/1994-12", "p(a) @ 1994?",
      "p(a) @ 199X" }, sorted(facts(kb, "p")))
    assert.equal(6, #see.list(kb, "p"))
  end)

  it("is unknown where it is not written, and the same as @ unknown", function()
    local kb = base "p(a) @ unknown. p(b) @ 1994."
    assert.same({ "p(a)" }, facts(kb, "p", "a"))
    assert.is_nil(one(kb, "p", "a").valid)
    assert.same({ "b" }, ask(kb, "p(X) @ _T, _T within 1994"))
    assert.same({ "a" }, ask(kb, "p(X) @ unknown"))
    assert.same({ "a", "b" }, ask(kb, "p(X)"))
  end)

  it("is the written value in a query, in any order of its atoms", function()
    local kb = base "p(a) @ 1994. q(a) @ 1994. q(a) @ 1994-02-08. p(b) @ 1995. q(b) @ 1995?."
    assert.same({ "a" }, ask(kb, "p(X) @ _T, q(X) @ _T"))
    assert.same({ "a" }, ask(kb, "q(X) @ _T, p(X) @ _T"))
    assert.same({ "a 1994", "a 1994-02-08" }, ask(kb, "q(X) @ T, T within 1994"))
    assert.same({ "a 1994", "a 1994-02-08" }, ask(kb, "q(X) @ T, q(X) @ 1994"))
  end)

  it("written in a query is short for being within", function()
    local kb = base "p(a) @ 1994. p(b) @ 1994-02-08. p(c) @ 1993/1995. p(d) @ 1994?. p(e)."
    assert.same({ "a", "b" }, ask(kb, "p(X) @ 1994"))
    assert.same({ "b" }, ask(kb, "p(X) @ 1994-02"))
    assert.same({ "a", "b", "c", "d" }, ask(kb, "p(X) @ 1993/1995"))
    assert.same({ "a", "b", "c", "d", "e" }, ask(kb, "p(X)"))
  end)

  it("is tested for what is certain, and with possibly for what may be", function()
    local kb = base "p(a) @ 1994. p(b) @ 1994-01-01/2004. p(c) @ 2000. p(d) @ 1994/..  . p(e)."
    assert.same({ "a" }, ask(kb, "p(X) @ _T, _T before 1995-01-02"))
    assert.same({ "a", "b", "c" }, ask(kb, "p(X) @ _T, possibly _T before 2004-06"))
    assert.same({ "a", "b", "c", "d" }, ask(kb, "p(X) @ _T"))
  end)
end)

describe("as of a day", function()
  it("an interval holds throughout, its ends as far as they are certain", function()
    local kb = base [[
      relation h(entity). h(a) @ 1994/2004. h(b) @ 1994-06-01/2004-06-01. h(c) @ 1994-06-01/.. .
      h(d) @ ../2004-06-01. h(e) @ 1994-06-01/. h(f) @ 1994. h(g) @ 1994-06-01. h(i) @ 1994-06-01?/2004. h(j).
    ]]
    assert.equal("b c d e g", names(kb, "h", { as_of = "1994-06-01" }))
    assert.equal("a? b c d e f? g i? j?", names(kb, "h", { as_of = "1994-06-01", possible = true }))
    assert.equal("a b c d i", names(kb, "h", { as_of = "2003-12-31" }))
    assert.equal("a b c d e? i j?", names(kb, "h", { as_of = "2003-12-31", possible = true }))
    assert.equal("c", names(kb, "h", { as_of = "2024-01-01" }))
    assert.equal("c e? j?", names(kb, "h", { as_of = "2024-01-01", possible = true }))
    assert.equal("d", names(kb, "h", { as_of = "1900-01-01" }))
  end)

  it("a happening is over when its last day is", function()
    local kb = base [[
      relation o(entity) occurs. o(a) @ 1994. o(b) @ 1994-06-01. o(c) @ 1994-06-01?. o(d) @ 1994-XX-05. o(e).
      o(f) @ 1994-05-01/1994-07-01.
    ]]
    assert.equal("b", names(kb, "o", { as_of = "1994-06-01" }))
    assert.equal("a? b c? d? e? f?", names(kb, "o", { as_of = "1994-06-01", possible = true }))
    assert.equal("b c f", names(kb, "o", { as_of = "1994-11-30" }))
    assert.equal("a b c d f", names(kb, "o", { as_of = "1994-12-31" }))
  end)
end)

describe("since and until", function()
  it("keep what may reach into the time between", function()
    local kb = base [[
      relation h(entity). h(a) @ 1994. h(b) @ 1994/2004. h(c) @ 2004/.. . h(d) @ 1999-06-01. h(e).
    ]]
    assert.equal("b c d e", names(kb, "h", { since = "1995" }))
    assert.equal("a b d e", names(kb, "h", { ["until"] = "2000" }))
    assert.equal("b d e", names(kb, "h", { since = "1999-06-01", ["until"] = "1999-06-01" }))
    assert.equal("a b d e", names(kb, "h", { since = "1994-12-31", ["until"] = "2003-12" }))
  end)

  it("take a coarse day for its first and its last", function()
    local kb = base "relation h(entity). h(a) @ 1994-01-01. h(b) @ 1994-12-31. h(c) @ 1993-12-31. h(d) @ 1995-01-01."
    assert.equal("a b d", names(kb, "h", { since = "1994" }))
    assert.equal("a b c", names(kb, "h", { ["until"] = "1994" }))
    assert.equal("a b", names(kb, "h", { since = "1994", ["until"] = "1994" }))
  end)
end)

describe("a finer fact", function()
  it("supports the coarser: of what occurs by its extent, of what holds by each bound", function()
    local cases = {
      { "1994", "1994-02-08", true, true }, { "1994?", "1994", true, true }, { "1994/2004", "1994-02-08/2004", true, true },
      { "1994/2004", "1999", true, false }, { "1994/2004", "1994/2004-05-01", true, true }, { "1994/..", "1994-02/2004", true, false },
      { "1994/", "1994-02/2004", true, true }, { "1994-XX-05", "1994-03-05", true, true }, { "199X", "1994", true, true },
      { "1994", "1994/..", false, false }, { "1994", "1995", false, false }, { "1994-02-08", "1994", false, false },
    }
    for _, case in ipairs(cases) do
      local kb = base "relation o(entity) occurs. relation h(entity). source s {}. source t {}."
      kb:transaction(function(tx)
        for _, name in ipairs { "o", "h" } do
          tx:add(name, { "a" }, { valid = case[1], source = "s" })
          tx:add(name, { "a" }, { valid = case[2], source = "t" })
        end
      end)
      local trust = {}
      for _, name in ipairs { "o", "h" } do
        for _, fact in ipairs(see.list(kb, name)) do
          if tostring(fact.valid) == case[1] then trust[name] = fact.trust end
        end
      end
      local what = ("%s by %s"):format(case[1], case[2])
      assert.equal(case[3] and "corroborated" or "single-source", trust.o, what .. ", which occurs")
      assert.equal(case[4] and "corroborated" or "single-source", trust.h, what .. ", which holds")
    end
  end)

  it("takes the coarser in where a view folds, and queries do not unless asked", function()
    local kb = base [[
      relation joined(entity, entity) once. source s {}. source t {}.
      joined(u, p) @ 1994 from s. joined(u, p) @ 1994-02-08 from t. joined(u, p) from s. joined(g, p) @ 1994 from s.
    ]]
    assert.equal(4, #facts(kb, "joined"))
    assert.same({ "joined(g, p) @ 1994", "joined(u, p) @ 1994-02-08" }, sorted(facts(kb:view { fold = true }, "joined")))
    assert.same({ "g 1994", "u 1994-02-08" }, ask(kb:view { fold = true }, "joined(X, p) @ T"))
    assert.same({ "g 1994", "u 1994", "u 1994-02-08" }, ask(kb, "joined(X, p) @ T"))
  end)

  it("out of view takes nothing in", function()
    local kb = base "relation j(entity) once. source s {}. source t {}. j(a) @ 1994 from s. j(a) @ 1994-02-08 from t."
    assert.same({ "j(a) @ 1994" }, facts(kb:view { fold = true, sources = "s" }, "j"))
    assert.same({ "j(a) @ 1994" }, facts(kb:view { sources = "s" }:view { fold = true }, "j"))
    assert(kb:load_text "retract j(a) @ 1994-02-08.")
    assert.same({ "j(a) @ 1994" }, facts(kb:view { fold = true }, "j"))
  end)

  it("takes in and supports what is told of the entity under another name", function()
    local kb = base [[
      relation j(entity) once. source s {}. source t {}. same_as(u, uu). j(u) @ 1994 from s. j(uu) @ 1994-02-08 from t.
    ]]
    assert.same({ "j(uu) @ 1994-02-08" }, facts(kb:view { fold = true }, "j"))
    assert.equal("corroborated", see.list(kb, "j")[1].trust)
    assert(kb:load_text "j(uu) @ 1994 from t. retract j(uu) @ 1994-02-08.")
    assert.equal(1, #facts(kb:view { fold = true }, "j"))
  end)

  it("of two that say the same in other words leaves one", function()
    local kb = base [[
      relation o(entity) occurs. o(a) @ 1994. o(a) @ 1994-01/1994-12.
      relation h(entity). h(a) @ 1994-01-01/2004. h(a) @ 1994-01-01/2004-XX.
    ]]
    assert.equal(1, #facts(kb:view { fold = true }, "o"))
    assert.equal(1, #facts(kb:view { fold = true }, "h"))
  end)
end)
