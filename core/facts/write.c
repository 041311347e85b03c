/*
** write.c - facts, claims and instants as text, and instants back.
**
** A fact or a claim is written as the language reads it: the same words come back.
** Instants are microseconds since 1970, UTC, written as RFC 3339 does.
*/
#include <stdio.h>

#include "facts/engine.h"
#include "ground/text.h"
#include "value/date.h"

/* ---- facts ----------------------------------------------------------------------- */

static bool put_text(dsr_bytes *out, const char *text) {
  return dsr_bytes_put(out, text, strlen(text));
}

static dsr_status put_word(dsr_facts *facts, dsr_word word, dsr_arena *arena,
                           dsr_bytes *out) {
  dsr_str text;
  TRY(dsr_word_write(facts->symbols, word, arena, &text));
  if (!dsr_bytes_put(out, text.data, text.len)) return dsr_fail_memory(facts->error);
  return DSR_OK;
}

/* A word in a column: a year where no date is declared would be read as a number. */
static dsr_status put_column(dsr_facts *facts, const dsr_relation *relation, int column,
                             dsr_word word, dsr_arena *arena, dsr_bytes *out) {
  char scratch[DSR_WORD_TEXT];
  dsr_value value;
  if (dsr_word_tag(word) == DSR_TAG_OTHER) {
    TRY(dsr_word_value(facts->symbols, word, scratch, &value));
    bool date = relation->types[column] == DSR_COL_TIME;
    if (value.type == DSR_TIME && !dsr_time_stands_alone(value.text, date) &&
        !put_text(out, "@")) {
      return dsr_fail_memory(facts->error);
    }
  }
  return put_word(facts, word, arena, out);
}

static dsr_status put_tuple(dsr_facts *facts, const dsr_tuple *tuple, dsr_arena *arena,
                            dsr_bytes *out) {
  const dsr_relation *relation = dsr_relation_get(facts, tuple->relation);
  dsr_str name;
  TRY(dsr_name_write(facts->symbols, relation->name, arena, &name));
  bool ok = dsr_bytes_put(out, name.data, name.len);
  for (int i = 0; ok && i < tuple->arity; i++) {
    ok = put_text(out, i == 0 ? "(" : ", ");
    if (ok) TRY(put_column(facts, relation, i, tuple->args[i], arena, out));
  }
  ok = ok && (tuple->arity == 0 || put_text(out, ")"));
  if (ok && tuple->time != DSR_WORD_NONE) {
    ok = put_text(out, " @ ");
    if (ok) TRY(put_word(facts, tuple->time, arena, out));
  }
  return ok ? DSR_OK : dsr_fail_memory(facts->error);
}

/* Hand over what was written, if it went well, in the arena. */
static dsr_status finish(dsr_facts *facts, dsr_status rc, dsr_bytes *bytes,
                         dsr_arena *arena, dsr_str *out) {
  if (rc >= 0) {
    dsr_str text =
        dsr_arena_str(arena, (dsr_str){(const char *)bytes->items, bytes->len});
    if (text.data) {
      *out = text;
    } else {
      rc = dsr_fail_memory(facts->error);
    }
  }
  VEC_FREE(bytes);
  return rc;
}

dsr_status dsr_tuple_write(dsr_facts *facts, const dsr_tuple *tuple, dsr_arena *arena,
                           dsr_str *out) {
  dsr_bytes bytes = {0};
  return finish(facts, put_tuple(facts, tuple, arena, &bytes), &bytes, arena, out);
}

/* ---- claims ---------------------------------------------------------------------- */

/* " from article", unless there is no such word. */
static dsr_status put_part(dsr_facts *facts, const char *before, dsr_word word,
                           dsr_arena *arena, dsr_bytes *out) {
  if (word == DSR_WORD_NONE) return DSR_OK;
  if (!put_text(out, before)) return dsr_fail_memory(facts->error);
  return put_word(facts, word, arena, out);
}

/* "deny attributed(somebody) " */
static dsr_status put_manner(dsr_facts *facts, const dsr_claim_row *claim,
                             dsr_arena *arena, dsr_bytes *out) {
  bool ok = claim->verb != DSR_DENIES || put_text(out, "deny ");
  if (ok && claim->kind == DSR_ASSESSED) ok = put_text(out, "assessed ");
  if (ok && claim->kind == DSR_ATTRIBUTED) {
    TRY(put_part(facts, "attributed(", claim->speaker, arena, out));
    ok = put_text(out, ") ");
  }
  return ok ? DSR_OK : dsr_fail_memory(facts->error);
}

static dsr_status put_grade(dsr_facts *facts, const dsr_claim_row *claim,
                            dsr_bytes *out) {
  if (!claim->reliability && !claim->credibility) return DSR_OK;
  bool ok = put_text(out, " grade ");
  if (claim->reliability) ok = ok && dsr_bytes_put(out, &claim->reliability, 1);
  if (claim->credibility) ok = ok && dsr_bytes_put(out, &claim->credibility, 1);
  return ok ? DSR_OK : dsr_fail_memory(facts->error);
}

