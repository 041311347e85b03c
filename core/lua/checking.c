/*
** checking.c - looking at files in the language without loading them.
**
** The files are loaded into a transaction that is rolled back.  Where the base cannot
** be written (it was opened to read, it is a view, another writer holds it, or a
** transaction is open, which must not be touched) what it holds is copied into a base in
** memory first, which costs what loading all of it would.
*/
#include <string.h>

#include "ground/text.h"
#include "lua/base.h"

/* ---- reading ------------------------------------------------------------------------ */

/* Read a text into the program.  What is wrong in it was heard of; below zero is what
** ended the reading. */
static dsr_status read_text(dsr_base *base, const char *name, dsr_str body,
                            dsr_program *program) {
  dsr_grammar *grammar;
  TRY(dsr_base_grammar(base, &grammar));
  dsr_error_clear(base->error);
  dsr_status rc = dsr_grammar_read(grammar, name, body, program);
  /* Whatever is told without a place clears the count. */
  return rc < 0 && base->error->count == 0 ? rc : DSR_OK;
}

/* Was the path given before?  A file given twice is looked at once. */
static bool repeated(const char *const *paths, int at) {
  for (int i = 0; i < at; i++) {
    if (strcmp(paths[i], paths[at]) == 0) return true;
  }
  return false;
}

static dsr_status read_files(dsr_base *base, const char *const *paths, int n,
                             const char **names, dsr_held_text *bodies,
                             dsr_findings *found) {
  dsr_status rc = DSR_OK;
  for (int i = 0; i < n && rc >= 0; i++) {
    if (repeated(paths, i)) continue;
    rc = dsr_base_read_file(base, paths[i], &names[i], &bodies[i]);
  }
  base->error->told = dsr_findings_hear;
  base->error->ud = found;
  for (int i = 0; i < n && rc >= 0; i++) {
    if (names[i] != NULL)
      rc = read_text(base, names[i], bodies[i].body, &found->program);
  }
  base->error->told = NULL;
  base->error->ud = NULL;
  return rc;
}

/* ---- looking ------------------------------------------------------------------------ */

/* Look, in a transaction of `facts` that leaves nothing behind. */
static dsr_status look(dsr_base *base, dsr_facts *facts, dsr_findings *found) {
  dsr_whole whole = {.kept = dsr_base_rules_unsaid, .ud = base};
  whole.defined = dsr_base_root(base)->defined;
  TRY(dsr_facts_begin(facts));
  dsr_status rc = dsr_check_program(facts, &whole, found);
  dsr_error cause = *dsr_facts_error(facts);
  dsr_status undone = dsr_facts_rollback(facts);
  if (rc < 0) *dsr_facts_error(facts) = cause;
  return rc < 0 ? rc : undone;
}

static dsr_status fill(dsr_base *base, dsr_facts *memory) {
  TRY(dsr_facts_begin(memory));
  TRY(dsr_facts_copy(base->facts, base->view, memory));
  return dsr_facts_commit(memory);
}

static dsr_status look_beside(dsr_base *base, dsr_findings *found) {
  char now[32];
  dsr_facts *memory;
  dsr_open_options options = {.now = now};
  dsr_stamp_format(dsr_facts_now(base->facts), now);
  TRY(dsr_facts_read(base->facts, false));
  TRY(dsr_facts_open(NULL, &options, base->error, &memory));
  dsr_status rc = fill(base, memory);
  dsr_facts_rest(base->facts);
  if (rc >= 0) rc = look(base, memory, found);
  dsr_facts_close(memory);
  return rc;
}

dsr_status dsr_base_check(dsr_base *base, const char *const *paths, int n,
                          dsr_findings *found) {
  TRY(dsr_base_enter(base));
  if (n <= 0) return DSR_NOTHING;
  bool beside = base->parent != NULL || dsr_facts_writing(base->facts) ||
                dsr_store_read_only(dsr_facts_store(base->facts));
  const char **names = dsr_alloc((size_t)n * sizeof *names);
  dsr_held_text *bodies = dsr_alloc((size_t)n * sizeof *bodies);
  dsr_status rc = DSR_OK;
  if (names == NULL || bodies == NULL) rc = dsr_fail_memory(base->error);
  if (rc >= 0) rc = read_files(base, paths, n, names, bodies, found);
  if (rc >= 0) {
    rc = beside ? DSR_EBUSY : look(base, base->facts, found);
    if (rc == DSR_EBUSY) rc = look_beside(base, found);
  }
  for (int i = 0; bodies != NULL && i < n; i++) dsr_held_free(&bodies[i]);
  dsr_free(bodies);
  dsr_free(names);
  if (rc < 0) return rc;
  dsr_error_clear(base->error);
  dsr_findings_sort(found);
  return found->items.len > 0 ? DSR_OK : DSR_NOTHING;
}
