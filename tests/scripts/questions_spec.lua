--- The questions that the bundled base is to answer, each asked by a command line, and the
--- answers with their citations as the fact sheet has them.
local helper = require "tests.helper"

local function lines_of(text)
  local lines = {}
  for line in text:gmatch "[^\n]+" do lines[#lines + 1] = line end
  return lines
end

--- Does a line hold all the words: "Ukraine joined NACC", "[record 1991".
local function holds(line, words)
  for _, word in ipairs(words) do
    if not line:find(word, 1, true) then return false end
  end
  return true
end

--- The number of the first line that holds all the words; nil.
local function find(lines, words)
  for i, line in ipairs(lines) do
    if holds(line, words) then return i end
  end
  return nil
end

--- Fails with the whole answer where no line holds all the words.
local function has(out, ...)
  local words = { ... }
  assert(find(lines_of(out), words), "no line with \"" .. table.concat(words, "\", \"")
    .. "\" in:\n" .. out)
end

local function has_not(out, ...)
  assert(not find(lines_of(out), { ... }), "a line with \"" .. table.concat({ ... }, "\", \"")
    .. "\" in:\n" .. out)
end

--- The lines from one that begins with a name up to the next empty one.
local function block(out, name)
  local taken
  for line in out:gmatch "([^\n]*)\n" do
    if taken and line == "" then break end
    if not taken and line:sub(1, #name) == name then taken = {} end
    if taken then taken[#taken + 1] = line end
  end
  assert(taken, "nothing on \"" .. name .. "\" in:\n" .. out)
  return table.concat(taken, "\n")
end

describe("the bundled base answers:", function()
  local folder, path
  setup(function()
    folder = helper.folder()
    path = folder .. "/nato-ukraine.kb"
    local files = lines_of((helper.shell "find data -name '*.dl' | LC_ALL=C sort"))
    local _, err, code = helper.dossier { "-b", path, "load", table.unpack(files) }
    assert.equal("", err)
    assert.equal(0, code)
  end)
  teardown(function() helper.sweep(folder) end)

  local function ask(...)
    local out, err, code = helper.dossier { "-b", path, ... }
    assert.equal("", err)
    assert.equal(0, code)
    return out
  end

  it("when and where did the meeting take place, who says so, and who says otherwise?",
    function()
      local out = ask("profile", "Kyiv meeting")
      has(out, "2023-09-15  ", "was held on 2023-09-15", "contested", "[article introduction/1]")
      has(out, "2023-09-28  ", "was held on 2023-09-28", "contested", "[record 2023]")
      has(out, "was held in Kyiv", "corroborated", "article introduction/1", "record 2023")
      out = block(ask "conflicts", "Held on: Kyiv meeting of 2023")
      has(out, "was held on 2023-09-15", "[article introduction/1]")
      has(out, "was held on 2023-09-28", "[record 2023]")
    end)

  it("what was Ukraine's path with NATO, 1991 to now, in order, with sources?", function()
    local lines = lines_of(ask("timeline", "Ukraine", "--since", "1991"))
    local last = 0
    for _, words in ipairs {
      { "1991", "joined North Atlantic Cooperation Council", "[article background/1]" },
      { "since 1991", "formal relations", "[article background/1]" },
      { "1991-08-24", "declared independence", "record 1991", "article background/1" },
      { "since 1994", "aligns itself with NATO standards", "[article background/2]" },
      { "1994-02-08", "joined Partnership for Peace", "record 1994", "article background/2" },
      { "1997-07-09", "Charter on a Distinctive Partnership", "[record 1997]" },
      { "1997-07-09", "NATO-Ukraine Commission", "[record 1997]" },
      { "2002 ", "recognised Ukraine as aspirant", "contested", "[article background/3]" },
      { "2002-11-22", "Action Plan", "record 2002", "article background/3" },
      { "2005-04-21", "Intensified Dialogue", "[record 2005]" },
      { "2008-04-03", "pledged future membership", "[record 2008]" },
      { "2008-04-03", "recognised Ukraine as aspirant", "contested", "[record 2008]" },
      { "2014-03-18", "annexed Crimea", "record 2014", "article introduction/2" },
      { "since 2016", "Comprehensive Assistance Package", "[article background/4]" },
      { "2020-06-12", "Enhanced Opportunities Partner", "[record 2020" },
      { "2022-02-24", "invaded Ukraine", "[record 2022]" },
      { "2022-09-30", "applied to join NATO", "[record 2022]" },
      { "since 2023-07", "NATO-Ukraine Council", "[record 2023]" },
      { "2023-09-15", "was held on", "contested", "[article introduction/1]" },
      { "2023-09-28", "was held on", "contested", "[record 2023]" },
    } do
      local at = find(lines, words)
      assert(at, "no line with \"" .. table.concat(words, "\", \"") .. "\" in:\n"
        .. table.concat(lines, "\n"))
      assert(at > last, table.concat(words, " ") .. " stands too early")
      last = at
    end
  end)

  it("which programmes, packages, bodies and exercises exist, what does each cover, since when?",
    function()
      local out = ask "programmes"
      for name, rows in pairs {
        ["Comprehensive Assistance Package"] = {
          { "2016-07-09", "introduced", "record 2016", "article background/4" },
          { "command and control", "cyber defence", "logistics", "[article military/2" } },
        ["Defence Capacity Building Package"] = {
          { "2023-09-15", "announced", "[article key-points/3]" },
          { "advanced training", "cyber defence", "logistics", "[article key-points/3]" } },
        ["financial package for Ukraine"] = {
          { "announced", "[article economic/1]" },
          { "loan guarantees", "[article economic/2]" },
          { "economic reform", "infrastructure", "[article economic/2" } },
        ["NATO-Ukraine Action Plan"] = {
          { "2002-11-22", "record 2002", "article background/3" },
          { "reforms", "[article background/3]" } },
        ["Joint Working Group on Defence Reform"] = {
          { "1998", "founded", "[record 1998]" }, { "defence reform", "[article military/4" },
          { "transparency", "[article military/4" } },
        ["NATO-Ukraine Commission"] = { { "1997-07-09", "founded", "[record 1997]" } },
        ["NATO-Ukraine Council"] = {
          { "2023-07-11 to 2023-07-12", "founded", "[record 2023]" } },
        ["North Atlantic Cooperation Council"] = { { "1991-12-20", "founded", "[record 1991]" } },
        ["Euro-Atlantic Partnership Council"] = { { "1997-05-30", "founded", "[record 1997]" } },
        ["Partnership for Peace"] = { { "1994-01-10", "launched", "[record 1994]" } },
        ["Intensified Dialogue"] = { { "2005-04-21", "launched", "[record 2005]" } },
        ["Sea Breeze"] = {
          { "1997", "for the first time", "[record 1997]" },
          { "interoperability", "[article military/3" } },
        ["Rapid Trident"] = {
          { "2006", "for the first time", "[record 2006]" },
          { "interoperability", "[article military/3" } },
        ["NATO assistance to Ukraine"] = {
          { "cyber security", "defence reform", "military education", "[article background/4]" } },
        ["non-lethal aid"] = {
          { "medical supplies", "secure communications", "[article military/5]" } },
      } do
        local told = block(out, name)
        for _, words in ipairs(rows) do has(told, table.unpack(words)) end
      end
    end)

  it("who said what at or about the meeting; who supports, opposes, hedges?", function()
    local out = ask("statements", "meeting_2023")
    for _, words in ipairs {
      { "Jens Stoltenberg pledged comprehensive assistance to Ukraine", "[article key-points/2]" },
      { "NATO stands with Ukraine", "Stoltenberg", "[article security/2]" },
      { "Jens Stoltenberg called on Russia", "law", "[article security/2]" },
      { "Ukraine values NATO's support", "Zelensky", "[article security/4]" },
      { "Germany", "engaged with Ukraine", "[article reactions/1]" },
      { "France", "of one mind", "[article reactions/1]" },
      { "United States", "strategic weight", "[article reactions/2]" },
      { "Russia", "an escalation in its sphere of influence", "[article reactions/3]" },
      { "Russia", "warned of destabilisation", "[article reactions/3]" },
      { "European Union", "dialogue", "[article reactions/4]" },
      { "European Union", "de-escalation", "[article reactions/4]" },
      { "Lithuania", "commitment", "[article reactions/4]" },
    } do has(out, table.unpack(words)) end
    out = ask("reactions", "meeting_2023")
    for name, section in pairs { ["each leading member of NATO"] = 1, Germany = 1, France = 1,
                                 ["United States"] = 2, Poland = 4, Estonia = 4, Latvia = 4,
                                 Lithuania = 4 } do
      has(out, name .. " supports", "[article reactions/" .. section .. "]")
    end
    has(out, "Russia opposes", "[article reactions/3]")
    has(out, "European Union hedges", "[article reactions/4]")
    has_not(out, "Russia supports")
    local places = {}
    for i, heading in ipairs { "Support", "Opposition", "Mixed" } do
      places[i] = assert(out:find("\n" .. heading .. "\n", 1, true), heading .. " in " .. out)
    end
    local russia = out:find("Russia opposes", 1, true)
    local union = out:find("European Union hedges", 1, true)
    assert(places[1] < out:find("Germany supports", 1, true), out)
    assert(places[2] < russia and russia < places[3] and places[3] < union, out)
  end)

  it("what threatens Ukraine according to the article, and which measure answers which threat?",
    function()
      local out = ask("conditions", "Ukraine", "--source", "article")
      for threat, place in pairs {
        ["Russian aggression"] = "key-points/2", ["Russian military activity"] = "security/1",
        ["conflict in Eastern Ukraine"] = "security/1", ["annexation of Crimea"] = "security/1",
        ["troop build-up"] = "security/1", ["Russian exercises"] = "security/1",
      } do
        has(block(out, "Threat: " .. threat), "a threat to Ukraine: " .. threat,
          "[article " .. place .. "]")
      end
      local function answer(threat, measure, place)
        local from = assert(out:find("Threat: " .. threat, 1, true), out)
        local to = out:find("\nThreat: ", from, true) or #out
        has(out:sub(from, to), measure, "[article " .. place .. "]")
      end
      answer("Russian aggression", "comprehensive assistance", "key-points/2")
      answer("Russian aggression", "coordinated response", "introduction/3")
      for _, measure in ipairs { "joint exercises", "intelligence sharing", "military aid",
                                 "military training" } do
        answer("Russian aggression", measure, "security/3")
      end
      answer("Russian aggression", "diplomatic effort", "economic/3")
      answer("annexation of Crimea", "NATO assistance to Ukraine", "background/4")
      answer("conflict in Eastern Ukraine", "NATO assistance to Ukraine", "background/4")
      has_not(out, "[record")
    end)

  it("what must Ukraine still do for membership, and what must NATO do?", function()
    local out = ask "conditions"
    local function required(of, what)
      has(block(out, "Required of " .. of), what, "[article conclusion/2]")
    end
    for _, what in ipairs { "defence reform", "alignment with NATO standards",
                            "political stability", "economic stability" } do
      required("Ukraine", what)
    end
    for _, what in ipairs { "advanced training", "equipment", "intelligence sharing" } do
      required("NATO", what)
    end
    has(out, "internal division", "[article background/3]")
    has(out, "outside pressure", "[article background/3]")
  end)

  it("which member states reacted? Which EU members are also NATO members and reacted "
    .. "supportively?", function()
    local out = ask("reactions", "meeting_2023", "nato")
    for name, year in pairs { ["United States"] = 1949, France = 1949, Germany = 1955,
                              Poland = 1999, Estonia = 2004, Latvia = 2004, Lithuania = 2004 } do
      has(out, name, "supports", "[article reactions/")
      has(out, name, "NATO", "since " .. year, "[record " .. year .. "]")
    end
    has_not(out, "Russia", "opposes")
    has_not(out, "European Union hedges")
    for _, name in ipairs { "United States", "France", "Germany", "Poland", "Estonia", "Latvia",
                            "Lithuania" } do
      has(out, "- " .. name .. ", a member of NATO, reacted to", "article reactions/", "; record ")
    end
    out = ask("reactions", "meeting_2023", "nato", "eu")
    for _, name in ipairs { "France", "Germany", "Poland", "Estonia", "Latvia", "Lithuania" } do
      has(out, "- " .. name .. ", a member of both NATO and European Union, supports",
        "[article reactions/", "; record ", "; record 2023]")
    end
    has_not(out, "United States, a member")

    local rows = lines_of(ask("query", "?- member(X, eu) @ T, member(X, nato) @ U from record L,"
      .. " supports(X, meeting_2023) from S M, 2023-09-28 during T, 2023-09-28 during U."))
    local found = {}
    for _, row in ipairs(rows) do
      if holds(row, { "2023-01-01/2023-12-31", "article", "reactions/" }) then
        found[#found + 1] = row:match "%l+"
      end
    end
    table.sort(found)
    assert.same({ "estonia", "france", "germany", "latvia", "lithuania", "poland" }, found)
  end)

  it("what did the article state, what did it attribute, what did it only assess?", function()
    local function of(kind) return ask("filter", "--source", "article", "--kind", kind) end
    local stated, attributed, assessed = of "stated", of "attributed", of "assessed"
    for _, words in ipairs {
      { "1991", "Ukraine joined North Atlantic Cooperation Council", "[article background/1]" },
      { "Comprehensive Assistance Package covers command and control", "[article military/2]" },
      { "Russia opposes Kyiv meeting of 2023", "[article reactions/3]" },
    } do has(stated, table.unpack(words)) end
    for _, words in ipairs {
      { "Stoltenberg pledged comprehensive assistance", "attributed", "[article key-points/2]" },
      { "NATO stands with Ukraine", "says Jens Stoltenberg", "[article security/2]" },
      { "Ukraine values NATO's support", "says Volodymyr Zelensky", "[article security/4]" },
      { "Russia, on Kyiv meeting of 2023, warned of destabilisation", "[article reactions/3]" },
    } do
      has(attributed, table.unpack(words))
      has_not(stated, words[1])
      has_not(assessed, words[1])
    end
    for _, words in ipairs {
      { "Kyiv meeting of 2023, as judged: a turning point", "[article introduction/1]" },
      { "Kyiv meeting of 2023 affects strategic planning", "[article introduction/4]" },
      { "Euro-Atlantic integration", "meetings", "[article background/5]" },
      { "as judged: a comprehensive approach", "[article key-points/5]" },
      { "reaffirmed Ukraine's ties with NATO", "[article key-points/5]" },
      { "security concerns, as judged: deep", "[article security/5]" },
      { "important for regional stability: NATO's measures", "[article security/5]" },
      { "military cooperation, as judged: a pivotal topic", "[article military/1]" },
      { "NATO strengthens Ukraine's resilience", "[article military/6]" },
      { "expected of international community", "monitoring", "[article reactions/5]" },
      { "outlook for membership, as judged: promising", "[article conclusion/2]" },
      { "outlook for membership, as judged: hard", "[article conclusion/2]" },
      { "regional stability: continued dialogue", "[article conclusion/3]" },
      { "a step toward membership of NATO: Kyiv meeting of 2023", "[article conclusion/4]" },
    } do
      has(assessed, "assessed", table.unpack(words))
      has_not(stated, words[1], words[2])
    end
    for _, out in ipairs { stated, attributed, assessed } do has_not(out, "[record") end
  end)

  it("which claims rest on one source only? Which are contradicted? Which are corroborated by "
    .. "both sources?", function()
    local function of(trust) return ask("filter", "--trust", trust) end
    local single, contested, both = of "single-source", of "contested", of "corroborated"
    has(single, "1991", "Ukraine joined North Atlantic Cooperation Council",
      "[article background/1]")
    has(single, "1994-01-27", "Lithuania joined Partnership for Peace", "[record 1994]")
    for _, line in ipairs(lines_of(single)) do
      assert(not (line:find("article ", 1, true) and line:find("record ", 1, true)), line)
    end

    has(contested, "was held on 2023-09-15", "[article introduction/1]")
    has(contested, "was held on 2023-09-28", "[record 2023]")
    has(contested, "2002", "NATO recognised Ukraine as aspirant", "[article background/3]")
    has(contested, "2008-04-03", "NATO recognised Ukraine as aspirant", "[record 2008]")
    has(contested, "Ukraine was the first post-Soviet state to join Partnership for Peace",
      "[article background/2; denied by record 1994]")
    has(contested, "5 facts")

    for _, words in ipairs {
      { "1991-08-24", "Ukraine declared independence", "background/1", "record 1991" },
      { "1994-02-08", "Ukraine joined Partnership for Peace", "background/2", "record 1994" },
      { "1997-05-30", "Euro-Atlantic Partnership Council replaced", "background/1",
        "record 1997" },
      { "2002-11-22", "Ukraine agreed to NATO-Ukraine Action Plan", "background/3",
        "record 2002" },
      { "2014-03-18", "Russia annexed Crimea", "introduction/2", "record 2014" },
      { "2016-07-09", "Comprehensive Assistance Package was introduced", "background/4",
        "record 2016" },
      { "2020-06-12", "Ukraine has Enhanced Opportunities Partner status", "security/3",
        "record 2020" },
      { "Kyiv meeting of 2023 was held in Kyiv", "introduction/1", "record 2023" },
    } do has(both, table.unpack(words)) end
    local told = 0
    for _, line in ipairs(lines_of(both)) do
      if line:find "%]$" then
        told = told + 1
        assert(line:find("article ", 1, true) and line:find("record ", 1, true), line)
      end
    end
    has(both, told .. " facts")
  end)

  it("as of 2010-01-01, what was Ukraine's status with NATO? As of 2023-10-01? Who held which "
    .. "office then?", function()
    local out = ask("status", "Ukraine", "--as-of", "2010-01-01")
    has(out, "since 2008-04-03", "Ukraine has aspirant status with NATO", "[record 2008]")
    has(out, "since 2002", "Ukraine has aspirant status with NATO", "[article background/3]")
    has_not(out, "since 2020-06-12")
    out = ask("status", "Ukraine", "--as-of", "2023-10-01")
    has(out, "since 2020-06-12", "Ukraine has Enhanced Opportunities Partner status with NATO",
      "record 2020", "article security/3")

    out = ask("filter", "--relation", "status", "--as-of", "2010-01-01", "Ukraine", "NATO")
    has(out, "2 facts")
    has(out, "aspirant", "[record 2008]")
    out = ask("filter", "--relation", "office", "--as-of", "2023-10-01")
    has(out, "2 facts")
    has(out, "Jens Stoltenberg is Secretary General of NATO", "[record 2014]")
    has(out, "Volodymyr Zelensky is President of Ukraine", "[record 2019]")
    out = ask("filter", "--relation", "office", "--as-of", "2010-01-01", "--possible")
    has(out, "? Anders Fogh Rasmussen is Secretary General of NATO", "[record 2014]")
    has(out, "? Petro Poroshenko is President of Ukraine", "[record 2019]")
    has_not(out, "Stoltenberg")
  end)

  it("who was in office at the meeting, by rule and with what that rests on?", function()
    local out = ask("status", "meeting_2023")
    has(out, "- Jens Stoltenberg was Secretary General of NATO at", "(contested)",
      "[article introduction/1; record 2014]")
    has(out, "- Volodymyr Zelensky was President of Ukraine at", "(contested)",
      "[article introduction/1; record 2019]")
    has_not(out, "Rasmussen")
  end)

  it("which threats does nothing meet, and who meets the others with what?", function()
    local out = ask("conditions", "Ukraine")
    has(out, "- nothing on record meets troop build-up, a threat to Ukraine [article security/1]")
    has(out, "- NATO meets annexation of Crimea, a threat to Ukraine, with NATO assistance",
      "[article security/1; article background/4]")
    has_not(out, "NATO meets annexation of Crimea, a threat to Ukraine's")
  end)

  it("why does the engine hold that Ukraine is an aspirant? (down to claims and locators)",
    function()
      assert.equal([[
aspirant(ukraine)  (contested)
  by aspirant(State) :- recognised(nato, State, aspirant), not member(State, nato).  [data/rules/nato-ukraine.dl:5]
  recognised(nato, ukraine, aspirant)  (contested)
    - record "2008", on recognised(nato, ukraine, aspirant) @ 2008-04-03
    - article "background/3", on recognised(nato, ukraine, aspirant) @ 2002
  not member(ukraine, nato)
]], ask("why", "aspirant(ukraine)"))
      has(ask("status", "Ukraine"), "Ukraine aspires to membership of NATO (contested)",
        "[record 2008; article background/3]")
      has(ask("--source", "article", "status", "Ukraine"),
        "Ukraine aspires to membership of NATO [article background/3]")
      has(ask("status", "Ukraine", "--as-of", "2005"), "aspires to membership",
        "[article background/3]")
      has_not(ask("status", "Ukraine", "--as-of", "2001"), "aspires to membership")
      local out, _, code = helper.dossier { "-b", path, "--as-of", "2001", "why",
                                            "aspirant(ukraine)" }
      assert.equal(1, code)
      has(out, "fails: recognised(nato, ukraine, aspirant)")
    end)

  it("is Ukraine an aspirant?", function()
    assert.equal("yes\n", ask("query", "?- aspirant(ukraine)."))
    local out = ask("query", "?- recognised(nato, ukraine, aspirant) @ T from S L.")
    has(out, "2002", "article", "background/3")
    has(out, "2008-04-03", "record", "2008")
  end)
end)
