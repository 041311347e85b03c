/*
** turtle_name.c - names in Turtle and TriG: IRIs resolved, prefixed names looked up.
**
** A prefixed name costs a hash of its label and a copy of both parts.  Prefixes are in a
** hash of their own that doubles; one that is declared again takes the place of the old.
*/
#include "ground/text.h"
#include "io/iri.h"
#include "io/turtle.h"

/* ---- IRIs ------------------------------------------------------------------------- */

static dsr_status keep(dsr_turtle *t, dsr_str text, dsr_str *out) {
  char *copy = dsr_stack_take(&t->lex.stack, text.len);
  if (!copy) return dsr_fail_memory(t->lex.error);
  if (text.len > 0) memcpy(copy, text.data, text.len);
  *out = (dsr_str){copy, text.len};
  return DSR_OK;
}

static dsr_status resolve(dsr_turtle *t, dsr_str iri, dsr_str *out) {
  if (dsr_iri_scheme(iri) > 0) return keep(t, iri, out);
  if (!t->base.data) {
    return dsr_lex_wrong(
        &t->lex, DSR_ESYNTAX, t->lex.at,
        "expected an absolute IRI, since there is no base, found <%.*s>",
        iri.len < 100 ? (int)iri.len : 100, iri.data);
  }
  char *text = dsr_stack_take(&t->lex.stack, t->base.len + iri.len + 1);
  if (!text) return dsr_fail_memory(t->lex.error);
  *out = (dsr_str){text, dsr_iri_resolve(t->base, iri, text)};
  return DSR_OK;
}

static dsr_status scan_iri(dsr_turtle *t, dsr_str *iri, const char **after) {
  dsr_str written;
  TRY(dsr_lex_iri(&t->lex, t->lex.at, &written, after));
  return resolve(t, written, iri);
}

dsr_status dsr_turtle_iri(dsr_turtle *t, dsr_str *iri) {
  const char *after = t->lex.at;
  if (*t->lex.at != '<' || t->lex.at[1] == '<') {
    return dsr_turtle_expected(t, "an IRI in \"<>\"");
  }
  DSR_TOKEN(&t->lex, scan_iri(t, iri, &after));
  t->lex.at = after;
  return DSR_OK;
}

dsr_status dsr_turtle_rebase(dsr_turtle *t, dsr_str iri) {
  char *copy = dsr_copy(iri.data, iri.len);
  if (!copy) return dsr_fail_memory(t->lex.error);
  dsr_free((void *)t->base.data);
  t->base = (dsr_str){copy, iri.len};
  return DSR_OK;
}

/* ---- scanning names --------------------------------------------------------------- */

/* A name as it is written; `colon` NULL where it is a word only. */
typedef struct name {
  const char *colon;
  const char *after;
  bool escaped;
} name;

/* Bytes of a character beyond ASCII that is part of a name, first or later; 0 where it is
** not.  DSR_LEX_SHORT where it is cut. */
static dsr_status beyond(dsr_lex *lex, const char *at, bool first, size_t *size) {
  uint32_t point;
  *size = dsr_lex_char(at, lex->end, &point);
  if (*size == 0) return dsr_lex_expected(lex, at, "a name");
  if (!(first ? dsr_lex_base_point(point) : dsr_lex_part_point(point))) *size = 0;
  return DSR_OK;
}

static dsr_status too_long(dsr_lex *lex, const char *from) {
  return dsr_lex_wrong(lex, DSR_ELIMIT, from, "a name of more than %d KB",
                       DSR_RDF_IRI_MOST / 1024);
}

/* PN_PREFIX and what more may be part of one, from `at`: *end is behind it. */
static dsr_status scan_prefix(dsr_lex *lex, const char *at, const char **end) {
  const char *p = at;
  for (;;) {
    size_t size = 1;
    if ((unsigned char)*p >= 0x80) {
      TRY(beyond(lex, p, p == at, &size));
    } else if (p == at) {
      size = dsr_lex_is(*p, DSR_LEX_LETTER);
    } else {
      while (dsr_lex_is(*p, DSR_LEX_PART)) p++;
      size = *p == '.' || (unsigned char)*p >= 0x80;
      if ((unsigned char)*p >= 0x80) continue;
    }
    if (size == 0) break;
    p += size;
  }
  if (p - at > DSR_RDF_IRI_MOST) return too_long(lex, at);
  if (dsr_lex_open(lex, p)) return DSR_LEX_SHORT;
  *end = p;
  return DSR_OK;
}

