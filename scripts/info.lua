--- info: what a base holds, in figures.
--
-- Usage:   dossier info
-- Reads:   every fact in view, the declarations, the sources and the transactions
-- Reports: how many facts, sources and transactions there are; each relation with how its
--          facts stand in time, how many there are and which years they cover; what other
--          relations it is a special case of; how many facts name things (label, type);
--          each source with what is declared of it; how many bytes each table takes
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

local function write_relations(doc, kb, figures)
  local rows, naming = {}, {}
  for _, relation in ipairs(kb:relations()) do
    local held = figures[relation.name .. "/" .. relation.arity] or { facts = 0 }
    if held.facts > 0 or relation.known and not relation.builtin then
      local list = relation.builtin and naming or rows
      list[#list + 1] = { tell.name(relation), M.manner(relation), held.facts, held.first or "",
                          held.last or "", relation.builtin and "built in" or M.notes(relation) }
    end
  end
  table.move(naming, 1, #naming, #rows + 1, rows)
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

local function write_counts(doc, kb, figures)
  local facts, sources, first, last = 0, 0, nil, nil
  for _, relation in ipairs(kb:relations()) do
    local one = not relation.builtin and figures[relation.name .. "/" .. relation.arity]
    facts = facts + (one and one.facts or 0)
    if one and one.first then
      first, last = math.min(first or one.first, one.first), math.max(last or one.last, one.last)
    end
  end
  for _, source in ipairs(kb:sources()) do
    if source.id ~= "base" then sources = sources + 1 end
  end
  doc:paragraph(("%s, %s%s."):format(tell.count(facts, "fact"),
    tell.count(sources, "source"),
    first and (", dated " .. first .. (last > first and " to " .. last or "")) or ""))
  local transactions = kb:transactions()
  local newest = transactions[#transactions]
  if newest then
    doc:paragraph(("%s, the last at %s."):format(
      tell.count(#transactions, "transaction"), newest.time))
  end
end

local function write_tables(doc, kb)
  local rows, all = {}, 0
  for _, one in ipairs(kb:tables()) do
    rows[#rows + 1] = { one.name, one.bytes }
    all = all + one.bytes
  end
  if #rows == 0 then return end
  rows[#rows + 1] = { "all", all }
  doc:heading("The file", 2)
  doc:table({ "Table", "Bytes" }, rows)
end

function M.main(kb)
  local figures = {}
  for _, one in ipairs(kb:figures { naming = true }) do
    figures[one.relation .. "/" .. one.arity] = one
  end
  local doc = report.new("What the base holds")
  write_counts(doc, kb, figures)
  write_relations(doc, kb, figures)
  write_sources(doc, kb)
  write_tables(doc, kb)
  doc.found = #kb:transactions() > 0
  return doc
end

return M
