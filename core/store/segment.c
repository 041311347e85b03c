/*
** segment.c - what was gathered (postings.h), laid out as a segment of an FTS5 index.
**
** A leaf page:
**
**   0  2  where the first text's number is, if it comes before the first term; else 0
**   2  2  where the footer begins
**   4  .  terms, each with its texts: the first of a page whole, others behind what they
**         share with the one before; the first text of a term or page whole, others as the
**         distance from the one before; then twice the bytes of its places, and these,
**         which may go on at the next page's byte 4
**   .  .  footer: where each term begins, as the distance from the one before
**
** A term whose list fills SKIPS_LEAST pages or more without another term has pages beside,
** a tree, that tell the first text of each of these.
*/
#include "store/segment.h"

#include <assert.h>
#include <string.h>

#include "store/varint.h"

enum {
  PAGE = 4050, /* bytes, FTS5's own default */
  HEAD = 4,
  SKIPS_LEAST = 4,
  TERM_MARK = '0', /* a whole word's; a table may have an index of beginnings, too */
  LEVELS = 8,      /* of skips: 4,000 times as many pages each */
  SKIP_SHIFT = 36,
  LEVEL_SHIFT = 31,
  SLACK = 2 * DSR_TERM_MOST + 64,
  FEW = 8, /* bytes of places */
};

/* A page of skips that is being filled, one at each level of the tree. */
typedef struct skip_page {
  dsr_bytes bytes;
  uint64_t number; /* of the page */
  uint64_t first, last;
} skip_page;

typedef struct builder {
  dsr_segment *out;
  unsigned char page[PAGE + SLACK], footer[PAGE + SLACK];
  size_t used, footed;
  size_t term_at;                     /* where the last term of the page begins */
  uint64_t number;                    /* of the page */
  char spelled[2][DSR_TERM_MOST + 1]; /* by turns: terms with what marks them */
  dsr_str term;                       /* the last one, in there */
  bool any_term;                      /* on the page */
  bool any_text;                      /* on the page, or a term */
  bool first_text;                    /* the next text is the term's first */
  uint64_t text;                      /* the last one */
  size_t empty;                       /* pages without a term since the last one */
  dsr_segment_split split;            /* page 0: it is written */
  skip_page skips[LEVELS];
  dsr_bytes places;
} builder;

/* ---- numbers --------------------------------------------------------------------- */

static void put_16(unsigned char *at, size_t number) {
  at[0] = (unsigned char)(number >> 8);
  at[1] = (unsigned char)number;
}

static void put_number(builder *b, uint64_t number) {
  b->used += dsr_varint_put(b->page + b->used, number);
}

static bool put_bytes(dsr_bytes *out, uint64_t number) {
  unsigned char bytes[DSR_VARINT_MOST];
  return dsr_bytes_put(out, bytes, dsr_varint_put(bytes, number));
}

/* ---- skips ----------------------------------------------------------------------- */

static dsr_status write_skip(builder *b, int level) {
  skip_page *page = &b->skips[level];
  dsr_segment_row row = {
      UINT64_C(1) << SKIP_SHIFT | (uint64_t)level << LEVEL_SHIFT | page->number,
      b->out->data.len, page->bytes.len};
  if (!dsr_bytes_put(&b->out->data, page->bytes.items, page->bytes.len) ||
      !VEC_PUSH(&b->out->skips, row)) {
    return DSR_ENOMEM;
  }
  return DSR_OK;
}

static bool start_skip(skip_page *page, bool inner, uint64_t child, uint64_t text) {
  unsigned char flag = inner;
  page->bytes.len = 0;
  page->first = page->last = text;
  return dsr_bytes_put(&page->bytes, &flag, 1) && put_bytes(&page->bytes, child) &&
         put_bytes(&page->bytes, text);
}

/* A page at a level is full: write it, and tell the level above of it if it was the
** root. */
static dsr_status end_skip(builder *b, int level) {
  skip_page *page = &b->skips[level];
  page->bytes.items[0] = 1;
  TRY(write_skip(b, level));
  if (b->skips[level + 1].bytes.len == 0) {
    b->skips[level + 1].number = page->number;
    if (!start_skip(&b->skips[level + 1], false, page->number, page->first)) {
      return DSR_ENOMEM;
    }
  }
  page->bytes.len = 0;
  page->number++;
  return DSR_OK;
}

/* The text is the first of its page, where the term's list goes on. */
static dsr_status add_skip(builder *b, uint64_t text) {
  uint64_t child = b->number;
  for (int level = 0; level + 1 < LEVELS; level++) {
    skip_page *page = &b->skips[level];
    bool full = page->bytes.len >= PAGE;
    if (full) TRY(end_skip(b, level));
    bool ok = page->bytes.len == 0 ? start_skip(page, full, child, text)
                                   : put_bytes(&page->bytes, text - page->last);
    if (!ok) return DSR_ENOMEM;
    page->last = text;
    child = page->number;
    if (!full) break;
  }
  return DSR_OK;
}

