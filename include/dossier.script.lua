---@meta dossier.script
--- What a script is given, and what it gives back.
---
--- A script is a Lua file.  Its first comment is its help, and the Usage line in it says
--- which arguments there are:
---
---   --- joiners: who joined a body, and when.
---   -- Usage:   dossier joiners ENTITY [--since DATE] [--by time|name] [--all] [NAME...]
---
--- It gives a table with `main`; or a document; or an exit code; or nothing, where it
--- prints by itself.  `...` are the base and the arguments, the same that `main` gets, and
--- the global `arg` has the words as they came, arg[0] the file.  All of Lua is there, and
--- modules that stand beside the file can be required.

---@class dossier.Script
local Script = {}

--- The document is printed as the command's --format asks; without one, the exit code is
--- what counts: 0 (also for none) done, 1 nothing found, 2 wrong usage.
---@param kb dossier.Base   the base, or the view of it that the command's options ask for
---@param args dossier.Args
---@return dossier.Doc? document
---@return integer? code
function Script.main(kb, args) end

--- The arguments by the names of the Usage line, in lower case, without dashes before and
--- with "_" for those within: args.entity, args.since, args.all.  What was left out is nil.
---
---   ENTITY      an entity of the base, by any of its names
---   DATE        EDTF text; it is a date
---   N           an integer
---   one|two     one of them
---   NAME        any other word: text, as it came
---   NAME...     a list, empty where there was none
---   --flag      true
---
--- FROM_DATE, ENTITY_2 and the like are of the type that they end in.  Where there is no
--- Usage line, a list of the words as they came.
---@class dossier.Args
---@field [string] dossier.Entity|string|integer|boolean|(dossier.Entity|string|integer)[]|nil
---@field [integer] string
---@field entity dossier.Entity
---@field since string?
---@field date string?

return Script
