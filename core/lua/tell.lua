--- tell.lua - from facts to lines that can be read: what scripts share.
--
-- Here facts are gathered, ordered, folded and put into words, with the manner of their
-- claims ("says Jens Stoltenberg", "assessed") and what is doubtful about them.  Nothing
-- is laid out: a line is a time, a text and the claims it is cited by, for a document.
--
-- Every list that comes out has a total order: by time, then wording, then the fact's
-- own text.  Cost: one look-up of claims and of trust for each fact told.
local dossier = require "dossier"
local report = require "dossier.report"

local tell = {}

local time_class = getmetatable(dossier.time "2000")
local entity_class = getmetatable(dossier.entity "a")

--- Is a value an entity?
function tell.is_entity(value)
  return type(value) ~= "string" and getmetatable(value) == entity_class
end

--- When a fact is: its valid time, else the first date among its columns.
function tell.when(fact)
  if fact.valid then return fact.valid end
  for i = 1, fact.arity do
    local value = fact[i]
    if type(value) ~= "string" and getmetatable(value) == time_class then return value end
  end
  return nil
end

--- Order of telling: by time, the undated last; then by wording, then by the fact's text.
function tell.before(a, b)
  local x, y = tell.when(a), tell.when(b)
  if x and y then
    if x < y then return true end
    if y < x then return false end
  elseif x or y then
    return x ~= nil
  end
  local p, q = tostring(a), tostring(b)
  if p ~= q then return p < q end
  return a.text < b.text
end

