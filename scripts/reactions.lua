--- reactions: who supports, opposes or hedges on an event, a plan or anything else.
--
-- Usage:   dossier reactions ENTITY [BODY_ENTITY...]
-- Reads:   facts of the vocabulary's `position` (supports, opposes, hedges) that are on
--          ENTITY; what those who take a position said about it; their memberships
-- Reports: who supports it, who opposes it, and who is mixed: who hedges, who both supports
--          and opposes, who takes a position without a side; under each the positions and
--          what was said about ENTITY, cited; then the bodies that each belonged to on the
--          day that ENTITY took place on (at any time where it has no date), marked with a
--          question mark where that is not certain on each of the days that are told.  With
--          BODY: only certain members of all of them.  Where the base's rules derive them:
--          positions that independent sources tell of, contested ones, and with one or two
--          BODY who took its stand as their member, each with the claims that it rests on.
--          Exits with 1 where there is nobody
--
--   $ dossier reactions meeting_2023 nato eu
--   Positions of members of NATO and European Union: 6 support it.
--
--   Estonia
--   since 2023-09-15        Estonia supports Kyiv meeting of 2023 [article reactions/4]
--   on or after 2023-09-15  Estonia saw in Kyiv meeting of 2023: a good sign of
--                           commitment (attributed) [article reactions/4]
local dossier = require "dossier"
local follow = require "dossier.follow"
local report = require "dossier.report"
local tell = require "dossier.tell"

local M = {}

M.sides = { "supports", "opposes", "mixed" }

local titles = { supports = "Support", opposes = "Opposition", mixed = "Mixed" }

