/*
** rule.c - the command `rules`: the rules that a base keeps, told and dropped.
**
** Told without a format, they are a text in the language: each behind a comment that has
** its number and its place.
*/
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/out.h"
#include "cli/pager.h"
#include "cli/rows.h"
#include "cli/target.h"

static const char rules_help[] =
    "rules: the rules and constraints that a base keeps.\n"
    "\n"
    "Usage: dossier [-b BASE] rules [FILE.dl...] [--format F]\n"
    "       dossier [-b BASE] rules --drop WHICH [--dry-run]\n"
    "\n"
    "Rules are put into a base by loading files that hold them, each once.  A file "
    "that "
    "is\n"
    "loaded with --replace and says a rule no more takes it out.  They are told with "
    "their\n"
    "numbers, and where they were last loaded from, as a text that can be loaded.\n"
    "\n"
    "  --drop WHICH  keep rules no more: '#3', the one of this number; or all that "
    "derive\n"
    "                a relation: aspirant, or aspirant/1.  Files that say them bring "
    "them\n"
    "                back when they are loaded.  dossier undo does not\n"
    "  --dry-run     only show what would be dropped\n"
    "  --format F    table, csv, tsv, json or md: number, relation, text, file, line\n"
    "\n"
    "  $ dossier rules\n"
    "  % #1 notes.dl:12\n"
    "  aspirant(X) :- recognised_aspirant(X, nato), not member(X, nato).\n"
    "  $ dossier rules --drop aspirant\n"
    "  dropped: #1 notes.dl:12\n"
    "    aspirant(X) :- recognised_aspirant(X, nato), not member(X, nato).\n";

enum { DROP, DRY_RUN };

static const dsr_flag rules_flags[] = {
    [DROP] = {"--drop", 1}, [DRY_RUN] = {"--dry-run", 0}, {NULL, 0}};

/* Print the lines of a rule, each behind `before`. */
static void say_text(const char *before, dsr_str text) {
  const char *at = text.data, *end = text.data + text.len;
  while (at < end) {
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    if (stop == NULL) stop = end;
    int len = (int)(stop - at);
    if (len > 0 && at[len - 1] == '\r') len--;
    dsr_out_say("%s%.*s", before, len, at);
    at = stop + 1;
  }
}

/* ---- telling ----------------------------------------------------------------------- */

static int say_rule(void *ud, const dsr_written_rule *rule) {
  (void)ud;
  dsr_out_say("%% #%lld %s:%d", (long long)rule->number, rule->file, rule->line);
  say_text("", rule->text);
  return ferror(stdout);
}

enum { COLUMNS = 5 };

/* Rows that are filled, and whether memory ran out. */
typedef struct filling {
  dsr_rows *rows;
  int lacking;
} filling;

static int add_rule(void *ud, const dsr_written_rule *rule) {
  filling *to = ud;
  char number[32], line[32], name[300] = "";
  snprintf(number, sizeof number, "%lld", (long long)rule->number);
  snprintf(line, sizeof line, "%d", rule->line);
  if (!rule->constraint) {
    snprintf(name, sizeof name, "%.*s/%d",
             rule->relation.len > 255 ? 255 : (int)rule->relation.len,
             rule->relation.data, rule->arity);
  }
  dsr_value cells[COLUMNS] = {
      {.type = DSR_INT, .integer = rule->number, .text = dsr_out_str(number)},
      {.type = DSR_TEXT, .text = dsr_out_str(name)},
      {.type = DSR_TEXT, .text = rule->text},
      {.type = DSR_TEXT, .text = dsr_out_str(rule->file)},
      {.type = DSR_INT, .integer = rule->line, .text = dsr_out_str(line)}};
  for (int i = 0; i < COLUMNS && !to->lacking; i++) {
    to->lacking = dsr_rows_add(to->rows, &cells[i]) < 0;
  }
  return to->lacking;
}

static int print_rows(dsr_base *base, const dsr_rows_look *look) {
  static const char *const names[COLUMNS] = {"number", "relation", "text", "file",
                                             "line"};
  filling to = {.rows = dsr_rows_new(stdout, COLUMNS, names, look)};
  if (to.rows == NULL) return dsr_tell("out of memory");
  dsr_status rc = dsr_rule_each(base, add_rule, &to);
  int lacking = dsr_rows_end(to.rows, rc >= 0 && !to.lacking) < 0 || to.lacking;
  if (rc < 0) return dsr_target_fail(base, rc);
  if (lacking) return dsr_tell("out of memory");
  return rc == DSR_NOTHING ? DSR_EXIT_NOTHING : DSR_EXIT_DONE;
}

