/*
** tabling.c - from rows of a table to facts on record.
**
** What is gathered: words of facts back to back, in which the places of names stay open,
** and the names with those places.  A row notes where it began, and a bad cell cuts all
** back to there.  When enough is gathered, the names become words, and each fact is put
** under its claim.
*/
#include "io/tabling.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "ground/text.h"

enum {
  GATHERED_MOST = 4096,  /* words */
  ROOM_MOST = 256 << 10, /* bytes of names; one may be longer */
  SHOWN_MOST = 10,
  TYPES = DSR_SLOT_AS_BOOL + 1,
};

/* The words of a claim of its own, behind the fact's. */
enum { SOURCE, LOCATOR, SPEAKER, QUOTATION, CONFIDENCE, TARGET, CLAIM_WORDS };

/* A fact that waits for its words: its arguments, its time, its claim's. */
typedef struct waiting {
  uint32_t relation;
  uint8_t arity, verb, kind; /* verb 0: under the claim that all share */
  char reliability, credibility;
  size_t words;
} waiting;

typedef struct name {
  dsr_symbol_kind kind;
  size_t from, len; /* in the room */
  size_t word;      /* the place that it is for */
} name;

typedef struct mark {
  size_t facts, words, names, room;
} mark;

/* A verdict waits until all facts are on record: it may stand before those it judges. */
typedef struct verdict {
  dsr_tuple fact;
  dsr_claim_row claim;
} verdict;

typedef struct said {
  dsr_pattern pattern;
  dsr_cell constants[DSR_SEATS];
  bool constant[DSR_SEATS];
  bool own_claim;
  int64_t met[DSR_ARITY_MAX][TYPES]; /* values by type, in a dry run */
} said;

struct dsr_tabling {
  dsr_importing *im;
  dsr_arena arena;
  said *said;
  int n_said;

  VEC(waiting) facts;
  VEC(dsr_word) words;
  VEC(name) names;
  VEC(dsr_naming_name) naming;
  VEC(dsr_word) named;
  dsr_bytes room;
  mark row;
  VEC(verdict) verdicts;

  dsr_bytes scratch; /* of one cell */
  dsr_claim_row last;
  bool other_claim; /* the load's claim is `last`, not that which all share */

  FILE *bad;
  dsr_str header;
  bool headed;
  int64_t facts_shown, unmade;
  dsr_str
      undeclared; /* a relation that was new and came with a date; where it was met */
  const dsr_pattern *undeclared_in;
};

const dsr_slot *dsr_pattern_slot(const dsr_pattern *pattern, int seat) {
  if (seat == DSR_SEAT_RELATION) return &pattern->relation;
  if (seat < DSR_SEAT_TIME) return &pattern->args[seat - DSR_SEAT_ARG];
  if (seat == DSR_SEAT_TIME) return &pattern->time;
  if (seat == DSR_SEAT_TILL) return &pattern->till;
  return &pattern->parts[seat - DSR_SEAT_PART];
}

int dsr_tabling_patterns(const dsr_tabling *t) { return t->n_said; }
const dsr_pattern *dsr_tabling_pattern(const dsr_tabling *t, int i) {
  return &t->said[i].pattern;
}
dsr_arena *dsr_tabling_arena(dsr_tabling *t) { return &t->arena; }

/* ---- opening ---------------------------------------------------------------------- */

static void set_constant(const dsr_slot *slot, dsr_cell *out) {
  static const dsr_cell_kind kinds[] = {
      [DSR_SLOT_ENTITY] = DSR_CELL_ENTITY,  [DSR_SLOT_TEXT] = DSR_CELL_TEXT,
      [DSR_SLOT_NUMERAL] = DSR_CELL_NUMBER, [DSR_SLOT_TIME] = DSR_CELL_TIME,
      [DSR_SLOT_BOOL] = DSR_CELL_BOOL,
  };
  if (slot->kind < DSR_SLOT_ENTITY) return;
  *out = (dsr_cell){.kind = kinds[slot->kind], .text = slot->text, .lang = slot->lang};
}

