-- Facts and claims by the many: what is remembered of them must not be seen.
local dossier = require "dossier"
local many = require "dossier.many"
local report = require "dossier.report"
local tell = require "dossier.tell"

local seed = tonumber(os.getenv "SEED") or os.time()

local function base(text)
  local kb = assert(dossier.open())
  assert(kb:load_text([[
    source log { title: "Log", reliability: b }.  source diary { title: "Diary" }.
    relation met(a, b) occurs phrase "{1} met {2}".
  ]] .. text))
  return kb
end

local function first(kb, ...) return tell.of(kb, ...)[1] end

local function texts(facts)
  local out = {}
  for i, fact in ipairs(facts) do out[i] = fact.text end
  return out
end

describe("a claim", function()
  local text = [[
    from log "p. 3" { met(ida, osk) @ 1990.  met(ida, ben) @ 1991. }
    attributed(ben) met(ida, eva) from diary.
  ]]

  it("gives all of its fields to pairs", function()
    local kb <close> = base(text)
    local fields = {}
    for key, value in pairs(first(kb, "met", "ida", "osk").claims[1]) do
      fields[key] = tostring(value)
    end
    assert.same({ verb = "asserts", kind = "stated", source = "log", locator = "p. 3",
                  citation = "log p. 3", reliability = "b", valid = "1990", opened = "1",
                  fact = "met(ida, osk) @ 1990" }, fields)
  end)

  it("is one's own: what is set in it is in no other, nor in a later one", function()
    local kb <close> = base(text)
    local claim = first(kb, "met", "ida", "osk").claims[1]
    claim.citation = "changed"
    assert.equal("changed asserts met(ida, osk) @ 1990", tostring(claim))
    assert.equal("log p. 3", first(kb, "met", "ida", "ben").claims[1].citation)
    assert.equal("log p. 3", first(kb, "met", "ida", "osk").claims[1].citation)
    for key, value in pairs(claim) do
      if key == "citation" then assert.equal("changed", value) end
    end
  end)

  it("has the grade that its source has in the view, when it is first asked for", function()
    local kb <close> = base(text)
    local old = kb:view { known_at = "#1" }
    local before = first(kb, "met", "ida", "osk")
    assert.equal("b", before.claims[1].reliability)
    assert(kb:load_text "retract source_reliability(log, b).  source_reliability(log, d).")
    assert.equal("d", first(kb, "met", "ida", "osk").claims[1].reliability)
    assert.equal("b", before.claims[1].reliability)
    assert.equal("b", first(old, "met", "ida", "osk").claims[1].reliability)
  end)

  it("of a number that a rollback gave back is not taken for another", function()
    local kb <close> = base ""
    pcall(kb.transaction, kb, function(tx)
      tx:add("met", { "a", "b" }, { source = "log", locator = "gone" })
      assert.equal("gone", first(kb, "met", "a").claims[1].locator)
      error "no"
    end)
    kb:transaction(function(tx)
      tx:add("met", { "a", "b" }, { source = "diary", locator = "stays" })
    end)
    assert.equal("diary stays", first(kb, "met", "a").claims[1].citation)
  end)

  it("is there however many stand on one fact", function()
    local kb <close> = base ""
    for n = 1, 20 do
      assert(kb:load_text(('met(a, b) from log "p. %d".'):format(n)))
      assert.equal(n, #first(kb, "met").claims)
      assert.equal(n, #first(kb, "met"):history())
    end
  end)
end)

describe("the words of a fact", function()
  it("are those of the base as it is and of the fact's view", function()
    local kb <close> = base [[label(ida, "Ida").  met(ida, osk) from log.]]
    local fact, old = first(kb, "met"), kb:view { known_at = "#1" }
    local then_ = first(old, "met")
    assert.equal("Ida met osk", tostring(fact))
    assert(kb:load_text [[retract label(ida, "Ida").  label(ida, "Ida B.").  label(osk, "Osk").]])
    assert.equal("Ida B. met Osk", tostring(fact))
    assert.equal("Ida met osk", tostring(then_))
    pcall(kb.transaction, kb, function(tx)
      tx:add("label", { "ben", "Ben" })
      tx:retract("label", { "osk", "Osk" })
      assert.equal("Ida B. met osk", tostring(fact))
      error "no"
    end)
    assert.equal("Ida B. met Osk", tostring(fact))
  end)
end)

describe("many facts", function()
  -- Few names and dates, so that much is told twice.
  local function random_base()
    math.randomseed(seed)
    local dates = { "", " @ 1990", " @ 1990-05", " @ 1990-05-03", " @ 1991/1992", " @ 1990/..",
                    " @ 1990-01-01/1990-12-31" }
    local lines = {
      'relation runs(a, b).', 'relation opened(a, date).', 'relation kin(a, b) symmetric.',
      'label(a, "same").  label(b, "same").',
    }
    for _ = 1, 150 do
      local r = ({ "met", "runs", "kin", "opened" })[math.random(4)]
      local of = ("abcde"):sub(math.random(5)):sub(1, 1)
      local to = r == "opened" and tostring(1990 + math.random(3))
        or ("abcde"):sub(math.random(5)):sub(1, 1)
      local deny = math.random(20) == 1 and "deny " or ""
      lines[#lines + 1] = ("%s%s(%s, %s)%s from %s."):format(deny, r, of, to,
        dates[math.random(#dates)], ({ "log", "diary" })[math.random(2)])
    end
    return base(table.concat(lines, "\n"))
  end

  it("are sorted as tell.before has it, each once where asked, and lists move along", function()
    local kb <close> = random_base()
    local facts = tell.stored(kb)
    local twice, along = {}, {}
    for i = #facts, 1, -1 do
      table.insert(twice, facts[i])
      table.insert(twice, math.random(#twice), facts[i])
    end
    for i, fact in ipairs(twice) do along[i] = fact.text end
    local by_hand = table.move(facts, 1, #facts, 1, {})
    table.sort(by_hand, tell.before)
    many.sort(twice, false, along)
    assert.same(along, texts(twice), "SEED=" .. seed)
    many.sort(twice, true)
    assert.same(texts(by_hand), texts(twice), "SEED=" .. seed)
  end)

  it("come to as many lines of each trust as are told", function()
    local kb <close> = random_base()
    local facts = tell.facts(kb)
    assert.same(tell.tally(tell.lines(facts)), (tell.total(kb:support())), "SEED=" .. seed)
  end)

  it("are put together by their tuples, in order of first mention, each once", function()
    local kb <close> = base [[from log {
      met(a, b) @ 1990.  met(a, c).  met(a, b) @ 1990-05.  met(a, b). }]]
    local facts = {}
    for _, fact in ipairs(tell.of(kb, "met", "a", "b")) do facts[#facts + 1] = fact end
    facts = { facts[1], first(kb, "met", "a", "c"), facts[2], facts[1], facts[3] }
    assert.same({ { 1, 3, 5 }, 2 }, many.tuples(facts))
    assert.equal(3, #report.fold(facts)[2].facts)
    assert.same({}, many.tuples {})
  end)

  it("of two bases are never one", function()
    local one <close> = base "met(a, b) from log."
    local other <close> = base "met(a, b) from log."
    assert.equal(2, #many.tuples { first(one, "met"), first(other, "met") })
  end)

  it("are facts: anything else is told by its place", function()
    for _, f in ipairs { many.sort, many.tuples } do
      assert.has_error(function() f { "x" } end,
        "a list of facts is due; item 1 is a string")
      assert.has_error(function() f(nil) end)
    end
  end)
end)

describe("many.plain", function()
  it("knows what has to be looked at before it may stand on a line", function()
    for _, text in ipairs { " a", "a ", "a  b", "a\tb", "a\127", "\194\155x", "\226\128\174x" } do
      assert.is_false((many.plain(text)), ("%q"):format(text))
    end
    assert.same({ true, true }, { many.plain "a b, c" })
    assert.same({ true, false }, { many.plain "Київ" })
    assert.same({ true, true }, { many.plain "" })
  end)
end)
