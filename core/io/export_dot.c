/*
** export_dot.c - facts between entities as a drawing for Graphviz (dot, neato, sfdp).
**
** A fact of two columns that both hold entities is an edge, from the first to the second,
** without a direction where the relation is symmetric.  Its words are what the relation's
** phrase has between the two, or else the relation's name, and its time.  A node has the
** entity's label.  Names, and what is built in, are no edges, but for relations that were
** asked for.  What is denied and not held is left out.
**
** Cost: a bit for each symbol, of which nodes were drawn; a look at the label of each.
*/
#include "ground/text.h"
#include "io/export.h"

typedef struct drawing {
  const dsr_exporting *how;
  dsr_pen *pen;
  VEC(unsigned char) drawn; /* by symbol, a bit each */
} drawing;

/* A double-quoted string of the DOT language: only quotes are escaped there, but labels
** read a backslash, too; a line break is one of the label. */
static void put_escaped(dsr_pen *pen, dsr_str text) {
  for (size_t i = 0; i < text.len; i++) {
    char c = text.data[i];
    if (c == '"' || c == '\\') dsr_pen_bytes(pen, "\\", 1);
    if (c == '\n') {
      dsr_pen_bytes(pen, "\\n", 2);
    } else if (c != '\r') {
      dsr_pen_bytes(pen, &c, 1);
    }
  }
}

static void put_quoted(dsr_pen *pen, dsr_str text) {
  dsr_pen_bytes(pen, "\"", 1);
  put_escaped(pen, text);
  dsr_pen_bytes(pen, "\"", 1);
}

static void put_node(dsr_pen *pen, dsr_word entity) {
  char scratch[DSR_WORD_TEXT];
  put_quoted(pen, dsr_pen_value(pen, entity, scratch).text);
}

/* Draw a node with its label, at first sight. */
static dsr_status draw_node(drawing *d, dsr_word entity) {
  size_t number = (size_t)dsr_word_payload(entity), byte = number / 8;
  unsigned char bit = (unsigned char)(1u << number % 8);
  dsr_str label;
  if (byte >= d->drawn.len) {
    size_t more = byte + 1 - d->drawn.len;
    if (!VEC_RESERVE(&d->drawn, more)) {
      return dsr_fail_memory(dsr_facts_error(d->how->facts));
    }
    memset(d->drawn.items + d->drawn.len, 0, more);
    d->drawn.len += more;
  }
  if (d->drawn.items[byte] & bit) return DSR_OK;
  d->drawn.items[byte] |= bit;
  dsr_status rc =
      dsr_entity_label(d->how->facts, d->how->view, entity, (dsr_str){NULL, 0}, &label);
  if (rc != DSR_OK) return rc < 0 ? rc : DSR_OK;
  dsr_pen_text(d->pen, "  ");
  put_node(d->pen, entity);
  dsr_pen_text(d->pen, " [label=");
  put_quoted(d->pen, label);
  dsr_pen_text(d->pen, "];\n");
  return DSR_OK;
}

/* What stands between the two columns in the phrase; none where it is of another shape. */
static dsr_str phrase_between(dsr_str phrase) {
  dsr_str none = {NULL, 0};
  if (phrase.len < 7 || memcmp(phrase.data, "{1}", 3) != 0) return none;
  if (memcmp(phrase.data + phrase.len - 3, "{2}", 3) != 0) return none;
  dsr_str between = dsr_text_trim((dsr_str){phrase.data + 3, phrase.len - 6});
  return memchr(between.data, '{', between.len) == NULL ? between : none;
}

static void put_words(dsr_pen *pen, const dsr_out_fact *fact) {
  char scratch[DSR_WORD_TEXT];
  dsr_str words = phrase_between(fact->relation->phrase);
  dsr_pen_bytes(pen, "\"", 1);
  put_escaped(pen, words.len > 0 ? words : fact->relation->name);
  if (fact->time != DSR_WORD_NONE) {
    dsr_pen_text(pen, "\\n");
    put_escaped(pen, dsr_pen_value(pen, fact->time, scratch).text);
  }
  dsr_pen_bytes(pen, "\"", 1);
}

static dsr_status write_fact(void *ud, const dsr_out_fact *fact) {
  drawing *d = ud;
  const dsr_relation *relation = fact->relation;
  bool built_in = relation->number < DSR_REL_FIRST && d->how->n_relations == 0;
  if (relation->arity != 2 || built_in || !fact->held) return DSR_OK;
  for (int i = 0; i < 2; i++) {
    if (dsr_word_tag(fact->args[i]) != DSR_TAG_ENTITY) return DSR_OK;
  }
  for (int i = 0; i < 2; i++) TRY(draw_node(d, fact->args[i]));
  dsr_pen_text(d->pen, "  ");
  put_node(d->pen, fact->args[0]);
  dsr_pen_text(d->pen, " -> ");
  put_node(d->pen, fact->args[1]);
  dsr_pen_text(d->pen, " [label=");
  put_words(d->pen, fact);
  dsr_pen_text(d->pen, relation->symmetric ? ", dir=none];\n" : "];\n");
  return DSR_OK;
}

dsr_status dsr_export_dot(const dsr_exporting *how) {
  drawing d = {.how = how, .pen = how->pen};
  dsr_sink sink = {.ud = &d, .fact = write_fact};
  if (how->options->history) {
    return dsr_fail(dsr_facts_error(how->facts), DSR_EUNSUPPORTED,
                    "a drawing has no history; a view known at a time would do");
  }
  dsr_pen_text(how->pen,
               "digraph dossier {\n"
               "  rankdir=LR;\n"
               "  node [shape=box, style=rounded, fontname=\"Helvetica\"];\n"
               "  edge [fontname=\"Helvetica\", fontsize=10];\n");
  dsr_status rc = dsr_outwalk(how, &sink);
  dsr_pen_text(how->pen, "}\n");
  VEC_FREE(&d.drawn);
  return rc;
}
