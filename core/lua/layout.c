/*
** layout.c - a text in the language, laid out canonically.
**
** The scanner cuts the text into clauses, block heads and closing braces; what lies
** between them are blanks and comments.  A clause becomes a row of *units* (spacing.h).
** A row that does not fit is cut at the gaps of lowest rank; parts that still do not fit
** are cut at the next rank.
**
** What is written goes to a buffer, all but the spaces before comments that end a line:
** how many there are depends on the lines that follow, so they are kept as *pads* and put
** in when these are known.  What is settled is handed on when the buffer is full.
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
#include "lua/rereading.h"
#include "lua/spacing.h"

enum {
  INDENT = 2,
  INDENT_MOST = 40, /* of the deepest nests, so that a line has room for something */
  TAB = 8,
  FULL = 1 << 16 /* bytes to hand on at once */
};

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
  dsr_write write;
  void *ud;
  bool stopped; /* by `write` */
  dsr_bytes out, joined;
  VEC(pad) pads;
  VEC(dsr_unit) units; /* of the clause at hand */
  VEC(size_t) seams;   /* blanks between clauses of this line, in `out` */
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
  if (dsr_spacing_has_lines(s->text, token) && !is_tabbed(s))
    moved = s->column - text_column(s, token);
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
               !dsr_spacing_has_lines(s->text, token);
  new_line(s, joins ? 0 : indent);
  if (joins) {
    put_trailing(s, token);
  } else {
    put_comment(s, token);
  }
}

/* ---- lines ------------------------------------------------------------------------ */

/* Where each unit would be, were all on one line. */
static void measure(sheet *s) {
  long column = 0;
  size_t hards = 0;
  for (size_t i = 0; i < s->units.len; i++) {
    dsr_unit *u = &s->units.items[i];
    bool comment = dsr_token_is_comment(u->token.kind);
    u->width = comment ? comment_width(s, &u->token) : width_of(bytes_of(s, &u->token));
    hards += u->hard;
    u->hards = hards;
    u->start = column + u->gap;
    column = u->start + u->width;
  }
}

/* Can units lo..hi-1 stand on one line? */
static bool is_flat(const sheet *s, size_t lo, size_t hi) {
  const dsr_unit *units = s->units.items;
  return units[hi - 1].hards == units[lo].hards;
}

static long flat_width(const sheet *s, size_t lo, size_t hi) {
  const dsr_unit *units = s->units.items;
  const dsr_unit *last = &units[hi - 1];
  /* A comment that ends the line does not count: it cannot go anywhere else. */
  if (last->token.kind == DSR_TOKEN_REMARK && hi - 1 > lo) last--;
  return last->start + last->width - units[lo].start;
}

static bool fits(const sheet *s, size_t lo, size_t hi, long column) {
  return is_flat(s, lo, hi) && column + flat_width(s, lo, hi) <= DSR_LAYOUT_WIDTH;
}

static void put_unit(sheet *s, const dsr_unit *u) {
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
    const dsr_unit *u = &s->units.items[i];
    if (u->rank < floor || u->rank == DSR_RANK_NEVER) continue;
    if (lowest == 0 || u->rank < lowest) lowest = u->rank;
  }
  return lowest;
}

