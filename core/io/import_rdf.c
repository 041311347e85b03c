/*
** import_rdf.c - RDF into a base, as rdf_map.h says.
**
** Quads come one by one and are borrowed, so their names are spelled into a batch; names
** of a batch get their words together (facts/naming.h), then its rows are put.  What a
** predicate says is worked out once and found again by a hash; the one before is tried
** first.
**
** The last row of a batch stays until the quad behind it has come, which may be a reifier
** of it.  What tells of claims is kept until the document's end: import_nodes.c.
*/
#include "io/import_rdf.h"

#include <stdio.h>
#include <string.h>

#include "ground/text.h"
#include "io/rdf_pen.h"

static const struct {
  const char *iri;
  dsr_rdf_says says;
  int term;
} vocabulary[] = {
    {DSR_NS_RDF "reifies", DSR_SAYS_REIFIES, 0},
    {DSR_NS_RDF "subject", DSR_SAYS_PART, 0},
    {DSR_NS_RDF "predicate", DSR_SAYS_PART, 1},
    {DSR_NS_RDF "object", DSR_SAYS_PART, 2},
    {DSR_NS_RDF "type", DSR_SAYS_TYPE, 0},
    {DSR_NS_PROV "hadPrimarySource", DSR_SAYS_CLAIM, DSR_TERM_SOURCE},
    {DSR_NS_PROV "wasAttributedTo", DSR_SAYS_CLAIM, DSR_TERM_SPEAKER},
    {DSR_NS_PROV "value", DSR_SAYS_CLAIM, DSR_TERM_QUOTATION},
    {DSR_NS_PROV "generatedAtTime", DSR_SAYS_CLAIM, DSR_TERM_OPENED},
    {DSR_NS_PROV "invalidatedAtTime", DSR_SAYS_CLAIM, DSR_TERM_CLOSED},
    {DSR_NS_V "because", DSR_SAYS_CLAIM, DSR_TERM_BECAUSE},
    {DSR_NS_V "locator", DSR_SAYS_CLAIM, DSR_TERM_LOCATOR},
    {DSR_NS_V "kind", DSR_SAYS_CLAIM, DSR_TERM_KIND},
    {DSR_NS_V "grade", DSR_SAYS_CLAIM, DSR_TERM_GRADE},
    {DSR_NS_V "confidence", DSR_SAYS_CLAIM, DSR_TERM_CONFIDENCE},
    {DSR_NS_V "target", DSR_SAYS_CLAIM, DSR_TERM_TARGET},
    {DSR_NS_V "valid", DSR_SAYS_CLAIM, DSR_TERM_VALID},
    {DSR_NS_V "relation", DSR_SAYS_CLAIM, DSR_TERM_RELATION},
    {DSR_NS_V "arg1", DSR_SAYS_CLAIM, DSR_TERM_ARG + 0},
    {DSR_NS_V "arg2", DSR_SAYS_CLAIM, DSR_TERM_ARG + 1},
    {DSR_NS_V "arg3", DSR_SAYS_CLAIM, DSR_TERM_ARG + 2},
    {DSR_NS_V "arg4", DSR_SAYS_CLAIM, DSR_TERM_ARG + 3},
    {DSR_NS_V "arg5", DSR_SAYS_CLAIM, DSR_TERM_ARG + 4},
    {DSR_NS_V "arg6", DSR_SAYS_CLAIM, DSR_TERM_ARG + 5},
    {DSR_NS_V "arg7", DSR_SAYS_CLAIM, DSR_TERM_ARG + 6},
    {DSR_NS_V "arg8", DSR_SAYS_CLAIM, DSR_TERM_ARG + 7},
};

dsr_status dsr_rdf_at(dsr_rdf_loading *l, int64_t line, dsr_status rc) {
  if (rc >= 0 || rc == DSR_ENOMEM || rc == DSR_ESTOPPED) return rc;
  dsr_error why = *l->im->error;
  const char *words = why.text;
  if (strncmp(words, "row ", 4) == 0 && strstr(words, ": ") != NULL) {
    words = strstr(words, ": ") + 2; /* rows are counted by the load, lines by people */
  }
  dsr_error_clear(l->im->error);
  return dsr_error_at(l->im->error, rc, l->im->name, (dsr_place){(int)line, 1},
                      (dsr_str){NULL, 0}, "%.2000s", words);
}

static dsr_status no_memory(dsr_rdf_loading *l) {
  return dsr_fail_memory(l->im->error);
}

/* ---- predicates ------------------------------------------------------------------- */

