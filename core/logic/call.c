/*
** call.c - from numbers to words and back, around what goals compare and compute.
**
** Numbers are equal where words are, so a comparison of equal numbers needs no look at what
** they stand for.  Where both words are integers the operation is done right here; every
** other case is left to test.c, builtin.c, aggregate.c and define.c.
*/
#include "logic/call.h"

#include <pthread.h>
#include <string.h>

#include "ground/mem.h"
#include "logic/aggregate.h"
#include "logic/define.h"
#include "logic/test.h"

/* Operations that integers have a short way for. */
typedef enum short_way { LONG = 0, ADD, SUBTRACT, MULTIPLY } short_way;

typedef struct call {
  dsr_calls *calls;
  dsr_goal own; /* a copy: the planner's own goals go when it is done */
  const dsr_goal *goal;
  bool joined;                      /* bind */
  short_way way;                    /* a built-in */
  const dsr_definition *definition; /* a defined one */
  dsr_relation relation;            /* a view's time */
  dsr_fold_kind fold;
} call;

struct dsr_calls {
  dsr_numbers *numbers;
  dsr_facts *facts;
  dsr_symbols *symbols;
  dsr_view *view;
  dsr_defined *defined;
  dsr_error *error;
  dsr_status failure;
  pthread_mutex_t turn; /* who asks symbols or the view */
  bool open;            /* what is looked up may have words that are not numbered yet */
  VEC(call *) made;
};

dsr_status dsr_calls_new(dsr_numbers *numbers, dsr_facts *facts, dsr_view *view,
                         const struct dsr_defined *defined, dsr_error *error,
                         dsr_calls **out) {
  dsr_calls *calls = dsr_alloc(sizeof *calls);
  if (calls == NULL) return dsr_fail_memory(error);
  if (pthread_mutex_init(&calls->turn, NULL) != 0) {
    dsr_free(calls);
    return dsr_fail_memory(error);
  }
  calls->numbers = numbers;
  calls->facts = facts;
  calls->symbols = dsr_facts_symbols(facts);
  calls->view = view;
  calls->defined = (dsr_defined *)defined; /* calling one counts how deep calls are */
  calls->error = error;
  *out = calls;
  return DSR_OK;
}

void dsr_calls_free(dsr_calls *calls) {
  if (calls == NULL) return;
  for (size_t i = 0; i < calls->made.len; i++) dsr_free(calls->made.items[i]);
  VEC_FREE(&calls->made);
  pthread_mutex_destroy(&calls->turn);
  dsr_free(calls);
}

uint32_t dsr_calls_numbers(const dsr_calls *calls) {
  return dsr_numbers_count(calls->numbers);
}

dsr_status dsr_calls_failure(const dsr_calls *calls) { return calls->failure; }

/* A further call, owned by the calls. */
static dsr_status make(dsr_calls *calls, const dsr_goal *goal, call **out) {
  call *fresh = dsr_alloc(sizeof *fresh);
  if (fresh == NULL || !VEC_PUSH(&calls->made, fresh)) {
    dsr_free(fresh);
    return dsr_fail_memory(calls->error);
  }
  fresh->calls = calls;
  if (goal != NULL) fresh->own = *goal;
  fresh->goal = goal != NULL ? &fresh->own : NULL;
  *out = fresh;
  return DSR_OK;
}

dsr_status dsr_calls_number(dsr_calls *calls, dsr_word word, uint32_t *out) {
  TRY(dsr_test_same(calls->view, word, &word));
  return dsr_numbers_give(calls->numbers, word, out);
}

static inline dsr_word word_of(const call *c, uint32_t number) {
  return dsr_numbers_word(c->calls->numbers, number);
}

static void words_of(const call *c, const uint32_t *numbers, int n, dsr_word *out) {
  for (int i = 0; i < n; i++) out[i] = word_of(c, numbers[i]);
}

/* ---- results --------------------------------------------------------------------- */

/* A row of one number. */
static dsr_status give_number(const call *c, uint32_t number, dsr_results *out) {
  if (!VEC_PUSH(&out->numbers, number)) return dsr_fail_memory(c->calls->error);
  out->rows++;
  return DSR_OK;
}

