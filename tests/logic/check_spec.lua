--- What is found wrong in files before they are loaded, and what looks wrong.

local dossier = require "dossier"
local helper = require "tests.helper"

local now = "2026-01-02T03:04:05Z"

describe("checking files", function()
  local folder
  setup(function() folder = helper.folder() end)
  teardown(function() helper.sweep(folder) end)

  --- A base in memory that holds what the text says.
  local function base(text)
    local kb = assert(dossier.open(nil, { now = now }))
    if text then assert(kb:load_text(text, "base.dl")) end
    return kb
  end

  --- The findings as lines, "a.dl:1:2 kind: text"; errors with a "!" before their kind.
  local function lines(found)
    local all = {}
    for i, one in ipairs(found) do
      all[i] = ("%s:%d:%d %s%s: %s"):format(one.file:match "[^/]+$", one.line, one.column,
        one.error and "!" or "", one.kind, one.text)
    end
    return all
  end

  --- Check texts as the files a.dl, b.dl, ...
  local function check(texts, kb)
    if type(texts) == "string" then texts = { texts } end
    local paths = {}
    for i, text in ipairs(texts) do
      paths[i] = helper.write(("%s/%s.dl"):format(folder, string.char(96 + i)), text)
    end
    return lines(assert((kb or base()):check(paths)))
  end

  --- The same, of one kind only (errors: "!kind").
  local function only(kind, texts, kb)
    local kept = {}
    for _, line in ipairs(check(texts, kb)) do
      local at, text = line:match("^(%S+) " .. kind:gsub("%p", "%%%0") .. ": (.*)$")
      if at then kept[#kept + 1] = at .. " " .. text end
    end
    return kept
  end

  it("finds nothing in a clean text", function()
    assert.same({}, check [[
      source s { title: "S", date: 2023 }.
      relation joined(state, body) once.
      label(ukraine, "Ukraine"). label(pfp, "Partnership").
      from s "1" { joined(ukraine, pfp) @ 1994. }
    ]])
  end)

  it("finds nothing in no text", function()
    assert.same({}, check "")
    assert.same({}, assert(base():check {}))
  end)

  describe("errors", function()
    it("are all told, each at its place, however many", function()
      local text = {}
      for i = 1, 30 do text[i] = ("p(a) @ 19%02d-02-30.\n"):format(i + 10) end
      local found = check(table.concat(text))
      assert.equal(30, #found)
      assert.equal("a.dl:1:8 !time: 1911-02-30: February 1911 has 28 days", found[1])
      assert.equal("a.dl:30:8 !time: 1940-02-30: February 1940 has 29 days", found[30])
    end)

    it("say each what was expected where they are of syntax", function()
      local found = check(("p(a b).\n"):rep(20))
      assert.equal(20, #found)
      assert.equal('a.dl:20:5 !syntax: expected "," or ")" after a column, found "b"', found[20])
    end)

    it("of syntax leave the other clauses to be checked", function()
      assert.same({
        'a.dl:2:5 !syntax: expected "," or ")" after a column, found "b"',
        "a.dl:3:8 !time: 1911-02-30: February 1911 has 28 days",
        'a.dl:4:1 !relation: "p" has 1 column, and here are 2',
      }, check "relation p(x).\np(a b).\np(a) @ 1911-02-30.\np(c, d).\n")
    end)

    it("are of a kind each", function()
      assert.same({
        "a.dl:1:22 !type", "a.dl:2:1 !relation", "a.dl:3:10 !declaration", "a.dl:4:3 !prefix",
        "a.dl:5:8 !unsupported", "a.dl:6:3 !limit",
      }, (function()
        local all = check [[
relation p(date).  p(ann).
p(1, 2).
relation p(text).
q(ex:a).
r("1"^^ex:roman).
r(1..9999999).
]]
        for i, line in ipairs(all) do all[i] = line:match "^%S+ [^:]+" end
        return all
      end)())
    end)

    it("do not follow from a source, a relation or a prefix that cannot be read", function()
      assert.same({
        "a.dl:1:21 !syntax", "a.dl:2:23 !syntax", "a.dl:3:12 !syntax",
      }, (function()
        local all = check [[
source news { title "The news" }.
relation joined(a, b) wonce.
prefix ex: http://example.org/.
relation entered(a, b) is joined(1, 2).
joined(ann, ex:club) from news.
]]
        for i, line in ipairs(all) do all[i] = line:match "^%S+ [^:]+" end
        return all
      end)())
    end)

    it("take facts of a block that cannot be read for no facts without a source", function()
      assert.same({ 'a.dl:2:8 !syntax: expected "{", found "1"' }, check [[
source s { title: "S" }.
from s 1 {
  p(a).
}
q(a) from s.
]])
    end)

    it("in a file that is no text leave the others to be checked", function()
      assert.same({
        "a.dl:1:3 !syntax: the byte 0xff is not UTF-8 here: save the text as UTF-8",
        "b.dl:1:8 !time: 1911-02-30: February 1911 has 28 days",
      }, check { "p(\255).\nsource lost.\n", "p(a) @ 1911-02-30 from lost.\n" })
    end)

    it("hide what is suspicious at their very place", function()
      assert.same({ '!relation: "joined" has 2 columns, and here is 1' }, (function()
        local all = check "relation joined(a, b).\n?- joined(X).\n"
        for i, line in ipairs(all) do all[i] = line:match " (.*)" end
        return all
      end)())
    end)

    it("hold names as one harmless line", function()
      local found = check "relation p(date).\np('a\\nb\\u001b[31m').\n"
      assert.equal(1, #found)
      assert.is_nil(found[1]:find "%c")
    end)
  end)

  describe("unknown-relation", function()
    local kind = "unknown-relation"

    it("is a relation spelled almost as a declared one, at each use", function()
      assert.same({
        "a.dl:2:1 relation joind/2 is not declared; did you mean joined/2?",
        "a.dl:3:22 relation joind/2 is not declared; did you mean joined/2?",
      }, only(kind, "relation joined(a, b).\njoind(a, b).\n?-     joined(X, Y), joind(X, Y).\n"))
    end)

    it("is any other where something is declared, at its first use", function()
      assert.same({
        "a.dl:2:1 relation meets_with/2 is not declared (used 3 times); declare it: "
          .. "relation meets_with(...).",
        "b.dl:2:1 relation zzz/0 is not declared; declare it: relation zzz(...).",
      }, only(kind, { "relation joined(a, b).\nmeets_with(a, b). meets_with(c, d).\n",
                      "meets_with(a, d).\nzzz.\n" }))
    end)

    it("is none where nothing is declared", function()
      assert.same({}, only(kind, "joined(a, b). joind(a, b)."))
    end)

    it("is none that the base declares or has facts of, or that is built in", function()
      local kb = base "relation joined(a, b). left(a, b)."
      assert.same({}, only(kind, "joined(a, b). left(c, d). label(a, \"A\"). ?- left(X, Y).", kb))
    end)

    it("is none that another file declares, or that a rule derives", function()
      assert.same({}, only(kind, { "joined(a, b).", "relation joined(a, b)." }))
      assert.same({}, only(kind, [[
        relation joined(a, b).
        member(X) :- joined(X, _).
        known(X) :- member(X).
      ]]))
    end)

    it("is looked for in the bodies of rules", function()
      assert.same({ 'a.dl:2:20 !relation: no relation called "joind"; did you mean "joined"?' },
        check "relation joined(a, b).\nmember(X) :-       joind(X, _).\n")
      assert.same({ "a.dl:3:16 relation joind/2 is not declared; did you mean joined/2?" },
        { only(kind, "relation joined(a, b).\njoind(a, b).\nmember(X) :-   joind(X, _).\n")[2] })
    end)

    it("compares names spelled out where they are shortened", function()
      assert.same({}, only(kind, [[
        prefix ex: <http://example.org/>.
        relation <http://example.org/joined>(a, b).
        ex:joined(a, b).
      ]]))
    end)
  end)

  describe("no-label", function()
    local kind = "no-label"

    it("is an entity without one, once, at its first mention", function()
      assert.same({
        'a.dl:2:11 pfp has no label (mentioned 2 times); write label(pfp, "...").',
        'a.dl:3:3 bob has no label; write label(bob, "...").',
      }, only(kind, "label(ann, \"Ann\"). label(ann, \"Анна\"@uk).\njoin(ann, pfp).\nj(bob, pfp).\n"))
    end)

    it("shows a name that needs quotes in them, where it is to be written", function()
      assert.same({ [[a.dl:2:3 too dear has no label; write label('too dear', "...").]] },
        only(kind, "label(ann, \"Ann\").\np('too dear', ann).\n"))
    end)

    it("is none where nothing has a label", function()
      assert.same({}, only(kind, "joined(ann, pfp). joined(bob, pfp)."))
    end)

    it("is none that the base or another file names", function()
      local kb = base 'label(ann, "Ann").'
      assert.same({}, only(kind, { "p(ann, bob).", 'label(bob, "Bob").' }, kb))
    end)

    it("is none of a source, which has a title", function()
      assert.same({}, only(kind, [[
        source s { title: "S", kind: paper }.
        label(ann, "Ann").
        wrote(ann, s) from s.
      ]]))
    end)

    it("is a speaker without a label", function()
      assert.same({ 'a.dl:2:12 bob has no label; write label(bob, "...").' },
        only(kind, 'label(ann, "Ann").\nattributed(bob) p(ann).\n'))
    end)

    it("is a type only where types have labels", function()
      assert.same({}, only(kind, 'label(ann, "Ann"). type(ann, person).'))
      assert.same({ 'a.dl:2:11 cat has no label; write label(cat, "...").' }, only(kind,
        'label(ann, "Ann"). type(ann, person). label(person, "person"). label(tom, "Tom").\n'
        .. "type(tom, cat).\n"))
    end)

    it("is none that a clause seems to name that cannot be read", function()
      assert.same({}, only(kind, 'label(ann, "Ann"). label(bob "Bob"). p(bob).'))
    end)

    it("is told once for all where most have none", function()
      local text = { 'label(e1, "E").' }
      for i = 1, 50 do text[i + 1] = ("p(e%d)."):format(i) end
      assert.same({ "a.dl:3:3 49 entities have no label, and 1 have one; the first without is e2" },
        only(kind, table.concat(text, "\n")))
    end)
  end)

  describe("near-entity", function()
    local kind = "near-entity"
    local often = "p(ukraine). q(ukraine). r(ukraine).\n"

    it("is an entity mentioned once that is spelled almost as one mentioned often", function()
      local found = check(often .. "p(ukrane).\n")
      assert.same({
        "a.dl:2:3 near-entity: ukrane is mentioned only here and has no label; did you mean "
          .. "ukraine?",
      }, found)
    end)

    it("is told instead of no-label", function()
      assert.same({}, only("no-label", 'label(ukraine, "Ukraine").\n' .. often .. "p(ukrane)."))
    end)

    it("is any slip of one letter, of two in long names", function()
      for _, slip in ipairs { "ukrain", "ukrainee", "ukrsine", "kuraine", "xukraine" } do
        assert.equal(1, #only(kind, often .. ("p(%s)."):format(slip)), slip)
      end
      local long = "p(stoltenberg). q(stoltenberg). r(stoltenberg). "
      for _, slip in ipairs { "stoltenber", "stltenbreg", "stolltennberg", "stoltnbrg" } do
        assert.equal(1, #only(kind, long .. ("p(%s)."):format(slip)), slip)
      end
      assert.same({}, only(kind, often .. "p(ukrn)."))
      assert.same({}, only(kind, long .. "p(stoltburg)."))
    end)

    it("is none that has a label, is mentioned twice, or that the base knows", function()
      assert.same({}, only(kind, often .. 'p(ukrane). label(ukrane, "Ukrane").'))
      assert.same({}, only(kind, often .. "p(ukrane). q(ukrane)."))
      assert.same({}, only(kind, often .. "p(ukrane).", base "q(ukrane)."))
    end)

    it("is found beside what the base mentions often", function()
      assert.equal(1, #only(kind, "p(ukrane).", base(often)))
      assert.equal(1, #only(kind, "p(ukrane). p(ukraine).", base "q(ukraine). r(ukraine)."))
      assert.same({}, only(kind, "p(ukrane).", base "p(ukraine). q(ukraine)."))
    end)

    it("is none where numbers or short words tell the names apart", function()
      assert.same({}, only(kind, "p(item_1). q(item_1). r(item_1). p(item_2)."))
      assert.same({}, only(kind, "p(meeting_2022). q(meeting_2022). r(meeting_2022). p(meeting_2023)."))
      assert.same({}, only(kind, "p(country_a). q(country_a). r(country_a). p(country_b)."))
      assert.same({}, only(kind, "p(nac). q(nac). r(nac). p(nacc)."))
    end)

    it("prefers the nearest, of equals the first by name", function()
      local text = "p(stanford). q(stanford). r(stanford). p(standort). q(standort). r(standort). "
      assert.matches("did you mean stanford%?", only(kind, text .. "p(stanforde).")[1])
      assert.matches("did you mean standord%?",
        only(kind, text:gsub("standort", "standord") .. "p(stanxord).")[1])
    end)
  end)

  describe("no-source", function()
    local kind = "no-source"

    it("is a fact outside `from`, told once for those that follow one another", function()
      assert.same({
        "a.dl:2:1 this fact and the 2 that follow are claimed by no source; write "
          .. "from SOURCE { ... } around them, or from SOURCE behind",
        "a.dl:6:6 this fact is claimed by no source; write from SOURCE { ... } around it, or "
          .. "from SOURCE behind",
      }, only(kind, [[
source s { title: "S" }.
p(a). label(a, "A").
p(b).
deny p(c).
from s { p(d). }
     p(e).
]]))
    end)

    it("is told anew in another file", function()
      assert.equal(2, #only(kind, { 'source s { title: "S" }.\np(a).', "p(b). p(c) from s." }))
    end)

    it("is none where no source is used", function()
      assert.same({}, only(kind, "p(a). p(b)."))
    end)

    it("is none of names, types, sources", function()
      assert.same({}, only(kind, [[
        source s { title: "S" }.  p(a) from s.
        label(a, "A"). alias(a, "B"). type(a, b). source_url(s, "x"). same_as(a, b).
      ]]))
    end)
  end)

  describe("unused-source", function()
    local kind = "unused-source"

    it("is one that is declared and claims nothing", function()
      assert.same({ 'a.dl:1:35 source "two" claims nothing; is it spelled so where it is used?' },
        only(kind, 'source one { title: "1" }. source two { title: "2" }.\np(a) from one.\n'
        ))
    end)

    it("is none that denies, judges, is judged or derived from", function()
      assert.same({}, only(kind, {
        [[ source a { title: "A" }. source b { title: "B" }. source c { title: "C" }.
           source d { title: "D", derived_from: e }. source e { title: "E" }. ]],
        [[ deny p(x) from a. p(x) from d. deprecate p(x) from c because "no" by b. ]] }))
    end)

    it("is none that claims something in the base", function()
      local kb = base 'source s { title: "S" }. p(a) from s.'
      assert.same({}, only(kind, 'source s { title: "S again" }.', kb))
    end)

    it("is none that the base has and the files do not declare", function()
      assert.same({}, only(kind, "p(a).", base 'source s { title: "S" }.'))
    end)

    it("is none that a clause seems to use that is refused or cannot be read", function()
      assert.same({}, only(kind, 'source s { title: "S" }. p(a) @ 1911-02-30 from s.'))
      assert.same({}, only(kind, 'source s { title: "S" }. from s 12 { p(a). }'))
    end)
  end)

  describe("date", function()
    local kind = "date"

    it("is a time that certainly begins more than ten years ahead", function()
      assert.same({
        "a.dl:1:8 2994 is more than ten years ahead; is a digit wrong?",
        "a.dl:3:6 2994-02 is more than ten years ahead; is a digit wrong?",
      }, only(kind, "p(a) @ 2994.\np(b) @ 1994/2994. p(c) @ 2036. p(d) @ 2020/...\nq(c, 2994-02).\n"))
      assert.equal(1, #only(kind, "p(a) @ 2037-01-02."))
    end)

    it("is counted from the clock of the base", function()
      local kb = assert(dossier.open(nil, { now = "1980-01-01T00:00:00Z" }))
      assert.equal(1, #only(kind, "p(a) @ 1994.", kb))
    end)

    local dated = 'source s { title: "S", date: 2023-06 }.\n'

    it("is one that a source states though it is after the source's own", function()
      assert.same({
        "a.dl:2:8 2023-07-01 is after the date of its source, s (up to 2023-06-30), which "
          .. "cannot state it; a forecast is assessed",
      }, only(kind, dated .. "p(a) @ 2023-07-01 from s.\n"))
      assert.equal(1, #only(kind, dated .. "relation held_on(event, date). held_on(a, 2024) from s."))
      assert.equal(1, #only(kind, "p(a) @ 2024/.. from s.", base(dated)))
    end)

    it("may be after the source's where it may be before, or is no statement", function()
      assert.same({}, only(kind, dated .. [[
        from s {
          p(a) @ 2023. p(b) @ 2023-06-30. p(c) @ 2020/2030.
          assessed p(d) @ 2025. attributed(ann) p(e) @ 2025. deny p(f) @ 2025. p(g).
        }
      ]]))
      assert.same({}, only(kind, 'source t { title: "T" }. p(a) @ 2024 from t.'))
    end)

    it("is one far from all others of its source", function()
      assert.same({
        "a.dl:6:8 0194 is 1796 years before all other dates without a source (1991 to 1997); is "
          .. "a digit missing or wrong?",
      }, only(kind, "p(a) @ 1991.\np(b) @ 1994.\np(c) @ 1997.\np(d) @ 1995.\np(e) @ 1996.\n"
        .. "p(f) @ 0194.\n"))
      assert.equal(1, #only(kind, "p(a) @ 1591. p(b) @ 1594. p(c) @ 1597. p(d) @ 1595. p(e) @ 1994."))
      assert.equal(1, #only(kind, "p(a, 1991-02). q(b) @ 1994. p(c) @ 1997/... r(d) @ ../1995. p(e) @ 0195."))
    end)

    it("is not far with fewer than five, within a hundred years, or where others are", function()
      assert.same({}, only(kind, "p(a) @ 1991. p(b) @ 1994. p(c) @ 1997. p(d) @ 0194."))
      assert.same({}, only(kind, "p(a) @ 1991. p(b) @ 1994. p(c) @ 1997. p(d) @ 1995. p(e) @ 1892."))
      assert.same({}, only(kind, "p(a) @ 1951. p(b) @ 1994. p(c) @ 1997. p(d) @ 1995. p(e) @ 1750."))
      assert.same({}, only(kind, [[
        source s { title: "S" }. source t { title: "T" }.
        from s { p(a) @ 1991. p(b) @ 1994. p(c) @ 1997. }
        from t { p(d) @ 0195. p(e) @ 0196. p(f) @ 0197. }
      ]]))
    end)
  end)

  describe("variable", function()
    local kind = "variable"

    it("is one used once that in small letters is an entity, at its place", function()
      assert.same({
        'a.dl:2:13 "Ukraine" is a variable, used once; did you mean ukraine?',
        'a.dl:3:21 "Ukraine" is a variable, used once; did you mean ukraine?',
      }, only(kind, "joined(ukraine, pfp).\n?- joined(X,Ukraine).\na(X) :-   joined(X, Ukraine).\n"))
    end)

    it("is none used twice, of one letter, or that is no entity", function()
      assert.same({}, only(kind, "p(ukraine, b). ?- p(Ukraine, Ukraine). ?- p(B, Who)."))
    end)

    it("is an error in a fact", function()
      assert.same({ '!syntax: facts hold no variables: "Ukraine" is a variable; did you mean '
        .. "ukraine?" }, (function()
        local all = check "p(ukraine). q(Ukraine)."
        for i, line in ipairs(all) do all[i] = line:match " (.*)" end
        return all
      end)())
    end)
  end)

  describe("same", function()
    local kind = "same"

    it("is none of a history's, which may make a claim once more, but in one transaction", function()
      local text = [[
        transaction 1 "2026-01-01T00:00:00Z" { source(s). p(a) from s. }
        transaction 2 "2026-01-02T00:00:00Z" { retract p(a) from s. }
        transaction 3 "2026-01-03T00:00:00Z" { p(a) from s.%s }]]
      assert.same({}, only(kind, text:format ""))
      assert.equal(1, #only(kind, text:format " p(a) from s."))
    end)

    it("is a claim made twice, at the second", function()
      assert.same({ ("a.dl:3:1 the same claim stands at %s/a.dl:2:1; leave one out, or tell its "
        .. "own locator"):format(folder) },
        only(kind, "relation met(a, b) symmetric.\nmet(x, y).\nmet(y, x).\n"))
    end)

    it("is found across files", function()
      assert.equal(1, #only(kind, { "p(a) @ 1994.", "p(a) @ 1994." }))
    end)

    it("is none where source, locator, time, manner or sense differ", function()
      assert.same({}, only(kind, [[
        source s { title: "S" }. source t { title: "T" }.
        p(a) from s "1". p(a) from s "2". p(a) from t "1". p(a) @ 1994 from s "1".
        assessed p(a) from s "1". deny p(a) from s "1". attributed(b) p(a) from s "1".
      ]]))
    end)
  end)

  describe("findings", function()
    it("come in order of file, line and column", function()
      local texts = {
        'source z { title: "Z" }. p(A).\nlabel(a, "A"). q(b c). q(d) @ 2999.\n',
        "source y { title }. p(e). p(A).\n",
        "p(f) from nobody. r(g, h).\n",
      }
      local last = ""
      local found = check(texts)
      assert(#found > 8)
      for _, line in ipairs(found) do
        local file, row, column = line:match "^(%S+):(%d+):(%d+)"
        local key = ("%s:%05d:%05d"):format(file, row, column)
        assert(last <= key, table.concat(found, "\n"))
        last = key
      end
      assert.same(found, check(texts))
    end)

    it("of a file given twice are told once", function()
      local path = helper.write(folder .. "/a.dl", "p(a) @ 2999.\n")
      assert.equal(1, #assert(base():check { path, path }))
    end)

    it("count columns in characters", function()
      assert.same({ "a.dl:1:11 2999 is more than ten years ahead; is a digit wrong?" },
        only("date", "п(ярий) @ 2999.\n"))
    end)
  end)

  describe("the base", function()
    local declared = [[
      relation joined(state, body) once. source s { title: "S", date: 2023 }.
      label(ukraine, "Ukraine"). joined(ukraine, pfp) @ 1994 from s "1".
      relation entered(body, state) inverse joined. relation was(x, y) is joined(1, 2).
      size(pfp, 9). size(nacc, 38.5).
    ]]
    local wrong = [[
      relation size(body, date).
      joind(ukraine, pfp) from s.
      joined(ukraine, nacc) @ 2024 from s.
      entered(pfp, moldova) from t.
    ]]

    it("is as before, byte for byte, and takes a load afterwards", function()
      local path = folder .. "/some.kb"
      local kb = assert(dossier.open(path, { now = now }))
      assert(kb:load_text(declared))
      kb:close()
      local before = helper.read(path)
      kb = assert(dossier.open(path))
      assert(#check(wrong, kb) > 4)
      assert.equal(before, helper.read(path))
      assert(kb:load_text "joined(moldova, pfp).")
      assert.has_error(function() kb:query "joind(X, Y)" end)
      kb:close()
    end)

    it("is not made by being checked against", function()
      local path = folder .. "/absent.kb"
      local kb = assert(dossier.open(path))
      check(wrong, kb)
      kb:close()
      assert.is_nil(helper.read(path))
    end)

    it("that cannot be written finds the same", function()
      local path = folder .. "/read.kb"
      local kb = assert(dossier.open(path, { now = now }))
      assert(kb:load_text(declared))
      local wanted = check(wrong, kb)
      assert(#wanted > 4)
      assert.same(wanted, check(wrong, kb:view {}))
      kb:transaction(function() assert.same(wanted, check(wrong, kb)) end)
      local other = assert(dossier.open(path, { now = now, busy_ms = 0 }))
      kb:transaction(function() assert.same(wanted, check(wrong, other)) end)
      other:close()
      kb:close()
      local reader = assert(dossier.open(path, { read_only = true, now = now }))
      assert.same(wanted, check(wrong, reader))
      reader:close()
    end)

    it("is seen as a view sees it", function()
      local kb = base 'source s { title: "S" }. p(ukraine). q(ukraine). r(ukraine) from s.'
      assert.equal(1, #only("near-entity", "p(ukrane).", kb))
      assert.same({}, only("near-entity", "p(ukrane).", kb:view { sources = { "s" } }))
    end)

    it("keeps answering a query that was stepping", function()
      local kb = base "p(a). p(b). p(c)."
      local seen = {}
      for x in kb:query "p(X)" do
        seen[#seen + 1] = x.id
        check("p(d). p(e). q(f) @ 2999.", kb)
      end
      assert.same({ "a", "b", "c" }, seen)
    end)

    it("says which file cannot be read, and finds nothing", function()
      local found, message, code = base():check { folder .. "/none.dl" }
      assert.is_nil(found)
      assert.matches("none%.dl: there is no such file", message)
      assert.equal("absent", code)
      assert.is_nil((base():check(folder)))
      assert.error(function() base():check { 1, 2 } end)
      assert.error(function() base():check() end)
    end)
  end)

  it("stands any garbage", function()
    local seed = tonumber(os.getenv "SEED") or os.time()
    local steps = tonumber(os.getenv "STEPS") or 60
    local random = helper.random(seed)
    local pieces = {
      "relation", "source", "prefix", "from", "label", "deny", "p", "joined", "X", "Ukraine",
      "ukraine", "(", ")", "{", "}", ",", ".", ":", ":-", "?-", "@", "1994", "0194-13", "2999",
      '"a"', '"', "'", "%", "\n", " ", "\255", "\0", "1..5", "1..", "$x", "_", "because", "by",
      "attributed(", "not", "date", "is", "inverse", "key(", "ж", "<http://a>", "ex:a", "#",
    }
    local kb = base "relation joined(a, b). joined(ukraine, pfp). label(pfp, \"P\")."
    for step = 1, steps do
      local text = {}
      for i = 1, random(400) do text[i] = pieces[random(#pieces)] .. (random(3) == 1 and "" or " ") end
      local path = helper.write(folder .. "/garbage.dl", table.concat(text))
      local found, message = kb:check(path)
      assert(found, ("SEED=%d step %d: %s"):format(seed, step, tostring(message)))
      local loaded = base "relation joined(a, b). joined(ukraine, pfp). label(pfp, \"P\")."
      local errors = 0
      for _, one in ipairs(found) do errors = errors + (one.error and 1 or 0) end
      assert.equal(errors == 0, loaded:load(path) == true, ("SEED=%d step %d"):format(seed, step))
      loaded:close()
    end
    assert.same({}, lines(assert(kb:check(helper.write(folder .. "/a.dl", "joined(pfp, pfp).\n")))))
  end)
end)
