/*
** search.c - which texts the search finds, and what keeps it in step with the facts.
**
** While a transaction is open, texts are only noted; the store asks for their words when
** it commits (dsr_store_search_fill), so that the index is written where everything else
** is.  A text whose number the transaction itself gave is new for certain; one that is
** older is new to the index where the relation DSR_REL_TEXT has no row of it.
**
** Building from nothing walks every relation, a relation at a time since no cursor
** outlives a change, in memory what is new to DSR_REL_TEXT of one relation.
*/
#include "facts/search.h"

#include <stdlib.h>

#include "facts/engine.h"
#include "ground/text.h"

static const size_t gather_memory = (size_t)32 << 20;

static bool is_text(dsr_word word) { return dsr_word_tag(word) == DSR_TAG_TEXT; }

/* ---- noting --------------------------------------------------------------------- */

/* Does the index have the text? */
static dsr_status is_known(dsr_facts *facts, dsr_word text, bool *known) {
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t set;
  TRY(dsr_cursor_start(facts->store, DSR_REL_TEXT, DSR_TEXT_WIDTH, 0, &text, 1,
                       &cursor));
  dsr_status rc = dsr_cursor_next(cursor, &row, &set);
  dsr_cursor_stop(cursor);
  *known = rc == DSR_ROW;
  return rc < 0 ? rc : DSR_OK;
}

dsr_status dsr_search_known(dsr_facts *facts, dsr_word text, bool *older, bool *known) {
  *older = dsr_word_payload(text) < facts->marked_symbols;
  *known = false;
  return *older ? is_known(facts, text, known) : DSR_OK;
}

dsr_status dsr_search_add(dsr_facts *facts, dsr_word text) {
  size_t n = facts->indexing.fresh.len;
  if (n > 0 && facts->indexing.fresh.items[n - 1] == text) return DSR_OK;
  return VEC_PUSH(&facts->indexing.fresh, text) ? DSR_OK
                                                : dsr_fail_memory(facts->error);
}

/* Where the text's bit is; the word may be beyond those that there are. */
static size_t bit_of(const dsr_facts *facts, dsr_word text) {
  return (size_t)(dsr_word_payload(text) - facts->marked_symbols);
}

dsr_status dsr_search_gather(dsr_facts *facts, dsr_word text) {
  dsr_indexing *indexing = &facts->indexing;
  size_t bit = bit_of(facts, text), need = bit / 64 + 1;
  if (need > indexing->gathered.len) {
    size_t more = need - indexing->gathered.len;
    if (!VEC_RESERVE(&indexing->gathered, more)) return dsr_fail_memory(facts->error);
    memset(indexing->gathered.items + indexing->gathered.len, 0,
           more * sizeof(uint64_t));
    indexing->gathered.len = need;
  }
  indexing->gathered.items[bit / 64] |= UINT64_C(1) << bit % 64;
  return DSR_OK;
}

bool dsr_search_gathered(const dsr_facts *facts, dsr_word text) {
  size_t bit = bit_of(facts, text);
  return dsr_word_payload(text) >= facts->marked_symbols &&
         bit / 64 < facts->indexing.gathered.len &&
         (facts->indexing.gathered.items[bit / 64] >> bit % 64 & 1) != 0;
}

dsr_status dsr_search_ungather(dsr_facts *facts, dsr_word text) {
  size_t bit = bit_of(facts, text);
  facts->indexing.gathered.items[bit / 64] &= ~(UINT64_C(1) << bit % 64);
  return dsr_search_add(facts, text);
}

static dsr_status note(dsr_facts *facts, const uint64_t row[DSR_TEXT_WIDTH]) {
  bool known = false;
  if (dsr_word_payload(row[0]) < facts->marked_symbols) {
    uint64_t set;
    dsr_status rc =
        dsr_store_get(facts->store, DSR_REL_TEXT, DSR_TEXT_WIDTH, row, &set);
    if (rc != DSR_NOTHING) return rc;
    TRY(is_known(facts, row[0], &known));
  }
  if (!known) TRY(dsr_search_add(facts, row[0]));
  return dsr_store_put(facts->store, DSR_REL_TEXT, DSR_TEXT_WIDTH, 1u, row, 1);
}

