/*
** facts_scan.c - scans in whole columns, step by step, and amid writes: all the same.
**
**   facts_scan SEED STEPS   random bases of all kinds of relations, claims and views
**
** Each way of reading is held against the others, and what they find against all facts
** that were ever claimed, looked at one by one.  What is strained lacks nothing that is
** wanted.  Prints what was not as it should be; exit code 1 if anything was.
*/
#include <string.h>

#include "facts/engine.h"
#include "facts_host.h"
#include "ground/vec.h"
#include "lua/base.h"

enum { NAMES = 9, RELATIONS = 6, FACTS_MOST = 25, LOADS = 12 };

static const char declared[] =
    "source s1 { reliability: a }.\n"
    "source s2 { reliability: c }.\n"
    "relation likes(entity, entity).\n"
    "relation liked_by(entity, entity) inverse likes.\n"
    "relation met(entity, entity) symmetric.\n"
    "relation knows(entity, entity).\n"
    "relation befriended(entity, entity) is knows(1, 2) is likes(2, 1).\n"
    "relation gave(entity, entity, entity).\n";
static const struct {
  const char *name;
  int arity;
} relations[RELATIONS] = {{"likes", 2}, {"liked_by", 2},   {"met", 2},
                          {"knows", 2}, {"befriended", 2}, {"gave", 3}};

/* ---- what a scan gave ------------------------------------------------------------ */

typedef struct row {
  dsr_word args[3], time;
  uint64_t set;
  uint32_t relation;
  bool certain;
} row;
typedef VEC(row) rows;

static void add_match(rows *to, const dsr_match *match, int arity) {
  row one = {.time = match->time,
             .set = match->set,
             .relation = match->fact.relation,
             .certain = match->certain};
  for (int i = 0; i < arity; i++) one.args[i] = match->args[i];
  CHECK(VEC_PUSH(to, one));
}

static void add_some(rows *to, const dsr_matches *some, int arity) {
  CHECK(some->n > 0);
  for (size_t r = 0; r < some->n; r++) {
    row one = {.time = some->times[r],
               .set = some->sets[r],
               .relation = some->relation,
               .certain = some->certain};
    for (int i = 0; i < arity; i++) one.args[i] = some->args[i][r];
    CHECK(VEC_PUSH(to, one));
  }
}

static void check_same(const rows *a, const rows *b) {
  CHECK(a->len == b->len);
  for (size_t i = 0; i < a->len; i++) {
    const row *x = &a->items[i], *y = &b->items[i];
    CHECK(memcmp(x->args, y->args, sizeof x->args) == 0 && x->time == y->time);
    CHECK(x->set == y->set && x->relation == y->relation && x->certain == y->certain);
  }
}

/* ---- scans ----------------------------------------------------------------------- */

typedef struct question {
  dsr_base *base; /* a base or a view */
  const dsr_relation *relation;
  dsr_word pattern[DSR_ARITY_MAX];
  dsr_word time;
  unsigned flags;
} question;

typedef enum how { BY_STEP, BY_COLUMN, BY_EITHER } how;

/* Take on: all that is left, or at most one call's worth; false at the end. */
static bool take(dsr_scan *scan, int arity, how by, rows *to) {
  const dsr_match *match;
  dsr_matches some;
  dsr_status rc;
  if (by == BY_STEP || (by == BY_EITHER && chance(3) > 0)) {
    OK(rc = dsr_scan_next(scan, &match));
    if (rc == DSR_ROW) add_match(to, match, arity);
  } else {
    OK(rc = dsr_scan_some(scan, &some));
    if (rc == DSR_ROW) add_some(to, &some, arity);
  }
  return rc == DSR_ROW;
}

static dsr_scan *start(const question *of) {
  dsr_scan *scan;
  OK(dsr_scan_start(of->base->facts, of->base->view, of->relation->number, of->pattern,
                    of->time, of->flags, &scan));
  return scan;
}

static uint64_t strained; /* rows that were left out, of all scans */

static rows answer_strained(const question *of, how by, const dsr_strain *strain) {
  rows all = {0};
  dsr_scan *scan = start(of);
  if (strain != NULL) dsr_scan_strain(scan, strain);
  while (take(scan, of->relation->arity, by, &all)) continue;
  dsr_matches some;
  CHECK(dsr_scan_some(scan, &some) == DSR_DONE);
  CHECK(dsr_scan_strained(scan) <= dsr_scan_walked(scan));
  strained += dsr_scan_strained(scan);
  dsr_scan_stop(scan);
  return all;
}

