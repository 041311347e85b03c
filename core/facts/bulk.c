/*
** bulk.c - millions of facts into a base, as values.
**
** Rows wait in a pile (store/pile.h) for each arity, as (relation, columns, time) with the
** claim's number, until they are stored (bulk_store.c).
**
** Facts about sources (source, derived_from) must be seen by the checks of what follows
** them, as prefixes must by its names, so they go the ordinary way, at once.
*/
#include "facts/bulk_inside.h"
#include "ground/text.h"

static const size_t usual_memory = (size_t)512 << 20;

/* ---- life ------------------------------------------------------------------------ */

dsr_status dsr_bulk_check(dsr_facts *facts) {
  if (!facts->bulk) return DSR_OK;
  return dsr_fail(facts->error, DSR_EMISUSE,
                  "a bulk load is open; it must be finished first");
}

static void free_piles(dsr_bulk *bulk) {
  for (int arity = 0; arity <= DSR_ARITY_MAX; arity++) {
    dsr_pile_free(bulk->piles[arity]);
    bulk->piles[arity] = NULL;
  }
  dsr_pile_free(bulk->second);
  dsr_pile_free(bulk->sorting);
  bulk->second = bulk->sorting = NULL;
  dsr_pile_free(bulk->texts);
  bulk->texts = NULL;
  dsr_mentioned_free(bulk->mentions);
  bulk->mentions = NULL;
}

static void free_naming(dsr_facts *facts) {
  dsr_naming_free(facts->naming);
  facts->naming = NULL;
}

void dsr_bulk_cut(dsr_facts *facts) {
  if (facts->bulk) {
    dsr_aside_wait(&facts->bulk->gathering);
    facts->bulk->facts = NULL;
  }
  facts->bulk = NULL;
  free_naming(facts);
}

static dsr_status open_parts(dsr_bulk *bulk, const dsr_bulk_options *options) {
  dsr_facts *facts = bulk->facts;
  if (options->folder == NULL) {
    TRY(dsr_store_folder(facts->store, bulk->folder, sizeof bulk->folder));
  } else if (strlen(options->folder) >= sizeof bulk->folder) {
    return dsr_fail(facts->error, DSR_ELIMIT, "the folder's path is too long");
  } else {
    strcpy(bulk->folder, options->folder);
  }
  TRY(dsr_mentioned_new(bulk->memory / 4, bulk->folder, facts->error, &bulk->mentions));
  TRY(dsr_naming_new(facts, &facts->naming));
  bulk->texts_first = bulk->texts_from = dsr_symbols_next(facts->symbols);
  return DSR_OK;
}

dsr_status dsr_bulk_open(dsr_facts *facts, const dsr_bulk_options *options,
                         dsr_bulk **out) {
  static const dsr_bulk_options usual;
  if (options == NULL) options = &usual;
  TRY(dsr_facts_change(facts));
  TRY(dsr_bulk_check(facts));
  dsr_bulk *bulk = dsr_alloc(sizeof *bulk);
  if (!bulk) return dsr_fail_memory(facts->error);
  bulk->facts = facts;
  bulk->pace = options->pace;
  bulk->memory = options->memory > 0 ? options->memory : usual_memory;
  dsr_status rc = open_parts(bulk, options);
  if (rc < 0) {
    free_piles(bulk);
    dsr_free(bulk);
    return rc;
  }
  facts->bulk = bulk;
  *out = bulk;
  return DSR_OK;
}

void dsr_bulk_drop(dsr_bulk *bulk) {
  if (!bulk) return;
  dsr_facts *facts = bulk->facts;
  if (facts && !bulk->finished) {
    dsr_status rc = dsr_fail(facts->error, DSR_EMISUSE,
                             "a bulk load was dropped; the transaction can only be "
                             "rolled back");
    dsr_facts_doom(facts, rc);
    dsr_bulk_cut(facts);
  }
  free_piles(bulk);
  VEC_FREE(&bulk->given);
  VEC_FREE(&bulk->taken);
  VEC_FREE(&bulk->layouts);
  VEC_FREE(&bulk->preferred);
  VEC_FREE(&bulk->scratch);
  dsr_free(bulk);
}

