/*
** export_rdf.c - RDF out of a base: groups of facts, and N-Triples and N-Quads of them.
**
** N-Triples are in the canonical form of RDF 1.2.  A claim's node stands before its triple,
** so that a reader who goes by lines knows that the triple has claims.
*/
#include "io/export_rdf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ground/text.h"

static dsr_status no_memory(const dsr_rdf_out *out) {
  return dsr_fail_memory(dsr_facts_error(out->facts));
}

/* ---- claims ----------------------------------------------------------------------- */

bool dsr_rdf_is_triple(const dsr_rdf_group *group) {
  return group->relation->arity == 2 && dsr_word_tag(group->args[0]) == DSR_TAG_ENTITY;
}

bool dsr_rdf_asserts(const dsr_rdf_claim *claim) {
  return claim->claim.row->verb == DSR_ASSERTS && claim->claim.closed == 0;
}

dsr_word dsr_rdf_graph_of(const dsr_rdf_out *out, const dsr_rdf_claim *claim) {
  dsr_word source = claim->claim.row->source;
  return out->graphs && source != out->base ? source : DSR_WORD_NONE;
}

/* Does the claim say nothing but that its source asserts the fact? */
static bool is_bare(const dsr_rdf_claim *claim) {
  const dsr_claim_row *row = claim->claim.row;
  return dsr_rdf_asserts(claim) && claim->time == DSR_WORD_NONE &&
         row->kind == DSR_STATED && row->reliability == 0 && row->credibility == 0 &&
         row->locator == DSR_WORD_NONE && row->speaker == DSR_WORD_NONE &&
         row->quotation == DSR_WORD_NONE && row->confidence == DSR_WORD_NONE;
}

static bool is_plain(const dsr_rdf_out *out, const dsr_rdf_group *group) {
  if (out->how->options->history) return false;
  for (size_t i = 0; i < group->n; i++) {
    const dsr_rdf_claim *claim = &group->claims[i];
    if (!is_bare(claim)) return false;
    if (!out->graphs && claim->claim.row->source != out->base) return false;
  }
  return true;
}

static const char *type_of(const dsr_rdf_out *out, const dsr_rdf_group *group,
                           const dsr_rdf_claim *claim) {
  switch (claim->claim.row->verb) {
    case DSR_DENIES:
      return DSR_NS_V "Denial";
    case DSR_PREFERS:
      return DSR_NS_V "Preference";
    case DSR_DEPRECATES:
      return DSR_NS_V "Deprecation";
    default:
      break;
  }
  bool alone = !dsr_rdf_is_triple(group) && is_bare(claim) &&
               (out->graphs || claim->claim.row->source == out->base);
  return alone ? DSR_NS_V "Fact" : DSR_NS_V "Claim";
}

static void say_word(dsr_rdf_said *said, int *n, const char *predicate, dsr_word word) {
  if (word == DSR_WORD_NONE) return;
  said[(*n)++] =
      (dsr_rdf_said){.predicate = predicate, .as = DSR_SAID_WORD, .word = word};
}

static void say_stamp(const dsr_rdf_out *out, dsr_rdf_said *said, int *n,
                      const char *predicate, uint64_t transaction, char scratch[32]) {
  int64_t stamp;
  if (transaction == 0 || !out->how->options->history) return;
  dsr_status rc = dsr_store_stamp(dsr_facts_store(out->facts), transaction, &stamp);
  dsr_pen_fail(out->pen, rc);
  if (rc < 0) return;
  dsr_stamp_format(stamp, scratch);
  said[(*n)++] =
      (dsr_rdf_said){.predicate = predicate, .as = DSR_SAID_STAMP, .text = scratch};
}

static void say_iri(dsr_rdf_said *said, int *n, const char *predicate,
                    const char *iri) {
  said[(*n)++] =
      (dsr_rdf_said){.predicate = predicate, .as = DSR_SAID_IRI, .text = iri};
}

