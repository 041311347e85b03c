/*
** turtle.c - reading Turtle and TriG: the grammar.
**
** A recursive descent, in which each bracket is one step deeper and depth has a limit.
** Quads are pushed as soon as their object is known, so a statement of any length takes
** the memory of the terms that are still open: the subject, the verb and the object at
** each depth.  What was read for an object is given back behind it.
**
** Grammar: RDF 1.2 Turtle, 6.5, and RDF 1.2 TriG, 5.  "<< s p o ~ r >>" stands for r and
** says "r rdf:reifies <<( s p o )>>", and so does "s p o ~ r", which says "s p o", too;
** what stands in "{| |}" is said of the reifier before it, or of one of its own.
*/
#include <strings.h>

#include "ground/text.h"
#include "io/reader.h"
#include "io/turtle.h"

#define RDF "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
#define IRI(name)                                                   \
  {                                                                 \
    .kind = DSR_RDF_IRI, .text = { RDF name, sizeof(RDF name) - 1 } \
  }

static const dsr_rdf_term rdf_type = IRI("type"), rdf_first = IRI("first"),
                          rdf_rest = IRI("rest"), rdf_nil = IRI("nil"),
                          rdf_reifies = IRI("reifies");

/* What a term may be, beside an IRI and a blank node; and what it was. */
enum {
  NODE = 0,
  LITERAL = 1,
  COLLECTION = 2,
  PROPERTIES = 4, /* "[ ... ]" */
  TRIPLE = 8,
  REIFIED = 16,
  ANY = 31
};

static dsr_status read_term(dsr_turtle *t, unsigned allowed, const char *wanted,
                            dsr_rdf_term *term, unsigned *came);
static dsr_status read_properties(dsr_turtle *t, const dsr_rdf_term *subject);

/* ---- signs and quads -------------------------------------------------------------- */

dsr_status dsr_turtle_expected(dsr_turtle *t, const char *wanted) {
  DSR_TOKEN(&t->lex, dsr_lex_expected(&t->lex, t->lex.at, wanted));
  return DSR_ESYNTAX;
}

dsr_status dsr_turtle_spaces(dsr_turtle *t) {
  dsr_lex *lex = &t->lex;
  for (;;) {
    while (*lex->at == ' ' || *lex->at == '\t') lex->at++;
    char c = *lex->at;
    if ((unsigned char)c > ' ' && c != '#' && lex->end - lex->at >= 3) return DSR_OK;
    if (c == '\n') {
      dsr_lex_line(lex, ++lex->at);
    } else if (c == '\r' && !dsr_lex_open(lex, lex->at + 1)) {
      lex->at++;
      if (*lex->at != '\n') dsr_lex_line(lex, lex->at);
    } else if (c == '#') {
      TRY(dsr_lex_comment(lex));
    } else if (lex->end - lex->at < 3 && !lex->ended) {
      TRY(dsr_lex_more(lex, lex->at));
    } else {
      return DSR_OK;
    }
  }
}

dsr_status dsr_turtle_sign(dsr_turtle *t, const char *sign, const char *wanted) {
  TRY(dsr_turtle_space(t));
  size_t len = strlen(sign);
  if (memcmp(t->lex.at, sign, len) != 0) return dsr_turtle_expected(t, wanted);
  t->lex.at += len;
  return DSR_OK;
}

static dsr_status enter(dsr_turtle *t) {
  if (++t->depth <= DSR_RDF_DEPTH_MOST) return DSR_OK;
  DSR_TOKEN(&t->lex,
            dsr_lex_wrong(&t->lex, DSR_ELIMIT, t->lex.at,
                          "brackets nested more than %d deep", DSR_RDF_DEPTH_MOST));
  return DSR_ELIMIT;
}

static void leave(dsr_turtle *t) { t->depth--; }

static dsr_status push(dsr_turtle *t, const dsr_rdf_term *subject,
                       const dsr_rdf_term *predicate, const dsr_rdf_term *object) {
  dsr_rdf_quad quad = {subject, predicate, object, t->graph, t->lex.line};
  return t->sink->quad(t->sink->ud, &quad);
}

/* Say that `reifier` reifies the triple of `terms`. */
static dsr_status push_reifier(dsr_turtle *t, const dsr_rdf_term *reifier,
                               const dsr_rdf_term *terms) {
  dsr_rdf_term triple = {.kind = DSR_RDF_TRIPLE, .triple = terms};
  return push(t, reifier, &rdf_reifies, &triple);
}

