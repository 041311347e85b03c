--- Text: case, width, what is near.
local dossier = require "dossier"

describe("folding", function()
  it("takes case away and keeps marks", function()
    local rows = {
      { "NATO", "nato" },
      { "ÉCOLE", "école" },
      { "НАТО", "нато" },
      { "Straße", "strasse" },
      { "ΣΊΣΥΦΟΣ", "σίσυφοσ" },
      { "ﬁn", "fin" },
      { "", "" },
      { "2014-03-18", "2014-03-18" },
    }
    for _, row in ipairs(rows) do assert.equal(row[2], dossier.fold(row[1])) end
    assert.not_equal(dossier.fold "ecole", dossier.fold "école")
  end)

  it("does not see how a mark was typed", function()
    assert.equal(dossier.fold "é", dossier.fold "e\u{301}")
    assert.equal(dossier.fold "Ї", dossier.fold "І\u{308}")
    -- Marks above and below, in either order.
    assert.equal(dossier.fold "q\u{307}\u{323}", dossier.fold "q\u{323}\u{307}")
  end)

  it("done twice is done once", function()
    for point = 1, 0x2FFFF do
      if point < 0xD800 or point > 0xDFFF then
        local folded = dossier.fold(utf8.char(point))
        if dossier.fold(folded) ~= folded then error(("U+%04X"):format(point)) end
      end
    end
  end)

  it("refuses what is not UTF-8", function()
    local bad = { "\xff", "a\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x80" }
    for _, text in ipairs(bad) do
      assert.error(function() dossier.fold(text) end)
    end
    for before = 0, 70 do
      for behind = 0, 40, 8 do
        local front, back = ("a"):rep(before), ("b"):rep(behind)
        assert.equal(front .. "é" .. back, dossier.fold(front .. "É" .. back))
        assert.error(function() dossier.fold(front .. "\xe9" .. back) end)
      end
    end
  end)
end)

describe("width", function()
  it("counts columns, not bytes", function()
    local rows = { { "", 0 }, { "nato", 4 }, { "НАТО", 4 }, { "日本", 4 }, { "é", 1 },
      { "e\u{301}", 1 }, { "한국", 4 }, { "…", 1 } }
    for _, row in ipairs(rows) do assert.equal(row[2], dossier.width(row[1]), row[1]) end
  end)

  it("counts an emoji of several parts as one", function()
    local rows = { { "👩‍👩‍👧", 2 }, { "👍🏽", 2 }, { "❤\u{fe0f}", 2 }, { "❤", 1 }, { "🇺🇦", 2 },
      { "a👩‍👩‍👧b", 4 }, { "👩👩", 4 }, { "क्\u{200d}ष", dossier.width "क्" + dossier.width "ष" },
      { "🏽", 2 }, { "x\u{200d}y", 2 } }
    for _, row in ipairs(rows) do assert.equal(row[2], dossier.width(row[1]), row[1]) end
  end)
end)

describe("the nearest word", function()
  it("is few edits away, a swap being one", function()
    local words = { "record", "article", "analyst" }
    assert.equal("record", dossier.nearest("recrod", words))
    assert.equal("record", dossier.nearest("recor", words))
    assert.equal("record", dossier.nearest("record", words))
    assert.equal("article", dossier.nearest("aticle", words))
    assert.equal("analyst", dossier.nearest("annalist", words))
  end)

  it("is none where nothing is near", function()
    assert.is_nil(dossier.nearest("ministry", { "record", "article" }))
    assert.is_nil(dossier.nearest("ab", { "ac" }))
    assert.is_nil(dossier.nearest("", { "a" }))
    assert.is_nil(dossier.nearest("record", {}))
    assert.is_nil(dossier.nearest(("a"):rep(65), { ("a"):rep(65) }))
  end)

  it("does not depend on the order of the words", function()
    assert.equal("abcde1", dossier.nearest("abcdef", { "abcde2", "abcde1", "abcde3" }))
    assert.equal("abcde1", dossier.nearest("abcdef", { "abcde3", "abcde1", "abcde2" }))
  end)

  it("agrees with the definition", function()
    --- Edits between two words, from the definition, without cleverness.
    local function distance(a, b)
      local d = {}
      for i = 0, #a do d[i] = { [0] = i } end
      for j = 0, #b do d[0][j] = j end
      for i = 1, #a do
        for j = 1, #b do
          local cost = a:byte(i) == b:byte(j) and 0 or 1
          d[i][j] = math.min(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + cost)
          if i > 1 and j > 1 and a:byte(i) == b:byte(j - 1)
            and a:byte(i - 1) == b:byte(j) then
            d[i][j] = math.min(d[i][j], d[i - 2][j - 2] + 1)
          end
        end
      end
      return d[#a][#b]
    end
    local state = 20261124
    local function random(n)
      state = (state * 1103515245 + 12345) % 0x80000000
      return (state >> 8) % n + 1
    end
    local function word()
      local letters = {}
      for i = 1, 2 + random(8) do letters[i] = ("abc"):sub(random(3)):sub(1, 1) end
      return table.concat(letters)
    end
    for _ = 1, 2000 do
      local given, words, best = word(), {}, nil
      for i = 1, 4 do
        words[i] = word()
        local far = distance(given, words[i])
        if far <= #given // 3 and (not best or far < best.far
          or far == best.far and words[i] < best.word) then
          best = { word = words[i], far = far }
        end
      end
      assert.equal(best and best.word, dossier.nearest(given, words),
        given .. " among " .. table.concat(words, " "))
    end
  end)
end)
