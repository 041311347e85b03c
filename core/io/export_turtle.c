/*
** export_turtle.c - Turtle and TriG out of a base, for people to read.
**
** All that is to be written is kept until the walk has ended, some fifty bytes for each
** triple, and then put in order: by graph, the default one first, by subject, types and
** labels before the rest.  A claim that asserts stands as an annotation behind its triple,
** any other as a reified triple of its own; in RDF 1.1 all are rdf:Statements, before their
** subject.
*/
#include <stdlib.h>
#include <string.h>

#include "ground/text.h"
#include "io/export_rdf.h"

/* A triple, or a group that is none, in a graph. */
typedef struct triple {
  uint32_t graph;   /* place in `graphs` */
  uint32_t subject; /* rank; of what is no triple, behind all */
  uint32_t turn;    /* types 0, labels 1, the rest 2 */
  uint32_t relation;
  uint64_t place;  /* as it came */
  uint64_t group;  /* place in `groups` plus one; 0: a plain triple */
  dsr_word source; /* of the graph, or none */
  dsr_word args[2];
} triple;

typedef struct name {
  dsr_word word;
  dsr_str text;
  uint32_t rank;
} name;

typedef struct turtle {
  dsr_rdf_out out;
  dsr_pen statement; /* written when its prefixes are */
  dsr_arena arena;
  VEC(triple) triples;
  VEC(dsr_rdf_group) groups;
  VEC(name) graphs, subjects;
  VEC(uint32_t) places; /* of graphs, by symbol */
  uint32_t in;          /* the graph that is open; 0: none */
  const char *indent;
} turtle;

static const uint32_t no_subject = UINT32_MAX;

static dsr_status no_memory(const turtle *t) {
  return dsr_fail_memory(dsr_facts_error(t->out.facts));
}

/* ---- gathering -------------------------------------------------------------------- */

/* The place of a graph, from 1; 0 is the default one. */
static dsr_status graph_of(turtle *t, dsr_word source, uint32_t *out) {
  size_t number = (size_t)dsr_word_payload(source);
  name made = {.word = source};
  *out = 0;
  if (source == DSR_WORD_NONE) return DSR_OK;
  if (number >= t->places.len) {
    size_t more = number + 1 - t->places.len;
    if (!VEC_RESERVE(&t->places, more)) return no_memory(t);
    memset(t->places.items + t->places.len, 0, more * sizeof *t->places.items);
    t->places.len += more;
  }
  *out = t->places.items[number];
  if (*out != 0) return DSR_OK;
  if (!VEC_PUSH(&t->graphs, made)) return no_memory(t);
  *out = t->places.items[number] = (uint32_t)t->graphs.len;
  return DSR_OK;
}

static uint32_t turn_of(const dsr_relation *relation) {
  return relation->number == DSR_REL_TYPE    ? 0
         : relation->number == DSR_REL_LABEL ? 1
                                             : 2;
}

static dsr_status add_triple(turtle *t, const dsr_rdf_group *group, dsr_word source,
                             uint64_t kept) {
  triple made = {.relation = group->relation->number,
                 .turn = turn_of(group->relation),
                 .place = t->triples.len,
                 .group = kept,
                 .source = source,
                 .subject = no_subject};
  TRY(graph_of(t, source, &made.graph));
  if (dsr_rdf_is_triple(group)) {
    made.subject = 0;
    memcpy(made.args, group->args, sizeof made.args);
  }
  return VEC_PUSH(&t->triples, made) ? DSR_OK : no_memory(t);
}

static dsr_status keep_group(turtle *t, const dsr_rdf_group *group, uint64_t *kept) {
  dsr_rdf_group made = *group;
  size_t size = group->n * sizeof *group->claims;
  dsr_rdf_claim *claims = dsr_arena_alloc(&t->arena, size);
  if (claims == NULL) return no_memory(t);
  memcpy(claims, group->claims, size);
  made.claims = claims;
  if (!VEC_PUSH(&t->groups, made)) return no_memory(t);
  *kept = t->groups.len;
  return DSR_OK;
}

/* Put the group once into each graph that it has claims of. */
static dsr_status gather(dsr_rdf_out *out, const dsr_rdf_group *group) {
  turtle *t = (turtle *)out;
  uint64_t kept = 0;
  if (!group->plain) TRY(keep_group(t, group, &kept));
  for (size_t i = 0; i < group->n; i++) {
    dsr_word graph = dsr_rdf_graph_of(out, &group->claims[i]);
    bool before = false;
    for (size_t k = 0; k < i && !before; k++) {
      before = dsr_rdf_graph_of(out, &group->claims[k]) == graph;
    }
    if (!before) TRY(add_triple(t, group, graph, kept));
  }
  return DSR_OK;
}

