/*
** clause.c - from what the grammar matched to a clause of a program.
**
** Terms, atoms and conditions are expression.c's; here are clauses, what declarations and
** queries add to them, the blocks around them, and the machine that runs it all.
**
** A block's context is worked out when the block opens (what its head says, then what
** the block around it gives) and copied into each fact that names no source of its own.
*/
#include "facts/fact.h"
#include "lua/clause.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "lua/bare.h"
#include "lua/expression.h"
#include "lua/token.h"

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

int dsr_builder_transaction(const dsr_builder *b) {
  return b->blocks.len > 0 ? b->blocks.items[b->blocks.len - 1].transaction : 0;
}

static dsr_status open_block(dsr_builder *b, int what) {
  (void)what;
  if (b->n_vars > 0) {
    return dsr_builder_refuse(b, b->var_at[0], DSR_ESYNTAX,
                              "the head of a block holds no variables");
  }
  dsr_block block = {b->start.at, b->atom.claim, dsr_builder_transaction(b)};
  return VEC_PUSH(&b->blocks, block) ? DSR_OK : dsr_builder_memory(b);
}

/* The number and the stamp of a transaction's head. */
static dsr_status read_transaction(dsr_builder *b, dsr_replayed *out) {
  enum { DIGITS_MOST = 18 };
  dsr_term stamp = dsr_builder_pop(b), number = dsr_builder_pop(b);
  const dsr_replayed *last = NULL;
  size_t n = b->program->transactions.len;
  if (n > 0) last = &b->program->transactions.items[n - 1];
  *out = (dsr_replayed){.file = b->file, .at = number.at};
  for (size_t i = 0; i < number.text.len && i <= DIGITS_MOST; i++) {
    char c = number.text.data[i];
    bool digit = c >= '0' && c <= '9' && i < DIGITS_MOST;
    out->number = digit ? out->number * 10 + (c - '0') : -1;
    if (!digit) break;
  }
  if (out->number <= (last != NULL ? last->number : 0)) {
    return dsr_builder_refuse(b, number.at, DSR_ESYNTAX,
                              "transactions have numbers from 1, each greater than the "
                              "one before");
  }
  if (!dsr_stamp_parse(stamp.text, false, &out->stamp)) {
    return dsr_builder_refuse(b, stamp.at, DSR_ESYNTAX,
                              "the stamp of a transaction is an instant, as in "
                              "\"2026-01-02T03:04:05Z\"");
  }
  if (last == NULL || out->stamp > last->stamp) return DSR_OK;
  return dsr_builder_refuse(b, stamp.at, DSR_ESYNTAX,
                            "the stamp of a transaction is later than that of the one "
                            "before");
}

static dsr_status open_transaction(dsr_builder *b, int what) {
  (void)what;
  dsr_replayed replayed;
  if (b->blocks.len > 0) {
    return dsr_builder_refuse(b, b->start.at, DSR_ESYNTAX,
                              "a transaction stands in no other block");
  }
  TRY(read_transaction(b, &replayed));
  if (!VEC_PUSH(&b->program->transactions, replayed)) return dsr_builder_memory(b);
  dsr_block block = {.at = b->start.at};
  block.transaction = (int)b->program->transactions.len;
  return VEC_PUSH(&b->blocks, block) ? DSR_OK : dsr_builder_memory(b);
}

dsr_status dsr_builder_open(dsr_builder *b) {
  dsr_block block = {.at = b->start.at, .gives = {.lost = true}};
  block.transaction = dsr_builder_transaction(b);
  return VEC_PUSH(&b->blocks, block) ? DSR_OK : dsr_builder_memory(b);
}

void dsr_builder_close(dsr_builder *b) {
  if (b->blocks.len > 0) b->blocks.len--;
}

dsr_claim_part dsr_builder_gives(const dsr_builder *b) {
  if (b->blocks.len > 0) return b->blocks.items[b->blocks.len - 1].gives;
  return (dsr_claim_part){.lost = false};
}

dsr_status dsr_builder_inside(dsr_builder *b, const dsr_claim_part *gives,
                              int transaction) {
  dsr_block block = {.gives = *gives, .transaction = transaction};
  return VEC_PUSH(&b->blocks, block) ? DSR_OK : dsr_builder_memory(b);
}

/* ---- bare facts ------------------------------------------------------------------- */

void dsr_builder_fact_start(const dsr_builder *b, dsr_clause *out) {
  *out = (dsr_clause){.kind = DSR_CLAUSE_FACT,
                      .file = b->file,
                      .transaction = dsr_builder_transaction(b)};
  out->head.claim.kind = -1;
  inherit(b, &out->head.claim);
}

