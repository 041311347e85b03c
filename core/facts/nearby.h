/*
** nearby.h - entities by names that are right or nearly right, and names too alike.
**
** A *book* of all names is kept in memory: identifiers of entities that facts mention,
** labels and aliases, each without case, accents and signs, "jens stoltenberg".  Every name
** and every word of it has a signature, 64 bits that say which letters it has: a name a few
** edits away differs from what is looked for in a few of these bits.  So a look-up is one
** walk over eight bytes for each word, and few strings are looked at.
**
** The book holds names whatever their claims are; those that fit are then looked up in the
** view.  It is made when first asked for, and again when names were added since.
**
** Cost: the book some 100 bytes and 1 us a name; a look-up some 10 ms for a million names.
*/
#ifndef DSR_FACTS_NEARBY_H
#define DSR_FACTS_NEARBY_H

#include "facts/view.h"

typedef struct dsr_nearby dsr_nearby;
void dsr_nearby_free(dsr_nearby *book); /* NULL is allowed */

/* As dsr_find_entity() and dsr_twin_each() of dossier.h. */
dsr_status dsr_nearby_find(dsr_facts *facts, dsr_view *view, dsr_str name, int limit,
                           dsr_named_found found, void *ud);
dsr_status dsr_nearby_twins(dsr_facts *facts, dsr_view *view, int limit,
                            dsr_twins_found found, void *ud);

#endif
