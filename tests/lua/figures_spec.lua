--- kb:figures: what a base holds, counted, is what a script would count by itself.
local bases = require "tests.io.bases"
local dossier = require "dossier"
local helper = require "tests.helper"
local tell = require "dossier.tell"

local SEED = tonumber(os.getenv "SEED") or 20261127

--- The same by the facts themselves.
local function counted(kb)
  local by = {}
  for _, fact in ipairs(tell.facts(kb)) do
    local name = fact.relation .. "/" .. fact.arity
    local one = by[name] or { facts = 0 }
    by[name], one.facts = one, one.facts + 1
    local time = tell.when(fact)
    for _, day in ipairs { time and (time.earliest_start or time.latest_start) or "",
                           time and (time.latest_end or time.earliest_end) or "" } do
      local year = math.tointeger(day:match "^-?%d+")
      if year then
        one.first, one.last = math.min(one.first or year, year), math.max(one.last or year, year)
      end
    end
  end
  return by
end

local function figures(kb)
  local by = {}
  for _, one in ipairs(kb:figures()) do
    if one.facts > 0 then
      by[one.relation .. "/" .. one.arity] = { facts = one.facts, first = one.first, last = one.last }
    end
  end
  return by
end

describe("the figures of a base", function()
  it("are what its facts come to (SEED=" .. SEED .. ")", function()
    for i = 1, 12 do
      local kb <close> = assert(dossier.open())
      bases.grow(kb, helper.random(SEED + i), 15)
      assert.same(counted(kb), figures(kb))
      local view <close> = kb:view { as_of = "1995", possible = i % 2 == 0 }
      assert.same(counted(view), figures(view))
    end
  end)

  it("name a relation without facts, and count a symmetric pair once", function()
    local kb <close> = assert(dossier.open())
    assert(kb:load_text "relation q(entity). relation met(entity, entity) symmetric. met(a, b). met(b, a) @ 1999/...")
    assert.same({ { relation = "q", arity = 1, facts = 0 },
                  { relation = "met", arity = 2, facts = 2, undated = 1, first = 1999, last = 1999 } }, kb:figures())
  end)

  it("count what names things where that is asked for", function()
    local kb <close> = assert(dossier.open())
    assert(kb:load_text('label(a, "A"). label(b, "B"). alias(a, "AA"). type(a, state). q(a).'))
    local by = {}
    for _, one in ipairs(kb:figures { naming = true }) do by[one.relation] = one.facts end
    assert.same({ label = 2, alias = 1, type = 1, prefix = 0, same_as = 0, q = 1 }, by)
    assert.same({ { relation = "q", arity = 1, facts = 1, undated = 1 } }, kb:figures { naming = false })
    assert.error_matches(function() kb:figures { names = true } end, "names")
  end)

  it("have the bytes of each table of the file, which come to the file's", function()
    local folder = helper.folder()
    local path = folder .. "/a.kb"
    local kb = assert(dossier.open(path))
    assert(kb:load_text "p(a). p(b).")
    kb:close()
    kb = assert(dossier.open(path, { read_only = true }))
    local all, names = 0, {}
    for _, one in ipairs(kb:tables()) do
      all, names[one.name] = all + one.bytes, true
    end
    kb:close()
    assert.equal(#helper.read(path), all)
    assert.is_true(names.run and names.block)
    helper.sweep(folder)
    local none <close> = assert(dossier.open())
    assert(none:load_text "p(a).")
    assert.same({}, none:tables())
  end)
end)
