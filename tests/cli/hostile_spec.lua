--- The dossier command, given data and words that mean it ill.
local helper = require "tests.helper"

local ESC, C1, TURN = "\27[31m", "\u{9b}31m", "\u{202e}"
local odd = "a" .. ESC .. C1 .. TURN .. "<b>|`*&\\'\"\t,;"

local function quoted(text, quote)
  return quote .. text:gsub("[\\" .. quote .. "]", "\\%0"):gsub("\n", "\\n") .. quote
end

local name, text = quoted(odd, "'"), quoted(odd .. "\n#", '"')

describe("the command, given what is odd", function()
  local folder, base
  setup(function()
    folder = helper.folder()
    base = folder .. "/odd.kb"
    local file = helper.write(folder .. "/odd.dl", ([[
source s { title: TEXT, author: TEXT }.
relation supports(who, about) holds phrase "{1} supports {2}".
relation keyed(a, b) key(a) holds.
from s TEXT {
  supports(NAME, 'x y') @ 2001/.. quote TEXT.  keyed(NAME, b).  keyed(NAME, c).
  attributed(NAME) says(NAME, "").  says('-x', "=1").
}
deny supports(NAME, 'x y') from s TEXT.
label(NAME, TEXT).  type(NAME, NAME).
prefer keyed(NAME, b) because TEXT by s.
]]):gsub("NAME", function() return name end):gsub("TEXT", function() return text end))
    local _, err, code = helper.dossier { "-b", base, "load", file }
    assert.equal("", err)
    assert.equal(0, code)
  end)
  teardown(function() helper.sweep(folder) end)

  --- Nothing in the text would move a terminal.
  local function tame(out, of)
    assert.is_nil(out:find "[\0-\8\11-\31\127]", of)
    assert.is_nil(out:find "\u{9b}", of)
    assert.is_nil(out:find(TURN, 1, true), of)
  end

  it("lets no control of the data reach a terminal, whatever the report and its format", function()
    for _, script in ipairs { "conflicts", "summary", "sources", "info" } do
      for _, format in ipairs { "text", "md", "html", "json" } do
        local out, err, code = helper.dossier { "-b", base, script, "--format", format }
        assert.equal("", err)
        assert.equal(0, code)
        tame(out, script .. " as " .. format)
        if format == "html" then assert.is_nil(out:find("<b>", 1, true)) end
      end
    end
    for _, format in ipairs { "table", "md", "json" } do
      tame(helper.dossier { "-b", base, "query", "says(X, Y) from S L", "--format", format }, format)
    end
  end)

  it("lets none reach it where it tells of a change or a mistake", function()
    local copy = folder .. "/copy.kb"
    assert(os.execute(("cp %s %s"):format(base, copy)))
    local fact = "p(" .. name .. ")"
    for _, words in ipairs {
      { "add", fact }, { "add", fact }, { "deny", fact }, { "retract", fact },
      { "retract", "q(" .. name .. ")" }, { "prefer", "keyed(" .. name .. ", c)", "--because", odd, "--by", "s" },
      { "rename", odd, odd .. "2" }, { "undo" }, { "rename", odd .. "3", "b" }, { "add", odd },
      { "add", fact, "--source", odd }, { "add", fact, "--kind", odd }, { "--" .. odd }, { odd },
      { "profile", odd .. "4" }, { "load", odd }, { "undo", odd },
    } do
      local out, err, code = helper.dossier { "-b", copy, table.unpack(words) }
      assert(code <= 2, err)
      tame(out .. err, table.concat(words, " "))
      if code == 2 then assert(err:find "^dossier: ", err) end
    end
  end)

  it("gives a row of CSV whose only cell is empty as one that readers keep", function()
    local out = helper.dossier { "-b", base, "query", "says(_, Y)", "--format", "csv" }
    assert.equal('Y\n""\n\'=1\n', out)
  end)

  it("gives a relation no name that reads as another number of columns", function()
    local _, err, code = helper.dossier { "-b", base, "rename", "keyed/2", "kept/3" }
    assert.equal(2, code)
    assert(err:find("the relation has 2 columns, and keeps them", 1, true), err)
  end)

  it("weighs hundreds of values of one key", function()
    local lines = { "source s {}. relation k(a, b) key(a) holds." }
    for i = 1, 700 do lines[#lines + 1] = ("k(hub, v%d) from s."):format(i) end
    local file = helper.write(folder .. "/many.dl", table.concat(lines, "\n"))
    local out, err, code = helper.dossier { "query", file, "k(hub, v1)" }
    assert.equal("yes\n", out, err)
    assert.equal(0, code)
    local many = folder .. "/many.kb"
    helper.dossier { "-b", many, "load", file }
    out = helper.dossier { "-b", many, "filter", "hub", "--trust", "contested", "--format", "csv" }
    assert.equal(701, select(2, out:gsub("\n", "\n")))
  end)
end)
