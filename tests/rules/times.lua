--- times: what EDTF means, found by going through days.
--
--   local times = require "tests.rules.times"
--   times.test("before", "1994", "1995-02")      -- certain (every choice), possible (some)
--   times.call("intersect", "1994-01-01/..", "1990-01-01/1995-01-01")
--
-- A time is a start and an end, neither known for sure: its *choices* are all pairs of a
-- day that the first may be and a day that the second may be, the start not after the end.
-- All is found from choices: a test is certain where it is true for each, a constructor has
-- an answer where each gives the same.  Nothing is shared with the engine.
--
-- Days are those of 1970 to 2029; which one a date may be is found by matching its text
-- with every one of them.  A day without bound is one far off.  For a pair of times only
-- days at their bounds, and one on either side of these, are tried.  That will do: all that
-- matters is the order of four days, and those of them that lie between two neighbouring
-- bounds can be moved, in their order, to one of these bounds or next to it.

local M = {}

local FAR = 1000000

-- ---- the calendar ---------------------------------------------------------------------

local calendar = {} -- number -> "1994-02-08"

local function fill_calendar()
  local lengths = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 }
  for year = 1970, 2029 do
    for month = 1, 12 do
      local last = lengths[month] + (month == 2 and year % 4 == 0 and 1 or 0)
      for day = 1, last do calendar[#calendar + 1] = ("%d-%02d-%02d"):format(year, month, day) end
    end
  end
end
fill_calendar()

--- The first and last day that a date may be.
local function read_date(text)
  local digits, marks = text:match "^([%dX-]+)([?~]*)$"
  local pattern, size = "^" .. digits:gsub("X", "%%d"):gsub("-", "%%-"), #digits
  local low, high
  for i, day in ipairs(calendar) do
    if day:find(pattern) then low, high = low or i, i end
  end
  assert(low and low > 1 and high < #calendar, "no date of this calendar: " .. text)
  if marks == "" then return low, high end
  -- One day, month or year more on either side.
  local before, after = calendar[low - 1]:sub(1, size), calendar[high + 1]:sub(1, size)
  while calendar[low - 1] and calendar[low - 1]:sub(1, size) == before do low = low - 1 end
  while calendar[high + 1] and calendar[high + 1]:sub(1, size) == after do high = high + 1 end
  return low, high
end

--- The days that a side of an interval may be; `open` is the one that `..` means.
local function read_side(text, open)
  if text == ".." then return open, open end
  if text == "" then return -FAR, FAR end
  return read_date(text)
end

local read = {} -- text -> time

--- The time that EDTF means: the days that its start may be and those that its end may be,
--- each of which some choice has; nil for an interval that ends before it starts.
---@param edtf string
---@return { [1]: integer, [2]: integer, [3]: integer, [4]: integer }?
function M.read(edtf)
  if read[edtf] ~= nil then return read[edtf] or nil end
  local first, second = edtf:match "^(.*)/(.*)$"
  local a, b, c, d
  if first then
    a, b = read_side(first, -FAR)
    c, d = read_side(second, FAR)
  else
    a, b = read_date(edtf)
    c, d = a, b
  end
  read[edtf] = a <= d and { a, math.min(b, d), math.max(c, a), d }
  return read[edtf] or nil
end

--- "1994-02-08", or "..".
local function spell_day(day) return calendar[day] or ".." end

local function spell(first, last)
  if first == last then return spell_day(first) end
  return spell_day(first) .. "/" .. spell_day(last)
end

-- ---- choices ----------------------------------------------------------------------------

--- The days to try, of both times.
local function days_of(a, b)
  local set, list = {}, {}
  for _, time in ipairs { a, b } do
    for _, bound in ipairs(time) do
      for day = bound - 1, bound + 1 do
        if not set[day] then
          set[day] = true
          list[#list + 1] = day
        end
      end
    end
  end
  return list
end

--- start, end, start, end, ...
local function choices(time, days)
  local all = {}
  for _, first in ipairs(days) do
    if first >= time[1] and first <= time[2] then
      for _, last in ipairs(days) do
        if last >= time[3] and last <= time[4] and first <= last then
          all[#all + 1] = first
          all[#all + 1] = last
        end
      end
    end
  end
  return all
end

--- The one relation of Allen's in which two choices stand.
local function allen(s, e, S, E)
  if s == S then return e == E and "equals" or e < E and "starts" or "started_by" end
  if e == E then return s > S and "finishes" or "finished_by" end
  if s < S then
    if e > E then return "contains" end
    return e < S and "before" or e == S and "meets" or "overlaps"
  end
  if e < E then return "during" end
  return s > E and "after" or s == E and "met_by" or "overlapped_by"
end

M.tests = { "before", "after", "meets", "met_by", "overlaps", "overlapped_by", "starts",
  "started_by", "during", "contains", "finishes", "finished_by", "equals", "within",
  "intersects" }

local NEVER = {} -- what is no single value

local function one(known, value)
  if known == nil or known == value then return value end
  return NEVER
end

--- All that is to be known of a pair: how many choices there are, for how many each test is
--- true; where `span` and `intersect` begin and end, if all choices agree.
local function look(a, b)
  local days = days_of(a, b)
  local of_a, of_b = choices(a, days), choices(b, days)
  local found = { n = 0, within = 0, intersects = 0 }
  for _, test in ipairs(M.tests) do found[test] = 0 end
  local first, last, later, sooner
  for i = 1, #of_a, 2 do
    local s, e = of_a[i], of_a[i + 1]
    local inside = s >= b[1] and e <= b[4] -- the whole extent, whatever the choice
    for j = 1, #of_b, 2 do
      local S, E = of_b[j], of_b[j + 1]
      local name = allen(s, e, S, E)
      found.n, found[name] = found.n + 1, found[name] + 1
      if inside then found.within = found.within + 1 end
      if s <= E and S <= e then found.intersects = found.intersects + 1 end
      first, last = one(first, math.min(s, S)), one(last, math.max(e, E))
      later, sooner = one(later, math.max(s, S)), one(sooner, math.min(e, E))
    end
  end
  if first ~= NEVER and last ~= NEVER then found.span = spell(first, last) end
  if later ~= NEVER and sooner ~= NEVER and later <= sooner then
    found.intersect = spell(later, sooner)
  end
  return found
end

local looked = {}

local function pair(a, b)
  local name = a .. "|" .. b
  looked[name] = looked[name] or look(assert(M.read(a)), assert(M.read(b)))
  return looked[name]
end

-- ---- what is asked ------------------------------------------------------------------------

---@param test string
---@param a string EDTF
---@param b string
---@return boolean certain
---@return boolean possible
function M.test(test, a, b)
  local found = pair(a, b)
  return found[test] == found.n, found[test] > 0
end

local function known(day) return day > -FAR and day < FAR end

local parts = {}

function parts.start(time)
  if time[1] == time[2] and known(time[1]) then return calendar[time[1]] end
end

--- `end` in the language.
parts["end"] = function(time)
  if time[3] == time[4] and known(time[3]) then return calendar[time[3]] end
end

function parts.days(time)
  if time[1] ~= time[2] or time[3] ~= time[4] then return nil end
  if known(time[1]) and known(time[3]) then return time[3] - time[1] + 1 end
end

--- What the text of every day that the time may reach begins with.
local function common(time, size)
  if not known(time[1]) or not known(time[4]) then return nil end
  local text = calendar[time[1]]:sub(1, size)
  for day = time[1], time[4] do
    if calendar[day]:sub(1, size) ~= text then return nil end
  end
  return text
end

function parts.year(time) return math.tointeger(common(time, 4)) end

function parts.month(time)
  local text = common(time, 7)
  return text and math.tointeger(text:sub(6))
end

--- The result of a function of times: EDTF or an integer; nil where there is none.
---@param name string
---@param a string
---@param b string?
---@return string|integer|nil
function M.call(name, a, b)
  if b then return pair(a, b)[name] end
  return parts[name](assert(M.read(a)))
end

--- Values of the language that are times.
M.functions = { start = "time", ["end"] = "time", span = "time", intersect = "time",
  year = "int", month = "int", days = "int" }

--- Is `a` before `b` in the order of telling?
---@param a string
---@param b string
---@return boolean
function M.sooner(a, b)
  local of_a, of_b = M.read(a), M.read(b)
  for i = 1, 4 do
    if of_a[i] ~= of_b[i] then return of_a[i] < of_b[i] end
  end
  return a < b
end

--- How many choices of the time, of all, are on `day`; of a happening, past it by then, and
--- half for one that may be.
local function on(time, day, occurs)
  local n, yes = 0, 0
  local all = choices(time, days_of(time, { day, day, day, day }))
  for i = 1, #all, 2 do
    n = n + 1
    if occurs then
      if all[i + 1] <= day then yes = yes + 1 elseif all[i] <= day then yes = yes + 0.5 end
    elseif all[i] <= day and day <= all[i + 1] then
      yes = yes + 1
    end
  end
  return { certain = yes == n, possible = yes > 0 }
end

local asked = {}

--- Is a fact at that time in view?  `view` has as_of, since, until (EDTF) and possible.
---@param view table
---@param edtf string? none: unknown
---@param occurs boolean
---@return boolean
function M.in_view(view, edtf, occurs)
  local time = edtf and M.read(edtf) or { -FAR, FAR, -FAR, FAR }
  if view.since and time[4] < (M.read(view.since))[1] then return false end
  if view["until"] and time[1] > (M.read(view["until"]))[4] then return false end
  if not view.as_of then return true end
  local name = ("%s|%s|%s"):format(edtf, view.as_of, occurs)
  asked[name] = asked[name] or on(time, (M.read(view.as_of))[4], occurs)
  return asked[name].certain or view.possible and asked[name].possible or false
end

return M
