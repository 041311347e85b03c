/*
** clause.c - from what the grammar matched to a clause of a program.
**
** Each operation is a small function and a number that tells its kind apart; the table
** below pairs them.  Strings are slices of the text, which the program borrows; only
** those with escapes are copied.
**
** A block's context is worked out when the block opens (what its head says, then what
** the block around it gives) and copied into each fact that names no source of its own.
*/
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ground/text.h"
#include "lua/clause.h"
#include "lua/token.h"
#include "value/symbol.h"

enum { DEPTH_MOST = 200 }; /* of calls in calls, operators in sums */

typedef dsr_status operation(dsr_builder *b, int what);

static dsr_status no_memory(dsr_builder *b) { return dsr_fail_memory(b->error); }

/* ---- places and strings ---------------------------------------------------------- */

/* The place of an offset in the text; offsets mostly come in order. */
static dsr_place place_of(dsr_builder *b, size_t offset) {
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
  return dsr_program_error(b->program, b->file, place_of(b, offset), b->error, code,
                           "%s", words);
}

static dsr_status fail_place(dsr_builder *b, dsr_place at, dsr_status code,
                             const char *words) {
  return dsr_program_error(b->program, b->file, at, b->error, code, "%s", words);
}

/* The text between the last two offsets. */
static dsr_str slice(const dsr_builder *b) {
  return (dsr_str){b->text.data + b->offsets[0], b->offsets[1] - b->offsets[0]};
}

/* The string between the last two offsets, inside `quote`s, with escapes resolved. */
static dsr_status unquote(dsr_builder *b, char quote, dsr_str *out) {
  size_t at = 0;
  dsr_str raw = slice(b);
  dsr_status rc = dsr_scan_quoted(raw, quote, &b->program->arena, out, &at);
  if (rc == DSR_ENOMEM) return no_memory(b);
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
  return VEC_PUSH(&b->terms, held) ? DSR_OK : no_memory(b);
}

static dsr_term pop(dsr_builder *b) { return b->terms.items[--b->terms.len].term; }

/* A token that is its own text. */
static dsr_status push_slice(dsr_builder *b, int kind) {
  dsr_term term = {.kind = (dsr_term_kind)kind, .at = place_of(b, b->offsets[0])};
  term.text = slice(b);
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
  dsr_term term = {.kind = DSR_TERM_ENTITY, .at = place_of(b, b->offsets[0] - 1)};
  TRY(unquote_name(b, &term.text));
  return push(b, &term, 0);
}

static dsr_status push_text(dsr_builder *b, int what) {
  (void)what;
  dsr_term term = {.kind = DSR_TERM_TEXT, .at = place_of(b, b->offsets[0] - 1)};
  TRY(unquote(b, '"', &term.text));
  return push(b, &term, 0);
}

static dsr_status set_language(dsr_builder *b, int what) {
  (void)what;
  top(b)->term.lang = slice(b);
  return DSR_OK;
}

static dsr_status set_datatype(dsr_builder *b, int what) {
  (void)what;
  top(b)->term.datatype = slice(b);
  return DSR_OK;
}

/* XML Schema's types go by one prefix everywhere: that one needs no declaration. */
static dsr_status set_datatype_curie(dsr_builder *b, int what) {
  (void)what;
  static const char prefix[] = "xsd:", iri[] = "http://www.w3.org/2001/XMLSchema#";
  size_t before = sizeof prefix - 1, after = sizeof iri - 1;
  dsr_str curie = slice(b);
  if (curie.len < before || memcmp(curie.data, prefix, before) != 0) {
    return dsr_builder_fail(b, b->offsets[0], DSR_EUNSUPPORTED,
                            "of datatypes, only xsd: ones may be shortened in this "
                            "version: write the IRI, <http://...>");
  }
  char *copy = dsr_arena_alloc(&b->program->arena, after + curie.len);
  if (copy == NULL) return no_memory(b);
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
  if (copy == NULL) return no_memory(b);
  memcpy(copy, text->data, text->len);
  copy[0] = (char)(first - 'A' + 'a');
  text->data = copy;
  return DSR_OK;
}