/* The term's list is over: write its skips, if it was long. */
static dsr_status end_skips(builder *b, bool *written) {
  *written = b->empty >= SKIPS_LEAST && b->skips[0].bytes.len > 0;
  for (int level = 0; level < LEVELS && b->skips[level].bytes.len > 0; level++) {
    if (*written) TRY(write_skip(b, level));
    b->skips[level].bytes.len = 0;
  }
  b->empty = 0;
  return DSR_OK;
}

/* ---- leaves ---------------------------------------------------------------------- */

static void start_page(builder *b) {
  memset(b->page, 0, HEAD);
  b->used = HEAD;
  b->footed = b->term_at = 0;
  b->any_term = b->any_text = false;
}

static dsr_status write_page(builder *b) {
  dsr_segment_row row = {b->number, b->out->data.len, b->used + b->footed};
  put_16(b->page + 2, b->used);
  if (!b->any_term) {
    b->empty++;
    if (!b->any_text && b->skips[0].bytes.len > 0 &&
        !put_bytes(&b->skips[0].bytes, 0)) {
      return DSR_ENOMEM;
    }
  }
  if (!dsr_bytes_put(&b->out->data, b->page, b->used) ||
      !dsr_bytes_put(&b->out->data, b->footer, b->footed) ||
      !VEC_PUSH(&b->out->leaves, row)) {
    return DSR_ENOMEM;
  }
  b->number++;
  start_page(b);
  return DSR_OK;
}

/* The terms of the page that a split leads to are over. */
static dsr_status end_split(builder *b) {
  bool skips;
  if (b->split.page == 0) return DSR_OK;
  TRY(end_skips(b, &skips));
  b->split.page |= skips;
  if (!VEC_PUSH(&b->out->splits, b->split)) return DSR_ENOMEM;
  b->split.page = 0;
  return DSR_OK;
}

/* A page begins with a term, of which the first `len` bytes tell it from all before. */
static dsr_status start_split(builder *b, dsr_str term, size_t len) {
  TRY(end_split(b));
  b->split = (dsr_segment_split){b->number << 1, b->out->data.len, len};
  return dsr_bytes_put(&b->out->data, term.data, len) ? DSR_OK : DSR_ENOMEM;
}

static size_t shared(dsr_str a, dsr_str b) {
  size_t n = 0;
  while (n < a.len && n < b.len && a.data[n] == b.data[n]) n++;
  return n;
}

static dsr_status put_term(builder *b, dsr_str term) {
  size_t same = shared(b->term, term);
  if (b->used + b->footed + term.len + 3 * DSR_VARINT_MOST >= PAGE && b->used > HEAD) {
    TRY(write_page(b));
  }
  b->footed += dsr_varint_put(b->footer + b->footed, b->used - b->term_at);
  b->term_at = b->used;
  if (b->any_term) {
    put_number(b, same);
  } else if (b->number > 1) {
    TRY(start_split(b, term, same + 1));
    same = 0;
  } else {
    same = 0;
  }
  put_number(b, term.len - same);
  memcpy(b->page + b->used, term.data + same, term.len - same);
  b->used += term.len - same;
  b->term = term;
  b->any_term = b->any_text = b->first_text = true;
  b->skips[0].number = b->number;
  return DSR_OK;
}

/* A text's number and how many bytes its places take. */
static dsr_status put_text(builder *b, uint64_t text, size_t places) {
  if (b->used + b->footed + 2 * DSR_VARINT_MOST >= PAGE) TRY(write_page(b));
  bool whole = b->first_text || !b->any_text;
  if (!b->any_text) {
    put_16(b->page, b->used);
    TRY(add_skip(b, text));
  }
  put_number(b, whole ? text : text - b->text);
  put_number(b, (uint64_t)places * 2);
  b->text = text;
  b->first_text = false;
  b->any_text = true;
  return DSR_OK;
}

/* As many whole numbers as fit into `room` bytes, or all: their bytes. */
static size_t whole_numbers(const unsigned char *at, size_t len, size_t room) {
  if (len <= room) return len;
  size_t end = room;
  while (end > 0 && at[end - 1] >= 0x80) end--;
  return end;
}

static dsr_status put_places(builder *b, const dsr_bytes *places) {
  if (places->len <= FEW && b->used + b->footed + FEW <= PAGE) {
    memcpy(b->page + b->used, places->items, FEW); /* as many as there are are kept */
    b->used += places->len;
    return DSR_OK;
  }
  for (size_t at = 0; at < places->len;) {
    size_t taken = b->used + b->footed;
    size_t room = taken < PAGE ? PAGE - taken : 0;
    size_t some = whole_numbers(places->items + at, places->len - at, room);
    memcpy(b->page + b->used, places->items + at, some);
    b->used += some;
    at += some;
    if (at < places->len) TRY(write_page(b));
  }
  return DSR_OK;
}

/* ---- building -------------------------------------------------------------------- */

