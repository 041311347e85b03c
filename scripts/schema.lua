--- schema: which relations there are, and how each is declared.
--
-- Usage:   dossier schema [RELATION] [--all]
-- Reads:   the declarations, and how many facts each relation has in view
-- Reports: each relation with its columns, what is declared of it (`holds` is told once a
--          fact has a time), its facts and its phrase; with --all the built-in ones too.
--          Of one RELATION: its declaration as it can be written in a file, what it is a
--          case of, what is a case of it, the rules that derive it, and one of its facts.
--          Relations that rules alone derive stand in the list of all
--
--   $ dossier schema founded
--   relation founded(body) once is began(1) phrase "{1} was founded".
--   5 facts in view, none of special cases.
--   General: began.
--   For example: founded(nacc) @ 1991-12-20. In words: North Atlantic Cooperation
--   Council was founded (1991-12-20). [record 1991]
local report = require "dossier.report"
local tell = require "dossier.tell"

local M = {}

local reserved = { ["not"] = true, ["true"] = true, ["false"] = true }

--- A name as the language has it: in quotes where it needs them.
---@param name string
---@return string
function M.quoted(name)
  if name:find "^%l[%w_]*$" and not reserved[name] or name:find "^<.*>$" then return name end
  return "'" .. name:gsub("['\\]", "\\%0") .. "'"
end

--- The columns as they are declared: by role, and by type where that says more.
---@param relation dossier.Relation
---@return string[]
function M.columns(relation)
  local words = {}
  for i, column in ipairs(relation.columns) do words[i] = column.role or column.type end
  return words
end

