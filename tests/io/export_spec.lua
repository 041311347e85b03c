-- Exports: what goes out comes back, the same contents give the same bytes.
local dossier = require "dossier"
local helper = require "tests.helper"
local bases = require "tests.io.bases"

local SEED = tonumber(os.getenv "SEED") or 1
local STEPS = tonumber(os.getenv "STEPS") or 40

describe("an export in the language", function()
  for i = 0, 11 do
    local seed = SEED * 1000 + i
    it("loads back to an equal base, and goes out in the same bytes: SEED=" .. SEED .. " number " .. i, function()
      local kb = assert(dossier.open(nil, { merge_bound = i % 3 == 0 and 8 or nil }))
      bases.grow(kb, helper.random(seed), STEPS)
      local text = assert(kb:export())
      local again = bases.load(text)
      assert.equal("", bases.differences(bases.dump(kb), bases.dump(again)))
      assert.equal(text, again:export())
      assert.equal(0, #(again:transactions()) - 1)
    end)

    it("replays its history to an equal base, and that goes out in the same bytes: SEED=" .. SEED .. " number " .. i, function()
      local kb = assert(dossier.open())
      bases.grow(kb, helper.random(seed + 500), STEPS)
      local text = assert(kb:export { history = true })
      local again = bases.load(text)
      assert.equal("", bases.differences(bases.dump(kb, true), bases.dump(again, true)))
      assert.equal(text, again:export { history = true })
      assert.equal(kb:export(), again:export())
      for n = 1, #kb:transactions() do
        assert.equal(kb:view { known_at = n }:export(), again:view { known_at = n }:export())
      end
    end)
  end
end)

local SOURCES = 'source s { title: "S" }. source t {}.\n'

--- A base with the text in it.
local function base(text)
  local kb = assert(dossier.open(nil, { now = "2026-01-02T03:04:05Z" }))
  assert(kb:load_text(text, "text.dl"))
  return kb
end

local function export(text, options) return assert(base(text):export(options)) end

describe("an export in the language", function()
  it("does not depend on the order of loading, on merges, or on the numbers of things", function()
    local random = helper.random(SEED)
    local clauses = { "source s {}.", "relation met(entity, entity) symmetric.", "q(X) :- met(X, _).", "r(X) :- met(X, X).",
      'source t { derived_from: s }.' }
    for i = 1, 60 do
      clauses[#clauses + 1] = ("met(e%d, e%d) @ %d from %s."):format(random(20), random(20), 1990 + random(5), i % 2 == 0 and "s" or "t")
      clauses[#clauses + 1] = ('p("t%d", %d, %d.5).'):format(random(9), random(9) - 5, random(9))
    end
    local first
    for round = 1, 4 do
      local kb = assert(dossier.open(nil, { merge_bound = round * 7, block_bytes = 128 }))
      assert(kb:load_text("source s {}. source t {}. relation met(entity, entity) symmetric.", "head"))
      for i = #clauses, 2, -1 do
        local k = random(i)
        clauses[i], clauses[k] = clauses[k], clauses[i]
      end
      for from = 1, #clauses, 10 do
        assert(kb:load_text(table.concat(clauses, "\n", from, math.min(from + 9, #clauses)), "part"))
      end
      first = first or kb:export()
      assert.equal(first, kb:export())
    end
  end)

  it("gathers claims of one place in blocks where that is shorter", function()
    local text = export(SOURCES .. 'p(b) from s "1". p(a) from s "1". p(c) from t. p(d) from t. p(e).'
      .. "q(a) from t. q(b) from t. q(c) from t.")
    assert.equal([[
source s { title: "S" }.
source t.

from s "1" {
  p(a).
  p(b).
}
p(c) from t.
p(d) from t.
p(e).

from t {
  q(a).
  q(b).
  q(c).
}
]], text)
  end)

  it("writes what is read as the same value", function()
    local text = [[
relation d(date, any).

d(1994, @1994).
d(@1994/2004, 1994).
d(2014-10-01/.., "a\n\"b\""@uk).
d(2014-10, 'x y').
]]
    assert.equal(text, export(text))
  end)

  it("keeps what a source that is not declared any more claims, and it stays undeclared", function()
    local kb = base(SOURCES .. "p(a) from s.")
    assert(kb:load_text "retract source(s).")
    local again = bases.load(kb:export())
    assert.equal("", bases.differences(bases.dump(kb), bases.dump(again)))
    local ok, message = again:load_text "q(a) from s."
    assert.is_nil(ok)
    assert(message:find('no source called "s"', 1, true))
  end)

  it("keeps a verdict on what nobody claims any more", function()
    local kb = base(SOURCES .. 'p(a) from s. deprecate p(a) because "x" by t.')
    assert(kb:load_text "retract p(a) from s.")
    local text = kb:export()
    assert(text:find('deprecate p(a) because "x" by t.', 1, true))
    local again = bases.load(text)
    assert.equal("", bases.differences(bases.dump(kb), bases.dump(again)))
  end)

  it("has what is in view: claims that pass, facts at times that are", function()
    local kb = base(SOURCES .. [[
      p(a) from s. p(a) from t. deny p(b) from t. p(c) from s grade 1.
      h(x) @ 1994. h(y) @ 2004. deprecate p(c) because "no" by t. label(x, "X").]])
    local function lines(view) return (kb:view(view):export():gsub("^.-\n\n", "")) end
    assert.equal('label(x, "X").\n\np(a) from s.\np(c) from s grade 1.\n\ndeprecate p(c) because "no" by t.\n', lines { sources = "s" })
    assert.equal('label(x, "X").\n\np(a) from s.\np(a) from t.\ndeny p(b) from t.\n', lines { settled = true, as_of = "1990" })
    assert(not lines { since = "2000" }:find "1994")
  end)

  it("has the facts of some relations alone, with what is declared of them and their sources", function()
    local kb = base(SOURCES .. [[
      source u { derived_from: t }. relation g(any). relation p(entity) is g(1). p(a) from u. q(b) from s. x(X) :- p(X).]])
    assert.equal([[
relation g(any).
relation p(entity) is g(1).

source t.
source u { derived_from: t }.

p(a) from u.
]], kb:export { relations = { "p" } })
    local ok, message, code = kb:export { relations = { "p/2" } }
    assert.same({ nil, 'no relation called "p/2"', "relation" }, { ok, message:match '^[^;]*', code })
  end)

  it("goes into a file, or leaves the one that was there as it was", function()
    local folder = helper.folder()
    local kb = base "p(a)."
    assert.is_true(kb:export { path = folder .. "/a.dl" })
    assert.equal("p(a).\n", helper.read(folder .. "/a.dl"))
    local ok, message, code = kb:export { path = folder .. "/none/a.dl" }
    assert.is_nil(ok)
    assert.equal("input or output", code)
    assert(message:find "none/a.dl: cannot be written")
    assert.is_nil((kb:export { path = folder .. "/a.dl", format = "xml" }))
    assert.equal("p(a).\n", helper.read(folder .. "/a.dl"))
    assert.equal("a.dl\n", (helper.shell("ls " .. folder)))
    helper.sweep(folder)
  end)

  it("tells of options that are wrong", function()
    local kb = base "p(a)."
    for _, case in ipairs {
      { { format = "cvs" }, 'no format "cvs"; did you mean csv?' }, { { claims = true }, "rows for claims are for csv" },
      { { format = "csv", columns = "sorces" }, 'no column "sorces"; did you mean sources?' },
      { { format = "csv", columns = "locator" }, "the column locator is there with a row for each claim" },
      { { history = true, relations = { "p" } }, "name no relations" },
    } do
      local ok, message = kb:export(case[1])
      assert.is_nil(ok)
      assert(message:find(case[2], 1, true), message)
    end
    assert(not pcall(kb.export, kb, { fromat = "csv" }))
    local ok, message, code = kb:view({ sources = "base" }):export { history = true }
    assert.same({ nil, "unsupported" }, { ok, code })
    assert(message:find "leave out the view")
  end)
end)

describe("a history", function()
  it("closes in a transaction exactly the claim that is spelled out", function()
    local kb = base(SOURCES .. 'p(a) from s. p(a) from s "1". assessed p(a) from s.')
    assert(kb:load_text "retract p(a) from s.")
    assert(kb:load_text 'p(a) from s "1".')
    local text = kb:export { history = true }
    assert(text:find('transaction 2 "2026-01-02T03:04:05.000001Z" {\n  retract', 1, true), text)
    local again = bases.load(text)
    assert.equal(text, again:export { history = true })
    assert.equal(3, #again:transactions())
  end)

  it("is followed by transactions that are numbered and stamped behind it", function()
    local kb = bases.load 'transaction 7 "2026-01-02T03:04:05Z" { p(a). }\ntransaction 9 "2030-01-01T00:00:00Z" { retract p(a). q(b). }'
    assert(kb:load_text "p(c).")
    local list = kb:transactions()
    assert.equal(3, #list)
    assert.same({ "2026-01-02T03:04:05Z", "2030-01-01T00:00:00Z", "2030-01-01T00:00:00.000001Z" },
      { list[1].time, list[2].time, list[3].time })
    assert.equal("p(a).\n", kb:view { known_at = 1 }:export())
  end)

  it("outlives closing and opening, and merges", function()
    local folder = helper.folder()
    local path = folder .. "/a.kb"
    local kb = base(SOURCES .. "p(a) from s.")
    for i = 1, 20 do assert(kb:load_text(("p(x%d) from t. retract p(x%d)."):format(i, i - 1))) end
    local text = kb:export { history = true }
    helper.write(folder .. "/h.dl", text)
    local out, err, code = helper.dossier { "-b", path, "load", folder .. "/h.dl" }
    assert.equal("", err)
    assert.equal(0, code)
    assert(out:find "retracted")
    for i = 1, 3 do
      local again = assert(dossier.open(path, { merge_bound = 4 }))
      assert.equal(text, again:export { history = true })
      assert(again:load_text(("z(%d)."):format(i)))
      text = again:export { history = true }
      again:close()
    end
    helper.sweep(folder)
  end)

  it("is refused, with the place, where it cannot be replayed", function()
    local stamp = '"2026-01-02T03:04:05Z"'
    for _, case in ipairs {
      { "transaction 0 " .. stamp .. " { }", "1:13: transactions have numbers from 1" },
      { "transaction 2 " .. stamp .. " { } transaction 1 " .. stamp .. " { }", "numbers from 1, each greater" },
      { "transaction 1 " .. stamp .. " { } transaction 2 " .. stamp .. " { }", "later than that of the one before" },
      { 'transaction 1 "yesterday" { }', "is an instant, as in" },
      { "transaction 1 { p(a). }", 'expected an instant in quotes after the transaction\'s number' },
      { "source s {}. transaction 1 " .. stamp .. " { p(a). }", "1:1: beside transactions, what is recorded" },
      { "transaction 1 " .. stamp .. " { source s {}. }", "a transaction holds claims" },
      { "transaction 1 " .. stamp .. " { relation p(any). }", "a transaction holds claims" },
      { "transaction 1 " .. stamp .. " { retract p(a). }", 'no relation called "p"' },
      { "transaction 1 " .. stamp .. " { p(a). retract p(a) grade 1. }", "there is no such claim to close" },
      { "transaction 1 " .. stamp .. " { p(a) from s. }", 'no source called "s"' },
      { "from base { transaction 1 " .. stamp .. " { } }", "a transaction stands in no other block" },
      { "transaction 1 " .. stamp .. " { p(a).", "this block is not closed" },
    } do
      local kb = assert(dossier.open())
      local ok, message = kb:load_text(case[1], "bad.dl")
      assert.is_nil(ok, case[1])
      assert(message:find(case[2], 1, true), message)
      assert.equal("", kb:export { history = true })
      assert.equal(0, #kb:transactions())
    end
    local kb = base "p(a)."
    local ok, message = kb:load_text("transaction 1 " .. stamp .. " { p(b). }", "bad.dl")
    assert.is_nil(ok)
    assert(message:find("bad.dl:1:13: a history is replayed into an empty base, and this one has 1 transaction", 1, true), message)
    assert.equal("p(a).\n", kb:export())
  end)
end)

describe("an export as a table", function()
  local TEXT = SOURCES .. [[
relation joined(who, text).
joined(a, "x, \"y\"") @ 1994 from s "1" grade b2 quote "two\nlines". joined(a, "x, \"y\"") @ 1994 from t.
deny joined(b, "z"@uk) from t. attributed(p) joined(b, "z"@uk) from s confidence 0.5. deny joined(c, "w").
]]

  it("has a row for each fact that is held", function()
    assert.equal('who,text,valid,sources,n_claims\na,"x, ""y""",1994,s; t,2\nb,z,,s,1\n',
      export(TEXT, { format = "csv", relations = { "joined" } }))
    assert.equal("relation,arg1,arg2,valid,sources,n_claims\np,1,,,base,1\nq,2,true,,base,1\n",
      export("p(1). q(2, true).", { format = "csv" }))
  end)

  it("has a row for each claim, with what is asked for", function()
    assert.equal([[
who,text,valid,verb,source,locator,kind,speaker,grade,quotation,confidence
a,"x, ""y""",1994,asserts,s,1,stated,,b2,"two
lines",
a,"x, ""y""",1994,asserts,t,,stated,,,,
b,z,,asserts,s,,attributed,p,,,0.5
b,z,,denies,t,,stated,,,,
c,w,,denies,base,,stated,,,,
]], export(TEXT, { format = "csv", relations = { "joined" }, claims = true }))
    assert.equal("trust,who\ncorroborated,a\ncontested,b\n",
      export(TEXT, { format = "csv", relations = { "joined" }, columns = "trust,who" }))
  end)

  it("tells with history when claims were opened and closed", function()
    local kb = base "p(a)."
    assert(kb:load_text "retract p(a).")
    assert.equal("arg1,opened,closed\na,2026-01-02T03:04:05Z,2026-01-02T03:04:05.000001Z\n",
      kb:export { format = "csv", relations = { "p" }, history = true, columns = "arg1,opened,closed" })
  end)
end)

describe("an export as JSON lines", function()
  it("has an object for each fact, with its claims, and for each verdict", function()
    local fact = [[p(a, "t\u0001\"\\\n", "z"@uk, -1, 2.5, true, 1994-02) @ 1994]]
    local told = [[{"relation": "p", "args": [{"entity": "a"}, "t\u0001\"\\\n", {"text": "z", "lang": "uk"}, -1, 2.5, true, ]]
      .. '{"time": "1994-02"}], "valid": "1994", '
    assert.equal(told .. '"claims": [{"verb": "asserts", "source": "s", "locator": "1", "kind": "attributed", "speaker": "q", '
      .. '"grade": "b2", "quotation": "x", "confidence": 0.5}, {"verb": "denies", "source": "t", "kind": "stated"}]}\n'
      .. '{"relation": "source", "args": [{"entity": "s"}], "claims": [{"verb": "asserts", "source": "base", "kind": "stated"}]}\n'
      .. '{"relation": "source", "args": [{"entity": "t"}], "claims": [{"verb": "asserts", "source": "base", "kind": "stated"}]}\n'
      .. told .. '"verdicts": [{"verb": "deprecates", "by": "t", "of": "s", "because": "no"}]}\n',
      export("source s {}. source t {}. attributed(q) " .. fact .. ' from s "1" grade b2 quote "x" confidence 0.5. deny '
        .. fact .. " from t. deprecate " .. fact .. ' from s because "no" by t.', { format = "jsonl" }))
  end)
end)

describe("an export as a drawing", function()
  it("has an edge for each fact between entities, in the words of its relation", function()
    local text = export([[
relation met(entity, entity) symmetric phrase "{1} met {2}".
met(a, 'b "c"') @ 1994. likes(a, n). label(a, "A \"label\"\\\nof two lines"). age(a, 3). type(a, b).]], { format = "dot" })
    assert.equal([[
digraph dossier {
  rankdir=LR;
  node [shape=box, style=rounded, fontname="Helvetica"];
  edge [fontname="Helvetica", fontsize=10];
  "a" [label="A \"label\"\\\nof two lines"];
  "a" -> "n" [label="likes"];
  "a" -> "b \"c\"" [label="met\n1994", dir=none];
}
]], text)
  end)
end)

describe("an export from C", function()
  it("tells of memory that is not there, of who stops it, and of what is asked wrongly", function()
    local out, err, code = helper.host "api_export"
    assert.equal("all exported\n", out .. err)
    assert.equal(0, code)
  end)
end)
