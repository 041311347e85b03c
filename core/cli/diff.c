/*
** diff.c - the command `diff`: what differs between two bases, files, or states of one.
**
** Each side is written out twice as lines, one for each statement (dsr_export's "lines"),
** and never kept: the first time a hash of each line is, the second time the lines whose
** hash the other side does not have.  Lines that tell of the same thing, as their keys
** say, are a change.  So memory is 8 bytes for each statement and what differs; of a
** million statements on both sides two lines that differ would be taken for one in one
** run of some 20 million.
*/
#include <stdio.h>
#include <stdlib.h>
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

typedef struct hashes {
  uint64_t *items;
  size_t len, cap;
} hashes;

/* A line that the other side does not have. */
typedef struct entry {
  char *text;       /* "claim p(a) from s", a NUL, the statement */
  const char *said; /* the statement in it */
  int side;
  size_t at; /* in the order of its side */
} entry;

typedef struct comparing {
  dsr_progress_line progress;
  dsr_base *base[SIDES]; /* opened for the side; NULL: the one of -b */
  dsr_base *view[SIDES];
  hashes all[SIDES], only[SIDES]; /* in order, of lines; of those that differ */
  entry *entries;
  size_t n_entries, cap_entries;
  int side, gathering; /* of the walk at work; its lines are kept */
  char *line;
  size_t len, cap;
  int no_memory;
  long long added, dropped, changed;
} comparing;

/* ---- lines ------------------------------------------------------------------------ */