/* ---- order ------------------------------------------------------------------------ */

static int by_word(const void *left, const void *right) {
  const name *a = left, *b = right;
  return (a->word > b->word) - (a->word < b->word);
}

static int by_text(const void *left, const void *right) {
  const name *a = *(const name *const *)left, *b = *(const name *const *)right;
  return dsr_str_cmp(a->text, b->text);
}

/* Rank names, sorted by word, by text, from `first` on. */
static dsr_status rank_names(turtle *t, name *names, size_t n, uint32_t first) {
  dsr_symbol_kind kind;
  if (n == 0) return DSR_OK;
  name **order = dsr_alloc(n * sizeof *order);
  if (order == NULL) return no_memory(t);
  dsr_status rc = DSR_OK;
  for (size_t i = 0; rc >= 0 && i < n; i++) {
    order[i] = &names[i];
    rc = dsr_symbols_get(dsr_facts_symbols(t->out.facts), names[i].word, &kind,
                         &names[i].text);
  }
  if (rc >= 0) qsort(order, n, sizeof *order, by_text);
  for (size_t i = 0; rc >= 0 && i < n; i++) order[i]->rank = first + (uint32_t)i;
  dsr_free(order);
  return rc;
}

static dsr_status rank_subjects(turtle *t) {
  for (size_t i = 0; i < t->triples.len; i++) {
    name made = {.word = t->triples.items[i].args[0]};
    size_t n = t->subjects.len;
    if (t->triples.items[i].subject == no_subject) continue;
    if (n > 0 && t->subjects.items[n - 1].word == made.word) continue;
    if (!VEC_PUSH(&t->subjects, made)) return no_memory(t);
  }
  if (t->subjects.len == 0) return DSR_OK;
  qsort(t->subjects.items, t->subjects.len, sizeof *t->subjects.items, by_word);
  size_t n = 1;
  for (size_t i = 1; i < t->subjects.len; i++) {
    if (t->subjects.items[i].word == t->subjects.items[n - 1].word) continue;
    t->subjects.items[n++] = t->subjects.items[i];
  }
  t->subjects.len = n;
  TRY(rank_names(t, t->subjects.items, n, 0));
  for (size_t i = 0; i < t->triples.len; i++) {
    triple *at = &t->triples.items[i];
    name key = {.word = at->args[0]};
    if (at->subject == no_subject) continue;
    const name *found =
        bsearch(&key, t->subjects.items, n, sizeof *t->subjects.items, by_word);
    at->subject = found->rank;
  }
  return DSR_OK;
}

static int by_place(const void *left, const void *right) {
  const triple *a = left, *b = right;
  if (a->graph != b->graph) return a->graph < b->graph ? -1 : 1;
  if (a->subject != b->subject) return a->subject < b->subject ? -1 : 1;
  if (a->turn != b->turn) return a->turn < b->turn ? -1 : 1;
  return (a->place > b->place) - (a->place < b->place);
}

/* Graphs by name, then what is in each. */
static dsr_status put_in_order(turtle *t) {
  TRY(rank_names(t, t->graphs.items, t->graphs.len, 1));
  for (size_t i = 0; i < t->triples.len; i++) {
    triple *at = &t->triples.items[i];
    if (at->graph != 0) at->graph = t->graphs.items[at->graph - 1].rank;
  }
  TRY(rank_subjects(t));
  if (t->triples.len > 0) {
    qsort(t->triples.items, t->triples.len, sizeof *t->triples.items, by_place);
  }
  return DSR_OK;
}

/* ---- writing ---------------------------------------------------------------------- */

static void put(turtle *t, const char *text) { dsr_pen_text(&t->statement, text); }

/* Send the statement on, behind the prefixes that it is the first to use; a graph is one,
** since nothing is declared within. */
static dsr_status send(turtle *t) {
  dsr_pen *pen = t->out.pen;
  if (t->in != 0) return t->statement.failed;
  dsr_rdf_pen_prefixes(&t->out.terms, pen);
  dsr_pen_bytes(pen, t->statement.bytes.items, t->statement.bytes.len);
  t->statement.bytes.len = 0;
  if (t->statement.failed < 0) return t->statement.failed;
  return pen->failed;
}

static void put_said(turtle *t, const dsr_rdf_group *group, const dsr_rdf_claim *claim,
                     const char *between) {
  char scratch[3][32];
  dsr_rdf_said said[DSR_RDF_SAID_MOST];
  int n = dsr_rdf_say(&t->out, group, claim, scratch, said);
  for (int i = 0; i < n; i++) {
    if (i > 0) put(t, between);
    dsr_rdf_predicate_of(&t->out, &said[i]);
    put(t, " ");
    dsr_rdf_value(&t->out, &said[i]);
  }
}

