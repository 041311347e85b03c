--- How scripts are found, what they are given, and how they end.
local dossier = require "dossier"
local helper = require "tests.helper"

local facts = [[
  label(ukraine, "Ukraine").  label(jens, "Jens Stoltenberg").  label(jan, "Stoltenberg").
  alias(jens, "stoltenberg the elder").  alias(jens, "Stoltenberg").
  relation joined(entity, entity).  joined(ukraine, pfp) @ 1994.
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
        { { "ukraine", "--since", "2023-02-30" }, "dossier: --since: 2023-02-30: February" },
        { { "ukraine", "--limit", "some" }, "dossier: --limit takes an integer; came \"some\"" },
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

  --- Run a script that fails: what is told of it, behind the script's path.
  local function fail(source, ...)
    local out, err, code = run(source, ...)
    local place = "dossier: " .. folder .. "/demo.lua:"
    assert.equal("", out)
    assert.equal(2, code)
    assert.equal(place, err:sub(1, #place))
    assert.falsy(err:find("traceback", 1, true), err)
    assert.falsy(err:find("runner", 1, true), err)
    return err:sub(#place + 1)
  end

  it("that fails is told by file and line, without a traceback", function()
    for _, case in ipairs {
      { "\nerror 'oh'", "2: oh" },
      { "local x = nil\nreturn x.y", "2: attempt to index a nil value" },
      { "\n\nlocal kb = ...\nkb:facts 'joind'", "4: there is no relation" },
      { "\nlocal t = setmetatable({}, { __tostring = function() return 'T' end })\nerror(t)",
        "3: T" },
      { "\nx = = 1", "2: unexpected symbol" },
      { "\nerror { code = 3 }", "2: an error without a message: its value is a table\n" },
      { "\nerror { message = 'told' }", "2: told\n" },
      { "\nerror()", "2: an error without a message\n" },
      { "\nerror('at the top', 0)", "2: at the top\n" },
      { "\nassert(nil)", "2: assertion failed!\n" },
      { "\nassert(false, 'why')", "2: why\n" },
      { "\nerror(setmetatable({}, { __tostring = function() error 'x' end }))", "2: an error" },
      { "local function f() return 1 + f() end\nf()", "1: stack overflow\n" },
      { "\nlocal co = coroutine.wrap(function()\n  error 'within'\nend)\nco()", "3: within\n" },
      { "\nlocal co = coroutine.wrap(function()\n  error {}\nend)\nco()", "5: an error without" },
      { "\ncoroutine.yield()", "2: attempt to yield from outside a coroutine\n" },
      { "table.sort({ 3, 2, 1 }, function(a, b)\n  return a.x < b\nend)", "2: attempt to index" },
      { "local kb = ...\nfor x in kb:query '?- joind(X, Y).' do print(x) end",
        "2: <query>:1:4: no relation called \"joind\"; did you mean \"joined\"?" },
      { "local kb = ...\nfor x in kb:query '?- joined(X, ' do print(x) end", "2: <query>:1:13: " },
      { "local kb = ...\nfor x in kb:about(3) do print(x) end", "2: bad argument #1 to 'about'" },
    } do
      local told = fail(case[1])
      assert.equal(case[2], told:sub(1, #case[2]))
    end
    for _, case in ipairs {
      { "return { main = function() return 1 end }", "main returns a document" },
      { "return { main = function() return nil, 'x' end }", "an exit code is an integer" },
    } do
      local _, err, code = run(case[1])
      assert.truthy(err:find(case[2], 1, true), err)
      assert.equal(2, code)
    end
  end)

  it("that fails is told by its path, however long", function()
    local long = folder .. "/" .. ("a-long-way-down/"):rep(10)
    helper.shell("mkdir -p " .. helper.quote(long))
    for _, source in ipairs { "\nerror 'oh'", "\nx = = 1", "\nassert(nil)" } do
      local path = helper.write(long .. "demo.lua", source)
      local _, err = helper.dossier { "run", path, folder .. "/facts.dl" }
      assert.truthy(err:find("dossier: " .. path .. ":2: ", 1, true), err)
    end
  end)

  it("that fails in a module of its own is told by both places", function()
    helper.write(folder .. "/beside.lua", "return function()\n  error 'there'\nend")
    helper.write(folder .. "/broken.lua", "\nlocal = 3")
    local told = fail "\n\nrequire 'beside'()"
    assert.equal("3: " .. folder .. "/beside.lua:2: there\n", told)
    told = fail "\nrequire 'broken'"
    assert.equal("2: error loading module 'broken'", told:match "^[^\n]-'broken'")
    assert.truthy(told:find("broken.lua:2: <name> expected", 1, true), told)
    assert.equal("2: module 'nowhere' not found:", fail "\nrequire 'nowhere'":match "^[^\n]*")
  end)

  it("that fails is closed first", function()
    local out, err = run [[
      local t <close> = setmetatable({}, { __close = function() print "closed" end })
      error "after"
    ]]
    assert.equal("closed\n", out)
    assert.truthy(err:find("demo.lua:2: after\n", 1, true), err)
  end)

  -- The sanitizer takes more memory for itself than there would be.
  if not helper.sanitized then
    it("that takes all memory is told by file and line", function()
      run "" -- makes the base
      for at, source in pairs {
        [2] = "local t = {}\nwhile true do t[#t + 1] = ('x'):rep(1 << 20) .. #t end",
        [3] = "local kb, t = ..., {}\n\nkb:transaction(function(tx)\n"
          .. "  tx:add('joined', { 'a', 'b' })\n"
          .. "  while true do t[#t + 1] = ('x'):rep(1 << 20) .. #t end\nend)",
      } do
        local path = helper.write(folder .. "/demo.lua", source)
        local out, err, code = helper.shell(("ulimit -v 300000; %s -b %s run %s"):format(
          helper.quote(helper.build .. "/dossier"), helper.quote(folder .. "/a.kb"),
          helper.quote(path)))
        assert.equal("", out)
        assert.equal(("dossier: %s:%d: not enough memory\n"):format(path, at), err)
        assert.equal(2, code)
      end
      local out = run [[local n = 0  for _ in (...):facts "joined" do n = n + 1 end  print(n)]]
      assert.equal("1\n", out)
    end)
  end

  it("with a mistake in its Usage line is told where", function()
    for _, case in ipairs {
      { "-- Usage: dossier demo entity\n", "1: the Usage line has \"entity\", which is no value" },
      { "#!/x\n--- demo: it.\n--\n-- Usage: dossier demo [DATE]\n--   [--all\n",
        "4: the Usage line has a \"[\" without its \"]\"" },
      { "-- Usage: dossier demo DATE]\n", "1: the Usage line has a \"]\" without its \"[\"" },
      { "-- demo: it.\n-- Usage: dossier demo ENTITY\n--        [--all] [some]\n",
        "3: the Usage line has \"some\"" },
      { "-- Usage: dossier demo ENTITY ENTITY\n", "1: the Usage line has ENTITY twice" },
      { "-- Usage: dossier demo DATE --date DAY\n", "1: the Usage line has --date twice" },
      { "-- Usage: dossier demo [DATE] ENTITY\n", "1: the Usage line asks for ENTITY behind" },
      { "-- Usage: dossier demo NAME... ENTITY\n", "1: the Usage line has ENTITY behind NAME..." },
      { "--[[\ndemo: it.\n\nUsage: demo one two\n]]\n", "4: the Usage line has \"one\"" },
    } do
      local told = fail(case[1] .. "print 'ran'")
      assert.equal(case[2], told:sub(1, #case[2]))
    end
  end)

  it("that fails in a callback of a transaction is told by the line in it", function()
    for what, line in pairs {
      ["error 'no'"] = "4: no\n", ["local x = nil + 1"] = "4: attempt to perform",
      ["error()"] = "2: an error without a message\n", ["tx:add('joined', {})"] = "4: ",
    } do
      local told = fail("local kb = ...\nkb:transaction(function(tx)\n"
        .. "  tx:add('joined', { 'x', 'y' })\n  " .. what .. "\nend)")
      assert.equal(line, told:sub(1, #line))
    end
    local out = run [[local n = 0  for _ in (...):facts "joined" do n = n + 1 end  print(n)]]
    assert.equal("1\n", out)
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

describe("a script of the user's own", function()
  local folder, base, path
  local here
  setup(function()
    local pipe = io.popen "pwd"
    here = pipe:read "l"
    pipe:close()
  end)
  before_each(function()
    folder = here .. "/" .. helper.folder()
    base = folder .. "/a.kb"
    helper.write(folder .. "/facts.dl", facts)
    assert.equal("", (select(2, helper.dossier { "-b", base, "load", folder .. "/facts.dl" })))
    path = folder .. "/mine.lua"
  end)
  after_each(function() helper.sweep(folder:sub(#here + 2)) end)

  --- A shell's command with the dossier of this build first in the path, and the folder
  --- for home.
  local function shell(command, settings)
    return helper.shell(helper.clean .. "env -u DOSSIER_PATH -u XDG_DATA_HOME "
      .. ("PATH=%s:\"$PATH\" HOME=%s %s sh -c %s"):format(
        helper.quote(here .. "/" .. helper.build), helper.quote(folder), settings or "",
        helper.quote("cd " .. helper.quote(folder) .. " && " .. command)))
  end

  local function good(command, settings)
    local out, err, code = shell(command, settings)
    assert.equal("", err)
    assert.equal(0, code)
    return out
  end

  local function bad(command, settings)
    local out, err, code = shell(command, settings)
    assert.equal("", out)
    assert.equal(2, code)
    return err
  end

  --- Write the script, to be run by its own name.
  local function write(source)
    helper.write(path, "#!/usr/bin/env -S dossier run\n" .. source)
    helper.shell("chmod +x " .. helper.quote(path))
  end

  local show = [[
--- mine: shows what came.
--
-- Usage: mine.lua ENTITY [--since DATE] [--all]
local kb, args = ...
print(kb.as_of, args.entity, args.since, args.all)
]]

  it("runs by its own name, with its arguments and dossier's options anywhere", function()
    write(show)
    for _, words in ipairs { "-b a.kb Ukraine --all", "Ukraine -b a.kb --all",
                             "--all Ukraine --base=a.kb" } do
      assert.equal("nil\tukraine\tnil\ttrue\n", good("./mine.lua " .. words))
    end
    assert.equal("nil\tukraine\t1994\tnil\n",
      good("./mine.lua ukraine --since 1994", "DOSSIER_BASE=a.kb"))
    assert.equal("2000-01-01\tukraine\tnil\tnil\n",
      good "./mine.lua ukraine -b a.kb --as-of 2000-01-01")
    assert.equal("nil\tukraine\tnil\tnil\n", good "./mine.lua facts.dl ukraine")
  end)

  it("has its header comment for its help, and nothing of dossier's", function()
    local help = "mine: shows what came.\n\nUsage: mine.lua ENTITY [--since DATE] [--all]\n"
    write(show)
    assert.equal(help, good "./mine.lua --help")
    assert.equal(help, good "./mine.lua -b a.kb ukraine -h")
    write("--[[ mine: shows\nwhat came.\n]]\nprint(1)")
    assert.equal(" mine: shows\nwhat came.\n", good "./mine.lua --help")
    write("\n--[==[\nmine: x ]] y\n]==]\nprint(1)")
    assert.equal("mine: x ]] y\n", good "./mine.lua --help")
    write("print(1)")
    assert.equal("mine: no help\n", good "./mine.lua --help")
  end)

  it("prints its usage where an argument is missing or too many", function()
    write(show)
    local usage = "usage: mine.lua ENTITY [--since DATE] [--all]\n"
    assert.equal("dossier: ENTITY is missing\n" .. usage, bad "./mine.lua -b a.kb")
    assert.equal("dossier: \"x\" is one argument too many\n" .. usage,
      bad "./mine.lua -b a.kb ukraine x")
    assert.equal("dossier: there is no option --al; did you mean --all?\n" .. usage,
      bad "./mine.lua -b a.kb ukraine --al")
  end)

  it("gets its words as they are where it has no Usage line", function()
    write [[
      local _, args = ...
      for _, word in ipairs(args) do io.write("[", word, "]") end
      print(#arg, arg[0])
    ]]
    assert.equal("[a b][][--mine][--x=1][-y][Ш]6\t./mine.lua\n",
      good "./mine.lua -b a.kb 'a b' '' --mine --x=1 -y Ш")
    assert.equal("0\t./mine.lua\n", good "./mine.lua -b a.kb")
  end)

  it("is found below XDG_DATA_HOME, else below the home", function()
    local function put(place)
      helper.shell(("mkdir -p %s/%s/dossier/scripts && echo 'print(%q)' > %s/%s/dossier/scripts/own.lua")
        :format(folder, place, place, folder, place))
    end
    put "data"
    put ".local/share"
    local xdg = "XDG_DATA_HOME=" .. helper.quote(folder .. "/data")
    assert.equal("data\n", good("dossier -b a.kb own", xdg))
    assert.equal(".local/share\n", good "dossier -b a.kb own")
    assert.equal(".local/share\n", good("dossier -b a.kb own", "XDG_DATA_HOME="))
    assert.equal(".local/share\n", good("dossier -b a.kb own", "XDG_DATA_HOME=data"))
    assert.equal(folder .. "/data/dossier/scripts/own.lua\n", good("dossier scripts own", xdg))
    assert.equal("bundled\n", good "dossier scripts summary")
    assert.truthy(bad "dossier scripts sumary":find "did you mean \"summary\"")
  end)

  describe("begun with --new", function()
    it("works at once, and tells how to run it", function()
      local out = good "dossier scripts --new own"
      local place = folder .. "/.local/share/dossier/scripts/own.lua"
      assert.equal(place, out:match "^[^\n]*")
      assert.truthy(out:find("dossier -b BASE own ENTITY", 1, true), out)
      local told = good "dossier -b a.kb own Ukraine"
      assert.equal("What is said of Ukraine\n=======================\n\n"
        .. "1994  joined(Ukraine, pfp) (unsupported) [base]\n", told)
      assert.equal(told, good(place .. " -b a.kb Ukraine"))
      local help = good "dossier own --help"
      assert.truthy(help:find("own: what is said of someone", 1, true))
      assert.truthy(help:find("\nUsage:   dossier own ENTITY [--since DATE]\n", 1, true))
      assert.falsy(help:find("NAME", 1, true))
      assert.truthy(good "dossier scripts":find "\nown +what is said of someone")
    end)

    it("goes into the first folder of the path, which is made", function()
      good("dossier scripts --new own", "DOSSIER_PATH=:p/q:r")
      assert(helper.read(folder .. "/p/q/own.lua"))
      good("dossier scripts --new own", "XDG_DATA_HOME=" .. helper.quote(folder .. "/x y"))
      assert(helper.read(folder .. "/x y/dossier/scripts/own.lua"))
    end)

    it("goes where a path says, executable", function()
      for _, name in ipairs { "./own.lua", "other.lua", "./third" } do
        local out = good("dossier scripts --new " .. name)
        assert.equal(name, out:match "^[^\n]*")
        local slashed = name:find "/" and name or "./" .. name
        assert.truthy(good(slashed .. " -b a.kb Ukraine"):find("joined(Ukraine, pfp)", 1, true))
        assert.truthy(good(slashed .. " --help"):find(
          "\nUsage:   " .. name:match "[^/]*$" .. " ENTITY", 1, true))
      end
      assert.truthy(bad "dossier scripts --new no/such/own.lua":find "No such file")
    end)

    it("leaves out what its options say, and says so", function()
      good "dossier scripts --new own"
      local out = shell "dossier -b a.kb own Ukraine --since 2000"
      assert.truthy(out:find("Not shown: 1 line.", 1, true), out)
      local _, _, code = shell "dossier -b a.kb own Ukraine --only corroborated"
      assert.equal(1, code)
      assert.truthy(bad "dossier -b a.kb own Ukraine --only corroborate"
        :find("did you mean \"corroborated\"?", 1, true))
    end)

    it("writes over nothing, and takes no odd name", function()
      good "dossier scripts --new own"
      local place = folder .. "/.local/share/dossier/scripts/own.lua"
      helper.write(place, "-- mine")
      assert.truthy(bad "dossier scripts --new own":find("own.lua is there already", 1, true))
      assert.equal("-- mine", helper.read(place))
      for _, name in ipairs { "'a b'", "a.b", "-x", "../", "'a\"b'", "Ш", "a/.lua", ".lua",
                              ("a"):rep(64), "'a\nb.lua'", "load", "run" } do
        local err = bad("dossier scripts --new=" .. name)
        assert(err:find "no name for a script" or err:find "is a command", name .. ": " .. err)
      end
      assert.equal("own.lua\n", good "ls .local/share/dossier/scripts")
      assert.truthy(bad "dossier scripts --new":find "needs a value")
      assert.truthy(bad "dossier scripts --new a b":find "takes one name")
      assert.truthy(bad("dossier scripts --new a", "HOME="):find "DOSSIER_PATH")
      helper.write(folder .. "/file", "")
      assert.truthy(bad("dossier scripts --new a", "DOSSIER_PATH=file/x"):find "file/x")
    end)

    it("passes the checks of the bundled ones", function()
      good "dossier scripts --new own.lua"
      local _, err, code = helper.shell(
        "command -v luacheck > /dev/null || exit 0; luacheck -q " .. folder .. "/own.lua >&2")
      assert.equal(0, code, err)
    end)
  end)
end)
