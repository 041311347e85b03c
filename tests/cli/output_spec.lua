--- How the command shows things: formats, terminals, colour, the pager.
local helper = require "tests.helper"

local facts = [[
relation joined(entity, entity) once phrase "{1} joined {2}".
source article { title: "An article" }.
from article "background/2" {
  joined(ukraine, pfp) @ 1994.
  joined(georgia, pfp) @ 1994-03.
}
joined('a,b', 'c"d') @ 1995 from article.
deny joined(georgia, pfp) @ 1994-03 from article "denials/1".
label(ukraine, "Україна"@uk).
said(x, "=1+1"). said(y, "two\n\tlines\\"). said(z, "-5"). said(w, " edge ").
has(a, 12345678901234567890). has(b, -0.5). has(c, true). has(d, 1994-02-08).
has(e, "7").
]]

describe("output", function()
  local folder, file
  setup(function()
    folder = helper.folder()
    file = helper.write(folder .. "/some.dl", facts)
  end)
  teardown(function() helper.sweep(folder) end)

  local function contains(text, part)
    assert(text:find(part, 1, true), ("%q is not in:\n%s"):format(part, text))
  end

  local function lacks(text, part)
    assert(not text:find(part, 1, true), ("%q is in:\n%s"):format(part, text))
  end

  --- What a query prints in a format.
  local function query(text, format)
    local out, err = helper.dossier { "query", file, text, "--format", format }
    assert.equal("", err)
    return out
  end

  --- Run the command line on a terminal of `columns`, with settings before it: what
  --- stands on the terminal, and the exit code.
  local function terminal(columns, settings, words, before)
    for i, word in ipairs(words) do words[i] = helper.quote(word) end
    local line = ("stty cols %d rows 24; %s %s %s%s/dossier %s"):format(columns, before or "",
      "env -u NO_COLOR -u PAGER -u DOSSIER_PAGER -u LESS TERM=xterm " .. settings,
      helper.clean, helper.build, table.concat(words, " "))
    local out, _, code = helper.shell(helper.clean .. "timeout 60 script -qec "
      .. helper.quote(line) .. " /dev/null")
    return out:gsub("\r", ""), code
  end

  describe("of a query", function()
    it("is CSV that quotes what needs it, under a head", function()
      assert.equal('X,Y,T\n"a,b","c""d",1995\n', query("joined(X, Y) @ T, T within 1995", "csv"))
      assert.equal('T\n"two\n\tlines\\"\n', query("said(y, T)", "csv"))
      assert.equal('T\n" edge "\n', query("said(w, T)", "csv"))
    end)

    it("is CSV in which no text is a formula, and numbers stay", function()
      assert.equal("T\n'=1+1\n", query("said(x, T)", "csv"))
      assert.equal("T\n-5\n", query("said(z, T)", "csv"))
      assert.equal("T\n-0.5\n", query("has(b, T)", "csv"))
      assert.equal("T\n=1+1\n", query("said(x, T)", "tsv"))
      contains(query("said(x, T)", "json"), '"=1+1"')
    end)

    it("is TSV with tabs, line ends and backslashes escaped", function()
      assert.equal("T\ntwo\\n\\tlines\\\\\n", query("said(y, T)", "tsv"))
      contains(query("joined(X, pfp) @ T", "tsv"), "X\tT\nukraine\t1994\n")
    end)

    it("is JSON with values of their types", function()
      assert.equal('[\n  {"N": 12345678901234567890}\n]\n', query("has(a, N)", "json"))
      assert.equal('[\n  {"N": -0.5}\n]\n', query("has(b, N)", "json"))
      assert.equal('[\n  {"N": true}\n]\n', query("has(c, N)", "json"))
      assert.equal('[\n  {"N": {"time": "1994-02-08"}}\n]\n', query("has(d, N)", "json"))
      assert.equal('[\n  {"N": "7"}\n]\n', query("has(e, N)", "json"))
      assert.equal('[\n  {"L": {"text": "Україна", "lang": "uk"}}\n]\n',
        query("label(ukraine, L)", "json"))
      assert.equal('[\n  {"T": "two\\n\\tlines\\\\"}\n]\n', query("said(y, T)", "json"))
      assert.equal('[\n  {"X": {"id": "a,b"}, "Y": {"id": "c\\"d"}}\n]\n',
        query("joined(X, Y) @ 1995", "json"))
    end)

    it("is one array of all rows in JSON", function()
      local out = query("said(X, T)", "json")
      assert.equal(4, select(2, out:gsub('{"X": ', "")))
      assert.equal(3, select(2, out:gsub("},\n", "")))
      assert(out:find "^%[\n.*\n%]\n$", out)
    end)

    it("is a Markdown table that shows each text as it is", function()
      assert.equal("| N |\n| ---: |\n| -0.5 |\n", query("has(b, N)", "md"))
      assert.equal("| T |\n| --- |\n| two lines\\\\ |\n", query("said(y, T)", "md"))
      assert.equal("| T |\n| --- |\n| =1+1 |\n", query("said(x, T)", "md"))
    end)

    it("has a head or is whole where there is no row", function()
      for format, wanted in pairs {
        csv = "X\n", tsv = "X\n", json = "[]\n", md = "| X |\n| --- |\n", table = "no answers\n",
      } do
        local out, err, code = helper.dossier { "query", file, "said(X, 3)", "--format", format }
        assert.equal("", err)
        assert.equal(wanted, out)
        assert.equal(1, code)
      end
    end)

    it("is yes, no, true or false without variables", function()
      for format, wanted in pairs {
        csv = "yes\n", tsv = "yes\n", json = "true\n", table = "yes\n", text = "yes\n",
      } do
        assert.equal(wanted, query("has(c, true)", format))
      end
      assert.equal("false\n", query("has(c, false)", "json"))
    end)

    it("keeps what could turn a terminal as escapes", function()
      local evil = helper.write(folder .. "/evil.dl",
        'said(a, "x\u{9b}31m\u{202e}y\\u001b").\n')
      assert.equal("T\nx\\u{9b}31m\\u{202e}y\\x1b\n",
        (helper.dossier { "query", evil, "said(a, T)" }))
    end)
  end)

  describe("in an unknown format", function()
    it("is refused before the work, with the nearest", function()
      local absent = folder .. "/absent.dl"
      for _, words in ipairs { { "query", absent, "p(X)" }, { "scripts" },
                               { "summary", absent } } do
        table.insert(words, "--format")
        table.insert(words, "jsno")
        local out, err, code = helper.dossier(words)
        assert.equal("", out)
        assert.equal("dossier: there is no format \"jsno\"; did you mean json?\n", err)
        assert.equal(2, code)
      end
      local _, err = helper.dossier { "query", file, "has(X, Y)", "--format", "html" }
      contains(err, "reports")
      _, err = helper.dossier { "query", file, "has(X, Y)", "--format", "spreadsheet" }
      contains(err, "table, csv, tsv, json, md")
    end)
  end)

  describe("of scripts", function()
    it("is rows in any format", function()
      contains(helper.dossier { "scripts", "--format", "csv" }, "name,summary,where\n")
      contains(helper.dossier { "scripts", "--format", "json" },
        '{"name": "conflicts", "summary": ')
      contains(helper.dossier { "scripts", "--format", "tsv" }, "\tbundled\n")
    end)
  end)

  describe("of a report", function()
    it("is text where a table is asked for", function()
      local text = helper.dossier { "conflicts", file }
      assert.equal(text, (helper.dossier { "conflicts", file, "--format", "table" }))
      assert.equal(text, (helper.dossier { "conflicts", file, "--format", "text" }))
      assert(text ~= helper.dossier { "conflicts", file, "--format", "tsv" })
    end)
  end)

  describe("on a terminal", function()
    local wide
    setup(function()
      local lines = {
        'said(a, "' .. ("word "):rep(20) .. '", 7).',
        'said(b, "' .. ("条約"):rep(20) .. '", 12).',
        'said(c, "' .. ("x"):rep(90) .. '", 345).',
        'said(d, "👩‍👩‍👧 family", 1).',
      }
      wide = helper.write(folder .. "/wide.dl", table.concat(lines, "\n"))
    end)

    it("fits the terminal, whatever its width, and loses nothing", function()
      local dossier = require "dossier"
      for _, columns in ipairs { 30, 40, 80, 120 } do
        local out = terminal(columns, "NO_COLOR=1",
          { "query", wide, "said(X, T, N)", "--no-pager" })
        for line in out:gmatch "[^\n]+" do
          assert(dossier.width(line) <= columns, columns .. ": " .. line)
        end
        assert.equal(20, select(2, out:gsub("word", "")))
        assert.equal(90, select(2, out:gsub("x", "")))
        assert.equal(20, select(2, out:gsub("条", "")))
      end
    end)

    it("keeps columns in line whatever their characters", function()
      local dossier = require "dossier"
      local out = terminal(60, "NO_COLOR=1",
        { "query", wide, "said(X, T, N)", "--no-pager" })
      local right
      for line in out:gmatch "[^\n]+" do
        if line:find "%d$" then
          right = right or dossier.width(line)
          assert.equal(right, dossier.width(line), line)
        end
      end
      assert(right)
    end)

    it("is not wrapped anywhere else", function()
      local out = helper.dossier { "query", wide, "said(a, T, N)" }
      assert.equal(2, select(2, out:gsub("\n", "")))
    end)

    it("has colour, but for NO_COLOR and dumb terminals", function()
      local words = { "conflicts", file, "--no-pager" }
      local out = terminal(80, "", { table.unpack(words) })
      contains(out, "\27[1mConflicts\27[0m")
      contains(out, "\27[31mDenied:\27[0m")
      contains(out, "\27[2m[article background/2]\27[0m")
      lacks(terminal(80, "NO_COLOR=1", { table.unpack(words) }), "\27")
      lacks(terminal(80, "TERM=dumb", { table.unpack(words) }), "\27")
      contains(terminal(80, "NO_COLOR=", { table.unpack(words) }), "\27[1m")
      lacks(helper.dossier(words), "\27")
      contains(terminal(80, "", { "query", file, "has(X, c)", "--no-pager" }), "no answers")
      contains(terminal(80, "", { "query", file, "has(X, true)", "--no-pager" }),
        "\27[1mX\27[0m")
    end)

    it("sets errors apart", function()
      local out, code = terminal(80, "", { "query", file, "joind(X)" })
      assert.equal(2, code)
      contains(out, "\27[1;31mdossier:\27[0m ")
      contains(out, "\27[1;31m  ^\27[0m")
      lacks(terminal(80, "NO_COLOR=1", { "query", file, "joind(X)" }), "\27")
    end)
  end)

  describe("through a pager", function()
    local paged = "DOSSIER_PAGER='sed s/^/P:/'"

    it("goes where a terminal is, and has its width and colour", function()
      for _, words in ipairs { { "query", file, "has(X, Y)" }, { "summary", file },
                               { "query", "--help" }, { "--help" }, { "scripts" },
                               { "summary", "--help" }, { "run", "--help" } } do
        local out, code = terminal(80, paged, words)
        assert.equal(0, code)
        for line in out:gmatch "[^\n]+" do assert(line:find "^P:", out) end
        assert(#out > 0)
      end
      contains(terminal(80, paged, { "query", file, "has(X, Y)" }), "P:\27[1mX")
    end)

    it("is the first that is set", function()
      local words = { "query", file, "has(b, Y)" }
      contains(terminal(80, "PAGER='sed s/^/Q:/'", { table.unpack(words) }), "Q:-0.5")
      contains(terminal(80, paged .. " PAGER='sed s/^/Q:/'", { table.unpack(words) }), "P:-0.5")
      lacks(terminal(80, "PAGER='sed s/^/Q:/' DOSSIER_PAGER=", { table.unpack(words) }), "Q:")
    end)

    it("is none where none is wanted, or there is none", function()
      for _, settings in ipairs { "PAGER=", "PAGER=cat", "PAGER=no-such-program",
                                  "PAGER=/no/such/program", paged .. " TERM=dumb" } do
        local out, code = terminal(80, settings, { "query", file, "has(b, Y)" })
        assert.equal(0, code)
        assert(out:find "\n%-0.5\n$", settings .. ":\n" .. out)
      end
      local out = terminal(80, paged, { "query", file, "has(b, Y)", "--no-pager" })
      lacks(out, "P:")
      out = helper.shell(("%s %s%s/dossier query %s 'has(b, Y)'"):format(paged, helper.clean,
        helper.build, file))
      assert.equal("   Y\n-0.5\n", out)
    end)

    it("keeps the exit code, and errors are seen past it", function()
      local out, code = terminal(80, paged, { "query", file, "joined(X, ukraine)" })
      assert.equal("P:no answers\n", out)
      assert.equal(1, code)
      out, code = terminal(80, paged .. " NO_COLOR=1", { "query", file, "joind(X)" })
      assert.equal(2, code)
      assert(out:find "^dossier: ", out)
      lacks(out, "P:")
      local failing = helper.write(folder .. "/failing.lua",
        "--- failing: fails.\n--\n-- Usage: dossier failing\nprint 'so far'\nerror 'on purpose'\n")
      out, code = terminal(80, paged .. " NO_COLOR=1", { failing, file })
      assert.equal(2, code)
      assert(out:find "^P:so far\ndossier: .*on purpose", out)
    end)

    it("may be left early", function()
      local lines = {}
      for i = 1, 20000 do lines[i] = "n(" .. i .. ")." end
      local many = helper.write(folder .. "/many.dl", table.concat(lines, "\n"))
      for _, words in ipairs { { "query", many, "n(X)" },
                               { "query", many, "n(X)", "--format", "json" },
                               { "timeline", file, "ukraine" } } do
        for _, pager in ipairs { "'head -n 2'", "true" } do
          local out, code = terminal(80, "NO_COLOR=1 PAGER=" .. pager, { table.unpack(words) })
          assert.equal(0, code)
          lacks(out, "dossier")
          assert(select(2, out:gsub("\n", "")) <= 2, out)
        end
      end
    end)

    it("shows what is short at once where it is less", function()
      if helper.shell "command -v less" == "" then return pending "less is not installed" end
      local out, code = terminal(80, "NO_COLOR=1", { "query", file, "has(b, Y)" })
      assert.equal(0, code)
      contains(out, "-0.5")
    end)
  end)

  describe("that suggests", function()
    local function told(words)
      local _, err, code = helper.dossier(words)
      assert.equal(2, code)
      return err
    end

    it("what was meant by a command, an option, a relation or a name", function()
      contains(told { "sumary", file }, 'did you mean "summary"?')
      contains(told { "qeury", "--help" }, 'did you mean "query"?')
      contains(told { "query", file, "joined(X, Y)", "--as-off", "2000" }, "--as-of?")
      contains(told { "summary", file, "--as-off", "2000" }, "--as-of?")
      contains(told { "timeline", file, "ukrane" }, 'did you mean "ukraine"?')
      contains(told { "query", file, "joind(X, Y)" }, 'did you mean "joined"?')
      contains(told { "summary", file, "--speaker", "ukrane" }, 'did you mean "ukraine"?')
      contains(select(2, helper.dossier { "query", file, "joined(ukrane, Y)" }),
        'did you mean "ukraine"?')
    end)

    it("quotes for a name with a minus in it", function()
      contains(told { "query", file, "joined(X, ada-marlow)" }, "'ada-marlow'")
      contains(told { "query", file, "joined(X, a-b-3)" }, "'a-b-3'")
      lacks(told { "query", file, "joined(X, 3 - 1)" }, "quoted")
    end)
  end)
end)
