-- Rows of CSV and TSV against a naive reader in Lua, at every size of pieces.
local helper = require "tests.helper"

local SEED = tonumber(os.getenv "SEED") or 1
local STEPS = tonumber(os.getenv "STEPS") or 60

--- What the host says of a text, in pieces of every size up to nine bytes, and its exit code.
local function host(text, ...)
  local folder = helper.folder()
  local words = { ... }
  words[#words + 1] = folder .. "/t"
  helper.write(folder .. "/t", text)
  local out, _, code = helper.host("io_table", words)
  helper.sweep(folder)
  return out, code
end

local function rows(text, ...) return (host(text, "-P", "9", ...)) end

local function shown(field)
  return "[" .. field:gsub("[%z\1-\31\127\\]", function(c) return ("\\x%02x"):format(c:byte()) end) .. "]"
end

--- CSV character by character: a list of { line, field, ... }.
local function naive(text, delimiter)
  local found, row, field, line, at = {}, nil, nil, 1, 1
  if text:sub(1, 3) == "\xef\xbb\xbf" then at = 4 end
  local began = 1
  local function finish()
    if row then
      row[#row + 1] = field
      table.insert(row, 1, began)
      found[#found + 1] = row
    end
    row, field = nil, nil
  end
  while at <= #text do
    local c = text:sub(at, at)
    if not row and c ~= "\n" and c ~= "\r" then row, field, began = {}, "", line end
    if c == '"' and field == "" and (text:sub(at - 1, at - 1) ~= '"' or at == 1) then
      at = at + 1
      while true do
        local q = text:sub(at, at)
        if q == '"' and text:sub(at + 1, at + 1) ~= '"' then break end
        if q == '"' then at = at + 1 end
        if q == "\n" then line = line + 1 end
        field = field .. q
        at = at + 1
      end
    elseif c == delimiter then
      row[#row + 1], field = field, ""
    elseif c == "\n" or c == "\r" then
      if c == "\r" and text:sub(at + 1, at + 1) == "\n" then at = at + 1 end
      finish()
      line = line + 1
    else
      field = field .. c
    end
    at = at + 1
  end
  finish()
  return found
end

local function told(list)
  local lines = {}
  for i, row in ipairs(list) do
    local fields = {}
    for k = 2, #row do fields[#fields + 1] = shown(row[k]) end
    lines[i] = row[1] .. " " .. table.concat(fields) .. "\n"
  end
  return table.concat(lines)
end

local PIECES = { "a", "b", "é", "Київ", "𝄞", " ", "'", "12", "x y", "-", "longer than sixteen bytes, much" }

--- A table at random, as text; which of its fields stand in quotes is chance, too.
local function random_table(random, delimiter)
  local ends = ({ "\n", "\r\n", "\n" })[random(3)]
  local width, text = random(4), { random(8) == 1 and "\xef\xbb\xbf" or "" }
  for i = 1, random(8) do
    local row = {}
    for k = 1, width do
      local field = {}
      for n = 1, random(4) - 1 do
        local special = random(6) == 1
        field[n] = special and ({ delimiter, '"', "\n", "\r\n", ",", ";" })[random(6)] or PIECES[random(#PIECES)]
      end
      local value = table.concat(field)
      if value:find '[",;\t\r\n]' or random(5) == 1 then value = '"' .. value:gsub('"', '""') .. '"' end
      row[k] = value
    end
    text[#text + 1] = table.concat(row, delimiter)
    if width == 1 and row[1] == "" then text[#text] = '"x"' end
    text[#text + 1] = (i == 1 or random(9) > 1) and ends or ends .. ends
  end
  if random(3) == 1 then text[#text] = "" end
  return table.concat(text)
end

describe("rows of CSV", function()
  it("are those of a naive reader: SEED=" .. SEED, function()
    local random = helper.random(SEED)
    for _ = 1, STEPS do
      local text = random_table(random, ",")
      assert.equal(told(naive(text, ",")), rows(text), ("%q"):format(text))
    end
  end)

  it("have the delimiter that the first line tells, where it has no comma", function()
    assert.equal("1 [a][b]\n2 [1,2][3]\n", rows "a;b\n1,2;3\n")
    assert.equal("1 [a][b]\n2 [1;2][3]\n", rows "a\tb\n1;2\t3\n")
    assert.equal("1 [a][b;c]\n", rows "a,b;c\n")
    assert.equal("1 [a;b\\x09c]\n", rows "a;b\tc\n")
    assert.equal("1 [a,b][c]\n", rows '"a,b";c\n')
  end)

  it("end with LF, CR LF, CR or the file, and empty lines are none", function()
    assert.equal("1 [a][b]\n2 [c][d]\n4 [e][f]\n", rows "a,b\rc,d\r\n\r\ne,f")
    assert.equal("", rows "")
    assert.equal("", rows "\n\r\n\r\n")
    assert.equal("1 [a][]\n", rows "a,")
  end)

  it("take a quote inside a field as it is", function()
    assert.equal('1 [5" gun][b"]\n', rows '5" gun,b"\n')
  end)

  it("are bad, by line and column, where they cannot be, and reading goes on", function()
    assert.equal('1 [a][b]\n2 bad ["x"y,1] t:2:4: expected "," or the line\'s end behind the closing quote; a quote '
      .. "inside a field is written twice\n3 [c][d]\n", rows 'a,b\n"x"y,1\nc,d\n')
    assert.equal('1 [a][b]\n2 bad [é,"open] t:2:3: the quote that opens this field is not closed; a quote inside a '
      .. "field is written twice\n3 [c][d]\n", rows 'a,b\né,"open\nc,d\n')
    assert.equal("1 [a][b]\n2 bad [1,2,3] t:2:1: 3 fields where the first row has 2\n3 bad [4] t:3:1: 1 field where "
      .. "the first row has 2\n", rows "a,b\n1,2,3\n4\n")
    assert.equal("1 bad [a,b\\x00] t:1:4: a NUL byte\n", rows "a,b\0\n")
    assert.equal("1 bad [\xc3\xa9,\xff] t:1:3: this is not UTF-8\n", rows "é,\xff\n")
    assert.equal('1 [x\\x0ay][b]\n3 bad ["\\x0a"z,b] t:4:2: expected "," or the line\'s end behind the closing quote; '
      .. "a quote inside a field is written twice\n", rows '"x\ny",b\n"\n"z,b\n')
  end)

  it("survive every allocation that fails", function()
    local _, code = host('a,"b""c"\n"x\ny",2\n1,2,3\n', "-f")
    assert.equal(helper.build == "build" and 1 or 0, code) -- a release fails none
  end)

  it("hold fields of sixteen megabytes and no more", function()
    local most = 16 << 20
    local out = host("a,b\n" .. ("x"):rep(most + 1) .. ",y\n1,2\n")
    assert.truthy(out:find("t:2:1: a field of more than 16 MB\n3 [1][2]\n", 1, true))
    out = host("a,b\n" .. ("x"):rep(most) .. ",y\n1,2\n")
    assert.falsy(out:find("bad", 1, true))
  end)
end)

describe("rows of TSV", function()
  it("have no quotes, and escapes for tabs, line ends and backslashes", function()
    assert.equal('1 ["a][b"]\n2 [x\\x09y][\\x0a\\x0d\\x5cn\\x5cq\\x5c]\n', rows('"a\tb"\nx\\ty\t\\n\\r\\\\n\\q\\\n', "-t"))
  end)
end)

describe("tables with bytes changed at random", function()
  it("are read to an end, the same in all pieces: SEED=" .. SEED, function()
    local random = helper.random(SEED + 7)
    local bytes = { '"', ",", "\n", "\r", "\0", "\xff", "\xc3", "x", ";", "\t", "\\" }
    for _ = 1, STEPS do
      local text = random_table(random, ",")
      for _ = 1, random(4) do
        local at = random(#text + 1)
        text = text:sub(1, at - 1) .. bytes[random(#bytes)] .. text:sub(at + random(2) - 1)
      end
      for _, how in ipairs { {}, { "-t" } } do
        local out, code = host(text, "-P", "6", how[1])
        assert.equal(0, code, ("%q: %s"):format(text, out))
      end
    end
  end)
end)
