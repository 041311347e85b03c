--- Values: what goes in comes out, and what is written is read back as the same value.
local dossier = require "dossier"
local helper = require "tests.helper"

--- A new base with a relation of one column of a type.
local function base_of(column)
  local kb = assert(dossier.open())
  assert(kb:load_text("relation p(" .. column .. ")."))
  return kb
end

--- The one fact of `value` in a base.
local function fact_of(kb, value)
  local found
  for _, fact in kb:facts("p", value) do
    assert(not found, "one value, two facts")
    found = fact
  end
  return assert(found, "the value is not found")
end

--- Put values in one base and the texts of their facts in another: both have the same
--- values.  What came out, and those texts, in the order of the values.
local function both_ways(column, values)
  local kb <close> = base_of(column)
  local other <close> = base_of(column)
  kb:transaction(function(tx)
    for _, value in ipairs(values) do tx:add("p", { value }) end
  end)
  local outs, texts = {}, {}
  for i, value in ipairs(values) do
    local fact = fact_of(kb, value)
    outs[i], texts[i] = fact[1], fact.text
  end
  assert(other:load_text(table.concat(texts, ".\n") .. "."))
  for i, value in ipairs(values) do
    assert.equal(texts[i], fact_of(other, value).text)
  end
  return outs, texts
end

-- A generator of its own, so that a seed gives the same run everywhere.
local seed = tonumber(os.getenv "SEED") or 20261124
local state = seed
local function random(n)
  state = (state * 1103515245 + 12345) % 0x80000000
  return (state >> 8) % n + 1
end

local pieces = { "a", "b", "Z", "0", " ", "'", '"', "\\", "\n", "\t", "\r", "@", "^^", "%",
  "/*", "{", "}", "(", ")", ",", ".", ":-", "_", "<", ">", "é", "Ж", "漢", "²", "–", "🙂",
  "\1", "\u{301}" }

