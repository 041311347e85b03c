/*
** expression.c - from what the grammar matched to terms, atoms and conditions.
**
** Each operation is a small function and a number that tells its kind apart; the table at
** the end pairs them.  Strings are slices of the text, which the program borrows; only
** those with escapes are copied.
*/
#include "lua/expression.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ground/text.h"
#include "value/symbol.h"

enum { DEPTH_MOST = 200 }; /* of calls in calls, operators in sums */

dsr_status dsr_builder_memory(dsr_builder *b) { return dsr_fail_memory(b->error); }

/* ---- places and strings ---------------------------------------------------------- */

/* The place of an offset in the text; offsets mostly come in order. */
dsr_place dsr_builder_place(dsr_builder *b, size_t offset) {
  if (offset < b->cursor.offset) b->cursor = b->start;
  dsr_along_move(&b->cursor, b->text, offset);
  return b->cursor.at;
}

dsr_status dsr_builder_fail(dsr_builder *b, size_t offset, dsr_status code,
                            const char *format, ...) {
  char words[600];
  va_list args;
  va_start(args, format);
  vsnprintf(words, sizeof words, format, args);
  va_end(args);
  return dsr_program_error(b->program, b->file, dsr_builder_place(b, offset), b->error,
                           code, "%s", words);
}

dsr_status dsr_builder_refuse(dsr_builder *b, dsr_place at, dsr_status code,
                              const char *words) {
  return dsr_program_error(b->program, b->file, at, b->error, code, "%s", words);
}

/* The text between the last two offsets. */
dsr_str dsr_builder_slice(const dsr_builder *b) {
  return (dsr_str){b->text.data + b->offsets[0], b->offsets[1] - b->offsets[0]};
}

/* The string between the last two offsets, inside `quote`s, with escapes resolved. */
static dsr_status unquote(dsr_builder *b, char quote, dsr_str *out) {
  size_t at = 0;
  dsr_str raw = dsr_builder_slice(b);
  dsr_status rc = dsr_scan_quoted(raw, quote, &b->program->arena, out, &at);
  if (rc == DSR_ENOMEM) return dsr_builder_memory(b);
  if (rc >= 0) return rc;
  return dsr_builder_fail(b, b->offsets[0] + at, rc,
                          "this escape stands for no character: there are \\n \\t \\r "
                          "\\b \\f \\\" \\' \\\\ \\uXXXX \\UXXXXXXXX");
}

/* The name between the last two offsets, in single quotes. */
static dsr_status unquote_name(dsr_builder *b, dsr_str *out) {
  TRY(unquote(b, '\'', out));
  if (out->len > 0) return DSR_OK;
  return dsr_builder_fail(b, b->offsets[0], DSR_ESYNTAX, "a name cannot be empty");
}

/* ---- terms ----------------------------------------------------------------------- */

static dsr_held *top(dsr_builder *b) { return &b->terms.items[b->terms.len - 1]; }

static dsr_status push(dsr_builder *b, const dsr_term *term, int depth) {
  dsr_held held = {*term, depth};
  return VEC_PUSH(&b->terms, held) ? DSR_OK : dsr_builder_memory(b);
}

dsr_term dsr_builder_pop(dsr_builder *b) { return b->terms.items[--b->terms.len].term; }

/* A token that is its own text. */
static dsr_status push_slice(dsr_builder *b, int kind) {
  dsr_term term = {.kind = (dsr_term_kind)kind,
                   .at = dsr_builder_place(b, b->offsets[0])};
  term.text = dsr_builder_slice(b);
  return push(b, &term, 0);
}

static dsr_status push_curie(dsr_builder *b, int what) {
  (void)what;
  TRY(push_slice(b, DSR_TERM_ENTITY));
  top(b)->term.curie = true;
  return DSR_OK;
}

static dsr_status push_quoted_name(dsr_builder *b, int what) {
  (void)what;
  dsr_term term = {.kind = DSR_TERM_ENTITY,
                   .at = dsr_builder_place(b, b->offsets[0] - 1)};
  TRY(unquote_name(b, &term.text));
  return push(b, &term, 0);
}

static dsr_status push_text(dsr_builder *b, int what) {
  (void)what;
  dsr_term term = {.kind = DSR_TERM_TEXT,
                   .at = dsr_builder_place(b, b->offsets[0] - 1)};
  TRY(unquote(b, '"', &term.text));
  return push(b, &term, 0);
}

