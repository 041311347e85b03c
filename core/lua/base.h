/*
** base.h - what a user opens: facts, a grammar, a view, and words for what went wrong.
**
** The public C API and the Lua binding both work on this struct, so that they cannot
** differ.  A view is a dsr_base too: it shares its parent's facts and grammar.
*/
#ifndef DSR_LUA_BASE_H
#define DSR_LUA_BASE_H

#include "logic/check.h"
#include "logic/define.h"
#include "logic/query.h"
#include "logic/why.h"
#include "lua/grammar.h"
#include "lua/held.h"
#include "lua/idle.h"

struct dsr_base {
  dsr_base *parent;     /* of a view; else NULL */
  dsr_facts *facts;     /* shared with the parent; NULL where opening failed */
  dsr_grammar *grammar; /* of the base at the root only, made at first use */
  dsr_view *view;
  dsr_defined *defined; /* of the base at the root only; NULL: nothing was defined */
  dsr_error *error;     /* shared with the parent */
  int children;         /* views and queries that live */
  int loads;            /* how many texts without a name were read: "<text 3>" */
  dsr_realm realm;      /* of the base at the root: tables, limits */
  dsr_world *world;     /* made at the first query */
  dsr_idle idle;        /* plans of it that nobody uses now */
  struct dsr_parsed *rules; /* of the base at the root: the rules it keeps, parsed; the
                            ** newest first, older ones while somebody holds them */
};

dsr_status dsr_base_open(const char *path, const dsr_open_options *options,
                         dsr_base **out);
dsr_status dsr_base_close(dsr_base *base);
dsr_status dsr_base_view(dsr_base *base, const dsr_view_options *options,
                         dsr_base **out);

/* Forget the last error; DSR_EREADONLY, in words, where `base` is a view. */
dsr_status dsr_base_writable(dsr_base *base);

/* ---- what the files of this room share of a base --------------------------------- */

/* The base that a view (of a view ...) is of. */
dsr_base *dsr_base_root(dsr_base *base);
/* Forget the last error; refuse a base that never opened. */
dsr_status dsr_base_enter(dsr_base *base);
/* The grammar, made if it is not there yet. */
dsr_status dsr_base_grammar(dsr_base *base, dsr_grammar **out);
/* Define a function for the base and all its views, as dsr_defined_put(). */
dsr_status dsr_base_define(dsr_base *base, const dsr_definition *definition);
/* Take it back: DSR_NOTHING where there is none of that name. */
dsr_status dsr_base_undefine(dsr_base *base, dsr_str name);
/* One clause from a text: a query, or with `fact` a fact. */
dsr_status dsr_base_read_one(dsr_base *base, const char *name, dsr_str body, bool fact,
                             dsr_program *program);
/* Begin a transaction where none is open; *own tells that it was begun here. */
dsr_status dsr_base_begin(dsr_base *base, bool *own);
/* End what dsr_base_begin() began, by how the work in it went. */
dsr_status dsr_base_end(dsr_base *base, bool own, dsr_status rc);
/* Doom the open transaction, if there is one, with the words kept. */
dsr_status dsr_base_doom(dsr_base *base, dsr_status rc);

/* ---- exporting.c ------------------------------------------------------------------ */

/* As dsr_export() of dossier.h. */
dsr_status dsr_base_export(dsr_base *base, const dsr_export_options *options,
                           dsr_write write, void *ud);

/* ---- differing.c ------------------------------------------------------------------ */

/* As dsr_diff() of dossier.h. */
dsr_status dsr_base_diff(dsr_base *a, dsr_base *b, const dsr_diff_options *options,
                         dsr_difference_found found, void *ud);

/* ---- importing.c ------------------------------------------------------------------ */

/* As dsr_import() of dossier.h. */
dsr_status dsr_base_import(dsr_base *base, const char *const *paths, int n,
                           const dsr_import_options *options,
                           dsr_import_report *report);

/* ---- caring.c --------------------------------------------------------------------- */

/* As dsr_compact(), dsr_backup() and dsr_forget() of dossier.h. */
dsr_status dsr_base_compact(dsr_base *base, dsr_progress progress, void *ud,
                            dsr_compact_report *out);
dsr_status dsr_base_backup(dsr_base *base, const char *path, bool replace,
                           dsr_progress progress, void *ud, int64_t *bytes);

dsr_status dsr_base_forget(dsr_base *base, dsr_str source,
                           const dsr_forget_options *options, dsr_forget_report *out);

/* ---- loading.c, changing.c, naming.c ---------------------------------------------------- */

