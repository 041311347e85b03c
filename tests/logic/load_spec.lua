--- What loading a text does: declarations, sources, facts, denials, verdicts, and what it
--- says where something is wrong.

local helper = require "tests.helper"
local ask = require "tests.logic.ask"

local base, rows, sorted, refusal, has = ask.base, ask.rows, ask.sorted, ask.refusal, ask.has

describe("declarations", function()
  it("count for facts that stand before them", function()
    local kb = base [[
      held_on(meeting, 2023).
      relation held_on(event, date).
    ]]
    assert.same({ "meeting" }, rows(kb, "held_on(E, _D), _D within 2023"))
  end)

  it("count in every file of one load, in any order", function()
    local folder = helper.folder()
    local facts = helper.write(folder .. "/a.dl", "held_on(meeting, 2023) from press.\n")
    local words = helper.write(folder .. "/b.dl", [[
      relation held_on(event, date) is took_place(1, 2).
      relation took_place(event, date).
      source press { title: "Press" }.
    ]])
    local kb = base()
    assert(kb:load { facts, words })
    helper.sweep(folder)
    assert.same({ "meeting 2023 press" }, rows(kb, "took_place(E, D) from S"))
  end)

  it("may name a general relation that comes later", function()
    local kb = base [[
      relation chairs(who, what) is serves(1, 2).
      relation serves(who, what) is belongs(2, 1).
      relation belongs(what, who).
      chairs(ann, board).
    ]]
    assert.same({ "board ann" }, rows(kb, "belongs(X, Y)"))
    assert.same({ "ann board" }, rows(kb, "serves(X, Y)"))
  end)

  it("of mutual inverses keep facts under the first", function()
    local kb = base [[
      relation parent(person, child) inverse child.
      relation child(person, parent) inverse parent.
      child(bob, ann).
    ]]
    assert.same({ "ann bob" }, rows(kb, "parent(X, Y)"))
    assert.same({ "bob ann" }, rows(kb, "child(X, Y)"))
    assert.equal("parent", kb:relation("child").inverse)
  end)

  it("said again in the same words are fine", function()
    local text = [[
      relation joined(state, body) once phrase "{1} joined {2}".
      joined(ukraine, pfp) @ 1994.
    ]]
    local kb = base(text)
    assert(kb:load_text(text))
    assert.same({ "ukraine" }, rows(kb, "joined(X, pfp)"))
    assert.equal(0, kb.changes)
  end)

  it("in two wordings are refused with the place of the first", function()
    local message, code = refusal(base(), [[
relation p(entity, date).
relation p(entity, text).]])
    has("bad.dl:2:10: p/2 is declared in other words at bad.dl:1:10", message)
    assert.equal("declaration", code)
  end)

  it("that name nothing are refused with the nearest name", function()
    has('bad.dl:2:', refusal(base(), [[
relation positon(who, about).
relation supports(who, about) is position(1, 2).]]))
    has('did you mean "positon"?', refusal(base(), [[
relation positon(who, about).
relation supports(who, about) is position(1, 2).]]))
    has('"position" has 2 columns, and here it would have 3', refusal(base(), [[
relation position(who, about).
relation supports(who, about, why) is position(1, 2, 3).]]))
    has("bad.dl:2:", refusal(base(), [[
relation position(who, about).
relation supports(who, about) is position(1, 3).]]))
  end)

  it("cannot make a relation a special case of itself", function()
    local _, code = refusal(base(), [[
      relation a(x, y) is b(1, 2).
      relation b(x, y) is c(1, 2).
      relation c(x, y) is a(1, 2).]])
    assert.equal("declaration", code)
  end)

  it("map columns only to what can hold them", function()
    has("column 2 of took_place/2 takes a date", refusal(base(), [[
relation took_place(event, date).
relation held_in(event, place) is took_place(1, 2).]]))
  end)

  it("name key columns by word or by number", function()
    local kb = base [[
      relation a(event, date) key(event).
      relation b(entity, entity, date) key(1, 2).
    ]]
    assert.same({ { 1 } }, kb:relation("a").keys)
    assert.same({ { 1, 2 } }, kb:relation("b").keys)
    has('key: no column called "evnt"; did you mean "event"?',
      refusal(base(), "relation a(event, date) key(evnt)."))
    has('"entity" names two columns',
      refusal(base(), "relation a(entity, entity, date) key(entity)."))
  end)

  it("that break stored facts are refused", function()
    local kb = base "p(a, b). p(b, a)."
    local _, code = refusal(kb, "relation p(entity, text).")
    assert.equal("declaration", code)
    assert.equal("declaration", select(2, refusal(kb, "relation p(entity, entity) symmetric.")))
    assert.same({ "a b", "b a" }, sorted(kb, "p(X, Y)"))
    assert(kb:load_text "relation p(entity, entity) key(1).")
  end)

  it("hold or occur, not both", function()
    has("holds or occurs, not both", refusal(base(), "relation p(x) holds occurs."))
    has("`once` means that it occurs", refusal(base(), "relation p(x) holds once."))
  end)

  it("of many relations in a row end in an error, not in a crash", function()
    local text = {}
    for i = 1, 1000 do
      text[i] = ("relation r%d(x) is r%d(1)."):format(i, i + 1)
    end
    text[1001] = "relation r1001(x)."
    local _, code = refusal(base(), table.concat(text, "\n"))
    assert.equal("limit", code)
  end)
end)

