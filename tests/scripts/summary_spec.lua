local dossier = require "dossier"
local summary = require "summary"

local ida, tern, quay = dossier.entity "ida", dossier.entity "tern", dossier.entity "quay"

local function dated(edtf) return { valid = assert(dossier.time(edtf)), arity = 0 } end

describe("summary by type", function()
  it("keeps the order in which types are met", function()
    local types = { [ida] = "person", [tern] = "vessel", [quay] = "person" }
    local a, b, c = { entity = ida }, { entity = tern }, { entity = quay }
    assert.same({ { type = "person", entities = { a, c } }, { type = "vessel", entities = { b } } },
      summary.by_type({ a, b, c }, function(entity) return types[entity] end))
  end)
end)

describe("summary years", function()
  it("spans the years of all relations", function()
    assert.is_nil(summary.years { { facts = 3 } })
    assert.equal("1994", summary.years { { first = 1994, last = 1994 }, { facts = 1 } })
    assert.equal("1965 to 1994", summary.years { { first = 1971, last = 1994 }, { first = 1965, last = 1971 } })
  end)
end)

describe("summary happenings", function()
  it("are dated, by the day asked for", function()
    local a, b, c = dated "1990", dated "1991", { arity = 1, ida }
    assert.same({ a, b }, summary.happenings { a, b, c })
    assert.same({ a }, summary.happenings({ a, b, c }, "1990-06-01"))
  end)

  it("are of relations that occur or date events, what was said aside", function()
    local kb <close> = assert(dossier.open())
    assert(kb:load_text [[
      relation took_place(event, date).  relation statement(who, what, topic) occurs.
      relation opened(event, date) is took_place(1, 2).  relation said(a, b, c) occurs is statement(1, 2, 3).
      relation met(a, b) occurs symmetric.  relation was_met(a, b) inverse met.  relation joined(a, b) once.
      relation owns(a, b) holds.
    ]])
    assert.same({ "took_place/2", "opened/2", "met/2", "joined/2" }, summary.happening(kb:relations()))
  end)
end)

describe("summary support", function()
  it("counts lines by trust", function()
    assert.equal("Support, what is told at different precision counted once: 2 from one source, "
      .. "0 corroborated, 1 contested, 0 from no source.",
      summary.support { ["single-source"] = 2, contested = 1, corroborated = 0, unsupported = 0 })
  end)
end)
