/*
** api_misuse.c - a host that calls wrongly: each mistake is told, and nothing happens.
*/
#include "check.h"

static int without_a_base(void) {
  dsr_base *base;
  dsr_query *query;
  dsr_fact fact = {0};
  CHECK(dsr_open(NULL, NULL, NULL) == DSR_EMISUSE);
  CHECK(dsr_load(NULL, "x", "", 0) == DSR_EMISUSE);
  CHECK(dsr_load_files(NULL, NULL, 0) == DSR_EMISUSE);
  CHECK(dsr_begin(NULL) == DSR_EMISUSE);
  CHECK(dsr_commit(NULL) == DSR_EMISUSE);
  CHECK(dsr_rollback(NULL) == DSR_EMISUSE);
  CHECK(dsr_add(NULL, "p(a)", NULL) == DSR_EMISUSE);
  CHECK(dsr_add_fact(NULL, &fact, NULL) == DSR_EMISUSE);
  CHECK(dsr_deny(NULL, "p(a)", NULL) == DSR_EMISUSE);
  CHECK(dsr_deny_fact(NULL, &fact, NULL) == DSR_EMISUSE);
  CHECK(dsr_retract(NULL, "p(a)", NULL) == DSR_EMISUSE);
  CHECK(dsr_retract_fact(NULL, &fact, NULL) == DSR_EMISUSE);
  CHECK(dsr_judge(NULL, DSR_JUDGE_PREFER, "p(a)", NULL) == DSR_EMISUSE);
  CHECK(dsr_undo(NULL, 0, NULL) == DSR_EMISUSE);
  CHECK(dsr_rename(NULL, "a", "b", 0) == DSR_EMISUSE);
  CHECK(dsr_watch(NULL, NULL, NULL) == DSR_EMISUSE);
  CHECK(dsr_claims_of(NULL, DSR_CLAIMS_ON, "p(a)", NULL, NULL) == DSR_EMISUSE);
  CHECK(dsr_fact_slips(NULL, "p(a)", NULL, NULL) == DSR_EMISUSE);
  CHECK(dsr_transaction_time(NULL, 0, NULL) == DSR_EMISUSE);
  CHECK(dsr_refresh(NULL) == DSR_EMISUSE);
  CHECK(dsr_view_open(NULL, NULL, &base) == DSR_EMISUSE);
  CHECK(dsr_prepare(NULL, "p(X)", &query) == DSR_EMISUSE);
  CHECK(dsr_threads(NULL, 2) == DSR_EMISUSE);
  CHECK(dsr_on_progress(NULL, NULL, NULL) == DSR_EMISUSE);
  CHECK(dsr_changes(NULL) == 0);
  CHECK(dsr_close(NULL) == DSR_OK);
  CHECK(strlen(dsr_errmsg(NULL)) > 0);
  CHECK(dsr_script_run(NULL, NULL, NULL, NULL, NULL) == DSR_EMISUSE);
  CHECK(dsr_script_each(NULL, NULL) == DSR_EMISUSE);
  return 0;
}

static int without_a_query(void) {
  CHECK(dsr_step(NULL) == DSR_EMISUSE);
  CHECK(dsr_reset(NULL) == DSR_EMISUSE);
  CHECK(dsr_bind_int(NULL, "x", 1) == DSR_EMISUSE);
  CHECK(dsr_bind_double(NULL, "x", 1) == DSR_EMISUSE);
  CHECK(dsr_bind_text(NULL, "x", "a") == DSR_EMISUSE);
  CHECK(dsr_bind_time(NULL, "x", "1994") == DSR_EMISUSE);
  CHECK(dsr_bind_entity(NULL, "x", "a") == DSR_EMISUSE);
  CHECK(dsr_column_count(NULL) == 0);
  CHECK(strcmp(dsr_column_name(NULL, 0), "") == 0);
  CHECK(dsr_column_type(NULL, 0) == DSR_NULL);
  CHECK(dsr_column_int(NULL, 0) == 0);
  CHECK(dsr_column_text(NULL, 0).data == NULL);
  dsr_finalize(NULL);
  return 0;
}

