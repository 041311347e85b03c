/*
** narrow.c - which rows of a base relation a run can use at all.
*/
#include "logic/narrow.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "ground/mem.h"
#include "logic/plan.h"
#include "logic/test.h"

/* ---- ranges ----------------------------------------------------------------------- */

static const dsr_strain_range all_words = {0, UINT64_MAX, 0, UINT64_MAX};
static const dsr_strain_range no_word = {1, 0, 0, UINT64_MAX};

static dsr_strain_range words_of_tag(int tag) {
  dsr_word first = dsr_word_make(tag, 0), last = dsr_word_make(tag, DSR_WORD_PAYLOAD);
  return (dsr_strain_range){first, last, first, last};
}

/* None of the words that the range tells of pass. */
static dsr_strain_range none_of(dsr_strain_range range) {
  range.lo = range.hi = range.from - 1;
  return range;
}

static dsr_compare turned_round(dsr_compare op) {
  switch (op) {
    case DSR_LT:
      return DSR_GT;
    case DSR_LE:
      return DSR_GE;
    case DSR_GT:
      return DSR_LT;
    case DSR_GE:
      return DSR_LE;
    default:
      return op;
  }
}

/* A comparison with words of the constant's own tag, which are in value order. */
static dsr_strain_range range_of_compare(const dsr_narrow_test *test) {
  int tag = dsr_word_tag(test->word);
  bool numbers = tag == DSR_TAG_INT || tag == DSR_TAG_DECIMAL;
  if (!numbers && (tag != DSR_TAG_DAY || test->numeric)) return no_word;
  dsr_strain_range range = words_of_tag(tag);
  switch (test->turned ? turned_round(test->op) : test->op) {
    case DSR_EQ:
      range.lo = range.hi = test->word;
      return range;
    case DSR_LT:
      range.hi = test->word - 1;
      return range.lo <= range.hi ? range : none_of(range);
    case DSR_LE:
      range.hi = test->word;
      return range;
    case DSR_GT:
      range.lo = test->word + 1;
      return range.lo <= range.hi ? range : none_of(range);
    case DSR_GE:
      range.lo = test->word;
      return range;
    default:
      return no_word;
  }
}

static bool day_passes(const dsr_narrow_test *test, dsr_day day) {
  dsr_time time = {day, day, day, day, true};
  const dsr_time *a = test->turned ? &test->time : &time;
  const dsr_time *b = test->turned ? &time : &test->time;
  return test->possibly ? dsr_time_possible(test->test, a, b)
                        : dsr_time_certain(test->test, a, b);
}

static int day_order(const void *a, const void *b) {
  const dsr_day *x = a, *y = b;
  return (*x > *y) - (*x < *y);
}

/* A test of time looks at no more of a day than whether it is before, beyond or at some of
** the constant's four, each moved by a day or a few.  So what it says changes near these
** days only, and it is asked of all those. */
static dsr_strain_range range_of_time(const dsr_narrow_test *test) {
  enum { NEAR = 4, EACH = 2 * NEAR + 1, N = 4 * EACH };
  const dsr_time *time = &test->time;
  const dsr_day four[] = {time->es, time->ls, time->ee, time->le};
  dsr_day days[N];
  for (int i = 0; i < N; i++) days[i] = four[i / EACH] + i % EACH - NEAR;
  qsort(days, N, sizeof *days, day_order);
  dsr_strain_range range = words_of_tag(DSR_TAG_DAY);
  int first = 0, end = 0;
  while (first < N && !day_passes(test, days[first])) first++;
  if (first == N) return none_of(range);
  for (end = first; end < N && day_passes(test, days[end]); end++) continue;
  for (int i = end; i < N; i++) {
    if (day_passes(test, days[i])) return no_word; /* two ranges */
  }
  if (first > 0) range.lo = dsr_word_day(days[first]);
  if (end < N) range.hi = dsr_word_day(days[end - 1]);
  return range;
}

