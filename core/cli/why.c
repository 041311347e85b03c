/*
** why.c - the command `why`: a proof as a tree, or what each rule is wanting.
**
** Steps come one by one, each with its depth, and are printed as they come: as text and
** Markdown indented by it, as JSON nested.
*/
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/buffer.h"
#include "cli/command.h"
#include "cli/out.h"
#include "cli/pager.h"
#include "cli/target.h"

static const char why_help[] =
    "why: why something holds, or why not.\n"
    "\n"
    "Usage: dossier [-b BASE] [view options] why [FILE.dl...] FACT [--format F]\n"
    "\n"
    "Tells the shortest proof of FACT: each derived fact with its rule, down to facts "
    "on\n"
    "record and the claims in view on them.  A derived fact is trusted as the weakest "
    "fact\n"
    "that the proof rests on.  FACT may be any query; of several answers the first one "
    "is\n"
    "explained.  Where it does not hold, each rule that might give it is told with the "
    "first\n"
    "condition that fails, and the exit code is 1.\n"
    "\n"
    "  --table N=FILE  read a tab-separated file as the relation N\n"
    "  --format F      text (default), json or md\n"
    "\n"
    "  $ dossier why notes.dl 'aspirant(ukraine)'\n"
    "  aspirant(ukraine)  (single-source)\n"
    "    by aspirant(X) :- seeks(X, nato), not member(X, nato).  [notes.dl:12]\n"
    "    seeks(ukraine, nato)  (single-source)\n"
    "      - article \"conclusion/2\", grade b2\n"
    "    not member(ukraine, nato)\n";

static const dsr_flag why_flags[] = {{"--table", DSR_FLAG_LIST}, {NULL, 0}};

typedef enum look { TEXT, JSON, MD } look;

typedef struct printer {
  look look;
  int open; /* JSON: objects that are not closed */
  int any;  /* JSON: the innermost list has an element */
} printer;

/* ---- text -------------------------------------------------------------------------- */

static dsr_buffer cited(const dsr_why_step *step, const dsr_why_claim *claim) {
  dsr_buffer b = {0};
  if (claim->denies) dsr_buffer_put(&b, "denied by ");
  dsr_buffer_show(&b, claim->source);
  if (claim->locator.len > 0) {
    dsr_buffer_put(&b, " \"");
    dsr_buffer_show(&b, claim->locator);
    dsr_buffer_put(&b, "\"");
  }
  if (strncmp(claim->kind.data, "stated", claim->kind.len) != 0) {
    dsr_buffer_put(&b, ", ");
    dsr_buffer_show(&b, claim->kind);
  }
  if (claim->speaker.len > 0) {
    dsr_buffer_put(&b, " to ");
    dsr_buffer_show(&b, claim->speaker);
  }
  if (claim->grade.len > 0) {
    dsr_buffer_put(&b, ", grade ");
    dsr_buffer_show(&b, claim->grade);
  }
  if (claim->fact.len != step->text.len ||
      memcmp(claim->fact.data, step->text.data, step->text.len) != 0) {
    dsr_buffer_put(&b, ", on ");
    dsr_buffer_show(&b, claim->fact);
  }
  return b;
}

/* What stands behind a step's text. */
static const char *remark(const dsr_why_step *step) {
  switch (step->kind) {
    case DSR_WHY_TABLE:
      return "in the table";
    case DSR_WHY_AGAIN:
      return "see above";
    case DSR_WHY_ABSENT:
      return "does not hold";
    default:
      return "";
  }
}

static dsr_buffer headline(const dsr_why_step *step) {
  dsr_buffer b = {0};
  int quoted = step->kind == DSR_WHY_TRIED;
  if (step->kind == DSR_WHY_FAILS) dsr_buffer_put(&b, "fails: ");
  if (step->kind == DSR_WHY_MORE && step->how.len == 0) dsr_buffer_put(&b, "... ");
  dsr_buffer_show(&b, quoted ? step->rule : step->text);
  if (step->how.len > 0) {
    dsr_buffer_put(&b, quoted ? "  with " : "  ");
    dsr_buffer_show(&b, step->how);
  }
  if (remark(step)[0] != '\0') {
    dsr_buffer_put(&b, "  ");
    dsr_buffer_put(&b, remark(step));
  }
  if (step->trust.len > 0) {
    dsr_buffer_put(&b, "  (");
    dsr_buffer_show(&b, step->trust);
    dsr_buffer_put(&b, ")");
  }
  return b;
}

static void say_place(const dsr_why_step *step) {
  if (step->file.len > 0 && step->line > 0) {
    printf("  [%.*s:%d]", (int)step->file.len, step->file.data, step->line);
  }
}

/* Print a line: `before` it, at the depth. */
static int say(int depth, const char *before, dsr_buffer *b, const char *after) {
  int failed = b->failed;
  if (!failed && b->len > 0) {
    printf("%*s%s%.*s%s", 2 * depth, "", before, (int)b->len, b->data, after);
  }
  dsr_buffer_free(b);
  return failed;
}

static int say_text(const dsr_why_step *step) {
  int lacking = 0;
  dsr_buffer head = headline(step);
  lacking |= say(step->depth, "", &head, "");
  if (step->kind == DSR_WHY_TRIED) say_place(step);
  puts("");
  if (step->rule.len > 0 && step->kind != DSR_WHY_TRIED) {
    dsr_buffer rule = {0};
    dsr_buffer_show(&rule, step->rule);
    lacking |= say(step->depth + 1, "by ", &rule, "");
    say_place(step);
    puts("");
  }
  for (int i = 0; i < step->n_claims; i++) {
    dsr_buffer claim = cited(step, &step->claims[i]);
    lacking |= say(step->depth + 1, "- ", &claim, "\n");
  }
  return lacking;
}

