-- Several threads: where there is enough to do they share it, and nobody sees a difference.
local helper = require "tests.helper"

local NODES, EDGES = 900, 2200
local folder, edges, random

--- The number of answers to a query about the edges, on so many threads; and the plan.
local function ask(rules, query, threads, ...)
  local path = folder .. "/rules.dl"
  helper.write(path, rules)
  local out, err, code = helper.dossier { "query", path, "?- " .. query .. ".", "--table",
    "edge=" .. edges, "--table", "dated=" .. folder .. "/dated.tsv", "--table",
    "named=" .. folder .. "/named.tsv", "--threads", tostring(threads), ... }
  return out, err, code
end

--- How many runs several threads shared, by the plan.
local function shared(rules, query, threads)
  local out, err = ask(rules, query, threads, "--explain")
  assert.equal("", err)
  local n = 0
  for runs in out:gmatch "%((%d+) by several threads%)" do n = n + tonumber(runs) end
  return n
end

local PATH = "path(X, Y) :- edge(X, Y).\n"
local PROGRAMS = {
  { "a closure to the left", PATH .. "path(X, Z) :- path(X, Y), edge(Y, Z).\n", "path(X, Y)" },
  { "a closure to the right", PATH .. "path(X, Z) :- edge(X, Y), path(Y, Z).\n", "path(X, Y)" },
  { "a closure by halves", PATH .. "path(X, Z) :- path(X, Y), path(Y, Z).\n",
    "path(X, Y), edge(Y, X)" },
  { "one generation",
    "same(X, Y) :- edge(P, X), edge(P, Y).\nsame(X, Y) :- edge(P, X), same(P, Q), edge(Q, Y).\n",
    "same(X, Y)" },
  { "steps of three columns",
    "walk(X, Y, Z) :- edge(X, Y), edge(Y, Z).\n"
    .. "far(X, Z, W) :- walk(X, Y, Z), walk(Z, V, W), edge(V, Y).\n"
    .. "far(X, Z, W) :- far(X, Y, Z), edge(Z, W), X != Y.\n", "far(X, Y, Z)" },
  { "pairs by what they share",
    "near(Y, Z) :- edge(X, Y), edge(X, Z).\nlinked(X, Y) :- near(X, A), near(A, B), near(B, Y).\n",
    "linked(X, Y)" },
  { "pairs that a comparison keeps",
    "less(Y, Z) :- edge(X, Y), edge(X, W), edge(W, V), edge(V, U), edge(U, Z), Y < Z.\n",
    "less(X, Y)" },
  { "pairs that a function keeps",
    "last(Y, Z) :- edge(X, Y), edge(X, W), edge(W, V), edge(V, U), edge(U, Z), Y = max(Y, Z).\n",
    "last(X, Y)" },
  { "pairs of what is dated one before the other",
    "then(X, Y) :- dated(X, S), dated(Y, T), S before T.\n", "then(X, Y), X < 50" },
  { "pairs of what is named, by their names",
    "other(X, Y) :- named(V, X), named(W, Y), V < W, X != Y.\n", "other(X, Y), X < 50" },
  { "one column of what two lead to",
    "end(Z) :- edge(X, Y), edge(Y, W), edge(W, V), edge(V, U), edge(U, Z), edge(Z, X).\n", "end(Z)" },
}

describe("several threads", function()
  setup(function()
    folder = helper.folder()
    edges = folder .. "/edges.tsv"
    random = helper.random(tonumber(os.getenv "SEED") or 20261129)
    local lines = {}
    for i = 1, EDGES do lines[i] = random(NODES) .. "\t" .. random(NODES) end
    helper.write(edges, table.concat(lines, "\n") .. "\n")
    local dated, named = {}, {}
    for i = 1, 900 do
      local day = i % 3 == 0 and "" or ("-%02d"):format(random(28))
      dated[i] = ("%d\t%d-%02d%s"):format(i, 1900 + random(99), random(12), day)
      named[i] = ("n%d\t%d"):format(random(500), i)
    end
    helper.write(folder .. "/dated.tsv", table.concat(dated, "\n") .. "\n")
    helper.write(folder .. "/named.tsv", table.concat(named, "\n") .. "\n")
  end)
  teardown(function() helper.sweep(folder) end)

  for _, program in ipairs(PROGRAMS) do
    local what, rules, query = table.unpack(program)
    it("answer " .. what .. " as one does", function()
      local one, err = ask(rules, query, 1, "--format", "tsv")
      assert.equal("", err)
      assert.is_true(#one > 100, one)
      for _, threads in ipairs { 2, 5 } do
        assert.is_true(one == ask(rules, query, threads, "--format", "tsv"),
          ("%d threads answer otherwise"):format(threads))
      end
    end)
  end

  it("share what there is enough of, and only that", function()
    for _, number in ipairs { 1, 4, 6, 7, 8, 9, 10, 11 } do
      local what, rules, query = table.unpack(PROGRAMS[number])
      assert.equal(0, shared(rules, query, 1), what)
      assert.is_true(shared(rules, query, 2) > 0, what)
    end
    assert.equal(0, shared("to(Y) :- edge(1, Y).\nto(Z) :- to(Y), edge(Y, Z), Y < Z.\n", "to(X)", 2))
    assert.equal(0, shared("sum(N) :- edge(X, Y), edge(X, W), edge(W, V), edge(V, U), edge(U, Z), "
      .. "N = Y + Z.\n", "sum(N)", 2)) -- new values are numbered by one
  end)

  it("fail as one does where a test does", function()
    local rules = "m(X, Y) :- edge(X, Y).\nm(X, T) :- dated(X, T).\n"
      .. "bad(X, Y) :- m(V, X), m(W, Y), X < Y.\n"
    local _, one, code = ask(rules, "bad(X, Y)", 1)
    assert.matches("a comparison met a date and a number", one)
    local _, two, same = ask(rules, "bad(X, Y)", 2)
    assert.equal(one, two)
    assert.equal(code, same)
  end)

  it("end at limits", function()
    local _, rules, query = table.unpack(PROGRAMS[1])
    local out, err, code = ask(rules, query, 2, "--limit-tuples", "100000", "--count")
    assert.equal("", out)
    assert.is_truthy(err:find("stopped after 100,000 tuples (limit tuples): rule ", 1, true), err)
    assert.is_true(code > 1)
  end)

  it("are from 1 to 64", function()
    for _, threads in ipairs { "0", "65", "-1", "two", "2.5", "1e1" } do
      local out, err, code = ask(PATH, "path(X, Y)", threads)
      assert.equal("", out)
      assert.equal("dossier: --threads takes a number from 1 to 64; came " .. threads .. "\n", err)
      assert.equal(2, code)
    end
    assert.equal(1, select(2, ask(PATH, "path(1, Y)", 64, "--count"):gsub("%d+\n", "")))
  end)
end)
