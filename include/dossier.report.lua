---@meta dossier.report
--- Reports: built once as a document, rendered by format.
---
---   local report = require "dossier.report"
---   local doc = report.new("Timeline of Ukraine")
---   doc:event(fact.valid, tostring(fact), fact.claims)
---   return doc
---
--- A script's `M.main(kb, args)` returns the document (rendered and printed by the host),
--- or nil, an exit code and, where the arguments cannot be used, what to say of them.
--- Citations are given as a list of claims, and printed as
--- `[article background/2; record 1994]`.

---@class dossier.report
---@field formats string[]   "text", "md", "html", "json", "csv", "tsv"
local report = {}

---@param title string
---@return dossier.Doc
function report.new(title) end

---@class dossier.Doc
---@field found boolean   set it to false for exit code 1: nothing was found
local Doc = {}

---@param text string
---@param level? integer   1 (default) .. 3
function Doc:heading(text, level) end
---@param text string
---@param claims? dossier.Claim[]
function Doc:paragraph(text, claims) end
--- A list item.
---@param text string
---@param claims? dossier.Claim[]
function Doc:item(text, claims) end
--- `n` list items, of which `make(i)` gives the i-th, its text and its claims, when the
--- document is written: for more than should be kept.
---@param n integer
---@param make fun(i: integer): string|dossier.Fact, dossier.Claim[]?
function Doc:items(n, make) end
--- `n` parts, each some blocks: `make(part, i)` puts the i-th into an empty document when the
--- whole is written, and may be asked for it again.  A part has no parts of its own; a list of
--- claims or of lines that is given to several is looked at once, and must stay as it is.
---
---     doc:parts(#facts, function(part, i)
---       part:heading(tostring(facts[i]), 2):event(facts[i].valid, "recorded", facts[i].claims)
---     end)
---@param n integer
---@param make fun(part: dossier.Doc, i: integer)
function Doc:parts(n, make) end
--- A dated line of a timeline; consecutive events are aligned.
---@param when dossier.Time|dossier.Fact|string|nil   a fact: its valid time; nil: undated
---@param text string
---@param claims? dossier.Claim[]
function Doc:event(when, text, claims) end
--- An event for each of some lines, in order: of tell.lines, or of tell.listed, whose lines
--- are made and cited while the document is written, and not kept.
---@param lines dossier.Line[]
function Doc:events(lines) end
--- A table: headers, and rows of strings, numbers or values.
---@param columns string[]
---@param rows any[][]
function Doc:table(columns, rows) end

--- Render: "text" (also called "table"), "md", "html", "json", "csv", "tsv".  Text is
--- wrapped to `width` columns (0: not at all), and has the codes of a terminal in it where
--- `colour` is true: headings stand out, dates and citations are set apart, and what is
--- contested, unsupported or denied.  CSV and TSV hold rows: paragraphs that cite nothing
--- are left out where there is anything else.  CSV is for spreadsheets: a text that one
--- would take for a formula has a ' before it.  TSV is for programs: in values, tabs, line
--- ends and backslashes are \t, \n, \r and \\.
---@param format string
---@param options? { width?: integer, colour?: boolean }
---@return string
function Doc:render(format, options) end

--- Write: what Doc:render gives, by a function that is handed one piece after the other.
--- What is short comes whole; what is long some thousand lines at a time.
---@param format string
---@param options { width?: integer, colour?: boolean }?
---@param write fun(text: string)
function Doc:write(format, options, write) end

--- What to say of a format that there is not, with the nearest; nil where there is it.
---@param format string
---@return string?
function report.no_format(format) end

--- A time in words, as text, Markdown and HTML show an event's: "1994",
--- "2014-10-01 to 2024-10-01", "since 2019-05-20".
---@param time dossier.Time|string
---@param occurs? boolean   the time of a happening: an open end is "on or after"
---@return string
function report.period(time, occurs) end

--- "[article background/2; record 1994]": each source and locator once, in order; "" if
--- there are none.
---@param claims dossier.Claim[]
---@return string
function report.cite(claims) end

--- Fold facts that tell the same at different precision: gives groups in order, each with
--- the finest telling first and the claims of all of them.
---@param facts dossier.Fact[]
---@return { fact: dossier.Fact, facts: dossier.Fact[], claims: dossier.Claim[] }[]
function report.fold(facts) end

return report
