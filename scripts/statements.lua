--- statements: who said what, where it stands, and about whom.
--
-- Usage:   dossier statements [ENTITY] [--by ENTITY] [--about ENTITY]
-- Reads:   facts of the vocabulary's `statement` and of its special cases; every claim that
--          is attributed to a speaker, whatever its relation, denials too where another
--          asserts what is denied; who took part in an event and when it took place
-- Reports: what each speaker said, in order of time, with who reports it and where.  With
--          ENTITY: what it said and what names it.  Where ENTITY is an event, then what
--          those who took part said: what is dated within the event's date or, of what
--          lasts, begins in it, and what has no date.  Whether that was said at the event
--          the base does not tell.  A date is that of the statement; before "(says ...)"
--          that of the thing said.  Exits with 1 where nothing is found
--
--   $ dossier statements meeting_2023 --by eu
--   on or after 2023-09-15  European Union, on Kyiv meeting of 2023, called for
--                           de-escalation (attributed) [article reactions/4]
local dossier = require "dossier"
local report = require "dossier.report"
local tell = require "dossier.tell"

local M = {}

--- Does a fact belong to the day of an event: a happening that certainly lies within one of
--- the dates, or what lasts and certainly begins within one?
---@param fact dossier.Fact
---@param dates dossier.Time[]
---@return boolean
function M.on_its_day(fact, dates)
  local when = fact.valid
  if not when then return false end
  for _, date in ipairs(dates) do
    if fact.occurs then
      if when:certainly("within", date) then return true end
    elseif when.earliest_start and when.latest_start
      and dossier.time(when.earliest_start):certainly("within", date)
      and dossier.time(when.latest_start):certainly("within", date) then
      return true
    end
  end
  return false
end

--- Statements apart: those by or about an entity; by those who took part in it, those of its
--- day, the undated, and how many are dated otherwise.
---@param statements dossier.Statement[]
---@param entity dossier.Entity
---@param took_part table<dossier.Entity, boolean>
---@param dates dossier.Time[]
---@return { named: table[], of_the_day: table[], undated: table[], elsewhen: integer }
function M.sort_out(statements, entity, took_part, dates)
  local parts = { named = {}, of_the_day = {}, undated = {}, elsewhen = 0 }
  for _, one in ipairs(statements) do
    local list
    if one.speaker == entity or tell.is_about(one, entity) then
      list = parts.named
    elseif took_part[one.speaker] and M.on_its_day(one.fact, dates) then
      list = parts.of_the_day
    elseif took_part[one.speaker] and not one.when then
      list = parts.undated
    elseif took_part[one.speaker] then
      parts.elsewhen = parts.elsewhen + 1
    end
    if list then list[#list + 1] = one end
  end
  return parts
end

--- The statements by one entity and about another, where they are asked for.
---@param statements dossier.Statement[]
---@param by? dossier.Entity
---@param about? dossier.Entity
---@return dossier.Statement[]
function M.choose(statements, by, about)
  local chosen = {}
  for _, one in ipairs(statements) do
    if (not by or one.speaker == by) and (not about or tell.is_about(one, about)) then
      chosen[#chosen + 1] = one
    end
  end
  return chosen
end

--- What the statements were asked to be, in words.
---@param args { entity: dossier.Entity?, by: dossier.Entity?, about: dossier.Entity? }
---@return string
function M.title(args)
  local words = {}
  if args.entity then words[1] = "by or about " .. args.entity.label end
  if args.by then words[#words + 1] = "by " .. args.by.label end
  if args.about then words[#words + 1] = "about " .. args.about.label end
  return "Statements" .. (#words > 0 and " " .. table.concat(words, ", ") or "")
end

local function write(doc, statements, level)
  for _, group in ipairs(tell.group(statements, function(one) return one.speaker end)) do
    doc:heading(tell.words(group.key), level)
    for _, one in ipairs(group.list) do doc:event(one.dated, one.text, one.claims) end
  end
end

--- Who took part in an event, and on which dates it is said to have taken place.
local function event_of(kb, entity)
  local took_part, dates = {}, {}
  for _, line in ipairs(tell.lines_of(kb, "participant/2", nil, entity)) do
    took_part[line.row[1]] = true
  end
  for _, line in ipairs(tell.lines_of(kb, "took_place/2", entity, nil)) do
    if line.when then dates[#dates + 1] = line.when end
  end
  return took_part, dates
end

--- A part under its heading; without others it needs none.
local function write_parts(doc, label, parts)
  local alone = #parts.of_the_day + #parts.undated == 0
  if alone then
    write(doc, parts.named, 2)
    return
  end
  for _, part in ipairs {
    { "By or about " .. label, parts.named },
    { "By those who took part, on its day or from it on", parts.of_the_day },
    { "By those who took part, undated", parts.undated },
  } do
    if #part[2] > 0 then
      doc:heading(part[1], 2)
      write(doc, part[2], 3)
    end
  end
end

function M.main(kb, args)
  local statements = M.choose(tell.statements(kb), args.by, args.about)
  local doc = report.new(M.title(args))
  local parts = { named = statements, of_the_day = {}, undated = {}, elsewhen = 0 }
  if args.entity then
    parts = M.sort_out(statements, args.entity, event_of(kb, args.entity))
  end
  local shown = #parts.named + #parts.of_the_day + #parts.undated
  doc.found = shown > 0
  if doc.found then
    doc:paragraph(tell.count(shown, "statement") .. " in view.")
  else
    doc:paragraph("No such statement is in view.")
  end
  write_parts(doc, args.entity and args.entity.label, parts)
  if parts.elsewhen > 0 then
    doc:paragraph("Not shown: " .. tell.count(parts.elsewhen, "statement")
      .. " of another date by those who took part. `statements` with their names has them.")
  end
  return doc
end

return M
