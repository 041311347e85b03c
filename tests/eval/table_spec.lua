--- Tables as stored extents, through a host program that prints what it has read.

local helper = require "tests.helper"

local folder

--- What the host says of a table: its types, its lines, its tuples in order of text.
---@param text string
---@return string types
---@return integer lines
---@return string[] tuples
local function load(text)
  local path = helper.write(folder .. "/a.tsv", text)
  local out, err, code = helper.host("eval_table", { path })
  assert.equal(0, code, out .. err)
  local types, lines, count, rest = out:match "^(%d:[^\n]*)\n(%d+) lines, (%d+) tuples\n(.*)$"
  local tuples = {}
  for tuple in rest:gmatch "([^\n]*)\n" do tuples[#tuples + 1] = tuple end
  table.sort(tuples)
  assert.equal(tonumber(count), #tuples)
  return types, math.tointeger(lines), tuples
end

--- The same of a table that the host refuses.
---@param text string
---@param what string? instead of showing it
---@return string
local function refused(text, what)
  local path = helper.write(folder .. "/a.tsv", text)
  local out, err, code = helper.host("eval_table", what and { what, path } or { path })
  assert.equal(1, code, out .. err)
  return (out:gsub(path, "a.tsv", 1):gsub("\n$", ""))
end

--- As text, to be compared at a glance.
local function said(text)
  local types, lines, tuples = load(text)
  return types .. " | " .. lines .. " | " .. table.concat(tuples, ", ")
end

describe("a table", function()
  before_each(function() folder = helper.folder() end)
  after_each(function() helper.sweep(folder) end)

  it("types each column by all of its fields", function()
    assert.equal("2: int int | 3 | int:-5\tint:0, int:1\tint:2, int:7\tint:123456789012",
      said "1\t2\n7\t123456789012\n-5\t0\n")
    assert.equal("1: decimal | 3 | decimal:-0.5, decimal:2.0, decimal:3.25",
      said "2\n3.25\n-0.5\n")
    assert.equal("1: time | 3 | time:1994, time:1994-02-08, time:1994/2004-05",
      said "1994\n1994-02-08\n1994/2004-05\n")
    assert.equal("1: int | 2 | int:-1994, int:1994", said "1994\n-1994\n")
    assert.equal("1: bool | 2 | bool:false, bool:true", said "true\nfalse\n")
    assert.equal("2: entity entity | 2 | entity:a/b:c.d-e_1\tentity:nato, entity:Київ\tentity:true",
      said "a/b:c.d-e_1\tnato\nКиїв\ttrue\n")
    assert.equal("1: text | 3 | text:1, text:a b, text:c", said "a b\n1\nc\n")
  end)

  it("takes for an integer only what comes back as it was written", function()
    for _, field in ipairs { "007", "+7", "-0", "-", "1e5", "0x1", " 1", "1 ", "-01", "1." } do
      assert.equal("1: text | 1 | text:" .. field, said(field .. "\n"))
    end
  end)

  it("keeps integers of any length", function()
    local wide = { "1152921504606846975", "1152921504606846976", "-1152921504606846976",
      "-1152921504606846977", "9223372036854775807", "9223372036854775808",
      "99999999999999999", "9999999999999999", "999999999999999", "99999999", "123456789",
      "100000000", "123456789012345678901234567890" }
    local _, _, tuples = load(table.concat(wide, "\n") .. "\n")
    local expected = {}
    for i, numeral in ipairs(wide) do
      -- What fits no integer of C's is told as a decimal.
      local fits = math.type(tonumber(numeral)) == "integer"
      expected[i] = (fits and "int:" or "decimal:") .. numeral
    end
    table.sort(expected)
    assert.same(expected, tuples)
  end)

  it("reads lines with and without their end, and drops what is there twice", function()
    assert.equal("2: int int | 3 | int:1\tint:2, int:3\tint:4", said "1\t2\n3\t4\n1\t2")
    assert.equal("2: int int | 2 | int:1\tint:2, int:3\tint:4", said "1\t2\r\n3\t4\r\n")
    assert.equal("2: entity entity | 2 | entity:a\tentity:b, entity:c\tentity:d",
      said "a\tb\r\nc\td")
  end)

  it("skips empty lines at the end, and nowhere else", function()
    assert.equal("1: int | 1 | int:1", said "1\n\n\r\n\n")
    assert.equal("1: text | 4 | text:, text:1", said "1\n\n\n1\n\n")
    assert.equal("1: text | 2 | text:, text:1", said "\n1\n")
    assert.equal("syntax: a.tsv:2: an empty line where the first line has 2 fields",
      refused "1\t2\n\n3\t4\n")
  end)

  it("takes an empty field for an empty text", function()
    assert.equal("2: text int | 2 | text:\tint:2, text:1\tint:2", said "\t2\n1\t2\n")
    assert.equal("2: int text | 1 | int:1\ttext:", said "1\t\n")
    assert.equal("3: text text text | 1 | text:\ttext:\ttext:", said "\t\t\n")
  end)

  it("has nothing where the file is empty", function()
    assert.equal("0: | 0 | ", said "")
    assert.equal("0: | 0 | ", said "\n\n\r\n")
    assert.equal("0: | 0 | ", said(("\n"):rep(700000)))
    local path = helper.write(folder .. "/a.tsv", "")
    assert.equal("0\n", (helper.host("eval_table", { "width", path })))
  end)

  it("says how many fields its first line has", function()
    for text, width in pairs { ["a\tb\tc\nd"] = 3, ["a"] = 1, ["\n\na\n"] = 1, ["\t"] = 2,
      ["1\t2\t3\t4\t5\t6\t7\t8\n"] = 8 } do
      local path = helper.write(folder .. "/a.tsv", text)
      assert.equal(width .. "\n", (helper.host("eval_table", { "width", path })))
    end
    assert.matches("a.tsv:1: 9 fields; a relation has at most 8 columns$",
      refused("1\t2\t3\t4\t5\t6\t7\t8\t9\n", "width"))
  end)

  it("refuses lines that are not like the first, with their place", function()
    assert.equal("syntax: a.tsv:3: 3 fields where the first line has 2",
      refused "1\t2\n1\t2\n1\t2\t3\n")
    assert.equal("syntax: a.tsv:2: 1 field where the first line has 2",
      refused "1\t2\n1\n")
    assert.equal("syntax: a.tsv:2: 3 fields where the first line has 2",
      refused "1\t2\n1\t2\t\n")
    assert.matches("a.tsv:1: 12 fields; a relation has at most 8 columns$",
      refused(("1\t"):rep(11) .. "1\n"))
    local far = ("1\t2\n"):rep(300000) .. "1\n"
    assert.equal("syntax: a.tsv:300001: 1 field where the first line has 2",
      refused(far))
  end)

  it("refuses bytes that no text has, with their place", function()
    assert.matches("a.tsv:2: a NUL; a table is text$", refused "a\nb\0@uk\n")
    assert.matches("a.tsv:200002: a NUL; a table is text$",
      refused(("ab\n"):rep(200001) .. "\0\n"))
    assert.matches("a.tsv:3: field 2: a text is not UTF%-8: a wrong byte at byte 2$",
      refused "a\tb\nc\td\ne\tx\xff\n")
    assert.matches("a.tsv:1: field 1: a text is not UTF%-8", refused "\xed\xa0\x80\n")
  end)

  it("takes a field as long as a text may be, and no longer", function()
    local long = ("x"):rep(70000)
    local types, _, tuples = load(long .. "\ta\n")
    assert.equal("2: text entity", types)
    assert.equal("text:" .. long .. "\tentity:a", tuples[1])
    local longest = ("x y "):rep(4 * 1024 * 1024)
    types, _, tuples = load("1\n" .. longest .. "\n2\n")
    assert.equal("1: text", types)
    assert.equal(3, #tuples)
    assert.matches("a.tsv:2: field 1: a text of 16777217 bytes is too long",
      refused("1\n" .. longest .. "z\n"))
  end)

  it("is absent, or not a file, in words", function()
    local out, _, code = helper.host("eval_table", { folder .. "/none.tsv" })
    assert.equal(1, code)
    assert.matches("there is no file .*/none.tsv\n$", out)
    out, _, code = helper.host("eval_table", { folder })
    assert.equal(1, code)
    assert.matches("cannot be read: Is a directory\n$", out)
  end)

  it("stops when it is told to", function()
    assert.matches("reading a.tsv was stopped$", refused("1\t2\n", "stop"))
  end)

  it("reads a pipe, and says so where it would have to read it twice", function()
    local host = helper.quote(helper.build .. "/tests/eval_table")
    local clean = helper.clean
    local out = helper.shell(clean .. host .. " /dev/stdin", "1\t2\n")
    assert.equal("2: int int\n1 lines, 1 tuples\nint:1\tint:2\n", out)
    local text = helper.write(folder .. "/b", ("1\n"):rep(300000) .. "a\n")
    local command = ("cat %s | %s%s /dev/stdin"):format(helper.quote(text), clean, host)
    out = helper.shell(command)
    assert.matches("/dev/stdin:300001: .* cannot be read twice: save it first", out)
  end)

  it("survives failing allocations", function()
    local text = {}
    for i = 1, 3000 do
      text[i] = ("%d\t%d.5\tname_%d\tsome text %d\n"):format(i * 1000003, i, i % 1000, i)
    end
    local path = helper.write(folder .. "/a.tsv", table.concat(text))
    local out, err, code = helper.host("eval_table", { "faults", path })
    assert.equal(0, code, out .. err)
    assert.equal("some failed\n", out)
  end)
end)

-- ---- against a model ------------------------------------------------------------------

local function pick(list) return list[math.random(#list)] end

--- How fields of each type are made; and what makes the type certain.
local makers = {
  int = function() return tostring(math.random(-50, 10 ^ math.random(1, 17))) end,
  decimal = function() return ("%d.%d"):format(math.random(-9, 999), math.random(1, 9)) end,
  time = function()
    local form = pick { "%04d", "%04d-%02d", "%04d-%02d-%02d", "%04d-%02d~" }
    return form:format(math.random(1000, 2030), math.random(12), math.random(28))
  end,
  entity = function() return pick { "a", "b-", "c/", "Д" } .. math.random(0, 9999) end,
  text = function() return pick { "a b ", "", "9 ", "\u{20ac}", "\"" } .. math.random(0, 999) end,
}
local certain = { int = "-77", decimal = "0.25", time = "1999-12-31", entity = "z", text = "~ ~" }
local fallback = { int = "int", decimal = "int", time = "int" }

--- What a value of a column reads as.
local function told(type, field)
  if type == "decimal" and not field:find(".", 1, true) then field = field .. ".0" end
  return type .. ":" .. field
end

describe("a random table", function()
  before_each(function() folder = helper.folder() end)
  after_each(function() helper.sweep(folder) end)

  it("reads as a naive reader reads it", function()
    local seed = tonumber(os.getenv "SEED") or os.time()
    math.randomseed(seed)
    for step = 1, tonumber(os.getenv "STEPS") or 12 do
      local width = math.random(1, 8)
      local height = step % 4 == 0 and math.random(30000, 60000) or math.random(1, 300)
      local types, late = {}, {}
      for c = 1, width do
        types[c] = pick { "int", "int", "decimal", "time", "entity", "text" }
        late[c] = math.random(height) -- before this line all may be of a narrower type
      end
      local lines, expected, seen = {}, {}, {}
      local ending = pick { "\n", "\n", "\r\n" }
      for i = 1, height do
        local fields, values = {}, {}
        for c = 1, width do
          local type = types[c]
          local field = i == late[c] and certain[type] or
            makers[i < late[c] and step % 2 == 0 and fallback[type] or type]()
          if type == "time" and field:match "^%-?%d+$" then field = "1994" end
          fields[c], values[c] = field, told(type, field)
        end
        lines[i] = table.concat(fields, "\t") .. ending
        local tuple = table.concat(values, "\t")
        if not seen[tuple] then
          seen[tuple] = true
          expected[#expected + 1] = tuple
        end
      end
      table.sort(expected)
      local got_types, got_lines, got = load(table.concat(lines))
      local where = ("seed %d, step %d"):format(seed, step)
      assert.equal(width .. ": " .. table.concat(types, " "), got_types, where)
      assert.equal(height, got_lines, where)
      assert.equal(#expected, #got, where)
      for i = 1, #expected do assert.equal(expected[i], got[i], where) end
    end
  end)
end)