static dsr_status read_patterns(dsr_tabling *t) {
  const char *const *as = t->im->options->as;
  int n = 0;
  while (as && as[n]) n++;
  if (n == 0) return DSR_OK;
  t->said = dsr_alloc((size_t)n * sizeof *t->said);
  if (!t->said) return dsr_fail_memory(t->im->error);
  for (; t->n_said < n; t->n_said++) {
    said *s = &t->said[t->n_said];
    TRY(dsr_pattern_parse(dsr_str_of(as[t->n_said]), &t->arena, t->im->error,
                          &s->pattern));
    for (int seat = 0; seat < DSR_SEATS; seat++) {
      const dsr_slot *slot = dsr_pattern_slot(&s->pattern, seat);
      s->constant[seat] = slot->kind >= DSR_SLOT_ENTITY;
      set_constant(slot, &s->constants[seat]);
    }
    for (int part = 0; part < DSR_PARTS; part++) {
      s->own_claim |= s->pattern.parts[part].kind != DSR_SLOT_NONE;
    }
  }
  return DSR_OK;
}

/* A dry run sets nothing aside, and still says that it could not. */
static dsr_status open_bad(dsr_tabling *t) {
  const char *path = t->im->options->skip_bad;
  if (!path) return DSR_OK;
  bool dry = t->im->options->dry_run != 0;
  int file = dry ? (access(path, F_OK) == 0 ? -1 : 0)
                 : open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file < 0 && (dry || errno == EEXIST)) {
    return dsr_fail(t->im->error, DSR_EMISUSE,
                    "%s: there is such a file; bad rows need a new one", path);
  }
  if (file >= 0 && !dry) t->bad = fdopen(file, "w");
  if (file < 0 || (!dry && !t->bad)) {
    return dsr_fail(t->im->error, DSR_EIO, "%s: cannot be made: %s", path,
                    strerror(errno));
  }
  return DSR_OK;
}

dsr_status dsr_tabling_open(dsr_importing *im, dsr_tabling **out) {
  if (!im->tabling) {
    dsr_tabling *t = dsr_alloc(sizeof *t);
    if (!t) return dsr_fail_memory(im->error);
    im->tabling = t; /* the import closes it, whatever happens */
    t->im = im;
    TRY(read_patterns(t));
    TRY(open_bad(t));
  }
  *out = im->tabling;
  return DSR_OK;
}

dsr_status dsr_tabling_file(dsr_tabling *t, dsr_str header) {
  t->other_claim = false; /* the import began the file with that which all share */
  t->headed = header.len == 0;
  t->header = dsr_arena_str(&t->arena, header);
  return t->header.data ? DSR_OK : dsr_fail_memory(t->im->error);
}

/* ---- gathering -------------------------------------------------------------------- */

static void cut(dsr_tabling *t) {
  t->facts.len = t->row.facts;
  t->words.len = t->row.words;
  t->names.len = t->row.names;
  t->room.len = t->row.room;
}

static void set_mark(dsr_tabling *t) {
  t->row = (mark){t->facts.len, t->words.len, t->names.len, t->room.len};
}

static dsr_status gather(dsr_tabling *t, const dsr_cell_value *value) {
  bool ok = true;
  if (value->kind != 0) {
    name one = {value->kind, t->room.len, value->spelling.len, t->words.len};
    ok = VEC_PUSH(&t->names, one) &&
         dsr_bytes_put(&t->room, value->spelling.data, value->spelling.len);
  }
  ok = ok && VEC_PUSH(&t->words, value->word);
  return ok ? DSR_OK : dsr_fail_memory(t->im->error);
}

