--- timeline: what happened to someone or something, in order of time.
--
-- Usage:   dossier timeline ENTITY [--since DATE] [--until DATE] [--rules]
-- Reads:   every dated fact about ENTITY, and the dates of events that it took part in,
--          or that took place there
-- Reports: a timeline; each line has its date, the fact in words, and who says so; what
--          is told twice at different precision is one line.  With --rules also what the
--          base's rules derive of it with a time, cited by the claims that it rests on
--
--   $ dossier timeline pfp --until 1994-01
--   1994-01-10  Partnership for Peace was launched [record 1994]
local follow = require "dossier.follow"
local report = require "dossier.report"
local tell = require "dossier.tell"

local M = {}

--- May a time lie in the days asked for?  Only what certainly does not is left out.
---@param when dossier.Time
---@param since string?
---@param last string?
---@return boolean
function M.within(when, since, last)
  if since and when:certainly("before", since) then return false end
  return not (last and when:certainly("after", last))
end

--- Facts apart: the dated ones that may lie in the days asked for, how many dated ones
--- do not, and how many have no date.
---@param facts dossier.Fact[]
---@param since string?
---@param last string?
---@return dossier.Fact[] dated
---@return integer outside
---@return integer undated
function M.split(facts, since, last)
  local dated, outside, undated = {}, 0, 0
  for _, fact in ipairs(facts) do
    local when = tell.when(fact)
    if not when then
      undated = undated + 1
    elseif M.within(when, since, last) then
      dated[#dated + 1] = fact
    else
      outside = outside + 1
    end
  end
  return dated, outside, undated
end

--- Facts about an entity.  Where the base says in the words of the vocabulary that it
--- took part in an event, or that the event was there, the event's dates stand in for
--- that undated fact.
---@param kb dossier.Base
---@param entity dossier.Entity
---@return dossier.Fact[]
function M.gather(kb, entity)
  local dates, placed = {}, {}
  local function take_dates(event, part)
    for _, date in ipairs(tell.of(kb, "took_place/2", event, nil)) do
      dates[#dates + 1] = date
      placed[part.text] = true
    end
  end
  if kb:relation "participant/2" then
    for _, event, part in kb:facts("participant/2", entity, nil) do
      take_dates(event, part)
    end
  end
  if kb:relation "located_in/2" then
    for event, _, part in kb:facts("located_in/2", nil, entity) do
      take_dates(event, part)
    end
  end
  local facts, known = {}, {}
  local function take(fact)
    local stood_in = placed[fact.text] and not tell.when(fact)
    if not stood_in and not known[fact.text] then facts[#facts + 1] = fact end
    known[fact.text] = true
  end
  for _, fact in ipairs(tell.facts(kb, entity)) do take(fact) end
  for _, date in ipairs(dates) do take(date) end
  return facts
end

--- What a timeline leaves out, in words; nil where that is nothing.
---@param label string
---@param outside integer
---@param undated integer
---@return string?
function M.left_out(label, outside, undated)
  local parts = {}
  if outside > 0 then
    parts[1] = tell.count(outside, "dated fact") .. " outside these dates"
  end
  if undated > 0 then
    parts[#parts + 1] = tell.count(undated, "fact") .. " without a date"
  end
  if #parts == 0 then return nil end
  return "Not shown: " .. tell.join(parts) .. ". The profile of " .. label .. " has all."
end

--- Lines and derived ones in one order of time, what is derived behind what is told.
---@param lines dossier.Line[]
---@param derived dossier.Derived[]
---@return table[]
function M.merge(lines, derived)
  local all, place = {}, {}
  for _, list in ipairs { lines, derived } do
    for _, line in ipairs(list) do
      all[#all + 1] = line
      place[line] = #all
    end
  end
  table.sort(all, function(a, b)
    if a.when < b.when then return true end
    if b.when < a.when then return false end
    return place[a] < place[b]
  end)
  return all
end

--- What rules derive of an entity with a time that may lie in the days asked for.
local function derived_of(kb, entity, since, last)
  local lines = {}
  for _, line in ipairs(follow.about(kb, entity)) do
    if line.when and M.within(line.when, since, last) then
      line.text = line.text .. " (by rule)"
      lines[#lines + 1] = line
    end
  end
  return lines
end

function M.main(kb, args)
  local label = args.entity.label
  local last = args["until"] or kb.as_of
  local dated, outside, undated = M.split(M.gather(kb, args.entity), args.since, last)
  local derived = args.rules and derived_of(kb, args.entity, args.since, last) or {}
  local doc = report.new("Timeline of " .. label)
  for _, line in ipairs(M.merge(tell.lines(dated), derived)) do
    doc:event(line.dated, line.text, line.claims)
  end
  if #dated + #derived == 0 then
    doc:paragraph("Nothing in view about " .. label .. " is dated"
      .. (outside > 0 and " within these dates." or "."))
  end
  local rest = M.left_out(label, outside, undated)
  if rest then doc:paragraph(rest) end
  doc.found = #dated + #derived > 0
  return doc
end

return M
