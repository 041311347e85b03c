--- The canonical layout: what dossier.format makes of texts, by hand and at random.
--
-- SEED=n other texts, STEPS=n as many of them.
local dossier = require "dossier"
local helper = require "tests.helper"
local texts = require "tests.lua.texts"
local answers = require "tests.bad_input.answers"

local seed = tonumber(os.getenv "SEED") or 20261124
local steps = tonumber(os.getenv "STEPS") or (helper.sanitized and 80 or 240)

--- A text laid out; laying that out again changes nothing.
local function laid(text)
  local once = assert(dossier.format(text))
  assert.equal(once, dossier.format(once))
  return once
end

--- `text` becomes `expected`.
local function becomes(text, expected) assert.equal(expected, laid(text)) end

--- A text in canonical layout.
local function stays(text) becomes(text, text) end

--- Columns that the line takes, and those of the longest run in it that has no blank outside
--- of texts: what no layout can part.
local function longest_run(line)
  local longest, from, at = 0, 1, 1
  while at <= #line + 1 do
    local c = line:sub(at, at)
    if c == '"' or c == "'" then
      local i = at + 1
      while i <= #line and line:sub(i, i) ~= c do i = i + (line:sub(i, i) == "\\" and 2 or 1) end
      at = i + 1
    elseif c == " " or c == "" then
      longest = math.max(longest, dossier.width(line:sub(from, at - 1)))
      from, at = at + 1, at + 1
    else
      at = at + 1
    end
  end
  return longest
end