static dsr_status give_word(const call *c, dsr_word word, dsr_results *out) {
  uint32_t number;
  TRY(dsr_numbers_give(c->calls->numbers, word, &number));
  return give_number(c, number, out);
}

/* A row of words: `width` of them. */
static dsr_status give_row(const call *c, const dsr_word *row, dsr_results *out) {
  if (!VEC_RESERVE(&out->numbers, out->width + 1)) {
    return dsr_fail_memory(c->calls->error);
  }
  for (int i = 0; i < out->width; i++) {
    uint32_t number;
    TRY(dsr_calls_number(c->calls, row[i], &number));
    out->numbers.items[out->numbers.len++] = number;
  }
  out->rows++;
  return DSR_OK;
}

/* ---- comparisons ----------------------------------------------------------------- */

static bool both_ints(dsr_word a, dsr_word b) {
  return dsr_word_tag(a) == DSR_TAG_INT && dsr_word_tag(b) == DSR_TAG_INT;
}

/* Integers' words are in value order. */
static inline int order_of(dsr_word a, dsr_word b) { return (a > b) - (a < b); }

/* Values of one kind whose words are in value order. */
static bool both_plain(dsr_word a, dsr_word b) {
  return dsr_word_tag(a) == dsr_word_tag(b) && dsr_word_tag(a) < DSR_TAG_ENTITY;
}

static dsr_status compare(void *ud, const uint32_t *args, bool *out) {
  const call *c = ud;
  const dsr_goal *goal = c->goal;
  dsr_word a = word_of(c, args[0]), b = word_of(c, args[1]);
  if (both_ints(a, b) || (!goal->numeric && (a == b || both_plain(a, b)))) {
    *out = dsr_test_order(goal->op, order_of(a, b));
    return DSR_OK;
  }
  pthread_mutex_lock(&c->calls->turn);
  dsr_status rc = dsr_test_compare(c->calls->symbols, c->calls->view, goal->op,
                                   goal->numeric, a, b, out);
  pthread_mutex_unlock(&c->calls->turn);
  return rc;
}

static dsr_status test_time(void *ud, const uint32_t *args, bool *out) {
  const call *c = ud;
  dsr_word a = word_of(c, args[0]), b = word_of(c, args[1]);
  bool turn = dsr_word_tag(a) != DSR_TAG_DAY || dsr_word_tag(b) != DSR_TAG_DAY;
  if (turn) pthread_mutex_lock(&c->calls->turn);
  dsr_status rc =
      dsr_test_time(c->calls->symbols, c->goal->test, c->goal->possibly, a, b, out);
  if (turn) pthread_mutex_unlock(&c->calls->turn);
  return rc;
}

static dsr_status test_view(void *ud, const uint32_t *args, bool *out) {
  const call *c = ud;
  bool certain;
  pthread_mutex_lock(&c->calls->turn);
  dsr_status rc =
      dsr_view_time(c->calls->view, &c->relation, word_of(c, args[0]), &certain);
  pthread_mutex_unlock(&c->calls->turn);
  if (rc < 0) return rc;
  *out = rc == DSR_ROW;
  return DSR_OK;
}

static dsr_status grade_of(const call *c, dsr_word word, char *letter, char *digit) {
  dsr_value value;
  char scratch[DSR_WORD_TEXT];
  *letter = *digit = 0;
  if (dsr_word_tag(word) != DSR_TAG_TEXT) return DSR_NOTHING;
  TRY(dsr_word_value(c->calls->symbols, word, scratch, &value));
  return dsr_grade_parse(value.text, letter, digit) ? DSR_OK : DSR_NOTHING;
}

static dsr_status test_grade(void *ud, const uint32_t *args, bool *out) {
  const call *c = ud;
  char letter, digit, asked_letter, asked_digit;
  pthread_mutex_lock(&c->calls->turn);
  dsr_status rc = grade_of(c, word_of(c, args[1]), &asked_letter, &asked_digit);
  if (rc == DSR_OK) rc = grade_of(c, word_of(c, args[0]), &letter, &digit);
  pthread_mutex_unlock(&c->calls->turn);
  if (rc < 0) return rc;
  *out = rc == DSR_OK && (asked_letter == 0 || asked_letter == letter) &&
         (asked_digit == 0 || asked_digit == digit);
  return DSR_OK;
}

