--- grammar: the language, one clause at a time.
--
--   text        = { clause | block }
--   block       = "transaction" INT STAMP "{" { clause | block } "}"      claims, of a history
--               | "from" SOURCE [ locator ] { part } "{" { clause | block } "}"
--   clause      = ( declaration | claim | rule | query | directive ) "."
--
--   declaration = "relation" NAME [ "(" [ column { "," column } ] ")" ] { attribute }
--               | "source" NAME [ "{" [ NAME ":" value { "," NAME ":" value } ] "}" ]
--               | "prefix" NAME ":" IRI
--   attribute   = "occurs" | "holds" | "once" | "symmetric" | "inverse" NAME
--               | "key" "(" column { "," column } ")"       column: NAME or its number
--               | "is" NAME "(" [ INT { "," INT } ] ")" | "phrase" TEXT
--   claim       = fact | "deny" fact | "retract" [ "deny" ] fact
--               | ( "prefer" | "deprecate" ) fact "because" TEXT [ "by" SOURCE ]
--               | "retract" ( "prefer" | "deprecate" ) fact [ "because" TEXT ]
--                 [ "by" SOURCE ]
--   rule        = fact ":-" body | [ TEXT ] ":-" body          without a head: a constraint
--   query       = "?-" body [ "order" "by" key { "," key } ] [ "limit" count ]
--                 [ "offset" count ]
--   key         = VARIABLE [ "asc" | "desc" ]              count: INT or $NAME
--   directive   = "#show" ... | ":-" ( "table" | "dynamic" | "discontiguous" ) ...
--
--   fact        = [ "stated" | "assessed" | "attributed" "(" term ")" ] atom { part }
--   atom        = NAME [ "(" [ sum { "," sum } ] ")" ]
--   part        = "@" time | "from" SOURCE [ locator ] | "grade" GRADE
--               | "quote" TEXT | "confidence" NUMBER       each may be a VARIABLE in bodies
--   body        = literal { "," literal }
--   literal     = [ "not" | "\+" ] ( [ "deny" ] fact | comparison | test )
--   comparison  = sum ( = == =:= != <> \= \== =\= < <= =< > >= | "is" ) sum
--   test        = [ "possibly" ] sum WORD sum              WORD: before, after, meets, ...
--   sum         = product { ( "+" | "-" ) product }
--   product     = signed { ( "*" | "/" | "mod" ) signed }
--   signed      = [ "-" ] ( term | INT ".." INT | NAME "(" sum { "," sum } ")"
--               | "(" sum ")" | aggregate )                aggregate: in comparisons only
--   aggregate   = [ "#" ] ( "count" | "sum" | "min" | "max" | "avg" )
--                 "{" sum { "," sum } ":" body "}"
--   term        = NAME | IRI | CURIE | VARIABLE | "_" | "$" NAME | TEXT | NUMBER | TIME
--               | "@" TIME | "true" | "false"    p(a, @1994): a year, where 1994 is a number
--
-- NAME begins with a small letter and goes on with letters, digits and `_`, or stands in
-- single quotes.  VARIABLE begins with a capital or `_`.  Letters are Unicode's; capitals
-- those of the Latin, Greek, Cyrillic and Armenian scripts.  Only not, true and false are
-- reserved: every other word is a word by its position, and a form that does not fit to
-- the end gives way to the next, so that `deny(a, b).`, `from(a).` and `source.` are facts.
--
-- What a match gives is a flat list of integers: operations (numbered by clause.h, which
-- says what each does) and the offsets of the tokens.  The host reads it as it would the
-- code of a stack machine, so a match makes no Lua object.
--
-- There are two grammars of one text: the first only matches; when it fails the second
-- matches again and notes how far each attempt came and what it looked for there.

local lpeg, op = ...

setmetatable(op, { __index = function(_, name) error("no operation " .. name) end })

