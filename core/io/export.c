/*
** export.c - what is asked of an export, and the formats that there are.
**
** While it walks, the base is held: it stays at one snapshot, whatever others commit, and
** the callbacks cannot change it.
*/
#include "io/export.h"

#include "ground/text.h"

static const struct {
  const char *name;
  dsr_status (*run)(const dsr_exporting *how);
  bool tabular; /* takes `claims` and `columns` */
  bool replays; /* its history can be loaded */
} formats[] = {
    {"dl", dsr_export_dl, false, true},        {"csv", dsr_export_csv, true, false},
    {"jsonl", dsr_export_jsonl, false, false}, {"dot", dsr_export_dot, false, false},
    {"nt", dsr_export_nt, false, false},       {"nq", dsr_export_nq, false, false},
    {"ttl", dsr_export_ttl, false, false},     {"trig", dsr_export_trig, false, false},
    {"lines", dsr_export_lines, false, false},
};
enum { N_FORMATS = sizeof formats / sizeof *formats };

static dsr_status no_format(dsr_error *error, dsr_str name) {
  dsr_nearest race;
  char all[256];
  size_t len = 0;
  dsr_nearest_start(&race, name);
  for (int i = 0; i < N_FORMATS; i++) {
    size_t n = strlen(formats[i].name);
    if (len + n + 3 > sizeof all) break;
    memcpy(all + len, i > 0 ? ", " : "", i > 0 ? 2 : 0);
    len += i > 0 ? 2 : 0;
    memcpy(all + len, formats[i].name, n);
    len += n;
    dsr_nearest_offer(&race, dsr_str_of(formats[i].name));
  }
  if (race.best.len > 0) {
    return dsr_fail(error, DSR_EMISUSE, "no format \"%.40s\"; did you mean %.*s?",
                    name.data, (int)race.best.len, race.best.data);
  }
  return dsr_fail(error, DSR_EMISUSE, "no format \"%.40s\"; there are %.*s", name.data,
                  (int)len, all);
}

/* ---- relations -------------------------------------------------------------------- */

typedef VEC(uint32_t) numbers;

static dsr_status no_relation(dsr_facts *facts, dsr_str name) {
  int arity;
  dsr_str near = dsr_relation_nearest(facts, name, &arity);
  dsr_error *error = dsr_facts_error(facts);
  int len = name.len > 60 ? 60 : (int)name.len;
  if (near.len == 0) {
    return dsr_fail(error, DSR_ERELATION, "no relation called \"%.*s\"", len,
                    name.data);
  }
  return dsr_fail(error, DSR_ERELATION,
                  "no relation called \"%.*s\"; did you mean \"%.*s\"?", len, name.data,
                  near.len > 60 ? 60 : (int)near.len, near.data);
}

/* "joined/2": the name without the columns, whose number is given; -1: any. */
static int split_arity(dsr_str *name) {
  size_t len = name->len;
  if (len < 3 || name->data[len - 2] != '/') return -1;
  int arity = name->data[len - 1] - '0';
  if (arity < 0 || arity > DSR_ARITY_MAX) return -1;
  name->len -= 2;
  return arity;
}

/* Add the relations that a name means: those of all numbers of columns, unless it says. */
static dsr_status add_named(dsr_facts *facts, dsr_str given, numbers *out) {
  dsr_str name = given;
  int asked = split_arity(&name);
  size_t before = out->len;
  for (int arity = 0; arity <= DSR_ARITY_MAX; arity++) {
    const dsr_relation *relation = dsr_relation_find(facts, name, arity);
    if (relation == NULL || (asked >= 0 && arity != asked)) continue;
    uint32_t stored = relation->inverse != 0 ? relation->inverse : relation->number;
    if (!VEC_PUSH(out, relation->number) || !VEC_PUSH(out, stored)) {
      return dsr_fail_memory(dsr_facts_error(facts));
    }
  }
  return out->len > before ? DSR_OK : no_relation(facts, given);
}

/* ---- exporting -------------------------------------------------------------------- */

static dsr_status check(dsr_facts *facts, const dsr_view *view,
                        const dsr_export_options *options, int format) {
  dsr_error *error = dsr_facts_error(facts);
  if (!formats[format].tabular && (options->claims || options->columns != NULL)) {
    return dsr_fail(error, DSR_EMISUSE, "%s are for csv",
                    options->claims ? "rows for claims" : "columns");
  }
  if (!options->history) return DSR_OK;
  if (!dsr_view_lets_all(view)) {
    return dsr_fail(error, DSR_EUNSUPPORTED,
                    "history is of all that was ever claimed: leave out the view");
  }
  bool some = options->relations != NULL && options->relations[0] != NULL;
  if (some && formats[format].replays) {
    return dsr_fail(error, DSR_EUNSUPPORTED,
                    "a history that can be replayed is of all that was ever claimed: "
                    "name no relations");
  }
  return DSR_OK;
}

static dsr_status run(const dsr_exporting *asked, int format, dsr_write write,
                      void *ud) {
  dsr_pen pen;
  dsr_pace pace;
  dsr_exporting how = *asked;
  dsr_error *error = dsr_facts_error(how.facts);
  dsr_pen_start(&pen, how.facts, write, ud);
  dsr_pace_start(&pace, how.options->progress, how.options->ud, error);
  dsr_pace_turn(&pace, "exporting", "");
  how.pen = &pen;
  how.pace = &pace;
  dsr_facts_hold(how.facts, true);
  dsr_status rc = formats[format].run(&how);
  if (rc >= 0) rc = dsr_pen_end(&pen);
  dsr_facts_hold(how.facts, false);
  dsr_pen_free(&pen);
  dsr_facts_rest(how.facts);
  return rc;
}

dsr_status dsr_facts_export(dsr_facts *facts, dsr_view *view,
                            const dsr_export_options *options, dsr_write write,
                            void *ud) {
  static const dsr_export_options plain;
  dsr_exporting how = {.facts = facts, .view = view};
  numbers asked = {0};
  int format = 0;
  how.options = options != NULL ? options : &plain;
  dsr_str name = dsr_str_of(how.options->format != NULL ? how.options->format : "dl");
  while (format < N_FORMATS && !dsr_str_is(name, formats[format].name)) format++;
  if (format == N_FORMATS) return no_format(dsr_facts_error(facts), name);
  TRY(check(facts, view, how.options, format));
  TRY(dsr_facts_read(facts, true));
  dsr_status rc = DSR_OK;
  const char *const *names = how.options->relations;
  for (int i = 0; rc >= 0 && names != NULL && names[i] != NULL; i++) {
    rc = add_named(facts, dsr_str_of(names[i]), &asked);
  }
  how.relations = asked.items;
  how.n_relations = asked.len;
  if (rc >= 0) rc = run(&how, format, write, ud);
  VEC_FREE(&asked);
  return rc;
}
