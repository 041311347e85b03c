/*
** answer.c - what dossier.h promises of queries: prepare, bind, step, column.
**
** A query keeps the plan and, for the row it stands on, what each column's word means.
** Words that stand for symbols are looked up when the row comes, so that a damaged file
** is told by dsr_step() and not met in a column; numbers and days are spelled only when
** they are asked for, into room of their own.
**
** Cost: one look-up a column and row beside the plan's own work.
*/
#include <inttypes.h>
#include <stdio.h>

#include "api/api.h"
#include "ground/text.h"

/* A column of the row at hand. */
typedef struct cell {
  dsr_value value;             /* of an interned word; else only its type is set */
  double number;               /* of an interned word; 0 where it is no number */
  dsr_word word;               /* DSR_WORD_NONE: nothing here */
  char spelled[DSR_WORD_TEXT]; /* of other words, and of wide numbers */
} cell;

struct dsr_query {
  dsr_base *base;
  dsr_plan *plan;
  dsr_arena arena;    /* the names */
  dsr_status reached; /* DSR_OK: no step yet; else what the last step gave */
  int columns;
  const char **names;
  cell *cells;
};

/* ---- preparing ------------------------------------------------------------------ */

static dsr_status name_columns(dsr_query *query) {
  size_t n = (size_t)query->columns;
  query->names = dsr_arena_alloc(&query->arena, (n + 1) * sizeof *query->names);
  query->cells = dsr_arena_alloc(&query->arena, (n + 1) * sizeof *query->cells);
  if (query->names == NULL || query->cells == NULL) {
    return dsr_fail_memory(query->base->error);
  }
  for (int i = 0; i < query->columns; i++) {
    dsr_str name = dsr_arena_str(&query->arena, dsr_plan_column(query->plan, i));
    if (name.data == NULL) return dsr_fail_memory(query->base->error);
    query->names[i] = name.data;
  }
  return DSR_OK;
}

dsr_status dsr_prepare(dsr_base *base, const char *text, dsr_query **out) {
  TRY(dsr_api_enter(base));
  if (text == NULL || out == NULL) {
    return dsr_api_misuse(base, "a query needs its text and a place to be written to");
  }
  dsr_query *query = dsr_alloc(sizeof *query);
  if (query == NULL) return dsr_fail_memory(base->error);
  query->base = base;
  dsr_status rc = dsr_base_prepare(base, dsr_str_of(text), &query->plan);
  if (rc < 0) {
    dsr_free(query);
    return rc;
  }
  query->columns = dsr_plan_columns(query->plan);
  rc = name_columns(query);
  if (rc < 0) {
    dsr_finalize(query);
    return rc;
  }
  *out = query;
  return DSR_OK;
}

const char *dsr_query_warning(dsr_query *query) {
  return query == NULL ? "" : dsr_plan_warning(query->plan);
}

void dsr_finalize(dsr_query *query) {
  if (query == NULL) return;
  dsr_base_plan_free(query->base, query->plan);
  dsr_arena_free(&query->arena);
  dsr_free(query);
}

/* ---- parameters ----------------------------------------------------------------- */

/* A parameter that a host names, with or without its $. */
typedef struct parameter {
  dsr_str name;
  dsr_domain asks; /* what its places ask for */
} parameter;

static dsr_status find_parameter(dsr_query *query, const char *name, parameter *out) {
  if (query == NULL) return DSR_EMISUSE;
  TRY(dsr_api_enter(query->base));
  if (name == NULL) return dsr_api_misuse(query->base, "the parameter has no name");
  dsr_str wanted = dsr_str_of(name[0] == '$' ? name + 1 : name);
  dsr_nearest race;
  dsr_nearest_start(&race, wanted);
  for (int i = 0; i < dsr_plan_parameters(query->plan); i++) {
    dsr_str have = dsr_plan_parameter(query->plan, i);
    if (dsr_str_eq(have, wanted)) {
      *out = (parameter){have, dsr_plan_parameter_domain(query->plan, i)};
      return DSR_OK;
    }
    dsr_nearest_offer(&race, have);
  }
  if (race.best.len == 0) {
    return dsr_fail(query->base->error, DSR_EMISUSE, "the query has no parameter $%.*s",
                    (int)wanted.len, wanted.data);
  }
  return dsr_fail(query->base->error, DSR_EMISUSE,
                  "the query has no parameter $%.*s; did you mean $%.*s?",
                  (int)wanted.len, wanted.data, (int)race.best.len, race.best.data);
}

