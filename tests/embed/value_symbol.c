/*
** value_symbol.c - the table of symbols over a store that can be watched.
**
** A small store in memory stands behind the table and counts how often it is asked.  It
** is told what is new as a commit would tell it.  Where the library was built with
** faults, each allocation fails in turn.
**
** Prints what does not hold; exit code 1 then.
*/
#include <stdlib.h>

#include "check.h"
#include "ground/text.h"
#include "value/symbol.h"

enum { STORE_MOST = 1000, NAMES = 500, FAULTS_MOST = 10000 };

typedef struct record {
  dsr_symbol_kind kind;
  char *bytes;
  size_t len;
} record;

typedef struct shelf {
  record records[STORE_MOST];
  uint64_t next; /* the number after the last */
  int asked;
} shelf;

static dsr_status by_number(void *ud, uint64_t number, dsr_symbol_kind *kind,
                            dsr_str *spelling) {
  shelf *kept = ud;
  kept->asked++;
  if (number >= kept->next) return DSR_NOTHING;
  *kind = kept->records[number].kind;
  *spelling = (dsr_str){kept->records[number].bytes, kept->records[number].len};
  return DSR_OK;
}

static dsr_status by_spelling(void *ud, dsr_symbol_kind kind, dsr_str spelling,
                              uint64_t *number) {
  shelf *kept = ud;
  kept->asked++;
  for (uint64_t n = 1; n < kept->next; n++) {
    const record *r = &kept->records[n];
    if (r->kind == kind && dsr_str_eq((dsr_str){r->bytes, r->len}, spelling)) {
      *number = n;
      return DSR_OK;
    }
  }
  return DSR_NOTHING;
}

/* Take over what is new in `symbols`. */
static dsr_status commit(shelf *kept, dsr_symbols *symbols) {
  while (kept->next < dsr_symbols_next(symbols)) {
    record *r = &kept->records[kept->next];
    dsr_str spelling;
    TRY(dsr_symbols_get(symbols, dsr_word_make(DSR_TAG_ENTITY, kept->next), &r->kind,
                        &spelling));
    r->bytes = dsr_copy(spelling.data, spelling.len);
    r->len = spelling.len;
    if (!r->bytes) return DSR_ENOMEM;
    kept->next++;
  }
  dsr_symbols_sync(symbols, kept->next);
  return DSR_OK;
}

static void sweep(shelf *kept) {
  for (uint64_t n = 1; n < kept->next; n++) dsr_free(kept->records[n].bytes);
  *kept = (shelf){.next = 1};
}

static dsr_status open_table(shelf *kept, dsr_error *error, dsr_symbols **out) {
  dsr_symbol_backing backing = {by_number, by_spelling, kept};
  TRY(dsr_symbols_new(&backing, 1, error, out));
  dsr_symbols_sync(*out, kept->next);
  return DSR_OK;
}

static dsr_str name_of(int i, char room[32]) {
  snprintf(room, 32, "name%d", i);
  return dsr_str_of(room);
}

/* A text without a byte, and without an address, is one like any other. */
static int check_empty(dsr_error *error) {
  dsr_symbols *symbols;
  dsr_word first, second;
  dsr_str nothing = {NULL, 0};
  CHECK(dsr_symbols_new(NULL, 1, error, &symbols) == DSR_OK);
  CHECK(dsr_symbols_intern(symbols, DSR_SYM_TEXT, nothing, &first) == DSR_OK);
  CHECK(dsr_symbols_intern(symbols, DSR_SYM_TEXT, nothing, &second) == DSR_OK);
  CHECK(first == second);
  dsr_symbols_free(symbols);
  return 0;
}

