--- bases: bases at random, with everything in them that a base can hold, and what one holds
--- as a list of lines, by the Lua API alone: two bases are equal where their lists are.

local dossier = require "dossier"
local helper = require "tests.helper"

local M = {}

local DECLARED = [[
relation met(entity, entity) occurs symmetric phrase "{1} met {2} \"there\"".
relation host(org, place) key(org).
relation hosted_by(place, org) inverse host.
relation joined(entity, entity) once.
relation took_part(entity, entity) occurs is joined(1, 2).
relation rated(entity, date, any, number).
relation 'Odd name'(text, 'A role') key(2).
relation bare.
relation triple(entity, entity, entity) symmetric key(1, 3) key(2).
]]

-- Relation, and what its columns hold.
local SHAPES = {
  { "met", "entity", "entity" }, { "host", "entity", "entity" }, { "hosted_by", "entity", "entity" },
  { "joined", "entity", "entity" }, { "took_part", "entity", "entity" },
  { "rated", "entity", "date", "any", "number" }, { "Odd name", "text", "entity" }, { "bare" },
  { "triple", "entity", "entity", "entity" }, { "seen", "any", "any" }, { "seen", "any" }, { "from" },
  { "deny", "any" }, { "attributed", "entity" }, { "<http://example.org/p>", "entity", "any" },
  { "wide", "any", "entity", "any", "entity", "any", "any", "any", "any" },
  { "label", "entity", "text" }, { "alias", "entity", "text" }, { "type", "entity", "entity" },
  { "same_as", "entity", "entity" }, { "prefix", "text", "text" }, { "source_title", "entity", "text" },
  { "source_kind", "entity", "entity" }, { "source_date", "entity", "date" },
  { "source_reliability", "entity", "entity" }, { "source_url", "entity", "text" },
}

local ENTITIES = { "a", "b", "zeta", "alpha", "Any Thing", "it's", "not", "<http://example.org/x#1>", "_:b1",
  "émile", "with\nline", "B", "x1", "stated", "<no iri>", "back\\slash" }
local SOURCES = { "s1", "s2", "The Source", "<http://example.org/s>", "_:s", "base" }
local TEXTS = { { "plain" }, { "" }, { "two\nlines\t\"q\" \\ \r" }, { "НАТО", "uk" }, { "НАТО", "en-GB" },
  { "05", nil, "http://www.w3.org/2001/XMLSchema#integer" }, { "plain", nil, "http://example.org/t" },
  { "http://example.org/ns#" }, { "ex" }, { "plain", "en" }, { "% no comment" }, { "}." } }
local TIMES = { "1994", "1994-02", "1994-02-08", "1994?", "199X", "2014-10-01/2024-10-01", "1994/2004",
  "2019-05-20/..", "2019-05-20/", "../1994", "/1994", "1994/", "-0044", "-0044-03-15", "2022-02~",
  "-0044/1994-01", "1994-02-08/1994-02-08" }
local NUMBERS = { 0, 1, -7, 1 << 61, math.mininteger, 0.5, -2.0, 2, 2.0, 1e300, 123456789.125 }
local GRADES = { "b2", "a", "4", "f6" }

local RULES = {
  "near(X, Y) :-\n    met(X, Y), % of course\n    not joined(X, Y).",
  "near(X, Y)   :- near(Y, X).",
  'far(X) :- host(X, _) @ T, T before 1994.',
  '"{X} is odd" :- seen(X, X).',
  ":- bare, from.",
}

