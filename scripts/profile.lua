--- profile: everything about someone or something, by relation and time.
--
-- Usage:   dossier profile ENTITY [--rules]
-- Reads:   every fact about ENTITY, its names and types, and the conflicts it is part of
-- Reports: its names and types; its facts under their relations, each with its date, who
--          says so and how far that is to be trusted; the conflicts.  With --rules also what
--          the base's rules derive of it, each with the claims that it rests on: `why` has
--          the proof
--
--   $ dossier profile ukraine
--   Declared independence
--   1991-08-24  Ukraine declared independence (corroborated) [record 1991; article ...]
local follow = require "dossier.follow"
local report = require "dossier.report"
local tell = require "dossier.tell"

local M = {}

local marks = { corroborated = true, contested = true, unsupported = true }

--- Lines under their relations: relations in the order given, and in each the lines in
--- the order they came.
---@param lines table[]      as tell.lines gives them
---@param relations dossier.Relation[]
---@return { relation: string, lines: table[] }[]
function M.by_relation(lines, relations)
  local sections, at = {}, {}
  for _, relation in ipairs(relations) do
    local name = tell.name(relation)
    sections[#sections + 1] = { relation = relation.name, lines = {} }
    at[name] = sections[#sections]
  end
  for _, line in ipairs(lines) do
    local section = at[tell.name(line.fact)]
    section.lines[#section.lines + 1] = line
  end
  local used = {}
  for _, section in ipairs(sections) do
    if #section.lines > 0 then used[#used + 1] = section end
  end
  return used
end

--- How many lines have which trust, in a sentence.
---@param lines table[]
---@return string
function M.overview(lines)
  local n = tell.tally(lines)
  local parts = {}
  for _, pair in ipairs {
    { "corroborated", "corroborated by independent sources" },
    { "contested", "contested" },
    { "single-source", "from one source only (not marked below)" },
    { "unsupported", "from no source" },
  } do
    if n[pair[1]] > 0 then parts[#parts + 1] = n[pair[1]] .. " " .. pair[2] end
  end
  return tell.count(#lines, "fact") .. ": " .. tell.join(parts) .. "."
end

--- Texts without those that read like one before, the label aside.
---@param label string
---@param lists (string|dossier.Text)[][]
---@return string[]
function M.other_names(label, lists)
  local names, seen = {}, { [label] = true }
  for _, list in ipairs(lists) do
    for _, name in ipairs(list) do
      local text = tostring(name)
      if not seen[text] then
        seen[text] = true
        names[#names + 1] = text
      end
    end
  end
  return names
end

--- Is the entity a column of either side?
---@param conflict dossier.Conflict
---@param entity dossier.Entity
---@return boolean
function M.touches(conflict, entity)
  for _, fact in ipairs(conflict.facts or { conflict.a, conflict.b }) do
    for i = 1, fact.arity do
      if fact[i] == entity then return true end
    end
  end
  return false
end

local function write_identity(doc, kb, entity)
  local labels, aliases = kb:names(entity)
  local names = M.other_names(entity.label, { labels, aliases })
  if #names > 0 then doc:paragraph("Also known as: " .. table.concat(names, ", ") .. ".") end
  local types, claims = {}, {}
  for _, kind, fact in kb:facts("type", entity, nil) do
    types[#types + 1] = kind.label
    for _, claim in ipairs(tell.claims(fact.claims)) do claims[#claims + 1] = claim end
  end
  table.sort(types)
  if #types > 0 then doc:paragraph("Type: " .. table.concat(types, ", ") .. ".", claims) end
end

function M.main(kb, args)
  local entity = args.entity
  local lines = tell.lines(tell.facts(kb, entity), marks)
  local doc = report.new("Profile of " .. entity.label)
  write_identity(doc, kb, entity)
  if #lines == 0 then
    doc:paragraph("No fact in view is about " .. entity.label .. ".")
  else
    doc:paragraph(M.overview(lines))
  end
  for _, section in ipairs(M.by_relation(lines, kb:relations())) do
    doc:heading(tell.title(section.relation), 2)
    for _, line in ipairs(section.lines) do doc:event(line.dated, line.text, line.claims) end
  end
  local derived = args.rules and follow.about(kb, entity) or {}
  follow.write(doc, "By rule", derived)
  local conflicts, n = tell.conflicts(kb, tell.conflicts_most,
    function(conflict) return M.touches(conflict, entity) end)
  if #conflicts > 0 then doc:heading("Conflicts", 2) end
  for _, conflict in ipairs(conflicts) do tell.conflict(doc, conflict, 3) end
  if n.all > #conflicts then
    doc:paragraph(("And %d more; conflicts --all has them."):format(n.all - #conflicts))
  end
  doc.found = #lines + #derived > 0
  return doc
end

return M
