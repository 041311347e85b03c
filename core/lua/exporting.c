/*
** exporting.c - what is in view of a base, written out.
**
** The walk and the formats are core/io's; here is what a base adds: its view and its error.
*/
#include "io/export.h"
#include "lua/base.h"

dsr_status dsr_base_export(dsr_base *base, const dsr_export_options *options,
                           dsr_write write, void *ud) {
  TRY(dsr_base_enter(base));
  base->children++; /* the callbacks run while it is read: it must not close */
  dsr_status rc = dsr_facts_export(base->facts, base->view, options, write, ud);
  base->children--;
  return rc;
}
