local dossier = require "dossier"
local report = require "dossier.report"
local tell = require "dossier.tell"

local function base(text)
  local kb = assert(dossier.open())
  assert(kb:load_text([[
    source log { title: "Ship log" }.
    source diary { title: "Diary" }.
    label(ida, "Ida").  label(osk, "Ósk").  label(tern, "the Tern").
    relation met(person, person) occurs phrase "{1} met {2}".
    relation owns(vessel, owner) holds phrase "{2} owns {1}".
    relation opened(date, port) key(port) phrase "{2} was opened on {1}".
  ]] .. text))
  return kb
end

local function texts(lines)
  local out = {}
  for i, line in ipairs(lines) do out[i] = line.text end
  return out
end

describe("tell.when", function()
  it("is the valid time, else the first date among the columns, else nothing", function()
    local kb <close> = base [[
      met(ida, ben) @ 1990 from log.  opened(1911, osk) from log.  owns(tern, ida) from log.
    ]]
    assert.equal("1990", tostring(tell.when(tell.of(kb, "met")[1])))
    assert.equal("1911", tostring(tell.when(tell.of(kb, "opened")[1])))
    assert.is_nil(tell.when(tell.of(kb, "owns")[1]))
  end)
end)

describe("tell.facts", function()
  it("leaves names, types and sources out and puts the undated last", function()
    local kb <close> = base [[
      type(ida, person).
      from log { met(ida, ben) @ 1990.  owns(tern, ida).  opened(1911, osk).  calm. }
    ]]
    local out = {}
    for i, fact in ipairs(tell.facts(kb)) do out[i] = fact.text end
    assert.same({ "opened(1911, osk)", "met(ida, ben) @ 1990", "owns(tern, ida)",
                  "calm" },
      out)
  end)

  it("gives a fact once, though it is of two relations and mentions its entity twice", function()
    local kb <close> = base [[
      relation general(a, b) phrase "{1} and {2}".
      relation special(a, b) is general(1, 2).
      special(ida, ida) from log.
    ]]
    assert.equal(1, #tell.facts(kb))
    assert.equal(1, #tell.facts(kb, "ida"))
    assert.equal(0, #tell.facts(kb, "osk"))
  end)
end)

describe("tell.of", function()
  it("gives nothing where the base has no such relation", function()
    local kb <close> = base ""
    assert.same({}, tell.of(kb, "no_such_relation"))
    assert.same({}, tell.of(kb, "owns/7"))
  end)
end)

describe("tell.manner", function()
  local function claim(kind, speaker)
    return { kind = kind, speaker = speaker and { label = speaker } }
  end

  it("is nothing where one claim states it", function()
    assert.equal("", tell.manner { claim "assessed", claim "stated" })
    assert.equal("", tell.manner {})
  end)

  it("names who is said to say so, and what is only assessed", function()
    assert.equal("says Ida", tell.manner { claim("attributed", "Ida") })
    assert.equal("say Ben and Ida; assessed",
      tell.manner { claim("attributed", "Ida"), claim "assessed", claim("attributed", "Ben") })
  end)

  it("does not name a speaker whom the fact names", function()
    local said = claim("attributed", "Ida")
    assert.equal("attributed", tell.manner({ said }, { said.speaker, "yes", arity = 2 }))
    assert.equal("says Ida", tell.manner({ said }, { "yes", arity = 1 }))
  end)
end)

describe("tell.lines", function()
  it("folds what is told at different precision and cites both", function()
    local kb <close> = base [[
      met(ida, osk) @ 1990 from log "1".  met(ida, osk) @ 1990-05 from diary "7".
    ]]
    local lines = tell.lines(tell.facts(kb))
    assert.equal(1, #lines)
    assert.equal("1990-05", tostring(lines[1].when))
    assert.equal("corroborated", lines[1].trust)
    assert.equal(2, #lines[1].claims)
  end)

  it("says in what manner, and marks the trust that was asked for", function()
    local kb <close> = base [[
      attributed(ida) owns(tern, osk) from log.
      owns(tern, ida) @ 1990.
    ]]
    local facts = tell.facts(kb)
    assert.same({ "Ida owns the Tern (unsupported)", "Ósk owns the Tern (says Ida)" },
      texts(tell.lines(facts)))
    assert.same({ "Ida owns the Tern", "Ósk owns the Tern (says Ida; single-source)" },
      texts(tell.lines(facts, { ["single-source"] = true })))
  end)

  it("marks what is only possibly in view", function()
    local kb <close> = base "owns(tern, ida) @ 1990/1992 from log."
    local view <close> = kb:view { as_of = "1992-06", possible = true }
    assert.same({ "? Ida owns the Tern" }, texts(tell.lines(tell.facts(view))))
  end)

  it("orders the finest tellings, whatever order the coarse ones had", function()
    local kb <close> = base [[
      met(ida, osk) @ 1990 from log.  met(ida, osk) @ 1990-09 from diary.
      owns(tern, ida) @ 1990-03/.. from log.
    ]]
    local lines = tell.lines(tell.facts(kb))
    assert.equal("owns", lines[1].fact.relation)
    assert.equal("met", lines[2].fact.relation)
  end)
end)

describe("tell.sides", function()
  it("gives who says so and who says otherwise", function()
    local kb <close> = base [[
      opened(1911, osk) from log "1".  opened(1912-05-01, osk) from diary "2".
    ]]
    local conflict = kb:conflicts()()
    assert.equal("Opened: Ósk (two values where one is allowed)", tell.issue(conflict))
    local sides = tell.sides(conflict)
    assert.same({ "Ósk was opened on 1911", "Ósk was opened on 1912-05-01" }, texts(sides))
    assert.equal("log 1", sides[1].claims[1].citation)
    assert.equal("diary 2", sides[2].claims[1].citation)
  end)

  it("tells an assertion from a denial, though both are of one fact", function()
    local kb <close> = base [[
      met(ida, osk) @ 1990 from log.  deny met(ida, osk) @ 1990 from diary.
    ]]
    local conflict = kb:conflicts()()
    assert.equal("denial", conflict.kind)
    local sides = tell.sides(conflict)
    assert.equal(2, #sides)
    assert.equal("log", sides[1].claims[1].source.id)
    assert.equal("diary", sides[2].claims[1].source.id)
    assert(sides[2].text:find "^Denied: ")
  end)

  it("says whose claim a verdict is on, where it is on one source's", function()
    local kb <close> = base [[
      met(ida, osk) @ 1990 from log.  deny met(ida, osk) @ 1990 from diary.
      deprecate met(ida, osk) @ 1990 from diary because "it is torn" by log.
    ]]
    local sides = tell.sides(kb:conflicts()())
    assert.equal(3, #sides)
    assert.equal("Deprecated: Ida met Ósk (1990), as diary has it, because it is torn",
      sides[3].text)
  end)

  it("adds an analyst's verdict with its reason", function()
    local kb <close> = base [[
      opened(1911, osk) from log.  opened(1912, osk) from diary.
      prefer opened(1911, osk) because "the log is older" by log.
    ]]
    local sides = tell.sides(kb:conflicts()())
    assert.equal("Preferred: Ósk was opened on 1911, because the log is older",
      sides[3].text)
  end)
end)

describe("tell of many facts", function()
  local function load(text)
    local kb = assert(dossier.open())
    assert(kb:load_text(text))
    return kb
  end

  it("gives what is stored, each fact once, names and special cases aside", function()
    local kb <close> = load [[
      label(a, "A").  relation near(x, y) symmetric.  near(b, a).
      relation has(x, y).  relation owned(y, x) inverse has.  owned(a, b).
      relation general(x).  relation special(x) is general(1).  special(a).  general(b).
    ]]
    local found = {}
    for i, fact in ipairs(tell.stored(kb)) do found[i] = fact.text end
    table.sort(found)
    assert.same({ "general(b)", "has(b, a)", "near(a, b)", "special(a)" }, found)
  end)

  it("sorts as it tells", function()
    local kb <close> = load "p(c).  p(b) @ 1990.  p(d) @ 1980.  p(a)."
    local facts = tell.stored(kb)
    tell.sort(facts)
    for i = 2, #facts do assert.is_true(tell.before(facts[i - 1], facts[i])) end
    assert.equal("p(d) @ 1980", facts[1].text)
  end)

  it("has a pattern that every fact of a relation matches", function()
    assert.equal("'shut'(X1, X2)", tell.pattern { name = "shut", arity = 2 })
    assert.equal([['it\'s shut']], tell.pattern { name = "it's shut", arity = 0 })
    assert.equal("<http://example.org/x>(X1)",
      tell.pattern { name = "<http://example.org/x>", arity = 1 })
  end)

  it("knows the tuple apart from its time, and both in a sentence", function()
    local kb <close> = load 'relation shut(x) occurs phrase "{1} was shut".  shut(a) @ 1987/...'
    local fact = tell.stored(kb)[1]
    assert.equal("shut(a)", tell.tuple(fact))
    assert.equal("a was shut (on or after 1987)", tell.sentence(fact))
  end)

  it("cites both sides of a line: who asserts, and who denies its finest fact", function()
    local kb <close> = load [[
      source log.  source map.
      relation shut(x) occurs.  shut(a) @ 1987-11 from log.  deny shut(a) @ 1987 from map.
    ]]
    local words = {}
    for i, claim in ipairs(tell.both_sides(tell.lines(tell.stored(kb))[1])) do
      words[i] = claim.verb .. " " .. claim.citation
    end
    assert.same({ "asserts log", "denies map" }, words)
  end)
end)

describe("tell.join and tell.count", function()
  it("read as English", function()
    assert.equal("", tell.join {})
    assert.equal("a", tell.join { "a" })
    assert.equal("a and b", tell.join { "a", "b" })
    assert.equal("a, b and c", tell.join { "a", "b", "c" })
    assert.equal("1 fact", tell.count(1, "fact"))
    assert.equal("0 facts", tell.count(0, "fact"))
    assert.equal("2 entities", tell.count(2, "entity", "entities"))
  end)
end)

describe("tell.words and tell.group", function()
  it("read an entity by its label and anything else as it is", function()
    local kb <close> = base ""
    assert.equal("Ósk", tell.words(assert(kb:find "osk")))
    assert.equal("1990", tell.words(dossier.time "1990"))
    assert.equal("osk", tell.words "osk")
  end)

  it("put things under keys, in the order in which these read", function()
    local kb <close> = base ""
    local osk, ida = assert(kb:find "osk"), assert(kb:find "ida")
    local groups = tell.group({ { osk, 1 }, { ida, 2 }, { "Ósk", 3 }, { osk, 4 } },
      function(thing) return thing[1] end)
    local seen = {}
    for _, group in ipairs(groups) do
      for _, thing in ipairs(group.list) do seen[#seen + 1] = thing[2] end
    end
    assert.same({ 2, 1, 4, 3 }, seen)
  end)
end)

describe("tell.lines_of", function()
  local general = [[
    relation post(holder, body) holds phrase "{1} works for {2}".
    relation hires(body, holder) holds is post(2, 1) phrase "{1} hires {2}".
  ]]

  it("gives special cases in their own words, columns as asked for, folded", function()
    local kb <close> = base(general .. [[
      hires(osk, ida) @ 1990/.. from log "1".  hires(osk, ida) @ 1990-03/.. from diary "2".
      post(tern, osk) from log "3".
    ]])
    local lines = tell.lines_of(kb, "post/2", nil, "osk")
    assert.same({ "Ósk hires Ida", "the Tern works for Ósk" }, texts(lines))
    assert.equal("ida", lines[1].row[1].id)
    assert.equal("osk", lines[1].row[2].id)
    assert.equal(2, #lines[1].claims)
    assert.same({ "the Tern works for Ósk" }, texts(tell.lines_of(kb, "post/2", "tern", nil)))
    assert.equal("Ida (since 1990-03)", tell.value(lines[1], lines[1].row[1]))
    assert.equal("Ida", tell.value(lines[1], lines[1].row[1], true))
  end)

  it("gives nothing where the base has no such relation", function()
    local kb <close> = base ""
    assert.same({}, tell.lines_of(kb, "post/2"))
  end)

  it("says with a value what is doubtful about it", function()
    local kb <close> = base(general .. [[
      post(tern, osk) @ 1990 from log.  deny post(tern, osk) @ 1990 from diary.
      assessed post(ida, osk) from log.
    ]])
    local lines = tell.lines_of(kb, "post/2")
    assert.equal("the Tern (1990; contested)", tell.value(lines[1], lines[1].row[1]))
    assert.equal("Ida (assessed)", tell.value(lines[2], lines[2].row[1]))
    local view <close> = kb:view { as_of = "1990-06-01", possible = true }
    lines = tell.lines_of(view, "post/2", "tern", nil)
    assert.equal("? the Tern (contested)", tell.value(lines[1], lines[1].row[1], true))
  end)
end)

describe("tell.statements", function()
  local general = [[
    relation statement(speaker, message, about) occurs phrase "{1} on {3}: {2}".
    relation told_of(about, message, who) occurs is statement(3, 2, 1)
      phrase "{3} told {1} of {2}".
  ]]

  local function told(kb)
    local list = {}
    for i, one in ipairs(tell.statements(kb)) do
      list[i] = tostring(one.speaker) .. ": " .. one.text .. " " .. report.cite(one.claims)
    end
    return list
  end

  it("tells once what is a statement and attributed to its speaker", function()
    local kb <close> = base(general .. [[
      attributed(ida) told_of(osk, fog, ida) @ 1990 from log "1".
      told_of(osk, fog, ida) @ 1990-03 from diary "2".
    ]])
    assert.same({ "ida: Ida told Ósk of fog [diary 2; log 1]" }, told(kb))
  end)

  it("tells under each speaker what is attributed, and cites who reports that", function()
    local kb <close> = base(general .. [[
      attributed(osk) told_of(osk, fog, ida) from log "1".
      attributed(ida) owns(ida, tern) from log "2".  attributed(osk) owns(ida, tern) from diary.
      owns(ida, tern) from log "3".
    ]])
    local list = tell.statements(kb)
    assert.same({ "ida", "ida", "osk", "osk" },
      { list[1].speaker.id, list[2].speaker.id, list[3].speaker.id, list[4].speaker.id })
    for _, one in ipairs(list) do
      if one.fact.relation == "owns" then
        assert.equal(1, #one.claims)
        assert.equal(one.speaker, one.claims[1].speaker)
        assert(one.text:find("(says " .. one.speaker.label .. ")", 1, true))
      end
    end
  end)

  it("tells what a speaker denies and says that it is contested", function()
    local kb <close> = base [[
      met(ida, osk) @ 1990 from log "1".  deny attributed(osk) met(ida, osk) @ 1990 from diary.
    ]]
    local list = told(kb)
    assert.equal(1, #list)
    assert(list[1]:find("^osk: not so: .*%(says Ósk; contested%) %[denied by diary%]$"), list[1])
  end)

  it("is about what it names, and about its speaker only where it says so", function()
    local kb <close> = base(general .. [[
      statement(ida, fog, osk) from log.  statement(osk, fog, osk) from log.
    ]])
    local list = tell.statements(kb)
    local ida, osk = assert(kb:find "ida"), assert(kb:find "osk")
    assert.is_true(tell.is_about(list[1], osk))
    assert.is_false(tell.is_about(list[1], ida))
    assert.is_true(tell.is_about(list[2], osk))
  end)

  it("needs no vocabulary", function()
    local kb <close> = base "met(ida, osk) from log."
    assert.same({}, tell.statements(kb))
  end)
end)
