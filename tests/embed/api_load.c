/*
** api_load.c - loading with options: how far it is, being stopped, what is told, trying.
** Its argument is an empty folder to work in.
*/
#include <stdlib.h>

#include "check.h"

static char file[4096], small[4096];

/* What the callbacks were called with. */
typedef struct heard {
  int calls, stop_at;
  int readings, storings, replacings;
  int back; /* steps that were not a part of their total, or went back */
  int64_t done;
  char what[300];
  int notes;
  char note[300];
  int added, retracted;
} heard;

static int progress(void *ud, const char *what, int64_t done, int64_t total) {
  heard *h = ud;
  h->calls++;
  h->readings += strncmp(what, "reading ", 8) == 0;
  h->storings += strcmp(what, "storing") == 0;
  h->replacings += strcmp(what, "replacing") == 0;
  h->back += done < 0 || done > total;
  h->back += strcmp(what, h->what) == 0 && done < h->done;
  h->done = done;
  snprintf(h->what, sizeof h->what, "%s", what);
  return h->stop_at > 0 && h->calls >= h->stop_at;
}

static void note(void *ud, const char *text) {
  heard *h = ud;
  if (h->notes++ == 0) snprintf(h->note, sizeof h->note, "%s", text);
}

static int write_file(const char *path, int facts, const char *rest) {
  FILE *out = fopen(path, "wb");
  if (out == NULL) return 1;
  for (int i = 0; i < facts; i++) {
    fprintf(out, "edge(n%d, n%d).\n", i % 9000, (int)(i * 7919LL % 9001));
  }
  fputs(rest, out);
  return fclose(out);
}

/* Answers to a query; below zero a status. */
static int rows(dsr_base *base, const char *text) {
  dsr_query *query;
  int n = 0;
  dsr_status rc = dsr_prepare(base, text, &query);
  if (rc < 0) return rc;
  while ((rc = dsr_step(query)) == DSR_ROW) n++;
  dsr_finalize(query);
  return rc < 0 ? (int)rc : n;
}

static const char *const big[] = {file}, *const little[] = {small};

/* A file is made so large that reading and storing it take more than a second. */
static int of_progress(dsr_base *base) {
  heard h = {0};
  dsr_load_report report;
  dsr_load_options options = {.progress = progress, .ud = &h, .dry_run = 1};
  CHECK_STATUS(DSR_OK, base, dsr_load_with(base, little, 1, &options, &report));
  CHECK(h.calls == 0); /* that was done in no time */
  for (int facts = 100000; h.calls < 5; facts *= 2) {
    h = (heard){0};
    CHECK(write_file(file, facts, "") == 0);
    CHECK_STATUS(DSR_OK, base, dsr_load_with(base, big, 1, &options, &report));
    CHECK(report.added == facts && report.retracted == 0);
  }
  CHECK(h.back == 0);
  CHECK(h.readings + h.storings == h.calls);
  return 0;
}

/* The host ends a load early and late; everything is as it was. */
static int of_stopping(dsr_base *base) {
  heard h = {0};
  dsr_load_report report = {.added = -7};
  dsr_load_options options = {.progress = progress, .ud = &h, .replace = 1};
  for (h.stop_at = 1; h.stop_at <= 3; h.stop_at++) {
    h.calls = 0;
    CHECK_STATUS(DSR_ESTOPPED, base, dsr_load_with(base, big, 1, &options, &report));
    CHECK(h.calls == h.stop_at && report.added == -7);
    CHECK(strstr(dsr_errmsg(base), "stopped; nothing was changed") != NULL);
    CHECK(rows(base, "small(X)") == 3);
    CHECK(rows(base, "edge(X, Y)") == DSR_ERELATION);
  }
  CHECK_STATUS(DSR_OK, base, dsr_begin(base));
  CHECK_STATUS(DSR_OK, base, dsr_add(base, "small(d)", NULL));
  h.calls = 0;
  h.stop_at = 1;
  CHECK_STATUS(DSR_ESTOPPED, base, dsr_load_with(base, big, 1, &options, NULL));
  CHECK(dsr_commit(base) == DSR_ESTOPPED); /* it is doomed, as by any failing load */
  CHECK(rows(base, "small(X)") == 3);
  return 0;
}

