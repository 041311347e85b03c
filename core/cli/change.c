/*
** change.c - the commands that change a base by hand: add, deny, retract, prefer,
** deprecate, undo, rename.
**
** Each is one transaction, or none: what changes is gathered as the engine tells it, and
** shown when the transaction has landed, or after it was rolled back where only a dry run
** was asked for.  What looks like a slip is told on standard error and done all the same.
*/
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/out.h"
#include "cli/target.h"

enum { SHOWN_MOST = 20 };

/* Lines of text that grow; where memory ran out, some are missing. */
typedef struct lines {
  char **items;
  int n, room, short_of_memory;
} lines;

/* A command at work. */
typedef struct work {
  dsr_options *options;
  dsr_target on;
  int dry; /* nothing is to last */
  lines opened, closed;
  lines told;    /* what is said of the facts, in their order */
  lines missing; /* of facts that have nothing on record to work on */
} work;

/* ---- lines ----------------------------------------------------------------------- */

static void lines_free(lines *list) {
  for (int i = 0; i < list->n; i++) free(list->items[i]);
  free(list->items);
  *list = (lines){0};
}

/* Add `before` and the text, unless that is there already. */
static void lines_add(lines *list, const char *before, dsr_str text) {
  size_t head = strlen(before);
  char *line = malloc(head + text.len + 1);
  if (list->n == list->room && line != NULL) {
    int room = list->room > 0 ? 2 * list->room : 16;
    char **items = realloc(list->items, (size_t)room * sizeof *items);
    if (items != NULL) list->items = items;
    if (items != NULL) list->room = room;
  }
  if (line == NULL || list->n == list->room) {
    list->short_of_memory = 1;
    free(line);
    return;
  }
  memcpy(line, before, head);
  if (text.len > 0) memcpy(line + head, text.data, text.len);
  line[head + text.len] = '\0';
  list->items[list->n++] = line;
}

