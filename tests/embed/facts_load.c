/*
** facts_load.c - bulk loads, timed.
**
**   facts_load make FILE N SEED          N random triples as N-Triples
**   facts_load load BASE FILE [MB]       load them; seconds, memory, bytes
**   facts_load commit BASE N PER         N random facts, one by one, PER in a commit
**   facts_load verify BASE               read and check every row
**
** The triples are N / 5 nodes, drawn twice, and 32 predicates.  Lines are read as `make`
** writes them, and no further.
*/
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "facts/bulk.h"
#include "facts_host.h"

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int make(const char *path, uint64_t n, uint64_t seed) {
  FILE *out = fopen(path, "w");
  chance_state = seed;
  CHECK(out != NULL);
  for (uint64_t i = 0; i < n; i++) {
    fprintf(out,
            "<http://example.org/node/%llu> <http://example.org/p/%llu> "
            "<http://example.org/node/%llu> .\n",
            (unsigned long long)chance(n / 5 + 1), (unsigned long long)chance(32),
            (unsigned long long)chance(n / 5 + 1));
  }
  return fclose(out) == 0 ? 0 : 1;
}

enum { BUFFER = 1 << 20, BATCH = 64 };

/* Seconds of the processor so far. */
static double processor(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* Lines of three IRIs, some at a time. */
typedef struct reader {
  int fd;
  char *buffer;
  size_t at, end;
} reader;

static bool next_line(reader *in, dsr_str parts[3]) {
  for (;;) {
    char *line = in->buffer + in->at;
    char *stop = memchr(line, '\n', in->end - in->at);
    if (stop != NULL) {
      char *at = line;
      for (int i = 0; i < 3; i++) {
        char *end = memchr(at, '>', (size_t)(stop - at));
        parts[i] = (dsr_str){at, (size_t)(end + 1 - at)};
        at = end + 2;
      }
      in->at = (size_t)(stop + 1 - in->buffer);
      return true;
    }
    return false;
  }
}

static bool fill(reader *in) {
  memmove(in->buffer, in->buffer + in->at, in->end - in->at);
  in->end -= in->at;
  in->at = 0;
  ssize_t got = read(in->fd, in->buffer + in->end, BUFFER - in->end);
  if (got <= 0) return false;
  in->end += (size_t)got;
  return true;
}

static void put_batch(dsr_bulk *bulk, dsr_str (*parts)[3], size_t n) {
  dsr_naming_name names[2 * BATCH] = {{DSR_SYM_ENTITY, {NULL, 0}}};
  dsr_word words[2 * BATCH];
  size_t done;
  for (size_t i = 0; i < n; i++) {
    names[2 * i] = (dsr_naming_name){DSR_SYM_ENTITY, parts[i][0]};
    names[2 * i + 1] = (dsr_naming_name){DSR_SYM_ENTITY, parts[i][2]};
  }
  OK(dsr_bulk_names(bulk, names, 2 * n, words, &done));
  for (size_t i = 0; i < n; i++) {
    uint32_t relation;
    OK(dsr_bulk_relation(bulk, parts[i][1], 2, &relation));
    OK(dsr_bulk_put(bulk, relation, words + 2 * i, DSR_WORD_NONE));
  }
}

static int load(const char *path, const char *file, size_t megabytes) {
  dsr_facts *facts;
  dsr_bulk *bulk;
  dsr_bulk_options options = {.memory = megabytes << 20};
  dsr_claim_row claim = {.verb = DSR_ASSERTS};
  dsr_str parts[BATCH][3];
  size_t n = 0, rows;
  reader in = {.fd = open(file, O_RDONLY), .buffer = malloc(BUFFER)};
  CHECK(in.fd >= 0);
  double start = seconds();
  OK(dsr_facts_open(path, NULL, &error, &facts));
  OK(dsr_facts_begin(facts));
  claim.source = dsr_facts_base_source(facts);
  OK(dsr_bulk_open(facts, &options, &bulk));
  OK(dsr_bulk_claim(bulk, &claim));
  do {
    while (next_line(&in, parts[n])) {
      if (++n < BATCH) continue;
      put_batch(bulk, parts, n);
      n = 0;
    }
    put_batch(bulk, parts, n);
    n = 0;
  } while (fill(&in));
  rows = dsr_bulk_rows(bulk);
  double put = seconds();
  OK(dsr_bulk_finish(bulk));
  dsr_bulk_drop(bulk);
  double finished = seconds();
  OK(dsr_facts_commit(facts));
  double end = seconds();
  long long opened = dsr_facts_opened(facts);
  dsr_facts_close(facts);
  struct rusage usage;
  struct stat info;
  getrusage(RUSAGE_SELF, &usage);
  CHECK(stat(path, &info) == 0);
  printf(
      "%zu rows, %lld new: %.3f s, of the processor %.3f (read and put %.3f, finish "
      "%.3f, commit "
      "%.3f), %.2f M/s, %.0f MB, %.2f bytes a row\n",
      rows, opened, end - start, processor(), put - start, finished - put,
      end - finished, (double)rows / (end - start) / 1e6,
      (double)usage.ru_maxrss / 1024, (double)info.st_size / (double)rows);
  close(in.fd);
  free(in.buffer);
  return 0;
}

static int verify(const char *path) {
  dsr_facts *facts;
  OK(dsr_facts_open(path, NULL, &error, &facts));
  OK(dsr_store_verify(dsr_facts_store(facts)));
  dsr_facts_close(facts);
  return 0;
}

/* Syncs a second of a file that grows by a page each time. */
static double sync_rate(const char *path) {
  char page[4096] = {0};
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600), n = 0;
  double start = seconds(), now = start;
  CHECK(fd >= 0);
  for (; now - start < 0.3; n++, now = seconds()) {
    CHECK(write(fd, page, sizeof page) == (ssize_t)sizeof page && fdatasync(fd) == 0);
  }
  close(fd);
  unlink(path);
  return n / (now - start);
}