--- The side of one who takes a position, by the kinds of it that are told; and it in words.
---@param kinds table<string, boolean>   of "supports", "opposes", "hedges"
---@return string side
---@return string words
function M.side(kinds)
  local words = {}
  for _, kind in ipairs { "supports", "opposes", "hedges" } do
    if kinds[kind] then words[#words + 1] = kind end
  end
  if #words == 0 then return "mixed", "takes a position" end
  local side = #words == 1 and words[1] ~= "hedges" and words[1] or "mixed"
  return side, tell.join(words)
end

--- The last days of some dates, each once, in order; what has no last day gives none.
---@param dates dossier.Time[]
---@return string[]
function M.days(dates)
  local days, seen = {}, {}
  for _, date in ipairs(dates) do
    local day = date.latest_end
    if day and not seen[day] then
      seen[day] = true
      days[#days + 1] = day
    end
  end
  table.sort(days, function(a, b) return dossier.time(a) < dossier.time(b) end)
  return days
end

--- What is seen on any of several days, each once; `certain` where it is so on all of them.
---@param by_day dossier.Row[][]
---@return dossier.Row[]
function M.on_all(by_day)
  local lines, times = {}, {}
  for _, day in ipairs(by_day) do
    for _, line in ipairs(day) do
      local text = line.fact.text
      if not times[text] then
        times[text] = 0
        lines[#lines + 1] = line
      end
      if line.fact.certain ~= false then times[text] = times[text] + 1 end
    end
  end
  for _, line in ipairs(lines) do line.certain = times[line.fact.text] == #by_day end
  return lines
end

--- Is someone a certain member of all of the bodies?
---@param memberships table[]   of one member, as M.on_all has them
---@param bodies dossier.Entity[]
---@return boolean
function M.belongs(memberships, bodies)
  for _, body in ipairs(bodies) do
    local found = false
    for _, line in ipairs(memberships) do
      found = found or line.row[2] == body and line.certain
    end
    if not found then return false end
  end
  return true
end

--- How many are on which side, in a sentence.
---@param reactions { side: string }[]
---@param bodies dossier.Entity[]
---@return string
function M.overview(reactions, bodies)
  local n, labels = { supports = 0, opposes = 0, mixed = 0 }, {}
  for _, one in ipairs(reactions) do n[one.side] = n[one.side] + 1 end
  for i, body in ipairs(bodies) do labels[i] = body.label end
  local of = #bodies > 0 and " of members of " .. tell.join(labels) or ""
  if #reactions == 0 then return "No position" .. of .. " is in view." end
  local parts = {}
  if n.supports > 0 then
    parts[1] = n.supports .. (n.supports == 1 and " supports it" or " support it")
  end
  if n.opposes > 0 then
    parts[#parts + 1] = n.opposes .. (n.opposes == 1 and " opposes it" or " oppose it")
  end
  if n.mixed > 0 then
    parts[#parts + 1] = n.mixed .. (n.mixed == 1 and " is mixed" or " are mixed")
  end
  return "Positions" .. of .. ": " .. tell.join(parts) .. "."
end

--- What is left out, in words; nil where that is nothing.
---@param not_members integer
---@param statements integer
---@return string?
function M.left_out(not_members, statements)
  local parts = {}
  if not_members > 0 then
    parts[1] = tell.count(not_members, "position") .. " of others than such members"
  end
  if statements > 0 then
    parts[#parts + 1] = tell.count(statements, "statement")
      .. " about it by those who take no position"
  end
  return #parts > 0 and "Not shown: " .. tell.join(parts) .. "." or nil
end

--- Those who take a position on an entity, in the order in which they read, each with the
--- lines that say so.
---@param kb dossier.Base
---@param entity dossier.Entity
---@return { who: any, side: string, words: string, lines: dossier.Line[], told: table }[]
function M.positions(kb, entity)
  local lines, at = {}, {}
  for _, kind in ipairs { "supports", "opposes", "hedges", "position" } do
    for _, line in ipairs(tell.lines_of(kb, kind .. "/2", nil, entity)) do
      local known = at[line.fact.text]
      if not known then
        known = { line = line, kinds = {} }
        at[line.fact.text] = known
        lines[#lines + 1] = line
      end
      known.kinds[kind] = true
    end
  end
  table.sort(lines, function(a, b) return tell.before(a.fact, b.fact) end)
  local positions = {}
  for i, group in ipairs(tell.group(lines, function(line) return line.row[1] end)) do
    local kinds, told, contested = {}, {}, false
    for _, line in ipairs(group.list) do
      told[line.fact.text] = true
      contested = contested or line.trust == "contested"
      for kind in pairs(at[line.fact.text].kinds) do kinds[kind] = true end
    end
    local side, words = M.side(kinds)
    if contested then words = words .. " (contested)" end
    positions[i] = { who = group.key, side = side, words = words, lines = group.list,
                     told = told }
  end
  return positions
end

--- What was said about an entity, under those who take a position on it; how many
--- statements are by others.
local function add_statements(kb, entity, positions)
  local by, others = {}, 0
  for _, one in ipairs(positions) do by[one.who] = one end
  for _, statement in ipairs(tell.statements(kb)) do
    if tell.is_about(statement, entity) then
      local one = by[statement.speaker]
      if not one then
        others = others + 1
      elseif not one.told[statement.fact.text] or statement.denied then
        one.lines[#one.lines + 1] = statement
      end
    end
  end
  return others
end

--- Gives each who takes a position its memberships; the days that they are of.
local function add_memberships(kb, entity, positions)
  local dates, views = {}, {}
  for _, line in ipairs(tell.lines_of(kb, "took_place/2", entity, nil)) do
    if line.when then dates[#dates + 1] = line.when end
  end
  local days = M.days(dates)
  for i, day in ipairs(days) do views[i] = kb:view { as_of = day, possible = true } end
  if #days == 0 then views[1] = kb end
  for _, one in ipairs(positions) do
    local by_day = {}
    for i, view in ipairs(views) do
      by_day[i] = tell.lines_of(view, "membership/2", one.who, nil)
    end
    one.memberships = M.on_all(by_day)
    table.sort(one.memberships, function(a, b)
      if a.row[2] ~= b.row[2] then return tell.reads_before(a.row[2], b.row[2]) end
      return tell.before(a.fact, b.fact)
    end)
  end
  return days
end

local function write_side(doc, side, positions)
  local headed = false
  for _, one in ipairs(positions) do
    if one.side == side then
      if not headed then doc:heading(titles[side], 2) end
      headed = true
      doc:heading(tell.words(one.who) .. (side == "mixed" and ": " .. one.words or ""), 3)
      for _, line in ipairs(one.lines) do doc:event(line.dated, line.text, line.claims) end
    end
  end
end

--- What a cell is to say of lines: each value with its citations.
local function cell(lines)
  local parts = {}
  for i, line in ipairs(lines) do
    local words = tell.value(line, line.row[2]):gsub("^%? ", "")
    parts[i] = (line.certain and "" or "? ") .. words .. " " .. report.cite(line.claims)
  end
  return table.concat(parts, "; ")
end

local function write_memberships(doc, positions, days)
  local rows, none = {}, {}
  for _, one in ipairs(positions) do
    if #one.memberships > 0 then
      rows[#rows + 1] = { one.who, one.words, cell(one.memberships) }
    else
      none[#none + 1] = tell.words(one.who)
    end
  end
  if #rows == 0 then return end
  doc:heading("Membership" .. (#days > 0 and " on " .. table.concat(days, " or ") or ""), 2)
  doc:table({ "Who", "Position", "Member of" }, rows)
  if #none > 0 then doc:paragraph("No membership is told of " .. tell.join(none) .. ".") end
end

--- What rules make of the positions: of those who stand on an entity, and of its members.
local function write_followed(doc, kb, entity, bodies)
  follow.write(doc, "Told by independent sources",
    follow.lines(kb, "corroborated_position/2", nil, entity))
  follow.write(doc, "Contested", follow.lines(kb, "contested_position/2", nil, entity))
  if #bodies == 1 then
    follow.write(doc, "As members of " .. bodies[1].label,
      follow.lines(kb, "reacted_as_member/3", nil, bodies[1], entity))
  elseif #bodies == 2 then
    follow.write(doc, "In support, as members of " .. bodies[1].label .. " and "
      .. bodies[2].label, follow.lines(kb, "supports_from_both/4", nil, bodies[1], bodies[2],
      entity))
  end
end

function M.main(kb, args)
  local entity, bodies = args.entity, args.body_entity or {}
  local all = M.positions(kb, entity)
  local days = add_memberships(kb, entity, all)
  local others = add_statements(kb, entity, all)
  local positions = {}
  for _, one in ipairs(all) do
    if M.belongs(one.memberships, bodies) then positions[#positions + 1] = one end
  end
  local doc = report.new("Reactions to " .. entity.label)
  doc:paragraph(M.overview(positions, bodies))
  for _, side in ipairs(M.sides) do write_side(doc, side, positions) end
  write_memberships(doc, positions, days)
  write_followed(doc, kb, entity, bodies)
  local rest = M.left_out(#all - #positions, others)
  if rest then doc:paragraph(rest) end
  doc.found = #positions > 0
  return doc
end

return M
