--- kb:define: functions for rules that are written in Lua, called as queries call them
--- through tests/embed/lua_define.c.
local dossier = require "dossier"
local helper = require "tests.helper"

--- Run a script with `kb` and `call`; what it printed.
local function script(text)
  local out, err, code = helper.host("lua_define", nil, text)
  assert.equal(0, code, out .. err)
  assert.equal("", err)
  return (out:gsub("\n$", ""))
end

-- Rows as text: each value by tostring, columns between "|", rows between ";".
local show = [[
local function show(rows, message, code)
  if not rows then return code .. ": " .. message end
  local lines = {}
  for i, row in ipairs(rows) do
    local cells = {}
    for k, value in ipairs(row) do cells[k] = tostring(value) end
    lines[i] = table.concat(cells, "|")
  end
  return #rows .. " " .. table.concat(lines, ";")
end
]]

--- What each line of `calls` shows after the definitions of `text`.
local function shown(text, calls)
  local out = {}
  for _, line in ipairs(calls) do out[#out + 1] = "print(show(call(" .. line .. ")))" end
  local lines = {}
  for line in (script(show .. text .. "\n" .. table.concat(out, "\n")) .. "\n")
    :gmatch "(.-)\n" do lines[#lines + 1] = line end
  return lines
end

describe("a function in Lua", function()
  it("gives what it returns, nothing for nil", function()
    assert.same({ "1 HELLO", "0 ", "1 false", "1 7", "1 3.5", "1 HI|2" }, shown([[
      assert(kb:define("shout", function(s) if s ~= "" then return s:upper() end end))
      assert(kb:define("same", function(x) return x end))
      assert(kb:define("two", function(s) return s:upper(), #s end, { results = 2 }))
    ]], { '"shout", "hello"', '"shout", ""', '"same", false', '"same", 7', '"same", 3.5',
      '"two", "hi"' }))
  end)

  it("takes and gives values of every type", function()
    assert.same({ "1 nato", "1 1994?", "1 9223372036854775807", "1 true" }, shown([[
      kb:define("same", function(x) return x end)
      kb:define("kind", function(x)
        return x == dossier.entity "nato" and x.id == "nato"
      end)
    ]], { '"same", dossier.entity "nato"', '"same", dossier.time "1994?"',
      '"same", math.maxinteger', '"kind", dossier.entity "nato"' }))
    assert.equal("uk", script [[
      kb:define("same", function(x) return x end)
      print(call("same", dossier.text("так", "uk"))[1][1].lang)
    ]])
  end)

  it("is a test where it has no results", function()
    assert.same({ "1 ", "0 ", "0 " }, shown([[
      kb:define("big", function(n) if n ~= 0 then return n > 10 end end, { results = 0 })
    ]], { '"big", 11', '"big", 10', '"big", 0' }))
  end)

  it("gives rows from an iterator or a list", function()
    assert.same({ "3 1;2;3", "2 a|1;b|2", "2 x;y", "0 ", "2 p|q;r|s", "1 z" }, shown([[
      kb:define("up_to", function(n)
        return function(_, i) if i < n then return i + 1 end end, nil, 0
      end, { rows = true })
      kb:define("pairs_of", function()
        local i, letters = 0, { "a", "b" }
        return function() i = i + 1; if letters[i] then return letters[i], i end end
      end, { rows = true, results = 2 })
      kb:define("list", function() return { "x", "y" } end, { rows = true })
      kb:define("none", function() end, { rows = true })
      kb:define("table", function() return { { "p", "q" }, { "r", "s" } } end,
        { rows = true, results = 2 })
      kb:define("callable", function()
        local left = 1
        return setmetatable({}, { __call = function()
          left = left - 1
          if left == 0 then return "z" end
        end })
      end, { rows = true })
    ]], { '"up_to", 3', '"pairs_of"', '"list"', '"none"', '"table"', '"callable"' }))
  end)

  it("has its loop closed, also where a row fails", function()
    assert.equal("closed\n1\nclosed\nnil", script [[
      kb:define("loop", function(bad)
        local closing = setmetatable({}, { __close = function() print "closed" end })
        local left = 2
        return function()
          left = left - 1
          if left > 0 then return bad and print or left end
        end, nil, nil, closing
      end, { rows = true })
      local rows = call("loop", false)
      print(#rows)
      print((call("loop", true)))
    ]])
  end)

  it("has plain strings read by the types that it says it gives", function()
    assert.same({ "1 nato", "1 1994", "1 1994-02-08", "1 plain" }, shown([[
      kb:define("entity", function() return "nato" end, { results = { "entity" } })
      kb:define("year_of", function() return 1994 end, { results = { "date" } })
      kb:define("when", function() return "1994-02-08" end, { results = { "date" } })
      kb:define("plain", function() return "plain" end, { results = { "any" } })
    ]], { '"entity"', '"year_of"', '"when"', '"plain"' }))
    assert.equal("true\ttrue\tstring", script [[
      kb:define("entity", function() return "nato" end, { results = { "entity" } })
      kb:define("year_of", function() return 1994 end, { results = { "date" } })
      kb:define("plain", function() return "nato" end)
      print(call("entity")[1][1] == dossier.entity "nato",
        call("year_of")[1][1] == dossier.time "1994", type(call("plain")[1][1]))
    ]])
  end)

  it("is not called with arguments of another type than it says", function()
    assert.same({ "1 2", "0 ", "0 " }, shown([[
      kb:define("double", function(n) return n * 2 end, { args = { "number" } })
    ]], { '"double", 1', '"double", "1"', '"double", dossier.time "1994"' }))
  end)

  it("may read the base that asks", function()
    assert.same({ "2 b;c", "1 2" }, shown([[
      assert(kb:load_text("edge(a, b). edge(a, c)."))
      kb:define("after", function(x)
        local found = {}
        for _, y in kb:facts("edge", x) do found[#found + 1] = y end
        return found
      end, { rows = true })
      kb:define("how_many", function(x)
        local n = 0
        for _ in kb:query("edge($x, Y)", { x = x }) do n = n + 1 end
        return n
      end)
    ]], { '"after", dossier.entity "a"', '"how_many", dossier.entity "a"' }))
  end)

  it("cannot change or close the base that asks", function()
    local told = "a function that a query calls can read the base, not change it"
    assert.same({ told, told, told,
      "a base cannot be closed by a function that its query calls",
      "functions cannot be defined while a query calls one",
      "functions cannot be removed while a query calls one", "alive" },
      shown([[
        kb:define("writer", function()
          print((select(2, kb:transaction(function() end))))
          print((select(2, kb:load_text "p(a).")))
          print((select(2, kb:undo())))
          print((select(2, pcall(kb.close, kb))))
          print((select(2, kb:define("other", function() end))))
          print((select(2, kb:define("writer"))))
          return true
        end)
        call "writer"
        assert(kb:load_text "p(a).")
        for _ in kb:facts "p" do print "alive" end
      ]], {}))
  end)

  it("may close a view that it opened itself", function()
    assert.same({ "1 1" }, shown([[
      assert(kb:load_text "p(a).")
      kb:define("peek", function()
        local n, view <close> = 0, kb:view { possible = true }
        for _ in view:facts "p" do n = n + 1 end
        return n
      end)
    ]], { '"peek"' }))
  end)

  it("runs in whatever coroutine the query is stepped, and cannot yield", function()
    assert.same({ "1 x", "script: the function \"yields\" (script:15) failed: "
      .. "attempt to yield across a C-call boundary" }, shown([[
      coroutine.wrap(function()
        kb:define("early", function() return "x" end)
      end)()
      collectgarbage()
      kb:define("yields", function() return coroutine.yield() end)
      local plain = call
      function call(...) return coroutine.wrap(plain)(...) end
    ]], { '"early"', '"yields"' }))
  end)
end)

describe("an error in a function", function()
  it("is the query's, with the function's name, its place and the line", function()
    assert.same({
      'script: the function "fails" (script:11) failed: script:12: no such luck',
      'script: the function "indexes" (script:14) failed: script:14: attempt to index a '
        .. "boolean value (local 's')",
      'script: the function "raises" (script:15) failed: it raised an error that is no text',
    }, shown([[
      kb:define("fails", function()
        error "no such luck"
      end)
      kb:define("indexes", function(s) return s.x.y end, { args = 1 })
      kb:define("raises", function() error {} end)
    ]], { '"fails"', '"indexes", false', '"raises"' }))
  end)

  it("tells what was returned that is no value", function()
    local failed = ' failed: result %d takes an entity, text, time, number or boolean; came a '
    assert.same({
      'script: the function "f" (script:11)' .. failed:format(1) .. "table",
      'script: the function "g" (script:12)' .. failed:format(2) .. "nil",
      'script: the function "h" (script:13) failed: result 1 is nil, and result 2 is not',
      'script: the function "rows" (script:14) failed: row 1 is a number; a list of 2 values '
        .. "is due",
      'script: the function "nan" (script:16) failed: not-a-number is no number that a base '
        .. "can hold",
      'script: the function "bytes" (script:17) failed: a text is not valid UTF-8, or holds a '
        .. "NUL, at byte 1",
      'type: the function "typed" gave a number as its result 1, which is to be a text',
      'script: the function "when" (script:19) failed: 2023-02-30: February 2023 has 28 days',
    }, shown([[
      kb:define("f", function() return {} end)
      kb:define("g", function() return 1 end, { results = 2 })
      kb:define("h", function() return nil, 1 end, { results = 2 })
      kb:define("rows", function()
        return { 1 } end, { rows = true, results = 2 })
      kb:define("nan", function() return 0/0 end)
      kb:define("bytes", function() return "\xff" end)
      kb:define("typed", function() return 1.5 end, { results = { "text" } })
      kb:define("when", function() return "2023-02-30" end, { results = { "date" } })
    ]], { '"f"', '"g"', '"h"', '"rows"', '"nan"', '"bytes"', '"typed"', '"when"' }))
  end)

  it("ends functions that call one another without end", function()
    local out = script [[
      kb:define("deep", function()
        local rows, message = call "deep"
        return message or rows[1][1]
      end)
      print(call("deep")[1][1])
      kb:define("deeper", function() assert(call "deeper") end)
      local _, message, code = call "deeper"
      print(code)
    ]]
    assert.truthy(out:find('is called within calls 16 deep', 1, true), out)
    assert.truthy(out:find "script$", out)
  end)

  it("stops a generator that its reader has enough of", function()
    assert.same({ "limit: more than 10000 rows" }, shown([[
      kb:define("endless", function()
        return function(_, i) return (i or 0) + 1 end
      end, { rows = true })
    ]], { '"endless"' }))
  end)
end)

describe("kb:define", function()
  local kb
  before_each(function() kb = assert(dossier.open()) end)
  after_each(function() kb:close() end)

  it("refuses the names of relations and of functions of the language", function()
    assert(kb:load_text "near(a, b).")
    local function f(x) return x end
    local function told(name) return { select(2, kb:define(name, f)) } end
    assert.same({ '"near" is a relation; a function needs a name of its own', "declaration" },
      told "near")
    assert.same({ '"label" is a relation; a function needs a name of its own', "declaration" },
      told "label")
    assert.same({ '"length" is a function of the language; choose another name',
      "declaration" }, told "length")
    for _, name in ipairs { "", "Near", "_x", "a b", "not", "a.b", "1a" } do
      assert.same({ ('no rule could call a function "%s"; a name is a small letter, then '
        .. "letters, digits and _"):format(name), "misuse" }, told(name))
    end
    assert.is_true(kb:define("відстань", f))
  end)

  it("replaces and takes back", function()
    assert.is_true(kb:define("f", function() return 1 end))
    assert.is_true(kb:define("f", function() return 2 end))
    assert.is_true(kb:define("f", nil))
    assert.is_false(kb:define("f", nil))
    assert.same({ "1 2", "0 " }, shown([[
      kb:define("f", function() return 1 end)
      kb:define("f", function() return 2 end)
      kb:define("g", function() return 1 end)
      kb:define("g", function() end)
    ]], { '"f"', '"g"' }))
  end)

  it("acts for the base where it is called on a view", function()
    assert.same({ "1 1" }, shown([[
      do
        local view <close> = kb:view { possible = true }
        view:define("f", function() return 1 end)
      end
      collectgarbage()
    ]], { '"f"' }))
  end)

  it("needs to know how many arguments there are", function()
    local function any(...) return ... end
    assert.has_error(function() kb:define("f", any) end, "how many arguments the function "
      .. "takes is not to be seen; say it with { args = 1 }")
    assert.is_true(kb:define("f", any, { args = 1 }))
    assert.is_true(kb:define("g", string.upper, { args = { "text" } }))
    assert.is_true(kb:define("zero", any, { args = 0 }))
  end)

  it("called wrongly raises", function()
    local function f() end
    local function raised(...)
      local ok, message = pcall(kb.define, kb, ...)
      assert.is_false(ok)
      return message
    end
    assert.truthy(raised("f", 1):find "function expected")
    assert.truthy(raised("f", nil, {}):find "function expected")
    assert.truthy(raised("f", f, { result = 1 }):find 'did you mean "results"')
    assert.truthy(raised("f", f, { results = 9 }):find "0 to 8 columns")
    assert.truthy(raised("f", f, { args = -1 }):find "0 to 8 columns")
    assert.truthy(raised("f", f, { args = { "strng" } }):find 'came strng')
    assert.truthy(raised("f", f, { args = "text" }):find "a number, or a list of types")
    assert.truthy(raised("f", f, { args = 1.5 }):find "came 1.5")
    assert.truthy(raised("f", f, { rows = true, results = 0 }):find "leave `rows` out")
    assert.equal("a function takes and gives at most 8 values together; came 5 and 4",
      select(2, kb:define("f", f, { args = 5, results = 4 })))
  end)

  it("keeps no base alive that nobody holds", function()
    local gone = setmetatable({}, { __mode = "v" })
    do
      local other = assert(dossier.open())
      gone[1] = other
      local held = { other }
      gone[2] = held
      assert.is_true(other:define("f", function() return held end))
    end
    collectgarbage()
    collectgarbage()
    assert.is_nil(gone[2])
    assert.is_nil(gone[1])
  end)

  it("and what it keeps are those of C, too", function()
    local out, err, code = helper.host "logic_define"
    assert.equal("all defined\n", out .. err)
    assert.equal(0, code)
  end)
end)