static rows answer(const question *of, how by) { return answer_strained(of, by, NULL); }

static dsr_word entity(dsr_base *base, uint64_t i) {
  char name[16];
  dsr_word word = DSR_WORD_NONE;
  int len = snprintf(name, sizeof name, "e%d", (int)i);
  OK(dsr_symbols_find(dsr_facts_symbols(base->facts), DSR_SYM_ENTITY,
                      (dsr_str){name, (size_t)len}, &word));
  return word;
}

static question ask(dsr_base *base) {
  static const unsigned flags[] = {0,
                                   0,
                                   0,
                                   0,
                                   DSR_SCAN_DENIED,
                                   DSR_SCAN_OWN,
                                   DSR_SCAN_EVERY,
                                   DSR_SCAN_ONCE,
                                   DSR_SCAN_OWN | DSR_SCAN_ONCE};
  size_t at = chance(RELATIONS);
  dsr_str name = {relations[at].name, strlen(relations[at].name)};
  question made = {
      .base = base,
      .relation = dsr_relation_find(base->facts, name, relations[at].arity)};
  CHECK(made.relation != NULL);
  for (int i = 0; i < relations[at].arity; i++) {
    if (chance(3) == 0) made.pattern[i] = entity(base, chance(NAMES));
  }
  made.flags = flags[chance(sizeof flags / sizeof *flags)];
  return made;
}

/* ---- strained -------------------------------------------------------------------- */

/* About some entities, and facts without a time. */
static dsr_strain random_strain(const question *of) {
  dsr_strain made = {.n = 1 + (int)chance(3)};
  int alternative = 0, arity = of->relation->arity;
  for (int i = 0; i < made.n; i++) {
    int c = (int)chance((uint64_t)arity + 1);
    dsr_word word = c < arity ? entity(of->base, chance(NAMES)) : DSR_WORD_NONE;
    dsr_strain_range range = {0, UINT64_MAX, word, word};
    if (chance(3) == 0) range.hi |= 3;
    if (chance(4) == 0) range.from = range.lo, range.to = range.hi; /* all pass */
    if (i > 0 && chance(2) == 0) alternative++;
    made.tests[i] = (dsr_strain_test){alternative, c, range};
  }
  return made;
}

static bool wanted(const dsr_strain *strain, const row *found, int arity) {
  unsigned failed = 0;
  int last = strain->tests[strain->n - 1].alternative;
  for (int i = 0; i < strain->n; i++) {
    const dsr_strain_test *test = &strain->tests[i];
    dsr_word at = test->column < arity ? found->args[test->column] : found->time;
    if (!dsr_strain_takes(&test->range, at)) failed |= 1u << test->alternative;
  }
  return failed != (2u << last) - 1;
}

static bool same_row(const row *a, const row *b) {
  return memcmp(a->args, b->args, sizeof a->args) == 0 && a->time == b->time &&
         a->set == b->set && a->relation == b->relation && a->certain == b->certain;
}

/* A strained scan gives some of what another gives, in its order, and all that is wanted. */
static void check_strained(const question *of, const dsr_strain *strain,
                           const rows *some, const rows *all) {
  size_t at = 0;
  for (size_t i = 0; i < all->len; i++) {
    const row *one = &all->items[i];
    bool there = at < some->len && same_row(&some->items[at], one);
    at += there;
    CHECK(there || !wanted(strain, one, of->relation->arity));
  }
  CHECK(at == some->len);
}

/* ---- one by one ------------------------------------------------------------------ */

static int by_words(const void *left, const void *right) {
  const row *a = left, *b = right;
  for (int i = 0; i < 3; i++) {
    if (a->args[i] != b->args[i]) return a->args[i] < b->args[i] ? -1 : 1;
  }
  if (a->time != b->time) return a->time < b->time ? -1 : 1;
  if (a->relation != b->relation) return a->relation < b->relation ? -1 : 1;
  return (a->set > b->set) - (a->set < b->set);
}

