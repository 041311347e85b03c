/*
** facts_histories.c - what was ever claimed as a list, while memory fails: each failure is
** told, and nothing is lost.  Prints what was not as it should be; exit code 1 if anything
** was.
*/
#include "facts/tellings.h"

#include "check.h"
#include "ground/mem.h"
#include "ground/text.h"
#include "lua/atom.h"

static const char text[] =
    "source s1 {}.  source s2 {}.\n"
    "relation met(entity, entity) symmetric.  relation saw(entity, entity) is met(1, "
    "2).\n"
    "label(a, \"Ann\").\n"
    "met(b, a) @ 1994 from s1.  met(a, b) @ 1994-02 from s2.  met(a, c) from s1.\n"
    "saw(a, b) @ 1990 from s1.  deny saw(a, b) @ 1990 from s2.  saw(b, a) from s2.\n";

/* All of a list: its words, and how its facts stand. */
static dsr_status look(dsr_tellings *list, dsr_bytes *words) {
  for (size_t i = 0; i < dsr_tellings_count(list); i++) {
    bool held = false;
    dsr_trust trust = DSR_UNSUPPORTED;
    TRY(dsr_tellings_words(list, i, words));
    TRY(dsr_tellings_standing(list, i, &held, &trust));
    const char *stands = held ? dsr_trust_word(trust) : "not held";
    if (!dsr_bytes_put(words, ", ", 2)) return DSR_ENOMEM;
    if (!dsr_bytes_put(words, stands, strlen(stands))) return DSR_ENOMEM;
    if (!dsr_bytes_put(words, "\n", 1)) return DSR_ENOMEM;
  }
  return DSR_OK;
}

static dsr_status list_all(dsr_base *base, dsr_bytes *words) {
  dsr_claimed claimed;
  dsr_tellings *list = NULL;
  TRY(dsr_base_read_atom(base, dsr_str_of("met(X, Y)"), &claimed));
  TRY(dsr_tellings_claimed(base->facts, base->view, &claimed, &list));
  dsr_status rc = look(list, words);
  dsr_tellings_free(list);
  return rc;
}

int main(void) {
  dsr_status rc = DSR_ENOMEM;
  long n;
  for (n = 1; rc < 0; n++) {
    dsr_base *base;
    dsr_bytes words = {0};
    CHECK(dsr_open(NULL, NULL, &base) >= 0);
    CHECK_STATUS(DSR_OK, base, dsr_load(base, NULL, text, sizeof text - 1));
    dsr_mem_fail_at(n);
    rc = list_all(base, &words);
    dsr_mem_fail_at(0);
    CHECK(rc == DSR_ENOMEM || rc >= 0);
    words.len = 0;
    CHECK_STATUS(DSR_OK, base, list_all(base, &words)); /* whatever failed before */
    if (rc >= 0) printf("%.*s", (int)words.len, (const char *)words.items);
    VEC_FREE(&words);
    CHECK(dsr_close(base) >= 0);
  }
#ifdef DSR_FAULTS
  CHECK(n > 10);
#endif
  return 0;
}
