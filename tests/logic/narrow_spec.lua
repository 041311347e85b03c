--- Of a large relation that a query reads whole, rows that no atom can match are left out
--- while they are read: the answers are those that it has when all rows were read before.
local dossier = require "dossier"
local helper = require "tests.helper"

local SEED = tonumber(os.getenv "SEED") or 20261127
local STEPS = tonumber(os.getenv "STEPS") or 60

local MANY = 6000 -- facts: more than are read whole without a look

--- @param options? table of the base: its rows lie packed, or are all fresh
--- @param joined? boolean  two entities are one
local function base(random, options, joined)
  local kb = assert(dossier.open(nil, options))
  assert(kb:load_text [[
    relation r(entity, any, any).
    relation happened(entity, entity) occurs.
    source s { title: "S" }.  source t { title: "T" }.
  ]])
  local values = { function() return random(50) end, function() return random(50) + 0.5 end,
    function() return dossier.entity("e" .. random(40)) end, function() return dossier.text("x" .. random(40)) end,
    function() return dossier.time(("20%02d-%02d"):format(random(20), random(12))) end }
  assert(kb:transaction(function(tx)
    for i = 1, MANY do
      local claim = { source = random(2) == 1 and "s" or "t" }
      tx:add("r", { "e" .. random(40), values[random(#values)](), values[random(#values)]() }, claim)
      claim.valid = ({ "20%02d-%02d-%02d", "20%02d-%02d-%02d", "20%02d-%02d-%02d", "20%02d-%02d", "20%02d",
        "20%02d/2021", "20%02d-%02d-%02d~", "20%02d-%02d/..", "../20%02d-%02d-%02d", "200X" })[random(10)]
        :format(random(20), random(12), random(28))
      if i % 9 == 0 then claim.valid = nil end
      tx:add("happened", { "e" .. random(40), "e" .. random(40) }, claim)
    end
    if joined then tx:add("same_as", { "e1", "e2" }, { source = "s" }) end
    return true
  end))
  return kb
end

local function answers(kb, query, parameters)
  local list = {}
  local q = assert(kb:prepare(query))
  local fine, rows = pcall(q.all, q, parameters)
  if not fine then return { rows } end -- a number met a date
  for _, row in ipairs(rows) do
    local words = {}
    for i = 1, #row do words[i] = tostring(row[i]) end
    list[#list + 1] = table.concat(words, " ")
  end
  table.sort(list)
  return list
end

local TESTS = { "before", "after", "meets", "met_by", "overlaps", "overlapped_by", "starts", "started_by", "during",
  "contains", "finishes", "finished_by", "equals", "within", "intersects" }

--- A test of T against a date of any kind.
local function time_test(random)
  local year, month, day = random(20), random(12), random(28)
  local date = ({ "20%02d-%02d", "20%02d-%02d-%02d", "20%02d-%02d-%02d", "20%02d-%02d-%02d/..", "../20%02d-%02d",
    "20%02d-%02d~", "20%02d-%02d/2021-03", "20%02d-XX" })[random(8)]:format(year, month, day)
  local test = TESTS[random(#TESTS)]
  if random(2) == 1 then test = ({ "before", "after", "within" })[random(3)] end
  local possibly = random(3) == 1 and "possibly " or ""
  if random(8) == 1 then return ("T %s 20%02d-%02d-%02d"):format(({ "<", ">", ">=", "=<" })[random(4)], year, month, day) end
  if random(8) == 1 then return ("not T %s %s"):format(test, date) end
  if random(4) == 1 then return possibly .. date .. " " .. test .. " T" end
  return possibly .. "T " .. test .. " " .. date
end

--- A query of which nothing leads to its atoms, with rules so that it is derived.
local function query(random)
  local time = time_test(random)
  if random(4) == 1 then time = time .. ", " .. time_test(random) end
  local value = ({ "Y < 20", "Y >= 10.5", "Y = 7", "Y != e3", "30 > Y", 'Y = "x5"', "Y =:= 12", "Y =< 9, Y > 3",
    "12.5 < Y" })[random(9)]
  local column = ({ "7", "7.5", "e5", "e2", '"x7"', "2007-03" })[random(6)]
  return ({
    ("h(A, B, T) :- happened(A, B) @ T, %s. ?- h(A, B, T)."):format(time),
    ("n(N) :- N = count{ A, T : happened(A, _) @ T, %s }. ?- n(N)."):format(time),
    ("h(X, Z) :- r(X, Y, Z), %s. ?- h(X, Z)."):format(value),
    ("h(X, Y) :- r(X, Y, %s). ?- h(X, Y)."):format(column),
    ("h(X) :- r(X, Y, %s), not r(X, Y, %s), r(X, Y, Z), %s. ?- h(X)."):format(column, "e7", "Z != e5"),
    ("h(X) :- r(X, _, %s). h(X) :- r(_, X, %s). h(X) :- happened(X, _) @ T, %s. ?- h(X)."):format(column, "e9", time),
    ("h(X, T) :- happened(X, e4) @ T, %s, not happened(X, _) @ T. ?- h(X, T)."):format(time),
    ("h(A, T) :- happened(A, _) @ T, %s. h(A, T) :- happened(_, A) @ T, %s. ?- h(A, T)."):format(time, time_test(random)),
    ("h(A, S) :- happened(A, _) @ T from S, %s. ?- h(A, S)."):format(time),
    ("h(X, Z) :- r(X, Y, Z), %s. h(X, Z) :- r(X, %s, Z). ?- h(X, Z)."):format(value, column),
  })[random(10)]
end

--- A query without rules, of the same.
local function plain_query(random)
  local time = time_test(random)
  local value = ({ "Y < 20", "Y >= 10.5", "Y = 7", "Y != e3", "30 > Y", "Y =:= 12", "Y =< 9, Z < 10" })[random(7)]
  local column = ({ "7", "7.5", "e5", "e2", '"x7"', "2007-03" })[random(6)]
  return ({
    ("happened(A, B) @ T, %s"):format(time),
    ("happened(A, B) @ T from S, %s, %s"):format(time, time_test(random)),
    ("happened(A, A) @ T, %s"):format(time),
    ("happened(A, B) @ 20%02d-%02d, r(A, X, B)"):format(random(20), random(12)),
    ("r(X, Y, Z), %s"):format(value),
    ("r(X, Y, %s), not r(X, Y, e7)"):format(column),
    ("happened(e%d, B) @ T, %s"):format(random(40), time),
    ("happened(A, B) @ T, %s limit 3"):format(time),
    ("r(X, %s, Z), happened(X, B) @ T, %s, r(B, Y, %s)"):format(column, time, column),
  })[random(9)]
end

--- All rows, once and for all: nothing is left to narrow.
local function read_whole(kb)
  answers(kb, "all(A, B, T) :- happened(A, B) @ T. ?- all(A, B, T).")
  answers(kb, "all(A, B) :- happened(A, B). ?- all(A, B).")
  answers(kb, "all(A, B, C) :- r(A, B, C). ?- all(A, B, C).")
end

--- A filter for a view, or none.
local function filter(random)
  return ({ false, false, { sources = { "s" } }, { as_of = "2010-06-01" }, { as_of = "2010", possible = true },
    { settled = true }, { since = "2008", fold = true } })[random(7)]
end

describe("a large relation of which a query can use some rows", function()
  it("gives the answers that it has when all rows are read (SEED=" .. SEED .. ")", function()
    local random = helper.random(SEED)
    local some = 0
    for round, options in ipairs { {}, { merge_bound = 300 }, { merge_bound = 60, block_bytes = 700 }, {} } do
      local joined = round == 4
      local fresh = base(helper.random(SEED + round), options, joined)
      local read = base(helper.random(SEED + round), options, joined)
      for step = 1, STEPS // 4 do
        local given = filter(random)
        local a, b = given and fresh:view(given) or fresh, given and read:view(given) or read
        read_whole(b)
        for _ = 1, 2 do
          local asked = query(random)
          local wanted = answers(b, asked)
          assert.are.same(wanted, answers(a, asked), asked)
          some = some + #wanted
        end
        if step % 4 == 0 then -- another generation: it is read anew
          for _, kb in ipairs { fresh, read } do
            assert(kb:transaction(function(tx) tx:add("r", { "e1", step, step }, { source = "s" }) return true end))
          end
        end
      end
    end
    assert.is_true(some > 0)
  end)

  it("gives them to a query without rules, too, wherever its rows lie", function()
    local random = helper.random(SEED + 9)
    local some = 0
    for round, options in ipairs { {}, { merge_bound = 500, block_bytes = 700 }, {} } do
      local packed = base(helper.random(SEED + round), options, round == 3)
      local fresh = base(helper.random(SEED + round), { merge_bound = 1000000 }, round == 3)
      for _ = 1, STEPS // 2 do
        local given, asked = filter(random), plain_query(random)
        local a, b = given and packed:view(given) or packed, given and fresh:view(given) or fresh
        local wanted = answers(b, asked)
        assert.are.same(wanted, answers(a, asked), asked)
        some = some + #wanted
      end
    end
    assert.is_true(some > 0)
  end)

  it("is read anew for each value of a parameter", function()
    local kb = base(helper.random(SEED + 2))
    local q = assert(kb:prepare "N = count{ A, B, T : happened(A, B) @ T, T before $day }")
    local last = -1
    for year = 2001, 2021, 4 do
      local n = q:first { day = dossier.time(tostring(year)) }
      assert.is_true(n > last, year .. ": " .. n)
      last = n
    end
  end)

  it("is read whole when queries keep asking for what an index finds", function()
    local kb = base(helper.random(SEED + 3))
    local function n(i)
      return #answers(kb, ("h(X, Y) :- r(X, Y, %d). ?- h(X, Y)."):format(i))
    end
    local sum = 0
    for i = 1, 50 do sum = sum + n(i) end
    local all = #answers(kb, "h(X, Y, Z) :- r(X, Y, Z), Z >= 1, Z =< 50, Z =:= Z. ?- h(X, Y, Z).")
    assert.is_true(sum > 0 and sum <= all)
    assert.are.equal(sum, (function()
      local again = 0
      for i = 50, 1, -1 do again = again + n(i) end
      return again
    end)())
  end)
end)
