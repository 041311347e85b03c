/*
** lmdb.c - LMDB by hand: ids only, two sorted tables; names are not kept in it.
**
** Keys are three big-endian numbers, so that a prefix is a range.  See kit.h.
*/
#include <lmdb.h>

#include "kit.h"

typedef struct base {
  MDB_env *env;
  MDB_dbi spo, pos;
  MDB_txn *txn;
  uint32_t (*pairs)[2];
  int n_pairs;
  uint32_t p[N_ASKED];
  kit_dict dict;
  uint64_t chance;
} base;

enum { KEY = 12, MIDDLES = 4096 };

static void key_of(unsigned char *key, uint32_t a, uint32_t b, uint32_t c) {
  uint32_t words[3] = {__builtin_bswap32(a), __builtin_bswap32(b),
                       __builtin_bswap32(c)};
  memcpy(key, words, KEY);
}
static uint32_t part(const MDB_val *key, int i) {
  uint32_t word;
  memcpy(&word, (const char *)key->mv_data + 4 * i, 4);
  return __builtin_bswap32(word);
}

static void open_base(base *b, const char *dir) {
  CHECK(mdb_env_create(&b->env) == 0);
  CHECK(mdb_env_set_mapsize(b->env, (size_t)16 << 30) == 0);
  CHECK(mdb_env_set_maxdbs(b->env, 2) == 0);
  CHECK(mdb_env_open(b->env, dir, 0, 0600) == 0);
  CHECK(mdb_txn_begin(b->env, NULL, 0, &b->txn) == 0);
  CHECK(mdb_dbi_open(b->txn, "spo", MDB_CREATE, &b->spo) == 0);
  CHECK(mdb_dbi_open(b->txn, "pos", MDB_CREATE, &b->pos) == 0);
  CHECK(mdb_txn_commit(b->txn) == 0);
}

static int by_key(const void *a, const void *b) { return memcmp(a, b, KEY); }

static void load(const char *file, const char *dir) {
  base b = {0};
  size_t n;
  uint32_t(*rows)[3] = kit_rows(file, &b.dict, &n);
  unsigned char(*keys)[KEY] = malloc(n * KEY);
  CHECK(keys != NULL);
  open_base(&b, dir);
  CHECK(mdb_txn_begin(b.env, NULL, 0, &b.txn) == 0);
  for (int order = 0; order < 2; order++) {
    for (size_t i = 0; i < n; i++) {
      const uint32_t *r = rows[i];
      key_of(keys[i], r[order], r[order + 1], r[(order + 2) % 3]);
    }
    qsort(keys, n, KEY, by_key);
    for (size_t i = 0; i < n; i++) {
      MDB_val key = {KEY, keys[i]}, none = {0, NULL};
      CHECK(mdb_put(b.txn, order == 0 ? b.spo : b.pos, &key, &none, MDB_APPEND) == 0);
    }
  }
  CHECK(mdb_txn_commit(b.txn) == 0);
  kit_tell("rows", (double)n);
  kit_tell("disk", kit_disk(dir));
}

static int seek(MDB_cursor *cursor, MDB_val *key, uint32_t a, uint32_t b) {
  unsigned char from[KEY];
  MDB_val none;
  key_of(from, a, b, 0);
  *key = (MDB_val){KEY, from};
  return mdb_cursor_get(cursor, key, &none, MDB_SET_RANGE) == 0;
}
static int step(MDB_cursor *cursor, MDB_val *key) {
  MDB_val none;
  return mdb_cursor_get(cursor, key, &none, MDB_NEXT) == 0;
}

/* How many objects a pair has; where `out` is given, those (MIDDLES at most). */
static uint64_t objects(MDB_cursor *cursor, uint32_t s, uint32_t p, uint32_t *out) {
  MDB_val key;
  uint64_t n = 0;
  for (int more = seek(cursor, &key, s, p);
       more && part(&key, 0) == s && part(&key, 1) == p; more = step(cursor, &key)) {
    if (out != NULL && n < MIDDLES) out[n] = part(&key, 2);
    n++;
  }
  return n;
}

static uint64_t lookup(void *ud) {
  base *b = ud;
  MDB_cursor *cursor;
  uint64_t n = 0;
  CHECK(mdb_cursor_open(b->txn, b->spo, &cursor) == 0);
  for (int i = 0; i < b->n_pairs; i++) {
    n += objects(cursor, b->pairs[i][0], b->pairs[i][1], NULL);
  }
  mdb_cursor_close(cursor);
  return n;
}

