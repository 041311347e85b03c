---@meta dossier.tell
--- From facts to lines that can be read: what scripts share.
---
---   local tell = require "dossier.tell"
---   for _, line in ipairs(tell.lines(tell.facts(kb, args.entity))) do
---     doc:event(line.dated, line.text, line.claims)
---   end
---
--- Every list has a total order: by time, then wording, then the fact's own text.

---@class dossier.tell
local tell = {}

--- A telling of one thing: facts that differ in precision only, folded.
---@class dossier.Line
---@field when dossier.Time?       of the finest fact
---@field dated dossier.Time|dossier.Fact|nil   the same for Doc:event
---@field text string              in words, with its manner and what is doubtful about it
---@field claims dossier.Claim[]   those that assert it, to be cited
---@field trust string             the strongest of its facts
---@field fact dossier.Fact        the finest
---@field facts dossier.Fact[]
---@field note string              its manner and what is doubtful, as in the text; "" if nothing

---@param value any
---@return boolean
function tell.is_entity(value) end

--- When a fact is: its valid time, else the first date among its columns.
---@param fact dossier.Fact
---@return dossier.Time?
function tell.when(fact) end

--- Order of telling: by time, the undated last; then by wording, then by the fact's text.
---@param a dossier.Fact
---@param b dossier.Fact
---@return boolean
function tell.before(a, b) end

--- Sort a list of facts in order of telling: as tell.before has it, but for many.
---@param facts dossier.Fact[]
function tell.sort(facts) end

--- "joined/2": a relation's name and arity, as kb:relation and kb:facts take them.
---@param of dossier.Relation|dossier.Fact
---@return string
function tell.name(of) end

--- "Held on", of "held_on".
---@param name string
---@return string
function tell.title(name) end

--- Facts of the base's own relations (names, types and sources are not among them), each
--- once, in order of telling; with `entity`, only those that mention it.
---@param kb dossier.Base
---@param entity? string|dossier.Entity
---@return dossier.Fact[]
function tell.facts(kb, entity) end

--- The names ("joined/2") of a relation, of its special cases and of theirs, inverses too.
---@param relations dossier.Relation[]   as kb:relations gives them
---@param name string
---@return table<string, boolean>
function tell.cases(relations, name) end

--- Facts of the base's own relations, each once, as they are stored and in no other order:
--- for those who keep few of many.
---@param kb dossier.Base
---@return dossier.Fact[]
function tell.stored(kb) end

--- Facts of a relation that match a pattern; none where the base has no such relation.
---@param kb dossier.Base
---@param relation string
---@param ... dossier.Value?
---@return dossier.Fact[]
function tell.of(kb, relation, ...) end

--- The rows of an iterator as lists, whatever its width:
--- `for row in tell.rows(kb:query(text)) do`.
---@param step fun(...): ...
---@param state any
---@param first any
---@return fun(): any[]?
function tell.rows(step, state, first) end

--- The claims of one verb ("asserts" unless told otherwise), in the order given.
---@param claims dossier.Claim[]
---@param verb? string
---@return dossier.Claim[]
function tell.claims(claims, verb) end

--- The claims that assert a line's facts, then those that deny its finest: what a line is
--- cited by where it may be contested.
---@param line dossier.Line
---@return dossier.Claim[]
function tell.both_sides(line) end

--- "a", "a and b", "a, b and c".
---@param words string[]
---@return string
function tell.join(words) end

--- "1 fact", "2 facts"; `plural` where an s does not make it.
---@param n integer
---@param word string
---@param plural? string
---@return string
function tell.count(n, word, plural) end

--- In what manner claims say a thing: "" where one of them states it, else "says Ida" (only
--- "attributed" where `fact` itself names her), "assessed", or both.
---@param claims dossier.Claim[]
---@param fact? dossier.Fact
---@return string
function tell.manner(claims, fact) end

--- The trust of facts that tell the same: the strongest, contested above corroborated.
---@param facts dossier.Fact[]
---@return string
function tell.trust(facts) end

--- Facts as lines, folded and in order.  `marks` has the words of trust that are written
--- behind the text; without it, contested and unsupported.
---@param facts dossier.Fact[]
---@param marks? table<string, boolean>
---@param finest? dossier.Fact[]   only the lines of these finest facts
---@return dossier.Line[]
function tell.lines(facts, marks, finest) end

--- What a base tells, as tell.lines has it of all its facts, as a list whose lines are made
--- when they are looked at: `#lines`, `lines[i]`.  Hand it to Doc:events, which writes half a
--- million lines without keeping them.
---
---   doc:events(tell.listed(kb, { trust = "single-source" }, {}))
---@param kb dossier.Base
---@param options? dossier.ToldOptions   as kb:told takes them
---@param marks? table<string, boolean>   as tell.lines takes them
---@param both? boolean   lines have tell.both_sides as their claims
---@return dossier.Lines
function tell.listed(kb, options, marks, both) end