static dsr_status test_written(void *ud, const uint32_t *args, bool *out) {
  const call *c = ud;
  *out = word_of(c, args[0]) != DSR_WORD_NONE;
  return DSR_OK;
}

dsr_status dsr_calls_written(dsr_calls *calls, dsr_test_call *test, void **ud) {
  call *c;
  TRY(make(calls, NULL, &c));
  *test = test_written;
  *ud = c;
  return DSR_OK;
}

/* ---- filling one side of = ------------------------------------------------------- */

/* The decimal that is as much as an integer, or the other way round; none. */
static dsr_word other_form(dsr_word word) {
  const int64_t unit = 1000000;
  int64_t value = dsr_word_signed(word), most = (INT64_C(1) << 60) / unit - 1;
  if (dsr_word_tag(word) == DSR_TAG_INT && value <= most && value >= -most) {
    return dsr_word_make(DSR_TAG_DECIMAL,
                         (uint64_t)(value * unit + (int64_t)DSR_WORD_BIAS));
  }
  if (dsr_word_tag(word) == DSR_TAG_DECIMAL && value % unit == 0) {
    return dsr_word_int(value / unit);
  }
  return DSR_WORD_NONE;
}

static dsr_status bind(void *ud, const uint32_t *args, dsr_results *out) {
  const call *c = ud;
  dsr_word word = word_of(c, args[0]);
  if (c->goal->numeric) {
    int order;
    if (!dsr_number_compare(c->calls->symbols, word, word, &order)) return DSR_OK;
  }
  TRY(give_number(c, args[0], out));
  if (!c->joined) return DSR_OK;
  dsr_word other = other_form(word);
  if (other == DSR_WORD_NONE) return DSR_OK;
  uint32_t number = dsr_numbers_find(c->calls->numbers, other);
  if (number == DSR_NUMBER_NONE && c->calls->open) {
    TRY(dsr_numbers_give(c->calls->numbers, other, &number));
  }
  return number == DSR_NUMBER_NONE ? DSR_OK : give_number(c, number, out);
}

void dsr_calls_open(dsr_calls *calls) { calls->open = true; }

dsr_status dsr_calls_bind(dsr_calls *calls, const dsr_goal *goal, bool joined,
                          dsr_op_call *function, void **ud) {
  call *c;
  TRY(make(calls, goal, &c));
  c->joined = joined;
  *function = bind;
  *ud = c;
  return DSR_OK;
}

/* ---- functions ------------------------------------------------------------------- */

/* Of two integers, where the result is one that fits a word. */
static bool reckon(short_way way, dsr_word a, dsr_word b, dsr_word *out) {
  int64_t x = dsr_word_signed(a), y = dsr_word_signed(b), z;
  bool over = way == ADD        ? __builtin_add_overflow(x, y, &z)
              : way == SUBTRACT ? __builtin_sub_overflow(x, y, &z)
                                : __builtin_mul_overflow(x, y, &z);
  if (over || !dsr_word_int_fits(z)) return false;
  *out = dsr_word_int(z);
  return true;
}

/* DSR_NOTHING: it has no result. */
static dsr_status result_of(const call *c, const uint32_t *args, dsr_word *out) {
  dsr_word words[DSR_WIDTH_MAX];
  words_of(c, args, c->goal->n_in, words);
  if (c->way != LONG && both_ints(words[0], words[1]) &&
      reckon(c->way, words[0], words[1], out)) {
    return DSR_OK;
  }
  pthread_mutex_lock(&c->calls->turn);
  dsr_status rc = dsr_builtin_call(c->goal->fn, c->calls->symbols, words, out);
  pthread_mutex_unlock(&c->calls->turn);
  return rc;
}

static dsr_status call_builtin(void *ud, const uint32_t *args, dsr_results *out) {
  const call *c = ud;
  dsr_word result;
  dsr_status rc = result_of(c, args, &result);
  if (rc != DSR_OK) return rc < 0 ? rc : DSR_OK;
  return give_word(c, result, out);
}

/* Where rows of a definition go. */
typedef struct receiver {
  const call *c;
  dsr_results *out;
} receiver;

