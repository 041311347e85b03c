-- The command `export`: where the text goes, and what is left where it cannot.
local helper = require "tests.helper"

describe("dossier export", function()
  local folder, base

  setup(function()
    folder = helper.folder()
    base = folder .. "/a.kb"
    helper.write(folder .. "/a.dl", "source s {}. from s { p(a). p(b). } q(x, y) @ 1994.\n")
    helper.dossier { "-b", base, "load", folder .. "/a.dl" }
  end)

  teardown(function() helper.sweep(folder) end)

  local TEXT = "source s.\n\np(a) from s.\np(b) from s.\n\nq(x, y) @ 1994.\n"

  it("writes to standard output, and to - ", function()
    assert.equal(TEXT, (helper.dossier { "-b", base, "export" }))
    assert.equal(TEXT, (helper.dossier { "-b", base, "export", "-o", "-" }))
    assert.equal(TEXT, (helper.dossier { "export", folder .. "/a.dl" }))
  end)

  it("takes a format, relations and a view", function()
    local out, err, code = helper.dossier { "-b", base, "export", "--format", "csv", "q" }
    assert.same({ "arg1,arg2,valid,sources,n_claims\nx,y,1994,base,1\n", "", 0 }, { out, err, code })
    assert.equal("source s.\n\np(a) from s.\np(b) from s.\n", (helper.dossier { "-b", base, "--source", "s", "export" }))
    out = helper.dossier { "-b", base, "export", "--history", "--format", "csv", "--columns", "args,verb", "p" }
    assert.equal("arg1,verb\na,asserts\nb,asserts\n", out)
  end)

  it("says what it cannot do", function()
    for _, case in ipairs {
      { { "--format", "dll" }, 'dossier: no format "dll"; did you mean dl?\n' },
      { { "pp" }, 'dossier: no relation called "pp"\n' },
      { { "--claims" }, "dossier: rows for claims are for csv\n" },
      { { "-o", folder }, "dossier: " .. folder .. ": cannot be written: Is a directory\n" },
      { { "-o", folder .. "/none/x" }, "dossier: " .. folder .. "/none/x: cannot be written: No such file or directory\n" },
    } do
      local out, err, code = helper.dossier { "-b", base, "export", table.unpack(case[1]) }
      assert.equal("", out)
      assert(err:find(case[2]:match "^[^;\n]*", 1, true), err)
      assert.equal(2, code)
    end
  end)

  it("replaces a file when all was written, with its rights, behind a link, and leaves nothing beside it", function()
    local path = folder .. "/out.dl"
    helper.write(path, "old")
    helper.shell("chmod 640 " .. path .. "; ln -s out.dl " .. folder .. "/link.dl")
    local out, err, code = helper.dossier { "-b", base, "export", "-o", folder .. "/link.dl" }
    assert.same({ "", "", 0 }, { out, err, code })
    assert.equal(TEXT, helper.read(path))
    assert.equal("640\n", (helper.shell("stat -c %a " .. path)))
    assert.equal("symbolic link\n", (helper.shell("stat -c %F " .. folder .. "/link.dl")))
    assert.equal("a.dl\na.kb\nlink.dl\nout.dl\n", (helper.shell("ls " .. folder)))
  end)

  it("leaves the file that was there where it fails", function()
    local path = folder .. "/kept.dl"
    helper.write(path, "old")
    local command = ("ulimit -f 0; trap '' XFSZ; %s%s/dossier -b %s export -o %s"):format(helper.clean, helper.build, base, path)
    local _, err, code = helper.shell(command .. " 2>&1 | cat; exit 2")
    assert.equal(2, code)
    assert.equal("", err)
    assert.equal("old", helper.read(path))
    assert.equal("", (helper.shell("ls " .. folder .. " | grep kept.dl.; true")))
  end)

  it("tells of a full disk", function()
    local _, err, code = helper.shell(("%s%s/dossier -b %s export > /dev/full"):format(helper.clean, helper.build, base))
    assert(err:find("the output could not be written", 1, true), err)
    assert.equal(2, code)
    _, err, code = helper.dossier { "-b", base, "export", "-o", "/dev/full" }
    assert(err:find("/dev/full|the file") or err:find("cannot be written: No space left", 1, true), err)
    assert.equal(2, code)
  end)

  it("ends quietly where nobody reads any more, and stops when it is asked to", function()
    local big = folder .. "/big.dl"
    local lines = {}
    for i = 1, 60000 do lines[i] = ("n(%d, e%d)."):format(i, i) end
    helper.write(big, table.concat(lines, "\n"))
    helper.dossier { "-b", folder .. "/big.kb", "load", big }
    local command = helper.clean .. helper.build .. "/dossier -b " .. folder .. "/big.kb export"
    local out, err = helper.shell(command .. " | head -1")
    assert.same({ "n(1, e1).\n", "" }, { out, err })
    -- The pipe fills up, a first byte tells that it began, and then it is asked to end.
    local _, told, code = helper.shell(("mkfifo %s/pipe; exec 9<> %s/pipe; %s > %s/pipe & pid=$!; "
      .. "dd bs=1 count=1 <&9 > %s/byte 2> %s/dd; kill -TERM $pid; wait $pid")
      :format(folder, folder, command, folder, folder, folder))
    assert.equal(143, code)
    assert.equal("dossier: stopped\n", told)
  end)

  it("is told of by help, completion and the manual", function()
    assert((helper.dossier { "--help" }):find("export [RELATION...]", 1, true))
    assert((helper.dossier { "export", "--help" }):find("%-%-history"))
    assert.equal("dl\ncsv\njsonl\ndot\nnt\nnq\nttl\ntrig\n", (helper.dossier { "complete", "--", "export", "--format", "" }))
    assert((helper.dossier { "complete", "--", "-b", base, "export", "" }):find "q")
  end)
end)
