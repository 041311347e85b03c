/*
** api_column.c - values in and out: every type bound, stepped to and read.
*/
#include "check.h"

static const char facts[] =
    "relation known(entity, text, date, int, number, bool).\n"
    "known(nato, \"пакт\"@uk, 1949-04-04, 32, 2.5, true).\n"
    "known('Any Thing', \"a \\\"b\\\"\", 2014-01/2024, 9223372036854775807, 7, "
    "false).\n";

static int columns_of_one(dsr_base *base) {
  dsr_query *q;
  CHECK_STATUS(DSR_OK, base,
               dsr_prepare(base, "?- known(E, T, D, I, N, B), I < 100.", &q));
  CHECK(dsr_column_count(q) == 6);
  CHECK(strcmp(dsr_column_name(q, 0), "E") == 0);
  CHECK(strcmp(dsr_column_name(q, 5), "B") == 0);
  CHECK(strcmp(dsr_column_name(q, 6), "") == 0);
  CHECK(dsr_column_type(q, 0) == DSR_NULL); /* no row yet */
  CHECK_STATUS(DSR_ROW, base, dsr_step(q));
  CHECK(dsr_column_type(q, 0) == DSR_ENTITY);
  CHECK(check_text(dsr_column_text(q, 0), "nato"));
  CHECK(check_text(dsr_column_entity(q, 0), "nato"));
  CHECK(dsr_column_time(q, 0).data == NULL);
  CHECK(dsr_column_type(q, 1) == DSR_TEXT);
  CHECK(check_text(dsr_column_text(q, 1), "пакт"));
  CHECK(check_text(dsr_column_lang(q, 1), "uk"));
  CHECK(dsr_column_entity(q, 1).data == NULL);
  CHECK(dsr_column_type(q, 2) == DSR_TIME);
  CHECK(check_text(dsr_column_time(q, 2), "1949-04-04"));
  CHECK(check_text(dsr_column_text(q, 2), "1949-04-04"));
  CHECK(dsr_column_type(q, 3) == DSR_INT);
  CHECK(dsr_column_int(q, 3) == 32);
  CHECK(dsr_column_double(q, 3) == 32.0);
  CHECK(check_text(dsr_column_text(q, 3), "32"));
  CHECK(dsr_column_type(q, 4) == DSR_DECIMAL);
  CHECK(dsr_column_double(q, 4) == 2.5);
  CHECK(dsr_column_int(q, 4) == 0);
  CHECK(check_text(dsr_column_text(q, 4), "2.5"));
  CHECK(dsr_column_type(q, 5) == DSR_BOOL);
  CHECK(dsr_column_int(q, 5) == 1);
  CHECK(check_text(dsr_column_text(q, 5), "true"));
  CHECK(dsr_column_type(q, -1) == DSR_NULL);
  CHECK(dsr_column_text(q, 6).data == NULL);
  CHECK_STATUS(DSR_DONE, base, dsr_step(q));
  CHECK_STATUS(DSR_DONE, base, dsr_step(q)); /* and stays so */
  CHECK(dsr_column_type(q, 0) == DSR_NULL);
  CHECK_STATUS(DSR_OK, base, dsr_reset(q));
  CHECK_STATUS(DSR_ROW, base, dsr_step(q));
  dsr_finalize(q);
  return 0;
}

static int wide_values(dsr_base *base) {
  dsr_query *q;
  CHECK_STATUS(DSR_OK, base,
               dsr_prepare(base, "known('Any Thing', T, D, I, N, B)", &q));
  CHECK_STATUS(DSR_ROW, base, dsr_step(q));
  CHECK(check_text(dsr_column_text(q, 0), "a \"b\""));
  CHECK(dsr_column_lang(q, 0).len == 0);
  CHECK(check_text(dsr_column_time(q, 1), "2014-01/2024"));
  CHECK(dsr_column_type(q, 2) == DSR_INT);
  CHECK(dsr_column_int(q, 2) == INT64_MAX);
  CHECK(check_text(dsr_column_text(q, 2), "9223372036854775807"));
  CHECK(dsr_column_type(q, 3) == DSR_INT);
  CHECK(dsr_column_double(q, 3) == 7.0);
  CHECK(check_text(dsr_column_text(q, 4), "false"));
  dsr_finalize(q);
  return 0;
}

/* How many rows a query has from here. */
static int rows(dsr_query *q) {
  int n = 0;
  dsr_status rc;
  while ((rc = dsr_step(q)) == DSR_ROW) n++;
  return rc == DSR_DONE ? n : -1;
}

