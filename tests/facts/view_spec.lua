-- Views: which options there are, what each lets through, and how views nest.
local dossier = require "dossier"
local helper = require "tests.helper"
local see = require "tests.facts.see"
local base, facts, one, sorted = see.base, see.facts, see.one, see.sorted

local SOURCES = "source article {}. source record {}. source analyst {}.\n"

describe("a view's options", function()
  local kb = base(SOURCES .. "p(a).")

  --- The message that these options are refused with.
  local function refused(options)
    local ok, message = pcall(kb.view, kb, options)
    assert(not ok, "a view was made")
    return message
  end

  it("are refused by the nearest name where there is none so called", function()
    see.has('did you mean "settled"?', refused { setled = true })
    see.has('no source called "recrod"; did you mean "record"?', refused { sources = "recrod" })
    see.has('did you mean "record"?', refused { sources = { "article", "recrod" } })
    see.has('no kind of claim is called "stateds"', refused { kinds = "stateds" })
    see.has('no entity "nobody"', refused { speakers = "nobody" })
    see.has("options go by name", refused { "settled" })
  end)

  it("take dates that exist and have an end", function()
    see.has("as_of: 2023-02-30: February 2023 has 28 days", refused { as_of = "2023-02-30" })
    see.has("since: x: not a date", refused { since = "x" })
    see.has("until: 2000/1999: the interval ends before it starts", refused { ["until"] = "2000/1999" })
    see.has("as_of: unknown has no last day", refused { as_of = "unknown" })
    see.has("as_of: 1994/.. has no last day", refused { as_of = "1994/.." })
    see.has("since: ../1994 has no first day", refused { since = "../1994" })
    see.has("as_of: an empty text is no time", refused { as_of = "" })
  end)

  it("take an instant, a date or a transaction for what was known", function()
    for _, wrong in ipairs { "2026-02-30", "yesterday", "#", "#x", "2026", "", "2026-01-02T25:00:00Z",
      "2026-01-02T03:04", " 026-01-02", "2026-01-02T+3:04:05Z", "2026-1-2" } do
      see.has(('known_at is "%s"; a date, an instant'):format(wrong), refused { known_at = wrong })
    end
    see.has("takes a string", refused { known_at = 1.5 })
  end)

  it("take grades that there are", function()
    for _, wrong in ipairs { "g", "b7", "0", "2b", "bb", "" } do
      see.has(('min_grade is "%s"; a letter a-f'):format(wrong), refused { min_grade = wrong })
    end
  end)

  it("may name the source base before anything was recorded", function()
    local empty = base()
    local view = empty:view { sources = "base" }
    assert(empty:load_text "p(a).")
    assert.same({ "p(a)" }, facts(view, "p"))
  end)

  it("that list nothing let nothing through", function()
    for _, name in ipairs { "sources", "kinds", "speakers" } do
      assert.same({}, facts(kb:view { [name] = {} }, "p"))
    end
  end)

  it("that are not given let all through", function()
    assert.same(facts(kb, "p"), facts(kb:view {}, "p"))
  end)
end)

