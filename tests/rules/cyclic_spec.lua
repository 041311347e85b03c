-- Cyclic bodies of any shape: what they have for answers, and how many.
local helper = require "tests.helper"
local judges = require "tests.rules.judges"
local naive = require "tests.rules.naive"
local spell = require "tests.rules.spell"

local SEED = tonumber(os.getenv "SEED") or 20261129
local STEPS = tonumber(os.getenv "STEPS") or (helper.sanitized and 15 or 60)
local BUDGET = 400000

-- ---- random bodies ---------------------------------------------------------------------

local SHAPES = {
  { { "e", "A", "B" }, { "e", "B", "C" }, { "e", "A", "C" } },
  { { "e", "A", "B" }, { "e", "B", "C" }, { "e", "C", "D" }, { "e", "D", "A" } },
  -- a cycle of five with a chord
  { { "e", "A", "B" }, { "e", "B", "C" }, { "e", "C", "D" }, { "e", "D", "E" }, { "e", "E", "A" },
    { "e", "A", "C" } },
  -- a diamond; a star of triangles
  { { "e", "A", "B" }, { "e", "A", "C" }, { "e", "B", "D" }, { "e", "C", "D" }, { "e", "B", "C" } },
  { { "e", "A", "B" }, { "e", "B", "C" }, { "e", "A", "C" }, { "e", "A", "D" }, { "e", "D", "E" },
    { "e", "A", "E" } },
  -- ternary atoms that share two variables, and in a cycle
  { { "t", "A", "B", "C" }, { "t", "A", "B", "D" }, { "e", "C", "D" } },
  { { "d", "A", "B", "C" }, { "s", "B", "C", "D" }, { "e", "D", "A" } },
  { { "t", "A", "B", "C" }, { "e", "C", "D" }, { "e", "D", "A" } },
  { { "d", "A", "B", "C" }, { "e", "C", "D" }, { "p", "D", "A" } },
}

local WIDTH = { e = 2, p = 2, t = 3, d = 3, s = 3 }
local NAMES, VARIABLES = { "e", "e", "e", "p", "t", "d", "s" }, { "A", "B", "C", "D", "E" }

