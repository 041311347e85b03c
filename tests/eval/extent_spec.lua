--- The evaluator's sets of tuples, through a host program: only C reaches them.

local helper = require "tests.helper"

describe("the evaluator's extents", function()
  it("agree with a naive model, whatever the width, and when memory runs out", function()
    local seed = os.getenv "SEED" or tostring(os.time())
    local out, err, code = helper.host("eval_extent", { seed, os.getenv "STEPS" })
    assert.equal(0, code, out .. err)
    assert.matches("eval_extent: agreed", out)
  end)
end)
