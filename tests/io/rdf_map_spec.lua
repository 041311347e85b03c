--- rdf_map_spec: RDF into a base and out again: what was said comes back.
local dossier = require "dossier"
local helper = require "tests.helper"
local bases = require "tests.io.bases"

local SEED = tonumber(os.getenv "SEED") or 1
local STEPS = tonumber(os.getenv "STEPS") or 25
local FORMATS = { "nt", "nq", "ttl", "trig" }

-- Facts and live claims, without what RDF does not say: declarations, rules, verdicts on
-- what nobody claims, and prefixes, which only Turtle and TriG have.
local function said(kb, prefixes)
  local lines, claimed = {}, {}
  local all = bases.dump(kb)
  for _, line in ipairs(all) do
    local fact = line:match "^(.-): asserts" or line:match "^(.-): denies"
    if fact then claimed[fact] = true end
  end
  for _, line in ipairs(all) do
    local judged = line:match "^(.-): prefers" or line:match "^(.-): deprecates"
    local leave = line:find "^relation " or line:find "^rule " or line:find "^conflict "
      or (line:find "^prefix%(" and not prefixes) or (judged and not claimed[judged])
    if not leave then lines[#lines + 1] = line end
  end
  return lines
end

-- What only one has; a source that a claim names is declared when it is read.
local function differences(left, right)
  local told = {}
  for line in (bases.differences(left, right) .. "\n"):gmatch "([^\n]+)\n" do
    if not line:find "^%+ source%(entity .-%) @ %-: asserts by base" then told[#told + 1] = line end
  end
  return table.concat(told, "\n")
end

-- A new base with the declarations of another.
local function declared_as(kb)
  local made, text = assert(dossier.open()), {}
  for line in kb:export():gmatch "[^\n]+" do
    if line:find "^relation " then text[#text + 1] = line end
  end
  assert(made:load_text(table.concat(text, "\n"), "declarations"))
  return made
end

describe("RDF", function()
  local folder
  before_each(function() folder = helper.folder() end)
  after_each(function() helper.sweep(folder) end)

  local function import(text, format, options, kb)
    kb = kb or assert(dossier.open())
    local path = helper.write(folder .. "/data." .. format, text)
    return kb, kb:import(path, options)
  end

  for number = 1, 6 do
    for _, format in ipairs(FORMATS) do
      for _, old in ipairs { false, true } do
        it(("brings back what a base said, by %s%s: SEED=%d number %d"):format(format, old and " of RDF 1.1" or "", SEED,
          number), function()
          local kb = assert(dossier.open())
          bases.grow(kb, helper.random(SEED * 1000 + number), STEPS)
          local text = assert(kb:export { format = format, rdf11 = old })
          local back = declared_as(kb)
          local _, ok, why = import(text, format, { keep_blank = true }, back)
          if not ok then error(why .. "\n" .. text) end
          local turtle = format == "ttl" or format == "trig"
          assert.equal("", differences(said(kb, turtle), said(back, turtle)))
        end)
      end
    end
  end
end)
