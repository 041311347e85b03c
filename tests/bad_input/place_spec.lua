-- Bases that may not be read or written: said in words, with the remedy, nothing changed.
--
-- To the super-user everything is allowed, so where the suite runs as that, commands here
-- run as nobody, with a copy of the program in a place that nobody can reach.
local bases = require "tests.bad_input.bases"
local helper = require "tests.helper"

local NOBODY = "setpriv --reuid=65534 --regid=65534 --clear-groups"

local function trim(text) return (text:gsub("%s+$", "")) end

local function contains(text, part)
  assert(text:find(part, 1, true), ("%q is not in:\n%s"):format(part, text))
end

describe("a base in its place", function()
  local root = trim((helper.shell "id -u")) == "0"
  local folder, program

  --- Run the command as one who is not allowed everything.
  local function dossier(arguments, input)
    local words = { helper.clean, root and NOBODY or "", helper.quote(program) }
    for _, word in ipairs(arguments) do words[#words + 1] = helper.quote(word) end
    return helper.shell(table.concat(words, " "), input)
  end

  local function shell(format, ...)
    local words = table.pack(...)
    for i, word in ipairs(words) do words[i] = helper.quote(word) end
    local _, err, code = helper.shell(format:format(table.unpack(words)))
    assert.equal("", err)
    assert.equal(0, code)
  end

  local function refused(arguments, ...)
    local out, err, code = dossier(arguments, "held(new, fact).\n")
    assert.equal("", out)
    assert.equal(2, code, err)
    for _, part in ipairs { ... } do contains(err, part) end
  end

  local function answers(path)
    local out, err, code = dossier { "-b", path, "query", "?- held(X, Y) @ T from S." }
    assert.equal("", err)
    assert.equal(0, code)
    return out
  end

  --- Everything in a folder: names, sizes, bytes, and when they were changed.
  local function state(path)
    return (helper.shell(("cd %s && ls -laR --time-style=full-iso && cat $(find . -type f | sort) | cksum")
      :format(helper.quote(path))))
  end

  --- A folder of its own with a base, open to all: and a log beside it with `log`.
  local function place(name, log)
    local path = folder .. "/" .. name
    shell("mkdir -p %s", path)
    local kb = bases.make(path .. "/some.kb", { seed = 3, transactions = 4, clauses = 8 })
    if log then
      shell("cp %s %s && cp %s %s", path .. "/some.kb", path .. "/kept",
        path .. "/some.kb-wal", path .. "/kept-wal")
    end
    kb:close()
    if log then
      shell("cd %s && mv kept some.kb && mv kept-wal some.kb-wal", path)
    end
    shell("chmod -R a+rwX %s", path)
    return path, path .. "/some.kb"
  end

  setup(function()
    local pipe = assert(io.popen "mktemp -d ${TMPDIR:-/tmp}/spec.XXXXXX")
    folder = pipe:read "l"
    pipe:close()
    program = folder .. "/dossier"
    shell("cp %s %s && chmod 755 %s %s", helper.build .. "/dossier", program, program, folder)
  end)
  teardown(function()
    assert(folder:find("/spec.", 1, true))
    shell("chmod -R u+rwX %s && rm -rf %s", folder, folder)
  end)

  it("can be used by the one who runs these tests", function()
    local _, path = place "open"
    assert(#answers(path) > 20)
    local _, err, code = dossier({ "-b", path, "load", "-" }, "held(new, fact).\n")
    assert.equal("", err)
    assert.equal(0, code)
    assert.equal("X\nfact\n", (dossier { "-b", path, "query", "held(new, X)" }))
  end)

  it("is refused where the file may not be read", function()
    local _, path = place "unreadable"
    shell("chmod 000 %s", path)
    refused({ "-b", path, "query", "held(X, Y)" }, path, "Permission denied")
    refused({ "-b", path, "load", "-" }, path, "Permission denied")
    refused({ "-b", path, "summary" }, path, "Permission denied")
  end)

  it("is refused where the folder may not be entered", function()
    local inside, path = place "closed"
    shell("chmod 000 %s", inside)
    refused({ "-b", path, "query", "held(X, Y)" }, path, "Permission denied")
    refused({ "-b", path, "load", "-" }, path, "Permission denied")
    shell("chmod 755 %s", inside)
  end)

  it("cannot be made where the folder may not be written", function()
    local inside = place "full"
    shell("chmod a-w %s", inside)
    local before = state(inside)
    refused({ "-b", inside .. "/new.kb", "load", "-" }, inside .. "/new.kb", "cannot make the file",
      "Permission denied")
    assert.equal(before, state(inside))
  end)

  it("is read, and writing to it refused, where the file is read only", function()
    local inside, path = place "file"
    local wanted = answers(path)
    shell("chmod a-w %s", path)
    local before = helper.read(path)
    assert.equal(wanted, answers(path))
    refused({ "-b", path, "load", "-" }, path, "cannot be written")
    assert.equal(before, helper.read(path))
    assert.equal("some.kb", trim((helper.shell("ls " .. helper.quote(inside)))))
  end)

  it("is read without a trace, and writing to it refused, where the folder is read only", function()
    local inside, path = place "folder"
    local wanted = answers(path)
    shell("chmod a-w %s %s", inside, path)
    local before = state(inside)
    assert.equal(wanted, answers(path))
    assert.equal(0, (select(3, dossier { "-b", path, "summary" })))
    refused({ "-b", path, "load", "-" }, path, "cannot be written")
    assert.equal(before, state(inside))
  end)

  it("is read where only its folder is read only", function()
    local inside, path = place "folder-only"
    local wanted = answers(path)
    shell("chmod a-w %s", inside)
    local before = state(inside)
    assert.equal(wanted, answers(path))
    refused({ "-b", path, "load", "-" }, path, "cannot be written")
    assert.equal(before, state(inside))
  end)

  it("is refused with the remedy on read-only media where a log lies beside", function()
    local inside, path = place("log", true)
    local wanted = answers(place "without-log" .. "/some.kb")
    shell("chmod a-w %s %s %s", inside, path, path .. "-wal")
    local before = state(inside)
    refused({ "-b", path, "query", "held(X, Y)" }, path .. ": a log lies beside it",
      "open it once where it can be written", "-wal")
    refused({ "-b", path, "load", "-" }, path)
    assert.equal(before, state(inside))
    shell("chmod u+w %s %s %s && chmod a+w %s %s %s", inside, path, path .. "-wal",
      inside, path, path .. "-wal")
    assert.equal(wanted, answers(path)) -- the remedy
    shell("chmod a-w %s %s", inside, path)
    assert.equal(wanted, answers(path))
  end)

  it("is read with its log where it can be written", function()
    local _, path = place("logged", true)
    local _, without = place "unlogged"
    assert.equal(answers(without), answers(path))
  end)

  it("is refused with a log that nobody may read", function()
    local _, path = place("secret", true)
    shell("chmod 000 %s", path .. "-wal")
    local before, log = helper.read(path), nil
    if root then log = helper.read(path .. "-wal") end
    refused({ "-b", path, "query", "held(X, Y)" }, path)
    refused({ "-b", path, "load", "-" }, path)
    assert.equal(before, helper.read(path))
    if root then assert.equal(log, helper.read(path .. "-wal")) end
  end)

  it("is read on a mount that is read only", function()
    local inside, path = place "mount"
    local wanted = answers(path)
    local out, err, code = helper.shell(([[
      unshare --mount sh -c 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" || exit 77
        %s "$2" -b "$3" query "?- held(X, Y) @ T from S." || exit
        echo "held(new, fact)." | %s "$2" -b "$3" load -' - %s %s %s]])
      :format(helper.clean, helper.clean, helper.quote(inside), helper.quote(program),
        helper.quote(path)))
    if code == 77 or err:find "unshare" then
      pending "no mount can be made read only here"
      return
    end
    assert.equal(wanted, out)
    assert.equal(2, code)
    contains(err, path)
    contains(err, "cannot be written")
  end)
end)
