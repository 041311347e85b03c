--- programs: random programs of rules, in the shape that tests/rules/naive.lua reads.
--
--   local program = programs.new(seed, { peers = true })
--
-- The same seed gives the same program everywhere.  Every program is safe, is stratified
-- and ends: what arithmetic makes is bounded wherever it is made.  There are
--
-- - 2 to 5 relations of facts and 2 to 6 derived ones, of 0 to 5 columns, each column of
--   integers, entities or texts, over few values, so that things meet
-- - recursion: textbook shapes (left, right, non-linear, same generation, even and odd,
--   through three predicates, shortest and widest paths by min and max), and whatever
--   comes of drawing body atoms from the head's own component
-- - bodies with constants, repeated variables, `_`, negation, comparisons, arithmetic, and
--   aggregates with groups bound or unbound elsewhere
-- - cyclic bodies: triangles, 4-cycles, 4-cliques, bow-ties, a ternary atom in a cycle
-- - 1 to 4 queries with bound and free columns, of several literals
--
-- Flavours are parts of M.flavours: functions that add to a program.  One with time (facts
-- with `@`, `@ T` in bodies and heads, tests of time) has its place there, once the naive
-- evaluator knows time.

local helper = require "tests.helper"
local naive = require "tests.rules.naive"

local M = {}

local LIMIT = 30 -- integers that arithmetic makes are 0..LIMIT

-- ---- drawing --------------------------------------------------------------------------

---@class Draw
---@field random fun(n: integer): integer
local Draw = {}
Draw.__index = Draw

