/*
** layout.c - a text in the language, laid out canonically.
**
** The scanner cuts the text into clauses, block heads and closing braces; what lies
** between them are blanks and comments.  A clause becomes a row of *units*, tokens with
** the blank before each: how wide it is, and how readily a line is broken there.  A row
** that does not fit is cut at the gaps of lowest rank; parts that still do not fit are cut
** at the next rank, so that brackets break later than what stands around them.  Where the
** author broke lines inside a clause does not matter, so one clause has one layout.
**
** What is written goes to a buffer, all but the spaces before comments that end a line:
** how many there are depends on the lines that follow, so they are kept as *pads* and put
** in at the end.
**
** That a second pass changes nothing rests on three things: a choice is made by tokens
** and by what the layout keeps (which clauses share a line, where blank lines stand, the
** columns of comments); widths add up; a column that comments were given is one that they
** are left in.
*/
#include <assert.h>
#include <string.h>

#include "ground/text.h"
#include "lua/layout.h"
#include "lua/token.h"

enum {
  INDENT = 2,
  INDENT_MOST = 40, /* of the deepest nests, so that a line has room for something */
  TAB = 8
};

/* How readily a line is broken before a unit: low ranks first.  Each bracket that is
** open adds RANK_STEP. */
enum {
  RANK_NEVER = 0,
  RANK_EACH = 1,   /* all of this rank or none: conditions, properties */
  RANK_PART = 2,   /* parts of a claim, attributes, columns */
  RANK_TIME = 3,   /* before @ */
  RANK_SIGN = 4,   /* behind an operator */
  RANK_RESORT = 5, /* only where that makes the rest fit */
  RANK_FORCED = 6, /* only where a comment ends the line */
  RANK_STEP = 8
};

typedef struct unit {
  dsr_token token;
  int gap; /* spaces before it */
  int rank;
  bool hard; /* it begins a line: a comment, or what follows one */
  int width;
  long start;   /* its column, were all on one line */
  size_t hards; /* hard ones up to it */
} unit;

/* The spaces before a comment that ends a line. */
typedef struct pad {
  size_t at; /* in `out` */
  int spaces;
  int code;  /* columns before it */
  int width; /* of the comment */
} pad;

/* What was written last. */
typedef enum last_kind {
  LAST_NONE, /* nothing yet */
  LAST_HEAD,
  LAST_CLAUSE,
  LAST_ASIDE, /* a comment that a clause may follow on its line */
  LAST_LINE,  /* something that ends its line */
} last_kind;

typedef struct sheet {
  dsr_str text;
  dsr_bytes out;
  VEC(pad) pads;
  VEC(unit) units;   /* of the clause at hand */
  VEC(size_t) seams; /* blanks between clauses of this line, in `out` */
  bool no_memory;

  size_t line_begin; /* in `out` */
  int line;          /* its number */
  long column;       /* how wide it is so far */
  int indent;        /* and how far it is indented */

  int depth; /* blocks that are open */
  last_kind last;
  int breaks; /* line breaks since */
  bool apart; /* clauses of this line of the text get a line each */

  size_t
      run; /* the first of the pads in one column, in lines that follow one another */
  int run_line;
  long run_column; /* in the text */
} sheet;

/* ---- writing --------------------------------------------------------------------- */

static void put(sheet *s, const char *data, size_t len) {
  if (!dsr_bytes_put(&s->out, data, len)) s->no_memory = true;
}

static void put_spaces(sheet *s, long n) {
  static const char spaces[] = "                                ";
  for (s->column += n; n > 0; n -= (long)sizeof spaces - 1) {
    put(s, spaces, n < (long)sizeof spaces - 1 ? (size_t)n : sizeof spaces - 1);
  }
}

static void new_line(sheet *s, int indent) {
  put(s, "\n", 1);
  s->line_begin = s->out.len;
  s->line++;
  s->column = 0;
  s->indent = indent;
  put_spaces(s, indent);
}

static int width_of(dsr_str text) {
  for (size_t i = 0; i < text.len; i++) {
    if ((unsigned char)text.data[i] < ' ' || (unsigned char)text.data[i] > '~') {
      return dsr_utf8_width(text);
    }
  }
  return (int)text.len;
}

/* The width of a line's beginning as an editor shows it, with tabs. */
static long shown_width(dsr_str text) {
  long width = 0;
  for (size_t i = 0; i < text.len;) {
    size_t end = i;
    while (end < text.len && text.data[end] != '\t') end++;
    width += width_of((dsr_str){text.data + i, end - i});
    if (end < text.len) width += TAB - width % TAB;
    i = end + 1;
  }
  return width;
}

