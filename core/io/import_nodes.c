/*
** import_nodes.c - claims told by nodes: what they are made of is kept until the document
** ends, since its parts may come in any order.
**
** A node is a subject in a graph, with the quads of it that may tell of a claim.  A triple
** that some node reifies has an entry; where it is asserted right before, or later on, that
** is noted here instead of being put, until it is known whether a claim stands for it.
**
** In the end: triples that are asserted and that no claim asserts, then the nodes in the
** order of the document, as claims or, where they are none, as the facts that they look
** like.  Memory: some hundred bytes for each such quad.
*/
#include <string.h>

#include "ground/text.h"
#include "io/import_rdf.h"

enum {
  IS_CLAIM = 1,
  IS_DENIAL = 2,
  IS_PREFERENCE = 4,
  IS_DEPRECATION = 8,
  IS_OURS = 16,   /* has a type or a term of v: */
  IS_SEVERAL = 32 /* says something twice: it is no claim */
};

typedef struct part {
  struct part *next;
  const dsr_rdf_meaning *meaning;
  const dsr_rdf_term *object;
  int64_t line;
} part;

typedef struct entry {
  uint64_t hash;
  dsr_str key;
  uint32_t graph;
  const dsr_rdf_term *triple;
  int64_t line;
  bool asserted, claimed;
} entry;

typedef struct node {
  uint64_t hash;
  uint32_t graph;
  const dsr_rdf_term *subject;
  part *first, **last;
  unsigned is;
  const dsr_rdf_term *triple;   /* reified, all three */
  const dsr_rdf_term *parts[3]; /* rdf:subject and so on */
  const dsr_rdf_term *terms[DSR_TERMS];
  entry *of; /* NULL: it reifies none */
  int64_t line;
} node;

/* An open-addressing table of things that begin with their hash. */
typedef struct table {
  VEC(uint64_t *) all;
  uint64_t **slots;
  size_t n_slots;
} table;

struct dsr_rdf_nodes {
  dsr_arena arena;
  table nodes, entries;
  dsr_bytes key;
  int64_t closed; /* claims that were closed, and are left out */
};

static dsr_status no_memory(dsr_rdf_loading *l) {
  return dsr_fail_memory(l->im->error);
}

/* ---- tables ----------------------------------------------------------------------- */

static bool table_add(table *in, uint64_t *thing) {
  if (in->all.len * 2 >= in->n_slots) {
    size_t n = in->n_slots == 0 ? 64 : in->n_slots * 2;
    uint64_t **slots = dsr_alloc(n * sizeof *slots);
    if (slots == NULL) return false;
    for (size_t i = 0; i < in->all.len; i++) {
      size_t at = *in->all.items[i] & (n - 1);
      while (slots[at] != NULL) at = (at + 1) & (n - 1);
      slots[at] = in->all.items[i];
    }
    dsr_free(in->slots);
    in->slots = slots;
    in->n_slots = n;
  }
  if (!VEC_PUSH(&in->all, thing)) return false;
  size_t at = *thing & (in->n_slots - 1);
  while (in->slots[at] != NULL) at = (at + 1) & (in->n_slots - 1);
  in->slots[at] = thing;
  return true;
}

static void table_free(table *in) {
  VEC_FREE(&in->all);
  dsr_free(in->slots);
}

void dsr_rdf_nodes_free(dsr_rdf_nodes *nodes) {
  if (nodes == NULL) return;
  table_free(&nodes->nodes);
  table_free(&nodes->entries);
  VEC_FREE(&nodes->key);
  dsr_arena_free(&nodes->arena);
  dsr_free(nodes);
}

/* ---- copies ----------------------------------------------------------------------- */

static bool copy_str(dsr_arena *arena, dsr_str *text) {
  if (text->len == 0) return true;
  *text = dsr_arena_str(arena, *text);
  return text->data != NULL;
}

static bool copy_into(dsr_arena *arena, const dsr_rdf_term *term, dsr_rdf_term *to) {
  *to = *term;
  if (!copy_str(arena, &to->text) || !copy_str(arena, &to->datatype) ||
      !copy_str(arena, &to->language)) {
    return false;
  }
  if (term->kind != DSR_RDF_TRIPLE) return true;
  dsr_rdf_term *triple = dsr_arena_alloc(arena, 3 * sizeof *triple);
  to->triple = triple;
  for (int i = 0; triple != NULL && i < 3; i++) {
    if (!copy_into(arena, &term->triple[i], &triple[i])) return false;
  }
  return triple != NULL;
}

