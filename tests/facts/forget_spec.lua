--- Forgetting a source: what only it said is in no byte of the file, and all else is as
--- it was.
local dossier = require "dossier"
local helper = require "tests.helper"

local function run(...) return helper.dossier { ... } end

local function export(base, ...)
  local text, err, code = run("-b", base, "export", ...)
  assert.equal(0, code, err)
  return text
end

--- The words that only `leak` says, in names, texts, labels, locators and quotations.
local secrets = { "zorkmid", "Frobozz", "quuxlocator", "plughquote", "xyzzyspeaker",
                  "A leaked title", "leakeditor", "1987-06-05/1987-07", "gruelabel",
                  "sinkretracted", "aliasofleak", "verdictreason" }

local declared = [[
relation knows(entity, entity).
relation said(entity, text).
relation pair(entity, entity) symmetric.
source paper { title: "A paper" }.
]]

local kept = [[
knows(alice, bob) from paper "p. 1".
knows(bob, carol) @ 1999 from paper "p. 2" grade 2 quote "as told".
said(alice, "shared words") from paper.
label(alice, "Alice").
pair(alice, bob) from paper.
deny knows(carol, alice) from paper.
]]

local leak = [[
source leak { title: "A leaked title", author: "leakeditor" }.
derived_from(paper, leak).
alias(leak, "aliasofleak").
knows(alice, bob) from leak "quuxlocator".
knows(zorkmid, alice) @ 1987-06-05/1987-07 from leak quote "plughquote".
attributed(xyzzyspeaker) knows(bob, carol) @ 1999 from leak.
said(alice, "Frobozz words") from leak.
said(alice, "shared words") from leak.
label(zorkmid, "gruelabel") from leak.
knows(alice, sinkretracted) from leak.
deprecate knows(alice, bob) from leak because "verdictreason" by paper.
]]

local function load(base, text)
  local out, err, code = helper.dossier({ "-b", base, "load", "-" }, text)
  assert.equal(0, code, err)
  return out
end

--- No byte of the base or of what lies beside it has any of the secrets.
local function assert_clean(base)
  for _, suffix in ipairs { "", "-wal", "-journal" } do
    local bytes = (helper.read(base .. suffix) or ""):lower()
    for _, secret in ipairs(secrets) do
      assert.is_nil(bytes:find(secret:lower(), 1, true), secret .. " is in " .. suffix)
    end
    assert.is_nil(bytes:find("leak", 1, true), "leak is in " .. suffix)
  end
end

local function verify(base)
  local copy = base .. ".verified"
  local _, err, code = run("-b", base, "backup", "--force", copy)
  assert.equal(0, code, err)
end