--- Atoms over few variables, each with one of those before it.
local function drawn_shape(random)
  local body, n, seen = {}, 2 + random(3), { "A" }
  for i = 1, 2 + random(3) do
    local atom = { NAMES[random(#NAMES)] }
    atom[2] = seen[random(#seen)]
    for c = 2, WIDTH[atom[1]] do
      atom[c + 1] = random(12) == 1 and random(6) or VARIABLES[random(n)]
      if type(atom[c + 1]) == "string" then seen[#seen + 1] = atom[c + 1] end
    end
    body[i] = atom
  end
  return body
end

local function skewed(random, n) return math.max(1, random(n) * random(n) // n) end

--- Goals; in a query all variables begin with its number, as spell.lua wants it.
local function literals(body, prefix)
  local list = {}
  for i, atom in ipairs(body) do
    local copy = { atom[1] }
    for c = 2, #atom do
      copy[c] = naive.is_variable(atom[c]) and (prefix or "") .. atom[c] or atom[c]
    end
    list[i] = { atom = copy }
  end
  return list
end

local function variables(body)
  local list, seen = {}, {}
  for _, atom in ipairs(body) do
    for c = 2, #atom do
      if naive.is_variable(atom[c]) and not seen[atom[c]] then
        seen[atom[c]] = true
        list[#list + 1] = atom[c]
      end
    end
  end
  return list
end

local function new(seed)
  local random = helper.random(seed)
  local nodes, facts = 5 + random(25), {}
  for _ = 1, 30 + random(170) do
    facts[#facts + 1] = { "e", skewed(random, nodes), skewed(random, nodes) }
  end
  for _ = 1, 20 + random(100) do
    facts[#facts + 1] = { "t", skewed(random, nodes), random(nodes), skewed(random, nodes) }
  end
  local body = random(2) == 1 and SHAPES[random(#SHAPES)] or drawn_shape(random)
  local all = variables(body)
  local few = { "few", all[random(#all)], all[random(#all)] }
  return { seed = seed, facts = facts,
    rules = {
      { head = { "p", "X", "Y" }, body = literals { { "e", "X", "Y" } } },
      { head = { "p", "X", "Y" }, body = literals { { "t", "X", "_", "Y" } } },
      -- from two rules; from one whose tuples differ, and whose do not
      { head = { "d", "X", "Y", "Z" }, body = literals { { "t", "X", "Y", "Z" } } },
      { head = { "d", "X", "Y", "Z" }, body = literals { { "e", "X", "Y" }, { "e", "Y", "Z" } } },
      { head = { "s", "X", "Y", "Z" }, body = literals(random(2) == 1
        and { { "t", "Z", "X", "Y" } } or { { "e", "X", "Y" }, { "p", "Z", "_" } }) },
      { head = few, body = literals(body) },
    },
    queries = { literals(body, "Q1_"), literals({ { "few", "X", "Y" } }, "Q2_") } }
end

local function drawn()
  local list, expected, left_out = {}, {}, 0
  for i = 1, STEPS do
    local program = new(SEED * 1000 + i)
    local answers = naive.answers(program, BUDGET)
    if answers then
      list[#list + 1], expected[#list + 1] = program, answers
    else
      left_out = left_out + 1
    end
  end
  assert(left_out < STEPS / 5, left_out .. " take the naive evaluator too long")
  return list, expected
end

local function told(program, why)
  return ("seed %d: %s\n%s"):format(program.seed, why, spell.dossier(program))
end

-- ---- large ones ------------------------------------------------------------------------

--- How many answers a query over edges has.
local function count(edges, query)
  local folder, lines = helper.folder(), {}
  for i, edge in ipairs(edges) do lines[i] = edge[1] .. "\t" .. edge[2] end
  helper.write(folder .. "/e.tsv", table.concat(lines, "\n") .. "\n")
  local out, err = helper.dossier { "query", "?- " .. query .. ".", "--count", "--table",
    "e=" .. folder .. "/e.tsv" }
  helper.sweep(folder)
  return tonumber(out) or err
end

describe("a cyclic body", function()
  it("has the answers that a naive evaluator finds, and counts them alike", function()
    print(("cyclic bodies: SEED=%d STEPS=%d"):format(SEED, STEPS))
    local list, expected = drawn()
    local answers, errors = judges.dossier(list)
    local some = 0
    for i, program in ipairs(list) do
      local why = errors[i] or judges.difference(expected[i], answers[i])
      assert(not why, why and told(program, why))
      if #expected[i][1] > 0 then some = some + 1 end
      local folder = helper.folder()
      helper.write(folder .. "/p.dl", spell.dossier(program))
      local out = helper.dossier { "query", folder .. "/p.dl", "--count" }
      helper.sweep(folder)
      assert(out == ("%d\n%d\n"):format(#expected[i][1], #expected[i][2]), told(program, out))
    end
    assert(some > #list / 3, "few have answers: " .. some)
  end)

  it("is joined right where all are connected", function()
    local edges, n = {}, 13
    for a = 1, n do
      for b = 1, n do if a ~= b then edges[#edges + 1] = { a * 7 % 31, b * 7 % 31 } end end
    end
    assert.equal(n * (n - 1) * (n - 2), count(edges, "e(A, B), e(B, C), e(A, C)"))
    assert.equal(n * (n - 1) * (n - 2) * (n - 3) * (n - 4), count(edges,
      "e(A, B), e(A, C), e(A, D), e(A, E), e(B, C), e(B, D), e(B, E), e(C, D), e(C, E), e(D, E)"))
    -- Closed walks of four: the trace of a matrix to the fourth.
    assert.equal((n - 1) ^ 4 + n - 1, count(edges, "e(A, B), e(B, C), e(C, D), e(D, A)"))
  end)

  it("is joined right where one value has thousands beside it", function()
    local edges, n = {}, 6000
    for i = 1, n do
      edges[#edges + 1] = { 0, i }
      if 2 * i <= n then edges[#edges + 1] = { i, 2 * i } end
      if i % 1000 == 0 then edges[#edges + 1] = { i, 0 } end
    end
    assert.equal(n / 2 + 6, count(edges, "e(X, Y), e(Y, Z), e(X, Z)"))
    assert.equal(3, count(edges, "e(A, 0), e(0, B), e(B, A), e(A, C), e(C, 0)"))
  end)
end)
