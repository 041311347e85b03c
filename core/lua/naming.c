/*
** naming.c - an entity or a relation renamed.
**
** Facts are changed in place, rules are not: they are kept as somebody wrote them, most
** often in a file.  So what rules name keeps its name until they are out of the way.
*/
#include <stdio.h>

#include "facts/kept.h"
#include "ground/text.h"
#include "logic/named.h"
#include "lua/base.h"

enum { LISTED_MOST = 4 };

/* ---- rules that name it ---------------------------------------------------------- */

/* The first rules that do, in words, and how many there are. */
typedef struct naming {
  int n;
  char words[400];
} naming;

static void list_rule(naming *list, const dsr_kept_rule *rule) {
  size_t used = strlen(list->words);
  if (list->n++ >= LISTED_MOST) return;
  snprintf(list->words + used, sizeof list->words - used, "%s#%u (%s:%d)",
           used > 0 ? ", " : "", (unsigned)rule->number, dsr_show(rule->file).text,
           rule->at.line);
}

/* Rules are parsed in the order in which they are kept, a clause each. */
static dsr_status list_rules(dsr_base *base, dsr_resolve *r, dsr_sought what,
                             naming *list) {
  const dsr_kept_rule *rule;
  const dsr_program *program = r->program;
  for (size_t i = 0; i < program->clauses.len; i++) {
    bool names = false;
    rule = dsr_kept_at(base->facts, i);
    if (rule == NULL) break;
    TRY(dsr_clause_names(r, &program->clauses.items[i], what, &names));
    if (names) list_rule(list, rule);
  }
  return DSR_OK;
}

static dsr_status find_rules(dsr_base *base, dsr_sought what, naming *list) {
  dsr_resolve r;
  dsr_error quiet = {0};
  const dsr_program *program;
  *list = (naming){.n = 0};
  if (dsr_kept_at(base->facts, 0) == NULL) return DSR_OK;
  TRY(dsr_base_rules(base, &program, NULL));
  dsr_resolve_start(&r, base->facts, program, &quiet);
  dsr_status rc = list_rules(base, &r, what, list);
  dsr_resolve_stop(&r);
  return rc;
}

static dsr_status refuse(dsr_base *base, dsr_str old, const naming *list) {
  char more[40] = "";
  if (list->n > LISTED_MOST) {
    snprintf(more, sizeof more, " and %d more", list->n - LISTED_MOST);
  }
  return dsr_fail(
      base->error, DSR_EDECLARE,
      "\"%s\" stands in %d rule%s that the base keeps, and a rule stays as "
      "it was written: %s%s; drop %s, rename, and load %s again with the new "
      "name",
      dsr_show(old).text, list->n, list->n == 1 ? "" : "s", list->words, more,
      list->n == 1 ? "it" : "them", list->n == 1 ? "it" : "them");
}

/* Refuse to rename an entity that rules name, and facts do, too. */
static dsr_status check_entity(dsr_base *base, dsr_str old) {
  naming list;
  dsr_sought what = {DSR_WORD_NONE, 0};
  dsr_status rc = dsr_symbols_find(dsr_facts_symbols(base->facts), DSR_SYM_ENTITY, old,
                                   &what.entity);
  if (rc < 0) return rc;
  if (rc != DSR_OK) return DSR_OK;
  TRY(find_rules(base, what, &list));
  if (list.n == 0) return DSR_OK;
  rc = dsr_entity_named(base->facts, old);
  if (rc < 0) return rc;
  return rc == DSR_OK ? refuse(base, old, &list) : DSR_OK;
}

static dsr_status check_relation(dsr_base *base, dsr_str old, uint32_t number) {
  naming list;
  TRY(find_rules(base, (dsr_sought){DSR_WORD_NONE, number}, &list));
  return list.n > 0 ? refuse(base, old, &list) : DSR_OK;
}

/* ---- renaming -------------------------------------------------------------------- */

/* "joined/2": the name without the arity; the arity, or -1 where there is none. */
static int split_arity(dsr_str *name) {
  size_t len = name->len;
  if (len < 3 || name->data[len - 2] != '/') return -1;
  int arity = name->data[len - 1] - '0';
  if (arity < 0 || arity > DSR_ARITY_MAX) return -1;
  name->len -= 2;
  return arity;
}

/* The relation that `old` means; DSR_NOTHING where there is none. */
static dsr_status relation_called(dsr_base *base, dsr_str old, int *arity,
                                  uint32_t *number) {
  dsr_str name = old;
  int asked = split_arity(&name), found = 0;
  for (int i = 0; i <= DSR_ARITY_MAX; i++) {
    const dsr_relation *relation = dsr_relation_find(base->facts, name, i);
    if (relation == NULL || (asked >= 0 && i != asked)) continue;
    *number = relation->number;
    *arity = i;
    found++;
  }
  if (found < 2) return found == 1 ? DSR_OK : DSR_NOTHING;
  return dsr_fail(base->error, DSR_ERELATION,
                  "several relations are called \"%.*s\"; write which, as in %.*s/%d",
                  (int)name.len, name.data, (int)name.len, name.data, *arity);
}

static dsr_status rename_thing(dsr_base *base, dsr_str old, dsr_str name, bool merge) {
  uint32_t number = 0;
  int arity = 0;
  dsr_status rc = check_entity(base, old);
  if (rc < 0) return rc;
  rc = dsr_entity_rename(base->facts, old, name, merge);
  if (rc != DSR_NOTHING) return rc;
  rc = relation_called(base, old, &arity, &number);
  if (rc != DSR_OK) return rc;
  dsr_str bare = name;
  int wanted = split_arity(&bare);
  if (wanted >= 0 && wanted != arity) {
    return dsr_fail(
        base->error, DSR_EDECLARE,
        "the relation has %d column%s, and keeps them: rename it to %.*s/%d", arity,
        arity == 1 ? "" : "s", (int)bare.len, bare.data, arity);
  }
  TRY(check_relation(base, old, number));
  return dsr_relation_rename(base->facts, number, wanted >= 0 ? bare : name);
}

dsr_status dsr_base_rename(dsr_base *base, dsr_str old, dsr_str name, bool merge) {
  bool own;
  TRY(dsr_base_writable(base));
  TRY(dsr_base_begin(base, &own));
  return dsr_base_end(base, own, rename_thing(base, old, name, merge));
}
