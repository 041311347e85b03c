--- The matching machine and the code that the build compiles for it: they make of a text
-- what LPeg makes of it with the same grammar.
--
-- SEED=n other texts, STEPS=n as many of them.
local helper = require "tests.helper"
local texts = require "tests.lua.texts"

local seed = tonumber(os.getenv "SEED") or 20261127
local steps = tonumber(os.getenv "STEPS") or (helper.sanitized and 400 or 3000)

local starts = { "clause", "block", "transaction", "query", "fact" }
local random = helper.random(seed)
local make = texts.maker(random)

--- A text with something about it changed, which often makes it none of the language.
local function damaged(text)
  local at = random(#text)
  local kind = random(6)
  if kind == 1 then return text:sub(1, at - 1) .. text:sub(at + 1) end
  if kind == 2 then return text:sub(1, at) end
  if kind == 3 then return text:sub(1, at) .. text:sub(random(#text)) end
  local signs = "()[]{}.,:;@\"'%$#<>=!-+*/\\ _XTaz09~?\0\n\127\195\226\255"
  local n = random(#signs)
  return text:sub(1, at - 1) .. signs:sub(n, n) .. text:sub(at + (kind == 4 and 0 or 1))
end

--- One text and what it is to begin with.
local function draw()
  local kind = random(8)
  if kind == 1 then return "block", table.concat(make.head(), " ") end
  local tokens = make.clause()
  local text = kind <= 5 and make.join(tokens, 20) or table.concat(tokens, " ")
  if not text then text = table.concat(tokens, random(2) == 1 and " " or "") end
  local start = starts[({ 1, 1, 1, 1, 3, 4 })[random(6)]]
  if start == "query" then text = text:gsub("^%s*%?%-", random(2) == 1 and "" or "?-") end
  return start, text
end

--- What the machine makes of texts { start, text }: a line for each.
local function by_machine(cases)
  local input = {}
  for i, case in ipairs(cases) do
    local code
    for n, start in ipairs(starts) do code = start == case[1] and n - 1 or code end
    input[i] = ("%d %d\n%s"):format(code, #case[2], case[2])
  end
  local out, err, code = helper.host("lua_machine", "", table.concat(input, "\n"))
  assert.equal("", err)
  assert.equal(0, code, out)
  local lines = {}
  for line in out:gmatch "[^\n]+" do lines[#lines + 1] = line end
  assert.equal(#cases, #lines)
  return lines
end

local function by_lpeg(start, text)
  local code = texts.code(text, start)
  return code and table.concat(code, " ") or "no"
end

local function all_alike(cases)
  local matched = 0
  for i, line in ipairs(by_machine(cases)) do
    local start, text = cases[i][1], cases[i][2]
    local wanted = by_lpeg(start, text)
    if wanted ~= "no" then matched = matched + 1 end
    assert(wanted == line, ("SEED=%d: as a %s, %q:\nLPeg     %s\nmachine  %s")
      :format(seed, start, text, wanted, line))
  end
  return matched
end

describe("the matching machine makes what LPeg makes", function()
  it("of random clauses, heads of blocks, queries and facts, whole and damaged", function()
    local cases = {}
    for i = 1, steps do
      local start, text = draw()
      for _ = 1, i % 3 do text = damaged(text .. " ") end
      cases[i] = { start, text }
    end
    local matched = all_alike(cases)
    assert(matched > steps // 5 and matched < steps, matched)
  end)

  it("of each letter, in front of a name and within one", function()
    local cases = {}
    for code = 1, 0x30FF do
      local letter = utf8.char(code)
      cases[#cases + 1] = { "fact", letter .. "a(b)" }
      cases[#cases + 1] = { "query", "p(" .. letter .. ", a" .. letter .. "c)" }
    end
    all_alike(cases)
  end)

  it("of the bundled texts, cut at each full stop", function()
    local cases = {}
    for path in io.popen("find data -name '*.dl' | LC_ALL=C sort"):lines() do
      for piece in helper.read(path):gmatch "[^.]+%." do
        cases[#cases + 1] = { starts[1 + #cases % 4], piece }
        cases[#cases + 1] = { "clause", piece }
      end
    end
    assert(all_alike(cases) > 300)
  end)

  it("of an empty text, a blank one and a single character", function()
    local cases = {}
    for _, start in ipairs(starts) do
      cases[#cases + 1] = { start, "" }
      for byte = 0, 255 do cases[#cases + 1] = { start, string.char(byte) } end
    end
    all_alike(cases)
  end)
end)

describe("the matching machine", function()
  local function deep(n) return "p(X) :- X = " .. ("("):rep(n) .. "1" .. (")"):rep(n) .. "." end

  it("takes 200 brackets, and gives up on a depth that no text may have", function()
    assert.equal(1, all_alike { { "clause", deep(200) } })
    assert.same({ "too deep" }, by_machine { { "clause", deep(100000) } })
  end)
end)
