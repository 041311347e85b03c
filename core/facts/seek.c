/*
** seek.c - searching texts by their words, through a view.
**
** Each thing that is asked for, a *term*, becomes an expression of FTS5's that no input can
** make wrong: its words hold letters and digits only.  A word is looked for as what it would
** be in the index, for every language that the base has texts in: by its stem in the column
** of stems, as itself and without accents in the other.
**
** All texts that match are ranked before the view is asked, and then taken off a heap from
** the best on until there are enough; only texts of equal rank have to be compared.
*/
#include "facts/seek.h"

#include <stdlib.h>

#include "facts/engine.h"
#include "ground/text.h"

enum { TERMS_MOST = 32, WORDS_MOST = 64, LIMIT = 20 };

typedef struct term {
  size_t first, n; /* its words, in order */
  bool prefix;
} term;

typedef struct ranked {
  double points;
  uint64_t id;
} ranked;

/* One of several that have equal points. */
typedef struct equal {
  ranked rank;
  dsr_value value; /* of the text */
} equal;

/* A hit before those of its text are put in order. */
typedef struct place {
  dsr_sought hit;
  dsr_str name; /* of the entity */
} place;

typedef struct seeking {
  dsr_facts *facts;
  dsr_view *view;
  dsr_seek *out;
  uint64_t limit;
  dsr_arena arena;
  VEC(dsr_str) words; /* folded */
  VEC(term) terms;
  int languages[DSR_STEM_LANGUAGES + 1];
  int n_languages;
  dsr_bytes expression;
  VEC(ranked) ranks; /* a heap, the best on top */
  VEC(equal) equals;
  VEC(uint64_t) rows; /* where a text stands: DSR_TEXT_WIDTH words each */
  VEC(place) places;
} seeking;

static dsr_status no_memory(const seeking *s) {
  return dsr_fail_memory(s->facts->error);
}

/* ---- what is asked for ----------------------------------------------------------- */

static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static dsr_status wrong(seeking *s, const char *what, dsr_str piece) {
  int most = piece.len > 60 ? 60 : (int)piece.len;
  return dsr_fail(s->facts->error, DSR_ESYNTAX,
                  "%s: %.*s; words, \"a phrase\" and beginnings, cyb*, can be searched "
                  "for",
                  what, most, piece.data);
}

/* A term of the words in a piece; none where it has none. */
static dsr_status add_term(seeking *s, dsr_str piece, bool prefix) {
  dsr_str folded = dsr_text_fold(&s->arena, piece), word;
  term made = {s->words.len, 0, prefix};
  size_t at = 0;
  bool joined;
  if (folded.data == NULL) return no_memory(s);
  while (dsr_word_next(folded, &at, &word, &joined)) {
    if (!VEC_PUSH(&s->words, word)) return no_memory(s);
    made.n++;
  }
  if (made.n == 0) return DSR_OK;
  if (s->terms.len == TERMS_MOST || s->words.len > WORDS_MOST) {
    return dsr_fail(s->facts->error, DSR_ELIMIT,
                    "too many words to search for: at most %d, in at most %d parts",
                    WORDS_MOST, TERMS_MOST);
  }
  return VEC_PUSH(&s->terms, made) ? DSR_OK : no_memory(s);
}

static dsr_status add_phrase(seeking *s, dsr_str asked, size_t *at) {
  size_t start = *at + 1, end = start;
  while (end < asked.len && asked.data[end] != '"') end++;
  if (end == asked.len) {
    return wrong(s, "a phrase is not closed with \"",
                 (dsr_str){asked.data + *at, asked.len - *at});
  }
  bool prefix = end + 1 < asked.len && asked.data[end + 1] == '*';
  *at = end + 1 + prefix;
  return add_term(s, (dsr_str){asked.data + start, end - start}, prefix);
}

static dsr_status add_piece(seeking *s, dsr_str asked, size_t *at) {
  size_t start = *at, end = start;
  while (end < asked.len && !is_space(asked.data[end]) && asked.data[end] != '"') end++;
  *at = end;
  dsr_str piece = {asked.data + start, end - start};
  bool prefix = piece.data[piece.len - 1] == '*';
  dsr_str rest = {piece.data, piece.len - prefix};
  if (rest.len > 1 && rest.data[0] == '-') {
    return wrong(s, "words cannot be left out with -", piece);
  }
  if (rest.len > 0 && memchr(rest.data, '*', rest.len) != NULL) {
    return wrong(s, "a * stands at the end of a word only", piece);
  }
  size_t before = s->terms.len;
  TRY(add_term(s, rest, prefix));
  if (prefix && s->terms.len == before) {
    return wrong(s, "a * needs the beginning of a word", piece);
  }
  return DSR_OK;
}

