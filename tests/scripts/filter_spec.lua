local dossier = require "dossier"
local filter = require "filter"

local function claim(id, verb)
  return { source = dossier.entity(id), verb = verb or "asserts" }
end

local function line(trust, relation, claims, support)
  return { trust = trust, claims = claims or {},
           fact = { relation = relation or "p", arity = 1, support = support or {} } }
end

local base = [[
  source log { title: "Log" }.  source map { title: "Map" }.
  relation near(a, b) holds symmetric.
  relation role(who, what).  relation captain(what, who) is role(2, 1).
  from log "1" { captain(tern, ida).  role(ida, ship).  near(osk, varn) @ 1970. }
  from map "2" { captain(brig, ida).  near(varn, osk) @ 1970-02.  calm(varn). }
]]

describe("filter common", function()
  it("keeps what all lists have, in the order of the first", function()
    local a, b, c = { text = "a" }, { text = "b" }, { text = "c" }
    assert.same({ c, a }, filter.common { { c, b, a }, { { text = "a" }, { text = "c" } } })
    assert.same({ a }, filter.common { { a } })
    assert.same({}, filter.common { { a, b }, {} })
  end)
end)

describe("filter gather", function()
  local kb
  before_each(function()
    kb = assert(dossier.open())
    assert(kb:load_text(base))
  end)
  after_each(function() kb:close() end)

  local function texts(entities, relation)
    for i, id in ipairs(entities) do entities[i] = dossier.entity(id) end
    local out = {}
    for i, fact in ipairs(filter.gather(kb, entities, relation and kb:relation(relation))) do
      out[i] = fact.text
    end
    table.sort(out)
    return out
  end

  it("takes what is about all of the entities, in whatever column", function()
    assert.same({ "captain(brig, ida)", "captain(tern, ida)", "role(ida, ship)" },
      texts { "ida" })
    assert.same({ "captain(tern, ida)" }, texts { "ida", "tern" })
    assert.same({ "captain(tern, ida)" }, texts { "tern", "ida" })
    assert.same({}, texts { "tern", "varn" })
  end)

  it("takes a relation with its special cases, each fact once", function()
    assert.same({ "captain(brig, ida)", "captain(tern, ida)", "role(ida, ship)" },
      texts({}, "role"))
    assert.same({ "captain(brig, ida)", "captain(tern, ida)" }, texts({}, "captain"))
    assert.same({ "captain(brig, ida)" }, texts({ "brig" }, "role"))
    assert.same({ "near(osk, varn) @ 1970", "near(osk, varn) @ 1970-02" },
      texts({ "varn" }, "near"))
  end)

  it("takes everything of the base's own where nothing is asked for", function()
    assert.equal(6, #texts {})
  end)
end)

describe("filter within", function()
  local function within(edtf, since, last)
    return filter.within(edtf and assert(dossier.time(edtf)), { since = since, last = last })
  end

  it("leaves out what certainly lies outside, and what has no date", function()
    assert.is_true(within("1994", "1994-06-01"))
    assert.is_true(within("1990/..", "2000", "2001"))
    assert.is_false(within("1994", "1995"))
    assert.is_false(within("1994", nil, "1993"))
    assert.is_false(within(nil, "1994"))
    assert.is_false(within(nil, nil, "1994"))
  end)

  it("leaves nothing out where no span is asked for", function()
    assert.is_true(within "1994")
    assert.is_true(within(nil))
  end)
end)

describe("filter promising", function()
  it("keeps all tellings of a tuple that one fact fits of", function()
    local kb <close> = assert(dossier.open())
    assert(kb:load_text(base))
    local facts = filter.gather(kb, {}, kb:relation "near")
    local coarse = facts[1].text == "near(osk, varn) @ 1970" and facts[1].trust or facts[2].trust
    assert.equal("corroborated", coarse)
    assert.equal(#facts, #filter.promising(facts, {}))
    assert.equal(#facts, #filter.promising(facts, { trust = "corroborated" }))
    assert.equal(0, #filter.promising(facts, { trust = "contested" }))
    assert.equal(#facts, #filter.promising(facts, { last = "1970-01" }))
    assert.equal(0, #filter.promising(facts, { since = "1971" }))
  end)
end)

describe("filter fitting", function()
  it("goes by trust and by who asserts or denies", function()
    local a = line("contested", "p", { claim "log" }, { claim("log"), claim("map", "denies") })
    local b = line("single-source", "p", { claim "map" })
    local c = line("contested", "p", { claim "log" })
    assert.same({ a, c }, filter.fitting({ a, b, c }, { trust = "contested" }))
    assert.same({ a, b }, filter.fitting({ a, b, c }, { source = "map" }))
    assert.same({ a }, filter.fitting({ a, b, c }, { source = "map", trust = "contested" }))
    assert.same({ a, b, c }, filter.fitting({ a, b, c }, {}))
  end)
end)

describe("filter title", function()
  it("says what was asked for", function()
    assert.equal("Facts", filter.title { labels = {} })
    assert.equal("Facts since 1990 until 1994",
      filter.title { labels = {}, since = "1990", last = "1994" })
    assert.equal("Contested facts about Varn and Osk that log speaks of: Run by",
      filter.title { labels = { "Varn", "Osk" }, trust = "contested", source = "log",
                     relation = "run_by" })
  end)
end)

describe("filter overview", function()
  it("names each trust once", function()
    assert.equal("1 fact, contested.", filter.overview(filter.tallies { line "contested" }))
    assert.equal("2 facts, all from no source.",
      filter.overview(filter.tallies { line "unsupported", line "unsupported" }))
    assert.equal("3 facts: 1 contested and 2 from one source only.", filter.overview(filter.tallies {
      line "single-source", line "contested", line "single-source" }))
  end)
end)

describe("filter figures", function()
  it("has the relation with most facts first, then by name", function()
    assert.same({ { "q/1", 2, 1, 1, 0, 0 }, { "a/1", 1, 0, 0, 1, 0 }, { "b/1", 1, 0, 0, 0, 1 } },
      filter.figures(filter.tallies { line("unsupported", "b"), line("single-source", "q"),
                                      line("contested", "a"), line("corroborated", "q") }))
  end)
end)
