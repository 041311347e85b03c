local dossier = require "dossier"
local timeline = require "timeline"

local function time(edtf) return assert(dossier.time(edtf)) end

local function fact(relation, valid, ...)
  local columns = { ... }
  columns.relation, columns.arity = relation, #columns
  columns.valid = valid and time(valid)
  columns.text = relation .. (valid or "")
  return columns
end

describe("timeline within", function()
  it("keeps all times where no bound is given", function()
    assert.is_true(timeline.within(time "1994"))
    assert.is_true(timeline.within(time "../1994"))
  end)

  it("leaves out only what certainly lies outside", function()
    assert.is_true(timeline.within(time "1994", "1994-06-01"))
    assert.is_false(timeline.within(time "1994", "1995"))
    assert.is_true(timeline.within(time "1994", nil, "1994-06-01"))
    assert.is_false(timeline.within(time "1994", nil, "1993"))
  end)

  it("keeps an interval that reaches into the days asked for", function()
    assert.is_true(timeline.within(time "1990/..", "2000", "2001"))
    assert.is_false(timeline.within(time "1990/1999", "2000", "2001"))
  end)
end)

describe("timeline split", function()
  it("counts what it does not show", function()
    local facts = { fact("a", "1990"), fact("b", "1994"), fact("c"), fact("d"),
                    fact("e", "1999") }
    local dated, outside, undated = timeline.split(facts, "1993", "1995")
    assert.same({ facts[2] }, dated)
    assert.equal(2, outside)
    assert.equal(2, undated)
  end)

  it("takes a date among the columns where there is no valid time", function()
    local opened = fact("opened", nil, "kestrel", time "1911")
    local dated, _, undated = timeline.split({ opened })
    assert.same({ opened }, dated)
    assert.equal(0, undated)
  end)
end)

describe("timeline left out", function()
  it("is silent where all is shown", function()
    assert.is_nil(timeline.left_out("Varn", 0, 0))
  end)

  it("says how many facts have no date, and how many lie outside", function()
    assert.equal("Not shown: 1 fact without a date. The profile of Varn has all.",
      timeline.left_out("Varn", 0, 1))
    assert.equal("Not shown: 2 dated facts outside these dates and 3 facts without a date."
      .. " The profile of Varn has all.", timeline.left_out("Varn", 2, 3))
  end)
end)

describe("timeline gather", function()
  local vocabulary = [[
    relation took_place(event, date).  relation participant(who, event).
    relation held(date, event) is took_place(2, 1).
    relation rowed(boat, who, event) is participant(2, 3).
    source log { title: "Log" }.
    from log "7" { held(1901-05-04, race).  rowed(tern, ida, race).  rowed(tern, ida, feast). }
  ]]

  it("puts the date of an event in place of an undated part in it", function()
    local kb <close> = assert(dossier.open())
    assert(kb:load_text(vocabulary))
    local texts = {}
    for i, one in ipairs(timeline.gather(kb, dossier.entity "ida")) do texts[i] = one.text end
    assert.same({ "rowed(tern, ida, feast)", "held(1901-05-04, race)" }, texts)
  end)

  it("does without the vocabulary", function()
    local kb <close> = assert(dossier.open())
    assert(kb:load_text "won(ida, race) @ 1901.")
    assert.equal(1, #timeline.gather(kb, dossier.entity "ida"))
  end)
end)
