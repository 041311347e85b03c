/*
** export_dl.c - a base as a text in the language, canonical.
**
** Each claim is a line of its own.  Lines that follow on each other, of one relation, with
** the same source and locator go into a block, where that makes the text shorter:
**
**   from record "1994" {              p(a) from record "1994".
**     p(a).                           p(b) from record "1994".
**     p(b).
**   }
**
** Whether a block is shorter is known by its third line at the latest, so at most two wait.
**
** What a load refuses, or would not be led to by what is in view alone, is led to by claims
** that are made and taken back in the same transaction, which leave no trace: a source that
** claims name and that is not declared (any more), a verdict on what nobody claims any
** more, a relation that once had times.  Their locator is "export".
**
** With history, claims stand in blocks of their transactions, all spelled out as facts.
*/
#include <stdio.h>

#include "ground/text.h"
#include "io/export.h"

#define STAGE " from base \"export\".\n"

/* What is being written; a blank line stands between. */
enum {
  SECTION_NONE,
  SECTION_RELATIONS,
  SECTION_PREFIXES,
  SECTION_SOURCES,
  SECTION_UNDECLARED,
  SECTION_FACTS,
  SECTION_VERDICTS,
  SECTION_UNDECLARED_AFTER,
  SECTION_RULES
};

static const char opening[] = "", closing[] = "retract ";

typedef struct writer {
  dsr_pen *pen;
  dsr_facts *facts;
  dsr_word base;
  const char *indent;
  const char *verb; /* before a claim: "", or "retract " */
  bool in_transaction;
  bool flat; /* a line for each statement, behind its key */

  int section;
  const dsr_relation *relation; /* of the last fact */
  dsr_word source, locator;     /* of the lines that wait, or of the open block */
  bool open;                    /* a block is */
  int waiting;                  /* lines that wait */
  dsr_pen lines[2];             /* each of them, up to its source ... */
  dsr_pen rests[2];             /* ... and behind it */
} writer;

/* ---- pieces ----------------------------------------------------------------------- */

/* A blank line between sections. */
static void turn(writer *t, int to) {
  bool blank = t->section != SECTION_NONE && t->section != to && !t->flat;
  if (blank) dsr_pen_text(t->pen, "\n");
  t->section = to;
}

/* Could the name be taken for a word of the language, since no columns stand behind it, or
** one as behind that word? */
static bool is_word(dsr_str name, int arity) {
  static const char *const words[] = {
      "from",   "deny",   "retract",  "prefer",   "deprecate",  "stated",
      "source", "prefix", "relation", "assessed", "attributed", "transaction",
      "grade",  "quote",  "because",  "by",       "confidence", NULL};
  for (int i = 0; words[i] != NULL && arity == 0; i++) {
    if (dsr_str_is(name, words[i])) return true;
  }
  return arity == 1 && dsr_str_is(name, "attributed");
}

static void put_relation_name(dsr_pen *pen, const dsr_relation *relation) {
  dsr_str name = relation->name;
  bool blank_node = name.len > 2 && memcmp(name.data, "_:", 2) == 0;
  if (!blank_node && !is_word(name, relation->arity)) {
    dsr_pen_name(pen, name);
    return;
  }
  dsr_pen_text(pen, "'");
  dsr_pen_str(pen, name);
  dsr_pen_text(pen, "'");
}

static void put_fact(dsr_pen *pen, const dsr_out_fact *fact) {
  const dsr_relation *relation = fact->relation;
  put_relation_name(pen, relation);
  for (int i = 0; i < relation->arity; i++) {
    dsr_pen_bytes(pen, i == 0 ? "(" : ", ", i == 0 ? 1 : 2);
    dsr_pen_word(pen, fact->args[i], relation->types[i]);
  }
  if (relation->arity > 0) dsr_pen_bytes(pen, ")", 1);
  if (fact->time == DSR_WORD_NONE) return;
  dsr_pen_bytes(pen, " @ ", 3);
  dsr_pen_time(pen, fact->time);
}

