-- The command `load`: what it prints, what it tries, how it is stopped.
local helper = require "tests.helper"

local function has(part, text)
  assert(text:find(part, 1, true), ("%q is not in:\n%s"):format(part, text))
end

describe("dossier load", function()
  local folder, base, a

  before_each(function()
    folder = helper.folder()
    base, a = folder .. "/my.kb", folder .. "/a.dl"
  end)
  after_each(function() helper.sweep(folder) end)

  --- Run it with options and files: all that it printed, its exit code.
  local function load(...)
    local out, err, code = helper.dossier { "-b", base, "load", ... }
    return (out .. err):gsub(folder .. "/", ""), code
  end
  local function prints(wanted, ...) assert.equal(wanted, (load(...))) end
  local function write(text) helper.write(a, text) end

  it("says how many claims came from how many files", function()
    write "p(a). p(b)."
    prints("my.kb: 2 claims from 1 file\n", a)
    local b = helper.write(folder .. "/b.dl", "p(c).")
    prints("my.kb: 1 claim from 2 files\n", a, b)
    prints("my.kb: 0 claims from 2 files\n", a, b)
  end)

  it("says what a plain load retracted, too", function()
    write "p(a). p(b)."
    load(a)
    write "p(a). retract p(b)."
    prints("my.kb: 0 claims added, 1 retracted from 1 file\n", a)
  end)

  it("notes what a plain load left as it was, until it is replaced", function()
    write "p(a). p(b). p(c)."
    load(a)
    write "p(a)."
    for _ = 1, 2 do
      prints("my.kb: 0 claims from 1 file\ndossier: note: 2 claims made by an earlier load "
        .. "are not made any more; load --replace would retract them\n", a)
    end
    prints("my.kb: 0 claims added, 2 retracted from 1 file\n", "--replace", a)
    prints("my.kb: 0 claims from 1 file\n", a)
  end)

  it("replaces what the file said when it was last loaded", function()
    write "p(a). p(b). p(c)."
    load(a)
    write "p(a). p(d)."
    prints("my.kb: 1 claim added, 2 retracted from 1 file\n", "--replace", a)
    local out = helper.dossier { "-b", base, "query", "p(X)" }
    assert.equal("X\na\nd\n", out)
  end)

  it("tells of declarations that change", function()
    write "relation p(a) once. relation q(a). p(a) @ 1994. p(a) @ 1995."
    prints("my.kb: 2 claims from 1 file\n", a)
    write "relation p(a) holds. relation q(a). p(a) @ 1994. p(a) @ 1995."
    prints("my.kb: would add 0 claims and retract 0, and declare 1 relation (nothing changed)\n",
      "--replace", "--dry-run", a)
    prints("my.kb: 0 claims added, 0 retracted, 1 relation declared from 1 file\n", "--replace", a)
    prints("my.kb: 0 claims added, 0 retracted from 1 file\n", "--replace", a)
  end)

  it("notes files that the base does not know", function()
    write "p(a)."
    local b = helper.write(folder .. "/b.dl", "p(b).")
    prints("my.kb: 2 claims added, 0 retracted from 2 files\n" ..
      "dossier: note: 2 files were not loaded into this base before; nothing to replace\n", "--replace", a, b)
    prints("my.kb: 0 claims added, 0 retracted from 2 files\n", a, "--replace", b)
  end)

  it("shows in a dry run what would change, and changes nothing", function()
    write 'source article { title: "A" }. joined(a, b) @ 1994 from article "background/2". p(a).'
    prints('+ source(article)\n+ source_title(article, "A")\n' ..
      '+ joined(a, b) @ 1994 from article "background/2"\n+ p(a)\n' ..
      "my.kb: would add 4 claims and retract 0 (nothing changed)\n", "--dry-run", a)
    local left = helper.shell("ls " .. helper.quote(folder))
    assert.equal("a.dl\n", left)
    load(a)
    local before = helper.read(base)
    write 'source article { title: "B" }. deny joined(a, b) @ 1994 from article.'
    prints('+ source_title(article, "B")\n+ deny joined(a, b) @ 1994 from article\n' ..
      '- source_title(article, "A")\n- joined(a, b) @ 1994 from article "background/2"\n- p(a)\n' ..
      "my.kb: would add 2 claims and retract 3 (nothing changed)\n", "--dry-run", "--replace", a)
    assert.equal(before, helper.read(base))
  end)

  it("shows twenty of each and counts the rest", function()
    write "p(1..22)."
    load(a)
    write "q(1..23)."
    local out = load("--dry-run", "--replace", a)
    local added, retracted = select(2, out:gsub("\n%+ q", "")), select(2, out:gsub("\n%- p", ""))
    assert.same({ 19, 20 }, { added, retracted }) -- one stands at the beginning
    has("+ q(20)\n+ and 3 more\n- p(1)\n", out)
    has("- p(20)\n- and 2 more\nmy.kb: would add 23 claims and retract 22", out)
  end)

  it("shows the errors of a file in a dry run", function()
    write "p(a). p(b"
    local out, code = load("--dry-run", a)
    has("a.dl:1:10:", out)
    assert.equal(2, code)
    assert.is_nil(helper.read(base))
  end)

  it("tells of retractions that find nothing", function()
    write "p(a).\n  retract p(b).\nretract p(a).\n"
    prints("my.kb: 1 claim added, 1 retracted from 1 file\n" ..
      "dossier: note: a.dl:2:3: nothing to retract: retract p(b).\n", a)
    local lines = { "p(a)." }
    for i = 1, 12 do lines[#lines + 1] = ("retract p(x%d)."):format(i) end
    write(table.concat(lines, "\n"))
    local out, code = load(a)
    assert.equal(10, select(2, out:gsub("nothing to retract: ", "")))
    has("note: 2 more clauses found nothing to retract", out)
    assert.equal(0, code)
  end)

  it("tells of queries that were not run, and of what it skips", function()
    write "p(a).\nq(X) :- p(X).\n  ?- q(X).\n#show q/1.\n:- table q/1.\n?- p(X)."
    prints("my.kb: 1 claim and 1 rule from 1 file\n" ..
      "dossier: note: a.dl:3:3: a load answers no queries; run it with 'dossier query'\n" ..
      'dossier: note: a.dl:4:1: "#show" is skipped: it says nothing that is true or false here\n' ..
      'dossier: note: a.dl:5:1: ":- table" is skipped: it says nothing that is true or false here\n' ..
      "dossier: note: a.dl:6:1: a load answers no queries; run it with 'dossier query'\n", a)
    write(("?- p(X).\n"):rep(13) .. ("#show p/1.\n"):rep(11))
    local out, code = load(a)
    assert.equal(10, select(2, out:gsub("answers no queries", "")))
    has("note: 3 more queries were not run", out)
    has("note: 1 more directive is skipped", out)
    assert.equal(0, code)
  end)

  it("says nothing of queries in a load that fails", function()
    write "?- p(X).\nq(X, Y) :- p(X).\np(a)."
    local out, code = load(a)
    assert.is_nil(out:find("note:", 1, true))
    assert.equal(2, code)
  end)

  it("refuses to let a source vanish, and says why", function()
    write "source s {}. p(a) from s."
    load(a)
    helper.dossier({ "-b", base, "load", "-" }, "p(b) from s.")
    write "q(a)."
    local out, code = load("--replace", a)
    has('source "s" is no longer declared, and 1 live claim still names it', out)
    assert.equal(2, code)
    assert.equal("X\na\nb\n", (helper.dossier { "-b", base, "query", "p(X)" }))
  end)

  it("has its options and an example in its help", function()
    local out = helper.dossier { "load", "--help" }
    for _, part in ipairs { "--replace", "--dry-run", "Ctrl-C", "$ dossier -b my.kb load --replace notes.dl" } do
      has(part, out)
    end
    has("load FILE...", (helper.dossier { "--help" }))
  end)

  it("asks for a file", function()
    local out, code = load("--replace")
    has("load which files?", out)
    assert.equal(2, code)
  end)

  describe("of a file that takes its time", function()
    local tool = helper.clean .. helper.quote(helper.build .. "/dossier")
    local dossier = tool .. " -b %s load "
    local pipe
    before_each(function() pipe = folder .. "/pipe" end)

    -- What is written so is read by the grammar, which takes its time.
    local function big(facts)
      local lines = {}
      for i = 1, facts do lines[i] = ("stated edge(n%d, n%d)."):format(i % 9000, i * 7919 % 9001) end
      write(table.concat(lines, "\n"))
    end

    --- Interrupt a load of a.dl.  The pipe is opened by a load that heeds interrupts, and has
    --- taken most of the file when the interrupt comes.  What a shell has behind it ignores
    --- them unless told.
    ---@param more string   what the shell does then
    local function interrupt(more)
      local out, err, code = helper.shell(([[
        mkfifo %s
        env --default-signal=INT %s %s & loading=$!
        cat %s > %s
        kill -INT $loading
        %s
        wait $loading
      ]]):format(helper.quote(pipe), dossier:format(base), helper.quote(pipe), helper.quote(a),
        helper.quote(pipe), more))
      os.remove(pipe)
      assert.equal("dossier: stopped; nothing was changed\n", out .. err)
      assert.equal(130, code)
    end

    it("is stopped by an interrupt, and the base is as it was", function()
      write "p(a)."
      load(a)
      local before = helper.read(base)
      big(800000)
      interrupt ""
      assert.equal(before, helper.read(base))
      assert.equal("a.dl\nmy.kb\n", (helper.shell("ls " .. folder)))
    end)

    it("is stopped once by two interrupts on each other's heels", function()
      big(800000)
      interrupt "sleep 0.02; kill -INT $loading"
      assert.equal("a.dl\n", (helper.shell("ls " .. folder)))
    end)

    it("is stopped while facts are put in bulk, in words that say so, or was done by then", function()
      local lines = {}
      for i = 1, 300000 do lines[i] = ('label(thing_%d, "Some words on thing %d").'):format(i, i * 7919) end
      write(table.concat(lines, "\n"))
      for _, seconds in ipairs { 0.7, 1.0, 1.1, 1.2, 1.4 } do
        local out, err, code = helper.shell(("timeout --preserve-status -s INT %.1f "):format(seconds) ..
          dossier:format(base) .. a)
        local done = code == 0
        assert.equal(done and "my.kb: 300000 claims from 1 file\n" or "dossier: stopped; nothing was changed\n",
          ((out .. err):gsub("^.*/my", "my")))
        assert.equal(done and 0 or 130, code)
        assert.equal(done and "a.dl\nmy.kb\n" or "a.dl\n", (helper.shell("ls " .. folder)))
        os.remove(base)
      end
    end)

    it("is stopped while it waits for standard input, as other commands are", function()
      for _, command in ipairs { "load -", "import --format nt -",
        "import --format csv --as 'p(a)' -", "import --format jsonl -" } do
        -- The interrupt comes when it is heeded and the command sleeps, with the pipe open
        -- for longer than it takes.
        local out, err, code = helper.shell(([[
          mkfifo %s
          sleep 100 > %s & writer=$!
          env --default-signal=INT %s -b %s %s < %s & reader=$!
          until grep -q '^SigCgt:.*[2367abef]$' /proc/$reader/status &&
                grep -q '^State:.S' /proc/$reader/status; do sleep 0.05; done
          kill -INT $reader
          wait $reader
          code=$?
          kill $writer || exit 1
          exit $code
        ]]):format(helper.quote(pipe), helper.quote(pipe), tool, base, command, helper.quote(pipe)))
        os.remove(pipe)
        assert.equal("dossier: stopped; nothing was changed\n", out .. err, command)
        assert.equal(130, code)
        assert.is_nil(helper.read(base))
      end
    end)

    it("shows on a terminal how far it is, and nothing elsewhere", function()
      if select(3, helper.shell "command -v script") ~= 0 then return pending "no script(1) here" end
      big(800000)
      local words = dossier:format(base) .. "--dry-run " .. a .. " > /dev/null"
      local out = helper.shell("script -qec " .. helper.quote(words) .. " /dev/null")
      has("\rreading ", out)
      assert.truthy(out:find "a%.dl  %d+ %%\27%[K")
      assert.truthy(out:find "\r\27%[K$")
      assert.equal("", (select(2, helper.shell(words))))
    end)
  end)
end)
