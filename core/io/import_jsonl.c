/*
** import_jsonl.c - JSON Lines into a base: by patterns, or as export writes them.
**
** With a pattern, a line is an object whose members are the columns, `a.b` one in another;
** or an array, whose columns have numbers, or the names that the first line gives them.
** An array where a value is due gives a fact for each of its values, and several arrays one
** for each choice.  null and what is not there is no value; {"entity": "nato"} is that
** entity, as in what export writes.
**
** Without one, a line is a fact with its claims, as core/io/export_jsonl.c draws it.
** Claims that were closed are left out: what a base held is not held now.
*/
#include <stdio.h>

#include "ground/text.h"
#include "io/json.h"
#include "io/tabling.h"

enum { CHOICES_MOST = 100000 };

typedef struct reading {
  dsr_importing *im;
  dsr_input *input;
  dsr_tabling *tabling;
  dsr_jsonl *lines;
  dsr_jsonl_row row;
  dsr_str null;
  bool arrays;         /* lines are arrays, with names ... */
  VEC(dsr_str) names;  /* of their columns; or of the members of the first object */
  VEC(dsr_cell) cells; /* of one pattern's seats ... */
  VEC(const dsr_json *) nodes; /* and where they stand */
  size_t from[DSR_SEATS + 1];  /* ... seat by seat */
  VEC(unsigned char) met;      /* by pattern and seat: some line had it */
  int64_t closed, rows;
} reading;

/* ---- values ----------------------------------------------------------------------- */

/* {"entity": "nato"}, {"text": "x", "lang": "uk"}, {"time": "1994"}: false if it is none. */
static bool tagged(const dsr_json *object, dsr_cell *out) {
  bool twice = false;
  const dsr_json *first = dsr_json_first(object);
  if (!first || first[1].kind != DSR_JSON_STRING) return false;
  const dsr_json *second = dsr_json_after(object, first + 1);
  *out = (dsr_cell){.text = first[1].text};
  if (dsr_str_is(first->text, "entity") && !second) {
    out->kind = DSR_CELL_ENTITY;
  } else if (dsr_str_is(first->text, "time") && !second) {
    out->kind = DSR_CELL_TIME;
  } else if (dsr_str_is(first->text, "text")) {
    const dsr_json *lang = dsr_json_member(object, dsr_str_of("lang"), &twice);
    const dsr_json *type = dsr_json_member(object, dsr_str_of("datatype"), &twice);
    size_t members = 1 + (lang != NULL) + (type != NULL);
    if (twice || (lang && type) || object->skip != 1 + 2 * members) return false;
    if ((lang && lang->kind != DSR_JSON_STRING) ||
        (type && type->kind != DSR_JSON_STRING)) {
      return false;
    }
    out->kind = DSR_CELL_TEXT;
    if (lang) out->lang = lang->text;
    if (type) out->datatype = type->text;
  } else {
    return false;
  }
  return true;
}

/* A scalar, or what is tagged; DSR_NOTHING where it is neither. */
static dsr_status cell_of(const dsr_json *node, dsr_cell *out) {
  switch (node->kind) {
    case DSR_JSON_NULL:
      *out = (dsr_cell){0};
      return DSR_OK;
    case DSR_JSON_TRUE:
    case DSR_JSON_FALSE:
      *out = (dsr_cell){
          .kind = DSR_CELL_BOOL,
          .text = dsr_str_of(node->kind == DSR_JSON_TRUE ? "true" : "false")};
      return DSR_OK;
    case DSR_JSON_NUMBER:
      *out = (dsr_cell){.kind = DSR_CELL_NUMBER, .text = node->text};
      return DSR_OK;
    case DSR_JSON_STRING:
      *out = (dsr_cell){.kind = DSR_CELL_STRING, .text = node->text};
      return DSR_OK;
    case DSR_JSON_OBJECT:
      return tagged(node, out) ? DSR_OK : DSR_NOTHING;
    default:
      return DSR_NOTHING;
  }
}

