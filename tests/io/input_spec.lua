--- What RDF is read from: plain and packed files, the standard input, damaged and hostile
--- ones; with the limits that keep memory and time in bounds.

local helper = require "tests.helper"
local read = require "tests.io.read"

local SEED = math.tointeger(os.getenv "SEED") or 20261127
local STEPS = math.tointeger(os.getenv "STEPS") or (helper.sanitized and 300 or 600)

local folder

local function host(arguments, input) return helper.host("io_rdf", arguments, input) end

local function pack(command, text)
  local path = helper.write(folder .. "/plain", text)
  local out, err, code = helper.shell(command .. " < " .. helper.quote(path))
  assert.equal(0, code, err)
  return out
end

--- Some lines of N-Triples, alike in every run.
local function triples(n)
  local out = {}
  for i = 1, n do
    out[i] = ('<http://e/s%d> <http://e/p%d> "value %d" .\n'):format(i * 7 % n, i % 5, i)
  end
  return table.concat(out)
end

describe("an input", function()
  before_each(function() folder = helper.folder() end)
  after_each(function() helper.sweep(folder) end)

  local packings = { gz = "gzip -n", zst = "zstd -q" }

  it("is the same plain or packed, from a file or the standard input", function()
    local text = triples(30000)
    for ending, command in pairs(packings) do
      local path = helper.write(folder .. "/a.nt." .. ending, pack(command, text))
      local out, err, code = host { path }
      assert.equal(0, code, err)
      assert(out == text, "not the same: " .. ending)
      assert(host({ "-s", "nt", "-" }, helper.read(path)) == text)
    end
    assert(host({ "-s", "nt", "-" }, text) == text)
  end)

  it("reads members and frames one after the other", function()
    local a, b = triples(10), triples(20)
    for ending, command in pairs(packings) do
      local packed = pack(command, a) .. pack(command, "") .. pack(command, b)
      local path = helper.write(folder .. "/a.nt." .. ending, packed)
      assert.equal(a .. b, (host { path }))
      assert.equal(a .. b, (host { "-P", "20", path }))
    end
    local skipped = "\x53\x2a\x4d\x18\x03\0\0\0abc"
    assert.equal(a, (host { helper.write(folder .. "/s.nt", skipped .. pack("zstd -q", a)) }))
  end)

  it("tells the bytes read of how many", function()
    local text = triples(5000)
    local packed = pack("gzip -n", text)
    assert.equal(("5000 quads, %d of %d bytes\n"):format(#text, #text),
      (host { "-c", helper.write(folder .. "/a.nt", text) }))
    assert.equal(("5000 quads, %d of %d bytes\n"):format(#packed, #packed),
      (host { "-c", helper.write(folder .. "/a.nt.gz", packed) }))
    assert.equal(("5000 quads, %d of -1 bytes\n"):format(#text),
      (helper.shell("cat " .. helper.quote(folder .. "/a.nt") .. " | " .. helper.clean ..
        helper.quote(helper.build .. "/tests/io_rdf") .. " -c -s nt -")))
  end)

  it("that is packed and cut short is an error wherever the cut is", function()
    for ending, command in pairs(packings) do
      local packed = pack(command, triples(40))
      for len = 5, #packed - 1, helper.sanitized and 7 or 3 do
        local path = helper.write(folder .. "/a.nt." .. ending, packed:sub(1, len))
        local out, _, code = host { path }
        assert.equal(1, code)
        assert.truthy(out:find(path .. ": damaged %w+ data near byte " .. len .. ": it ends too early"), out)
      end
    end
  end)

  it("that is packed and changed is an error, or says the same", function()
    local text = triples(40)
    for ending, command in pairs(packings) do
      local packed = pack(command .. (ending == "zst" and " --check" or ""), text)
      for at = 1, #packed, helper.sanitized and 11 or 5 do
        local byte = string.char(packed:byte(at) ~ 0x55)
        local path = helper.write(folder .. "/a.nt." .. ending,
          packed:sub(1, at - 1) .. byte .. packed:sub(at + 1))
        local out, _, code = host { path }
        assert(code == 1 or out == text, ("%s: byte %d"):format(ending, at))
      end
      local path = helper.write(folder .. "/a.nt." .. ending, packed .. "trailing")
      local out, _, code = host { path }
      assert.equal(1, code)
      assert.truthy(out:find "damaged %w+ data", out)
    end
  end)

  it("that is not there, or no file, is told", function()
    local out, _, code = host { folder .. "/none.nt" }
    assert.equal(1, code)
    assert.equal(folder .. "/none.nt: cannot be opened: No such file or directory\n", out)
    os.execute("mkdir " .. folder .. "/d.nt")
    out, _, code = host { folder .. "/d.nt" }
    assert.equal(1, code)
    assert.equal(folder .. "/d.nt: cannot be read: Is a directory\n", out)
    for _, syntax in ipairs { "nt", "nq", "ttl", "trig" } do
      assert.equal("", (read.quads("", syntax)))
      assert.equal("", (read.quads("# nothing\r\n", syntax)))
    end
  end)

  -- The sanitizer's own memory would count.
  local unless_sanitized = helper.sanitized and pending or it
  unless_sanitized("that unpacks to much more takes no memory for it", function()
    local command = ("(printf '<http://e/s> <http://e/p> <http://e/o> .\\n'; " ..
      "head -c 100000000 /dev/zero | tr '\\0' '\\n'; printf '<http://e/s> <http://e/p> \"x\" .\\n') | %s > %s")
    for ending, pack_with in pairs(packings) do
      local path = folder .. "/a.nt." .. ending
      helper.shell(command:format(pack_with, path))
      local out, err, code = helper.shell("ulimit -v 60000; " .. helper.build .. "/tests/io_rdf -c " .. path)
      assert.equal(0, code, err)
      assert.truthy(out:find "^2 quads", out)
    end
  end)

  it("loses no memory and says so when there is none", function()
    local turtle = "@prefix : <http://e/> . @base <http://b/> . :s :p [ :q (1 'a\\n' <x>) ] ~ :r {| :a :b |} ." ..
      " << :a :b <<( :c :d :e )>> >> a 'x'@en , '''y'''^^:t .\n"
    local cases = { ttl = turtle, trig = ":g { :s :p :o } " , nt = triples(3) ..
      '<http://e/\\u0041> <http://e/p> <<( _:a <http://e/p> "\\n" )>> .\n' }
    cases.trig = turtle .. cases.trig
    for syntax, text in pairs(cases) do
      local out, _, code = host { "-f", helper.write(folder .. "/a." .. syntax, text) }
      assert.equal(0, code, out)
      assert.truthy(out:find "every allocation may fail", out)
    end
    for ending, command in pairs(packings) do
      local out, _, code = host { "-f", helper.write(folder .. "/a.nt." .. ending, pack(command, triples(9))) }
      assert.equal(0, code, out)
    end
  end)
end)

describe("a hostile document", function()
  before_each(function() folder = helper.folder() end)
  after_each(function() helper.sweep(folder) end)

  --- What the host says of a document too large for a command's output to be compared.
  local function said(syntax, text)
    local out, err, code = host { "-c", helper.write(folder .. "/a." .. syntax, text) }
    return (out:gsub("\n.*", ""):gsub(folder .. "/", "")), code, err
  end

  local START = "@prefix : <http://e/> .\n"

  it("is refused where brackets are too deep, and read where they are not", function()
    for _, pair in ipairs { { "(", ")" }, { "[ :p ", " ]" }, { "<<( :s :p ", " )>>" }, { ":o {| :p ", " |}" },
      { "<< :s :p ", " >>" } } do
      local function nested(n) return START .. ":s :p " .. pair[1]:rep(n) .. ":x" .. pair[2]:rep(n) .. " ." end
      local out, code = said("ttl", nested(200))
      assert.equal(0, code, out)
      assert.equal(1, select(2, said("ttl", nested(201))))
      assert.equal(0, select(2, said("trig", nested(199))))
      assert.equal(1, select(2, said("trig", nested(100000))))
    end
    local out = said("ttl", START .. ":s :p " .. ("("):rep(100000))
    assert.equal("0 quads", out:match "^%d+ quads")
    assert.truthy(read.refusal(START .. ":s :p " .. ("("):rep(300), "ttl"):find "brackets nested more than 200 deep")
    local deep = "<http://e/s> <http://e/p> "
    assert.equal(0, select(2, said("nt", deep .. ("<<( _:b <http://e/p> "):rep(200) .. '"x"' .. (" )>>"):rep(200) .. " .")))
    assert.equal(1, select(2, said("nt", deep .. ("<<( _:b <http://e/p> "):rep(201) .. '"x"' .. (" )>>"):rep(201) .. " .")))
  end)

  local function limit(syntax, text)
    local out, _, code = host { "-c", helper.write(folder .. "/a." .. syntax, text) }
    assert.equal(1, code)
    return out:match "^%d+ quads[^\n]*\n[^\n]-:(%d+:%d+: [^\n]*)"
  end

  it("is refused where a term is too long", function()
    local most, iri = 16 << 20, 64 << 10
    assert.equal(0, select(2, said("nt", '<x:s> <x:p> "' .. ("x"):rep(most - 1) .. '" .')))
    assert.equal("1:13: a literal of more than 16384 KB", limit("nt", '<x:s> <x:p> "' .. ("x"):rep(most + 1) .. '" .'))
    assert.equal("1:13: a literal of more than 16384 KB", limit("ttl", "<x:s> <x:p> '''" .. ("x\n"):rep(most)))
    assert.equal(0, select(2, said("ttl", "<x:s> <x:p> <x:" .. ("x"):rep(iri - 2) .. "> .")))
    assert.equal("1:13: an IRI of more than 64 KB", limit("ttl", "<x:s> <x:p> <x:" .. ("x"):rep(iri) .. "> ."))
    assert.equal("1:13: an IRI of more than 64 KB", limit("nq", "<x:s> <x:p> <x:" .. ("x"):rep(3 * iri)))
    assert.equal("1:13: a label of more than 64 KB", limit("nt", "<x:s> <x:p> _:" .. ("x"):rep(3 * iri)))
    assert.equal("1:13: a name of more than 64 KB", limit("ttl", "<x:s> <x:p> x:" .. ("x."):rep(3 * iri)))
    assert.equal("1:13: a name of more than 64 KB", limit("ttl", "<x:s> <x:p> " .. ("x."):rep(3 * iri)))
    assert.equal("1:13: a number of more than 64 KB", limit("ttl", "<x:s> <x:p> " .. ("1"):rep(3 * iri)))
    assert.equal("1:16: a language of more than 64 KB", limit("ttl", "<x:s> <x:p> 'x'@" .. ("x-"):rep(3 * iri)))
  end)

  it("is refused where a line or the open terms of a statement are too long", function()
    assert.equal("1:1: a statement of more than 64 MB", limit("nt", "<x:s>" .. (" "):rep(65 << 20) .. "<x:p> <x:o> ."))
    local long = "'" .. ("x"):rep(15 << 20) .. "'"
    assert.truthy(limit("ttl", "<x:s> <x:p> " .. (long .. " {| <x:p> "):rep(6)):find
      "^1:%d+: a statement with more than 64 MB of open terms$")
  end)

  it("is read in time that grows as it does", function()
    -- Each is read anew from its start where the span ends: long ones more than once.
    for _, text in ipairs {
      "<x:s> <x:p> '''" .. ("\"'\\n"):rep(2000000) .. "''' .",
      "<x:s> <x:p> " .. ("'x',"):rep(1000000) .. "'y' .",
      "<x:s> <x:p> (" .. ("() "):rep(500000) .. ") .",
      "<x:s> <x:p> " .. ("[],"):rep(1000000) .. "[] .",
      "#" .. ("x"):rep(8000000), (" "):rep(8000000), ("\r"):rep(8000000),
      "<x:s> <x:p> <x:o>" .. (";"):rep(4000000) .. ".",
      "@prefix x: <x:> .\n" .. ("x:s x:p x:o.\n"):rep(200000),
      ("PREFIX x: <x:>\n"):rep(200000),
    } do
      local before = os.time()
      local out, code = said("ttl", text)
      assert.equal(0, code, out)
      assert(os.time() - before < 200, "slow: " .. text:sub(1, 30))
    end
  end)

  it("does not crash a reader, whatever was changed in it", function()
    local random = helper.random(SEED)
    local samples = {
      ttl = START .. "@base <http://b/> .\n:s :p 'a\\u0041' , \"\"\"x\ny\"\"\"@en--ltr ; a <r> , _:b.c , [ :q 1.5e3 ] ;" ..
        " :l ( 1 -.5 true :x\\-y%20 ) ~ :r {| :q << :a :b :c >> |} .\n<<( >> VERSION '1.2'\nPREFIX e: <#>\n e:їжак e: 'ї' .\n",
      nq = triples(3) .. '_:a <http://e/p> "x\\n"@en <http://e/g> .\n' ..
        '<http://e/s> <http://e/p> <<( _:b <http://e/q> "y"^^<http://e/t> )>> _:g . # c\nVERSION "1.2"\n',
    }
    samples.ttl = samples.ttl:gsub("<<%( >> ", "")
    samples.trig = samples.ttl .. ":g { :s :p :o . [ :p :o ] } GRAPH _:g { << :a :b :c ~ :r >> } { (1) :p [] }\n"
    local signs = { "<", ">", "<<", "<<(", ")>>", "'", '"', "'''", "\\", "\\u", "{", "}", "{|", "|}", "(", ")", "[", "]",
      ".", ";", ",", "~", "^^", "@", "@prefix", ":", "_:", "\0", "\xff", "\xf0\x9f", "\r", "\n", "#", "a", "1", "e", "+", " ", "%" }
    local function change(text)
      for _ = 1, random(4) do
        local at, len, way = random(#text + 1), random(3), random(4)
        local sign = way == 1 and "" or way == 2 and string.char(random(256) - 1) or signs[random(#signs)]
        if way == 4 then len = 1 end
        if random(20) == 1 then text = text:sub(1, at) end
        text = text:sub(1, at - 1) .. sign .. text:sub(at + len - 1)
      end
      return text
    end
    for _, syntax in ipairs { "nq", "trig", "ttl" } do
      local refused = 0
      for first = 1, STEPS, 500 do
        local where = ("seed %d, %s, from %d: "):format(SEED, syntax, first)
        local files = { "-m" }
        for i = 1, math.min(500, STEPS - first + 1) do
          files[i + 1] = helper.write(("%s/%d.%s"):format(folder, i, syntax), change(samples[syntax]))
        end
        local before = os.time()
        local whole, err, code = host(files)
        assert.equal(0, code, where .. err)
        local cut
        cut, err, code = host { "-p", tostring(random(40)), table.unpack(files) }
        assert.equal(0, code, where .. err)
        assert(whole == cut, where .. "pieces say something else")
        assert(os.time() - before < 300, where .. "slow")
        refused = refused + select(2, whole:gsub("\n[^\n]*:%d+:%d+: ", ""))
      end
      assert(refused > STEPS / 4, "hardly any is wrong")
    end
  end)
end)