/* Numbers are dense, and the store is asked only for what it may know. */
static int check_numbers(shelf *kept, dsr_error *error) {
  char room[32];
  dsr_symbols *symbols;
  dsr_symbol_kind kind;
  dsr_str spelling;
  dsr_word word;
  CHECK(open_table(kept, error, &symbols) == DSR_OK);
  for (int i = 0; i < NAMES; i++) {
    CHECK(dsr_symbols_intern(symbols, DSR_SYM_ENTITY, name_of(i, room), &word) ==
          DSR_OK);
    CHECK(word == dsr_word_make(DSR_TAG_ENTITY, (uint64_t)i + 1));
    CHECK(dsr_symbols_get(symbols, word, &kind, &spelling) == DSR_OK);
    CHECK(kind == DSR_SYM_ENTITY && check_text(spelling, room));
  }
  CHECK(dsr_symbols_find(symbols, DSR_SYM_TEXT, dsr_str_of("name1"), &word) ==
        DSR_NOTHING);
  CHECK(kept->asked == 0);
  CHECK(commit(kept, symbols) == DSR_OK);
  dsr_symbols_free(symbols);

  CHECK(open_table(kept, error, &symbols) == DSR_OK);
  for (int i = 0; i < NAMES; i++) {
    CHECK(dsr_symbols_find(symbols, DSR_SYM_ENTITY, name_of(i, room), &word) == DSR_OK);
    CHECK(dsr_word_payload(word) == (uint64_t)i + 1);
    CHECK(dsr_symbols_get(symbols, word, &kind, &spelling) == DSR_OK);
  }
  CHECK(kept->asked == NAMES);
  CHECK(dsr_symbols_get(symbols, dsr_word_make(DSR_TAG_ENTITY, NAMES + 1), &kind,
                        &spelling) == DSR_EDAMAGED);
  dsr_symbols_free(symbols);
  return 0;
}

/* Temporaries keep apart from symbols, also of their own spelling. */
static int check_temporaries(shelf *kept, dsr_error *error) {
  dsr_symbols *symbols;
  dsr_word temp, again, real;
  int order;
  dsr_str ghost = dsr_str_of("ghost");
  CHECK(open_table(kept, error, &symbols) == DSR_OK);
  CHECK(dsr_symbols_temp(symbols, DSR_SYM_ENTITY, ghost, &temp) == DSR_OK);
  CHECK(dsr_word_payload(temp) >= DSR_SYMBOL_TEMP);
  CHECK(dsr_symbols_temp(symbols, DSR_SYM_ENTITY, ghost, &again) == DSR_OK);
  CHECK(again == temp);
  CHECK(dsr_symbols_find(symbols, DSR_SYM_ENTITY, ghost, &real) == DSR_NOTHING);
  CHECK(dsr_symbols_next(symbols) == kept->next);

  CHECK(dsr_symbols_intern(symbols, DSR_SYM_ENTITY, ghost, &real) == DSR_OK);
  CHECK(dsr_word_payload(real) == kept->next);
  CHECK(dsr_symbols_temp(symbols, DSR_SYM_ENTITY, ghost, &again) == DSR_OK);
  CHECK(again == real);
  CHECK(dsr_value_compare(symbols, real, temp, &order) == DSR_OK);
  CHECK(order < 0);
  dsr_symbols_free(symbols);
  return 0;
}

/* A temporary whose spelling another handle made a symbol of is one no longer; until
** then the store is asked for it once. */
static int check_overtaken(shelf *kept, dsr_error *error) {
  dsr_symbols *symbols, *other;
  dsr_word temp, again, real;
  dsr_str late = dsr_str_of("late");
  CHECK(open_table(kept, error, &symbols) == DSR_OK);
  CHECK(open_table(kept, error, &other) == DSR_OK);
  kept->asked = 0;
  for (int i = 0; i < 3; i++) {
    CHECK(dsr_symbols_temp(symbols, DSR_SYM_ENTITY, late, &temp) == DSR_OK);
  }
  CHECK(kept->asked == 1);
  CHECK(dsr_symbols_intern(other, DSR_SYM_ENTITY, late, &real) == DSR_OK);
  CHECK(commit(kept, other) == DSR_OK);
  dsr_symbols_sync(symbols, kept->next);
  CHECK(dsr_symbols_temp(symbols, DSR_SYM_ENTITY, late, &again) == DSR_OK);
  CHECK(again == real && again != temp);
  dsr_symbols_free(other);
  dsr_symbols_free(symbols);
  return 0;
}

