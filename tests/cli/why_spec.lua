--- The command `why`: proofs as text, JSON and Markdown, and exit codes.
local helper = require "tests.helper"

local function has(part, text)
  assert(text:find(part, 1, true), ("%q is not in:\n%s"):format(part, text))
end

describe("dossier why", function()
  local folder, file

  before_each(function()
    folder = helper.folder()
    file = folder .. "/a.dl"
    helper.write(file, [[
source article { title: "Article" }.
seeks(ukraine, nato) from article "conclusion/2" grade b2.
member(poland, nato) from article.
aspirant(X) :- seeks(X, nato), not member(X, nato).
]])
  end)
  after_each(function() helper.sweep(folder) end)

  local function why(...)
    local out, err, code = helper.dossier { "why", file, ... }
    return ((out .. err):gsub(folder:gsub("%p", "%%%0") .. "/", "")), code
  end

  it("prints a proof as a tree with rules and citations", function()
    local out, code = why "aspirant(ukraine)"
    assert.equal(0, code)
    assert.equal([[
aspirant(ukraine)  (single-source)
  by aspirant(X) :- seeks(X, nato), not member(X, nato).  [a.dl:4]
  seeks(ukraine, nato)  (single-source)
    - article "conclusion/2", grade b2
  not member(ukraine, nato)
]], out)
  end)

  it("exits with 1 where it does not hold, and says what fails", function()
    local out, code = why "aspirant(poland)"
    assert.equal(1, code)
    has("aspirant(poland)  does not hold\n  aspirant(X) :- seeks", out)
    has("with X = poland  [a.dl:4]\n    fails: seeks(poland, nato)\n", out)
  end)

  it("prints JSON and Markdown", function()
    local out, code = why("aspirant(ukraine)", "--format", "json")
    assert.equal(0, code)
    has('{"kind": "derived", "fact": "aspirant(ukraine)"', out)
    has('"source": "article", "locator": "conclusion/2", "kind": "stated", "grade": "b2"', out)
    has('{"kind": "not", "fact": "not member(ukraine, nato)", "claims": [], "children": []}]}', out)
    out = why("aspirant(ukraine)", "--format", "md")
    has("- `aspirant(ukraine)`  (single-source)  by `aspirant(X) :- ", out)
    has("  at `a.dl:4`\n", out)
    has('\n    - *article "conclusion/2", grade b2*\n', out)
  end)

  it("offers what is near where a name is unknown", function()
    local out, code = why "aspirant(ukrain)"
    assert.equal(1, code)
    has('no fact speaks of "ukrain" yet; did you mean "ukraine"?', out)
  end)

  it("says what is wrong with what is asked", function()
    local out, code = why()
    assert.equal(2, code)
    has("why what?", out)
    out, code = why "nosuch(a)"
    assert.equal(2, code)
    has('no relation called "nosuch"', out)
    has("no format html; there are text, json and md",
      (why("aspirant(ukraine)", "--format", "html")))
    has("has no parameters; came $x", (why "aspirant($x)"))
  end)
end)
