/*
** claim.c - claims and claim sets as bytes, interned by content.
**
** A claim record:  verb, kind, reliability, credibility, a byte each; then source,
** locator, speaker, quotation, confidence, target as numbers: payload << 3 | tag, so
** that a small symbol number is a small number of bytes.
** A set record:  for each entry the claim's number, the transaction that opened it, and
** the one that closed it, 0 while it is live.
**
** Both are decoded once and kept by number: they never change.
*/
#include "facts/engine.h"

static uint64_t fold_word(dsr_word word) {
  return dsr_word_payload(word) << 3 | (uint64_t)dsr_word_tag(word);
}

static dsr_word unfold_word(uint64_t folded) {
  return dsr_word_make((int)(folded & 7), folded >> 3);
}

/* ---- claims --------------------------------------------------------------------- */

static bool encode_claim(dsr_bytes *out, const dsr_claim_row *row) {
  unsigned char head[4] = {(unsigned char)row->verb, (unsigned char)row->kind,
                           (unsigned char)row->reliability,
                           (unsigned char)row->credibility};
  return dsr_bytes_put(out, head, sizeof head) &&
         dsr_bytes_number(out, fold_word(row->source)) &&
         dsr_bytes_number(out, fold_word(row->locator)) &&
         dsr_bytes_number(out, fold_word(row->speaker)) &&
         dsr_bytes_number(out, fold_word(row->quotation)) &&
         dsr_bytes_number(out, fold_word(row->confidence)) &&
         dsr_bytes_number(out, fold_word(row->target));
}

static bool decode_claim(dsr_str bytes, dsr_claim_row *row) {
  if (bytes.len < 4) return false;
  const unsigned char *head = (const unsigned char *)bytes.data;
  if (head[0] < DSR_ASSERTS || head[0] > DSR_DEPRECATES || head[1] > DSR_ASSESSED) {
    return false;
  }
  *row = (dsr_claim_row){.verb = (dsr_verb)head[0],
                         .kind = (dsr_kind)head[1],
                         .reliability = (char)head[2],
                         .credibility = (char)head[3]};
  dsr_bytes_reader in = dsr_bytes_read((dsr_str){bytes.data + 4, bytes.len - 4});
  row->source = unfold_word(dsr_bytes_get_number(&in));
  row->locator = unfold_word(dsr_bytes_get_number(&in));
  row->speaker = unfold_word(dsr_bytes_get_number(&in));
  row->quotation = unfold_word(dsr_bytes_get_number(&in));
  row->confidence = unfold_word(dsr_bytes_get_number(&in));
  row->target = unfold_word(dsr_bytes_get_number(&in));
  return !in.bad && in.at == in.end;
}

/* The number of a record with the bytes in `scratch`, appended if there is none. */
static dsr_status intern(dsr_facts *facts, dsr_record_kind kind, uint64_t *number) {
  dsr_str bytes = {(const char *)facts->scratch.items, facts->scratch.len};
  dsr_status rc = dsr_store_find(facts->store, kind, bytes, number);
  if (rc == DSR_NOTHING) rc = dsr_store_append(facts->store, kind, bytes, number);
  return rc < 0 ? rc : DSR_OK;
}

dsr_status dsr_claim_intern(dsr_facts *facts, const dsr_claim_row *row,
                            uint64_t *number) {
  facts->scratch.len = 0;
  if (!encode_claim(&facts->scratch, row)) return dsr_fail_memory(facts->error);
  return intern(facts, DSR_REC_CLAIM, number);
}

static dsr_status damaged(dsr_facts *facts, const char *what, uint64_t number) {
  return dsr_fail(facts->error, DSR_EDAMAGED, "damaged base: %s %llu cannot be read",
                  what, (unsigned long long)number);
}

dsr_status dsr_claim_read(dsr_facts *facts, uint64_t number, dsr_claim_row *out,
                          bool *there) {
  dsr_str bytes;
  TRY(dsr_store_record(facts->store, DSR_REC_CLAIM, number, &bytes));
  *there = bytes.len > 0;
  if (*there && !decode_claim(bytes, out)) return damaged(facts, "claim", number);
  return DSR_OK;
}

