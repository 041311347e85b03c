/*
** mentioned.c - which entities stand in which columns, gathered and given back in order.
**
** The bits are a row of whole words for each entity.  They are taken where they need no
** more than the memory allowed, and no more than a pile of the mentions would.
*/
#include "facts/mentioned.h"

#include "ground/vec.h"
#include "store/pile.h"

enum { PILED = 32 }; /* bytes of a mention in a pile, while it is sorted */

typedef struct spot {
  dsr_word relation, column;
} spot;

struct dsr_mentioned {
  size_t memory;
  const char *folder;
  dsr_error *error;
  VEC(spot) places;

  uint64_t *bits; /* from dsr_alloc; NULL: in the pile */
  uint64_t entities;
  size_t stride; /* words for each */
  uint64_t n;    /* bits that are set */
  uint64_t entity;
  size_t at, word; /* the word at hand: of all, of its row; `left`: bits not given */
  uint64_t left;

  dsr_pile *pile; /* of (entity, place) */
  uint64_t last[2];
};

dsr_status dsr_mentioned_new(size_t memory, const char *folder, dsr_error *error,
                             dsr_mentioned **out) {
  dsr_mentioned *mentioned = dsr_alloc(sizeof *mentioned);
  if (mentioned == NULL) return dsr_fail_memory(error);
  mentioned->memory = memory;
  mentioned->folder = folder;
  mentioned->error = error;
  *out = mentioned;
  return DSR_OK;
}

void dsr_mentioned_free(dsr_mentioned *mentioned) {
  if (mentioned == NULL) return;
  VEC_FREE(&mentioned->places);
  dsr_pile_free(mentioned->pile);
  dsr_free(mentioned->bits);
  dsr_free(mentioned);
}

dsr_status dsr_mentioned_place(dsr_mentioned *mentioned, uint32_t relation,
                               int column) {
  spot made = {dsr_word_int(relation), dsr_word_int(column)};
  if (VEC_PUSH(&mentioned->places, made)) return DSR_OK;
  return dsr_fail_memory(mentioned->error);
}

dsr_status dsr_mentioned_start(dsr_mentioned *mentioned, uint64_t entities,
                               uint64_t puts) {
  size_t stride = (mentioned->places.len + 63) / 64;
  uint64_t most = mentioned->memory / PILED < puts ? mentioned->memory / PILED : puts;
  mentioned->entities = entities;
  mentioned->stride = stride;
  if (stride == 0 || entities > most * (PILED / sizeof(uint64_t)) / stride) {
    return dsr_pile_new(2, 2, mentioned->memory, mentioned->folder, mentioned->error,
                        &mentioned->pile);
  }
  mentioned->bits = dsr_alloc((size_t)entities * stride * sizeof *mentioned->bits);
  return mentioned->bits != NULL ? DSR_OK : dsr_fail_memory(mentioned->error);
}

dsr_status dsr_mentioned_put(dsr_mentioned *mentioned, size_t place, dsr_word entity) {
  uint64_t number = dsr_word_payload(entity);
  if (mentioned->bits == NULL) {
    uint64_t row[2] = {entity, place};
    return dsr_pile_put(mentioned->pile, row, 0);
  }
  if (number >= mentioned->entities) {
    return dsr_fail(mentioned->error, DSR_EMISUSE, "a row has an entity without name");
  }
  uint64_t *word = mentioned->bits + number * mentioned->stride + place / 64;
  mentioned->n += ~(*word >> place % 64) & 1;
  *word |= UINT64_C(1) << place % 64;
  return DSR_OK;
}

dsr_status dsr_mentioned_sort(dsr_mentioned *mentioned, uint64_t *n) {
  if (mentioned->bits != NULL) {
    *n = mentioned->n;
    mentioned->left = mentioned->bits[0];
    return DSR_OK;
  }
  *n = dsr_pile_rows(mentioned->pile);
  return dsr_pile_sort(mentioned->pile);
}

static inline void give(const dsr_mentioned *mentioned, uint64_t *const *columns,
                        size_t to, dsr_word entity, size_t place) {
  columns[0][to] = entity;
  columns[1][to] = mentioned->places.items[place].relation;
  columns[2][to] = mentioned->places.items[place].column;
}

static size_t take_bits(dsr_mentioned *mentioned, uint64_t *const *columns,
                        size_t room) {
  size_t words = (size_t)mentioned->entities * mentioned->stride, n = 0;
  uint64_t left = mentioned->left;
  while (n < room) {
    dsr_word entity = dsr_word_make(DSR_TAG_ENTITY, mentioned->entity);
    size_t first = mentioned->word * 64;
    for (; left != 0 && n < room; left &= left - 1) {
      give(mentioned, columns, n++, entity, first + (size_t)__builtin_ctzll(left));
    }
    if (left != 0 || mentioned->at + 1 >= words) break;
    left = mentioned->bits[++mentioned->at];
    if (++mentioned->word == mentioned->stride)
      mentioned->word = 0, mentioned->entity++;
  }
  mentioned->left = left;
  return n;
}

static dsr_status take_piled(dsr_mentioned *mentioned, uint64_t *const *columns,
                             size_t room, size_t *n) {
  const uint64_t *row;
  uint64_t value;
  for (*n = 0; *n < room;) {
    dsr_status rc = dsr_pile_next(mentioned->pile, &row, &value);
    if (rc != DSR_ROW) return rc;
    if (row[0] == mentioned->last[0] && row[1] == mentioned->last[1]) continue;
    mentioned->last[0] = row[0];
    mentioned->last[1] = row[1];
    give(mentioned, columns, (*n)++, row[0], (size_t)row[1]);
  }
  return DSR_OK;
}

dsr_status dsr_mentioned_take(dsr_mentioned *mentioned, uint64_t *const *columns,
                              size_t room, size_t *n) {
  if (mentioned->bits == NULL) return take_piled(mentioned, columns, room, n);
  *n = take_bits(mentioned, columns, room);
  return DSR_OK;
}
