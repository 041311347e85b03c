--- workloads: what the benchmark asks, once in Datalog and once in SQL.
--
-- Each workload has
--
--   name, what    as in `make bench WORK=name`, and a line on it
--   tables        relation -> the input that it is read from (tests/bench/data.c)
--   rules         textbook Datalog; `!` before an atom negates it
--   query         the body whose answers are counted, over all variables in it
--   table, first  what SWI-Prolog tables; a goal that it completes before the query
--   sql           the statement that gives the count, over tables with columns a, b, c; none
--                 where SQL cannot say it (mutual or non-linear recursion)
--   target        seconds and the floor's seconds in the design's table, or
--                 floors: at most so many times the floor
--
-- The floor's mode has the same name (tests/bench/floor.c).

local function closure(rules)
  return rules or "path(X, Y) :- edge(X, Y).\npath(X, Z) :- path(X, Y), edge(Y, Z).\n"
end

local PATHS = [[with recursive path(a, b) as (
  select a, b from edge union select path.a, edge.b from path join edge on edge.a = path.b)
select count(*) from path]]

return {
  { name = "closure", what = "closure of a random graph, 2,000 nodes, 4,000 edges",
    tables = { edge = "random" }, rules = closure(), query = "path(X, Y)",
    table = { "path/2" }, sql = PATHS, target = { seconds = 0.08, floor = 0.04 } },

  { name = "chain", what = "closure of a chain of 2,000",
    tables = { edge = "chain" }, rules = closure(), query = "path(X, Y)",
    table = { "path/2" }, sql = PATHS, target = { seconds = 0.03, floor = 0.006 } },

  { name = "tree", what = "closure of a binary tree of 131,071 nodes",
    tables = { edge = "tree" }, rules = closure(), query = "path(X, Y)",
    table = { "path/2" }, sql = PATHS, target = { seconds = 0.045, floor = 0.01 } },

  { name = "generation", what = "same generation in a tree of six levels",
    tables = { edge = "level" },
    rules = "same(X, Y) :- edge(P, X), edge(P, Y).\n"
      .. "same(X, Y) :- edge(P, X), same(P, Q), edge(Q, Y).\n",
    query = "same(X, Y)", table = { "same/2" },
    sql = [[with recursive same(a, b) as (
  select x.b, y.b from edge x join edge y on x.a = y.a
  union select x.b, y.b from same join edge x on x.a = same.a join edge y on y.a = same.b)
select count(*) from same]], target = { seconds = 0.08, floor = 0.02 } },

  { name = "wide", what = "reached from one node, 1,000,000 nodes, 3,000,000 edges",
    tables = { edge = "wide" },
    rules = "reach(Y) :- edge(0, Y).\nreach(Y) :- reach(X), edge(X, Y).\n",
    query = "reach(X)", table = { "reach/1" },
    sql = [[with recursive reach(a) as (
  select b from edge where a = 0 union select edge.b from reach join edge on edge.a = reach.a)
select count(*) from reach]], target = { seconds = 0.30, floor = 0.11 } },

  { name = "triangles", what = "triangles, a million skewed edges",
    tables = { edge = "skew" }, query = "edge(X, Y), edge(Y, Z), edge(X, Z)",
    sql = [[select count(*) from edge x join edge y on y.a = x.b
join edge z on z.a = x.a and z.b = y.b]], target = { seconds = 0.35, floor = 0.08 } },

  { name = "cycle4", what = "4-cycles, 40,000 skewed edges",
    tables = { edge = "dense" }, query = "edge(A, B), edge(B, C), edge(C, D), edge(D, A)",
    sql = [[select count(*) from edge p join edge q on q.a = p.b join edge r on r.a = q.b
join edge s on s.a = r.b and s.b = p.a]], target = { floors = 2 } },

  { name = "clique4", what = "4-cliques, 40,000 skewed edges",
    tables = { edge = "dense" },
    query = "edge(A, B), edge(A, C), edge(A, D), edge(B, C), edge(B, D), edge(C, D)",
    sql = [[select count(*) from edge p join edge q on q.a = p.a join edge r on r.a = p.a
join edge s on s.a = p.b and s.b = q.b join edge t on t.a = p.b and t.b = r.b
join edge u on u.a = q.b and u.b = r.b]], target = { floors = 2 } },

  { name = "bowtie", what = "two triangles at one node, 24,000 skewed edges",
    tables = { edge = "loose" },
    query = "edge(A, B), edge(B, C), edge(A, C), edge(A, D), edge(D, E), edge(A, E)",
    sql = [[select count(*) from edge p join edge q on q.a = p.b
join edge r on r.a = p.a and r.b = q.b join edge s on s.a = p.a join edge t on t.a = s.b
join edge u on u.a = p.a and u.b = t.b]], target = { floors = 2 } },

  { name = "ternary", what = "a cycle through 200,000 skewed rows of three",
    tables = { edge = "dense", triple = "triple" },
    query = "triple(A, B, C), edge(C, D), edge(D, A)",
    sql = [[select count(*) from triple t join edge p on p.a = t.c
join edge q on q.a = p.b and q.b = t.a]], target = { floors = 2 } },

  { name = "points", what = "points-to with fields, mutual recursion",
    tables = { new = "new", copy = "copy", load = "load", store = "store" },
    rules = "points(X, O) :- new(X, O).\n"
      .. "points(X, O) :- copy(X, Y), points(Y, O).\n"
      .. "points(X, O) :- load(X, Y, F), points(Y, B), field(B, F, O).\n"
      .. "field(B, F, O) :- store(X, F, Y), points(X, B), points(Y, O).\n",
    query = "points(X, O)", table = { "points/2", "field/3" } },

  { name = "negation", what = "pairs without a path, random graph of 2,000 nodes",
    tables = { edge = "random", node = "node" },
    rules = closure() .. "apart(X, Y) :- node(X), node(Y), !path(X, Y).\n",
    query = "apart(X, Y)", table = { "path/2 as subsumptive" }, first = "path(_, _)",
    sql = (PATHS:gsub("select count.*", "select count(*) from node x, node y where not exists\n"
      .. "  (select 1 from path where path.a = x.a and path.b = y.a)")) },

  { name = "isa", what = "all hypernyms of 80,000 synsets",
    tables = { edge = "isa" }, rules = closure(), query = "path(X, Y)",
    table = { "path/2" }, sql = PATHS },

  { name = "right", what = "closure, right-linear, as in `closure`",
    tables = { edge = "random" },
    rules = closure "path(X, Y) :- edge(X, Y).\npath(X, Z) :- edge(X, Y), path(Y, Z).\n",
    query = "path(X, Y)", table = { "path/2" },
    sql = [[with recursive path(a, b) as (
  select a, b from edge union select edge.a, path.b from path join edge on edge.b = path.a)
select count(*) from path]] },

  { name = "both", what = "closure, non-linear, random graph of 400 nodes",
    tables = { edge = "small" },
    rules = closure "path(X, Y) :- edge(X, Y).\npath(X, Z) :- path(X, Y), path(Y, Z).\n",
    query = "path(X, Y)", table = { "path/2" } },

  { name = "bothtree", what = "closure, non-linear, binary tree of 131,071 nodes",
    tables = { edge = "tree" },
    rules = closure "path(X, Y) :- edge(X, Y).\npath(X, Z) :- path(X, Y), path(Y, Z).\n",
    query = "path(X, Y)", table = { "path/2" } },
}
