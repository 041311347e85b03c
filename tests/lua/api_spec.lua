--- The Lua API: values, bases, reading, writing, views, and who may end before whom.
local dossier = require "dossier"
local helper = require "tests.helper"

local program = [[
  source article { title: "The article", kind: web_article, date: 2023, reliability: c }.
  source record { title: "The record", kind: archive, reliability: a, derived_from: article }.
  relation joined(entity, entity) once phrase "{1} joined {2}".
  relation met(entity, entity) occurs symmetric phrase "{1} met {2}".
  relation held_on(event, date) key(event).
  relation size(entity, int).
  label(ukraine, "Ukraine").  label(pfp, "Partnership for Peace").
  label(nato, "NATO").  label(nato, "НАТО"@uk).  alias(nato, "the Alliance").
  alias(ukraine, "UA").
  from article "background/2" {
    joined(ukraine, pfp) @ 1994.
    joined(georgia, pfp) @ 1994.
    met(ukraine, nato) @ 2023.
    held_on(summit, 2023-07).
    size(nato, 31).
    note(nato, "big").  note(nato, "великий"@uk).
    attributed(georgia) likes(georgia, nato) @ 2023.
  }
  joined(ukraine, pfp) @ 1994-02-08 from record "1994" grade b2 quote "signed".
  deny likes(georgia, nato) @ 2023 from record.
]]

local function base(text)
  local kb = assert(dossier.open())
  assert(kb:load_text(text or program))
  return kb
end

