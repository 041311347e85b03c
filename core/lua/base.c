/*
** base.c - a base as its users hold it: opening, loading, changing, asking.
**
** A base owns its facts, its error and, once a text was read, a grammar; a view borrows
** them from the base at its root and owns only its filter.  Every call here begins by
** forgetting the last error, so that what is told afterwards is about this call.
**
** A change outside a transaction is one of its own: begun here, committed when all
** went well, else rolled back with the words of the failure kept.  Inside an open one
** it is a part, and a load that fails dooms it.  Files are read whole before the first is
** parsed: loading costs their size in memory.
*/
#include "lua/base.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "ground/text.h"

enum { READ_STEP = 65536 };

/* The base that a view (of a view ...) is of. */
static dsr_base *root_of(dsr_base *base) {
  while (base->parent != NULL) base = base->parent;
  return base;
}

/* ---- opening and closing --------------------------------------------------------- */

dsr_status dsr_base_open(const char *path, const dsr_open_options *options,
                         dsr_base **out) {
  *out = NULL;
  dsr_base *base = dsr_alloc(sizeof *base);
  if (base == NULL) return DSR_ENOMEM;
  base->error = dsr_alloc(sizeof *base->error);
  if (base->error == NULL) {
    dsr_free(base);
    return DSR_ENOMEM;
  }
  *out = base; /* also on failure: it has the words */
  TRY(dsr_facts_open(path, options, base->error, &base->facts));
  dsr_status rc = dsr_view_new(base->facts, NULL, NULL, &base->view);
  if (rc < 0) {
    dsr_facts_close(base->facts);
    base->facts = NULL;
  }
  return rc;
}

dsr_status dsr_base_close(dsr_base *base) {
  if (base == NULL) return DSR_OK;
  if (base->children > 0) {
    return dsr_fail(base->error, DSR_EMISUSE,
                    "%d queries or views of it still live; end them before it closes",
                    base->children);
  }
  dsr_view_free(base->view);
  if (base->parent != NULL) {
    base->parent->children--;
  } else {
    dsr_grammar_free(base->grammar);
    if (base->facts != NULL) dsr_facts_close(base->facts);
    dsr_free(base->error);
  }
  dsr_free(base);
  return DSR_OK;
}

/* Forget the last error; refuse a base that never opened. */
static dsr_status check_open(dsr_base *base) {
  if (base->facts == NULL) return DSR_EMISUSE; /* the error tells why it did not */
  dsr_error_clear(base->error);
  return DSR_OK;
}

dsr_status dsr_base_writable(dsr_base *base) {
  TRY(check_open(base));
  if (base->parent != NULL) {
    return dsr_fail(base->error, DSR_EREADONLY,
                    "a view cannot be written; write to the base that it is a view of");
  }
  return DSR_OK;
}

dsr_status dsr_base_view(dsr_base *base, const dsr_view_options *options,
                         dsr_base **out) {
  TRY(check_open(base));
  TRY(dsr_facts_read(base->facts, false));
  dsr_base *view = dsr_alloc(sizeof *view);
  if (view == NULL) return dsr_fail_memory(base->error);
  dsr_status rc = dsr_view_new(base->facts, base->view, options, &view->view);
  if (rc < 0) {
    dsr_free(view);
    return rc;
  }
  view->parent = base;
  view->facts = base->facts;
  view->error = base->error;
  base->children++;
  *out = view;
  return DSR_OK;
}

/* The grammar, made if it is not there yet. */
static dsr_status get_grammar(dsr_base *base, dsr_grammar **out) {
  dsr_base *root = root_of(base);
  if (root->grammar == NULL) TRY(dsr_grammar_new(root->error, &root->grammar));
  *out = root->grammar;
  return DSR_OK;
}

/* ---- transactions ---------------------------------------------------------------- */