static dsr_status read_asked(seeking *s, dsr_str asked, bool prefix) {
  size_t bad = dsr_utf8_valid(asked);
  if (bad < asked.len) {
    return dsr_fail(s->facts->error, DSR_ESYNTAX,
                    "what to search for is not UTF-8: a wrong byte at %zu", bad + 1);
  }
  for (size_t at = 0; at < asked.len;) {
    if (is_space(asked.data[at])) {
      at++;
    } else if (asked.data[at] == '"') {
      TRY(add_phrase(s, asked, &at));
    } else {
      TRY(add_piece(s, asked, &at));
    }
  }
  if (s->terms.len == 0) return wrong(s, "there is no word to search for", asked);
  if (prefix) s->terms.items[s->terms.len - 1].prefix = true;
  return DSR_OK;
}

/* ---- as an expression ------------------------------------------------------------ */

static bool put(seeking *s, const char *text) {
  return dsr_bytes_put(&s->expression, text, strlen(text));
}

/* Write " OR column : "words"" unless that stands in the term already, which begins at
** `start`. */
static bool put_option(seeking *s, size_t start, const char *column, dsr_str words,
                       bool prefix) {
  dsr_bytes option = {0};
  bool ok = dsr_bytes_put(&option, column, strlen(column)) &&
            dsr_bytes_put(&option, " : \"", 4) &&
            dsr_bytes_put(&option, words.data, words.len) &&
            dsr_bytes_put(&option, prefix ? "\" * " : "\" ", prefix ? 4 : 2);
  size_t len = s->expression.len;
  bool there = ok && len > start &&
               memmem(s->expression.items + start, len - start, option.items,
                      option.len) != NULL;
  if (ok && !there && len > start) ok = put(s, "OR ");
  if (ok && !there) ok = dsr_bytes_put(&s->expression, option.items, option.len);
  VEC_FREE(&option);
  return ok;
}

/* The word as it is looked for, with accents or `bare`. */
static dsr_status form_of(seeking *s, size_t i, bool bare, dsr_str *out) {
  *out = s->words.items[i];
  if (bare) *out = dsr_word_bare(&s->arena, *out);
  return out->data != NULL ? DSR_OK : no_memory(s);
}

static bool begins(dsr_str text, dsr_str with) {
  return text.len >= with.len && memcmp(text.data, with.data, with.len) == 0;
}

/* The stems of a term's words in a language.  Of a word that is only begun the stem will do
** where it begins the word. */
static dsr_status put_stems(seeking *s, const term *t, size_t start, int language,
                            bool bare) {
  dsr_bytes words = {0};
  dsr_status rc = DSR_OK;
  for (size_t i = 0; i < t->n && rc >= 0; i++) {
    dsr_str form;
    dsr_spelling spelling;
    rc = form_of(s, t->first + i, bare, &form);
    if (rc >= 0) rc = dsr_search_spell(s->facts, language, form, &s->arena, &spelling);
    if (rc < 0) break;
    bool begun = t->prefix && i + 1 == t->n;
    dsr_str stem = begun && !begins(form, spelling.stem) ? form : spelling.stem;
    if ((i > 0 && !dsr_bytes_put(&words, " ", 1)) ||
        !dsr_bytes_put(&words, stem.data, stem.len)) {
      rc = no_memory(s);
    }
  }
  dsr_str text = {(const char *)words.items, words.len};
  if (rc >= 0 && !put_option(s, start, "stems", text, t->prefix)) rc = no_memory(s);
  VEC_FREE(&words);
  return rc;
}

static dsr_status put_term(seeking *s, const term *t) {
  size_t start = s->expression.len;
  for (int bare = 0; bare <= 1; bare++) {
    bool begun = t->prefix && t->n == 1;
    for (int i = 0; i < (begun ? 1 : s->n_languages); i++) {
      TRY(put_stems(s, t, start, s->languages[i], bare != 0));
    }
    if (t->n > 1) continue;
    dsr_str form;
    TRY(form_of(s, t->first, bare != 0, &form));
    if (!put_option(s, start, "words", form, t->prefix)) return no_memory(s);
  }
  return DSR_OK;
}

