--- ask: what the specs of this room share: bases made from text, answers as strings.

local dossier = require "dossier"

local M = {}

--- A new base in memory that holds `text`.
---@param text string?
---@return dossier.Base
function M.base(text)
  local kb = assert(dossier.open())
  if text then assert(kb:load_text(text, "base.dl")) end
  return kb
end

--- A value as its identifier, or as it prints.
local function show(value)
  local kind = type(value)
  if (kind == "table" or kind == "userdata") and value.id then return value.id end
  return tostring(value)
end

--- The answers to a query as strings, values between blanks, in the order they come.
---@param kb dossier.Base
---@param query string
---@param parameters table?
---@return string[]
function M.rows(kb, query, parameters)
  local found = {}
  local function take(first, ...)
    if first == nil then return false end
    local row = table.pack(first, ...)
    for i = 1, row.n do row[i] = show(row[i]) end
    found[#found + 1] = table.concat(row, " ")
    return true
  end
  local step, state, control = kb:query(query, parameters)
  while take(step(state, control)) do end
  return found
end

--- The same in order of the alphabet, where the order of the base does not matter.
function M.sorted(kb, query, parameters)
  local found = M.rows(kb, query, parameters)
  table.sort(found)
  return found
end

--- What loading `text` fails with: its message and code.
---@param kb dossier.Base
---@param text string
---@param name string?
---@return string message
---@return string code
function M.refusal(kb, text, name)
  local ok, message, code = kb:load_text(text, name or "bad.dl")
  assert(not ok, "it was loaded: " .. text)
  return message, code
end

--- What preparing `text` fails with.
---@return string message
---@return string code
function M.objection(kb, text)
  local query, message, code = kb:prepare(text)
  assert(not query, "it was prepared: " .. text)
  return message, code
end

--- Does `text` hold `part`, letter by letter; fails with both where not.
function M.has(part, text)
  assert(text:find(part, 1, true), ("no %q in:\n%s"):format(part, text))
end

return M
