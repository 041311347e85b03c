-- Undo: what a transaction did is taken back, and what was known before stays as it was.
local dossier = require "dossier"
local helper = require "tests.helper"
local ledger = require "tests.facts.ledger"
local see = require "tests.facts.see"
local base, facts, one, told = see.base, see.facts, see.one, see.told

local entity = dossier.entity
local SOURCES = "source s {}. source t {}.\n"

describe("undo", function()
  it("closes what the last transaction claimed, and history keeps it", function()
    local kb = base(SOURCES .. "p(a) from s.")
    assert(kb:load_text "p(b) from s. deny p(a) from t.")
    assert.equal(2, kb:undo())
    assert.equal(2, kb.changes)
    assert.same({ "p(a)" }, facts(kb, "p"))
    assert.same({ "s asserts p(a)" }, told(one(kb, "p").claims))
    assert.same({ "p(a)", "p(b)" }, facts(kb:view { known_at = 2 }, "p"))
    assert.equal(3, one(kb, "p"):history()[2].closed)
  end)

  it("makes again what the transaction took back, as it was claimed", function()
    local kb = base(SOURCES .. 'attributed(ann) p(a) @ 1994 from s "1" grade b2 quote "so" confidence 0.5.')
    local before = one(kb, "p").claims[1]
    assert(kb:load_text "retract p(a) @ 1994.")
    assert.equal(2, kb:undo(2))
    local again = one(kb, "p").claims[1]
    for _, part in ipairs { "locator", "kind", "grade", "quotation", "confidence", "citation" } do
      assert.equal(before[part], again[part])
    end
    assert.equal("ann", again.speaker.id)
    assert.equal(3, again.opened)
  end)

  it("of an undo is a redo, as often as one likes", function()
    local kb = base(SOURCES .. "p(a).")
    assert(kb:load_text "retract p(a). p(b) from s.")
    for n = 2, 9 do
      assert.same(n % 2 == 0 and { "p(b)" } or { "p(a)" }, facts(kb, "p"))
      assert.equal(n, kb:undo())
    end
  end)

  it("of an older transaction leaves what came later", function()
    local kb = base(SOURCES .. "p(a) from s.")
    assert(kb:load_text "p(b) from s. p(c) from s.")
    assert(kb:load_text "p(b) from t. retract p(c) from s.")
    assert(kb:load_text "p(c) from s.")
    assert.equal(2, kb:undo(2))
    assert.same({ "p(a)", "p(b)", "p(c)" }, facts(kb, "p"))
    assert.same({ "t asserts p(b)" }, told(one(kb, "p", "b").claims))
    assert.is_false(kb:undo(2))
  end)

  it("finds nothing in a transaction that only declared, or was taken back", function()
    local kb = base "p(a)."
    assert(kb:load_text "relation q(entity, date) key(1) phrase \"{1} on {2}\".")
    assert.is_false(kb:undo())
    assert.equal(1, kb:undo(1))
    assert.is_false(kb:undo(1))
    assert.is_true(kb:relation "q".declared)
    assert.equal(3, #kb:transactions())
  end)

  it("leaves what a transaction took back and claimed again", function()
    local kb = base "p(a)."
    kb:transaction(function(tx)
      tx:retract("p", { entity "a" })
      tx:add("p", { entity "a" })
      tx:add("p", { entity "b" })
    end)
    assert.equal(2, kb:undo())
    assert.same({ "p(a)" }, facts(kb, "p"))
    assert.equal(1, kb.changes)
  end)

  it("takes back verdicts, and makes them again", function()
    local kb = base(SOURCES .. "p(a) from s.")
    assert(kb:load_text 'deprecate p(a) from s because "no" by t.')
    assert.same({}, facts(kb:view { settled = true }, "p"))
    assert.equal(2, kb:undo())
    assert.same({ "p(a)" }, facts(kb:view { settled = true }, "p"))
    assert.equal(3, kb:undo())
    assert.same({}, facts(kb:view { settled = true }, "p"))
  end)

  it("meets facts under every name: symmetric, inverse, labels, special cases", function()
    local kb = base [[
      relation met(x, y) symmetric. relation parent(x, y). relation child(y, x) inverse parent.
      relation kin(x, y). relation aunt(x, y) is kin(1, 2).
    ]]
    assert(kb:load_text "met(b, a). child(q, r). aunt(m, n). label(a, \"Anna\").")
    assert.equal(2, kb:undo())
    for _, name in ipairs { "met", "parent", "child", "kin", "label" } do assert.same({}, facts(kb, name)) end
    assert.equal(3, kb:undo())
    assert.same({ "met(b, a)" }, facts(kb, "met", "a"))
    assert.same({ "parent(r, q)" }, facts(kb, "child"))
    assert.equal("Anna", one(kb, "met", "a")[2].label)
  end)

  it("takes a source back with its properties, where nobody else needs it", function()
    local kb = base "p(a)."
    assert(kb:load_text 'source u { title: "U", reliability: b }. p(b) from u.')
    assert.equal(2, kb:undo())
    assert.same({}, kb:sources())
    assert.same({ "p(a)" }, facts(kb, "p"))
  end)

  it("refuses where claims of other transactions name a source that would vanish", function()
    local kb = base 'source u { title: "U" }. p(a) from u.'
    assert(kb:load_text "p(b) from u. p(c).")
    assert(kb:load_text 'deprecate p(c) from u because "so" by base.')
    local undone, message, code = kb:undo(1)
    assert.is_nil(undone)
    assert.equal('transaction 1 declared the source "u", and 2 claims of other transactions name it; ' ..
      "undo or retract those first", message)
    assert.equal("unknown source", code)
    assert.same({ "p(a)", "p(b)", "p(c)" }, facts(kb, "p"))
    assert.equal(3, #kb:transactions())
    assert.equal(3, kb:undo(3))
    assert.equal(2, kb:undo(2))
    assert.equal(1, kb:undo(1))
    assert.same({}, kb:sources())
  end)

  it("refuses to make claims again of a source that is gone", function()
    local kb = base(SOURCES .. "p(a) from s.")
    assert(kb:load_text "retract p(a) from s.")
    assert(kb:load_text "retract source(s).")
    local undone, message, code = kb:undo(2)
    assert.is_nil(undone)
    see.has('source "s"', message)
    see.has("declare it first", message)
    assert.equal("unknown source", code)
    assert.equal(3, kb:undo())
    assert.equal(2, kb:undo(2))
    assert.same({ "p(a)" }, facts(kb, "p"))
  end)

  it("refuses sources that would be derived from one another", function()
    local kb = base(SOURCES .. "derived_from(s, t).")
    assert(kb:load_text "retract derived_from(s, t).")
    assert(kb:load_text "derived_from(t, s).")
    local undone, message, code = kb:undo(2)
    assert.is_nil(undone)
    see.has("circle", message)
    assert.equal("declaration", code)
    assert.same({ "derived_from(t, s)" }, facts(kb, "derived_from"))
  end)

  it("tells of a transaction that is not there", function()
    local kb = base()
    see.has("no transactions yet", select(2, kb:undo()))
    assert(kb:load_text "p(a).")
    local undone, message, code = kb:undo(2)
    assert.same({ nil, "there is no transaction 2; the last is 1", "absent" }, { undone, message, code })
    assert.equal("absent", select(3, kb:undo(-1)))
    assert.has_error(function() kb:undo "x" end)
    assert.same({ "p(a)" }, facts(kb, "p"))
  end)

  it("is a part of a transaction that is open, and goes with it", function()
    local kb = base "p(a)."
    kb:transaction(function(tx)
      tx:add("p", { entity "b" })
      assert.equal(1, kb:undo())
      tx:add("p", { entity "a" })
    end)
    assert.same({ "p(a)", "p(b)" }, see.sorted(facts(kb, "p")))
    assert.equal(2, #one(kb, "p", "a"):history())
    pcall(kb.transaction, kb, function()
      assert.equal(2, kb:undo())
      error "no"
    end)
    assert.equal(2, #facts(kb, "p"))
  end)

  it("is refused by a view and by a base that is read only", function()
    local folder = helper.folder()
    local kb = base "p(a)."
    assert.equal("read-only", select(3, kb:view {}:undo()))
    local disk = assert(dossier.open(folder .. "/a.kb"))
    assert(disk:load_text "p(a).")
    disk:close()
    disk = assert(dossier.open(folder .. "/a.kb", { read_only = true }))
    assert.equal("read-only", select(3, disk:undo()))
    disk:close()
    helper.sweep(folder)
  end)

  it("outlives merges and reopening", function()
    local folder = helper.folder()
    local options = { merge_bound = 1, block_bytes = 64 }
    local texts = { "p(a). p(b).", "retract p(a). q(c).", "p(d). retract q(c)." }
    for _, text in ipairs(texts) do
      local kb = assert(dossier.open(folder .. "/a.kb", options))
      assert(kb:load_text(text))
      kb:close()
    end
    local kb = assert(dossier.open(folder .. "/a.kb", options))
    assert.equal(2, kb:undo(2))
    assert.same({ "p(a)", "p(b)", "p(d)" }, see.sorted(facts(kb, "p")))
    kb:close()
    kb = assert(dossier.open(folder .. "/a.kb", options))
    assert.equal(4, kb:undo())
    assert.same({ "p(b)", "p(d)" }, see.sorted(facts(kb, "p")))
    assert.same({}, facts(kb, "q"))
    kb:close()
    helper.sweep(folder)
  end)
end)

-- ---- against a naive model ----------------------------------------------------------------

local DECLARATIONS = "relation p(entity). relation at(entity, entity). relation met(entity, entity) symmetric.\n"
local RELATIONS = { "p(X)", "at(X, Y)", "met(X, Y)", "source(X)" }
local VERBS = { asserts = "add", denies = "deny", prefers = "prefer", deprecates = "deprecate" }
local ENTITIES = { "a", "b", "c", "d" }
local SOURCE_NAMES = { "s1", "s2", "s3" }
local OTHERS = { "a", "b", "e", "f", "s1", "s2", "s3", "s4" }

local function pick(random, list) return list[random(#list)] end

--- The claims that `kb` has, as the ledger has lines; those live after transaction `at`.
local function lines_of(kb, at)
  local lines = {}
  for _, atom in ipairs(RELATIONS) do
    for fact in kb:history(atom) do
      for _, claim in ipairs(fact:history()) do
        if claim.opened <= at and (not claim.closed or claim.closed > at) then
          local verdict = claim.target or claim.verb == "prefers" or claim.verb == "deprecates"
          lines[#lines + 1] = ledger.key {
            relation = fact.relation, fact[1].id, fact[2] and fact[2].id, time = fact.valid and tostring(fact.valid),
            verb = VERBS[claim.verb], source = claim.source.id, locator = claim.locator,
            speaker = claim.speaker and claim.speaker.id, because = verdict and claim.quotation or nil,
            of = claim.target and claim.target.id,
          }
        end
      end
    end
  end
  return see.sorted(lines)
end

local function random_claim(random)
  local claim = { relation = pick(random, { "p", "at", "met", "at", "source" }), verb = "add" }
  if claim.relation == "source" then
    claim[1] = pick(random, SOURCE_NAMES)
    return claim
  end
  claim[1] = pick(random, ENTITIES)
  if claim.relation ~= "p" then claim[2] = pick(random, ENTITIES) end
  if claim.relation == "at" and random(2) == 1 then claim.time = pick(random, { "1994", "1994-02-08", "1995/.." }) end
  claim.verb = pick(random, { "add", "add", "deny", "prefer", "deprecate" })
  if random(4) > 1 then claim.source = pick(random, SOURCE_NAMES) end
  if claim.verb == "prefer" or claim.verb == "deprecate" then
    claim.because = pick(random, { "so", "thus" })
    if random(2) == 1 then claim.of = pick(random, SOURCE_NAMES) end
  else
    if random(3) == 1 then claim.speaker = pick(random, { "a", "b" }) end
    if claim.source and random(2) == 1 then claim.locator = "l" .. random(2) end
  end
  return claim
end

local function columns(claim)
  local list = {}
  for i = 1, claim[2] and 2 or 1 do list[i] = entity(claim[i]) end
  return list
end

--- One change of a transaction: what the engine says of it is what the ledger says.
local function step(where, random, tx, draft)
  local claim = random_claim(random)
  local spec = { valid = claim.time, source = claim.source, locator = claim.locator, speaker = claim.speaker }
  if random(4) == 1 and claim.verb ~= "prefer" and claim.verb ~= "deprecate" then
    local bare = { valid = claim.time }
    local found = tx:retract(claim.relation, columns(claim), bare)
    local function picks(other)
      return (other.verb == "add" or other.verb == "deny") and
        ledger.key { relation = other.relation, other[1], other[2], time = other.time, verb = "" } ==
        ledger.key { relation = claim.relation, claim[1], claim[2], time = claim.time, verb = "" }
    end
    assert.equal(ledger.close(draft, picks), found, where .. " retract")
    return
  end
  if claim.because then spec = { valid = claim.time, because = claim.because, by = claim.source, of = claim.of } end
  local ok, new = pcall(tx[claim.verb], tx, claim.relation, columns(claim), spec)
  if not ledger.declared(draft, claim.source) or not ledger.declared(draft, claim.of) then
    assert.is_false(ok, where .. " an unknown source")
    return
  end
  assert(ok, new)
  local expected = (not claim.because or ledger.known(draft, claim)) and ledger.add(draft, claim)
  assert.equal(expected, new, where .. " " .. ledger.key(claim))
end

local function undo(where, random, kb, state)
  local draft, number = ledger.draft(state), random(state.txn)
  if random(2) == 1 then number = state.txn end
  local expected = ledger.undo(draft, number)
  local undone, _, code = kb:undo(number)
  where = where .. " undo " .. number
  if expected == "ok" then
    assert.equal(number, undone, where)
    return ledger.land(state, draft)
  elseif expected == "nothing" then
    assert.is_false(undone, where)
  else
    assert.equal(expected, code, where)
  end
  return state
end

local function rename(where, random, kb, state)
  local draft, old, name = ledger.draft(state), pick(random, OTHERS), pick(random, OTHERS)
  local merge = random(3) == 1
  if old == name then return state end
  local expected = ledger.rename(draft, old, name, merge)
  local found, _, code = kb:rename(old, name, { merge = merge })
  where = ("%s rename %s to %s"):format(where, old, name)
  if expected == "ok" then
    assert.is_true(found, where)
    return ledger.land(state, draft)
  elseif expected == "nothing" then
    assert.is_false(found, where)
  else
    assert.equal(expected, code, where)
  end
  return state
end

local function compare(where, kb, state)
  for _, at in ipairs { state.txn, math.max(0, state.txn - 1), state.txn // 2 } do
    assert.same(ledger.lines(state.after[at]), lines_of(kb, at), where .. " known at " .. at)
    local held = {}
    for key, entry in pairs(state.after[at]) do
      if entry.claim.relation == "p" and entry.claim.verb == "add" then
        held[key:match "^p|([^|]*)"] = true
      end
    end
    local names = {}
    for name in pairs(held) do names[#names + 1] = "p(" .. name .. ")" end
    assert.same(see.sorted(names), see.sorted(facts(kb:view { known_at = at }, "p")), where .. " held at " .. at)
  end
end

describe("what is live", function()
  it("is what a naive ledger says, after any changes, renamings and undoings", function()
    local seed = tonumber(os.getenv "SEED") or 20261126
    local steps = tonumber(os.getenv "STEPS") or (helper.sanitized and 60 or 300)
    local random = helper.random(seed)
    local kb = base(DECLARATIONS, { merge_bound = 8, block_bytes = 64 })
    local state = ledger.new()
    state.txn, state.after[1] = 1, {}
    for i = 1, steps do
      local where = ("seed %d, step %d:"):format(seed, i)
      local what = random(10)
      if what <= 3 then
        state = undo(where, random, kb, state)
      elseif what == 4 then
        state = rename(where, random, kb, state)
      else
        local draft = ledger.draft(state)
        kb:transaction(function(tx)
          for n = 1, random(6) do step(where .. " change " .. n, random, tx, draft) end
        end)
        state = ledger.land(state, draft)
      end
      assert.equal(state.txn, #kb:transactions(), where)
      compare(where, kb, state)
    end
  end)
end)