static bool in_graph(const turtle *t, const triple *at, const dsr_rdf_claim *claim) {
  dsr_word graph = dsr_rdf_graph_of(&t->out, claim);
  if (graph == DSR_WORD_NONE) return at->graph == 0;
  uint32_t place = t->places.items[dsr_word_payload(graph)];
  return t->graphs.items[place - 1].rank == at->graph;
}

/* Nodes of the claims of a group in a graph that stand for themselves: all of RDF 1.1,
** those that do not assert, and those on what is no triple. */
static dsr_status put_nodes(turtle *t, const triple *at, const dsr_rdf_group *group) {
  bool is_triple = dsr_rdf_is_triple(group);
  for (size_t i = 0; i < group->n; i++) {
    const dsr_rdf_claim *claim = &group->claims[i];
    if (!in_graph(t, at, claim)) continue;
    if (is_triple && !t->out.terms.old && dsr_rdf_asserts(claim)) continue;
    put(t, t->indent);
    put(t, is_triple && !t->out.terms.old ? "<< " : "[] ");
    if (is_triple && t->out.terms.old) {
      put(t, "a ");
      dsr_rdf_pen_iri(&t->out.terms, dsr_str_of(DSR_NS_RDF "Statement"));
    }
    static const char *const parts[] = {DSR_NS_RDF "subject", DSR_NS_RDF "predicate",
                                        DSR_NS_RDF "object"};
    for (int k = 0; is_triple && k < 3; k++) {
      if (t->out.terms.old) put(t, " ; ");
      if (t->out.terms.old) dsr_rdf_pen_iri(&t->out.terms, dsr_str_of(parts[k]));
      if (t->out.terms.old) put(t, " ");
      if (k == 1) dsr_rdf_pen_relation(&t->out.terms, group->relation);
      if (k != 1) dsr_rdf_pen_word(&t->out.terms, group->args[k / 2]);
      if (!t->out.terms.old) put(t, k < 2 ? " " : " >> ");
    }
    if (is_triple && t->out.terms.old) put(t, " ; ");
    put_said(t, group, claim, " ; ");
    put(t, " .\n\n");
    TRY(send(t));
  }
  return DSR_OK;
}

static void put_annotations(turtle *t, const triple *at, const dsr_rdf_group *group) {
  for (size_t i = 0; i < group->n; i++) {
    const dsr_rdf_claim *claim = &group->claims[i];
    if (!dsr_rdf_asserts(claim) || !in_graph(t, at, claim)) continue;
    put(t, "\n        ");
    put(t, t->indent);
    put(t, "{| ");
    put_said(t, group, claim, " ; ");
    put(t, " |}");
  }
}

static const dsr_rdf_group *group_of(const turtle *t, const triple *at) {
  return at->group != 0 ? &t->groups.items[at->group - 1] : NULL;
}

/* Is the triple asserted in its graph? */
static bool is_asserted(const turtle *t, const triple *at) {
  const dsr_rdf_group *group = group_of(t, at);
  if (group == NULL) return true;
  for (size_t i = 0; i < group->n; i++) {
    if (dsr_rdf_asserts(&group->claims[i]) && in_graph(t, at, &group->claims[i])) {
      return true;
    }
  }
  return false;
}

/* The triples of one subject: a statement. */
static dsr_status put_subject(turtle *t, const triple *first, const triple *end) {
  const triple *before = NULL;
  dsr_rdf_pen *terms = &t->out.terms;
  for (const triple *at = first; at < end; at++) {
    const dsr_rdf_group *group = group_of(t, at);
    if (!is_asserted(t, at)) continue;
    const dsr_relation *relation = dsr_relation_get(t->out.facts, at->relation);
    if (before == NULL) {
      put(t, t->indent);
      dsr_rdf_pen_word(terms, at->args[0]);
    } else if (before->relation != at->relation) {
      put(t, " ;");
    }
    if (before != NULL && before->relation == at->relation) {
      put(t, ", ");
    } else {
      put(t, before == NULL ? " " : "\n    ");
      if (before != NULL) put(t, t->indent);
      if (at->relation == DSR_REL_TYPE) put(t, "a");
      if (at->relation != DSR_REL_TYPE) dsr_rdf_pen_relation(terms, relation);
      put(t, " ");
    }
    dsr_rdf_pen_word(terms, at->args[1]);
    if (group != NULL && !terms->old) put_annotations(t, at, group);
    before = at;
  }
  if (before == NULL) return DSR_OK;
  put(t, " .\n\n");
  return send(t);
}