static dsr_status mismatch(const dsr_relation *relation, int column,
                           const dsr_cell_value *value, char *why) {
  snprintf(why, DSR_CELL_WHY, "column %d of %.*s/%d is declared %s, came %s",
           column + 1, relation->name.len > 60 ? 60 : (int)relation->name.len,
           relation->name.data, relation->arity,
           dsr_domain_word(relation->types[column]), dsr_cell_word(value));
  return DSR_ETYPE;
}

/* The relation of a fact as it is known; NULL: it was never met. */
static dsr_status find_relation(dsr_tabling *t, const dsr_cell *cell, int arity,
                                char *why, const dsr_relation **out) {
  if (cell->kind == DSR_CELL_NONE || cell->text.len == 0) return DSR_NOTHING;
  if (cell->text.len > DSR_NAME_MOST) {
    snprintf(why, DSR_CELL_WHY, "a relation's name of %zu bytes; the most is %d",
             cell->text.len, DSR_NAME_MOST);
    return DSR_ELIMIT;
  }
  *out = dsr_relation_find(t->im->facts, cell->text, arity);
  return DSR_OK;
}

static dsr_status put_argument(dsr_tabling *t, const dsr_relation *relation, int column,
                               const dsr_cell *cell, const dsr_slot *slot, char *why,
                               dsr_cell_value *value) {
  int domain = relation ? (int)relation->types[column] : (int)DSR_COL_ANY;
  dsr_slot_type type = slot ? slot->type : DSR_SLOT_ANY;
  if (type == DSR_SLOT_ANY) type = dsr_cell_type(domain);
  dsr_status rc =
      dsr_cell_read(dsr_facts_symbols(t->im->facts), cell, type,
                    slot ? slot->lang : (dsr_str){NULL, 0}, &t->scratch, why, value);
  if (rc != DSR_OK) return rc;
  if (!dsr_cell_fits(value, domain)) return mismatch(relation, column, value, why);
  return gather(t, value);
}

static dsr_status put_part(dsr_tabling *t, const dsr_cell *cell, dsr_slot_type type,
                           char *why) {
  dsr_cell_value value = {0};
  dsr_status rc = dsr_cell_read(dsr_facts_symbols(t->im->facts), cell, type,
                                (dsr_str){NULL, 0}, &t->scratch, why, &value);
  if (rc < 0) return rc;
  if (type == DSR_SLOT_AS_DECIMAL && rc == DSR_OK) {
    int64_t most = dsr_word_tag(value.word) == DSR_TAG_INT ? 1 : 1000000;
    bool within = value.kind == 0 && dsr_word_signed(value.word) >= 0 &&
                  dsr_word_signed(value.word) <= most;
    if (!within) {
      snprintf(why, DSR_CELL_WHY, "a confidence is a number from 0 to 1");
      return DSR_ETYPE;
    }
  }
  if (rc == DSR_NOTHING) value = (dsr_cell_value){0};
  if (rc == DSR_OK && type == DSR_SLOT_AS_ENTITY && value.kind != DSR_SYM_ENTITY) {
    snprintf(why, DSR_CELL_WHY, "a source or a speaker is an entity, came %s",
             dsr_cell_word(&value));
    return DSR_ETYPE;
  }
  return gather(t, &value);
}

static dsr_status put_claim(dsr_tabling *t, const dsr_tabled_claim *claim,
                            waiting *fact, int *seat, char *why) {
  const struct {
    const dsr_cell *cell;
    dsr_slot_type type;
    int seat;
  } parts[CLAIM_WORDS] = {
      [SOURCE] = {&claim->source, DSR_SLOT_AS_ENTITY, DSR_PART_SOURCE},
      [LOCATOR] = {&claim->locator, DSR_SLOT_AS_TEXT, DSR_PART_LOCATOR},
      [SPEAKER] = {&claim->speaker, DSR_SLOT_AS_ENTITY, DSR_PART_SPEAKER},
      [QUOTATION] = {&claim->quotation, DSR_SLOT_AS_TEXT, DSR_PART_QUOTATION},
      [CONFIDENCE] = {&claim->confidence, DSR_SLOT_AS_DECIMAL, DSR_PART_CONFIDENCE},
      [TARGET] = {&claim->target, DSR_SLOT_AS_ENTITY, DSR_PART_SOURCE},
  };
  fact->verb = (uint8_t)claim->verb;
  fact->kind = (uint8_t)claim->kind;
  fact->reliability = claim->reliability;
  fact->credibility = claim->credibility;
  for (int i = 0; i < CLAIM_WORDS; i++) {
    *seat = DSR_SEAT_PART + parts[i].seat;
    TRY(put_part(t, parts[i].cell, parts[i].type, why));
  }
  return DSR_OK;
}