static int block_indent(const sheet *s) {
  int most = INDENT_MOST / INDENT;
  return INDENT * (s->depth < most ? s->depth : most);
}

/* ---- comments -------------------------------------------------------------------- */

static dsr_str bytes_of(const sheet *s, const dsr_token *token) {
  return (dsr_str){s->text.data + token->begin, token->end - token->begin};
}

/* The column in the text where the token begins. */
static long text_column(const sheet *s, const dsr_token *token) {
  const char *begin = memrchr(s->text.data, '\n', token->begin);
  size_t from = begin != NULL ? (size_t)(begin + 1 - s->text.data) : 0;
  return shown_width((dsr_str){s->text.data + from, token->begin - from});
}

static dsr_str trimmed(dsr_str line) {
  while (line.len > 0 && memchr(" \t\r\v\f", line.data[line.len - 1], 5)) line.len--;
  return line;
}

/* The first line of `rest`, which goes on behind it. */
static dsr_str next_line(dsr_str *rest) {
  const char *end = rest->len > 0 ? memchr(rest->data, '\n', rest->len) : NULL;
  dsr_str line = {rest->data, end != NULL ? (size_t)(end - rest->data) : rest->len};
  size_t used = line.len + (end != NULL);
  *rest = (dsr_str){rest->data + used, rest->len - used};
  return line;
}

/* Put a line of a comment, its tabs as spaces. */
static void put_expanded(sheet *s, dsr_str line) {
  long from = s->column;
  for (size_t i = 0; i < line.len;) {
    size_t end = i;
    while (end < line.len && line.data[end] != '\t') end++;
    dsr_str part = {line.data + i, end - i};
    put(s, part.data, part.len);
    s->column += width_of(part);
    if (end < line.len) put_spaces(s, TAB - (s->column - from) % TAB);
    i = end + 1;
  }
}

static bool has_lines(const sheet *s, const dsr_token *token) {
  dsr_str text = bytes_of(s, token);
  return token->kind == DSR_TOKEN_ASIDE && memchr(text.data, '\n', text.len) != NULL;
}

/* The width of its first line, which is all that shares a line with something. */
static int comment_width(const sheet *s, const dsr_token *token) {
  dsr_str rest = bytes_of(s, token);
  return (int)shown_width(trimmed(next_line(&rest)));
}

/* Does the line hold a text with a tab in it? */
static bool is_tabbed(const sheet *s) {
  size_t len = s->out.len - s->line_begin;
  return len > 0 && memchr(s->out.items + s->line_begin, '\t', len) != NULL;
}

/* Put a comment.  Its further lines move with the first one; not where a text with a tab
** stands before it, since then nobody knows the column. */
static void put_comment(sheet *s, const dsr_token *token) {
  dsr_str rest = bytes_of(s, token);
  long moved = 0;
  if (has_lines(s, token) && !is_tabbed(s)) moved = s->column - text_column(s, token);
  put_expanded(s, trimmed(next_line(&rest)));
  while (rest.len > 0) {
    dsr_str line = trimmed(next_line(&rest));
    size_t blanks = 0;
    while (blanks < line.len && memchr(" \t", line.data[blanks], 2)) blanks++;
    long at = shown_width((dsr_str){line.data, blanks}) + moved;
    new_line(s, 0);
    if (line.len > 0) put_spaces(s, at > 0 ? at : 0);
    put_expanded(s, (dsr_str){line.data + blanks, line.len - blanks});
  }
}

/* ---- columns of comments ---------------------------------------------------------- */

/* Does the line of `p` fit with its comment in `column`?  One that has no choice does. */
static bool pad_fits(const pad *p, long column) {
  return column == p->code + INDENT || column + p->width <= DSR_LAYOUT_WIDTH;
}

static bool run_fits(const sheet *s, long column) {
  for (size_t i = s->run; i < s->pads.len; i++) {
    if (!pad_fits(&s->pads.items[i], column)) return false;
  }
  return true;
}

/* The column for the comments of the run: theirs if the code leaves it free, else the
** first that it does; 0 where some would not fit. */
static long run_column(const sheet *s) {
  long least = 0;
  for (size_t i = s->run; i < s->pads.len; i++) {
    if (s->pads.items[i].code + INDENT > least) least = s->pads.items[i].code + INDENT;
  }
  if (s->run_column >= least && run_fits(s, s->run_column)) return s->run_column;
  return run_fits(s, least) ? least : 0;
}