/* Many at once are as one after the other, up to one that cannot be. */
static int check_many(shelf *kept, dsr_error *error) {
  enum { MANY = 3 * NAMES };
  dsr_symbols *symbols;
  char room[MANY][32];
  dsr_str spellings[MANY];
  dsr_word words[MANY], word;
  size_t done;
  CHECK(open_table(kept, error, &symbols) == DSR_OK);
  for (int i = 0; i < MANY; i++) {
    snprintf(room[i], sizeof room[i], "name%d", (i * 7919) % (2 * NAMES));
    spellings[i] = dsr_str_of(room[i]);
  }
  CHECK(dsr_symbols_temps(symbols, DSR_SYM_ENTITY, spellings, MANY, words, &done) ==
        DSR_OK);
  CHECK(done == MANY);
  for (int i = 0; i < MANY; i++) {
    CHECK(dsr_symbols_temp(symbols, DSR_SYM_ENTITY, spellings[i], &word) == DSR_OK);
    CHECK(word == words[i]);
  }
  spellings[40] = dsr_str_of("\xff");
  CHECK(dsr_symbols_temps(symbols, DSR_SYM_TEXT, spellings, MANY, words, &done) ==
        DSR_ESYNTAX);
  CHECK(done == 40);
  dsr_symbols_free(symbols);
  return 0;
}

/* A rollback forgets numbers and nothing else, and frees no spelling. */
static int check_rollback(shelf *kept, dsr_error *error) {
  dsr_symbols *symbols;
  dsr_symbol_kind kind;
  dsr_str spelling;
  dsr_word old, gone, temp, word;
  CHECK(open_table(kept, error, &symbols) == DSR_OK);
  uint64_t mark = dsr_symbols_next(symbols);
  CHECK(dsr_symbols_find(symbols, DSR_SYM_ENTITY, dsr_str_of("name7"), &old) == DSR_OK);
  CHECK(dsr_symbols_temp(symbols, DSR_SYM_TEXT, dsr_str_of("t"), &temp) == DSR_OK);
  CHECK(dsr_time_word(symbols, dsr_str_of("1994?"), DSR_INTERN, &gone) == DSR_OK);
  CHECK(dsr_symbols_get(symbols, gone, &kind, &spelling) == DSR_OK);
  dsr_symbols_rollback(symbols, mark);

  CHECK(check_text(spelling, "1994?"));
  CHECK(dsr_symbols_next(symbols) == mark);
  CHECK(dsr_time_word(symbols, dsr_str_of("1994?"), DSR_INTERN_FIND, &word) ==
        DSR_NOTHING);
  CHECK(dsr_symbols_get(symbols, gone, &kind, &spelling) == DSR_EDAMAGED);
  kept->asked = 0;
  CHECK(dsr_symbols_find(symbols, DSR_SYM_ENTITY, dsr_str_of("name7"), &word) ==
        DSR_OK);
  CHECK(word == old && kept->asked == 0);
  CHECK(dsr_symbols_temp(symbols, DSR_SYM_TEXT, dsr_str_of("t"), &word) == DSR_OK);
  CHECK(word == temp);
  CHECK(dsr_symbols_intern(symbols, DSR_SYM_ENTITY, dsr_str_of("new"), &word) ==
        DSR_OK);
  CHECK(dsr_word_payload(word) == mark);
  dsr_symbols_free(symbols);
  return 0;
}

static const char *const numerals[] = {"-99999999999999999999.5",
                                       "-99999999999999999999",
                                       "-3",
                                       "-2.5",
                                       "-2",
                                       "-2.0",
                                       "-1.9999999999",
                                       "-0.0000001",
                                       "0",
                                       "0.0",
                                       "0.00000001",
                                       "0.5",
                                       "1",
                                       "1.0",
                                       "1.00000001",
                                       "2.5",
                                       "10",
                                       "99",
                                       "99.0",
                                       "1152921504606846975",
                                       "1152921504606846976",
                                       "1152921504606846976.0",
                                       "99999999999999999999"};
static const char *const times[] = {"../1994", "../..",      "/1994",         "1993?",
                                    "1993",    "1993-05-06", "1993-05-06/..", "1994"};
static const char *const texts[][3] = {
    {"", "", ""},    {"a", "", ""},   {"a", "", "x:y"}, {"a", "", "x:z"},
    {"a", "en", ""}, {"a", "uk", ""}, {"a\n", "", ""},  {"ab", "", ""}};

enum {
  N_NUMERALS = sizeof numerals / sizeof *numerals,
  N_TIMES = sizeof times / sizeof *times,
  N_TEXTS = sizeof texts / sizeof *texts,
  N_WORDS = 3 + N_NUMERALS + N_TIMES + N_TEXTS
};

