/*
** rdf_pen.c - writing terms of RDF: in full, or as Turtle has them shorter.
*/
#include "io/rdf_pen.h"

#include <string.h>

#include "ground/text.h"
#include "io/input.h"
#include "io/reader.h"

static const dsr_rdf_prefix vocabulary[] = {
    {{"v", 1}, {DSR_NS_V, sizeof DSR_NS_V - 1}, false, false},
    {{"dsr", 3}, {DSR_NS, sizeof DSR_NS - 1}, false, false},
    {{"rdf", 3}, {DSR_NS_RDF, sizeof DSR_NS_RDF - 1}, false, false},
    {{"rdfs", 4}, {DSR_NS_RDFS, sizeof DSR_NS_RDFS - 1}, false, false},
    {{"xsd", 3}, {DSR_NS_XSD, sizeof DSR_NS_XSD - 1}, false, false},
    {{"owl", 3}, {DSR_NS_OWL, sizeof DSR_NS_OWL - 1}, false, false},
    {{"skos", 4}, {DSR_NS_SKOS, sizeof DSR_NS_SKOS - 1}, false, false},
    {{"prov", 4}, {DSR_NS_PROV, sizeof DSR_NS_PROV - 1}, false, false},
    {{"edtf", 4}, {DSR_NS_EDTF, sizeof DSR_NS_EDTF - 1}, false, false},
};

void dsr_rdf_pen_start(dsr_rdf_pen *pen, dsr_facts *facts, dsr_pen *to, bool turtle) {
  *pen = (dsr_rdf_pen){.facts = facts, .to = to, .turtle = turtle};
}

void dsr_rdf_pen_free(dsr_rdf_pen *pen) {
  VEC_FREE(&pen->prefixes);
  VEC_FREE(&pen->room);
  dsr_arena_free(&pen->arena);
}

static dsr_status no_memory(dsr_rdf_pen *pen) {
  return dsr_fail_memory(dsr_facts_error(pen->facts));
}

/* ---- prefixes --------------------------------------------------------------------- */

static bool is_local(unsigned char c, bool first) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         c == '_' || (c == '-' && !first);
}

