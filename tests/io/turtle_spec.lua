--- Turtle and TriG, with what RDF 1.2 adds: cases of our own, since the W3C's suites for
--- these are not beside the tree.

local quads = require "tests.io.quads"
local read = require "tests.io.read"

local START = "@prefix : <http://e/> .\n"
local RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

--- Canonical N-Quads from a short form: names in <http://e/>, "a" and R: for RDF's own.
local function short(text)
  local out = {}
  for line in text:gmatch "[^\n]+" do
    line = line:gsub("^%s+", "")
    line = (" " .. line):gsub("([ ^]):([%w]*)", "%1<http://e/%2>")
      :gsub("R:(%w+)", "<" .. RDF .. "%1>"):gsub(" a ", " <" .. RDF .. "type> ")
    out[#out + 1] = line:sub(2) .. " .\n"
  end
  return table.concat(out)
end

local function gives(syntax, text, wanted)
  local came = read.quads(START .. text, syntax)
  wanted = short(wanted)
  assert(quads.same(came, wanted), text .. "\ngives\n" .. came .. "and not\n" .. wanted)
end

describe("TriG", function()
  it("has graphs with names, with and without GRAPH, and the default one", function()
    gives("trig", ":s :p :o . { :a :p :b } :g { :c :p :d . } GRAPH :h { :e :p :f }", [[
      :s :p :o
      :a :p :b
      :c :p :d :g
      :e :p :f :h]])
    gives("trig", "graph <http://e/g> { :s :p 1 } gRaPh _:x { :s :p 2 } [] { :s :p 3 }", [[
      :s :p "1"^^<http://www.w3.org/2001/XMLSchema#integer> :g
      :s :p "2"^^<http://www.w3.org/2001/XMLSchema#integer> _:x
      :s :p "3"^^<http://www.w3.org/2001/XMLSchema#integer> _:y]])
    gives("trig", "{} :g {} GRAPH :g { } :g{:s :p :o}", ":s :p :o :g")
  end)

  it("has triples with '.' between them in a graph, the last with or without", function()
    gives("trig", ":g { :a :p :b , :c ; :q :d . :e :p :f }", [[
      :a :p :b :g
      :a :p :c :g
      :a :q :d :g
      :e :p :f :g]])
    gives("trig", ":g { :a :p :b ; . :c :p :d ; ; . }", ":a :p :b :g\n:c :p :d :g")
  end)

  it("keeps blank nodes alike across graphs, and what brackets say in their graph", function()
    gives("trig", ":g { _:b :p [ :q :r ] } _:b :p () . { _:b :p (:x) }", [[
      _:b :p _:1 :g
      _:1 :q :r :g
      _:b :p R:nil
      _:b :p _:2
      _:2 R:first :x
      _:2 R:rest R:nil]])
    gives("trig", ":g { [ :p :o ] . [ :p :o ] :q :r . (:x) :p :o } [ :p :o ] . (1 2) :p :o .", [[
      _:1 :p :o :g
      _:2 :p :o :g
      _:2 :q :r :g
      _:3 R:first :x :g
      _:3 R:rest R:nil :g
      _:3 :p :o :g
      _:4 :p :o
      _:5 R:first "1"^^<http://www.w3.org/2001/XMLSchema#integer>
      _:5 R:rest _:6
      _:6 R:first "2"^^<http://www.w3.org/2001/XMLSchema#integer>
      _:6 R:rest R:nil
      _:5 :p :o]])
  end)

  it("takes names that begin like keywords for names", function()
    local text = "@prefix graph: <http://e/> . @prefix base: <http://e/> . " ..
      "graph:g { base:s :p graph: } base:g{}graph:s :p base:o."
    gives("trig", text, ":s :p : :g\n:s :p :o")
  end)

  it("declares prefixes and bases between graphs only", function()
    gives("trig", "PREFIX g: <http://e/> g:g { g:s :p g:o } BASE <http://e/x/> <../s> :p <o> .",
      ":s :p :o :g\n:s :p <http://e/x/o>")
    assert.equal("2:6: expected a subject or '}', found \"@prefix\"",
      (read.refusal(START .. ":g { @prefix g: <http://e/> . }", "trig")))
    assert.equal("2:6: expected a subject or '}', found \"PREFIX\"",
      (read.refusal(START .. ":g { PREFIX g: <http://e/> }", "trig")))
  end)

  it("has what RDF 1.2 adds, in the graph where it stands", function()
    gives("trig", ":g { :s :p :o ~ :r {| :q :z |} . << :a :b :c >> :d :e } <<:a :b :c>> .", [[
      :s :p :o :g
      :r R:reifies <<( :s :p :o )>> :g
      :r :q :z :g
      _:1 R:reifies <<( :a :b :c )>> :g
      _:1 :d :e :g
      _:2 R:reifies <<( :a :b :c )>>]])
  end)

  for _, case in ipairs {
    { ":g :h { :s :p :o }", 2, 7, "expected an object, found \"{\"" },
    { "{ :s :p :o", 2, 11, "expected ',', ';', '.' or '}', found the end of the file" },
    { "{ :s :p :o } .", 2, 14, "expected a subject: an IRI, a blank node or a collection, found \".\"" },
    { "{ { :s :p :o } }", 2, 3, "expected a subject or '}', found \"{\"" },
    { "{ :g { :s :p :o } }", 2, 6, "expected an IRI or \"a\" as the predicate, found \"{\"" },
    { "{ :s :p :o . . }", 2, 14, "expected a subject or '}', found \".\"" },
    { "{ . }", 2, 3, "expected a subject or '}', found \".\"" },
    { "\"g\" { :s :p :o }", 2, 1, "expected a subject: an IRI, a blank node or a collection, found '\"g\"'" },
    { "GRAPH { :s :p :o }", 2, 7, "expected a graph's IRI or blank node, found \"{\"" },
    { "GRAPH [ :p :o ] { :s :p :o }", 2, 9,
      "expected ']', since nothing is said of this blank node, found \":p\"" },
    { "[ :p :o ] { :s :p :o }", 2, 11, "expected an IRI or \"a\" as the predicate, found \"{\"" },
    { "(:a) { :s :p :o }", 2, 6, "expected an IRI or \"a\" as the predicate, found \"{\"" },
    { "() { :s :p :o }", 2, 4, "expected an IRI or \"a\" as the predicate, found \"{\"" },
    { "<<:s :p :o>> { :s :p :o }", 2, 14, "expected an IRI or \"a\" as the predicate, found \"{\"" },
    { "GRAPH :g :s :p :o .", 2, 10, "expected '{', found \":s\"" },
    { ":g { :s :p :o } .", 2, 17, "expected a subject: an IRI, a blank node or a collection, found \".\"" },
    { ":g { :s :p }", 2, 12, "expected an object, found \"}\"" },
    { ":g { :s }", 2, 9, "expected an IRI or \"a\" as the predicate, found \"}\"" },
    { ":g { (:s) }", 2, 11, "expected an IRI or \"a\" as the predicate, found \"}\"" },
  } do
    it("is refused: " .. case[1], function()
      local message = read.refusal(START .. case[1] .. "\n", "trig")
      if case[4]:find "end of the file" then message = message:gsub("^3:1", "2:11") end
      assert.equal(("%d:%d: %s"):format(case[2], case[3], case[4]), message)
    end)
  end

  it("is not read as Turtle", function()
    for _, text in ipairs { ":g { :s :p :o }", "{ :s :p :o }", "GRAPH :g { :s :p :o }" } do
      read.refusal(START .. text, "ttl")
    end
  end)
end)

describe("RDF 1.2 in Turtle", function()
  it("has triple terms as objects, in one another, with \"a\" as a verb", function()
    gives("ttl", ":s :p <<( :a :b :c )>> , <<(_:x a \"l\"@en--rtl)>> .", [[
      :s :p <<( :a :b :c )>>
      :s :p <<( _:x a "l"@en--rtl )>>]])
    gives("ttl", ":s :p <<( :a :b <<( [] :c <<(:d :e 1)>> )>> )>> .",
      ":s :p <<( :a :b <<( _:1 :c <<( :d :e \"1\"^^<http://www.w3.org/2001/XMLSchema#integer> )>> )>> )>>")
  end)

  it("has reified triples as subjects, objects and statements", function()
    gives("ttl", "<< :s :p :o >> .", "_:1 R:reifies <<( :s :p :o )>>")
    gives("ttl", "<< :s :p :o ~ :r >> :q << :a a 'x' ~ _:b >> , << :s :p :o ~ >> .", [[
      :r R:reifies <<( :s :p :o )>>
      _:b R:reifies <<( :a a "x" )>>
      :r :q _:b
      _:c R:reifies <<( :s :p :o )>>
      :r :q _:c]])
    gives("ttl", "<< << :a :b :c ~:r >> :p << :d :e :f ~:s >> ~:t >> :q (<<:a :b :c~:u>>) .", [[
      :r R:reifies <<( :a :b :c )>>
      :s R:reifies <<( :d :e :f )>>
      :t R:reifies <<( :r :p :s )>>
      _:l R:first :u
      _:l R:rest R:nil
      :u R:reifies <<( :a :b :c )>>
      :t :q _:l]])
    gives("ttl", "<< :s :p <<( :a :b :c )>> >> :q [] .", [[
      _:1 R:reifies <<( :s :p <<( :a :b :c )>> )>>
      _:1 :q _:2]])
  end)

  it("has reifiers and blocks behind objects, as many as there are", function()
    gives("ttl", ":s :p :o ~ :r ~ ~ _:b {| :q :z |} {| a :w ; :v :u |} , :x {| :q :y {| :t :n |} |} .", [[
      :s :p :o
      :r R:reifies <<( :s :p :o )>>
      _:1 R:reifies <<( :s :p :o )>>
      _:b R:reifies <<( :s :p :o )>>
      _:b :q :z
      _:2 R:reifies <<( :s :p :o )>>
      _:2 a :w
      _:2 :v :u
      :s :p :x
      _:3 R:reifies <<( :s :p :x )>>
      _:3 :q :y
      _:4 R:reifies <<( _:3 :q :y )>>
      _:4 :t :n]])
    gives("ttl", ":s :p [ :q :r ~ :t ], (:a) ~ [] .", [[
      _:1 :q :r
      :t R:reifies <<( _:1 :q :r )>>
      :s :p _:1
      _:2 R:first :a
      _:2 R:rest R:nil
      :s :p _:2
      _:3 R:reifies <<( :s :p _:2 )>>]])
  end)

  it("has versions, which change nothing", function()
    gives("ttl", "VERSION \"1.2\" @version '1.1' . version '1.2-basic' :s :p :o .", ":s :p :o")
    assert.equal("<http://e/s> <http://e/p> <http://e/o> .\n",
      read.quads('VERSION "1.2"\n <http://e/s> <http://e/p> <http://e/o> .\nVERSION "x" # c', "nt"))
    assert.equal("1:1: expected an IRI or a blank node as the subject, found \"version\"",
      (read.refusal('version "1.2"\n', "nt")))
    assert.equal("2:9: expected a version in single or double quotes, found '\"\"\"1.2\"\"\"'",
      (read.refusal(START .. 'VERSION """1.2"""', "ttl")))
    assert.equal("2:15: expected a subject: an IRI, a blank node or a collection, found \".\"",
      (read.refusal(START .. 'VERSION "1.2" .', "ttl")))
    assert.equal("2:16: expected '.' behind the directive, found \":s\"",
      (read.refusal(START .. '@version "1.2" :s :p :o .', "ttl")))
    assert.equal("2:1: expected @prefix, @base or @version, found \"@VERSION\"",
      (read.refusal(START .. '@VERSION "1.2" .', "ttl")))
  end)

  for _, text in ipairs {
    "<< :s :p :o ~ :r ~ :t >> .", "<<( :s :p :o )>> :q :z .", ":s <<( :s :p :o )>> :z .",
    ":s << :s :p :o >> :z .", "<< :s :p (:o) >> .", "<< :s :p [ :q :o ] >> .",
    "<< (:s) :p :o >> .", "<< [ :q :o ] :p :o >> .", "<< :s _:p :o >> .", "<< \"s\" :p :o >> .",
    "<< :s :p :o , :q >> .", ":s :p <<( << :a :b :c >> :d :e )>> .", ":s :p <<( :a :b << :c :d :e >> )>> .",
    ":s :p <<( \"a\" :b :c )>> .", ":s :p <<( :a \"b\" :c )>> .", ":s :p <<( :a :b (:c) )>> .",
    ":s :p <<( :a :b [ :c :d ] )>> .", ":s :p <<( :a :b :c ) >> .", ":s :p <<( :a :b :c >> .",
    ":s :p << :a :b :c )>> .", ":s :p :o {| |} .", ":s :p :o {| :q |} .", ":s :p :o {| :q :r .",
    ":s :p :o {| :q :r } .", ":s {| :q :r |} :p :o .", ":s :p {| :q :r |} .", ":s :p :o ~ \"r\" .",
    ":s :p :o ~ (:r) .", ":s :p :o ~ [ :q :r ] .", "<< :s :p :o {| :q :r |} >> .", "<< :s :p >> .",
    "(:a ~ :r) :p :o .", ":s :p (:o {| :q :r |}) .", "~ :r .", ":s :p << :a :b :c .", "<< >> .",
    ":s :p \"x\"@en--xyz .", ":s :p \"x\"@en--LTR .", ":s :p \"x\"@en--l-tr .", ":s :p \"x\"@en-- .",
    ":s :p \"x\"@--ltr .", ":s :p \"x\"^^<" .. RDF .. "langString> .", "<<( :s :p :o )>> .",
  } do
    it("refuses " .. text, function()
      assert.truthy((read.refusal(START .. text .. "\n", "ttl")):find "^[23]:%d+: expected ")
    end)
  end
end)

describe("Turtle", function()
  it("takes tokens as long as they go", function()
    gives("ttl", ":s :p true.:s :p false.:t :p 1.:u :p 1.5.:v :p 1.e0.", [[
      :s :p "true"^^<http://www.w3.org/2001/XMLSchema#boolean>
      :s :p "false"^^<http://www.w3.org/2001/XMLSchema#boolean>
      :t :p "1"^^<http://www.w3.org/2001/XMLSchema#integer>
      :u :p "1.5"^^<http://www.w3.org/2001/XMLSchema#decimal>
      :v :p "1.e0"^^<http://www.w3.org/2001/XMLSchema#double>]])
    gives("ttl", ":s :p true.PREFIX x: <http://e/> x:a.b x:p.q x:c.", [[
      :s :p "true"^^<http://www.w3.org/2001/XMLSchema#boolean>
      <http://e/a.b> <http://e/p.q> :c]])
    gives("ttl", "@prefix e: <http://e/> . :s :p (1.5e:x -.5E+3e:y+7-8) .", [[
      :s :p _:1
      _:1 R:first "1.5"^^<http://www.w3.org/2001/XMLSchema#decimal>
      _:1 R:rest _:2
      _:2 R:first :x
      _:2 R:rest _:3
      _:3 R:first "-.5E+3"^^<http://www.w3.org/2001/XMLSchema#double>
      _:3 R:rest _:4
      _:4 R:first :y
      _:4 R:rest _:5
      _:5 R:first "+7"^^<http://www.w3.org/2001/XMLSchema#integer>
      _:5 R:rest _:6
      _:6 R:first "-8"^^<http://www.w3.org/2001/XMLSchema#integer>
      _:6 R:rest R:nil]])
  end)

  it("counts columns in characters, and lines by LF, CR LF and CR", function()
    assert.equal("2:17: expected an IRI or \"a\" as the predicate, found \"!\"",
      (read.refusal(START .. "<http://e/їжак> !", "ttl")))
    assert.equal("4:3: expected an object, found \"!\"",
      (read.refusal("@prefix : <http://e/> .\r\n:s\r:p\n  !", "ttl")))
    assert.equal("3:9: expected an object, found \"!\"",
      (read.refusal(START .. ":s :p '''\rї\"''' , !", "ttl")))
  end)

  it("tells the first of a statement's quads before an error in it, and no more", function()
    local message, before = read.refusal(START ..
      ":s :p :o , :x .\n:t :p [ :q :r ; :s 'x ] .\n:u :p :o .", "ttl")
    assert.equal("3:26: expected the quote at the end of the string, found the end of the line",
      message)
    assert(quads.same(before, short ":s :p :o\n:s :p :x\n_:1 :q :r"), before)
  end)

  it("tells prefixes, bases and lines", function()
    assert.equal([[
# prefix : <http://e/>
# base <http://e/x/y>
# prefix a.b: <http://e/x/z#>
# prefix : <http://e/>
# line 6
<http://e/s> <http://e/x/z#p.q> "a\nb" .
]], (read.quads("@prefix : <http://e/> .\n@base <http://e/x/y>.\nPREFIX a.b: <z#>\n" ..
      "prefix : <../>\n:s a.b:p.q '''a\nb''' .", "ttl", { "-v" })))
  end)

  it("wants a base for relative IRIs", function()
    assert.equal("1:1: expected an absolute IRI, since there is no base, found <s>",
      (read.refusal("<s> <p> <o> .", "ttl")))
    assert.equal("<http://b/s> <http://b/p> <http://b/?x> .\n",
      read.quads("<s> <./a/../p> <?x> .", "ttl", { "-b", "http://b/" }))
    assert.equal("<http://b/a/../s> <x:.> <http://b/> .\n",
      read.quads("<http://b/a/../s> <x:.> <..> .", "ttl", { "-b", "http://b/q#r" }))
  end)

  it("has no label for blank nodes that could be one's own", function()
    assert.equal("_:-1 <http://e/p> _:-2 .\n_:b1 <http://e/p> _:-3 .\n",
      (read.quads(START .. "[] :p [] . _:b1 :p [] .", "ttl")))
  end)

  it("passes a byte order mark at the start and nowhere else", function()
    assert.equal("<http://e/s> <http://e/p> <http://e/o> .\n",
      read.quads("\u{feff}" .. START .. ":s :p :o .", "ttl"))
    assert.truthy(read.refusal(START .. "\u{feff}:s :p :o .", "ttl"):find "^2:1: ")
  end)

  it("names a prefix that is near one that is not there", function()
    assert.equal('2:1: expected a prefix that was declared, found "skso:"; did you mean "skos:"?',
      (read.refusal("@prefix skos: <http://e/> .\nskso:s skos:p skos:o .", "ttl")))
  end)

  it("refuses what is not UTF-8, wherever it is", function()
    for _, bad in ipairs { "\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80" } do
      for _, text in ipairs { "<http://e/%s> :p :o .", ":s :p '%s' .", ":s :p '''%s''' .", ":s :p%s :o .",
        ":s :p :o . # %s\n", "_:%s :p :o .", "_:b%s :p :o .", "%s:s :p :o .", ":s :p :o %s ." } do
        local message = read.refusal(START .. text:format(bad), "ttl")
        assert.truthy(message:find("UTF-8", 1, true), text .. ": " .. message)
      end
    end
  end)
end)
