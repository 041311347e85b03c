--- peg: LPeg's combinators, which build a tree, and a compiler from such trees to the
-- code of the matching machine (lua/machine.h).
--
-- The build runs grammar.lua with this in the place of LPeg, so that a process compiles
-- nothing: the grammar is text for LPeg, and its code lies in the library as a constant.
-- What is here means what it means in LPeg; of captures there are positions and constants.
--
-- A node is { op, ... } in prefix form.  The compiler knows of each node which bytes it
-- may begin with (before what follows), so that of a choice only what may fit is tried,
-- and what cannot be told by a byte leaves a mark to come back to.
local peg = {}

local Node = {}

-- ---- sets of bytes ------------------------------------------------------------------

--- A set is a string of 256 characters, "1" where the byte is in it.
local function set_of(test)
  local list = {}
  for byte = 0, 255 do list[byte + 1] = test(byte) and "1" or "0" end
  return table.concat(list)
end

local full, empty = ("1"):rep(256), ("0"):rep(256)

local function has(set, byte) return set:byte(byte + 1) == 49 end
local function union(a, b)
  return set_of(function(byte) return has(a, byte) or has(b, byte) end)
end
local function common(a, b)
  return set_of(function(byte) return has(a, byte) and has(b, byte) end)
end
local function without(a, b)
  return set_of(function(byte) return has(a, byte) and not has(b, byte) end)
end

-- ---- combinators --------------------------------------------------------------------

local function node(op, ...) return setmetatable({ op, ... }, Node) end

local yes, no = node "true", node "false"

local function sequence(a, b)
  if a[1] == "false" or b[1] == "false" then return no end
  if a[1] == "true" then return b end
  if b[1] == "true" then return a end
  if a[1] == "seq" then return node("seq", a[2], sequence(a[3], b)) end
  return node("seq", a, b)
end

local function choice(a, b)
  if a[1] == "false" or a[1] == "true" then return a[1] == "true" and a or b end
  if b[1] == "false" then return a end
  if a[1] == "set" and b[1] == "set" then return node("set", union(a[2], b[2])) end
  if a[1] == "choice" then return node("choice", a[2], choice(a[3], b)) end
  return node("choice", a, b)
end

function peg.P(value)
  if getmetatable(value) == Node then return value end
  if type(value) == "boolean" then return value and yes or no end
  local pattern = yes
  if type(value) == "number" then
    for _ = 1, value do pattern = sequence(node("set", full), pattern) end
    return pattern
  end
  for i = #value, 1, -1 do
    local byte = value:byte(i)
    pattern = sequence(node("set", set_of(function(b) return b == byte end)), pattern)
  end
  return pattern
end

local P = peg.P

function peg.S(text)
  return node("set", set_of(function(byte)
    return text:find(string.char(byte), 1, true) ~= nil
  end))
end

function peg.R(...)
  local set = empty
  for _, range in ipairs { ... } do
    local first, last = range:byte(1, 2)
    set = union(set, set_of(function(byte) return byte >= first and byte <= last end))
  end
  return node("set", set)
end

function peg.V(name) return node("rule", name) end
function peg.Cp() return node "position" end
function peg.Cc(value) return node("constant", value) end

--- What only an explanation of an error uses: it may be built, not compiled.
local function unknown() return node "unknown" end
peg.C, peg.Cmt, peg.Ct, peg.match = unknown, unknown, unknown, unknown

function peg.setmaxstack() end

Node.__mul = function(a, b) return sequence(P(a), P(b)) end
Node.__add = function(a, b) return choice(P(a), P(b)) end
Node.__unm = function(a) return node("not", P(a)) end
Node.__len = function(a) return node("and", P(a)) end

Node.__sub = function(a, b)
  a, b = P(a), P(b)
  if a[1] == "set" and b[1] == "set" then return node("set", without(a[2], b[2])) end
  return sequence(node("not", b), a)
end

Node.__pow = function(a, n)
  a = P(a)
  if n == -1 then return choice(a, yes) end
  if a[1] == "false" and n == 0 then return yes end
  local pattern = node("repeat", a)
  for _ = 1, n do pattern = sequence(a, pattern) end
  return pattern
end

-- ---- what is known of a pattern ------------------------------------------------------

--- May it match without a byte?
local function nullable(rules, pattern)
  local op = pattern[1]
  if op == "set" or op == "false" then return false end
  if op == "seq" then return nullable(rules, pattern[2]) and nullable(rules, pattern[3]) end
  if op == "choice" then
    return nullable(rules, pattern[2]) or nullable(rules, pattern[3])
  end
  if op == "rule" then return rules.nullable[pattern[2]] end
  assert(op ~= "unknown", "a pattern that the machine does not know")
  return true
end

--- The bytes that it, and behind it one of `follow`, may begin with.
local function first(rules, pattern, follow)
  local op = pattern[1]
  if op == "set" then return pattern[2] end
  if op == "false" then return empty end
  if op == "seq" then
    return first(rules, pattern[2], first(rules, pattern[3], follow))
  elseif op == "choice" then
    return union(first(rules, pattern[2], follow), first(rules, pattern[3], follow))
  elseif op == "repeat" then
    return union(first(rules, pattern[2], full), follow)
  elseif op == "and" then
    return common(first(rules, pattern[2], full), follow)
  elseif op == "not" then
    return pattern[2][1] == "set" and without(follow, pattern[2][2]) or follow
  elseif op == "rule" then
    if rules.nullable[pattern[2]] then return first(rules, rules.of[pattern[2]], follow) end
    return rules.first[pattern[2]]
  end
  return follow -- true, position, constant
end