local function odd_string(least)
  local parts = {}
  for i = 1, least + random(7) - 1 do parts[i] = pieces[random(#pieces)] end
  return table.concat(parts)
end

describe("a text", function()
  it("is read back as written, whatever is in it", function()
    local strings, values = {}, {}
    for i = 1, 2000 do
      strings[i] = odd_string(0)
      values[i] = dossier.text(strings[i])
    end
    for i, out in ipairs(both_ways("text", values)) do
      assert.equal(strings[i], tostring(out), ("seed %d: %q"):format(seed, strings[i]))
    end
  end)

  it("keeps its language or its datatype", function()
    local integer = "http://www.w3.org/2001/XMLSchema#integer"
    local outs, texts = both_ways("text",
      { dossier.text("НАТО", "uk"), dossier.text("05", nil, integer) })
    assert.equal("uk", outs[1].lang)
    assert.equal("НАТО", outs[1].string)
    assert.equal('p("НАТО"@uk)', texts[1])
    assert.equal(integer, outs[2].datatype)
    assert.equal("05", outs[2].string)
    assert.equal('p("05"^^<' .. integer .. ">)", texts[2])
  end)

  it("is another text in another language", function()
    local kb <close> = base_of "text"
    assert(kb:load_text [[p("NATO"). p("NATO"@en). p("NATO"@fr). p("NATO"^^<a:b>).]])
    local function count(...)
      local n = 0
      for _ in kb:facts("p", ...) do n = n + 1 end
      return n
    end
    assert.equal(4, count())
    assert.equal(1, count(dossier.text "NATO"))
    assert.equal(1, count(dossier.text("NATO", "en")))
    assert.equal(1, count(dossier.text("NATO", nil, "a:b")))
    assert.equal(0, count(dossier.text("NATO", "uk")))
  end)

  it("is refused where it is not UTF-8, holds a NUL, or is too long", function()
    local kb <close> = base_of "text"
    for _, bad in ipairs { "a\xff", "\xc3", "a\0b", ("a"):rep(16 * 1024 * 1024 + 1) } do
      assert.error(function()
        kb:transaction(function(tx) tx:add("p", { dossier.text(bad) }) end)
      end)
    end
    for _ in kb:facts "p" do error "something was stored" end
  end)
end)

describe("an entity", function()
  it("is quoted where its name needs it", function()
    local rows = {
      { "nato", "p(nato)" },
      { "x_1", "p(x_1)" },
      { "київ", "p(київ)" },
      { "日本", "p(日本)" },
      { "Any Thing", "p('Any Thing')" },
      { "Київ", "p('Київ')" },
      { "not", "p('not')" },
      { "true", "p('true')" },
      { "before", "p(before)" },
      { "from", "p(from)" },
      { "1st", "p('1st')" },
      { "it's", [[p('it\'s')]] },
      { [[a\b]], [[p('a\\b')]] },
      { "<http://example.org/x>", "p(<http://example.org/x>)" },
      { "_:b1", "p(_:b1)" },
      { "ex:x", "p('ex:x')" },
    }
    local values = {}
    for i, row in ipairs(rows) do values[i] = dossier.entity(row[1]) end
    local outs, texts = both_ways("entity", values)
    for i, row in ipairs(rows) do
      assert.equal(row[2], texts[i])
      assert.equal(row[1], outs[i].id)
    end
  end)

  it("is read back as written, whatever is in its name", function()
    local names, values = {}, {}
    for i = 1, 2000 do
      names[i] = odd_string(1)
      values[i] = dossier.entity(names[i])
    end
    for i, out in ipairs(both_ways("entity", values)) do
      assert.equal(names[i], out.id, ("seed %d: %q"):format(seed, names[i]))
    end
  end)

  it("is never a text", function()
    local kb <close> = base_of "any"
    assert(kb:load_text [[p(nato). p("nato").]])
    local n = 0
    for _ in kb:facts("p", dossier.entity "nato") do n = n + 1 end
    for _ in kb:facts("p", dossier.text "nato") do n = n + 1 end
    assert.equal(2, n)
  end)

  it("has a name of at most 65,535 bytes", function()
    local kb <close> = base_of "entity"
    local longest = ("a"):rep(65535)
    local outs = both_ways("entity", { dossier.entity(longest) })
    assert.equal(longest, outs[1].id)
    assert.error(function()
      kb:transaction(function(tx) tx:add("p", { dossier.entity(longest .. "a") }) end)
    end)
  end)
end)

describe("a number", function()
  it("comes out as it went in", function()
    local integers = { 0, 1, -1, 2 ^ 53 | 0, (1 << 60) - 1, 1 << 60, -(1 << 60),
      -(1 << 60) - 1, math.maxinteger, math.mininteger }
    local outs, texts = both_ways("any", integers)
    for i, value in ipairs(integers) do
      assert.equal(value, outs[i])
      assert.equal("integer", math.type(outs[i]))
      assert.equal(("p(%d)"):format(value), texts[i])
    end
    local decimals = { 0.5, -0.5, 2.0, 0.1, 1 / 3, 1e21, 1e300, 5e-324, 2 ^ 53 + 2.0,
      1.7976931348623157e308, 123456789.123456, 0.000001, 0.0000001 }
    for i, out in ipairs(both_ways("any", decimals)) do
      assert.equal(decimals[i], out)
      assert.equal("float", math.type(out))
    end
  end)

  it("has one form for one value", function()
    local kb <close> = base_of "any"
    assert(kb:load_text "p(7). p(007). p(2.50). p(2.5). p(-0.0). p(0.0). p(-0). p(0).")
    local texts = {}
    for _, fact in kb:facts "p" do texts[#texts + 1] = fact.text end
    table.sort(texts)
    assert.same({ "p(0)", "p(0.0)", "p(2.5)", "p(7)" }, texts)
  end)

  it("may be wider than any word", function()
    local rows = { "99999999999999999999", "-99999999999999999999", "0.1234567890123",
      "1152921504606.846976", "9223372036854775808" }
    for _, numeral in ipairs(rows) do
      local kb <close> = base_of "number"
      assert(kb:load_text("p(" .. numeral .. ")."))
      for _, fact in kb:facts "p" do assert.equal("p(" .. numeral .. ")", fact.text) end
    end
  end)

  it("is no infinity and no not-a-number", function()
    local kb <close> = base_of "any"
    for _, bad in ipairs { math.huge, -math.huge, 0 / 0 } do
      assert.error(function()
        kb:transaction(function(tx) tx:add("p", { bad }) end)
      end)
    end
  end)
end)

describe("a time in a column", function()
  it("is read back as written", function()
    local written = { "1994", "1994-02", "1994-02-08", "1994?", "199X", "2014-XX-05",
      "1994-02/2004-03", "2019-05-20/..", "2019-05-20/", "../1994", "/1994-05",
      "-0044-03-15", "1994-02-08?~" }
    local values = {}
    for i, edtf in ipairs(written) do values[i] = assert(dossier.time(edtf)) end
    local outs, texts = both_ways("date", values)
    for i, edtf in ipairs(written) do
      assert.equal(edtf, outs[i].edtf)
      assert.equal("p(" .. edtf .. ")", texts[i])
    end
  end)
end)

describe("the table of symbols", function()
  it("keeps its promises, also where memory runs out", function()
    local out, err, code = helper.host "value_symbol"
    assert.equal("", out .. err)
    assert.equal(0, code)
  end)
end)
