/*
** api_fault.c - allocation 1, 2, 3, ... fails until the work gets through: each failure
** is told as DSR_ENOMEM, and the base opens unchanged.  Its argument is an empty
*folder.
*/
#include "check.h"
#include "ground/mem.h"

enum { STEPS = 60, STRIDE = 37 };

static char path[4096], text_path[4096];

static const char more[] =
    "relation met(entity, entity) occurs symmetric key(1) phrase \"{1} met {2}\".\n"
    "source late { title: \"Late\", kind: report, reliability: b }.\n"
    "met(a, b) @ 2023-09-28 from late \"2\" grade 2 quote \"they met\".\n"
    "label(a, \"Anna\"@en). deny met(a, b) @ 2023-09-28 from first.\n"
    "knows(X) :- met(X, _).  \"{X} is alone\" :- knows(X), not met(X, a).\n"
    "?- not knows(a).";

/* Rows of a query; below zero a status. */
static int rows(dsr_base *base, const char *text) {
  dsr_query *query;
  int n = 0;
  dsr_status rc = dsr_prepare(base, text, &query);
  if (rc < 0) return rc;
  while ((rc = dsr_step(query)) == DSR_ROW) n++;
  dsr_finalize(query);
  return rc < 0 ? (int)rc : n;
}

/* Values, a claim of their own, a parameter. */
static dsr_status change(dsr_base *base) {
  dsr_value args[] = {{.type = DSR_ENTITY, .text = {"anna", 4}},
                      {.type = DSR_TEXT, .text = {"so", 2}, .lang = {"en", 2}}};
  dsr_fact fact = {.relation = {"noted", 5}, .arity = 2, .args = args};
  dsr_claim claim = {.source = {"first", 5}, .locator = {"7", 1}};
  TRY(dsr_add_fact(base, &fact, &claim));
  TRY(dsr_add(base, "was(there) @ 1994/2004", NULL));
  TRY(dsr_retract(base, "was(here) @ 1994", NULL));
  TRY(dsr_rule_drop(base, "knows/1", NULL, NULL));
  return DSR_OK;
}

static int take_named(void *ud, const dsr_named *named) {
  (void)named, (void)ud;
  return 0;
}

static int take_twins(void *ud, const dsr_twins *twins) {
  (void)twins, (void)ud;
  return 0;
}

/* The second look-up keeps the names. */
static dsr_status look_up(dsr_base *base) {
  TRY(dsr_find_entity(base, "ana", 1, take_named, NULL));
  TRY(dsr_find_entity(base, "\xc3\xa0nna", 0, take_named, NULL));
  return dsr_twin_each(base, 0, take_twins, NULL);
}

static dsr_status ask(dsr_base *base) {
  const char *const sources[] = {"first", NULL};
  dsr_view_options options = {.as_of = "2000", .sources = sources};
  dsr_base *view;
  dsr_query *query;
  TRY(dsr_prepare(base, "was(X) @ T, T before $day", &query));
  dsr_status rc = dsr_bind_time(query, "day", "2000-01~");
  if (rc >= 0) rc = dsr_step(query);
  dsr_finalize(query);
  TRY(rc);
  TRY(dsr_view_open(base, &options, &view));
  int n = rows(view, "was(X) @ T from S");
  if (n >= 0) n = rows(base, "was(X) @ T order by T desc, X limit 2 offset 1");
  if (n >= 0) n = look_up(view);
  dsr_close(view);
  return n < 0 ? (dsr_status)n : DSR_OK;
}

/* All the work, in one transaction that is left open. */
static dsr_status work(dsr_base *base) {
  TRY(dsr_begin(base));
  TRY(dsr_load(base, "more.dl", more, strlen(more)));
  TRY(change(base));
  return ask(base);
}

/* Is the base as it was made. */
static int unchanged(void) {
  dsr_open_options reading = {.read_only = 1};
  dsr_base *base;
  CHECK(dsr_open(path, &reading, &base) == DSR_OK);
  CHECK(rows(base, "was(X) @ T") == 2);
  CHECK(rows(base, "source(X)") == 1);
  CHECK(rows(base, "label(X, L)") == 0);
  CHECK_STATUS(DSR_OK, base, dsr_close(base));
  return 0;
}

