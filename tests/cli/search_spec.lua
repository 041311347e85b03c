--- The command `search`, and `check` of a base.
local helper = require "tests.helper"

describe("dossier search", function()
  local folder, path
  setup(function()
    folder = helper.folder()
    path = folder .. "/base.kb"
    local _, err, code = helper.dossier({ "-b", path, "load", "-" }, [[
source record {}. label(nato, "North Atlantic Treaty Organization"). label(kyiv, "Київ"@uk).
met(nato, kyiv) from record "2" quote "they met about cyber defence".
label(twin, "north-atlantic treaty organisation").
]])
    assert.equal("", err)
    assert.equal(0, code)
  end)
  teardown(function() helper.sweep(folder) end)

  local function search(...)
    return helper.dossier { "-b", path, "search", ... }
  end

  it("prints hits with the fact, and what quotes them", function()
    local out, err, code = search("defences", "cyber", "--format", "tsv")
    assert.equal("", err)
    assert.equal(0, code)
    local head, row = out:match "^(.-)\n(.-)\n$"
    assert.equal("score\tentity\ttext\tfact\tquoted", head)
    assert.equal("nato\tthey met about cyber defence\tmet(nato, kyiv)\trecord 2", row:match "\t(.*)")
  end)

  it("says that nothing is found, and exits with 1", function()
    local out, err, code = search "warsaw"
    assert.same({ "nothing found\n", "", 1 }, { out, err, code })
    out = search("warsaw", "--format", "json")
    assert.equal("[]", (out:gsub("%s", "")))
  end)

  it("points to the search for entities where only names have the words", function()
    local out, err, code = search "twim"
    assert.equal("nothing found\n", out)
    assert.matches("^dossier: note: no text has these words, but names of entities do.*%-%-entity\n$", err)
    assert.equal(1, code)
    assert.equal("", (select(2, search("--entity", "qqqqqqq"))))
  end)

  it("notes that no text has all words, and that there are more", function()
    local _, err = search("cyber", "kyiv", "treaty", "--limit", "1")
    assert(err:find("no text has all of these words", 1, true), err)
    assert(err:find("there are more; --limit N", 1, true), err)
    local _, all = search("treaty", "--limit", "all")
    assert.equal("", all)
  end)

  it("searches through a view, and files that are loaded in memory", function()
    local _, _, code = helper.dossier { "-b", path, "--source", "base", "search", "cyber" }
    assert.equal(1, code)
    local file = helper.write(folder .. "/some.dl", 'label(a, "alfa bravo").\n')
    local out = helper.dossier { "search", file, "bravo", "--format", "csv" }
    assert(out:find("alfa bravo", 1, true), out)
  end)

  it("finds entities by names that are nearly right", function()
    local out = search("--entity", "Atlantik", "--limit", "1", "--format", "tsv")
    assert.equal("entity\tname\tkind\tfit\tdistance\n"
      .. "twin\tnorth-atlantic treaty organisation\tlabel\tnear\t1\n", out)
  end)

  it("tells what is wrong with what it is given", function()
    for _, case in ipairs {
      { { '"cyber' }, "a phrase is not closed" }, { {}, "search for what?" },
      { { "x", "--limit", "0" }, "--limit takes a number" }, { { "--", "-x" }, "cannot be left out with -" },
      { { "--rebuild", "x" }, "--rebuild takes no words" }, { { "x", "--format", "html" }, "html" },
    } do
      local _, err, code = search(table.unpack(case[1]))
      assert.equal(2, code)
      assert(err:find(case[2], 1, true), err)
    end
  end)

  it("shows controls in texts as escapes", function()
    local file = helper.write(folder .. "/control.dl", 'label(a, "alfa \27[31m red").\n')
    local out = helper.dossier { "search", file, "alfa" }
    assert.is_nil(out:find "\27")
  end)

  it("is told by check to be rebuilt where it was damaged", function()
    local out, err, code = helper.dossier { "-b", path, "check" }
    assert.equal(0, code)
    assert.equal('hint: twin ("north-atlantic treaty organisation") and nato '
      .. '("North Atlantic Treaty Organization") are called almost the same [twin-entity]\n', out)
    assert(err:find("1 hint; where two are one: same_as(A, B)", 1, true), err)
    out = helper.dossier { "-b", path, "check", "--except", "twin-entity" }
    assert.equal("", out)
    helper.run("sqlite3", { path, "DELETE FROM search_docsize WHERE id = (SELECT max(id) FROM search_docsize)" })
    local function run(...) return select(2, helper.dossier { "-b", path, ... }) end
    err, code = run "check"
    assert.equal(2, code)
    assert(err:find("search --rebuild", 1, true), err)
    err, code = run("search", "--rebuild")
    assert.same({ "", 0 }, { err, code })
    err, code = run("check", "--except", "twin-entity")
    assert.same({ "", 0 }, { err, code })
  end)
end)
