--- conditions: what is required of whom, what stands in the way, and what answers a threat.
--
-- Usage:   dossier conditions [ENTITY]
-- Reads:   facts of the vocabulary's `requirement`, `obstacle`, `threat` and `answers`, and
--          which threats are part of which
-- Reports: for each goal what it requires of whom and what stands in its way; each threat
--          with what it threatens and what answers it, or that nothing does; what answers
--          anything else; each with who says so.  Where the base's rules derive `unanswered`
--          and `answered_with`, what they say, with the claims that it rests on.  With
--          ENTITY: what names it, what stands in the way of the goals that something is
--          required of it for, and all of what it answers.  Exits with 1 where there is
--          nothing
--
--   $ dossier conditions nato
--   Goal: membership of NATO
--   Required of NATO
--   since 2023-09-15  advanced training [article conclusion/2]
--   since 2023-09-15  equipment [article conclusion/2]
--   since 2023-09-15  intelligence sharing [article conclusion/2]
local follow = require "dossier.follow"
local report = require "dossier.report"
local tell = require "dossier.tell"

local M = {}

--- A look-up of lines by the value of a column.
---@param lines table[]
---@param column integer
---@return fun(value: any): table[]
function M.by(lines, column)
  local at = {}
  for _, group in ipairs(tell.group(lines, function(line) return line.row[column] end)) do
    at[tell.is_entity(group.key) and group.key or tostring(group.key)] = group.list
  end
  return function(value) return at[tell.is_entity(value) and value or tostring(value)] or {} end
end

