/*
** sqlite.c - SQLite: names in a table, triples of ids under three orders.  See kit.h.
*/
#include <sqlite3.h>

#include "kit.h"

typedef struct base {
  sqlite3 *db;
  sqlite3_int64 (*pairs)[2];
  int n_pairs;
  sqlite3_stmt *name, *lookup, *scan, *star, *path, *add, *begin, *end;
  uint64_t chance;
} base;

static void run(base *b, const char *sql) {
  char *message = NULL;
  if (sqlite3_exec(b->db, sql, NULL, NULL, &message) != SQLITE_OK) {
    fprintf(stderr, "%s: %s\n", sql, message);
    exit(1);
  }
}

static sqlite3_stmt *prepare(base *b, const char *sql) {
  sqlite3_stmt *out;
  CHECK(sqlite3_prepare_v2(b->db, sql, -1, &out, NULL) == SQLITE_OK);
  return out;
}

static void step(sqlite3_stmt *statement) {
  CHECK(sqlite3_step(statement) == SQLITE_DONE);
  sqlite3_reset(statement);
}

static void open_base(base *b, const char *dir) {
  char path[4096];
  snprintf(path, sizeof path, "%s/base", dir);
  CHECK(sqlite3_open(path, &b->db) == SQLITE_OK);
  run(b,
      "pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = "
      "-64000");
}

static const char tables[] =
    "create table name(id integer primary key, text text not null);"
    "create table fact(s integer, p integer, o integer, primary key(s, p, o)) without "
    "rowid;";
static const char indexes[] =
    "create unique index name_text on name(text);"
    "create index pos on fact(p, o, s); create index osp on fact(o, s, p); analyze;";

static void load(const char *file, const char *dir) {
  base b = {0};
  kit_dict dict = {0};
  kit_text parts[3];
  kit_lines *in = kit_open(file);
  size_t n = 0;
  open_base(&b, dir);
  run(&b, tables);
  run(&b, "begin");
  sqlite3_stmt *name = prepare(&b, "insert into name values(?, ?)");
  sqlite3_stmt *fact = prepare(&b, "insert or ignore into fact values(?, ?, ?)");
  for (; kit_next(in, parts); n++) {
    for (int i = 0; i < 3; i++) {
      size_t before = dict.n;
      uint32_t id = kit_number(&dict, parts[i]);
      if (dict.n > before) {
        sqlite3_bind_int64(name, 1, id);
        sqlite3_bind_text(name, 2, parts[i].at, (int)parts[i].len, SQLITE_STATIC);
        step(name);
      }
      sqlite3_bind_int64(fact, i + 1, id);
    }
    step(fact);
  }
  sqlite3_finalize(name);
  sqlite3_finalize(fact);
  run(&b, indexes);
  run(&b, "commit");
  CHECK(sqlite3_close(b.db) == SQLITE_OK);
  kit_tell("rows", (double)n);
  kit_tell("disk", kit_disk(dir));
  kit_close(in);
}

static uint64_t lookup(void *ud) {
  base *b = ud;
  uint64_t n = 0, sum = 0;
  for (int i = 0; i < b->n_pairs; i++) {
    sqlite3_bind_int64(b->lookup, 1, b->pairs[i][0]);
    sqlite3_bind_int64(b->lookup, 2, b->pairs[i][1]);
    while (sqlite3_step(b->lookup) == SQLITE_ROW) {
      sum += (uint64_t)sqlite3_column_int64(b->lookup, 0);
      n++;
    }
    sqlite3_reset(b->lookup);
  }
  CHECK(sum > 0);
  return n;
}

static uint64_t scan(void *ud) {
  base *b = ud;
  uint64_t n = 0, sum = 0;
  while (sqlite3_step(b->scan) == SQLITE_ROW) {
    sum +=
        (uint64_t)(sqlite3_column_int64(b->scan, 0) + sqlite3_column_int64(b->scan, 1));
    n++;
  }
  sqlite3_reset(b->scan);
  CHECK(sum > 0);
  return n;
}

