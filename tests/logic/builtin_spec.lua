--- Built-in functions, aggregates and tests on words, through tests/embed/logic_function.c.
local helper = require "tests.helper"

--- What the host answers to commands, a line each.
local function ask(commands)
  local lines = {}
  for i, command in ipairs(commands) do lines[i] = table.concat(command, "\t") end
  local out, err, code = helper.host("logic_function", nil,
    table.concat(lines, "\n") .. "\n")
  assert.equal("", err)
  assert.equal(0, code, out)
  local answers = {}
  for line in out:gmatch "(.-)\n" do answers[#answers + 1] = line end
  assert.equal(#commands, #answers, out)
  return answers
end

--- Cases are a command and, last, its answer.
local function check(cases)
  local commands, wanted = {}, {}
  for i, case in ipairs(cases) do
    commands[i] = table.move(case, 1, #case - 1, 1, {})
    wanted[i] = table.concat(commands[i], " ") .. " -> " .. case[#case]
  end
  local answers = ask(commands)
  for i, answer in ipairs(answers) do
    answers[i] = table.concat(commands[i], " ") .. " -> " .. answer
  end
  assert.same(wanted, answers)
end

--- The same for calls of functions: name, values, result.
local function check_calls(cases)
  for _, case in ipairs(cases) do table.insert(case, 1, "call") end
  check(cases)
end

local seed = tonumber(os.getenv "SEED") or 20261127
local steps = tonumber(os.getenv "STEPS") or 3000

local past = " does not fit in 64 bits; as decimals (1.0, not 1) numbers may be wider"

describe("arithmetic", function()
  it("is exact on integers and truncates quotients toward zero", function()
    check_calls {
      { "+", "n:2", "n:3", "5" }, { "-", "n:2", "n:3", "-1" }, { "*", "n:-4", "n:3", "-12" },
      { "/", "n:7", "n:2", "3" }, { "/", "n:-7", "n:2", "-3" }, { "/", "n:7", "n:-2", "-3" },
      { "mod", "n:7", "n:3", "1" }, { "mod", "n:-7", "n:3", "2" },
      { "mod", "n:7", "n:-3", "-2" }, { "mod", "n:-6", "n:3", "0" },
      { "rem", "n:-7", "n:3", "-1" }, { "rem", "n:7", "n:-3", "1" },
      { "neg", "n:5", "-5" }, { "neg", "n:0", "0" }, { "abs", "n:-5", "5" },
      { "+", "n:1152921504606846975", "n:1", "1152921504606846976" },
      { "-", "n:-9223372036854775807", "n:1", "-9223372036854775808" },
      { "mod", "n:-9223372036854775808", "n:-1", "0" },
    }
  end)

  it("tells of an integer that 64 bits do not hold, and never wraps", function()
    check_calls {
      { "+", "n:9223372036854775807", "n:1", "limit: 9223372036854775807 + 1" .. past },
      { "*", "n:4611686018427387904", "n:2", "limit: 4611686018427387904 * 2" .. past },
      { "/", "n:-9223372036854775808", "n:-1",
        "limit: -9223372036854775808 / -1" .. past },
      { "neg", "n:-9223372036854775808", "limit: 0 - -9223372036854775808" .. past },
      { "+", "n:99999999999999999999", "n:1", "limit: 99999999999999999999 + 1" .. past },
      { "+", "n:9223372036854775807.0", "n:1", "9223372036854775808.0" },
      { "floor", "n:99999999999999999999.5",
        "limit: 99999999999999999999.5 as an integer does not fit in 64 bits" },
    }
  end)

  it("is exact on decimals of up to 19 digits, and rounds past them", function()
    check_calls {
      { "+", "n:0.1", "n:0.2", "0.3" }, { "-", "n:1.5", "n:1.5", "0.0" },
      { "*", "n:1.5", "n:2", "3.0" }, { "*", "n:0.0000001", "n:0.5", "0.00000005" },
      { "neg", "n:0.0", "0.0" }, { "abs", "n:-2.50", "2.5" },
      { "+", "n:12345678901234567.25", "n:0.25", "12345678901234567.5" },
      { "*", "n:1234567890.123456789", "n:10000000001.0", "12345678902469135780.0" },
      { "+", "n:1" .. ("0"):rep(900) .. ".0", "n:0." .. ("0"):rep(900) .. "1",
        "1" .. ("0"):rep(900) .. ".0" },
    }
  end)

  it("rounds a quotient that does not end to 15 digits", function()
    check_calls {
      { "/", "n:7.0", "n:2", "3.5" }, { "/", "n:1.0", "n:3", "0.333333333333333" },
      { "/", "n:2", "n:3.0", "0.666666666666667" }, { "/", "n:0.0", "n:3", "0.0" },
      { "/", "n:-1.0", "n:3000000", "-0.000000333333333333333" },
    }
  end)

  it("has no result where there is none", function()
    check_calls {
      { "/", "n:1", "n:0", "nothing" }, { "/", "n:1.0", "n:0.0", "nothing" },
      { "mod", "n:1", "n:0", "nothing" }, { "rem", "n:1", "n:0", "nothing" },
      { "mod", "n:1.5", "n:1", "nothing" }, { "+", "t:1", "n:1", "nothing" },
      { "+", "n:1", "d:1994", "nothing" }, { "abs", "e:nato", "nothing" },
      { "floor", "?", "nothing" }, { "round", "n:1", "n:0.5", "nothing" },
    }
  end)

  it("refuses numbers of thousands of digits, in words", function()
    check_calls {
      { "+", "n:1" .. ("0"):rep(1000) .. ".0", "n:1", "limit: 1" .. ("0"):rep(39)
        .. "... has more than 1000 digits on a side of the point, which is past what is "
        .. "reckoned with" },
      { "*", "n:1" .. ("0"):rep(900) .. ".0", "n:1" .. ("0"):rep(900) .. ".0",
        "limit: a result has more than 1000 digits on a side of the point, which is past "
          .. "what is reckoned with" },
      { "*", "n:0." .. ("0"):rep(900) .. "1", "n:0." .. ("0"):rep(900) .. "1", "0.0" },
    }
  end)

  it("rounds to the nearest, half away from zero", function()
    check_calls {
      { "round", "n:2.5", "3" }, { "round", "n:-2.5", "-3" }, { "round", "n:2.49", "2" },
      { "round", "n:0.4", "0" }, { "round", "n:7", "7" }, { "round", "n:9.96", "n:1", "10.0" },
      { "round", "n:2.345", "n:2", "2.35" }, { "round", "n:1250", "n:-2", "1300.0" },
      { "round", "n:3", "n:2", "3.0" }, { "round", "n:4", "n:-1", "0.0" },
      { "floor", "n:-0.5", "-1" }, { "floor", "n:2.9", "2" }, { "ceiling", "n:2.1", "3" },
      { "ceiling", "n:-0.5", "0" }, { "decimal", "n:2", "2.0" }, { "decimal", "n:2.5", "2.5" },
      { "round", "n:5.5", "n:-9000000000000000000", "0.0" },
    }
  end)

  it("says of random integers what Lua says of them", function()
    local random = helper.random(seed)
    print("arithmetic: SEED=" .. seed)
    local cases = {}
    for i = 1, steps do
      local a, b = random(2001) - 1001, random(201) - 101
      local results = { ["+"] = a + b, ["-"] = a - b, ["*"] = a * b }
      if b ~= 0 then
        local floor = a // b
        results["mod"] = a % b
        results["/"] = (floor < 0 and floor * b ~= a) and floor + 1 or floor
        results["rem"] = a - results["/"] * b
      end
      local ops = { "+", "-", "*", "/", "mod", "rem" }
      local op = ops[random(#ops)]
      local result = results[op] and tostring(results[op]) or "nothing"
      cases[i] = { op, "n:" .. a, "n:" .. b, result }
    end
    check_calls(cases)
  end)

  it("says of random decimals what their thousandths say", function()
    local random = helper.random(seed + 1)
    local function spell(value, unit)
      local sign = value < 0 and "-" or ""
      value = math.abs(value)
      local text = ("%s%d.%0" .. unit .. "d"):format(sign, value // 10 ^ unit // 1 | 0,
        value % math.tointeger(10 ^ unit))
      text = text:gsub("0+$", ""):gsub("%.$", ".0")
      return (text:gsub("^%-(0%.0)$", "%1"))
    end
    local cases = {}
    for i = 1, steps do
      local a, b = random(2000001) - 1000001, random(2000001) - 1000001
      local op = ({ "+", "-", "*" })[random(3)]
      local result = op == "+" and spell(a + b, 3) or op == "-" and spell(a - b, 3)
        or spell(a * b, 6)
      cases[i] = { op, "n:" .. spell(a, 3), "n:" .. spell(b, 3), result }
    end
    check_calls(cases)
  end)
end)

describe("min and max of two values", function()
  it("go by the order of values, whatever comes first", function()
    check_calls {
      { "min", "n:2", "n:1.5", "1.5" }, { "max", "n:2", "n:1.5", "2" },
      { "min", "n:2.0", "n:2", "2" }, { "min", "n:2", "n:2.0", "2" },
      { "max", "n:2.0", "n:2", "2.0" }, { "max", "n:2", "n:2.0", "2.0" },
      { "max", "d:1994", "d:1994-02-08", "1994-02-08" }, { "min", "t:b", "t:a", '"a"' },
      { "min", "e:nato", "e:eu", "eu" }, { "max", "n:99999999999999999999", "n:1",
        "99999999999999999999" },
    }
  end)

  it("have no result for values of two kinds", function()
    check_calls {
      { "min", "n:2", "t:a", "nothing" }, { "max", "d:1994", "n:1994", "nothing" },
      { "max", "?", "?", "nothing" },
    }
  end)
end)

describe("functions on texts", function()
  it("count characters, not bytes", function()
    check_calls {
      { "length", "t:НАТО", "4" }, { "length", "t:", "0" }, { "length", "t:🙂é漢", "3" },
      { "substring", "t:Україна", "n:2", "n:3", '"кра"' },
      { "substring", "t:Україна", "n:6", '"на"' }, { "substring", "t:abc", "n:3", "n:9", '"c"' },
      { "substring", "t:abc", "n:4", '""' }, { "substring", "t:abc", "n:99", "n:1", '""' },
      { "substring", "t:abc", "n:1", "n:0", '""' }, { "substring", "t:abc", "n:0", "nothing" },
      { "substring", "t:abc", "n:1", "n:-1", "nothing" },
      { "substring", "t:abc", "n:1.5", "nothing" },
      { "substring", "t:abc", "n:9223372036854775807", '""' },
    }
  end)

  it("change case by Unicode, letter by letter", function()
    check_calls {
      { "lower", "t:НАТО Île ΑΒ", '"нато île αβ"' }, { "upper", "t:нато île", '"НАТО ÎLE"' },
      { "lower", "t:", '""' }, { "upper", "t:ɐ1", '"Ɐ1"' }, { "lower", "e:nato", "nothing" },
    }
  end)

  it("keep the language, and concat that of all", function()
    check_calls {
      { "upper", "t@uk:нато", '"НАТО"@uk' }, { "trim", "t@en:  a b ", '"a b"@en' },
      { "trim", "t:\u{a0}\u{2003}x\u{2003}", '"x"' }, { "trim", "t:   ", '""' },
      { "substring", "t@en:abc", "n:2", '"bc"@en' },
      { "replace", "t@en:aXbX", "t:X", "t@uk:--", '"a--b--"@en' },
      { "concat", "t@en:a", "t@en:b", '"ab"@en' }, { "concat", "t@en:a", "t@uk:b", '"ab"' },
      { "concat", "t@en:a", "t:b", '"ab"' }, { "language", "t@en:a", '"en"' },
      { "language", "t:a", "nothing" },
    }
  end)

  it("search, replace and put together", function()
    check_calls {
      { "contains", "t:Partnership for Peace", "t:for", "true" },
      { "contains", "t:abc", "t:d", "false" }, { "contains", "t:", "t:", "true" },
      { "contains", "t:ab", "t:abc", "false" },
      { "starts_with", "t:abc", "t:ab", "true" }, { "starts_with", "t:a", "t:ab", "false" },
      { "ends_with", "t:abc", "t:bc", "true" }, { "ends_with", "t:c", "t:bc", "false" },
      { "replace", "t:aaa", "t:aa", "t:b", '"ba"' }, { "replace", "t:abc", "t:", "t:x", '"abc"' },
      { "replace", "t:abc", "t:b", "t:", '"ac"' }, { "replace", "t:", "t:b", "t:x", '""' },
      { "concat", "e:nato", "t: ", "n:2.50", "t: ", "d:1994", "b:true", '"nato 2.5 1994true"' },
      { "contains", "n:12", "t:1", "nothing" },
    }
  end)

  it("read and write other values", function()
    check_calls {
      { "text", "n:007", '"7"' }, { "text", "d:1994-02-08", '"1994-02-08"' },
      { "text", "d:199X", '"199X"' }, { "text", "e:nato", '"nato"' }, { "text", "t@uk:a", '"a"' },
      { "text", "b:false", '"false"' }, { "text", "?", "nothing" },
      { "number", "t:012.50", "12.5" }, { "number", "t:-3", "-3" }, { "number", "t:", "nothing" },
      { "number", "t:1e5", "nothing" }, { "number", "t: 1", "nothing" }, { "number", "n:4", "4" },
      { "number", "t:123456789012345678901", "123456789012345678901" },
      { "number", "d:1994", "nothing" },
    }
  end)

  it("end at the most that a text may have", function()
    local long = "t:" .. ("a"):rep(60000)
    check_calls {
      { "replace", long, "t:a", "t:" .. ("b"):rep(300),
        "limit: replace would make a text of more than 16777216 bytes" },
    }
  end)
end)

describe("functions on times", function()
  it("answer only where the four days leave nothing open", function()
    check_calls {
      { "start", "d:2014-10-01/2024-10-01", "2014-10-01" }, { "start", "d:1994", "nothing" },
      { "end", "d:2014-10-01/2024-10-01", "2024-10-01" }, { "end", "d:2014-10-01/..", "nothing" },
      { "start", "d:2014-10-01/..", "2014-10-01" }, { "start", "d:1994-02-08", "1994-02-08" },
      { "year", "d:1994", "1994" }, { "year", "d:1994-02/1994-05", "1994" },
      { "year", "d:199X", "nothing" }, { "year", "d:1994/..", "nothing" },
      { "month", "d:1994-02", "2" }, { "month", "d:1994-02-08/1994-02-20", "2" },
      { "month", "d:1994", "nothing" }, { "month", "d:1994-02-08/1995-02-08", "nothing" },
      { "day", "d:1994-02-08", "8" }, { "day", "d:1994-02", "nothing" },
      { "days", "d:2024-02-01/2024-03-01", "30" }, { "days", "d:2024-02-01", "1" },
      { "days", "d:2024", "nothing" }, { "days", "t:2024", "nothing" }, { "year", "?", "nothing" },
      { "year", "n:1994", "nothing" },
    }
  end)

  it("make times of times", function()
    check_calls {
      { "span", "d:1994-01-01", "d:1995-02-03", "1994-01-01/1995-02-03" },
      { "span", "d:1994-01-01", "d:1994-01-01", "1994-01-01" },
      { "span", "d:1994-01-01/..", "d:1990-01-01", "1990-01-01/.." },
      { "span", "d:1994", "d:1994", "nothing" },
      { "intersect", "d:1994-01-01/1994-06-30", "d:1994-06-01/..", "1994-06-01/1994-06-30" },
      { "intersect", "d:1994-01-01/1994-06-30", "d:1994-06-30/..", "1994-06-30" },
      { "intersect", "d:1994-01-01/1994-06-30", "d:1994-07-01/..", "nothing" },
    }
  end)

  it("move by days and count them", function()
    check_calls {
      { "add_days", "d:2024-02-28", "n:2", "2024-03-01" },
      { "add_days", "d:2024-01-01", "n:-1", "2023-12-31" },
      { "add_days", "d:2024-01-01/2024-01-31", "n:31", "2024-02-01/2024-03-02" },
      { "add_days", "d:2024", "n:1", "nothing" }, { "add_days", "d:2024-01-01/..", "n:1", "nothing" },
      { "add_days", "d:9999-12-31", "n:1", "nothing" },
      { "add_days", "d:2024-01-01", "n:9223372036854775807", "nothing" },
      { "add_days", "d:2024-01-01", "n:-9223372036854775808", "nothing" },
      { "days_between", "d:2024-02-28", "d:2024-03-01", "2" },
      { "days_between", "d:2024-03-01", "d:2024-02-28", "-2" },
      { "days_between", "d:2024", "d:2024-02-28", "nothing" },
    }
  end)

  it("come from texts and numbers", function()
    check_calls {
      { "date", "t:1994-02-08", "1994-02-08" }, { "date", "t:199X", "199X" },
      { "date", "t:2023-02-30", "nothing" }, { "date", "t:unknown", "nothing" },
      { "date", "n:1994", "1994" }, { "date", "n:476", "0476" }, { "date", "n:-43", "-0043" },
      { "date", "n:10000", "nothing" }, { "date", "n:1994.0", "nothing" },
      { "date", "d:1994", "1994" }, { "date", "n:2024", "n:2", "n:29", "2024-02-29" },
      { "date", "n:2023", "n:2", "n:29", "nothing" },
      { "date", "n:4294967297", "n:1", "n:1", "nothing" },
    }
  end)

  it("give the word that the same date written has", function()
    check {
      { "fold", "count", "n:1", "1" },
      { "compare", "==", "d:1994-02-08", "d:1994-02-08", "true" },
    }
    local answers = ask {
      { "call", "start", "d:2014-10-01/2024-10-01" }, { "call", "text", "d:2014-10-01" } }
    assert.same({ "2014-10-01", '"2014-10-01"' }, answers)
  end)
end)

describe("a function's types", function()
  it("tell what the result is", function()
    check {
      { "types", "+", "int", "int", "int" }, { "types", "+", "int", "number", "number" },
      { "types", "+", "any", "int", "number" }, { "types", "/", "int", "int", "int" },
      { "types", "neg", "int", "int" }, { "types", "mod", "number", "int", "int" },
      { "types", "max", "date", "any", "date" }, { "types", "max", "int", "any", "number" },
      { "types", "max", "int", "int", "int" }, { "types", "min", "int", "number", "number" },
      { "types", "min", "any", "any", "any" }, { "types", "round", "number", "int" },
      { "types", "concat", "entity", "int", "text" }, { "types", "contains", "text", "text", "bool" },
      { "types", "round", "int", "int", "number" }, { "types", "length", "text", "text", "no such function" },
    }
  end)

  it("that clash are told with a remedy", function()
    check {
      { "types", "+", "date", "int", '"+" takes a number as its first argument; came a date; '
        .. "add_days(T, 30) moves a date, and year(T) is a number" },
      { "types", "-", "date", "date", '"-" takes a number as its first argument; came a date; '
        .. "add_days(T, 30) moves a date, and year(T) is a number" },
      { "types", "length", "int", '"length" takes a text as its argument; came an integer; '
        .. "text(X) makes one" },
      { "types", "*", "int", "text", '"*" takes a number as its second argument; came a text; '
        .. "number(T) reads one" },
      { "types", "year", "int", '"year" takes a date as its argument; came an integer; '
        .. "date(1994) makes one of a year" },
      { "types", "year", "text", '"year" takes a date as its argument; came a text; '
        .. "date(T) reads one" },
      { "types", "max", "int", "date", '"max" takes values of one kind; came an integer and a date' },
      { "types", "year", "entity", '"year" takes a date as its argument; came an entity' },
    }
  end)
end)

describe("how a result goes with one argument", function()
  it("is known of sums, and of products by a constant", function()
    check {
      { "course", "+", "0", "?", "?", "rises" }, { "course", "-", "0", "?", "?", "rises" },
      { "course", "-", "1", "?", "?", "falls" }, { "course", "neg", "0", "?", "falls" },
      { "course", "*", "0", "?", "n:2", "rises" }, { "course", "*", "1", "n:-0.5", "?", "falls" },
      { "course", "*", "0", "?", "n:0", "either" }, { "course", "*", "0", "?", "?", "either" },
      { "course", "/", "0", "?", "n:2.0", "rises" }, { "course", "/", "0", "?", "n:2", "either" },
      { "course", "/", "1", "n:2.0", "?", "either" }, { "course", "min", "1", "?", "?", "rises" },
      { "course", "max", "0", "?", "?", "rises" }, { "course", "mod", "0", "?", "n:2", "either" },
      { "course", "floor", "0", "?", "rises" }, { "course", "round", "1", "n:1", "?", "either" },
      { "course", "abs", "0", "?", "either" },
    }
  end)

  it("is kept by results, in the order of values", function()
    local random = helper.random(seed + 2)
    local numbers = {}
    for i = 1, 40 do
      local whole = random(21) - 11
      numbers[i] = random(2) == 1 and tostring(whole) or ("%d.%d"):format(whole, random(10) - 1)
    end
    local shapes = { { "+", false, "1" }, { "+", "0.5", false }, { "-", false, "2" },
      { "-", "2", false }, { "*", false, "3" }, { "*", "-2", false }, { "/", false, "2.0" },
      { "/", false, "-3.0" }, { "neg", false }, { "floor", false }, { "ceiling", false },
      { "round", false }, { "round", false, "0" }, { "decimal", false },
      { "min", false, "2" }, { "max", "2.0", false } }
    local commands, expected = {}, {}
    for _, shape in ipairs(shapes) do
      local at = shape[2] == false and 0 or 1
      local course = { "course", shape[1], tostring(at) }
      for i = 2, #shape do course[#course + 1] = shape[i] and "n:" .. shape[i] or "?" end
      local way = ask({ course })[1]
      assert.is_truthy(way == "rises" or way == "falls", table.concat(course, " "))
      local calls = {}
      for i, number in ipairs(numbers) do
        calls[i] = { "call", shape[1] }
        for k = 2, #shape do calls[i][k + 1] = "n:" .. (shape[k] or number) end
      end
      local results = ask(calls)
      -- min of two tells which comes first in the order of values.
      for _ = 1, 60 do
        local i, j = random(#numbers), random(#numbers)
        local first = ask({ { "call", "min", "n:" .. numbers[i], "n:" .. numbers[j] } })[1]
        if tonumber(first) == tonumber(numbers[j]) and first:find "%." == numbers[j]:find "%." then
          i, j = j, i
        end
        local low, high = results[i], results[j]
        if way == "falls" then low, high = high, low end
        commands[#commands + 1] = { "call", "min", "n:" .. low, "n:" .. high }
        expected[#expected + 1] = low
      end
    end
    assert.same(expected, ask(commands))
  end)
end)

describe("an aggregate", function()
  it("counts, sums and averages numbers", function()
    check {
      { "fold", "count", "0" }, { "fold", "count", "t:a", "e:b", "2" }, { "fold", "sum", "0" },
      { "fold", "sum", "n:1", "n:2", "3" }, { "fold", "sum", "n:1", "n:2.5", "3.5" },
      { "fold", "sum", "n:1.0", "1.0" }, { "fold", "sum", "n:0.5", "n:0.5", "1.0" },
      { "fold", "avg", "n:1", "n:2", "n:2", "1.66666666666667" }, { "fold", "avg", "n:2", "n:4", "3.0" },
      { "fold", "avg", "n:0.1", "n:0.2", "0.15" }, { "fold", "avg", "nothing" },
      { "fold", "sum", "n:9223372036854775807", "n:1", "limit: a sum of integers does not fit in "
        .. "64 bits; as decimals (1.0, not 1) numbers may be wider" },
      { "fold", "sum", "n:9223372036854775807", "n:1", "n:-2", "9223372036854775806" },
      { "fold", "sum", "n:9223372036854775807", "n:1.0", "9223372036854775808.0" },
    }
  end)

  it("takes the least and the greatest by the order of values", function()
    check {
      { "fold", "min", "nothing" }, { "fold", "max", "nothing" },
      { "fold", "min", "n:3", "n:1.5", "n:2", "1.5" }, { "fold", "max", "n:2", "n:2.0", "2.0" },
      { "fold", "min", "d:1994-02-08", "d:1993", "d:1994", "1993" },
      { "fold", "max", "t:a", "t:c", "t:b", '"c"' }, { "fold", "max", "e:a", "e:c", "c" },
    }
  end)

  it("that meets what is no number says what it met", function()
    check {
      { "fold", "sum", "n:1", "t:abc", "type: sum takes numbers; it came upon a text, abc" },
      { "fold", "avg", "d:1994", "type: avg takes numbers; it came upon a date, 1994" },
    }
  end)

  it("comes to the same whatever the order of adding", function()
    local random = helper.random(seed + 3)
    local pool = { "n:9223372036854775807", "n:-9223372036854775807", "n:1000000000000000000",
      "n:0.000000000000000000001", "n:-0.1", "n:123456789012345678901.5", "n:7", "n:0.333333",
      "n:1152921504606.846975", "n:-1152921504606.846976", "n:1152921504606846975" }
    for round = 1, 30 do
      local values = {}
      for i = 1, 40 do values[i] = pool[random(#pool)] end
      local commands = {}
      for i = 1, 5 do
        for k = #values, 2, -1 do
          local other = random(k)
          values[k], values[other] = values[other], values[k]
        end
        commands[2 * i - 1] = table.move(values, 1, #values, 3, { "fold", "sum" })
        commands[2 * i] = table.move(values, 1, #values, 3, { "fold", "avg" })
      end
      local answers = ask(commands)
      for i = 3, #answers do
        assert.equal(answers[i - 2], answers[i], "round " .. round .. ", SEED=" .. seed)
      end
    end
  end)
end)

describe("a comparison of words", function()
  it("is by value", function()
    check {
      { "compare", "==", "n:2", "n:2.0", "true" }, { "compare", "!=", "n:2", "n:2.0", "false" },
      { "compare", "<", "n:2", "n:10", "true" }, { "compare", ">=", "n:2.5", "n:2.50", "true" },
      { "compare", "<", "t:a", "t:b", "true" }, { "compare", "<=", "d:1994", "d:1994-02", "true" },
      { "compare", "==", "e:nato", "t:nato", "false" }, { "compare", "<", "n:2", "t:a", "true" },
      { "compare", "n==", "n:2", "n:2.0", "true" }, { "compare", "n==", "t:a", "t:a", "false" },
      { "compare", "n!=", "t:a", "n:1", "false" }, { "compare", "==", "d:1994", "n:1994", "false" },
    }
  end)

  it("of a date and a number is an error that names the fix", function()
    local told = "type: a comparison met a date and a number; declare the column as one of "
      .. "dates, and compare times with before and after"
    check {
      { "compare", "<", "d:1994", "n:2000", told }, { "compare", ">=", "n:2000", "d:1994-02-08", told },
    }
  end)
end)

describe("a test of time on words", function()
  it("is certain unless it is asked what is possible", function()
    check {
      { "time", "before", "d:1993", "d:1994", "true" }, { "time", "before", "d:1994", "d:1994", "false" },
      { "time", "before?", "d:1994", "d:1994", "true" }, { "time", "within", "d:1994-02", "d:1994", "true" },
      { "time", "before", "n:1993", "d:1994", "false" }, { "time", "before?", "d:1993", "t:1994", "false" },
    }
  end)
end)

describe("where memory runs out", function()
  it("functions, aggregates and tests say so and lose nothing", function()
    if helper.build == "build" then return end
    local lines = { "call\tlower\tt@uk:НАТО", "call\tconcat\tt:a\te:b\tn:1",
      "call\treplace\tt:abc\tt:b\tt:xyz", "call\tnumber\tt:123456789012345678901",
      "call\tspan\td:1994-01-01\td:1995-01-01", "call\t*\tn:0.0000001\tn:0.3",
      "call\ttrim\tt: a ", "call\tdate\tt:199X", "call\tsubstring\tt:abc\tn:2",
      "fold\tsum\tn:9223372036854775807\tn:1\tn:0.00000001", "fold\tavg\tn:1\tn:2\tn:2.0000001",
      "time\tbefore\td:199X\td:2000" }
    local out, err, code = helper.host("logic_function", { "faults" },
      table.concat(lines, "\n") .. "\n")
    assert.equal("all told\n", out .. err)
    assert.equal(0, code)
  end)
end)