/* Back to where the fact began. */
static dsr_status give_up(dsr_tabling *t, const mark *began, dsr_status rc) {
  t->words.len = began->words;
  t->names.len = began->names;
  t->room.len = began->room;
  t->unmade += rc == DSR_NOTHING;
  return rc == DSR_ENOMEM ? dsr_fail_memory(t->im->error) : rc;
}

/* An interval where there is a cell for its end. */
static dsr_status put_time(dsr_tabling *t, const dsr_cell *from, const dsr_cell *till,
                           char *why) {
  dsr_cell_value value = {0};
  dsr_status rc =
      till ? dsr_cell_interval(from, till, &t->scratch, why, &value)
           : dsr_cell_read(dsr_facts_symbols(t->im->facts), from, DSR_SLOT_AS_DATE,
                           (dsr_str){NULL, 0}, &t->scratch, why, &value);
  if (rc < 0) return rc;
  if (rc == DSR_NOTHING) value = (dsr_cell_value){0};
  bool time = value.kind == DSR_SYM_TIME ||
              (value.kind == 0 && (value.word == DSR_WORD_NONE ||
                                   dsr_word_tag(value.word) == DSR_TAG_DAY));
  if (time) return gather(t, &value);
  snprintf(why, DSR_CELL_WHY, "a time is due, came %s", dsr_cell_word(&value));
  return DSR_ETYPE;
}

/* The fact is whole: have its relation, and let it wait. */
static dsr_status let_wait(dsr_tabling *t, const dsr_relation *relation, dsr_str named,
                           waiting *fact) {
  if (relation) fact->relation = relation->number;
  if (!relation) {
    TRY(dsr_bulk_relation(t->im->bulk, named, fact->arity, &fact->relation));
  }
  if (!VEC_PUSH(&t->facts, *fact)) return dsr_fail_memory(t->im->error);
  return DSR_OK;
}

static dsr_status read_grade(const dsr_cell *cell, dsr_tabled_claim *claim, char *why) {
  if (cell->kind == DSR_CELL_NONE || cell->text.len == 0) return DSR_OK;
  if (dsr_grade_parse(cell->text, &claim->reliability, &claim->credibility)) {
    return DSR_OK;
  }
  snprintf(why, DSR_CELL_WHY, "\"%.*s\" is no grade; one is written b2, b or 2",
           cell->text.len > 20 ? 20 : (int)cell->text.len, cell->text.data);
  return DSR_ETYPE;
}

static dsr_status put_said_claim(dsr_tabling *t, const dsr_cell *cells[DSR_SEATS],
                                 waiting *fact, int *seat, char *why) {
  const dsr_cell *const *parts = cells + DSR_SEAT_PART;
  dsr_tabled_claim claim = {.verb = DSR_ASSERTS,
                            .source = *parts[DSR_PART_SOURCE],
                            .locator = *parts[DSR_PART_LOCATOR],
                            .speaker = *parts[DSR_PART_SPEAKER],
                            .quotation = *parts[DSR_PART_QUOTATION],
                            .confidence = *parts[DSR_PART_CONFIDENCE]};
  bool spoken = claim.speaker.kind != DSR_CELL_NONE && claim.speaker.text.len > 0;
  claim.kind = spoken ? DSR_ATTRIBUTED : DSR_STATED;
  *seat = DSR_SEAT_PART + DSR_PART_GRADE;
  TRY(read_grade(parts[DSR_PART_GRADE], &claim, why));
  return put_claim(t, &claim, fact, seat, why);
}

