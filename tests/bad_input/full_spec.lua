--- What changes or copies a base, where the disk has no room for it or somebody interrupts
--- it: the base is as it was or as it should be, says so by its exit code, and goes on.
local helper = require "tests.helper"

local SEED = tonumber(os.getenv "SEED") or 20261127
local q = helper.quote

local function export(base)
  local text, err, code = helper.dossier { "-b", base, "export" }
  assert.equal(0, code, err)
  return text
end

describe("a base that is changed", function()
  local folder, base, rows, before, bytes
  setup(function()
    local random = helper.random(SEED)
    folder = helper.folder()
    base, rows = folder .. "/a.kb", folder .. "/rows.csv"
    local function table_of(n, word)
      local lines = { "a,b,d,t" }
      for i = 1, n do
        lines[i + 1] = ("e%d,%s%d,20%02d-%02d-%02d,text %d of %s"):format(random(500), word, random(500),
          random(20), random(12), random(28), i, word)
      end
      return table.concat(lines, "\n") .. "\n"
    end
    helper.write(rows, table_of(3000, "f"))
    local _, err, code = helper.dossier({ "-b", base, "import", "--format", "csv", "--source", "one", "--as",
      "met(a, b, t:text) @ d", "-" }, table_of(1500, "g"))
    assert.equal(0, code, err)
    _, err, code = helper.dossier({ "-b", base, "import", "--format", "csv", "--source", "two", "--as",
      "met(a, b, t:text) @ d", "-" }, table_of(1500, "h"))
    assert.equal(0, code, err)
    before, bytes = export(base), helper.read(base)
  end)
  teardown(function() helper.sweep(folder) end)

  local function put_back()
    os.execute(("rm -f %s/*.kb*"):format(q(folder)))
    helper.write(base, bytes)
  end

  --- Run the command under `limit`; the base is then as before, or as the command says.
  local function try(command, limit)
    put_back()
    local out, err, code = helper.shell(("%s %s%s/dossier -b %s %s"):format(limit, helper.clean, q(helper.build),
      q(base), command))
    local copy = folder .. "/verified.kb" -- a backup reads and verifies every byte
    local _, why, fine = helper.dossier { "-b", base, "backup", copy }
    assert(fine == 0, ("%s %s: %s%s"):format(limit, command, err, why))
    local now = export(base)
    local said = err:find("until the base is packed (dossier compact)", 1, true) -- what is left of it
    if code ~= 0 and not said then
      assert(now == before, ("%s %s: changed it: %s%s"):format(limit, command, out, err))
    end
    return code, err, now
  end

  local commands = {
    ("import --source three --as 'met(a, b, t:text) @ d' %s"),
    "compact", "forget one --yes", "add 'met(x, y, \"z\") @ 2001' --source one",
  }
  for _, command in ipairs(commands) do
    local name = command:match "^%S+"

    it("by " .. name .. " on a disk that is full is as it was, and " .. name .. " says why", function()
      command = command:format(q(rows))
      local code, _, after = try(command, "")
      assert.equal(0, code)
      local failed, done = 0, 0
      for kilobytes = 16, 4096, 16 do -- of a file, in the shell's blocks of half as much
        if kilobytes > 64 and kilobytes % 128 ~= 0 and failed > 0 then goto continue end
        local rc, err, now = try(command, ("ulimit -f %d; trap '' XFSZ;"):format(kilobytes * 2))
        if rc ~= 0 then
          failed = failed + 1
          assert.matches("^dossier: .+\n$", err)
        else
          done = done + 1
          assert.is_true(now == after or name == "import" or name == "add")
          if done == 2 then break end
        end
        ::continue::
      end
      assert.is_true(failed > 0 and done > 0)
    end)

    it("by " .. name .. " that is interrupted or killed is as it was or as it should be", function()
      command = command:format(q(rows))
      local random = helper.random(SEED + #command)
      for _ = 1, helper.sanitized and 4 or 12 do
        local signal = ({ "INT", "TERM", "KILL" })[random(3)]
        local limit = ("timeout -s %s %.4f "):format(signal, random(1000) / 1000 * 0.12)
        put_back()
        helper.shell(("%s%s %s/dossier -b %s %s"):format(helper.clean, limit, q(helper.build), q(base), command))
        local copy = folder .. "/verified.kb"
        local _, why, fine = helper.dossier { "-b", base, "backup", copy }
        assert(fine == 0, why)
        local now = export(base)
        local code, _, after = try(command, "")
        assert.equal(0, code)
        local same = now == before or now == after
        assert(same or name == "import" or name == "add", limit)
      end
    end)
  end

  it("by nobody is copied whole, or no copy is left", function()
    local copy = folder .. "/copy.kb"
    for kilobytes = 8, #bytes // 1024 + 64, 64 do
      put_back()
      local _, err, code = helper.shell(("ulimit -f %d; trap '' XFSZ; %s%s/dossier -b %s backup %s"):format(
        kilobytes * 2, helper.clean, q(helper.build), q(base), q(copy)))
      if code ~= 0 then
        assert.matches("^dossier: .*[ay]%.kb: .+", err) -- its log may find no room, either
        assert.is_nil(helper.read(copy))
      else
        assert.equal(before, export(copy))
      end
      assert.equal(before, export(base))
    end
  end)
end)