describe("the layout", function()
  describe("of a clause", function()
    it("sets blanks by the kind of what they part", function()
      becomes("p( a,b ,c )  .", "p(a, b, c).\n")
      becomes("p(a)@1994 from s\"l\"grade b2.", "p(a) @ 1994 from s \"l\" grade b2.\n")
      becomes("p (a)@ 2019-05-20/.. .", "p(a) @ 2019-05-20/...\n")
      becomes("prefix ex :<http://example.org/>.", "prefix ex: <http://example.org/>.\n")
      becomes("source s{title:\"T\",kind:web ,date:1989/1990}.",
        "source s { title: \"T\", kind: web, date: 1989/1990 }.\n")
      becomes("source s { } .", "source s {}.\n")
      becomes("source s{date:-0044-03-15}.", "source s { date: -0044-03-15 }.\n")
      becomes("from s\"1\"{p.}", "from s \"1\" {\n  p.\n}\n")
      becomes("p . ", "p.\n")
    end)

    it("sets them in rules and queries", function()
      becomes("n(N):-N=#count{P,Q:a(P),not b(Q)},N>-1.",
        "n(N) :- N = #count{ P, Q : a(P), not b(Q) }, N > -1.\n")
      becomes("p(X)   :-X is Y*(2+Z)mod (3),\\+q(X),not(r(X)).",
        "p(X) :- X is Y * (2 + Z) mod (3), \\+ q(X), not (r(X)).\n")
      becomes("?-p(X)@T,T before 2000.", "?- p(X) @ T, T before 2000.\n")
      becomes("?- X/2=Y, X-1 =- Z.", "?- X / 2 = Y, X - 1 = -Z.\n")
      becomes("p(1 ..  5).", "p(1..5).\n")
      becomes(":-p(X).", ":- p(X).\n")
      becomes("\"msg\":-p(X).", "\"msg\" :- p(X).\n")
    end)

    it("leaves together what would read otherwise apart, and apart what together", function()
      stays("?- X = - 1, Y = -1, Z = - -1, A - -1 < B.\n")
      stays("?- p(2014-10), p(2014 - 10), p(../2014-10), p(1994 / 2014).\n")
      stays("?- X = a /2014-10/ -1, Y = a -1994/2014-10.\n")
      stays("p(\"x\"@uk) from s \"l\" @ 1994.\n")
      becomes("?- X=<3, x<a:b,Y>c.", "?- X =< 3, x <a:b,Y> c.\n")
      becomes("?- p(X) from S\"l\"@ T.", "?- p(X) from S \"l\" @ T.\n")
      becomes("p(ex:a.b-c,_:b).", "p(ex:a.b-c, _:b).\n")
      stays("#show X:p(X).\n")
    end)

    it("keeps texts, names and synonyms letter by letter", function()
      stays("p('it''s', \"tab\there \\u0041 %\", 'a', <http://x/%20.>, \"5\"^^xsd:integer).\n")
      stays("?- X == 1, X =:= 1, X != 1, X <> 1, X \\= 1, X \\== 1, X =\\= 1, X =< 1.\n")
      stays(":- table p/1, q/2.\n")
      stays(":- dynamic(foo/1).\n")
      stays("#show p/2./**/ q.\n")
    end)

    it("breaks one that is too long before its parts and behind commas", function()
      becomes("relation held_on(event, date) key(event) is took_place(1, 2) phrase \"{1} was held on {2}\".",
        "relation held_on(event, date) key(event) is took_place(1, 2)\n  phrase \"{1} was held on {2}\".\n")
      becomes("attributed(stoltenberg) pledged(stoltenberg, comprehensive_assistance, ukraine) @ 2023-09-15.",
        "attributed(stoltenberg)\n  pledged(stoltenberg, comprehensive_assistance, ukraine) @ 2023-09-15.\n")
      becomes(("p(%s, %s) @ 1994 from s."):format(("a"):rep(50), ("b"):rep(50)),
        ("p(%s,\n  %s) @ 1994 from s.\n"):format(("a"):rep(50), ("b"):rep(50)))
      becomes("said(" .. ("x"):rep(84) .. ").", "said(\n  " .. ("x"):rep(84) .. ").\n")
      stays("said(\"" .. ("x "):rep(60) .. "\").\n")
    end)

    it("gives conditions and properties a line each where they do not fit in one", function()
      becomes("late(X, Y) :- joined(X, P) @ T1, joined(Y, P) @ T2, T2 before T1, post_soviet(Y), X != Y, Y = Z.",
        "late(X, Y) :-\n  joined(X, P) @ T1,\n  joined(Y, P) @ T2,\n  T2 before T1,\n  post_soviet(Y),\n"
        .. "  X != Y,\n  Y = Z.\n")
      becomes("source s { title: \"" .. ("t"):rep(70) .. "\", kind: web, }.",
        "source s {\n  title: \"" .. ("t"):rep(70) .. "\",\n  kind: web,\n}.\n")
    end)

    it("joins one that would fit, wherever it was broken", function()
      becomes("p(a,\n\n  b)\n @ 1994\n  .", "p(a, b) @ 1994.\n")
    end)
  end)

  describe("of lines", function()
    it("leaves clauses that share one together while all fit", function()
      becomes("p(a). q(b).r(c).", "p(a).  q(b).  r(c).\n")
      stays("p(a).\nq(b).\n")
      local long = "p(" .. ("a"):rep(30) .. ")."
      becomes(long .. " " .. long .. " " .. long .. "\nq. r.",
        long .. "\n" .. long .. "\n" .. long .. "\nq.  r.\n")
    end)

    it("keeps one blank line, and none at the ends of a text and a block", function()
      becomes("\n\n\np.\n\n\n\nq.\nr.\n\n", "p.\n\nq.\nr.\n")
      becomes("from s {\n\n\n p.\n\n q.\n\n}\n\nr.", "from s {\n  p.\n\n  q.\n}\n\nr.\n")
      becomes("from s { % c\n\n p. }", "from s {  % c\n  p.\n}\n")
    end)

    it("indents what blocks hold", function()
      becomes("from s { from t {p.% c\n% d\n} q. }. r.",
        "from s {\n  from t {\n    p.  % c\n    % d\n  }\n  q.\n}.\nr.\n")
    end)

    it("ends with LF, whatever ended them, and drops the byte order mark", function()
      becomes("\239\187\191p.\r\n% c \t\r\nq(\"\r\").\r\n", "p.\n% c\nq(\"\r\").\n")
      becomes("% one\rcomment\r\np.", "% one\rcomment\np.\n")
    end)

    it("is nothing for nothing", function()
      becomes("", "")
      becomes(" \n\t\r\n", "")
      becomes("% only", "% only\n")
    end)
  end)

  describe("of comments", function()
    it("leaves them where they are", function()
      becomes("% a\n   % b\np(a /* in */, b). /* t */ q. % c\n /* own */ r.",
        "% a\n% b\np(a /* in */, b).  /* t */ q.  % c\n/* own */ r.\n")
      becomes("p(a, % why\n b).", "p(a,  % why\n  b).\n")
      becomes("p(a,\n % own\n b).", "p(a,\n  % own\n  b).\n")
      becomes("p(a) % c\n.", "p(a)  % c\n  .\n")
      becomes("p(a)./* end */", "p(a).  /* end */\n")
    end)

    it("keeps a column that they share", function()
      stays("p(a).       % one\nq(bb).      % two\n            % goes on\nr.\n")
      becomes("p( a ).     % one\nq(b,c,d).   % two\n", "p(a).        % one\nq(b, c, d).  % two\n")
      becomes("p(a). % one\nq(bb). % two", "p(a).  % one\nq(bb).  % two\n")
      becomes("p( a,b,c,d ).  % one\nq.             % two\n", "p(a, b, c, d).  % one\nq.              % two\n")
      becomes("p(a).\t% one\nq(b).\t% two\n", "p(a).   % one\nq(b).   % two\n")
    end)

    it("gives up a column that would make lines too long", function()
      local long = "% " .. ("c"):rep(60)
      becomes("p." .. (" "):rep(40) .. long .. "\nq." .. (" "):rep(40) .. "% d\n", "p.  " .. long .. "\nq.  % d\n")
    end)

    it("moves further lines with the first, and makes tabs spaces", function()
      becomes("from s {\n/* a\n   b\n\n\tc */\np. }", "from s {\n  /* a\n     b\n\n          c */\n  p.\n}\n")
      becomes("%\ta\tb\np.", "%       a       b\np.\n")
    end)
  end)

  describe("of a text that is refused", function()
    it("is none, and says why as a load would", function()
      for _, text in ipairs { "p(a", "p(a b).", "p(\"a).", "}", "from s {", "p(\255).", "p(a\0).", "/* x",
                              "p([a]).", "q.\np :- .", "transaction 1 \"x\" { }" } do
        local out, message, code = dossier.format(text, "x.dl")
        assert.is_nil(out)
        local _, said, why = assert(dossier.open()):load_text(text, "x.dl")
        assert.equal(said, message)
        assert.equal(why, code)
        assert(message:find("^x%.dl:%d+:%d+: "), message)
      end
    end)

    it("names it <text> where it has no name", function()
      assert.equal("<text>:1:", select(2, dossier.format "p("):sub(1, 9))
    end)
  end)

  it("is what the bundled base has", function()
    for path in io.popen("ls data/*.dl"):lines() do
      local text = assert(helper.read(path))
      assert(text == dossier.format(text, path), path)
    end
  end)

  it("is had from C, and leaves nothing behind where memory ends", function()
    local out, err, code = helper.host "api_format"
    assert.equal("all laid out\n", out .. err)
    assert.equal(0, code)
  end)

  describe("of random texts", function()
    local random = helper.random(seed)
    local make = texts.maker(random)
    local function told(text, why) return ("SEED=%d: %s:\n%s"):format(seed, why, text) end

    it("keeps the meaning of each clause", function()
      local n = 0
      for _ = 1, steps * 5 do
        local text, meaning = make.join(make.clause(), 20)
        local out, message
        if text then out, message = dossier.format(text) end
        if out then
          n = n + 1
          assert(texts.meaning(out) == meaning, told(text, "another meaning: " .. out))
        elseif text then
          -- What the grammar matches can still be refused by the scanner or the builder.
          assert(message:find "^<text>:%d+:%d+: ", told(text, message))
        end
      end
      assert(n > steps, n .. " clauses were laid out")
    end)

    it("keeps tokens and comments, and changes nothing the second time", function()
      local n = 0
      for _ = 1, steps do
        local text = make.text(make.clause, random(12))
        local out = dossier.format(text)
        if out then
          n = n + 1
          local bare, comments = texts.bare(text)
          local bare_out, comments_out = texts.bare(out)
          assert(bare == bare_out, told(text, "other tokens: " .. out))
          assert(comments == comments_out, told(text, "other comments: " .. out))
          local again = dossier.format(out)
          assert(again == out, told(text, "another layout:\n" .. out .. "\nbecame:\n" .. tostring(again)))
          assert(out == "" or out:find "[^\n]\n$", told(text, "another end"))
        end
      end
      assert(n > steps // 4, n .. " texts were laid out")
    end)

    it("makes no line longer than tokens and comments do", function()
      for _ = 1, steps do
        local text = make.join(make.clause(), 0)
        local out = text and dossier.format(text)
        for line in (out or ""):gmatch "[^\n]+" do
          local indent = #line:match "^ *"
          local width = dossier.width(line)
          assert(width <= 88 or longest_run(line) + indent + 16 > 88,
            told(text, "a line of " .. width .. " columns:\n" .. out))
        end
      end
    end)

    it("loads to the same base, or is refused alike", function()
      local taken, refused = 0, 0
      for _ = 1, steps // 2 do
        local text = make.preamble
        for _ = 1, random(3) do
          local clause = make.text(make.plain, random(2)):gsub("^\239\187\191", "")
          text = text .. clause .. "\n"
        end
        local out = dossier.format(text)
        if out then
          local a, b = assert(dossier.open(nil, { now = "2026-01-01T00:00:00Z" })),
            assert(dossier.open(nil, { now = "2026-01-01T00:00:00Z" }))
          local done, _, code = a:load_text(text)
          local done_b, words, code_b = b:load_text(out)
          assert(done == done_b and code == code_b,
            told(text, "loads otherwise: " .. tostring(words)))
          if done then
            taken = taken + 1
            assert(answers.text(a) == answers.text(b), told(text, "another base"))
          else
            refused = refused + 1
          end
          a:close()
          b:close()
        end
      end
      assert(taken > steps // 20 and refused > 0, ("%d taken, %d refused"):format(taken, refused))
    end)

    it("meets garbage with a message", function()
      for _ = 1, steps do
        local text = make.text(make.clause, random(6))
        for _ = 1, random(4) do
          local at = random(#text + 1)
          local put = random(3) == 1 and string.char(random(256) - 1)
            or ("(){}\"'<>.,:-@%/*\\#\n~|"):sub(random(21)):sub(1, random(2))
          text = text:sub(1, at - 1) .. put .. text:sub(at + random(3) - 1)
        end
        local out, message, code = dossier.format(text)
        if out then
          assert(dossier.format(out) == out, told(text, "another layout the second time"))
        else
          assert(message:find "^<text>:%d+:%d+: " and code ~= "", told(text, message))
        end
      end
    end)
  end)
end)