/* May the load go on?  Its transaction may have ended, or be doomed. */
static dsr_status check_open(dsr_bulk *bulk) {
  if (!bulk->facts || bulk->finished) return DSR_EMISUSE;
  if (bulk->facts->doomed < 0) *bulk->facts->error = bulk->facts->why;
  return bulk->facts->doomed;
}

static dsr_status doom(dsr_bulk *bulk, dsr_status rc) {
  return rc < 0 ? dsr_facts_doom(bulk->facts, rc) : rc;
}

/* ---- names, relations, claims ---------------------------------------------------- */

/* A name that cannot be is told and forgotten; what else fails is the end. */
static dsr_status name_failed(dsr_bulk *bulk, dsr_status rc) {
  return rc == DSR_ESYNTAX || rc == DSR_ELIMIT ? rc : doom(bulk, rc);
}

dsr_status dsr_bulk_names(dsr_bulk *bulk, const dsr_naming_name *names, size_t n,
                          dsr_word *out, size_t *done) {
  TRY(check_open(bulk));
  return name_failed(bulk, dsr_naming_words(bulk->facts->naming, names, n, out, done));
}

dsr_status dsr_bulk_name(dsr_bulk *bulk, dsr_symbol_kind kind, dsr_str spelling,
                         dsr_word *out) {
  size_t done;
  dsr_naming_name name = {kind, spelling};
  return dsr_bulk_names(bulk, &name, 1, out, &done);
}

dsr_status dsr_bulk_text(dsr_bulk *bulk, dsr_str string, dsr_str lang, dsr_str datatype,
                         dsr_word *out) {
  dsr_str spelling;
  TRY(check_open(bulk));
  bulk->scratch.len = 0;
  TRY(dsr_text_spelling(bulk->facts->symbols, string, lang, datatype, &bulk->scratch,
                        &spelling));
  return dsr_bulk_name(bulk, DSR_SYM_TEXT, spelling, out);
}

/* Names differ in their last bytes, if not in length; where they do not, the place is
** shared, which is only slower. */
static size_t guess_slot(dsr_str name, int arity) {
  uint64_t last = 0;
  memcpy(&last, name.len < 8 ? name.data : name.data + name.len - 8,
         name.len < 8 ? name.len : 8);
  last = (last ^ name.len << 3 ^ (uint64_t)arity) * UINT64_C(0x9e3779b97f4a7c15);
  return last >> (64 - DSR_KNOWN_BITS);
}

/* A name in use has a number already, mostly asked for a little while ago. */
static dsr_known_relation *known_slot(dsr_bulk *bulk, dsr_str name, int arity) {
  if (bulk->known_at != bulk->facts->catalogue.next_record) {
    memset(bulk->known, 0, sizeof bulk->known);
    bulk->known_at = bulk->facts->catalogue.next_record;
  }
  return &bulk->known[guess_slot(name, arity)];
}

dsr_status dsr_bulk_relation(dsr_bulk *bulk, dsr_str name, int arity,
                             uint32_t *number) {
  TRY(check_open(bulk));
  dsr_known_relation *known = known_slot(bulk, name, arity);
  if (known->name.len > 0 && known->arity == arity && dsr_str_eq(known->name, name)) {
    *number = known->number;
    return DSR_OK;
  }
  const dsr_relation *found = dsr_relation_find(bulk->facts, name, arity);
  if (!found) {
    dsr_relation met = {.name = name, .arity = arity};
    return dsr_relation_declare(bulk->facts, &met, number);
  }
  if (bulk->known_at == bulk->facts->catalogue.next_record) {
    *known = (dsr_known_relation){found->name, arity, found->number};
  }
  *number = found->number;
  return DSR_OK;
}

dsr_status dsr_bulk_claim(dsr_bulk *bulk, const dsr_claim_row *claim) {
  dsr_facts *facts = bulk->facts;
  dsr_symbol_kind kind;
  dsr_str name;
  bool declared;
  uint64_t number;
  TRY(check_open(bulk));
  declared = claim->source == bulk->declared && claim->source != DSR_WORD_NONE;
  if (!declared) TRY(dsr_source_declared(facts, claim->source, &declared));
  if (!declared) {
    TRY(dsr_symbols_get(facts->symbols, claim->source, &kind, &name));
    return dsr_source_unknown(facts, name);
  }
  TRY(doom(bulk, dsr_claim_intern(facts, claim, &number)));
  bulk->claim = *claim;
  bulk->declared = claim->source;
  if (claim->quotation != DSR_WORD_NONE) bulk->quotes = true;
  bulk->number = number << 1 | (claim->verb >= DSR_PREFERS ? DSR_BULK_VERDICT : 0);
  return DSR_OK;
}

