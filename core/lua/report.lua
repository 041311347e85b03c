--- dossier.report: a report is built once as a document and rendered by format.
--
-- A document is a title and a list of blocks: headings, paragraphs, items, events,
-- tables.  Blocks keep what they were given in a form that no renderer has to look
-- behind: strings, numbers, and citations as a list.  Nothing here reads a base, the
-- clock or a hash's order, so the same calls give the same bytes.
--
-- Text, wrapped and aligned where a width is given and with colour where it is asked for,
-- is rendered here; the other formats are in formats.lua.
local dossier = require "dossier"
local many = require "dossier.many"
local runs = require "dossier.runs"

---@class dossier.report
local report = {}

---@class dossier.Doc
---@field title string
---@field found boolean
---@field blocks table[]
local Doc = {}
Doc.__index = Doc
Doc.__name = "dossier.Doc"

local EVENT_GAP = 2 -- spaces between the columns of a timeline or a table
local CELL_LEAST = 8 -- a column of a table is not squeezed below this

-- ---- what goes in -------------------------------------------------------------------

--- The name of a value's class, "dossier.Entity"; or its plain type.
local function class_of(value)
  local meta = type(value) == "userdata" and getmetatable(value)
  return meta and meta.__name or type(value)
end

--- A value as a person reads it: an entity by its label, a fact in words.
local function in_words(value)
  if value == nil then return "" end
  if class_of(value) == "dossier.Entity" then return value.label end
  return tostring(value)
end

--- One cited place in words, "article background/2"; what is no assertion says so.
local verb_words = {
  denies = "denied by ",
  prefers = "preferred by ",
  deprecates = "deprecated by ",
}
local function citation_of(claim)
  return (verb_words[claim.verb] or "") .. claim.citation
end

--- What a list of claims cites: each place once, in order.
local function cited(claims)
  local list = {}
  if not claims or #claims == 0 then return list end
  local seen = {}
  for _, claim in ipairs(claims or {}) do
    local words = citation_of(claim)
    if not seen[words] then
      seen[words] = true
      list[#list + 1] = {
        words = words,
        source = tostring(claim.source),
        locator = claim.locator,
        verb = claim.verb,
      }
    end
  end
  return list
end

local function check_text(text, what)
  if text == nil or type(text) == "table" or type(text) == "function" then
    error(what .. " takes a text; came a " .. type(text), 3)
  end
  return in_words(text)
end

--- What a list of claims cites; of a list that is met again and again, once.
local function cited_once(claims, known)
  local citations = known[claims]
  if not citations then
    citations = cited(claims)
    known[claims] = citations
  end
  return citations
end

local function check_claims(claims, known)
  if claims ~= nil and type(claims) ~= "table" then
    error("citations are a list of claims; came a " .. type(claims), 3)
  end
  return claims and known and cited_once(claims, known) or cited(claims)
end