/* " quote \"...\"", unless there is no such word. */
static void put_part(dsr_pen *pen, const char *before, dsr_word word) {
  if (word == DSR_WORD_NONE) return;
  dsr_pen_text(pen, before);
  dsr_pen_word(pen, word, DSR_COL_ANY);
}

/* Up to the source. */
static void put_manner(const writer *t, dsr_pen *pen, const dsr_out_fact *fact,
                       const dsr_claim_row *claim) {
  dsr_pen_text(pen, t->verb);
  if (claim->verb == DSR_DENIES) dsr_pen_text(pen, "deny ");
  if (claim->kind == DSR_ASSESSED) dsr_pen_text(pen, "assessed ");
  if (claim->kind == DSR_ATTRIBUTED) {
    put_part(pen, "attributed(", claim->speaker);
    dsr_pen_text(pen, ") ");
  }
  put_fact(pen, fact);
}

static void put_rest(dsr_pen *pen, const dsr_claim_row *claim) {
  char grade[] = {' ', 'g', 'r', 'a', 'd', 'e', ' ', 0, 0, 0};
  size_t n = 7;
  if (claim->reliability != 0) grade[n++] = claim->reliability;
  if (claim->credibility != 0) grade[n++] = claim->credibility;
  if (n > 7) dsr_pen_bytes(pen, grade, n);
  put_part(pen, " quote ", claim->quotation);
  put_part(pen, " confidence ", claim->confidence);
  dsr_pen_bytes(pen, ".\n", 2);
}

/* The source `base` is that of a claim that names none; a locator needs one. */
static bool says_source(const writer *t, dsr_word source, dsr_word locator) {
  return source != t->base || locator != DSR_WORD_NONE;
}

static void put_source(writer *t, dsr_pen *pen, dsr_word source, dsr_word locator) {
  if (!says_source(t, source, locator)) return;
  put_part(pen, " from ", source);
  put_part(pen, " ", locator);
}

static void put_verdict(dsr_pen *pen, const dsr_out_fact *fact,
                        const dsr_claim_row *verdict) {
  dsr_pen_text(pen, verdict->verb == DSR_PREFERS ? "prefer " : "deprecate ");
  put_fact(pen, fact);
  put_part(pen, " from ", verdict->target);
  if (verdict->quotation == DSR_WORD_NONE) dsr_pen_text(pen, " because \"\"");
  put_part(pen, " because ", verdict->quotation);
  put_part(pen, " by ", verdict->source);
  dsr_pen_text(pen, ".\n");
}

/* ---- lines that wait, blocks ------------------------------------------------------- */

static void pass_on(writer *t, dsr_pen *from) {
  dsr_pen_fail(t->pen, from->failed);
  dsr_pen_bytes(t->pen, from->bytes.items, from->bytes.len);
  from->bytes.len = 0;
}

/* Write the lines that wait, each with its source. */
static void write_waiting(writer *t) {
  for (int i = 0; i < t->waiting; i++) {
    dsr_pen_text(t->pen, t->indent);
    pass_on(t, &t->lines[i]);
    if (!t->open) put_source(t, t->pen, t->source, t->locator);
    pass_on(t, &t->rests[i]);
  }
  t->waiting = 0;
}

static void finish_block(writer *t) {
  bool open = t->open;
  if (!open) write_waiting(t);
  t->open = false;
  t->source = DSR_WORD_NONE;
  if (!open) return;
  t->indent += 2;
  dsr_pen_text(t->pen, t->indent);
  dsr_pen_text(t->pen, "}\n");
}

/* Open a block for the lines that wait and those to come. */
static void open_block(writer *t) {
  dsr_pen_text(t->pen, t->indent);
  dsr_pen_text(t->pen, "from ");
  dsr_pen_word(t->pen, t->source, DSR_COL_ENTITY);
  put_part(t->pen, " ", t->locator);
  dsr_pen_text(t->pen, " {\n");
  t->open = true;
  t->indent -= 2;
  write_waiting(t);
}

