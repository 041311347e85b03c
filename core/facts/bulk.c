/*
** bulk.c - millions of facts into a base, as values.
**
** Rows wait in a pile (store/pile.h) for each arity, as (relation, columns, time) with the
** claim's number.  To finish, what else the transaction did is folded into blocks, so that
** nothing fresh stands above them; then the names land, and the piles are read in order,
** a relation at a time.  Rows of one fact come together: with the set that the fact had,
** which the merge finds on its way, they make the set that comes after.  Facts whose set
** changed go on into a second pile, in the second order, and those that are new leave
** their entities among the mentions.
**
** Facts about sources (source, derived_from) must be seen by the checks of what follows
** them, so they go the ordinary way, at once.
*/
#include "facts/bulk.h"

#include "facts/engine.h"
#include "facts/mentioned.h"
#include "ground/text.h"
#include "store/pile.h"

static const size_t usual_memory = (size_t)512 << 20;

/* What must be known of a relation for each of its rows. */
typedef struct layout {
  bool known;
  bool swap, symmetric;
  bool apart; /* goes the ordinary way */
  bool timed; /* a row with a time came */
  uint8_t arity;
  uint32_t stored;
  uint8_t admits[DSR_ARITY_MAX]; /* a bit for each tag that fits the column for sure */
  uint64_t rows;                 /* of a stored one: put under it */
  size_t place;                  /* of its first column among those mentioned */
} layout;

enum { KNOWN_BITS = 8, KNOWN = 1 << KNOWN_BITS };

/* A relation that was asked for: good while the catalogue stays as it is. */
typedef struct known_relation {
  dsr_str name; /* the catalogue's */
  int arity;
  uint32_t number;
} known_relation;

struct dsr_bulk {
  dsr_facts *facts; /* NULL: the transaction is over */
  dsr_pace *pace;
  size_t memory;
  char folder[4096];
  bool finished;
  dsr_pile *piles[DSR_ARITY_MAX + 1]; /* by arity; NULL: none yet */
  int n_piles;
  dsr_pile *second; /* rows of one relation in its second order, with set and NEW */
  dsr_mentioned *mentions;
  VEC(layout) layouts;         /* by number */
  uint64_t layouts_at;         /* catalogue record up to which they hold */
  known_relation known[KNOWN]; /* by guess_slot() */
  uint64_t known_at;           /* as layouts_at */
  dsr_claim_row claim;
  uint64_t number; /* of the claim at hand, shifted, and VERDICT; 0: none yet */
  uint64_t rows;
  int64_t opened;
  dsr_words preferred; /* relations of which a fact was preferred */
  dsr_bytes scratch;
  struct {
    uint64_t before, claim, after; /* after 0: nothing yet */
  } last;
};

/* Behind a claim's number in a pile, and behind a set's in the second one. */
enum { VERDICT = 1, NEW = 1 };

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
  dsr_mentioned_free(bulk->mentions);
  bulk->second = NULL;
  bulk->mentions = NULL;
}

static void free_naming(dsr_facts *facts) {
  dsr_naming_free(facts->naming);
  facts->naming = NULL;
}

void dsr_bulk_cut(dsr_facts *facts) {
  if (facts->bulk) facts->bulk->facts = NULL;
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
  return dsr_naming_new(facts, &facts->naming);
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
  return last >> (64 - KNOWN_BITS);
}

/* A name in use has a number already, mostly asked for a little while ago. */
static known_relation *known_slot(dsr_bulk *bulk, dsr_str name, int arity) {
  if (bulk->known_at != bulk->facts->catalogue.next_record) {
    memset(bulk->known, 0, sizeof bulk->known);
    bulk->known_at = bulk->facts->catalogue.next_record;
  }
  return &bulk->known[guess_slot(name, arity)];
}

dsr_status dsr_bulk_relation(dsr_bulk *bulk, dsr_str name, int arity,
                             uint32_t *number) {
  TRY(check_open(bulk));
  known_relation *known = known_slot(bulk, name, arity);
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
    *known = (known_relation){found->name, arity, found->number};
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
  TRY(dsr_source_declared(facts, claim->source, &declared));
  if (!declared) {
    TRY(dsr_symbols_get(facts->symbols, claim->source, &kind, &name));
    return dsr_source_unknown(facts, name);
  }
  TRY(doom(bulk, dsr_claim_intern(facts, claim, &number)));
  bulk->claim = *claim;
  bulk->number = number << 1 | (claim->verb >= DSR_PREFERS ? VERDICT : 0);
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
                              layout *to) {
  layout made = {.known = true,
                 .arity = (uint8_t)relation->arity,
                 .rows = to->rows,
                 .timed = to->timed};
  const dsr_relation *stored = dsr_relation_stored(bulk->facts, relation, &made.swap);
  made.symmetric = stored->symmetric;
  made.stored = stored->number;
  made.apart =
      stored->number == DSR_REL_SOURCE || stored->number == DSR_REL_DERIVED_FROM;
  for (int i = 0; i < relation->arity; i++) {
    made.admits[i] = sure_tags(relation->types[i]);
  }
  *to = made;
  return DSR_OK;
}

