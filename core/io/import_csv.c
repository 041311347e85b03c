/*
** import_csv.c - CSV and TSV into a base: which column goes to which seat of a fact.
**
** Where a pattern names columns, the first row has their names, unless the options say
** otherwise.  An empty field, and one that holds what stands for none, is no value.
*/
#include <stdio.h>

#include "ground/text.h"
#include "io/csv.h"
#include "io/tabling.h"

/* A seat of a pattern that a column fills. */
typedef struct binding {
  int pattern, seat;
  size_t column;
} binding;

typedef struct reading {
  dsr_importing *im;
  dsr_input *input;
  dsr_tabling *tabling;
  dsr_csv *csv;
  dsr_csv_row row;
  dsr_str null;
  VEC(binding) bindings;     /* pattern by pattern */
  dsr_cell cells[DSR_SEATS]; /* those of no binding are none */
} reading;

/* ---- columns ---------------------------------------------------------------------- */

static bool names_columns(const reading *r) {
  for (int i = 0; i < dsr_tabling_patterns(r->tabling); i++) {
    const dsr_pattern *pattern = dsr_tabling_pattern(r->tabling, i);
    for (int seat = 0; seat < DSR_SEATS; seat++) {
      if (dsr_pattern_slot(pattern, seat)->kind == DSR_SLOT_COLUMN) return true;
    }
  }
  return false;
}

/* "date, actor 1, ...", as many as there is room for. */
static void list_columns(const dsr_csv_row *row, char *out, size_t size) {
  size_t at = 0;
  out[0] = '\0';
  for (size_t i = 0; i < row->n; i++) {
    int len = row->fields[i].len > 40 ? 40 : (int)row->fields[i].len;
    if (at + (size_t)len + 8 > size) {
      snprintf(out + at, size - at, ", ...");
      return;
    }
    at += (size_t)snprintf(out + at, size - at, "%s%.*s", i > 0 ? ", " : "", len,
                           row->fields[i].data);
  }
}

static dsr_status no_column(reading *r, const dsr_pattern *pattern,
                            const dsr_slot *slot) {
  dsr_nearest race;
  char all[400];
  int len = slot->text.len > 60 ? 60 : (int)slot->text.len;
  dsr_nearest_start(&race, slot->text);
  for (size_t i = 0; i < r->row.n; i++) dsr_nearest_offer(&race, r->row.fields[i]);
  if (race.best.len > 0) {
    return dsr_pattern_fail(pattern, slot->at, r->im->error,
                            "%s has no column \"%.*s\"; did you mean %.*s?",
                            r->im->name, len, slot->text.data, (int)race.best.len,
                            race.best.data);
  }
  list_columns(&r->row, all, sizeof all);
  return dsr_pattern_fail(pattern, slot->at, r->im->error,
                          "%s has no column \"%.*s\"; there are %s; what is the same "
                          "in all rows stands in quotes, 'nato' or \"text\"",
                          r->im->name, len, slot->text.data, all);
}

static dsr_status find_column(reading *r, const dsr_pattern *pattern,
                              const dsr_slot *slot, size_t *out) {
  size_t found = r->row.n;
  for (size_t i = 0; i < r->row.n; i++) {
    if (!dsr_str_eq(dsr_text_trim(r->row.fields[i]), slot->text)) continue;
    if (found < r->row.n) {
      return dsr_pattern_fail(
          pattern, slot->at, r->im->error,
          "%s has two columns \"%.*s\"; by number they are $%zu and "
          "$%zu",
          r->im->name, (int)slot->text.len, slot->text.data, found + 1, i + 1);
    }
    found = i;
  }
  *out = found;
  return found < r->row.n ? DSR_OK : no_column(r, pattern, slot);
}

static dsr_status bind_slot(reading *r, int i, int seat, bool header) {
  const dsr_pattern *pattern = dsr_tabling_pattern(r->tabling, i);
  const dsr_slot *slot = dsr_pattern_slot(pattern, seat);
  binding bound = {i, seat, 0};
  if (slot->kind == DSR_SLOT_COLUMN && !header) {
    return dsr_pattern_fail(pattern, slot->at, r->im->error,
                            "columns have no names without a header; the first is $1");
  }
  if (slot->kind == DSR_SLOT_COLUMN) {
    TRY(find_column(r, pattern, slot, &bound.column));
  } else if (slot->kind == DSR_SLOT_NUMBER) {
    bound.column = (size_t)slot->number - 1;
    if (bound.column >= r->row.n) {
      return dsr_pattern_fail(pattern, slot->at, r->im->error,
                              "%s has %zu column%s, no $%d", r->im->name, r->row.n,
                              r->row.n == 1 ? "" : "s", slot->number);
    }
  } else {
    return DSR_OK;
  }
  return VEC_PUSH(&r->bindings, bound) ? DSR_OK : dsr_fail_memory(r->im->error);
}

