local bases = require "tests.io.bases"
local dossier = require "dossier"
local helper = require "tests.helper"
local history = require "history"
local report = require "dossier.report"
local tell = require "dossier.tell"

local SEED = tonumber(os.getenv "SEED") or math.random(1 << 30)
local STEPS = tonumber(os.getenv "STEPS") or 20

local times = { "2026-01-02T03:04:05.000001Z", "2026-02-01T00:00:00Z" }

local function claim(changed)
  local one = { verb = "asserts", kind = "stated", source = dossier.entity "log", opened = 1,
                citation = "log" }
  for key, value in pairs(changed) do one[key] = value end
  return one
end

describe("history moment", function()
  it("has the transaction's number and its time to the second", function()
    assert.equal("#1 2026-01-02T03:04:05Z", history.moment(1, times))
    assert.equal("#2 2026-02-01T00:00:00Z", history.moment(2, times))
  end)
end)

describe("history describe", function()
  it("has manner, grade, confidence and wording", function()
    assert.equal("asserted", history.describe(claim {}, times))
    assert.equal("denied, grade B2, \"no\"",
      history.describe(claim { verb = "denies", grade = "b2", quotation = "no" }, times))
    assert.equal("asserted as its own judgement, confidence 0.5",
      history.describe(claim { kind = "assessed", confidence = 0.5 }, times))
    assert.equal("asserted as said by ida",
      history.describe(claim { kind = "attributed", speaker = dossier.entity "ida" }, times))
  end)

  it("has a verdict's reason and whom it judges", function()
    assert.equal("deprecated as log has it, because it is worn",
      history.describe(claim { verb = "deprecates", target = dossier.entity "log",
                               quotation = "it is worn" }, times))
    assert.equal("preferred", history.describe(claim { verb = "prefers" }, times))
  end)

  it("says when a claim was retracted", function()
    assert.equal("asserted; retracted in #2 2026-02-01T00:00:00Z",
      history.describe(claim { closed = 2 }, times))
  end)
end)

describe("history in order", function()
  it("goes by transaction, then by verb and citation", function()
    local a = claim { opened = 2 }
    local b = claim { verb = "denies" }
    local c = claim { citation = "log 1" }
    local d = claim {}
    assert.same({ d, c, b, a }, history.in_order { a, b, c, d })
  end)
end)

describe("history standing", function()
  it("tells what is held from what is only denied, or no more", function()
    assert.equal("held, contested",
      history.standing { held = true, trust = "contested", claims = {} })
    assert.equal("not held, only denied",
      history.standing { held = false, claims = { { verb = "denies" } } })
    assert.equal("not held", history.standing { held = false, claims = {} })
  end)
end)