/* ---- by patterns ------------------------------------------------------------------ */

static dsr_status add_cells(reading *r, const dsr_json *node) {
  dsr_cell cell;
  if (node->kind == DSR_JSON_ARRAY) {
    for (const dsr_json *at = dsr_json_first(node); at; at = dsr_json_after(node, at)) {
      TRY(add_cells(r, at));
    }
    return DSR_OK;
  }
  if (cell_of(node, &cell) != DSR_OK) {
    return dsr_jsonl_fail(r->lines, node, DSR_ETYPE,
                          "an object is no value; its members are named in a pattern "
                          "with dots, as in place.name");
  }
  if (r->null.data && cell.kind == DSR_CELL_STRING && dsr_str_eq(cell.text, r->null)) {
    cell = (dsr_cell){0};
  }
  bool ok = VEC_PUSH(&r->cells, cell) && VEC_PUSH(&r->nodes, node);
  return ok ? DSR_OK : dsr_fail_memory(r->im->error);
}

/* The values at a path, also through arrays of objects.  *met: there is such a member. */
static dsr_status add_path(reading *r, const dsr_json *node, dsr_str path, bool *met) {
  bool twice = false;
  if (node->kind == DSR_JSON_ARRAY) {
    for (const dsr_json *at = dsr_json_first(node); at; at = dsr_json_after(node, at)) {
      TRY(add_path(r, at, path, met));
    }
    return DSR_OK;
  }
  const dsr_json *member = dsr_json_member(node, path, &twice);
  if (twice) {
    return dsr_jsonl_fail(r->lines, node, DSR_ESYNTAX, "a second member \"%.*s\"",
                          path.len > 60 ? 60 : (int)path.len, path.data);
  }
  if (member) {
    *met = true;
    return add_cells(r, member);
  }
  const char *dot = memchr(path.data, '.', path.len);
  if (!dot) return DSR_OK;
  dsr_str head = {path.data, (size_t)(dot - path.data)};
  dsr_str rest = {dot + 1, path.len - head.len - 1};
  member = dsr_json_member(node, head, &twice);
  return member ? add_path(r, member, rest, met) : DSR_OK;
}

/* Column `number`, from 1, of a line that is an array. */
static dsr_status add_column(reading *r, size_t number, bool *met) {
  const dsr_json *line = r->row.value, *at = dsr_json_first(line);
  while (at && --number > 0) at = dsr_json_after(line, at);
  *met = *met || at != NULL;
  return at ? add_cells(r, at) : DSR_OK;
}

static dsr_status add_slot(reading *r, const dsr_slot *slot, bool *met) {
  const dsr_json *line = r->row.value;
  if (slot->kind == DSR_SLOT_NUMBER) {
    if (line->kind == DSR_JSON_ARRAY) return add_column(r, (size_t)slot->number, met);
    return dsr_jsonl_fail(r->lines, line, DSR_ETYPE,
                          "$%d is a column of an array, and this is none",
                          slot->number);
  }
  if (line->kind == DSR_JSON_OBJECT) return add_path(r, line, slot->text, met);
  if (line->kind != DSR_JSON_ARRAY || !r->arrays) {
    return dsr_jsonl_fail(r->lines, line, DSR_ETYPE, "expected an object");
  }
  for (size_t i = 0; i < r->names.len; i++) {
    if (dsr_str_eq(r->names.items[i], slot->text)) return add_column(r, i + 1, met);
  }
  return DSR_OK;
}