static dsr_status write_expression(seeking *s, const char *between) {
  s->expression.len = 0;
  for (size_t i = 0; i < s->terms.len; i++) {
    if (!put(s, i == 0 ? "(" : between)) return no_memory(s);
    TRY(put_term(s, &s->terms.items[i]));
    if (!put(s, ")")) return no_memory(s);
  }
  return DSR_OK;
}

/* The languages that texts of the base are in, and first of all none. */
static dsr_status read_languages(seeking *s) {
  dsr_search_state state = {0};
  dsr_status rc = dsr_store_search_state(s->facts->store, &state);
  TRY(rc);
  s->languages[s->n_languages++] = 0;
  for (int i = 1; i < DSR_STEM_LANGUAGES; i++) {
    if (state.languages >> i & 1) s->languages[s->n_languages++] = i;
  }
  return state.texts > 0 ? DSR_OK : DSR_NOTHING;
}

/* ---- ranks ----------------------------------------------------------------------- */

static dsr_status take_rank(void *ud, uint64_t id, double points) {
  seeking *s = ud;
  ranked one = {.points = points, .id = id};
  return VEC_PUSH(&s->ranks, one) ? DSR_OK : no_memory(s);
}

static bool is_better(const ranked *a, const ranked *b) {
  return a->points != b->points ? a->points > b->points : a->id < b->id;
}

static void sift_down(seeking *s, size_t at) {
  ranked *heap = s->ranks.items, moved = heap[at];
  for (size_t child; (child = 2 * at + 1) < s->ranks.len; at = child) {
    if (child + 1 < s->ranks.len && is_better(&heap[child + 1], &heap[child])) child++;
    if (is_better(&moved, &heap[child])) break;
    heap[at] = heap[child];
  }
  heap[at] = moved;
}

/* Take the best ones, which have equal points, off the heap. */
static dsr_status take_equals(seeking *s) {
  s->equals.len = 0;
  do {
    equal one = {.rank = s->ranks.items[0]};
    if (!VEC_PUSH(&s->equals, one)) return no_memory(s);
    s->ranks.items[0] = s->ranks.items[--s->ranks.len];
    if (s->ranks.len > 0) sift_down(s, 0);
  } while (s->ranks.len > 0 &&
           s->ranks.items[0].points == s->equals.items[0].rank.points);
  return DSR_OK;
}

static int by_text(const void *left, const void *right) {
  const equal *a = left, *b = right;
  int order = dsr_str_cmp(a->value.text, b->value.text);
  if (order == 0) order = dsr_str_cmp(a->value.lang, b->value.lang);
  return order != 0 ? order : dsr_str_cmp(a->value.datatype, b->value.datatype);
}

/* Put those of equal points in order of their texts. */
static dsr_status order_equals(seeking *s) {
  dsr_facts *facts = s->facts;
  uint64_t next = dsr_store_next(facts->store, DSR_REC_NAME);
  for (size_t i = 0; i < s->equals.len; i++) {
    equal *one = &s->equals.items[i];
    uint64_t id = one->rank.id;
    dsr_symbol_kind kind = DSR_SYM_ENTITY;
    dsr_str spelled;
    char scratch[DSR_WORD_TEXT];
    dsr_word word = dsr_word_make(DSR_TAG_TEXT, id);
    if (id > 0 && id < next) {
      TRY(dsr_symbols_get(facts->symbols, word, &kind, &spelled));
    }
    if (kind != DSR_SYM_TEXT) {
      return dsr_fail(facts->error, DSR_EDAMAGED,
                      "the text search is damaged: it finds %llu, which is no text; "
                      "build it anew with: dossier search --rebuild",
                      (unsigned long long)id);
    }
    TRY(dsr_word_value(facts->symbols, word, scratch, &one->value));
  }
  qsort(s->equals.items, s->equals.len, sizeof *s->equals.items, by_text);
  return DSR_OK;
}

/* ---- where a text stands ---------------------------------------------------------- */

