---@meta dossier
--- The Lua API of Dossier, for editors: completion, checking, and the reference.
---
--- Conventions: an operation that can fail in normal use gives `nil, message, code`; wrong
--- use is an error.  What stands in a `for` head raises for both.  A plain string in a
--- pattern means the entity and the text so spelled; `dossier.entity` and `dossier.text`
--- are exact.  Times are given as EDTF strings or `dossier.Time`.  An unknown option key is
--- an error that names the nearest one.

---@class dossier
local dossier = {}

---@class dossier.OpenOptions
---@field read_only? boolean    refuses what would write
---@field must_exist? boolean   a missing file is an error, not a new base
---@field busy_ms? integer      how long to wait for another writer (5000)
---@field now? string           the clock of this handle: "2026-01-02T03:04:05Z"
---@field merge_bound? integer  fresh facts kept before a merge (4096)
---@field block_bytes? integer  greatest size of a packed block (8100)
---@field derived_mb? integer  MB of derived facts kept for further queries (64); below 0: none

---@alias dossier.Value dossier.Entity|dossier.Text|dossier.Time|string|integer|number|boolean

--- Open the base in a file (made at the first commit), or a new one in memory.
---@param path? string
---@param options? dossier.OpenOptions
---@return dossier.Base? base
---@return string? message
---@return string? code   "damaged", "busy", ...: the words of the status
function dossier.open(path, options) end

--- An entity by identifier, whether or not a base knows it.  Equal identifiers are equal.
---@param id string
---@return dossier.Entity
function dossier.entity(id) end

--- A text, with a language ("uk") or a datatype IRI.
---@param string string
---@param lang? string
---@param datatype? string
---@return dossier.Text
function dossier.text(string, lang, datatype) end

--- A time from EDTF: dossier.time "2014-10-01/2024-10-01".
---@param edtf string
---@return dossier.Time? time
---@return string? message
function dossier.time(edtf) end

--- The nearest of some words, for messages; nil where none is near.
---@param word string
---@param words string[]
---@return string?
function dossier.nearest(word, words) end

--- Columns that a string takes on a terminal (wide characters two).
---@param text string
---@return integer
function dossier.width(text) end

--- A text in the language in its canonical layout.
---@param text string
---@param name? string   stands for a file's name in messages
---@return string? text
---@return string? message
---@return string? code
function dossier.format(text, name) end

--- A string without case: for comparing names.
---@param text string
---@return string
function dossier.fold(text) end

---@type string
dossier.version = "0.1.0"

--- An entity: has identity, may be a table key; ordered by identifier.
---@class dossier.Entity
---@field id string       its identifier: "nato"
---@field label string    its label in the base it came from; its identifier if none
local Entity = {}

--- A text with a language or a datatype; `tostring` gives the string.
---@class dossier.Text
---@field string string
---@field lang string?
---@field datatype string?
local Text = {}

--- A time: `tostring` gives it as written; ordered by its four days.
---@class dossier.Time
---@field edtf string
---@field earliest_start string?  an exact day; nil where there is no bound
---@field latest_start string?
---@field earliest_end string?
---@field latest_end string?      nil also for an open end
---@field open boolean            its end is open ("..")
---@field year integer?           the one year that it lies in
local Time = {}

--- Is the test certain: true for every choice of days?  Tests: before after meets met_by
--- overlaps overlapped_by starts started_by during contains finishes finished_by equals
--- within intersects.
---@param test string
---@param other dossier.Time|string
---@return boolean
function Time:certainly(test, other) end

--- Is the test possible: true for some choice of days?
---@param test string
---@param other dossier.Time|string
---@return boolean
function Time:possibly(test, other) end

--- Is this a more precise telling of `other` (or the same)?  Of happenings (`occurs`, as
--- in `fact.occurs`) the extents decide, of what holds each bound.
---@param other dossier.Time|string
---@param occurs? boolean
---@return boolean
function Time:refines(other, occurs) end

