/*
** mention.c - entities that have no name, and those that are a slip of the pen.
**
** Every entity that a fact of the program mentions is kept with the place of its first
** mention.  At the end those without a label are told of; one that is mentioned once in
** all, the base included, may be a misspelling of one that is mentioned often.
**
** Near spellings are found without comparing all with all: from a name, one or two
** letters are left out in every way, and two names that are near meet in what is left
** (as in SymSpell).  Digits are never left out, so that item_1 is no slip for item_2;
** and a word of fewer than four letters between underscores says too little: country_a
** is no slip for country_b.
**
** Cost: for each entity that is mentioned once, and each one of the base, a hash for
** each way to leave letters out: a few dozen.  Where more than NEAR_MANY are mentioned
** once, or names are long, one letter is left out and not two.
*/
#include <stdio.h>
#include <string.h>

#include "ground/text.h"
#include "logic/suspect.h"

enum {
  FEW_SHOWN = 20,     /* entities without a label that are told each for itself */
  OFTEN = 3,          /* mentions from which an entity is taken to be spelled well */
  NEAR_LEAST = 4,     /* bytes of the shortest name that is a slip for another */
  NEAR_TWO = 8,       /* bytes from which two letters may differ */
  NEAR_TWO_MOST = 24, /* bytes up to which two letters are left out */
  NEAR_MOST = 60,     /* bytes of the longest name looked at */
  NEAR_MANY = 20000,
  CHAIN_MOST = 32, /* names looked at that have one thing left in common */
};

typedef struct mention {
  dsr_word entity;
  dsr_spotted first;
  size_t count;
  bool described; /* mentioned otherwise than as a type */
  bool labelled;
  dsr_str near; /* the name that was meant; none */
  int distance;
} mention;

/* A name that is left of one that is mentioned once. */
typedef struct left {
  size_t of;   /* a mention */
  size_t next; /* in `lefts`, plus one: another name of which the same is left */
} left;

struct dsr_mentions {
  dsr_suspect *s;
  dsr_map by_word;
  VEC(mention) all;
  dsr_map by_left;
  VEC(left) lefts;
  size_t lone;      /* how many are mentioned once */
  uint64_t lengths; /* a bit for each length that a name near to one of them may have */
  dsr_status failed;
};

dsr_status dsr_mentions_new(dsr_suspect *s, dsr_mentions **out) {
  *out = dsr_alloc(sizeof **out);
  if (*out == NULL) return dsr_suspect_memory(s);
  (*out)->s = s;
  return DSR_OK;
}

void dsr_mentions_free(dsr_mentions *m) {
  if (m == NULL) return;
  dsr_map_free(&m->by_word);
  dsr_map_free(&m->by_left);
  VEC_FREE(&m->all);
  VEC_FREE(&m->lefts);
  dsr_free(m);
}

/* ---- gathering --------------------------------------------------------------------- */

static dsr_status take(dsr_mentions *m, dsr_word entity, int file, dsr_place at,
                       bool as_type) {
  bool fresh;
  size_t *index = dsr_map_put(&m->by_word, entity, &fresh);
  if (index == NULL) return dsr_suspect_memory(m->s);
  if (fresh) {
    mention one = {.entity = entity, .first = {file, at}};
    *index = m->all.len;
    if (!VEC_PUSH(&m->all, one)) return dsr_suspect_memory(m->s);
  }
  mention *known = &m->all.items[*index];
  known->count++;
  known->described = known->described || !as_type;
  return DSR_OK;
}

/* Facts of names mention nothing, nor do those of sources. */
dsr_status dsr_mentions_take(dsr_mentions *m, const dsr_said *said) {
  const dsr_tuple *tuple = said->tuple;
  const dsr_atom *atom = &said->clause->head;
  bool type = said->relation->number == DSR_REL_TYPE;
  if (dsr_suspect_builtin(said->relation) && !type &&
      said->relation->number != DSR_REL_SAME_AS) {
    return DSR_OK;
  }
  for (int i = 0; i < tuple->arity; i++) {
    if (dsr_word_tag(tuple->args[i]) != DSR_TAG_ENTITY) continue;
    TRY(take(m, tuple->args[i], said->clause->file, atom->args[i].at, type && i == 1));
  }
  if (said->claim->speaker == DSR_WORD_NONE) return DSR_OK;
  return take(m, said->claim->speaker, said->clause->file, atom->claim.speaker.at,
              false);
}

