-- Values in facts: what is the same value and what is another, in columns, patterns and
-- queries.  (That each comes out as it went in: tests/value/value_spec.lua.)
local dossier = require "dossier"
local helper = require "tests.helper"
local see = require "tests.facts.see"
local base, facts, one, sorted, ask, change = see.base, see.facts, see.one, see.sorted, see.ask, see.change

local INTEGER = "http://www.w3.org/2001/XMLSchema#integer"

-- One of each sort, no two the same.
local VALUES = {
  0, 1, -1, 5, 5.0, 0.0, 1.5, 0.1, 1e-5, 123456.789, 1e15, 1e20, 1 << 60, (1 << 60) - 1, -(1 << 60), -(1 << 60) - 1,
  math.maxinteger, math.mininteger, true, false,
  dossier.time "1994", dossier.time "1994-01-01", dossier.time "1994-01-01/1994-12-31", dossier.time "1994?",
  dossier.time "1994~", dossier.time "199X", dossier.time "2019-05-20/..", dossier.time "2019-05-20/",
  dossier.time "../2019-05-20", dossier.time "-0044-03-15",
  dossier.entity "x", dossier.entity "5", dossier.entity "true", dossier.entity "1994", dossier.entity "Any Thing",
  dossier.entity "<http://example.org/x>", dossier.entity "_:b1", dossier.entity "україна", dossier.entity "not",
  dossier.text "x", dossier.text "5", dossier.text "true", dossier.text "1994", dossier.text "", dossier.text "Any Thing",
  dossier.text("x", "uk"), dossier.text("x", "en"), dossier.text("5", nil, INTEGER), dossier.text("05", nil, INTEGER),
}

local function keep_all(options)
  local kb = base(nil, options)
  kb:transaction(function(tx)
    for _, value in ipairs(VALUES) do assert.is_true(tx:add("v", { value, value })) end
  end)
  return kb
end