/* Is there, at lex->at, what an IRI or a prefixed name may begin with? */
static bool at_iri(const dsr_turtle *t) {
  char c = *t->lex.at;
  return dsr_lex_is(c, DSR_LEX_LETTER) || c == ':' || (unsigned char)c >= 0x80 ||
         (c == '<' && t->lex.at[1] != '<');
}

/* ---- terms ------------------------------------------------------------------------ */

/* A name, or true or false where literals are allowed. */
static dsr_status read_name(dsr_turtle *t, unsigned allowed, const char *wanted,
                            dsr_rdf_term *term) {
  dsr_str word;
  *term = (dsr_rdf_term){.kind = DSR_RDF_IRI};
  TRY(dsr_turtle_name(t, &term->text, &word));
  if (!word.data) return DSR_OK;
  if (!(allowed & LITERAL) || !dsr_turtle_boolean(word, term)) {
    return dsr_turtle_expected(t, wanted);
  }
  t->lex.at += word.len;
  return DSR_OK;
}

/* "[]", or "[ ... ]" where it is allowed. */
static dsr_status read_bracket(dsr_turtle *t, unsigned allowed, dsr_rdf_term *term,
                               unsigned *came) {
  t->lex.at++;
  TRY(dsr_turtle_space(t));
  TRY(dsr_turtle_fresh(t, term));
  *came = NODE;
  if (*t->lex.at == ']' || !(allowed & PROPERTIES)) {
    return dsr_turtle_sign(t, "]", "']', since nothing is said of this blank node");
  }
  *came = PROPERTIES;
  TRY(enter(t));
  TRY(read_properties(t, term));
  leave(t);
  return dsr_turtle_sign(t, "]", "',', ';' or ']'");
}

/* A collection: its cells are said one by one, each with a label in one of two places. */
static dsr_status read_collection(dsr_turtle *t, dsr_rdf_term *term) {
  char labels[2][DSR_TURTLE_LABEL];
  dsr_rdf_term cells[2], item;
  unsigned came;
  int turn = 0, last = -1;
  *term = rdf_nil;
  t->lex.at++;
  TRY(enter(t));
  for (;; last = turn, turn = !turn) {
    TRY(dsr_turtle_space(t));
    if (*t->lex.at == ')') break;
    if (last < 0) { /* the first cell is what stands for all */
      TRY(dsr_turtle_fresh(t, term));
      cells[turn] = *term;
    } else {
      dsr_turtle_number(t, labels[turn], &cells[turn]);
      TRY(push(t, &cells[last], &rdf_rest, &cells[turn]));
    }
    dsr_stack_mark mark = dsr_stack_here(&t->lex.stack);
    TRY(read_term(t, ANY, "a term or ')'", &item, &came));
    TRY(push(t, &cells[turn], &rdf_first, &item));
    dsr_stack_release(&t->lex.stack, mark);
  }
  t->lex.at++;
  leave(t);
  return last < 0 ? DSR_OK : push(t, &cells[last], &rdf_rest, &rdf_nil);
}

static dsr_status read_verb(dsr_turtle *t, dsr_rdf_term *term) {
  static const char wanted[] = "an IRI or \"a\" as the predicate";
  dsr_str word = {NULL, 0};
  TRY(dsr_turtle_space(t));
  if (!at_iri(t)) return dsr_turtle_expected(t, wanted);
  *term = (dsr_rdf_term){.kind = DSR_RDF_IRI};
  if (*t->lex.at == '<') return dsr_turtle_iri(t, &term->text);
  TRY(dsr_turtle_name(t, &term->text, &word));
  if (!word.data) return DSR_OK;
  if (!dsr_str_is(word, "a")) return dsr_turtle_expected(t, wanted);
  *term = rdf_type;
  t->lex.at++;
  return DSR_OK;
}

/* The three terms of a triple, behind its bracket, into the stack. */
static dsr_status read_triple(dsr_turtle *t, unsigned subjects, unsigned objects,
                              dsr_rdf_term **out) {
  unsigned came;
  dsr_rdf_term *terms = dsr_stack_take(&t->lex.stack, 3 * sizeof *terms);
  if (!terms) return dsr_fail_memory(t->lex.error);
  TRY(dsr_turtle_space(t));
  TRY(read_term(t, subjects, "the subject of a triple", &terms[0], &came));
  TRY(read_verb(t, &terms[1]));
  TRY(dsr_turtle_space(t));
  TRY(read_term(t, objects, "the object of a triple", &terms[2], &came));
  *out = terms;
  return DSR_OK;
}

