/*
** logic_function.c - built-in functions, aggregates and tests on words, asked line by line.
**
**   logic_function [faults]
**
** Each line of the input is a command and its arguments, between tabs; each gets a line of
** output.  A value is n:12.5, t:text, t@uk:text, d:1994, e:nato, b:true, or ? for none.
**
**   call     NAME VALUE...         the result in the language, "nothing", or "CODE: words"
**   types    NAME TYPE...          the type of the result, or what is wrong
**   course   NAME AT VALUE...      how the result goes in argument AT, from 0
**   fold     KIND VALUE...         the same as call, of an aggregate
**   compare  OP VALUE VALUE        true or false; OP as in C, or with n in front: numeric
**   time     TEST VALUE VALUE      the same; TEST with ? behind it: possibly
**
** With `faults` each allocation fails in turn, until all lines get through; prints "all
** told" where every failure was one of memory.
*/
#include <stdlib.h>

#include "check.h"
#include "ground/text.h"
#include "logic/aggregate.h"
#include "logic/builtin.h"
#include "logic/resolve.h"
#include "logic/test.h"

enum { FIELDS = 64, FAULTS_MOST = 100000 };

typedef struct host {
  dsr_error error;
  dsr_symbols *symbols;
  char *fields[FIELDS];
  int n;
  dsr_word words[FIELDS];
  bool quiet;
} host;

static bool begins(const char *text, const char *with) {
  return strncmp(text, with, strlen(with)) == 0;
}

static dsr_status read_value(host *h, const char *text, dsr_word *out) {
  dsr_str body = dsr_str_of(text), none = {NULL, 0};
  const char *colon = strchr(text, ':');
  *out = DSR_WORD_NONE;
  if (colon == NULL) return DSR_OK;
  body.data = colon + 1;
  body.len = strlen(body.data);
  dsr_str lang = {text + 2, (size_t)(colon - text) - (text[1] == '@' ? 2 : 0)};
  switch (text[0]) {
    case 'n':
      return dsr_number_word(h->symbols, body, DSR_INTERN_TEMP, out);
    case 't':
      return dsr_text_word(h->symbols, body, text[1] == '@' ? lang : none, none,
                           DSR_INTERN_TEMP, out);
    case 'd':
      return dsr_time_word(h->symbols, body, DSR_INTERN_TEMP, out);
    case 'e':
      return dsr_symbols_temp(h->symbols, DSR_SYM_ENTITY, body, out);
    default:
      *out = dsr_word_bool(strcmp(colon, ":true") == 0);
      return DSR_OK;
  }
}

/* The values in the fields from `from` on. */
static dsr_status read_values(host *h, int from) {
  for (int i = from; i < h->n; i++) {
    TRY(read_value(h, h->fields[i], &h->words[i - from]));
  }
  return DSR_OK;
}

static void say(const host *h, const char *text) {
  if (!h->quiet) printf("%s\n", text);
}

static dsr_status say_word(host *h, dsr_status rc, dsr_word word) {
  dsr_str text;
  dsr_arena arena = {0};
  if (rc == DSR_ENOMEM) return rc;
  if (rc < 0) {
    if (!h->quiet) printf("%s: %s\n", dsr_status_text(rc), h->error.text);
    return DSR_OK;
  }
  if (rc == DSR_NOTHING) {
    say(h, "nothing");
    return DSR_OK;
  }
  rc = dsr_word_write(h->symbols, word, &arena, &text);
  if (rc >= 0) say(h, text.data);
  dsr_arena_free(&arena);
  return rc;
}

static const dsr_builtin *function(host *h, int n_args) {
  const dsr_builtin *fn = dsr_builtin_find(dsr_str_of(h->fields[1]), n_args);
  if (fn == NULL) say(h, "no such function");
  return fn;
}

static dsr_status call(host *h) {
  dsr_word out = DSR_WORD_NONE;
  const dsr_builtin *fn = function(h, h->n - 2);
  if (fn == NULL) return DSR_OK;
  TRY(read_values(h, 2));
  dsr_status rc = dsr_builtin_call(fn, h->symbols, h->words, &out);
  return say_word(h, rc, out);
}

static dsr_status types(host *h) {
  dsr_domain have[FIELDS], gives;
  int at;
  char words[300];
  const dsr_builtin *fn = function(h, h->n - 2);
  if (fn == NULL) return DSR_OK;
  for (int i = 2; i < h->n; i++)
    have[i - 2] = dsr_domain_named(dsr_str_of(h->fields[i]));
  if (dsr_builtin_types(fn, have, &at, &gives) == DSR_OK) {
    say(h, dsr_domain_word(gives));
    return DSR_OK;
  }
  dsr_builtin_clash(fn, at, have, words, sizeof words);
  say(h, words);
  return DSR_OK;
}

