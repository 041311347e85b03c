--- kb:mentions, kb:support, kb:coverage, kb:told, kb:latest, kb:tellings,
--- kb:histories: what the core counts and picks
--- is what a script that looks at every fact would.
local bases = require "tests.io.bases"
local dossier = require "dossier"
local helper = require "tests.helper"
local report = require "dossier.report"
local tell = require "dossier.tell"

local SEED = tonumber(os.getenv "SEED") or math.random(1 << 30)
local STEPS = tonumber(os.getenv "STEPS") or 40

local function pick(random, list) return list[random(#list)] end

-- ---- the models, which look at every fact -----------------------------------------------

local function mentions_of(facts)
  local n, list = {}, {}
  for _, fact in ipairs(facts) do
    local here = {}
    for i = 1, fact.arity do
      local value = fact[i]
      if tell.is_entity(value) and not here[value.id] then
        here[value.id] = true
        if not n[value.id] then
          n[value.id] = { entity = value, facts = 0 }
          list[#list + 1] = n[value.id]
        end
        n[value.id].facts = n[value.id].facts + 1
      end
    end
  end
  table.sort(list, function(a, b)
    if a.facts ~= b.facts then return a.facts > b.facts end
    if a.entity.label ~= b.entity.label then return a.entity.label < b.entity.label end
    return a.entity.id < b.entity.id
  end)
  return list
end

local function coverage_of(facts, lines)
  local by = {}
  local function at(id)
    by[id] = by[id] or { facts = 0, told = 0, only = 0, stated = 0, attributed = 0, assessed = 0 }
    return by[id]
  end
  for _, fact in ipairs(facts) do
    local here = {}
    for _, claim in ipairs(tell.claims(fact.claims)) do here[claim.source.id] = true end
    for id in pairs(here) do at(id).facts = at(id).facts + 1 end
  end
  for _, line in ipairs(lines) do
    local here, n = {}, 0
    for _, claim in ipairs(line.claims) do
      local id = claim.source.id
      if not here[id] then here[id], n = {}, n + 1 end
      here[id][claim.kind] = true
    end
    for id, kinds in pairs(here) do
      at(id).told = at(id).told + 1
      if n == 1 then at(id).only = at(id).only + 1 end
      for kind in pairs(kinds) do at(id)[kind] = at(id)[kind] + 1 end
    end
  end
  return by
end

local function speaks(line, id)
  for _, claim in ipairs(tell.both_sides(line)) do
    if claim.source.id == id then return true end
  end
  return false
end

local function among(list, word)
  for _, one in ipairs(type(list) == "table" and list or { list }) do
    if one == word then return true end
  end
  return list == nil
end

local function fits(line, options)
  local when = line.when
  if not among(options.trust, line.trust) or not among(options.relations, tell.name(line.fact)) then
    return false
  end
  if options.source and not speaks(line, options.source) then return false end
  if (options.since or options["until"]) and not when then return false end
  return not (options.since and when:certainly("before", options.since)
    or options["until"] and when:certainly("after", options["until"]))
end

local function chosen(lines, options)
  local out = {}
  for _, line in ipairs(lines) do
    if fits(line, options) then out[#out + 1] = line end
  end
  return out
end

local function tallies(lines)
  local by = {}
  for _, line in ipairs(lines) do
    local name = tell.name(line.fact)
    by[name] = by[name] or tell.tally {}
    by[name][line.trust] = by[name][line.trust] + 1
  end
  return by
end

-- ---- bases ----------------------------------------------------------------------------

local TIMES = { "", " @ 1994", " @ 1994-02", " @ 1994-02-08", " @ 1994?", " @ 199X", " @ 1994/2004", " @ 1993/..",
  " @ ../1994", " @ 1994-02-08/1994-02-08", " @ 1994-01-01/1994-12-31", " @ 2014-03-18", " @ 2014" }
local CLAIMS = { "", " from s1", ' from s1 "2" grade 1', " from s2", ' from s3 "x" grade b2', " from s4 grade 4" }

--- Few things of which much is told: tellings that bear on each other, denials, verdicts,
--- keys, entities that are one.
local function dense(random)
  local kb = assert(dossier.open())
  local lines = { [[
    source s1 { title: "One", reliability: b }.  source s2 { derived_from: s1 }.  source s3 {}.  source s4 {}.
    relation met(entity, entity) occurs symmetric.  relation owns(entity, entity) holds.
    relation runs(entity, entity) key(1).  relation run_by(entity, entity) inverse runs.
    relation joined(entity, entity) once phrase "{1} joined {2}".  relation sank(entity).  relation still.
    relation opened(entity, date) key(1).
    label(a, "B").  label(b, "B").
  ]] }
  local relations = { "met", "owns", "runs", "run_by", "joined", "sank", "still", "opened" }
  local function atom()
    local relation = pick(random, relations)
    local one, other = pick(random, { "a", "b", "c" }), pick(random, { "a", "b", "d" })
    if relation == "opened" then other = pick(random, { "1990", "1990-05", "1991" }) end
    if relation == "still" then return relation end
    if relation == "sank" then return ("sank(%s)"):format(one) end
    return ("%s(%s, %s)"):format(relation, one, other)
  end
  for _ = 1, 30 + random(60) do
    local who = pick(random, { "", "", "", "assessed ", "attributed(a) ", "attributed(d) ", "deny " })
    lines[#lines + 1] = who .. atom() .. pick(random, TIMES) .. pick(random, CLAIMS) .. "."
  end
  if random(4) == 1 then lines[#lines + 1] = "same_as(a, d)." end
  assert(kb:load_text(table.concat(lines, "\n")))
  for _ = 1, random(8) do
    local verdict = pick(random, { "prefer ", "deprecate " })
    kb:load_text(verdict .. atom() .. pick(random, TIMES) .. ' because "so" by s3.')
  end
  return kb
end

local function random_base(random)
  if random(2) == 1 then return dense(random) end
  local kb = assert(dossier.open())
  bases.grow(kb, random, 20)
  return kb
end

-- ---- what is compared -----------------------------------------------------------------

local function random_view(kb, random)
  local options = {}
  if random(4) == 1 then options.as_of = pick(random, { "1994-03", "2015-01-01", "2020" }) end
  if options.as_of and random(2) == 1 then options.possible = true end
  if random(6) == 1 then options.since = "1994" end
  if random(6) == 1 then options["until"] = "2014" end
  local source = kb:sources()[1]
  if random(4) == 1 and source then options.sources = { "base", source.id } end
  if random(5) == 1 then options.kinds = { pick(random, { "stated", "attributed", "assessed" }) } end
  if random(6) == 1 then options.min_grade = pick(random, { "c", "4", "b2" }) end
  if random(3) == 1 then options.settled = true end
  if random(3) == 1 then options.fold = true end
  if random(4) == 1 then options.known_at = "#" .. random(math.max(1, #kb:transactions())) end
  return kb:view(options)
end

local function random_options(kb, random)
  local options, relations = {}, {}
  if random(3) == 1 then
    options.trust = pick(random, { "contested", "corroborated", "single-source", "unsupported",
                                   { "contested", "unsupported" } })
  end
  if random(4) == 1 then options.since = pick(random, { "1994", "1994-02-08", "2014" }) end
  if random(4) == 1 then options["until"] = pick(random, { "1994", "1994-02-08", "2014" }) end
  if random(3) == 1 then options.source = pick(random, kb:sources()).id end
  if random(3) == 1 then
    for _, relation in ipairs(kb:relations()) do
      if not relation.builtin and not relation.inverse and random(2) == 1 then
        relations[#relations + 1] = tell.name(relation)
      end
    end
    options.relations = relations
  end
  return options
end

local function names(options)
  local words = {}
  for key, value in pairs(options) do
    words[#words + 1] = key .. "=" .. (type(value) == "table" and table.concat(value, ",") or tostring(value))
  end
  table.sort(words)
  return table.concat(words, " ")
end

local function texts(list)
  local out = {}
  for i, one in ipairs(list) do out[i] = (one.fact or one).text end
  return out
end

local function check_told(view, lines, options, hint)
  local wanted, found = chosen(lines, options), {}
  for fact in view:told(options) do found[#found + 1] = fact.text .. (fact.certain and "" or "?") end
  local by_hand = {}
  for i, line in ipairs(wanted) do by_hand[i] = line.fact.text .. (line.fact.certain and "" or "?") end
  table.sort(found)
  table.sort(by_hand)
  assert.same(by_hand, found, hint)
  local support = {}
  for _, row in ipairs(view:support(options)) do
    local name = tell.name(row)
    support[name] = tell.tally {}
    for trust in pairs(support[name]) do support[name][trust] = row[trust] end
    assert.equal(row.told, select(2, tell.total { row }), hint)
  end
  assert.same(tallies(wanted), support, hint)
  local dated = {}
  for _, line in ipairs(wanted) do
    if line.when then table.insert(dated, 1, line) end
  end
  local heads, all = view:latest(3, options)
  assert.equal(#dated, all, hint)
  assert.same(texts(table.move(dated, 1, 3, 1, {})), texts(heads), hint)
  assert.same(texts(dated), texts((view:latest(nil, options))), hint)
  local again = tell.lines(tell.around(view, heads), nil, heads)
  assert.equal(#heads, #again, hint)
end

local MARKS = { nil, {}, { contested = true, corroborated = true, unsupported = true, ["single-source"] = true } }

local function cites(claims)
  local words = {}
  for i, claim in ipairs(claims) do words[i] = claim.verb .. " " .. claim.citation .. " " .. claim.fact end
  return words
end

local function check_listed(view, facts, random, options, hint)
  local marks, both = MARKS[random(3)], random(2) == 1
  local wanted = chosen(tell.lines(facts, marks), options)
  local listed = tell.listed(view, options, marks, both)
  local doc, lazy = report.new "Lines", report.new "Lines"
  assert.equal(#wanted, #listed, hint)
  for i, line in ipairs(wanted) do
    local claims = both and tell.both_sides(line) or line.claims
    doc:event(line.dated, line.text, claims)
    local made = listed[i]
    assert.same(cites(claims), cites(made.claims), hint)
    for _, field in ipairs { "text", "trust", "note" } do assert.equal(line[field], made[field], hint) end
    assert.same(texts(line.facts), texts(made.facts), hint)
    local words, _, _, trust, certain = listed.tellings:line(i)
    assert.same({ tostring(line.fact), line.trust, line.fact.certain }, { words, trust, certain }, hint)
  end
  assert.is_nil(listed[#wanted + 1])
  lazy:events(listed)
  for _, format in ipairs(report.formats) do
    assert.equal(doc:render(format), lazy:render(format), hint)
  end
  local narrow = { width = 40, colour = true }
  assert.equal(doc:render("text", narrow), lazy:render("text", narrow), hint)
end

local function check_tuples(list, hint)
  local numbers, tuples = {}, {}
  for i = 1, #list do
    local number, relation = list:tuple(i)
    local tuple = tell.tuple(list[i])
    assert.equal(tell.name(list[i]), relation, hint)
    assert.equal(numbers[tuple] or number, number, hint)
    assert.equal(tuples[number] or tuple, tuple, hint)
    numbers[tuple], tuples[number] = number, tuple
  end
end

describe("what the core counts", function()
  it("is what every fact comes to, in any view (SEED=" .. SEED .. ")", function()
    for i = 1, STEPS do
      local random = helper.random(SEED + i)
      local kb <close> = random_base(random)
      if #kb:sources() > 0 then
        local view <close> = i % 4 == 0 and kb:view {} or random_view(kb, random)
        local hint = ("SEED=%d, base %d"):format(SEED, i)
        local facts = tell.facts(view)
        local lines = tell.lines(facts)
        local list, entities = view:mentions()
        local by_hand = mentions_of(facts)
        assert.equal(#by_hand, entities, hint)
        assert.same(by_hand, list, hint)
        local most = random(4) - 1
        assert.same(table.move(by_hand, 1, most, 1, {}), (view:mentions(most)), hint)
        local coverage = view:coverage()
        for id, one in pairs(coverage) do
          assert.equal(id, one.source.id)
          one.source = nil
        end
        assert.same(coverage_of(facts, lines), coverage, hint)
        check_tuples(view:tellings(), hint)
        for _ = 1, 4 do
          local options = random_options(kb, random)
          check_told(view, lines, options, hint .. ": " .. names(options))
          check_listed(view, facts, random, options, hint .. ": " .. names(options))
        end
      end
    end
  end)

  it("sees what a transaction has made of it, and not what was rolled back", function()
    local kb <close> = assert(dossier.open())
    assert(kb:load_text "source s {}. relation p(entity, entity). p(a, b) @ 1990 from s.")
    local step, list
    pcall(kb.transaction, kb, function(tx)
      tx:add("p", { "a", "c" }, { source = "s", valid = "1991" })
      assert.equal(2, tell.total(kb:support())["single-source"])
      step, list = kb:told(), kb:tellings()
      assert.equal("p(a, c) @ 1991", list[2].text)
      error "no"
    end)
    assert.equal(1, tell.total(kb:support())["single-source"])
    assert.has_error(step)
    assert.has_error(function() return list[2] end)
    assert.has_error(function() list:line(1) end)
  end)

  it("is not looked at once the base is closed", function()
    local kb = assert(dossier.open())
    assert(kb:load_text "source s {}. p(a) @ 1990 from s.")
    local list = kb:tellings()
    kb:close()
    assert.equal(1, #list)
    assert.has_error(function() list:when(1) end)
  end)

  it("is refused in words where it is asked for wrongly", function()
    local kb <close> = assert(dossier.open())
    assert(kb:load_text "source log {}. p(a) from log.")
    local function says(words, f)
      local ok, message = pcall(f)
      assert.is_false(ok)
      assert.truthy(tostring(message):find(words, 1, true), message)
    end
    says('no trust "certain"', function() kb:told { trust = "certain" } end)
    says('did you mean "trust"', function() kb:support { turst = "contested" } end)
    says('there is no relation "q"', function() kb:told { relations = "q" } end)
    says('did you mean "log"', function() kb:support { source = "lgo" } end)
    says('option "since"', function() kb:latest(3, { since = "yesterday" }) end)
    says("no less than 0", function() kb:mentions(-1) end)
    assert.same({}, kb:support { relations = {} })
  end)
end)

describe("a document of lines that are made when they are looked at", function()
  it("joins them with events beside them, and comes in pieces where it is long", function()
    local kb <close> = assert(dossier.open())
    local facts = { 'source s {}. relation met(int, entity) occurs.' }
    for i = 1, 3000 do facts[#facts + 1] = ("met(%d, b) @ %d from s."):format(i, 1000 + i % 900) end
    assert(kb:load_text(table.concat(facts, "\n")))
    local doc, lazy = report.new "Lines", report.new "Lines"
    local lines, listed = tell.lines(tell.stored(kb), {}), tell.listed(kb, nil, {})
    for _, one in ipairs { doc, lazy } do one:event("1990/..", "before") end
    for i = 1, 2 do
      doc:events(lines)
      lazy:events(listed)
      for _, one in ipairs { doc, lazy } do
        one:event(nil, "between").blocks[1].text = "before " .. i
      end
    end
    lazy:events(tell.listed(kb, { trust = "contested" }))
    for _, format in ipairs(report.formats) do
      local pieces = {}
      lazy:write(format, nil, function(text) pieces[#pieces + 1] = text end)
      assert.equal(doc:render(format), table.concat(pieces))
      assert.is_true(#pieces > 4)
    end
    assert.has_error(function() lazy:events "lines" end)
  end)

  it("makes parts, which join what stands beside them", function()
    local doc, lazy = report.new "Parts", report.new "Parts"
    local claims = { { citation = "s 1", source = "s", locator = "1", verb = "denies" } }
    local lines = { { dated = "1990", text = "line", claims = claims },
                    { dated = "1990/..", text = "later", claims = claims } }
    local function put(part, i)
      if i % 3 > 0 then part:heading("part " .. i, i % 3) end
      if i % 4 == 0 then part:paragraph("remark " .. i) end
      if i % 5 > 0 then part:item("item " .. i, claims) end
      if i % 7 > 0 then part:events(lines) end
      if i % 8 == 0 then part:events(lines):event(nil, "undated") end
      if i % 9 == 0 then part:event(i .. "", "alone", claims) end
      if i % 11 == 0 then part:items(2, function(k) return i .. " of " .. k end) end
      if i % 13 == 0 then part:table({ "a" }, { { i } }) end
    end
    for _, one in ipairs { doc, lazy } do one:event("1989", "before"):item "before" end
    for i = 1, 900 do put(doc, i) end
    lazy:parts(900, put):parts(0, error)
    for _, one in ipairs { doc, lazy } do one:item "after" end
    for _, format in ipairs(report.formats) do
      for _, width in ipairs { 0, 40 } do
        local pieces = {}
        lazy:write(format, { width = width, colour = width > 0 }, function(text) pieces[#pieces + 1] = text end)
        assert.equal(doc:render(format, { width = width, colour = width > 0 }), table.concat(pieces))
      end
    end
    local remarks, lazily = report.new "Remarks", report.new "Remarks"
    remarks:paragraph "none"
    lazily:parts(1, function(part) part:paragraph "none" end)
    for _, format in ipairs(report.formats) do
      assert.equal(remarks:render(format), lazily:render(format))
    end
  end)

  it("comes in pieces where its parts are many", function()
    local lazy = report.new "Parts"
    lazy:parts(5000, function(part, i) part:heading("part " .. i, 2):event(nil, "of " .. i) end)
    for _, format in ipairs(report.formats) do
      local n = 0
      lazy:write(format, nil, function() n = n + 1 end)
      assert.is_true(n > 4, format)
    end
  end)

  it("has no parts of parts", function()
    local lazy = report.new "Parts"
    assert.has_error(function() lazy:parts "many" end)
    lazy:parts(1, function(part) part:parts(1, error) end)
    assert.has_error(function() lazy:render "text" end, "a part has no parts of its own")
  end)

  it("makes items, too", function()
    local doc, lazy = report.new "Items", report.new "Items"
    for i = 1, 5 do doc:item("item " .. i) end
    lazy:item "item 1"
    lazy:items(0, error)
    lazy:items(3, function(i) return "item " .. i + 1 end)
    lazy:item "item 5"
    for _, format in ipairs(report.formats) do assert.equal(doc:render(format), lazy:render(format)) end
    assert.has_error(function() lazy:items "many" end)
  end)
end)

describe("kb:histories", function()
  --- A column of an atom: what a fact has there, or a variable.
  local function column_of(random, value)
    if random(3) == 1 and tell.is_entity(value) then
      return "'" .. value.id:gsub("['\\]", "\\%0") .. "'"
    end
    return random(3) == 1 and "_" or pick(random, { "X", "Y", "Z" })
  end

  --- An atom that some fact matches, where one does.
  local function random_atom(kb, random)
    local relation = pick(random, kb:relations())
    local fact
    for one in kb:history(tell.pattern(relation)) do
      fact = one
      if random(4) == 1 then break end
    end
    if not fact or random(3) == 1 then return tell.pattern(relation) end
    if random(6) == 1 then return fact.text end
    local columns, name = {}, tell.pattern({ name = relation.name, arity = 0 })
    for i = 1, relation.arity do columns[i] = column_of(random, fact[i]) end
    local atom = name .. (#columns > 0 and "(" .. table.concat(columns, ", ") .. ")" or "")
    return atom .. pick(random, { "", "", "", " @ T", " @ X", " @ unknown", " @ 1994", " @ 1994-02-08" })
  end

  --- What a script that looks at every fact would find, in order of telling.
  local function looked_at(view, atom)
    local facts, seen = {}, {}
    for fact in view:history(atom) do
      if not seen[fact.text] then facts[#facts + 1] = fact end
      seen[fact.text] = true
    end
    tell.sort(facts)
    return facts
  end

  local function check_standing(list, hint)
    for i = 1, #list do
      local fact, held, trust = list[i], list:standing(i)
      assert.equal(fact.held, held, hint .. fact.text)
      assert.equal(held and fact.trust or nil, trust, hint .. fact.text)
    end
  end

  it("has the facts that kb:history has, once each, and how they stand (SEED=" .. SEED .. ")", function()
    for i = 1, STEPS do
      local random = helper.random(SEED + i)
      local kb <close> = random_base(random)
      for round = 1, 6 do
        local view = random(3) == 1 and kb or random_view(kb, random)
        local ok, atom = pcall(random_atom, kb, random)
        assert(ok, atom)
        local hint = ("SEED=%d, base %d, %d: %s: "):format(SEED, i, round, atom)
        local readable, facts = pcall(looked_at, view, atom)
        assert.equal(readable, pcall(view.histories, view, atom), hint)
        local list = readable and view:histories(atom) or {}
        local numbers, tuples, here = {}, {}, {}
        for k = 1, #list do
          local fact = list[k]
          local number, name, set = list:tuple(k)
          local tuple = name .. " " .. tell.tuple(fact)
          here[k] = fact.text
          assert.equal(tostring(fact), (list:line(k)))
          assert.equal(tell.name(fact), name)
          assert.equal("integer", math.type(set))
          assert.equal(numbers[tuple] or number, number, hint)
          assert.equal(tuples[number] or tuple, tuple, hint)
          numbers[tuple], tuples[number] = number, tuple
        end
        assert.same(readable and texts(facts) or {}, here, hint)
        if readable then check_standing(list, hint) end
      end
    end
  end)

  it("tells how they stand now, also of a list that was made before", function()
    local kb <close> = assert(dossier.open())
    assert(kb:load_text [[
      source s {}. source t {}.  relation p(x).
      p(a) @ 1994 from s.  p(b) from s.  p(c) from s.  p(d) from t.  deny p(d) from s.
    ]])
    local list = kb:histories "p(X)"
    local function standing()
      local out = {}
      for i = 1, #list do out[i] = tostring(list[i]) .. " " .. table.concat({ tostring(list:standing(i)),
        (select(2, list:standing(i))) }, " ") end
      return table.concat(out, ", ")
    end
    assert.equal("p(a) true single-source, p(b) true single-source, p(c) true single-source, p(d) true contested",
      standing())
    kb:transaction(function(tx)
      tx:retract("p", { "b" }, { source = "s" })
      tx:add("p", { "c" }, { source = "t" })
      tx:add("p", { "a" }, { valid = "1994-02", source = "t" })
    end)
    assert.equal("p(a) true corroborated, p(b) false, p(c) true corroborated, p(d) true contested", standing())
  end)

  it("has nothing where nothing matches, and says what is no atom", function()
    local kb <close> = assert(dossier.open())
    assert(kb:load_text "source s {}. p(a) from s.")
    assert.equal(0, #kb:histories "p(nobody)")
    assert.is_nil((kb:histories "p(a)"):standing(2))
    assert.error_matches(function() kb:histories "q(a)" end, 'no relation called "q"')
    assert.error_matches(function() kb:histories "p(a), p(b)" end, "one atom is due here")
    assert.error_matches(function() kb:histories "p(" end, "expected a value")
  end)
end)

describe("kb:recorded", function()
  local function changed(claims, first, last)
    for _, claim in ipairs(claims) do
      local closed = claim.closed or 0
      if claim.opened > first and claim.opened <= last or closed > first and closed <= last then return true end
    end
    return false
  end

  it("has the facts that transactions changed, as their histories tell (SEED=" .. SEED .. ")", function()
    for i = 1, STEPS do
      local random = helper.random(SEED + i)
      local kb <close> = random_base(random)
      local n = #kb:transactions()
      local first = random(n) - 1
      local last = first + random(4)
      local by_hand, found = {}, {}
      for _, relation in ipairs(kb:relations()) do
        for fact in kb:history(tell.pattern(relation)) do
          if not relation.builtin and not relation.inverse and fact.relation == relation.name
            and changed(fact:history(), first, last) then
            by_hand[fact.text] = true
          end
        end
      end
      local facts, in_order, list = {}, {}, kb:recordings(first, last)
      for fact in kb:recorded(first, last) do
        assert.is_nil(found[fact.text])
        found[fact.text] = true
        facts[#facts + 1] = fact
      end
      tell.sort(facts)
      for k = 1, #list do in_order[k] = list[k] end
      assert.same(texts(facts), texts(in_order))
      assert.same(by_hand, found, ("SEED=%d, base %d"):format(SEED, i))
    end
  end)

  it("has no transaction below 0", function()
    local kb <close> = assert(dossier.open())
    assert.has_error(function() kb:recorded(-1) end)
    assert.is_nil(kb:recorded(0)())
  end)
end)

describe("tell.cases", function()
  it("are a relation's special cases and theirs, by whichever name", function()
    local kb <close> = assert(dossier.open())
    assert(kb:load_text [[
      relation a(x, y).  relation b(x, y) is a(2, 1).  relation c(x, y) inverse b.
      relation d(x, y, z) is c(1, 3).  relation e(x, y).
    ]])
    assert.same({ ["a/2"] = true, ["b/2"] = true, ["c/2"] = true, ["d/3"] = true },
      tell.cases(kb:relations(), "a/2"))
    assert.same({ ["e/2"] = true }, tell.cases(kb:relations(), "e/2"))
  end)
end)
