--- quads: are two sets of quads the same but for the names of their blank nodes?
--
-- Sets are texts of canonical N-Quads, a quad a line, the order of no account.  Blank nodes
-- of both are told apart by what is said of them, round by round (colour refinement); where
-- that leaves some alike, one is chosen on one side and all of its like are tried on the
-- other.
local M = {}

--- Cut a line at its blank nodes: the line with "\0" for each, and their labels.
---@param line string
---@return string template
---@return string[] labels
local function cut(line)
  local out, labels, at = {}, {}, 1
  while at <= #line do
    local stop = line:find('["<_]', at)
    if not stop then break end
    out[#out + 1] = line:sub(at, stop - 1)
    local c = line:sub(stop, stop)
    local last
    if c == '"' then
      last = stop + 1
      while line:sub(last, last) ~= '"' do
        last = last + (line:sub(last, last) == "\\" and 2 or 1)
      end
    elseif line:sub(stop, stop + 2) == "<<(" then
      last = stop + 2
    elseif c == "<" then
      last = line:find(">", stop, true)
    else
      last = line:find(" ", stop, true) - 1
      labels[#labels + 1] = line:sub(stop, last)
      out[#out + 1] = "\0"
    end
    if c ~= "_" then out[#out + 1] = line:sub(stop, last) end
    at = last + 1
  end
  out[#out + 1] = line:sub(at)
  return table.concat(out), labels
end

---@param text string
---@return table[] quads  each once
local function parse(text)
  local quads, seen = {}, {}
  for line in text:gmatch "[^\n]+" do
    if not seen[line] then
      seen[line] = true
      local template, labels = cut(line)
      quads[#quads + 1] = { template = template, labels = labels }
    end
  end
  return quads
end

--- Names of the colours of `quad`'s blank nodes, the one at `at` marked.
local function signature(quad, colours, at)
  local words = { quad.template }
  for i, label in ipairs(quad.labels) do
    words[#words + 1] = (i == at and "*" or "") .. colours[label]
  end
  return table.concat(words, "\1")
end

--- One round for one set: what is said of each blank node.
local function look(quads, colours)
  local said = {}
  for _, quad in ipairs(quads) do
    for i, label in ipairs(quad.labels) do
      said[label] = said[label] or {}
      table.insert(said[label], signature(quad, colours, i))
    end
  end
  local out = {}
  for label, list in pairs(said) do
    table.sort(list)
    out[label] = colours[label] .. "\2" .. table.concat(list, "\3")
  end
  return out
end

--- Number what was said, alike in both sets: colours, and how many there are.
local function number(a, b)
  local all, seen = {}, {}
  for _, said in ipairs { a, b } do
    for _, text in pairs(said) do
      if not seen[text] then
        seen[text] = true
        all[#all + 1] = text
      end
    end
  end
  table.sort(all)
  local rank = {}
  for i, text in ipairs(all) do rank[text] = i end
  local function colour(said)
    local out = {}
    for label, text in pairs(said) do out[label] = rank[text] end
    return out
  end
  return colour(a), colour(b), #all
end

local function refine(one, two, a, b)
  local before = -1
  while true do
    local count
    a, b, count = number(look(one, a), look(two, b))
    if count == before then return a, b end
    before = count
  end
end

local function classes(colours)
  local out = {}
  for label, colour in pairs(colours) do
    out[colour] = out[colour] or {}
    table.insert(out[colour], label)
  end
  for _, list in pairs(out) do table.sort(list) end
  return out
end

local function painted(quads, colours)
  local out = {}
  for i, quad in ipairs(quads) do out[i] = signature(quad, colours) end
  table.sort(out)
  return table.concat(out, "\n")
end

local function match(one, two, a, b)
  a, b = refine(one, two, a, b)
  local in_a, in_b, pick = classes(a), classes(b), nil
  for colour, list in pairs(in_a) do
    if #list ~= #(in_b[colour] or {}) then return false end
    if #list > 1 and (not pick or colour < pick) then pick = colour end
  end
  for colour in pairs(in_b) do
    if not in_a[colour] then return false end
  end
  if not pick then return painted(one, a) == painted(two, b) end
  a[in_a[pick][1]] = 0
  for _, label in ipairs(in_b[pick]) do
    b[label] = 0
    if match(one, two, a, b) then return true end
    b[label] = pick
  end
  return false
end

local function blank(quads)
  local out = {}
  for _, quad in ipairs(quads) do
    for _, label in ipairs(quad.labels) do out[label] = 1 end
  end
  return out
end

--- Are the quads in two texts the same up to names of blank nodes?
---@param a string
---@param b string
---@return boolean
function M.same(a, b)
  local one, two = parse(a), parse(b)
  return #one == #two and match(one, two, blank(one), blank(two))
end

return M
