/*
** program.c - what a text in the language says: giving it back, and telling of errors.
**
** A message shows the line that it is about.  Lines are not indexed: finding one walks
** the text from its beginning, which only the errors that are shown pay for.
*/
#include "logic/program.h"

#include <stdio.h>
#include <string.h>

void dsr_program_free(dsr_program *program) {
  dsr_arena_free(&program->arena);
  VEC_FREE(&program->clauses);
  VEC_FREE(&program->transactions);
  VEC_FREE(&program->files);
  VEC_FREE(&program->texts);
  VEC_FREE(&program->maps);
  VEC_FREE(&program->firsts);
  VEC_FREE(&program->unread);
}

/* Line `line` of `text`, from 1, without its end; none where there is no such line. */
static dsr_str find_line(dsr_str text, int line) {
  if (text.data == NULL || line < 1) return (dsr_str){NULL, 0};
  const char *at = text.data, *end = text.data + text.len;
  for (int i = 1; i < line; i++) {
    at = memchr(at, '\n', (size_t)(end - at));
    if (at == NULL) return (dsr_str){NULL, 0};
    at++;
  }
  const char *stop = memchr(at, '\n', (size_t)(end - at));
  if (stop == NULL) stop = end;
  if (stop > at && stop[-1] == '\r') stop--;
  return (dsr_str){at, (size_t)(stop - at)};
}

dsr_str dsr_program_line(const dsr_program *program, int file, int line) {
  return find_line(program->texts.items[file], line - program->firsts.items[file] + 1);
}

/* ---- a walk ---------------------------------------------------------------------- */

dsr_clauses dsr_clauses_start(const dsr_program *program, size_t at, dsr_error *error) {
  return (dsr_clauses){.program = program, .at = at, .error = error};
}

void dsr_clauses_stop(dsr_clauses *walk) {
  if (walk->reader != NULL) walk->program->reread->stop(walk->reader);
  walk->reader = NULL;
}

void dsr_clauses_skip(dsr_clauses *walk) { dsr_clauses_stop(walk); }

dsr_status dsr_clauses_next(dsr_clauses *walk, const dsr_clause **out) {
  const dsr_program *program = walk->program;
  for (;;) {
    if (walk->reader != NULL) {
      dsr_status rc = program->reread->next(walk->reader, out);
      if (rc != DSR_DONE) return rc;
      dsr_clauses_stop(walk);
    }
    if (walk->at == program->clauses.len) return DSR_DONE;
    *out = &program->clauses.items[walk->at++];
    if ((*out)->kind != DSR_CLAUSE_FACTS) return DSR_ROW;
    TRY(program->reread->start(program, *out, walk->error, &walk->reader));
  }
}

/* ---- variables ------------------------------------------------------------------- */

void dsr_term_mark(const dsr_term *term, bool deep, bool *set) {
  if (term->kind == DSR_TERM_VARIABLE) set[term->var] = true;
  if (term->kind == DSR_TERM_AGGREGATE && !deep) return;
  for (int i = 0; i < term->n_args; i++) dsr_term_mark(&term->args[i], deep, set);
  for (int i = 0; i < term->n_body; i++) {
    dsr_literal_mark(&term->body[i], deep, set);
  }
}

void dsr_literal_mark(const dsr_literal *literal, bool deep, bool *set) {
  const dsr_atom *atom = literal->atom;
  dsr_term_mark(&literal->left, deep, set);
  dsr_term_mark(&literal->right, deep, set);
  if (atom == NULL) return;
  const dsr_term *const others[] = {&atom->time,
                                    &atom->claim.source,
                                    &atom->claim.locator,
                                    &atom->claim.speaker,
                                    &atom->claim.grade,
                                    &atom->claim.quotation,
                                    &atom->claim.confidence};
  for (int i = 0; i < atom->n_args; i++) {
    dsr_term_mark(&atom->args[i], deep, set);
  }
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
    dsr_term_mark(others[i], deep, set);
  }
}

/* Does the term have the variable outside of aggregates? */
static bool term_has(const dsr_term *term, int var) {
  if (term->kind == DSR_TERM_AGGREGATE) return false;
  if (term->kind == DSR_TERM_VARIABLE) return term->var == var;
  for (int i = 0; i < term->n_args; i++) {
    if (term_has(&term->args[i], var)) return true;
  }
  return false;
}

static bool atom_has(const dsr_atom *atom, int var) {
  const dsr_claim_part *claim = &atom->claim;
  for (int i = 0; i < atom->n_args; i++) {
    if (term_has(&atom->args[i], var)) return true;
  }
  return term_has(&atom->time, var) || term_has(&claim->source, var) ||
         term_has(&claim->locator, var) || term_has(&claim->speaker, var) ||
         term_has(&claim->grade, var) || term_has(&claim->quotation, var) ||
         term_has(&claim->confidence, var);
}

static bool body_has(const dsr_clause *clause, int var) {
  for (int i = 0; i < clause->n_body; i++) {
    const dsr_literal *literal = &clause->body[i];
    if (literal->atom != NULL && atom_has(literal->atom, var)) return true;
    if (term_has(&literal->left, var) || term_has(&literal->right, var)) return true;
  }
  return false;
}

/* Is variable `a` met before variable `b`? */
static bool met_before(const dsr_clause *clause, int a, int b) {
  dsr_place x = clause->var_at[a], y = clause->var_at[b];
  if (x.line != y.line) return x.line < y.line;
  return x.column != y.column ? x.column < y.column : a < b;
}

int dsr_clause_columns(const dsr_clause *clause, int *out) {
  int n = 0;
  for (int i = 0; i < clause->n_vars; i++) {
    dsr_str name = clause->vars[i];
    if (name.len == 0 || name.data[0] == '_' || !body_has(clause, i)) continue;
    int at = n++;
    for (; at > 0 && met_before(clause, i, out[at - 1]); at--) out[at] = out[at - 1];
    out[at] = i;
  }
  return n;
}

/* ---- errors ---------------------------------------------------------------------- */

dsr_status dsr_program_error(const dsr_program *program, int file, dsr_place at,
                             dsr_error *error, dsr_status code, const char *format,
                             ...) {
  char words[2048];
  va_list args;
  va_start(args, format);
  vsnprintf(words, sizeof words, format, args);
  va_end(args);
  const char *name = "";
  dsr_str line = {NULL, 0};
  if (file >= 0 && (size_t)file < program->files.len) {
    name = program->files.items[file].data; /* ended by NUL: see grammar.c */
    if (error->count < DSR_ERROR_MOST && error->told == NULL) {
      line = dsr_program_line(program, file, at.line);
    }
  }
  return dsr_error_at(error, code, name, at, line, "%s", words);
}
