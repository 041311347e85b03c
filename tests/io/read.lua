--- read: RDF in specs, through the host program that prints what it reads.
local assert = require "luassert"
local helper = require "tests.helper"

local M = {}

--- What the host prints of a document, and its exit code.
---@param text string
---@param syntax string  nt, nq, ttl or trig
---@param more string[]?  options
---@return string out
---@return integer code
function M.print(text, syntax, more)
  local folder = helper.folder()
  local path = helper.write(folder .. "/a." .. syntax, text)
  local arguments = { table.unpack(more or {}) }
  arguments[#arguments + 1] = path
  local out, err, code = helper.host("io_rdf", arguments)
  helper.sweep(folder)
  assert.equal("", err)
  return (out:gsub(folder:gsub("%p", "%%%0") .. "/", "")), code
end

--- The quads of a document that must be right, alike in pieces of any size.
---@param text string
---@param syntax string
---@param more string[]?
---@return string
function M.quads(text, syntax, more)
  local out, code = M.print(text, syntax, more)
  assert.equal(0, code, out)
  local pieces, cut = M.print(text, syntax, { "-P", "60", table.unpack(more or {}) })
  assert.equal(0, cut, pieces)
  assert.equal(out, pieces)
  return out
end

--- Where a document that must be wrong is, and what is said: "LINE:COLUMN: message"; and
--- the quads that came before.
---@param text string
---@param syntax string
---@param more string[]?
---@return string message
---@return string quads
function M.refusal(text, syntax, more)
  local out, code = M.print(text, syntax, more)
  assert.equal(1, code, out)
  local pieces, cut = M.print(text, syntax, { "-P", "30", table.unpack(more or {}) })
  assert.equal(1, cut)
  assert.equal(out, pieces)
  local from, _, message = ("\n" .. out):find("\na%." .. syntax .. ":(%d+:%d+: [^\n]*)")
  assert(from, out)
  return message, out:sub(1, from - 1)
end

return M
