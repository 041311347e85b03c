/*
** import.c - what is asked of an import, and the formats that there are.
**
** Files are read in the order given, into one bulk load.  The words of a failure within a
** file are the reader's; whatever fails, the transaction is lost, and it is the caller who
** takes it back.
*/
#include "io/import.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "ground/text.h"
#include "io/tabling.h"

typedef struct format {
  const char *name;
  const char *endings; /* of files, each with a dot before it and behind the last */
  dsr_status (*read)(dsr_importing *im, dsr_input *input);
} format;

static const format formats[] = {
    {"nt", ".nt.ntriples.", dsr_import_nt},
    {"nq", ".nq.nquads.", dsr_import_nq},
    {"ttl", ".ttl.turtle.", dsr_import_ttl},
    {"trig", ".trig.", dsr_import_trig},
    {"csv", ".csv.", dsr_import_csv},
    {"tsv", ".tsv.tab.", dsr_import_csv},
    {"jsonl", ".jsonl.ndjson.", dsr_import_jsonl},
};
enum { N_FORMATS = sizeof formats / sizeof *formats, ALL_MOST = 256 };

/* ---- for readers ------------------------------------------------------------------ */

dsr_status dsr_import_step(dsr_importing *im, const dsr_input *input) {
  return dsr_pace_step(&im->pace, dsr_input_done(input), dsr_input_total(input));
}

void dsr_import_note(dsr_importing *im, const char *words, ...) {
  char text[512];
  va_list list;
  if (im->options->note == NULL) return;
  va_start(list, words);
  vsnprintf(text, sizeof text, words, list);
  va_end(list);
  im->options->note(im->options->ud, text);
}

dsr_status dsr_import_source(dsr_importing *im, dsr_word source) {
  bool declared;
  dsr_claim_row claim = {.verb = DSR_ASSERTS, .source = source};
  TRY(dsr_source_declared(im->facts, source, &declared));
  if (!declared) {
    dsr_claim_row plain = {.verb = DSR_ASSERTS};
    plain.source = dsr_facts_base_source(im->facts);
    TRY(dsr_bulk_claim(im->bulk, &plain));
    TRY(dsr_bulk_put(im->bulk, DSR_REL_SOURCE, &source, DSR_WORD_NONE));
    im->report->sources++;
  }
  return dsr_bulk_claim(im->bulk, &claim);
}

/* ---- formats ---------------------------------------------------------------------- */

static void all_formats(char out[ALL_MOST]) {
  size_t len = 0;
  for (int i = 0; i < N_FORMATS; i++) {
    int n =
        snprintf(out + len, ALL_MOST - len, "%s%s", i > 0 ? ", " : "", formats[i].name);
    if (n < 0 || (size_t)n >= ALL_MOST - len) return;
    len += (size_t)n;
  }
}

static const format *format_named(dsr_str name) {
  for (int i = 0; i < N_FORMATS; i++) {
    if (dsr_str_is(name, formats[i].name)) return &formats[i];
  }
  return NULL;
}

static dsr_status no_format(dsr_error *error, const char *name) {
  dsr_nearest race;
  char all[ALL_MOST];
  dsr_nearest_start(&race, dsr_str_of(name));
  for (int i = 0; i < N_FORMATS; i++) {
    dsr_nearest_offer(&race, dsr_str_of(formats[i].name));
  }
  if (race.best.len > 0) {
    return dsr_fail(error, DSR_EMISUSE, "no format \"%.40s\"; did you mean %.*s?", name,
                    (int)race.best.len, race.best.data);
  }
  all_formats(all);
  return dsr_fail(error, DSR_EMISUSE, "no format \"%.40s\"; there are %s", name, all);
}

/* The ending of a path, what packed it left out; none: it has none. */
static dsr_str ending_of(const char *path) {
  const char *slash = strrchr(path, '/');
  dsr_str name = dsr_str_of(slash != NULL ? slash + 1 : path);
  static const char *const packed[] = {".gz", ".zst", ".zstd"};
  for (size_t i = 0; i < sizeof packed / sizeof *packed; i++) {
    size_t len = strlen(packed[i]);
    if (name.len <= len) continue;
    if (strncasecmp(name.data + name.len - len, packed[i], len) != 0) continue;
    name.len -= len;
    break;
  }
  size_t at = name.len;
  while (at > 0 && name.data[at - 1] != '.') at--;
  return at > 0 ? (dsr_str){name.data + at, name.len - at} : (dsr_str){NULL, 0};
}

