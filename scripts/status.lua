--- status: what holds of someone or something, now or on a day.
--
-- Usage:   dossier status ENTITY [--as-of DATE]
-- Reads:   facts about ENTITY of relations that hold over time or always
-- Reports: what certainly holds, since when, and who says so; what possibly does is marked
--          with a question mark.  Without --as-of: what began and has no end.  What merely
--          happened is the timeline's
--
--   $ dossier --as-of 2010-01-01 status ukraine
--   since 1997-07-09  Ukraine has partner status with NATO  [record 1997]
local report = require "dossier.report"
local tell = require "dossier.tell"

local M = {}

--- Where a fact stands: "holds", "possible", "always" (its relation knows no time), "over",
--- or nil for what merely happened.  On a day the view has chosen already, and what is
--- left certainly holds, or possibly.  Without one, what has an open end holds; what has
--- no date or an unknown end may.
---@param fact dossier.Fact
---@param relation dossier.Relation
---@param on_a_day boolean
---@return string?
function M.standing(fact, relation, on_a_day)
  if relation.occurs then return nil end
  if not relation.timed then return "always" end
  if on_a_day then return fact.certain and "holds" or "possible" end
  local valid = fact.valid
  if not valid then return "possible" end
  if valid.open then return "holds" end
  return valid.latest_end and "over" or "possible"
end

--- Lines by standing, and how many are over.
---@param lines table[]   as tell.lines gives them
---@param standing fun(fact: dossier.Fact): string?
---@return table<string, table[]> by
---@return integer over
function M.sort_out(lines, standing)
  local by = { holds = {}, possible = {}, always = {}, over = {} }
  for _, line in ipairs(lines) do
    local list = by[standing(line.fact)]
    list[#list + 1] = line
  end
  return by, #by.over
end

--- The lines that are to be told as possible, marked where the view has not done so.
---@param line table
---@return string
function M.possibly(line)
  return line.text:find "^%? " and line.text or "? " .. line.text
end

local function write(doc, title, lines, text)
  if #lines == 0 then return end
  doc:heading(title, 2)
  for _, line in ipairs(lines) do doc:event(line.when, text(line), line.claims) end
end

function M.main(kb, args)
  local day = args.as_of or kb.as_of
  if args.as_of then kb = kb:view { as_of = args.as_of, possible = true } end
  local label = args.entity.label
  local function standing(fact)
    return M.standing(fact, kb:relation(tell.name(fact)), day ~= nil)
  end
  local facts = {}
  for _, fact in ipairs(tell.facts(kb, args.entity)) do
    if standing(fact) then facts[#facts + 1] = fact end
  end
  local by, over = M.sort_out(tell.lines(facts), standing)
  local doc = report.new("Status of " .. label .. (day and " on " .. tostring(day) or ""))
  write(doc, "Holds", by.holds, function(line) return line.text end)
  write(doc, "Possibly holds", by.possible, M.possibly)
  write(doc, "At all times", by.always, function(line) return line.text end)
  doc.found = #by.holds + #by.possible + #by.always > 0
  if not doc.found then
    doc:paragraph("Nothing in view is known to hold of " .. label .. ".")
  end
  if over > 0 then
    doc:paragraph("Not shown: " .. tell.count(over, "fact") .. " whose time has an end; "
      .. "the timeline of " .. label .. " has " .. (over == 1 and "it." or "them."))
  end
  return doc
end

return M
