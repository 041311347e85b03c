--- What rules derive, as lines: `dossier.follow`.
local dossier = require "dossier"
local follow = require "dossier.follow"
local report = require "dossier.report"

local function base(text)
  local kb = assert(dossier.open())
  assert(kb:load_text(text, "base.dl"))
  return kb
end

local text = [[
source s { title: "S" }. source t { title: "T" }.
label(ann, "Ann").
relation happy(who) phrase "{1} is happy, {1} is".
relation among(who, text, int) phrase "{1} is in {2} with {3}".
relation wed_in(who, whom) occurs phrase "{1} wed {2}".
wed(ann, bo) @ 1980/.. from s "p. 1". wed(cy, dee) from s. wed(ann, eve) @ 1990 from s.
assessed likes(ann, bo) from t "p. 2". likes(cy, dee) from s. deny likes(cy, dee) from t.
happy(X) :- wed(X, Y), likes(X, Y).
wed_in(X, Y) @ T :- wed(X, Y) @ T.
among(X, "{1}", N) :- wed(X, _), N = count{ Y : wed(X, Y) }.
hidden(X) :- happy(X).
]]

local function texts(lines)
  local list = {}
  for i, line in ipairs(lines) do list[i] = line.text end
  return list
end

describe("what rules derive", function()
  it("reads by its phrase, filled in once, with what is doubtful and what it rests on", function()
    local lines = follow.lines(base(text), "happy/1", nil)
    assert.same({ "Ann is happy, Ann is (assessed)", "cy is happy, cy is (contested)" },
      texts(lines))
    assert.equal("[s p. 1; t p. 2]", report.cite(lines[1].claims))
    assert.equal("[s; denied by t]", report.cite(lines[2].claims))
    assert.same({ "single-source", "contested" }, { lines[1].trust, lines[2].trust })
    assert.equal("happy(ann)", lines[1].proof.fact)
  end)

  it("has the times that rules give, one line for each, in order", function()
    local lines = follow.lines(base(text), "wed_in/2", nil, nil)
    assert.same({ "Ann wed bo", "Ann wed eve" }, texts(lines))
    assert.same({ "on or after 1980", "1990" }, { tostring(lines[1].dated),
      tostring(lines[2].dated) })
  end)

  it("may be of any type, and is not filled in twice", function()
    local lines = follow.lines(base(text), "among/3", dossier.entity "ann")
    assert.same({ "Ann is in {1} with 2" }, texts(lines))
    assert.equal(2, lines[1].row[3])
  end)

  it("is what views see", function()
    local kb = base(text)
    assert.same({ "cy is happy, cy is" },
      texts(follow.lines(kb:view { sources = { "s" } }, "happy/1", nil)))
    assert.equal(0, #follow.lines(kb:view { sources = { "t" } }, "wed_in/2", nil, nil))
  end)

  it("is found for an entity, of relations that have words", function()
    local kb = base(text)
    assert.same({ "Ann wed bo", "Ann wed eve", "Ann is happy, Ann is (assessed)",
                  "Ann is in {1} with 2" }, texts(follow.about(kb, dossier.entity "ann")))
    assert.same({ "Ann is happy, Ann is (assessed)" }, texts(follow.about(kb,
      dossier.entity "ann", function(relation) return relation.arity == 1 end)))
    assert.is_false(follow.derives(kb, "hidden/1"))
    assert.is_true(follow.derives(kb, "happy/1"))
  end)

  it("is nothing where the base keeps no rule for it", function()
    local kb = base "relation happy(who) phrase \"{1}\". happy(a)."
    assert.same({}, follow.lines(kb, "happy/1", nil))
    assert.same({}, follow.lines(kb, "unanswered/2", nil, nil))
    assert.same({}, follow.about(kb, dossier.entity "a"))
  end)

  it("says where not all of a proof is cited", function()
    local facts = {}
    for i = 1, 12 do facts[i] = ("p(e%d) from s \"%d\"."):format(i, i) end
    local kb = base('source s { title: "S" }. relation many(int) phrase "{1} of them".'
      .. "\n" .. table.concat(facts, "\n") .. "\nmany(N) :- N = count{ X : p(X) }.")
    local line = follow.lines(kb, "many/1", nil)[1]
    assert.equal("12 of them (cited in part)", line.text)
    assert.equal(10, #line.claims)
  end)
end)