local P, S, R, V = lpeg.P, lpeg.S, lpeg.R, lpeg.V
local Cc, Cp, Cmt, Ct = lpeg.Cc, lpeg.Cp, lpeg.Cmt, lpeg.Ct

-- How deep attempts may be stacked: 200 brackets take some 4,000.
lpeg.setmaxstack(20000)

-- ---- letters ------------------------------------------------------------------------

-- Capitals beyond ASCII by code point: { first, last, step }.  All take two bytes.
local capitals = {
  { 0xC0, 0xD6, 1 }, { 0xD8, 0xDE, 1 }, { 0x100, 0x136, 2 }, { 0x139, 0x147, 2 },
  { 0x14A, 0x176, 2 }, { 0x178, 0x178, 1 }, { 0x179, 0x17D, 2 }, { 0x386, 0x386, 1 },
  { 0x388, 0x38A, 1 }, { 0x38C, 0x38C, 1 }, { 0x38E, 0x38F, 1 }, { 0x391, 0x3AB, 1 },
  { 0x400, 0x42F, 1 }, { 0x460, 0x480, 2 }, { 0x48A, 0x4C0, 2 }, { 0x4C1, 0x4CD, 2 },
  { 0x4D0, 0x52E, 2 }, { 0x531, 0x556, 1 },
}

--- A pattern for the capitals: for each first byte the set of its second bytes.
local function capital_pattern()
  local seconds = {}
  for _, range in ipairs(capitals) do
    for code = range[1], range[2], range[3] do
      local first = 0xC0 + code // 64
      seconds[first] = (seconds[first] or "") .. string.char(0x80 + code % 64)
    end
  end
  local pattern = R "AZ"
  for first = 0xC0, 0xDF do
    if seconds[first] then pattern = pattern + string.char(first) * S(seconds[first]) end
  end
  return pattern
end

local digit = R "09"
local follow = R "\128\191"
-- Signs that no name holds: Latin-1's, punctuation to U+2BFF, CJK's, full-width, emoji.
local sign = P "\xC2" * (follow - S "\xAA\xB5\xBA") + P "\xC3" * S "\x97\xB7"
  + P "\xE2" * R "\128\175" * follow + P "\xE3\x80" * (follow - S "\x85\x86\x87")
  + P "\xEF\xBC" * R "\128\143" + P "\xEF\xBB\xBF" + P "\xF0\x9F"
local foreign = R "\128\255" * 0
  + (R "\194\223" * follow + R "\224\239" * follow * follow
    + R "\240\244" * follow * follow * follow) - sign
local capital = capital_pattern()
local name_char = R("az", "AZ", "09") + P "_" + foreign
local small = R "az" + (foreign - capital)
local word_end = -name_char

local comment = P "%" * (1 - P "\n") ^ 0 + P "/*" * (1 - P "*/") ^ 0 * P "*/"
local blank = (S " \t\r\n\v\f" + comment) ^ 0

local identifier = small * name_char ^ 0
local reserved = (P "not" + "true" + "false") * word_end

-- ---- numbers and times --------------------------------------------------------------

local dx = digit + "X"
local marks = S "?~" ^ 1
local plain_year = digit * digit * digit * digit
local year = #digit * dx * dx * dx * dx
local dashed = P "-" ^ -1 * year * marks ^ -1
  * (P "-" * (digit * dx ^ 0 + P "X" * dx ^ 1) * marks ^ -1) ^ 1
  * (P "T" * digit * (digit + S "Z:+-" + P "." * digit) ^ 0) ^ -1
local marked = year * marks + (year - plain_year)
local strong = dashed + marked + ".."
-- A time anywhere: one side has a minus, a mark or "..", else "/" divides.
local time = (strong * "/" * (strong + plain_year + true) + plain_year * "/" * strong
  + P "/" * (dashed + marked) + dashed + marked) * word_end
-- A time after "@": whatever begins like one; the loader says what is wrong with it.
local valid_time = #(P "-" ^ -1 * digit + "../" + P "/" * (digit + ".." + "-"))
  * (digit + S "XTZ?~" + P "/" * -P "*" + ".." + S ".:+" * digit + P "-" * dx) ^ 1
  * word_end