static dsr_status open_graph(turtle *t, uint32_t graph, dsr_word source) {
  if (t->in == graph) return DSR_OK;
  if (t->in != 0) {
    put(t, "}\n\n");
    t->in = 0;
    TRY(send(t));
  }
  t->in = graph;
  t->indent = graph != 0 ? "  " : "";
  if (graph == 0) return DSR_OK;
  dsr_rdf_pen_word(&t->out.terms, source);
  put(t, " {\n");
  return DSR_OK;
}

static dsr_status put_all(turtle *t) {
  const triple *at = t->triples.items, *end = at + t->triples.len;
  while (at < end) {
    const triple *next = at + 1;
    TRY(open_graph(t, at->graph, at->source));
    while (next < end && next->graph == at->graph && next->subject == at->subject &&
           at->subject != no_subject) {
      next++;
    }
    for (const triple *of = at; t->out.terms.old && of < next; of++) {
      if (group_of(t, of) != NULL) TRY(put_nodes(t, of, group_of(t, of)));
    }
    if (at->subject != no_subject) TRY(put_subject(t, at, next));
    for (const triple *of = at; !t->out.terms.old && of < next; of++) {
      if (group_of(t, of) != NULL) TRY(put_nodes(t, of, group_of(t, of)));
    }
    at = next;
  }
  TRY(open_graph(t, 0, DSR_WORD_NONE));
  return send(t);
}

/* ---- heads ------------------------------------------------------------------------ */

static dsr_status write_prefix(void *ud, dsr_word label, dsr_word iri) {
  turtle *t = ud;
  bool taken;
  char scratch[DSR_WORD_TEXT];
  dsr_word args[2] = {label, iri};
  dsr_str texts[2];
  for (int i = 0; i < 2; i++) {
    texts[i] = dsr_pen_value(t->out.pen, args[i], scratch).text;
  }
  TRY(t->out.pen->failed);
  if (!dsr_rdf_pen_knows(texts[0], texts[1])) {
    TRY(dsr_rdf_pen_prefix(&t->out.terms, texts[0], texts[1], true, &taken));
    if (taken) {
      dsr_pen_text(t->out.pen, "@prefix ");
      dsr_pen_str(t->out.pen, texts[0]);
      dsr_pen_text(t->out.pen, ": <");
      dsr_pen_str(t->out.pen, texts[1]);
      dsr_pen_text(t->out.pen, "> .\n");
      return DSR_OK;
    }
  }
  dsr_claim_row *row = dsr_arena_alloc(&t->arena, sizeof *row);
  if (row == NULL) return no_memory(t);
  *row = (dsr_claim_row){.verb = DSR_ASSERTS, .source = t->out.base};
  dsr_rdf_claim claim = {.claim = {.row = row}};
  dsr_rdf_group group = {.relation = dsr_relation_get(t->out.facts, DSR_REL_PREFIX),
                         .args = {label, iri},
                         .n = 1,
                         .claims = &claim};
  return gather(&t->out, &group);
}

static dsr_status declare(dsr_rdf_out *out, dsr_word source, const dsr_out_source *of) {
  turtle *t = (turtle *)out;
  t->out.terms.to = &t->statement;
  dsr_rdf_pen_word(&out->terms, source);
  put(t, " a ");
  dsr_rdf_pen_iri(&out->terms, dsr_str_of(DSR_NS_V "Source"));
  for (size_t i = 0; of != NULL && i < of->n_properties; i++) {
    put(t, " ;\n    ");
    dsr_rdf_pen_relation(&out->terms,
                         dsr_relation_get(out->facts, of->properties[i].relation));
    put(t, " ");
    dsr_rdf_pen_word(&out->terms, of->properties[i].value);
  }
  put(t, " .\n\n");
  return send(t);
}

static dsr_status export_turtle(const dsr_exporting *how, bool graphs) {
  turtle t = {
      .out = {.how = how, .graphs = graphs, .write = gather, .declare = declare},
      .indent = ""};
  dsr_pen_start(&t.statement, how->facts, NULL, NULL);
  dsr_status rc = dsr_rdf_walk(&t.out, true, write_prefix);
  t.out.terms.to = &t.statement;
  if (rc >= 0) rc = put_in_order(&t);
  if (rc >= 0) rc = put_all(&t);
  if (rc >= 0) dsr_rdf_notes(&t.out);
  dsr_pen_free(&t.statement);
  VEC_FREE(&t.triples);
  VEC_FREE(&t.groups);
  VEC_FREE(&t.graphs);
  VEC_FREE(&t.places);
  VEC_FREE(&t.subjects);
  dsr_arena_free(&t.arena);
  dsr_rdf_out_free(&t.out);
  return rc;
}

dsr_status dsr_export_ttl(const dsr_exporting *how) {
  return export_turtle(how, false);
}
dsr_status dsr_export_trig(const dsr_exporting *how) {
  return export_turtle(how, true);
}
