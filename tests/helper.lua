--- helper: what specs share: where the build is, running programs, files of their own.
--
--   local helper = require "tests.helper"
--   local out, err, code = helper.dossier { "query", path, "?- p(X)." }

local M = {}

--- The folder of this run's build: "build/check" in `make test`.
M.build = os.getenv "BUILD" or "build"

M.sanitized = M.build:find("sanitize", 1, true) ~= nil

--- A word as the shell takes it, whatever is in it.
---@param word string
---@return string
function M.quote(word) return "'" .. word:gsub("'", "'\\''") .. "'" end

--- All of a file, or nil.
---@param path string
---@return string?
function M.read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read "a"
  file:close()
  return text
end

---@param path string
---@param text string
---@return string path
function M.write(path, text)
  local file = assert(io.open(path, "wb"))
  assert(file:write(text))
  assert(file:close())
  return path
end

--- A new empty folder, under the build; M.sweep takes all of them away.
---@return string
function M.folder()
  local base = M.build .. "/tmp"
  os.execute("mkdir -p " .. M.quote(base))
  local pipe = assert(io.popen("mktemp -d " .. M.quote(base .. "/spec.XXXXXX")))
  local path = pipe:read "l"
  pipe:close()
  return path
end

--- Take a folder of M.folder's away.
---@param path string
function M.sweep(path)
  assert(path:find("/tmp/spec.", 1, true), "no folder of this helper: " .. path)
  os.execute("chmod -R u+rwX " .. M.quote(path) .. "; rm -rf " .. M.quote(path))
end

--- Settings under which a program of this build runs: without the interpreter's preload,
--- and with leaks counted where the sanitizer is in.
M.clean = M.sanitized and "env -u LD_PRELOAD ASAN_OPTIONS=detect_leaks=1 " or ""

--- Run a shell command: what it wrote to its standard output and error, its exit code
--- (128 + the number where a signal ended it).
---@param command string
---@param input string? for its standard input; none: empty
---@return string out
---@return string err
---@return integer code
function M.shell(command, input)
  local folder = M.folder()
  local stdin = "/dev/null"
  if input then stdin = M.write(folder .. "/in", input) end
  local _, how, code = os.execute(("{ %s\n} < %s > %s 2> %s"):format(command,
    M.quote(stdin), M.quote(folder .. "/out"), M.quote(folder .. "/err")))
  local out, err = M.read(folder .. "/out"), M.read(folder .. "/err")
  M.sweep(folder)
  return out, err, how == "signal" and 128 + code or code
end

--- Run a program with arguments as they are.
---@param program string
---@param arguments string[]
---@param input string?
---@return string out
---@return string err
---@return integer code
function M.run(program, arguments, input)
  local words = {}
  for i, word in ipairs(arguments) do words[i] = M.quote(word) end
  return M.shell(M.clean .. M.quote(program) .. " " .. table.concat(words, " "), input)
end

--- Run the dossier command of this build.
---@param arguments string[]
---@param input string?
---@return string out
---@return string err
---@return integer code
function M.dossier(arguments, input)
  return M.run(M.build .. "/dossier", arguments, input)
end

--- Run the host program that was built from tests/embed/NAME.c.
---@param name string
---@param arguments string[]?
---@param input string?
---@return string out
---@return string err
---@return integer code
function M.host(name, arguments, input)
  return M.run(M.build .. "/tests/" .. name, arguments or {}, input)
end

--- A source of random numbers that gives the same ones for a seed on every machine.
---@param seed integer
---@return fun(n: integer): integer from 1 to n
function M.random(seed)
  local state = seed
  return function(n)
    state = (state * 6364136223846793005 + 1442695040888963407) & 0x7fffffffffffffff
    return (state >> 33) % n + 1
  end
end

return M