/* The cells of a pattern's seats: at least one each. */
static dsr_status gather(reading *r, int i, size_t *choices) {
  const dsr_pattern *pattern = dsr_tabling_pattern(r->tabling, i);
  r->cells.len = r->nodes.len = 0;
  *choices = 1;
  for (int seat = 0; seat < DSR_SEATS; seat++) {
    const dsr_slot *slot = dsr_pattern_slot(pattern, seat);
    bool column = slot->kind == DSR_SLOT_COLUMN || slot->kind == DSR_SLOT_NUMBER;
    bool met = false;
    r->from[seat] = r->cells.len;
    if (column) TRY(add_slot(r, slot, &met));
    if (met) r->met.items[i * DSR_SEATS + seat] = 1;
    if (r->cells.len == r->from[seat]) {
      dsr_cell none = {0};
      bool ok = VEC_PUSH(&r->cells, none) && VEC_PUSH(&r->nodes, r->row.value);
      if (!ok) return dsr_fail_memory(r->im->error);
    }
    *choices *= r->cells.len - r->from[seat];
    if (*choices > CHOICES_MOST) {
      return dsr_jsonl_fail(r->lines, r->row.value, DSR_ELIMIT,
                            "this line makes more than %d facts", CHOICES_MOST);
    }
  }
  r->from[DSR_SEATS] = r->cells.len;
  return DSR_OK;
}

static dsr_status take_choice(reading *r, int i, size_t choice) {
  dsr_cell cells[DSR_SEATS];
  const dsr_json *nodes[DSR_SEATS];
  char why[DSR_CELL_WHY];
  int seat;
  for (int at = DSR_SEATS - 1; at >= 0; at--) { /* the last seat turns first */
    size_t n = r->from[at + 1] - r->from[at];
    cells[at] = r->cells.items[r->from[at] + choice % n];
    nodes[at] = r->nodes.items[r->from[at] + choice % n];
    choice /= n;
  }
  dsr_status rc = dsr_tabling_fact(r->tabling, i, cells, &seat, why);
  if (rc >= 0 || rc == DSR_ENOMEM) return rc;
  const dsr_pattern *pattern = dsr_tabling_pattern(r->tabling, i);
  const dsr_slot *slot = dsr_pattern_slot(pattern, seat);
  if (slot->kind >= DSR_SLOT_ENTITY) {
    return dsr_pattern_fail(pattern, slot->at, r->im->error, "%s", why);
  }
  return dsr_jsonl_fail(r->lines, nodes[seat], rc, "%s", why);
}

static dsr_status take_patterns(reading *r) {
  size_t choices;
  for (int i = 0; i < dsr_tabling_patterns(r->tabling); i++) {
    TRY(gather(r, i, &choices));
    for (size_t choice = 0; choice < choices; choice++) TRY(take_choice(r, i, choice));
  }
  return DSR_OK;
}

/* A name that no line has is a mistake in the pattern. */
static dsr_status check_met(reading *r) {
  for (int i = 0; r->rows > 0 && i < dsr_tabling_patterns(r->tabling); i++) {
    const dsr_pattern *pattern = dsr_tabling_pattern(r->tabling, i);
    for (int seat = 0; seat < DSR_SEATS; seat++) {
      const dsr_slot *slot = dsr_pattern_slot(pattern, seat);
      dsr_nearest race;
      if (slot->kind != DSR_SLOT_COLUMN || r->met.items[i * DSR_SEATS + seat]) continue;
      dsr_nearest_start(&race, slot->text);
      for (size_t k = 0; k < r->names.len; k++) {
        dsr_nearest_offer(&race, r->names.items[k]);
      }
      bool near = race.best.len > 0;
      return dsr_pattern_fail(
          pattern, slot->at, r->im->error, "no line of %s has \"%.*s\"%s%.*s%s",
          r->im->name, slot->text.len > 60 ? 60 : (int)slot->text.len, slot->text.data,
          near ? "; did you mean " : "", near ? (int)race.best.len : 0,
          near ? race.best.data : "",
          near
              ? "?"
              : "; what is the same in all lines stands in quotes, 'nato' or \"text\"");
    }
  }
  return DSR_OK;
}

/* ---- as export writes them -------------------------------------------------------- */

static dsr_status not_ours(reading *r, const dsr_json *node, const char *what) {
  return dsr_jsonl_fail(
      r->lines, node, DSR_ESYNTAX,
      "%s: without --as a line is {\"relation\": \"joined\", \"args\": [...], ...} as "
      "export writes it",
      what);
}

