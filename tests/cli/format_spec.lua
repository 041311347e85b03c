--- The command `format`: which files it rewrites, what it says, its exit codes.
local helper = require "tests.helper"

local untidy, tidy = "p( a,b ) .% c\n", "p(a, b).  % c\n"

describe("the command format", function()
  local folder
  before_each(function() folder = helper.folder() end)
  after_each(function() helper.sweep(folder) end)

  local function file(name, text) return helper.write(folder .. "/" .. name, text) end

  --- Run it; what it printed, with nothing on standard error and this exit code.
  local function good(arguments, input, code)
    local out, err, got = helper.dossier({ "format", table.unpack(arguments) }, input)
    assert.equal("", err)
    assert.equal(code or 0, got)
    return out
  end

  --- Run it; what it said on standard error, having exited with 2, and what it printed.
  local function bad(arguments, input)
    local out, err, code = helper.dossier({ "format", table.unpack(arguments) }, input)
    assert.equal(2, code, err)
    assert(err:find "^dossier: ", err)
    return err, out
  end

  local function contains(text, part)
    assert(text:find(part, 1, true), ("%q is not in:\n%s"):format(part, text))
  end

  --- Inode, mode and time of change of a file.
  local function marks(path) return (helper.shell("stat -c '%i %a %y' " .. helper.quote(path))) end

  --- What is in the folder.
  local function listing() return (helper.shell("ls -A " .. helper.quote(folder))) end

  it("rewrites files in place and names those that change", function()
    local a, b = file("a.dl", untidy), file("b.dl", tidy)
    local before = marks(b)
    assert.equal("formatted " .. a .. "\n", good { a, b })
    assert.equal(tidy, helper.read(a))
    assert.equal(before, marks(b))
    assert.equal("a.dl\nb.dl\n", listing())
    assert.equal("", good { a, b })
  end)

  it("only tells with --check", function()
    local a, b = file("a.dl", untidy), file("b.dl", tidy)
    assert.equal(a .. "\n", good({ a, b, "--check" }, nil, 1))
    assert.equal(untidy, helper.read(a))
    assert.equal("", good { "--check", b })
    assert.equal("<stdin>\n", good({ "--check", "-" }, untidy, 1))
  end)

  it("writes to standard output with --stdout, and for -", function()
    local a = file("a.dl", untidy)
    assert.equal(tidy .. "q.\n", good({ "--stdout", a, "-" }, "q  ."))
    assert.equal(untidy, helper.read(a))
    assert.equal(tidy, good({ "-" }, untidy))
    assert.equal("", good({ "-" }, ""))
  end)

  it("leaves a file with an error as it is, and does the others", function()
    local a, b, c = file("a.dl", untidy), file("b.dl", "p(a.\nq( b)."), file("c.dl", untidy)
    local err, out = bad { a, b, c }
    contains(err, b .. ":1:4: ")
    contains(err, "^\n")
    assert.equal(("formatted %s\nformatted %s\n"):format(a, c), out)
    assert.equal("p(a.\nq( b).", helper.read(b))
    err, out = bad { "--check", b, a }
    contains(err, b .. ":1:4: ")
    assert.equal("", out)
  end)

  it("keeps permissions, and follows links", function()
    local a = file("a.dl", untidy)
    helper.shell(("chmod 640 %s; ln -s a.dl %s/link.dl"):format(helper.quote(a), helper.quote(folder)))
    assert.equal("formatted " .. folder .. "/link.dl\n", good { folder .. "/link.dl" })
    assert.equal(tidy, helper.read(a))
    assert.equal(" 640 ", marks(a):match " %d+ ")
    assert.equal("symbolic link\n", (helper.shell("stat -c %F " .. helper.quote(folder .. "/link.dl"))))
  end)

  it("says what it cannot read or rewrite", function()
    contains(bad { folder .. "/none.dl" }, "none.dl: there is no such file")
    contains(bad { folder }, "is a directory")
    contains(bad { "/dev/null" }, "is no ordinary file")
    local a, b = file("a.dl", untidy), file("b.dl", untidy)
    helper.shell("chmod 444 " .. helper.quote(a))
    local err, out = bad { a, b }
    contains(err, a .. ": would change, but is read-only")
    assert.equal("formatted " .. b .. "\n", out)
    assert.equal(untidy, helper.read(a))
    assert.equal(tidy, good { "--stdout", a })
    assert.equal(a .. "\n", good({ "--check", a }, nil, 1))
    file("c.dl", tidy)
    helper.shell("chmod 444 " .. helper.quote(folder .. "/c.dl"))
    assert.equal("", good { folder .. "/c.dl" })
  end)

  it("leaves a file as it was where none can be made beside it", function()
    -- Permissions do not stop root; a name of full length stops everyone.
    local name = ("n"):rep(252) .. ".dl"
    local a = file(name, untidy)
    contains(bad { a }, "no file can be made beside it")
    assert.equal(untidy, helper.read(a))
    assert.equal(name .. "\n", listing())
  end)

  it("leaves a file as it was where the disk is full", function()
    local a = file("a.dl", ("p( a,b ) .\n"):rep(3000))
    local _, err, code = helper.shell(("trap '' XFSZ; ulimit -f 8; %s %s/dossier format %s"):format(
      helper.clean, helper.build, helper.quote(a)))
    assert.equal(2, code)
    contains(err, a .. ": cannot be rewritten, and is as it was: ")
    assert.equal("a.dl\n", listing())
    assert.equal(("p( a,b ) .\n"):rep(3000), helper.read(a))
  end)

  it("refuses what does not go together, and helps", function()
    contains(bad {}, "dossier format FILE.dl")
    contains(bad { "--check", "--stdout", "x" }, "give one of them")
    contains(bad { "--chek", "x" }, "did you mean --check?")
    contains(bad { "x", "--format", "json" }, "takes no --format")
    contains(bad { "x", "--as-of", "1994" }, "format reads no view")
    local help = good { "--help" }
    for _, part in ipairs { "Usage: dossier format", "--check", "--stdout", "88 columns", "  $ dossier format" } do
      contains(help, part)
    end
    contains((helper.dossier { "--help" }), "format FILE...")
  end)

  it("finds the bundled files in order", function()
    assert.equal("", (helper.shell(helper.clean .. helper.build .. "/dossier format --check data/*.dl")))
  end)
end)
