/*
** rdf_map.c - RDF and Dossier: terms, both ways.
*/
#include "io/rdf_map.h"

#include <stdio.h>
#include <string.h>

#include "ground/text.h"

static const char hex[] = "0123456789ABCDEF";

static bool put(dsr_bytes *out, const char *text) {
  return dsr_bytes_put(out, text, strlen(text));
}

static bool is_unreserved(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         c == '-' || c == '.' || c == '_' || c == '~';
}

static int hex_digit(char c) {
  const char *at = c != '\0' ? strchr(hex, c) : NULL;
  return at != NULL ? (int)(at - hex) : -1;
}

static bool begins(dsr_str text, const char *with, size_t len) {
  return text.len >= len && memcmp(text.data, with, len) == 0;
}

/* ---- names, read ------------------------------------------------------------------ */

/* Append what was escaped as dsr_rdf_iri() does; *fits tells whether it was. */
static bool unescape(dsr_str text, dsr_bytes *out, bool *fits) {
  size_t start = out->len;
  *fits = false;
  if (text.len == 0) return true;
  if (!VEC_RESERVE(out, text.len)) return false;
  for (size_t i = 0; i < text.len; i++) {
    unsigned char c = (unsigned char)text.data[i];
    if (c == '%' && i + 2 < text.len) {
      int high = hex_digit(text.data[i + 1]), low = hex_digit(text.data[i + 2]);
      c = (unsigned char)(high * 16 + low);
      if (high < 0 || low < 0 || is_unreserved(c)) break;
      i += 2;
    } else if (!is_unreserved(c)) {
      break;
    }
    out->items[out->len++] = c;
    *fits = i + 1 == text.len;
  }
  dsr_str name = {(const char *)out->items + start, out->len - start};
  if (*fits && dsr_utf8_valid(name) != name.len) *fits = false;
  if (!*fits) out->len = start;
  return true;
}

static bool iri_name(const dsr_rdf_map *map, dsr_str iri, dsr_bytes *out) {
  bool fits = false;
  size_t own = strlen(DSR_NS);
  if (map->iri.len > 0 && begins(iri, map->iri.data, map->iri.len)) {
    dsr_str rest = {iri.data + map->iri.len, iri.len - map->iri.len};
    if (!unescape(rest, out, &fits)) return false;
  }
  if (!fits && begins(iri, DSR_NS, own)) {
    dsr_str rest = {iri.data + own, iri.len - own};
    if (!unescape(rest, out, &fits)) return false;
  }
  if (fits) return true;
  if (!VEC_RESERVE(out, iri.len + 2)) return false;
  out->items[out->len] = '<';
  memcpy(out->items + out->len + 1, iri.data, iri.len);
  out->items[out->len + 1 + iri.len] = '>';
  out->len += iri.len + 2;
  return true;
}

bool dsr_rdf_name(const dsr_rdf_map *map, const dsr_rdf_term *term, dsr_bytes *out) {
  if (term->kind == DSR_RDF_IRI) return iri_name(map, term->text, out);
  bool given = term->text.len > 0 && term->text.data[0] != '-';
  return put(out, "_:") && (map->keep_blank && given ? true : put(out, map->blank)) &&
         dsr_bytes_put(out, term->text.data, term->text.len);
}

/* ---- literals, read --------------------------------------------------------------- */

static dsr_status as_number(dsr_str text, bool point, dsr_bytes *room, dsr_word *word,
                            dsr_symbol_kind *kind) {
  char shown[DSR_WORD_TEXT];
  if (text.len == 0 || text.data[0] == '+') return DSR_NOTHING;
  if ((memchr(text.data, '.', text.len) != NULL) != point) return DSR_NOTHING;
  if (!VEC_RESERVE(room, text.len + 3)) return DSR_ENOMEM;
  char *canonical = (char *)room->items + room->len;
  dsr_status rc = dsr_number_parse(text, word, canonical);
  if (rc < 0) return DSR_NOTHING;
  if (rc == DSR_OK) {
    dsr_word_format(*word, shown);
    return dsr_str_is(text, shown) ? DSR_OK : DSR_NOTHING;
  }
  if (!dsr_str_is(text, canonical)) return DSR_NOTHING;
  room->len += text.len;
  *kind = DSR_SYM_NUMBER;
  return DSR_ROW;
}

static dsr_status as_time(dsr_str text, const char *type, dsr_bytes *room,
                          dsr_word *word, dsr_symbol_kind *kind) {
  char why[256];
  dsr_time time;
  if (text.len == 0 || dsr_time_parse(text, &time, why, sizeof why) < 0)
    return DSR_NOTHING;
  if (strcmp(dsr_rdf_time_type(text), type) != 0) return DSR_NOTHING;
  if (dsr_str_is(text, "unknown")) return DSR_NOTHING;
  if (dsr_time_is_day(&time) && !memchr(text.data, 'X', text.len)) {
    *word = dsr_word_day(time.es);
    return DSR_OK;
  }
  *kind = DSR_SYM_TIME;
  return dsr_bytes_put(room, text.data, text.len) ? DSR_ROW : DSR_ENOMEM;
}