/* Roll back, and let no failure of that hide the one that caused it. */
static void roll_back(dsr_base *base) {
  dsr_error cause = *base->error;
  dsr_facts_rollback(base->facts);
  *base->error = cause;
}

/* Begin where none is open; *own tells that it was begun here. */
static dsr_status begin_own(dsr_base *base, bool *own) {
  *own = !dsr_facts_writing(base->facts);
  return *own ? dsr_facts_begin(base->facts) : DSR_OK;
}

/* End what begin_own() began, by how the work in it went. */
static dsr_status end_own(dsr_base *base, bool own, dsr_status rc) {
  if (!own) return rc;
  if (rc < 0) {
    roll_back(base);
    return rc;
  }
  TRY(dsr_facts_commit(base->facts));
  return rc;
}

/* ---- loading --------------------------------------------------------------------- */

/* A text to load, and the name that messages call it by. */
typedef struct text {
  const char *name;
  dsr_str body;
} text;

/* Doom the open transaction, if there is one, with the words kept. */
static dsr_status doom(dsr_base *base, dsr_status rc) {
  if (!dsr_facts_writing(base->facts)) return rc;
  dsr_error cause = *base->error;
  dsr_facts_doom(base->facts, rc);
  *base->error = cause;
  return rc;
}

/* Read the texts into one program; all are read, so that each tells its errors. */
static dsr_status read_texts(dsr_base *base, const text *texts, int n,
                             dsr_program *program) {
  dsr_grammar *grammar;
  dsr_status first = DSR_OK;
  TRY(get_grammar(base, &grammar));
  for (int i = 0; i < n; i++) {
    dsr_status rc = dsr_grammar_read(grammar, texts[i].name, texts[i].body, program);
    if (rc < 0 && first >= 0) first = rc;
    if (rc == DSR_ENOMEM) break;
  }
  return first;
}

static dsr_status load_program(dsr_base *base, const dsr_program *program) {
  bool own;
  TRY(begin_own(base, &own));
  return end_own(base, own, dsr_load_program(base->facts, program));
}

/* Load texts as one program in one transaction. */
static dsr_status load_texts(dsr_base *base, const text *texts, int n) {
  dsr_program program = {0};
  dsr_status rc = read_texts(base, texts, n, &program);
  rc = rc < 0 ? doom(base, rc) : load_program(base, &program);
  dsr_program_free(&program);
  return rc;
}

dsr_status dsr_base_load(dsr_base *base, const char *name, dsr_str body) {
  TRY(dsr_base_writable(base));
  char made[32];
  if (name == NULL) {
    snprintf(made, sizeof made, "<text %d>", ++root_of(base)->loads);
    name = made;
  }
  return load_texts(base, &(text){name, body}, 1);
}

/* All that is left in `in`, with room to grow doubled as it comes; no more than a little
** past what the grammar will take, so that a stream without an end has one. */
static dsr_status read_stream(dsr_base *base, const char *name, FILE *in,
                              dsr_str *out) {
  VEC(char) bytes = {0};
  size_t got;
  do {
    if (!VEC_RESERVE(&bytes, READ_STEP)) {
      VEC_FREE(&bytes);
      return dsr_fail_memory(base->error);
    }
    got = fread(bytes.items + bytes.len, 1, READ_STEP, in);
    bytes.len += got;
  } while (got == READ_STEP && bytes.len <= INT_MAX);
  if (ferror(in)) {
    int why = errno;
    VEC_FREE(&bytes);
    return dsr_fail(base->error, DSR_EIO, "%s: cannot be read: %s", name,
                    strerror(why));
  }
  *out = (dsr_str){bytes.items, bytes.len};
  return DSR_OK;
}

