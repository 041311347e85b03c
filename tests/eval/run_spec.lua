--- Pipelines and components, through host programs: only C reaches them.

local helper = require "tests.helper"

--- Run it; it must succeed.
local function host(name, arguments)
  local out, err, code = helper.host(name, arguments)
  assert.equal(0, code, out .. err)
  return out
end

describe("a run of pipelines", function()
  it("derives what nested loops derive, for random programs", function()
    local seed = os.getenv "SEED" or tostring(os.time())
    local steps = os.getenv "STEPS" or (helper.sanitized and "400" or "2000")
    local out = host("eval_run", { seed, steps })
    assert.matches("eval_run: agreed", out)
    assert.is_true(tonumber(out:match "; (%d+) runs by several threads") > tonumber(steps))
  end)

  it("keeps best tuples, calls, folds each group once, ends at limits", function()
    local seed = os.getenv "SEED" or tostring(os.time())
    assert.matches("eval_loop: agreed", host("eval_loop", { seed }))
  end)

  it("counts what a loop written by hand counts", function()
    assert.matches("eval_bench: agreed", host("eval_bench", { "2", "1" }))
  end)

  it("counts the same on several threads, where there is enough to do", function()
    local out = host("eval_bench", { helper.sanitized and "20" or "40", "1", "", "3" })
    assert.matches("eval_bench: agreed", out)
    for _, name in ipairs { "random, left", "same generation", "triangles" } do
      assert.is_true(tonumber(out:match(name .. "[^\n]* (%d+) apart")) > 0, name .. "\n" .. out)
    end
  end)
end)
