--- Lists of what was ever claimed, through a host program: only C has memory fail.  What is
--- in them is held against a model in tests/lua/told_spec.lua.

local helper = require "tests.helper"

describe("a list of histories", function()
  it("has each fact once, and is made or not where memory fails", function()
    local out, err, code = helper.host("facts_histories", {})
    assert.equal([[
saw(Ann, b), contested
met(Ann, b), corroborated
met(Ann, b), single-source
met(Ann, c), single-source
saw(b, Ann), single-source
]], out .. err)
    assert.equal(0, code)
  end)
end)
