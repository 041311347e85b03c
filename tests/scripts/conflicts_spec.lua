local conflicts = require "conflicts"

describe("conflicts overview", function()
  it("says so where there is none", function()
    assert.equal("No two claims in view contradict each other.", conflicts.overview {})
  end)

  it("counts by kind, and leaves out kinds that are not there", function()
    assert.equal("1 conflict: 1 fact both asserted and denied.",
      conflicts.overview { { kind = "denial" } })
    assert.equal("3 conflicts: 1 case of two values where one is allowed and 2 happenings "
      .. "told at two times.",
      conflicts.overview { { kind = "once" }, { kind = "key" }, { kind = "once" } })
  end)
end)
