--- Random writes, views and searches against a naive model: every text of every fact in view and
--- of every quotation, looked at word by word.
--
-- SEED sets the seed, STEPS how many steps are made.
local dossier = require "dossier"
local helper = require "tests.helper"

local SEED = tonumber(os.getenv "SEED") or 4711
local STEPS = tonumber(os.getenv "STEPS") or 120

-- Words that are their own stems.
local WORDS = { "alfa", "bravo", "golf", "kilo", "lima", "tango", "zulu" }

local DECLARED = [[
source s1 {}. source s2 {}. source s3 {}.
relation says(who, text). relation tells(who, who, text) occurs. relation text_of(text, who) holds.
relation long(a, b, c, text). relation bare(text). relation met(who, who) symmetric.
text_of("nothing", e1) @ 1994 from s1. tells(e1, e2, "nothing") @ 1994 from s1.
]]

local COLUMNS = {
  label = { "e", "t" }, alias = { "e", "t" }, says = { "e", "t" }, tells = { "e", "e", "t" },
  text_of = { "t", "e" }, long = { "e", "e", "e", "t" }, bare = { "t" }, met = { "e", "e" },
}
local NAMES = { "alias", "bare", "label", "long", "met", "says", "tells", "text_of" }
local TIMED = { tells = true, text_of = true }

