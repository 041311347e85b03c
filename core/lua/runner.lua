--- runner: finds a script, reads its help and its arguments, runs it, hands over its report.
--
-- A script's first comment is its help.  The Usage line in it says what arguments there
-- are, so that what is printed and what is read cannot differ:
--
--   Usage: dossier timeline ENTITY [--since DATE] [--all] [NAME...]
--
-- UPPERCASE words stand for values.  ENTITY is looked up in the base, so are RELATION and
-- SOURCE (by identifier, name or title), DATE must be EDTF, N an integer, and words with an
-- ending (FROM_DATE, SECOND_ENTITY) are of its type; one|two is a choice; any other word
-- takes what comes.  Brackets mean that it may be left
-- out, three dots that more may follow.  A flag with no value word is true or absent.
-- In `args`, names are in lower case: args.entity, args.since, args.all, args.name[1].
--
-- The host gives a table: name, argv, base, format, width, colour, and the functions write,
-- embedded, bundled, list.  Nothing else here touches the world but files and the
-- environment, to find scripts.
local dossier = require "dossier"
local report = require "dossier.report"

local runner = {}

-- ---- stopping -----------------------------------------------------------------------

--- An error that is an outcome and not a mistake of the script: it passes every handler.
local Stop = { __name = "dossier.Stop" }
Stop.__tostring = function(stop) return stop.message or "stopped" end

local function stop(outcome) error(setmetatable(outcome, Stop), 0) end

--- What the user typed is wrong.
local function bad(message, usage)
  stop { kind = "script", code = 2, message = message .. (usage and "\nusage: " .. usage or "") }
end

-- ---- finding ------------------------------------------------------------------------

