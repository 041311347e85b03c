local dossier = require "dossier"
local helper = require "tests.helper"
local compare = require "compare"
local tell = require "dossier.tell"

local ids = { "log", "map" }

local function base(text)
  local kb = assert(dossier.open())
  assert(kb:load_text([[source log { title: "Log" }.  source map { title: "Map" }.
    relation shut(harbour) once.  relation run_by(harbour, owner) holds key(harbour).
    relation opened(harbour, date) key(harbour).  relation near(a, b).
  ]] .. text))
  return kb
end

local function sorted(kb)
  local list = tell.listed(kb)
  return compare.sort_out(list, ids, compare.tuples(kb, list)), list
end

local function texts(list, places)
  local out = {}
  for i, place in ipairs(places) do out[i] = list[place].fact.text end
  return out
end

describe("compare sort out", function()
  it("puts together what both tell, at whatever precision", function()
    local kb <close> = base [[
      shut(varn) @ 1987 from log.  shut(varn) @ 1987-11 from map.
      near(varn, osk) from log.  near(varn, osk) from map.
    ]]
    local parts, list = sorted(kb)
    assert.same({ "shut(varn) @ 1987-11", "near(varn, osk)" }, texts(list, parts.both))
    assert.same({}, parts.apart)
    assert.same({ log = {}, map = {} }, parts.only)
  end)

  it("puts apart what each tells with another time, or another value of an untimed key",
    function()
      local kb <close> = base [[
        run_by(varn, ida) @ 1970/1980 from log.  run_by(varn, ida) @ 1981/.. from map.
        opened(varn, 1911) from log.  opened(varn, 1911-06-01) from map.
        opened(osk, 1930) from map.
      ]]
      local parts, list = sorted(kb)
      assert.same({ "opened(varn, 1911)", "opened(varn, 1911-06-01)",
                    "run_by(varn, ida) @ 1970/1980", "run_by(varn, ida) @ 1981/.." },
        texts(list, parts.apart))
      assert.same({ "opened(osk, 1930)" }, texts(list, parts.only.map))
      assert.same({}, parts.only.log)
      assert.same({}, parts.both)
    end)

  it("leaves a key with times alone: another owner at another time is no other telling",
    function()
      local kb <close> = base [[
        run_by(varn, ida) @ 1970/1980 from log.  run_by(varn, tern) @ 1981/.. from map.
      ]]
      local parts = sorted(kb)
      assert.same({}, parts.apart)
      assert.equal(1, #parts.only.log)
      assert.equal(1, #parts.only.map)
    end)
end)

describe("compare differing", function()
  local function differing(text)
    local kb <close> = base(text)
    local parts, list = sorted(kb)
    local words = compare.differing(list[parts.both[1]], ids)
    assert.equal(words, compare.differences(list, ids)(parts.both[1]))
    return words
  end

  it("says who is less precise, and who tells in another manner", function()
    assert.equal("log: 1987",
      differing "shut(varn) @ 1987 from log.  shut(varn) @ 1987-11 from map.")
    assert.equal("map: undated, assessed",
      differing "shut(varn) @ 1987 from log.  assessed shut(varn) from map.")
    assert.equal("log: says ida", differing
      "attributed(ida) near(varn, osk) from log.  near(varn, osk) from map.")
  end)

  it("is silent where both tell alike", function()
    assert.is_nil(differing "shut(varn) @ 1987 from log.  shut(varn) @ 1987 from map.")
    assert.is_nil(differing
      "assessed near(varn, osk) from log.  assessed near(varn, osk) from map.")
  end)
end)

describe("compare between", function()
  local function between(text)
    local kb <close> = base(text)
    local out = {}
    for conflict in kb:conflicts() do out[#out + 1] = compare.between(conflict, ids) end
    return out
  end

  it("takes a conflict whose sides are told by different ones of the two", function()
    assert.same({ true }, between "shut(varn) @ 1987 from log.  shut(varn) @ 1988 from map.")
    assert.same({ true }, between "shut(varn) @ 1987-11 from log.  deny shut(varn) from map.")
    assert.same({ true }, between "shut(varn) @ 1987-11 from map.  deny shut(varn) from log.")
  end)

  it("leaves out a source's conflict with itself", function()
    assert.same({ false }, between "shut(varn) @ 1987 from log.  shut(varn) @ 1988 from log.")
    assert.same({ false }, between "shut(varn) @ 1987 from map.  deny shut(varn) from map.")
  end)
end)

describe("compare alike", function()
  it("goes by an entity in the same column of the same relation", function()
    local kb <close> = base [[
      near(varn, osk) from log.  near(osk, tern) from log.  near(lund, brig) from log.
      near(varn, tern) from map.
    ]]
    local parts, list = sorted(kb)
    local like, rest = compare.alike(list, parts.only.log, { parts.only.map })
    assert.same({ "near(osk, tern)", "near(varn, osk)" }, texts(list, like))
    assert.same({ "near(lund, brig)" }, texts(list, rest))
  end)
end)

describe("compare keys first", function()
  it("keeps the order otherwise", function()
    assert.same({ 2, 4, 1, 3 },
      compare.keys_first({ 1, 2, 3, 4 }, function(n) return n % 2 == 0 end))
  end)
end)

describe("compare figures", function()
  it("counts what only one uses in one row", function()
    local kb <close> = base [[
      near(varn, osk) from log.  near(osk, varn) from map.
      shut(varn) @ 1987 from log.  shut(varn) @ 1987 from map.
      calm(osk) from log.  cold(osk) from map.  cold(varn) from map.
    ]]
    local parts, list = sorted(kb)
    assert.same({ { "near/2", 0, 0, 1, 1 }, { "shut/1", 1, 0, 0, 0 },
                  { "of relations that the other does not use", 0, 0, 1, 2 } },
      compare.figures(list, parts, ids))
  end)
end)

describe("compare", function()
  it("takes two different sources, by identifier, title or label", function()
    local folder = helper.folder()
    finally(function() helper.sweep(folder) end)
    helper.write(folder .. "/a.dl", [[
      source log { title: "Ship Log" }.  source map { title: "Map" }.  label(map, "the chart").
      p(a) from log.  p(a) from map.
    ]])
    local path = folder .. "/a.kb"
    helper.dossier { "-b", path, "load", folder .. "/a.dl" }
    local function run(...) return helper.dossier { "-b", path, "compare", ... } end
    local out, err, code, _ = run("ship log", "The Chart")
    assert.equal("", err)
    assert.equal(0, code)
    assert.truthy(out:find("^Compared: log and map\n"))
    out, err, code = run("log", "Ship Log")
    assert.equal("", out)
    assert.equal("dossier: compare takes two sources; both are log\n", err)
    assert.equal(2, code)
    _, err, code = run("log", "mapp")
    assert.truthy(err:find("there is no source \"mapp\"; did you mean \"map\"?", 1, true), err)
    assert.equal(2, code)
    _, err = run("log", "gazette")
    assert.truthy(err:find("there is no source \"gazette\"; there are log, map", 1, true), err)
  end)
end)