/* "<<( s p o )>>" */
static dsr_status read_triple_term(dsr_turtle *t, dsr_rdf_term *term) {
  dsr_rdf_term *terms;
  t->lex.at += 3;
  TRY(enter(t));
  TRY(read_triple(t, NODE, LITERAL | TRIPLE, &terms));
  leave(t);
  *term = (dsr_rdf_term){.kind = DSR_RDF_TRIPLE, .triple = terms};
  return dsr_turtle_sign(t, ")>>", "\")>>\" behind the triple term");
}

/* "~" and what is behind it: an IRI, a blank node, or nothing, which is a new one. */
static dsr_status read_reifier(dsr_turtle *t, dsr_rdf_term *term) {
  unsigned came;
  t->lex.at++;
  TRY(dsr_turtle_space(t));
  char c = *t->lex.at;
  if (!at_iri(t) && c != '_' && c != '[') return dsr_turtle_fresh(t, term);
  return read_term(t, NODE, "an IRI or a blank node as the reifier", term, &came);
}

/* "<< s p o ~ r >>" */
static dsr_status read_reified(dsr_turtle *t, dsr_rdf_term *term) {
  dsr_rdf_term *terms;
  t->lex.at += 2;
  TRY(enter(t));
  TRY(read_triple(t, REIFIED, LITERAL | TRIPLE | REIFIED, &terms));
  leave(t);
  TRY(dsr_turtle_space(t));
  TRY(*t->lex.at == '~' ? read_reifier(t, term) : dsr_turtle_fresh(t, term));
  TRY(dsr_turtle_sign(t, ">>", "'~' or \">>\" behind the triple"));
  return push_reifier(t, term, terms);
}

/* Any term, at its first character. */
static dsr_status read_term(dsr_turtle *t, unsigned allowed, const char *wanted,
                            dsr_rdf_term *term, unsigned *came) {
  const char *at = t->lex.at;
  *came = NODE;
  switch (*at) {
    case '<':
      if (at[1] != '<') {
        *term = (dsr_rdf_term){.kind = DSR_RDF_IRI};
        return dsr_turtle_iri(t, &term->text);
      }
      *came = at[2] == '(' ? TRIPLE : REIFIED;
      if (!(allowed & *came)) break;
      return *came == TRIPLE ? read_triple_term(t, term) : read_reified(t, term);
    case '_':
      return dsr_turtle_blank(t, term);
    case '[':
      return read_bracket(t, allowed, term, came);
    case '(':
      if (!(allowed & COLLECTION)) break;
      *came = COLLECTION;
      return read_collection(t, term);
    case '"':
    case '\'':
      if (!(allowed & LITERAL)) break;
      return dsr_turtle_string(t, term);
    case '.':
      if (!dsr_lex_is(at[1], DSR_LEX_DIGIT)) break;
      /* fall through */
    case '+':
    case '-':
      if (!(allowed & LITERAL)) break;
      return dsr_turtle_numeral(t, term);
    default:
      if (at_iri(t)) return read_name(t, allowed, wanted, term);
      if (!dsr_lex_is(*at, DSR_LEX_DIGIT) || !(allowed & LITERAL)) break;
      return dsr_turtle_numeral(t, term);
  }
  return dsr_turtle_expected(t, wanted);
}

/* ---- statements ------------------------------------------------------------------- */

/* What is said of a triple that was just said: reifiers and blocks about them. */
static dsr_status read_annotations(dsr_turtle *t, const dsr_rdf_term *terms) {
  dsr_rdf_term reifier;
  bool named = false; /* the reifier, for a block that follows */
  for (;;) {
    TRY(dsr_turtle_space(t));
    const char *at = t->lex.at;
    if (*at == '~') {
      TRY(read_reifier(t, &reifier));
      TRY(push_reifier(t, &reifier, terms));
      named = true;
    } else if (*at == '{' && at[1] == '|') {
      t->lex.at += 2;
      if (!named) {
        TRY(dsr_turtle_fresh(t, &reifier));
        TRY(push_reifier(t, &reifier, terms));
      }
      TRY(enter(t));
      TRY(read_properties(t, &reifier));
      leave(t);
      TRY(dsr_turtle_sign(t, "|}", "',', ';' or \"|}\""));
      named = false;
    } else {
      return DSR_OK;
    }
  }
}