/* The member of an object, of a kind; *out is NULL where there is none. */
static dsr_status member(reading *r, const dsr_json *object, const char *name,
                         dsr_json_kind kind, const dsr_json **out) {
  bool twice = false;
  char words[80];
  *out = dsr_json_member(object, dsr_str_of(name), &twice);
  if (!twice && (!*out || (*out)->kind == kind)) return DSR_OK;
  snprintf(words, sizeof words,
           twice ? "a second member \"%s\"" : "\"%s\" is of another kind", name);
  return not_ours(r, *out, words);
}

static dsr_status known(reading *r, const dsr_json *object, const char *const *names) {
  for (const dsr_json *key = dsr_json_first(object); key;
       key = dsr_json_after(object, key + 1)) {
    const char *const *name = names;
    while (*name && !dsr_str_is(key->text, *name)) name++;
    if (!*name) return not_ours(r, key, "no such member");
  }
  return DSR_OK;
}

/* A part of a claim: its string, its number, or a text with its language. */
static dsr_status part(reading *r, const dsr_json *claim, const char *name,
                       dsr_cell_kind kind, dsr_cell *out) {
  bool twice = false;
  const dsr_json *node = dsr_json_member(claim, dsr_str_of(name), &twice);
  if (!node) return DSR_OK;
  if (twice || cell_of(node, out) != DSR_OK) {
    return not_ours(r, node, twice ? "a second member" : "no value");
  }
  if (out->kind == DSR_CELL_STRING) out->kind = kind;
  return DSR_OK;
}

static dsr_status read_manner(reading *r, const dsr_json *claim,
                              dsr_tabled_claim *out) {
  const dsr_json *kind, *grade;
  TRY(member(r, claim, "kind", DSR_JSON_STRING, &kind));
  TRY(member(r, claim, "grade", DSR_JSON_STRING, &grade));
  if (kind && !dsr_kind_named(kind->text, &out->kind)) {
    return not_ours(r, kind, "kinds are stated, attributed, assessed");
  }
  if (grade && !dsr_grade_parse(grade->text, &out->reliability, &out->credibility)) {
    return not_ours(r, grade, "a grade is written b2, b or 2");
  }
  return DSR_OK;
}

static dsr_status read_claim(reading *r, const dsr_json *claim, dsr_tabled_claim *out) {
  static const char *const names[] = {"verb",      "source",     "locator", "kind",
                                      "speaker",   "grade",      "opened",  "closed",
                                      "quotation", "confidence", NULL};
  const dsr_json *verb;
  TRY(known(r, claim, names));
  TRY(member(r, claim, "verb", DSR_JSON_STRING, &verb));
  *out = (dsr_tabled_claim){.verb = DSR_ASSERTS, .kind = DSR_STATED};
  if (verb && dsr_str_is(verb->text, "denies")) {
    out->verb = DSR_DENIES;
  } else if (verb && !dsr_str_is(verb->text, "asserts")) {
    return not_ours(r, verb, "a claim asserts or denies");
  }
  TRY(read_manner(r, claim, out));
  TRY(part(r, claim, "source", DSR_CELL_ENTITY, &out->source));
  TRY(part(r, claim, "locator", DSR_CELL_TEXT, &out->locator));
  TRY(part(r, claim, "speaker", DSR_CELL_ENTITY, &out->speaker));
  TRY(part(r, claim, "quotation", DSR_CELL_TEXT, &out->quotation));
  return part(r, claim, "confidence", DSR_CELL_NUMBER, &out->confidence);
}

