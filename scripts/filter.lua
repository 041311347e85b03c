--- filter: the facts that fit, a line each, and how far each is to be trusted.
--
-- Usage:   dossier filter [ENTITY...] [--relation RELATION] [--told-by SOURCE]
--                  [--trust contested|corroborated|single-source|unsupported]
--                  [--since DATE] [--until DATE] [--count]
-- Reads:   every fact in view; with ENTITY those about it (several: about all of them),
--          with --relation those of that relation and of its special cases, with --told-by
--          those that SOURCE asserts or denies, with --since and --until those whose date
--          may lie in that span
-- Reports: how many facts fit and how they are supported, then each with its date, its
--          manner, its trust, who says so and who denies it; with --count the figures by
--          relation instead; exits with 1 where nothing fits
--
-- The options of a view narrow it further: --source, --kind, --speaker, --min-grade,
-- --as-of.  They leave claims out, and trust is that of the claims left: under --source
-- article nothing is corroborated.  --told-by, --since and --until leave all in view.
--
--   $ dossier filter ukraine --relation post_soviet
--   Facts about Ukraine: Post soviet
--   1 fact, from one source only.
--   undated  Ukraine is a post-Soviet state (single-source) [article background/2]
local report = require "dossier.report"
local tell = require "dossier.tell"

local M = {}

local marks = { contested = true, corroborated = true, unsupported = true,
                ["single-source"] = true }

--- Words for each trust: of facts in a list, and in a title.
local trusts = {
  { "corroborated", "corroborated by independent sources", "Corroborated facts" },
  { "contested", "contested", "Contested facts" },
  { "single-source", "from one source only", "Facts from one source only" },
  { "unsupported", "from no source", "Facts from no source" },
}

