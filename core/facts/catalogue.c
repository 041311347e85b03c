/*
** catalogue.c - which relations there are: by number, by name, and in their records.
**
** A schema record is one relation as it was declared or met; a later record with the
** same number replaces it, also under another name.  (One that begins with 0 is of a rule:
** kept.c.)  Numbers below DSR_REL_FIRST belong
** to the built-in relations, which are made here and have no record until a fact gives one
** a time.
**
** A look by name is a hash probe, one by number a binary search.
*/
#include <assert.h>

#include "facts/engine.h"
#include "ground/text.h"

/* ---- domains ------------------------------------------------------------------- */

static const struct {
  const char *word;
  dsr_domain domain;
} domain_words[] = {
    {"any", DSR_COL_ANY},        {"bool", DSR_COL_BOOL},    {"int", DSR_COL_INT},
    {"number", DSR_COL_NUMBER},  {"date", DSR_COL_TIME},    {"entity", DSR_COL_ENTITY},
    {"text", DSR_COL_TEXT},      {"boolean", DSR_COL_BOOL}, {"integer", DSR_COL_INT},
    {"decimal", DSR_COL_NUMBER}, {"time", DSR_COL_TIME},    {"interval", DSR_COL_TIME},
    {"string", DSR_COL_TEXT},
};
enum { N_DOMAIN_WORDS = sizeof domain_words / sizeof *domain_words };

dsr_domain dsr_domain_named(dsr_str word) {
  for (int i = 0; i < N_DOMAIN_WORDS; i++) {
    if (dsr_str_is(word, domain_words[i].word)) return domain_words[i].domain;
  }
  return DSR_COL_ENTITY;
}

const char *dsr_domain_word(dsr_domain type) {
  for (int i = 0; i < N_DOMAIN_WORDS; i++) {
    if (domain_words[i].domain == type) return domain_words[i].word;
  }
  return "any";
}

/* ---- the table ----------------------------------------------------------------- */

static uint64_t name_hash(dsr_str name, int arity) {
  return dsr_hash(name.data, name.len, (uint64_t)arity);
}

static size_t slot_of(const dsr_catalogue *catalogue, dsr_str name, int arity) {
  size_t mask = catalogue->n_slots - 1;
  size_t slot = (size_t)name_hash(name, arity) & mask;
  while (catalogue->slots[slot] != 0) {
    const dsr_relation *met = catalogue->all.items[catalogue->slots[slot] - 1];
    if (met->arity == arity && dsr_str_eq(met->name, name)) break;
    slot = (slot + 1) & mask;
  }
  return slot;
}

/* A table of `n` slots with every relation in its place. */
static dsr_status fill_slots(dsr_facts *facts, size_t n) {
  dsr_catalogue *catalogue = &facts->catalogue;
  uint32_t *slots = dsr_alloc(n * sizeof *slots);
  if (!slots) return dsr_fail_memory(facts->error);
  dsr_free(catalogue->slots);
  catalogue->slots = slots;
  catalogue->n_slots = n;
  for (size_t i = 0; i < catalogue->all.len; i++) {
    const dsr_relation *relation = catalogue->all.items[i];
    slots[slot_of(catalogue, relation->name, relation->arity)] = (uint32_t)i + 1;
  }
  return DSR_OK;
}

static dsr_status grow_slots(dsr_facts *facts) {
  const dsr_catalogue *catalogue = &facts->catalogue;
  if (catalogue->n_slots > 2 * (catalogue->all.len + 1)) return DSR_OK;
  return fill_slots(facts, catalogue->n_slots ? 2 * catalogue->n_slots : 256);
}

/* Where in `all` the number stands, or would stand: it is kept in order of number. */
static size_t place_of(const dsr_catalogue *catalogue, uint32_t number) {
  size_t low = 0, high = catalogue->all.len;
  while (low < high) {
    size_t mid = (low + high) / 2;
    if (catalogue->all.items[mid]->number < number) {
      low = mid + 1;
    } else {
      high = mid;
    }
  }
  return low;
}