static const dsr_rdf_term *copy(dsr_arena *arena, const dsr_rdf_term *term) {
  dsr_rdf_term *made = dsr_arena_alloc(arena, sizeof *made);
  return made != NULL && copy_into(arena, term, made) ? made : NULL;
}

/* ---- triples ---------------------------------------------------------------------- */

static dsr_status start_key(dsr_rdf_loading *l, uint32_t graph) {
  l->nodes->key.len = 0;
  return dsr_bytes_put(&l->nodes->key, &graph, sizeof graph) ? DSR_OK : no_memory(l);
}

/* What tells one triple of a graph from another, into nodes->key. */
static dsr_status key_of(dsr_rdf_loading *l, const dsr_rdf_term *s, dsr_str p,
                         const dsr_rdf_term *o) {
  dsr_bytes *key = &l->nodes->key;
  TRY(start_key(l, l->graph));
  bool all = dsr_rdf_spell(&l->map, s, key) && dsr_bytes_put(key, " ", 1) &&
             dsr_bytes_put(key, p.data, p.len) && dsr_bytes_put(key, " ", 1) &&
             dsr_rdf_spell(&l->map, o, key);
  return all ? DSR_OK : no_memory(l);
}

static entry *find_entry(const dsr_rdf_nodes *nodes, uint64_t hash) {
  const table *in = &nodes->entries;
  if (in->n_slots == 0) return NULL;
  size_t at = hash & (in->n_slots - 1);
  for (; in->slots[at] != NULL; at = (at + 1) & (in->n_slots - 1)) {
    entry *found = (entry *)in->slots[at];
    if (found->hash != hash || found->key.len != nodes->key.len) continue;
    if (memcmp(found->key.data, nodes->key.items, nodes->key.len) == 0) return found;
  }
  return NULL;
}

static uint64_t hash_key(const dsr_rdf_nodes *nodes) {
  return dsr_hash(nodes->key.items, nodes->key.len, 0);
}

/* The entry of a triple in the graph at hand, made if there is none. */
static dsr_status entry_of(dsr_rdf_loading *l, const dsr_rdf_term *triple, int64_t line,
                           entry **out) {
  dsr_rdf_nodes *nodes = l->nodes;
  TRY(key_of(l, &triple[0], triple[1].text, &triple[2]));
  uint64_t hash = hash_key(nodes);
  *out = find_entry(nodes, hash);
  if (*out != NULL) return DSR_OK;
  entry *made = dsr_arena_alloc(&nodes->arena, sizeof *made);
  if (made == NULL) return no_memory(l);
  *made = (entry){.hash = hash, .graph = l->graph, .triple = triple, .line = line};
  made->key = dsr_arena_str(&nodes->arena,
                            (dsr_str){(const char *)nodes->key.items, nodes->key.len});
  if (made->key.data == NULL || !table_add(&nodes->entries, &made->hash)) {
    return no_memory(l);
  }
  *out = made;
  return DSR_OK;
}

/* Is the last row of the batch the triple of the node? */
static dsr_status is_last(dsr_rdf_loading *l, const dsr_rdf_term *triple, bool *out) {
  const dsr_rdf_row *row = &l->rows[l->n_rows > 0 ? l->n_rows - 1 : 0];
  const char *room = (const char *)l->room.items;
  dsr_bytes spelled = {0};
  dsr_word word = DSR_WORD_NONE;
  dsr_symbol_kind kind = DSR_SYM_ENTITY;
  *out = l->n_rows > 0 && row->graph == l->graph &&
         dsr_str_eq(row->meaning->iri, triple[1].text);
  if (!*out) return DSR_OK;
  bool all = dsr_rdf_name(&l->map, &triple[0], &spelled);
  size_t len = spelled.len;
  dsr_status rc = all ? DSR_ROW : DSR_ENOMEM;
  if (all && triple[2].kind <= DSR_RDF_BLANK) {
    if (!dsr_rdf_name(&l->map, &triple[2], &spelled)) rc = DSR_ENOMEM;
  } else if (all) {
    rc = dsr_rdf_literal(&l->map, &triple[2], &spelled, &word, &kind);
  }
  if (rc >= 0) {
    const dsr_naming_name *s = &l->names[row->subject], *o = &l->names[row->object];
    const char *at = (const char *)spelled.items;
    *out = s->spelling.len == len &&
           memcmp(room + l->offsets[row->subject], at, len) == 0 && row->word == word;
    if (*out && rc == DSR_ROW) {
      *out = o->kind == kind && o->spelling.len == spelled.len - len &&
             memcmp(room + l->offsets[row->object], at + len, spelled.len - len) == 0;
    }
  }
  VEC_FREE(&spelled);
  if (rc == DSR_ENOMEM) return no_memory(l);
  if (rc < 0) *out = false;
  return DSR_OK;
}

