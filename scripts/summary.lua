--- summary: what a base holds, who is in it, what happened last, what is disputed.
--
-- Usage:   dossier summary
-- Reads:   every fact in view, its sources, and the conflicts that no verdict settles
-- Reports: how much there is and from whom; who and what most facts are about, by type;
--          the latest happenings; the open conflicts, both sides cited
--
--   $ dossier summary
--   312 facts in 61 relations about 148 things, dated 1949 to 2024-10-01.
local report = require "dossier.report"
local tell = require "dossier.tell"

local M = {}

M.actors_shown = 15 -- how many entities are named
M.events_shown = 10 -- how many of the latest happenings
M.conflicts_shown = 20 -- and how many conflicts

--- Entities under their types, in the order in which the types are first met.
---@param top { entity: dossier.Entity, facts: integer }[]   as kb:mentions gives them
---@param type_of fun(entity: dossier.Entity): string
---@return { type: string, entities: table[] }[]
function M.by_type(top, type_of)
  local groups, at = {}, {}
  for _, one in ipairs(top) do
    local name = type_of(one.entity)
    if not at[name] then
      at[name] = { type = name, entities = {} }
      groups[#groups + 1] = at[name]
    end
    local entities = at[name].entities
    entities[#entities + 1] = one
  end
  return groups
end

--- The dated among facts, by `day`.
---@param facts dossier.Fact[]
---@param day? string   nil: whenever
---@return dossier.Fact[]
function M.happenings(facts, day)
  local out = {}
  for _, fact in ipairs(facts) do
    local when = tell.when(fact)
    if when and not (day and when:certainly("after", day)) then out[#out + 1] = fact end
  end
  return out
end

--- The years that facts span, in words; nil where none is dated.
---@param figures dossier.Figures[]
---@return string?
function M.years(figures)
  local first, last
  for _, one in ipairs(figures) do
    if one.first then
      first, last = math.min(first or one.first, one.first), math.max(last or one.last, one.last)
    end
  end
  if first == last then return first and tostring(first) end
  return first .. " to " .. last
end

--- The relations whose facts are happenings, by name: dates of events are, what someone said
--- is none, as far as the base tells so in the words of the vocabulary.
---@param relations dossier.Relation[]
---@return string[]
function M.happening(relations)
  local events, said = tell.cases(relations, "took_place/2"), tell.cases(relations, "statement/3")
  local names = {}
  for _, relation in ipairs(relations) do
    local name = tell.name(relation)
    local occurs = relation.occurs or relation.once
    if not relation.builtin and not relation.inverse
      and (events[name] or occurs and not said[name]) then
      names[#names + 1] = name
    end
  end
  return names
end

--- How many rules there are, in a sentence; nil where there are none.
---@param rules dossier.Rule[]
---@return string?
function M.rules(rules)
  local relations, derived, constraints = {}, 0, 0
  for _, rule in ipairs(rules) do
    if rule.constraint then
      constraints = constraints + 1
    elseif not relations[rule.relation .. "/" .. rule.arity] then
      relations[rule.relation .. "/" .. rule.arity] = true
      derived = derived + 1
    end
  end
  local parts = {}
  if derived > 0 then
    parts[1] = tell.count(#rules - constraints, "rule") .. " for "
      .. tell.count(derived, "relation")
  end
  if constraints > 0 then parts[#parts + 1] = tell.count(constraints, "constraint") end
  return #parts > 0 and "Kept with them: " .. tell.join(parts) .. "." or nil
end

--- How far facts are supported, in a sentence.
---@param n table<string, integer>   as tell.total gives it
---@return string
function M.support(n)
  return ("Support, what is told at different precision counted once: %d from one source, "
    .. "%d corroborated, %d contested, %d from no source.")
    :format(n["single-source"], n.corroborated, n.contested, n.unsupported)
end

local function write_holdings(doc, kb, figures, facts, entities)
  local relations = 0
  for _, one in ipairs(figures) do
    if one.facts > 0 then relations = relations + 1 end
  end
  local years = M.years(figures)
  doc:paragraph(("%s in %s about %s%s."):format(tell.count(facts, "fact"),
    tell.count(relations, "relation"), tell.count(entities, "thing"),
    years and ", dated " .. years or ""))
  doc:paragraph(M.support((tell.total(kb:support()))))
  local kept = M.rules(kb:rules())
  if kept then doc:paragraph(kept) end
  local told = kb:coverage()
  for _, source in ipairs(kb:sources()) do
    if source.title or told[source.id] then
      local n = told[source.id] and told[source.id].facts or 0
      doc:item(source.id .. (source.title and ": " .. source.title or "") .. " ("
        .. tell.count(n, "fact") .. ")")
    end
  end
end

local function write_actors(doc, kb, mentions)
  local function type_of(entity)
    local types = {}
    for _, kind in kb:facts("type", entity, nil) do types[#types + 1] = kind.label end
    table.sort(types)
    return types[1] or "other"
  end
  local groups = M.by_type(mentions, type_of)
  if #groups > 0 then doc:heading("Most told about", 2) end
  for _, group in ipairs(groups) do
    local words = {}
    for _, one in ipairs(group.entities) do
      words[#words + 1] = one.entity.label .. " (" .. one.facts .. ")"
    end
    doc:item(tell.title(group.type) .. ": " .. table.concat(words, ", "))
  end
end

local function write_latest(doc, kb)
  local day = kb.as_of
  local heads, all = kb:latest(M.events_shown,
    { relations = M.happening(kb:relations()), ["until"] = day })
  if all == 0 then return end
  local facts = M.happenings(tell.around(kb, heads), day)
  tell.sort(facts)
  local lines = tell.lines(facts, nil, heads)
  doc:heading("Latest happenings", 2)
  for i = #lines, 1, -1 do doc:event(lines[i].dated, lines[i].text, lines[i].claims) end
  if all > #lines then
    doc:paragraph("And " .. all - #lines .. " earlier.")
  end
end

local function write_conflicts(doc, kb)
  local conflicts, n = tell.conflicts(kb:view { settled = true }, M.conflicts_shown)
  doc:heading("Open conflicts", 2)
  if n.all == 0 then doc:paragraph("None.") end
  for _, conflict in ipairs(conflicts) do tell.conflict(doc, conflict, 3) end
  if n.all > #conflicts then
    doc:paragraph(("And %d more; the script conflicts has them."):format(n.all - #conflicts))
  end
end

function M.main(kb)
  local figures, facts = kb:figures(), 0
  for _, one in ipairs(figures) do facts = facts + one.facts end
  local doc = report.new("Summary")
  doc.found = facts > 0
  if not doc.found then
    doc:paragraph("No fact is in view.")
    return doc
  end
  local mentions, entities = kb:mentions(M.actors_shown)
  write_holdings(doc, kb, figures, facts, entities)
  write_actors(doc, kb, mentions)
  write_latest(doc, kb)
  write_conflicts(doc, kb)
  return doc
end

return M