static dsr_status find_rows(seeking *s, dsr_word text) {
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t set;
  s->rows.len = 0;
  TRY(dsr_cursor_start(s->facts->store, DSR_REL_TEXT, DSR_TEXT_WIDTH, 0, &text, 1,
                       &cursor));
  dsr_status rc;
  while ((rc = dsr_cursor_next(cursor, &row, &set)) == DSR_ROW) {
    if (!VEC_RESERVE(&s->rows, DSR_TEXT_WIDTH)) {
      rc = no_memory(s);
      break;
    }
    memcpy(s->rows.items + s->rows.len, row, DSR_TEXT_WIDTH * sizeof *row);
    s->rows.len += DSR_TEXT_WIDTH;
  }
  dsr_cursor_stop(cursor);
  return rc < 0 ? rc : DSR_OK;
}

static dsr_status add_place(seeking *s, const ranked *rank, const dsr_match *match,
                            uint64_t claim, bool certain) {
  dsr_symbol_kind kind;
  place found = {.hit = {.points = rank->points,
                         .text = dsr_word_make(DSR_TAG_TEXT, rank->id),
                         .fact = match->fact,
                         .certain = certain,
                         .claim = claim}};
  for (int i = 0; i < match->fact.arity && !found.hit.entity; i++) {
    dsr_word word = match->fact.args[i];
    if (dsr_word_tag(word) == DSR_TAG_ENTITY) found.hit.entity = word;
  }
  if (found.hit.entity) {
    TRY(dsr_view_same(s->view, found.hit.entity, &found.hit.entity));
    TRY(dsr_symbols_get(s->facts->symbols, found.hit.entity, &kind, &found.name));
  }
  return VEC_PUSH(&s->places, found) ? DSR_OK : no_memory(s);
}

/* The claims in view on a fact that quote the text. */
static dsr_status quoting_claims(seeking *s, const ranked *rank,
                                 const dsr_match *match) {
  dsr_facts *facts = s->facts;
  const dsr_relation *relation = dsr_relation_get(facts, match->fact.relation);
  dsr_word text = dsr_word_make(DSR_TAG_TEXT, rank->id);
  dsr_set set;
  bool certain = true;
  dsr_status timed = dsr_view_time(s->view, relation, match->fact.time, &certain);
  if (timed != DSR_ROW) return timed < 0 ? timed : DSR_OK;
  TRY(dsr_set_get(facts, match->set, &set));
  for (size_t i = 0; i < set.n; i++) {
    const dsr_claim_row *claim;
    bool in;
    TRY(dsr_claim_get(facts, set.entries[i].claim, &claim));
    if (claim->quotation != text) continue;
    TRY(dsr_view_entry(s->view, match->fact.relation, &set, i, &in));
    if (in && claim->verb == DSR_ASSERTS) {
      TRY(dsr_view_holds(s->view, &match->fact, &in));
    }
    if (in) TRY(add_place(s, rank, match, set.entries[i].claim, certain));
  }
  return DSR_OK;
}

/* Is it a row's own fact: not one met by another name, or in another order of a pair? */
static bool row_fits(const uint64_t *row, const dsr_match *match, int column) {
  const dsr_tuple *fact = &match->fact;
  if (column < DSR_TEXT_QUOTED && fact->args[column] != row[0]) return false;
  if (column <= 1) return true;
  return (fact->arity < 1 || fact->args[0] == row[3]) &&
         (fact->arity < 2 || fact->args[1] == row[4]);
}

static dsr_status look_at_row(seeking *s, const ranked *rank, const uint64_t *row) {
  uint32_t number = (uint32_t)dsr_word_signed(row[1]);
  int column = (int)dsr_word_signed(row[2]);
  const dsr_relation *relation = dsr_relation_get(s->facts, number);
  if (relation == NULL || column < 0 || column > DSR_TEXT_QUOTED) return DSR_OK;
  dsr_word pattern[DSR_ARITY_MAX] = {0};
  if (column > 1) memcpy(pattern, row + 3, 2 * sizeof *row);
  if (column < relation->arity) pattern[column] = row[0];
  unsigned flags = DSR_SCAN_OWN | DSR_SCAN_ONCE;
  if (column == DSR_TEXT_QUOTED) flags |= DSR_SCAN_EVERY;
  dsr_scan *scan;
  const dsr_match *match;
  TRY(dsr_scan_start(s->facts, s->view, number, pattern, DSR_WORD_NONE, flags, &scan));
  dsr_status rc;
  while ((rc = dsr_scan_next(scan, &match)) == DSR_ROW) {
    if (!row_fits(row, match, column)) continue;
    rc = column == DSR_TEXT_QUOTED ? quoting_claims(s, rank, match)
                                   : add_place(s, rank, match, 0, match->certain);
    if (rc < 0) break;
  }
  dsr_scan_stop(scan);
  return rc < 0 ? rc : DSR_OK;
}

