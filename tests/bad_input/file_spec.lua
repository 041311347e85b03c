-- Files that are no bases, or no longer: each is refused in words, and left as it was.
local helper = require "tests.helper"
local bases = require "tests.bad_input.bases"

local function contains(text, part)
  assert(text:find(part, 1, true), ("%q is not in:\n%s"):format(part, text))
end

describe("the command", function()
  local folder, good
  setup(function()
    folder = helper.folder()
    good = folder .. "/good.kb"
    bases.make(good, { seed = 1, transactions = 5, clauses = 10 }):close()
  end)
  teardown(function() helper.sweep(folder) end)

  local WAYS = {
    { "query", "held(X, Y)" }, { "summary" }, { "load", "-" }, { "info" },
  }

  --- No way of asking or changing it gets anywhere: each exits with 2, names the file,
  --- says all of `words`, and changes nothing.
  local function refused(path, ...)
    local before = helper.read(path)
    for _, way in ipairs(WAYS) do
      local out, err, code = helper.dossier({ "-b", path, table.unpack(way) }, "held(a, b).\n")
      assert.equal("", out)
      assert.equal(2, code, err)
      contains(err, "dossier: ")
      contains(err, path)
      for _, part in ipairs { ... } do contains(err, part) end
    end
    assert.equal(before, helper.read(path))
    assert.equal("", (helper.shell("ls " .. helper.quote(path) .. "-* 2> /dev/null")))
  end

  local function write(name, text) return helper.write(folder .. "/" .. name, text) end

  --- The good base with some bytes in place of those at `at`, from 0.
  local function with(at, bytes)
    local text = helper.read(good)
    return text:sub(1, at) .. bytes .. text:sub(at + #bytes + 1)
  end

  describe("given a file that is not one of ours", function()
    local kinds = {
      ["a text"] = "These are some words.\nThey are long enough to be taken for more.\n",
      ["a line"] = "held(a, b).\n",
      ["a byte"] = "S",
      ["a picture"] = "\137PNG\r\n\26\n\0\0\0\rIHDR" .. ("\0\1\2\255"):rep(3000),
      ["zeros"] = ("\0"):rep(16384),
      ["an archive"] = "PK\3\4" .. ("\200\5"):rep(9000),
      ["a base in another's encoding"] = "S\0Q\0L\0i\0t\0e\0" .. ("\0"):rep(9000),
    }
    for kind, text in pairs(kinds) do
      it("refuses " .. kind, function()
        refused(write("foreign.kb", text), "not a Dossier base")
      end)
    end

    it("refuses an empty file where a base must be", function()
      local path = write("empty.kb", "")
      for _, way in ipairs { { "query", "held(X, Y)" }, { "summary" } } do
        local _, err, code = helper.dossier { "-b", path, table.unpack(way) }
        assert.equal(2, code)
        contains(err, path .. ": not a Dossier base: it is empty")
      end
      assert.equal("", helper.read(path))
    end)

    it("refuses another program's database", function()
      local path = folder .. "/other.db"
      local _, err = helper.shell("sqlite3 " .. helper.quote(path) ..
        " 'CREATE TABLE root(id INTEGER PRIMARY KEY, data BLOB); INSERT INTO root VALUES(1, 2)'")
      assert.equal("", err)
      refused(path, "another program")
      refused(write("marked.kb", with(68, "\0\0\0\1")), "another program")
    end)

    it("refuses a folder, and what is in none", function()
      local inside = folder .. "/a folder"
      os.execute("mkdir -p " .. helper.quote(inside))
      for _, way in ipairs(WAYS) do
        local _, err, code = helper.dossier({ "-b", inside, table.unpack(way) }, "p(a).\n")
        assert.equal(2, code)
        contains(err, inside .. ": not a Dossier base: it is a directory")
      end
      local _, err, code = helper.dossier({ "-b", folder .. "/no/such.kb", "load", "-" }, "p(a).\n")
      assert.equal(2, code)
      contains(err, "no/such.kb")
      contains(err, "No such file or directory")
      _, err, code = helper.dossier({ "-b", good .. "/x.kb", "load", "-" }, "p(a).\n")
      assert.equal(2, code)
      contains(err, "Not a directory")
    end)

    it("refuses a device and a pipe without waiting for them", function()
      local pipe = folder .. "/pipe"
      os.execute("mkfifo " .. helper.quote(pipe))
      for _, path in ipairs { "/dev/null", "/dev/zero", pipe } do
        local _, err, code = helper.shell(("timeout 20 %s%s/dossier -b %s query 'p(X)'")
          :format(helper.clean, helper.build, helper.quote(path)))
        assert.equal(2, code)
        contains(err, "it is no regular file")
      end
    end)

    it("refuses a file that says it is a base and holds other tables", function()
      local path = folder .. "/stranger.kb"
      local _, err = helper.shell(("sqlite3 %s 'PRAGMA page_size = 8192; CREATE TABLE t(x); "
        .. "PRAGMA application_id = 1146311217; PRAGMA user_version = 1'")
        :format(helper.quote(path)))
      assert.equal("", err)
      refused(path, "the file is damaged", "its tables are not those of a base")
    end)

    it("does not run what a stranger has put into the file", function()
      local path = write("trap.kb", helper.read(good))
      local _, err = helper.shell(("sqlite3 %s 'CREATE TRIGGER trap AFTER INSERT ON run BEGIN "
        .. "DELETE FROM run; END'"):format(helper.quote(path)))
      assert.equal("", err)
      local _, words, code = helper.dossier({ "-b", path, "load", "-" }, "fresh(x).\n")
      assert(code == 0 or words:find(path, 1, true), words)
      if code == 0 then
        local out = helper.dossier { "-b", path, "query", "raining()" }
        assert.equal("yes\n", out)
      end
    end)
  end)

  describe("given a base of another version", function()
    it("refuses a newer format, and says what would read it", function()
      refused(write("newer.kb", with(60, "\0\0\0\4")), "format 4 is newer", "use a newer dossier")
      refused(write("newest.kb", with(60, "\255\255\255\255")), "is newer")
    end)

    it("refuses one without a format", function()
      refused(write("older.kb", with(60, "\0\0\0\0")), "the file is damaged")
    end)
  end)

  describe("given a truncated base", function()
    it("refuses it at every length", function()
      local text = helper.read(good)
      for _, keep in ipairs { 1, 15, 16, 50, 99, 100, 101, 512, 4096, 8191, 8192, 8193, 16384,
                              #text // 2, #text - 8192, #text - 4097, #text - 1 } do
        local path = write("cut.kb", text:sub(1, keep))
        local _, err, code = helper.dossier { "-b", path, "query", "held(X, Y)" }
        assert.equal(2, code)
        contains(err, path)
        assert(err:find "the file is damaged" or err:find "not a Dossier base", err)
        assert.equal(keep, #helper.read(path))
      end
      refused(write("cut.kb", text:sub(1, #text - 8192)), "it is cut off", "restore it from a copy")
    end)

    it("refuses one that is longer than it was", function()
      refused(write("long.kb", helper.read(good) .. ("\0"):rep(8192)), "the file is damaged")
      refused(write("long.kb", helper.read(good) .. "x"), "the file is damaged")
    end)
  end)

  describe("given a base with a changed header", function()
    for at, bytes in pairs { [0] = "s", [16] = "\16", [18] = "\3", [20] = "\8", [44] = "\0\0\0\1",
                             [56] = "\0\0\0\2" } do
      it("refuses it, changed at " .. at, function() refused(write("head.kb", with(at, bytes))) end)
    end
  end)

  describe("given a log without its base", function()
    local log
    setup(function()
      local path = folder .. "/logged.kb"
      local kb = bases.make(path, { seed = 5, transactions = 4, clauses = 5 })
      os.execute(("cp %s-wal %s-left"):format(helper.quote(path), helper.quote(path)))
      kb:close()
      log = assert(helper.read(path .. "-left"))
      assert(#log > 8192)
    end)

    it("makes no base that the log would turn into another", function()
      local path = write("gone.kb", "")
      write("gone.kb-wal", log)
      for _ = 1, 2 do -- an empty file, then none
        local _, err, code = helper.dossier({ "-b", path, "load", "-" }, "fresh(x).\n")
        assert.equal(2, code)
        contains(err, path .. ": the base is gone and its log is still there")
        contains(err, "gone.kb-wal")
        assert.equal(log, helper.read(path .. "-wal"))
        os.remove(path)
      end
      os.remove(path .. "-wal")
      local _, err = helper.dossier({ "-b", path, "load", "-" }, "fresh(x).\n")
      assert.equal("", err)
      assert.equal("X\nx\n", (helper.dossier { "-b", path, "query", "fresh(X)" }))
    end)
  end)
end)
