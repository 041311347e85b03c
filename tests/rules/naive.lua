--- naive: what a program of rules means, found in the dullest way.
--
-- A program is a Lua table:
--
--   { facts = { { "edge", 1, 2 }, ... },
--     rules = { { head = { "reach", "X", "Y" }, body = { literal, ... } }, ... },
--     queries = { { literal, ... }, ... } }
--
-- A constant is an integer, a string that begins with a small letter (an entity) or one
-- that begins with a double quote (a text, quotes and all) or one that begins with `@` (a
-- time in EDTF; `@` alone is none).  A string that begins with a capital is a variable, "_"
-- is anything.  An expression is { "+", a, b }; there are + - * / mod min max and the
-- functions of tests/rules/times.lua.  A literal is one of
--
--   { atom = { "edge", "X", "Y" }, negated = true or nil, filters = nil }
--   { op = "<", left = expression, right = expression }      = != < <= > >=
--   { test = "before", left = expression, right = expression, possibly = true or nil,
--     negated = true or nil }
--   { agg = "count", op = "=", result = term, tuple = { expression, ... }, body = {...} }
--
-- The last one reads `result op count{ tuple : body }`; negated atoms hold no variable
-- that nothing else binds, an aggregate no aggregate.  The filters of an atom are functions
-- by column that values have to pass; a rule's `check` is one of what it derives.  Variables
-- that begin with "HIDDEN" are none of the answers.
--
-- Meaning: components of predicates are evaluated one after the other, callees first.  Of a
-- component all rules are applied to what is known of it, from nothing, again and again,
-- until the result is what went in.  Where a component goes through its own min or max,
-- only the best of the tuples that differ in the last column is kept, each time.
--
-- Nothing here is fast but one thing: tuples are found by the columns that are known.
-- A budget of steps ends what would take long.

local times = require "tests.rules.times"

local M = {}

---@param term any
---@return boolean
function M.is_variable(term)
  if type(term) ~= "string" then return false end
  local byte = term:byte()
  return byte >= 65 and byte <= 90
end
local is_variable = M.is_variable

--- "edge/2"
function M.key(atom) return atom[1] .. "/" .. #atom - 1 end
local key = M.key

-- ---- variables ------------------------------------------------------------------------

local function add_of_expression(expression, set)
  if is_variable(expression) then
    set[expression] = true
  elseif type(expression) == "table" then
    for i = 2, #expression do add_of_expression(expression[i], set) end
  end
end

local function add_of_literal(literal, set)
  if literal.atom then
    for i = 2, #literal.atom do add_of_expression(literal.atom[i], set) end
  elseif literal.agg then
    add_of_expression(literal.result, set)
    for _, expression in ipairs(literal.tuple) do add_of_expression(expression, set) end
    for _, inner in ipairs(literal.body) do add_of_literal(inner, set) end
  else
    add_of_expression(literal.left, set)
    add_of_expression(literal.right, set)
  end
end

--- The variables of an expression, as a set.
local function of_expression(expression)
  local set = {}
  add_of_expression(expression, set)
  return set
end

local function within(set, other)
  for name in pairs(set) do
    if not other[name] then return false end
  end
  return true
end