/* Is the fact, found where nothing was asked of it, one that the question asks for? */
static bool belongs(const question *of, row *found) {
  dsr_view *view = of->base->view;
  const dsr_relation *stored = dsr_relation_get(of->base->facts, found->relation);
  unsigned sees;
  for (int i = 0; i < of->relation->arity; i++) {
    dsr_word asked = of->pattern[i];
    if (asked != DSR_WORD_NONE) OK(dsr_view_same(view, asked, &asked));
    if (asked != DSR_WORD_NONE && asked != found->args[i]) return false;
  }
  if (of->flags & DSR_SCAN_EVERY) return true;
  OK(dsr_view_set(view, found->relation, found->set, &sees));
  dsr_status rc = dsr_view_time(view, stored, found->time, &found->certain);
  OK(rc);
  return (sees & DSR_SEES_HELD) && rc == DSR_ROW;
}

/* Of views that fold facts into others, each by itself does not tell; denials walk less. */
static void check_each(const question *of, const rows *found) {
  question all = *of;
  memset(all.pattern, 0, sizeof all.pattern);
  all.flags = DSR_SCAN_EVERY | (of->flags & DSR_SCAN_OWN);
  if (of->flags & DSR_SCAN_ONCE || of->flags & DSR_SCAN_DENIED ||
      of->base->view->fold) {
    return;
  }
  rows each = answer(&all, BY_COLUMN), copy = {0};
  size_t kept = 0;
  for (size_t i = 0; i < each.len; i++) {
    if (belongs(of, &each.items[i])) each.items[kept++] = each.items[i];
  }
  each.len = kept;
  for (size_t i = 0; i < found->len; i++) CHECK(VEC_PUSH(&copy, found->items[i]));
  if (kept > 0) qsort(each.items, kept, sizeof(row), by_words);
  if (copy.len > 0) qsort(copy.items, copy.len, sizeof(row), by_words);
  check_same(&each, &copy);
  VEC_FREE(&each);
  VEC_FREE(&copy);
}

/* ---- cursors below them ---------------------------------------------------------- */

static void check_cursors(dsr_base *base) {
  dsr_store *store = dsr_facts_store(base->facts);
  question of = ask(base);
  const dsr_relation *relation = of.relation;
  if (relation->inverse != 0) return;
  int width = relation->arity + 1, order = (int)chance(2), n = chance(2) == 0;
  uint64_t prefix = entity(base, chance(NAMES)), set;
  const uint64_t *step;
  dsr_cursor *one, *many;
  dsr_stretch run;
  OK(dsr_facts_read(base->facts, false));
  OK(dsr_cursor_start(store, relation->number, width, order, &prefix, n, &one));
  OK(dsr_cursor_start(store, relation->number, width, order, &prefix, n, &many));
  while (dsr_cursor_some(many, &run) == DSR_ROW) {
    CHECK(run.n > 0);
    for (size_t r = 0; r < run.n; r++) {
      CHECK(dsr_cursor_next(one, &step, &set) == DSR_ROW && set == run.sets[r]);
      for (int c = 0; c < width; c++) CHECK(step[c] == run.columns[c][r]);
      CHECK(!run.one_set || set == run.sets[0]);
    }
  }
  CHECK(dsr_cursor_next(one, &step, &set) == DSR_DONE);
  dsr_cursor_stop(one);
  dsr_cursor_stop(many);
}

/* ---- bases ----------------------------------------------------------------------- */

static void load(dsr_base *base, const char *text) {
  if (dsr_load(base, NULL, text, strlen(text)) >= 0) return;
  printf("%s: %s\n", text, dsr_errmsg(base));
  exit(1);
}

static int put_fact(char *out, size_t room) {
  static const char *const times[] = {"", "", "", " @ 2001", " @ 2001-05", " @ 2010"};
  size_t at = chance(RELATIONS);
  int n = snprintf(out, room, "%s(e%d, e%d", relations[at].name, (int)chance(NAMES),
                   (int)chance(NAMES));
  if (relations[at].arity == 3) {
    n += snprintf(out + n, room - (size_t)n, ", e%d", (int)chance(NAMES));
  }
  const char *time = at == 3 || at == 5 ? times[chance(6)] : "";
  return n + snprintf(out + n, room - (size_t)n, ")%s", time);
}

