-- JSON Lines: texts at random, written by the test in many forms, and the grammar's edges.
local helper = require "tests.helper"

local SEED = tonumber(os.getenv "SEED") or 1
local STEPS = tonumber(os.getenv "STEPS") or 60

local function host(text, ...)
  local folder = helper.folder()
  local words = { "-j", ... }
  words[#words + 1] = folder .. "/t"
  helper.write(folder .. "/t", text)
  local out, _, code = helper.host("io_table", words)
  helper.sweep(folder)
  return out, code
end

local function shown(text)
  return "[" .. text:gsub("[%z\1-\31\127\\]", function(c) return ("\\x%02x"):format(c:byte()) end) .. "]"
end

local POINTS = { 0x41, 0x7f, 0xe9, 0x447, 0x20ac, 0x1f600, 0x10ffff, 0x22, 0x5c, 0x2f, 0x0a, 0x09, 0x1f }
local SHORT = { [0x22] = '\\"', [0x5c] = "\\\\", [0x2f] = "\\/", [0x0a] = "\\n", [0x09] = "\\t" }
local NUMBERS = { "0", "-0", "12", "-7.25", "1e5", "1E-05", "1.5e+300", "123456789012345678901234567890" }

--- A string at random: as JSON, with escapes where they must or may be, and what it is.
local function random_string(random)
  local written, is = {}, {}
  for i = 1, random(6) - 1 do
    local point = POINTS[random(#POINTS)]
    local way = random(3)
    is[i] = utf8.char(point)
    if way == 1 and SHORT[point] then
      written[i] = SHORT[point]
    elseif way == 2 or point < 0x20 or point == 0x22 or point == 0x5c then
      written[i] = point < 0x10000 and ("\\u%04x"):format(point)
        or ("\\u%04X\\u%04x"):format(0xd800 + ((point - 0x10000) >> 10), 0xdc00 + ((point - 0x10000) & 0x3ff))
    else
      written[i] = is[i]
    end
  end
  return '"' .. table.concat(written) .. '"', table.concat(is)
end

--- A value at random: its text, how the host prints it, and how many nodes it has.
local function random_value(random, depth)
  local function space() return ({ "", "", " ", "\t ", " \r" })[random(5)] end
  local kind = random(depth > 0 and 8 or 5)
  if kind == 1 then return "null", "n", 1 end
  if kind == 2 then return "true", "t", 1 end
  if kind == 3 then
    local number = NUMBERS[random(#NUMBERS)]
    return number, "#[" .. number .. "]", 1
  end
  if kind <= 5 then
    local written, is = random_string(random)
    return written, "s" .. shown(is), 1
  end
  local object, parts, prints, nodes = kind <= 7, {}, {}, 1
  for i = 1, random(4) - 1 do
    local text, print, n = random_value(random, depth - 1)
    if object then
      local written, is = random_string(random)
      text = written .. space() .. ":" .. space() .. text
      print = "s" .. shown(is) .. print
      n = n + 1
    end
    parts[i], prints[i], nodes = space() .. text .. space(), print, nodes + n
  end
  local inside = #parts > 0 and table.concat(parts, ",") or space()
  return object and "{" .. inside .. "}" or "[" .. inside .. "]",
    (object and "{" or "[") .. nodes .. " " .. table.concat(prints), nodes
end

describe("lines of JSON", function()
  it("have the values that were written: SEED=" .. SEED, function()
    local random = helper.random(SEED)
    for _ = 1, STEPS do
      local texts, prints = {}, {}
      for i = 1, random(5) do
        local text, print = random_value(random, 4)
        texts[i], prints[i] = text, i .. " " .. print .. "\n"
      end
      local text = table.concat(texts, "\n") .. (random(2) == 1 and "\n" or "")
      local out, code = host(text, "-P", "9")
      assert.equal(table.concat(prints), out, text)
      assert.equal(0, code)
    end
  end)

  it("are bad, by line and column, where the grammar has none, and reading goes on", function()
    local cases = {
      { '{"a":1,}', '8: expected a name in quotes, found "}"' }, { "[1,]", '4: expected a value, found "]"' },
      { "01", '1: a number that begins with 0; a string is written "007"' }, { "1.", "3: expected a digit, and the line ends" },
      { "+1", '1: expected a value, found "+"' }, { ".5", '1: expected a value, found "."' },
      { "1e", "3: expected a digit, and the line ends" }, { "-", "2: expected a digit, and the line ends" },
      { "nul", '1: expected a value, found "n"' }, { "NaN", '1: expected a value, found "N"' },
      { "truex", '5: expected the line\'s end, found "x"' }, { "{} {}", '4: expected the line\'s end, found "{"' },
      { '"a', "1: this string is not closed" }, { '"\t"', "2: a control character in a string; written \\t, \\n, \\u001f" },
      { [["\x"]], [[2: no such escape; there are \" \\ \/ \b \f \n \r \t \uXXXX]] },
      { [["\u12"]], [[2: \u is followed by four hexadecimal digits]] }, { [["é\ud800"]], "3: half of a surrogate pair" },
      { [["\udc00\ud800"]], "2: half of a surrogate pair" }, { [["\u0000"]], [[2: \u0000: a base cannot hold U+0000]] },
      { '{"a" 1}', '6: expected ":", found "1"' }, { "[1 2]", '4: expected "," or "]", found "2"' },
      { '{"a":1 "b"', '8: expected "," or "}", found """' }, { "[", "2: expected a value, and the line ends" },
      { '"\xc0\xaf"', "2: this is not UTF-8" }, { "1\0", "2: a NUL byte" }, { "'a'", '1: expected a value, found "\'"' },
      { ("["):rep(101) .. ("]"):rep(101), "101: more than 100 arrays and objects in one another" },
    }
    for _, case in ipairs(cases) do
      local out, code = host("1\n" .. case[1] .. "\n2\n", "-P", "9")
      assert.equal("1 #[1]\n2 bad " .. shown(case[1]) .. " t:2:" .. case[2] .. "\n3 #[2]\n", out)
      assert.equal(0, code)
    end
  end)

  it("may be empty, end with CR LF, and begin with a byte order mark", function()
    assert.equal("1 #[1]\n3 #[2]\n", (host "\xef\xbb\xbf1\r\n  \r\n2"))
    assert.equal("", (host ""))
    assert.equal("1 [100 ", (host(("["):rep(100) .. ("]"):rep(100))):sub(1, 7))
  end)

  it("survive every allocation that fails", function()
    local _, code = host('{"a":["x\\n",1,{"b":null}]}\n{"a"\n', "-f")
    assert.equal(helper.build == "build" and 1 or 0, code) -- a release fails none
  end)

  it("with bytes changed at random are read to an end: SEED=" .. SEED, function()
    local random = helper.random(SEED + 9)
    local bytes = { '"', ",", "\n", "\\", "\0", "\xff", "{", "]", "e", "u", "1" }
    for _ = 1, STEPS do
      local text = random_value(random, 4)
      for _ = 1, random(3) do
        local at = random(#text + 1)
        text = text:sub(1, at - 1) .. bytes[random(#bytes)] .. text:sub(at + random(2) - 1)
      end
      local out, code = host(text, "-P", "6")
      assert.equal(0, code, text .. "\n" .. out)
    end
  end)
end)