static dsr_status receive(void *ud, const dsr_word *row) {
  const receiver *r = ud;
  return give_row(r->c, row, r->out);
}

static dsr_status call_defined(void *ud, const uint32_t *args, dsr_results *out) {
  const call *c = ud;
  dsr_word words[DSR_WIDTH_MAX];
  receiver to = {c, out};
  dsr_emit emit = {.row = receive, .ud = &to};
  words_of(c, args, c->goal->n_in, words);
  return dsr_defined_call(c->calls->defined, c->definition, words, &emit);
}

static short_way way_of(const dsr_builtin *fn) {
  if (fn->n_args != 2) return LONG;
  if (strcmp(fn->name, "+") == 0) return ADD;
  if (strcmp(fn->name, "-") == 0) return SUBTRACT;
  return strcmp(fn->name, "*") == 0 ? MULTIPLY : LONG;
}

/* The call of a function, and what makes it. */
static dsr_status make_function(dsr_calls *calls, const dsr_goal *goal, call **out,
                                dsr_op_call *function) {
  call *c;
  TRY(make(calls, goal, &c));
  if (goal->fn != NULL) {
    c->way = way_of(goal->fn);
    *function = call_builtin;
  } else {
    c->definition = dsr_defined_find(calls->defined, goal->defined);
    if (c->definition == NULL) {
      return dsr_fail(calls->error, DSR_EABSENT, "nothing is defined as %.*s",
                      (int)goal->defined.len, goal->defined.data);
    }
    *function = call_defined;
  }
  *out = c;
  return DSR_OK;
}

dsr_status dsr_calls_function(dsr_calls *calls, const dsr_goal *goal,
                              dsr_op_call *function, void **ud) {
  call *c;
  TRY(make_function(calls, goal, &c, function));
  *ud = c;
  return DSR_OK;
}

/* Does a row of results match what is given?  NONE matches anything. */
static bool row_fits(const uint32_t *row, const uint32_t *given, int n) {
  for (int i = 0; i < n; i++) {
    if (given[i] != DSR_NUMBER_NONE && given[i] != row[i]) return false;
  }
  return true;
}

/* A built-in has one result at most: what nothing has a number for is none that is given. */
static dsr_status test_builtin(void *ud, const uint32_t *args, bool *out) {
  const call *c = ud;
  dsr_word result;
  uint32_t given = args[c->goal->n_in];
  dsr_status rc = result_of(c, args, &result);
  if (rc < 0) return rc;
  *out = rc == DSR_OK && (given == DSR_NUMBER_NONE ||
                          result == dsr_numbers_word(c->calls->numbers, given));
  return DSR_OK;
}

static dsr_status test_defined(void *ud, const uint32_t *args, bool *out) {
  call *c = ud;
  dsr_results rows = {.width = c->goal->n_args - c->goal->n_in};
  dsr_status rc = call_defined(c, args, &rows);
  bool found = false;
  for (size_t i = 0; i < rows.rows && rc >= 0 && !found; i++) {
    found = rows.width == 0 || row_fits(rows.numbers.items + i * (size_t)rows.width,
                                        args + c->goal->n_in, rows.width);
  }
  VEC_FREE(&rows.numbers);
  if (rc >= 0) *out = found;
  return rc;
}

bool dsr_calls_shares(const dsr_goal *goal) {
  return goal->kind != DSR_GOAL_CALL || goal->fn != NULL;
}

/* ---- tests ----------------------------------------------------------------------- */

static dsr_test_call test_of(dsr_goal_kind kind) {
  switch (kind) {
    case DSR_GOAL_TIME:
      return test_time;
    case DSR_GOAL_VIEW:
      return test_view;
    case DSR_GOAL_GRADE:
      return test_grade;
    default:
      return compare;
  }
}

dsr_status dsr_calls_test(dsr_calls *calls, const dsr_goal *goal, dsr_test_call *test,
                          void **ud) {
  call *c;
  if (goal->kind == DSR_GOAL_CALL) {
    dsr_op_call function;
    TRY(make_function(calls, goal, &c, &function));
    *test = goal->fn != NULL ? test_builtin : test_defined;
  } else {
    TRY(make(calls, goal, &c));
    *test = test_of(goal->kind);
  }
  if (goal->kind == DSR_GOAL_VIEW) {
    if (goal->relation != 0) {
      c->relation = *dsr_relation_get(calls->facts, goal->relation);
    }
    c->relation.timed = true; /* by the rule's head, whatever its facts have */
  }
  *ud = c;
  return DSR_OK;
}