/* Settle the spaces of the run.  A comment alone in its line (its code is its indent)
** goes with the one above. */
static void end_run(sheet *s) {
  bool one = s->pads.len - s->run < 2;
  long column = one ? 0 : run_column(s), above = 0;
  for (size_t i = s->run; i < s->pads.len; i++) {
    pad *p = &s->pads.items[i];
    bool alone = p->at > 0 && s->out.items[p->at - 1] == '\n';
    long at = column != 0 ? column : alone ? above : p->code + INDENT;
    p->spaces = (int)(at - p->code);
    above = at;
  }
  s->run = s->pads.len;
}

/* Is a comment in `column` of the text in one column with the line above? */
static bool goes_on(const sheet *s, long column) {
  return s->pads.len > s->run && s->run_column == column && column >= 0;
}

/* Put a comment that ends the line; where the line has code with a tab in it, no column
** is known. */
static void put_trailing(sheet *s, const dsr_token *token) {
  long column = is_tabbed(s) ? -1 : text_column(s, token);
  if (!goes_on(s, column) || s->line != s->run_line + 1) end_run(s);
  pad p = {s->out.len, INDENT, (int)s->column, comment_width(s, token)};
  if (!VEC_PUSH(&s->pads, p)) s->no_memory = true;
  s->run_line = s->line;
  s->run_column = column;
  put_comment(s, token);
}

/* Begin a line with a comment; it stays in one column with that above it where it was. */
static void put_own_line(sheet *s, const dsr_token *token, int indent) {
  bool joins = s->line == s->run_line && goes_on(s, text_column(s, token)) &&
               !has_lines(s, token);
  new_line(s, joins ? 0 : indent);
  if (joins) {
    put_trailing(s, token);
  } else {
    put_comment(s, token);
  }
}

/* ---- units: kinds ----------------------------------------------------------------- */

static bool word_is(const sheet *s, const dsr_token *token, const char *const *words) {
  if (token->kind != DSR_TOKEN_WORD) return false;
  dsr_str text = bytes_of(s, token);
  for (; *words != NULL; words++) {
    if (dsr_str_is(text, *words)) return true;
  }
  return false;
}

static const char *const infix_words[] = {
    "is",       "mod",           "before", "after",      "meets",      "met_by",
    "overlaps", "overlapped_by", "starts", "started_by", "during",     "contains",
    "finishes", "finished_by",   "equals", "within",     "intersects", NULL};
static const char *const prefix_words[] = {
    "deny", "retract", "prefer",   "deprecate", "stated", "assessed", "possibly",
    "not",  "from",    "relation", "source",    "by",     "inverse",  NULL};
static const char *const part_words[] = {
    "from", "grade",  "quote", "confidence", "because",   "by",     "key", "inverse",
    "is",   "occurs", "holds", "once",       "symmetric", "phrase", NULL};
static const char *const aggregate_words[] = {"count", "sum",    "min",  "max",
                                              "avg",   "#count", "#sum", "#min",
                                              "#max",  "#avg",   NULL};
static const char *const skipped_words[] = {"table", "dynamic", "discontiguous", NULL};
static const char *const show_words[] = {"#show", NULL};
static const char *const not_words[] = {"not", NULL};
static const char *const source_words[] = {"source", NULL};
static const char *const prefix_declared[] = {"prefix", NULL};

/* What the clause at hand is, as far as its layout asks. */
typedef enum shape {
  SHAPE_FACT, /* and declarations of relations, verdicts, block heads */
  SHAPE_RULE, /* and queries: conditions have a line each */
  SHAPE_SOURCE,
  SHAPE_PREFIX,
  SHAPE_DIRECTIVE, /* no more is known of it than its tokens */
} shape;

static bool ends_term(dsr_token_kind kind) {
  return kind == DSR_TOKEN_VALUE || kind == DSR_TOKEN_NAME || kind == DSR_TOKEN_CLOSE ||
         kind == DSR_TOKEN_UNBRACE;
}

/* Is the word an operator here: does a term end before it? */
static bool is_infix_word(const sheet *s, const dsr_token *word,
                          const dsr_token *before) {
  if (!word_is(s, word, infix_words) || before == NULL) return false;
  if (before->kind == DSR_TOKEN_WORD) return !word_is(s, before, prefix_words);
  return ends_term(before->kind);
}

