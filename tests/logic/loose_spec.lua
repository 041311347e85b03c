-- What core/logic/loose.c promises: a stratified program is one, whatever variables of a
-- loop its aggregates and `not` test.

local dossier = require "dossier"

local function answers(kb, query)
  local list = {}
  for row in kb:query(query) do list[#list + 1] = tostring(row) end
  return table.concat(list, " ")
end

local FACTS = [[
relation q(integer). q(1). q(2). q(3). q(4).
relation e(integer, integer). e(1, 2). e(2, 3). e(3, 4). e(4, 5). e(5, 6). e(6, 1).
]]

describe("an aggregate in a recursive rule", function()
  it("may test what the recursive atom fills", function()
    local kb <close> = assert(dossier.open())
    assert(kb:load_text(FACTS .. [[
      p(1). p(X) :- p(Y), e(Y, X), N = count{ Z : q(Z), Z < X }, N < 4.
      n(1). n(Y) :- n(X), N = count{ Z : q(Z), Z < X }, Y = X + N + 1, Y < 30.
      s(1). s(Y) :- s(X), Y = X + 1, N = count{ Z : q(Z), Z < Y }, N < 3.]]))
    assert.equal("1 2 3 4", answers(kb, "?- p(X)."))
    assert.equal("1 2 4 8 13 18 23 28", answers(kb, "?- n(X)."))
    assert.equal("1 2 3", answers(kb, "?- s(X)."))
    assert.equal("3", answers(kb, "?- s(X), X > 2."))
  end)

  it("by min and max is not the loop's least or greatest for that", function()
    local kb <close> = assert(dossier.open())
    assert(kb:load_text(FACTS .. [[
      m(1). m(X) :- m(Y), X = min{ Z : q(Z), Z > Y }.
      t(1, 1). t(X, N) :- t(_, M), e(M, X), N = max{ Z : q(Z), Z =< X }.]]))
    assert.equal("1 2 3 4", answers(kb, "?- m(X)."))
    assert.equal(5, assert(kb:prepare "t(X, N)"):count())
  end)

  it("may hold another that tests it, too", function()
    local kb <close> = assert(dossier.open())
    assert(kb:load_text(FACTS .. [[
      k(1). k(Y) :- k(X), Y = X + 1, Y < 9,
        N = sum{ Z : q(Z), Z < Y, M = count{ W : q(W), W < Y, W < Z }, M > 0 }, N < 6.]]))
    assert.equal("1 2 3 4", answers(kb, "?- k(X)."))
  end)

  it("finds what an equation names that stands before what fills it", function()
    local kb <close> = assert(dossier.open())
    assert(kb:load_text(FACTS .. [[
      a(X, Y) :- e(U, 3), M = max{ V : e(Y, V), X != U }, X = W, M > 0, e(W, Y).]]))
    assert.equal(5, assert(kb:prepare "a(X, Y)"):count())
  end)

  it("is still refused where it is about the loop itself", function()
    local kb <close> = assert(dossier.open())
    local ok, message = kb:load_text(FACTS
      .. "p(1). p(X) :- p(Y), e(Y, X), N = count{ Z : p(Z), Z < X }, N < 4.")
    assert.is_nil(ok)
    assert.truthy(message:find("an aggregate cannot be part of a loop", 1, true), message)
  end)
end)

describe("\"not\" in a recursive rule", function()
  it("may reckon with what the recursive atom fills", function()
    local kb <close> = assert(dossier.open())
    assert(kb:load_text(FACTS .. [[
      k(1). k(X) :- k(Y), X = Y + 1, not X * 2 > 9.
      l(1). l(X) :- l(Y), e(Y, X), not e(X, X - 5).]]))
    assert.equal("1 2 3 4", answers(kb, "?- k(X)."))
    assert.equal("1 2 3 4 5", answers(kb, "?- l(X)."))
  end)

  it("is explained, and why it fails", function()
    local kb <close> = assert(dossier.open())
    assert(kb:load_text(FACTS .. "k(1). k(X) :- k(Y), X = Y + 1, not X * 2 > 9."))
    assert.truthy(kb:why "k(3)")
    assert.is_true(kb:why("k(3)").holds)
    assert.is_false(kb:why("k(9)").holds)
  end)
end)
