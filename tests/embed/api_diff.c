/*
** api_diff.c - differences from C: told in order, stopped, and of memory that is not there;
** and large loads and layouts in which an allocation fails.
*/
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "ground/mem.h"

typedef struct telling {
  char text[1024];
  int left; /* how many are taken; below zero: all */
} telling;

static int take(void *ud, const dsr_difference *one) {
  telling *to = ud;
  size_t used = strlen(to->text);
  if (to->left == 0) return 1;
  to->left--;
  snprintf(to->text + used, sizeof to->text - used, "%c %.*s %.*s|%.*s\n", one->sign,
           (int)one->kind.len, one->kind.data, (int)one->text.len, one->text.data,
           (int)one->before.len, one->before.data);
  return 0;
}

static dsr_base *make(const char *text) {
  dsr_base *base;
  if (dsr_open(NULL, NULL, &base) < 0) return NULL;
  if (dsr_load(base, "text.dl", text, strlen(text)) == DSR_OK) return base;
  printf("%s\n", dsr_errmsg(base));
  dsr_close(base);
  return NULL;
}

static int differs(dsr_base *a, dsr_base *b, const char *words) {
  for (long n = 1;; n++) {
    telling to = {.left = -1};
    dsr_mem_fail_at(n);
    dsr_status rc = dsr_diff(a, b, NULL, take, &to);
    dsr_mem_fail_at(0);
    if (rc >= 0) {
      if (strcmp(to.text, words) != 0) printf("%s", to.text);
      CHECK(rc == DSR_OK && strcmp(to.text, words) == 0);
      break;
    }
    CHECK_STATUS(DSR_ENOMEM, a, rc);
    CHECK(n < 100000);
  }
  telling some = {.left = 1};
  CHECK_STATUS(DSR_ESTOPPED, a, dsr_diff(a, b, NULL, take, &some));
  return 0;
}

/* Five thousand facts are put in bulk: with less memory all of them, or none. */
static int loads(void) {
  enum { FACTS = 5000, LINE = 40 };
  char *text = malloc(FACTS * LINE + 64);
  CHECK(text != NULL);
  size_t len = (size_t)sprintf(text, "source s. from s \"a\\tb\" {\n");
  for (int i = 0; i < FACTS; i++) {
    const char *manner = i % 50 == 0 ? "assessed " : "";
    len += (size_t)sprintf(text + len, "%sp(n%d, %d) @ 1994.\n", manner, i % 99, i);
  }
  len += (size_t)sprintf(text + len, "}\n");
  for (long n = 1;; n += 1 + n / 20) {
    dsr_base *base;
    CHECK(dsr_open(NULL, NULL, &base) == DSR_OK);
    dsr_mem_fail_at(n);
    dsr_status rc = dsr_load(base, "text.dl", text, len);
    dsr_mem_fail_at(0);
    if (rc < 0) CHECK_STATUS(DSR_ENOMEM, base, rc);
    dsr_base *empty = make("");
    telling to = {.left = 3};
    CHECK(empty != NULL);
    dsr_status came = dsr_diff(empty, base, NULL, take, &to);
    CHECK(rc < 0 ? came == DSR_NOTHING : came == DSR_ESTOPPED);
    CHECK_STATUS(DSR_OK, base, dsr_close(base));
    CHECK(dsr_close(empty) == DSR_OK);
    if (rc >= 0) break;
  }
  free(text);
  return 0;
}

int main(void) {
  dsr_base *a = make("source s. p(a). q(b) from s \"1\". r(x, 1).");
  dsr_base *b = make("source s. p(a). p(c). q(b) from s \"2\". r(x, 1).");
  telling to = {.left = -1};
  CHECK(a != NULL && b != NULL);
  static const char words[] =
      "+ claim p(c).|\n~ claim q(b) from s \"2\".|q(b) from s \"1\".\n";
  if (differs(a, b, words)) return 1;
  CHECK_STATUS(DSR_NOTHING, a, dsr_diff(a, a, NULL, take, &to));
  CHECK_STATUS(DSR_EMISUSE, a, dsr_diff(a, NULL, NULL, take, &to));
  CHECK_STATUS(DSR_EMISUSE, a, dsr_diff(a, b, NULL, NULL, NULL));
  CHECK(dsr_diff(NULL, b, NULL, take, &to) == DSR_EMISUSE);
  CHECK_STATUS(DSR_OK, a, dsr_close(a));
  CHECK_STATUS(DSR_OK, b, dsr_close(b));
  if (loads()) return 1;
  puts("all told");
  return 0;
}