static int print_text(dsr_base *base) {
  dsr_status rc = dsr_rule_each(base, say_rule, NULL);
  if (rc < 0) return dsr_target_fail(base, rc);
  if (rc == DSR_NOTHING) puts("no rules");
  return rc == DSR_NOTHING ? DSR_EXIT_NOTHING : DSR_EXIT_DONE;
}

static int tell_rules(dsr_options *options) {
  dsr_target on;
  dsr_rows_look look = {.width = dsr_out_width(), .colour = dsr_out_colour()};
  if (options->flag[DRY_RUN] != NULL) return dsr_tell("--dry-run goes with --drop");
  if (dsr_rows_format_of(options->format, &look.format) < 0) return DSR_EXIT_USAGE;
  int code = dsr_target_open(options, 1, &on);
  if (code != DSR_EXIT_DONE) return code;
  if (options->n_arguments > 0) {
    code = dsr_tell("rules takes no %s; to drop rules: dossier rules --drop %s",
                    options->arguments[0], options->arguments[0]);
  } else {
    dsr_pager_start(options);
    code = options->format != NULL ? print_rows(dsr_target_seen(&on), &look)
                                   : print_text(dsr_target_seen(&on));
  }
  dsr_target_close(&on);
  return code;
}

/* ---- dropping ---------------------------------------------------------------------- */

static int say_dropped(void *ud, const dsr_written_rule *rule) {
  ++*(int *)ud;
  dsr_out_say("dropped: #%lld %s:%d", (long long)rule->number, rule->file, rule->line);
  say_text("  ", rule->text);
  return 0;
}

static int offer_head(void *ud, const dsr_written_rule *rule) {
  char word[64];
  if (rule->constraint || rule->relation.len >= sizeof word) return 0;
  memcpy(word, rule->relation.data, rule->relation.len);
  word[rule->relation.len] = '\0';
  dsr_near_offer(ud, word);
  return 0;
}

static int tell_none(dsr_base *base, const char *which) {
  dsr_near race;
  dsr_near_start(&race, which);
  dsr_rule_each(base, offer_head, &race);
  dsr_out_say("no rule is %s %s%s%s%s", which[0] == '#' ? "number" : "kept for", which,
              race.best[0] != '\0' ? "; did you mean " : "", race.best,
              race.best[0] != '\0' ? "?" : "");
  return DSR_EXIT_NOTHING;
}

static int drop(dsr_base *base, const char *which, int dry) {
  int n = 0;
  dsr_status rc = dsr_begin(base);
  if (rc >= 0) rc = dsr_rule_drop(base, which, say_dropped, &n);
  if (rc >= 0 && n > 0 && !dry) rc = dsr_commit(base);
  if (rc < 0) return dsr_target_fail(base, rc);
  if (n == 0) return tell_none(base, which);
  if (dry) {
    puts("(a dry run: nothing was changed)");
  } else {
    dsr_out_say(
        "files that say %s bring %s back when they are loaded: change them, too",
        n == 1 ? "it" : "them", n == 1 ? "it" : "them");
  }
  return DSR_EXIT_DONE;
}

static int drop_rules(dsr_options *options) {
  dsr_target on;
  const char *which = options->flag[DROP];
  if (options->n_arguments > 0) {
    return dsr_tell("--drop takes one rule or relation; after %s came %s", which,
                    options->arguments[0]);
  }
  if (which[0] == '\0')
    return dsr_tell("drop which rule? its number, '#3', or relation");
  int code = dsr_target_write(options, 1, &on);
  if (code != DSR_EXIT_DONE) return code;
  code = drop(on.base, which, options->flag[DRY_RUN] != NULL);
  dsr_target_close(&on);
  return code;
}

static int run_rules(dsr_options *options) {
  return options->flag[DROP] != NULL ? drop_rules(options) : tell_rules(options);
}

const dsr_command dsr_command_rules = {
    "rules", "rules              the rules that the base keeps, and how to drop some",
    run_rules, rules_help, rules_flags};