--- A fact.  fact[1], fact[2], ... are its columns; `tostring` puts it into words by its
--- relation's phrase, without its time.  Facts may be kept; they are those of the moment
--- they were read, and their claims and trust are looked up when first asked for.
---@class dossier.Fact
---@field [integer] dossier.Value
---@field relation string         the relation it is stored under
---@field arity integer
---@field valid dossier.Time?     nil where it was written without `@`
---@field occurs boolean          its relation is one of happenings
---@field held boolean            it is among the facts in view: a live claim asserts it
---@field certain boolean         false: only possibly in view (`possible`)
---@field trust string            "unsupported" "single-source" "corroborated" "contested"
---@field claims dossier.Claim[]  live claims in view on this very fact, denials too
---@field support dossier.Claim[] those, claims on finer facts within it, denials of coarser ones
---@field text string             in the language: "joined(ukraine, pfp) @ 1994"
local Fact = {}

--- Every claim ever made on the fact, closed ones too.
---@return dossier.Claim[]
function Fact:history() end

---@class dossier.Claim
---@field verb string          "asserts" "denies" "prefers" "deprecates"
---@field source dossier.Entity
---@field locator string?
---@field kind string          "stated" "attributed" "assessed"
---@field speaker dossier.Entity?
---@field grade string?        as the claim gives it: "b2", "2"
---@field reliability string?  the claim's own or its source's: "a".."f"
---@field credibility integer? 1..6
---@field quotation string?    of a verdict: its reason
---@field confidence number?
---@field target dossier.Entity?  of a verdict: the source it judges
---@field citation string      "article background/2"
---@field opened integer       transaction
---@field closed integer?      transaction that retracted it
---@field fact string          the fact that it was made on, in the language
---@field valid dossier.Time?  that fact's time
local Claim = {}

---@class dossier.Conflict
---@field kind string          "key" "once" "denial" "constraint"
---@field relation string?     where the key or `once` was declared; none of a constraint
---@field a dossier.Fact?      of all but constraints, as is `b`
---@field b dossier.Fact?      of a denial: the denied fact
---@field message string?      of an answer to a constraint: its words, variables filled in
---@field file string?         where the constraint stands, with `line`
---@field line integer?
---@field facts dossier.Fact[]? those that the constraint's atoms are about, as far as the
---                            answer tells; derived ones have none; sixteen at most
local Conflict = {}

---@class dossier.Relation
---@field name string
---@field arity integer
---@field declared boolean
---@field known boolean         declared, built in, or a live claim is on a fact of it
---@field builtin boolean
---@field occurs boolean
---@field once boolean
---@field timed boolean        some fact of it carries a time
---@field symmetric boolean
---@field inverse string?
---@field phrase string?
---@field columns { role: string?, type: string }[]
---@field keys integer[][]     column numbers, from 1
---@field is { relation: string, columns: integer[] }[]
local Relation = {}

---@class dossier.Source
---@field entity dossier.Entity
---@field id string
---@field title string?
---@field kind string?
---@field date dossier.Time?
---@field reliability string?
---@field url string?
---@field author string?
---@field publisher string?
---@field derived_from dossier.Entity[]
---@field origin dossier.Entity  names its group of related sources
local Source = {}

---@class dossier.Transaction
---@field number integer
---@field time string           "2026-01-02T03:04:05Z"

---@class dossier.ViewOptions
---@field as_of? string
---@field since? string
---@field until? string        write ["until"]
---@field known_at? string|integer   an instant, a date, or a transaction's number
---@field sources? string|string[]
---@field kinds? string|string[]
---@field speakers? string|string[]
---@field min_grade? string
---@field settled? boolean
---@field possible? boolean
---@field fold? boolean

---@class dossier.ClaimSpec
---@field valid? string|dossier.Time
---@field source? string|dossier.Entity
---@field locator? string
---@field kind? string
---@field speaker? string|dossier.Entity
---@field grade? string|integer
---@field quotation? string
---@field confidence? number

--- A base, or a view of one.
---@class dossier.Base
---@field path string?
---@field read_only boolean
---@field changes integer   claims opened or closed by the last change
---@field as_of string?     the day that a view shows, where it is of one
local Base = {}

