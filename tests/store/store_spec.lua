--- The store, through host programs: only C reaches below the public header.

local helper = require "tests.helper"

--- Run it; it must succeed.
local function host(name, arguments)
  local out, err, code = helper.host(name, arguments)
  assert.equal(0, code, out .. err)
  return out
end

describe("the store", function()
  it("agrees with a naive model, and refuses damage, at any setting", function()
    local seed = os.getenv "SEED" or tostring(os.time())
    assert.matches("store_model: agreed", host("store_model", { seed }))
  end)

  it("agrees with an array while levels come and swallow each other", function()
    local folder = helper.folder()
    local seed = os.getenv "SEED" or tostring(os.time())
    local out = host("store_levels", { folder .. "/base.kb", seed, os.getenv "STEPS" })
    assert.matches("store_levels: agreed", out)
    helper.sweep(folder)
  end)

  it("gives a handle just opened the same answers from a part of a directory as from all of it", function()
    local folder = helper.folder()
    local seed = os.getenv "SEED" or tostring(os.time())
    local out = host("store_glimpse", { folder .. "/base.kb", seed, os.getenv "STEPS" })
    assert.matches("store_glimpse: agreed", out)
    helper.sweep(folder)
  end)

  it("tells of a directory that has lost its last entry, whatever is asked first", function()
    local folder = helper.folder()
    assert.matches("store_glimpse: agreed", host("store_glimpse", { folder .. "/base.kb", "2008" }))
    helper.sweep(folder)
  end)

  it("sums its text search by its pages as FTS5 gives it, however cut, and finds the same damage", function()
    local folder = helper.folder()
    local seed = os.getenv "SEED" or tostring(os.time())
    local out = host("store_leaf", { folder .. "/base.kb", seed, os.getenv "STEPS" })
    assert.matches("store_leaf: agreed", out)
    helper.sweep(folder)
  end)

  it("leaves out only rows that a walk does not want", function()
    local seed = os.getenv "SEED" or tostring(os.time())
    assert.matches("store_strain: agreed", host("store_strain", { seed, os.getenv "STEPS" }))
  end)

  it("makes, refuses, shares and leaves files as it promises", function()
    local folder = helper.folder()
    host("store_file", { folder })
    helper.sweep(folder)
  end)
end)