--- What is declared of a relation, in the words of a declaration, the phrase aside.
---@param relation dossier.Relation
---@return string[]
function M.attributes(relation)
  local words, columns = {}, M.columns(relation)
  if relation.once then
    words[1] = "once"
  elseif relation.occurs then
    words[1] = "occurs"
  elseif relation.timed then
    words[1] = "holds"
  end
  for _, key in ipairs(relation.keys) do
    local names, taken = {}, {}
    for _, name in ipairs(columns) do taken[name] = (taken[name] or 0) + 1 end
    for i, column in ipairs(key) do
      local name = columns[column]
      names[i] = taken[name] == 1 and M.quoted(name) or tostring(column)
    end
    words[#words + 1] = "key(" .. table.concat(names, ", ") .. ")"
  end
  if relation.symmetric then words[#words + 1] = "symmetric" end
  if relation.inverse then words[#words + 1] = "inverse " .. M.quoted(relation.inverse) end
  for _, general in ipairs(relation.is) do
    words[#words + 1] = ("is %s(%s)"):format(M.quoted(general.relation),
      table.concat(general.columns, ", "))
  end
  return words
end

--- A relation's name with its columns: "held_on(event, date)".
---@param relation dossier.Relation
---@return string
function M.heading(relation)
  local columns = M.columns(relation)
  for i, name in ipairs(columns) do columns[i] = M.quoted(name) end
  local list = #columns > 0 and "(" .. table.concat(columns, ", ") .. ")" or ""
  return M.quoted(relation.name) .. list
end

--- A declaration as it can be written in a file.
---@param relation dossier.Relation
---@return string
function M.declaration(relation)
  local words = { "relation", M.heading(relation), table.unpack(M.attributes(relation)) }
  if relation.phrase then
    local phrase = relation.phrase:gsub('[\\"]', "\\%0"):gsub("\n", "\\n"):gsub("\t", "\\t")
    words[#words + 1] = 'phrase "' .. phrase .. '"'
  end
  return table.concat(words, " ") .. "."
end

--- The relations that are a special case of one, or of such a one, in the order given.
---@param relation dossier.Relation
---@param relations dossier.Relation[]
---@return dossier.Relation[]
function M.special_cases(relation, relations)
  local among, cases, grown = { [tell.name(relation)] = true }, {}, true
  while grown do
    grown = false
    for _, other in ipairs(relations) do
      for _, general in ipairs(other.is) do
        local name = general.relation .. "/" .. #general.columns
        if among[name] and not among[tell.name(other)] then
          among[tell.name(other)], grown = true, true
        end
      end
    end
  end
  among[tell.name(relation)] = nil
  for _, other in ipairs(relations) do
    if among[tell.name(other)] then cases[#cases + 1] = other end
  end
  return cases
end

--- How many facts each relation holds itself, by its name with its columns; of an inverse,
--- as many as are stored under the other name.
---@param kb dossier.Base
---@return table<string, integer>
function M.held(kb)
  local n = {}
  for _, one in ipairs(kb:figures()) do n[tell.name(one)] = one.facts end
  for _, relation in ipairs(kb:relations()) do
    if relation.inverse then
      n[tell.name(relation)] = n[relation.inverse .. "/" .. relation.arity]
    end
  end
  return n
end

--- Facts of a built-in relation.
local function count_builtin(kb, relation)
  local n = 0
  for row in tell.rows(kb:facts(tell.name(relation))) do
    if row[#row].relation == relation.name then n = n + 1 end
  end
  return n
end

--- How many facts are told of a relation itself, how many of its special cases, and the
--- first of its own, else of theirs.
---@param kb dossier.Base
---@param relation dossier.Relation
---@return integer own
---@return integer special
---@return dossier.Fact? example
function M.count(kb, relation)
  local held, all = M.held(kb), 0
  local stored = (relation.inverse or relation.name) .. "/" .. relation.arity
  local own = relation.builtin and count_builtin(kb, relation) or held[tell.name(relation)]
  local relations = kb:relations()
  local cases = tell.cases(relations, tell.name(relation))
  for _, other in ipairs(relations) do
    if cases[tell.name(other)] and not other.inverse and not other.builtin
      and tell.name(other) ~= stored then
      all = all + held[tell.name(other)]
    end
  end
  local row = tell.rows(kb:facts(tell.name(relation)))()
  return own, all, row and row[#row]
end

--- How many rules derive each relation, by its name with its columns.
---@param rules dossier.Rule[]
---@return table<string, integer>
function M.derived(rules)
  local n = {}
  for _, rule in ipairs(rules) do
    if rule.relation then
      local name = rule.relation .. "/" .. rule.arity
      n[name] = (n[name] or 0) + 1
    end
  end
  return n
end

--- The relations that rules alone derive, in order of name: { name, arity }.
---@param rules dossier.Rule[]
---@param relations dossier.Relation[]
---@return table[]
function M.only_derived(rules, relations)
  local seen, list = {}, {}
  for _, relation in ipairs(relations) do seen[tell.name(relation)] = true end
  for _, rule in ipairs(rules) do
    local name = rule.relation and rule.relation .. "/" .. rule.arity
    if name and not seen[name] then
      seen[name] = true
      list[#list + 1] = { name = rule.relation, arity = rule.arity }
    end
  end
  table.sort(list, function(a, b)
    if a.name ~= b.name then return a.name < b.name end
    return a.arity < b.arity
  end)
  return list
end

local function by_rules(n) return "by " .. tell.count(n, "rule") end

local function write_table(doc, kb, relations, held, derived, alone)
  local rows = {}
  for _, relation in ipairs(relations) do
    local declared = M.attributes(relation)
    if not relation.declared and not relation.builtin then
      table.insert(declared, 1, "not declared")
    end
    local n = derived[tell.name(relation)]
    if n then declared[#declared + 1] = by_rules(n) end
    rows[#rows + 1] = { M.heading(relation), table.concat(declared, " "),
                        held[tell.name(relation)] or count_builtin(kb, relation),
                        relation.phrase or "" }
  end
  for _, one in ipairs(alone) do
    local name = M.quoted(one.name) .. "/" .. one.arity
    rows[#rows + 1] = { name, by_rules(derived[one.name .. "/" .. one.arity]), "", "" }
  end
  doc:table({ "Relation", "Declared", "Facts", "Phrase" }, rows)
end

local function names_of(relations)
  local names = {}
  for i, relation in ipairs(relations) do names[i] = relation.name end
  return tell.join(names)
end

local function write_one(doc, kb, relation)
  local own, special, example = M.count(kb, relation)
  local cases = M.special_cases(relation, kb:relations())
  if relation.builtin then
    doc:paragraph("Built in: " .. M.heading(relation) .. ".")
  elseif relation.declared then
    doc:paragraph(M.declaration(relation))
  else
    doc:paragraph("Not declared; to declare it: " .. M.declaration(relation))
  end
  doc:paragraph(("%s in view, %s of special cases."):format(tell.count(own, "fact"),
    special > 0 and special or "none"))
  if #relation.is > 0 then
    local generals = {}
    for i, general in ipairs(relation.is) do generals[i] = general.relation end
    doc:paragraph("General: " .. tell.join(generals) .. ".")
  end
  if #cases > 0 then doc:paragraph("Special cases: " .. names_of(cases) .. ".") end
  for _, rule in ipairs(kb:rules()) do
    if rule.relation == relation.name and rule.arity == relation.arity then
      doc:paragraph(("Rule #%d (%s:%d): %s"):format(rule.number, rule.file, rule.line,
        (rule.text:gsub("%s+", " "))))
    end
  end
  if example then
    doc:paragraph(("For example: %s. In words: %s."):format(example.text,
      tell.sentence(example)), example.claims)
  end
end

function M.main(kb, args)
  if args.relation then
    local doc = report.new("Relation " .. tell.name(args.relation))
    write_one(doc, kb, args.relation)
    return doc
  end
  local relations, held = {}, M.held(kb)
  for _, relation in ipairs(kb:relations()) do
    local own = not relation.builtin and (relation.known or held[tell.name(relation)] > 0)
    if args.all or own then relations[#relations + 1] = relation end
  end
  local rules = kb:rules()
  local alone = M.only_derived(rules, kb:relations())
  local doc = report.new "Relations"
  doc.found = #relations + #alone > 0
  if doc.found then
    doc:paragraph(tell.count(#relations + #alone, "relation") .. ".")
    write_table(doc, kb, relations, held, M.derived(rules), alone)
  else
    doc:paragraph "The base has no relations of its own."
  end
  return doc
end

return M
