--- The command `check`: what it prints, and its exit codes.

local helper = require "tests.helper"

local facts = [[
source s { title: "S" }.
relation joined(state, body).
label(ukraine, "Ukraine").
from s "1" { joined(ukraine, nato) @ 2999. }
joind(ukraine, ukraine).
]]

describe("dossier check", function()
  local folder, file
  setup(function()
    folder = helper.folder()
    file = helper.write(folder .. "/some.dl", facts)
  end)
  teardown(function() helper.sweep(folder) end)

  it("prints a line for each finding, and counts them", function()
    local out, err, code = helper.dossier { "check", file }
    assert.equal(([[
%s:4:30: warning: nato has no label; write label(nato, "..."). [no-label]
%s:4:38: warning: 2999 is more than ten years ahead; is a digit wrong? [date]
%s:5:1: warning: relation joind/2 is not declared; did you mean joined/2? [unknown-relation]
]]):gsub("%%s", (file:gsub("%%", "%%%%"))), (out:gsub("[^\n]*%[no%-source%]\n", "")))
    assert.matches("%[no%-source%]\n", out)
    assert.equal("0 errors, 4 warnings\n", err)
    assert.equal(1, code)
  end)

  it("prints errors, which say no kind", function()
    local wrong = helper.write(folder .. "/wrong.dl", "p(a) @ 1994-13.\np(a b).\n")
    local out, err, code = helper.dossier { "check", wrong, "--except=no-label" }
    assert.equal(wrong .. ":1:8: error: 1994-13: there is no month 13; months go from 01 "
      .. "to 12\n" .. wrong
      .. ':2:5: error: expected "," or ")" after a column, found "b"\n', out)
    assert.equal("2 errors, 0 warnings\n", err)
    assert.equal(1, code)
  end)

  it("is silent where nothing is found", function()
    local out, err, code = helper.dossier { "check", helper.write(folder .. "/good.dl", "p(a).\n") }
    assert.equal("", out)
    assert.equal("", err)
    assert.equal(0, code)
  end)

  it("leaves out the kinds of --except", function()
    local out, err, code = helper.dossier { "check", "--except", "no-label,date,no-source", file }
    assert.equal(file .. ":5:1: warning: relation joind/2 is not declared; did you mean "
      .. "joined/2? [unknown-relation]\n", out)
    assert.equal("0 errors, 1 warning\n", err)
    assert.equal(1, code)
    out, err, code = helper.dossier { "check", file,
      "--except=no-label,date,no-source,unknown-relation,near-entity,same,variable,unused-source" }
    assert.equal("", out)
    assert.equal("", err)
    assert.equal(0, code)
  end)

  it("suggests the nearest kind", function()
    local out, err, code = helper.dossier { "check", file, "--except", "no-labels" }
    assert.equal("", out)
    assert.equal('dossier: --except: no kind "no-labels"; did you mean no-label?\n', err)
    assert.equal(2, code)
    err = select(2, helper.dossier { "check", file, "--except", "xxxxxxxxxxx" })
    assert.equal('dossier: --except: no kind "xxxxxxxxxxx"; dossier check --help lists them\n', err)
  end)

  it("checks against a base, and changes no byte of it", function()
    local base = folder .. "/some.kb"
    local known = helper.write(folder .. "/known.dl", 'label(nato, "NATO"). joind(a, b).\n')
    helper.dossier { "-b", base, "load", known }
    local before = helper.read(base)
    local out, _, code = helper.dossier { "-b", base, "check", file, "--except", "no-source" }
    assert.equal(file .. ":4:38: warning: 2999 is more than ten years ahead; is a digit wrong? [date]\n",
      out)
    assert.equal(1, code)
    assert.equal(before, helper.read(base))
    helper.shell("chmod 444 " .. base)
    assert.equal(out, (helper.dossier { "-b", base, "check", file, "--except", "no-source" }))
    assert.equal(before, helper.read(base))
    assert.equal("", (helper.shell("ls " .. base .. "-* 2> /dev/null")))
  end)

  it("reads the clock of --now, and standard input", function()
    local out = helper.dossier({ "--now", "2995-01-01T00:00:00Z", "check", "-" }, "p(a) @ 2999.\n")
    assert.equal("", out)
    out = helper.dossier({ "--now", "1985-01-01T00:00:00Z", "check", "-" }, "p(a) @ 1999.\n")
    assert.equal("<stdin>:1:8: warning: 1999 is more than ten years ahead; is a digit wrong? [date]\n",
      out)
  end)

  it("says what it cannot do", function()
    local function bad(...)
      local out, err, code = helper.dossier { ... }
      assert.equal("", out)
      assert.equal(2, code)
      return err
    end
    assert.equal("dossier: check which files? try: dossier check FILE.dl\n", bad "check")
    assert.matches("none%.dl: there is no such file", bad("check", folder .. "/none.dl"))
    assert.matches("reads no view", bad("check", file, "--as-of", "1994"))
    assert.matches("no format \"jsn\"; did you mean json", bad("check", file, "--format", "jsn"))
    assert.matches("is a directory", bad("check", folder))
  end)

  it("looks at files on their own where the base is not there yet, which is told", function()
    local clean = helper.write(folder .. "/clean.dl", "p(a).\n")
    local out, err, code = helper.dossier { "-b", folder .. "/none.kb", "check", clean }
    assert.same({ "", 0 }, { out, code })
    assert.matches("note: .*none%.kb is not there yet; the files are looked at on their own", err)
    assert.is_nil(helper.read(folder .. "/none.kb"))
  end)

  it("asks the base of the environment where no other is named", function()
    local base = folder .. "/env.kb"
    local known = helper.write(folder .. "/known.dl", "source s {}.\n")
    local uses = helper.write(folder .. "/uses.dl", "p(a) from s.\n")
    assert.equal(0, (select(3, helper.dossier { "-b", base, "load", known })))
    assert.equal(1, (select(3, helper.dossier { "check", uses })))
    local out, err, code = helper.shell(("%s DOSSIER_BASE=%s %s/dossier check %s"):format(
      helper.clean == "" and "env" or helper.clean, helper.quote(base), helper.build,
      helper.quote(uses)))
    assert.same({ "", "", 0 }, { out, err, code })
  end)

  it("gives a row for each finding where a format is asked for", function()
    local slips = helper.write(folder .. "/slips.dl", "relation p(a).\np(x) q.\np(X).\n")
    local out, err, code = helper.dossier { "check", slips, "--format", "csv" }
    assert.equal(1, code)
    assert.equal("2 errors, 0 warnings\n", err)
    local lines = {}
    for line in out:gmatch "[^\n]+" do lines[#lines + 1] = line end
    assert.equal("file,line,column,level,kind,text", lines[1])
    assert.equal(slips .. ",2,6,error,syntax,", lines[2]:sub(1, #slips + 18))
    assert.equal(slips .. ",3,3,error,", lines[3]:sub(1, #slips + 11))
    assert.equal(3, #lines)
    local clean = helper.write(folder .. "/clean.dl", "p(a).\n")
    out, err, code = helper.dossier { "check", clean, "--format", "json" }
    assert.same({ "[]\n", "", 0 }, { out, err, code })
  end)

  it("helps, and names every kind", function()
    local out, err, code = helper.dossier { "check", "--help" }
    assert.equal("", err)
    assert.equal(0, code)
    assert.matches("Usage: dossier", out)
    for _, kind in ipairs { "unknown-relation", "no-label", "near-entity", "no-source",
                            "unused-source", "date", "variable", "same" } do
      assert(out:find("\n  " .. kind .. " ", 1, true), kind)
    end
    assert.matches("\n  check FILE", (helper.dossier { "--help" }))
  end)

  it("finds nothing in the bundled data", function()
    local out, err, code = helper.shell(helper.clean .. helper.build .. "/dossier check data/*.dl")
    assert.equal("", out)
    assert.equal("", err)
    assert.equal(0, code)
  end)
end)
