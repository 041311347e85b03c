--- conflicts: where claims do not go together, and who says what.
--
-- Usage:   dossier conflicts [--all]
-- Reads:   every conflict in view: two values for one key, one happening at two times, a
--          fact both asserted and denied, what a constraint of the base forbids
-- Reports: each with what is at issue and both sides, cited, and any verdict on them; the
--          first hundred unless asked for all; exits with 1 where there is none
--
--   $ dossier conflicts
--   Held on: Kyiv meeting (two values where one is allowed)
--   - Kyiv meeting was held on 2023-09-15 [article introduction/1]
--   - Kyiv meeting was held on 2023-09-28 [record 2023]
local report = require "dossier.report"
local tell = require "dossier.tell"

local M = {}

--- How many conflicts of which kind, in a sentence.
---@param n { key: integer, once: integer, denial: integer, all: integer }
---@return string
function M.overview(n)
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
  if (n.constraint or 0) > 0 then
    parts[#parts + 1] = tell.count(n.constraint, "breach", "breaches") .. " of constraints"
  end
  if #parts == 0 then return "No two claims in view contradict each other." end
  return tell.count(n.all, "conflict") .. ": " .. tell.join(parts) .. "."
end

function M.main(kb, args)
  local conflicts, n = tell.conflicts(kb, args.all and math.huge or tell.conflicts_most)
  local doc = report.new("Conflicts")
  doc:paragraph(M.overview(n))
  for _, conflict in ipairs(conflicts) do tell.conflict(doc, conflict, 2) end
  if n.all > #conflicts then
    doc:paragraph(("And %d more; --all shows all."):format(n.all - #conflicts))
  end
  doc.found = n.all > 0
  return doc
end

return M