local number = P "-" ^ -1 * digit ^ 1 * (P "." * digit ^ 1) ^ -1 * word_end

-- ---- tokens -------------------------------------------------------------------------

local time_words = {
  "before", "after", "meets", "met_by", "overlaps", "overlapped_by", "starts",
  "started_by", "during", "contains", "finishes", "finished_by", "equals", "within",
  "intersects",
}

local function any_of(words)
  local pattern = P(false)
  for _, word in ipairs(words) do pattern = pattern + P(word) * word_end end
  return pattern
end

--- A word of the language, where it stands as one.
local function word(text) return P(text) * word_end * blank end

--- Where `pattern` begins and ends, then what it is.
local function token(code, pattern) return Cp() * pattern * Cp() * Cc(code) end

--- The inside of quotes; '' is a quote in a name, as in Prolog.
local function quoted(code, quote)
  local body = P "\\" * 1 + (1 - S(quote .. "\\\n"))
  if quote == "'" then body = body + "''" end
  return P(quote) * token(code, body ^ 0) * quote
end

local function list(item, comma) return item * (comma * item) ^ 0 end

local term_start = name_char + S "'\"$<"
local inner = name_char + S "-." * #name_char
local local_name = P ":" * name_char * inner ^ 0
local iri_body = R("az", "AZ") * (R("az", "AZ", "09") + S "+.-") ^ 0 * ":"
  * (1 - R "\0\32" - S "<>\"{}|^`\\") ^ 0
local iri = P "<" * iri_body * ">"
local blank_node = P "_:" * name_char * inner ^ 0
local parameter_name = (small + capital + "_") * name_char ^ 0
local part_word = (P "from" + "grade" + "quote" + "confidence" + "because") * word_end

--- A name that may turn out to be a CURIE, and what each is.
local function name_or_curie(name, curie)
  return Cp() * (identifier - reserved)
    * (local_name * Cp() * Cc(curie) + Cp() * Cc(name))
end

-- ---- the grammar, plain or telling --------------------------------------------------

