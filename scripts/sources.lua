--- sources: who the base has its facts from, and how well they are supported.
--
-- Usage:   dossier sources [--single] [--corroborated] [--contested]
-- Reads:   every fact with its claims, and what is declared of each source
-- Reports: each source with its kind, date, reliability and what it derives from; how many
--          facts it states, attributes, assesses and denies; how many facts rest on one
--          source, are corroborated by independent ones, are contested.  The options list
--          these facts
--
--   $ dossier sources
--   Source   Facts  Only here  Stated  Attributed  Assessed  Denied
--   article    180        160     120          30        30       0
local report = require "dossier.report"
local tell = require "dossier.tell"

local M = {}

--- A query for who denies a fact of a relation: one answer for each fact and source.
---@param relation dossier.Relation
---@return string
function M.denials_query(relation)
  local name = relation.name
  if not name:find "^<" then name = "'" .. name:gsub("['\\]", "\\%0") .. "'" end
  local columns = {}
  for i = 1, relation.arity do columns[i] = "X" .. i end
  local args = #columns > 0 and "(" .. table.concat(columns, ", ") .. ")" or ""
  return "?- deny " .. name .. args .. " from S."
end

--- How many facts each source denies, by its identifier.
---@param kb dossier.Base
---@return table<string, integer>
function M.denials(kb)
  local by = {}
  for _, relation in ipairs(kb:relations()) do
    if not relation.builtin then
      for row in tell.rows(kb:query(M.denials_query(relation))) do
        local id = row[#row].id
        by[id] = (by[id] or 0) + 1
      end
    end
  end
  return by
end

--- A source in a sentence.
---@param source dossier.Source
---@return string
function M.describe(source)
  local parts = {}
  if source.kind then parts[1] = (source.kind:gsub("_", " ")) end
  if source.author then parts[#parts + 1] = "by " .. source.author end
  if source.publisher then parts[#parts + 1] = "published by " .. source.publisher end
  parts[#parts + 1] = source.date and report.period(source.date) or "undated"
  parts[#parts + 1] = source.reliability and "reliability " .. source.reliability:upper()
    or "reliability not graded"
  local parents = {}
  for _, parent in ipairs(source.derived_from) do parents[#parents + 1] = parent.id end
  table.sort(parents)
  if #parents > 0 then parts[#parts + 1] = "derived from " .. tell.join(parents) end
  local title = source.title and ": " .. source.title or ""
  return source.id .. title .. " (" .. table.concat(parts, "; ") .. ")"
end

local function write_sources(doc, kb)
  local coverage, denials, rows = kb:coverage(), M.denials(kb), {}
  for _, source in ipairs(kb:sources()) do
    local n = coverage[source.id]
    if n or denials[source.id] or source.title then
      n = n or { told = 0, only = 0, stated = 0, attributed = 0, assessed = 0 }
      doc:item(M.describe(source))
      rows[#rows + 1] = { source.id, n.told, n.only, n.stated, n.attributed, n.assessed,
                          denials[source.id] or 0 }
    end
  end
  if #rows > 0 then
    doc:heading("Facts by source", 2)
    doc:table({ "Source", "Facts", "Only here", "Stated", "Attributed", "Assessed", "Denied" },
      rows)
  end
  return #rows
end

local function write_list(doc, title, lines)
  doc:heading(title, 2)
  if #lines == 0 then doc:paragraph("None.") end
  doc:events(lines)
end

function M.main(kb, args)
  local doc = report.new("Sources")
  local n = write_sources(doc, kb)
  if n == 0 then doc:paragraph("No source is declared.") end
  local lists = {
    { trust = "single-source", title = "From one source only", wanted = args.single },
    { trust = "corroborated", title = "Corroborated by independent sources",
      wanted = args.corroborated },
    { trust = "contested", title = "Contested", wanted = args.contested },
    { trust = "unsupported", title = "From no source", wanted = false },
  }
  local counted = tell.total(kb:support())
  doc:heading("Support", 2)
  for _, list in ipairs(lists) do
    doc:item(list.title .. ": " .. tell.count(counted[list.trust], "fact"))
  end
  for _, list in ipairs(lists) do
    if list.wanted then write_list(doc, list.title, tell.listed(kb, { trust = list.trust }, {})) end
  end
  doc.found = n > 0
  return doc
end

return M
