--- dossier.runs: the blocks of a document, one after the other, as what writes it takes them.
--
-- Neighbours that are events, or items, are one run, so that they are aligned and set
-- together.  Blocks that are made when they are looked at are so here: of a run one at a
-- time, of parts those of one part.
local runs = {}

--- Lists end to end, as a run.  Who looks at them in order finds each at once.
local function joined(kind, parts)
  local at, before, n = 1, 0, 0 -- the part that was looked at last, its first place less one
  local function find(_, i)
    if i > before and i <= before + n then return parts[at][i - before] end
    at, before, n = 1, 0, 0
    for k, part in ipairs(parts) do
      local takes = part.n or #part
      if i <= before + takes then
        at, n = k, takes
        return part[i - before]
      end
      before = before + takes
    end
    before = 0
  end
  return setmetatable({ type = kind, parts = parts }, { __index = find })
end

--- The blocks one after the other, those of parts as each is made.
---@param blocks table[]
---@return fun(): table?
function runs.blocks(blocks)
  local i, list, parts, at, k = 0, nil, nil, 0, 0
  return function()
    while true do
      if list then
        k = k + 1
        local block = list[k]
        if block then return block end
        list = nil
      end
      if parts and at < parts.n then
        at, k = at + 1, 0
        list = parts.make(at)
      else
        i, parts = i + 1, nil
        local block = blocks[i]
        if not block or block.type ~= "parts" then return block end
        parts, at = block, 0
      end
    end
  end
end

--- A block joins a run of its type.
local function join(run, block)
  if block.lazy then
    if not run.parts then run = joined(run.type, { run }) end
    table.insert(run.parts, block)
    return run
  end
  local parts = run.parts
  if parts and parts[#parts].lazy then parts[#parts + 1] = {} end
  table.insert(parts and parts[#parts] or run, block)
  return run
end

--- The blocks as runs, one after the other: neighbours of one type together.  What `keeps`
--- does not let through is not there.
---@param blocks table[]
---@param keeps? fun(block: table): any
---@return fun(): table?
function runs.each(blocks, keeps)
  local step = runs.blocks(blocks)
  local function next_block()
    local block = step()
    while block and keeps and not keeps(block) do block = step() end
    return block
  end
  local block = next_block()
  return function()
    if not block then return nil end
    local kind = block.type
    local run = block.lazy and joined(kind, { block }) or { type = kind, block }
    block = next_block()
    while block and block.type == kind and (kind == "event" or kind == "item") do
      run = join(run, block)
      block = next_block()
    end
    return run
  end
end

return runs