--- The variables of an aggregate that are also used outside it: they group.  `head` is
--- the head's variables, or those of the query's answers.
function M.groups(literal, body, head)
  local outside, inside, groups = {}, {}, {}
  for name in pairs(head) do outside[name] = true end
  for _, other in ipairs(body) do
    if other ~= literal then add_of_literal(other, outside) end
  end
  for _, expression in ipairs(literal.tuple) do add_of_expression(expression, inside) end
  for _, inner in ipairs(literal.body) do add_of_literal(inner, inside) end
  for name in pairs(inside) do
    if outside[name] then groups[#groups + 1] = name end
  end
  table.sort(groups)
  return groups
end

--- What the literals of a body bind, groups of aggregates apart; from what is bound.
local function bindable(body, bound)
  local set = {}
  for name in pairs(bound) do set[name] = true end
  local function add(term) -- true where it is new
    if not is_variable(term) or set[term] then return false end
    set[term] = true
    return true
  end
  repeat
    local more = false
    for _, literal in ipairs(body) do
      if literal.atom and not literal.negated then
        for i = 2, #literal.atom do more = add(literal.atom[i]) or more end
      elseif literal.agg and literal.op == "=" then
        more = add(literal.result) or more
      elseif literal.op == "=" then
        if within(of_expression(literal.right), set) then more = add(literal.left) or more end
        if within(of_expression(literal.left), set) then more = add(literal.right) or more end
      end
    end
  until not more
  return set
end

--- Can the literal be answered, with these variables bound?
local function ready(literal, bound, can, groups)
  if literal.atom and not literal.negated then return true end
  if literal.atom then
    local set = {}
    add_of_literal(literal, set)
    return within(set, bound)
  end
  if literal.agg then
    for _, name in ipairs(groups) do
      if can[name] and not bound[name] then return false end
    end
    return literal.op == "=" or within(of_expression(literal.result), bound)
  end
  local left = within(of_expression(literal.left), bound)
  local right = within(of_expression(literal.right), bound)
  if left and right then return true end
  return literal.op == "=" and (right and is_variable(literal.left)
    or left and is_variable(literal.right))
end

--- The literals of a body in an order in which each can be answered: what only tests goes
--- first, atoms as they are written.  Each step is { literal, groups, plan (of an
--- aggregate's body), free (groups that it binds) }.
function M.order(body, head, bound)
  local can, left, steps, now = bindable(body, bound), {}, {}, {}
  for name in pairs(bound) do now[name] = true end
  for i, literal in ipairs(body) do
    left[i] = { literal = literal, groups = literal.agg and M.groups(literal, body, head) }
  end
  local function take(i)
    local step = table.remove(left, i)
    if step.groups then
      step.free = {}
      local inner, wanted = {}, {}
      for _, name in ipairs(step.groups) do
        if now[name] then inner[name] = true else step.free[#step.free + 1] = name end
      end
      add_of_literal(step.literal, wanted)
      step.plan = M.order(step.literal.body, wanted, inner)
    end
    if not step.literal.negated then add_of_literal(step.literal, now) end
    steps[#steps + 1] = step
  end
  local function next_one(test)
    for i, step in ipairs(left) do
      local literal = step.literal
      local atom = literal.atom ~= nil and not literal.negated
      if atom ~= test and ready(literal, now, can, step.groups) then return i end
    end
  end
  while #left > 0 do
    take(assert(next_one(true) or next_one(false), "a body is not safe"))
    -- Locals of an aggregate are nobody else's.
    local step = steps[#steps]
    if step.groups then
      local locals = {}
      add_of_literal(step.literal, locals)
      for _, name in ipairs(step.groups) do locals[name] = nil end
      if is_variable(step.literal.result) then locals[step.literal.result] = nil end
      for name in pairs(locals) do now[name] = nil end
    end
  end
  return steps
end

-- ---- relations ------------------------------------------------------------------------

local function encode(tuple)
  local words = {}
  for i, value in ipairs(tuple) do words[i] = tostring(value) end
  return table.concat(words, "\0")
end

local function new_relation() return { tuples = {}, has = {}, found = {} } end

local function insert(relation, tuple)
  local code = encode(tuple)
  if relation.has[code] then return end
  relation.has[code] = true
  relation.tuples[#relation.tuples + 1] = tuple
  relation.found = {}
end

--- The tuples that have the values of `known` (column -> value) in those columns.
local function lookup(relation, columns, values)
  if #columns == 0 then return relation.tuples end
  local name = table.concat(columns, ",")
  local index = relation.found[name]
  if not index then
    index = {}
    for _, tuple in ipairs(relation.tuples) do
      local part = {}
      for i, column in ipairs(columns) do part[i] = tuple[column] end
      local code = encode(part)
      index[code] = index[code] or {}
      table.insert(index[code], tuple)
    end
    relation.found[name] = index
  end
  return index[encode(values)] or {}
end

local function equal(a, b)
  if #a.tuples ~= #b.tuples then return false end
  for code in pairs(a.has) do
    if not b.has[code] then return false end
  end
  return true
end

-- ---- one body -------------------------------------------------------------------------

local steps_left

local function spend()
  steps_left = steps_left - 1
  if steps_left < 0 then error("over budget", 0) end
end

local function truncated(a, b)
  local quotient = a // b
  if quotient < 0 and quotient * b ~= a then quotient = quotient + 1 end
  return quotient
end

local function is_time(value) return type(value) == "string" and value:byte() == 64 end

--- The value of a function of times.
local function call(name, a, b, arguments)
  if not is_time(a) or arguments == 2 and not is_time(b) then return nil end
  local result = times.call(name, a:sub(2), arguments == 2 and b:sub(2) or nil)
  return type(result) == "string" and "@" .. result or result
end

--- The value of an expression; nil where there is none.
local function value_of(expression, env)
  if type(expression) ~= "table" then
    if is_variable(expression) then return env[expression] end
    return expression
  end
  local op = expression[1]
  local a, b = value_of(expression[2], env), value_of(expression[3], env)
  if times.functions[op] then return call(op, a, b, #expression - 1) end
  if math.type(a) ~= "integer" or math.type(b) ~= "integer" then return nil end
  if op == "+" then return a + b end
  if op == "-" then return a - b end
  if op == "*" then return a * b end
  if op == "min" then return math.min(a, b) end
  if op == "max" then return math.max(a, b) end
  if b == 0 then return nil end
  if op == "/" then return truncated(a, b) end
  assert(op == "mod", op)
  return a % b
end

--- Does `a` come before `b`: numbers, or times?
local function less(a, b)
  if is_time(a) and is_time(b) then return times.sooner(a:sub(2), b:sub(2)) end
  return a < b
end

local function holds(op, a, b)
  if a == nil or b == nil then return false end
  if op == "=" then return a == b end
  if op == "!=" then return a ~= b end
  if is_time(a) then
    if op == "<" then return less(a, b) end
    if op == "<=" then return not less(b, a) end
    if op == ">" then return less(b, a) end
    return not less(a, b)
  end
  assert(type(a) == "number" and type(b) == "number", "only numbers are compared here")
  if op == "<" then return a < b end
  if op == "<=" then return a <= b end
  if op == ">" then return a > b end
  assert(op == ">=", op)
  return a >= b
end

--- Go on with `then_do` where `term op value`, a variable without a value having any.
local function compare(op, term, value, env, then_do)
  if op == "=" and is_variable(term) and env[term] == nil then
    if value == nil then return end
    env[term] = value
    then_do()
    env[term] = nil
  elseif holds(op, value_of(term, env), value) then
    then_do()
  end
end

--- What an aggregate comes to over a list of distinct tuples; nil where it has none.
local function fold(agg, tuples)
  if agg == "count" then return #tuples end
  local total, least, greatest = 0, nil, nil
  for _, tuple in ipairs(tuples) do
    local value = tuple[1]
    if math.type(value) then total = total + value end
    if least == nil or less(value, least) then least = value end
    if greatest == nil or less(greatest, value) then greatest = value end
  end
  if agg == "sum" then return total end
  if #tuples == 0 then return nil end
  if agg == "min" then return least end
  if agg == "max" then return greatest end
  assert(agg == "avg", agg)
  return total / #tuples
end

local solve

--- Those of the tuples that pass the filters.
local function filtered(tuples, filters)
  if not filters then return tuples end
  local kept = {}
  for _, tuple in ipairs(tuples) do
    local pass = true
    for column, test in pairs(filters) do pass = pass and test(tuple[column]) end
    if pass then kept[#kept + 1] = tuple end
  end
  return kept
end

local function solve_test(literal, env, then_do)
  spend()
  local a, b = value_of(literal.left, env), value_of(literal.right, env)
  local holding = false
  if is_time(a) and is_time(b) then
    local certain, possible = times.test(literal.test, a:sub(2), b:sub(2))
    holding = certain or possible and literal.possibly or false
  end
  if holding ~= (literal.negated or false) then then_do() end
end

local function solve_atom(atom, negated, filters, env, db, then_do)
  local columns, values, free = {}, {}, {}
  for i = 2, #atom do
    local term = atom[i]
    local value = term
    if term == "_" then value = nil elseif is_variable(term) then value = env[term] end
    if value ~= nil then
      columns[#columns + 1], values[#values + 1] = i - 1, value
    elseif term ~= "_" then
      free[#free + 1] = i - 1
    end
  end
  local found = filtered(lookup(db[key(atom)], columns, values), filters)
  if negated then
    spend()
    if #found == 0 then then_do() end
    return
  end
  for _, tuple in ipairs(found) do
    spend()
    local same = true
    for _, column in ipairs(free) do
      local name = atom[column + 1]
      if env[name] == nil then
        env[name] = tuple[column]
      elseif env[name] ~= tuple[column] then -- a variable twice in the atom
        same = false
      end
    end
    if same then then_do() end
    for _, column in ipairs(free) do env[atom[column + 1]] = nil end
  end
end

local function solve_aggregate(step, env, db, then_do)
  local literal = step.literal
  local inner, groups, order = {}, {}, {}
  for _, name in ipairs(step.groups) do inner[name] = env[name] end
  if #step.free == 0 then
    order[1], groups[""] = "", { values = {}, tuples = new_relation() }
  end
  solve(step.plan, 1, inner, db, function()
    local values, tuple = {}, {}
    for i, name in ipairs(step.free) do values[i] = inner[name] end
    for i, expression in ipairs(literal.tuple) do
      tuple[i] = value_of(expression, inner)
      if tuple[i] == nil then return end
    end
    local code = encode(values)
    if not groups[code] then
      order[#order + 1], groups[code] = code, { values = values, tuples = new_relation() }
    end
    insert(groups[code].tuples, tuple)
  end)
  for _, code in ipairs(order) do
    local group = groups[code]
    for i, name in ipairs(step.free) do env[name] = group.values[i] end
    compare(literal.op, literal.result, fold(literal.agg, group.tuples.tuples), env, then_do)
    for _, name in ipairs(step.free) do env[name] = nil end
  end
end

--- Call `emit` for each way to satisfy the steps from `i` on; env has the values.
function solve(steps, i, env, db, emit)
  local step = steps[i]
  if not step then return emit() end
  local function then_do() solve(steps, i + 1, env, db, emit) end
  local literal = step.literal
  if literal.atom then
    return solve_atom(literal.atom, literal.negated, literal.filters, env, db, then_do)
  end
  if literal.test then return solve_test(literal, env, then_do) end
  if literal.agg then return solve_aggregate(step, env, db, then_do) end
  local left, right = literal.left, literal.right
  if is_variable(right) and env[right] == nil then left, right = right, left end
  compare(literal.op, left, value_of(right, env), env, then_do)
end

-- ---- components -----------------------------------------------------------------------

--- Every predicate that an atom has, with what its rules read: { "p/1" -> { "q/2" = how } }
--- where how is "plain", "not" or the aggregate.
local function dependencies(program)
  local needs = {}
  local function see(atom)
    needs[key(atom)] = needs[key(atom)] or {}
    return needs[key(atom)]
  end
  local function read(body, from, agg)
    for _, literal in ipairs(body) do
      if literal.atom then
        see(literal.atom)
        if from then
          local of = key(literal.atom)
          from[of] = from[of] or {}
          from[of][literal.negated and "not" or agg or "plain"] = true
        end
      elseif literal.agg then
        read(literal.body, from, literal.agg)
      end
    end
  end
  for _, fact in ipairs(program.facts) do see(fact) end
  for name in pairs(program.relations or {}) do needs[name] = needs[name] or {} end
  for _, rule in ipairs(program.rules) do read(rule.body, see(rule.head)) end
  for _, query in ipairs(program.queries) do read(query) end
  return needs
end

local function closure(needs)
  local reaches = {}
  for from, to in pairs(needs) do
    reaches[from] = {}
    for name in pairs(to) do reaches[from][name] = true end
  end
  for middle in pairs(needs) do
    for from in pairs(needs) do
      if reaches[from][middle] then
        for to in pairs(reaches[middle]) do reaches[from][to] = true end
      end
    end
  end
  return reaches
end

--- Components in order, callees first: lists of keys.  And what is kept by `min` or `max`:
--- key -> which.
function M.components(program)
  local needs = dependencies(program)
  local reaches, names, order, placed, best = closure(needs), {}, {}, {}, {}
  for name in pairs(needs) do names[#names + 1] = name end
  table.sort(names)
  local function component_of(name)
    local list = {}
    for _, other in ipairs(names) do
      if other == name or reaches[name][other] and reaches[other][name] then
        list[#list + 1] = other
      end
    end
    return list
  end
  local function complete(component)
    local mine = {}
    for _, name in ipairs(component) do mine[name] = true end
    for _, name in ipairs(component) do
      for other in pairs(needs[name]) do
        if not mine[other] and not placed[other] then return false end
      end
    end
    return true
  end
  repeat
    local more = false
    for _, name in ipairs(names) do
      local component = not placed[name] and component_of(name)
      if component and complete(component) then
        order[#order + 1] = component
        for _, member in ipairs(component) do placed[member] = true end
        more = true
      end
    end
  until not more
  for from, to in pairs(needs) do
    for name, ways in pairs(to) do
      for how in pairs(reaches[name][from] and ways or {}) do
        if how == "min" or how == "max" then best[from] = how
        else assert(how == "plain", "not stratified: " .. from .. " by " .. how) end
      end
    end
  end
  return order, best
end

-- ---- a program ------------------------------------------------------------------------

--- Of tuples that differ in the last column only, the best.
local function keep_best(relation, which)
  local chosen = {}
  for _, tuple in ipairs(relation.tuples) do
    local last = tuple[#tuple]
    local code = encode { table.unpack(tuple, 1, #tuple - 1) }
    local other = chosen[code] and chosen[code][#tuple]
    if not other or which == "min" and less(last, other) or which == "max" and less(other, last) then
      chosen[code] = tuple
    end
  end
  local kept = new_relation()
  for _, tuple in pairs(chosen) do insert(kept, tuple) end
  return kept
end

local function head_variables(head)
  local set = {}
  for i = 2, #head do add_of_expression(head[i], set) end
  return set
end

local function apply(rule, db, into)
  local env = {}
  solve(rule.plan, 1, env, db, function()
    local tuple = {}
    for i = 2, #rule.head do
      tuple[i - 1] = value_of(rule.head[i], env)
      if tuple[i - 1] == nil then return end
    end
    if not rule.check or rule.check(tuple) then insert(into, tuple) end
  end)
end

--- What the component's predicates are after one application of facts and rules.
local function applied(component, facts, rules, best, db)
  local after = {}
  for _, name in ipairs(component) do
    after[name] = new_relation()
    for _, tuple in ipairs(facts[name] or {}) do insert(after[name], tuple) end
    for _, rule in ipairs(rules[name] or {}) do apply(rule, db, after[name]) end
    if best[name] then after[name] = keep_best(after[name], best[name]) end
  end
  return after
end

local function by_predicate(program)
  local facts, rules = {}, {}
  for _, fact in ipairs(program.facts) do
    facts[key(fact)] = facts[key(fact)] or {}
    table.insert(facts[key(fact)], { table.unpack(fact, 2) })
  end
  for _, rule in ipairs(program.rules) do
    rules[key(rule.head)] = rules[key(rule.head)] or {}
    table.insert(rules[key(rule.head)], { head = rule.head, check = rule.check,
      plan = M.order(rule.body, head_variables(rule.head), {}) })
  end
  return facts, rules
end

--- All relations of a program: key -> { tuples = ... }.
local function model_of(program)
  local facts, rules = by_predicate(program)
  local components, best = M.components(program)
  local db = {}
  for _, component in ipairs(components) do
    for _, name in ipairs(component) do db[name] = new_relation() end
    repeat
      local same = true
      local after = applied(component, facts, rules, best, db)
      for _, name in ipairs(component) do
        same = same and equal(db[name], after[name])
        db[name] = after[name]
      end
    until same
  end
  return db
end

--- The variables of a query's answers: all that are not an aggregate's own.  Sorted.
function M.columns(query)
  local set, list = {}, {}
  for _, literal in ipairs(query) do
    if not literal.agg then add_of_literal(literal, set) end
    if literal.agg then add_of_expression(literal.result, set) end
  end
  for name in pairs(set) do
    if not name:find "^HIDDEN" then list[#list + 1] = name end
  end
  table.sort(list)
  return list
end

--- A value as a peer prints it, quotes of texts and the mark of times left out.
function M.spelled(value)
  if math.type(value) == "float" then return ("%.10g"):format(value) end
  return (tostring(value):gsub('^"(.*)"$', "%1"):gsub("^@", ""))
end

--- The answers of each query: a sorted list of lines, one an answer, values separated by
--- tabs, in the order of M.columns; { "yes" } or {} for a query without variables.  nil
--- where that takes more than `budget` steps.
---@param program table
---@param budget integer
---@return string[][]?
function M.answers(program, budget)
  steps_left = budget
  local ok, result = pcall(function()
    local db, all = model_of(program), {}
    for i, query in ipairs(program.queries) do
      local columns, env, lines = M.columns(query), {}, new_relation()
      local wanted = {}
      for _, name in ipairs(columns) do wanted[name] = true end
      solve(M.order(query, wanted, {}), 1, env, db, function()
        local words = {}
        for j, name in ipairs(columns) do words[j] = M.spelled(env[name]) end
        if #words == 0 then words[1] = "yes" end
        insert(lines, { table.concat(words, "\t") })
      end)
      all[i] = {}
      for j, line in ipairs(lines.tuples) do all[i][j] = line[1] end
      table.sort(all[i])
    end
    return all
  end)
  if ok then return result end
  if result == "over budget" then return nil end
  error(result, 0)
end

return M