static int say_md(const dsr_why_step *step) {
  int lacking = 0;
  dsr_buffer head = headline(step);
  lacking |= say(step->depth, "- `", &head, "`");
  if (step->rule.len > 0 && step->kind != DSR_WHY_TRIED) {
    dsr_buffer rule = {0};
    dsr_buffer_show(&rule, step->rule);
    lacking |= say(0, " by `", &rule, "`");
  }
  say_place(step);
  puts("");
  for (int i = 0; i < step->n_claims; i++) {
    dsr_buffer claim = cited(step, &step->claims[i]);
    lacking |= say(step->depth + 1, "- *", &claim, "*\n");
  }
  return lacking;
}

/* ---- JSON -------------------------------------------------------------------------- */

static void put_json(dsr_str text) {
  putchar('"');
  for (size_t i = 0; i < text.len; i++) {
    unsigned char c = (unsigned char)text.data[i];
    if (c == '"' || c == '\\') {
      printf("\\%c", c);
    } else if (c < 0x20 || c == 0x7f) {
      printf("\\u%04x", c);
    } else {
      putchar(c);
    }
  }
  putchar('"');
}

static void field(const char *before, const char *name, dsr_str text) {
  if (text.len == 0) return;
  printf("%s\"%s\": ", before, name);
  put_json(text);
}

static const char *kind_word(dsr_why_kind kind) {
  static const char *const words[] = {[DSR_WHY_FACT] = "fact",
                                      [DSR_WHY_TABLE] = "table",
                                      [DSR_WHY_DERIVED] = "derived",
                                      [DSR_WHY_SAME] = "same",
                                      [DSR_WHY_AGGREGATE] = "aggregate",
                                      [DSR_WHY_ROW] = "row",
                                      [DSR_WHY_NOT] = "not",
                                      [DSR_WHY_COMPUTED] = "computed",
                                      [DSR_WHY_QUESTION] = "question",
                                      [DSR_WHY_AGAIN] = "again",
                                      [DSR_WHY_MORE] = "more",
                                      [DSR_WHY_ABSENT] = "absent",
                                      [DSR_WHY_TRIED] = "tried",
                                      [DSR_WHY_FAILS] = "fails"};
  return words[kind];
}

static void put_claim(const dsr_why_claim *claim) {
  field("{", "claim", claim->text);
  field(", ", "fact", claim->fact);
  field(", ", "source", claim->source);
  field(", ", "locator", claim->locator);
  field(", ", "kind", claim->kind);
  field(", ", "speaker", claim->speaker);
  field(", ", "grade", claim->grade);
  printf(", \"denies\": %s}", claim->denies ? "true" : "false");
}

static void close_json(printer *to, int depth) {
  for (; to->open > depth; to->open--) fputs("]}", stdout);
}

static void say_json(printer *to, const dsr_why_step *step) {
  int sibling = to->open > step->depth;
  close_json(to, step->depth);
  if (step->depth > 0) fputs(sibling ? ",\n" : "\n", stdout);
  printf("%*s{\"kind\": \"%s\"", step->depth, "", kind_word(step->kind));
  field(", ", "fact", step->text);
  field(", ", "how", step->how);
  field(", ", "rule", step->rule);
  field(", ", "file", step->file);
  if (step->line > 0) printf(", \"line\": %d", step->line);
  field(", ", "trust", step->trust);
  fputs(", \"claims\": [", stdout);
  for (int i = 0; i < step->n_claims; i++) {
    if (i > 0) fputs(", ", stdout);
    put_claim(&step->claims[i]);
  }
  fputs("], \"children\": [", stdout);
  to->open = step->depth + 1;
}

/* ---- the command --------------------------------------------------------------------- */

static int print_step(void *ud, const dsr_why_step *step) {
  printer *to = ud;
  if (to->look == JSON) {
    say_json(to, step);
    return ferror(stdout);
  }
  int lacking = to->look == MD ? say_md(step) : say_text(step);
  return lacking || ferror(stdout);
}

/* The look that `format` names: 0, or an exit code. */
static int find_look(const char *format, look *out) {
  *out = TEXT;
  if (format == NULL || strcmp(format, "text") == 0) return 0;
  *out = JSON;
  if (strcmp(format, "json") == 0) return 0;
  *out = MD;
  if (strcmp(format, "md") == 0) return 0;
  return dsr_tell("no format %s; there are text, json and md", format);
}

static int explain(dsr_base *base, const char *fact, printer *to) {
  dsr_status rc = dsr_why(base, fact, print_step, to);
  if (to->look == JSON && rc >= 0) {
    close_json(to, 0);
    puts("");
  }
  if (rc < 0) return dsr_target_fail(base, rc);
  return rc == DSR_NOTHING ? DSR_EXIT_NOTHING : DSR_EXIT_DONE;
}

static int run_why(dsr_options *options) {
  dsr_target on;
  printer to = {0};
  int code = find_look(options->format, &to.look);
  if (code != 0) return code;
  code = dsr_target_open(options, 1, &on);
  if (code != DSR_EXIT_DONE) return code;
  if (options->n_arguments == 1) {
    dsr_pager_start(options);
    code = explain(dsr_target_seen(&on), options->arguments[0], &to);
  } else if (options->n_arguments == 0) {
    code = dsr_tell("why what? try: dossier why 'joined(ukraine, pfp)'");
  } else {
    code = dsr_tell("one fact at a time; after %s came %s", options->arguments[0],
                    options->arguments[1]);
  }
  dsr_target_close(&on);
  return code;
}

const dsr_command dsr_command_why = {
    "why", "why FACT           a proof of something, or what is wanting for it",
    run_why, why_help, why_flags};