/* Can every reader take it as the label of a prefix? */
static bool is_label(dsr_str label) {
  if (label.len == 0) return false;
  unsigned char first = (unsigned char)label.data[0];
  if (!((first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z'))) return false;
  for (size_t i = 1; i < label.len; i++) {
    if (!is_local((unsigned char)label.data[i], false)) return false;
  }
  return true;
}

static bool is_plain_iri(dsr_str iri) {
  const char *colon = iri.len > 0 ? memchr(iri.data, ':', iri.len) : NULL;
  if (colon == NULL || colon == iri.data) return false;
  for (const char *at = iri.data; at < colon; at++) {
    unsigned char c = (unsigned char)*at;
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    bool more = at > iri.data && ((c >= '0' && c <= '9') || memchr("+.-", c, 3));
    if (!letter && !more) return false;
  }
  for (size_t i = 0; i < iri.len; i++) {
    unsigned char c = (unsigned char)iri.data[i];
    if (c <= ' ' || memchr("<>\"{}|^`\\", c, 9)) return false;
  }
  return true;
}

static dsr_rdf_prefix *labelled(dsr_rdf_pen *pen, dsr_str label) {
  for (size_t i = 0; i < pen->prefixes.len; i++) {
    if (dsr_str_eq(pen->prefixes.items[i].label, label)) return &pen->prefixes.items[i];
  }
  return NULL;
}

dsr_status dsr_rdf_pen_prefix(dsr_rdf_pen *pen, dsr_str label, dsr_str iri,
                              bool written, bool *taken) {
  dsr_rdf_prefix made = {.written = written};
  *taken = is_label(label) && is_plain_iri(iri) && labelled(pen, label) == NULL;
  if (!*taken) return DSR_OK;
  made.label = dsr_arena_str(&pen->arena, label);
  made.iri = dsr_arena_str(&pen->arena, iri);
  if (made.label.data == NULL || made.iri.data == NULL) return no_memory(pen);
  return VEC_PUSH(&pen->prefixes, made) ? DSR_OK : no_memory(pen);
}

/* Have the vocabulary's prefixes, but for labels that the base has for others. */
static dsr_rdf_prefix *of_vocabulary(dsr_rdf_pen *pen, dsr_str iri) {
  bool taken;
  for (size_t i = 0; i < sizeof vocabulary / sizeof *vocabulary; i++) {
    const dsr_rdf_prefix *is = &vocabulary[i];
    if (iri.len < is->iri.len || memcmp(iri.data, is->iri.data, is->iri.len) != 0)
      continue;
    dsr_pen_fail(pen->to, dsr_rdf_pen_prefix(pen, is->label, is->iri, false, &taken));
    return taken ? &pen->prefixes.items[pen->prefixes.len - 1] : NULL;
  }
  return NULL;
}

/* The rest of an IRI behind the prefix, if that can stand in a name. */
static bool split(const dsr_rdf_prefix *prefix, dsr_str iri, dsr_str *local) {
  size_t len = prefix->iri.len;
  if (iri.len < len || memcmp(iri.data, prefix->iri.data, len) != 0) return false;
  *local = (dsr_str){iri.data + len, iri.len - len};
  for (size_t i = 0; i < local->len; i++) {
    if (!is_local((unsigned char)local->data[i], i == 0)) return false;
  }
  return true;
}

static bool put_short(dsr_rdf_pen *pen, dsr_str iri) {
  dsr_rdf_prefix *best = NULL;
  dsr_str local = {NULL, 0};
  for (int turn = 0; turn < 2 && best == NULL; turn++) {
    if (turn == 1 && of_vocabulary(pen, iri) == NULL) return false;
    for (size_t i = 0; i < pen->prefixes.len; i++) {
      dsr_rdf_prefix *is = &pen->prefixes.items[i];
      if (best != NULL && is->iri.len <= best->iri.len) continue;
      if (split(is, iri, &local)) best = is;
    }
  }
  if (best == NULL || !split(best, iri, &local)) return false;
  best->used = true;
  dsr_pen_str(pen->to, best->label);
  dsr_pen_bytes(pen->to, ":", 1);
  dsr_pen_str(pen->to, local);
  return true;
}

/* ---- terms ------------------------------------------------------------------------ */

void dsr_rdf_pen_iri(dsr_rdf_pen *pen, dsr_str iri) {
  if (pen->turtle && put_short(pen, iri)) return;
  dsr_pen_bytes(pen->to, "<", 1);
  dsr_pen_str(pen->to, iri);
  dsr_pen_bytes(pen->to, ">", 1);
}

void dsr_rdf_pen_name(dsr_rdf_pen *pen, dsr_str name) {
  bool blank;
  pen->room.len = 0;
  if (!dsr_rdf_iri(name, pen->iri, &pen->room, &blank)) {
    dsr_pen_fail(pen->to, no_memory(pen));
    return;
  }
  dsr_str iri = {(const char *)pen->room.items, pen->room.len};
  if (blank) {
    dsr_pen_str(pen->to, iri);
  } else {
    dsr_rdf_pen_iri(pen, iri);
  }
}

void dsr_rdf_pen_relation(dsr_rdf_pen *pen, const dsr_relation *relation) {
  const char *iri = dsr_rdf_predicate(relation->number);
  dsr_str name = relation->name;
  if (iri != NULL) {
    dsr_rdf_pen_iri(pen, dsr_str_of(iri));
  } else if (name.len < 2 || memcmp(name.data, "_:", 2) != 0) {
    dsr_rdf_pen_name(pen, name);
  } else { /* a predicate is no blank node */
    pen->room.len = 0;
    if (dsr_rdf_escape(name, pen->iri, &pen->room)) {
      dsr_rdf_pen_iri(pen, (dsr_str){(const char *)pen->room.items, pen->room.len});
    } else {
      dsr_pen_fail(pen->to, no_memory(pen));
    }
  }
}

static void put_string(dsr_rdf_pen *pen, dsr_str text) {
  static const dsr_rdf_map none;
  dsr_rdf_term term = {.kind = DSR_RDF_LITERAL, .text = text};
  pen->room.len = 0;
  if (dsr_rdf_spell(&none, &term, &pen->room)) {
    dsr_pen_bytes(pen->to, (const char *)pen->room.items, pen->room.len);
  } else {
    dsr_pen_fail(pen->to, no_memory(pen));
  }
}

void dsr_rdf_pen_literal(dsr_rdf_pen *pen, dsr_str text, const char *datatype) {
  put_string(pen, text);
  if (datatype == NULL) return;
  dsr_pen_bytes(pen->to, "^^", 2);
  dsr_rdf_pen_iri(pen, dsr_str_of(datatype));
}

/* ---- triple terms ----------------------------------------------------------------- */

typedef struct seeing {
  const dsr_rdf_map *map;
  dsr_str text;
  bool same;
} seeing;

static dsr_status see_quad(void *ud, const dsr_rdf_quad *quad) {
  seeing *in = ud;
  static const dsr_rdf_map keep = {.keep_blank = true};
  dsr_bytes spelled = {0};
  bool all = dsr_rdf_spell(&keep, quad->object, &spelled);
  in->same = all && quad->object->kind == DSR_RDF_TRIPLE &&
             dsr_str_eq(in->text, (dsr_str){(const char *)spelled.items, spelled.len});
  VEC_FREE(&spelled);
  return all ? DSR_OK : DSR_ENOMEM;
}

/* Is the text a triple term as it is written canonically? */
static bool is_term(dsr_rdf_pen *pen, dsr_str text) {
  dsr_error error;
  dsr_input *input;
  dsr_bytes line = {0};
  seeing in = {.text = text};
  dsr_rdf_sink sink = {.ud = &in, .quad = see_quad};
  dsr_error_clear(&error);
  error.told = NULL;
  bool all = dsr_bytes_put(&line, "<x:> <x:> ", 10) &&
             dsr_bytes_put(&line, text.data, text.len) && dsr_bytes_put(&line, " .", 2);
  dsr_str bytes = {(const char *)line.items, line.len};
  dsr_status rc = all ? dsr_input_bytes(bytes, "term", 0, &error, &input) : DSR_ENOMEM;
  if (rc >= 0) {
    rc = dsr_rdf_lines(input, false, &sink, &error);
    dsr_input_close(input);
  }
  VEC_FREE(&line);
  if (rc == DSR_ENOMEM) dsr_pen_fail(pen->to, no_memory(pen));
  return rc >= 0 && in.same;
}

static bool begins(dsr_str text, const char *with) {
  size_t len = strlen(with);
  return text.len >= len && memcmp(text.data, with, len) == 0;
}

/* What stands for things that have no value of their own here. */
static bool put_special(dsr_rdf_pen *pen, const dsr_value *value) {
  dsr_str type = value->datatype;
  if (pen->old || !begins(type, DSR_NS_V)) return false;
  if (dsr_str_is(type, DSR_NS_V "tripleTerm") && value->text.len > 0 &&
      is_term(pen, value->text)) {
    dsr_pen_str(pen->to, value->text);
    return true;
  }
  size_t len = sizeof DSR_NS_V "lang:" - 1;
  if (!begins(type, DSR_NS_V "lang:") || type.len < len + 6) return false;
  if (memcmp(type.data + type.len - 5, "--ltr", 5) != 0 &&
      memcmp(type.data + type.len - 5, "--rtl", 5) != 0) {
    return false;
  }
  put_string(pen, value->text);
  dsr_pen_bytes(pen->to, "@", 1);
  dsr_pen_bytes(pen->to, type.data + len, type.len - len);
  return true;
}

/* ---- values ----------------------------------------------------------------------- */

static void put_text(dsr_rdf_pen *pen, const dsr_value *value) {
  if (put_special(pen, value)) return;
  put_string(pen, value->text);
  if (value->lang.len > 0) {
    dsr_pen_bytes(pen->to, "@", 1);
    dsr_pen_str(pen->to, value->lang);
  } else if (value->datatype.len > 0) {
    dsr_pen_bytes(pen->to, "^^", 2);
    dsr_rdf_pen_iri(pen, value->datatype);
  }
}

static void put_bare(dsr_rdf_pen *pen, dsr_str text, const char *datatype) {
  if (pen->turtle) {
    dsr_pen_str(pen->to, text);
  } else {
    dsr_rdf_pen_literal(pen, text, datatype);
  }
}

void dsr_rdf_pen_word(dsr_rdf_pen *pen, dsr_word word) {
  char scratch[DSR_WORD_TEXT];
  dsr_value value = dsr_pen_value(pen->to, word, scratch);
  bool point = value.text.len > 0 && memchr(value.text.data, '.', value.text.len);
  switch (value.type) {
    case DSR_ENTITY:
      dsr_rdf_pen_name(pen, value.text);
      break;
    case DSR_TEXT:
      put_text(pen, &value);
      break;
    case DSR_TIME:
      dsr_rdf_pen_literal(pen, value.text, dsr_rdf_time_type(value.text));
      break;
    case DSR_BOOL:
      put_bare(pen, dsr_str_of(value.integer ? "true" : "false"), DSR_NS_XSD "boolean");
      break;
    case DSR_DECIMAL:
      put_bare(pen, value.text, point ? DSR_NS_XSD "decimal" : DSR_NS_XSD "integer");
      break;
    case DSR_INT:
      put_bare(pen, value.text, DSR_NS_XSD "integer");
      break;
    case DSR_NULL:
      break;
  }
}

bool dsr_rdf_pen_knows(dsr_str label, dsr_str iri) {
  for (size_t i = 0; i < sizeof vocabulary / sizeof *vocabulary; i++) {
    if (dsr_str_eq(label, vocabulary[i].label)) {
      return dsr_str_eq(iri, vocabulary[i].iri);
    }
  }
  return false;
}

void dsr_rdf_pen_prefixes(dsr_rdf_pen *pen, dsr_pen *out) {
  for (size_t i = 0; i < pen->prefixes.len; i++) {
    dsr_rdf_prefix *is = &pen->prefixes.items[i];
    if (!is->used || is->written) continue;
    is->written = true;
    dsr_pen_text(out, "@prefix ");
    dsr_pen_str(out, is->label);
    dsr_pen_text(out, ": <");
    dsr_pen_str(out, is->iri);
    dsr_pen_text(out, "> .\n");
  }
}