---@class dossier.LoadOptions
---@field replace? boolean   what a file made before and no longer makes is retracted
---@field dry_run? boolean   all is checked and counted, then undone

---@class dossier.LoadReport
---@field added integer      claims opened
---@field retracted integer  claims closed
---@field declared integer   relations that were not declared so before
---@field idle integer       `retract` clauses that found nothing
---@field left_out integer   without `replace`: claims that a file made and no longer makes
---@field files_new integer  with `replace`: files that the base does not remember
---@field rules_added integer     rules and constraints that were not kept before
---@field rules_dropped integer   with `replace`: that no file says any more
---@field rules_left_out integer  without `replace`: as left_out
---@field queries integer    queries in the files: checked, and not run
---@field skipped integer    what other languages have and says nothing here, as #show

--- Load files in the language: all or nothing, declarations in any order.
---@param path string|string[]
---@param options? dossier.LoadOptions
---@return true? ok
---@return dossier.LoadReport|string? report   of a failure the message: up to ten errors,
---each with place, line and caret
---@return string? code
function Base:load(path, options) end

---@class dossier.ImportOptions
---@field format? "nt"|"nq"|"ttl"|"trig"|"csv"|"tsv"|"jsonl"   nil: by the ending of the file's name
---@field source? string      whose claims they are, where the data does not say
---@field iri? string         IRIs that begin so are plain identifiers
---@field keep_blank? boolean blank nodes keep their labels
---@field as? string|string[] tables: what a row says, "event(subject, object) @ date"
---@field header? boolean     tables: the first row names the columns; nil: where `as` names some
---@field null? string        tables: a field that is this has no value
---@field skip_bad? string    tables: a new file for rows that are bad; nil: the first ends all
---@field dry_run? boolean    all is checked and counted, then undone
---@field memory_mb? integer  for rows, before they are sorted through a file (512)

---@class dossier.ImportReport
---@field rows integer     statements or rows that were read
---@field claims integer   claims opened
---@field sources integer  sources declared
---@field skipped integer  rows set aside
---@field bytes integer    of the files

--- Put files in other formats on record: all or nothing.
---@param path string|string[]
---@param options? dossier.ImportOptions
---@return true? ok
---@return dossier.ImportReport|string? report   of a failure the message, with its place
---@return string? code
function Base:import(path, options) end

---@class dossier.Finding
---@field file string
---@field line integer
---@field column integer
---@field error boolean   a load would refuse it
---@field kind string     of an error "syntax", "source", "relation", "type", "time", ...;
---else "unknown-relation", "no-label", "near-entity", "no-source", "unused-source",
---"date", "variable" or "same"
---@field text string

--- Look at files without loading them, as if into this base, which may be one that cannot
--- be written.
---@param path string|string[]
---@return dossier.Finding[]? findings   in order of place
---@return string? message   where a file cannot be read
---@return string? code
function Base:check(path) end

--- Load text in the language; `name` stands for a file's in messages.
---@param text string
---@param name? string
---@return true? ok
---@return string? message
---@return string? code
function Base:load_text(text, name) end

--- Facts of a relation that match a pattern (nil matches anything):
--- `for who, what, fact in kb:facts("joined", nil, "pfp") do`.  Gives the columns (a nil
--- pattern's and a given one's alike), then the fact.
---@param relation string   "joined", or "joined/2" where several arities have the name
---@param ... dossier.Value?
---@return fun(): ...
function Base:facts(relation, ...) end

--- Facts that mention an entity in any column.
---@param entity string|dossier.Entity
---@return fun(): dossier.Fact
function Base:about(entity) end

--- Answers to a query, one value per named variable, in order of appearance.
---@param text string
---@param parameters? table<string, dossier.Value>
---@return fun(): ...
function Base:query(text, parameters) end

--- Prepare a query for several runs.
---@param text string
---@return dossier.Query? query
---@return string? message
---@return string? code
function Base:prepare(text) end

