--- ours: Dossier from Lua: lookups, and rows into a loop.  See kit.h.
--
-- Usage: lua5.4 ours.lua FILE BASE
local dossier = require "dossier"

local file, path = arg[1], arg[2]
local kb = assert(dossier.open(path, { read_only = true }))
local P3 = "<http://example.org/p/3>"
local ROUNDS = 5

local function tell(name, value) print(("%s %.9g"):format(name, value)) end

--- The least seconds of some rounds of `ask`, which returns a count.
local function least(ask)
  local seconds, count = math.huge, nil
  for _ = 1, ROUNDS do
    local start = os.clock()
    local n = ask()
    seconds = math.min(seconds, os.clock() - start)
    assert(count == nil or count == n)
    count = n
  end
  return seconds, count
end

local subjects, relations = {}, {}
do
  local i = 0
  for line in io.lines(file) do
    if i % 5 == 0 then
      local s, p = line:match "^(%S+) (%S+)"
      subjects[#subjects + 1] = dossier.entity(s)
      relations[#relations + 1] = p:find "#label>" and "label" or p -- so an import calls it
      if #subjects == 200000 then break end
    end
    i = i + 1
  end
end

-- What a loop over plain tables costs, rows made as it goes.
local plain_took, plain_rows = least(function()
  local list, n = subjects, 0
  local function step(_, i)
    i = i + 1
    local who = list[i]
    if who then return i, who, who, { who, who } end
  end
  for _, _, _, _ in step, nil, 0 do n = n + 1 end
  return n
end)
tell("plain_rows_s", plain_rows / plain_took)

local took, found = least(function()
  local n = 0
  for i = 1, #subjects do
    for _ in kb:facts(relations[i], subjects[i], nil) do n = n + 1 end
  end
  return n
end)
tell("lua_lookup_us", took / #subjects * 1e6)
tell("lua_found", found)

local loop_took, rows = least(function()
  local n = 0
  for _, _, _ in kb:facts(P3, nil, nil) do n = n + 1 end
  return n
end)
tell("lua_rows_s", rows / loop_took)
tell("lua_rows", rows)

local query_took, answers = least(function()
  local n = 0
  for _, _ in kb:query("?- " .. P3 .. "(X, Y).") do n = n + 1 end
  return n
end)
tell("lua_query_rows_s", answers / query_took)
