--- status: what holds of someone or something, now or on a day.
--
-- Usage:   dossier status ENTITY [--as-of DATE]
-- Reads:   facts about ENTITY of relations whose facts hold over time; what the base's rules
--          make of it: those with one column, and who was in office at an event
-- Reports: what certainly holds, since when, and who says so; what possibly does is marked
--          with a question mark.  Without --as-of: what began and has no end.  Then what
--          follows by rule, with the claims that it rests on (`why` has the proof).  What
--          merely happened is in the timeline, what knows no time in the profile
--
--   $ dossier status ukraine --as-of 2010-01-01
--   since 2008-04-03  Ukraine has aspirant status with NATO [record 2008]
local follow = require "dossier.follow"
local report = require "dossier.report"
local tell = require "dossier.tell"

local M = {}

--- Where a fact stands: "holds", "possible", "over", "timeless" where its relation knows no
--- time, or nil for what merely happened.  On a day the view has chosen already, and what is
--- left certainly holds, or possibly.  Without one, what has an open end holds; what has
--- no date or an unknown end may.
---@param fact dossier.Fact
---@param relation dossier.Relation
---@param on_a_day boolean
---@return string?
function M.standing(fact, relation, on_a_day)
  if relation.occurs then return nil end
  if not relation.timed then return "timeless" end
  if on_a_day then return fact.certain and "holds" or "possible" end
  local valid = fact.valid
  if not valid then return "possible" end
  if valid.open then return "holds" end
  return valid.latest_end and "over" or "possible"
end

--- Lines by the standing of their finest fact.
---@param lines dossier.Line[]
---@param standing fun(fact: dossier.Fact): string?
---@return table<string, dossier.Line[]>
function M.sort_out(lines, standing)
  local by = { holds = {}, possible = {}, timeless = {}, over = {} }
  for _, line in ipairs(lines) do
    local list = by[standing(line.fact)]
    if list then list[#list + 1] = line end
  end
  return by
end

--- A line's text marked as possible, where the view has not done so.
---@param text string
---@return string
function M.possibly(text) return text:find "^%? " and text or "? " .. text end

--- What a status leaves out, in words; nil where that is nothing.
---@param label string
---@param over integer
---@param timeless integer
---@return string?
function M.left_out(label, over, timeless)
  local parts = {}
  if over > 0 then parts[1] = tell.count(over, "fact") .. " whose time has an end" end
  if timeless > 0 then
    parts[#parts + 1] = tell.count(timeless, "fact") .. " that no time is told of"
  end
  if #parts == 0 then return nil end
  return "Not shown: " .. tell.join(parts) .. ". The profile of " .. label .. " has all."
end

--- What follows of an entity by rules with one column, and, of an event, who was in office.
---@param kb dossier.Base
---@param entity dossier.Entity
---@return dossier.Derived[] holds
---@return dossier.Derived[] office
function M.followed(kb, entity)
  local holds = follow.about(kb, entity, function(relation) return relation.arity == 1 end)
  local office = follow.lines(kb, "in_office/4", nil, nil, nil, entity)
  local perhaps = follow.lines(kb, "perhaps_in_office/4", nil, nil, nil, entity)
  return holds, table.move(perhaps, 1, #perhaps, #office + 1, office)
end

--- Lines that are not among others, marked as possible.
---@param lines dossier.Derived[]
---@param certain dossier.Derived[]
---@return dossier.Derived[]
function M.only_possible(lines, certain)
  local known, out = {}, {}
  for _, line in ipairs(certain) do known[line.relation.name .. " " .. line.key] = true end
  for _, line in ipairs(lines) do
    if not known[line.relation.name .. " " .. line.key] then
      line.text = M.possibly(line.text)
      out[#out + 1] = line
    end
  end
  return out
end

--- What follows by rule; `wide`, where a day is asked for, also sees what is only possible.
local function write_followed(doc, kb, wide, entity)
  local holds, office = M.followed(kb, entity)
  local more, more_office = {}, {}
  if wide then
    more, more_office = M.followed(wide, entity)
    more, more_office = M.only_possible(more, holds), M.only_possible(more_office, office)
  end
  follow.write(doc, "By rule", table.move(more, 1, #more, #holds + 1, holds))
  follow.write(doc, "In office at the time",
    table.move(more_office, 1, #more_office, #office + 1, office))
  return #holds + #office
end

function M.main(kb, args)
  local day, certain = args.as_of or kb.as_of, kb
  if args.as_of then
    certain = kb:view { as_of = args.as_of }
    kb = kb:view { as_of = args.as_of, possible = true }
  end
  local label = args.entity.label
  local by = M.sort_out(tell.lines(tell.facts(kb, args.entity)), function(fact)
    return M.standing(fact, kb:relation(tell.name(fact)), day ~= nil)
  end)
  local at = day and (day:find "^%d+%-%d+%-%d+" and " on " or " in ") .. day
  local doc = report.new("Status of " .. label .. (at or ""))
  for _, line in ipairs(by.holds) do
    doc:event(line.dated, line.text, line.claims)
  end
  if #by.possible > 0 then doc:heading("Possibly", 2) end
  for _, line in ipairs(by.possible) do
    doc:event(line.dated, M.possibly(line.text), line.claims)
  end
  if #by.holds + #by.possible == 0 then
    doc:paragraph("Nothing in view is known to hold of " .. label .. ".")
  end
  local followed = write_followed(doc, certain, args.as_of and kb, args.entity)
  doc.found = #by.holds + #by.possible + followed > 0
  local rest = M.left_out(label, #by.over, #by.timeless)
  if rest then doc:paragraph(rest) end
  return doc
end

return M