static shape shape_of(const sheet *s, const dsr_piece *piece) {
  const dsr_token *first = &s->units.items[0].token, *second = NULL;
  size_t n = 0;
  for (size_t i = 0; i < s->units.len && n < 3; i++) {
    const dsr_token *token = &s->units.items[i].token;
    if (!dsr_token_is_comment(token->kind) && ++n == 2) second = token;
    if (n == 3 && token->kind == DSR_TOKEN_BRACE && word_is(s, first, source_words) &&
        piece->kind == DSR_PIECE_CLAUSE) {
      return SHAPE_SOURCE;
    }
    if (n == 3 && token->kind == DSR_TOKEN_COLON &&
        word_is(s, first, prefix_declared)) {
      return SHAPE_PREFIX;
    }
  }
  if (word_is(s, first, show_words)) return SHAPE_DIRECTIVE;
  if (first->kind == DSR_TOKEN_IF && second != NULL &&
      word_is(s, second, skipped_words)) {
    return SHAPE_DIRECTIVE;
  }
  for (size_t i = 0; i < s->units.len; i++) {
    dsr_token_kind kind = s->units.items[i].token.kind;
    if (kind == DSR_TOKEN_IF || kind == DSR_TOKEN_ASK) return SHAPE_RULE;
  }
  return SHAPE_FACT;
}

/* ---- units: gaps and ranks -------------------------------------------------------- */

/* What a gap lies between. */
typedef struct between {
  const dsr_token *before2, *before, *after; /* comments left out; NULL: none */
  shape shape;
  int depth;     /* brackets that are open */
  bool property; /* in the braces of a source */
  bool head;     /* `after` is the brace of a block */
} between;

static int gap_of_brace(const sheet *s, const between *b) {
  return b->property || b->head || !word_is(s, b->before, aggregate_words);
}

static int gap_of_open(const sheet *s, const between *b) {
  switch (b->before->kind) {
    case DSR_TOKEN_WORD:
      return word_is(s, b->before, not_words) ||
             is_infix_word(s, b->before, b->before2);
    case DSR_TOKEN_NAME:
    case DSR_TOKEN_VALUE:
      return 0;
    default:
      return 1;
  }
}

/* A sign before a term touches it, but for numbers, of which it would be a part. */
static int gap_behind_prefix(const sheet *s, const between *b) {
  if (s->text.data[b->before->begin] != '-') return 1;
  dsr_token_kind kind = b->after->kind;
  if (kind == DSR_TOKEN_OPEN || kind == DSR_TOKEN_WORD) return 0;
  return kind != DSR_TOKEN_VALUE ||
         memchr("0123456789-./", s->text.data[b->after->begin], 13) != NULL;
}

static int gap_between(const sheet *s, const between *b) {
  dsr_token_kind before = b->before->kind, after = b->after->kind;
  bool declared = b->property || b->shape == SHAPE_PREFIX;
  if (after == DSR_TOKEN_STOP || after == DSR_TOKEN_COMMA) return 0;
  if (b->shape == SHAPE_DIRECTIVE) {
    return b->after->spaced || before == DSR_TOKEN_COMMA || before == DSR_TOKEN_IF;
  }
  if (before == DSR_TOKEN_OPEN || after == DSR_TOKEN_CLOSE) return 0;
  if (before == DSR_TOKEN_RANGE || after == DSR_TOKEN_RANGE) return 0;
  if (before == DSR_TOKEN_BRACE && after == DSR_TOKEN_UNBRACE) return 0;
  if (before == DSR_TOKEN_PREFIX) return gap_behind_prefix(s, b);
  if (after == DSR_TOKEN_COLON) return !declared;
  if (after == DSR_TOKEN_BRACE) return gap_of_brace(s, b);
  return after == DSR_TOKEN_OPEN ? gap_of_open(s, b) : 1;
}

/* Is a claim's or a relation's part about to begin? */
static bool begins_part(const sheet *s, const between *b) {
  dsr_token_kind before = b->before->kind, after = b->after->kind;
  if (before == DSR_TOKEN_CLOSE) {
    return after == DSR_TOKEN_NAME ||
           (after == DSR_TOKEN_WORD && !is_infix_word(s, b->after, b->before));
  }
  if (before != DSR_TOKEN_WORD && !ends_term(before)) return false;
  return word_is(s, b->after, part_words) &&
         (b->shape == SHAPE_FACT || !is_infix_word(s, b->after, b->before));
}

static int rank_in_brackets(const sheet *s, const between *b) {
  switch (b->before->kind) {
    case DSR_TOKEN_COMMA:
    case DSR_TOKEN_COLON:
      return b->property && b->before->kind == DSR_TOKEN_COLON ? RANK_RESORT
                                                               : RANK_PART;
    case DSR_TOKEN_IF:
    case DSR_TOKEN_INFIX:
      return RANK_SIGN;
    case DSR_TOKEN_OPEN:
      return RANK_RESORT;
    case DSR_TOKEN_WORD:
      if (is_infix_word(s, b->before, b->before2)) return RANK_SIGN;
      break;
    default:
      break;
  }
  if (b->after->kind == DSR_TOKEN_AT) return RANK_TIME;
  return begins_part(s, b) ? RANK_PART : RANK_RESORT;
}

