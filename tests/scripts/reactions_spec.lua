local dossier = require "dossier"
local reactions = require "reactions"

describe("reactions side", function()
  local function side(...)
    local kinds = {}
    for _, kind in ipairs { ... } do kinds[kind] = true end
    return { reactions.side(kinds) }
  end

  it("is that of the one kind of position told", function()
    assert.same({ "supports", "supports" }, side("supports", "position"))
    assert.same({ "opposes", "opposes" }, side "opposes")
  end)

  it("is mixed where one hedges, is on both sides, or on none", function()
    assert.same({ "mixed", "hedges" }, side "hedges")
    assert.same({ "mixed", "supports and opposes" }, side("opposes", "supports"))
    assert.same({ "mixed", "supports and hedges" }, side("hedges", "supports"))
    assert.same({ "mixed", "takes a position" }, side "position")
  end)
end)

describe("reactions days", function()
  it("are the last days of the dates, each once and in order", function()
    local dates = {}
    for i, one in ipairs { "2023-09-28", "2023-09-15", "2023-09", "2023-09-15", "2023/.." } do
      dates[i] = assert(dossier.time(one))
    end
    assert.same({ "2023-09-15", "2023-09-28", "2023-09-30" }, reactions.days(dates))
    assert.same({}, reactions.days {})
  end)
end)

local guild, pilots = dossier.entity "guild", dossier.entity "pilots"

local function row(body, text, certain)
  return { row = { "ida", body }, fact = { text = text, certain = certain } }
end

describe("reactions on all days", function()
  it("keeps what is seen on any day, certain where it is so on each", function()
    local lines = reactions.on_all {
      { row(guild, "a", true), row(pilots, "b", true), row(pilots, "c", false) },
      { row(guild, "a", true), row(pilots, "c", true), row(pilots, "d", true) },
    }
    local seen = {}
    for i, line in ipairs(lines) do seen[i] = line.fact.text .. tostring(line.certain) end
    assert.same({ "atrue", "bfalse", "cfalse", "dfalse" }, seen)
  end)
end)

describe("reactions belongs", function()
  it("asks for a certain membership in every body", function()
    local memberships = reactions.on_all {
      { row(guild, "a", true), row(pilots, "b", false) },
    }
    assert.is_true(reactions.belongs(memberships, {}))
    assert.is_true(reactions.belongs(memberships, { guild }))
    assert.is_false(reactions.belongs(memberships, { guild, pilots }))
    assert.is_false(reactions.belongs({}, { guild }))
  end)
end)

describe("reactions overview", function()
  it("counts the sides", function()
    assert.equal("Positions: 2 support it, 1 opposes it and 1 is mixed.",
      reactions.overview({ { side = "supports" }, { side = "mixed" }, { side = "opposes" },
                           { side = "supports" } }, {}))
    assert.equal("Positions of members of guild and pilots: 2 oppose it and 2 are mixed.",
      reactions.overview({ { side = "opposes" }, { side = "mixed" }, { side = "opposes" },
                           { side = "mixed" } }, { guild, pilots }))
  end)

  it("says where there is none", function()
    assert.equal("No position is in view.", reactions.overview({}, {}))
    assert.equal("No position of members of guild is in view.",
      reactions.overview({}, { guild }))
  end)
end)

describe("reactions left out", function()
  it("says what is not shown, if anything", function()
    assert.is_nil(reactions.left_out(0, 0))
    assert.equal("Not shown: 1 position of others than such members.",
      reactions.left_out(1, 0))
    assert.equal("Not shown: 2 positions of others than such members and 1 statement about it"
      .. " by those who take no position.", reactions.left_out(2, 1))
  end)
end)

describe("reactions positions", function()
  it("do without the general relation where a base has a special one only", function()
    local kb <close> = assert(dossier.open())
    assert(kb:load_text [[
      source log { title: "Log" }.  relation supports(who, about) phrase "{1} is for {2}".
      supports(ida, fair) from log.  supports(ida, ferry) from log.
    ]])
    local positions = reactions.positions(kb, dossier.entity "fair")
    assert.equal(1, #positions)
    assert.equal("supports", positions[1].side)
    assert.equal("ida is for fair", positions[1].lines[1].text)
  end)
end)