static void set_meaning(dsr_rdf_meaning *meaning) {
  meaning->builtin_of = dsr_rdf_builtin(meaning->iri);
  for (size_t i = 0; i < sizeof vocabulary / sizeof *vocabulary; i++) {
    if (!dsr_str_is(meaning->iri, vocabulary[i].iri)) continue;
    meaning->says = vocabulary[i].says;
    meaning->term = vocabulary[i].term;
  }
}

static dsr_status grow_slots(dsr_rdf_loading *l) {
  size_t n = l->n_slots == 0 ? 256 : l->n_slots * 2;
  dsr_rdf_meaning **slots = dsr_alloc(n * sizeof *slots);
  if (slots == NULL) return no_memory(l);
  for (size_t i = 0; i < l->meanings.len; i++) {
    size_t at = l->meanings.items[i]->hash & (n - 1);
    while (slots[at] != NULL) at = (at + 1) & (n - 1);
    slots[at] = l->meanings.items[i];
  }
  dsr_free(l->slots);
  l->slots = slots;
  l->n_slots = n;
  return DSR_OK;
}

static dsr_status add_meaning(dsr_rdf_loading *l, dsr_str iri, uint64_t hash,
                              dsr_rdf_meaning **out) {
  if (l->meanings.len * 2 >= l->n_slots) TRY(grow_slots(l));
  dsr_rdf_meaning *made = dsr_arena_alloc(&l->arena, sizeof *made);
  if (made == NULL) return no_memory(l);
  made->iri = dsr_arena_str(&l->arena, iri);
  if (made->iri.data == NULL || !VEC_PUSH(&l->meanings, made)) return no_memory(l);
  made->hash = hash;
  set_meaning(made);
  size_t at = hash & (l->n_slots - 1);
  while (l->slots[at] != NULL) at = (at + 1) & (l->n_slots - 1);
  l->slots[at] = made;
  *out = made;
  return DSR_OK;
}

dsr_status dsr_rdf_meaning_of(dsr_rdf_loading *l, dsr_str iri, dsr_rdf_meaning **out) {
  uint64_t hash = dsr_hash(iri.data, iri.len, 0);
  size_t at = l->n_slots > 0 ? hash & (l->n_slots - 1) : 0;
  for (; l->n_slots > 0 && l->slots[at] != NULL; at = (at + 1) & (l->n_slots - 1)) {
    if (l->slots[at]->hash != hash || !dsr_str_eq(l->slots[at]->iri, iri)) continue;
    *out = l->slots[at];
    return DSR_OK;
  }
  return add_meaning(l, iri, hash, out);
}

static bool fits(uint32_t builtin, int tag) {
  bool text = builtin == DSR_REL_LABEL || builtin == DSR_REL_ALIAS;
  return builtin != 0 && tag == (text ? DSR_TAG_TEXT : DSR_TAG_ENTITY);
}

dsr_status dsr_rdf_relation(dsr_rdf_loading *l, dsr_rdf_meaning *meaning, bool entity,
                            int tag, uint32_t *out) {
  if (entity && fits(meaning->builtin_of, tag)) {
    *out = meaning->builtin_of;
    return DSR_OK;
  }
  if (meaning->plain == 0) {
    dsr_bytes name = {0};
    dsr_rdf_term term = {.kind = DSR_RDF_IRI, .text = meaning->iri};
    dsr_status rc = DSR_OK;
    if (!dsr_rdf_name(&l->map, &term, &name)) rc = no_memory(l);
    dsr_str spelled = {(const char *)name.items, name.len};
    if (rc >= 0) rc = dsr_bulk_relation(l->im->bulk, spelled, 2, &meaning->plain);
    VEC_FREE(&name);
    TRY(rc);
  }
  *out = meaning->plain;
  return DSR_OK;
}

/* ---- sources ---------------------------------------------------------------------- */

dsr_status dsr_rdf_turn(dsr_rdf_loading *l, uint32_t graph) {
  if (l->at == graph) return DSR_OK;
  l->at = UINT32_MAX;
  TRY(dsr_import_source(l->im, l->graphs.items[graph].source));
  l->at = graph;
  return DSR_OK;
}

/* The slot where the graph is, or would be. */
static uint32_t *graph_slot(const dsr_rdf_loading *l, dsr_str name, uint64_t hash) {
  size_t at = hash & (l->n_graph_slots - 1);
  for (; l->graph_slots[at] != 0; at = (at + 1) & (l->n_graph_slots - 1)) {
    const dsr_rdf_graph *graph = &l->graphs.items[l->graph_slots[at]];
    if (graph->hash == hash && dsr_str_eq(graph->name, name)) break;
  }
  return &l->graph_slots[at];
}