--- All that an iterator gives, each row as a list; what it gives is closed at the end.
local function rows(...)
  local list = {}
  local step, state, control, closing = ...
  for a, b, c, d in step, state, control, closing do list[#list + 1] = { a, b, c, d } end
  return list
end

--- The facts that an iterator gives last, as text in order.
local function texts(...)
  local list = {}
  for _, row in ipairs(rows(...)) do list[#list + 1] = row[#row].text end
  table.sort(list)
  return list
end

describe("an entity", function()
  it("is one object for each identifier, in any base", function()
    local one <close> = base()
    local two <close> = base()
    local a, b = assert(one:find "ukraine"), assert(two:find "ukraine")
    assert.equal(a, b)
    assert.is_true(rawequal(a, dossier.entity "ukraine"))
    local set = { [a] = "here" }
    assert.equal("here", set[dossier.entity "ukraine"])
  end)

  it("has its label in the base it last came from, else its identifier", function()
    local one <close> = base()
    local two <close> = base [[label(ukraine, "Україна").]]
    assert.equal("Ukraine", one:find "ukraine".label)
    assert.equal("Україна", two:find "ukraine".label)
    assert.equal("nowhere", dossier.entity "nowhere".label)
  end)

  it("takes a new label into account", function()
    local kb <close> = base [[label(a, "first").]]
    local a = assert(kb:find "a")
    assert.equal("first", a.label)
    assert(kb:load_text [[retract label(a, "first").  label(a, "second").]])
    assert.equal("second", a.label)
  end)

  it("is itself, without a label, when its base is closed", function()
    local kb = base()
    local ukraine = assert(kb:find "ukraine")
    kb:close()
    assert.equal("ukraine", ukraine.label)
    assert.equal("ukraine", ukraine.id)
  end)

  it("is ordered by identifier", function()
    assert.is_true(dossier.entity "a" < dossier.entity "b")
    assert.is_true(dossier.entity "a" <= dossier.entity "a")
    assert.equal("a-b", dossier.entity "a" .. "-" .. dossier.entity "b")
  end)

  it("cannot be empty or badly encoded", function()
    assert.error_matches(function() dossier.entity "" end, "cannot be empty")
    assert.error_matches(function() dossier.entity "\255" end, "UTF%-8")
  end)
end)

describe("a text", function()
  it("is equal by string, language and datatype", function()
    assert.equal(dossier.text("a", "uk"), dossier.text("a", "uk"))
    assert.not_equal(dossier.text("a", "uk"), dossier.text("a"))
    assert.equal("a", tostring(dossier.text("a", "uk")))
    assert.equal("uk", dossier.text("a", "uk").lang)
    assert.is_nil(dossier.text("a").lang)
    assert.is_true(dossier.text("a") < dossier.text("a", "uk"))
  end)

  it("has a language or a datatype, not both", function()
    assert.error_matches(function() dossier.text("a", "uk", "x") end, "not both")
  end)
end)

describe("a time", function()
  it("is as written and knows its four days", function()
    local t = assert(dossier.time "1994/2004")
    assert.equal("1994/2004", tostring(t))
    assert.same({ "1994-01-01", "1994-12-31", "2004-01-01", "2004-12-31" },
      { t.earliest_start, t.latest_start, t.earliest_end, t.latest_end })
    assert.is_nil(t.year)
    assert.equal(1994, dossier.time "1994-02".year)
  end)

  it("has no bound where it is open", function()
    local t = assert(dossier.time "2019-05-20/..")
    assert.is_true(t.open)
    assert.is_nil(t.latest_end)
    assert.equal("2019-05-20", t.latest_start)
    assert.is_false(dossier.time "2019".open)
  end)

  it("answers tests for certain and as possible", function()
    local t = assert(dossier.time "1994")
    assert.is_true(t:certainly("before", "1995"))
    assert.is_false(t:certainly("before", "1994-06"))
    assert.is_true(t:possibly("before", "1994-06"))
    assert.is_true(dossier.time "1994-02-08":refines(t))
    assert.is_false(t:refines "1994-02-08")
    assert.error_matches(function() t:certainly("befor", "1995") end, 'did you mean "before"')
  end)

  it("is equal as written and ordered by its days", function()
    assert.equal(dossier.time "1994", dossier.time "1994")
    assert.not_equal(dossier.time "1994", dossier.time "1994-01-01/1994-12-31")
    assert.is_true(dossier.time "1993" < dossier.time "1994-01-01")
  end)

  it("that does not exist is refused in words", function()
    local t, message = dossier.time "2023-02-30"
    assert.is_nil(t)
    assert.truthy(message:find("2023-02-30", 1, true))
    assert.error_matches(function() dossier.time "2023":refines "2023-13" end, "2023%-13")
  end)
end)

describe("dossier", function()
  it("folds, measures and finds near words", function()
    assert.equal(dossier.fold "NATO", dossier.fold "nato")
    assert.equal(4, dossier.width "条約")
    assert.equal("record", dossier.nearest("recrod", { "article", "record" }))
    assert.is_nil(dossier.nearest("zebra", { "article", "record" }))
  end)
end)

describe("opening a base", function()
  it("fails in words and a code for a file that must exist and does not", function()
    local kb, message, code = dossier.open("no/such.kb", { must_exist = true })
    assert.is_nil(kb)
    assert.truthy(message:find("no/such.kb", 1, true))
    assert.equal("absent", code)
  end)

  it("refuses options that it does not know, with the nearest", function()
    assert.error_matches(function() dossier.open(nil, { readonly = true }) end,
      'no option "readonly"; did you mean "read_only"')
    assert.error_matches(function() dossier.open(nil, { busy_ms = "x" }) end,
      '"busy_ms" takes an integer')
  end)

  it("keeps what was committed in its file", function()
    local folder = helper.folder()
    local kb = assert(dossier.open(folder .. "/a.kb"))
    assert.equal(folder .. "/a.kb", kb.path)
    assert(kb:load_text(program))
    assert.is_true(kb.changes > 0)
    kb:close()
    local again <close> = assert(dossier.open(folder .. "/a.kb", { read_only = true }))
    assert.is_true(again.read_only)
    assert.equal(3, #rows(again:facts "joined"))
    local ok, message, code = again:load_text "p(a)."
    assert.is_nil(ok)
    assert.equal("read-only", code)
    assert.truthy(message)
    again:close()
    helper.sweep(folder)
  end)

  it("stamps transactions by the clock it is given", function()
    local kb <close> = assert(dossier.open(nil, { now = "2026-01-02T03:04:05Z" }))
    assert(kb:load_text "p(a).")
    local all = kb:transactions()
    assert.same({ number = 1, time = "2026-01-02T03:04:05Z" }, all[1])
  end)
end)

describe("loading", function()
  it("takes several files as one program, in any order", function()
    local folder = helper.folder()
    local facts = helper.write(folder .. "/facts.dl", "joined(a, b) @ 1994 from s.")
    local words = helper.write(folder .. "/words.dl",
      "relation joined(entity, entity) once.  source s { title: \"S\" }.")
    local kb <close> = assert(dossier.open())
    assert(kb:load { facts, words })
    assert.equal(1, #rows(kb:facts "joined"))
    helper.sweep(folder)
  end)

  it("changes nothing where one file is wrong, missing or a folder", function()
    local folder = helper.folder()
    local good = helper.write(folder .. "/good.dl", "p(a).")
    local bad = helper.write(folder .. "/bad.dl", "q(b.\n")
    local kb <close> = assert(dossier.open())
    local function failure(path)
      local ok, message, code = kb:load { good, path }
      assert.is_nil(ok)
      assert.is_nil(kb:relation "p")
      return message, code
    end
    local message, code = failure(bad)
    assert.equal("syntax", code)
    assert.truthy(message:find(bad .. ":1:", 1, true))
    message, code = failure(folder .. "/none.dl")
    assert.equal("absent", code)
    assert.truthy(message:find("none.dl", 1, true))
    message, code = failure(folder)
    assert.equal("input or output", code)
    assert.truthy(message:find("is a directory", 1, true))
    helper.sweep(folder)
  end)

  it("names a text as asked, or by a number", function()
    local kb <close> = assert(dossier.open())
    local _, message = kb:load_text("p(.", "here.dl")
    assert.truthy(message:find("here.dl:1:", 1, true))
    _, message = kb:load_text "p(."
    assert.truthy(message:find("<text 1>:1:", 1, true))
    _, message = kb:load_text "p(."
    assert.truthy(message:find("<text 2>:1:", 1, true))
  end)
end)

describe("kb:facts", function()
  it("gives the columns and then the fact", function()
    local kb <close> = base()
    local got = rows(kb:facts("joined", "georgia"))
    assert.equal(1, #got)
    assert.equal(dossier.entity "georgia", got[1][1])
    assert.equal(dossier.entity "pfp", got[1][2])
    assert.equal("1994", tostring(got[1][3].valid))
  end)

  it("takes nil for anything, and entities exactly", function()
    local kb <close> = base()
    assert.equal(3, #rows(kb:facts("joined", nil, "pfp")))
    assert.equal(3, #rows(kb:facts("joined", nil, dossier.entity "pfp")))
    assert.equal(0, #rows(kb:facts("joined", nil, dossier.text "pfp")))
    assert.equal(0, #rows(kb:facts("joined", "nobody")))
  end)

  it("takes a string as entity and as text of any language where neither is declared",
    function()
      local kb <close> = base [[
        tag(a, nato).  tag(b, "nato").  tag(c, "nato"@uk).  tag(d, "nato"^^<http://x>).
        tag(e, other).
      ]]
      assert.same({ 'tag(a, nato)', 'tag(b, "nato")', 'tag(c, "nato"@uk)',
        'tag(d, "nato"^^<http://x>)' }, texts(kb:facts("tag", nil, "nato")))
      assert.same({ 'tag(c, "nato"@uk)' },
        texts(kb:facts("tag", nil, dossier.text("nato", "uk"))))
      assert.same({ 'tag(b, "nato")' }, texts(kb:facts("tag", nil, dossier.text "nato")))
    end)

  it("learns of languages that come later", function()
    local kb <close> = base [[tag(b, "nato").]]
    assert.equal(1, #rows(kb:facts("tag", nil, "nato")))
    assert(kb:load_text [[tag(c, "nato"@uk).]])
    assert.equal(2, #rows(kb:facts("tag", nil, "nato")))
  end)

  it("lets a declared column decide what a string is", function()
    local kb <close> = base()
    assert.equal(1, #rows(kb:facts("label", nil, "НАТО")))
    assert.equal(0, #rows(kb:facts("label", nil, "nato")))
    assert.equal(1, #rows(kb:facts("held_on", nil, "2023-07")))
    assert.error_matches(function() kb:facts("size", nil, "31") end, "column 2 of size/2 takes")
    assert.equal(1, #rows(kb:facts("size", nil, 31)))
  end)

  it("matches a symmetric pair both ways", function()
    local kb <close> = base()
    assert.equal(1, #rows(kb:facts("met", "nato")))
    assert.equal(1, #rows(kb:facts("met", nil, "nato")))
  end)

  it("names the nearest relation where there is none", function()
    local kb <close> = base()
    assert.error_matches(function() kb:facts "joind" end, 'no relation "joind".*joined')
    assert.error_matches(function() kb:facts("joined", nil, nil, "x") end,
      "joined/2 has 2 columns; the pattern has 3")
  end)

  it("picks among arities by the pattern, and asks where it cannot", function()
    local kb <close> = base "p(a).  p(a, b).  p(b, c)."
    assert.equal(1, #rows(kb:facts "p/1"))
    assert.equal(2, #rows(kb:facts("p", nil, nil)))
    assert.error_matches(function() kb:facts "p" end, "p/1, p/2")
  end)

  it("sees the base as it was when the loop began", function()
    local kb <close> = base()
    local n = 0
    for who in kb:facts "joined" do
      n = n + 1
      assert(kb:load_text(("joined(x%d_%s, pfp) @ 1995."):format(n, who)))
    end
    assert.equal(3, n)
    assert.equal(6, #rows(kb:facts "joined"))
  end)

  it("reads every kind of value back as it was written", function()
    local kb <close> = base()
    kb:transaction(function(tx)
      for _, value in ipairs { 1, -1, 2.5, 2.0, 1e-5, 1e20, true, false, math.maxinteger,
        math.mininteger, 1 << 60, dossier.entity "e", dossier.text "t",
        dossier.text("t", "uk"), dossier.time "1994", dossier.time "1994-01-02/.." } do
        tx:add("v", { dossier.entity "x", value })
        local found
        for _, got in kb:facts("v", nil, value) do found = got end
        if value == dossier.text "t" then value = "t" end
        assert.equal(value, found)
        assert.equal(math.type(value), math.type(found))
        tx:retract("v", { dossier.entity "x", value == "t" and dossier.text "t" or value })
      end
    end)
  end)

  it("gives only the fact where there are no columns", function()
    local kb <close> = base "calm."
    local got = rows(kb:facts "calm")
    assert.equal("calm", got[1][1].text)
  end)
end)

describe("a fact", function()
  local function one(kb, ...)
    local row = rows(kb:facts(...))[1]
    return row[#row]
  end

  it("has its columns, relation, time and text", function()
    local kb <close> = base()
    local fact = one(kb, "joined", "georgia")
    assert.equal("georgia", fact[1].id)
    assert.is_nil(fact[3])
    assert.equal(2, #fact)
    assert.equal("joined", fact.relation)
    assert.equal(2, fact.arity)
    assert.equal("joined(georgia, pfp) @ 1994", fact.text)
    assert.is_true(fact.certain)
    assert.is_true(fact.occurs)
    assert.is_nil(one(kb, "size").valid)
  end)

  it("puts itself into words by its relation's phrase, with labels", function()
    local kb <close> = base()
    assert.equal("georgia joined Partnership for Peace", tostring(one(kb, "joined", "georgia")))
    assert.equal("size(NATO, 31)", tostring(one(kb, "size")))
    assert.equal("calm", tostring(one(base "calm.", "calm")))
  end)

  it("has its claims and, in support, those on finer facts", function()
    local kb <close> = base()
    local coarse
    for _, _, fact in kb:facts("joined", "ukraine") do
      if tostring(fact.valid) == "1994" then coarse = fact end
    end
    assert.equal(1, #coarse.claims)
    assert.equal("article background/2", coarse.claims[1].citation)
    assert.equal(2, #coarse.support)
    local fine = coarse.support[2]
    assert.equal("record 1994", fine.citation)
    assert.equal("asserts", fine.verb)
    assert.equal(dossier.entity "record", fine.source)
    assert.equal("1994", fine.locator)
    assert.equal("stated", fine.kind)
    assert.equal("b2", fine.grade)
    assert.equal("b", fine.reliability)
    assert.equal(2, fine.credibility)
    assert.equal("signed", fine.quotation)
    assert.equal("joined(ukraine, pfp) @ 1994-02-08", fine.fact)
    assert.equal("1994-02-08", tostring(fine.valid))
    assert.equal(1, fine.opened)
    assert.is_nil(fine.closed)
    assert.equal("c", coarse.claims[1].reliability)
    assert.is_nil(coarse.claims[1].grade)
  end)

  it("has the speaker and the denials among its claims", function()
    local kb <close> = base()
    local fact = one(kb, "likes")
    assert.equal(2, #fact.claims)
    assert.equal("attributed", fact.claims[1].kind)
    assert.equal(dossier.entity "georgia", fact.claims[1].speaker)
    assert.equal("denies", fact.claims[2].verb)
    assert.equal("contested", fact.trust)
  end)

  it("remembers claims that were retracted", function()
    local kb <close> = base()
    assert(kb:load_text "retract joined(georgia, pfp) @ 1994 from article.")
    assert(kb:load_text "joined(georgia, pfp) @ 1994 from record.")
    local history = one(kb, "joined", "georgia"):history()
    assert.equal(2, #history)
    assert.equal(2, history[1].closed)
    assert.is_nil(history[2].closed)
  end)

  it("is equal to another reading of the same fact, and ordered", function()
    local kb <close> = base()
    assert.equal(one(kb, "joined", "georgia"), one(kb, "joined", "georgia"))
    assert.not_equal(one(kb, "joined", "georgia"), one(kb, "joined", "ukraine"))
    assert.is_true(one(kb, "joined", "georgia") < one(kb, "joined", "ukraine"))
    assert.is_true(one(kb, "held_on") < one(kb, "joined", "georgia"))
  end)

  it("may be kept after the loop, but not after its base", function()
    local kb = base()
    local fact = one(kb, "joined", "georgia")
    collectgarbage()
    assert.equal("single-source", fact.trust)
    kb:close()
    assert.error_matches(function() return fact.trust end, "the base is closed")
  end)
end)

describe("kb:about", function()
  it("gives the facts that mention an entity in any column", function()
    local kb <close> = base()
    assert.same({ "joined(georgia, pfp) @ 1994", "likes(georgia, nato) @ 2023" },
      texts(kb:about "georgia"))
    assert.equal(0, #rows(kb:about "nobody"))
    assert.equal(2, #rows(kb:about(dossier.entity "georgia")))
  end)
end)

describe("kb:conflicts", function()
  it("gives both sides of each", function()
    local kb <close> = base()
    local got = rows(kb:conflicts())
    assert.equal(1, #got)
    local conflict = got[1][1]
    assert.equal("denial", conflict.kind)
    assert.equal("likes", conflict.relation)
    assert.equal("likes(georgia, nato) @ 2023", conflict.a.text)
    assert.truthy(tostring(conflict):find("denial likes: ", 1, true))
  end)
end)

describe("a query", function()
  it("gives its variables in order of appearance", function()
    local kb <close> = base()
    local got = rows(kb:query "?- joined(X, pfp) @ T, T within 1994-02.")
    assert.equal(1, #got)
    assert.equal(dossier.entity "ukraine", got[1][1])
    assert.equal(dossier.time "1994-02-08", got[1][2])
  end)

  it("without variables gives true once or nothing", function()
    local kb <close> = base()
    assert.same({ { true } }, rows(kb:query "?- joined(ukraine, pfp)."))
    assert.same({}, rows(kb:query "?- joined(pfp, ukraine)."))
  end)

  it("takes parameters, strings as the place asks", function()
    local kb <close> = base()
    assert.equal(2, #rows(kb:query("?- joined($who, P) @ T.", { who = "ukraine" })))
    assert.equal(1, #rows(kb:query("?- size(X, $n).", { n = 31 })))
    assert.equal(1, #rows(kb:query("?- held_on(X, $d).", { d = dossier.time "2023-07" })))
    assert.error_matches(function() kb:query("?- size(X, $n).", { m = 31 }) end, "m")
  end)

  it("raises in a for head what is wrong with it, with its place", function()
    local kb <close> = base()
    assert.error_matches(function() kb:query "?- joined(X, ." end, "<query>:1:")
    assert.error_matches(function() kb:query "?- joind(X, Y)." end, "joined")
  end)

  it("that is prepared fails in words, tells its columns and runs again", function()
    local kb <close> = base()
    local none, message, code = kb:prepare "?- joined(X, ."
    assert.is_nil(none)
    assert.truthy(message:find("<query>:1:", 1, true))
    assert.equal("syntax", code)
    local q = assert(kb:prepare "?- joined(X, $p) @ T.")
    assert.same({ "X", "T" }, q.columns)
    assert.equal(3, #rows(q:rows { p = "pfp" }))
    assert.equal(3, #rows(q:rows()))
    assert.equal(0, #rows(q:rows { p = "nato" }))
    q:close()
    q:close()
    assert.error_matches(function() q:rows() end, "the query is closed")
  end)

  it("ends an earlier run by a later one", function()
    local kb <close> = base()
    local q = assert(kb:prepare "?- joined(X, pfp) @ T.")
    local first = q:rows()
    first()
    local second = q:rows()
    assert.error_matches(function() first() end, "a later run")
    assert.truthy(second())
  end)

  it("lets go of its rows on break and on error", function()
    local kb = base()
    for x in kb:query "?- joined(X, pfp) @ T." do
      if x then break end
    end
    pcall(function() for _ in kb:facts "joined" do error "x" end end)
    assert.equal(3, #rows(kb:query "?- joined(X, pfp) @ T."))
    kb:close()
  end)
end)

describe("a view", function()
  it("filters everything that reads, and cannot be written", function()
    local kb <close> = base()
    local view <close> = kb:view { sources = "record" }
    assert.equal(1, #rows(view:facts "joined"))
    assert.equal(1, #rows(view:query "?- joined(X, pfp) @ T."))
    assert.equal("Ukraine", view:find "ukraine".label)
    assert.is_true(view.read_only)
    local ok, _, code = view:load_text "p(a)."
    assert.is_nil(ok)
    assert.equal("read-only", code)
    ok, _, code = view:transaction(function() end)
    assert.is_nil(ok)
    assert.equal("read-only", code)
  end)

  it("takes lists, entities, times and transaction numbers", function()
    local kb <close> = base()
    assert(kb:load_text "joined(poland, pfp) @ 1994 from record.")
    assert.equal(3, #rows(kb:view { known_at = 1 }:facts "joined"))
    assert.equal(4, #rows(kb:view { sources = { "article", dossier.entity "record" } }
      :facts "joined"))
    assert.equal(1, #rows(kb:view { kinds = { "attributed" } }:facts "likes"))
    assert.equal(0, #rows(kb:view { as_of = dossier.time "1990" }:facts "joined"))
  end)

  it("marks what is only possible", function()
    local kb <close> = base()
    local view = kb:view { as_of = "1994-06-01", possible = true }
    local certain = {}
    for who, _, fact in view:facts "joined" do certain[who.id .. fact.valid] = fact.certain end
    assert.same({ ["ukraine1994"] = false, ["ukraine1994-02-08"] = true,
      ["georgia1994"] = false }, certain)
  end)

  it("of a view lets through what both do", function()
    local kb <close> = base()
    local view = kb:view { sources = "article" }:view { kinds = "attributed" }
    assert.equal(0, #rows(view:facts "joined"))
    assert.equal(1, #rows(view:facts "likes"))
  end)

  it("refuses options that are wrong", function()
    local kb <close> = base()
    assert.error_matches(function() kb:view { as_off = "2000" } end,
      'no option "as_off"; did you mean "as_of"')
    assert.error_matches(function() kb:view { as_of = "2000-13" } end, "2000%-13")
    assert.error_matches(function() kb:view { sources = "recrod" } end, "record")
    assert.error_matches(function() kb:view { sources = { 1 } } end, "takes strings")
    assert.error_matches(function() kb:view { settled = 1 } end, "true or false")
  end)
end)

describe("a transaction", function()
  it("lands what its function did and gives back what it returned", function()
    local kb <close> = base()
    local a, b = kb:transaction(function(tx)
      assert.is_true(tx:add("joined", { "poland", "pfp" }, { valid = "1994", source = "record" }))
      assert.is_false(tx:add("joined", { "poland", "pfp" },
        { valid = "1994", source = "record" }))
      return 1, "two"
    end)
    assert.same({ 1, "two" }, { a, b })
    assert.equal(1, #rows(kb:facts("joined", "poland")))
    assert.equal(2, #kb:transactions())
  end)

  it("is undone by an error, which is raised again", function()
    local kb <close> = base()
    local thrown = {}
    local ok, err = pcall(kb.transaction, kb, function(tx)
      tx:add("joined", { "poland", "pfp" })
      assert.equal(1, #rows(kb:facts("joined", "poland")))
      error(thrown)
    end)
    assert.is_false(ok)
    assert.equal(thrown, err)
    assert.equal(0, #rows(kb:facts("joined", "poland")))
    assert.equal(1, #kb:transactions())
  end)

  it("that is undone takes along what was read in it", function()
    local kb <close> = base()
    local kept, step
    pcall(kb.transaction, kb, function(tx)
      tx:add("fresh", { dossier.entity "newcomer" })
      for _, fact in kb:facts "fresh" do kept = fact end
      step = kb:facts "fresh"
      error "no"
    end)
    assert.error_matches(function() return kept[1] end, "rolled back")
    assert.error_matches(function() step() end, "rolled back")
    assert(kb:load_text "fresh(another).")
    assert.equal("another", rows(kb:facts "fresh")[1][1].id)
  end)

  it("denies and retracts", function()
    local kb <close> = base()
    kb:transaction(function(tx)
      assert.is_true(tx:deny("joined", { "georgia", "pfp" }, { valid = "1994", source = "record" }))
      assert.is_true(tx:retract("joined", { "ukraine", "pfp" },
        { valid = "1994", source = "article" }))
      assert.is_false(tx:retract("joined", { "ukraine", "pfp" },
        { valid = "1994", source = "article" }))
      assert.is_false(tx:retract("joined", { "nobody", "pfp" }))
      assert.is_true(tx:retract("joined", { "ukraine", "pfp" }, { valid = "1994-02-08" }))
    end)
    assert.equal(0, #rows(kb:facts("joined", "ukraine")))
    assert.equal("contested", rows(kb:facts("joined", "georgia"))[1][3].trust)
  end)

  it("writes each part of a claim", function()
    local kb <close> = base()
    kb:transaction(function(tx)
      tx:add("joined", { "poland", "pfp" }, {
        valid = dossier.time "1994", source = dossier.entity "record", locator = "p. 1",
        speaker = "ukraine", grade = 2, quotation = "we did", confidence = 0.5,
      })
    end)
    local claim = rows(kb:facts("joined", "poland"))[1][3].claims[1]
    assert.equal("record p. 1", claim.citation)
    assert.equal("attributed", claim.kind)
    assert.equal("ukraine", claim.speaker.id)
    assert.equal("2", claim.grade)
    assert.equal("a", claim.reliability)
    assert.equal("we did", claim.quotation)
    assert.equal(0.5, claim.confidence)
  end)

  it("asks what a string is where no declaration says", function()
    local kb <close> = base()
    local function add(name, args) kb:transaction(function(tx) tx:add(name, args) end) end
    assert.error_matches(function() add("unheard", { "x" }) end,
      'nothing declares column 1 of unheard/1.*dossier.entity%("x"%).*dossier.text%("x"%)')
    add("unheard", { dossier.entity "x" })
    add("held_on", { "other", "2024-01-02" })
    assert.equal("2024-01-02", tostring(rows(kb:facts("held_on", "other"))[1][2]))
  end)

  it("refuses wrong claims with the nearest right one", function()
    local kb <close> = base()
    local function add(claim)
      return function()
        kb:transaction(function(tx) tx:add("joined", { "poland", "pfp" }, claim) end)
      end
    end
    assert.error_matches(add { sorce = "record" }, 'did you mean "source"')
    assert.error_matches(add { source = "recrod" }, 'did you mean "record"')
    assert.error_matches(add { kind = "assesed" }, 'did you mean "assessed"')
    assert.error_matches(add { valid = "2023-02-30" }, "2023%-02%-30")
    assert.error_matches(add { confidence = "high" }, "takes a number")
    assert.equal(0, #rows(kb:facts("joined", "poland")))
  end)

  it("is over when its function is, and none opens inside another", function()
    local kb <close> = base()
    local kept
    kb:transaction(function(tx)
      kept = tx
      assert.error_matches(function() kb:transaction(function() end) end, "open already")
    end)
    assert.error_matches(function() kept:add("joined", { "a", "b" }) end, "is over")
  end)

  it("is doomed by a load that fails in it", function()
    local kb <close> = base()
    local ok, message = kb:transaction(function(tx)
      tx:add("joined", { "poland", "pfp" })
      assert.is_nil((kb:load_text "p(."))
    end)
    assert.is_nil(ok)
    assert.truthy(message)
    assert.equal(0, #rows(kb:facts("joined", "poland")))
  end)

  it("survives the base being closed in it", function()
    local kb = base()
    assert.error_matches(function() kb:transaction(function() kb:close() end) end,
      "closed in its transaction")
  end)
end)

describe("kb:find", function()
  it("finds a speaker whom no fact mentions, by identifier, and tells of one near", function()
    local kb <close> = assert(dossier.open())
    assert(kb:load_text [[
      source s {}.  attributed(bob) p(a) from s.  attributed('Bob') p(b) from s.
      attributed(marlow) p(a) from s.
    ]])
    assert.equal(dossier.entity "bob", kb:find "bob")
    assert.equal(dossier.entity "marlow", kb:find "MARLOW")
    local _, _, several = kb:find "BOB"
    assert.equal(2, #several)
    local none, message = kb:find "marlov"
    assert.is_nil(none)
    assert(message:find('did you mean "marlow"?', 1, true), message)
  end)

  it("resolves identifiers, labels and aliases, case aside", function()
    local kb <close> = base()
    for _, name in ipairs { "ukraine", "Ukraine", "UKRAINE", "ua", "UA" } do
      assert.equal(dossier.entity "ukraine", kb:find(name))
    end
    assert.equal(dossier.entity "nato", kb:find "нато")
  end)

  it("offers the nearest name where there is none", function()
    local kb <close> = base()
    local entity, message = kb:find "Ukrane"
    assert.is_nil(entity)
    assert.truthy(message:find('nothing is called "Ukrane"; did you mean "Ukraine"', 1, true))
    entity, message = kb:find "sumit"
    assert.is_nil(entity)
    assert.truthy(message:find("summit", 1, true))
  end)

  it("gives the candidates where a name means several", function()
    local kb <close> = base [[label(b, "Same").  label(a, "same").  alias(c, "SAME").]]
    local entity, message, candidates = kb:find "sAME"
    assert.is_nil(entity)
    assert.truthy(message:find('"sAME" may mean a, b or c', 1, true))
    assert.same({ dossier.entity "a", dossier.entity "b", dossier.entity "c" }, candidates)
  end)
end)

describe("the catalogue", function()
  it("tells names: labels without a language first", function()
    local kb <close> = base()
    local labels, aliases = kb:names "nato"
    assert.same({ "NATO", dossier.text("НАТО", "uk") }, labels)
    assert.same({ "the Alliance" }, aliases)
    labels, aliases = kb:names "nobody"
    assert.same({ {}, {} }, { labels, aliases })
  end)

  it("tells what was declared of a relation", function()
    local kb <close> = base [[
      relation position(who, what) phrase "{1} on {2}".
      relation supports(entity, role, person, text) is position(3, 1) key(1) occurs.
      relation supported_by(entity, entity) inverse likes.
      relation likes(entity, entity).
      plain(a, "b").
    ]]
    local supports = kb:relation "supports"
    assert.equal("supports", supports.name)
    assert.equal(4, supports.arity)
    assert.is_true(supports.declared and supports.occurs and not supports.builtin)
    assert.same({ { relation = "position", columns = { 3, 1 } } }, supports.is)
    assert.same({ { 1 } }, supports.keys)
    assert.equal("role", supports.columns[2].role)
    assert.equal("entity", supports.columns[2].type)
    assert.equal("text", supports.columns[4].type)
    assert.is_false(kb:relation "plain".declared)
    assert.is_nil(kb:relation "nothing")
    assert.is_true(kb:relation "label".builtin)
  end)

  it("lists relations, built-in ones first", function()
    local kb <close> = base "zebra(a).  ant(b)."
    local names, builtins = {}, true
    for _, relation in ipairs(kb:relations()) do
      if not relation.builtin then
        builtins = false
        names[#names + 1] = relation.name
      else
        assert.is_true(builtins)
      end
    end
    assert.same({ "zebra", "ant" }, names)
  end)

  it("lists sources with what is known of them", function()
    local kb <close> = base()
    local sources = kb:sources()
    assert.equal(2, #sources)
    assert.equal("article", sources[1].id)
    assert.equal("The article", sources[1].title)
    assert.equal("web_article", sources[1].kind)
    assert.equal("2023", tostring(sources[1].date))
    assert.equal("c", sources[1].reliability)
    assert.same({ dossier.entity "article" }, sources[2].derived_from)
    assert.equal(sources[1].origin, sources[2].origin)
  end)
end)

describe("ends", function()
  it("come in any order", function()
    local kb = base()
    local view = kb:view { sources = "record" }
    local inner = view:view { kinds = "stated" }
    local q = assert(view:prepare "?- joined(X, Y).")
    local step = inner:facts "joined"
    step()
    kb:close()
    kb:close()
    for _, use in ipairs {
      function() kb:facts "joined" end, function() view:facts "joined" end,
      function() inner:about "x" end, function() q:rows() end, function() step() end,
    } do assert.error_matches(use, "closed") end
    q:close()
    view:close()
    inner:close()
  end)

  it("may be left to the collector", function()
    for _ = 1, 50 do
      local kb = base "p(a).  p(b)."
      local view = kb:view { as_of = "2000" }
      view:facts "p" ()
      kb:query "?- p(X)." ()
      view:prepare "?- p(X)."
    end
    collectgarbage()
    collectgarbage()
  end)

  it("are told in the words of a base that is closed", function()
    local kb = base()
    kb:close()
    assert.truthy(tostring(kb):find("closed", 1, true))
    assert.error_matches(function() kb:load_text "p(a)." end, "the base is closed")
  end)
end)

describe("kb:conflicts", function()
  it("asked in a transaction that was rolled back says so", function()
    local kb = base()
    assert(kb:load_text "relation has(entity, entity) key(1). has(a, b).")
    local step
    pcall(kb.transaction, kb, function(tx)
      tx:add("has", { "a", "newcomer" })
      step = kb:conflicts()
      error "no"
    end)
    assert(kb:load_text "has(c, other).")
    assert.error_matches(step, "in a transaction that was rolled back")
  end)
end)

describe("objects", function()
  it("answer for their own kind only", function()
    for _, object in ipairs { dossier.entity "a", dossier.text("a", "en"), dossier.time "1994" } do
      local index = getmetatable(object).__index
      assert.error_matches(function() return index({}, "id") end, "expected, got table")
      assert.error_matches(function() return index(1, "string") end, "expected, got number")
    end
  end)
end)

describe("kb:refresh", function()
  it("shows what another handle has committed", function()
    local folder = helper.folder()
    local one <close> = assert(dossier.open(folder .. "/a.kb"))
    assert(one:load_text "p(a).")
    local two <close> = assert(dossier.open(folder .. "/a.kb"))
    assert.equal(1, #rows(two:facts "p"))
    assert(one:load_text "p(b).")
    assert.is_true(two:refresh())
    assert.equal(2, #rows(two:facts "p"))
    one:close()
    two:close()
    helper.sweep(folder)
  end)
end)

describe("a base in memory", function()
  it("that is opened to be read only refuses what would write", function()
    local kb = assert(require "dossier".open(nil, { read_only = true }))
    assert.is_true(kb.read_only)
    local ok, message = kb:load_text "p(a)."
    assert.is_nil(ok)
    assert.matches("read only", message, 1, true)
  end)
end)