--- Let queries and rules read a tab-separated file as the relation `name`, without loading
--- it: no header, no quoting; the types of its columns are told by what is in them.
---@param name string
---@param path string
---@return boolean? ok
---@return string? message
---@return string? code
function Base:table(name, path) end

---@class dossier.Limits
---@field tuples? integer|false
---@field memory? number|false in megabytes
---@field time? number|false in seconds

--- Bound what rules derive for one query of this base and its views, from now on: a query
--- that passes a limit fails, with the code "limit".  What is not given is as it is unless
--- set: no limit, and half of the machine's memory; false is no limit.
---@param options? dossier.Limits
function Base:limit(options) end

--- A prepared query.
---@class dossier.Query
---@field columns string[]
---@field warning string?   what looks like a slip: '"Ukraine" is a variable: did you mean ukraine?'
local Query = {}

--- Run it: an iterator as Base:query gives.  A second run ends the first.
---@param parameters? table<string, dossier.Value>
---@return fun(): ...
function Query:rows(parameters) end

--- The values of its first row; nil where there is none, true where it has no columns.
---@param parameters? table<string, dossier.Value>
---@return dossier.Value? ...
function Query:first(parameters) end

--- All rows: each with its values by place and by the columns' names, row.X.
---@param parameters? table<string, dossier.Value>
---@return table[]
function Query:all(parameters) end

--- How many rows it has; faster than going through them where rules derive them.
---@param parameters? table<string, dossier.Value>
---@return integer
function Query:count(parameters) end

--- Answer it, and say how: strata, rules, operators, tuples made and kept.
---@param parameters? table<string, dossier.Value>
---@return string? plan   nil where it is answered by scans of the base
function Query:explain(parameters) end

function Query:close() end

---@class dossier.DefineOptions
---@field args? integer|string[]     how many, or the type of each: "any" "bool" "int" "number"
---"date" "entity" "text"; nil: as many as the function has parameters
---@field results? integer|string[]  the same of what it gives; nil: one
---@field rows? boolean              it returns rows: what stands in a `for` head (each step
---gives a row), or a list of rows (of lists; with one result also of values)

--- Define a function for the rules and queries of this handle, the base's and its views':
--- `Y = shout(X)`, and for any number of results the atom `near(X, Place, Km)`, arguments
--- first.  It returns its results, or nil where there is none; with `results = 0` whether it
--- says yes.  With `rows` it gives any number of rows.  Plain strings are texts, unless
--- `results` says "entity" or "date"; arguments of another type than `args` says give
--- nothing.  It must give the same for the same arguments, and may read the base, not change
--- it.  An error in it is the query's, with its name and place.  A later definition of a
--- name replaces an earlier one; nil for the function takes it back (true, or false where
--- there was none).  Definitions are not kept in the file.
---@param name string
---@param f (fun(...: dossier.Value): ...)?
---@param options? dossier.DefineOptions
---@return boolean? ok
---@return string? message   the name is that of a relation or of a function of the language
---@return string? code
function Base:define(name, f, options) end

--- A view of the base; read-only; everything that reads works on it.
---@param options dossier.ViewOptions
---@return dossier.Base
function Base:view(options) end

--- Conflicts in view, each once.
---@return fun(): dossier.Conflict
function Base:conflicts() end

--- Run `f(tx)` in a transaction: what it returns is returned after the commit; an error in
--- it rolls back and is raised again.
---@generic T
---@param f fun(tx: dossier.Tx): T
---@return T
function Base:transaction(f) end

--- The tables of the base's file, by name, and how many bytes of it each takes, in whole
--- pages: a look at every page.  Empty for a base without a file.
---@return { name: string, bytes: integer }[]
function Base:tables() end

--- Make the file of the base as small as it can be: see dsr_compact.
---@return { before: integer, after: integer }? bytes
---@return string? message
---@return string? code
function Base:compact() end

--- Copy the base to a file, while others write to it: see dsr_backup.
---@param path string
---@param options? { replace?: boolean }
---@return integer? bytes
---@return string? message
---@return string? code
function Base:backup(path, options) end