/* Put a relation, whose strings are in the catalogue's arena, in place of the one with
** its number; numbers come in ascending order, so a new one is always last. */
static dsr_status install(dsr_facts *facts, const dsr_relation *spec) {
  dsr_catalogue *catalogue = &facts->catalogue;
  size_t place = place_of(catalogue, spec->number);
  if (place < catalogue->all.len &&
      catalogue->all.items[place]->number == spec->number) {
    dsr_relation before = *catalogue->all.items[place];
    *catalogue->all.items[place] = *spec;
    if (dsr_str_eq(before.name, spec->name)) return DSR_OK;
    dsr_status rc = fill_slots(facts, catalogue->n_slots);
    if (rc < 0) *catalogue->all.items[place] = before;
    return rc;
  }
  TRY(grow_slots(facts));
  dsr_relation *made = dsr_arena_alloc(&catalogue->arena, sizeof *made);
  if (!made || !VEC_PUSH(&catalogue->all, made)) return dsr_fail_memory(facts->error);
  *made = *spec;
  catalogue->slots[slot_of(catalogue, made->name, made->arity)] =
      (uint32_t)catalogue->all.len;
  if (made->number >= catalogue->next_number) catalogue->next_number = made->number + 1;
  return DSR_OK;
}

/* Numbers of what was declared follow on each other: counted from the end, the first look
** finds them. */
static size_t likely_place(const dsr_catalogue *catalogue, uint32_t number) {
  size_t back = (size_t)catalogue->next_number - number, len = catalogue->all.len;
  if (back - 1 < len && catalogue->all.items[len - back]->number == number) {
    return len - back;
  }
  return place_of(catalogue, number);
}

const dsr_relation *dsr_relation_get(dsr_facts *facts, uint32_t number) {
  const dsr_catalogue *catalogue = &facts->catalogue;
  size_t place = likely_place(catalogue, number);
  if (place == catalogue->all.len) return NULL;
  const dsr_relation *relation = catalogue->all.items[place];
  return relation->number == number ? relation : NULL;
}

/* Whoever asks by name may go on to ask what is a case or an inverse of it. */
const dsr_relation *dsr_relation_find(dsr_facts *facts, dsr_str name, int arity) {
  const dsr_catalogue *catalogue = &facts->catalogue;
  dsr_catalogue_kin(facts);
  uint32_t at = catalogue->slots[slot_of(catalogue, name, arity)];
  return at ? catalogue->all.items[at - 1] : NULL;
}

const dsr_relation *dsr_relation_at(dsr_facts *facts, size_t i) {
  return i < facts->catalogue.all.len ? facts->catalogue.all.items[i] : NULL;
}

dsr_str dsr_relation_nearest(dsr_facts *facts, dsr_str name, int *arity) {
  dsr_nearest race;
  dsr_nearest_start(&race, name);
  *arity = -1;
  for (size_t i = 0; i < facts->catalogue.all.len; i++) {
    const dsr_relation *relation = facts->catalogue.all.items[i];
    bool known = true;
    if (dsr_relation_known(facts, relation, &known) >= 0 && !known) continue;
    if (dsr_str_eq(relation->name, name)) {
      *arity = relation->arity;
      return relation->name;
    }
    dsr_nearest_offer(&race, relation->name);
  }
  const dsr_kept_rule *rule = dsr_kept_deriving(facts, name, -1);
  if (rule != NULL) *arity = rule->arity;
  if (rule != NULL) return rule->name;
  for (size_t i = 0; (rule = dsr_kept_at(facts, i)) != NULL; i++) {
    if (!rule->constraint) dsr_nearest_offer(&race, rule->name);
  }
  return race.best;
}

const dsr_relation *dsr_relation_stored(dsr_facts *facts, const dsr_relation *relation,
                                        bool *swapped) {
  *swapped = relation->inverse != 0;
  if (relation->inverse == 0) return relation;
  const dsr_relation *stored = dsr_relation_get(facts, relation->inverse);
  assert(stored != NULL);
  return stored;
}

void dsr_catalogue_kin(dsr_facts *facts) {
  dsr_catalogue *catalogue = &facts->catalogue;
  if (catalogue->kin_at == catalogue->next_record) return;
  for (size_t i = 0; i < catalogue->all.len; i++) {
    catalogue->all.items[i]->general = catalogue->all.items[i]->named = false;
  }
  for (size_t i = 0; i < catalogue->all.len; i++) {
    const dsr_relation *relation = catalogue->all.items[i];
    size_t place = place_of(catalogue, relation->inverse);
    if (relation->inverse != 0) catalogue->all.items[place]->named = true;
    for (int k = 0; k < relation->n_is; k++) {
      place = place_of(catalogue, relation->is[k].general);
      catalogue->all.items[place]->general = true;
    }
  }
  catalogue->kin_at = catalogue->next_record;
}

