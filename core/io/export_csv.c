/*
** export_csv.c - facts, or the claims on them, as a table: RFC 4180.
**
** A row is a fact that is held in view, with its columns, its time, the sources that claim
** it and how many claims that are; or with `claims` a row is a claim, denials too.  Of one
** relation the columns have the names that its declaration gives them; of several there are
** as many as the widest has, arg1 and on.  `columns` chooses among them:
**
**   relation args valid               of both; and each column of the relation by its name
**   sources n_claims trust            of facts
**   verb source locator kind speaker grade quotation confidence      of claims ...
**   opened closed                     ... and the instants, with history
**
** Fields that hold a comma, a quote or a line break stand in quotes, quotes doubled.  A line
** ends with LF, as those of query do.  Values stand as they are: an identifier, a string,
** EDTF.
**
** Cost: `trust` asks the base about each fact; all else is written as it comes.
*/
#include <stdio.h>

#include "ground/text.h"
#include "io/export.h"

enum { COLUMNS_MOST = 64 };

typedef enum field {
  FIELD_RELATION,
  FIELD_ARGS,
  FIELD_VALID,
  FIELD_SOURCES,
  FIELD_N_CLAIMS,
  FIELD_TRUST,
  FIELD_VERB,
  FIELD_SOURCE,
  FIELD_LOCATOR,
  FIELD_KIND,
  FIELD_SPEAKER,
  FIELD_GRADE,
  FIELD_QUOTATION,
  FIELD_CONFIDENCE,
  FIELD_OPENED,
  FIELD_CLOSED,
  FIELDS,
  FIELD_ARG /* one of a fact's columns */
} field;

static const struct {
  const char *name;
  bool of_facts, of_claims, of_history;
} fields[FIELDS] = {
    [FIELD_RELATION] = {"relation", true, true, false},
    [FIELD_ARGS] = {"args", true, true, false},
    [FIELD_VALID] = {"valid", true, true, false},
    [FIELD_SOURCES] = {"sources", true, false, false},
    [FIELD_N_CLAIMS] = {"n_claims", true, false, false},
    [FIELD_TRUST] = {"trust", true, false, false},
    [FIELD_VERB] = {"verb", false, true, false},
    [FIELD_SOURCE] = {"source", false, true, false},
    [FIELD_LOCATOR] = {"locator", false, true, false},
    [FIELD_KIND] = {"kind", false, true, false},
    [FIELD_SPEAKER] = {"speaker", false, true, false},
    [FIELD_GRADE] = {"grade", false, true, false},
    [FIELD_QUOTATION] = {"quotation", false, true, false},
    [FIELD_CONFIDENCE] = {"confidence", false, true, false},
    [FIELD_OPENED] = {"opened", false, true, true},
    [FIELD_CLOSED] = {"closed", false, true, true},
};

typedef struct column {
  field what;
  int arg; /* FIELD_ARG: which, from 0 */
} column;

typedef struct table {
  const dsr_exporting *how;
  dsr_pen *pen;
  bool claims, history;
  const dsr_relation *only; /* the one relation that is written; NULL: several are */
  int arity;                /* of the widest relation */
  int n;
  column columns[COLUMNS_MOST];
} table;

/* ---- fields ----------------------------------------------------------------------- */

static bool needs_quotes(dsr_str text) {
  for (size_t i = 0; i < text.len; i++) {
    char c = text.data[i];
    if (c == ',' || c == '"' || c == '\n' || c == '\r') return true;
  }
  return false;
}

static void put(dsr_pen *pen, dsr_str text) {
  size_t from = 0;
  if (!needs_quotes(text)) {
    dsr_pen_str(pen, text);
    return;
  }
  dsr_pen_text(pen, "\"");
  for (size_t i = 0; i < text.len; i++) {
    if (text.data[i] != '"') continue;
    dsr_pen_bytes(pen, text.data + from, i + 1 - from);
    from = i; /* the quote comes again */
  }
  dsr_pen_bytes(pen, text.data + from, text.len - from);
  dsr_pen_text(pen, "\"");
}

static void put_value(dsr_pen *pen, dsr_word word) {
  char scratch[DSR_WORD_TEXT];
  put(pen, dsr_pen_value(pen, word, scratch).text);
}

/* The sources of the assertions, each once: they come in order. */
static void put_sources(dsr_pen *pen, const dsr_out_fact *fact) {
  VEC(char) all = {0};
  char scratch[DSR_WORD_TEXT];
  dsr_word last = DSR_WORD_NONE;
  bool ok = true;
  for (size_t i = 0; ok && i < fact->n_claims; i++) {
    const dsr_claim_row *claim = fact->claims[i].row;
    if (claim->verb != DSR_ASSERTS || claim->source == last) continue;
    dsr_str name = dsr_pen_value(pen, claim->source, scratch).text;
    size_t before = last != DSR_WORD_NONE ? 2 : 0;
    last = claim->source;
    ok = VEC_RESERVE(&all, name.len + before);
    if (!ok) break;
    memcpy(all.items + all.len, "; ", before);
    memcpy(all.items + all.len + before, name.data, name.len);
    all.len += name.len + before;
  }
  if (!ok) dsr_pen_fail(pen, dsr_fail_memory(dsr_facts_error(pen->facts)));
  if (ok) put(pen, (dsr_str){all.items, all.len});
  VEC_FREE(&all);
}

