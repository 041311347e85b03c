local dossier = require "dossier"
local profile = require "profile"

local function line(relation, arity, trust)
  return { fact = { relation = relation, arity = arity }, trust = trust }
end

describe("profile by relation", function()
  it("keeps the order of relations, and in each the order of lines", function()
    local lines = { line("b", 1), line("a", 2), line("b", 1), line("a", 3) }
    local relations = {
      { name = "a", arity = 3 }, { name = "a", arity = 2 }, { name = "none", arity = 1 },
      { name = "b", arity = 1 },
    }
    assert.same({
      { relation = "a", lines = { lines[4] } },
      { relation = "a", lines = { lines[2] } },
      { relation = "b", lines = { lines[1], lines[3] } },
    }, profile.by_relation(lines, relations))
  end)
end)

describe("profile overview", function()
  it("names each kind of trust that is there", function()
    assert.equal("1 fact: 1 contested.", profile.overview { line("a", 1, "contested") })
    assert.equal("3 facts: 2 corroborated by independent sources and 1 from no source.",
      profile.overview { line("a", 1, "corroborated"), line("a", 1, "unsupported"),
                         line("a", 1, "corroborated") })
  end)
end)

describe("profile other names", function()
  it("leaves out the label and what was said before", function()
    local ukrainian = dossier.text("Порт", "uk")
    assert.same({ "Порт", "Haven" },
      profile.other_names("Port", { { "Port", ukrainian }, { "Haven", "Порт" } }))
  end)
end)

describe("profile touches", function()
  local ida, tern = dossier.entity "ida", dossier.entity "tern"
  local a, b = { ida, "text", arity = 2 }, { "x", arity = 1 }

  it("is true for an entity on either side", function()
    assert.is_true(profile.touches({ a = a, b = b }, ida))
    assert.is_true(profile.touches({ a = b, b = a }, ida))
    assert.is_false(profile.touches({ a = a, b = b }, tern))
  end)
end)