static dsr_status check_held(dsr_turtle *t) {
  if (t->lex.stack.held <= DSR_RDF_STATEMENT_MOST) return DSR_OK;
  DSR_TOKEN(&t->lex, dsr_lex_wrong(&t->lex, DSR_ELIMIT, t->lex.at,
                                   "a statement with more than %d MB of open terms",
                                   DSR_RDF_STATEMENT_MOST >> 20));
  return DSR_ELIMIT;
}

/* One object, what is said with it, and what is said about that. */
static dsr_status read_object(dsr_turtle *t, dsr_rdf_term *terms) {
  unsigned came;
  TRY(check_held(t));
  TRY(dsr_turtle_space(t));
  TRY(read_term(t, ANY, "an object", &terms[2], &came));
  TRY(push(t, &terms[0], &terms[1], &terms[2]));
  return read_annotations(t, terms);
}

/* predicateObjectList; up to white space behind it. */
static dsr_status read_properties(dsr_turtle *t, const dsr_rdf_term *subject) {
  dsr_rdf_term terms[3];
  dsr_stack *stack = &t->lex.stack;
  terms[0] = *subject;
  do {
    dsr_stack_mark start = dsr_stack_here(stack);
    TRY(read_verb(t, &terms[1]));
    dsr_stack_mark mark = dsr_stack_here(stack);
    TRY(read_object(t, terms));
    while (*t->lex.at == ',') {
      dsr_stack_release(stack, mark);
      t->lex.at++;
      TRY(read_object(t, terms));
    }
    dsr_stack_release(stack, start);
    if (*t->lex.at != ';') return DSR_OK;
    while (*t->lex.at == ';') {
      t->lex.at++;
      TRY(dsr_turtle_space(t));
    }
  } while (at_iri(t));
  return DSR_OK;
}

static const char subject_wanted[] = "a subject: an IRI, a blank node or a collection";

/* What follows a subject: what is said of it, which some kinds of subjects do not need. */
static dsr_status read_predicates(dsr_turtle *t, const dsr_rdf_term *subject,
                                  unsigned came) {
  TRY(dsr_turtle_space(t));
  char c = *t->lex.at;
  bool full = came == PROPERTIES || came == REIFIED;
  if (full && (c == '.' || (c == '}' && t->depth > 0))) return DSR_OK;
  return read_properties(t, subject);
}

/* "{ ... }": statements with '.' between them. */
static dsr_status read_graph(dsr_turtle *t, const dsr_rdf_term *graph) {
  dsr_rdf_term subject;
  unsigned came;
  TRY(dsr_turtle_sign(t, "{", "'{'"));
  t->graph = graph;
  t->depth = 1;
  for (;;) {
    dsr_stack_mark mark = dsr_stack_here(&t->lex.stack);
    TRY(dsr_turtle_space(t));
    if (*t->lex.at == '}') break;
    TRY(read_term(t, COLLECTION | PROPERTIES | REIFIED, "a subject or '}'", &subject,
                  &came));
    TRY(read_predicates(t, &subject, came));
    dsr_stack_release(&t->lex.stack, mark);
    if (*t->lex.at == '}') break;
    TRY(dsr_turtle_sign(t, ".", "',', ';', '.' or '}'"));
  }
  t->lex.at++;
  t->graph = NULL;
  t->depth = 0;
  return DSR_OK;
}

/* What is behind the first term of a statement, which in TriG may be a graph's name. */
static dsr_status read_behind(dsr_turtle *t, const dsr_rdf_term *subject,
                              unsigned came) {
  TRY(dsr_turtle_space(t));
  if (t->graphs && came == NODE && *t->lex.at == '{') return read_graph(t, subject);
  TRY(read_predicates(t, subject, came));
  return dsr_turtle_sign(t, ".", "',', ';' or '.'");
}

static dsr_status read_triples(dsr_turtle *t) {
  dsr_rdf_term subject;
  unsigned came;
  if (t->graphs && *t->lex.at == '{') return read_graph(t, NULL);
  TRY(read_term(t, COLLECTION | PROPERTIES | REIFIED, subject_wanted, &subject, &came));
  return read_behind(t, &subject, came);
}