static dsr_status read_verdict(reading *r, const dsr_json *verdict,
                               dsr_tabled_claim *out) {
  static const char *const names[] = {"verb",   "by",     "of", "because",
                                      "opened", "closed", NULL};
  const dsr_json *verb;
  TRY(known(r, verdict, names));
  TRY(member(r, verdict, "verb", DSR_JSON_STRING, &verb));
  *out = (dsr_tabled_claim){.verb = DSR_PREFERS, .kind = DSR_STATED};
  if (verb && dsr_str_is(verb->text, "deprecates")) {
    out->verb = DSR_DEPRECATES;
  } else if (!verb || !dsr_str_is(verb->text, "prefers")) {
    return not_ours(r, verb ? verb : verdict, "a verdict prefers or deprecates");
  }
  TRY(part(r, verdict, "by", DSR_CELL_ENTITY, &out->source));
  TRY(part(r, verdict, "of", DSR_CELL_ENTITY, &out->target));
  return part(r, verdict, "because", DSR_CELL_TEXT, &out->quotation);
}

/* A fact of a line, without its claims. */
typedef struct told {
  dsr_str relation;
  const dsr_json *nodes[DSR_ARITY_MAX];
  dsr_cell args[DSR_ARITY_MAX];
  int arity;
  dsr_cell time;
} told;

static dsr_status put(reading *r, const told *fact, const dsr_json *node,
                      const dsr_tabled_claim *claim) {
  char why[DSR_CELL_WHY];
  int seat = 0;
  dsr_status rc = dsr_tabling_claim(r->tabling, fact->relation, fact->args, fact->arity,
                                    &fact->time, claim, &seat, why);
  if (rc == DSR_NOTHING) return not_ours(r, node, "an argument has no value");
  if (rc >= 0 || rc == DSR_ENOMEM) return rc;
  bool argument = seat >= DSR_SEAT_ARG && seat < DSR_SEAT_TIME;
  return dsr_jsonl_fail(r->lines, argument ? fact->nodes[seat - DSR_SEAT_ARG] : node,
                        rc, "%s", why);
}

/* The claims or verdicts of a fact; *out: the line has a list of them. */
static dsr_status put_list(reading *r, const told *fact, const char *name,
                           dsr_status (*read)(reading *, const dsr_json *,
                                              dsr_tabled_claim *),
                           bool *out) {
  const dsr_json *list;
  bool twice = false;
  TRY(member(r, r->row.value, name, DSR_JSON_ARRAY, &list));
  if (!list) return DSR_OK;
  *out = true;
  for (const dsr_json *at = dsr_json_first(list); at; at = dsr_json_after(list, at)) {
    dsr_tabled_claim claim;
    if (at->kind != DSR_JSON_OBJECT) return not_ours(r, at, "expected an object");
    TRY(read(r, at, &claim));
    if (dsr_json_member(at, dsr_str_of("closed"), &twice)) {
      r->closed++;
    } else {
      TRY(put(r, fact, at, &claim));
    }
  }
  return DSR_OK;
}

static dsr_status read_args(reading *r, const dsr_json *list, told *fact) {
  for (const dsr_json *at = dsr_json_first(list); at; at = dsr_json_after(list, at)) {
    if (fact->arity == DSR_ARITY_MAX) {
      return dsr_jsonl_fail(r->lines, at, DSR_ELIMIT, "a fact has at most %d arguments",
                            DSR_ARITY_MAX);
    }
    dsr_cell *cell = &fact->args[fact->arity];
    fact->nodes[fact->arity++] = at;
    if (cell_of(at, cell) != DSR_OK || cell->kind == DSR_CELL_NONE) {
      return not_ours(r, at, "no value");
    }
    if (cell->kind == DSR_CELL_STRING) cell->kind = DSR_CELL_TEXT;
  }
  return DSR_OK;
}

