/*
** kit.h - what every store of the benchmark's storage half is asked with.
**
** Each store is a small program, called four ways, that prints lines `name value`:
**
**   PROGRAM load FILE DIR     the triples of FILE into DIR, durable and queryable:
**                             rows, disk (bytes)
**   PROGRAM read FILE DIR     of what load made: open_ms, lookup_us, found, scan_rows_s,
**                             scanned, star_ms, star, path_ms, path
**   PROGRAM commit DIR        single_share, single_s; batch_s (facts a second)
**
** Lines of FILE are two IRIs, an IRI or a literal, and a dot, as data.c writes them.  Names are numbered by a
** dictionary of the store's own where it has one, else by the one here, which the store
** must keep, too.  Lookups are of pairs that occur, the ids known; the rest is counted.
** Everything is asked warm: the least of a few rounds, by the processor's clock; loads are
** timed by who starts them, commits by the clock on the wall.
*/
#ifndef BENCH_STORE_KIT_H
#define BENCH_STORE_KIT_H

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
  ROUNDS = 5,
  SCANS = 20,
  LOOKUPS = 200000,
  SINGLES = 300,
  BATCHES = 200,
  PER_BATCH = 1000
};

/* The relations that are scanned and joined. */
#define P "<http://example.org/p/"
static const char *const asked_relations[] = {P "0>", P "1>", P "2>", P "3>"};
#undef P
enum { SCANNED = 3, N_ASKED = 4 };

#define CHECK(condition)                                                      \
  do {                                                                        \
    if (!(condition)) {                                                       \
      fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
      exit(1);                                                                \
    }                                                                         \
  } while (0)

