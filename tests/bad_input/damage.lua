--- damage: spoil copies of a base and see that nobody believes them.
--
-- Usage:   dossier damage BASE [--count N] [--seed N] [--sort WORD] [--step N] [--log]
--                         [--bound N]
-- Reads:   the base in the file BASE, which stays as it is; the copies lie beside it
-- Reports: each copy that was believed and should not have been; then how many there were
--
-- Each copy has one thing wrong with it, of the sort bytes (the usual one: a byte or a
-- few), pages (a page zeroed, moved, or another's), cuts (the end is missing) or every
-- (each byte in turn that is not zero).  It must be refused in words that name the file
-- and say that it is damaged, or answer as BASE does; and a reader must not change it.
-- One in eight copies that answer well are written to, and must answer as BASE does when
-- it is written to, or be refused.  With --log, the damage is to the log beside BASE.  A
-- changed last commit cannot be told from one that a crash cut short, so the copy may
-- answer as BASE did before it; where the log's end is missing, as behind any commit.
local dossier = require "dossier"
local answers = require "tests.bad_input.answers"
local bases = require "tests.bad_input.bases"
local helper = require "tests.helper"

local M = {}

local SLOW = 20 -- seconds of processor time that no copy may take

-- ---- ways to spoil ------------------------------------------------------------------

local function cut(text, at, with)
  return text:sub(1, at - 1) .. with .. text:sub(at + #with)
end

local ways = {}

local function other_byte(random, byte)
  local way = random(4)
  if way == 1 then return byte ~ (1 << (random(8) - 1)) end
  if way == 2 and byte ~= 0 then return 0 end
  if way == 3 and byte ~= 255 then return 255 end
  return (byte + random(255)) & 255
end

local function place(random, text)
  local way = random(8)
  if way == 1 then return random(math.min(100, #text)) end
  if way == 2 then return random(#text) end
  if way <= 4 then
    return math.min(#text, (random((#text + 8191) // 8192) - 1) * 8192 + random(200))
  end
  for _ = 1, 100 do -- somewhere that is in use
    local at = random(#text)
    if text:byte(at) ~= 0 then return at end
  end
  return random(#text)
end

function ways.bytes(random, text)
  local n, words = random(4) == 1 and random(4) or 1, {}
  for i = 1, n do
    local at = place(random, text)
    local byte = other_byte(random, text:byte(at))
    text = cut(text, at, string.char(byte))
    words[i] = ("byte %d is %d"):format(at - 1, byte)
  end
  return text, table.concat(words, ", ")
end

function ways.pages(random, text)
  local n = #text // 8192
  local page, other, way = random(n), random(n), random(3)
  local from = (page - 1) * 8192 + 1
  if way == 1 then return cut(text, from, ("\0"):rep(8192)), ("page %d zeroed"):format(page) end
  if way == 2 then
    return cut(text, from, text:sub((other - 1) * 8192 + 1, other * 8192)),
      ("page %d is page %d"):format(page, other)
  end
  from = from + (random(16) - 1) * 512
  return cut(text, from, ("\0"):rep(512)), ("512 bytes at %d zeroed"):format(from - 1)
end

function ways.cuts(random, text)
  local pages = (#text - 1) // 8192 -- of nothing at all, a writer makes a new base
  local keep = random(2) == 1 and random(#text - 1) or random(pages) * 8192
  return text:sub(1, keep), ("cut at %d"):format(keep)
end

--- A step through every byte that is not zero, and some that are.
local function every(text, step)
  local at = 0
  return function(random)
    repeat
      at = at + 1
    until at > #text or ((text:byte(at) ~= 0 or random(50) == 1) and random(step) == 1)
    if at > #text then return nil end
    local byte = other_byte(random, text:byte(at))
    return cut(text, at, string.char(byte)), ("byte %d is %d"):format(at - 1, byte)
  end
end

-- ---- judging ------------------------------------------------------------------------

--- Are these the words for a file that is not to be trusted?
local function clear(message, path)
  return message:find(path, 1, true) and
    (message:find("the file is damaged", 1, true) or message:find("not a Dossier base", 1, true)
     or message:find("newer than this version reads", 1, true)
     or message:find("the base is gone", 1, true))
end

local function remove(path)
  for _, suffix in ipairs { "", "-wal", "-shm", "-journal" } do os.remove(path .. suffix) end
end

local function exists(path)
  local file = io.open(path, "rb")
  if file then file:close() end
  return file ~= nil
end

--- Where two texts first differ, for a message.
local function difference(a, b)
  local at = 1
  while a:byte(at) == b:byte(at) and at <= #a do at = at + 1 end
  local from = math.max(1, at - 60)
  return ("wanted ...%q came ...%q"):format(a:sub(from, at + 60), b:sub(from, at + 60))
end

--- One copy: read, and perhaps written to.  What is wrong, or nil.
local function judge_reading(run, path, options)
  local started = os.clock()
  local text, message = answers.of(dossier, path, options)
  if os.clock() - started > SLOW then return "took too long" end
  if message and not clear(message, path) then return "unclear: " .. message end
  if message then
    run.refused = run.refused + 1
  elseif not run.good[text] then
    return "wrong answers: " .. difference(run.text, text)
  else
    run.right = run.right + 1
    if text ~= run.text then run.earlier = run.earlier + 1 end
  end
  return nil, text == run.text
end

local function judge_writing(run, path)
  local written, message = bases.write(path, run.bound)
  if not written and not clear(message, path) then return "unclear on writing: " .. message end
  local text, why = answers.of(dossier, path)
  if why and not clear(why, path) then return "unclear after writing: " .. why end
  run.written = run.written + 1
  if text and text ~= (written and run.written_text or run.text) then
    return "wrong after writing: " .. difference(written and run.written_text or run.text, text)
  end
  if written and not text then run.spoilt = run.spoilt + 1 end
end

local function judge(run, path, spoilt, log)
  helper.write(path, log and run.file or spoilt)
  if run.log then helper.write(path .. "-wal", log and spoilt or run.log) end
  local options = { read_only = run.random(2) == 1 }
  local wrong, same = judge_reading(run, path, options)
  if wrong then return wrong end
  if not run.log and helper.read(path) ~= spoilt then return "a reader changed the file" end
  if not run.log and (exists(path .. "-wal") or exists(path .. "-shm")) then
    return "a reader left files beside"
  end
  if same and run.random(8) == 1 then return judge_writing(run, path) end
end

-- ---- a run --------------------------------------------------------------------------

--- What BASE answered behind its commits, as its maker left it in BASE.answers1 and so on:
--- of those, the texts that a copy with a spoilt log may answer.
local function learn_past(run, base, sort)
  local past = {}
  while true do
    local text = helper.read(base .. ".answers" .. #past + 1)
    if not text then break end
    past[#past + 1] = text
  end
  -- A changed mark at the end of the last commit but one takes that along.
  for n = sort == "cuts" and 1 or #past - 2, #past do run.good[past[n]] = true end
end

--- What BASE answers, and what it answers once written to.
local function learn(run, base)
  local copy = base .. ".copy"
  remove(copy)
  helper.write(copy, run.file)
  if run.log then helper.write(copy .. "-wal", run.log) end
  run.text = assert(answers.of(dossier, copy))
  assert(bases.write(copy, run.bound))
  run.written_text = assert(answers.of(dossier, copy))
  assert(run.written_text ~= run.text)
  remove(copy)
  run.good = { [run.text] = true }
end

local function report(run, n)
  print(("%d copies: %d refused, %d answered right (%d as of an earlier commit), "
         .. "%d written to (%d refused after)"):format(n, run.refused, run.right, run.earlier,
    run.written, run.spoilt))
end

function M.main(_, args)
  local base, count = args.base, args.count or 1000
  local seed = args.seed or os.time()
  local run = { refused = 0, right = 0, earlier = 0, written = 0, spoilt = 0, bound = args.bound }
  run.random = helper.random(seed)
  run.file, run.log = assert(helper.read(base)), helper.read(base .. "-wal")
  learn(run, base)
  if args.log then learn_past(run, base, args.sort) end
  local target = args.log and run.log or run.file
  local spoil = args.sort == "every" and every(target, args.step or 1) or
    assert(ways[args.sort or "bytes"], "no such sort of damage")
  local path, wrong, n = base .. ".spoilt", 0, 0
  while args.sort == "every" or n < count do
    local spoilt, words = spoil(run.random, target)
    if not spoilt then break end
    if spoilt ~= target then
      n = n + 1
      remove(path)
      local why = judge(run, path, spoilt, args.log)
      if why then
        wrong = wrong + 1
        print(("seed %d, copy %d (%s): %s"):format(seed, n, words, why))
      end
    end
  end
  remove(path)
  report(run, n)
  return nil, wrong == 0 and 0 or 1
end

return M
