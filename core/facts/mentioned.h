/*
** mentioned.h - which entities stand in which columns, gathered and given back in order.
**
** A place is a column of a relation, numbered from 0 in the order of (relation, column).
** Where entities and places are few enough for it, there is a bit for each pair, so that
** a mention costs a few instructions however often it is made, and nothing needs to be
** sorted; else mentions wait in a pile (store/pile.h).
*/
#ifndef DSR_FACTS_MENTIONED_H
#define DSR_FACTS_MENTIONED_H

#include "ground/mem.h"
#include "ground/status.h"
#include "value/value.h"

enum { DSR_MENTION_WIDTH = 3 }; /* entity, relation, column: words */

typedef struct dsr_mentioned dsr_mentioned;

/* `memory` in bytes, and `folder`, kept, for what does not fit. */
dsr_status dsr_mentioned_new(size_t memory, const char *folder, dsr_error *error,
                             dsr_mentioned **out);
void dsr_mentioned_free(dsr_mentioned *mentioned); /* NULL is allowed */

/* The next place; its number counts the calls. */
dsr_status dsr_mentioned_place(dsr_mentioned *mentioned, uint32_t relation, int column);
/* All places are there.  Entities have numbers below `entities`; some `puts` mentions
** are to come. */
dsr_status dsr_mentioned_start(dsr_mentioned *mentioned, uint64_t entities,
                               uint64_t puts);

/* An entity stands in a place; once or many times is the same. */
dsr_status dsr_mentioned_put(dsr_mentioned *mentioned, size_t place, dsr_word entity);

/* No more come: be ready to give them.  *n: how many there are at most. */
dsr_status dsr_mentioned_sort(dsr_mentioned *mentioned, uint64_t *n);
/* *n of the next, at most `room`, each once, in ascending order and by column; none at
** the end. */
dsr_status dsr_mentioned_take(dsr_mentioned *mentioned, uint64_t *const *columns,
                              size_t room, size_t *n);

#endif
