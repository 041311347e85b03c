/*
** api_names.c - dsr_name_each(): in order, each once, as the language writes them, in
** view, until the caller has enough; and where memory runs out, told so.
*/
#include "check.h"
#include "ground/mem.h"

static const char text[] =
    "source late { title: \"Late\" }.  source early { title: \"Early\" }.\n"
    "relation joined(entity, entity).  relation joined(entity).\n"
    "joined(anna, 'Two Words') from late.  joined(bert) from early.\n"
    "deny joined(dora) from early.  joined(carl, carl) from late.  label(anna, "
    "\"A\").\n";

typedef struct told {
  char names[512]; /* one behind the other, a bar before each */
  int most;
} told;

static int tell(void *ud, dsr_str name) {
  told *to = ud;
  size_t len = strlen(to->names);
  snprintf(to->names + len, sizeof to->names - len, "|%.*s", (int)name.len, name.data);
  return --to->most == 0;
}

/* Do the names of `kind` that begin so read as `wanted`? */
static int reads(dsr_base *base, dsr_name_kind kind, const char *prefix, int most,
                 const char *wanted) {
  told to = {"", most};
  CHECK_STATUS(DSR_OK, base, dsr_name_each(base, kind, prefix, tell, &to));
  if (strcmp(to.names, wanted) == 0) return 0;
  printf("came %s, not %s\n", to.names, wanted);
  return 1;
}

static int check_misuse(dsr_base *base) {
  told to = {"", 0};
  CHECK(dsr_name_each(NULL, DSR_NAME_ENTITY, "", tell, &to) == DSR_EMISUSE);
  CHECK_STATUS(DSR_EMISUSE, base, dsr_name_each(base, 0, "", tell, &to));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_name_each(base, 4, "", tell, &to));
  CHECK_STATUS(DSR_EMISUSE, base, dsr_name_each(base, DSR_NAME_ENTITY, "", NULL, &to));
  CHECK(to.names[0] == '\0');
  return 0;
}

static int check_names(dsr_base *base) {
  const char *const sources[] = {"early", NULL};
  dsr_view_options options = {.sources = sources};
  dsr_base *view;
  const char *all = "|'Two Words'|anna|bert|carl|dora|early|late";
  CHECK(reads(base, DSR_NAME_ENTITY, NULL, 0, all) == 0);
  CHECK(reads(base, DSR_NAME_ENTITY, "", 0, all) == 0);
  CHECK(reads(base, DSR_NAME_ENTITY, "", 2, "|'Two Words'|anna") == 0);
  CHECK(reads(base, DSR_NAME_ENTITY, "c", 0, "|carl") == 0);
  CHECK(reads(base, DSR_NAME_ENTITY, "Two", 0, "|'Two Words'") == 0);
  CHECK(reads(base, DSR_NAME_ENTITY, "'T", 0, "|'Two Words'") == 0);
  CHECK(reads(base, DSR_NAME_ENTITY, "x", 0, "") == 0);
  CHECK(reads(base, DSR_NAME_RELATION, "", 0, "|joined") == 0);
  CHECK(reads(base, DSR_NAME_RELATION, "label", 0, "") == 0);
  CHECK(reads(base, DSR_NAME_SOURCE, "", 0, "|early|late") == 0);
  CHECK_STATUS(DSR_OK, base, dsr_view_open(base, &options, &view));
  CHECK(reads(view, DSR_NAME_ENTITY, "b", 0, "|bert") == 0);
  CHECK(reads(view, DSR_NAME_ENTITY, "c", 0, "") == 0);
  CHECK(dsr_close(view) == DSR_OK);
  CHECK_STATUS(DSR_OK, base, dsr_retract(base, "joined(carl, carl)", NULL));
  CHECK(reads(base, DSR_NAME_ENTITY, "c", 0, "") == 0);
  return 0;
}

/* A base in memory has met its names; one from a file reads them. */
static int check_faults(const char *path) {
  for (int kind = DSR_NAME_ENTITY; kind <= DSR_NAME_SOURCE; kind++) {
    dsr_status rc = DSR_ENOMEM;
    for (long n = 1; rc != DSR_OK; n++) {
      dsr_base *base;
      told to = {"", 0};
      CHECK(dsr_open(path, NULL, &base) == DSR_OK);
      dsr_mem_fail_at(n);
      rc = dsr_name_each(base, (dsr_name_kind)kind, "", tell, &to);
      dsr_mem_fail_at(0);
      CHECK(rc == DSR_OK || rc == DSR_ENOMEM);
      CHECK(rc == DSR_OK || dsr_errmsg(base)[0] != '\0');
      CHECK(dsr_close(base) == DSR_OK);
      CHECK(n < 100000);
    }
  }
  return 0;
}

int main(int argc, char **argv) {
  dsr_base *base;
  if (argc != 2) return 2;
  CHECK(dsr_open(argv[1], NULL, &base) == DSR_OK);
  CHECK_STATUS(DSR_OK, base, dsr_load(base, "names.dl", text, strlen(text)));
  if (check_misuse(base) || check_names(base)) return 1;
  CHECK(dsr_close(base) == DSR_OK);
  if (check_faults(argv[1])) return 1;
  puts("all named");
  return 0;
}