static void lines_say(lines *list, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void lines_say(lines *list, const char *format, ...) {
  char *line;
  va_list arguments;
  va_start(arguments, format);
  int made = vasprintf(&line, format, arguments);
  va_end(arguments);
  if (made >= 0) {
    lines_add(list, "", (dsr_str){line, (size_t)made});
    free(line);
  } else {
    list->short_of_memory = 1;
  }
}

static void lines_print(const lines *list, const char *before, int most) {
  for (int i = 0; i < list->n && i < most; i++)
    dsr_out_say("%s%s", before, list->items[i]);
  if (list->n > most) dsr_out_say("%sand %d more", before, list->n - most);
}

/* What a dsr_told adds to, and what stands before each line. */
typedef struct taking {
  lines *list;
  const char *before;
  const lines *but; /* lines that are left out; NULL: none */
} taking;

static int take_line(void *ud, dsr_str text) {
  const taking *to = ud;
  for (int i = 0; to->but != NULL && i < to->but->n; i++) {
    const char *line = to->but->items[i];
    if (strlen(line) == text.len && memcmp(line, text.data, text.len) == 0) return 0;
  }
  int at = to->list->n;
  lines_add(to->list, to->before, text);
  for (int i = 0; to->list->n > at && i < at; i++) {
    if (strcmp(to->list->items[i], to->list->items[at]) != 0) continue;
    free(to->list->items[--to->list->n]); /* it was told before */
  }
  return 0;
}

/* ---- a command ------------------------------------------------------------------- */

static void take_change(void *ud, int change, dsr_str claim) {
  work *w = ud;
  lines_add(change > 0 ? &w->opened : &w->closed, "", claim);
}

/* Open the base and begin.  An exit code. */
static int start(work *w, dsr_options *options, int dry) {
  *w = (work){.options = options, .dry = dry};
  int code = dsr_target_write(options, 1, &w->on);
  if (code != DSR_EXIT_DONE) return code;
  dsr_status rc = dsr_watch(w->on.base, take_change, w);
  if (rc >= 0) rc = dsr_begin(w->on.base);
  if (rc >= 0) return DSR_EXIT_DONE;
  code = dsr_target_fail(w->on.base, rc);
  dsr_target_close(&w->on);
  return code;
}

/* Tell why it failed.  An exit code. */
static int fail(work *w, dsr_status rc) {
  int declares = strstr(dsr_errmsg(w->on.base), "declare it") != NULL;
  int from = strstr(dsr_errmsg(w->on.base), "found \"from\"") != NULL;
  int code = dsr_target_fail(w->on.base, rc);
  if (rc == DSR_ESOURCE && !declares && strcmp(w->options->command, "undo") != 0) {
    dsr_tell(
        "a new source is declared in a file that is loaded: "
        "source NAME { title: \"...\" }.");
  }
  if (from) dsr_tell("the fact stands alone here; whose claim it is says --source S");
  return code;
}

/* Make what was done last where `code` says that all went well.  An exit code. */
static int land(work *w, int code) {
  if (code == DSR_EXIT_DONE && !w->dry) {
    dsr_status rc = dsr_commit(w->on.base);
    return rc < 0 ? dsr_target_fail(w->on.base, rc) : code;
  }
  dsr_rollback(w->on.base);
  return code;
}

/* Close all; a dry run says so where there was something to see. */
static int finish(work *w, int code) {
  int short_of_memory = w->opened.short_of_memory | w->closed.short_of_memory |
                        w->told.short_of_memory | w->missing.short_of_memory;
  if (w->dry && code == DSR_EXIT_DONE) puts("(a dry run: nothing was changed)");
  dsr_target_close(&w->on);
  lines_free(&w->opened);
  lines_free(&w->closed);
  lines_free(&w->told);
  lines_free(&w->missing);
  return short_of_memory ? dsr_tell("out of memory: not all of it was shown") : code;
}

/* The fact without blanks and a dot at its end, as it is shown. */
static dsr_str shown(const char *fact) {
  dsr_str text = dsr_out_str(fact);
  while (text.len > 0 && strchr(" \t\n.", text.data[text.len - 1]) != NULL) text.len--;
  return text;
}

static int needs_facts(const dsr_options *options) {
  if (options->n_arguments > 0) return 0;
  dsr_tell("%s which fact? try: dossier %s 'joined(ukraine, pfp) @ 1994'",
           options->command, options->command);
  return 1;
}

/* Say what is on record of a fact at any time, since there is nothing on it. */
static void tell_around(work *w, const char *fact, const char *what) {
  taking to = {&w->missing, "  ", NULL};
  dsr_str text = shown(fact);
  int at = w->missing.n + 1;
  lines_say(&w->missing, "%s: %.*s", what, (int)text.len, text.data);
  dsr_claims_of(w->on.base, DSR_CLAIMS_AROUND, fact, take_line, &to);
  if (w->missing.n == at) dsr_fact_slips(w->on.base, fact, take_line, &to);
  if (w->missing.n == at)
    lines_say(&w->missing, "  nothing is on record of it, at any time");
}

/* All or nothing: where a fact has nothing to work on, the others are left alone, too.
** An exit code. */
static int land_all(work *w, dsr_status rc) {
  int code = DSR_EXIT_DONE;
  if (rc < 0) {
    code = fail(w, rc);
  } else if (w->missing.n > 0) {
    code = DSR_EXIT_NOTHING;
  }
  code = land(w, code);
  if (code == DSR_EXIT_DONE) lines_print(&w->told, "", w->told.n);
  if (code == DSR_EXIT_NOTHING) lines_print(&w->missing, "", w->missing.n);
  if (code == DSR_EXIT_NOTHING && w->options->n_arguments > 1) {
    puts("nothing was changed");
  }
  return finish(w, code);
}

/* ---- add, deny, retract ---------------------------------------------------------- */

enum { SOURCE, LOCATOR, KIND, SPEAKER, GRADE, QUOTE, CONFIDENCE, DRY_RUN };

static const dsr_flag claim_flags[] = {
    {"--source", 1},     {"--locator", 1}, {"--kind", 1},
    {"--speaker", 1},    {"--grade", 1},   {"--quote", 1},
    {"--confidence", 1}, {"--dry-run", 0}, {NULL, 0}};

static dsr_str flag_text(const dsr_options *options, int which) {
  const char *text = options->flag[which];
  return text == NULL ? (dsr_str){NULL, 0} : dsr_out_str(text);
}

static int read_kind(const char *word, dsr_kind *out) {
  static const char *const words[] = {"stated", "attributed", "assessed"};
  dsr_near race;
  dsr_near_start(&race, word);
  for (int i = 0; i < 3; i++) {
    if (strcmp(word, words[i]) == 0) {
      *out = (dsr_kind)i;
      return 0;
    }
    dsr_near_offer(&race, words[i]);
  }
  dsr_tell("--kind takes stated, attributed or assessed; came %s%s%s%s", word,
           race.best[0] != '\0' ? "; did you mean " : "", race.best,
           race.best[0] != '\0' ? "?" : "");
  return -1;
}

/* The claim that the options make: 0, or -1 where one of them is wrong, told. */
static int read_claim(const dsr_options *options, dsr_claim *out) {
  const char *kind = options->flag[KIND], *confidence = options->flag[CONFIDENCE];
  *out = (dsr_claim){.source = flag_text(options, SOURCE),
                     .locator = flag_text(options, LOCATOR),
                     .speaker = flag_text(options, SPEAKER),
                     .grade = flag_text(options, GRADE),
                     .quotation = flag_text(options, QUOTE),
                     .has_kind = kind != NULL,
                     .has_confidence = confidence != NULL};
  if (kind == NULL && out->speaker.len > 0) out->kind = DSR_ATTRIBUTED;
  if (kind != NULL && read_kind(kind, &out->kind) < 0) return -1;
  if (confidence == NULL) return 0;
  char *end;
  out->confidence = strtod(confidence, &end);
  if (*end == '\0' && out->confidence >= 0 && out->confidence <= 1) return 0;
  dsr_tell("--confidence takes a number from 0 to 1; came %s", confidence);
  return -1;
}

static int warn_slip(void *ud, dsr_str text) {
  const work *w = ud;
  dsr_tell("warning: %.*s%s", (int)text.len, text.data,
           w->dry ? "" : " (dossier undo takes it back)");
  return 0;
}

/* Add or deny one fact. */
static dsr_status claim_fact(work *w, int denies, const char *fact,
                             const dsr_claim *claim) {
  dsr_base *base = w->on.base;
  int at = w->opened.n;
  dsr_status rc = dsr_fact_slips(base, fact, warn_slip, w);
  if (rc >= 0) rc = denies ? dsr_deny(base, fact, claim) : dsr_add(base, fact, claim);
  if (rc < 0) return rc;
  if (rc == DSR_NOTHING) {
    dsr_str text = shown(fact);
    lines_say(&w->told, "already on record: %s%.*s", denies ? "deny " : "",
              (int)text.len, text.data);
  }
  for (; at < w->opened.n; at++) {
    lines_add(&w->told, "added: ", dsr_out_str(w->opened.items[at]));
  }
  taking to = {&w->told, "  in conflict with: ", &w->opened};
  return dsr_claims_of(base, denies ? DSR_CLAIMS_FOR : DSR_CLAIMS_AGAINST, fact,
                       take_line, &to);
}

static int run_claim(dsr_options *options, int denies) {
  work w;
  dsr_claim claim;
  if (needs_facts(options) || read_claim(options, &claim) < 0) return DSR_EXIT_USAGE;
  if (claim.kind == DSR_ATTRIBUTED && claim.speaker.len == 0) {
    return dsr_tell("a claim that is attributed needs its speaker: --speaker P");
  }
  int code = start(&w, options, options->flag[DRY_RUN] != NULL);
  if (code != DSR_EXIT_DONE) return code;
  dsr_status rc = DSR_OK;
  for (int i = 0; rc >= 0 && i < options->n_arguments; i++) {
    rc = claim_fact(&w, denies, options->arguments[i], &claim);
  }
  return land_all(&w, rc);
}

static int run_add(dsr_options *options) { return run_claim(options, 0); }
static int run_deny(dsr_options *options) { return run_claim(options, 1); }

static dsr_status retract_fact(work *w, const char *fact, const dsr_claim *claim) {
  int at = w->closed.n;
  dsr_status rc = dsr_retract(w->on.base, fact, claim);
  if (rc == DSR_NOTHING) tell_around(w, fact, "no such claim is on record");
  for (; at < w->closed.n; at++) {
    lines_add(&w->told, "retracted: ", dsr_out_str(w->closed.items[at]));
  }
  return rc;
}

static int run_retract(dsr_options *options) {
  work w;
  dsr_claim claim;
  if (needs_facts(options) || read_claim(options, &claim) < 0) return DSR_EXIT_USAGE;
  int code = start(&w, options, options->flag[DRY_RUN] != NULL);
  if (code != DSR_EXIT_DONE) return code;
  dsr_status rc = DSR_OK;
  for (int i = 0; rc >= 0 && i < options->n_arguments; i++) {
    rc = retract_fact(&w, options->arguments[i], &claim);
  }
  return land_all(&w, rc);
}

/* ---- prefer, deprecate ----------------------------------------------------------- */

enum { JUDGED, BECAUSE, BY, WITHDRAW, JUDGE_DRY_RUN };

static const dsr_flag verdict_flags[] = {{"--source", 1},  {"--because", 1},
                                         {"--by", 1},      {"--withdraw", 0},
                                         {"--dry-run", 0}, {NULL, 0}};

/* The verdict that the options make: 0, or -1 where something is missing, told. */
static int read_verdict(const dsr_options *options, dsr_verdict *out) {
  *out = (dsr_verdict){.of = flag_text(options, JUDGED),
                       .because = flag_text(options, BECAUSE),
                       .by = flag_text(options, BY)};
  if (options->flag[WITHDRAW] != NULL) return 0;
  if (out->because.len == 0) {
    dsr_tell("a verdict has a reason: --because \"...\"");
    return -1;
  }
  if (out->by.len == 0) {
    dsr_tell("a verdict has an author: --by SOURCE");
    return -1;
  }
  return 0;
}

static int count_line(void *ud, dsr_str text) {
  (void)text;
  ++*(int *)ud;
  return 0;
}

/* A verdict that changed nothing is live already, or the fact was never claimed. */
static void tell_idle(work *w, dsr_judgement what, const char *fact) {
  int claims = 0;
  dsr_str text = shown(fact);
  if (what >= DSR_JUDGE_WITHDRAW) {
    tell_around(w, fact, "no such verdict is on record");
    return;
  }
  dsr_claims_of(w->on.base, DSR_CLAIMS_ON, fact, count_line, &claims);
  if (claims == 0) {
    tell_around(w, fact, "never claimed, so not judged");
  } else {
    lines_say(&w->told, "already on record: %s %.*s", w->options->command,
              (int)text.len, text.data);
  }
}

static dsr_status judge_fact(work *w, dsr_judgement what, const char *fact,
                             const dsr_verdict *verdict) {
  int opened = w->opened.n, closed = w->closed.n;
  dsr_status rc = dsr_judge(w->on.base, what, fact, verdict);
  if (rc == DSR_NOTHING) tell_idle(w, what, fact);
  for (; opened < w->opened.n; opened++) {
    lines_add(&w->told, "added: ", dsr_out_str(w->opened.items[opened]));
  }
  for (; closed < w->closed.n; closed++) {
    lines_add(&w->told, "withdrawn: ", dsr_out_str(w->closed.items[closed]));
  }
  return rc;
}

static int run_judge(dsr_options *options, dsr_judgement what) {
  work w;
  dsr_verdict verdict;
  if (needs_facts(options) || read_verdict(options, &verdict) < 0)
    return DSR_EXIT_USAGE;
  int code = start(&w, options, options->flag[JUDGE_DRY_RUN] != NULL);
  if (code != DSR_EXIT_DONE) return code;
  dsr_status rc = DSR_OK;
  for (int i = 0; rc >= 0 && i < options->n_arguments; i++) {
    rc = judge_fact(&w, what, options->arguments[i], &verdict);
  }
  return land_all(&w, rc);
}

static int run_prefer(dsr_options *options) {
  return run_judge(options, options->flag[WITHDRAW] != NULL ? DSR_JUDGE_WITHDRAW_PREFER
                                                            : DSR_JUDGE_PREFER);
}

static int run_deprecate(dsr_options *options) {
  return run_judge(options, options->flag[WITHDRAW] != NULL
                                ? DSR_JUDGE_WITHDRAW_DEPRECATE
                                : DSR_JUDGE_DEPRECATE);
}

/* ---- undo ------------------------------------------------------------------------ */

static const dsr_flag undo_flags[] = {{"--dry-run", 0}, {NULL, 0}};

/* "#17" or "17": 0, or -1 where it is no number, told. */
static int read_number(const dsr_options *options, int64_t *out) {
  *out = 0;
  if (options->n_arguments == 0) return 0;
  const char *word = options->arguments[0], *digits = word + (word[0] == '#');
  char *end;
  *out = strtoll(digits, &end, 10);
  if (options->n_arguments == 1 && end > digits && *end == '\0' && *out > 0) return 0;
  if (options->n_arguments > 1) {
    dsr_tell("one transaction at a time; after %s came %s", word,
             options->arguments[1]);
  } else {
    dsr_tell("a transaction is told by its number, as in '#17'; came %s", word);
  }
  return -1;
}

static int run_undo(dsr_options *options) {
  work w;
  int64_t number;
  char time[32] = "";
  if (read_number(options, &number) < 0) return DSR_EXIT_USAGE;
  int code = start(&w, options, options->flag[0] != NULL);
  if (code != DSR_EXIT_DONE) return code;
  dsr_status rc = dsr_undo(w.on.base, number, &number);
  if (rc == DSR_OK) rc = dsr_transaction_time(w.on.base, number, time);
  if (rc < 0) code = fail(&w, rc);
  if (rc == DSR_NOTHING) {
    dsr_out_say(
        "nothing of transaction %lld is left to take back; what it declared of "
        "relations stays",
        (long long)number);
    code = DSR_EXIT_NOTHING;
  }
  code = land(&w, code);
  if (code == DSR_EXIT_DONE) {
    dsr_out_say("undone: transaction %lld (%s)", (long long)number, time);
    lines_print(&w.closed, "- ", SHOWN_MOST);
    lines_print(&w.opened, "+ ", SHOWN_MOST);
    if (!w.dry) puts("to do it again: dossier undo");
  }
  return finish(&w, code);
}

/* ---- rename ---------------------------------------------------------------------- */

static const dsr_flag rename_flags[] = {{"--merge", 0}, {"--dry-run", 0}, {NULL, 0}};

/* A name in the quotes of the language, as completion gives it, without them. */
static char *plain_name(const char *word) {
  size_t len = strlen(word), n = 0;
  char *name = malloc(len + 1);
  if (name == NULL) return NULL;
  memcpy(name, word, len + 1);
  if (len < 3 || word[0] != '\'' || word[len - 1] != '\'') return name;
  for (size_t i = 1; i < len - 1; i++) {
    char c = word[i];
    if ((c == '\\' || (c == '\'' && word[i + 1] == '\'')) && i + 2 < len) c = word[++i];
    name[n++] = c;
  }
  name[n] = '\0';
  return name;
}

static int offer_name(void *ud, dsr_str name) {
  char word[64];
  if (name.len >= sizeof word) return 0;
  memcpy(word, name.data, name.len);
  word[name.len] = '\0';
  dsr_near_offer(ud, word);
  return 0;
}

static void tell_nobody(work *w, const char *old) {
  dsr_near race;
  dsr_near_start(&race, old);
  dsr_name_each(w->on.base, DSR_NAME_ENTITY, NULL, offer_name, &race);
  dsr_name_each(w->on.base, DSR_NAME_RELATION, NULL, offer_name, &race);
  dsr_out_say("nothing is called %s%s%s%s", old,
              race.best[0] != '\0' ? "; did you mean " : "", race.best,
              race.best[0] != '\0' ? "?" : "");
}

static void tell_renamed(const work *w, const char *old, const char *name) {
  int claims = w->closed.n;
  if (claims > 0) {
    dsr_out_say("renamed: %s is now %s (%d claim%s)", old, name, claims,
                dsr_out_plural(claims));
  } else {
    dsr_out_say("renamed: the relation %s is now %s", old, name);
  }
  if (!w->dry) {
    dsr_out_say(
        "files that say %s bring it back when they are loaded: change them, too", old);
  }
}

static int rename_it(work *w, const char *old, const char *name) {
  int merge = w->options->flag[0] != NULL;
  dsr_status rc = dsr_rename(w->on.base, old, name, merge);
  int code = DSR_EXIT_DONE;
  if (rc < 0) code = fail(w, rc);
  if (rc == DSR_EDECLARE && !merge && strstr(dsr_errmsg(w->on.base), "(merge)")) {
    dsr_tell("where both are one and the same: dossier rename %s %s --merge", old,
             name);
  }
  if (rc == DSR_NOTHING) {
    tell_nobody(w, old);
    code = DSR_EXIT_NOTHING;
  }
  code = land(w, code);
  if (code == DSR_EXIT_DONE) tell_renamed(w, old, name);
  return code;
}

static int run_rename(dsr_options *options) {
  work w;
  if (options->n_arguments != 2) {
    return dsr_tell(
        "rename takes the old name and the new one, as in: dossier rename "
        "ukrane ukraine");
  }
  char *old = plain_name(options->arguments[0]);
  char *name = plain_name(options->arguments[1]);
  int code = DSR_EXIT_USAGE;
  if (old == NULL || name == NULL) {
    dsr_tell("out of memory");
  } else if (strcmp(old, name) == 0) {
    dsr_tell("%s is its name already", old);
  } else {
    code = start(&w, options, options->flag[1] != NULL);
    if (code == DSR_EXIT_DONE) code = finish(&w, rename_it(&w, old, name));
  }
  free(old);
  free(name);
  return code;
}

/* ---- help ------------------------------------------------------------------------ */

#define CLAIM_OPTIONS                                                            \
  "      --source S      whose claim; a source is declared in a file: source S " \
  "{...}.\n"                                                                     \
  "      --locator L     where in the source: \"background/2\"\n"                \
  "      --kind K        stated, attributed (with --speaker) or assessed\n"      \
  "      --speaker P     who says so, as the source reports\n"                   \
  "      --grade G       how good it is: b2, or 2\n"                             \
  "      --quote Q       the words of the source\n"                              \
  "      --confidence C  a number from 0 to 1\n"                                 \
  "      --dry-run       only show what would change\n"

static const char add_help[] =
    "add: put facts on record.\n"
    "\n"
    "Usage: dossier [-b BASE] [--now T] add FACT... [options]\n"
    "\n"
    "Several facts are one transaction.  Without --source, a fact is on record with "
    "no\n"
    "source behind it.  Whatever the fact is in conflict with is told.\n"
    "\n" CLAIM_OPTIONS
    "\n"
    "  $ dossier add 'joined(ukraine, pfp) @ 1994' --source article\n"
    "  added: joined(ukraine, pfp) @ 1994 from article\n";

static const char deny_help[] =
    "deny: put on record that something is not so.\n"
    "\n"
    "Usage: dossier [-b BASE] [--now T] deny FACT... [options]\n"
    "\n"
    "A denial of a coarse time, or of none, denies every finer time within.\n"
    "\n" CLAIM_OPTIONS
    "\n"
    "  $ dossier deny 'member(ukraine, nato)' --source record --locator 2023\n"
    "  added: deny member(ukraine, nato) from record \"2023\"\n";

static const char retract_help[] =
    "retract: take back claims on facts; history keeps them.\n"
    "\n"
    "Usage: dossier [-b BASE] [--now T] retract FACT... [options]\n"
    "\n"
    "The time is the very time that is on record.  Of the live claims on the fact, "
    "those\n"
    "that agree with the options are closed; without options, all.  Where a fact has "
    "none,\n"
    "nothing is retracted, and what is on record of it is shown (exit code 1).\n"
    "\n" CLAIM_OPTIONS
    "\n"
    "  $ dossier retract 'joined(ukraine, pfp) @ 1994' --source article\n"
    "  retracted: joined(ukraine, pfp) @ 1994 from article\n";

#define VERDICT_OPTIONS                                                     \
  "      --source S    judge the claims of this source only\n"              \
  "      --because R   the reason\n"                                        \
  "      --by S        whose judgement: a declared source\n"                \
  "      --withdraw    close such verdicts that agree with what is given\n" \
  "      --dry-run     only show what would change\n"

static const char prefer_help[] =
    "prefer: of facts in conflict, keep this one in settled views.\n"
    "\n"
    "Usage: dossier [-b BASE] [--now T] prefer FACT... --because R --by S [options]\n"
    "\n"
    "Nothing is deleted: the other facts are left out of --settled views only.\n"
    "\n" VERDICT_OPTIONS
    "\n"
    "  $ dossier prefer 'held_on(m, 2023-09-28)' --because 'the minutes' --by analyst\n"
    "  added: prefer held_on(m, 2023-09-28) because \"the minutes\" by analyst\n";

static const char deprecate_help[] =
    "deprecate: leave a fact, or what one source claims of it, out of settled views.\n"
    "\n"
    "Usage: dossier [-b BASE] [--now T] deprecate FACT... --because R --by S "
    "[options]\n"
    "\n"
    "Nothing is deleted: the claims are left out of --settled views only.\n"
    "\n" VERDICT_OPTIONS
    "\n"
    "  $ dossier deprecate 'held_on(m, 2023-09-15)' --source article \\\n"
    "      --because 'a misprint' --by analyst\n"
    "  added: deprecate held_on(m, 2023-09-15) from article because \"a misprint\" by "
    "analyst\n";

static const char undo_help[] =
    "undo: take back what a transaction did.\n"
    "\n"
    "Usage: dossier [-b BASE] [--now T] undo ['#N'] [--dry-run]\n"
    "\n"
    "Without a number, the last one.  Claims that it made and that are live are "
    "closed;\n"
    "claims that it took back are made again.  History keeps all of it, and undoing "
    "an\n"
    "undo is a redo.  Declarations, rules and names of relations stay.  It is refused\n"
    "where a source would vanish that claims of other transactions name.\n"
    "\n"
    "  $ dossier undo\n"
    "  undone: transaction 17 (2026-01-02T03:04:05Z)\n"
    "  - joined(ukrane, pfp) @ 1994 from article\n"
    "  to do it again: dossier undo\n";

static const char rename_help[] =
    "rename: give an entity, or a relation, another name.\n"
    "\n"
    "Usage: dossier [-b BASE] [--now T] rename OLD NEW [--merge] [--dry-run]\n"
    "\n"
    "Every live claim that mentions the entity, or that it makes as a source or a "
    "speaker,\n"
    "is made again with the new name; before that time the base knew it by the old "
    "one.\n"
    "Where nothing is so called, but a relation is (joined or joined/2), the relation "
    "has\n"
    "the new name, in all of its history.  Rules stay as they were written: what one "
    "of them\n"
    "names is renamed when it is dropped (dossier rules --drop), and loaded again "
    "after.\n"
    "\n"
    "      --merge    NEW is in use already: the two become one\n"
    "      --dry-run  only show what would change\n"
    "\n"
    "  $ dossier rename ukrane ukraine --merge\n"
    "  renamed: ukrane is now ukraine (3 claims)\n";

const dsr_command dsr_command_add = {
    "add", "add FACT...        put facts on record: dossier add 'p(a)' --source S",
    run_add, add_help, claim_flags};
const dsr_command dsr_command_deny = {
    "deny", "deny FACT...       put on record that something is not so", run_deny,
    deny_help, claim_flags};
const dsr_command dsr_command_retract = {
    "retract", "retract FACT...    take back claims; history keeps them", run_retract,
    retract_help, claim_flags};
const dsr_command dsr_command_prefer = {
    "prefer", "prefer FACT...     of facts in conflict, keep this one in settled views",
    run_prefer, prefer_help, verdict_flags};
const dsr_command dsr_command_deprecate = {
    "deprecate", "deprecate FACT...  leave a fact out of settled views", run_deprecate,
    deprecate_help, verdict_flags};
const dsr_command dsr_command_undo = {
    "undo",
    "undo ['#N']        take back what the last transaction did, or transaction N",
    run_undo, undo_help, undo_flags};
const dsr_command dsr_command_rename = {
    "rename", "rename OLD NEW     another name for an entity or a relation", run_rename,
    rename_help, rename_flags};