dsr_status dsr_rdf_reified(dsr_rdf_loading *l, const dsr_rdf_quad *quad) {
  if (l->nodes->entries.all.len == 0) return DSR_NOTHING;
  TRY(key_of(l, quad->subject, quad->predicate->text, quad->object));
  entry *found = find_entry(l->nodes, hash_key(l->nodes));
  if (found == NULL) return DSR_NOTHING;
  found->asserted = true;
  return DSR_OK;
}

/* ---- nodes ------------------------------------------------------------------------ */

static dsr_status find_node(dsr_rdf_loading *l, const dsr_rdf_quad *quad, node **out) {
  dsr_rdf_nodes *nodes = l->nodes;
  const dsr_rdf_term *subject = quad->subject;
  uint64_t hash = dsr_hash(subject->text.data, subject->text.len, l->graph);
  size_t mask = nodes->nodes.n_slots - 1;
  for (size_t at = hash & mask; nodes->nodes.n_slots > 0; at = (at + 1) & mask) {
    node *found = (node *)nodes->nodes.slots[at];
    if (found == NULL) break;
    *out = found;
    if (found->hash == hash && found->graph == l->graph &&
        found->subject->kind == subject->kind &&
        dsr_str_eq(found->subject->text, subject->text)) {
      return DSR_OK;
    }
  }
  node *made = dsr_arena_alloc(&nodes->arena, sizeof *made);
  if (made == NULL) return no_memory(l);
  made->hash = hash;
  made->graph = l->graph;
  made->subject = copy(&nodes->arena, subject);
  made->last = &made->first;
  made->line = quad->line;
  if (made->subject == NULL || !table_add(&nodes->nodes, &made->hash)) {
    return no_memory(l);
  }
  *out = made;
  return DSR_OK;
}

/* What a type makes of a node: 0 where it says nothing here. */
static unsigned type_of(const dsr_rdf_term *object) {
  static const struct {
    const char *iri;
    unsigned is;
  } types[] = {{DSR_NS_V "Claim", IS_CLAIM | IS_OURS},
               {DSR_NS_V "Fact", IS_CLAIM | IS_OURS},
               {DSR_NS_V "Denial", IS_DENIAL | IS_OURS},
               {DSR_NS_V "Preference", IS_PREFERENCE | IS_OURS},
               {DSR_NS_V "Deprecation", IS_DEPRECATION | IS_OURS}};
  if (object->kind != DSR_RDF_IRI) return 0;
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    if (dsr_str_is(object->text, types[i].iri)) return types[i].is;
  }
  return 0;
}

static bool is_iri(const dsr_rdf_term *term, const char *iri) {
  return term->kind == DSR_RDF_IRI && dsr_str_is(term->text, iri);
}

/* Set what a node has once. */
static void set_once(node *to, const dsr_rdf_term **slot, const dsr_rdf_term *object) {
  if (*slot != NULL) to->is |= IS_SEVERAL;
  *slot = object;
}

static dsr_status note_triple(dsr_rdf_loading *l, node *to, bool behind, int64_t line) {
  bool last = false;
  TRY(entry_of(l, to->triple, line, &to->of));
  if (behind) TRY(is_last(l, to->triple, &last));
  if (last) {
    l->n_rows--; /* its names stay: the fact has them */
    to->of->asserted = true;
  }
  return DSR_OK;
}

static dsr_status set_part(dsr_rdf_loading *l, node *to, int which,
                           const dsr_rdf_term *object, int64_t line) {
  set_once(to, &to->parts[which], object);
  for (int i = 0; i < 3; i++) {
    if (to->parts[i] == NULL) return DSR_OK;
  }
  if (to->triple != NULL || to->parts[0]->kind > DSR_RDF_BLANK ||
      to->parts[1]->kind != DSR_RDF_IRI) {
    to->is |= IS_SEVERAL;
    return DSR_OK;
  }
  dsr_rdf_term *triple = dsr_arena_alloc(&l->nodes->arena, 3 * sizeof *triple);
  if (triple == NULL) return no_memory(l);
  for (int i = 0; i < 3; i++) triple[i] = *to->parts[i];
  to->triple = triple;
  return note_triple(l, to, false, line);
}