/* ---- folds ----------------------------------------------------------------------- */

/* The sum of integers, as long as it fits. */
static bool sum_ints(const call *c, const uint32_t *rows, size_t n, int width,
                     dsr_word *out) {
  int64_t sum = 0;
  for (size_t i = 0; i < n; i++) {
    dsr_word word = word_of(c, rows[i * (size_t)width]);
    if (dsr_word_tag(word) != DSR_TAG_INT) return false;
    if (__builtin_add_overflow(sum, dsr_word_signed(word), &sum)) return false;
  }
  if (!dsr_word_int_fits(sum)) return false;
  *out = dsr_word_int(sum);
  return true;
}

/* The least or greatest of integers. */
static bool best_int(const call *c, const uint32_t *rows, size_t n, int width,
                     dsr_word *out) {
  dsr_word best = DSR_WORD_NONE;
  for (size_t i = 0; i < n; i++) {
    dsr_word word = word_of(c, rows[i * (size_t)width]);
    if (dsr_word_tag(word) != DSR_TAG_INT) return false;
    if (i == 0 || (c->fold == DSR_FOLD_MIN ? word < best : word > best)) best = word;
  }
  *out = best;
  return n > 0;
}

static dsr_status fold_all(const call *c, const uint32_t *rows, size_t n, int width,
                           dsr_word *out) {
  dsr_aggregate aggregate = {0};
  dsr_status rc = DSR_OK;
  dsr_aggregate_start(&aggregate, c->fold, c->calls->symbols);
  for (size_t i = 0; i < n && rc >= 0; i++) {
    dsr_word word = width > 0 ? word_of(c, rows[i * (size_t)width]) : DSR_WORD_NONE;
    rc = dsr_aggregate_add(&aggregate, word);
  }
  if (rc >= 0) rc = dsr_aggregate_finish(&aggregate, out);
  dsr_aggregate_stop(&aggregate);
  return rc;
}

static bool fold_short(const call *c, const uint32_t *rows, size_t n, int width,
                       dsr_word *out) {
  switch (c->fold) {
    case DSR_FOLD_COUNT:
      *out = dsr_word_int((int64_t)n);
      return true;
    case DSR_FOLD_SUM:
      return sum_ints(c, rows, n, width, out);
    case DSR_FOLD_MIN:
    case DSR_FOLD_MAX:
      return best_int(c, rows, n, width, out);
    default:
      return false;
  }
}

static dsr_status fold(void *ud, const uint32_t *rows, size_t n, int width,
                       uint32_t *out) {
  const call *c = ud;
  dsr_word result;
  if (!fold_short(c, rows, n, width, &result)) {
    dsr_status rc = fold_all(c, rows, n, width, &result);
    if (rc != DSR_OK) return rc;
  }
  return dsr_numbers_give(c->calls->numbers, result, out);
}

dsr_status dsr_calls_fold(dsr_calls *calls, int kind, dsr_fold_call *out, void **ud) {
  call *c;
  TRY(make(calls, NULL, &c));
  c->fold = (dsr_fold_kind)kind;
  *out = fold;
  *ud = c;
  return DSR_OK;
}

static bool better(void *ud, uint32_t a, uint32_t b) {
  const call *c = ud;
  bool out = false;
  dsr_word x = word_of(c, a), y = word_of(c, b);
  if (both_ints(x, y)) return c->fold == DSR_FOLD_MIN ? x < y : x > y;
  dsr_status rc = dsr_aggregate_better(c->calls->symbols, c->fold, x, y, &out);
  if (rc < 0 && c->calls->failure >= 0) c->calls->failure = rc;
  return rc >= 0 && out;
}

dsr_status dsr_calls_better(dsr_calls *calls, int kind, dsr_better *out, void **ud) {
  call *c;
  TRY(make(calls, NULL, &c));
  c->fold = (dsr_fold_kind)kind;
  *out = better;
  *ud = c;
  return DSR_OK;
}
