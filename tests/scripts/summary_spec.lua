local dossier = require "dossier"
local summary = require "summary"

local ida, tern, quay = dossier.entity "ida", dossier.entity "tern", dossier.entity "quay"

local function fact(...)
  local columns = { ... }
  columns.arity = #columns
  return columns
end

local function dated(edtf) return { valid = assert(dossier.time(edtf)), arity = 0 } end

describe("summary mentions", function()
  it("counts a fact once for an entity, and no other values", function()
    local n, entities = summary.mentions { fact(ida, ida), fact("ida", ida, 7), fact(tern) }
    assert.equal(2, entities)
    assert.same({ [ida] = 2, [tern] = 1 }, n)
  end)
end)

describe("summary top", function()
  it("puts the most mentioned first, equals by label, and stops", function()
    local top = summary.top({ [tern] = 2, [ida] = 2, [quay] = 5 }, 2)
    assert.same({ { entity = quay, count = 5 }, { entity = ida, count = 2 } }, top)
  end)
end)

describe("summary by type", function()
  it("keeps the order in which types are met", function()
    local types = { [ida] = "person", [tern] = "vessel", [quay] = "person" }
    local a, b, c = { entity = ida }, { entity = tern }, { entity = quay }
    assert.same({ { type = "person", entities = { a, c } }, { type = "vessel", entities = { b } } },
      summary.by_type({ a, b, c }, function(entity) return types[entity] end))
  end)
end)

describe("summary years", function()
  it("spans the dated facts, open ends aside", function()
    assert.is_nil(summary.years { fact(ida) })
    assert.equal("1994", summary.years { dated "1994-02", fact(ida) })
    assert.equal("1971 to 1994", summary.years { dated "1994-02", dated "1971/.." })
    assert.equal("1965 to 1971", summary.years { dated "../1971", dated "1965" })
  end)
end)

describe("summary latest", function()
  it("gives the last first, and no more than asked for", function()
    assert.same({ "d", "c" }, summary.latest({ "a", "b", "c", "d" }, 2))
    assert.same({ "b", "a" }, summary.latest({ "a", "b" }, 5))
    assert.same({}, summary.latest({}, 5))
  end)
end)

describe("summary happenings", function()
  it("are dated and occur", function()
    local a, b, c = dated "1990", dated "1991", fact(ida)
    assert.same({ a }, summary.happenings({ a, b, c }, function(one) return one ~= b end))
  end)
end)

describe("summary support", function()
  it("counts lines by trust", function()
    assert.equal("Support, what is told at different precision counted once: 2 from one source, "
      .. "0 corroborated, 1 contested, 0 from no source.",
      summary.support { { trust = "single-source" }, { trust = "contested" },
                        { trust = "single-source" } })
  end)
end)