/* ---- what is near -------------------------------------------------------------------- */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* How many letters a slip may change in a name of `len` bytes. */
static int slips(size_t len) {
  if (len < NEAR_LEAST || len > NEAR_MOST) return 0;
  return len < NEAR_TWO ? 1 : 2;
}

/* The bytes of the word between underscores that holds [from, to) of `name`. */
static size_t word_around(dsr_str name, size_t from, size_t to) {
  while (from > 0 && name.data[from - 1] != '_') from--;
  while (to < name.len && name.data[to] != '_') to++;
  return to - from;
}

/* Do the names differ inside words that are long enough to be misspelled? */
static bool within_words(dsr_str a, dsr_str b) {
  size_t head = 0, tail = 0, least = a.len < b.len ? a.len : b.len;
  while (head < least && a.data[head] == b.data[head]) head++;
  while (tail < least - head && a.data[a.len - 1 - tail] == b.data[b.len - 1 - tail]) {
    tail++;
  }
  return word_around(a, head, a.len - tail) >= NEAR_LEAST &&
         word_around(b, head, b.len - tail) >= NEAR_LEAST;
}

/* Takes what is left of a name; false ends it. */
typedef bool left_found(void *ud, uint64_t key);

/* Tell `found` of what is left of the first `len` bytes at `name` when up to `most`
** bytes from `from` on that are no digits are left out. */
static bool each_left(char *name, size_t len, size_t from, int most, left_found *found,
                      void *ud) {
  if (!found(ud, dsr_map_key((dsr_str){name, len}, 0))) return false;
  bool more = true;
  for (size_t i = from; more && most > 0 && i < len; i++) {
    char gone = name[i];
    if (is_digit(gone) || (i > from && name[i - 1] == gone)) continue;
    memmove(name + i, name + i + 1, len - i - 1);
    more = each_left(name, len - 1, i, most - 1, found, ud);
    memmove(name + i + 1, name + i, len - i - 1);
    name[i] = gone;
  }
  return more;
}

static bool each_left_of(const dsr_mentions *m, dsr_str name, left_found *found,
                         void *ud) {
  char copy[NEAR_MOST];
  int most = slips(name.len);
  if (most == 2 && (name.len > NEAR_TWO_MOST || m->lone > NEAR_MANY)) most = 1;
  memcpy(copy, name.data, name.len);
  return each_left(copy, name.len, 0, most, found, ud);
}

typedef struct filing {
  dsr_mentions *m;
  size_t of;
} filing;

static bool file_left(void *ud, uint64_t key) {
  filing *f = ud;
  bool fresh;
  size_t *at = dsr_map_put(&f->m->by_left, key, &fresh);
  if (at == NULL) return false;
  if (!fresh && f->m->lefts.items[*at - 1].of == f->of) return true;
  left one = {f->of, *at};
  if (!VEC_PUSH(&f->m->lefts, one)) return false;
  *at = f->m->lefts.len;
  return true;
}

/* A name that may have been meant. */
typedef struct offer {
  dsr_mentions *m;
  dsr_word entity;
  dsr_str name;
  enum { NOT_ASKED = 0, IS_OFTEN, IS_RARE } often;
} offer;

/* How many facts mention the entity, counted up to OFTEN. */
static dsr_status count_facts(dsr_suspect *s, dsr_word entity, size_t *out) {
  dsr_scan *scan;
  const dsr_match *match;
  dsr_status rc = DSR_ROW;
  size_t n = 0;
  TRY(dsr_scan_about(s->facts, s->view, entity, &scan));
  while (n < OFTEN && (rc = dsr_scan_next(scan, &match)) == DSR_ROW) {
    uint32_t relation = match->fact.relation;
    n += relation >= DSR_REL_BUILTINS || relation == DSR_REL_TYPE;
  }
  dsr_scan_stop(scan);
  *out = n;
  return rc < 0 ? rc : DSR_OK;
}

