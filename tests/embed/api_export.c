/*
** api_export.c - exports from C: every format, stopped by who writes, by who is told how
** far it is, and by an allocation that fails; and loads of a history that fail.
*/
#include <stdlib.h>

#include "check.h"
#include "ground/mem.h"

static const char text[] =
    "relation met(entity, entity) occurs symmetric key(1) phrase \"{1} met {2}\".\n"
    "prefix ex: <http://example.org/>.\n"
    "source s { title: \"S\", kind: report, date: 1994, reliability: b }.\n"
    "source t { derived_from: s }.\n"
    "from s \"1\" { met(b, a) @ 2023-09-28. met(c, a) @ 1994. p(\"x\"@en, 1, 2.5, "
    "1994-02, "
    "true). }\n"
    "p(\"y\", 20, 0.5, 2014-10-01/.., false) from t grade b2 quote \"q\" confidence "
    "0.5.\n"
    "attributed(a) wide('A name', ex:thing). deny met(a, b) @ 2023-09-28 from t.\n"
    "prefer met(a, b) @ 2023-09-28 because \"seen\" by s. label(a, \"Anna\"@en).\n"
    "knows(X) :- met(X, _).  \"{X} is alone\" :- knows(X), not met(X, a).\n";

typedef struct output {
  char *bytes;
  size_t len;
  int pieces; /* taken before it asks to stop; below zero: all */
} output;

static int take(void *ud, const char *data, size_t len) {
  output *out = ud;
  if (out->pieces == 0) return 1;
  out->pieces--;
  char *grown = realloc(out->bytes, out->len + len + 1);
  if (grown == NULL) return 1;
  memcpy(grown + out->len, data, len);
  out->bytes = grown;
  out->len += len;
  grown[out->len] = '\0';
  return 0;
}

/* A base with two transactions and a retraction; NULL where it failed. */
static dsr_base *make(void) {
  dsr_open_options options = {.now = "2026-01-02T03:04:05Z"};
  dsr_base *base;
  if (dsr_open(NULL, &options, &base) < 0) return NULL;
  dsr_status rc = dsr_load(base, "text.dl", text, strlen(text));
  if (rc >= 0) rc = dsr_retract(base, "met(c, a) @ 1994", NULL);
  if (rc >= 0) rc = dsr_add(base, "met(c, a) @ 1994", NULL);
  if (rc >= 0) return base;
  printf("%s\n", dsr_errmsg(base));
  dsr_close(base);
  return NULL;
}

static const dsr_export_options all[] = {
    {.format = NULL},
    {.format = "dl", .history = 1},
    {.format = "csv"},
    {.format = "csv", .claims = 1},
    {.format = "csv", .columns = "args,trust"},
    {.format = "jsonl", .history = 1},
    {.format = "dot"},
};
enum { ALL = sizeof all / sizeof *all };

/* What is exported does not depend on a failure before it. */
static int fails(dsr_base *base, const dsr_export_options *options) {
  output whole = {.pieces = -1};
  CHECK_STATUS(DSR_OK, base, dsr_export(base, options, take, &whole));
  CHECK(whole.len > 0);
  for (long n = 1;; n++) {
    output part = {.pieces = -1};
    dsr_mem_fail_at(n);
    dsr_status rc = dsr_export(base, options, take, &part);
    dsr_mem_fail_at(0);
    int same = rc < 0 || strcmp(part.bytes, whole.bytes) == 0;
    free(part.bytes);
    if (!same) printf("allocation %ld\n", n);
    CHECK(same);
    if (rc >= 0) break;
    CHECK_STATUS(DSR_ENOMEM, base, rc);
    CHECK(n < 100000);
  }
  output none = {.pieces = 0};
  CHECK_STATUS(DSR_ESTOPPED, base, dsr_export(base, options, take, &none));
  free(whole.bytes);
  return 0;
}

