--- Tries and the numbering of values, through a host program: only C reaches them.

local helper = require "tests.helper"

describe("a trie", function()
  it("has what was put in, in every order, each tuple once, as a naive model has", function()
    local seed = os.getenv "SEED" or tostring(os.time())
    local steps = os.getenv "STEPS" or "40"
    local out, err, code = helper.host("eval_trie", { seed, steps })
    assert.equal(0, code, out .. err)
    assert.equal("seed " .. seed .. "\nagreed\n", out)
  end)
end)
