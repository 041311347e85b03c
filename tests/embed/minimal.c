/* minimal.c - the smallest host: a base in memory, a fact, a question. */
#include <stdio.h>
#include "dossier.h"
int main(void) {
  dsr_base *base;
  dsr_query *query;
  if (dsr_open(NULL, NULL, &base) < 0) return 1;
  dsr_add(base, "joined(ukraine, pfp) @ 1994-02-08", NULL);
  if (dsr_prepare(base, "joined(Who, pfp)", &query) < 0) return 1;
  while (dsr_step(query) == DSR_ROW)
    printf("%.*s\n", (int)dsr_column_text(query, 0).len,
           dsr_column_text(query, 0).data);
  dsr_finalize(query);
  return dsr_close(base);
}