/* The source `base` is that of a claim that names none; a locator needs one. */
static dsr_status put_claim(dsr_facts *facts, const dsr_tuple *tuple,
                            const dsr_claim_row *claim, dsr_arena *arena,
                            dsr_bytes *out) {
  bool named = claim->source != dsr_facts_base_source(facts) || claim->locator;
  TRY(put_manner(facts, claim, arena, out));
  TRY(put_tuple(facts, tuple, arena, out));
  if (named) TRY(put_part(facts, " from ", claim->source, arena, out));
  TRY(put_part(facts, " ", claim->locator, arena, out));
  TRY(put_grade(facts, claim, out));
  TRY(put_part(facts, " quote ", claim->quotation, arena, out));
  return put_part(facts, " confidence ", claim->confidence, arena, out);
}

/* A verdict without a reason is written with an empty one, which means the same. */
static dsr_status put_verdict(dsr_facts *facts, const dsr_tuple *tuple,
                              const dsr_claim_row *claim, dsr_arena *arena,
                              dsr_bytes *out) {
  bool ok = put_text(out, claim->verb == DSR_PREFERS ? "prefer " : "deprecate ");
  if (ok) TRY(put_tuple(facts, tuple, arena, out));
  if (ok) TRY(put_part(facts, " from ", claim->target, arena, out));
  ok = ok && (claim->quotation || put_text(out, " because \"\""));
  if (!ok) return dsr_fail_memory(facts->error);
  TRY(put_part(facts, " because ", claim->quotation, arena, out));
  return put_part(facts, " by ", claim->source, arena, out);
}

dsr_status dsr_claim_write(dsr_facts *facts, const dsr_tuple *tuple,
                           const dsr_claim_row *claim, dsr_arena *arena, dsr_str *out) {
  dsr_bytes bytes = {0};
  dsr_status rc = claim->verb >= DSR_PREFERS
                      ? put_verdict(facts, tuple, claim, arena, &bytes)
                      : put_claim(facts, tuple, claim, arena, &bytes);
  return finish(facts, rc, &bytes, arena, out);
}

/* ---- instants ------------------------------------------------------------------- */

#define DAY_US INT64_C(86400000000)

/* Digits of a fraction of a second, up to six counted, to microseconds. */
static bool fraction(const char **at, int64_t *micros) {
  int64_t unit = 100000;
  *micros = 0;
  if (**at != '.') return true;
  ++*at;
  if (**at < '0' || **at > '9') return false;
  for (; **at >= '0' && **at <= '9'; ++*at) {
    *micros += (**at - '0') * unit;
    unit /= 10;
  }
  return true;
}

/* Is each letter a digit where the shape has 0, else the shape's own? */
static bool has_shape(const char *text, const char *shape) {
  for (; *shape; text++, shape++) {
    if (*shape == '0' ? *text < '0' || *text > '9' : *text != *shape) return false;
  }
  return true;
}

bool dsr_stamp_parse(dsr_str text, bool end, int64_t *out) {
  char copy[48];
  int year, month, day, hour, minute, second;
  if (text.len >= sizeof copy) return false;
  memcpy(copy, text.data, text.len);
  copy[text.len] = 0;
  if (!has_shape(copy, "0000-00-00") ||
      sscanf(copy, "%4d-%2d-%2d", &year, &month, &day) != 3 ||
      !dsr_date_exists(year, month, day)) {
    return false;
  }
  int64_t base = (int64_t)dsr_day_of(year, month, day) * DAY_US;
  if (text.len == 10) {
    *out = end ? base + DAY_US - 1 : base;
    return true;
  }
  const char *rest = copy + 10;
  int64_t micros;
  if ((*rest != 'T' && *rest != ' ') || !has_shape(rest + 1, "00:00:00") ||
      sscanf(rest + 1, "%2d:%2d:%2d", &hour, &minute, &second) != 3) {
    return false;
  }
  rest += 9;
  if (!fraction(&rest, &micros) || (*rest && strcmp(rest, "Z") != 0)) return false;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) {
    return false;
  }
  *out = base + ((hour * INT64_C(60) + minute) * 60 + second) * 1000000 + micros;
  return true;
}

int dsr_stamp_format(int64_t stamp, char out[32]) {
  int64_t days = stamp / DAY_US, rest = stamp % DAY_US;
  if (rest < 0) {
    rest += DAY_US;
    days--;
  }
  int year, month, day;
  dsr_day_civil((dsr_day)days, &year, &month, &day);
  int64_t seconds = rest / 1000000, micros = rest % 1000000;
  int n =
      snprintf(out, 32, "%04d-%02d-%02dT%02d:%02d:%02d", year, month, day,
               (int)(seconds / 3600), (int)(seconds / 60 % 60), (int)(seconds % 60));
  if (micros != 0) {
    n += snprintf(out + n, 32 - (size_t)n, ".%06d", (int)micros);
    while (out[n - 1] == '0') n--;
  }
  n += snprintf(out + n, 32 - (size_t)n, "Z");
  return n;
}
