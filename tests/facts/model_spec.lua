-- Random transactions against a naive model: what the engine answers, it must answer.
local dossier = require "dossier"
local helper = require "tests.helper"
local model = require "tests.facts.model"

local ENTITIES = { "a", "b", "c", "d", "e" }
local SPEAKERS = { "p", "q" }
local SOURCES = { "s1", "s2", "s3", "base" }
local GRADES = { "b2", "a", "4", "6", "f1", "d3" }
local TIMES = {}
for edtf in pairs(model.times) do TIMES[#TIMES + 1] = edtf end
table.sort(TIMES)
local DATES = { "1994", "1994-02", "1994-02-08", "1994-06-01", "1995" }
local TIMELESS = { linked = true, at = true }

local function pick(random, list) return list[random(#list)] end

local function random_fact(random)
  local relation = pick(random, model.names)
  local fact = { relation = relation, pick(random, ENTITIES), pick(random, ENTITIES) }
  if model.relations[relation].dates then fact[2] = pick(random, DATES) end
  if not TIMELESS[relation] and random(5) > 1 then fact.time = pick(random, TIMES) end
  return fact
end

local function random_claim(random, verb)
  local claim = { verb = verb, source = pick(random, SOURCES), kind = "stated" }
  if claim.source ~= "base" and random(2) == 1 then claim.locator = "l" .. random(3) end
  if random(4) == 1 then
    claim.kind, claim.speaker = "attributed", pick(random, SPEAKERS)
  elseif random(4) == 1 then
    claim.kind = "assessed"
  end
  if random(3) == 1 then claim.grade = pick(random, GRADES) end
  return claim
end

local function random_view(random, txn)
  local view = {}
  if random(3) == 1 then view.as_of = pick(random, { "1994-03-01", "1995-07-01", "2004-08-15", "2015-01-01" }) end
  if view.as_of and random(2) == 1 then view.possible = true end
  if random(5) == 1 then view.since = "1995-01-01" end
  if random(5) == 1 then view["until"] = "1999-05-01" end
  if random(4) == 1 then view.known_at = random(txn) end
  if random(4) == 1 then view.sources = { pick(random, { "s1", "s2", "s3" }), "s3" } end
  if random(5) == 1 then view.kinds = { "stated", "assessed" } end
  if random(8) == 1 then view.speakers = { "p" } end
  if random(5) == 1 then view.min_grade = pick(random, { "b2", "c", "3", "b" }) end
  if random(4) == 1 then view.fold = true end
  return view
end

-- ---- asking the engine ------------------------------------------------------------------

local function engine_key(fact)
  local valid = fact.valid and tostring(fact.valid) or "-"
  local first, second = fact[1].id, fact[2].id or tostring(fact[2])
  if model.relations[fact.relation].symmetric and first > second then first, second = second, first end
  return table.concat({ fact.relation, first, second, valid }, "|")
end

local function engine_facts(kb, name)
  local lines = {}
  for a, b, fact in kb:facts(name) do
    local mark = fact.certain and "" or "?"
    lines[#lines + 1] = a.id .. " " .. (b.id or tostring(b)) .. " " .. (fact.valid and tostring(fact.valid) or "-") .. mark
  end
  table.sort(lines)
  return lines
end

local function engine_conflicts(kb)
  local lines = {}
  for c in kb:conflicts() do
    local a, b = engine_key(c.a), engine_key(c.b)
    if c.kind ~= "denial" and b < a then a, b = b, a end
    lines[#lines + 1] = c.kind .. " " .. a .. " " .. b
  end
  table.sort(lines)
  return lines
end

local function engine_trust(kb)
  local trust = {}
  for _, name in ipairs(model.names) do
    if not model.relations[name].inverse then
      for _, _, fact in kb:facts(name) do trust[engine_key(fact)] = fact.trust end
    end
  end
  return trust
end

local function sorted(map)
  local lines = {}
  for k, v in pairs(map) do lines[#lines + 1] = k .. "=" .. v end
  table.sort(lines)
  return lines
end

-- ---- comparing ----------------------------------------------------------------------------

local function engine_options(view)
  local options = {}
  for k, v in pairs(view) do options[k] = v end
  return options
end

local function compare(where, kb, state, view)
  local seen = next(view) and kb:view(engine_options(view)) or kb
  local shown = {}
  for k, v in pairs(view) do shown[#shown + 1] = k .. "=" .. (type(v) == "table" and table.concat(v, ",") or tostring(v)) end
  table.sort(shown)
  where = where .. " view {" .. table.concat(shown, " ") .. "}"
  for _, name in ipairs(model.names) do
    assert.are.same(model.facts(state, view, name), engine_facts(seen, name), where .. " facts of " .. name)
  end
  assert.are.same(model.conflicts(state, view), engine_conflicts(seen), where .. " conflicts")
  assert.are.same(sorted(model.trust(state, view)), sorted(engine_trust(seen)), where .. " trust")
  if seen ~= kb then seen:close() end
end

-- ---- one transaction ------------------------------------------------------------------------

local function spec_of(fact, claim)
  local spec = { valid = fact.time, locator = claim.locator, kind = claim.kind, speaker = claim.speaker, grade = claim.grade }
  if claim.source ~= "base" then spec.source = claim.source end
  return spec
end

local function change(where, random, tx, state)
  local fact = random_fact(random)
  local verb = pick(random, { "add", "add", "add", "deny", "retract" })
  if verb == "retract" then
    local source = random(2) == 1 and pick(random, { "s1", "s2", "s3" }) or nil
    local found = tx:retract(fact.relation, { fact[1], fact[2] }, { valid = fact.time, source = source })
    local expected = model.retract(state, fact, source)
    assert.are.equal(expected, found, where .. " retract")
    return expected
  end
  local claim = random_claim(random, verb == "add" and "asserts" or "denies")
  local new = tx[verb](tx, fact.relation, { fact[1], fact[2] }, spec_of(fact, claim))
  local expected = model.add(state, fact, claim)
  assert.are.equal(expected, new, where .. " " .. verb)
  return expected
end

local STOP = "rolled back on purpose"

--- Some changes in one transaction, which may be rolled back; gives the state after it.
local function transact(where, random, kb, state)
  local before = model.copy(state)
  state.txn = state.txn + 1
  local changed, stop = false, random(6) == 1
  local ok, message = pcall(kb.transaction, kb, function(tx)
    for i = 1, random(8) do
      changed = change(where .. " change " .. i, random, tx, state) or changed
    end
    if stop then error(STOP, 0) end
  end)
  if not ok and message ~= STOP then error(message, 0) end
  if stop or not changed then return before end
  return state
end

-- ---- a run ------------------------------------------------------------------------------------

local COUNTER = [[
-- counter: how many facts the base holds.
--
-- Usage: dossier counter
local M = {}
function M.main(kb)
  local n = 0
  for _, r in ipairs(kb:relations()) do
    if not r.builtin and r.arity == 2 then
      for _ in kb:facts(r.name .. "/2") do n = n + 1 end
    end
  end
  io.write(n)
end
return M
]]

--- How many facts of the test's relations another process finds.
local function elsewhere(folder, path)
  local script = helper.write(folder .. "/counter.lua", COUNTER)
  local out, err = helper.dossier { "-b", path, "run", script }
  return tonumber(out) or err
end

local function count(kb)
  local n = 0
  for _, r in ipairs(kb:relations()) do
    if not r.builtin and r.arity == 2 then
      for _ in kb:facts(r.name .. "/2") do n = n + 1 end
    end
  end
  return n
end

local function run(bound, block, seed, steps)
  local random = helper.random(seed)
  local folder = helper.folder()
  local path = folder .. "/model.kb"
  local options = { merge_bound = bound, block_bytes = block }
  local kb = assert(dossier.open(path, options))
  assert(kb:load_text(model.declarations .. "type(p, speaker). type(q, speaker)."))
  local state = model.new()
  for step = 1, steps do
    local where = ("seed %d, merge bound %d, block %d, step %d:"):format(seed, bound, block, step)
    state = transact(where, random, kb, state)
    if random(4) == 1 then compare(where, kb, state, {}) end
    if random(3) == 1 then compare(where, kb, state, random_view(random, state.txn)) end
    if random(25) == 1 then
      kb:close()
      kb = assert(dossier.open(path, options), where)
    elseif random(25) == 1 then
      local second = assert(dossier.open(path, { read_only = true }), where)
      compare(where .. " second handle", second, state, {})
      second:close()
    elseif random(60) == 1 then
      assert.are.equal(count(kb), elsewhere(folder, path), where .. " second process")
    end
  end
  compare("at the end, seed " .. seed .. ":", kb, state, {})
  kb:close()
  helper.sweep(folder)
end

describe("a base", function()
  local seed = tonumber(os.getenv "SEED") or 20261124
  local steps = tonumber(os.getenv "STEPS") or (helper.sanitized and 60 or 160)
  for _, bound in ipairs { 1, 8, 4096 } do
    for _, block in ipairs { 64, 8100 } do
      it(("answers as a naive model does, merging past %d facts into blocks of %d bytes"):format(bound, block), function()
        run(bound, block, seed + bound + block, steps)
      end)
    end
  end
end)
