/*
** twins.h - names that are too alike: perhaps their entities are one.
**
** Labels and aliases, whatever their claims are, are put in three orders, where those that
** are alike stand side by side, mostly; what is found is then looked up in the view.
**
** Cost: some 1 us and 100 bytes for each label and alias, while it looks.
*/
#ifndef DSR_FACTS_TWINS_H
#define DSR_FACTS_TWINS_H

#include "facts/view.h"

/* As dsr_twin_each() of dossier.h. */
dsr_status dsr_twins_each(dsr_facts *facts, dsr_view *view, int limit,
                          dsr_twins_found found, void *ud);

#endif