/* ---- rows ------------------------------------------------------------------------ */

/* The tags that fit a column without another look. */
static uint8_t sure_tags(dsr_domain domain) {
  switch (domain) {
    case DSR_COL_ANY:
      return 0xfe;
    case DSR_COL_BOOL:
      return 1u << DSR_TAG_BOOL;
    case DSR_COL_INT:
      return 1u << DSR_TAG_INT;
    case DSR_COL_NUMBER:
      return 1u << DSR_TAG_INT | 1u << DSR_TAG_DECIMAL;
    case DSR_COL_TIME:
      return 1u << DSR_TAG_DAY;
    case DSR_COL_ENTITY:
      return 1u << DSR_TAG_ENTITY;
    case DSR_COL_TEXT:
      return 1u << DSR_TAG_TEXT;
  }
  return 0;
}

static dsr_status make_layout(dsr_bulk *bulk, const dsr_relation *relation,
                              dsr_layout *to) {
  dsr_layout made = {.known = true,
                     .arity = (uint8_t)relation->arity,
                     .rows = to->rows,
                     .timed = to->timed};
  const dsr_relation *stored = dsr_relation_stored(bulk->facts, relation, &made.swap);
  made.symmetric = stored->symmetric;
  made.stored = stored->number;
  made.apart = stored->number == DSR_REL_SOURCE || stored->number == DSR_REL_PREFIX ||
               stored->number == DSR_REL_DERIVED_FROM;
  for (int i = 0; i < relation->arity; i++) {
    made.admits[i] = sure_tags(relation->types[i]);
  }
  *to = made;
  return DSR_OK;
}

/* What is known of a relation; anew where the catalogue has changed.  Good until the
** next call. */
static dsr_status find_layout(dsr_bulk *bulk, uint32_t number, dsr_layout **out) {
  dsr_facts *facts = bulk->facts;
  if (bulk->layouts_at != facts->catalogue.next_record) {
    for (size_t i = 0; i < bulk->layouts.len; i++) bulk->layouts.items[i].known = false;
    bulk->layouts_at = facts->catalogue.next_record;
  }
  if (number >= bulk->layouts.len) {
    size_t more = number + 1 - bulk->layouts.len;
    if (!VEC_RESERVE(&bulk->layouts, more)) {
      return doom(bulk, dsr_fail_memory(facts->error));
    }
    memset(bulk->layouts.items + bulk->layouts.len, 0, more * sizeof(dsr_layout));
    bulk->layouts.len += more;
  }
  *out = &bulk->layouts.items[number];
  if ((*out)->known) return DSR_OK;
  const dsr_relation *relation = dsr_relation_get(facts, number);
  if (!relation) {
    return dsr_fail(facts->error, DSR_EMISUSE, "there is no relation of number %u",
                    (unsigned)number);
  }
  return make_layout(bulk, relation, *out);
}

/* Row by row, with the row's number before the words. */
static dsr_status refuse_row(dsr_bulk *bulk, dsr_status rc) {
  dsr_error why = *bulk->facts->error;
  return dsr_fail(bulk->facts->error, rc, "row %llu: %s",
                  (unsigned long long)bulk->rows + 1, why.text);
}

/* A column holds a tag that may not fit. */
static dsr_status check_types(dsr_bulk *bulk, uint32_t number, const dsr_layout *of,
                              const dsr_word *args, dsr_word time) {
  int column;
  dsr_tuple tuple = {.relation = number, .arity = of->arity, .time = time};
  memcpy(tuple.args, args, of->arity * sizeof *args);
  for (int i = 0; i < of->arity; i++) {
    if (args[i] != DSR_WORD_NONE) continue;
    return dsr_fail(bulk->facts->error, DSR_EMISUSE,
                    "row %llu has no value in column %d",
                    (unsigned long long)bulk->rows + 1, i + 1);
  }
  dsr_status rc = dsr_tuple_check(bulk->facts, &tuple, &column);
  return rc < 0 ? refuse_row(bulk, rc) : DSR_OK;
}

