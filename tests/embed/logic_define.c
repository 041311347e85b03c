/*
** logic_define.c - functions that a host defines, and calls of them as queries make them.
**
** Where the library was built with faults, each allocation of defining and calling fails
** in turn.  Prints "all defined".
*/
#include "check.h"
#include "ground/text.h"
#include "lua/base.h"

enum { FAULTS_MOST = 10000, ROWS_MOST = 100 };

#define STR(text) ((dsr_str){text, sizeof(text) - 1})

/* What a call gave. */
typedef struct gathered {
  dsr_word rows[ROWS_MOST];
  int n;
  int most; /* rows that are taken; then DSR_ELIMIT */
  int width;
} gathered;

static dsr_base *opened; /* for functions that do what they should not */
static int dropped;

static void count_drop(void *ud) { dropped += *(int *)ud; }

/* ---- functions ---------------------------------------------------------------------- */

/* From 1 to an integer. */
static dsr_status up_to(void *ud, const dsr_value *args, int n, dsr_call *call) {
  (void)ud;
  if (n != 1 || args[0].type != DSR_INT) return dsr_refuse(call, "an integer is due");
  for (int64_t i = 1; i <= args[0].integer; i++) {
    dsr_value row = {.type = DSR_INT, .integer = i};
    TRY(dsr_give(call, &row));
  }
  return DSR_OK;
}

/* One of each type. */
static dsr_status every_type(void *ud, const dsr_value *args, int n, dsr_call *call) {
  (void)ud;
  (void)args;
  dsr_value row[] = {
      {.type = DSR_BOOL, .integer = 1},
      {.type = DSR_DECIMAL, .text = {"0.12345678", 10}},
      {.type = DSR_TIME, .text = {"199X", 4}},
      {.type = DSR_ENTITY, .text = {"nowhere", 7}},
      {.type = DSR_TEXT, .text = {"так", 6}, .lang = {"uk", 2}},
      {.type = DSR_INT, .integer = INT64_MAX},
  };
  return n == 0 ? dsr_give(call, row) : DSR_EMISUSE;
}

static dsr_status gives_nothing(void *ud, const dsr_value *args, int n,
                                dsr_call *call) {
  (void)ud;
  (void)args;
  (void)n;
  dsr_value row = {.type = DSR_NULL};
  dsr_give(call, &row);
  return DSR_OK; /* the failure was ignored */
}

static dsr_status only_fails(void *ud, const dsr_value *args, int n, dsr_call *call) {
  (void)ud;
  (void)args;
  (void)n;
  (void)call;
  return DSR_EABSENT;
}

/* All that a function must not do is refused, and what it may do is done. */
static dsr_status misbehaves(void *ud, const dsr_value *args, int n, dsr_call *call) {
  dsr_query *query;
  (void)ud;
  (void)args;
  (void)n;
  if (dsr_begin(opened) != DSR_EMISUSE) return dsr_refuse(call, "begun");
  if (dsr_add(opened, "p(b)", NULL) != DSR_EMISUSE) return dsr_refuse(call, "added");
  if (dsr_load(opened, "x", "p(c).", 5) != DSR_EMISUSE)
    return dsr_refuse(call, "loaded");
  if (dsr_define(opened, "f", 0, 0, only_fails, NULL, NULL) != DSR_EMISUSE) {
    return dsr_refuse(call, "defined");
  }
  if (dsr_undefine(opened, "misbehaves") != DSR_EMISUSE)
    return dsr_refuse(call, "gone");
  if (dsr_refresh(opened) != DSR_OK) return dsr_refuse(call, "no refresh");
  if (dsr_prepare(opened, "p(X)", &query) != DSR_OK)
    return dsr_refuse(call, "no query");
  dsr_status rc = dsr_step(query);
  dsr_finalize(query);
  return rc == DSR_ROW ? dsr_give(call, NULL) : dsr_refuse(call, "no row");
}

/* ---- calls as queries make them ------------------------------------------------------- */

static dsr_status gather(void *ud, const dsr_word *row) {
  gathered *all = ud;
  if (all->n >= all->most) {
    return dsr_fail(opened->error, DSR_ELIMIT, "more than %d rows", all->most);
  }
  for (int i = 0; i < all->width; i++) all->rows[all->n * all->width + i] = row[i];
  all->n++;
  return DSR_OK;
}

