/*
** plain.c - names without case, accents and signs, and how near two are.
**
** ASCII, the common case, is made plain byte by byte; anything else is folded first.
*/
#include "facts/plain.h"

#include <string.h>

#include "ground/stem.h"
#include "ground/text.h"

enum {
  CHUNKED = 16, /* shorter words have no chunks worth comparing */
  SPACE_BIT = 36,
  SIGNS = 27, /* bits that all other bytes share */
};

/* ---- plain names ------------------------------------------------------------------- */

/* An ASCII letter or digit as a small one; 0 for others. */
static char small_letter(char c) {
  if (c >= 'A' && c <= 'Z') return (char)(c - 'A' + 'a');
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : 0;
}

/* What dsr_plain_name() makes of ASCII, in one go and no more memory than it takes; false
** where the text is other, has no words, or there is no memory. */
static bool plain_ascii(dsr_arena *arena, dsr_str text, dsr_str *plain) {
  size_t words = 0, letters = 0;
  for (size_t i = 0; i < text.len; i++) {
    if ((unsigned char)text.data[i] >= 0x80) return false;
    letters += small_letter(text.data[i]) != 0;
  }
  char *out = letters > 0 ? dsr_arena_alloc(arena, text.len + 1) : NULL;
  if (out == NULL) return false;
  size_t len = 0, word = 0; /* letters of the word at hand */
  for (size_t i = 0; i < text.len; i++) {
    char c = small_letter(text.data[i]);
    if (c != 0 && word == 0 && words++ > 0) out[len++] = ' ';
    word = c != 0 ? word + 1 : 0;
    if (c != 0 && word <= DSR_WORD_MOST) out[len++] = c;
  }
  *plain = (dsr_str){out, len};
  return true;
}

dsr_str dsr_plain_name(dsr_arena *arena, dsr_str text) {
  dsr_str plain;
  if (plain_ascii(arena, text, &plain)) return plain;
  dsr_str folded = dsr_text_fold(arena, text), word;
  size_t at = 0;
  bool joined;
  dsr_str none = {NULL, 0};
  if (folded.data == NULL) return none;
  char *out = dsr_arena_alloc(arena, 2 * folded.len + 1);
  plain = (dsr_str){out, 0};
  if (out == NULL) return none;
  while (dsr_word_next(folded, &at, &word, &joined)) {
    dsr_str bare = dsr_word_bare(arena, word);
    if (bare.data == NULL) return none;
    size_t space = plain.len > 0;
    if (plain.len + space + bare.len > 2 * folded.len) break;
    if (space) out[plain.len++] = ' ';
    memcpy(out + plain.len, bare.data, bare.len);
    plain.len += bare.len;
  }
  return plain.len > 0 ? plain : folded;
}

bool dsr_plain_next(dsr_str plain, size_t *at, dsr_str *word) {
  if (*at >= plain.len) return false;
  const char *start = plain.data + *at;
  const char *space = memchr(start, ' ', plain.len - *at);
  *word = (dsr_str){start, space ? (size_t)(space - start) : plain.len - *at};
  *at += word->len + 1;
  return true;
}

bool dsr_plain_begins(dsr_str text, dsr_str with) {
  return text.len >= with.len && memcmp(text.data, with.data, with.len) == 0;
}

/* ---- letters ----------------------------------------------------------------------- */

static inline int bit_of(unsigned char c) {
  if (c >= 'a' && c <= 'z') return c - 'a';
  if (c >= '0' && c <= '9') return c - '0' + 26;
  return c == ' ' ? SPACE_BIT : SPACE_BIT + 1 + c % SIGNS;
}

uint64_t dsr_plain_letters(dsr_str plain) {
  uint64_t letters = 0;
  for (size_t i = 0; i < plain.len; i++) {
    letters |= UINT64_C(1) << bit_of((unsigned char)plain.data[i]);
  }
  return letters;
}

void dsr_plain_table(uint64_t table[256]) {
  for (int c = 0; c < 256; c++) {
    char small = c < 0x80 ? small_letter((char)c) : 0;
    table[c] = UINT64_C(1) << bit_of((unsigned char)(small != 0 ? small : c));
    if (small == 0) table[c] |= UINT64_C(1) << SPACE_BIT;
    if (c >= 0x80) table[c] = UINT64_MAX; /* who knows what it folds to */
  }
}

/* ---- edits ------------------------------------------------------------------------- */

/* Do the two share a part, at about the same place, as they must where they are so few
** edits apart?  Of 2 * limit + 1 parts, edits can touch all but one: an edit that swaps
** neighbours touches two. */
static bool share_chunk(dsr_str a, dsr_str b, int limit) {
  size_t chunks = 2 * (size_t)limit + 1, size = a.len / chunks;
  for (size_t i = 0; i < chunks; i++) {
    for (int shift = -limit; shift <= limit; shift++) {
      ptrdiff_t at = (ptrdiff_t)(i * size) + shift;
      if (at < 0 || (size_t)at + size > b.len) continue;
      if (memcmp(a.data + i * size, b.data + at, size) == 0) return true;
    }
  }
  return false;
}

int dsr_plain_edits(dsr_str a, dsr_str b, int limit) {
  size_t apart = a.len > b.len ? a.len - b.len : b.len - a.len;
  if (apart > (size_t)limit) return limit + 1;
  if (dsr_str_eq(a, b)) return 0;
  if (limit == 0) return 1;
  if (a.len >= CHUNKED && !share_chunk(a, b, limit)) return limit + 1;
  return dsr_text_distance(a, b, limit);
}
