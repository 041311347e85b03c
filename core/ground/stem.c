/*
** stem.c - the words of a text, without case and marks, and their stems.
**
** The numbers of languages are kept in files: new ones come at the end of the table.
** ASCII, the common case, is split byte by byte and asks nobody.
*/
#include <libstemmer.h>
#include <string.h>
#include <utf8proc.h>

#include "ground/stem.h"
#include "ground/text.h"

/* ISO 639-1 tags that Snowball's algorithms are called by. */
static const char *const tags[] = {NULL, "en", "ar", "hy", "eu", "ca", "da", "nl",
                                   "fi", "fr", "de", "el", "hi", "hu", "id", "ga",
                                   "it", "lt", "ne", "no", "pt", "ro", "ru", "sr",
                                   "es", "sv", "ta", "tr", "yi", "nb", "nn"};
enum { TAGS = sizeof tags / sizeof *tags, ENGLISH = 1, NORWEGIAN = 19, BOKMAL = 29 };

static bool same_letters(dsr_str tag, const char *known) {
  for (size_t i = 0; i < tag.len; i++) {
    char c = tag.data[i];
    if (c >= 'A' && c <= 'Z') c = (char)(c - 'A' + 'a');
    if (c != known[i] || known[i] == '\0') return false;
  }
  return known[tag.len] == '\0';
}

int dsr_stem_language(dsr_str tag) {
  size_t len = 0;
  if (tag.len == 0) return ENGLISH;
  while (len < tag.len && tag.data[len] != '-') len++;
  for (int i = 1; i < TAGS; i++) {
    if (same_letters((dsr_str){tag.data, len}, tags[i])) {
      return i >= BOKMAL ? NORWEGIAN : i;
    }
  }
  return 0;
}

void dsr_stemmers_free(dsr_stemmers *stemmers) {
  for (int i = 0; i < DSR_STEM_LANGUAGES; i++) {
    sb_stemmer_delete(stemmers->made[i]);
    stemmers->made[i] = NULL;
  }
}

dsr_status dsr_stem(dsr_stemmers *stemmers, int language, dsr_str word, dsr_str *stem) {
  *stem = word;
  if (language <= 0 || language >= TAGS || word.len == 0) return DSR_OK;
  if (stemmers->made[language] == NULL) {
    stemmers->made[language] = sb_stemmer_new(tags[language], NULL);
    if (stemmers->made[language] == NULL) return DSR_ENOMEM;
  }
  struct sb_stemmer *made = stemmers->made[language];
  const sb_symbol *out =
      sb_stemmer_stem(made, (const sb_symbol *)word.data, (int)word.len);
  if (out == NULL) return DSR_ENOMEM;
  int len = sb_stemmer_length(made);
  if (len > 0) *stem = (dsr_str){(const char *)out, (size_t)len};
  return DSR_OK;
}

/* ---- words ---------------------------------------------------------------------- */

/* What a character is to words. */
typedef enum letter { BREAKS, JOINS, ALONE } letter;

/* Written without spaces, so that only readers see where words end. */
static bool is_alone(utf8proc_int32_t point) {
  return (point >= 0x0e00 && point <= 0x0edf) || (point >= 0x1000 && point <= 0x109f) ||
         (point >= 0x1780 && point <= 0x17ff) || (point >= 0x3040 && point <= 0x30ff) ||
         (point >= 0x3400 && point <= 0x9fff) || (point >= 0xf900 && point <= 0xfaff) ||
         (point >= 0x20000 && point <= 0x3ffff);
}

static letter letter_of(dsr_str text, size_t at, size_t *size) {
  unsigned char first = (unsigned char)text.data[at];
  *size = 1;
  if (first < 0x80) {
    return (first >= 'a' && first <= 'z') || (first >= '0' && first <= '9') ||
                   (first >= 'A' && first <= 'Z')
               ? JOINS
               : BREAKS;
  }
  dsr_char what = dsr_utf8_char(text, at, size);
  if (what == DSR_CHAR_OTHER) return BREAKS;
  utf8proc_int32_t point;
  utf8proc_iterate((const utf8proc_uint8_t *)text.data + at,
                   (utf8proc_ssize_t)(text.len - at), &point);
  return what != DSR_CHAR_FOLLOW && is_alone(point) ? ALONE : JOINS;
}

bool dsr_word_next(dsr_str folded, size_t *at, dsr_str *word, bool *joined) {
  size_t size = 0, start = *at;
  letter what = BREAKS;
  *joined = start > 0;
  while (start < folded.len) {
    what = letter_of(folded, start, &size);
    if (what != BREAKS) break;
    start += size;
    *joined = false;
  }
  if (start >= folded.len) return false;
  size_t end = start + size, kept = end;
  while (what == JOINS && end < folded.len) {
    what = letter_of(folded, end, &size);
    if (what != JOINS) break;
    end += size;
    if (end - start <= DSR_WORD_MOST) kept = end;
  }
  *word = (dsr_str){folded.data + start, kept - start};
  *at = end;
  return true;
}

/* ---- accents -------------------------------------------------------------------- */

/* Letters that carry a stroke, or lack a dot, as part of their shape. */
static utf8proc_int32_t plain_letter(utf8proc_int32_t point) {
  switch (point) {
    case 0x142:
      return 'l';
    case 0xf8:
      return 'o';
    case 0x111:
    case 0xf0:
      return 'd';
    case 0x131:
      return 'i';
    case 0x127:
      return 'h';
    default:
      return point;
  }
}

static bool is_plain(dsr_str word) {
  for (size_t i = 0; i < word.len; i++) {
    if ((unsigned char)word.data[i] >= 0x80) return false;
  }
  return true;
}

/* Does the word have letters of Latin, Greek or Cyrillic only, and their marks? */
static bool is_western(const utf8proc_int32_t *points, utf8proc_ssize_t n) {
  for (utf8proc_ssize_t i = 0; i < n; i++) {
    if (points[i] >= 0x530 && !(points[i] >= 0x1e00 && points[i] < 0x2000))
      return false;
  }
  return true;
}

dsr_str dsr_word_bare(dsr_arena *arena, dsr_str word) {
  utf8proc_int32_t points[4 * DSR_WORD_MOST + 4];
  utf8proc_ssize_t kept = 0;
  if (is_plain(word) || word.len > DSR_WORD_MOST) return word;
  utf8proc_ssize_t n = utf8proc_decompose(
      (const utf8proc_uint8_t *)word.data, (utf8proc_ssize_t)word.len, points,
      4 * DSR_WORD_MOST, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE);
  if (n <= 0 || n > 4 * DSR_WORD_MOST || !is_western(points, n)) return word;
  for (utf8proc_ssize_t i = 0; i < n; i++) {
    if (points[i] >= 0x300 && points[i] < 0x370) continue;
    points[kept++] = plain_letter(points[i]);
  }
  if (kept == 0) return word;
  utf8proc_ssize_t size =
      utf8proc_reencode(points, kept, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
  if (size <= 0) return word;
  dsr_str bare = {(const char *)points, (size_t)size};
  return dsr_str_eq(bare, word) ? word : dsr_arena_str(arena, bare);
}
