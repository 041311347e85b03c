/*
** aggregate.c - count, sum, min, max and avg, over words one after the other.
*/
#include "logic/aggregate.h"

#include "ground/text.h"
#include "logic/plan.h"

static const char *const names[] = {"", "count", "sum", "min", "max", "avg"};

const char *dsr_aggregate_name(dsr_fold_kind kind) { return names[kind]; }

dsr_fold_kind dsr_aggregate_named(dsr_str name) {
  for (int i = DSR_FOLD_COUNT; i <= DSR_FOLD_AVG; i++) {
    if (dsr_str_is(name, names[i])) return (dsr_fold_kind)i;
  }
  return (dsr_fold_kind)0;
}

dsr_domain dsr_aggregate_takes(dsr_fold_kind kind) {
  return kind == DSR_FOLD_SUM || kind == DSR_FOLD_AVG ? DSR_COL_NUMBER : DSR_COL_ANY;
}

dsr_domain dsr_aggregate_gives(dsr_fold_kind kind, dsr_domain have) {
  switch (kind) {
    case DSR_FOLD_COUNT:
      return DSR_COL_INT;
    case DSR_FOLD_SUM:
      return have == DSR_COL_INT ? DSR_COL_INT : DSR_COL_NUMBER;
    case DSR_FOLD_AVG:
      return DSR_COL_NUMBER;
    default:
      return have;
  }
}

void dsr_aggregate_start(dsr_aggregate *aggregate, dsr_fold_kind kind,
                         dsr_symbols *symbols) {
  *aggregate = (dsr_aggregate){.symbols = symbols, .kind = kind};
}

void dsr_aggregate_stop(dsr_aggregate *aggregate) {
  dsr_reckon_free(&aggregate->total);
}

static dsr_status no_number(const dsr_aggregate *aggregate, dsr_word word) {
  char scratch[DSR_WORD_TEXT];
  dsr_value value = {0};
  dsr_symbols *symbols = aggregate->symbols;
  if (word != DSR_WORD_NONE) TRY(dsr_word_value(symbols, word, scratch, &value));
  return dsr_fail(
      dsr_symbols_error(symbols), DSR_ETYPE, "%s takes numbers; it came upon %s, %s",
      dsr_aggregate_name(aggregate->kind),
      dsr_domain_due(dsr_word_domain(symbols, word)), dsr_show(value.text).text);
}

static dsr_status add_number(dsr_aggregate *aggregate, dsr_word word) {
  dsr_status rc = dsr_reckon_add(aggregate->symbols, &aggregate->total, word);
  return rc == DSR_NOTHING ? no_number(aggregate, word) : rc;
}

dsr_status dsr_aggregate_better(dsr_symbols *symbols, dsr_fold_kind kind, dsr_word a,
                                dsr_word b, bool *out) {
  int order;
  TRY(dsr_value_compare(symbols, a, b, &order));
  *out = kind == DSR_FOLD_MAX ? order > 0 : order < 0;
  return DSR_OK;
}

static dsr_status add_best(dsr_aggregate *aggregate, dsr_word word) {
  bool better = aggregate->n == 0;
  if (!better) {
    TRY(dsr_aggregate_better(aggregate->symbols, aggregate->kind, word, aggregate->best,
                             &better));
  }
  if (better) aggregate->best = word;
  return DSR_OK;
}

dsr_status dsr_aggregate_add(dsr_aggregate *aggregate, dsr_word word) {
  switch (aggregate->kind) {
    case DSR_FOLD_SUM:
    case DSR_FOLD_AVG:
      TRY(add_number(aggregate, word));
      break;
    case DSR_FOLD_MIN:
    case DSR_FOLD_MAX:
      TRY(add_best(aggregate, word));
      break;
    default:
      break;
  }
  aggregate->n++;
  return DSR_OK;
}

dsr_status dsr_aggregate_finish(dsr_aggregate *aggregate, dsr_word *out) {
  dsr_symbols *symbols = aggregate->symbols;
  if (aggregate->kind == DSR_FOLD_COUNT) {
    *out = dsr_word_int(aggregate->n);
    return DSR_OK;
  }
  if (aggregate->kind == DSR_FOLD_SUM) {
    return dsr_reckon_sum(symbols, &aggregate->total, out);
  }
  if (aggregate->n == 0) return DSR_NOTHING;
  if (aggregate->kind == DSR_FOLD_AVG) {
    return dsr_reckon_mean(symbols, &aggregate->total, aggregate->n, out);
  }
  *out = aggregate->best;
  return DSR_OK;
}
