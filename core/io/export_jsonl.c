/*
** export_jsonl.c - facts with their claims, an object a line.
**
**   {"relation": "joined", "args": [ARG, ...], "valid": "1994", "claims": [CLAIM, ...],
**    "verdicts": [VERDICT, ...]}
**
**   ARG      {"entity": "nato"} | "text" | {"text": "НАТО", "lang": "uk"}
**            | {"text": "05", "datatype": "http://..."} | 12 | 0.5 | true | {"time": "1994"}
**   CLAIM    {"verb": "asserts" | "denies", "source": "record", "locator": "1994",
**            "kind": "stated" | "attributed" | "assessed", "speaker": "p", "grade": "b2",
**            "quotation": "...", "confidence": 0.8, "opened": STAMP, "closed": STAMP}
**   VERDICT  {"verb": "prefers" | "deprecates", "by": "analyst", "of": "article",
**            "because": "..."}
**
** What is not there is left out; a number has all its digits.  Verdicts stand in objects of
** their own, without claims, behind all facts.  With history there are "opened" and
** "closed", in every claim and verdict.  Strings are RFC 8259's, in UTF-8, with controls
** escaped.
*/
#include "ground/text.h"
#include "io/export.h"

typedef struct lines {
  const dsr_exporting *how;
  dsr_pen *pen;
  bool history;
} lines;

static void put_string(dsr_pen *pen, dsr_str text) {
  size_t from = 0;
  dsr_pen_bytes(pen, "\"", 1);
  for (size_t i = 0; i < text.len; i++) {
    unsigned char c = (unsigned char)text.data[i];
    if (c >= ' ' && c != '"' && c != '\\') continue;
    dsr_pen_bytes(pen, text.data + from, i - from);
    from = i + 1;
    if (c == '\n') {
      dsr_pen_bytes(pen, "\\n", 2);
    } else if (c >= ' ') {
      dsr_pen_bytes(pen, "\\", 1);
      from = i;
    } else {
      dsr_pen_format(pen, "\\u%04x", c);
    }
  }
  dsr_pen_bytes(pen, text.data + from, text.len - from);
  dsr_pen_bytes(pen, "\"", 1);
}

/* `, "name": `, or without the comma where it is the first. */
static void put_key(dsr_pen *pen, const char *name) {
  dsr_pen_format(pen, ", \"%s\": ", name);
}

static void put_tagged(dsr_pen *pen, const char *tag, const dsr_value *value) {
  dsr_pen_format(pen, "{\"%s\": ", tag);
  put_string(pen, value->text);
  if (value->lang.len > 0) {
    put_key(pen, "lang");
    put_string(pen, value->lang);
  }
  if (value->datatype.len > 0) {
    put_key(pen, "datatype");
    put_string(pen, value->datatype);
  }
  dsr_pen_bytes(pen, "}", 1);
}

static void put_value(dsr_pen *pen, dsr_word word) {
  char scratch[DSR_WORD_TEXT];
  dsr_value value = dsr_pen_value(pen, word, scratch);
  switch (value.type) {
    case DSR_ENTITY:
      put_tagged(pen, "entity", &value);
      break;
    case DSR_TIME:
      put_tagged(pen, "time", &value);
      break;
    case DSR_TEXT:
      if (value.lang.len + value.datatype.len > 0) {
        put_tagged(pen, "text", &value);
      } else {
        put_string(pen, value.text);
      }
      break;
    default: /* a number or a boolean is written as the language does */
      dsr_pen_str(pen, value.text);
  }
}

/* A key with the identifier or the string of a word, unless there is none. */
static void put_part(dsr_pen *pen, const char *name, dsr_word word) {
  char scratch[DSR_WORD_TEXT];
  if (word == DSR_WORD_NONE) return;
  dsr_value value = dsr_pen_value(pen, word, scratch);
  put_key(pen, name);
  if (value.type == DSR_INT || value.type == DSR_DECIMAL) {
    dsr_pen_str(pen, value.text);
  } else if (value.type == DSR_TEXT && value.lang.len + value.datatype.len > 0) {
    put_tagged(pen, "text", &value);
  } else {
    put_string(pen, value.text);
  }
}

