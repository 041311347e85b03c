/*
** api_thread.c - a handle in each of several threads, on one file: one writes pairs in
** transactions, the others never see half of one.  Its argument is an empty folder.
*/
#include <pthread.h>
#include <stdatomic.h>

#include "check.h"

enum { READERS = 3, COMMITS = 60 };

static char path[4096];
static atomic_int writing = 1;

/* Rows of a query; -1 where it fails. */
static int rows(dsr_base *base, const char *text) {
  dsr_query *query;
  if (dsr_prepare(base, text, &query) < 0) return -1;
  int n = 0;
  dsr_status rc;
  while ((rc = dsr_step(query)) == DSR_ROW) n++;
  dsr_finalize(query);
  return rc == DSR_DONE ? n : -1;
}

static int write_pairs(void) {
  dsr_base *base;
  CHECK(dsr_open(path, NULL, &base) == DSR_OK);
  for (int i = 0; i < COMMITS; i++) {
    char left[32], right[32];
    snprintf(left, sizeof left, "left(n%d)", i);
    snprintf(right, sizeof right, "right(n%d)", i);
    CHECK_STATUS(DSR_OK, base, dsr_begin(base));
    CHECK_STATUS(DSR_OK, base, dsr_add(base, left, NULL));
    CHECK_STATUS(DSR_OK, base, dsr_add(base, right, NULL));
    CHECK_STATUS(DSR_OK, base, dsr_commit(base));
  }
  CHECK_STATUS(DSR_OK, base, dsr_close(base));
  return 0;
}

/* What one query sees of both sides is the same, and never less than before. */
static int read_pairs(void) {
  dsr_base *base;
  int before = 0;
  CHECK(dsr_open(path, NULL, &base) == DSR_OK);
  do {
    CHECK_STATUS(DSR_OK, base, dsr_refresh(base));
    int both = rows(base, "left(X), right(X)");
    CHECK(both >= before);
    before = both;
  } while (writing);
  CHECK_STATUS(DSR_OK, base, dsr_refresh(base));
  CHECK(rows(base, "left(X)") == COMMITS + 1);
  CHECK(rows(base, "left(X), right(X)") == COMMITS + 1);
  CHECK_STATUS(DSR_OK, base, dsr_close(base));
  return 0;
}

static void *writer(void *ud) {
  *(int *)ud = write_pairs();
  writing = 0;
  return NULL;
}

static void *reader(void *ud) {
  *(int *)ud = read_pairs();
  return NULL;
}

int main(int argc, char **argv) {
  pthread_t threads[READERS + 1];
  int failed[READERS + 1] = {0};
  dsr_base *base;
  CHECK(argc == 2);
  snprintf(path, sizeof path, "%s/threads.kb", argv[1]);
  CHECK(dsr_open(path, NULL, &base) == DSR_OK);
  CHECK_STATUS(DSR_OK, base, dsr_load(base, NULL, "left(z). right(z).", 18));
  CHECK_STATUS(DSR_OK, base, dsr_close(base));
  for (int i = 0; i <= READERS; i++) {
    void *(*work)(void *) = i == 0 ? writer : reader;
    CHECK(pthread_create(&threads[i], NULL, work, &failed[i]) == 0);
  }
  for (int i = 0; i <= READERS; i++) pthread_join(threads[i], NULL);
  for (int i = 0; i <= READERS; i++) CHECK(failed[i] == 0);
  puts("in step");
  return 0;
}