static dsr_status wrong_type(dsr_query *query, const parameter *p, const char *came) {
  return dsr_fail(query->base->error, DSR_ETYPE, "$%.*s asks for %s; came %s",
                  (int)p->name.len, p->name.data, dsr_domain_word(p->asks), came);
}

/* Be ready to look symbols up for the parameter `name`. */
static dsr_status start_bind(dsr_query *query, const char *name, parameter *out) {
  TRY(find_parameter(query, name, out));
  if (query->reached != DSR_OK) {
    return dsr_api_misuse(query->base,
                          "the query has stepped; reset it before binding");
  }
  return dsr_facts_read(query->base->facts, false);
}

static dsr_symbols *symbols_of(dsr_query *query) {
  return dsr_facts_symbols(query->base->facts);
}

dsr_status dsr_bind_int(dsr_query *query, const char *name, int64_t value) {
  parameter p;
  dsr_word word;
  TRY(start_bind(query, name, &p));
  if (p.asks == DSR_COL_BOOL && (value == 0 || value == 1)) {
    return dsr_plan_bind(query->plan, p.name, dsr_word_bool(value == 1));
  }
  if (p.asks != DSR_COL_ANY && p.asks != DSR_COL_INT && p.asks != DSR_COL_NUMBER) {
    return wrong_type(query, &p, "an integer");
  }
  TRY(dsr_int_word(symbols_of(query), value, DSR_INTERN_TEMP, &word));
  return dsr_plan_bind(query->plan, p.name, word);
}

dsr_status dsr_bind_double(dsr_query *query, const char *name, double value) {
  parameter p;
  dsr_word word;
  TRY(start_bind(query, name, &p));
  if (p.asks != DSR_COL_ANY && p.asks != DSR_COL_NUMBER) {
    return wrong_type(query, &p, "a decimal");
  }
  TRY(dsr_double_word(symbols_of(query), value, DSR_INTERN_TEMP, &word));
  return dsr_plan_bind(query->plan, p.name, word);
}

dsr_status dsr_bind_text(dsr_query *query, const char *name, const char *value) {
  parameter p;
  TRY(start_bind(query, name, &p));
  if (value == NULL) return dsr_api_misuse(query->base, "the text to bind is NULL");
  return dsr_plan_bind_text(query->plan, p.name, dsr_str_of(value));
}

dsr_status dsr_bind_time(dsr_query *query, const char *name, const char *edtf) {
  parameter p;
  dsr_word word;
  TRY(start_bind(query, name, &p));
  if (edtf == NULL) return dsr_api_misuse(query->base, "the time to bind is NULL");
  if (p.asks != DSR_COL_ANY && p.asks != DSR_COL_TIME) {
    return wrong_type(query, &p, "a time");
  }
  TRY(dsr_time_word(symbols_of(query), dsr_str_of(edtf), DSR_INTERN_TEMP, &word));
  return dsr_plan_bind(query->plan, p.name, word);
}

dsr_status dsr_bind_entity(dsr_query *query, const char *name, const char *id) {
  parameter p;
  dsr_word word;
  TRY(start_bind(query, name, &p));
  if (id == NULL || id[0] == '\0') {
    return dsr_api_misuse(query->base, "the entity to bind has no identifier");
  }
  if (p.asks != DSR_COL_ANY && p.asks != DSR_COL_ENTITY) {
    return wrong_type(query, &p, "an entity");
  }
  TRY(dsr_symbols_temp(symbols_of(query), DSR_SYM_ENTITY, dsr_str_of(id), &word));
  return dsr_plan_bind(query->plan, p.name, word);
}