/* Is it mentioned often, or else at least named? */
static bool is_often(offer *o) {
  size_t n = 0;
  const size_t *at = dsr_map_get(&o->m->by_word, o->entity);
  if (o->often != NOT_ASKED) return o->often == IS_OFTEN;
  if (at != NULL) n = o->m->all.items[*at].count;
  if (n < OFTEN) {
    dsr_status rc = count_facts(o->m->s, o->entity, &n);
    if (rc < 0) o->m->failed = rc;
  }
  o->often = n >= OFTEN ? IS_OFTEN : IS_RARE;
  return n >= OFTEN;
}

/* May `name` have been meant by the one mentioned?  Nearer ones go before. */
static void consider(offer *o, mention *one) {
  dsr_str spelled;
  if (one->entity == o->entity) return;
  o->m->failed = dsr_suspect_spelling(o->m->s, one->entity, &spelled);
  if (o->m->failed < 0) return;
  int least = slips(spelled.len < o->name.len ? spelled.len : o->name.len);
  int distance = dsr_text_distance(spelled, o->name, least);
  if (distance > least || !within_words(spelled, o->name)) return;
  if (one->near.len > 0 &&
      (distance > one->distance ||
       (distance == one->distance && dsr_str_cmp(o->name, one->near) >= 0))) {
    return;
  }
  one->near = o->name;
  one->distance = distance;
}

static bool meet_left(void *ud, uint64_t key) {
  offer *o = ud;
  const size_t *at = dsr_map_get(&o->m->by_left, key);
  size_t next = at != NULL ? *at : 0;
  if (next != 0 && !is_often(o)) return false;
  for (int i = 0; next != 0 && i < CHAIN_MOST && o->m->failed >= 0; i++) {
    const left *one = &o->m->lefts.items[next - 1];
    consider(o, &o->m->all.items[one->of]);
    next = one->next;
  }
  return o->m->failed >= 0;
}

/* Put those that may be misspelled where others meet them. */
static dsr_status file_lone(dsr_mentions *m) {
  for (size_t i = 0; i < m->all.len; i++) {
    const mention *one = &m->all.items[i];
    filing f = {m, i};
    dsr_str name;
    if (one->count > 1 || one->labelled) continue;
    TRY(dsr_suspect_spelling(m->s, one->entity, &name));
    if (slips(name.len) == 0) continue;
    m->lengths |= UINT64_C(0x1f) << (name.len - 2);
    if (!each_left_of(m, name, file_left, &f)) return dsr_suspect_memory(m->s);
  }
  return DSR_OK;
}

/* Let every entity of the base and the program meet those. */
static dsr_status offer_all(dsr_mentions *m) {
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t set;
  dsr_word last = DSR_WORD_NONE;
  dsr_status rc;
  TRY(dsr_cursor_start(dsr_facts_store(m->s->facts), DSR_REL_MENTION, 3, 0, NULL, 0,
                       &cursor));
  while ((rc = dsr_cursor_next(cursor, &row, &set)) == DSR_ROW) {
    offer o = {.m = m, .entity = row[0]};
    if (row[0] == last) continue;
    last = row[0];
    rc = dsr_suspect_spelling(m->s, last, &o.name);
    if (rc < 0) break;
    if (slips(o.name.len) > 0 && (m->lengths >> o.name.len & 1)) {
      each_left_of(m, o.name, meet_left, &o);
    }
    rc = m->failed;
    if (rc < 0) break;
  }
  dsr_cursor_stop(cursor);
  return rc < 0 ? rc : DSR_OK;
}

/* An entity that the program mentions once may be an old one of the base. */
static dsr_status drop_known(dsr_mentions *m) {
  for (size_t i = 0; i < m->all.len; i++) {
    mention *one = &m->all.items[i];
    size_t n = 0;
    if (one->near.len == 0) continue;
    TRY(count_facts(m->s, one->entity, &n));
    if (n > 1) one->near = (dsr_str){NULL, 0};
  }
  return DSR_OK;
}

static dsr_status find_near(dsr_mentions *m) {
  for (size_t i = 0; i < m->all.len; i++) {
    m->lone += m->all.items[i].count == 1 && !m->all.items[i].labelled;
  }
  if (m->lone == 0) return DSR_OK;
  TRY(file_lone(m));
  TRY(offer_all(m));
  return drop_known(m);
}