static dsr_status grow_graphs(dsr_rdf_loading *l) {
  size_t n = l->n_graph_slots == 0 ? 64 : l->n_graph_slots * 2;
  uint32_t *slots = dsr_alloc(n * sizeof *slots);
  if (slots == NULL) return no_memory(l);
  dsr_free(l->graph_slots);
  l->graph_slots = slots;
  l->n_graph_slots = n;
  for (size_t i = 2; i < l->graphs.len; i++) {
    const dsr_rdf_graph *graph = &l->graphs.items[i];
    *graph_slot(l, graph->name, graph->hash) = (uint32_t)i;
  }
  return DSR_OK;
}

static dsr_status add_graph(dsr_rdf_loading *l, dsr_str name, uint64_t hash) {
  dsr_rdf_graph graph = {.name = dsr_arena_str(&l->arena, name), .hash = hash};
  if (graph.name.data == NULL) return no_memory(l);
  TRY(dsr_bulk_name(l->im->bulk, DSR_SYM_ENTITY, name, &graph.source));
  if (!VEC_PUSH(&l->graphs, graph)) return no_memory(l);
  l->graph = (uint32_t)l->graphs.len - 1;
  *graph_slot(l, graph.name, hash) = l->graph;
  return DSR_OK;
}

/* Set l->graph to that of a quad.  Graphs mostly come quad after quad. */
static dsr_status find_graph(dsr_rdf_loading *l, const dsr_rdf_term *term) {
  uint32_t before = l->graph;
  l->graph = 0;
  if (term == NULL) return DSR_OK;
  l->name.len = 0;
  if (!dsr_rdf_name(&l->map, term, &l->name)) return no_memory(l);
  dsr_str name = {(const char *)l->name.items, l->name.len};
  if (before > 1 && dsr_str_eq(l->graphs.items[before].name, name)) {
    l->graph = before;
    return DSR_OK;
  }
  uint64_t hash = dsr_hash(name.data, name.len, 0);
  if (l->graphs.len * 2 >= l->n_graph_slots) TRY(grow_graphs(l));
  l->graph = *graph_slot(l, name, hash);
  return l->graph != 0 ? DSR_OK : add_graph(l, name, hash);
}

/* ---- rows ------------------------------------------------------------------------- */

static dsr_status put_row(dsr_rdf_loading *l, const dsr_rdf_row *row,
                          const dsr_word *words) {
  dsr_word args[2] = {words[row->subject],
                      row->word != DSR_WORD_NONE ? row->word : words[row->object]};
  uint32_t relation;
  TRY(dsr_rdf_turn(l, row->graph));
  TRY(dsr_rdf_relation(l, row->meaning, true, dsr_word_tag(args[1]), &relation));
  return dsr_bulk_put(l->im->bulk, relation, args, DSR_WORD_NONE);
}

/* The line of the row that a name stands in. */
static int64_t line_of(const dsr_rdf_loading *l, size_t name) {
  for (size_t i = 0; i < l->n_rows; i++) {
    const dsr_rdf_row *row = &l->rows[i];
    if (row->subject >= name || (row->word == DSR_WORD_NONE && row->object >= name)) {
      return row->line;
    }
  }
  return l->n_rows > 0 ? l->rows[l->n_rows - 1].line : 1;
}

static dsr_status put_rows(dsr_rdf_loading *l) {
  dsr_word words[2 * DSR_RDF_BATCH];
  size_t done = 0;
  for (size_t i = 0; i < l->n_names; i++) {
    l->names[i].spelling.data = (const char *)l->room.items + l->offsets[i];
  }
  dsr_status rc = dsr_bulk_names(l->im->bulk, l->names, l->n_names, words, &done);
  if (rc < 0) return dsr_rdf_at(l, line_of(l, done), rc);
  for (size_t i = 0; i < l->n_rows; i++) {
    rc = put_row(l, &l->rows[i], words);
    if (rc < 0) return dsr_rdf_at(l, l->rows[i].line, rc);
  }
  l->n_rows = l->n_names = l->room.len = 0;
  return DSR_OK;
}

/* A name was spelled into the room, from `start` on. */
static uint32_t add_name(dsr_rdf_loading *l, dsr_symbol_kind kind, size_t start) {
  l->names[l->n_names] = (dsr_naming_name){kind, (dsr_str){NULL, l->room.len - start}};
  l->offsets[l->n_names] = start;
  return (uint32_t)l->n_names++;
}

