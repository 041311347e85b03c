/*
** narrow.c - which rows of a base relation a run can use at all.
*/
#include "logic/narrow.h"

#include "logic/plan.h"
#include "logic/test.h"

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
  dsr_symbols *symbols = dsr_facts_symbols(m->book->facts);
  if (goal->kind != DSR_GOAL_COMPARE && goal->kind != DSR_GOAL_TIME) return DSR_OK;
  if (goal->negated || !dsr_goal_counts(m->rule, goal)) return DSR_OK;
  test.turned = goal->args[1].var == var;
  if (!test.turned && goal->args[0].var != var) return DSR_OK;
  const dsr_arg *other = &goal->args[test.turned ? 0 : 1];
  if (!dsr_arg_known(other)) return DSR_OK;
  test.word = dsr_arg_word(m->book, other);
  if (test.word == DSR_WORD_NONE) return DSR_OK;
  test.timed = goal->kind == DSR_GOAL_TIME &&
               dsr_word_domain(symbols, test.word) == DSR_COL_TIME;
  if (test.timed) TRY(dsr_word_time(symbols, test.word, &test.time));
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

/* ---- asking ----------------------------------------------------------------------- */

/* A test of a word that is a time. */
static dsr_status test_time(const dsr_narrow_test *test, dsr_symbols *symbols,
                            dsr_word word, bool *holds) {
  dsr_time time;
  TRY(dsr_word_time(symbols, word, &time));
  const dsr_time *a = test->turned ? &test->time : &time;
  const dsr_time *b = test->turned ? &time : &test->time;
  *holds = test->possibly ? dsr_time_possible(test->test, a, b)
                          : dsr_time_certain(test->test, a, b);
  return DSR_OK;
}

static bool passes(const dsr_narrow_test *test, dsr_symbols *symbols, dsr_view *view,
                   dsr_word word) {
  dsr_word a = test->turned ? test->word : word;
  dsr_word b = test->turned ? word : test->word;
  bool holds = true;
  dsr_status rc = DSR_OK;
  if (test->kind == DSR_GOAL_ATOM) return word == test->word;
  if (test->timed && dsr_word_tag(word) == DSR_TAG_DAY) {
    rc = test_time(test, symbols, word, &holds);
  } else if (test->kind == DSR_GOAL_TIME) {
    rc = dsr_test_time(symbols, test->test, test->possibly, a, b, &holds);
  } else {
    rc = dsr_test_compare(symbols, view, test->op, test->numeric, a, b, &holds);
  }
  return rc < 0 || holds;
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

/* Rows that pass a test; one that follows an equal word is not asked again. */
static size_t sift(const dsr_narrow_test *test, dsr_symbols *symbols, dsr_view *view,
                   const dsr_word *column, uint32_t *rows, size_t n) {
  size_t kept = 0;
  dsr_word last = DSR_WORD_NONE;
  bool in = false, met = false;
  for (size_t i = 0; i < n; i++) {
    dsr_word word = column[rows[i]];
    if (!met || word != last) in = passes(test, symbols, view, word);
    met = true;
    last = word;
    if (in) rows[kept++] = rows[i];
  }
  return kept;
}

size_t dsr_narrow_sift(const dsr_narrow *narrow, dsr_symbols *symbols, dsr_view *view,
                       const dsr_word *const *columns, uint32_t *rows, size_t n) {
  size_t tests = narrow->tests.len, kept = 0;
  if (tests == 0) return n;
  if (narrow->tests.items[tests - 1].alternative == 0) {
    for (size_t i = 0; i < tests && n > 0; i++) {
      const dsr_narrow_test *test = &narrow->tests.items[i];
      n = sift(test, symbols, view, columns[test->column], rows, n);
    }
    return n;
  }
  for (size_t i = 0; i < n; i++) {
    dsr_word words[DSR_WIDTH_MAX] = {0};
    for (size_t k = 0; k < tests; k++) {
      int column = narrow->tests.items[k].column;
      words[column] = columns[column][rows[i]];
    }
    if (dsr_narrow_keeps(narrow, symbols, view, words)) rows[kept++] = rows[i];
  }
  return kept;
}
