--- info: what a base holds, in figures.
--
-- Usage:   dossier info
-- Reads:   every fact in view, the declarations, the sources and the transactions
-- Reports: how many facts, sources and transactions there are; each relation with how its
--          facts stand in time, how many there are and which years they cover; what other
--          relations it is a special case of; each source with what is declared of it
--
--   $ dossier info
--   Relation     Time    Facts  From  To
--   joined/2     once        4  1991  2020
local report = require "dossier.report"
local tell = require "dossier.tell"

local M = {}

--- How the facts of a relation stand in time.
---@param relation dossier.Relation
---@return string
function M.manner(relation)
  if relation.once then return "once" end
  if relation.occurs then return "occurs" end
  return relation.timed and "holds" or "timeless"
end

--- What else was declared of a relation, in words.
---@param relation dossier.Relation
---@return string
function M.notes(relation)
  local words = {}
  for _, key in ipairs(relation.keys) do
    words[#words + 1] = "key " .. table.concat(key, " ")
  end
  if relation.symmetric then words[#words + 1] = "symmetric" end
  if relation.inverse then words[#words + 1] = "inverse of " .. relation.inverse end
  for _, general in ipairs(relation.is) do
    words[#words + 1] = "is " .. general.relation
  end
  if not relation.declared then words[#words + 1] = "not declared" end
  return table.concat(words, ", ")
end

--- The earliest and the latest year that times may reach; nil where there is none.
---@param times dossier.Time[]
---@return integer? first
---@return integer? last
function M.years(times)
  local first, last
  local function take(day)
    local year = day and math.tointeger(day:match "^-?%d+")
    if not year then return end
    first, last = math.min(first or year, year), math.max(last or year, year)
  end
  for _, time in ipairs(times) do
    take(time.earliest_start or time.latest_start)
    take(time.latest_end or time.earliest_end)
  end
  return first, last
end

--- Facts by the relation that they are stored under, and their times.
---@param facts dossier.Fact[]
---@return table<string, { count: integer, times: dossier.Time[] }>
function M.by_relation(facts)
  local by = {}
  for _, fact in ipairs(facts) do
    local name = tell.name(fact)
    by[name] = by[name] or { count = 0, times = {} }
    by[name].count = by[name].count + 1
    local when = tell.when(fact)
    if when then table.insert(by[name].times, when) end
  end
  return by
end

local function write_relations(doc, kb, facts)
  local by, rows = M.by_relation(facts), {}
  for _, relation in ipairs(kb:relations()) do
    local name = tell.name(relation)
    local held = by[name] or { count = 0, times = {} }
    local first, last = M.years(held.times)
    if not relation.builtin and (relation.known or held.count > 0) then
      rows[#rows + 1] = { name, M.manner(relation), held.count, first or "", last or "",
                          M.notes(relation) }
    end
  end
  if #rows == 0 then return end
  doc:heading("Relations", 2)
  doc:table({ "Relation", "Time", "Facts", "From", "To", "Declared" }, rows)
end

local function write_sources(doc, kb)
  local rows = {}
  for _, source in ipairs(kb:sources()) do
    local from = {}
    for _, entity in ipairs(source.derived_from) do from[#from + 1] = entity.id end
    if source.id ~= "base" then
      rows[#rows + 1] = { source.id, source.kind or "", source.date or "",
                          source.reliability or "", table.concat(from, ", "),
                          source.title or "" }
    end
  end
  if #rows == 0 then return end
  doc:heading("Sources", 2)
  doc:table({ "Source", "Kind", "Date", "Reliability", "Derived from", "Title" }, rows)
end

local function write_counts(doc, kb, facts)
  local times, sources = {}, 0
  for _, fact in ipairs(facts) do times[#times + 1] = tell.when(fact) end
  for _, source in ipairs(kb:sources()) do
    if source.id ~= "base" then sources = sources + 1 end
  end
  local first, last = M.years(times)
  doc:paragraph(("%s, %s%s."):format(tell.count(#facts, "fact"),
    tell.count(sources, "source"),
    first and (", dated " .. first .. (last > first and " to " .. last or "")) or ""))
  local transactions = kb:transactions()
  local newest = transactions[#transactions]
  if newest then
    doc:paragraph(("%s, the last at %s."):format(
      tell.count(#transactions, "transaction"), newest.time))
  end
end

function M.main(kb)
  local facts = tell.facts(kb)
  local doc = report.new("What the base holds")
  write_counts(doc, kb, facts)
  write_relations(doc, kb, facts)
  write_sources(doc, kb)
  doc.found = #kb:transactions() > 0
  return doc
end

return M
