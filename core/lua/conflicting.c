/*
** conflicting.c - conflicts of all kinds, one after another.
**
** The facts room knows of pairs of facts, breach.c of the answers to constraints.  Here the
** two are told alike, and a constraint's message is filled in: in one pass, so that a value
** that looks like a variable's place stays as it is.
*/
#include "lua/conflicting.h"

#include <string.h>

#include "ground/bytes.h"
#include "ground/text.h"
#include "lua/breach.h"

typedef struct teller {
  dsr_base *base;
  const dsr_tuple *only; /* NULL: of any fact */
  dsr_conflicting_found found;
  void *ud;
} teller;

/* ---- pairs ------------------------------------------------------------------------ */

static dsr_status tell_pair(void *ud, const dsr_conflict *pair) {
  const teller *to = ud;
  const dsr_relation *relation = dsr_relation_get(to->base->facts, pair->relation);
  dsr_tuple facts[2] = {pair->a, pair->b};
  dsr_conflicting told = {.kind = pair->kind, .n_facts = 2, .facts = facts};
  if (relation != NULL) told.relation = relation->name;
  return to->found(to->ud, &told);
}

/* ---- answers to constraints --------------------------------------------------------- */

static dsr_status no_memory(const teller *to) {
  return dsr_fail_memory(to->base->error);
}

/* A value as a person reads it: an entity's label, a text's string, others as written. */
static dsr_status put_value(const teller *to, dsr_word word, dsr_bytes *out) {
  char scratch[DSR_WORD_TEXT];
  dsr_symbols *symbols = dsr_facts_symbols(to->base->facts);
  int tag = dsr_word_tag(word);
  dsr_str text = {NULL, 0};
  dsr_value value;
  if (tag < DSR_TAG_ENTITY) {
    text = (dsr_str){scratch, (size_t)dsr_word_format(word, scratch)};
  } else {
    dsr_status rc = DSR_NOTHING;
    if (tag == DSR_TAG_ENTITY) {
      rc = dsr_entity_label(to->base->facts, to->base->view, word, text, &text);
    }
    if (rc < 0) return rc;
    if (rc == DSR_NOTHING) {
      TRY(dsr_word_value(symbols, word, scratch, &value));
      text = value.text;
    }
  }
  return dsr_bytes_put(out, text.data, text.len) ? DSR_OK : no_memory(to);
}

/* The column whose place begins at `at` of the message, "{X}"; -1. */
static int place_at(const dsr_breach *breach, size_t at) {
  dsr_str rest = {breach->message.data + at, breach->message.len - at};
  for (int i = 0; i < breach->n_columns; i++) {
    dsr_str name = breach->names[i];
    if (rest.len >= name.len + 2 && rest.data[0] == '{' &&
        rest.data[name.len + 1] == '}' &&
        memcmp(rest.data + 1, name.data, name.len) == 0) {
      return i;
    }
  }
  return -1;
}

/* The message with its variables filled in; what names none of them stays. */
static dsr_status fill_message(const teller *to, const dsr_breach *breach,
                               dsr_bytes *out) {
  dsr_str message = breach->message;
  for (size_t at = 0; at < message.len;) {
    int column = place_at(breach, at);
    bool given = column >= 0 && breach->row[column] != DSR_WORD_NONE;
    if (given) {
      TRY(put_value(to, breach->row[column], out));
    } else if (!dsr_bytes_put(out, message.data + at, 1)) {
      return no_memory(to);
    }
    at += given ? breach->names[column].len + 2 : 1;
  }
  return DSR_OK;
}

static bool same_fact(const dsr_tuple *a, const dsr_tuple *b) {
  return a->relation == b->relation && a->time == b->time &&
         memcmp(a->args, b->args, (size_t)a->arity * sizeof *a->args) == 0;
}

static bool is_about(const teller *to, const dsr_breach *breach) {
  if (to->only == NULL) return true;
  for (int i = 0; i < breach->n_facts; i++) {
    if (same_fact(&breach->facts[i], to->only)) return true;
  }
  return false;
}

static dsr_status tell_breach(void *ud, const dsr_breach *breach) {
  const teller *to = ud;
  dsr_bytes message = {0};
  if (!is_about(to, breach)) return DSR_OK;
  dsr_status rc = fill_message(to, breach, &message);
  if (rc >= 0) {
    dsr_conflicting told = {.kind = DSR_CONFLICT_CONSTRAINT,
                            .message = {(const char *)message.items, message.len},
                            .file = breach->file,
                            .line = breach->line,
                            .n_facts = breach->n_facts,
                            .facts = breach->facts};
    rc = to->found(to->ud, &told);
  }
  VEC_FREE(&message);
  return rc;
}

/* ---- both --------------------------------------------------------------------------- */

dsr_status dsr_base_conflicts_of(dsr_base *base, const dsr_tuple *fact,
                                 dsr_conflicting_found found, void *ud) {
  teller to = {base, NULL, found, ud};
  dsr_tuple stored;
  if (fact != NULL) {
    stored = *fact;
    dsr_tuple_canonical(base->facts, &stored);
    to.only = &stored;
  }
  TRY(dsr_conflicts(base->facts, base->view, fact, tell_pair, &to));
  return dsr_base_breaches(base, tell_breach, &to);
}

dsr_status dsr_base_conflicts(dsr_base *base, dsr_conflicting_found found, void *ud) {
  return dsr_base_conflicts_of(base, NULL, found, ud);
}
