/*
** api_change.c - facts as values: added, denied, retracted, with all parts of a claim.
*/
#include "check.h"

#define STR(text) ((dsr_str){text, sizeof(text) - 1})

static const char declared[] =
    "source article { title: \"An article\" }. source record { title: \"A record\" }.\n"
    "relation joined(entity, entity).\n"
    "relation met(entity, entity) occurs symmetric.\n";

static const dsr_value pair[] = {
    {.type = DSR_ENTITY, .text = {"ukraine", 7}},
    {.type = DSR_ENTITY, .text = {"pfp", 3}},
};

static const dsr_fact joining = {
    .relation = {"joined", 6}, .arity = 2, .args = pair, .valid = {"1994-02-08", 10}};

/* Does the query hold: 1 or 0; -1 where it fails. */
static int holds(dsr_base *base, const char *text) {
  dsr_query *query;
  if (dsr_prepare(base, text, &query) < 0) return -1;
  dsr_status rc = dsr_step(query);
  dsr_finalize(query);
  return rc < 0 ? -1 : rc == DSR_ROW;
}

static int every_part(dsr_base *base) {
  dsr_claim claim = {.source = STR("article"),
                     .locator = STR("background/2"),
                     .kind = DSR_ATTRIBUTED,
                     .speaker = STR("stoltenberg"),
                     .grade = STR("b2"),
                     .quotation = STR("they joined"),
                     .confidence = 0.75,
                     .has_confidence = 1};
  CHECK_STATUS(DSR_OK, base, dsr_add_fact(base, &joining, &claim));
  CHECK(dsr_changes(base) == 1);
  CHECK_STATUS(DSR_NOTHING, base, dsr_add_fact(base, &joining, &claim));
  CHECK(dsr_changes(base) == 0);
  CHECK(holds(base,
              "attributed(stoltenberg) joined(ukraine, pfp) @ 1994-02-08 "
              "from article \"background/2\" grade b2 quote \"they joined\" "
              "confidence 0.75") == 1);
  CHECK(holds(base, "stated joined(ukraine, pfp)") == 0);
  claim = (dsr_claim){.source = STR("record")};
  CHECK_STATUS(DSR_OK, base, dsr_add_fact(base, &joining, &claim));
  CHECK(holds(base, "stated joined(ukraine, pfp) from record") == 1);
  return 0;
}

static int denials(dsr_base *base) {
  dsr_claim claim = {.source = STR("record")};
  CHECK_STATUS(DSR_OK, base, dsr_deny(base, "joined(ukraine, eu)", &claim));
  CHECK(holds(base, "joined(ukraine, eu)") == 0);
  CHECK(holds(base, "deny joined(ukraine, eu) from record") == 1);
  CHECK_STATUS(DSR_OK, base, dsr_deny_fact(base, &joining, &claim));
  CHECK(holds(base, "deny joined(ukraine, pfp) from record") == 1);
  return 0;
}

static int retractions(dsr_base *base) {
  dsr_claim claim = {.source = STR("article")};
  dsr_claim nobody = {.source = STR("article"), .locator = STR("nowhere")};
  CHECK_STATUS(DSR_NOTHING, base, dsr_retract_fact(base, &joining, &nobody));
  CHECK_STATUS(DSR_OK, base, dsr_retract_fact(base, &joining, &claim));
  CHECK(dsr_changes(base) == 1);
  CHECK(holds(base, "joined(ukraine, pfp) from article") == 0);
  CHECK(holds(base, "joined(ukraine, pfp) from record") == 1);
  CHECK_STATUS(DSR_OK, base,
               dsr_retract(base, "joined(ukraine, pfp) @ 1994-02-08", NULL));
  CHECK(dsr_changes(base) == 2); /* the assertion and the denial */
  CHECK_STATUS(DSR_NOTHING, base,
               dsr_retract(base, "joined(ukraine, pfp) @ 1994-02-08", NULL));
  CHECK_STATUS(DSR_NOTHING, base, dsr_retract(base, "joined(never, met)", NULL));
  CHECK(holds(base, "joined(ukraine, pfp)") == 0);
  return 0;
}