static void add_random(dsr_facts *facts, size_t nodes) {
  char name[64];
  dsr_tuple fact = {.arity = 2};
  dsr_claim_row claim = {.verb = DSR_ASSERTS};
  snprintf(name, sizeof name, "p%d", (int)chance(32));
  const dsr_relation *found =
      dsr_relation_find(facts, (dsr_str){name, strlen(name)}, 2);
  if (found != NULL) {
    fact.relation = found->number;
  } else {
    dsr_relation met = {.name = {name, strlen(name)}, .arity = 2};
    OK(dsr_relation_declare(facts, &met, &fact.relation));
  }
  for (int i = 0; i < 2; i++) {
    int len =
        snprintf(name, sizeof name, "node_%llu", (unsigned long long)chance(nodes));
    OK(dsr_symbols_intern(dsr_facts_symbols(facts), DSR_SYM_ENTITY,
                          (dsr_str){name, (size_t)len}, &fact.args[i]));
  }
  claim.source = dsr_facts_base_source(facts);
  OK(dsr_claim_add(facts, &fact, &claim));
}

static int commit(const char *path, size_t n, size_t per) {
  char beside[4096];
  dsr_facts *facts;
  struct rusage usage;
  snprintf(beside, sizeof beside, "%s-sync", path);
  double before = sync_rate(beside);
  chance_state = 5;
  OK(dsr_facts_open(path, NULL, &error, &facts));
  double start = seconds();
  for (size_t i = 0; i < n; i++) {
    if (i % per == 0) OK(dsr_facts_begin(facts));
    add_random(facts, n / 5 + 1);
    if ((i + 1) % per == 0 || i + 1 == n) OK(dsr_facts_commit(facts));
  }
  double took = seconds() - start, rate = (before + sync_rate(beside)) / 2;
  dsr_facts_close(facts);
  getrusage(RUSAGE_SELF, &usage);
  printf(
      "%zu facts: %.2f s, %.0f facts/s, %.0f commits/s, %.2f of the syncs, %.0f MB\n",
      n, took, (double)n / took, (double)n / (double)per / took,
      (double)n / (double)per / took / rate, (double)usage.ru_maxrss / 1024);
  return 0;
}

int main(int argc, char **argv) {
  const char *what = argc > 2 ? argv[1] : "";
  if (strcmp(what, "make") == 0 && argc == 5) {
    return make(argv[2], strtoull(argv[3], NULL, 10), strtoull(argv[4], NULL, 10));
  }
  if (strcmp(what, "load") == 0 && argc >= 4) {
    return load(argv[2], argv[3], argc > 4 ? (size_t)atoi(argv[4]) : 0);
  }
  if (strcmp(what, "commit") == 0 && argc == 5) {
    return commit(argv[2], strtoull(argv[3], NULL, 10), strtoull(argv[4], NULL, 10));
  }
  if (strcmp(what, "verify") == 0) return verify(argv[2]);
  printf(
      "facts_load make FILE N SEED | load BASE FILE [MB] | commit BASE N PER | "
      "verify BASE\n");
  return 1;
}
