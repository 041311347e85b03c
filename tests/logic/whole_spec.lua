-- What core/logic/whole.c promises: a base never keeps rules that no query could ask.

local dossier = require "dossier"

local function base(text)
  local kb = assert(dossier.open())
  if text then assert(kb:load_text(text, "base.dl")) end
  return kb
end

local function refusal(kb, text)
  local before = #kb:rules()
  local ok, message, code = kb:load_text(text, "bad.dl")
  assert(not ok, "it was loaded: " .. text)
  assert.equal(before, #kb:rules())
  return message, code
end

local function has(part, text)
  assert(text:find(part, 1, true), ("%q is not in:\n%s"):format(part, text))
end

describe("a load with rules", function()
  it("is refused for a variable that nothing fills, with its line and a caret", function()
    local kb <close> = base "p(a, b)."
    local message, code = refusal(kb, "p(c, d).\nq(X, Z) :- p(X, _).")
    assert.equal("syntax", code)
    assert.equal('bad.dl:2:6: "Z" stands in no atom of the body, so nothing finds it\n'
      .. "  q(X, Z) :- p(X, _).\n       ^", message)
    assert.equal(1, assert(kb:prepare "p(X, Y)"):count())
  end)

  it("is refused for a loop that has no strata, which is told", function()
    local kb <close> = base "p(a)."
    has('bad.dl:1:19: "not" cannot be part of a loop, since it needs all of what it is about: '
      .. "q needs not r, r needs q", refusal(kb, "q(X) :- p(X), not r(X). r(X) :- q(X)."))
    has("q needs count of q", refusal(kb, "q(N) :- p(_), N = count{ X : q(X) }."))
  end)

  it("is refused for types that clash, in constraints too", function()
    local kb <close> = base "relation n(entity, integer). n(a, 1)."
    local message, code = refusal(kb, "q(X) :- n(X, X).")
    assert.equal("type", code)
    has("bad.dl:1:14: X cannot be an integer here", message)
    has("bad.dl:1:15: X cannot be an integer here", refusal(kb, '"{X}" :- n(X, X).'))
    has("takes an entity", refusal(kb, "n(1, a) :- n(_, _)."))
  end)

  it("is refused for types that clash through several rules", function()
    local kb <close> = base "relation n(entity, integer). n(a, 1)."
    has("Y cannot be an integer here: it is an entity",
      refusal(kb, "q(X) :- n(X, _). r(Y) :- q(Y). s(Y) :- r(Y), n(_, Y)."))
  end)

  it("is refused for a function that is none, or takes something else", function()
    local kb <close> = base "p(a)."
    has('no function called "lenght"; did you mean "length"?',
      refusal(kb, 'q(N) :- p(_), N = lenght("a").'))
    has('"length" takes 1 argument, and here are 2',
      refusal(kb, 'q(N) :- p(_), N = length("a", 2).'))
    has('"length" takes 1 argument, and here are 2', refusal(kb, 'q(length(X, 2)) :- p(X).'))
  end)

  it("is refused for what a script defines later, and says in which order it does", function()
    local kb <close> = base "p(a)."
    has("kb:define, before the rules that use it", refusal(kb, 'q(N) :- p(_), N = whisper("a").'))
    has("kb:define, before the rules that use it", refusal(kb, "q(whisper(X)) :- p(X)."))
    has("kb:define, before the rules that use it", refusal(kb, "q(X) :- p(X), whisper(X, _)."))
    kb:define("whisper", function(s) return s end)
    assert(kb:load_text "q(whisper(X)) :- p(X), whisper(X, X).")
    assert.equal(1, assert(kb:prepare "q(X)"):count())
  end)

  it("tells of all that is wrong at once", function()
    local kb <close> = base "p(a)."
    local message = refusal(kb, "q(X, Y) :- p(X).\nr(X) :- p(X), X < Y.\ns(X, Z) :- p(X).")
    has("bad.dl:1:6", message)
    has("bad.dl:2:19", message)
    has("bad.dl:3:6", message)
  end)

  it("tells of all names that mean nothing, in rules, constraints and queries", function()
    local kb <close> = base "p(a)."
    local message = refusal(kb, "?- uu(X).\nq(X) :- vv(X).\nr(X) :- p(X), ww(X).\n\"c\" :- p(X, X).\n?- p(_, _).")
    for _, place in ipairs { "1:4", "2:9", "3:15", "4:8", "5:4" } do has("bad.dl:" .. place .. ": ", message) end
  end)

  it("tells of all types that clash", function()
    local kb <close> = base "relation n(entity, integer). n(a, 1)."
    local message = refusal(kb, 'p(X) :- n(X, X).\nq(X) :- n(_, X), X = "a".\nr(X) :- n(X, "a").\ns(X) :- n(X, Y), upper(Y) = "a".')
    for _, place in ipairs { "1:14", "2:18", "3:14", "4:24" } do has("bad.dl:" .. place .. ": ", message) end
  end)

  it("tells of all loops that have no strata", function()
    local kb <close> = base "p(a)."
    local message = refusal(kb, "q(X) :- p(X), not q(X).\nr(N) :- N = count{ X : s(X) }.\ns(X) :- r(X).")
    has("bad.dl:1:19", message)
    has("bad.dl:2:13", message)
  end)

  it("tells of all queries that no answer could have", function()
    local kb <close> = base "p(a). q(X) :- p(X)."
    local message = refusal(kb, "?- q(X), Y > 3.\n?- q(X), not q(Y).\n?- q(X), Y = lenght(X).\n?- p(X).")
    for _, place in ipairs { "1:10", "2:16", "3:14" } do has("bad.dl:" .. place .. ": ", message) end
    has("bad.dl:1:4: no relation called \"r\"", refusal(kb, "?- r(X)."))
    has("bad.dl:1:10", refusal(kb, "?- p(X), Y > 3."))
  end)

  it("is refused for a query that no answer could have", function()
    local kb <close> = base "relation n(entity, integer). n(a, 1). q(X) :- n(X, _)."
    has("bad.dl:1:15", refusal(kb, "?- q(X), n(_, X)."))
    has("bad.dl:1:", refusal(kb, "?- q(X), not n(X, Y)."))
    assert(kb:load_text "?- q(X), not n(X, 2).")
  end)

  it("leaves all as it was in the middle of a transaction, which it dooms", function()
    local kb <close> = base "p(a)."
    local ok, message = pcall(kb.transaction, kb, function()
      assert(kb:load_text "p(b).")
      assert(kb:load_text("q(X, Y) :- p(X).", "bad.dl"))
    end)
    if ok then error "it was committed" end
    has("bad.dl:1:6", tostring(message))
    assert.equal(1, assert(kb:prepare "p(X)"):count())
    assert.equal(0, #kb:rules())
  end)
end)

describe("rules that were kept before", function()
  it("count together with those of a load", function()
    local kb <close> = base "p(a).\nq(X) :- p(X), not r(X).\nr(b)."
    local message = refusal(kb, "r(X) :- q(X).")
    has("base.dl:2:19", message)
    has("q needs not r, r needs q", message)
    has("  q(X) :- p(X), not r(X).\n                    ^", message)
  end)

  it("refuse a declaration that breaks them", function()
    local kb <close> = base "q(X, 1) :- p(X).  p(a)."
    has("base.dl:1:6: column 2 of q/2 (entity) takes an entity; came the number 1", (refusal(kb, "relation q(entity, entity).")))
    assert(kb:load_text "relation q(entity, integer).")
    has('"q" has 1 column, and here are 2', (refusal(base "q(X, 1) :- p(X).  p(a).",
      "relation q(entity).")))
  end)

  it("may name functions of another day", function()
    local kb <close> = base "p(a)."
    kb:define("shout", function(s) return s:upper() end)
    assert(kb:load_text 'q(Y) :- p(_), Y = shout("a").')
    kb:define("shout", nil)
    assert(kb:load_text "r(X) :- p(X).")
    assert.equal(2, #kb:rules())
    has("shout", refusal(kb, 'q(Y) :- p(_), Y = shout("b").'))
    assert.equal(1, assert(kb:prepare "r(X)"):count())
    local none, message, code = kb:prepare "q(Y)"
    assert.is_nil(none)
    assert.equal("relation", code)
    has('no function called "shout"', message)
    has("kb:define, before the rules that use it", message)
  end)

  it("are judged as the load says them, where it says them anew", function()
    local kb <close> = base "p(a). q(X) :- p(X)."
    has("later.dl:2:1", select(2, kb:load_text(
      "relation q(entity, entity).\nq(X) :- p(X).", "later.dl")))
    assert.equal("base.dl", kb:rules()[1].file)
  end)
end)