static void put_stamp(lines *l, const char *name, uint64_t transaction) {
  char text[32];
  int64_t stamp;
  if (!l->history || transaction == 0) return;
  dsr_status rc = dsr_store_stamp(dsr_facts_store(l->how->facts), transaction, &stamp);
  dsr_pen_fail(l->pen, rc);
  if (rc < 0) return;
  dsr_stamp_format(stamp, text);
  put_key(l->pen, name);
  put_string(l->pen, dsr_str_of(text));
}

static void put_claim(lines *l, const dsr_out_claim *claim) {
  const dsr_claim_row *row = claim->row;
  char grade[2];
  size_t n = 0;
  if (row->reliability != 0) grade[n++] = row->reliability;
  if (row->credibility != 0) grade[n++] = row->credibility;
  dsr_pen_text(l->pen, row->verb == DSR_DENIES ? "{\"verb\": \"denies\""
                                               : "{\"verb\": \"asserts\"");
  put_part(l->pen, "source", row->source);
  put_part(l->pen, "locator", row->locator);
  put_key(l->pen, "kind");
  put_string(l->pen, dsr_str_of(dsr_kind_word(row->kind)));
  put_part(l->pen, "speaker", row->speaker);
  if (n > 0) {
    put_key(l->pen, "grade");
    put_string(l->pen, (dsr_str){grade, n});
  }
  put_part(l->pen, "quotation", row->quotation);
  put_part(l->pen, "confidence", row->confidence);
  put_stamp(l, "opened", claim->opened);
  put_stamp(l, "closed", claim->closed);
  dsr_pen_bytes(l->pen, "}", 1);
}

static void put_fact(dsr_pen *pen, const dsr_out_fact *fact) {
  dsr_pen_text(pen, "{\"relation\": ");
  put_string(pen, fact->relation->name);
  dsr_pen_text(pen, ", \"args\": [");
  for (int i = 0; i < fact->relation->arity; i++) {
    if (i > 0) dsr_pen_bytes(pen, ", ", 2);
    put_value(pen, fact->args[i]);
  }
  dsr_pen_bytes(pen, "]", 1);
  put_part(pen, "valid", fact->time);
}

static dsr_status write_fact(void *ud, const dsr_out_fact *fact) {
  lines *l = ud;
  put_fact(l->pen, fact);
  dsr_pen_text(l->pen, ", \"claims\": [");
  for (size_t i = 0; i < fact->n_claims; i++) {
    if (i > 0) dsr_pen_bytes(l->pen, ", ", 2);
    put_claim(l, &fact->claims[i]);
  }
  dsr_pen_text(l->pen, "]}\n");
  return DSR_OK;
}

static dsr_status write_verdict(void *ud, const dsr_out_fact *fact,
                                const dsr_out_claim *verdict, bool alone) {
  lines *l = ud;
  const dsr_claim_row *row = verdict->row;
  (void)alone;
  put_fact(l->pen, fact);
  dsr_pen_text(l->pen, ", \"verdicts\": [");
  dsr_pen_text(l->pen, row->verb == DSR_PREFERS ? "{\"verb\": \"prefers\""
                                                : "{\"verb\": \"deprecates\"");
  put_part(l->pen, "by", row->source);
  put_part(l->pen, "of", row->target);
  put_part(l->pen, "because", row->quotation);
  put_stamp(l, "opened", verdict->opened);
  put_stamp(l, "closed", verdict->closed);
  dsr_pen_text(l->pen, "}]}\n");
  return DSR_OK;
}

dsr_status dsr_export_jsonl(const dsr_exporting *how) {
  lines l = {.how = how, .pen = how->pen, .history = how->options->history != 0};
  dsr_sink sink = {.ud = &l, .fact = write_fact, .verdict = write_verdict};
  return dsr_outwalk(how, &sink);
}
