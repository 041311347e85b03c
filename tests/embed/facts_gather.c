/*
** facts_gather.c - texts into a base, one by one or many at once.
**
**   facts_gather texts BASE SEED N TOGETHER MEMORY   N texts at random, in bulk loads of
**                                                    TOGETHER each; 0: a few at a time
**   facts_gather long BASE                           words that fill many pages of the index
**   facts_gather fault BASE                          failing memory changes nothing
**
** Prints what was not as it should be; exit code 1 if anything was.
*/
#include <string.h>

#include "facts/bulk.h"
#include "facts/engine.h"
#include "ground/text.h"
#include "facts_host.h"

enum { FEW = 300, TEXT_MOST = 4000, LONG_TEXTS = 700, LONG_WORDS = 30000 };

static const char *const words[] = {
    "the",         "Running", "runs",     "defence", "defences", "cyber",
    "École",       "guerre",  "Łódź",     "die",     "Häuser",   "Київ",
    "воєнні",      "北京",    "条約",     "ไทย",     "ΑΘΗΝΑ",    "straße",
    "o'clock",     "e-mail",  "42",       "1994",    "a",        "A",
    "x_y",         "ﬁnal",    "İstanbul", "naïve",   "Ünïcödé",  "I",
    "...",         "--",      "é",        "résumés", "cyberwar", "Cyberwarfare",
    "cyberwarrior"};
enum { WORDS = sizeof words / sizeof *words };

static const char *const languages[] = {"", "", "en", "en-GB", "fr", "de", "uk", "xx"};
enum { LANGUAGES = sizeof languages / sizeof *languages };

/* Words, now and then one of many letters, now and then many; perhaps none. */
static void make_text(uint64_t i, char *text, const char **language) {
  size_t len = 0, n = chance(40) == 0 ? chance(300) : chance(12);
  *language = languages[chance(LANGUAGES)];
  for (size_t k = 0; k < n && len + 300 < TEXT_MOST; k++) {
    const char *word = words[chance(chance(3) == 0 ? WORDS : 4)];
    if (chance(9) == 0) {
      len += (size_t)sprintf(text + len, "w%u", (unsigned)chance(2000));
    } else if (chance(200) == 0) {
      size_t letters = 110 + chance(30);
      memset(text + len, 'q', letters);
      len += letters;
    } else {
      len += (size_t)sprintf(text + len, "%s", word);
    }
    text[len++] = " ,;-"[chance(4)];
  }
  sprintf(text + len, "%u", (unsigned)i); /* no two are the same */
}

static dsr_facts *open_base(const char *path) {
  dsr_facts *facts;
  dsr_open_options options = {.now = "2026-01-01"};
  OK(dsr_facts_open(path, &options, &error, &facts));
  return facts;
}

static uint32_t relation_of(dsr_facts *facts) {
  uint32_t number;
  const dsr_relation *found = dsr_relation_find(facts, dsr_str_of("says"), 2);
  if (found) return found->number;
  dsr_relation met = {.name = dsr_str_of("says"), .arity = 2};
  OK(dsr_relation_declare(facts, &met, &number));
  return number;
}

/* ---- one by one ------------------------------------------------------------------ */

static void add_few(dsr_facts *facts, uint64_t from, uint64_t to) {
  char text[TEXT_MOST + 32], who[32];
  const char *language;
  OK(dsr_facts_begin(facts));
  dsr_claim_row claim = {.verb = DSR_ASSERTS, .source = dsr_facts_base_source(facts)};
  for (uint64_t i = from; i < to; i++) {
    dsr_tuple fact = {.relation = relation_of(facts), .arity = 2};
    make_text(i, text, &language);
    snprintf(who, sizeof who, "e%u", (unsigned)i);
    OK(dsr_symbols_intern(facts->symbols, DSR_SYM_ENTITY, dsr_str_of(who),
                          &fact.args[0]));
    OK(dsr_text_word(facts->symbols, dsr_str_of(text), dsr_str_of(language),
                     dsr_str_of(NULL), DSR_INTERN, &fact.args[1]));
    OK(dsr_claim_add(facts, &fact, &claim));
  }
  OK(dsr_facts_commit(facts));
}

/* ---- together -------------------------------------------------------------------- */

typedef struct load {
  uint64_t from, to;
  size_t memory;
  bool backwards; /* rows come in another order than their names */
} load;

static dsr_status put_rows(dsr_facts *facts, dsr_bulk *bulk, const load *of) {
  char text[TEXT_MOST + 32], who[32];
  const char *language;
  dsr_word args[2][2] = {{0}};
  dsr_claim_row claim = {.verb = DSR_ASSERTS, .source = dsr_facts_base_source(facts)};
  uint32_t relation;
  TRY(dsr_bulk_claim(bulk, &claim));
  TRY(dsr_bulk_relation(bulk, dsr_str_of("says"), 2, &relation));
  for (uint64_t i = of->from; i < of->to; i++) {
    bool second = (i - of->from) % 2 == 1;
    dsr_word *row = args[second];
    make_text(i, text, &language);
    snprintf(who, sizeof who, "e%u", (unsigned)i);
    TRY(dsr_bulk_name(bulk, DSR_SYM_ENTITY, dsr_str_of(who), &row[0]));
    TRY(dsr_bulk_text(bulk, dsr_str_of(text), dsr_str_of(language), dsr_str_of(NULL),
                      &row[1]));
    if (!of->backwards) {
      TRY(dsr_bulk_put(bulk, relation, row, DSR_WORD_NONE));
    } else if (second || i + 1 == of->to) {
      TRY(dsr_bulk_put(bulk, relation, row, DSR_WORD_NONE));
      if (second) TRY(dsr_bulk_put(bulk, relation, args[0], DSR_WORD_NONE));
    }
  }
  return DSR_OK;
}

