-- Random programs of rules against a naive evaluator: what Dossier answers, it must answer.
local judges = require "tests.rules.judges"
local naive = require "tests.rules.naive"
local programs = require "tests.rules.programs"
local helper = require "tests.helper"
local spell = require "tests.rules.spell"

local SEED = tonumber(os.getenv "SEED") or 20261127
local STEPS = tonumber(os.getenv "STEPS") or (helper.sanitized and 100 or 1000)
local BATCH, BUDGET = 250, 300000

--- Programs from that number on, with their answers; those that take the naive evaluator
--- too long are left out, and are few.
local function drawn(from, n, options)
  local list, expected = {}, {}
  for i = from, from + n - 1 do
    local program = programs.new(SEED * 100000 + i, options)
    local answers = naive.answers(program, BUDGET)
    if answers then
      list[#list + 1] = program
      expected[#list] = answers
    end
  end
  return list, expected
end

local function told(program, why)
  return ("seed %d: %s\n%s"):format(program.seed, why, spell.dossier(program))
end

local function check(list, expected, arguments)
  local answers, errors = judges.dossier(list, arguments)
  local wrong, first = 0, nil
  for i, program in ipairs(list) do
    local why = errors[i] or judges.difference(expected[i], answers[i])
    if why then
      wrong = wrong + 1
      first = first or told(program, why)
    end
  end
  assert(wrong == 0, ("%d of %d programs, the first with %s"):format(wrong, #list, first))
end

describe("random programs of rules", function()
  local why_not = judges.not_yet()

  it("have answers, recursion, negation and aggregates to be worth a comparison", function()
    local list, expected = drawn(1, 200)
    local answered, counts = 0, { negated = 0, agg = 0, best = 0, recursive = 0 }
    for i, program in ipairs(list) do
      for _, lines in ipairs(expected[i]) do
        if #lines > 0 then answered = answered + 1 break end
      end
      local components, best = naive.components(program)
      if next(best) then counts.best = counts.best + 1 end
      for _, component in ipairs(components) do
        if #component > 1 then counts.recursive = counts.recursive + 1 break end
      end
      for _, rule in ipairs(program.rules) do
        for _, literal in ipairs(rule.body) do
          if literal.negated then counts.negated = counts.negated + 1 end
          if literal.agg then counts.agg = counts.agg + 1 end
        end
      end
    end
    assert.is_true(#list > 190, "few are left out: " .. #list)
    assert.is_true(answered > 100, "most have answers: " .. answered)
    assert.is_true(counts.negated > 50 and counts.agg > 50 and counts.best > 10
      and counts.recursive > 20, require("pl.pretty").write(counts))
  end)

  for from = 1, STEPS, BATCH do
    local n = math.min(BATCH, STEPS - from + 1)
    it(("%d to %d are answered as a naive evaluator answers them"):format(from, from + n - 1), function()
      if why_not then pending(why_not) return end
      local list, expected = drawn(from, n)
      check(list, expected)
    end)
  end

  it("are answered alike on two threads", function()
    if why_not then pending(why_not) return end
    local help = helper.dossier { "query", "--help" }
    if not help:find("--threads", 1, true) then pending "no option --threads" return end
    local list, expected = drawn(STEPS + 1, STEPS // 20)
    check(list, expected, "--threads 2")
  end)
end)