void dsr_search_row(const dsr_tuple *fact, dsr_word text, int column,
                    uint64_t row[DSR_TEXT_WIDTH]) {
  row[0] = text;
  row[1] = dsr_word_int(fact->relation);
  row[2] = dsr_word_int(column);
  row[3] = column > 1 && fact->arity > 0 ? fact->args[0] : DSR_WORD_NONE;
  row[4] = column > 1 && fact->arity > 1 ? fact->args[1] : DSR_WORD_NONE;
}

dsr_status dsr_search_put(dsr_facts *facts, const dsr_tuple *fact) {
  uint64_t row[DSR_TEXT_WIDTH];
  for (int i = 0; i < fact->arity; i++) {
    if (!is_text(fact->args[i])) continue;
    dsr_search_row(fact, fact->args[i], i, row);
    TRY(note(facts, row));
  }
  return DSR_OK;
}

dsr_status dsr_search_quote(dsr_facts *facts, const dsr_tuple *fact,
                            const dsr_claim_row *claim) {
  uint64_t row[DSR_TEXT_WIDTH];
  if (!is_text(claim->quotation)) return DSR_OK;
  dsr_search_row(fact, claim->quotation, DSR_TEXT_QUOTED, row);
  return note(facts, row);
}

/* ---- words ---------------------------------------------------------------------- */

dsr_status dsr_spell(dsr_stemmers *stemmers, int language, dsr_str word,
                     dsr_arena *arena, dsr_spelling *out) {
  dsr_str stem, bare = dsr_word_bare(arena, word);
  *out = (dsr_spelling){{NULL, 0}, {NULL, 0}, {NULL, 0}};
  if (bare.data == NULL || dsr_stem(stemmers, language, word, &stem) < 0) {
    return DSR_ENOMEM;
  }
  out->stem = stem.data == word.data ? word : dsr_arena_str(arena, stem);
  if (out->stem.data == NULL) return DSR_ENOMEM;
  if (!dsr_str_eq(stem, word)) out->word = word;
  if (!dsr_str_eq(bare, word) && !dsr_str_eq(bare, stem)) out->bare = bare;
  return DSR_OK;
}

dsr_status dsr_search_spell(dsr_facts *facts, int language, dsr_str word,
                            dsr_arena *arena, dsr_spelling *out) {
  dsr_stemmers *stemmers = &facts->indexing.stemmers;
  if (dsr_spell(stemmers, language, word, arena, out) == DSR_OK) return DSR_OK;
  return dsr_fail_memory(facts->error);
}

/* The words of texts as they go into the index. */
typedef struct filling {
  dsr_facts *facts;
  dsr_search_state state;
  dsr_bytes stems, words;
  dsr_arena arena; /* of one text */
} filling;

static bool put_word(dsr_bytes *out, dsr_str word) {
  if (word.len == 0) return true;
  return (out->len == 0 || dsr_bytes_put(out, " ", 1)) &&
         dsr_bytes_put(out, word.data, word.len);
}

static dsr_status spell_text(filling *f, int language, dsr_str text) {
  dsr_str folded = dsr_text_fold(&f->arena, text), word;
  size_t at = 0;
  bool joined;
  if (folded.data == NULL) return dsr_fail_memory(f->facts->error);
  f->stems.len = f->words.len = 0;
  while (dsr_word_next(folded, &at, &word, &joined)) {
    dsr_spelling spelling;
    TRY(dsr_search_spell(f->facts, language, word, &f->arena, &spelling));
    if (!put_word(&f->stems, spelling.stem) || !put_word(&f->words, spelling.word) ||
        !put_word(&f->words, spelling.bare)) {
      return dsr_fail_memory(f->facts->error);
    }
  }
  return DSR_OK;
}

static dsr_str text_of(const dsr_bytes *bytes) {
  return (dsr_str){(const char *)bytes->items, bytes->len};
}