static bool begins_condition(const between *b) {
  if (b->shape != SHAPE_RULE || b->depth > 0) return false;
  return b->before->kind == DSR_TOKEN_COMMA ||
         (b->before->kind == DSR_TOKEN_IF && b->before2 != NULL);
}

static bool begins_property(const between *b) {
  return b->property && b->depth == 1 &&
         (b->before->kind == DSR_TOKEN_COMMA || b->before->kind == DSR_TOKEN_BRACE);
}

/* The rank of a gap that has a blank, or stands behind a bracket. */
static int rank_between(const sheet *s, const between *b, int gap) {
  dsr_token_kind before = b->before->kind, after = b->after->kind;
  if (begins_condition(b) || begins_property(b)) return RANK_EACH;
  if (b->property && b->depth == 1 && after == DSR_TOKEN_UNBRACE) return RANK_EACH;
  bool open = before == DSR_TOKEN_OPEN && after != DSR_TOKEN_CLOSE;
  if (gap == 0 && !open) return RANK_NEVER;
  if (before == DSR_TOKEN_AT || before == DSR_TOKEN_PREFIX || before == DSR_TOKEN_ASK ||
      (before == DSR_TOKEN_IF && b->before2 == NULL) || after == DSR_TOKEN_IF ||
      after == DSR_TOKEN_INFIX || after == DSR_TOKEN_BRACE ||
      after == DSR_TOKEN_COLON) {
    return RANK_NEVER;
  }
  return rank_in_brackets(s, b);
}

/* The gap before a comment in a clause, and before what follows it. */
static int gap_at_comment(const unit *before, const unit *after) {
  dsr_token_kind kind = after->token.kind;
  if (kind == DSR_TOKEN_REMARK) return 0; /* a pad */
  return before->token.kind != DSR_TOKEN_OPEN && kind != DSR_TOKEN_CLOSE &&
         kind != DSR_TOKEN_COMMA && kind != DSR_TOKEN_STOP;
}

static bool is_hard(const sheet *s, const unit *before, const unit *after) {
  if (before->token.kind == DSR_TOKEN_REMARK || has_lines(s, &before->token))
    return true;
  bool lone = after->token.kind == DSR_TOKEN_REMARK || has_lines(s, &after->token);
  return lone && after->token.fresh;
}

static bool opens(dsr_token_kind kind) {
  return kind == DSR_TOKEN_OPEN || kind == DSR_TOKEN_BRACE;
}

static bool closes(dsr_token_kind kind) {
  return kind == DSR_TOKEN_CLOSE || kind == DSR_TOKEN_UNBRACE;
}

/* Fill in the gap before unit `i` > 0. */
static void set_gap(const sheet *s, unit *u, const between *b) {
  const unit *before = u - 1;
  int rank = RANK_NEVER;
  if (b->before != NULL && b->after != NULL) {
    u->gap = gap_between(s, b);
    rank = rank_between(s, b, u->gap);
  }
  bool comment = dsr_token_is_comment(u->token.kind);
  if (comment || dsr_token_is_comment(before->token.kind))
    u->gap = gap_at_comment(before, u);
  u->hard = is_hard(s, before, u);
  if (u->token.kind == DSR_TOKEN_REMARK && !u->hard) rank = RANK_NEVER;
  bool behind_aside = before->token.kind == DSR_TOKEN_ASIDE && !u->hard;
  if (behind_aside && rank != RANK_NEVER) rank = RANK_RESORT;
  if (u->hard && rank == RANK_NEVER) rank = RANK_FORCED;
  /* Properties are parted before what is around their brace. */
  int depth = rank == RANK_EACH ? 0 : b->depth;
  u->rank = rank == RANK_NEVER ? RANK_NEVER : rank + RANK_STEP * depth;
}