describe("a view as of a day", function()
  it("takes a coarse day for its last", function()
    local kb = base "relation h(entity). h(a) @ 2010-12-31. h(b) @ 2010-06-01/2010-06-30. h(c) @ 2010-01-01/2010-12-31."
    local view = kb:view { as_of = "2010" }
    assert.equal("2010-12-31", view.as_of)
    assert.same({ "h(a) @ 2010-12-31", "h(c) @ 2010-01-01/2010-12-31" }, sorted(facts(view, "h")))
    assert.same({ "h(b) @ 2010-06-01/2010-06-30", "h(c) @ 2010-01-01/2010-12-31" },
      sorted(facts(kb:view { as_of = "2010-06" }, "h")))
  end)

  it("keeps what holds on it, and what happened by then", function()
    local kb = base [[
      relation h(entity). relation o(entity) occurs.
      h(a) @ 1994-02-08. o(a) @ 1994-02-08. h(b) @ 2000-01-01/... o(b) @ 2000-01-01.
    ]]
    local view = kb:view { as_of = "1999-01-01" }
    assert.same({}, facts(view, "h"))
    assert.same({ "o(a) @ 1994-02-08" }, facts(view, "o"))
    view = kb:view { as_of = "2024-01-01" }
    assert.same({ "h(b) @ 2000-01-01/.." }, facts(view, "h"))
    assert.equal(2, #facts(view, "o"))
  end)

  it("has an undated fact only as possible, where the relation carries times", function()
    local kb = base [[
      relation h(entity). h(a). h(b) @ 1994.  relation t(entity). t(a).
      relation o(entity) occurs. o(a). o(b) @ 1994.
    ]]
    assert.same({}, facts(kb:view { as_of = "2000" }, "h"))
    assert.same({ "h(a)?" }, facts(kb:view { as_of = "2000", possible = true }, "h"))
    assert.same({ "o(b) @ 1994" }, facts(kb:view { as_of = "2000" }, "o"))
    assert.same({ "o(a)?", "o(b) @ 1994" }, sorted(facts(kb:view { as_of = "2000", possible = true }, "o")))
    assert.same({ "t(a)" }, facts(kb:view { as_of = "2000" }, "t"))
    assert.same({ "t(a)" }, facts(kb:view { as_of = "2000", possible = true }, "t"))
  end)

  it("selects facts and does not clip their times", function()
    local kb = base "relation h(entity). h(a) @ 1994-01-01/2004-12-31."
    local view = kb:view { as_of = "2000-01-01", since = "1999", ["until"] = "2001" }
    assert.same({ "a 1994-01-01/2004-12-31" }, see.ask(view, "h(X) @ T"))
  end)

  it("keeps what rules derive by the time of the head, and as what it is declared", function()
    local kb = base [[
      relation o(entity) occurs. relation done(entity) occurs.
      o(a) @ 1993-05-01. o(b) @ 1993-05-01/1996. o(c) @ 1996.
      held(X) @ T :- o(X) @ T.  done(X) @ T :- o(X) @ T.  first(X) @ start(T) :- o(X) @ T.
      some(X) @ unknown :- o(X) @ T.  ever(X) :- held(X).  any(X) :- o(X).
    ]]
    local view, may = kb:view { as_of = "1994" }, kb:view { as_of = "1994", possible = true }
    assert.same({}, see.ask(view, "held(X)"))
    assert.same({ "b" }, see.ask(may, "held(X)"))
    assert.same({ "a" }, see.ask(view, "done(X)"))
    assert.same({ "a", "b" }, sorted(see.ask(may, "done(X)")))
    assert.same({}, see.ask(view, "first(X)"))
    assert.same({}, see.ask(view, "some(X)"))
    assert.same({ "a", "b" }, sorted(see.ask(may, "some(X)")))
    assert.same({ "b" }, see.ask(may, "ever(X)"))
    assert.same({ "a" }, see.ask(view, "any(X)"))
    assert.same({}, see.ask(kb:view { since = "1994" }, "first(X)"))
  end)

  it("marks the facts of a conflict, too", function()
    local kb = base "relation o(who, what) key(who). o(x, a) @ 1994-01-01/2000. o(x, b) @ 1995/2005."
    local conflict = kb:view { as_of = "2000-06-01", possible = true }:conflicts()()
    assert.equal("o(x, a) @ 1994-01-01/2000", conflict.a.text)
    assert.is_false(conflict.a.certain)
    assert.is_true(conflict.b.certain)
  end)

  it("is told by views below, too", function()
    local kb = base(SOURCES)
    assert.is_nil(kb.as_of)
    assert.equal("2000-12-31", kb:view { as_of = "2000" }:view { sources = "article" }.as_of)
    assert.equal("1999-01-31", kb:view { as_of = "2000" }:view { as_of = "1999-01" }.as_of)
  end)
end)

describe("a view of what was known", function()
  it("is of a transaction's number, an instant, or the end of a date", function()
    local folder = helper.folder()
    local path = folder .. "/a.kb"
    for i, now in ipairs { "2026-01-01T00:00:00Z", "2026-01-02T12:00:00Z", "2026-01-01T06:00:00Z" } do
      local kb = assert(dossier.open(path, { now = now }))
      assert(kb:load_text("p(n" .. i .. ")."))
      kb:close()
    end
    local kb = assert(dossier.open(path, { read_only = true }))
    local function known(at) return #facts(kb:view { known_at = at }, "p") end
    local expected = {
      ["2025-12-31"] = 0, ["2026-01-01"] = 1, ["2026-01-02"] = 3, ["2026-01-02T11:59:59Z"] = 1,
      ["2026-01-02T12:00:00Z"] = 2, ["2026-01-02T12:00:00.000001Z"] = 3, ["2026-01-02 12:00:00"] = 2,
      ["#0"] = 0, ["#2"] = 2, ["#99"] = 3, [1] = 1, [3] = 3,
    }
    for at, n in pairs(expected) do assert.equal(n, known(at), "known at " .. at) end
    kb:close()
    helper.sweep(folder)
  end)

  it("stamps each transaction past the one before, whatever the clock", function()
    local folder = helper.folder()
    for _, now in ipairs { "2026-01-02T12:00:00Z", "2020-01-01T00:00:00Z" } do
      local kb = assert(dossier.open(folder .. "/a.kb", { now = now }))
      assert(kb:load_text("p(n" .. now:sub(1, 4) .. ")."))
      kb:close()
    end
    local kb = assert(dossier.open(folder .. "/a.kb"))
    assert.same({ { number = 1, time = "2026-01-02T12:00:00Z" }, { number = 2, time = "2026-01-02T12:00:00.000001Z" } },
      kb:transactions())
    kb:close()
    helper.sweep(folder)
  end)

  it("has the claims that were live then, and names, types and sources of then", function()
    local kb = base(SOURCES .. 'label(x, "Old"). p(x) from article.')
    assert(kb:load_text 'retract label(x, "Old"). label(x, "New"). retract p(x). p(x) from record. type(x, thing).')
    assert(kb:load_text "source late {}.")
    local view = kb:view { known_at = 1 }
    assert.equal("Old", view:find "x".label)
    assert.same({ "article asserts p(x)" }, see.told(one(view, "p").claims))
    assert.same({}, facts(view, "type"))
    assert.equal(3, #view:sources())
    assert.equal("New", kb:find "x".label)
    assert.same({}, facts(kb:view { known_at = 0 }, "label"))
    assert.equal(0, #kb:view { known_at = 0 }:sources())
  end)

  it("has the reliability of sources and their derivation of then", function()
    local kb = base "source a { reliability: c }. source b {}. p(x) from a. p(x) from b. q(x) from a."
    assert(kb:load_text "source a { reliability: b }. source b { derived_from: a }.")
    assert(kb:load_text "retract derived_from(b, a).")
    local trust = {}
    for n = 1, 3 do trust[n] = one(kb:view { known_at = n }, "p").trust end
    assert.same({ "corroborated", "single-source", "corroborated" }, trust)
    assert.same({}, facts(kb:view { known_at = 1, min_grade = "b" }, "q"))
    assert.same({ "q(x)" }, facts(kb:view { known_at = 2, min_grade = "b" }, "q"))
    assert.equal("a", kb:view { known_at = 2 }:sources()[2].origin.id)
    assert.equal("b", kb:sources()[2].origin.id)
  end)

  it("does not version declarations", function()
    local kb = base "o(x, a). o(x, b)."
    assert(kb:load_text "relation o(entity, entity) key(1).")
    assert.equal(1, #see.conflicts(kb:view { known_at = 1 }))
  end)
end)

describe("a view by grade", function()
  it("lets pass what is at least so good, by either half or both", function()
    local kb = base [[
      source s { reliability: c }.
      p(a) from s. p(b) from s grade a. p(c) from s grade 1. p(d) from s grade b2. p(e) from s grade e1. p(f).
    ]]
    local function passing(grade)
      local names = {}
      for _, fact in ipairs(see.list(kb:view { min_grade = grade }, "p")) do names[#names + 1] = fact[1].id end
      return table.concat(sorted(names))
    end
    assert.equal("bd", passing "b")
    assert.equal("abcd", passing "c")
    assert.equal("cde", passing "2")
    assert.equal("ce", passing "1")
    assert.equal("cd", passing "C2")
    assert.equal("d", passing "b2")
  end)

  it("never lets pass what cannot be judged", function()
    local kb = base [[
      source s { reliability: c }. source blind { reliability: f }. source none {}.
      p(a) from s grade 6. p(b) from s grade f1. p(c) from blind grade 1. p(d) from none grade 1. p(e) from s.
    ]]
    assert.same({ "p(a)", "p(e)" }, sorted(facts(kb:view { min_grade = "f" }, "p")))
    assert.same({ "p(b)", "p(c)", "p(d)" }, sorted(facts(kb:view { min_grade = "6" }, "p")))
  end)

  it("follows the reliability that a source has now", function()
    local kb = base "source s { reliability: c }. p(a) from s."
    local view = kb:view { min_grade = "b" }
    assert.same({}, facts(view, "p"))
    assert(kb:load_text "source s { reliability: b }.")
    assert.same({ "p(a)" }, facts(view, "p"))
    assert(kb:load_text "source s { reliability: f }.")
    assert.same({}, facts(view, "p"))
  end)

  it("forgets the reliability of a transaction that was rolled back", function()
    local kb = base "source s { reliability: c }. p(a) from s."
    local view = kb:view { min_grade = "b" }
    pcall(kb.transaction, kb, function()
      assert(kb:load_text "source s { reliability: a }.")
      assert.same({ "p(a)" }, facts(view, "p"))
      error "no"
    end)
    assert.same({}, facts(view, "p"))
  end)
end)

describe("names and types", function()
  local kb = base(SOURCES .. [[
    relation position(who, what). relation supports(who, what) is position(1, 2).
    label(x, "Ex") @ 2020 from article grade 6.  alias(x, "Exy") from article.
    type(x, thing) @ 2020 from article.  assessed supports(x, y) from record grade 1.
  ]])

  it("are read past the filters on source, kind, grade and time", function()
    for _, options in ipairs { { sources = "record" }, { kinds = "assessed" }, { min_grade = "1" },
      { as_of = "1990" }, { since = "2022" }, { ["until"] = "1990" },
      { sources = "record", kinds = "assessed", min_grade = "1" } } do
      local view = kb:view(options)
      assert.equal("Ex", view:find "Exy".label)
      assert.same({ "x thing" }, see.ask(view, "type(X, Y)"))
      assert.equal(3, #view:sources())
    end
  end)

  it("put a fact into words in any view", function()
    local view = kb:view { sources = "record" }
    assert.equal("supports(Ex, y)", tostring(one(view, "supports")))
  end)

  it("are not told by what is read past the filters of facts", function()
    assert.same({ "supports(x, y)" }, facts(kb:view { kinds = "assessed" }, "position"))
    assert.same({}, facts(kb:view { kinds = "stated" }, "position"))
  end)
end)

describe("a view of a view", function()
  it("lets through what both do", function()
    local kb = base(SOURCES .. "p(a) @ 1994 from article. p(b) @ 1999 from record. attributed(ann) p(c) @ 1999 from article.")
    local article = kb:view { sources = "article" }
    assert.same({ "p(c) @ 1999" }, facts(article:view { since = "1995" }, "p"))
    assert.same({}, facts(article:view { sources = "record" }, "p"))
    assert.same({}, facts(article:view { since = "1995" }:view { kinds = "stated" }, "p"))
    assert.same({ "p(c) @ 1999" }, facts(article:view { speakers = "ann" }, "p"))
  end)

  it("does not let through by `possible` what the view above leaves out", function()
    local kb = base "relation h(entity). h(x) @ 1994."
    local above = kb:view { as_of = "1994-06-01" }
    assert.same({}, facts(above:view { possible = true }, "h"))
    assert.same({ "h(x) @ 1994?" }, facts(kb:view { possible = true }:view { as_of = "1994-06-01" }, "h"))
  end)

  it("knows no more than the view above", function()
    local kb = base "p(a)."
    assert(kb:load_text "p(b).")
    local first = kb:view { known_at = 1 }
    assert.same({ "p(a)" }, facts(first:view { known_at = 2 }, "p"))
    assert.same({}, facts(first:view { known_at = 0 }, "p"))
  end)

  it("stays settled and folded", function()
    local kb = base(SOURCES .. 'p(a) from article. deprecate p(a) because "so" by analyst. q(a) @ 1994. q(a) @ 1994-02-08.')
    local above = kb:view { settled = true, fold = true }
    assert.same({}, facts(above:view { settled = false }, "p"))
    assert.same({ "q(a) @ 1994-02-08" }, facts(above:view {}, "q"))
  end)
end)
