--- judges: many programs of rules through one engine at a time, from files of its own.
--
--   local answers, errors = judges.dossier(list)
--
-- Each takes a list of programs (tests/rules/naive.lua says what they are) and gives, for
-- each, the answers to its queries as naive.answers has them, or nil and what was wrong.

local helper = require "tests.helper"
local spell = require "tests.rules.spell"

local M = {}

--- A folder with each program in a file of its own, N.dl or the like.
local function write_all(programs, ending, text)
  local folder = helper.folder()
  for i, program in ipairs(programs) do
    helper.write(("%s/%d.%s"):format(folder, i, ending), text(program))
  end
  return folder
end

--- Run `command`, in which $f is a program's file, once for each, two at a time; keep what
--- it printed.
local function run_all(folder, programs, ending, command)
  local loop = ("i=%%d; while [ $i -le %d ]; do f=$i.%s; %s > $i.out 2> $i.err; "
    .. "echo $? > $i.rc; i=$((i + 2)); done"):format(#programs, ending, command)
  helper.shell(("cd %s && { %s & %s; wait; }"):format(helper.quote(folder), loop:format(1),
    loop:format(2)))
end

local function absolute(path)
  if path:find "^/" then return path end
  local out = helper.shell "pwd"
  return out:gsub("\n$", "") .. "/" .. path
end

--- One process of the dossier command for each program, with further arguments as they are.
---@param programs table[]
---@param arguments string? "--threads 2"
---@return table<integer, string[][]> answers
---@return table<integer, string> errors
function M.dossier(programs, arguments)
  local folder = write_all(programs, "dl", spell.dossier)
  run_all(folder, programs, "dl", ("%stimeout 20 %s query $f --format tsv %s"):format(
    helper.clean, helper.quote(absolute(helper.build) .. "/dossier"), arguments or ""))
  local answers, errors = {}, {}
  for i, program in ipairs(programs) do
    local path = folder .. "/" .. i
    local code, err = tonumber(helper.read(path .. ".rc")), helper.read(path .. ".err")
    if code and code <= 1 then
      answers[i], errors[i] = spell.read_dossier(program, helper.read(path .. ".out"))
    else
      errors[i] = ("exit code %s: %s"):format(code, err)
    end
  end
  helper.sweep(folder)
  return answers, errors
end

--- Why Dossier cannot be asked yet; nil where it answers rules.
---@return string?
function M.not_yet()
  local path = helper.folder()
  helper.write(path .. "/one.dl", "p(a).\nq(X) :- p(X).\n")
  local _, err = helper.dossier { "query", path .. "/one.dl", "?- q(X)." }
  helper.sweep(path)
  return err:match "[^\n]*not evaluated by this version"
end

---@param programs table[]
function M.clingo(programs)
  local folder = write_all(programs, "lp", spell.clingo)
  run_all(folder, programs, "lp", "timeout 60 clingo -V0 --warn=none $f")
  local answers, errors = {}, {}
  for i, program in ipairs(programs) do
    local path = folder .. "/" .. i
    local code = tonumber(helper.read(path .. ".rc"))
    -- 30: one model, and no other.
    if code == 30 then answers[i] = spell.read_clingo(program, helper.read(path .. ".out"))
    else errors[i] = ("exit code %s: %s"):format(code, helper.read(path .. ".err")) end
  end
  helper.sweep(folder)
  return answers, errors
end

--- All in one process of SWI-Prolog.
---@param programs table[]
function M.prolog(programs)
  local folder, files = write_all(programs, "pl", spell.prolog), {}
  for i = 1, #programs do files[i] = i .. ".pl" end
  helper.write(folder .. "/driver.pl", spell.PROLOG_DRIVER)
  local out, err = helper.shell(("cd %s && timeout 300 swipl driver.pl -- %s"):format(
    helper.quote(folder), table.concat(files, " ")))
  helper.sweep(folder)
  local answers, errors, parts = {}, {}, {}
  local at
  for line in out:gmatch "[^\n]+" do
    local i = line:match "^program (%d+)$"
    if i then
      at = tonumber(i)
      parts[at] = ""
    elseif at then
      parts[at] = parts[at] .. line .. "\n"
    end
  end
  for i, program in ipairs(programs) do
    if parts[i] then answers[i], errors[i] = spell.read_prolog(program, parts[i])
    else errors[i] = "no answer: " .. err end
  end
  return answers, errors
end

--- Where answers differ, in words; nil where they are alike.
---@param expected string[][]
---@param got string[][]
---@return string?
function M.difference(expected, got)
  for i, lines in ipairs(expected) do
    local here, there, words = {}, {}, {}
    for _, line in ipairs(lines) do here[line] = true end
    for _, line in ipairs(got[i] or {}) do
      if there[line] then words[#words + 1] = "twice: " .. line end
      there[line] = true
      if not here[line] then words[#words + 1] = "too much: " .. line end
    end
    for _, line in ipairs(lines) do
      if not there[line] then words[#words + 1] = "missing: " .. line end
    end
    if #words > 0 then
      return ("query %d, %d answers for %d:\n  %s"):format(i, #(got[i] or {}), #lines,
        table.concat(words, "\n  ", 1, math.min(#words, 5)))
    end
  end
end

return M
