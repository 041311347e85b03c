/*
** spacing.c - a clause as a row of units: tokens, and the blanks between them.
**
** Words are words by position in this language, so what a word is here is a guess from
** its neighbours.  A wrong guess makes a layout less pretty and never changes a meaning:
** a blank may stand between any two tokens, and none is needed where none is set.
*/
#include <string.h>

#include "ground/text.h"
#include "lua/spacing.h"

typedef struct row {
  dsr_str text;
  dsr_unit *units;
  size_t n;
} row;

static dsr_str bytes_of(const row *r, const dsr_token *token) {
  return (dsr_str){r->text.data + token->begin, token->end - token->begin};
}

bool dsr_spacing_has_lines(dsr_str text, const dsr_token *token) {
  return token->kind == DSR_TOKEN_ASIDE &&
         memchr(text.data + token->begin, '\n', token->end - token->begin) != NULL;
}

/* ---- kinds --------------------------------------------------------------------- */

static bool word_is(const row *r, const dsr_token *token, const char *const *words) {
  if (token->kind != DSR_TOKEN_WORD) return false;
  dsr_str text = bytes_of(r, token);
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
static const char *const order_words[] = {"order", NULL};
static const char *const by_words[] = {"by", NULL};
static const char *const count_words[] = {"limit", "offset", NULL};
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
static bool is_infix_word(const row *r, const dsr_token *word,
                          const dsr_token *before) {
  if (!word_is(r, word, infix_words) || before == NULL) return false;
  if (before->kind == DSR_TOKEN_WORD) return !word_is(r, before, prefix_words);
  return ends_term(before->kind);
}

static shape shape_of(const row *r, dsr_piece_kind kind) {
  const dsr_token *first = &r->units[0].token, *second = NULL;
  size_t n = 0;
  for (size_t i = 0; i < r->n && n < 3; i++) {
    const dsr_token *token = &r->units[i].token;
    if (!dsr_token_is_comment(token->kind) && ++n == 2) second = token;
    if (n == 3 && token->kind == DSR_TOKEN_BRACE && word_is(r, first, source_words) &&
        kind == DSR_PIECE_CLAUSE) {
      return SHAPE_SOURCE;
    }
    if (n == 3 && token->kind == DSR_TOKEN_COLON &&
        word_is(r, first, prefix_declared)) {
      return SHAPE_PREFIX;
    }
  }
  if (word_is(r, first, show_words)) return SHAPE_DIRECTIVE;
  if (first->kind == DSR_TOKEN_IF && second != NULL &&
      word_is(r, second, skipped_words)) {
    return SHAPE_DIRECTIVE;
  }
  for (size_t i = 0; i < r->n; i++) {
    dsr_token_kind sign = r->units[i].token.kind;
    if (sign == DSR_TOKEN_IF || sign == DSR_TOKEN_ASK) return SHAPE_RULE;
  }
  return SHAPE_FACT;
}

/* ---- gaps and ranks ------------------------------------------------------------ */

/* What a gap lies between. */
typedef struct between {
  const dsr_token *before2, *before, *after, *next; /* comments left out; NULL: none */
  shape shape;
  int depth;     /* brackets that are open */
  bool property; /* in the braces of a source */
  bool head;     /* `after` is the brace of a block */
  bool asks;     /* the clause is a query */
  bool telling;  /* how its answers are told was begun */
} between;

static int gap_of_brace(const row *r, const between *b) {
  return b->property || b->head || !word_is(r, b->before, aggregate_words);
}

static int gap_of_open(const row *r, const between *b) {
  switch (b->before->kind) {
    case DSR_TOKEN_WORD:
      return word_is(r, b->before, not_words) ||
             is_infix_word(r, b->before, b->before2);
    case DSR_TOKEN_NAME:
    case DSR_TOKEN_VALUE:
      return 0;
    default:
      return 1;
  }
}

/* A sign before a term touches it, but for numbers, of which it would be a part. */
static int gap_behind_prefix(const row *r, const between *b) {
  if (r->text.data[b->before->begin] != '-') return 1;
  dsr_token_kind kind = b->after->kind;
  if (kind == DSR_TOKEN_OPEN || kind == DSR_TOKEN_WORD) return 0;
  return kind != DSR_TOKEN_VALUE ||
         memchr("0123456789-./", r->text.data[b->after->begin], 13) != NULL;
}

static int gap_between(const row *r, const between *b) {
  dsr_token_kind before = b->before->kind, after = b->after->kind;
  bool declared = b->property || b->shape == SHAPE_PREFIX;
  if (after == DSR_TOKEN_STOP || after == DSR_TOKEN_COMMA) return 0;
  if (b->shape == SHAPE_DIRECTIVE) {
    return b->after->spaced || before == DSR_TOKEN_COMMA || before == DSR_TOKEN_IF;
  }
  if (before == DSR_TOKEN_OPEN || after == DSR_TOKEN_CLOSE) return 0;
  if (before == DSR_TOKEN_RANGE || after == DSR_TOKEN_RANGE) return 0;
  if (before == DSR_TOKEN_BRACE && after == DSR_TOKEN_UNBRACE) return 0;
  if (before == DSR_TOKEN_PREFIX) return gap_behind_prefix(r, b);
  if (after == DSR_TOKEN_COLON) return !declared;
  if (after == DSR_TOKEN_BRACE) return gap_of_brace(r, b);
  return after == DSR_TOKEN_OPEN ? gap_of_open(r, b) : 1;
}

/* Is a claim's or a relation's part about to begin? */
static bool begins_part(const row *r, const between *b) {
  dsr_token_kind before = b->before->kind, after = b->after->kind;
  if (before == DSR_TOKEN_CLOSE) {
    return after == DSR_TOKEN_NAME ||
           (after == DSR_TOKEN_WORD && !is_infix_word(r, b->after, b->before));
  }
  if (before != DSR_TOKEN_WORD && !ends_term(before)) return false;
  return word_is(r, b->after, part_words) &&
         (b->shape == SHAPE_FACT || !is_infix_word(r, b->after, b->before));
}

static int rank_in_brackets(const row *r, const between *b) {
  switch (b->before->kind) {
    case DSR_TOKEN_COMMA:
    case DSR_TOKEN_COLON:
      return b->property && b->before->kind == DSR_TOKEN_COLON ? DSR_RANK_RESORT
                                                               : DSR_RANK_PART;
    case DSR_TOKEN_IF:
    case DSR_TOKEN_INFIX:
      return DSR_RANK_SIGN;
    case DSR_TOKEN_OPEN:
      return DSR_RANK_RESORT;
    case DSR_TOKEN_WORD:
      if (is_infix_word(r, b->before, b->before2)) return DSR_RANK_SIGN;
      break;
    default:
      break;
  }
  if (b->after->kind == DSR_TOKEN_AT) return DSR_RANK_TIME;
  return begins_part(r, b) ? DSR_RANK_PART : DSR_RANK_RESORT;
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

/* Does it begin here how the answers to a query are told: order by, limit, offset? */
static bool begins_telling(const row *r, const between *b) {
  if (!b->asks || b->depth > 0 || b->next == NULL || b->before2 == NULL) return false;
  if (b->before->kind != DSR_TOKEN_WORD && !ends_term(b->before->kind)) return false;
  if (word_is(r, b->after, order_words)) return word_is(r, b->next, by_words);
  return word_is(r, b->after, count_words) && b->next->kind == DSR_TOKEN_VALUE;
}

/* The rank of a gap in it. */
static int rank_of_telling(const row *r, const between *b) {
  if (b->before->kind == DSR_TOKEN_COMMA || begins_telling(r, b)) return DSR_RANK_PART;
  return word_is(r, b->after, by_words) ? DSR_RANK_NEVER : DSR_RANK_RESORT;
}

/* The rank of a gap that has a blank, or stands behind a bracket. */
static int rank_between(const row *r, const between *b, int gap) {
  dsr_token_kind before = b->before->kind, after = b->after->kind;
  if (b->telling) return gap > 0 ? rank_of_telling(r, b) : DSR_RANK_NEVER;
  if (begins_telling(r, b)) return DSR_RANK_EACH;
  if (begins_condition(b) || begins_property(b)) return DSR_RANK_EACH;
  if (b->property && b->depth == 1 && after == DSR_TOKEN_UNBRACE) return DSR_RANK_EACH;
  bool open = before == DSR_TOKEN_OPEN && after != DSR_TOKEN_CLOSE;
  if (gap == 0 && !open) return DSR_RANK_NEVER;
  if (before == DSR_TOKEN_AT || before == DSR_TOKEN_PREFIX || before == DSR_TOKEN_ASK ||
      (before == DSR_TOKEN_IF && b->before2 == NULL) || after == DSR_TOKEN_IF ||
      after == DSR_TOKEN_INFIX || after == DSR_TOKEN_BRACE ||
      after == DSR_TOKEN_COLON) {
    return DSR_RANK_NEVER;
  }
  return rank_in_brackets(r, b);
}

/* The gap before a comment in a clause, and before what follows it.  In a directive a dot
** may touch a comment, and would be the final one without. */
static int gap_at_comment(const between *b, const dsr_unit *before,
                          const dsr_unit *after) {
  dsr_token_kind kind = after->token.kind;
  if (kind == DSR_TOKEN_REMARK) return 0; /* the layout's to fill in */
  if (b->shape == SHAPE_DIRECTIVE) return after->token.spaced;
  return before->token.kind != DSR_TOKEN_OPEN && kind != DSR_TOKEN_CLOSE &&
         kind != DSR_TOKEN_COMMA && kind != DSR_TOKEN_STOP;
}

static bool is_hard(const row *r, const dsr_unit *before, const dsr_unit *after) {
  if (before->token.kind == DSR_TOKEN_REMARK ||
      dsr_spacing_has_lines(r->text, &before->token))
    return true;
  bool lone = after->token.kind == DSR_TOKEN_REMARK ||
              dsr_spacing_has_lines(r->text, &after->token);
  return lone && after->token.fresh;
}

static bool opens(dsr_token_kind kind) {
  return kind == DSR_TOKEN_OPEN || kind == DSR_TOKEN_BRACE;
}

static bool closes(dsr_token_kind kind) {
  return kind == DSR_TOKEN_CLOSE || kind == DSR_TOKEN_UNBRACE;
}

/* Fill in the gap before unit `i` > 0. */
static void set_gap(const row *r, dsr_unit *u, const between *b) {
  const dsr_unit *before = u - 1;
  int rank = DSR_RANK_NEVER;
  if (b->before != NULL && b->after != NULL) {
    u->gap = gap_between(r, b);
    rank = rank_between(r, b, u->gap);
  }
  bool comment = dsr_token_is_comment(u->token.kind);
  if (comment || dsr_token_is_comment(before->token.kind))
    u->gap = gap_at_comment(b, before, u);
  u->hard = is_hard(r, before, u);
  if (u->token.kind == DSR_TOKEN_REMARK && !u->hard) rank = DSR_RANK_NEVER;
  bool behind_aside = before->token.kind == DSR_TOKEN_ASIDE && !u->hard;
  if (behind_aside && rank != DSR_RANK_NEVER) rank = DSR_RANK_RESORT;
  if (u->hard && rank == DSR_RANK_NEVER) rank = DSR_RANK_FORCED;
  /* Properties are parted before what is around their brace. */
  int depth = rank == DSR_RANK_EACH ? 0 : b->depth;
  u->rank = rank == DSR_RANK_NEVER ? DSR_RANK_NEVER : rank + DSR_RANK_STEP * depth;
}

/* See what the gap before unit `i` lies between; `after` is the first unit there that is
** no comment. */
static void look_ahead(const row *r, between *b, dsr_piece_kind kind, size_t after) {
  size_t next = after + 1;
  while (next < r->n && dsr_token_is_comment(r->units[next].token.kind)) next++;
  b->after = after < r->n ? &r->units[after].token : NULL;
  b->next = next < r->n ? &r->units[next].token : NULL;
  b->head = kind == DSR_PIECE_BLOCK && after + 1 == r->n;
  if (b->shape == SHAPE_SOURCE && b->after != NULL &&
      b->after->kind == DSR_TOKEN_BRACE) {
    b->property = true;
  }
}

/* Pass unit `u`, filling in the gap before it unless it is the first. */
static void pass_unit(const row *r, between *b, dsr_unit *u) {
  bool closing = closes(u->token.kind) && b->depth > 0;
  /* A brace that closes properties breaks with them, a bracket never. */
  bool brace = u->token.kind == DSR_TOKEN_UNBRACE;
  if (closing && !brace) b->depth--;
  if (u > r->units) set_gap(r, u, b);
  if (closing && brace) b->depth--;
  if (opens(u->token.kind)) b->depth++;
  if (dsr_token_is_comment(u->token.kind)) return;
  if (b->before == NULL) b->asks = u->token.kind == DSR_TOKEN_ASK;
  if (b->before != NULL && begins_telling(r, b)) b->telling = true;
  b->before2 = b->before;
  b->before = &u->token;
}

void dsr_spacing_set(dsr_str text, dsr_piece_kind kind, dsr_unit *units, size_t n) {
  row r = {text, units, n};
  between b = {.shape = shape_of(&r, kind)};
  size_t after = 0;
  for (size_t i = 0; i < n; i++) {
    if (after < i) after = i;
    while (after < n && dsr_token_is_comment(units[after].token.kind)) after++;
    look_ahead(&r, &b, kind, after);
    pass_unit(&r, &b, &units[i]);
  }
}
