-- What core/facts/kept.c and core/logic/rules.c promise, seen through Lua.

local dossier = require "dossier"
local helper = require "tests.helper"

local function base(text)
  local kb = assert(dossier.open())
  if text then assert(kb:load_text(text, "base.dl")) end
  return kb
end

local function texts(kb)
  local list = {}
  for i, rule in ipairs(kb:rules()) do list[i] = rule.text end
  return list
end

local function refusal(kb, text)
  local ok, message, code = kb:load_text(text, "bad.dl")
  assert(not ok, "it was loaded: " .. text)
  return message, code
end

local function has(part, text)
  assert(text:find(part, 1, true), ("%q is not in:\n%s"):format(part, text))
end

local folders = {}
local function new_folder()
  folders[#folders + 1] = helper.folder()
  return folders[#folders]
end

local function sweep()
  for _, folder in ipairs(folders) do helper.sweep(folder) end
  folders = {}
end

--- A folder, a base in it, and functions that write a file there and load it.
local function desk()
  local folder = new_folder()
  local kb = assert(dossier.open(folder .. "/my.kb"))
  local function load(name, text, options)
    helper.write(folder .. "/" .. name, text)
    local ok, report = kb:load(folder .. "/" .. name, options)
    return assert(ok and report, report)
  end
  return kb, load, folder
end

describe("rules in a base", function()
  after_each(sweep)

  it("are kept as they are written, with what they derive and where they stood", function()
    local kb <close> = base 'p(a).\nq(X) :-\n  p(X). % why\n  "no {X}" :- q(X).\n'
    assert.same({
      { number = 1, relation = "q", arity = 1, constraint = false, file = "base.dl", line = 2,
        text = "q(X) :-\n  p(X)." },
      { number = 2, constraint = true, file = "base.dl", line = 4, text = '"no {X}" :- q(X).' },
    }, kb:rules())
  end)

  it("are kept once, however they are laid out and whatever comments they hold", function()
    local kb <close> = base "p(a). q(X) :- p(X), X != b."
    assert(kb:load_text("q(X):-p(X), % a note\n  X   !=   b .", "later.dl"))
    assert.equal(1, #kb:rules())
    assert.equal("later.dl", kb:rules()[1].file)
    assert(kb:load_text "q(Y) :- p(Y), Y != b.")
    assert.equal(2, #kb:rules())
  end)

  it("keep the place of the first where one load says them twice", function()
    local kb <close> = base "p(a).\nq(X) :- p(X).\nq(X) :- p(X)."
    assert.equal(2, kb:rules()[1].line)
  end)

  it("may stand before what they speak of, and speak of one another", function()
    local kb <close> = base "a(X) :- b(X). b(X) :- a(X). b(X) :- c(X). ?- a(X). c(d)."
    assert.equal(3, #kb:rules())
    assert(kb:load_text "d(X) :- a(X), not b(X).")
    assert.equal(4, #kb:rules())
  end)

  it("name relations that are known, or that a rule derives", function()
    local kb <close> = base "joined(a, b). aspirant(X) :- joined(X, _)."
    has('bad.dl:1:9: no relation called "joind"; did you mean "joined"?',
      refusal(kb, "q(X) :- joind(X, _)."))
    has('no relation called "aspirnt"; did you mean "aspirant"?',
      refusal(kb, "q(X) :- aspirnt(X)."))
    has('no relation called "helpr"; did you mean "helper"?',
      refusal(kb, "helper(X) :- joined(X, _). q(X) :- helpr(X)."))
    has('"aspirant" has 1 column, and here are 2', refusal(kb, "q(X) :- aspirant(X, _)."))
    has("no relation called", refusal(kb, "q(N) :- N = count{ X : joind(X, _) }."))
    has("no relation called", refusal(kb, "?- not joind(_, _)."))
    has('"zed" has 2 columns, and here is 1',
      refusal(kb, "relation zed(a, b). zed(X) :- joined(X, _)."))
    assert.equal("relation", select(2, refusal(kb, "q(X) :- joind(X, _).")))
    assert.equal(1, #kb:rules())
  end)

  it("spell out the names that are shortened", function()
    local kb <close> = base "prefix e: <http://e/>. e:p(a). e:q(X) :- e:p(X). r(X) :- e:q(X)."
    assert.equal("<http://e/q>", kb:rules()[1].relation)
    has("no prefix called", refusal(kb, "f:q(X) :- e:p(X)."))
    assert.equal(1, kb:drop_rule "<http://e/q>/1")
  end)

  it("land and roll back with their transaction", function()
    local kb <close> = base "p(a). q(X) :- p(X)."
    pcall(kb.transaction, kb, function()
      assert(kb:load_text "r(X) :- p(X).")
      assert.equal(1, kb:drop_rule "q")
      assert.same({ "r(X) :- p(X)." }, texts(kb))
      error "no"
    end)
    assert.same({ "q(X) :- p(X)." }, texts(kb))
    kb:transaction(function() assert.equal(1, kb:drop_rule(1)) end)
    assert.same({}, texts(kb))
  end)

  it("are those of every view, and of other handles once committed", function()
    local kb <close>, load, folder = desk()
    load("a.dl", "p(a) @ 1994. q(X) :- p(X).")
    assert.equal(1, #kb:view { as_of = "1990" }:rules())
    local other <close> = assert(dossier.open(folder .. "/my.kb"))
    assert.equal(1, #other:rules())
    assert.equal(1, other:drop_rule(1))
    kb:refresh()
    assert.equal(0, #kb:rules())
  end)

  it("are there when the base is opened again, with numbers never given twice", function()
    local folder = new_folder()
    for i = 1, 3 do
      local kb <close> = assert(dossier.open(folder .. "/my.kb"))
      assert(kb:load_text("p(a). q(X) :- p(X). r(X) :- p(X)."))
      assert.equal(i, kb:rules()[2].number - 1)
      assert.equal(1, kb:drop_rule(kb:rules()[2].number))
    end
  end)

  it("are dropped by number, by relation, and by relation and columns", function()
    local kb <close> = base "p(a). q(X) :- p(X). q(X, Y) :- p(X), p(Y). r(X) :- p(X). :- q(X)."
    assert.equal(1, kb:drop_rule "q/2")
    assert.equal(0, kb:drop_rule "q/2")
    assert.equal(1, kb:drop_rule "#4")
    assert.equal(1, kb:drop_rule(3))
    assert.equal(1, kb:drop_rule "q")
    assert.equal("misuse", (select(3, kb:drop_rule "#x")))
    assert.equal("read-only", (select(3, kb:view {}:drop_rule "q")))
  end)

  it("are copied where a file is checked beside a base", function()
    local kb <close> = base "p(a). q(X) :- p(X)."
    local path = new_folder() .. "/c.dl"
    helper.write(path, "r(X) :- q(X).")
    assert.same({}, kb:view {}:check(path))
  end)
end)

describe("rules of a file", function()
  after_each(sweep)

  it("go when it is replaced without them", function()
    local kb <close>, load = desk()
    assert.equal(2, load("a.dl", "p(a). q(X) :- p(X). r(X) :- p(X).").rules_added)
    local report = load("a.dl", "p(a). q(X) :- p(X).")
    assert.same({ 0, 0, 1 }, { report.rules_added, report.rules_dropped, report.rules_left_out })
    report = load("a.dl", "p(a). q(X) :- p(X).", { replace = true })
    assert.same({ 0, 1, 0 }, { report.rules_added, report.rules_dropped, report.rules_left_out })
    assert.same({ "q(X) :- p(X)." }, texts(kb))
  end)

  it("stay where another file says them, and where none did", function()
    local kb <close>, load = desk()
    load("a.dl", "p(a). q(X) :- p(X).")
    load("b.dl", "q(X)  :-  p(X).")
    assert(kb:load_text "r(X) :- p(X).")
    load("a.dl", "p(a).", { replace = true })
    assert.equal(2, #kb:rules())
    load("b.dl", "p(b).", { replace = true })
    assert.same({ "r(X) :- p(X)." }, texts(kb))
  end)

  it("follow the lines of the file", function()
    local kb <close>, load = desk()
    load("a.dl", "p(a). q(X) :- p(X).")
    load("a.dl", "p(a).\n\nq(X) :- p(X).", { replace = true })
    assert.same({ 1, 3 }, { kb:rules()[1].number, kb:rules()[1].line })
  end)

  it("are added and dropped by no dry run", function()
    local kb <close>, load = desk()
    load("a.dl", "p(a). q(X) :- p(X).")
    local report = load("a.dl", "p(a). r(X) :- p(X).", { replace = true, dry_run = true })
    assert.same({ 1, 1 }, { report.rules_added, report.rules_dropped })
    assert.same({ "q(X) :- p(X)." }, texts(kb))
  end)

  it("are left alone by an undo, and still belong to the file", function()
    local kb <close>, load = desk()
    load("a.dl", "p(a).")
    load("a.dl", "p(a). p(b). q(X) :- p(X).")
    assert(kb:undo())
    assert.same({ "q(X) :- p(X)." }, texts(kb))
    load("a.dl", "p(a).", { replace = true })
    assert.same({}, texts(kb))
    assert.equal(false, (kb:undo(kb:transactions()[#kb:transactions()].number)))
  end)
end)

describe("checking rules", function()
  after_each(sweep)

  local function check(text)
    local kb <close> = base "p(a, b)."
    local path, list = new_folder() .. "/c.dl", {}
    helper.write(path, text)
    for i, found in ipairs(assert(kb:check(path))) do
      list[i] = ("%d:%d %s: %s"):format(found.line, found.column, found.kind, found.text)
    end
    return list
  end

  it("tells of variables that are used once", function()
    assert.same({ '1:14 once: "Y" is used once; write _Y where anything will do' },
      check "q(X) :- p(X, Y).\nr(X) :- p(X, _Y), p(_, X).\n?- p(X, Y).")
    assert.same({}, check '"{X} is out" :- p(X, _).')
  end)

  it("tells of what a message names and no condition has", function()
    assert.same({ "1:1 message: the message names {Z}, and no condition has that variable" },
      check '"{X} and {Z}, {not one}, {" :- p(X, _).')
  end)

  it("finds nothing in rules that are well-formed", function()
    assert.same({}, check "q(X) :- p(X, Y), not s(Y), q(Y).  r(N) :- N = count{ X : q(X) }.  s(c).")
  end)

  it("tells of what is wrong between them, too", function()
    assert.same({ "2:20 type: X cannot be an integer here: it is an entity at line 2, column 11" },
      check "relation p(entity, entity). relation n(integer).\nq(X) :- p(X, _), n(X).")
    assert.same({ '1:22 syntax: "not" cannot be part of a loop, since it needs all of what it is '
      .. "about: q needs not r, r needs q" }, check "q(X) :- p(X, _), not r(X).\nr(X) :- q(X).")
  end)

  it("tells of rules that the base keeps and that the file would break", function()
    local kb, load, folder = desk()
    load("kept.dl", "p(a, b).\n\nq(X) :- p(X, _), not r(X).\nr(c).")
    helper.write(folder .. "/new.dl", "r(X) :- q(X).")
    local found = assert(kb:check(folder .. "/new.dl"))
    assert.equal(1, #found)
    assert.equal(3, found[1].line)
    has("kept.dl", found[1].file)
    has("q needs not r, r needs q", found[1].text)
    kb:close()
  end)

  it("does not miss what a clause that cannot be read may derive", function()
    local found = check "r(X) :- p(X Y).\nq(X) :- r(X)."
    assert.equal(1, #found)
    assert(found[1]:find "syntax")
  end)
end)

describe("queries with rules", function()
  it("are answered by the rules of the base and by their own", function()
    local kb <close> = base "p(a). q(X) :- p(X)."
    assert.equal("a", tostring(assert(kb:prepare "p(X), q(X)"):first()))
    assert.equal("a", tostring(kb:query "r(X) :- q(X). ?- r(X)."()))
    assert.equal("a", tostring(kb:query "p(X)"()))
  end)

  it("begin with rules and nothing else", function()
    local kb <close> = base "p(a)."
    for text, words in pairs {
      ["p(b). p(X)"] = "only rules stand before a query",
      [":- p(X). p(X)"] = "only rules stand before a query",
      ["?- p(X). ?- p(X)."] = "one query is asked for, and here something else begins",
      ["p(X), p(X). p(X)"] = "one query is asked for, and here something else begins",
      ["r(X) :- p(X"] = "<query>",
      ["r(X) :- p(X ."] = "<query>",
      ["r(X) :- p(X X). r(X)"] = "1:13: expected",
      ["r(X) :- p(X)."] = "found \":-\"",
    } do
      local q, message, code = kb:prepare(text)
      assert.is_nil(q, text)
      assert.equal("syntax", code)
      has(words, message)
    end
  end)
end)
