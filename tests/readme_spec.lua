--- README.md: what it shows is what happens.
--
-- The file is read as a newcomer reads it: blocks of code that the text says to save are
-- saved, commands behind "$ " are run in order, and their output is compared with the
-- lines below them, where "..." stands for any lines.  They run in a folder that looks
-- like the repository with a fresh build of this run's and the base that `make run` makes.
-- Its tables are checked against what they speak of.
local dossier = require "dossier"
local helper = require "tests.helper"

local readme = assert(helper.read "README.md")

-- ---- reading -------------------------------------------------------------------------

local function lines_of(text)
  local lines = {}
  for line in text:gmatch "([^\n]*)\n" do lines[#lines + 1] = line end
  return lines
end

--- Fenced blocks: { language, lines, at (its first line's number), before (the prose) }.
local function blocks_of(text)
  local blocks, block, prose = {}, nil, {}
  for at, line in ipairs(lines_of(text)) do
    local fence = line:match "^```(.*)$"
    if fence and not block then
      block = { language = fence, lines = {}, at = at + 1, before = table.concat(prose, "\n") }
    elseif fence then
      blocks[#blocks + 1], block, prose = block, nil, {}
    else
      local list = block and block.lines or prose
      list[#list + 1] = line
    end
  end
  assert(not block, "README.md: a block has no end")
  return blocks
end

--- Commands of a block: { text, at, output (lines), code }.
local function commands_of(block)
  local commands = {}
  for i, line in ipairs(block.lines) do
    local text = line:match "^%$ (.*)$"
    if text then
      local code = math.tointeger(tonumber(text:match "# exits with (%d+)$") or 0)
      commands[#commands + 1] =
        { text = text, at = block.at + i - 1, output = {}, code = code }
    else
      local command = assert(commands[#commands], "README.md: output before a command")
      command.output[#command.output + 1] = line
    end
  end
  return commands
end

--- The file that a block is to be saved as: the last one of its kind named in the prose.
local function file_of(block)
  local name
  for word in block.before:gmatch("`([%w_/]+%." .. block.language .. ")`") do name = word end
  return assert(name, "README.md:" .. block.at .. ": which file is this?")
end

--- Are `lines` from `i` what `wanted` from `j` says?
local function agree(lines, wanted, i, j)
  while wanted[j] and wanted[j] ~= "..." do
    if lines[i] ~= wanted[j] then return false end
    i, j = i + 1, j + 1
  end
  if not wanted[j] then return lines[i] == nil end
  for from = i, #lines + 1 do
    if agree(lines, wanted, from, j + 1) then return true end
  end
  return false
end

--- The rows of the table whose header begins with `first`: lists of cells.
local function table_rows(first)
  local rows, inside = {}, false
  for _, line in ipairs(lines_of(readme)) do
    if line:find("| " .. first .. " |", 1, true) == 1 then
      inside = true
    elseif not line:find "^|" then
      inside = false
    elseif inside and not line:find "^| %-" then
      local cells = {}
      for cell in line:gsub("\\|", "\0"):gmatch "|%s*([^|]+)" do
        cells[#cells + 1] = (cell:gsub("%s+$", ""):gsub("%z", "|"))
      end
      rows[#rows + 1] = cells
    end
  end
  assert(#rows > 0, "README.md has no table of " .. first)
  return rows
end

--- What stands in backticks.
local function quoted(text)
  local list = {}
  for word in text:gmatch "`([^`]+)`" do list[#list + 1] = word end
  return list
end

local function set_of(list)
  local set = {}
  for _, word in ipairs(list) do set[word] = true end
  return set
end

-- ---- a place to run in ---------------------------------------------------------------

local function must(command)
  local out, err, code = helper.shell(command)
  assert(code == 0, command .. "\n" .. err)
  return (out:gsub("\n$", ""))
end

--- A program of the sanitized build needs the sanitizer in what it is linked or loaded
--- into; there, these stand in for the compiler and for Lua.
local function write_stand_ins(folder)
  local q = helper.quote
  must("mkdir " .. q(folder .. "/bin"))
  local function stand_in(name, command)
    local path = helper.write(folder .. "/bin/" .. name, "#!/bin/sh\nexec " .. command
      .. ' "$@"\n')
    must("chmod +x " .. q(path))
  end
  stand_in("cc", must "command -v cc" .. " -fsanitize=address,undefined")
  stand_in("lua5.4", ("env LD_PRELOAD=%s ASAN_OPTIONS=detect_leaks=0 %s"):format(
    q(os.getenv "LD_PRELOAD" or ""), must "command -v lua5.4"))
end

--- The repository by links, the build, and the base that `make run` leaves.
local function make_place()
  local q, root = helper.quote, must "pwd"
  local folder = helper.folder()
  if not folder:find "^/" then folder = root .. "/" .. folder end
  for _, name in ipairs { "core", "data", "include", "scripts", "tests" } do
    must(("ln -s %s %s"):format(q(root .. "/" .. name), q(folder .. "/" .. name)))
  end
  must("mkdir " .. q(folder .. "/build"))
  local build = helper.build:find "^/" and helper.build or root .. "/" .. helper.build
  for _, name in ipairs { "dossier", "dossier.so", "libdossier.a", "libdossier.so",
                           "libdossier.so.0" } do
    must(("ln -s %s %s"):format(q(build .. "/" .. name), q(folder .. "/build/" .. name)))
  end
  if helper.sanitized then write_stand_ins(folder) end
  must(("cd %s && %sbuild/dossier -b build/nato-ukraine.kb load $(find -L data -name "
    .. "'*.dl' | LC_ALL=C sort)"):format(q(folder), helper.clean))
  return folder
end

-- ---- what is shown -------------------------------------------------------------------

local blocks = blocks_of(readme)

describe("README.md", function()
  local folder
  setup(function()
    folder = make_place()
    for _, block in ipairs(blocks) do
      if block.language ~= "sh" and not helper.read(file_of(block)) then
        helper.write(folder .. "/" .. file_of(block), table.concat(block.lines, "\n") .. "\n")
      end
    end
  end)
  teardown(function() helper.sweep(folder) end)

  --- Run a command there, with nothing of this machine's user in the way.
  local function run(text)
    local q = helper.quote
    local out, _, code = helper.shell(("cd %s && { %senv HOME=%s PATH=%s sh -c %s; } 2>&1")
      :format(q(folder), helper.clean, q(folder), q(folder .. "/bin:") .. '"$PATH"', q(text)))
    return lines_of(out:gsub("[^\n]$", "%0\n")), code
  end

  for _, block in ipairs(blocks) do
    if block.language == "sh" then
      for _, command in ipairs(commands_of(block)) do
        local target = command.text:match "^make (%l+)$"
        if not target then
          it("shows what comes of " .. command.text, function()
            local lines, code = run(command.text)
            local output = table.concat(lines, "\n")
            assert(agree(lines, command.output, 1, 1), ("README.md:%d: shown is\n%s\n"
              .. "and what comes is\n%s"):format(command.at,
              table.concat(command.output, "\n"), output))
            assert.equal(command.code, code)
          end)
        end
      end
    else
      it("names the file of the block at line " .. block.at, function()
        local kept = helper.read(file_of(block))
        if kept then assert.equal(kept, table.concat(block.lines, "\n") .. "\n") end
      end)
    end
  end

  it("knows the languages of its blocks", function()
    local known = set_of { "sh", "lua", "dl", "c", "csv" }
    for _, block in ipairs(blocks) do
      assert(known[block.language], "README.md:" .. block.at .. ": " .. block.language)
    end
  end)

  it("saves no file without using it", function()
    local used = ""
    for _, block in ipairs(blocks) do
      used = used .. (block.language == "sh" and table.concat(block.lines, "\n") or "")
    end
    for _, block in ipairs(blocks) do
      if block.language ~= "sh" then
        assert(used:find(file_of(block), 1, true), file_of(block) .. " is not used")
      end
    end
  end)

  it("names targets that the Makefile has", function()
    local names = {}
    for _, pattern in ipairs { "`make (%l+)`", "%$ make (%l+)\n" } do
      for name in readme:gmatch(pattern) do names[name] = true end
    end
    assert(names.run and names.test and names.help)
    for name in pairs(names) do
      local _, err, code = helper.shell(
        "env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -n " .. name)
      assert(code == 0, name .. ": " .. err)
    end
  end)

  it("names every option that chooses what is in view, and no other", function()
    local shown = {}
    for _, row in ipairs(table_rows "option") do
      for _, word in ipairs(quoted(row[1] .. " " .. row[2])) do
        shown[#shown + 1] = word:match "^%-%-[%l-]+"
      end
    end
    local help = helper.dossier { "--help" }
    local there = {}
    for option in help:match "in view:(\n.-)\n\n":gmatch "\n +(%-%-[%l-]+)" do
      there[#there + 1] = option
    end
    table.sort(shown)
    table.sort(there)
    assert.same(there, shown)
  end)

  it("writes times that are times", function()
    for _, row in ipairs(table_rows "piece") do
      if row[1] == "valid time" then
        for _, word in ipairs(quoted(row[2])) do assert(dossier.time(word), word) end
        return
      end
    end
    error "no row on times"
  end)

  it("names columns' types and tests of time that there are", function()
    local kb <close> = assert(dossier.open())
    for _, row in ipairs(table_rows "piece") do
      if row[1] == "relation" then
        for kind in row[2]:match "`(entity [^`]+)`":gmatch "%a+" do
          assert(kb:load_text(("relation r_%s(%s)."):format(kind, kind)))
          -- Any other word is a role, of entities.
          local is_entity = kb:relation("r_" .. kind).columns[1].type == "entity"
          assert.equal(kind == "entity", is_entity, kind)
        end
      elseif row[1] == "query" then
        local words = row[2]:match "`before[^`]+`"
        for test in words:gmatch "[%a_]+" do
          assert.is_boolean(dossier.time("1994"):certainly(test, "1995"))
        end
      end
    end
  end)

  it("tells every call of a base in Lua, and none that there is not", function()
    local kb <close> = assert(dossier.open())
    local shown = set_of {}
    for _, row in ipairs(table_rows "call") do
      for _, call in ipairs(quoted(row[1] .. " " .. row[2])) do
        local object, name = call:match "^(%l+)[:.](%l[%l_]*)"
        if object == "kb" then
          assert.equal("function", type(kb[name]), call)
          shown[name] = true
        elseif object == "dossier" then
          assert(dossier[name], call)
        elseif object == "time" then
          assert(dossier.time("1994")[name], call)
        end
      end
    end
    for name in assert(helper.read "include/dossier.lua"):gmatch "function Base:([%l_]+)" do
      assert(shown[name], "kb:" .. name .. " is not in the table")
    end
  end)

  it("says what the static library is linked with", function()
    local flags = assert(readme:match "link with%s`([^`]+)`")
    local lines, code = run("cc -Iinclude tests/embed/minimal.c build/libdossier.a " .. flags
      .. " -o static && ./static")
    assert.same({ "ukraine" }, lines)
    assert.equal(0, code)
  end)

  it("names the folders and rooms that there are", function()
    for _, row in ipairs(table_rows "folder") do
      local name = quoted(row[1])[1]
      assert(name == "build/" or os.execute("test -d " .. name), name)
      if name == "core/" then
        local rooms = {}
        for room in quoted(row[2])[1]:gmatch "%l+" do rooms[#rooms + 1] = room end
        table.sort(rooms)
        assert.equal((helper.shell "ls core | LC_ALL=C sort"),
          table.concat(rooms, "\n") .. "\n")
      end
    end
  end)

  it("names every package that the Makefile installs, and no other", function()
    local shown, there = {}, {}
    for _, row in ipairs(table_rows "package") do
      for _, name in ipairs(quoted(row[1])) do shown[name] = true end
    end
    local makefile = assert(helper.read "Makefile"):gsub("\\\n", " ")
    for list in makefile:gmatch "\n%u+_PACKAGES = ([^\n]+)" do
      for name in list:gsub("%$%b()", ""):gmatch "%S+" do there[name] = true end
    end
    assert.same(there, shown)
  end)

  it("leads nowhere that is not there", function()
    for target in readme:gmatch "%]%(([^)]+)%)" do
      local anchor = target:match "^#(.+)$"
      if anchor then
        local found = false
        for title in readme:gmatch "\n##? ([^\n]+)" do
          found = found or title:lower():gsub("[^%w ]", ""):gsub(" ", "-") == anchor
        end
        assert(found, target)
      else
        assert(helper.read(target), target)
      end
    end
  end)
end)