/* How a text is spelled, borrowed until the next call on the store. */
static dsr_status read_text(filling *f, uint64_t number, dsr_str *spelling) {
  TRY(dsr_store_record(f->facts->store, DSR_REC_NAME, number, spelling));
  if (spelling->len > 0 && spelling->data[0] == DSR_SYM_TEXT) {
    *spelling = (dsr_str){spelling->data + 1, spelling->len - 1};
    return DSR_OK;
  }
  return dsr_fail(f->facts->error, DSR_EDAMAGED,
                  "damaged base: name %llu, a text, cannot be read",
                  (unsigned long long)number);
}

static dsr_status fill_text(filling *f, uint64_t number) {
  dsr_str spelling, text, lang, datatype;
  TRY(read_text(f, number, &spelling));
  dsr_text_parts(spelling, &text, &lang, &datatype);
  int language = dsr_stem_language(lang);
  dsr_status rc = spell_text(f, language, text);
  dsr_arena_free(&f->arena);
  if (rc < 0 || f->stems.len == 0) return rc; /* a text without words is in no search */
  f->state.languages |= UINT64_C(1) << language;
  return dsr_store_search_add(f->facts->store, &f->state, number, text_of(&f->stems),
                              text_of(&f->words));
}

/* Add what was gathered; one by one where the store cannot take it as it is. */
static dsr_status attach(filling *f, dsr_gathering *gathering) {
  dsr_status rc = DSR_OK;
  f->state.languages |= gathering->languages;
  for (size_t i = 0; i < gathering->segments.len && rc >= 0; i++) {
    const dsr_segment *segment = gathering->segments.items[i];
    rc = dsr_store_search_attach(f->facts->store, &f->state, segment);
    for (size_t k = 0; rc == DSR_NOTHING && k < segment->texts.len; k++) {
      dsr_status done = fill_text(f, segment->texts.items[k].id);
      if (done < 0) rc = done;
    }
  }
  size_t memory = gathering->memory;
  dsr_gathering_free(gathering);
  gathering->memory = memory;
  return rc < 0 ? rc : DSR_OK;
}

static int by_number(const void *left, const void *right) {
  dsr_word a = *(const dsr_word *)left, b = *(const dsr_word *)right;
  return (a > b) - (a < b);
}

/* Sort the fresh texts, each of them once, without those that were gathered. */
static void sort_fresh(dsr_facts *facts) {
  dsr_word *texts = facts->indexing.fresh.items;
  size_t n = facts->indexing.fresh.len, kept = 0;
  if (n > 0) qsort(texts, n, sizeof *texts, by_number);
  for (size_t i = 0; i < n; i++) {
    if (kept > 0 && texts[kept - 1] == texts[i]) continue;
    if (!dsr_search_gathered(facts, texts[i])) texts[kept++] = texts[i];
  }
  facts->indexing.fresh.len = kept;
}

static dsr_status gather_fresh(filling *f, dsr_gathering *gathering) {
  const dsr_indexing *indexing = &f->facts->indexing;
  dsr_status rc = DSR_OK;
  for (size_t i = 0; i < indexing->fresh.len && rc >= 0; i++) {
    uint64_t number = dsr_word_payload(indexing->fresh.items[i]);
    dsr_str spelling;
    TRY(read_text(f, number, &spelling));
    rc = dsr_gathering_add(gathering, number, spelling);
    if (rc >= 0 && dsr_gathering_full(gathering)) TRY(attach(f, gathering));
  }
  if (rc >= 0) rc = dsr_gathering_end(gathering);
  if (rc < 0) return dsr_fail_memory(f->facts->error);
  return attach(f, gathering);
}

static dsr_status fill_fresh(filling *f) {
  const dsr_indexing *indexing = &f->facts->indexing;
  dsr_gathering gathering = {.memory = gather_memory};
  if (indexing->fresh.len >= DSR_GATHER_MANY) {
    dsr_status rc = gather_fresh(f, &gathering);
    dsr_gathering_free(&gathering);
    return rc;
  }
  for (size_t i = 0; i < indexing->fresh.len; i++) {
    TRY(fill_text(f, dsr_word_payload(indexing->fresh.items[i])));
  }
  return DSR_OK;
}

static dsr_status fill_all(filling *f) {
  dsr_indexing *indexing = &f->facts->indexing;
  TRY(dsr_store_search_start(f->facts->store, indexing->whole, &f->state));
  f->state.version = DSR_STEM_VERSION;
  sort_fresh(f->facts);
  TRY(attach(f, &indexing->gathering));
  TRY(fill_fresh(f));
  return dsr_store_search_finish(f->facts->store, &f->state);
}