static const format *format_of(const char *path) {
  dsr_str ending = ending_of(path);
  for (int i = 0; ending.len > 0 && i < N_FORMATS; i++) {
    const char *at = formats[i].endings;
    for (; at[1] != '\0'; at = strchr(at + 1, '.')) {
      if (strncasecmp(at + 1, ending.data, ending.len) != 0) continue;
      if (at[1 + ending.len] == '.') return &formats[i];
    }
  }
  return NULL;
}

static dsr_status find_format(dsr_importing *im, const char *path, const format **out) {
  char all[ALL_MOST];
  const char *asked = im->options->format;
  *out = asked != NULL ? format_named(dsr_str_of(asked)) : format_of(path);
  if (*out != NULL) return DSR_OK;
  if (asked != NULL) return no_format(im->error, asked);
  if (dsr_str_eq(ending_of(path), dsr_str_of("dl"))) {
    return dsr_fail(im->error, DSR_EMISUSE,
                    "%s: files in the language are loaded, not imported: dossier load",
                    path);
  }
  all_formats(all);
  return dsr_fail(im->error, DSR_EMISUSE,
                  "%s: which format? its name does not tell; say one: %s",
                  strcmp(path, "-") == 0 ? "stdin" : path, all);
}

/* ---- importing -------------------------------------------------------------------- */

static dsr_status set_source(dsr_importing *im) {
  const char *name = im->options->source;
  im->source = dsr_facts_base_source(im->facts);
  if (name != NULL) {
    TRY(dsr_bulk_name(im->bulk, DSR_SYM_ENTITY, dsr_str_of(name), &im->source));
  }
  return dsr_import_source(im, im->source);
}

static dsr_status read_file(dsr_importing *im, const char *path) {
  dsr_input *input;
  const format *is;
  TRY(find_format(im, path, &is));
  TRY(dsr_input_open(path, im->error, &input));
  dsr_input_heed(input, &im->pace);
  im->name = dsr_input_name(input);
  im->format = is->name;
  dsr_pace_turn(&im->pace, "reading", im->name);
  dsr_status rc = is->read(im, input);
  int64_t done = dsr_input_done(input);
  im->report->bytes += done > 0 ? done : 0;
  dsr_input_close(input);
  return rc;
}

static dsr_status read_files(dsr_importing *im, const char *const *paths, int n) {
  TRY(set_source(im));
  for (int i = 0; i < n; i++) {
    TRY(dsr_import_source(im, im->source));
    TRY(read_file(im, paths[i]));
  }
  TRY(dsr_bulk_finish(im->bulk));
  return im->tabling ? dsr_tabling_finish(im->tabling) : DSR_OK;
}

dsr_status dsr_facts_import(dsr_facts *facts, const char *const *paths, int n,
                            const dsr_import_options *options,
                            dsr_import_report *report) {
  dsr_importing im = {.facts = facts, .options = options, .report = report};
  dsr_bulk_options how = {
      .pace = &im.pace,
      .memory = options->memory_mb > 0 ? (size_t)options->memory_mb << 20 : 0};
  const format *is;
  im.error = dsr_facts_error(facts);
  for (int i = 0; i < n; i++) TRY(find_format(&im, paths[i], &is));
  dsr_pace_start(&im.pace, options->progress, options->ud, im.error);
  int64_t opened = dsr_facts_opened(facts);
  TRY(dsr_bulk_open(facts, &how, &im.bulk));
  dsr_status rc = read_files(&im, paths, n);
  if (rc < 0) dsr_facts_doom(facts, rc); /* with these words, not those of the drop */
  dsr_error why = *im.error;
  dsr_bulk_drop(im.bulk);
  dsr_tabling_close(im.tabling, rc);
  VEC_FREE(&im.prefixes);
  if (rc < 0) *im.error = why;
  report->claims = dsr_facts_opened(facts) - opened;
  return rc;
}
