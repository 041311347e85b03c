/*
** search.c - a full-text index over the words of texts, in the base's own file.
**
** The sum over what the index holds is a sum of hashes, of each word with its text's
** number, column and place, and of each text's number with its counts of words; so it
** follows what is added and dropped, in any order.
*/
#include "store/search.h"

#include "store/inside.h"
#include "store/leaf.h"
#include "store/postings.h"

enum { STATE_ID = 2, STATE_SIZE = 8 * 5, STEMS = 0, WORDS = 1 };

/* A failure of SQLite's: what is damaged may be the index alone. */
static dsr_status search_fail(dsr_file *file, int rc) {
  if (rc != SQLITE_CORRUPT_VTAB) return dsr_file_fail(file, rc);
  return dsr_fail(file->error, DSR_EDAMAGED,
                  "%s: its text search is damaged; build it anew with: dossier -b %s "
                  "search --rebuild",
                  dsr_file_name(file), dsr_file_name(file));
}

/* ---- the state ------------------------------------------------------------------ */

static void state_write(const dsr_search_state *state, unsigned char out[STATE_SIZE]) {
  dsr_save64(out + 8, state->version);
  dsr_save64(out + 16, state->languages);
  dsr_save64(out + 24, state->texts);
  dsr_save64(out + 32, state->sum);
  dsr_format_seal(DSR_ROW_SEARCH, STATE_ID, out, STATE_SIZE);
}

static bool state_read(dsr_str bytes, dsr_search_state *out) {
  dsr_bytes_reader in;
  if (bytes.len != STATE_SIZE) return false;
  if (!dsr_format_open(DSR_ROW_SEARCH, STATE_ID, bytes, &in)) return false;
  out->version = dsr_bytes_get_64(&in);
  out->languages = dsr_bytes_get_64(&in);
  out->texts = dsr_bytes_get_64(&in);
  out->sum = dsr_bytes_get_64(&in);
  return true;
}

static dsr_status read_state(dsr_store *store, dsr_search_state *out) {
  dsr_file *file = &store->file;
  dsr_str data;
  TRY(dsr_file_query(file, DSR_SQL_STATE, 0, 0));
  dsr_status rc = dsr_file_step(file, DSR_SQL_STATE);
  if (rc == DSR_DONE) return DSR_NOTHING;
  TRY(rc);
  rc = dsr_file_data(file, DSR_SQL_STATE, &data);
  if (rc >= 0 && !state_read(data, out)) {
    rc = dsr_file_damaged(file, "the state of its text search was changed");
  }
  return rc;
}

dsr_status dsr_store_search_state(dsr_store *store, dsr_search_state *out) {
  TRY(dsr_store_ready(store));
  if (store->file.db == NULL) return DSR_NOTHING;
  dsr_status rc = read_state(store, out);
  dsr_file_end(&store->file, DSR_SQL_STATE);
  return rc;
}

/* ---- changes -------------------------------------------------------------------- */

void dsr_store_search_fill(dsr_store *store, dsr_status (*fill)(void *ud), void *ud) {
  store->search.fill = fill;
  store->search.ud = ud;
}

void dsr_store_search_due(dsr_store *store) { store->search.due = true; }

dsr_status dsr_store_search_start(dsr_store *store, bool clear,
                                  dsr_search_state *state) {
  *state = (dsr_search_state){0};
  dsr_status rc = dsr_store_search_state(store, state);
  if (clear && rc == DSR_EDAMAGED) rc = DSR_NOTHING;
  TRY(rc);
  if (!clear) return DSR_OK;
  *state = (dsr_search_state){0};
  TRY(dsr_file_run(&store->file, DSR_SQL_SEARCH_MAKE, 0, NULL, 0));
  return dsr_file_run(&store->file, DSR_SQL_SEARCH_CLEAR, 0, NULL, 0);
}

/* Sum the words of a column; how many they are. */
static uint64_t sum_words(uint64_t id, int column, dsr_str text, uint64_t *sum) {
  uint64_t n = 0;
  for (size_t start = 0, end; start < text.len; start = end + 1) {
    for (end = start; end < text.len && text.data[end] != ' ';) end++;
    *sum += dsr_postings_sum_word(id, column, n++,
                                  (dsr_str){text.data + start, end - start});
  }
  return n;
}