/* Fill in the gaps of all units. */
static void set_gaps(sheet *s, const dsr_piece *piece) {
  between b = {.shape = shape_of(s, piece)};
  size_t after = 0; /* the first unit at or behind `i` that is no comment */
  for (size_t i = 0; i < s->units.len; i++) {
    unit *u = &s->units.items[i];
    if (after < i) after = i;
    while (after < s->units.len &&
           dsr_token_is_comment(s->units.items[after].token.kind)) {
      after++;
    }
    b.after = after < s->units.len ? &s->units.items[after].token : NULL;
    b.head = piece->kind == DSR_PIECE_BLOCK && after + 1 == s->units.len;
    if (b.shape == SHAPE_SOURCE && u->token.kind == DSR_TOKEN_BRACE) b.property = true;
    bool closing = closes(u->token.kind) && b.depth > 0;
    /* A brace that closes properties breaks with them, a bracket never. */
    if (closing && u->token.kind != DSR_TOKEN_UNBRACE) b.depth--;
    if (i > 0) set_gap(s, u, &b);
    if (closing && u->token.kind == DSR_TOKEN_UNBRACE) b.depth--;
    if (opens(u->token.kind)) b.depth++;
    if (!dsr_token_is_comment(u->token.kind)) {
      b.before2 = b.before;
      b.before = &u->token;
    }
  }
}

/* Where each unit would be, were all on one line. */
static void measure(sheet *s) {
  long column = 0;
  size_t hards = 0;
  for (size_t i = 0; i < s->units.len; i++) {
    unit *u = &s->units.items[i];
    bool comment = dsr_token_is_comment(u->token.kind);
    u->width = comment ? comment_width(s, &u->token) : width_of(bytes_of(s, &u->token));
    hards += u->hard;
    u->hards = hards;
    u->start = column + u->gap;
    column = u->start + u->width;
  }
}

/* ---- lines ------------------------------------------------------------------------ */

/* Can units lo..hi-1 stand on one line? */
static bool is_flat(const sheet *s, size_t lo, size_t hi) {
  const unit *units = s->units.items;
  return units[hi - 1].hards == units[lo].hards;
}

static long flat_width(const sheet *s, size_t lo, size_t hi) {
  const unit *units = s->units.items;
  const unit *last = &units[hi - 1];
  /* A comment that ends the line does not count: it cannot go anywhere else. */
  if (last->token.kind == DSR_TOKEN_REMARK && hi - 1 > lo) last--;
  return last->start + last->width - units[lo].start;
}

static bool fits(const sheet *s, size_t lo, size_t hi, long column) {
  return is_flat(s, lo, hi) && column + flat_width(s, lo, hi) <= DSR_LAYOUT_WIDTH;
}

static void put_unit(sheet *s, const unit *u) {
  if (u->token.kind == DSR_TOKEN_REMARK) {
    if (s->column > s->indent) {
      put_trailing(s, &u->token);
    } else {
      put_comment(s, &u->token);
    }
  } else if (u->token.kind == DSR_TOKEN_ASIDE) {
    put_comment(s, &u->token);
  } else {
    dsr_str text = bytes_of(s, &u->token);
    put(s, text.data, text.len);
    s->column += u->width;
  }
}

static void put_flat(sheet *s, size_t lo, size_t hi) {
  put_unit(s, &s->units.items[lo]);
  for (size_t i = lo + 1; i < hi; i++) {
    put_spaces(s, s->units.items[i].gap);
    put_unit(s, &s->units.items[i]);
  }
}

/* The lowest rank at or above `floor` of a gap inside lo..hi-1; 0 for none. */
static int lowest_rank(const sheet *s, size_t lo, size_t hi, int floor) {
  int lowest = 0;
  for (size_t i = lo + 1; i < hi; i++) {
    const unit *u = &s->units.items[i];
    if (u->rank < floor || u->rank == RANK_NEVER) continue;
    if (lowest == 0 || u->rank < lowest) lowest = u->rank;
  }
  return lowest;
}

/* Does a line end before the part lo..hi-1? */
static bool breaks_before(const sheet *s, size_t lo, size_t hi, int indent) {
  const unit *u = &s->units.items[lo];
  int rank = u->rank % RANK_STEP;
  if (u->hard || rank == RANK_EACH) return true;
  if (rank == RANK_RESORT) {
    return !fits(s, lo, hi, s->column + u->gap) && fits(s, lo, hi, indent);
  }
  return !fits(s, lo, hi, s->column + u->gap);
}

static int deeper(int indent) {
  return indent + INDENT < INDENT_MOST ? indent + INDENT : INDENT_MOST;
}

/* The end of the part that begins at `lo`: before the next gap of `rank`. */
static size_t part_end(const sheet *s, size_t lo, size_t hi, int rank) {
  size_t end = lo + 1;
  while (end < hi && s->units.items[end].rank != rank) end++;
  return end;
}

