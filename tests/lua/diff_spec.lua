--- kb:diff, and dsr_diff from C: what another base, or a view, has otherwise.

local dossier = require "dossier"
local helper = require "tests.helper"

local function base(text)
  local kb = assert(dossier.open())
  assert(kb:load_text(text))
  return kb
end

local function differences(a, b)
  local lines = {}
  for sign, statement, before in a:diff(b) do
    lines[#lines + 1] = sign .. " " .. statement .. (before and " was " .. before or "")
  end
  return lines
end

describe("a loop over differences", function()
  it("tells what the other has alone, what this has alone, and what is otherwise", function()
    local a = base 'source s. p(a). p(b). q(x) @ 1994 from s "1". relation r(entity).'
    local b = base 'source s. p(b). p(c). q(x) @ 1994 from s "2". relation r(entity) occurs.'
    assert.same({ "- p(a).", "+ p(c).", '~ q(x) @ 1994 from s "2". was q(x) @ 1994 from s "1".',
      "~ relation r(entity) occurs. was relation r(entity)." }, differences(a, b))
    assert.same({}, differences(a, a))
  end)

  it("takes views of one base, and may change it", function()
    local kb = base "relation p(x) occurs. p(a) @ 1994. p(b) @ 2001."
    local signs = {}
    for sign, statement in kb:view { as_of = "1999" }:diff(kb) do
      signs[#signs + 1] = sign .. statement
      assert(kb:load_text "p(c) @ 2002.")
    end
    assert.same({ "+p(b) @ 2001." }, signs)
  end)

  it("finds what lies apart in thousands of claims, and what stands twice", function()
    local lines, other = {}, {}
    for i = 1, 3000 do lines[i] = ("p(a%d, b%d)."):format(i % 50, i) end
    for i = 3000, 1, -1 do if i % 700 > 5 then other[#other + 1] = lines[i] end end
    other[#other + 1] = "p(new, new)."
    local a, b = base(table.concat(lines, "\n")), base(table.concat(other, "\n"))
    local gone, come = 0, 0
    for sign in a:diff(b) do
      if sign == "-" then gone = gone + 1 else come = come + 1 end
    end
    assert.equal(#lines - #other + 1, gone)
    assert.equal(1, come)
    assert.equal(0, #differences(b, base(table.concat(other, "\n"))))
  end)

  it("wants a base, and one that is open", function()
    local kb = base "p(a)."
    assert.has_error(function() kb:diff() end)
    assert.has_error(function() kb:diff "other.kb" end)
    local closed = base "p(b)."
    closed:close()
    assert.has_error(function() kb:diff(closed) end)
  end)
end)

describe("a difference from C", function()
  it("is told in order, until it is stopped, or memory ends", function()
    local out, err, code = helper.host "api_diff"
    assert.equal("all told\n", out .. err)
    assert.equal(0, code)
  end)
end)
