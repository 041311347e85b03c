--- nato_ukraine_spec: the bundled base holds what it must, and answers what is asked of it.
--
-- `items` has a row for each numbered item of the base's plan: where a claim stands, then
-- facts that must be claimed there, with their kind.  The base may hold more.
local dossier = require "dossier"

local files = {
  "data/vocabulary.dl",
  "data/nato-ukraine.dl",
  "data/nato-ukraine-article.dl",
  "data/nato-ukraine-record.dl",
  "data/nato-ukraine-names.dl",
}

local items = {
  { -- 1
    { "article introduction/1",
      "held_on(meeting_2023, 2023-09-15)",
      "held_in(meeting_2023, kyiv)",
      "type(meeting_2023, strategic_dialogue)",
      "met(stoltenberg, zelensky) @ 2023-09-15",
      "attended(zelensky, meeting_2023)",
      "holds_office(stoltenberg, secretary_general, nato) @ 2023-09-15",
      "holds_office(zelensky, president, ukraine) @ 2023-09-15",
    },
  },
  { -- 2
    { "article introduction/1",
      "backdrop(meeting_2023, tension_with_russia)",
      "trend(tension_with_russia, rising) @ 2023-09-15/..",
      "seeks(nato, stronger_alliance) @ 2023-09-15/..",
      "seeks(ukraine, stronger_alliance) @ 2023-09-15/..",
      "seeks(nato, shared_security) @ 2023-09-15/..",
      "seeks(ukraine, shared_security) @ 2023-09-15/..",
      "assessed judged(meeting_2023, turning_point)",
    },
  },
  { -- 3
    { "article introduction/2",
      "trend(russian_military_activity, rising) @ 2023-09-15/..",
      "near(russian_military_activity, ukraine_border) @ 2023-09-15/..",
      "discussed(meeting_2023, closer_cooperation)",
      "discussed(meeting_2023, regional_stability)",
      "backs(nato, ukraine_sovereignty) @ 2023-09-15/..",
      "backs(nato, ukraine_integrity) @ 2023-09-15/..",
      "ongoing(conflict_east) @ /..",
      "annexed(russia, crimea, ukraine) @ 2014",
      "strains(conflict_east, ukraine_integrity) @ 2023-09-15/..",
      "strains(annexation_of_crimea, ukraine_sovereignty) @ 2014/..",
    },
  },
  { -- 4
    { "article introduction/3",
      "pursues(nato, deterrence, eastern_europe) @ 2023-09-15/..",
      "answers(coordinated_response, russian_aggression) @ 2023-09-15/..",
      "pursues(nato, political_support, eastern_europe) @ 2023-09-15/..",
      "pursues(nato, military_support, eastern_europe) @ 2023-09-15/..",
      "keeps_policy(nato, open_door_policy) @ 2023-09-15/..",
      "must(candidate_countries, membership_criteria, nato_membership) @ 2023-09-15/..",
    },
  },
  { -- 5
    { "article introduction/4",
      "assessed affects(meeting_2023, strategic_planning)",
    },
  },
  { -- 6
    { "article background/1",
      "declared_independence(ukraine) @ 1991",
      "independent_of(ukraine, soviet_union) @ 1991",
      "central_to(nato_ties, ukraine_foreign_policy)",
      "motive(ukraine, nato_ties, national_security)",
      "motive(ukraine, nato_ties, closer_west_ties)",
    },
  },
  { -- 7
    { "article background/1",
      "joined(ukraine, nacc) @ 1991",
      "formal_relations(nato, ukraine) @ 1991/..",
      "replaced(eapc, nacc) @ 1997",
    },
  },
  { -- 8
    { "article background/2",
      "joined(ukraine, pfp) @ 1994",
      "first_post_soviet(ukraine, pfp)",
      "contributes_to(ukraine, nato_operations) @ 1994/..",
      "contributes_to(ukraine, nato_exercises) @ 1994/..",
      "aligns_with(ukraine, nato_standards) @ 1994/..",
    },
  },
  { -- 9
    { "article background/3",
      "held_on(prague_summit_2002, 2002)",
      "recognised(nato, ukraine, aspirant) @ 2002",
      "agreed(ukraine, action_plan_2002) @ 2002",
      "agreed(nato, action_plan_2002) @ 2002",
      "lists(action_plan_2002, membership_reforms)",
      "serves(action_plan_2002, membership_criteria)",
      "hinders(internal_division, nato_membership)",
      "hinders(outside_pressure, nato_membership)",
    },
  },
  { -- 10
    { "article background/4",
      "includes(military_cooperation, joint_exercises)",
      "includes(military_cooperation, training_programmes)",
      "includes(military_cooperation, advisory_support)",
      "covers(nato_assistance, defence_reform)",
      "covers(nato_assistance, cyber_security)",
      "covers(nato_assistance, military_education)",
      "grew_after(nato_assistance, annexation_of_crimea) @ 2014/..",
      "grew_after(nato_assistance, conflict_east) @ 2014/..",
      "introduced(cap) @ 2016",
    },
  },
  { -- 11
    { "article background/5",
      "assessed advances(recent_meetings, euro_atlantic_integration)",
    },
  },
  { -- 12
    { "article key-points/1",
      "discussed(meeting_2023, security_cooperation)",
      "serves(security_cooperation, defence_capabilities)",
      "under_way(defence_reform, ukraine) @ 2023-09-15/..",
      "serves(defence_reform, modernisation)",
      "serves(defence_reform, readiness)",
    },
  },
  { -- 13
    { "article key-points/2",
      "discussed(meeting_2023, russian_aggression)",
      "attributed(stoltenberg) "
        .. "pledged(stoltenberg, comprehensive_assistance, ukraine) @ 2023-09-15",
      "attributed(stoltenberg) includes(comprehensive_assistance, intelligence_sharing)",
      "attributed(stoltenberg) includes(comprehensive_assistance, joint_exercises)",
    },
  },
  { -- 14
    { "article key-points/3",
      "announced(new_agreements, meeting_2023) @ 2023-09-15",
      "announced(new_initiatives, meeting_2023) @ 2023-09-15",
      "announced(capacity_package, meeting_2023) @ 2023-09-15",
      "covers(capacity_package, advanced_training)",
      "covers(capacity_package, cyber_defence)",
      "covers(capacity_package, logistics)",
    },
  },
  { -- 15
    { "article key-points/4",
      "discussed(meeting_2023, political_reform)",
      "discussed(meeting_2023, economic_reform)",
      "underpins(political_reform, stability)",
      "underpins(economic_reform, stability)",
      "backs(nato, democratic_governance) @ 2023-09-15/..",
      "backs(nato, economic_resilience) @ 2023-09-15/..",
    },
  },
  { -- 16
    { "article key-points/5",
      "assessed judged(meeting_2023, comprehensive_approach)",
      "assessed reaffirmed(nato, nato_ties, ukraine) @ 2023-09-15",
      "assessed reaffirmed(ukraine, nato_ties, nato) @ 2023-09-15",
    },
  },
  { -- 17
    { "article security/1",
      "threatens(russian_military_activity, ukraine) @ 2023-09-15/..",
      "threatens(conflict_east, ukraine) @ 2023-09-15/..",
      "threatens(annexation_of_crimea, ukraine) @ 2014/..",
      "threatens(troop_build_up, ukraine) @ 2023-09-15/..",
      "threatens(russian_exercises, ukraine) @ 2023-09-15/..",
      "near(troop_build_up, ukraine_border) @ 2023-09-15/..",
      "trend(russian_exercises, frequent) @ 2023-09-15/..",
      "annexed(russia, crimea, ukraine) @ 2014",
    },
  },
  { -- 18
    { "article security/2",
      "backs(nato, ukraine_sovereignty) @ 2023-09-15/..",
      "backs(nato, ukraine_integrity) @ 2023-09-15/..",
      "attributed(stoltenberg) stands_with(nato, ukraine) @ 2023-09-15/..",
      "attributed(stoltenberg) unwavering(nato_support) @ 2023-09-15/..",
      "attributed(stoltenberg) "
        .. "called_on(stoltenberg, russia, end_of_destabilisation) @ 2023-09-15",
      "attributed(stoltenberg) "
        .. "called_on(stoltenberg, russia, respect_for_law) @ 2023-09-15",
    },
  },
  { -- 19
    { "article security/3",
      "brought(meeting_2023, joint_exercises)",
      "brought(meeting_2023, intelligence_sharing)",
      "brought(meeting_2023, military_aid)",
      "brought(meeting_2023, military_training)",
      "has_status(ukraine, enhanced_opportunities_partner, nato)",
    },
  },
  { -- 20
    { "article security/4",
      "attributed(zelensky) values(ukraine, nato_support) @ 2023-09-15/..",
      "attributed(zelensky) values(ukraine, nato_ties) @ 2023-09-15/..",
      "attributed(zelensky) matters_for(nato_ties, ukraine_security)",
      "attributed(zelensky) matters_for(nato_ties, regional_stability)",
    },
  },
  { -- 21
    { "article security/5",
      "assessed judged(security_concerns, deep)",
      "assessed matters_for(nato_measures, regional_stability)",
    },
  },
  { -- 22
    { "article military/2",
      "covers(cap, command_and_control)",
      "covers(cap, cyber_defence)",
      "covers(cap, logistics)",
      "serves(cap, modernisation)",
      "serves(cap, standards_alignment)",
    },
  },
  { -- 23
    { "article military/3",
      "exercise(sea_breeze)",
      "exercise(rapid_trident)",
      "annual(sea_breeze)",
      "annual(rapid_trident)",
      "serves(sea_breeze, interoperability)",
      "serves(sea_breeze, military_training)",
      "serves(sea_breeze, readiness)",
      "serves(rapid_trident, interoperability)",
      "serves(rapid_trident, military_training)",
      "serves(rapid_trident, readiness)",
    },
  },
  { -- 24
    { "article military/4",
      "forum(joint_working_group)",
      "covers(joint_working_group, defence_reform)",
      "offers(joint_working_group, policy_advice)",
      "offers(joint_working_group, practical_support)",
      "stresses(joint_working_group, transparency)",
      "stresses(joint_working_group, accountability)",
      "stresses(joint_working_group, civilian_oversight)",
    },
  },
  { -- 25
    { "article military/5",
      "provides(nato, non_lethal_aid)",
      "offers(non_lethal_aid, medical_supplies)",
      "offers(non_lethal_aid, eod_equipment)",
      "offers(non_lethal_aid, secure_communications)",
    },
  },
  { -- 26
    { "article military/1",
      "assessed judged(military_cooperation, pivotal)",
    },
    { "article military/6",
      "assessed strengthens(nato, ukraine_resilience)",
      "assessed strengthens(nato, ukraine_self_defence)",
    },
  },
  { -- 27
    { "article economic/1",
      "announced(financial_pledges, meeting_2023) @ 2023-09-15",
      "announced(financial_package, meeting_2023) @ 2023-09-15",
    },
  },
  { -- 28
    { "article economic/2",
      "offers(financial_package, direct_assistance)",
      "offers(financial_package, loan_guarantees)",
      "serves(financial_package, economic_reform)",
      "serves(financial_package, infrastructure)",
      "serves(financial_package, pressure_resilience)",
      "serves(financial_package, long_term_growth)",
    },
  },
  { -- 29
    { "article economic/3",
      "provides(member_states, political_support)",
      "offers(political_support, diplomatic_effort)",
      "serves(diplomatic_effort, ukraine_sovereignty)",
      "serves(diplomatic_effort, isolating_aggression)",
      "serves(diplomatic_effort, deterrence)",
    },
  },
  { -- 30
    { "article economic/4",
      "offers(defence_support, training_programmes)",
      "offers(defence_support, defensive_equipment)",
      "serves(defence_support, readiness)",
    },
  },
  { -- 31
    { "article reactions/1",
      "supports(leading_members, meeting_2023) @ 2023-09-15/..",
      "supports(germany, meeting_2023) @ 2023-09-15/..",
      "supports(france, meeting_2023) @ 2023-09-15/..",
      "attributed(germany) said(germany, engagement_counts, meeting_2023) @ 2023-09-15/..",
      "attributed(france) said(france, alliance_of_one_mind, meeting_2023) @ 2023-09-15/..",
    },
  },
  { -- 32
    { "article reactions/2",
      "supports(usa, meeting_2023) @ 2023-09-15/..",
      "attitude(usa, approval, meeting_2023) @ 2023-09-15/..",
      "attributed(usa) saw_in(usa, meeting_2023, strategic_weight) @ 2023-09-15/..",
      "attributed(usa) saw_in(usa, meeting_2023, dedication_to_partners) @ 2023-09-15/..",
      "attributed(usa) reaffirmed(usa, support_for_sovereignty, ukraine) @ 2023-09-15/..",
    },
  },
  { -- 33
    { "article reactions/3",
      "opposes(russia, meeting_2023) @ 2023-09-15/..",
      "attitude(russia, scepticism, meeting_2023) @ 2023-09-15/..",
      "attitude(russia, concern, meeting_2023) @ 2023-09-15/..",
      "attributed(russia) saw_in(russia, meeting_2023, sphere_escalation) @ 2023-09-15/..",
      "attributed(russia) warned(russia, destabilisation, meeting_2023) @ 2023-09-15/..",
      "attributed(russia) warned(russia, greater_tension, meeting_2023) @ 2023-09-15/..",
    },
  },
  { -- 34
    { "article reactions/4",
      "hedges(eu, meeting_2023) @ 2023-09-15/..",
      "attitude(eu, cautious_optimism, meeting_2023) @ 2023-09-15/..",
      "attributed(eu) called_for(eu, dialogue, meeting_2023) @ 2023-09-15/..",
      "attributed(eu) called_for(eu, de_escalation, meeting_2023) @ 2023-09-15/..",
      "supports(poland, meeting_2023) @ 2023-09-15/..",
      "supports(estonia, meeting_2023) @ 2023-09-15/..",
      "supports(latvia, meeting_2023) @ 2023-09-15/..",
      "supports(lithuania, meeting_2023) @ 2023-09-15/..",
      "attributed(poland) saw_in(poland, meeting_2023, lasting_commitment) @ 2023-09-15/..",
    },
  },
  { -- 35
    { "article reactions/5",
      "assessed expected(international_community, further_monitoring)",
    },
  },
  { -- 36
    { "article conclusion/1",
      "reaffirmed(nato, security_cooperation, ukraine) @ 2023-09-15",
      "reaffirmed(ukraine, security_cooperation, nato) @ 2023-09-15",
      "serves(security_cooperation, defence_capabilities)",
      "serves(security_cooperation, resilience)",
    },
  },
  { -- 37
    { "article conclusion/2",
      "assessed judged(membership_outlook, promising)",
      "assessed judged(membership_outlook, hard)",
      "must(ukraine, defence_reform, nato_membership) @ 2023-09-15/..",
      "must(ukraine, standards_alignment, nato_membership) @ 2023-09-15/..",
      "must(ukraine, political_stability, nato_membership) @ 2023-09-15/..",
      "must(ukraine, economic_stability, nato_membership) @ 2023-09-15/..",
      "must(nato, advanced_training, nato_membership) @ 2023-09-15/..",
      "must(nato, equipment, nato_membership) @ 2023-09-15/..",
      "must(nato, intelligence_sharing, nato_membership) @ 2023-09-15/..",
    },
  },
  { -- 38
    { "article conclusion/3",
      "assessed underpins(continued_dialogue, regional_stability)",
    },
  },
  { -- 39
    { "article conclusion/4",
      "assessed advances(meeting_2023, nato_membership)",
    },
  },
  { -- 40
    { "record 1991",
      "declared_independence(ukraine) @ 1991-08-24",
      "founded(nacc) @ 1991-12-20",
    },
    { "record 1997",
      "founded(eapc) @ 1997-05-30",
      "replaced(eapc, nacc) @ 1997-05-30",
    },
  },
  { -- 41
    { "record 1994",
      "launched(pfp) @ 1994-01-10",
      "joined(romania, pfp) @ 1994-01-26",
      "joined(lithuania, pfp) @ 1994-01-27",
      "post_soviet(lithuania)",
      "joined(poland, pfp) @ 1994-02-02",
      "joined(estonia, pfp) @ 1994-02-03",
      "joined(hungary, pfp) @ 1994-02-08",
      "joined(ukraine, pfp) @ 1994-02-08",
      "deny first_post_soviet(ukraine, pfp)",
    },
  },
  { -- 42
    { "record 1997",
      "agreed(nato, charter_1997) @ 1997-07-09",
      "agreed(ukraine, charter_1997) @ 1997-07-09",
      "decided_in(charter_1997, madrid)",
      "established(charter_1997, nato_ukraine_commission)",
    },
  },
  { -- 43
    { "record 1998",
      "founded(joint_working_group) @ 1998",
    },
    { "record 1997",
      "first_held(sea_breeze) @ 1997",
    },
    { "record 2006",
      "first_held(rapid_trident) @ 2006",
    },
  },
  { -- 44
    { "record 2002",
      "agreed(nato, action_plan_2002) @ 2002-11-22",
      "agreed(ukraine, action_plan_2002) @ 2002-11-22",
      "decided_in(action_plan_2002, prague)",
    },
    { "record 2005",
      "launched(intensified_dialogue) @ 2005-04-21",
      "decided_in(intensified_dialogue, vilnius)",
      "shares_in(ukraine, intensified_dialogue) @ 2005-04-21/",
    },
  },
  { -- 45
    { "record 2008",
      "decided(bucharest_summit_2008, bucharest_declaration) @ 2008-04-03",
      "pledged(nato, future_membership, ukraine) @ 2008-04-03",
      "pledged(nato, future_membership, georgia) @ 2008-04-03",
      "recognised(nato, ukraine, aspirant) @ 2008-04-03",
    },
  },
  { -- 46
    { "record 2014",
      "annexed(russia, crimea, ukraine) @ 2014-03-18",
    },
    { "record 2016",
      "introduced(cap) @ 2016-07-09",
      "decided(warsaw_summit_2016, cap) @ 2016-07-09",
    },
    { "record 2020",
      "recognised(nato, ukraine, enhanced_opportunities_partner) @ 2020-06-12",
      "has_status(ukraine, enhanced_opportunities_partner, nato) @ 2020-06-12/..",
    },
    { "record 2022",
      "invaded(russia, ukraine) @ 2022-02-24",
      "applied_to(ukraine, nato) @ 2022-09-30",
    },
  },
  { -- 47
    { "record 2023",
      "held_on(vilnius_summit_2023, 2023-07-11/2023-07-12)",
      "founded(nato_ukraine_council) @ 2023-07-11/2023-07-12",
      "replaced(nato_ukraine_council, nato_ukraine_commission) @ 2023-07-11/2023-07-12",
    },
  },
  { -- 48
    { "record 2023",
      "held_on(meeting_2023, 2023-09-28)",
      "held_in(meeting_2023, kyiv)",
      "met(stoltenberg, zelensky) @ 2023-09-28",
    },
  },
  { -- 49
    { "record 2014",
      "holds_office(stoltenberg, secretary_general, nato) @ 2014-10-01/2024-10-01",
      "followed(stoltenberg, rasmussen, secretary_general) @ 2014-10-01",
    },
    { "record 2024",
      "followed(rutte, stoltenberg, secretary_general) @ 2024-10-01",
    },
    { "record 2019",
      "holds_office(zelensky, president, ukraine) @ 2019-05-20/..",
      "followed(zelensky, poroshenko, president) @ 2019-05-20",
    },
  },
  { -- 50
    { "record 1949",
      "joined(usa, nato) @ 1949",
      "joined(france, nato) @ 1949",
    },
    { "record 1955",
      "joined(germany, nato) @ 1955",
    },
    { "record 1999",
      "joined(poland, nato) @ 1999",
      "joined(hungary, nato) @ 1999",
    },
    { "record 2004",
      "joined(estonia, nato) @ 2004",
      "joined(latvia, nato) @ 2004",
      "joined(lithuania, nato) @ 2004",
      "joined(romania, nato) @ 2004",
    },
    { "record 2023",
      "joined(finland, nato) @ 2023-04-04",
      "member(france, eu) @ 2023-01-01/2023-12-31",
      "member(germany, eu) @ 2023-01-01/2023-12-31",
      "member(poland, eu) @ 2023-01-01/2023-12-31",
      "member(hungary, eu) @ 2023-01-01/2023-12-31",
      "member(estonia, eu) @ 2023-01-01/2023-12-31",
      "member(latvia, eu) @ 2023-01-01/2023-12-31",
      "member(lithuania, eu) @ 2023-01-01/2023-12-31",
      "member(romania, eu) @ 2023-01-01/2023-12-31",
      "member(finland, eu) @ 2023-01-01/2023-12-31",
    },
  },
}