static uint64_t scan(void *ud) {
  base *b = ud;
  MDB_cursor *cursor;
  MDB_val key;
  uint64_t n = 0, sum = 0;
  CHECK(mdb_cursor_open(b->txn, b->pos, &cursor) == 0);
  for (int more = seek(cursor, &key, b->p[SCANNED], 0);
       more && part(&key, 0) == b->p[SCANNED]; more = step(cursor, &key)) {
    sum += part(&key, 1) + part(&key, 2);
    n++;
  }
  mdb_cursor_close(cursor);
  CHECK(sum > 0);
  return n;
}

static uint64_t star(void *ud) {
  base *b = ud;
  MDB_cursor *outer, *inner;
  MDB_val key;
  uint64_t n = 0;
  CHECK(mdb_cursor_open(b->txn, b->pos, &outer) == 0);
  CHECK(mdb_cursor_open(b->txn, b->spo, &inner) == 0);
  for (int more = seek(outer, &key, b->p[0], 0); more && part(&key, 0) == b->p[0];
       more = step(outer, &key)) {
    uint32_t s = part(&key, 2);
    uint64_t one = objects(inner, s, b->p[1], NULL);
    if (one > 0) n += one * objects(inner, s, b->p[2], NULL);
  }
  mdb_cursor_close(outer);
  mdb_cursor_close(inner);
  return n;
}

static uint64_t path(void *ud) {
  base *b = ud;
  MDB_cursor *outer, *inner;
  MDB_val key;
  uint64_t n = 0;
  CHECK(mdb_cursor_open(b->txn, b->pos, &outer) == 0);
  CHECK(mdb_cursor_open(b->txn, b->spo, &inner) == 0);
  for (int more = seek(outer, &key, b->p[0], 0); more && part(&key, 0) == b->p[0];
       more = step(outer, &key)) {
    uint32_t middle[MIDDLES];
    uint64_t m = objects(inner, part(&key, 1), b->p[1], middle);
    CHECK(m <= MIDDLES);
    for (uint64_t i = 0; i < m; i++) n += objects(inner, middle[i], b->p[2], NULL);
  }
  mdb_cursor_close(outer);
  mdb_cursor_close(inner);
  return n;
}

static void pair(void *ud, kit_text s, kit_text p) {
  base *b = ud;
  b->pairs[b->n_pairs][0] = kit_number(&b->dict, s);
  b->pairs[b->n_pairs++][1] = kit_number(&b->dict, p);
}

static void read_all(const char *file, const char *dir) {
  base b = {.pairs = malloc(LOOKUPS * sizeof *b.pairs)};
  size_t n;
  CHECK(b.pairs != NULL);
  free(kit_rows(file, &b.dict, &n)); /* names are not in the base */
  double start = kit_seconds();
  open_base(&b, dir);
  CHECK(mdb_txn_begin(b.env, NULL, MDB_RDONLY, &b.txn) == 0);
  kit_tell("open_ms", (kit_seconds() - start) * 1e3);
  kit_pairs(file, pair, &b);
  for (int i = 0; i < N_ASKED; i++) {
    const char *name = asked_relations[i];
    b.p[i] = kit_number(&b.dict, (kit_text){name, strlen(name)});
  }
  kit_questions questions = {lookup, scan, star, path, b.n_pairs};
  kit_ask(&questions, &b);
}

static void commit(void *ud, int n) {
  base *b = ud;
  CHECK(mdb_txn_begin(b->env, NULL, 0, &b->txn) == 0);
  for (int i = 0; i < n; i++) {
    unsigned char bytes[KEY];
    MDB_val key = {KEY, bytes}, none = {0, NULL};
    uint32_t s = (uint32_t)(kit_chance(&b->chance) % 40000);
    uint32_t p = (uint32_t)(kit_chance(&b->chance) % 10);
    uint32_t o = (uint32_t)(kit_chance(&b->chance) % 40000);
    key_of(bytes, s, p, o);
    CHECK(mdb_put(b->txn, b->spo, &key, &none, 0) == 0);
    key_of(bytes, p, o, s);
    CHECK(mdb_put(b->txn, b->pos, &key, &none, 0) == 0);
  }
  CHECK(mdb_txn_commit(b->txn) == 0);
}

int main(int argc, char **argv) {
  CHECK(argc >= 3);
  if (strcmp(argv[1], "load") == 0) load(argv[2], argv[3]);
  if (strcmp(argv[1], "read") == 0) read_all(argv[2], argv[3]);
  if (strcmp(argv[1], "commit") == 0) {
    base b = {0};
    open_base(&b, argv[2]);
    kit_commits(argv[2], commit, &b);
  }
  return 0;
}