/* Words of all kinds, in the order that they have. */
static dsr_status fill(dsr_symbols *symbols, dsr_word words[N_WORDS], int *n) {
  words[(*n)++] = DSR_WORD_NONE;
  words[(*n)++] = dsr_word_bool(false);
  words[(*n)++] = dsr_word_bool(true);
  for (int i = 0; i < N_NUMERALS; i++) {
    TRY(dsr_number_word(symbols, dsr_str_of(numerals[i]), DSR_INTERN, &words[*n]));
    ++*n;
  }
  for (int i = 0; i < N_TIMES; i++) {
    TRY(dsr_time_word(symbols, dsr_str_of(times[i]), DSR_INTERN, &words[*n]));
    ++*n;
  }
  for (int i = 0; i < N_TEXTS; i++) {
    TRY(dsr_text_word(symbols, dsr_str_of(texts[i][0]), dsr_str_of(texts[i][1]),
                      dsr_str_of(texts[i][2]), DSR_INTERN, &words[*n]));
    ++*n;
  }
  return DSR_OK;
}

static int check_order(dsr_error *error) {
  dsr_symbols *symbols;
  dsr_word words[N_WORDS];
  int n = 0, order;
  CHECK(dsr_symbols_new(NULL, 1, error, &symbols) == DSR_OK);
  CHECK(fill(symbols, words, &n) == DSR_OK);
  for (int i = 0; i < n; i++) {
    for (int j = 0; j < n; j++) {
      CHECK(dsr_value_compare(symbols, words[i], words[j], &order) == DSR_OK);
      int sign = (order > 0) - (order < 0);
      if (sign != (i > j) - (i < j)) printf("words %d and %d: %d\n", i, j, order);
      CHECK(sign == (i > j) - (i < j));
    }
  }
  dsr_symbols_free(symbols);
  return 0;
}

/* Work that touches every allocation. */
static dsr_status work(shelf *kept, dsr_symbols *symbols) {
  char room[32], digits[3000];
  dsr_word words[N_WORDS], word;
  dsr_time time;
  dsr_arena arena = {0};
  dsr_str written;
  int n = 0;
  for (int i = 0; i < 200; i++) {
    TRY(dsr_symbols_intern(symbols, DSR_SYM_ENTITY, name_of(i, room), &word));
    TRY(dsr_symbols_temp(symbols, DSR_SYM_TEXT, name_of(i, room), &word));
  }
  TRY(fill(symbols, words, &n));
  TRY(dsr_time_word(symbols, dsr_str_of("199X"), DSR_INTERN, &word));
  TRY(dsr_word_time(symbols, word, &time));
  memset(digits, '7', sizeof digits);
  dsr_str numeral = {digits, sizeof digits};
  TRY(dsr_number_word(symbols, numeral, DSR_INTERN, &word));
  TRY(dsr_text_word(symbols, numeral, dsr_str_of("uk"), (dsr_str){NULL, 0}, DSR_INTERN,
                    &word));
  dsr_status rc = dsr_word_write(symbols, word, &arena, &written);
  dsr_arena_free(&arena);
  return rc < 0 ? rc : commit(kept, symbols);
}

static int check_faults(dsr_error *error) {
  static shelf kept = {.next = 1};
  for (long n = 1; n < FAULTS_MOST; n++) {
    dsr_symbols *symbols = NULL;
    dsr_error_clear(error);
    dsr_mem_fail_at(n);
    dsr_status rc = open_table(&kept, error, &symbols);
    if (rc >= 0) rc = work(&kept, symbols);
    dsr_mem_fail_at(0);
    dsr_symbols_free(symbols);
    sweep(&kept);
    if (rc == DSR_OK) return 0;
    CHECK(rc == DSR_ENOMEM);
  }
  printf("no run got through\n");
  return 1;
}

int main(void) {
  static dsr_error error;
  static shelf kept = {.next = 1};
  int bad = check_numbers(&kept, &error) || check_temporaries(&kept, &error) ||
            check_overtaken(&kept, &error) || check_many(&kept, &error) ||
            check_rollback(&kept, &error) || check_order(&error) ||
            check_empty(&error) || check_faults(&error);
  if (bad && error.text[0]) printf("%s\n", error.text);
  sweep(&kept);
  return bad;
}
