--- timed: random programs of rules over facts with times and claims, and views of them.
--
--   local program = timed.new(seed)
--
-- The same seed gives the same program everywhere.  A program is
--
--   { relations = { h = { name, types, how } }   how: "holds", "occurs", nil (as facts say)
--     declared = { p1 = "occurs" }               of derived relations
--     reliability = { s1 = "b" },                of sources
--     transactions = { { claim, ... }, ... },
--     derived = { p1 = true, ... }, rules, queries = as below,
--     views = { {}, { as_of = "1994", possible = true }, ... } }
--
-- A claim is { relation, columns ..., time, verb = "assert" "deny" or "retract", source,
-- locator, speaker, grade, kind }.  Literals are those of tests/rules/naive.lua, where an
-- atom's literal may have, beside `atom`,
--
--   time   "T", "_", "@1994" (within it), "unknown" or an expression
--   claim  { source, locator, speaker, grade, kind, verb }: terms, each or none
--
-- and a rule { head, body, time, source }.  There are relations that occur, hold, are
-- timeless, or say nothing; columns of times; recursion that hands times on, meets them or
-- stretches them; tests and constructors; aggregates over times and by times; negation.

local helper = require "tests.helper"
local naive = require "tests.rules.naive"
local times = require "tests.rules.times"

local M = {}

-- ---- drawing --------------------------------------------------------------------------

local ENTITIES = { "ada", "bo", "cy", "dee", "eve" }
local SPEAKERS = { "ada", "orlov" }
local SOURCES = { "s1", "s2", "s3" }
local LOCATORS = { '"l1"', '"l2"' }
local GRADES = { "a", "b", "c", "f", "1", "2", "6", "b2", "c3", "a1", "d6" }

--- Times that facts have: precise and coarse, uncertain, open and unknown.
M.edtf = { "1993", "1994", "1995", "1994-02", "1994-06", "1994-02-08", "1994-06-15", "1995-01-01",
  "1993-12-31", "1994-01-01", "1994?", "1994-02~", "1994-06-15?~", "199X", "1994-XX", "1994-1X",
  "1994-0X-08", "1993/1995", "1994/1994", "1994-02-08/1995-01-01", "1993-06/1994-06",
  "1994-02-08/..", "1993/..", "../1994-06-15", "../1994", "1994-06-15/", "/1995", "1994-02/",
  "1993-12-31/1994-02-08", "1994-02-08/1994-06-15", "1995-01-01/..", "1994-01-01/1994-12-31",
  "1994~/1995?", "../..", "1994-02-08/1994-02-08" }

---@class TimedDraw
local Draw = {}
Draw.__index = Draw