static dsr_status set_language(dsr_builder *b, int what) {
  (void)what;
  top(b)->term.lang = dsr_builder_slice(b);
  return DSR_OK;
}

static dsr_status set_datatype(dsr_builder *b, int what) {
  (void)what;
  top(b)->term.datatype = dsr_builder_slice(b);
  return DSR_OK;
}

/* XML Schema's types go by one prefix everywhere: that one needs no declaration. */
static dsr_status set_datatype_curie(dsr_builder *b, int what) {
  (void)what;
  static const char prefix[] = "xsd:", iri[] = "http://www.w3.org/2001/XMLSchema#";
  size_t before = sizeof prefix - 1, after = sizeof iri - 1;
  dsr_str curie = dsr_builder_slice(b);
  if (curie.len < before || memcmp(curie.data, prefix, before) != 0) {
    return dsr_builder_fail(b, b->offsets[0], DSR_EUNSUPPORTED,
                            "of datatypes, only xsd: ones may be shortened in this "
                            "version: write the IRI, <http://...>");
  }
  char *copy = dsr_arena_alloc(&b->program->arena, after + curie.len);
  if (copy == NULL) return dsr_builder_memory(b);
  memcpy(copy, iri, after);
  memcpy(copy + after, curie.data + before, curie.len - before);
  top(b)->term.datatype = (dsr_str){copy, after + curie.len - before};
  return DSR_OK;
}

/* A grade in small letters: reliability is written A-F in most places. */
static dsr_status push_letter(dsr_builder *b, int kind) {
  TRY(push_slice(b, kind));
  dsr_str *text = &top(b)->term.text;
  char first = text->data[0];
  if (first < 'A' || first > 'F') return DSR_OK;
  char *copy = dsr_arena_alloc(&b->program->arena, text->len);
  if (copy == NULL) return dsr_builder_memory(b);
  memcpy(copy, text->data, text->len);
  copy[0] = (char)(first - 'A' + 'a');
  text->data = copy;
  return DSR_OK;
}

static dsr_status push_bool(dsr_builder *b, int flag) {
  dsr_term term = {.kind = DSR_TERM_BOOL, .at = dsr_builder_place(b, b->offsets[0])};
  term.flag = flag != 0;
  return push(b, &term, 0);
}

static dsr_status push_anything(dsr_builder *b, int what) {
  (void)what;
  dsr_term term = {.kind = DSR_TERM_ANYTHING,
                   .at = dsr_builder_place(b, b->offsets[0])};
  return push(b, &term, 0);
}

static dsr_status push_variable(dsr_builder *b, int what) {
  (void)what;
  dsr_term term = {.kind = DSR_TERM_VARIABLE,
                   .at = dsr_builder_place(b, b->offsets[0])};
  term.text = dsr_builder_slice(b);
  while (term.var < b->n_vars && !dsr_str_eq(b->vars[term.var], term.text)) term.var++;
  if (term.var == DSR_VARIABLES_MOST) {
    return dsr_builder_refuse(b, term.at, DSR_ELIMIT,
                              "too many variables: a clause may have at most 256");
  }
  if (term.var == b->n_vars) {
    b->vars[term.var] = term.text;
    b->var_at[term.var] = term.at;
    b->var_uses[term.var] = 0;
    b->n_vars++;
  }
  b->var_uses[term.var]++;
  return push(b, &term, 0);
}

/* ---- sums, calls, aggregates ---------------------------------------------------- */

/* The terms above `from`, popped, in the arena. */
static dsr_status take_terms(dsr_builder *b, size_t from, dsr_term **out) {
  size_t n = b->terms.len - from;
  dsr_term *copy = NULL;
  if (n > 0) {
    copy = dsr_arena_alloc(&b->program->arena, n * sizeof *copy);
    if (copy == NULL) return dsr_builder_memory(b);
  }
  for (size_t i = 0; i < n; i++) copy[i] = b->terms.items[from + i].term;
  b->terms.len = from;
  *out = copy;
  return DSR_OK;
}