/* Put the units lo..hi-1, the first where the line is now. */
static void put_units(sheet *s, size_t lo, size_t hi, int floor) {
  int rank = fits(s, lo, hi, s->column) ? 0 : lowest_rank(s, lo, hi, floor);
  if (rank == 0) {
    put_flat(s, lo, hi);
    return;
  }
  int indent = deeper(s->indent);
  for (size_t from = lo, end; from < hi; from = end) {
    const unit *u = &s->units.items[from];
    end = part_end(s, from, hi, rank);
    if (from > lo && breaks_before(s, from, end, indent)) {
      bool closing = rank == RANK_EACH && u->token.kind == DSR_TOKEN_UNBRACE;
      int at = closing ? indent - INDENT : indent;
      if (u->token.kind == DSR_TOKEN_REMARK) {
        assert(end == from + 1);
        put_own_line(s, &u->token, at);
        continue;
      }
      new_line(s, at);
    } else if (from > lo) {
      put_spaces(s, u->gap);
    }
    put_units(s, from, end, rank + 1);
  }
}

/* ---- pieces ----------------------------------------------------------------------- */

/* Begin a line for something outside clauses.  Blank lines are kept, one in a row, and
** none after a block's head. */
static void begin_line(sheet *s, int indent, bool blank) {
  if (s->last != LAST_NONE) {
    if (blank && s->breaks > 1 && s->last != LAST_HEAD) new_line(s, 0);
    new_line(s, indent);
  } else {
    put_spaces(s, indent);
    s->indent = indent;
  }
  s->seams.len = 0;
}

/* The clauses of this line do not fit together: each gets its own. */
static void part_clauses(sheet *s) {
  size_t n = s->seams.len;
  s->apart = true;
  if (n == 0) return;
  size_t first = s->seams.items[0], len = s->out.len - first;
  char *copy = dsr_copy((const char *)s->out.items + first, len);
  if (copy == NULL) {
    s->no_memory = true;
    return;
  }
  s->out.len = first;
  for (size_t i = 0; i < n; i++) {
    size_t from = s->seams.items[i] - first;
    size_t to = i + 1 < n ? s->seams.items[i + 1] - first : len;
    while (from < to && copy[from] == ' ') from++;
    new_line(s, block_indent(s));
    put(s, copy + from, to - from);
  }
  s->column = 0; /* the line is not written on */
  s->seams.len = 0;
  dsr_free(copy);
}

/* A comment that touches the final dot is in the piece, if nothing comes behind it: leave
** it to what comes next. */
static void end_at_stop(sheet *s, dsr_piece *piece) {
  if (piece->kind != DSR_PIECE_CLAUSE) return;
  while (s->units.len > 1) {
    dsr_token *last = &s->units.items[s->units.len - 1].token;
    if (!dsr_token_is_comment(last->kind)) {
      last->kind = DSR_TOKEN_STOP;
      piece->end = last->end;
      return;
    }
    s->units.len--;
  }
}

/* Read the piece into `units`; it ends with its dot then. */
static bool read_units(sheet *s, dsr_piece *piece) {
  dsr_tokens tokens = dsr_tokens_of(s->text, piece);
  s->units.len = 0;
  for (;;) {
    unit u = {.token = dsr_tokens_next(&tokens)};
    if (u.token.kind == DSR_TOKEN_NONE) break;
    if (!VEC_PUSH(&s->units, u)) {
      s->no_memory = true;
      return false;
    }
  }
  end_at_stop(s, piece);
  set_gaps(s, piece);
  measure(s);
  return s->units.len > 0;
}

/* May the clause in `units` go on in the line? */
static bool shares_line(sheet *s, int gap) {
  if (s->breaks > 0 || s->apart) return false;
  return fits(s, 0, s->units.len, s->column + gap);
}

static void lay_clause(sheet *s, dsr_piece *piece) {
  if (!read_units(s, piece)) return;
  bool joins = s->last == LAST_CLAUSE || s->last == LAST_ASIDE;
  int gap = s->last == LAST_CLAUSE ? 2 : 1;
  if (s->breaks > 0) s->apart = false;
  if (joins && shares_line(s, gap)) {
    if (!VEC_PUSH(&s->seams, s->out.len)) s->no_memory = true;
    put_spaces(s, gap);
  } else {
    if (joins && s->breaks == 0 && !s->apart) part_clauses(s);
    begin_line(s, block_indent(s), true);
  }
  int line = s->line;
  put_units(s, 0, s->units.len, RANK_EACH);
  if (s->line != line) s->apart = true; /* nothing goes on behind a broken clause */
  s->last = LAST_CLAUSE;
  s->breaks = 0;
}

static void lay_head(sheet *s, dsr_piece *piece) {
  if (!read_units(s, piece)) return;
  begin_line(s, block_indent(s), true);
  put_units(s, 0, s->units.len, RANK_EACH);
  s->depth++;
  s->last = LAST_HEAD;
  s->breaks = 0;
  s->apart = false;
}