int dsr_rdf_say(const dsr_rdf_out *out, const dsr_rdf_group *group,
                const dsr_rdf_claim *claim, char scratch[3][32],
                dsr_rdf_said said[DSR_RDF_SAID_MOST]) {
  const dsr_claim_row *row = claim->claim.row;
  static const char *const kinds[] = {NULL, DSR_NS_V "attributed", DSR_NS_V "assessed"};
  int n = 0;
  bool verdict = row->verb >= DSR_PREFERS;
  say_iri(said, &n, DSR_NS_RDF "type", type_of(out, group, claim));
  if (!dsr_rdf_is_triple(group)) {
    said[n++] = (dsr_rdf_said){.predicate = DSR_NS_V "relation",
                               .as = DSR_SAID_RELATION,
                               .relation = group->relation};
    for (int i = 0; i < group->relation->arity; i++) {
      said[n++] =
          (dsr_rdf_said){.arg = i + 1, .as = DSR_SAID_WORD, .word = group->args[i]};
    }
  }
  say_word(said, &n, DSR_NS_V "valid", claim->time);
  bool told = out->graphs || (row->source == out->base && is_bare(claim));
  if (!told || (!out->graphs && dsr_rdf_is_triple(group))) {
    say_word(said, &n, DSR_NS_PROV "hadPrimarySource", row->source);
  }
  say_word(said, &n, DSR_NS_V "locator", row->locator);
  if (row->kind != DSR_STATED) say_iri(said, &n, DSR_NS_V "kind", kinds[row->kind]);
  say_word(said, &n, DSR_NS_PROV "wasAttributedTo", row->speaker);
  if (row->reliability != 0 || row->credibility != 0) {
    char *to = scratch[0];
    if (row->reliability != 0) *to++ = row->reliability;
    if (row->credibility != 0) *to++ = row->credibility;
    *to = '\0';
    said[n++] = (dsr_rdf_said){
        .predicate = DSR_NS_V "grade", .as = DSR_SAID_TEXT, .text = scratch[0]};
  }
  say_word(said, &n, verdict ? DSR_NS_V "because" : DSR_NS_PROV "value",
           row->quotation);
  say_word(said, &n, DSR_NS_V "confidence", row->confidence);
  say_word(said, &n, DSR_NS_V "target", row->target);
  say_stamp(out, said, &n, DSR_NS_PROV "generatedAtTime", claim->claim.opened,
            scratch[1]);
  say_stamp(out, said, &n, DSR_NS_PROV "invalidatedAtTime", claim->claim.closed,
            scratch[2]);
  return n;
}

void dsr_rdf_predicate_of(dsr_rdf_out *out, const dsr_rdf_said *said) {
  char arg[sizeof DSR_NS_V + 8];
  const char *iri = said->predicate;
  if (out->terms.turtle && iri != NULL && strcmp(iri, DSR_NS_RDF "type") == 0) {
    dsr_pen_text(out->terms.to, "a");
    return;
  }
  if (iri == NULL) snprintf(arg, sizeof arg, DSR_NS_V "arg%d", said->arg);
  dsr_rdf_pen_iri(&out->terms, dsr_str_of(iri != NULL ? iri : arg));
}

void dsr_rdf_value(dsr_rdf_out *out, const dsr_rdf_said *said) {
  switch (said->as) {
    case DSR_SAID_IRI:
      dsr_rdf_pen_iri(&out->terms, dsr_str_of(said->text));
      break;
    case DSR_SAID_WORD:
      dsr_rdf_pen_word(&out->terms, said->word);
      break;
    case DSR_SAID_TEXT:
      dsr_rdf_pen_literal(&out->terms, dsr_str_of(said->text), NULL);
      break;
    case DSR_SAID_STAMP:
      dsr_rdf_pen_literal(&out->terms, dsr_str_of(said->text), DSR_NS_XSD "dateTime");
      break;
    case DSR_SAID_RELATION:
      dsr_rdf_pen_relation(&out->terms, said->relation);
      break;
  }
}

/* ---- groups ----------------------------------------------------------------------- */

static dsr_status mark_graphs(dsr_rdf_out *out, const dsr_rdf_group *group) {
  for (size_t i = 0; out->graphs && i < group->n; i++) {
    size_t number = (size_t)dsr_word_payload(group->claims[i].claim.row->source);
    if (number / 8 >= out->seen.len) {
      size_t more = number / 8 + 1 - out->seen.len;
      if (!VEC_RESERVE(&out->seen, more)) return no_memory(out);
      memset(out->seen.items + out->seen.len, 0, more);
      out->seen.len += more;
    }
    out->seen.items[number / 8] |= (unsigned char)(1u << number % 8);
  }
  return DSR_OK;
}

