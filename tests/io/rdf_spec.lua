--- RDF as it is read, through a host program that prints canonical N-Quads: the W3C's own
--- suites, where they lie beside the tree.

local helper = require "tests.helper"
local quads = require "tests.io.quads"

local SUITES = "../shared/w3c-rdf-tests/"
local MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
local RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

--- Run the host over files of one folder, each with the base it has in its suite.
---@param folder string
---@param base string
---@param files string[]
---@param more string[]?  options
---@return table<string, string> out  what it printed of each
local function read_all(folder, base, files, more)
  local arguments = { "-m", "-B", base, table.unpack(more or {}) }
  for _, file in ipairs(files) do arguments[#arguments + 1] = folder .. file end
  local text, err, code = helper.host("io_rdf", arguments)
  assert.equal("", err)
  assert.equal(0, code, text:sub(-2000))
  local out, at = {}, 1
  for _, file in ipairs(files) do
    local mark = "== " .. folder .. file .. "\n"
    local from, to = text:find(mark, at, true)
    assert(from, "no end of " .. file)
    out[file] = text:sub(at, from - 1)
    at = to + 1
  end
  return out
end

--- The tests of a manifest: sort, action and result (names of files), in order of action.
---@param folder string
---@return table[] tests
---@return string base
local function manifest(folder)
  local text = read_all(folder, "http://manifest.example/", { "manifest.ttl" })["manifest.ttl"]
  local tests, by_name, base = {}, {}, nil
  for s, p, o in text:gmatch "(%S+) <(%S+)> (%S+) %.\n" do
    if p == MF .. "assumedTestBase" then base = o:match "^<(.*)>$" end
    local test = by_name[s] or {}
    by_name[s] = test
    if p == RDF .. "type" then test.sort = o:match "rdftest#Test(%w+)>$" end
    if p == MF .. "action" then test.action = o:match "([^/]+)>$" end
    if p == MF .. "result" then test.result = o:match "([^/]+)>$" end
  end
  for _, test in pairs(by_name) do
    if test.sort and test.action then tests[#tests + 1] = test end
  end
  table.sort(tests, function(a, b) return a.action < b.action end)
  return tests, base or "http://example/"
end

local function names(tests, key)
  local out = {}
  for _, test in ipairs(tests) do out[#out + 1] = test[key] end
  return out
end

--- What an error's message must begin with.
local function place(folder, file)
  return "\n" .. (folder .. file):gsub("%p", "%%%0") .. ":%d+:%d+: expected "
end

local suites = {
  { "rdf11/rdf-n-triples/", 70 }, { "rdf11/rdf-n-quads/", 87 },
  { "rdf11/rdf-turtle/", 313 }, { "rdf12/rdf-n-triples/syntax/", 29 },
  { "rdf12/rdf-n-triples/c14n/", 40 },
}

for _, suite in ipairs(suites) do
  local folder = SUITES .. suite[1]
  describe("of the W3C's " .. suite[1] .. ", a reader", function()
    if not helper.read(folder .. "manifest.ttl") then
      pending("is not tried: there is no " .. folder)
      return
    end

    it("accepts what is valid, refuses what is not, and gives the right quads", function()
      local tests, base = manifest(folder)
      assert(#tests >= suite[2], #tests .. " tests in " .. folder)
      local came = read_all(folder, base, names(tests, "action"))
      local wanted = read_all(folder, base, names(tests, "result"))
      for _, test in ipairs(tests) do
        local text = came[test.action]
        local refused = ("\n" .. text):find(place(folder, test.action)) ~= nil
        assert.equal(test.sort:find "Negative" ~= nil, refused, test.action .. ": " .. text)
        if test.sort == "TurtleEval" then
          assert(quads.same(text, wanted[test.result]), test.action .. " gives\n" .. text ..
            "and not\n" .. wanted[test.result])
        elseif test.sort == "NTriplesPositiveC14N" then
          -- The canonical form has languages in small letters; a reader leaves them be.
          assert.equal(helper.read(folder .. test.result), (text:gsub('"@[%a-]+', string.lower)))
        end
      end
    end)

    it("gives the same when its input comes in pieces of any size", function()
      local tests, base = manifest(folder)
      local whole = read_all(folder, base, names(tests, "action"))
      for _, test in ipairs(tests) do
        local pieces = helper.sanitized and "5" or "40"
        local cut = read_all(folder, base, { test.action }, { "-P", pieces })[test.action]
        assert.equal(whole[test.action], cut, test.action)
      end
    end)
  end)
end
