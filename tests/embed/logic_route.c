/*
** logic_route.c - programs of rules, answered by the planner's order and by others.
**
**   logic_route FILE.dl [SEEDS]    each program of FILE (they are ended by a line "%%%") in
**                                  the planner's order, then with SEEDS other orders, each
**                                  for demand and for whole relations; tells where answers
**                                  differ, and in the end how many programs and queries
**                                  there were
**   logic_route FILE.dl plan       the plans of the queries of FILE, with neither times nor
**                                  numbers of runs
**   logic_route FILE.dl faults     the queries of FILE, each with the n-th allocation failing,
**                                  for every n until one gets through
**
** In a program, queries are the lines that begin with "?-".  A line "%+" parts what is loaded
** by one transaction from what the next one loads; a line "%? as_of=1994 possible source=s"
** has the queries after it asked of such a view.
*/
#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "ground/mem.h"
#include "lua/base.h"

enum { QUERIES = 64, SEEDS_MOST = 1000, NAMES = 8 };

typedef struct program {
  char *facts; /* and rules */
  char *queries[QUERIES];
  const char *views[QUERIES]; /* the options of the one that is asked; none: the base */
  int n;
} program;

static char *read_file(const char *path) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) return NULL;
  size_t room = 1 << 24, n;
  char *text = malloc(room);
  n = text != NULL ? fread(text, 1, room - 1, file) : 0;
  fclose(file);
  if (text != NULL) text[n] = '\0';
  return text;
}

/* The next program of a text that is cut up for it; false: there is none. */
static bool next_program(char **text, program *out) {
  out->n = 0;
  if (*text == NULL || **text == '\0') return false;
  char *at = *text, *end = strstr(at, "%%%\n"), *to = at;
  if (end != NULL) *end = '\0';
  *text = end != NULL ? end + 4 : NULL;
  out->facts = at;
  const char *view = NULL;
  while (at != NULL && *at != '\0') {
    char *line = at, *stop = strchr(at, '\n');
    size_t len = stop != NULL ? (size_t)(stop - at) + 1 : strlen(at);
    at = stop != NULL ? stop + 1 : NULL;
    if (strncmp(line, "%?", 2) == 0) {
      line[len - 1] = '\0';
      view = line + 2; /* stays where it is: the facts come before it */
    } else if (strncmp(line, "?-", 2) != 0) {
      memmove(to, line, len);
      to += len;
    } else if (out->n < QUERIES) {
      out->views[out->n] = view;
      out->queries[out->n] = malloc(len + 1);
      memcpy(out->queries[out->n], line, len);
      out->queries[out->n++][len] = '\0';
    }
  }
  *to = '\0';
  return true;
}

static void free_queries(program *p) {
  for (int i = 0; i < p->n; i++) free(p->queries[i]);
}

/* ---- answers ---------------------------------------------------------------------- */

typedef struct answers {
  char *text;
  size_t len, room;
} answers;

static void put(answers *a, dsr_str text) {
  while (a->len + text.len + 1 > a->room) {
    a->room = a->room * 2 + 256;
    a->text = realloc(a->text, a->room);
  }
  if (text.len > 0) memcpy(a->text + a->len, text.data, text.len);
  a->len += text.len;
  a->text[a->len] = '\0';
}

/* All answers, a line each; below zero where one could not be had. */
static dsr_status ask(dsr_base *base, const char *text, answers *out) {
  dsr_query *query;
  out->len = 0;
  put(out, (dsr_str){"", 0});
  TRY(dsr_prepare(base, text, &query));
  dsr_status rc;
  while ((rc = dsr_step(query)) == DSR_ROW) {
    for (int i = 0; i < dsr_column_count(query); i++) {
      put(out, dsr_column_text(query, i));
      put(out, (dsr_str){"\t", 1});
    }
    put(out, (dsr_str){"\n", 1});
  }
  dsr_finalize(query);
  return rc;
}

/* ---- views ------------------------------------------------------------------------ */

typedef struct names {
  const char *items[NAMES + 1];
  int n;
} names;