/* How many bytes the source and the locator take. */
static size_t source_size(writer *t) {
  dsr_pen *pen = &t->rests[1];
  size_t before = pen->bytes.len;
  put_source(t, pen, t->source, t->locator);
  size_t size = pen->bytes.len - before - strlen(" from ");
  pen->bytes.len = before;
  return size;
}

static void add_line(writer *t, const dsr_out_fact *fact, const dsr_claim_row *claim) {
  if (t->waiting == 2) open_block(t);
  if (t->open) {
    dsr_pen_text(t->pen, t->indent);
    put_manner(t, t->pen, fact, claim);
    put_rest(t->pen, claim);
    return;
  }
  put_manner(t, &t->lines[t->waiting], fact, claim);
  put_rest(&t->rests[t->waiting], claim);
  t->waiting++;
  /* Two lines: 14 bytes and the source once, against 12 and the source twice. */
  if (t->waiting == 2 && source_size(t) > 2) open_block(t);
}

static void write_claim(writer *t, const dsr_out_fact *fact,
                        const dsr_claim_row *claim) {
  if (claim->source != t->source || claim->locator != t->locator) {
    finish_block(t);
    t->source = claim->source;
    t->locator = claim->locator;
  }
  if (says_source(t, claim->source, claim->locator)) {
    add_line(t, fact, claim);
    return;
  }
  dsr_pen_text(t->pen, t->indent);
  put_manner(t, t->pen, fact, claim);
  put_rest(t->pen, claim);
}

/* Lines that follow are of another relation, or none. */
static void leave_relation(writer *t, const dsr_relation *next) {
  if (t->relation == next) return;
  finish_block(t);
  t->relation = next;
}

/* ---- declarations ----------------------------------------------------------------- */

static void put_column(dsr_pen *pen, const dsr_relation *relation, int column) {
  dsr_str role = relation->roles[column];
  int met = 0;
  for (int i = 0; i < relation->arity; i++) met += dsr_str_eq(role, relation->roles[i]);
  if (role.len > 0 && met == 1) {
    dsr_pen_name(pen, role);
  } else {
    dsr_pen_format(pen, "%d", column + 1);
  }
}

static void put_keys(dsr_pen *pen, const dsr_relation *relation) {
  for (int k = 0; k < DSR_KEYS_MAX; k++) {
    const char *before = " key(";
    if (relation->keys[k] == 0) continue;
    for (int i = 0; i < relation->arity; i++) {
      if (!(relation->keys[k] >> i & 1)) continue;
      dsr_pen_text(pen, before);
      put_column(pen, relation, i);
      before = ", ";
    }
    dsr_pen_text(pen, ")");
  }
}

static void put_generals(writer *t, const dsr_relation *relation) {
  for (int k = 0; k < relation->n_is; k++) {
    const dsr_relation *general = dsr_relation_get(t->facts, relation->is[k].general);
    if (general == NULL) continue;
    dsr_pen_text(t->pen, " is ");
    dsr_pen_name(t->pen, general->name);
    dsr_pen_text(t->pen, "(");
    for (int c = 0; c < general->arity; c++) {
      dsr_pen_format(t->pen, "%s%d", c > 0 ? ", " : "", relation->is[k].map[c] + 1);
    }
    dsr_pen_text(t->pen, ")");
  }
}

