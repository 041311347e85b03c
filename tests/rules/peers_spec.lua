-- Rules as others read them: clingo and SWI-Prolog with tabling answer random programs as
-- the naive evaluator does, which is what makes it a judge, and as Dossier does.
local judges = require "tests.rules.judges"
local naive = require "tests.rules.naive"
local programs = require "tests.rules.programs"
local helper = require "tests.helper"
local spell = require "tests.rules.spell"

local SEED = tonumber(os.getenv "SEED") or 20261127
local STEPS = tonumber(os.getenv "STEPS") or (helper.sanitized and 60 or 300)
local BUDGET = 300000

--- Programs that the peer reads, with the naive evaluator's answers.
local function drawn(peer)
  local list, expected = {}, {}
  for i = 1, STEPS do
    local program = programs.new(SEED * 1000 + i, { peers = true })
    local answers = spell.fits(program, peer) and naive.answers(program, BUDGET)
    if answers then
      list[#list + 1] = program
      expected[#list] = answers
    end
  end
  assert.is_true(#list > STEPS / 2, "most programs must be such that " .. peer .. " reads them")
  return list, expected
end

--- All that differs is told at once, with the first program whole.
local function agree(list, expected, answers, errors, text)
  local wrong = {}
  for i, program in ipairs(list) do
    local why = errors[i] or judges.difference(expected[i], answers[i])
    if why then
      wrong[#wrong + 1] = ("seed %d: %s%s"):format(program.seed, why,
        #wrong == 0 and "\n" .. text(program) or "")
    end
  end
  assert(#wrong == 0, ("%d of %d programs differ\n%s"):format(#wrong, #list,
    table.concat(wrong, "\n", 1, math.min(#wrong, 4))))
end

describe("rules mean the same", function()
  local why_not = judges.not_yet()
  for _, peer in ipairs { "clingo", "prolog" } do
    local list, expected
    lazy_setup(function() list, expected = drawn(peer) end)

    it("to the naive evaluator and to " .. peer, function()
      local answers, errors = judges[peer](list)
      agree(list, expected, answers, errors, spell[peer])
    end)

    it("to Dossier, in programs that " .. peer .. " reads", function()
      if why_not then pending(why_not) return end
      local answers, errors = judges.dossier(list)
      agree(list, expected, answers, errors, spell.dossier)
    end)
  end
end)
