/*
** logic_rulebook.c - a program as the rulebook has it, in words.
**
**   logic_rulebook FILE.dl [FACTS.dl] [--whole] [--constraints] [--as-of DATE]
**                  [--table NAME:TYPE,TYPE] [--define NAME:IN:OUT] [--faults] [--many]
**
** Facts and declarations are loaded from FACTS; rules and the first query are read from FILE.
** Prints the strata, callees first, each with its predicates and rules, then the answers'
** columns and parameters; or the errors.  With --faults each allocation fails in turn before
** that; with --many FILE holds programs, each ended by a line "%%%", and what is told is how
** many there were, and which rulebooks are not as they must be.
*/
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ground/text.h"
#include "logic/aggregate.h"
#include "logic/define.h"
#include "logic/load.h"
#include "logic/rule.h"
#include "lua/grammar.h"

typedef struct options {
  const char *file, *facts, *as_of;
  bool whole, constraints, faults, many;
  dsr_table_given tables[4];
  int n_tables;
  dsr_definition definitions[4];
  int n_definitions;
} options;

typedef struct host {
  options options;
  dsr_error error;
  dsr_facts *facts;
  dsr_view *view;
  dsr_grammar *grammar;
  dsr_defined *defined;
  dsr_program program, base;
  dsr_str texts[2]; /* of the files */
} host;

static dsr_str read_file(const char *path) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) return (dsr_str){NULL, 0};
  char *text = malloc(1 << 22);
  size_t len = text != NULL ? fread(text, 1, 1 << 22, file) : 0;
  fclose(file);
  return (dsr_str){text, len};
}

static const char *const domains[] = {"any",  "bool",   "int", "number",
                                      "date", "entity", "text"};

static dsr_domain domain_named(const char *word) {
  for (int i = 0; i < 7; i++) {
    if (strcmp(domains[i], word) == 0) return (dsr_domain)i;
  }
  return DSR_COL_ANY;
}

/* "edge:entity,int": a table with columns of those types. */
static void add_table(options *o, char *spec) {
  dsr_table_given *table = &o->tables[o->n_tables++];
  table->name = dsr_str_of(strtok(spec, ":"));
  for (char *word; (word = strtok(NULL, ",")) != NULL;) {
    table->types[table->width++] = domain_named(word);
  }
}

static dsr_status call_nothing(void *ud, const dsr_word *args, int n, dsr_emit *emit) {
  (void)ud;
  (void)args;
  (void)n;
  (void)emit;
  return DSR_OK;
}

/* "shout:1:1": a function that takes one value and gives one. */
static void add_definition(options *o, char *spec) {
  dsr_definition *definition = &o->definitions[o->n_definitions++];
  definition->name = dsr_str_of(strtok(spec, ":"));
  definition->n_args = atoi(strtok(NULL, ":"));
  definition->n_results = atoi(strtok(NULL, ":"));
  definition->call = call_nothing;
}

static void read_options(options *o, int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--whole") == 0) {
      o->whole = true;
    } else if (strcmp(argv[i], "--constraints") == 0) {
      o->constraints = true;
    } else if (strcmp(argv[i], "--faults") == 0) {
      o->faults = true;
    } else if (strcmp(argv[i], "--many") == 0) {
      o->many = true;
    } else if (strcmp(argv[i], "--as-of") == 0 && i + 1 < argc) {
      o->as_of = argv[++i];
    } else if (strcmp(argv[i], "--table") == 0 && i + 1 < argc) {
      add_table(o, argv[++i]);
    } else if (strcmp(argv[i], "--define") == 0 && i + 1 < argc) {
      add_definition(o, argv[++i]);
    } else if (o->file == NULL) {
      o->file = argv[i];
    } else {
      o->facts = argv[i];
    }
  }
}

/* ---- telling ---------------------------------------------------------------------- */

static void print_predicate(const dsr_rulebook *book, int at) {
  const dsr_predicate *p = &book->predicates.items[at];
  printf("  %.*s/%d", (int)p->name.len, p->name.data, p->arity);
  if (p->use == DSR_USE_CLAIMED) printf(" from");
  if (p->timed) printf(" @");
  if (p->best != 0) printf(" %s", dsr_aggregate_name((dsr_fold_kind)p->best));
  if (p->recursive) printf(" recursive");
  printf(":");
  for (int i = 0; i < p->width; i++) printf(" %s", domains[p->types[i]]);
  printf("\n");
}