function Draw:pick(list) return list[self.random(#list)] end

--- True in `percent` of a hundred cases.
function Draw:chance(percent) return self.random(100) <= percent end

function Draw:type()
  if self:chance(55) then return self.graph end
  return self:pick { "int", "int", "int", "entity", "entity", "entity", "text" }
end

local ENTITIES = { "ada", "bo", "cy", "dee", "eve", "flo", "gus", "hal", "ivy", "joy" }
local TEXTS = { '"ada"', '"b c"', '"one"', '"x"' }

function Draw:constant(type)
  if type == "int" then return self.random(self.values) end
  if type == "entity" then return ENTITIES[self.random(self.values)] end
  return self:pick(TEXTS)
end

--- An unused variable.  In a query all begin with its number.
function Draw:variable()
  self.n = self.n + 1
  return self.prefix .. "X" .. self.n
end

-- ---- relations --------------------------------------------------------------------------

local function spread(draw)
  return draw:pick { 0, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 4, 5 }
end

local function new_predicate(draw, name, arity, types)
  local predicate = { name = name, types = {} }
  for i = 1, arity do predicate.types[i] = types and types[i] or draw:type() end
  return predicate
end

local function new_fact(draw, predicate)
  local fact = { predicate.name }
  for i, type in ipairs(predicate.types) do fact[i + 1] = draw:constant(type) end
  return fact
end

--- Relations of facts.  The first is a graph, so that there is always one.
local function add_base(draw, program)
  local graph = draw.graph
  local base = { new_predicate(draw, "edge", 2, { graph, graph }) }
  if draw:chance(70) then
    base[2] = new_predicate(draw, "weight", 3, { graph, graph, "int" })
  end
  if draw:chance(25) then base[#base + 1] = new_predicate(draw, "tri", 3, { graph, graph, graph }) end
  for i = 1, draw.random(3) do
    local name = draw:chance(6) and "edge" or "f" .. i -- one name, several widths
    local predicate = new_predicate(draw, name, spread(draw))
    if name ~= "edge" or #predicate.types ~= 2 and #predicate.types > 0 then
      base[#base + 1] = predicate
    end
  end
  for _, predicate in ipairs(base) do
    local n = #predicate.types == 0 and 1 or draw.values + draw.random(draw.values * 3)
    if draw:chance(5) and (predicate.name ~= "edge" or #predicate.types == 2 and #base == 1) then n = 0 end
    for _ = 1, n do program.facts[#program.facts + 1] = new_fact(draw, predicate) end
    if n == 0 then program.empty[predicate.name] = #predicate.types end
    program.relations[predicate.name .. "/" .. #predicate.types] = true
  end
  return base, graph
end

-- ---- bodies -------------------------------------------------------------------------------

--- A body as it grows: literals, and the variables that are bound, by type.
local function new_body() return { literals = {}, bound = { int = {}, entity = {}, text = {} } } end

local function bind(body, type, name)
  for _, other in ipairs(body.bound[type]) do
    if other == name then return end
  end
  table.insert(body.bound[type], name)
end

local function add(body, literal) table.insert(body.literals, literal) end

--- A positive atom.
local function add_atom(draw, body, predicate)
  local atom, fresh = { predicate.name }, {}
  for i, kind in ipairs(predicate.types) do
    local known = body.bound[kind]
    local roll = draw.random(100)
    local term
    if roll <= 50 and #known > 0 and not (fresh[kind] and #known == 1) then
      term = draw:pick(known)
    elseif roll <= 54 then
      term = draw:constant(kind)
    elseif roll <= 65 then
      term = "_"
    elseif roll <= 68 and fresh[kind] then
      term = fresh[kind] -- twice in one atom
    else
      term = draw:variable()
      fresh[kind] = term
    end
    atom[i + 1] = term
  end
  for i, kind in ipairs(predicate.types) do
    if naive.is_variable(atom[i + 1]) then bind(body, kind, atom[i + 1]) end
  end
  add(body, { atom = atom })
end

--- A term of that type that is bound, or a constant.
local function bound_term(draw, body, kind)
  local known = body.bound[kind]
  if #known > 0 and draw:chance(85) then return draw:pick(known) end
  return draw:constant(kind)
end

local function add_negation(draw, body, predicate)
  local atom = { predicate.name }
  for i, kind in ipairs(predicate.types) do
    atom[i + 1] = draw:chance(12) and "_" or bound_term(draw, body, kind)
  end
  add(body, { atom = atom, negated = true })
end

local function add_comparison(draw, body)
  local kind = draw:pick { "int", "int", "entity", "text" }
  if #body.bound[kind] == 0 then return end
  local left = draw:pick(body.bound[kind])
  if kind ~= "int" then
    add(body, { op = draw:pick { "!=", "!=", "!=", "=" }, left = left, right = bound_term(draw, body, kind) })
    return
  end
  local right = bound_term(draw, body, "int")
  if left == right or draw:chance(25) then
    right = { draw:pick { "+", "-", "*" }, right, draw:constant "int" }
  end
  if draw:chance(20) then left, right = right, left end
  add(body, { op = draw:pick { "<", "<=", "<=", ">", ">=", "!=", "!=", "=" }, left = left, right = right })
end

--- A variable for what is reckoned from others, within bounds.
local function add_arithmetic(draw, body)
  if #body.bound.int == 0 then return end
  local name, op = draw:variable(), draw:pick { "+", "+", "-", "*", "mod", "/" }
  local right = (op == "mod" or op == "/") and draw.random(5) or bound_term(draw, body, "int")
  local sum = { op, draw:pick(body.bound.int), right }
  if draw:chance(20) then sum = { "+", sum, draw.random(3) } end
  if draw:chance(50) then add(body, { op = "=", left = name, right = sum })
  else add(body, { op = "=", left = sum, right = name }) end
  add(body, { op = "<=", left = 0, right = name })
  add(body, { op = "<=", left = name, right = LIMIT })
  bind(body, "int", name)
end

--- `X = Y`, `X = constant`: another name for what is bound.
local function add_alias(draw, body)
  local kind = draw:pick { "int", "entity" }
  local name = draw:variable()
  add(body, { op = "=", left = name, right = bound_term(draw, body, kind) })
  bind(body, kind, name)
end

--- The body of an aggregate over one or two of `from`: the literals, its own variables by
--- type, and a group that nothing else binds (in half of the cases where `open`).
local function aggregate_body(draw, outer, from, open)
  local inner = new_body()
  local group
  for kind, names in pairs(outer.bound) do
    for _, name in ipairs(names) do inner.bound[kind][#inner.bound[kind] + 1] = name end
  end
  for i = 1, draw.random(2) do
    if i == 1 or draw:chance(40) then add_atom(draw, inner, draw:pick(from)) end
  end
  if draw:chance(25) then add_comparison(draw, inner) end
  local own = { int = {}, entity = {}, text = {} }
  for _, kind in ipairs { "int", "entity", "text" } do
    local seen = {}
    for _, name in ipairs(outer.bound[kind]) do seen[name] = true end
    for _, name in ipairs(inner.bound[kind]) do
      if not seen[name] then table.insert(own[kind], name) end
    end
  end
  if open and #own.int + #own.entity > 1 and draw:chance(60) then
    local kind = #own.entity > 0 and (#own.int == 0 or draw:chance(50)) and "entity" or "int"
    group = { kind = kind, name = table.remove(own[kind], 1) }
  end
  return inner.literals, own, group
end

local function add_aggregate(draw, body, from, options)
  local before = draw.n
  local literals, own, group = aggregate_body(draw, body, from, not body.open)
  local agg = draw:pick(options.peers and { "count", "count", "sum", "min", "max" }
    or { "count", "count", "sum", "min", "max", "avg" })
  if #own.int == 0 then agg = "count" end
  local tuple = {}
  if agg ~= "count" then
    tuple[1] = draw:pick(own.int)
    if draw:chance(15) then tuple[1] = { "+", tuple[1], draw.random(3) } end
  end
  for _, kind in ipairs { "int", "entity", "text" } do
    for _, name in ipairs(own[kind]) do
      if draw:chance(40) or agg == "count" and #tuple == 0 then tuple[#tuple + 1] = name end
    end
  end
  if #tuple == 0 then draw.n = before; return end -- nothing to range over
  local literal = { agg = agg, tuple = tuple, body = literals }
  if draw:chance(75) or agg == "avg" then
    literal.op, literal.result = "=", draw:variable()
    if agg ~= "avg" then bind(body, "int", literal.result)
    else body.average = literal.result end
  else
    literal.op, literal.result = draw:pick { "<", "<=", ">=", "=", "!=" }, draw.random(4)
  end
  -- A group that only this aggregate binds: no second aggregate may have it.
  if group then
    bind(body, group.kind, group.name)
    body.open = true
  end
  add(body, literal)
end

-- ---- rules ----------------------------------------------------------------------------------

--- Another order of the literals, so that readers have to find their own.
local function shuffled(draw, list)
  local out = { table.unpack(list) }
  for i = #out, 2, -1 do
    local j = draw.random(i)
    out[i], out[j] = out[j], out[i]
  end
  return out
end

local function head_of(draw, body, predicate)
  local head = { predicate.name }
  for i, kind in ipairs(predicate.types) do
    local known = body.bound[kind]
    head[i + 1] = #known > 0 and draw:chance(95) and draw:pick(known) or draw:constant(kind)
  end
  return head
end

--- Predicates with two columns alike, by that type.
local function graphs(list, kind)
  local found = {}
  for _, predicate in ipairs(list) do
    local t = predicate.types
    if #t == 2 and t[1] == kind and t[2] == kind then found[#found + 1] = predicate end
  end
  return found
end

local CYCLES = {
  { { 1, 2 }, { 2, 3 }, { 3, 1 } },
  { { 1, 2 }, { 2, 3 }, { 1, 3 } },
  { { 1, 2 }, { 2, 3 }, { 3, 4 }, { 4, 1 } },
  { { 1, 2 }, { 1, 3 }, { 1, 4 }, { 2, 3 }, { 2, 4 }, { 3, 4 } },
  { { 1, 2 }, { 2, 3 }, { 3, 1 }, { 3, 4 }, { 4, 5 }, { 5, 3 } },
}

--- A cyclic body over graphs, sometimes closed by an atom of three columns.
local function add_cycle(draw, body, all, kind)
  local choice = graphs(all, kind)
  local names = {}
  for i = 1, 5 do names[i] = draw:variable() end
  for _, pair in ipairs(draw:pick(CYCLES)) do
    local a, b = names[pair[1]], names[pair[2]]
    add(body, { atom = { draw:pick(choice).name, a, b } })
    bind(body, kind, a)
    bind(body, kind, b)
  end
  for _, predicate in ipairs(all) do
    if predicate.name == "tri" and draw:chance(50) then
      add(body, { atom = { "tri", names[1], names[2], names[3] } })
    end
  end
end

local function has_loop_arithmetic(draw, body, recursive)
  return draw:chance(recursive and 8 or 15) and #body.bound.int > 0
end

--- A rule for `predicate` from `lower` (complete before) and `own` (its component).
local function random_rule(draw, program, predicate, lower, own, graph, options)
  local body = new_body()
  if draw:chance(12) then
    add_cycle(draw, body, lower, graph)
  else
    local n = draw:pick { 1, 1, 2, 2, 2, 3, 3, 4 }
    for _ = 1, n do
      local from = #own > 0 and draw:chance(35) and own or lower
      add_atom(draw, body, draw:pick(from))
    end
  end
  if draw:chance(8) then add_alias(draw, body) end
  if has_loop_arithmetic(draw, body, #own > 0) then add_arithmetic(draw, body) end
  if draw:chance(25) then add_comparison(draw, body) end
  if draw:chance(25) then add_negation(draw, body, draw:pick(lower)) end
  if draw:chance(18) then add_aggregate(draw, body, lower, options) end
  table.insert(program.rules, { head = head_of(draw, body, predicate),
    body = shuffled(draw, body.literals) })
end

local function rule(program, head, ...)
  local body = {}
  for i, atom in ipairs { ... } do body[i] = atom.op and atom or atom.agg and atom or { atom = atom } end
  table.insert(program.rules, { head = head, body = body })
end

--- Textbook recursion over a graph `g`; each gives the predicates that it defines, every
--- one with columns of the graph's type, unless it says so.
M.shapes = {
  right = function(p, g, n)
    rule(p, { n, "X", "Y" }, { g, "X", "Y" })
    rule(p, { n, "X", "Z" }, { g, "X", "Y" }, { n, "Y", "Z" })
    return { { n, 2 } }
  end,
  left = function(p, g, n)
    rule(p, { n, "X", "Y" }, { g, "X", "Y" })
    rule(p, { n, "X", "Z" }, { n, "X", "Y" }, { g, "Y", "Z" })
    return { { n, 2 } }
  end,
  both = function(p, g, n)
    rule(p, { n, "X", "Y" }, { g, "X", "Y" })
    rule(p, { n, "X", "Z" }, { n, "X", "Y" }, { n, "Y", "Z" })
    return { { n, 2 } }
  end,
  generation = function(p, g, n)
    rule(p, { n, "X", "Y" }, { g, "P", "X" }, { g, "P", "Y" })
    rule(p, { n, "X", "Y" }, { g, "P", "X" }, { n, "P", "Q" }, { g, "Q", "Y" })
    return { { n, 2 } }
  end,
  parity = function(p, g, n)
    rule(p, { n .. "o", "X", "Y" }, { g, "X", "Y" })
    rule(p, { n .. "o", "X", "Z" }, { n .. "e", "X", "Y" }, { g, "Y", "Z" })
    rule(p, { n .. "e", "X", "Z" }, { n .. "o", "X", "Y" }, { g, "Y", "Z" })
    return { { n .. "o", 2 }, { n .. "e", 2 } }
  end,
  three = function(p, g, n)
    rule(p, { n .. "a", "X", "Y" }, { g, "X", "Y" })
    rule(p, { n .. "b", "Y", "X" }, { n .. "a", "X", "Y" }, { n .. "a", "Y", "_" })
    rule(p, { n .. "c", "X" }, { n .. "b", "X", "Y" }, { g, "Y", "X" })
    rule(p, { n .. "a", "X", "X" }, { n .. "c", "X" })
    rule(p, { n .. "a", "X", "Z" }, { n .. "b", "Y", "X" }, { g, "Y", "Z" })
    return { { n .. "a", 2 }, { n .. "b", 2 }, { n .. "c", 1 } }
  end,
  points = function(p, g, n) -- points-to, in small
    rule(p, { n, "X", "Y" }, { g, "X", "Y" })
    rule(p, { n, "X", "Z" }, { n .. "s", "X", "Y" }, { n, "Y", "Z" })
    rule(p, { n .. "s", "X", "Y" }, { g, "A", "X" }, { n, "A", "B" }, { g, "Y", "B" })
    return { { n, 2 }, { n .. "s", 2 } }
  end,
}

local SHAPES = {}
for name in pairs(M.shapes) do SHAPES[#SHAPES + 1] = name end
table.sort(SHAPES)

--- Shortest paths, widest paths, least neighbours: min and max inside recursion.
local function add_best(draw, program, graph, weight, name)
  local way = draw.random(4)
  local start = draw:constant(graph)
  if way == 1 or way == 2 and graph ~= "int" then
    rule(program, { name, start, 0 }, { weight, start, "_", "_" })
    rule(program, { name, "Y", "N" }, { agg = "min", op = "=", result = "N", tuple = { { "+", "D", "W" } },
      body = { { atom = { name, "X", "D" } }, { atom = { weight, "X", "Y", "W" } } } })
  elseif way == 2 then
    rule(program, { name, "X", "X" }, { "edge", "X", "_" })
    rule(program, { name, "X", "N" }, { agg = "min", op = "=", result = "N", tuple = { "M" },
      body = { { atom = { "edge", "X", "Y" } }, { atom = { name, "Y", "M" } } } })
  elseif way == 3 then
    rule(program, { name, start, 99 }, { weight, start, "_", "_" })
    rule(program, { name, "Y", "N" }, { agg = "max", op = "=", result = "N", tuple = { "C" },
      body = { { atom = { name, "X", "D" } }, { atom = { weight, "X", "Y", "W" } },
        { op = "=", left = "C", right = { "min", "D", "W" } } } })
  else
    rule(program, { name, start, 0 }, { weight, start, "_", "_" })
    rule(program, { name, "Y", "N" }, { agg = "min", op = "=", result = "N", tuple = { "C" },
      body = { { atom = { weight, "X", "Y", "W" } }, { atom = { name, "X", "D" } },
        { op = "=", left = "C", right = { "+", { "*", "D", 2 }, "W" } },
        { op = "<=", left = "D", right = LIMIT } } })
  end
  return { name = name, types = { graph, "int" } }
end

local function add_shape(draw, program, all, graph, name)
  local g = draw:pick(graphs(all, graph)).name
  local made = {}
  for _, pair in ipairs(M.shapes[draw:pick(SHAPES)](program, g, name)) do
    made[#made + 1] = new_predicate(draw, pair[1], pair[2], { graph, graph })
  end
  return made
end

--- One to three predicates that may depend on one another, each with one to three rules.
local function add_component(draw, program, all, graph, name, options)
  local own = {}
  for i = 1, draw:pick { 1, 1, 1, 2, 3 } do
    own[i] = new_predicate(draw, name .. ("abc"):sub(i, i), draw:pick { 0, 1, 1, 2, 2, 2, 3, 3, 4 },
      draw:chance(40) and { graph, graph, graph, graph } or nil)
  end
  local recursive = draw:chance(65) and own or {}
  for _, predicate in ipairs(own) do
    for i = 1, draw.random(3) do
      -- The first rule is a base to begin with, mostly.
      random_rule(draw, program, predicate, all, i == 1 and draw:chance(80) and {} or recursive,
        graph, options)
    end
    if draw:chance(15) then
      table.insert(program.facts, new_fact(draw, predicate))
    end
  end
  if recursive == own and draw:chance(30) and #own > 1 then
    -- Round through all of them.
    for i, predicate in ipairs(own) do
      random_rule(draw, program, predicate, all, { own[i % #own + 1] }, graph, options)
    end
  end
  return own
end

-- ---- queries --------------------------------------------------------------------------------

local function add_query(draw, program, all, derived, options)
  draw.prefix = "Q" .. #program.queries + 1 .. "_"
  local body = new_body()
  add_atom(draw, body, draw:pick(draw:chance(85) and derived or all))
  if draw:chance(25) then add_atom(draw, body, draw:pick(all)) end
  if draw:chance(15) then add_comparison(draw, body) end
  if draw:chance(15) then add_negation(draw, body, draw:pick(all)) end
  if draw:chance(10) then
    body.open = true -- an answer has no groups of its own
    add_aggregate(draw, body, all, options)
  end
  table.insert(program.queries, shuffled(draw, body.literals))
  draw.prefix = ""
end

-- ---- a program --------------------------------------------------------------------------------

--- What a program is made of, one after the other; each gets what is there before it and
--- gives the predicates that it adds.
M.flavours = {
  function(draw, program, all, graph, name, options)
    return add_component(draw, program, all, graph, name, options)
  end,
  function(draw, program, all, graph, name) return add_shape(draw, program, all, graph, name) end,
  function(draw, program, all, graph, name)
    for _, predicate in ipairs(all) do
      if predicate.name == "weight" then
        return { add_best(draw, program, graph, "weight", name) }
      end
    end
    return add_shape(draw, program, all, graph, name)
  end,
}
local WHICH = { 1, 1, 1, 1, 2, 2, 3 }

---@param seed integer
---@param options { peers: boolean? }? for peers: without averages
---@return table program
function M.new(seed, options)
  options = options or {}
  local draw = setmetatable({ random = helper.random(seed), n = 0, prefix = "" }, Draw)
  for _ = 1, 3 do draw.random(10) end
  draw.values = draw:pick { 3, 4, 5, 6, 8, 10 }
  draw.graph = draw:pick { "int", "entity" } -- most columns are of this type, so that they meet
  local program = { facts = {}, rules = {}, queries = {}, empty = {}, relations = {}, seed = seed }
  local all, graph = add_base(draw, program)
  local derived = {}
  for i = 1, draw.random(3) do
    local flavour = M.flavours[draw:pick(WHICH)]
    local made = flavour(draw, program, all, graph, "p" .. i, options)
    for _, predicate in ipairs(made) do
      all[#all + 1] = predicate
      derived[#derived + 1] = predicate
    end
  end
  for _ = 1, draw:pick { 1, 2, 2, 3, 4 } do add_query(draw, program, all, derived, options) end
  return program
end

return M