static uint64_t sum_text(uint64_t id, dsr_str stems, dsr_str words) {
  uint64_t sum = 0, sizes[2];
  sizes[STEMS] = sum_words(id, STEMS, stems, &sum);
  sizes[WORDS] = sum_words(id, WORDS, words, &sum);
  return sum + dsr_postings_sum_sizes(id, sizes);
}

static dsr_status run_text(dsr_store *store, dsr_sql sql, uint64_t id, dsr_str stems,
                           dsr_str words) {
  dsr_file *file = &store->file;
  sqlite3_stmt *statement;
  TRY(dsr_file_statement(file, sql, &statement));
  int rc = sqlite3_bind_int64(statement, 1, (int64_t)id);
  if (rc == SQLITE_OK) {
    rc = sqlite3_bind_text64(statement, 2, stems.data, stems.len, SQLITE_STATIC,
                             SQLITE_UTF8);
  }
  if (rc == SQLITE_OK) {
    rc = sqlite3_bind_text64(statement, 3, words.len > 0 ? words.data : "", words.len,
                             SQLITE_STATIC, SQLITE_UTF8);
  }
  if (rc == SQLITE_OK) rc = sqlite3_step(statement);
  dsr_status status = rc == SQLITE_DONE ? DSR_OK : search_fail(file, rc);
  sqlite3_reset(statement);
  return status;
}

dsr_status dsr_store_search_add(dsr_store *store, dsr_search_state *state, uint64_t id,
                                dsr_str stems, dsr_str words) {
  if (state->texts == 0) {
    TRY(dsr_file_run(&store->file, DSR_SQL_SEARCH_MAKE, 0, NULL, 0));
  }
  TRY(run_text(store, DSR_SQL_SEARCH_ADD, id, stems, words));
  state->texts++;
  state->sum += sum_text(id, stems, words);
  return DSR_OK;
}

dsr_status dsr_store_search_finish(dsr_store *store, const dsr_search_state *state) {
  unsigned char bytes[STATE_SIZE];
  dsr_search_state before;
  dsr_status rc = dsr_store_search_state(store, &before);
  if (rc < 0 && rc != DSR_EDAMAGED) return rc;
  if (rc == DSR_NOTHING) { /* perhaps a base of an older format */
    TRY(dsr_file_run(&store->file, DSR_SQL_FORMAT_SET, 0, NULL, 0));
  }
  state_write(state, bytes);
  return dsr_file_run(&store->file, DSR_SQL_STATE_SET, STATE_ID, bytes, STATE_SIZE);
}

/* ---- searching ------------------------------------------------------------------ */

dsr_status dsr_store_search_match(dsr_store *store, dsr_str expression,
                                  dsr_search_found found, void *ud) {
  dsr_file *file = &store->file;
  sqlite3_stmt *statement;
  TRY(dsr_store_ready(store));
  TRY(dsr_file_statement(file, DSR_SQL_SEARCH_MATCH, &statement));
  int rc = sqlite3_bind_text64(statement, 1, expression.data, expression.len,
                               SQLITE_STATIC, SQLITE_UTF8);
  dsr_status status = rc == SQLITE_OK ? DSR_OK : search_fail(file, rc);
  while (status >= 0 && (rc = sqlite3_step(statement)) == SQLITE_ROW) {
    uint64_t id = (uint64_t)sqlite3_column_int64(statement, 0);
    status = found(ud, id, -sqlite3_column_double(statement, 1));
  }
  if (status >= 0 && rc != SQLITE_DONE) status = search_fail(file, rc);
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  return status;
}

/* ---- verifying ------------------------------------------------------------------ */

/* A number as FTS5 writes it: seven bits a byte, high ones first. */
static uint64_t read_size(const unsigned char **at, const unsigned char *end) {
  uint64_t value = 0;
  while (*at < end) {
    unsigned char byte = *(*at)++;
    value = value << 7 | (byte & 0x7f);
    if (byte < 0x80) break;
  }
  return value;
}

