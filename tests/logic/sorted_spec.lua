-- How the answers to queries are told: order by, limit, offset.

local dossier = require "dossier"
local helper = require "tests.helper"

local function base(text)
  local kb = assert(dossier.open())
  assert(kb:load_text(text))
  return kb
end

--- The answers, each a list of values.
local function answers(kb, query, parameters)
  local list = {}
  local q <close> = type(query) == "string" and assert(kb:prepare(query)) or nil
  local step = (q or query):rows(parameters)
  while true do
    local row = table.pack(step())
    if row[1] == nil then return list end
    list[#list + 1] = row
  end
end

local function rows(kb, query, parameters)
  local list = answers(kb, query, parameters)
  for i, row in ipairs(list) do
    for k, value in ipairs(row) do row[k] = tostring(value) end
    list[i] = table.concat(row, " ")
  end
  return list
end

local function has(part, text)
  assert(text:find(part, 1, true), ("%q is not in:\n%s"):format(part, text))
end

local function refusal(kb, query)
  local q, message, code = kb:prepare(query)
  assert(q == nil, query)
  return message, code
end

local joined = "joined(a, p) @ 1994. joined(b, p) @ 1991. joined(c, p) @ 1994. joined(d, q) @ 1999."

describe("answers", function()
  it("are in order of a variable's values, ties by the other columns", function()
    local kb <close> = base(joined)
    assert.same({ "b p 1991", "a p 1994", "c p 1994", "d q 1999" },
      rows(kb, "joined(X, P) @ T order by T"))
    assert.same({ "d q 1999", "a p 1994", "c p 1994", "b p 1991" },
      rows(kb, "joined(X, P) @ T order by T desc"))
    assert.same({ "d q 1999", "c p 1994", "a p 1994", "b p 1991" },
      rows(kb, "?- joined(X, P) @ T order by T desc, X desc."))
  end)

  it("of many sorts have one order", function()
    local kb <close> = base 'n(1). n(10). n(2). n(2.5). n("x"). n(abc). n(true). n(-3). n("x"@en).'
    assert.same({ "true", "-3", "1", "2", "2.5", "10", "abc", "x", "x" },
      rows(kb, "n(X) order by X"))
  end)

  it("are as many as the limit, from the offset on", function()
    local kb <close> = base(joined)
    assert.same({ "b", "c" }, rows(kb, "joined(X, _) order by X limit 2 offset 1"))
    assert.same({ "d" }, rows(kb, "joined(X, _) order by X offset 3"))
    assert.same({}, rows(kb, "joined(X, _) order by X offset 9"))
    assert.same({}, rows(kb, "joined(X, _) order by X limit 0"))
    assert.equal(2, #rows(kb, "joined(X, _) limit 2"))
    assert.equal(1, #rows(kb, "joined(X, _) limit 2 offset 3"))
    assert.equal(1, #rows(kb, "joined(a, _) limit 1"))
    assert.equal(0, #rows(kb, "joined(a, _) limit 0"))
    assert.equal(0, #rows(kb, "joined(a, _) offset 1"))
  end)

  it("are the first in value order where a limit has no order, however they are found", function()
    local lines = {}
    for i = 60, 1, -1 do -- entities that are met in the opposite of their order
      lines[#lines + 1] = ("rel(n%02d, m%02d)."):format(i, 60 - i)
    end
    lines[#lines + 1] = "small(n60). small(n59). small(n07). mirror(X, Y) :- rel(Y, X)."
    local kb <close> = base(table.concat(lines, "\n"))
    assert.same({ "n01", "n02", "n03" }, rows(kb, "rel(X, _) limit 3"))
    assert.same({ "n03", "n04" }, rows(kb, "rel(X, _) limit 2 offset 2"))
    assert.same({ "n60" }, rows(kb, "rel(X, _) offset 59"))
    assert.same({ "m00", "m01" }, rows(kb, "rel(_, Y) limit 2"))
    assert.same(rows(kb, "mirror(_, X) limit 3"), rows(kb, "rel(X, _) limit 3"))
    -- the small relation is gone through first
    assert.same({ "n07" }, rows(kb, "rel(X, _), small(X) limit 1"))
    assert.same({ "m00 n60" }, rows(kb, "rel(_, Y), rel(X, Y), small(X) limit 1"))
    assert.equal(3, assert(kb:prepare "rel(X, _), small(X) limit 5"):count())
    assert.equal(2, assert(kb:prepare "rel(X, _) limit 2"):count())
    assert.equal(1, assert(kb:prepare "rel(X, _) offset 59"):count())
  end)

  it("are few in memory where few of many are told, and the same ones", function()
    local lines = {}
    for i = 1, 30000 do lines[i] = ("r(%d, k%d)."):format(i * 7919 % 30011, i % 3) end
    local kb <close> = base(table.concat(lines, "\n"))
    local all = rows(kb, "r(X, _) order by X")
    assert.same(table.move(all, 1, 5, 1, {}), rows(kb, "r(X, _) limit 5"))
    assert.same(table.move(all, 9001, 9005, 1, {}), rows(kb, "r(X, _) limit 5 offset 9000"))
    assert.same({ all[30000], all[29999] }, rows(kb, "r(X, _) order by X desc limit 2"))
    assert.same({ "k0" }, rows(kb, "r(_, K) limit 1"))
    assert.same({ "k1", "k2" }, rows(kb, "r(_, K) limit 7 offset 1"))
  end)

  it("count what parameters tell, anew at each run", function()
    local kb <close> = base(joined)
    local q <close> = assert(kb:prepare "joined(X, _) order by X limit $n offset $from")
    for _, case in ipairs { { 1, 0, "a" }, { 2, 2, "cd" }, { 9, 3, "d" }, { 0, 0, "" } } do
      local told = ""
      for x in q:rows { n = case[1], from = case[2] } do told = told .. tostring(x) end
      assert.equal(case[3], told)
    end
    local ok, message = pcall(answers, kb, q, { n = -1, from = 0 })
    assert(not ok)
    has("$n is a number of answers, and is 0 or more", tostring(message))
  end)

  it("stay as they were when the base changes under them, or rolls back", function()
    local kb <close> = base(joined)
    local seen = {}
    for x in kb:query "joined(X, _) order by X desc limit 3" do
      seen[#seen + 1] = tostring(x)
      assert(kb:load_text("joined(z" .. #seen .. ", p)."))
    end
    assert.same({ "d", "c", "b" }, seen)
    local step
    pcall(kb.transaction, kb, function(tx)
      tx:add("joined", { dossier.entity "zz", dossier.entity "p" })
      step = kb:query "joined(X, _) order by X desc"
      assert.equal("zz", tostring(step()))
      error "no"
    end)
  end)

  it("are ordered by variables of the conditions that have a column", function()
    local kb <close> = base(joined)
    for query, place in pairs {
      ["joined(X, _) order by Y"] = "1:23: answers are ordered by variables that stand",
      ["joined(X, _T) order by _T"] = '1:24: answers have no column for a variable that begins',
      ["joined(X, _) order by _"] = "1:23: answers have no column",
      ["joined(X, _) order by x"] = '1:23: expected a variable after "order by"',
      ["joined(X, _) limit -1"] = "1:20: a limit is how many answers",
      ["joined(X, _) limit 1.5"] = "1:20: a limit is how many answers",
      ["joined(X, _) offset -1"] = "1:21: an offset is how many answers",
      ["joined(X, _) limit many"] = '1:20: expected a number after "limit"',
      ["joined(X, _) limit 99999999999999999999"] = "1:20: a limit is",
      ["joined(X, _) limit 1 order by X"] = "1:22: expected",
    } do
      local message, code = refusal(kb, query)
      assert.equal("syntax", code, query)
      has(place, message)
      has("^", message)
    end
    assert(not kb:load_text "q(X) :- joined(X, _) order by X.")
  end)

  it("may be of relations and entities that are called like the words", function()
    local kb <close> = base "limit(order). order(limit). offset. by(desc). p(limit)."
    assert.same({ "order" }, rows(kb, "limit(X) limit 1"))
    assert.same({ "limit" }, rows(kb, "order(X), p(X), offset order by X limit 1"))
    assert.same({ "limit" }, rows(kb, "p(X), X = limit order by X desc"))
    assert.equal(1, #answers(kb, "offset limit 1"))
    assert.same({ "desc" }, rows(kb, "by(X) offset 0"))
  end)

  it("agree with a naive sort, whatever the keys, limit and offset", function()
    local seed = tonumber(os.getenv "SEED") or os.time()
    local random = helper.random(seed)
    local facts = {}
    for i = 1, 400 do
      facts[i] = ("r(%s, %d, %d)."):format(("e%02d"):format(random(30)), random(9), i)
    end
    local kb <close> = base(table.concat(facts, "\n"))
    local all = {}
    for a, b, c in kb:query "r(A, B, C)" do all[#all + 1] = { tostring(a), b, c } end
    for _ = 1, 60 do
      local keys, written = {}, {}
      for i = 1, random(3) do
        keys[i] = { random(3), random(2) == 1 }
        written[i] = ("ABC"):sub(keys[i][1], keys[i][1]) .. (keys[i][2] and " desc" or "")
      end
      for column = 1, 3 do keys[#keys + 1] = { column, false } end
      table.sort(all, function(x, y)
        for _, key in ipairs(keys) do
          local a, b = x[key[1]], y[key[1]]
          if a ~= b then return (a < b) ~= key[2] end
        end
        return false
      end)
      local limit, offset = random(450) - 1, random(20) - 1
      if random(2) == 1 then limit = random(5) end
      local due = {}
      for i = offset + 1, math.min(#all, offset + limit) do
        due[#due + 1] = table.concat(all[i], " ")
      end
      local query = ("r(A, B, C) order by %s limit %d offset %d"):format(
        table.concat(written, ", "), limit, offset)
      assert.same(due, rows(kb, query), query .. "  SEED=" .. seed)
    end
  end)
end)

describe("the layout of a query", function()
  it("keeps what is said of its answers together, on a line of its own where it is broken",
    function()
      local long = "joined(Xxxxxxxxxxxxxxxxxxxxxxxx, Pppppppppppppppp) @ T"
      local text = ("?- %s,T before 2000,%s  order   by T desc,T limit 10   offset $n."):format(
        long, long)
      local out = helper.dossier({ "format", "-" }, text)
      assert.equal(("?- %s,\n  T before 2000,\n  %s\n  order by T desc, T limit 10 offset $n.\n")
        :format(long, long), out)
    end)
end)