/* ---- records ------------------------------------------------------------------- */

enum {
  FLAG_DECLARED = 1,
  FLAG_TIMED = 2,
  FLAG_OCCURS = 4,
  FLAG_ONCE = 8,
  FLAG_SYMMETRIC = 16,
};

static unsigned flags_of(const dsr_relation *r) {
  return (r->declared ? FLAG_DECLARED : 0u) | (r->timed ? FLAG_TIMED : 0u) |
         (r->occurs ? FLAG_OCCURS : 0u) | (r->once ? FLAG_ONCE : 0u) |
         (r->symmetric ? FLAG_SYMMETRIC : 0u);
}

/* number, arity, flags, inverse, name, phrase; then by column its type and role; the
** keys; the `is` with their maps. */
static bool encode(dsr_bytes *out, const dsr_relation *r) {
  bool ok = dsr_bytes_number(out, r->number) &&
            dsr_bytes_number(out, (uint64_t)r->arity) &&
            dsr_bytes_number(out, flags_of(r)) && dsr_bytes_number(out, r->inverse) &&
            dsr_bytes_str(out, r->name) && dsr_bytes_str(out, r->phrase);
  for (int i = 0; ok && i < r->arity; i++) {
    ok = dsr_bytes_number(out, r->types[i]) && dsr_bytes_str(out, r->roles[i]);
  }
  for (int i = 0; ok && i < DSR_KEYS_MAX; i++) ok = dsr_bytes_number(out, r->keys[i]);
  ok = ok && dsr_bytes_number(out, (uint64_t)r->n_is);
  for (int i = 0; ok && i < r->n_is; i++) {
    ok = dsr_bytes_number(out, r->is[i].general) &&
         dsr_bytes_put(out, r->is[i].map, sizeof r->is[i].map);
  }
  return ok;
}

static bool decode(dsr_str bytes, dsr_relation *r) {
  dsr_bytes_reader in = dsr_bytes_read(bytes);
  *r = (dsr_relation){0};
  r->number = (uint32_t)dsr_bytes_get_number(&in);
  uint64_t arity = dsr_bytes_get_number(&in);
  uint64_t flags = dsr_bytes_get_number(&in);
  r->inverse = (uint32_t)dsr_bytes_get_number(&in);
  r->name = dsr_bytes_get_str(&in);
  r->phrase = dsr_bytes_get_str(&in);
  if (in.bad || arity > DSR_ARITY_MAX) return false;
  r->arity = (int)arity;
  r->declared = flags & FLAG_DECLARED;
  r->timed = flags & FLAG_TIMED;
  r->occurs = flags & FLAG_OCCURS;
  r->once = flags & FLAG_ONCE;
  r->symmetric = flags & FLAG_SYMMETRIC;
  for (int i = 0; i < r->arity; i++) {
    uint64_t domain = dsr_bytes_get_number(&in);
    if (domain > DSR_COL_TEXT) return false;
    r->types[i] = (dsr_domain)domain;
    r->roles[i] = dsr_bytes_get_str(&in);
  }
  for (int i = 0; i < DSR_KEYS_MAX; i++)
    r->keys[i] = (unsigned)dsr_bytes_get_number(&in);
  uint64_t n_is = dsr_bytes_get_number(&in);
  if (in.bad || n_is > DSR_IS_MAX) return false;
  r->n_is = (int)n_is;
  for (int i = 0; i < r->n_is; i++) {
    r->is[i].general = (uint32_t)dsr_bytes_get_number(&in);
    if ((size_t)(in.end - in.at) < sizeof r->is[i].map) return false;
    memcpy(r->is[i].map, in.at, sizeof r->is[i].map);
    in.at += sizeof r->is[i].map;
  }
  return !in.bad && in.at == in.end && r->number > 0;
}

