--- history: every claim ever made on a fact, and what became of it.
--
-- Usage:   dossier history FACT
-- Reads:   the claims on FACT, live and closed, and the transactions; FACT is an atom in
--          the language, 'joined(ukraine, pfp)', and may have variables and a time:
--          'joined(X, pfp) @ 1994'
-- Reports: each fact that was ever claimed and matches, whether it is held and how far it
--          is to be trusted; under it each claim with the transaction that recorded it,
--          in what manner, graded how, in what words, by whom, and when it was retracted;
--          verdicts too; exits with 1 where no claim was ever made
--
--   $ dossier history 'held_on(meeting_2023, D)'
--   Kyiv meeting of 2023 was held on 2023-09-15 (held, contested)
--   #1 2026-01-02T03:04:05Z  asserted [article introduction/1]
local report = require "dossier.report"

local M = {}

--- An instant to the second.
local function seconds(time) return (time:gsub("%.%d+Z$", "Z")) end

local verb_words = { asserts = "asserted", denies = "denied", prefers = "preferred",
                     deprecates = "deprecated" }

--- A transaction with its time: "#3 2026-01-02T03:04:05Z".
---@param number integer
---@param times table<integer, string>
---@return string
function M.moment(number, times)
  return "#" .. number .. (times[number] and " " .. seconds(times[number]) or "")
end

--- What is graded how: "reliability B, credibility 2"; only what the claim itself says.
local function grade_words(claim)
  return claim.grade and "grade " .. claim.grade:upper() or nil
end

--- A claim in words: its verb, manner, grade and wording, and whether it was retracted.
---@param claim dossier.Claim
---@param times table<integer, string>   the transactions' times, by number
---@return string
function M.describe(claim, times)
  local judged = claim.verb == "prefers" or claim.verb == "deprecates"
  local parts = { verb_words[claim.verb] or claim.verb }
  if claim.target then parts[1] = parts[1] .. " as " .. claim.target.id .. " has it" end
  if claim.speaker then
    parts[1] = parts[1] .. " as said by " .. claim.speaker.label
  elseif claim.kind == "assessed" and not judged then
    parts[1] = parts[1] .. " as its own judgement"
  end
  parts[#parts + 1] = grade_words(claim)
  if claim.confidence then
    parts[#parts + 1] = ("confidence %g"):format(claim.confidence):gsub(",", ".")
  end
  if claim.quotation then
    parts[#parts + 1] = (judged and "because " or "\"") .. claim.quotation
      .. (judged and "" or "\"")
  end
  local text = table.concat(parts, ", ")
  if claim.closed then text = text .. "; retracted in " .. M.moment(claim.closed, times) end
  return text
end

--- Claims in the order they were recorded; those of one transaction as they are cited.
---@param claims dossier.Claim[]
---@return dossier.Claim[]
function M.in_order(claims)
  local out, place = { table.unpack(claims) }, {}
  for i, claim in ipairs(claims) do place[claim] = i end
  table.sort(out, function(a, b)
    if a.opened ~= b.opened then return a.opened < b.opened end
    if a.verb ~= b.verb then return a.verb < b.verb end
    if a.citation ~= b.citation then return a.citation < b.citation end
    return place[a] < place[b]
  end)
  return out
end

--- Where a fact stands now, in words.
---@param fact dossier.Fact
---@return string
function M.standing(fact)
  return fact.held and "held, " .. fact.trust or M.not_held(fact)
end

--- The same of one that is not held.
---@param fact dossier.Fact
---@return string
function M.not_held(fact)
  for _, claim in ipairs(fact.claims) do
    if claim.verb == "denies" then return "not held, only denied" end
  end
  return "not held"
end

--- What to say where no claim was ever made on a fact: a time means that very time, so
--- the other times that are on record are told.
---@param kb dossier.Base
---@param atom string
---@return string
function M.nothing(kb, atom)
  local told = "No claim was ever made on it"
  local bare = atom:match "^(.*%))%s*@[^@()]*$"
  if not bare then return told .. "." end
  local others = {}
  for fact in kb:history(bare) do
    others[#others + 1] = fact.text
    if #others == 5 then break end
  end
  if #others == 0 then return told .. ", nor at another time." end
  return told .. " at exactly that time. On record: " .. table.concat(others, "; ") .. "."
end

M.sets_most = 4096 -- sets of claims that are kept in words

--- What the claims of a set say, in order, as lines.
local function lines_of(claims, times)
  local lines = {}
  for i, claim in ipairs(M.in_order(claims)) do
    lines[i] = { dated = M.moment(claim.opened, times), text = M.describe(claim, times),
                 claims = { claim } }
  end
  return lines
end

--- What facts of a list have in common that rest on the same claims: a function that gives
--- it for the i-th, worked out once for each set, of which the last ones are kept.
local function histories_of(list, times)
  local known, n = {}, 0
  return function(i)
    local _, relation, set = list:tuple(i)
    local one = known[set]
    if not one or one.relation ~= relation then
      local fact = list[i]
      if n == M.sets_most then known, n = {}, 0 end
      one = { relation = relation, lines = lines_of(fact:history(), times),
              not_held = M.not_held(fact) }
      known[set], n = one, n + 1
    end
    return one
  end
end

--- The i-th fact of a list in one sentence with its time.
local function sentence_of(list, i)
  local words = list:line(i)
  local written, happens, own = list:when(i)
  return own and words .. " (" .. report.period(written, happens) .. ")" or words
end

function M.main(kb, args)
  local ok, result = pcall(function() return kb:histories(args.fact) end)
  if not ok then
    return nil, 2, "FACT: " .. tostring(result):gsub("^[%w_./-]+%.lua:%d+: ", "")
  end
  local times = {}
  for _, one in ipairs(kb:transactions()) do times[one.number] = one.time end
  local doc = report.new("History of " .. args.fact)
  doc.found = #result > 0
  if not doc.found then doc:paragraph(M.nothing(kb, args.fact)) end
  local history_at = histories_of(result, times)
  doc:parts(#result, function(part, i)
    local one, held, trust = history_at(i), result:standing(i)
    local standing = held and "held, " .. trust or one.not_held
    part:heading(sentence_of(result, i) .. " (" .. standing .. ")", 2)
    part:events(one.lines)
  end)
  return doc
end

return M
