-- The order in which a rule's goals are joined is the planner's affair and changes nothing.
local helper = require "tests.helper"
local naive = require "tests.rules.naive"
local programs = require "tests.rules.programs"
local spell = require "tests.rules.spell"

local SEED = tonumber(os.getenv "SEED") or 20261128
local STEPS = tonumber(os.getenv "STEPS") or (helper.sanitized and 20 or 100)
local BUDGET = 100000

--- What the host prints of a text.
local function host(text, what)
  local folder = helper.folder()
  local path = folder .. "/programs.dl"
  helper.write(path, text)
  local out, err = helper.host("logic_route", { path, tostring(what) })
  helper.sweep(folder)
  return out .. (err or "")
end

--- Asks that every query has the same answers in so many orders.
local function alike(text, orders, refused)
  local out = host(text, orders)
  local came_refused, wrong = out:match "(%d+) refused, (%d+) wrong\n$"
  assert(wrong == "0" and tonumber(came_refused) <= (refused or 0), out)
end

--- The plan of a program's query.
local function plan(text) return host(text, "plan") end

local GOALS = [[
n(1). n(2). n(3). n(4). n(5). n(2.0). n(7).
m(2.0). m(3). m(9).
e(1, 2). e(2, 3). e(3, 4). e(4, 1). e(1, 3). e(2, 4). e(4, 2). e(5, 5). e(3, 3).
t(1, 2, 3). t(2, 3, 4). t(3, 4, 1). t(4, 1, 2). t(1, 3, 4). t(5, 5, 5). t(2, 2, 1).
w(a, b, 1). w(b, c, 2). w(a, c, 5). w(c, d, 1). w(d, a, 1).
born(a) @ 1990. born(b) @ 1991-02. born(c). seen(a) @ 1990. seen(b) @ 1992. seen(c) @ 1993.
loop(X) :- e(X, X).
tri(X, Y, Z) :- e(X, Y), e(Y, Z), e(X, Z).
quad(A, B, C, D) :- e(A, B), e(B, C), e(C, D), e(A, D).
mix(X, Y, Z, W) :- t(X, Y, Z), e(Z, W), e(W, X).
chain(A, E) :- e(A, B), e(B, C), e(C, D), e(D, E).
path(X, Y, Z) :- t(X, Y, Z).
path(X, Y, W) :- path(X, Y, Z), path(Y, Z, W).
sp(X, Y, N) :- N = min{ W : w(X, Y, W) }.
sp(X, Z, N) :- N = min{ D + W : sp(X, Y, D), w(Y, Z, W) }.
cnt(X, N) :- n(X), N = count{ Y : e(X, Y) }.
eq(X, Y) :- n(X), m(Y), X = Y.
next(X, Y) :- n(X), Y = X + 1, n(Y).
fact(0, 1). fact(N, F) :- fact(M, G), M < 10, N = M + 1, F = G * N.
down(N) :- N = 5. down(M) :- down(N), N > 0, M = N - 1.
no(X) :- n(X), not e(X, _), not e(_, X).
none(1) :- not t(9, _, _).
all(X, Y, N) :- e(X, Y), N = sum{ Z, W : t(X, Z, W) }.
bt(X) :- born(X) @ T.
same(X, Y) :- born(X) @ T, seen(Y) @ T.
far(X, Y) :- born(X) @ T, seen(Y) @ U, T before U.
unk(X) :- born(X) @ unknown.
big(B, C, D, E, I, J, K) :- e(A, B), e(B, C), e(C, D), e(D, E), e(E, F), e(F, G), e(G, H),
  e(H, I), e(I, J), e(J, K), e(K, L), A = 1, L = 1, C != E.
cl(X, Y) :- e(X, Y). cl(X, Z) :- cl(X, Y), cl(Y, Z).
sg(X, Y) :- e(P, X), e(P, Y), X != Y. sg(X, Y) :- e(A, X), sg(A, B), e(B, Y).
?- loop(X).
?- tri(X, Y, Z).
?- quad(A, B, C, D).
?- mix(X, Y, Z, W).
?- chain(A, E).
?- path(X, Y, Z).
?- path(1, Y, Z).
?- sp(X, Y, N).
?- sp(a, Y, N).
?- cnt(X, N).
?- cnt(5, N).
?- eq(X, Y).
?- eq(2, Y).
?- next(X, Y).
?- next(1, Y).
?- fact(N, F).
?- fact(7, F).
?- down(N).
?- no(X).
?- none(X).
?- all(X, Y, N).
?- bt(X).
?- same(X, Y).
?- far(X, Y).
?- unk(X).
?- big(B, C, D, E, I, J, K).
?- cl(X, X).
?- cl(5, X).
?- sg(X, Y).
?- sg(2, Y).
?- n(X), X = 2.
?- n(X), m(Y), X =:= Y.
?- n(X), not m(X).
?- e(X, X), e(X, Y), Y = 5.
]]

