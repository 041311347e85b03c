local helper = require "tests.helper"

describe("a base behind a symbolic link", function()
  local folder
  before_each(function() folder = helper.folder() end)
  after_each(function() helper.sweep(folder) end)

  it("opens, reads and writes as by its own name", function()
    local base, link = folder .. "/real.kb", folder .. "/link.kb"
    local one = helper.write(folder .. "/one.dl", "p(a).")
    local two = helper.write(folder .. "/two.dl", "p(b).")
    helper.dossier { "-b", base, "load", one }
    os.execute("ln -s real.kb " .. helper.quote(link))
    local _, err, code = helper.dossier { "-b", link, "load", two }
    assert.are.equal("", err)
    assert.are.equal(0, code)
    local out = helper.dossier { "-b", base, "query", "?- p(X)." }
    assert.are.equal("X\na\nb\n", out)
    assert.is_nil(helper.read(link .. "-wal"))
  end)
end)