/* Move a relation's strings into the catalogue's arena. */
static bool own_strings(dsr_arena *arena, dsr_relation *r) {
  dsr_str *strings[2 + DSR_ARITY_MAX] = {&r->name, &r->phrase};
  for (int i = 0; i < r->arity; i++) strings[2 + i] = &r->roles[i];
  for (int i = 0; i < 2 + r->arity; i++) {
    if (strings[i]->len == 0) {
      *strings[i] = (dsr_str){NULL, 0};
      continue;
    }
    *strings[i] = dsr_arena_str(arena, *strings[i]);
    if (!strings[i]->data) return false;
  }
  return true;
}

/* Take over one record, of a relation or a rule. */
static dsr_status read_record(dsr_facts *facts, dsr_str bytes) {
  dsr_relation relation;
  dsr_bytes_reader in = dsr_bytes_read(bytes);
  if (dsr_bytes_get_number(&in) == 0 && !in.bad) return dsr_kept_read(facts, &in);
  if (!decode(bytes, &relation)) return DSR_EDAMAGED;
  if (!own_strings(&facts->catalogue.arena, &relation)) {
    return dsr_fail_memory(facts->error);
  }
  return install(facts, &relation);
}

dsr_status dsr_catalogue_follow(dsr_facts *facts) {
  dsr_catalogue *catalogue = &facts->catalogue;
  uint64_t next = dsr_store_next(facts->store, DSR_REC_SCHEMA);
  for (; catalogue->next_record < next; catalogue->next_record++) {
    dsr_str bytes;
    TRY(dsr_store_record(facts->store, DSR_REC_SCHEMA, catalogue->next_record, &bytes));
    dsr_status rc = read_record(facts, bytes);
    if (rc == DSR_EDAMAGED) {
      return dsr_fail(facts->error, DSR_EDAMAGED,
                      "damaged base: declaration %llu cannot be read",
                      (unsigned long long)catalogue->next_record);
    }
    TRY(rc);
  }
  return DSR_OK;
}

dsr_status dsr_catalogue_append(dsr_facts *facts, dsr_str bytes) {
  uint64_t number;
  facts->wrote_schema = true;
  dsr_status rc = dsr_store_append(facts->store, DSR_REC_SCHEMA, bytes, &number);
  if (rc >= 0) rc = dsr_catalogue_follow(facts);
  return rc < 0 ? dsr_facts_doom(facts, rc) : DSR_OK;
}

dsr_status dsr_catalogue_record(dsr_facts *facts, const dsr_relation *relation) {
  facts->scratch.len = 0;
  if (!encode(&facts->scratch, relation)) return dsr_fail_memory(facts->error);
  dsr_str bytes = {(const char *)facts->scratch.items, facts->scratch.len};
  return dsr_catalogue_append(facts, bytes);
}

dsr_status dsr_catalogue_timed(dsr_facts *facts, uint32_t number) {
  const dsr_relation *relation = dsr_relation_get(facts, number);
  if (relation->timed) return DSR_OK;
  dsr_relation changed = *relation;
  changed.timed = true;
  return dsr_catalogue_record(facts, &changed);
}

/* ---- built-in relations --------------------------------------------------------- */