--- Forget a source for good, with all that it claimed and that nothing else names: see
--- dsr_forget.
---@param source string
---@param options? { dry_run?: boolean }
---@return { claims: integer, facts: integer, names: integer, before: integer, after: integer }?
---@return string? message
---@return string? code
function Base:forget(source, options) end

--- Take back what a transaction did, the last one unless told: see dsr_undo.  In
--- kb:transaction it is a part of that one.
---@param number? integer
---@return integer|false|nil undone   its number; false where nothing was left to take back
---@return string? message
---@return string? code
function Base:undo(number) end

---@class dossier.Rule
---@field number integer      from 1, never given again
---@field constraint boolean  it derives nothing; its answers are conflicts
---@field relation? string    that it derives
---@field arity? integer      in so many columns
---@field text string         as written, with its dot
---@field file string         what its file was called when it was last loaded
---@field line integer        where in it it begins

--- The rules and constraints that the base keeps, in order of number.
---@return dossier.Rule[]
function Base:rules() end

--- Keep rules no more: one by its number (3 or "#3"), or all that derive a relation
--- ("aspirant" or "aspirant/1").  In kb:transaction it is a part of that one; kb:undo does
--- not take it back.
---@param which integer|string
---@return integer? dropped   how many; 0 where there was none
---@return string? message
---@return string? code
function Base:drop_rule(which) end

---@class dossier.ProofClaim
---@field text string       the claim in the language
---@field fact string       what it is made on, as it is kept
---@field source string
---@field kind string       "stated", "attributed" or "assessed"
---@field locator? string
---@field speaker? string
---@field grade? string
---@field denies boolean    it denies the fact
---@field verb string       "asserts" or "denies"
---@field citation string   "article background/2": with these, reports cite it as any claim

--- A step of an explanation; tostring() gives it, and what it rests on, as text.
---@class dossier.Proof
---@field kind string       "fact", "table", "derived", "same", "aggregate", "row", "not",
---                         "computed", "question", "again", "more"; of why not: "absent",
---                         "tried", "fails".  See dsr_why_kind
---@field fact? string      in the language
---@field how? string       "is", "symmetric", "inverse"; "3 rows"; what was bound
---@field rule? { text: string, file: string?, line: integer }
---@field holds? boolean    of the whole proof: false where it tells why not
---@field trust? string     of the weakest leaf
---@field claims dossier.ProofClaim[]   live and in view, on a fact on record
---@field children dossier.Proof[]      what it rests on
local Proof = {}

--- The step and what it rests on as text (the same as tostring), JSON or Markdown.
---@param format? "text"|"json"|"md"
---@return string
function Proof:render(format) end

--- Why something holds: a proof of least height, down to the claims in view; or why not.
--- Takes a fact, its text or any query without parameters (the first answer is explained),
--- or a relation and its columns; nil among these is anything.  A relation may be given with
--- its arity, "joined/2"; one value more is then the time.
---@param what dossier.Fact|string
---@param ... any
---@return dossier.Proof? proof
---@return string? message
---@return string? code
function Base:why(what, ...) end

--- Rename an entity, or a relation that is so called: see dsr_rename.  What a rule of the
--- base names is renamed once that rule is dropped.
---@param old string
---@param name string
---@param options? { merge?: boolean }
---@return boolean? found
---@return string? message
---@return string? code
function Base:rename(old, name, options) end

--- Facts that were ever claimed, held or not, and match an atom in the language:
--- "joined(ukraine, X)", "joined(ukraine, pfp) @ 1994".  A time is the very time that is
--- written ("@ 1994" is not 1994-02-08; "@ unknown" is a fact without `@`); without one all
--- times match.  A view hides nothing here, but decides fact.held.  See fact:history().
---@param atom string
---@return fun(): dossier.Fact
function Base:history(atom) end