--- Places of times in their order, by their text; equal ones share a place.
local function ranks_of(times)
  local list, rank = {}, {}
  for text, time in pairs(times) do list[#list + 1] = { text = text, time = time } end
  table.sort(list, function(a, b)
    if a.time < b.time then return true end
    if b.time < a.time then return false end
    return a.text < b.text
  end)
  local place = 0
  for i, one in ipairs(list) do
    if i == 1 or list[i - 1].time < one.time then place = i end
    rank[one.text] = place
  end
  return rank
end

--- Sort facts as tell.before has it, each put into words once and each time compared once.
local function sort(facts)
  local keys, times = {}, {}
  for i, fact in ipairs(facts) do
    local when = tell.when(fact)
    local written = when and tostring(when)
    if written then times[written] = when end
    keys[i] = { fact = fact, when = written, words = tostring(fact), text = fact.text }
  end
  local rank = ranks_of(times)
  for _, key in ipairs(keys) do key.rank = rank[key.when] or math.huge end
  table.sort(keys, function(a, b)
    if a.rank ~= b.rank then return a.rank < b.rank end
    if a.words ~= b.words then return a.words < b.words end
    return a.text < b.text
  end)
  for i, key in ipairs(keys) do facts[i] = key.fact end
end

--- A relation's name and arity, as kb:relation and kb:facts take them.
function tell.name(of) return (of.name or of.relation) .. "/" .. of.arity end

--- Facts of the base's own relations (names, types and sources are not among them), each
--- once, in order of telling; with `entity`, only those that mention it.
function tell.facts(kb, entity)
  local facts, seen, own = {}, {}, {}
  local relations = kb:relations()
  for _, relation in ipairs(relations) do
    own[relation.name] = own[relation.name] or {}
    own[relation.name][relation.arity] = not relation.builtin
  end
  local function take(fact)
    if own[fact.relation][fact.arity] and not seen[fact.text] then
      seen[fact.text] = true
      facts[#facts + 1] = fact
    end
  end
  if entity then
    for fact in kb:about(entity) do take(fact) end
  else
    for _, relation in ipairs(relations) do
      if not relation.builtin then
        for row in tell.rows(kb:facts(tell.name(relation))) do take(row[#row]) end
      end
    end
  end
  sort(facts)
  return facts
end

--- Facts of a relation that match a pattern, in a list; an empty one where the base has
--- no such relation.
function tell.of(kb, relation, ...)
  local facts = {}
  if not kb:relation(relation) then return facts end
  for row in tell.rows(kb:facts(relation, ...)) do facts[#facts + 1] = row[#row] end
  return facts
end

--- The rows of an iterator as lists, for relations and queries of any width.
function tell.rows(step, state, first)
  return function()
    local row = table.pack(step(state, first))
    first = row[1]
    if first ~= nil then return row end
  end
end

--- The claims of one verb, "asserts" unless told otherwise, in the order given.
function tell.claims(claims, verb)
  local out = {}
  for _, claim in ipairs(claims) do
    if claim.verb == (verb or "asserts") then out[#out + 1] = claim end
  end
  return out
end

--- "a", "a and b", "a, b and c".
function tell.join(words)
  if #words < 2 then return words[1] or "" end
  return table.concat(words, ", ", 1, #words - 1) .. " and " .. words[#words]
end

--- "1 fact", "2 facts"; `plural` where an s does not make it.
function tell.count(n, word, plural)
  return n .. " " .. (n == 1 and word or plural or word .. "s")
end

--- Is an entity among a fact's columns?
local function mentions(fact, entity)
  for i = 1, fact.arity do
    if fact[i] == entity then return true end
  end
  return false
end

--- In what manner claims say a thing: "" where one of them states it, else who is said to
--- say it ("attributed" alone where the fact itself names the speaker), and "assessed"
--- where it is a source's own judgement.
function tell.manner(claims, fact)
  local speakers, seen, named, assessed = {}, {}, false, false
  for _, claim in ipairs(claims) do
    if claim.kind == "stated" then return "" end
    if claim.kind == "assessed" then assessed = true end
    local speaker = claim.speaker
    if speaker and fact and mentions(fact, speaker) then
      named = true
    elseif speaker and not seen[speaker] then
      seen[speaker] = true
      speakers[#speakers + 1] = speaker.label
    end
  end
  table.sort(speakers)
  local parts = {}
  if named then parts[1] = "attributed" end
  if #speakers > 0 then
    parts[#parts + 1] = (#speakers == 1 and "says " or "say ") .. tell.join(speakers)
  end
  if assessed then parts[#parts + 1] = "assessed" end
  return table.concat(parts, "; ")
end

--- The trust of facts that tell the same: what is strongest to know of them.
function tell.trust(facts)
  local rank = { unsupported = 0, ["single-source"] = 1, corroborated = 2, contested = 3 }
  local trust = "unsupported"
  for _, fact in ipairs(facts) do
    if rank[fact.trust] > rank[trust] then trust = fact.trust end
  end
  return trust
end

--- A relation's name as a title: "held_on" gives "Held on".
function tell.title(name)
  return (name:gsub("_", " "):gsub("^%l", string.upper))
end

--- A group of tellings as a line.
local function line_of(group, marks)
  local fact, claims = group.fact, tell.claims(group.claims)
  local trust, manner = tell.trust(group.facts), tell.manner(claims, fact)
  local notes = {}
  if manner ~= "" then notes[1] = manner end
  if marks[trust] then notes[#notes + 1] = trust end
  local text = tostring(fact)
  if #notes > 0 then text = text .. " (" .. table.concat(notes, "; ") .. ")" end
  if fact.certain == false then text = "? " .. text end
  local when = tell.when(fact)
  local dated = when and (fact.occurs and fact.valid and fact or when)
  return { when = when, dated = dated, text = text, claims = claims, trust = trust, fact = fact,
           facts = group.facts }
end

--- Facts as lines, folded and in order.  `marks` says which words of trust to write behind
--- the text (contested and unsupported).
function tell.lines(facts, marks)
  marks = marks or { contested = true, unsupported = true }
  local heads, groups = {}, {}
  for i, group in ipairs(report.fold(facts)) do
    heads[i] = group.fact
    groups[group.fact] = group
  end
  sort(heads)
  local lines = {}
  for i, fact in ipairs(heads) do lines[i] = line_of(groups[fact], marks) end
  return lines
end

--- How many lines have which trust.
function tell.tally(lines)
  local n = { ["single-source"] = 0, corroborated = 0, contested = 0, unsupported = 0 }
  for _, line in ipairs(lines) do n[line.trust] = n[line.trust] + 1 end
  return n
end

--- A fact with its time in one sentence: "Ukraine joined NACC (1991)".
local function dated(fact)
  if not fact.valid then return tostring(fact) end
  return tostring(fact) .. " (" .. report.period(fact.valid, fact.occurs) .. ")"
end

--- What both facts of a conflict are about: the labels of the entities they share.
local function shared(a, b)
  local mentioned, words = {}, {}
  for i = 1, b.arity do mentioned[b[i]] = true end
  for i = 1, a.arity do
    local value = a[i]
    if mentioned[value] and tell.is_entity(value) then
      mentioned[value] = nil
      words[#words + 1] = value.label
    end
  end
  return table.concat(words, ", ")
end

local at_issue = {
  key = "two values where one is allowed",
  once = "one happening at two times",
  denial = "asserted and denied",
}

--- What a conflict is about, in a line: "Held on: Kyiv meeting (two values where one is
--- allowed)".
function tell.issue(conflict)
  local about = shared(conflict.a, conflict.b)
  return tell.title(conflict.relation) .. (about ~= "" and ": " .. about or "") .. " ("
    .. (at_issue[conflict.kind] or conflict.kind) .. ")"
end

--- One side of a conflict: a fact and those of its claims that have `verb`.
local function side(fact, verb, word)
  local claims = tell.claims(fact.claims, verb)
  local manner = tell.manner(claims, fact)
  if manner ~= "" then manner = " (" .. manner .. ")" end
  return { text = word .. dated(fact) .. manner, claims = claims }
end

--- The two sides of a conflict, then the verdicts on them: each { text, claims }.
function tell.sides(conflict)
  local a, b = conflict.a, conflict.b
  local denial = conflict.kind == "denial"
  if not denial and tell.before(b, a) then a, b = b, a end
  local sides = { side(a, "asserts", denial and "Asserted: " or ""),
                  side(b, denial and "denies" or "asserts", denial and "Denied: " or "") }
  for _, fact in ipairs(a.text == b.text and { a } or { a, b }) do
    for _, claim in ipairs(fact.claims) do
      local word = claim.verb == "prefers" and "Preferred: "
        or claim.verb == "deprecates" and "Deprecated: "
      if word then
        local reason = claim.quotation and ", because " .. claim.quotation or ""
        sides[#sides + 1] = { text = word .. dated(fact) .. reason, claims = { claim } }
      end
    end
  end
  return sides
end

--- Put a conflict into a document: a heading of `level`, then its sides, each cited.
function tell.conflict(doc, conflict, level)
  doc:heading(tell.issue(conflict), level)
  for _, one in ipairs(tell.sides(conflict)) do doc:item(one.text, one.claims) end
end

return tell