/* A fresh handle on the same contents has nothing in its caches yet. */
static int fails_fresh(const dsr_export_options *options) {
  for (long n = 1; n < 4000; n += 7) {
    dsr_base *base = make();
    output part = {.pieces = -1};
    CHECK(base != NULL);
    dsr_mem_fail_at(n);
    dsr_status rc = dsr_export(base, options, take, &part);
    dsr_mem_fail_at(0);
    free(part.bytes);
    CHECK(rc == DSR_OK || rc == DSR_ENOMEM);
    CHECK_STATUS(DSR_OK, base, dsr_close(base));
    if (rc >= 0) break;
  }
  return 0;
}

/* A load of a history in which the n-th allocation fails leaves the base empty. */
static int replays(const char *history) {
  for (long n = 1;; n += 11) {
    dsr_base *base;
    output out = {.pieces = -1};
    dsr_export_options options = {.history = 1};
    CHECK(dsr_open(NULL, NULL, &base) == DSR_OK);
    dsr_mem_fail_at(n);
    dsr_status rc = dsr_load(base, "history.dl", history, strlen(history));
    dsr_mem_fail_at(0);
    CHECK(rc == DSR_OK || rc == DSR_ENOMEM);
    if (rc < 0) {
      CHECK_STATUS(DSR_OK, base, dsr_export(base, &options, take, &out));
      CHECK(out.len == 0);
      CHECK_STATUS(DSR_OK, base,
                   dsr_load(base, "history.dl", history, strlen(history)));
    }
    CHECK_STATUS(DSR_OK, base, dsr_export(base, &options, take, &out));
    CHECK(out.bytes != NULL && strcmp(out.bytes, history) == 0);
    free(out.bytes);
    CHECK_STATUS(DSR_OK, base, dsr_close(base));
    if (rc >= 0) return 0;
  }
}

static int misuse(dsr_base *base) {
  const char *const wrong[] = {"met/3", NULL};
  output out = {.pieces = -1};
  CHECK_STATUS(DSR_EMISUSE, base, dsr_export(base, NULL, NULL, NULL));
  CHECK(dsr_export(NULL, NULL, take, &out) == DSR_EMISUSE);
  dsr_export_options options = {.format = "rtf"};
  CHECK_STATUS(DSR_EMISUSE, base, dsr_export(base, &options, take, &out));
  options = (dsr_export_options){.relations = wrong};
  CHECK_STATUS(DSR_ERELATION, base, dsr_export(base, &options, take, &out));
  options = (dsr_export_options){.columns = "args"};
  CHECK_STATUS(DSR_EMISUSE, base, dsr_export(base, &options, take, &out));
  CHECK(out.len == 0);
  return 0;
}

/* Who is written to cannot change or close what is written. */
static int meddle(void *ud, const char *data, size_t len) {
  dsr_base *base = ud;
  (void)data, (void)len;
  return dsr_add(base, "x(y)", NULL) == DSR_EMISUSE && dsr_close(base) == DSR_EMISUSE
             ? 0
             : 1;
}

int main(void) {
  dsr_base *base = make();
  output history = {.pieces = -1};
  dsr_export_options options = {.history = 1};
  CHECK(base != NULL);
  for (int i = 0; i < ALL; i++) {
    if (fails(base, &all[i]) || fails_fresh(&all[i])) return 1;
  }
  if (misuse(base)) return 1;
  CHECK_STATUS(DSR_OK, base, dsr_export(base, NULL, meddle, base));
  CHECK_STATUS(DSR_OK, base, dsr_export(base, &options, take, &history));
  if (replays(history.bytes)) return 1;
  CHECK_STATUS(DSR_OK, base, dsr_begin(base));
  CHECK_STATUS(DSR_OK, base, dsr_add(base, "open(now)", NULL));
  history.len = 0;
  CHECK_STATUS(DSR_OK, base, dsr_export(base, &options, take, &history));
  CHECK(strstr(history.bytes, "transaction 4 ") != NULL);
  CHECK_STATUS(DSR_OK, base, dsr_rollback(base));
  free(history.bytes);
  CHECK_STATUS(DSR_OK, base, dsr_close(base));
  puts("all exported");
  return 0;
}
