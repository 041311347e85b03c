/*
** nearby.h - entities by names that are right or nearly right.
**
** A look-up walks over all names: identifiers of entities, labels, aliases (roll.h).  The
** letters that a name has leave few to be made plain and compared (plain.h).  Names are
** held whatever their claims are; those that fit are then looked up in the view.
**
** Whoever asks once needs no memory for that.  From the second time on, as long as no
** names are added, plain names and their letters are kept in a *book*, unless they are
** too many.
**
** Cost: some 50 ns a name, with the book 5; the book some 40 bytes a name.
*/
#ifndef DSR_FACTS_NEARBY_H
#define DSR_FACTS_NEARBY_H

#include "facts/view.h"

typedef struct dsr_nearby dsr_nearby;
void dsr_nearby_free(dsr_nearby *nearby); /* NULL is allowed */

/* As dsr_find_entity() of dossier.h. */
dsr_status dsr_nearby_find(dsr_facts *facts, dsr_view *view, dsr_str name, int limit,
                           dsr_named_found found, void *ud);

#endif
