--- sqlite: lua-sql-sqlite3, lookups and rows into a loop.  See kit.h.
--
-- Usage: lua5.4 sqlite.lua FILE BASE
local env = require "luasql.sqlite3".sqlite3()

local file, path = arg[1], arg[2]
local db = assert(env:connect(path))
local SOME = 20000 -- a statement is compiled for each lookup

local function tell(name, value) print(("%s %.9g"):format(name, value)) end

local ids = {}
do
  local cursor = db:execute "select id, text from name"
  local id, text = cursor:fetch()
  while id do
    ids[text] = math.tointeger(id)
    id, text = cursor:fetch()
  end
  cursor:close()
end

local pairs_of = {}
do
  local i = 0
  for line in io.lines(file) do
    if i % 5 == 0 then
      local s, p = line:match "^(%S+) (%S+)"
      pairs_of[#pairs_of + 1] = { ids[s], ids[p] }
      if #pairs_of == SOME then break end
    end
    i = i + 1
  end
end

local start = os.clock()
for i = 1, SOME do
  local pair = pairs_of[i]
  local cursor = db:execute(("select o from fact where s = %d and p = %d"):format(pair[1], pair[2]))
  while cursor:fetch() do end
  cursor:close()
end
tell("lua_lookup_us", (os.clock() - start) / SOME * 1e6)

local least, n = math.huge, 0
for _ = 1, 3 do
  start, n = os.clock(), 0
  local cursor = db:execute(([[select a.text, b.text from fact, name a, name b
    where p = %d and a.id = s and b.id = o]]):format(ids["<http://example.org/p/3>"]))
  while cursor:fetch() do n = n + 1 end
  cursor:close()
  least = math.min(least, os.clock() - start)
end
tell("lua_rows_s", n / least)
tell("lua_rows", n)
