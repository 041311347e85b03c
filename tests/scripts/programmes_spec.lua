local dossier = require "dossier"
local programmes = require "programmes"

describe("programmes kind", function()
  it("is what the phrase says that it is", function()
    assert.equal("support package", programmes.kind("package", "{1} is a support package"))
    assert.equal("agreed plan", programmes.kind("plan", "{1} is an agreed plan"))
  end)

  it("is the relation's name where the phrase says something else", function()
    assert.equal("sea drill", programmes.kind("sea_drill", "{1} is held at sea"))
    assert.equal("sea drill", programmes.kind("sea_drill", "{1} is a drill of {1}"))
    assert.equal("programme", programmes.kind "programme")
  end)
end)

describe("programmes together", function()
  local function claim(citation)
    return { citation = citation, source = "s", verb = "asserts" }
  end

  it("puts values of the same citations into one line, others apart", function()
    local a, b = { claim "log 7" }, { claim "gazette 2" }
    assert.same({
      { text = "oars; tides", claims = a, words = { "oars", "tides" } },
      { text = "sails", claims = b, words = { "sails" } },
    }, programmes.together {
      { words = "oars", claims = a }, { words = "sails", claims = b },
      { words = "tides", claims = { claim "log 7" } },
    })
  end)
end)

describe("programmes dated", function()
  it("puts the date in front, in words", function()
    local since = assert(dossier.time "1994/..")
    assert.equal("on or after 1994: it began",
      programmes.dated { when = since, text = "it began", fact = { occurs = true } })
    assert.equal("since 1994: it runs",
      programmes.dated { when = since, text = "it runs", fact = { occurs = false } })
    assert.equal("undated: it began", programmes.dated { text = "it began", fact = {} })
  end)
end)

describe("programmes without a beginning", function()
  it("are named, if there are any", function()
    assert.is_nil(programmes.no_beginning {})
    assert.equal("Nothing in view tells when these began: lamps and oars.",
      programmes.no_beginning { "lamps", "oars" })
  end)
end)
