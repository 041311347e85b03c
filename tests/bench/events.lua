--- events: a political event set: half a million dated rows of a table, brought in and asked.
--
-- Whole commands, as an analyst types them, start to end: Dossier's own, the sqlite3 shell's,
-- and DuckDB's by a small program.  Rows name an actor, what was done, to whom and on which
-- day; some occur twice and are one fact.  Each store gets what it needs to be asked fast
-- (SQLite three indexes), and all must give the same counts.
--
--   SIZE=1          half a million rows, SIZE=10 ten times as many

local HOME = "build/bench"
local BIN, DATA, NODE = HOME .. "/bin", HOME .. "/data", HOME .. "/node"
local TMP = HOME .. "/tmp/events"
local LIMIT = math.tointeger(tonumber(os.getenv "LIMIT")) or 600
local RUNS = math.tointeger(tonumber(os.getenv "RUNS")) or 3
local ROWS = 500000

local KINDS = { "aid", "appeal", "assault", "coerce", "consult", "cooperate", "demand", "disapprove",
  "engage", "exhibit", "fight", "intend", "investigate", "protest", "provide", "reduce", "reject",
  "state", "threaten", "yield" }

local function quote(word) return "'" .. word:gsub("'", "'\\''") .. "'" end
local function there(command) return os.execute(command .. " > /dev/null 2>&1") == true end

-- ---- the input ----------------------------------------------------------------------------

--- The day `n` days after 1995-01-01, in the proleptic Gregorian calendar.
local function day_after(n)
  return os.date("!%Y-%m-%d", 788918400 + n * 86400)
end

