/*
** why_write.c - an explanation as text, JSON or Markdown: one writer for the command and
** for hosts.
**
** Text and Markdown are a line for each step, rule and claim, indented by its depth; no
** terminal obeys anything in them, since controls are shown as escapes.  JSON is one object,
** the steps that a step rests on nested in its "children".  All goes into memory: an
** account has at most some thousand lines.
*/
#include <stdio.h>
#include <string.h>

#include "ground/text.h"
#include "logic/why.h"

/* What is being written; once memory has run out, nothing more is. */
typedef struct writer {
  dsr_bytes *out;
  bool lacking;
  int open; /* JSON: objects that are not closed */
} writer;

const char *dsr_why_kind_word(dsr_why_kind kind) {
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

/* ---- bytes -------------------------------------------------------------------------- */

static void add(writer *w, const char *data, size_t len) {
  if (!w->lacking && len > 0) w->lacking = !dsr_bytes_put(w->out, data, len);
}

static void put(writer *w, const char *text) { add(w, text, strlen(text)); }

static void indent(writer *w, int n) {
  for (int i = 0; i < n; i++) put(w, " ");
}

/* Bytes at the beginning of `text` that a terminal may obey: C0, DEL, C1, and what turns
** the direction of writing. */
static size_t control(dsr_str text) {
  const unsigned char *at = (const unsigned char *)text.data;
  if (at[0] < 0x20 || at[0] == 0x7f) return 1;
  if (at[0] == 0xc2 && text.len > 1) return at[1] < 0xa0 ? 2 : 0;
  if (at[0] != 0xe2 || text.len < 3) return 0;
  bool turns = (at[1] == 0x80 && at[2] >= 0xaa && at[2] <= 0xae) ||
               (at[1] == 0x81 && at[2] >= 0xa6 && at[2] <= 0xa9);
  return turns ? 3 : 0;
}

static void escape(writer *w, const char *at, size_t size) {
  char made[16];
  unsigned point = (unsigned char)at[0];
  if (size > 1) point &= size == 2 ? 0x1f : 0x0f;
  for (size_t i = 1; i < size; i++) point = point << 6 | (at[i] & 0x3f);
  const char *known = size == 1 ? strchr("\nn\tt\rr", (int)point) : NULL;
  if (point != 0 && known != NULL && point < 0x20) {
    snprintf(made, sizeof made, "\\%c", known[1]);
  } else {
    snprintf(made, sizeof made, size == 1 ? "\\x%02x" : "\\u{%x}", point);
  }
  put(w, made);
}

/* Text on one line, its controls as escapes. */
static void show(writer *w, dsr_str text) {
  while (text.len > 0) {
    size_t plain = 0, size = 0;
    while (plain < text.len) {
      size = control((dsr_str){text.data + plain, text.len - plain});
      if (size > 0) break;
      plain++;
    }
    add(w, text.data, plain);
    if (size > 0) escape(w, text.data + plain, size);
    text = (dsr_str){text.data + plain + size, text.len - plain - size};
  }
}

/* ---- what lines say ------------------------------------------------------------------ */

/* Who says it and where: "article "conclusion/2", grade b2". */
static void cite(writer *w, const dsr_why_step *step, const dsr_why_claim *claim) {
  if (claim->denies) put(w, "denied by ");
  show(w, claim->source);
  if (claim->locator.len > 0) {
    put(w, " \"");
    show(w, claim->locator);
    put(w, "\"");
  }
  if (!dsr_str_is(claim->kind, "stated")) {
    put(w, ", ");
    show(w, claim->kind);
  }
  if (claim->speaker.len > 0) {
    put(w, " to ");
    show(w, claim->speaker);
  }
  if (claim->grade.len > 0) {
    put(w, ", grade ");
    show(w, claim->grade);
  }
  if (!dsr_str_eq(claim->fact, step->text)) {
    put(w, ", on ");
    show(w, claim->fact);
  }
}

static bool is_way(dsr_str how) {
  return dsr_str_is(how, "is") || dsr_str_is(how, "symmetric") ||
         dsr_str_is(how, "inverse");
}

/* What stands behind a step's text. */
static void remark(writer *w, const dsr_why_step *step) {
  if (step->how.len > 0) {
    put(w, step->kind == DSR_WHY_TRIED ? "  with " : "  ");
    if (is_way(step->how)) put(w, "through ");
    show(w, step->how);
  }
  if (step->kind == DSR_WHY_TABLE) put(w, "  in the table");
  if (step->kind == DSR_WHY_AGAIN) put(w, "  see above");
  if (step->kind == DSR_WHY_ABSENT) put(w, "  does not hold");
  if (step->trust.len == 0) return;
  put(w, "  (");
  show(w, step->trust);
  put(w, ")");
}

static const char *before(const dsr_why_step *step) {
  if (step->kind == DSR_WHY_FAILS) return "fails: ";
  return step->kind == DSR_WHY_MORE && step->how.len == 0 ? "... " : "";
}

/* Where the rule is: "[notes.dl:12]". */
static void place(writer *w, const dsr_why_step *step, const char *start,
                  const char *end) {
  char line[16];
  if (step->file.len == 0 || step->line <= 0) return;
  put(w, start);
  show(w, step->file);
  snprintf(line, sizeof line, ":%d", step->line);
  put(w, line);
  put(w, end);
}

static bool is_tried(const dsr_why_step *step) { return step->kind == DSR_WHY_TRIED; }

/* ---- text ---------------------------------------------------------------------------- */

static void write_text(writer *w, const dsr_why_step *step) {
  indent(w, 2 * step->depth);
  put(w, before(step));
  show(w, is_tried(step) ? step->rule : step->text);
  remark(w, step);
  if (is_tried(step)) place(w, step, "  [", "]");
  put(w, "\n");
  if (step->rule.len > 0 && !is_tried(step)) {
    indent(w, 2 * step->depth + 2);
    put(w, "by ");
    show(w, step->rule);
    place(w, step, "  [", "]");
    put(w, "\n");
  }
  for (int i = 0; i < step->n_claims; i++) {
    indent(w, 2 * step->depth + 2);
    put(w, "- ");
    cite(w, step, &step->claims[i]);
    put(w, "\n");
  }
}

/* ---- Markdown ------------------------------------------------------------------------ */

/* A span of code: between more backticks than are in it side by side. */
static void code(writer *w, dsr_str text) {
  size_t most = 0, run = 0;
  for (size_t i = 0; i < text.len; i++) {
    run = text.data[i] == '`' ? run + 1 : 0;
    if (run > most) most = run;
  }
  bool edge = most > 0 && (text.data[0] == '`' || text.data[text.len - 1] == '`');
  for (size_t i = 0; i <= most; i++) put(w, "`");
  if (edge) put(w, " ");
  show(w, text);
  if (edge) put(w, " ");
  for (size_t i = 0; i <= most; i++) put(w, "`");
}

/* What was written since `start`, with what Markdown would take for a mark escaped. */
static void guard(writer *w, size_t start) {
  dsr_bytes own = {0};
  if (!w->lacking) {
    size_t len = w->out->len - start;
    w->lacking = !dsr_bytes_put(&own, w->out->items + start, len);
  }
  if (!w->lacking) w->out->len = start;
  for (size_t i = 0; i < own.len && !w->lacking; i++) {
    char byte = (char)own.items[i];
    if (strchr("\\`*_[]<>", byte) != NULL) put(w, "\\");
    add(w, &byte, 1);
  }
  VEC_FREE(&own);
}

static void write_markdown(writer *w, const dsr_why_step *step) {
  indent(w, 2 * step->depth);
  put(w, "- ");
  put(w, before(step));
  bool words = step->kind == DSR_WHY_MORE && step->how.len == 0;
  if (words) {
    show(w, step->text);
  } else {
    code(w, is_tried(step) ? step->rule : step->text);
  }
  size_t start = w->out->len;
  remark(w, step);
  guard(w, start);
  if (step->rule.len > 0 && !is_tried(step)) {
    put(w, "  by ");
    code(w, step->rule);
  }
  place(w, step, "  at `", "`");
  put(w, "\n");
  for (int i = 0; i < step->n_claims; i++) {
    indent(w, 2 * step->depth + 2);
    put(w, "- *");
    start = w->out->len;
    cite(w, step, &step->claims[i]);
    guard(w, start);
    put(w, "*\n");
  }
}

/* ---- JSON ---------------------------------------------------------------------------- */

static void put_json(writer *w, dsr_str text) {
  put(w, "\"");
  for (size_t i = 0; i < text.len; i++) {
    unsigned char c = (unsigned char)text.data[i];
    char made[8];
    if (c == '"' || c == '\\') put(w, "\\");
    if (c < 0x20 || c == 0x7f) {
      snprintf(made, sizeof made, "\\u%04x", c);
      put(w, made);
    } else {
      add(w, &text.data[i], 1);
    }
  }
  put(w, "\"");
}

static void field(writer *w, const char *start, dsr_str text) {
  if (text.len == 0) return;
  put(w, start);
  put_json(w, text);
}

static void json_claim(writer *w, const dsr_why_claim *claim) {
  field(w, "{\"claim\": ", claim->text);
  field(w, ", \"fact\": ", claim->fact);
  field(w, ", \"source\": ", claim->source);
  field(w, ", \"locator\": ", claim->locator);
  field(w, ", \"kind\": ", claim->kind);
  field(w, ", \"speaker\": ", claim->speaker);
  field(w, ", \"grade\": ", claim->grade);
  put(w, claim->denies ? ", \"denies\": true}" : ", \"denies\": false}");
}

static void close_json(writer *w, int depth) {
  for (; w->open > depth; w->open--) put(w, "]}");
}

static void write_json(writer *w, const dsr_why_step *step) {
  char line[32];
  bool sibling = w->open > step->depth;
  close_json(w, step->depth);
  if (step->depth > 0) put(w, sibling ? ",\n" : "\n");
  indent(w, step->depth);
  put(w, "{\"kind\": \"");
  put(w, dsr_why_kind_word(step->kind));
  put(w, "\"");
  field(w, ", \"fact\": ", step->text);
  field(w, ", \"how\": ", step->how);
  field(w, ", \"rule\": ", step->rule);
  field(w, ", \"file\": ", step->file);
  if (step->line > 0) {
    snprintf(line, sizeof line, ", \"line\": %d", step->line);
    put(w, line);
  }
  field(w, ", \"trust\": ", step->trust);
  put(w, ", \"claims\": [");
  for (int i = 0; i < step->n_claims; i++) {
    if (i > 0) put(w, ", ");
    json_claim(w, &step->claims[i]);
  }
  put(w, "], \"children\": [");
  w->open = step->depth + 1;
}

/* ---- the whole ------------------------------------------------------------------------ */

bool dsr_why_put(const dsr_why_step *steps, size_t n, dsr_why_format format,
                 dsr_bytes *out) {
  writer w = {.out = out};
  for (size_t i = 0; i < n && !w.lacking; i++) {
    if (format == DSR_WHY_JSON) {
      write_json(&w, &steps[i]);
    } else if (format == DSR_WHY_MARKDOWN) {
      write_markdown(&w, &steps[i]);
    } else {
      write_text(&w, &steps[i]);
    }
  }
  if (format == DSR_WHY_JSON && n > 0) {
    close_json(&w, 0);
    put(&w, "\n");
  }
  return !w.lacking;
}