--- The same facts, each once, in order of telling, as a list: each stands for itself, and
--- list:standing tells whether it is held, and its trust.  Some 70 bytes a fact.
---
---     local list = kb:histories "joined(ukraine, X)"
---     for i = 1, #list do print(list:line(i), list:standing(i)) end
---@param atom string
---@return dossier.Tellings
function Base:histories(atom) end

---@class dossier.ExportOptions
---@field format? string      "dl" (the language, canonical), "csv", "jsonl", "dot"
---@field history? boolean    closed claims, too; in "dl" as transactions that a load replays
---@field claims? boolean     csv: a row for each claim
---@field columns? string     csv: "args,valid,trust"
---@field relations? string|string[]  "joined", "joined/2": these alone
---@field path? string        a file that takes the text when all of it was written

--- Write out what is in view: as a string, or with `path` into a file, which stays as it was
--- where that fails.  The same contents give the same text, and "dl" loads back to an equal
--- base.
---@param options dossier.ExportOptions?
---@return string|true|nil text
---@return string? message
---@return string? code
function Base:export(options) end

--- What differs between what is in view here and in `other`, a base or a view, also of this
--- base: claims, verdicts, declarations, prefixes, sources, rules, by what they say.
---
---     for sign, statement, before in monday:diff(today) do print(sign, statement, before) end
---
--- `sign` is "+" for what `other` has alone, "-" for what this has alone, "~" for what is
--- otherwise there (another locator, grade or quotation; declared otherwise): `statement` is
--- as it is in `other` then, and `before` as it is here.  In order of what they tell of; all
--- is found before the first comes.
---@param other dossier.Base
---@return fun(): "+"|"-"|"~", string, string?
function Base:diff(other) end

---@class dossier.Verdict
---@field valid? string|dossier.Time   the judged fact's time
---@field because? string
---@field by? string|dossier.Entity    a declared source
---@field of? string|dossier.Entity    the source whose claims are judged; none: the fact

---@class dossier.Tx
local Tx = {}
---@param relation string
---@param args dossier.Value[]
---@param claim? dossier.ClaimSpec
---@return boolean new   false where the same claim was live already
function Tx:add(relation, args, claim) end
---@param relation string
---@param args dossier.Value[]
---@param claim? dossier.ClaimSpec
---@return boolean new
function Tx:deny(relation, args, claim) end
--- Close the live claims on exactly this fact that agree with `claim`.
---@param relation string
---@param args dossier.Value[]
---@param claim? dossier.ClaimSpec
---@return boolean found
function Tx:retract(relation, args, claim) end
--- Judge a fact, or the claims of one source on it.
---@param relation string
---@param args dossier.Value[]
---@param verdict? dossier.Verdict
---@return boolean new   false also where the fact was never claimed
function Tx:prefer(relation, args, verdict) end
---@param relation string
---@param args dossier.Value[]
---@param verdict? dossier.Verdict
---@return boolean new
function Tx:deprecate(relation, args, verdict) end
--- Close the live verdicts on the fact that agree with `verdict`.
---@param relation string
---@param args dossier.Value[]
---@param verdict? dossier.Verdict
---@return boolean found
function Tx:withdraw(relation, args, verdict) end

--- An entity of the base by identifier, label or alias, case folded.
---@param name string
---@return dossier.Entity? entity
---@return string? message   where none, or several, are so called
---@return dossier.Entity[]? candidates
function Base:find(name) end

--- Entities that `name` may mean, the best first, each once and by its best name: by
--- identifier, label or alias, exactly, then but for case, accents and signs, then by a
--- beginning, by words, and at last by names a few letters away.  At most 10, or `limit`.
--- Names are read past the filters of a view, but for `known_at`.
---
---     kb:find_entity("Stoltenburg")[1].entity   --> stoltenberg
---@param name string|dossier.Entity
---@param options? { limit: integer? }
---@return dossier.Named[]
function Base:find_entity(name, options) end

---@class dossier.Named
---@field entity dossier.Entity
---@field name string       that fits, as written
---@field kind string       "identifier" "label" "alias"
---@field fit string        "exact" "folded" "prefix" "words" "near"
---@field distance integer  edits between the two, in bytes; 0 unless near

