--- Bare facts are read without the grammar, and mean what they mean to it.
--
-- A comment before the final dot leaves a clause to the grammar, and changes no place before
-- it; so each text is loaded twice, and what comes of it is compared.

local helper = require "tests.helper"
local dossier = require "dossier"

local seed = tonumber(os.getenv "SEED") or 20261127
local steps = tonumber(os.getenv "STEPS") or 300

local names = { "a", "joined", "x_1", "aB", "'Any Thing'", "'it''s'", "ex:thing", "ex:a-b.c",
  "<http://example.org/x>", "not", "true", "attributed", "from", "stated", "deny", "source",
  "relation", "Ж", "жук", "_", "Variable" }
local values = { '"text"', '"text"@en', '"text"@en-GB', '"x"^^xsd:token', '"a\\nb"', '"it\'s"',
  '""', "1", "-1", "007", "1.5", "-2.50", "1994", "1994-02", "1994-02-08", "1994-02-30", "1994?",
  "1994-02-08/1995-01-01", "1994/1995", "1..2", "..", "12345678901234567890", "2 + 3", "-x",
  "f(a)", "@1994", "$name", "%" }
local times = { "1994", "1994-02-08", "1994-02", "1994/2004", "1994-02-08/2004-01-01", "1994/..",
  "1994-13-01", "199", "unknown", "2014-XX-05", "1994~", "19945", "T", "1994 1995" }
local ends = { "", "", " from s", ' from s "loc 1"', ' from s "loc"@en', " from t", " from",
  " from s grade 2", " grade b2", ' from s"x"', ' quote "said"', " from 's'", "from s" }
local signs = { "(", ")", ",", ".", '"', "'", "@", "-", ":", "/", "<", ">", "_", " ", "a", "A", "1",
  "?", "~", "X", "%", "\\", "\t", "\n", "{", "}", "ж", "from" }

local function pick(random, list) return list[random(#list)] end

local function random_fact(random)
  local columns = {}
  for i = 1, random(4) - 1 do columns[i] = pick(random, random(2) == 1 and names or values) end
  local blank = pick(random, { "", " ", "\n  " })
  local text = pick(random, names) .. "(" .. blank .. table.concat(columns, blank .. "," .. blank)
    .. blank .. ")"
  if random(2) == 1 then text = text .. pick(random, { " @ ", "@", " @" }) .. pick(random, times) end
  return text .. pick(random, ends)
end

--- Somewhere in the text, something else.
local function mutate(random, text)
  local at = random(#text)
  return text:sub(1, at - 1) .. pick(random, signs) .. text:sub(at + random(3) - 1)
end

--- What a load of `text` comes to: the base, or where it is refused and for what.
local function outcome(text)
  local kb <close> = assert(dossier.open())
  assert(kb:load_text [[
    prefix ex: <http://example.org/>.  source s.  relation joined(entity, entity) occurs.
    relation a(date, text).  relation x_1(int, number, any).]])
  local ok, message, code = kb:load_text(text, "text")
  if not ok then return code .. (code == "syntax" and "" or message:match "^[^\n]*") end
  return kb:export()
end

describe("a bare fact", function()
  it("means what it means to the grammar", function()
    print(("bare facts: SEED=%d STEPS=%d"):format(seed, steps))
    local random = helper.random(seed)
    for step = 1, steps do
      local text = random_fact(random)
      if random(3) == 1 then text = mutate(random, text) end
      -- A comment of the text's own would swallow what ends the clause.
      local open = text:find "%%" or text:find "/%*"
      local plain = outcome(text .. (open and "\n." or "."))
      local marked = outcome(text .. (open and "\n/**/." or "/**/."))
      assert.equal(marked, plain, ("step %d: %s"):format(step, text))
    end
  end)

  it("is told of at its place", function()
    local kb <close> = assert(dossier.open())
    local _, message = kb:load_text("relation p(entity, int).\n\n  p(ж, 1). p(a,\n   x) @ 1994.", "t")
    assert.equal("t:4:4: ", message:match "^t:%d+:%d+: ")
    assert.truthy(message:find("     x) @ 1994.\n     ^", 1, true), message)
  end)
end)