/* A relation that nobody declared comes with dates. */
static dsr_status meet_undeclared(dsr_tabling *t, const dsr_pattern *pattern,
                                  dsr_str named) {
  char *copy = dsr_arena_alloc(&t->arena, named.len + 1);
  if (copy == NULL) return dsr_fail_memory(t->im->error);
  memcpy(copy, named.data, named.len);
  t->undeclared = (dsr_str){copy, named.len};
  t->undeclared_in = pattern;
  return DSR_OK;
}

static dsr_status put_fact(dsr_tabling *t, said *s, const dsr_cell *cells[DSR_SEATS],
                           waiting *fact, int *seat, char *why) {
  const dsr_pattern *pattern = &s->pattern;
  const dsr_relation *relation = NULL;
  dsr_cell_value values[DSR_ARITY_MAX];
  *seat = DSR_SEAT_RELATION;
  dsr_status rc = find_relation(t, cells[0], pattern->arity, why, &relation);
  for (int i = 0; rc == DSR_OK && i < pattern->arity; i++) {
    *seat = DSR_SEAT_ARG + i;
    rc = put_argument(t, relation, i, cells[*seat], &pattern->args[i], why, &values[i]);
  }
  if (rc != DSR_OK) return rc;
  *seat = DSR_SEAT_TIME;
  bool interval = pattern->till.kind != DSR_SLOT_NONE;
  TRY(put_time(t, cells[DSR_SEAT_TIME], interval ? cells[DSR_SEAT_TILL] : NULL, why));
  if (s->own_claim) TRY(put_said_claim(t, cells, fact, seat, why));
  bool dated = pattern->time.kind != DSR_SLOT_NONE && !interval;
  if (dated && relation == NULL && t->undeclared_in == NULL) {
    TRY(meet_undeclared(t, pattern, cells[0]->text));
  }
  TRY(let_wait(t, relation, cells[0]->text, fact));
  for (int i = 0; t->im->options->dry_run && i < pattern->arity; i++) {
    s->met[i][dsr_cell_type_of(&values[i])]++;
  }
  return DSR_OK;
}

dsr_status dsr_tabling_fact(dsr_tabling *t, int i, const dsr_cell *cells, int *seat,
                            char why[DSR_CELL_WHY]) {
  said *s = &t->said[i];
  const dsr_cell *all[DSR_SEATS];
  waiting fact = {.arity = (uint8_t)s->pattern.arity, .words = t->words.len};
  mark began = {t->facts.len, t->words.len, t->names.len, t->room.len};
  for (int at = 0; at < DSR_SEATS; at++) {
    all[at] = s->constant[at] ? &s->constants[at] : &cells[at];
  }
  dsr_status rc = put_fact(t, s, all, &fact, seat, why);
  return rc == DSR_OK ? rc : give_up(t, &began, rc);
}

static dsr_status put_told(dsr_tabling *t, const dsr_relation *relation,
                           const dsr_cell *args, const dsr_cell *time,
                           const dsr_tabled_claim *claim, waiting *fact, int *seat,
                           char *why) {
  dsr_cell_value value;
  for (int i = 0; i < fact->arity; i++) {
    *seat = DSR_SEAT_ARG + i;
    dsr_status rc = put_argument(t, relation, i, &args[i], NULL, why, &value);
    if (rc != DSR_OK) return rc;
  }
  *seat = DSR_SEAT_TIME;
  TRY(put_time(t, time, NULL, why));
  return put_claim(t, claim, fact, seat, why);
}