static dsr_status bind(reading *r, bool header) {
  for (int i = 0; i < dsr_tabling_patterns(r->tabling); i++) {
    for (int seat = 0; seat < DSR_SEATS; seat++) TRY(bind_slot(r, i, seat, header));
  }
  return dsr_tabling_file(r->tabling, header ? r->row.raw : (dsr_str){"", 0});
}

static dsr_status no_pattern(reading *r) {
  char all[400];
  list_columns(&r->row, all, sizeof all);
  return dsr_fail(r->im->error, DSR_EMISUSE,
                  "%s: what does a row say? --as 'event(subject, object) @ date'; the "
                  "first row has %s",
                  r->im->name, all);
}

/* ---- rows ------------------------------------------------------------------------- */

static dsr_status fail_cell(reading *r, int i, int seat, dsr_status rc,
                            const char *why) {
  const dsr_pattern *pattern = dsr_tabling_pattern(r->tabling, i);
  const dsr_slot *slot = dsr_pattern_slot(pattern, seat);
  size_t column = 0;
  if (slot->kind >= DSR_SLOT_ENTITY) {
    return dsr_pattern_fail(pattern, slot->at, r->im->error, "%s", why);
  }
  for (size_t k = 0; k < r->bindings.len; k++) {
    const binding *bound = &r->bindings.items[k];
    if (bound->pattern == i && bound->seat == seat) column = bound->column;
  }
  if (slot->kind != DSR_SLOT_COLUMN) return dsr_csv_fail(r->csv, column, rc, "%s", why);
  return dsr_csv_fail(r->csv, column, rc, "%.*s: %s",
                      slot->text.len > 60 ? 60 : (int)slot->text.len, slot->text.data,
                      why);
}

static dsr_status take_row(reading *r) {
  char why[DSR_CELL_WHY];
  size_t k = 0;
  int n = dsr_tabling_patterns(r->tabling);
  for (int i = 0; i < n; i++) {
    int seat;
    if (n > 1) memset(r->cells, 0, sizeof r->cells);
    for (; k < r->bindings.len && r->bindings.items[k].pattern == i; k++) {
      const binding *bound = &r->bindings.items[k];
      dsr_str field = r->row.fields[bound->column];
      bool none = field.len == 0 || (r->null.data && dsr_str_eq(field, r->null));
      r->cells[bound->seat].kind = none ? DSR_CELL_NONE : DSR_CELL_PLAIN;
      r->cells[bound->seat].text = field;
    }
    dsr_status rc = dsr_tabling_fact(r->tabling, i, r->cells, &seat, why);
    if (rc == DSR_ENOMEM) return rc;
    if (rc < 0) return fail_cell(r, i, seat, rc, why);
  }
  return DSR_OK;
}

static dsr_status read_rows(reading *r) {
  bool header =
      r->im->options->header > 0 || (r->im->options->header == 0 && names_columns(r));
  dsr_status rc = dsr_csv_next(r->csv, &r->row);
  if (rc < 0 || rc == DSR_DONE) return rc < 0 ? rc : DSR_OK;
  if (dsr_tabling_patterns(r->tabling) == 0) return no_pattern(r);
  TRY(bind(r, header));
  if (header) rc = dsr_csv_next(r->csv, &r->row);
  while (rc != DSR_DONE) {
    if (rc == DSR_ROW) rc = take_row(r);
    TRY(dsr_tabling_row(r->tabling, rc, r->row.raw, r->input));
    rc = dsr_csv_next(r->csv, &r->row);
  }
  return dsr_tabling_file_end(r->tabling);
}

dsr_status dsr_import_csv(dsr_importing *im, dsr_input *input) {
  reading r = {.im = im, .input = input, .null = dsr_str_of(im->options->null)};
  dsr_csv_options how = {.tsv = strcmp(im->format, "tsv") == 0};
  TRY(dsr_tabling_open(im, &r.tabling));
  TRY(dsr_csv_new(input, &how, im->error, &r.csv));
  dsr_status rc = read_rows(&r);
  dsr_csv_free(r.csv);
  VEC_FREE(&r.bindings);
  return rc;
}