local function input_of(size)
  local path = ("%s/events-%s.csv"):format(DATA, size)
  if there("test -e " .. path) then return path end
  math.randomseed(19950101, size)
  local file = assert(io.open(path .. ".part", "wb"))
  file:write "actor,what,target,day\n"
  for _ = 1, ROWS * size do
    file:write(("actor_%d,%s,actor_%d,%s\n"):format(math.random(300), KINDS[math.random(#KINDS)],
      math.random(300), day_after(math.random(0, 9000))))
  end
  assert(file:close())
  assert(os.rename(path .. ".part", path))
  return path
end

-- ---- the questions ------------------------------------------------------------------------

-- What is asked: a query of Dossier's, and one of SQL over the table event.
local ASKED = {
  { "nothing, to start", "?- N = 1 + 1.", "select 2" },
  { "of one actor", [[?- N = count{ X, T : event(actor_17, fight, X) @ T }.]],
    [[select count(*) from event where actor = 'actor_17' and what = 'fight']] },
  { "by kind in a year",
    [[by(W, N) :- N = count{ A, B, T : event(A, W, B) @ T, T within 2001 }. ?- M = max{ N : by(_, N) }.]],
    [[select max(n) from (select count(*) as n from event
      where day between '2001-01-01' and '2001-12-31' group by what)]] },
  { "in one week", [[?- N = count{ A, W, B, T : event(A, W, B) @ T, T within 2010-03-01/2010-03-07 }.]],
    [[select count(*) from event where day between '2010-03-01' and '2010-03-07']] },
  { "fought, then aided",
    [[?- N = count{ A, B : event(A, fight, B) @ T, event(B, aid, A) @ U, U after T }.]],
    [[select count(*) from (select distinct f.actor, f.target from event f, event a
      where f.what = 'fight' and a.what = 'aid' and a.actor = f.target
      and a.target = f.actor and a.day > f.day)]] },
}

-- ---- who is asked -------------------------------------------------------------------------

local function write(name, text)
  local path = TMP .. "/" .. name
  local file = assert(io.open(path, "wb"))
  assert(file:write(text))
  assert(file:close())
  return path
end

-- Each: the file it makes, the command that loads, the command that asks the i-th question.
local STORES = {
  { name = "dossier", here = "true", made = TMP .. "/dossier.kb",
    load = function(input)
      return ("build/dossier -b %s/dossier.kb import %s --as %s --source wire"):format(TMP, input,
        quote "event(actor, what, target) @ day")
    end,
    ask = function(question)
      return ("build/dossier -b %s/dossier.kb query --format tsv %s"):format(TMP, quote(question[2]))
    end },
  { name = "sqlite", package = "Debian: sqlite3", here = "command -v sqlite3", made = TMP .. "/sqlite.db",
    load = function(input)
      return ("sqlite3 -init /dev/null %s/sqlite.db < %s"):format(TMP, write("load.sql", (([[
        pragma journal_mode = wal; pragma synchronous = full;
        create temp table line(actor text, what text, target text, day text);
        .import --csv --skip 1 %s line
        create table event(actor text, what text, target text, day text,
          primary key(actor, what, target, day)) without rowid;
        insert or ignore into event select * from line order by 1, 2, 3, 4;
        create index event_day on event(day, what);
        create index event_what on event(what, actor, target, day);
        create index event_target on event(target, what, actor, day);
      ]]):format(input):gsub("\n +", "\n"))))
    end,
    ask = function(question) return ("sqlite3 -init /dev/null %s/sqlite.db %s"):format(TMP, quote(question[3])) end },
  { name = "duckdb", package = "npm: @duckdb/node-api",
    here = ("test -e %s/node_modules/@duckdb/node-api/package.json"):format(NODE), made = TMP .. "/duckdb.db",
    load = function(input)
      return ("node %s/duck_events.mjs %s/duckdb.db %s"):format(NODE, TMP, quote(([[
        create table event as select distinct * from read_csv('%s', header = true, columns =
          {'actor': 'VARCHAR', 'what': 'VARCHAR', 'target': 'VARCHAR', 'day': 'DATE'})
          order by actor, what, target, day;
        checkpoint]]):format(input)))
    end,
    ask = function(question)
      return ("node %s/duck_events.mjs %s/duckdb.db %s"):format(NODE, TMP, quote(question[3]))
    end },
}

--- A command's cost and the last number it printed: the least of some runs.
local function measure(command, runs)
  local best
  for _ = 1, runs do
    local pipe = assert(io.popen(("%s/measure %d %s/out sh -c %s"):format(BIN, LIMIT, TMP,
      quote("exec " .. command))))
    local cpu, wall, kilobytes, code = pipe:read("n", "n", "n", "n")
    pipe:close()
    local file = assert(io.open(TMP .. "/out"))
    local printed = file:read "a"
    file:close()
    local one = { cpu = cpu, wall = wall, mb = kilobytes / 1024, count = tonumber(printed:match "(%d+)%s*$"),
      why = code ~= 0 and printed or nil }
    if not best or one.cpu < best.cpu then best = one end
  end
  return best
end

local function size_of(path)
  local sum = 0
  for _, tail in ipairs { "", "-wal", ".wal" } do
    local file = io.open(path .. tail)
    if file then
      sum = sum + file:seek "end"
      file:close()
    end
  end
  return sum
end

local function cell(one) return ("%.3g/%.0f"):format(one.cpu, one.mb) end

--- Load and ask all; `only` is a set of peers or nil, `print_table` tells rows of cells.
---@return string[] wrong what does not agree
return function(only, print_table)
  local size = math.tointeger(tonumber(os.getenv "SIZE")) or 1
  os.execute(("rm -rf %s && mkdir -p %s"):format(TMP, TMP))
  there(("cp tests/bench/duck_events.mjs %s/"):format(NODE))
  local input, wrong = input_of(size), {}
  local rows = { { "work" }, { "import" }, { "bytes a row" } }
  for i, question in ipairs(ASKED) do rows[3 + i] = { question[1] } end
  local counts = {}
  for _, store in ipairs(STORES) do
    if store.name ~= "dossier" and only and not only[store.name] then goto continue end
    if not there(store.here) then
      print(("not here: %s (%s)"):format(store.name, store.package))
      goto continue
    end
    io.stderr:write("events: ", store.name, "\n")
    table.insert(rows[1], store.name)
    local function tell(row, one, what)
      if one.why then wrong[#wrong + 1] = ("events, %s, %s: %s"):format(store.name, what, one.why) end
      table.insert(row, one.why and "failed" or cell(one))
    end
    tell(rows[2], measure(store.load(input), 1), "import")
    table.insert(rows[3], ("%.1f"):format(size_of(store.made) / (ROWS * size)))
    for i, question in ipairs(ASKED) do
      local one = measure(store.ask(question), RUNS)
      tell(rows[3 + i], one, question[1])
      counts[i] = counts[i] or one.count
      if one.count ~= counts[i] then
        wrong[#wrong + 1] = ("events, %s: %s is %s and Dossier's %s"):format(store.name, question[1],
          one.count, counts[i])
      end
    end
    ::continue::
  end
  for _, row in ipairs(rows) do row[#row + 1] = "" end
  print(("events, %d rows of a table; seconds of processor time / MB, whole commands; answers: %s"):format(
    ROWS * size, table.concat(counts, " ")))
  print_table(rows)
  return wrong
end
