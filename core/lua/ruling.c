/*
** ruling.c - the rules that a base keeps: parsed, told of, dropped.
**
** A rule is kept as text (facts/kept.h) with the place that it was loaded from.  Parsing
** puts blanks before it up to its column, so that messages show the place in its file.
**
** Parsed rules are kept by the base until the rules change; where a query still reads the
** old ones, they stay until it ends.
*/
#include <stdio.h>
#include <string.h>

#include "facts/kept.h"
#include "ground/text.h"
#include "lua/base.h"

struct dsr_parsed {
  dsr_program program; /* its texts are in its arena */
  uint64_t version;
  int holders;
  struct dsr_parsed *next; /* an older one */
};

/* ---- parsing ---------------------------------------------------------------------- */

static void parsed_free(struct dsr_parsed *parsed) {
  dsr_program_free(&parsed->program);
  dsr_free(parsed);
}

static dsr_status read_rule(dsr_base *base, dsr_grammar *grammar,
                            const dsr_kept_rule *rule, dsr_program *program) {
  size_t before = (size_t)rule->at.column - 1;
  if (before > rule->text.len + 256) before = 0; /* a line of many clauses */
  char *text = dsr_arena_alloc(&program->arena, before + rule->text.len + 1);
  dsr_str file = dsr_arena_str(&program->arena, rule->file);
  if (text == NULL || file.data == NULL) return dsr_fail_memory(base->error);
  memset(text, ' ', before);
  memcpy(text + before, rule->text.data, rule->text.len);
  return dsr_grammar_read_from(grammar, file.data, rule->at.line,
                               (dsr_str){text, before + rule->text.len}, program);
}

/* Those of `facts`, which may be a copy of the base's own; with `unsaid` those only that
** the load at work has not said. */
static dsr_status parse(dsr_base *base, dsr_facts *facts, bool unsaid,
                        dsr_program *program) {
  const dsr_kept_rule *rule;
  dsr_grammar *grammar;
  TRY(dsr_base_grammar(base, &grammar));
  for (size_t i = 0; (rule = dsr_kept_at(facts, i)) != NULL; i++) {
    if (unsaid && dsr_kept_said(facts, rule->number)) continue;
    TRY(read_rule(base, grammar, rule, program));
  }
  return DSR_OK;
}

dsr_status dsr_base_rules_unsaid(void *base, dsr_facts *facts, dsr_program *out) {
  return parse(base, facts, true, out);
}

/* Let go of all that nobody holds, but the newest if that is good. */
static void tidy(dsr_base *root, uint64_t version) {
  struct dsr_parsed **at = &root->rules;
  while (*at != NULL) {
    struct dsr_parsed *one = *at;
    if (one->holders > 0 || one->version == version) {
      at = &one->next;
      continue;
    }
    *at = one->next;
    parsed_free(one);
  }
}

dsr_status dsr_base_rules(dsr_base *base, const dsr_program **out, uint64_t *version) {
  dsr_base *root = dsr_base_root(base);
  uint64_t now = dsr_kept_version(root->facts);
  tidy(root, now);
  if (root->rules == NULL || root->rules->version != now) {
    struct dsr_parsed *fresh = dsr_alloc(sizeof *fresh);
    if (fresh == NULL) return dsr_fail_memory(root->error);
    dsr_status rc = parse(root, root->facts, false, &fresh->program);
    if (rc < 0) {
      parsed_free(fresh);
      return rc;
    }
    fresh->version = now;
    fresh->next = root->rules;
    root->rules = fresh;
  }
  *out = &root->rules->program;
  if (version != NULL) *version = now;
  return DSR_OK;
}

static struct dsr_parsed *parsed_of(dsr_base *base, const dsr_program *rules) {
  struct dsr_parsed *at = dsr_base_root(base)->rules;
  while (at != NULL && &at->program != rules) at = at->next;
  return at;
}

void dsr_base_rules_hold(dsr_base *base, const dsr_program *rules) {
  struct dsr_parsed *parsed = parsed_of(base, rules);
  if (parsed != NULL) parsed->holders++;
}

void dsr_base_rules_let_go(dsr_base *base, const dsr_program *rules) {
  struct dsr_parsed *parsed = parsed_of(base, rules);
  if (parsed != NULL) parsed->holders--;
}

