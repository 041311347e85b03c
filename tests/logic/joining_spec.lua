--- Queries that join many facts are worked out whole, others row by row: either way the
--- answers are the same.
local dossier = require "dossier"
local helper = require "tests.helper"

local SEED = tonumber(os.getenv "SEED") or 20261127
local MANY = 20000 -- facts from which on a join is worked out whole

local declared = [[
relation p(entity, entity).
relation q(entity, entity).
relation near(entity, entity) symmetric.
relation close(entity, entity) is near(1, 2).
source s { title: "S" }.  source t { title: "T" }.
]]

--- Facts at random; `more` of a relation's rows that join nothing make it large.
local function base(random, more)
  local kb = assert(dossier.open())
  assert(kb:load_text(declared))
  assert(kb:transaction(function(tx)
    for _ = 1, 300 do
      local relation = ({ "p", "q", "near", "close" })[random(4)]
      local claim = { source = random(2) == 1 and "s" or "t" }
      if random(3) == 1 then claim.valid = tostring(1990 + random(10)) end
      local columns = { "e" .. random(40), "e" .. random(40) }
      tx:add(relation, columns, claim)
      if random(8) == 1 then tx:deny(relation, columns, { source = "t" }) end
    end
    tx:add("same_as", { "e1", "e2" }, { source = "s" })
    for i = 1, more do tx:add("p", { "x" .. i, "y" .. i }, { source = "s" }) end
    for i = 1, more do tx:add("near", { "u" .. i, "v" .. i }, { source = "s" }) end
    return true
  end))
  return kb
end

local function answers(kb, query)
  local list = {}
  for _, row in ipairs(kb:prepare(query):all()) do
    local words = {}
    for i = 1, #row do words[i] = tostring(row[i]) end
    local line = table.concat(words, " ")
    if not line:find "[xyuv]%d" then list[#list + 1] = line end
  end
  table.sort(list)
  return list
end

local queries = { "p(X, Y), q(Y, Z)", "p(X, Y), near(Y, Z), q(Z, W)", "near(X, Y), near(Y, Z)",
                  "p(X, Y), p(Y, _)", "p(X, _), q(X, _)", "close(X, Y), p(Y, X), near(X, X)" }

describe("a join of many facts", function()
  it("has the answers that it has among few (SEED=" .. SEED .. ")", function()
    for round = 1, 2 do
      local few = base(helper.random(SEED + round), 0)
      local many = base(helper.random(SEED + round), MANY)
      local views = { {}, { sources = { "s" } }, { as_of = "1995" }, { since = "1994" } }
      for _, options in ipairs(views) do
        local a, b = few:view(options), many:view(options)
        for _, query in ipairs(queries) do
          assert.same(answers(a, query), answers(b, query), query)
        end
        a:close()
        b:close()
      end
      few:close()
      many:close()
    end
  end)

  it("is stepped through where it is a product", function()
    local kb <close> = base(helper.random(SEED), MANY)
    kb:limit { tuples = 1000 }
    local n = 0
    for _ in kb:query "p(X, Y), near(Z, W)" do
      n = n + 1
      if n == 10 then break end
    end
    assert.equal(10, n)
  end)
end)