static dsr_status take_told(reading *r) {
  static const char *const names[] = {"relation", "args",     "valid",
                                      "claims",   "verdicts", NULL};
  const dsr_json *line = r->row.value, *relation, *args, *valid;
  bool claimed = false;
  told fact = {0};
  if (line->kind != DSR_JSON_OBJECT) return not_ours(r, line, "expected an object");
  TRY(member(r, line, "relation", DSR_JSON_STRING, &relation));
  TRY(member(r, line, "args", DSR_JSON_ARRAY, &args));
  TRY(member(r, line, "valid", DSR_JSON_STRING, &valid));
  if (!relation || !args) return not_ours(r, line, "no \"relation\" or no \"args\"");
  TRY(known(r, line, names));
  fact.relation = relation->text;
  TRY(read_args(r, args, &fact));
  if (valid) fact.time = (dsr_cell){.kind = DSR_CELL_TIME, .text = valid->text};
  TRY(put_list(r, &fact, "claims", read_claim, &claimed));
  TRY(put_list(r, &fact, "verdicts", read_verdict, &claimed));
  dsr_tabled_claim plain = {.verb = DSR_ASSERTS, .kind = DSR_STATED};
  return claimed ? DSR_OK : put(r, &fact, line, &plain);
}

/* ---- lines ------------------------------------------------------------------------ */

/* The names that the first line tells: of the columns of arrays, or members. */
static dsr_status read_names(reading *r, bool *header) {
  const dsr_json *line = r->row.value;
  bool members = line->kind == DSR_JSON_OBJECT;
  for (const dsr_json *at = dsr_json_first(line); at;) {
    dsr_str name = dsr_arena_str(dsr_tabling_arena(r->tabling), at->text);
    if (!name.data || !VEC_PUSH(&r->names, name)) return dsr_fail_memory(r->im->error);
    at = dsr_json_after(line, members ? at + 1 : at);
  }
  *header = false;
  if (line->kind != DSR_JSON_ARRAY || r->im->options->header < 0) return DSR_OK;
  *header = r->im->options->header > 0;
  for (int i = 0; i < dsr_tabling_patterns(r->tabling); i++) {
    const dsr_pattern *pattern = dsr_tabling_pattern(r->tabling, i);
    for (int seat = 0; seat < DSR_SEATS; seat++) {
      *header |= dsr_pattern_slot(pattern, seat)->kind == DSR_SLOT_COLUMN;
    }
  }
  r->arrays = *header;
  return DSR_OK;
}

static dsr_status read_lines(reading *r) {
  int n = dsr_tabling_patterns(r->tabling);
  bool header = false, first = true;
  dsr_status rc;
  if (!VEC_RESERVE(&r->met, n * DSR_SEATS + 1)) return dsr_fail_memory(r->im->error);
  memset(r->met.items, 0, (size_t)n * DSR_SEATS + 1);
  TRY(dsr_tabling_file(r->tabling, (dsr_str){"", 0}));
  while ((rc = dsr_jsonl_next(r->lines, &r->row)) != DSR_DONE) {
    if (rc == DSR_ROW && first) {
      first = false;
      TRY(read_names(r, &header));
      if (header) TRY(dsr_tabling_file(r->tabling, r->row.raw));
      if (header) continue;
    }
    r->rows += rc == DSR_ROW;
    if (rc == DSR_ROW) rc = n > 0 ? take_patterns(r) : take_told(r);
    TRY(dsr_tabling_row(r->tabling, rc, r->row.raw, r->input));
  }
  TRY(check_met(r));
  if (r->closed > 0) {
    dsr_import_note(r->im, "%s: %lld closed claim%s left out", r->im->name,
                    (long long)r->closed, r->closed == 1 ? " was" : "s were");
  }
  return dsr_tabling_file_end(r->tabling);
}

dsr_status dsr_import_jsonl(dsr_importing *im, dsr_input *input) {
  reading r = {.im = im, .input = input, .null = dsr_str_of(im->options->null)};
  TRY(dsr_tabling_open(im, &r.tabling));
  TRY(dsr_jsonl_new(input, im->error, &r.lines));
  dsr_status rc = read_lines(&r);
  dsr_jsonl_free(r.lines);
  VEC_FREE(&r.names);
  VEC_FREE(&r.cells);
  VEC_FREE(&r.nodes);
  VEC_FREE(&r.met);
  return rc;
}
