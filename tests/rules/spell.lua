--- spell: a program of tests/rules/naive.lua as text: for Dossier, clingo, SWI-Prolog.
--
-- The texts say the same, each in the words of its reader:
--
--   dossier  the program as it stands, then its queries
--   clingo   query i as rules of `answer_i`; a group that nothing else binds is bound by
--            a predicate of its own, since clingo wants it so
--   prolog   the same with every rule's predicate tabled, literals in an order in which
--            each can be answered, aggregates by findall and sort; min and max inside
--            recursion by moded tabling.  `answers(I, Row)` gives the answers to query i
--
-- clingo has no averages, no function min and no min inside recursion that ends: `fits`
-- tells which peer can read a program.

local naive = require "tests.rules.naive"

local M = {}

local function map(list, f, from)
  local out = {}
  for i = from or 1, #list do out[#out + 1] = f(list[i]) end
  return out
end

local function commas(list) return table.concat(list, ", ") end

local WORDS = {
  dossier = { mod = "mod", ["/"] = "/", ["!="] = "!=", ["<="] = "<=", ["="] = "=" },
  clingo = { mod = "\\", ["/"] = "/", ["!="] = "!=", ["<="] = "<=", ["="] = "=" },
  prolog = { mod = "mod", ["/"] = "//", ["!="] = "\\==", ["<="] = "=<", ["="] = "=" },
}

local function expression(words, e)
  if type(e) ~= "table" then return tostring(e) end
  local a, b = expression(words, e[2]), expression(words, e[3])
  if e[1] == "min" or e[1] == "max" then return ("%s(%s, %s)"):format(e[1], a, b) end
  return ("(%s %s %s)"):format(a, words[e[1]] or e[1], b)
end

local function atom(words, a)
  if #a == 1 then return a[1] end
  return a[1] .. "(" .. commas(map(a, function(e) return expression(words, e) end, 2)) .. ")"
end

local function comparison(words, op, left, right)
  return ("%s %s %s"):format(left, words[op] or op, right)
end

local function facts_of(words, program)
  return map(program.facts, function(fact) return atom(words, fact) .. "." end)
end

local function clause(head, body) return head .. " :- " .. commas(body) .. "." end

local function answer(i, columns)
  if #columns == 0 then return "answer_" .. i end
  return "answer_" .. i .. "(" .. commas(columns) .. ")"
end

-- ---- Dossier --------------------------------------------------------------------------

local function dossier_literal(literal)
  local words = WORDS.dossier
  if literal.atom then
    return (literal.negated and "not " or "") .. atom(words, literal.atom)
  elseif literal.agg then
    return comparison(words, literal.op, expression(words, literal.result),
      ("%s{ %s : %s }"):format(literal.agg,
        commas(map(literal.tuple, function(e) return expression(words, e) end)),
        commas(map(literal.body, dossier_literal))))
  end
  return comparison(words, literal.op, expression(words, literal.left),
    expression(words, literal.right))
end

--- Relations without facts and rules are declared.
local function declarations(program)
  local lines = {}
  for name, arity in pairs(program.empty or {}) do
    local columns = {}
    for i = 1, arity do columns[i] = "any" end
    lines[#lines + 1] = ("relation %s%s."):format(name,
      arity > 0 and "(" .. commas(columns) .. ")" or "")
  end
  table.sort(lines)
  return lines
end

--- One query, without its end.
function M.query(query) return "?- " .. commas(map(query, dossier_literal)) end