static dsr_status add_part(dsr_rdf_loading *l, const dsr_rdf_meaning *meaning,
                           const dsr_rdf_quad *quad, unsigned type) {
  node *to = NULL;
  TRY(find_node(l, quad, &to));
  part *made = dsr_arena_alloc(&l->nodes->arena, sizeof *made);
  if (made == NULL) return no_memory(l);
  made->meaning = meaning;
  made->line = quad->line;
  made->object = copy(&l->nodes->arena, quad->object);
  if (made->object == NULL) return no_memory(l);
  *to->last = made;
  to->last = &made->next;
  if (type != 0) {
    if (to->is & type & ~(unsigned)IS_OURS) to->is |= IS_SEVERAL;
    to->is |= type;
  } else if (meaning->says == DSR_SAYS_CLAIM) {
    set_once(to, &to->terms[meaning->term], made->object);
    if (meaning->term >= DSR_TERM_BECAUSE) to->is |= IS_OURS;
  } else if (meaning->says == DSR_SAYS_PART) {
    return set_part(l, to, meaning->term, made->object, quad->line);
  } else if (meaning->says == DSR_SAYS_REIFIES && to->triple == NULL) {
    to->triple = made->object->triple;
    return note_triple(l, to, true, quad->line);
  } else if (meaning->says == DSR_SAYS_REIFIES) {
    to->is |= IS_SEVERAL;
  }
  return DSR_OK;
}

static dsr_status put_source(dsr_rdf_loading *l, const dsr_rdf_quad *quad) {
  dsr_word word;
  TRY(dsr_rdf_word(l, quad->subject, quad->line, &word));
  TRY(dsr_rdf_turn(l, l->graph));
  return dsr_bulk_put(l->im->bulk, DSR_REL_SOURCE, &word, DSR_WORD_NONE);
}

dsr_status dsr_rdf_keep(dsr_rdf_loading *l, const dsr_rdf_meaning *meaning,
                        const dsr_rdf_quad *quad) {
  unsigned type = 0;
  if (meaning->says == DSR_SAYS_TYPE) {
    if (is_iri(quad->object, DSR_NS_V "Source")) return put_source(l, quad);
    type = type_of(quad->object);
    if (type == 0 && !is_iri(quad->object, DSR_NS_RDF "Statement")) return DSR_NOTHING;
  }
  if (meaning->says == DSR_SAYS_REIFIES && quad->object->kind != DSR_RDF_TRIPLE) {
    return DSR_NOTHING;
  }
  if (l->nodes == NULL) l->nodes = dsr_alloc(sizeof *l->nodes);
  if (l->nodes == NULL) return no_memory(l);
  return add_part(l, meaning, quad, type);
}

/* ---- claims ----------------------------------------------------------------------- */

static bool is_claim(const node *of) {
  bool fact = of->terms[DSR_TERM_RELATION] != NULL;
  return of->is & IS_OURS && !(of->is & IS_SEVERAL) && fact != (of->triple != NULL);
}

static dsr_verb verb_of(const node *of) {
  return of->is & IS_PREFERENCE    ? DSR_PREFERS
         : of->is & IS_DEPRECATION ? DSR_DEPRECATES
         : of->is & IS_DENIAL      ? DSR_DENIES
                                   : DSR_ASSERTS;
}

static dsr_status bad_term(dsr_rdf_loading *l, const node *of, const char *what) {
  dsr_status rc = dsr_fail(l->im->error, DSR_ETYPE, "a claim's %s", what);
  return dsr_rdf_at(l, of->line, rc);
}

/* The word of a term, which must have one of the tags. */
static dsr_status term_word(dsr_rdf_loading *l, const node *of, int term, unsigned tags,
                            const char *what, dsr_word *out) {
  const dsr_rdf_term *is = of->terms[term];
  if (is == NULL) return DSR_OK;
  TRY(dsr_rdf_word(l, is, of->line, out));
  return tags >> dsr_word_tag(*out) & 1 ? DSR_OK : bad_term(l, of, what);
}

