/*
** text.c - UTF-8: is it valid, how long is it, what is it without case, what is near.
**
** Checking is a walk over the bytes with the table of the Unicode standard (which
** second bytes may follow which first); the rest asks utf8proc.  Folding decomposes
** into a scratch array of code points, four bytes each, and composes in place; text
** that is plain ASCII, the common case, is lowered byte by byte and asks nobody.
*/
#include <limits.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <utf8proc.h>
#include <xxhash.h>

#include "ground/text.h"

enum { DISTANCE_MOST = 64 }; /* bytes of the words that dsr_text_distance compares */

dsr_str dsr_str_of(const char *text) {
  return (dsr_str){text, text ? strlen(text) : 0};
}

bool dsr_str_eq(dsr_str a, dsr_str b) {
  return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool dsr_str_is(dsr_str a, const char *text) { return dsr_str_eq(a, dsr_str_of(text)); }

int dsr_str_cmp(dsr_str a, dsr_str b) {
  size_t shared = a.len < b.len ? a.len : b.len;
  int order = shared > 0 ? memcmp(a.data, b.data, shared) : 0;
  return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

uint64_t dsr_hash(const void *data, size_t len, uint64_t seed) {
  return XXH3_64bits_withSeed(len > 0 ? data : "", len, seed);
}

/* ---- UTF-8 -------------------------------------------------------------------- */

static bool continues(unsigned char byte) { return (byte & 0xc0) == 0x80; }

/* Bytes of the character that begins at `at`, of which `left` bytes follow; 0 if it is
** not valid. */
static size_t character(const unsigned char *at, size_t left) {
  unsigned char first = at[0];
  if (first < 0x80) return first != 0 ? 1 : 0;
  if (first < 0xc2 || first > 0xf4) return 0;
  size_t size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (left < size) return 0;
  /* The first byte narrows the second: no overlong forms, no surrogates, no end past
  ** U+10FFFF. */
  unsigned char low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  unsigned char high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  if (at[1] < low || at[1] > high) return 0;
  for (size_t i = 2; i < size; i++) {
    if (!continues(at[i])) return 0;
  }
  return size;
}

/* No top bit is set of eight bytes that are ASCII without NUL. */
static inline uint64_t other_bits(const unsigned char *at) {
  uint64_t word;
  memcpy(&word, at, sizeof word);
  return word | (word - UINT64_C(0x0101010101010101));
}

/* How many bytes at `at` are ASCII without NUL, in whole eights. */
static size_t plain_eights(const unsigned char *at, size_t len) {
  const uint64_t tops = UINT64_C(0x8080808080808080);
  size_t n = 0;
  for (; len - n >= 32; n += 32) {
    uint64_t bits = other_bits(at + n) | other_bits(at + n + 8) |
                    other_bits(at + n + 16) | other_bits(at + n + 24);
    if ((bits & tops) != 0) break;
  }
  while (len - n >= 8 && (other_bits(at + n) & tops) == 0) n += 8;
  return n;
}

size_t dsr_utf8_valid(dsr_str text) {
  const unsigned char *data = (const unsigned char *)text.data;
  size_t at = 0;
  while (at < text.len) {
    at += plain_eights(data + at, text.len - at);
    if (at == text.len) break;
    size_t size = character(data + at, text.len - at);
    if (size == 0) return at;
    at += size;
  }
  return text.len;
}

/* The character on the screen that is being put together. */
typedef struct cluster {
  utf8proc_int32_t point; /* it begins with this one */
  int width;              /* columns so far */
  bool joins;             /* a joiner came last: what follows is part of it */
} cluster;

/* Columns that `point` takes behind what is in `at`, of which it may be a part: what a
** joiner ties to an emoji, its tone of skin, and the sign that asks for the wide form of
** a narrow one (U+FE0F). */
static int columns_of(utf8proc_int32_t point, cluster *at) {
  bool joined = at->joins && at->width == 2 && point >= 0x2000;
  at->joins = point == 0x200d;
  if (point < 0x7f && point >= 0x20) {
    *at = (cluster){point, 1, false};
    return 1;
  }
  if (joined) return 0;
  if (point == 0xfe0f) {
    int more = at->width == 1 && at->point >= 0x2000;
    at->width += more;
    return more;
  }
  if (point >= 0x1f3fb && point <= 0x1f3ff && at->width == 2) return 0;
  int width = utf8proc_charwidth(point);
  if (width > 0) *at = (cluster){point, width, false};
  return width;
}

size_t dsr_utf8_fit(dsr_str text, int most, int *columns) {
  const utf8proc_uint8_t *data = (const utf8proc_uint8_t *)text.data;
  cluster at = {0};
  size_t start = 0; /* of the cluster */
  int before = 0, width = 0;
  for (size_t i = 0; i < text.len;) {
    utf8proc_int32_t point = data[i];
    utf8proc_ssize_t size = 1;
    if (point >= 0x80) {
      size = utf8proc_iterate(data + i, (utf8proc_ssize_t)(text.len - i), &point);
    }
    if (size <= 0) { /* a terminal shows one mark for a byte that is none */
      size = 1;
      point = '?';
    }
    int more = columns_of(point, &at);
    if (more > 0 && at.width == more) { /* it begins a cluster */
      start = i;
      before = width;
    }
    if (more > most - width) {
      *columns = before;
      return start;
    }
    width += more;
    i += (size_t)size;
  }
  *columns = width;
  return text.len;
}

int dsr_utf8_width(dsr_str text) {
  int columns;
  dsr_utf8_fit(text, INT_MAX, &columns);
  return columns;
}

static dsr_char char_of(utf8proc_int32_t point) {
  switch (utf8proc_category(point)) {
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
      return DSR_CHAR_SMALL;
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LT:
      return DSR_CHAR_CAPITAL;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ND:
      return DSR_CHAR_FOLLOW;
    default:
      return point == '_' ? DSR_CHAR_FOLLOW : DSR_CHAR_OTHER;
  }
}

/* The same of an ASCII character, without the tables. */
static dsr_char char_of_ascii(unsigned char c) {
  if (c >= 'a' && c <= 'z') return DSR_CHAR_SMALL;
  if (c >= 'A' && c <= 'Z') return DSR_CHAR_CAPITAL;
  return (c >= '0' && c <= '9') || c == '_' ? DSR_CHAR_FOLLOW : DSR_CHAR_OTHER;
}

dsr_char dsr_utf8_char(dsr_str text, size_t at, size_t *size) {
  if (at < text.len && (unsigned char)text.data[at] < 0x80) {
    *size = 1;
    return char_of_ascii((unsigned char)text.data[at]);
  }
  const utf8proc_uint8_t *data = (const utf8proc_uint8_t *)text.data + at;
  utf8proc_int32_t point;
  utf8proc_ssize_t len =
      utf8proc_iterate(data, (utf8proc_ssize_t)(text.len - at), &point);
  *size = len > 0 ? (size_t)len : 1;
  return len > 0 ? char_of(point) : DSR_CHAR_OTHER;
}

/* ---- folding ------------------------------------------------------------------ */

/* `text` lowered, where it is all ASCII; data NULL where it is not, or without
** memory. */
static bool fold_plain(dsr_arena *arena, dsr_str text, dsr_str *out) {
  for (size_t i = 0; i < text.len; i++) {
    if ((unsigned char)text.data[i] >= 0x80) return false;
  }
  char *folded = dsr_arena_alloc(arena, text.len + 1);
  *out = (dsr_str){folded, folded ? text.len : 0};
  for (size_t i = 0; folded && i < text.len; i++) {
    char c = text.data[i];
    folded[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
  }
  return true;
}

dsr_str dsr_text_fold(dsr_arena *arena, dsr_str text) {
  utf8proc_option_t how =
      UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD;
  dsr_str folded = {NULL, 0};
  if (fold_plain(arena, text, &folded)) return folded;
  const utf8proc_uint8_t *data = (const utf8proc_uint8_t *)text.data;
  utf8proc_ssize_t len = (utf8proc_ssize_t)text.len;
  utf8proc_ssize_t points = utf8proc_decompose(data, len, NULL, 0, how);
  if (points < 0) return folded;
  utf8proc_int32_t *scratch =
      dsr_alloc(((size_t)points + 1) * sizeof *scratch); /* reencode adds a NUL */
  if (!scratch) return folded;
  points = utf8proc_decompose(data, len, scratch, points, how);
  utf8proc_ssize_t size = points < 0 ? points : utf8proc_reencode(scratch, points, how);
  if (size >= 0) {
    folded = dsr_arena_str(arena, (dsr_str){(const char *)scratch, (size_t)size});
  }
  dsr_free(scratch);
  return folded;
}

/* ---- characters ---------------------------------------------------------------- */

size_t dsr_utf8_count(dsr_str text) {
  size_t n = 0;
  for (size_t i = 0; i < text.len; i++) n += !continues((unsigned char)text.data[i]);
  return n;
}

size_t dsr_utf8_skip(dsr_str text, size_t n) {
  size_t at = 0;
  while (at < text.len) {
    if (!continues((unsigned char)text.data[at]) && n-- == 0) return at;
    at++;
  }
  return at;
}

/* The character at byte `at`, and its bytes; a byte that is none stands for itself. */
static utf8proc_int32_t point_at(dsr_str text, size_t at, size_t *size) {
  utf8proc_int32_t point;
  const utf8proc_uint8_t *data = (const utf8proc_uint8_t *)text.data + at;
  utf8proc_ssize_t n =
      utf8proc_iterate(data, (utf8proc_ssize_t)(text.len - at), &point);
  *size = n > 0 ? (size_t)n : 1;
  return n > 0 ? point : *data;
}

/* `text` with every character changed by `map`, whose results take at most twice the
** bytes (UTF-8's two become three, no more). */
static dsr_str map_text(dsr_arena *arena, dsr_str text,
                        utf8proc_int32_t (*map)(utf8proc_int32_t)) {
  char *mapped = dsr_arena_alloc(arena, 2 * text.len + 1);
  dsr_str out = {mapped, 0};
  for (size_t i = 0, size; mapped && i < text.len; i += size) {
    utf8proc_int32_t point = map(point_at(text, i, &size));
    utf8proc_uint8_t *end = (utf8proc_uint8_t *)mapped + out.len;
    out.len += (size_t)utf8proc_encode_char(point, end);
  }
  return out;
}

dsr_str dsr_text_lower(dsr_arena *arena, dsr_str text) {
  return map_text(arena, text, utf8proc_tolower);
}

dsr_str dsr_text_upper(dsr_arena *arena, dsr_str text) {
  return map_text(arena, text, utf8proc_toupper);
}

static bool is_space(utf8proc_int32_t point) {
  if (point <= 0x20 || point == 0x85) {
    return point == 0x20 || point == 0x85 || (point >= 9 && point <= 13);
  }
  utf8proc_category_t category = utf8proc_category(point);
  return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
         category == UTF8PROC_CATEGORY_ZP;
}

dsr_str dsr_text_trim(dsr_str text) {
  size_t size;
  while (text.len > 0 && is_space(point_at(text, 0, &size))) {
    text.data += size;
    text.len -= size;
  }
  while (text.len > 0) {
    size_t last = text.len - 1;
    while (last > 0 && continues((unsigned char)text.data[last])) last--;
    if (!is_space(point_at(text, last, &size))) break;
    text.len = last;
  }
  return text;
}

/* ---- what is near -------------------------------------------------------------- */

static int least(int a, int b) { return a < b ? a : b; }

int dsr_text_distance(dsr_str a, dsr_str b, int limit) {
  if (a.len > DISTANCE_MOST || b.len > DISTANCE_MOST) return limit + 1;
  size_t apart = a.len > b.len ? a.len - b.len : b.len - a.len;
  if (limit >= 0 && apart > (size_t)limit) return limit + 1;
  /* Three rows of the table of edits between prefixes: this one, the one above, and the
  ** one above that, which a swap of neighbours looks back to. */
  int rows[3][DISTANCE_MOST + 1];
  for (size_t j = 0; j <= b.len; j++) rows[0][j] = (int)j;
  for (size_t i = 1; i <= a.len; i++) {
    int *row = rows[i % 3], *above = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
    row[0] = (int)i;
    for (size_t j = 1; j <= b.len; j++) {
      bool same = a.data[i - 1] == b.data[j - 1];
      row[j] = least(least(above[j] + 1, row[j - 1] + 1), above[j - 1] + !same);
      bool swapped = i > 1 && j > 1 && a.data[i - 1] == b.data[j - 2] &&
                     a.data[i - 2] == b.data[j - 1];
      if (swapped) row[j] = least(row[j], before[j - 2] + 1);
    }
  }
  return least(rows[a.len % 3][b.len], limit + 1);
}

void dsr_nearest_start(dsr_nearest *race, dsr_str word) {
  race->word = word;
  race->best = (dsr_str){NULL, 0};
  race->distance = (int)(least((int)word.len, DISTANCE_MOST) / 3) + 1;
  if (word.len > DISTANCE_MOST) race->distance = 0;
}

void dsr_nearest_offer(dsr_nearest *race, dsr_str candidate) {
  if (race->distance == 0 && !race->best.data) return; /* the word is too long for it */
  int distance = dsr_text_distance(race->word, candidate, race->distance);
  bool nearer = distance < race->distance;
  bool equal = distance == race->distance && race->best.data;
  if (!nearer && !(equal && dsr_str_cmp(candidate, race->best) < 0)) return;
  race->best = candidate;
  race->distance = distance;
}
