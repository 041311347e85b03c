local dossier = require "dossier"
local statements = require "statements"

local function fact(valid, occurs)
  return { valid = valid and assert(dossier.time(valid)), occurs = occurs, arity = 0 }
end

local function times(...)
  local list = {}
  for i, one in ipairs { ... } do list[i] = assert(dossier.time(one)) end
  return list
end

describe("statements on its day", function()
  it("takes a happening that certainly lies within one of the dates", function()
    local dates = times("2023-09-15", "2023-09-28")
    assert.is_true(statements.on_its_day(fact("2023-09-28", true), dates))
    assert.is_false(statements.on_its_day(fact("2023-09", true), dates))
    assert.is_false(statements.on_its_day(fact("2023-09-15/..", true), dates))
    assert.is_true(statements.on_its_day(fact("2023-07-12", true), times "2023-07-11/2023-07-12"))
  end)

  it("takes what lasts where it certainly begins within one", function()
    local dates = times("2023-09-15")
    assert.is_true(statements.on_its_day(fact("2023-09-15/..", false), dates))
    assert.is_false(statements.on_its_day(fact("2023/..", false), dates))
    assert.is_true(statements.on_its_day(fact("2023-09/2024", false), times "2023"))
    assert.is_false(statements.on_its_day(fact("../2023-09-15", false), dates))
  end)

  it("takes nothing without a date", function()
    assert.is_false(statements.on_its_day(fact(nil, true), times "2023"))
    assert.is_false(statements.on_its_day(fact("2023", true), {}))
  end)
end)

local ida, osk, fair = dossier.entity "ida", dossier.entity "osk", dossier.entity "fair"

local function said(speaker, about, valid)
  local when = valid and assert(dossier.time(valid))
  return { speaker = speaker, when = when,
           fact = { about, arity = 1, valid = when, occurs = true } }
end

describe("statements sort out", function()
  it("puts those by and about an event before those of its participants", function()
    local list = { said(osk, fair), said(fair, osk), said(ida, osk, "1902-05-01"),
                   said(ida, osk), said(ida, osk, "1903"), said(osk, ida, "1902-05-01") }
    local parts = statements.sort_out(list, fair, { [ida] = true }, times "1902-05-01")
    assert.same({ named = { list[1], list[2] }, of_the_day = { list[3] }, undated = { list[4] },
                  elsewhen = 1 }, parts)
  end)
end)

describe("statements choose", function()
  it("goes by speaker and by what is spoken of, both where both are asked for", function()
    local list = { said(ida, osk), said(ida, fair), said(osk, fair) }
    assert.same(list, statements.choose(list))
    assert.same({ list[1], list[2] }, statements.choose(list, ida))
    assert.same({ list[2], list[3] }, statements.choose(list, nil, fair))
    assert.same({ list[2] }, statements.choose(list, ida, fair))
  end)
end)

describe("statements title", function()
  it("says what was asked for", function()
    assert.equal("Statements", statements.title {})
    assert.equal("Statements by or about fair", statements.title { entity = fair })
    assert.equal("Statements by ida, about osk", statements.title { by = ida, about = osk })
  end)
end)
