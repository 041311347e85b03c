--- Installing and uninstalling: what is put where, that it works there, and that it goes.
local helper = require "tests.helper"

local mode = ({ ["build/check"] = "check", ["build/sanitize"] = "sanitize" })[helper.build]
  or "release"

describe("installing", function()
  local folder
  before_each(function() folder = helper.folder() end)
  after_each(function() helper.sweep(folder) end)

  --- Make a target, staged in the folder.
  local function make(target, settings)
    local pipe = io.popen "pwd"
    local here = pipe:read "l"
    pipe:close()
    return helper.shell(("env -u LD_PRELOAD make -s MODE=%s %s DESTDIR=%s %s"):format(mode,
      target, helper.quote(here .. "/" .. folder), settings or "PREFIX=/opt/dossier"))
  end

  local function good(target, settings)
    local out, err, code = make(target, settings)
    assert.equal(0, code, out .. err)
    return out
  end

  --- Files and folders below the folder, a line each, in order.
  local function listing()
    return (helper.shell(("cd %s && find . | LC_ALL=C sort"):format(helper.quote(folder))))
  end

  local function has(text, part) assert(text:find(part, 1, true), part .. " is not in:\n" .. text) end

  it("puts everything below its prefix, and takes all of it away again", function()
    local empty = listing()
    has(good "install", "installed")
    local files = listing()
    for _, file in ipairs {
      "bin/dossier", "include/dossier.h", "lib/libdossier.a", "lib/libdossier.so",
      "lib/libdossier.so.0", "lib/libdossier.so.0.1.0", "lib/lua/5.4/dossier.so",
      "lib/pkgconfig/dossier.pc", "share/bash-completion/completions/dossier",
      "share/dossier/data/vocabulary.dl", "share/dossier/data/nato-ukraine.dl",
      "share/dossier/dossier.lua", "share/dossier/dossier.report.lua",
      "share/man/man1/dossier.1", "share/zsh/site-functions/_dossier",
    } do
      has(files, "./opt/dossier/" .. file .. "\n")
    end
    has(good "uninstall", "removed")
    assert.equal(empty, listing())
  end)

  it("leaves what was there, whether or not it is empty", function()
    helper.shell(("cd %s && mkdir -p usr/lib/pkgconfig usr/bin && echo mine > usr/bin/other")
      :format(helper.quote(folder)))
    local before = listing()
    good("install", "PREFIX=/usr")
    good("install", "PREFIX=/usr") -- twice is once
    helper.write(folder .. "/usr/share/dossier/mine.lua", "-- mine")
    good("uninstall", "PREFIX=/usr")
    assert.equal("-- mine", helper.read(folder .. "/usr/share/dossier/mine.lua"))
    helper.shell(("rm -r %s/usr/share"):format(helper.quote(folder)))
    assert.equal(before, listing())
    local _, err, code = make("uninstall", "PREFIX=/usr")
    assert.equal(2, code)
    has(err, "nothing was installed there")
  end)

  it("follows the variables of the GNU conventions", function()
    good("install", "prefix=/a libdir=/a/lib64 mandir=/m INSTALL_DATA='install -m 600'")
    local files = listing()
    has(files, "./a/lib64/libdossier.so\n")
    has(files, "./a/lib64/pkgconfig/dossier.pc\n")
    has(files, "./m/man1/dossier.1\n")
    has((helper.shell("ls -l " .. helper.quote(folder .. "/m/man1"))), "-rw-------")
    has(helper.read(folder .. "/a/lib64/pkgconfig/dossier.pc"), "libdir=${prefix}/lib64\n")
    good("uninstall", "prefix=/a libdir=/a/lib64 mandir=/m")
    assert.equal(".\n", listing())
  end)

  it("refuses a prefix that is no place", function()
    local _, err, code = make("install", "PREFIX=here")
    assert.equal(2, code)
    has(err, "PREFIX begins with a /")
    assert.equal(".\n", listing())
  end)

  it("gives a command that runs from there", function()
    good "install"
    local root = folder .. "/opt/dossier"
    local out, err, code = helper.run("sh", { "-c",
      ("cd %s && bin/dossier -b %s load share/dossier/data/*.dl && bin/dossier -b %s summary")
        :format(helper.quote(root), "x.kb", "x.kb") })
    assert.equal("", err)
    assert.equal(0, code)
    has(out, "x.kb: ")
    has(out, "Ukraine")
  end)

  -- What is built with a sanitizer needs its runtime in whatever loads it.
  if not helper.sanitized then
    it("gives a library that pkg-config finds, by its versioned name", function()
      good "install"
      local root = folder .. "/opt/dossier"
      local out, err = helper.shell(([[
        export PKG_CONFIG_PATH=%s/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=%s
        cc tests/embed/minimal.c $(pkg-config --cflags --libs dossier) -o %s/minimal &&
        rm %s/lib/libdossier.so && LD_LIBRARY_PATH=%s/lib %s/minimal
        pkg-config --modversion dossier
      ]]):format(root, folder, folder, root, root, folder))
      assert.equal("", err)
      assert.equal("ukraine\n0.1.0\n", out)
      out = helper.shell(([[
        cc -I%s/include tests/embed/minimal.c %s/lib/libdossier.a -o %s/static \
          -llua5.4 -lsqlite3 -lutf8proc -lstemmer -llua5.4-lpeg -lz -lzstd -lm -lpthread && %s/static
      ]]):format(root, root, folder, folder))
      assert.equal("ukraine\n", out)
    end)

    it("gives a module that the stock interpreter finds", function()
      good "install"
      local out, err = helper.shell(([[LUA_CPATH='%s/opt/dossier/lib/lua/5.4/?.so' %s -e '
        local kb = assert(require "dossier".open())
        assert(kb:load "%s/opt/dossier/share/dossier/data/vocabulary.dl")
        print(require "dossier".version)']]):format(folder, os.getenv "LUA" or "lua5.4", folder))
      assert.equal("", err)
      assert.equal("0.1.0\n", out)
    end)
  end
end)
