/*
** api_locale.c - a host whose locale writes 0,5 for 0.5 and orders words its own way:
** what a base answers and what a script reports are the same, and the host's locale is
** as it was.  Its arguments: the locale's name, and a script that reports p's numbers
** and two words in order.
*/
#include <locale.h>

#include "check.h"

static char report[4096];
static size_t n_report;

static int take(void *ud, const char *text, size_t len) {
  (void)ud;
  if (len >= sizeof report - n_report) return 1;
  memcpy(report + n_report, text, len);
  n_report += len;
  return 0;
}

static int ask(dsr_base *base) {
  dsr_query *q;
  CHECK_STATUS(DSR_OK, base, dsr_prepare(base, "p(X), X > 0.4", &q));
  CHECK_STATUS(DSR_OK, base, dsr_step(q) == DSR_ROW ? DSR_OK : DSR_DONE);
  CHECK(check_text(dsr_column_text(q, 0), "0.5"));
  CHECK(dsr_column_double(q, 0) == 0.5);
  CHECK_STATUS(DSR_DONE, base, dsr_step(q));
  dsr_finalize(q);
  return 0;
}

int main(int argc, char **argv) {
  char half[16];
  dsr_base *base;
  dsr_script_options how = {.write = take};
  CHECK(argc == 3 && setlocale(LC_ALL, argv[1]) != NULL);
  snprintf(half, sizeof half, "%.1f", 0.5);
  CHECK(strcmp(half, "0,5") == 0 && strcoll("a", "B") < 0);
  CHECK(dsr_open(NULL, NULL, &base) == DSR_OK);
  CHECK_STATUS(DSR_OK, base, dsr_load(base, NULL, "p(0.5). p(0.25).", 16));
  if (ask(base)) return 1;
  CHECK_STATUS(DSR_OK, base, dsr_script_run(base, argv[2], NULL, &how, NULL));
  CHECK(strstr(report, "0.5 B a") != NULL);
  snprintf(half, sizeof half, "%.1f", 0.5);
  CHECK(strcmp(half, "0,5") == 0);
  CHECK_STATUS(DSR_OK, base, dsr_close(base));
  puts("all the same");
  return 0;
}
