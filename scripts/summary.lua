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

--- How many facts mention each entity: a fact counts once, in however many columns.
---@param facts dossier.Fact[]
---@return table<dossier.Entity, integer>
---@return integer entities
function M.mentions(facts)
  local n, entities, met = {}, 0, {}
  for place, fact in ipairs(facts) do
    for i = 1, fact.arity do
      local value = fact[i]
      if tell.is_entity(value) and met[value] ~= place then
        met[value] = place
        if not n[value] then entities = entities + 1 end
        n[value] = (n[value] or 0) + 1
      end
    end
  end
  return n, entities
end

--- The entities that most facts mention, at most `most`, those of equal count by label.
---@param mentions table<dossier.Entity, integer>
---@param most integer
---@return { entity: dossier.Entity, count: integer }[]
function M.top(mentions, most)
  local list = {}
  for entity, count in pairs(mentions) do
    list[#list + 1] = { entity = entity, count = count }
  end
  table.sort(list, function(a, b)
    if a.count ~= b.count then return a.count > b.count end
    if a.entity.label ~= b.entity.label then return a.entity.label < b.entity.label end
    return a.entity.id < b.entity.id
  end)
  for i = #list, most + 1, -1 do list[i] = nil end
  return list
end

--- Entities under their types, in the order in which the types are first met.
---@param top { entity: dossier.Entity, count: integer }[]
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

--- Happenings among facts: the dated ones that `occurs` says happened, by `day`.
---@param facts dossier.Fact[]      in order of telling
---@param occurs fun(fact: dossier.Fact): boolean
---@param day? string               nil: whenever
---@return dossier.Fact[]
function M.happenings(facts, occurs, day)
  local out = {}
  for _, fact in ipairs(facts) do
    local when = tell.when(fact)
    local later = when and day and when:certainly("after", day)
    if when and not later and occurs(fact) then out[#out + 1] = fact end
  end
  return out
end

--- The last of a list, latest first, at most `most`.
---@param lines table[]
---@param most integer
---@return table[]
function M.latest(lines, most)
  local out = {}
  for i = #lines, math.max(1, #lines - most + 1), -1 do out[#out + 1] = lines[i] end
  return out
end

--- The years that facts span, in words; nil where none is dated.
---@param facts dossier.Fact[]
---@return string?
function M.years(facts)
  local first, last
  local function take(day)
    local year = day and math.tointeger(day:match "^-?%d+")
    if year then
      first, last = math.min(first or year, year), math.max(last or year, year)
    end
  end
  local taken = {}
  for _, fact in ipairs(facts) do
    local when = tell.when(fact)
    if when and not taken[when] then
      taken[when] = true
      take(when.earliest_start or when.latest_start)
      take(when.latest_end or when.earliest_end)
    end
  end
  if first == last then return first and tostring(first) end
  return first .. " to " .. last
end

--- How many facts each source asserts, by its identifier.
---@param facts dossier.Fact[]
---@return table<string, integer>
function M.by_source(facts)
  local n = {}
  for _, fact in ipairs(facts) do
    local here = {}
    for _, claim in ipairs(tell.claims(fact.claims)) do
      local id = claim.source.id
      if not here[id] then n[id] = (n[id] or 0) + 1 end
      here[id] = true
    end
  end
  return n
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
---@param lines table[]   as tell.lines or tell.trusts gives them
---@return string
function M.support(lines)
  local n = tell.tally(lines)
  return ("Support, what is told at different precision counted once: %d from one source, "
    .. "%d corroborated, %d contested, %d from no source.")
    :format(n["single-source"], n.corroborated, n.contested, n.unsupported)
end

local function write_holdings(doc, kb, facts, entities)
  local relations, named = 0, {}
  for _, fact in ipairs(facts) do
    local name = tell.name(fact)
    if not named[name] then relations = relations + 1 end
    named[name] = true
  end
  local years = M.years(facts)
  doc:paragraph(("%s in %s about %s%s."):format(tell.count(#facts, "fact"),
    tell.count(relations, "relation"), tell.count(entities, "thing"),
    years and ", dated " .. years or ""))
  doc:paragraph(M.support(tell.trusts(facts)))
  local kept = M.rules(kb:rules())
  if kept then doc:paragraph(kept) end
  local told = M.by_source(facts)
  for _, source in ipairs(kb:sources()) do
    if source.title or told[source.id] then
      doc:item(source.id .. (source.title and ": " .. source.title or "") .. " ("
        .. tell.count(told[source.id] or 0, "fact") .. ")")
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
  local groups = M.by_type(M.top(mentions, M.actors_shown), type_of)
  if #groups > 0 then doc:heading("Most told about", 2) end
  for _, group in ipairs(groups) do
    local words = {}
    for _, one in ipairs(group.entities) do
      words[#words + 1] = one.entity.label .. " (" .. one.count .. ")"
    end
    doc:item(tell.title(group.type) .. ": " .. table.concat(words, ", "))
  end
end

--- Dates of events are happenings, what someone said is none: as far as the base tells so
--- in the words of the vocabulary.
local function write_latest(doc, kb, facts)
  local events, said = {}, {}
  for _, fact in ipairs(tell.of(kb, "took_place/2")) do events[fact.text] = true end
  for _, fact in ipairs(tell.of(kb, "statement/3")) do said[fact.text] = true end
  local function occurs(fact)
    return events[fact.text] or fact.occurs and not said[fact.text]
  end
  local lines = tell.lines(M.happenings(facts, occurs, kb.as_of))
  if #lines == 0 then return end
  doc:heading("Latest happenings", 2)
  for _, line in ipairs(M.latest(lines, M.events_shown)) do
    doc:event(line.dated, line.text, line.claims)
  end
  if #lines > M.events_shown then
    doc:paragraph("And " .. #lines - M.events_shown .. " earlier.")
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
  local facts = tell.facts(kb)
  local mentions, entities = M.mentions(facts)
  local doc = report.new("Summary")
  doc.found = #facts > 0
  if not doc.found then
    doc:paragraph("No fact is in view.")
    return doc
  end
  write_holdings(doc, kb, facts, entities)
  write_actors(doc, kb, mentions)
  write_latest(doc, kb, facts)
  write_conflicts(doc, kb)
  return doc
end

return M