/* PLX at `at`, at its '%' or '\\': its bytes. */
static dsr_status scan_escape(dsr_lex *lex, const char *at, size_t *size) {
  if (*at == '%') {
    *size = 3;
    if (dsr_lex_is(at[1], DSR_LEX_HEX) && dsr_lex_is(at[2], DSR_LEX_HEX)) return DSR_OK;
    return dsr_lex_expected(lex, at, "two hexadecimal digits behind '%'");
  }
  *size = 2;
  if (at[1] != '\0' && strchr("_~.-!$&'()*+,;=/?#@%", at[1])) return DSR_OK;
  return dsr_lex_expected(lex, at, "an escape of one of _~.-!$&'()*+,;=/?#@%");
}

/* PN_LOCAL from `at`, or nothing. */
static dsr_status scan_local(dsr_lex *lex, const char *at, name *out) {
  const char *p = at, *last = at; /* it does not end with '.' */
  while (*p != '-' || p > at) {
    const char *run = p;
    size_t size = 0;
    while (dsr_lex_is(*p, DSR_LEX_LOCAL)) p++;
    if (p > run) last = p;
    if (*p == '.' && p > at) {
      p++;
      continue;
    }
    if (*p == '%' || *p == '\\') {
      TRY(scan_escape(lex, p, &size));
      out->escaped |= *p == '\\';
    } else if ((unsigned char)*p >= 0x80) {
      TRY(beyond(lex, p, p == at, &size));
    }
    if (size == 0) break;
    last = p += size;
  }
  if (p - at > DSR_RDF_IRI_MOST) return too_long(lex, lex->at);
  if (dsr_lex_open(lex, p)) return DSR_LEX_SHORT;
  out->after = last;
  return DSR_OK;
}

static dsr_status scan_name(dsr_lex *lex, name *out) {
  const char *p = lex->at;
  *out = (name){NULL, NULL, false};
  if (*p != ':') TRY(scan_prefix(lex, p, &p));
  if (*p == ':' && (p == lex->at || p[-1] != '.')) {
    out->colon = p;
    return scan_local(lex, p + 1, out);
  }
  /* A word ends at its first '.', since it is none that could have one. */
  const char *dot = memchr(lex->at, '.', (size_t)(p - lex->at));
  out->after = dot ? dot : p;
  return DSR_OK;
}

/* What scan_name() would find, for the names that most are: ASCII without escapes, '.' in
** or behind them, or the span's end. */
static inline bool scan_plain(const dsr_lex *lex, name *out) {
  const char *p = lex->at;
  if (dsr_lex_is(*p, DSR_LEX_LETTER)) {
    while (dsr_lex_is(*p, DSR_LEX_PART)) p++;
  }
  if (*p != ':' || p[1] == '-') return false;
  out->colon = p++;
  while (dsr_lex_is(*p, DSR_LEX_LOCAL)) p++;
  out->after = p;
  out->escaped = false;
  return *p != '.' && *p != '%' && *p != '\\' && (unsigned char)*p < 0x80 &&
         p < lex->end && p - lex->at < DSR_RDF_IRI_MOST;
}

dsr_status dsr_turtle_label(dsr_turtle *t, dsr_str *label) {
  dsr_lex *lex = &t->lex;
  const char *end = lex->at;
  if (*end != ':') DSR_TOKEN(lex, scan_prefix(lex, lex->at, &end));
  if (*end != ':' || (end > lex->at && end[-1] == '.')) {
    return dsr_turtle_expected(t, "a prefix with ':' behind it");
  }
  TRY(keep(t, (dsr_str){lex->at, (size_t)(end - lex->at)}, label));
  lex->at = end + 1;
  return DSR_OK;
}

/* ---- prefixes --------------------------------------------------------------------- */

/* Where `label` is, or would be. */
static dsr_turtle_prefix *find_prefix(dsr_turtle_prefix *slots, size_t n, dsr_str label,
                                      uint64_t hash) {
  for (size_t i = hash & (n - 1);; i = (i + 1) & (n - 1)) {
    if (!slots[i].label.data) return &slots[i];
    if (slots[i].hash == hash && dsr_str_eq(slots[i].label, label)) return &slots[i];
  }
}

static dsr_status grow_prefixes(dsr_turtle *t) {
  size_t n = t->prefix_slots > 0 ? 2 * t->prefix_slots : 64;
  dsr_turtle_prefix *slots = dsr_alloc(n * sizeof *slots);
  if (!slots) return dsr_fail_memory(t->lex.error);
  for (size_t i = 0; i < t->prefix_slots; i++) {
    const dsr_turtle_prefix *old = &t->prefixes[i];
    if (old->label.data) *find_prefix(slots, n, old->label, old->hash) = *old;
  }
  dsr_free(t->prefixes);
  t->prefixes = slots;
  t->prefix_slots = n;
  return DSR_OK;
}

