--- rooms: a room includes only itself and the rooms before it.
--
-- Usage:   lua5.4 tests/lint/rooms.lua [ROOT]
--
-- Every house header is named "room/file.h", the public one "dossier.h".  A foreign
-- header belongs to one room.  The command sees the public header and itself only.
-- Prints each breach as file:line: message; the exit code is 1 where there is one.

local order = { "ground", "value", "store", "facts", "eval", "logic", "io", "lua", "api", "cli" }
-- `store` and `value` stand side by side: neither may know the other.
local apart = { store = { value = true }, value = { store = true } }
local foreign = {
  ["sqlite3.h"] = "store",
  ["utf8proc.h"] = "ground",
  ["libstemmer.h"] = "ground",
  ["xxhash.h"] = "ground",
  ["zlib.h"] = "io",
  ["zstd.h"] = "io",
  ["lua.h"] = "lua",
  ["lauxlib.h"] = "lua",
  ["lualib.h"] = "lua",
  ["lua-lpeg.h"] = "lua",
}

local rank = {}
for i, room in ipairs(order) do rank[room] = i end

--- Why the file at `path` of `room` may not include `header`; nil where it may.
---@param room string
---@param header string
---@param house boolean  in quotes, not angle brackets
---@return string?
local function breach(room, header, house)
  local owner = foreign[header]
  if owner and owner ~= room then return ("%s belongs to %s"):format(header, owner) end
  if not house or owner or header == "dossier.h" then return nil end
  local other = header:match "^(%w+)/[%w_]+%.h$"
  if not other or not rank[other] then
    return ("write \"room/file.h\", not \"%s\""):format(header)
  end
  if room == "cli" and other ~= "cli" then
    return ("the command knows the public header only, not %s"):format(header)
  end
  if rank[other] > rank[room] or (apart[room] or {})[other] then
    return ("%s comes before %s and may not know %s"):format(room, other, header)
  end
  return nil
end

---@param path string
---@param room string
---@return integer breaches
local function check(path, room)
  local found, number = 0, 0
  for line in io.lines(path) do
    number = number + 1
    local open, header = line:match '^%s*#%s*include%s*([<"])([^>"]+)[>"]'
    local why = header and breach(room, header, open == '"')
    if why then
      print(("%s:%d: %s"):format(path, number, why))
      found = found + 1
    end
  end
  return found
end

local root = arg[1] or "core"
local pipe = assert(io.popen("find '" .. root .. "' -name '*.[ch]' | LC_ALL=C sort"))
local found, files = 0, 0
for path in pipe:lines() do
  local room = path:sub(#root + 2):match "^(%w+)/"
  if room and rank[room] then
    found = found + check(path, room)
  else
    print(("%s:1: no room called \"%s\""):format(path, room or path))
    found = found + 1
  end
  files = files + 1
end
pipe:close()
if files == 0 then print("no file under " .. root) end
os.exit(found == 0 and files > 0 and 0 or 1)