/* ---- stepping ------------------------------------------------------------------- */

static const dsr_type type_of_tag[] = {
    [DSR_TAG_NONE] = DSR_NULL, [DSR_TAG_BOOL] = DSR_BOOL,
    [DSR_TAG_INT] = DSR_INT,   [DSR_TAG_DECIMAL] = DSR_DECIMAL,
    [DSR_TAG_DAY] = DSR_TIME,  [DSR_TAG_ENTITY] = DSR_ENTITY,
    [DSR_TAG_TEXT] = DSR_TEXT, [DSR_TAG_OTHER] = DSR_NULL,
};

/* Take what a row's words mean. */
static dsr_status take_row(dsr_query *query, const dsr_word *row) {
  for (int i = 0; i < query->columns; i++) {
    cell *at = &query->cells[i];
    at->word = row[i];
    at->spelled[0] = '\0';
    at->value.type = type_of_tag[dsr_word_tag(row[i])];
    if (dsr_word_interned(row[i])) {
      TRY(dsr_word_value(symbols_of(query), row[i], at->spelled, &at->value));
      at->number = 0;
      dsr_word_double(symbols_of(query), row[i], &at->number);
    }
  }
  return DSR_OK;
}

dsr_status dsr_step(dsr_query *query) {
  const dsr_word *row = NULL;
  if (query == NULL) return DSR_EMISUSE;
  /* Past the end, or after a failure, until a reset; the words of the failure stay. */
  if (query->reached < 0 || query->reached == DSR_DONE) return query->reached;
  TRY(dsr_api_enter(query->base));
  query->reached = dsr_plan_step(query->plan, &row);
  if (query->reached != DSR_ROW) return query->reached;
  dsr_status rc = take_row(query, row);
  if (rc < 0) query->reached = rc;
  return query->reached;
}

dsr_status dsr_reset(dsr_query *query) {
  if (query == NULL) return DSR_EMISUSE;
  TRY(dsr_api_enter(query->base));
  dsr_plan_reset(query->plan);
  query->reached = DSR_OK;
  return DSR_OK;
}

/* ---- counting, explaining --------------------------------------------------------- */

dsr_status dsr_count(dsr_query *query, int64_t *out) {
  uint64_t n;
  if (query == NULL) return DSR_EMISUSE;
  TRY(dsr_api_enter(query->base));
  if (out == NULL)
    return dsr_api_misuse(query->base, "there is no place for the count");
  query->reached = DSR_OK;
  TRY(dsr_plan_count(query->plan, &n));
  *out = (int64_t)n;
  return DSR_OK;
}

dsr_status dsr_explain(dsr_query *query, dsr_str *out) {
  if (query == NULL) return DSR_EMISUSE;
  TRY(dsr_api_enter(query->base));
  if (out == NULL) return dsr_api_misuse(query->base, "there is no place for the plan");
  query->reached = DSR_OK;
  return dsr_plan_explain(query->plan, out);
}

int64_t dsr_tuples_kept(const dsr_query *query) {
  return query == NULL ? 0 : (int64_t)dsr_plan_kept(query->plan);
}

int64_t dsr_tuples_read(const dsr_query *query) {
  return query == NULL ? 0 : (int64_t)dsr_plan_read(query->plan);
}

/* ---- tables, limits --------------------------------------------------------------- */

dsr_status dsr_attach_table(dsr_base *base, const char *name, const char *path) {
  TRY(dsr_api_enter(base));
  if (name == NULL || name[0] == '\0' || path == NULL || path[0] == '\0') {
    return dsr_api_misuse(base, "a table has a name and a path");
  }
  return dsr_base_table(base, dsr_str_of(name), path);
}

dsr_status dsr_limit(dsr_base *base, const dsr_limits *limits) {
  TRY(dsr_api_enter(base));
  dsr_limits usual = {0, 0, 0};
  if (limits == NULL) limits = &usual;
  dsr_base_limit(base, limits->tuples, limits->bytes, limits->milliseconds);
  return DSR_OK;
}