local function add(doc, block)
  doc.blocks[#doc.blocks + 1] = block
  return doc
end

--- The fact that a line tells, where it was given as one.
local function told(text)
  return class_of(text) == "dossier.Fact" and text.text or nil
end

--- A new document.
---@param title string
---@return dossier.Doc
function report.new(title)
  return setmetatable({ title = check_text(title, "a title"), found = true, blocks = {} }, Doc)
end

---@param text string
---@param level? integer   1 (default) .. 3
---@return dossier.Doc self
function Doc:heading(text, level)
  level = level or 1
  if level ~= 1 and level ~= 2 and level ~= 3 then
    error("a heading's level is 1, 2 or 3; came " .. tostring(level), 2)
  end
  return add(self, { type = "heading", level = level, text = check_text(text, "a heading") })
end

---@param text string|dossier.Fact
---@param claims? dossier.Claim[]
---@return dossier.Doc self
function Doc:paragraph(text, claims)
  return add(self, {
    type = "paragraph",
    text = check_text(text, "a paragraph"),
    fact = told(text),
    citations = check_claims(claims, self.known),
  })
end

--- A list item.
---@param text string|dossier.Fact
---@param claims? dossier.Claim[]
---@return dossier.Doc self
function Doc:item(text, claims)
  return add(self, {
    type = "item",
    text = check_text(text, "an item"),
    fact = told(text),
    citations = check_claims(claims, self.known),
  })
end

--- A time in words: "1994", "2014-10-01 to 2024-10-01", "since 2019-05-20".  Of what
--- merely happened an open end is none: "on or after 2019-05-20".
---@param time dossier.Time|string
---@param occurs? boolean   the time of a happening
---@return string
function report.period(time, occurs)
  local edtf = tostring(time)
  if not edtf:find("/", 1, true) then return edtf end
  local from, to = edtf:match("^(.*)/(.*)$")
  if not from then return edtf end
  if from == "" or from == ".." then
    if to == "" or to == ".." then return "at all times" end
    return (occurs and "on or before " or "until ") .. to
  end
  if to == "" then return (occurs and "on or after " or "from ") .. from end
  if to == ".." then return (occurs and "on or after " or "since ") .. from end
  return from .. " to " .. to
end

--- When an event is, as written and in words.
local function when_of(when)
  local class = type(when) == "string" and "string" or class_of(when)
  if when == nil then return nil end
  if class == "string" then return when, when end
  if class == "dossier.Time" then return tostring(when), report.period(when) end
  if class ~= "dossier.Fact" then
    error("an event's time is a dossier.Time, a string or a fact; came a " .. type(when), 3)
  end
  if not when.valid then return nil end
  return tostring(when.valid), report.period(when.valid, when.occurs)
end

--- A dated line of a timeline; consecutive events are aligned.  People read a time in
--- words, programs (JSON, CSV) as it was written.
---@param when dossier.Time|dossier.Fact|string|nil   a fact: its valid time; nil: undated
---@param text string|dossier.Fact
---@param claims? dossier.Claim[]
---@return dossier.Doc self
function Doc:event(when, text, claims)
  local written, period = when_of(when)
  return add(self, {
    type = "event",
    when = written,
    period = period,
    text = check_text(text, "an event"),
    fact = told(text),
    citations = check_claims(claims, self.known),
  })
end

--- A run of `n` blocks of one type that are made when they are looked at, so that none need
--- be there while another is written: `make(i)` gives the i-th.
local Lazy = {}

function Lazy.__index(lazy, i)
  return math.type(i) == "integer" and i >= 1 and i <= lazy.n and lazy.make(i) or nil
end

local function lazily(kind, n, make, more)
  more = more or {}
  more.type, more.lazy, more.n, more.make = kind, true, n, make
  return setmetatable(more, Lazy)
end

--- `n` list items, of which `make(i)` gives the i-th, its text and its claims, while the
--- document is written.
---@param n integer
---@param make fun(i: integer): string|dossier.Fact, dossier.Claim[]?
---@return dossier.Doc self
function Doc:items(n, make)
  if math.type(n) ~= "integer" or type(make) ~= "function" then
    error("items are a number of them and a function that makes them", 2)
  end
  local known = setmetatable({}, { __mode = "k" })
  if n < 1 then return self end
  return add(self, lazily("item", n, function(i)
    local text, claims = make(i)
    return { type = "item", text = check_text(text, "an item"), fact = told(text),
             citations = claims and cited_once(claims, known) or {} }
  end))
end

--- `n` parts, each some blocks, that are made while the document is written: `make(part, i)`
--- puts the i-th into an empty document, which has no parts of its own.  There a list of
--- claims or of lines that is given again and again is looked at once.
---@param n integer
---@param make fun(part: dossier.Doc, i: integer)
---@return dossier.Doc self
function Doc:parts(n, make)
  if math.type(n) ~= "integer" or type(make) ~= "function" then
    error("parts are a number of them and a function that makes them", 2)
  end
  if self.known then error("a part has no parts of its own", 2) end
  if n < 1 then return self end
  local known = setmetatable({}, { __mode = "k" })
  return add(self, { type = "parts", n = n, make = function(i)
    local part = setmetatable({ blocks = {}, known = known }, Doc)
    make(part, i)
    return part.blocks
  end })
end

--- A list of lines as events; in a part their blocks are made once.
local function add_lines(doc, lines)
  local blocks, known = doc.blocks, doc.known
  local made = known and known[lines]
  if made then
    table.move(made, 1, #made, #blocks + 1, blocks)
    return doc
  end
  local before = #blocks
  for _, line in ipairs(lines) do doc:event(line.dated, line.text, line.claims) end
  if known then known[lines] = table.move(blocks, before + 1, #blocks, 1, {}) end
  return doc
end

--- Lines, as tell.lines and tell.listed give them, as events.
---@param lines dossier.Line[]
---@return dossier.Doc self
function Doc:events(lines)
  if type(lines) ~= "table" then
    error("events are a list of lines; came a " .. type(lines), 2)
  end
  local meta = getmetatable(lines)
  if not meta or meta.__name ~= "dossier.Lines" then return add_lines(self, lines) end
  if #lines == 0 then return self end
  local known, event_at = setmetatable({}, { __mode = "k" }), lines.event
  local function make(i)
    local written, period, text, claims = event_at(lines, i)
    return { type = "event", when = written, period = period, text = text,
             citations = cited_once(claims, known) }
  end
  return add(self, lazily("event", #lines, make, { list = lines, known = known }))
end

--- A cell: how it reads, and what it is to a program.
local function cell_of(value)
  local class = class_of(value)
  local cell = { words = in_words(value) }
  if class == "number" or class == "boolean" then
    cell.value = value
  elseif class == "dossier.Entity" then
    cell.entity = value.id
  elseif class == "dossier.Fact" then
    cell.fact = value.text
  elseif class == "nil" then
    cell.none = true
  elseif class == "table" or class == "function" then
    error("a cell is a string, a number or a value of the base; came a " .. class, 3)
  end
  return cell
end

--- A table: headers, and rows of strings, numbers or values.
---@param columns string[]
---@param rows any[][]
---@return dossier.Doc self
function Doc:table(columns, rows)
  if type(columns) ~= "table" or type(rows) ~= "table" then
    error("a table takes a list of columns and a list of rows", 2)
  end
  local block = { type = "table", columns = {}, rows = {} }
  for i, column in ipairs(columns) do block.columns[i] = in_words(column) end
  for r, row in ipairs(rows) do
    local cells = {}
    for c = 1, #columns do cells[c] = cell_of(row[c]) end
    block.rows[r] = cells
  end
  return add(self, block)
end

--- "[article background/2; record 1994]": each source and locator once, in order; "" if
--- there are none.  What a claim denies, prefers or deprecates is said.
---@param claims dossier.Claim[]
---@return string
function report.cite(claims)
  local words = {}
  for i, one in ipairs(check_claims(claims)) do words[i] = one.words end
  return #words > 0 and "[" .. table.concat(words, "; ") .. "]" or ""
end

-- ---- folding ------------------------------------------------------------------------

--- Is `a` as precise a telling as `b`, or a more precise one?
local function refines(a, b)
  if not b.valid then return true end
  return a.valid ~= nil and a.valid:refines(b.valid, a.occurs)
end

--- Is there a strictly finer telling than entry `i`, or an equal one that comes first by
--- time (as the core has it, whatever the order they came in)?
local function has_finer(group, i)
  local fact = group[i].fact
  for j, other in ipairs(group) do
    if j ~= i and refines(other.fact, fact)
      and (not refines(fact, other.fact) or other.fact.valid < fact.valid) then
      return true
    end
  end
  return false
end

--- Coarser tellings stand after finer ones; where neither is finer, as they came.
local function insert_by_fineness(list, entry)
  local at = #list + 1
  while at > 2 and refines(entry.fact, list[at - 1].fact)
    and not refines(list[at - 1].fact, entry.fact) do
    at = at - 1
  end
  table.insert(list, at, entry)
end

--- A fact that is told once.
local function group_alone(fact, place)
  local claims = fact.claims
  return { fact = fact, facts = { fact }, place = place,
           claims = table.move(claims, 1, #claims, 1, {}) }
end

local function group_of(head, members)
  local list = { head }
  for _, entry in ipairs(members) do
    if entry ~= head and refines(head.fact, entry.fact) then insert_by_fineness(list, entry) end
  end
  local group = { fact = head.fact, facts = {}, claims = {}, place = head.place }
  for i, entry in ipairs(list) do
    group.facts[i] = entry.fact
    table.move(entry.fact.claims, 1, #entry.fact.claims, #group.claims + 1, group.claims)
  end
  return group
end

--- The groups that the facts of one tuple make, added to `groups`.
local function fold_tuple(facts, places, groups)
  local members = {}
  for i, place in ipairs(places) do members[i] = { fact = facts[place], place = place } end
  for i, entry in ipairs(members) do
    if not has_finer(members, i) then groups[#groups + 1] = group_of(entry, members) end
  end
end

--- Fold facts that tell the same at different precision: gives groups in order of their
--- finest tellings, each with the finest telling first and the claims of all of them.  A
--- coarse telling that two finer ones refine is in both groups.
---@param facts dossier.Fact[]
---@return { fact: dossier.Fact, facts: dossier.Fact[], claims: dossier.Claim[] }[]
function report.fold(facts)
  local groups = {}
  for _, places in ipairs(many.tuples(facts)) do
    if type(places) == "number" then
      groups[#groups + 1] = group_alone(facts[places], places)
    else
      fold_tuple(facts, places, groups)
    end
  end
  local last, sorted = 0, true
  for _, group in ipairs(groups) do
    sorted = sorted and group.place >= last
    last = group.place
  end
  if not sorted then table.sort(groups, function(a, b) return a.place < b.place end) end
  for _, group in ipairs(groups) do group.place = nil end
  return groups
end

-- ---- text ---------------------------------------------------------------------------

--- On one line, and nothing in it that a terminal would obey: not even the second set of
--- controls (U+0080 to U+009F) or what turns the direction of writing.
local function plain(text)
  if many.plain(text) then return text end
  text = text:gsub("[\0-\32\127]+", " "):gsub("\194[\128-\159]", "")
  text = text:gsub("\226\128[\170-\174]", ""):gsub("\226\129[\166-\169]", "")
  return (text:gsub("^ +", ""):gsub(" +$", ""))
end

local function pad(text, width, right)
  local space = (" "):rep(width - dossier.width(text))
  return right and space .. text or text .. space
end

--- Cut a word into pieces of at most `width` columns, and at least one character: behind
--- a sign where one is in the last half of a piece, marks with what they stand on.
local function split_word(word, width, pieces)
  local piece, used, sign = {}, 0, nil
  local function flush(upto)
    pieces[#pieces + 1] = table.concat(piece, "", 1, upto)
    piece = table.move(piece, upto + 1, #piece, 1, {})
    used, sign = dossier.width(table.concat(piece)), nil
  end
  for _, code in utf8.codes(word, true) do
    local char = utf8.char(code)
    local takes = dossier.width(char)
    if takes > 0 and used + takes > width and #piece > 0 then flush(sign or #piece) end
    piece[#piece + 1] = char
    used = used + takes
    if char:find("[-_/.,;:]") and used * 2 > width then sign = #piece end
  end
  pieces[#pieces + 1] = table.concat(piece)
end

--- Codes for what is set apart where colour is on: such as can be read on dark and light.
local looks = {
  title = "1", head = "1", date = "36", cite = "2", rule = "2", doubt = "31",
}

--- The word in its look; nil where there is no colour.
local function dress(text, look)
  if not look or text == "" then return text end
  return "\27[" .. looks[look] .. "m" .. text .. "\27[0m"
end

local doubts = { contested = true, unsupported = true }
local denials = { ["Denied:"] = true, ["Deprecated:"] = true, ["?"] = true }

--- The look of a text's words that tell of doubt, by their place: "Denied:" and the like
--- before it, "contested" and the like in the brackets behind it.
local function looks_of(words)
  local of = {}
  if denials[words[1]] then of[1] = "doubt" end
  local at = #words
  if not words[at] or words[at]:sub(-1) ~= ")" then return of end
  while at > 0 and not (words[at]:find("(", 2, true)) do
    if doubts[words[at]:match("^%(?(%a+)[;)]+$")] then of[at] = "doubt" end
    if words[at]:sub(1, 1) == "(" then return of end
    at = at - 1
  end
  return of
end

--- A citation that does not fit a line as one goes in pieces.
local function add_citation(words, cited_words, width)
  if dossier.width(cited_words) <= width then
    words[#words + 1] = cited_words
    return
  end
  for word in cited_words:gmatch("[^ ]+") do words[#words + 1] = word end
end

--- The words to wrap: those of a text, and each citation as one; where the citations
--- begin; and the looks of the words before, where there is colour.  `solid`: no piece may
--- be wider than the width.
local function words_of(text, citations, width, solid, colour)
  local words = {}
  for word in plain(text):gmatch("[^ ]+") do
    local takes = #word > width and dossier.width(word) or 0
    local characters = takes > width and utf8.len(word, 1, -1, true)
    if characters and (solid or takes > characters) then
      split_word(word, width, words)
    else
      words[#words + 1] = word
    end
  end
  local of, first = colour and looks_of(words), #words + 1
  for i, one in ipairs(citations or {}) do
    add_citation(words, (i == 1 and "[" or "") .. plain(one.words)
      .. (i == #citations and "]" or ";"), width)
  end
  return words, first, of
end

--- Words as a line; those of one look are dressed as one.
local function line_of(words, from, to, first, of)
  if not of then return table.concat(words, " ", from, to) end
  local parts = {}
  for i = from, to do
    local last = parts[#parts]
    local look = i >= first and "cite" or of[i]
    if last and last.look == look then
      last[#last + 1] = words[i]
    else
      parts[#parts + 1] = { look = look, words[i] }
    end
  end
  for i, part in ipairs(parts) do parts[i] = dress(table.concat(part, " "), part.look) end
  return table.concat(parts, " ")
end

--- A text and what it cites on one line.
local function one_line(text, citations)
  local line = plain(text)
  if not citations or #citations == 0 then return line end
  local cites = citations.line -- of lists that many lines share
  if not cites then
    local words = {}
    for i, one in ipairs(citations) do words[i] = plain(one.words) end
    cites = "[" .. table.concat(words, "; ") .. "]"
    citations.line = cites
  end
  return line ~= "" and line .. " " .. cites or cites
end

--- A text that is a line as it stands, with nothing to wrap, to cite or to dress, as most
-- cells of a table are; nil where it is none.
local function as_it_stands(text, citations, width, colour)
  if colour or #text > 2 * width or citations and #citations > 0 then return nil end
  local line = plain(text)
  local single = not line:find("  ", 1, true) and not line:find("^ ") and not line:find(" $")
  return single and dossier.width(line) <= width and line or nil
end

--- Lines of at most `width` columns (0: one line).
local function wrap(text, citations, width, solid, colour)
  local whole = as_it_stands(text, citations, width, colour)
  if whole then return { whole } end
  if width <= 0 and not colour then return { one_line(text, citations) } end
  if width <= 0 then width = math.maxinteger end
  local words, first, of = words_of(text, citations, width, solid, colour)
  if width == math.maxinteger then return { line_of(words, 1, #words, first, of) } end
  local lines, from, used = {}, 1, 0
  for i, word in ipairs(words) do
    local takes = dossier.width(word)
    if used > 0 and used + 1 + takes > width then
      lines[#lines + 1] = line_of(words, from, i - 1, first, of)
      from, used = i, 0
    end
    used = used + takes + (used > 0 and 1 or 0)
  end
  lines[#lines + 1] = line_of(words, from, #words, first, of)
  return lines
end

--- A wrapped text behind `first`, its other lines set in as far, or by `indent`: where
--- that is less, the text begins on a line of its own.
local function hang(out, first, block, to, indent, look)
  local takes = dossier.width(first)
  indent = indent or takes
  local room = to.width > 0 and math.max(to.width - indent, CELL_LEAST) or 0
  local start, margin = dress(first, to.colour and look), (" "):rep(indent)
  if takes > indent then
    out[#out + 1] = start:gsub(" +$", "")
    start = margin
  end
  for i, line in ipairs(wrap(block.text, block.citations, room, false, to.colour)) do
    out[#out + 1] = (((i == 1 and start or margin) .. line):gsub(" +$", ""))
  end
end

-- ---- writing as it goes -----------------------------------------------------------------

local LINES_AT_ONCE = 1024 -- of a long run, how many are written together

--- Hand the lines so far over; `out` is empty then.
local function hand_over(out)
  if #out == 0 then return end
  out.write(table.concat(out, "\n") .. "\n")
  for i = #out, 1, -1 do out[i] = nil end
end

--- The same every now and then, behind the i-th block of a run: what is short is written
--- whole or not at all.
local function going_on(out, i)
  if i % LINES_AT_ONCE == 0 then hand_over(out) end
end

--- The same between two runs.
local function going_over(out)
  if #out >= LINES_AT_ONCE then hand_over(out) end
end

--- Natural widths, then the widest column gives way until the table fits.
--- First down to the longest word of each column, then through words.
local function column_widths(columns, lines, width)
  local widths, total = {}, 0
  for c, column in ipairs(columns) do
    local most = dossier.width(plain(column))
    for _, row in ipairs(lines) do most = math.max(most, dossier.width(row[c])) end
    widths[c] = most
    total = total + most + (c > 1 and EVENT_GAP or 0)
  end
  if width <= 0 or total <= width then return widths end
  local words = {}
  for c, column in ipairs(columns) do
    local most = CELL_LEAST
    local function take(cell)
      for word in cell:gmatch "%S+" do most = math.max(most, dossier.width(word)) end
    end
    take(plain(column))
    for _, row in ipairs(lines) do take(row[c]) end
    words[c] = most
  end
  local function shrink(least)
    while total > width do
      local widest
      for c = 1, #widths do
        local gives = widths[c] > least(c)
        if gives and (not widest or widths[c] > widths[widest]) then widest = c end
      end
      if not widest then return end
      widths[widest] = widths[widest] - 1
      total = total - 1
    end
  end
  shrink(function(c) return words[c] end)
  shrink(function() return CELL_LEAST end)
  return widths
end

--- Is every cell of the column a number, or empty: then it is set to the right.
local function is_numeric(block, c)
  local some = false
  for _, row in ipairs(block.rows) do
    if type(row[c].value) == "number" then
      some = true
    elseif not row[c].none then
      return false
    end
  end
  return some
end

--- One row of cells, each wrapped to its column.
local function text_row(out, cells, widths, right, look)
  local wrapped, height = {}, 1
  for c, cell in ipairs(cells) do
    wrapped[c] = wrap(cell, nil, widths[c], true)
    height = math.max(height, #wrapped[c])
  end
  for i = 1, height do
    local parts = {}
    for c in ipairs(cells) do parts[c] = pad(wrapped[c][i] or "", widths[c], right[c]) end
    out[#out + 1] = dress(table.concat(parts, (" "):rep(EVENT_GAP)):gsub(" +$", ""), look)
  end
end

local function text_table(out, block, to)
  local lines, rules, right, heads = {}, {}, {}, {}
  for r, row in ipairs(block.rows) do
    lines[r] = {}
    for c, cell in ipairs(row) do lines[r][c] = plain(cell.words) end
  end
  local widths = column_widths(block.columns, lines, to.width)
  for c, column in ipairs(block.columns) do
    right[c] = is_numeric(block, c)
    rules[c] = ("-"):rep(widths[c])
    heads[c] = plain(column)
  end
  text_row(out, heads, widths, right, to.colour and "head")
  out[#out + 1] = dress(table.concat(rules, (" "):rep(EVENT_GAP)), to.colour and "rule")
  for _, row in ipairs(lines) do text_row(out, row, widths, right) end
end

--- The column in which the texts of a timeline begin: behind the longest time that leaves
--- them most of the line.
local function events_column(run, width)
  local column, least, seen = 0, math.huge, {}
  local function look_at(period)
    period = period or "undated"
    if seen[period] then return end
    local takes = dossier.width(plain(period))
    seen[period] = true
    least = math.min(least, takes)
    if width == 0 or takes + EVENT_GAP <= width // 3 then column = math.max(column, takes) end
  end
  for _, part in ipairs(run.parts or { run }) do
    if part.lazy then
      local list, when_at = part.list, part.list.when
      for i = 1, part.n do
        local _, period = when_at(list, i)
        look_at(period)
      end
    else
      for _, event in ipairs(part) do look_at(event.period) end
    end
  end
  return (column > 0 and column or math.min(least, 4)) + EVENT_GAP
end

--- Events or items where no line is too long and nothing is dressed.
local function plain_lines(out, run, start_of)
  local lines, n = {}, 0
  local function put(period, text, citations)
    local line = start_of(period) .. one_line(text, citations)
    if line:byte(-1) == 32 then line = line:gsub(" +$", "") end
    n = n + 1
    lines[n] = line
    if n < LINES_AT_ONCE then return end
    hand_over(out)
    out.write(table.concat(lines, "\n", 1, n) .. "\n")
    n = 0
  end
  for _, part in ipairs(run.parts or { run }) do
    if part.list then
      local list, known, event_at = part.list, part.known, part.list.event
      for i = 1, part.n do
        local _, period, text, claims = event_at(list, i)
        put(period, text, known[claims] or cited_once(claims, known))
      end
    else
      for _, one in ipairs(part) do put(one.period, one.text, one.citations) end
    end
  end
  table.move(lines, 1, n, #out + 1, out)
end

local function text_events(out, run, to)
  local plainly = to.width <= 0 and not to.colour
  if plainly and not run[2] and not run.parts then -- there is nothing to align it with
    local event = run[1]
    local line = plain(event.period or "undated") .. (" "):rep(EVENT_GAP)
      .. one_line(event.text, event.citations)
    out[#out + 1] = line:gsub(" +$", "")
    return
  end
  local column, starts = events_column(run, to.width), {}
  local function start_of(period)
    period = period or "undated"
    local when = starts[period]
    if when then return when end
    when = plain(period)
    if dossier.width(when) + EVENT_GAP <= column then when = pad(when, column) end
    starts[period] = when
    return when
  end
  if plainly then return plain_lines(out, run, start_of) end
  for i, event in ipairs(run) do
    hang(out, start_of(event.period), event, to, column, event.period and "date" or "cite")
    going_on(out, i)
  end
end

local underlines = { "-", "~", "" }

--- Headings too are wrapped; the line under them is as long as the longest.
local function text_heading(out, text, mark, to)
  if to.width <= 0 and not to.colour then
    local line = plain(text)
    out[#out + 1] = line
    if mark ~= "" then out[#out + 1] = mark:rep(dossier.width(line)) end
    return
  end
  local longest = 0
  for _, line in ipairs(wrap(text, nil, to.width)) do
    longest = math.max(longest, dossier.width(line))
    out[#out + 1] = dress(line, to.colour and "title")
  end
  if mark ~= "" then out[#out + 1] = dress(mark:rep(longest), to.colour and "rule") end
end

local text_blocks = {
  heading = function(out, run, to)
    text_heading(out, run[1].text, underlines[run[1].level], to)
  end,
  paragraph = function(out, run, to) hang(out, "", run[1], to) end,
  item = function(out, run, to)
    if to.width <= 0 and not to.colour then
      plain_lines(out, run, function() return "- " end)
      return
    end
    for i, item in ipairs(run) do
      hang(out, "- ", item, to)
      going_on(out, i)
    end
  end,
  event = text_events,
  table = function(out, run, to) text_table(out, run[1], to) end,
}

local function render_text(doc, out, to)
  text_heading(out, doc.title, "=", to)
  local last
  for run in runs.each(doc.blocks) do
    if last ~= "heading" or run.type == "heading" then out[#out + 1] = "" end
    text_blocks[run.type](out, run, to)
    last = run.type
    going_over(out)
  end
end

-- ---- rendering ----------------------------------------------------------------------

--- The formats there are, in the order they are told.
---@type string[]
report.formats = { "text", "md", "html", "json", "csv", "tsv" }

--- What renders a format: text here, the others in a file that is read when one is asked
--- for.
local function renderer_of(format)
  if format == "text" or format == "table" then return render_text end
  return require "dossier.formats" { plain = plain, going_on = going_on, going_over = going_over,
                                     is_numeric = is_numeric }[format]
end

--- Nothing where there is such a format; else what to say of it.
---@param format string
---@return string?
function report.no_format(format)
  if format == "table" then return nil end -- what the command calls text
  for _, known in ipairs(report.formats) do
    if known == format then return nil end
  end
  local near = dossier.nearest(tostring(format), report.formats)
  return ("there is no format \"%s\"; %s"):format(tostring(format),
    near and "did you mean \"" .. near .. "\"?"
      or "there are " .. table.concat(report.formats, ", "))
end

--- Write: as Doc:render has it, piece by piece, so that a long list of events is never
--- there as a whole.
---@param format string
---@param options { width?: integer, colour?: boolean }?
---@param write fun(text: string)
function Doc:write(format, options, write)
  local wrong = report.no_format(format)
  if wrong then error(wrong, 2) end
  local out = { write = write }
  renderer_of(format)(self, out, {
    width = options and options.width or 0,
    colour = options and options.colour or false,
  })
  hand_over(out)
end

--- Render: "text" (also called "table"), "md", "html", "json", "csv", "tsv".  Text is
--- wrapped to `width` columns (0: not at all), and has the codes of a terminal in it where
--- `colour` is true.
---@param format string
---@param options? { width?: integer, colour?: boolean }
---@return string
function Doc:render(format, options)
  local wrong = report.no_format(format)
  if wrong then error(wrong, 2) end
  local parts = {}
  self:write(format, options, function(text) parts[#parts + 1] = text end)
  return table.concat(parts)
end

return report