--- Lines that are made when they are looked at.
---@class dossier.Lines
---@field [integer] dossier.Line
---@field tellings dossier.Tellings   what they are made of, in the same order: for what
---                                   can be said of a line without making it
local Lines = {}

--- The claims of line `i`: the same table for all lines that rest on the same claims, whose
--- `fact` is then that of one of them.
---@param i integer
---@return dossier.Claim[]
function Lines:claims(i) end

--- Some of the lines, by their places in this list, as a list for Doc:events; among them may
--- stand other lines, which are taken as they are.  `reword` gives the text instead of that
--- which the line at a place has.
---@param places (integer|dossier.Line)[]
---@param reword? fun(place: integer|dossier.Line, text: string): string
---@return dossier.Lines
function Lines:pick(places, reword) end

--- Some facts, such as `kb:told` or `kb:latest` gives, and those that they take in: what their
--- lines are folded of.  (Of very many, all facts of the base.)
---
---   local heads = kb:latest(10)
---   for _, line in ipairs(tell.lines(tell.around(kb, heads), nil, heads)) do
---@param kb dossier.Base
---@param heads dossier.Fact[]
---@return dossier.Fact[]
function tell.around(kb, heads) end

--- How many lines have which trust: a number for each of its words.
---@param lines dossier.Line[]
---@return table<string, integer>
function tell.tally(lines) end

--- How many tellings have which trust, all relations together, and how many there are.
---@param support dossier.Support[]   as kb:support gives it
---@return table<string, integer> n
---@return integer told
function tell.total(support) end

--- A fact with its time in one sentence: "Ukraine joined NACC (1991)".
---@param fact dossier.Fact
---@return string
function tell.sentence(fact) end

--- A fact's relation and columns in the language, without its time: "joined(ukraine, pfp)".
---@param fact dossier.Fact
---@return string
function tell.tuple(fact) end

--- An atom in the language that every fact of a relation matches: "'joined'(X1, X2)".
---@param relation dossier.Relation
---@return string
function tell.pattern(relation) end

--- What a conflict is about, in a line: "Held on: Kyiv meeting (two values where one is
--- allowed)".
---@param conflict dossier.Conflict
---@return string
function tell.issue(conflict) end

--- The two sides of a conflict, the earlier first (of a denial: the assertion), then the
--- verdicts on them.
---@param conflict dossier.Conflict
---@return { text: string, claims: dossier.Claim[] }[]
function tell.sides(conflict) end

--- How many conflicts a report shows unless it is asked for all: 100.
---@type integer
tell.conflicts_most = 100

--- The first conflicts that pass a test, and how many there are of each kind and in all.
---@param kb dossier.Base
---@param most integer|number   math.huge: all
---@param passes? fun(conflict: dossier.Conflict): boolean   none: all pass
---@return dossier.Conflict[] conflicts
---@return { key: integer, once: integer, denial: integer, all: integer } n
function tell.conflicts(kb, most, passes) end

--- Put a conflict into a document: a heading of `level`, then its sides, each cited.
---@param doc dossier.Doc
---@param conflict dossier.Conflict
---@param level integer
function tell.conflict(doc, conflict, level) end

--- A value as a person reads it: an entity by its label.
---@param value any
---@return string
function tell.words(value) end

--- Order of values as they read, then by identifier.
---@param a any
---@param b any
---@return boolean
function tell.reads_before(a, b) end

--- Things under what `key_of` says of each, in the order in which those keys read; under
--- each the things as they came.
---@generic T
---@param things T[]
---@param key_of fun(thing: T): any
---@return { key: any, list: T[] }[]
function tell.group(things, key_of) end

--- A line of a relation asked for by name, with its columns as that relation has them.
---@class dossier.Row: dossier.Line
---@field row any[]   the columns, then the fact

--- Facts of a relation and of its special cases that match a pattern, folded, in order; none
--- where the base has no such relation.
---@param kb dossier.Base
---@param relation string
---@param ... dossier.Value?
---@return dossier.Row[]
function tell.lines_of(kb, relation, ...) end

--- A value out of a line, with the line's time (unless `untimed`) and what is doubtful
--- about it: "logistics (since 2016; contested)".
---@param line dossier.Line
---@param value any
---@param untimed? boolean
---@return string
function tell.value(line, value, untimed) end

--- What someone said.
---@class dossier.Statement: dossier.Line
---@field speaker any
---@field row any[]?        of a fact of `statement`: its columns there
---@field denied boolean?   the speaker denies the fact

--- Every statement in view: facts of the vocabulary's `statement`, what is attributed to a
--- speaker, whatever its relation, and what a speaker denies that another asserts.  What is
--- both of the first two is told once.  By speaker, then in order of telling.
---@param kb dossier.Base
---@return dossier.Statement[]
function tell.statements(kb) end

--- Is a statement about an entity: is it named in it, other than as the speaker?
---@param statement dossier.Statement
---@param entity dossier.Entity
---@return boolean
function tell.is_about(statement, entity) end

return tell
