local dossier = require "dossier"
local status = require "status"

local holds = { occurs = false, timed = true }
local timeless = { occurs = false, timed = false }

local function fact(valid, certain)
  return { valid = valid and assert(dossier.time(valid)), certain = certain ~= false }
end

describe("status standing", function()
  it("has no place for what merely happened", function()
    assert.is_nil(status.standing(fact "1994", { occurs = true, timed = true }, false))
  end)

  it("puts relations without time apart", function()
    assert.equal("always", status.standing(fact(), timeless, false))
    assert.equal("always", status.standing(fact(), timeless, true))
  end)

  it("goes by the end where no day is asked for", function()
    assert.equal("holds", status.standing(fact "1994/..", holds, false))
    assert.equal("possible", status.standing(fact "1994/", holds, false))
    assert.equal("possible", status.standing(fact(), holds, false))
    assert.equal("over", status.standing(fact "1994/2004", holds, false))
    assert.equal("over", status.standing(fact "1994", holds, false))
  end)

  it("goes by the view where a day is asked for", function()
    assert.equal("holds", status.standing(fact "1994/2004", holds, true))
    assert.equal("possible", status.standing(fact("1994", false), holds, true))
  end)
end)

describe("status possibly", function()
  it("marks a line once", function()
    assert.equal("? Varn runs it", status.possibly { text = "Varn runs it" })
    assert.equal("? Varn runs it", status.possibly { text = "? Varn runs it" })
  end)
end)

describe("status sort out", function()
  it("files each line under its standing and counts what is over", function()
    local lines = { { fact = "holds" }, { fact = "over" }, { fact = "holds" } }
    local by, over = status.sort_out(lines, function(standing) return standing end)
    assert.same({ lines[1], lines[3] }, by.holds)
    assert.same({}, by.possible)
    assert.equal(1, over)
  end)
end)