static dsr_status write_relation(void *ud, const dsr_relation *relation) {
  writer *t = ud;
  dsr_pen *pen = t->pen;
  turn(t, SECTION_RELATIONS);
  dsr_pen_text(pen, "relation ");
  dsr_pen_name(pen, relation->name);
  for (int i = 0; i < relation->arity; i++) {
    dsr_pen_text(pen, i == 0 ? "(" : ", ");
    if (relation->roles[i].len > 0) {
      dsr_pen_name(pen, relation->roles[i]);
    } else {
      dsr_pen_text(pen, dsr_domain_word(relation->types[i]));
    }
  }
  if (relation->arity > 0) dsr_pen_text(pen, ")");
  if (relation->occurs && !relation->once) dsr_pen_text(pen, " occurs");
  if (relation->once) dsr_pen_text(pen, " once");
  if (relation->symmetric) dsr_pen_text(pen, " symmetric");
  if (relation->inverse != 0) {
    dsr_pen_text(pen, " inverse ");
    dsr_pen_name(pen, dsr_relation_get(t->facts, relation->inverse)->name);
  }
  put_keys(pen, relation);
  put_generals(t, relation);
  if (relation->phrase.len > 0) {
    dsr_pen_text(pen, " phrase ");
    dsr_pen_quoted(pen, relation->phrase);
  }
  dsr_pen_text(pen, ".\n");
  return DSR_OK;
}

static dsr_status write_prefix(void *ud, dsr_word name, dsr_word iri) {
  writer *t = ud;
  char scratch[DSR_WORD_TEXT];
  turn(t, SECTION_PREFIXES);
  dsr_pen_text(t->pen, "prefix ");
  dsr_pen_str(t->pen, dsr_pen_value(t->pen, name, scratch).text);
  dsr_pen_text(t->pen, ": <");
  dsr_pen_str(t->pen, dsr_pen_value(t->pen, iri, scratch).text);
  dsr_pen_text(t->pen, ">.\n");
  return DSR_OK;
}

static dsr_status write_source(void *ud, const dsr_out_source *source) {
  writer *t = ud;
  turn(t, SECTION_SOURCES);
  dsr_pen_text(t->pen, "source ");
  dsr_pen_word(t->pen, source->entity, DSR_COL_ENTITY);
  for (size_t i = 0; i < source->n_properties; i++) {
    const dsr_out_property *property = &source->properties[i];
    dsr_pen_format(t->pen, "%s%s: ", i == 0 ? " { " : ", ", property->name);
    bool date = property->relation == DSR_REL_SOURCE_DATE;
    dsr_pen_word(t->pen, property->value, date ? DSR_COL_TIME : DSR_COL_ANY);
  }
  dsr_pen_text(t->pen, source->n_properties > 0 ? " }.\n" : ".\n");
  return DSR_OK;
}

/* ---- facts and verdicts ------------------------------------------------------------ */

static void put_staged(writer *t, const char *verb, dsr_word source) {
  dsr_pen_text(t->pen, t->indent);
  dsr_pen_text(t->pen, verb);
  dsr_pen_text(t->pen, "source(");
  dsr_pen_word(t->pen, source, DSR_COL_ENTITY);
  dsr_pen_text(t->pen, ")" STAGE);
}

static dsr_status write_undeclared(void *ud, const dsr_word *sources, size_t n,
                                   bool after) {
  writer *t = ud;
  leave_relation(t, NULL);
  if (!t->in_transaction) {
    turn(t, after ? SECTION_UNDECLARED_AFTER : SECTION_UNDECLARED);
  }
  dsr_pen_text(t->pen, t->indent);
  dsr_pen_text(t->pen, after ? "% they are not declared\n"
                             : "% claims name them, and they are not declared: see the "
                               "end\n");
  for (size_t i = 0; i < n; i++) put_staged(t, after ? "retract " : "", sources[i]);
  return DSR_OK;
}

static dsr_status write_fact(void *ud, const dsr_out_fact *fact) {
  writer *t = ud;
  if (t->relation != fact->relation) {
    leave_relation(t, fact->relation);
    if (t->section == SECTION_FACTS) dsr_pen_text(t->pen, "\n");
    turn(t, SECTION_FACTS);
  }
  for (size_t i = 0; i < fact->n_claims; i++) write_claim(t, fact, fact->claims[i].row);
  return DSR_OK;
}

/* Make a claim on a fact and take it back, with what is between. */
static void put_stage(writer *t, const dsr_out_fact *fact, const char *verb) {
  dsr_pen_text(t->pen, t->indent);
  dsr_pen_text(t->pen, verb);
  put_fact(t->pen, fact);
  dsr_pen_text(t->pen, STAGE);
}