static inline double kit_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Of the processor: what others do on the machine counts less. */
static inline double kit_processor(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static inline void kit_tell(const char *name, double value) {
  printf("%s %.9g\n", name, value);
}

/* ---- the input ------------------------------------------------------------------- */

typedef struct kit_text {
  const char *at;
  size_t len;
} kit_text;

typedef struct kit_lines {
  FILE *file;
  char line[4096];
} kit_lines;

static inline kit_lines *kit_open(const char *path) {
  kit_lines *in = calloc(1, sizeof *in);
  CHECK(in != NULL);
  in->file = fopen(path, "rb");
  CHECK(in->file != NULL);
  setvbuf(in->file, NULL, _IOFBF, 1 << 20);
  return in;
}

/* The next triple; its parts are good until the next call. */
static inline int kit_next(kit_lines *in, kit_text parts[3]) {
  static const char last[] = " .\n";
  if (fgets_unlocked(in->line, sizeof in->line, in->file) == NULL) return 0;
  const char *at = in->line;
  for (int i = 0; i < 2; i++) {
    const char *end = strchr(at, '>');
    CHECK(end != NULL);
    parts[i] = (kit_text){at, (size_t)(end + 1 - at)};
    at = end + 2;
  }
  size_t len = strlen(at), behind = sizeof last - 1;
  CHECK(len > behind && memcmp(at + len - behind, last, behind) == 0);
  parts[2] = (kit_text){at, len - behind};
  return 1;
}

static inline void kit_close(kit_lines *in) {
  fclose(in->file);
  free(in);
}

/* Every fifth line names a pair to look up, LOOKUPS at most: calls `pair` for each. */
static inline void kit_pairs(const char *path, void (*pair)(void *, kit_text, kit_text),
                             void *ud) {
  kit_lines *in = kit_open(path);
  kit_text parts[3];
  int n = 0;
  for (int i = 0; n < LOOKUPS && kit_next(in, parts); i++) {
    if (i % 5 != 0) continue;
    pair(ud, parts[0], parts[1]);
    n++;
  }
  kit_close(in);
}

/* ---- a dictionary ---------------------------------------------------------------- */

typedef struct kit_dict {
  uint32_t *slots; /* number + 1; 0 is free */
  size_t n_slots, n;
  kit_text *names; /* by number */
} kit_dict;

static inline uint64_t kit_hash(kit_text text) {
  uint64_t h = 14695981039346656037u;
  for (size_t i = 0; i < text.len; i++)
    h = (h ^ (unsigned char)text.at[i]) * 1099511628211u;
  return h ^ h >> 29;
}

static inline size_t kit_slot(const kit_dict *dict, kit_text text) {
  size_t slot = kit_hash(text) & (dict->n_slots - 1);
  for (; dict->slots[slot] != 0; slot = (slot + 1) & (dict->n_slots - 1)) {
    kit_text there = dict->names[dict->slots[slot] - 1];
    if (there.len == text.len && memcmp(there.at, text.at, text.len) == 0) break;
  }
  return slot;
}

static inline void kit_grow(kit_dict *dict) {
  free(dict->slots);
  dict->n_slots = dict->n_slots == 0 ? 1024 : 2 * dict->n_slots;
  dict->slots = calloc(dict->n_slots, sizeof *dict->slots);
  dict->names = realloc(dict->names, dict->n_slots / 2 * sizeof *dict->names);
  CHECK(dict->slots != NULL && dict->names != NULL);
  for (size_t i = 0; i < dict->n; i++) {
    dict->slots[kit_slot(dict, dict->names[i])] = (uint32_t)i + 1;
  }
}

/* The number of a name, from 0, in order of appearance. */
static inline uint32_t kit_number(kit_dict *dict, kit_text text) {
  if (2 * (dict->n + 1) > dict->n_slots) kit_grow(dict);
  size_t slot = kit_slot(dict, text);
  if (dict->slots[slot] != 0) return dict->slots[slot] - 1;
  char *kept = malloc(text.len);
  CHECK(kept != NULL);
  memcpy(kept, text.at, text.len);
  dict->names[dict->n] = (kit_text){kept, text.len};
  dict->slots[slot] = (uint32_t)++dict->n;
  return (uint32_t)dict->n - 1;
}

/* The file as rows of three numbers, *n of them. */
static inline uint32_t (*kit_rows(const char *path, kit_dict *dict, size_t *n))[3] {
  uint32_t(*rows)[3] = NULL;
  size_t room = 0;
  kit_lines *in = kit_open(path);
  kit_text parts[3];
  for (*n = 0; kit_next(in, parts); ++*n) {
    if (*n == room) {
      room = room == 0 ? 1 << 16 : 2 * room;
      rows = realloc(rows, room * sizeof *rows);
      CHECK(rows != NULL);
    }
    for (int i = 0; i < 3; i++) rows[*n][i] = kit_number(dict, parts[i]);
  }
  kit_close(in);
  return rows;
}

/* ---- the disk -------------------------------------------------------------------- */

/* Bytes of all files in a folder. */
static inline double kit_disk(const char *dir) {
  char path[8192];
  struct stat info;
  double sum = 0;
  DIR *open_dir = opendir(dir);
  CHECK(open_dir != NULL);
  for (struct dirent *entry; (entry = readdir(open_dir)) != NULL;) {
    snprintf(path, sizeof path, "%s/%s", dir, entry->d_name);
    if (stat(path, &info) == 0 && S_ISREG(info.st_mode))
      sum += (double)info.st_blocks * 512;
  }
  closedir(open_dir);
  return sum;
}

/* A page more of a file, synced. */
static inline void kit_sync(int fd) {
  static const char page[4096];
  CHECK(write(fd, page, sizeof page) == (ssize_t)sizeof page && fdatasync(fd) == 0);
}

static inline uint64_t kit_chance(uint64_t *state) { /* splitmix64 */
  uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
  z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
  return z ^ z >> 31;
}

static inline int kit_compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static inline double kit_median(double *times, size_t n) {
  qsort(times, n, sizeof *times, kit_compare);
  return times[n / 2];
}

/* Commits of one fact and of many: `commit(ud, n)` adds n random facts, durably.  What else
** the disk has to do changes from one moment to the next, and some waits are a hundred
** times as long as most: so each commit of one fact has a sync of a file that grows by a
** page before it, and medians are compared. */
static inline void kit_commits(const char *dir, void (*commit)(void *, int), void *ud) {
  char path[8192];
  double synced[SINGLES], took[SINGLES], all = 0, start;
  snprintf(path, sizeof path, "%s/sync", dir);
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  CHECK(fd >= 0);
  for (int i = 0; i < SINGLES; i++) {
    start = kit_seconds();
    kit_sync(fd);
    synced[i] = kit_seconds() - start;
    start = kit_seconds();
    commit(ud, 1);
    all += took[i] = kit_seconds() - start;
  }
  close(fd);
  unlink(path);
  double sync = kit_median(synced, SINGLES);
  kit_tell("sync_rate", 1 / sync);
  kit_tell("single_s", SINGLES / all);
  kit_tell("single_share", sync / kit_median(took, SINGLES));
  start = kit_seconds();
  for (int i = 0; i < BATCHES; i++) commit(ud, PER_BATCH);
  kit_tell("batch_s", BATCHES * (double)PER_BATCH / (kit_seconds() - start));
}

/* ---- asking ---------------------------------------------------------------------- */

/* The least seconds of some rounds of `ask`, which returns a count; it must be the same.
** The processor's clock may tick in hundredths: a round asks for a fifth of a second. */
static inline double kit_least(uint64_t (*ask)(void *), void *ud, uint64_t *count) {
  double least = 1e9;
  *count = ask(ud); /* warm */
  for (int i = 0; i < ROUNDS; i++) {
    double start = kit_processor(), end = kit_seconds() + 0.2;
    int times = 0;
    do {
      CHECK(ask(ud) == *count);
      times++;
    } while (kit_seconds() < end);
    double took = (kit_processor() - start) / times;
    if (took < least) least = took;
    if (took > 3) break;
  }
  return least;
}

typedef struct kit_questions {
  uint64_t (*lookup)(void *); /* objects of all pairs */
  uint64_t (*scan)(void *);   /* rows of a relation; asked SCANS times in a round */
  uint64_t (*star)(void *);
  uint64_t (*path)(void *);
  int n_pairs;
} kit_questions;

typedef struct kit_scan {
  uint64_t (*scan)(void *);
  void *ud;
} kit_scan;

static inline uint64_t kit_scans(void *ud) {
  const kit_scan *of = ud;
  uint64_t n = 0;
  for (int i = 0; i < SCANS; i++) n += of->scan(of->ud);
  return n;
}

static inline void kit_ask(const kit_questions *questions, void *ud) {
  uint64_t n = 0;
  double took = kit_least(questions->lookup, ud, &n);
  kit_tell("lookup_us", took / questions->n_pairs * 1e6);
  kit_tell("found", (double)n);
  kit_scan scans = {questions->scan, ud};
  took = kit_least(kit_scans, &scans, &n);
  kit_tell("scan_rows_s", (double)n / took);
  kit_tell("scanned", (double)n / SCANS);
  kit_tell("star_ms", kit_least(questions->star, ud, &n) * 1e3);
  kit_tell("star", (double)n);
  kit_tell("path_ms", kit_least(questions->path, ud, &n) * 1e3);
  kit_tell("path", (double)n);
}

#endif
