-- The command `rules`, and queries that stand in files.
local helper = require "tests.helper"

local function has(part, text)
  assert(text:find(part, 1, true), ("%q is not in:\n%s"):format(part, text))
end

describe("dossier", function()
  local folder, base, a

  before_each(function()
    folder = helper.folder()
    base, a = folder .. "/my.kb", folder .. "/a.dl"
  end)
  after_each(function() helper.sweep(folder) end)

  local function write(text) return helper.write(a, text) end
  --- All that it printed, the folder left out, and its exit code.
  local function run(...)
    local out, err, code = helper.dossier { ... }
    return ((out .. err):gsub(folder:gsub("%p", "%%%0") .. "/", "")), code
  end
  local function on(...) return run("-b", base, ...) end

  describe("rules", function()
    it("tells of the rules of a base as a text that can be loaded", function()
      write 'p(a).\nq(X) :- p(X),\n  X != b.\n"no {X}" :- q(X).\n'
      assert.equal("my.kb: 1 claim and 2 rules from 1 file\n", (on("load", a)))
      local out = on "rules"
      assert.equal('% #1 a.dl:2\nq(X) :- p(X),\n  X != b.\n% #2 a.dl:4\n"no {X}" :- q(X).\n', out)
      write("p(a).\n" .. out)
      assert.equal("my.kb: 0 claims from 1 file\n", (on("load", a)))
      assert.equal(out:gsub(":%d+\n", ""), (on("rules"):gsub(":%d+\n", "")))
    end)

    it("tells of them in any format of rows, and of files in memory", function()
      write "p(a). q(X) :- p(X)."
      assert.equal("number,relation,text,file,line\n1,q/1,q(X) :- p(X).,a.dl,1\n",
        (run("rules", a, "--format", "csv")))
      has('"relation": "q/1", "text": "q(X) :- p(X).", "file": "a.dl", "line": 1',
        (run("rules", a, "--format", "json")))
    end)

    it("says that there are none", function()
      local out, code = run("rules", write "p(a).")
      assert.same({ "no rules\n", 1 }, { out, code })
    end)

    it("drops some by number or relation, and says what brings them back", function()
      on("load", write "p(a). q(X) :- p(X). r(X) :- p(X).\nq(X) :- r(X).")
      local dropped = "dropped: #1 a.dl:1\n  q(X) :- p(X).\ndropped: #3 a.dl:2\n  q(X) :- r(X).\n"
      assert.equal(dropped .. "(a dry run: nothing was changed)\n",
        (on("rules", "--drop", "q", "--dry-run")))
      assert.equal(dropped
        .. "files that say them bring them back when they are loaded: change them, too\n",
        (on("rules", "--drop", "q/1")))
      has("dropped: #2 a.dl:1", (on("rules", "--drop", "#2")))
      assert.equal("no rules\n", (on "rules"))
      assert.equal("my.kb: 0 claims and 3 rules from 1 file\n", (on("load", a)))
    end)

    it("drops nothing where nothing is so called", function()
      on("load", write "p(a). quite(X) :- p(X).")
      local out, code = on("rules", "--drop", "quitte")
      assert.same({ "no rule is kept for quitte; did you mean quite?\n", 1 }, { out, code })
      out, code = on("rules", "--drop", "#7")
      assert.same({ "no rule is number #7\n", 1 }, { out, code })
      out, code = on("rules", "--drop", "#seven")
      has("a rule's number is written #3; came #seven", out)
      assert.equal(2, code)
    end)

    it("is told what goes together", function()
      on("load", write "p(a).")
      has("--dry-run goes with --drop", (on("rules", "--dry-run")))
      has("to drop rules: dossier rules --drop q", (on("rules", "q")))
      has("after q came r", (on("rules", "--drop", "q", "r")))
    end)
  end)

  describe("load", function()
    it("says what became of rules", function()
      on("load", write "p(a). q(X) :- p(X).")
      write "p(a). r(X) :- p(X)."
      assert.equal("my.kb: would add 0 claims and retract 0, and add 1 rule, and drop 1 rule "
        .. "(nothing changed)\n", (on("load", "--replace", "--dry-run", a)))
      has("1 rule of an earlier load is not said any more; load --replace would drop it",
        (on("load", a)))
      assert.equal("my.kb: 0 claims added, 0 retracted, 1 rule dropped from 1 file\n",
        (on("load", "--replace", a)))
    end)
  end)

  describe("query", function()
    it("answers what files ask, then the one on the command line", function()
      write "p(a). p(b). q(c).\n?- p(X) order by X desc.\n?- q(X),\n   p(a).\n?- q(c)."
      assert.equal("?- p(X) order by X desc.\nX\nb\na\n\n?- q(X),\n   p(a).\nX\nc\n\n"
        .. "?- q(c).\nyes\n\np(X) limit 1\nX\na\n", (run("query", a, "p(X) limit 1")))
    end)

    it("prints only how many answers there are", function()
      write "p(a). p(b).\n?- p(X).\n?- p(c).\n?- p(a)."
      assert.equal("2\n0\n1\n1\n", (run("query", "--count", a, "p(b)"):gsub("dossier: [^\n]*\n", "")))
    end)

    it("prints one query of a file as if it stood on the command line", function()
      assert.equal("X\na\n", (run("query", (write "p(a). ?- p(X)."))))
    end)

    it("exits with 1 where no query has an answer", function()
      assert.equal(1, select(2, run("query", (write "p(a). ?- p(b). ?- p(c)."))))
      assert.equal(0, select(2, run("query", (write "p(a). ?- p(b). ?- p(a)."))))
      assert.equal(2, select(2, run("query", (write "p(a)."))))
    end)

    it("keeps JSON and CSV free of the queries", function()
      write "p(a).\n?- p(X).\n?- p(a)."
      assert.equal('[\n  {"X": {"id": "a"}}\n]\ntrue\n', (run("query", a, "--format", "json")))
      assert.equal("X\na\n\nyes\n", (run("query", a, "--format", "csv")))
    end)
  end)
end)
