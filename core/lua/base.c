/*
** base.c - a base as its users hold it: opening, views, transactions, asking.
**
** A base owns its facts, its error and, once a text was read, a grammar; a view borrows
** them from the base at its root and owns only its filter.  Every call here begins by
** forgetting the last error, so that what is told afterwards is about this call.
**
** What changes a base outside a transaction is one of its own: begun here, committed
** when all went well, else rolled back with the words of the failure kept.
*/
#include "lua/base.h"

#include <string.h>
#include <unistd.h>

#include "facts/kept.h"
#include "ground/text.h"
#include "logic/rules.h"

enum { DERIVED_MB = 64 };

dsr_base *dsr_base_root(dsr_base *base) {
  while (base->parent != NULL) base = base->parent;
  return base;
}

/* ---- opening and closing --------------------------------------------------------- */

/* Half of the machine's memory; 0 where that is not told. */
static size_t half_of_memory(void) {
  long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
  return pages > 0 && size > 0 ? (size_t)pages / 2 * (size_t)size : 0;
}

/* What a limit comes to: 0 is the usual one, below it none. */
static uint64_t bound_of(int64_t limit, uint64_t usual) {
  return limit == 0 ? usual : limit < 0 ? 0 : (uint64_t)limit;
}

void dsr_base_limit(dsr_base *base, int64_t tuples, int64_t bytes,
                    int64_t milliseconds) {
  dsr_bounds *bounds = &dsr_base_root(base)->realm.bounds;
  bounds->tuples = bound_of(tuples, 0);
  bounds->bytes = (size_t)bound_of(bytes, half_of_memory());
  bounds->milliseconds = (int64_t)bound_of(milliseconds, 0);
}

static size_t shelf_limit(const dsr_open_options *options) {
  int megabytes = options != NULL ? options->derived_mb : 0;
  if (megabytes < 0) return 0;
  return (size_t)(megabytes > 0 ? megabytes : DERIVED_MB) << 20;
}

dsr_status dsr_base_open(const char *path, const dsr_open_options *options,
                         dsr_base **out) {
  *out = NULL;
  dsr_base *base = dsr_alloc(sizeof *base);
  if (base == NULL) return DSR_ENOMEM;
  base->error = dsr_alloc(sizeof *base->error);
  if (base->error == NULL) {
    dsr_free(base);
    return DSR_ENOMEM;
  }
  base->realm.shelves.limit = shelf_limit(options);
  *out = base; /* also on failure: it has the words */
  dsr_base_limit(base, 0, 0, 0);
  TRY(dsr_facts_open(path, options, base->error, &base->facts));
  dsr_status rc = dsr_view_new(base->facts, NULL, NULL, &base->view);
  if (rc < 0) {
    dsr_facts_close(base->facts);
    base->facts = NULL;
  }
  return rc;
}

dsr_status dsr_base_close(dsr_base *base) {
  if (base == NULL) return DSR_OK;
  if (base->children > 0) {
    return dsr_fail(base->error, DSR_EMISUSE,
                    "%d queries or views of it still live; end them before it closes",
                    base->children);
  }
  dsr_idle_free(base);
  dsr_world_free(base->world);
  dsr_view_free(base->view);
  if (base->parent != NULL) {
    base->parent->children--;
  } else {
    dsr_grammar_free(base->grammar);
    dsr_defined_free(base->defined);
    dsr_base_rules_free(base);
    dsr_realm_free(&base->realm);
    if (base->facts != NULL) dsr_facts_close(base->facts);
    dsr_free(base->error);
  }
  dsr_free(base);
  return DSR_OK;
}

dsr_status dsr_base_enter(dsr_base *base) {
  if (base->facts == NULL) return DSR_EMISUSE; /* the error tells why it did not */
  dsr_error_clear(base->error);
  return DSR_OK;
}

dsr_status dsr_base_writable(dsr_base *base) {
  TRY(dsr_base_enter(base));
  if (base->parent != NULL) {
    return dsr_fail(base->error, DSR_EREADONLY,
                    "a view cannot be written; write to the base that it is a view of");
  }
  return DSR_OK;
}

dsr_status dsr_base_view(dsr_base *base, const dsr_view_options *options,
                         dsr_base **out) {
  TRY(dsr_base_enter(base));
  TRY(dsr_facts_read(base->facts, false));
  dsr_base *view = dsr_alloc(sizeof *view);
  if (view == NULL) return dsr_fail_memory(base->error);
  dsr_status rc = dsr_view_new(base->facts, base->view, options, &view->view);
  if (rc < 0) {
    dsr_free(view);
    return rc;
  }
  view->parent = base;
  view->facts = base->facts;
  view->error = base->error;
  base->children++;
  *out = view;
  return DSR_OK;
}

dsr_status dsr_base_grammar(dsr_base *base, dsr_grammar **out) {
  dsr_base *root = dsr_base_root(base);
  if (root->grammar == NULL) TRY(dsr_grammar_new(root->error, &root->grammar));
  *out = root->grammar;
  return DSR_OK;
}

dsr_status dsr_base_read_one(dsr_base *base, const char *name, dsr_str body, bool fact,
                             dsr_program *program) {
  dsr_grammar *grammar;
  TRY(dsr_base_grammar(base, &grammar));
  TRY(dsr_grammar_read_one(grammar, name, body, fact, program));
  if (program->clauses.len == 1 || (!fact && program->clauses.len > 0)) return DSR_OK;
  return dsr_fail(base->error, DSR_ESYNTAX, "one %s is due here; came %zu",
                  fact ? "fact" : "query", program->clauses.len);
}

