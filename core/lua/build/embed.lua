--- embed: writes the C files of what travels inside the library.
--
--   lua5.4 core/lua/build/embed.lua files OUT FILE...    the Lua half, as text and compiled
--   lua5.4 core/lua/build/embed.lua grammar OUT          the grammar, for lua/machine.h
--
-- core/lua/NAME.lua goes by "NAME", scripts/NAME.lua by "scripts/NAME", in order of name.
-- What is compiled keeps its lines, so that messages name them.  The grammar's operations
-- are those of clause.h, by name.
local folder = (arg[0]:match "^(.*)/[^/]*$" or ".") .. "/"

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "a"
  file:close()
  return text
end

--- Write all at once, so that no half of a file is taken for one.
local function write(path, lines)
  local file = assert(io.open(path .. ".new", "wb"))
  assert(file:write(table.concat(lines, "\n"), "\n"))
  assert(file:close())
  assert(os.rename(path .. ".new", path))
end

--- A string as the elements of an array of bytes, in lines.
local function bytes(text)
  local lines = {}
  for i = 1, #text, 32 do
    lines[#lines + 1] = table.concat({ text:byte(i, i + 31) }, ",") .. ","
  end
  return table.concat(lines, "\n")
end

-- ---- files --------------------------------------------------------------------------

--- What a chunk calls itself: its messages begin with it.
local function chunk_name(name)
  local script = name:match "^scripts/(.*)$"
  if script then return "@" .. script .. ".lua" end
  return name == "grammar" and "=grammar" or "=dossier." .. name
end

local function write_files(out, paths)
  local files = {}
  for i, path in ipairs(paths) do
    local name = path:gsub("^core/lua/", ""):gsub("%.lua$", "")
    files[i] = { name = name, path = path }
  end
  table.sort(files, function(a, b) return a.name < b.name end)
  local lines, list = { '#include "lua/embed.h"' }, {}
  for i, file in ipairs(files) do
    local text = read(file.path)
    local compiled = string.dump(assert(load(text, chunk_name(file.name), "t")))
    lines[#lines + 1] = ("static const unsigned char text_%d[] = {\n%s0};"):format(i, bytes(text))
    lines[#lines + 1] = ("static const unsigned char code_%d[] = {\n%s0};")
      :format(i, bytes(compiled))
    list[i] = ('  {"%s", (const char *)text_%d, %d, (const char *)code_%d, %d},')
      :format(file.name, i, #text, i, #compiled)
  end
  lines[#lines + 1] = "const dsr_embedded dsr_embedded_files[] = {"
  table.move(list, 1, #list, #lines + 1, lines)
  lines[#lines + 1] = "  {0, 0, 0, 0, 0}};"
  write(out, lines)
end

-- ---- the grammar --------------------------------------------------------------------

local starts = { "clause", "block", "transaction", "query", "fact" }

local function operations()
  local names = {}
  for name in read(folder .. "../clause.h"):gmatch "X%((%u[%u_]*)%)" do
    names[name] = "DSR_OP_" .. name
  end
  return names
end

local function write_grammar(out)
  local peg = assert(loadfile(folder .. "peg.lua"))()
  local grammar = assert(loadfile(folder .. "../grammar.lua"))(peg, operations())
  local compiled = peg.compile(grammar.rules(), starts)
  local lines = {
    '#include "lua/clause.h"', '#include "lua/machine.h"',
    "#define I(op, argument) DSR_MACHINE_##op | (uint32_t)(argument) << 8",
    "static const uint32_t code[] = {",
  }
  for i, instruction in ipairs(compiled.code) do
    lines[#lines + 1] = ("  /* %d */ I(%s, %s),")
      :format(i - 1, instruction[1], tostring(instruction[2] or 0))
  end
  lines[#lines + 1] = "};\nstatic const unsigned char sets[][32] = {"
  for _, set in ipairs(compiled.sets) do
    lines[#lines + 1] = "  {" .. table.concat(set, ",") .. "},"
  end
  lines[#lines + 1] = "};\nconst dsr_machine_code dsr_grammar_code = {code, sets, {"
  for _, start in ipairs(starts) do
    lines[#lines + 1] = ("  [DSR_START_%s] = %d,"):format(start:upper(), compiled.entries[start])
  end
  lines[#lines + 1] = "}};"
  write(out, lines)
end

local what, out = arg[1], arg[2]
if what == "files" then
  write_files(out, table.move(arg, 3, #arg, 1, {}))
elseif what == "grammar" then
  write_grammar(out)
else
  error "embed.lua files|grammar OUT [FILE...]"
end
