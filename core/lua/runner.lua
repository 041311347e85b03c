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
-- Without a Usage line `args` are the words as they came.
--
-- A script runs in a coroutine of its own: where it fails the stack stands still until it
-- was looked at, so that the message names the script's line also where memory or the
-- stack ran out.
--
-- The host gives a table: name, argv, base, format, width, colour, and the functions write,
-- embedded, chunk, bundled, list.  Nothing else here touches the world but files and the
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
  local data, home = os.getenv("XDG_DATA_HOME") or "", os.getenv("HOME") or ""
  if data:sub(1, 1) ~= "/" and home ~= "" then data = home .. "/.local/share" end
  if data:sub(1, 1) == "/" then list[#list + 1] = data .. "/dossier/scripts" end
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

--- A line as a comment's text; with what ends the comment, where it is a long one.
local function comment_of(line)
  local level, rest = line:match("^%-%-%[(=*)%[(.*)$")
  if level then return rest, "]" .. level .. "]" end
  return line:match("^%-%-%-? ?(.*)$")
end

--- Without empty lines at the ends.
local function trim(lines)
  while lines[1] == "" do
    table.remove(lines, 1)
    lines.first = lines.first + 1
  end
  while lines[#lines] == "" do lines[#lines] = nil end
  return lines
end

--- The lines of a script's first comment, without what makes them a comment; `first` is
--- the number in the file of the first of them.
---@param text string
---@return { [integer]: string, first: integer }
function runner.help(text)
  local lines, number, closing = { first = 1 }, 0, nil
  for line in (text .. "\n"):gmatch("(.-)\r?\n") do
    number = number + 1
    local comment = line
    if not closing then comment, closing = comment_of(line) end
    if comment and #lines == 0 then lines.first = number end
    if comment then
      local over = closing and comment:find(closing, 1, true)
      lines[#lines + 1] = over and comment:sub(1, over - 1) or comment
      if over then break end
    elseif #lines > 0 or line:find("[^ \t]") and not (number == 1 and line:find("^#")) then
      break
    end
  end
  return trim(lines)
end

--- The Usage line of a help, continued lines joined, and its place in the help; nil where
--- there is none.
---@param help string[]
---@return string? usage
---@return integer? place
function runner.usage(help)
  local usage, place
  for i, line in ipairs(help) do
    if not usage then
      usage, place = line:match("^%s*Usage:%s*(.-)%s*$"), i
    elseif line:find("^%s+%S") then
      usage = usage .. " " .. line:match("^%s+(.-)%s*$")
    else
      break
    end
  end
  return usage, usage and place
end

--- The words of a usage line: { text, optional, rest, group }; words in one pair of
--- brackets are a group.  nil and why where the brackets do not go together.
local function usage_words(usage)
  local words, depth, groups = {}, 0, 0
  local spaced = usage:gsub("[%[%]]", " %0 "):gsub("%.%.%.", " ... ")
  for word in spaced:gmatch("%S+") do
    if word == "[" then
      depth = depth + 1
      groups = groups + 1
    elseif word == "]" then
      depth = depth - 1
      if depth < 0 then return nil, "has a \"]\" without its \"[\"" end
    elseif word == "..." and #words > 0 then
      words[#words].rest = true
    else
      words[#words + 1] = { text = word, optional = depth > 0, group = depth > 0 and groups }
    end
  end
  if depth > 0 then return nil, "has a \"[\" without its \"]\"" end
  return words
end

local function key_of(name) return (name:gsub("^%-%-", ""):gsub("-", "_"):lower()) end

local function is_value(word)
  return word ~= nil and (word.text:find("^%u[%u%d_]*$") or word.text:find("^[%w_-]+|[%w_|-]+$"))
end

--- What is wrong with an argument where it stands in a Usage line; nil where nothing is.
local function misplaced(positionals, word)
  local before = positionals[#positionals]
  if not before then return nil end
  if before.rest then
    return ("has %s behind %s..., which takes all that follows"):format(word.text, before.name)
  end
  if before.optional and not word.optional then
    return ("asks for %s behind [%s], which may be left out"):format(word.text, before.name)
  end
end

--- Is the word at `i` the value of the flag before it?
local function value_at(words, i, flag)
  return is_value(words[i]) and words[i].group == flag.group and words[i] or nil
end

--- Take the word at `i` of a Usage line into `spec`: the place of the next one, or nil and
--- what is wrong with this one.
local function take_word(spec, words, i)
  local word = words[i]
  local flag = word.text:find("^%-%-%w")
  if not flag and not is_value(word) then
    return nil, ("has \"%s\", which is no value, flag or choice"):format(word.text)
  end
  if spec.keys[key_of(word.text)] then return nil, ("has %s twice"):format(word.text) end
  spec.keys[key_of(word.text)] = true
  if flag then
    local value = value_at(words, i + 1, word)
    spec.flags[word.text] = {
      name = word.text,
      value = value and value.text,
      optional = word.optional,
    }
    spec.names[#spec.names + 1] = word.text
    return i + (value and 2 or 1)
  end
  local wrong = misplaced(spec.positionals, word)
  if wrong then return nil, wrong end
  spec.positionals[#spec.positionals + 1] = {
    name = word.text,
    optional = word.optional,
    rest = word.rest,
  }
  return i + 1
end

--- What a usage line asks for: positionals in order, flags by name.  Of one with a mistake
--- nil, what it is, and the word that it is at.
---@param usage string
---@return table? spec
---@return string? message
---@return string? word
function runner.spec(usage)
  local spec = { positionals = {}, flags = {}, names = { "--help" }, keys = {} }
  local words, message = usage_words(usage)
  if not words then return nil, message, "" end
  local at = words[1] and words[1].text == "dossier" and 3 or 2
  while words[at] do
    local word = words[at].text
    at, message = take_word(spec, words, at)
    if not at then return nil, message, word end
  end
  return spec
end

-- ---- arguments ----------------------------------------------------------------------

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

--- A value as its word in the usage line asks for; `name` is that of its option, if any.
local function convert(host, word, text, usage, name)
  if word:find("|", 1, true) then return choose(word, text, usage) end
  if is_of(word, "ENTITY") then return resolve_entity(host, text) end
  if is_of(word, "RELATION") then return resolve_relation(host, text) end
  if is_of(word, "SOURCE") then return resolve_source(host, text) end
  if is_of(word, "DATE") then
    local time, why = dossier.time(text)
    if not time then bad(("%s: %s"):format(name or word, why), usage) end
    return text
  end
  if is_of(word, "N") then
    local number = text:find("^[+-]?%d+$") and math.tointeger(tonumber(text))
    if not number then
      bad(("%s takes an integer; came \"%s\""):format(name or word, text), usage)
    end
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
        args[key] = convert(host, flag.value, value, usage, name)
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

--- Tell of a mistake in a Usage line, at the line of the file that `word` stands in.
local function bad_usage(script, help, place, message, word)
  while help[place + 1] and not help[place]:find(word, 1, true) do place = place + 1 end
  stop {
    kind = "script", code = 2,
    message = ("%s:%d: the Usage line %s"):format(script.where, help.first + place - 1, message),
  }
end

--- The arguments as the usage line has them.  Without one, as they came.
local function read_arguments(host, script, help)
  local usage, place = runner.usage(help)
  if not usage then return { table.unpack(host.argv) } end
  local spec, message, word = runner.spec(usage)
  if not spec then bad_usage(script, help, place, message, word) end
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

--- What an error's value says.
local function words_of(err)
  local meta = getmetatable(err)
  if type(err) == "string" or type(err) == "number" then return tostring(err) end
  if type(meta) == "table" and meta.__tostring then
    local ok, text = pcall(tostring, err)
    if ok then return text end
  end
  if type(err) == "table" and type(rawget(err, "message")) == "string" then return err.message end
  return err == nil and "an error without a message"
    or ("an error without a message: its value is a %s"):format(type(err))
end

--- How messages and the debug library spell a chunk's name: a long one is cut.
local function spelled(source)
  return debug.getinfo(assert(load("", source)), "S").short_src
end

--- The line of the chunk `source` that a failed thread stands in, the innermost; nil where
--- none is near.
local function line_of(thread, source)
  for level = 0, 200 do
    local info = debug.getinfo(thread, level, "Sl")
    if not info then return nil end
    if info.source == source and info.currentline > 0 then return info.currentline end
  end
end

--- An error as a message that begins with the script's file and line.
local function told(script, thread, err)
  local source = "@" .. script.where
  local place = spelled(source) .. ":"
  local message = words_of(err):gsub("^dossier%.runner:%d+: ", "")
  -- What a coroutine raised comes with the places of both; the inner one counts.
  local function inner(text)
    local rest = text:sub(1, #place) == place and text:match("^%d+: (.*)$", #place + 1)
    return rest and rest:sub(1, #place) == place and rest
  end
  while inner(message) do message = inner(message) end
  if message:sub(1, #place) == place then return script.where .. ":" .. message:sub(#place + 1) end
  local line = thread and line_of(thread, source)
  return script.where .. (line and ":" .. line or "") .. ": " .. message
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

local document = getmetatable(report.new "")

--- Hand over what a script's main came to; its exit code.
local function finish(host, script, result, code, message)
  if type(result) == "table" and type(result.render) == "function" then
    local options = { width = host.width, colour = host.colour }
    if getmetatable(result) == document then
      result:write(host.format, options, host.write)
    else
      host.write(result:render(host.format, options))
    end
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

--- A script's function; nil and why where it is none.
local function chunk_of(host, script)
  local name = "@" .. script.where
  if script.bundled then return host.chunk("scripts/" .. script.name, name) end
  return load((script.text:gsub("^#[^\n]*", "")), name, "t")
end

local function run_script(host, script, args)
  local chunk, syntax = chunk_of(host, script)
  if not chunk then stop { kind = "script", code = 2, message = told(script, nil, syntax) } end
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
  local thread = coroutine.create(run)
  local ok, result = coroutine.resume(thread, host, script)
  if ok and coroutine.status(thread) == "dead" then return "ok", result end
  if ok then result = "attempt to yield from outside a coroutine" end
  local outcome = getmetatable(result) == Stop and result
    or { kind = "script", code = 2, message = told(script, thread, result) }
  coroutine.close(thread)
  return outcome.kind, outcome.code, outcome.message
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
