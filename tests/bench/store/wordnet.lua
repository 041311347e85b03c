--- wordnet: WordNet's pointers between synsets as N-Triples.
--
-- Usage: lua5.4 wordnet.lua FOLDER OUT      FOLDER holds data.noun, data.verb, ...
--
-- The commonest pointers are p/0 to p/3, which the benchmark asks for: hypernyms, hyponyms,
-- derived forms, similar ones; the others follow as they are met.
local folder, out = arg[1], arg[2]
local PARTS = { { "noun", "n" }, { "verb", "v" }, { "adj", "a" }, { "adv", "r" } }
local numbers, known, seen = { ["@"] = 0, ["~"] = 1, ["+"] = 2, ["&"] = 3 }, 4, {}

local file = assert(io.open(out .. ".part", "wb"))
local function put(a, symbol, b)
  if not numbers[symbol] then
    numbers[symbol] = known
    known = known + 1
  end
  local line = ("<http://example.org/node/%s> <http://example.org/p/%d> <http://example.org/node/%s> .\n")
    :format(a, numbers[symbol], b)
  if not seen[line] then file:write(line) end
  seen[line] = true
end

for _, part in ipairs(PARTS) do
  for line in io.lines(folder .. "/data." .. part[1]) do
    local at, words = line:match "^(%d+) %d+ %a (%x%x) "
    if at then
      local rest = line:match("^%d+ %d+ %a %x%x " .. ("%S+ %x "):rep(tonumber(words, 16)) .. "(.*)")
      for symbol, to, kind in rest:gmatch "(%S+) (%d%d%d%d%d%d%d%d) ([nvar]) %x%x%x%x" do
        put(part[2] .. at, symbol, kind .. to)
      end
    end
  end
end
assert(file:close())
assert(os.rename(out .. ".part", out))
