--- Documents, their renderers, citations and folding.
local dossier = require "dossier"
local report = require "dossier.report"
local helper = require "tests.helper"

--- A claim, as far as a citation looks at it.
local function claim(citation, verb)
  local source, locator = citation:match "^(%S+) ?(.*)$"
  return {
    verb = verb or "asserts",
    source = dossier.entity(source),
    locator = locator ~= "" and locator or nil,
    citation = citation,
  }
end

local background, record = claim "article background/2", claim "record 1994"

local function lines(...) return table.concat({ ... }, "\n") .. "\n" end

--- The facts of relation `name` of a base made from `text`, in order of telling.
local function facts_of(text, name)
  local kb = assert(dossier.open())
  assert(kb:load_text([[
    source article { title: "A" }.
    source record { title: "R" }.
  ]] .. text))
  local facts = {}
  for _, _, fact in kb:facts(name) do facts[#facts + 1] = fact end
  table.sort(facts, function(a, b) return a.text < b.text end)
  return facts, kb
end

describe("report.cite", function()
  it("names each source and locator once, in order", function()
    assert.equal("[article background/2; record 1994]",
      report.cite { background, record, background })
  end)

  it("gives nothing for no claims", function() assert.equal("", report.cite {}) end)

  it("says what was denied, preferred or deprecated", function()
    assert.equal("[article background/2; denied by record 1994; preferred by analyst]",
      report.cite { background, claim("record 1994", "denies"), claim("analyst", "prefers") })
  end)
end)

describe("report.period", function()
  it("puts a time into words", function()
    for edtf, words in pairs {
      ["1994"] = "1994", ["1962?"] = "1962?", ["2019-05-20/.."] = "since 2019-05-20",
      ["2014-10-01/2024-10-01"] = "2014-10-01 to 2024-10-01", ["1990/"] = "from 1990",
      ["../1962"] = "until 1962", ["/1962"] = "until 1962",
    } do
      assert.equal(words, report.period(assert(dossier.time(edtf))))
    end
  end)

  it("is what people read of an event; programs read the time as written", function()
    local doc = report.new("Events")
    doc:event(dossier.time "2019-05-20/..", "holds office")
    assert.truthy(doc:render("text"):find("since 2019-05-20  holds office", 1, true))
    assert.truthy(doc:render("md"):find("**since 2019-05-20** holds office", 1, true))
    assert.truthy(doc:render("html"):find(">since 2019-05-20</span>", 1, true))
    assert.truthy(doc:render("json"):find('"when": "2019-05-20/.."', 1, true))
    assert.truthy(doc:render("csv"):find("2019-05-20/..,holds office", 1, true))
  end)
end)

describe("report.fold", function()
  it("puts a coarse telling behind a finer one and keeps the claims of both", function()
    local facts <const> = facts_of([[
      relation joined(entity, entity) once.
      joined(ukraine, pfp) @ 1994 from article "background/2".
      joined(ukraine, pfp) @ 1994-02-08 from record "1994".
    ]], "joined")
    local groups = report.fold(facts)
    assert.equal(1, #groups)
    assert.equal("1994-02-08", tostring(groups[1].fact.valid))
    assert.equal(2, #groups[1].facts)
    assert.equal("[record 1994; article background/2]", report.cite(groups[1].claims))
  end)

  it("keeps tellings apart that exclude each other", function()
    local facts = facts_of([[
      relation met(entity, entity) occurs.
      met(a, b) @ 1994-01 from article.  met(a, b) @ 1995 from article.
    ]], "met")
    assert.equal(2, #report.fold(facts))
  end)

  it("puts a telling that two finer ones refine into both groups", function()
    local facts = facts_of([[
      relation met(entity, entity) occurs.
      met(a, b) @ 1994 from article.
      met(a, b) @ 1994-01 from record.  met(a, b) @ 1994-05 from record.
    ]], "met")
    local groups = report.fold(facts)
    assert.equal(2, #groups)
    for _, group in ipairs(groups) do assert.equal("1994", tostring(group.facts[2].valid)) end
  end)

  it("keeps facts of other tuples apart, and facts told twice once", function()
    local facts = facts_of([[
      met(a, b) @ 1994 from article.  met(a, c) @ 1994 from article.
    ]], "met")
    local groups = report.fold { facts[1], facts[2], facts[1] }
    assert.equal(2, #groups)
    assert.equal(1, #groups[1].facts)
    assert.equal(facts[1], groups[1].fact)
  end)

  it("judges happenings by their extents and holdings by their bounds", function()
    local happening = facts_of([[
      relation met(entity, entity) occurs.
      met(a, b) @ 2022-02-24 from article.
      met(a, b) @ 2022-02-01/2022-03-01 from article.
    ]], "met")
    assert.equal(1, #report.fold(happening))
    local holding = facts_of([[
      relation led(entity, entity) holds.
      led(a, b) @ 2022-02-24 from article.
      led(a, b) @ 2022-02-01/2022-03-01 from article.
    ]], "led")
    assert.equal(2, #report.fold(holding))
  end)
end)

describe("a document", function()
  local function sample()
    local doc = report.new "Timeline of Ukraine"
    doc:paragraph("Two events.", { background })
    doc:heading "Events"
    doc:event("1994", "Ukraine joined the Partnership", { background, record })
    doc:event(dossier.time "1994-02-08", "Ukraine signed")
    doc:event(nil, "Ukraine hoped")
    doc:item "first"
    doc:item("second", { record })
    doc:table({ "who", "times" }, { { "Ukraine", 12 }, { "NATO", 3 } })
    return doc
  end

  it("renders as text with aligned events and tables", function()
    assert.equal(lines(
      "Timeline of Ukraine",
      "===================",
      "",
      "Two events. [article background/2]",
      "",
      "Events",
      "------",
      "1994        Ukraine joined the Partnership [article background/2; record 1994]",
      "1994-02-08  Ukraine signed",
      "undated     Ukraine hoped",
      "",
      "- first",
      "- second [record 1994]",
      "",
      "who      times",
      "-------  -----",
      "Ukraine     12",
      "NATO         3"), sample():render "text")
  end)

  it("renders as Markdown", function()
    assert.equal(lines(
      "# Timeline of Ukraine",
      "",
      "Two events. [article background/2]",
      "",
      "## Events",
      "",
      "- **1994** Ukraine joined the Partnership [article background/2; record 1994]",
      "- **1994-02-08** Ukraine signed",
      "- **undated** Ukraine hoped",
      "",
      "- first",
      "- second [record 1994]",
      "",
      "| who | times |",
      "| --- | ---: |",
      "| Ukraine | 12 |",
      "| NATO | 3 |"), sample():render "md")
  end)

  it("renders as HTML that is whole", function()
    local html = sample():render "html"
    assert.truthy(html:find("^<!DOCTYPE html>\n"))
    assert.truthy(html:find('<li><span class="when">1994</span> Ukraine joined', 1, true))
    assert.truthy(html:find("<cite>[article background/2; record 1994]</cite>", 1, true))
    assert.truthy(html:find("</html>\n$"))
  end)

  it("renders as JSON with citations apart", function()
    local json = sample():render "json"
    assert.truthy(json:find('"title": "Timeline of Ukraine"', 1, true))
    assert.truthy(json:find('{"type": "event", "when": null, "text": "Ukraine hoped"', 1, true))
    assert.truthy(json:find('{"source": "record", "locator": "1994"}', 1, true))
    assert.truthy(json:find('"rows": [["Ukraine", 12], ["NATO", 3]]', 1, true))
  end)

  it("renders as CSV with a head for each kind of line", function()
    assert.equal(lines(
      "section,text,citations",
      ",Two events.,article background/2",
      "",
      "section,when,text,citations",
      "Events,1994,Ukraine joined the Partnership,article background/2; record 1994",
      "Events,1994-02-08,Ukraine signed,",
      "Events,,Ukraine hoped,",
      "",
      "section,text,citations",
      "Events,first,",
      "Events,second,record 1994",
      "",
      "section,who,times",
      "Events,Ukraine,12",
      "Events,NATO,3"), sample():render "csv")
  end)

  it("gives the same bytes for the same calls", function()
    for _, format in ipairs(report.formats) do
      assert.equal(sample():render(format), sample():render(format))
    end
  end)

  it("wraps to a width, citations in one piece, with a hanging indent", function()
    local doc = report.new "T"
    doc:event("1994", "a rather long line about joining", { background })
    assert.equal(lines("T", "=", "",
      "1994  a rather long line about",
      "      joining",
      "      [article background/2]"), doc:render("text", { width = 30 }))
  end)

  it("breaks wide characters, which have no spaces, by their width", function()
    local doc = report.new "T"
    doc:paragraph(("条約"):rep(10))
    for line in doc:render("text", { width = 12 }):gmatch "[^\n]+" do
      assert.is_true(dossier.width(line) <= 12)
    end
  end)

  it("puts a time that is too long for a narrow line on a line of its own", function()
    local doc = report.new "T"
    doc:event(dossier.time "2014-10-01/2024-10-01", "held office", { background })
    doc:event(dossier.time "2024", "left")
    assert.equal(lines("T", "=", "",
      "2014-10-01 to 2024-10-01",
      "      held office",
      "      [article",
      "      background/2]",
      "2024  left"), doc:render("text", { width = 24 }))
    assert.equal(lines("T", "=", "",
      "2014-10-01 to 2024-10-01  held office [article background/2]",
      "2024                      left"), doc:render("text", { width = 80 }))
  end)

  it("wraps headings, the line under them as long as the longest", function()
    local doc = report.new "A rather long title"
    doc:paragraph "x"
    assert.equal(lines("A rather", "long title", "==========", "", "x"),
      doc:render("text", { width = 10 }))
  end)

  it("lets no width be passed but by one word, whatever is in it", function()
    local seed = tonumber(os.getenv "SEED") or 7
    local random = helper.random(seed)
    local pieces = { "word", "条約", "a\u{301}", "👩‍👩‍👧", "snake_case_name", "https://example.org/a/b",
                     "[1]", "(contested)", "—", "\xff" }
    for _ = 1, 200 do
      local words, longest = {}, 0
      for i = 1, random(30) do words[i] = pieces[random(#pieces)] end
      for _, word in ipairs(words) do
        -- Wide words may be broken, others stand on a line whole.
        if utf8.len(word) == #word then longest = math.max(longest, #word) end
      end
      local text = table.concat(words, " ")
      local doc = report.new "T"
      doc:item(text, { background, record })
      doc:table({ "a", "b" }, { { text, 1 }, { "x", 2 } })
      local width = 24 + random(60)
      local plain = doc:render("text", { width = width })
      for line in plain:gmatch "[^\n]+" do
        local most = line:find "^[- ] " and math.max(width, longest + 2) or width
        assert(dossier.width(line) <= most, ("seed %d, width %d: %s"):format(seed, width, line))
      end
      assert.equal(plain, (doc:render("text", { width = width, colour = true })
        :gsub("\27%[%d+m", "")))
    end
  end)

  it("sets apart what it is of, where colour is on", function()
    local doc = sample()
    doc:item("Denied: it was so", { record })
    doc:item "Ukraine joined (says X; contested)"
    doc:item "? it may hold (unsupported)"
    doc:item "a (contested) word within"
    local text = doc:render("text", { colour = true })
    for _, part in ipairs {
      "\27[1mTimeline of Ukraine\27[0m\n\27[2m===================\27[0m\n",
      "\27[1mEvents\27[0m\n",
      "\27[36m1994        \27[0mUkraine joined the Partnership "
        .. "\27[2m[article background/2; record 1994]\27[0m\n",
      "\27[2mundated     \27[0mUkraine hoped\n",
      "\27[1mwho      times\27[0m\n",
      "- \27[31mDenied:\27[0m it was so \27[2m[record 1994]\27[0m\n",
      "- Ukraine joined (says X; \27[31mcontested)\27[0m\n",
      "- \27[31m?\27[0m it may hold \27[31m(unsupported)\27[0m\n",
      "- a (contested) word within\n",
    } do
      assert(text:find(part, 1, true), ("%q is not in %q"):format(part, text))
    end
    assert.falsy(doc:render("text"):find("\27", 1, true))
    for _, format in ipairs { "md", "html", "json", "csv", "tsv" } do
      assert.equal(doc:render(format), doc:render(format, { colour = true, width = 20 }))
    end
  end)

  it("renders as TSV, with tabs and line ends of values escaped", function()
    local doc = report.new "T"
    doc:event("1994", "a\tb\nc\\d", { background })
    doc:table({ "c", "n" }, { { "=1+1", -5 } })
    assert.equal(lines("when\ttext\tcitations",
      "1994\ta\\tb\\nc\\\\d\tarticle background/2", "", "c\tn", "=1+1\t-5"),
      doc:render "tsv")
  end)

  it("lets no text be a formula in CSV", function()
    local doc = report.new "T"
    doc:item "=HYPERLINK(1)"
    doc:item "-5.5"
    doc:table({ "c", "n" }, { { "@x, y", -5 }, { "+1-2", "a=b" } })
    assert.equal(lines("text,citations", "'=HYPERLINK(1),", "-5.5,", "", "c,n",
      "\"'@x, y\",-5", "'+1-2,a=b"), doc:render "csv")
  end)

  it("is text where a table is asked for", function()
    assert.equal(sample():render "text", sample():render "table")
  end)

  it("squeezes a table that is too wide for the width", function()
    local doc = report.new "T"
    doc:table({ "a", "b" }, { { ("word "):rep(10), "x" } })
    for line in doc:render("text", { width = 20 }):gmatch "[^\n]+" do
      assert.is_true(dossier.width(line) <= 20)
    end
  end)

  it("lets no text break out of its format", function()
    local evil = 'a|b <i>"*_x_*" & \27[31m\nred, [l](u)'
    local doc = report.new "T"
    doc:paragraph(evil)
    doc:table({ "c" }, { { evil } })
    assert.falsy(doc:render "text":find("\27", 1, true))
    assert.truthy(doc:render "md":find(
      [[| a\|b \<i\>"\*\_x\_\*" \& \[31m red, \[l\](u) |]], 1, true))
    assert.falsy(doc:render "html":find("<i>", 1, true))
    assert.truthy(doc:render "json":find([[\u001b[31m\nred]], 1, true))
    assert.truthy(doc:render "csv":find([["a|b <i>""*_x_*"" & ]], 1, true))
  end)

  it("shows an entity by its label and a fact in words, and keeps both in JSON", function()
    local facts, kb = facts_of([[
      label(ukraine, "Ukraine").
      relation joined(entity, entity) phrase "{1} joined {2}".
      joined(ukraine, pfp).
    ]], "joined")
    local doc = report.new "T"
    doc:table({ "who", "what" }, { { assert(kb:find "ukraine"), facts[1] } })
    doc:item(facts[1])
    assert.truthy(doc:render "text":find("Ukraine  Ukraine joined pfp", 1, true))
    assert.truthy(doc:render "json":find('{"id": "ukraine", "label": "Ukraine"}', 1, true))
    assert.truthy(doc:render "json":find('"fact": "joined(ukraine, pfp)"', 1, true))
  end)

  it("blames the caller for what it cannot show", function()
    local doc = report.new "T"
    local _, message = pcall(function() doc:heading() end)
    assert.truthy(message:find "report_spec.lua:%d+: a heading takes a text; came a nil$")
    assert.error_matches(function() doc:heading("x", 4) end, "level is 1, 2 or 3")
    assert.error_matches(function() doc:item("x", "y") end, "citations are a list of claims")
    assert.error_matches(function() doc:table({ "a" }, { { {} } }) end, "a cell is a string")
    assert.error_matches(function() doc:render "htm" end, 'did you mean "html"')
  end)
end)