static int refusals(dsr_base *base) {
  dsr_claim claim = {.source = STR("recrod")};
  dsr_fact fact = joining;
  dsr_value number[] = {pair[0], {.type = DSR_INT, .integer = 5}};
  CHECK_STATUS(DSR_ESOURCE, base, dsr_add_fact(base, &joining, &claim));
  CHECK(strstr(dsr_errmsg(base), "record") != NULL); /* what may have been meant */
  claim = (dsr_claim){.grade = STR("z9")};
  CHECK(dsr_add_fact(base, &joining, &claim) < 0);
  CHECK(strstr(dsr_errmsg(base), "z9") != NULL);
  fact.valid = STR("2023-02-30");
  CHECK_STATUS(DSR_ETIME, base, dsr_add_fact(base, &fact, NULL));
  fact.valid = STR("2024/2014");
  CHECK_STATUS(DSR_ETIME, base, dsr_add_fact(base, &fact, NULL));
  fact = joining;
  fact.args = number;
  CHECK_STATUS(DSR_ETYPE, base, dsr_add_fact(base, &fact, NULL));
  fact = joining;
  fact.arity = 1;
  CHECK_STATUS(DSR_ERELATION, base, dsr_add_fact(base, &fact, NULL));
  CHECK_STATUS(DSR_ERELATION, base, dsr_add(base, "joined(a)", NULL));
  CHECK_STATUS(DSR_ESYNTAX, base, dsr_add(base, "joined(a, b", NULL));
  CHECK_STATUS(DSR_ESYNTAX, base, dsr_add(base, "joined(a, b). joined(b, c).", NULL));
  CHECK(dsr_add(base, "joined(X, b)", NULL) < 0);
  dsr_value torn[] = {pair[0], {.type = DSR_ENTITY, .text = {"\xff\xfe", 2}}};
  fact = joining;
  fact.args = torn;
  CHECK(dsr_add_fact(base, &fact, NULL) < 0); /* no UTF-8 */
  CHECK(holds(base, "joined(_, _)") == 0);
  return 0;
}

/* A transaction lands whole or not at all, and is seen by its handle at once. */
static int transactions(dsr_base *base) {
  CHECK_STATUS(DSR_OK, base, dsr_begin(base));
  CHECK_STATUS(DSR_OK, base, dsr_add(base, "met(a, b) @ 2023-09-28", NULL));
  CHECK_STATUS(DSR_OK, base, dsr_add(base, "met(c, b) @ 2023-09-28", NULL));
  CHECK(holds(base, "met(b, a)") == 1); /* symmetric */
  CHECK_STATUS(DSR_OK, base, dsr_rollback(base));
  CHECK(holds(base, "met(b, a)") == 0);
  CHECK_STATUS(DSR_OK, base, dsr_begin(base));
  CHECK_STATUS(DSR_OK, base, dsr_add(base, "met(a, b) @ 2023-09-28", NULL));
  CHECK_STATUS(DSR_OK, base, dsr_add(base, "met(c, b) @ 2023-09-28", NULL));
  CHECK_STATUS(DSR_OK, base, dsr_commit(base));
  CHECK(dsr_changes(base) == 2);
  CHECK(holds(base, "met(b, a)") == 1);
  /* A load that fails dooms the transaction that it is a part of. */
  CHECK_STATUS(DSR_OK, base, dsr_begin(base));
  CHECK_STATUS(DSR_OK, base, dsr_add(base, "met(d, b) @ 2023-09-28", NULL));
  CHECK_STATUS(DSR_ESYNTAX, base, dsr_load(base, "bad.dl", "met(e, b", 8));
  CHECK(dsr_commit(base) < 0);
  CHECK(holds(base, "met(d, b)") == 0);
  return 0;
}

int main(void) {
  dsr_base *base;
  CHECK(dsr_open(NULL, NULL, &base) == DSR_OK);
  CHECK_STATUS(DSR_OK, base, dsr_load(base, "declared", declared, strlen(declared)));
  if (every_part(base) || denials(base) || retractions(base)) return 1;
  if (refusals(base) || transactions(base)) return 1;
  CHECK_STATUS(DSR_OK, base, dsr_close(base));
  puts("all changed");
  return 0;
}