describe("forget", function()
  local folder, base, other
  before_each(function()
    folder = helper.folder()
    base, other = folder .. "/a.kb", folder .. "/b.kb"
    for _, path in ipairs { base, other } do
      load(path, declared)
      load(path, kept)
    end
  end)
  after_each(function() helper.sweep(folder) end)

  local function make(merge_bound)
    local kb = assert(dossier.open(base, { merge_bound = merge_bound }))
    assert(kb:load_text(leak))
    assert(kb:load_text "retract knows(alice, sinkretracted) from leak.")
    kb:close()
  end

  for _, bound in ipairs { 1, 4096 } do
    it("leaves no trace in the file, and all else, with a merge bound of " .. bound,
      function()
        make(bound)
        assert.truthy(helper.read(base):find("zorkmid", 1, true))
        local out, err, code = run("-b", base, "forget", "leak")
        assert.equal(0, code, err)
        assert.truthy(out:find("leak is forgotten: 13 claims, ", 1, true), out)
        assert_clean(base)
        verify(base)
        assert.equal(export(other), export(base))
        local kb = assert(dossier.open(base))
        assert.equal(4, #kb:transactions())
        local past = kb:view { known_at = kb:transactions()[3].time }
        assert.equal(export(other), (past:export()))
        past:close()
        kb:close()
        _, err, code = run("-b", base, "compact")
        assert.equal(0, code, err)
        assert_clean(base)
        assert.equal(export(other), export(base))
        local seen = export(base, "--history")
        for _, secret in ipairs(secrets) do assert.is_nil(seen:find(secret, 1, true)) end
      end)
  end

  it("is found whole after more of the same is added", function()
    make(1)
    run("-b", base, "forget", "leak")
    make(1)
    load(other, leak)
    load(other, "retract knows(alice, sinkretracted) from leak.")
    verify(base)
    assert.equal(export(other), export(base))
    run("-b", base, "forget", "leak")
    assert_clean(base)
    verify(base)
  end)

  it("leaves a search that finds what is left, and that alone", function()
    make(4096)
    local kb = assert(dossier.open(base))
    assert.truthy(kb:search "frobozz"())
    kb:close()
    assert.equal(0, select(3, run("-b", base, "forget", "leak")))
    kb = assert(dossier.open(base, { read_only = true }))
    assert.is_nil(kb:search "frobozz"())
    assert.is_nil(kb:search "plughquote"())
    assert.equal("shared words", kb:search "share"().text)
    assert.equal("as told", kb:search "told"().text)
    assert(kb:verify())
    kb:close()
  end)

  it("says what would go, and changes nothing, in a dry run", function()
    make()
    local before = helper.read(base)
    local out, err, code = run("-b", base, "forget", "leak", "--dry-run")
    assert.equal(0, code, err)
    assert.truthy(out:find('- knows(alice, bob) from leak "quuxlocator"\n', 1, true), out)
    assert.truthy(out:find("leak would be forgotten: 13 claims", 1, true), out)
    assert.truthy(out:find("(nothing changed)", 1, true), out)
    assert.equal(before, helper.read(base))
  end)

  it("refuses `base`, an unknown source, and a view", function()
    make()
    local _, err, code = run("-b", base, "forget", "base")
    assert.equal(2, code)
    assert.truthy(err:find('the source "base" is built in', 1, true), err)
    _, err, code = run("-b", base, "forget", "leek")
    assert.equal(2, code)
    assert.truthy(err:find('no source called "leek"; did you mean "leak"?', 1, true), err)
    local kb = assert(dossier.open(base))
    local view = kb:view { sources = { "leak" } }
    local done, _, why = view:forget "leak"
    assert.is_nil(done)
    assert.equal("read-only", why)
    view:close()
    kb:close()
  end)

  it("refuses where a rule names what would go, until the rule is dropped", function()
    make()
    load(base, "odd(X) :- knows(zorkmid, X).")
    local _, err, code = run("-b", base, "forget", "leak")
    assert.equal(2, code)
    assert.truthy(err:find('rule #1 names "zorkmid", which would be forgotten', 1, true), err)
    assert.truthy(export(base):find("zorkmid", 1, true))
    run("-b", base, "rules", "--drop", "#1")
    _, err, code = run("-b", base, "forget", "leak")
    assert.equal(0, code, err)
    assert_clean(base)
    load(base, "even(X) :- knows(alice, X).")
    assert.truthy((run("-b", base, "rules")):find("#2", 1, true))
  end)

  it("keeps the source's name and label where something else names it", function()
    make()
    load(base, 'knows(alice, leak) from paper. label(leak, "The Leak").')
    load(other, 'knows(alice, leak) from paper. label(leak, "The Leak"). '
      .. 'alias(leak, "aliasofleak").')
    local _, err, code = run("-b", base, "forget", "leak")
    assert.equal(0, code, err)
    assert.equal(export(other), export(base))
  end)

  it("cannot be reached past by undo", function()
    make()
    run("-b", base, "forget", "leak")
    local _, err, code = run("-b", base, "undo", "#3")
    assert.equal(2, code)
    assert.truthy(err:find("transaction 3 cannot be undone: a source was forgotten after "
      .. "transaction 4", 1, true), err)
    load(base, "knows(dora, alice) from paper.")
    _, err, code = run("-b", base, "undo")
    assert.equal(0, code, err)
  end)

  it("is followed by handles that were open, which bring nothing back", function()
    make()
    local kb = assert(dossier.open(base))
    local zorkmid
    for who in kb:facts("knows", nil, "alice") do zorkmid = who end
    assert.equal("zorkmid", zorkmid.id)
    assert(kb:load_text "knows(alice, news) from paper.") -- and its snapshot is let go
    load(other, "knows(alice, news) from paper.")
    local _, err, code = run("-b", base, "forget", "leak")
    assert.equal(0, code, err)
    assert(kb:load_text "knows(zorkmid, bob) from paper.")
    load(other, "knows(zorkmid, bob) from paper.")
    kb:close()
    verify(base)
    assert.equal(export(other), export(base))
  end)

  it("waits for readers of an older state, and gives up with nothing changed", function()
    make()
    local reader = assert(dossier.open(base))
    local step, state, start, rows = reader:query "?- knows(X, Y)."
    step(state, start)
    load(base, "knows(new, news) from paper.")
    local kb = assert(dossier.open(base, { busy_ms = 50 }))
    local done, message, why = kb:forget "leak"
    assert.is_nil(done)
    assert.equal("busy", why)
    assert.truthy(message:find("try again when it is done", 1, true))
    getmetatable(rows).__close(rows)
    reader:close()
    assert.truthy(export(base):find("zorkmid", 1, true))
    assert(kb:forget "leak")
    kb:close()
    assert_clean(base)
  end)

  it("leaves the base as it was or as it should be, whenever it is killed", function()
    make(1)
    local before, after = export(base), export(other)
    local bytes = helper.read(base)
    local seen = {}
    for i = 1, 25 do
      os.remove(base .. "-wal")
      os.remove(base .. "-shm")
      helper.write(base, bytes)
      helper.shell(("timeout -s KILL %.4f %s -b %s forget leak"):format(i * 0.0012,
        helper.quote(helper.build .. "/dossier"), helper.quote(base)))
      verify(base)
      local now = export(base)
      assert.is_true(now == before or now == after)
      seen[now] = true
      local _, err, code = run("-b", base, "forget", "leak")
      if code ~= 0 then assert.truthy(err:find("no source called", 1, true), err) end
      _, err, code = run("-b", base, "compact")
      assert.equal(0, code, err)
      assert_clean(base)
      assert.equal(after, export(base))
    end
    assert.truthy(seen[before])
  end)

  it("forgets what files made, so that loading them again is a first load", function()
    local file = helper.write(folder .. "/leak.dl", leak)
    run("-b", base, "load", file)
    run("-b", base, "forget", "leak")
    assert_clean(base)
    local _, err, code = run("-b", base, "load", "--replace", file)
    assert.equal(0, code, err)
    assert.truthy(err:find("was not loaded into this base before", 1, true), err)
    verify(base)
  end)
end)

describe("forget, on random bases", function()
  local seed = tonumber(os.getenv "SEED") or 20261127
  local steps = tonumber(os.getenv "STEPS") or 12
  local names = { "ann", "ben", "cid", "dan", "eve", "fay" }

  --- A claim of a source, in the language; with words of its own now and then.
  local function claim(random, source)
    local function name()
      return random(4) == 1 and source .. "only" .. random(5) or names[random(#names)]
    end
    local text = ("%sr%d(%s, %s)%s from %s%s."):format(random(6) == 1 and "deny " or "",
      random(3), name(), name(), random(2) == 1 and " @ " .. 1990 + random(9) or "",
      source, random(2) == 1 and (' "%s loc %d"'):format(source, random(3)) or "")
    return text
  end

  it("is as if the source had never said anything (SEED=" .. seed .. ")", function()
    for round = 1, steps do
      local random = helper.random(seed + round)
      local folder = helper.folder()
      local all = assert(dossier.open(folder .. "/all.kb", { merge_bound = random(30) }))
      local without = assert(dossier.open(folder .. "/without.kb"))
      local sources = { "one", "two", "three" }
      for _, kb in ipairs { all, without } do
        assert(kb:load_text "relation r1(entity, entity). relation r2(entity, entity) symmetric. relation r3(entity, entity).")
      end
      for _, source in ipairs(sources) do
        local text = ('source %s { title: "The %s" }.'):format(source, source)
        assert(all:load_text(text))
        if source ~= "two" then assert(without:load_text(text)) end
      end
      for _ = 1, random(25) do
        local mine, theirs = {}, {}
        for _ = 1, random(8) do
          local source = sources[random(3)]
          local text = claim(random, source)
          if random(5) == 1 and not text:find "^deny" then text = "retract " .. text end
          mine[#mine + 1] = text
          if source ~= "two" then theirs[#theirs + 1] = text end
        end
        assert(all:load_text(table.concat(mine, "\n")))
        assert(without:load_text(table.concat(theirs, "\n")))
      end
      assert(all:forget "two")
      assert.equal(without:export(), all:export(), "round " .. round)
      assert(all:backup(folder .. "/copy.kb"))
      for _, path in ipairs { "/all.kb", "/all.kb-wal", "/copy.kb" } do
        local bytes = helper.read(folder .. path) or ""
        assert.is_nil(bytes:find("twoonly", 1, true))
        assert.is_nil(bytes:find("two loc", 1, true))
      end
      all:close()
      without:close()
      helper.sweep(folder)
    end
  end)
end)
