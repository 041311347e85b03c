--- The check that a room includes only itself and the rooms before it.
local helper = require "tests.helper"

local lua = os.getenv "LUA" or "lua5.4"

describe("the check of rooms", function()
  local root
  before_each(function()
    root = helper.folder()
    os.execute(("mkdir %s/ground %s/store %s/cli"):format(root, root, root))
  end)
  after_each(function() helper.sweep(root) end)

  local function check()
    local out, _, code = helper.shell(lua .. " tests/lint/rooms.lua " .. root)
    return out, code
  end

  it("passes the rooms of this library", function()
    local out, _, code = helper.shell(lua .. " tests/lint/rooms.lua")
    assert.equal("", out)
    assert.equal(0, code)
  end)

  it("lets a room know the rooms before it and its own foreign header", function()
    helper.write(root .. "/store/a.c",
      '#include <sqlite3.h>\n#include <stdio.h>\n#include "ground/mem.h"\n' ..
      '#include "store/a.h"\n#include "dossier.h"\n')
    helper.write(root .. "/cli/main.c", '#include "dossier.h"\n#include "cli/a.h"\n')
    local out, code = check()
    assert.equal("", out)
    assert.equal(0, code)
  end)

  it("tells each breach with its place", function()
    helper.write(root .. "/ground/a.c",
      '#include "store/a.h"\n#include <sqlite3.h>\n#  include "a.h"\n')
    helper.write(root .. "/store/a.h", '#include "value/date.h"\n')
    helper.write(root .. "/cli/main.c", '#include "ground/mem.h"\n')
    local out, code = check()
    assert.equal(1, code)
    for _, place in ipairs { "ground/a.c:1:", "ground/a.c:2:", "ground/a.c:3:",
                             "store/a.h:1:", "cli/main.c:1:" } do
      assert(out:find(root .. "/" .. place, 1, true), place .. " is not in:\n" .. out)
    end
  end)

  it("knows every room", function()
    os.execute("mkdir " .. root .. "/attic")
    helper.write(root .. "/attic/a.c", "")
    local out, code = check()
    assert(out:find "no room called \"attic\"", out)
    assert.equal(1, code)
  end)
end)