static dsr_status end_relation(void *ud, const dsr_relation *relation,
                               const dsr_out_fact *untimed) {
  writer *t = ud;
  leave_relation(t, relation);
  finish_block(t);
  if (untimed == NULL) return DSR_OK;
  dsr_out_fact timed = *untimed;
  timed.time = dsr_word_day(0);
  dsr_pen_text(t->pen, t->indent);
  dsr_pen_text(t->pen, "% its facts may have times\n");
  put_stage(t, &timed, "");
  put_stage(t, &timed, "retract ");
  return DSR_OK;
}

static dsr_status write_verdict(void *ud, const dsr_out_fact *fact,
                                const dsr_out_claim *verdict, bool alone) {
  writer *t = ud;
  leave_relation(t, NULL);
  turn(t, SECTION_VERDICTS);
  if (alone) put_stage(t, fact, "");
  put_verdict(t->pen, fact, verdict->row);
  if (alone) put_stage(t, fact, "retract ");
  return DSR_OK;
}

static void close_transaction(writer *t);

static dsr_status write_rule(void *ud, const dsr_kept_rule *rule) {
  writer *t = ud;
  close_transaction(t);
  turn(t, SECTION_RULES);
  dsr_pen_str(t->pen, rule->text);
  dsr_pen_text(t->pen, "\n");
  return DSR_OK;
}

/* ---- history ---------------------------------------------------------------------- */

static void close_transaction(writer *t) {
  leave_relation(t, NULL);
  if (!t->in_transaction) return;
  t->in_transaction = false;
  t->indent += 2;
  dsr_pen_text(t->pen, "}\n");
}

static dsr_status write_transaction(void *ud, uint64_t number, int64_t stamp) {
  writer *t = ud;
  char text[32];
  close_transaction(t);
  dsr_pen_text(t->pen, t->section == SECTION_NONE ? "" : "\n");
  t->section = SECTION_FACTS;
  dsr_stamp_format(stamp, text);
  dsr_pen_format(t->pen, "transaction %llu \"%s\" {\n", (unsigned long long)number,
                 text);
  t->in_transaction = true;
  t->indent -= 2;
  return DSR_OK;
}

/* A claim that is opened or, with "retract " before it, closed. */
static void write_event(writer *t, const char *verb, const dsr_out_fact *fact,
                        const dsr_claim_row *claim) {
  if (t->relation != fact->relation || t->verb != verb) leave_relation(t, NULL);
  t->relation = fact->relation;
  t->verb = verb;
  if (claim->verb <= DSR_DENIES) {
    write_claim(t, fact, claim);
    return;
  }
  finish_block(t);
  dsr_pen_text(t->pen, t->indent);
  dsr_pen_text(t->pen, verb);
  put_verdict(t->pen, fact, claim);
}

static dsr_status write_opened(void *ud, const dsr_out_fact *fact,
                               const dsr_out_claim *claim, bool alone) {
  writer *t = ud;
  if (alone) leave_relation(t, NULL);
  if (alone) put_stage(t, fact, "");
  write_event(t, opening, fact, claim->row);
  if (alone) put_stage(t, fact, "retract ");
  return DSR_OK;
}

static dsr_status write_closed(void *ud, const dsr_out_fact *fact,
                               const dsr_out_claim *claim) {
  write_event(ud, closing, fact, claim->row);
  return DSR_OK;
}

static dsr_status finish(void *ud) {
  close_transaction(ud);
  return DSR_OK;
}

