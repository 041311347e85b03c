/*
** lua_machine.c - what the machine makes of texts, for a spec that asks LPeg the same.
**
** Standard input holds texts, each after a line with what it is to begin with (0: clause,
** 1: block, 2: query, 3: fact) and its length in bytes.  For each a line is printed: the
** integers of the match, or "no".
*/
#include <stdlib.h>

#include "check.h"
#include "lua/machine.h"

static void print_match(const dsr_machine *machine, dsr_status rc) {
  if (rc == DSR_NOTHING) {
    puts("no");
    return;
  }
  for (size_t i = 0; i < machine->given.len; i++) {
    printf("%s%d", i > 0 ? " " : "", machine->given.items[i]);
  }
  puts("");
}

int main(void) {
  dsr_machine machine = {0};
  int start;
  size_t len;
  while (scanf("%d %zu", &start, &len) == 2 && getchar() == '\n') {
    char *text = malloc(
        len > 0 ? len : 1); /* of its size, so that a look behind it is found out */
    CHECK(text != NULL && start >= 0 && start < DSR_START_COUNT);
    CHECK(fread(text, 1, len, stdin) == len);
    dsr_status rc = dsr_machine_match(&machine, &dsr_grammar_code, (dsr_start)start,
                                      (dsr_str){text, len});
    CHECK(rc == DSR_OK || rc == DSR_NOTHING || rc == DSR_ELIMIT);
    if (rc == DSR_ELIMIT) {
      puts("too deep");
    } else {
      print_match(&machine, rc);
    }
    free(text);
  }
  dsr_machine_free(&machine);
  return 0;
}
