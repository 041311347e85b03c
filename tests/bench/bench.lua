--- bench: rules, joins and stores in Dossier, in its peers and by hand, side by side.
--
-- Usage:   make bench [WORK=closure,store,events] [PEERS=sqlite,clingo] [RUNS=3] [LIMIT=60]
--                     [SIZE=1]
--
-- WORK=store is the storage half, see tests/bench/store.lua, and WORK=events a table brought
-- in and asked by whole commands, see tests/bench/events.lua; of the rest:
--
-- Everything runs pinned to one processor, one thread, data loading included.  Seconds are
-- of processor time (CLOCK=wall: on the clock), the least of RUNS runs (one where a run
-- takes over five seconds); megabytes are at the peak.  All must give the same count.
-- A peer that takes longer than LIMIT seconds (or four times that on the clock) is ended
-- and said to be over.
-- PEERS=none leaves them all out.  The data is made on first use, in build/bench/.
--
-- The last columns: how often the floor's time Dossier takes, how often the best peer's,
-- and what the design asks for: both ratios of its table, or a multiple of the floor.

local workloads = require "tests.bench.workloads"
local stores = require "tests.bench.store"
local events = require "tests.bench.events"

local HOME = "build/bench"
local DATA, BIN, TMP = HOME .. "/data", HOME .. "/bin", HOME .. "/tmp"
local DOSSIER = "build/dossier"

-- DuckDB's and Soufflé's figures of the design's table are the best peers'.
local DESIGN_BEST = { closure = 0.71, chain = 0.42, tree = 0.14, generation = 0.55, wide = 0.62,
  triangles = 1.07 }

-- ---- small things ---------------------------------------------------------------------

local function quote(word) return "'" .. word:gsub("'", "'\\''") .. "'" end

local function read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read "a"
  file:close()
  return text
end

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  assert(file:write(text))
  assert(file:close())
  return path
end

local function true_that(command) return os.execute(command .. " > /dev/null 2>&1") == true end

local function there(program) return true_that("command -v " .. program) end

local function must(command)
  if not os.execute(command) then
    io.stderr:write("bench: failed: ", command, "\n")
    os.exit(1)
  end
end