static dsr_status push_bool(dsr_builder *b, int flag) {
  dsr_term term = {.kind = DSR_TERM_BOOL, .at = place_of(b, b->offsets[0])};
  term.flag = flag != 0;
  return push(b, &term, 0);
}

static dsr_status push_anything(dsr_builder *b, int what) {
  (void)what;
  dsr_term term = {.kind = DSR_TERM_ANYTHING, .at = place_of(b, b->offsets[0])};
  return push(b, &term, 0);
}

static dsr_status push_variable(dsr_builder *b, int what) {
  (void)what;
  dsr_term term = {.kind = DSR_TERM_VARIABLE, .at = place_of(b, b->offsets[0])};
  term.text = slice(b);
  while (term.var < b->n_vars && !dsr_str_eq(b->vars[term.var], term.text)) term.var++;
  if (term.var == DSR_VARIABLES_MOST) {
    return fail_place(b, term.at, DSR_ELIMIT,
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
    if (copy == NULL) return no_memory(b);
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
    return fail_place(b, call->at, DSR_ELIMIT,
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
  b->name = (dsr_mark){.name = slice(b), .at = place_of(b, b->offsets[0] - quoted)};
  b->name.curie = operation_of == DSR_OP_CURIE;
  return quoted ? unquote_name(b, &b->name.name) : DSR_OK;
}

static dsr_status begin(dsr_builder *b, int what) {
  (void)what;
  dsr_mark mark = b->name;
  mark.terms = b->terms.len;
  mark.literals = b->literals.len;
  return VEC_PUSH(&b->marks, mark) ? DSR_OK : no_memory(b);
}

static dsr_status end_call(dsr_builder *b, int what) {
  (void)what;
  dsr_mark mark = b->marks.items[--b->marks.len];
  dsr_term call = {.kind = DSR_TERM_CALL, .at = mark.at, .text = mark.name};
  return push_call(b, &call, mark.terms);
}

/* The literals above `from`, popped, in the arena. */
static dsr_status take_literals(dsr_builder *b, size_t from, dsr_literal **out,
                                int *count) {
  size_t n = b->literals.len - from;
  dsr_literal *copy = NULL;
  if (n > 0) {
    copy = dsr_arena_alloc(&b->program->arena, n * sizeof *copy);
    if (copy == NULL) return no_memory(b);
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
  TRY(take_literals(b, mark.literals, &term.body, &term.n_body));
  return push_call(b, &term, mark.terms);
}

/* ---- atoms ----------------------------------------------------------------------- */

static dsr_status end_atom(dsr_builder *b, int what) {
  (void)what;
  dsr_mark mark = b->marks.items[--b->marks.len];
  size_t n = b->terms.len - mark.terms;
  if (n > DSR_ARITY_MAX) {
    return fail_place(b, b->terms.items[mark.terms + DSR_ARITY_MAX].term.at, DSR_ELIMIT,
                      "too many columns: a relation has at most 8");
  }
  b->atom = (dsr_atom){.at = mark.at, .name = mark.name, .n_args = (int)n};
  b->atom.curie = mark.curie;
  b->atom.claim.kind = -1;
  return take_terms(b, mark.terms, &b->atom.args);
}

static dsr_status set_kind(dsr_builder *b, int kind) {
  b->atom.claim.present = true;
  b->atom.claim.kind = kind;
  if (kind == DSR_ATTRIBUTED) b->atom.claim.speaker = pop(b);
  return DSR_OK;
}

static dsr_status set_denied(dsr_builder *b, int what) {
  (void)what;
  b->atom.denied = true;
  return DSR_OK;
}

/* Move the last term to a part of the atom that it may have once. */
static dsr_status set_once(dsr_builder *b, dsr_term *part, const char *twice) {
  dsr_term term = pop(b);
  if (part->kind != DSR_TERM_NONE) return fail_place(b, term.at, DSR_ESYNTAX, twice);
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
  return VEC_PUSH(&b->literals, *literal) ? DSR_OK : no_memory(b);
}

static dsr_status push_atom(dsr_builder *b, int what) {
  (void)what;
  dsr_atom *copy = dsr_arena_alloc(&b->program->arena, sizeof *copy);
  if (copy == NULL) return no_memory(b);
  *copy = b->atom;
  dsr_literal literal = {.kind = DSR_LIT_ATOM, .at = copy->at, .atom = copy};
  return push_literal(b, &literal);
}

static dsr_status push_comparison(dsr_builder *b, dsr_compare op, bool numeric) {
  dsr_literal literal = {.kind = DSR_LIT_COMPARE, .op = op, .numeric = numeric};
  literal.right = pop(b);
  literal.left = pop(b);
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
  literal.right = pop(b);
  literal.test = dsr_time_test_named(pop(b).text);
  literal.left = pop(b);
  literal.at = literal.left.at;
  return push_literal(b, &literal);
}

static dsr_status alter_literal(dsr_builder *b, int operation_of) {
  dsr_literal *last = &b->literals.items[b->literals.len - 1];
  if (operation_of == DSR_OP_NOT) last->negated = true;
  if (operation_of == DSR_OP_POSSIBLY) last->possibly = true;
  return DSR_OK;
}

/* ---- blocks ----------------------------------------------------------------------- */

/* What `claim` leaves unsaid, the open block says; a source of its own leaves it out. */
static void inherit(const dsr_builder *b, dsr_claim_part *claim) {
  if (b->blocks.len == 0 || claim->source.kind != DSR_TERM_NONE) return;
  const dsr_claim_part *block = &b->blocks.items[b->blocks.len - 1].gives;
  claim->lost = block->lost;
  if (block->source.kind == DSR_TERM_NONE) return;
  claim->present = true;
  claim->source = block->source;
  claim->locator = block->locator;
  if (claim->grade.kind == DSR_TERM_NONE) claim->grade = block->grade;
  if (claim->quotation.kind == DSR_TERM_NONE) claim->quotation = block->quotation;
  if (claim->confidence.kind == DSR_TERM_NONE) claim->confidence = block->confidence;
}

static dsr_status open_block(dsr_builder *b, int what) {
  (void)what;
  if (b->n_vars > 0) {
    return fail_place(b, b->var_at[0], DSR_ESYNTAX,
                      "the head of a block holds no variables");
  }
  dsr_block block = {b->start.at, b->atom.claim};
  return VEC_PUSH(&b->blocks, block) ? DSR_OK : no_memory(b);
}

dsr_status dsr_builder_open(dsr_builder *b) {
  dsr_block block = {.at = b->start.at, .gives = {.lost = true}};
  return VEC_PUSH(&b->blocks, block) ? DSR_OK : no_memory(b);
}

void dsr_builder_close(dsr_builder *b) {
  if (b->blocks.len > 0) b->blocks.len--;
}

/* ---- how answers are told ---------------------------------------------------------- */

/* Take the last term as what the answers are ordered by. */
static dsr_status add_key(dsr_builder *b, int descending) {
  dsr_term term = pop(b);
  if (term.kind != DSR_TERM_VARIABLE || term.text.data[0] == '_') {
    return fail_place(
        b, term.at, DSR_ESYNTAX,
        "answers have no column for a variable that begins with \"_\", and "
        "are not ordered by it");
  }
  if (b->var_uses[term.var] == 1) {
    return fail_place(
        b, term.at, DSR_ESYNTAX,
        "answers are ordered by variables that stand in the conditions, and "
        "this one does not");
  }
  dsr_order_key key = {.at = term.at, .var = term.var, .descending = descending != 0};
  return VEC_PUSH(&b->keys, key) ? DSR_OK : no_memory(b);
}

static bool is_count(const dsr_term *term) {
  enum { DIGITS_MOST = 18 };
  if (term->kind == DSR_TERM_PARAMETER) return true;
  for (size_t i = 0; i < term->text.len; i++) {
    if (term->text.data[i] < '0' || term->text.data[i] > '9') return false;
  }
  return term->kind == DSR_TERM_NUMBER && term->text.len <= DIGITS_MOST;
}

/* Take the last term as how many answers are told, or passed over. */
static dsr_status set_count(dsr_builder *b, int operation_of) {
  dsr_term term = pop(b);
  bool limit = operation_of == DSR_OP_LIMIT;
  if (!is_count(&term)) {
    return fail_place(
        b, term.at, DSR_ESYNTAX,
        limit ? "a limit is how many answers are told: a whole number from 0, "
                "or $name"
              : "an offset is how many answers are passed over: a whole "
                "number from 0, or $name");
  }
  *(limit ? &b->telling.limit : &b->telling.offset) = term;
  return DSR_OK;
}

static dsr_status copy_telling(dsr_builder *b, dsr_clause *clause) {
  size_t n = b->keys.len;
  if (n == 0 && b->telling.limit.kind == 0 && b->telling.offset.kind == 0) {
    return DSR_OK;
  }
  dsr_telling *telling = dsr_arena_alloc(&b->program->arena, sizeof *telling);
  if (telling == NULL) return no_memory(b);
  *telling = b->telling;
  telling->n_keys = (int)n;
  telling->keys = dsr_arena_alloc(&b->program->arena, (n + 1) * sizeof *telling->keys);
  if (telling->keys == NULL) return no_memory(b);
  if (n > 0) memcpy(telling->keys, b->keys.items, n * sizeof *telling->keys);
  clause->telling = telling;
  return DSR_OK;
}

/* ---- clauses ----------------------------------------------------------------------- */

/* Keep the words of the clause. */
static dsr_status keep_words(dsr_builder *b, dsr_clause *clause) {
  bool rule = clause->kind == DSR_CLAUSE_RULE || clause->kind == DSR_CLAUSE_CONSTRAINT;
  dsr_piece piece = {.kind = DSR_PIECE_CLAUSE, .begin = b->begin, .end = b->end};
  clause->written = (dsr_str){b->text.data + b->begin, b->end - b->begin};
  if (!rule) return DSR_OK;
  clause->canonical = dsr_tokens_join(b->text, &piece, &b->program->arena);
  return clause->canonical.data != NULL ? DSR_OK : no_memory(b);
}

static dsr_status copy_variables(dsr_builder *b, dsr_clause *clause) {
  size_t n = (size_t)b->n_vars;
  if (n == 0) return DSR_OK;
  dsr_str *names = dsr_arena_alloc(&b->program->arena, n * sizeof *names);
  dsr_place *places = dsr_arena_alloc(&b->program->arena, n * sizeof *places);
  int *uses = dsr_arena_alloc(&b->program->arena, n * sizeof *uses);
  if (names == NULL || places == NULL || uses == NULL) return no_memory(b);
  memcpy(names, b->vars, n * sizeof *names);
  memcpy(places, b->var_at, n * sizeof *places);
  memcpy(uses, b->var_uses, n * sizeof *uses);
  clause->n_vars = b->n_vars;
  clause->vars = names;
  clause->var_at = places;
  clause->var_uses = uses;
  return DSR_OK;
}

static dsr_status set_head(dsr_builder *b, int what) {
  (void)what;
  b->clause.head = b->atom;
  return DSR_OK;
}

static dsr_status end_clause(dsr_builder *b, int kind) {
  dsr_clause *clause = &b->clause;
  clause->kind = (dsr_clause_kind)kind;
  clause->file = b->file;
  clause->at = b->start.at;
  if (b->range_at.line > 0 && kind != DSR_CLAUSE_FACT) {
    return fail_place(b, b->range_at, DSR_ESYNTAX, "a range stands in facts only");
  }
  if (kind == DSR_CLAUSE_FACT || kind == DSR_CLAUSE_RETRACT) {
    inherit(b, &clause->head.claim);
  }
  TRY(copy_variables(b, clause));
  TRY(take_literals(b, 0, &clause->body, &clause->n_body));
  TRY(copy_telling(b, clause));
  TRY(keep_words(b, clause));
  return VEC_PUSH(&b->program->clauses, *clause) ? DSR_OK : no_memory(b);
}

static dsr_status end_constraint(dsr_builder *b, int what) {
  (void)what;
  b->clause.text = pop(b).text;
  return end_clause(b, DSR_CLAUSE_CONSTRAINT);
}

static dsr_status set_verdict(dsr_builder *b, int prefers) {
  b->clause.head = b->atom;
  b->clause.prefers = prefers != 0;
  return DSR_OK;
}

static dsr_status set_reason(dsr_builder *b, int what) {
  (void)what;
  b->clause.text = pop(b).text;
  return DSR_OK;
}

/* Name the clause after the last name. */
static dsr_status set_clause_name(dsr_builder *b, int what) {
  (void)what;
  b->clause.name = b->name.name;
  b->clause.name_at = b->name.at;
  return DSR_OK;
}

/* A verdict without its author is that of the block's source, if that names one. */
static void inherit_author(dsr_builder *b) {
  dsr_clause *clause = &b->clause;
  size_t n = b->blocks.len;
  if (clause->name.len > 0 || n == 0) return;
  const dsr_term *source = &b->blocks.items[n - 1].gives.source;
  if (source->kind != DSR_TERM_ENTITY || source->curie) return;
  clause->name = source->text;
  clause->name_at = source->at;
}

static dsr_status end_verdict(dsr_builder *b, int what) {
  (void)what;
  inherit_author(b);
  if (b->clause.name.len > 0) return end_clause(b, DSR_CLAUSE_VERDICT);
  return dsr_builder_fail(b, b->begin, DSR_ESYNTAX,
                          "a verdict has an author: add by SOURCE behind the reason");
}

static dsr_status end_retracted_verdict(dsr_builder *b, int what) {
  (void)what;
  inherit_author(b);
  return end_clause(b, DSR_CLAUSE_RETRACT_VERDICT);
}

static dsr_status end_prefix(dsr_builder *b, int what) {
  (void)what;
  b->clause.text = slice(b);
  return end_clause(b, DSR_CLAUSE_PREFIX);
}

/* What was skipped goes into words. */
static dsr_status end_note(dsr_builder *b, int what) {
  (void)what;
  enum { WORDS = 96 };
  dsr_str word = slice(b);
  char *words = dsr_arena_alloc(&b->program->arena, WORDS);
  if (words == NULL) return no_memory(b);
  int n = snprintf(words, WORDS,
                   "\"%s%.*s\" is skipped: it says nothing that is true or "
                   "false here",
                   word.data[0] == '#' ? "" : ":- ", (int)word.len, word.data);
  b->clause.text = (dsr_str){words, (size_t)n};
  return end_clause(b, DSR_CLAUSE_NOTE);
}

/* ---- declarations --------------------------------------------------------------- */

static dsr_status begin_relation(dsr_builder *b, int what) {
  (void)what;
  b->clause.declaration = dsr_arena_alloc(&b->program->arena, sizeof(dsr_declaration));
  if (b->clause.declaration == NULL) return no_memory(b);
  return set_clause_name(b, 0);
}

static dsr_status add_role(dsr_builder *b, int what) {
  (void)what;
  dsr_declaration *d = b->clause.declaration;
  if (d->arity == DSR_ARITY_MAX) {
    return fail_place(b, b->name.at, DSR_ELIMIT,
                      "too many columns: a relation has at most 8");
  }
  d->role_at[d->arity] = b->name.at;
  d->roles[d->arity++] = b->name.name;
  return DSR_OK;
}

static dsr_status set_flag(dsr_builder *b, int operation_of) {
  dsr_declaration *d = b->clause.declaration;
  if (operation_of == DSR_OP_OCCURS) d->occurs = true;
  if (operation_of == DSR_OP_HOLDS) d->holds = true;
  if (operation_of == DSR_OP_ONCE) d->once = true;
  if (operation_of == DSR_OP_SYMMETRIC) d->symmetric = true;
  return DSR_OK;
}

static dsr_status set_inverse(dsr_builder *b, int what) {
  (void)what;
  dsr_declaration *d = b->clause.declaration;
  if (d->inverse.len > 0) {
    return fail_place(b, b->name.at, DSR_ESYNTAX, "a second inverse: there is one");
  }
  d->inverse = b->name.name;
  d->inverse_at = b->name.at;
  return DSR_OK;
}

static dsr_status begin_key(dsr_builder *b, int what) {
  (void)what;
  dsr_declaration *d = b->clause.declaration;
  if (d->n_keys == (int)(sizeof d->keys / sizeof *d->keys)) {
    return fail_place(b, b->start.at, DSR_ELIMIT, "too many keys: there may be four");
  }
  d->n_keys++;
  return DSR_OK;
}

static dsr_status add_key_column(dsr_builder *b, int what) {
  (void)what;
  dsr_declaration *d = b->clause.declaration;
  int i = d->n_keys - 1;
  if (d->keys[i].n == DSR_ARITY_MAX) {
    return fail_place(b, b->name.at, DSR_ELIMIT, "a key has at most 8 columns");
  }
  if (d->keys[i].n == 0) d->keys[i].at = b->name.at;
  d->keys[i].columns[d->keys[i].n++] = b->name.name;
  return DSR_OK;
}

static dsr_status add_general(dsr_builder *b, int what) {
  (void)what;
  dsr_declaration *d = b->clause.declaration;
  if (d->n_is == (int)(sizeof d->is / sizeof *d->is)) {
    return fail_place(b, b->name.at, DSR_ELIMIT,
                      "a relation may be a special case of at most four");
  }
  d->is[d->n_is].at = b->name.at;
  d->is[d->n_is++].general = b->name.name;
  return DSR_OK;
}

static dsr_status add_general_column(dsr_builder *b, int what) {
  (void)what;
  dsr_declaration *d = b->clause.declaration;
  int i = d->n_is - 1;
  dsr_str digits = slice(b);
  int column = digits.len == 1 ? digits.data[0] - '0' : 0;
  if (column < 1 || column > d->arity) {
    return dsr_builder_fail(
        b, b->offsets[0], DSR_EDECLARE,
        "no such column: the relation declared has %d, counted from "
        "1",
        d->arity);
  }
  if (d->is[i].n == DSR_ARITY_MAX) {
    return dsr_builder_fail(b, b->offsets[0], DSR_ELIMIT,
                            "too many columns: a relation has at most 8");
  }
  d->is[i].map[d->is[i].n++] = column;
  return DSR_OK;
}

static dsr_status set_phrase(dsr_builder *b, int what) {
  (void)what;
  dsr_term phrase = pop(b);
  if (b->clause.declaration->phrase.data != NULL) {
    return fail_place(b, phrase.at, DSR_ESYNTAX, "a second phrase: there is one");
  }
  b->clause.declaration->phrase = phrase.text;
  return DSR_OK;
}

static dsr_status begin_property(dsr_builder *b, int what) {
  (void)what;
  dsr_property property = {.at = b->name.at, .name = b->name.name};
  return VEC_PUSH(&b->properties, property) ? DSR_OK : no_memory(b);
}

static dsr_status end_property(dsr_builder *b, int what) {
  (void)what;
  b->properties.items[b->properties.len - 1].value = pop(b);
  return DSR_OK;
}

static dsr_status end_source(dsr_builder *b, int what) {
  (void)what;
  size_t n = b->properties.len;
  if (n > 0) {
    dsr_property *copy = dsr_arena_alloc(&b->program->arena, n * sizeof *copy);
    if (copy == NULL) return no_memory(b);
    memcpy(copy, b->properties.items, n * sizeof *copy);
    b->clause.properties = copy;
    b->clause.n_properties = (int)n;
  }
  return end_clause(b, DSR_CLAUSE_SOURCE);
}

/* ---- the machine ------------------------------------------------------------------ */

static const struct {
  operation *run;
  int what;
} operations[DSR_OP_COUNT] = {
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
    [DSR_OP_IRI] = {end_prefix, 0},
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
    [DSR_OP_HEAD] = {set_head, 0},
    [DSR_OP_FACT] = {end_clause, DSR_CLAUSE_FACT},
    [DSR_OP_RULE] = {end_clause, DSR_CLAUSE_RULE},
    [DSR_OP_CONSTRAINT] = {end_constraint, 0},
    [DSR_OP_CONSTRAINT_BARE] = {end_clause, DSR_CLAUSE_CONSTRAINT},
    [DSR_OP_QUERY] = {end_clause, DSR_CLAUSE_QUERY},
    [DSR_OP_RETRACT] = {end_clause, DSR_CLAUSE_RETRACT},
    [DSR_OP_RETRACT_VERDICT] = {end_retracted_verdict, 0},
    [DSR_OP_PREFER] = {set_verdict, true},
    [DSR_OP_DEPRECATE] = {set_verdict, false},
    [DSR_OP_REASON] = {set_reason, 0},
    [DSR_OP_AUTHOR] = {set_clause_name, 0},
    [DSR_OP_VERDICT] = {end_verdict, 0},
    [DSR_OP_RELATION] = {begin_relation, 0},
    [DSR_OP_ROLE] = {add_role, 0},
    [DSR_OP_OCCURS] = {set_flag, DSR_OP_OCCURS},
    [DSR_OP_HOLDS] = {set_flag, DSR_OP_HOLDS},
    [DSR_OP_ONCE] = {set_flag, DSR_OP_ONCE},
    [DSR_OP_SYMMETRIC] = {set_flag, DSR_OP_SYMMETRIC},
    [DSR_OP_INVERSE] = {set_inverse, 0},
    [DSR_OP_KEY] = {begin_key, 0},
    [DSR_OP_KEY_COLUMN] = {add_key_column, 0},
    [DSR_OP_IS_A] = {add_general, 0},
    [DSR_OP_IS_COLUMN] = {add_general_column, 0},
    [DSR_OP_PHRASE] = {set_phrase, 0},
    [DSR_OP_RELATION_END] = {end_clause, DSR_CLAUSE_RELATION},
    [DSR_OP_SOURCE_NAME] = {set_clause_name, 0},
    [DSR_OP_PROPERTY] = {begin_property, 0},
    [DSR_OP_PROPERTY_VALUE] = {end_property, 0},
    [DSR_OP_SOURCE_END] = {end_source, 0},
    [DSR_OP_PREFIX] = {set_clause_name, 0},
    [DSR_OP_DIRECTIVE] = {end_note, 0},
    [DSR_OP_BLOCK] = {open_block, 0},
    [DSR_OP_ASCENDING] = {add_key, false},
    [DSR_OP_DESCENDING] = {add_key, true},
    [DSR_OP_LIMIT] = {set_count, DSR_OP_LIMIT},
    [DSR_OP_OFFSET] = {set_count, DSR_OP_OFFSET},
};

void dsr_builder_start(dsr_builder *b, size_t begin, size_t end) {
  place_of(b, begin);
  b->begin = begin;
  b->end = end;
  b->start = b->cursor;
  b->n_offsets = 0;
  b->terms.len = b->literals.len = b->marks.len = b->properties.len = 0;
  b->keys.len = 0;
  b->telling = (dsr_telling){.n_keys = 0};
  b->atom = (dsr_atom){.n_args = 0};
  b->clause = (dsr_clause){.n_body = 0};
  b->range_at = (dsr_place){0, 0};
  b->n_vars = 0;
}

dsr_status dsr_builder_run(dsr_builder *b, const int *code, size_t n) {
  for (size_t i = 0; i < n; i++) {
    if (code[i] >= 0) {
      assert(b->n_offsets < 2);
      b->offsets[b->n_offsets++] = b->begin + (size_t)code[i] - 1;
      continue;
    }
    int which = -code[i];
    assert(which < DSR_OP_COUNT && operations[which].run != NULL);
    TRY(operations[which].run(b, operations[which].what));
    b->n_offsets = 0;
  }
  return DSR_OK;
}

void dsr_builder_stop(dsr_builder *b) {
  VEC_FREE(&b->terms);
  VEC_FREE(&b->literals);
  VEC_FREE(&b->marks);
  VEC_FREE(&b->properties);
  VEC_FREE(&b->blocks);
  VEC_FREE(&b->keys);
}