-- The sections of the article, with their last paragraphs.
local sections = {
  introduction = 4, background = 5, ["key-points"] = 5, security = 5, military = 6,
  economic = 4, reactions = 5, conclusion = 4,
}

-- Built-in relations that say what things are called and who the sources are.
local function is_naming(name)
  return name == "label" or name == "alias" or name == "type" or name == "prefix"
    or name == "source" or name:find "^source_" ~= nil or name == "derived_from"
end

--- Values as words, a row a string, sorted: queries answer with sets.
local function rows(iterator)
  local found = {}
  local function take(...)
    if select("#", ...) == 0 or (...) == nil then return false end
    local words = {}
    for i = 1, select("#", ...) do
      local value = select(i, ...)
      local id = math.type(value) == nil and type(value) ~= "string" and value.id
      words[i] = id or tostring(value)
    end
    found[#found + 1] = table.concat(words, " ")
    return true
  end
  while take(iterator()) do end
  table.sort(found)
  return found
end

local function slurp(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "a"
  file:close()
  return text
end

describe("the NATO-Ukraine base", function()
  local kb, facts, claimed

  --- A claim as the rows of `items` have it.
  local function manner(claim)
    if claim.verb == "denies" then return "deny " end
    if claim.kind == "attributed" then return "attributed(" .. claim.speaker.id .. ") " end
    return claim.kind == "assessed" and "assessed " or ""
  end

  --- The texts that stand for a fact: a symmetric one has two.
  local function texts(fact, relation)
    if not relation.symmetric then return { fact.text } end
    local swapped = ("%s(%s, %s)"):format(fact.relation, fact[2].id, fact[1].id)
    return { fact.text, swapped .. (fact.valid and " @ " .. tostring(fact.valid) or "") }
  end

  local function ask(text, view)
    return rows((view or kb):query(text))
  end

  --- Everyone whose words a source reports, in order.
  local function speakers()
    local known, list = {}, {}
    for _, fact in ipairs(facts) do
      for _, claim in ipairs(fact.claims) do
        local id = claim.speaker and claim.speaker.id
        if id and not known[id] then list[#list + 1] = id end
        if id then known[id] = true end
      end
    end
    table.sort(list)
    return list
  end

  setup(function()
    kb = assert(dossier.open())
    assert(kb:load(files))
    facts, claimed = {}, {}
    for _, relation in ipairs(kb:relations()) do
      local iterator = kb:facts(relation.name .. "/" .. relation.arity)
      local function take(...)
        if select("#", ...) == 0 or (...) == nil then return false end
        local fact = select(-1, ...)
        if fact.relation ~= relation.name then return true end
        facts[#facts + 1] = fact
        for _, claim in ipairs(fact.claims) do
          for _, text in ipairs(texts(fact, relation)) do
            claimed[(claim.citation or "") .. ": " .. manner(claim) .. text] = true
          end
        end
        return true
      end
      while take(iterator()) do end
    end
  end)

  teardown(function() if kb then kb:close() end end)

  it("has a row for each of fifty items", function() assert.equal(50, #items) end)

  for number, places in ipairs(items) do
    it(("holds item %d with its sources and locators"):format(number), function()
      for _, place in ipairs(places) do
        for i = 2, #place do
          local wanted = place[1] .. ": " .. place[i]
          assert(claimed[wanted], "not in the base: " .. wanted)
        end
      end
    end)
  end

  it("marks each item in its files, in order, with facts after it", function()
    local marked = {}
    for _, path in ipairs { files[3], files[4] } do
      for number, after in slurp(path):gmatch "%% item (%d+)[^\n]*\n(%l+)" do
        assert.equal("from", after, "after item " .. number)
        marked[#marked + 1] = tonumber(number)
      end
    end
    local wanted = {}
    for i = 1, 50 do wanted[i] = i end
    assert.same(wanted, marked)
  end)

  it("has a source other than `base` for every fact", function()
    local n = 0
    for _, fact in ipairs(facts) do
      if not is_naming(fact.relation) then
        n = n + 1
        assert(#fact.claims > 0, fact.text)
        for _, claim in ipairs(fact.claims) do
          local known = claim.source.id == "article" or claim.source.id == "record"
          assert(known, fact.text .. " is claimed by " .. claim.source.id)
        end
      end
    end
    assert(n > 300, "only " .. n .. " facts")
  end)

  it("cites places that its sources have", function()
    for _, fact in ipairs(facts) do
      for _, claim in ipairs(fact.claims) do
        if claim.source.id == "article" then
          local section, paragraph = claim.locator:match "^([%l-]+)/(%d+)$"
          assert(sections[section], fact.text .. " at " .. claim.locator)
          assert(tonumber(paragraph) <= sections[section], fact.text)
        elseif claim.source.id == "record" then
          assert(claim.locator:find "^[12]%d%d%d$", fact.text .. " at " .. claim.locator)
        end
      end
    end
  end)

  it("cites every paragraph of the article", function()
    local cited = {}
    for _, fact in ipairs(facts) do
      for _, claim in ipairs(fact.claims) do cited[claim.locator or ""] = true end
    end
    for section, last in pairs(sections) do
      for i = 1, last do assert(cited[section .. "/" .. i], section .. "/" .. i) end
    end
  end)

  it("names every entity that it mentions, and says what it is", function()
    local types = {}
    for who in kb:facts "type" do types[who] = true end
    for _, fact in ipairs(facts) do
      for i = 1, fact.arity do
        local value = fact[i]
        local entity = type(value) ~= "string" and math.type(value) == nil
          and type(value) ~= "boolean" and value.id
        if entity and fact.relation ~= "source_reliability" then
          assert(#kb:names(value) > 0, value.id .. " in " .. fact.text .. " has no label")
          assert(is_naming(fact.relation) or types[value], value.id .. " has no type")
        end
      end
    end
  end)

  it("keeps its names short", function()
    for _, _, fact in kb:facts "label" do
      assert(#tostring(fact[2]) <= 60, tostring(fact[2]))
    end
  end)

  it("finds each entity by its names, and none by two", function()
    for _, relation in ipairs { "label", "alias" } do
      for who, name in kb:facts(relation) do
        local found, message = kb:find(tostring(name))
        assert.equal(who, found, message)
      end
    end
  end)

  it("declares every relation, with a phrase", function()
    for _, relation in ipairs(kb:relations()) do
      if not relation.builtin then
        assert(relation.declared, relation.name)
        assert(relation.phrase, relation.name)
      end
    end
  end)

  it("has no relation without facts but the vocabulary's", function()
    local general = slurp(files[1])
    for _, relation in ipairs(kb:relations()) do
      local own = not relation.builtin and not general:find(relation.name .. "(", 1, true)
      if own then
        local some = kb:facts(relation.name)()
        assert(some ~= nil, relation.name)
      end
    end
  end)

  it("keeps the vocabulary small, phrased and without keys", function()
    local bare = assert(dossier.open())
    assert(bare:load(files[1]))
    local n = 0
    for _, relation in ipairs(bare:relations()) do
      if not relation.builtin then
        n = n + 1
        assert.same({}, relation.keys, relation.name)
        assert(not relation.once and relation.phrase, relation.name)
      end
    end
    bare:close()
    assert(n >= 20 and n <= 27, n .. " relations")
  end)

  it("has the disagreements of its sources as conflicts, and no others", function()
    local found = {}
    for conflict in kb:conflicts() do
      local sides = { conflict.a.text, conflict.b.text }
      table.sort(sides)
      found[#found + 1] = conflict.kind .. ": " .. table.concat(sides, " | ")
    end
    table.sort(found)
    assert.same({
      "denial: first_post_soviet(ukraine, pfp) | first_post_soviet(ukraine, pfp)",
      "key: held_on(meeting_2023, 2023-09-15) | held_on(meeting_2023, 2023-09-28)",
      "once: recognised(nato, ukraine, aspirant) @ 2002"
        .. " | recognised(nato, ukraine, aspirant) @ 2008-04-03",
    }, found)
  end)

  it("loads in any order, and a second time without a change", function()
    local backwards, again = {}, assert(dossier.open())
    for i = #files, 1, -1 do backwards[#backwards + 1] = files[i] end
    assert(again:load(backwards))
    local changes = again.changes
    assert.equal(kb.changes, changes)
    assert(again:load(files))
    assert.equal(0, again.changes)
    again:close()
  end)

  it("has no conflict within one source", function()
    for _, source in ipairs { "article", "record" } do
      assert.is_nil(kb:view({ sources = source }):conflicts()())
    end
  end)

  describe("answers", function()
    it("when and where the meeting was, who says so and who says otherwise", function()
      assert.same({ "2023-09-15 article introduction/1", "2023-09-28 record 2023" },
        ask "?- held_on(meeting_2023, D) from S L.")
      assert.same({ "kyiv article", "kyiv record" },
        ask "?- held_in(meeting_2023, P) from S.")
      assert.same({ "2023-09-15", "2023-09-28" }, ask "?- took_place(meeting_2023, D).")
      assert.same({ "nato", "stoltenberg", "ukraine", "zelensky" },
        ask "?- participant(W, meeting_2023).")
    end)

    it("Ukraine's path with NATO, with sources", function()
      local path = {}
      for fact in kb:about "ukraine" do
        if fact.valid then path[fact.text] = true end
      end
      for _, step in ipairs {
        "declared_independence(ukraine) @ 1991-08-24", "joined(ukraine, nacc) @ 1991",
        "joined(ukraine, pfp) @ 1994-02-08", "agreed(ukraine, charter_1997) @ 1997-07-09",
        "agreed(ukraine, action_plan_2002) @ 2002-11-22",
        "recognised(nato, ukraine, aspirant) @ 2002",
        "recognised(nato, ukraine, aspirant) @ 2008-04-03",
        "recognised(nato, ukraine, enhanced_opportunities_partner) @ 2020-06-12",
        "invaded(russia, ukraine) @ 2022-02-24", "applied_to(ukraine, nato) @ 2022-09-30",
      } do
        assert(path[step], step)
      end
    end)

    it("which programmes there are, what they cover and since when", function()
      assert.same({
        "action_plan_2002", "cap", "capacity_package", "defence_support", "eapc",
        "financial_package", "intensified_dialogue", "joint_working_group", "nacc",
        "nato_assistance", "nato_ukraine_commission", "nato_ukraine_council",
        "non_lethal_aid", "pfp", "political_support", "rapid_trident", "sea_breeze",
      }, ask "?- programme(P).")
      assert.same({ "command_and_control", "cyber_defence", "logistics" },
        ask "?- covers(cap, A).")
      assert.same({ "defence_reform", "policy_advice", "practical_support" },
        ask "?- covers(joint_working_group, A).")
      assert.same({
        "cap 2016", "cap 2016-07-09", "eapc 1997-05-30", "intensified_dialogue 2005-04-21",
        "joint_working_group 1998", "nacc 1991-12-20", "nato_ukraine_commission 1997-07-09",
        "nato_ukraine_council 2023-07-11/2023-07-12", "pfp 1994-01-10",
        "rapid_trident 2006", "sea_breeze 1997",
      }, ask "?- began(P) @ T.")
      assert.same({ "nato", "ukraine" }, ask "?- provider(sea_breeze, W).")
      assert.same({ "ukraine" }, ask "?- beneficiary(cap, W).")
    end)

    it("who said what about the meeting", function()
      assert.same({
        "estonia lasting_commitment", "eu de_escalation", "eu dialogue",
        "france alliance_of_one_mind", "france engagement_counts",
        "germany alliance_of_one_mind", "germany engagement_counts",
        "latvia lasting_commitment", "lithuania lasting_commitment",
        "poland lasting_commitment", "russia destabilisation", "russia greater_tension",
        "russia sphere_escalation", "usa dedication_to_partners", "usa strategic_weight",
      }, ask "?- statement(W, M, meeting_2023).")
      assert.same({ "end_of_destabilisation", "respect_for_law" },
        ask "?- statement(stoltenberg, M, russia).")
      assert.same({ "security/2" },
        ask "?- attributed(stoltenberg) stands_with(nato, ukraine) from article L.")
    end)

    it("who supports, opposes, hedges", function()
      assert.same({ "estonia", "france", "germany", "latvia", "leading_members",
        "lithuania", "poland", "usa" }, ask "?- supports(W, meeting_2023).")
      assert.same({ "russia" }, ask "?- opposes(W, meeting_2023).")
      assert.same({ "eu" }, ask "?- hedges(W, meeting_2023).")
    end)

    it("what threatens Ukraine, and which measure answers which threat", function()
      assert.same({ "annexation_of_crimea", "conflict_east", "russian_aggression",
        "russian_exercises", "russian_military_activity", "troop_build_up" },
        ask "?- threat(T, ukraine).")
      assert.same({
        "comprehensive_assistance russian_aggression",
        "coordinated_response russian_aggression", "diplomatic_effort russian_aggression",
        "intelligence_sharing russian_aggression", "joint_exercises russian_aggression",
        "military_aid russian_aggression", "military_training russian_aggression",
        "nato_assistance annexation_of_crimea", "nato_assistance conflict_east",
      }, ask "?- answers(M, T), threat(T, ukraine).")
      assert.same({ "financial_package outside_pressure" },
        ask "?- answers(M, O), obstacle(O, nato_membership).")
    end)

    it("what is required, and of whom", function()
      assert.same({ "defence_reform", "economic_stability", "political_stability",
        "standards_alignment" }, ask "?- requirement(ukraine, W, nato_membership).")
      assert.same({ "advanced_training", "equipment", "intelligence_sharing" },
        ask "?- requirement(nato, W, nato_membership).")
      assert.same({ "internal_division", "outside_pressure" },
        ask "?- obstacle(O, nato_membership).")
    end)

    it("which member states reacted, and which of the EU were for it", function()
      assert.same({ "estonia", "france", "germany", "latvia", "lithuania", "poland",
        "usa" }, ask "?- position(W, meeting_2023), membership(W, nato).")
      assert.same({ "estonia", "france", "germany", "latvia", "lithuania", "poland" },
        ask "?- supports(W, meeting_2023), membership(W, nato), membership(W, eu).")
    end)

    it("what the article stated, attributed and assessed", function()
      local counts = { stated = 0, attributed = 0, assessed = 0 }
      for _, fact in ipairs(facts) do
        for _, claim in ipairs(fact.claims) do
          if claim.source.id == "article" then
            counts[claim.kind] = counts[claim.kind] + 1
          end
        end
      end
      assert(counts.stated > counts.attributed, "stated " .. counts.stated)
      assert(counts.attributed > counts.assessed, "attributed " .. counts.attributed)
      assert(counts.assessed > 10, "assessed " .. counts.assessed)
      local assessed = kb:view { sources = "article", kinds = "assessed" }
      assert.same({ "comprehensive_approach", "deep", "hard", "pivotal", "promising",
        "turning_point" }, ask("?- judged(_, Q).", assessed))
      assert.same({ "estonia", "eu", "france", "germany", "latvia", "lithuania", "poland",
        "russia", "stoltenberg", "usa", "zelensky" }, speakers())
    end)

    it("which claims are corroborated, contested, or one source's alone", function()
      local trust = {}
      for _, fact in ipairs(facts) do trust[fact.text] = fact.trust end
      for _, text in ipairs {
        "joined(ukraine, pfp) @ 1994", "declared_independence(ukraine) @ 1991",
        "replaced(eapc, nacc) @ 1997", "agreed(ukraine, action_plan_2002) @ 2002",
        "annexed(russia, crimea, ukraine) @ 2014", "introduced(cap) @ 2016",
        "held_in(meeting_2023, kyiv)", "attended(zelensky, meeting_2023)",
        "has_status(ukraine, enhanced_opportunities_partner, nato)",
      } do
        assert.equal("corroborated", trust[text], text)
      end
      for _, text in ipairs {
        "held_on(meeting_2023, 2023-09-15)", "held_on(meeting_2023, 2023-09-28)",
        "first_post_soviet(ukraine, pfp)", "recognised(nato, ukraine, aspirant) @ 2002",
        "recognised(nato, ukraine, aspirant) @ 2008-04-03",
      } do
        assert.equal("contested", trust[text], text)
      end
      assert.equal("single-source", trust["joined(ukraine, nacc) @ 1991"])
      assert.equal("single-source", trust["joined(ukraine, pfp) @ 1994-02-08"])
      assert.equal("unsupported", trust['label(nato, "NATO")'])
    end)

    it("Ukraine's status, and who held which office, on a day", function()
      local before = kb:view { as_of = "2010-01-01" }
      local after = kb:view { as_of = "2023-10-01" }
      assert.same({ "aspirant" }, ask("?- status(ukraine, S, nato).", before))
      assert.same({ "pfp" }, ask("?- membership(ukraine, B).", before))
      assert.same({ "nato_ukraine_commission" }, ask("?- shares_in(ukraine, B).", before))
      assert.same({ "nato_ukraine_council" }, ask("?- shares_in(ukraine, B).", after))
      assert.same({ "aspirant", "enhanced_opportunities_partner" },
        ask("?- status(ukraine, S, nato).", after))
      assert.same({ "stoltenberg secretary_general nato", "zelensky president ukraine" },
        ask("?- office(W, O, B).", after))
      assert.same({}, ask("?- office(W, O, B).", before))
      assert.same({ "poroshenko president ukraine", "rasmussen secretary_general nato" },
        ask("?- office(W, O, B).", kb:view { as_of = "2010-01-01", possible = true }))
    end)

    it("what each source alone says of a status that they date apart", function()
      local view = kb:view { as_of = "2005-01-01" }
      assert.same({ "aspirant article" },
        ask("?- has_status(ukraine, A, nato) from S.", view))
    end)
  end)
end)