static dsr_status as_bool(dsr_str text, dsr_word *word) {
  bool yes = dsr_str_is(text, "true");
  if (!yes && !dsr_str_is(text, "false")) return DSR_NOTHING;
  *word = dsr_word_bool(yes);
  return DSR_OK;
}

/* A literal with a datatype that has values here: DSR_NOTHING where its form has none. */
static dsr_status as_value(const dsr_rdf_term *term, dsr_bytes *room, dsr_word *word,
                           dsr_symbol_kind *kind) {
  static const char xsd[] = DSR_NS_XSD, edtf[] = DSR_NS_EDTF "EDTF";
  dsr_str type = term->datatype, text = term->text;
  if (dsr_str_is(type, edtf)) return as_time(text, edtf, room, word, kind);
  if (!begins(type, xsd, sizeof xsd - 1)) return DSR_NOTHING;
  dsr_str local = {type.data + sizeof xsd - 1, type.len - (sizeof xsd - 1)};
  if (dsr_str_is(local, "integer")) return as_number(text, false, room, word, kind);
  if (dsr_str_is(local, "decimal")) return as_number(text, true, room, word, kind);
  if (dsr_str_is(local, "boolean")) return as_bool(text, word);
  if (dsr_str_is(local, "date")) {
    return as_time(text, DSR_NS_XSD "date", room, word, kind);
  }
  if (dsr_str_is(local, "gYear")) {
    return as_time(text, DSR_NS_XSD "gYear", room, word, kind);
  }
  if (dsr_str_is(local, "gYearMonth")) {
    return as_time(text, DSR_NS_XSD "gYearMonth", room, word, kind);
  }
  return DSR_NOTHING;
}

static const char *direction_of(const dsr_rdf_term *term) {
  return term->direction == DSR_RDF_LTR   ? "--ltr"
         : term->direction == DSR_RDF_RTL ? "--rtl"
                                          : "";
}

/* A triple as a text with a datatype of its own. */
static dsr_status as_term(const dsr_rdf_map *map, const dsr_rdf_term *term,
                          dsr_bytes *room) {
  size_t start = room->len;
  if (!dsr_rdf_spell(map, term, room)) return DSR_ENOMEM;
  if (memchr(room->items + start, '\0', room->len - start)) return DSR_EUNSUPPORTED;
  bool put_all = dsr_bytes_put(room, "", 1) && put(room, "^^" DSR_NS_V "tripleTerm");
  return put_all ? DSR_ROW : DSR_ENOMEM;
}

dsr_status dsr_rdf_literal(const dsr_rdf_map *map, const dsr_rdf_term *term,
                           dsr_bytes *room, dsr_word *word, dsr_symbol_kind *kind) {
  dsr_str text = term->text;
  *kind = DSR_SYM_TEXT;
  if (term->kind == DSR_RDF_TRIPLE) return as_term(map, term, room);
  if (text.len > 0 && memchr(text.data, '\0', text.len)) return DSR_EUNSUPPORTED;
  if (term->datatype.len > 0) {
    dsr_status rc = as_value(term, room, word, kind);
    if (rc != DSR_NOTHING) return rc;
    *kind = DSR_SYM_TEXT;
    *word = DSR_WORD_NONE;
  }
  bool all = dsr_bytes_put(room, text.data, text.len);
  if (term->language.len > 0) {
    bool directed = term->direction != DSR_RDF_UNDIRECTED;
    all = all && dsr_bytes_put(room, "", 1) &&
          put(room, directed ? "^^" DSR_NS_V "lang:" : "@") &&
          dsr_bytes_put(room, term->language.data, term->language.len) &&
          put(room, direction_of(term));
  } else if (term->datatype.len > 0) {
    all = all && dsr_bytes_put(room, "", 1) && put(room, "^^") &&
          dsr_bytes_put(room, term->datatype.data, term->datatype.len);
  }
  return all ? DSR_ROW : DSR_ENOMEM;
}

/* ---- terms as N-Triples ----------------------------------------------------------- */

/* Escapes of the canonical form: RDF 1.2 N-Triples, "A Canonical form of N-Triples". */
static bool spell_string(dsr_str text, dsr_bytes *out) {
  static const char plain[] = "\b\t\n\f\r\"\\", letters[] = "btnfr\"\\";
  if (!put(out, "\"")) return false;
  for (size_t i = 0; i < text.len; i++) {
    unsigned char c = (unsigned char)text.data[i];
    const char *at = c != 0 ? strchr(plain, c) : NULL;
    if (at != NULL) {
      char pair[] = {'\\', letters[at - plain]};
      if (!dsr_bytes_put(out, pair, 2)) return false;
    } else if (c < 0x20 || c == 0x7f) {
      char escape[] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
      if (!dsr_bytes_put(out, escape, 6)) return false;
    } else if (!dsr_bytes_put(out, &c, 1)) {
      return false;
    }
  }
  return put(out, "\"");
}

static bool spell_iri(dsr_str iri, dsr_bytes *out) {
  return put(out, "<") && dsr_bytes_put(out, iri.data, iri.len) && put(out, ">");
}