static dsr_status course(host *h) {
  static const char *const names[] = {"either", "rises", "falls"};
  const dsr_builtin *fn = function(h, h->n - 3);
  if (fn == NULL) return DSR_OK;
  TRY(read_values(h, 3));
  say(h, names[dsr_builtin_course(fn, h->symbols, h->words, atoi(h->fields[2]))]);
  return DSR_OK;
}

static dsr_status fold(host *h) {
  dsr_aggregate all;
  dsr_word out = DSR_WORD_NONE;
  dsr_status rc = DSR_OK;
  TRY(read_values(h, 2));
  dsr_aggregate_start(&all, dsr_aggregate_named(dsr_str_of(h->fields[1])), h->symbols);
  for (int i = 0; i < h->n - 2 && rc >= 0; i++) {
    rc = dsr_aggregate_add(&all, h->words[i]);
  }
  if (rc >= 0) rc = dsr_aggregate_finish(&all, &out);
  dsr_aggregate_stop(&all);
  return say_word(h, rc, out);
}

static dsr_status say_truth(host *h, dsr_status rc, bool holds) {
  return say_word(h, rc, dsr_word_bool(holds));
}

static dsr_status compare(host *h) {
  static const char *const ops[] = {"", "==", "!=", "<", "<=", ">", ">="};
  bool holds = false, numeric = h->fields[1][0] == 'n';
  int op = DSR_EQ;
  while (op < DSR_GE && strcmp(h->fields[1] + numeric, ops[op]) != 0) op++;
  TRY(read_values(h, 2));
  dsr_status rc = dsr_test_compare(h->symbols, NULL, (dsr_compare)op, numeric,
                                   h->words[0], h->words[1], &holds);
  return say_truth(h, rc, holds);
}

static dsr_status test_time(host *h) {
  bool holds = false;
  dsr_str name = dsr_str_of(h->fields[1]);
  bool possibly = name.data[name.len - 1] == '?';
  name.len -= possibly;
  TRY(read_values(h, 2));
  dsr_status rc = dsr_test_time(h->symbols, dsr_time_test_named(name), possibly,
                                h->words[0], h->words[1], &holds);
  return say_truth(h, rc, holds);
}

/* One line, which is taken apart. */
static dsr_status run_line(host *h, char *line) {
  h->n = 0;
  dsr_error_clear(&h->error);
  for (char *at = line; at != NULL && h->n < FIELDS;) {
    h->fields[h->n++] = at;
    at = strchr(at, '\t');
    if (at != NULL) *at++ = '\0';
  }
  if (begins(line, "call")) return call(h);
  if (begins(line, "types")) return types(h);
  if (begins(line, "course")) return course(h);
  if (begins(line, "fold")) return fold(h);
  if (begins(line, "compare")) return compare(h);
  return test_time(h);
}

/* All lines of `text`, on a table of their own. */
static dsr_status run_all(host *h, char *text) {
  TRY(dsr_symbols_new(NULL, 1, &h->error, &h->symbols));
  dsr_status rc = DSR_OK;
  for (char *line = text, *next; *line != '\0' && rc >= 0; line = next) {
    next = strchr(line, '\n');
    if (next != NULL) *next++ = '\0';
    rc = run_line(h, line);
    if (next == NULL) break;
  }
  dsr_symbols_free(h->symbols);
  return rc;
}

static int check_faults(host *h, const char *input, size_t len) {
  h->quiet = true;
  for (long n = 1; n < FAULTS_MOST; n++) {
    char *text = malloc(len + 1);
    CHECK(text != NULL);
    memcpy(text, input, len + 1);
    dsr_mem_fail_at(n);
    dsr_status rc = run_all(h, text);
    dsr_mem_fail_at(0);
    free(text);
    if (rc == DSR_OK) {
      printf("all told\n");
      return 0;
    }
    CHECK(rc == DSR_ENOMEM);
  }
  printf("no run got through\n");
  return 1;
}

int main(int argc, char **argv) {
  static host h;
  static char input[1 << 22];
  size_t len = fread(input, 1, sizeof input - 1, stdin);
  input[len] = '\0';
  if (argc > 1 && strcmp(argv[1], "faults") == 0) return check_faults(&h, input, len);
  dsr_status rc = run_all(&h, input);
  if (rc < 0) printf("%s: %s\n", dsr_status_text(rc), h.error.text);
  return rc < 0;
}
