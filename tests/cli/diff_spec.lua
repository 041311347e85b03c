--- dossier diff: what differs between bases, files, transactions and days.
local dossier = require "dossier"
local helper = require "tests.helper"

local function run(...) return helper.dossier { ... } end

local head = [[
relation joined(entity, entity) once.
source article { title: "Article" }.
source record { title: "Record" }.
]]

describe("diff", function()
  local folder, a, b
  before_each(function()
    folder = helper.folder()
    a, b = folder .. "/a.dl", folder .. "/b.dl"
  end)
  after_each(function() helper.sweep(folder) end)

  local function diff(left, right, ...)
    helper.write(a, head .. left)
    helper.write(b, head .. right)
    return run("diff", a, b, ...)
  end

  it("finds nothing where contents are the same, however they came", function()
    local out, err, code = diff("joined(x, y) @ 1994 from article. joined(z, y) from record.",
      "joined(z, y) from record. from article { joined(x, y) @ 1994. }")
    assert.equal("0 added, 0 dropped, 0 changed\n", out .. err)
    assert.equal(0, code)
  end)

  it("tells of claims, changed ones with what they were", function()
    local out, err, code = diff(
      'joined(x, y) @ 1994 from article "1". joined(z, y) from record. joined(q, y).',
      'joined(x, y) @ 1994 from article "2". joined(w, y) from record. joined(q, y).')
    assert.equal(table.concat({
      "+ joined(w, y) from record.",
      '~ joined(x, y) @ 1994 from article "2".  % joined(x, y) @ 1994 from article "1".',
      "- joined(z, y) from record.",
      "1 added, 1 dropped, 1 changed\n" }, "\n"), out .. err)
    assert.equal(1, code)
  end)

  it("tells of declarations, sources, verdicts, prefixes and rules", function()
    local out = diff("relation p(entity). old(X) :- joined(X, _). joined(x, y) from record.",
      "relation p(entity) occurs. source late { date: 2001 }. prefix ex: <http://ex.org/>. "
      .. "new(X) :- joined(X, _). joined(x, y) from record. "
      .. 'deprecate joined(x, y) because "no" by article.')
    for _, line in ipairs { "~ relation p(entity) occurs.  % relation p(entity).",
      "+ source late { date: 2001 }.", "+ prefix ex: <http://ex.org/>.",
      "+ new(X) :- joined(X, _).", "- old(X) :- joined(X, _).",
      '+ deprecate joined(x, y) because "no" by article.' } do
      assert.truthy(("\n" .. out):find("\n" .. line .. "\n", 1, true), line .. " in\n" .. out)
    end
  end)

  it("takes a rule that is laid out otherwise for the same", function()
    local out = diff("new(X) :- joined(X, _).", "new( X ) :-\n  joined(X,_).")
    assert.equal("0 added, 0 dropped, 0 changed\n", out)
  end)

  it("gives JSON, CSV, and a summary alone", function()
    local left, right = 'joined(x, y) from article "1".',
      'joined(x, y) from article "2". joined(w, y) from record.'
    assert.equal('{"change": "added", "kind": "claim", "text": "joined(w, y) from record."}\n'
      .. '{"change": "changed", "kind": "claim", "text": "joined(x, y) from article \\"2\\".", '
      .. '"before": "joined(x, y) from article \\"1\\"."}\n',
      (diff(left, right, "--format", "json")))
    assert.equal('change,kind,text,before\r\nadded,claim,"joined(w, y) from record.",\r\n'
      .. 'changed,claim,"joined(x, y) from article ""2"".","joined(x, y) from article ""1""."\r\n',
      (diff(left, right, "--format", "csv")))
    assert.equal("1 added, 0 dropped, 1 changed\n", (diff(left, right, "--summary")))
    local _, err, code = diff(left, right, "--format", "xml")
    assert.equal(2, code)
    assert.equal('dossier: no format "xml"; there are text, json and csv\n', err)
  end)

  it("compares transactions and days of a base, seen through a view", function()
    local base = folder .. "/t.kb"
    helper.write(a, head .. "joined(x, y) @ 1994 from article. joined(z, y) @ 2004 from record.")
    run("-b", base, "load", a)
    run("-b", base, "add", "joined(w, y) @ 2000", "--source", "record")
    run("-b", base, "retract", "joined(z, y) @ 2004")
    local out, err, code = run("-b", base, "diff", "#1", "#3")
    assert.equal("+ joined(w, y) @ 2000 from record.\n- joined(z, y) @ 2004 from record.\n"
      .. "1 added, 1 dropped, 0 changed\n", out .. err)
    assert.equal(1, code)
    out = run("-b", base, "diff", "1990", "1997")
    assert.equal("+ joined(x, y) @ 1994 from article.\n1 added, 0 dropped, 0 changed\n", out)
    out, err, code = run("-b", base, "--source", "article", "diff", "#1", "#3")
    assert.equal("0 added, 0 dropped, 0 changed\n", out .. err)
    assert.equal(0, code)
    out, err, code = run("diff", base, a)
    assert.equal(1, code, out .. err)
  end)

  it("refuses what it cannot compare", function()
    local _, err, code = run("diff", a)
    assert.equal(2, code)
    assert.truthy(err:find("two things can be compared", 1, true), err)
    _, err, code = run("diff", "#1", "#2")
    assert.equal(2, code)
    assert.truthy(err:find("#1 is a state of which base? say -b BASE", 1, true), err)
    _, err, code = run("diff", folder .. "/none.kb", folder .. "/none.kb")
    assert.equal(2, code)
    assert.truthy(err:find("there is no such file", 1, true), err)
    run("-b", folder .. "/y.kb", "load", helper.write(folder .. "/x.dl", "p(a)."))
    _, err, code = run("-b", folder .. "/y.kb", "diff", "#1", "#x")
    assert.equal(2, code)
    assert.truthy(err:find("#x", 1, true), err)
  end)
end)

