--- tell.lua - from facts to lines that can be read: what scripts share.
--
-- Here facts are gathered, ordered, folded and put into words, with the manner of their
-- claims ("says Jens Stoltenberg", "assessed") and what is doubtful about them.  Nothing
-- is laid out: a line is a time, a text and the claims it is cited by, for a document.
--
-- Every list that comes out has a total order: by time, then wording, then the fact's
-- own text.  Cost: one look-up of claims and of trust for each fact told.
local dossier = require "dossier"
local many = require "dossier.many"
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
  local when = fact.valid
  if when then return when end
  for i = 1, fact.arity do
    local value = fact[i]
    if type(value) ~= "string" and getmetatable(value) == time_class then return value end
  end
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

--- Sort a list of facts in order of telling: as tell.before has it, but for many.
function tell.sort(facts) many.sort(facts) end

--- A relation's name and arity, as kb:relation and kb:facts take them.
function tell.name(of) return (of.name or of.relation) .. "/" .. of.arity end

--- The first and the last of some values.
local function ends(first, ...) return first, (select(-1, first, ...)) end

--- Facts of the base's own relations (names, types and sources are not among them), each
--- once, in order of telling; with `entity`, only those that mention it.
function tell.facts(kb, entity)
  local facts, own = {}, {}
  local relations = kb:relations()
  for _, relation in ipairs(relations) do
    own[relation.name] = own[relation.name] or {}
    own[relation.name][relation.arity] = not relation.builtin
  end
  local function take(fact)
    if own[fact.relation][fact.arity] then facts[#facts + 1] = fact end
  end
  if entity then
    for fact in kb:about(entity) do take(fact) end
  else
    for _, relation in ipairs(relations) do
      if not relation.builtin then
        local step, state = kb:facts(tell.name(relation))
        local first, fact = ends(step(state))
        while first ~= nil do
          take(fact)
          first, fact = ends(step(state, first))
        end
      end
    end
  end
  many.sort(facts, true)
  return facts
end

--- The names, joined/2, of a relation, its special cases and theirs, and of their inverses,
--- as a set; `relations` are those that kb:relations() gives.
function tell.cases(relations, name)
  local among, grown = { [name] = true }, true
  local function take(from, to)
    if among[from] and not among[to] then among[to], grown = true, true end
  end
  while grown do
    grown = false
    for _, relation in ipairs(relations) do
      local own = tell.name(relation)
      for _, general in ipairs(relation.is) do
        take(general.relation .. "/" .. #general.columns, own)
      end
      if relation.inverse then
        local stored = relation.inverse .. "/" .. relation.arity
        take(own, stored)
        take(stored, own)
      end
    end
  end
  return among
end

--- Facts of the base's own relations, each once, as they are stored and in no other order:
--- for those who keep few of many.
function tell.stored(kb)
  local facts = {}
  for _, relation in ipairs(kb:relations()) do
    if not relation.builtin then
      local seen = relation.symmetric and {}
      for row in tell.rows(kb:facts(tell.name(relation))) do
        local fact = row[#row]
        if fact.relation == relation.name and not (seen and seen[fact.text]) then
          facts[#facts + 1] = fact
          if seen then seen[fact.text] = true end
        end
      end
    end
  end
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

--- Claims that assert a line's facts, then those that deny its finest: what a line is
--- cited by where it may be contested.
function tell.both_sides(line)
  local out = table.move(line.claims, 1, #line.claims, 1, {})
  if line.trust ~= "contested" then return out end -- a denial makes it so
  for _, claim in ipairs(tell.claims(line.fact.support, "denies")) do out[#out + 1] = claim end
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
  for _, claim in ipairs(claims) do
    if claim.kind == "stated" then return "" end
  end
  local speakers, seen, named, assessed = {}, {}, false, false
  for _, claim in ipairs(claims) do
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

--- Degrees of trust by what is strongest to know.
local rank = { unsupported = 0, ["single-source"] = 1, corroborated = 2, contested = 3 }
--- The trust of facts that tell the same.
function tell.trust(facts)
  local trust = "unsupported"
  for _, fact in ipairs(facts) do
    local own = fact.trust
    if rank[own] > rank[trust] then trust = own end
  end
  return trust
end

--- A relation's name as a title: "held_on" gives "Held on".
function tell.title(name)
  return (name:gsub("_", " "):gsub("^%l", string.upper))
end

--- The claims of a group that assert; the group's own list where all do.
local function asserted(group)
  for _, claim in ipairs(group.claims) do
    if claim.verb ~= "asserts" then return tell.claims(group.claims) end
  end
  return group.claims
end

--- A group of tellings as a line.
local function line_of(group, marks)
  local fact, claims = group.fact, asserted(group)
  local trust, manner = tell.trust(group.facts), group.manner or tell.manner(claims, fact)
  local note = manner
  if marks[trust] then note = (note ~= "" and note .. "; " or "") .. trust end
  local text = tostring(fact)
  if note ~= "" then text = text .. " (" .. note .. ")" end
  if fact.certain == false then text = "? " .. text end
  local when = tell.when(fact)
  local dated = when and (fact.occurs and fact.valid and fact or when)
  return { when = when, dated = dated, text = text, claims = claims, trust = trust, fact = fact,
           facts = group.facts, note = note }
end

--- Those groups whose finest fact is among `heads`.
local function headed_by(groups, heads)
  local wanted, out = {}, {}
  for _, head in ipairs(heads) do wanted[head.text] = true end
  for _, group in ipairs(groups) do
    if wanted[group.fact.text] then out[#out + 1] = group end
  end
  return out
end

--- Facts as lines, folded and in order.  `marks` says which words of trust to write behind
--- the text (contested and unsupported).  With `finest`, those of these finest facts alone.
function tell.lines(facts, marks, finest)
  marks = marks or { contested = true, unsupported = true }
  local heads, lines = {}, report.fold(facts)
  if finest then lines = headed_by(lines, finest) end
  for i, group in ipairs(lines) do heads[i] = group.fact end
  many.sort(heads, false, lines)
  for i, group in ipairs(lines) do lines[i] = line_of(group, marks) end
  return lines
end

--- How many facts may be looked up one by one: of more, all facts are gone through.
local looked_up_most = 20000

--- Does a fact tell what another of its tuple does, or tell it more precisely?
local function takes_in(fact, other)
  local valid, time = fact.valid, other.valid
  return not time or valid ~= nil and valid:refines(time, fact.occurs)
end

--- Some facts, which kb:told or kb:latest found, and those that they take in: what their
--- lines are folded of.
function tell.around(kb, heads)
  if #heads > looked_up_most then return tell.stored(kb) end
  local facts = {}
  for _, head in ipairs(heads) do
    local columns, arity = {}, head.arity
    for i = 1, arity do columns[i] = head[i] end
    local tuple = tell.tuple(head)
    for row in tell.rows(kb:facts(tell.name(head), table.unpack(columns, 1, arity))) do
      local fact = row[#row]
      if fact.relation == head.relation and takes_in(head, fact) and tell.tuple(fact) == tuple then
        facts[#facts + 1] = fact
      end
    end
  end
  return facts
end

-- ---- lines that are made when they are looked at ---------------------------------------

local Listed = { __name = "dossier.Lines" }

--- What a base tells as tell.lines gives it, in order, as a list whose lines are made when
--- they are looked at: `options` are those of kb:told, `marks` those of tell.lines.  With
--- `both`, lines are cited by those who deny them, too, as tell.both_sides has it.
function tell.listed(kb, options, marks, both)
  return setmetatable({
    kb = kb,
    tellings = kb:tellings(options),
    marks = marks or { contested = true, unsupported = true },
    both = both,
    known = {}, -- by the number of a set of claims: what its lines have in common
    happened = {}, held = {}, -- times in words, as they are written
  }, Listed)
end

function Listed.__len(list) return #list.tellings end

--- What is known of the lines whose claims are the set of line `i`.
local function known_of(list, i, set)
  local claims, speakers = tell.claims(list.tellings[i].claims), false
  for _, claim in ipairs(claims) do speakers = speakers or claim.speaker ~= nil end
  local manner = tell.manner(claims)
  local known = { claims = claims, manner = manner, endings = {} }
  known.asks = speakers and manner ~= "" -- the fact itself may name who speaks
  list.known[set] = known
  return known
end

--- What stands behind the words of line `i`: its manner, and its trust where that is marked.
local function ending_of(list, i, known, trust)
  local note = known.manner
  if known.asks then note = tell.manner(known.claims, list.tellings[i]) end
  if list.marks[trust] then note = (note ~= "" and note .. "; " or "") .. trust end
  return note ~= "" and " (" .. note .. ")" or ""
end

--- The whole line at a place.
local function whole_line(list, i)
  local fact = list.tellings[i]
  if not fact then return nil end
  local facts = tell.around(list.kb, { fact })
  many.sort(facts) -- so that no order of storing is seen where neither of two is finer
  local line = tell.lines(facts, list.marks, { fact })[1]
  if list.both then line.claims = tell.both_sides(line) end
  return line
end

--- A time that is written so, in words: made once.
local function period_of(list, written, happens)
  if not written then return nil end
  local known = happens and list.happened or list.held
  local period = known[written]
  if not period then
    period = report.period(written, happens)
    known[written] = period
  end
  return period
end

--- When line `i` is: as written, and in words; nil where it is undated.
function Listed.when(list, i)
  local written, happens = list.tellings:when(i)
  return written, period_of(list, written, happens)
end

--- Line `i` as an event of a document: when, as written and in words; its text; and the
--- claims that it is cited by, one list for all lines that have the same.
function Listed.event(list, i)
  local words, written, happens, trust, certain, set = list.tellings:line(i)
  if not set or list.both and trust == "contested" then
    local line = whole_line(list, i)
    return written, period_of(list, written, happens), line.text, line.claims
  end
  local known = list.known[set] or known_of(list, i, set)
  local ending = known.endings[trust]
  if not ending or known.asks then
    ending = ending_of(list, i, known, trust)
    known.endings[trust] = ending
  end
  words = words .. ending
  if not certain then words = "? " .. words end
  return written, period_of(list, written, happens), words, known.claims
end

--- The claims that line `i` is cited by, one list for all lines that have the same.
function Listed.claims(list, i)
  local _, _, set = list.tellings:tuple(i)
  if not set or list.both then return whole_line(list, i).claims end
  return (list.known[set] or known_of(list, i, set)).claims
end

local Picked = { __name = Listed.__name }
Picked.__index = Picked

--- Some of the lines, by their places; other lines may stand among them.  What
--- `reword(place, text)` gives is the text instead.
function Listed.pick(list, places, reword)
  return setmetatable({ list = list, places = places, reword = reword }, Picked)
end

function Picked.__len(picked) return #picked.places end

--- A line's time, as written and in words.
local function times_of(line)
  local when, fact = line.when, line.fact
  if not when then return nil end
  return tostring(when), report.period(when, fact.occurs and fact.valid ~= nil)
end

function Picked.when(picked, i)
  local place = picked.places[i]
  if type(place) == "table" then return times_of(place) end
  return picked.list:when(place)
end

function Picked.event(picked, i)
  local place, reword = picked.places[i], picked.reword
  local written, period, text, claims
  if type(place) == "table" then
    written, period = times_of(place)
    text, claims = place.text, place.claims
  else
    written, period, text, claims = picked.list:event(place)
  end
  if reword then text = reword(place, text) end
  return written, period, text, claims
end

function Listed.__index(list, key)
  if math.type(key) == "integer" then return whole_line(list, key) end
  return Listed[key]
end

--- How many lines have which trust.
function tell.tally(lines)
  local n = { ["single-source"] = 0, corroborated = 0, contested = 0, unsupported = 0 }
  for _, line in ipairs(lines) do n[line.trust] = n[line.trust] + 1 end
  return n
end

--- How many tellings have which trust, of what kb:support counts by relation; and how many
--- there are.
function tell.total(support)
  local n, told = tell.tally {}, 0
  for _, row in ipairs(support) do
    for trust in pairs(n) do n[trust] = n[trust] + row[trust] end
    told = told + row.told
  end
  return n, told
end

--- A fact with its time in one sentence: "Ukraine joined NACC (1991)".
local function dated(fact)
  if not fact.valid then return tostring(fact) end
  return tostring(fact) .. " (" .. report.period(fact.valid, fact.occurs) .. ")"
end

--- A fact with its time in one sentence: "Ukraine joined NACC (1991)".
function tell.sentence(fact) return dated(fact) end

--- A fact's relation and columns in the language: its text without its time.
function tell.tuple(fact)
  local text, valid = fact.text, fact.valid
  local suffix = valid and " @ " .. tostring(valid) or ""
  if suffix ~= "" and text:sub(-#suffix) == suffix then text = text:sub(1, -#suffix - 1) end
  return text
end

--- An atom that every fact of a relation matches: "'joined'(X1, X2)".
function tell.pattern(relation)
  local columns, name = {}, relation.name
  for i = 1, relation.arity do columns[i] = "X" .. i end
  if not name:find "^<" then name = "'" .. name:gsub("['\\]", "\\%0") .. "'" end
  return name .. (#columns > 0 and "(" .. table.concat(columns, ", ") .. ")" or "")
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
--- allowed)"; of an answer to a constraint, its message and the place of the rule.
function tell.issue(conflict)
  if conflict.kind == "constraint" then
    return ("%s (against %s:%d)"):format(conflict.message, conflict.file, conflict.line)
  end
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
  if conflict.kind == "constraint" then
    local sides = {}
    for i, fact in ipairs(conflict.facts) do sides[i] = side(fact, "asserts", "") end
    return sides
  end
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
        local of = claim.target and ", as " .. claim.target.id .. " has it" or ""
        local reason = claim.quotation and ", because " .. claim.quotation or ""
        sides[#sides + 1] = { text = word .. dated(fact) .. of .. reason,
                              claims = { claim } }
      end
    end
  end
  return sides
end

--- How many conflicts a report shows unless it is asked for all: a key that was declared by
--- mistake has every two of its values in conflict.
tell.conflicts_most = 100

--- The first `most` conflicts that `passes` (none: all), and how many there are of each
--- kind and in all.
function tell.conflicts(kb, most, passes)
  local list, n = {}, { key = 0, once = 0, denial = 0, constraint = 0, all = 0 }
  for conflict in kb:conflicts() do
    if not passes or passes(conflict) then
      n[conflict.kind] = (n[conflict.kind] or 0) + 1
      n.all = n.all + 1
      if #list < most then list[#list + 1] = conflict end
    end
  end
  return list, n
end

--- Put a conflict into a document: a heading of `level`, then its sides, each cited.
function tell.conflict(doc, conflict, level)
  doc:heading(tell.issue(conflict), level)
  for _, one in ipairs(tell.sides(conflict)) do doc:item(one.text, one.claims) end
end

-- ---- relations of the vocabulary ------------------------------------------------------

--- A value as a person reads it: an entity by its label.
function tell.words(value) return tell.is_entity(value) and value.label or tostring(value) end

--- Order of values as they read, then by identifier.
function tell.reads_before(a, b)
  local p, q = tell.words(a), tell.words(b)
  if p ~= q then return p < q end
  return tostring(a) < tostring(b)
end

--- Things under what `key_of` says of each: groups { key, list } in the order in which
--- their keys read, in each the things as they came.
function tell.group(things, key_of)
  local groups, at = {}, {}
  for _, thing in ipairs(things) do
    local key = key_of(thing)
    local name = (tell.is_entity(key) and "e" or "t") .. tostring(key)
    if not at[name] then
      at[name] = { key = key, list = {} }
      groups[#groups + 1] = at[name]
    end
    table.insert(at[name].list, thing)
  end
  table.sort(groups, function(a, b) return tell.reads_before(a.key, b.key) end)
  return groups
end

--- Facts of a relation and of its special cases that match a pattern, as lines; `row` has
--- their columns as the relation asked for has them.
function tell.lines_of(kb, relation, ...)
  local lines, facts, rows = {}, {}, {}
  if not kb:relation(relation) then return lines end
  for row in tell.rows(kb:facts(relation, ...)) do
    local fact = row[#row]
    if not rows[fact.text] then
      rows[fact.text] = {}
      facts[#facts + 1] = fact
    end
    table.insert(rows[fact.text], row)
  end
  for _, line in ipairs(tell.lines(facts)) do
    for _, row in ipairs(rows[line.fact.text]) do
      local copy = { row = row }
      for key, value in pairs(line) do copy[key] = value end
      lines[#lines + 1] = copy
    end
  end
  return lines
end

--- A value out of a line, with the line's time (unless `untimed`) and what is doubtful
--- about it: "logistics (since 2016; contested)".
function tell.value(line, value, untimed)
  local notes = {}
  local valid = line.fact.valid
  if valid and not untimed then notes[1] = report.period(valid, line.fact.occurs) end
  if line.note ~= "" then notes[#notes + 1] = line.note end
  local words = (line.fact.certain == false and "? " or "") .. tell.words(value)
  return #notes > 0 and words .. " (" .. table.concat(notes, "; ") .. ")" or words
end

-- ---- statements -----------------------------------------------------------------------

--- The very fact as another view has it: with the claims and the trust that it has there.
local function seen_in(kb, fact)
  for row in tell.rows(kb:facts(tell.name(fact), table.unpack(fact, 1, fact.arity))) do
    if row[#row].text == fact.text then return row[#row] end
  end
  return fact
end

--- Facts with a claim attributed to someone, under those speakers.
local function attributed(kb)
  local by, speakers = {}, {}
  for _, narrow in ipairs(tell.facts(kb:view { kinds = "attributed" })) do
    local fact, seen = nil, {}
    for _, claim in ipairs(tell.claims(narrow.claims)) do
      local speaker = claim.speaker
      if speaker and not seen[speaker] then
        seen[speaker] = true
        fact = fact or seen_in(kb, narrow)
        if not by[speaker] then
          by[speaker] = {}
          speakers[#speakers + 1] = speaker
        end
        table.insert(by[speaker], fact)
      end
    end
  end
  return by, speakers
end

--- What a speaker is said to say, as lines that cite the claims attributed to him.
local function lines_by(speaker, facts)
  local lines = {}
  for i, group in ipairs(report.fold(facts)) do
    local claims = {}
    for _, claim in ipairs(group.claims) do
      if claim.speaker == speaker then claims[#claims + 1] = claim end
    end
    group.claims, group.manner = claims, "says " .. speaker.label
    lines[i] = line_of(group, { contested = true, unsupported = true })
  end
  return lines
end

--- What speakers are said to deny, of what another asserts: lines with their `speaker`.
local function denials(kb)
  local lines = {}
  for conflict in kb:conflicts() do
    local fact = conflict.b
    local by = conflict.kind == "denial" and tell.claims(fact.claims, "denies") or {}
    for _, group in ipairs(tell.group(by, function(claim) return claim.speaker or "" end)) do
      if group.key ~= "" then
        local note = "says " .. group.key.label .. "; contested"
        lines[#lines + 1] = {
          when = tell.when(fact), dated = fact.valid and fact or tell.when(fact),
          text = "not so: " .. tostring(fact) .. " (" .. note .. ")", note = note,
          claims = group.list, trust = "contested", fact = fact, facts = { fact },
          speaker = group.key, denied = true,
        }
      end
    end
  end
  return lines
end

--- Every statement in view: facts of the vocabulary's `statement`, what is attributed to a
--- speaker, whatever its relation, and what a speaker denies that another asserts; what is
--- both of the first two is told once.  Lines with `speaker`, and `row` where they are facts
--- of `statement`; by speaker, then in order of telling.
function tell.statements(kb)
  local list, told = {}, {}
  local function tell_once(speaker, line)
    local way = (line.denied and "- " or "+ ") .. tostring(speaker) .. " "
    if told[way .. line.fact.text] then return end
    for _, fact in ipairs(line.facts) do told[way .. fact.text] = true end
    line.speaker = speaker
    list[#list + 1] = line
  end
  for _, line in ipairs(tell.lines_of(kb, "statement/3")) do tell_once(line.row[1], line) end
  local by, speakers = attributed(kb)
  for _, speaker in ipairs(speakers) do
    for _, line in ipairs(lines_by(speaker, by[speaker])) do tell_once(speaker, line) end
  end
  for _, line in ipairs(denials(kb)) do tell_once(line.speaker, line) end
  local sorted = {}
  for _, group in ipairs(tell.group(list, function(line) return line.speaker end)) do
    table.sort(group.list, function(a, b)
      if a.fact.text == b.fact.text then return not a.denied and b.denied or false end
      return tell.before(a.fact, b.fact)
    end)
    table.move(group.list, 1, #group.list, #sorted + 1, sorted)
  end
  return sorted
end

--- Is a statement about an entity: is it named in it, other than as the speaker?
function tell.is_about(statement, entity)
  local row = statement.row
  if row and statement.speaker == entity then return row[2] == entity or row[3] == entity end
  return mentions(statement.fact, entity)
end

return tell
