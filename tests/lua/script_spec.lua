--- How scripts are found, what they are given, and how they end.
local dossier = require "dossier"
local helper = require "tests.helper"

local facts = [[
  label(ukraine, "Ukraine").  label(jens, "Jens Stoltenberg").  label(jan, "Stoltenberg").
  alias(jens, "stoltenberg the elder").  alias(jens, "Stoltenberg").
  joined(ukraine, pfp) @ 1994.
]]

describe("a script", function()
  local folder
  before_each(function()
    folder = helper.folder()
    helper.write(folder .. "/facts.dl", facts)
  end)
  after_each(function() helper.sweep(folder) end)

  --- Run the script text `source` with arguments: what came out.
  local function run(source, ...)
    local path = helper.write(folder .. "/demo.lua", source)
    local words = { "-b", folder .. "/a.kb", "run", path, ... }
    if not helper.read(folder .. "/a.kb") then
      helper.dossier { "-b", folder .. "/a.kb", "load", folder .. "/facts.dl" }
    end
    return helper.dossier(words)
  end

  --- Run a command with a folder as the whole script path.
  local function in_path(words)
    for i, word in ipairs(words) do words[i] = helper.quote(word) end
    return helper.shell(("%s DOSSIER_PATH=%s HOME=%s %s %s"):format(
      helper.clean == "" and "env" or helper.clean, helper.quote(folder), helper.quote(folder),
      helper.quote(helper.build .. "/dossier"), table.concat(words, " ")))
  end

  local show = [[
--- demo: shows its arguments.
--
-- Usage:   dossier demo ENTITY [--since DATE] [--limit N] [--by time|name] [--all]
--                  [NAME...]
-- Reports: what came
local M = {}
function M.main(kb, args)
  print(args.entity, args.entity.label, args.since, args.limit, args.by, args.all,
    table.concat(args.name, "+"))
end
return M
]]

  it("gets its arguments by its Usage line", function()
    local out, err, code = run(show, "Ukraine", "--limit", "3", "--by=name", "--all", "x", "y",
      "--since", "1994-02")
    assert.equal("", err)
    assert.equal("ukraine\tUkraine\t1994-02\t3\tname\ttrue\tx+y\n", out)
    assert.equal(0, code)
    out = run(show, "ukraine")
    assert.equal("ukraine\tUkraine\tnil\tnil\tnil\tnil\t\n", out)
  end)

  it("takes what stands behind -- as it is", function()
    local out = run(show, "ukraine", "--", "--all", "-x")
    assert.equal("ukraine\tUkraine\tnil\tnil\tnil\tnil\t--all+-x\n", out)
  end)

  it("refuses wrong arguments with the nearest right one, its usage, and exit code 2",
    function()
      local cases = {
        { {}, "ENTITY is missing" },
        { { "ukraine", "--sinse", "1994" }, "there is no option --sinse; did you mean --since?" },
        { { "ukraine", "--since" }, "--since takes a value: DATE" },
        { { "ukraine", "--since", "2023-02-30" }, "2023-02-30" },
        { { "ukraine", "--limit", "some" }, "N takes an integer; came \"some\"" },
        { { "ukraine", "--by", "tome" }, "\"tome\" is none of time, name; did you mean \"time\"?" },
        { { "ukraine", "--all=yes" }, "--all takes no value" },
        { { "ukraine", "--all", "--all" }, "--all is given twice" },
      }
      for _, case in ipairs(cases) do
        local out, err, code = run(show, table.unpack(case[1]))
        assert.equal(2, code)
        assert.equal("", out)
        assert.truthy(err:find(case[2], 1, true), err)
        assert.truthy(err:find("usage: dossier demo ENTITY [--since DATE]", 1, true), err)
      end
      local _, err = run("-- Usage: dossier demo\nprint(1)", "more")
      assert.truthy(err:find("\"more\" is one argument too many", 1, true), err)
    end)

  it("is not run for an entity that is unknown or ambiguous", function()
    local out, err, code = run(show, "Ukrane")
    assert.equal(2, code)
    assert.equal("", out)
    assert.truthy(err:find("nothing is called \"Ukrane\"; did you mean \"Ukraine\"?", 1, true), err)
    out, err, code = run(show, "stoltenberg")
    assert.equal(2, code)
    assert.equal("", out)
    assert.truthy(err:find("  jan   Stoltenberg\n  jens  Jens Stoltenberg\n", 1, true), err)
  end)

  it("prints its first comment as its help, without a base", function()
    local path = helper.write(folder .. "/demo.lua", "#!/usr/bin/env dossier\n" .. show)
    local out, err, code = helper.dossier { "run", path, "--help" }
    assert.equal("", err)
    assert.equal(0, code)
    assert.truthy(out:find("^demo: shows its arguments.\n\nUsage:   dossier demo ENTITY"))
    assert.truthy(out:find("Reports: what came\n$"))
    assert.falsy(out:find("local M", 1, true))
  end)

  it("hands over a document, which is printed", function()
    local out, err, code = run [[
      local report = require "dossier.report"
      local M = {}
      function M.main(kb)
        local doc = report.new "All"
        for who, what, fact in kb:facts "joined" do
          doc:event(fact.valid, who.label .. " joined " .. what.label, fact.claims)
        end
        return doc
      end
      return M
    ]]
    assert.equal("", err)
    assert.equal("All\n===\n\n1994  Ukraine joined pfp [base]\n", out)
    assert.equal(0, code)
  end)

  it("says with its document or its code that it found nothing", function()
    local _, _, code = run [[
      return { main = function()
        local doc = require "dossier.report".new "x"
        doc.found = false
        return doc
      end }
    ]]
    assert.equal(1, code)
    _, _, code = run "return { main = function() return nil, 1 end }"
    assert.equal(1, code)
    _, _, code = run "os.exit(3)"
    assert.equal(3, code)
  end)

  it("may refuse what it was asked, and say why", function()
    local out, err, code, _ = run "return { main = function() return nil, 2, 'two of a kind' end }"
    assert.equal("", out)
    assert.equal("dossier: two of a kind\n", err)
    assert.equal(2, code)
    _, err, code = run "return { main = function() return nil, nil, 'no' end }"
    assert.equal("dossier: no\n", err)
    assert.equal(2, code)
  end)

  it("gets the relation and the source that its Usage line asks for", function()
    helper.write(folder .. "/facts.dl", facts .. [[
      source log { title: "The Log" }.  source map { title: "Map" }.  label(map, "Chart").
      met(a).  met(a, b).
    ]])
    local ask = [[
--- ask: a relation and sources.
--
-- Usage: dossier ask RELATION [FIRST_SOURCE] [--of SOURCE]
local M = {}
function M.main(kb, args)
  print(args.relation.name, args.relation.arity, args.first_source and args.first_source.id,
    args.of and args.of.title)
end
return M
]]
    local out, err = run(ask, "joined", "the log", "--of", "CHART")
    assert.equal("", err)
    assert.equal("joined\t2\tlog\tMap\n", out)
    assert.equal("met\t1\tnil\tnil\n", (run(ask, "met/1")))
    for _, case in ipairs {
      { { "joind" }, 'there is no relation "joind"; did you mean "joined"?' },
      { { "met" }, 'several relations are called "met": met/1, met/2; say which' },
      { { "joined", "lag" }, 'there is no source "lag"; did you mean "log"?' },
      { { "joined", "ukraine" }, 'there is no source "ukraine"; there are log, map' },
    } do
      local code
      out, err, code = run(ask, table.unpack(case[1]))
      assert.equal("", out)
      assert.equal("dossier: " .. case[2] .. "\n", err)
      assert.equal(2, code)
    end
  end)

  it("may be plain Lua that prints, with the base and the arguments in ...", function()
    local out, err, code = run([[
      local kb, args = ...
      print(#args, args[1], args[2], arg[1])
      for who in kb:facts "joined" do print(who) end
    ]], "a", "b")
    assert.equal("", err)
    assert.equal("2\ta\tb\ta\nukraine\n", out)
    assert.equal(0, code)
  end)

  it("that fails is told by file and line, without a traceback", function()
    for _, case in ipairs {
      { "\nerror 'oh'", "demo.lua:2: oh" },
      { "local x = nil\nreturn x.y", "demo.lua:2: attempt to index a nil value" },
      { "\n\nlocal kb = ...\nkb:facts 'joind'", "demo.lua:4: there is no relation" },
      { "\nlocal t = setmetatable({}, { __tostring = function() return 'T' end })\nerror(t)",
        "demo.lua:3: T" },
      { "\nx = = 1", "demo.lua:2: unexpected symbol" },
      { "return { main = function() return 1 end }", "main returns a document" },
      { "return { main = function() return nil, 'x' end }", "an exit code is an integer" },
      { "-- Usage: dossier demo entity\n", "the Usage line has \"entity\"" },
    } do
      local out, err, code = run(case[1])
      assert.equal("", out)
      assert.truthy(err:find(case[2], 1, true), err)
      assert.falsy(err:find("traceback", 1, true), err)
      assert.equal(2, code)
    end
  end)

  it("that fails in a transaction changes nothing", function()
    run [[
      local dossier = require "dossier"
      local kb = ...
      kb:transaction(function(tx)
        tx:add("joined", { dossier.entity "x", dossier.entity "y" })
        error "no"
      end)
    ]]
    local out = run [[local n = 0  for _ in (...):facts "joined" do n = n + 1 end  print(n)]]
    assert.equal("1\n", out)
  end)

  it("cannot close the host's base", function()
    local out, err, code = run [[
      local kb = ...
      local left = kb:facts "joined"
      left()
      kb:close()
      print(pcall(kb.facts, kb, "joined"))
    ]]
    assert.equal("", err)
    assert.truthy(out:find("the base is closed", 1, true))
    assert.equal(0, code)
  end)

  it("finds modules that stand beside it", function()
    helper.write(folder .. "/beside.lua", "return { word = 'found' }")
    assert.equal("found\n", (run "print(require 'beside'.word)"))
  end)

  it("is found by name in the script path, before a bundled one", function()
    helper.write(folder .. "/summary.lua", "--- summary: mine.\nprint 'mine'")
    assert.equal("mine\n", (in_path { "summary", folder .. "/facts.dl" }))
    local out = in_path { "scripts" }
    assert.truthy(out:find("summary%s+mine%."), out)
    assert.truthy(out:find("timeline", 1, true), out)
  end)

  it("that is not there is told with the nearest name", function()
    helper.write(folder .. "/harvest.lua", "print 'x'")
    for name, message in pairs {
      ["harvets"] = "there is no script \"harvets\"; did you mean \"harvest\"?",
      [folder .. "/none.lua"] = "none.lua: No such file",
      [folder .. "/"] = "Is a directory",
    } do
      local out, err, code = in_path { "run", name, folder .. "/facts.dl" }
      assert.equal(2, code)
      assert.equal("", out)
      assert.truthy(err:find(message, 1, true), err)
    end
  end)
end)

describe("the Lua half", function()
  it("is compiled from what the library carries, once", function()
    assert.equal(require "dossier.report", require "dossier.report")
    assert.equal("function", type(package.preload["dossier.report"]))
    assert.equal("0.1.0", dossier.version)
  end)
end)