/* Some claims and what takes them back. */
static void change(dsr_base *base) {
  char text[8192];
  int n = 0, room = (int)sizeof text;
  int most = 1 + (int)chance(FACTS_MOST);
  bool joins = chance(8) == 0;
  for (int i = 0; i < most; i++) {
    static const char *const begins[] = {"", "", "", "", "deny ", ""};
    static const char *const from[] = {"", " from s1", " from s2 \"2\"",
                                       " from s1 grade b2"};
    const char *begin = begins[chance(6)];
    n += snprintf(text + n, (size_t)(room - n), "%s", begin);
    n += put_fact(text + n, (size_t)(room - n));
    n += snprintf(text + n, (size_t)(room - n), "%s.\n", from[chance(4)]);
  }
  if (joins) {
    n += snprintf(text + n, (size_t)(room - n), "same_as(e%d, e%d).\n",
                  (int)chance(NAMES), (int)chance(NAMES));
  }
  load(base, text);
  for (int i = (int)chance(4); i > 0; i--) {
    put_fact(text, sizeof text);
    OK(dsr_retract(base, text, NULL));
  }
}

static dsr_base *random_view(dsr_base *base) {
  static const char *const one[] = {"s1", NULL};
  static const dsr_view_options options[] = {
      {.sources = one},
      {.as_of = "2005-01-01"},
      {.as_of = "2001-03-01", .possible = 1},
      {.since = "2002"},
      {.known_at = "#2"},
      {.settled = 1},
      {.min_grade = "b2"},
      {.fold = 1},
  };
  dsr_base *view;
  OK(dsr_view_open(base, &options[chance(sizeof options / sizeof *options)], &view));
  return view;
}

/* A scan begun before the base changes goes on as if it had not. */
static void check_amid(dsr_base *base, dsr_base *view) {
  question of = ask(view);
  rows before = answer(&of, BY_STEP), amid = {0};
  bool in = chance(2) == 0; /* within a transaction that is open already */
  if (in) OK(dsr_begin(base));
  dsr_scan *scan = start(&of);
  uint64_t calls = chance(4);
  bool more = true;
  while (calls-- > 0 && more) more = take(scan, of.relation->arity, BY_EITHER, &amid);
  change(base);
  while (more) more = take(scan, of.relation->arity, BY_EITHER, &amid);
  dsr_scan_stop(scan);
  check_same(&before, &amid);
  if (in) OK(chance(2) == 0 ? dsr_commit(base) : dsr_rollback(base));
  VEC_FREE(&before);
  VEC_FREE(&amid);
}

static void check_ways(dsr_base *base) {
  question of = ask(base);
  dsr_strain strain = random_strain(&of);
  /* The first, before blocks are unpacked. */
  rows some = answer_strained(&of, BY_EITHER, &strain);
  rows steps = answer(&of, BY_STEP), columns = answer(&of, BY_COLUMN);
  rows either = answer(&of, BY_EITHER);
  check_same(&steps, &columns);
  check_same(&steps, &either);
  check_each(&of, &steps);
  check_strained(&of, &strain, &some, &steps);
  VEC_FREE(&some);
  VEC_FREE(&steps);
  VEC_FREE(&columns);
  VEC_FREE(&either);
}

static void check_base(void) {
  dsr_open_options options = {.merge_bound = 1 + (int)chance(60),
                              .block_bytes = chance(2) == 0 ? 64 : 0};
  dsr_base *base;
  OK(dsr_open(NULL, &options, &base));
  load(base, declared);
  for (int i = 0; i < LOADS; i++) {
    change(base);
    dsr_base *view = random_view(base);
    for (int k = 0; k < 6; k++) {
      check_ways(base);
      check_ways(view);
      check_cursors(base);
    }
    if (chance(2) == 0) check_amid(base, chance(2) == 0 ? view : base);
    OK(dsr_close(view));
  }
  OK(dsr_close(base));
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  uint64_t seed = strtoull(argv[1], NULL, 10), steps = strtoull(argv[2], NULL, 10);
  for (uint64_t i = 0; i < steps; i++) {
    chance_state = seed + i;
    check_base();
  }
  CHECK(strained > 0 || steps == 0);
  puts("facts_scan: agreed");
  return 0;
}
