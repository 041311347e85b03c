--- texts: random texts in the language, written as oddly as it allows.
--
-- A clause is a list of tokens.  `M.join` sets them down with blanks, line breaks and
-- comments of every kind between any two, or with nothing where the grammar still reads
-- the same; `M.same` tells that of two clauses.
local lpeg = require "lpeg"

local M = {}

-- ---- what the grammar makes of a clause -----------------------------------------------

--- The grammar itself, its operations by name.
local function open_grammar()
  local ops, n = {}, 0
  local header = assert(io.open("core/lua/clause.h"))
  for name in header:read("a"):gmatch "X%((%u[%u_]*)%)" do
    n = n + 1
    ops[name] = -n
  end
  header:close()
  return assert(loadfile "core/lua/grammar.lua")(lpeg, ops)
end

local grammar = open_grammar()
local patterns = {}

--- What LPeg makes of a text that begins with the rule `start`: a list of integers, nil
--- where it does not match.
---@param text string
---@param start string
---@return integer[]?
function M.code(text, start)
  patterns[start] = patterns[start] or grammar.pattern(start, true)
  return grammar.match(patterns[start], text)
end

--- What the grammar makes of a clause or a block's head: operations, each with the
--- tokens it uses; nil where it reads none.
---@param text string
---@param start string? "clause" or "block"
---@return string?
function M.meaning(text, start)
  local code = M.code(text, start or "clause")
  if not code then return nil end
  local words, offsets = {}, {}
  for _, item in ipairs(code) do
    if item > 0 then
      offsets[#offsets + 1] = item
    else
      local token = #offsets == 2 and text:sub(offsets[1], offsets[2] - 1) or ""
      words[#words + 1] = item .. ":" .. token
      offsets = {}
    end
  end
  return table.concat(words, "\n")
end

-- ---- a text without its blanks --------------------------------------------------------

--- The end of what begins at `at` and may hold anything: a quote, an IRI, a comment.
local function opaque_end(text, at)
  local c = text:sub(at, at)
  if c == '"' or c == "'" then
    local i = at + 1
    while text:sub(i, i) ~= c do i = i + (text:sub(i, i) == "\\" and 2 or 1) end
    return i, "token"
  elseif c == "<" then
    local _, iri = text:find('^<%a[%w+.-]*:[^%z\1-\32<>"{}|^`\\]*>', at)
    return iri, "token"
  elseif c == "%" then
    return (text:find("\n", at, true) or #text + 1) - 1, "comment"
  elseif text:sub(at, at + 1) == "/*" then
    local _, stop = text:find("*/", at, true)
    return stop, "comment"
  end
end

--- All but blanks and comments, and the comments, each line of them without the blanks
--- around it.
---@param text string
---@return string bare
---@return string comments
function M.bare(text)
  local out, comments, at = {}, {}, 1
  text = text:gsub("^\239\187\191", "")
  while at <= #text do
    local stop, what = opaque_end(text, at)
    if stop then
      local part = text:sub(at, stop)
      if what == "comment" then
        part = part:gsub("[ \t\r\v\f]+", " "):gsub(" *\n *", "\n"):gsub(" $", "")
        comments[#comments + 1] = part
      else
        out[#out + 1] = part
      end
      at = stop + 1
    else
      local c = text:sub(at, at)
      if not c:find "[ \t\r\n\v\f]" then out[#out + 1] = c end
      at = at + 1
    end
  end
  return table.concat(out), table.concat(comments, "\0")
end

-- ---- tokens ---------------------------------------------------------------------------

--- A maker of random texts.
---@param random fun(n: integer): integer
function M.maker(random)
  local make = {}

  local function pick(list) return list[random(#list)] end
  local function chance(n) return random(n) == 1 end

  local names = { "a", "b1", "from", "is", "key", "source", "deny", "before", "mod", "grade",
    "count", "type", "їжак", "straße", "名", "x_y", "quote", "by", "table", "relation" }
  local entities = { "nato", "pfp", "'Any Thing'", "'it''s'", "'%no. {comment'", "ex:a",
    "ex:a.b-c", "<http://example.org/x%20y.z>", "<urn:a/*b*/>", "від", "'/* x */'", "from",
    "before", "_:b1", "u", "'\\u0041'" }
  local texts = { '"text"', '"a, (b). % c"', '"/* no */"', '"\\"q\\""', '"НАТО"@uk', '"x"@en-GB',
    '"5"^^xsd:integer', '"5"^^<http://www.w3.org/2001/XMLSchema#integer>', '"tab\there"',
    '"with \\n escape"', '"潮見港"', '""', '"a rather long text that takes up most of a line of text"',
    '"' .. ("long "):rep(25) .. '"', '"it\'s"', '"<http://a>"' }
  local times = { "1994", "2014-03-18", "1994-02", "2014-XX-05", "2022-02~", "2023-09-15?",
    "1911-05/1921-03-02", "2019-05-20/..", "2005-04-21/", "/1921", "../1962", "1920/1923", "199X",
    "1950~/1960?", "2014-10-01/2024-10-01", "-0044-03-15" }
  local dates = { "2014-03-18", "1994-02", "2014-XX-05", "1911-05/1921-03-02", "2019-05-20/..",
    "../2014-10", "1994/2014-10", "2014-10/1994", "/2014-10", "2005-04-21/" }
  local numbers = { "1", "42", "-7", "3.5", "-0.25", "1994", "0", "12345678901" }
  local variables = { "X", "Y", "Z", "What", "_u", "Ж", "_" }

  local function add(list, ...)
    for _, token in ipairs { ... } do list[#list + 1] = token end
    return list
  end

  local function extend(list, other)
    for _, token in ipairs(other) do list[#list + 1] = token end
    return list
  end

  --- `item()`s with commas between.
  local function several(list, most, item)
    for i = 1, random(most) do
      if i > 1 then add(list, ",") end
      item(list)
    end
    return list
  end

  -- ---- terms ----------------------------------------------------------------------------

  local function constant(list)
    local kind = random(10)
    if kind <= 5 then return add(list, pick(entities)) end
    if kind <= 7 then return add(list, pick(texts)) end
    if kind == 8 then return add(list, pick(numbers)) end
    if kind == 9 then return add(list, pick(dates)) end
    return chance(3) and add(list, "1", "..", pick(numbers)) or add(list, pick { "true", "false" })
  end

  local sum
  local function simple(list, depth)
    local kind = random(7)
    if kind == 1 and depth > 0 then
      add(list, "(")
      sum(list, depth - 1)
      return add(list, ")")
    elseif kind == 2 and depth > 0 then
      add(list, pick { "year", "length", "concat" }, "(")
      several(list, 2, function(l) sum(l, depth - 1) end)
      return add(list, ")")
    elseif kind <= 5 then
      return add(list, pick(variables))
    elseif kind == 6 then
      return constant(list)
    end
    return add(list, "$day")
  end

  function sum(list, depth)
    if chance(6) then add(list, "-") end
    simple(list, depth)
    if chance(3) then
      add(list, pick { "+", "-", "*", "/", "mod" })
      simple(list, depth)
    end
    return list
  end

  local function parts(list, vague)
    local function value(fixed) return vague and chance(3) and pick(variables) or fixed end
    local wanted = { { "@", value(pick(times)) } }
    local source = { "from", value(pick { "s1", "s2", "'a source'" }) }
    if chance(2) then add(source, value(pick(texts))) end
    wanted[#wanted + 1] = source
    wanted[#wanted + 1] = { "grade", value(pick { "b2", "c", "3", "A1" }) }
    wanted[#wanted + 1] = { "quote", value(pick(texts)) }
    wanted[#wanted + 1] = { "confidence", value(pick { "0.5", "1" }) }
    while #wanted > 0 do
      local part = table.remove(wanted, random(#wanted))
      if chance(3) then extend(list, part) end
    end
    return list
  end

  local function atom(list, vague)
    add(list, pick(names))
    if chance(8) then return list end
    add(list, "(")
    if chance(12) then return add(list, ")") end
    several(list, chance(6) and 8 or 3, function(l)
      if vague then return chance(2) and add(l, pick(variables)) or sum(l, 1) end
      return constant(l)
    end)
    return add(list, ")")
  end

  local function claim(list, vague)
    local kind = random(8)
    if kind == 1 then add(list, "stated") end
    if kind == 2 then add(list, "assessed") end
    if kind == 3 then add(list, "attributed", "(", pick(entities), ")") end
    return parts(atom(list, vague), vague)
  end

  -- ---- clauses --------------------------------------------------------------------------

  local condition
  local function aggregate(list, depth)
    if chance(2) then
      add(list, pick { "#count", "#sum", "#min", "#max" })
    else
      add(list, pick { "count", "sum", "min", "max", "avg" })
    end
    add(list, "{")
    several(list, 2, function(l) add(l, pick(variables)) end)
    add(list, ":")
    several(list, 2, function(l) condition(l, depth - 1) end)
    return add(list, "}")
  end

  function condition(list, depth)
    local kind = random(8)
    if chance(6) then add(list, pick { "not", "\\+" }) end
    if kind <= 4 then return claim(list, true) end
    if kind == 5 then add(list, "possibly") end
    if kind <= 6 then
      sum(list, 1)
      add(list, pick { "before", "after", "meets", "within", "during" })
      return sum(list, 1)
    end
    sum(list, depth)
    add(list, pick { "=", "==", "=:=", "!=", "<>", "\\=", "\\==", "=\\=", "<", "<=", "=<", ">", ">=", "is" })
    return depth > 0 and chance(3) and aggregate(list, depth) or sum(list, depth)
  end

  local function body(list)
    return several(list, 4, function(l) condition(l, 2) end)
  end

  local function relation(list)
    add(list, "relation", pick(names), "(", "c1", ",", "c2", ")")
    for _ = 1, random(4) - 1 do
      extend(list, pick {
        { "occurs" }, { "holds" }, { "once" }, { "symmetric" }, { "inverse", "other" },
        { "key", "(", "c1", ",", "c2", ")" }, { "key", "(", "1", ")" },
        { "is", "wider", "(", "1", ",", "2", ")" }, { "phrase", '"{1} met {2}, {1} % said."' } })
    end
    return list
  end

  local function source(list, name)
    add(list, "source", name or pick { "x1", "x2", "'an x'" })
    if chance(6) then return list end
    add(list, "{")
    local properties = { { "title", ":", pick(texts) }, { "kind", ":", "web" },
      { "date", ":", pick(times) }, { "reliability", ":", pick { "a", "F" } },
      { "url", ":", '"http://a/%20"' } }
    local first = true
    for _, property in ipairs(properties) do
      if chance(2) then
        if not first then add(list, ",") end
        extend(list, property)
        first = false
      end
    end
    if not first and chance(5) then add(list, ",") end
    return add(list, "}")
  end

  --- A clause that a base may take.
  function make.plain()
    local list, kind = {}, random(12)
    if kind <= 7 then
      claim(list)
    elseif kind == 8 then
      claim(add(list, "deny"))
    elseif kind == 9 then
      relation(list)
    elseif kind == 10 then
      source(list)
    elseif kind == 11 then
      claim(add(list, pick { "prefer", "deprecate" }))
      add(list, "because", pick(texts))
      if chance(2) then add(list, "by", "s1") end
    else
      claim(add(list, "retract"))
    end
    return add(list, ".")
  end

  --- A clause of any kind.
  function make.clause()
    local list, kind = {}, random(10)
    if kind <= 4 then return make.plain() end
    if kind <= 6 then
      claim(list, true)
      body(add(list, ":-"))
    elseif kind == 7 then
      if chance(2) then add(list, pick(texts)) end
      body(add(list, ":-"))
    elseif kind <= 9 then
      body(add(list, "?-"))
    elseif chance(2) then
      extend(list, pick { { "#show", "p/2" }, { "#show", "X", ":", "p(X)" },
        { ":-", "table", "p", "/", "1", ",", "q/2" }, { ":-", "dynamic", "(", "p/1", ")" },
        { ":-", "discontiguous", "p(_,_)" } })
    else
      add(list, "prefix", "ex", ":", "<http://example.org/%20x.>")
    end
    return add(list, ".")
  end

  --- The head of a block.
  function make.head()
    local list = { "from", pick { "s1", "s2", "'a source'" } }
    if chance(2) then add(list, pick(texts)) end
    if chance(4) then add(list, "grade", "b2") end
    return add(list, "{")
  end

  --- What the clauses of `plain` need declared.
  make.preamble = "prefix ex: <http://example.org/>.\nsource s1 { title: \"One\" }.\n"
    .. "source s2 { derived_from: s1 }.\nsource 'a source' { kind: web }.\n"

  -- ---- setting tokens down ----------------------------------------------------------------

  local odd_blanks = { "  ", "\t", "\n", "\r\n", "\n\n\n", " \f", " % it's \"odd\" {\n", "/* c ) */",
    " /* two\n\t  lines, \"x */ ", "%\n", "\n   % own line.\n", " % ends with CR\r\n", " % 潮 tab\there \n",
    "/**/", "  %x\n        %y\n", "%" .. ("long "):rep(30) .. "\n" }

  local function blank(oddness)
    if random(100) > oddness then return " " end
    return pick(odd_blanks)
  end

  --- The tokens as a text.  Where the blank between two can go without a change of
  --- meaning it sometimes does.
  ---@param tokens string[]
  ---@param oddness integer  of a hundred blanks, how many are odd
  ---@param start string? as of M.meaning
  ---@return string? text  nil where the tokens do not make a clause
  ---@return string? meaning
  function make.join(tokens, oddness, start)
    local plain = table.concat(tokens, " ")
    local meaning = M.meaning(plain, start)
    if not meaning then return nil end
    local tight = {}
    for i = 2, #tokens do tight[i] = chance(3) end
    local function set(glued)
      local text = tokens[1]
      for i = 2, #tokens do
        text = text .. (glued[i] and "" or blank(oddness)) .. tokens[i]
      end
      return text
    end
    for _ = 1, 20 do
      local text = set(tight)
      if M.meaning(text, start) == meaning then return text, meaning end
      for i = 2, #tokens do tight[i] = tight[i] and chance(2) end
    end
    return plain, meaning
  end

  --- What stands between clauses.
  function make.between(oddness)
    if random(100) > oddness then return pick { "\n", "\n", "\n", "  ", " ", "\n\n" } end
    return pick(odd_blanks) .. pick { "\n", " ", "" } .. pick(odd_blanks)
  end

  --- A whole text of clauses by `clause`, in blocks and out of them.
  ---@param clause fun(): string[]
  ---@param n integer
  ---@return string
  function make.text(clause, n)
    local oddness, depth = pick { 0, 5, 30 }, 0
    local parts_of = { pick { "", "", "\239\187\191", "\n\n", "% first\n" } }
    for _ = 1, n do
      local text
      if chance(8) then
        text = make.join(make.head(), oddness, "block")
        depth = depth + 1
      elseif depth > 0 and chance(4) then
        text = pick { "}", "}", "}." }
        depth = depth - 1
      else
        text = make.join(clause(), oddness)
      end
      parts_of[#parts_of + 1] = text and text .. make.between(oddness) or ""
    end
    return table.concat(parts_of) .. (" }"):rep(depth) .. pick { "", "\n", " ", "\n\n% last" }
  end

  return make
end

return M
