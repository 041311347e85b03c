local dossier = require "dossier"
local conditions = require "conditions"

local e = dossier.entity
local osk, varn, passage, fog = e "osk", e "varn", e "passage", e "fog"
local storm, squall, pier, bells = e "storm", e "squall", e "pier", e "bells"

local function line(...)
  local row = { ... }
  local words = {}
  for i, value in ipairs(row) do words[i] = tostring(value) end
  row[#row + 1] = "the fact"
  return { row = row, fact = { text = table.concat(words, " ") } }
end

describe("conditions naming", function()
  it("keeps lines that have an entity in a column, all where none is asked for", function()
    local lines = { line(osk, pier, passage), line(varn, pier, passage) }
    assert.same(lines, conditions.naming(lines))
    assert.same({ lines[2] }, conditions.naming(lines, varn))
    assert.same(lines, conditions.naming(lines, pier))
    assert.same({}, conditions.naming(lines, fog))
  end)
end)

describe("conditions by a column", function()
  it("finds lines by its value, an entity or a text", function()
    local lines = { line(osk, pier), line("osk", bells), line(osk, bells) }
    assert.same({ lines[1], lines[3] }, conditions.by(lines, 1)(osk))
    assert.same({ lines[2] }, conditions.by(lines, 1) "osk")
    assert.same({ lines[2], lines[3] }, conditions.by(lines, 2)(bells))
    assert.same({}, conditions.by(lines, 2)(osk))
  end)
end)

describe("conditions goals", function()
  local all = {
    required = { line(osk, pier, passage), line(varn, pier, e "peace") },
    obstacles = { line(fog, passage), line(storm, e "trade") },
    answers = { line(bells, fog), line(pier, storm) },
  }

  local function told(entity)
    local words = {}
    for i, goal in ipairs(conditions.goals(all, entity)) do
      words[i] = ("%s %d %d"):format(goal.goal, #goal.required, #goal.obstacles)
    end
    return words
  end

  it("are those that something is required for, and those that something hinders", function()
    assert.same({ "passage 1 1", "peace 1 0", "trade 0 1" }, told())
  end)

  it("keep with an entity the obstacles to what is required of it", function()
    assert.same({ "passage 1 1" }, told(osk))
    assert.same({ "peace 1 0" }, told(varn))
  end)

  it("keep an obstacle that an entity answers", function()
    assert.same({ "passage 0 1" }, told(bells))
  end)

  it("are found by their name", function()
    assert.same({ "trade 0 1" }, told(e "trade"))
  end)
end)

describe("conditions threats", function()
  local all = {
    threats = { line(storm, osk), line(storm, varn), line(squall, osk), line(fog, varn) },
    answers = { line(pier, storm), line(bells, e "plague"), line(bells, e "reefs") },
    parts = { line(squall, storm), line(storm, e "weather") },
    obstacles = { line(e "reefs", passage) },
  }

  local function told(entity)
    local words = {}
    for i, one in ipairs(conditions.threats(all, entity)) do
      words[i] = ("%s %d %d %d %s"):format(one.threat, #one.lines, #one.answers, #one.wholes,
        one.elsewhere)
    end
    return words
  end

  it("have their answers, and the listed threats that they are part of", function()
    assert.same({ "fog 1 0 0 false", "squall 1 0 1 true", "storm 2 1 0 false" }, told())
  end)

  it("are with an entity those to it, or all of what it answers", function()
    assert.same({ "squall 1 0 1 true", "storm 1 1 0 false" }, told(osk))
    assert.same({ "storm 2 1 0 false" }, told(pier))
    assert.same({}, told(bells))
  end)

  it("leave over the answers to what is neither a threat nor an obstacle", function()
    assert.same({ all.answers[2] }, conditions.loose(all))
    assert.same({ all.answers[2] }, conditions.loose(all, bells))
    assert.same({}, conditions.loose(all, pier))
  end)
end)

describe("conditions overview", function()
  it("counts the threats without an answer", function()
    assert.equal("1 goal; 0 threats.", conditions.overview(1, {}))
    assert.equal("0 goals; 1 threat, 1 without an answer of its own.",
      conditions.overview(0, { { answers = {} } }))
    assert.equal("0 goals; 3 threats, 2 without an answer of their own.",
      conditions.overview(0, { { answers = {} }, { answers = { 1 } }, { answers = {} } }))
  end)

  it("sends on to what a threat is part of only where that has an answer", function()
    assert.equal("No answer to it is in view.", conditions.no_answer(false))
    assert.equal("No answer to it alone is in view; see what it is part of.",
      conditions.no_answer(true))
  end)
end)