static int bad_arguments(dsr_base *base) {
  dsr_query *query;
  dsr_value value = {.type = (dsr_type)99};
  dsr_str p = {"p", 1};
  dsr_fact fact = {.relation = p, .arity = 1, .args = &value};
  dsr_claim kind = {.kind = (dsr_kind)7};
  dsr_claim sure = {.confidence = 1.5, .has_confidence = 1};
  dsr_claim torn = {.source = {NULL, 3}};
  const char *paths[] = {NULL};
  CHECK_STATUS(DSR_EMISUSE, base, dsr_load(base, "x", NULL, 4));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_load_files(base, paths, 1));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_load_files(base, NULL, 1));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_load_files(base, paths, -1));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_add(base, NULL, NULL));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_add_fact(base, NULL, NULL));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_add_fact(base, &fact, NULL));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_add(base, "p(a)", &kind));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_add(base, "p(a)", &sure));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_add(base, "p(a)", &torn));
  dsr_verdict nobody = {.by = {NULL, 3}};
  char time[32];
  CHECK_STATUS(DSR_EMISUSE, base, dsr_judge(base, DSR_JUDGE_PREFER, NULL, NULL));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_judge(base, (dsr_judgement)9, "p(a)", NULL));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_judge(base, DSR_JUDGE_PREFER, "p(a)", &nobody));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_rename(base, NULL, "b", 0));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_rename(base, "a", NULL, 0));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_claims_of(base, DSR_CLAIMS_ON, NULL, NULL, NULL));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_fact_slips(base, "p(a)", NULL, NULL));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_transaction_time(base, 0, NULL));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_threads(base, 0));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_threads(base, 65));
  CHECK_STATUS(DSR_EABSENT, base, dsr_transaction_time(base, 0, time));
  CHECK_STATUS(DSR_EABSENT, base, dsr_undo(base, 0, NULL));
  CHECK_STATUS(DSR_EABSENT, base, dsr_undo(base, -1, NULL));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_prepare(base, NULL, &query));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_prepare(base, "p(X)", NULL));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_view_open(base, NULL, NULL));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_script_run(base, NULL, NULL, NULL, NULL));
  fact.arity = 9;
  CHECK_STATUS(DSR_EMISUSE, base, dsr_add_fact(base, &fact, NULL));
  fact.arity = -1;
  CHECK_STATUS(DSR_EMISUSE, base, dsr_add_fact(base, &fact, NULL));
  fact = (dsr_fact){.relation = p, .arity = 1};
  CHECK_STATUS(DSR_EMISUSE, base, dsr_add_fact(base, &fact, NULL));
  CHECK(strlen(dsr_errmsg(base)) > 0);
  CHECK(dsr_changes(base) == 0);
  return 0;
}

static int wrong_order(dsr_base *base) {
  dsr_query *query;
  dsr_base *view;
  CHECK_STATUS(DSR_EMISUSE, base, dsr_commit(base));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_rollback(base));
  CHECK_STATUS(DSR_OK, base, dsr_begin(base));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_begin(base));
  CHECK_STATUS(DSR_OK, base, dsr_add(base, "p(a)", NULL));
  CHECK_STATUS(DSR_OK, base, dsr_commit(base));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_commit(base));
  CHECK_STATUS(DSR_OK, base, dsr_prepare(base, "p($who)", &query));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_step(query)); /* never bound */
  CHECK_STATUS(DSR_OK, base, dsr_reset(query));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_bind_entity(query, "whom", "a"));
  CHECK(strstr(dsr_errmsg(base), "$who") != NULL);
  CHECK_STATUS(DSR_EMISUSE, base, dsr_bind_entity(query, NULL, "a"));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_bind_entity(query, "who", NULL));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_bind_entity(query, "who", ""));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_bind_text(query, "who", NULL));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_bind_time(query, "who", NULL));
  CHECK_STATUS(DSR_OK, base,
               dsr_bind_entity(query, "$who", "a")); /* as it is written */
  CHECK_STATUS(DSR_ROW, base, dsr_step(query));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_bind_entity(query, "who", "a"));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_close(base)); /* a query lives */
  dsr_finalize(query);
  CHECK_STATUS(DSR_OK, base, dsr_view_open(base, NULL, &view));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_close(base)); /* a view lives */
  CHECK_STATUS(DSR_EREADONLY, view, dsr_begin(view));
  CHECK_STATUS(DSR_EREADONLY, view, dsr_add(view, "p(b)", NULL));
  CHECK_STATUS(DSR_EREADONLY, view, dsr_load(view, NULL, "p(b).", 5));
  CHECK_STATUS(DSR_EREADONLY, view, dsr_judge(view, DSR_JUDGE_PREFER, "p(a)", NULL));
  CHECK_STATUS(DSR_EREADONLY, view, dsr_undo(view, 0, NULL));
  CHECK_STATUS(DSR_EREADONLY, view, dsr_rename(view, "a", "b", 0));
  CHECK_STATUS(DSR_OK, view, dsr_close(view));
  return 0;
}

/* A handle that did not open can be asked why, and closed. */
static int failed_open(void) {
  dsr_open_options options = {.must_exist = 1};
  dsr_open_options clock = {.now = "yesterday"};
  dsr_base *base;
  dsr_query *query;
  CHECK(dsr_open("no/such/base.kb", &options, &base) == DSR_EABSENT);
  CHECK(strlen(dsr_errmsg(base)) > 0);
  CHECK(dsr_add(base, "p(a)", NULL) == DSR_EMISUSE);
  CHECK(dsr_prepare(base, "p(X)", &query) == DSR_EMISUSE);
  CHECK(strstr(dsr_errmsg(base), "no/such/base.kb") != NULL);
  CHECK(dsr_close(base) == DSR_OK);
  CHECK(dsr_open(NULL, &clock, &base) == DSR_EMISUSE);
  CHECK(strstr(dsr_errmsg(base), "yesterday") != NULL);
  CHECK(dsr_close(base) == DSR_OK);
  return 0;
}

int main(void) {
  dsr_base *base;
  if (without_a_base() || without_a_query() || failed_open()) return 1;
  CHECK(dsr_open(NULL, NULL, &base) == DSR_OK);
  if (bad_arguments(base) || wrong_order(base)) return 1;
  CHECK_STATUS(DSR_OK, base, dsr_close(base));
  puts("all told");
  return 0;
}
