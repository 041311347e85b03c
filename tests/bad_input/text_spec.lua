-- Texts that no base takes: each is refused at its place, and the base stays as it was.
local helper = require "tests.helper"
local bases = require "tests.bad_input.bases"

local MB = 1024 * 1024

local function contains(text, part)
  assert(text:find(part, 1, true), ("%q is not in:\n%s"):format(part, text:sub(1, 2000)))
end

describe("a text", function()
  local folder, base, before, file
  setup(function()
    folder = helper.folder()
    base, file = folder .. "/some.kb", folder .. "/bad.dl"
    bases.make(base, { seed = 2, transactions = 3, clauses = 6 }):close()
    before = helper.read(base)
  end)
  teardown(function() helper.sweep(folder) end)

  --- The command's words on loading a text into the base: it exits with 2, prints nothing,
  --- and no byte of the base has changed.
  local function words(text)
    helper.write(file, text)
    local out, err, code = helper.dossier { "-b", base, "load", file }
    assert.equal(2, code, err)
    assert.equal("", out)
    assert(#err < 16384, "the message has " .. #err .. " bytes")
    assert(before == helper.read(base), "the base has changed")
    assert.equal("", (helper.shell("ls " .. base .. "-* 2> /dev/null")))
    return err
  end

  --- A text is refused at `place` ("line:column" or "line") with the words that follow.
  local function refused(text, place, ...)
    local err = words(text)
    contains(err, "dossier: " .. file .. ":" .. place .. ":")
    contains(err, "^\n")
    for _, part in ipairs { ... } do contains(err, part) end
    return err
  end

  --- A query is refused; the base is only asked.
  local function refused_query(text, place, ...)
    local _, err, code = helper.dossier { "-b", base, "query", text }
    assert.equal(2, code)
    contains(err, "<query>:" .. place .. ":")
    for _, part in ipairs { ... } do contains(err, part) end
    assert(before == helper.read(base), "the base has changed")
  end

  --- A text is taken, by a base of its own.
  local function taken(text, count)
    local path = folder .. "/taken.kb"
    helper.write(file, text)
    local out, err, code = helper.dossier { "-b", path, "load", file }
    assert.equal("", err)
    assert.equal(0, code)
    contains(out, ("%d claim"):format(count))
    return path
  end

  after_each(function() os.remove(folder .. "/taken.kb") end)

  describe("with bytes that are no text", function()
    local cases = {
      ["a byte that begins nothing"] = "\255",
      ["a cut sequence"] = "\195",
      ["a lone follower"] = "\128",
      ["half of a pair"] = "\237\160\128",
      ["what is past the last character"] = "\244\144\128\128",
      ["an overlong NUL"] = "\192\128",
    }
    for name, bytes in pairs(cases) do
      it("is refused at " .. name, function()
        refused("held(a, b).\nsaid(a, \"" .. bytes .. "\").\n", "2:10", "is not UTF-8")
        refused("held(a, b).\n% a note " .. bytes .. "\n", "2:10", "is not UTF-8")
        refused("held(" .. bytes .. ", b).\n", "1:6", "is not UTF-8")
      end)
    end

    it("is refused at a NUL byte, wherever it is", function()
      refused("held(a, b\0c).\n", "1:10", "NUL byte")
      refused("said(a, \"b\0c\").\n", "1:11", "NUL byte")
      refused("% b\0c\nheld(a, b).\n", "1:4", "NUL byte")
      refused("\0", "1:1", "NUL byte")
      refused("held(a, b).\n\0", "2:1", "NUL byte")
    end)

    it("is refused where it is no text at all", function()
      refused(before, "1:16", "NUL byte")
      refused("\127ELF\2\1\1\0" .. ("\1\200"):rep(1000), "1:8")
    end)

    it("may begin with a byte order mark", function()
      taken("\239\187\191held(a, b).\n", 1)
    end)
  end)

  describe("with a time that cannot be", function()
    local cases = {
      { "2023-02-30", "February 2023 has 28 days" },
      { "2023-02-29", "February 2023 has 28 days" },
      { "2023-04-31", "has 30 days" },
      { "2023-13-01", "there is no month 13" },
      { "2023-00", "month" },
      { "2023-01-00", "day" },
      { "1994/1993", "ends before it starts" },
      { "2014-10-02/2014-10-01", "ends before it starts" },
      { "2014-10-01/2014-02-30", "February 2014 has 28 days" },
      { "99999-01-01", "four digits" },
    }
    for _, case in ipairs(cases) do
      it("is refused at " .. case[1], function()
        refused("held(a, b).\nheld(a, b) @ " .. case[1] .. ".\n", "2:14", case[1], case[2])
        refused_query("?- held(X, Y) @ " .. case[1] .. ".", "1:17", case[2])
      end)
    end

    it("is refused where the column is a date's", function()
      refused("on(a, 2023-02-30).\n", "1:7", "February 2023 has 28 days")
    end)

    it("is refused in a view", function()
      local _, err, code = helper.dossier { "-b", base, "--as-of", "2023-02-30", "query", "held(X, Y)" }
      assert.equal(2, code)
      contains(err, "2023-02-30")
    end)
  end)

  describe("nested too deep", function()
    for _, bracket in ipairs { "(", "[", "{" } do
      it("is refused with 10,000 " .. bracket, function()
        refused("held(a, b).\nheld(" .. bracket:rep(10000) .. "a).\n", "2:205", "nested too deep", "200")
        refused_query("?- held(" .. bracket:rep(10000) .. "X, Y).", "1:208", "nested too deep")
      end)
    end

    it("is refused with 10,000 brackets and their ends", function()
      refused("held(" .. ("("):rep(10000) .. "a" .. (")"):rep(10000) .. ", b).\n", "1:205", "nested too deep")
    end)

    it("is refused with 10,000 blocks", function()
      refused(("from s1 {\n"):rep(10000) .. "held(a, b).\n" .. ("}\n"):rep(10000), "201:1",
        "nested too deep")
    end)

    it("is refused in sums and negations without end", function()
      local _, err, code = helper.dossier { "-b", base, "query",
        "?- counted(X, Y, N), N > " .. ("1+"):rep(20000) .. "1." }
      assert(code == 0 or code == 1 or code == 2 and err:find "<query>:1:", err)
      _, err, code = helper.dossier { "-b", base, "query", "?- " .. ("not "):rep(20000) .. "held(a, b)." }
      assert.equal(2, code)
      contains(err, "<query>:1:")
    end)
  end)

  describe("with a token too long", function()
    local huge = 50 * MB

    it("of 50 MB is refused, whatever it is", function()
      refused("held(a, b).\n" .. ("a"):rep(huge), "2:1", "too long", "65535")
      refused("held(a, b).\nsaid(a, \"" .. ("a"):rep(huge) .. "\").\n", "2:9", "too long", "16777216")
      refused("counted(a, b, " .. ("1"):rep(huge) .. ").\n", "1:15", "too long")
      refused("held(" .. ("'"):rep(1) .. ("a"):rep(huge) .. "', b).\n", "1:6", "too long")
      refused("held(<http://" .. ("a"):rep(huge) .. ">, b).\n", "1:6", "too long")
    end)

    it("of 50 MB and no end is refused", function()
      refused("said(a, \"" .. ("a"):rep(huge), "1:9", "not closed")
      refused("/* " .. ("a"):rep(huge), "1:1", "not closed")
    end)

    it("is refused one byte past what a name or a text may have", function()
      refused("held(" .. ("n"):rep(65536) .. ", b).\n", "1:6", "too long", "65535")
      refused(("n"):rep(65536) .. "(a).\n", "1:1", "too long", "65535")
      refused("said(a, \"" .. ("t"):rep(16 * MB + 1) .. "\").\n", "1:9", "too long", "16777216")
    end)

    it("is taken at what a name or a text may have", function()
      local path = taken(("held(%s, b). said(a, \"%s\").\n"):format(("n"):rep(65535), ("t"):rep(16 * MB)), 2)
      local out = helper.dossier { "-b", path, "query", "held(X, b)" }
      contains(out, ("n"):rep(65535))
      out = helper.dossier { "-b", path, "query", "said(a, X)" }
      contains(out, ("t"):rep(16 * MB))
    end)
  end)

  describe("of 50 MB", function()
    it("on one line is taken where its clauses are right", function()
      local clauses, size, n = {}, 0, 0
      while size < 50 * MB do
        n = n + 1
        clauses[n] = ("said(e%d, \"%d %s\"). held(e%d, e%d). "):format(n, n, ("word "):rep(150), n, n % 7)
        size = size + #clauses[n]
      end
      local path = taken(table.concat(clauses), 2 * n)
      local out = helper.dossier { "-b", path, "query", "held(X, e3), held(X, Y)" }
      contains(out, "e3 ")
    end)

    it("on one line with an error at its end is refused there", function()
      local line = ("held(a, b). "):rep(50 * MB // 12 // (helper.sanitized and 20 or 4))
      refused(line .. "held(a b).", "1:" .. #line + 8, "expected")
    end)

    it("of blanks is taken, and of signs refused", function()
      taken((" \t\n"):rep(50 * MB // 3) .. "held(a, b).\n", 1)
      assert(#words((";"):rep(50 * MB)) > 0)
      assert(#words((". "):rep(5 * MB)) > 0)
    end)
  end)

  describe("past a limit", function()
    it("of columns is refused", function()
      refused("wide(a, b, c, d, e, f, g, h, i).\n", "1", "at most 8")
      refused("relation wide(a, b, c, d, e, f, g, h, i).\n", "1", "at most 8")
      refused("wide(" .. ("a, "):rep(20000) .. "a).\n", "1", "at most 8")
      taken("wide(a, b, c, d, e, f, g, h).\n", 1)
    end)

    it("of errors says the first ten, and how many more there are", function()
      local err = words(("held(a b).\n"):rep(5000))
      local _, n = err:gsub("bad%.dl:%d+:%d+: ", "")
      assert(n <= 10, n)
      contains(err, "bad.dl:1:")
    end)

    it("of a clause's size is refused", function()
      refused("held(a, b) from s1 quote " .. ("\"a\" "):rep(1200000) .. ".\n", "1", "too long")
    end)
  end)

  it("cannot talk to the terminal by what is said of it", function()
    for _, clause in ipairs { "held(a, '\\u001b[2J', b).", "held(a, b) \27[2J.",
      "held(a, b) \194\155.", "held(a, b) from '\\u009b2J'." } do
      helper.write(file, clause .. "\n")
      local _, err, code = helper.dossier { "-b", base, "load", file }
      assert.equal(2, code, clause)
      contains(err, "bad.dl:1:")
      assert.falsy(err:find "[\0-\9\11-\31\127]" or err:find "\194[\128-\159]", ("%q"):format(err))
    end
  end)

  describe("that breaks what the base declares", function()
    it("is refused, and what stands beside the error is not kept", function()
      refused("held(good, one).\nheld(a, \"a text\").\nheld(good, two).\n", "2:9")
      refused("held(good, one).\nheld(a, b) from nobody.\n", "2:17", "no source called \"nobody\"")
      refused("held(good, one).\nheld(a, b) @ 1994 grade z9.\n", "2")
      refused("held(good, one).\ncounted(a, b, c).\n", "2:15")
      refused("source s1 { derived_from: s2 }.\n", "1")
      refused("held(good, one).\nheld(X, b).\n", "2:6")
    end)
  end)
end)
