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

  it("joins many in every column without a leg for each choice", function()
    local text = { "relation all(a, b, c, d, e, f, g, h). all(e1, e2, e3, e4, e5, e6, e7, e8)." }
    for i = 1, 50 do text[#text + 1] = ("same_as(e%d, e%d)."):format(i, i + 1) end
    assert(kb:load_text(table.concat(text, "\n")))
    local least = ask(kb, "?- all(X, e9, e9, e9, e9, e9, e9, e9).")
    assert.are.equal(1, #least)
    assert.are.same({ "yes" }, { kb:query "?- all(e51, e9, e9, e9, e9, e9, e9, e9)."() and "yes" })
    assert.are.same({}, ask(kb, "?- all(X, e9, e9, nato, e9, e9, e9, e9)."))
    assert.are.same({}, ask(kb, "?- all(X, X, e9, e9, e9, Y, e9, russia)."))
  end)

  it("matches a fact once, and either way where it is symmetric, however many are joined", function()
    local text = { "relation near(a, b) symmetric." }
    for i = 1, 20 do
      text[#text + 1] = ("same_as(p%d, p%d). same_as(q%d, q%d)."):format(i, i + 1, i, i + 1)
    end
    text[#text + 1] = "near(p3, q7). near(q20, p1). near(p3, x)."
    assert(kb:load_text(table.concat(text, "\n")))
    local n = 0
    for _ in kb:facts("near", "p9", "q9") do n = n + 1 end
    assert.are.equal(2, n)
    for _ in kb:facts("near", "q9", "p9") do n = n + 1 end
    assert.are.equal(4, n)
    for _ in kb:facts("near", "q9", "q10") do n = n + 1 end
    assert.are.equal(4, n)
  end)
end)