function Draw:pick(list) return list[self.random(#list)] end
function Draw:chance(percent) return self.random(100) <= percent end

function Draw:variable(letter)
  self.n = self.n + 1
  return self.prefix .. (letter or "X") .. self.n
end

function Draw:time() return "@" .. self:pick(self.times) end

--- A time as it may stand anywhere: with a minus, and no year alone on a side.
function Draw:token()
  for _ = 1, 20 do
    local text = self:pick(self.times)
    if text:find "^%d+%-" and not text:find "/$" then return "@" .. text end
  end
  return "@1994-02-08"
end

--- One that a column may have: there an interval needs a minus.
function Draw:date()
  local text = self:pick(self.times)
  return text:find "/" and self:token() or "@" .. text
end

function Draw:constant(kind)
  if kind == "int" then return self.random(self.values) end
  if kind == "entity" then return ENTITIES[self.random(self.values)] end
  if kind == "text" then return self:pick(LOCATORS) end
  return self:token()
end

--- Another order.
function Draw:shuffled(list)
  local out = { table.unpack(list) }
  for i = #out, 2, -1 do
    local j = self.random(i)
    out[i], out[j] = out[j], out[i]
  end
  return out
end

-- ---- facts and claims ---------------------------------------------------------------------

local function new_claim(draw, relation)
  local claim = { relation = relation.name, verb = "assert", source = "base", kind = "stated" }
  for i, kind in ipairs(relation.types) do
    claim[i] = kind == "time" and draw:date() or draw:constant(kind)
  end
  if relation.timed and draw:chance(88) then
    claim.time = draw:chance(4) and "unknown" or draw:pick(draw.times)
  end
  if draw:chance(65) then claim.source = draw:pick(SOURCES) end
  if draw:chance(8) then claim.verb = "deny" end
  if claim.source ~= "base" and draw:chance(50) then claim.locator = draw:pick(LOCATORS) end
  if draw:chance(45) then claim.grade = draw:pick(GRADES) end
  if draw:chance(20) then
    claim.kind, claim.speaker = "attributed", draw:pick(SPEAKERS)
  elseif draw:chance(15) then
    claim.kind = "assessed"
  end
  return claim
end

--- Another claim on the fact of an earlier one, or its end.
local function later_claim(draw, program)
  local old = draw:pick(draw:pick(program.transactions))
  if not old or old.relation == "mark" then return nil end
  local claim = {}
  for key, value in pairs(old) do claim[key] = value end
  if draw:chance(40) and old.source ~= "base" then
    claim.verb = "retract"
  else
    claim.source = draw:pick(SOURCES)
    claim.verb = draw:chance(30) and "deny" or "assert"
  end
  return claim
end

local function add_facts(draw, program)
  local n = draw:pick { 1, 1, 2, 3, 4 }
  for i = 1, n do
    program.transactions[i] = { { relation = "mark", i, verb = "assert", source = "base",
      kind = "attributed", speaker = SPEAKERS[1 + i % 2] } }
    if i == 1 then -- so that both are known to be
      program.transactions[1][2] = { relation = "mark", 0, verb = "assert", source = "base",
        kind = "attributed", speaker = SPEAKERS[1] }
    end
    for _, relation in ipairs(draw.base) do
      for _ = 1, 1 + draw.random(draw.values * 6 // n + 1) do
        table.insert(program.transactions[i], new_claim(draw, relation))
      end
    end
    for _ = 1, draw.random(5) - 1 do
      table.insert(program.transactions[i], later_claim(draw, program))
    end
  end
end

local function add_base(draw, program)
  draw.base = {}
  local function add(name, types, how, timed)
    local relation = { name = name, types = types, how = how, timed = timed }
    draw.base[#draw.base + 1] = relation
    program.relations[name] = relation
  end
  add("edge", { "entity", "entity" }, draw:pick { "holds", "occurs" }, true)
  add("h", { draw:pick { "entity", "entity", "int" } }, draw:pick { "holds", "holds", "occurs" }, true)
  if draw:chance(60) then
    add("o", { "entity", draw:pick { "int", "entity", "text" } }, draw:pick { "occurs", "holds" }, true)
  end
  if draw:chance(50) then add("t", { "entity", draw:pick { "int", "time", "time" } }, nil, false) end
  if draw:chance(30) then add("u", { "entity" }, nil, draw:chance(70)) end
  if draw:chance(30) then add("z", {}, draw:pick { "holds", "occurs" }, true) end
  program.relations.mark = { name = "mark", types = { "int" } }
end

-- ---- bodies -------------------------------------------------------------------------------

local function new_body()
  return { literals = {}, bound = { int = {}, entity = {}, text = {}, time = {} } }
end

local function bind(body, kind, name)
  if not naive.is_variable(name) then return end
  for _, other in ipairs(body.bound[kind]) do
    if other == name then return end
  end
  table.insert(body.bound[kind], name)
end

local function add(body, literal) table.insert(body.literals, literal) end

local function bound_term(draw, body, kind)
  local known = body.bound[kind]
  if #known > 0 and draw:chance(85) then return draw:pick(known) end
  return draw:constant(kind)
end

--- An expression of times that are bound; nil where none is.
local function time_call(draw, body, gives)
  local known = body.bound.time
  if #known == 0 then return nil end
  if gives == "int" then
    return { draw:pick { "year", "year", "days", "month" }, draw:pick(known) }, "int"
  end
  local name = draw:pick { "start", "end", "span", "intersect", "intersect" }
  if name == "start" or name == "end" then return { name, draw:pick(known) }, "time" end
  return { name, draw:pick(known), bound_term(draw, body, "time") }, "time"
end

--- The time of a positive atom, and a variable that it binds.
local function positive_time(draw, body, predicate)
  local roll, known = draw.random(100), body.bound.time
  if not predicate.timed and roll > 4 then return nil end
  if roll <= 27 then return nil end
  if roll <= 29 then return "unknown" end
  if roll <= 35 then return "_" end
  if roll <= 45 then return draw:time() end
  if roll <= 48 and #known > 0 then return (time_call(draw, body, "time")) end
  if roll <= 58 and #known > 0 then return draw:pick(known) end
  return draw:variable "T"
end

--- What an atom asks of claims; variables that are not bound are bound by it.
local function claim_asked(draw, predicate)
  if not draw:chance(predicate.base and 20 or predicate.sourced and 40 or 0) then return nil end
  local claim = {}
  local function term(kind, chance, constants)
    if not draw:chance(chance) then return nil end
    return draw:chance(70) and draw:variable(kind) or draw:pick(constants)
  end
  claim.source = term("S", predicate.base and 70 or 100, SOURCES)
  if not predicate.base or draw:chance(40) then return claim.source and claim end
  claim.locator = claim.source and term("L", 35, LOCATORS)
  claim.grade = term("G", 35, GRADES)
  if draw:chance(15) then claim.verb = "deny" end
  local kind = draw:pick { "stated", "assessed", "attributed", "attributed", false, false, false }
  if kind then claim.kind = kind end
  if kind == "attributed" then claim.speaker = term("P", 100, SPEAKERS) end
  return next(claim) and claim or nil
end

local CLAIM_KINDS = { source = "entity", speaker = "entity", locator = "text", grade = "text" }

local function add_atom(draw, body, predicate)
  local literal, fresh = { atom = { predicate.name } }, {}
  for i, kind in ipairs(predicate.types) do
    local known, roll = body.bound[kind], draw.random(100)
    local term
    if roll <= 50 and #known > 0 then
      term = draw:pick(known)
    elseif roll <= 53 then
      term = draw:constant(kind)
    elseif roll <= 66 then
      term = "_"
    elseif roll <= 69 and fresh[kind] then
      term = fresh[kind]
    else
      term = draw:variable()
      fresh[kind] = term
    end
    literal.atom[i + 1] = term
  end
  literal.time = positive_time(draw, body, predicate)
  literal.claim = claim_asked(draw, predicate)
  for i, kind in ipairs(predicate.types) do bind(body, kind, literal.atom[i + 1]) end
  if literal.time then bind(body, "time", literal.time) end
  for part, kind in pairs(CLAIM_KINDS) do
    if literal.claim and literal.claim[part] then bind(body, kind, literal.claim[part]) end
  end
  add(body, literal)
end

local function add_negation(draw, body, predicate)
  local literal = { atom = { predicate.name }, negated = true }
  for i, kind in ipairs(predicate.types) do
    literal.atom[i + 1] = draw:chance(25) and "_" or bound_term(draw, body, kind)
  end
  local roll, known = draw.random(100), body.bound.time
  if predicate.timed and roll <= 12 then literal.time = "_"
  elseif predicate.timed and roll <= 35 then literal.time = draw:time()
  elseif predicate.timed and roll <= 75 and #known > 0 then literal.time = draw:pick(known)
  elseif predicate.timed and roll <= 80 then literal.time = "unknown" end
  if predicate.base and draw:chance(25) then
    local sources = draw:chance(40) and #body.bound.entity > 0 and body.bound.entity or SOURCES
    literal.claim = { source = draw:pick(sources) }
    if draw:chance(30) then literal.claim.verb = "deny" end
    if draw:chance(30) then literal.claim.grade = draw:pick(GRADES) end
    if draw:chance(30) then literal.claim.kind = draw:pick { "stated", "assessed" }
    elseif draw:chance(30) then
      literal.claim.kind, literal.claim.speaker = "attributed", bound_term(draw, body, "entity")
    end
  elseif predicate.sourced and draw:chance(30) then
    literal.claim = { source = draw:pick(SOURCES) }
  end
  add(body, literal)
end

--- A side of a test: what is bound, what is made of it, a literal.
local function time_side(draw, body)
  if draw:chance(15) then return (time_call(draw, body, "time")) end
  return draw:pick(body.bound.time)
end

local function add_test(draw, body)
  if #body.bound.time == 0 then return end
  local right = draw:chance(45) and draw:token() or time_side(draw, body)
  local left = time_side(draw, body)
  if draw:chance(15) then left, right = right, left end
  local test = draw:pick(draw:chance(50) and { "before", "after", "within", "intersects" }
    or times.tests)
  add(body, { test = test, left = left, right = right,
    possibly = draw:chance(40) or nil, negated = draw:chance(30) or nil })
end

local function add_made(draw, body)
  local expression, kind = time_call(draw, body, draw:pick { "int", "time" })
  if not expression then return end
  local name = draw:variable(kind == "time" and "T" or "Y")
  add(body, { op = "=", left = name, right = expression })
  bind(body, kind, name)
end

local function add_comparison(draw, body)
  local kind = draw:pick { "int", "entity", "time", "time", "text" }
  if #body.bound[kind] == 0 then return end
  local ops = (kind == "int" or kind == "time") and { "<", "<=", ">", ">=", "!=", "=" }
    or { "!=", "!=", "=" }
  add(body, { op = draw:pick(ops), left = draw:pick(body.bound[kind]),
    right = bound_term(draw, body, kind) })
end

-- ---- aggregates ---------------------------------------------------------------------------

--- The variables of `inner` that `outer` does not have, by kind.
local function own_variables(outer, inner)
  local own = { int = {}, entity = {}, text = {}, time = {} }
  for kind, names in pairs(inner.bound) do
    local seen = {}
    for _, name in ipairs(outer.bound[kind]) do seen[name] = true end
    for _, name in ipairs(names) do
      if not seen[name] then table.insert(own[kind], name) end
    end
  end
  return own
end

local KINDS = { "int", "entity", "text", "time" }

--- What an aggregate ranges over, and the aggregate.
local function aggregate_tuple(draw, own)
  if #own.time > 0 and draw:chance(30) then
    local agg = draw:pick { "min", "max", "sum" }
    local name = agg == "sum" and draw:pick { "days", "year" } or draw:pick { "year", "start", "end" }
    if draw:chance(40) and agg ~= "sum" then return agg, { draw:pick(own.time) }, "time" end
    return agg, { { name, draw:pick(own.time) } }, times.functions[name]
  end
  if #own.int > 0 and draw:chance(40) then
    return draw:pick { "sum", "min", "max" }, { draw:pick(own.int) }, "int"
  end
  local tuple = {}
  for _, kind in ipairs(KINDS) do
    for _, name in ipairs(own[kind]) do
      if draw:chance(60) then tuple[#tuple + 1] = name end
    end
  end
  return "count", tuple, "int"
end

local function add_aggregate(draw, body, from)
  local inner, group = new_body(), nil
  for _, kind in ipairs(KINDS) do
    for _, name in ipairs(body.bound[kind]) do table.insert(inner.bound[kind], name) end
  end
  add_atom(draw, inner, draw:pick(from))
  if draw:chance(30) then add_atom(draw, inner, draw:pick(from)) end
  if draw:chance(30) then add_test(draw, inner) end
  local own = own_variables(body, inner)
  if not body.open and draw:chance(60) then
    local kind = draw:pick { "time", "time", "entity" }
    if #own[kind] > 0 then group = { kind = kind, name = table.remove(own[kind], 1) } end
  end
  local agg, tuple, gives = aggregate_tuple(draw, own)
  if #tuple == 0 then return end
  local result = draw:variable "N"
  add(body, { agg = agg, op = "=", result = result, tuple = tuple, body = inner.literals })
  bind(body, gives, result)
  if group then
    bind(body, group.kind, group.name)
    body.open = true
  end
end

-- ---- rules --------------------------------------------------------------------------------

--- The time of a head, from what is bound.
local function head_time(draw, body)
  local known, roll = body.bound.time, draw.random(100)
  if roll <= 12 then return nil end
  if roll <= 15 then return "unknown" end
  if roll <= 22 or #known == 0 then return draw:time() end
  if roll <= 45 then return (time_call(draw, body, "time")) end
  return draw:pick(known)
end

local function random_rule(draw, program, predicate, lower, own)
  local body = new_body()
  for _ = 1, draw:pick { 1, 1, 1, 2, 2, 3 } do
    add_atom(draw, body, draw:pick(#own > 0 and draw:chance(35) and own or lower))
  end
  if draw:chance(25) then add_made(draw, body) end
  if draw:chance(30) then add_test(draw, body) end
  if draw:chance(12) then add_comparison(draw, body) end
  if draw:chance(20) then add_negation(draw, body, draw:pick(lower)) end
  if draw:chance(18) then add_aggregate(draw, body, lower) end
  if draw:chance(6) then add_test(draw, body) end
  local head = { predicate.name }
  for i, kind in ipairs(predicate.types) do head[i + 1] = bound_term(draw, body, kind) end
  local rule = { head = head, body = draw:shuffled(body.literals) }
  if predicate.timed then rule.time = head_time(draw, body) end
  if predicate.sourced and draw:chance(70) then
    rule.source = draw:chance(20) and draw:pick(SOURCES) or nil
    local sources = {}
    for _, name in ipairs(body.bound.entity) do
      if name:find "S%d" then sources[#sources + 1] = name end
    end
    if #sources > 0 then rule.source = draw:pick(sources) end
  end
  table.insert(program.rules, rule)
end

local function rule(program, head, time, ...)
  table.insert(program.rules, { head = head, time = time, body = { ... } })
end

local function at(name, x, y, time) return { atom = { name, x, y }, time = time } end

--- Recursion over edges and their times.
M.shapes = {
  function(program, n) -- at once
    rule(program, { n, "X", "Y" }, "T", at("edge", "X", "Y", "T"))
    rule(program, { n, "X", "Z" }, "T", at(n, "X", "Y", "T"), at("edge", "Y", "Z", "T"))
  end,
  function(program, n) -- as long as all hold
    rule(program, { n, "X", "Y" }, "T", at("edge", "X", "Y", "T"))
    rule(program, { n, "X", "Z" }, { "intersect", "T", "U" }, at(n, "X", "Y", "T"), at("edge", "Y", "Z", "U"))
  end,
  function(program, n) -- from first to last
    rule(program, { n, "X", "Y" }, "T", at("edge", "X", "Y", "T"))
    rule(program, { n, "X", "Z" }, { "span", "T", "U" }, at(n, "X", "Y", "T"), at(n, "Y", "Z", "U"))
  end,
  function(program, n) -- one after the other
    rule(program, { n, "X", "Y" }, "T", at("edge", "X", "Y", "T"))
    rule(program, { n, "X", "Z" }, "U", at(n, "X", "Y", "T"), at("edge", "Y", "Z", "U"),
      { test = "before", left = "T", right = "U", possibly = true })
  end,
  function(program, n) -- whenever
    rule(program, { n, "X", "Y" }, nil, at("edge", "X", "Y", "_"))
    rule(program, { n, "X", "Z" }, nil, at(n, "X", "Y"), at("edge", "Y", "Z", "T"),
      { test = "within", left = "T", right = "@1994-01-01/1995-12-31", possibly = true })
  end,
  function(program, n) -- with its start told, then from that day on
    rule(program, { n, "X", "Y" }, { "start", "T" }, at("edge", "X", "Y", "T"))
    rule(program, { n, "X", "Z" }, { "end", "U" }, at(n, "X", "Y", "T"), at("edge", "Y", "Z", "U"),
      { test = "before", left = "U", right = "T", negated = true })
  end,
}

--- The least or greatest of what comes along edges: steps, or times.
local function add_best(draw, program, name)
  local agg = draw:pick { "min", "max" }
  local function step(value, ...)
    table.insert(program.rules, { head = { name, "Y", "N" },
      body = { { agg = agg, op = "=", result = "N", tuple = { value }, body = { ... } } } })
  end
  if draw:chance(50) then
    agg = "min"
    local test = { test = draw:pick { "before", "within" }, left = "T", right = draw:token(), possibly = true }
    rule(program, { name, "X", 0 }, nil, at("edge", "X", "_", draw:time()))
    step({ "+", "D", 1 }, { atom = { name, "X", "D" } }, at("edge", "X", "Y", "T"), test)
    return { { name = name, types = { "entity", "int" } } }
  end
  step("T", at("edge", "_", "Y", "T"))
  step("T", { atom = { name, "X", "T" } }, at("edge", "X", "Y"))
  return { { name = name, types = { "entity", "time" } } }
end

local function add_shape(draw, program, name)
  local which = draw.random(#M.shapes + 2)
  if which > #M.shapes then return add_best(draw, program, name) end
  M.shapes[which](program, name)
  return { { name = name, types = { "entity", "entity" }, timed = which ~= 5 } }
end

local function add_component(draw, program, all, name)
  local own = {}
  for i = 1, draw:pick { 1, 1, 2 } do
    local predicate = { name = name .. ("ab"):sub(i, i), types = {}, timed = draw:chance(75),
      sourced = draw:chance(30) }
    for k = 1, draw:pick { 0, 1, 1, 2, 2, 3 } do
      predicate.types[k] = draw:pick { "entity", "entity", "entity", "int", "time", "text" }
    end
    own[i] = predicate
    if predicate.timed and draw:chance(35) then
      program.declared[predicate.name] = draw:pick { "occurs", "holds" }
    end
  end
  local recursive = draw:chance(50) and own or {}
  for _, predicate in ipairs(own) do
    for i = 1, draw.random(3) do
      random_rule(draw, program, predicate, all, i == 1 and draw:chance(80) and {} or recursive)
    end
  end
  return own
end

--- Rules for a relation that has facts, too.
local function add_to_base(draw, program, all)
  local of = draw:pick { "h", "edge", "o", "u" }
  local relation = program.relations[of]
  if not relation then return add_shape(draw, program, "p0") end
  local predicate = { name = of, types = relation.types, timed = true, sourced = true }
  for i, other in ipairs(all) do
    if other.name == of then table.remove(all, i) break end
  end
  random_rule(draw, program, predicate, all, {})
  if draw:chance(40) then random_rule(draw, program, predicate, all, { predicate }) end
  predicate.base = true
  return { predicate }
end

-- ---- queries and views ----------------------------------------------------------------------

local function add_query(draw, program, all, derived)
  draw.prefix = "Q" .. #program.queries + 1 .. "_"
  local body = new_body()
  add_atom(draw, body, draw:pick(draw:chance(75) and derived or all))
  if draw:chance(22) then add_atom(draw, body, draw:pick(all)) end
  if draw:chance(15) then add_made(draw, body) end
  if draw:chance(20) then add_test(draw, body) end
  if draw:chance(8) then add_comparison(draw, body) end
  if draw:chance(12) then add_negation(draw, body, draw:pick(all)) end
  if draw:chance(12) then
    body.open = true
    add_aggregate(draw, body, all)
  end
  table.insert(program.queries, draw:shuffled(body.literals))
  draw.prefix = ""
end

local DAYS = { "1994", "1994-02-08", "1993-12-31", "1994-06", "1995", "1992", "1996-01-01" }

local function some(draw, list)
  local out = {}
  for _, one in ipairs(list) do
    if draw:chance(50) then out[#out + 1] = one end
  end
  return #out > 0 and out or { draw:pick(list) }
end

local function new_view(draw, program)
  local view = {}
  if draw:chance(50) then
    view.as_of = draw:pick(DAYS)
    view.possible = draw:chance(40) or nil
  end
  if draw:chance(20) then view.since = draw:pick(DAYS) end
  if draw:chance(20) then view["until"] = draw:pick(DAYS) end
  if draw:chance(30) then view.known_at = draw.random(#program.transactions + 1) - 1 end
  if draw:chance(20) then view.sources = some(draw, { "s1", "s2", "s3", "base" }) end
  if draw:chance(15) then view.kinds = some(draw, { "stated", "attributed", "assessed" }) end
  if draw:chance(8) then view.speakers = some(draw, SPEAKERS) end
  if draw:chance(15) then view.min_grade = draw:pick { "a", "b", "c", "f", "1", "2", "6", "b2", "c3" } end
  return view
end

---@param seed integer
---@return table program
function M.new(seed)
  local draw = setmetatable({ random = helper.random(seed), n = 0, prefix = "", times = {} }, Draw)
  for _ = 1, 3 do draw.random(10) end
  draw.values = draw:pick { 2, 3, 3, 4, 5 }
  for i = 1, draw:pick { 2, 3, 4, 6 } do draw.times[i] = draw:pick(M.edtf) end
  local program = { relations = {}, declared = {}, derived = {}, reliability = {},
    transactions = {}, rules = {}, queries = {}, views = { {} }, seed = seed }
  for _, source in ipairs(SOURCES) do
    program.reliability[source] = draw:chance(70) and draw:pick { "a", "b", "c", "f" } or nil
  end
  add_base(draw, program)
  add_facts(draw, program)
  local all, derived = {}, {}
  for i, relation in ipairs(draw.base) do
    all[i] = { name = relation.name, types = relation.types, timed = relation.timed, base = true }
  end
  for i = 1, draw.random(3) do
    local made
    local roll = draw.random(10)
    if roll <= 6 then made = add_component(draw, program, all, "p" .. i)
    elseif roll <= 8 or i > 1 then made = add_shape(draw, program, "p" .. i)
    else made = add_to_base(draw, program, all) end
    for _, predicate in ipairs(made) do
      all[#all + 1] = predicate
      derived[#derived + 1] = predicate
      program.derived[predicate.name] = true
    end
  end
  for _ = 1, draw:pick { 1, 2, 2, 3 } do add_query(draw, program, all, derived) end
  for i = 2, draw:pick { 2, 3, 4 } do program.views[i] = new_view(draw, program) end
  return program
end

-- ---- in the language --------------------------------------------------------------------------

local function map(list, f, from)
  local out = {}
  for i = from or 1, #list do out[#out + 1] = f(list[i]) end
  return out
end

local function term(value)
  if type(value) ~= "table" then return (tostring(value):gsub("^@", "")) end
  if value[1] == "+" then return ("%s + %s"):format(term(value[2]), term(value[3])) end
  return ("%s(%s)"):format(value[1], table.concat(map(value, term, 2), ", "))
end

local function atom_text(atom)
  if #atom == 1 then return atom[1] end
  return atom[1] .. "(" .. table.concat(map(atom, term, 2), ", ") .. ")"
end

--- An atom or a fact with what may stand around it.
local function said(atom, time, claim)
  local out = {}
  if claim.verb == "deny" or claim.verb == "retract" then out[1] = claim.verb end
  if claim.kind == "attributed" then
    out[#out + 1] = ("attributed(%s)"):format(claim.speaker)
  elseif claim.kind then
    out[#out + 1] = claim.kind
  end
  out[#out + 1] = atom_text(atom)
  if time then out[#out + 1] = "@ " .. term(time) end
  if claim.source and claim.source ~= "base" then out[#out + 1] = "from " .. claim.source end
  if claim.locator then out[#out + 1] = claim.locator end
  if claim.grade then out[#out + 1] = "grade " .. claim.grade end
  return table.concat(out, " ")
end

local function literal_text(literal)
  if literal.atom then
    return (literal.negated and "not " or "") .. said(literal.atom, literal.time, literal.claim or {})
  elseif literal.test then
    return ("%s%s%s %s %s"):format(literal.negated and "not " or "", literal.possibly and "possibly " or "",
      term(literal.left), literal.test, term(literal.right))
  elseif literal.agg then
    return ("%s %s %s{ %s : %s }"):format(term(literal.result), literal.op, literal.agg,
      table.concat(map(literal.tuple, term), ", "), table.concat(map(literal.body, literal_text), ", "))
  end
  return ("%s %s %s"):format(term(literal.left), literal.op, term(literal.right))
end

local function body_text(body) return table.concat(map(body, literal_text), ", ") end

local function declaration(name, types, how)
  local columns = #types > 0 and "(" .. table.concat(types, ", ") .. ")" or ""
  return ("relation %s%s%s."):format(name, columns, how and " " .. how or "")
end

local function claim_text(one)
  local atom = { one.relation, table.unpack(one) }
  local claim = one
  if one.verb == "retract" then claim = { verb = "retract", source = one.source } end
  if one.kind == "stated" then claim = setmetatable({ kind = false }, { __index = claim }) end
  return said(atom, one.time, claim) .. " ."
end

--- What is loaded by each transaction, in the language.
---@param program table
---@return string[]
function M.loads(program)
  local texts = {}
  for i, transaction in ipairs(program.transactions) do
    texts[i] = table.concat(map(transaction, claim_text), "\n") .. "\n"
  end
  local lines = {}
  for name, relation in pairs(program.relations) do
    lines[#lines + 1] = declaration(name, relation.types, relation.how)
  end
  for _, source in ipairs(SOURCES) do
    local letter = program.reliability[source]
    lines[#lines + 1] = ("source %s { %s}."):format(source, letter and "reliability: " .. letter .. " " or "")
  end
  table.sort(lines)
  texts[1] = table.concat(lines, "\n") .. "\n" .. texts[1]
  return texts
end

--- The rules, in the language.
---@param program table
---@return string
function M.rules(program)
  local lines, declared = {}, {}
  for _, one in ipairs(program.rules) do
    local name, how = one.head[1], program.declared[one.head[1]]
    if how and not declared[name] then
      declared[name] = true
      lines[#lines + 1] = declaration(name, map(one.head, function() return "any" end, 2), how)
    end
  end
  for _, one in ipairs(program.rules) do
    lines[#lines + 1] = said(one.head, one.time, { source = one.source }) .. " :- "
      .. body_text(one.body) .. "."
  end
  return table.concat(lines, "\n") .. "\n"
end

---@param query table
---@return string
function M.query(query) return "?- " .. body_text(query) .. " ." end

--- A view's options as tests/embed/logic_route.c has them.
---@param view table
---@return string
function M.words(view)
  local words = { view.possible and "possible" }
  for _, name in ipairs { "as_of", "since", "until", "min_grade" } do
    if view[name] then words[#words + 1] = name .. "=" .. view[name] end
  end
  if view.known_at then words[#words + 1] = "known_at=#" .. view.known_at end
  for _, name in ipairs { "source", "kind", "speaker" } do
    for _, value in ipairs(view[name .. "s"] or {}) do words[#words + 1] = name .. "=" .. value end
  end
  return table.concat(words, " ")
end

--- A view's options as the command has them.
---@param view table
---@return string[]
function M.options(view)
  local words = {}
  local function add_option(name, value)
    words[#words + 1] = "--" .. name
    if value ~= true then words[#words + 1] = value end
  end
  for _, name in ipairs { "as_of", "since", "until", "min_grade", "possible" } do
    if view[name] then add_option(name:gsub("_", "-"), view[name]) end
  end
  if view.known_at then add_option("known-at", "#" .. view.known_at) end
  for option, name in pairs { source = "sources", kind = "kinds", speaker = "speakers" } do
    for _, value in ipairs(view[name] or {}) do add_option(option, value) end
  end
  return words
end

return M
