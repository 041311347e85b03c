--- A naive model of a base: a list of claims, and every question answered by going
--- through all of it.  It shares nothing with the engine but the rules of what things
--- mean; times are given with their four days written out.
local model = {}

local INF = math.huge

local function days(date)
  if not date then return nil end
  local y, m, d = date:match "^(%d+)-(%d+)-(%d+)$"
  y, m, d = tonumber(y), tonumber(m), tonumber(d)
  local n = 0
  for year = 1990, y - 1 do
    n = n + ((year % 4 == 0 and (year % 100 ~= 0 or year % 400 == 0)) and 366 or 365)
  end
  local lengths = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 }
  if y % 4 == 0 and (y % 100 ~= 0 or y % 400 == 0) then lengths[2] = 29 end
  for month = 1, m - 1 do n = n + lengths[month] end
  return n + d
end
model.days = days

local function time(es, ls, ee, le)
  return { es = days(es) or -INF, ls = days(ls) or INF, ee = days(ee) or -INF, le = days(le) or INF }
end

--- Times that the test writes, with their four days.
model.times = {
  ["1994"] = time("1994-01-01", "1994-12-31", "1994-01-01", "1994-12-31"),
  ["1994-02"] = time("1994-02-01", "1994-02-28", "1994-02-01", "1994-02-28"),
  ["1994-02-08"] = time("1994-02-08", "1994-02-08", "1994-02-08", "1994-02-08"),
  ["1994-06-01"] = time("1994-06-01", "1994-06-01", "1994-06-01", "1994-06-01"),
  ["1995"] = time("1995-01-01", "1995-12-31", "1995-01-01", "1995-12-31"),
  ["1995?"] = time("1994-01-01", "1996-12-31", "1994-01-01", "1996-12-31"),
  ["1994/2004"] = time("1994-01-01", "1994-12-31", "2004-01-01", "2004-12-31"),
  ["1994-02-08/2004"] = time("1994-02-08", "1994-02-08", "2004-01-01", "2004-12-31"),
  ["1999-05-01/2010-05-01"] = time("1999-05-01", "1999-05-01", "2010-05-01", "2010-05-01"),
  ["2004-06-01/.."] = { es = days "2004-06-01", ls = days "2004-06-01", ee = INF, le = INF },
  ["2000-01-01/"] = { es = days "2000-01-01", ls = days "2000-01-01", ee = days "2000-01-01", le = INF },
}
local UNKNOWN = { es = -INF, ls = INF, ee = -INF, le = INF }
local ALWAYS = { es = -INF, ls = -INF, ee = INF, le = INF }

--- The relations of the test; `stored` is the name that facts are kept under.
model.relations = {
  held = {},
  happened = { occurs = true, once = true },
  office = { keys = { { 1 } } },
  linked = { symmetric = true },
  child_of = {},
  parent_of = { inverse = "child_of" },
  supports = { is = "position" },
  opposes = { is = "position" },
  position = { keys = { { 1 } } },
  at = { keys = { { 1 } }, dates = true },
}
model.names = { "at", "child_of", "happened", "held", "linked", "office", "opposes", "parent_of", "position", "supports" }

model.declarations = [[
  source s1 { title: "one", reliability: b }.
  source s2 { title: "two", derived_from: s1, reliability: c }.
  source s3 { title: "three" }.
  relation held(entity, entity).
  relation happened(entity, entity) once.
  relation office(entity, entity) key(1).
  relation linked(entity, entity) symmetric.
  relation child_of(entity, entity).
  relation parent_of(entity, entity) inverse child_of.
  relation position(entity, entity) key(1).
  relation supports(entity, entity) is position(1, 2).
  relation opposes(entity, entity) is position(1, 2).
  relation at(entity, date) key(1).
]]
local ORIGIN = { s1 = "s1", s2 = "s1", s3 = "s3" }
local RELIABILITY = { s1 = "b", s2 = "c" }