static uint64_t count(sqlite3_stmt *statement) {
  CHECK(sqlite3_step(statement) == SQLITE_ROW);
  uint64_t n = (uint64_t)sqlite3_column_int64(statement, 0);
  sqlite3_reset(statement);
  return n;
}
static uint64_t star(void *ud) { return count(((base *)ud)->star); }
static uint64_t path(void *ud) { return count(((base *)ud)->path); }

static sqlite3_int64 id_of(base *b, const char *text, size_t len) {
  sqlite3_bind_text(b->name, 1, text, (int)len, SQLITE_STATIC);
  CHECK(sqlite3_step(b->name) == SQLITE_ROW);
  sqlite3_int64 id = sqlite3_column_int64(b->name, 0);
  sqlite3_reset(b->name);
  return id;
}

static void pair(void *ud, kit_text s, kit_text p) {
  base *b = ud;
  b->pairs[b->n_pairs][0] = id_of(b, s.at, s.len);
  b->pairs[b->n_pairs++][1] = id_of(b, p.at, p.len);
}

static void bind_relations(base *b, sqlite3_stmt *statement) {
  for (int i = 0; i < 3; i++) {
    const char *name = asked_relations[i];
    sqlite3_bind_int64(statement, i + 1, id_of(b, name, strlen(name)));
  }
}

static void read_all(const char *file, const char *dir) {
  base b = {.pairs = malloc(LOOKUPS * sizeof *b.pairs)};
  CHECK(b.pairs != NULL);
  double start = kit_seconds();
  open_base(&b, dir);
  b.name = prepare(&b, "select id from name where text = ?");
  kit_tell("open_ms", (kit_seconds() - start) * 1e3);
  run(&b, "begin");
  kit_pairs(file, pair, &b);
  b.lookup = prepare(&b, "select o from fact where s = ? and p = ?");
  b.scan = prepare(&b, "select s, o from fact where p = ?");
  b.star = prepare(&b,
                   "select count(*) from fact a, fact b, fact c where a.p = ?1 and "
                   "b.p = ?2 and c.p = ?3 and b.s = a.s and c.s = a.s");
  b.path = prepare(&b,
                   "select count(*) from fact a, fact b, fact c where a.p = ?1 and "
                   "b.p = ?2 and c.p = ?3 and b.s = a.o and c.s = b.o");
  const char *scanned = asked_relations[SCANNED];
  sqlite3_bind_int64(b.scan, 1, id_of(&b, scanned, strlen(scanned)));
  bind_relations(&b, b.star);
  bind_relations(&b, b.path);
  kit_questions questions = {lookup, scan, star, path, b.n_pairs};
  kit_ask(&questions, &b);
}

static void commit(void *ud, int n) {
  base *b = ud;
  step(b->begin);
  for (int i = 0; i < n; i++) {
    sqlite3_bind_int64(b->add, 1, (sqlite3_int64)(kit_chance(&b->chance) % 40000));
    sqlite3_bind_int64(b->add, 2, (sqlite3_int64)(kit_chance(&b->chance) % 10));
    sqlite3_bind_int64(b->add, 3, (sqlite3_int64)(kit_chance(&b->chance) % 40000));
    step(b->add);
  }
  step(b->end);
}

int main(int argc, char **argv) {
  CHECK(argc >= 3);
  if (strcmp(argv[1], "load") == 0) load(argv[2], argv[3]);
  if (strcmp(argv[1], "read") == 0) read_all(argv[2], argv[3]);
  if (strcmp(argv[1], "commit") == 0) {
    base b = {0};
    open_base(&b, argv[2]);
    run(&b, tables);
    run(&b, indexes);
    b.add = prepare(&b, "insert or ignore into fact values(?, ?, ?)");
    b.begin = prepare(&b, "begin immediate");
    b.end = prepare(&b, "commit");
    kit_commits(argv[2], commit, &b);
  }
  return 0;
}
