/*
** eval_trie.c - tries and the numbering against naive models.
**
**   eval_trie [SEED [STEPS]]
**   eval_trie bench NODES EDGES SKEW
**
** Random tuples, with what is there twice, are built into a trie by every order of their
** columns (of many columns by some), directly and turned from another; the trie is asked
** for every prefix, walked in pieces, and compared with sorted arrays.  Words of all kinds
** are numbered and compared with a list.  Where the library was built with faults,
** allocations fail one by one.
**
** `bench` times building and the kernels that meet ranges on random edges, beside loops
** written by hand.  The suite does not run it.
**
** Prints "agreed", or what differed; exit code 1 then.
*/
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "eval/number.h"
#include "eval/trie.h"
#include "ground/mem.h"
#include "value/symbol.h"

enum { TUPLES_MOST = 4000, ORDERS_MOST = 24, FAULTS_MOST = 1000, WORDS_MOST = 60000 };

/* ---- chance ---------------------------------------------------------------------- */

static uint64_t chance_state;

static uint64_t chance(void) {
  chance_state += UINT64_C(0x9e3779b97f4a7c15);
  uint64_t z = chance_state;
  z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
  return z ^ z >> 31;
}

static uint64_t below(uint64_t n) { return chance() % n; }

#define CHECK(condition, ...)                                \
  do {                                                       \
    if (!(condition)) {                                      \
      printf("%s:%d: %s: ", __FILE__, __LINE__, #condition); \
      printf(__VA_ARGS__);                                   \
      printf("\n");                                          \
      return false;                                          \
    }                                                        \
  } while (0)

/* ---- the model ------------------------------------------------------------------- */

typedef struct model {
  int width;
  uint32_t tuples[TUPLES_MOST][DSR_WIDTH_MAX];
  size_t n;
} model;

static model given, sorted; /* as they came; by sort_order, each once */
static const uint8_t *sort_order;
static int sort_width;

static int compare(const void *a, const void *b) {
  const uint32_t *of_a = a, *of_b = b;
  for (int i = 0; i < sort_width; i++) {
    int c = sort_order[i];
    if (of_a[c] != of_b[c]) return of_a[c] < of_b[c] ? -1 : 1;
  }
  return 0;
}

static void sort_model(const uint8_t *order) {
  size_t kept = 0;
  sorted = given;
  sort_order = order;
  sort_width = given.width;
  qsort(sorted.tuples, sorted.n, sizeof sorted.tuples[0], compare);
  for (size_t i = 0; i < sorted.n; i++) {
    if (kept > 0 && compare(sorted.tuples[kept - 1], sorted.tuples[i]) == 0) continue;
    if (kept != i) memcpy(sorted.tuples[kept], sorted.tuples[i], sizeof *sorted.tuples);
    kept++;
  }
  sorted.n = kept;
}

/* Values of a column: dense, skewed, far apart, few, one, or great. */
static uint32_t any_value(int manner) {
  switch (manner) {
    case 0:
      return (uint32_t)below(40);
    case 1:
      return (uint32_t)(below(2000) * below(2000) / 2000);
    case 2:
      return (uint32_t)below(UINT32_MAX - 1);
    case 3:
      return (uint32_t)below(3) * 1000000;
    case 4:
      return (uint32_t)below(6000);
    case 5:
      return 9;
    default:
      return UINT32_MAX - 1 - (uint32_t)below(5);
  }
}

static void make_tuples(int width) {
  static const size_t sizes[] = {0, 1, 2, 30, 200, TUPLES_MOST};
  int manners[DSR_WIDTH_MAX];
  given.width = width;
  given.n = sizes[below(6)];
  if (given.n > 2) given.n = 1 + below(given.n);
  for (int c = 0; c < width; c++) manners[c] = (int)below(7);
  for (size_t i = 0; i < given.n; i++) {
    bool again = i > 0 && below(4) == 0;
    for (int c = 0; c < width; c++) {
      given.tuples[i][c] =
          again && below(4) ? given.tuples[below(i)][c] : any_value(manners[c]);
    }
    if (again && below(2)) {
      memcpy(given.tuples[i], given.tuples[below(i)], sizeof given.tuples[i]);
    }
  }
}

static bool make_columns(uint32_t **columns) {
  for (int c = 0; c < given.width; c++) {
    columns[c] = given.n > 0 ? malloc(given.n * sizeof(uint32_t)) : NULL;
    CHECK(given.n == 0 || columns[c], "no memory");
    for (size_t i = 0; i < given.n; i++) columns[c][i] = given.tuples[i][c];
  }
  return true;
}

/* ---- comparing ------------------------------------------------------------------- */

/* Do tuples i and j of the sorted model begin alike in n columns of the order. */
static bool alike(size_t i, size_t j, const uint8_t *order, int n) {
  for (int k = 0; k < n; k++) {
    if (sorted.tuples[i][order[k]] != sorted.tuples[j][order[k]]) return false;
  }
  return true;
}

static size_t count_prefixes(const uint8_t *order, int n) {
  size_t count = 0;
  for (size_t i = 0; i < sorted.n; i++) count += i == 0 || !alike(i, i - 1, order, n);
  return count;
}

/* What stands under a prefix, against the tuples from i on that have it. */
static bool check_range(const dsr_trie *trie, size_t i, int n) {
  uint32_t prefix[DSR_WIDTH_MAX], from = 0, to = 0;
  const uint8_t *order = trie->order;
  for (int k = 0; k < n; k++) prefix[k] = sorted.tuples[i][order[k]];
  CHECK(dsr_trie_has(trie, prefix, n), "prefix of %d at %zu", n, i);
  if (n == trie->width) return true;
  CHECK(dsr_trie_find(trie, prefix, n, &from, &to), "prefix of %d at %zu", n, i);
  const uint32_t *values = trie->levels[n].values;
  for (size_t j = i; j < sorted.n && alike(i, j, order, n); j++) {
    if (j > i && alike(j, j - 1, order, n + 1)) continue;
    CHECK(from < to, "too few under a prefix of %d at %zu", n, i);
    CHECK(values[from] == sorted.tuples[j][order[n]], "a prefix of %d at %zu", n, j);
    from++;
  }
  CHECK(from == to, "too many under a prefix of %d at %zu", n, i);
  return true;
}

static bool check_ranges(const dsr_trie *trie) {
  for (int n = 0; n <= trie->width; n++) {
    size_t prefixes = count_prefixes(trie->order, n);
    CHECK(dsr_trie_distinct(trie, n) == prefixes, "%u of %d where there are %zu",
          dsr_trie_distinct(trie, n), n, prefixes);
    for (size_t i = 0; i < sorted.n; i++) {
      if (i > 0 && alike(i, i - 1, trie->order, n)) continue;
      if (!check_range(trie, i, n)) return false;
    }
  }
  return true;
}

static bool model_has(const uint32_t *prefix, const uint8_t *order, int n) {
  for (size_t i = 0; i < sorted.n; i++) {
    int k = 0;
    while (k < n && sorted.tuples[i][order[k]] == prefix[k]) k++;
    if (k == n) return true;
  }
  return false;
}

/* Prefixes that may not be there: those of tuples with one value changed. */
static bool check_absent(const dsr_trie *trie) {
  uint32_t prefix[DSR_WIDTH_MAX], from, to;
  for (int tries = 0; tries < 60; tries++) {
    int n = 1 + (int)below((uint64_t)trie->width);
    for (int k = 0; k < n; k++) {
      prefix[k] = sorted.n > 0 ? sorted.tuples[below(sorted.n)][trie->order[k]] : 7;
    }
    uint32_t *changed = &prefix[below((uint64_t)n)];
    if (below(2)) *changed += (uint32_t)below(3) - 1;
    if (below(4) == 0) *changed = any_value((int)below(7));
    bool there = model_has(prefix, trie->order, n);
    CHECK(dsr_trie_has(trie, prefix, n) == there, "a prefix of %d", n);
    if (n == trie->width) continue;
    CHECK(dsr_trie_find(trie, prefix, n, &from, &to) == there, "a prefix of %d", n);
  }
  return true;
}

/* All tuples, in pieces, some columns left out. */
static bool check_walk(const dsr_trie *trie) {
  static uint32_t pieces[DSR_WIDTH_MAX][TUPLES_MOST];
  uint32_t *columns[DSR_WIDTH_MAX];
  uint64_t at = 0;
  size_t seen = 0, n;
  for (int c = 0; c < trie->width; c++) columns[c] = below(4) ? pieces[c] : NULL;
  size_t most = 1 + below(below(2) ? 5 : TUPLES_MOST);
  while ((n = dsr_trie_walk(trie, &at, columns, most)) > 0) {
    CHECK(n <= most, "%zu of %zu", n, most);
    for (size_t i = 0; i < n; i++, seen++) {
      CHECK(seen < sorted.n, "more than %zu", sorted.n);
      for (int c = 0; c < trie->width; c++) {
        CHECK(!columns[c] || columns[c][i] == sorted.tuples[seen][c],
              "tuple %zu, column %d", seen, c);
      }
    }
    CHECK(at == seen, "at the wrong place");
  }
  CHECK(seen == sorted.n, "%zu of %zu", seen, sorted.n);
  return true;
}

static bool check_trie(const dsr_trie *trie, const uint8_t *order) {
  sort_model(order);
  CHECK(dsr_trie_count(trie) == sorted.n, "%zu wanted", sorted.n);
  CHECK(trie->width == given.width, "another width");
  return check_ranges(trie) && check_absent(trie) && check_walk(trie);
}

/* ---- orders ---------------------------------------------------------------------- */

static void shuffle(uint8_t *order, int width) {
  for (int i = width - 1; i > 0; i--) {
    int j = (int)below((uint64_t)i + 1);
    uint8_t moved = order[i];
    order[i] = order[j];
    order[j] = moved;
  }
}

/* The next order of columns in the order of orders; false after the last. */
static bool next_order(uint8_t *order, int width) {
  int i = width - 2, j = width - 1;
  while (i >= 0 && order[i] > order[i + 1]) i--;
  if (i < 0) return false;
  while (order[j] < order[i]) j--;
  uint8_t moved = order[i];
  order[i] = order[j];
  order[j] = moved;
  for (int a = i + 1, b = width - 1; a < b; a++, b--) {
    moved = order[a];
    order[a] = order[b];
    order[b] = moved;
  }
  return true;
}

static bool try_order(const dsr_trie *first, const uint8_t *order, dsr_error *error) {
  uint32_t *columns[DSR_WIDTH_MAX];
  dsr_trie *built, *turned;
  if (!make_columns(columns)) return false;
  CHECK(dsr_trie_build(columns, given.n, order, given.width, error, &built) == DSR_OK,
        "%s", error->text);
  for (int c = 0; c < given.width; c++) CHECK(!columns[c], "column %d is left", c);
  bool well = check_trie(built, order);
  dsr_trie_free(built);
  if (!well) return false;
  CHECK(dsr_trie_turn(first, order, error, &turned) == DSR_OK, "%s", error->text);
  well = check_trie(turned, order);
  dsr_trie_free(turned);
  return well;
}

static bool try_tuples(int width, dsr_error *error) {
  uint32_t *columns[DSR_WIDTH_MAX];
  uint8_t first_order[DSR_WIDTH_MAX], order[DSR_WIDTH_MAX];
  dsr_trie *first;
  for (int i = 0; i < width; i++) order[i] = first_order[i] = (uint8_t)i;
  shuffle(first_order, width);
  make_tuples(width);
  if (!make_columns(columns)) return false;
  CHECK(dsr_trie_build(columns, given.n, first_order, width, error, &first) == DSR_OK,
        "%s", error->text);
  bool well = true;
  int orders = 0;
  do {
    well = try_order(first, order, error);
    if (width > 3) shuffle(order, width);
  } while (well && ++orders < ORDERS_MOST / width &&
           (width > 3 || next_order(order, width)));
  dsr_trie_free(first);
  return well;
}

/* Ranges of an extent that are long enough to be fenced are asked as short ones are. */
static bool try_ranges(dsr_error *error) {
  enum { FIRSTS = 3000, SECONDS = 5000 };
  static bool there[2][SECONDS];
  static const uint8_t order[] = {0, 1};
  dsr_extent *extent;
  dsr_index *index;
  dsr_range range;
  memset(there, 0, sizeof there);
  CHECK(dsr_extent_new(DSR_EXTENT_STORED, 2, error, &extent) == DSR_OK, "%s",
        error->text);
  for (int i = 0; i < 6000; i++) {
    uint32_t pair[2] = {(uint32_t)below(FIRSTS), 1 + (uint32_t)below(SECONDS - 2)};
    if (i % 2) pair[0] = 7;
    there[0][pair[0]] = true;
    if (pair[0] == 7) there[1][pair[1]] = true;
    CHECK(dsr_extent_fill(extent, pair, 1) == DSR_OK, "%s", error->text);
  }
  CHECK(dsr_extent_index(extent, order, 2, true, &index) == DSR_OK, "%s", error->text);
  for (int n = 0; n < 2; n++) {
    const uint32_t seven = 7;
    uint32_t count = 0;
    CHECK(dsr_index_range(index, &seven, n, &range), "no range of %d", n);
    for (uint32_t v = 0; v < SECONDS; v++) {
      CHECK(dsr_range_has(&range, v) == there[n][v], "value %u of range %d", v, n);
      count += there[n][v];
    }
    CHECK(!dsr_range_has(&range, UINT32_MAX - 1), "what was never there");
    CHECK(range.n == count, "%u of %u", range.n, count);
    CHECK(count >= DSR_LONG, "too short a range to try: %u", count);
  }
  dsr_extent_free(extent);
  return true;
}

/* ---- failing allocations ------------------------------------------------------------- */

/* Build and turn with the n-th allocation failing; *failed: whether one did. */
static bool fault_at(long n, const uint8_t *order, dsr_error *error, bool *failed) {
  uint32_t *columns[DSR_WIDTH_MAX];
  uint8_t back[DSR_WIDTH_MAX];
  dsr_trie *trie = NULL, *turned = NULL;
  for (int i = 0; i < given.width; i++) back[i] = order[given.width - 1 - i];
  if (!make_columns(columns)) return false;
  dsr_mem_fail_at(n);
  dsr_status rc = dsr_trie_build(columns, given.n, order, given.width, error, &trie);
  if (rc == DSR_OK) rc = dsr_trie_turn(trie, back, error, &turned);
  dsr_mem_fail_at(0);
  CHECK(rc == DSR_OK || rc == DSR_ENOMEM, "status %d", (int)rc);
  for (int c = 0; c < given.width; c++) CHECK(!columns[c], "column %d is left", c);
  *failed = rc < 0;
  bool well = rc < 0 || (check_trie(trie, order) && check_trie(turned, back));
  dsr_trie_free(trie);
  dsr_trie_free(turned);
  return well;
}

static bool try_faults(int width, dsr_error *error) {
  uint8_t order[DSR_WIDTH_MAX];
  for (int i = 0; i < width; i++) order[i] = (uint8_t)i;
  make_tuples(width);
  bool failed = true;
  int passed = 0;
  /* Some failures are got over; three runs on end that none met are enough. */
  for (long n = 1; n < FAULTS_MOST && passed < 3; n++) {
    if (!fault_at(n, order, error, &failed)) return false;
    passed = failed ? 0 : passed + 1;
  }
  return true;
}

/* ---- numbers ------------------------------------------------------------------------- */

static dsr_word any_word(void) {
  switch (below(10)) {
    case 0:
      return chance();
    case 1:
      return dsr_word_int((int64_t)below(5000) - 2500);
    case 2:
      return dsr_word_int((int64_t)below(2000000));
    case 3:
      return dsr_word_int((int64_t)(chance() >> 20));
    case 4:
      return dsr_word_make(DSR_TAG_ENTITY, below(100000));
    case 5:
      return dsr_word_make(DSR_TAG_TEXT, below(100000));
    case 6:
      return dsr_word_make(DSR_TAG_TEXT, DSR_SYMBOL_TEMP + below(100000));
    case 7:
      return dsr_word_day((int32_t)below(40000));
    case 8:
      return dsr_word_bool(below(2));
    default:
      return dsr_word_int((int64_t)below(60000));
  }
}

static int by_word(const void *a, const void *b) {
  dsr_word of_a = *(const dsr_word *)a, of_b = *(const dsr_word *)b;
  return (of_a > of_b) - (of_a < of_b);
}

static bool check_numbers(const dsr_numbers *numbers) {
  uint32_t n = dsr_numbers_count(numbers);
  for (uint32_t i = 0; i < n; i++) {
    dsr_word word = dsr_numbers_word(numbers, i);
    CHECK(dsr_numbers_find(numbers, word) == i, "number %u", i);
    CHECK(dsr_numbers_words(numbers)[i] == word, "number %u", i);
  }
  for (int i = 0; i < 1000; i++) {
    uint32_t number = dsr_numbers_find(numbers, any_word());
    CHECK(number == DSR_NUMBER_NONE || number < n, "number %u of %u", number, n);
  }
  return true;
}

static bool give_one(dsr_numbers *numbers, dsr_word word, dsr_error *error) {
  uint32_t count = dsr_numbers_count(numbers), number = 0, again = 0;
  uint32_t found = dsr_numbers_find(numbers, word);
  CHECK(dsr_numbers_give(numbers, word, &number) == DSR_OK, "%s", error->text);
  CHECK(dsr_numbers_give(numbers, word, &again) == DSR_OK, "%s", error->text);
  CHECK(number == again, "%u, then %u", number, again);
  CHECK(number == (found == DSR_NUMBER_NONE ? count : found), "%u of %u", number,
        count);
  CHECK(dsr_numbers_word(numbers, number) == word, "another word");
  return true;
}

static bool give_some(dsr_numbers *numbers, dsr_error *error) {
  int64_t values[100];
  uint32_t out[100];
  for (int i = 0; i < 100; i++) values[i] = (int64_t)below(3000) * below(900) - 50;
  CHECK(dsr_numbers_give_ints(numbers, values, 100, out) == DSR_OK, "%s", error->text);
  for (int i = 0; i < 100; i++) {
    CHECK(dsr_numbers_word(numbers, out[i]) == dsr_word_int(values[i]), "item %d", i);
  }
  return true;
}

static bool try_numbers(dsr_error *error) {
  static dsr_word words[WORDS_MOST];
  dsr_numbers *numbers;
  size_t n = 1 + below(WORDS_MOST), distinct = 0;
  CHECK(dsr_numbers_new(error, &numbers) == DSR_OK, "%s", error->text);
  bool well = true;
  for (size_t i = 0; i < n && well; i++) {
    words[i] = any_word();
    well = give_one(numbers, words[i], error);
  }
  qsort(words, n, sizeof *words, by_word);
  for (size_t i = 0; i < n; i++) distinct += i == 0 || words[i] != words[i - 1];
  if (well && dsr_numbers_count(numbers) != distinct) {
    printf("%u numbers for %zu words\n", dsr_numbers_count(numbers), distinct);
    well = false;
  }
  for (int i = 0; i < 20 && well; i++) well = give_some(numbers, error);
  well = well && check_numbers(numbers);
  dsr_numbers_free(numbers);
  return well;
}

/* A failure to give changes nothing; what is not there for want of memory is had later. */
static bool fault_numbers(dsr_error *error) {
  dsr_numbers *numbers;
  dsr_mem_fail_at(1);
  dsr_status rc = dsr_numbers_new(error, &numbers);
  if (rc == DSR_OK) dsr_numbers_free(numbers); /* no faults in this library */
  dsr_mem_fail_at(0);
  CHECK(dsr_numbers_new(error, &numbers) == DSR_OK, "%s", error->text);
  bool well = true;
  for (int i = 0; i < 3000 && well; i++) {
    uint32_t number, count = dsr_numbers_count(numbers);
    dsr_word word = any_word();
    dsr_mem_fail_at((long)below(4));
    rc = dsr_numbers_give(numbers, word, &number);
    dsr_mem_fail_at(0);
    if (rc < 0) well = dsr_numbers_count(numbers) == count;
    if (rc < 0 && rc != DSR_ENOMEM) well = false;
    well = well && give_one(numbers, word, error);
  }
  well = well && check_numbers(numbers);
  dsr_numbers_free(numbers);
  CHECK(well, "after a failed allocation");
  return well;
}

/* ---- timing -------------------------------------------------------------------------- */

static double now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return (double)at.tv_sec * 1e3 + (double)at.tv_nsec / 1e6;
}