/* One transaction, or a part of the open one. */
dsr_status dsr_base_load(dsr_base *base, const char *name, dsr_str text);
dsr_status dsr_base_load_files(dsr_base *base, const char *const *paths, int n,
                               const dsr_load_options *options,
                               dsr_load_report *report);

/* The contents of a file ("-": standard input), to be freed by dsr_held_free, and what
** messages call it: borrowed from `path`. */
dsr_status dsr_base_read_file(dsr_base *base, const char *path, const char **name,
                              dsr_held_text *held);

/* What looks wrong in files, in order of place (checking.c). */
dsr_status dsr_base_check(dsr_base *base, const char *const *paths, int n,
                          dsr_findings *found);

/* A change of one fact, as values; a transaction of its own where none is open. */
typedef enum dsr_change {
  DSR_CHANGE_ADD,
  DSR_CHANGE_DENY,
  DSR_CHANGE_RETRACT,       /* the claims that agree; a kind of zero is any */
  DSR_CHANGE_RETRACT_STATED /* the same, of the kind DSR_STATED only */
} dsr_change;
dsr_status dsr_base_change(dsr_base *base, dsr_change change, const dsr_fact *fact,
                           const dsr_claim *claim);
/* The same with the fact as text. */
dsr_status dsr_base_change_text(dsr_base *base, dsr_change change, const char *fact,
                                const dsr_claim *claim);

/* A verdict put on record or withdrawn, as dsr_judge() of dossier.h; the fact as values
** or as text. */
dsr_status dsr_base_judge(dsr_base *base, dsr_judgement what, const dsr_fact *fact,
                          const dsr_verdict *verdict);
dsr_status dsr_base_judge_text(dsr_base *base, dsr_judgement what, const char *fact,
                               const dsr_verdict *verdict);

/* As dsr_claims_of() and dsr_fact_slips() of dossier.h. */
dsr_status dsr_base_claims_of(dsr_base *base, dsr_claims which, const char *fact,
                              dsr_told told, void *ud);
dsr_status dsr_base_fact_slips(dsr_base *base, const char *fact, dsr_told told,
                               void *ud);

/* As dsr_undo() and dsr_rename() of dossier.h. */
dsr_status dsr_base_undo(dsr_base *base, int64_t number, int64_t *undone);
dsr_status dsr_base_rename(dsr_base *base, dsr_str old, dsr_str name, bool merge);

/*
** The rules and constraints that the base keeps, as a program; each clause is in a file of
** its own there, which has its real name and lines.  Parsed at first use, and again when
** the rules have changed.  *version, unless NULL, is dsr_kept_version() of what is given.
**
** Borrowed until the next call on the base; whoever goes on using it holds it, and lets it
** go before the base closes.  Cost: some microseconds a rule, once for each change.
*/
dsr_status dsr_base_rules(dsr_base *base, const dsr_program **out, uint64_t *version);
/* Read those rules of `facts` (the base's or a copy) into `out` that the load at work has
** not said: as dsr_whole wants it, `base` being a dsr_base. */
dsr_status dsr_base_rules_unsaid(void *base, dsr_facts *facts, dsr_program *out);
void dsr_base_rules_hold(dsr_base *base, const dsr_program *rules);
void dsr_base_rules_let_go(dsr_base *base, const dsr_program *rules);
void dsr_base_rules_free(dsr_base *root); /* as the base closes */

/* Tell of the rules that the base keeps; drop some: as dsr_rule_each() and dsr_rule_drop()
** of dossier.h. */
dsr_status dsr_base_rule_each(dsr_base *base, dsr_rule_found found, void *ud);
dsr_status dsr_base_rule_drop(dsr_base *base, dsr_str which, dsr_rule_found dropped,
                              void *ud);

/* Prepare a query's text, by a plan that was made for it before if there is one; counts as
** a child until dsr_base_plan_free. */
dsr_status dsr_base_prepare(dsr_base *base, dsr_str text, dsr_plan **out);
/* Explain a query's first answer, or why there is none (DSR_NOTHING); see logic/why.h. */
dsr_status dsr_base_why(dsr_base *base, dsr_str text, dsr_account *out);
/* Name a tab-separated file that queries and rules may read, as dsr_attach_table() of dossier.h. */
dsr_status dsr_base_table(dsr_base *base, dsr_str name, const char *path);
/* Bound what rules derive for one query, as dsr_limit() of dossier.h. */
void dsr_base_limit(dsr_base *base, int64_t tuples, int64_t bytes,
                    int64_t milliseconds);
void dsr_base_plan_free(dsr_base *base, dsr_plan *plan);

#endif