static const struct {
  uint32_t number;
  const char *name;
  int arity;
  dsr_domain types[2];
  bool symmetric;
  const char *phrase;
} builtins[] = {
    {DSR_REL_LABEL, "label", 2, {DSR_COL_ENTITY, DSR_COL_TEXT}, false, NULL},
    {DSR_REL_ALIAS, "alias", 2, {DSR_COL_ENTITY, DSR_COL_TEXT}, false, NULL},
    {DSR_REL_TYPE, "type", 2, {DSR_COL_ENTITY, DSR_COL_ENTITY}, false, "{1} is a {2}"},
    {DSR_REL_PREFIX, "prefix", 2, {DSR_COL_TEXT, DSR_COL_TEXT}, false, NULL},
    {DSR_REL_SAME_AS,
     "same_as",
     2,
     {DSR_COL_ENTITY, DSR_COL_ENTITY},
     true,
     "{1} is the same as {2}"},
    {DSR_REL_SOURCE,
     "source",
     1,
     {DSR_COL_ENTITY, DSR_COL_ANY},
     false,
     "{1} is a source"},
    {DSR_REL_SOURCE_TITLE,
     "source_title",
     2,
     {DSR_COL_ENTITY, DSR_COL_TEXT},
     false,
     "{1} has the title {2}"},
    {DSR_REL_SOURCE_KIND,
     "source_kind",
     2,
     {DSR_COL_ENTITY, DSR_COL_ENTITY},
     false,
     "{1} is a source of kind {2}"},
    {DSR_REL_SOURCE_DATE,
     "source_date",
     2,
     {DSR_COL_ENTITY, DSR_COL_TIME},
     false,
     "{1} is dated {2}"},
    {DSR_REL_SOURCE_GRADE,
     "source_reliability",
     2,
     {DSR_COL_ENTITY, DSR_COL_ENTITY},
     false,
     "{1} has reliability {2}"},
    {DSR_REL_DERIVED_FROM,
     "derived_from",
     2,
     {DSR_COL_ENTITY, DSR_COL_ENTITY},
     false,
     "{1} is derived from {2}"},
    {DSR_REL_SOURCE_URL,
     "source_url",
     2,
     {DSR_COL_ENTITY, DSR_COL_TEXT},
     false,
     "{1} is at {2}"},
    {DSR_REL_SOURCE_AUTHOR,
     "source_author",
     2,
     {DSR_COL_ENTITY, DSR_COL_TEXT},
     false,
     "{1} is by {2}"},
    {DSR_REL_SOURCE_PUBLISHER,
     "source_publisher",
     2,
     {DSR_COL_ENTITY, DSR_COL_TEXT},
     false,
     "{1} is published by {2}"},
};

dsr_status dsr_catalogue_open(dsr_facts *facts) {
  facts->catalogue.next_record = 1;
  facts->catalogue.next_number = DSR_REL_FIRST;
  facts->catalogue.next_rule = 1;
  for (size_t i = 0; i < sizeof builtins / sizeof *builtins; i++) {
    dsr_relation relation = {.number = builtins[i].number,
                             .name = dsr_str_of(builtins[i].name),
                             .arity = builtins[i].arity,
                             .declared = true,
                             .symmetric = builtins[i].symmetric,
                             .phrase = dsr_str_of(builtins[i].phrase)};
    memcpy(relation.types, builtins[i].types, sizeof builtins[i].types);
    TRY(install(facts, &relation));
  }
  return dsr_catalogue_follow(facts);
}

void dsr_catalogue_free(dsr_facts *facts) {
  dsr_arena_free(&facts->catalogue.arena);
  VEC_FREE(&facts->catalogue.all);
  VEC_FREE(&facts->catalogue.rules);
  facts->rules.version++;
  dsr_free(facts->catalogue.slots);
  facts->catalogue = (dsr_catalogue){0};
}

/* ---- words ----------------------------------------------------------------------- */

/* The column that a phrase has a place for there; -1. */
static int place_at(const dsr_relation *relation, size_t at) {
  dsr_str phrase = relation->phrase;
  if (at + 2 >= phrase.len || phrase.data[at] != '{' || phrase.data[at + 2] != '}') {
    return -1;
  }
  int column = phrase.data[at + 1] - '1';
  return column >= 0 && column < relation->arity ? column : -1;
}

/* name(a, b): the name, and for each column what stands before it and itself. */
static bool plain_piece(dsr_wording *wording) {
  int step = (int)wording->at++, arity = wording->relation->arity;
  int column = (step - 1) / 2;
  wording->text = wording->relation->name;
  if (step == 0) return true;
  if (column == arity) wording->text = (dsr_str){")", 1};
  if (column >= arity) return arity > 0 && step == 2 * arity + 1;
  wording->text = dsr_str_of(column == 0 ? "(" : ", ");
  if (step % 2 == 0) wording->column = column;
  return true;
}

bool dsr_wording_next(dsr_wording *wording) {
  dsr_str phrase = wording->relation->phrase;
  size_t from = wording->at;
  wording->column = -1;
  if (phrase.len == 0) return plain_piece(wording);
  if (from == phrase.len) return false;
  wording->column = place_at(wording->relation, from);
  if (wording->column >= 0) {
    wording->at += 3;
    return true;
  }
  do {
    wording->at++;
  } while (wording->at < phrase.len && place_at(wording->relation, wording->at) < 0);
  wording->text = (dsr_str){phrase.data + from, wording->at - from};
  return true;
}
