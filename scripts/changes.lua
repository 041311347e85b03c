--- changes: what changed between two dates: in the world, or in what was known.
--
-- Usage:   dossier changes FROM TO [--known] [--all]
-- Reads:   every dated fact in view; with --known every claim and verdict that was
--          recorded or retracted, and the conflicts (names, types and sources are left
--          out; --as-of, --since and --until do not narrow it)
-- Reports: what happened from FROM to TO, what began to hold and what ceased; what is only
--          possible (its dates are coarse) is marked with a question mark.  With --known,
--          FROM and TO are moments of record, dates, times or '#17', and the report has
--          each transaction after FROM up to TO with what it recorded and retracted (at
--          most 20 lines each, all with --all), then the facts that are held since then
--          or no longer, and the conflicts that arose or are settled; exits with 1 where
--          nothing changed
--
--   $ dossier changes 2014 2014
--   Happened
--   2014-03-18  Russia annexed Crimea from Ukraine [record 2014; article ...]
local dossier = require "dossier"
local report = require "dossier.report"
local tell = require "dossier.tell"

local M = {}

M.lines_shown = 20 -- of a transaction, without --all

-- ---- in the world -------------------------------------------------------------------

--- A day as a number that orders as days do.
---@param day string   "2014-03-18"
---@return integer
function M.number(day)
  local year, month, date = day:match "^[Yy]?(-?%d+)-(%d%d)-(%d%d)$"
  return math.tointeger(year) * 400 + math.tointeger(month) * 32 + math.tointeger(date)
end

--- Does a day that lies between two others, nil where there is no bound, lie in a span:
--- "certain", "possible", "unbounded" where nothing bounds it on a side that matters, or
--- nil.
---@param first string?
---@param last string?
---@param span { from: integer, to: integer }
---@return string?
function M.inside(first, last, span)
  local a = first and M.number(first) or math.mininteger
  local b = last and M.number(last) or math.maxinteger
  if b < span.from or a > span.to then return nil end
  if a >= span.from and b <= span.to then return "certain" end
  if not first or not last then return "unbounded" end
  return "possible"
end

