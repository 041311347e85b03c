/*
** api_status.c - each status below zero, provoked; what it is told with; and what it
** leaves behind.  Its argument is an empty folder to work in.
*/
#include <stdlib.h>

#include "check.h"

static char path[4096];

static const char *in(const char *folder, const char *name) {
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return path;
}

static int write_file(const char *name, const char *bytes, size_t len) {
  FILE *file = fopen(name, "wb");
  if (file == NULL) return 1;
  int failed = fwrite(bytes, 1, len, file) != len;
  return fclose(file) != 0 || failed;
}

static dsr_status load(dsr_base *base, const char *text) {
  return dsr_load(base, "some.dl", text, strlen(text));
}

static int of_texts(void) {
  dsr_base *base;
  dsr_query *query;
  dsr_str file;
  int line, column;
  CHECK(dsr_open(NULL, NULL, &base) == DSR_OK);
  dsr_errplace(base, &file, &line, &column);
  CHECK(file.data == NULL && line == 0 && column == 0);
  CHECK_STATUS(DSR_OK, base, load(base, "relation p(entity, date).\np(a, 1994).\n"));
  CHECK_STATUS(DSR_ESYNTAX, base, load(base, "p(b, 1994).\n  p(b, .\n"));
  dsr_errplace(base, &file, &line, &column);
  CHECK(check_text(file, "some.dl"));
  CHECK(line == 2 && column > 0);
  CHECK(strstr(dsr_errmsg(base), "some.dl:2:") != NULL);
  CHECK(strchr(dsr_errmsg(base), '^') != NULL);
  CHECK_STATUS(DSR_ESOURCE, base, load(base, "p(b, 1994) from nobody."));
  CHECK_STATUS(DSR_ERELATION, base, load(base, "p(b)."));
  CHECK_STATUS(DSR_ETYPE, base, load(base, "p(b, \"soon\")."));
  CHECK_STATUS(DSR_ETIME, base, load(base, "p(b, 2023-02-30)."));
  CHECK_STATUS(DSR_ETIME, base, load(base, "q(b) @ 2024/2014."));
  CHECK_STATUS(DSR_EDECLARE, base, load(base, "relation p(text, date)."));
  CHECK_STATUS(DSR_ERELATION, base, dsr_prepare(base, "pp(X, Y)", &query));
  CHECK_STATUS(DSR_ESYNTAX, base, dsr_prepare(base, "p(X,", &query));
  CHECK_STATUS(DSR_EUNSUPPORTED, base, load(base, "r(\"1\"^^ex:roman)."));
  dsr_errplace(base, NULL, NULL, NULL);
  CHECK(dsr_changes(base) == 0);
  CHECK_STATUS(DSR_OK, base, dsr_prepare(base, "p(b, T)", &query));
  CHECK_STATUS(DSR_DONE, base, dsr_step(query)); /* nothing of all that stayed */
  dsr_finalize(query);
  CHECK_STATUS(DSR_OK, base, dsr_close(base));
  return 0;
}

static int of_limits(void) {
  dsr_base *base;
  size_t len = 70000;
  char *text = malloc(len + 8);
  CHECK(text != NULL);
  CHECK(dsr_open(NULL, NULL, &base) == DSR_OK);
  memset(text, 'a', len);
  memcpy(text, "p(", 2);
  memcpy(text + len, ").", 3);
  CHECK_STATUS(DSR_ELIMIT, base, dsr_load(base, "long.dl", text, len + 2));
  CHECK_STATUS(DSR_OK, base, dsr_close(base));
  free(text);
  return 0;
}