/* ---- functions -------------------------------------------------------------------- */

dsr_status dsr_base_define(dsr_base *base, const dsr_definition *definition) {
  dsr_base *root = dsr_base_root(base);
  TRY(dsr_base_enter(base));
  TRY(dsr_facts_read(base->facts,
                     false)); /* relations that others declared count, too */
  if (root->defined == NULL) TRY(dsr_defined_new(root->facts, &root->defined));
  return dsr_defined_put(root->defined, definition);
}

dsr_status dsr_base_undefine(dsr_base *base, dsr_str name) {
  dsr_base *root = dsr_base_root(base);
  TRY(dsr_base_enter(base));
  return root->defined != NULL ? dsr_defined_remove(root->defined, name) : DSR_NOTHING;
}

/* ---- transactions ---------------------------------------------------------------- */

/* Roll back, and let no failure of that hide the one that caused it. */
static void roll_back(dsr_base *base) {
  dsr_error cause = *base->error;
  dsr_facts_rollback(base->facts);
  *base->error = cause;
}

dsr_status dsr_base_begin(dsr_base *base, bool *own) {
  *own = !dsr_facts_writing(base->facts);
  return *own ? dsr_facts_begin(base->facts) : DSR_OK;
}

dsr_status dsr_base_end(dsr_base *base, bool own, dsr_status rc) {
  if (!own) return rc;
  if (rc < 0) {
    roll_back(base);
    return rc;
  }
  TRY(dsr_facts_commit(base->facts));
  return rc;
}

dsr_status dsr_base_doom(dsr_base *base, dsr_status rc) {
  if (!dsr_facts_writing(base->facts)) return rc;
  dsr_error cause = *base->error;
  dsr_facts_doom(base->facts, rc);
  *base->error = cause;
  return rc;
}

/* ---- asking ---------------------------------------------------------------------- */

/* Have the realm's rules and functions as they are now. */
static dsr_status follow(void *ud) {
  dsr_base *root = ud;
  const dsr_program *rules;
  TRY(dsr_base_rules(root, &rules, &root->realm.rules_version));
  if (rules != root->realm.rules) {
    dsr_base_rules_let_go(root, root->realm.rules);
    dsr_base_rules_hold(root, rules);
  }
  root->realm.rules = rules;
  root->realm.defined = root->defined;
  return DSR_OK;
}

/* The world of a view. */
static dsr_status base_world(dsr_base *base, dsr_world **out) {
  dsr_base *root = dsr_base_root(base);
  root->realm.follow = follow;
  root->realm.ud = root;
  TRY(follow(root));
  if (base->world == NULL) {
    TRY(dsr_world_new(base->facts, base->view, &root->realm, &base->world));
  }
  *out = base->world;
  return DSR_OK;
}

/* The text of a query, and the program that it is; both the plan's in the end. */
static dsr_status read_query(dsr_base *base, dsr_str body, char **text,
                             dsr_program **program) {
  dsr_status rc = DSR_ENOMEM;
  *text = dsr_copy(body.data, body.len);
  *program = dsr_alloc(sizeof **program);
  if (*text != NULL && *program != NULL) {
    rc =
        dsr_base_read_one(base, "<query>", (dsr_str){*text, body.len}, false, *program);
    if (rc >= 0) return rc;
    dsr_program_free(*program);
  } else {
    dsr_fail_memory(base->error);
  }
  dsr_free(*text);
  dsr_free(*program);
  return rc;
}

dsr_status dsr_base_prepare(dsr_base *base, dsr_str body, dsr_plan **out) {
  dsr_program *program;
  dsr_world *world;
  char *text;
  TRY(dsr_base_enter(base));
  TRY(dsr_facts_read(base->facts, false));
  TRY(base_world(base, &world));
  dsr_plan *plan = dsr_idle_take(base, body);
  if (plan == NULL) {
    TRY(read_query(base, body, &text, &program));
    const dsr_clause *query = &program->clauses.items[program->clauses.len - 1];
    TRY(dsr_plan_new(world, program, query, text, &plan));
    dsr_idle_note(base, plan, body);
  }
  *out = plan;
  base->children++;
  return DSR_OK;
}

dsr_status dsr_base_why(dsr_base *base, dsr_str body, dsr_account *out) {
  dsr_program *program;
  dsr_world *world;
  char *text;
  TRY(dsr_base_enter(base));
  TRY(dsr_facts_read(base->facts, false));
  TRY(base_world(base, &world));
  TRY(read_query(base, body, &text, &program));
  const dsr_clause *query = &program->clauses.items[program->clauses.len - 1];
  base->children++; /* functions may be called: the base must not close */
  dsr_status rc = dsr_why_explain(world, program, query, out);
  base->children--;
  dsr_program_free(program);
  dsr_free(program);
  dsr_free(text);
  dsr_facts_rest(base->facts);
  return rc;
}

dsr_status dsr_base_table(dsr_base *base, dsr_str name, const char *path) {
  dsr_base *root = dsr_base_root(base);
  TRY(dsr_base_enter(base));
  return dsr_realm_table(&root->realm, base->error, name, path);
}

void dsr_base_plan_free(dsr_base *base, dsr_plan *plan) {
  if (plan == NULL) return;
  dsr_plan_reset(plan);
  dsr_idle_put(base, plan);
  dsr_facts_rest(base->facts);
  base->children--;
}
