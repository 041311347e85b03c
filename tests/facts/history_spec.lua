-- History: every claim ever made, and reading on while the base moves.
local dossier = require "dossier"
local helper = require "tests.helper"
local see = require "tests.facts.see"
local base, facts, one, told, change = see.base, see.facts, see.one, see.told, see.change

local entity = dossier.entity
local SOURCES = "source s {}. source t {}.\n"

describe("a fact's history", function()
  it("has every claim in order of transaction, with those that opened and closed it", function()
    local kb = base(SOURCES .. 'p(a) from s "1" grade b2 quote "hi" confidence 0.5. p(a) from t.')
    assert(kb:load_text "retract p(a) from s.")
    assert(kb:load_text 'p(a) from s "1" grade b2 quote "hi" confidence 0.5. deny p(a) from t.')
    assert(kb:load_text 'deprecate p(a) from t because "no" by s.')
    assert(kb:load_text "retract p(a).")
    local fact = one(kb:view { known_at = 1 }, "p")
    local lines = {}
    for _, claim in ipairs(fact:history()) do
      lines[#lines + 1] = ("%s %d-%s"):format(claim, claim.opened, claim.closed or "")
    end
    assert.same({ "s 1 asserts p(a) 1-2", "t asserts p(a) 1-5", "s 1 asserts p(a) 3-5", "t denies p(a) 3-5",
      "s deprecates p(a) 4-" }, lines)
    local first, again = fact:history()[1], fact:history()[3]
    for _, part in ipairs { "grade", "quotation", "confidence", "locator", "kind" } do
      assert.equal(first[part], again[part])
    end
  end)

  it("is of the fact at its very time, and past every filter", function()
    local kb = base(SOURCES .. "p(a) @ 1994 from s. p(a) @ 1994-02-08 from t.")
    assert(kb:load_text "p(a) @ 1994 from t. retract p(a) @ 1994 from s.")
    local list = see.list(kb:view { sources = "t" }, "p")
    local by_time = {}
    for _, fact in ipairs(list) do by_time[tostring(fact.valid)] = fact end
    assert.same({ "s asserts p(a) @ 1994", "t asserts p(a) @ 1994" }, told(by_time["1994"]:history()))
    assert.same({ "t asserts p(a) @ 1994-02-08" }, told(by_time["1994-02-08"]:history()))
  end)

  it("outlives a merge, a reopening and another handle", function()
    local folder = helper.folder()
    local path = folder .. "/a.kb"
    local options = { merge_bound = 1, block_bytes = 64 }
    for i = 1, 6 do
      local kb = assert(dossier.open(path, options))
      assert(kb:load_text(i % 2 == 1 and "p(a). q(x" .. i .. ")." or "retract p(a)."))
      kb:close()
    end
    local kb = assert(dossier.open(path, { read_only = true }))
    local closed = {}
    for i, claim in ipairs(one(kb:view { known_at = 1 }, "p"):history()) do closed[i] = claim.closed end
    assert.same({ 2, 4, 6 }, closed)
    for n = 1, 6 do assert.equal(n % 2, #facts(kb:view { known_at = n }, "p")) end
    kb:close()
    helper.sweep(folder)
  end)

  it("keeps a claim that was made again apart from the first", function()
    local kb = base "p(a)."
    for _ = 1, 3 do
      change(kb, "retract", "p", { entity "a" })
      change(kb, "add", "p", { entity "a" })
    end
    local history = one(kb, "p"):history()
    assert.equal(4, #history)
    assert.same({ 1, 2, 3, 4, 5, 6, 7 }, {
      history[1].opened, history[1].closed, history[2].opened, history[2].closed, history[3].opened,
      history[3].closed, history[4].opened })
    assert.same({ 7 }, { one(kb, "p").claims[1].opened })
  end)
end)

describe("a loop", function()
  it("goes on over what was there while its facts are retracted", function()
    local kb = base "p(a). p(b). p(c)."
    local seen = {}
    for who in kb:facts "p" do
      seen[#seen + 1] = who.id
      kb:transaction(function(tx)
        for _, name in ipairs { "a", "b", "c" } do tx:retract("p", { entity(name) }) end
      end)
    end
    assert.same({ "a", "b", "c" }, seen)
    assert.same({}, facts(kb, "p"))
  end)

  it("goes on while transactions are rolled back", function()
    local kb = base(SOURCES .. "p(a). p(b). p(c).")
    local seen = {}
    for who, fact in kb:facts "p" do
      pcall(kb.transaction, kb, function(tx)
        tx:add("p", { entity "z" }, { source = "s" })
        tx:add("fresh", { entity "new" })
        assert(kb:load_text "relation p(entity) once.")
        error "no"
      end)
      seen[#seen + 1] = who.id .. fact.trust
    end
    assert.same({ "aunsupported", "bunsupported", "cunsupported" }, seen)
  end)

  it("begun inside a transaction sees what was written before it began", function()
    local kb = base "p(a)."
    kb:transaction(function(tx)
      tx:add("p", { entity "b" })
      local n = 0
      for who in kb:facts "p" do
        n = n + 1
        tx:add("p", { entity("x" .. who.id) })
      end
      assert.equal(2, n)
      assert.equal(4, #facts(kb, "p"))
    end)
  end)

  it("sees through `is`, symmetric and inverse what was there when it began", function()
    local kb = base [[
      relation linked(entity, entity) symmetric. relation near(entity, entity) is linked(1, 2).
      relation hosts(entity, entity) is linked(1, 2). relation guest(entity, entity) inverse hosts.
      near(a, b). guest(c, d). linked(e, f).
    ]]
    local n = 0
    for x, y in kb:facts "linked" do
      n = n + 1
      assert(kb:load_text(("near(n%d, m%d). guest(g%d, h%d). linked(l%d, k%d). relation new%d(entity, entity) is linked(1, 2).")
        :format(n, n, n, n, n, n, n)))
      assert.truthy(x and y)
    end
    assert.equal(6, n)
    assert.equal(6 + 6 * 6, #facts(kb, "linked"))
  end)

  it("over a view sees its filters, and the names of the moment", function()
    local kb = base(SOURCES .. "p(a) from s. p(b) from s. p(c) from t. same_as(a, aa).")
    local seen = {}
    for who in kb:view { sources = "s" }:facts "p" do
      seen[#seen + 1] = who.id
      assert(kb:load_text "p(c) from s. same_as(b, a). retract same_as(a, aa).")
    end
    assert.equal(2, #seen)
  end)

  it("in a loop over the same facts has its own moment", function()
    local kb = base "p(a). p(b)."
    local counts = {}
    for _ in kb:facts "p" do
      local n = 0
      for who in kb:facts "p" do
        n = n + 1
        assert(kb:load_text(("p(%s_%d)."):format(who, #counts)))
      end
      counts[#counts + 1] = n
    end
    assert.same({ 2, 4 }, counts)
    assert.equal(8, #facts(kb, "p"))
  end)

  it("over queries, mentions and facts goes on past a commit, a rollback and a refresh", function()
    local kb = base "p(a, x). p(b, x). p(c, x)."
    local function counted(...)
      local n = 0
      for _ in ... do
        n = n + 1
        assert(kb:load_text(("p(n%d, x)."):format(#kb:transactions())))
        pcall(kb.transaction, kb, function() assert(kb:load_text "p(never, x)."); error "no" end)
        assert(kb:refresh())
      end
      return n
    end
    assert.equal(3, counted(kb:facts "p"))
    assert.equal(6, counted(kb:about "x"))
    assert.equal(12, counted(kb:query "?- p(X, x)."))
    assert.equal(24, #facts(kb, "p"))
  end)

  it("stays on its snapshot while another handle commits", function()
    local folder = helper.folder()
    local one_handle = assert(dossier.open(folder .. "/a.kb"))
    assert(one_handle:load_text "p(a). p(b). p(c).")
    local other = assert(dossier.open(folder .. "/a.kb"))
    local seen = {}
    for who in other:facts "p" do
      assert(one_handle:load_text(("p(n%d). retract p(c). fresh%d(x)."):format(#seen, #seen)))
      if #seen == 1 then assert(other:refresh()) end
      seen[#seen + 1] = who.id
    end
    assert.same({ "a", "b", "c" }, seen)
    assert(other:refresh())
    assert.same({ "p(a)", "p(b)", "p(n0)", "p(n1)", "p(n2)" }, facts(other, "p"))
    assert.equal(1, #facts(other, "fresh2"))
    one_handle:close()
    other:close()
    helper.sweep(folder)
  end)

  it("sees what another handle committed before, within a tenth of a second or on asking", function()
    local folder = helper.folder()
    local writer = assert(dossier.open(folder .. "/a.kb"))
    assert(writer:load_text "source s { reliability: c }. p(a) from s.")
    local reader = assert(dossier.open(folder .. "/a.kb"))
    local view = reader:view { min_grade = "b" }
    local past = reader:view { known_at = 1 }
    assert.same({}, facts(view, "p"))
    assert(writer:load_text "source s { reliability: a }. p(b) from s. relation late(entity) occurs. late(q) @ 1994.")
    assert(reader:refresh())
    assert.same({ "p(a)", "p(b)" }, facts(view, "p"))
    assert.same({ "p(a)" }, facts(past, "p"))
    assert.same({ "late(q) @ 1994" }, facts(reader, "late"))
    writer:close()
    reader:close()
    helper.sweep(folder)
  end)
end)

describe("a fact that is kept", function()
  it("stays what it was, and its claims are those of when they were first asked for", function()
    local kb = base(SOURCES .. 'relation p(entity) phrase "{1} is p". label(a, "A"). p(a) @ 1994 from s.')
    local kept, asked = one(kb, "p"), one(kb, "p")
    assert.equal(1, #asked.claims)
    assert(kb:load_text 'retract p(a) @ 1994. retract label(a, "A"). label(a, "B"). deny p(a) @ 1994 from t.')
    assert.same({ "p(a) @ 1994", "p", "1994", "a" }, { kept.text, kept.relation, tostring(kept.valid), kept[1].id })
    assert.equal("B is p", tostring(kept))
    assert.same({ "t denies p(a) @ 1994" }, told(kept.claims))
    assert.same({ "s asserts p(a) @ 1994" }, told(asked.claims))
    assert.equal(2, #kept:history())
  end)

  it("is equal to the same fact read again, through any view", function()
    local kb = base(SOURCES .. "p(a) from s. p(b) from s.")
    local kept = one(kb, "p", "a")
    assert(kb:load_text "p(c) from t.")
    assert.equal(kept, one(kb, "p", "a"))
    assert.equal(kept, one(kb:view { sources = "s" }, "p", "a"))
    assert.not_equal(kept, one(kb, "p", "b"))
    assert.is_true(kept < one(kb, "p", "b"))
  end)
end)

describe("facts", function()
  it("come in the same order whatever was merged, reopened or asked before", function()
    local folder = helper.folder()
    local expected
    for i, options in ipairs { {}, { merge_bound = 1, block_bytes = 64 }, { merge_bound = 5, block_bytes = 64 } } do
      local path = folder .. "/" .. i .. ".kb"
      local kb = assert(dossier.open(path, options))
      assert(kb:load_text "relation p(entity, any). relation q(entity, entity) is r(2, 1). relation r(entity, entity) symmetric.")
      for n = 1, 20 do
        assert(kb:load_text(('p(e%d, %d). p(e%d, "t%d") @ %d. q(e%d, f%d). r(f%d, e%d).')
          :format(n * 7 % 20, n, n % 5, n, 1990 + n * 3 % 17, n % 3, n, n, n % 4)))
        if n % 6 == 0 then
          kb:close()
          kb = assert(dossier.open(path, options))
        end
      end
      local seen = { facts(kb, "p"), facts(kb, "r"), facts(kb, "r", nil, "e1"), facts(kb, "p", "e1"), see.about(kb, "e1") }
      expected = expected or seen
      assert.same(expected, seen)
      kb:close()
    end
    helper.sweep(folder)
  end)

  it("have an order of their own: relation, columns by value, time", function()
    local kb = base [[
      p(b). p(a) @ 1995. p(a) @ 1994. p(a). p(10). p(9). p("x"). o(z). p(a, a). p(true). p(1994-02-08).
    ]]
    local list = {}
    for _, name in ipairs { "p/1", "p/2", "o" } do table.move(see.list(kb, name), 1, 99, #list + 1, list) end
    table.sort(list)
    for i, fact in ipairs(list) do list[i] = fact.text end
    assert.same({ "o(z)", "p(true)", "p(9)", "p(10)", "p(1994-02-08)", "p(a)", "p(a) @ 1994", "p(a) @ 1995", "p(b)",
      'p("x")', "p(a, a)" }, list)
  end)
end)

describe("the history of an atom", function()
  --- The facts that kb:history gives, those not held with a minus.
  local function history(kb, atom)
    local list = {}
    for fact in kb:history(atom) do list[#list + 1] = (fact.held and "" or "-") .. fact.text end
    return see.sorted(list)
  end

  it("is every fact that was ever claimed and matches", function()
    local kb = base(SOURCES .. "p(a, b) @ 1994 from s. p(a, b) @ 1994-02-08. p(a, c). p(c, c). deny p(b, b) @ 1994.")
    assert(kb:load_text "retract p(a, b) @ 1994. retract p(c, c).")
    assert.same({ "-p(a, b) @ 1994", "-p(b, b) @ 1994", "-p(c, c)", "p(a, b) @ 1994-02-08", "p(a, c)" },
      history(kb, "p(X, Y)"))
    assert.same({ "-p(a, b) @ 1994", "p(a, b) @ 1994-02-08", "p(a, c)" }, history(kb, "?- p(a, _)."))
    assert.same({ "-p(b, b) @ 1994", "-p(c, c)" }, history(kb, "p(X, X)"))
    assert.same({}, history(kb, "p(zzz, X)"))
  end)

  it("is at the very time that is written", function()
    local kb = base "p(a) @ 1994. p(a) @ 1994-02-08. p(a). p(a) @ 1994/2004."
    assert.same({ "p(a) @ 1994" }, history(kb, "p(a) @ 1994"))
    assert.same({ "p(a) @ 1994/2004" }, history(kb, "p(a) @ 1994/2004"))
    assert.same({ "p(a)" }, history(kb, "p(a) @ unknown"))
    assert.equal(4, #history(kb, "p(a) @ T"))
    assert.same({}, history(kb, "p(a) @ 1995"))
  end)

  it("has a fact once, under whatever name it is asked for", function()
    local kb = base [[
      relation met(x, y) symmetric. relation parent(x, y). relation child(y, x) inverse parent.
      relation kin(x, y). relation twin(x, y) symmetric is kin(1, 2).
      met(a, b). met(c, c). child(q, r). twin(m, n). kin(n, o).
    ]]
    assert.same({ "met(a, b)", "met(c, c)" }, history(kb, "met(X, Y)"))
    assert.same({ "met(a, b)" }, history(kb, "met(b, X)"))
    assert.same({ "met(a, b)" }, history(kb, "met(b, a)"))
    assert.same({ "parent(r, q)" }, history(kb, "child(q, X)"))
    assert.same({ "kin(n, o)", "twin(m, n)" }, history(kb, "kin(X, Y)"))
    assert.same({ "kin(n, o)", "twin(m, n)" }, history(kb, "kin(n, Y)"))
  end)

  it("hides nothing in a view, which decides what is held", function()
    local kb = base(SOURCES .. "p(a) @ 1994/2004 from s. p(b) @ 2010/2014 from t.")
    assert(kb:load_text 'p(c) from t. deprecate p(a) @ 1994/2004 because "no" by t.')
    assert.same({ "-p(b) @ 2010/2014", "-p(c)", "p(a) @ 1994/2004" }, history(kb:view { sources = "s" }, "p(X)"))
    assert.same({ "-p(c)", "p(a) @ 1994/2004", "p(b) @ 2010/2014" }, history(kb:view { known_at = 1 }, "p(X)"))
    assert.same({ "-p(b) @ 2010/2014", "-p(c)", "p(a) @ 1994/2004" }, history(kb:view { as_of = "2000" }, "p(X)"))
    assert.same({ "-p(a) @ 1994/2004", "p(b) @ 2010/2014", "p(c)" }, history(kb:view { settled = true }, "p(X)"))
    local fact = one(kb, "p", "c")
    assert(kb:load_text "retract p(c).")
    assert.is_false(fact.held)
  end)

  it("leaves out what one transaction claimed and took back", function()
    local kb = base "p(a)."
    kb:transaction(function(tx)
      tx:add("p", { entity "b" })
      tx:retract("p", { entity "b" })
    end)
    assert.same({ "p(a)" }, history(kb, "p(X)"))
  end)

  it("is of one plain atom", function()
    local kb = base(SOURCES .. "p(a).")
    for _, atom in ipairs { "p(X) from s", "p(X), p(Y)", "not p(X)", "deny p(X)", "X = 1" } do
      local ok, message = pcall(kb.history, kb, atom)
      assert.is_false(ok)
      see.has("one atom is due here", message)
    end
    for atom, words in pairs { ["pp(X)"] = 'no relation called "pp"', ["p("] = "expected", ["p($x)"] = "$x",
      ["p(X, Y)"] = "has 1 column", ["p(X) @ 2023-02-30"] = "2023-02-30" } do
      local ok, message = pcall(kb.history, kb, atom)
      assert.is_false(ok, atom)
      see.has(words, message)
    end
    assert.has_error(function() kb:history() end)
  end)
end)