--- How a fact stands to a span of days: a list of { "happened" | "held" | "began" |
--- "ceased", "certain" | "possible" | "unbounded" }.  A lone date of what holds says that
--- it held then, not that it began.
---@param fact dossier.Fact
---@param span { from: integer, to: integer }
---@return string[][]
function M.standing(fact, span)
  local when, out = tell.when(fact), {}
  local function put(what, how)
    if how then out[#out + 1] = { what, how } end
  end
  if not when then return out end
  local lone = not tostring(when):find("/", 1, true)
  if fact.occurs or not fact.valid then
    put("happened", M.inside(when.earliest_start, when.latest_end, span))
  elseif lone then
    put("held", M.inside(when.earliest_start, when.latest_end, span))
  else
    local started = when.earliest_start or when.latest_start
    if started then put("began", M.inside(when.earliest_start, when.latest_start, span)) end
    if not when.open then put("ceased", M.inside(when.earliest_end, when.latest_end, span)) end
  end
  return out
end

--- A fact as the whole base has it, whose trust counts what lies outside the span too; and
--- whether the base tells the same more finely, for then that decides.
local function look_up(kb, fact)
  local columns, whole, finer = {}, fact, false
  for i = 1, fact.arity do columns[i] = fact[i] end
  local tuple, valid = tell.tuple(fact), fact.valid
  for _, other in ipairs(tell.of(kb, tell.name(fact), table.unpack(columns, 1, fact.arity))) do
    if other.text == fact.text then
      whole = other
    elseif valid and other.valid and tell.tuple(other) == tuple
      and other.valid:refines(valid, fact.occurs)
      and not valid:refines(other.valid, fact.occurs) then
      finer = true
    end
  end
  return whole, finer
end

--- The facts that happened, held, began and ceased in a span, how each stands by its text,
--- and how many may have but have no bound.
---@param kb dossier.Base
---@param facts dossier.Fact[]
---@param span { from: integer, to: integer }
---@return table<string, dossier.Fact[]> by
---@return table<string, table<string, string>> how
---@return integer unbounded
function M.sort_out(kb, facts, span)
  local by = { happened = {}, held = {}, began = {}, ceased = {} }
  local how = { happened = {}, held = {}, began = {}, ceased = {} }
  local unbounded = 0
  for _, fact in ipairs(facts) do
    local standing, whole, finer = M.standing(fact, span), nil, nil
    if #standing > 0 then whole, finer = look_up(kb, fact) end
    for _, pair in ipairs(standing) do
      local what, sure = pair[1], pair[2]
      if sure == "unbounded" then
        unbounded = unbounded + (finer and 0 or 1)
      elseif sure == "certain" or not finer then
        table.insert(by[what], whole)
        how[what][fact.text] = sure
      end
    end
  end
  return by, how, unbounded
end

--- What happened, held, began and ceased in a span, of what the base tells: by each a list of
--- places in order, how each stands, and how many may have but have no bound.  Of tuples that
--- are told at different precision there are lines instead, for which all their facts are
--- looked at.
---@param kb dossier.Base
---@param list dossier.Lines   those that may be dated in the span
---@param span { from: integer, to: integer }
---@return table<string, any[]> by
---@return table<string, table<any, string>> how
---@return integer unbounded
function M.places_of(kb, list, span)
  local by, how, unbounded = {}, {}, 0
  local tellings, known, facts, seen = list.tellings, {}, {}, {}
  local several = {} -- numbers of tuples that are told at different precision
  for _, what in ipairs { "happened", "held", "began", "ceased" } do
    by[what], how[what] = {}, {}
  end
  for place = 1, #list do
    local number, _, set = tellings:tuple(place)
    if not set then several[number] = true end
  end
  for place = 1, #list do
    local number, name = tellings:tuple(place)
    if not several[number] then
      local written, happens, own = tellings:when(place)
      local key = (happens and "h" or own and "o" or "c") .. written
      known[key] = known[key] or M.standing(tellings[place], span)
      for _, pair in ipairs(known[key]) do
        local what, sure = pair[1], pair[2]
        if sure == "unbounded" then
          unbounded = unbounded + 1
        else
          table.insert(by[what], place)
          if sure == "possible" then how[what][place] = sure end
        end
      end
    elseif not seen[number] then
      local fact, columns = tellings[place], {}
      for i = 1, fact.arity do columns[i] = fact[i] end
      for _, other in ipairs(tell.of(kb, name, table.unpack(columns, 1, fact.arity))) do
        if not seen[other.text] and tell.tuple(other) == tell.tuple(fact) then
          facts[#facts + 1] = other
          seen[other.text] = true -- a symmetric pair may come twice
        end
      end
      seen[number] = true
    end
  end
  local lines_by, lines_how, more = M.sort_out(kb, facts, span)
  for what, some in pairs(lines_by) do
    local lines = tell.lines(some)
    for _, line in ipairs(lines) do how[what][line] = lines_how[what][line.fact.text] end
    by[what] = M.between(list, by[what], lines)
  end
  return by, how, unbounded + more
end

--- Places of a list with lines put between them where they belong; both are in order.
---@param list dossier.Lines
---@param places integer[]
---@param lines dossier.Line[]
---@return any[]
function M.between(list, places, lines)
  local out, from = {}, 1
  for _, line in ipairs(lines) do
    local low, high = from, #places + 1 -- the first place behind the line
    while low < high do
      local mid = (low + high) // 2
      if tell.before(list.tellings[places[mid]], line.fact) then low = mid + 1 else high = mid end
    end
    table.move(places, from, low - 1, #out + 1, out)
    out[#out + 1] = line
    from = low
  end
  return table.move(places, from, #places, #out + 1, out)
end

--- The days that two dates span, the first of the one to the last of the other; nil and
--- why where they are no such dates.
---@param from string
---@param to string
---@return { from: integer, to: integer }? span
---@return string? message
function M.span(from, to)
  local days = {}
  for i, pair in ipairs { { "FROM", from, "earliest_start" }, { "TO", to, "latest_end" } } do
    local time, why = dossier.time(pair[2])
    if pair[2]:find "^#%d+$" then
      return nil, ("%s: %s is a transaction; with --known it may stand here"):format(pair[1],
        pair[2])
    end
    if not time then return nil, pair[1] .. ": " .. why end
    if not time[pair[3]] then
      return nil, ("%s: \"%s\" has no %s day; write one, as in 2010-01-01"):format(pair[1],
        pair[2], i == 1 and "first" or "last")
    end
    days[i] = M.number(time[pair[3]])
  end
  if days[2] < days[1] then
    return nil, ("%s lies before %s; the earlier date stands first"):format(to, from)
  end
  return { from = days[1], to = days[2] }
end

--- What ceased by its last possible end, then as it came.
local function by_end(list, places)
  local order, ends, out = {}, {}, {}
  for i, place in ipairs(places) do
    local when = type(place) == "table" and place.when or tell.when(list.tellings[place])
    order[i], ends[i] = i, M.number(when.latest_end)
  end
  table.sort(order, function(a, b)
    if ends[a] ~= ends[b] then return ends[a] < ends[b] end
    return a < b
  end)
  for i, from in ipairs(order) do out[i] = places[from] end
  return out
end

local sections = {
  { "happened", "Happened" },
  { "began", "Began to hold" },
  { "ceased", "Ceased to hold" },
  { "held", "Held at some time then" },
}

local function write_section(doc, title, list, places, how)
  local possible = 0
  for _, place in ipairs(places) do
    if how[place] == "possible" then possible = possible + 1 end
  end
  if #places > 0 then doc:heading(title, 2) end
  doc:events(list:pick(places, function(place, text)
    if how[place] == "possible" and not text:find "^%? " then return "? " .. text end
    return text
  end))
  return possible
end

local function in_the_world(kb, from, to)
  local span, why = M.span(from, to)
  if not span then return nil, 2, why end
  local at = from:find "^%d+%-%d+%-%d+" and "Changes on " or "Changes in "
  local doc = report.new(from == to and at .. from
    or "Changes from " .. from .. " to " .. to)
  local list = tell.listed(kb, { since = from, ["until"] = to })
  local by, how, unbounded = M.places_of(kb, list, span)
  local shown, possible = 0, 0
  for _, section in ipairs(sections) do
    local what, title = section[1], section[2]
    local places = what == "ceased" and by_end(list, by[what]) or by[what]
    shown = shown + #places
    possible = possible + write_section(doc, title, list, places, how[what])
  end
  doc.found = shown > 0
  if not doc.found then doc:paragraph "Nothing in view is known to have changed then." end
  if possible > 0 then
    doc:paragraph "A question mark: its date is coarse, it may lie outside these dates."
  end
  if unbounded > 0 then
    doc:paragraph("Not shown: " .. tell.count(unbounded, "fact")
      .. " whose dates are open and may lie then.")
  end
  return doc
end

-- ---- in what was known --------------------------------------------------------------

--- The last transaction at a moment: "#17", a date or an instant; 0 where it is before all.
---@param text string
---@param transactions dossier.Transaction[]
---@return integer
function M.transaction_at(text, transactions)
  local number = text:match "^#(%d+)$"
  if number then return math.tointeger(number) or math.maxinteger end
  local moment, last = text:gsub("Z$", ""), 0
  for _, one in ipairs(transactions) do
    if one.time:gsub("Z$", ""):sub(1, #moment) <= moment then last = one.number end
  end
  return last
end

--- An instant to the second.
local function seconds(time) return (time:gsub("%.%d+Z$", "Z")) end

local verb_words = { asserts = "Recorded", denies = "Denied", prefers = "Preferred",
                     deprecates = "Deprecated" }
local closed_words = { asserts = "Retracted", denies = "Denial withdrawn",
                       prefers = "Preference withdrawn",
                       deprecates = "Deprecation withdrawn" }

--- What a claim did to a fact, in a line.
---@param fact dossier.Fact
---@param claim dossier.Claim
---@param closed boolean
---@return string
function M.describe(fact, claim, closed)
  local text = (closed and closed_words or verb_words)[claim.verb] .. ": "
    .. tell.sentence(fact)
  local manner = tell.manner({ claim }, fact)
  if claim.verb == "asserts" and manner ~= "" then text = text .. " (" .. manner .. ")" end
  if claim.target then text = text .. ", as " .. claim.target.id .. " has it" end
  if not closed and claim.quotation and (claim.verb == "prefers" or claim.verb == "deprecates")
  then
    text = text .. ", because " .. claim.quotation
  end
  return text
end

--- Is a fact held by its claims as they were known at a transaction?
---@param claims dossier.Claim[]
---@param at integer
---@return boolean
function M.held_at(claims, at)
  for _, claim in ipairs(claims) do
    if claim.verb == "asserts" and claim.opened <= at
      and (not claim.closed or claim.closed > at) then
      return true
    end
  end
  return false
end

--- What a history comes to between two transactions: `steps`, its claims that were opened or
--- closed after the first and up to the last, and whether it holds its fact at each.
local function look_at(claims, first, last)
  local steps = {}
  local function put(number, claim, closed)
    if number and number > first and number <= last then
      steps[#steps + 1] = { number = number, claim = claim, closed = closed }
    end
  end
  for _, claim in ipairs(claims) do
    put(claim.opened, claim, false)
    put(claim.closed, claim, true)
  end
  return { claims = claims, steps = steps, before = M.held_at(claims, first),
           after = M.held_at(claims, last) }
end

--- Steps on one fact in one transaction, in order: by what they say, then by who says it.
local function in_order(steps, fact)
  for _, one in ipairs(steps) do one.text = M.describe(fact, one.claim, one.closed) end
  table.sort(steps, function(a, b)
    if a.text ~= b.text then return a.text < b.text end
    return a.claim.citation < b.claim.citation
  end)
  return steps
end

--- Puts what was done to fact `i` into the lists of its transactions: what was closed apart
--- from what was opened, `most` of each; all are counted.
local function put_steps(by, steps, histories, i, most)
  local here
  for _, one in ipairs(steps) do
    local of = by[one.number] or { n = 0, opened = {}, closed = {} }
    local list = one.closed and of.closed or of.opened
    by[one.number] = of
    of.n = of.n + 1
    if #list < most or here and here[list] then
      here = here or {}
      here[list] = here[list] or {}
      table.insert(here[list], { claim = one.claim, closed = one.closed })
    end
  end
  for list, some in pairs(here or {}) do
    local fact = #some > 1 and histories.fact(i)
    for _, one in ipairs(fact and in_order(some, fact) or some) do
      if #list == most then break end
      list[#list + 1] = { claim = one.claim, closed = one.closed, place = i }
    end
  end
end

--- Claims opened or closed after one transaction and up to another, by transaction: how many
--- they are, and the first `most` of those closed and of those opened, in a total order.
local function by_transaction(histories, most)
  local by = {}
  for i = 1, histories.n do
    local steps = histories.at(i).steps
    if #steps > 0 then put_steps(by, steps, histories, i, most) end
  end
  return by
end

--- What tells a claim on a fact from others of its transaction.
local function key_of(fact, claim)
  return table.concat({ fact.text, claim.verb, claim.kind, claim.citation,
                        claim.speaker and claim.speaker.id or "" }, "\0")
end

M.looked_up_most = 200 -- facts of one transaction; of more, all are gone through

--- The claims of a transaction that were in view when they were new, by key.
local function seen_at(kb, number, facts, atoms)
  local view, seen = kb:view { known_at = number }, {}
  local texts = {}
  for i, fact in ipairs(facts) do texts[i] = fact.text end
  for _, atom in ipairs(#texts <= M.looked_up_most and texts or atoms) do
    for fact in view:history(atom) do
      for _, claim in ipairs(fact.claims) do
        if claim.opened == number then seen[key_of(fact, claim)] = true end
      end
    end
  end
  return seen
end

--- A history hides nothing, a view may: leaves the claims that were in view when new.
local function keep_seen(kb, list, atoms)
  local facts, seen = {}, {}
  for _, one in ipairs(list) do
    for _, claim in ipairs(one.claims) do
      facts[claim.opened] = facts[claim.opened] or {}
      table.insert(facts[claim.opened], one.fact)
    end
  end
  for number, of_it in pairs(facts) do seen[number] = seen_at(kb, number, of_it, atoms) end
  for _, one in ipairs(list) do
    local claims = {}
    for _, claim in ipairs(one.claims) do
      if seen[claim.opened][key_of(one.fact, claim)] then claims[#claims + 1] = claim end
    end
    one.claims = claims
  end
end

--- Histories as a list: how many facts there are, the i-th, and what its history comes to.
---@class changes.Histories
---@field n integer
---@field fact fun(i: integer): dossier.Fact
---@field at fun(i: integer): table

--- The facts of the base's own relations with a claim that was opened or closed after one
--- transaction and up to another, in order of telling.  Facts that rest on the same claims
--- have one history, which is looked at once.
---@return changes.Histories
local function histories_of(kb, first, last)
  local list, known = kb:recordings(first, last), {}
  local function fact_at(i) return list[i] end
  local function at(i)
    local _, _, set = list:tuple(i)
    local one = known[set]
    if not one then
      one = look_at(list[i]:history(), first, last)
      known[set] = one
    end
    return one
  end
  if not kb.read_only then return { n = #list, fact = fact_at, at = at } end
  local atoms, seen = {}, {} -- what can be written is no view; a view may hide claims
  for _, relation in ipairs(kb:relations()) do
    if not relation.builtin and not relation.inverse then
      atoms[#atoms + 1] = tell.pattern(relation)
    end
  end
  for i = 1, #list do seen[i] = { fact = list[i], claims = list[i]:history() } end
  keep_seen(kb, seen, atoms)
  for i, one in ipairs(seen) do seen[i].known = look_at(one.claims, first, last) end
  return { n = #list, fact = function(i) return seen[i].fact end,
           at = function(i) return seen[i].known end }
end

local function write_transactions(doc, transactions, histories, by, most)
  local cites = {} -- a list for each claim, the same wherever it is cited
  for _, one in ipairs(transactions) do
    local of = by[one.number]
    if of then
      doc:heading(("#%d, %s"):format(one.number, seconds(one.time)), 2)
      local shown = table.move(of.opened, 1, #of.opened, #of.closed + 1, of.closed)
      doc:items(math.min(#shown, most), function(i)
        local claim = shown[i].claim
        cites[claim] = cites[claim] or { claim }
        local fact = histories.fact(shown[i].place)
        return M.describe(fact, claim, shown[i].closed), cites[claim]
      end)
      if of.n > most then doc:paragraph("And " .. of.n - most .. " more; --all shows all.") end
    end
  end
end

--- The claims that assert a fact as it was known at a transaction.
local function asserting(claims, at)
  local out = {}
  for _, claim in ipairs(claims) do
    if M.held_at({ claim }, at) then out[#out + 1] = claim end
  end
  return out
end

--- Under a heading, what is held as it was known at transaction `at` of what `passes`.
local function write_held(doc, title, histories, at, most, passes)
  local n, places, known = 0, {}, {}
  for i = 1, histories.n do
    if passes(histories.at(i)) then
      n = n + 1
      if n <= most then places[n] = i end
    end
  end
  if n == 0 then return end
  doc:heading(title, 2)
  doc:items(#places, function(i)
    local fact, one = histories.fact(places[i]), histories.at(places[i])
    known[one] = known[one] or asserting(one.claims, at)
    local manner = tell.manner(known[one], fact)
    return tell.sentence(fact) .. (manner ~= "" and " (" .. manner .. ")" or ""), known[one]
  end)
  if n > most then doc:paragraph("And " .. n - most .. " more; --all shows all.") end
end

--- Conflicts by what they are between, in order.
local function conflicts_of(kb)
  local list, by = {}, {}
  for conflict in kb:conflicts() do
    local parts = { conflict.kind, conflict.relation or conflict.message }
    for _, fact in ipairs(conflict.facts or { conflict.a, conflict.b }) do
      parts[#parts + 1] = fact.text
    end
    local key = table.concat(parts, "\0")
    list[#list + 1] = { key = key, conflict = conflict }
    by[key] = true
  end
  return list, by
end

--- The conflicts of a list that a test lets through, under a heading; how many.
local function write_those(doc, title, list, passes)
  local n = 0
  for _, one in ipairs(list) do
    if passes(one.key) then
      if n == 0 then doc:heading(title, 2) end
      n = n + 1
      tell.conflict(doc, one.conflict, 3)
    end
  end
  return n
end

--- What a verdict settles stays a conflict of the claims: it is told apart.
local function write_conflicts(doc, kb, first, last)
  local old, was = conflicts_of(kb:view { known_at = first, settled = true })
  local new, open = conflicts_of(kb:view { known_at = last, settled = true })
  local _, there = conflicts_of(kb:view { known_at = last })
  return write_those(doc, "Newly contested", new, function(key) return not was[key] end)
    + write_those(doc, "Settled by a verdict", old,
      function(key) return there[key] and not open[key] end)
    + write_those(doc, "No longer contested", old, function(key) return not there[key] end)
end

local function in_what_was_known(kb, from, to, all)
  local transactions, at = kb:transactions(), {}
  for i, pair in ipairs { { "FROM", from }, { "TO", to } } do
    local ok, why = pcall(kb.view, kb, { known_at = pair[2] })
    if not ok then return nil, 2, pair[1] .. ": " .. why end
    at[i] = M.transaction_at(pair[2], transactions)
  end
  if at[2] < at[1] then
    return nil, 2, ("%s lies before %s; the earlier moment stands first"):format(to, from)
  end
  local doc = report.new("What was recorded after " .. from .. " up to " .. to)
  local most = all and math.maxinteger or M.lines_shown
  local histories = histories_of(kb, at[1], at[2])
  local by = by_transaction(histories, most)
  write_transactions(doc, transactions, histories, by, most)
  write_held(doc, "Held since then", histories, at[2], most,
    function(one) return one.after and not one.before end)
  write_held(doc, "No longer held", histories, at[1], most,
    function(one) return one.before and not one.after end)
  local contested = write_conflicts(doc, kb, at[1], at[2])
  doc.found = next(by) ~= nil or contested > 0
  if not doc.found then doc:paragraph "No claim was recorded or retracted then." end
  return doc
end

function M.main(kb, args)
  if args.known then return in_what_was_known(kb, args.from, args.to, args.all) end
  return in_the_world(kb, args.from, args.to)
end

return M