dsr_status dsr_tabling_claim(dsr_tabling *t, dsr_str named, const dsr_cell *args,
                             int arity, const dsr_cell *time,
                             const dsr_tabled_claim *claim, int *seat,
                             char why[DSR_CELL_WHY]) {
  const dsr_relation *relation = NULL;
  dsr_cell cell = {.kind = DSR_CELL_ENTITY, .text = named};
  waiting fact = {.arity = (uint8_t)arity, .words = t->words.len};
  mark began = {t->facts.len, t->words.len, t->names.len, t->room.len};
  *seat = DSR_SEAT_RELATION;
  dsr_status rc = find_relation(t, &cell, arity, why, &relation);
  if (rc == DSR_OK) rc = put_told(t, relation, args, time, claim, &fact, seat, why);
  if (rc == DSR_OK) rc = let_wait(t, relation, named, &fact);
  return rc == DSR_OK ? rc : give_up(t, &began, rc);
}

/* ---- on record -------------------------------------------------------------------- */

static dsr_status name_words(dsr_tabling *t) {
  size_t n = t->names.len, done;
  t->naming.len = t->named.len = 0;
  if (!VEC_RESERVE(&t->naming, n) || !VEC_RESERVE(&t->named, n)) {
    return dsr_fail_memory(t->im->error);
  }
  for (size_t i = 0; i < n; i++) {
    const name *one = &t->names.items[i];
    dsr_str spelling = {(const char *)t->room.items + one->from, one->len};
    if (one->len == 0) spelling.data = "";
    t->naming.items[i] = (dsr_naming_name){one->kind, spelling};
  }
  TRY(dsr_bulk_names(t->im->bulk, t->naming.items, n, t->named.items, &done));
  for (size_t i = 0; i < n; i++) {
    t->words.items[t->names.items[i].word] = t->named.items[i];
  }
  return DSR_OK;
}

static bool same_claim(const dsr_claim_row *a, const dsr_claim_row *b) {
  return a->verb == b->verb && a->kind == b->kind && a->reliability == b->reliability &&
         a->credibility == b->credibility && a->source == b->source &&
         a->locator == b->locator && a->speaker == b->speaker &&
         a->quotation == b->quotation && a->confidence == b->confidence &&
         a->target == b->target;
}

static dsr_claim_row claim_of(const dsr_tabling *t, const waiting *fact) {
  const dsr_word *words = t->words.items + fact->words + fact->arity + 1;
  dsr_claim_row claim = {.verb = (dsr_verb)fact->verb,
                         .kind = (dsr_kind)fact->kind,
                         .reliability = fact->reliability,
                         .credibility = fact->credibility,
                         .source = words[SOURCE],
                         .locator = words[LOCATOR],
                         .speaker = words[SPEAKER],
                         .quotation = words[QUOTATION],
                         .confidence = words[CONFIDENCE],
                         .target = words[TARGET]};
  if (claim.source == DSR_WORD_NONE) claim.source = t->im->source;
  return claim;
}

static dsr_tuple tuple_of(const dsr_tabling *t, const waiting *fact) {
  const dsr_word *words = t->words.items + fact->words;
  dsr_tuple tuple = {.relation = fact->relation, .arity = fact->arity};
  memcpy(tuple.args, words, fact->arity * sizeof *words);
  tuple.time = words[fact->arity];
  return tuple;
}

static dsr_status turn_to_claim(dsr_tabling *t, const waiting *fact) {
  if (fact->verb == 0) {
    if (!t->other_claim) return DSR_OK;
    t->other_claim = false;
    return dsr_import_source(t->im, t->im->source);
  }
  dsr_claim_row claim = claim_of(t, fact);
  if (t->other_claim && same_claim(&claim, &t->last)) return DSR_OK;
  if (!t->other_claim || claim.source != t->last.source) {
    TRY(dsr_import_source(t->im, claim.source));
  }
  t->other_claim = true;
  t->last = claim;
  return dsr_bulk_claim(t->im->bulk, &claim);
}