static dsr_strain_range range_of(const dsr_narrow_test *test) {
  dsr_strain_range range = all_words;
  switch (test->kind) {
    case DSR_GOAL_ATOM:
      range.lo = range.hi = test->word;
      return range;
    case DSR_GOAL_COMPARE:
      return range_of_compare(test);
    default:
      return test->timed ? range_of_time(test) : no_word;
  }
}

dsr_status dsr_narrow_test_ready(dsr_symbols *symbols, dsr_narrow_test *test) {
  test->timed = test->kind == DSR_GOAL_TIME &&
                dsr_word_domain(symbols, test->word) == DSR_COL_TIME;
  if (test->timed) TRY(dsr_word_time(symbols, test->word, &test->time));
  test->range = range_of(test);
  return DSR_OK;
}

/* ---- making ----------------------------------------------------------------------- */

typedef struct maker {
  const dsr_rulebook *book;
  const dsr_predicate *predicate;
  dsr_view *view;
  const dsr_rule *rule;
  int alternative;
  bool any, exact; /* the alternative has some test; a constant column */
  dsr_narrow *out;
} maker;

static dsr_status add(maker *m, dsr_narrow_test *test) {
  test->alternative = m->alternative;
  TRY(dsr_narrow_test_ready(dsr_facts_symbols(m->book->facts), test));
  m->any = true;
  if (!VEC_PUSH(&m->out->tests, *test)) {
    return dsr_fail_memory(dsr_facts_error(m->book->facts));
  }
  return DSR_OK;
}

/* A column that is a constant. */
static dsr_status add_constant(maker *m, int column, const dsr_arg *arg) {
  dsr_narrow_test test = {.column = column, .kind = DSR_GOAL_ATOM};
  dsr_word word = dsr_arg_word(m->book, arg);
  if (word == DSR_WORD_NONE) return DSR_OK;
  TRY(dsr_test_same(m->view, word, &test.word));
  m->exact = true;
  return add(m, &test);
}

/* A goal that holds a variable of the atom against a constant. */
static dsr_status add_goal(maker *m, int column, int var, const dsr_goal *goal) {
  dsr_narrow_test test = {.column = column,
                          .kind = goal->kind,
                          .op = goal->op,
                          .test = goal->test,
                          .numeric = goal->numeric,
                          .possibly = goal->possibly};
  if (goal->kind != DSR_GOAL_COMPARE && goal->kind != DSR_GOAL_TIME) return DSR_OK;
  if (goal->negated || !dsr_goal_counts(m->rule, goal)) return DSR_OK;
  test.turned = goal->args[1].var == var;
  if (!test.turned && goal->args[0].var != var) return DSR_OK;
  const dsr_arg *other = &goal->args[test.turned ? 0 : 1];
  if (!dsr_arg_known(other)) return DSR_OK;
  test.word = dsr_arg_word(m->book, other);
  if (test.word == DSR_WORD_NONE) return DSR_OK;
  return add(m, &test);
}

static dsr_status add_atom(maker *m, const dsr_goal *atom) {
  const dsr_predicate *p = m->predicate;
  m->any = m->exact = false;
  for (int c = 0; c < p->arity + p->timed; c++) {
    const dsr_arg *arg = &atom->args[c];
    if (dsr_arg_known(arg)) TRY(add_constant(m, c, arg));
    for (int i = 0; i < m->rule->n_goals && arg->var >= 0; i++) {
      TRY(add_goal(m, c, arg->var, &m->rule->goals[i]));
    }
  }
  m->alternative++;
  m->out->exact = m->out->exact && m->exact;
  return m->any ? DSR_OK : DSR_NOTHING;
}

static dsr_status add_all(maker *m) {
  for (size_t i = 0; i < m->book->rules.len; i++) {
    m->rule = &m->book->rules.items[i];
    for (int k = 0; k < m->rule->n_goals; k++) {
      const dsr_goal *goal = &m->rule->goals[k];
      if (goal->kind != DSR_GOAL_ATOM ||
          &m->book->predicates.items[goal->predicate] != m->predicate) {
        continue;
      }
      dsr_status rc = add_atom(m, goal);
      if (rc != DSR_OK) return rc;
    }
  }
  return m->out->tests.len > 0 ? DSR_OK : DSR_NOTHING;
}

