/*
** run.c - the steps of a plan, one inside the other.
**
** A step is entered with the slots before it filled and looks for its first solution;
** entered again, for its next.  A scan or the claims of a fact may have many, every
** other step one or none.  A solution of the last step is one of the plan; the search
** then goes on at the last step that fills a column, since more solutions past it would
** only give the same answer again.
**
** Words are compared as test.h says.  Where a scan's columns are held against constants
** right behind it, it may leave out rows that those steps would.
*/
#include "logic/feed.h"
#include "logic/narrow.h"
#include "logic/plan.h"
#include "logic/test.h"

/* ---- values --------------------------------------------------------------------- */

static dsr_word slot_word(const dsr_plan *plan, int slot) {
  return plan->slots.items[slot].word;
}

/* The word that stands for an entity and those joined with it. */
static dsr_status same_word(dsr_plan *plan, dsr_word word, dsr_word *out) {
  return dsr_test_same(plan->view, word, out);
}

static dsr_status words_equal(dsr_plan *plan, dsr_word a, dsr_word b, bool *equal) {
  *equal = a == b;
  if (*equal || dsr_word_tag(a) != DSR_TAG_ENTITY) return DSR_OK;
  TRY(same_word(plan, a, &a));
  TRY(same_word(plan, b, &b));
  *equal = a == b;
  return DSR_OK;
}

/* ---- comparisons and tests ------------------------------------------------------ */

static dsr_status run_compare(dsr_plan *plan, const dsr_stage *step) {
  bool true_now;
  TRY(dsr_test_compare(dsr_facts_symbols(plan->facts), plan->view, step->op,
                       step->numeric, slot_word(plan, step->left),
                       slot_word(plan, step->right), &true_now));
  return true_now != step->negated ? DSR_ROW : DSR_DONE;
}

static dsr_status run_test(dsr_plan *plan, const dsr_stage *step) {
  bool true_now;
  TRY(dsr_test_time(dsr_facts_symbols(plan->facts), step->test, step->possibly,
                    slot_word(plan, step->left), slot_word(plan, step->right),
                    &true_now));
  return true_now != step->negated ? DSR_ROW : DSR_DONE;
}

static dsr_status run_bind(dsr_plan *plan, const dsr_stage *step) {
  double number;
  dsr_word word = slot_word(plan, step->right);
  if (step->numeric &&
      !dsr_word_double(dsr_facts_symbols(plan->facts), word, &number)) {
    return DSR_DONE;
  }
  plan->slots.items[step->left].word = word;
  return DSR_ROW;
}

/* ---- what scans leave out --------------------------------------------------------- */

/* The column of a scan that fills the slot, the time behind the others; -1: none does. */
static int filled_column(const dsr_stage *scan, int slot) {
  for (int i = 0; i < scan->arity; i++) {
    if (scan->args[i] == slot && !(scan->known >> i & 1)) return i;
  }
  bool time = scan->time == slot && scan->when == DSR_WHEN_WRITTEN && !scan->known_time;
  return time ? scan->arity : -1;
}

/* Add what the step says of a column of the scan's that it holds against a constant. */
static dsr_status strain_step(const dsr_plan *plan, const dsr_stage *scan,
                              const dsr_stage *step, dsr_strain *strain) {
  dsr_narrow_test test = {.op = step->op,
                          .test = step->test,
                          .numeric = step->numeric,
                          .possibly = step->possibly};
  int column = filled_column(scan, step->left), constant = step->right;
  if (column < 0) {
    column = filled_column(scan, step->right);
    constant = step->left;
    test.turned = true;
  }
  if (column < 0 || plan->slots.items[constant].kind == DSR_SLOT_VARIABLE ||
      step->negated) {
    return DSR_OK;
  }
  test.kind = step->kind == DSR_STAGE_TEST ? DSR_GOAL_TIME : DSR_GOAL_COMPARE;
  test.word = slot_word(plan, constant);
  if (test.word == DSR_WORD_NONE) return DSR_OK;
  TRY(dsr_narrow_test_ready(dsr_facts_symbols(plan->facts), &test));
  if (test.range.from > test.range.to) return DSR_OK;
  strain->tests[strain->n++] = (dsr_strain_test){0, column, test.range};
  return DSR_OK;
}