static dsr_status set_kind(dsr_rdf_loading *l, const node *of, dsr_claim_row *row) {
  const dsr_rdf_term *kind = of->terms[DSR_TERM_KIND];
  row->kind = of->terms[DSR_TERM_SPEAKER] != NULL ? DSR_ATTRIBUTED : DSR_STATED;
  if (kind == NULL) return DSR_OK;
  size_t ns = strlen(DSR_NS_V);
  bool named = kind->kind == DSR_RDF_IRI && kind->text.len > ns &&
               memcmp(kind->text.data, DSR_NS_V, ns) == 0;
  dsr_str word = {kind->text.data + (named ? ns : 0),
                  kind->text.len - (named ? ns : 0)};
  if (named && dsr_kind_named(word, &row->kind)) return DSR_OK;
  return bad_term(l, of, "v:kind is v:stated, v:attributed or v:assessed");
}

static dsr_status set_valid(dsr_rdf_loading *l, const node *of, dsr_word *out) {
  const dsr_rdf_term *valid = of->terms[DSR_TERM_VALID];
  char why[256];
  dsr_time time;
  *out = DSR_WORD_NONE;
  if (valid == NULL) return DSR_OK;
  if (valid->kind != DSR_RDF_LITERAL || valid->text.len == 0 ||
      dsr_time_parse(valid->text, &time, why, sizeof why) < 0) {
    return bad_term(l, of, "v:valid is a time as EDTF writes it");
  }
  if (dsr_str_is(valid->text, "unknown")) return DSR_OK;
  if (dsr_time_is_day(&time) &&
      memchr(valid->text.data, 'X', valid->text.len) == NULL) {
    *out = dsr_word_day(time.es);
    return DSR_OK;
  }
  return dsr_rdf_at(l, of->line,
                    dsr_bulk_name(l->im->bulk, DSR_SYM_TIME, valid->text, out));
}

static dsr_status set_claim(dsr_rdf_loading *l, const node *of, dsr_claim_row *row) {
  enum { ENTITY = 1u << DSR_TAG_ENTITY, TEXT = 1u << DSR_TAG_TEXT };
  enum { NUMBER = 1u << DSR_TAG_INT | 1u << DSR_TAG_DECIMAL | 1u << DSR_TAG_OTHER };
  const dsr_rdf_term *grade = of->terms[DSR_TERM_GRADE];
  int reason =
      of->terms[DSR_TERM_BECAUSE] != NULL ? DSR_TERM_BECAUSE : DSR_TERM_QUOTATION;
  *row = (dsr_claim_row){.verb = verb_of(of)};
  row->source = l->graphs.items[of->graph].source;
  TRY(set_kind(l, of, row));
  TRY(term_word(l, of, DSR_TERM_SOURCE, ENTITY, "prov:hadPrimarySource is no text",
                &row->source));
  TRY(term_word(l, of, DSR_TERM_SPEAKER, ENTITY, "prov:wasAttributedTo is no text",
                &row->speaker));
  TRY(term_word(l, of, DSR_TERM_TARGET, ENTITY, "v:target is a source", &row->target));
  TRY(term_word(l, of, DSR_TERM_LOCATOR, TEXT, "v:locator is a text", &row->locator));
  TRY(term_word(l, of, reason, TEXT, "prov:value and v:because are texts",
                &row->quotation));
  TRY(term_word(l, of, DSR_TERM_CONFIDENCE, NUMBER, "v:confidence is a number",
                &row->confidence));
  if (grade == NULL) return DSR_OK;
  if (grade->kind == DSR_RDF_LITERAL &&
      dsr_grade_parse(grade->text, &row->reliability, &row->credibility)) {
    return DSR_OK;
  }
  return bad_term(l, of, "v:grade is written \"b2\", \"b\" or \"2\"");
}

/* The relation and the columns of a fact node. */
static dsr_status node_fact(dsr_rdf_loading *l, const node *of, dsr_word *args,
                            uint32_t *relation) {
  const dsr_rdf_term *name = of->terms[DSR_TERM_RELATION];
  dsr_rdf_meaning *meaning;
  int arity = 0;
  if (name->kind != DSR_RDF_IRI) return bad_term(l, of, "v:relation is an IRI");
  while (arity < DSR_ARITY_MAX && of->terms[DSR_TERM_ARG + arity] != NULL) {
    TRY(dsr_rdf_word(l, of->terms[DSR_TERM_ARG + arity], of->line, &args[arity]));
    arity++;
  }
  for (int i = arity; i < DSR_ARITY_MAX; i++) {
    if (of->terms[DSR_TERM_ARG + i] != NULL) {
      return bad_term(l, of, "v:arg1, v:arg2, ... leave none out");
    }
  }
  TRY(dsr_rdf_meaning_of(l, name->text, &meaning));
  if (arity == 2) {
    return dsr_rdf_relation(l, meaning, dsr_word_tag(args[0]) == DSR_TAG_ENTITY,
                            dsr_word_tag(args[1]), relation);
  }
  dsr_bytes spelled = {0};
  bool all = dsr_rdf_name(&l->map, name, &spelled);
  dsr_str text = {(const char *)spelled.items, spelled.len};
  dsr_status rc =
      all ? dsr_bulk_relation(l->im->bulk, text, arity, relation) : no_memory(l);
  VEC_FREE(&spelled);
  return rc;
}

