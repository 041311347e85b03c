--- Readers of RDF beside serd's: documents made at random give the same quads.

local helper = require "tests.helper"
local quads = require "tests.io.quads"

local SEED = math.tointeger(os.getenv "SEED") or 20261127
local STEPS = math.tointeger(os.getenv "STEPS") or 40

--- A document of RDF 1.1 in Turtle, or in TriG with `graphs`, in all the ways in which
--- things may be written.
---@param random fun(n: integer): integer
---@param graphs boolean
---@return string
local function make(random, graphs)
  local out, depth = {}, 0
  local node, properties

  local function pick(list) return list[random(#list)] end
  local function put(...) for _, text in ipairs { ... } do out[#out + 1] = text end end
  local function space()
    put(pick { " ", " ", "\n", "\t", "  ", "\r\n", " # note ' \" <\n" })
  end
  local function some(most, each, between)
    for i = 1, random(most) do
      if i > 1 then put(between) space() end
      each()
    end
  end

  local function name()
    return pick { ":a", ":b-c", ":d.e", "x:", "x:f", "y.z:g", "x:1", "x:h:i", "x:%41b", "x:\\-j\\~k", "x:її",
      ":l_m", "y.z:\\,n" }
  end
  local function iri()
    put(random(3) > 1 and name() or pick { "<http://e/a>", "<rel>", "<../up>", "<#frag>", "<?q>", "<http://e/\\u0416>",
      "<urn:x:y>", "<//other/z>", "</abs/b>", "<http://e/її>" })
  end
  local function label() put("_:" .. pick { "a", "x1", "c.d", "0", "e-f" }) end

  local function text()
    local quote = pick { '"', "'", '"""', "'''" }
    local parts = {}
    for i = 1, random(6) - 1 do
      parts[i] = pick { "a", " ", "\\n", "\\t", "\\\\", "\\\"", "\\'", "\\u00E9", "\\U0001F600", "ї", "#", "<",
        #quote == 3 and "\n" or "z", #quote == 3 and quote:sub(1, 1) .. "x" or "y" }
    end
    put(quote .. table.concat(parts) .. quote)
    local way = random(4)
    if way == 1 then put(pick { "@en", "@en-GB", "@zh-Hant-x1" }) end
    if way == 2 then
      put "^^"
      iri()
    end
  end
  local function number()
    put(pick { "1", "-2", "+3", "4.5", "-.5", "6e7", "8.e-9", ".1E+2", "007", "true", "false" })
  end

  local function bracket(open, close, inside)
    depth = depth + 1
    put(open)
    space()
    inside()
    space()
    put(close)
    depth = depth - 1
  end
  local function collection()
    bracket("(", ")", function()
      for _ = 1, random(4) - 1 do
        node(true)
        space()
      end
    end)
  end

  function node(object)
    local way = random(depth > 3 and 4 or object and 8 or 6)
    if way <= 2 then iri()
    elseif way == 3 then label()
    elseif way == 4 then put(pick { "[]", "[ ]", "[\n]" })
    elseif way == 5 then bracket("[", "]", properties)
    elseif way == 6 then collection()
    elseif way == 7 then text()
    else number() end
  end

  local function verb()
    if random(5) == 1 then put "a" else iri() end
  end
  function properties()
    some(3, function()
      verb()
      space()
      some(3, function()
        node(true)
        space()
      end, ",")
      if random(6) == 1 then put ";" end
      space()
    end, ";")
  end
  local function statement()
    node(false)
    space()
    properties()
    space()
  end
  local function directive()
    put(pick { "@prefix x: <http://p/q#> .", "PREFIX x: <http://p/r/>", "@base <http://base/d/e;f?g> .",
      "bAsE <sub/>", "prefix y.z: <rel/>", "@prefix : <http://empty/> ." }, "\n")
  end

  put "@base <http://base/a/b/c> .\n@prefix : <http://e/> .\n@prefix x: <http://x/#> .\n@prefix y.z: <> .\n"
  for _ = 1, random(8) do
    local way = random(graphs and 8 or 5)
    if way == 1 then
      directive()
    elseif way <= 5 then
      statement()
      put ".\n"
    else
      if way == 6 then put "GRAPH " end
      if way < 8 then if random(3) == 1 then label() else iri() end end
      space()
      bracket("{", "}", function()
        some(3, statement, ".")
        if random(2) == 1 then put "." end
      end)
      put "\n"
    end
  end
  return table.concat(out)
end

describe("beside serd, a reader", function()
  if helper.shell "command -v serdi" == "" then
    pending "is not tried: there is no serdi"
    return
  end
  local folder
  before_each(function() folder = helper.folder() end)
  after_each(function() helper.sweep(folder) end)

  for _, case in ipairs { { "ttl", "turtle" }, { "trig", "trig" } } do
    local syntax, name = case[1], case[2]
    it("gives the same quads of random " .. name, function()
      local random = helper.random(SEED)
      local compared = 0
      for step = 1, STEPS do
        local path = helper.write(folder .. "/a." .. syntax, make(random, syntax == "trig"))
        local said = ("seed %d, step %d:\n%s\n"):format(SEED, step, helper.read(path))
        local ours, err, code = helper.host("io_rdf", { path })
        assert.equal(0, code, said .. ours .. err)
        local theirs, words, rc = helper.shell(("serdi -q -i %s -o nquads %s"):format(name, path))
        if rc == 0 then
          -- What serd writes, as it comes through us: its escapes, its xsd:strings.
          local again = helper.host("io_rdf", { helper.write(folder .. "/b.nq", theirs) })
          assert(quads.same(ours, again), said .. ours .. "\nnot\n" .. again)
          compared = compared + 1
        else
          assert.truthy(words)
        end
      end
      assert(compared > STEPS / 2, "serd took " .. compared)
    end)
  end
end)