/* Open `path` to read, or say why it cannot be. */
static dsr_status open_file(dsr_base *base, const char *path, FILE **out) {
  struct stat about;
  FILE *in = fopen(path, "rb");
  if (in == NULL && errno == ENOENT) {
    return dsr_fail(base->error, DSR_EABSENT, "%s: there is no such file", path);
  }
  if (in == NULL) {
    return dsr_fail(base->error, DSR_EIO, "%s: cannot be opened: %s", path,
                    strerror(errno));
  }
  if (fstat(fileno(in), &about) == 0 && S_ISDIR(about.st_mode)) {
    fclose(in);
    return dsr_fail(base->error, DSR_EIO,
                    "%s: is a directory; name the files in it, as in %s/*.dl", path,
                    path);
  }
  *out = in;
  return DSR_OK;
}

/* The contents of a file, "-" being standard input. */
static dsr_status read_file(dsr_base *base, const char *path, text *out) {
  FILE *in = stdin;
  bool standard = strcmp(path, "-") == 0;
  out->name = standard ? "<stdin>" : path;
  if (!standard) TRY(open_file(base, path, &in));
  dsr_status rc = read_stream(base, out->name, in, &out->body);
  if (!standard) fclose(in);
  return rc;
}

static void free_texts(text *texts, int n) {
  for (int i = 0; i < n; i++) dsr_free((char *)texts[i].body.data);
  dsr_free(texts);
}

dsr_status dsr_base_load_files(dsr_base *base, const char *const *paths, int n) {
  TRY(dsr_base_writable(base));
  if (n <= 0) return DSR_NOTHING;
  text *texts = dsr_alloc((size_t)n * sizeof *texts);
  if (texts == NULL) return dsr_fail_memory(base->error);
  dsr_status rc = DSR_OK;
  for (int i = 0; i < n && rc >= 0; i++) rc = read_file(base, paths[i], &texts[i]);
  rc = rc < 0 ? doom(base, rc) : load_texts(base, texts, n);
  free_texts(texts, n);
  return rc;
}

/* ---- changing one fact ----------------------------------------------------------- */

/* A fact as it comes: as values, or else as a clause of a program. */
typedef struct given {
  const dsr_fact *fact;
  const dsr_program *program;
} given;

static dsr_status tuple_of(dsr_base *base, given from, bool create, dsr_tuple *out) {
  dsr_intern_mode mode = create ? DSR_INTERN : DSR_INTERN_FIND;
  if (from.fact != NULL) {
    return dsr_fact_tuple(base->facts, from.fact, mode, create, out);
  }
  return dsr_clause_tuple(base->facts, from.program, &from.program->clauses.items[0],
                          mode, create, out);
}

/* The claim first: a source that is refused must not leave a relation behind. */
static dsr_status add_claim(dsr_base *base, dsr_verb verb, given from,
                            const dsr_claim *claim) {
  static const dsr_claim by_base = {0};
  dsr_claim_row row;
  dsr_tuple tuple;
  if (claim == NULL) claim = &by_base;
  TRY(dsr_claim_words(base->facts, claim, DSR_INTERN, verb, &row));
  TRY(tuple_of(base, from, true, &tuple));
  return dsr_claim_add(base->facts, &tuple, &row);
}

/*
** The fields set in `claim`, as a filter.  DSR_NOTHING where one of them names what the
** base has never met: then no claim agrees.  A kind of zero cannot be told from one
** that was not set, and means any, unless `stated` says that it was.
*/
static dsr_status filter_of(dsr_base *base, const dsr_claim *claim, bool stated,
                            dsr_claim_filter *out) {
  *out = (dsr_claim_filter){0};
  if (claim == NULL) return DSR_OK;
  dsr_claim where = *claim;
  dsr_claim_row row;
  where.kind = DSR_STATED; /* a kind without its speaker is fine here */
  where.speaker = (dsr_str){NULL, 0};
  dsr_status rc =
      dsr_claim_words(base->facts, &where, DSR_INTERN_FIND, DSR_ASSERTS, &row);
  if (rc != DSR_OK) return rc;
  *out = (dsr_claim_filter){.by_kind = stated || claim->kind != DSR_STATED,
                            .kind = claim->kind,
                            .reliability = row.reliability,
                            .credibility = row.credibility,
                            .source = claim->source.len > 0 ? row.source : 0,
                            .locator = row.locator,
                            .quotation = row.quotation,
                            .confidence = row.confidence};
  if (claim->speaker.len == 0) return DSR_OK;
  return dsr_symbols_find(dsr_facts_symbols(base->facts), DSR_SYM_ENTITY,
                          claim->speaker, &out->speaker);
}