/* Have the strain of the scan `at`.  Nothing is taken from behind a comparison that may
** fail with an error: a row that is left out would not. */
static dsr_status strain_scan(const dsr_plan *plan, size_t at, dsr_cell *cell) {
  bool sure = true;
  if (cell->strained) return DSR_OK;
  cell->strain.n = 0;
  for (size_t i = at + 1; i < plan->steps.len && sure; i++) {
    const dsr_stage *step = &plan->steps.items[i];
    bool tests = step->kind == DSR_STAGE_TEST || step->kind == DSR_STAGE_COMPARE;
    if (step->kind == DSR_STAGE_SCAN || cell->strain.n == DSR_STRAIN_TESTS) break;
    if (tests) TRY(strain_step(plan, &plan->steps.items[at], step, &cell->strain));
    sure = step->kind != DSR_STAGE_COMPARE || step->numeric || step->op == DSR_EQ ||
           step->op == DSR_NE;
  }
  cell->strained = true;
  return DSR_OK;
}

/* ---- scans ---------------------------------------------------------------------- */

static dsr_status start_scan(dsr_plan *plan, int at) {
  const dsr_stage *step = &plan->steps.items[at];
  dsr_cell *cell = &plan->cells[at];
  dsr_word pattern[DSR_ARITY_MAX] = {0};
  dsr_word time = step->known_time ? slot_word(plan, step->time) : DSR_WORD_NONE;
  for (int i = 0; i < step->arity; i++) {
    if (step->known >> i & 1) pattern[i] = slot_word(plan, step->args[i]);
  }
  TRY(strain_scan(plan, (size_t)at, cell));
  TRY(dsr_scan_start(plan->facts, plan->view, step->relation, pattern, time,
                     step->flags, &cell->scan));
  dsr_scan_strain(cell->scan, &cell->strain);
  return DSR_OK;
}

/* Is the written time as the atom asks?  Fills its slot. */
static bool take_time(dsr_plan *plan, const dsr_stage *step, dsr_word time) {
  if (step->when == DSR_WHEN_ANY) return true;
  if (step->when == DSR_WHEN_UNKNOWN) return time == DSR_WORD_NONE;
  if (time == DSR_WORD_NONE) return false;
  if (step->time == DSR_SLOT_NONE) return true;
  dsr_word *word = &plan->slots.items[step->time].word;
  if (step->known_time || step->repeat_time) return *word == time;
  *word = time;
  return true;
}

/* Fill slots from a match; *in false where a column that stands twice differs. */
static dsr_status take_match(dsr_plan *plan, const dsr_stage *step,
                             const dsr_match *match, bool *in) {
  *in = true;
  for (int i = 0; i < step->arity && *in; i++) {
    int slot = step->args[i];
    if (slot == DSR_SLOT_NONE || (step->known >> i & 1)) continue;
    if (step->repeat >> i & 1) {
      TRY(words_equal(plan, slot_word(plan, slot), match->args[i], in));
    } else {
      plan->slots.items[slot].word = match->args[i];
    }
  }
  *in = *in && take_time(plan, step, match->time);
  return DSR_OK;
}

static dsr_status next_match(dsr_plan *plan, const dsr_stage *step, dsr_cell *cell) {
  const dsr_match *match;
  dsr_status rc;
  while ((rc = dsr_scan_next(cell->scan, &match)) == DSR_ROW) {
    bool in;
    TRY(take_match(plan, step, match, &in));
    if (!in) continue;
    cell->relation = match->fact.relation;
    cell->set = match->set;
    return DSR_ROW;
  }
  return rc;
}

/* ---- claims --------------------------------------------------------------------- */

/* Does the claim's grade have the halves that a written one has? */
static dsr_status grade_fits(dsr_plan *plan, dsr_word asked, const dsr_claim_row *claim,
                             bool *in) {
  char scratch[DSR_WORD_TEXT], letter = 0, digit = 0;
  dsr_value value;
  TRY(dsr_word_value(dsr_facts_symbols(plan->facts), asked, scratch, &value));
  *in = dsr_grade_parse(value.text, &letter, &digit) &&
        (letter == 0 || letter == claim->reliability) &&
        (digit == 0 || digit == claim->credibility);
  return DSR_OK;
}

