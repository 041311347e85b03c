--- Why something holds: proofs down to the claims; and why not.

local ask = require "tests.logic.ask"
local dossier = require "dossier"
local helper = require "tests.helper"
local report = require "dossier.report"

local base, has = ask.base, ask.has

--- A proof as lines: kind and text, indented by depth.
local function lines(proof, depth, into)
  into, depth = into or {}, depth or 0
  into[#into + 1] = (" "):rep(depth) .. proof.kind .. " "
    .. (proof.fact or "a rule that gives nothing")
  for _, child in ipairs(proof.children) do lines(child, depth + 1, into) end
  return into
end

local function why(kb, ...)
  local proof, message, code = kb:why(...)
  assert(proof, message)
  return lines(proof), proof.holds, proof, code
end

--- Levels of rules above a leaf.
local function height(proof)
  local most = 0
  for _, child in ipairs(proof.children) do most = math.max(most, height(child)) end
  return proof.kind == "derived" and most + 1 or most
end

local aspirants = [[
  source article { title: "Article" }.
  source record { title: "Record" }.
  relation joined(state, body) occurs.
  joined(ukraine, pfp) @ 1994-02-08 from article "background/2" grade b2.
  joined(ukraine, pfp) @ 1994-02-08 from record "1994".
  joined(poland, pfp) @ 1994 from article.
  member(poland, nato) from article.
  aspirant(X) :- joined(X, pfp) @ T, T before 1995, not member(X, nato).
]]

describe("a proof", function()
  it("has the rule, its body as it was computed, and what was not found", function()
    local got, holds, proof = why(base(aspirants), "aspirant(ukraine)")
    assert.is_true(holds)
    assert.same({ "derived aspirant(ukraine)",
      " fact joined(ukraine, pfp) @ 1994-02-08",
      " computed 1994-02-08 before 1995",
      " not not member(ukraine, nato)" }, got)
    assert.equal("base.dl", proof.rule.file)
    assert.equal(8, proof.rule.line)
    has("aspirant(X) :- joined(X, pfp) @ T", proof.rule.text)
  end)

  it("cites every live claim on its leaves, and is trusted as the weakest", function()
    local kb = base(aspirants)
    local _, _, proof = why(kb, "aspirant", "ukraine")
    local claims = proof.children[1].claims
    assert.equal(2, #claims)
    assert.same({ "article", "background/2", "b2", "stated" },
      { claims[1].source, claims[1].locator, claims[1].grade, claims[1].kind })
    assert.equal("record", claims[2].source)
    assert.equal("corroborated", proof.trust)
    local view = kb:view { sources = { "record" } }
    local _, _, seen = why(view, "aspirant(ukraine)")
    assert.equal(1, #seen.children[1].claims)
    assert.equal("single-source", seen.trust)
  end)

  it("of a fact on record is its claims, also where a fact is given", function()
    local kb = base(aspirants)
    for fact in kb:about "poland" do
      local got, holds, proof = why(kb, fact)
      assert.is_true(holds)
      assert.same({ "fact " .. fact.text }, got)
      assert.equal("article", proof.claims[1].source)
    end
  end)

  it("is of the least height, and refers to what was proved above", function()
    local kb = base [[
      edge(a, b). edge(b, c). edge(c, d). edge(a, c).
      path(X, Y) :- edge(X, Y).
      path(X, Z) :- path(X, Y), path(Y, Z).
      twice(X, Y) :- path(X, Y), path(X, Y).
    ]]
    assert.same({ "derived path(a, d)", " derived path(a, c)", "  fact edge(a, c)",
      " derived path(c, d)", "  fact edge(c, d)" }, (why(kb, "path(a, d)")))
    assert.same({ "derived twice(a, b)", " derived path(a, b)", "  fact edge(a, b)",
      " again path(a, b)" }, (why(kb, "twice(a, b)")))
  end)

  it("shows an aggregate's value and its first ten rows", function()
    local text = { "n(S) :- S = count{ X : p(X) }. none(S) :- S = count{ X : p(X), X > 99 }." }
    for i = 1, 12 do text[#text + 1] = "p(" .. i .. ")." end
    local kb = base(table.concat(text, "\n"))
    local got, _, proof = why(kb, "n(12)")
    assert.equal(" aggregate count{ X : p(X) } = 12", got[2])
    assert.equal("  fact p(1)", got[3])
    assert.equal("  fact p(10)", got[12])
    assert.equal("  more 2 more rows", got[13])
    assert.equal(13, #got)
    assert.equal("12 rows", proof.children[1].how)
    has("aggregate count{ X : p(X), X > 99 } = 0", (why(kb, "none(0)"))[2])
  end)

  it("names the steps through is, symmetric and inverse", function()
    local kb = base [[
      relation foe(a, b).
      relation enemy(a, b) is foe(1, 2).
      relation ally(a, b) symmetric.
      relation under(a, b).
      relation over(b, a) inverse under.
      enemy(p, q). ally(b, a). under(x, y).
    ]]
    local function how(text) return select(3, why(kb, text)).how end
    assert.equal("is", how "foe(p, q)")
    assert.equal("symmetric", how "ally(a, b)")
    assert.equal("inverse", how "over(y, x)")
    assert.is_nil(how "under(x, y)")
  end)

  it("names them where rules derive the special relation, the inverse or the other way round",
    function()
      local kb = base [[
        relation foe(a, b).
        relation enemy(a, b) is foe(1, 2).
        relation ally(a, b) symmetric.
        relation under(a, b).
        relation over(b, a) inverse under.
        hates(u, v). likes(u, v). below(u, v).
        enemy(X, Y) :- hates(X, Y).
        ally(X, Y) :- likes(X, Y).
        under(X, Y) :- below(X, Y).
      ]]
      for text, way in pairs { ["foe(u, v)"] = "is", ["ally(v, u)"] = "symmetric",
                               ["over(v, u)"] = "inverse" } do
        local got, _, proof = why(kb, text)
        assert.equal(way, proof.how, got[1])
        assert.equal("same", proof.kind)
        assert.equal("derived", proof.children[1].kind)
      end
      for text, line in pairs {
        ["foe(u, w)"] = "fails: enemy(u, w)  through is",
        ["ally(u, w)"] = "fails: ally(w, u)  through symmetric",
        ["over(u, w)"] = "fails: under(w, u)  through inverse",
      } do has(line, tostring(kb:why(text))) end
    end)

  it("is of the first rule that gives it at the least height, and of its least values", function()
    local kb = base [[
      q(b). q(a). r(a). r(b). v(b, a). v(a, b). v(a, a). v(b, b). u(c). s(c).
      high(X) :- low(X), low(X).
      low(X) :- s(X), u(X).
      low(X) :- r(X), q(Y), v(Y, X).
      low(X) :- q(X).
      high(X) :- q(X).
      high(X) :- r(X).
    ]]
    assert.same({ "derived low(a)", " fact r(a)", " fact q(a)", " fact v(a, a)" },
      (why(kb, "low(a)")))
    assert.same({ "derived low(c)", " fact s(c)", " fact u(c)" }, (why(kb, "low(c)")))
    assert.same({ "derived high(b)", " fact q(b)" }, (why(kb, "high(b)")))
    assert.equal(2, select(3, why(kb, "high(c)")).rule.line)
  end)

  it("shows functions of Lua, and rows of tables", function()
    local folder = helper.folder()
    helper.write(folder .. "/edge.tsv", "a\tb\nb\tc\n")
    local kb = base()
    kb:define("twice", function(n) return 2 * n end)
    assert(kb:table("edge", folder .. "/edge.tsv"))
    assert(kb:load_text("n(2). m(Y) :- n(X), Y = twice(X). p(X, Z) :- edge(X, Y), edge(Y, Z)."))
    assert.same({ "derived m(4)", " fact n(2)", " computed 4 = twice(2)" }, (why(kb, "m(4)")))
    assert.same({ "absent m(5)", " tried a rule that gives nothing", "  fails 5 = twice(2)" },
      (why(kb, "m(5)")))
    assert.same({ "derived p(a, c)", " table edge(a, b)", " table edge(b, c)" },
      (why(kb, "p(a, c)")))
    has("edge(a, b)  in the table", tostring(kb:why "p(a, c)"))
    helper.sweep(folder)
  end)

  it("says where there are more answers", function()
    local kb = base "q(a). q(b). p(X) :- q(X)."
    local got = why(kb, "p(X)")
    assert.same({ "derived p(a)", " fact q(a)", " more the first of 2 answers" }, got)
    assert.equal(2, #why(kb, "p(b)"))
  end)

  it("goes through least values in recursion", function()
    local kb = base [[
      road(x, y, 3). road(y, z, 4). road(x, z, 9).
      d(x, 0).
      d(Y, N) :- N = min{ D + W : d(X, D), road(X, Y, W) }.
    ]]
    local got, _, proof = why(kb, "d(z, 7)")
    assert.equal(2, height(proof))
    assert.equal(" computed 7 = 3 + 4", got[#got])
  end)
end)

describe("why not", function()
  it("names the first condition that fails, with what was bound", function()
    local got, holds, proof = why(base(aspirants), "aspirant(poland)")
    assert.is_false(holds)
    assert.equal("absent", proof.kind)
    assert.equal("tried", proof.children[1].kind)
    assert.equal("X = poland, T = 1994", proof.children[1].how)
    assert.equal("  fails not member(poland, nato)", got[3])
  end)

  it("says so of a fact that is not on record, or denied", function()
    local kb = base(aspirants .. "deny member(ukraine, nato) from record.")
    local _, holds, proof = why(kb, "member(ukraine, nato)")
    assert.is_false(holds)
    assert.is_true(proof.children[1].claims[1].denies)
  end)

  it("cites nothing that is out of view, whatever keeps it out", function()
    local kb = base(aspirants .. "deny member(ukraine, nato) from record.")
    local function claims(view, fact)
      local _, holds, proof = why(view, fact)
      assert.is_false(holds)
      local reason = proof.children[1]
      return #(reason.children[1] or reason).claims
    end
    assert.equal(0, claims(kb:view { as_of = "1990" }, "aspirant(ukraine)"))
    assert.equal(0, claims(kb:view { as_of = "1990" }, "joined(ukraine, pfp)"))
    assert.equal(0, claims(kb:view { sources = { "article" } }, "member(ukraine, nato)"))
    assert.equal(1, claims(kb, "member(ukraine, nato)"))
  end)

  it("is one value, which tells whether it holds", function()
    local kb = base(aspirants)
    assert.equal(1, select("#", kb:why "aspirant(ukraine)"))
    assert.is_true(kb:why("aspirant(ukraine)").holds)
    assert.is_false(kb:why("aspirant(poland)").holds)
  end)

  it("says once that nothing is on record", function()
    local kb = base(aspirants .. "relation aspirant(state).")
    assert.same({ "absent member(ukraine, nato)", " fails nothing on record says so" },
      (why(kb, "member(ukraine, nato)")))
    assert.equal(3, #why(kb, "aspirant(poland)"))
  end)

  it("takes a relation with its arity, and then a time", function()
    local kb = base(aspirants)
    local _, holds, proof = why(kb, "joined/2", "ukraine", "pfp", dossier.time "1994-02-08")
    assert.is_true(holds)
    assert.equal("joined(ukraine, pfp) @ 1994-02-08", proof.fact)
    assert.is_false((select(2, why(kb, "joined/2", "ukraine", "pfp", dossier.time "1995"))))
    assert.is_true((select(2, why(kb, "aspirant/1", "ukraine"))))
    assert.is_true((select(2, why(base "'odd name'(a).", "odd name/1", "a"))))
    local ok, message = pcall(kb.why, kb, "joined/2", "ukraine")
    assert.is_false(ok)
    has("joined/2 takes 2 values, and perhaps a time; came 1", message)
  end)

  it("tells what cannot be asked", function()
    local proof, message, code = base(aspirants):why "nosuch(a)"
    assert.is_nil(proof)
    has("no relation called", message)
    assert.equal("RELATION", code:upper())
  end)
end)

describe("a proof written out", function()
  it("is text, JSON or Markdown, as a whole or in part", function()
    local proof = assert(base(aspirants):why "aspirant(ukraine)")
    has("aspirant(ukraine)  (corroborated)\n  by aspirant(X) :- ", tostring(proof))
    has('\n    - article "background/2", grade b2', tostring(proof))
    assert.equal(tostring(proof), proof:render())
    assert.equal("not member(ukraine, nato)", tostring(proof.children[3]))
    has('{"kind": "derived", "fact": "aspirant(ukraine)", "rule": "', proof:render "json")
    has("- `joined(ukraine, pfp) @ 1994-02-08`  (corroborated)\n", proof.children[1]:render "md")
    has("no format html of a proof; there are text", select(2, pcall(proof.render, proof, "html")))
  end)

  it("can be cited by reports", function()
    local proof = assert(base(aspirants):why "aspirant(ukraine)")
    assert.equal("[article background/2; record 1994]", report.cite(proof.children[1].claims))
    local denied = base(aspirants .. 'deny joined(ukraine, pfp) @ 1994-02-08 from record "9".')
    assert.equal("[article background/2; record 1994; denied by record 9]",
      report.cite(assert(denied:why "aspirant(ukraine)").children[1].claims))
  end)

  it("shows controls, and marks of Markdown, as what they are", function()
    local kb = base('source s { title: "S" }. p("a`b\\u001b[2J\\u202e") from s "*1*\\n".')
    local proof = assert(kb:why "p(X)")
    local text, md = tostring(proof), proof:render "md"
    for _, out in ipairs { text, md } do assert.is_nil(out:find "[\27]", out) end
    has("\\x1b[2J\\u{202e}", text)
    has("- ``p(\"a`b", md)
    has('- *s "\\*1\\*', md)
  end)

  it("refuses what is no proof", function()
    local proof = assert(base(aspirants):why "aspirant(ukraine)")
    proof.children[1].kind = "odd"
    has('of the kind "odd"', select(2, pcall(tostring, proof)))
    proof.children[1] = proof
    has("too deep a proof", select(2, pcall(tostring, proof)))
  end)
end)

describe("random programs", function()
  local seed = tonumber(os.getenv "SEED") or 4711
  local steps = tonumber(os.getenv "STEPS") or 12

  --- path by edges, its heights by rounds: { ["a b"] = height }.
  local function rounds(edges, doubling)
    local heights, round = {}, 1
    for key in pairs(edges) do heights[key] = 1 end
    while true do
      local fresh = {}
      for one in pairs(heights) do
        local x, y = one:match "(%S+) (%S+)"
        for two in pairs(doubling and heights or edges) do
          local z = two:match("^" .. y .. " (%S+)$")
          if z and not heights[x .. " " .. z] then fresh[x .. " " .. z] = true end
        end
      end
      if not next(fresh) then return heights end
      round = round + 1
      for key in pairs(fresh) do heights[key] = round end
    end
  end

  local function check(proof, edges)
    local x, y = proof.fact:match "%((%S+), (%S+)%)"
    if proof.kind == "fact" then
      assert(edges[x .. " " .. y], proof.fact)
      return
    end
    if proof.kind == "again" then return end
    assert.equal("derived", proof.kind)
    local first, second = proof.children[1], proof.children[2]
    local a, b = first.fact:match "%((%S+), (%S+)%)"
    assert.equal(x, a)
    if second then
      local c, d = second.fact:match "%((%S+), (%S+)%)"
      assert.equal(b, c)
      assert.equal(y, d)
    else
      assert.equal(y, b)
      assert.equal("fact", first.kind)
    end
    for _, child in ipairs(proof.children) do check(child, edges) end
  end

  it("have a proof of the least height for every answer (seed " .. seed .. ")", function()
    math.randomseed(seed)
    for step = 1, steps do
      local edges, text, doubling = {}, {}, step % 2 == 0
      for _ = 1, math.random(3, 9) do
        local x, y = "n" .. math.random(6), "n" .. math.random(6)
        edges[x .. " " .. y] = true
      end
      for key in pairs(edges) do text[#text + 1] = "edge(" .. key:gsub(" ", ", ") .. ")." end
      text[#text + 1] = "path(X, Y) :- edge(X, Y)."
      text[#text + 1] = "path(X, Z) :- path(X, Y), "
        .. (doubling and "path" or "edge") .. "(Y, Z)."
      local kb = base(table.concat(text, "\n"))
      local heights, n = rounds(edges, doubling), 0
      for x, y in kb:query "path(X, Y)" do
        local _, holds, proof = why(kb, "path", x, y)
        assert.is_true(holds)
        check(proof, edges)
        local found = "" -- a proof that refers back is higher than what it shows
        for _, line in ipairs(lines(proof)) do found = found .. line .. "\n" end
        if not found:find "again" then
          assert.equal(heights[x.id .. " " .. y.id], height(proof), found)
        end
        n = n + 1
      end
      for _ in pairs(heights) do n = n - 1 end
      assert.equal(0, n)
      assert.is_false(select(2, why(kb, "path(n1, nowhere)")))
      kb:close()
    end
  end)
end)
