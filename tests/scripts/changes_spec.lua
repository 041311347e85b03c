local dossier = require "dossier"
local helper = require "tests.helper"
local changes = require "changes"
local tell = require "dossier.tell"

local SEED = tonumber(os.getenv "SEED") or math.random(1 << 30)
local STEPS = tonumber(os.getenv "STEPS") or 40

local function time(edtf) return edtf and assert(dossier.time(edtf)) end

local span = assert(changes.span("1987-02", "1987-03"))

describe("changes number", function()
  it("orders days, also before the year nought", function()
    local days = { "-0044-03-15", "-0044-03-16", "0001-01-01", "1987-02-28", "1987-03-01",
                   "1988-01-01" }
    for i = 2, #days do
      assert(changes.number(days[i - 1]) < changes.number(days[i]), days[i])
    end
  end)
end)

describe("changes span", function()
  it("runs from the first day of the one to the last of the other", function()
    assert.same({ from = changes.number "1987-02-01", to = changes.number "1987-03-31" }, span)
    assert.equal(changes.number "2014-12-31", changes.span("2014", "2014").to)
  end)

  it("says what is no date, has no such day, or stands in the wrong order", function()
    local function why(...)
      local none, message = changes.span(...)
      assert.is_nil(none)
      return message
    end
    assert.truthy(why("soon", "2014"):find "^FROM: soon: not a date")
    assert.truthy(why("2014", "2014-13"):find "^TO: ")
    assert.equal('TO: "2014/.." has no last day; write one, as in 2010-01-01',
      why("2014", "2014/.."))
    assert.equal("2013 lies before 2014; the earlier date stands first", why("2014", "2013"))
    assert.equal("FROM: #1 is a transaction; with --known it may stand here", why("#1", "#2"))
  end)

  it("is a day, or a month or a year, in the title", function()
    local kb <close> = assert(dossier.open())
    local function title(at)
      return changes.main(kb, { from = at, to = at }):render("text"):match "^[^\n]*"
    end
    assert.equal("Changes on 2014-03-18", title "2014-03-18")
    assert.equal("Changes in 2014-03", title "2014-03")
    assert.equal("Changes in 2014", title "2014")
  end)
end)

describe("changes standing", function()
  local function standing(valid, occurs)
    local out = {}
    for i, pair in ipairs(changes.standing({ valid = time(valid), occurs = occurs, arity = 0 },
      span)) do
      out[i] = pair[1] .. " " .. pair[2]
    end
    return table.concat(out, ", ")
  end

  it("of a happening goes by where its date may lie", function()
    assert.equal("happened certain", standing("1987-02-10", true))
    assert.equal("happened certain", standing("1987-02/1987-03", true))
    assert.equal("happened possible", standing("1987", true))
    assert.equal("happened unbounded", standing("1987-01/..", true))
    assert.equal("", standing("1987-04", true))
    assert.equal("", standing(nil, true))
  end)

  it("of what holds goes by its beginning and its end", function()
    assert.equal("began certain", standing("1987-02-10/..", false))
    assert.equal("began certain, ceased certain", standing("1987-02-10/1987-03-01", false))
    assert.equal("began possible", standing("1987/1990", false))
    assert.equal("ceased certain", standing("../1987-02", false))
    assert.equal("ceased unbounded", standing("1980/", false))
    assert.equal("began unbounded", standing("/1990", false))
    assert.equal("", standing("1980/1990", false))
    assert.equal("", standing("../..", false))
  end)

  it("of what held on a lone date is that it held", function()
    assert.equal("held certain", standing("1987-02-10", false))
    assert.equal("held possible", standing("1987", false))
    assert.equal("", standing("1988", false))
  end)
end)