/* ---- telling -------------------------------------------------------------------------- */

/* Sources have titles instead of labels. */
static dsr_status find_label(dsr_mentions *m, mention *one) {
  const dsr_word pattern[DSR_ARITY_MAX] = {one->entity};
  TRY(dsr_suspect_any(m->s, DSR_REL_LABEL, pattern, &one->labelled));
  if (one->labelled) return DSR_OK;
  return dsr_suspect_any(m->s, DSR_REL_SOURCE_TITLE, pattern, &one->labelled);
}

/* What is in use: labels at all, labels of things that are only types. */
typedef struct usage {
  bool any, types;
  size_t labelled;
  size_t bare;
  const mention *first; /* without a label */
} usage;

/* Is the one to be told of as having no label? */
static bool lacks(const dsr_mentions *m, const usage *u, const mention *one) {
  dsr_str name = {NULL, 0};
  if (one->labelled || one->near.len > 0 || !u->any) return false;
  if (!one->described && !u->types) return false;
  if (dsr_suspect_spelling(m->s, one->entity, &name) < 0) return false;
  return !dsr_suspect_unread(m->s, name, DSR_ROLE_LABELLED);
}

static dsr_status survey(dsr_mentions *m, usage *u) {
  const dsr_word any[DSR_ARITY_MAX] = {0};
  TRY(dsr_suspect_any(m->s, DSR_REL_LABEL, any, &u->any));
  for (size_t i = 0; i < m->all.len; i++) {
    const mention *one = &m->all.items[i];
    u->labelled += one->labelled;
    u->types = u->types || (one->labelled && !one->described);
  }
  for (size_t i = 0; i < m->all.len; i++) {
    if (!lacks(m, u, &m->all.items[i])) continue;
    if (u->bare++ == 0) u->first = &m->all.items[i];
  }
  return DSR_OK;
}

static dsr_status tell_bare(dsr_mentions *m, const mention *one) {
  dsr_str name, written;
  dsr_arena arena = {0};
  TRY(dsr_suspect_spelling(m->s, one->entity, &name));
  char times[48] = "";
  if (one->count > 1)
    snprintf(times, sizeof times, " (mentioned %zu times)", one->count);
  dsr_status rc = dsr_name_write(m->s->symbols, name, &arena, &written);
  if (rc >= 0) {
    rc = dsr_suspect_tell(m->s, one->first, "no-label",
                          "%s has no label%s; write label(%s, \"...\").",
                          dsr_show(name).text, times, dsr_show(written).text);
  }
  dsr_arena_free(&arena);
  return rc;
}

static dsr_status tell_near(dsr_mentions *m, const mention *one) {
  dsr_str name;
  TRY(dsr_suspect_spelling(m->s, one->entity, &name));
  return dsr_suspect_tell(m->s, one->first, "near-entity",
                          "%s is mentioned only here and has no label; did you mean "
                          "%s?",
                          dsr_show(name).text, dsr_show(one->near).text);
}

/* Where most have no label, the first is told for all. */
static dsr_status tell_crowd(dsr_mentions *m, const usage *u) {
  dsr_str name;
  TRY(dsr_suspect_spelling(m->s, u->first->entity, &name));
  return dsr_suspect_tell(m->s, u->first->first, "no-label",
                          "%zu entities have no label, and %zu have one; the first "
                          "without is %s",
                          u->bare, u->labelled, dsr_show(name).text);
}

dsr_status dsr_mentions_tell(dsr_mentions *m) {
  usage u = {.any = false};
  for (size_t i = 0; i < m->all.len; i++) TRY(find_label(m, &m->all.items[i]));
  TRY(find_near(m));
  TRY(survey(m, &u));
  bool crowd = u.bare > FEW_SHOWN && u.bare > u.labelled;
  if (crowd) TRY(tell_crowd(m, &u));
  for (size_t i = 0; i < m->all.len; i++) {
    const mention *one = &m->all.items[i];
    if (one->near.len > 0) TRY(tell_near(m, one));
    if (!crowd && lacks(m, &u, one)) TRY(tell_bare(m, one));
  }
  return DSR_OK;
}
