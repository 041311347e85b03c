--- Facts that are looked up by columns of which the store finds them by one only, and that
--- one has many: the look-ups give what a walk over all facts gives.
local dossier = require "dossier"
local helper = require "tests.helper"

local SEED = tonumber(os.getenv "SEED") or 20261127
local KINDS = { "aid", "fight", "talk" }

describe("look-ups that walk over more than they give", function()
  it("find what is there (SEED=" .. SEED .. ")", function()
    local random = helper.random(SEED)
    local kb, all = assert(dossier.open()), {}
    assert(kb:load_text "relation start(entity). relation event(entity, entity, entity) occurs.")
    assert(kb:transaction(function(tx)
      for i = 1, 8000 do
        local row = { "e" .. random(60), KINDS[random(3)], "e" .. random(60) }
        local day = ("2001-%02d-%02d"):format(random(12), random(28))
        tx:add("event", row, { valid = day })
        all[i] = { row[1], row[2], row[3], day }
      end
      for i = 1, 30 do tx:add("start", { "e" .. i * 2 }) end
      return true
    end))
    local wanted, found, n = {}, {}, 0
    for _, row in ipairs(all) do
      local target = math.tointeger(row[3]:sub(2))
      if row[2] == "fight" and target % 2 == 0 then wanted[table.concat(row, " ")] = true end
    end
    local rules = "h(A, S, T) :- start(S), event(A, fight, S) @ T. "
    for actor, target, day in kb:query(rules .. "?- h(A, S, T).") do
      found[("%s fight %s %s"):format(actor.id, target.id, tostring(day))] = true
      n = n + 1
    end
    assert.are.same(wanted, found)
    assert.is_true(n > 1000)
  end)
end)
