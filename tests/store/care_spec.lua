--- Packing a base and copying it: nothing is lost, whoever else is at work.
local helper = require "tests.helper"

local function run(...) return helper.dossier { ... } end

local function export(base)
  local text, err, code = run("-b", base, "export", "--history")
  assert.equal(0, code, err)
  return text
end

local function add(kb, args)
  return kb:transaction(function(tx) return tx:add("p", args) end)
end

--- A base of many commits, merged and not, with history.
local function grow(folder, commits)
  local base = folder .. "/a.kb"
  local dossier = require "dossier"
  local kb = assert(dossier.open(base))
  assert(kb:load_text([[source s { title: "A source" }. relation p(entity, entity).]]))
  for i = 1, commits do
    assert(kb:transaction(function(tx)
      for j = 1, 40 do
        tx:add("p", { "x" .. (i * 7 % 50), "y" .. i * j }, { source = "s", locator = "l" .. i })
      end
      return true
    end))
  end
  kb:close()
  return base
end

describe("compact", function()
  local folder
  before_each(function() folder = helper.folder() end)
  after_each(function() helper.sweep(folder) end)

  it("makes the file smaller and leaves contents, history and numbers", function()
    local base = grow(folder, 150)
    local before = export(base)
    local out, err, code = run("-b", base, "compact")
    assert.equal(0, code, err)
    local after_bytes, before_bytes = out:match ": ([%d,]+) bytes, ([%d,]+) before\n$"
    after_bytes = tonumber((after_bytes:gsub(",", "")))
    before_bytes = tonumber((before_bytes:gsub(",", "")))
    assert.is_true(after_bytes < before_bytes, out)
    assert.equal(after_bytes, #helper.read(base))
    assert.is_nil(helper.read(base .. "-wal"))
    assert.equal(before, export(base))
    local kb = assert(require "dossier".open(base))
    assert.equal(151, #kb:transactions())
    assert.truthy(add(kb, { "a", "b" }))
    assert.equal(152, #kb:transactions())
    kb:close()
  end)

  it("changes nothing the second time", function()
    local base = grow(folder, 60)
    run("-b", base, "compact")
    local once = #helper.read(base)
    local _, err, code = run("-b", base, "compact")
    assert.equal(0, code, err)
    assert.equal(once, #helper.read(base))
  end)

  it("is seen by a handle that was open, whose writes go on", function()
    local base = grow(folder, 20)
    local kb = assert(require "dossier".open(base))
    assert.truthy(add(kb, { "before", "b" }))
    local _, err, code = run("-b", base, "compact")
    assert.equal(0, code, err)
    assert.truthy(add(kb, { "after", "b" }))
    local n = 0
    for _ in kb:facts("p", nil, "b") do n = n + 1 end
    assert.equal(2, n)
    kb:close()
    assert.truthy(export(base):find("after", 1, true))
  end)

  it("gives up on readers of an older state, and changes nothing", function()
    local base = grow(folder, 20)
    local dossier = require "dossier"
    local reader = assert(dossier.open(base))
    local writer = assert(dossier.open(base, { busy_ms = 50 }))
    local step, state, start, scan = reader:facts "p"
    step(state, start)
    assert.truthy(add(writer, { "newer", "n" }))
    local done, message, code = writer:compact()
    assert.is_nil(done)
    assert.equal("busy", code)
    assert.truthy(message:find("another program is reading", 1, true), message)
    getmetatable(scan).__close(scan)
    reader:close()
    assert.truthy(writer:compact())
    writer:close()
  end)

  it("refuses a transaction, words, and a base that is not there", function()
    local base = grow(folder, 1)
    local kb = assert(require "dossier".open(base))
    kb:transaction(function()
      local _, message = kb:compact()
      assert.truthy(message:find("a transaction is open", 1, true))
      return true
    end)
    kb:close()
    local _, err, code = run("-b", base, "compact", "now")
    assert.equal(2, code)
    assert.truthy(err:find("compact takes no words", 1, true))
    _, err, code = run("-b", folder .. "/none.kb", "compact")
    assert.equal(2, code)
    assert.truthy(err:find("there is no such file", 1, true))
  end)

  it("packs a base in memory", function()
    local kb = assert(require "dossier".open())
    assert(kb:load_text "p(a, b).")
    assert.same({ before = 0, after = 0 }, kb:compact())
    assert(kb:load_text "p(a, c).")
    kb:close()
  end)
end)

describe("backup", function()
  local folder
  before_each(function() folder = helper.folder() end)
  after_each(function() helper.sweep(folder) end)

  it("copies all that was committed, with a writer at work", function()
    local base, copy = grow(folder, 30), folder .. "/b.kb"
    local before = export(base)
    local kb = assert(require "dossier".open(base))
    local err, code, _
    kb:transaction(function(tx)
      tx:add("p", { "not", "yet" })
      _, err, code = run("-b", base, "backup", copy)
      return true
    end)
    assert.equal(0, code, err)
    kb:close()
    assert.equal(before, export(copy))
    assert.are_not.equal(before, export(base))
    assert.is_nil(helper.read(copy .. "-wal"))
    assert.is_nil(helper.read(copy .. "-copy"))
  end)

  it("replaces a file only by force", function()
    local base, copy = grow(folder, 2), folder .. "/b.kb"
    helper.write(copy, "precious")
    local _, err, code = run("-b", base, "backup", copy)
    assert.equal(2, code)
    assert.truthy(err:find("b.kb: cannot be written: it is there already", 1, true), err)
    assert.equal("precious", helper.read(copy))
    _, err, code = run("-b", base, "backup", "--force", copy)
    assert.equal(0, code, err)
    assert.equal(export(base), export(copy))
  end)

  it("refuses the base itself, a folder, and a place with a log", function()
    local base = grow(folder, 2)
    local before = export(base)
    local _, err = run("-b", base, "backup", "--force", base)
    assert.truthy(err:find("it is the base itself", 1, true), err)
    _, err = run("-b", base, "backup", "--force", folder)
    assert.truthy(err:find("it is no plain file", 1, true), err)
    helper.write(folder .. "/c.kb-wal", "log")
    _, err = run("-b", base, "backup", folder .. "/c.kb")
    assert.truthy(err:find("a log lies beside it", 1, true), err)
    _, err = run("-b", base, "backup", folder .. "/none/c.kb")
    assert.truthy(err:find("cannot be written", 1, true), err)
    assert.equal(before, export(base))
  end)

  it("tells of a damaged base and leaves no copy", function()
    local base, copy = grow(folder, 150), folder .. "/b.kb"
    run("-b", base, "compact") -- no page is free, which would not matter
    local bytes = helper.read(base)
    local at = #bytes // 2
    helper.write(base, bytes:sub(1, at) .. string.char(bytes:byte(at + 1) ~ 0x55)
      .. bytes:sub(at + 2))
    local _, err, code = run("-b", base, "backup", copy)
    assert.equal(2, code)
    assert.truthy(err:find("damaged", 1, true), err)
    assert.is_nil(helper.read(copy))
    assert.is_nil(helper.read(copy .. "-copy"))
  end)

  it("is there for Lua, of a base in memory, too", function()
    local kb = assert(require "dossier".open())
    assert(kb:load_text "p(a, b).")
    local bytes = assert(kb:backup(folder .. "/m.kb"))
    assert.equal(bytes, #helper.read(folder .. "/m.kb"))
    local _, message, code = kb:backup(folder .. "/m.kb")
    assert.equal("input or output", code)
    assert.truthy(message:find("it is there already", 1, true))
    assert(kb:backup(folder .. "/m.kb", { replace = true }))
    kb:close()
    assert.equal("p(a, b).\n", (run("-b", folder .. "/m.kb", "export"):match "p%(.*"))
  end)
end)
