--- compare: two sources side by side: what both say, what one says, where they contradict.
--
-- Usage:   dossier compare FIRST_SOURCE SECOND_SOURCE [--all]
-- Reads:   the facts that one of the two asserts, their conflicts and denials; nothing of
--          what others say
-- Reports: figures by relation; where the two contradict each other, both sides cited;
--          what both say, and who says it less precisely or in another manner; what both
--          say, with other times or values; what only one says where the other tells the
--          like of the same thing (relations with a key first), with --all also of what
--          the other does not speak of; exits with 1 where they have nothing in common
--
--   $ dossier compare article record
--   Both say
--   1991-08-24        Ukraine declared independence (article: 1991) [record 1991;
--                     article background/1]
local report = require "dossier.report"
local tell = require "dossier.tell"

local M = {}

--- The claims of one source.
local function of_source(claims, id)
  local out = {}
  for _, claim in ipairs(claims) do
    if claim.source.id == id then out[#out + 1] = claim end
  end
  return out
end

--- Does a source assert one of the line's facts?
---@param line dossier.Line
---@param id string
---@return boolean
function M.says(line, id)
  for _, claim in ipairs(line.claims) do
    if claim.source.id == id then return true end
  end
  return false
end

--- The finest of the line's facts that a source asserts, and in what manner it does.
---@param line dossier.Line
---@param id string
---@return dossier.Fact? fact
---@return string manner
function M.telling(line, id)
  local finest
  for _, fact in ipairs(line.facts) do
    if not finest and #of_source(tell.claims(fact.claims), id) > 0 then finest = fact end
  end
  return finest, tell.manner(of_source(line.claims, id), line.fact)
end

--- Who of two tells a line less precisely, or in another manner, in words; nil where they
--- agree in both.
---@param line dossier.Line
---@param ids string[]
---@return string?
function M.differing(line, ids)
  local facts, manners, notes = {}, {}, {}
  for i, id in ipairs(ids) do facts[i], manners[i] = M.telling(line, id) end
  for i, id in ipairs(ids) do
    local words = {}
    if facts[i].text ~= line.fact.text then
      local valid = facts[i].valid
      words[1] = valid and report.period(valid, facts[i].occurs) or "undated"
    end
    if manners[1] ~= manners[2] and manners[i] ~= "" then words[#words + 1] = manners[i] end
    if #words > 0 then notes[#notes + 1] = id .. ": " .. table.concat(words, ", ") end
  end
  return #notes > 0 and table.concat(notes, "; ") or nil
end

--- Which of two sources assert a line: claims are looked at once for all lines that rest
--- on the same.
---@param list dossier.Lines
---@param ids string[]
---@return fun(place: integer): boolean, boolean
function M.speakers(list, ids)
  local by, claims_of = setmetatable({}, { __mode = "k" }), list.claims
  return function(place)
    local claims = claims_of(list, place)
    local who = by[claims]
    if not who then
      who = { M.says({ claims = claims }, ids[1]), M.says({ claims = claims }, ids[2]) }
      by[claims] = who
    end
    return who[1], who[2]
  end
end

--- The places of lines apart: of those that both sources tell, those of one tuple (by
--- `key_of` a place) that each tells otherwise, and those that only one tells, by its
--- identifier; and how many each tells.
---@param list dossier.Lines
---@param ids string[]
---@param key_of fun(place: integer): any
---@return { both: integer[], apart: integer[], only: table<string, integer[]>,
---  told: integer[] }
function M.sort_out(list, ids, key_of)
  local said, alone, by = { {}, {} }, {}, {}
  local out = { both = {}, apart = {}, only = { [ids[1]] = {}, [ids[2]] = {} }, told = { 0, 0 } }
  local speakers, told = M.speakers(list, ids), out.told
  for place = 1, #list do
    local one, other = speakers(place)
    if one then told[1] = told[1] + 1 end
    if other then told[2] = told[2] + 1 end
    if one and other then
      table.insert(out.both, place)
    elseif one or other then
      local n = #alone + 1
      alone[n], by[n] = place, one and 1 or 2
      said[by[n]][key_of(place)] = true
    end
  end
  for n, place in ipairs(alone) do
    local others = said[3 - by[n]]
    local lines = next(others) and others[key_of(place)] and out.apart or out.only[ids[by[n]]]
    lines[#lines + 1] = place
  end
  return out
end

--- What makes lines tell of the same: their tuple; where a relation has a key and no time,
--- the key alone, so that 1911 and 1911-06-01 as the day of one opening meet.
---@param kb dossier.Base
---@param list dossier.Lines
---@return fun(place: integer): any
function M.tuples(kb, list)
  local keys = {}
  for _, relation in ipairs(kb:relations()) do
    keys[tell.name(relation)] = not relation.timed and relation.keys[1] or nil
  end
  local tellings = list.tellings
  local tuple_of = tellings.tuple
  return function(place)
    local number, name = tuple_of(tellings, place)
    if not keys[name] then return number end
    local words, fact = { name }, tellings[place]
    for _, column in ipairs(keys[name]) do
      local value = fact[column]
      words[#words + 1] = (tell.is_entity(value) and "e" or "v") .. tostring(value)
    end
    return table.concat(words, "\0")
  end
end

--- Do the sides of a conflict come from different sources of the two?
---@param conflict dossier.Conflict
---@param ids string[]
---@return boolean
function M.between(conflict, ids)
  if conflict.kind == "constraint" then
    local by = {}
    for _, fact in ipairs(conflict.facts) do
      for i, id in ipairs(ids) do
        by[i] = by[i] or #of_source(tell.claims(fact.claims, "asserts"), id) > 0
      end
    end
    return by[1] and by[2] or false
  end
  local verb = conflict.kind == "denial" and "denies" or "asserts"
  local a, b = tell.claims(conflict.a.claims), tell.claims(conflict.b.claims, verb)
  if conflict.kind == "denial" then a = tell.claims(conflict.a.support) end
  local function has(claims, id) return #of_source(claims, id) > 0 end
  return has(a, ids[1]) and has(b, ids[2]) or has(a, ids[2]) and has(b, ids[1])
end

--- Puts the columns that an entity of a fact is in, by relation, into a table.
local function add_columns(columns, fact, name)
  local of = columns[name] or {}
  columns[name] = of
  for i = 1, fact.arity do
    of[i] = of[i] or {}
    if tell.is_entity(fact[i]) then of[i][fact[i]] = true end
  end
end

--- Is an entity of the fact in a column that the table has it in?
local function is_placed(columns, fact)
  for i = 1, fact.arity do
    if tell.is_entity(fact[i]) and columns[i][fact[i]] then return true end
  end
  return false
end

--- Lines of one source apart: of what the other tells the like of (an entity in the same
--- column of the same relation), and the rest.
---@param list dossier.Lines
---@param places integer[]
---@param others integer[][]   what the other source tells
---@return integer[] like
---@return integer[] rest
function M.alike(list, places, others)
  local columns, like, rest, tellings = {}, {}, {}, list.tellings
  if #places == 0 then return like, rest end
  for _, some in ipairs(others) do
    for _, place in ipairs(some) do
      add_columns(columns, tellings[place], (select(2, tellings:tuple(place))))
    end
  end
  for _, place in ipairs(places) do
    local of = columns[select(2, tellings:tuple(place))]
    table.insert(of and is_placed(of, tellings[place]) and like or rest, place)
  end
  return like, rest
end

--- Places of lines of relations with a key first, otherwise in the order they came.
---@param places integer[]
---@param keyed fun(place: integer): boolean
---@return integer[]
function M.keys_first(places, keyed)
  local out, rest = {}, {}
  for _, place in ipairs(places) do table.insert(keyed(place) and out or rest, place) end
  return table.move(rest, 1, #rest, #out + 1, out)
end

--- Figures of relations that both sources tell of: both, otherwise, only the one and only the
--- other; and in one row those that only one tells of.
---@param list dossier.Lines
---@param parts table   as M.sort_out gives it
---@param ids string[]
---@return any[][]
function M.figures(list, parts, ids)
  local by, names, rows = {}, {}, {}
  local function count(places, column)
    for _, place in ipairs(places) do
      local _, name = list.tellings:tuple(place)
      if not by[name] then
        by[name] = { name, 0, 0, 0, 0 }
        names[#names + 1] = name
      end
      by[name][column] = by[name][column] + 1
    end
  end
  count(parts.both, 2)
  count(parts.apart, 3)
  count(parts.only[ids[1]], 4)
  count(parts.only[ids[2]], 5)
  table.sort(names)
  local rest = { "of relations that the other does not use", 0, 0, 0, 0 }
  for _, name in ipairs(names) do
    local row = by[name]
    if row[2] + row[3] > 0 or row[4] > 0 and row[5] > 0 then
      rows[#rows + 1] = row
    else
      rest[4], rest[5] = rest[4] + row[4], rest[5] + row[5]
    end
  end
  if rest[4] + rest[5] > 0 then rows[#rows + 1] = rest end
  return rows
end

--- A source in a line: its identifier, title and how many facts it asserts.
local function describe(source, n)
  local title = source.title and ": " .. source.title or ""
  return source.id .. title .. " (" .. tell.count(n, "fact") .. ")"
end

local function write_lines(doc, title, list, places, note, level)
  if #places == 0 then return end
  doc:heading(title, level or 2)
  doc:events(list:pick(places, note and function(place, text)
    local words = note(place)
    return words and text .. " (" .. words .. ")" or text
  end))
end

--- The conflicts between two sources; how many each has within itself is said.
local function write_conflicts(doc, conflicts, within)
  doc:heading("Where they contradict each other", 2)
  if #conflicts == 0 then doc:paragraph "Nowhere." end
  for _, conflict in ipairs(conflicts) do tell.conflict(doc, conflict, 3) end
  if within > 0 then
    doc:paragraph("Not shown: " .. tell.count(within, "conflict")
      .. " of one of them with itself.")
  end
end

local function conflicts_of(kb, ids)
  local list, within, sides = {}, 0, {}
  for conflict in kb:conflicts() do
    if M.between(conflict, ids) then
      list[#list + 1] = conflict
      for _, fact in ipairs(conflict.facts or { conflict.a, conflict.b }) do
        sides[fact.text] = true
      end
    else
      within = within + 1
    end
  end
  return list, within, sides
end

local function write_only(doc, kb, list, parts, ids, all)
  local has_key = {}
  for _, relation in ipairs(kb:relations()) do
    has_key[tell.name(relation)] = #relation.keys > 0
  end
  local function keyed(place) return has_key[select(2, list.tellings:tuple(place))] end
  for i, id in ipairs(ids) do
    local told = { parts.both, parts.apart, parts.only[ids[3 - i]] }
    local like, rest = M.alike(list, parts.only[id], told)
    if #like > 0 or all and #rest > 0 then doc:heading("Only " .. id .. " says", 2) end
    doc:events(list:pick(M.keys_first(like, keyed)))
    if all then
      write_lines(doc, "Of what " .. ids[3 - i] .. " does not speak of", list, rest, nil, 3)
    elseif #rest > 0 then
      if #like == 0 then doc:heading("Only " .. id .. " says", 2) end
      doc:paragraph(("Not shown: %s from %s on what %s does not speak of; --all shows %s.")
        :format(tell.count(#rest, "fact"), id, ids[3 - i], #rest == 1 and "it" or "them"))
    end
  end
end

--- Places without those of lines whose fact is a side of a conflict that is told already.
local function without(list, places, sides)
  if not next(sides) then return places end
  local out = {}
  for _, place in ipairs(places) do
    if not sides[list.tellings[place].text] then out[#out + 1] = place end
  end
  return out
end

--- M.differing of a line at a place, once for lines of the same claims where no speaker
--- may be named in the line itself.
---@param list dossier.Lines
---@param ids string[]
---@return fun(place: integer): string?
function M.differences(list, ids)
  local known = {}
  return function(place)
    local _, _, set = list.tellings:tuple(place)
    if not set then return M.differing(list[place], ids) end
    if known[set] == nil then
      local spoken = false
      for _, claim in ipairs(list:claims(place)) do spoken = spoken or claim.speaker ~= nil end
      known[set] = not spoken and (M.differing(list[place], ids) or "")
    end
    local words = known[set] or M.differing(list[place], ids)
    return words ~= "" and words or nil
  end
end

function M.main(kb, args)
  local sources = { args.first_source, args.second_source }
  local ids = { sources[1].id, sources[2].id }
  if ids[1] == ids[2] then
    return nil, 2, "compare takes two sources; both are " .. ids[1]
  end
  kb = kb:view { sources = ids }
  local list = tell.listed(kb)
  local parts = M.sort_out(list, ids, M.tuples(kb, list))
  local conflicts, within, sides = conflicts_of(kb, ids)
  local doc = report.new("Compared: " .. ids[1] .. " and " .. ids[2])
  for i, source in ipairs(sources) do
    doc:item(describe(source, parts.told[i]))
  end
  if sources[1].origin == sources[2].origin then
    doc:paragraph "The two share an origin: where they agree, that is one voice."
  end
  local rows = M.figures(list, parts, ids)
  if #rows > 0 then
    doc:table({ "Relation", "Both", "Otherwise", "Only " .. ids[1], "Only " .. ids[2] }, rows)
  end
  write_conflicts(doc, conflicts, within)
  write_lines(doc, "Both say", list, parts.both, M.differences(list, ids))
  write_lines(doc, "Both say, with other times or values", list,
    without(list, parts.apart, sides))
  for _, id in ipairs(ids) do parts.only[id] = without(list, parts.only[id], sides) end
  write_only(doc, kb, list, parts, ids, args.all)
  doc.found = #conflicts + #parts.both + #parts.apart > 0
  return doc
end

return M