/* One more than the deepest of the terms from `from` on. */
static int depth_above(const dsr_builder *b, size_t from) {
  int depth = 0;
  for (size_t i = from; i < b->terms.len; i++) {
    if (b->terms.items[i].depth > depth) depth = b->terms.items[i].depth;
  }
  return depth + 1;
}

/* Make the terms from `from` on the arguments of `call`, and push it. */
static dsr_status push_call(dsr_builder *b, dsr_term *call, size_t from) {
  int depth = depth_above(b, from);
  if (depth > DEPTH_MOST) {
    return dsr_builder_refuse(
        b, call->at, DSR_ELIMIT,
        "this expression is too long: at most 200 steps may build on one "
        "another");
  }
  call->n_args = (int)(b->terms.len - from);
  TRY(take_terms(b, from, &call->args));
  return push(b, call, depth);
}

static dsr_status push_infix(dsr_builder *b, int which) {
  static const char *const names[] = {
      [DSR_OP_ADD] = "+",    [DSR_OP_SUBTRACT] = "-", [DSR_OP_MULTIPLY] = "*",
      [DSR_OP_DIVIDE] = "/", [DSR_OP_MODULO] = "mod", [DSR_OP_NEGATE] = "neg"};
  size_t from = b->terms.len - (which == DSR_OP_NEGATE ? 1 : 2);
  dsr_term call = {.kind = DSR_TERM_CALL, .at = b->terms.items[from].term.at};
  call.text = dsr_str_of(names[which]);
  return push_call(b, &call, from);
}

static dsr_status push_range(dsr_builder *b, int what) {
  (void)what;
  size_t from = b->terms.len - 2;
  dsr_term range = {.kind = DSR_TERM_RANGE, .at = b->terms.items[from].term.at};
  if (b->range_at.line == 0) b->range_at = range.at;
  return push_call(b, &range, from);
}

static dsr_status set_name(dsr_builder *b, int operation_of) {
  bool quoted = operation_of == DSR_OP_QUOTED;
  b->name = (dsr_mark){.name = dsr_builder_slice(b),
                       .at = dsr_builder_place(b, b->offsets[0] - quoted)};
  b->name.curie = operation_of == DSR_OP_CURIE;
  return quoted ? unquote_name(b, &b->name.name) : DSR_OK;
}

static dsr_status begin(dsr_builder *b, int what) {
  (void)what;
  dsr_mark mark = b->name;
  mark.terms = b->terms.len;
  mark.literals = b->literals.len;
  return VEC_PUSH(&b->marks, mark) ? DSR_OK : dsr_builder_memory(b);
}

static dsr_status end_call(dsr_builder *b, int what) {
  (void)what;
  dsr_mark mark = b->marks.items[--b->marks.len];
  dsr_term call = {.kind = DSR_TERM_CALL, .at = mark.at, .text = mark.name};
  return push_call(b, &call, mark.terms);
}

/* The literals above `from`, popped, in the arena. */
dsr_status dsr_builder_literals(dsr_builder *b, size_t from, dsr_literal **out,
                                int *count) {
  size_t n = b->literals.len - from;
  dsr_literal *copy = NULL;
  if (n > 0) {
    copy = dsr_arena_alloc(&b->program->arena, n * sizeof *copy);
    if (copy == NULL) return dsr_builder_memory(b);
    memcpy(copy, b->literals.items + from, n * sizeof *copy);
  }
  b->literals.len = from;
  *out = copy;
  *count = (int)n;
  return DSR_OK;
}

/* All terms of the body are inside its literals by now. */
static dsr_status end_aggregate(dsr_builder *b, int what) {
  (void)what;
  dsr_mark mark = b->marks.items[--b->marks.len];
  dsr_term term = {.kind = DSR_TERM_AGGREGATE, .at = mark.at, .text = mark.name};
  TRY(dsr_builder_literals(b, mark.literals, &term.body, &term.n_body));
  return push_call(b, &term, mark.terms);
}

/* ---- atoms ----------------------------------------------------------------------- */

static dsr_status end_atom(dsr_builder *b, int what) {
  (void)what;
  dsr_mark mark = b->marks.items[--b->marks.len];
  size_t n = b->terms.len - mark.terms;
  if (n > DSR_ARITY_MAX) {
    return dsr_builder_refuse(b, b->terms.items[mark.terms + DSR_ARITY_MAX].term.at,
                              DSR_ELIMIT, "too many columns: a relation has at most 8");
  }
  b->atom = (dsr_atom){.at = mark.at, .name = mark.name, .n_args = (int)n};
  b->atom.curie = mark.curie;
  b->atom.claim.kind = -1;
  return take_terms(b, mark.terms, &b->atom.args);
}

