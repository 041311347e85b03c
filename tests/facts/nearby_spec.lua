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

--- What the words mean: every name is compared, in order, and nothing is clever.
local model = {}

function model.plain(text)
  local words = {}
  for word in text:lower():gmatch "%w+" do words[#words + 1] = word end
  return table.concat(words, " "), words
end

function model.reach(word)
  return #word <= 3 and 0 or #word <= 5 and 1 or #word <= 14 and 2 or #word <= 64 and 3 or 0
end

--- Edits between two: insert, drop, change, swap neighbours.
function model.distance(a, b)
  local rows = { [0] = {} }
  for j = 0, #b do rows[0][j] = j end
  for i = 1, #a do
    rows[i] = { [0] = i }
    for j = 1, #b do
      local same = a:byte(i) == b:byte(j)
      local least = math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (same and 0 or 1))
      if i > 1 and j > 1 and a:byte(i) == b:byte(j - 1) and a:byte(i - 1) == b:byte(j) then
        least = math.min(least, rows[i - 2][j - 2] + 1)
      end
      rows[i][j] = least
    end
  end
  return rows[#a][#b]
end

local FITS = { "exact", "folded", "prefix", "words", "near" }

--- Edits of all words that are asked for, each to the nearest in the name; nil: one is not there.
function model.words(asked, words)
  local sum = 0
  for _, want in ipairs(asked) do
    local least = math.huge
    for _, word in ipairs(words) do
      least = math.min(least, word:sub(1, #want) == want and 0 or model.distance(want, word))
    end
    if least > model.reach(want) then return nil end
    sum = sum + least
  end
  return sum
end

--- How a name fits, its place among FITS, and how many edits away it is; nil where it does not.
function model.fit(asked, written)
  local want, asked_words = model.plain(asked)
  local plain, words = model.plain(written)
  if written == asked then return 1, 0 end
  if plain == want then return 2, 0 end
  if plain:sub(1, #want) == want then return 3, 0 end
  local sum = model.words(asked_words, words)
  if sum then return sum == 0 and 4 or 5, sum end
  local distance = model.distance(want, plain)
  if distance <= model.reach(want) then return 5, distance end
end

--- Names are { entity, kind, written }, kinds as numbers; entities come in order of first use.
function model.found(names, asked, limit)
  local list = {}
  for i, name in ipairs(names) do
    local fit, distance = model.fit(asked, name[3])
    local plain = model.plain(name[3])
    if fit then
      list[#list + 1] = { fit, distance, fit <= 2 and name[2] or 0, #plain, plain, name[2], i, name = name }
    end
  end
  table.sort(list, function(a, b)
    for k = 1, 7 do
      if a[k] ~= b[k] then return a[k] < b[k] end
    end
    return false
  end)
  local told, out = {}, {}
  for _, one in ipairs(list) do
    local entity = one.name[1]
    if not told[entity] and #out < limit then
      told[entity] = true
      out[#out + 1] = ("%s (%s) %s %d"):format(entity, one.name[3], FITS[one[1]], one[2])
    end
  end
  return out
end

--- A few syllables, so that many names are near each other.
local function random_name(random)
  local syllables = { "ka", "lo", "mir", "an", "Ste", "RO", "vi" }
  local words = {}
  for w = 1, random(3) do
    local word = {}
    for k = 1, random(4) do word[k] = syllables[random(#syllables)] end
    words[w] = table.concat(word)
  end
  return table.concat(words, ({ " ", "-", "_" })[random(3)])
end

local function random_names(random, n)
  local names, text = {}, {}
  for i = 1, n do
    local entity = ("e%d"):format(1000 + i)
    local kind, written = random(2), random_name(random)
    names[#names + 1] = { entity, 0, entity }
    names[#names + 1] = { entity, kind, written }
    text[i] = ('%s(%s, "%s"%s).'):format(kind == 1 and "label" or "alias", entity, written,
      ({ "", "@en", "@uk" })[random(3)])
  end
  return names, table.concat(text, "\n")
end

--- What is asked for: a name of the base, or another, some with a letter too few.
local function random_asked(random, names)
  local asked = random(2) == 1 and names[random(#names)][3] or random_name(random)
  local at = random(2 * #asked)
  asked = asked:sub(1, at - 1) .. asked:sub(at + 1)
  return asked:find "%w" and asked or "ka"
end

describe("kb:find_entity, held against a look at every name,", function()
  local seed = tonumber(os.getenv "SEED") or 11
  local steps = tonumber(os.getenv "STEPS") or 40

  --- Ask twice: the first time nothing is kept in memory, the second time names are.
  local function compare(kb, names, asked)
    for time = 1, 2 do
      assert.same(model.found(names, asked, 7), found(kb, asked, { limit = 7 }),
        ("seed %d, %s, time %d"):format(seed, asked, time))
    end
  end

  it("finds the same, in the same order, in a file that was packed and beside what is new", function()
    local folder = helper.folder()
    local random = helper.random(seed)
    for _ = 1, math.ceil(steps / 20) do
      local names, text = random_names(random, 150)
      local path = folder .. "/names.kb"
      os.remove(path)
      local kb = assert(require "dossier".open(path))
      assert(kb:load_text(text))
      compare(kb, names, random_asked(random, names))
      assert(kb:compact())
      kb:close()
      kb = assert(require "dossier".open(path))
      for _ = 1, 20 do compare(kb, names, random_asked(random, names)) end
      assert(kb:load_text 'label(e9999, "Kalo Mir"). alias(e9999, "Stero").')
      for _, more in ipairs { { "e9999", 0, "e9999" }, { "e9999", 1, "Kalo Mir" }, { "e9999", 2, "Stero" } } do
        names[#names + 1] = more
      end
      for _, asked in ipairs { "Kalo Mir", "kalo mri", "stero", "e9999", "e999" } do compare(kb, names, asked) end
      kb:close()
    end
    helper.sweep(folder)
  end)

  it("finds names in other scripts, asked for once and again", function()
    local kb = see.base [[
label(a, "Україна"@uk). label(b, "Μακεδονία"@el). label(c, "Ｆｕｌｌ wide"). label(d, "北京").
label(e, "Straße"@de). label(f, "ŁÓDŹ"@pl). label(g, "ﬁnance").
]]
    local cases = {
      ["україна"] = "a (Україна) folded 0", ["Українa"] = "a (Україна) near 2",
      ["μακεδονια"] = "b (Μακεδονία) folded 0", ["full wide"] = "c (Ｆｕｌｌ wide) folded 0",
      ["北京"] = "d (北京) exact 0", ["strasse"] = "e (Straße) folded 0",
      ["lodz"] = "f (ŁÓDŹ) folded 0", ["finance"] = "g (ﬁnance) folded 0",
      ["fnance"] = "g (ﬁnance) near 1",
    }
    for asked, expected in pairs(cases) do
      for _ = 1, 2 do assert.equal(expected, first(kb, asked)) end
    end
  end)

  it("tells as many as are asked for, however many fit", function()
    local text, names = {}, {}
    for i = 1, 900 do
      local entity, written = ("x%04d"):format(i), ("war %d"):format(i * 7 % 1000)
      names[#names + 1] = { entity, 1, written }
      text[i] = ('label(%s, "%s").'):format(entity, written)
    end
    local kb = see.base(table.concat(text))
    for _ = 1, 2 do
      assert.same(model.found(names, "war", 800), found(kb, "war", { limit = 800 }))
      assert.same(model.found(names, "war", 1), found(kb, "war", { limit = 1 }))
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
