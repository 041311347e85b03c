/*
** eval_table.c - tables read into stored extents, as a specification asks for them.
**
**   eval_table FILE          what is in it: types, lines, tuples in order of their
**                            numbers, each value behind what it is
**   eval_table count FILE    types, lines and tuples alone, and the milliseconds
**   eval_table width FILE    the fields of its first line
**   eval_table stop FILE     reads it and is told to stop
**   eval_table faults FILE   reads it with each allocation failing in turn
**
** Errors go to standard output, "status: words"; exit code 1 then.
*/
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "eval/table.h"
#include "ground/mem.h"

enum { FAULTS_MOST = 5000, PIECE = 64 };

typedef struct loaded {
  dsr_symbols *symbols;
  dsr_numbers *numbers;
  dsr_table_shape shape;
  dsr_extent *extent;
} loaded;

static void unload(loaded *it) {
  dsr_extent_free(it->extent);
  dsr_numbers_free(it->numbers);
  dsr_symbols_free(it->symbols);
}

static dsr_status load(const char *path, const volatile int *stop, dsr_error *error,
                       loaded *it) {
  *it = (loaded){0};
  TRY(dsr_symbols_new(NULL, 1, error, &it->symbols));
  TRY(dsr_numbers_new(error, &it->numbers));
  return dsr_table_read(path, it->symbols, it->numbers, stop, error, &it->shape,
                        &it->extent);
}

static const char *type_name(dsr_field_type type) {
  static const char *const names[] = {"bool", "int",    "decimal",
                                      "time", "entity", "text"};
  return names[type];
}

static dsr_status print_shape(const loaded *it) {
  uint64_t count;
  TRY(dsr_extent_count(it->extent, &count));
  printf("%d:", it->shape.width);
  for (int c = 0; c < it->shape.width; c++) {
    printf(" %s", type_name(it->shape.types[c]));
  }
  printf("\n%llu lines, %llu tuples\n", (unsigned long long)it->shape.lines,
         (unsigned long long)count);
  return DSR_OK;
}

static dsr_status print_number(const loaded *it, uint32_t number) {
  static const char *const kinds[] = {"null", "bool",   "int", "decimal",
                                      "time", "entity", "text"};
  char scratch[DSR_WORD_TEXT];
  dsr_value value;
  TRY(dsr_word_value(it->symbols, dsr_numbers_word(it->numbers, number), scratch,
                     &value));
  printf("%s:%.*s", kinds[value.type], (int)value.text.len, value.text.data);
  return DSR_OK;
}

static dsr_status print_tuples(const loaded *it) {
  static uint32_t pieces[DSR_WIDTH_MAX][PIECE];
  uint32_t *columns[DSR_WIDTH_MAX];
  dsr_walk walk;
  size_t n;
  for (int c = 0; c < DSR_WIDTH_MAX; c++) columns[c] = pieces[c];
  TRY(dsr_walk_start(&walk, it->extent));
  for (;;) {
    TRY(dsr_walk_next(&walk, columns, PIECE, &n));
    if (n == 0) return DSR_OK;
    for (size_t i = 0; i < n; i++) {
      for (int c = 0; c < it->shape.width; c++) {
        TRY(print_number(it, pieces[c][i]));
        putchar(c + 1 < it->shape.width ? '\t' : '\n');
      }
    }
  }
}

static int told(dsr_status rc, const dsr_error *error) {
  if (rc >= 0) return 0;
  printf("%s: %s\n", dsr_status_text(rc), error->text);
  return 1;
}

static int show(const char *path, dsr_error *error) {
  loaded it;
  dsr_status rc = load(path, NULL, error, &it);
  if (rc == DSR_OK) rc = print_shape(&it);
  if (rc == DSR_OK) rc = print_tuples(&it);
  unload(&it);
  return told(rc, error);
}

static double now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return (double)at.tv_sec * 1e3 + (double)at.tv_nsec / 1e6;
}

static int count(const char *path, dsr_error *error) {
  loaded it;
  double start = now();
  dsr_status rc = load(path, NULL, error, &it);
  double read = now();
  if (rc == DSR_OK) rc = print_shape(&it);
  printf("read in %.1f ms, sorted in %.1f ms\n", read - start, now() - read);
  unload(&it);
  return told(rc, error);
}

static int width(const char *path, dsr_error *error) {
  int out = -1;
  dsr_status rc = dsr_table_width(path, error, &out);
  if (rc >= 0) printf("%d\n", out);
  return told(rc, error);
}

static int stop(const char *path, dsr_error *error) {
  static const volatile int stopped = 1;
  loaded it;
  dsr_status rc = load(path, &stopped, error, &it);
  unload(&it);
  return told(rc, error);
}

/* Either all is read, or the status is DSR_ENOMEM and nothing came of it. */
static int faults(const char *path, dsr_error *error) {
  int failed = 0;
  for (long n = 1; n < FAULTS_MOST; n++) {
    loaded it;
    dsr_mem_fail_at(n);
    dsr_status rc = load(path, NULL, error, &it);
    dsr_mem_fail_at(0);
    if (rc < 0 && (rc != DSR_ENOMEM || it.extent)) {
      printf("allocation %ld: ", n);
      unload(&it);
      return told(rc, error);
    }
    unload(&it);
    failed += rc < 0;
    if (rc == DSR_OK && n > 3 * failed + 20) break;
  }
  printf("%s\n", failed > 0 ? "some failed" : "none failed");
  return 0;
}

int main(int argc, char **argv) {
  static dsr_error error;
  const char *what = argc == 3 ? argv[1] : "show", *path = argv[argc - 1];
  if (argc < 2) return 2;
  if (strcmp(what, "count") == 0) return count(path, &error);
  if (strcmp(what, "width") == 0) return width(path, &error);
  if (strcmp(what, "stop") == 0) return stop(path, &error);
  if (strcmp(what, "faults") == 0) return faults(path, &error);
  return show(path, &error);
}