/* The places of the first of `n` postings that are of its text, as FTS5 has them in a
** position list: distances from the place before and 2, and 1 where the next column begins,
** with its number behind.  *taken of them, or DSR_ENOMEM. */
static dsr_status take_places(builder *b, const dsr_posting *list, size_t n,
                              size_t *taken) {
  enum { STEPPED = 2, NEXT_COLUMN = 1, COLUMN_BYTES = 2 };
  uint32_t last = 0, text = list[0].text, column = 0;
  size_t end = 1;
  while (end < n && list[end].text == text) end++;
  b->places.len = 0;
  if (!VEC_RESERVE(&b->places, end * FEW + COLUMN_BYTES)) return DSR_ENOMEM;
  unsigned char *at = b->places.items;
  for (size_t i = 0; i < end; i++) {
    uint32_t second = list[i].place & DSR_POSTING_SECOND;
    uint32_t place = list[i].place ^ second;
    if (second != column) {
      *at++ = NEXT_COLUMN;
      *at++ = 1;
      last = 0;
      column = second;
    }
    at += dsr_varint_put(at, place - last + STEPPED);
    last = place;
  }
  b->places.len = (size_t)(at - b->places.items);
  *taken = end;
  return DSR_OK;
}

static uint64_t sum_of(dsr_str word, const dsr_posting *list, size_t n) {
  uint64_t sum = 0, hash = dsr_postings_hash(word);
  for (size_t i = 0; i < n; i++) {
    bool second = (list[i].place & DSR_POSTING_SECOND) != 0;
    sum += dsr_postings_sum_part(hash, list[i].text, second,
                                 list[i].place & ~DSR_POSTING_SECOND);
  }
  return sum;
}

static dsr_status put_list(builder *b, dsr_str word, const dsr_posting *list,
                           size_t n) {
  char *to = b->spelled[b->term.data == b->spelled[0]];
  assert(word.len <= DSR_TERM_MOST);
  to[0] = TERM_MARK;
  memcpy(to + 1, word.data, word.len);
  TRY(put_term(b, (dsr_str){to, word.len + 1}));
  b->out->sum += sum_of(word, list, n);
  for (size_t at = 0, taken; at < n; at += taken) {
    TRY(take_places(b, list + at, n - at, &taken));
    TRY(put_text(b, list[at].text, b->places.len));
    TRY(put_places(b, &b->places));
  }
  return DSR_OK;
}

static dsr_status put_texts(builder *b, const dsr_postings *postings) {
  size_t n;
  const dsr_text_sizes *texts = dsr_postings_texts(postings, &n);
  if (!VEC_RESERVE(&b->out->texts, n)) return DSR_ENOMEM;
  if (n > 0) memcpy(b->out->texts.items, texts, n * sizeof *texts);
  b->out->texts.len = n;
  for (size_t i = 0; i < n; i++) {
    uint64_t sizes[DSR_SEARCH_COLUMNS];
    for (int c = 0; c < DSR_SEARCH_COLUMNS; c++) {
      sizes[c] = texts[i].words[c];
      b->out->words[c] += sizes[c];
    }
    b->out->sum += dsr_postings_sum_sizes(texts[i].id, sizes);
  }
  return DSR_OK;
}

static dsr_status put_all(builder *b, dsr_postings *postings) {
  dsr_postings_reader reader;
  const dsr_posting *list;
  dsr_str word;
  dsr_status rc;
  size_t n;
  TRY(put_texts(b, postings));
  TRY(dsr_postings_read(postings, &reader));
  while ((rc = dsr_postings_next(&reader, &word, &list, &n)) == DSR_ROW) {
    rc = put_list(b, word, list, n);
    if (rc < 0) break;
  }
  dsr_postings_stop(&reader);
  TRY(rc);
  if (b->used > HEAD) TRY(write_page(b));
  return end_split(b);
}

dsr_status dsr_segment_build(dsr_postings *postings, dsr_segment **out) {
  builder *b = dsr_alloc(sizeof *b);
  dsr_segment *made = dsr_alloc(sizeof *made);
  dsr_status rc = b == NULL || made == NULL ? DSR_ENOMEM : DSR_OK;
  if (rc >= 0) {
    b->out = made;
    b->number = 1;
    b->split.page = 1 << 1; /* to the first page, whatever its first term */
    start_page(b);
    rc = put_all(b, postings);
    VEC_FREE(&b->places);
    for (int i = 0; i < LEVELS; i++) VEC_FREE(&b->skips[i].bytes);
  }
  dsr_free(b);
  if (rc < 0) {
    dsr_segment_free(made);
    return rc;
  }
  *out = made;
  return DSR_OK;
}

void dsr_segment_free(dsr_segment *segment) {
  if (segment == NULL) return;
  VEC_FREE(&segment->data);
  VEC_FREE(&segment->leaves);
  VEC_FREE(&segment->skips);
  VEC_FREE(&segment->splits);
  VEC_FREE(&segment->texts);
  dsr_free(segment);
}

size_t dsr_segment_memory(const dsr_segment *segment) {
  return segment->data.cap + segment->texts.cap * sizeof *segment->texts.items;
}