dsr_status dsr_narrow_make(const dsr_rulebook *book, int predicate, dsr_view *view,
                           dsr_narrow *out) {
  dsr_narrow made = {.exact = true};
  maker m = {.book = book,
             .predicate = &book->predicates.items[predicate],
             .view = view,
             .out = &made};
  dsr_status rc = add_all(&m);
  if (rc != DSR_OK) {
    dsr_narrow_free(&made);
    return rc;
  }
  *out = made;
  return DSR_OK;
}

void dsr_narrow_free(dsr_narrow *narrow) { VEC_FREE(&narrow->tests); }

bool dsr_narrow_equal(const dsr_narrow *a, const dsr_narrow *b) {
  if (a->tests.len != b->tests.len) return false;
  for (size_t i = 0; i < a->tests.len; i++) {
    const dsr_narrow_test *x = &a->tests.items[i], *y = &b->tests.items[i];
    if (x->alternative != y->alternative || x->column != y->column ||
        x->kind != y->kind || x->op != y->op || x->test != y->test ||
        x->numeric != y->numeric || x->possibly != y->possibly ||
        x->turned != y->turned || x->word != y->word) {
      return false;
    }
  }
  return true;
}

/* Has every alternative a test that says something of words? */
static bool strains(const dsr_narrow *narrow) {
  int told = -1;
  for (size_t i = 0; i < narrow->tests.len; i++) {
    const dsr_narrow_test *test = &narrow->tests.items[i];
    if (test->alternative > told + 1) return false;
    if (test->range.from <= test->range.to) told = test->alternative;
  }
  return narrow->tests.len > 0 &&
         narrow->tests.items[narrow->tests.len - 1].alternative == told;
}

void dsr_narrow_strain(const dsr_narrow *narrow, dsr_strain *out) {
  out->n = 0;
  if (!strains(narrow)) return;
  for (size_t i = 0; i < narrow->tests.len; i++) {
    const dsr_narrow_test *test = &narrow->tests.items[i];
    if (test->range.from > test->range.to) continue;
    if (out->n == DSR_STRAIN_TESTS) {
      out->n = 0;
      return;
    }
    out->tests[out->n++] =
        (dsr_strain_test){test->alternative, test->column, test->range};
  }
}

/* ---- asking ----------------------------------------------------------------------- */

static bool ask(const dsr_narrow_test *test, dsr_symbols *symbols, dsr_view *view,
                dsr_word word) {
  dsr_word a = test->turned ? test->word : word;
  dsr_word b = test->turned ? word : test->word;
  bool holds = true;
  dsr_status rc = DSR_OK;
  if (test->kind == DSR_GOAL_ATOM) return word == test->word;
  if (test->kind == DSR_GOAL_TIME) {
    rc = dsr_test_time(symbols, test->test, test->possibly, a, b, &holds);
  } else {
    rc = dsr_test_compare(symbols, view, test->op, test->numeric, a, b, &holds);
  }
  return rc < 0 || holds;
}

static bool passes(const dsr_narrow_test *test, dsr_symbols *symbols, dsr_view *view,
                   dsr_word word) {
  if (dsr_strain_tells(&test->range, word)) return dsr_strain_takes(&test->range, word);
  return ask(test, symbols, view, word);
}

bool dsr_narrow_keeps(const dsr_narrow *narrow, dsr_symbols *symbols, dsr_view *view,
                      const dsr_word *words) {
  size_t n = narrow->tests.len;
  for (size_t i = 0; i < n;) {
    const dsr_narrow_test *test = &narrow->tests.items[i];
    int alternative = test->alternative;
    bool in = true;
    for (; i < n && narrow->tests.items[i].alternative == alternative; i++) {
      test = &narrow->tests.items[i];
      in = in && passes(test, symbols, view, words[test->column]);
    }
    if (in) return true;
  }
  return n == 0;
}

/* ---- asking of many rows ---------------------------------------------------------- */