dsr_status dsr_threads(dsr_base *base, int n) {
  TRY(dsr_api_enter(base));
  if (n < 1 || n > DSR_THREADS_MOST) {
    return dsr_api_misuse(base, "threads are 1 to 64");
  }
  dsr_base_root(base)->realm.bounds.threads = n;
  return DSR_OK;
}

dsr_status dsr_on_progress(dsr_base *base, dsr_progress progress, void *ud) {
  TRY(dsr_api_enter(base));
  dsr_bounds *bounds = &dsr_base_root(base)->realm.bounds;
  bounds->progress = progress;
  bounds->ud = ud;
  return DSR_OK;
}

void dsr_interrupt(dsr_base *base) {
  if (base != NULL) dsr_base_root(base)->realm.stop = 1;
}

/* ---- columns -------------------------------------------------------------------- */

int dsr_column_count(const dsr_query *query) {
  return query == NULL ? 0 : query->columns;
}

const char *dsr_column_name(const dsr_query *query, int i) {
  return query == NULL || i < 0 || i >= query->columns ? "" : query->names[i];
}

/* Column `i` of the row at hand; NULL where there is none. */
static cell *cell_at(const dsr_query *query, int i) {
  if (query == NULL || query->reached != DSR_ROW) return NULL;
  return i < 0 || i >= query->columns ? NULL : &query->cells[i];
}

dsr_type dsr_column_type(const dsr_query *query, int i) {
  const cell *at = cell_at(query, i);
  return at == NULL ? DSR_NULL : at->value.type;
}

int64_t dsr_column_int(const dsr_query *query, int i) {
  const cell *at = cell_at(query, i);
  if (at == NULL) return 0;
  switch (dsr_word_tag(at->word)) {
    case DSR_TAG_BOOL:
      return (int64_t)dsr_word_payload(at->word);
    case DSR_TAG_INT:
      return dsr_word_signed(at->word);
    default:
      return at->value.type == DSR_INT ? at->value.integer : 0;
  }
}

double dsr_column_double(const dsr_query *query, int i) {
  const cell *at = cell_at(query, i);
  double value = 0;
  if (at == NULL) return 0;
  if (dsr_word_interned(at->word)) return at->number; /* a rollback may take the word */
  dsr_symbols *symbols = dsr_facts_symbols(query->base->facts);
  return dsr_word_double(symbols, at->word, &value) ? value : 0;
}

/* The language's form of a value that has no text of its own. */
static dsr_str spell(cell *at) {
  if (at->word == DSR_WORD_NONE) return (dsr_str){NULL, 0};
  if (at->spelled[0] == '\0' && dsr_word_interned(at->word)) {
    snprintf(at->spelled, sizeof at->spelled, "%" PRId64, at->value.integer);
  } else if (at->spelled[0] == '\0') {
    dsr_word_format(at->word, at->spelled);
  }
  return dsr_str_of(at->spelled);
}

dsr_str dsr_column_text(const dsr_query *query, int i) {
  cell *at = cell_at(query, i);
  if (at == NULL) return (dsr_str){NULL, 0};
  bool own = dsr_word_interned(at->word) && at->value.type != DSR_INT;
  return own ? at->value.text : spell(at);
}

dsr_str dsr_column_lang(const dsr_query *query, int i) {
  const cell *at = cell_at(query, i);
  if (at == NULL || at->value.type != DSR_TEXT) return (dsr_str){NULL, 0};
  return at->value.lang;
}

/* The text of column `i` where its value is of `type`. */
static dsr_str text_if(const dsr_query *query, int i, dsr_type type) {
  if (dsr_column_type(query, i) != type) return (dsr_str){NULL, 0};
  return dsr_column_text(query, i);
}

dsr_str dsr_column_time(const dsr_query *query, int i) {
  return text_if(query, i, DSR_TIME);
}

dsr_str dsr_column_entity(const dsr_query *query, int i) {
  return text_if(query, i, DSR_ENTITY);
}