describe("the order of goals", function()
  it("changes no answers, with goals of every kind", function()
    alike(GOALS, helper.sanitized and 10 or 40)
  end)

  it("changes no answers of random programs", function()
    local texts = {}
    for i = 1, STEPS do
      local program = programs.new(SEED * 100000 + i)
      if naive.answers(program, BUDGET) then texts[#texts + 1] = spell.dossier(program) end
    end
    print(("order of goals: SEED=%d STEPS=%d"):format(SEED, STEPS))
    alike(table.concat(texts, "%%%\n"), 4, STEPS // 20)
  end)

  it("leaves nothing behind where memory runs out", function()
    local out = host([[
e(1, 2). e(2, 3). e(3, 1). w(1, 2, 3). w(2, 3, 4).
t(X, Y, Z) :- e(X, Y), e(Y, Z), e(X, Z).
r(X, Y) :- e(X, Y). r(X, Z) :- r(X, Y), e(Y, Z).
q(X, N) :- r(X, Y), not w(X, _, Y), N = count{ Z : w(Y, Z, _) }, N < 5.
d(Y, N) :- N = min{ W : w(1, Y, W) }.
d(Y, N) :- N = min{ D + W : d(X, D), w(X, Y, W) }.
?- q(X, N).
?- t(X, Y, Z).
?- r(1, Y).
?- d(Y, N), N > 3.
]], "faults")
    assert.equal("4 queries, hundreds of failures\n", out)
  end)
end)

describe("a plan", function()
  it("asks both atoms of a circle for the variable that closes it", function()
    assert.matches("Z of e%(Y, Z%) and e%(X, Z%)", plan [[
e(1, 2). e(2, 3). e(1, 3).
p(X, Y, Z) :- e(X, Y), e(Y, Z), e(X, Z).
?- p(X, Y, Z).
]])
  end)

  it("keeps new pieces of rows whole as long as their second column is not needed", function()
    local text = plan [[
par(1, 2). par(1, 3). par(2, 4). par(3, 5).
sg(X, Y) :- par(P, X), par(P, Y).
sg(X, Y) :- par(A, X), sg(A, B), par(B, Y).
?- sg(X, Y).
]]
    assert.matches("new sg%(A, B%), a row at a time\n +X of par%(A, X%)[ ~%d.]+\n +each new B"
      .. "[ ~%d.]+\n +Y of par%(B, Y%)[ ~%d.]+\n +add sg%(X, Y%)", text)
    assert.matches("orders: par 1 2\n$", text)
  end)

  it("serves several sets of known columns with one order", function()
    local text = plan [[
t(1, 2, 3). t(2, 3, 4). a(1). b(1, 2). b(2, 3).
p(X) :- a(X), t(X, _, _).
p(Z) :- b(X, Y), t(X, Y, Z).
?- p(X).
]]
    local orders = text:match "orders: ([^\n]*)"
    local _, n = orders:gsub("t %d", "")
    assert.equal(1, n, text)
  end)

  it("begins with what is small", function()
    local facts = { "one(3)." }
    for i = 1, 200 do facts[#facts + 1] = ("e(%d, %d)."):format(i, i % 20) end
    assert.matches("X of one%(X%)[^\n]*\n +Y of e%(X, Y%)", plan(table.concat(facts, "\n") .. [[

p(X, Y) :- e(X, Y), one(X), Y > 1.
?- p(X, Y).
]]))
  end)

  it("has no pipeline for a body that an empty relation makes empty", function()
    assert.matches("nothing: some relation of the body is empty", plan [[
relation f(int). e(1, 2).
p(X) :- e(X, Y), f(Y).
?- p(X).
]])
  end)

  it("reads a count of what was asked for only once it is complete", function()
    assert.matches("when what it asks for is complete", plan [[
e(1, 2). e(2, 3). e(3, 4). f(1).
r(X, Y) :- e(X, Y).  r(X, Z) :- r(X, Y), e(Y, Z).
c(X, N) :- f(X), N = count{ Y : r(X, Y) }.
?- c(1, N).
]])
  end)
end)