enum { SAID = 4096 };

typedef struct dsr_narrow_said {
  dsr_word word;
  const dsr_narrow_test *test; /* NULL: nothing stands here */
  bool in;
} said;

void dsr_narrow_forget(dsr_narrow_memory *memory) {
  dsr_free(memory->said);
  memory->said = NULL;
}

typedef struct sifter {
  dsr_narrow_memory *memory;
  dsr_symbols *symbols;
  dsr_view *view;
} sifter;

/* Ask, or remember, about a word that the test's range says nothing of. */
static bool recall(const sifter *s, const dsr_narrow_test *test, dsr_word word) {
  uint64_t mixed = (word ^ (uintptr_t)test) * UINT64_C(0x9e3779b97f4a7c15);
  if (s->memory->said == NULL) s->memory->said = dsr_alloc(SAID * sizeof(said));
  if (s->memory->said == NULL) return ask(test, s->symbols, s->view, word);
  said *at = &s->memory->said[(mixed ^ mixed >> 32) % SAID];
  if (at->word != word || at->test != test) {
    *at = (said){word, test, ask(test, s->symbols, s->view, word)};
  }
  return at->in;
}

/* List those of rows [from, to) that pass a test.  No branch hangs on what it says. */
static size_t sift_all(const sifter *s, const dsr_narrow_test *test,
                       const dsr_word *column, size_t from, size_t to, uint32_t *rows) {
  const dsr_strain_range range = test->range;
  size_t kept = 0;
  for (size_t i = from; i < to; i++) {
    dsr_word word = column[i];
    rows[kept] = (uint32_t)i;
    if (dsr_strain_tells(&range, word)) {
      kept += word - range.lo <= range.hi - range.lo;
    } else {
      kept += recall(s, test, word);
    }
  }
  return kept;
}

/* Leave in the list what passes. */
static size_t sift_some(const sifter *s, const dsr_narrow_test *test,
                        const dsr_word *column, uint32_t *rows, size_t n) {
  size_t kept = 0;
  for (size_t i = 0; i < n; i++) {
    dsr_word word = column[rows[i]];
    bool in = dsr_strain_tells(&test->range, word)
                  ? dsr_strain_takes(&test->range, word)
                  : recall(s, test, word);
    rows[kept] = rows[i];
    kept += in;
  }
  return kept;
}

/* List what passes the alternative that begins with test *i, and go to the next one. */
static size_t sift_alternative(const sifter *s, const dsr_narrow *narrow, size_t *i,
                               const dsr_word *const *columns, size_t from, size_t to,
                               uint32_t *rows) {
  const dsr_narrow_test *test = &narrow->tests.items[*i];
  int alternative = test->alternative;
  size_t n = sift_all(s, test, columns[test->column], from, to, rows);
  for (++*i; *i < narrow->tests.len; ++*i) {
    test = &narrow->tests.items[*i];
    if (test->alternative != alternative) break;
    n = sift_some(s, test, columns[test->column], rows, n);
  }
  return n;
}

size_t dsr_narrow_sift(const dsr_narrow *narrow, dsr_narrow_memory *memory,
                       dsr_symbols *symbols, dsr_view *view,
                       const dsr_word *const *columns, size_t from, size_t to,
                       uint32_t *rows) {
  bool in[DSR_NARROW_ROWS];
  sifter s = {memory, symbols, view};
  size_t i = 0, kept = 0, n = to - from;
  assert(narrow->tests.len > 0 && n <= DSR_NARROW_ROWS);
  size_t few = sift_alternative(&s, narrow, &i, columns, from, to, rows);
  if (i == narrow->tests.len) return few;
  memset(in, 0, n);
  for (;;) {
    for (size_t k = 0; k < few; k++) in[rows[k] - from] = true;
    if (i == narrow->tests.len) break;
    few = sift_alternative(&s, narrow, &i, columns, from, to, rows);
  }
  for (size_t k = 0; k < n; k++) {
    rows[kept] = (uint32_t)(from + k);
    kept += in[k];
  }
  return kept;
}
