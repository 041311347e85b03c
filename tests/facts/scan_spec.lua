--- Scans by row and in whole columns, through a host program: only C reaches the latter.

local helper = require "tests.helper"

describe("a scan", function()
  it("gives the same in whole columns, row by row, and while the base changes", function()
    local seed = tonumber(os.getenv "SEED") or os.time()
    local steps = tonumber(os.getenv "STEPS") or 40
    local out, err, code = helper.host("facts_scan", { tostring(seed), tostring(steps) })
    assert.equal("facts_scan: agreed\n", out .. err, ("seed %d"):format(seed))
    assert.equal(0, code)
  end)
end)
