/*
** api_format.c - layout from C: what is written, who stops it, and what a lack of memory
** leaves behind, which is nothing.
*/
#include "check.h"
#include "ground/mem.h"

typedef struct sink {
  char bytes[4096];
  size_t len;
  int stop;
} sink;

static int receive(void *ud, const char *text, size_t len) {
  sink *s = ud;
  if (s->stop || len > sizeof s->bytes - s->len) return 1;
  memcpy(s->bytes + s->len, text, len);
  s->len += len;
  return 0;
}

static const char text[] =
    "p(a).% c\nq( b ) . r(c). /* d */ from s { t(X):-u(X), % e\n v(X). }";
static const char laid[] =
    "p(a).  % c\nq(b).  r(c).  /* d */\nfrom s {\n  t(X) :-\n    u(X),  % e\n    "
    "v(X).\n"
    "}\n";

static int lays_out(dsr_base *base) {
  sink s = {.len = 0};
  CHECK_STATUS(DSR_OK, base, dsr_format(base, "x", text, strlen(text), receive, &s));
  CHECK(check_text((dsr_str){s.bytes, s.len}, laid));
  s.len = 0;
  CHECK_STATUS(DSR_OK, base, dsr_format(base, "x", NULL, 0, receive, &s));
  CHECK(s.len == 0);
  return 0;
}

static int refuses(dsr_base *base) {
  sink s = {.stop = 1};
  CHECK_STATUS(DSR_ESTOPPED, base, dsr_format(base, "x", text, 5, receive, &s));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_format(base, "x", text, 5, NULL, NULL));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_format(base, "x", NULL, 5, receive, &s));
  s.stop = 0;
  CHECK_STATUS(DSR_ESYNTAX, base, dsr_format(base, NULL, "p(", 2, receive, &s));
  CHECK(strncmp(dsr_errmsg(base), "<text>:1:", 9) == 0);
  CHECK(s.len == 0);
  return 0;
}

/* Each allocation fails in turn, until none is left to fail. */
static int lacks_memory(dsr_base *base) {
  for (long n = 1;; n++) {
    sink s = {.len = 0};
    dsr_mem_fail_at(n);
    dsr_status rc = dsr_format(base, "x", text, strlen(text), receive, &s);
    dsr_mem_fail_at(0);
    if (rc == DSR_OK) {
      CHECK(n > 2);
      return 0;
    }
    CHECK(rc == DSR_ENOMEM && s.len == 0 && n < 5000);
  }
}

int main(void) {
  dsr_base *base;
  CHECK(dsr_open(NULL, NULL, &base) == DSR_OK);
  if (lays_out(base) || refuses(base) || lacks_memory(base)) return 1;
  CHECK_STATUS(DSR_OK, base, dsr_close(base));
  printf("all laid out\n");
  return 0;
}
