/*
** api_why.c - explanations and conflicts as a host in C has them: what they say, that each
** allocation that fails is told of and leaves all as it was, and misuse.
*/
#include <stdlib.h>

#include "check.h"
#include "ground/mem.h"

static const char program[] =
    "source s { title: \"S\" }.  source t { title: \"T\" }.\n"
    "relation born(who) once.  relation home(who, place) key(who).\n"
    "relation foe(a, b).  relation enemy(a, b) is foe(1, 2).\n"
    "label(ann, \"Ann {Y}\").\n"
    "edge(a, b) from s \"1\".  edge(b, c) from t \"2\" grade b2.  edge(c, a) from s.\n"
    "born(ann) @ 1990 from s.  born(ann) @ 1991 from t.  wed(ann, bo) @ 1980 from t.\n"
    "home(ann, rome) from s.  home(ann, oslo) from t.\n"
    "tall(bo) from s \"p\".  deny tall(bo) from t.\n"
    "path(X, Y) :- edge(X, Y).  path(X, Z) :- path(X, Y), edge(Y, Z).\n"
    "enemy(X, Y) :- path(X, Y), not edge(X, Y).\n"
    "far(X, N) :- edge(X, _), N = count{ Y : path(X, Y) }.\n"
    "\"{X} wed {Y} before birth\" :- wed(X, Y) @ T, born(X) @ U, T before U, U within "
    "1990.\n";

static const char *const facts[] = {
    "path(a, c)", "enemy(a, c)",      "foe(a, c)", "far(a, N)",
    "edge(a, b)", "path(a, nowhere)", "foe(a, b)", "tall(bo), path(a, X)",
};

enum { FACTS = sizeof facts / sizeof *facts };

typedef struct text {
  char data[1 << 16];
  size_t len;
} text;

static int append(void *ud, const char *data, size_t len) {
  text *to = ud;
  if (len > sizeof to->data - to->len - 1) return 1;
  memcpy(to->data + to->len, data, len);
  to->len += len;
  to->data[to->len] = '\0';
  return 0;
}

static int add_conflict(void *ud, const dsr_discord *conflict) {
  static const char *const kinds[] = {"", "key", "once", "denial", "constraint"};
  char line[512];
  int len =
      snprintf(line, sizeof line, "%s %.*s%.*s %d:", kinds[conflict->kind],
               (int)conflict->relation.len, conflict->relation.data,
               (int)conflict->message.len, conflict->message.data, conflict->line);
  append(ud, line, (size_t)len);
  for (int i = 0; i < conflict->n_facts; i++) {
    append(ud, " | ", 3);
    append(ud, conflict->facts[i].data, conflict->facts[i].len);
  }
  append(ud, "\n", 1);
  return 0;
}

static int add_line(void *ud, dsr_str line) {
  append(ud, line.data, line.len);
  return append(ud, "\n", 1);
}

static int stop_writing(void *ud, const char *data, size_t len) {
  (void)data;
  *(size_t *)ud = len;
  return 1;
}

static int stop_conflict(void *ud, const dsr_discord *conflict) {
  (void)conflict;
  ++*(int *)ud;
  return 1;
}

/* All that is to be had, one thing after the other. */
static dsr_status tell_all(dsr_base *base, text *out) {
  out->len = 0;
  for (int i = 0; i < FACTS; i++) {
    for (int format = DSR_WHY_TEXT; format <= DSR_WHY_MARKDOWN; format++) {
      dsr_status rc =
          dsr_why_write(base, facts[i], (dsr_why_format)format, append, out);
      if (rc < 0) return rc;
    }
  }
  dsr_status rc = dsr_conflict_each(base, add_conflict, out);
  if (rc < 0) return rc;
  return dsr_claims_of(base, DSR_CLAIMS_AGAINST, "born(ann) @ 1990", add_line, out);
}