static dsr_status set_kind(dsr_builder *b, int kind) {
  b->atom.claim.present = true;
  b->atom.claim.kind = kind;
  if (kind == DSR_ATTRIBUTED) b->atom.claim.speaker = dsr_builder_pop(b);
  return DSR_OK;
}

static dsr_status set_denied(dsr_builder *b, int what) {
  (void)what;
  b->atom.denied = true;
  return DSR_OK;
}

/* Move the last term to a part of the atom that it may have once. */
static dsr_status set_once(dsr_builder *b, dsr_term *part, const char *twice) {
  dsr_term term = dsr_builder_pop(b);
  if (part->kind != DSR_TERM_NONE)
    return dsr_builder_refuse(b, term.at, DSR_ESYNTAX, twice);
  *part = term;
  return DSR_OK;
}

static dsr_status set_time(dsr_builder *b, int what) {
  (void)what;
  return set_once(b, &b->atom.time, "a second time: a fact has one, after \"@\"");
}

static dsr_status set_part(dsr_builder *b, int operation_of) {
  dsr_claim_part *claim = &b->atom.claim;
  claim->present = true;
  switch (operation_of) {
    case DSR_OP_SOURCE:
      return set_once(b, &claim->source, "a second source: a claim has one");
    case DSR_OP_LOCATOR:
      return set_once(b, &claim->locator, "a second locator: a claim has one");
    case DSR_OP_GRADED:
      return set_once(b, &claim->grade, "a second grade: a claim has one");
    case DSR_OP_QUOTATION:
      return set_once(b, &claim->quotation, "a second quotation: a claim has one");
    default:
      return set_once(b, &claim->confidence, "a second confidence: a claim has one");
  }
}

/* ---- literals --------------------------------------------------------------------- */

static dsr_status push_literal(dsr_builder *b, const dsr_literal *literal) {
  return VEC_PUSH(&b->literals, *literal) ? DSR_OK : dsr_builder_memory(b);
}

static dsr_status push_atom(dsr_builder *b, int what) {
  (void)what;
  dsr_atom *copy = dsr_arena_alloc(&b->program->arena, sizeof *copy);
  if (copy == NULL) return dsr_builder_memory(b);
  *copy = b->atom;
  dsr_literal literal = {.kind = DSR_LIT_ATOM, .at = copy->at, .atom = copy};
  return push_literal(b, &literal);
}

static dsr_status push_comparison(dsr_builder *b, dsr_compare op, bool numeric) {
  dsr_literal literal = {.kind = DSR_LIT_COMPARE, .op = op, .numeric = numeric};
  literal.right = dsr_builder_pop(b);
  literal.left = dsr_builder_pop(b);
  literal.at = literal.left.at;
  return push_literal(b, &literal);
}

static dsr_status push_compare(dsr_builder *b, int op) {
  return push_comparison(b, (dsr_compare)op, false);
}

static dsr_status push_numeric(dsr_builder *b, int op) {
  return push_comparison(b, (dsr_compare)op, true);
}

static dsr_status push_test(dsr_builder *b, int what) {
  (void)what;
  dsr_literal literal = {.kind = DSR_LIT_TIME};
  literal.right = dsr_builder_pop(b);
  literal.test = dsr_time_test_named(dsr_builder_pop(b).text);
  literal.left = dsr_builder_pop(b);
  literal.at = literal.left.at;
  return push_literal(b, &literal);
}

static dsr_status alter_literal(dsr_builder *b, int operation_of) {
  dsr_literal *last = &b->literals.items[b->literals.len - 1];
  if (operation_of == DSR_OP_NOT) last->negated = true;
  if (operation_of == DSR_OP_POSSIBLY) last->possibly = true;
  return DSR_OK;
}

/* ---- the table -------------------------------------------------------------------- */

