-- Files loaded again in place of their last load: what a base remembers of each.
--
-- SEED=n other edits, STEPS=n more of them.
local dossier = require "dossier"
local helper = require "tests.helper"

local seed = tonumber(os.getenv "SEED") or 20261126
local steps = tonumber(os.getenv "STEPS") or 80
local REPLACE = { replace = true }

--- What is asked for: relations and the atoms that match all of their facts.
local ATOMS = { "p(X)", "q(X, Y)", "met(s, X)", "source(X)", "source_title(X, Y)", "prefix(X, Y)" }

--- Every live claim, be it an assertion, a denial or a verdict, in words, in order.
local function live(kb)
  local lines = {}
  for _, atom in ipairs(ATOMS) do
    local arity = atom:find(",", 1, true) and 2 or 1
    if kb:relation(atom:match "^[%w_]+" .. "/" .. arity) then
      for fact in kb:history(atom) do -- of met/2 one way round
        for _, claim in ipairs(fact:history()) do
          if not claim.closed then lines[#lines + 1] = tostring(claim) end
        end
      end
    end
  end
  table.sort(lines)
  return lines
end

local function has(part, text)
  assert(text and text:find(part, 1, true), ("%q is not in:\n%s"):format(part, tostring(text)))
end

describe("a file loaded again", function()
  local folder, kb

  before_each(function()
    folder = helper.folder()
    kb = assert(dossier.open(folder .. "/my.kb"))
  end)
  after_each(function()
    kb:close()
    helper.sweep(folder)
  end)

  local function write(name, text) return helper.write(folder .. "/" .. name, text) end

  --- Write the file and load it in place of its last load: added, retracted, files new.
  local function replace(name, text)
    local _, report = assert(kb:load(write(name, text), REPLACE))
    return report.added, report.retracted, report.files_new
  end

  local function same(wanted, ...) assert.same(wanted, { ... }) end

  it("adds what it says now and retracts what it no longer says", function()
    same({ 3, 0, 1 }, replace("a.dl", "p(a). p(b). deny p(c)."))
    same({ 1, 2, 0 }, replace("a.dl", "p(a). q(a, b)."))
    assert.same({ "base asserts p(a)", "base asserts q(a, b)" }, live(kb))
    same({ 0, 2, 0 }, replace("a.dl", ""))
    assert.same({}, live(kb))
  end)

  it("keeps in history what it no longer says", function()
    replace("a.dl", "p(a). p(b).")
    replace("a.dl", "p(a).")
    local before = {}
    for x in kb:view({ known_at = 1 }):facts "p" do before[#before + 1] = x.id end
    assert.same({ "a", "b" }, before)
  end)

  it("retracts nothing where it is not asked to, until it is", function()
    replace("a.dl", "p(a). p(b).")
    local _, report = assert(kb:load(write("a.dl", "p(a).")))
    same({ 0, 0, 0 }, report.added, report.retracted, report.files_new)
    assert.same({ "base asserts p(a)", "base asserts p(b)" }, live(kb))
    same({ 0, 1, 0 }, replace("a.dl", "p(a)."))
    assert.same({ "base asserts p(a)" }, live(kb))
  end)

  it("meets the load before where its last one was undone", function()
    replace("a.dl", "p(a). p(b).")
    same({ 1, 1, 0 }, replace("a.dl", "p(b). p(c)."))
    assert.equal(2, kb:undo())
    assert.same({ "base asserts p(a)", "base asserts p(b)" }, live(kb))
    same({ 1, 1, 0 }, replace("a.dl", "p(b). p(c)."))
    assert.same({ "base asserts p(b)", "base asserts p(c)" }, live(kb))
    assert.equal(4, kb:undo())
    assert.equal(5, kb:undo()) -- done again
    same({ 0, 2, 0 }, replace("a.dl", ""))
    assert.same({}, live(kb))
  end)

  it("is taken back by an undo also where it only said what another file had said", function()
    replace("a.dl", "p(a).")
    assert(kb:load(write("b.dl", "p(a).")))
    assert.equal(2, kb:undo())
    same({ 0, 1, 0 }, replace("a.dl", "")) -- b.dl does not keep it
  end)

  it("counts, where it is not asked to retract, what is left of what it made", function()
    replace("a.dl", "p(a). p(b). p(c).")
    kb:transaction(function(tx) tx:retract("p", { dossier.entity "b" }) end)
    local _, report = assert(kb:load(write("a.dl", "p(a).")))
    assert.equal(1, report.left_out)
  end)

  it("is loaded anew where its first load was undone", function()
    assert(kb:load(write("a.dl", "p(a).")))
    assert.equal(1, kb:undo())
    same({ 1, 0, 0 }, replace("a.dl", "p(a)."))
    same({ 0, 1, 0 }, replace("a.dl", ""))
  end)

  it("is remembered from a plain load, too", function()
    assert(kb:load(write("a.dl", "p(a). p(b).")))
    same({ 0, 1, 0 }, replace("a.dl", "p(b)."))
  end)

  it("uses no transaction where nothing has changed", function()
    local text = 'source s { title: "S" }. prefix x: <http://x/>. p(a) from s "1". deny p(b).\n' ..
      'prefer p(a) because "so" by s.'
    replace("a.dl", text)
    for _ = 1, 3 do
      same({ 0, 0, 0 }, replace("a.dl", "% the same\n" .. text))
      assert(kb:load(folder .. "/a.dl"))
    end
    assert.equal(1, #kb:transactions())
  end)

  it("uses none where it says nothing and never did", function()
    same({ 0, 0, 1 }, replace("a.dl", "% nothing yet"))
    assert.equal(0, #kb:transactions())
    assert.is_nil(helper.read(folder .. "/my.kb"))
  end)

  it("does not retract what another file says as well", function()
    replace("a.dl", "p(a). p(b).")
    replace("b.dl", "p(a).")
    same({ 0, 1, 0 }, replace("a.dl", ""))
    assert.same({ "base asserts p(a)" }, live(kb))
    same({ 0, 1, 0 }, replace("b.dl", ""))
    assert.same({}, live(kb))
  end)

  it("does not retract what was put on record by hand, or by a text", function()
    kb:transaction(function(tx) tx:add("p", { dossier.entity "a" }) end)
    assert(kb:load_text "p(b).")
    replace("a.dl", "p(c).")
    replace("a.dl", "")
    assert.same({ "base asserts p(a)", "base asserts p(b)" }, live(kb))
  end)

  it("takes over what it says, whoever had put that on record", function()
    assert(kb:load_text "p(a).")
    same({ 0, 0, 1 }, replace("a.dl", "p(a)."))
    same({ 0, 1, 0 }, replace("a.dl", ""))
  end)

  it("tells claims apart by all that they say", function()
    local source = "source s {}. source t {}. "
    replace("a.dl", source .. 'p(a) from s. p(a) from s "1". p(a) from t. deny p(a) from s. p(a) @ 1994 from s.\n' ..
      'assessed p(a) from s. p(a) from s grade 2. p(a) from s quote "x". prefer p(a) because "y" by s.')
    same({ 0, 5, 0 }, replace("a.dl", source .. 'p(a) from s "1". p(a) from t. deny p(a) from s. p(a) from s grade 2.'))
    assert.same({ "base asserts source(s)", "base asserts source(t)", "s 1 asserts p(a)", "s asserts p(a)",
      "s denies p(a)", "t asserts p(a)" }, live(kb))
  end)

  it("retracts verdicts, denials, prefixes and properties of sources like any claim", function()
    replace("a.dl", 'source s { title: "S", url: "u" }. prefix x: <http://x/>. p(a). deny p(a) from s.\n' ..
      'deprecate p(a) because "so" by s.')
    same({ 0, 4, 0 }, replace("a.dl", 'source s { title: "S" }. p(a).'))
    assert.same({ "base asserts p(a)", "base asserts source(s)", 'base asserts source_title(s, "S")' }, live(kb))
  end)

  it("follows a property that was edited", function()
    replace("a.dl", 'source s { title: "One" }.')
    same({ 1, 1, 0 }, replace("a.dl", 'source s { title: "Two" }.'))
    assert.same({ "base asserts source(s)", 'base asserts source_title(s, "Two")' }, live(kb))
  end)

  it("keeps open a claim that moved to another file of the same load", function()
    local a, b = write("a.dl", "p(a). p(b)."), write("b.dl", "p(c).")
    assert(kb:load({ a, b }, REPLACE))
    write("a.dl", "p(b).")
    write("b.dl", "p(c). p(a). p(d).")
    local _, report = assert(kb:load({ a, b }, REPLACE))
    same({ 1, 0, 0 }, report.added, report.retracted, report.files_new)
    for fact in kb:history "p(a)" do assert.same(1, #fact:history()) end
    assert.equal(2, #kb:transactions())
  end)

  it("counts the files that the base does not remember", function()
    local a, b = write("a.dl", "p(a)."), write("b.dl", "p(b).")
    assert(kb:load(a))
    local _, report = assert(kb:load({ a, b }, REPLACE))
    assert.equal(1, report.files_new)
  end)

  it("may be given twice", function()
    local a = write("a.dl", "p(a). p(b).")
    assert(kb:load({ a, a }))
    write("a.dl", "p(b).")
    local _, report = assert(kb:load({ a, folder .. "/./a.dl" }, REPLACE))
    same({ 0, 1, 0 }, report.added, report.retracted, report.files_new)
  end)

  it("meets a symmetric or inverse fact under any of its names", function()
    local head = "relation met(x, y) symmetric. relation above(x, y). relation below(y, x) inverse above.\n"
    replace("a.dl", head .. "met(b, a). below(q, r).")
    same({ 0, 0, 0 }, replace("a.dl", head .. "met(a, b). above(r, q)."))
    same({ 0, 2, 0 }, replace("a.dl", head))
  end)

  it("may retract as ever, whatever file said it", function()
    replace("a.dl", "p(a). p(b).")
    same({ 1, 1, 1 }, replace("b.dl", "retract p(a). p(c)."))
    assert.same({ "base asserts p(b)", "base asserts p(c)" }, live(kb))
    same({ 0, 0, 0 }, replace("b.dl", "p(c)."))
    same({ 1, 0, 0 }, replace("a.dl", "p(a). p(b)."))
  end)

  it("counts retractions that find nothing", function()
    local _, report = assert(kb:load(write("a.dl", "p(a). retract p(b). retract p(a). retract p(a).")))
    same({ 1, 1, 2 }, report.added, report.retracted, report.idle)
  end)

  it("counts queries, which are not run, and what is skipped", function()
    local _, report = assert(kb:load(write("a.dl", "p(a).\n?- p(X).\n?- p(a).\n:- dynamic q/1.\n#show p/1.")))
    same({ 1, 2, 2 }, report.added, report.queries, report.skipped)
    _, report = assert(kb:load(write("a.dl", "p(a).")))
    same({ 0, 0, 0 }, report.added, report.queries, report.skipped)
  end)

  it("may be given twice, also where it says nothing", function()
    local a, b = write("a.dl", ""), write("b.dl", "p(a).")
    assert(kb:load({ a, b, folder .. "/./a.dl", folder .. "/./b.dl" }, REPLACE))
    assert.same({ "base asserts p(a)" }, live(kb))
  end)

  it("may have a name that is not UTF-8", function()
    replace("\xff\\.dl", "p(a). p(b).")
    replace("\xfe\\.dl", "p(b). p(c).")
    assert.same({ "base asserts p(a)", "base asserts p(b)", "base asserts p(c)" }, live(kb))
    replace("\xff\\.dl", "p(d).")
    assert.same({ "base asserts p(b)", "base asserts p(c)", "base asserts p(d)" }, live(kb))
  end)

  it("lets many sources go at once in time that does not grow with each", function()
    local lines = {}
    for i = 1, 4000 do lines[i] = ("source s%d {}. p(e%d) from s%d."):format(i, i, i) end
    write("a.dl", table.concat(lines, "\n"))
    local start = os.clock()
    assert(kb:load(folder .. "/a.dl", REPLACE))
    local loaded = os.clock() - start
    start = os.clock()
    local _, report = assert(kb:load(write("a.dl", ""), REPLACE))
    assert.equal(8000, report.retracted)
    assert.is_true(os.clock() - start < 10 + 4 * loaded, "letting go took much longer than loading")
  end)

  it("is refused where a source would vanish that live claims name", function()
    replace("a.dl", "source s {}. source t {}. p(a) from t.")
    replace("b.dl", "p(a) from s. p(b) from s. q(a, b) from t.")
    local before = live(kb)
    local ok, message, code = kb:load(write("a.dl", "source t {}. p(c)."), REPLACE)
    assert.is_nil(ok)
    assert.equal("unknown source", code)
    has('source "s" is no longer declared, and 2 live claims still name it', message)
    assert.same(before, live(kb))
    assert.equal(2, #kb:transactions())
    same({ 0, 2, 0 }, replace("b.dl", "q(a, b) from t."))
    same({ 1, 2, 0 }, replace("a.dl", "source t {}. p(c)."))
  end)

  it("counts a source as named by what is derived from it, and by verdicts on it", function()
    replace("a.dl", "source s {}.")
    replace("b.dl", 'source t { derived_from: s }. p(a) from t. deprecate p(a) from s because "so" by t.')
    local _, message, code = kb:load(write("a.dl", ""), REPLACE)
    assert.equal("unknown source", code)
    has("2 live claims", message)
  end)

  it("keeps a source that another file declares, too", function()
    replace("a.dl", "source s {}. p(a) from s.")
    replace("b.dl", "source s {}.")
    same({ 0, 0, 0 }, replace("b.dl", "source s {}."))
    same({ 0, 1, 0 }, replace("a.dl", "source s {}."))
    same({ 0, 0, 0 }, replace("b.dl", ""))
    same({ 0, 1, 0 }, replace("a.dl", ""))
  end)

  it("is remembered by where it lies, however it is called", function()
    os.execute("mkdir " .. folder .. "/in; ln -s ../in/a.dl " .. folder .. "/in/link.dl; ln -s in " .. folder .. "/too")
    replace("in/a.dl", "p(a). p(b).")
    write("in/a.dl", "p(a).")
    for _, path in ipairs { "/in/../in/a.dl", "/too/a.dl", "//in/a.dl", "/in/link.dl" } do
      local _, report = assert(kb:load(folder .. path, REPLACE))
      assert.equal(0, report.files_new, path)
    end
    assert.same({ "base asserts p(a)" }, live(kb))
  end)

  it("is known after the base was moved together with it", function()
    os.execute("mkdir -p " .. folder .. "/one/base " .. folder .. "/one/files")
    local path = "/one/base/my.kb"
    local moved = assert(dossier.open(folder .. path))
    assert(moved:load(write("one/files/a.dl", "p(a). p(b).")))
    moved:close()
    os.execute("mv " .. folder .. "/one " .. folder .. "/two")
    moved = assert(dossier.open(folder .. "/two/base/my.kb"))
    local _, report = assert(moved:load(write("two/files/a.dl", "p(a)."), REPLACE))
    same({ 0, 1, 0 }, report.added, report.retracted, report.files_new)
    assert.same({ "base asserts p(a)" }, live(moved))
    moved:close()
  end)

  it("is remembered across handles, merges and processes", function()
    local options = { merge_bound = 1, block_bytes = 64 }
    local path = folder .. "/merged.kb"
    local a = write("a.dl", "p(1..40). p(a). p(b).")
    local first = assert(dossier.open(path, options))
    assert(first:load(a))
    local second = assert(dossier.open(path, options))
    write("a.dl", "p(5..44). p(a).")
    local _, report = assert(second:load(a, REPLACE))
    same({ 4, 5, 0 }, report.added, report.retracted, report.files_new)
    second:close()
    write("a.dl", "p(5..44).")
    local out, err = helper.dossier { "-b", path, "load", "--replace", a }
    assert.equal(path .. ": 0 claims added, 1 retracted from 1 file\n", out .. err)
    write("a.dl", "p(6..44).")
    _, report = assert(first:load(a, REPLACE))
    same({ 0, 1, 0 }, report.added, report.retracted, report.files_new)
    assert.equal(39, #live(first))
    first:close()
  end)

  it("forgets with a rollback what it had remembered", function()
    replace("a.dl", "p(a).")
    assert.has_error(function()
      kb:transaction(function()
        assert(kb:load(write("a.dl", "p(new). p(newer) from base."), REPLACE))
        assert.same({ "base asserts p(new)", "base asserts p(newer)" }, live(kb))
        error "no"
      end)
    end)
    assert.same({ "base asserts p(a)" }, live(kb))
    -- Numbers that the rollback gave back go to other names and claims.
    same({ 2, 0, 1 }, replace("b.dl", "source s {}. p(other) from s."))
    same({ 0, 0, 0 }, replace("a.dl", "p(a)."))
    same({ 0, 1, 0 }, replace("a.dl", ""))
    assert.same({ "base asserts source(s)", "s asserts p(other)" }, live(kb))
  end)

  it("is a part of the transaction that is open", function()
    replace("a.dl", "p(a). p(b).")
    kb:transaction(function(tx)
      tx:add("p", { dossier.entity "c" })
      local _, report = assert(kb:load(write("a.dl", "p(a). p(d)."), REPLACE))
      same({ 1, 1, 0 }, report.added, report.retracted, report.files_new)
    end)
    assert.same({ "base asserts p(a)", "base asserts p(c)", "base asserts p(d)" }, live(kb))
    assert.equal(2, #kb:transactions())
  end)

  it("changes nothing where it has an error", function()
    replace("a.dl", "p(a). p(b).")
    local before = live(kb)
    assert.is_nil(kb:load(write("a.dl", "p(a). p(b"), REPLACE))
    assert.is_nil(kb:load(write("a.dl", "p(a). p(c) from nobody."), REPLACE))
    assert.same(before, live(kb))
    same({ 0, 1, 0 }, replace("a.dl", "p(a)."))
  end)

  it("works for a base in memory", function()
    local memory = assert(dossier.open())
    assert(memory:load(write("a.dl", "p(a). p(b).")))
    local _, report = assert(memory:load(write("a.dl", "p(b). p(c)."), REPLACE))
    same({ 1, 1, 0 }, report.added, report.retracted, report.files_new)
    memory:close()
  end)

  it("is told from a stream, which nobody can load again", function()
    local fifo = folder .. "/fifo"
    os.execute("mkfifo " .. fifo)
    for _, said in ipairs { "p(a)", "p(b)" } do
      os.execute(("echo '%s.' > %s &"):format(said, fifo))
      local _, report = assert(kb:load(fifo, REPLACE))
      same({ 1, 0, 1 }, report.added, report.retracted, report.files_new)
    end
    assert.same({ "base asserts p(a)", "base asserts p(b)" }, live(kb))
  end)

  it("can have many claims", function()
    local n = 20000
    replace("a.dl", ("p(1..%d)."):format(n))
    same({ 1, 2, 0 }, replace("a.dl", ("p(3..%d)."):format(n + 1)))
    same({ 0, n - 1, 0 }, replace("a.dl", ""))
  end)

  it("is tried by a dry run, which counts and changes nothing", function()
    local a = write("a.dl", "source s {}. p(a) from s. p(b).")
    local _, report = assert(kb:load(a, { dry_run = true }))
    same({ 3, 0, 0 }, report.added, report.retracted, report.files_new)
    assert.is_nil(helper.read(folder .. "/my.kb"))
    assert.equal(0, kb.changes)
    assert(kb:load(a))
    write("a.dl", "source s {}. p(c) from s. q(new, newer).")
    for _ = 1, 2 do
      _, report = assert(kb:load(a, { dry_run = true, replace = true }))
      same({ 2, 2, 0 }, report.added, report.retracted, report.files_new)
      assert.is_nil(kb:relation "q")
      assert.equal(1, #kb:transactions())
    end
    local ok, message, code = kb:transaction(function() return kb:load(a, { dry_run = true }) end)
    assert.is_nil(ok)
    has("a dry run cannot be a part of an open transaction", message)
    assert.equal("unsupported", code)
  end)

  it("has no option of another name", function()
    local a = write("a.dl", "p(a).")
    local ok, message = pcall(kb.load, kb, a, { replaces = true })
    assert.is_false(ok)
    has("replace", message)
  end)

  it("cannot be put into a view", function()
    local ok, _, code = kb:view({}):load(write("a.dl", "p(a)."), REPLACE)
    assert.is_nil(ok)
    assert.equal("read-only", code)
  end)
end)

-- ---- against a model ----------------------------------------------------------------------

--- Clauses as written, and the claim that each makes, in words.
local CLAUSES = {}
for _, x in ipairs { "a", "b", "c" } do
  local function add(text, words) CLAUSES[#CLAUSES + 1] = { text = text, words = words } end
  for source, cite in pairs { s = "s", ['t "1"'] = "t 1", base = "base" } do
    add(("p(%s) from %s."):format(x, source), ("%s asserts p(%s)"):format(cite, x))
    add(("deny p(%s) from %s."):format(x, source), ("%s denies p(%s)"):format(cite, x))
    add(("q(%s, a) @ 1994 from %s."):format(x, source), ("%s asserts q(%s, a) @ 1994"):format(cite, x))
  end
  add(("met(%s, s)."):format(x), ("base asserts met(s, %s)"):format(x)) -- s is the older name
end
table.sort(CLAUSES, function(a, b) return a.text < b.text end)
local HEAD = "source s {}. source t {}. relation met(x, y) symmetric.\n"
local HEAD_WORDS = { "base asserts source(s)", "base asserts source(t)" }

local function union(files, byhand)
  local all, lines = {}, {}
  for _, words in ipairs(HEAD_WORDS) do all[words] = true end
  for _, set in pairs(files) do for words in pairs(set) do all[words] = true end end
  for words in pairs(byhand) do all[words] = true end
  for words in pairs(all) do lines[#lines + 1] = words end
  table.sort(lines)
  return lines
end

describe("files edited and loaded again, at random", function()
  for _, how in ipairs { { name = "into small blocks", merge_bound = 1, block_bytes = 64 },
                         { name = "merged now and then", merge_bound = 40 },
                         { name = "in memory", memory = true } } do
    it(("say what the base says: %s, seed %d"):format(how.name, seed), function()
      local random = helper.random(seed)
      local folder = helper.folder()
      local path = not how.memory and folder .. "/my.kb" or nil
      local options = { merge_bound = how.merge_bound, block_bytes = how.block_bytes }
      local kb = assert(dossier.open(path, options))
      local files, byhand = {}, {}

      local function edit(name)
        local set, text = {}, { HEAD }
        for _ = 1, random(8) - 1 do
          local clause = CLAUSES[random(#CLAUSES)]
          set[clause.words] = true
          text[#text + 1] = clause.text
        end
        helper.write(folder .. "/" .. name, table.concat(text, "\n"))
        return set
      end

      assert(kb:load(helper.write(folder .. "/head.dl", HEAD)))
      for step = 1, steps do
        local where = ("seed %d, step %d"):format(seed, step)
        local names, edited = {}, {}
        for _ = 1, random(3) do
          local name = ("f%d.dl"):format(random(4))
          if not edited[name] then names[#names + 1] = folder .. "/" .. name end
          edited[name] = edit(name)
        end
        local act = random(10)
        if act == 1 then -- by hand, where no file says it, since a file may take it over
          local clause = CLAUSES[random(#CLAUSES)]
          local said = false
          for _, set in pairs(files) do said = said or set[clause.words] end
          if not said then
            assert(kb:load_text(clause.text))
            byhand[clause.words] = true
          end
        elseif act == 2 then
          assert(kb:load(names, { replace = true, dry_run = true }))
        elseif act == 3 then
          pcall(kb.transaction, kb, function()
            assert(kb:load(names, REPLACE))
            error "no"
          end)
        elseif act == 4 and path then
          kb:close()
          kb = assert(dossier.open(path, options))
        elseif act == 5 then -- the file goes on making what it made until it is replaced
          assert(kb:load(names))
          for name, set in pairs(edited) do
            for words in pairs(files[name] or {}) do set[words] = true end
            files[name] = set
          end
        elseif act == 6 then -- as if it had not been
          local ok, report = kb:load(names, REPLACE)
          assert(ok, where)
          if report.added + report.retracted > 0 then assert(kb:undo(), where) end
          if report.added + report.retracted == 0 then
            for name, set in pairs(edited) do
              for words in pairs(files[name] or {}) do byhand[words] = nil end
              files[name] = set
            end
          end
        else
          local before = live(kb)
          local ok, report = kb:load(names, REPLACE)
          assert(ok, where)
          for name, set in pairs(edited) do
            -- What a file says and stops saying is retracted, whoever had put it there.
            for words in pairs(files[name] or {}) do byhand[words] = nil end
            files[name] = set
          end
          local after, count = union(files, byhand), {}
          for _, words in ipairs(before) do count[words] = -1 end
          for _, words in ipairs(after) do count[words] = (count[words] or 0) + 1 end
          local added, retracted = 0, 0
          for _, n in pairs(count) do
            added = added + (n == 1 and 1 or 0)
            retracted = retracted + (n == -1 and 1 or 0)
          end
          assert.same({ added, retracted }, { report.added, report.retracted }, where)
        end
        assert.same(union(files, byhand), live(kb), where)
      end
      kb:close()
      helper.sweep(folder)
    end)
  end
end)

-- ---- damage -------------------------------------------------------------------------------

describe("what a base remembers of files", function()
  it("is refused, or right, where bytes of it were changed", function()
    local folder = helper.folder()
    local path, file = folder .. "/my.kb", folder .. "/a.dl"
    local kb = assert(dossier.open(path, { merge_bound = 1, block_bytes = 200 }))
    helper.write(file, "p(1..300). q(a, b).")
    assert(kb:load(file))
    kb:close()
    helper.write(file, "p(1..290). q(a, b).")
    local whole = assert(helper.read(path))
    local random = helper.random(seed)
    local refused = 0
    for _ = 1, helper.sanitized and 60 or 200 do
      local at = random(#whole)
      local byte = string.char(whole:byte(at) ~ random(255))
      helper.write(path, whole:sub(1, at - 1) .. byte .. whole:sub(at + 1))
      local message, code, report
      kb, message, code = dossier.open(path)
      if kb then
        local ok
        ok, report, code = kb:load(file, REPLACE)
        if not ok then
          message, report = report, nil
        else
          assert.same({ 0, 10 }, { report.added, report.retracted }, "byte " .. at)
        end
        kb:close()
      end
      if not report then
        refused = refused + 1
        assert(code == "damaged" or code == "foreign file", ("byte %d: %s: %s"):format(at, code, message))
      end
      os.execute("rm -f " .. path .. "-wal " .. path .. "-shm")
    end
    assert(refused > 1, tostring(refused))
    helper.sweep(folder)
  end)
end)
