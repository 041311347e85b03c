--- What may stand next on a command line, and how a shell is told.
local dossier = require "dossier"
local helper = require "tests.helper"

local facts = [[
source record { title: "A record", kind: umbrella, reliability: a }.  source letter { title: "A letter" }.
relation joined(entity, entity).
joined(ukraine, pfp) @ 1994 from record.  joined(uganda, au) from letter.
'Any Thing'(ukraine).  joined('It''s', 'two words').  joined(мир, <http://example.org/x>).
deny left(uruguay, pfp) from record.
]]
facts = facts:gsub("It''s", "It\\'s")

local function lines_of(text)
  local lines = {}
  for line in text:gmatch "[^\n]+" do lines[#lines + 1] = line end
  return lines
end

describe("completion", function()
  local folder, base
  setup(function()
    folder = helper.folder()
    base = folder .. "/some.kb"
    local file = helper.write(folder .. "/some.dl", facts)
    local _, err, code = helper.dossier { "-b", base, "load", file }
    assert.equal("", err)
    assert.equal(0, code)
  end)
  teardown(function() helper.sweep(folder) end)

  --- What the command says may stand for the last word; descriptions apart.
  local function ask(...)
    local out, err, code = helper.dossier { "complete", "--", ... }
    assert.equal("", err)
    assert.equal(0, code)
    local words, about = {}, {}
    for i, line in ipairs(lines_of(out)) do
      words[i] = line:match "^[^\t]*"
      about[words[i]] = line:match "\t(.*)$"
    end
    return words, about
  end

  local function on_base(...) return (ask("-b", base, ...)) end

  it("has commands and scripts first, with what they do", function()
    local words, about = ask ""
    for _, name in ipairs { "load", "query", "scripts", "run", "timeline", "summary" } do
      assert(about[name], name .. " is not told of")
    end
    assert.is_nil(about.complete)
    assert.truthy(about.timeline:find "in order of time")
    assert.same({ "summary" }, (ask "sum"))
    assert.same({ "summary" }, (ask("--settled", "-b", base, "sum")))
    assert.same({}, (ask "xyzzy"))
    local seen = {}
    for _, word in ipairs(words) do
      assert.is_nil(seen[word], word .. " comes twice")
      seen[word] = true
    end
  end)

  it("has every name of the list of scripts, and every command of the help", function()
    local _, about = ask ""
    for _, line in ipairs(lines_of((helper.dossier { "scripts" }))) do
      local name = line:match "^%S+"
      assert(about[name], name .. " is not told of")
    end
    local help = helper.dossier { "--help" }
    for name in help:match("Commands:\n(.-)\n\n"):gmatch "  (%l%S*) [^\n]*" do
      assert(about[name], name .. " is not told of")
    end
  end)

  it("has the options of all commands, of this one, and of a script", function()
    local _, about = ask "--"
    for name in (helper.dossier { "--help" }):gmatch "[ ,](%-%-%l[%l-]*)" do
      if name ~= "--help" and name ~= "--version" then
        assert(about[name], name .. " is not told of")
      end
    end
    assert.same({ "--new", "--now", "--no-pager" }, (ask("scripts", "--n")))
    _, about = ask("scripts", "--n")
    assert.truthy(about["--new"]:find "write a small script")
    assert.same({ "--since", "--source", "--speaker", "--settled" },
      (ask("timeline", "--s")))
    assert.same({ ":files dl" }, (ask("query", "--", "--s")))
  end)

  it("has the values of an option", function()
    for _, case in ipairs {
      { { "--kind", "a" }, { "attributed", "assessed" } },
      { { "query", "--kind=s" }, { "--kind=stated" } },
      { { "--format", "j" }, { "json" } },
      { { "query", "--format", "h" }, {} },
      { { "timeline", "--format", "h" }, { "html" } },
      { { "import", "--format", "t" }, { "ttl", "trig", "tsv" } },
      { { "import", "" }, { ":files" } },
      { { "export", "--format", "n" }, { "nt", "nq" } },
      { { "--as-of", "" }, {} },
      { { "-b", "" }, { ":files" } },
      { { "--base=x" }, { ":files" } },
      { { "-bx" }, { ":files" } },
    } do
      assert.same(case[2], (ask(table.unpack(case[1]))))
    end
    assert.same({ "letter", "record" }, on_base("--source", ""))
    assert.same({ "--source=record" }, on_base("query", "--source=r"))
    assert.same({ "uganda", "ukraine", "uruguay" }, on_base("--speaker", "u"))
  end)

  it("has choices and entities where a script's Usage line asks for them", function()
    local path = helper.write(folder .. "/demo.lua", table.concat({
      "-- Usage:   dossier demo [--all] ENTITY [--trust high|low] [--by SOURCE]",
      "--                  [SECOND_ENTITY...]", "" }, "\n"))
    assert.same({ "high", "low" }, on_base("run", path, "--trust", ""))
    assert.same({ "--trust=low" }, on_base("run", path, "--trust=l"))
    assert.same({ "record" }, on_base("run", path, "--by", "r"))
    assert.same({ "ukraine" }, on_base("run", path, "uk"))
    assert.same({ "ukraine" }, on_base("run", path, "--all", "pfp", "uk"))
    assert.same({ "ukraine" }, on_base("run", path, "pfp", "--trust", "low", "au", "uk"))
    assert.same({ "--all" }, on_base("run", path, "--al"))
    assert.same({}, on_base("timeline", "ukraine", "u"))
  end)

  it("leaves files to the shell", function()
    assert.same({ ":files dl" }, (ask("load", "")))
    assert.same({ ":files dl" }, (ask("load", "a.dl", "b")))
    assert.same({ ":files lua" }, (ask("run", "./x")))
    assert.same({ ":files dl" }, (ask("timeline", "")))
  end)

  it("has names as the shell's word is to be, not as the language writes them", function()
    assert.same({ "It's", "two words", "мир", "<http://example.org/x>" }, {
      on_base("timeline", "It")[1], on_base("timeline", "two")[1],
      on_base("timeline", "м")[1], on_base("timeline", "<")[1] })
  end)

  it("has relations, entities and sources where a query asks for them", function()
    assert.same({ ":nospace", "?- joined(" }, on_base("query", "?- jo"))
    assert.same({ ":nospace", "?- joined(X, pfp), joined(" },
      on_base("query", "?- joined(X, pfp), jo"))
    assert.same({ ":nospace", "joined(uganda", "joined(ukraine", "joined(uruguay" },
      on_base("query", "joined(u"))
    assert.same({ ":nospace", "joined(X, Y), not left(" },
      on_base("query", "joined(X, Y), not l"))
    assert.same({ ":nospace", "joined(X, Y) from letter", "joined(X, Y) from record" },
      on_base("query", "joined(X, Y) from "))
    assert.same({}, on_base("query", "joined(X, U"))
    assert.same({}, on_base("query", "label(X, \"u"))
    assert.same({}, on_base("query", "joined(X, Y) @ "))
  end)

  it("writes names as the language does within a query", function()
    assert.same({ ":nospace", "joined('It\\'s'", "joined('two words'",
                  "joined(<http://example.org/x>" },
      table.move(on_base("query", "joined("), 1, 4, 1, {}))
    assert.same({ ":nospace", "'Any Thing'(", "joined(", "left(" }, on_base("query", ""))
  end)

  it("makes no base, and is quiet where there is none or it is damaged", function()
    local absent = folder .. "/absent.kb"
    assert.same({}, (ask("-b", absent, "timeline", "")))
    assert.is_nil(helper.read(absent))
    local broken = helper.write(folder .. "/broken.kb", "no base at all")
    assert.same({}, (ask("-b", broken, "--source", "")))
    assert.same({}, (ask("-b", folder, "timeline", "")))
    assert.same({}, on_base("run", folder .. "/absent.lua", "--x=", ""))
    for _, words in ipairs { { "-" }, { "--", "" }, { "--=" }, { "-b" }, { "\255" },
                             { "query", "((((" }, { "run", "run", "run" } } do
      ask(table.unpack(words))
    end
    assert.equal("", (helper.dossier { "complete" }))
  end)

  it("takes the base of the environment", function()
    local out = helper.shell(("%s DOSSIER_BASE=%s %s complete -- timeline uk"):format(
      helper.clean == "" and "env" or helper.clean, helper.quote(base),
      helper.quote(helper.build .. "/dossier")))
    assert.equal("ukraine\n", out)
  end)

  it("tells of 200 names at most, the first in order", function()
    local path = folder .. "/many.kb"
    local kb = assert(dossier.open(path))
    assert(kb:load_text "relation near(entity, entity).")
    kb:transaction(function(tx)
      for i = 1, 300 do tx:add("near", { ("e%03d"):format(i), "x" }) end
    end)
    kb:close()
    local words = ask("-b", path, "timeline", "e")
    assert.equal(200, #words)
    assert.equal("e001", words[1])
    assert.equal("e200", words[200])
  end)

  it("tells of entities that facts speak of, and of no other", function()
    local seed = tonumber(os.getenv "SEED") or 7
    local random = helper.random(seed)
    local names = { "a", "ab", "abc", "b c", "B", "'", "ä", "a\\b", "abd", "not", "_:n" }
    for round = 1, 5 do
      local path, live = ("%s/r%d.kb"):format(folder, round), {}
      local kb = assert(dossier.open(path, { merge_bound = random(8) }))
      assert(kb:load_text "relation p(entity, entity).")
      for _ = 1, 60 do
        local pair = { names[random(#names)], names[random(#names)] }
        local key = pair[1] .. "\0" .. pair[2]
        local what = ({ "add", "deny", "retract" })[random(3)]
        kb:transaction(function(tx)
          tx[what](tx, "p", { dossier.entity(pair[1]), dossier.entity(pair[2]) })
        end)
        live[key] = what ~= "retract" and pair or nil
      end
      kb:close()
      for _, prefix in ipairs { "", "a", "ab", "b ", "x" } do
        local known, expected = {}, {}
        for _, pair in pairs(live) do
          for _, name in ipairs(pair) do
            if name:sub(1, #prefix) == prefix then known[name] = true end
          end
        end
        for name in pairs(known) do expected[#expected + 1] = name end
        local got = ask("-b", path, "timeline", prefix)
        table.sort(expected)
        table.sort(got)
        assert.same(expected, got, "seed " .. seed .. ", round " .. round)
      end
    end
  end)

  describe("in bash", function()
    --- Complete the line as bash would call the function: words as it cuts them, and what
    --- it takes for the word at the cursor.
    local function bash(line, words, current)
      local list = {}
      for i, word in ipairs(words) do list[i] = helper.quote(word) end
      local out, err = helper.shell(([[%s LC_ALL=C.UTF-8 DOSSIER_BASE=%s bash --norc -c '
        source core/cli/share/completion/dossier.bash
        eval "$(complete -p dossier | sed "s/^complete/: was/")"
        COMP_LINE=$1 COMP_POINT=${#1} current=$2; shift 2
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        _dossier "$1" "$current" ""
        printf "%%s\n" "${COMPREPLY[@]}"' bash %s %s %s]]):format(
          helper.clean == "" and "env" or helper.clean, helper.quote(base),
          helper.quote(line), helper.quote(current), table.concat(list, " ")))
      assert.equal("", err)
      return lines_of(out)
    end
    local command = helper.build .. "/dossier"
    local function line(rest) return command .. " " .. rest end

    it("is there for the command", function()
      local out = helper.shell(
        "bash --norc -c 'source core/cli/share/completion/dossier.bash; complete -p dossier'")
      assert.equal("complete -F _dossier dossier\n", out)
    end)

    it("puts in what the command says", function()
      assert.same({ "summary" }, bash(line "sum", { command, "sum" }, "sum"))
      assert.same({ "ukraine" }, bash(line "timeline uk", { command, "timeline", "uk" }, "uk"))
      assert.same({ "letter", "record" },
        bash(line "--source ", { command, "--source", "" }, ""))
    end)

    it("puts words together that bash cuts at a sign", function()
      assert.same({ "json" }, bash(line "--format=j", { command, "--format", "=", "j" }, "j"))
      assert.same({ "stated" },
        bash(line "--kind=s", { command, "--kind", "=", "s" }, "s"))
      assert.same({ "csv", "json", "md", "table", "tsv" }, (function()
        local words = bash(line "--format=", { command, "--format", "=" }, "")
        table.sort(words)
        return words
      end)())
    end)

    it("puts a backslash where a word needs one, but not within quotes", function()
      assert.same({ "two\\ words" }, bash(line "timeline tw", { command, "timeline", "tw" }, "tw"))
      assert.same({ "two words" },
        bash(line "timeline 'two w", { command, "timeline", "'two w" }, "two w"))
      assert.same({ "two\\ words" },
        bash(line "timeline two\\ w", { command, "timeline", "two\\ w" }, "two\\ w"))
      assert.same({ "?- joined(ukraine" }, bash(line "query '?- joined(uk",
        { command, "query", "'?- joined(uk" }, "?- joined(uk"))
    end)

    it("has files that end as the command asks, and folders", function()
      local words = bash(line "load data/v", { command, "load", "data/v" }, "data/v")
      assert.same({ "data/vocabulary.dl" }, words)
      assert.same({}, bash(line "load Make", { command, "load", "Make" }, "Make"))
      assert.same({ "data" }, bash(line "load dat", { command, "load", "dat" }, "dat"))
    end)
  end)

  -- zsh completes on a terminal only: one is made for it, and its keys are pressed.
  local ZSH = [[
    zmodload zsh/zpty
    zpty z 'TERM=dumb PS1="> " zsh -f -i'
    seen() { local out; zpty -r z out "$1" && print -r -- "$out" }
    zpty -w z 'fpath=($PWD/core/cli/share/completion $fpath); autoload -U compinit; compinit -D'
    zpty -w z 'setopt no_beep; print rea''dy'
    seen '*ready*' > /dev/null
    for keys wanted in "$@"; do
      zpty -n -w z "$keys"$'\t'
      seen "*$wanted*"
      zpty -n -w z $'\C-u'
    done
    zpty -d z
  ]]

  it("for zsh puts in what the command says", function()
    local script = helper.write(folder .. "/keys.zsh", ZSH)
    local words = { "dossier timel", "dossier timeline ", "dossier --form", "dossier --format ",
                    "dossier load data/voc", "data/vocabulary.dl ",
                    "dossier -b " .. base .. " profile ukr", "profile ukraine ",
                    "dossier filter --trust cor", "corroborated " }
    for i, word in ipairs(words) do words[i] = helper.quote(word) end
    local build = (helper.shell("cd " .. helper.quote(helper.build) .. " && pwd")):gsub("\n", "")
    local _, err, code = helper.shell(("%sPATH=%s:\"$PATH\" timeout 60 zsh -f %s %s"):format(
      helper.clean == "" and "env " or helper.clean, helper.quote(build), helper.quote(script),
      table.concat(words, " ")))
    assert.equal("", err)
    assert.equal(0, code)
  end)
end)
