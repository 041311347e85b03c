local dossier = require "dossier"

--- The rows of a query, as sorted lines.
local function ask(kb, text)
  local lines = {}
  for a, b in kb:query(text) do lines[#lines + 1] = tostring(a) .. (b and " " .. tostring(b) or "") end
  table.sort(lines)
  return lines
end

describe("same_as", function()
  local kb
  before_each(function()
    kb = assert(dossier.open())
    assert(kb:load_text [[
      source s { title: "s" }.
      from s {
        met(nato, russia). met(otan, ukraine). leads(stoltenberg, otan).
        same_as(nato, otan). label(otan, "OTAN"@fr). label(nato, "NATO").
      }
    ]])
  end)

  it("joins two entities for reading, under the one met first", function()
    assert.are.same({ "russia", "ukraine" }, ask(kb, "?- met(otan, X)."))
    assert.are.same({ "nato russia", "nato ukraine" }, ask(kb, "?- leads(stoltenberg, O), met(O, X)."))
  end)

  it("tells who is joined as it was told", function()
    assert.are.same({ "nato otan", "otan nato" }, ask(kb, "?- same_as(X, Y)."))
  end)

  it("lets go when it is retracted", function()
    kb:transaction(function(tx) assert.is_true(tx:retract("same_as", { "otan", "nato" })) end)
    assert.are.same({ "ukraine" }, ask(kb, "?- met(otan, X)."))
  end)

  it("finds the joined entity by either name", function()
    assert.are.equal("nato", kb:find("OTAN").id)
    assert.are.equal("nato", kb:find("otan").id)
  end)

  it("is no key conflict between two names of one entity", function()
    assert(kb:load_text [[
      relation capital(entity, entity) key(1).
      from s { capital(france, paris). capital(france, lutetia). same_as(paris, lutetia). }
    ]])
    assert.is_nil((kb:conflicts())())
  end)
end)
