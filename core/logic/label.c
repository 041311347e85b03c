/*
** label.c - what messages call the rule that is at work.
**
** A rule as written is called by the relation of its head and by where it stands, whatever
** demand has made of it: that is what whoever wrote it can look up.  Rules that nobody wrote
** are called by what they give.  Nothing is written before a message needs it.
*/
#include <stdio.h>

#include "ground/text.h"
#include "logic/route.h"

static const dsr_rule *rule_at_work(const dsr_router *router, const dsr_at_work *at) {
  for (size_t i = 0; i < router->routed.len; i++) {
    const dsr_routed *routed = &router->routed.items[i];
    if (at->pipeline != NULL && routed->pipeline == at->pipeline) return routed->rule;
    if (at->fold != NULL && routed->rule->origin == DSR_ORIGIN_FOLD &&
        router->seats[routed->rule->head].extent == at->fold) {
      return routed->rule;
    }
  }
  return NULL;
}

/* " at a.dl:12"; nothing where the file has no name. */
static void put_place(const dsr_rule *rule, char *out, size_t size) {
  const dsr_program *program = rule->program;
  *out = '\0';
  if (program == NULL || (size_t)rule->clause->file >= program->files.len) return;
  dsr_str file = program->files.items[rule->clause->file];
  if (file.len == 0) return;
  snprintf(out, size, " at %s:%d", dsr_show(file).text, rule->clause->at.line);
}

/* Of a rule that a clause was written for. */
static void put_clause(const dsr_rule *rule, char *out, size_t size) {
  char place[160];
  put_place(rule, place, sizeof place);
  switch (rule->clause->kind) {
    case DSR_CLAUSE_QUERY:
      snprintf(out, size, "the query");
      return;
    case DSR_CLAUSE_CONSTRAINT:
      snprintf(out, size, "constraint \"%s\"%s", dsr_show(rule->clause->text).text,
               place);
      return;
    default:
      snprintf(out, size, "rule %s%s", dsr_show(rule->clause->head.name).text, place);
  }
}

void dsr_route_label(void *ud, const dsr_at_work *at, char *out, size_t size) {
  const dsr_router *router = ud;
  const dsr_rule *rule = rule_at_work(router, at);
  if (size > 0) *out = '\0';
  if (rule == NULL) return;
  if (rule->clause != NULL) {
    put_clause(rule, out, size);
  } else {
    dsr_str name = router->book->predicates.items[rule->head].name;
    snprintf(out, size, "what gives %s", dsr_show(name).text);
  }
}