static int check_words(const text *all) {
  static const char conflicts[] =
      "key home 0: | home(ann, rome) | home(ann, oslo)\n"
      "denial tall 0: | tall(bo) | tall(bo)\n"
      "constraint Ann {Y} wed bo before birth 12: | wed(ann, bo) @ 1980 | born(ann) @ "
      "1990\n";
  CHECK(strstr(all->data, "foe(a, c)  through is  (single-source)\n") != NULL);
  CHECK(strstr(all->data, "once born 0: | born(ann) @ 1990 | born(ann) @ 1991\n") !=
        NULL);
  for (const char *at = conflicts; *at != '\0'; at = strchr(at, '\n') + 1) {
    char line[256];
    snprintf(line, sizeof line, "%.*s", (int)(strchr(at, '\n') - at + 1), at);
    if (strstr(all->data, line) == NULL) {
      printf("no line %sin:\n%s", line, all->data);
      return 1;
    }
  }
  CHECK(strstr(all->data, "\nborn(ann) @ 1991 from t\n") != NULL);
  CHECK(strstr(all->data, "\nwed(ann, bo) @ 1980 from t\n") != NULL);
  return 0;
}

/* Some failures are got over: a script's memory is tidied and asked for again.  So it is
** over when many in a row are; each time all is told as before, or nothing. */
static int check_faults(dsr_base *base, const text *wanted) {
  static text got;
  int failed = 0;
  for (int n = 1, through = 0; through < 50; n += 1 + n / 300) {
    dsr_mem_fail_at(n);
    dsr_status rc = tell_all(base, &got);
    dsr_mem_fail_at(0);
    through = rc < 0 ? 0 : through + 1;
    failed += rc < 0;
    if (rc < 0) {
      CHECK_STATUS(DSR_ENOMEM, base, rc);
    } else {
      CHECK(strcmp(got.data, wanted->data) == 0);
    }
  }
  CHECK(failed > 500);
  CHECK_STATUS(DSR_OK, base, tell_all(base, &got));
  CHECK(strcmp(got.data, wanted->data) == 0);
  return 0;
}

static int check_misuse(dsr_base *base, text *out) {
  size_t len = 0;
  int n = 0;
  CHECK(dsr_why_write(base, NULL, DSR_WHY_TEXT, append, out) == DSR_EMISUSE);
  CHECK(dsr_why_write(base, "edge(a, b)", DSR_WHY_TEXT, NULL, out) == DSR_EMISUSE);
  CHECK(dsr_why_write(base, "edge(a, b)", (dsr_why_format)9, append, out) ==
        DSR_EMISUSE);
  CHECK(dsr_why_write(base, "edge(a", DSR_WHY_TEXT, append, out) == DSR_ESYNTAX);
  CHECK(dsr_why_write(base, "edge(a, b)", DSR_WHY_JSON, stop_writing, &len) ==
        DSR_ESTOPPED);
  CHECK(len > 0);
  CHECK(dsr_conflict_each(base, NULL, NULL) == DSR_EMISUSE);
  CHECK(dsr_conflict_each(base, stop_conflict, &n) == DSR_OK);
  CHECK(n == 1);
  return 0;
}

static int check_views(dsr_base *base) {
  const char *const sources[] = {"s", NULL};
  dsr_view_options options = {.sources = sources};
  dsr_base *view;
  static text out;
  CHECK_STATUS(DSR_OK, base, dsr_view_open(base, &options, &view));
  CHECK_STATUS(DSR_NOTHING, base, dsr_conflict_each(view, add_conflict, &out));
  CHECK(dsr_why_write(view, "path(a, c)", DSR_WHY_TEXT, append, &out) == DSR_NOTHING);
  return dsr_close(view) != DSR_OK;
}

int main(void) {
  dsr_base *base;
  static text all, rest;
  CHECK(dsr_open(NULL, NULL, &base) == DSR_OK);
  CHECK_STATUS(DSR_OK, base, dsr_load(base, "a.dl", program, strlen(program)));
  CHECK_STATUS(DSR_OK, base, tell_all(base, &all));
  if (check_words(&all) || check_faults(base, &all)) return 1;
  if (check_misuse(base, &rest) || check_views(base)) return 1;
  CHECK(dsr_close(base) == DSR_OK);
  puts("told");
  return 0;
}