static void bare_term(dsr_builder *b, const dsr_bare_term *bare, dsr_term *out) {
  out->kind = bare->kind;
  if (bare->kind == DSR_TERM_NONE) return;
  out->at = dsr_builder_place(b, bare->at);
  out->text = (dsr_str){b->text.data + bare->begin, bare->end - bare->begin};
  out->curie = bare->curie;
  out->lang = (dsr_str){NULL, 0};
  if (bare->lang == 0) return;
  size_t from = bare->end + 2; /* behind the quote and the "@" */
  out->lang = (dsr_str){b->text.data + from, bare->lang - from};
}

void dsr_builder_fact(dsr_builder *b, const dsr_bare *bare, dsr_term *args,
                      dsr_clause *out) {
  dsr_atom *head = &out->head;
  out->at = head->at = dsr_builder_place(b, bare->name.at);
  out->written = (dsr_str){b->text.data + bare->begin, bare->end - bare->begin};
  head->name =
      (dsr_str){b->text.data + bare->name.begin, bare->name.end - bare->name.begin};
  head->curie = bare->name.curie;
  head->n_args = bare->n_args;
  head->args = args;
  for (int i = 0; i < bare->n_args; i++) bare_term(b, &bare->args[i], &args[i]);
  bare_term(b, &bare->time, &head->time);
  if (bare->source.kind == DSR_TERM_NONE) return;
  head->claim = (dsr_claim_part){.present = true, .kind = -1};
  bare_term(b, &bare->source, &head->claim.source);
  bare_term(b, &bare->locator, &head->claim.locator);
}

/* ---- how answers are told ---------------------------------------------------------- */

