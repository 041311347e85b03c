--- The commands that change a base by hand: what they say, what they do, their exit codes.
local helper = require "tests.helper"

local FACTS = [[
relation joined(entity, entity) once phrase "{1} joined {2}".
source article { title: "An article" }. source record { title: "A record" }. source analyst {}.
joined(ukraine, pfp) @ 1994 from article "2".
]]

describe("dossier", function()
  local folder, base
  before_each(function()
    folder = helper.folder()
    base = folder .. "/some.kb"
    local file = helper.write(folder .. "/some.dl", FACTS)
    assert.equal(0, select(3, helper.dossier { "-b", base, "--now", "2026-01-01", "load", file }))
  end)
  after_each(function() helper.sweep(folder) end)

  --- Run it on the base: its output, its complaints, its exit code.
  local function run(...)
    return helper.dossier { "-b", base, "--now", "2026-01-02T03:04:05Z", ... }
  end

  --- Run it; its output, having complained of nothing and exited with `code` (0).
  local function says(expected, code, ...)
    local out, err, came = run(...)
    assert.same({ expected, "", code }, { out, err, came })
  end

  --- Run it; it must refuse with these words and change nothing.
  local function refuses(words, ...)
    local before = helper.dossier { "-b", base, "query", "?- joined(X, Y) @ T from S L." }
    local out, err, code = run(...)
    assert.same({ "", 2 }, { out, code }, err)
    assert(err:find("dossier: " .. words, 1, true), err)
    assert.equal(before, (helper.dossier { "-b", base, "query", "?- joined(X, Y) @ T from S L." }))
  end

  it("add puts a fact on record with all that is said of it, and tells of conflicts", function()
    says([[
added: joined(ukraine, pfp) @ 1995 from record "3" grade b2 quote "it \"joined\"" confidence 0.5
  in conflict with: joined(ukraine, pfp) @ 1994 from article "2"
]], 0, "add", "joined(ukraine, pfp) @ 1995.", "--source", "record", "--locator", "3", "--grade", "b2",
      "--quote", 'it "joined"', "--confidence", "0.5")
    says("added: attributed(bob) p(a)\nadded: attributed(bob) p(b)\n", 0, "add", "p(a)", "p(b)", "--speaker", "bob")
    says("added: assessed p(a)\n", 0, "add", "p(a)", "--kind", "assessed")
  end)

  it("add tells of constraints that it breaks", function()
    local rules = helper.write(folder .. "/rule.dl",
      '"{X} joined {Y} too early" :- joined(X, Y) @ T, founded(Y) @ U, T before U.')
    run("add", "founded(pfp) @ 1990", "--source", "record")
    run("load", rules)
    says("added: founded(pfp) @ 1996 from record\n"
      .. "  in conflict with: joined(ukraine, pfp) @ 1994 from article \"2\"\n", 0, "add",
      "founded(pfp) @ 1996", "--source", "record")
  end)

  it("add of what is on record already is told, and no failure", function()
    says("already on record: joined(ukraine, pfp) @ 1994\n", 0, "add", "joined(ukraine, pfp) @ 1994. ",
      "--source", "article", "--locator", "2")
    says("already on record: joined(ukraine, pfp) @ 1994\nadded: p(a) from article \"2\"\n", 0, "add",
      "joined(ukraine, pfp) @ 1994", "p(a)", "--source", "article", "--locator", "2")
  end)

  it("a slip that was taken back is told again, and when it is asked for", function()
    local _, first = run("add", "joind(ukraine, pfp)", "joined(ukrane, pfp)", "stray")
    assert(first:find('no relation is called "joind" yet; did you mean "joined"?', 1, true), first)
    assert(first:find('no relation is called "stray" yet, without columns', 1, true), first)
    run("undo")
    local out, err, code = run("query", "joind(X, Y)")
    assert.same({ "no answers\n", 'dossier: warning: no fact of "joind" is on record any more; did '
      .. 'you mean "joined"?\n', 1 }, { out, err, code })
    out, err = run("query", "joined(ukrane, Y)")
    assert.same({ "no answers\n", 'dossier: warning: no fact speaks of "ukrane"; did you mean '
      .. '"ukraine"?\n' }, { out, err })
    assert.equal(first, (select(2, run("add", "joind(ukraine, pfp)", "joined(ukrane, pfp)", "stray"))))
    run("undo")
    for _, command in ipairs { "schema", "info" } do
      assert.falsy(run(command):find("joind", 1, true), command)
    end
    assert.truthy(run("schema", "--all"):find("joind", 1, true))
  end)

  it("deny puts a denial on record, and tells what it contradicts", function()
    says([[
added: deny joined(ukraine, pfp) from record
  in conflict with: joined(ukraine, pfp) @ 1994 from article "2"
]], 0, "deny", "joined(ukraine, pfp)", "--source", "record")
    says("already on record: joined(ukraine, pfp) @ 1994\n  in conflict with: deny joined(ukraine, pfp) from record\n",
      0, "add", "joined(ukraine, pfp) @ 1994", "--source", "article", "--locator", "2")
    says("already on record: deny joined(ukraine, pfp)\n  in conflict with: joined(ukraine, pfp) @ 1994 from article \"2\"\n",
      0, "deny", "joined(ukraine, pfp)", "--source", "record")
  end)

  it("add warns of a relation and of entities that look like a slip", function()
    local out, err, code = run("add", "joind(ukrane, nato)")
    assert.equal("added: joind(ukrane, nato)\n", out)
    assert.equal([[
dossier: warning: no relation is called "joind" yet; did you mean "joined"? (dossier undo takes it back)
dossier: warning: no fact speaks of "ukrane" yet; did you mean "ukraine"? (dossier undo takes it back)
]], err)
    assert.equal(0, code)
    says("undone: transaction 2 (2026-01-02T03:04:05Z)\n- joind(ukrane, nato)\nto do it again: dossier undo\n", 0, "undo")
  end)

  it("add refuses what is wrong, all of it", function()
    refuses('no source called "artcle"; did you mean "article"?', "add", "joined(a, b)", "--source", "artcle")
    local _, err = run("add", "joined(a, b)", "--source", "artcle")
    assert(err:find("source NAME { title:", 1, true), err)
    _, err = run("add", "joined(a, b) from article")
    assert(err:find("whose claim it is says --source S", 1, true), err)
    refuses("<fact>:1:", "add", "joined(a, b)", "joined(a, ")
    refuses("<fact>:1:1: \"joined\" has 2 columns", "add", "joined(a, b)", "joined(a)")
    refuses("--kind takes stated, attributed or assessed; came statd; did you mean stated?", "add", "p(a)", "--kind", "statd")
    refuses("a claim that is attributed needs its speaker", "add", "p(a)", "--kind", "attributed")
    refuses("a grade is", "add", "p(a)", "--grade", "z9")
    refuses("--confidence takes a number from 0 to 1; came 2", "add", "p(a)", "--confidence", "2")
    refuses("--confidence takes", "add", "p(a)", "--confidence", "nan")
    refuses("add which fact?", "add")
    refuses("add reads no view", "add", "p(a)", "--as-of", "2000")
    refuses("add prints lines, and takes no --format", "add", "p(a)", "--format", "json")
    refuses("undo prints lines, and takes no --format", "undo", "--format", "cvs")
    refuses("no option --sorce; did you mean --source?", "add", "p(a)", "--sorce", "x")
  end)

  it("retract closes the claims that agree", function()
    run("add", "joined(ukraine, pfp) @ 1994", "--source", "record")
    says('retracted: joined(ukraine, pfp) @ 1994 from article "2"\n', 0, "retract", "joined(ukraine, pfp) @ 1994",
      "--source", "article")
    says("retracted: joined(ukraine, pfp) @ 1994 from record\n", 0, "retract", "joined(ukraine, pfp) @ 1994")
    run("add", "p(a)", "--kind", "assessed")
    says("no such claim is on record: p(a)\n  assessed p(a)\n", 1, "retract", "p(a)", "--kind", "stated")
  end)

  it("retract of what is not there shows what is, and changes nothing", function()
    says('no such claim is on record: joined(ukraine, pfp) @ 1993\n  joined(ukraine, pfp) @ 1994 from article "2"\n', 1,
      "retract", "joined(ukraine, pfp) @ 1993")
    run("add", "joined(ukraine, nacc) @ 1991", "--source", "record")
    says([[
no such claim is on record: joined(ukrane, pfp)
  no fact speaks of "ukrane" yet; did you mean "ukraine"?
nothing was changed
]], 1, "retract", "joined(ukraine, pfp) @ 1994", "joined(ukrane, pfp)")
    says("no such claim is on record: joined(pfp, ukraine)\n  nothing is on record of it, at any time\n", 1,
      "retract", "joined(pfp, ukraine)")
    refuses('<fact>:1:1: no relation called "joind"; did you mean "joined"?', "retract", "joind(ukraine, pfp)")
  end)

  it("prefer and deprecate judge, and withdraw", function()
    local fact = "joined(ukraine, pfp) @ 1994"
    says("added: prefer " .. fact .. ' because "so" by analyst\n', 0, "prefer", fact, "--because", "so", "--by", "analyst")
    says("already on record: prefer " .. fact .. "\n", 0, "prefer", fact, "--because", "so", "--by", "analyst")
    says("added: deprecate " .. fact .. ' from article because "no" by analyst\n', 0, "deprecate", fact, "--source",
      "article", "--because", "no", "--by", "analyst")
    says("withdrawn: prefer " .. fact .. ' because "so" by analyst\n', 0, "prefer", fact, "--withdraw")
    says("withdrawn: deprecate " .. fact .. ' from article because "no" by analyst\n', 0, "deprecate", fact,
      "--withdraw", "--by", "analyst")
    local out, _, code = run("deprecate", fact, "--withdraw")
    assert.same({ "no such verdict is on record: " .. fact .. "\n  " .. fact .. ' from article "2"\n', 1 }, { out, code })
    says("never claimed, so not judged: joined(ukraine, pfp) @ 1993\n  " .. fact .. ' from article "2"\n', 1,
      "prefer", "joined(ukraine, pfp) @ 1993", "--because", "so", "--by", "analyst")
    refuses("a verdict has a reason", "prefer", fact, "--by", "analyst")
    refuses("a verdict has an author", "prefer", fact, "--because", "so")
    refuses('no source called "analist"; did you mean "analyst"?', "prefer", fact, "--because", "so", "--by", "analist")
  end)

  it("undo shows what it took back, twenty claims at most, and how to do it again", function()
    local text = {}
    for i = 1, 25 do text[i] = ("p(a%02d)."):format(i) end
    run("load", helper.write(folder .. "/more.dl", table.concat(text, " ")))
    local out, _, code = run("undo")
    assert.equal(0, code)
    assert.equal("undone: transaction 2 (2026-01-02T03:04:05Z)\n- p(a01)\n", out:match "^.-\n.-\n")
    assert.equal(20, select(2, out:gsub("\n%- p%(", "")))
    assert(out:find("\n- and 5 more\nto do it again: dossier undo\n", 1, true), out)
    out = run("undo", "#3")
    assert(out:find("undone: transaction 3 ", 1, true), out)
    assert(out:find("\n+ p(a01)\n", 1, true), out)
    says("nothing of transaction 2 is left to take back; what it declared of relations stays\n", 1, "undo", "2")
    run("add", "q(z)", "--source", "record")
    refuses('transaction 1 declared the source "article" and others, and 1 claim of other transactions names it',
      "undo", "1")
    refuses("there is no transaction 9; the last is 5", "undo", "9")
    refuses("a transaction is told by its number", "undo", "last")
    refuses("one transaction at a time", "undo", "1", "2")
  end)

  it("rename tells what has the new name, and what will bring the old one back", function()
    says([[
renamed: pfp is now partnership (1 claim)
files that say pfp bring it back when they are loaded: change them, too
]], 0, "rename", "pfp", "partnership")
    says([[
renamed: the relation joined is now entered
files that say joined bring it back when they are loaded: change them, too
]], 0, "rename", "joined", "entered")
    local out = run("query", "?- entered(X, Y).")
    assert(out:find("ukraine +partnership"), out)
    local _, err, code = run("rename", "ukraine", "record")
    assert.equal(2, code)
    assert(err:find("dossier rename ukraine record --merge", 1, true), err)
    out = run("rename", "ukraine", "'Any Thing'")
    assert(out:find("ukraine is now Any Thing", 1, true), out)
    out, _, code = run("rename", "zzzzzz", "y")
    assert.equal(1, code)
    assert(out:find("nothing is called zzzzzz", 1, true), out)
    refuses("rename takes the old name and the new one", "rename", "a")
    refuses("a is its name already", "rename", "a", "a")
  end)

  it("only shows what would change in a dry run", function()
    local before = assert(helper.read(base))
    says('retracted: joined(ukraine, pfp) @ 1994 from article "2"\n(a dry run: nothing was changed)\n', 0, "retract",
      "joined(ukraine, pfp) @ 1994", "--dry-run")
    says("added: p(a)\n(a dry run: nothing was changed)\n", 0, "add", "p(a)", "--dry-run")
    says("renamed: pfp is now x (1 claim)\n(a dry run: nothing was changed)\n", 0, "rename", "pfp", "x", "--dry-run")
    local out = run("undo", "--dry-run")
    assert(out:find("^undone: transaction 1 "), out)
    assert(out:find "%(a dry run: nothing was changed%)\n$", out)
    assert.equal(before, helper.read(base))
  end)

  it("changes the base of the environment, and makes none", function()
    local out = helper.shell(("DOSSIER_BASE=%s %s add 'p(a)'"):format(helper.quote(base),
      helper.clean .. helper.quote(helper.build .. "/dossier")))
    assert.equal("added: p(a)\n", out)
    for _, words in ipairs { { "add", "p(a)" }, { "retract", "p(a)" }, { "undo" }, { "rename", "a", "b" },
      { "prefer", "p(a)", "--because", "x", "--by", "y" } } do
      local _, err, code = helper.dossier { "-b", folder .. "/none.kb", table.unpack(words) }
      assert.equal(2, code)
      assert(err:find("none.kb", 1, true), err)
      assert.is_nil(helper.read(folder .. "/none.kb"))
      _, err, code = helper.shell("env -u DOSSIER_BASE " .. helper.clean .. helper.build .. "/dossier " .. words[1] .. " x y")
      assert.equal(2, code, err)
    end
  end)

  it("shows controls in what is on record as escapes, which no terminal obeys", function()
    local add = { "add", 'p("\27[2J\u{9b}3m\u{202e}")' }
    local claim = 'p("\\x1b[2J\\u{9b}3m\\u{202e}")'
    says("added: " .. claim .. "\n", 0, table.unpack(add))
    local out, err = run("undo", "--dry-run")
    assert(out:find("\n- " .. claim .. "\n", 1, true), out)
    assert.equal("", err)
    out, err = run("query", "?- \u{9b}3m")
    assert.equal("", out)
    assert.is_nil(err:find "\u{9b}", err)
    helper.write(folder .. "/c.dl", add[2] .. ". q(\"\27[2J\").\n")
    out = run("load", "--dry-run", folder .. "/c.dl")
    assert(out:find('+ q("\\x1b[2J")\n', 1, true), out)
  end)

  it("tells of each such command, with an example", function()
    local help = run("--help")
    for _, name in ipairs { "add", "deny", "retract", "prefer", "deprecate", "undo", "rename" } do
      assert(help:find("\n  " .. name .. " ", 1, true), name)
      local out, _, code = run(name, "--help")
      assert.equal(0, code)
      assert(out:find("\nUsage: dossier [-b BASE] [--now T] " .. name .. " ", 1, true), out)
      assert(out:find("\n  $ dossier " .. name, 1, true), out)
      for line in out:gmatch "[^\n]+" do assert(#line <= 88, line) end
    end
  end)
end)
