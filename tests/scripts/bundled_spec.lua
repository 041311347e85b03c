--- What every bundled script keeps to, whichever scripts there are.
local dossier = require "dossier"
local helper = require "tests.helper"

local function lines_of(text)
  local lines = {}
  for line in text:gmatch "[^\n]+" do lines[#lines + 1] = line end
  return lines
end

local scripts = {}
for _, path in ipairs(lines_of((helper.shell "ls scripts/*.lua | LC_ALL=C sort"))) do
  scripts[#scripts + 1] = { path = path, name = path:match "([^/]+)%.lua$",
                            text = helper.read(path) }
end

local function files_of(folder)
  return lines_of((helper.shell("find " .. folder .. " -name '*.dl' | LC_ALL=C sort")))
end

--- The names that a script may ask for: built in, of the vocabulary, or of its rules.
local function known_relations()
  local kb <close> = assert(dossier.open())
  assert(kb:load { "data/vocabulary.dl", "data/rules/common.dl" })
  local known = {}
  for _, relation in ipairs(kb:relations()) do known[relation.name] = true end
  return known
end

--- The relations that a script's text names: what it asks a base for, what it compares a
--- fact's relation with, and the atoms of its queries.
local function named_relations(text)
  local names = {}
  for _, pattern in ipairs {
    "[:.]facts%s*%(?%s*[\"']([^\"']+)[\"']", "[:.]relation%s*%(?%s*[\"']([^\"']+)[\"']",
    "tell%.[%w_]*of%s*%(%s*[%w_]+%s*,%s*[\"']([^\"']+)[\"']",
    "follow%.[%w_]*%s*%(%s*[%w_]+%s*,%s*[\"']([^\"']+/%d)[\"']",
    "relation%s*=%s*[\"']([^\"']+)[\"']",
    "%.relation%s*[=~]=%s*[\"']([^\"']+)[\"']",
    ":add%s*%(%s*[\"']([^\"']+)[\"']", ":deny%s*%(%s*[\"']([^\"']+)[\"']",
  } do
    for name in text:gmatch(pattern) do names[#names + 1] = (name:gsub("/%d$", "")) end
  end
  for _, quote in ipairs { '"%?%-([^"\n]*)"', "'%?%-([^'\n]*)'", "%[%[%s*%?%-(.-)%]%]" } do
    for query in text:gmatch(quote) do
      for name in query:gmatch "([%a_][%w_]*)%(" do names[#names + 1] = name end
    end
  end
  return names
end

--- Words for a script's Usage line: an entity for ENTITY, the base's own for others; what
--- stands in brackets is left out.
local function arguments(script, entity, others)
  local usage = script.text:match "%-%- Usage:%s*dossier%s+([^\n]*)"
  assert(usage, script.path .. " has no Usage line")
  local words = { script.name }
  for word in usage:gsub("%b[]", ""):gmatch "%u[%u_]+" do
    local value = word == "ENTITY" and entity or others[word]
    words[#words + 1] = assert(value, script.path .. ": no value for " .. word .. " in this spec")
  end
  return words
end

describe("a bundled script", function()
  it("names no relation outside the vocabulary", function()
    local known = known_relations()
    for _, script in ipairs(scripts) do
      for _, name in ipairs(named_relations(script.text)) do
        assert(known[name], script.path .. " names the relation " .. name)
      end
    end
  end)

  it("is found out where it does", function()
    assert.same({ "joined", "part", "kept", "held", "led", "won", "met", "p", "q" }, named_relations [[
      kb:facts("joined/2", x)  kb:relation "part"
      if fact.relation == "met" then tell.of(kb, "kept") else tell.lines_of(kb, "held/1") end
      local field, led = { relation = "won/2" }, follow.lines(kb, "led/2", nil, x)
      kb:query "?- p(X), q(X)."
    ]])
  end)

  it("begins with its help, one line first", function()
    for _, script in ipairs(scripts) do
      assert(script.text:find("^%-%-%- " .. script.name .. ": [^\n]+%.\n"), script.path)
      assert(script.text:find("%-%- Reads: ", 1), script.path)
      assert(script.text:find("%-%- Reports: ", 1), script.path)
    end
  end)
end)

local bases = {
  { name = "the second base", files = files_of "tests/fixtures/second-base",
    entities = { "kestrel", "潮見港", "Ósk", "ida", "tern", "brig" },
    others = { FROM = "1962", TO = "1988", FACT = "foundered(X)", FIRST_SOURCE = "letters",
               SECOND_SOURCE = "Kestrel Gazette" } },
  { name = "the bundled base", files = files_of "data",
    entities = { "Ukraine", "nato", "Jens Stoltenberg", "pfp", "meeting_2023", "kyiv" },
    others = { FROM = "2014", TO = "2023-10-01", FACT = "joined(ukraine, X)",
               FIRST_SOURCE = "article", SECOND_SOURCE = "record" } },
}

describe("every bundled script", function()
  local folder
  setup(function() folder = helper.folder() end)
  teardown(function() helper.sweep(folder) end)

  for i, base in ipairs(bases) do
    local path
    local function load()
      path = folder .. "/" .. i .. ".kb"
      if helper.read(path) then return end
      local _, err, code = helper.dossier { "-b", path, "load", table.unpack(base.files) }
      assert.equal("", err)
      assert.equal(0, code)
    end

    for _, script in ipairs(scripts) do
      it(script.name .. " runs on " .. base.name .. ", twice alike", function()
        load()
        for _, entity in ipairs(base.entities) do
          local words = arguments(script, entity, base.others)
          local out, err, code = helper.dossier { "-b", path, table.unpack(words) }
          assert.equal("", err)
          assert(code == 0 or code == 1, script.name .. " exits with " .. code)
          assert(#out > 0, script.name .. " prints nothing")
          assert(not out:find "table: 0x" and not out:find "userdata: 0x", out)
          assert.equal(out, (helper.dossier { "-b", path, table.unpack(words) }))
          if not script.text:find "Usage:%s*dossier [%w_-]+ ENTITY" then break end
        end
      end)
    end

    it("cites every line that it tells of " .. base.name, function()
      load()
      for _, words in ipairs {
        { "timeline", base.entities[1] }, { "profile", base.entities[1] },
        { "status", base.entities[1] }, { "filter", base.entities[1] }, { "conflicts" },
        { "changes", base.others.FROM, base.others.TO },
      } do
        local name = words[1]
        local out = helper.dossier { "-b", path, table.unpack(words) }
        local told = 0
        for _, line in ipairs(lines_of(out)) do
          if line:find "^%- " or line:find "%S  +%S" then
            assert(line:find "%]$", name .. ": " .. line)
            told = told + 1
          end
        end
        assert(told > 0, name .. " tells nothing")
      end
    end)
  end
end)

describe("a script on the vocabulary", function()
  local kb
  setup(function()
    kb = assert(dossier.open())
    assert(kb:load(files_of "data"))
  end)
  teardown(function() kb:close() end)

  for _, case in ipairs {
    { "statements", "meeting_2023" }, { "reactions", "meeting_2023" },
    { "programmes", "nato" }, { "conditions", "ukraine" },
  } do
    local name, entity = case[1], case[2]
    it(name .. " cites every line that it tells", function()
      local doc = require(name).main(kb, { entity = assert(kb:find(entity)) })
      local told = 0
      for _, block in ipairs(doc.blocks) do
        if block.type == "event" or block.type == "item" then
          assert(#block.citations > 0, name .. ": " .. block.text)
          told = told + 1
        end
        for _, row in ipairs(block.rows or {}) do
          assert(row[#row].words:find "%[.+%]$", name .. ": " .. row[#row].words)
        end
      end
      assert(told > 5, name .. " tells little")
      assert.is_true(doc.found)
    end)
  end
end)