/* Takes one word of a view's options. */
static void set_option(dsr_view_options *options, names lists[3], char *word) {
  static const char *const words[] = {"as_of", "since", "until", "known_at",
                                      "min_grade"};
  static const char *const many[] = {"source", "kind", "speaker"};
  const char **const texts[] = {&options->as_of, &options->since, &options->until,
                                &options->known_at, &options->min_grade};
  const char *const **const given[] = {&options->sources, &options->kinds,
                                       &options->speakers};
  char *value = strchr(word, '=');
  if (value != NULL) *value++ = '\0';
  if (strcmp(word, "possible") == 0) options->possible = 1;
  for (int i = 0; i < 5 && value != NULL; i++) {
    if (strcmp(word, words[i]) == 0) *texts[i] = value;
  }
  for (int i = 0; i < 3 && value != NULL; i++) {
    if (strcmp(word, many[i]) != 0 || lists[i].n == NAMES) continue;
    lists[i].items[lists[i].n++] = value;
    *given[i] = lists[i].items;
  }
}

/* The view that is told in words; `base` itself for NULL. */
static dsr_status open_view(dsr_base *base, const char *told, dsr_base **out) {
  char words[512];
  dsr_view_options options = {0};
  names lists[3] = {0};
  *out = base;
  if (told == NULL) return DSR_OK;
  snprintf(words, sizeof words, "%s", told);
  for (char *word = strtok(words, " "); word != NULL; word = strtok(NULL, " ")) {
    set_option(&options, lists, word);
  }
  return dsr_view_open(base, &options, out);
}

/* ---- comparing -------------------------------------------------------------------- */

/* Order `at` of what compare() tries: the planner's own twice, then shuffled ones; every
** other one reads base relations by look-up.  Forgets what was read before. */
static void set_order(dsr_base *base, int at) {
  base->realm.route.shuffle = at < 2 ? 0 : (unsigned)at - 1;
  base->realm.lookup = at % 2 == 1 ? DSR_LOOKUP_ALWAYS : DSR_LOOKUP_NEVER;
}

/* The query in other orders, with and without demand; how many of them differ.  Of a view
** of the base, `of`. */
static int compare(dsr_base *base, dsr_base *of, const char *query, const answers *due,
                   int seeds) {
  int wrong = 0;
  answers came = {0};
  for (int i = 0; i < 2 * (seeds + 2); i++) {
    set_order(base, i / 2);
    base->realm.no_demand = i % 2 == 1;
    dsr_status rc = ask(of, query, &came);
    if (rc >= 0 && strcmp(came.text, due->text) == 0) continue;
    if (wrong++ > 0) continue;
    printf("seed %u%s%s: %s%s\n--- came\n%s--- for\n%s", base->realm.route.shuffle,
           base->realm.no_demand ? ", no demand" : "",
           base->realm.lookup == DSR_LOOKUP_ALWAYS ? ", by look-up" : "", query,
           rc < 0 ? dsr_errmsg(of) : "", came.text, due->text);
  }
  set_order(base, 0);
  base->realm.lookup = DSR_LOOKUP_LARGE;
  base->realm.no_demand = false;
  free(came.text);
  return wrong;
}

/* What all programs came to. */
typedef struct totals {
  int programs, queries, refused, wrong;
} totals;

static int refuse(dsr_base *base, totals *t, const char *what) {
  printf("program %d is refused: %s%s\n", t->programs, what, dsr_errmsg(base));
  t->refused++;
  return 1;
}

/* Load a program's facts and rules, a transaction for each part. */
static dsr_status load_parts(dsr_base *base, const char *facts) {
  for (const char *at = facts; at != NULL;) {
    const char *end = strstr(at, "%+\n");
    TRY(dsr_load(base, "program", at, end != NULL ? (size_t)(end - at) : strlen(at)));
    at = end != NULL ? end + 3 : NULL;
  }
  return DSR_OK;
}

/* Ask query `i` in all orders; *refused where it cannot be asked at all. */
static int run_query(const program *p, int i, dsr_base *base, int seeds, totals *t,
                     answers *due, int *refused) {
  dsr_base *of;
  int wrong = 0;
  t->queries++;
  if (open_view(base, p->views[i], &of) < 0) {
    *refused = refuse(base, t, p->views[i]);
    return 0;
  }
  if (ask(of, p->queries[i], due) < 0) {
    *refused = refuse(of, t, p->queries[i]);
  } else {
    wrong = compare(base, of, p->queries[i], due, seeds);
  }
  if (of != base) dsr_close(of);
  return wrong;
}