static dsr_status no_nul(dsr_rdf_loading *l, int64_t line) {
  dsr_status rc = dsr_fail(l->im->error, DSR_EUNSUPPORTED,
                           "a text cannot hold the character U+0000");
  return dsr_rdf_at(l, line, rc);
}

static dsr_status add_object(dsr_rdf_loading *l, const dsr_rdf_term *term,
                             dsr_rdf_row *row) {
  size_t start = l->room.len;
  dsr_symbol_kind kind = DSR_SYM_ENTITY;
  if (term->kind == DSR_RDF_IRI || term->kind == DSR_RDF_BLANK) {
    if (!dsr_rdf_name(&l->map, term, &l->room)) return no_memory(l);
  } else {
    dsr_status rc = dsr_rdf_literal(&l->map, term, &l->room, &row->word, &kind);
    if (rc == DSR_EUNSUPPORTED) return no_nul(l, row->line);
    if (rc == DSR_ENOMEM) return no_memory(l);
    if (rc == DSR_OK) return DSR_OK;
  }
  row->object = add_name(l, kind, start);
  return DSR_OK;
}

static dsr_status add_row(dsr_rdf_loading *l, const dsr_rdf_quad *quad,
                          dsr_rdf_meaning *meaning) {
  dsr_rdf_row *row = &l->rows[l->n_rows];
  size_t start = l->room.len;
  *row = (dsr_rdf_row){.meaning = meaning, .graph = l->graph, .line = quad->line};
  if (!dsr_rdf_name(&l->map, quad->subject, &l->room)) return no_memory(l);
  row->subject = add_name(l, DSR_SYM_ENTITY, start);
  TRY(add_object(l, quad->object, row));
  l->n_rows++;
  return DSR_OK;
}

/* ---- one by one ------------------------------------------------------------------- */

dsr_status dsr_rdf_word(dsr_rdf_loading *l, const dsr_rdf_term *term, int64_t line,
                        dsr_word *out) {
  dsr_bytes room = {0};
  dsr_symbol_kind kind = DSR_SYM_ENTITY;
  dsr_status rc = DSR_ROW;
  if (term->kind == DSR_RDF_IRI || term->kind == DSR_RDF_BLANK) {
    if (!dsr_rdf_name(&l->map, term, &room)) rc = DSR_ENOMEM;
  } else {
    rc = dsr_rdf_literal(&l->map, term, &room, out, &kind);
  }
  if (rc == DSR_ENOMEM) rc = no_memory(l);
  if (rc == DSR_EUNSUPPORTED) rc = no_nul(l, line);
  if (rc == DSR_ROW) {
    dsr_str spelling = {room.items != NULL ? (const char *)room.items : "", room.len};
    rc = dsr_rdf_at(l, line, dsr_bulk_name(l->im->bulk, kind, spelling, out));
  }
  VEC_FREE(&room);
  return rc;
}

dsr_status dsr_rdf_put(dsr_rdf_loading *l, uint32_t graph, const dsr_rdf_term *subject,
                       dsr_rdf_meaning *meaning, const dsr_rdf_term *object,
                       int64_t line) {
  dsr_word args[2];
  uint32_t relation;
  TRY(dsr_rdf_word(l, subject, line, &args[0]));
  TRY(dsr_rdf_word(l, object, line, &args[1]));
  TRY(dsr_rdf_turn(l, graph));
  TRY(dsr_rdf_relation(l, meaning, true, dsr_word_tag(args[1]), &relation));
  return dsr_rdf_at(l, line, dsr_bulk_put(l->im->bulk, relation, args, DSR_WORD_NONE));
}

/* ---- quads ------------------------------------------------------------------------ */

/* The row before the one that comes is not reified right behind: rows can be put. */
static dsr_status make_room(dsr_rdf_loading *l) {
  if (l->n_rows < DSR_RDF_BATCH) return DSR_OK;
  return put_rows(l);
}

static dsr_status on_quad(void *ud, const dsr_rdf_quad *quad) {
  dsr_rdf_loading *l = ud;
  dsr_str predicate = quad->predicate->text;
  l->im->report->rows++;
  TRY(dsr_import_step(l->im, l->input));
  if (l->last == NULL || !dsr_str_eq(l->last->iri, predicate)) {
    TRY(dsr_rdf_meaning_of(l, predicate, &l->last));
  }
  dsr_rdf_meaning *meaning = l->last;
  TRY(find_graph(l, quad->graph));
  if (meaning->says != DSR_SAYS_FACT) {
    dsr_status rc = dsr_rdf_keep(l, meaning, quad);
    if (rc != DSR_NOTHING) return rc;
  }
  if (l->nodes != NULL) {
    dsr_status rc = dsr_rdf_reified(l, quad);
    if (rc != DSR_NOTHING) return rc;
  }
  TRY(make_room(l));
  return add_row(l, quad, meaning);
}

