/*
** diff.c - the command `diff`: what differs between two bases, files, or states of one.
*/
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/command.h"
#include "cli/out.h"
#include "cli/progress.h"
#include "cli/target.h"

static const char diff_help[] =
    "diff: what differs between two bases, dumps, or states of a base.\n"
    "\n"
    "Usage: dossier [-b BASE] [view options] diff [--format F] [--summary] A B\n"
    "\n"
    "A and B are each a base, a file in the language (*.dl), or, of BASE, a "
    "transaction\n"
    "('#17': what was known then) or a day (2014-03-18: what held then).\n"
    "\n"
    "  + a line        that B has and A does not\n"
    "  - a line        that A has and B does not\n"
    "  ~ a line        of B, where A has another claim of that source on that fact, or "
    "has\n"
    "                  declared the relation or the source otherwise; behind it, as a\n"
    "                  comment, A's\n"
    "\n"
    "Claims, verdicts, declarations, prefixes, sources and rules are compared as they "
    "are\n"
    "now; the view options bound both sides.  Days differ in facts alone.\n"
    "\n"
    "  --format F   text, json (an object a line) or csv\n"
    "  --summary    only how many\n"
    "\n"
    "Exit codes: 0 nothing differs; 1 something does; 2 wrong usage or input.\n"
    "\n"
    "  $ dossier diff monday.kb my.kb\n"
    "  + joined(ukraine, pfp) @ 1994-02-08 from record \"1994\".\n"
    "  ~ met(a, b) from article \"2\".  % met(a, b) from article \"1\".\n"
    "  1 added, 0 dropped, 1 changed\n";

enum { SUMMARY, SIDES = 2 };

static const dsr_flag diff_flags[] = {[SUMMARY] = {"--summary", 0}, {NULL, 0}};

typedef struct comparing comparing;

typedef void teller(const char *change, const dsr_difference *one);

struct comparing {
  dsr_progress_line progress;
  dsr_base *base[SIDES]; /* opened for the side; NULL: the one of -b */
  dsr_base *view[SIDES];
  teller *tell;
  int begun;
  long long added, dropped, changed;
};

static int on_progress(void *ud, const char *what, int64_t done, int64_t total) {
  comparing *c = ud;
  return dsr_progress_show(&c->progress, what, done, total);
}

static dsr_base *seen(const comparing *c, int side) {
  return c->view[side] != NULL ? c->view[side] : c->base[side];
}

/* ---- telling ----------------------------------------------------------------------- */

static void put_json(dsr_str text) {
  putchar('"');
  for (size_t i = 0; i < text.len; i++) {
    unsigned char byte = (unsigned char)text.data[i];
    if (byte == '"' || byte == '\\') putchar('\\');
    if (byte < 0x20) {
      printf("\\u%04x", byte);
    } else {
      putchar(byte);
    }
  }
  putchar('"');
}

static void put_csv(dsr_str text) {
  putchar('"');
  for (size_t i = 0; i < text.len; i++) {
    if (text.data[i] == '"') putchar('"');
    putchar(text.data[i]);
  }
  putchar('"');
}

static void tell_text(const char *change, const dsr_difference *one) {
  (void)change;
  if (one->before.len > 0) {
    dsr_out_say("%c %.*s  %% %.*s", one->sign, (int)one->text.len, one->text.data,
                (int)one->before.len, one->before.data);
  } else {
    dsr_out_say("%c %.*s", one->sign, (int)one->text.len, one->text.data);
  }
}

static void tell_json(const char *change, const dsr_difference *one) {
  printf("{\"change\": \"%s\", \"kind\": \"%.*s\", \"text\": ", change,
         (int)one->kind.len, one->kind.data);
  put_json(one->text);
  if (one->before.len > 0) fputs(", \"before\": ", stdout);
  if (one->before.len > 0) put_json(one->before);
  puts("}");
}

static void tell_csv(const char *change, const dsr_difference *one) {
  printf("%s,%.*s,", change, (int)one->kind.len, one->kind.data);
  put_csv(one->text);
  putchar(',');
  if (one->before.len > 0) put_csv(one->before);
  fputs("\r\n", stdout);
}

static void tell_nothing(const char *change, const dsr_difference *one) {
  (void)change, (void)one;
}

