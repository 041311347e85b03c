local dossier = require "dossier"
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