/* One part of a claim against its slot, which it fills if nothing did. */
static dsr_status take_part(dsr_plan *plan, const dsr_stage *step, int part,
                            const dsr_claim_row *claim, bool *in) {
  dsr_word word;
  dsr_slot *slot = &plan->slots.items[step->parts[part]];
  bool known = step->known_parts >> part & 1;
  if (part == DSR_PART_GRADE && known && slot->kind != DSR_SLOT_VARIABLE) {
    return grade_fits(plan, slot->word, claim, in);
  }
  TRY(dsr_claim_part_word(plan->facts, plan->view, part, claim, &word));
  *in = word != DSR_WORD_NONE;
  if (!*in) return DSR_OK; /* what the slot holds stays for the next claim */
  if (known) return words_equal(plan, slot->word, word, in);
  slot->word = word;
  return DSR_OK;
}

static dsr_status take_claim(dsr_plan *plan, const dsr_stage *step,
                             const dsr_claim_row *claim, bool *in) {
  *in = claim->verb == step->verb &&
        (step->manner < 0 || claim->kind == (dsr_kind)step->manner);
  for (int part = 0; part < DSR_PARTS && *in; part++) {
    if (step->parts[part] != DSR_SLOT_NONE) {
      TRY(take_part(plan, step, part, claim, in));
    }
  }
  return DSR_OK;
}

/* The next live claim in view on the fact that the scan before found. */
static dsr_status next_claim(dsr_plan *plan, const dsr_stage *step, dsr_cell *cell) {
  const dsr_cell *found = cell - 1;
  dsr_set set;
  TRY(dsr_set_get(plan->facts, found->set, &set));
  while (cell->entry < set.n) {
    size_t entry = cell->entry++;
    const dsr_claim_row *claim;
    bool in;
    TRY(dsr_view_entry(plan->view, found->relation, &set, entry, &in));
    if (!in) continue;
    TRY(dsr_claim_get(plan->facts, set.entries[entry].claim, &claim));
    TRY(take_claim(plan, step, claim, &in));
    if (in) return DSR_ROW;
  }
  return DSR_DONE;
}

/* ---- the search ----------------------------------------------------------------- */

/* The first solution of step `at`. */
static dsr_status enter(dsr_plan *plan, int at) {
  const dsr_stage *step = &plan->steps.items[at];
  dsr_cell *cell = &plan->cells[at];
  switch (step->kind) {
    case DSR_STAGE_SCAN:
      TRY(start_scan(plan, at));
      return next_match(plan, step, cell);
    case DSR_STAGE_CLAIM:
      cell->entry = 0;
      return next_claim(plan, step, cell);
    case DSR_STAGE_COMPARE:
      return run_compare(plan, step);
    case DSR_STAGE_TEST:
      return run_test(plan, step);
    case DSR_STAGE_BIND:
      return run_bind(plan, step);
  }
  return DSR_DONE;
}

/* Its next one. */
static dsr_status again(dsr_plan *plan, int at) {
  const dsr_stage *step = &plan->steps.items[at];
  switch (step->kind) {
    case DSR_STAGE_SCAN:
      return next_match(plan, step, &plan->cells[at]);
    case DSR_STAGE_CLAIM:
      return next_claim(plan, step, &plan->cells[at]);
    default:
      return DSR_DONE;
  }
}

static void leave(dsr_plan *plan, int at) {
  dsr_scan_stop(plan->cells[at].scan);
  plan->cells[at].scan = NULL;
}

void dsr_run_stop(dsr_plan *plan) {
  for (size_t i = 0; plan->cells != NULL && i < plan->steps.len; i++) {
    leave(plan, (int)i);
  }
}

/* After a solution: the search goes on at the cut. */
static void go_back(dsr_plan *plan, int n) {
  for (int i = plan->cut + 1; i < n; i++) leave(plan, i);
  plan->level = plan->cut;
  plan->back = true;
}

/* Somebody asked that it ends: tell so, once. */
static dsr_status stopped(dsr_plan *plan) {
  plan->realm->stop = 0;
  return dsr_fail(dsr_facts_error(plan->facts), DSR_ESTOPPED, "the query was stopped");
}

dsr_status dsr_run_next(dsr_plan *plan) {
  int n = (int)plan->steps.len;
  while (plan->level >= 0) {
    if (plan->realm != NULL && plan->realm->stop != 0) return stopped(plan);
    if (plan->level == n) {
      go_back(plan, n);
      return DSR_ROW;
    }
    dsr_status rc = plan->back ? again(plan, plan->level) : enter(plan, plan->level);
    if (rc < 0) return rc;
    plan->back = rc != DSR_ROW;
    if (plan->back) leave(plan, plan->level);
    plan->level += plan->back ? -1 : 1;
  }
  return DSR_DONE;
}
