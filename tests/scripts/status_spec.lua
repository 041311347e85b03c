local dossier = require "dossier"
local status = require "status"

local holds = { occurs = false, timed = true }
local timeless = { occurs = false, timed = false }

local function fact(valid, certain)
  return { valid = valid and assert(dossier.time(valid)), certain = certain ~= false }
end

describe("status standing", function()
  it("has no place for what merely happened", function()
    assert.is_nil(status.standing(fact "1994", { occurs = true, timed = true }, false))
  end)

  it("puts relations without time apart", function()
    assert.equal("timeless", status.standing(fact(), timeless, false))
    assert.equal("timeless", status.standing(fact(), timeless, true))
  end)

  it("goes by the end where no day is asked for", function()
    assert.equal("holds", status.standing(fact "1994/..", holds, false))
    assert.equal("possible", status.standing(fact "1994/", holds, false))
    assert.equal("possible", status.standing(fact(), holds, false))
    assert.equal("over", status.standing(fact "1994/2004", holds, false))
    assert.equal("over", status.standing(fact "1994", holds, false))
  end)

  it("goes by the view where a day is asked for", function()
    assert.equal("holds", status.standing(fact "1994/2004", holds, true))
    assert.equal("possible", status.standing(fact("1994", false), holds, true))
  end)
end)

describe("status possibly", function()
  it("marks a line once", function()
    assert.equal("? Varn runs it", status.possibly "Varn runs it")
    assert.equal("? Varn runs it", status.possibly "? Varn runs it")
  end)
end)

describe("status sort out", function()
  it("files each line under its fact's standing and drops what merely happened", function()
    local lines = { { fact = "holds" }, { fact = "over" }, { fact = "holds" }, { fact = "x" } }
    local by = status.sort_out(lines, function(one) return one ~= "x" and one or nil end)
    assert.same({ holds = { lines[1], lines[3] }, over = { lines[2] }, possible = {},
                  timeless = {} }, by)
  end)
end)

describe("status left out", function()
  it("says what is not shown, if anything", function()
    assert.is_nil(status.left_out("Varn", 0, 0))
    assert.equal("Not shown: 1 fact whose time has an end and 2 facts that no time is told "
      .. "of. The profile of Varn has all.", status.left_out("Varn", 1, 2))
  end)
end)

describe("status of a day", function()
  it("learns the day from the view that it is given", function()
    local kb <close> = assert(dossier.open())
    assert(kb:load_text [[
      source log { title: "Log" }.  relation runs(owner, port) holds phrase "{1} runs {2}".
      runs(varn, quay) @ 1950/1971 from log.
    ]])
    local view <close> = kb:view { as_of = "1960-05" }
    assert.is_nil(kb.as_of)
    assert.equal("1960-05-31", view.as_of)
    assert.equal("1960-05-31", view:view({ since = "1900" }).as_of)
    local args = { entity = dossier.entity "quay" }
    local text = status.main(view, args):render "text"
    assert.truthy(text:find("Status of quay on 1960-05-31", 1, true))
    assert.truthy(text:find("varn runs quay [log]", 1, true))
    assert.is_false(status.main(kb, args).found)
    args.as_of = "1960"
    text = status.main(kb, args):render "text"
    assert.truthy(text:find("Status of quay in 1960\n", 1, true))
  end)
end)