/* A prefix that came as a fact, since the language has no such name. */
static bool is_prefix(const dsr_rdf_out *out, const dsr_rdf_group *group) {
  return group->relation->number == DSR_REL_PREFIX && group->n == 1 &&
         is_bare(&group->claims[0]) &&
         group->claims[0].claim.row->source == out->base && !out->how->options->history;
}

static dsr_status end_group(dsr_rdf_out *out) {
  dsr_rdf_group *group = &out->group;
  if (group->relation == NULL) return DSR_OK;
  group->n = out->claims.len;
  group->claims = out->claims.items;
  group->plain = is_plain(out, group) && dsr_rdf_is_triple(group);
  if (is_prefix(out, group)) {
    group->relation = NULL;
    out->claims.len = 0;
    return out->prefix(out, group->args[0], group->args[1]);
  }
  dsr_status rc = mark_graphs(out, group);
  bool source = group->relation->number == DSR_REL_SOURCE;
  if (source && !VEC_PUSH(&out->claimed, group->args[0])) return no_memory(out);
  if (rc >= 0) rc = out->write(out, group);
  group->relation = NULL;
  out->claims.len = 0;
  return rc;
}

static dsr_status add_claim(dsr_rdf_out *out, const dsr_out_fact *fact,
                            const dsr_out_claim *claim) {
  size_t size = (size_t)fact->relation->arity * sizeof *fact->args;
  dsr_rdf_group *group = &out->group;
  bool same = group->relation == fact->relation &&
              (size == 0 || memcmp(group->args, fact->args, size) == 0);
  if (!same) {
    TRY(end_group(out));
    group->relation = fact->relation;
    if (size > 0) memcpy(group->args, fact->args, size);
  }
  dsr_rdf_claim made = {fact->time, *claim};
  return VEC_PUSH(&out->claims, made) ? DSR_OK : no_memory(out);
}

static dsr_status on_fact(void *ud, const dsr_out_fact *fact) {
  for (size_t i = 0; i < fact->n_claims; i++) {
    TRY(add_claim(ud, fact, &fact->claims[i]));
  }
  return DSR_OK;
}

/* Of a format without prefixes. */
static dsr_status no_prefix(void *ud, dsr_word name, dsr_word iri) {
  (void)ud, (void)name, (void)iri;
  return DSR_OK;
}

static dsr_status on_verdict(void *ud, const dsr_out_fact *fact,
                             const dsr_out_claim *verdict, bool alone) {
  dsr_rdf_out *out = ud;
  TRY(end_group(out));
  bool left = fact->relation->number == DSR_REL_PREFIX && out->prefix == no_prefix;
  if (alone || left) {
    out->alone++;
    return DSR_OK;
  }
  TRY(add_claim(out, fact, verdict));
  return end_group(out);
}

static dsr_status on_source(void *ud, const dsr_out_source *source) {
  dsr_rdf_out *out = ud;
  if (out->graphs && source->n_properties == 0 && source->entity != out->base) {
    return VEC_PUSH(&out->bare, source->entity) ? DSR_OK : no_memory(out);
  }
  return out->declare(out, source->entity, source);
}

static dsr_status on_relation(void *ud, const dsr_relation *relation) {
  dsr_rdf_out *out = ud;
  (void)relation;
  out->declarations++;
  return DSR_OK;
}

static dsr_status on_rule(void *ud, const dsr_kept_rule *rule) {
  dsr_rdf_out *out = ud;
  (void)rule;
  out->rules++;
  return DSR_OK;
}

static dsr_status on_end(void *ud) {
  dsr_rdf_out *out = ud;
  TRY(end_group(out));
  for (size_t i = 0; i < out->bare.len; i++) {
    size_t number = (size_t)dsr_word_payload(out->bare.items[i]);
    bool seen =
        number / 8 < out->seen.len && (out->seen.items[number / 8] >> number % 8 & 1);
    for (size_t k = 0; k < out->claimed.len && seen; k++) {
      seen = out->claimed.items[k] != out->bare.items[i];
    }
    if (!seen) TRY(out->declare(out, out->bare.items[i], NULL));
  }
  return DSR_OK;
}

