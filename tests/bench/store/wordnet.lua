--- wordnet: WordNet whole as N-Triples: the words of each synset, its gloss, its pointers.
--
-- Usage: lua5.4 wordnet.lua FOLDER OUT      FOLDER holds data.noun, data.verb, ...
--
-- The commonest pointers are p/0 to p/3, which the benchmark asks for: hypernyms, hyponyms,
-- derived forms, similar ones; the others follow as they are met.
local folder, out = arg[1], arg[2]
local PARTS = { { "noun", "n" }, { "verb", "v" }, { "adj", "a" }, { "adv", "r" } }
local numbers, known, seen = { ["@"] = 0, ["~"] = 1, ["+"] = 2, ["&"] = 3 }, 4, {}

local file = assert(io.open(out .. ".part", "wb"))
local function put_line(line)
  if not seen[line] then file:write(line) end
  seen[line] = true
end
local function put_text(a, property, text)
  put_line(('<http://example.org/node/%s> <%s> "%s"@en .\n'):format(a, property, (text:gsub('[\\"]', "\\%0"))))
end
local function put(a, symbol, b)
  if not numbers[symbol] then
    numbers[symbol] = known
    known = known + 1
  end
  put_line(("<http://example.org/node/%s> <http://example.org/p/%d> <http://example.org/node/%s> .\n")
    :format(a, numbers[symbol], b))
end

for _, part in ipairs(PARTS) do
  for line in io.lines(folder .. "/data." .. part[1]) do
    local at, words = line:match "^(%d+) %d+ %a (%x%x) "
    if at then
      local id, count = part[2] .. at, tonumber(words, 16)
      local list, rest = line:match("^%d+ %d+ %a %x%x (" .. ("%S+ %x "):rep(count) .. ")(.*)")
      for word in list:gmatch "(%S+) %x " do
        put_text(id, "http://www.w3.org/2000/01/rdf-schema#label", (word:gsub("_", " ")))
      end
      put_text(id, "http://www.w3.org/2004/02/skos/core#definition", line:match "| (.-)%s*$")
      for symbol, to, kind in rest:gmatch "(%S+) (%d%d%d%d%d%d%d%d) ([nvar]) %x%x%x%x" do
        put(id, symbol, kind .. to)
      end
    end
  end
end
assert(file:close())
assert(os.rename(out .. ".part", out))
