-- Exports: what goes out comes back, the same contents give the same bytes.
local dossier = require "dossier"
local helper = require "tests.helper"
local bases = require "tests.io.bases"

local SEED = tonumber(os.getenv "SEED") or 1
local STEPS = tonumber(os.getenv "STEPS") or 40

describe("an export in the language", function()
  for i = 0, 11 do
    local seed = SEED * 1000 + i
    it("loads back to an equal base, and goes out in the same bytes: SEED=" .. SEED .. " number " .. i, function()
      local kb = assert(dossier.open(nil, { merge_bound = i % 3 == 0 and 8 or nil }))
      bases.grow(kb, helper.random(seed), STEPS)
      local text = assert(kb:export())
      local again = bases.load(text)
      assert.equal("", bases.differences(bases.dump(kb), bases.dump(again)))
      assert.equal(text, again:export())
      assert.equal(0, #(again:transactions()) - 1)
    end)

    it("replays its history to an equal base, and that goes out in the same bytes: SEED=" .. SEED .. " number " .. i, function()
      local kb = assert(dossier.open())
      bases.grow(kb, helper.random(seed + 500), STEPS)
      local text = assert(kb:export { history = true })
      local again = bases.load(text)
      assert.equal("", bases.differences(bases.dump(kb, true), bases.dump(again, true)))
      assert.equal(text, again:export { history = true })
      assert.equal(kb:export(), again:export())
      for n = 1, #kb:transactions() do
        assert.equal(kb:view { known_at = n }:export(), again:view { known_at = n }:export())
      end
    end)
  end
end)
