--- What queries keep for one another while the base stands still: it changes no answer,
--- and a query that runs again is not planned again.
local dossier = require "dossier"
local helper = require "tests.helper"

local SEED = tonumber(os.getenv "SEED") or 20261201
local STEPS = tonumber(os.getenv "STEPS") or (helper.sanitized and 150 or 800)

local NODES = { "a", "b", "c", "d", "e", "g" }

local RULES = {
  "reach(X, Y) :- edge(X, Y).",
  "reach(X, Z) :- reach(X, Y), edge(Y, Z).",
  "twice(X, Z) :- reach(X, Y), reach(Y, Z).",
  "lone(X) :- node(X), not reach(X, _).",
  "fans(X, N) :- node(X), N = count{ Y : reach(X, Y) }.",
  "edge(X, Y) :- link(Y, X).",
  "kin(X, Y) :- reach(X, Y), reach(Y, X).",
  "near(X, N) :- N = min{ D : start(X), D = 0 }.",
  "near(Y, N) :- N = min{ D + 1 : near(X, D), edge(X, Y) }.",
  "was(X) @ T :- born(X) @ T, reach(X, _).",
  "odd(X, Y) :- edge(X, Y), f(X) = Y.",
  "listed(X, Y) :- tab(X, Y), not reach(X, Y).",
  "node(X) :- tab(X, _).",
}

local QUERIES = {
  "?- reach(X, Y).", "?- reach(a, Y).", "?- twice(X, Y).", "?- lone(X).", "?- fans(X, N).",
  "?- kin(X, Y), X != Y.", "?- near(X, N).", "?- was(X) @ T.", "?- odd(X, Y).",
  "?- listed(X, Y).", "?- N = count{ X, Y : reach(X, Y) }.", "?- node(X), not kin(X, X).",
  "?- born(X) @ T, lone(X).", "?- same(X, Y).", "?- reach(X, Y), not same(X, Y).",
  "reach(X, Y) :- link(X, Y). ?- reach(X, Y).",
  "own(X) :- reach(X, X). ?- own(X).",
  "lone(a) :- node(b). ?- lone(X).",
  "edge(a, a) :- node(a). ?- fans(X, N).",
  "?- reach(X, Y) order by Y desc limit 3.", "?- edge(X, Y), link(Y, X).",
}

local PREPARED = {
  "?- reach($x, Y).", "?- fans($x, N).", "?- kin(X, $x).", "?- near($x, N), N < 3.",
  "?- node($x), not reach($x, a).", "?- reach(X, Y), X != $x.", "?- twice($x, Y).",
  "?- edge($x, Y), reach(Y, Z), not edge(Z, $x).", "?- N = count{ Y : reach($x, Y) }.",
  "?- born($x) @ T.",
}