describe("history", function()
  local folder, path
  setup(function()
    folder = helper.folder()
    path = folder .. "/a.kb"
    do
      local kb <close> = assert(dossier.open(path, { now = "2026-01-02T03:04:05Z" }))
      assert(kb:load_text [[
        source log.  source map.
        relation depth(harbour, int) key(harbour) phrase "{1} is {2} fathoms deep".
        relation shut(harbour) occurs phrase "{1} was shut".  label(varn, "Varn Roads").
        depth(varn, 7) from log "p. 3" grade b2.  shut(varn) @ 1987-11 from log "p. 9".
      ]])
    end
    local kb <close> = assert(dossier.open(path, { now = "2026-02-01T00:00:00Z" }))
    kb:transaction(function(tx)
      tx:add("depth", { "varn", 9 }, { source = "map", quotation = "nine" })
      tx:deny("shut", { "varn" }, { valid = "1987", source = "map" })
      tx:retract("shut", { "varn" }, { valid = "1987-11", source = "log" })
    end)
  end)
  teardown(function() helper.sweep(folder) end)

  local function run(...) return helper.dossier { "-b", path, "history", ... } end

  it("tells every claim on every fact that matches", function()
    local out, err, code = run "depth(varn, D)"
    assert.equal("", err)
    assert.equal(0, code)
    assert.equal([[
History of depth(varn, D)
=========================

Varn Roads is 7 fathoms deep (held, contested)
~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
#1 2026-01-02T03:04:05Z  asserted, grade B2 [log p. 3]

Varn Roads is 9 fathoms deep (held, contested)
~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
#2 2026-02-01T00:00:00Z  asserted, "nine" [map]
]], out)
  end)

  it("tells of what is held no more, or was only ever denied", function()
    assert.equal([[
History of shut(X)
==================

Varn Roads was shut (1987) (not held, only denied)
~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
#2 2026-02-01T00:00:00Z  denied [denied by map]

Varn Roads was shut (1987-11) (not held)
~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
#1 2026-01-02T03:04:05Z  asserted; retracted in #2 2026-02-01T00:00:00Z [log p. 9]
]], (run "shut(X)"))
  end)

  it("knows from the view what is held", function()
    assert.truthy(run("depth(varn, 9)", "--source", "log"):find("deep (not held)", 1, true))
    local out = run("shut(varn) @ 1987-11", "--known-at", "#1")
    assert.truthy(out:find("Varn Roads was shut (1987-11) (held, single-source)", 1, true), out)
  end)

  it("exits with 1 where no claim was made, and with 2 where the fact cannot be read",
    function()
      local out, err, code = run "shut(osk)"
      assert.equal("", err)
      assert.equal(1, code)
      assert.truthy(out:find("No claim was ever made on it.", 1, true))
      for text, message in pairs { ["shutt(X)"] = "FACT: .*no relation called \"shutt\"",
                                   ["shut("] = "FACT: .*expected a value" } do
        out, err, code = run(text)
        assert.equal("", out)
        assert.equal(2, code)
        assert.truthy(err:find("^dossier: " .. message), err)
        assert.falsy(err:find("history.lua", 1, true), err)
      end
    end)
end)

describe("history's report", function()
  --- As a script that keeps every fact would write it.
  local function by_hand(kb, atom)
    local facts, seen, moments = {}, {}, {}
    for fact in kb:history(atom) do
      if not seen[fact.text] then facts[#facts + 1] = fact end
      seen[fact.text] = true
    end
    table.sort(facts, tell.before)
    for _, one in ipairs(kb:transactions()) do moments[one.number] = one.time end
    local doc = report.new("History of " .. atom)
    doc.found = #facts > 0
    if not doc.found then doc:paragraph "No claim was ever made on it." end
    for _, fact in ipairs(facts) do
      doc:heading(tell.sentence(fact) .. " (" .. history.standing(fact) .. ")", 2)
      for _, one in ipairs(history.in_order(fact:history())) do
        doc:event(history.moment(one.opened, moments), history.describe(one, moments), { one })
      end
    end
    return doc
  end

  --- In the view of one source, most is not held.
  local function random_view(kb, random)
    local sources = kb:sources()
    local options = { settled = random(2) == 1 }
    if random(2) == 1 and #sources > 0 then options.sources = sources[random(#sources)].id end
    if random(3) == 1 then options.as_of = "2015-01-01" end
    return kb:view(options)
  end

  local most = history.sets_most
  teardown(function() history.sets_most = most end)

  it("is what one has who looks at every fact (SEED=" .. SEED .. ")", function()
    for i = 1, STEPS do
      local random = helper.random(SEED + i)
      local kb <close> = assert(dossier.open())
      bases.grow(kb, random, 20)
      history.sets_most = random(2) == 1 and most or random(3)
      for _, relation in ipairs(kb:relations()) do
        local atom = tell.pattern(relation)
        local view = random(2) == 1 and kb or random_view(kb, random)
        for _, format in ipairs { "text", "json", "csv" } do
          assert.equal(by_hand(view, atom):render(format),
            history.main(view, { fact = atom }):render(format),
            ("SEED=%d, base %d: %s"):format(SEED, i, atom))
        end
      end
    end
  end)
end)