static uint32_t *skewed(size_t n, uint32_t nodes, double skew) {
  uint32_t *column = malloc(n * sizeof *column);
  for (size_t i = 0; column && i < n; i++) {
    double at = (double)(chance() >> 11) / 9007199254740992.0;
    column[i] = (uint32_t)(nodes * pow(at, skew));
  }
  return column;
}

static int time_building(uint32_t nodes, size_t n, double skew, dsr_error *error) {
  static const uint8_t order[] = {0, 1}, swapped[] = {1, 0};
  for (int i = 0; i < 5; i++) {
    uint32_t *columns[2] = {skewed(n, nodes, skew), skewed(n, nodes, skew)};
    dsr_trie *trie, *turned;
    double start = now();
    if (dsr_trie_build(columns, n, order, 2, error, &trie) < 0) return 1;
    double built = now();
    if (dsr_trie_turn(trie, swapped, error, &turned) < 0) return 1;
    printf("built in %.1f ms, turned in %.1f ms, %.1f MB\n", built - start,
           now() - built, (double)trie->bytes / 1e6);
    dsr_trie_free(trie);
    dsr_trie_free(turned);
  }
  return 0;
}

int main(int argc, char **argv) {
  static dsr_error error;
  if (argc == 5 && strcmp(argv[1], "bench") == 0) {
    return time_building((uint32_t)atol(argv[2]), (size_t)atol(argv[3]), atof(argv[4]),
                         &error);
  }
  uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
  long steps = argc > 2 ? atol(argv[2]) : 30;
  chance_state = seed;
  printf("seed %llu\n", (unsigned long long)seed);
  for (long i = 0; i < steps; i++) {
    int width = 1 + (int)below(i % 8 == 0 ? DSR_WIDTH_MAX : 6);
    if (!try_tuples(width, &error)) return 1;
    if (i % 4 == 0 && !try_faults(width, &error)) return 1;
    if (i % 8 == 0 && !try_ranges(&error)) return 1;
    if (i % 8 == 0 && (!try_numbers(&error) || !fault_numbers(&error))) return 1;
  }
  printf("agreed\n");
  return 0;
}
