--- programmes: what programmes there are, of which kind, since when, and what each covers.
--
-- Usage:   dossier programmes [ENTITY]
-- Reads:   facts of the vocabulary's `programme` and of its special cases (packages, plans,
--          joint bodies, exercises, aid), and of each: when it began, who became a party to
--          it, what it came of, what it succeeded, its parts, who gives it, for whom it is,
--          who takes part, what it covers, aims at and is meant against
-- Reports: the programmes by kind; for each what happened to it, by time, what it came after
--          at more than one remove (where the base's rules derive `came_after`), and what is
--          known of it, with who says so.  With ENTITY: that programme; or those that these
--          facts link to it (those that it gives or has, a field that they cover, an event
--          that they came of).  Exits with 1 where there is none
--
--   $ dossier programmes nacc
--   North Atlantic Cooperation Council
--   - kind: joint body [article background/1; record 1991]
--   - 1991-12-20: North Atlantic Cooperation Council was founded [record 1991]
--   - 1997-05-30: Euro-Atlantic Partnership Council replaced North Atlantic
--     Cooperation Council [record 1997; article background/1]
local follow = require "dossier.follow"
local report = require "dossier.report"
local tell = require "dossier.tell"

local M = {}

--- What happened to a programme: relations, and the column in which it stands.
M.happenings = {
  { relation = "began/1", programme = 1 },
  { relation = "agreement/2", programme = 1, other = 2 },
  { relation = "outcome/2", programme = 2, other = 1 },
  { relation = "succeeded/2", programme = 1, other = 2, later = true },
  { relation = "succeeded/2", programme = 2, other = 1, later = true },
}

--- What is known of it: how it is called, the relation, its column and that of the value.
M.traits = {
  { name = "given by", relation = "provider/2", programme = 1, other = 2 },
  { name = "for", relation = "beneficiary/2", programme = 1, other = 2 },
  { name = "taking part", relation = "participant/2", programme = 2, other = 1 },
  { name = "members", relation = "membership/2", programme = 2, other = 1 },
  { name = "part of", relation = "part_of/2", programme = 1, other = 2 },
  { name = "includes", relation = "part_of/2", programme = 2, other = 1 },
  { name = "covers", relation = "covers/2", programme = 1, other = 2 },
  { name = "aims", relation = "aim/2", programme = 1, other = 2 },
  { name = "against", relation = "answers/2", programme = 1, other = 2 },
}

--- What a kind of programme is called: what its phrase says that it is, else its
--- relation's name in words.
---@param name string
---@param phrase? string
---@return string
function M.kind(name, phrase)
  return phrase and phrase:match "^{1} is an? ([^{}]+)$" or (name:gsub("_", " "))
end

--- Values in words with the same citations under one another's: { text, claims }, in the
--- order of the first of each.
---@param values { words: string, claims: dossier.Claim[] }[]
---@return { text: string, claims: dossier.Claim[] }[]
function M.together(values)
  local items, at = {}, {}
  for _, value in ipairs(values) do
    local cited = report.cite(value.claims)
    local item = at[cited]
    if not item then
      item = { words = {}, claims = value.claims }
      at[cited] = item
      items[#items + 1] = item
    end
    item.words[#item.words + 1] = value.words
  end
  for _, item in ipairs(items) do item.text = table.concat(item.words, "; ") end
  return items
end

--- What happened, behind its date: "1994-01-10: ...".
---@param line { when: dossier.Time?, text: string, fact: dossier.Fact }
---@return string
function M.dated(line)
  return (line.when and report.period(line.when, line.fact.occurs) or "undated") .. ": "
    .. line.text
end

--- The programmes that no date tells the beginning of, in a sentence; nil where all have one.
---@param labels string[]
---@return string?
function M.no_beginning(labels)
  if #labels == 0 then return nil end
  return "Nothing in view tells when these began: " .. tell.join(labels) .. "."
end

--- The pattern of a relation with a programme in its column.
local function lines_with(kb, field, programme)
  local pattern = { n = 2 }
  pattern[field.programme] = programme
  return tell.lines_of(kb, field.relation, table.unpack(pattern, 1,
    tonumber(field.relation:match "%d+$")))
end

--- Programmes: { programme, kinds (lines with their `kind`) }, in the order in which they
--- read.
---@param kb dossier.Base
---@return { programme: any, kinds: table[] }[]
function M.all(kb)
  local lines = {}
  for _, line in ipairs(tell.lines_of(kb, "programme/1")) do
    line.kind = M.kind(line.fact.relation, kb:relation(tell.name(line.fact)).phrase)
    lines[#lines + 1] = line
  end
  local list = {}
  for i, group in ipairs(tell.group(lines, function(line) return line.row[1] end)) do
    table.sort(group.list, function(a, b)
      if a.kind ~= b.kind then return a.kind < b.kind end
      return a.fact.text < b.fact.text
    end)
    list[i] = { programme = group.key, kinds = group.list }
  end
  return list
end

--- Does any fact that is asked for link a programme to an entity?
local function linked(kb, programme, entity)
  for _, fields in ipairs { M.happenings, M.traits } do
    for _, field in ipairs(fields) do
      for _, line in ipairs(field.other and lines_with(kb, field, programme) or {}) do
        if line.row[field.other] == entity then return true end
      end
    end
  end
  return false
end

--- The programmes that an entity asks for: itself, else those linked to it.
local function choose(kb, list, entity)
  if not entity then return list end
  local chosen = {}
  for _, one in ipairs(list) do
    if one.programme == entity then return { one } end
    if linked(kb, one.programme, entity) then chosen[#chosen + 1] = one end
  end
  return chosen
end

--- What happened to a programme, in order of telling, each once; does a date tell when it
--- began?
local function happenings(kb, programme)
  local lines, seen, began = {}, {}, false
  for _, field in ipairs(M.happenings) do
    for _, line in ipairs(lines_with(kb, field, programme)) do
      began = began or line.when ~= nil and not field.later
      if not seen[line.fact.text] then
        seen[line.fact.text] = true
        lines[#lines + 1] = line
      end
    end
  end
  table.sort(lines, function(a, b) return tell.before(a.fact, b.fact) end)
  return lines, began
end

--- The values of a trait, in words, in the order in which they read.
local function values_of(kb, field, programme)
  local lines = lines_with(kb, field, programme)
  table.sort(lines, function(a, b)
    local x, y = a.row[field.other], b.row[field.other]
    if x ~= y then return tell.reads_before(x, y) end
    return tell.before(a.fact, b.fact)
  end)
  local values = {}
  for i, line in ipairs(lines) do
    values[i] = { words = tell.value(line, line.row[field.other]), claims = line.claims }
  end
  return values
end

--- What a programme came after, or came after it, beyond what stands next to it in the line.
---@param chains dossier.Derived[]   of came_after(new, old)
---@param programme any
---@return dossier.Derived[]
function M.chain(chains, programme)
  local out = {}
  for _, line in ipairs(chains) do
    local mentioned = line.row[1] == programme or line.row[2] == programme
    local step = line.proof.children[1]
    if mentioned and #line.proof.children > 1 and step.kind ~= "fact" then out[#out + 1] = line end
  end
  return out
end

local function write_trait(doc, name, values)
  for _, item in ipairs(M.together(values)) do doc:item(name .. ": " .. item.text, item.claims) end
end

--- Put a programme into the document; does a date tell when it began?
local function write(doc, kb, one, level, chains)
  doc:heading(tell.words(one.programme), level)
  local lines, began = happenings(kb, one.programme)
  local kinds = {}
  for i, line in ipairs(one.kinds) do
    kinds[i] = { words = tell.value(line, line.kind), claims = line.claims }
  end
  write_trait(doc, "kind", kinds)
  for _, line in ipairs(lines) do doc:item(M.dated(line), line.claims) end
  for _, line in ipairs(M.chain(chains, one.programme)) do doc:item(line.text, line.claims) end
  for _, field in ipairs(M.traits) do
    write_trait(doc, field.name, values_of(kb, field, one.programme))
  end
  return began
end

function M.main(kb, args)
  local list = choose(kb, M.all(kb), args.entity)
  local doc = report.new("Programmes" .. (args.entity and ": " .. args.entity.label or ""))
  doc.found = #list > 0
  if #list == 0 then
    doc:paragraph("No such programme is in view.")
    return doc
  end
  local groups, parts = tell.group(list, function(one) return one.kinds[1].kind end), {}
  for i, group in ipairs(groups) do parts[i] = group.key .. " (" .. #group.list .. ")" end
  doc:paragraph(tell.count(#list, "programme") .. ": " .. tell.join(parts) .. ".")
  local unknown, chains = {}, follow.lines(kb, "came_after/2")
  for _, group in ipairs(groups) do
    doc:heading(tell.title(group.key), 2)
    for _, one in ipairs(group.list) do
      local began = write(doc, kb, one, 3, chains)
      if not began then unknown[#unknown + 1] = tell.words(one.programme) end
    end
  end
  local sentence = M.no_beginning(unknown)
  if sentence then doc:paragraph(sentence) end
  return doc
end

return M