--- All rules.  `miss(what, after)` is a pattern that fails; in the telling grammar it
-- notes that `what` was looked for here (after a column, ...).
local function make_rules(miss)
  local function need(pattern, what, after) return pattern + miss(what, after) end
  local function sym(text, after)
    return need(P(text) * blank, '"' .. text .. '"', after)
  end
  local function parens(content, after)
    return P "(" * blank * content * sym(")", after)
  end

  local rules = {}

  -- Names and terms of one token.
  rules.name = (token(op.NAME, identifier - reserved + iri) + quoted(op.QUOTED, "'"))
    * blank
  rules.variable = (Cp() * "_" * word_end * -local_name * Cc(op.ANYTHING)
    + token(op.VARIABLE, capital * name_char ^ 0 + P "_" * name_char ^ 1)) * blank
  rules.parameter = P "$" * token(op.PARAMETER, parameter_name) * blank
  rules.text = quoted(op.TEXT, '"')
    * (P "@" * token(op.LANGUAGE, R("az", "AZ") ^ 1 * (P "-" * R("az", "AZ", "09") ^ 1) ^ 0)
      + P "^^" * (P "<" * token(op.DATATYPE, iri_body) * ">"
        + token(op.DATATYPE_CURIE, identifier * local_name)
        + miss "a datatype, <http://...> or xsd:integer")
      + -P "^^") * blank
  rules.entity = (name_or_curie(op.ENTITY, op.ENTITY_CURIE)
    + quoted(op.ENTITY_QUOTED, "'") + token(op.ENTITY, iri + blank_node)) * blank
  rules.numeral = token(op.NUMBER, number) * blank
  rules.constant = (token(op.TIME, time)
      + P "@" * blank * token(op.TIME, valid_time)) * blank
    + V "numeral" * (P ".." * blank * V "numeral" * Cc(op.RANGE)) ^ -1 + V "text"
    + Cp() * "true" * word_end * Cc(op.TRUE) * blank
    + Cp() * "false" * word_end * Cc(op.FALSE) * blank
    + V "entity"
  local open = V "variable" + V "parameter" -- what else may stand for a constant

  -- Sums.  In columns they hold no aggregates, so that no aggregate is ever tried twice
  -- and the time of a match stays in step with the length of the clause.
  local minus = P "-" * -S ">-" * blank
  local function arithmetic(kind, simple)
    local sum, product, signed = "sum" .. kind, "product" .. kind, "signed" .. kind
    simple = simple + parens(V(sum))
    rules[sum] = V(product) * (P "+" * blank * V(product) * Cc(op.ADD)
      + minus * V(product) * Cc(op.SUBTRACT)) ^ 0
    rules[product] = V(signed) * (P "*" * blank * V(signed) * Cc(op.MULTIPLY)
      + P "/" * blank * V(signed) * Cc(op.DIVIDE)
      + word "mod" * V(signed) * Cc(op.MODULO)) ^ 0
    rules[signed] = simple + minus * need(simple, "a value") * Cc(op.NEGATE)
      + miss "a value"
  end
  local columns = list(V "sum_column", sym(",", "after a column"))
  -- What no function is called is told where functions are known.
  rules.call = token(op.NAME, identifier - reserved) * blank * #P "(" * Cc(op.CALL)
    * parens(columns, "after a column") * Cc(op.CALL_END)
  rules.aggregate = P "#" ^ -1
    * token(op.NAME, any_of { "count", "sum", "min", "max", "avg" }) * blank
    * "{" * blank * Cc(op.AGGREGATE) * list(V "sum_column", sym(",", "in an aggregate"))
    * sym(":", "in an aggregate") * V "body"
    * sym("}", "in an aggregate") * Cc(op.AGGREGATE_END)
  arithmetic("_column", V "variable" + V "call" + V "constant" + V "parameter")
  arithmetic("", V "variable" + V "aggregate" + V "call" + V "constant" + V "parameter")

  -- The parts of a claim.
  local source = need(token(op.ENTITY, blank_node) * blank + open + V "entity",
    "a source", 'after "from"')
  local grade = token(op.GRADE, (R("af", "AF") ^ -1 * R "16" + R "af") * word_end) * blank
  rules.source = word "from" * source * Cc(op.SOURCE)
    * ((V "text" + open) * Cc(op.LOCATOR)) ^ -1
  rules.further = word "grade" * need(grade + open, "a grade (as in b2)", 'after "grade"')
      * Cc(op.GRADED)
    + word "quote" * need(V "text" + open, "a text", 'after "quote"') * Cc(op.QUOTATION)
    + word "confidence" * need(V "numeral" + open, "a number", 'after "confidence"')
      * Cc(op.CONFIDENCE)
  rules.at = P "@" * blank
    * need(token(op.TIME, valid_time + P "unknown" * word_end * -(blank * "(")) * blank
      + V "call" + open, "a time (as in 1994 or 2014-03-18)", 'after "@"') * Cc(op.AT)
  local parts = (V "source" + V "further") ^ 0
  rules.parts = parts * (V "at" * parts + miss '"@"') ^ -1
    * miss('"from"') ^ -1

  -- Atoms.  One without columns is followed by no term, but for the word of a part.
  local end_word = word "order" * "by" * word_end
    + (word "limit" + word "offset") * (digit + S "$-")
  local no_columns = -term_start + #part_word + #end_word
    + miss('"("', "after a relation's name")
  rules.atom = need(name_or_curie(op.NAME, op.CURIE) + token(op.NAME, iri)
      + quoted(op.QUOTED, "'"), "a relation's name") * blank * Cc(op.ATOM)
    * (P "(" * blank * (P ")" * blank + columns * sym(")", "after a column"))
      + no_columns) * Cc(op.ATOM_END)
  rules.claim = (word "stated" * V "atom" * Cc(op.STATED)
    + word "assessed" * V "atom" * Cc(op.ASSESSED)
    + word "attributed" * "(" * blank * (open + V "entity") * ")" * blank * V "atom"
      * Cc(op.SPEAKER)
    + V "atom") * V "parts"

  -- Conditions.
  local function comparison(kind)
    local right = blank * V("sum" .. kind)
    local tested = V("sum" .. kind) * (P "=:=" * right * Cc(op.EQ_NUMBER)
      + P "=\\=" * right * Cc(op.NE_NUMBER) + P "=<" * right * Cc(op.LE)
      + (P "==" + P "=" * -S ".>@") * right * Cc(op.EQ)
      + (P "\\==" + P "\\=" * -P "@" + "!=" + "<>") * right * Cc(op.NE)
      + P "<=" * right * Cc(op.LE) + P "<" * right * Cc(op.LT)
      + P ">=" * right * Cc(op.GE) + P ">" * right * Cc(op.GT)
      + word "is" * right * Cc(op.IS)
      + token(op.WORD, any_of(time_words)) * right * Cc(op.TEST)
      + miss "a comparison")
    local possible = word "possibly" * V("sum" .. kind)
      * need(token(op.WORD, any_of(time_words)), "a test of time (before, within, ...)")
      * right * Cc(op.TEST) * Cc(op.POSSIBLY)
    return possible, tested
  end
  local infix = S "=<>+*/{" + "!=" + "\\=" + minus
    + (any_of(time_words) + (P "is" + "mod") * word_end) * blank * (term_start + S "-(#./")
  rules.asserted = (word "deny" * V "claim" * Cc(op.DENY) + V "claim") * -infix
    * Cc(op.LITERAL)
  local function condition(kind)
    local possible, tested = comparison(kind)
    return possible + V "asserted" + tested
  end
  rules.condition = condition ""
  rules.simple_condition = condition "_column"
  rules.literal = (word "not" + P "\\+" * blank)
      * (V "condition" + parens(V "simple_condition") + miss "a condition") * Cc(op.NOT)
    + V "condition" + miss "a condition"
  rules.body = list(V "literal", sym(",", "after a condition"))

  -- How a query's answers are told.
  local key = need(V "variable", "a variable", 'after "order by"')
    * (word "desc" * Cc(op.DESCENDING) + word "asc" ^ -1 * Cc(op.ASCENDING))
  local function count(name, code)
    return (word(name) * need(V "numeral" + V "parameter", "a number",
      'after "' .. name .. '"') * Cc(code)) ^ -1
  end
  rules.sorting = (word "order" * word "by" * list(key, P "," * blank)) ^ -1
    * count("limit", op.LIMIT) * count("offset", op.OFFSET)

  -- Clauses.
  local stop = sym(".", "after a condition")
    * need(-P(1), "a blank", "after the dot that ends a clause")
  local fact_stop = sym(".", "after a fact")
    * need(-P(1), "a blank", "after the dot that ends a clause")
  local end_stop = sym "." * need(-P(1), "a blank", "after the dot that ends a clause")
  local column = V "name" + token(op.NAME, digit ^ 1) * blank
  local attribute = word "occurs" * Cc(op.OCCURS) + word "holds" * Cc(op.HOLDS)
    + word "once" * Cc(op.ONCE) + word "symmetric" * Cc(op.SYMMETRIC)
    + word "inverse" * need(V "name", "a relation", 'after "inverse"') * Cc(op.INVERSE)
    + word "key" * Cc(op.KEY) * sym "(" * list(need(column, "a column", "in a key")
      * Cc(op.KEY_COLUMN), sym(",", "in a key")) * sym(")", "in a key")
    + word "is" * need(V "name", "a relation", 'after "is"') * Cc(op.IS_A) * sym "("
      * (P ")" * blank + list(need(token(op.IS_COLUMN, digit ^ 1) * blank,
        "a column's number"), sym(",", "in a mapping")) * sym(")", "in a mapping"))
    + word "phrase" * need(V "text", "a text", 'after "phrase"') * Cc(op.PHRASE)
    + miss "an attribute (occurs, holds, once, symmetric, inverse, key, is, phrase)"
  rules.relation = word "relation" * V "name" * Cc(op.RELATION)
    * (P "(" * blank * (P ")" * blank + list(need(V "name", "a column's name")
      * Cc(op.ROLE), sym(",", "after a column")) * sym(")", "after a column"))) ^ -1
    * attribute ^ 0 * end_stop * Cc(op.RELATION_END)
  local value = token(op.LETTER, R "AF" * word_end) * blank
    + token(op.TIME, plain_year * "/" * plain_year * word_end) * blank + V "constant"
  local property = V "name" * Cc(op.PROPERTY) * sym(":", "after a property's name")
    * need(value, "a value", "after a property's name") * Cc(op.PROPERTY_VALUE)
  local source_name = V "name" + token(op.NAME, blank_node) * blank
  rules.declared_source = word "source" * source_name * Cc(op.SOURCE_NAME)
    * (P "{" * blank * list(property, P "," * blank) ^ -1 * (P "," * blank) ^ -1
      * (miss('","', "after a property") + sym("}", "after a property"))
      + miss '"{"') ^ -1 * end_stop * Cc(op.SOURCE_END)
  rules.prefix = word "prefix" * token(op.NAME, identifier) * blank * Cc(op.PREFIX)
    * sym(":", "after the prefix")
    * need(P "<" * token(op.IRI, iri_body) * ">" * blank, "an IRI, <http://...>")
    * end_stop
  rules.judged = word "prefer" * V "claim" * Cc(op.PREFER)
    + word "deprecate" * V "claim" * Cc(op.DEPRECATE)
  rules.author = word "by" * need(source_name, "a source", 'after "by"') * Cc(op.AUTHOR)
  rules.verdict = V "judged" * need(word "because", '"because"', "after the judged fact")
    * need(V "text", "a reason in quotes", 'after "because"') * Cc(op.REASON)
    * (V "author" + miss('"by"', "after the reason")) ^ -1 * end_stop * Cc(op.VERDICT)
  rules.change = word "deny" * V "claim" * Cc(op.DENY) * Cc(op.HEAD) * fact_stop
      * Cc(op.FACT)
    + word "retract" * (V "judged" * (word "because" * V "text" * Cc(op.REASON)) ^ -1
        * V "author" ^ -1 * fact_stop * Cc(op.RETRACT_VERDICT)
      + (word "deny" * V "claim" * Cc(op.DENY) * Cc(op.HEAD) * fact_stop
        + V "claim" * Cc(op.HEAD) * fact_stop) * Cc(op.RETRACT))
  local spec = identifier * blank * (P "/" * blank * digit ^ 1
    + P "(" * blank * list(P "_" * blank, P "," * blank) * ")") * blank
  local specs = list(spec, P "," * blank)
  rules.directive = P ":-" * blank
      * token(op.DIRECTIVE, any_of { "table", "dynamic", "discontiguous" }) * blank
      * (P "(" * blank * specs * ")" * blank + specs) * "." * blank * -P(1)
    + token(op.DIRECTIVE, P "#show" * word_end) * P(1) ^ 0
  local rule = P ":-" * blank * V "body" * stop
  rules.ruled = V "claim" * Cc(op.HEAD)
    * (rule * Cc(op.RULE) + miss('":-"', "after a fact") + fact_stop * Cc(op.FACT))

  rules.clause = blank * (V "relation" + V "declared_source" + V "prefix" + V "verdict"
    + V "change" + P "?-" * blank * V "body" * V "sorting" * stop * Cc(op.QUERY)
    + V "directive"
    + V "text" * need(P ":-", '":-"', "after a constraint's message") * blank * V "body"
      * stop * Cc(op.CONSTRAINT)
    + rule * Cc(op.CONSTRAINT_BARE) + V "ruled")
  rules.block = blank * V "source" * V "further" ^ 0 * sym "{" * -P(1) * Cc(op.BLOCK)
  rules.transaction = blank * word "transaction"
    * need(V "numeral", "a number", 'after "transaction"')
    * need(V "text", "an instant in quotes", "after the transaction's number")
    * sym "{" * -P(1) * Cc(op.TRANSACTION)
  rules.query = blank * (P "?-" * blank) ^ -1 * V "body" * V "sorting"
    * (P "." * blank) ^ -1
    * need(-P(1), '","', "after a condition") * Cc(op.QUERY)
  rules.fact = blank * V "atom" * (V "at" + miss('"@"', "after a fact")) ^ -1 * Cc(op.HEAD)
    * (P "." * blank) ^ -1 * need(-P(1), "the end", "after a fact") * Cc(op.FACT)
  return rules