--- All that a query comes to, as text.
local function came_to(run)
  local ok, out = pcall(function()
    local lines = {}
    for x, y, z in run() do
      lines[#lines + 1] = ("%s %s %s"):format(tostring(x), tostring(y), tostring(z))
    end
    return table.concat(lines, "\n")
  end)
  return ok and out or "error: " .. tostring(out):match "[^\n]*":gsub("^%S+:%d+: ", "")
end

describe("what queries keep", function()
  local folder, kept, plain, random, n, live, views, factor

  --- The same to both bases; they must take it alike.
  local function both(f)
    local a, b = { pcall(f, kept) }, { pcall(f, plain) }
    assert.equal(a[1], b[1])
    assert.equal(a[2] == nil, b[2] == nil)
  end

  local function pick(list) return list[random(#list)] end

  --- Letters that no plan was made for.
  local function fresh(text)
    n = n + 1
    return text .. ("\n%% %d"):format(n)
  end

  local function compare(what, run_kept, run_plain)
    assert.equal(came_to(run_plain), came_to(run_kept), ("%s; SEED=%d"):format(what, SEED))
  end

  local function ask(a, b)
    if random(2) == 1 then
      local text = pick(QUERIES)
      compare(text, function() return a:query(text) end,
        function() return b:query(fresh(text)) end)
    else
      local text, x = pick(PREPARED), { x = dossier.entity(pick(NODES)) }
      compare(text .. tostring(x.x), function() return a:query(text, x) end,
        function() return b:query(fresh(text), x) end)
    end
  end

  --- A query that was prepared once, and whenever that was.
  local function ask_live()
    local text, x = pick(PREPARED), { x = dossier.entity(pick(NODES)) }
    if not live[text] then
      live[text] = kept:prepare(text)
      if not live[text] then return end
    end
    -- whether a query needs rules is found when it is prepared
    local again = plain:prepare(fresh(text))
    if not again then return end
    compare(text .. tostring(x.x), function() return live[text]:rows(x) end,
      function() return again:rows(x) end)
    again:close()
  end

  local steps = {
    function(change) change(function(tx)
        tx:add(random(2) == 1 and "edge" or "link", { pick(NODES), pick(NODES) })
      end) end,
    function(change) change(function(tx)
        tx:retract("edge", { pick(NODES), pick(NODES) })
      end) end,
    function(change) change(function(tx)
        tx:add("born", { pick(NODES) }, { valid = tostring(1980 + random(9)) })
      end) end,
    function() local text = pick(RULES); both(function(kb) return kb:load_text(text) end) end,
    function()
      local name = pick { "reach", "lone", "fans", "edge", "kin", "near", "odd", "node" }
      both(function(kb) return kb:drop_rule(name) end)
    end,
    function() both(function(kb) return kb:load_text "reach(X, Y) :- nowhere(X), ." end) end,
    function()
      factor = random(3)
      local to = NODES[factor]
      both(function(kb)
        return kb:define("f", function() return dossier.entity(to) end)
      end)
    end,
    function()
      both(function(kb) return kb:load_text "relation same(entity, entity) symmetric." end)
    end,
    function(change) change(function(tx) tx:add("same", { pick(NODES), pick(NODES) }) end) end,
    function()
      local as_of = tostring(1980 + random(9))
      views = { kept:view { as_of = as_of }, plain:view { as_of = as_of } }
    end,
    function() collectgarbage() end,
  }

  before_each(function()
    folder = helper.folder()
    kept, plain = dossier.open(), dossier.open(nil, { derived_mb = -1 })
    random, n, live, views = helper.random(SEED), 0, {}, nil
    both(function(kb)
      return kb:load_text [[
        relation edge(entity, entity). relation link(entity, entity). relation node(entity).
        relation born(entity) holds. relation start(entity).
        edge(a, b). edge(b, c). link(c, d). node(a). node(b). node(c). node(d). start(a).
        born(a) @ 1984. born(b) @ 1986-02.
      ]]
    end)
    both(function(kb) return kb:define("f", function(x) return x end) end)
    for _ = 1, 6 do local text = pick(RULES); both(function(kb) return kb:load_text(text) end) end
  end)

  after_each(function()
    for _, q in pairs(live) do q:close() end
    helper.sweep(folder)
  end)

  local function alone(change)
    local state = random
    local seed = random(1 << 30)
    both(function(kb)
      random = helper.random(seed)
      return kb:transaction(change)
    end)
    random = state
  end

  it("changes no answer, whatever happens between them", function()
    print(("what queries keep: SEED=%d STEPS=%d"):format(SEED, STEPS))
    for i = 1, STEPS do
      if i == STEPS // 2 then
        helper.write(folder .. "/t.tsv", "a\tb\nb\td\ng\ta\n")
        both(function(kb) return kb:table("tab", folder .. "/t.tsv") end)
      end
      local what = random(10)
      if what <= 4 then ask(kept, plain)
      elseif what <= 6 then ask_live()
      elseif what == 7 and views then ask(views[1], views[2])
      else steps[random(#steps)](alone) end
    end
  end)

  it("is taken back with a transaction", function()
    for _ = 1, STEPS // 10 do
      local seed, commits = random(1 << 30), random(2) == 1
      local told = {}
      for i, kb in ipairs { kept, plain } do
        local draw = helper.random(seed)
        local list = {}
        told[i] = list
        local function node() return NODES[draw(#NODES)] end
        pcall(kb.transaction, kb, function(tx)
          for _ = 1, 4 do
            tx:add("edge", { node(), node() })
            if draw(3) == 1 then tx:add("fresh" .. draw(3), { node() }) end
            if draw(3) == 1 then kb:load_text(RULES[draw(#RULES)]) end
            for _ = 1, 2 do
              local text = QUERIES[draw(#QUERIES)]
              list[#list + 1] = came_to(function()
                return kb:query(i == 1 and text or fresh(text))
              end)
            end
          end
          if not commits then error "taken back" end
        end)
        for _ = 1, 3 do
          local text = QUERIES[draw(#QUERIES)]
          list[#list + 1] = came_to(function()
            return kb:query(i == 1 and text or fresh(text))
          end)
        end
      end
      assert.same(told[2], told[1], ("SEED=%d"):format(SEED))
    end
  end)

  it("is out of date when another handle has written", function()
    local path = folder .. "/base.kb"
    local one = assert(dossier.open(path))
    assert(one:load_text [[
      relation edge(entity, entity).
      edge(a, b). reach(X, Y) :- edge(X, Y). reach(X, Z) :- reach(X, Y), edge(Y, Z).
    ]])
    local other = assert(dossier.open(path))
    local q = other:prepare "?- reach($x, Y)."
    assert.equal(1, q:count { x = "a" })
    assert.equal(1, #other:prepare("?- reach(X, Y)."):all())
    one:transaction(function(tx) tx:add("edge", { "b", "c" }) end)
    other:refresh()
    assert.equal(2, q:count { x = "a" })
    assert.equal(3, #other:prepare("?- reach(X, Y)."):all())
    one:load_text "reach(X, X) :- edge(X, _)."
    other:refresh()
    assert.equal(3, q:count { x = "a" })
    q:close()
    other:close()
    one:close()
  end)

  it("does not hold what functions of the host give", function()
    local kb, calls = dossier.open(), 0
    kb:define("tick", function(_) calls = calls + 1; return calls end)
    kb:load_text "p(1). q(X, Y) :- p(X), Y = tick(X). r(N) :- N = count{ X, Y : q(X, Y) }."
    local q = kb:prepare "?- q(X, Y)."
    for i = 1, 3 do
      assert.equal(calls + 1, (q:all()[1].Y))
      assert.equal(1, (kb:prepare "?- r(N).":first()))
      assert.is_true(calls >= 2 * i)
    end
  end)

  it("does not mix a query's own rules with those of the base", function()
    local kb = dossier.open()
    kb:load_text "p(1). q(X) :- p(X)."
    assert.equal(1, kb:prepare("?- q(X)."):count())
    assert.equal(2, kb:prepare("q(7) :- p(1). ?- q(X)."):count())
    assert.equal(2, kb:prepare("q(7) :- p(1). ?- q(X)."):count())
    assert.equal(1, kb:prepare("?- q(X)."):count())
    assert.equal(2, kb:prepare("p(2) :- p(1). ?- q(X)."):count())
    assert.equal(1, kb:prepare("?- q(X)."):count())
  end)

  it("leaves the parameters of a query to whoever set them", function()
    local kb = dossier.open()
    kb:load_text "relation e(entity, entity). e(a, b). r(X, Y) :- e(X, Y)."
    for _ = 1, 2 do
      local q = kb:prepare "?- r($x, Y)."
      assert.has_error(function() q:count() end)
      assert.equal(1, q:count { x = "a" })
      q:close()
    end
  end)
end)

describe("a query that runs again", function()
  it("is not planned again", function()
    local out = helper.host "logic_shelf"
    assert.equal("all is well\n", out)
  end)
end)