static void lay_close(sheet *s, const dsr_piece *piece) {
  s->depth--;
  begin_line(s, block_indent(s), false);
  put(s, s->text.data + piece->begin, piece->end - piece->begin);
  s->column += (long)(piece->end - piece->begin);
  s->last = LAST_LINE;
  s->breaks = 0;
  s->apart = false;
}

/* Is the rest of the line behind `at` blank? */
static bool ends_line(dsr_str text, size_t at) {
  while (at < text.len && memchr(" \t\r\v\f", text.data[at], 5)) at++;
  return at == text.len || text.data[at] == '\n';
}

/* A comment between clauses. */
static void lay_comment(sheet *s, const dsr_token *token) {
  bool ends = token->kind == DSR_TOKEN_REMARK || ends_line(s->text, token->end);
  bool lines = has_lines(s, token);
  bool behind = s->breaks == 0 && s->last != LAST_NONE;
  if (behind && ends && !lines) {
    put_trailing(s, token);
  } else if (behind && s->last != LAST_HEAD && s->last != LAST_LINE) {
    put_spaces(s, 2);
    put_comment(s, token);
  } else {
    int indent = block_indent(s);
    bool blank = s->breaks > 1 || s->last == LAST_NONE || behind;
    if (s->breaks > 0) s->apart = false;
    if (blank || token->kind == DSR_TOKEN_ASIDE) {
      begin_line(s, indent, true);
      put_comment(s, token);
    } else {
      put_own_line(s, token, indent);
      s->seams.len = 0;
    }
  }
  if (!behind || s->last != LAST_HEAD || !ends) {
    s->last = lines || ends ? LAST_LINE : LAST_ASIDE;
  }
  s->breaks = 0;
}

/* The blanks and comments in from..to-1. */
static void lay_blank(sheet *s, size_t from, size_t to) {
  while (from < to) {
    size_t end = dsr_token_comment(s->text, from);
    if (end > from) {
      dsr_token token = {.kind = DSR_TOKEN_ASIDE, .begin = from, .end = end};
      if (s->text.data[from] == '%') token.kind = DSR_TOKEN_REMARK;
      lay_comment(s, &token);
      from = end;
    } else if (s->text.data[from++] == '\n') {
      s->breaks++;
    }
  }
}

static void lay_text(sheet *s) {
  size_t at = 0;
  while (!s->no_memory) {
    dsr_piece piece = dsr_scan_piece(s->text, at);
    lay_blank(s, at, piece.begin);
    if (piece.kind == DSR_PIECE_END) break;
    if (piece.kind == DSR_PIECE_CLAUSE) lay_clause(s, &piece);
    if (piece.kind == DSR_PIECE_BLOCK) lay_head(s, &piece);
    if (piece.kind == DSR_PIECE_CLOSE) lay_close(s, &piece);
    at = piece.end;
  }
  end_run(s);
  if (s->last != LAST_NONE) put(s, "\n", 1);
}

/* All that was written, the pads put in. */
static void join_pads(const sheet *s, dsr_bytes *out, bool *no_memory) {
  sheet joined = {.out = *out};
  size_t from = 0;
  for (size_t i = 0; i < s->pads.len; i++) {
    const pad *p = &s->pads.items[i];
    put(&joined, (const char *)s->out.items + from, p->at - from);
    put_spaces(&joined, p->spaces);
    from = p->at;
  }
  put(&joined, (const char *)s->out.items + from, s->out.len - from);
  *out = joined.out;
  *no_memory = joined.no_memory;
}

dsr_status dsr_layout(dsr_grammar *grammar, dsr_error *error, const char *name,
                      dsr_str text, dsr_bytes *out) {
  static const char mark[] = "\xef\xbb\xbf";
  dsr_program program = {0};
  dsr_status rc = dsr_grammar_read(grammar, name, text, &program);
  dsr_program_free(&program);
  TRY(rc);
  if (text.len >= 3 && memcmp(text.data, mark, 3) == 0) {
    text = (dsr_str){text.data + 3, text.len - 3};
  }
  sheet s = {.text = text, .run_line = -1};
  size_t before = out->len;
  bool no_memory = false;
  if (text.len > 0) lay_text(&s);
  if (!s.no_memory) join_pads(&s, out, &no_memory);
  if (s.no_memory || no_memory) {
    out->len = before;
    rc = dsr_fail_memory(error);
  }
  VEC_FREE(&s.out);
  VEC_FREE(&s.pads);
  VEC_FREE(&s.units);
  VEC_FREE(&s.seams);
  return rc < 0 ? rc : DSR_OK;
}
