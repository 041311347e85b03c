/*
** logic_lookup.c - what questions cost: tuples that rules derived, facts that were read.
**
**   logic_lookup BASE < COMMANDS     a command a line; one line for each:
**     ?- query          "N answers, K kept, R read"
**     ask NAME ?- query the same, with the entity NAME for the query's $x
**     plan ?- query     "M made, R read", M of all rules together
**     why fact          "N steps, R read"
**     load text         "loaded"
**     source NAME       "viewed": from here on through a view of that source's claims
**     lookup N          a dsr_lookup_when
*/
#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "lua/base.h"

static const char *after(const char *line, const char *word) {
  size_t len = strlen(word);
  return strncmp(line, word, len) == 0 ? line + len : NULL;
}

static dsr_status ask(dsr_base *base, const char *text, const char *name) {
  dsr_query *query;
  int64_t n = 0;
  TRY(dsr_prepare(base, text, &query));
  dsr_status rc = name != NULL ? dsr_bind_entity(query, "x", name) : DSR_OK;
  while (rc >= 0 && (rc = dsr_step(query)) == DSR_ROW) n++;
  if (rc >= 0) {
    printf("%lld answers, %lld kept, %lld read\n", (long long)n,
           (long long)dsr_tuples_kept(query), (long long)dsr_tuples_read(query));
  }
  dsr_finalize(query);
  return rc;
}

/* The number before each " made" in a plan, added up. */
static long long made_in(dsr_str plan) {
  long long made = 0;
  for (size_t i = 5; i + 5 <= plan.len; i++) {
    if (memcmp(plan.data + i, " made", 5) != 0) continue;
    size_t at = i;
    while (plan.data[at - 1] >= '0' && plan.data[at - 1] <= '9') at--;
    made += atoll(plan.data + at);
  }
  return made;
}

static dsr_status explain(dsr_base *base, const char *text) {
  dsr_query *query;
  dsr_str plan;
  TRY(dsr_prepare(base, text, &query));
  dsr_status rc = dsr_explain(query, &plan);
  if (rc >= 0) {
    printf("%lld made, %lld read\n", rc == DSR_OK ? made_in(plan) : 0,
           (long long)dsr_tuples_read(query));
  }
  dsr_finalize(query);
  return rc;
}

static int count_step(void *ud, const dsr_why_step *step) {
  (void)step;
  ++*(int *)ud;
  return 0;
}

static dsr_status why(dsr_base *base, const char *fact) {
  int n = 0;
  uint64_t before = base->world != NULL ? dsr_world_read(base->world) : 0;
  TRY(dsr_why(base, fact, count_step, &n));
  printf("%d steps, %llu read\n", n,
         (unsigned long long)(dsr_world_read(base->world) - before));
  return DSR_OK;
}

static dsr_status view(dsr_base *base, const char *source, dsr_base **out) {
  const char *sources[] = {source, NULL};
  dsr_view_options options = {.sources = sources};
  TRY(dsr_view_open(base, &options, out));
  printf("viewed\n");
  return DSR_OK;
}

static dsr_status ask_named(dsr_base *base, const char *rest) {
  char name[100];
  const char *query = strstr(rest, " ?-");
  if (query == NULL || query - rest >= (long)sizeof name) return DSR_EMISUSE;
  memcpy(name, rest, (size_t)(query - rest));
  name[query - rest] = '\0';
  return ask(base, query + 1, name);
}

/* `seen` is the base or a view of it. */
static dsr_status obey(dsr_base *base, dsr_base **seen, const char *line) {
  const char *rest;
  if ((rest = after(line, "why ")) != NULL) return why(*seen, rest);
  if ((rest = after(line, "plan ")) != NULL) return explain(*seen, rest);
  if ((rest = after(line, "ask ")) != NULL) return ask_named(*seen, rest);
  if ((rest = after(line, "source ")) != NULL) return view(base, rest, seen);
  if ((rest = after(line, "lookup ")) != NULL) {
    base->realm.lookup = (dsr_lookup_when)atoi(rest);
    printf("set\n");
    return DSR_OK;
  }
  if ((rest = after(line, "load ")) != NULL) {
    TRY(dsr_load(base, "line", rest, strlen(rest)));
    printf("loaded\n");
    return DSR_OK;
  }
  return ask(*seen, line, NULL);
}

int main(int argc, char **argv) {
  static char line[4096];
  dsr_base *base, *seen;
  if (argc < 2) return 2;
  CHECK(dsr_open(argv[1], NULL, &base) == DSR_OK);
  seen = base;
  while (fgets(line, sizeof line, stdin) != NULL) {
    line[strcspn(line, "\n")] = '\0';
    dsr_status rc = obey(base, &seen, line);
    if (rc < 0) printf("%s: %s\n", dsr_status_text(rc), dsr_errmsg(seen));
  }
  if (seen != base) CHECK_STATUS(DSR_OK, seen, dsr_close(seen));
  CHECK_STATUS(DSR_OK, base, dsr_close(base));
  return 0;
}