const dsr_act dsr_expression_acts[DSR_OP_COUNT] = {
    [DSR_OP_NAME] = {set_name, DSR_OP_NAME},
    [DSR_OP_QUOTED] = {set_name, DSR_OP_QUOTED},
    [DSR_OP_CURIE] = {set_name, DSR_OP_CURIE},
    [DSR_OP_VARIABLE] = {push_variable, 0},
    [DSR_OP_ANYTHING] = {push_anything, 0},
    [DSR_OP_PARAMETER] = {push_slice, DSR_TERM_PARAMETER},
    [DSR_OP_ENTITY] = {push_slice, DSR_TERM_ENTITY},
    [DSR_OP_ENTITY_QUOTED] = {push_quoted_name, 0},
    [DSR_OP_ENTITY_CURIE] = {push_curie, 0},
    [DSR_OP_TEXT] = {push_text, 0},
    [DSR_OP_LANGUAGE] = {set_language, 0},
    [DSR_OP_DATATYPE] = {set_datatype, 0},
    [DSR_OP_DATATYPE_CURIE] = {set_datatype_curie, 0},
    [DSR_OP_NUMBER] = {push_slice, DSR_TERM_NUMBER},
    [DSR_OP_TIME] = {push_slice, DSR_TERM_TIME},
    [DSR_OP_TRUE] = {push_bool, true},
    [DSR_OP_FALSE] = {push_bool, false},
    [DSR_OP_GRADE] = {push_letter, DSR_TERM_TEXT},
    [DSR_OP_LETTER] = {push_letter, DSR_TERM_ENTITY},
    [DSR_OP_WORD] = {push_slice, DSR_TERM_ENTITY},
    [DSR_OP_RANGE] = {push_range, 0},
    [DSR_OP_ADD] = {push_infix, DSR_OP_ADD},
    [DSR_OP_SUBTRACT] = {push_infix, DSR_OP_SUBTRACT},
    [DSR_OP_MULTIPLY] = {push_infix, DSR_OP_MULTIPLY},
    [DSR_OP_DIVIDE] = {push_infix, DSR_OP_DIVIDE},
    [DSR_OP_MODULO] = {push_infix, DSR_OP_MODULO},
    [DSR_OP_NEGATE] = {push_infix, DSR_OP_NEGATE},
    [DSR_OP_CALL] = {begin, 0},
    [DSR_OP_CALL_END] = {end_call, 0},
    [DSR_OP_AGGREGATE] = {begin, 0},
    [DSR_OP_AGGREGATE_END] = {end_aggregate, 0},
    [DSR_OP_ATOM] = {begin, 0},
    [DSR_OP_ATOM_END] = {end_atom, 0},
    [DSR_OP_STATED] = {set_kind, DSR_STATED},
    [DSR_OP_ASSESSED] = {set_kind, DSR_ASSESSED},
    [DSR_OP_SPEAKER] = {set_kind, DSR_ATTRIBUTED},
    [DSR_OP_DENY] = {set_denied, 0},
    [DSR_OP_AT] = {set_time, 0},
    [DSR_OP_SOURCE] = {set_part, DSR_OP_SOURCE},
    [DSR_OP_LOCATOR] = {set_part, DSR_OP_LOCATOR},
    [DSR_OP_GRADED] = {set_part, DSR_OP_GRADED},
    [DSR_OP_QUOTATION] = {set_part, DSR_OP_QUOTATION},
    [DSR_OP_CONFIDENCE] = {set_part, DSR_OP_CONFIDENCE},
    [DSR_OP_LITERAL] = {push_atom, 0},
    [DSR_OP_EQ] = {push_compare, DSR_EQ},
    [DSR_OP_NE] = {push_compare, DSR_NE},
    [DSR_OP_LT] = {push_compare, DSR_LT},
    [DSR_OP_LE] = {push_compare, DSR_LE},
    [DSR_OP_GT] = {push_compare, DSR_GT},
    [DSR_OP_GE] = {push_compare, DSR_GE},
    [DSR_OP_EQ_NUMBER] = {push_numeric, DSR_EQ},
    [DSR_OP_NE_NUMBER] = {push_numeric, DSR_NE},
    [DSR_OP_IS] = {push_numeric, DSR_EQ},
    [DSR_OP_TEST] = {push_test, 0},
    [DSR_OP_POSSIBLY] = {alter_literal, DSR_OP_POSSIBLY},
    [DSR_OP_NOT] = {alter_literal, DSR_OP_NOT},
};
