local dossier = require "dossier"
local helper = require "tests.helper"

describe("a handle that is idle", function()
  local folder
  before_each(function() folder = helper.folder() end)
  after_each(function() helper.sweep(folder) end)

  it("does not keep the log of a writer from being reused", function()
    local path = folder .. "/idle.kb"
    local writer = assert(dossier.open(path))
    assert(writer:load_text "p(a).")
    local reader = assert(dossier.open(path, { read_only = true }))
    for x in reader:query "?- p(X)." do assert.are.equal("a", x.id) end
    for i = 1, 3000 do
      writer:transaction(function(tx) tx:add("p", { dossier.entity("e" .. i) }) end)
    end
    -- 3,000 commits are some 12,000 pages of log; it starts again at 1,000.
    assert.is_true(#helper.read(path .. "-wal") < 30 * 1000 * 1000)
    reader:close()
    writer:close()
  end)
end)