--- Facts that all of the lists have, in the order of the first.
---@param lists dossier.Fact[][]
---@return dossier.Fact[]
function M.common(lists)
  local facts = lists[1]
  for i = 2, #lists do
    local here, left = {}, {}
    for _, fact in ipairs(lists[i]) do here[fact.text] = true end
    for _, fact in ipairs(facts) do
      if here[fact.text] then left[#left + 1] = fact end
    end
    facts = left
  end
  return facts
end

--- Facts of a relation and its special cases that mention an entity in any column, each
--- once.
local function of_relation(kb, relation, entity)
  local name, facts, seen = tell.name(relation), {}, {}
  if not entity then return tell.of(kb, name) end
  for i = 1, relation.arity do
    local pattern = { [i] = entity }
    for _, fact in ipairs(tell.of(kb, name, table.unpack(pattern, 1, relation.arity))) do
      if not seen[fact.text] then facts[#facts + 1] = fact end
      seen[fact.text] = true
    end
  end
  return facts
end

--- The facts that are about all of some entities (none: about anything), and of a relation
--- where one is asked for.
---@param kb dossier.Base
---@param entities dossier.Entity[]
---@param relation? dossier.Relation
---@return dossier.Fact[]
function M.gather(kb, entities, relation)
  local lists = {}
  for i, entity in ipairs(entities) do
    lists[i] = relation and of_relation(kb, relation, entity) or tell.facts(kb, entity)
  end
  if #lists > 0 then return M.common(lists) end
  return relation and of_relation(kb, relation) or tell.stored(kb)
end

--- May a time lie in the span asked for?  Of no time that cannot be said.
---@param when? dossier.Time
---@param wanted { since?: string, last?: string }
---@return boolean
function M.within(when, wanted)
  if not wanted.since and not wanted.last then return true end
  if not when or wanted.since and when:certainly("before", wanted.since) then return false end
  return not (wanted.last and when:certainly("after", wanted.last))
end

--- Facts without those of tuples that no fact of the trust and the span asked for tells:
--- looking at these costs less than putting facts in order and into words.
---@param facts dossier.Fact[]
---@param wanted { trust?: string, since?: string, last?: string }
---@return dossier.Fact[]
function M.promising(facts, wanted)
  if not wanted.trust and not wanted.since and not wanted.last then return facts end
  local tuples, out = {}, {}
  for _, fact in ipairs(facts) do
    if M.within(tell.when(fact), wanted)
      and (not wanted.trust or fact.trust == wanted.trust) then
      tuples[tell.tuple(fact)] = true
    end
  end
  if not next(tuples) then return out end
  for _, fact in ipairs(facts) do
    if tuples[tell.tuple(fact)] then out[#out + 1] = fact end
  end
  return out
end

--- Does a source assert or deny what the line tells?
---@param line dossier.Line
---@param id string
---@return boolean
function M.told_by(line, id)
  for _, claim in ipairs(tell.both_sides(line)) do
    if claim.source.id == id then return true end
  end
  return false
end

--- The lines that fit.
---@param lines dossier.Line[]
---@param wanted { source?: string, trust?: string, since?: string, last?: string }
---@return dossier.Line[]
function M.fitting(lines, wanted)
  local out = {}
  for _, line in ipairs(lines) do
    if (not wanted.trust or line.trust == wanted.trust)
      and M.within(line.when, wanted)
      and (not wanted.source or M.told_by(line, wanted.source)) then
      out[#out + 1] = line
    end
  end
  return out
end

--- What was asked for, as a title.
---@param wanted { labels: string[], relation?: string, source?: string, trust?: string,
---  since?: string, last?: string }
---@return string
function M.title(wanted)
  local title = "Facts"
  for _, row in ipairs(trusts) do
    if row[1] == wanted.trust then title = row[3] end
  end
  if #wanted.labels > 0 then title = title .. " about " .. tell.join(wanted.labels) end
  if wanted.source then title = title .. " that " .. wanted.source .. " speaks of" end
  if wanted.since then title = title .. " since " .. wanted.since end
  if wanted.last then title = title .. " until " .. wanted.last end
  if wanted.relation then title = title .. ": " .. tell.title(wanted.relation) end
  return title
end

--- Lines counted by relation, as kb:support counts what a base tells.
---@param lines dossier.Line[]
---@return dossier.Support[]
function M.tallies(lines)
  local by, support = {}, {}
  for _, line in ipairs(lines) do
    local name = tell.name(line.fact)
    local row = by[name]
    if not row then
      row = tell.tally {}
      row.relation, row.arity, row.told = line.fact.relation, line.fact.arity, 0
      by[name] = row
      support[#support + 1] = row
    end
    row.told = row.told + 1
    row[line.trust] = row[line.trust] + 1
  end
  return support
end

--- How many there are, and how they are supported.
---@param support dossier.Support[]
---@return string
function M.overview(support)
  local n, all = tell.total(support)
  local parts = {}
  for _, row in ipairs(trusts) do
    if n[row[1]] == all then
      return tell.count(all, "fact") .. ", " .. (all > 1 and "all " or "") .. row[2] .. "."
    end
    if n[row[1]] > 0 then parts[#parts + 1] = n[row[1]] .. " " .. row[2] end
  end
  return tell.count(all, "fact") .. ": " .. tell.join(parts) .. "."
end

--- Figures by relation: name, facts, then a number for each trust; most facts first.
---@param support dossier.Support[]
---@return any[][]
function M.figures(support)
  local rows = {}
  for i, one in ipairs(support) do
    rows[i] = { tell.name(one), one.told, one["single-source"], one.corroborated,
                one.contested, one.unsupported }
  end
  table.sort(rows, function(a, b)
    if a[2] ~= b[2] then return a[2] > b[2] end
    return a[1] < b[1]
  end)
  return rows
end

local function any_undated(facts)
  for _, fact in ipairs(facts) do
    if not tell.when(fact) then return true end
  end
  return false
end

--- What is told of some entities: lines that fit, how many facts were looked at, and
--- whether some of them have no date.
local function about(kb, args, wanted)
  local facts = M.gather(kb, args.entity, args.relation)
  local lines = tell.lines(M.promising(facts, wanted), args.trust and {} or marks)
  return M.fitting(lines, wanted), #facts, any_undated(facts)
end

--- What the core is asked for, and how many facts there are that it looks at, the undated
--- among them.
local function ask(kb, args, wanted)
  local options = { trust = wanted.trust, source = wanted.source, since = wanted.since,
                    ["until"] = wanted.last }
  local cases = args.relation and tell.cases(kb:relations(), tell.name(args.relation))
  local facts, undated = 0, 0
  if cases then options.relations = {} end
  for _, one in ipairs(kb:figures()) do
    if not cases or cases[tell.name(one)] then
      facts, undated = facts + one.facts, undated + (one.undated or 0)
      if cases then table.insert(options.relations, tell.name(one)) end
    end
  end
  return options, facts, undated
end

function M.main(kb, args)
  local wanted = { labels = {}, relation = args.relation and args.relation.name,
                   source = args.told_by and args.told_by.id, trust = args.trust,
                   since = args.since, last = args["until"] }
  for i, entity in ipairs(args.entity) do wanted.labels[i] = entity.label end
  local lines, facts, undated, support, options
  if #args.entity > 0 or args.relation and args.relation.builtin then
    lines, facts, undated = about(kb, args, wanted)
    support = M.tallies(lines)
  else
    options, facts, undated = ask(kb, args, wanted)
    undated = undated > 0
    support = kb:support(options)
  end
  local doc = report.new(M.title(wanted))
  doc.found = #support > 0
  if not doc.found then
    doc:paragraph("No fact in view fits" .. (facts > 0 and ", of "
      .. tell.count(facts, "fact") .. " looked at." or "."))
  else
    doc:paragraph(M.overview(support))
  end
  if args.count and doc.found then
    doc:table({ "Relation", "Facts", "One source", "Corroborated", "Contested", "No source" },
      M.figures(support))
  elseif doc.found then
    for _, line in ipairs(lines or {}) do
      doc:event(line.dated, line.text, tell.both_sides(line))
    end
    if not lines then doc:events(tell.listed(kb, options, wanted.trust and {} or marks, true)) end
  end
  if (wanted.since or wanted.last) and undated then
    doc:paragraph "Not shown: facts without a date."
  end
  return doc
end

return M
