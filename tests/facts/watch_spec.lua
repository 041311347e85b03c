-- What a watcher is told: every claim that is opened or closed, in the language.
local helper = require "tests.helper"

local SOURCES = "source s {}. source 'Any One' {}. source <http://x.org/a> {}.\n"

describe("a watcher", function()
  local folder
  before_each(function() folder = helper.folder() end)
  after_each(function() helper.sweep(folder) end)

  --- What is told of a load, past the sources.
  local function told(text)
    local path = helper.write(folder .. "/a.dl", SOURCES .. text)
    local out, err, code = helper.host("api_watch", { path })
    assert.equal("", err)
    assert.equal(0, code, out)
    local lines = {}
    for line in out:gmatch "[^\n]+" do
      if not line:find "^. source" then lines[#lines + 1] = line end
    end
    return lines
  end

  it("is told of claims as they come and go, in canonical words", function()
    assert.same({
      "+ p(a).",
      "+ p('A b') from s.",
      '+ p(a) from s "1\\n2".',
      "+ deny p(a) @ 1994/2004 from 'Any One'.",
      "+ attributed(who) p(a) from <http://x.org/a> grade b2 quote \"he \\\"said\\\"\".",
      "+ assessed p(a) from s confidence 0.5.",
      "- p(a) from s \"1\\n2\".",
      "- assessed p(a) from s confidence 0.5.",
      "+ flag from s.",
    }, told [[
      p(a). from s { p('A b'). p(a) from s "1\n2". }
      p(a). deny p(a) from 'Any One' @ 1994/2004.
      attributed( who ) p(a) quote "he \"said\"" from <http://x.org/a> grade B2.
      assessed p(a) confidence 0.50 from s.
      retract p(a) from s. flag() from s.
    ]])
  end)

  it("is told of verdicts with what they judge, why and by whom", function()
    assert.same({
      "+ p(a) from s.",
      '+ deprecate p(a) from s because "a slip" by \'Any One\'.',
      '+ prefer p(a) because "" by base.',
      '- deprecate p(a) from s because "a slip" by \'Any One\'.',
    }, told [[
      p(a) from s.
      deprecate p(a) from s because "a slip" by 'Any One'.
      prefer p(a) because "" by base.
      retract deprecate p(a).
    ]])
  end)

  it("is told of a fact as it is stored, and of a source of its own where it has a place", function()
    assert.same({
      "+ met(b, a).",
      "+ deny met(b, a) from s.",
      "+ parent(x, y) from base \"3\".",
    }, told [[
      relation met(p, q) symmetric. relation parent(p, q). relation child(p, q) inverse parent.
      met(b, a). met(a, b). deny met(a, b) from s. child(y, x) from base "3".
    ]])
  end)
end)

-- ---- what is told, read again -----------------------------------------------------------

local SOURCE = { "s", "'Any One'", "<http://x.org/a>" }
local VALUE = { "a", "'A b'", "'not'", "'it\\'s'", "<http://x.org/b>", "_:b1", "5", "-2.5", "true", '"text"',
  '"двa \\"x\\""@uk', '"5"^^<http://x.org/t>', "1994-02", "2014-10-01/2024-10-01", "123456789012345678901234567890",
  "київ", "from", "quote", "'a\\\\b'", '""', "1994-02-08" }
local RELATION = { "p", "q", "'Odd One'", "<http://x.org/p>", "deny", "from", "stated", "relation", "prefer", "source_of",
  "attributed_to", "because", "by" }
local TIME = { "1994", "1994-02-08", "1994/2004", "2019-05-20/..", "../1994", "2023-09-15?", "2022-02~", "2014-XX-05",
  "1994-02?~" }
local TEXT = { '"1"', '"background/2"', '"a \\"b\\"\\n"', '"слово"@uk' }

local function maybe(random, before, list)
  return random(2) == 1 and before .. list[random(#list)] or ""
end

--- A claim as it is told, without its dot.
local function random_claim(random)
  local columns = {}
  for i = 1, random(4) - 1 do columns[i] = VALUE[random(#VALUE)] end
  local fact = RELATION[random(#RELATION)]
  if #columns > 0 then fact = fact .. "(" .. table.concat(columns, ", ") .. ")" end
  fact = fact .. maybe(random, " @ ", TIME)
  if random(6) == 1 then
    local verb = random(2) == 1 and "prefer " or "deprecate "
    return verb .. fact .. maybe(random, " from ", SOURCE) .. " because " .. TEXT[random(3)] .. " by " ..
      SOURCE[random(#SOURCE)], fact
  end
  local manner = ({ "", "", "assessed ", "attributed(" .. VALUE[random(6)] .. ") " })[random(4)]
  local from = maybe(random, " from ", SOURCE)
  if from ~= "" then from = from .. maybe(random, " ", TEXT) end
  return (random(3) == 1 and "deny " or "") .. manner .. fact .. from
    .. maybe(random, " grade ", { "b2", "a", "6" }) .. maybe(random, " quote ", TEXT)
    .. maybe(random, " confidence ", { "0", "1", "0.25" })
end

describe("a claim as it is told", function()
  it("is the same claim when it is loaded", function()
    local seed = tonumber(os.getenv "SEED") or 20261126
    local random = helper.random(seed)
    local folder = helper.folder()
    local lines, seen, text = {}, {}, { SOURCES }
    local function add(line)
      if seen[line] then return end
      seen[line] = true
      lines[#lines + 1] = "+ " .. line .. "."
      text[#text + 1] = line .. "."
    end
    for _ = 1, tonumber(os.getenv "STEPS") or 600 do
      local line, judged = random_claim(random)
      if judged then add(judged) end
      add(line)
    end
    local path = helper.write(folder .. "/a.dl", table.concat(text, "\n"))
    local out, err = helper.host("api_watch", { path })
    helper.sweep(folder)
    assert.equal("", err)
    local told = {}
    for line in out:gmatch "[^\n]+" do
      if not line:find "^%+ source%(" then told[#told + 1] = line end
    end
    for i = 1, math.max(#lines, #told) do assert.equal(lines[i], told[i], "seed " .. seed) end
  end)
end)
