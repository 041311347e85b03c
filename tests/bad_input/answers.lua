--- answers: everything that a base answers, as lines of text.
--
-- Two bases that give the same lines hold the same facts, claims, trust, conflicts,
-- names, sources and transactions, and find them in each of the ways that there are.
local M = {}

local function shown(value)
  if type(value) == "table" or type(value) == "userdata" then
    return value.id and "<" .. value.id .. ">" or
      ("%s@%s^%s"):format(tostring(value), value.lang, value.datatype)
  end
  return math.type(value) == "integer" and "i" .. value or tostring(value)
end

local CLAIM = { "verb", "kind", "grade", "reliability", "credibility", "quotation",
  "confidence", "citation", "opened", "closed", "fact", "locator" }

local function claim_line(claim)
  local words = {}
  for i, field in ipairs(CLAIM) do words[i] = tostring(claim[field]) end
  for _, field in ipairs { "source", "speaker", "target" } do
    words[#words + 1] = claim[field] and claim[field].id or "-"
  end
  return table.concat(words, " ")
end

local function claim_lines(add, what, claims)
  for _, claim in ipairs(claims) do add("  %s %s", what, claim_line(claim)) end
end

local function relation_line(relation)
  local words = { relation.name, relation.arity }
  for _, field in ipairs { "declared", "builtin", "occurs", "once", "timed", "symmetric",
                           "inverse", "phrase" } do
    words[#words + 1] = tostring(relation[field])
  end
  for _, column in ipairs(relation.columns) do
    words[#words + 1] = tostring(column.role) .. ":" .. column.type
  end
  for _, key in ipairs(relation.keys) do words[#words + 1] = "key " .. table.concat(key, ",") end
  for _, is in ipairs(relation.is) do
    words[#words + 1] = "is " .. is.relation .. " " .. table.concat(is.columns, ",")
  end
  return table.concat(words, " ")
end

local function count(step, ...)
  local n = 0
  for _ in step, ... do n = n + 1 end
  return n
end

--- Facts of a relation, whole, and each once more by each of its columns.
local function add_relation(add, kb, relation, met)
  local name = relation.name .. "/" .. relation.arity
  for fact in kb:query_facts(name, relation.arity) do
    add("%s %s %s %s %s", fact.text, fact.trust, tostring(fact.valid), fact.certain, tostring(fact))
    claim_lines(add, "history", fact:history())
    claim_lines(add, "support", fact.support)
    local row = {}
    for i = 1, relation.arity do
      local value = fact[i]
      row[i] = shown(value)
      if type(value) == "userdata" and value.id then met[value.id] = true end
      local pattern = {}
      pattern[i] = value
      row[i] = row[i] .. "=" .. count(kb:facts(name, table.unpack(pattern, 1, relation.arity)))
    end
    add("  by column %s", table.concat(row, " "))
  end
end

--- kb with `query_facts`, which gives the facts alone.
local function facts_only(kb)
  local proxy = {}
  function proxy.query_facts(_, name, arity)
    local step, state, control, closing = kb:facts(name, table.unpack({}, 1, arity))
    return function() return (select(arity + 1, step(state, control))) end, nil, nil, closing
  end
  function proxy.facts(_, ...) return kb:facts(...) end
  return proxy
end

local function add_entity(add, kb, id)
  local labels, aliases = kb:names(id)
  add("entity %s", id)
  for _, label in ipairs(labels) do
    local found, _, several = kb:find(tostring(label))
    add("  label %s found %s of %d", shown(label), found and found.id, #(several or {}))
  end
  for _, alias in ipairs(aliases) do add("  alias %s", shown(alias)) end
  for fact in kb:about(id) do add("  about %s", fact.text) end
end

local function add_source(add, source)
  add("source %s %s %s %s %s %s %s %s %s", source.id, source.title, source.kind,
    tostring(source.date), source.reliability, source.url, source.author, source.publisher,
    source.origin.id)
  for _, from in ipairs(source.derived_from) do add("  derived from %s", from.id) end
end

--- What past and partial views of the base count.
local function add_views(add, kb, relations, last)
  for i, options in ipairs { { known_at = 1 }, { known_at = (last + 1) // 2 }, { fold = true },
                             { as_of = "1999-06-01", possible = true }, { settled = true } } do
    local view, words = kb:view(options), {}
    for _, relation in ipairs(relations) do
      local n = relation.builtin and 0 or count(view:facts(relation.name .. "/" .. relation.arity))
      if n > 0 then words[#words + 1] = relation.name .. "=" .. n end
    end
    add("view %d: %s", i, table.concat(words, " "))
    view:close()
  end
end

local function sorted_keys(map)
  local keys = {}
  for key in pairs(map) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

--- All that `kb` answers.  Raises what its loops raise.
---@param kb dossier.Base
---@return string[]
function M.lines(kb)
  local lines, met = {}, {}
  local function add(format, ...)
    local words = table.pack(...)
    for i = 1, words.n do words[i] = tostring(words[i]) end
    lines[#lines + 1] = format:format(table.unpack(words, 1, words.n))
  end
  local relations = assert(kb:relations())
  for _, relation in ipairs(relations) do
    add("relation %s", relation_line(relation))
    add_relation(add, facts_only(kb), relation, met)
  end
  for _, id in ipairs(sorted_keys(met)) do add_entity(add, kb, id) end
  for _, source in ipairs(assert(kb:sources())) do add_source(add, source) end
  for c in kb:conflicts() do
    add("conflict %s %s: %s | %s", c.kind, c.relation, c.a.text, c.b.text)
  end
  local transactions = assert(kb:transactions())
  for _, t in ipairs(transactions) do add("transaction %d %s", t.number, t.time) end
  add_views(add, kb, relations, #transactions)
  return lines
end

--- The same as one text.
---@param kb dossier.Base
---@return string
function M.text(kb) return table.concat(M.lines(kb), "\n") end

--- What the base in a file answers: its text; or nil and the words of the failure.
---@param dossier dossier
---@param path string
---@param options dossier.OpenOptions?
---@return string? text
---@return string? message
function M.of(dossier, path, options)
  local kb, message = dossier.open(path, options)
  if not kb then return nil, message end
  local ok, text = pcall(M.text, kb)
  kb:close()
  if ok then return text end
  return nil, tostring(text)
end

return M
