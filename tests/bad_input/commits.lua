--- commits: commit without end, and say so after each commit.
--
-- Usage:   dossier commits BASE [--from N] [--bound N] [--block N]
-- Reads:   the base in the file BASE, which is made where there is none
-- Reports: the number of each transaction, once it is committed; N is the first
--
-- Transaction n adds step(n, 1) to step(n, 7) and mark(n), and retracts mark(n - 1): a base
-- that holds a part of one shows it.
local dossier = require "dossier"

local DECLARED = [[
  source s { title: "the steps" }.
  relation step(int, int).
  relation mark(int).
  relation told(entity, text).
]]

local M = {}

M.STEPS = 7

function M.main(_, args)
  local kb = assert(dossier.open(args.base, { merge_bound = args.bound, block_bytes = args.block }))
  local n = args.from or 1
  while true do
    local words = { n == 1 and DECLARED or "" }
    for i = 1, M.STEPS do words[#words + 1] = ("step(%d, %d) from s \"%d\"."):format(n, i, n) end
    words[#words + 1] = ("mark(%d). told(e%d, \"%s %d\")."):format(n, n, ("long "):rep(n % 300), n)
    if n > 1 then words[#words + 1] = ("retract mark(%d)."):format(n - 1) end
    assert(kb:load_text(table.concat(words, " ")))
    io.write(n, "\n")
    io.flush()
    n = n + 1
  end
end

return M