static dsr_status print_stratum(const dsr_rulebook *book, int at) {
  const dsr_stratum *stratum = &book->strata.items[at];
  printf("stratum %d\n", at);
  for (size_t i = 0; i < stratum->predicates.len; i++) {
    print_predicate(book, stratum->predicates.items[i]);
  }
  for (size_t i = 0; i < book->rules.len; i++) {
    dsr_arena arena = {0};
    dsr_str text;
    if (book->rules.items[i].stratum != at) continue;
    dsr_status rc = dsr_rule_write(book, &book->rules.items[i], &arena, &text);
    if (rc >= 0) printf("    %.*s\n", (int)text.len, text.data);
    dsr_arena_free(&arena);
    TRY(rc);
  }
  return DSR_OK;
}

static dsr_status print_book(const dsr_rulebook *book) {
  for (size_t i = 0; i < book->strata.len; i++) TRY(print_stratum(book, (int)i));
  if (book->query >= 0) {
    dsr_str name = book->predicates.items[book->query].name;
    printf("query %.*s:", (int)name.len, name.data);
    for (size_t i = 0; i < book->answers.len; i++) {
      const dsr_answer *answer = &book->answers.items[i];
      printf(" %.*s=%d", (int)answer->name.len, answer->name.data, answer->column);
    }
    printf("\n");
  }
  for (size_t i = 0; i < book->parameters.len; i++) {
    const dsr_rule_parameter *p = &book->parameters.items[i];
    printf("parameter %.*s: %s\n", (int)p->name.len, p->name.data, domains[p->type]);
  }
  return DSR_OK;
}

/* What must hold of any rulebook, whatever it was made of. */
static const char *check_book(const dsr_rulebook *book) {
  for (size_t i = 0; i < book->rules.len; i++) {
    const dsr_rule *rule = &book->rules.items[i];
    int width = book->predicates.items[rule->head].width;
    if (book->predicates.items[rule->head].kind != DSR_PREDICATE_RULED) return "head";
    if (book->predicates.items[rule->head].component != rule->stratum) return "stratum";
    for (int k = 0; k < width; k++) {
      int var = rule->args[k].var;
      if (var < DSR_ARG_PARAMETER || var == DSR_ARG_ANY || var >= rule->n_vars) {
        return "an argument of a head";
      }
    }
    for (int k = 0; k < rule->n_goals; k++) {
      const dsr_goal *goal = &rule->goals[k];
      bool atom = goal->kind == DSR_GOAL_ATOM;
      if (atom && goal->n_args != book->predicates.items[goal->predicate].width) {
        return "an atom's width";
      }
      if (atom && (goal->negated || rule->origin == DSR_ORIGIN_FOLD) &&
          book->predicates.items[goal->predicate].component >= rule->stratum) {
        return "order of strata";
      }
      if (atom && book->predicates.items[goal->predicate].component > rule->stratum) {
        return "order of strata";
      }
      for (int j = 0; j < goal->n_args; j++) {
        int var = goal->args[j].var;
        if (var < DSR_ARG_PARAMETER || var >= rule->n_vars) return "an argument";
      }
    }
  }
  return NULL;
}

/* ---- making ------------------------------------------------------------------------ */

static dsr_status load(host *h, const char *path) {
  h->texts[1] = read_file(path);
  TRY(dsr_grammar_read(h->grammar, path, h->texts[1], &h->base));
  TRY(dsr_facts_begin(h->facts));
  TRY(dsr_load_program(h->facts, &h->base, NULL));
  return dsr_facts_commit(h->facts);
}

static const dsr_clause *first_query(const dsr_program *program) {
  for (size_t i = 0; i < program->clauses.len; i++) {
    const dsr_clause *clause = &program->clauses.items[i];
    if (clause->kind == DSR_CLAUSE_QUERY) return clause;
  }
  return NULL;
}