static int parameters(dsr_base *base) {
  dsr_query *q;
  CHECK_STATUS(DSR_OK, base, dsr_prepare(base, "known($e, $t, $d, $i, $n, $b)", &q));
  CHECK(dsr_column_count(q) == 0);
  CHECK_STATUS(DSR_OK, base, dsr_bind_text(q, "e", "Any Thing"));
  CHECK_STATUS(DSR_OK, base, dsr_bind_text(q, "t", "a \"b\""));
  CHECK_STATUS(DSR_OK, base, dsr_bind_time(q, "d", "2014-01/2024"));
  CHECK_STATUS(DSR_OK, base, dsr_bind_int(q, "i", INT64_MAX));
  CHECK_STATUS(DSR_OK, base, dsr_bind_int(q, "n", 7));
  CHECK_STATUS(DSR_OK, base, dsr_bind_int(q, "b", 0));
  CHECK(rows(q) == 1);
  CHECK_STATUS(DSR_OK, base, dsr_reset(q));
  CHECK_STATUS(DSR_OK, base, dsr_bind_int(q, "b", 1)); /* the others stay */
  CHECK(rows(q) == 0);
  CHECK_STATUS(DSR_OK, base, dsr_reset(q));
  CHECK_STATUS(DSR_ETYPE, base, dsr_bind_int(q, "e", 5));
  CHECK_STATUS(DSR_ETYPE, base, dsr_bind_int(q, "b", 5));
  CHECK_STATUS(DSR_ETYPE, base, dsr_bind_double(q, "i", 2.5));
  CHECK_STATUS(DSR_ETYPE, base, dsr_bind_time(q, "e", "1994"));
  CHECK_STATUS(DSR_ETYPE, base, dsr_bind_entity(q, "i", "nato"));
  CHECK_STATUS(DSR_ETIME, base, dsr_bind_time(q, "d", "2023-02-30"));
  dsr_finalize(q);
  CHECK_STATUS(DSR_OK, base, dsr_prepare(base, "known(E, _, _, _, $n, _)", &q));
  CHECK_STATUS(DSR_OK, base, dsr_bind_double(q, "n", 2.5));
  CHECK(rows(q) == 1);
  dsr_finalize(q);
  return 0;
}

/* A name that no fact had when it was bound is met when a fact has it later. */
static int late_names(dsr_base *base) {
  dsr_query *q;
  CHECK_STATUS(DSR_OK, base, dsr_add(base, "seen(a)", NULL));
  CHECK_STATUS(DSR_OK, base, dsr_prepare(base, "seen($who)", &q));
  CHECK_STATUS(DSR_OK, base, dsr_bind_entity(q, "who", "newcomer"));
  CHECK(rows(q) == 0);
  CHECK_STATUS(DSR_OK, base, dsr_add(base, "seen(newcomer)", NULL));
  CHECK_STATUS(DSR_OK, base, dsr_reset(q));
  CHECK(rows(q) == 1);
  dsr_finalize(q);
  CHECK_STATUS(DSR_OK, base, dsr_prepare(base, "seen(latecomer)", &q));
  CHECK(rows(q) == 0);
  CHECK_STATUS(DSR_OK, base, dsr_add(base, "seen(latecomer)", NULL));
  CHECK_STATUS(DSR_OK, base, dsr_reset(q));
  CHECK(rows(q) == 1);
  dsr_finalize(q);
  return 0;
}

/* A query sees the base as it was at its first step, also while its handle writes. */
static int steady_rows(dsr_base *base) {
  dsr_query *q;
  CHECK_STATUS(DSR_OK, base, dsr_load(base, NULL, "n(1). n(2). n(3).", 17));
  CHECK_STATUS(DSR_OK, base, dsr_prepare(base, "n(X)", &q));
  CHECK_STATUS(DSR_ROW, base, dsr_step(q));
  CHECK_STATUS(DSR_OK, base, dsr_add(base, "n(4)", NULL));
  CHECK_STATUS(DSR_OK, base, dsr_retract(base, "n(3)", NULL));
  CHECK(rows(q) == 2);
  CHECK_STATUS(DSR_OK, base, dsr_reset(q));
  CHECK(rows(q) == 3);
  dsr_finalize(q);
  return 0;
}

/* The row at hand keeps its values when the words of it are rolled back. */
static int undone_values(dsr_base *base) {
  dsr_query *q;
  CHECK_STATUS(DSR_OK, base, dsr_begin(base));
  CHECK_STATUS(DSR_OK, base, dsr_add(base, "vast(123456789012345678901.5)", NULL));
  CHECK_STATUS(DSR_OK, base, dsr_prepare(base, "vast(X)", &q));
  CHECK_STATUS(DSR_ROW, base, dsr_step(q));
  CHECK_STATUS(DSR_OK, base, dsr_rollback(base));
  CHECK(check_text(dsr_column_text(q, 0), "123456789012345678901.5"));
  CHECK(dsr_column_double(q, 0) > 1.23e20 && dsr_column_double(q, 0) < 1.24e20);
  dsr_finalize(q);
  return 0;
}

int main(void) {
  dsr_base *base;
  CHECK(dsr_open(NULL, NULL, &base) == DSR_OK);
  CHECK_STATUS(DSR_OK, base, dsr_load(base, "facts", facts, strlen(facts)));
  if (columns_of_one(base) || wide_values(base) || parameters(base)) return 1;
  if (late_names(base) || steady_rows(base) || undone_values(base)) return 1;
  CHECK_STATUS(DSR_OK, base, dsr_close(base));
  puts("all read");
  return 0;
}