describe("values in facts", function()
  it("are told apart, each found by itself alone, first or second column", function()
    local kb = keep_all()
    assert.equal(#VALUES, #facts(kb, "v"))
    for i, value in ipairs(VALUES) do
      local what = ("value %d, %s"):format(i, value)
      assert.equal(1, #facts(kb, "v", value), what)
      assert.equal(1, #facts(kb, "v", nil, value), what)
      assert.equal(1, #facts(kb, "v", value, value), what)
      assert.is_false(change(kb, "add", "v", { value, value }), what)
    end
  end)

  it("are written so that another base reads the same", function()
    local kb, other = keep_all(), base()
    change(kb, "retract", "v", { dossier.time "1994", dossier.time "1994" }) -- reads as an integer
    local texts = facts(kb, "v")
    assert(other:load_text(table.concat(texts, ".\n") .. "."))
    assert.same(sorted(texts), sorted(facts(other, "v")))
    for _, value in ipairs(VALUES) do
      assert.equal(value == dossier.time "1994" and 0 or 1, #facts(other, "v", value, value), tostring(value))
    end
  end)

  it("come out of a file as they went in, merged or not", function()
    local folder = helper.folder()
    for _, bound in ipairs { 1, 4096 } do
      local path = folder .. "/" .. bound .. ".kb"
      local kb = assert(dossier.open(path, { merge_bound = bound, block_bytes = 64 }))
      for _, value in ipairs(VALUES) do change(kb, "add", "v", { value, value }) end
      kb:close()
      kb = assert(dossier.open(path, { read_only = true }))
      for _, value in ipairs(VALUES) do
        local fact = one(kb, "v", value)
        if type(value) == "userdata" and value.string and not value.lang and not value.datatype then
          value = value.string
        end
        assert.equal(value, fact[1])
        assert.equal(math.type(value), math.type(fact[2]))
      end
      kb:close()
    end
    helper.sweep(folder)
  end)

  it("pass through queries and parameters as they are", function()
    local kb = keep_all()
    local answers = {}
    for x, y in kb:query "?- v(X, Y)." do
      answers[#answers + 1] = x
      assert.equal(x, y)
    end
    assert.equal(#VALUES, #answers)
    local query = assert(kb:prepare "v($x, Y)")
    for i, value in ipairs(VALUES) do
      local n = 0
      for y in query:rows { x = value } do
        n = n + 1
        assert.equal(tostring(value), tostring(y))
      end
      assert.equal(1, n, ("value %d, %s"):format(i, value))
    end
  end)

  it("that no word holds are exact in text, and the nearest number in Lua", function()
    local kb = base "n(123456789012345678901234567890.123456789). n(12345678901234567890). n(0.1234567). n(5.50). n(05). n(-0.0)."
    assert.same({ "n(0.0)", "n(0.1234567)", "n(12345678901234567890)", "n(123456789012345678901234567890.123456789)",
      "n(5)", "n(5.5)" }, sorted(facts(kb, "n")))
    assert.equal(0.1234567, one(kb, "n", 0.1234567)[1])
    assert.equal(5.5, one(kb, "n", 5.5)[1])
  end)

  it("of equal number are compared by value and kept apart by form", function()
    local kb = base "n(a, 2). n(b, 2.0). n(c, 3)."
    assert.same({ "a", "b" }, ask(kb, "n(X, _N), _N = 2"))
    assert.same({ "a" }, ask(kb, "n(X, 2)"))
    assert.same({ "c" }, ask(kb, "n(X, _N), _N > 2"))
  end)
end)

describe("an unknown time", function()
  it("says when a fact holds and is no value of a column", function()
    local kb = base "relation p(entity, date). p(a, 1994). u(a)."
    assert.is_true(change(kb, "add", "p", { "b", "1994" }, { valid = "unknown" }))
    assert.is_nil(one(kb, "p", "b").valid)
    for _, wrong in ipairs { { "p", { "c", "unknown" } }, { "p", { "c", dossier.time "unknown" } },
      { "u", { dossier.time "unknown" } } } do
      assert.error_matches(function() change(kb, "add", wrong[1], wrong[2]) end, "an unknown time is no value of a column")
    end
    assert.equal(2, #facts(kb, "p"))
  end)

  it("matches no column, and no parameter takes it", function()
    local kb = base "relation p(entity, date). p(a, 1994). u(a)."
    assert.same({}, facts(kb, "p", nil, "unknown"))
    assert.same({}, facts(kb, "u", dossier.time "unknown"))
    for _, time in ipairs { "unknown", dossier.time "unknown" } do
      assert.error_matches(function() ask(kb, "p(X, $t)", { t = time }) end, "$t is a date; came an unknown time", 1, true)
    end
  end)
end)

describe("a plain string in a pattern", function()
  it("means the entity and the text of any language or datatype", function()
    local kb = base([[p(x, 1). p("x", 2). p("x"@uk, 3). p("x"^^<http://e.org/t>, 4). p(y, 5). p("x "@uk, 6).]])
    assert.equal(4, #facts(kb, "p", "x"))
    assert.same({ "p(x, 1)" }, facts(kb, "p", dossier.entity "x"))
    assert.same({ 'p("x", 2)' }, facts(kb, "p", dossier.text "x"))
    assert.same({ 'p("x"@uk, 3)' }, facts(kb, "p", dossier.text("x", "uk")))
    assert.same({}, facts(kb, "p", "nowhere"))
  end)

  it("does so in several columns at once, and through `is`", function()
    local kb = base([[
      relation general(any, any). relation special(any, int, any) is general(3, 1).
      special("b"@uk, 1, "a"@en). special(b, 2, a). general(a, "b"). special(c, 3, "a"@fr).
    ]])
    assert.same({ 'general(a, "b")', 'special("b"@uk, 1, "a"@en)', "special(b, 2, a)" }, sorted(facts(kb, "general", "a", "b")))
    assert.equal(4, #facts(kb, "general", "a"))
  end)

  it("is not a date, a number or a boolean", function()
    local kb = base "p(1994). p(1994-02-08). p(true). p('1994'). p('true')."
    assert.same({ "p('1994')" }, facts(kb, "p", "1994"))
    assert.same({ "p('true')" }, facts(kb, "p", "true"))
    assert.same({}, facts(kb, "p", "1994-02-08"))
    assert.same({ "p(1994-02-08)" }, facts(kb, "p", dossier.time "1994-02-08"))
  end)

  it("is what its declared column holds", function()
    local kb = base [[relation p(entity, text, date). p(x, "x"@uk, 1994). p(y, "y", 1994-02-08).]]
    assert.equal(1, #facts(kb, "p", "x", "x", "1994"))
    assert.equal(1, #facts(kb, "p", nil, "y", "1994-02-08"))
    assert.same({}, facts(kb, "p", nil, nil, "1994-02"))
    assert.same({}, facts(kb, "p", dossier.text "x"))
    assert.error_matches(function() facts(kb, "p", nil, nil, "1994-02-30") end, "1994%-02%-30")
  end)

  it("finds languages that came after, and not those that went with a rollback", function()
    local kb = base 'p("x", 1).'
    assert.equal(1, #facts(kb, "p", "x"))
    pcall(kb.transaction, kb, function()
      assert(kb:load_text 'p("x"@uk, 2).')
      assert.equal(2, #facts(kb, "p", "x"))
      error "no"
    end)
    assert.equal(1, #facts(kb, "p", "x"))
    assert(kb:load_text 'p("x"@pl, 3).')
    assert.equal(2, #facts(kb, "p", "x"))
  end)
end)

describe("what comes out", function()
  it("is a string where a text has neither language nor datatype", function()
    local kb = base([[p("x"). q("x"@uk). r("05"^^<]] .. INTEGER .. ">).")
    assert.equal("x", one(kb, "p")[1])
    assert.same({ "x", "uk" }, { tostring(one(kb, "q")[1]), one(kb, "q")[1].lang })
    assert.same({ "05", INTEGER }, { tostring(one(kb, "r")[1]), one(kb, "r")[1].datatype })
  end)

  it("tells entities from texts", function()
    local kb = base 'p(x). q("x").'
    assert.not_equal(one(kb, "p")[1], one(kb, "q")[1])
    assert.equal(dossier.entity "x", one(kb, "p")[1])
    assert.same({}, ask(kb, "p(X), q(X)"))
  end)

  it("is a time where a column holds a date or an interval", function()
    local kb = base "relation p(event, date). p(m, 2014-10-01/2024-10-01). p(n, 1994)."
    local time = one(kb, "p", "m")[2]
    assert.same({ "2014-10-01/2024-10-01", "2014-10-01", "2024-10-01" }, { time.edtf, time.earliest_start, time.latest_end })
    assert.is_true(one(kb, "p", "n")[2]:certainly("before", time))
  end)
end)
