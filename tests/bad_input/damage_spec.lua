-- Bytes changed anywhere in a base or its log: a clear refusal, or the same answers.
--
-- SEED=n other damage; TORTURE=1 forty times as much of it, on larger bases too.
local answers = require "tests.bad_input.answers"
local bases = require "tests.bad_input.bases"
local helper = require "tests.helper"

local torture = os.getenv "TORTURE" == "1"
local seed = tonumber(os.getenv "SEED") or (torture and os.time()) or 20261124
local scale = (torture and 40 or 1) * (helper.sanitized and 0.2 or 1)

--- A folder in memory where there is one: copies by the thousand need no disk.
local function fast_folder()
  local pipe = io.popen "mktemp -d /dev/shm/spec.XXXXXX 2> /dev/null"
  local path = pipe and pipe:read "l"
  if pipe then pipe:close() end
  return path or helper.folder()
end

local function sweep(path)
  assert(path:find("/spec.", 1, true))
  os.execute("rm -rf " .. helper.quote(path))
end

describe("a base", function()
  local folder, nothing

  setup(function()
    folder = fast_folder()
    nothing = helper.write(folder .. "/nothing.dl", "")
  end)
  teardown(function() sweep(folder) end)

  --- Spoil copies of the base at `path` in a process of its own, and see that it got
  --- through and found nothing to complain of.
  local function spoil(path, count, ...)
    local words = { torture and "7200" or "400", helper.build .. "/dossier", "run",
                    "tests/bad_input/damage.lua", nothing, path, "--count",
                    tostring(math.max(10, math.floor(count * scale))), "--seed", tostring(seed), ... }
    local out, err, code = helper.run("timeout", words)
    local told = out .. err
    assert(code == 0, ("exit code %d, seed %d:\n%s"):format(code, seed, told:sub(1, 4000)))
    assert(told:find "%d+ copies: ", told)
    if torture then io.write("\n", path:match "[^/]+$", " ", table.concat({ ... }, " "), ": ", out) end
  end

  local makes = {
    { name = "of fresh facts only", transactions = 4, clauses = 8, count = 300 },
    { name = "of small blocks, merged at each commit", transactions = 14, clauses = 14,
      merge_bound = 1, block_bytes = 64, text = 20000, count = 400 },
    { name = "of whole blocks, merged often", transactions = 10, clauses = 20, merge_bound = 8,
      block_bytes = 8100, text = 9000, count = 400 },
    { name = "of blocks and fresh facts, with free pages", transactions = 8, clauses = 60,
      merge_bound = 170, block_bytes = 200, text = 30000, count = 150 },
  }
  if torture then
    makes[#makes + 1] = { name = "of many small blocks", transactions = 40, clauses = 25,
                          merge_bound = 60, block_bytes = 64, count = 100 }
    makes[#makes + 1] = { name = "of many whole blocks", transactions = 12, clauses = 500,
                          merge_bound = 8, block_bytes = 8100, text = 40000, count = 25 }
  end

  for i, make in ipairs(makes) do
    describe(make.name, function()
      local path
      setup(function()
        path = folder .. "/base" .. i .. ".kb"
        make.seed = i
        bases.make(path, make):close()
      end)

      it("is refused or right with bytes changed", function()
        spoil(path, make.count, "--bound", tostring(make.merge_bound or 4096))
      end)

      it("is refused or right with pages changed", function()
        spoil(path, make.count / 4, "--sort", "pages")
      end)

      it("is refused where its end is missing", function()
        spoil(path, make.count / 4, "--sort", "cuts")
      end)
    end)
  end

  it("is refused or right with any one of its bytes changed", function()
    local path = folder .. "/every.kb"
    bases.make(path, { seed = 9, transactions = 2, clauses = torture and 40 or 3 }):close()
    spoil(path, 1, "--sort", "every", "--step", tostring(helper.sanitized and 10 or 1))
  end)

  for i, make in ipairs {
    { name = "of fresh facts", transactions = 7, clauses = 6 },
    { name = "of small blocks", transactions = 6, clauses = 8, merge_bound = 4, block_bytes = 64 },
  } do
    describe(make.name .. " with a log", function()
      local path
      setup(function()
        path = folder .. "/logged" .. i .. ".kb"
        make.seed = 10 + i
        local kb = bases.make(path .. ".open", make, function(kb, n)
          helper.write(path .. ".answers" .. n, answers.text(kb))
        end)
        for _, suffix in ipairs { "", "-wal" } do
          os.execute(("cp %s.open%s %s%s"):format(path, suffix, path, suffix))
        end
        kb:close()
      end)

      it("is refused or right with bytes of the base changed", function() spoil(path, 150) end)

      it("is refused or right with bytes of the log changed", function()
        spoil(path, 600, "--log")
      end)

      it("is refused or right with parts of the log missing", function()
        spoil(path, 200, "--log", "--sort", "pages")
      end)

      it("is as behind one of its commits where the log's end is missing", function()
        spoil(path, 100, "--log", "--sort", "cuts")
      end)
    end)
  end

  it("is opened past a last commit that a crash left in pieces", function()
    local path = folder .. "/logged1.kb"
    local file, log = helper.read(path), helper.read(path .. "-wal")
    local torn = folder .. "/torn.kb"
    helper.write(torn, file)
    helper.write(torn .. "-wal", log:sub(1, -5000) .. ("\0"):rep(4999)) -- in its last page
    local _, err, code = helper.dossier({ "-b", torn, "load", "-" }, "after(crash).\n")
    assert.equal("", err)
    assert.equal(0, code)
    assert.equal("yes\n", (helper.dossier { "-b", torn, "query", "after(crash)" }))
    assert.equal("yes\n", (helper.dossier { "-b", torn, "query", "raining()" }))
  end)
end)
