--- Bulk loads, through host programs: only C reaches below the public header.

local helper = require "tests.helper"

--- Run it; it must succeed.
local function host(name, arguments)
  local out, err, code = helper.host(name, arguments)
  assert.equal(0, code, out .. err)
  return out
end

describe("a bulk load", function()
  it("makes the same base as claims added one by one, at any setting", function()
    local seed = tonumber(os.getenv "SEED") or os.time()
    local steps = tonumber(os.getenv "STEPS") or 80
    for i = 0, steps // 8 - 1 do
      local folder = helper.folder()
      local run = ("seed %d"):format(seed + i)
      local out, err, code = helper.host("facts_bulk", { "agree", folder, tostring(seed + i), "8" })
      assert.equal("facts_bulk: agreed\n", out .. err, run)
      assert.equal(0, code, run)
      helper.sweep(folder)
    end
  end)

  it("that fails, is stopped or is refused leaves the base as it was", function()
    local folder = helper.folder()
    assert.matches("nothing lost", host("facts_bulk", { "fault", folder }))
    helper.sweep(folder)
  end)

  it("gives a base that holds against every check, also where its rows were spilled", function()
    local folder = helper.folder()
    host("facts_load", { "make", folder .. "/triples.nt", "150000", "3" })
    assert.matches("150000 rows", host("facts_load", { "load", folder .. "/base", folder .. "/triples.nt", "1" }))
    host("facts_load", { "verify", folder .. "/base" })
    -- The same rows once more are new to nobody.
    assert.matches("150000 rows, 0 new", host("facts_load", { "load", folder .. "/base", folder .. "/triples.nt" }))
    host("facts_load", { "verify", folder .. "/base" })
    os.remove(folder .. "/triples.nt")
    helper.sweep(folder)
  end)
end)
