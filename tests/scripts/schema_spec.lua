local dossier = require "dossier"
local helper = require "tests.helper"
local schema = require "schema"

local written = [[
relation run_by(harbour, owner) holds key(harbour) phrase "{2} runs {1}".
relation part(whole, part).
relation 'Pilot book'('the book', page) key('the book') is part(1, 2) phrase "{1} \"of\" {2}\\".
relation pair(town, town) occurs key(1) key(2).
relation founded(body) once phrase "{1} was founded".
relation allied(town, town) holds symmetric.
relation employs(owner, person).
relation works_for(person, owner) inverse employs.
relation fee(int, text, date, decimal, any).
relation flag.
]]

local facts = [[
run_by(a, b) @ 1970.  pair(a, b) @ 1980.  founded(a) @ 1990.  allied(b, a) @ 1950.
employs(a, b).  works_for(c, a).  'Pilot book'(book, p7).  part(a, b).
]]

local function base(text)
  local kb = assert(dossier.open())
  assert(kb:load_text(text))
  return kb
end

local function declarations(kb)
  local lines = {}
  for _, relation in ipairs(kb:relations()) do
    if relation.declared and not relation.builtin then
      lines[#lines + 1] = schema.declaration(relation)
    end
  end
  return table.concat(lines, "\n") .. "\n"
end

describe("schema declaration", function()
  it("is the declaration as it was written", function()
    local kb <close> = base(written .. facts)
    assert.equal(written, declarations(kb))
  end)

  it("of the bundled relations loads to the same relations", function()
    local kb <close> = assert(dossier.open())
    for line in helper.shell("ls data/*.dl"):gmatch "[^\n]+" do
      if line:find "vocabulary" then assert(kb:load { line, "data/nato-ukraine.dl" }) end
    end
    local text = declarations(kb)
    assert.truthy(text:find 'relation held_on%(event, date%) key%(event%) is took_place%(1, 2%)')
    local again <close> = base(text)
    assert.equal(text, declarations(again))
  end)
end)

describe("schema quoted", function()
  it("quotes what is no plain name", function()
    assert.equal("run_by", schema.quoted "run_by")
    assert.equal("<http://example.org/x>", schema.quoted "<http://example.org/x>")
    assert.equal("'Pilot book'", schema.quoted "Pilot book")
    assert.equal("'it\\'s'", schema.quoted "it's")
    assert.equal("'not'", schema.quoted "not")
  end)
end)

describe("schema count", function()
  local kb
  before_each(function() kb = base(written .. facts) end)
  after_each(function() kb:close() end)

  it("tells a relation's own facts from those of its special cases", function()
    local own, special, example = schema.count(kb, kb:relation "part")
    assert.equal(1, own)
    assert.equal(1, special)
    assert.equal("part(a, b)", example.text)
  end)

  it("counts a symmetric fact once, and an inverse's under both names", function()
    assert.equal(1, (schema.count(kb, kb:relation "allied")))
    assert.equal(2, (schema.count(kb, kb:relation "works_for")))
    assert.equal(2, (schema.count(kb, kb:relation "employs")))
  end)
end)

describe("schema special cases", function()
  it("finds cases of cases, and takes no relation of another arity", function()
    local kb <close> = base [[
      relation a(x, y).  relation b(x, y) is a(1, 2).  relation c(x, y, z) is b(3, 1).
      relation a(x).  relation d(x, y) is a(2).
    ]]
    local function names(of)
      local list = {}
      for i, one in ipairs(schema.special_cases(kb:relation(of), kb:relations())) do
        list[i] = one.name
      end
      return list
    end
    assert.same({ "b", "c" }, names "a/2")
    assert.same({ "d" }, names "a/1")
    assert.same({}, names "c")
  end)
end)

describe("schema of a relation", function()
  local folder
  before_each(function() folder = helper.folder() end)
  after_each(function() helper.sweep(folder) end)


  it("says where it is not declared, built in, or not there", function()
    helper.write(folder .. "/a.dl", written .. "calm(a).\ncalm(a, b).\n" .. facts)
    helper.dossier { "-b", folder .. "/a.kb", "load", folder .. "/a.dl" }
    local function ask(name)
      return helper.dossier { "-b", folder .. "/a.kb", "schema", name }
    end
    assert.truthy(ask "calm/1":find("Not declared; to declare it: relation calm(any).", 1, true))
    assert.truthy(ask "label":find("Built in: label(entity, text).", 1, true))
    local _, err, code = ask "calm"
    assert.equal(2, code)
    assert.truthy(err:find("several relations are called \"calm\": calm/1, calm/2", 1, true), err)
    _, err, code = ask "foundd"
    assert.equal(2, code)
    assert.truthy(err:find("there is no relation \"foundd\"; did you mean \"founded\"?", 1, true))
  end)
end)
