--- conflicts: where claims do not go together, and who says what.
--
-- Usage:   dossier conflicts
-- Reads:   every conflict in view: two values for one key, one happening at two times, a
--          fact both asserted and denied
-- Reports: each with what is at issue and both sides, cited, and any verdict on them;
--          exits with 1 where there is none
--
--   $ dossier conflicts
--   Held on: Kyiv meeting (two values where one is allowed)
--   - Kyiv meeting was held on 2023-09-15 [article introduction/1]
--   - Kyiv meeting was held on 2023-09-28 [record 2023]
local report = require "dossier.report"
local tell = require "dossier.tell"

local M = {}

--- How many conflicts of which kind, in a sentence.
---@param conflicts dossier.Conflict[]
---@return string
function M.overview(conflicts)
  local n = { key = 0, once = 0, denial = 0 }
  for _, conflict in ipairs(conflicts) do
    n[conflict.kind] = (n[conflict.kind] or 0) + 1
  end
  local parts = {}
  if n.key > 0 then
    parts[1] = tell.count(n.key, "case") .. " of two values where one is allowed"
  end
  if n.once > 0 then
    parts[#parts + 1] = tell.count(n.once, "happening") .. " told at two times"
  end
  if n.denial > 0 then
    parts[#parts + 1] = tell.count(n.denial, "fact") .. " both asserted and denied"
  end
  if #parts == 0 then return "No two claims in view contradict each other." end
  return tell.count(#conflicts, "conflict") .. ": " .. tell.join(parts) .. "."
end

function M.main(kb)
  local conflicts = {}
  for conflict in kb:conflicts() do conflicts[#conflicts + 1] = conflict end
  local doc = report.new("Conflicts")
  doc:paragraph(M.overview(conflicts))
  for _, conflict in ipairs(conflicts) do tell.conflict(doc, conflict, 2) end
  doc.found = #conflicts > 0
  return doc
end

return M
