--- ledger: a naive model of what stands on record: which claims are live, and since when.
--
-- A claim is a table: relation, [1], [2], time; verb ("add", "deny", "prefer",
-- "deprecate"), source, locator, speaker, because, of.  Its key names it.  The state after
-- each transaction is kept whole, so that what a transaction did is a comparison of two.

local M = {}

M.symmetric = { met = true }

--- The claim as a line; equal lines are equal claims on equal facts.
function M.key(claim)
  local a, b = claim[1], claim[2]
  if M.symmetric[claim.relation] and b < a then a, b = b, a end
  local parts = { claim.relation, a, b or "", claim.time or "", claim.verb, claim.source or "base" }
  for _, name in ipairs { "locator", "speaker", "because", "of" } do parts[#parts + 1] = claim[name] or "" end
  return table.concat(parts, "|")
end

--- A new ledger: `live` by key, each with the claim and the transaction it is live since.
function M.new() return { live = {}, after = { [0] = {} }, txn = 0 } end

local function copy(map)
  local new = {}
  for k, v in pairs(map) do new[k] = v end
  return new
end

--- A draft of the next transaction; M.land makes it last.
function M.draft(ledger)
  return { live = copy(ledger.live), after = ledger.after, txn = ledger.txn + 1, changes = 0 }
end

--- The ledger after the draft: nothing happened where nothing was opened or closed.
function M.land(ledger, draft)
  if draft.changes == 0 then return ledger end
  ledger.live, ledger.txn = draft.live, draft.txn
  ledger.after[draft.txn] = copy(draft.live)
  return ledger
end

--- Was the fact of the claim ever on record; verdicts need one that was.
function M.known(draft, claim)
  local function fact(of) return M.key { relation = of.relation, of[1], of[2], time = of.time, verb = "" } end
  local wanted = fact(claim)
  for txn = 0, draft.txn do
    for _, entry in pairs(txn == draft.txn and draft.live or draft.after[txn] or {}) do
      if fact(entry.claim) == wanted then return true end
    end
  end
  return false
end

---@return boolean new
function M.add(draft, claim)
  local key = M.key(claim)
  if draft.live[key] then return false end
  draft.live[key] = { claim = claim, since = draft.txn }
  draft.changes = draft.changes + 1
  return true
end

--- Close the live claims that `picks`.
---@return boolean found
function M.close(draft, picks)
  local found = false
  for key, entry in pairs(copy(draft.live)) do
    if picks(entry.claim) then
      draft.live[key] = nil
      draft.changes = draft.changes + 1
      found = true
    end
  end
  return found
end

function M.declared(draft, source)
  if not source or source == "base" then return true end
  for _, entry in pairs(draft.live) do
    local claim = entry.claim
    if claim.relation == "source" and claim[1] == source and claim.verb == "add" then return true end
  end
  return false
end

--- Take back transaction `number`: "ok", "nothing" or "unknown source".
function M.undo(draft, number)
  local before, after = draft.after[number - 1], draft.after[number]
  local was = { live = copy(draft.live) }
  local again = {}
  for key, entry in pairs(after) do
    if not before[key] and draft.live[key] and draft.live[key].since == number
      and entry.since == number then
      draft.live[key] = nil
      draft.changes = draft.changes + 1
    end
  end
  for key, entry in pairs(before) do
    if not after[key] and not draft.live[key] then
      draft.live[key] = { claim = entry.claim, since = draft.txn }
      again[#again + 1] = entry.claim
      draft.changes = draft.changes + 1
    end
  end
  for _, entry in pairs(draft.live) do
    for _, source in ipairs { entry.claim.source or "base", entry.claim.of } do
      if M.declared(was, source) and not M.declared(draft, source) then return "unknown source" end
    end
  end
  for _, claim in ipairs(again) do
    if not M.declared(draft, claim.source) then return "unknown source" end
  end
  return draft.changes > 0 and "ok" or "nothing"
end

local NAMED = { 1, 2, "source", "speaker", "of" }

local function names(claim, entity)
  for _, part in ipairs(NAMED) do if claim[part] == entity then return true end end
  return false
end

--- Rename an entity: "ok", "nothing" or "declaration".
function M.rename(draft, old, name, merge)
  local found, clash = false, false
  for _, entry in pairs(draft.live) do
    found = found or names(entry.claim, old)
    clash = clash or names(entry.claim, name)
  end
  if not found then return "nothing" end
  if clash and not merge then return "declaration" end
  for key, entry in pairs(copy(draft.live)) do
    if names(entry.claim, old) then
      local made = {}
      for k, v in pairs(entry.claim) do made[k] = v end
      for _, part in ipairs(NAMED) do if made[part] == old then made[part] = name end end
      draft.live[key] = nil
      draft.changes = draft.changes + 1
      M.add(draft, made)
    end
  end
  return "ok"
end

--- The live claims, as lines in order.
function M.lines(live)
  local lines = {}
  for key in pairs(live) do lines[#lines + 1] = key end
  table.sort(lines)
  return lines
end

return M