--- Texts that have all the words, in any form of theirs: labels, aliases, titles, whatever
--- texts facts hold, and quotations of claims.  "a phrase" in double quotes is words side by
--- side, cyb* is a word that begins so, as with `prefix` is the last; case and accents do not
--- count.  Where no text in view
--- has all, those that have some are given, `partial` set.  One hit for each text and entity,
--- the best first, by BM25 over the whole base whatever the view; at most 20, or `limit`.
--- What an open transaction adds is found once it is committed.
---
---     for hit in kb:search("cyber defence") do print(hit.score, hit.entity, hit.text) end
---@param words string
---@param options? { limit: number?, prefix: boolean? }   limit `math.huge`: all
---@return fun(): dossier.Hit?
function Base:search(words, options) end

---@class dossier.Hit
---@field score number
---@field text string|dossier.Text
---@field entity dossier.Entity?  that the fact is about: its first entity
---@field fact dossier.Fact       that has the text, or on which a claim quotes it
---@field claim dossier.Claim?    that quotes the text
---@field partial boolean

--- Pairs of entities, not joined by `same_as`, whose labels or aliases are the same but for
--- case, accents, signs, order of words or a letter: perhaps they are one.  In order of names,
--- at most 100, or `limit`.
---@param options? { limit: integer? }
---@return { entity: dossier.Entity, name: string, other: dossier.Entity, other_name: string }[]
function Base:twins(options) end

--- Build the index of the search anew, for one that `verify` says is damaged.
---@return true? ok
---@return string? message
---@return string? code
function Base:rebuild_search() end

--- Read all of the file and compare it with its checksums, and the search with what it should
--- hold.
---@return true? ok
---@return string? message
---@return string? code
function Base:verify() end

--- Labels and aliases of an entity.
---@param entity string|dossier.Entity
---@return (string|dossier.Text)[] labels
---@return (string|dossier.Text)[] aliases
function Base:names(entity) end

--- What is known of a relation; nil where there is none ("joined" or "joined/2").
---@param name string
---@return dossier.Relation?
function Base:relation(name) end

--- All relations, built-in ones first, then in order of declaration.
---@return dossier.Relation[]
function Base:relations() end

--- What a relation that is not built in holds, counted: facts in view that are stored under
--- the relation itself, and the years that their times may reach (nil: none is dated).
---@class dossier.Figures
---@field relation string
---@field arity integer
---@field facts integer
---@field undated? integer   facts without valid time and without a date in a column, if any
---@field first? integer
---@field last? integer

--- The figures of all relations that are not built in and, with `naming`, of those that name
--- things, too: label, alias, type, prefix, same_as.  One walk over the facts, some 10 M a
--- second.
---@param options? { naming?: boolean }
---@return dossier.Figures[]
function Base:figures(options) end

--- The entities that most facts in view mention, the most first, equals by label, then by
--- identifier: a fact counts once, in whatever columns.  Of the base's own relations, as all
--- that follows.
---@param most? integer   nil: all
---@return { entity: dossier.Entity, facts: integer }[] mentions
---@return integer entities   how many are mentioned at all
function Base:mentions(most) end

