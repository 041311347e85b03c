-- Trust: who counts as one, and what it is counted over, beyond what the random model asks.
local see = require "tests.facts.see"
local base, one = see.base, see.one

local function trust(kb, ...) return one(kb, ...).trust end

describe("trust", function()
  it("is none for what only base claims", function()
    local kb = base "source s {}. p(a). q(a). q(a) from s. r(a) from base."
    assert.same({ "unsupported", "single-source", "unsupported" }, { trust(kb, "p"), trust(kb, "q"), trust(kb, "r") })
  end)

  it("takes sources with a common ancestor for one, however far", function()
    local kb = base [[
      source root {}. source a { derived_from: root }. source b { derived_from: a }.
      source c { derived_from: root }. source d {}.
      p(x) from b. p(x) from c. q(x) from b. q(x) from d. r(x) from root. r(x) from b.
    ]]
    assert.same({ "single-source", "corroborated", "single-source" }, { trust(kb, "p"), trust(kb, "q"), trust(kb, "r") })
  end)

  it("takes sources with one of several ancestors in common for one", function()
    local kb = base [[
      source x {}. source y {}. source both { derived_from: x, derived_from: y }. source z {}.
      p(a) from x. p(a) from both. q(a) from x. q(a) from z.
    ]]
    assert.same({ "single-source", "corroborated" }, { trust(kb, "p"), trust(kb, "q") })
  end)

  it("takes sources that report one speaker for one, under either name", function()
    local kb = base [[
      source s {}. source t {}. source u {}. same_as(ann, anna).
      attributed(ann) p(a) from s. attributed(anna) p(a) from t.
      attributed(ann) q(a) from s. attributed(bob) q(a) from t.
      attributed(ann) r(a) from s. r(a) from t.
      attributed(ann) w(a) from s. attributed(ann) w(a) from t. w(a) from u.
    ]]
    assert.same({ "single-source", "corroborated", "corroborated", "corroborated" },
      { trust(kb, "p"), trust(kb, "q"), trust(kb, "r"), trust(kb, "w") })
  end)

  it("joins what a chain of speakers and sources joins", function()
    local kb = base [[
      source s {}. source t {}. source u {}.
      attributed(ann) p(a) from s. attributed(ann) p(a) from t. attributed(bob) p(a) from t. attributed(bob) p(a) from u.
    ]]
    assert.equal("single-source", trust(kb, "p"))
  end)

  it("counts the claims on finer facts, and none on coarser ones", function()
    local kb = base [[
      source s {}. source t {}. relation j(entity) once.
      j(a) @ 1994 from s. j(a) @ 1994-02-08 from t.
    ]]
    local by_time = {}
    for _, fact in ipairs(see.list(kb, "j")) do by_time[tostring(fact.valid)] = fact end
    assert.equal("corroborated", by_time["1994"].trust)
    assert.equal("single-source", by_time["1994-02-08"].trust)
    assert.same({ "s asserts j(a) @ 1994", "t asserts j(a) @ 1994-02-08" }, see.told(by_time["1994"].support))
    assert.equal(1, #by_time["1994"].claims)
    assert.equal(1, #by_time["1994-02-08"].support)
  end)

  it("counts times that say the same in other words for each other, denials too", function()
    local kb = base [[
      source s {}. source t {}. source u {}. relation o(entity) occurs.
      o(a) @ 1994 from s. o(a) @ 1994-01/1994-12 from t. deny o(a) @ 1994-01/1994-12 from u.
    ]]
    local list = see.list(kb, "o")
    assert.equal(2, #list)
    for _, fact in ipairs(list) do
      assert.equal("contested", fact.trust)
      assert.equal(3, #fact.support)
    end
  end)

  it("is of the claims in view", function()
    local kb = base [[
      source s { reliability: a }. source t { reliability: d }. p(a) from s. assessed p(a) from t.
    ]]
    assert.equal("corroborated", trust(kb, "p"))
    for _, options in ipairs { { sources = "s" }, { kinds = "stated" }, { min_grade = "b" } } do
      assert.equal("single-source", trust(kb:view(options), "p"))
    end
    assert.equal("unsupported", trust(base "source s {}. p(a). p(a) from s.":view { sources = "base" }, "p"))
  end)

  it("is contested by a key, `once` and a denial, at any level", function()
    local kb = base [[
      relation g(who, what) key(who). relation k(what, who) is g(2, 1). relation j(entity) once.
      g(x, a). k(b, x). j(a) @ 1994. j(a) @ 1999. d(a). deny d(a).
    ]]
    for _, fact in ipairs(see.list(kb, "g")) do assert.equal("contested", fact.trust) end
    assert.same({ "contested", "contested" }, { trust(kb, "k"), trust(kb, "d") })
    for _, fact in ipairs(see.list(kb, "j")) do assert.equal("contested", fact.trust) end
  end)

  it("is kept as it was first seen", function()
    local kb = base "source s {}. source t {}. p(a) from s."
    local early, late = one(kb, "p"), one(kb, "p")
    assert.equal("single-source", early.trust)
    assert(kb:load_text "p(a) from t.")
    assert.same({ "single-source", "corroborated" }, { early.trust, late.trust })
    assert.equal(2, #early.claims)
  end)
end)

describe("derivation", function()
  it("may part and meet many times", function()
    local lines = { "source a0 {}. source b0 {}." }
    for i = 1, 40 do
      lines[i + 1] = ("source a%d { derived_from: a%d, derived_from: b%d }. source b%d { derived_from: a%d, derived_from: b%d }.")
        :format(i, i - 1, i - 1, i, i - 1, i - 1)
    end
    lines[#lines + 1] = "p(x) from a40. p(x) from b40."
    local kb = base(table.concat(lines, "\n"))
    assert.equal("single-source", one(kb, "p").trust)
    assert.is_nil((kb:load_text "derived_from(a0, b40)."))
  end)

  it("cannot go round in a circle, by declaration, fact or value", function()
    local kb = base "source a {}. source b { derived_from: a }. source c { derived_from: b }."
    for _, text in ipairs { "source a { derived_from: c }.", "source a { derived_from: a }.", "derived_from(a, c).",
      "derived_from(b, c) from c." } do
      local message, code = see.refused(kb, text)
      see.has("circle", message)
      assert.equal("declaration", code)
    end
    assert.error_matches(function() see.change(kb, "add", "derived_from", { "a", "c" }) end, "circle")
    assert.same({ "b a", "c b" }, see.ask(kb, "derived_from(X, Y)"))
  end)

  it("may turn round once it was retracted", function()
    local kb = base "source a {}. source b { derived_from: a }."
    assert(kb:load_text "retract derived_from(b, a). derived_from(a, b).")
    assert.same({ "a b" }, see.ask(kb, "derived_from(X, Y)"))
    assert.equal("a", kb:view { known_at = 1 }:sources()[2].origin.id)
  end)

  it("that is only denied makes no circle", function()
    local kb = base "source a {}. source b { derived_from: a }. deny derived_from(a, b)."
    assert.equal("a", kb:sources()[2].origin.id)
  end)

  it("names an origin for each source: the least of those related", function()
    local kb = base "source z {}. source b { derived_from: z }. source c { derived_from: z }. source d {}."
    local origins = {}
    for i, source in ipairs(kb:sources()) do origins[i] = source.id .. " " .. source.origin.id end
    assert.same({ "b b", "c b", "d d", "z b" }, origins)
  end)
end)
