--- Times: what EDTF means, what is refused, and every test against an oracle that tries
--- every choice of days.
local dossier = require "dossier"
local helper = require "tests.helper"

-- A generator of its own, so that a seed gives the same run everywhere.
local function generator(seed)
  local state = seed
  return function(n)
    state = (state * 1103515245 + 12345) % 0x80000000
    return (state >> 8) % n + 1
  end
end

-- ---- reading --------------------------------------------------------------------------

-- { written, earliest start, latest start, earliest end, latest end }; false: no bound.
local readings = {
  { "2014-03-18", "2014-03-18", "2014-03-18", "2014-03-18", "2014-03-18" },
  { "2014-03", "2014-03-01", "2014-03-31", "2014-03-01", "2014-03-31" },
  { "1994", "1994-01-01", "1994-12-31", "1994-01-01", "1994-12-31" },
  { "1994/2004", "1994-01-01", "1994-12-31", "2004-01-01", "2004-12-31" },
  { "2014-10-01/2024-10-01", "2014-10-01", "2014-10-01", "2024-10-01", "2024-10-01" },
  { "2019-05-20/..", "2019-05-20", "2019-05-20", false, false },
  { "2019-05-20/", "2019-05-20", "2019-05-20", "2019-05-20", false },
  { "2019/", "2019-01-01", "2019-12-31", "2019-01-01", false },
  { "../1994", false, false, "1994-01-01", "1994-12-31" },
  { "/2004", false, "2004-12-31", "2004-01-01", "2004-12-31" },
  { "../..", false, false, false, false },
  { "../", false, false, false, false },
  { "/..", false, false, false, false },
  { "unknown", false, false, false, false },
  -- Marks: one unit of the precision on either side, each side of an interval by itself.
  { "2023-09-15?", "2023-09-14", "2023-09-16", "2023-09-14", "2023-09-16" },
  { "2024-02-28~", "2024-02-27", "2024-02-29", "2024-02-27", "2024-02-29" },
  { "2022-02~", "2022-01-01", "2022-03-31", "2022-01-01", "2022-03-31" },
  { "2022-01?~", "2021-12-01", "2022-02-28", "2021-12-01", "2022-02-28" },
  { "2023-12?", "2023-11-01", "2024-01-31", "2023-11-01", "2024-01-31" },
  { "1994?", "1993-01-01", "1995-12-31", "1993-01-01", "1995-12-31" },
  { "1994?~", "1993-01-01", "1995-12-31", "1993-01-01", "1995-12-31" },
  { "1994/2004-06?", "1994-01-01", "1994-12-31", "2004-05-01", "2004-07-31" },
  { "1994-02-08~/..", "1994-02-07", "1994-02-09", false, false },
  { "9999?", "9998-01-01", "9999-12-31", "9998-01-01", "9999-12-31" },
  -- X: all that the digits could be, of the dates that exist.
  { "199X", "1990-01-01", "1999-12-31", "1990-01-01", "1999-12-31" },
  { "1X9X", "1090-01-01", "1999-12-31", "1090-01-01", "1999-12-31" },
  { "2014-XX", "2014-01-01", "2014-12-31", "2014-01-01", "2014-12-31" },
  { "2014-1X", "2014-10-01", "2014-12-31", "2014-10-01", "2014-12-31" },
  { "2014-XX-05", "2014-01-05", "2014-12-05", "2014-01-05", "2014-12-05" },
  { "2014-02-XX", "2014-02-01", "2014-02-28", "2014-02-01", "2014-02-28" },
  { "2014-XX-31", "2014-01-31", "2014-12-31", "2014-01-31", "2014-12-31" },
  { "20XX-02-29", "2000-02-29", "2096-02-29", "2000-02-29", "2096-02-29" },
  { "199X?", "1989-01-01", "2000-12-31", "1989-01-01", "2000-12-31" },
  { "XXXX", "0000-01-01", "9999-12-31", "0000-01-01", "9999-12-31" },
  { "-000X", "-0009-01-01", "-0001-12-31", "-0009-01-01", "-0001-12-31" },
  -- Years before the first, and leap years.
  { "-0044-03-15", "-0044-03-15", "-0044-03-15", "-0044-03-15", "-0044-03-15" },
  { "0000-02-29", "0000-02-29", "0000-02-29", "0000-02-29", "0000-02-29" },
  { "-0100/0100", "-0100-01-01", "-0100-12-31", "0100-01-01", "0100-12-31" },
  { "1900-02", "1900-02-01", "1900-02-28", "1900-02-01", "1900-02-28" },
  { "2000-02", "2000-02-01", "2000-02-29", "2000-02-01", "2000-02-29" },
  -- Bounds that the other side moves: no end before the start, no start after the end.
  { "2004-06/2004", "2004-06-01", "2004-06-30", "2004-06-01", "2004-12-31" },
  { "2004/2004-06", "2004-01-01", "2004-06-30", "2004-06-01", "2004-06-30" },
}