--- Which tellings are asked for.  A telling is a fact in view with the coarser ones of its
--- tuple that it takes in: 1994-02-08 takes in 1994.  Its trust is the strongest of theirs.
---@class dossier.ToldOptions
---@field relations? string|string[]   facts stored under these alone ("joined/2"; tell.cases
---                                     has the special cases of a relation)
---@field trust? string|string[]       "contested"
---@field since? string|dossier.Time   its date (valid time, else a column's) may lie in this
---@field until? string|dossier.Time   span; without a date it is not
---@field source? string|dossier.Entity   that it asserts or, contested, denies

--- How many tellings of a relation there are, and of which trust.
---@class dossier.Support
---@field relation string
---@field arity integer
---@field told integer
---@field unsupported integer
---@field ["single-source"] integer
---@field corroborated integer
---@field contested integer

--- Tellings counted by relation, those that have some: claims are judged once for each set
--- of them, so that a fact costs some 100 ns, and no memory.
---@param options? dossier.ToldOptions
---@return dossier.Support[]
function Base:support(options) end

--- What each source asserts in view.
---@class dossier.Coverage
---@field source dossier.Entity
---@field facts integer
---@field told integer         tellings
---@field only integer         those that no other source asserts
---@field stated integer       tellings with a claim of that kind by the source
---@field attributed integer
---@field assessed integer

--- The coverage of sources that assert something, by their identifiers.
---@return table<string, dossier.Coverage>
function Base:coverage() end

--- The finest facts of tellings, by relation, in the order in which they are stored.  They
--- are found at once, and made into values as the loop goes.
---
---     for fact in kb:told { trust = "contested", since = "2014" } do print(fact) end
---@param options? dossier.ToldOptions
---@return fun(): dossier.Fact?
function Base:told(options) end

--- All that a base tells, in order of telling (tell.before), as a list that keeps some 70
--- bytes for each and makes Lua values of what is looked at: `#list`, `list[i]`.  It has the
--- tellings that there were when it was made.
---@class dossier.Tellings
---@field [integer] dossier.Fact   the finest fact of a telling
local Tellings = {}

--- What a line of a report says of telling `i`, and no fact is made; nothing where there is
--- none.
---@param i integer
---@return string words       as tostring(list[i])
---@return string? written    when it is: its valid time, else the first date in its columns
---@return boolean happens    that is the time of a happening
---@return string trust       the strongest of the facts that tell it
---@return boolean certain    as list[i].certain
---@return integer? set       tellings of one number rest on the same claims; nil where
---                           coarser facts tell it too
function Tellings:line(i) end

---@param i integer
---@return string? written
---@return boolean happens
---@return boolean own   it is the fact's valid time, no column
function Tellings:when(i) end

--- A number that tellings with the same relation and columns share, and no others in the
--- list; the relation, "joined/2"; and the number of its claims, as list:line has it.
---@param i integer
---@return integer number
---@return string relation
---@return integer? set
function Tellings:tuple(i) end

--- How fact `i` stands as the base is now, whatever else tells the same, and no fact is made:
--- in a list of kb:histories mostly at the cost of a look-up of its claim set.
---@param i integer
---@return boolean held     as list[i].held
---@return string? trust    as list[i].trust; nil where it is not held
function Tellings:standing(i) end

--- What a base tells, in order of telling.  For lines of a report see tell.listed.
---
---     local list = kb:tellings { since = "2014" }
---     for i = 1, #list do print(list:line(i)) end
---@param options? dossier.ToldOptions
---@return dossier.Tellings
function Base:tellings(options) end

--- Facts of the base's own relations with a claim (assertion, denial, verdict) that was opened
--- or closed after transaction `first` and up to `last`, whatever the view: fact:history()
--- has it.
---
---     for fact in kb:recorded(#kb:transactions() - 1) do print(fact) end   -- by the last one
---@param first integer
---@param last? integer   nil: up to now
---@return fun(): dossier.Fact?
function Base:recorded(first, last) end

--- The same facts in order of telling, as a list: each stands for itself, and its trust is
--- not told.
---@param first integer
---@param last? integer   nil: up to now
---@return dossier.Tellings
function Base:recordings(first, last) end

--- The last of the dated tellings, latest first, as tell.before orders them: their finest
--- facts.  Takes the memory of those that are asked for.
---@param most? integer   nil: all
---@param options? dossier.ToldOptions
---@return dossier.Fact[] facts
---@return integer all   how many there are
function Base:latest(most, options) end

--- All declared sources in view, by identifier.
---@return dossier.Source[]
function Base:sources() end

--- All transactions, oldest first.
---@return dossier.Transaction[]
function Base:transactions() end

--- See what others have committed.
---@return true? ok
---@return string? message
---@return string? code
function Base:refresh() end

--- End the base or view; also by `<close>` and by collection.
function Base:close() end

return dossier