--- Find out what is known of the rules, until nothing new is.
local function study(rules)
  local names = {}
  for name in pairs(rules) do names[#names + 1] = name end
  table.sort(names)
  local facts = { of = rules, names = names, nullable = {}, first = {} }
  for _, name in ipairs(names) do
    facts.nullable[name], facts.first[name] = false, empty
  end
  local function settle(what, find)
    local changed
    repeat
      changed = false
      for _, name in ipairs(names) do
        local found = find(rules[name])
        if found ~= facts[what][name] then facts[what][name], changed = found, true end
      end
    until not changed
  end
  settle("nullable", function(pattern) return nullable(facts, pattern) end)
  settle("first", function(pattern) return first(facts, pattern, full) end)
  return facts
end

-- ---- compiling ----------------------------------------------------------------------

--- Code under way: a list of { op, argument }; labels are tables that get a place.
local Code = {}
Code.__index = Code

function Code:put(op, argument) self[#self + 1] = { op, argument } end
function Code:mark(label) label.at = #self end

function Code:set(bytes)
  if not self.sets[bytes] then
    self.sets[#self.sets + 1] = bytes
    self.sets[bytes] = #self.sets - 1
  end
  return self.sets[bytes]
end

--- Go to `label` unless the next byte is one of the set.
function Code:test(bytes, label)
  self:put("TEST", self:set(bytes))
  self:put("TO", label)
end

local compile

local function compile_choice(code, pattern, follow)
  local rules, one, other = code.rules, pattern[2], pattern[3]
  local begins, rest = first(rules, one, follow), first(rules, other, follow)
  local next_one, done = {}, {}
  if not nullable(rules, one) then code:test(begins, next_one) end
  local apart = common(begins, rest) == empty and not nullable(rules, one)
  -- Where the other one may match nothing, what follows must begin with a byte as well.
  if apart and (not nullable(rules, other) or follow ~= full) then
    compile(code, one, follow)
    code:put("JUMP", done)
  else
    code:put("CHOICE", next_one)
    compile(code, one, follow)
    code:put("COMMIT", done)
  end
  code:mark(next_one)
  compile(code, other, follow)
  code:mark(done)
end

local function compile_repeat(code, pattern, follow)
  local rules, item = code.rules, pattern[2]
  if item[1] == "set" then return code:put("SPAN", code:set(item[2])) end
  assert(not nullable(rules, item), "a loop over what may match nothing")
  local begins = first(rules, item, full)
  local again, done = {}, {}
  if common(begins, follow) == empty then
    code:mark(again)
    code:test(begins, done)
    compile(code, item, full)
    code:put("JUMP", again)
  else
    code:test(begins, done)
    code:put("CHOICE", done)
    code:mark(again)
    compile(code, item, full)
    code:put("PARTIAL", again)
  end
  code:mark(done)
end

local function compile_not(code, pattern)
  local inner, over = pattern[2], {}
  if inner[1] == "set" then
    code:test(inner[2], over)
    code:put "FAIL"
  else
    if not nullable(code.rules, inner) then
      code:test(first(code.rules, inner, full), over)
    end
    code:put("CHOICE", over)
    compile(code, inner, full)
    code:put "FAIL_TWICE"
  end
  code:mark(over)
end

local function compile_and(code, pattern)
  local wrong, over = {}, {}
  code:put("CHOICE", wrong)
  compile(code, pattern[2], full)
  code:put("BACK", over)
  code:mark(wrong)
  code:put "FAIL"
  code:mark(over)
end

--- `follow` are the bytes that what comes behind the pattern may begin with; full where
--- that may be nothing, or is not known.
function compile(code, pattern, follow)
  local op = pattern[1]
  if op == "seq" then
    local rest = pattern[3]
    local open = follow == full and nullable(code.rules, rest)
    compile(code, pattern[2], open and full or first(code.rules, rest, follow))
    return compile(code, rest, follow)
  end
  if op == "choice" then return compile_choice(code, pattern, follow) end
  if op == "repeat" then return compile_repeat(code, pattern, follow) end
  if op == "not" then return compile_not(code, pattern) end
  if op == "and" then return compile_and(code, pattern) end
  if op == "set" then
    if pattern[2] == full then return code:put "ANY" end
    return code:put("SET", code:set(pattern[2]))
  end
  if op == "rule" then return code:put("CALL", code.entries[pattern[2]]) end
  if op == "position" then return code:put "POSITION" end
  if op == "constant" then return code:put("CONSTANT", pattern[2]) end
  if op == "false" then return code:put "FAIL" end
  assert(op == "true", op)
end

--- The code of all rules: `code`, instructions { op, argument }, where an argument is a
--- set's number, an instruction's, a constant, or nothing; `sets`, lists of 32 bytes; and
--- `entries`, where a match of each rule of `starts` begins.
function peg.compile(rules, starts)
  local code = setmetatable({ sets = {}, entries = {}, rules = study(rules) }, Code)
  for _, name in ipairs(code.rules.names) do code.entries[name] = {} end
  local entries = {}
  for _, start in ipairs(starts) do
    entries[start] = #code
    code:put("CALL", code.entries[start])
    code:put "END"
  end
  for _, name in ipairs(code.rules.names) do
    code:mark(code.entries[name])
    compile(code, rules[name], full)
    if code[#code][1] == "CALL" then code[#code][1] = "JUMP" end
    code:put "RETURN"
  end
  for _, instruction in ipairs(code) do
    if type(instruction[2]) == "table" then instruction[2] = instruction[2].at end
  end
  local sets = {}
  for i, bytes in ipairs(code.sets) do
    local list = {}
    for byte = 0, 255, 8 do
      local bits = 0
      for bit = 0, 7 do
        if has(bytes, byte + bit) then bits = bits | 1 << bit end
      end
      list[#list + 1] = bits
    end
    sets[i] = list
  end
  return { code = code, sets = sets, entries = entries }
end

return peg