/* Take the last term as what the answers are ordered by. */
static dsr_status add_key(dsr_builder *b, int descending) {
  dsr_term term = dsr_builder_pop(b);
  if (term.kind != DSR_TERM_VARIABLE || term.text.data[0] == '_') {
    return dsr_builder_refuse(
        b, term.at, DSR_ESYNTAX,
        "answers have no column for a variable that begins with \"_\", and "
        "are not ordered by it");
  }
  if (b->var_uses[term.var] == 1) {
    return dsr_builder_refuse(
        b, term.at, DSR_ESYNTAX,
        "answers are ordered by variables that stand in the conditions, and "
        "this one does not");
  }
  dsr_order_key key = {.at = term.at, .var = term.var, .descending = descending != 0};
  return VEC_PUSH(&b->keys, key) ? DSR_OK : dsr_builder_memory(b);
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
  dsr_term term = dsr_builder_pop(b);
  bool limit = operation_of == DSR_OP_LIMIT;
  if (!is_count(&term)) {
    return dsr_builder_refuse(
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
  if (telling == NULL) return dsr_builder_memory(b);
  *telling = b->telling;
  telling->n_keys = (int)n;
  telling->keys = dsr_arena_alloc(&b->program->arena, (n + 1) * sizeof *telling->keys);
  if (telling->keys == NULL) return dsr_builder_memory(b);
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
  return clause->canonical.data != NULL ? DSR_OK : dsr_builder_memory(b);
}

static dsr_status copy_variables(dsr_builder *b, dsr_clause *clause) {
  size_t n = (size_t)b->n_vars;
  if (n == 0) return DSR_OK;
  dsr_str *names = dsr_arena_alloc(&b->program->arena, n * sizeof *names);
  dsr_place *places = dsr_arena_alloc(&b->program->arena, n * sizeof *places);
  int *uses = dsr_arena_alloc(&b->program->arena, n * sizeof *uses);
  if (names == NULL || places == NULL || uses == NULL) return dsr_builder_memory(b);
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
  clause->transaction = dsr_builder_transaction(b);
  if (b->range_at.line > 0 && kind != DSR_CLAUSE_FACT) {
    return dsr_builder_refuse(b, b->range_at, DSR_ESYNTAX,
                              "a range stands in facts only");
  }
  if (kind == DSR_CLAUSE_FACT || kind == DSR_CLAUSE_RETRACT) {
    inherit(b, &clause->head.claim);
  }
  TRY(copy_variables(b, clause));
  TRY(dsr_builder_literals(b, 0, &clause->body, &clause->n_body));
  TRY(copy_telling(b, clause));
  TRY(keep_words(b, clause));
  return VEC_PUSH(&b->program->clauses, *clause) ? DSR_OK : dsr_builder_memory(b);
}

static dsr_status end_constraint(dsr_builder *b, int what) {
  (void)what;
  b->clause.text = dsr_builder_pop(b).text;
  return end_clause(b, DSR_CLAUSE_CONSTRAINT);
}

static dsr_status set_verdict(dsr_builder *b, int prefers) {
  b->clause.head = b->atom;
  b->clause.prefers = prefers != 0;
  return DSR_OK;
}

static dsr_status set_reason(dsr_builder *b, int what) {
  (void)what;
  b->clause.text = dsr_builder_pop(b).text;
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
  b->clause.text = dsr_builder_slice(b);
  return end_clause(b, DSR_CLAUSE_PREFIX);
}

/* What was skipped goes into words. */
static dsr_status end_note(dsr_builder *b, int what) {
  (void)what;
  enum { WORDS = 96 };
  dsr_str word = dsr_builder_slice(b);
  char *words = dsr_arena_alloc(&b->program->arena, WORDS);
  if (words == NULL) return dsr_builder_memory(b);
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
  if (b->clause.declaration == NULL) return dsr_builder_memory(b);
  return set_clause_name(b, 0);
}

static dsr_status add_role(dsr_builder *b, int what) {
  (void)what;
  dsr_declaration *d = b->clause.declaration;
  if (d->arity == DSR_ARITY_MAX) {
    return dsr_builder_refuse(b, b->name.at, DSR_ELIMIT,
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
    return dsr_builder_refuse(b, b->name.at, DSR_ESYNTAX,
                              "a second inverse: there is one");
  }
  d->inverse = b->name.name;
  d->inverse_at = b->name.at;
  return DSR_OK;
}

static dsr_status begin_key(dsr_builder *b, int what) {
  (void)what;
  dsr_declaration *d = b->clause.declaration;
  if (d->n_keys == (int)(sizeof d->keys / sizeof *d->keys)) {
    return dsr_builder_refuse(b, b->start.at, DSR_ELIMIT,
                              "too many keys: there may be four");
  }
  d->n_keys++;
  return DSR_OK;
}

static dsr_status add_key_column(dsr_builder *b, int what) {
  (void)what;
  dsr_declaration *d = b->clause.declaration;
  int i = d->n_keys - 1;
  if (d->keys[i].n == DSR_ARITY_MAX) {
    return dsr_builder_refuse(b, b->name.at, DSR_ELIMIT, "a key has at most 8 columns");
  }
  if (d->keys[i].n == 0) d->keys[i].at = b->name.at;
  d->keys[i].columns[d->keys[i].n++] = b->name.name;
  return DSR_OK;
}

static dsr_status add_general(dsr_builder *b, int what) {
  (void)what;
  dsr_declaration *d = b->clause.declaration;
  if (d->n_is == (int)(sizeof d->is / sizeof *d->is)) {
    return dsr_builder_refuse(b, b->name.at, DSR_ELIMIT,
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
  dsr_str digits = dsr_builder_slice(b);
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
  dsr_term phrase = dsr_builder_pop(b);
  if (b->clause.declaration->phrase.data != NULL) {
    return dsr_builder_refuse(b, phrase.at, DSR_ESYNTAX,
                              "a second phrase: there is one");
  }
  b->clause.declaration->phrase = phrase.text;
  return DSR_OK;
}

static dsr_status begin_property(dsr_builder *b, int what) {
  (void)what;
  dsr_property property = {.at = b->name.at, .name = b->name.name};
  return VEC_PUSH(&b->properties, property) ? DSR_OK : dsr_builder_memory(b);
}

static dsr_status end_property(dsr_builder *b, int what) {
  (void)what;
  b->properties.items[b->properties.len - 1].value = dsr_builder_pop(b);
  return DSR_OK;
}

static dsr_status end_source(dsr_builder *b, int what) {
  (void)what;
  size_t n = b->properties.len;
  if (n > 0) {
    dsr_property *copy = dsr_arena_alloc(&b->program->arena, n * sizeof *copy);
    if (copy == NULL) return dsr_builder_memory(b);
    memcpy(copy, b->properties.items, n * sizeof *copy);
    b->clause.properties = copy;
    b->clause.n_properties = (int)n;
  }
  return end_clause(b, DSR_CLAUSE_SOURCE);
}

/* ---- the machine ------------------------------------------------------------------ */

static const dsr_act operations[DSR_OP_COUNT] = {
    [DSR_OP_IRI] = {end_prefix, 0},
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
    [DSR_OP_TRANSACTION] = {open_transaction, 0},
    [DSR_OP_ASCENDING] = {add_key, false},
    [DSR_OP_DESCENDING] = {add_key, true},
    [DSR_OP_LIMIT] = {set_count, DSR_OP_LIMIT},
    [DSR_OP_OFFSET] = {set_count, DSR_OP_OFFSET},
};

/* What an operation does: of those here, or of expressions. */
static const dsr_act *act_of(int which) {
  assert(which < DSR_OP_COUNT);
  const dsr_act *act = &operations[which];
  if (act->run == NULL) act = &dsr_expression_acts[which];
  assert(act->run != NULL);
  return act;
}

void dsr_builder_start(dsr_builder *b, size_t begin, size_t end) {
  dsr_builder_place(b, begin);
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
    const dsr_act *act = act_of(-code[i]);
    TRY(act->run(b, act->what));
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
