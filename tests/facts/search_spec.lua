--- Searching texts by their words: what matches, through which view, in which order, and how
--- the index keeps in step with the facts and with the file.
local dossier = require "dossier"
local helper = require "tests.helper"
local see = require "tests.facts.see"

local inf = math.huge

--- The hits as "entity: text", in their order.
local function found(kb, words, options)
  local list = {}
  for hit in kb:search(words, options or { limit = inf }) do
    list[#list + 1] = ("%s: %s"):format(hit.entity and hit.entity.id or "-", tostring(hit.text))
  end
  return list
end

local function refused(kb, words, options)
  local ok, message = pcall(kb.search, kb, words, options)
  assert(not ok, "it was searched for")
  return message
end

local TEXTS = [[
source record { title: "Record of the Kyiv meeting" }. source article {}.
label(defence, "cyber defence"). label(attack, "Cyber-attacks"). alias(attack, "hacking").
label(school, "École de guerre"@fr). label(lodz, "Łódź"). label(kyiv, "Київ"@uk).
label(house, "die Häuser"@de). label(peking, "北京条約").
said(nato, "We defend each other") from article.
met(nato, kyiv) from record "2" quote "a meeting about defending the grid".
title(7, "a number has a name").
]]

describe("a search", function()
  local kb = see.base(TEXTS)

  it("finds texts that have all the words, in any form that has the same stem", function()
    assert.same({ "defence: cyber defence" }, found(kb, "defences CYBER"))
    assert.same({ "nato: We defend each other", "nato: a meeting about defending the grid" },
      see.sorted(found(kb, "defending")))
  end)

  it("finds titles, quotations and texts of facts without an entity, each with its fact", function()
    assert.same({ "nato: a meeting about defending the grid", "record: Record of the Kyiv meeting" },
      see.sorted(found(kb, "meetings")))
    assert.same({ "-: a number has a name" }, found(kb, "number"))
    for hit in kb:search "grid" do
      assert.equal("met(nato, kyiv)", hit.fact.text)
      assert.equal("record 2", hit.claim.citation)
      assert.is_true(hit.score > 0)
      assert.is_false(hit.partial)
    end
    for hit in kb:search "hacking" do assert.is_nil(hit.claim) end
  end)

  it("counts neither case nor accents, and stems by the language of the text", function()
    for _, words in ipairs { "école", "ECOLE", "ecole", "guerres ecole" } do
      assert.same({ "school: École de guerre" }, found(kb, words))
    end
    assert.same({ "lodz: Łódź" }, found(kb, "lodz"))
    assert.same({ "kyiv: Київ" }, found(kb, "КИЇВ"))
    assert.same({ "house: die Häuser" }, found(kb, "Haus"))
    assert.same({ "peking: 北京条約" }, found(kb, "北京"))
    assert.same({ }, found(kb, "京北"))
  end)

  it("takes words in double quotes, or with a sign in them, as side by side", function()
    assert.same({ "nato: We defend each other" }, found(kb, '"defending each"'))
    assert.same({}, found(kb, '"each defend"'))
    assert.same({ "attack: Cyber-attacks" }, found(kb, "cyber-attack"))
    assert.same({ "attack: Cyber-attacks" }, found(kb, '"cyber att"*'))
  end)

  it("takes a word with a star, or with prefix the last one, as a beginning", function()
    assert.same({ "attack: Cyber-attacks", "defence: cyber defence" }, see.sorted(found(kb, "cyb*")))
    assert.same({ "defence: cyber defence" }, found(kb, "cyber defenc*"))
    assert.same({ "defence: cyber defence" }, found(kb, "cyber defence*"))
    assert.same({ "defence: cyber defence" }, found(kb, "cyber defe", { prefix = true }))
    assert.same({ "school: École de guerre" }, found(kb, "éco*"))
    assert.same({}, found(kb, "def"))
  end)

  it("gives texts that have some of the words where none has all, and says so", function()
    local list = {}
    for hit in kb:search "hacking Łódź nowhere" do
      list[#list + 1] = hit.entity.id
      assert.is_true(hit.partial)
    end
    assert.same({ "attack", "lodz" }, see.sorted(list))
    assert.same({}, found(kb, "nowhere nothing"))
  end)

  it("gives the best first, equals in order of text and entity, up to a limit", function()
    local many = see.base()
    local text = { 'label(long, "war and a great many other words that nobody looks for").' }
    for i = 30, 1, -1 do
      text[#text + 1] = ('label(e%02d, "war %s"). label(f%02d, "war %s").'):format(i, i % 3, 31 - i, i % 3)
    end
    assert(many:load_text(table.concat(text, "\n")))
    assert.equal(20, #found(many, "war", {}))
    local all = found(many, "war")
    assert.equal(61, #all)
    assert.equal("long: war and a great many other words that nobody looks for", all[61])
    local function text_then_entity(a, b)
      local x, y = a:match ": (.*)", b:match ": (.*)"
      if x ~= y then return x < y end
      return a < b
    end
    local equal = table.move(all, 1, 60, 1, {})
    table.sort(equal, text_then_entity)
    assert.same(equal, table.move(all, 1, 60, 1, {}))
    assert.same(table.move(all, 1, 7, 1, {}), found(many, "war", { limit = 7 }))
  end)

  it("gives one hit for each entity that a text stands for", function()
    local two = see.base [[label(a, "same"). label(b, "same"). alias(a, "same"). note(a, "same").]]
    assert.same({ "a: same", "b: same" }, found(two, "same"))
    assert(two:load_text "same_as(a, b).")
    assert.same({ "a: same" }, found(two, "same"))
  end)

  it("tells what cannot be searched for", function()
    see.has('a phrase is not closed with ": "cyber', refused(kb, 'x "cyber'))
    see.has("words cannot be left out with -: -nato", refused(kb, "cyber -nato"))
    see.has("a * stands at the end of a word only: cy*ber", refused(kb, "cy*ber"))
    see.has("a * needs the beginning of a word", refused(kb, "*"))
    for _, empty in ipairs { "", "  ", "!?", '""', "- , ." } do
      see.has("there is no word to search for", refused(kb, empty))
    end
    see.has("too many words", refused(kb, ("word "):rep(40)))
    see.has("not UTF-8: a wrong byte at 3", refused(kb, "ab\xff"))
    see.has('did you mean "limit"?', refused(kb, "x", { limits = 3 }))
    see.has("1 or more", refused(kb, "x", { limit = 0 }))
  end)

  it("takes no input for a part of another language", function()
    for _, words in ipairs { "AND", "OR NOT", "NEAR(cyber defence)", "stems:cyber", "cyber)", "{words}",
      "^cyber", "cyber + defence", "';--", "cyber \0 defence" } do
      local ok, message = pcall(found, kb, words)
      if not ok then see.has(words:find "\0" and "a wrong byte" or "no word", message) end
    end
    assert.same({ "defence: cyber defence" }, found(kb, "cyber) defence"))
  end)

  it("finds words of any length, and a text of a megabyte", function()
    local long = ("x"):rep(5000)
    local big = see.base(('label(a, "%s"). label(b, "%s end").'):format(long, ("ab "):rep(400000)))
    assert.same({ "a: " .. long }, found(big, long))
    assert.equal(1, #found(big, "ab end"))
  end)
end)

describe("a search through a view", function()
  local kb = see.base([[
source one {}. source two {}.
relation led(entity, text) holds.
said(a, "north wind") from one. said(b, "north star") from two.
led(a, "north house") @ 1990/1995 from one. led(b, "north house") @ 2000/2005 from two.
met(a, b) from one quote "a north quote". met(a, b) from two quote "other quote".
gone(a, "north pole") from one. label(c, "North"). deny said(c, "north denied") from one.
deny said(d, "plain") from two quote "north refuted".
]], { now = "2020-01-01" })
  kb:transaction(function(tx)
    assert(tx:retract("gone", { dossier.entity "a", dossier.text "north pole" }))
  end)

  it("leaves out what the view does, before the limit", function()
    local all = { "a: a north quote", "a: north house", "a: north wind", "b: north house",
      "b: north star", "c: North", "d: north refuted" }
    assert.same(all, see.sorted(found(kb, "north")))
    local one = kb:view { sources = "one" }
    assert.same({ "a: a north quote", "a: north house", "a: north wind", "c: North" },
      see.sorted(found(one, "north")))
    assert.equal(2, #found(one, "north", { limit = 2 }))
    assert.same({ "b: north house" }, found(kb:view { as_of = "2001" }, "house"))
    assert.same({ "a: north house" }, found(one:view { as_of = "1993" }, "house"))
  end)

  it("finds what was known then, and nothing that was not yet", function()
    assert.same({}, found(kb, "pole"))
    assert.same({ "a: north pole" }, found(kb:view { known_at = 1 }, "pole"))
    assert.same({}, found(kb:view { known_at = 0 }, "north"))
  end)

  it("scores over the whole base, whatever the view", function()
    local function score(view)
      return view:search "wind" ().score
    end
    assert.equal(score(kb), score(kb:view { sources = "one" }))
  end)

  it("leaves out quotations of claims that are judged, where it is settled", function()
    local judged = see.base [[
source one {}. source two {}. source judge {}.
p(a) from one quote "alfa quote". p(a) from two quote "bravo quote".
deprecate p(a) from one because "a delta reason" by judge.]]
    assert.equal(1, #found(judged, "alfa"))
    local settled = judged:view { settled = true }
    assert.equal(0, #found(settled, "alfa"))
    assert.equal(1, #found(settled, "bravo"))
    assert.same({ "a: a delta reason" }, found(judged, "delta"))
  end)
end)

describe("the search's index", function()
  local folder, path
  before_each(function()
    folder = helper.folder()
    path = folder .. "/base.kb"
  end)
  after_each(function() helper.sweep(folder) end)

  local function sqlite(...)
    return helper.run("sqlite3", { path, ... })
  end

  local function open(options) return assert(dossier.open(path, options)) end

  it("is written by the transaction that writes the facts, or not at all", function()
    local kb = open()
    assert(kb:load_text 'label(a, "alfa").')
    kb:transaction(function(tx)
      tx:add("label", { "b", "bravo" })
      assert.same({}, found(kb, "bravo"))
    end)
    assert.same({ "b: bravo" }, found(kb, "bravo"))
    pcall(kb.transaction, kb, function(tx)
      tx:add("label", { "c", "charlie" })
      error "no"
    end)
    assert.same({}, found(kb, "charlie"))
    assert(kb:load_text 'label(d, "charlie delta").')
    assert.same({ "d: charlie delta" }, found(kb, "charlie"))
    kb:undo()
    assert.same({}, found(kb, "charlie"))
    kb:undo()
    assert.same({ "d: charlie delta" }, found(kb, "charlie"))
    assert(kb:rename("d", "e"))
    assert.same({ "e: charlie delta" }, found(kb, "charlie"))
    assert(kb:verify())
    kb:close()
  end)

  it("is read by other handles, and kept by them", function()
    local one, two = open(), open()
    assert(one:load_text 'label(a, "alfa").')
    assert(two:refresh())
    assert.same({ "a: alfa" }, found(two, "alfa"))
    assert(two:load_text 'label(b, "alfa bravo").')
    assert(one:refresh())
    assert.same({ "b: alfa bravo" }, found(one, "bravo"))
    assert(one:verify())
    one:close()
    two:close()
  end)

  it("does not grow with commits that have no new texts", function()
    local kb = open()
    assert(kb:load_text 'source s {}. label(a, "alfa"). seen(a).')
    kb:close()
    local before = sqlite "SELECT sum(length(block)) FROM search_data; SELECT hex(data) FROM root WHERE id = 2"
    kb = open()
    for i = 1, 20 do
      assert(kb:load_text(('seen(b%d) from s "%d". label(a, "alfa") from s.'):format(i, i)))
    end
    kb:close()
    local after = sqlite "SELECT sum(length(block)) FROM search_data; SELECT hex(data) FROM root WHERE id = 2"
    assert.equal(before, after)
  end)

  it("is read by a stock sqlite3, which finds the file whole and can dump it", function()
    local kb = open { merge_bound = 3 }
    for i = 1, 40 do
      assert(kb:load_text(('label(e%d, "cyber defence number %d").'):format(i, i)))
    end
    kb:close()
    assert.equal("ok\n", (sqlite "PRAGMA integrity_check"))
    assert.equal("40\n", (sqlite "SELECT count(*) FROM search WHERE search MATCH 'cyber AND defenc'"))
    local dump, err, code = sqlite ".dump"
    assert.equal(0, code)
    assert.equal("", err)
    see.has("CREATE TABLE root", dump)
    see.has("CREATE VIRTUAL TABLE search USING fts5", dump)
  end)

  it("that was changed is found out, and built anew", function()
    local text = {}
    for i = 1, 300 do text[i] = ('label(e%d, "alfa bravo %d %s").'):format(i, i, ("kilo "):rep(i % 7)) end
    local ways = {
      "DELETE FROM search_docsize WHERE id = (SELECT max(id) FROM search_docsize)",
      "UPDATE search_docsize SET sz = x'0900' WHERE id = (SELECT min(id) FROM search_docsize)",
      "DELETE FROM search_data WHERE id > 10",
      "INSERT INTO search(rowid, stems, words) VALUES(3, 'foreign', '')",
      "INSERT INTO search(search) VALUES('delete-all')",
    }
    for _, way in ipairs(ways) do
      os.remove(path)
      local kb = open()
      assert(kb:load_text(table.concat(text, "\n")))
      kb:close()
      local _, err, code = sqlite(way)
      assert.equal(0, code, way .. ": " .. err)
      kb = open()
      local ok, message, status = kb:verify()
      assert.is_nil(ok, way)
      assert.equal("damaged", status)
      see.has("search --rebuild", message)
      assert(kb:rebuild_search(), way)
      assert(kb:verify())
      assert.equal(300, #found(kb, "alfa bravo"))
      kb:close()
    end
  end)

  it("whose bytes were changed gives an error, or is found out, or gives the same", function()
    local kb = open()
    local text = {}
    for i = 1, 400 do text[i] = ('label(e%d, "alfa word%d bravo").'):format(i, i) end
    assert(kb:load_text(table.concat(text, "\n")))
    local wanted = table.concat(found(kb, "alfa word7*"), "\n")
    kb:close()
    local bytes = helper.read(path)
    local places = {}
    for at in bytes:gmatch "()lfa" do places[#places + 1] = at end
    for at in bytes:gmatch "()ord%d" do places[#places + 1] = at end
    assert(#places > 3)
    local random = helper.random(tonumber(os.getenv "SEED") or 17)
    for _ = 1, 40 do
      local at = places[random(#places)] + random(3) - 1
      helper.write(path, bytes:sub(1, at - 1) .. string.char((bytes:byte(at) + random(9)) % 256)
        .. bytes:sub(at + 1))
      local damaged, message = dossier.open(path)
      if damaged then
        local ok, got = pcall(found, damaged, "alfa word7*")
        local whole = damaged:verify()
        assert(not whole or (ok and table.concat(got, "\n") == wanted) or not ok, "nobody noticed")
        damaged:close()
      else
        see.has("damaged", message)
      end
      for _, suffix in ipairs { "", "-wal", "-shm" } do os.remove(path .. suffix) end
    end
  end)

  it("is built at the next commit, or on demand, for a base made before there was one", function()
    local kb = open()
    assert(kb:load_text 'label(a, "alfa"). p(a) from base quote "a bravo quote". t(1, 2, "tango").')
    kb:close()
    local function age()
      local _, err = sqlite("DROP TABLE search; DELETE FROM root WHERE id = 2; PRAGMA user_version = 1")
      assert.equal("", err)
    end
    age()
    kb = open { read_only = true }
    see.has("its index of texts is missing", refused(kb, "alfa"))
    see.has("search --rebuild", refused(kb, "alfa"))
    kb:close()
    kb = open()
    assert(kb:load_text "p(b).")
    assert.same({ "a: alfa" }, found(kb, "alfa"))
    assert.same({ "a: a bravo quote" }, found(kb, "bravo"))
    assert.same({ "-: tango" }, found(kb, "tango"))
    assert(kb:verify())
    kb:close()
    assert.equal("3\n", (sqlite "PRAGMA user_version"))
    age()
    kb = open()
    assert.same({ "a: alfa" }, found(kb, "alfa"))
    kb:close()
    age()
    local _, err, code = helper.dossier { "-b", path, "search", "--rebuild" }
    assert.equal("", err)
    assert.equal(0, code)
    kb = open { read_only = true }
    assert.same({ "a: alfa" }, found(kb, "alfa"))
    kb:close()
  end)

  it("finds what an import brought, of texts old and new, as what was loaded", function()
    local kb <close> = assert(dossier.open())
    assert(kb:load_text 'said(a, "golf hotel"). said(b, "juliet").')
    local file = helper.write(folder .. "/x.nt", [[
<urn:dossier:c> <urn:dossier:said> "golf hotel" .
<urn:dossier:d> <urn:dossier:said> "kilo hotels"@en .
<urn:dossier:d> <urn:dossier:heard> "kilo hotels"@en .
]])
    assert(kb:import(file))
    assert(kb:import(file))
    local function all(words)
      local list = {}
      for hit in kb:search(words) do list[#list + 1] = hit.entity.id .. ": " .. tostring(hit.text) end
      table.sort(list)
      return list
    end
    assert.same({ "a: golf hotel", "c: golf hotel" }, all "golf")
    assert.same({ "a: golf hotel", "c: golf hotel", "d: kilo hotels" }, all "hotel")
    assert.same({ "b: juliet" }, all "juliet")
    assert(kb:verify())
  end)
end)