--- Lines that name an entity; all of them where none is asked for.
---@param lines table[]
---@param entity? dossier.Entity
---@return table[]
function M.naming(lines, entity)
  if not entity then return lines end
  local found = {}
  for _, line in ipairs(lines) do
    local names = false
    for i = 1, #line.row - 1 do names = names or line.row[i] == entity end
    if names then found[#found + 1] = line end
  end
  return found
end

--- Derived lines with an entity in some column; all of them where none is asked for.
---@param lines dossier.Derived[]
---@param entity? dossier.Entity
---@return dossier.Derived[]
function M.about(lines, entity)
  local found = {}
  for _, line in ipairs(lines) do
    local names = not entity
    for i = 1, line.row.n do names = names or line.row[i] == entity end
    if names then found[#found + 1] = line end
  end
  return found
end

--- What is to be told of goals: of each { goal, required, obstacles }, in the order in
--- which they read.  With an entity, what names it, the obstacles to the goals that are
--- required of it, and the obstacles that it answers.
---@param all { required: table[], obstacles: table[], answers: table[] }
---@param entity? dossier.Entity
---@return { goal: any, required: table[], obstacles: table[] }[]
function M.goals(all, entity)
  local required = M.naming(all.required, entity)
  local obstacles, answers = M.by(all.obstacles, 2), M.by(all.answers, 2)
  local lines, seen = {}, {}
  local function take(line, goal, kind)
    if seen[line.fact.text] then return end
    seen[line.fact.text] = true
    lines[#lines + 1] = { goal = goal, kind = kind, line = line }
  end
  for _, line in ipairs(required) do take(line, line.row[3], "required") end
  for _, line in ipairs(required) do
    for _, obstacle in ipairs(obstacles(line.row[3])) do
      take(obstacle, line.row[3], "obstacles")
    end
  end
  for _, line in ipairs(M.naming(all.obstacles, entity)) do take(line, line.row[2], "obstacles") end
  for _, line in ipairs(entity and all.obstacles or {}) do
    if #M.naming(answers(line.row[1]), entity) > 0 then
      take(line, line.row[2], "obstacles")
    end
  end
  local goals = {}
  for i, group in ipairs(tell.group(lines, function(one) return one.goal end)) do
    local goal = { goal = group.key, required = {}, obstacles = {} }
    for _, one in ipairs(group.list) do table.insert(goal[one.kind], one.line) end
    goals[i] = goal
  end
  return goals
end

--- What is to be told of threats: of each { threat, lines, answers, wholes, elsewhere }, in
--- the order in which they read; `wholes` says of which other listed threats it is a part, and
--- `elsewhere` whether one of those has an answer.  With an
--- entity: those that threaten it, that it is, or that it answers; of the last all.
---@param all { threats: table[], answers: table[], parts: table[] }
---@param entity? dossier.Entity
---@return table[] threats
function M.threats(all, entity)
  local threats, listed = {}, {}
  local answers_to, parts_of = M.by(all.answers, 2), M.by(all.parts, 1)
  for _, line in ipairs(all.threats) do listed[line.row[1]] = true end
  for _, group in ipairs(tell.group(all.threats, function(line) return line.row[1] end)) do
    local answers = answers_to(group.key)
    local whole = entity and #M.naming(answers, entity) > 0
    local one = { threat = group.key, answers = answers, wholes = {}, elsewhere = false,
                  lines = whole and group.list or M.naming(group.list, entity) }
    for _, part in ipairs(parts_of(group.key)) do
      if listed[part.row[2]] then
        one.wholes[#one.wholes + 1] = part
        one.elsewhere = one.elsewhere or #answers_to(part.row[2]) > 0
      end
    end
    if #one.lines > 0 then threats[#threats + 1] = one end
  end
  return threats
end

--- The answers to what is neither a threat nor an obstacle that is known of.
---@param all { threats: table[], answers: table[], obstacles: table[] }
---@param entity? dossier.Entity
---@return table[]
function M.loose(all, entity)
  local known, loose = {}, {}
  for _, line in ipairs(all.threats) do known[line.row[1]] = true end
  for _, line in ipairs(all.obstacles) do known[line.row[1]] = true end
  for _, line in ipairs(M.naming(all.answers, entity)) do
    if not known[line.row[2]] then loose[#loose + 1] = line end
  end
  return loose
end

--- How much there is, in a sentence.
---@param goals integer
---@param threats { answers: table[] }[]
---@return string
function M.overview(goals, threats)
  local alone = 0
  for _, one in ipairs(threats) do
    if #one.answers == 0 then alone = alone + 1 end
  end
  return tell.count(goals, "goal") .. "; " .. tell.count(#threats, "threat")
    .. (alone > 0 and ", " .. alone .. " without an answer of "
      .. (alone == 1 and "its" or "their") .. " own" or "") .. "."
end

--- What is said where a threat has no answer of its own.
---@param elsewhere boolean
---@return string
function M.no_answer(elsewhere)
  if not elsewhere then return "No answer to it is in view." end
  return "No answer to it alone is in view; see what it is part of."
end

local function write_answers(doc, answers)
  for _, line in ipairs(answers) do doc:event(line.dated, line.text, line.claims) end
end

local function write_goal(doc, goal, answers_to)
  doc:heading("Goal: " .. tell.words(goal.goal), 2)
  for _, group in ipairs(tell.group(goal.required, function(line) return line.row[1] end)) do
    doc:heading("Required of " .. tell.words(group.key), 3)
    for _, line in ipairs(group.list) do
      doc:event(line.dated, tell.value(line, line.row[2], true), line.claims)
    end
  end
  local unanswered = {}
  if #goal.obstacles > 0 then doc:heading("In the way", 3) end
  for _, line in ipairs(goal.obstacles) do
    doc:event(line.dated, tell.value(line, line.row[1], true), line.claims)
    local found = answers_to(line.row[1])
    write_answers(doc, found)
    if #found == 0 then unanswered[#unanswered + 1] = tell.words(line.row[1]) end
  end
  if #unanswered > 0 then
    doc:paragraph("No answer is in view to " .. tell.join(unanswered) .. ".")
  end
end

local function write_threat(doc, one, derived)
  doc:heading("Threat: " .. tell.words(one.threat), 2)
  for _, line in ipairs(one.lines) do doc:event(line.dated, line.text, line.claims) end
  write_answers(doc, one.wholes)
  if #one.answers == 0 then
    local unanswered = derived.unanswered(one.threat)
    follow.write(doc, nil, unanswered)
    if #unanswered == 0 or one.elsewhere then doc:paragraph(M.no_answer(one.elsewhere)) end
  else
    doc:heading("Answered by", 3)
    for _, line in ipairs(one.answers) do
      doc:event(line.dated, tell.value(line, line.row[1], true), line.claims)
    end
    follow.write(doc, "Who answers it", M.about(derived.answered(one.threat), derived.entity), 3)
  end
end

function M.main(kb, args)
  local all = {
    required = tell.lines_of(kb, "requirement/3"),
    obstacles = tell.lines_of(kb, "obstacle/2"),
    threats = tell.lines_of(kb, "threat/2"),
    answers = tell.lines_of(kb, "answers/2"),
    parts = {},
  }
  for _, group in ipairs(tell.group(all.threats, function(line) return line.row[1] end)) do
    local parts = tell.lines_of(kb, "part_of/2", group.key, nil)
    table.move(parts, 1, #parts, #all.parts + 1, all.parts)
  end
  local entity = args.entity
  local goals, threats, loose = M.goals(all, entity), M.threats(all, entity), M.loose(all, entity)
  local doc = report.new("Conditions and threats" .. (entity and ": " .. entity.label or ""))
  doc.found = #goals + #threats + #loose > 0
  if not doc.found then
    doc:paragraph("No requirement, obstacle, threat or answer is in view.")
    return doc
  end
  doc:paragraph(M.overview(#goals, threats))
  local answers_to = M.by(all.answers, 2)
  for _, goal in ipairs(goals) do write_goal(doc, goal, answers_to) end
  local derived = { unanswered = M.by(follow.lines(kb, "unanswered/2"), 1),
                    answered = M.by(follow.lines(kb, "answered_with/4"), 1), entity = entity }
  for _, one in ipairs(threats) do write_threat(doc, one, derived) end
  if #loose > 0 then doc:heading("Answers to what is not listed as a threat", 2) end
  write_answers(doc, loose)
  return doc
end

return M