/* What every call that met a failing allocation must come to. */
static int told(long n, dsr_status rc, dsr_base *base) {
  if (rc >= 0) return 0;
  if (rc != DSR_ENOMEM) {
    printf("allocation %ld: came \"%s\": %s\n", n, dsr_status_text(rc),
           dsr_errmsg(base));
    return 1;
  }
  CHECK(base == NULL || strlen(dsr_errmsg(base)) > 0);
  return 0;
}

/* The n-th allocation of opening and working fails.  *through: none did. */
static int fail_in_work(long n, int *through) {
  dsr_base *base = NULL;
  dsr_mem_fail_at(n);
  dsr_status rc = dsr_open(path, NULL, &base);
  if (rc >= 0) rc = work(base);
  dsr_mem_fail_at(0);
  *through = rc >= 0;
  if (told(n, rc, base)) return 1;
  CHECK(dsr_close(base) == DSR_OK);
  return rc < 0 ? unchanged() : 0;
}

/* The n-th allocation of a commit fails, which is one that merges.  Where the commit
** gets through, what it put on record is taken back, so that the next finds it gone. */
static int fail_in_commit(long n, int *through) {
  dsr_open_options merging = {.merge_bound = 1, .block_bytes = 64};
  dsr_base *base;
  CHECK(dsr_open(path, &merging, &base) == DSR_OK);
  CHECK_STATUS(DSR_OK, base, dsr_begin(base));
  CHECK_STATUS(DSR_OK, base, dsr_add(base, "label(a, \"Anna\")", NULL));
  CHECK_STATUS(DSR_OK, base, dsr_add(base, "was(there) @ 1994/2004", NULL));
  dsr_mem_fail_at(n);
  dsr_status rc = dsr_commit(base);
  dsr_mem_fail_at(0);
  *through = rc >= 0;
  if (told(n, rc, base)) return 1;
  if (rc >= 0) {
    CHECK(rows(base, "label(X, L)") == 1);
    CHECK_STATUS(DSR_OK, base, dsr_retract(base, "label(a, \"Anna\")", NULL));
    CHECK_STATUS(DSR_OK, base, dsr_retract(base, "was(there) @ 1994/2004", NULL));
  }
  CHECK(rows(base, "was(X) @ T") == 2); /* through the handle that it failed in */
  CHECK_STATUS(DSR_OK, base, dsr_close(base));
  return unchanged();
}

static void count_change(void *ud, int change, dsr_str claim) {
  (void)claim;
  *(int *)ud += change;
}

static int count_text(void *ud, dsr_str text) {
  *(size_t *)ud += text.len;
  return 0;
}

/* What is done by hand, in one transaction that is left open: all taken back, some of it
** said again, judged, shown, renamed. */
static dsr_status by_hand(dsr_base *base) {
  dsr_claim claim = {.source = {"first", 5}};
  dsr_verdict verdict = {.because = {"so", 2}, .by = {"first", 5}};
  size_t shown = 0;
  TRY(dsr_undo(base, 1, NULL));
  TRY(dsr_add(base, "source(first)", NULL));
  TRY(dsr_add(base, "was(here) @ 1994", &claim));
  TRY(dsr_deny(base, "was(here) @ 1994", &claim));
  TRY(dsr_judge(base, DSR_JUDGE_PREFER, "was(here) @ 1994", &verdict));
  TRY(dsr_claims_of(base, DSR_CLAIMS_AROUND, "was(here)", count_text, &shown));
  TRY(dsr_claims_of(base, DSR_CLAIMS_AGAINST, "was(here) @ 1994", count_text, &shown));
  TRY(dsr_fact_slips(base, "wass(heer)", count_text, &shown));
  TRY(dsr_rename(base, "first", "the first", 0));
  TRY(dsr_rename(base, "here", "there", 0));
  TRY(dsr_rename(base, "was", "were", 0));
  return DSR_OK;
}

/* The n-th allocation of it fails; the grammar is there already. */
static int fail_by_hand(long n, int *through) {
  dsr_base *base;
  int changes = 0;
  CHECK(dsr_open(path, NULL, &base) == DSR_OK);
  CHECK_STATUS(DSR_OK, base, dsr_watch(base, count_change, &changes));
  CHECK(rows(base, "was(X) @ T") == 2);
  CHECK_STATUS(DSR_OK, base, dsr_begin(base));
  dsr_mem_fail_at(n);
  dsr_status rc = by_hand(base);
  dsr_mem_fail_at(0);
  *through = rc >= 0;
  if (told(n, rc, base)) return 1;
  if (rc >= 0) CHECK(rows(base, "were(there)") == 1);
  CHECK(dsr_close(base) == DSR_OK);
  return unchanged();
}