/* Called by the store inside a commit. */
static dsr_status fill(void *ud) {
  filling f = {.facts = ud};
  const dsr_indexing *indexing = &f.facts->indexing;
  if (indexing->ready && !indexing->whole && indexing->fresh.len == 0 &&
      indexing->gathering.segments.len == 0) {
    return DSR_OK;
  }
  dsr_status rc = fill_all(&f);
  VEC_FREE(&f.stems);
  VEC_FREE(&f.words);
  dsr_arena_free(&f.arena);
  return rc;
}

/* ---- building from nothing ------------------------------------------------------ */

/* What one relation's facts have to be noted. */
typedef struct building {
  dsr_facts *facts;
  VEC(uint64_t) rows;       /* DSR_TEXT_WIDTH words each */
  VEC(unsigned char) quiet; /* by set: its claims quote nothing */
} building;

static dsr_status keep(building *b, const uint64_t row[DSR_TEXT_WIDTH]) {
  size_t n = b->rows.len;
  size_t bytes = DSR_TEXT_WIDTH * sizeof *row;
  if (n > 0 && memcmp(b->rows.items + n - DSR_TEXT_WIDTH, row, bytes) == 0) {
    return DSR_OK;
  }
  if (!VEC_RESERVE(&b->rows, DSR_TEXT_WIDTH)) return dsr_fail_memory(b->facts->error);
  memcpy(b->rows.items + n, row, bytes);
  b->rows.len += DSR_TEXT_WIDTH;
  return DSR_OK;
}

static dsr_status look_at_claims(building *b, const dsr_tuple *fact, uint64_t number) {
  dsr_set set;
  bool quiet = true;
  if (number < b->quiet.len && b->quiet.items[number]) return DSR_OK;
  TRY(dsr_set_get(b->facts, number, &set));
  for (size_t i = 0; i < set.n; i++) {
    const dsr_claim_row *claim;
    uint64_t row[DSR_TEXT_WIDTH];
    TRY(dsr_claim_get(b->facts, set.entries[i].claim, &claim));
    if (!is_text(claim->quotation)) continue;
    quiet = false;
    dsr_search_row(fact, claim->quotation, DSR_TEXT_QUOTED, row);
    TRY(keep(b, row));
  }
  while (b->quiet.len <= number) {
    if (!VEC_PUSH(&b->quiet, 0)) return dsr_fail_memory(b->facts->error);
  }
  b->quiet.items[number] = quiet;
  return DSR_OK;
}

static dsr_status look_at_row(building *b, const dsr_relation *relation,
                              const uint64_t *columns, uint64_t set) {
  dsr_tuple fact = {.relation = relation->number, .arity = relation->arity};
  memcpy(fact.args, columns, (size_t)fact.arity * sizeof *columns);
  for (int i = 0; i < fact.arity; i++) {
    uint64_t row[DSR_TEXT_WIDTH];
    if (!is_text(fact.args[i])) continue;
    dsr_search_row(&fact, fact.args[i], i, row);
    TRY(keep(b, row));
  }
  return look_at_claims(b, &fact, set);
}

static dsr_status gather(building *b, const dsr_relation *relation) {
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t set;
  b->rows.len = 0;
  TRY(dsr_cursor_start(b->facts->store, relation->number, relation->arity + 1, 0, NULL,
                       0, &cursor));
  dsr_status rc;
  while ((rc = dsr_cursor_next(cursor, &row, &set)) == DSR_ROW) {
    rc = look_at_row(b, relation, row, set);
    if (rc < 0) break;
  }
  dsr_cursor_stop(cursor);
  return rc < 0 ? rc : DSR_OK;
}