-- { written, part of the message }.
local refusals = {
  { "", "empty" },
  { "2023-02-30", "February 2023 has 28 days" },
  { "1900-02-29", "February 1900 has 28 days" },
  { "2023-04-31", "April 2023 has 30 days" },
  { "2023-13", "no month 13" },
  { "2023-00", "no month 00" },
  { "2023-05-00", "no day 00" },
  { "2023-21", "seasons" },
  { "2014-03-18T10:30", "times of day" },
  { "2014-03-18T10:30:00Z/2015", "times of day" },
  { "1994%", "written ?~" },
  { "2004/1994", "ends before it starts" },
  { "2004-02-01/2004-01-31", "ends before it starts" },
  { "2014-XX-32", "no date that exists" },
  { "19XX-02-30", "no date that exists" },
  { "1X99-02-29", "no date that exists" },
  { "-0000", "year 0 is written 0000" },
  { "94", "four digits" },
  { "12014", "four digits" },
  { "Y17000", "four digits" },
  { "1994-2-8", "two digits" },
  { "20140318", "minuses" },
  { "1994-2004", "1994/2004" },
  { "199x", "written X" },
  { "199u", "written X" },
  { "1994~?", "marks" },
  { "1994??", "marks" },
  { "1994?-05", "end" },
  { "1994 ", "spaces" },
  { "1994-05-12-01", "left over" },
  { "/", "needs a date" },
  { "..", "other side" },
  { "1994/2004/2014", "two sides" },
  { "1994/open", "written .." },
  { "1994/unknown", "left empty" },
  { "[1994,1995]", "sets" },
  { "March 2014", "not a date" },
  { "\27[31m", "not a date" },
}

describe("a time", function()
  it("has four days", function()
    for _, row in ipairs(readings) do
      local time = assert(dossier.time(row[1]))
      local fields = { "earliest_start", "latest_start", "earliest_end", "latest_end" }
      for i, field in ipairs(fields) do
        assert.equal(row[i + 1] or nil, time[field], row[1] .. ", " .. field)
      end
      assert.equal(row[1], tostring(time))
    end
  end)

  it("is refused with what would do", function()
    for _, row in ipairs(refusals) do
      local time, message = dossier.time(row[1])
      assert.is_nil(time, row[1])
      assert(message:find(row[2], 1, true), ("%q: %s"):format(row[1], message))
      assert(not message:find "%c", "a control byte in a message")
    end
  end)

  it("knows every day of four centuries and more", function()
    local days = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 }
    for year = 1890, 2301 do
      local leap = year % 4 == 0 and (year % 100 ~= 0 or year % 400 == 0)
      for month = 1, 12 do
        local last = days[month] + (leap and month == 2 and 1 or 0)
        local text = ("%d-%02d"):format(year, month)
        local time = assert(dossier.time(text))
        assert.equal(text .. "-01", time.earliest_start)
        assert.equal(("%s-%02d"):format(text, last), time.latest_end)
        assert(dossier.time(("%s-%02d"):format(text, last)))
        assert.is_nil((dossier.time(("%s-%02d"):format(text, last + 1))))
      end
    end
  end)

  it("has an open end only where it is written", function()
    assert.is_true(dossier.time("2019/..").open)
    assert.is_false(dossier.time("2019/").open)
    assert.is_false(dossier.time("2019").open)
  end)

  it("has a year where it lies in one", function()
    assert.equal(1994, dossier.time("1994").year)
    assert.equal(1994, dossier.time("1994-02/1994-05").year)
    assert.equal(-44, dossier.time("-0044-03-15").year)
    assert.is_nil(dossier.time("1994?").year)
    assert.is_nil(dossier.time("1994/2004").year)
    assert.is_nil(dossier.time("1994/..").year)
  end)

  it("is ordered by its four days, then as written", function()
    local order = { "../..", "/1994", "unknown", "1993?", "1993-05-06/1993-05-06",
      "1993-05-06/1994", "1993-05-06/..", "1994-01-01", "1994-01", "1994", "1994/1994" }
    local times = {}
    for i, text in ipairs(order) do times[i] = assert(dossier.time(text)) end
    for i, a in ipairs(times) do
      for j, b in ipairs(times) do
        assert.equal(i < j, a < b, order[i] .. " < " .. order[j])
        assert.equal(i == j, a == b, order[i] .. " == " .. order[j])
        assert.equal(i <= j, a <= b, order[i] .. " <= " .. order[j])
      end
    end
  end)

  it("raises on a test that there is none of, and names the nearest", function()
    local time = dossier.time "1994"
    assert.error_matches(function() time:certainly("befor", "1995") end, "before")
    assert.error_matches(function() time:possibly("during", "199") end, "four digits")
    assert.error(function() time:certainly("before") end)
  end)