static int run_program(const program *p, int seeds, totals *t) {
  dsr_base *base;
  int refused = 0, wrong = 0;
  answers due = {0};
  dsr_open_options anew = {.derived_mb = -1}; /* each order is to do all of it */
  if (dsr_open(NULL, &anew, &base) < 0) return 1;
  t->programs++;
  if (load_parts(base, p->facts) < 0) refused = refuse(base, t, "");
  for (int i = 0; i < p->n && refused == 0 && wrong == 0; i++) {
    wrong = run_query(p, i, base, seeds, t, &due, &refused);
  }
  if (wrong > 0) printf("in program %d\n", t->programs);
  dsr_close(base);
  free(due.text);
  return wrong;
}

static int run_all(char *text, int seeds) {
  program p;
  totals t = {0};
  while (next_program(&text, &p)) {
    t.wrong += run_program(&p, seeds, &t) > 0;
    free_queries(&p);
  }
  printf("%d programs, %d queries, %d refused, %d wrong\n", t.programs, t.queries,
         t.refused, t.wrong);
  return t.wrong > 0;
}

/* ---- plans ------------------------------------------------------------------------ */

/* Without what is another on every machine. */
static void print_plan(dsr_str plan) {
  const char *at = plan.data, *end = plan.data + plan.len;
  while (at < end) {
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    size_t len = stop != NULL ? (size_t)(stop - at) + 1 : (size_t)(end - at);
    if (len < 5 || strncmp(at + len - 4, " ms\n", 4) != 0) {
      printf("%.*s", (int)len, at);
    }
    at += len;
  }
}

static int print_plans(char *text) {
  program p;
  dsr_base *base;
  CHECK(next_program(&text, &p));
  CHECK(dsr_open(NULL, NULL, &base) == DSR_OK);
  CHECK_STATUS(DSR_OK, base, dsr_load(base, "program", p.facts, strlen(p.facts)));
  for (int i = 0; i < p.n; i++) {
    dsr_query *query;
    dsr_str plan;
    CHECK_STATUS(DSR_OK, base, dsr_prepare(base, p.queries[i], &query));
    CHECK_STATUS(DSR_OK, base, dsr_explain(query, &plan));
    print_plan(plan);
    dsr_finalize(query);
  }
  dsr_close(base);
  free_queries(&p);
  return 0;
}

/* ---- failing allocations ---------------------------------------------------------- */

static int fail_all(char *text) {
  program p;
  dsr_base *base;
  int failures = 0;
  answers due = {0}, came = {0};
  dsr_open_options anew = {.derived_mb = -1};
  CHECK(next_program(&text, &p));
  CHECK(dsr_open(NULL, &anew, &base) == DSR_OK);
  CHECK_STATUS(DSR_OK, base, dsr_load(base, "program", p.facts, strlen(p.facts)));
  for (int i = 0; i < 2 * p.n; i++) {
    dsr_status rc = DSR_ENOMEM;
    const char *query = p.queries[i / 2];
    set_order(base, i % 2);
    CHECK(ask(base, query, &due) >= 0);
    for (long n = 1; rc < 0; n++) {
      set_order(base, 1 - i % 2); /* what was read is forgotten */
      CHECK(ask(base, query, &came) >= 0);
      set_order(base, i % 2);
      dsr_idle_free(base); /* so that it is prepared again */
      dsr_mem_fail_at(n);
      rc = ask(base, query, &came);
      dsr_mem_fail_at(0);
      CHECK(rc >= 0 || rc == DSR_ENOMEM);
      failures += rc < 0;
    }
    CHECK(strcmp(came.text, due.text) == 0);
  }
  CHECK_STATUS(DSR_OK, base, dsr_close(base));
  printf("%d queries, %s\n", p.n,
         failures > 100 ? "hundreds of failures" : "few failures");
  free_queries(&p);
  free(due.text);
  free(came.text);
  return 0;
}

int main(int argc, char **argv) {
  char *text = argc > 1 ? read_file(argv[1]) : NULL;
  if (text == NULL) return 2;
  const char *what = argc > 2 ? argv[2] : "3";
  int rc = strcmp(what, "plan") == 0     ? print_plans(text)
           : strcmp(what, "faults") == 0 ? fail_all(text)
                                         : run_all(text, atoi(what) % SEEDS_MOST);
  free(text);
  return rc;
}