/* What is known of a relation; anew where the catalogue has changed.  Good until the
** next call. */
static dsr_status find_layout(dsr_bulk *bulk, uint32_t number, layout **out) {
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
    memset(bulk->layouts.items + bulk->layouts.len, 0, more * sizeof(layout));
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
static dsr_status check_types(dsr_bulk *bulk, uint32_t number, const layout *of,
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

static dsr_status put_apart(dsr_bulk *bulk, uint32_t number, const layout *of,
                            const dsr_word *args, dsr_word time) {
  dsr_tuple tuple = {.relation = number, .arity = of->arity, .time = time};
  memcpy(tuple.args, args, of->arity * sizeof *args);
  dsr_made *making = bulk->facts->making;
  bulk->facts->making = NULL;
  dsr_status rc = dsr_claim_add(bulk->facts, &tuple, &bulk->claim);
  bulk->facts->making = making;
  bulk->rows += rc >= 0;
  return rc < 0 ? rc : DSR_OK;
}

dsr_status dsr_bulk_put(dsr_bulk *bulk, uint32_t relation, const dsr_word *args,
                        dsr_word time) {
  dsr_word row[DSR_PILE_WIDTH];
  layout *of;
  dsr_pile *pile = NULL;
  TRY(check_open(bulk));
  if (bulk->number == 0) {
    return dsr_fail(bulk->facts->error, DSR_EMISUSE, "no claim was given for the row");
  }
  TRY(find_layout(bulk, relation, &of));
  int arity = of->arity;
  unsigned fit = 1;
  for (int i = 0; i < arity; i++) {
    row[i + 1] = args[i];
    fit &= (unsigned)of->admits[i] >> dsr_word_tag(args[i]);
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
  if (of->stored != relation) TRY(find_layout(bulk, of->stored, &of));
  of->rows++;
  of->timed |= time != DSR_WORD_NONE;
  bulk->rows++;
  return DSR_OK;
}

uint64_t dsr_bulk_rows(const dsr_bulk *bulk) { return bulk->rows; }

/* ---- sets ------------------------------------------------------------------------ */

enum { WINDOW = 512, WINDOW_COLUMNS = DSR_PILE_WIDTH + 1 };

/* A relation's rows on their way from a pile into the store. */
typedef struct stream {
  dsr_inflow feed;
  dsr_bulk *bulk;
  dsr_pile *pile;
  uint64_t *window; /* columns of WINDOW words each; the value is behind the last */
  size_t at, n;     /* the row that is out; n == at: there is none */
  int front;        /* 1 where the pile's rows begin with their relation */
  uint32_t relation;
  int width;
  size_t place;     /* among those mentioned, of the relation's first column */
  dsr_words claims; /* of the fact at hand, as they came */
  dsr_word named[DSR_ARITY_MAX]; /* entities mentioned last, by column */
  VEC(dsr_entry) entries;
  int64_t done, total;
} stream;

static inline uint64_t *window_column(const stream *in, int c) {
  return in->window + (size_t)c * WINDOW;
}

/* Column c of the facts: a time is the last, the value behind it. */
static inline uint64_t *fact_column(const stream *in, int c) {
  return window_column(in, in->front + c);
}

static dsr_status fill_window(stream *in) {
  uint64_t *columns[WINDOW_COLUMNS];
  for (int c = 0; c <= in->front + in->width; c++) columns[c] = window_column(in, c);
  in->at = 0;
  return dsr_pile_take(in->pile, columns, WINDOW, &in->n);
}

static inline dsr_status step_stream(stream *in) {
  return ++in->at < in->n ? DSR_OK : fill_window(in);
}

/* Is the row that is out one of the relation at hand? */
static inline bool is_out(const stream *in) {
  return in->at < in->n &&
         (in->front == 0 || window_column(in, 0)[in->at] == in->relation);
}

static dsr_status refuse_verdict(stream *in) {
  dsr_facts *facts = in->bulk->facts;
  dsr_arena arena = {0};
  dsr_str text;
  dsr_tuple fact = {.relation = in->relation, .arity = in->width - 1};
  memcpy(fact.args, in->feed.row, (size_t)fact.arity * sizeof *fact.args);
  fact.time = in->feed.row[fact.arity];
  dsr_status rc = dsr_tuple_write(facts, &fact, &arena, &text);
  if (rc >= 0) {
    rc = dsr_fail(facts->error, DSR_EABSENT, "there is no claim on %.*s to judge",
                  (int)(text.len < 200 ? text.len : 200), text.data);
  }
  dsr_arena_free(&arena);
  return rc;
}

static bool is_live(const stream *in, uint64_t claim) {
  for (size_t i = 0; i < in->entries.len; i++) {
    const dsr_entry *entry = &in->entries.items[i];
    if (entry->claim == claim && entry->closed == 0) return true;
  }
  return false;
}

/* Remember that a fact of the relation is preferred. */
static dsr_status note_preferred(stream *in) {
  dsr_words *list = &in->bulk->preferred;
  dsr_word word = dsr_word_int(in->relation);
  if (list->len > 0 && list->items[list->len - 1] == word) return DSR_OK;
  return VEC_PUSH(list, word) ? DSR_OK : dsr_fail_memory(in->bulk->facts->error);
}

/* Add a claim to the entries, unless it is live; *added. */
static dsr_status add_claim(stream *in, uint64_t number, bool *added) {
  dsr_facts *facts = in->bulk->facts;
  uint64_t claim = number >> 1;
  if (is_live(in, claim)) return DSR_OK;
  if (number & VERDICT) {
    const dsr_claim_row *row;
    if (in->entries.len == 0) return refuse_verdict(in);
    TRY(dsr_claim_get(facts, claim, &row));
    if (row->verb == DSR_PREFERS) TRY(note_preferred(in));
  }
  dsr_entry entry = {claim, dsr_store_txn(facts->store), 0};
  if (!VEC_PUSH(&in->entries, entry)) return dsr_fail_memory(facts->error);
  in->bulk->opened++;
  *added = true;
  return DSR_OK;
}

/* The set after `before` with the claims on the fact at hand. */
static dsr_status set_after(stream *in, uint64_t before, uint64_t *after) {
  dsr_facts *facts = in->bulk->facts;
  dsr_bulk *bulk = in->bulk;
  dsr_set old = {0};
  bool added = false;
  bool one = in->claims.len == 1 && (in->claims.items[0] & VERDICT) == 0;
  if (one && bulk->last.after != 0 && bulk->last.before == before &&
      bulk->last.claim == in->claims.items[0]) {
    *after = bulk->last.after;
    bulk->opened += before != *after;
    return DSR_OK;
  }
  if (before != 0) TRY(dsr_set_get(facts, before, &old));
  in->entries.len = 0;
  if (!VEC_RESERVE(&in->entries, old.n + 1)) return dsr_fail_memory(facts->error);
  if (old.n > 0) memcpy(in->entries.items, old.entries, old.n * sizeof *old.entries);
  in->entries.len = old.n;
  for (size_t i = 0; i < in->claims.len; i++) {
    TRY(add_claim(in, in->claims.items[i], &added));
  }
  *after = before;
  if (added) TRY(dsr_set_intern(facts, in->entries.items, in->entries.len, after));
  if (one) {
    bulk->last.before = before;
    bulk->last.claim = in->claims.items[0];
    bulk->last.after = *after;
  }
  return DSR_OK;
}

/* ---- feeding --------------------------------------------------------------------- */

static dsr_status mention(stream *in, int column, dsr_word word) {
  if (dsr_word_tag(word) != DSR_TAG_ENTITY || in->named[column] == word) return DSR_OK;
  in->named[column] = word;
  return dsr_mentioned_put(in->bulk->mentions, in->place + (size_t)column, word);
}

/* `n` rows more were stored. */
static dsr_status pace(stream *in, size_t n) {
  in->done += (int64_t)n;
  if (in->bulk->pace == NULL) return DSR_OK;
  for (size_t i = 0; i < n; i++) {
    TRY(dsr_pace_step(in->bulk->pace, in->done, in->total));
  }
  return DSR_OK;
}

/* Is the row that is out the feed's? */
static bool is_fed(const stream *in) {
  for (int c = 0; c < in->width; c++) {
    if (fact_column(in, c)[in->at] != in->feed.row[c]) return false;
  }
  return true;
}

static void feed_row(stream *in) {
  for (int c = 0; c < in->width; c++) in->feed.row[c] = fact_column(in, c)[in->at];
}

/* The next fact of the relation, with all claims on it. */
static dsr_status next_fact(dsr_inflow *feed) {
  stream *in = (stream *)feed;
  if (!is_out(in)) return DSR_DONE;
  feed_row(in);
  in->claims.len = 0;
  do {
    if (!VEC_PUSH(&in->claims, fact_column(in, in->width)[in->at])) {
      return dsr_fail_memory(in->bulk->facts->error);
    }
    TRY(step_stream(in));
  } while (is_out(in) && is_fed(in));
  TRY(pace(in, in->claims.len));
  return DSR_ROW;
}

static dsr_status settle_fact(dsr_inflow *feed, uint64_t old, uint64_t *set) {
  stream *in = (stream *)feed;
  int arity = in->width - 1;
  TRY(set_after(in, old, set));
  if (*set == old) return DSR_OK;
  if (old == 0) {
    for (int i = 0; i < arity; i++) {
      if (i != 1) TRY(mention(in, i, feed->row[i]));
    }
  }
  if (arity < 2) return DSR_OK;
  uint64_t row[DSR_ROW_MAX];
  memcpy(row, feed->row, (size_t)in->width * sizeof *row);
  row[0] = feed->row[1];
  row[1] = feed->row[0];
  return dsr_pile_put(in->bulk->second, row, *set << 1 | (old == 0 ? NEW : 0));
}

/* Are row i of the window and the next one the same fact? */
static inline bool is_doubled(const stream *in, size_t i) {
  for (int c = in->width; c-- > 0;) { /* the time, mostly none, is looked at last */
    const uint64_t *column = fact_column(in, c == 0 ? in->width - 1 : c - 1);
    if (column[i] != column[i + 1]) return false;
  }
  return true;
}

/* How many rows from the one that is out on, at most `most`, are new facts of one claim,
** the same that was the last one. */
static size_t plain_rows(const stream *in, size_t most) {
  const dsr_bulk *bulk = in->bulk;
  const uint64_t *values = fact_column(in, in->width);
  const uint64_t *relations = window_column(in, 0);
  size_t i = in->at, end = in->n - 1;
  if (bulk->last.after == 0 || bulk->last.before != 0) return 0;
  if (end > in->at + most) end = in->at + most;
  while (i < end && values[i] == bulk->last.claim && relations[i] == in->relation &&
         !is_doubled(in, i)) {
    i++;
  }
  return i - in->at;
}

/* New facts by column go on: what they mention, and to the second order. */
static dsr_status pass_facts(stream *in, uint64_t *const *columns, const uint64_t *sets,
                             size_t n) {
  uint64_t values[WINDOW];
  const uint64_t *swapped[WINDOW_COLUMNS];
  int arity = in->width - 1;
  for (int c = 0; c < arity; c++) {
    for (size_t i = 0; c != 1 && i < n; i++) TRY(mention(in, c, columns[c][i]));
  }
  if (arity < 2) return DSR_OK;
  for (size_t i = 0; i < n; i++) values[i] = sets[i] << 1 | NEW;
  for (int c = 0; c < in->width; c++) swapped[c] = columns[c];
  swapped[0] = columns[1];
  swapped[1] = columns[0];
  swapped[in->width] = values;
  return dsr_pile_put_some(in->bulk->second, swapped, n);
}

/* Take plain rows; none of the relation's others are asked for. */
static dsr_status take_plain(stream *in, uint64_t *const *columns, uint64_t *sets,
                             size_t n) {
  for (int c = 0; c < in->width; c++) {
    memcpy(columns[c], fact_column(in, c) + in->at, n * sizeof **columns);
  }
  for (size_t i = 0; i < n; i++) sets[i] = in->bulk->last.after;
  in->bulk->opened += (int64_t)n;
  in->at += n;
  return pace(in, n);
}

/* Take one fact of any kind. */
static dsr_status take_fact(stream *in, size_t to, uint64_t *const *columns,
                            uint64_t *sets) {
  TRY(next_fact(&in->feed));
  for (int c = 0; c < in->width; c++) columns[c][to] = in->feed.row[c];
  return set_after(in, 0, &sets[to]);
}

static dsr_status some_facts(dsr_inflow *feed, uint64_t *const *columns, uint64_t *sets,
                             size_t room, size_t *n) {
  stream *in = (stream *)feed;
  uint64_t *rest[DSR_ROW_MAX];
  if (room > WINDOW) room = WINDOW;
  for (*n = 0; *n < room && is_out(in);) {
    size_t plain = plain_rows(in, room - *n);
    if (plain == 0) {
      TRY(take_fact(in, *n, columns, sets));
      ++*n;
      continue;
    }
    for (int c = 0; c < in->width; c++) rest[c] = columns[c] + *n;
    TRY(take_plain(in, rest, sets + *n, plain));
    *n += plain;
  }
  return pass_facts(in, columns, sets, *n);
}

static dsr_status next_second(dsr_inflow *feed) {
  stream *in = (stream *)feed;
  if (!is_out(in)) return DSR_DONE;
  feed_row(in);
  in->claims.items[0] = fact_column(in, in->width)[in->at];
  TRY(step_stream(in));
  TRY(pace(in, 1));
  return DSR_ROW;
}

static dsr_status settle_second(dsr_inflow *feed, uint64_t old, uint64_t *set) {
  stream *in = (stream *)feed;
  uint64_t value = in->claims.items[0];
  (void)old;
  *set = value >> 1;
  return (value & NEW) ? mention(in, 1, feed->row[0]) : DSR_OK;
}

/* Rows of the second order, which all are new where the order is. */
static dsr_status some_seconds(dsr_inflow *feed, uint64_t *const *columns,
                               uint64_t *sets, size_t room, size_t *n) {
  stream *in = (stream *)feed;
  *n = in->n - in->at < room ? in->n - in->at : room;
  for (int c = 0; c < in->width; c++) {
    memcpy(columns[c], fact_column(in, c) + in->at, *n * sizeof **columns);
  }
  for (size_t i = 0; i < *n; i++) {
    sets[i] = fact_column(in, in->width)[in->at + i] >> 1;
    TRY(mention(in, 1, columns[0][i]));
  }
  TRY(pace(in, *n));
  in->at += *n;
  return in->at < in->n ? DSR_OK : fill_window(in);
}

static dsr_status next_mention(dsr_inflow *feed) {
  stream *in = (stream *)feed;
  uint64_t *const columns[DSR_MENTION_WIDTH] = {feed->row, feed->row + 1,
                                                feed->row + 2};
  size_t n;
  TRY(dsr_mentioned_take(in->bulk->mentions, columns, 1, &n));
  if (n == 0) return DSR_DONE;
  TRY(pace(in, 1));
  return DSR_ROW;
}

static dsr_status some_mentions(dsr_inflow *feed, uint64_t *const *columns,
                                uint64_t *sets, size_t room, size_t *n) {
  stream *in = (stream *)feed;
  TRY(dsr_mentioned_take(in->bulk->mentions, columns, room, n));
  for (size_t i = 0; i < *n; i++) sets[i] = 1;
  return pace(in, *n);
}

static dsr_status settle_mention(dsr_inflow *feed, uint64_t old, uint64_t *set) {
  (void)feed, (void)old;
  *set = 1;
  return DSR_OK;
}

/* ---- finishing ------------------------------------------------------------------- */

/* The second order of a relation whose first is done. */
static dsr_status feed_second(dsr_bulk *bulk, const stream *first) {
  uint64_t window[WINDOW_COLUMNS * WINDOW];
  stream in = *first;
  in.feed =
      (dsr_inflow){.next = next_second, .settle = settle_second, .some = some_seconds};
  in.pile = bulk->second;
  in.window = window;
  in.front = 0;
  uint64_t n = dsr_pile_rows(bulk->second);
  TRY(dsr_pile_sort(bulk->second));
  TRY(fill_window(&in));
  TRY(dsr_store_feed(bulk->facts->store, in.relation, in.width, 1, &in.feed, n));
  dsr_pile_clear(bulk->second);
  return DSR_OK;
}

static dsr_status feed_relation(stream *in) {
  dsr_bulk *bulk = in->bulk;
  in->relation = (uint32_t)window_column(in, 0)[in->at];
  layout of = bulk->layouts.items[in->relation];
  in->place = of.place;
  memset(in->named, 0, sizeof in->named);
  TRY(dsr_store_feed(bulk->facts->store, in->relation, in->width, 0, &in->feed,
                     of.rows));
  if (in->width > 2) TRY(feed_second(bulk, in));
  return DSR_OK;
}

/* Take note, for each relation that has its first time, that it has times. */
static dsr_status note_timed(dsr_bulk *bulk) {
  for (size_t i = 0; i < bulk->layouts.len; i++) {
    if (bulk->layouts.items[i].timed) {
      TRY(dsr_catalogue_timed(bulk->facts, (uint32_t)i));
    }
  }
  return DSR_OK;
}

static dsr_status feed_arity(dsr_bulk *bulk, int arity, int64_t *done) {
  dsr_pile *pile = bulk->piles[arity];
  uint64_t window[WINDOW_COLUMNS * WINDOW];
  stream in = {.bulk = bulk, .pile = pile, .width = arity + 1, .done = *done};
  in.feed = (dsr_inflow){.next = next_fact, .settle = settle_fact, .some = some_facts};
  in.window = window;
  in.front = 1;
  in.total = (int64_t)bulk->rows;
  dsr_status rc = DSR_OK;
  if (arity > 1) {
    /* Rows come in the first order, so they are sorted by what the second begins with. */
    rc = dsr_pile_new(arity + 1, 1, bulk->memory / 4, bulk->folder, bulk->facts->error,
                      &bulk->second);
  }
  if (rc >= 0) rc = dsr_pile_sort(pile);
  if (rc >= 0) rc = fill_window(&in);
  while (rc >= 0 && in.at < in.n) rc = feed_relation(&in);
  *done = in.done;
  VEC_FREE(&in.claims);
  VEC_FREE(&in.entries);
  dsr_pile_free(bulk->second);
  dsr_pile_free(pile);
  bulk->second = bulk->piles[arity] = NULL;
  return rc;
}

/* Number the columns of all relations that have rows. */
static dsr_status start_mentions(dsr_bulk *bulk) {
  dsr_facts *facts = bulk->facts;
  size_t places = 0;
  uint64_t puts = 0;
  for (size_t i = 0; i < bulk->layouts.len; i++) {
    layout *of = &bulk->layouts.items[i];
    if (of->rows == 0) continue;
    of->place = places;
    for (int c = 0; c < of->arity; c++) {
      TRY(dsr_mentioned_place(bulk->mentions, (uint32_t)i, c));
    }
    places += of->arity;
    puts += of->rows * of->arity;
  }
  return dsr_mentioned_start(bulk->mentions, dsr_symbols_next(facts->symbols), puts);
}

static dsr_status feed_mentions(dsr_bulk *bulk, int64_t done) {
  stream in = {.bulk = bulk};
  uint64_t n;
  in.feed = (dsr_inflow){
      .next = next_mention, .settle = settle_mention, .some = some_mentions};
  in.done = done;
  in.total = (int64_t)bulk->rows;
  TRY(dsr_mentioned_sort(bulk->mentions, &n));
  return dsr_store_feed(bulk->facts->store, DSR_REL_MENTION, DSR_MENTION_WIDTH, 0,
                        &in.feed, n);
}

static dsr_status put_preferred(dsr_bulk *bulk) {
  for (size_t i = 0; i < bulk->preferred.len; i++) {
    TRY(dsr_store_put(bulk->facts->store, DSR_REL_PREFERRED, 1, 1u,
                      &bulk->preferred.items[i], 1));
  }
  return DSR_OK;
}

static dsr_status finish_all(dsr_bulk *bulk) {
  dsr_facts *facts = bulk->facts;
  int64_t done = 0;
  dsr_pace_turn(bulk->pace, "storing", "");
  TRY(dsr_facts_change(facts));
  TRY(dsr_store_fold(facts->store));
  TRY(dsr_naming_land(facts->naming, bulk->memory / 4, bulk->folder));
  free_naming(facts);
  TRY(start_mentions(bulk));
  for (int arity = 0; arity <= DSR_ARITY_MAX; arity++) {
    if (bulk->piles[arity]) TRY(feed_arity(bulk, arity, &done));
  }
  TRY(feed_mentions(bulk, done));
  TRY(note_timed(bulk));
  return put_preferred(bulk);
}

dsr_status dsr_bulk_finish(dsr_bulk *bulk) {
  TRY(check_open(bulk));
  dsr_facts *facts = bulk->facts;
  TRY(doom(bulk, finish_all(bulk)));
  facts->changes += bulk->opened;
  facts->opened += bulk->opened;
  facts->bulk = NULL;
  bulk->finished = true;
  memset(&facts->last, 0, sizeof facts->last);
  free_piles(bulk);
  return DSR_OK;
}