/* By entity, then by fact: the first of each entity is the hit. */
static int by_entity(const void *left, const void *right) {
  const place *a = left, *b = right;
  int order = dsr_str_cmp(a->name, b->name);
  if (order == 0) order = dsr_tuple_order(&a->hit.fact, &b->hit.fact);
  if (order == 0) {
    order = (a->hit.claim > b->hit.claim) - (a->hit.claim < b->hit.claim);
  }
  return order;
}

/* The hits of one text, as many as there is room for. */
static dsr_status add_hits(seeking *s, const ranked *rank) {
  s->places.len = 0;
  TRY(find_rows(s, dsr_word_make(DSR_TAG_TEXT, rank->id)));
  for (size_t i = 0; i < s->rows.len; i += DSR_TEXT_WIDTH) {
    TRY(look_at_row(s, rank, s->rows.items + i));
  }
  if (s->places.len == 0) return DSR_OK;
  qsort(s->places.items, s->places.len, sizeof *s->places.items, by_entity);
  for (size_t i = 0; i < s->places.len && !s->out->more; i++) {
    const place *found = &s->places.items[i];
    if (i > 0 && found->hit.entity == found[-1].hit.entity) continue;
    s->out->more = s->out->hits.len >= s->limit;
    if (s->out->more) break;
    if (!VEC_PUSH(&s->out->hits, found->hit)) return no_memory(s);
  }
  return DSR_OK;
}

/* ---- searching -------------------------------------------------------------------- */

static dsr_status seek_all(seeking *s, const char *between) {
  s->ranks.len = 0;
  TRY(write_expression(s, between));
  dsr_str expression = {(const char *)s->expression.items, s->expression.len};
  TRY(dsr_store_search_match(s->facts->store, expression, take_rank, s));
  for (size_t i = s->ranks.len / 2; i-- > 0;) sift_down(s, i);
  while (s->ranks.len > 0 && !s->out->more) {
    TRY(take_equals(s));
    TRY(order_equals(s));
    for (size_t i = 0; i < s->equals.len && !s->out->more; i++) {
      TRY(add_hits(s, &s->equals.items[i].rank));
    }
  }
  return DSR_OK;
}

static dsr_status seek(seeking *s, dsr_str asked, const dsr_seek_options *options) {
  TRY(read_asked(s, asked, options->prefix));
  dsr_status rc = dsr_search_ready(s->facts);
  if (rc == DSR_OK) rc = read_languages(s);
  if (rc != DSR_OK) return rc;
  TRY(seek_all(s, " AND ("));
  if (s->out->hits.len == 0 && s->terms.len > 1) {
    s->out->some = true;
    TRY(seek_all(s, " OR ("));
  }
  return s->out->hits.len > 0 ? DSR_OK : DSR_NOTHING;
}

void dsr_seek_free(dsr_seek *seek) { VEC_FREE(&seek->hits); }

dsr_status dsr_seek_texts(dsr_facts *facts, dsr_view *view, dsr_str asked,
                          const dsr_seek_options *options, dsr_seek *out) {
  seeking s = {.facts = facts, .view = view, .out = out};
  s.limit = options->limit == 0  ? LIMIT
            : options->limit < 0 ? UINT64_MAX
                                 : (uint64_t)options->limit;
  TRY(dsr_facts_read(facts, false));
  dsr_status rc = seek(&s, asked, options);
  VEC_FREE(&s.words);
  VEC_FREE(&s.terms);
  VEC_FREE(&s.expression);
  VEC_FREE(&s.ranks);
  VEC_FREE(&s.equals);
  VEC_FREE(&s.rows);
  VEC_FREE(&s.places);
  dsr_arena_free(&s.arena);
  if (rc < 0) dsr_seek_free(out);
  return rc;
}
