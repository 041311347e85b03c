/*
** api_search.c - searches from C: hits and names as dossier.h promises them, mistakes told,
** and every allocation of a commit, a search, a look-up and a rebuild failing in turn.  Its
** argument is a path where a base can be made.
*/
#include "check.h"
#include "ground/mem.h"

enum { ENOUGH = 40 };

static const char *path;

static const char text[] =
    "source first { title: \"First of all\" }.\n"
    "label(nato, \"North Atlantic Treaty Organization\"). alias(nato, \"NATO\").\n"
    "label(summit, \"Sommets de l'école\"@fr).\n"
    "met(nato, summit) from first \"7\" quote \"They met, at last\".\n";

typedef struct seen {
  int n;
  double last;
  char first[200], entity[40], fact[200], claim[200], locator[40];
  int some, stop;
} seen;

static void keep(char *to, size_t room, dsr_str from) {
  snprintf(to, room, "%.*s", (int)from.len, from.len > 0 ? from.data : "");
}

static int see_hit(void *ud, const dsr_hit *hit) {
  seen *s = ud;
  if (s->n++ == 0) {
    keep(s->first, sizeof s->first, hit->text);
    keep(s->entity, sizeof s->entity, hit->entity);
    keep(s->fact, sizeof s->fact, hit->fact);
    keep(s->claim, sizeof s->claim, hit->claim);
    keep(s->locator, sizeof s->locator, hit->locator);
  } else if (hit->score > s->last) {
    s->n = -1000;
  }
  s->last = hit->score;
  s->some = hit->some;
  return s->stop;
}

static int see_named(void *ud, const dsr_named *named) {
  seen *s = ud;
  if (s->n++ > 0) return 0;
  keep(s->entity, sizeof s->entity, named->entity);
  keep(s->first, sizeof s->first, named->name);
  s->some = (int)named->fit;
  return 0;
}

static int see_twins(void *ud, const dsr_twins *twins) {
  seen *s = ud;
  s->n++;
  keep(s->first, sizeof s->first, twins->entity);
  keep(s->entity, sizeof s->entity, twins->other);
  return 0;
}

static int hits(dsr_base *base) {
  seen s = {.n = 0};
  CHECK_STATUS(DSR_OK, base, dsr_search(base, "met at LAST", NULL, see_hit, &s));
  CHECK(s.n == 1 && strcmp(s.first, "They met, at last") == 0);
  CHECK(strcmp(s.entity, "nato") == 0 && strcmp(s.fact, "met(nato, summit)") == 0);
  CHECK(strcmp(s.locator, "7") == 0 && s.some == 0);
  CHECK(strstr(s.claim, "quote \"They met, at last\"") != NULL);
  s = (seen){.n = 0};
  CHECK_STATUS(DSR_OK, base, dsr_search(base, "ecole", NULL, see_hit, &s));
  CHECK(s.n == 1 && strcmp(s.entity, "summit") == 0 && s.claim[0] == '\0');
  s = (seen){.n = 0};
  CHECK_STATUS(DSR_OK, base, dsr_search(base, "treaty first", NULL, see_hit, &s));
  CHECK(s.n == 2 && s.some == 1);
  s = (seen){.n = 0, .stop = 1};
  CHECK_STATUS(DSR_OK, base, dsr_search(base, "treaty first", NULL, see_hit, &s));
  CHECK(s.n == 1);
  dsr_search_options one = {.limit = 1, .prefix = 1};
  s = (seen){.n = 0};
  CHECK_STATUS(DSR_OK, base, dsr_search(base, "organ", &one, see_hit, &s));
  CHECK(s.n == 1);
  CHECK_STATUS(DSR_NOTHING, base, dsr_search(base, "warsaw", NULL, see_hit, &s));
  return 0;
}

static int names(dsr_base *base) {
  seen s = {.n = 0};
  CHECK_STATUS(DSR_OK, base, dsr_find_entity(base, "Atlantik", 0, see_named, &s));
  CHECK(s.n == 1 && strcmp(s.entity, "nato") == 0 && s.some == DSR_FIT_NEAR);
  s = (seen){.n = 0};
  CHECK_STATUS(DSR_OK, base, dsr_find_entity(base, "NATO", 1, see_named, &s));
  CHECK(s.n == 1 && strcmp(s.first, "NATO") == 0 && s.some == DSR_FIT_EXACT);
  CHECK_STATUS(DSR_NOTHING, base, dsr_find_entity(base, "zzzz", 0, see_named, &s));
  CHECK_STATUS(DSR_NOTHING, base, dsr_twin_each(base, 0, see_twins, &s));
  CHECK_STATUS(
      DSR_OK, base,
      dsr_add(base, "label(other, \"North-Atlantic treaty organisation\")", NULL));
  s = (seen){.n = 0};
  CHECK_STATUS(DSR_OK, base, dsr_twin_each(base, 0, see_twins, &s));
  CHECK(s.n == 1);
  CHECK_STATUS(DSR_OK, base, dsr_undo(base, 0, NULL));
  return 0;
}