void dsr_base_rules_free(dsr_base *root) {
  while (root->rules != NULL) {
    struct dsr_parsed *one = root->rules;
    root->rules = one->next;
    parsed_free(one);
  }
}

/* ---- telling and dropping ----------------------------------------------------------- */

static dsr_written_rule told_of(const dsr_kept_rule *rule) {
  return (dsr_written_rule){.number = rule->number,
                            .constraint = rule->constraint,
                            .relation = rule->name,
                            .arity = rule->constraint ? 0 : rule->arity,
                            .text = rule->text,
                            .file = rule->file.data,
                            .line = rule->at.line};
}

dsr_status dsr_base_rule_each(dsr_base *base, dsr_rule_found found, void *ud) {
  const dsr_kept_rule *rule;
  TRY(dsr_base_enter(base));
  TRY(dsr_facts_read(base->facts, false));
  for (size_t i = 0; (rule = dsr_kept_at(base->facts, i)) != NULL; i++) {
    dsr_written_rule told = told_of(rule);
    if (found(ud, &told) != 0) break;
  }
  bool any = dsr_kept_at(base->facts, 0) != NULL;
  dsr_facts_rest(base->facts);
  return any ? DSR_OK : DSR_NOTHING;
}

/* What is to be dropped: a number, or a name with any or one number of columns. */
typedef struct chosen {
  uint32_t number; /* 0: by name */
  dsr_str name;
  int arity; /* -1: any */
} chosen;

/* All digits, and no more than fit: the number they are; -1 where it is none. */
static int64_t number_in(dsr_str text) {
  int64_t number = 0;
  if (text.len == 0 || text.len > 9) return -1;
  for (size_t i = 0; i < text.len; i++) {
    if (text.data[i] < '0' || text.data[i] > '9') return -1;
    number = 10 * number + text.data[i] - '0';
  }
  return number;
}

static dsr_status choose(dsr_base *base, dsr_str which, chosen *out) {
  *out = (chosen){.name = which, .arity = -1};
  const char *slash = which.len > 0 ? memrchr(which.data, '/', which.len) : NULL;
  if (which.len > 0 && which.data[0] == '#') {
    int64_t number = number_in((dsr_str){which.data + 1, which.len - 1});
    if (number < 1) {
      return dsr_fail(base->error, DSR_EMISUSE,
                      "a rule's number is written #3; came %.*s",
                      which.len > 40 ? 40 : (int)which.len, which.data);
    }
    out->number = (uint32_t)number;
    return DSR_OK;
  }
  if (slash != NULL) {
    size_t len = (size_t)(slash - which.data);
    int64_t arity = number_in((dsr_str){slash + 1, which.len - len - 1});
    if (arity >= 0 && arity <= DSR_ARITY_MAX) {
      *out = (chosen){.name = {which.data, len}, .arity = (int)arity};
    }
  }
  return DSR_OK;
}

static bool is_chosen(const chosen *which, const dsr_kept_rule *rule) {
  if (which->number != 0) return rule->number == which->number;
  return !rule->constraint && dsr_str_eq(rule->name, which->name) &&
         (which->arity < 0 || rule->arity == which->arity);
}

/* Drop the rules that are chosen, the first one told of first. */
static dsr_status drop_chosen(dsr_base *base, const chosen *which,
                              dsr_rule_found dropped, void *ud) {
  const dsr_kept_rule *rule;
  dsr_status rc = DSR_NOTHING;
  for (size_t i = 0; (rule = dsr_kept_at(base->facts, i)) != NULL;) {
    if (!is_chosen(which, rule)) {
      i++;
      continue;
    }
    dsr_written_rule told = told_of(rule);
    if (dropped != NULL && dropped(ud, &told) != 0) {
      return dsr_fail(base->error, DSR_ESTOPPED, "dropping rules was stopped");
    }
    TRY(dsr_kept_drop(base->facts, rule->number));
    rc = DSR_OK;
  }
  return rc;
}

dsr_status dsr_base_rule_drop(dsr_base *base, dsr_str which, dsr_rule_found dropped,
                              void *ud) {
  bool own;
  chosen what;
  TRY(dsr_base_writable(base));
  TRY(choose(base, which, &what));
  TRY(dsr_base_begin(base, &own));
  dsr_status rc = drop_chosen(base, &what, dropped, ud);
  if (rc < 0 && !own) return dsr_base_doom(base, rc);
  return dsr_base_end(base, own, rc);
}