/* Is the label of a prefix known, from this import or before? */
static dsr_status is_known(dsr_rdf_loading *l, dsr_word label, bool *known) {
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t set;
  *known = false;
  for (size_t i = 0; i < l->im->prefixes.len; i++) {
    if (l->im->prefixes.items[i] == label) *known = true;
  }
  if (*known) return DSR_OK;
  if (!VEC_PUSH(&l->im->prefixes, label)) return no_memory(l);
  TRY(dsr_cursor_start(dsr_facts_store(l->im->facts), DSR_REL_PREFIX, 3, 0, &label, 1,
                       &cursor));
  dsr_status rc = dsr_cursor_next(cursor, &row, &set);
  *known = rc == DSR_ROW;
  dsr_cursor_stop(cursor);
  return rc < 0 ? rc : DSR_OK;
}

/* A prefix is kept for display; one that is known already stays as it is. */
static dsr_status on_prefix(void *ud, dsr_str label, dsr_str iri) {
  dsr_rdf_loading *l = ud;
  dsr_word args[2];
  bool known;
  if (label.len == 0 || dsr_rdf_pen_knows(label, iri)) return DSR_OK;
  TRY(dsr_bulk_name(l->im->bulk, DSR_SYM_TEXT, label, &args[0]));
  TRY(is_known(l, args[0], &known));
  if (known) return DSR_OK;
  TRY(dsr_bulk_name(l->im->bulk, DSR_SYM_TEXT, iri, &args[1]));
  TRY(dsr_rdf_turn(l, 1));
  return dsr_bulk_put(l->im->bulk, DSR_REL_PREFIX, args, DSR_WORD_NONE);
}

/* ---- files ------------------------------------------------------------------------ */

static dsr_status start(dsr_rdf_loading *l) {
  dsr_importing *im = l->im;
  dsr_rdf_graph usual = {.source = im->source};
  dsr_rdf_graph base = {.source = dsr_facts_base_source(im->facts)};
  l->map.iri = dsr_str_of(im->options->iri);
  l->map.keep_blank = im->options->keep_blank != 0;
  uint64_t next = dsr_symbols_next(dsr_facts_symbols(im->facts));
  snprintf(l->map.blank, sizeof l->map.blank, "n%llu-", (unsigned long long)next);
  if (!VEC_PUSH(&l->graphs, usual) || !VEC_PUSH(&l->graphs, base)) return no_memory(l);
  l->at = UINT32_MAX;
  return dsr_rdf_turn(l, 0);
}

static dsr_status read(dsr_importing *im, dsr_input *input, dsr_rdf_syntax syntax) {
  dsr_rdf_loading *l = dsr_alloc(sizeof *l);
  if (l == NULL) return dsr_fail_memory(im->error);
  l->im = im;
  l->input = input;
  dsr_rdf_sink sink = {.ud = l, .quad = on_quad, .prefix = on_prefix};
  dsr_status rc = start(l);
  if (rc >= 0) rc = dsr_rdf_read(input, syntax, (dsr_str){NULL, 0}, &sink, im->error);
  if (rc >= 0) rc = put_rows(l);
  if (rc >= 0 && l->nodes != NULL) rc = dsr_rdf_nodes_end(l);
  dsr_rdf_nodes_free(l->nodes);
  VEC_FREE(&l->meanings);
  VEC_FREE(&l->graphs);
  VEC_FREE(&l->room);
  VEC_FREE(&l->name);
  dsr_free(l->slots);
  dsr_free(l->graph_slots);
  dsr_arena_free(&l->arena);
  dsr_free(l);
  return rc;
}

dsr_status dsr_import_nt(dsr_importing *im, dsr_input *input) {
  return read(im, input, DSR_RDF_NTRIPLES);
}

dsr_status dsr_import_nq(dsr_importing *im, dsr_input *input) {
  return read(im, input, DSR_RDF_NQUADS);
}

dsr_status dsr_import_ttl(dsr_importing *im, dsr_input *input) {
  return read(im, input, DSR_RDF_TURTLE);
}

dsr_status dsr_import_trig(dsr_importing *im, dsr_input *input) {
  return read(im, input, DSR_RDF_TRIG);
}