end

-- ---- telling what is wrong ----------------------------------------------------------

local far, wants, after -- how far the match came, and what was looked for there

local function silent() return P(false) end

local function telling(what, where)
  return Cmt(true, function(_, at)
    if at > far then far, wants, after = at, {}, nil end
    if at == far then
      if not wants[what] then wants[#wants + 1] = what end
      wants[what] = true
      after = after or where
    end
    return false
  end) * 1 -- lest LPeg think that it may match nothing, and refuse a loop
end

--- `"a", "b" or "c"`
local function alternatives(words)
  if words["a condition"] then return "a condition" end
  if #words < 2 then return words[1] or "something else" end
  return table.concat(words, ", ", 1, #words - 1) .. " or " .. words[#words]
end

local character = R "\0\127" + R "\194\244" * follow ^ 1
local one_token = lpeg.C(P "\"" * (1 - S "\"\n") ^ 0 * P "\"" ^ -1
  + P "'" * (1 - S "'\n") ^ 0 * P "'" ^ -1 + (name_char + S "-.:" * #name_char) ^ 1
  + S "=<>\\:-?|." ^ 1 + character)

--- The token at `at`, for a message, shortened to 40 characters.
local function found(subject, at)
  local text = one_token:match(subject, at)
  if not text then return "the end of the clause" end
  if text == "." and not subject:find("%S", at + 1) then return 'the final "."' end
  local most = utf8.len(text) and utf8.len(text) > 40 and utf8.offset(text, 38)
  if most then text = text:sub(1, most - 1) .. "..." end
  if text:find '^"' then return "the text " .. text end
  return text:find '"' and text or '"' .. text .. '"'
end

-- What other languages write and this one does not: a Lua pattern at the place where the
-- match stopped, one for what stands before it ("" for any), the words, and what must have
-- been looked for there, if anything.
local refused = {
  { "^%[", "", 'lists ("[...]") are not in the language: a column holds one value' },
  { "^[;|]", "", 'disjunction (";" or "|") is not in the language: write one clause for '
    .. "each case" },
  { "^![^=]", "", 'the cut ("!") is not in the language: the order of conditions does not '
    .. "matter" },
  { "^{", "^[%s%d]*$", "choice ({...}) is not in the language: a rule derives what "
    .. "follows, it does not guess" },
  { "^%d+%s*{", "^%s*$", "choice ({...}) is not in the language: a rule derives what "
    .. "follows, it does not guess" },
  { "^{", "%l%s*$", "an aggregate stands beside a comparison, as in "
    .. "N = count{ P : programme(P) }" },
  { "^not%f[^%w_]", "^%s*$", 'a fact is not negated by "not": write deny' },
  { "^%.[^%s%.]", "%d$", "a decimal has a digit behind its point" },
  { "^%->", "", 'if-then-else ("->") is not in the language: write one rule for each '
    .. "case" },
  { "^%-%->", "", 'grammar rules ("-->") are not in the language' },
  { "^=%.%.", "", 'compound terms are not in the language, nor is "=.." that opens them' },
  { "^:~", "", 'weak constraints (":~") are not in the language' },
  { "^#", "^%s*$", "this directive is not in the language: of clingo's, #show is skipped "
    .. "and the others are refused" },
  { "^%-", "^%s*$", 'classical negation ("-") is not in the language: write deny' },
  { "^%(", "%f[%w_\128-\255][%u][%w_\128-\255]*%s*$", "the name of a relation begins with "
    .. "a small letter, or stands in single quotes" },
  { "^%(", '"%s*$', "the name of a relation stands in single quotes ('...'): in double "
    .. "quotes it is a text" },
  { "^%u[%w_]*%s*%(", "", "the name of a relation begins with a small letter, or stands "
    .. "in single quotes" },
  { "^[.:@]", "\n[%l'\128-\255][%w_'\128-\255]*%s*%b()%s*$", "a new clause begins inside "
    .. 'the brackets of the one before: is a ")" missing there?', '")"' },
  { "^not%f[^%w_]", "[(,]%s*$", '"not" is reserved: as a name it stands in single quotes' },
  { "^%(", "[%w_'\128-\255]%s*$", 'compound terms ("f(...)") are not in the language: a '
    .. "column holds one value" },
  { "^\u{201C}", "", 'a text stands in straight quotes ("...")' },
  { "^\u{201D}", "", 'a text stands in straight quotes ("...")' },
  { "^\u{201E}", "", 'a text stands in straight quotes ("...")' },
  { "^\u{AB}", "", 'a text stands in straight quotes ("...")' },
  { "^\u{2018}", "", "a quoted name stands in straight quotes ('...')" },
  { "^\u{2019}", "", "a quoted name stands in straight quotes ('...')" },
  { "^and%f[^%w_]", "", 'conditions are joined by ","' },
  { "^or%f[^%w_]", "", "disjunction is not in the language: write one clause for each "
    .. "case" },
}

local function refusal(subject)
  -- What stands before is looked at a line back only, to keep the look short.
  local before = subject:sub(math.max(1, far - 200), far - 1)
  for _, case in ipairs(refused) do
    if subject:find(case[1], far) and before:find(case[2])
      and (not case[4] or wants[case[4]]) then
      return case[3]
    end
  end
end

--- Was the dot of the line before left out?
local function dot_left_out(subject)
  local gap = subject:sub(math.max(1, far - 200), far - 1):match "[%s]*$"
  return wants['"."'] and far <= #subject and gap:find "\n"
end

local patterns, tellers = {}, {}
local plain_rules, telling_rules

--- A grammar that begins with the rule `start`.
local function begin_with(rules, start)
  local copy = { V(start) }
  for name, pattern in pairs(rules) do copy[name] = pattern end
  return P(copy)
end

local M = {}

--- All rules, as the build compiles them (core/lua/build/).
function M.rules() return make_rules(silent) end

--- The pattern for one clause, block, query or fact; with `long`, into a table.
function M.pattern(start, long)
  local key = long and start .. " long" or start
  if not patterns[key] then
    plain_rules = plain_rules or make_rules(silent)
    local pattern = begin_with(plain_rules, start)
    patterns[key] = long and Ct(pattern) or pattern
  end
  return patterns[key]
end

--- Why `subject` does not match: the offset from 1, and what to say.
function M.explain(start, subject)
  telling_rules = telling_rules or make_rules(telling)
  tellers[start] = tellers[start] or begin_with(telling_rules, start)
  far, wants, after = 1, {}, nil
  tellers[start]:match(subject)
  local words = refusal(subject)
  if not words then
    words = "expected " .. alternatives(wants) .. (after and " " .. after or "")
      .. ", found " .. found(subject, far)
    if dot_left_out(subject) then
      words = words .. "; is the dot of the clause before missing?"
    end
  end
  return far, words
end

M.match = lpeg.match

return M
