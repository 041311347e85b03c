--- Texts that enter the search many at once: the index is the one that they make one by one,
--- and FTS5 finds nothing wrong with it.

local helper = require "tests.helper"

local SEED = tonumber(os.getenv "SEED") or 4711

describe("texts that come many at once", function()
  local folder
  before_each(function() folder = helper.folder() end)
  after_each(function() helper.sweep(folder) end)

  local function host(...)
    local out, err, code = helper.host("facts_gather", { ... })
    assert.equal(0, code, out .. err)
    return out
  end

  local function sqlite(path, sql)
    local out, err, code = helper.run("sqlite3", { path, sql })
    assert.equal("", err)
    assert.equal(0, code)
    return out
  end

  --- Every word at its place in every text, the texts' sizes and the counts of all.
  local function index(path)
    return sqlite(path, [[
      CREATE VIRTUAL TABLE temp.v USING fts5vocab(main, search, instance);
      CREATE TABLE temp.t(id INTEGER PRIMARY KEY, n, sz);
      INSERT INTO temp.t SELECT id, row_number() OVER (ORDER BY id), hex(sz) FROM search_docsize;
      SELECT term, n, col, offset FROM temp.v JOIN temp.t ON id = doc ORDER BY 1, 2, 3, 4;
      SELECT n, sz FROM temp.t ORDER BY 1;
      SELECT hex(block) FROM search_data WHERE id = 1;]])
  end

  --- FTS5's own check of its pages, and how it ranks.
  local function look(path)
    sqlite(path, "INSERT INTO search(search) VALUES('integrity-check')")
    assert.equal("ok\n", sqlite(path, "PRAGMA integrity_check"))
    local ranks = {}
    for _, words in ipairs { "the", "stems : run*", '"the the"', "cyber OR guerr", "words : lodz", "w7* NOT the" } do
      ranks[#ranks + 1] = sqlite(path, ([[SELECT '%s', count(*), round(sum(s), 6) FROM
        (SELECT bm25(search) s FROM search WHERE search MATCH '%s' LIMIT 1000000)]]):format(words:gsub("'", "''"), words))
    end
    return table.concat(ranks)
  end

  it("make the index that they make one by one, whatever the memory", function()
    local seed, n = tostring(SEED), "9100"
    host("texts", folder .. "/few.kb", seed, n, "0", "0")
    local wanted, ranks = index(folder .. "/few.kb"), look(folder .. "/few.kb")
    assert(#wanted > 100000)
    for i, way in ipairs { { "9100", "0" }, { "9100", "1" }, { "3001", "1000000" }, { "600", "0" } } do
      local path = ("%s/many%d.kb"):format(folder, i)
      local what = ("seed %s, %s at once, memory %s"):format(seed, way[1], way[2])
      host("texts", path, seed, n, way[1], way[2])
      assert(wanted == index(path), what)
      assert.equal(ranks, look(path), what)
    end
  end)

  it("make the same bytes each time", function()
    local function pages(name)
      local path = folder .. "/" .. name
      host("texts", path, "5", "20000", "20000", "8000000")
      return sqlite(path, "SELECT id, hex(block) FROM search_data; SELECT segid, hex(term), pgno FROM search_idx")
    end
    assert(pages "a.kb" == pages "b.kb")
  end)

  it("may fill pages and pages with one word", function()
    local path = folder .. "/long.kb"
    host("long", path)
    sqlite(path, "INSERT INTO search(search) VALUES('integrity-check')")
    assert(tonumber(sqlite(path, "SELECT sum(pgno & 1) FROM search_idx")) > 1)
    local function count(match)
      return tonumber(sqlite(path, ("SELECT count(*) FROM search WHERE search MATCH '%s'"):format(match)))
    end
    assert.equal(700, count "common")
    assert.equal(1, count "every607 AND kilo")
    assert.equal(count "lima", count '"lima kilo"')
    assert.equal("607\n", sqlite(path, [[SELECT count(*) - 1 + 600 FROM (SELECT rowid FROM search
      WHERE search MATCH 'lima AND common' AND rowid >= (SELECT rowid FROM search WHERE search MATCH 'every689')
      ORDER BY rowid DESC LIMIT 8)]]))
  end)

  it("leave the base as it was where memory fails", function()
    assert.matches("nothing lost", host("fault", folder .. "/base.kb"))
  end)
end)
