/*
** io_import.c - imports through the public header, with memory failing.
**
**   io_import FILE...   import each file into a new base, with allocation 1, 2, 3, ...
**                              failing until a run gets through; the base is empty until then
**
** Prints what was not as it should be; exit code 1 if anything was.
*/
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dossier.h"
#include "ground/mem.h"

#define CHECK(condition)                                                 \
  do {                                                                   \
    if (!(condition)) {                                                  \
      printf("%s:%d: not so: %s (%s)\n", __FILE__, __LINE__, #condition, \
             base != NULL ? dsr_errmsg(base) : "no base");               \
      exit(1);                                                           \
    }                                                                    \
  } while (0)

static int count_bytes(void *ud, const char *text, size_t len) {
  (void)text;
  *(size_t *)ud += len;
  return 0;
}

static size_t exported(dsr_base *base, const char *format) {
  size_t bytes = 0;
  dsr_export_options how = {.format = format};
  CHECK(dsr_export(base, &how, count_bytes, &bytes) == DSR_OK);
  return bytes;
}

/* Import with the n-th allocation failing: does it get through? */
static int import_failing(dsr_base *base, const char *file, long n) {
  dsr_import_report report = {.rows = -1};
  const char *paths[] = {file};
  dsr_mem_fail_at(n);
  dsr_status rc = dsr_import(base, paths, 1, NULL, &report);
  dsr_mem_fail_at(0);
  CHECK(rc == DSR_OK || rc == DSR_ENOMEM);
  if (rc == DSR_OK) return 1;
  CHECK(report.rows == -1);
  CHECK(strcmp(dsr_errmsg(base), "out of memory") == 0);
  return 0;
}

/* Export with the n-th allocation failing. */
static int export_failing(dsr_base *base, const char *format, long n) {
  size_t bytes = 0;
  dsr_export_options how = {.format = format};
  dsr_mem_fail_at(n);
  dsr_status rc = dsr_export(base, &how, count_bytes, &bytes);
  dsr_mem_fail_at(0);
  CHECK(rc == DSR_OK || rc == DSR_ENOMEM);
  return rc == DSR_OK;
}

static void try_file(const char *file) {
  static const char *const formats[] = {"nt", "nq", "ttl", "trig"};
  dsr_base *base = NULL;
  CHECK(dsr_open(NULL, NULL, &base) == DSR_OK);
  size_t empty = exported(base, "dl");
  long n = 1;
  for (; !import_failing(base, file, n); n++) CHECK(exported(base, "dl") == empty);
  CHECK(exported(base, "dl") > empty);
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
    for (n = 1; !export_failing(base, formats[i], n); n++) CHECK(n < 100000);
  }
  CHECK(dsr_close(base) == DSR_OK);
}

static void misuse(void) {
  dsr_base *base = NULL;
  const char *paths[] = {NULL};
  dsr_import_options how = {.format = "nz"};
  CHECK(dsr_import(NULL, NULL, 0, NULL, NULL) == DSR_EMISUSE);
  CHECK(dsr_open(NULL, NULL, &base) == DSR_OK);
  CHECK(dsr_import(base, NULL, 0, NULL, NULL) == DSR_NOTHING);
  CHECK(dsr_import(base, NULL, 1, NULL, NULL) == DSR_EMISUSE);
  CHECK(dsr_import(base, paths, 1, NULL, NULL) == DSR_EMISUSE);
  paths[0] = "no such file.nt";
  CHECK(dsr_import(base, paths, 1, NULL, NULL) == DSR_EABSENT);
  CHECK(dsr_import(base, paths, 1, &how, NULL) == DSR_EMISUSE);
  CHECK(dsr_begin(base) == DSR_OK);
  CHECK(dsr_import(base, paths, 1, NULL, NULL) == DSR_EABSENT);
  CHECK(dsr_commit(base) == DSR_EABSENT); /* it was doomed */
  CHECK(dsr_close(base) == DSR_OK);
}

int main(int argc, char **argv) {
  misuse();
  for (int i = 1; i < argc; i++) try_file(argv[i]);
  return 0;
}