/* Does a line end before the part lo..hi-1? */
static bool breaks_before(const sheet *s, size_t lo, size_t hi, int indent) {
  const dsr_unit *u = &s->units.items[lo];
  int rank = u->rank % DSR_RANK_STEP;
  if (u->hard || rank == DSR_RANK_EACH) return true;
  if (rank == DSR_RANK_RESORT) {
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
    const dsr_unit *u = &s->units.items[from];
    end = part_end(s, from, hi, rank);
    if (from > lo && breaks_before(s, from, end, indent)) {
      bool closing = rank == DSR_RANK_EACH && u->token.kind == DSR_TOKEN_UNBRACE;
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
    dsr_unit u = {.token = dsr_tokens_next(&tokens)};
    if (u.token.kind == DSR_TOKEN_NONE) break;
    if (!VEC_PUSH(&s->units, u)) {
      s->no_memory = true;
      return false;
    }
  }
  end_at_stop(s, piece);
  dsr_spacing_set(s->text, piece->kind, s->units.items, s->units.len);
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
  put_units(s, 0, s->units.len, DSR_RANK_EACH);
  if (s->line != line) s->apart = true; /* nothing goes on behind a broken clause */
  s->last = LAST_CLAUSE;
  s->breaks = 0;
}

static void lay_head(sheet *s, dsr_piece *piece) {
  if (!read_units(s, piece)) return;
  begin_line(s, block_indent(s), true);
  put_units(s, 0, s->units.len, DSR_RANK_EACH);
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
  bool lines = dsr_spacing_has_lines(s->text, token);
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

/* Where what can still change begins. */
static size_t settled(const sheet *s) {
  size_t limit = s->line_begin;
  if (s->seams.len > 0 && s->seams.items[0] < limit) limit = s->seams.items[0];
  if (s->pads.len == s->run) return limit;
  size_t pad_at = s->pads.items[s->run].at; /* and the byte before it is looked at */
  return pad_at <= limit ? pad_at - (pad_at > 0) : limit;
}

/* Put the first `n` of the pads into what comes before `limit`: it is ready. */
static void join_pads(sheet *s, size_t limit, size_t n) {
  size_t from = 0;
  s->joined.len = 0;
  for (size_t i = 0; i < n; i++) {
    const pad *p = &s->pads.items[i];
    bool ok = dsr_bytes_put(&s->joined, s->out.items + from, p->at - from);
    for (int k = 0; ok && k < p->spaces; k++) ok = dsr_bytes_put(&s->joined, " ", 1);
    if (!ok) s->no_memory = true;
    from = p->at;
  }
  if (!dsr_bytes_put(&s->joined, s->out.items + from, limit - from)) {
    s->no_memory = true;
  }
}

/* Hand on what comes before `limit`, and forget it. */
static void hand_on(sheet *s, size_t limit) {
  size_t n = 0;
  if (limit == 0) return;
  while (n < s->run && s->pads.items[n].at <= limit) n++;
  join_pads(s, limit, n);
  if (s->no_memory) return;
  s->stopped = s->write(s->ud, (const char *)s->joined.items, s->joined.len) != 0;
  memmove(s->out.items, s->out.items + limit, s->out.len - limit);
  s->out.len -= limit;
  s->line_begin -= limit;
  for (size_t i = n; i < s->pads.len; i++) {
    s->pads.items[i - n] = s->pads.items[i];
    s->pads.items[i - n].at -= limit;
  }
  s->pads.len -= n;
  s->run -= n;
  for (size_t i = 0; i < s->seams.len; i++) s->seams.items[i] -= limit;
}

static void lay_piece(sheet *s, dsr_piece *piece) {
  if (piece->kind == DSR_PIECE_CLAUSE) lay_clause(s, piece);
  if (piece->kind == DSR_PIECE_BLOCK) lay_head(s, piece);
  if (piece->kind == DSR_PIECE_CLOSE) lay_close(s, piece);
}

static void lay_text(sheet *s) {
  size_t at = 0, full = FULL;
  while (!s->no_memory && !s->stopped) {
    dsr_piece piece = dsr_scan_piece(s->text, at);
    lay_blank(s, at, piece.begin);
    if (piece.kind == DSR_PIECE_END) break;
    lay_piece(s, &piece);
    at = piece.end;
    if (s->out.len < full || s->no_memory) continue;
    hand_on(s, settled(s));
    full = s->out.len + FULL; /* where little was settled, not at every clause */
  }
  if (s->no_memory || s->stopped) return;
  end_run(s);
  if (s->last != LAST_NONE) put(s, "\n", 1);
  if (!s->no_memory) hand_on(s, s->out.len);
}

dsr_status dsr_layout_write(dsr_grammar *grammar, dsr_error *error, const char *name,
                            dsr_str text, dsr_write write, void *ud) {
  static const char mark[] = "\xef\xbb\xbf";
  dsr_program program = {.reread = &dsr_rereading}; /* facts take no memory */
  dsr_status rc = dsr_grammar_read(grammar, name, text, &program);
  dsr_program_free(&program);
  TRY(rc);
  if (text.len >= 3 && memcmp(text.data, mark, 3) == 0) {
    text = (dsr_str){text.data + 3, text.len - 3};
  }
  sheet s = {.text = text, .write = write, .ud = ud, .run_line = -1};
  if (text.len > 0) lay_text(&s);
  if (s.no_memory) rc = dsr_fail_memory(error);
  if (s.stopped) rc = dsr_fail(error, DSR_ESTOPPED, "writing was stopped");
  VEC_FREE(&s.out);
  VEC_FREE(&s.joined);
  VEC_FREE(&s.pads);
  VEC_FREE(&s.units);
  VEC_FREE(&s.seams);
  return rc < 0 ? rc : DSR_OK;
}

static int append(void *ud, const char *text, size_t len) {
  return !dsr_bytes_put(ud, text, len);
}

dsr_status dsr_layout(dsr_grammar *grammar, dsr_error *error, const char *name,
                      dsr_str text, dsr_bytes *out) {
  size_t before = out->len;
  dsr_status rc = dsr_layout_write(grammar, error, name, text, append, out);
  if (rc >= 0) return rc;
  out->len = before;
  return rc == DSR_ESTOPPED ? dsr_fail_memory(error) : rc;
}