/* The first facts of a dry run, as they are written. */
static dsr_status show(dsr_tabling *t, const waiting *fact) {
  dsr_arena arena = {0};
  dsr_str text;
  dsr_tuple tuple = tuple_of(t, fact);
  dsr_status rc = t->other_claim
                      ? dsr_claim_write(t->im->facts, &tuple, &t->last, &arena, &text)
                      : dsr_tuple_write(t->im->facts, &tuple, &arena, &text);
  if (rc >= 0) t->im->options->show(t->im->options->ud, text.data);
  t->facts_shown++;
  dsr_arena_free(&arena);
  return rc;
}

static dsr_status flush(dsr_tabling *t) {
  bool shows = t->im->options->dry_run && t->im->options->show;
  TRY(name_words(t));
  for (size_t i = 0; i < t->facts.len; i++) {
    const waiting *fact = &t->facts.items[i];
    const dsr_word *words = t->words.items + fact->words;
    if (fact->verb >= DSR_PREFERS) {
      verdict judged = {tuple_of(t, fact), claim_of(t, fact)};
      if (!VEC_PUSH(&t->verdicts, judged)) return dsr_fail_memory(t->im->error);
      continue;
    }
    TRY(turn_to_claim(t, fact));
    TRY(dsr_bulk_put(t->im->bulk, fact->relation, words, words[fact->arity]));
    if (shows && t->facts_shown < SHOWN_MOST) TRY(show(t, fact));
  }
  t->facts.len = t->words.len = t->names.len = t->room.len = 0;
  return DSR_OK;
}

/* ---- rows ------------------------------------------------------------------------- */

static dsr_status set_aside(dsr_tabling *t, dsr_str raw) {
  t->im->report->skipped++;
  if (!t->bad) return DSR_OK;
  if (!t->headed) {
    fwrite(t->header.data, 1, t->header.len, t->bad);
    fputc('\n', t->bad);
    t->headed = true;
  }
  fwrite(raw.data, 1, raw.len, t->bad);
  fputc('\n', t->bad);
  if (!ferror(t->bad)) return DSR_OK;
  return dsr_fail(t->im->error, DSR_EIO, "%s: cannot be written",
                  t->im->options->skip_bad);
}

static bool is_bad(dsr_status rc) {
  return rc == DSR_ESYNTAX || rc == DSR_ETYPE || rc == DSR_ETIME || rc == DSR_ELIMIT;
}

dsr_status dsr_tabling_row(dsr_tabling *t, dsr_status rc, dsr_str raw,
                           const dsr_input *input) {
  t->im->report->rows++;
  if (rc < 0) {
    cut(t);
    if (!is_bad(rc) || !t->im->options->skip_bad) return rc;
    dsr_error_clear(t->im->error);
    TRY(set_aside(t, raw));
  }
  TRY(dsr_import_step(t->im, input));
  if (t->words.len >= GATHERED_MOST || t->room.len >= ROOM_MOST) TRY(flush(t));
  set_mark(t);
  return DSR_OK;
}

/* ---- the end ---------------------------------------------------------------------- */

static void show_column(dsr_tabling *t, const said *s, int column) {
  static const char *const words[TYPES] = {
      [DSR_SLOT_ANY] = "none",           [DSR_SLOT_AS_ENTITY] = "entity",
      [DSR_SLOT_AS_TEXT] = "text",       [DSR_SLOT_AS_INT] = "int",
      [DSR_SLOT_AS_DECIMAL] = "decimal", [DSR_SLOT_AS_DATE] = "date",
      [DSR_SLOT_AS_BOOL] = "bool",
  };
  const dsr_slot *slot = &s->pattern.args[column];
  char text[400];
  bool first = true;
  int at = slot->kind == DSR_SLOT_NUMBER
               ? snprintf(text, sizeof text, "  $%d:", slot->number)
               : snprintf(text, sizeof text,
                          "  %.*s:", slot->text.len > 80 ? 80 : (int)slot->text.len,
                          slot->text.data);
  for (int type = 0; type < TYPES; type++) {
    if (s->met[column][type] == 0) continue;
    at += snprintf(text + at, sizeof text - (size_t)at, "%s %s (%lld)",
                   first ? "" : ",", words[type], (long long)s->met[column][type]);
    first = false;
  }
  if (!first) t->im->options->show(t->im->options->ud, text);
}