static int of_files(const char *folder) {
  static const char words[] = "This is a letter, and no base at all.\n";
  dsr_open_options must = {.must_exist = 1};
  dsr_open_options reading = {.read_only = 1};
  dsr_base *base;
  CHECK(dsr_open(in(folder, "absent.kb"), &must, &base) == DSR_EABSENT);
  CHECK_STATUS(DSR_OK, base, dsr_close(base));
  CHECK(dsr_open(in(folder, "no-folder/a.kb"), NULL, &base) < 0);
  CHECK(strstr(dsr_errmsg(base), "no-folder/a.kb") != NULL);
  dsr_close(base);
  CHECK(dsr_open(folder, NULL, &base) == DSR_EFOREIGN); /* a directory */
  CHECK(strstr(dsr_errmsg(base), folder) != NULL);
  dsr_close(base);
  CHECK(write_file(in(folder, "letter.kb"), words, strlen(words)) == 0);
  CHECK(dsr_open(in(folder, "letter.kb"), NULL, &base) == DSR_EFOREIGN);
  CHECK(strstr(dsr_errmsg(base), "letter.kb") != NULL);
  dsr_close(base);
  CHECK(dsr_open(in(folder, "good.kb"), NULL, &base) == DSR_OK);
  CHECK_STATUS(DSR_EABSENT, base,
               dsr_load_files(base, (const char *const[]){"no/such.dl"}, 1));
  CHECK_STATUS(DSR_EIO, base, dsr_load_files(base, (const char *const[]){folder}, 1));
  CHECK_STATUS(DSR_OK, base, dsr_add(base, "p(a)", NULL));
  CHECK_STATUS(DSR_OK, base, dsr_close(base));
  CHECK(dsr_open(in(folder, "good.kb"), &reading, &base) == DSR_OK);
  CHECK_STATUS(DSR_EREADONLY, base, dsr_begin(base));
  CHECK_STATUS(DSR_EREADONLY, base, dsr_add(base, "p(b)", NULL));
  CHECK_STATUS(DSR_EREADONLY, base, dsr_judge(base, DSR_JUDGE_PREFER, "p(a)", NULL));
  CHECK_STATUS(DSR_EREADONLY, base, dsr_undo(base, 0, NULL));
  CHECK_STATUS(DSR_EREADONLY, base, dsr_rename(base, "a", "b", 0));
  CHECK_STATUS(DSR_OK, base, dsr_close(base));
  return 0;
}

/* Every byte of a page in the middle of the file changed. */
static int of_damage(const char *folder) {
  static char bytes[1 << 20];
  dsr_base *base;
  dsr_query *query;
  FILE *file = fopen(in(folder, "good.kb"), "rb");
  CHECK(file != NULL);
  size_t len = fread(bytes, 1, sizeof bytes, file);
  fclose(file);
  CHECK(len > 8192 && len < sizeof bytes);
  CHECK(write_file(in(folder, "short.kb"), bytes, len / 2) == 0);
  dsr_status rc = dsr_open(path, NULL, &base);
  if (rc >= 0) rc = dsr_prepare(base, "p(X)", &query);
  CHECK(rc == DSR_EDAMAGED);
  CHECK(strstr(dsr_errmsg(base), "short.kb") != NULL);
  CHECK_STATUS(DSR_OK, base, dsr_close(base));
  for (size_t i = 4096; i < len; i++) bytes[i] ^= 0x55;
  CHECK(write_file(in(folder, "spoiled.kb"), bytes, len) == 0);
  rc = dsr_open(path, NULL, &base);
  if (rc >= 0) rc = dsr_prepare(base, "p(X)", &query);
  CHECK(rc == DSR_EDAMAGED);
  CHECK_STATUS(DSR_OK, base, dsr_close(base));
  return 0;
}

static int of_writers(const char *folder) {
  dsr_open_options at_once = {.busy_ms = -1};
  dsr_base *first, *second;
  CHECK(dsr_open(in(folder, "good.kb"), NULL, &first) == DSR_OK);
  CHECK(dsr_open(in(folder, "good.kb"), &at_once, &second) == DSR_OK);
  CHECK_STATUS(DSR_OK, first, dsr_begin(first));
  CHECK_STATUS(DSR_EBUSY, second, dsr_begin(second));
  CHECK_STATUS(DSR_EBUSY, second, dsr_judge(second, DSR_JUDGE_PREFER, "p(a)", NULL));
  CHECK_STATUS(DSR_EBUSY, second, dsr_undo(second, 0, NULL));
  CHECK_STATUS(DSR_EBUSY, second, dsr_rename(second, "a", "b", 0));
  CHECK(strlen(dsr_errmsg(second)) > 0);
  CHECK_STATUS(DSR_OK, first, dsr_rollback(first));
  CHECK_STATUS(DSR_OK, second, dsr_begin(second));
  CHECK_STATUS(DSR_OK, second, dsr_close(second)); /* rolls back */
  CHECK_STATUS(DSR_OK, first, dsr_close(first));
  return 0;
}