bool dsr_rdf_spell(const dsr_rdf_map *map, const dsr_rdf_term *term, dsr_bytes *out) {
  switch (term->kind) {
    case DSR_RDF_IRI:
      return spell_iri(term->text, out);
    case DSR_RDF_BLANK:
      return dsr_rdf_name(map, term, out);
    case DSR_RDF_TRIPLE:
      return put(out, "<<( ") && dsr_rdf_spell(map, &term->triple[0], out) &&
             put(out, " ") && dsr_rdf_spell(map, &term->triple[1], out) &&
             put(out, " ") && dsr_rdf_spell(map, &term->triple[2], out) &&
             put(out, " )>>");
    case DSR_RDF_LITERAL:
      break;
  }
  if (!spell_string(term->text, out)) return false;
  if (term->language.len > 0) {
    return put(out, "@") &&
           dsr_bytes_put(out, term->language.data, term->language.len) &&
           put(out, direction_of(term));
  }
  if (term->datatype.len == 0) return true;
  return put(out, "^^") && spell_iri(term->datatype, out);
}

/* ---- relations -------------------------------------------------------------------- */

static const struct {
  uint32_t relation;
  const char *iri;
} builtins[] = {{DSR_REL_TYPE, DSR_NS_RDF "type"},
                {DSR_REL_LABEL, DSR_NS_RDFS "label"},
                {DSR_REL_ALIAS, DSR_NS_SKOS "altLabel"},
                {DSR_REL_SAME_AS, DSR_NS_OWL "sameAs"}};
enum { N_BUILTINS = sizeof builtins / sizeof *builtins };

uint32_t dsr_rdf_builtin(dsr_str iri) {
  for (int i = 0; i < N_BUILTINS; i++) {
    if (dsr_str_is(iri, builtins[i].iri)) return builtins[i].relation;
  }
  return 0;
}

const char *dsr_rdf_predicate(uint32_t relation) {
  for (int i = 0; i < N_BUILTINS; i++) {
    if (builtins[i].relation == relation) return builtins[i].iri;
  }
  return NULL;
}

/* ---- names, written --------------------------------------------------------------- */

/* "<scheme:...>" with nothing in it that an IRI cannot have? */
static bool is_iri(dsr_str name) {
  if (name.len < 4 || name.data[0] != '<' || name.data[name.len - 1] != '>')
    return false;
  size_t scheme = 0;
  for (size_t i = 1; i < name.len - 1; i++) {
    unsigned char c = (unsigned char)name.data[i];
    if (c <= ' ' || memchr("<>\"{}|^`\\", c, 9)) return false;
    if (c == ':' && scheme == 0) scheme = i;
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    bool more = i > 1 && ((c >= '0' && c <= '9') || memchr("+.-", c, 3));
    if (scheme == 0 && !letter && !more) return false;
  }
  return scheme > 1;
}

/* "_:b1-x": a label of ASCII that every reader takes? */
static bool is_blank(dsr_str name) {
  if (name.len < 3 || name.data[0] != '_' || name.data[1] != ':') return false;
  for (size_t i = 2; i < name.len; i++) {
    unsigned char c = (unsigned char)name.data[i];
    if (is_unreserved(c) && c != '~' && (c != '-' || i > 2) && c != '.') continue;
    if (c == '.' && i > 2 && i + 1 < name.len) continue;
    if (c >= 0x80) continue;
    return false;
  }
  return true;
}

bool dsr_rdf_escape(dsr_str name, dsr_str base, dsr_bytes *out) {
  bool all = base.len > 0 ? dsr_bytes_put(out, base.data, base.len) : put(out, DSR_NS);
  for (size_t i = 0; all && i < name.len; i++) {
    unsigned char c = (unsigned char)name.data[i];
    char escape[] = {'%', hex[c >> 4], hex[c & 15]};
    all = is_unreserved(c) ? dsr_bytes_put(out, &c, 1) : dsr_bytes_put(out, escape, 3);
  }
  return all;
}

bool dsr_rdf_iri(dsr_str name, dsr_str base, dsr_bytes *out, bool *blank) {
  *blank = is_blank(name);
  if (*blank) return dsr_bytes_put(out, name.data, name.len);
  if (is_iri(name)) return dsr_bytes_put(out, name.data + 1, name.len - 2);
  return dsr_rdf_escape(name, base, out);
}

const char *dsr_rdf_time_type(dsr_str edtf) {
  static const char form[] = "0000-00-00";
  bool fits = edtf.len == 4 || edtf.len == 7 || edtf.len == 10;
  for (size_t i = 0; fits && i < edtf.len; i++) {
    char c = edtf.data[i];
    fits = form[i] == '-' ? c == '-' : c >= '0' && c <= '9';
  }
  if (!fits || memcmp(edtf.data, "0000", 4) == 0) return DSR_NS_EDTF "EDTF";
  return edtf.len == 4   ? DSR_NS_XSD "gYear"
         : edtf.len == 7 ? DSR_NS_XSD "gYearMonth"
                         : DSR_NS_XSD "date";
}