/* Before anything is told, or the end: the head of a table. */
static void begin(comparing *c) {
  if (!c->begun && c->tell == tell_csv) fputs("change,kind,text,before\r\n", stdout);
  c->begun = 1;
}

static int on_difference(void *ud, const dsr_difference *one) {
  comparing *c = ud;
  dsr_progress_clear(&c->progress);
  begin(c);
  switch (one->sign) {
    case '+':
      c->added++;
      c->tell("added", one);
      break;
    case '-':
      c->dropped++;
      c->tell("dropped", one);
      break;
    default:
      c->changed++;
      c->tell("changed", one);
      break;
  }
  return 0;
}

/* NULL, and told, where there is no such format. */
static teller *teller_of(const dsr_options *options) {
  const char *format = options->format != NULL ? options->format : "text";
  int only = options->flag[SUMMARY] != NULL;
  if (strcmp(format, "text") == 0) return only ? tell_nothing : tell_text;
  if (only) {
    dsr_tell("a summary is text; leave out --format");
    return NULL;
  }
  if (strcmp(format, "json") == 0) return tell_json;
  if (strcmp(format, "csv") == 0) return tell_csv;
  dsr_tell("no format \"%s\"; there are text, json and csv", format);
  return NULL;
}

static int compare(comparing *c) {
  dsr_diff_options how = {.progress = on_progress, .ud = c};
  dsr_status rc = dsr_diff(seen(c, 0), seen(c, 1), &how, on_difference, c);
  dsr_progress_clear(&c->progress);
  if (rc < 0) return dsr_target_fail(seen(c, 0), rc);
  begin(c);
  if (c->tell == tell_text || c->tell == tell_nothing) {
    dsr_out_say("%lld added, %lld dropped, %lld changed", c->added, c->dropped,
                c->changed);
  }
  return rc == DSR_OK ? DSR_EXIT_NOTHING : DSR_EXIT_DONE;
}

/* ---- the sides --------------------------------------------------------------------- */

static int is_state(const char *word) {
  struct stat about;
  if (word[0] == '#') return 1;
  return word[0] >= '0' && word[0] <= '9' && stat(word, &about) != 0;
}

static int open_view(comparing *c, int side, const dsr_options *options,
                     const char *state) {
  dsr_view_options view = options->view;
  if (state != NULL) *(state[0] == '#' ? &view.known_at : &view.as_of) = state;
  if (state == NULL && !options->has_view) return DSR_EXIT_DONE;
  dsr_status rc = dsr_view_open(c->base[side], &view, &c->view[side]);
  return rc < 0 ? dsr_target_fail(c->base[side], rc) : DSR_EXIT_DONE;
}

static int open_side(comparing *c, int side, const dsr_options *options) {
  const char *word = options->arguments[side];
  int state = is_state(word), file = !state && dsr_target_names_file(word);
  dsr_open_options how = {.read_only = !file, .must_exist = !file, .now = options->now};
  const char *path = state ? dsr_target_path(options) : file ? NULL : word;
  if (state && path == NULL) {
    return dsr_tell("%s is a state of which base? say -b BASE", word);
  }
  dsr_status rc = dsr_open(path, &how, &c->base[side]);
  if (rc >= 0 && file) {
    dsr_load_options load = {.progress = on_progress, .ud = c};
    rc = dsr_load_with(c->base[side], &word, 1, &load, NULL);
    dsr_progress_clear(&c->progress);
  }
  if (rc < 0) return dsr_target_fail(c->base[side], rc);
  return open_view(c, side, options, state ? word : NULL);
}

static int run_diff(dsr_options *options) {
  comparing c = {.tell = teller_of(options)};
  if (c.tell == NULL) return DSR_EXIT_USAGE;
  if (options->n_arguments != 2) {
    return dsr_tell("two things can be compared: dossier diff A B");
  }
  dsr_progress_start(&c.progress);
  int code = open_side(&c, 0, options);
  if (code == DSR_EXIT_DONE) code = open_side(&c, 1, options);
  if (code == DSR_EXIT_DONE) code = compare(&c);
  for (int side = 0; side < SIDES; side++) {
    dsr_close(c.view[side]);
    dsr_close(c.base[side]);
  }
  return code;
}

const dsr_command dsr_command_diff = {
    "diff", "diff A B           what differs between two bases, files, or states",
    run_diff, diff_help, diff_flags};