function model.new() return { claims = {}, txn = 1 } end

-- Which of a symmetric pair comes first is the engine's affair; here the lesser does.
local function canonical(fact)
  local relation, a, b = fact.relation, fact[1], fact[2]
  local declared = model.relations[relation]
  if declared.inverse then relation, a, b = declared.inverse, b, a end
  if declared.symmetric and a > b then a, b = b, a end
  return { relation = relation, a, b, time = fact.time }
end

local function key(fact)
  return table.concat({ fact.relation, fact[1], fact[2], fact.time or "-" }, "|")
end
model.key = key

local FIELDS = { "verb", "source", "locator", "kind", "speaker", "grade" }
local function same_claim(a, b)
  for _, field in ipairs(FIELDS) do
    if a[field] ~= b[field] then return false end
  end
  return true
end

--- Record a claim in the open transaction `txn`; false where it is live already.
function model.add(state, fact, claim)
  fact = canonical(fact)
  for _, known in ipairs(state.claims) do
    if not known.closed and key(known.fact) == key(fact) and same_claim(known, claim) then return false end
  end
  local made = { fact = fact, opened = state.txn }
  for _, field in ipairs(FIELDS) do made[field] = claim[field] end
  state.claims[#state.claims + 1] = made
  return true
end

--- Close live claims on the fact by `source` (nil: any); false where there are none.
function model.retract(state, fact, source)
  fact = canonical(fact)
  local found = false
  for _, known in ipairs(state.claims) do
    if not known.closed and key(known.fact) == key(fact) and (not source or known.source == source) then
      known.closed = state.txn
      found = true
    end
  end
  return found
end

--- A copy, to go back to when a transaction is rolled back.
function model.copy(state)
  local copied = { claims = {}, txn = state.txn }
  for i, claim in ipairs(state.claims) do
    local c = {}
    for k, v in pairs(claim) do c[k] = v end
    copied.claims[i] = c
  end
  return copied
end

-- ---- what a view lets through ----------------------------------------------------------

local function contains(list, word)
  for _, known in ipairs(list) do
    if known == word then return true end
  end
  return false
end

local function passes_grade(view, claim)
  if not view.min_grade then return true end
  local letter, digit = view.min_grade:match "^(%a?)(%d?)$"
  local own_letter, own_digit = (claim.grade or ""):match "^(%a?)(%d?)$"
  if digit ~= "" and (own_digit == "" or own_digit == "6" or own_digit > digit) then return false end
  if letter == "" then return true end
  local reliability = own_letter ~= "" and own_letter or RELIABILITY[claim.source]
  return reliability ~= nil and reliability ~= "f" and reliability <= letter
end

local function claim_in(view, claim)
  local known_at = view.known_at or INF
  if claim.opened > known_at or (claim.closed and claim.closed <= known_at) then return false end
  if claim.closed == claim.opened then return false end
  return (not view.sources or contains(view.sources, claim.source))
    and (not view.kinds or contains(view.kinds, claim.kind))
    and (not view.speakers or contains(view.speakers, claim.speaker))
    and passes_grade(view, claim)
end

local function timed(state, relation)
  local known = state.timed and state.timed[relation]
  if known ~= nil then return known end
  for _, claim in ipairs(state.claims) do
    if claim.fact.relation == relation and claim.fact.time then return true end
  end
  return false
end

local function four_days(fact) return fact.time and model.times[fact.time] or UNKNOWN end

--- Does the valid time pass: in, certain.
local function time_in(state, view, fact)
  if not timed(state, fact.relation) then return true, true end
  local t, occurs = four_days(fact), model.relations[fact.relation].occurs
  if view.since and t.le < days(view.since) then return false end
  if view["until"] and t.es > days(view["until"]) then return false end
  if not view.as_of then return true, true end
  local d = days(view.as_of)
  if occurs then
    if t.le <= d then return true, true end
    return view.possible and t.es <= d, false
  end
  if t.ls <= d and d <= t.ee then return true, true end
  return view.possible and t.es <= d and d <= t.le, false
end

local function refines(a, b, occurs)
  if occurs then return a.es >= b.es and a.le <= b.le end
  return a.es >= b.es and a.ls <= b.ls and a.ee >= b.ee and a.le <= b.le
end

--- Every fact ever claimed, with what the claims in view say of it.
local function all(state, view)
  local list, by_key = {}, {}
  state.timed = nil
  local timed_now = {}
  for _, name in ipairs(model.names) do timed_now[name] = timed(state, name) end
  state.timed = timed_now
  for _, claim in ipairs(state.claims) do
    local k = key(claim.fact)
    local entry = by_key[k]
    if not entry then
      entry = { fact = claim.fact, claims = {}, time = four_days(claim.fact) }
      entry.occurs = model.relations[claim.fact.relation].occurs
      entry.in_time, entry.certain = time_in(state, view, claim.fact)
      by_key[k] = entry
      list[#list + 1] = entry
    end
    if claim_in(view, claim) then
      entry.claims[#entry.claims + 1] = claim
      if claim.verb == "asserts" then entry.held = true end
      if claim.verb == "denies" then entry.denied = true end
    end
  end
  return list
end

local function siblings(list, entry)
  local found = {}
  for _, other in ipairs(list) do
    local a, b = entry.fact, other.fact
    if a.relation == b.relation and a[1] == b[1] and a[2] == b[2] then found[#found + 1] = other end
  end
  return found
end

local function folds_away(list, entry)
  for _, other in ipairs(siblings(list, entry)) do
    if other ~= entry and other.held and other.in_time and refines(other.time, entry.time, entry.occurs) then
      return true
    end
  end
  return false
end

--- Facts held in view, as entries.
function model.held(state, view)
  local found, list = {}, all(state, view)
  for _, entry in ipairs(list) do
    if entry.held and entry.in_time then
      if not (view.fold and timed(state, entry.fact.relation) and folds_away(list, entry)) then
        found[#found + 1] = entry
      end
    end
  end
  return found, list
end

--- A stored fact as rows of the relation called `name`.
local function rows_as(name, fact)
  local rows = {}
  local function offer(known, a, b)
    if known == name then rows[#rows + 1] = { a, b } end
    local general = model.relations[known].is
    if general == name then rows[#rows + 1] = { a, b } end
  end
  offer(fact.relation, fact[1], fact[2])
  if model.relations[fact.relation].symmetric and fact[1] ~= fact[2] then offer(fact.relation, fact[2], fact[1]) end
  if fact.relation == "child_of" then offer("parent_of", fact[2], fact[1]) end
  return rows
end

--- What kb:facts(name) must give: sorted lines.
function model.facts(state, view, name)
  local lines = {}
  for _, entry in ipairs(model.held(state, view)) do
    for _, row in ipairs(rows_as(name, entry.fact)) do
      local mark = entry.certain and "" or "?"
      lines[#lines + 1] = row[1] .. " " .. row[2] .. " " .. (entry.fact.time or "-") .. mark
    end
  end
  table.sort(lines)
  return lines
end

-- ---- conflicts and trust ------------------------------------------------------------------

local function clash(state, x, y)
  if not x.fact.time and not y.fact.time then return true end
  local a = timed(state, x.fact.relation) and x.time or ALWAYS
  local b = timed(state, y.fact.relation) and y.time or ALWAYS
  if a.ls < b.ee and b.ls < a.ee then return true end
  return a.es == a.le and b.es == b.le and a.es == b.es
end

local function values_exclude(name, a, b)
  if a == b then return false end
  if not model.relations[name].dates then return true end
  local x, y = model.times[a], model.times[b]
  return x.ls < y.es or y.ls < x.es or x.le < y.ee or y.le < x.ee
end

-- The rows of a fact under each name that has a key (every key here is column 1).
local function keyed_rows(entry)
  if not entry.keyed then
    entry.keyed = {}
    for _, name in ipairs(model.names) do
      if model.relations[name].keys then
        for _, row in ipairs(rows_as(name, entry.fact)) do entry.keyed[#entry.keyed + 1] = { name, row[1], row[2] } end
      end
    end
  end
  return entry.keyed
end

local function key_conflict(state, x, y)
  for _, r in ipairs(keyed_rows(x)) do
    for _, s in ipairs(keyed_rows(y)) do
      if r[1] == s[1] and r[2] == s[2] and values_exclude(r[1], r[3], s[3]) and clash(state, x, y) then return true end
    end
  end
  return false
end

local function once_conflict(x, y)
  if not model.relations[x.fact.relation].once or x.fact.relation ~= y.fact.relation then return false end
  if x.fact[1] ~= y.fact[1] or x.fact[2] ~= y.fact[2] then return false end
  return x.time.le < y.time.es or y.time.le < x.time.es
end

local function reaches(denied, entry)
  return denied.denied and (denied == entry or refines(entry.time, denied.time, entry.occurs))
end

--- What kb:conflicts() must give: sorted lines.
function model.conflicts(state, view)
  local lines = {}
  local plain = {}
  for k, v in pairs(view) do plain[k] = v end
  plain.fold = nil
  local held, list = model.held(state, plain)
  for i, x in ipairs(held) do
    for j = i + 1, #held do
      local y = held[j]
      local a, b = key(x.fact), key(y.fact)
      if b < a then a, b = b, a end
      if key_conflict(state, x, y) then lines[#lines + 1] = "key " .. a .. " " .. b end
      if once_conflict(x, y) then lines[#lines + 1] = "once " .. a .. " " .. b end
    end
    for _, denied in ipairs(siblings(list, x)) do
      if reaches(denied, x) then lines[#lines + 1] = "denial " .. key(x.fact) .. " " .. key(denied.fact) end
    end
  end
  table.sort(lines)
  return lines
end

local function count_origins(claims)
  local groups = {}
  for _, claim in ipairs(claims) do
    local joined = { origins = { [ORIGIN[claim.source]] = true }, speakers = {} }
    if claim.kind == "attributed" then joined.speakers[claim.speaker] = true end
    local kept = {}
    for _, group in ipairs(groups) do
      local one = false
      for origin in pairs(group.origins) do one = one or joined.origins[origin] end
      for speaker in pairs(group.speakers) do one = one or joined.speakers[speaker] end
      if one then
        for origin in pairs(group.origins) do joined.origins[origin] = true end
        for speaker in pairs(group.speakers) do joined.speakers[speaker] = true end
      else
        kept[#kept + 1] = group
      end
    end
    kept[#kept + 1] = joined
    groups = kept
  end
  return #groups
end

--- The trust of each held fact in view, by its key.
function model.trust(state, view)
  local trust = {}
  local held, list = model.held(state, view)
  local plain = {}
  for k, v in pairs(view) do plain[k] = v end
  plain.fold = nil
  local all_held = model.held(state, plain)
  for _, x in ipairs(held) do
    local contested, claims = false, {}
    for _, other in ipairs(siblings(list, x)) do
      contested = contested or reaches(other, x)
      if other == x or (other.in_time and refines(other.time, x.time, x.occurs)) then
        for _, claim in ipairs(other.claims) do
          if claim.verb == "asserts" and claim.source ~= "base" then claims[#claims + 1] = claim end
        end
      end
    end
    for _, y in ipairs(all_held) do
      if key(y.fact) ~= key(x.fact) then
        contested = contested or key_conflict(state, x, y) or once_conflict(x, y)
      end
    end
    local n = count_origins(claims)
    trust[key(x.fact)] = contested and "contested" or n == 0 and "unsupported" or n == 1 and "single-source"
      or "corroborated"
  end
  return trust
end

return model