dsr_status dsr_rdf_walk(dsr_rdf_out *out, bool turtle,
                        dsr_status (*prefix)(void *ud, dsr_word name, dsr_word iri)) {
  dsr_sink sink = {.ud = out,
                   .relation = on_relation,
                   .prefix = prefix != NULL ? prefix : no_prefix,
                   .source = on_source,
                   .fact = on_fact,
                   .verdict = on_verdict,
                   .rule = on_rule,
                   .end = on_end};
  out->prefix = sink.prefix;
  out->facts = out->how->facts;
  out->pen = out->how->pen;
  out->base = dsr_facts_base_source(out->facts);
  dsr_rdf_pen_start(&out->terms, out->facts, out->pen, turtle);
  out->terms.iri = dsr_str_of(out->how->options->iri);
  out->terms.old = out->how->options->rdf11 != 0;
  return dsr_outwalk(out->how, &sink);
}

static void note(const dsr_rdf_out *out, int64_t n, const char *one, const char *many) {
  char text[256];
  const dsr_export_options *options = out->how->options;
  if (n == 0 || options->note == NULL) return;
  snprintf(text, sizeof text, "%lld %s", (long long)n, n == 1 ? one : many);
  options->note(options->ud, text);
}

void dsr_rdf_notes(dsr_rdf_out *out) {
  note(out, out->declarations,
       "relation is declared, which RDF does not say; export --format dl does",
       "relations are declared, which RDF does not say; export --format dl does");
  note(out, out->rules, "rule is left out; export --format dl has it",
       "rules are left out; export --format dl has them");
  note(out, out->alone, "verdict on a fact that nobody claims is left out",
       "verdicts on facts that nobody claims are left out");
}

void dsr_rdf_out_free(dsr_rdf_out *out) {
  dsr_rdf_pen_free(&out->terms);
  VEC_FREE(&out->claims);
  VEC_FREE(&out->bare);
  VEC_FREE(&out->claimed);
  VEC_FREE(&out->seen);
}

/* ---- lines ------------------------------------------------------------------------ */

typedef struct lines {
  dsr_rdf_out out;
  int64_t node; /* the last label given */
} lines;

static void end_line(lines *l, dsr_word graph) {
  if (graph != DSR_WORD_NONE) {
    dsr_pen_bytes(l->out.pen, " ", 1);
    dsr_rdf_pen_word(&l->out.terms, graph);
  }
  dsr_pen_bytes(l->out.pen, " .\n", 3);
}

static void put_triple(lines *l, const dsr_rdf_group *group, const char *between) {
  dsr_rdf_pen_word(&l->out.terms, group->args[0]);
  dsr_pen_text(l->out.pen, between);
  dsr_rdf_pen_relation(&l->out.terms, group->relation);
  dsr_pen_text(l->out.pen, between);
  dsr_rdf_pen_word(&l->out.terms, group->args[1]);
}

/* A label that no blank node of the base has. */
static dsr_status new_label(lines *l, char label[32]) {
  dsr_word word;
  dsr_status rc;
  do {
    snprintf(label, 32, "_:c%lld", (long long)++l->node);
    rc = dsr_symbols_find(dsr_facts_symbols(l->out.facts), DSR_SYM_ENTITY,
                          dsr_str_of(label), &word);
  } while (rc == DSR_OK);
  return rc < 0 ? rc : DSR_OK;
}

static void put_node(lines *l, const char *label, const char *predicate) {
  dsr_pen_text(l->out.pen, label);
  dsr_pen_bytes(l->out.pen, " ", 1);
  dsr_rdf_pen_iri(&l->out.terms, dsr_str_of(predicate));
  dsr_pen_bytes(l->out.pen, " ", 1);
}