dsr_status dsr_export_dl(const dsr_exporting *how) {
  static const char spaces[] = "    ";
  writer t = {.pen = how->pen, .facts = how->facts};
  t.base = dsr_facts_base_source(how->facts);
  t.indent = spaces + 4;
  t.verb = opening;
  dsr_sink sink = {.ud = &t,
                   .relation = write_relation,
                   .prefix = write_prefix,
                   .source = write_source,
                   .undeclared = write_undeclared,
                   .fact = write_fact,
                   .relation_end = end_relation,
                   .verdict = write_verdict,
                   .rule = write_rule,
                   .transaction = write_transaction,
                   .opened = write_opened,
                   .closed = write_closed,
                   .end = finish};
  for (int i = 0; i < 2; i++) {
    dsr_pen_start(&t.lines[i], how->facts, NULL, NULL);
    dsr_pen_start(&t.rests[i], how->facts, NULL, NULL);
  }
  dsr_status rc = dsr_outwalk(how, &sink);
  for (int i = 0; i < 2; i++) {
    dsr_pen_free(&t.lines[i]);
    dsr_pen_free(&t.rests[i]);
  }
  return rc;
}

/* ---- a line for each statement ------------------------------------------------------ */

static void put_key(dsr_pen *pen, const char *kind, const dsr_relation *relation) {
  char arity[16];
  snprintf(arity, sizeof arity, "/%d\t", relation->arity);
  dsr_pen_text(pen, kind);
  put_relation_name(pen, relation);
  dsr_pen_text(pen, arity);
}

static dsr_status line_relation(void *ud, const dsr_relation *relation) {
  writer *t = ud;
  put_key(t->pen, "relation ", relation);
  return write_relation(ud, relation);
}

static void put_word_key(dsr_pen *pen, const char *kind, dsr_word word) {
  put_part(pen, kind, word);
  dsr_pen_text(pen, "\t");
}

static dsr_status line_prefix(void *ud, dsr_word name, dsr_word iri) {
  writer *t = ud;
  put_word_key(t->pen, "prefix ", name);
  return write_prefix(ud, name, iri);
}

static dsr_status line_source(void *ud, const dsr_out_source *source) {
  writer *t = ud;
  put_word_key(t->pen, "source ", source->entity);
  return write_source(ud, source);
}

static dsr_status line_fact(void *ud, const dsr_out_fact *fact) {
  writer *t = ud;
  for (size_t i = 0; i < fact->n_claims; i++) {
    const dsr_claim_row *claim = fact->claims[i].row;
    dsr_pen_text(t->pen, "claim ");
    put_fact(t->pen, fact);
    put_word_key(t->pen, " from ", claim->source);
    put_manner(t, t->pen, fact, claim);
    put_source(t, t->pen, claim->source, claim->locator);
    put_rest(t->pen, claim);
  }
  return DSR_OK;
}

static dsr_status line_verdict(void *ud, const dsr_out_fact *fact,
                               const dsr_out_claim *verdict, bool alone) {
  writer *t = ud;
  (void)alone;
  dsr_pen_text(t->pen, "verdict ");
  put_fact(t->pen, fact);
  put_word_key(t->pen, " by ", verdict->row->source);
  put_verdict(t->pen, fact, verdict->row);
  return DSR_OK;
}

static dsr_status line_rule(void *ud, const dsr_kept_rule *rule) {
  writer *t = ud;
  dsr_pen_text(t->pen, "rule ");
  dsr_pen_str(t->pen, rule->canonical);
  dsr_pen_text(t->pen, "\t");
  bool lines = memchr(rule->text.data, '\n', rule->text.len) != NULL;
  dsr_pen_str(t->pen, lines ? rule->canonical : rule->text);
  dsr_pen_text(t->pen, "\n");
  return DSR_OK;
}

dsr_status dsr_export_lines(const dsr_exporting *how) {
  writer t = {.pen = how->pen, .facts = how->facts, .indent = "", .verb = opening};
  t.base = dsr_facts_base_source(how->facts);
  t.flat = true;
  dsr_sink sink = {.ud = &t,
                   .relation = line_relation,
                   .prefix = line_prefix,
                   .source = line_source,
                   .fact = line_fact,
                   .verdict = line_verdict,
                   .rule = line_rule};
  return dsr_outwalk(how, &sink);
}