describe("changes sort out", function()
  it("lets a finer telling outside decide, and trust what lies outside", function()
    local kb <close> = assert(dossier.open())
    assert(kb:load_text [[
      source log.  source map.  relation shut(harbour) occurs.  relation sank(ship) once.
      shut(varn) @ 1987 from log.  shut(varn) @ 1987-09-01 from map.
      shut(osk) @ 1987 from log.
      sank(tern) @ 1987-02-10 from log.  sank(tern) @ 1990 from map.
    ]])
    local near = kb:view { since = "1987-02", ["until"] = "1987-03" }
    local facts = {}
    for _, name in ipairs { "shut", "sank" } do
      for _, fact in near:facts(name) do facts[#facts + 1] = fact end
    end
    local by, how, unbounded = changes.sort_out(kb, facts, span)
    assert.equal(2, #by.happened)
    assert.equal("possible", how.happened["shut(osk) @ 1987"])
    assert.equal("certain", how.happened["sank(tern) @ 1987-02-10"])
    assert.equal("contested", by.happened[2].trust)
    assert.equal(0, unbounded)
  end)
end)

describe("changes places of", function()
  local TIMES = { "", " @ 1994", " @ 1994-02", " @ 1994-02-08", " @ 1994?", " @ 199X", " @ 1994/2004",
    " @ 1994-02-08/2004", " @ 1993/..", " @ ../1994", " @ 1994-02-08/1994-02-08", " @ 1994-01-01/1994-12-31" }
  local SPANS = { { "1994", "1994" }, { "1994-02", "1994-02-07" }, { "1990", "1999" }, { "1994-02-08", "2010" } }

  local function random_base(random)
    local function pick(list) return list[random(#list)] end
    local kb, lines = assert(dossier.open()), { [[
      source s1 {}.  source s2 {}.  relation met(entity, entity) occurs symmetric.
      relation owns(entity, entity) holds.  relation opened(entity, date).  relation held(entity).
      relation owned_by(entity, entity) inverse owns.  relation leads(entity, entity) is owns(1, 2).
    ]] }
    for _ = 1, 10 + random(40) do
      local one, other = pick { "a", "b", "c" }, pick { "a", "b", "d" }
      local relation = pick { "met", "owns", "owned_by", "leads", "opened", "held" }
      local atom = relation == "held" and ("held(%s)"):format(one)
        or ("%s(%s, %s)"):format(relation, one, relation == "opened" and pick { "1994", "1994-02-08" } or other)
      lines[#lines + 1] = pick { "", "", "", "deny " } .. atom
        .. (relation == "opened" and "" or pick(TIMES)) .. " from " .. pick { "s1", "s2" } .. "."
    end
    assert(kb:load_text(table.concat(lines, "\n")))
    return kb
  end

  it("has what every fact looked at by itself comes to (SEED=" .. SEED .. ")", function()
    for step = 1, STEPS do
      local random = helper.random(SEED + step)
      local kb <close> = random_base(random)
      local dates = SPANS[random(#SPANS)]
      local days, dated = assert(changes.span(dates[1], dates[2])), {}
      for _, fact in ipairs(tell.stored(kb)) do
        if tell.when(fact) then dated[#dated + 1] = fact end
      end
      local by_hand, how, without_bound = changes.sort_out(kb, dated, days)
      local list = tell.listed(kb, { since = dates[1], ["until"] = dates[2] })
      local by, standing, unbounded = changes.places_of(kb, list, days)
      local hint = ("SEED=%d, base %d"):format(SEED, step)
      for what, facts in pairs(by_hand) do
        local wanted, found = {}, {}
        for i, line in ipairs(tell.lines(facts)) do
          wanted[i] = (how[what][line.fact.text] == "possible" and "? " or "") .. line.text
        end
        for i, place in ipairs(by[what]) do
          local line = type(place) == "table" and place or list[place]
          found[i] = (standing[what][place] == "possible" and "? " or "") .. line.text
        end
        assert.same(wanted, found, hint .. ", " .. what)
      end
      assert.equal(without_bound, unbounded, hint)
    end
  end)
end)

describe("changes transaction at", function()
  it("is the last one at a number, a date or an instant", function()
    local transactions = {
      { number = 1, time = "2026-01-02T03:04:05Z" },
      { number = 2, time = "2026-01-02T03:04:05.000001Z" },
      { number = 3, time = "2026-02-01T00:00:00.5Z" },
    }
    for text, number in pairs {
      ["#2"] = 2, ["#99"] = 99, ["2026-01-01"] = 0, ["2026-01-02"] = 2, ["2026-02-01"] = 3,
      ["2026-01-02T03:04:04Z"] = 0, ["2026-01-02T03:04:05Z"] = 2, ["2026-01-31"] = 2,
      ["2026-02-01T00:00:00.4Z"] = 2, ["2026-03-01"] = 3,
    } do
      assert.equal(number, changes.transaction_at(text, transactions), text)
    end
  end)
end)

describe("changes held at", function()
  it("is while a claim asserts", function()
    local claims = { { verb = "asserts", opened = 2, closed = 4 }, { verb = "denies", opened = 1 } }
    assert.is_false(changes.held_at(claims, 1))
    assert.is_true(changes.held_at(claims, 2))
    assert.is_true(changes.held_at(claims, 3))
    assert.is_false(changes.held_at(claims, 4))
  end)
end)

describe("changes --known", function()
  local folder, path
  setup(function()
    folder = helper.folder()
    path = folder .. "/a.kb"
    local function at(now, change)
      local kb <close> = assert(dossier.open(path, { now = now }))
      change(kb)
    end
    at("2026-01-02T03:04:05Z", function(kb)
      assert(kb:load_text [[
        source log.  source map.  source desk.
        relation depth(harbour, int) key(harbour) phrase "{1} is {2} fathoms deep".
        relation shut(harbour) occurs phrase "{1} was shut".
        depth(varn, 7) from log "p. 3".  shut(varn) @ 1987-11 from log "p. 9".
      ]])
    end)
    at("2026-02-01T00:00:00Z", function(kb)
      kb:transaction(function(tx)
        tx:add("depth", { "varn", 9 }, { source = "map", locator = "2" })
        tx:deny("shut", { "varn" }, { valid = "1987", source = "map", locator = "4" })
      end)
    end)
    at("2026-03-01T00:00:00Z", function(kb)
      kb:transaction(function(tx)
        tx:retract("shut", { "varn" }, { valid = "1987-11", source = "log" })
        tx:deprecate("depth", { "varn", 7 }, { because = "it is worn", by = "desk", of = "log" })
      end)
    end)
    at("2026-04-01T00:00:00Z", function(kb)
      kb:transaction(function(tx)
        tx:add("depth", { "osk", 4 }, { source = "log", kind = "assessed" })
      end)
    end)
    at("2026-05-01T00:00:00Z", function(kb)
      kb:transaction(function(tx) tx:retract("depth", { "osk", 4 }, { source = "log" }) end)
    end)
  end)
  teardown(function() helper.sweep(folder) end)

  local function known(from, to, ...)
    local words = { "-b", path, "changes", from, to, "--known", ... }
    local out, err, code = helper.dossier(words)
    assert.equal("", err)
    return out, code
  end

  it("tells what a transaction recorded, and what is contested since", function()
    assert.equal([[
What was recorded after 2026-01-31 up to 2026-02-01
===================================================

#2, 2026-02-01T00:00:00Z
~~~~~~~~~~~~~~~~~~~~~~~~
- Denied: varn was shut (1987) [denied by map 4]
- Recorded: varn is 9 fathoms deep [map 2]

Held since then
~~~~~~~~~~~~~~~
- varn is 9 fathoms deep [map 2]

Newly contested
~~~~~~~~~~~~~~~

Depth: varn (two values where one is allowed)
- varn is 7 fathoms deep [log p. 3]
- varn is 9 fathoms deep [map 2]

Shut: varn (asserted and denied)
- Asserted: varn was shut (1987-11) [log p. 9]
- Denied: varn was shut (1987) [denied by map 4]
]], (known("2026-01-31", "2026-02-01")))
  end)

  it("tells what was retracted, judged and settled", function()
    assert.equal([[
What was recorded after #2 up to #3
===================================

#3, 2026-03-01T00:00:00Z
~~~~~~~~~~~~~~~~~~~~~~~~
- Retracted: varn was shut (1987-11) [log p. 9]
- Deprecated: varn is 7 fathoms deep, as log has it, because it is worn [deprecated by desk]

No longer held
~~~~~~~~~~~~~~
- varn was shut (1987-11) [log p. 9]

Settled by a verdict
~~~~~~~~~~~~~~~~~~~~

Depth: varn (two values where one is allowed)
- varn is 7 fathoms deep [log p. 3]
- varn is 9 fathoms deep [map 2]

No longer contested
~~~~~~~~~~~~~~~~~~~

Shut: varn (asserted and denied)
- Asserted: varn was shut (1987-11) [log p. 9]
- Denied: varn was shut (1987) [denied by map 4]
]], (known("#2", "#3")))
  end)

  it("tells what came and went in between, and does not call it held", function()
    local out = known("#3", "2026-06-01")
    assert.truthy(out:find("- Recorded: osk is 4 fathoms deep (assessed) [log]", 1, true), out)
    assert.truthy(out:find("- Retracted: osk is 4 fathoms deep (assessed) [log]", 1, true), out)
    assert.falsy(out:find("eld since", 1, true), out)
  end)

  it("tells of claims in view only", function()
    local out = known("#0", "#9", "--source", "map")
    assert.truthy(out:find("- Recorded: varn is 9 fathoms deep [map 2]", 1, true), out)
    assert.falsy(out:find("[log", 1, true), out)
    for most = 0, 3 do
      changes.looked_up_most = most
      local kb <close> = assert(dossier.open(path))
      local text = changes.main(kb:view { sources = "map" },
        { from = "#0", to = "#9", known = true }):render "text"
      assert.equal(out, text)
    end
  end)

  it("says that some lines are not shown, and shows all when asked to", function()
    local kb <close> = assert(dossier.open(path))
    local shown = changes.lines_shown
    finally(function() changes.lines_shown = shown end)
    changes.lines_shown = 1
    local args = { from = "#0", to = "#1", known = true }
    local text = changes.main(kb, args):render "text"
    assert.truthy(text:find("\nAnd 1 more; --all shows all.\n", 1, true), text)
    args.all = true
    assert.falsy(changes.main(kb, args):render "text":find("more; --all", 1, true))
  end)

  it("exits with 1 where nothing was recorded, with 2 where it is asked wrongly", function()
    local out, code = known("2026-06-01", "2026-07-01")
    assert.equal(1, code)
    assert.truthy(out:find("No claim was recorded or retracted then.", 1, true))
    for _, case in ipairs {
      { { "#4", "#2", "--known" }, "#2 lies before #4; the earlier moment stands first" },
      { { "soon", "#2", "--known" }, 'FROM: known_at is "soon"; a date, an instant such as' },
      { { "2014", "2013" }, "2013 lies before 2014; the earlier date stands first" },
      { { "2014" }, "TO is missing" },
    } do
      local words = { "-b", path, "changes", table.unpack(case[1]) }
      local _, err
      _, err, code = helper.dossier(words)
      assert.equal(2, code)
      assert.equal("dossier: " .. case[2], err:sub(1, #case[2] + 9))
    end
  end)
end)
