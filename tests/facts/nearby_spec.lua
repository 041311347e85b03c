--- Entities by names that are right or nearly right, and names too alike.
local helper = require "tests.helper"
local see = require "tests.facts.see"

--- "entity name fit distance" for each that is found.
local function found(kb, name, options)
  local list = {}
  for i, named in ipairs(kb:find_entity(name, options)) do
    list[i] = ("%s (%s) %s %d"):format(named.entity.id, named.name, named.fit, named.distance)
  end
  return list
end

local function first(kb, name) return found(kb, name)[1] end

local NAMES = [[
label(stoltenberg, "Jens Stoltenberg"). alias(stoltenberg, "Secretary General").
label(nato, "North Atlantic Treaty Organization"). alias(nato, "NATO").
label(lodz, "Łódź"). label(zelensky, "Volodymyr Zelensky"). label(ukraine, "Ukraine").
met(stoltenberg, kyiv_summit). p('Any Thing').
]]

describe("kb:find_entity", function()
  local kb = see.base(NAMES)

  it("takes an identifier, a label or an alias exactly before one but for case and accents", function()
    assert.equal("nato (nato) exact 0", first(kb, "nato"))
    assert.equal("nato (NATO) exact 0", first(kb, "NATO"))
    assert.equal("nato (nato) folded 0", first(kb, "Nato"))
    assert.equal("lodz (Łódź) exact 0", first(kb, "Łódź"))
    assert.equal("lodz (lodz) exact 0", first(kb, "lodz"))
    assert.equal("lodz (Łódź) folded 0", found(see.base 'label(x, "Łódź").', "LODZ")[1]:gsub("^x", "lodz"))
    assert.equal("kyiv_summit (kyiv_summit) folded 0", first(kb, "Kyiv summit"))
    assert.equal("Any Thing (Any Thing) exact 0", first(kb, "Any Thing"))
  end)

  it("takes a beginning, then words in any order, then letters that are wrong", function()
    assert.equal("stoltenberg (Jens Stoltenberg) prefix 0", first(kb, "jens sto"))
    assert.equal("stoltenberg (Jens Stoltenberg) words 0", first(kb, "Stoltenberg, Jens"))
    assert.equal("nato (North Atlantic Treaty Organization) words 0", first(kb, "treaty north"))
    assert.equal("stoltenberg (stoltenberg) near 1", first(kb, "Stoltenburg"))
    assert.equal("stoltenberg (stoltenberg) near 1", first(kb, "Sotltenberg"))
    assert.equal("zelensky (Volodymyr Zelensky) near 2", first(kb, "Volodimir Zelensky"))
    assert.equal("ukraine (ukraine) near 1", first(kb, "Ukrane"))
    assert.same({}, found(kb, "Warsaw"))
    assert.same({}, found(kb, ""))
    assert.same({}, found(kb, "\xff"))
  end)

  it("gives each entity once, by its best name, up to a limit", function()
    local many = see.base()
    local text = {}
    for i = 1, 50 do text[i] = ('label(e%02d, "war %02d"). alias(e%02d, "war").'):format(i, i, i) end
    assert(many:load_text(table.concat(text)))
    local list = found(many, "war")
    assert.equal(10, #list)
    assert.equal("e01 (war) exact 0", list[1])
    assert.equal("e10 (war) exact 0", list[10])
    assert.equal(50, #found(many, "war", { limit = 200 }))
    assert.equal(3, #found(many, "war", { limit = 3 }))
  end)

  it("finds what was added since, and nothing that was taken back or rolled back", function()
    local moving = see.base 'label(a, "alfa").'
    assert.equal("a (alfa) exact 0", first(moving, "alfa"))
    assert(moving:load_text 'label(b, "alfa bravo").')
    assert.equal("b (alfa bravo) exact 0", first(moving, "alfa bravo"))
    moving:undo()
    assert.same({ "a (alfa) exact 0" }, found(moving, "alfa"))
    pcall(moving.transaction, moving, function(tx)
      tx:add("label", { "c", "charlie" })
      assert.equal("c (charlie) exact 0", first(moving, "charlie"))
      error "no"
    end)
    assert.same({}, found(moving, "charlie"))
    assert.equal("b (alfa bravo) exact 0", first(moving:view { known_at = 2 }, "alfa bravo"))
  end)

  it("goes past many names that are not in view", function()
    local many = see.base()
    local text = {}
    for i = 1, 300 do text[i] = ('label(e%03d, "war %03d").'):format(i, i) end
    assert(many:load_text(table.concat(text)))
    assert(many:load_text 'label(late, "war at last and much longer").')
    many:undo(1)
    assert.same({ "late (war at last and much longer) prefix 0" }, found(many, "war"))
  end)

  it("gives for entities joined by same_as the one that stands for them", function()
    local same = see.base 'label(a, "alfa"). label(b, "bravo"). same_as(a, b).'
    assert.equal("a (bravo) exact 0", first(same, "bravo"))
  end)

  it("finds one edit in a name of any length, wherever it is", function()
    local random = helper.random(tonumber(os.getenv "SEED") or 5)
    local text, names = {}, {}
    for i = 1, 200 do
      local letters = {}
      for k = 1, 5 + random(25) do letters[k] = string.char(96 + random(26)) end
      names[i] = table.concat(letters)
      text[i] = ('label(e%d, "%s").'):format(i, names[i])
    end
    local random_names = see.base(table.concat(text))
    for i, name in ipairs(names) do
      local at = random(#name)
      local typo = ({
        name:sub(1, at - 1) .. name:sub(at + 1),
        name:sub(1, at) .. "q" .. name:sub(at + 1),
        name:sub(1, at - 1) .. "q" .. name:sub(at + 1),
        name:sub(1, at - 1) .. name:sub(at, at + 1):reverse() .. name:sub(at + 2),
      })[random(4)]
      local hit = false
      for _, named in ipairs(random_names:find_entity(typo)) do
        hit = hit or named.entity.id == "e" .. i
      end
      assert(hit, typo .. " did not find " .. name)
    end
  end)
end)

describe("kb:twins", function()
  it("tells of names that are alike, not of others", function()
    local kb = see.base [[
label(a1, "Jens Stoltenberg"). label(a2, "Stoltenberg, Jens"). label(a3, "JENS STOLTENBERG").
label(b1, "Volodymyr Zelenskyy"). label(b2, "Volodymyr Zelensky").
label(c1, "Summit 2022"). label(c2, "Summit 2023"). label(d1, "war"). label(d2, "car").
label(f1, "Partnership"). label(f2, "Partnerships"). same_as(f1, f2). alias(a1, "jens stoltenberg").
]]
    local list = {}
    for i, twins in ipairs(kb:twins()) do list[i] = twins.entity.id .. " " .. twins.other.id end
    table.sort(list)
    assert.same({ "a1 a2", "a1 a3", "a3 a2", "b2 b1" }, list)
    assert.equal(1, #kb:twins { limit = 1 })
    kb:undo()
    assert.same({}, kb:twins())
  end)
end)