static dsr_status make_book(host *h, dsr_rulebook **out) {
  dsr_rule_source source = {.query_program = &h->program};
  source.query = first_query(&h->program);
  source.tables = h->options.tables;
  source.n_tables = h->options.n_tables;
  source.defined = h->defined;
  source.constraints = h->options.constraints;
  source.whole = h->options.whole;
  TRY(dsr_facts_read(h->facts, false));
  return dsr_rulebook_new(h->facts, h->view, &source, dsr_facts_error(h->facts), out);
}

/* Fail the first allocation, the second, ... until none is left to fail. */
static dsr_status try_faults(host *h) {
  for (long n = 1;; n++) {
    dsr_rulebook *book = NULL;
    dsr_mem_fail_at(n);
    dsr_status rc = make_book(h, &book);
    dsr_mem_fail_at(0);
    dsr_rulebook_free(book);
    if (rc != DSR_ENOMEM) {
      printf("%ld failures\n", n - 1);
      return rc;
    }
  }
}

static dsr_status make(host *h) {
  dsr_rulebook *book = NULL;
  if (h->options.faults) TRY(try_faults(h));
  TRY(make_book(h, &book));
  const char *wrong = check_book(book);
  dsr_status rc = print_book(book);
  if (wrong != NULL) printf("not so: %s\n", wrong);
  dsr_rulebook_free(book);
  return rc;
}

static dsr_status read_program(host *h, dsr_str text) {
  dsr_error_clear(dsr_facts_error(h->facts));
  dsr_program_free(&h->program);
  h->program = (dsr_program){0};
  return dsr_grammar_read(h->grammar, h->options.file, text, &h->program);
}

/* The length of the next program. */
static size_t length_of(dsr_str text) {
  const char *end = memmem(text.data, text.len, "%%%\n", 4);
  return end != NULL ? (size_t)(end - text.data) : text.len;
}

static dsr_status make_many(host *h) {
  int made = 0, refused = 0;
  for (dsr_str rest = h->texts[0]; rest.len > 0;) {
    dsr_rulebook *book = NULL;
    dsr_str text = {rest.data, length_of(rest)};
    dsr_status rc = read_program(h, text);
    if (rc >= 0) rc = make_book(h, &book);
    const char *wrong = rc >= 0 ? check_book(book) : NULL;
    if (rc < 0 && dsr_facts_error(h->facts)->len == 0) wrong = "no words";
    if (wrong != NULL) printf("not so: %s\n%.*s", wrong, (int)text.len, text.data);
    dsr_rulebook_free(book);
    *(rc >= 0 ? &made : &refused) += 1;
    size_t step = text.len + 4 < rest.len ? text.len + 4 : rest.len;
    rest = (dsr_str){rest.data + step, rest.len - step};
  }
  printf("%d made, %d refused\n", made, refused);
  return DSR_OK;
}

static dsr_status open_all(host *h) {
  dsr_view_options view = {0};
  if (h->options.as_of != NULL) view.as_of = h->options.as_of;
  TRY(dsr_facts_open(NULL, NULL, &h->error, &h->facts));
  TRY(dsr_grammar_new(dsr_facts_error(h->facts), &h->grammar));
  if (h->options.facts != NULL) TRY(load(h, h->options.facts));
  TRY(dsr_view_new(h->facts, NULL, &view, &h->view));
  TRY(dsr_defined_new(h->facts, &h->defined));
  for (int i = 0; i < h->options.n_definitions; i++) {
    TRY(dsr_defined_put(h->defined, &h->options.definitions[i]));
  }
  h->texts[0] = read_file(h->options.file);
  if (h->options.many) return make_many(h);
  TRY(read_program(h, h->texts[0]));
  return make(h);
}

int main(int argc, char **argv) {
  host h = {.error = {0}};
  read_options(&h.options, argc, argv);
  dsr_status rc = open_all(&h);
  if (rc < 0) {
    const char *words = h.facts != NULL ? dsr_facts_error(h.facts)->text : h.error.text;
    printf("%s\n", words);
  }
  dsr_view_free(h.view);
  dsr_defined_free(h.defined);
  dsr_program_free(&h.program);
  dsr_program_free(&h.base);
  dsr_grammar_free(h.grammar);
  dsr_facts_close(h.facts);
  free((char *)h.texts[0].data);
  free((char *)h.texts[1].data);
  return rc < 0 ? 1 : 0;
}