/* Is the file's text the one that is on record. */
static int as_loaded(dsr_base *base) {
  CHECK(rows(base, "kept(X)") == 30 && rows(base, "gone(X)") == 1);
  CHECK(rows(base, "came(X)") == DSR_ERELATION);
  return 0;
}

/* The n-th allocation fails as a file is loaded in place of its last load, on a base of
** small blocks. */
static int fail_in_replacing(long n, int *through) {
  static const dsr_load_options replacing = {.replace = 1};
  dsr_open_options merging = {.merge_bound = 1, .block_bytes = 64};
  const char *const paths[] = {text_path, text_path};
  dsr_load_report report;
  dsr_base *base;
  CHECK(dsr_open(path, &merging, &base) == DSR_OK);
  if (as_loaded(base))
    return 1; /* and the grammar is there, with all its allocations */
  CHECK_STATUS(DSR_OK, base, dsr_begin(base));
  dsr_mem_fail_at(n);
  dsr_status rc = dsr_load_with(base, paths, 2, &replacing, &report);
  dsr_mem_fail_at(0);
  *through = rc >= 0;
  if (told(n, rc, base)) return 1;
  CHECK(rc < 0 || (report.added == 2 && report.retracted == 2));
  CHECK_STATUS(DSR_OK, base, dsr_rollback(base));
  if (as_loaded(base)) return 1;
  CHECK_STATUS(DSR_OK, base, dsr_close(base));
  return 0;
}

static int write_text(const char *text) {
  FILE *out = fopen(text_path, "wb");
  CHECK(out != NULL);
  CHECK(fputs(text, out) >= 0 && fclose(out) == 0);
  return 0;
}

/* Load a file, and edit it. */
static int make_replaced(void) {
  dsr_open_options merging = {.merge_bound = 1, .block_bytes = 64};
  const char *const paths[] = {text_path};
  dsr_base *base;
  if (write_text("source s {}. kept(1..30) from s. gone(a) from s. deny gone(a).")) {
    return 1;
  }
  CHECK(dsr_open(path, &merging, &base) == DSR_OK);
  CHECK_STATUS(DSR_OK, base, dsr_load_files(base, paths, 1));
  if (as_loaded(base)) return 1;
  CHECK_STATUS(DSR_OK, base, dsr_close(base));
  return write_text("source s {}. kept(1..30) from s. came(b). deny came(c).");
}

/*
** Fail ever later allocations until all gets through.
**
** Lua frees what it can and tries again, so that a single failure in it does not show:
** thousands of allocations in a row get through while it reads a text.  Such stretches
** are crossed in strides, and where a failure shows again, the last stride step by step.
*/
static int until_through(int (*once)(long n, int *through), long enough) {
  long n = 1, step = 1, shown = 0;
  for (long through = 0; through < enough; n += step) {
    int got_through;
    if (once(n, &got_through)) {
      printf("at allocation %ld\n", n);
      return 1;
    }
    if (!got_through) {
      through = 0;
      shown++;
      if (step > 1) n -= step;
      step = 1;
    } else if ((through += step) > STEPS) {
      step = STRIDE;
    }
  }
  CHECK(shown > 50);
  return 0;
}

static int make_base(void) {
  static const char text[] =
      "source first { title: \"First\" }. was(here) @ 1994 from first \"1\".\n"
      "was(away) @ 1991-12/1992 from first.\n";
  dsr_base *base;
  CHECK(dsr_open(path, NULL, &base) == DSR_OK);
  CHECK_STATUS(DSR_OK, base, dsr_load(base, "text.dl", text, strlen(text)));
  CHECK_STATUS(DSR_OK, base, dsr_close(base));
  return unchanged();
}

int main(int argc, char **argv) {
  CHECK(argc == 2);
  snprintf(path, sizeof path, "%s/fault.kb", argv[1]);
  if (make_base()) return 1;
  if (until_through(fail_in_work, 3500)) return 1;
  if (until_through(fail_in_commit, 60)) return 1;
  if (until_through(fail_by_hand, 800)) return 1;
  snprintf(path, sizeof path, "%s/replaced.kb", argv[1]);
  snprintf(text_path, sizeof text_path, "%s/text.dl", argv[1]);
  if (make_replaced() || until_through(fail_in_replacing, 600)) return 1;
  printf("got through\n");
  return 0;
}
