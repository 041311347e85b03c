/*
** suspect.h - what the files share that look for what is allowed and looks wrong.
**
** check.c goes through the program and hands each fact that was loaded to the others,
** which gather, and tell what they think of it at the end.
*/
#ifndef DSR_LOGIC_SUSPECT_H
#define DSR_LOGIC_SUSPECT_H

#include "logic/check.h"

/* From a word, or a hash, other than zero, to a number; all zero when empty. */
typedef struct dsr_map {
  uint64_t *keys; /* 0 is free */
  size_t *values;
  size_t n, cap;
} dsr_map;

/* The place of `key`'s value, made as zero if new (*fresh); NULL without memory.  Good
** until the next call. */
size_t *dsr_map_put(dsr_map *map, uint64_t key, bool *fresh);
/* The place of its value; NULL where there is none. */
const size_t *dsr_map_get(const dsr_map *map, uint64_t key);
void dsr_map_free(dsr_map *map);
/* A key for a name, and for a name with a number. */
uint64_t dsr_map_key(dsr_str name, uint64_t number);

/* A place in one of the files. */
typedef struct dsr_spotted {
  int file;
  dsr_place at;
} dsr_spotted;

/* Keep a finding; false without memory. */
bool dsr_findings_add(dsr_findings *findings, dsr_spotted where, bool error,
                      const char *kind, const char *text);

typedef enum dsr_role {
  DSR_ROLE_RELATION = 1, /* declared */
  DSR_ROLE_SOURCE,       /* declared, or claims something */
  DSR_ROLE_LABELLED,
} dsr_role;

typedef struct dsr_mentions dsr_mentions;
typedef struct dsr_dates dsr_dates;

typedef struct dsr_suspect {
  dsr_facts *facts;
  dsr_symbols *symbols;
  dsr_view *view;
  const dsr_program *program;
  dsr_findings *findings;
  dsr_map
      unread; /* what names seem to be in what could not be read, by name and role */
} dsr_suspect;

/* A fact as the program writes it, loaded.  With ranges: the first that they make. */
typedef struct dsr_said {
  const dsr_clause *clause;
  const dsr_relation *relation;
  const dsr_tuple *tuple; /* columns as written */
  const dsr_claim_row *claim;
} dsr_said;

/* Tell of something suspicious. */
dsr_status dsr_suspect_tell(dsr_suspect *s, dsr_spotted where, const char *kind,
                            const char *format, ...)
    __attribute__((format(printf, 4, 5)));
dsr_status dsr_suspect_memory(dsr_suspect *s);
/* Does `name` seem to have the role in something that could not be read? */
bool dsr_suspect_unread(const dsr_suspect *s, dsr_str name, dsr_role role);
/* The spelling of an entity. */
dsr_status dsr_suspect_spelling(dsr_suspect *s, dsr_word entity, dsr_str *out);
/* Does the relation hold of anything whose columns are those of `pattern`? */
dsr_status dsr_suspect_any(dsr_suspect *s, uint32_t relation, const dsr_word *pattern,
                           bool *any);
/* Is the relation one that tells of names or sources, not of the world? */
static inline bool dsr_suspect_builtin(const dsr_relation *relation) {
  return relation->number < DSR_REL_BUILTINS;
}

/* ---- mention.c: no-label, near-entity --------------------------------------------- */

dsr_status dsr_mentions_new(dsr_suspect *s, dsr_mentions **out);
dsr_status dsr_mentions_take(dsr_mentions *mentions, const dsr_said *said);
dsr_status dsr_mentions_tell(dsr_mentions *mentions);
void dsr_mentions_free(dsr_mentions *mentions);

/* ---- when.c: date ------------------------------------------------------------------ */

dsr_status dsr_dates_new(dsr_suspect *s, dsr_dates **out);
dsr_status dsr_dates_take(dsr_dates *dates, const dsr_said *said);
dsr_status dsr_dates_tell(dsr_dates *dates);
void dsr_dates_free(dsr_dates *dates);

#endif