end)

-- ---- the oracle ----------------------------------------------------------------------------

-- Days are those of January 2000 from the 10th to the 16th.  A choice may also lie on some
-- days on either side of these (as many as a test has days to put in order), and at no
-- bound at all, which is a day far off.
local FIRST, LAST = -1000, 1000
local low = 10
local days = { FIRST, 5, 6, 7 }
for day = 8, 18 do days[#days + 1] = day end
for _, day in ipairs { 19, 20, 21, LAST } do days[#days + 1] = day end

local function written(day) return ("2000-01-%02d"):format(day) end

-- Random times: EDTF, and the bounds that it has by the rules.
local forms = {
  function(random) -- one day
    local day = low - 1 + random(7)
    return written(day), { day, day, day, day }
  end,
  function(random) -- about a day
    local day = low + random(5)
    return written(day) .. "?", { day - 1, day + 1, day - 1, day + 1 }
  end,
  function() return "2000-01-1X", { 10, 19, 10, 19 } end,
  function(random, any) -- an interval
    local text_a, a = any(random)
    local text_b, b = any(random)
    return text_a .. "/" .. text_b, { a[1], a[2], b[3], b[4] }
  end,
  function(random, any) -- an open or unknown end
    local text, a = any(random)
    if random(2) == 1 then return text .. "/..", { a[1], a[2], LAST, LAST } end
    return text .. "/", { a[1], a[2], FIRST, LAST }
  end,
  function(random, any) -- an open or unknown start
    local text, b = any(random)
    if random(2) == 1 then return "../" .. text, { FIRST, FIRST, b[3], b[4] } end
    return "/" .. text, { FIRST, LAST, b[3], b[4] }
  end,
  function(random)
    if random(2) == 1 then return "../..", { FIRST, FIRST, LAST, LAST } end
    return "unknown", { FIRST, LAST, FIRST, LAST }
  end,
}

local function any_date(random) return forms[random(8) == 1 and 3 or random(2)](random) end

local function any_time(random)
  local kind = random(16)
  local form = kind <= 3 and 1 or kind <= 5 and 2 or kind == 6 and 3 or kind <= 11 and 4
    or kind <= 13 and 5 or kind <= 15 and 6 or 7
  return forms[form](random, any_date)
end

--- Every choice of a start and an end within bounds: { start, end, start, end, ... }.
local function choices(bounds)
  local all = {}
  for _, first in ipairs(days) do
    for _, last in ipairs(days) do
      if first <= last and first >= bounds[1] and first <= bounds[2] and last >= bounds[3]
        and last <= bounds[4] then
        all[#all + 1] = first
        all[#all + 1] = last
      end
    end
  end
  return all
end

--- The one relation of Allen's in which two choices stand.
local function relation(s, e, S, E)
  if s == S then
    return e == E and "equals" or e < E and "starts" or "started_by"
  elseif e == E then
    return s > S and "finishes" or "finished_by"
  elseif s < S then
    if e > E then return "contains" end
    return e < S and "before" or e == S and "meets" or "overlaps"
  end
  if e < E then return "during" end
  return s > E and "after" or s == E and "met_by" or "overlapped_by"
end

local allen = { "before", "after", "meets", "met_by", "overlaps", "overlapped_by", "starts",
  "started_by", "during", "contains", "finishes", "finished_by", "equals" }

--- How many pairs of choices there are, and for how many each test is true.
local function tally(a, b, bounds_b)
  local n, count = 0, { within = 0, intersects = 0 }
  for _, name in ipairs(allen) do count[name] = 0 end
  for i = 1, #a, 2 do
    local s, e = a[i], a[i + 1]
    local inside = s >= bounds_b[1] and e <= bounds_b[4]
    for j = 1, #b, 2 do
      local S, E = b[j], b[j + 1]
      local name = relation(s, e, S, E)
      n = n + 1
      count[name] = count[name] + 1
      if inside then count.within = count.within + 1 end
      if s <= E and S <= e then count.intersects = count.intersects + 1 end
    end
  end
  return n, count
end

local function member(all, s, e)
  for i = 1, #all, 2 do
    if all[i] == s and all[i + 1] == e then return true end
  end
  return false
end

--- Is every choice of `a` one of `b`?
local function refines(a, b)
  for i = 1, #a, 2 do
    if not member(b, a[i], a[i + 1]) then return false end
  end
  return true
end

describe("a test of time", function()
  it("is certain for every choice of days and possible for some", function()
    local seed = tonumber(os.getenv "SEED") or 20261124
    local random = generator(seed)
    local met = {} -- so that a run which tests nothing is seen
    local pairs_done = 0
    while pairs_done < 1200 do
      local text_a, bounds_a = any_time(random)
      local text_b, bounds_b = any_time(random)
      local all_a, all_b = choices(bounds_a), choices(bounds_b)
      local a, b = dossier.time(text_a), dossier.time(text_b)
      local where = ("seed %d: %s, %s: "):format(seed, text_a, text_b)
      assert(not a == (#all_a == 0), where .. "the first is refused or is not")
      assert(not b == (#all_b == 0), where .. "the second is refused or is not")
      if a and b then
        local n, count = tally(all_a, all_b, bounds_b)
        for test, times in pairs(count) do
          assert.equal(times == n, a:certainly(test, b), where .. "certainly " .. test)
          assert.equal(times > 0, a:possibly(test, b), where .. "possibly " .. test)
          met[test] = (met[test] or 0) + (times == n and 1 or 0)
        end
        assert.equal(refines(all_a, all_b), a:refines(b), where .. "refines")
        pairs_done = pairs_done + 1
      end
    end
    for test, certain in pairs(met) do assert(certain > 0, test .. " was never certain") end
  end)

  it("takes the other time as EDTF, too", function()
    local time = dossier.time "1994-02-08"
    assert.is_true(time:certainly("within", "1994"))
    assert.is_true(time:refines "1994")
    assert.is_false(dossier.time("1994"):refines "1994-02-08")
  end)

  it("tells a shared day from a gap and from an overlap", function()
    local first = dossier.time "2009-08-01/2014-10-01"
    assert.is_true(first:certainly("meets", "2014-10-01/2024-10-01"))
    assert.is_true(first:certainly("before", "2014-10-02/2024-10-01"))
    assert.is_true(first:certainly("overlaps", "2014-09-30/2024-10-01"))
    assert.is_true(dossier.time("2014-10-01"):certainly("starts", "2014-10-01/2024-10-01"))
    assert.is_true(dossier.time("2024-10-01"):certainly("finishes", "2014-10-01/2024-10-01"))
  end)

  it("leaves open what the days leave open", function()
    local year = dossier.time "2023"
    assert.is_false(year:certainly("before", "2023-09-28"))
    assert.is_true(year:possibly("before", "2023-09-28"))
    assert.is_true(year:possibly("after", "2023-09-28"))
    assert.is_true(year:possibly("equals", "2023-09-28"))
    assert.is_false(year:possibly("before", "2023-01-01"))
    assert.is_true(dossier.time("unknown"):possibly("before", "2023-09-28"))
    assert.is_false(dossier.time("2019/"):certainly("before", "../2030"))
  end)

  it("agrees with the oracle where only C can ask", function()
    local out, err, code = helper.host("value_time", { os.getenv "SEED" })
    assert.equal("", out .. err)
    assert.equal(0, code)
  end)
end)
