local dossier = require "dossier"
local sources = require "sources"

describe("sources denials query", function()
  it("has a variable for each column and quotes the name", function()
    assert.equal("?- deny 'shut'(X1, X2) from S.",
      sources.denials_query { name = "shut", arity = 2 })
    assert.equal([[?- deny 'it\'s shut' from S.]],
      sources.denials_query { name = "it's shut", arity = 0 })
    assert.equal("?- deny <http://example.org/x>(X1) from S.",
      sources.denials_query { name = "<http://example.org/x>", arity = 1 })
  end)
end)

describe("sources denials", function()
  it("counts the facts that a source denies, asserted or not", function()
    local kb <close> = assert(dossier.open())
    assert(kb:load_text [[
      source log { title: "Log" }.  source map { title: "Map" }.
      shut(port) @ 1987 from log.
      deny shut(port) @ 1987 from map "1".  deny shut(port) @ 1987 from map "2".
      deny shut(quay) from map.  deny 'Odd name'(quay, 7) @ 1990 from log.
    ]])
    assert.same({ log = 1, map = 2 }, sources.denials(kb))
  end)
end)

describe("sources describe", function()
  it("says what is known and what is not", function()
    assert.equal("log (undated; reliability not graded)",
      sources.describe { id = "log", derived_from = {} })
    assert.equal("log: The log (ship log; by Ida; published by Quay; since 1988; "
      .. "reliability B; derived from diary and notes)",
      sources.describe {
        id = "log", title = "The log", kind = "ship_log", author = "Ida",
        publisher = "Quay", date = dossier.time "1988/..", reliability = "b",
        derived_from = { dossier.entity "notes", dossier.entity "diary" },
      })
  end)
end)
