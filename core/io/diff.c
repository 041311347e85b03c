/*
** diff.c - what differs between two bases, views, or states of one.
**
** Both sides come in the same order, so the two lists of hashes mostly run side by side;
** where they part, a short look ahead finds how they go on.  What finds no partner so is
** sorted, and then compared exactly.
*/
#include "io/diff.h"

#include "ground/mergesort.h"
#include "ground/text.h"
#include "io/export.h"

enum { AHEAD = 64 };

typedef VEC(uint64_t) hashes;

/* A line that the other side does not have. */
typedef struct entry {
  dsr_str key, said; /* "claim p(a) from s", the statement */
  int side;
  size_t at; /* in the order of its side */
} entry;

typedef struct comparing {
  const dsr_diffing *how;
  dsr_error *error;
  hashes all[DSR_SIDES], only[DSR_SIDES]; /* of lines; in order, of those that differ */
  VEC(entry) entries;
  dsr_arena arena;
  VEC(char) line; /* the beginning of one, whose end is still to come */
  int side;
  bool gathering; /* the lines of this walk are kept, where they differ */
  bool no_memory;
} comparing;

/* ---- lines ------------------------------------------------------------------------ */

static bool has(const hashes *in, uint64_t hash) {
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

static bool keep_line(comparing *c, dsr_str line, size_t key) {
  dsr_str copy = dsr_arena_str(&c->arena, line);
  if (copy.data == NULL) return false;
  entry one = {.side = c->side, .at = c->entries.len};
  one.key = (dsr_str){copy.data, key};
  one.said = (dsr_str){copy.data + key + 1, copy.len - key - 1};
  return VEC_PUSH(&c->entries, one);
}

static bool take_line(comparing *c, dsr_str line) {
  static const char rule[] = "rule ";
  const char *tab = memchr(line.data, '\t', line.len);
  size_t key = tab != NULL ? (size_t)(tab - line.data) : line.len - 1;
  size_t begin = sizeof rule - 1, len = line.len;
  /* A rule is what its key says, however it is laid out. */
  if (key > begin && memcmp(line.data, rule, begin) == 0) len = key;
  uint64_t hash = dsr_hash(line.data, len, 0);
  if (!c->gathering) return VEC_PUSH(&c->all[c->side], hash);
  return !has(&c->only[c->side], hash) || keep_line(c, line, key);
}

static bool add(comparing *c, const char *text, size_t len) {
  if (!VEC_RESERVE(&c->line, len)) return false;
  memcpy(c->line.items + c->line.len, text, len);
  c->line.len += len;
  return true;
}

static int on_write(void *ud, const char *text, size_t len) {
  comparing *c = ud;
  const char *end;
  while (!c->no_memory && len > 0 && (end = memchr(text, '\n', len)) != NULL) {
    size_t some = (size_t)(end - text);
    dsr_str line = {text, some};
    if (c->line.len > 0) {
      if (!add(c, text, some)) return c->no_memory = true;
      line = (dsr_str){c->line.items, c->line.len};
    }
    if (line.len > 0 && !take_line(c, line)) c->no_memory = true;
    c->line.len = 0;
    text += some + 1;
    len -= some + 1;
  }
  if (len > 0 && !c->no_memory && !add(c, text, len)) c->no_memory = true;
  return c->no_memory;
}

static dsr_status walk(comparing *c, int side, bool gathering) {
  const dsr_diffing *how = c->how;
  dsr_export_options options = {.format = "lines"};
  if (how->options != NULL) {
    options.progress = how->options->progress;
    options.ud = how->options->ud;
  }
  c->side = side;
  c->gathering = gathering;
  c->line.len = 0;
  dsr_status rc =
      dsr_facts_export(how->facts[side], how->view[side], &options, on_write, c);
  if (c->no_memory) return dsr_fail_memory(c->error);
  dsr_error *told = dsr_facts_error(how->facts[side]);
  if (rc < 0 && told != c->error) *c->error = *told;
  return rc;
}

/* ---- what differs ------------------------------------------------------------------- */

/* How far to go on in both lists for hashes that are the same; false: not in sight. */
static bool resume(const hashes *a, const hashes *b, size_t *i, size_t *j) {
  for (size_t sum = 1; sum < AHEAD; sum++) {
    for (size_t x = 0; x <= sum; x++) {
      size_t p = *i + x, q = *j + sum - x;
      if (p >= a->len || q >= b->len || a->items[p] != b->items[q]) continue;
      *i = p;
      *j = q;
      return true;
    }
  }
  return false;
}

static bool put_range(hashes *to, const hashes *from, size_t begin, size_t end) {
  size_t n = end - begin;
  if (n == 0) return true;
  if (!VEC_RESERVE(to, n)) return false;
  memcpy(to->items + to->len, from->items + begin, n * sizeof *to->items);
  to->len += n;
  return true;
}

/* Leave in `out` what does not run side by side. */
static bool pair_up(const hashes *a, const hashes *b, hashes out[DSR_SIDES]) {
  size_t i = 0, j = 0;
  while (i < a->len && j < b->len) {
    if (a->items[i] == b->items[j]) {
      i++, j++;
      continue;
    }
    size_t p = i, q = j;
    if (!resume(a, b, &p, &q)) {
      p = i + AHEAD < a->len ? i + AHEAD : a->len;
      q = j + AHEAD < b->len ? j + AHEAD : b->len;
    }
    if (!put_range(&out[0], a, i, p) || !put_range(&out[1], b, j, q)) return false;
    i = p;
    j = q;
  }
  return put_range(&out[0], a, i, a->len) && put_range(&out[1], b, j, b->len);
}

static dsr_status by_hash(void *ud, const void *left, const void *right, int *order) {
  uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
  (void)ud;
  *order = a < b ? -1 : a > b;
  return DSR_OK;
}

static dsr_status sort_hashes(comparing *c, hashes *in) {
  return dsr_mergesort(in->items, in->len, sizeof *in->items, by_hash, NULL, c->error);
}

/* Take out of two sorted lists what both have, as often as both have it. */
static void cancel(hashes *a, hashes *b) {
  size_t i = 0, j = 0, in_a = 0, in_b = 0;
  while (i < a->len || j < b->len) {
    if (j == b->len || (i < a->len && a->items[i] < b->items[j])) {
      a->items[in_a++] = a->items[i++];
    } else if (i == a->len || b->items[j] < a->items[i]) {
      b->items[in_b++] = b->items[j++];
    } else {
      i++, j++;
    }
  }
  a->len = in_a;
  b->len = in_b;
}

static dsr_status find_only(comparing *c) {
  if (!pair_up(&c->all[0], &c->all[1], c->only)) return dsr_fail_memory(c->error);
  for (int side = 0; side < DSR_SIDES; side++) {
    VEC_FREE(&c->all[side]);
    TRY(sort_hashes(c, &c->only[side]));
  }
  cancel(&c->only[0], &c->only[1]);
  return DSR_OK;
}

static int compare_str(dsr_str a, dsr_str b) {
  size_t least = a.len < b.len ? a.len : b.len;
  int way = memcmp(a.data, b.data, least);
  return way != 0 ? way : a.len < b.len ? -1 : a.len > b.len;
}

/* By what they tell of, then the first side's before the second's, each in its order. */
static dsr_status by_key(void *ud, const void *left, const void *right, int *order) {
  const entry *a = left, *b = right;
  (void)ud;
  *order = compare_str(a->key, b->key);
  if (*order == 0) *order = a->side - b->side;
  if (*order == 0) *order = a->at < b->at ? -1 : a->at > b->at;
  return DSR_OK;
}

static dsr_status compare(comparing *c) {
  for (int side = 0; side < DSR_SIDES; side++) TRY(walk(c, side, false));
  TRY(find_only(c));
  for (int side = 0; side < DSR_SIDES; side++) {
    if (c->only[side].len > 0) TRY(walk(c, side, true));
  }
  return dsr_mergesort(c->entries.items, c->entries.len, sizeof *c->entries.items,
                       by_key, NULL, c->error);
}

/* ---- telling ----------------------------------------------------------------------- */

static dsr_status tell(comparing *c, char sign, const entry *one, const entry *before) {
  dsr_difference difference = {.sign = sign, .text = one->said};
  const char *space = memchr(one->key.data, ' ', one->key.len);
  size_t kind = space != NULL ? (size_t)(space - one->key.data) : one->key.len;
  difference.kind = (dsr_str){one->key.data, kind};
  if (before != NULL) difference.before = before->said;
  if (c->how->found(c->how->ud, &difference) == 0) return DSR_OK;
  return dsr_fail(c->error, DSR_ESTOPPED, "telling was stopped");
}

/* Entries [from, to) tell of the same thing: as many changes as both sides have. */
static dsr_status tell_group(comparing *c, size_t from, size_t to) {
  const entry *all = c->entries.items;
  size_t middle = from;
  while (middle < to && all[middle].side == 0) middle++;
  size_t a = middle - from, b = to - middle, pairs = a < b ? a : b;
  for (size_t i = 0; i < pairs; i++)
    TRY(tell(c, '~', &all[middle + i], &all[from + i]));
  for (size_t i = pairs; i < a; i++) TRY(tell(c, '-', &all[from + i], NULL));
  for (size_t i = pairs; i < b; i++) TRY(tell(c, '+', &all[middle + i], NULL));
  return DSR_OK;
}

static dsr_status tell_all(comparing *c) {
  size_t from = 0, n = c->entries.len;
  for (size_t i = 1; i <= n; i++) {
    const entry *all = c->entries.items;
    if (i < n && compare_str(all[i].key, all[from].key) == 0) continue;
    TRY(tell_group(c, from, i));
    from = i;
  }
  return n > 0 ? DSR_OK : DSR_NOTHING;
}

dsr_status dsr_facts_diff(const dsr_diffing *how, dsr_error *error) {
  comparing c = {.how = how, .error = error};
  dsr_status rc = compare(&c);
  if (rc >= 0) rc = tell_all(&c);
  for (int side = 0; side < DSR_SIDES; side++) {
    VEC_FREE(&c.all[side]);
    VEC_FREE(&c.only[side]);
  }
  VEC_FREE(&c.entries);
  VEC_FREE(&c.line);
  dsr_arena_free(&c.arena);
  return rc;
}