static void put_stamp(table *t, uint64_t transaction) {
  char text[32];
  int64_t stamp;
  if (transaction == 0) return;
  dsr_status rc = dsr_store_stamp(dsr_facts_store(t->how->facts), transaction, &stamp);
  dsr_pen_fail(t->pen, rc);
  if (rc < 0) return;
  dsr_stamp_format(stamp, text);
  dsr_pen_text(t->pen, text);
}

static void put_grade(dsr_pen *pen, const dsr_claim_row *claim) {
  if (claim->reliability != 0) dsr_pen_bytes(pen, &claim->reliability, 1);
  if (claim->credibility != 0) dsr_pen_bytes(pen, &claim->credibility, 1);
}

static void put_trust(table *t, const dsr_out_fact *fact) {
  dsr_trust trust;
  dsr_status rc = dsr_trust_of(t->how->facts, t->how->view, &fact->tuple, &trust);
  dsr_pen_fail(t->pen, rc);
  if (rc >= 0) dsr_pen_text(t->pen, dsr_trust_word(trust));
}

static size_t assertions(const dsr_out_fact *fact) {
  size_t n = 0;
  for (size_t i = 0; i < fact->n_claims; i++) {
    n += fact->claims[i].row->verb == DSR_ASSERTS;
  }
  return n;
}

static void put_of_claim(table *t, field what, const dsr_out_claim *claim) {
  const dsr_claim_row *row = claim->row;
  switch (what) {
    case FIELD_VERB:
      dsr_pen_text(t->pen, row->verb == DSR_DENIES ? "denies" : "asserts");
      break;
    case FIELD_SOURCE:
      put_value(t->pen, row->source);
      break;
    case FIELD_LOCATOR:
      put_value(t->pen, row->locator);
      break;
    case FIELD_KIND:
      dsr_pen_text(t->pen, dsr_kind_word(row->kind));
      break;
    case FIELD_SPEAKER:
      put_value(t->pen, row->speaker);
      break;
    case FIELD_GRADE:
      put_grade(t->pen, row);
      break;
    case FIELD_QUOTATION:
      put_value(t->pen, row->quotation);
      break;
    case FIELD_CONFIDENCE:
      put_value(t->pen, row->confidence);
      break;
    default:
      put_stamp(t, what == FIELD_OPENED ? claim->opened : claim->closed);
  }
}

/* `claim` is NULL where rows are facts. */
static void put_field(table *t, const column *c, const dsr_out_fact *fact,
                      const dsr_out_claim *claim) {
  switch (c->what) {
    case FIELD_RELATION:
      put(t->pen, fact->relation->name);
      break;
    case FIELD_ARG:
      if (c->arg < fact->relation->arity) put_value(t->pen, fact->args[c->arg]);
      break;
    case FIELD_VALID:
      put_value(t->pen, fact->time);
      break;
    case FIELD_SOURCES:
      put_sources(t->pen, fact);
      break;
    case FIELD_N_CLAIMS:
      dsr_pen_format(t->pen, "%zu", assertions(fact));
      break;
    case FIELD_TRUST:
      put_trust(t, fact);
      break;
    default:
      if (claim != NULL) put_of_claim(t, c->what, claim);
  }
}

static void put_row(table *t, const dsr_out_fact *fact, const dsr_out_claim *claim) {
  for (int i = 0; i < t->n; i++) {
    if (i > 0) dsr_pen_bytes(t->pen, ",", 1);
    put_field(t, &t->columns[i], fact, claim);
  }
  dsr_pen_bytes(t->pen, "\n", 1);
}

static dsr_status write_fact(void *ud, const dsr_out_fact *fact) {
  table *t = ud;
  if (!t->claims && fact->held) put_row(t, fact, NULL);
  for (size_t i = 0; t->claims && i < fact->n_claims; i++) {
    put_row(t, fact, &fact->claims[i]);
  }
  return DSR_OK;
}

/* ---- columns ---------------------------------------------------------------------- */

/* The name of a fact's column: as declared, where that names one column. */
static dsr_str arg_name(const table *t, int arg, char made[16]) {
  const dsr_relation *only = t->only;
  int met = 0;
  snprintf(made, 16, "arg%d", arg + 1);
  if (only == NULL || only->roles[arg].len == 0) return dsr_str_of(made);
  for (int i = 0; i < only->arity; i++) {
    met += dsr_str_eq(only->roles[i], only->roles[arg]);
  }
  return met == 1 ? only->roles[arg] : dsr_str_of(made);
}

static dsr_status add_column(table *t, field what, int arg) {
  if (t->n == COLUMNS_MOST) {
    return dsr_fail(dsr_facts_error(t->how->facts), DSR_EMISUSE, "more than %d columns",
                    COLUMNS_MOST);
  }
  t->columns[t->n++] = (column){what, arg};
  return DSR_OK;
}