static void put_statement(lines *l, const dsr_rdf_group *group, const char *label,
                          dsr_word graph) {
  if (!l->out.terms.old) {
    put_node(l, label, DSR_NS_RDF "reifies");
    dsr_pen_text(l->out.pen, "<<( ");
    put_triple(l, group, " ");
    dsr_pen_text(l->out.pen, " )>>");
    end_line(l, graph);
    return;
  }
  put_node(l, label, DSR_NS_RDF "type");
  dsr_rdf_pen_iri(&l->out.terms, dsr_str_of(DSR_NS_RDF "Statement"));
  end_line(l, graph);
  put_node(l, label, DSR_NS_RDF "subject");
  dsr_rdf_pen_word(&l->out.terms, group->args[0]);
  end_line(l, graph);
  put_node(l, label, DSR_NS_RDF "predicate");
  dsr_rdf_pen_relation(&l->out.terms, group->relation);
  end_line(l, graph);
  put_node(l, label, DSR_NS_RDF "object");
  dsr_rdf_pen_word(&l->out.terms, group->args[1]);
  end_line(l, graph);
}

static dsr_status put_claim(lines *l, const dsr_rdf_group *group,
                            const dsr_rdf_claim *claim) {
  char label[32], scratch[3][32];
  dsr_rdf_said said[DSR_RDF_SAID_MOST];
  dsr_word graph = dsr_rdf_graph_of(&l->out, claim);
  TRY(new_label(l, label));
  if (dsr_rdf_is_triple(group)) put_statement(l, group, label, graph);
  int n = dsr_rdf_say(&l->out, group, claim, scratch, said);
  for (int i = 0; i < n; i++) {
    dsr_pen_text(l->out.pen, label);
    dsr_pen_bytes(l->out.pen, " ", 1);
    dsr_rdf_predicate_of(&l->out, &said[i]);
    dsr_pen_bytes(l->out.pen, " ", 1);
    dsr_rdf_value(&l->out, &said[i]);
    end_line(l, graph);
  }
  return DSR_OK;
}

/* Was the triple asserted in the graph of a claim before this one? */
static bool was_asserted(const lines *l, const dsr_rdf_group *group, size_t claim) {
  dsr_word graph = dsr_rdf_graph_of(&l->out, &group->claims[claim]);
  for (size_t i = 0; i < claim; i++) {
    if (!dsr_rdf_asserts(&group->claims[i])) continue;
    if (dsr_rdf_graph_of(&l->out, &group->claims[i]) == graph) return true;
  }
  return false;
}

static dsr_status write_lines(dsr_rdf_out *out, const dsr_rdf_group *group) {
  lines *l = (lines *)out;
  for (size_t i = 0; !group->plain && i < group->n; i++) {
    TRY(put_claim(l, group, &group->claims[i]));
  }
  for (size_t i = 0; dsr_rdf_is_triple(group) && i < group->n; i++) {
    if (!dsr_rdf_asserts(&group->claims[i]) || was_asserted(l, group, i)) continue;
    put_triple(l, group, " ");
    end_line(l, dsr_rdf_graph_of(out, &group->claims[i]));
  }
  return DSR_OK;
}

static dsr_status declare_lines(dsr_rdf_out *out, dsr_word source,
                                const dsr_out_source *of) {
  lines *l = (lines *)out;
  dsr_rdf_pen_word(&out->terms, source);
  dsr_pen_text(out->pen, " <" DSR_NS_RDF "type> <" DSR_NS_V "Source> .\n");
  for (size_t i = 0; of != NULL && i < of->n_properties; i++) {
    dsr_rdf_pen_word(&out->terms, source);
    dsr_pen_bytes(out->pen, " ", 1);
    dsr_rdf_pen_relation(&out->terms,
                         dsr_relation_get(out->facts, of->properties[i].relation));
    dsr_pen_bytes(out->pen, " ", 1);
    dsr_rdf_pen_word(&out->terms, of->properties[i].value);
    end_line(l, DSR_WORD_NONE);
  }
  return DSR_OK;
}

static dsr_status export_lines(const dsr_exporting *how, bool graphs) {
  lines l = {.out = {.how = how,
                     .graphs = graphs,
                     .write = write_lines,
                     .declare = declare_lines}};
  dsr_status rc = dsr_rdf_walk(&l.out, false, NULL);
  if (rc >= 0) dsr_rdf_notes(&l.out);
  dsr_rdf_out_free(&l.out);
  return rc;
}

dsr_status dsr_export_nt(const dsr_exporting *how) { return export_lines(how, false); }
dsr_status dsr_export_nq(const dsr_exporting *how) { return export_lines(how, true); }
