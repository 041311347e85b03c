--- see: what the specs of this room share: what a base holds, as strings.

local dossier = require "dossier"

local M = {}

--- A new base in memory that holds `text`.
---@param text string?
---@param options table?
---@return dossier.Base
function M.base(text, options)
  local kb = assert(dossier.open(nil, options))
  if text then assert(kb:load_text(text)) end
  return kb
end

--- The facts that kb:facts(...) gives, in its order.
---@return dossier.Fact[]
function M.list(kb, ...)
  local list = {}
  local function take(...)
    local row = table.pack(...)
    list[#list + 1] = row[row.n]
    return row.n > 0 and row[1] ~= nil
  end
  local step, state, control = kb:facts(...)
  while take(step(state, control)) do end
  return list
end

--- Those facts as text; one that is only possibly in view has a "?" behind it.
---@return string[]
function M.facts(kb, ...)
  local texts = M.list(kb, ...)
  for i, fact in ipairs(texts) do texts[i] = fact.text .. (fact.certain and "" or "?") end
  return texts
end

--- A list put in order of the alphabet.
function M.sorted(list)
  table.sort(list)
  return list
end

--- The one fact that kb:facts(...) gives.
---@return dossier.Fact
function M.one(kb, ...)
  local list = M.list(kb, ...)
  assert(#list == 1, ("one fact was due; there are %d"):format(#list))
  return list[1]
end

--- A value as its identifier, or as it prints.
local function show(value)
  return type(value) == "userdata" and value.id or tostring(value)
end

--- The columns that kb:facts(...) gives, "a b" for each row, in order of the alphabet.
---@return string[]
function M.rows(kb, ...)
  local rows = {}
  for a, b, fact in kb:facts(...) do
    rows[#rows + 1] = show(a) .. (fact and " " .. show(b) or "")
  end
  return M.sorted(rows)
end

--- The conflicts in view, in their order.
---@return string[]
function M.conflicts(kb)
  local found = {}
  for conflict in kb:conflicts() do found[#found + 1] = tostring(conflict) end
  return found
end

--- Claims as strings, in their order.
---@param claims dossier.Claim[]
---@return string[]
function M.told(claims)
  local told = {}
  for i, claim in ipairs(claims) do told[i] = tostring(claim) end
  return told
end

--- Facts that mention an entity, in their order.
---@return string[]
function M.about(kb, entity)
  local texts = {}
  for fact in kb:about(entity) do texts[#texts + 1] = fact.text end
  return texts
end

--- What a query answers: its rows as strings, in order of the alphabet.
---@return string[]
function M.ask(kb, query, parameters)
  local rows = {}
  local function take(first, ...)
    if first == nil then return false end
    local row = table.pack(first, ...)
    for i = 1, row.n do row[i] = show(row[i]) end
    rows[#rows + 1] = table.concat(row, " ")
    return true
  end
  local step, state, control = kb:query(query, parameters)
  while take(step(state, control)) do end
  return M.sorted(rows)
end

--- What loading `text` fails with.
---@return string message
---@return string code
function M.refused(kb, text)
  local ok, message, code = kb:load_text(text, "bad.dl")
  assert(not ok, "it was loaded: " .. text)
  return message, code
end

--- Does `text` hold `part`, letter by letter; fails with both where not.
function M.has(part, text)
  assert(text:find(part, 1, true), ("no %q in:\n%s"):format(part, text))
end

--- Change one fact in a transaction of its own: change(kb, "add", "p", { ... }, claim).
---@return boolean changed
function M.change(kb, verb, ...)
  local given = table.pack(...)
  return kb:transaction(function(tx) return tx[verb](tx, table.unpack(given, 1, given.n)) end)
end

return M