static dsr_status call(const char *name, const dsr_word *args, gathered *out) {
  const dsr_definition *of = dsr_defined_find(opened->defined, dsr_str_of(name));
  if (of == NULL) return DSR_EABSENT;
  out->n = 0;
  out->width = of->n_results;
  dsr_emit emit = {.row = gather, .ud = out};
  TRY(dsr_facts_read(opened->facts, false));
  return dsr_defined_call(opened->defined, of, args, &emit);
}

/* A function that calls itself, as one that asks a query that calls it. */
static dsr_status deeper(void *ud, const dsr_value *args, int n, dsr_call *at) {
  gathered all = {.most = 1};
  (void)ud;
  (void)args;
  (void)n;
  (void)at;
  return call("deeper", NULL, &all);
}

/* ---- checks --------------------------------------------------------------------------- */

static int check_words(const char *wanted) {
  if (strstr(dsr_errmsg(opened), wanted) != NULL) return 0;
  printf("not in \"%s\": %s\n", dsr_errmsg(opened), wanted);
  return 1;
}

static int check_calls(void) {
  gathered all = {.most = 10};
  dsr_word arg = dsr_word_int(3);
  dsr_status ok = DSR_OK;
  CHECK_STATUS(ok, opened, dsr_define(opened, "up_to", 1, 1, up_to, NULL, NULL));
  CHECK_STATUS(ok, opened, call("up_to", &arg, &all));
  CHECK(all.n == 3 && all.rows[0] == dsr_word_int(1) && all.rows[2] == dsr_word_int(3));
  arg = dsr_word_int(0);
  CHECK_STATUS(ok, opened, call("up_to", &arg, &all));
  CHECK(all.n == 0);
  arg = dsr_word_int(11);
  CHECK_STATUS(DSR_ELIMIT, opened, call("up_to", &arg, &all));
  if (check_words("more than 10 rows")) return 1;
  arg = dsr_word_bool(true);
  CHECK_STATUS(DSR_ESCRIPT, opened, call("up_to", &arg, &all));
  return check_words("the function \"up_to\" failed: an integer is due");
}

static int check_values(void) {
  gathered all = {.most = 1};
  dsr_value value;
  char scratch[DSR_WORD_TEXT];
  dsr_symbols *symbols = dsr_facts_symbols(opened->facts);
  CHECK_STATUS(DSR_OK, opened,
               dsr_define(opened, "every_type", 0, 6, every_type, NULL, NULL));
  CHECK_STATUS(DSR_OK, opened, call("every_type", NULL, &all));
  CHECK(all.n == 1 && all.rows[0] == dsr_word_bool(true));
  static const char *const wanted[] = {"0.12345678", "199X", "nowhere", "так",
                                       "9223372036854775807"};
  for (int i = 0; i < 5; i++) {
    CHECK(dsr_word_value(symbols, all.rows[i + 1], scratch, &value) == DSR_OK);
    CHECK(check_text(value.text, wanted[i]));
    if (value.type == DSR_TEXT) CHECK(check_text(value.lang, "uk"));
  }
  return 0;
}

static int check_failures(void) {
  gathered all = {.most = 1};
  dsr_status ok = DSR_OK;
  CHECK_STATUS(ok, opened, dsr_define(opened, "void", 0, 1, gives_nothing, NULL, NULL));
  CHECK_STATUS(DSR_EMISUSE, opened, call("void", NULL, &all));
  if (check_words("the function \"void\" failed: a result has no value")) return 1;
  CHECK_STATUS(ok, opened, dsr_define(opened, "fails", 0, 0, only_fails, NULL, NULL));
  CHECK_STATUS(DSR_EABSENT, opened, call("fails", NULL, &all));
  if (check_words("the function \"fails\" failed: absent")) return 1;
  CHECK_STATUS(ok, opened, dsr_define(opened, "deeper", 0, 0, deeper, NULL, NULL));
  CHECK_STATUS(DSR_ELIMIT, opened, call("deeper", NULL, &all));
  CHECK_STATUS(ok, opened,
               dsr_define(opened, "misbehaves", 0, 0, misbehaves, NULL, NULL));
  CHECK_STATUS(ok, opened, call("misbehaves", NULL, &all));
  CHECK(all.n == 1);
  CHECK_STATUS(ok, opened, dsr_add(opened, "p(b)", NULL)); /* it is free again */
  return 0;
}

