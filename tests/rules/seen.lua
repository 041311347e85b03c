--- seen: a program with times and claims, seen through a view, as plain tuples.
--
--   local plain = seen.plain(program, view)      -- for naive.answers
--
-- tests/rules/timed.lua says what the programs are.  Here is what semantics §§2, 3 and 5
-- say of them, done by going through all claims:
--
-- - a relation h is the tuples `h` with the time as a first column, `@` where there is none
--   (first, since the last one may be that of a min or max): facts with an assertion in view,
--   and what its rules derive
-- - its claims in view are the tuples `h!`: time, columns, source, locator, speaker, grade,
--   verb, kind, each `-` where the claim has none
-- - where rules derive it with a source, `h<` are its time, columns and source: of the
--   assertions in view, and of those rules
--
-- An atom is one of these, with filters where its time or a part of its claim is more than
-- a variable.  A view with times has every fact looked at, then every derived tuple whose
-- head says `@`.

local naive = require "tests.rules.naive"
local times = require "tests.rules.times"

local M = {}

local NONE = "-"
local PARTS = { "source", "locator", "speaker", "grade", "verb", "kind" }

-- ---- claims ---------------------------------------------------------------------------

local function same(a, b)
  for i = 1, math.max(#a, #b) do
    if a[i] ~= b[i] then return false end
  end
  return a.relation == b.relation and a.time == b.time
end

local function alike(a, b)
  for _, part in ipairs(PARTS) do
    if a[part] ~= b[part] then return false end
  end
  return same(a, b)
end

--- All claims ever made, each with the transactions that opened and closed it.
local function history(program)
  local all = {}
  local function live(claim) return not claim.closed end
  for number, transaction in ipairs(program.transactions) do
    for _, one in ipairs(transaction) do
      local known = false
      for _, old in ipairs(all) do
        if live(old) and one.verb == "retract" and same(old, one)
          and old.source == one.source then
          old.closed = number
        end
        known = known or live(old) and alike(old, one)
      end
      if one.verb ~= "retract" and not known then
        local claim = { opened = number, relation = one.relation, time = one.time,
          table.unpack(one) }
        for _, part in ipairs(PARTS) do claim[part] = one[part] end
        all[#all + 1] = claim
      end
    end
  end
  return all
end

local function among(list, value)
  for _, other in ipairs(list or { value }) do
    if other == value then return true end
  end
  return false
end

--- Is `have` at least as good as `least`?  The last of its kind cannot be judged.
local function passes(have, least, last)
  return least == "" or have ~= nil and have ~= "" and have ~= last and have <= least
end

local function halves(grade)
  return (grade or ""):match "^([a-f]?)([1-6]?)$"
end

local function claim_in_view(program, view, claim)
  local at = view.known_at
  if at and (claim.opened > at or claim.closed and claim.closed <= at) then return false end
  if not at and claim.closed then return false end
  if not among(view.sources, claim.source) or not among(view.kinds, claim.kind) then return false end
  if view.speakers and not (claim.speaker and among(view.speakers, claim.speaker)) then return false end
  local letter, digit = halves(view.min_grade)
  local own_letter, own_digit = halves(claim.grade)
  if own_letter == "" then
    -- Sources are declared in the first transaction.
    own_letter = (not at or at >= 1) and program.reliability[claim.source] or ""
  end
  return passes(own_letter, letter, "f") and passes(own_digit, digit, "6")
end

--- Does the relation carry times?
local function is_timed(program, relation)
  if relation.how then return true end
  for _, transaction in ipairs(program.transactions) do
    for _, one in ipairs(transaction) do
      if one.relation == relation.name and one.verb ~= "retract" and one.time
        and one.time ~= "unknown" then
        return true
      end
    end
  end
  return false
end

local function written(time) return "@" .. (time and time ~= "unknown" and time or "") end

--- Claims in view, on facts in view, of the relations by name.
local function claims_seen(program, view)
  local timed, seen = {}, {}
  for name, relation in pairs(program.relations) do timed[name] = is_timed(program, relation) end
  program.history = program.history or history(program)
  for _, claim in ipairs(program.history) do
    local time = claim.time ~= "unknown" and claim.time or nil
    if claim_in_view(program, view, claim) and (not timed[claim.relation]
      or times.in_view(view, time, program.relations[claim.relation].how == "occurs")) then
      seen[#seen + 1] = claim
    end
  end
  return seen
end

-- ---- literals ---------------------------------------------------------------------------

local function is_written(value) return value ~= "@" end
local function is_there(value) return value ~= NONE end

--- A part of a claim in the atom: the term, and what its column has to pass.
local function part_term(part, term)
  if term == nil or term == "_" then return "_", nil end
  if part == "grade" and not naive.is_variable(term) then
    local letter, digit = halves(term)
    return "_", function(value)
      local own_letter, own_digit = value:match '^"?([a-f]?)([1-6]?)"?$'
      return own_letter ~= nil and (letter == "" or own_letter == letter)
        and (digit == "" or own_digit == digit)
    end
  end
  return term, is_there
end

--- The term of the time column, its filter, and an equation beside the atom.
local function time_term(program, time)
  if time == nil then return "_" end
  if time == "unknown" then return "@" end
  if time == "_" then return "_", is_written end
  if type(time) == "table" then
    program.hidden = program.hidden + 1
    local name = "HIDDEN" .. program.hidden
    return name, is_written, { op = "=", left = name, right = time }
  end
  if naive.is_variable(time) then return time, is_written end
  return "_", function(value)
    return is_written(value) and times.test("within", value:sub(2), time:sub(2)) or false
  end
end

--- Is the atom of the derived facts with sources?
local function is_sourced(program, literal)
  for part in pairs(literal.claim) do
    if part ~= "source" then return false end
  end
  return program.derived[literal.atom[1]] or false
end

local function lower_atom(program, literal, out)
  local atom, claim = { literal.atom[1], "_", table.unpack(literal.atom, 2) }, literal.claim
  local filters, n, beside = {}, #literal.atom
  atom[2], filters[1], beside = time_term(program, literal.time)
  if claim and is_sourced(program, literal) then
    atom[1] = atom[1] .. "<"
    atom[n + 2], filters[n + 1] = part_term("source", claim.source)
  elseif claim then
    atom[1] = atom[1] .. "!"
    for i, part in ipairs(PARTS) do
      atom[n + 1 + i], filters[n + i] = part_term(part, claim[part])
    end
    atom[n + 6], filters[n + 5] = claim.verb or "assert", nil
    if claim.kind then atom[n + 7], filters[n + 6] = claim.kind, nil end
  end
  out[#out + 1] = { atom = atom, negated = literal.negated,
    filters = next(filters) and filters or nil }
  out[#out + 1] = beside
end

local function lower(program, body)
  local out = {}
  for _, literal in ipairs(body) do
    if literal.atom then
      lower_atom(program, literal, out)
    elseif literal.agg then
      out[#out + 1] = { agg = literal.agg, op = literal.op, result = literal.result,
        tuple = literal.tuple, body = lower(program, literal.body) }
    else
      out[#out + 1] = literal
    end
  end
  return out
end

--- The bodies of rules and queries, which are the same in every view.
local function lowered(program)
  if not program.bodies then
    program.hidden, program.bodies, program.plain_queries = 0, {}, {}
    for i, rule in ipairs(program.rules) do program.bodies[i] = lower(program, rule.body) end
    for i, query in ipairs(program.queries) do program.plain_queries[i] = lower(program, query) end
  end
  return program.bodies, program.plain_queries
end

-- ---- the whole ----------------------------------------------------------------------------

local function is_dated(view) return (view.as_of or view.since or view["until"]) ~= nil end

--- What a rule derives that has a time in its head, looked at in the view.
local function view_check(program, view, rule)
  if not is_dated(view) or not rule.time then return nil end
  local relation = program.relations[rule.head[1]] or {}
  local occurs = (relation.how or program.declared[rule.head[1]]) == "occurs"
  return function(tuple)
    local time = tuple[1] ~= "@" and tuple[1]:sub(2) or nil
    return times.in_view(view, time, occurs)
  end
end

local function add_rule(program, view, rule, body, plain)
  local time = rule.time and rule.time ~= "unknown" and rule.time or "@"
  local head = { rule.head[1], time, table.unpack(rule.head, 2) }
  local check = view_check(program, view, rule)
  if rule.source then
    head[1] = head[1] .. "<"
    head[#head + 1] = rule.source
    plain.sourced[rule.head[1]] = #head - 1
  end
  plain.rules[#plain.rules + 1] = { head = head, body = body, check = check }
end

--- What is derived with a source is derived.
local function add_copies(plain)
  for name, width in pairs(plain.sourced) do
    local from, to = { name .. "<" }, { name }
    for i = 1, width do from[i + 1] = "X" .. i end
    for i = 1, width - 1 do to[i + 1] = "X" .. i end
    plain.rules[#plain.rules + 1] = { head = to, body = { { atom = from } } }
  end
end

--- The program as the view sees it, for tests/rules/naive.lua.
---@param program table
---@param view table
---@return table
function M.plain(program, view)
  local plain = { facts = {}, rules = {}, relations = {}, sourced = {} }
  local bodies, queries = lowered(program)
  for _, claim in ipairs(claims_seen(program, view)) do
    local fact = { claim.relation, written(claim.time), table.unpack(claim) }
    local full = { table.unpack(fact) }
    full[1] = full[1] .. "!"
    for _, part in ipairs(PARTS) do
      local value = claim[part]
      full[#full + 1] = part == "grade" and value and '"' .. value .. '"' or value or NONE
    end
    plain.facts[#plain.facts + 1] = full
    if claim.verb == "assert" then
      plain.facts[#plain.facts + 1] = fact
      local sourced = { table.unpack(fact) }
      sourced[1] = sourced[1] .. "<"
      sourced[#sourced + 1] = claim.source
      plain.facts[#plain.facts + 1] = sourced
    end
  end
  for i, rule in ipairs(program.rules) do add_rule(program, view, rule, bodies[i], plain) end
  add_copies(plain)
  plain.queries = queries
  return plain
end

return M
