/*
** sord.c - sord, in memory: read by serd, kept under two orders.  See kit.h.
*/
#include <sord/sord.h>

#include "kit.h"

typedef struct base {
  SordWorld *world;
  SordModel *model;
  SordNode *(*pairs)[2];
  int n_pairs;
  SordNode *p[N_ASKED];
} base;

static void load(base *b, const char *file) {
  char path[4096];
  FILE *in = fopen(file, "rb");
  CHECK(in != NULL);
  snprintf(path, sizeof path, "file://%s", file);
  b->world = sord_world_new();
  b->model = sord_new(b->world, SORD_SPO | SORD_POS, false);
  SerdEnv *env = serd_env_new(NULL);
  SerdReader *reader = sord_new_reader(b->model, env, SERD_NTRIPLES, NULL);
  CHECK(serd_reader_read_file_handle(reader, in, (const uint8_t *)path) ==
        SERD_SUCCESS);
  serd_reader_free(reader);
  serd_env_free(env);
  fclose(in);
  kit_tell("rows", (double)sord_num_quads(b->model));
}

static uint64_t count(base *b, const SordNode *s, const SordNode *p) {
  uint64_t n = 0;
  SordIter *iter = sord_search(b->model, s, p, NULL, NULL);
  for (; !sord_iter_end(iter); sord_iter_next(iter)) n++;
  sord_iter_free(iter);
  return n;
}

static uint64_t lookup(void *ud) {
  base *b = ud;
  uint64_t n = 0;
  for (int i = 0; i < b->n_pairs; i++) n += count(b, b->pairs[i][0], b->pairs[i][1]);
  return n;
}

static uint64_t scan(void *ud) { return count(ud, NULL, ((base *)ud)->p[SCANNED]); }

static uint64_t star(void *ud) {
  base *b = ud;
  uint64_t n = 0;
  SordIter *iter = sord_search(b->model, NULL, b->p[0], NULL, NULL);
  for (; !sord_iter_end(iter); sord_iter_next(iter)) {
    const SordNode *s = sord_iter_get_node(iter, SORD_SUBJECT);
    uint64_t one = count(b, s, b->p[1]);
    if (one > 0) n += one * count(b, s, b->p[2]);
  }
  sord_iter_free(iter);
  return n;
}

static uint64_t path(void *ud) {
  base *b = ud;
  uint64_t n = 0;
  SordIter *iter = sord_search(b->model, NULL, b->p[0], NULL, NULL);
  for (; !sord_iter_end(iter); sord_iter_next(iter)) {
    const SordNode *o = sord_iter_get_node(iter, SORD_OBJECT);
    SordIter *next = sord_search(b->model, o, b->p[1], NULL, NULL);
    for (; !sord_iter_end(next); sord_iter_next(next)) {
      n += count(b, sord_iter_get_node(next, SORD_OBJECT), b->p[2]);
    }
    sord_iter_free(next);
  }
  sord_iter_free(iter);
  return n;
}

static SordNode *node(base *b, kit_text text) { /* without its brackets */
  char uri[4096];
  CHECK(text.len < sizeof uri);
  memcpy(uri, text.at + 1, text.len - 2);
  uri[text.len - 2] = '\0';
  return sord_new_uri(b->world, (const uint8_t *)uri);
}

static void pair(void *ud, kit_text s, kit_text p) {
  base *b = ud;
  b->pairs[b->n_pairs][0] = node(b, s);
  b->pairs[b->n_pairs++][1] = node(b, p);
}

int main(int argc, char **argv) {
  base b = {.pairs = malloc(LOOKUPS * sizeof *b.pairs)};
  CHECK(argc >= 3 && b.pairs != NULL);
  if (strcmp(argv[1], "commit") == 0) return 0;
  load(&b, argv[2]);
  if (strcmp(argv[1], "load") == 0) return 0;
  kit_pairs(argv[2], pair, &b);
  for (int i = 0; i < N_ASKED; i++) {
    b.p[i] = node(&b, (kit_text){asked_relations[i], strlen(asked_relations[i])});
  }
  kit_questions questions = {lookup, scan, star, path, b.n_pairs};
  kit_ask(&questions, &b);
  return 0;
}