dsr_status dsr_turtle_declare(dsr_turtle *t, dsr_str label, dsr_str iri) {
  if (2 * t->prefix_count >= t->prefix_slots) TRY(grow_prefixes(t));
  t->last = NULL;
  uint64_t hash = dsr_hash(label.data, label.len, 0);
  dsr_turtle_prefix *slot = find_prefix(t->prefixes, t->prefix_slots, label, hash);
  char *text = dsr_copy(iri.data, iri.len);
  char *own =
      slot->label.data ? (char *)slot->label.data : dsr_copy(label.data, label.len);
  if (!text || !own) {
    dsr_free(text);
    if (!slot->label.data) dsr_free(own);
    return dsr_fail_memory(t->lex.error);
  }
  if (slot->label.data) {
    dsr_free((void *)slot->iri.data);
  } else {
    t->prefix_count++;
  }
  *slot = (dsr_turtle_prefix){{own, label.len}, {text, iri.len}, hash};
  return DSR_OK;
}

void dsr_turtle_free_names(dsr_turtle *t) {
  for (size_t i = 0; i < t->prefix_slots; i++) {
    dsr_free((void *)t->prefixes[i].label.data);
    dsr_free((void *)t->prefixes[i].iri.data);
  }
  dsr_free(t->prefixes);
  dsr_free((void *)t->base.data);
}

static dsr_status undeclared(dsr_turtle *t, dsr_str label) {
  dsr_nearest race;
  int len = label.len < 100 ? (int)label.len : 100;
  dsr_nearest_start(&race, label);
  for (size_t i = 0; i < t->prefix_slots; i++) {
    if (t->prefixes[i].label.len > 0) dsr_nearest_offer(&race, t->prefixes[i].label);
  }
  if (!race.best.data || race.best.len > 100) {
    return dsr_lex_wrong(&t->lex, DSR_ESYNTAX, t->lex.at,
                         "expected a prefix that was declared, found \"%.*s:\"", len,
                         label.data);
  }
  return dsr_lex_wrong(&t->lex, DSR_ESYNTAX, t->lex.at,
                       "expected a prefix that was declared, found \"%.*s:\"; did you "
                       "mean \"%.*s:\"?",
                       len, label.data, (int)race.best.len, race.best.data);
}

/* Append a local part with its escapes taken out; those of '%' stay. */
static size_t put_local(char *out, dsr_str local, bool escaped) {
  size_t len = 0;
  if (!escaped) {
    memcpy(out, local.data, local.len);
    return local.len;
  }
  for (size_t i = 0; i < local.len; i++) {
    if (local.data[i] == '\\') i++;
    out[len++] = local.data[i];
  }
  return len;
}

/* The prefix called `label`, which is often the one that was before; NULL: there is none. */
static const dsr_turtle_prefix *prefix_of(dsr_turtle *t, dsr_str label) {
  if (t->last && dsr_str_eq(t->last->label, label)) return t->last;
  if (t->prefix_slots == 0) return NULL;
  uint64_t hash = dsr_hash(label.data, label.len, 0);
  t->last = find_prefix(t->prefixes, t->prefix_slots, label, hash);
  if (!t->last->label.data) t->last = NULL;
  return t->last;
}

static dsr_status look_up(dsr_turtle *t, const name *found, dsr_str *iri) {
  dsr_str label = {t->lex.at, (size_t)(found->colon - t->lex.at)};
  dsr_str local = {found->colon + 1, (size_t)(found->after - found->colon - 1)};
  const dsr_turtle_prefix *prefix = prefix_of(t, label);
  if (!prefix) return undeclared(t, label);
  char *text = dsr_stack_take(&t->lex.stack, prefix->iri.len + local.len);
  if (!text) return dsr_fail_memory(t->lex.error);
  memcpy(text, prefix->iri.data, prefix->iri.len);
  size_t len =
      prefix->iri.len + put_local(text + prefix->iri.len, local, found->escaped);
  *iri = (dsr_str){text, len};
  return DSR_OK;
}

static dsr_status scan_prefixed(dsr_turtle *t, dsr_str *iri, dsr_str *word,
                                const char **after) {
  name found;
  if (!scan_plain(&t->lex, &found)) TRY(scan_name(&t->lex, &found));
  *word = (dsr_str){t->lex.at, (size_t)(found.after - t->lex.at)};
  *after = t->lex.at;
  if (!found.colon) return DSR_OK;
  *word = (dsr_str){NULL, 0};
  *after = found.after;
  return look_up(t, &found, iri);
}

dsr_status dsr_turtle_name(dsr_turtle *t, dsr_str *iri, dsr_str *word) {
  const char *after = t->lex.at;
  DSR_TOKEN(&t->lex, scan_prefixed(t, iri, word, &after));
  t->lex.at = after;
  return DSR_OK;
}