---@param program table
---@return string
function M.dossier(program)
  local lines = declarations(program)
  for _, line in ipairs(facts_of(WORDS.dossier, program)) do lines[#lines + 1] = line end
  for _, rule in ipairs(program.rules) do
    lines[#lines + 1] = clause(atom(WORDS.dossier, rule.head), map(rule.body, dossier_literal))
  end
  for _, query in ipairs(program.queries) do lines[#lines + 1] = M.query(query) .. "." end
  return table.concat(lines, "\n") .. "\n"
end

--- What `dossier query --format tsv` printed for the program's queries, as naive.answers
--- has it.  The variables of query i begin with "Q" .. i .. "_", so a heading tells which
--- query comes; a query without variables prints yes or no.  nil and why where it does
--- not read so.
---@param program table
---@param out string
---@return string[][]?
---@return string? why
function M.read_dossier(program, out)
  local all, i, order = {}, 0, nil
  for j = 1, #program.queries do all[j] = {} end
  for line in out:gmatch "[^\n]+" do
    local heading = line:match "^Q(%d+)_"
    if heading or line == "yes" or line == "no" then
      i = i + 1
      local columns = program.queries[i] and naive.columns(program.queries[i])
      if not columns then return nil, "more answers than queries: " .. line end
      if (heading and tonumber(heading) or i) ~= i or (heading == nil) ~= (#columns == 0) then
        return nil, ("query %d is answered by: %s"):format(i, line)
      end
      order = {}
      local at = 0
      for name in line:gmatch "[^\t]+" do at = at + 1; order[name] = at end
      for _, name in ipairs(columns) do
        if not order[name] then return nil, "no column " .. name .. " in: " .. line end
      end
      if heading and at ~= #columns then return nil, "too many columns: " .. line end
      if line == "yes" then all[i][1] = "yes" end
    else
      if not order then return nil, "not expected: " .. line end
      local cells, words = {}, {}
      for cell in (line .. "\t"):gmatch "([^\t]*)\t" do cells[#cells + 1] = cell end
      for j, name in ipairs(naive.columns(program.queries[i])) do
        local cell = cells[order[name]] or "(no cell)"
        words[j] = cell:find "^%-?%d+%.%d+$" and ("%.10g"):format(tonumber(cell)) or cell
      end
      table.insert(all[i], table.concat(words, "\t"))
    end
  end
  if i ~= #program.queries then return nil, ("%d of %d queries are answered"):format(i, #program.queries) end
  for _, lines in ipairs(all) do table.sort(lines) end
  return all
end

-- ---- clingo ---------------------------------------------------------------------------

--- The literals of a body; rules that it needs go to `extra`.
local function clingo_body(body, head, extra)
  local words, out = WORDS.clingo, {}
  local function plain(literal)
    if literal.atom then
      return (literal.negated and "not " or "") .. atom(words, literal.atom)
    end
    return comparison(words, literal.op, expression(words, literal.left),
      expression(words, literal.right))
  end
  for _, step in ipairs(naive.order(body, head, {})) do
    local literal = step.literal
    if not literal.agg then
      out[#out + 1] = plain(literal)
    else
      extra.n = (extra.n or 0) + 1
      local value, inner = "V" .. extra.n, map(literal.body, plain)
      if #step.free > 0 then
        local group = { "group_" .. extra.n, table.unpack(step.free) }
        local all = { table.unpack(out) } -- which may bind what the aggregate's body tests
        for _, goal in ipairs(inner) do all[#all + 1] = goal end
        extra[#extra + 1] = clause(atom(words, group), all)
        out[#out + 1] = atom(words, group)
      end
      out[#out + 1] = ("%s = #%s{ %s : %s }"):format(value, literal.agg,
        commas(map(literal.tuple, function(e) return expression(words, e) end)), commas(inner))
      if literal.agg == "min" then out[#out + 1] = value .. " != #sup" end
      if literal.agg == "max" then out[#out + 1] = value .. " != #inf" end
      out[#out + 1] = comparison(words, literal.op, expression(words, literal.result), value)
    end
  end
  return out
end

local function variables_of(list, from)
  local set = {}
  for i = from, #list do
    if naive.is_variable(list[i]) then set[list[i]] = true end
  end
  return set
end

---@param program table
---@return string
function M.clingo(program)
  local words, extra = WORDS.clingo, {}
  local lines = facts_of(words, program)
  for _, rule in ipairs(program.rules) do
    lines[#lines + 1] = clause(atom(words, rule.head),
      clingo_body(rule.body, variables_of(rule.head, 2), extra))
  end
  for i, query in ipairs(program.queries) do
    local columns = naive.columns(query)
    lines[#lines + 1] = clause(answer(i, columns),
      clingo_body(query, variables_of(columns, 1), extra))
    lines[#lines + 1] = ("#show answer_%d/%d."):format(i, #columns)
  end
  for _, line in ipairs(extra) do lines[#lines + 1] = line end
  return table.concat(lines, "\n") .. "\n"
end

--- What `clingo -V0` printed: one line, the atoms of its only model.
---@param program table
---@param out string
---@return string[][]
function M.read_clingo(program, out)
  local all = {}
  for i = 1, #program.queries do all[i] = {} end
  for i, arguments in out:gmatch "answer_(%d+)(%b())" do
    local line = arguments:sub(2, -2):gsub('"', ""):gsub(",", "\t")
    table.insert(all[tonumber(i)], line)
  end
  for i in out:gmatch "answer_(%d+)%f[^%w(]" do all[tonumber(i)] = { "yes" } end
  for _, lines in ipairs(all) do table.sort(lines) end
  return all
end

-- ---- SWI-Prolog -------------------------------------------------------------------------

--- An atom as a goal.  A moded argument has to be free in the call.
local function prolog_atom(literal, state)
  local words, a = WORDS.prolog, literal.atom
  local text = atom(words, a)
  if state.moded[naive.key(a)] then
    state.n = state.n + 1
    local free, last = "B" .. state.n, a[#a]
    local call = { table.unpack(a) }
    call[#call] = free
    text = ("(%s, %s = %s)"):format(atom(words, call), free, expression(words, last))
  end
  return (literal.negated and "\\+ " or "") .. text
end

--- Steps in their order as goals.  The state has `moded`, the predicates so tabled, `n`,
--- for names, and `best` where an aggregate is part of the recursion.
local function prolog_goals(steps, state)
  local words, out = WORDS.prolog, {}
  local within = { moded = state.moded, n = state.n * 1000 }
  local function says(e) return expression(words, e) end
  for _, step in ipairs(steps) do
    local literal = step.literal
    if literal.atom then
      out[#out + 1] = prolog_atom(literal, state)
    elseif literal.agg and state.best then
      for _, goal in ipairs(prolog_goals(step.plan, within)) do out[#out + 1] = goal end
      out[#out + 1] = says(literal.result) .. " is " .. says(literal.tuple[1])
    elseif literal.agg then
      state.n = state.n + 1
      local inner, parts = prolog_goals(step.plan, within), {}
      for i, e in ipairs(literal.tuple) do
        if type(e) == "table" then
          parts[i] = ("E%d_%d"):format(state.n, i)
          inner[#inner + 1] = parts[i] .. " is " .. says(e)
        else
          parts[i] = says(e)
        end
      end
      if #step.free > 0 then
        -- Each group once, then its tuples.
        local group = "g(" .. commas(step.free) .. ")"
        out[#out + 1] = ("findall(%s, (%s), G%d), sort(G%d, H%d), member(%s, H%d)"):format(
          group, commas(prolog_goals(step.plan, within)), state.n, state.n, state.n, group, state.n)
      end
      out[#out + 1] = ("findall(t(%s), (%s), L%d), sort(L%d, S%d), agg_%s(S%d, V%d)"):format(
        commas(parts), commas(inner), state.n, state.n, state.n, literal.agg, state.n, state.n)
      local op = (literal.op == "=" and "=") or words[literal.op] or literal.op
      out[#out + 1] = ("%s %s V%d"):format(says(literal.result), op, state.n)
    else
      local left, right, op = literal.left, literal.right, words[literal.op] or literal.op
      if literal.op == "=" and type(left) == "table" then left, right = right, left end
      if literal.op == "=" and type(right) == "table" then op = "is" end
      if literal.op == "=" and type(left) == "table" then op = "=:=" end
      if literal.op == "!=" and (type(left) == "table" or type(right) == "table") then op = "=\\=" end
      out[#out + 1] = ("%s %s %s"):format(says(left), op, says(right))
    end
  end
  return out
end

local PROLOG_HEAD = [[
agg_count(S, N) :- length(S, N).
agg_sum(S, N) :- agg_firsts(S, L), sum_list(L, N).
agg_min(S, N) :- agg_firsts(S, L), min_list(L, N).
agg_max(S, N) :- agg_firsts(S, L), max_list(L, N).
agg_firsts(S, L) :- findall(X, (member(T, S), arg(1, T, X)), L).
]]

---@param program table
---@return string
function M.prolog(program)
  local words, _, best = WORDS.prolog, naive.components(program)
  local derived, tables, lines, dynamic = {}, {}, {}, {}
  local function mention(a)
    local name = naive.key(a)
    if not dynamic[name] and not derived[name] then
      dynamic[name] = true
      dynamic[#dynamic + 1] = (":- dynamic %s."):format(name)
    end
  end
  local function mention_all(body)
    for _, literal in ipairs(body) do
      if literal.atom then mention(literal.atom) end
      if literal.agg then mention_all(literal.body) end
    end
  end
  for _, rule in ipairs(program.rules) do
    local name = naive.key(rule.head)
    if not derived[name] then
      derived[name] = true
      local spec = name
      if best[name] then
        spec = rule.head[1] .. "(" .. ("_, "):rep(#rule.head - 2) .. best[name] .. ")"
      end
      tables[#tables + 1] = (":- table %s."):format(spec)
    end
  end
  for _, rule in ipairs(program.rules) do
    local steps = naive.order(rule.body, variables_of(rule.head, 2), {})
    local state = { best = best[naive.key(rule.head)] ~= nil, moded = best, n = 1 }
    lines[#lines + 1] = clause(atom(words, rule.head), prolog_goals(steps, state))
    mention_all(rule.body)
  end
  for i, query in ipairs(program.queries) do
    local columns = naive.columns(query)
    lines[#lines + 1] = ("answers(%d, [%s]) :- %s."):format(i, commas(columns),
      commas(prolog_goals(naive.order(query, variables_of(columns, 1), {}),
        { moded = best, n = 1 })))
    mention_all(query)
  end
  return table.concat(tables, "\n") .. "\n:- style_check(-discontiguous).\n:- style_check(-singleton).\n"
    .. table.concat(dynamic, "\n") .. "\n" .. PROLOG_HEAD
    .. table.concat(facts_of(words, program), "\n") .. "\n" .. table.concat(lines, "\n") .. "\n"
end

--- Runs programs from files, each in a module of its own, in one process: for each a line
--- "program N", then for each answer a line "I<tab>value<tab>value", or "error" and words.
M.PROLOG_DRIVER = [[
:- use_module(library(lists)).
run(N, File) :-
  format("program ~w~n", [N]),
  atom_concat(m, N, M),
  catch(( load_files(M:File, [silent(true)]),
          findall(I-R, M:answers(I, R), L), sort(L, S),
          forall(member(I-R, S), (write(I), forall(member(X, R), (write('\t'), write(X))), nl))
        ), E, (print_message(error, E), format("error ~q~n", [E]))),
  abolish_all_tables.
main :-
  current_prolog_flag(argv, Argv),
  forall(nth1(N, Argv, File), run(N, File)).
:- initialization((main, halt)).
]]

--- One program's part of what the driver printed.
---@param program table
---@param part string
---@return string[][]?
---@return string? why
function M.read_prolog(program, part)
  if part:find "error " then return nil, part end
  local all = {}
  for i = 1, #program.queries do all[i] = {} end
  for line in part:gmatch "[^\n]+" do
    local i, rest = line:match "^(%d+)\t?(.*)$"
    if not i then return nil, part end
    table.insert(all[tonumber(i)], rest == "" and "yes" or rest)
  end
  for _, lines in ipairs(all) do table.sort(lines) end
  return all
end

-- ---- who reads what -----------------------------------------------------------------------

local function has_function(e)
  if type(e) ~= "table" then return false end
  return e[1] == "min" or e[1] == "max" or has_function(e[2]) or has_function(e[3])
end

local function has(body, test)
  for _, literal in ipairs(body) do
    if test(literal) or literal.agg and has(literal.body, test) then return true end
  end
  return false
end

local function any(program, test)
  for _, rule in ipairs(program.rules) do
    if has(rule.body, test) then return true end
  end
  for _, query in ipairs(program.queries) do
    if has(query, test) then return true end
  end
  return false
end

--- Can that peer ("clingo", "prolog") read the program?
---@param program table
---@param peer string
---@return boolean
function M.fits(program, peer)
  if any(program, function(l) return l.agg == "avg" end) then return false end
  if peer == "prolog" then return true end
  local _, best = naive.components(program)
  return next(best) == nil and not any(program, function(l)
    if l.agg then
      for _, e in ipairs(l.tuple) do
        if has_function(e) then return true end
      end
    end
    return has_function(l.left) or has_function(l.right)
  end)
end

return M