dsr_status dsr_claim_get(dsr_facts *facts, uint64_t number, const dsr_claim_row **out) {
  if (number < facts->claims.len && facts->claims.items[number]) {
    *out = facts->claims.items[number];
    return DSR_OK;
  }
  dsr_str bytes;
  dsr_claim_row row;
  TRY(dsr_store_record(facts->store, DSR_REC_CLAIM, number, &bytes));
  if (!decode_claim(bytes, &row)) return damaged(facts, "claim", number);
  dsr_claim_row *kept = dsr_arena_alloc(&facts->arena, sizeof *kept);
  if (!kept) return dsr_fail_memory(facts->error);
  *kept = row;
  while (facts->claims.len <= number) {
    if (!VEC_PUSH(&facts->claims, NULL)) return dsr_fail_memory(facts->error);
  }
  facts->claims.items[number] = kept;
  *out = kept;
  return DSR_OK;
}

/* ---- sets ------------------------------------------------------------------------ */

dsr_status dsr_set_intern(dsr_facts *facts, const dsr_entry *entries, size_t n,
                          uint64_t *number) {
  facts->scratch.len = 0;
  for (size_t i = 0; i < n; i++) {
    if (!dsr_bytes_number(&facts->scratch, entries[i].claim) ||
        !dsr_bytes_number(&facts->scratch, entries[i].opened) ||
        !dsr_bytes_number(&facts->scratch, entries[i].closed)) {
      return dsr_fail_memory(facts->error);
    }
  }
  return intern(facts, DSR_REC_SET, number);
}

/* Read the entries of a set record into the arena; *out NULL where they are damaged. */
static dsr_status decode_set(dsr_facts *facts, dsr_str bytes, dsr_set **out) {
  dsr_bytes_reader in = dsr_bytes_read(bytes);
  size_t most = bytes.len / 3;
  dsr_set *set = dsr_arena_alloc(&facts->arena, sizeof *set);
  dsr_entry *entries = dsr_arena_alloc(&facts->arena, (most + 1) * sizeof *entries);
  if (!set || !entries) return dsr_fail_memory(facts->error);
  size_t n = 0;
  while (in.at < in.end && n < most) {
    entries[n].claim = dsr_bytes_get_number(&in);
    entries[n].opened = dsr_bytes_get_number(&in);
    entries[n].closed = dsr_bytes_get_number(&in);
    n++;
  }
  set->n = n;
  set->entries = entries;
  *out = in.bad || in.at < in.end ? NULL : set;
  return DSR_OK;
}

dsr_status dsr_set_get(dsr_facts *facts, uint64_t number, dsr_set *out) {
  if (number < facts->sets.len && facts->sets.items[number]) {
    *out = *facts->sets.items[number];
    return DSR_OK;
  }
  dsr_str bytes;
  dsr_set *set = NULL;
  TRY(dsr_store_record(facts->store, DSR_REC_SET, number, &bytes));
  TRY(decode_set(facts, bytes, &set));
  if (!set) return damaged(facts, "claim set", number);
  while (facts->sets.len <= number) {
    if (!VEC_PUSH(&facts->sets, NULL)) return dsr_fail_memory(facts->error);
  }
  facts->sets.items[number] = set;
  *out = *set;
  return DSR_OK;
}

void dsr_claims_rollback(dsr_facts *facts) {
  if (facts->claims.len > facts->marked_claims)
    facts->claims.len = facts->marked_claims;
  if (facts->sets.len > facts->marked_sets) facts->sets.len = facts->marked_sets;
}

/* ---- words ---------------------------------------------------------------------- */

bool dsr_grade_parse(dsr_str text, char *reliability, char *credibility) {
  char letter = 0, digit = 0;
  size_t i = 0;
  if (i < text.len) {
    char c = text.data[i];
    if (c >= 'A' && c <= 'F') c = (char)(c - 'A' + 'a');
    if (c >= 'a' && c <= 'f') {
      letter = c;
      i++;
    }
  }
  if (i < text.len && text.data[i] >= '1' && text.data[i] <= '6')
    digit = text.data[i++];
  if (i != text.len || (!letter && !digit)) return false;
  *reliability = letter;
  *credibility = digit;
  return true;
}

static const char *const kind_words[] = {"stated", "attributed", "assessed"};

const char *dsr_kind_word(dsr_kind kind) { return kind_words[kind]; }

bool dsr_kind_named(dsr_str word, dsr_kind *out) {
  for (int i = DSR_STATED; i <= DSR_ASSESSED; i++) {
    dsr_str known = {kind_words[i], strlen(kind_words[i])};
    if (word.len == known.len && memcmp(word.data, known.data, known.len) == 0) {
      *out = (dsr_kind)i;
      return true;
    }
  }
  return false;
}
