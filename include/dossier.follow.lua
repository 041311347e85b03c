---@meta dossier.follow
--- What a base's rules derive, as lines that can be read and traced.
---
---   local follow = require "dossier.follow"
---   follow.write(doc, "By rule", follow.about(kb, args.entity))
---
--- The rules are those that the base keeps; where it keeps none for a relation there are no
--- lines.  Every list has a total order: by time, then wording, then the columns.

---@class dossier.follow
local follow = {}

--- A derived fact, told.
---@class dossier.Derived
---@field when dossier.Time?       the time that the rule gives it
---@field dated dossier.Time|string|nil   the same for Doc:event
---@field text string              by its relation's phrase, with what is doubtful about it
---@field note string              that alone; "" if nothing
---@field claims dossier.ProofClaim[]   those at the leaves of its proof, to be cited
---@field trust string             of the weakest leaf
---@field row { n: integer, [integer]: any }   its columns
---@field key string               a name for them
---@field relation dossier.Relation
---@field proof dossier.Proof

--- The relations that the base's rules derive and that have a phrase, in the order of the
--- first rule of each; `dated` where a rule may give its facts a time.
---@param kb dossier.Base
---@return { name: string, relation: dossier.Relation, dated: boolean }[]
function follow.relations(kb) end

--- Does a rule of the base derive the relation, "unanswered/2"; and has it a phrase?
---@param kb dossier.Base
---@param name string
---@return boolean
function follow.derives(kb, name) end

--- What rules derive of a relation, "unanswered/2", that matches a pattern (nil: anything);
--- no lines where the base has no rule for it.
---@param kb dossier.Base
---@param name string
---@param ... any
---@return dossier.Derived[]
function follow.lines(kb, name, ...) end

--- All that rules derive with an entity in one of the columns.
---@param kb dossier.Base
---@param entity dossier.Entity
---@param passes? fun(relation: dossier.Relation): boolean   nil: of all relations
---@return dossier.Derived[]
function follow.about(kb, entity, passes) end

--- The claims at a proof's leaves, in order, and what is doubtful about it: "contested".
---@param kb dossier.Base
---@param proof dossier.Proof
---@return dossier.ProofClaim[] claims
---@return string note
function follow.ground(kb, proof) end

--- Put lines into a document, under a heading where there are any: as events where one of
--- them is dated, else as items.
---@param doc dossier.Doc
---@param title? string
---@param lines dossier.Derived[]
---@param level? integer   2 unless told
function follow.write(doc, title, lines, level) end

return follow