describe("sources", function()
  it("are facts with properties, claimed by base", function()
    local kb = base [[
      source article { title: "On a meeting", kind: web_article, date: 2023,
        reliability: C, url: <http://example.org/a>, author: "A. Writer",
        publisher: "Press" }.
    ]]
    assert.same({ "article" }, rows(kb, "source(S) from base"))
    assert.same({ "On a meeting" }, rows(kb, "source_title(article, T)"))
    assert.same({ "web_article" }, rows(kb, "source_kind(article, K)"))
    assert.same({ "2023" }, rows(kb, "source_date(article, D)"))
    assert.same({ "c" }, rows(kb, "source_reliability(article, R)"))
    assert.same({ "http://example.org/a" }, rows(kb, "source_url(article, U)"))
    assert.same({ "A. Writer" }, rows(kb, "source_author(article, A)"))
    assert.same({ "Press" }, rows(kb, "source_publisher(article, P)"))
  end)

  it("may stand after the facts that they make", function()
    local kb = base "p(a) from s.  source s {}."
    assert.same({ "s" }, rows(kb, "p(a) from S"))
  end)

  it("declared again replace what differs and keep the rest", function()
    local kb = base 'source s { title: "Old", kind: book }.'
    assert(kb:load_text 'source s { title: "New" }.')
    assert.same({ "New" }, rows(kb, "source_title(s, T)"))
    assert.same({ "book" }, rows(kb, "source_kind(s, K)"))
  end)

  it("have the properties that there are", function()
    has('bad.dl:1:12: a source has no property "tilte"; did you mean "title"?',
      refusal(base(), 'source s { tilte: "x" }.'))
    has("reliability is a letter from a to f; came x",
      refusal(base(), "source s { reliability: x }."))
    has("title is given more than once",
      refusal(base(), 'source s { title: "a", title: "b" }.'))
    assert.equal("type", select(2, refusal(base(), "source s { title: 5 }.")))
  end)

  it("are derived from sources, in any order, without circles", function()
    local kb = base [[
      source paper { derived_from: wire, derived_from: radio }.
      source wire { derived_from: office }.
      source radio {}.
      source office {}.
    ]]
    assert.same({ "paper radio", "paper wire", "wire office" },
      sorted(kb, "derived_from(X, Y)"))
    refusal(kb, "source office { derived_from: paper }.")
    refusal(base(), "source a { derived_from: b }. source b { derived_from: a }.")
    has('did you mean "wire"?', refusal(kb, "source blog { derived_from: wirr }."))
  end)

  it("that nobody declared are told once for a block, and where they stand", function()
    local message = refusal(base "source record {}.", [[
      from recrod "1" { p(a). p(b). q(c). }
      from recrod "2" { p(a). p(d). }
      p(e) @ 2023-13 from record.
    ]])
    local told = {}
    for at in message:gmatch "bad.dl:(%d+:%d+): no source" do told[#told + 1] = at end
    assert.same({ "1:12", "2:12" }, told)
    has("bad.dl:3:14: 2023-13: there is no month 13", message)
  end)

  it("that nobody declared make no claims", function()
    local message, code = refusal(base "source record {}.", 'p(a) from recrod "1".')
    has('bad.dl:1:11: no source called "recrod"; did you mean "record"?', message)
    assert.equal("unknown source", code)
  end)
end)

describe("prefixes", function()
  it("spell out CURIEs wherever they stand", function()
    local kb = base [[
      ex:likes(ex:ann, ex:bob).
      p(ex:ann).
      prefix ex: <http://example.org/>.
    ]]
    assert.same({ "<http://example.org/ann>" }, rows(kb, "p(X)"))
    assert.same({ "<http://example.org/ann>" }, rows(kb, "p(X), X = ex:ann"))
    assert.same({ "<http://example.org/bob>" }, rows(kb, "<http://example.org/likes>(ex:ann, X)"))
    assert.same({ "<http://example.org/bob>" }, rows(kb, "ex:likes(ex:ann, X)"))
  end)

  it("declared again replace the old meaning", function()
    local kb = base "prefix ex: <http://old.org/>."
    assert(kb:load_text "prefix ex: <http://new.org/>. p(ex:a).")
    assert.same({ "<http://new.org/a>" }, rows(kb, "p(X)"))
  end)

  it("are asked for where they are missing", function()
    has('no prefix called "ex"', refusal(base(), "p(ex:a)."))
  end)
end)

describe("facts", function()
  it("take claim parts, and blocks give them to all inside", function()
    local kb = base [[
      source article {}.  source record {}.
      from article "background/2" {
        joined(ukraine, pfp) @ 1994.
        assessed pivotal(meeting).
        attributed(stoltenberg) stands_with(nato, ukraine).
        joined(georgia, pfp) @ 1994 from record "1994" grade b2 confidence 0.8.
      }
      joined(finland, pfp) @ 1994 quote "in May".
    ]]
    assert.same({
      "georgia record 1994",
      "ukraine article background/2",
    }, sorted(kb, "joined(X, pfp) from S L"))
    assert.same({ "base in May" }, rows(kb, "joined(finland, pfp) from S quote Q"))
    assert.same({ "meeting article" }, rows(kb, "assessed pivotal(X) from S"))
    assert.same({ "stoltenberg" }, rows(kb, "attributed(P) stands_with(nato, ukraine)"))
    assert.same({ "b2 0.8" }, rows(kb, "joined(georgia, pfp) grade G confidence C"))
  end)

  it("of an unknown relation are met", function()
    local kb = base "likes(ann, bob). likes(ann, \"tea\", 3)."
    assert.same({ "ann bob" }, rows(kb, "likes(X, Y)"))
    assert.same({ "ann tea 3" }, rows(kb, "likes(X, Y, Z)"))
    assert.is_false(kb:relation("likes/2").declared)
  end)

  it("of a declared relation have its number of columns", function()
    local message, code = refusal(base(), "relation joined(state, body).\njoined(a, b, c).")
    has('bad.dl:2:1: "joined" has 2 columns, and here are 3', message)
    assert.equal("relation", code)
  end)

  it("have columns of the declared types, told at the column", function()
    local kb = base "relation held_on(event, date). relation age(who, int)."
    local message, code = refusal(kb, 'held_on(meeting, "2023").')
    has("bad.dl:1:18: column 2 of held_on/2 (date) takes a date", message)
    has("\n  held_on(meeting, \"2023\").\n                   ^", message)
    assert.equal("type", code)
    has("takes an entity", refusal(kb, 'held_on("m", 2023).'))
    has("takes an integer", refusal(kb, "age(ann, 3.5)."))
    has("a minus between numbers needs spaces", refusal(kb, "age(ann, 2014-10)."))
    has("a year has four digits", refusal(kb, "held_on(m, 94)."))
  end)

  it("take four bare digits as a year in a date column only", function()
    local kb = base [[
      relation held_on(event, date).
      held_on(m, 1994).  weighs(m, 1994).
    ]]
    assert.same({ "m" }, rows(kb, "held_on(X, _T), _T within 1994-01/1994-12"))
    assert.same({ "m" }, rows(kb, "weighs(X, _N), _N = 1994"))
  end)

  it("hold dates that exist", function()
    local message, code = refusal(base(), "p(a) @ 2023-02-30.")
    has("bad.dl:1:8: ", message)
    has("2023-02-30", message)
    assert.equal("time", code)
    assert.equal("time", select(2, refusal(base(), "p(a) @ 2004/1994.")))
    assert.equal("time", select(2, refusal(base(), "p(2023-13-01).")))
  end)

  it("hold no variables, and say which entity was meant", function()
    local kb = base "p(ukraine)."
    local message, code = refusal(kb, "q(Ukraine).")
    has('bad.dl:1:3: facts hold no variables: "Ukraine" is a variable; '
      .. "did you mean ukraine?", message)
    assert.equal("syntax", code)
    has("did you mean nato?", refusal(base(), "q(Nato). r(nato)."))
    has('"Xyz" is a variable', refusal(base(), "q(Xyz)."))
    has('"_" is a variable', refusal(base(), "q(_)."))
  end)

  it("take ranges, one fact for each number", function()
    local kb = base "p(1..3). q(1..2, a, 8..9)."
    assert.same({ "1", "2", "3" }, sorted(kb, "p(X)"))
    assert.same({ "1 8", "1 9", "2 8", "2 9" }, sorted(kb, "q(X, a, Y)"))
    has("is empty", refusal(base(), "p(3..1)."))
    assert.equal("limit", select(2, refusal(base(), "p(1..2000000).")))
    assert.equal("limit", select(2, refusal(base(), "p(1..2000, 1..2000).")))
  end)

  it("take a range of years in a date column", function()
    local kb = base "relation held(event, date). held(games, 1998..2000)."
    assert.same({ "1998", "1999", "2000" }, sorted(kb, "held(games, T)"))
  end)

  it("with @ unknown are those without a time", function()
    local kb = base "p(a) @ unknown. p(b) @ 1994."
    assert.same({ "a" }, rows(kb, "p(X) @ unknown"))
  end)

  it("take grades and confidences that there are", function()
    assert.equal("type", select(2, refusal(base(), "p(a) confidence 1.5.")))
    local kb = base "p(a) grade 2. q(a) grade b."
    assert.same({ "2" }, rows(kb, "p(a) grade G"))
    assert.same({ "b" }, rows(kb, "q(a) grade G"))
  end)

  it("attributed to someone need the speaker", function()
    local kb = base "attributed(ann) p(a). stated q(a)."
    assert.same({ "ann" }, rows(kb, "attributed(X) p(a)"))
    assert.same({}, rows(kb, "attributed(X) q(a)"))
  end)
end)

describe("denials, verdicts and retractions", function()
  local sources = "source article {}. source record {}. source analyst {}. "

  it("deny a fact by a source", function()
    local kb = base(sources .. [[
      p(a) from article.
      deny p(a) from record.
      deny p(b) from record.
    ]])
    assert.same({ "a" }, rows(kb, "p(X)"))
    assert.same({ "a record", "b record" }, sorted(kb, "deny p(X) from S"))
  end)

  it("judge the claims of one source, and a settled view follows", function()
    local kb = base(sources .. [[
      relation held_on(event, date) key(event).
      held_on(m, 2023-09-15) from article.
      held_on(m, 2023-09-28) from record.
      deprecate held_on(m, 2023-09-15) from article because "misprint" by analyst.
    ]])
    assert.same({ "2023-09-28" }, rows(kb:view { settled = true }, "held_on(m, T)"))
    assert.same({ "2023-09-15", "2023-09-28" }, sorted(kb, "held_on(m, T)"))
  end)

  it("of a source that is not there are refused", function()
    local kb = base(sources .. "p(a) from article.")
    has('no source called "analist"; did you mean "analyst"?',
      refusal(kb, 'prefer p(a) because "so" by analist.'))
    has('no source called "artcle"',
      refusal(kb, 'deprecate p(a) from artcle because "so" by analyst.'))
    has('no relation called "pp"', refusal(kb, 'prefer pp(a) because "so" by analyst.'))
  end)

  it("retract the claims that agree with what is said", function()
    local kb = base(sources .. [[
      p(a) from article "1".  p(a) from article "2".  p(a) from record "9".
    ]])
    assert(kb:load_text 'retract p(a) from article "1".')
    assert.same({ "article 2", "record 9" }, sorted(kb, "p(a) from S L"))
    assert(kb:load_text "retract p(a) from article.")
    assert.same({ "record 9" }, rows(kb, "p(a) from S L"))
    assert(kb:load_text "retract p(a).")
    assert.same({}, rows(kb, "p(X)"))
  end)

  it("retract exactly the written time", function()
    local kb = base "p(a) @ 1994. p(a) @ 1994-02-08."
    assert(kb:load_text "retract p(a) @ 1994.")
    assert.same({ "1994-02-08" }, rows(kb, "p(a) @ T"))
  end)

  it("retract nothing where there is nothing, but check the names", function()
    local kb = base "p(a)."
    assert(kb:load_text "retract p(b). retract p(a) @ 1994.")
    assert.same({ "a" }, rows(kb, "p(X)"))
    has('no relation called "pq"', refusal(kb, "retract pq(a)."))
  end)

  it("take effect in the order written", function()
    local kb = base "p(a). retract p(a). p(b). p(c). retract p(c). p(c)."
    assert.same({ "b", "c" }, sorted(kb, "p(X)"))
  end)
end)

describe("a text with errors", function()
  it("changes nothing", function()
    local kb = base "p(a)."
    refusal(kb, "p(b). relation q(entity). source s {}. q(5).")
    assert.same({ "a" }, rows(kb, "p(X)"))
    assert.is_nil(kb:relation "q")
    assert.equal(0, #kb:sources())
    assert(kb:load_text "p(c).")
    assert.same({ "a", "c" }, sorted(kb, "p(X)"))
  end)

  it("is told of in full, each error with its line and a caret", function()
    local message = refusal(base(), [[
relation held_on(event, date).
held_on(a, b).
held_on(c, 1994).
held_on(d, 2023-02-30).
p(X).
]])
    has("bad.dl:2:12: ", message)
    has("bad.dl:4:12: ", message)
    has("bad.dl:5:3: ", message)
    assert.is_nil(message:find("bad.dl:3:", 1, true))
    has("\n  held_on(a, b).\n             ^\n", message)
  end)

  it("shows ten errors and counts the rest", function()
    local text = {}
    for i = 1, 14 do text[i] = ("p%d(X)."):format(i) end
    local message = refusal(base(), table.concat(text, "\n"))
    local _, n = message:gsub("bad%.dl:%d+:%d+:", "")
    assert.equal(10, n)
    has("4 more", message)
  end)

  it("is told of in columns that count characters", function()
    has("bad.dl:1:13: ", refusal(base "relation p(text, date).", 'p("Київ ї", x).'))
  end)

  it("names the file at fault among several", function()
    local folder = helper.folder()
    local good = helper.write(folder .. "/good.dl", "p(a).\n")
    local bad = helper.write(folder .. "/bad.dl", "p(a).\nq(X).\n")
    local ok, message = base():load { good, bad }
    helper.sweep(folder)
    assert.is_nil(ok)
    has(bad .. ":2:3: ", message)
  end)

  it("dooms the transaction that it is part of", function()
    local kb = base "p(a)."
    local ok, message = kb:transaction(function()
      assert(kb:load_text "p(b).")
      kb:load_text "q(X)."
    end)
    assert.is_nil(ok)
    has("facts hold no variables", message)
    assert.same({ "a" }, rows(kb, "p(X)"))
  end)
end)

describe("a relation named by a CURIE", function()
  local declared = [[
    prefix ex: <http://e/>.
    source me { title: "Me" }.
    relation '<http://e/founded>'(entity, date).
    ex:founded(nato, 1949). ex:founded(pfp, 1994).
  ]]

  it("has the columns that its IRI was declared with", function()
    local kb = base(declared)
    assert.same({ "nato" }, rows(kb, "ex:founded(X, _T), _T before 1990"))
    has("column 2 of <http://e/founded>/2 (date) takes a date; came the entity soon",
      refusal(kb, "ex:founded(eu, soon)."))
  end)

  it("is found where a fact of it is retracted or judged", function()
    local kb = base(declared)
    assert(kb:load_text "retract ex:founded(nato, 1949).")
    assert.same({ "pfp" }, rows(kb, "ex:founded(X, _)"))
    assert(kb:load_text 'deprecate ex:founded(pfp, 1994) because "no" by me.')
    has('no relation called "<http://e/fonded>"', refusal(kb, "retract ex:fonded(a, 1994)."))
  end)
end)

describe("what this version does not evaluate", function()
  it("is skipped where it is a note", function()
    assert(base():load_text "#show p/1.\n:- table p/1.\np(a).")
  end)
end)

describe("queries in a text", function()
  it("are checked and skipped", function()
    local kb = base "p(a). ?- p(X)."
    assert.same({ "a" }, rows(kb, "p(X)"))
    has('no relation called "pq"', refusal(kb, "?- pq(X)."))
    has('"p" has 1 column', refusal(kb, "?- p(X, Y)."))
  end)
end)