static int mistakes(dsr_base *base) {
  seen s = {.n = 0};
  CHECK(dsr_search(NULL, "x", NULL, see_hit, &s) == DSR_EMISUSE);
  CHECK_STATUS(DSR_EMISUSE, base, dsr_search(base, NULL, NULL, see_hit, &s));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_search(base, "x", NULL, NULL, &s));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_find_entity(base, "x", -1, see_named, &s));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_twin_each(base, 0, NULL, &s));
  CHECK_STATUS(DSR_ESYNTAX, base, dsr_search(base, "\"x", NULL, see_hit, &s));
  CHECK_STATUS(DSR_ESYNTAX, base, dsr_search(base, " ,; ", NULL, see_hit, &s));
  CHECK_STATUS(DSR_ESYNTAX, base, dsr_search(base, "\xff", NULL, see_hit, &s));
  CHECK_STATUS(DSR_ELIMIT, base,
               dsr_search(base,
                          "a b c d e f g h i j k l m n o p q r s t u v w x y z "
                          "a b c d e f g h",
                          NULL, see_hit, &s));
  CHECK_STATUS(DSR_OK, base, dsr_begin(base));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_search_rebuild(base));
  CHECK_STATUS(DSR_OK, base, dsr_rollback(base));
  return 0;
}

/* ---- failing allocations --------------------------------------------------------- */

static dsr_status work(dsr_base *base, int which) {
  seen s = {.n = 0};
  dsr_search_options all = {.limit = -1};
  switch (which) {
    case 0:
      return dsr_search(base, "treaty \"met at\" sommet org*", &all, see_hit, &s);
    case 1:
      return dsr_find_entity(base, "atlantik treaty", 0, see_named, &s);
    case 2:
      return dsr_twin_each(base, 0, see_twins, &s);
    case 3:
      return dsr_search_rebuild(base);
    case 4:
      return dsr_verify(base);
    default:
      TRY(dsr_begin(base));
      TRY(dsr_add(base, "label(nato, \"Alliance atlantique été\"@fr)", NULL));
      return dsr_commit(base);
  }
}

/* Fail one allocation after another until the work gets through `ENOUGH` times. */
static int fail_all(int which) {
  int through = 0, failed = 0;
  for (long n = 1; through < ENOUGH; n++) {
    dsr_base *base;
    CHECK(dsr_open(path, NULL, &base) == DSR_OK);
    dsr_mem_fail_at(n);
    dsr_status rc = work(base, which);
    dsr_mem_fail_at(0);
    if (rc < 0 && rc != DSR_ENOMEM) {
      printf("work %d, allocation %ld: %s: %s\n", which, n, dsr_status_text(rc),
             dsr_errmsg(base));
      return 1;
    }
    through = rc < 0 ? 0 : through + 1;
    failed += rc < 0;
    if (rc < 0) dsr_rollback(base);
    if (which == 5 && rc >= 0) CHECK_STATUS(DSR_OK, base, dsr_undo(base, 0, NULL));
    CHECK_STATUS(DSR_OK, base, dsr_verify(base));
    if (rc < 0 && hits(base)) return 1;
    CHECK_STATUS(DSR_OK, base, dsr_close(base));
  }
  CHECK(failed > 3);
  return 0;
}

int main(int argc, char **argv) {
  dsr_base *base;
  CHECK(argc == 2);
  path = argv[1];
  CHECK(dsr_open(path, NULL, &base) == DSR_OK);
  seen s = {.n = 0};
  CHECK_STATUS(DSR_NOTHING, base, dsr_search(base, "nato", NULL, see_hit, &s));
  CHECK_STATUS(DSR_OK, base, dsr_load(base, "text.dl", text, strlen(text)));
  if (hits(base) || names(base) || mistakes(base)) return 1;
  CHECK_STATUS(DSR_OK, base, dsr_search_rebuild(base));
  CHECK_STATUS(DSR_OK, base, dsr_verify(base));
  if (hits(base)) return 1;
  CHECK_STATUS(DSR_OK, base, dsr_close(base));
  for (int which = 0; which <= 5; which++) {
    if (fail_all(which)) return 1;
  }
  printf("all found\n");
  return 0;
}
