--- The manual page against the command: neither tells of what the other does not have.
local helper = require "tests.helper"

--- The page as text: fonts, escapes and requests apart.
local function page()
  local text = assert(helper.read "core/cli/share/dossier.1")
  return (text:gsub("\\f%u", ""):gsub("\\%-", "-"):gsub("\\%(dq", '"'))
end

local function words_of(text, pattern)
  local found, list = {}, {}
  for word in text:gmatch(pattern) do
    if not found[word] then list[#list + 1] = word end
    found[word] = true
  end
  table.sort(list)
  return list, found
end

--- Options that a text names.
local function options_of(text) return words_of(text, "%f[%w-](%-%-%l[%l%d-]*[%l%d])") end

local function section(text, name)
  return assert(text:match("\n%.SH " .. name .. "\n(.-)\n%.SH "), "no section " .. name)
end

local function lines_of(text)
  local lines = {}
  for line in text:gmatch "[^\n]+" do lines[#lines + 1] = line end
  return lines
end

--- The commands that the help tells of; scripts are not among them.
local function commands()
  local help = helper.dossier { "--help" }
  local scripts, list = {}, {}
  for _, line in ipairs(lines_of((helper.dossier { "scripts" }))) do
    scripts[line:match "^%S+"] = true
  end
  for name in help:match("Commands:\n(.-)\n\n"):gmatch "%f[^\n\0]  (%l%S*)" do
    if not scripts[name] then list[#list + 1] = name end
  end
  return list, scripts
end

--- The items of a section: the first word behind each .TP, without its font.
local function items(text)
  return words_of("\n" .. text, "\n%.TP\n%.%u+ \"?(%l[%l-]*)")
end

--- The options that a command has of its own.
local function own_options(name)
  local _, general = options_of((helper.dossier { "--help" }))
  local list = {}
  for _, line in ipairs(lines_of((helper.dossier { "complete", "--", name, "--" }))) do
    local option = line:match "^%-%-[^\t]*"
    if option and not general[option] then list[#list + 1] = option end
  end
  return list
end

describe("the manual page", function()
  it("has every command, and none that is not there", function()
    local list = commands()
    table.sort(list)
    assert.same(list, (items(section(page(), "COMMANDS"))))
  end)

  it("has every script that comes with the command, and no other", function()
    local _, scripts = commands()
    local names = {}
    for name in pairs(scripts) do names[#names + 1] = name end
    table.sort(names)
    assert.same(names, (items(section(page(), "SCRIPTS"))))
  end)

  it("has every option of the command", function()
    local _, told = options_of(section(page(), "OPTIONS"))
    for _, option in ipairs((options_of((helper.dossier { "--help" })))) do
      assert(told[option], option .. " is not in the section OPTIONS")
    end
    for _, line in ipairs(lines_of((helper.dossier { "complete", "--", "--" }))) do
      local option = line:match "^[^\t]*"
      assert(told[option], option .. " is not in the section OPTIONS")
    end
  end)

  it("has every option that a command has of its own", function()
    local _, told = options_of(section(page(), "COMMANDS"))
    for _, name in ipairs((commands())) do
      for _, option in ipairs(own_options(name)) do
        assert(told[option], ("%s of %s is not in the section COMMANDS"):format(option, name))
      end
    end
  end)

  it("has no option that is not there", function()
    local known = select(2, options_of((helper.dossier { "--help" })))
    for _, name in ipairs((commands())) do
      for _, option in ipairs(own_options(name)) do known[option] = true end
    end
    for _, option in ipairs((options_of(page()))) do
      assert(known[option], option .. " is in the page, but no option of a command")
    end
  end)

  it("has every variable of the environment that the command reads", function()
    local text = section(page(), "ENVIRONMENT")
    for _, name in ipairs { "DOSSIER_BASE", "DOSSIER_PATH", "DOSSIER_PAGER", "PAGER",
                            "NO_COLOR", "HOME", "XDG_DATA_HOME" } do
      assert(text:find("%f[%w_]" .. name .. "%f[^%w_]"), name .. " is not told of")
    end
    for _, name in ipairs((words_of((helper.shell "cat core/*/*.c core/*/*.lua"),
      'getenv%("([%u_]+)"%)'))) do
      assert(text:find("%f[%w_]" .. name .. "%f[^%w_]"), name .. " is not told of")
    end
  end)

  it("is of this version", function()
    local version = (helper.dossier { "--version" }):match "dossier (%S+)"
    assert(page():find('"dossier ' .. version .. '"', 1, true))
  end)

  it("is set without a warning", function()
    local out, err, code = helper.shell("env -u LD_PRELOAD LC_ALL=C.UTF-8 groff -man -Tutf8 -P-cbou -ww core/cli/share/dossier.1")
    assert.equal("", err)
    assert.equal(0, code)
    assert(out:find("SYNOPSIS", 1, true))
  end)
end)