/* ---- directives ------------------------------------------------------------------- */

static dsr_status read_prefix(dsr_turtle *t) {
  dsr_str label, iri;
  TRY(dsr_turtle_space(t));
  TRY(dsr_turtle_label(t, &label));
  TRY(dsr_turtle_space(t));
  TRY(dsr_turtle_iri(t, &iri));
  TRY(dsr_turtle_declare(t, label, iri));
  return t->sink->prefix ? t->sink->prefix(t->sink->ud, label, iri) : DSR_OK;
}

static dsr_status read_base(dsr_turtle *t) {
  dsr_str iri;
  TRY(dsr_turtle_space(t));
  TRY(dsr_turtle_iri(t, &iri));
  TRY(dsr_turtle_rebase(t, iri));
  return t->sink->base ? t->sink->base(t->sink->ud, iri) : DSR_OK;
}

static dsr_status read_version(dsr_turtle *t) {
  TRY(dsr_turtle_space(t));
  return dsr_turtle_version(t);
}

static dsr_status read_named_graph(dsr_turtle *t) {
  dsr_rdf_term graph;
  unsigned came;
  TRY(dsr_turtle_space(t));
  TRY(read_term(t, NODE, "a graph's IRI or blank node", &graph, &came));
  return read_graph(t, &graph);
}

/* "@prefix", "@base" and "@version", small letters only, with '.' behind them. */
static dsr_status read_at(dsr_turtle *t) {
  static const char wanted[] = "@prefix, @base or @version";
  dsr_str word;
  while (t->lex.end - t->lex.at < 10 && !t->lex.ended) {
    TRY(dsr_lex_more(&t->lex, t->lex.at));
  }
  const char *at = t->lex.at;
  size_t len = 1;
  while (len < 9 && dsr_lex_is(at[len], DSR_LEX_PART)) len++;
  word = (dsr_str){at, len};
  dsr_status (*read)(dsr_turtle *) = dsr_str_is(word, "@prefix")    ? read_prefix
                                     : dsr_str_is(word, "@base")    ? read_base
                                     : dsr_str_is(word, "@version") ? read_version
                                                                    : NULL;
  if (!read) return dsr_turtle_expected(t, wanted);
  t->lex.at += len;
  TRY(read(t));
  return dsr_turtle_sign(t, ".", "'.' behind the directive");
}

static bool same_word(dsr_str word, const char *keyword) {
  return word.len == strlen(keyword) && strncasecmp(word.data, keyword, word.len) == 0;
}

/* A statement that begins with a letter: "PREFIX" and its like, or a name. */
static dsr_status read_word(dsr_turtle *t) {
  dsr_str word;
  dsr_rdf_term subject = {.kind = DSR_RDF_IRI};
  TRY(dsr_turtle_name(t, &subject.text, &word));
  if (!word.data) return read_behind(t, &subject, NODE);
  dsr_status (*read)(dsr_turtle *) = same_word(word, "prefix")    ? read_prefix
                                     : same_word(word, "base")    ? read_base
                                     : same_word(word, "version") ? read_version
                                     : t->graphs && same_word(word, "graph")
                                         ? read_named_graph
                                         : NULL;
  if (!read) return dsr_turtle_expected(t, subject_wanted);
  t->lex.at += word.len;
  return read(t);
}

static dsr_status read_document(dsr_turtle *t) {
  for (;;) {
    dsr_stack_mark mark = dsr_stack_here(&t->lex.stack);
    TRY(dsr_turtle_space(t));
    char c = *t->lex.at;
    if (t->lex.at >= t->lex.end) return DSR_OK;
    TRY(c == '@'                        ? read_at(t)
        : dsr_lex_is(c, DSR_LEX_LETTER) ? read_word(t)
                                        : read_triples(t));
    dsr_stack_release(&t->lex.stack, mark);
  }
}

dsr_status dsr_rdf_statements(dsr_input *input, bool graphs, dsr_str base,
                              const dsr_rdf_sink *sink, dsr_error *error) {
  dsr_turtle t = {.sink = sink, .graphs = graphs};
  dsr_status rc = dsr_lex_start(&t.lex, input, error);
  if (rc >= 0 && base.data) rc = dsr_turtle_rebase(&t, base);
  if (rc >= 0) rc = read_document(&t);
  dsr_turtle_free_names(&t);
  dsr_lex_stop(&t.lex);
  return rc;
}
