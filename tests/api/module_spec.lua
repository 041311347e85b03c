--- The Lua module in the stock interpreter.
local helper = require "tests.helper"

local lua = os.getenv "LUA" or "lua5.4"

--- Run a program in a Lua of its own.
local function run(program)
  local folder = helper.folder()
  local path = helper.write(folder .. "/program.lua", program)
  local out, err, code = helper.shell(lua .. " " .. path)
  helper.sweep(folder)
  return out, err, code
end

describe("the Lua module", function()
  it("loads in the stock interpreter and answers", function()
    local out, err, code = run [[
      local dossier = require "dossier"
      local kb = assert(dossier.open())
      assert(kb:load_text "joined(ukraine, pfp) @ 1994-02-08.")
      for who, t in kb:query "?- joined(X, pfp) @ T." do print(who, t) end
      kb:close()
    ]]
    assert.equal("", err)
    assert.equal("ukraine\t1994-02-08\n", out)
    assert.equal(0, code)
  end)

  it("brings no second Lua along", function()
    local out = helper.shell("readelf -d " .. helper.build .. "/dossier.so")
    assert(not out:find "liblua5.4.so", out)
  end)

  it("tells codes in the words of the statuses", function()
    local dossier = require "dossier"
    local kb <close> = assert(dossier.open())
    local function code_of(text) return (select(3, kb:load_text(text))) end
    assert(kb:load_text "relation p(entity, date). p(a, 1994).")
    assert.equal("syntax", code_of "p(a, .")
    assert.equal("unknown source", code_of "p(a, 1994) from nobody.")
    assert.equal("relation", code_of "p(a).")
    assert.equal("type", code_of "p(a, \"b\").")
    assert.equal("time", code_of "p(a, 2023-02-30).")
    assert.equal("declaration", code_of "relation p(text, text).")
    local _, message, code = dossier.open("no/such.kb", { must_exist = true })
    assert.equal("absent", code)
    assert(message:find("no/such.kb", 1, true), message)
  end)

  it("closes what was left open when the interpreter ends", function()
    local folder = helper.folder()
    local out, err, code = run(([[
      local dossier = require "dossier"
      local kb = assert(dossier.open("%s/left.kb"))
      assert(kb:load_text "p(a). p(b).")
      local step = kb:query "p(X)"
      print(step())
      local view = kb:view { as_of = "2000" }
      print(view:query "p(X)" ~= nil)
    ]]):format(folder))
    assert.equal("", err)
    assert.equal("a\ntrue\n", out)
    assert.equal(0, code)
    assert.equal("left.kb\n", (helper.shell("ls " .. folder))) -- no log beside it
    helper.sweep(folder)
  end)
end)
