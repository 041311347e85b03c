-- Random programs over facts with times and claims, in views, against a naive evaluator.
local dossier = require "dossier"
local helper = require "tests.helper"
local judges = require "tests.rules.judges"
local naive = require "tests.rules.naive"
local seen = require "tests.rules.seen"
local timed = require "tests.rules.timed"

local SEED = tonumber(os.getenv "SEED") or 20261130
local STEPS = tonumber(os.getenv "STEPS") or (helper.sanitized and 100 or 1000)
local BATCH, BUDGET = 250, 100000

local function value_text(value)
  local kind = type(value)
  if (kind == "table" or kind == "userdata") and value.id then return value.id end
  return tostring(value)
end

--- The answers to a query as naive.answers has them.
local function answers(kb, text, columns)
  local query = assert(kb:prepare(text))
  local at, lines = {}, {}
  for i, name in ipairs(query.columns) do at[name] = i end
  for _, name in ipairs(columns) do assert(at[name], "no column " .. name) end
  local step, state, control = query:rows()
  while true do
    local row = table.pack(step(state, control))
    if row[1] == nil then break end
    local words = {}
    for i, name in ipairs(columns) do words[i] = value_text(row[at[name]]) end
    lines[#lines + 1] = #columns > 0 and table.concat(words, "\t") or "yes"
  end
  query:close()
  table.sort(lines)
  return lines
end

local function view_options(view)
  local options = {}
  for name, value in pairs(view) do options[name] = value end
  if view.known_at then options.known_at = "#" .. view.known_at end
  return options
end

--- A base with the program's facts and, unless they go with each query, its rules.
local function load(program)
  local kb = assert(dossier.open())
  for i, text in ipairs(timed.loads(program)) do assert(kb:load_text(text, "facts" .. i)) end
  local with = program.seed % 3 == 0 and next(program.declared) == nil
  if not with then assert(kb:load_text(timed.rules(program), "rules")) end
  return kb, with and timed.rules(program) or ""
end

--- Where a program is answered otherwise than it should be, in words.
local function compare(program)
  local kb <close>, before = load(program)
  for i, view in ipairs(program.views) do
    local plain = seen.plain(program, view)
    local due = naive.answers(plain, BUDGET)
    local from = i > 1 and kb:view(view_options(view)) or kb
    for k, query in ipairs(due and program.queries or {}) do
      local came = answers(from, before .. timed.query(query), naive.columns(plain.queries[k]))
      local why = judges.difference({ due[k] }, { came })
      if why then
        return ("in view %s: %s\n%s\n"):format(table.concat(timed.options(view), " "),
          timed.query(query), why)
      end
    end
  end
end

local function text_of(program)
  return table.concat(timed.loads(program), "% --\n") .. "% --\n" .. timed.rules(program)
end

--- Programs from that number on.
local function check(from, n)
  local wrong, first = 0, nil
  for i = from, from + n - 1 do
    local program = timed.new(SEED * 100000 + i)
    local ok, why = pcall(compare, program)
    if why then
      wrong = wrong + 1
      first = first or ("seed %d (%d): %s%s\n%s"):format(SEED, i, ok and "" or "an error: ", why,
        text_of(program))
    end
  end
  assert(wrong == 0, ("%d of %d programs, the first with %s"):format(wrong, n, first))
end

describe("random programs with times and claims", function()
  for from = 1, STEPS, BATCH do
    local n = math.min(BATCH, STEPS - from + 1)
    it(("%d to %d are answered in views as a naive evaluator answers them"):format(from, from + n - 1),
      function() check(from, n) end)
  end
end)