local function pick(random, list) return list[random(#list)] end

local value = {}
function value.entity(random) return dossier.entity(pick(random, ENTITIES)) end
function value.text(random)
  local parts = pick(random, TEXTS)
  return dossier.text(parts[1], parts[2], parts[3])
end
function value.date(random) return dossier.time(pick(random, TIMES)) end
function value.number(random) return pick(random, NUMBERS) end
function value.any(random)
  local kind = pick(random, { "entity", "text", "date", "number", "bool" })
  if kind == "bool" then return random(2) == 1 end
  return value[kind](random)
end

local function random_fact(random)
  local shape = pick(random, SHAPES)
  local args = {}
  for i = 2, #shape do args[i - 1] = value[shape[i]](random) end
  return shape[1], args, random(2) == 1 and pick(random, TIMES) or nil
end

local function random_claim(random, time)
  local claim = { source = dossier.entity(pick(random, SOURCES)), valid = time }
  if random(2) == 1 then claim.locator = pick(random, { "1", "2/3", "ünï \"q\"" }) end
  if random(4) == 1 then
    claim.kind, claim.speaker = "attributed", value.entity(random)
  elseif random(4) == 1 then
    claim.kind = "assessed"
  end
  if random(4) == 1 then claim.grade = pick(random, GRADES) end
  if random(5) == 1 then claim.quotation = pick(random, { "he said", "a\nb", "" }) end
  if random(6) == 1 then claim.confidence = pick(random, { 0, 1, 0.5, 0.125 }) end
  if random(3) == 1 then return { valid = time } end
  return claim
end

-- What is done in a transaction, each by a chance; what is refused is passed over.
local steps = {}

function steps.add(random, tx, made)
  local relation, args, time = random_fact(random)
  if tx:add(relation, args, random_claim(random, time)) then made[#made + 1] = { relation, args, time } end
end

function steps.deny(random, tx, made)
  local relation, args, time = random_fact(random)
  if random(2) == 1 and #made > 0 then relation, args, time = table.unpack(pick(random, made), 1, 3) end
  tx:deny(relation, args, random_claim(random, time))
  made[#made + 1] = { relation, args, time }
end

function steps.again(random, tx, made)
  if #made == 0 then return end
  local relation, args, time = table.unpack(pick(random, made), 1, 3)
  tx:add(relation, args, random_claim(random, time))
end

function steps.retract(random, tx, made)
  if #made == 0 then return end
  local relation, args, time = table.unpack(pick(random, made), 1, 3)
  tx:retract(relation, args, { valid = time })
end

function steps.judge(random, tx, made)
  if #made == 0 then return end
  local relation, args, time = table.unpack(pick(random, made), 1, 3)
  local verdict = { valid = time, by = dossier.entity(pick(random, SOURCES)), because = pick(random, { "x", "y \"z\"" }) }
  if random(3) == 1 then verdict.of = dossier.entity(pick(random, SOURCES)) end
  if random(4) == 1 then
    tx:withdraw(relation, args, { valid = time })
  else
    tx[pick(random, { "prefer", "deprecate" })](tx, relation, args, verdict)
  end
end

function steps.declare(random, tx)
  tx:add("source", { dossier.entity(pick(random, SOURCES)) }, random(3) == 1 and random_claim(random) or nil)
end

function steps.derive(random, tx)
  tx:add("derived_from", { dossier.entity(pick(random, SOURCES)), dossier.entity(pick(random, SOURCES)) })
end

function steps.undeclare(random, tx)
  if random(4) == 1 then tx:retract("source", { dossier.entity(pick(random, SOURCES)) }) end
end

local CHANCES = { "add", "add", "add", "add", "again", "again", "deny", "retract", "retract", "judge", "judge",
  "declare", "derive", "undeclare" }

--- Change a base at random: transactions, undone ones, names changed, texts loaded.
---@param kb dossier.Base
---@param random fun(n: integer): integer
---@param n integer transactions
function M.grow(kb, random, n)
  local made = {}
  assert(kb:load_text(DECLARED .. [[
    prefix ex: <http://example.org/>.
    source s1 { title: "One", kind: 'A kind', date: 1994, reliability: b, url: "http://x.org/" }.
    source s2 { title: "Two"@en, derived_from: s1, author: "A", publisher: "P" }.
    source 'The Source' {}. source <http://example.org/s> { derived_from: s2 }.
  ]], "start"))
  for i = 1, n do
    local way = random(12)
    if way == 1 then
      kb:undo(random(i))
    elseif way == 2 then
      kb:rename(pick(random, ENTITIES), pick(random, ENTITIES), { merge = random(2) == 1 })
    elseif way == 3 then
      kb:load_text(pick(random, RULES), "rules.dl")
    elseif way == 4 then
      kb:load_text("relation seen(any, any) phrase \"{1} saw {2}\".", "late.dl")
    else
      local function work(tx)
        for _ = 1, random(8) do
          local step = steps[pick(random, CHANCES)]
          -- A step that is refused dooms nothing where it was refused before it wrote.
          pcall(step, random, tx, made)
        end
      end
      pcall(kb.transaction, kb, work)
    end
  end
end

-- ---- what a base holds -----------------------------------------------------------------

local function show(v)
  if math.type(v) == "integer" then return "int " .. v end
  if math.type(v) == "float" then return ("num %.17g"):format(v) end
  if type(v) == "boolean" then return tostring(v) end
  if type(v) == "string" then return ("text %q"):format(v) end
  if v.id then return ("entity %q"):format(v.id) end
  if v.edtf then return "time " .. v.edtf end
  return ("text %q@%s^^%s"):format(v.string or tostring(v), v.lang or "", v.datatype or "")
end

local function fact_key(fact, symmetric)
  local parts = {}
  for i = 1, fact.arity do parts[i] = show(fact[i]) end
  if symmetric and parts[2] < parts[1] then parts[1], parts[2] = parts[2], parts[1] end
  return ("%s(%s) @ %s"):format(fact.relation, table.concat(parts, ", "), fact.valid and fact.valid.edtf or "-")
end

local function claim_key(claim, history)
  local parts = { claim.verb, "by " .. claim.source.id }
  for _, name in ipairs { "locator", "kind", "grade", "quotation", "confidence" } do
    parts[#parts + 1] = name .. "=" .. tostring(claim[name])
  end
  parts[#parts + 1] = "speaker=" .. (claim.speaker and claim.speaker.id or "")
  parts[#parts + 1] = "target=" .. (claim.target and claim.target.id or "")
  if history then parts[#parts + 1] = claim.opened .. "-" .. tostring(claim.closed) end
  return table.concat(parts, " ")
end

local function quoted(name) return name:find "^<%a[%w+.-]*:" and name or "'" .. name:gsub("\\", "\\\\"):gsub("'", "\\'") .. "'" end

-- A relation that was only met and shares its name with one that is declared is exported
-- with a declaration that says nothing of it.
local function says_nothing(r)
  for _, column in ipairs(r.columns) do
    if column.role ~= "any" then return false end
  end
  return not (r.occurs or r.symmetric or r.phrase or r.inverse) and #r.keys + #r.is == 0
end

--- Whether a relation has times shows only where it has facts.
local function add_relation(lines, r, any)
  local columns = {}
  for i, column in ipairs(r.columns) do columns[i] = ("%s:%s"):format(column.role or "", column.type) end
  local keys, is = {}, {}
  for i, key in ipairs(r.keys) do keys[i] = table.concat(key, "+") end
  for i, general in ipairs(r.is) do is[i] = general.relation .. "/" .. table.concat(general.columns, "+") end
  lines[#lines + 1] = ("relation %s/%d %s %s %s %s timed=%s inverse=%s phrase=%q (%s) key(%s) is(%s)"):format(r.name, r.arity,
    r.declared and "declared" or "met", r.occurs and "occurs" or "", r.once and "once" or "",
    r.symmetric and "symmetric" or "", any and tostring(r.timed) or "", tostring(r.inverse), r.phrase or "",
    table.concat(columns, ", "), table.concat(keys, "; "), table.concat(is, "; "))
end

local function add_facts(lines, kb, r, history)
  if r.inverse then return false end
  local any = false
  local holes = {}
  for i = 1, r.arity do holes[i] = "_" end
  local atom = quoted(r.name) .. (r.arity > 0 and "(" .. table.concat(holes, ", ") .. ")" or "")
  for fact in kb:history(atom) do
    local key = fact_key(fact, r.symmetric)
    local own = fact.relation == r.name -- special cases of it come, too
    for _, claim in ipairs(own and fact:history() or {}) do
      local asserted = claim.verb == "asserts" or claim.verb == "denies"
      any = any or asserted and (history or not claim.closed)
      if history or not claim.closed then lines[#lines + 1] = key .. ": " .. claim_key(claim, history) end
    end
  end
  return any
end

--- What a base holds, as sorted lines; with `history` also what it held.
---@param kb dossier.Base
---@param history boolean?
---@return string[]
function M.dump(kb, history)
  local lines, symmetric = {}, {}
  for _, r in ipairs(kb:relations()) do
    symmetric[r.name .. "/" .. r.arity] = r.symmetric
    local any = add_facts(lines, kb, r, history)
    if r.declared and not r.builtin and not says_nothing(r) then add_relation(lines, r, any) end
  end
  for _, rule in ipairs(kb:rules()) do lines[#lines + 1] = "rule " .. rule.text end
  for conflict in kb:conflicts() do
    local sides = {}
    for _, fact in ipairs { conflict.a, conflict.b } do
      sides[#sides + 1] = fact_key(fact, symmetric[fact.relation .. "/" .. fact.arity])
    end
    table.sort(sides)
    lines[#lines + 1] = "conflict " .. conflict.kind .. " " .. (conflict.message or table.concat(sides, " | "))
  end
  for _, t in ipairs(history and kb:transactions() or {}) do lines[#lines + 1] = "transaction " .. t.number .. " " .. t.time end
  table.sort(lines)
  return lines
end

--- The lines that only one of two lists has: none where they are equal.
---@param left string[]
---@param right string[]
---@return string
function M.differences(left, right)
  local count, told = {}, {}
  for _, line in ipairs(left) do count[line] = (count[line] or 0) + 1 end
  for _, line in ipairs(right) do count[line] = (count[line] or 0) - 1 end
  for line, n in pairs(count) do
    if n ~= 0 then told[#told + 1] = (n > 0 and "- " or "+ ") .. line end
  end
  table.sort(told)
  return table.concat(told, "\n")
end

--- A new base with the text in it.
---@param text string
---@return dossier.Base
function M.load(text)
  local kb = assert(dossier.open())
  local ok, message = kb:load_text(text, "export.dl")
  if not ok then
    local folder = helper.folder()
    error(message .. "\n(the text is " .. helper.write(folder .. "/export.dl", text) .. ")")
  end
  return kb
end

return M