/* The pile of an arity.  The first has half of what rows may take; others, should there
** be any, less and less. */
static dsr_status find_pile(dsr_bulk *bulk, int arity, dsr_pile **out) {
  if (!bulk->piles[arity]) {
    size_t memory = bulk->memory / 4 >> bulk->n_piles;
    TRY(dsr_pile_new(arity + 2, arity + 2, memory, bulk->folder, bulk->facts->error,
                     &bulk->piles[arity]));
    bulk->n_piles++;
  }
  *out = bulk->piles[arity];
  return DSR_OK;
}

static dsr_status put_apart(dsr_bulk *bulk, uint32_t number, const dsr_layout *of,
                            const dsr_word *args, dsr_word time) {
  dsr_tuple tuple = {.relation = number, .arity = of->arity, .time = time};
  memcpy(tuple.args, args, of->arity * sizeof *args);
  dsr_status rc = dsr_claim_add(bulk->facts, &tuple, &bulk->claim);
  bulk->declared = DSR_WORD_NONE; /* it may be no source any more */
  bulk->rows += rc >= 0;
  return rc < 0 ? rc : DSR_OK;
}

/* The file at work makes the claim at hand on the fact that the row is. */
static dsr_status note_made(dsr_bulk *bulk, const dsr_word *row, int arity) {
  dsr_tuple fact = {.relation = (uint32_t)row[0], .arity = arity};
  memcpy(fact.args, row + 1, (size_t)arity * sizeof *row);
  fact.time = row[arity + 1];
  return doom(bulk, dsr_made_note(bulk->facts, &fact, bulk->number >> 1));
}

dsr_status dsr_bulk_put(dsr_bulk *bulk, uint32_t relation, const dsr_word *args,
                        dsr_word time) {
  dsr_word row[DSR_PILE_WIDTH];
  dsr_layout *of;
  dsr_pile *pile = NULL;
  TRY(check_open(bulk));
  if (bulk->number == 0) {
    return dsr_fail(bulk->facts->error, DSR_EMISUSE, "no claim was given for the row");
  }
  TRY(find_layout(bulk, relation, &of));
  int arity = of->arity;
  unsigned fit = 1;
  unsigned texts = 0;
  for (int i = 0; i < arity; i++) {
    row[i + 1] = args[i];
    fit &= (unsigned)of->admits[i] >> dsr_word_tag(args[i]);
    texts |= dsr_word_tag(args[i]) == DSR_TAG_TEXT;
  }
  if (fit == 0) TRY(check_types(bulk, relation, of, args, time));
  if (of->apart) return put_apart(bulk, relation, of, args, time);
  row[0] = of->stored;
  row[arity + 1] = time;
  if (of->symmetric ? row[1] > row[2] : of->swap) {
    row[1] = args[1];
    row[2] = args[0];
  }
  TRY(doom(bulk, find_pile(bulk, arity, &pile)));
  TRY(doom(bulk, dsr_pile_put(pile, row, bulk->number)));
  if (texts != 0) TRY(doom(bulk, dsr_bulk_text_put(bulk, args, arity)));
  if (bulk->facts->making != NULL) TRY(note_made(bulk, row, arity));
  if (of->stored != relation) TRY(find_layout(bulk, of->stored, &of));
  of->rows++;
  of->timed |= time != DSR_WORD_NONE;
  bulk->rows++;
  return DSR_OK;
}

uint64_t dsr_bulk_rows(const dsr_bulk *bulk) { return bulk->rows; }

/* ---- finishing ------------------------------------------------------------------ */

dsr_status dsr_bulk_finish(dsr_bulk *bulk) {
  TRY(check_open(bulk));
  dsr_facts *facts = bulk->facts;
  TRY(doom(bulk, dsr_bulk_store(bulk)));
  facts->changes += bulk->opened;
  facts->opened += bulk->opened;
  facts->bulk = NULL;
  bulk->finished = true;
  memset(&facts->last, 0, sizeof facts->last);
  free_piles(bulk);
  return DSR_OK;
}
