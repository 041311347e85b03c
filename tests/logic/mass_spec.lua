--- Texts with thousands of facts, which are put in bulk: they come to what they would come to
--- one by one.

local dossier = require "dossier"
local helper = require "tests.helper"
local ask = require "tests.logic.ask"

local base, rows, refusal, has = ask.base, ask.rows, ask.refusal, ask.has

local seed = tonumber(os.getenv "SEED") or 20261127
local steps = tonumber(os.getenv "STEPS") or 6
local many = 5000

--- `n` facts of a relation, numbered from `from`.
local function facts(n, name, from)
  local lines = {}
  for i = 1, n do
    local k = (from or 0) + i
    lines[i] = ("%s(a%d, b%d) @ %d."):format(name or "p", k % 701, k, 1900 + k % 97)
  end
  return table.concat(lines, "\n")
end

local function count(kb, atom) return #rows(kb, atom) end

describe("many facts in a row", function()
  it("are declared by what stands behind them", function()
    local kb = base(facts(many) .. "\nrelation p(entity, entity) once.\nrelation q(x).")
    assert.equal(many, count(kb, "p(X, Y)"))
    local message = refusal(base(), facts(many) .. "\nrelation p(entity, date).")
    has("bad.dl:1:7: column 2 of p/2 (date) takes a date; came the entity b1", message)
    has("and 4990 more errors", message)
  end)

  it("may have an error at their end, told at its place, and nothing is kept", function()
    local kb = base "relation p(entity, entity)."
    local before = kb:export()
    local message = refusal(kb, facts(many) .. "\n  p(a, 7).\np(b, c) from nobody.\np(X, a2).")
    has("bad.dl:5001:8: column 2 of p/2 (entity) takes an entity; came the number 7", message)
    has("bad.dl:5002:14: no source called \"nobody\"", message)
    has("bad.dl:5003:3: facts hold no variables", message)
    has("\n    p(a, 7).\n         ^", message)
    assert.equal(before, kb:export())
    has("bad.dl:5001:7: expected", (refusal(kb, facts(many) .. "\np( @ 1.\n")))
    assert.equal(before, kb:export())
  end)

  it("leave the base as it was, at once, where a load of them fails behind another", function()
    local kb = base(facts(many))
    refusal(kb, facts(many) .. " relation q(entity). q(5).")
    assert.equal(many, count(kb, "p(X, Y)"))
  end)

  it("count in every file of one load, with one error for all", function()
    local folder = helper.folder()
    local a = helper.write(folder .. "/a.dl", "from s {\n" .. facts(many) .. "\n}")
    local b = helper.write(folder .. "/b.dl", facts(many, "q"))
    local c = helper.write(folder .. "/c.dl", 'source s { title: "S" }. retract p(a1, b1) @ 1901 from s.')
    local d = helper.write(folder .. "/d.dl", "q(a, ")
    local kb = base()
    assert.is_nil((kb:load { a, b, c, d }))
    assert.equal(0, #kb:export())
    assert(kb:load { a, b, c })
    assert.equal(many - 1, count(kb, "p(X, Y) from s"))
    assert.equal(many, count(kb, "q(X, Y)"))
    helper.sweep(folder)
  end)

  it("are found by what stands behind them: retractions, verdicts, sources, prefixes", function()
    local kb = base(("source s. source t.\nfrom s {\n%s\nretract p(a1, b1) @ 1901.\n%s\n}\n%s"):format(
      facts(many), facts(many, "p", many), [[
      deprecate p(a2, b2) @ 1902 from s because "wrong" by t.
      prefix("ex", "http://x/"). p(ex:a, ex:b). source(u). p(c, d) from u "1".
      derived_from(s, t).]]))
    assert.equal(2 * many - 1, count(kb, "p(X, Y) from s"))
    assert.same({}, rows(kb:view { settled = true }, "p(a2, b2)"))
    assert.same({ "d" }, rows(kb, "p(c, X) from u"))
    assert.equal(1, count(kb, "p(<http://x/a>, X)"))
  end)

  it("are held once where they stand twice", function()
    local text = "source s. from s {" .. facts(many) .. "}"
    local once, twice = base(text), base(text .. " from s {" .. facts(many) .. "}")
    assert.equal(once:export(), twice:export())
    assert(twice:load_text(text))
    assert.equal(once:export(), twice:export())
  end)

  it("are remembered as what a file makes", function()
    local folder = helper.folder()
    local path = folder .. "/a.dl"
    local kb = assert(dossier.open(folder .. "/a.kb"))
    helper.write(path, facts(many))
    assert(kb:load(path))
    helper.write(path, facts(many, "p", 1000))
    assert(kb:load(path, { replace = true }))
    assert.equal(many, count(kb, "p(X, Y)"))
    assert.equal(0, count(kb, "p(X, b1)"))
    kb:close()
    helper.sweep(folder)
  end)

  it("replay a history", function()
    local folder = helper.folder()
    local old = assert(dossier.open(folder .. "/old.kb"))
    assert(old:load_text("source s. from s {" .. facts(many) .. "}"))
    assert(old:load_text(facts(many, "p", 2000)))
    assert(old:load_text "retract p(a1, b1) @ 1901 from s. label(a2, \"two\").")
    assert(old:load_text(facts(many, "q", 7)))
    local history = old:export { history = true }
    local new = base(history)
    assert.equal(history, new:export { history = true })
    assert.equal(old:export(), new:export())
    old:close()
    helper.sweep(folder)
  end)
end)

describe("a text of many facts", function()
  local parts = { "", "", "", "", ' from s "%d"', " from t", ' from s grade b2', ' from t "x" quote "said %d"' }

  --- Clauses at random: facts for the most part.
  local function clause(random, i)
    local relation, object = random(3), "n" .. random(400)
    if relation == 1 and random(3) == 1 then object = ('"text %d"@en'):format(random(300)) end
    local fact = ("r%d(n%d, %s)"):format(relation, random(400), object)
    if random(3) == 1 then fact = fact .. " @ " .. (1990 + random(20)) end
    local seldom, kind = random(8000), random(1200) -- rows of facts are to be long
    if seldom == 1 then return "retract " .. fact .. "." end
    if kind == 2 then return ("deny %s from s."):format(fact) end
    if kind == 3 then return ("source u%d { title: \"U\" }. derived_from(u%d, s)."):format(i, i) end
    if kind == 4 then return ("assessed %s from t."):format(fact) end
    if kind == 5 then return ("r1(%d..%d, a)."):format(i, i + 3) end
    if seldom == 2 then return ("prefer r1(only, %d). "):format(i):gsub("prefer (.-)%. ",
      "%1. prefer %1 because \"so\" by s.") end
    return fact .. parts[random(#parts)]:gsub("%%d", tostring(random(50))) .. "."
  end

  it("comes to what its clauses come to one by one", function()
    print(("texts of many facts: SEED=%d STEPS=%d"):format(seed, steps))
    local random = helper.random(seed)
    for step = 1, steps do
      local clauses = {}
      for i = 1, 12000 do clauses[i] = clause(random, i) end
      local head = "source s. source t. relation r2(a, b) symmetric. relation r3(a, b) inverse r4. relation r4(b, a).\n"
      local whole = assert(dossier.open(nil, { now = "2026-01-01T00:00:00Z" }))
      local single = assert(dossier.open(nil, { now = "2026-01-01T00:00:00Z" }))
      for _, kb in ipairs { whole, single } do assert(kb:load_text(head)) end
      assert(whole:load_text(table.concat(clauses, "\n")))
      single:transaction(function()
        for i = 1, #clauses, 1000 do
          assert(single:load_text(table.concat(clauses, "\n", i, math.min(i + 999, #clauses))))
        end
      end)
      assert.equal(single:export { history = true }, whole:export { history = true }, "step " .. step)
      assert.equal(single:verify(), whole:verify())
    end
  end)
end)