local function words_of(text)
  local list = {}
  for word in text:lower():gmatch "%a+" do list[#list + 1] = word end
  return list
end

--- Does a text have a term: words side by side, the last one perhaps only begun?
local function has_term(words, term)
  for at = 1, #words - #term.words + 1 do
    local fits = true
    for i, word in ipairs(term.words) do
      local there = words[at + i - 1]
      local same = there == word
      if term.prefix and i == #term.words then same = there:sub(1, #word) == word end
      fits = fits and same
    end
    if fits then return true end
  end
  return false
end

local function matches(text, terms, all)
  local words, n = words_of(text), 0
  for _, term in ipairs(terms) do
    if has_term(words, term) then n = n + 1 end
  end
  if all then return n == #terms end
  return n > 0
end

--- The first entity of a fact.
local function entity_of(fact)
  for i = 1, fact.arity do
    local value = fact[i]
    if type(value) == "userdata" and value.id then
      return value.id
    end
  end
  return "-"
end

-- On which days of a view a fact is certainly in it, by its time as written.
local CERTAIN = {
  tells = { ["1994"] = { "1996", "2000", "2010" }, ["1999-05/2001-03"] = { "2010" } },
  text_of = { ["1999-05/2001-03"] = { "2000" } },
}

--- Is a fact's time in a view as of that day (nil: of all times)?
local function in_time(fact, name, as_of)
  if not as_of or not CERTAIN[name] then return true end
  for _, day in ipairs(CERTAIN[name][tostring(fact.valid)] or {}) do
    if day == as_of then return true end
  end
  return false
end

--- All that stands in a view: "text\0entity" of every column and live quotation.
local function places(view, as_of)
  local list = {}
  local function add(text, fact) list[tostring(text) .. "\0" .. entity_of(fact)] = tostring(text) end
  for _, name in ipairs(NAMES) do
    local kinds = COLUMNS[name]
    local variables = {}
    for i = 1, #kinds do variables[i] = "X" .. i end
    for fact in view:history(("%s(%s)"):format(name, table.concat(variables, ", "))) do
      if fact.held then
        for i = 1, fact.arity do
          if kinds[i] == "t" then add(fact[i], fact) end
        end
      end
      for _, claim in ipairs(fact.claims) do
        local counts = claim.fact == fact.text and in_time(fact, name, as_of)
          and (fact.held or claim.verb ~= "asserts")
        if claim.quotation and counts then add(claim.quotation, fact) end
      end
    end
  end
  return list
end

local function expected(view, terms, as_of)
  for _, all in ipairs { true, false } do
    local list = {}
    for place, text in pairs(places(view, as_of)) do
      if matches(text, terms, all) then list[#list + 1] = place end
    end
    if #list > 0 or #terms == 1 then
      table.sort(list)
      return list, not all
    end
  end
  return {}, true
end

local function searched(view, asked)
  local list, last, partial = {}, math.huge, false
  for hit in view:search(asked, { limit = math.huge }) do
    assert(hit.score <= last, "the order is not that of the scores")
    last, partial = hit.score, hit.partial
    list[#list + 1] = tostring(hit.text) .. "\0" .. (hit.entity and hit.entity.id or "-")
  end
  table.sort(list)
  return list, partial
end

local function run(path)
  local random = helper.random(SEED)
  local function pick(list) return list[random(#list)] end
  local options = { merge_bound = 20, block_bytes = 200, now = "2024-01-01" }
  local kb = assert(dossier.open(path, options))
  assert(kb:load_text(DECLARED))
  local transactions = 1

  local function text()
    local words = {}
    for i = 1, random(4) do
      local word = pick(WORDS)
      words[i] = random(3) == 1 and word:upper() or word
    end
    return table.concat(words, pick { " ", "-", ", " })
  end

  local function atom()
    local name, args = pick(NAMES), {}
    for i, kind in ipairs(COLUMNS[name]) do
      args[i] = kind == "t" and ('"%s"'):format(text()) or "e" .. random(6)
    end
    local time = TIMED[name] and pick { "", " @ 1994", " @ 1999-05/2001-03" } or ""
    return ("%s(%s)%s"):format(name, table.concat(args, ", "), time)
  end

  local made = {}
  local function clause()
    local fact = #made > 0 and random(3) == 1 and pick(made) or atom()
    made[#made + 1] = fact
    local quote = random(2) == 1 and (' quote "%s"'):format(text()) or ""
    return ("%s%s from s%d%s."):format(random(6) == 1 and "deny " or "", fact, random(3), quote)
  end

  local function write()
    local how = random(8)
    if how <= 4 then
      local list = {}
      for i = 1, random(3) do list[i] = clause() end
      assert(kb:load_text(table.concat(list, "\n")))
    elseif how == 5 and #made > 0 then
      local fact = pick(made)
      assert(kb:load_text(("%s from s1."):format(fact)))
      kb:undo()
    elseif how == 6 and transactions > 3 then
      pcall(kb.undo, kb, random(transactions - 2) + 1)
    elseif how == 7 and random(4) == 1 then
      local a, b = random(6), random(6)
      if a ~= b and random(2) == 1 then kb:rename("e" .. a, "e" .. b, { merge = true }) end
    else
      kb:close()
      kb = assert(dossier.open(path, options))
    end
    transactions = #kb:transactions()
  end

  local function view()
    local how = {}
    if random(3) == 1 then how.sources = pick { { "s1" }, { "s2", "s3" } } end
    if random(4) == 1 then how.known_at = random(transactions) end
    if random(5) == 1 then how.as_of = pick { "1993", "1996", "2000", "2010" } end
    return kb:view(how), how.as_of
  end

  local function ask()
    local terms, asked = {}, {}
    for i = 1, random(3) do
      local words = {}
      for k = 1, random(3) == 1 and 2 or 1 do words[k] = pick(WORDS) end
      local prefix = random(4) == 1
      if prefix then words[#words] = words[#words]:sub(1, random(4)) end
      terms[i] = { words = words, prefix = prefix }
      local inner = table.concat(words, " ")
      if random(2) == 1 then inner = inner:upper() end
      asked[i] = (#words > 1 and '"' .. inner .. '"' or inner) .. (prefix and "*" or "")
    end
    return terms, table.concat(asked, " ")
  end

  for step = 1, STEPS do
    write()
    for _ = 1, 2 do
      local seen, as_of = view()
      local terms, asked = ask()
      local wanted, partial = expected(seen, terms, as_of)
      local got, some = searched(seen, asked)
      local where = ("seed %d, step %d, search %s"):format(SEED, step, asked)
      assert.same(wanted, got, where)
      if #wanted > 0 then assert.equal(partial, some, where) end
      seen:close()
    end
    if step % 25 == 0 then assert(kb:verify()) end
    if step % 60 == 0 then
      assert(kb:rebuild_search())
      assert(kb:verify())
    end
  end
  kb:close()
end

describe("a search of a random base", function()
  local folder
  before_each(function() folder = helper.folder() end)
  after_each(function() helper.sweep(folder) end)

  it("finds what a look at every text finds", function() run(folder .. "/base.kb") end)
end)