static int check_names(void) {
  static const char *const bad[] = {"", "Up", "_x", "a b", "not", "a-b", "é\xff"};
  dsr_base *b = opened;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    CHECK_STATUS(DSR_EMISUSE, b, dsr_define(b, bad[i], 1, 1, up_to, NULL, NULL));
  }
  CHECK_STATUS(DSR_EDECLARE, b, dsr_define(b, "length", 3, 1, up_to, NULL, NULL));
  if (check_words("\"length\" is a function of the language")) return 1;
  CHECK_STATUS(DSR_EDECLARE, b, dsr_define(b, "p", 3, 1, up_to, NULL, NULL));
  if (check_words("\"p\" is a relation")) return 1;
  CHECK_STATUS(DSR_EMISUSE, b, dsr_define(b, "wide", 4, 5, up_to, NULL, NULL));
  CHECK_STATUS(DSR_EMISUSE, b, dsr_define(b, "less", -1, 1, up_to, NULL, NULL));
  CHECK_STATUS(DSR_EMISUSE, b, dsr_define(b, "huge", 1, INT32_MAX, up_to, NULL, NULL));
  CHECK_STATUS(DSR_EMISUSE, b, dsr_define(b, NULL, 1, 1, up_to, NULL, NULL));
  CHECK_STATUS(DSR_EMISUSE, b, dsr_define(b, "none", 1, 1, NULL, NULL, NULL));
  CHECK(dsr_define(NULL, "x", 1, 1, up_to, NULL, NULL) == DSR_EMISUSE);
  CHECK(dsr_give(NULL, NULL) == DSR_EMISUSE && dsr_refuse(NULL, "x") == DSR_EMISUSE);
  CHECK_STATUS(DSR_OK, b, dsr_define(b, "größe", 1, 1, up_to, NULL, NULL));
  return 0;
}

/* Each `ud` is dropped once, when its function goes. */
static int check_drops(void) {
  int one = 1, ten = 10, hundred = 100;
  dsr_base *view, *b = opened;
  dropped = 0;
  CHECK_STATUS(DSR_OK, b, dsr_define(b, "f", 1, 1, up_to, &one, count_drop));
  CHECK_STATUS(DSR_EDECLARE, b, dsr_define(b, "p", 1, 1, up_to, &hundred, count_drop));
  CHECK(dropped == 0);
  uint64_t age = dsr_defined_age(b->defined);
  CHECK_STATUS(DSR_OK, b,
               dsr_view_open(b, NULL, &view)); /* a view defines for its base */
  CHECK_STATUS(DSR_OK, view, dsr_define(view, "f", 1, 1, up_to, &ten, count_drop));
  CHECK(dsr_close(view) == DSR_OK);
  CHECK(dropped == 1 && dsr_defined_age(b->defined) > age);
  CHECK_STATUS(DSR_OK, b, dsr_undefine(b, "f"));
  CHECK_STATUS(DSR_NOTHING, b, dsr_undefine(b, "f"));
  CHECK(dropped == 11);
  CHECK_STATUS(DSR_OK, b, dsr_define(b, "f", 1, 1, up_to, &one, count_drop));
  CHECK(dsr_close(b) == DSR_OK);
  CHECK(dropped == 12);
  return 0;
}

static int open_base(void) {
  CHECK(dsr_open(NULL, NULL, &opened) == DSR_OK);
  CHECK_STATUS(DSR_OK, opened, dsr_load(opened, "facts", "p(a).", 5));
  return 0;
}

static int check_faults(void) {
  gathered all = {.most = 10};
  int one = 1;
  for (long n = 1; n < FAULTS_MOST; n++) {
    if (open_base()) return 1;
    dropped = 0;
    dsr_mem_fail_at(n);
    dsr_status rc =
        dsr_define(opened, "every_type", 0, 6, every_type, &one, count_drop);
    bool made = rc >= 0;
    if (rc >= 0) rc = call("every_type", NULL, &all);
    dsr_mem_fail_at(0);
    CHECK(dropped == 0);
    CHECK(dsr_close(opened) == DSR_OK);
    CHECK(dropped == made);
    if (rc == DSR_OK) return 0;
    CHECK(rc == DSR_ENOMEM);
  }
  printf("no run got through\n");
  return 1;
}

int main(void) {
  if (open_base()) return 1;
  if (check_calls() || check_values() || check_failures() || check_names()) return 1;
  if (check_drops() || check_faults()) return 1;
  printf("all defined\n");
  return 0;
}
