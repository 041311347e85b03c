--- Reports as they are printed: each folder tests/golden/SCRIPT/CASE is one case.
--
--   facts.dl   a base of its own; or
--   base       the files of a base, a path a line
--   args       what stands after `dossier -b BASE`, an argument a line
--   code       the exit code, where it is not 0
--   expected   what is printed
--
-- ACCEPT=1 writes `expected` anew, to be read before it is committed.
local helper = require "tests.helper"

local accept = os.getenv "ACCEPT" == "1"

local function lines_of(text)
  local lines = {}
  for line in text:gmatch "[^\n]+" do lines[#lines + 1] = line end
  return lines
end

local function base_of(case, folder)
  local path = folder .. "/case.kb"
  local words = { "-b", path, "load" }
  local files = helper.read(case .. "/base")
  for _, file in ipairs(files and lines_of(files) or { case .. "/facts.dl" }) do
    words[#words + 1] = file
  end
  local _, err, code = helper.dossier(words)
  assert.equal("", err)
  assert.equal(0, code)
  return path
end

describe("golden", function()
  local folder
  before_each(function() folder = helper.folder() end)
  after_each(function() helper.sweep(folder) end)

  local list = helper.shell "find tests/golden -name args | LC_ALL=C sort"
  for _, path in ipairs(lines_of(list)) do
    local case = path:match "^(.*)/args$"
    it(case:match "golden/(.*)" .. " reads as expected", function()
      local words = { "-b", base_of(case, folder) }
      for _, word in ipairs(lines_of(helper.read(path))) do words[#words + 1] = word end
      local out, err, code = helper.dossier(words)
      if accept then helper.write(case .. "/expected", out) end
      assert.equal("", err)
      assert.equal(helper.read(case .. "/expected"), out)
      assert.equal(tonumber(helper.read(case .. "/code") or 0), code)
    end)
  end
end)
