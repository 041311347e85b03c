-- Asking for one entity touches what that entity needs: by counts of tuples that rules make
-- and of facts that are read, in a graph of components of ten nodes.
local helper = require "tests.helper"

local SEED = tonumber(os.getenv "SEED") or 20261129
local STEPS = tonumber(os.getenv "STEPS") or (helper.sanitized and 10 or 40)
local NODES = os.getenv "TORTURE" == "1" and 1000000 or 20000
local HUB = 5000 -- more edges lead to the hub than a relation needs to be large

local RULES = [[
source atlas { title: "Atlas" }.  source hearsay { title: "Hearsay" }.
reach(X, Y) :- edge(X, Y).
reach(X, Z) :- reach(X, Y), edge(Y, Z).
right(X, Y) :- edge(X, Y).
right(X, Z) :- edge(X, Y), right(Y, Z).
square(X, Y) :- edge(X, Y).
square(X, Z) :- square(X, Y), square(Y, Z).
cousin(X, Y) :- edge(X, P), edge(Y, P).
cousin(X, Y) :- edge(X, P), cousin(P, Q), edge(Y, Q).
odd(X, Y) :- edge(X, Y).
odd(X, Z) :- even(X, Y), edge(Y, Z).
even(X, Z) :- odd(X, Y), edge(Y, Z).
linked(X, Y) :- edge(X, Y).
linked(X, Y) :- edge(Y, X).
joined(X, Y) :- linked(X, Y).
joined(X, Z) :- joined(X, Y), linked(Y, Z).
degree(X, N) :- edge(X, _), N = count{ Y : edge(X, Y) }.
size(X, N) :- edge(X, _), N = count{ Y : reach(X, Y) }.
apart(X, Y) :- edge(X, _), edge(Y, _), not reach(X, Y).
far(X, Y, N) :- edge(X, Y), N = 1.
far(X, Z, N) :- N = min{ D + 1 : far(X, Y, D), edge(Y, Z) }.
two(X, Z) :- edge(X, Y), edge(Y, Z).
final(X) :- edge(_, X), not edge(X, _).
safe(X) :- edge(X, Y), not final(Y).
near(X, Y) :- kin(X, Y).
told(X, Y) :- edge(X, Y) from atlas.
unsaid(X, Y) :- deny edge(X, Y).
since(X, T) :- seen(X, _) @ T, T before 2000.
third(X, Y) :- post(X, Y, r3), X != Y.
]]

--- The edges of all components, each a ring: n1 -> n2 -> ... -> n10 -> n1.
local function each_edge(nodes, found)
  for first = 1, nodes, 10 do
    for i = 0, 9 do found("n" .. first + i, "n" .. first + (i + 1) % 10) end
  end
end

local folder