static uint64_t hash_line(const char *text, size_t len) {
  uint64_t h = UINT64_C(0x9e3779b97f4a7c15) ^ len;
  for (size_t i = 0; i < len; i++) {
    h = (h ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
    h ^= h >> 29;
  }
  h *= UINT64_C(0xbf58476d1ce4e5b9);
  return h ^ h >> 32;
}

/* Room for `more` items of `size` bytes behind `len`; 0 where there is no memory. */
static int room(void *items, size_t *cap, size_t len, size_t more, size_t size) {
  void **at = items;
  if (len + more <= *cap) return 1;
  size_t grown = *cap * 2 > len + more ? *cap * 2 : len + more + 64;
  void *moved = realloc(*at, grown * size);
  if (moved == NULL) return 0;
  *at = moved;
  *cap = grown;
  return 1;
}

static int has(const hashes *in, uint64_t hash) {
  size_t lo = 0, hi = in->len;
  while (lo < hi) {
    size_t middle = lo + (hi - lo) / 2;
    if (in->items[middle] < hash) {
      lo = middle + 1;
    } else {
      hi = middle;
    }
  }
  return lo < in->len && in->items[lo] == hash;
}

static int keep_line(comparing *c) {
  entry one = {.side = c->side, .at = c->n_entries};
  char *tab = memchr(c->line, '\t', c->len);
  if (!room(&c->entries, &c->cap_entries, c->n_entries, 1, sizeof one)) return 0;
  one.text = malloc(c->len + 1);
  if (one.text == NULL || tab == NULL) return free(one.text), 0;
  memcpy(one.text, c->line, c->len);
  one.text[c->len] = '\0';
  one.text[tab - c->line] = '\0';
  one.said = one.text + (tab - c->line) + 1;
  c->entries[c->n_entries++] = one;
  return 1;
}

static int take_line(comparing *c) {
  /* A rule is what its key says, however it is laid out. */
  const char *tab = memchr(c->line, '\t', c->len);
  int rule = tab != NULL && strncmp(c->line, "rule ", 5) == 0;
  uint64_t hash = hash_line(c->line, rule ? (size_t)(tab - c->line) : c->len);
  hashes *all = &c->all[c->side];
  if (c->gathering) return !has(&c->only[c->side], hash) || keep_line(c);
  if (!room(&all->items, &all->cap, all->len, 1, sizeof hash)) return 0;
  all->items[all->len++] = hash;
  return 1;
}

static int on_write(void *ud, const char *text, size_t len) {
  comparing *c = ud;
  while (len > 0 && !c->no_memory) {
    const char *end = memchr(text, '\n', len);
    size_t some = end != NULL ? (size_t)(end - text) : len;
    if (!room(&c->line, &c->cap, c->len, some + 1, 1)) return c->no_memory = 1;
    memcpy(c->line + c->len, text, some);
    c->len += some;
    if (end == NULL) break;
    if (!take_line(c)) c->no_memory = 1;
    c->len = 0;
    text += some + 1;
    len -= some + 1;
  }
  return c->no_memory;
}

static int on_progress(void *ud, const char *what, int64_t done, int64_t total) {
  comparing *c = ud;
  return dsr_progress_show(&c->progress, what, done, total);
}

static dsr_base *seen(const comparing *c, int side) {
  return c->view[side] != NULL ? c->view[side] : c->base[side];
}

static int walk(comparing *c, int side, int gathering) {
  dsr_export_options how = {.format = "lines", .progress = on_progress, .ud = c};
  c->side = side;
  c->gathering = gathering;
  c->len = 0;
  dsr_status rc = dsr_export(seen(c, side), &how, on_write, c);
  dsr_progress_clear(&c->progress);
  if (c->no_memory) return dsr_tell("out of memory");
  return rc < 0 ? dsr_target_fail(seen(c, side), rc) : DSR_EXIT_DONE;
}

/* ---- what differs ------------------------------------------------------------------- */

static int by_hash(const void *left, const void *right) {
  uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
  return a < b ? -1 : a > b;
}

/* Walk two sorted lists for what only one of them has. */
static int find_only(comparing *c) {
  const hashes *a = &c->all[0], *b = &c->all[1];
  size_t i = 0, j = 0;
  while (i < a->len || j < b->len) {
    int way = i == a->len ? 1 : j == b->len ? -1 : by_hash(a->items + i, b->items + j);
    if (way == 0) {
      i++, j++;
      continue;
    }
    hashes *to = &c->only[way < 0 ? 0 : 1];
    if (!room(&to->items, &to->cap, to->len, 1, sizeof *to->items)) {
      return dsr_tell("out of memory");
    }
    to->items[to->len++] = way < 0 ? a->items[i++] : b->items[j++];
  }
  return DSR_EXIT_DONE;
}

/* By what they tell of, then A's before B's, each in its order. */
static int by_key(const void *left, const void *right) {
  const entry *a = left, *b = right;
  int way = strcmp(a->text, b->text);
  if (way != 0) return way;
  if (a->side != b->side) return a->side - b->side;
  return a->at < b->at ? -1 : a->at > b->at;
}

static int compare(comparing *c) {
  for (int side = 0; side < SIDES; side++) {
    int code = walk(c, side, 0);
    if (code != DSR_EXIT_DONE) return code;
    hashes *all = &c->all[side];
    if (all->len > 0) qsort(all->items, all->len, sizeof *all->items, by_hash);
  }
  int code = find_only(c);
  for (int side = 0; side < SIDES && code == DSR_EXIT_DONE; side++) {
    if (c->only[side].len > 0) code = walk(c, side, 1);
  }
  if (c->n_entries > 0) qsort(c->entries, c->n_entries, sizeof *c->entries, by_key);
  return code;
}

/* ---- telling ----------------------------------------------------------------------- */

static void put_json(const char *text) {
  putchar('"');
  for (; *text != '\0'; text++) {
    unsigned char byte = (unsigned char)*text;
    if (byte == '"' || byte == '\\') putchar('\\');
    if (byte < 0x20) {
      printf("\\u%04x", byte);
    } else {
      putchar(byte);
    }
  }
  putchar('"');
}

static void put_csv(const char *text) {
  putchar('"');
  for (; *text != '\0'; text++) {
    if (*text == '"') putchar('"');
    putchar(*text);
  }
  putchar('"');
}

/* "claim" of "claim p(a) from s". */
static int kind_length(const entry *one) { return (int)strcspn(one->text, " "); }

typedef void teller(const char *change, const entry *one, const entry *before);

static void tell_text(const char *change, const entry *one, const entry *before) {
  char sign = change[0] == 'a' ? '+' : change[0] == 'd' ? '-' : '~';
  if (before != NULL) {
    dsr_out_say("%c %s  %% %s", sign, one->said, before->said);
  } else {
    dsr_out_say("%c %s", sign, one->said);
  }
}

static void tell_json(const char *change, const entry *one, const entry *before) {
  printf("{\"change\": \"%s\", \"kind\": \"%.*s\", \"text\": ", change,
         kind_length(one), one->text);
  put_json(one->said);
  if (before != NULL) fputs(", \"before\": ", stdout);
  if (before != NULL) put_json(before->said);
  puts("}");
}

static void tell_csv(const char *change, const entry *one, const entry *before) {
  printf("%s,%.*s,", change, kind_length(one), one->text);
  put_csv(one->said);
  putchar(',');
  if (before != NULL) put_csv(before->said);
  fputs("\r\n", stdout);
}

/* Entries [from, to) tell of the same thing: as many changes as both sides have. */
static void tell_group(comparing *c, size_t from, size_t to, teller *tell) {
  size_t middle = from;
  while (middle < to && c->entries[middle].side == 0) middle++;
  size_t a = middle - from, b = to - middle, pairs = a < b ? a : b;
  for (size_t i = 0; i < pairs; i++) {
    tell("changed", &c->entries[middle + i], &c->entries[from + i]);
  }
  for (size_t i = pairs; i < a; i++) tell("dropped", &c->entries[from + i], NULL);
  for (size_t i = pairs; i < b; i++) tell("added", &c->entries[middle + i], NULL);
  c->changed += (long long)pairs;
  c->dropped += (long long)(a - pairs);
  c->added += (long long)(b - pairs);
}

static void tell_nothing(const char *change, const entry *one, const entry *before) {
  (void)change, (void)one, (void)before;
}

static void tell_all(comparing *c, teller *tell) {
  size_t from = 0;
  for (size_t i = 1; i <= c->n_entries; i++) {
    if (i < c->n_entries && strcmp(c->entries[i].text, c->entries[from].text) == 0) {
      continue;
    }
    tell_group(c, from, i, tell);
    from = i;
  }
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

static int tell_difference(comparing *c, teller *tell) {
  if (tell == tell_csv) fputs("change,kind,text,before\r\n", stdout);
  tell_all(c, tell);
  if (tell == tell_text || tell == tell_nothing) {
    dsr_out_say("%lld added, %lld dropped, %lld changed", c->added, c->dropped,
                c->changed);
  }
  return c->n_entries > 0 ? DSR_EXIT_NOTHING : DSR_EXIT_DONE;
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

static void comparing_end(comparing *c) {
  for (int side = 0; side < SIDES; side++) {
    dsr_close(c->view[side]);
    dsr_close(c->base[side]);
    free(c->all[side].items);
    free(c->only[side].items);
  }
  for (size_t i = 0; i < c->n_entries; i++) free(c->entries[i].text);
  free(c->entries);
  free(c->line);
}

static int run_diff(dsr_options *options) {
  comparing c = {.side = 0};
  teller *tell = teller_of(options);
  if (tell == NULL) return DSR_EXIT_USAGE;
  if (options->n_arguments != 2) {
    return dsr_tell("two things can be compared: dossier diff A B");
  }
  dsr_progress_start(&c.progress);
  int code = open_side(&c, 0, options);
  if (code == DSR_EXIT_DONE) code = open_side(&c, 1, options);
  if (code == DSR_EXIT_DONE) code = compare(&c);
  if (code == DSR_EXIT_DONE) code = tell_difference(&c, tell);
  comparing_end(&c);
  return code;
}

const dsr_command dsr_command_diff = {
    "diff", "diff A B           what differs between two bases, files, or states",
    run_diff, diff_help, diff_flags};