static dsr_status retract_claims(dsr_base *base, given from, const dsr_claim *claim,
                                 bool stated) {
  dsr_claim_filter filter;
  dsr_tuple tuple;
  dsr_status rc = tuple_of(base, from, false, &tuple);
  if (rc == DSR_OK) rc = filter_of(base, claim, stated, &filter);
  if (rc != DSR_OK) return rc;
  return dsr_claim_retract(base->facts, &tuple, &filter);
}

static dsr_status apply(dsr_base *base, dsr_change change, given from,
                        const dsr_claim *claim) {
  switch (change) {
    case DSR_CHANGE_ADD:
      return add_claim(base, DSR_ASSERTS, from, claim);
    case DSR_CHANGE_DENY:
      return add_claim(base, DSR_DENIES, from, claim);
    case DSR_CHANGE_RETRACT:
      return retract_claims(base, from, claim, false);
    case DSR_CHANGE_RETRACT_STATED:
      return retract_claims(base, from, claim, true);
  }
  return dsr_fail(base->error, DSR_EMISUSE, "no such change: %d", (int)change);
}

static dsr_status change_given(dsr_base *base, dsr_change change, given from,
                               const dsr_claim *claim) {
  bool own;
  TRY(begin_own(base, &own));
  return end_own(base, own, apply(base, change, from, claim));
}

dsr_status dsr_base_change(dsr_base *base, dsr_change change, const dsr_fact *fact,
                           const dsr_claim *claim) {
  TRY(dsr_base_writable(base));
  return change_given(base, change, (given){fact, NULL}, claim);
}

/* One clause from a text: a query, or with `fact` a fact. */
static dsr_status read_one(dsr_base *base, const char *name, dsr_str body, bool fact,
                           dsr_program *program) {
  dsr_grammar *grammar;
  TRY(get_grammar(base, &grammar));
  TRY(dsr_grammar_read_one(grammar, name, body, fact, program));
  if (program->clauses.len == 1) return DSR_OK;
  return dsr_fail(base->error, DSR_ESYNTAX, "one %s is due here; came %zu",
                  fact ? "fact" : "query", program->clauses.len);
}

dsr_status dsr_base_change_text(dsr_base *base, dsr_change change, const char *fact,
                                const dsr_claim *claim) {
  TRY(dsr_base_writable(base));
  dsr_program program = {0};
  dsr_status rc = read_one(base, "<fact>", dsr_str_of(fact), true, &program);
  if (rc >= 0) rc = change_given(base, change, (given){NULL, &program}, claim);
  dsr_program_free(&program);
  return rc;
}

/* ---- asking ---------------------------------------------------------------------- */

dsr_status dsr_base_prepare(dsr_base *base, dsr_str body, dsr_plan **out) {
  TRY(check_open(base));
  TRY(dsr_facts_read(base->facts, false));
  dsr_program program = {0};
  dsr_status rc = read_one(base, "<query>", body, false, &program);
  if (rc >= 0) {
    rc =
        dsr_plan_new(base->facts, base->view, &program, &program.clauses.items[0], out);
  }
  dsr_program_free(&program);
  if (rc >= 0) base->children++;
  return rc;
}

void dsr_base_plan_free(dsr_base *base, dsr_plan *plan) {
  if (plan == NULL) return;
  dsr_plan_free(plan);
  dsr_facts_rest(base->facts);
  base->children--;
}