--- The folders of the script path, in order.
local function folders()
  local list = {}
  for folder in (os.getenv("DOSSIER_PATH") or ""):gmatch("[^:]+") do list[#list + 1] = folder end
  local home = os.getenv("HOME")
  if home and home ~= "" then list[#list + 1] = home .. "/.local/share/dossier/scripts" end
  return list
end

--- A file's text; nil and why.
local function read_file(path)
  local file, why = io.open(path, "rb")
  if not file then return nil, why end
  local text, broken = file:read("a")
  file:close()
  if not text then return nil, path .. ": " .. tostring(broken) end
  return text
end

local function is_path(name) return name:find("/", 1, true) or name:find("%.lua$") end

--- All scripts: name, where, source text; sorted, the first of a name wins.
local function all_scripts(host)
  local found, names = {}, {}
  local function offer(name, where, text)
    if found[name] or not text then return end
    found[name] = { name = name, where = where, text = text }
    names[#names + 1] = name
  end
  for _, folder in ipairs(folders()) do
    for _, file in ipairs(host.list(folder) or {}) do
      local name = file:match("^([%w_][%w_-]*)%.lua$")
      if name then offer(name, folder .. "/" .. file, read_file(folder .. "/" .. file)) end
    end
  end
  for _, name in ipairs(host.bundled()) do
    offer(name, "bundled", host.embedded("scripts/" .. name))
  end
  table.sort(names)
  local list = {}
  for i, name in ipairs(names) do list[i] = found[name] end
  return list
end

local function not_found(host, name)
  local names = {}
  for i, script in ipairs(all_scripts(host)) do names[i] = script.name end
  local near = dossier.nearest(name, names)
  stop {
    kind = "absent",
    code = 2,
    message = ("there is no script \"%s\"; "):format(name)
      .. (near and ("did you mean \"%s\"?"):format(near)
        or (#names > 0 and "there are " .. table.concat(names, ", ")
          or "put it into a folder that $DOSSIER_PATH names")),
  }
end

--- The script that a name or a path means: name, where it is, text.
local function find_script(host)
  local name = host.name
  if is_path(name) then
    local text, why = read_file(name)
    if not text then stop { kind = "absent", code = 2, message = why } end
    return { name = name:match("([^/]*)$"):gsub("%.lua$", ""), where = name, text = text }
  end
  for _, folder in ipairs(folders()) do
    local path = folder .. "/" .. name .. ".lua"
    local text = read_file(path)
    if text then return { name = name, where = path, text = text } end
  end
  local text = host.embedded("scripts/" .. name)
  if not text then not_found(host, name) end
  return { name = name, where = name .. ".lua", text = text, bundled = true }
end

-- ---- help and usage -----------------------------------------------------------------

--- The lines of a script's first comment, without what makes them a comment.
---@param text string
---@return string[]
function runner.help(text)
  local lines = {}
  for line in (text:gsub("^#[^\n]*\n?", "") .. "\n"):gmatch("(.-)\r?\n") do
    local comment = line:match("^%-%-%-? ?(.*)$")
    if comment then
      lines[#lines + 1] = comment
    elseif #lines > 0 or line:find("[^ \t]") then
      break
    end
  end
  return lines
end

--- The Usage line of a help, continued lines joined; nil where there is none.
---@param help string[]
---@return string?
function runner.usage(help)
  local usage
  for _, line in ipairs(help) do
    if not usage then
      usage = line:match("^Usage:%s*(.-)%s*$")
    elseif line:find("^%s+%S") then
      usage = usage .. " " .. line:match("^%s+(.-)%s*$")
    else
      break
    end
  end
  return usage
end

--- The words of a usage line: { text, optional, rest, group }; words in one pair of
--- brackets are a group.
local function usage_words(usage)
  local words, depth, groups = {}, 0, 0
  local spaced = usage:gsub("[%[%]]", " %0 "):gsub("%.%.%.", " ... ")
  for word in spaced:gmatch("%S+") do
    if word == "[" then
      depth = depth + 1
      groups = groups + 1
    elseif word == "]" then
      depth = depth - 1
    elseif word == "..." and #words > 0 then
      words[#words].rest = true
    else
      words[#words + 1] = { text = word, optional = depth > 0, group = depth > 0 and groups }
    end
  end
  return words
end

local function is_value(word)
  return word ~= nil and (word.text:find("^%u[%u%d_]*$") or word.text:find("^[%w_-]+|[%w_|-]+$"))
end

--- What a usage line asks for: positionals in order, flags by name.
---@param usage string
---@return table? spec
---@return string? message
function runner.spec(usage)
  local spec = { positionals = {}, flags = {}, names = { "--help" } }
  local words = usage_words(usage)
  local i = words[1] and words[1].text == "dossier" and 3 or 2
  while words[i] do
    local word = words[i]
    if word.text:find("^%-%-%w") then
      local value = is_value(words[i + 1]) and words[i + 1].group == word.group and words[i + 1]
      spec.flags[word.text] = {
        name = word.text,
        value = value and value.text,
        optional = word.optional,
      }
      spec.names[#spec.names + 1] = word.text
      if value then i = i + 1 end
    elseif is_value(word) then
      spec.positionals[#spec.positionals + 1] = {
        name = word.text,
        optional = word.optional,
        rest = word.rest,
      }
    else
      return nil, ("the Usage line has \"%s\", which is no value, flag or choice"):format(word.text)
    end
    i = i + 1
  end
  return spec
end

-- ---- arguments ----------------------------------------------------------------------

local function key_of(name) return (name:gsub("^%-%-", ""):gsub("-", "_"):lower()) end

--- Is a value word of a type: ENTITY, FROM_ENTITY, ENTITY_2?
local function is_of(word, kind)
  return word == kind or word:find("_" .. kind .. "$") or word:find("^" .. kind .. "_?%d+$")
end

local function resolve_entity(host, text)
  if not host.base then bad("an entity can only be looked up in a base, and none is open") end
  local entity, message, candidates = host.base:find(text)
  if entity then return entity end
  if not candidates or #candidates == 0 then bad(message) end
  local width = 0
  local lines = { ("\"%s\" may mean several; name one by its identifier:"):format(text) }
  for _, one in ipairs(candidates) do width = math.max(width, dossier.width(one.id)) end
  for _, one in ipairs(candidates) do
    local gap = (" "):rep(width - dossier.width(one.id) + 2)
    lines[#lines + 1] = "  " .. one.id .. gap .. one.label
  end
  return bad(table.concat(lines, "\n"))
end

--- What is wrong with a name, and what would do: the nearest, or all where they are few.
local function no_such(what, text, names)
  local near = dossier.nearest(text, names)
  local hint = near and ("; did you mean \"%s\"?"):format(near)
    or #names > 0 and #names <= 8 and "; there are " .. table.concat(names, ", ") or ""
  return bad(("there is no %s \"%s\"%s"):format(what, text, hint))
end

local function resolve_relation(host, text)
  local told, relation = pcall(host.base.relation, host.base, text)
  if not told then bad(relation) end
  if relation then return relation end
  local names = {}
  for _, one in ipairs(host.base:relations()) do
    if not one.builtin then names[#names + 1] = one.name end
  end
  return no_such("relation", text, names)
end

--- The source that a text names: by identifier, title or any name of the entity.
local function resolve_source(host, text)
  local by, names, folded = {}, {}, dossier.fold(text)
  local sources = host.base:sources()
  for _, source in ipairs(sources) do
    by[source.id] = source
    if source.id ~= "base" then names[#names + 1] = source.id end
  end
  if by[text] then return by[text] end
  for _, source in ipairs(sources) do
    if dossier.fold(source.id) == folded then return source end
    if source.title and dossier.fold(source.title) == folded then return source end
  end
  local entity = host.base:find(text)
  if entity and by[entity.id] then return by[entity.id] end
  return no_such("source", text, names)
end

local function choose(word, text, usage)
  local choices = {}
  for choice in word:gmatch("[^|]+") do
    if choice == text then return text end
    choices[#choices + 1] = choice
  end
  local near = dossier.nearest(text, choices)
  return bad(("\"%s\" is none of %s%s"):format(text, table.concat(choices, ", "),
    near and ("; did you mean \"%s\"?"):format(near) or ""), usage)
end

--- A value as its word in the usage line asks for.
local function convert(host, word, text, usage)
  if word:find("|", 1, true) then return choose(word, text, usage) end
  if is_of(word, "ENTITY") then return resolve_entity(host, text) end
  if is_of(word, "RELATION") then return resolve_relation(host, text) end
  if is_of(word, "SOURCE") then return resolve_source(host, text) end
  if is_of(word, "DATE") then
    local time, why = dossier.time(text)
    if not time then bad(("%s: %s"):format(word, why), usage) end
    return text
  end
  if is_of(word, "N") then
    local number = text:find("^[+-]?%d+$") and math.tointeger(tonumber(text))
    if not number then bad(("%s takes an integer; came \"%s\""):format(word, text), usage) end
    return number
  end
  return text
end

--- What the command takes with any script, for what is nearest only.
local common = {
  "--base", "--now", "--as-of", "--since", "--until", "--known-at", "--source", "--kind",
  "--speaker", "--min-grade", "--settled", "--possible", "--fold", "--format", "--no-pager",
}

local function flag_of(spec, name, usage)
  local flag = spec.flags[name]
  if flag then return flag end
  local names = table.move(spec.names, 1, #spec.names, #common + 1, { table.unpack(common) })
  local near = dossier.nearest(name, names)
  return bad(("there is no option %s%s"):format(name,
    near and "; did you mean " .. near .. "?" or ""), usage)
end

--- Split the arguments: flags into `args`, the others into a list, in order.
local function read_flags(host, spec, usage, args)
  local plain, ended, i = {}, false, 1
  local argv = host.argv
  while argv[i] do
    local text = argv[i]
    local name, inline = text:match("^(%-%-[^=]+)=(.*)$")
    name = name or text
    if ended or not text:find("^%-.") or text:find("^%-%d") then
      plain[#plain + 1] = text
    elseif text == "--" then
      ended = true
    else
      local flag = flag_of(spec, name, usage)
      local key = key_of(name)
      if args[key] ~= nil then bad(name .. " is given twice", usage) end
      if not flag.value then
        if inline then bad(name .. " takes no value", usage) end
        args[key] = true
      else
        if not inline then i = i + 1 end
        local value = inline or argv[i]
        if not value then bad(("%s takes a value: %s"):format(name, flag.value), usage) end
        args[key] = convert(host, flag.value, value, usage)
      end
    end
    i = i + 1
  end
  return plain
end

local function read_positionals(host, spec, usage, args, plain)
  local at = 1
  for _, positional in ipairs(spec.positionals) do
    local key = key_of(positional.name)
    if not plain[at] and not positional.optional then
      bad(positional.name .. " is missing", usage)
    end
    if positional.rest then
      args[key] = {}
      for i = at, #plain do
        args[key][i - at + 1] = convert(host, positional.name, plain[i], usage)
      end
      at = #plain + 1
    elseif plain[at] then
      args[key] = convert(host, positional.name, plain[at], usage)
      at = at + 1
    end
  end
  if plain[at] then bad(("\"%s\" is one argument too many"):format(plain[at]), usage) end
end

--- The arguments as the usage line has them.  Without one, as they came.
local function read_arguments(host, script, help)
  local usage = runner.usage(help)
  if not usage then return { table.unpack(host.argv) } end
  local spec, message = runner.spec(usage)
  if not spec then stop { kind = "script", code = 2, message = script.where .. ": " .. message } end
  local args = {}
  local plain = read_flags(host, spec, usage, args)
  for _, name in ipairs(spec.names) do
    local flag = spec.flags[name]
    if flag and not flag.optional and flag.value and args[key_of(name)] == nil then
      bad(name .. " is missing", usage)
    end
  end
  read_positionals(host, spec, usage, args, plain)
  return args
end

local function wants_help(argv)
  for _, text in ipairs(argv) do
    if text == "--" then return false end
    if text == "--help" or text == "-h" then return true end
  end
  return false
end

-- ---- running ------------------------------------------------------------------------

--- What the script's world differs in from plain Lua: where it prints, and how it ends.
local function prepare_globals(host, script)
  _G.arg = { [0] = script.where, table.unpack(host.argv) }
  function _G.print(...)
    local words = table.pack(...)
    for i = 1, words.n do words[i] = tostring(words[i]) end
    host.write(table.concat(words, "\t") .. "\n")
  end
  function os.exit(code) -- luacheck: ignore 122
    if code == nil or code == true then code = 0 end
    stop { kind = "ok", code = code or 1 }
  end
  local folder = not script.bundled and script.where:match("^(.*)/[^/]*$")
  if not script.bundled then package.path = (folder or ".") .. "/?.lua;" .. package.path end
end

--- Makes an error into a message that begins with the script's file and line.
local function handler_for(chunk_name)
  return function(err)
    if getmetatable(err) == Stop then return err end
    local message = tostring(err):gsub("^dossier%.runner:%d+: ", "")
    for level = 2, 200 do
      local info = debug.getinfo(level, "Sl")
      if not info then break end
      if info.source == chunk_name and info.currentline > 0 then
        local place = info.short_src .. ":"
        if message:find(place, 1, true) then return message end
        return place .. info.currentline .. ": " .. message
      end
    end
    return message
  end
end

local function check_code(code, what)
  if code == nil then return 0 end
  if math.type(code) == "integer" and code >= 0 and code <= 255 then return code end
  return stop {
    kind = "script", code = 2,
    message = ("%s: an exit code is an integer from 0 to 255; came %s")
      :format(what, tostring(code)),
  }
end

--- Hand over what a script's main came to; its exit code.
local function finish(host, script, result, code, message)
  if type(result) == "table" and type(result.render) == "function" then
    host.write(result:render(host.format, { width = host.width, colour = host.colour }))
    return check_code(code or (result.found == false and 1 or 0), script.where)
  end
  if result == nil and message ~= nil then
    stop { kind = "script", code = check_code(code or 2, script.where), message = message }
  end
  if result == nil then return check_code(code, script.where) end
  return stop {
    kind = "script", code = 2,
    message = ("%s: main returns a document, or nil and an exit code; came a %s")
      :format(script.where, type(result)),
  }
end

local function run_script(host, script, args)
  local chunk, syntax = load((script.text:gsub("^#[^\n]*", "")), "@" .. script.where, "t")
  if not chunk then stop { kind = "script", code = 2, message = syntax } end
  prepare_globals(host, script)
  local main = chunk(host.base, args)
  if type(main) == "table" and type(main.main) == "function" then
    return finish(host, script, main.main(host.base, args))
  end
  if type(main) == "table" and type(main.render) == "function" then
    return finish(host, script, main)
  end
  return math.type(main) == "integer" and check_code(main, script.where) or 0
end

local function check_format(format)
  local wrong = report.no_format(format)
  if wrong then bad(wrong) end
end

local function run(host, script)
  local help = runner.help(script.text)
  if wants_help(host.argv) then
    host.write((#help > 0 and table.concat(help, "\n") or script.name .. ": no help") .. "\n")
    return 0
  end
  check_format(host.format)
  if not host.base then bad(script.name .. " needs a base to run on") end
  local args = read_arguments(host, script, help)
  return run_script(host, script, args)
end

--- Find and run the host's script: "ok" | "absent" | "script", exit code, message.
---@param host table
---@return string kind
---@return integer code
---@return string? message
function runner.run(host)
  local found, script = pcall(find_script, host)
  if not found then
    return script.kind or "script", script.code or 2, tostring(script)
  end
  local ok, result = xpcall(run, handler_for("@" .. script.where), host, script)
  if ok then return "ok", result end
  if getmetatable(result) ~= Stop then return "script", 2, result end
  return result.kind, result.code, result.message
end

--- Every script in the path: { name, where, summary }, by name.
---@param host table
---@return { name: string, where: string, summary: string }[]
function runner.list(host)
  local list = {}
  for i, script in ipairs(all_scripts(host)) do
    local first = runner.help(script.text)[1] or ""
    list[i] = {
      name = script.name,
      where = script.where,
      summary = (first:gsub("^[%w_-]+:%s*", "")),
    }
  end
  return list
end

return runner