static int of_notes(dsr_base *base) {
  heard h = {0};
  dsr_load_report report;
  dsr_load_options options = {.note = note, .ud = &h};
  CHECK(write_file(small, 0,
                   "small(a). small(b). small(c).\n"
                   "label(a, \"\xc3\xa9\"). retract small(z). % none\n"
                   "retract small(x). retract small(y).\n") == 0);
  CHECK_STATUS(DSR_OK, base, dsr_load_with(base, little, 1, &options, &report));
  CHECK(report.idle == 3 && h.notes == 3 && report.added == 1);
  const char *words = ":2:16: nothing to retract: retract small(z). % none";
  CHECK(strstr(h.note, words) != NULL);
  CHECK(strncmp(h.note, small, strlen(small)) == 0);
  CHECK_STATUS(DSR_OK, base, dsr_load_with(base, little, 1, NULL, NULL));
  return 0;
}

/* Of many only the first are told, of all the number. */
static int of_many_notes(dsr_base *base) {
  heard h = {0};
  dsr_load_report report;
  dsr_load_options options = {.note = note, .ud = &h, .dry_run = 1};
  FILE *out = fopen(small, "wb");
  CHECK(out != NULL);
  for (int i = 0; i < 500; i++) fprintf(out, "retract small(none%d).\n", i);
  CHECK(fclose(out) == 0);
  CHECK_STATUS(DSR_OK, base, dsr_load_with(base, little, 1, &options, &report));
  CHECK(report.idle == 500 && h.notes == 10);
  return 0;
}

static int of_misuse(dsr_base *base) {
  dsr_load_options dry = {.dry_run = 1};
  dsr_load_report report = {.added = -7};
  CHECK_STATUS(DSR_NOTHING, base, dsr_load_with(base, NULL, 0, &dry, &report));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_load_with(base, NULL, 1, &dry, &report));
  CHECK_STATUS(DSR_OK, base, dsr_begin(base));
  CHECK_STATUS(DSR_EUNSUPPORTED, base, dsr_load_with(base, little, 1, &dry, &report));
  CHECK_STATUS(DSR_OK, base, dsr_add(base, "small(e)", NULL)); /* it is not doomed */
  CHECK_STATUS(DSR_OK, base, dsr_rollback(base));
  CHECK(report.added == -7);
  return 0;
}

static void watch(void *ud, int change, dsr_str claim) {
  heard *h = ud;
  if (claim.len == 0) return;
  h->added += change > 0;
  h->retracted += change < 0;
}

/* A watcher is told of what a replacement closes, a dry run's too. */
static int of_watching(dsr_base *base) {
  heard h = {0};
  dsr_load_options options = {.replace = 1, .dry_run = 1};
  CHECK(write_file(small, 0, "small(b). small(new).") == 0);
  CHECK_STATUS(DSR_OK, base, dsr_watch(base, watch, &h));
  CHECK_STATUS(DSR_OK, base, dsr_load_with(base, little, 1, &options, NULL));
  CHECK(h.added == 1 && h.retracted == 3);
  CHECK_STATUS(DSR_OK, base, dsr_watch(base, NULL, NULL));
  CHECK(rows(base, "small(X)") == 3 && dsr_changes(base) == 0);
  options.dry_run = 0;
  CHECK_STATUS(DSR_OK, base, dsr_load_with(base, little, 1, &options, NULL));
  CHECK(rows(base, "small(X)") == 2 && dsr_changes(base) == 4);
  return 0;
}

int main(int argc, char **argv) {
  char path[4096];
  dsr_base *base;
  CHECK(argc == 2);
  snprintf(path, sizeof path, "%s/load.kb", argv[1]);
  snprintf(file, sizeof file, "%s/big.dl", argv[1]);
  snprintf(small, sizeof small, "%s/small.dl", argv[1]);
  CHECK(write_file(small, 0, "small(a). small(b). small(c).") == 0);
  CHECK(dsr_open(path, NULL, &base) == DSR_OK);
  if (of_progress(base)) return 1;
  CHECK_STATUS(DSR_OK, base, dsr_load_files(base, little, 1));
  if (of_stopping(base) || of_notes(base) || of_watching(base)) return 1;
  if (of_many_notes(base) || of_misuse(base)) return 1;
  CHECK_STATUS(DSR_OK, base, dsr_close(base));
  puts("all loaded");
  return 0;
}
