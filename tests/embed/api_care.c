/*
** api_care.c - allocation 1, 2, 3, ... fails while a base is packed, copied and a source
** forgotten: each failure is told as DSR_ENOMEM, and the base is as it was, or as it is to
** be, and whole.  Its argument is an empty folder.
*/
#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "ground/mem.h"

enum { ENOUGH = 8, STRIDE = 2 };

static char path[4096], copy[4096];

static const char text[] =
    "source paper { title: \"Paper\" }. source leak { title: \"Leaked\" }.\n"
    "met(a, b) @ 1994 from paper \"1\". met(a, b) @ 1994 from leak \"secret\".\n"
    "met(zorkmid, b) from leak quote \"words\". label(zorkmid, \"Zork\") from leak.\n"
    "deprecate met(a, b) @ 1994 from leak because \"no\" by paper.\n"
    "knows(X) :- met(X, _).";

static const char more[] =
    "n(1..40) from leak. n(30..60) from paper. met(c, d) from paper.";

typedef struct out {
  char text[16384];
  size_t len;
} out;

static int on_write(void *ud, const char *bytes, size_t len) {
  out *to = ud;
  if (to->len + len >= sizeof to->text) return 1;
  memcpy(to->text + to->len, bytes, len);
  to->len += len;
  return 0;
}

static int write_out(dsr_base *base, out *to) {
  to->len = 0;
  CHECK_STATUS(DSR_OK, base, dsr_export(base, NULL, on_write, to));
  to->text[to->len] = '\0';
  return 0;
}

static int make_base(void) {
  dsr_open_options merging = {.merge_bound = 20};
  dsr_base *base;
  unlink(path);
  CHECK(dsr_open(path, &merging, &base) == DSR_OK);
  CHECK_STATUS(DSR_OK, base, dsr_load(base, "text.dl", text, strlen(text)));
  CHECK_STATUS(DSR_OK, base, dsr_load(base, "more.dl", more, strlen(more)));
  CHECK_STATUS(DSR_OK, base, dsr_close(base));
  return 0;
}

/* The base as it was made, so that it need not be made and synced every time. */
static char made[1 << 20];
static size_t made_size;

static int remember_base(void) {
  FILE *file = fopen(path, "rb");
  CHECK(file != NULL);
  made_size = fread(made, 1, sizeof made, file);
  fclose(file);
  CHECK(made_size > 0 && made_size < sizeof made);
  return 0;
}

static int restore_base(void) {
  FILE *file = fopen(path, "wb");
  CHECK(file != NULL);
  CHECK(fwrite(made, 1, made_size, file) == made_size);
  CHECK(fclose(file) == 0);
  return 0;
}

typedef dsr_status work(dsr_base *base);

static dsr_status pack(dsr_base *base) { return dsr_compact(base, NULL, NULL, NULL); }

static dsr_status back_up(dsr_base *base) {
  return dsr_backup(base, copy, 1, NULL, NULL, NULL);
}

static dsr_status forget(dsr_base *base) {
  return dsr_forget(base, "leak", NULL, NULL);
}

/* Is the base whole, and one of the two that it may be? */
static int check_base(const out *before, const out *after) {
  static out now;
  dsr_base *base;
  CHECK(dsr_open(path, NULL, &base) == DSR_OK);
  if (write_out(base, &now)) return 1;
  CHECK(strcmp(now.text, before->text) == 0 || strcmp(now.text, after->text) == 0);
  CHECK_STATUS(DSR_OK, base, back_up(base)); /* reads and verifies all of it */
  CHECK_STATUS(DSR_OK, base, dsr_close(base));
  return 0;
}

/* Fail allocation n; *through where the work did all the same. */
static int once(work *what, long n, const out *before, const out *after, int *through) {
  static out now;
  dsr_base *base;
  if (restore_base()) return 1;
  CHECK(dsr_open(path, NULL, &base) == DSR_OK);
  dsr_mem_fail_at(n);
  dsr_status rc = what(base);
  dsr_mem_fail_at(0);
  CHECK(rc == DSR_OK || rc == DSR_ENOMEM);
  *through = rc == DSR_OK;
  if (write_out(base, &now)) return 1; /* the handle goes on, too */
  CHECK(strcmp(now.text, before->text) == 0 || strcmp(now.text, after->text) == 0);
  CHECK_STATUS(DSR_OK, base, dsr_close(base));
  CHECK(*through == 0 || strcmp(now.text, after->text) == 0);
  return check_base(before, after);
}

static int all(work *what) {
  static out before, after;
  dsr_base *base;
  int through = 0;
  if (make_base() || remember_base()) return 1;
  CHECK(dsr_open(path, NULL, &base) == DSR_OK);
  if (write_out(base, &before)) return 1;
  CHECK_STATUS(DSR_OK, base, what(base));
  if (write_out(base, &after)) return 1;
  CHECK_STATUS(DSR_OK, base, dsr_close(base));
  long n = 1;
  for (int in_a_row = 0; in_a_row < ENOUGH; n += STRIDE) {
    if (once(what, n, &before, &after, &through)) {
      printf("at allocation %ld\n", n);
      return 1;
    }
    in_a_row = through ? in_a_row + 1 : 0; /* some are for hints only */
  }
  CHECK(n > 10);
  return 0;
}

int main(int argc, char **argv) {
  CHECK(argc == 2);
  snprintf(path, sizeof path, "%s/care.kb", argv[1]);
  snprintf(copy, sizeof copy, "%s/copy.kb", argv[1]);
  if (all(pack) || all(back_up) || all(forget)) return 1;
  printf("got through\n");
  return 0;
}