/* Put the rows that are not there, and note all texts. */
static dsr_status note_rows(building *b) {
  dsr_facts *facts = b->facts;
  for (size_t i = 0; i < b->rows.len; i += DSR_TEXT_WIDTH) {
    const uint64_t *row = b->rows.items + i;
    uint64_t set;
    dsr_status rc =
        dsr_store_get(facts->store, DSR_REL_TEXT, DSR_TEXT_WIDTH, row, &set);
    if (rc == DSR_NOTHING) {
      rc = dsr_store_put(facts->store, DSR_REL_TEXT, DSR_TEXT_WIDTH, 1u, row, 1);
    }
    if (rc < 0) return rc;
    if (!VEC_PUSH(&facts->indexing.fresh, row[0])) return dsr_fail_memory(facts->error);
  }
  return DSR_OK;
}

static dsr_status build(dsr_facts *facts) {
  building b = {.facts = facts};
  dsr_status rc = DSR_OK;
  facts->indexing.whole = true;
  facts->indexing.fresh.len = facts->indexing.gathered.len = 0;
  dsr_gathering_free(&facts->indexing.gathering);
  for (size_t i = 0; i < facts->catalogue.all.len && rc >= 0; i++) {
    rc = gather(&b, facts->catalogue.all.items[i]);
    if (rc >= 0) rc = note_rows(&b);
  }
  VEC_FREE(&b.rows);
  VEC_FREE(&b.quiet);
  return rc;
}

/* ---- commits -------------------------------------------------------------------- */

/* Is there an index, made by this version's way of finding words? */
static dsr_status look(dsr_facts *facts) {
  dsr_search_state state;
  if (facts->indexing.ready) return DSR_OK;
  dsr_status rc = dsr_store_search_state(facts->store, &state);
  if (rc == DSR_OK && state.version != DSR_STEM_VERSION) rc = DSR_NOTHING;
  facts->indexing.ready = rc == DSR_OK;
  return rc;
}

dsr_status dsr_search_commit(dsr_facts *facts) {
  if (facts->indexing.whole) return DSR_OK;
  dsr_status rc = look(facts);
  if (rc != DSR_NOTHING) return rc;
  /* The first transaction of a base holds all that there is. */
  if (dsr_store_txn(facts->store) > 1) return build(facts);
  return DSR_OK;
}

void dsr_search_end(dsr_facts *facts) {
  facts->indexing.whole = false;
  VEC_FREE(&facts->indexing.fresh);
  VEC_FREE(&facts->indexing.gathered);
  dsr_gathering_free(&facts->indexing.gathering);
}

void dsr_search_open(dsr_facts *facts) {
  dsr_store_search_fill(facts->store, fill, facts);
}

void dsr_search_close(dsr_facts *facts) {
  dsr_search_end(facts);
  dsr_stemmers_free(&facts->indexing.stemmers);
}

dsr_status dsr_search_renew(dsr_facts *facts) {
  TRY(dsr_facts_begin(facts));
  bool empty = dsr_store_txn(facts->store) == 1;
  facts->indexing.ready = false;
  dsr_status rc = empty ? DSR_OK : build(facts);
  if (rc < 0) {
    dsr_error words = *facts->error;
    dsr_facts_rollback(facts);
    *facts->error = words;
    return rc;
  }
  if (!empty) dsr_store_search_due(facts->store);
  return dsr_facts_commit(facts);
}

dsr_status dsr_search_ready(dsr_facts *facts) {
  TRY(dsr_facts_read(facts, false));
  dsr_status rc = look(facts);
  if (rc != DSR_NOTHING) return rc;
  if (dsr_store_txn(facts->store) == (facts->writing ? 1 : 0)) return DSR_NOTHING;
  const char *path = dsr_store_path(facts->store);
  if (path == NULL) path = "the base";
  if (dsr_store_read_only(facts->store)) {
    return dsr_fail(
        facts->error, DSR_EREADONLY,
        "%s: its index of texts is missing, or an older version's; build it "
        "with: dossier -b %s search --rebuild",
        path, path);
  }
  if (facts->writing || facts->held > 0) {
    return dsr_fail(
        facts->error, DSR_EMISUSE,
        "%s: it has no text search yet; the end of this transaction builds it", path);
  }
  TRY(dsr_search_renew(facts));
  return dsr_facts_read(facts, false);
}

dsr_status dsr_search_verify(dsr_facts *facts) {
  TRY(dsr_facts_read(facts, false));
  return dsr_store_verify(facts->store);
}
