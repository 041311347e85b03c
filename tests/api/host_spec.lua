--- What dossier.h promises, from host programs in C (tests/embed/api_*.c).
local helper = require "tests.helper"

describe("a host program", function()
  local folder
  before_each(function() folder = helper.folder() end)
  after_each(function() helper.sweep(folder) end)

  --- Run a host; its last line says that all its checks held.
  local function passes(name, last, arguments)
    local out, err, code = helper.host(name, arguments)
    assert.equal(last .. "\n", out .. (code == 0 and "" or err))
    assert.equal("", err)
    assert.equal(0, code)
  end

  it("of 15 lines opens a base, adds a fact and asks for it", function()
    local text = assert(helper.read "tests/embed/minimal.c")
    assert.equal(15, select(2, text:gsub("\n", "")))
    passes("minimal", "ukraine")
  end)

  it("that calls wrongly is told so, and nothing happens", function()
    passes("api_misuse", "all told")
  end)

  it("binds and reads values of every type", function()
    passes("api_column", "all read")
  end)

  it("adds, denies and retracts facts as text and as values", function()
    passes("api_change", "all changed")
  end)

  it("loads with options: is told how far it is, stops it, tries it", function()
    passes("api_load", "all loaded", { folder })
  end)

  it("loses no answer where memory runs out as a change begins", function()
    passes("api_drain", "all given")
  end)

  it("is told names in order, each once, of what is in view", function()
    passes("api_names", "all named", { folder .. "/names.kb" })
  end)

  it("searches texts and names, and loses nothing where memory runs out", function()
    passes("api_search", "all found", { folder .. "/search.kb" })
  end)

  it("meets every status, each told in words", function()
    passes("api_status", "all provoked", { folder })
  end)

  it("shares a file with other processes: readers beside one writer", function()
    passes("api_process", "side by side", { folder })
  end)

  it("may have a handle in each of its threads", function()
    passes("api_thread", "in step", { folder })
  end)

  it("gets the same reports whatever its locale is", function()
    local made = folder .. "/de_DE.UTF-8"
    helper.shell("localedef -i de_DE -f UTF-8 " .. helper.quote(made))
    if not helper.read(made .. "/LC_NUMERIC") then return pending "no localedef here" end
    local script = helper.write(folder .. "/numbers.lua", [[
      local doc = require("dossier.report").new "Numbers"
      local words = { "a", "B" }
      table.sort(words)
      return { main = function(kb)
        for x in kb:facts("p", 0.5) do
          doc:paragraph(x .. " " .. table.concat(words, " "))
        end
        return doc
      end }
    ]])
    local out, err = helper.shell(("LOCPATH=%s %s de_DE.UTF-8 %s"):format(helper.quote(folder),
      helper.clean .. helper.quote(helper.build .. "/tests/api_locale"), helper.quote(script)))
    assert.equal("all the same\n", out .. err)
  end)

  it("is told of proofs and of all conflicts, whichever allocation failed before", function()
    passes("api_why", "told")
  end)

  it("is told of every allocation that fails, and loses nothing", function()
    passes("api_fault", "got through", { folder })
  end)

  it("packs, copies and forgets whole or not at all, whichever allocation fails", function()
    passes("api_care", "got through", { folder })
  end)
end)

describe("the header", function()
  it("stands alone, in C and in C++", function()
    local _, err, code = helper.shell(
      "cc -std=c11 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c include/dossier.h")
    assert.equal("", err)
    assert.equal(0, code)
    if select(3, helper.shell "command -v c++") ~= 0 then return end
    _, err, code = helper.shell(
      "c++ -Wall -Wextra -Werror -fsyntax-only -x c++ include/dossier.h")
    assert.equal("", err)
    assert.equal(0, code)
  end)

  --- The functions that the header declares.
  local function declared()
    local names = {}
    local text = assert(helper.read "include/dossier.h"):gsub("/%*.-%*/", "")
    for name in text:gmatch "\nDSR_API[^;(]-([%w_]+)%(" do names[#names + 1] = name end
    table.sort(names)
    return names
  end

  it("names every function that the shared library exports, and no other", function()
    local out = helper.shell("nm -D --defined-only " .. helper.build ..
      "/libdossier.so | awk '$2 == \"T\" { print $3 }' | LC_ALL=C sort")
    local exported = {}
    for name in out:gmatch "%S+" do
      -- The opener of the Lua module, and the failing allocations of test builds.
      if name ~= "luaopen_dossier" and name ~= "dsr_mem_fail_at" then
        exported[#exported + 1] = name
      end
    end
    assert.same(declared(), exported)
  end)
end)