local function sorted_keys(map)
  local keys = {}
  for name in pairs(map) do keys[#keys + 1] = name end
  table.sort(keys)
  return keys
end

--- The words of a setting, as a set; nil where it is not set.
local function chosen(name)
  local text = os.getenv(name)
  if not text or text == "" then return nil end
  local set = {}
  for word in text:gmatch "[^%s,]+" do set[word] = true end
  return set
end

-- ---- one program in the words of each ---------------------------------------------------

local function tsv(file) return ("%s/%s.tsv"):format(DATA, file) end

--- How many columns an input has.
local function width_of(file)
  local first = assert(read(tsv(file)), file):match "[^\n]*"
  local _, tabs = first:gsub("\t", "")
  return tabs + 1
end

--- The input as facts `relation(1,2).`, made once.
local function facts_file(relation, file, ending)
  local path = ("%s/%s.%s.%s"):format(DATA, relation, file, ending)
  if not true_that("test -s " .. path) then
    must(("sed -e 's/\t/,/g' -e 's/^/%s(/' -e 's/$/)./' %s > %s.part && mv %s.part %s"):format(
      relation, quote(tsv(file)), quote(path), quote(path), quote(path)))
  end
  return path
end

local function variables(body)
  local list, seen = {}, {}
  for name in body:gmatch "%f[%w]%u%w*" do
    if not seen[name] then list[#list + 1] = name end
    seen[name] = true
  end
  return list
end

local function rules_of(work, negation)
  return ((work.rules or ""):gsub("!", negation))
end

--- A rule whose head is the answers, for who counts a predicate only.
local function answer_rule(work)
  local head = "answer(" .. table.concat(variables(work.query), ", ") .. ")"
  return ("%s :- %s.\n"):format(head, work.query)
end

-- ---- who is asked -------------------------------------------------------------------------

-- Each has `command(work)` and `count(out, work, floor)`, which reads the number of answers
-- from what the command printed; `finds()` tells whether it is there.

local function last_number(out) return math.tointeger(tonumber(out:match "(%d+)%s*$")) end

local dossier = { name = "dossier", count = last_number }

function dossier.command(work)
  local path = write(("%s/%s.dl"):format(TMP, work.name), rules_of(work, "not "))
  local words = { DOSSIER, "query" }
  if work.rules then words[#words + 1] = path end
  words[#words + 1] = quote("?- " .. work.query .. ".")
  for _, relation in ipairs(sorted_keys(work.tables)) do
    words[#words + 1] = ("--table %s=%s"):format(relation, tsv(work.tables[relation]))
  end
  return table.concat(words, " ") .. " --count"
end

local floor = { name = "floor" }
function floor.command(work) return ("%s/floor %s %s"):format(BIN, work.name, DATA) end
function floor.count(out) return math.tointeger(tonumber(out:match "^%d+")) end

local sqlite = { name = "sqlite", package = "Debian: sqlite3", count = last_number }
function sqlite.finds() return there "sqlite3" end
function sqlite.command(work)
  if not work.sql then return nil end
  local lines = { "pragma temp_store = memory;", ".mode tabs" }
  for _, relation in ipairs(sorted_keys(work.tables)) do
    local file = work.tables[relation]
    local columns = { table.unpack({ "a", "b", "c" }, 1, width_of(file)) }
    lines[#lines + 1] = ("create table %s(%s integer);"):format(relation,
      table.concat(columns, " integer, "))
    lines[#lines + 1] = (".import %s %s"):format(tsv(file), relation)
    lines[#lines + 1] = ("create index %s_ab on %s(%s);"):format(relation, relation,
      table.concat(columns, ", "))
    if #columns == 2 then
      lines[#lines + 1] = ("create index %s_ba on %s(b, a);"):format(relation, relation)
    end
  end
  lines[#lines + 1] = "analyze;"
  lines[#lines + 1] = work.sql .. ";"
  local path = write(("%s/%s.sql"):format(TMP, work.name), table.concat(lines, "\n") .. "\n")
  return ("sqlite3 -batch :memory: '.read %s'"):format(path)
end

local duckdb = { name = "duckdb", package = "npm: @duckdb/node-api", count = last_number }
local NODE = HOME .. "/node"
function duckdb.finds()
  return there "node" and read(NODE .. "/node_modules/@duckdb/node-api/package.json") ~= nil
end
function duckdb.command(work)
  if not work.sql then return nil end
  write(NODE .. "/duck.mjs", assert(read "tests/bench/duck.mjs"))
  local words = { "node", NODE .. "/duck.mjs", quote(work.sql) }
  for _, relation in ipairs(sorted_keys(work.tables)) do
    local file = work.tables[relation]
    words[#words + 1] = ("%s=%s=%d"):format(relation, tsv(file), width_of(file))
  end
  return table.concat(words, " ")
end

local swipl = { name = "swipl", package = "Debian: swi-prolog-nox", count = last_number }
function swipl.finds() return there "swipl" end
function swipl.command(work)
  local lines = {}
  for _, relation in ipairs(sorted_keys(work.tables)) do
    lines[#lines + 1] = (":- consult('%s')."):format(facts_file(relation, work.tables[relation], "pl"))
  end
  for _, spec in ipairs(work.table or {}) do lines[#lines + 1] = (":- table %s."):format(spec) end
  lines[#lines + 1] = rules_of(work, "\\+ ")
  lines[#lines + 1] = (":- initialization((%saggregate_all(count, (%s), N), print(N), nl), main)."):format(
    work.first and ("forall(%s, true), "):format(work.first) or "", work.query)
  local path = write(("%s/%s.pl"):format(TMP, work.name), table.concat(lines, "\n") .. "\n")
  return "swipl -O --table-space=8g --stack-limit=8g -q " .. path
end

local clingo = { name = "clingo", package = "Debian: gringo" }
function clingo.finds() return there "clingo" end
function clingo.command(work)
  local files = {}
  local text = rules_of(work, "not ") .. (work.rules and "" or answer_rule(work)) .. "#show.\n"
  files[1] = write(("%s/%s.lp"):format(TMP, work.name), text)
  for _, relation in ipairs(sorted_keys(work.tables)) do
    files[#files + 1] = facts_file(relation, work.tables[relation], "lp")
  end
  return "clingo -q --stats=1 " .. table.concat(files, " ")
end
--- It counts all that holds: facts, and what rules derive.  Stopped by the limit it ends in
--- good order, with what it had counted by then.
function clingo.count(out, work, by_floor)
  if out:find("INTERRUPTED", 1, true) then return nil, "over" end
  local all = math.tointeger(tonumber(out:match "Rules%s*:%s*(%d+)"))
  if not all then return nil end
  for _, file in pairs(work.tables) do
    local _, rows = read(tsv(file)):gsub("\n", "")
    all = all - rows
  end
  return all - by_floor.beside
end

local souffle = { name = "souffle", package = "https://souffle-lang.github.io" }
function souffle.finds() return there "souffle" end
local function souffle_text(work)
  local lines, arity = {}, {}
  for relation, file in pairs(work.tables) do arity[relation] = width_of(file) end
  local rules = rules_of(work, "!") .. answer_rule(work)
  for name, arguments in rules:gmatch "([%l]%w*)(%b())" do
    local _, commas = arguments:gsub(",", "")
    arity[name] = commas + 1
  end
  for _, name in ipairs(sorted_keys(arity)) do
    local columns = {}
    for i = 1, arity[name] do columns[i] = ("c%d:number"):format(i) end
    lines[#lines + 1] = (".decl %s(%s)"):format(name, table.concat(columns, ", "))
    if work.tables[name] then
      lines[#lines + 1] = ('.input %s(IO=file, filename="%s.tsv")'):format(name, work.tables[name])
    end
  end
  lines[#lines + 1] = rules
  lines[#lines + 1] = ".printsize answer\n"
  return table.concat(lines, "\n")
end
--- Compiled, where it can be; the compiling is not counted.
function souffle.command(work)
  local path = write(("%s/%s.souffle.dl"):format(TMP, work.name), souffle_text(work))
  local program = ("%s/%s.souffle"):format(TMP, work.name)
  if true_that(("souffle -o %s %s"):format(program, path)) then
    return ("%s -j1 -F %s"):format(program, DATA)
  end
  return ("souffle -j1 -F %s %s"):format(DATA, path)
end
function souffle.count(out) return math.tointeger(tonumber(out:match "answer%s+(%d+)")) end

local PEERS = { souffle, duckdb, swipl, clingo, sqlite }

-- ---- measuring ----------------------------------------------------------------------------

local LIMIT = math.tointeger(tonumber(os.getenv "LIMIT")) or 60
local RUNS = math.tointeger(tonumber(os.getenv "RUNS")) or 3
local WALL = os.getenv "CLOCK" == "wall"

--- { seconds, megabytes, count } or { why = "over" }; nil where it cannot be asked.
local function measure(who, work, by_floor)
  local command = who.command(work)
  if not command then return nil end
  local out, result = TMP .. "/out", nil
  for _ = 1, RUNS do
    local pipe = assert(io.popen(("%s/measure %d %s sh -c %s"):format(BIN, LIMIT, out,
      quote("exec " .. command))))
    local cpu, wall, kilobytes, code = pipe:read("n", "n", "n", "n")
    pipe:close()
    local text = read(out) or ""
    if code == 124 then return { why = "over" } end
    local count, why = who.count(text, work, by_floor)
    if why then return { why = why } end
    if not count then
      return { why = "failed", message = ("exit code %d: %s"):format(code, text:match "([^\n]*)%s*$") }
    end
    local seconds = WALL and wall or cpu
    if not result or seconds < result.seconds then
      result = { seconds = seconds, megabytes = kilobytes / 1024, count = count }
    end
    if wall > 5 then break end
  end
  return result
end

-- ---- telling ------------------------------------------------------------------------------

local function seconds(s)
  if s < 1 then return ("%.3f"):format(s) end
  return (s < 10 and "%.2f" or "%.1f"):format(s)
end

local function cell(result)
  if not result then return "-" end
  if result.why then return result.why end
  return ("%s/%.0f"):format(seconds(result.seconds), result.megabytes)
end

local function ratio(a, b)
  if not a or not b or a.why or b.why then return "-" end
  return ("%.2f"):format(a.seconds / math.max(b.seconds, 1e-4))
end

local function target(work)
  if not work.target then return "" end
  if work.target.floors then return ("<= %dx floor"):format(work.target.floors) end
  local t = work.target
  return ("<= %.1fx floor, %.2fx best"):format(t.seconds / t.floor,
    t.seconds / DESIGN_BEST[work.name])
end

local function print_table(rows)
  local widths = {}
  for _, row in ipairs(rows) do
    for i, text in ipairs(row) do widths[i] = math.max(widths[i] or 0, #text) end
  end
  for _, row in ipairs(rows) do
    local cells = {}
    for i, text in ipairs(row) do
      local pad = (" "):rep(widths[i] - #text)
      cells[i] = (i == 1 or i == #row) and text .. pad or pad .. text
    end
    print((table.concat(cells, "  "):gsub("%s+$", "")))
  end
end

-- ---- all of it ------------------------------------------------------------------------------

local function peers_here()
  local only, here = chosen "PEERS", {}
  for _, peer in ipairs(PEERS) do
    if only and not only[peer.name] then goto continue end
    if peer.finds() then here[#here + 1] = peer
    else print(("not here: %s (%s)"):format(peer.name, peer.package)) end
    ::continue::
  end
  return here
end

local function machine()
  local info = read "/proc/cpuinfo" or ""
  return info:match "model name%s*:%s*([^\n]+)" or "a machine"
end

--- One workload by all; a row of the table.  `wrong` collects what does not agree.
local function run(work, peers, wrong)
  local by_floor = assert(measure(floor, work), work.name)
  local numbers = read(TMP .. "/out") or ""
  by_floor.beside = (tonumber(numbers:match "^%d+ (%d+)") or by_floor.count) - by_floor.count
  local ours = measure(dossier, work, by_floor)
  local row = { work.name, tostring(by_floor.count), cell(ours), cell(by_floor) }
  local best
  local function check(who, result)
    if result and result.message then
      wrong[#wrong + 1] = ("%s, %s: %s"):format(work.name, who.name, result.message)
    elseif result and result.count and result.count ~= by_floor.count then
      wrong[#wrong + 1] = ("%s: %s counts %d and the floor %d"):format(work.name, who.name,
        result.count, by_floor.count)
    end
  end
  check(dossier, ours)
  for _, peer in ipairs(peers) do
    local result = measure(peer, work, by_floor)
    check(peer, result)
    row[#row + 1] = cell(result)
    if result and not result.why and (not best or result.seconds < best.seconds) then best = result end
  end
  row[#row + 1] = ratio(ours, by_floor)
  row[#row + 1] = ratio(ours, best)
  row[#row + 1] = target(work)
  return row
end

--- The workloads of rules and joins; what does not agree.
local function run_rules(only)
  must(("%s/data %s"):format(BIN, DATA))
  local wrong, peers = {}, peers_here()
  print(("%s; one processor, one thread; seconds%s / MB, least of %d; over: more than %d s"):format(
    machine(), WALL and "" or " of processor time", RUNS, LIMIT))
  local rows = { { "workload", "answers", "dossier", "floor" } }
  for _, peer in ipairs(peers) do table.insert(rows[1], peer.name) end
  for _, name in ipairs { "x floor", "x best", "design" } do table.insert(rows[1], name) end
  for _, work in ipairs(workloads) do
    if not only or only[work.name] then
      io.stderr:write(work.name, ": ", work.what, "\n")
      rows[#rows + 1] = run(work, peers, wrong)
    end
  end
  print_table(rows)
  return wrong
end

local function main()
  for _, folder in ipairs { DATA, TMP } do must("mkdir -p " .. folder) end
  local only, wrong, rules = chosen "WORK", {}, false
  for _, work in ipairs(workloads) do rules = rules or not only or only[work.name] end
  if rules then wrong = run_rules(only) end
  for _, part in ipairs { { "store", stores }, { "events", events } } do
    if not only or only[part[1]] then
      for _, line in ipairs(part[2](chosen "PEERS", print_table)) do wrong[#wrong + 1] = line end
    end
  end
  for i, line in ipairs(wrong) do print((i == 1 and "\n" or "") .. line) end
  return #wrong == 0
end

os.exit(main(), true)
