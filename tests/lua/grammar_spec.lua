--- The grammar: what is in the language, what is refused and in which words, and that no
--- text, however damaged, does more than fail.

local dossier = require "dossier"

local function base(text)
  local kb = assert(dossier.open())
  if text then assert(kb:load_text(text, "base.dl")) end
  return kb
end

--- What loading `text` fails with: its message and code.
local function refusal(text, name)
  local kb <close> = base()
  local ok, message, code = kb:load_text(text, name or "x.dl")
  assert(not ok, "it was loaded: " .. text:sub(1, 80))
  return message, code
end

--- The facts of a relation, as text, in order.
local function facts(kb, relation)
  local list = {}
  local step, state, control = kb:facts(relation)
  local function take(...)
    if select("#", ...) == 0 or (...) == nil then return false end
    list[#list + 1] = select(-1, ...).text
    return true
  end
  while take(step(state, control)) do end
  table.sort(list)
  return list
end

--- One fact put in, as the base writes it.
local function written(text, relation)
  local kb <close> = base(text)
  local list = facts(kb, relation or "p")
  assert.equal(1, #list)
  return list[1]
end

local function count(text, part)
  local n = 0
  for _ in text:gmatch(part) do n = n + 1 end
  return n
end

describe("an error", function()
  it("has its place, its line, a caret and what was expected", function()
    local message, code = refusal "p(a).\n  joined(ukraine pfp) @ 1994.\n"
    assert.equal('x.dl:2:18: expected "," or ")" after a column, found "pfp"\n'
      .. "    joined(ukraine pfp) @ 1994.\n"
      .. (" "):rep(19) .. "^", message)
    assert.equal("syntax", code)
  end)

  it("counts columns in characters", function()
    assert.matches('^x.dl:1:13: .*found "b"', (refusal 'p("Україна" b).'))
  end)

  it("does not hide the next one", function()
    local message = refusal "p(a b).\nq(c).\nr(d e).\n"
    assert.matches("x.dl:1:5: ", message, 1, true)
    assert.matches("x.dl:3:5: ", message, 1, true)
    assert.equal(2, count(message, "x%.dl:%d"))
  end)

  it("is told ten times at most, and the rest counted", function()
    local message = refusal(("p(a b).\n"):rep(25))
    assert.equal(10, count(message, "x%.dl:%d"))
    assert.matches("15 more errors$", message)
  end)

  it("changes nothing", function()
    local kb <close> = base "p(a)."
    assert.is_nil((kb:load_text "p(b). p(c d). p(e)."))
    assert.same({ "p(a)" }, facts(kb, "p"))
  end)

  it("finds the clause before that lacks its dot", function()
    assert.matches('x.dl:2:1: .*found "p"; is the dot of the clause before missing',
      (refusal "p(a)\np(b).\n"))
    for _, text in ipairs { "p(a,\np(b).\n", "p(a,\np(b) :- p(c).\n", "p(a,\np(b) @ 1994.\n" } do
      assert.matches('x.dl:2:[56]: .*is a "%)" missing there', (refusal(text)))
    end
    assert.is_nil((refusal "p(a) :-\np(b) :- p(c).\n"):find("missing", 1, true))
  end)

  it("is where the text ends when the end is missing", function()
    assert.matches("^x.dl:1:4: .*found the end of the clause", (refusal "p(a\n\n\n"))
    assert.matches("^x.dl:1:5: .*found the end of the clause", (refusal "p(a)\n\n\n"))
  end)

  for _, case in ipairs {
    { "p(a, ).", '1:6: expected a value, found ")"' },
    { "p(a) from s grade z9.", '1:19: expected a grade (as in b2) after "grade", found "z9"' },
    { "p(a) @ tomorrow.", '1:8: expected a time (as in 1994 or 2014-03-18) after "@"' },
    { 'p(a) from "record".', '1:11: expected a source after "from", found the text "record"' },
    { "p(a) from s from t.", "1:18: a second source" },
    { "relation p(a) occurring.", "1:15: expected an attribute (occurs, holds, once," },
    { 'source s { title "x" }.', '1:18: expected ":" after a property\'s name' },
    { 'prefer p(a) because "x".', "1:1: a verdict has an author" },
    { "?- p(X), X.", '1:11: expected a comparison, found the final "."' },
    { "?- possibly X = Y.", "1:15: expected a test of time" },
    { "p(1.).", "1:4: a decimal has a digit behind its point" },
    { "p(12abc).", '1:3: expected a value, found "12abc"' },
    { [[p("a\qb").]], "1:5: this escape stands for no character" },
    { [[p("\u0000").]], "1:4: this escape stands for no character" },
    { [[p("\ud800").]], "1:4: this escape stands for no character" },
    { "p('').", "1:4: a name cannot be empty" },
    { "p(not).", '1:3: "not" is reserved' },
    { "}", '1:1: this "}" closes nothing' },
    { "from s { p(a).", "1:1: this block is not closed" },
    { "from S { p(a). }", "1:6: the head of a block holds no variables" },
    { "?- p(1..3).", "1:6: a range stands in facts only" },
    { "relation p(a, b) is q(3).", "1:23: no such column: the relation declared has 2" },
  } do
    it("tells what is wrong in " .. case[1], function()
      assert.matches("x.dl:" .. case[2], (refusal(case[1])), 1, true)
    end)
  end
end)

describe("refused with its name is", function()
  for _, case in ipairs {
    { "a compound term", "p(f(a)).", '1:3: compound terms ("f(...)")' },
    { "a compound term after @", "p(a) @ f(1994).", '1:8: compound terms ("f(...)")' },
    { "a compound term by a name in quotes", "p('f'(a)).", "1:6: compound terms" },
    { "a compound term that is nearly a function", 'p(lenght("a")).',
      '1:3: compound terms ("lenght(...)") are not in the language: a column holds one value; did you mean "length"?' },
    { "a compound term in a rule", "q(1). p(X) :- q(X), q(f(X)).",
      '1:23: compound terms ("f(...)") are not in the language, and there is no function called "f"' },
    { "a compound term in a head", "q(1). p(lenght(X)) :- q(X).",
      '1:9: compound terms ("lenght(...)") are not in the language, and there is no function called '
        .. '"lenght"; did you mean "length"?' },
    { "a function in a fact", 'p(upper("a")).', "1:3: nothing is worked out in a fact: write what upper(...)" },
    { "a sum in a fact", "p(1 + 2).", "1:3: nothing is worked out in a fact" },
    { "a list", "p([a, b]).", "1:3: lists" },
    { "a list with a tail", "?- p([H|T]).", "1:6: lists" },
    { "a choice", "{a; b}.", "1:1: choice" },
    { "a choice with bounds", "1 {a; b} 2 :- c.", "1:1: choice" },
    { "a disjunction in a head", "a ; b :- c.", "1:3: disjunction" },
    { "a disjunction with a bar", "a | b.", "1:3: disjunction" },
    { "a disjunction in a body", "p :- a ; b.", "1:8: disjunction" },
    { "a pool of columns", "p(a; b).", "1:4: disjunction" },
    { "a cut", "p :- q, !.", "1:9: the cut" },
    { "an if-then-else", "p :- (a -> b ; c).", "1:9: if-then-else" },
    { "a grammar rule", "p --> q.", "1:3: grammar rules" },
    { "a term taken apart", "?- X =.. Y.", "1:6: compound terms" },
    { "classical negation", "-p(a).", "1:1: classical negation" },
    { "a negated fact", "not p(a).", '1:1: a fact is not negated by "not"' },
    { "a directive", "#const n = 3.", "1:1: this directive" },
    { "a weak constraint", ":~ p(a).", "1:1: weak constraints" },
    { "an aggregate in a column", "p(count{ X : q(X) }).", "1:8: an aggregate stands" },
    { "a relation in capitals", "Joined(a, b).", "1:1: the name of a relation" },
    { "a relation in double quotes", '?- "Make statement"(X, b).', "1:20: the name of a relation stands in single quotes" },
    { "a fact of such a one", '"Make statement"(a, b).', "1:17: the name of a relation" },
    { "a typographic quote", "p(“text”).", "1:3: a text stands in straight quotes" },
    { '"and"', "?- p(X) and q(X).", '1:9: conditions are joined by ","' },
  } do
    it(case[1], function()
      assert.matches("x.dl:" .. case[3], (refusal(case[2])), 1, true)
    end)
  end

  it("what another version reads, with a code of its own", function()
    local message, code = refusal 'p("x"^^ex:type).'
    assert.equal("unsupported", code)
    assert.matches("this version", message, 1, true)
  end)
end)

describe("a text that is no text", function()
  it("is refused at the byte that is not UTF-8", function()
    local message, code = refusal "p(a).\np(\xff\xfe).\n"
    assert.matches("^x.dl:2:3: the byte 0xff is not UTF%-8", message)
    assert.equal("syntax", code)
    assert.matches("^x.dl:1:5: the byte 0xc0", (refusal 'p("і\xc0\xaf").'))
    assert.matches("^x.dl:1:4: the byte 0xed", (refusal 'p("\xed\xa0\x80").'))
  end)

  it("is refused at a NUL byte", function()
    assert.matches("^x.dl:1:4: a NUL byte", (refusal 'p("\0").'))
  end)

  it("may begin with a byte order mark", function()
    assert.equal("p(a)", written "\u{FEFF}p(a).")
  end)
end)

describe("a limit", function()
  it("ends 10,000 nested brackets at the 201st", function()
    for _, text in ipairs { "p" .. ("("):rep(10000), "p" .. ("("):rep(10000) .. "a"
      .. (")"):rep(10000) .. ".", "p(" .. ("f("):rep(10000) .. ").", ("["):rep(10000),
      ("{"):rep(10000) } do
      local message, code = refusal(text)
      assert.matches("brackets are nested too deep: at most 200", message, 1, true)
      assert.equal("limit", code)
    end
  end)

  it("ends blocks in blocks at the 201st", function()
    assert.matches("blocks are nested too deep", (refusal(("from s { "):rep(10000))), 1, true)
  end)

  it("lets 200 brackets through", function()
    local kb <close> = base "p(1)."
    local query = "?- p(X), X = " .. ("("):rep(200) .. "1" .. (")"):rep(200) .. "."
    assert(kb:prepare(query)):close()
  end)

  it("is set to names, texts and clauses", function()
    local name = ("a"):rep(65535)
    local kb <close> = base("p(" .. name .. ").")
    assert.equal(1, #facts(kb, "p"))
    for _, text in ipairs { "p(" .. name .. "a).", "p('" .. name .. "a').",
      "p(<http://" .. name .. ">).", "p(1" .. ("0"):rep(65535) .. ")." } do
      local message, code = refusal(text)
      assert.matches("^x.dl:1:3: this token is too long: a name has at most 65535", message)
      assert.equal("limit", code)
    end
    assert.matches("this text is too long",
      (refusal('p("' .. ("a"):rep(16777217) .. '").')), 1, true)
    assert.matches("at most 8", (refusal "p(a, b, c, d, e, f, g, h, i)."), 1, true)
    assert.matches("a million words and signs", (refusal(("a, "):rep(600000))), 1, true)
  end)

  it("refuses a token of 50 MB, and reads the next clause", function()
    local long = ("a"):rep(50 * 1000 * 1000)
    local started = os.clock()
    local message = refusal("p(" .. long .. ").\nq(b c).\n")
    assert.matches("x.dl:1:3: this token is too long", message, 1, true)
    assert.matches('x.dl:2:5: expected ","', message, 1, true)
    message = refusal('p("' .. long .. '\nq(b c).\n')
    assert.matches("x.dl:1:3: this text is not closed on its line", message, 1, true)
    assert.is_true(os.clock() - started < 60)
  end)

  it("is not set to the number of clauses on a line", function()
    local list = {}
    for i = 1, 20000 do list[i] = ("n(%d)."):format(i) end
    local kb <close> = base(table.concat(list, " "))
    assert.equal(20000, #facts(kb, "n"))
    list[#list + 1] = "n(a b)."
    assert.matches('found "b"', (refusal(table.concat(list, " "))), 1, true)
  end)
end)

describe("what is not closed", function()
  it("is told where it opens, and costs one line", function()
    local message = refusal 'p("abc).\nq(d e).\n'
    assert.matches('x.dl:1:3: this text is not closed on its line', message, 1, true)
    assert.matches("x.dl:2:5: ", message, 1, true)
    assert.matches("x.dl:1:3: this quoted name is not closed", (refusal "p('abc).\n"), 1, true)
    assert.matches("x.dl:2:1: this comment is not closed", (refusal "p(a).\n/* b"), 1, true)
  end)

  it("does not take the block's end with it", function()
    local message = refusal "source s.\nfrom s { p(a }\nq(b c).\n"
    assert.equal(2, count(message, "x%.dl:%d"))
    assert.matches("x.dl:2:13: .*found the end of the clause", message)
    assert.matches("x.dl:3:5: ", message, 1, true)
  end)
end)

describe("words", function()
  local words = { "from", "is", "key", "once", "occurs", "holds", "source", "relation",
    "deny", "retract", "prefer", "deprecate", "prefix", "stated", "attributed", "assessed",
    "possibly", "before", "after", "meets", "during", "within", "at", "grade", "quote",
    "confidence", "because", "by", "mod", "count", "sum", "transaction", "inverse", "phrase",
    "unknown", "start", "year" }

  it("name relations, columns and entities alike", function()
    for _, word in ipairs(words) do
      if word ~= "prefix" then -- prefix/2 is built in
        local kb <close> = base(("relation %s(%s, entity). %s(%s, b)."):format(word, word,
          word, word))
        assert.same({ ("%s(%s, b)"):format(word, word) }, facts(kb, word .. "/2"))
        local n = 0
        for _ in kb:query(("?- %s(X, b), X = %s."):format(word, word)) do n = n + 1 end
        assert.equal(1, n, word)
      end
    end
  end)

  it("name facts without columns", function()
    for _, word in ipairs(words) do
      if word ~= "source" and word ~= "prefix" then -- built in, with columns
        assert.equal(word, written(word .. ".", word .. "/0"):match "^[%w_]+")
      end
    end
  end)

  it("are read as what fits to the end", function()
    local kb <close> = base [[
      source s { title: "S" }.
      deny from s. stated from s. attributed(x) from s. grade grade 2. from from s.
      deny rain from s.
      raining @ 1994.
    ]]
    for _, relation in ipairs { "deny/0", "stated/0", "attributed/1", "grade/0", "from/0",
      "raining/0" } do
      assert.equal(1, #facts(kb, relation), relation)
    end
    assert.same({}, facts(kb, "rain/0"))
  end)

  it("stand between terms as tests of time, before a bracket as atoms", function()
    local kb <close> = base "meets(a, b). p(x) @ 1994. p(y) @ 2004."
    local found = {}
    for x in kb:query "?- meets(A, b), p(X) @ T, T before 2000." do
      found[#found + 1] = tostring(x)
    end
    assert.same({ "a" }, found)
  end)

  it("not, true and false are reserved", function()
    assert.equal("p('not')", written "p('not').")
    assert.equal("p(true)", written "p(true).")
    assert.matches("found \"true\"", (refusal "true(a)."), 1, true)
    assert.equal("p(nothing)", written "p(nothing).")
  end)
end)

describe("names", function()
  it("hold Unicode letters, and begin with a small one", function()
    assert.equal("p(café)", written "p(café).")
    assert.equal("p(київ)", written "p(київ).")
    local kb <close> = base "p(київ)."
    for place in kb:query "?- p(Місто)." do assert.equal("київ", place.id) end
  end)

  it("stand in single quotes where they hold anything", function()
    assert.equal([[p('Any Thing')]], written "p('Any Thing').")
    local kb <close> = base [[p('it''s', 'a\'b', 'tab\there', '\u0416').]]
    for a, b, c, d in kb:facts "p" do
      assert.same({ "it's", "a'b", "tab\there", "Ж" }, { a.id, b.id, c.id, d.id })
    end
  end)

  it("are IRIs in brackets, CURIEs with a prefix, blank nodes", function()
    local kb <close> = base [[
      prefix ex: <http://example.org/>.
      p(<http://example.org/a%20b>, ex:thing, ex:a-b.c, _:b1). % "%" is no comment there
    ]]
    for a, b, c, d in kb:facts "p" do
      assert.equal("<http://example.org/a%20b>", a.id)
      assert.equal("<http://example.org/thing>", b.id)
      assert.equal("<http://example.org/a-b.c>", c.id)
      assert.equal("_:b1", d.id)
    end
    assert.same({ "<http://example.org/r>(a)" },
      (function()
        local other <close> = base "<http://example.org/r>(a)."
        return facts(other, "<http://example.org/r>")
      end)())
  end)
end)

describe("texts", function()
  it("have escapes, a language, a datatype", function()
    local kb <close> = base
      [[p("a\"b\n\u0416\U0001F600", "НАТО"@uk, "k"@en-GB, "x"^^<http://example.org/t>).]]
    for a, b, c, d in kb:facts "p" do
      assert.equal('a"b\nЖ😀', a)
      assert.same({ "НАТО", "uk" }, { b.string, b.lang })
      assert.equal("en-GB", c.lang:gsub("gb", "GB"))
      assert.equal("http://example.org/t", d.datatype)
    end
  end)

  it("hold what means something elsewhere", function()
    local kb <close> = base [[p("a. b % c /* d } e").]]
    for a in kb:facts "p" do assert.equal("a. b % c /* d } e", a) end
  end)
end)

describe("numbers and times", function()
  it("are told apart by their form", function()
    for _, case in ipairs { "1994", "-3", "1.5", "-2.25", "2014-10", "2014-03-18", "199X",
      "2014-XX-05", "1994?", "2022-02~", "2019-05-20/..", "1994/2004-05", "../2004-01",
      "2019-05-20/" } do
      assert.equal("p(" .. case .. ")", written("p(" .. case .. ")."))
    end
  end)

  it("are all times after @, with the final dot behind", function()
    for _, case in ipairs { "1994", "1994/2004", "2019-05-20/..", "../2004", "-0044-03-15" } do
      assert.equal("p(a) @ " .. case, written("p(a) @ " .. case .. "."))
    end
  end)

  it("that do not exist are told of by what is wrong with them", function()
    local message, code = refusal "p(a) @ 2023-02-30."
    assert.matches("^x.dl:1:8: .*2023%-02", message)
    assert.equal("time", code)
    assert.equal("time", select(2, refusal "p(a) @ 2004/1994."))
    assert.equal("time", select(2, refusal "p(a) @ 12/03/1994."))
  end)

  it("make ranges in facts", function()
    local kb <close> = base "n(1..5)."
    assert.equal(5, #facts(kb, "n"))
  end)
end)

describe("clauses", function()
  it("end at a dot before a blank, a comment, a brace, or behind a bracket", function()
    local kb <close> = base
      "source s.\np(a).% comment\nfrom s {p(b).}p(c).p(d).\r\n/* p(x). */ p(e)\n.\np(f)."
    assert.equal(6, #facts(kb, "p"))
  end)

  it("take from their block what they do not say", function()
    local kb <close> = base [[
      source a. source b.
      from a "1" { p(x). from b "2" { p(y). } p(z) from b. }.
    ]]
    local said = {}
    for x, fact in kb:facts "p" do
      local claim = fact.claims[1]
      said[x.id] = claim.source.id .. " " .. (claim.locator or "-")
    end
    assert.same({ x = "a 1", y = "b 2", z = "b -" }, said)
  end)

  it("of clingo and SWI-Prolog that say nothing here are skipped", function()
    local kb <close> = base [[
      #show p/1.
      :- table p/1.
      :- dynamic q/2, r/1.
      :- discontiguous(p/1).
      :- table path(_, _).
      p(a).
    ]]
    assert.equal(1, #facts(kb, "p"))
  end)

  it("of rules are read whole, and kept", function()
    for _, text in ipairs {
      "reach(X, Z) :- reach(X, Y), edge(Y, Z).",
      "p(X) @ T :- q(X, _) @ T, T before 2022-02-24, not r(X), \\+ s(X).",
      "programmes(N) :- N = count{ P : programme(P) }.",
      "big(X) :- #sum{ W, Y : part(X, Y, W), W > 0 } > 10, X != y, X <> z, X \\== w.",
      "p(Y) :- q(X), Y is X * 2 + 1 mod 3, Y =:= 3, Y =\\= 4, Y =< 5.",
      '"joined earlier" :- joined(X, P) @ T1, joined(Y, P) @ T2, T2 before T1.',
      ":- p(X), not q(X).",
    } do
      local kb <close> = base [[
        edge(a, b). q(a, b). q(a). r(a). s(a). programme(a). part(a, b, 1). joined(a, b).
        p(a). y. z. w.
      ]]
      assert(kb:load_text(text, "x.dl"))
      assert.equal(text, kb:rules()[1].text)
    end
  end)
end)

describe("a query", function()
  it("needs neither ?- nor its dot", function()
    local kb <close> = base "p(a) @ 2019-05-20/..."
    for _, text in ipairs { "?- p(X).", "p(X)", "?- p(X)", "p(X).", " p(X) . % all",
      "?- p(X) @ 2019-05-20/..", "p(X) @ T, T intersects 2020-01." } do
      local n = 0
      for x in kb:query(text) do
        assert.equal("a", x.id)
        n = n + 1
      end
      assert.equal(1, n, text)
    end
  end)

  it("is one", function()
    local kb <close> = base "p(a)."
    local q, message = kb:prepare "?- p(X). ?- p(Y)."
    assert.is_nil(q)
    assert.matches("1:10: one query is asked for", message, 1, true)
    assert.matches("found nothing", select(2, kb:prepare " % nothing"), 1, true)
    assert.matches('found ":%-"', (select(2, kb:prepare "p(X) :- q(X).")))
  end)
end)

describe("damaged text", function()
  local whole = [[
    source s { title: "S", date: 2023 }. relation p(entity, date) key(entity) phrase "{1}".
    from s "l" { p(a, 1994). attributed(b) q(c) @ 1994/2004. } deny r(d) from s grade b2.
    ?- p(X, Y) @ T from S L, T before 2000, not X = 'it''s', N = count{ Z : p(Z, _) } + 1.
    prefer p(a, 1994) because "so" by s. "m" :- p(X, 2-1), X != "x"@uk. n(1..5). #show n/1.
  ]]

  it("fails in words, or loads, whatever is done to it", function()
    local seed = 7
    local function chance(n)
      seed = (seed * 1103515245 + 12345) % 2147483648
      return seed // 65536 % n + 1
    end
    local marks = { "(", ")", "{", "}", "[", ".", "..", ",", ":-", '"', "'", "%", "/*", "@",
      "<", "\\", "-", "not ", "X", "\n", "\xff", "\0", "from ", "count{" }
    local kb <close> = base()
    for round = 1, 1500 do
      local text = whole
      for _ = 1, chance(6) do
        local at = chance(#text)
        local size = chance(12) - 1
        local what = chance(3)
        if what == 1 then
          text = text:sub(1, at - 1) .. text:sub(at + size)
        elseif what == 2 then
          text = text:sub(1, at) .. marks[chance(#marks)] .. text:sub(at + 1)
        else
          text = text:sub(1, at) .. text:sub(at - size, at) .. text:sub(at + 1)
        end
        if #text == 0 then text = "." end
      end
      local ok, message, code = kb:load_text(text, "x.dl")
      assert.is_true(ok == true or (#message > 0 and #code > 0), "round " .. round)
    end
  end)
end)