describe("diff, against sets of lines", function()
  local seed = tonumber(os.getenv "SEED") or 20261127
  local steps = tonumber(os.getenv "STEPS") or 12

  --- Some claims, as text by what tells them apart and then by their places.
  local function some(random)
    local by = {}
    for _ = 1, random(60) do
      local key = ("r%d(e%d, e%d)%s from s%d"):format(random(2), random(4), random(4),
        random(3) == 1 and " @ " .. 1990 + random(3) or "", random(2))
      by[key] = by[key] or {}
      by[key][('%s "%d".'):format(key, random(2))] = true
    end
    return by
  end

  local function write(path, by)
    local lines = { "relation r1(entity, entity).", "relation r2(entity, entity).",
                    "source s1 {}.", "source s2 {}." }
    for _, texts in pairs(by) do
      for text in pairs(texts) do lines[#lines + 1] = text end
    end
    return helper.write(path, table.concat(lines, "\n"))
  end

  --- Those of `one` that `other` does not have, in order.
  local function without(one, other)
    local out = {}
    for text in pairs(one or {}) do
      if not (other or {})[text] then out[#out + 1] = text end
    end
    table.sort(out)
    return out
  end

  local function expect(a, b)
    local lines, keys = {}, {}
    for key in pairs(a) do keys[key] = true end
    for key in pairs(b) do keys[key] = true end
    for key in pairs(keys) do
      local gone, come = without(a[key], b[key]), without(b[key], a[key])
      for i = 1, math.max(#gone, #come) do
        lines[#lines + 1] = gone[i] and come[i] and "~ " .. come[i] .. "  % " .. gone[i]
          or gone[i] and "- " .. gone[i] or "+ " .. come[i]
      end
    end
    table.sort(lines)
    return lines
  end

  it("tells the same as a look at every claim (SEED=" .. seed .. ")", function()
    for round = 1, steps do
      local random = helper.random(seed + round)
      local folder = helper.folder()
      local a, b = some(random), some(random)
      for key, texts in pairs(a) do if random(2) == 1 then b[key] = texts end end
      local kb = assert(dossier.open(folder .. "/b.kb"))
      assert(kb:load(write(folder .. "/b.dl", b)))
      kb:close()
      local out, err = run("diff", write(folder .. "/a.dl", a), folder .. "/b.kb")
      local lines = {}
      for line in out:gmatch "[^\n]+" do lines[#lines + 1] = line end
      table.remove(lines)
      table.sort(lines)
      assert.same(expect(a, b), lines, "round " .. round .. err)
      helper.sweep(folder)
    end
  end)
end)
