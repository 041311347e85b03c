local helper = require "tests.helper"
local conflicts = require "conflicts"

describe("conflicts overview", function()
  it("says so where there is none", function()
    assert.equal("No two claims in view contradict each other.", conflicts.overview { key = 0, once = 0, denial = 0, all = 0 })
  end)

  it("counts by kind, and leaves out kinds that are not there", function()
    assert.equal("1 conflict: 1 fact both asserted and denied.",
      conflicts.overview { key = 0, once = 0, denial = 1, all = 1 })
    assert.equal("3 conflicts: 1 case of two values where one is allowed and 2 happenings "
      .. "told at two times.",
      conflicts.overview { key = 1, once = 2, denial = 0, all = 3 })
  end)
end)

describe("conflicts of a key that many values share", function()
  it("shows a hundred of them, says how many more, and all where asked", function()
    local folder = helper.folder()
    local lines = { "source s {}. relation k(a, b) key(a) holds." }
    for i = 1, 20 do lines[#lines + 1] = ("k(hub, v%d) from s."):format(i) end
    local file = helper.write(folder .. "/many.dl", table.concat(lines, "\n"))
    local function shown(...)
      local out, err, code = helper.dossier { "conflicts", file, ... }
      assert.same({ "", 0 }, { err, code })
      return select(2, out:gsub("K: hub", "")), out
    end
    local n, out = shown()
    assert.equal(100, n)
    assert(out:find("190 conflicts: 190 cases of two values where one is allowed.", 1, true), out)
    assert(out:find("And 90 more; --all shows all.", 1, true), out)
    assert.equal(190, (shown "--all"))
    helper.sweep(folder)
  end)
end)
