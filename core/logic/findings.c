/*
** findings.c - what was found in a program, kept until all of it is known; and the maps
** by which things are found again.
**
** Maps are open tables of 64 bits to a number; names go in by their hash, and two names
** of one hash would be taken for one.
*/
#include <stdlib.h>
#include <string.h>

#include "ground/text.h"
#include "logic/suspect.h"

/* ---- maps ------------------------------------------------------------------------- */

uint64_t dsr_map_key(dsr_str name, uint64_t number) {
  uint64_t key = dsr_hash(name.data, name.len, number);
  return key != 0 ? key : 1;
}

/* Where `key` is, or would be. */
static size_t map_slot(const dsr_map *map, uint64_t key) {
  size_t at = (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 20) & (map->cap - 1);
  while (map->keys[at] != 0 && map->keys[at] != key) at = (at + 1) & (map->cap - 1);
  return at;
}

static bool map_grow(dsr_map *map) {
  dsr_map more = {.cap = map->cap > 0 ? map->cap * 2 : 64, .n = map->n};
  more.keys = dsr_alloc(more.cap * sizeof *more.keys);
  more.values = dsr_alloc(more.cap * sizeof *more.values);
  if (more.keys == NULL || more.values == NULL) {
    dsr_map_free(&more);
    return false;
  }
  for (size_t i = 0; i < map->cap; i++) {
    if (map->keys[i] == 0) continue;
    size_t at = map_slot(&more, map->keys[i]);
    more.keys[at] = map->keys[i];
    more.values[at] = map->values[i];
  }
  dsr_map_free(map);
  *map = more;
  return true;
}

size_t *dsr_map_put(dsr_map *map, uint64_t key, bool *fresh) {
  if (map->n * 2 >= map->cap && !map_grow(map)) return NULL;
  size_t at = map_slot(map, key);
  *fresh = map->keys[at] == 0;
  if (*fresh) {
    map->keys[at] = key;
    map->n++;
  }
  return &map->values[at];
}

const size_t *dsr_map_get(const dsr_map *map, uint64_t key) {
  if (map->n == 0) return NULL;
  size_t at = map_slot(map, key);
  return map->keys[at] != 0 ? &map->values[at] : NULL;
}

void dsr_map_free(dsr_map *map) {
  dsr_free(map->keys);
  dsr_free(map->values);
  *map = (dsr_map){0};
}

/* ---- findings --------------------------------------------------------------------- */

/* `text` as one harmless line, in the findings' arena. */
static const char *keep_text(dsr_findings *findings, const char *text) {
  dsr_str kept = dsr_arena_str(&findings->arena, dsr_str_of(text));
  if (kept.data == NULL) return NULL;
  char *at = (char *)kept.data;
  for (; *at != '\0'; at++) {
    unsigned char one = (unsigned char)at[0], two = (unsigned char)at[1];
    if (one < 0x20 || one == 0x7f) at[0] = ' ';
    if (one == 0xc2 && two >= 0x80 && two < 0xa0) at[0] = at[1] = ' ';
  }
  return kept.data;
}

bool dsr_findings_add(dsr_findings *findings, dsr_spotted where, bool error,
                      const char *kind, const char *text) {
  dsr_found found = {.file = where.file};
  const dsr_program *program = &findings->program;
  found.told = (dsr_finding){.file = program->files.items[where.file].data,
                             .line = where.at.line,
                             .column = where.at.column,
                             .error = error,
                             .kind = kind,
                             .text = keep_text(findings, text)};
  return found.told.text != NULL && VEC_PUSH(&findings->items, found);
}

/* The word for a sort of error. */
static const char *error_kind(dsr_status code) {
  switch (code) {
    case DSR_ESYNTAX:
      return "syntax";
    case DSR_ESOURCE:
      return "source";
    case DSR_ERELATION:
      return "relation";
    case DSR_ETYPE:
      return "type";
    case DSR_ETIME:
      return "time";
    case DSR_EDECLARE:
      return "declaration";
    case DSR_ELIMIT:
      return "limit";
    case DSR_EUNSUPPORTED:
      return "unsupported";
    case DSR_EABSENT:
      return "prefix";
    default:
      return "error";
  }
}

void dsr_findings_hear(void *ud, dsr_status code, const char *file, dsr_place place,
                       const char *message) {
  dsr_findings *findings = ud;
  const dsr_program *program = &findings->program;
  dsr_found found = {.file = 0};
  while ((size_t)found.file < program->files.len &&
         strcmp(program->files.items[found.file].data, file) != 0) {
    found.file++; /* a rule that the base keeps may be of a file that is not here */
  }
  found.told =
      (dsr_finding){.file = dsr_arena_str(&findings->arena, dsr_str_of(file)).data,
                    .line = place.line,
                    .column = place.column,
                    .error = true,
                    .kind = error_kind(code),
                    .text = keep_text(findings, message)};
  findings->lacking = findings->lacking || found.told.file == NULL ||
                      found.told.text == NULL || !VEC_PUSH(&findings->items, found);
}

static int by_place(const void *left, const void *right) {
  const dsr_found *a = left, *b = right;
  if (a->file != b->file) return a->file < b->file ? -1 : 1;
  if (a->told.line != b->told.line) return a->told.line < b->told.line ? -1 : 1;
  if (a->told.column != b->told.column) {
    return a->told.column < b->told.column ? -1 : 1;
  }
  if (a->told.error != b->told.error) return a->told.error ? -1 : 1;
  int kind = strcmp(a->told.kind, b->told.kind);
  return kind != 0 ? kind : strcmp(a->told.text, b->told.text);
}

static bool one_place(const dsr_found *a, const dsr_found *b) {
  return a->file == b->file && a->told.line == b->told.line &&
         a->told.column == b->told.column;
}

void dsr_findings_sort(dsr_findings *findings) {
  size_t kept = 0;
  dsr_found *items = findings->items.items;
  if (findings->items.len == 0) return;
  qsort(items, findings->items.len, sizeof *items, by_place);
  for (size_t i = 0; i < findings->items.len; i++) {
    bool beside = kept > 0 && one_place(&items[i], &items[kept - 1]);
    if (beside && !items[i].told.error && items[kept - 1].told.error) continue;
    if (beside && by_place(&items[i], &items[kept - 1]) == 0) continue;
    items[kept++] = items[i];
  }
  findings->items.len = kept;
}

void dsr_findings_free(dsr_findings *findings) {
  dsr_program_free(&findings->program);
  dsr_arena_free(&findings->arena);
  VEC_FREE(&findings->items);
  *findings = (dsr_findings){.lacking = false};
}