static dsr_status sum_sizes(dsr_file *file, uint64_t *texts, uint64_t *sum) {
  dsr_str data;
  dsr_status rc;
  TRY(dsr_file_query(file, DSR_SQL_SIZES, 0, 0));
  while ((rc = dsr_file_step(file, DSR_SQL_SIZES)) == DSR_ROW) {
    uint64_t sizes[2], id = (uint64_t)dsr_file_id(file, DSR_SQL_SIZES);
    TRY(dsr_file_data(file, DSR_SQL_SIZES, &data));
    const unsigned char *at = (const unsigned char *)data.data, *end = at + data.len;
    sizes[STEMS] = read_size(&at, end);
    sizes[WORDS] = read_size(&at, end);
    *sum += dsr_postings_sum_sizes(id, sizes);
    ++*texts;
  }
  return rc < 0 ? rc : DSR_OK;
}

static dsr_status sum_terms(dsr_file *file, uint64_t *sum) {
  sqlite3_stmt *row;
  int rc;
  TRY(dsr_file_run(file, DSR_SQL_TERMS_MAKE, 0, NULL, 0));
  TRY(dsr_file_statement(file, DSR_SQL_TERMS, &row));
  while ((rc = sqlite3_step(row)) == SQLITE_ROW) {
    dsr_str term = {(const char *)sqlite3_column_text(row, 0), 0};
    const char *column = (const char *)sqlite3_column_text(row, 2);
    if (term.data == NULL || column == NULL) {
      rc = SQLITE_NOMEM;
      break;
    }
    term.len = (size_t)sqlite3_column_bytes(row, 0);
    *sum += dsr_postings_sum_word((uint64_t)sqlite3_column_int64(row, 1),
                                  column[0] == 's' ? STEMS : WORDS,
                                  (uint64_t)sqlite3_column_int64(row, 3), term);
  }
  dsr_status status = rc == SQLITE_DONE ? DSR_OK : search_fail(file, rc);
  sqlite3_reset(row);
  return status;
}

/* The words of all texts, as FTS5 gives them. */
static dsr_status sum_given(dsr_file *file, uint64_t *sum) {
  dsr_status rc = dsr_file_scratch(file, true);
  if (rc >= 0) rc = sum_terms(file, sum);
  dsr_status after = dsr_file_scratch(file, false);
  return rc < 0 ? rc : after;
}

dsr_status dsr_store_search_held(dsr_store *store, bool pages, uint64_t *texts,
                                 uint64_t *sum) {
  dsr_file *file = &store->file;
  uint64_t n = 0, all = 0;
  dsr_status rc = sum_sizes(file, &n, &all);
  dsr_file_end(file, DSR_SQL_SIZES);
  if (rc >= 0) rc = pages ? dsr_leaf_sum(file, &all) : sum_given(file, &all);
  if (rc != DSR_OK) return rc;
  *texts = n;
  *sum = all;
  return DSR_OK;
}

/* Does the index hold what its state says?  DSR_NOTHING: no, or not to be seen on its
** pages. */
static dsr_status compare(dsr_store *store, const dsr_search_state *state, bool pages) {
  uint64_t texts = 0, sum = 0;
  if (state->texts > 0) {
    dsr_status rc = dsr_store_search_held(store, pages, &texts, &sum);
    if (rc != DSR_OK) return rc;
  }
  return texts == state->texts && sum == state->sum ? DSR_OK : DSR_NOTHING;
}

dsr_status dsr_store_search_verify(dsr_store *store) {
  dsr_search_state state;
  dsr_status rc = dsr_store_search_state(store, &state);
  if (rc != DSR_OK) return rc < 0 ? rc : DSR_OK;
  rc = compare(store, &state, true);
  if (rc == DSR_NOTHING) rc = compare(store, &state, false);
  if (rc != DSR_NOTHING) return rc;
  return dsr_fail(store->error, DSR_EDAMAGED,
                  "%s: its text search does not hold what was written to it; build it "
                  "anew with: dossier -b %s search --rebuild",
                  dsr_file_name(&store->file), dsr_file_name(&store->file));
}