static int count(void *ud, const char *text, size_t len) {
  (void)text;
  *(size_t *)ud += len;
  return 0;
}

static int of_scripts(const char *folder) {
  static const char failing[] =
      "--- bad: fails.\n--\n-- Usage: dossier bad\n"
      "return { main = function() error \"on purpose\" end }\n";
  static const char *const ask[] = {"--help", NULL};
  size_t written = 0;
  dsr_script_options options = {.write = count, .ud = &written};
  dsr_base *base;
  int code = -1;
  CHECK(dsr_open(NULL, NULL, &base) == DSR_OK);
  CHECK_STATUS(DSR_EABSENT, base,
               dsr_script_run(base, "no-such-script", NULL, &options, &code));
  CHECK(write_file(in(folder, "bad.lua"), failing, strlen(failing)) == 0);
  CHECK_STATUS(DSR_ESCRIPT, base, dsr_script_run(base, path, NULL, &options, &code));
  CHECK(strstr(dsr_errmsg(base), "on purpose") != NULL);
  CHECK_STATUS(DSR_OK, base, dsr_script_run(base, path, ask, &options, &code));
  CHECK(code == 0 && written > 0);
  CHECK_STATUS(DSR_OK, base, dsr_script_run(NULL, path, ask, NULL, NULL));
  CHECK_STATUS(DSR_OK, base, dsr_close(base));
  return 0;
}

static int stop(void *ud, const char *what, int64_t done, int64_t total) {
  (void)what, (void)done, (void)total;
  ++*(int *)ud;
  return 1;
}

/* A file that grows until its load takes long enough to be stopped. */
static int of_stopping(const char *folder) {
  int asked = 0;
  dsr_load_options options = {.progress = stop, .ud = &asked};
  dsr_status rc = DSR_OK;
  dsr_base *base;
  CHECK(dsr_open(NULL, NULL, &base) == DSR_OK);
  in(folder, "long.dl");
  for (int n = 100000; rc == DSR_OK; n *= 2) {
    FILE *file = fopen(path, "wb");
    CHECK(file != NULL);
    for (int i = 0; i < n; i++) fprintf(file, "p(n%d).\n", i);
    CHECK(fclose(file) == 0);
    rc = dsr_load_with(base, (const char *const[]){path}, 1, &options, NULL);
  }
  CHECK(rc == DSR_ESTOPPED && asked == 1);
  CHECK(strstr(dsr_errmsg(base), "stopped") != NULL);
  CHECK_STATUS(DSR_OK, base, dsr_close(base));
  return 0;
}

/* Every status has words of its own. */
static int of_words(void) {
  for (int a = DSR_ESTOPPED; a <= DSR_NOTHING; a++) {
    CHECK(strcmp(dsr_status_text((dsr_status)a), "unknown status") != 0);
    for (int b = DSR_ESTOPPED; b < a; b++) {
      CHECK(strcmp(dsr_status_text((dsr_status)a), dsr_status_text((dsr_status)b)));
    }
  }
  CHECK(strlen(dsr_status_text((dsr_status)99)) > 0);
  CHECK(strcmp(dsr_version(), DSR_VERSION) == 0);
  return 0;
}

int main(int argc, char **argv) {
  CHECK(argc == 2);
  if (of_words() || of_texts() || of_limits()) return 1;
  if (of_files(argv[1]) || of_damage(argv[1]) || of_writers(argv[1])) return 1;
  if (of_scripts(argv[1]) || of_stopping(argv[1])) return 1;
  puts("all provoked");
  return 0;
}
