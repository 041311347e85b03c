--- Rows in a loop: who the entities are, and what becomes of facts and loops that are kept.
local dossier = require "dossier"

--- A base in memory in which each of `n` entities knows the next, and the last the first.
local function ring(n)
  local kb = assert(dossier.open())
  local said = {}
  for i = 1, n do said[i] = ("knows(e%d, e%d)."):format(i, i % n + 1) end
  assert(kb:load_text(table.concat(said, "\n")))
  return kb
end

local function count(...)
  local n = 0
  for _ in ... do n = n + 1 end
  return n
end

--- What a loop gives first, by identifier.
local function ids(...)
  local list = {}
  for who in ... do list[#list + 1] = who.id end
  table.sort(list)
  return table.concat(list, " ")
end

--- Finalizers may take more than one round.
local function collect()
  for _ = 1, 3 do collectgarbage() end
end

describe("an entity of a row", function()
  it("is the key of a table, whatever was collected since", function()
    local kb <close> = ring(5000)
    local seen, other = {}, 0
    for who in kb:facts("knows") do seen[who] = who.id end
    collect()
    for _, whom in kb:facts("knows") do other = other + (seen[whom] == whom.id and 0 or 1) end
    assert.equal(0, other)
    for i = 1, 5000 do assert.equal("e" .. i, seen[dossier.entity("e" .. i)]) end
    assert.is_nil(seen[dossier.entity "e5001"])
  end)

  it("is one object in all bases, views and answers", function()
    local one <close> = ring(600)
    local two <close> = ring(600)
    local seen = {}
    for who in one:facts("knows") do seen[who.id] = who end
    local view <close> = two:view { since = "1990" }
    for _, base in ipairs { two, one, view, two:view { settled = true } } do
      for who, whom in base:facts("knows") do
        assert.equal(seen[who.id], who)
        assert.equal(seen[whom.id], whom)
      end
      for who in base:query "?- knows(X, Y)." do assert.equal(seen[who.id], who) end
      for fact in base:about(seen.e7) do
        assert.is_true(fact[1] == seen.e7 or fact[2] == seen.e7)
      end
    end
  end)

  it("is gone when nobody has it, but for those that the base keeps", function()
    local kb = ring(600)
    local weak = setmetatable({}, { __mode = "k" })
    for who in kb:facts("knows") do weak[who] = true end
    kb:close()
    collect()
    assert.is_nil(next(weak))
  end)

  it("has the label of the base that gave it last", function()
    local one <close> = ring(3)
    local two <close> = ring(3)
    assert(one:load_text 'label(e1, "first").')
    assert(two:load_text 'label(e1, "second") @ 1995/2000.')
    local view <close> = one:view { known_at = 1 }
    local function who(base) return (base:facts("knows", "e1")()) end
    local entity = who(one)
    assert.equal("first", entity.label)
    for _ = 1, 2 do
      assert.equal("second", who(two).label)
      assert.equal("second", entity.label)
      assert.equal("first", who(one).label)
      assert.equal("first", entity.label)
      assert.equal("e1", who(view).label)
      assert.equal("e1", entity.label)
    end
    assert(one:load_text 'label(e2, "another").')
    assert.equal("another", one:facts("knows", "e2")().label)
  end)

  it("has its label anew when the base has moved, and its identifier once it is closed", function()
    local kb = ring(3)
    local entity = kb:facts("knows", "e1")()
    assert.equal("e1", entity.label)
    assert(kb:load_text 'label(e1, "first").')
    assert.equal("first", entity.label)
    local view = kb:view { known_at = 1 }
    assert.equal(entity, (view:facts("knows", "e1")()))
    assert.equal("e1", entity.label)
    view:close()
    assert.equal("first", entity.label)
    kb:close()
    assert.equal("e1", entity.label)
  end)

  it("keeps the base that it came from", function()
    local entity = ring(3):facts("knows", "e1")()
    collect()
    assert.equal("e1", entity.label)
    assert.equal("e1", tostring(entity))
  end)

  it("may have a long name", function()
    local long = "<http://example.org/" .. ("x"):rep(3000) .. ">"
    local kb <close> = assert(dossier.open())
    assert(kb:load_text(("knows(%s, b). knows(b, %s)."):format(long, long)))
    local first, second = kb:facts("knows", long)(), select(2, kb:facts("knows", "b")())
    assert.equal(long, first.id)
    assert.equal(first, second)
    assert.equal(dossier.entity(long), first)
    assert.equal(1, count(kb:facts("knows", first)))
  end)

  it("of a transaction that is rolled back is nobody else later", function()
    local kb <close> = ring(3)
    local lost
    for name = 1, 3 do
      pcall(kb.transaction, kb, function(tx)
        tx:add("knows", { dossier.entity "e1", dossier.entity("passer" .. name) })
        for _, whom in kb:facts("knows", "e1") do
          if whom.id ~= "e2" then lost = whom end
        end
        assert.equal(1, count(kb:facts("knows", nil, lost)))
        assert.equal(lost.id, lost.label)
        error "no"
      end)
      assert.equal("passer" .. name, lost.id)
      assert.equal(0, count(kb:facts("knows", nil, lost)))
      local stays = "stays" .. name -- it has the number that the other had
      assert(kb:load_text(("knows(e1, %s)."):format(stays)))
      assert.equal(0, count(kb:facts("knows", nil, lost)))
      assert.equal(1, count(kb:facts("knows", nil, stays)))
      local met = {}
      for _, whom in kb:facts("knows", "e1") do met[whom.id] = whom end
      assert.is_nil(met[lost.id])
      assert.equal(dossier.entity(stays), met[stays])
    end
  end)

  it("is found in the base that is asked, whichever it was found in before", function()
    local one <close> = ring(3)
    local two <close> = assert(dossier.open())
    assert(two:load_text "knows(e3, e9). knows(e2, e8). knows(e1, e7).")
    local e1, none = dossier.entity "e1", dossier.entity "nobody"
    for _ = 1, 2 do
      assert.equal("e2", select(2, one:facts("knows", e1)()).id)
      assert.equal("e7", select(2, two:facts("knows", e1)()).id)
      assert.equal(0, count(one:facts("knows", none)))
    end
    assert(one:load_text "knows(nobody, e1).")
    assert.equal(1, count(one:facts("knows", none)))
    assert.equal(0, count(two:facts("knows", none)))
  end)

  it("and what is beside it are told apart: dates, texts, times, numbers", function()
    local kb <close> = assert(dossier.open())
    local said = {}
    for i = 1, 400 do
      said[i] = ('has(e%d, 1970-01-%02d, "t%d"@en, 19%02d-%02d, %d).'):format(
        i, i % 28 + 1, i, i % 90, i % 12 + 1, i)
    end
    assert(kb:load_text(table.concat(said, "\n")))
    for _ = 1, 2 do
      local n = 0
      for who, day, text, time, number in kb:facts("has") do
        assert.equal("e" .. number, who.id)
        assert.equal(("1970-01-%02d"):format(number % 28 + 1), tostring(day))
        assert.equal("t" .. number, text.string)
        assert.equal("en", text.lang)
        assert.equal(("19%02d-%02d"):format(number % 90, number % 12 + 1), time.edtf)
        n = n + 1
      end
      assert.equal(400, n)
    end
  end)
end)

describe("a fact of a row", function()
  it("is as it was after the loop, and while the base changes", function()
    local kb <close> = ring(50)
    local facts = {}
    for _, _, fact in kb:facts("knows") do facts[#facts + 1] = fact end
    collect()
    assert(kb:load_text "knows(e1, e50). deny knows(e1, e2) from base.")
    for _, fact in ipairs(facts) do
      local i = tonumber(fact[1].id:sub(2))
      assert.equal(("e%d"):format(i % 50 + 1), fact[2].id)
      assert.equal(("knows(e%d, e%d)"):format(i, i % 50 + 1), tostring(fact))
      assert.equal(tostring(fact), fact.text:gsub(" @.*", ""))
      assert.equal(i == 1 and 2 or 1, #fact.claims)
      assert.equal(fact.claims, fact.claims)
      assert.equal("knows", fact.relation)
    end
  end)

  it("is worded anew when the base has moved", function()
    local kb <close> = ring(3)
    local _, _, fact = kb:facts("knows", "e1")()
    assert.equal("knows(e1, e2)", tostring(fact))
    assert(kb:load_text 'label(e2, "the second").')
    assert.equal("knows(e1, the second)", tostring(fact))
    assert.equal("knows(e1, the second)", tostring(fact))
  end)

  it("says that its base is closed", function()
    local kb = ring(3)
    local _, _, fact = kb:facts("knows", "e1")()
    kb:close()
    assert.error_matches(function() return fact.claims end, "the base is closed")
    assert.error_matches(function() return tostring(fact) end, "the base is closed")
  end)

  it("says that it was read in a transaction that was rolled back", function()
    local kb <close> = ring(3)
    local fact
    local before = select(3, kb:facts("knows", "e1")())
    pcall(kb.transaction, kb, function(tx)
      tx:add("knows", { dossier.entity "e1", dossier.entity "newcomer" })
      for _, whom, one in kb:facts("knows", "e1") do
        if whom.id == "newcomer" then fact = one end
      end
      error "no"
    end)
    assert.error_matches(function() return fact[2] end, "rolled back")
    assert.equal("e2", before[2].id)
  end)
end)

describe("a loop", function()
  it("in a loop of the same relation leaves the outer one alone", function()
    local kb <close> = ring(40)
    local pairs_seen, broken = 0, 0
    for _, whom in kb:facts("knows") do
      for who in kb:facts("knows", whom) do
        assert.equal(whom, who)
        pairs_seen = pairs_seen + 1
      end
      for _ in kb:facts("knows") do
        broken = broken + 1
        if broken % 3 == 0 then break end
      end
      for _ in kb:facts("knows", "nobody") do error "nobody knows" end
    end
    assert.equal(40, pairs_seen)
    assert.equal(40 * 3, broken)
  end)

  it("that a loop begins in another order of ends is its own", function()
    local kb <close> = ring(10)
    local steps, scans = {}, {}
    for i = 1, 4 do
      local step, _, _, scan = kb:facts("knows")
      steps[i], scans[i] = step, scan
    end
    local close = getmetatable(scans[1]).__close
    assert.truthy(steps[2]())
    close(scans[1])
    close(scans[3])
    local again, _, _, reused = kb:facts("knows") -- may have what one of them left
    assert.equal(10, count(again))
    close(reused)
    assert.equal(9, count(steps[2]))
    assert.equal(10, count(steps[4]))
  end)

  it("that is over gives nothing, also while another goes on", function()
    local kb <close> = ring(10)
    local old
    for _ = 1, 3 do
      local step, state, control, scan = kb:facts("knows")
      assert.equal(10, count(step, state, control, scan))
      local n = 0
      for _ in kb:facts("knows") do
        if old then assert.is_nil(old()) end
        assert.is_nil(step())
        n = n + 1
      end
      assert.equal(10, n)
      old = step
    end
  end)

  it("that was closed before its end says so", function()
    local kb <close> = ring(10)
    local step, _, _, scan = kb:facts("knows")
    step()
    getmetatable(scan).__close(scan)
    assert.error_matches(step, "the loop was closed")
  end)

  it("that an error ends leaves room for the next", function()
    local kb <close> = ring(10)
    for i = 1, 20 do
      local ok, message = pcall(function()
        for who in kb:facts("knows") do
          for _ in kb:facts("knows", who) do error("stop " .. i, 0) end
        end
      end)
      assert.is_false(ok)
      assert.equal("stop " .. i, message)
      assert.equal(10, count(kb:facts("knows")))
    end
    assert.error_matches(function() kb:facts("knows", nil, nil, nil) end, "2 columns")
    assert.error_matches(function() kb:facts("knows", {}) end, "came a table")
    assert.equal(10, count(kb:facts("knows")))
  end)

  it("in a coroutine that is never resumed is collected with it", function()
    local kb <close> = ring(10)
    for _ = 1, 50 do
      local co = coroutine.wrap(function()
        for who in kb:facts("knows") do coroutine.yield(who) end
      end)
      assert.truthy(co())
    end
    collect()
    assert.equal(10, count(kb:facts("knows")))
  end)

  it("sees the base as it was when it began", function()
    local kb <close> = ring(10)
    local n = 0
    for who in kb:facts("knows") do
      assert(kb:load_text(("knows(%s, more%d)."):format(who.id, n)))
      n = n + 1
    end
    assert.equal(10, n)
    assert.equal(20, count(kb:facts("knows")))
  end)

  it("goes by what the relation's name means now", function()
    local kb <close> = ring(3)
    local function ask() return count(kb:facts("knows", "e1")) end
    assert.equal(1, ask())
    assert.equal(1, ask())
    assert(kb:load_text "knows(e1, e2, e3).")
    assert.error_matches(ask, "several relations")
    assert.equal(1, count(kb:facts("knows", "e1", nil)))
    assert.equal(1, count(kb:facts("knows", "e1", nil, nil)))
  end)

  it("goes by what a string means now", function()
    local kb <close> = assert(dossier.open())
    assert(kb:load_text "said(a, b).")
    assert.equal(1, count(kb:facts("said", nil, "b")))
    assert(kb:load_text 'said(c, "b"). said(d, "b"@en).')
    assert.equal("a c d", ids(kb:facts("said", nil, "b")))
    assert.equal("a", ids(kb:facts("said", nil, dossier.entity "b")))
    assert.equal("c", ids(kb:facts("said", nil, dossier.text "b")))
  end)

  it("takes no memory that stays", function()
    local kb <close> = ring(2000)
    local function go()
      for _ = 1, 5 do
        for who in kb:facts("knows") do
          for whom in kb:facts("knows", who) do
            if whom then break end
          end
        end
        for _ in kb:query "?- knows(X, Y)." do end
      end
      collect()
      return collectgarbage "count"
    end
    go()
    local before = go()
    assert.is_true(go() - before < 64)
  end)

  it("ends with a message where a finalizer closes the base", function()
    local pause, speed = collectgarbage("setpause", 100), collectgarbage("setstepmul", 400)
    for round = 1, 20 do
      local kb = ring(300 + round)
      local ok, message = pcall(function()
        setmetatable({}, { __gc = function() kb:close() end })
        for _ = 1, 100000 do
          for who, _, fact in kb:facts("knows") do assert(who and fact) end
        end
      end)
      assert.is_false(ok)
      assert.matches("closed", message)
    end
    collectgarbage("setpause", pause)
    collectgarbage("setstepmul", speed)
  end)
end)

describe("a look-up", function()
  local SEED = math.tointeger(tonumber(os.getenv "SEED")) or 20261127

  --- What a pattern matches, sorted: of kb:facts, from values and from the fact alike.
  local function found(kb, relation, ...)
    local list = {}
    for a, b, fact in kb:facts(relation, ...) do
      assert.equal(a, fact.relation == relation and fact[1] or fact[2])
      assert.equal(b, fact.relation == relation and fact[2] or fact[1])
      list[#list + 1] = a.id .. " " .. b.id
    end
    table.sort(list)
    return table.concat(list, ", ")
  end

  it("gives what the relation holds, be it nothing, few rows or many", function()
    print("look-ups: SEED=" .. SEED)
    math.randomseed(SEED)
    local kb <close> = assert(dossier.open())
    assert(kb:load_text "relation knows(entity, entity). relation known_by(entity, entity) inverse knows.")
    local pairs_of, said, ways = {}, {}, { knows = { 1, 2 }, known_by = { 2, 1 } }
    for i = 1, 12 do
      for k = 1, 12 do
        if math.random(12) < i then
          pairs_of[#pairs_of + 1] = { "n" .. i, "n" .. k }
          said[#said + 1] = ("knows(n%d, n%d)."):format(i, k)
        end
      end
    end
    assert(kb:load_text(table.concat(said, "\n")))
    local function expected(way, one, two)
      local list = {}
      for _, pair in ipairs(pairs_of) do
        local a, b = pair[way[1]], pair[way[2]]
        if (not one or a == one) and (not two or b == two) then list[#list + 1] = a .. " " .. b end
      end
      table.sort(list)
      return table.concat(list, ", ")
    end
    for relation, way in pairs(ways) do
      for i = 1, 13 do
        local name, other = "n" .. i, "n" .. math.random(12)
        local entity = dossier.entity(name)
        assert.equal(expected(way, name), found(kb, relation, entity))
        assert.equal(expected(way, name), found(kb, relation, name))
        assert.equal(expected(way, nil, name), found(kb, relation, nil, entity))
        assert.equal(expected(way, other, name), found(kb, relation, other, entity))
        assert.equal(expected(way, name, other), found(kb, relation, entity, other))
      end
    end
  end)

  it("gives the entity that it was asked for, and one that stands for it where they are joined", function()
    local kb <close> = assert(dossier.open())
    assert(kb:load_text "met(a, b). met(c, d). relation saw(entity, entity) symmetric. saw(b, a). saw(c, c).")
    local a, c = dossier.entity "a", dossier.entity "c"
    assert.equal(a, (kb:facts("met", a)()))
    for who, whom in kb:facts("saw", a) do assert.equal("a b", who.id .. " " .. whom.id) end
    assert.equal(1, count(kb:facts("saw", c, c)))
    assert(kb:load_text "same_as(a, c).")
    for _, name in ipairs { a, c } do
      local met = {}
      for who, whom, fact in kb:facts("met", name) do
        assert.equal("a", who.id)
        met[#met + 1] = fact[1].id .. whom.id
      end
      table.sort(met)
      assert.equal("ab cd", table.concat(met, " "))
    end
  end)

  it("gives the entity that it was asked for the label of the view that was asked", function()
    local kb <close> = ring(30)
    assert(kb:load_text 'label(e1, "first").')
    local view <close> = kb:view { known_at = 1 }
    local e1 = dossier.entity "e1"
    for _ = 1, 2 do
      assert.equal("first", (kb:facts("knows", e1)()).label)
      assert.equal("first", e1.label)
      assert.equal("e1", (view:facts("knows", e1)()).label)
      assert.equal("e1", e1.label)
      for who in kb:facts("knows") do assert.truthy(who.label) end
      assert.equal("first", e1.label)
    end
  end)

  it("sees the base as it was when it began, and is over when it is", function()
    local kb <close> = ring(3)
    local step = kb:facts("knows", "e1")
    assert(kb:load_text "knows(e1, e3).")
    assert.equal("e2", select(2, step()).id)
    assert.is_nil(step())
    assert.is_nil(step())
    assert.equal(2, count(kb:facts("knows", "e1")))
  end)

  it("says that its base is closed, or its transaction undone", function()
    local kb = ring(3)
    local step, none = kb:facts("knows", "e1"), kb:facts("knows", "nobody")
    local undone
    pcall(kb.transaction, kb, function(tx)
      tx:add("knows", { dossier.entity "e1", dossier.entity "newcomer" })
      undone = kb:facts("knows", "e1")
      error "no"
    end)
    assert.error_matches(undone, "rolled back")
    kb:close()
    assert.error_matches(step, "the base is closed")
    assert.error_matches(none, "the base is closed")
  end)
end)

describe("the answers of one relation", function()
  it("are told once each, whatever tells facts apart besides", function()
    local kb <close> = assert(dossier.open())
    assert(kb:load_text [[
      at(a, b) @ 1990. at(a, b) @ 1991. at(a, c). at(a, c) @ 1992.
      plain(a, b, 1). plain(a, b, 2). plain(a, a, 1).
      relation met(entity, entity) symmetric. met(a, b). met(a, a).
      relation chaired(entity, entity) is met(1, 2). chaired(a, b). chaired(b, c).
      knows(a, b). knows(c, b).]])
    local function n(text) return count(kb:query(text)) end
    assert.equal(2, n "?- at(X, Y).")
    assert.equal(3, n "?- at(X, Y) @ T.")
    assert.equal(1, n "?- at(X, c) @ unknown.")
    assert.equal(1, n "?- at(X, b).")
    assert.equal(3, n "?- plain(X, Y, Z).")
    assert.equal(2, n "?- plain(X, Y, _).")
    assert.equal(2, n "?- plain(a, b, Z).")
    assert.equal(1, n "?- plain(X, X, Z).")
    assert.equal(5, n "?- met(X, Y).")
    assert.equal(2, n "?- knows(X, b).")
    assert(kb:load_text "same_as(a, c).")
    assert.equal(1, n "?- knows(X, b).")
    assert.equal(kb:prepare("?- knows(X, Y)."):count(), n "?- knows(X, Y).")
  end)

  it("are those of when the loop began, of a transaction that is undone in it, too", function()
    local kb <close> = ring(40)
    local met, lost = {}, {}
    for who, whom in kb:query "?- knows(X, Y)." do
      met[#met + 1] = who.id .. whom.id
      if #met % 10 == 0 then assert(kb:load_text(("knows(new%d, e1)."):format(#met))) end
    end
    table.sort(met)
    assert.equal(40, #met)
    for i = 2, 40 do assert.not_equal(met[i - 1], met[i]) end
    pcall(kb.transaction, kb, function(tx)
      tx:add("knows", { dossier.entity "passer", dossier.entity "e1" })
      local query = kb:prepare "?- knows(X, Y)."
      local step = query:rows()
      for _ = 1, 5 do lost[step().id] = true end
      pcall(function()
        tx:add("knows", { dossier.entity "another", dossier.entity "e1" })
        for who in step do lost[who.id] = true end
      end)
      error "no"
    end)
    local n = 0
    for _ in pairs(lost) do n = n + 1 end
    assert.equal(45, n)
  end)

  it("are told from the middle on", function()
    local kb <close> = ring(30)
    for _, ask in ipairs { { "offset 7", 23 }, { "limit 9 offset 7", 9 }, { "limit 9", 9 } } do
      local seen, n = {}, 0
      for who, whom in kb:query("?- knows(X, Y) " .. ask[1] .. ".") do
        assert.is_nil(seen[who])
        seen[who] = whom
        n = n + 1
      end
      assert.equal(ask[2], n)
    end
  end)
end)