static dsr_status add_field(table *t, field what) {
  if (what != FIELD_ARGS) return add_column(t, what, 0);
  for (int i = 0; i < t->arity; i++) TRY(add_column(t, FIELD_ARG, i));
  return DSR_OK;
}

static bool applies(const table *t, field what) {
  if (fields[what].of_history && !t->history) return false;
  return t->claims ? fields[what].of_claims : fields[what].of_facts;
}

static dsr_status no_column(table *t, dsr_str name) {
  dsr_nearest race;
  char made[16];
  dsr_error *error = dsr_facts_error(t->how->facts);
  int len = name.len > 40 ? 40 : (int)name.len;
  for (int i = 0; i < FIELDS; i++) {
    if (!dsr_str_is(name, fields[i].name)) continue;
    return dsr_fail(error, DSR_EMISUSE, "the column %s is there with %s",
                    fields[i].name,
                    fields[i].of_history  ? "history"
                    : fields[i].of_claims ? "a row for each claim"
                                          : "a row for each fact");
  }
  dsr_nearest_start(&race, name);
  for (int i = 0; i < FIELDS; i++) {
    if (applies(t, (field)i)) dsr_nearest_offer(&race, dsr_str_of(fields[i].name));
  }
  for (int i = 0; t->only != NULL && i < t->arity; i++) {
    dsr_str arg = arg_name(t, i, made);
    if (arg.data != made) dsr_nearest_offer(&race, arg);
  }
  if (race.best.len == 0) {
    return dsr_fail(
        error, DSR_EMISUSE, "no column \"%.*s\"; there are relation, args, valid, %s",
        len, name.data,
        t->claims ? "verb, source, locator, kind, speaker, grade, quotation "
                    "and confidence"
                  : "sources, n_claims and trust");
  }
  return dsr_fail(error, DSR_EMISUSE, "no column \"%.*s\"; did you mean %.*s?", len,
                  name.data, (int)race.best.len, race.best.data);
}

static dsr_status add_named(table *t, dsr_str name) {
  char made[16];
  for (int i = 0; i < t->arity; i++) {
    if (dsr_str_eq(arg_name(t, i, made), name)) return add_column(t, FIELD_ARG, i);
  }
  for (int i = 0; i < FIELDS; i++) {
    if (dsr_str_is(name, fields[i].name) && applies(t, (field)i)) {
      return add_field(t, (field)i);
    }
  }
  return no_column(t, name);
}

static dsr_status choose_columns(table *t, const char *list) {
  while (*list != '\0') {
    size_t len = strcspn(list, ",");
    TRY(add_named(t, (dsr_str){list, len}));
    list += len + (list[len] == ',');
  }
  if (t->n > 0) return DSR_OK;
  return dsr_fail(dsr_facts_error(t->how->facts), DSR_EMISUSE, "no columns are named");
}

static dsr_status usual_columns(table *t) {
  for (int i = 0; i < FIELDS; i++) {
    if (!applies(t, (field)i) || i == FIELD_TRUST) continue;
    if (i == FIELD_RELATION && t->only != NULL) continue;
    TRY(add_field(t, (field)i));
  }
  return DSR_OK;
}

/* Which relation it is, where it is one, and how wide the widest is. */
static dsr_status look_at_relations(table *t) {
  const dsr_exporting *how = t->how;
  const dsr_relation *relation;
  int n = 0;
  for (size_t i = 0; (relation = dsr_relation_at(how->facts, i)) != NULL; i++) {
    uint64_t rows;
    bool asked = how->n_relations == 0;
    for (size_t k = 0; k < how->n_relations; k++) {
      asked = asked || how->relations[k] == relation->number;
    }
    TRY(dsr_store_rows(dsr_facts_store(how->facts), relation->number, &rows));
    if (!asked || relation->inverse != 0) continue;
    if (rows == 0 && how->n_relations == 0) continue;
    if (relation->arity > t->arity) t->arity = relation->arity;
    t->only = ++n == 1 ? relation : NULL;
  }
  if (how->n_relations == 0) t->only = NULL;
  return DSR_OK;
}

static void put_heading(table *t) {
  char made[16];
  for (int i = 0; i < t->n; i++) {
    const column *c = &t->columns[i];
    if (i > 0) dsr_pen_bytes(t->pen, ",", 1);
    put(t->pen, c->what == FIELD_ARG ? arg_name(t, c->arg, made)
                                     : dsr_str_of(fields[c->what].name));
  }
  dsr_pen_bytes(t->pen, "\n", 1);
}

dsr_status dsr_export_csv(const dsr_exporting *how) {
  table t = {.how = how, .pen = how->pen};
  t.history = how->options->history != 0;
  t.claims = how->options->claims != 0 || t.history;
  TRY(look_at_relations(&t));
  const char *list = how->options->columns;
  TRY(list != NULL ? choose_columns(&t, list) : usual_columns(&t));
  put_heading(&t);
  dsr_sink sink = {.ud = &t, .fact = write_fact};
  return dsr_outwalk(how, &sink);
}