static dsr_status load_many(dsr_facts *facts, const load *of) {
  dsr_bulk *bulk = NULL;
  dsr_bulk_options options = {.memory = of->memory};
  TRY(dsr_facts_begin(facts));
  dsr_status rc = dsr_bulk_open(facts, &options, &bulk);
  if (rc >= 0) rc = put_rows(facts, bulk, of);
  if (rc >= 0) rc = dsr_bulk_finish(bulk);
  dsr_error why = error;
  dsr_bulk_drop(bulk);
  if (rc >= 0) return dsr_facts_commit(facts);
  if (dsr_facts_writing(facts)) dsr_facts_rollback(facts);
  error = why;
  return rc;
}

static int add_texts(char **argv) {
  dsr_facts *facts = open_base(argv[2]);
  uint64_t n = strtoull(argv[4], NULL, 10), together = strtoull(argv[5], NULL, 10);
  size_t memory = (size_t)strtoull(argv[6], NULL, 10);
  chance_state = strtoull(argv[3], NULL, 10);
  uint64_t step = together > 0 ? together : FEW;
  for (uint64_t from = 0, to; from < n; from = to) {
    to = from + step < n ? from + step : n;
    load of = {from, to, memory, from % (2 * step) != 0};
    if (together == 0) {
      add_few(facts, from, to);
    } else {
      OK(load_many(facts, &of));
    }
  }
  OK(dsr_search_verify(facts));
  dsr_facts_close(facts);
  return 0;
}

/* ---- long lists ------------------------------------------------------------------ */

/* A word in each of many texts, and a hundred pages of places of one in a few. */
static int add_long(const char *path) {
  static char text[LONG_WORDS * 5 + 64];
  dsr_facts *facts = open_base(path);
  dsr_bulk *bulk;
  dsr_word args[2];
  uint32_t relation;
  OK(dsr_facts_begin(facts));
  dsr_claim_row claim = {.verb = DSR_ASSERTS, .source = dsr_facts_base_source(facts)};
  OK(dsr_bulk_open(facts, NULL, &bulk));
  OK(dsr_bulk_claim(bulk, &claim));
  OK(dsr_bulk_relation(bulk, dsr_str_of("says"), 2, &relation));
  OK(dsr_bulk_name(bulk, DSR_SYM_ENTITY, dsr_str_of("e"), &args[0]));
  for (unsigned i = 0; i < LONG_TEXTS; i++) {
    size_t len = (size_t)sprintf(text, "every%u common ", i);
    for (unsigned k = 0; k < (i % 50 == 7 ? LONG_WORDS : i % 9 * 40); k++) {
      len += (size_t)sprintf(text + len, k % 2 ? "kilo " : "lima ");
    }
    OK(dsr_bulk_name(bulk, DSR_SYM_TEXT, (dsr_str){text, len}, &args[1]));
    OK(dsr_bulk_put(bulk, relation, args, DSR_WORD_NONE));
  }
  OK(dsr_bulk_finish(bulk));
  dsr_bulk_drop(bulk);
  OK(dsr_facts_commit(facts));
  OK(dsr_search_verify(facts));
  dsr_facts_close(facts);
  return 0;
}

/* ---- failing --------------------------------------------------------------------- */

static int fault(const char *path) {
  load of = {0, 600, 4000, false};
  dsr_status rc = DSR_ENOMEM;
  for (long n = 1; rc < 0; n += 1 + n / 20) {
    dsr_facts *facts = open_base(path);
    chance_state = 3;
    dsr_mem_fail_at(n);
    rc = load_many(facts, &of);
    dsr_mem_fail_at(0);
    CHECK(rc == DSR_ENOMEM || rc >= 0);
    dsr_facts_close(facts);
    facts = open_base(path);
    OK(dsr_search_verify(facts));
    CHECK((dsr_store_txn(facts->store) > 0) == (rc >= 0));
    dsr_facts_close(facts);
  }
  printf("facts_gather: nothing lost\n");
  return 0;
}

int main(int argc, char **argv) {
  const char *what = argc > 2 ? argv[1] : "";
  if (strcmp(what, "texts") == 0 && argc == 7) return add_texts(argv);
  if (strcmp(what, "long") == 0) return add_long(argv[2]);
  if (strcmp(what, "fault") == 0) return fault(argv[2]);
  printf("facts_gather texts BASE SEED N TOGETHER MEMORY | long BASE | fault BASE\n");
  return 1;
}
