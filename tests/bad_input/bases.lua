--- bases: small bases of every make, for spoiling.
--
-- They hold a bit of all that a file may hold: declarations of each kind, claims with
-- all their parts, denials, verdicts, retractions, long texts, and numbers of each type.
local dossier = require "dossier"
local helper = require "tests.helper"

local M = {}

local NOW = "2026-01-02T03:04:05Z"

M.declarations = [[
  source s1 { title: "one", kind: book, date: 2001, reliability: b, author: "A. Uthor" }.
  source s2 { title: "two", derived_from: s1, reliability: c, url: "http://example.org/2" }.
  source s3 { title: "three", publisher: "P" }.
  relation held(entity, entity) phrase "{1} held {2}".
  relation happened(entity, entity) once.
  relation office(entity, entity) key(1).
  relation linked(entity, entity) symmetric.
  relation child_of(entity, entity).
  relation parent_of(entity, entity) inverse child_of.
  relation position(entity, entity) key(1).
  relation supports(entity, entity) is position(1, 2).
  relation on(entity, date) key(1).
  relation counted(entity, entity, int).
  relation said(entity, text).
  relation rate(entity, decimal).
  relation raining().
  type(p, speaker). type(q, speaker).
  raining().
]]

local function pick(random, list) return list[random(#list)] end

local PAIRS = { "held", "happened", "office", "linked", "child_of", "supports" }
local TIMES = { "1994", "1994-02-08", "1995?", "1994/2004", "2004-06-01/..", "1999-05" }
local CLAIMS = {
  'from s1 "p. 1"', "from s2 grade b2", 'from s3 quote "so they say"', "from s1 confidence 0.5",
  'from s2 "chapter 7" grade 3', "", "",
}
local KINDS = { "", "", "assessed ", "attributed(p) ", "attributed(q) " }

local function fact(random)
  local a, b = "e" .. random(25), "e" .. random(25)
  local case = random(12)
  if case == 1 then return ("on(%s, %s)"):format(a, pick(random, { "1994", "1995-01-01" })) end
  if case == 2 then return ("counted(%s, %s, %d)"):format(a, b, random(1000) - 500) end
  if case == 3 then return ("rate(%s, %d.%02d)"):format(a, random(9), random(99)) end
  if case == 4 then return ('said(%s, "what %s said, no. %d")'):format(a, a, random(200)) end
  if case == 5 then return ('label(%s, "The %s"%s)'):format(a, a, pick(random, { "", "@en", "@uk" })) end
  if case == 6 then return ('alias(%s, "%s, also no. %d")'):format(a, b, random(9)) end
  local word = ("%s(%s, %s)"):format(pick(random, PAIRS), a, b)
  return random(3) == 1 and word or word .. " @ " .. pick(random, TIMES)
end

--- A clause that changes something: it may repeat one of `before`.
local function clause(random, before)
  local verb = random(10)
  if verb <= 2 and #before > 0 then
    local at = random(#before)
    local known = before[at]
    if verb == 1 then return ("deny %s from s3."):format(known) end
    if random(2) == 1 then
      -- No verdict is on what was never claimed, or claimed and retracted at once.
      table.remove(before, at)
      return ("retract %s."):format(known)
    end
    return ('prefer %s because "it is likelier" by s1.'):format(known)
  end
  local made = fact(random)
  before[#before + 1] = made
  return ("%s%s %s."):format(pick(random, KINDS), made, pick(random, CLAIMS))
end

--- Make a base at `path` in some transactions of some clauses each.
---@param path string
---@param how { seed: integer, merge_bound: integer?, block_bytes: integer?, transactions: integer, clauses: integer, text: integer? }
---@param after? fun(kb: dossier.Base, n: integer)  called behind each transaction
---@return dossier.Base kb still open
function M.make(path, how, after)
  local random, before = helper.random(how.seed), {}
  local kb = assert(dossier.open(path,
    { merge_bound = how.merge_bound, block_bytes = how.block_bytes, now = NOW }))
  assert(kb:load_text(M.declarations))
  if after then after(kb, 1) end
  for n = 2, how.transactions do
    local words = {}
    for i = 1, how.clauses do words[i] = clause(random, before) end
    if n == 2 and how.text then
      words[#words + 1] = ('said(e1, "%s").'):format(("long "):rep(how.text // 5))
    end
    assert(kb:load_text(table.concat(words, "\n")))
    if after then after(kb, n) end
  end
  return kb
end

--- One more transaction, the same for all bases: what a writer would do.
---@param path string
---@param merge_bound integer?
---@return true? ok
---@return string? message
function M.write(path, merge_bound)
  local kb, message = dossier.open(path, { now = "2026-03-04T05:06:07Z", merge_bound = merge_bound })
  if not kb then return nil, message end
  local ok, why = kb:load_text [[
    source late { title: "come late" }.
    held(newcomer, e1) @ 2001 from late "p. 9".
    said(newcomer, "a text that was not there").
    linked(e2, newcomer). retract linked(e1, e2). deny held(e1, e2) from late.
  ]]
  kb:close()
  return ok, why
end

return M
