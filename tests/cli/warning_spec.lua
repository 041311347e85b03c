local helper = require "tests.helper"

describe("dossier query", function()
  local folder, base
  setup(function()
    folder = helper.folder()
    base = folder .. "/base.kb"
    local file = helper.write(folder .. "/a.dl", "joined(ukraine, pfp). joined(romania, pfp).")
    helper.dossier { "-b", base, "load", file }
  end)
  teardown(function() helper.sweep(folder) end)

  it("warns of a variable that is an entity in lower case, and answers all the same", function()
    local out, err, code = helper.dossier { "-b", base, "query", "?- joined(Ukraine, pfp)." }
    assert.are.equal('dossier: warning: "Ukraine" is a variable: did you mean ukraine?\n', err)
    assert.matches("romania", out)
    assert.are.equal(0, code)
  end)

  it("warns of an entity that the base does not know, with the nearest that it does", function()
    local out, err, code = helper.dossier { "-b", base, "query", "?- joined(ukriane, X)." }
    assert.are.equal('dossier: warning: no fact speaks of "ukriane"; did you mean "ukraine"?\n', err)
    assert.are.equal("no answers\n", out)
    assert.are.equal(1, code)
  end)

  it("does not warn of a variable of one letter", function()
    helper.dossier { "-b", base, "load", helper.write(folder .. "/b.dl", "joined(b, pfp).") }
    local _, err = helper.dossier { "-b", base, "query", "?- joined(B, pfp)." }
    assert.are.equal("", err)
  end)

  it("does not warn of a variable that is used twice or is no entity", function()
    local text = "?- joined(Ukraine, pfp), joined(Ukraine, pfp), joined(X, pfp)."
    local _, err = helper.dossier { "-b", base, "query", text }
    assert.are.equal("", err)
  end)
end)
