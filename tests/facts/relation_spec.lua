-- Relations: what is declared of them, and facts seen under their other names.
local dossier = require "dossier"
local helper = require "tests.helper"
local see = require "tests.facts.see"
local base, facts, rows, ask, one, conflicts = see.base, see.facts, see.rows, see.ask, see.one, see.conflicts

describe("a relation", function()
  it("has any arity from 0 to 8", function()
    local kb = base()
    local letters = { "a", "b", "c", "d", "e", "f", "g", "h" }
    for n = 0, 8 do
      local args = table.concat(letters, ", ", 1, n)
      assert(kb:load_text(("r%s.  r(%s) @ 1994.  deny r(%s)."):format(n > 0 and "(" .. args .. ")" or "", args, args)))
      local name = "r/" .. n
      assert.equal(2, #facts(kb, name))
      assert.equal(n, one(kb:view { as_of = "2000", since = "1994", ["until"] = "1994", possible = true }
        :view { known_at = n + 1 }, name).arity)
    end
    assert.equal(18, #conflicts(kb))
    assert.equal(2, #facts(kb, "r/8", nil, "b", nil, nil, nil, nil, nil, "h"))
    assert.same({}, facts(kb, "r/8", nil, "b", nil, nil, nil, nil, nil, "g"))
    see.has("at most 8", see.refused(kb, "r(a, b, c, d, e, f, g, h, i)."))
    assert.error_matches(function() see.change(kb, "add", "r", { 1, 2, 3, 4, 5, 6, 7, 8, 9 }) end, "at most 8")
  end)

  it("without columns is written, retracted and asked for", function()
    local kb = base "relation calm() occurs."
    assert.is_true(see.change(kb, "add", "calm", {}, { valid = "1994" }))
    assert.is_false(see.change(kb, "add", "calm", {}, { valid = "1994" }))
    assert.same({ "1994" }, ask(kb, "calm @ T"))
    assert.same({ "true" }, ask(kb, "calm()"))
    assert.is_true(see.change(kb, "retract", "calm", {}, { valid = "1994" }))
    assert.same({}, ask(kb, "calm"))
  end)

  it("that nobody declared takes any value in any column", function()
    local kb = base [[p(a, 1). p("a", 1.5). p(1994-02, true). p("a"@uk, <http://x.org/y>).]]
    assert.equal(4, #facts(kb, "p"))
    assert.is_false(kb:relation "p".declared)
    assert.same({ "any", "any" }, { kb:relation "p".columns[1].type, kb:relation "p".columns[2].type })
  end)

  it("may have a name of any letters, and is told by its arity", function()
    local kb = base [[вступив(україна, пзм). 'Any Thing'(a). 'Any Thing'(a, b). приєднання.]]
    assert.same({ "україна пзм" }, rows(kb, "вступив"))
    assert.same({ "'Any Thing'(a)" }, facts(kb, "Any Thing/1"))
    assert.same({ "a b" }, ask(kb, "'Any Thing'(X, Y)"))
    assert.same({ "приєднання" }, facts(kb, "приєднання"))
  end)

  it("whose facts carry no time is timeless until one does", function()
    local kb = base "relation t(entity). t(a)."
    assert.is_false(kb:relation "t".timed)
    assert.same({ "t(a)" }, facts(kb:view { as_of = "2000" }, "t"))
    pcall(kb.transaction, kb, function(tx)
      tx:add("t", { "b" }, { valid = "1994" })
      assert.same({}, facts(kb:view { as_of = "2000" }, "t"))
      error "no"
    end)
    assert.same({ "t(a)" }, facts(kb:view { as_of = "2000" }, "t"))
    assert(kb:load_text "t(b) @ 1994.")
    assert.is_true(kb:relation "t".timed)
    assert.same({}, facts(kb:view { as_of = "2000" }, "t"))
  end)
end)

describe("a symmetric relation", function()
  it("keeps a tuple once and matches it both ways", function()
    local kb = base "relation met(entity, entity) symmetric. met(b, a). met(a, b). met(c, c)."
    assert.same({ "a b", "b a", "c c" }, rows(kb, "met"))
    assert.same({ "a b" }, rows(kb, "met", "a"))
    assert.same({ "b a" }, rows(kb, "met", nil, "a"))
    assert.same({ "c c" }, rows(kb, "met", "c"))
    assert.same({ "c" }, ask(kb, "met(X, X)"))
  end)

  it("has the claims through either order on one fact", function()
    local kb = base [[
      relation met(entity, entity) symmetric. source s {}. source t {}.
      met(b, a) @ 1994 from s. met(a, b) @ 1994 from t. deny met(a, b) @ 1994 from base.
    ]]
    local list = see.list(kb, "met", "a", "b")
    assert.equal(1, #list)
    assert.equal(3, #list[1].claims)
    assert.equal(1, #conflicts(kb))
    assert.is_true(see.change(kb, "retract", "met", { "a", "b" }, { valid = "1994" }))
    assert.same({}, rows(kb, "met"))
  end)

  it("is so in its first two columns of several", function()
    local kb = base "relation met(entity, entity, place) symmetric. met(b, a, kyiv). met(a, b, kyiv). met(a, a, riga)."
    assert.same({ "a b kyiv", "b a kyiv" }, ask(kb, "met(X, Y, Z), X != Y"))
    assert.same({ "kyiv" }, ask(kb, "met(a, b, Z)"))
    assert.same({ "riga" }, ask(kb, "met(a, a, Z)"))
  end)

  it("needs two columns of one type", function()
    see.has("two columns or more", see.refused(base(), "relation p(entity) symmetric."))
    see.has("of one type", see.refused(base(), "relation p(entity, text) symmetric."))
  end)

  it("takes values, not entities only", function()
    local kb = base 'relation near(int, int) symmetric. near(2, 1). relation alike(text, text) symmetric. alike("b", "a").'
    assert.same({ "1 2", "2 1" }, rows(kb, "near"))
    assert.same({ "a b" }, rows(kb, "alike", "a"))
  end)
end)

describe("an inverse", function()
  local DECLARED = "relation parent(elder, younger). relation child(younger, elder) inverse parent.\n"

  it("is another name with the columns changed over", function()
    local kb = base(DECLARED .. "parent(ann, bob). child(eve, ann).")
    assert.same({ "ann bob", "ann eve" }, rows(kb, "parent"))
    assert.same({ "bob ann", "eve ann" }, rows(kb, "child"))
    assert.same({ "eve ann" }, rows(kb, "child", "eve"))
    assert.same({ "ann eve" }, rows(kb, "parent", nil, "eve"))
    assert.equal("parent(ann, eve)", one(kb, "child", "eve").text)
  end)

  it("meets claims through either name on one fact", function()
    local kb = base(DECLARED .. "source s {}. source t {}. parent(ann, bob) @ 1994 from s. child(bob, ann) @ 1994 from t.")
    assert.equal("corroborated", one(kb, "parent").trust)
    assert.same({ "s", "t" }, ask(kb, "child(bob, ann) from S"))
    assert.is_true(see.change(kb, "retract", "child", { "bob", "ann" }, { valid = "1994", source = "s" }))
    assert.is_true(see.change(kb, "deny", "child", { "bob", "ann" }, { source = "s" }))
    assert.equal("contested", one(kb, "parent").trust)
  end)

  it("has columns of the same types, in the other order", function()
    local message, code = see.refused(base(), "relation a(entity, text). relation b(entity, text) inverse a.")
    see.has("relation b/2: it and its inverse a need columns of the same types, in the other order", message)
    assert.equal("declaration", code)
    local kb = base "relation a(entity, text). relation b(text, entity) inverse a. b(\"x\", y)."
    assert.same({ 'a(y, "x")' }, facts(kb, "a"))
    see.has("it and its inverse b need", see.refused(kb, "relation a(entity, entity)."))
  end)

  it("is symmetric and occurs only where the other does", function()
    see.has("must both be symmetric", see.refused(base(), "relation a(x, y). relation b(y, x) symmetric inverse a."))
    see.has("must both occur", see.refused(base(), "relation a(x, y). relation b(y, x) occurs inverse a."))
    see.has("must both occur", see.refused(base(), "relation a(x, y). relation b(y, x) once inverse a."))
    local kb = base "relation a(x, y) occurs. relation b(y, x) inverse a. b(p, q) @ 1994."
    assert.is_true(kb:relation "b".occurs)
    assert.is_true(kb:relation "b".timed)
    assert.same({ "p q" }, rows(kb:view { as_of = "2000" }, "b"))
  end)

  it("is of a declared relation of two columns that keeps its own facts", function()
    see.has("for two relations of two columns",
      see.refused(base(), "relation a(x, y, z). relation b(y, x, z) inverse a."))
    see.has("must both be declared", see.refused(base "a(x, y).", "relation b(entity, entity) inverse a."))
    see.has("itself stored as another",
      see.refused(base(DECLARED), "relation offspring(elder, younger) inverse child."))
  end)

  it("is refused where facts of its own are there, and fine where they are the other's", function()
    local kb = base "relation a(entity, entity). relation b(entity, entity). b(x, y)."
    see.has("it has facts of its own", see.refused(kb, "relation b(entity, entity) inverse a."))
    assert(kb:load_text "relation a(entity, entity) inverse b.")
    assert.same({ "y x" }, rows(kb, "a"))
  end)
end)

describe("a special case", function()
  it("is a fact of the general relation under its own name", function()
    local kb = base [[
      relation position(who, what). relation supports(who, what) is position(1, 2).
      supports(ann, plan) @ 1994. position(bob, plan) @ 1995.
    ]]
    assert.same({ "ann plan", "bob plan" }, rows(kb, "position"))
    assert.same({ "supports(ann, plan) @ 1994" }, facts(kb, "position", "ann"))
    assert.same({ "ann plan" }, rows(kb, "supports"))
    assert.same({ "ann 1994", "bob 1995" }, ask(kb, "position(X, plan) @ T"))
  end)

  it("may give some of its columns, in any order", function()
    local kb = base [[
      relation position(who, what). relation holder(who). relation always().
      relation said(who, text, what) is position(1, 3) is holder(1) is always().
      relation about(what, int, who) is position(3, 1).
      relation self(who) is position(1, 1).
      said(ann, "x", plan). about(war, 5, eve). self(bob).
    ]]
    assert.same({ "ann plan", "bob bob", "eve war" }, rows(kb, "position"))
    assert.same({ "about(war, 5, eve)" }, facts(kb, "position", nil, "war"))
    assert.same({ "ann" }, rows(kb, "holder"))
    assert.same({ 'said(ann, "x", plan)' }, facts(kb, "always"))
    assert.same({ "bob" }, ask(kb, "position(X, X)"))
    assert.same({}, ask(kb, "position(ann, war)"))
  end)

  it("gives one fact several rows where its columns do", function()
    local kb = base [[
      relation linked(entity, entity). relation pair(entity, entity, entity) is linked(1, 2) is linked(2, 3).
      pair(a, b, c).
    ]]
    assert.same({ "a b", "b c" }, rows(kb, "linked"))
  end)

  it("may be one of one, and so on", function()
    local text = { "relation r0(entity, entity)." }
    for i = 1, 20 do text[#text + 1] = ("relation r%d(entity, entity) is r%d(2, 1)."):format(i, i - 1) end
    local kb = base(table.concat(text, "\n") .. "r20(a, b). r19(c, d).")
    assert.same({ "a b", "d c" }, rows(kb, "r0"))
    assert.same({ "b a", "c d" }, rows(kb, "r1"))
    assert.same({ "a b" }, rows(kb, "r20"))
  end)

  it("goes together with inverse and symmetric", function()
    local kb = base [[
      relation related(entity, entity) symmetric.
      relation parent(entity, entity) is related(1, 2). relation child(entity, entity) inverse parent.
      relation son(entity, entity) is child(1, 2) key(2).
      parent(ann, bob). child(eve, ann). son(tom, ann). son(jim, ann).
    ]]
    assert.same({ "bob ann", "eve ann", "jim ann", "tom ann" }, rows(kb, "child"))
    assert.same({ "ann bob", "ann eve", "ann jim", "ann tom" }, rows(kb, "parent"))
    assert.equal(8, #rows(kb, "related"))
    assert.same({ "bob", "eve", "jim", "tom" }, ask(kb, "related(X, ann)"))
    assert.same({ "bob", "eve", "jim", "tom" }, ask(kb, "related(ann, X)"))
    assert.same({ "son(tom, ann)" }, facts(kb, "related", nil, "tom"))
    assert.same({ "key son: son(tom, ann) / son(jim, ann)" }, conflicts(kb))
  end)

  it("of a symmetric relation may be told both ways", function()
    local kb = base [[
      relation met(entity, entity) symmetric. relation hosted(host, guest) is met(1, 2).
      hosted(a, b). met(b, a).
    ]]
    assert.same({ "a b", "a b", "b a", "b a" }, rows(kb, "met"))
    assert.same({ "a b" }, rows(kb, "hosted"))
    assert.same({ "a b", "b a" }, ask(kb, "met(X, Y)"))
  end)

  it("occurs or holds as declared under its own name", function()
    local kb = base [[
      relation event(entity). relation summit(entity) occurs is event(1).
      summit(madrid) @ 2022-06-28. event(war) @ 2022-06-28.
    ]]
    assert.same({ "summit(madrid) @ 2022-06-28" }, facts(kb:view { as_of = "2023" }, "event"))
  end)
end)

describe("a declaration after facts", function()
  it("is refused where they break it, and names one", function()
    local kb = base 'p(a, b). p(b, "t"). s(b, a). s(a, b).'
    local message, code = see.refused(kb, "relation p(entity, entity).")
    see.has('column 2 cannot be entity, since the base holds p(b, "t")', message)
    assert.equal("declaration", code)
    see.has("cannot become symmetric", see.refused(kb, "relation s(entity, entity) symmetric."))
    assert.is_false(kb:relation "p".declared)
    assert(kb:load_text "relation p(entity, any). relation s(entity, entity).")
  end)

  it("counts for them where they fit", function()
    local kb = base 'j(u, n) @ 1994. j(u, n) @ 1999. o(x, a). o(x, b). h(m, 1994-02-08).'
    assert(kb:load_text "relation j(state, body) once. relation o(who, what) key(who). relation h(event, date).")
    assert.same({ "key o: o(x, a) / o(x, b)", "once j: j(u, n) @ 1994 / j(u, n) @ 1999" },
      see.sorted(conflicts(kb)))
    assert.same({ "j(u, n) @ 1994" }, facts(kb:view { as_of = "1995" }, "j"))
    assert.is_true(one(kb, "h").relation == "h" and kb:relation "h".columns[2].type == "date")
  end)

  it("may be changed as long as the facts fit", function()
    local kb = base "relation o(who, what) key(who). o(x, a). o(x, b)."
    assert.equal(1, #conflicts(kb))
    assert(kb:load_text 'relation o(who, what) phrase "{1} has {2}".')
    assert.same({}, conflicts(kb))
    assert.equal("x has a", tostring(one(kb, "o", nil, "a")))
  end)

  it("of a built-in relation is refused", function()
    see.has("built in", see.refused(base(), "relation label(entity, text) once."))
  end)

  it("lasts, and is seen by other handles", function()
    local folder = helper.folder()
    local kb = assert(dossier.open(folder .. "/a.kb"))
    local other = assert(dossier.open(folder .. "/a.kb"))
    assert(kb:load_text "o(x, a). o(x, b).")
    assert(kb:load_text [[
      relation o(who, 'the What') key(1) is general(2, 1) phrase "{1}: {2}". relation general(what, who) symmetric.
      relation r('the What', who) inverse o.
    ]])
    for _, handle in ipairs { other, assert(dossier.open(folder .. "/a.kb", { read_only = true })) } do
      assert(handle:refresh())
      assert.same({ "a x", "b x", "x a", "x b" }, rows(handle, "general"))
      assert.same({ "a x", "b x" }, rows(handle, "r"))
      assert.equal(1, #conflicts(handle))
      assert.same(kb:relation "o", handle:relation "o")
      handle:close()
    end
    kb:close()
    helper.sweep(folder)
  end)
end)

describe("kb:about", function()
  it("gives a fact once, whichever columns mention the entity", function()
    local kb = base [[
      relation met(entity, entity) symmetric. relation parent(x, y). relation child(y, x) inverse parent.
      p(a, b, a). p(b, a, b). q(a, a). met(b, a). met(a, a). child(a, b). r(b, "a"). t(a, 5) @ 1994. calm.
    ]]
    assert.same({ "met(a, a)", "met(a, b)", "p(a, b, a)", "p(b, a, b)", "parent(b, a)", "q(a, a)", "t(a, 5) @ 1994" },
      see.sorted(see.about(kb, "a")))
  end)

  it("gives a fact once where it mentions one entity by two names", function()
    local kb = base "same_as(nato, otan). p(nato, otan). q(otan, x, nato)."
    assert.same({ "p(nato, otan)", "q(otan, x, nato)", "same_as(nato, otan)" }, see.sorted(see.about(kb, "otan")))
    assert.same(see.about(kb, "nato"), see.about(kb, "otan"))
  end)

  it("gives what is in view", function()
    local kb = base "source s {}. p(a) @ 1994 from s. q(a) from base. r(a)."
    assert(kb:load_text "retract r(a).")
    assert.same({ "p(a) @ 1994", "q(a)" }, see.about(kb, "a"))
    assert.same({ "p(a) @ 1994" }, see.about(kb:view { sources = "s" }, "a"))
    assert.same({ "p(a) @ 1994", "q(a)", "r(a)" }, see.about(kb:view { known_at = 1 }, "a"))
  end)
end)

describe("a phrase", function()
  it("names only columns that the relation has", function()
    local kb = assert(require "dossier".open())
    local ok, message = kb:load_text 'relation met(a, b) phrase "{1} met {3}".'
    assert.is_nil(ok)
    assert.matches("names a column that it does not have", message, 1, true)
  end)
end)

describe("a denial of a special case", function()
  it("denies nothing of the general relation", function()
    local kb = assert(require "dossier".open())
    assert(kb:load_text [[
      relation position(who, what).
      relation supports(who, what) is position(1, 2).
      source s {}.
      deny supports(a, b) from s. deny position(c, d) from s.
    ]])
    local denied = {}
    for who in kb:query "?- deny position(X, _)." do denied[#denied + 1] = who.id end
    assert.are.same({ "c" }, denied)
  end)
end)
