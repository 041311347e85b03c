/*
** clash.c - what cannot be, in words.
*/
#include "logic/clash.h"

#include "logic/plan.h"

static bool is_number(dsr_domain type) {
  return type == DSR_COL_INT || type == DSR_COL_NUMBER;
}

/* What to write in place of an operator between a time and a number. */
static const char *time_remedy(dsr_compare op) {
  switch (op) {
    case DSR_LT:
      return "T before 1994";
    case DSR_GT:
      return "T after 1994";
    case DSR_LE:
      return "not T after 1994";
    case DSR_GE:
      return "not T before 1994";
    default:
      return "T within 1994";
  }
}

/* Both sides of =:=, =\= and `is` are numbers, as far as is known. */
static dsr_status check_numeric(dsr_resolve *r, dsr_place at, dsr_domain side) {
  if (dsr_domain_meets(DSR_COL_NUMBER, side)) return DSR_OK;
  return dsr_resolve_fail(
      r, at, DSR_ETYPE,
      "this compares numbers, and one side is %s; write = or !=", dsr_domain_due(side));
}

dsr_status dsr_clash_compare(dsr_resolve *r, dsr_place at, dsr_compare op, bool numeric,
                             dsr_domain left, dsr_domain right) {
  if (numeric) TRY(check_numeric(r, at, left));
  if (numeric) TRY(check_numeric(r, at, right));
  if (dsr_domain_meets(left, right)) return DSR_OK;
  if ((left == DSR_COL_TIME && is_number(right)) ||
      (right == DSR_COL_TIME && is_number(left))) {
    return dsr_resolve_fail(r, at, DSR_ETYPE,
                            "one side is a date and the other a number; years are "
                            "compared with words: %s",
                            time_remedy(op));
  }
  return dsr_resolve_fail(r, at, DSR_ETYPE,
                          "one side is %s and the other %s: they never compare",
                          dsr_domain_due(left), dsr_domain_due(right));
}

dsr_status dsr_clash_variable(dsr_resolve *r, dsr_place at, const char *sigil,
                              dsr_str name, dsr_domain due, dsr_domain have,
                              dsr_place have_at) {
  return dsr_resolve_fail(r, at, DSR_ETYPE,
                          "%s%s cannot be %s here: it is %s at line %d, column %d",
                          sigil, dsr_show(name).text, dsr_domain_due(due),
                          dsr_domain_due(have), have_at.line, have_at.column);
}

dsr_status dsr_clash_unfilled(dsr_resolve *r, int var) {
  return dsr_resolve_fail(
      r, r->clause->var_at[var], DSR_ESYNTAX,
      "\"%s\" stands in no atom, and a comparison alone cannot find it",
      dsr_show(r->clause->vars[var]).text);
}