static dsr_status put_claim(dsr_rdf_loading *l, const node *of) {
  dsr_word args[DSR_ARITY_MAX], time;
  dsr_claim_row row;
  dsr_rdf_meaning *meaning;
  uint32_t relation;
  if (of->triple == NULL) {
    TRY(node_fact(l, of, args, &relation));
  } else {
    TRY(dsr_rdf_word(l, &of->triple[0], of->line, &args[0]));
    TRY(dsr_rdf_word(l, &of->triple[2], of->line, &args[1]));
    TRY(dsr_rdf_meaning_of(l, of->triple[1].text, &meaning));
    TRY(dsr_rdf_relation(l, meaning, true, dsr_word_tag(args[1]), &relation));
  }
  TRY(set_valid(l, of, &time));
  TRY(set_claim(l, of, &row));
  l->at = UINT32_MAX;
  TRY(dsr_import_source(l->im, row.source));
  TRY(dsr_bulk_claim(l->im->bulk, &row));
  return dsr_rdf_at(l, of->line, dsr_bulk_put(l->im->bulk, relation, args, time));
}

/* A node that is no claim: the quads that it was. */
static dsr_status put_quads(dsr_rdf_loading *l, const node *of) {
  for (const part *at = of->first; at != NULL; at = at->next) {
    dsr_rdf_meaning *meaning;
    TRY(dsr_rdf_meaning_of(l, at->meaning->iri, &meaning));
    TRY(dsr_rdf_put(l, of->graph, of->subject, meaning, at->object, at->line));
  }
  return DSR_OK;
}

static dsr_status put_asserted(dsr_rdf_loading *l) {
  const table *entries = &l->nodes->entries;
  for (size_t i = 0; i < entries->all.len; i++) {
    const entry *is = (const entry *)entries->all.items[i];
    dsr_rdf_meaning *meaning;
    if (!is->asserted || is->claimed) continue;
    TRY(dsr_rdf_meaning_of(l, is->triple[1].text, &meaning));
    TRY(dsr_rdf_put(l, is->graph, &is->triple[0], meaning, &is->triple[2], is->line));
  }
  return DSR_OK;
}

/* Verdicts come behind what they judge. */
static dsr_status put_nodes(dsr_rdf_loading *l, bool verdicts) {
  const table *nodes = &l->nodes->nodes;
  for (size_t i = 0; i < nodes->all.len; i++) {
    const node *of = (const node *)nodes->all.items[i];
    bool claim = is_claim(of);
    TRY(dsr_import_step(l->im, l->input));
    if ((claim && verb_of(of) >= DSR_PREFERS) != verdicts) continue;
    if (!claim) {
      TRY(put_quads(l, of));
    } else if (of->terms[DSR_TERM_CLOSED] == NULL) {
      TRY(put_claim(l, of));
    } else {
      l->nodes->closed++;
    }
  }
  return DSR_OK;
}

dsr_status dsr_rdf_nodes_end(dsr_rdf_loading *l) {
  const table *nodes = &l->nodes->nodes;
  for (size_t i = 0; i < nodes->all.len; i++) {
    const node *of = (const node *)nodes->all.items[i];
    if (of->of == NULL || !is_claim(of) || verb_of(of) != DSR_ASSERTS) continue;
    if (of->terms[DSR_TERM_CLOSED] == NULL) of->of->claimed = true;
  }
  TRY(put_asserted(l));
  TRY(put_nodes(l, false));
  TRY(put_nodes(l, true));
  if (l->nodes->closed > 0) {
    dsr_import_note(l->im, "%s: claims that were taken back are left out: %lld",
                    l->im->name, (long long)l->nodes->closed);
  }
  return DSR_OK;
}
