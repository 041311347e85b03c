--- follow.lua - what a base's rules derive, as lines that can be read and traced.
--
-- Scripts ask for a relation that rules derive as they ask for facts, and get lines: a
-- text by the relation's phrase, the claims that its proof rests on, and the trust of the
-- weakest of them.  The rules are those that the base keeps; where it keeps none for a
-- relation there are no lines, so scripts work on any base.
--
-- Every list has a total order: by time, then wording, then the columns.  Cost: a query
-- for each pattern, and a proof for each line.
local dossier = require "dossier"
local report = require "dossier.report"
local tell = require "dossier.tell"

local follow = {}

--- The relations that the base's rules derive and that have a phrase, each once, in the
--- order of the first rule of each; `dated` where a rule may give its facts a time.
function follow.relations(kb)
  local list, at = {}, {}
  for _, rule in ipairs(kb:rules()) do
    if not rule.constraint then
      local name = tell.name { name = rule.relation, arity = rule.arity }
      local one = at[name]
      local relation = not one and kb:relation(name)
      if relation and relation.phrase then
        one = { name = name, relation = relation, dated = false }
        at[name] = one
        list[#list + 1] = one
      end
      -- An @ elsewhere in the rule costs a query, and no more.
      if one and rule.text:find("@", 1, true) then one.dated = true end
    end
  end
  return list
end

--- The relation of that name among those that rules derive; nil.
local function derived(kb, name)
  for _, one in ipairs(follow.relations(kb)) do
    if one.name == name then return one end
  end
end

--- Does a rule of the base derive the relation, "unanswered/2"?
function follow.derives(kb, name) return derived(kb, name) ~= nil end

--- A query for what matches a pattern, its parameters, and which columns it answers.
local function question(one, pattern, timed)
  local columns, parameters, open = {}, {}, {}
  for i = 1, one.relation.arity do
    if pattern[i] == nil then
      columns[i] = "X" .. i
      open[#open + 1] = i
    else
      columns[i] = "$x" .. i
      parameters["x" .. i] = pattern[i]
    end
  end
  local name = one.relation.name
  if not name:find "^<" then name = "'" .. name:gsub("['\\]", "\\%0") .. "'" end
  return "?- " .. name .. "(" .. table.concat(columns, ", ") .. ")" .. (timed and " @ T." or "."),
    parameters, open
end

--- A name for a tuple.
local function key_of(row)
  local words = {}
  for i = 1, row.n do
    words[i] = (tell.is_entity(row[i]) and "e" or type(row[i])) .. tostring(row[i])
  end
  return table.concat(words, "\0")
end

--- Each tuple that matches, with its columns; `time` where it was asked for.
local function answers(kb, one, pattern, timed)
  local text, parameters, open = question(one, pattern, timed)
  local list = {}
  for answer in tell.rows(kb:query(text, parameters)) do
    local row = { n = one.relation.arity }
    for i = 1, row.n do row[i] = pattern[i] end
    for i, column in ipairs(open) do row[column] = answer[i] end
    list[#list + 1] = { row = row, key = key_of(row), time = timed and answer[#open + 1] or nil }
  end
  return list
end

--- The tuples that match, those with times once for each time.
local function tuples(kb, one, pattern)
  local list, timed = answers(kb, one, pattern, false), {}
  if #list == 0 or not one.dated then return list end
  local all = answers(kb, one, pattern, true)
  for _, tuple in ipairs(all) do timed[tuple.key] = true end
  for _, tuple in ipairs(list) do
    if not timed[tuple.key] then all[#all + 1] = tuple end
  end
  return all
end

--- The relation's phrase with the columns in their places.
local function in_words(relation, row)
  return (relation.phrase:gsub("{(%d)}", function(digit)
    local value = row[tonumber(digit)]
    return value ~= nil and tell.words(value) or nil
  end))
end

--- Claims of a leaf as tell.manner takes them.
local function manner_of(kb, claims)
  local list = {}
  for _, claim in ipairs(tell.claims(claims)) do
    list[#list + 1] = { kind = claim.kind,
                        speaker = claim.speaker and (kb:find(claim.speaker)
                          or { label = claim.speaker }) }
  end
  return #list > 0 and tell.manner(list) or ""
end

--- What a proof rests on: the claims of its leaves, in order; what is doubtful about it.
function follow.ground(kb, proof)
  local claims, notes, seen, cut = {}, {}, {}, false
  local function visit(step)
    table.move(step.claims, 1, #step.claims, #claims + 1, claims)
    local manner = manner_of(kb, step.claims)
    if manner ~= "" and not seen[manner] then
      seen[manner] = true
      notes[#notes + 1] = manner
    end
    cut = cut or step.kind == "more"
    for _, child in ipairs(step.children) do visit(child) end
  end
  visit(proof)
  if proof.trust == "contested" or proof.trust == "unsupported" then
    notes[#notes + 1] = proof.trust
  end
  if cut then notes[#notes + 1] = "cited in part" end
  return claims, table.concat(notes, "; ")
end

local function line_of(kb, one, tuple)
  local arguments = { [tuple.row.n + 1] = tuple.time }
  for i = 1, tuple.row.n do
    local value = tuple.row[i]
    arguments[i] = type(value) == "string" and dossier.text(value) or value
  end
  local proof = assert(kb:why(one.name, table.unpack(arguments, 1, tuple.row.n
    + (tuple.time and 1 or 0))))
  local claims, note = follow.ground(kb, proof)
  local text, time = in_words(one.relation, tuple.row), tuple.time
  if note ~= "" then text = text .. " (" .. note .. ")" end
  local dated = time and one.relation.occurs and report.period(time, true) or time
  return { when = time, dated = dated, text = text, note = note, claims = claims, key = tuple.key,
           trust = proof.trust or "unsupported", row = tuple.row, proof = proof,
           relation = one.relation }
end

local function before(a, b)
  if a.when and b.when then
    if a.when < b.when then return true end
    if b.when < a.when then return false end
  elseif a.when or b.when then
    return a.when ~= nil
  end
  if a.text ~= b.text then return a.text < b.text end
  return a.key < b.key
end

local function take(kb, one, pattern, lines, known)
  for _, tuple in ipairs(tuples(kb, one, pattern)) do
    local name = one.name .. "\0" .. tuple.key .. "\0" .. tostring(tuple.time)
    if not known[name] then
      known[name] = true
      lines[#lines + 1] = line_of(kb, one, tuple)
    end
  end
end

--- What rules derive of a relation, "unanswered/2", that matches a pattern; no lines where
--- the base has no rule for it.
function follow.lines(kb, name, ...)
  local one, lines = derived(kb, name), {}
  if one then take(kb, one, { ... }, lines, {}) end
  table.sort(lines, before)
  return lines
end

--- All that rules derive with an entity in one of the columns, of relations that `passes`
--- (nil: of all).
function follow.about(kb, entity, passes)
  local lines, known = {}, {}
  for _, one in ipairs(follow.relations(kb)) do
    local wanted = not passes or passes(one.relation)
    for i, column in ipairs(wanted and one.relation.columns or {}) do
      if column.type == "entity" or column.type == "any" then
        take(kb, one, { [i] = entity }, lines, known)
      end
    end
  end
  table.sort(lines, before)
  return lines
end

--- Put lines into a document, under a heading where there are any: as events where one of
--- them is dated, else as items.
function follow.write(doc, title, lines, level)
  local dated = false
  for _, line in ipairs(lines) do dated = dated or line.when ~= nil end
  if #lines > 0 and title then doc:heading(title, level or 2) end
  for _, line in ipairs(lines) do
    if dated then
      doc:event(line.dated, line.text, line.claims)
    else
      doc:item(line.text, line.claims)
    end
  end
end

return follow
