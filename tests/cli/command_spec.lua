--- The dossier command: what it prints, where, and its exit codes.
local helper = require "tests.helper"

local facts = [[
relation joined(entity, entity) once phrase "{1} joined {2}".
source article { title: "An article", kind: web_article, date: 2023, reliability: c }.
source record { title: "A record", reliability: a }.
from article "background/2" {
  joined(ukraine, pfp) @ 1994.
  joined(ukraine, nacc) @ 1991.
  assessed joined(georgia, pfp) @ 1994-03.
}
joined(ukraine, pfp) @ 1994-02-08 from record "1994" grade 1.
label(pfp, "Partnership for Peace").
label(ukraine, "Україна"@uk).
size(nacc, 38). size(pfp, 9).
]]

describe("the command", function()
  local folder, base, file
  setup(function()
    folder = helper.folder()
    base, file = folder .. "/some.kb", helper.write(folder .. "/some.dl", facts)
    local _, err, code = helper.dossier { "-b", base, "load", file }
    assert.equal("", err)
    assert.equal(0, code)
  end)
  teardown(function() helper.sweep(folder) end)

  --- Run it; its output, having failed in no way.
  local function good(arguments, input)
    local out, err, code = helper.dossier(arguments, input)
    assert.equal("", err)
    assert.equal(0, code)
    return out
  end

  --- Run it; what it said on standard error, having exited with 2 and printed nothing.
  local function bad(arguments, input)
    local out, err, code = helper.dossier(arguments, input)
    assert.equal(2, code, err)
    assert.equal("", out)
    assert(err:find "^dossier: ", err)
    return err
  end

  local function contains(text, part)
    assert(text:find(part, 1, true), ("%q is not in:\n%s"):format(part, text))
  end

  describe("on its own", function()
    it("tells its version", function()
      assert.equal("dossier 0.1.0\n", good { "--version" })
    end)

    it("helps, and names its commands, options and exit codes", function()
      local out = good { "--help" }
      for _, word in ipairs { "load", "query", "run", "scripts", "info", "--as-of",
                              "--known-at", "--min-grade", "$DOSSIER_BASE", "Exit codes" } do
        contains(out, word)
      end
      assert.equal(out, good { "-h" })
    end)

    it("helps with each command and script", function()
      for _, name in ipairs { "load", "query", "run", "scripts" } do
        contains(good { name, "--help" }, "Usage: dossier")
        contains(good { "--help", name }, "Usage: dossier")
      end
      contains(good { "summary", "--help" }, "Usage:")
      contains(good { "run", "summary", "--help" }, "Usage:")
      contains(good { "info", "--help" }, "Usage:")
    end)

    it("says what is missing where nothing is asked", function()
      contains(bad {}, "dossier --help")
      contains(bad { "-b", base }, "dossier --help")
    end)

    it("lists the scripts, a line each, by name", function()
      local out = good { "scripts" }
      local before = ""
      for line in out:gmatch "[^\n]+" do
        local name, summary = line:match "^(%S+)%s+(%S.*)$"
        assert(name and before < name, line)
        assert(#summary > 0)
        before = name
      end
      contains(out, "summary")
      contains(out, "info")
    end)
  end)

  describe("given something wrong", function()
    it("suggests the nearest command, script or option", function()
      contains(bad { "qeury", "p(X)" }, "did you mean \"query\"?")
      contains(bad { "sumary" }, "did you mean \"summary\"?")
      contains(bad { "-b", base, "query", "--asof", "2000", "p(X)" }, "--as-of")
      contains(bad { "--setled", "scripts" }, "did you mean --settled?")
      contains(bad { "xyzzyx" }, "dossier --help")
    end)

    it("refuses an option without its value, twice, or with one too many", function()
      contains(bad { "query", "p(X)", "--as-of" }, "--as-of needs a value")
      contains(bad { "-b" }, "--base needs a value")
      contains(bad { "-b", base, "-b", file, "query", "p(X)" }, "twice")
      contains(bad { "-b", base, "--fold=yes", "query", "p(X)" }, "--fold takes no value")
    end)

    it("says which base it needs", function()
      contains(bad { "query", "p(X)" }, "$DOSSIER_BASE")
      contains(bad { "load", file }, "$DOSSIER_BASE")
      contains(bad { "summary" }, "$DOSSIER_BASE")
    end)

    it("does not make a base by asking it", function()
      local absent = folder .. "/absent.kb"
      contains(bad { "-b", absent, "query", "p(X)" }, "absent.kb")
      contains(bad { "-b", absent, "summary" }, "absent.kb")
      assert.is_nil(helper.read(absent))
    end)

    it("takes a file's name for what it is", function()
      contains(bad { file }, "load")
      contains(bad { "-b", base, "query", file, "p(X)" }, "load " .. file)
    end)

    it("tells errors in a query with their place and a caret", function()
      local err = bad { "-b", base, "query", "?- joined(X, ." }
      contains(err, "1:")
      contains(err, "^")
      contains(bad { "-b", base, "query", "?- joind(X, Y)." }, "joined")
    end)

    it("asks for one query", function()
      contains(bad { "-b", base, "query" }, "which query")
      contains(bad { "query", file }, "which query")
      contains(bad { "-b", base, "query", "p(X)", "p(Y)" }, "one query at a time")
    end)

    it("tells what is wrong with a view", function()
      contains(bad { "-b", base, "--as-of", "2023-02-30", "query", "joined(X, Y)" },
        "2023-02-30")
      contains(bad { "-b", base, "--source", "recrod", "query", "joined(X, Y)" }, "record")
      contains(bad { "-b", base, "--kind", "sated", "query", "joined(X, Y)" }, "sated")
      contains(bad { "-b", base, "--min-grade", "z", "query", "joined(X, Y)" }, "z")
      contains(bad { "-b", base, "--known-at", "soon", "query", "joined(X, Y)" }, "soon")
    end)

    it("tells that the clock it was given is none", function()
      contains(bad { "-b", base, "--now", "noon", "query", "joined(X, Y)" }, "noon")
    end)
  end)

  describe("load", function()
    it("says what it loaded, and makes the base", function()
      local path = folder .. "/made.kb"
      local out = good { "-b", path, "load", file }
      assert(out:find(path .. ": %d+ claims from 1 file\n", 1), out)
      assert(good { "-b", path, "load", file }:find ": 0 claims from 1 file\n")
      contains(good { "-b", path, "query", "joined(ukraine, pfp) @ 1994" }, "yes")
    end)

    it("reads standard input", function()
      local path = folder .. "/piped.kb"
      good({ "-b", path, "load", "-" }, "p(a). p(b).")
      assert.equal("X\na\nb\n", good { "-b", path, "query", "p(X)" })
    end)

    it("changes nothing where a file has an error, and tells each", function()
      local path = folder .. "/whole.kb"
      good({ "-b", path, "load", "-" }, "p(a).")
      local before = helper.read(path)
      local wrong = helper.write(folder .. "/wrong.dl", "p(b).\np(c\np(d).\nq(e) from x.\n")
      local err = bad { "-b", path, "load", file, wrong }
      contains(err, wrong .. ":")
      contains(err, "^")
      assert.equal(before, helper.read(path))
      assert.equal("X\na\n", good { "-b", path, "query", "p(X)" })
    end)

    it("makes no base of files that it cannot read", function()
      local path = folder .. "/none.kb"
      contains(bad { "-b", path, "load", "no/such.dl" }, "no/such.dl")
      assert.is_nil(helper.read(path))
      contains(bad { "-b", path, "load", folder }, "directory")
      contains(bad { "-b", path, "load" }, "which files")
    end)

    it("takes no options of a view", function()
      contains(bad { "-b", base, "--fold", "load", file }, "view")
    end)

    it("records at the time that it is told", function()
      local path = folder .. "/clock.kb"
      good({ "-b", path, "--now", "2026-01-02T03:04:05Z", "load", "-" }, "p(a).")
      good({ "-b", path, "load", "--now=2026-02-02T00:00:00Z", "-" }, "p(b).")
      assert.equal("X\na\n",
        good { "-b", path, "--known-at", "2026-01-15", "query", "p(X)" })
      assert.equal("X\na\nb\n",
        good { "-b", path, "--known-at", "2026-02-15", "query", "p(X)" })
      assert.equal("X\na\n", good { "-b", path, "--known-at", "#1", "query", "p(X)" })
    end)
  end)

  describe("query", function()
    it("prints a table with the variables on top, numbers at the right", function()
      assert.equal("X        T\n" ..
                   "ukraine  1994-02-08\n" ..
                   "ukraine  1994\n" ..
                   "georgia  1994-03\n",
        good { "-b", base, "query", "?- joined(X, pfp) @ T." })
      assert.equal("X      N\npfp    9\nnacc  38\n", good { "-b", base, "query", "size(X, N)" })
    end)

    it("prints yes or no where no variable is named", function()
      assert.equal("yes\n", good { "-b", base, "query", "joined(ukraine, _)" })
      local out, err, code = helper.dossier { "-b", base, "query", "joined(pfp, _)" }
      assert.equal("no\n", out)
      assert.equal("", err)
      assert.equal(1, code)
    end)

    it("exits with 1 where there is no answer", function()
      local out, err, code = helper.dossier { "-b", base, "query", "joined(pfp, X)" }
      assert.equal("no answers\n", out)
      assert.equal("", err)
      assert.equal(1, code)
    end)

    it("shows a text's language, and control characters as escapes", function()
      assert.equal("L\nУкраїна@uk\n", good { "-b", base, "query", "label(ukraine, L)" })
      assert.equal("X\na\\nb\\tc\n",
        good({ "query", "-", "t(X)" }, "t(\"a\\nb\\tc\").\n"))
    end)

    it("aligns wide characters and marks", function()
      assert.equal("X     N\n潮見  1\nи\204\134     2\nabc   3\n",
        (good({ "query", "-", "t(X, N)" },
          "t(\"潮見\", 1). t(\"и\204\134\", 2). t(\"abc\", 3).\n")
          :gsub("^(X *N\n)(.*)$", function(head, rows)
            -- In the order of N, whatever that of the texts is.
            local lines = {}
            for line in rows:gmatch "[^\n]+\n" do lines[#lines + 1] = line end
            table.sort(lines, function(a, b) return a:match "%d\n" < b:match "%d\n" end)
            return head .. table.concat(lines)
          end)))
    end)

    it("takes files in memory, before the base of the environment", function()
      local out = good { "query", file, "joined(georgia, X)" }
      assert.equal("X\npfp\n", out)
      out = helper.shell(("DOSSIER_BASE=no/such.kb %s%s/dossier query %s 'joined(georgia, X)'")
        :format(helper.clean, helper.build, file))
      assert.equal("X\npfp\n", out)
    end)

    it("loads several files as one", function()
      local other = helper.write(folder .. "/other.dl",
        "joined(norway, nato) @ 1949-04-04 from record.\n")
      assert.equal("X\nnorway\n", good { "query", other, file, "joined(X, nato)" })
    end)

    it("asks the base of the environment", function()
      local out, err, code = helper.shell(
        ("DOSSIER_BASE=%s %s%s/dossier query 'joined(georgia, X)'")
          :format(base, helper.clean, helper.build))
      assert.equal("", err)
      assert.equal("X\npfp\n", out)
      assert.equal(0, code)
    end)

    it("takes its options before and behind the command", function()
      local wanted = "X\nnacc\n"
      assert.equal(wanted, good { "-b", base, "--as-of", "1992", "query", "joined(_, X)" })
      assert.equal(wanted, good { "query", "joined(_, X)", "--as-of=1992", "-b", base })
      assert.equal(wanted, good { "query", "--as-of", "1992", "-b" .. base, "joined(_, X)" })
      assert.equal(wanted, good { "--base=" .. base, "--as-of=1992", "query", "--",
                                  "joined(_, X)" })
    end)

    it("sees what the view lets through", function()
      local function rows(...)
        return select(2, good({ "-b", base, "query", "joined(X, Y) @ T", ... })
          :gsub("\n", "")) - 1
      end
      assert.equal(4, rows())
      assert.equal(1, rows("--source", "record"))
      assert.equal(4, rows("--source", "record", "--source", "article"))
      assert.equal(1, rows("--kind", "assessed"))
      assert.equal(4, rows("--kind", "assessed", "--kind", "stated"))
      assert.equal(1, rows("--min-grade", "b2"))
      assert.equal(3, rows("--since", "1993"))
      assert.equal(1, rows("--until", "1991"))
      assert.equal(2, rows("--as-of", "1994-02-28"))
      assert.equal(3, rows("--as-of", "1994-02-28", "--possible"))
      assert.equal(3, rows("--fold"))
    end)

    it("changes no byte of the base", function()
      local before = helper.read(base)
      good { "-b", base, "query", "joined(X, Y)" }
      assert.equal(before, helper.read(base))
      assert.equal("", (helper.shell("ls " .. base .. "-* 2> /dev/null")))
    end)

    it("ends quietly where the reader of a pipe has left", function()
      local lines = {}
      for i = 1, 20000 do lines[i] = "n(" .. i .. ")." end
      local many = helper.write(folder .. "/many.dl", table.concat(lines, "\n"))
      local out, err = helper.shell(("%s%s/dossier query %s 'n(X)' | head -n 2")
        :format(helper.clean, helper.build, many))
      assert.equal("X\n1\n", (out:gsub(" *(%d)", "%1"):gsub(" +X", "X")))
      assert.equal("", err)
    end)

    it("says so where its output cannot be written", function()
      local _, err, code = helper.shell(("%s%s/dossier -b %s query 'joined(X, Y)' > /dev/full")
        :format(helper.clean, helper.build, base))
      contains(err, "could not be written")
      assert.equal(2, code)
    end)
  end)

  describe("a script", function()
    local echo = [[
--- echo: says what it was given.
--
-- Usage:   dossier echo [WORDS...] [--since DATE]
return { main = function(kb, args)
  local n = 0
  for _ in kb:query "joined(X, Y) @ T" do n = n + 1 end
  print(n, args.since)
  return nil, n > 2 and 0 or 1
end }
]]
    local path
    setup(function() path = helper.write(folder .. "/echo.lua", echo) end)

    it("runs by path, by name and with run", function()
      local wanted = good { "-b", base, "run", path }
      assert.equal("4\tnil\n", wanted)
      assert.equal(wanted, good { "-b", base, path })
      local out = helper.shell(("DOSSIER_PATH=%s %s%s/dossier -b %s echo"):format(folder,
        helper.clean, helper.build, base))
      assert.equal(wanted, out)
      out = helper.shell(("DOSSIER_PATH=/none:%s %s%s/dossier scripts"):format(folder,
        helper.clean, helper.build))
      contains(out, "says what it was given")
      contains(out, folder)
    end)

    it("is seen through the view, from options on either side of its name", function()
      local out, _, code = helper.dossier { "-b", base, "--source", "record", path }
      assert.equal("1\tnil\n", out)
      assert.equal(1, code)
      assert.equal("1\tnil\n", (helper.dossier { "-b", base, path, "--source", "record" }))
    end)

    it("keeps the options that its usage names", function()
      assert.equal("4\t1993\n", good { "-b", base, path, "--since", "1993" })
      assert.equal("3\tnil\n", good { "-b", base, "--since", "1993", path })
    end)

    it("runs on files in memory", function()
      assert.equal("4\tnil\n", good { path, file })
    end)

    it("gives its exit code and its errors", function()
      contains(bad { "-b", base, "run", "no-such-script" }, "no-such-script")
      contains(bad { "-b", base, folder .. "/none.lua" }, "none.lua")
      contains(bad { "-b", base, "run" }, "dossier scripts")
      local failing = helper.write(folder .. "/failing.lua",
        "--- failing: fails.\n--\n-- Usage: dossier failing\nerror 'on purpose'\n")
      contains(bad { "-b", base, failing }, "on purpose")
      assert.equal(2, select(3, helper.dossier { "-b", base, "summary", "--nonsense" }))
    end)

    it("reads a base that cannot be written", function()
      local locked = folder .. "/locked"
      os.execute(("mkdir %s && cp %s %s/some.kb && chmod a-w %s %s/some.kb")
        :format(locked, base, locked, locked, locked))
      contains(good { "-b", locked .. "/some.kb", "info" }, "joined/2")
      contains(good { "-b", locked .. "/some.kb", "query", "joined(georgia, X)" }, "pfp")
    end)
  end)

  describe("info", function()
    it("counts facts by relation, sources and transactions", function()
      local out = good { "-b", base, "info" }
      contains(out, "joined/2")
      contains(out, "size/2")
      contains(out, "An article")
      contains(out, "2 sources")
      contains(out, "1 transaction")
      assert(out:find "joined/2 +once +4 +1991 +1994", out)
    end)
  end)
end)