--- A base of such a graph; kinship is symmetric, and a case of it has a name of its own.
local function make_base(nodes)
  local lines = { RULES, "relation edge(entity, entity).",
    "relation kin(entity, entity) symmetric.",
    "relation brother(entity, entity) is kin(1, 2).",
    "relation seen(entity, entity) occurs.", "relation post(entity, entity, entity).",
    "from atlas {" }
  each_edge(nodes, function(a, b) lines[#lines + 1] = ("edge(%s, %s)."):format(a, b) end)
  lines[#lines + 1] = "}"
  for i = 1, HUB do
    lines[#lines + 1] = ("kin(k%d, k%d). brother(b%d, k%d)."):format(i, i + 1, i, i)
    lines[#lines + 1] = ("post(p%d, q%d, r%d)."):format(i, i % 1000, i % 9)
    lines[#lines + 1] = ("seen(s%d, hub) @ %d."):format(i, 1900 + i % 200)
  end
  lines[#lines + 1] = [[
edge(n1, m1) from hearsay.  edge(m1, n1) from hearsay.
deny edge(n3, n4) from hearsay.  deny edge(x1, x2) from hearsay.
same_as(n15, other15).  edge(other15, m15) from hearsay.
]]
  helper.write(folder .. "/graph.dl", table.concat(lines, "\n"))
  local out, err, code = helper.dossier { "-b", folder .. "/graph.kb", "load", folder .. "/graph.dl" }
  assert.equal(0, code, out .. err)
end

--- What the host says of each command: numbers by name.
---@param commands string[]
---@return table[]
local function told(commands)
  local out, err = helper.host("logic_lookup", { folder .. "/graph.kb" },
    table.concat(commands, "\n") .. "\n")
  local list = {}
  for line in out:gmatch "[^\n]+" do
    local numbers = { line = line }
    for n, name in line:gmatch "(%d+) (%a+)" do numbers[name] = tonumber(n) end
    list[#list + 1] = numbers
  end
  assert.equal(#commands, #list, out .. err)
  return list
end

describe("asking for one entity", function()
  lazy_setup(function()
    folder = helper.folder()
    make_base(NODES)
  end)
  lazy_teardown(function() helper.sweep(folder) end)

  --- The query has so many answers, and costs no more than that: made in all rules, read.
  local function costs(query, answers, made, read)
    local plain, plan = told({ query })[1], told({ "plan " .. query })[1]
    assert.equal(answers, plain.answers, query .. "\n" .. plain.line)
    assert(plan.made <= made and plan.read <= read, query .. "\n" .. plan.line)
    assert(plain.read > 0 and plain.read <= read, query .. "\n" .. plain.line)
  end

  it("makes at most 100 tuples for what it reaches", function()
    costs("?- reach(n55, X).", 10, 100, 20)
    costs("?- reach(X, n55).", 10, 100, 20)
    costs("?- right(n55, X).", 10, 100, 20)
    costs("?- right(X, n55).", 10, 100, 20)
    costs("?- right(n55, n58).", 1, 100, 40)
    costs("?- reach(n55, n58).", 1, 100, 40)
    costs("?- reach(n55, n66).", 0, 100, 40)
  end)

  it("makes at most 100 tuples through mutual recursion", function()
    costs("?- odd(n55, X).", 5, 100, 20)
    costs("?- even(X, n55).", 5, 100, 40)
    costs("?- joined(n55, X).", 10, 100, 40)
    costs("?- cousin(n55, X).", 1, 100, 40)
  end)

  it("makes at most 100 tuples through negation", function()
    costs("?- not reach(n55, n66).", 1, 100, 20)
    costs("?- edge(n55, X), not reach(X, n66).", 1, 100, 20)
    costs("?- apart(n55, n66).", 1, 100, 20)
    costs("?- safe(n55).", 1, 100, 20)
    costs("?- reach(n55, X), not edge(X, n55).", 9, 100, 30)
  end)

  it("makes at most 100 tuples through an aggregate", function()
    costs("?- size(n55, N).", 1, 100, 20)
    costs("?- degree(n55, N).", 1, 100, 20)
    costs("?- N = count{ Y : reach(n55, Y) }.", 1, 100, 20)
    costs("?- two(n55, X), size(X, N).", 1, 100, 20)
    costs("?- far(n55, X, N).", 10, 100, 20)
    costs("?- far(n55, n57, N).", 1, 100, 40)
  end)

  it("stays within the component, however the recursion is written", function()
    costs("?- square(n55, X).", 10, 2000, 20)
    costs("?- square(X, n55).", 10, 2000, 20)
    costs("?- edge(n55, X), right(X, Y).", 10, 200, 30)
    costs("?- edge(n55, X), reach(Y, X).", 10, 200, 30)
    costs("?- right(n55, X), right(n66, X).", 0, 400, 40)
  end)

  it("finds facts by what leads to them, whatever a third column says", function()
    costs("?- third(p30, Y).", 1, 20, 2)
    costs("?- third(X, q30).", 1, 20, 6)
    costs("?- post(p30, Y, r3), not edge(Y, _).", 1, 20, 2)
  end)

  it("makes as few tuples in a table", function()
    local path = folder .. "/graph.tsv"
    local file = assert(io.open(path, "wb"))
    each_edge(NODES, function(a, b) file:write(a, "\t", b, "\n") end)
    assert(file:close())
    helper.write(folder .. "/reach.dl", "reach(X, Y) :- edge(X, Y).\n"
      .. "reach(X, Z) :- reach(X, Y), edge(Y, Z).\n")
    local out, err = helper.dossier { "query", folder .. "/reach.dl", "?- reach(n55, X).",
      "--table", "edge=" .. path, "--explain" }
    local made = 0
    for n in out:gmatch "(%d+) made" do made = made + tonumber(n) end
    assert(made >= 20 and made <= 100, out .. err)
  end)
end)

-- Rules that may follow p(X, Y) :- e(X, Y): tails, and what is none.
local MORE = { "p(X, Z) :- e(X, Y), p(Y, Z).", "p(X, Z) :- e(X, Y), not g(Y), p(Y, Z).",
  "p(X, Z) :- f(X, Y, _), p(Y, Z).", "p(X, Z) :- p(X, Y), e(Y, Z).",
  "p(X, Z) :- e(X, X), p(3, Z).", "p(X, Z) :- e(X, Y), not s(Y, X), p(Y, Z).",
  "p(X, Z) :- g(X), Y = X + 1, p(Y, Z).", "p(X, Z) :- e(X, Y), h(Y, N), N > 1, p(Y, Z).",
  "p(X, X) :- g(X).", "p(X, Z) :- e(Y, X), p(Y, Z).", "p(X, Z) :- p(Y, Z), e(X, Y), g(Y).",
  "p(X, 5) :- g(X).", "p(5, Z) :- p(2, Z)." }
local REST = [[
s(X, Y) :- e(X, Y), g(Y).  s(X, Z) :- e(X, Y), s(Y, Z).
h(X, N) :- e(X, _), N = count{ Y : s(X, Y) }.
w(X, Y, Z) :- f(X, Y, Z).  w(X, Y, Z) :- e(X, U), w(U, V, Z), f(V, Y, _).
v(X, Y, Z) :- f(X, Y, Z).  v(X, Y, Z) :- e(X, U), v(U, Y, Z).
q(X, N) :- g(X), N = count{ Y : p(X, Y) }.
?- p(3, X).
?- p(X, 4).
?- p(2, 5).
?- p(1, X), p(X, 2).
?- not p(2, 7).
?- s(2, X).
?- w(1, X, Y).
?- v(1, X, Y).
?- v(X, 3, Y).
?- v(1, X, 2).
?- v(X, 2, 1).
?- q(3, N).
?- h(4, N).
?- g(X), not p(5, X).
?- N = count{ Y : p(5, Y) }.
?- p(X, X).
?- p(2, X), p(3, X).
]]

describe("recursion that passes on what it is asked", function()
  it("has the answers of the whole relation", function()
    local draw, lines = helper.random(SEED), {}
    local function say(...) lines[#lines + 1] = string.format(...) end
    for _ = 1, STEPS do
      for _ = 1, 40 do say("e(%d, %d).", draw(12), draw(12)) end
      for _ = 1, 20 do say("f(%d, %d, %d).", draw(12), draw(12), draw(3)) end
      for _ = 1, 5 do say("g(%d).", draw(12)) end
      say "p(X, Y) :- e(X, Y)."
      for _ = 1, draw(3) do lines[#lines + 1] = MORE[draw(#MORE)] end
      lines[#lines + 1] = REST .. "%%%"
    end
    print(("tails: SEED=%d STEPS=%d"):format(SEED, STEPS))
    local path = helper.folder()
    helper.write(path .. "/programs.dl", table.concat(lines, "\n") .. "\n")
    local out, err = helper.host("logic_route", { path .. "/programs.dl", "2" })
    helper.sweep(path)
    assert.matches(("^%d programs, %d queries, 0 refused, 0 wrong\n$"):format(STEPS, 17 * STEPS),
      out, nil, nil, out .. err)
  end)
end)

describe("reading the base by look-up", function()
  lazy_setup(function()
    folder = helper.folder()
    make_base(20000)
  end)
  lazy_teardown(function() helper.sweep(folder) end)

  it("reads no fact twice, until the base changes", function()
    local first, again, other, loaded, late, most = table.unpack(told {
      "?- reach(n15055, X).", "?- reach(n15055, X).", "?- reach(n15065, X).",
      "load edge(n15055, n15065).", "?- reach(n15055, X).", "?- reach(n15065, X)." })
    assert.equal(10, first.read)
    assert.equal(0, again.read)
    assert.equal(10, other.read)
    assert.equal("loaded", loaded.line)
    assert.equal(20, late.answers)
    assert.equal(21, late.read)
    assert.equal(0, most.read)
  end)

  it("reads what a parameter leads to", function()
    local a, b = table.unpack(told { "ask n35 ?- reach($x, Y).", "ask n45 ?- two($x, Y)." })
    assert.equal("10 answers, 21 kept, 10 read", a.line)
    assert.equal(1, b.answers)
    assert.equal(2, b.read)
  end)

  it("reads what an explanation needs", function()
    local why, two, no = table.unpack(told { "why reach(n75, n78)", "why two(n85, n87)",
      "why reach(n75, n95)" })
    assert(why.steps >= 5 and why.read > 0 and why.read <= 40, why.line)
    assert(two.steps >= 3 and two.read > 0 and two.read <= 10, two.line)
    assert(no.read <= 100, no.line)
  end)

  it("reads a relation whole once a good part of it was asked for", function()
    local all = told { "?- safe(X).", "?- reach(n55, X)." }
    assert.equal(0, all[2].read)
    local starts = { "load" }
    for i = 1, 120 do starts[#starts + 1] = ("start(n%d)."):format(i * 10 + 1) end
    local _, few, _, many, other = table.unpack(told { "load start(n1).",
      "?- start(X), reach(X, Y).", table.concat(starts, " "), "?- start(X), reach(X, Y).",
      "?- reach(n19995, Y)." })
    assert(few.read <= 60, few.line)
    assert.equal(1212, many.answers)
    assert(many.read > 20000 and many.read < 30000, many.line)
    assert.equal("10 answers, 21 kept, 0 read", other.line)
  end)

  it("sees what a view lets through, and nothing else", function()
    local whole, viewed, two, back = table.unpack(told { "?- reach(n1, m1).", "source atlas",
      "?- reach(n1, m1).", "?- reach(n1, X)." })
    assert.equal(1, whole.answers)
    assert.equal("viewed", viewed.line)
    assert.equal(0, two.answers)
    assert.equal(10, back.answers)
    assert(back.read <= 20, back.line)
  end)

  local ASKED = { "?- near(k5, X).", "?- near(X, k5).", "?- near(k5, k6).", "?- near(b5, X).",
    "?- near(X, b5).", "?- told(n1, X).", "?- told(X, n1).", "?- told(n1, m1).",
    "?- unsaid(n3, X).", "?- unsaid(X, x2).", "?- two(other15, X).", "?- two(n14, X).",
    "?- two(X, m15).", "?- two(n15, X).", "?- since(s5, T).", "?- since(X, 1905).",
    "?- two(nobody, X).", "?- reach(n11, m15).", "?- two(n15, X), not told(X, n7)." }

  it("gives what reading whole gives, of all that atoms may mean", function()
    local commands = {}
    for way = 0, 2 do
      commands[#commands + 1] = "lookup " .. way
      for _, query in ipairs(ASKED) do commands[#commands + 1] = query end
    end
    local list = told(commands)
    for i, query in ipairs(ASKED) do
      local n = #ASKED + 1
      local large, never, always = list[i + 1], list[n + i + 1], list[2 * n + i + 1]
      assert.equal(never.answers, large.answers, query .. "\n" .. large.line .. "\n" .. never.line)
      assert.equal(never.answers, always.answers, query .. "\n" .. always.line)
    end
    local answers = {}
    for i = 1, #ASKED do answers[i] = list[i + 1].answers or list[i + 1].line end
    assert.same({ 3, 3, 1, 1, 1, 1, 1, 0, 1, 1, 1, 2, 1, 1, 1 }, table.move(answers, 1, 15, 1, {}))
  end)
end)