static void show_columns(dsr_tabling *t) {
  if (!t->im->options->dry_run || !t->im->options->show) return;
  for (int i = 0; i < t->n_said; i++) {
    for (int k = 0; k < t->said[i].pattern.arity; k++) {
      show_column(t, &t->said[i], k);
    }
  }
}

dsr_status dsr_tabling_file_end(dsr_tabling *t) {
  TRY(flush(t));
  for (size_t i = 0; i < t->verdicts.len; i++) {
    TRY(dsr_import_source(t->im, t->verdicts.items[i].claim.source));
    t->other_claim = true;
  }
  set_mark(t);
  return DSR_OK;
}

/* Verdicts go one by one: they are few. */
static dsr_status put_verdicts(dsr_tabling *t) {
  int64_t none = 0;
  for (size_t i = 0; i < t->verdicts.len; i++) {
    const verdict *judged = &t->verdicts.items[i];
    dsr_status rc = dsr_claim_add(t->im->facts, &judged->fact, &judged->claim);
    if (rc == DSR_EABSENT) {
      dsr_error_clear(t->im->error);
      none++;
    } else if (rc < 0) {
      return rc;
    }
  }
  if (none > 0) {
    dsr_import_note(t->im, "%lld verdict%s left out: nobody claims the fact",
                    (long long)none, none == 1 ? " was" : "s were");
  }
  return DSR_OK;
}

/* Events are what dated rows tell most often, and nobody is told by a table that a relation
** occurs. */
static dsr_status note_undeclared(dsr_tabling *t) {
  char columns[5 * DSR_ARITY_MAX + 1] = "";
  size_t len = 0;
  dsr_str written;
  const dsr_pattern *pattern = t->undeclared_in;
  if (pattern == NULL || t->undeclared.len > 60) return DSR_OK;
  TRY(dsr_name_write(dsr_facts_symbols(t->im->facts), t->undeclared, &t->arena,
                     &written));
  for (int i = 0; i < pattern->arity; i++) {
    len += (size_t)snprintf(columns + len, sizeof columns - len, "%sany",
                            i > 0 ? ", " : "");
  }
  dsr_import_note(t->im,
                  "%.*s/%d is not declared, so its facts hold at their dates; if they "
                  "happen then, load: relation %.*s(%s) occurs.",
                  (int)written.len, written.data, pattern->arity, (int)written.len,
                  written.data, columns);
  return DSR_OK;
}

dsr_status dsr_tabling_finish(dsr_tabling *t) {
  TRY(put_verdicts(t));
  TRY(note_undeclared(t));
  show_columns(t);
  if (t->unmade > 0) {
    dsr_import_note(t->im, "%lld fact%s not made: an argument has no value",
                    (long long)t->unmade, t->unmade == 1 ? " was" : "s were");
  }
  if (!t->bad || fflush(t->bad) == 0) return DSR_OK;
  return dsr_fail(t->im->error, DSR_EIO, "%s: cannot be written",
                  t->im->options->skip_bad);
}

void dsr_tabling_close(dsr_tabling *t, dsr_status rc) {
  if (!t) return;
  if (t->bad) fclose(t->bad);
  if (t->bad && (rc < 0 || t->im->report->skipped == 0)) {
    unlink(t->im->options->skip_bad);
  }
  VEC_FREE(&t->facts);
  VEC_FREE(&t->words);
  VEC_FREE(&t->names);
  VEC_FREE(&t->naming);
  VEC_FREE(&t->named);
  VEC_FREE(&t->room);
  VEC_FREE(&t->scratch);
  VEC_FREE(&t->verdicts);
  dsr_free(t->said);
  dsr_arena_free(&t->arena);
  dsr_free(t);
}
