/*
** loading.c - files and texts in the language, into a base.
**
** Files are read whole before the first is parsed; what is long is held in a file
** (lua/held.h).  Facts are read twice and put in bulk (logic/mass.h), so that a load takes
** little memory beside what makes it known which file made them: 8 bytes for each claim.
** All that is loaded together is one program and one transaction, or a part of the open
** one, which a load that fails dooms.  A dry run is a load whose transaction is taken
** back.
*/
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "facts/kept.h"
#include "ground/text.h"
#include "logic/whole.h"
#include "lua/base.h"
#include "lua/rereading.h"
#include "lua/whence.h"

/* A text to load, and the name that messages call it by. */
typedef struct text {
  const char *name;
  dsr_held_text held;
  char *whence; /* the name that the base remembers it by; NULL: it does not */
} text;

/* One load. */
typedef struct load {
  dsr_base *base;
  const dsr_load_options *options;
  text *texts;
  int n;
  dsr_pace pace;
  dsr_program program;
  dsr_made made;
  dsr_load_report report;
} load;

/* Read the texts into one program; all are read, so that each tells its errors. */
static dsr_status read_texts(load *l) {
  dsr_grammar *grammar;
  dsr_status first = DSR_OK;
  TRY(dsr_base_grammar(l->base, &grammar));
  dsr_grammar_pace(grammar, &l->pace);
  l->program.reread = &dsr_rereading;
  for (int i = 0; i < l->n; i++) {
    const text *from = &l->texts[i];
    dsr_pace_turn(&l->pace, "reading", from->name);
    l->program.mapped = from->held.mapped;
    dsr_status rc = dsr_grammar_read(grammar, from->name, from->held.body, &l->program);
    if (rc < 0 && first >= 0) first = rc;
    if (rc == DSR_ESTOPPED) first = rc;
    if (rc == DSR_ENOMEM || rc == DSR_ESTOPPED) break;
  }
  dsr_grammar_pace(grammar, NULL);
  return first;
}

/* Make room to note what each text makes. */
static dsr_status start_made(load *l) {
  l->made.files = dsr_alloc((size_t)l->n * sizeof *l->made.files);
  if (l->made.files == NULL) return dsr_fail_memory(l->base->error);
  l->made.n = l->n;
  for (int i = 0; i < l->n; i++) l->made.files[i].path = l->texts[i].whence;
  return DSR_OK;
}

/* How many texts would be remembered, were they files. */
static int without_name(const load *l) {
  int n = 0;
  for (int i = 0; i < l->n; i++) n += l->texts[i].whence == NULL;
  return n;
}

/* The names of tables and functions, which rules may read; to be freed by dsr_free. */
static dsr_status supposed_names(const dsr_base *base, dsr_str **out, int *n) {
  size_t tables = base->realm.tables.len, i = 0;
  const dsr_definition *definition;
  while (base->defined != NULL && dsr_defined_at(base->defined, i) != NULL) i++;
  dsr_str *names = dsr_alloc((tables + i + 1) * sizeof *names);
  if (names == NULL) return dsr_fail_memory(base->error);
  *n = 0;
  for (i = 0; i < tables; i++) {
    names[(*n)++] = dsr_str_of(base->realm.tables.items[i].name);
  }
  for (i = 0; base->defined != NULL; i++) {
    definition = dsr_defined_at(base->defined, i);
    if (definition == NULL) break;
    names[(*n)++] = definition->name;
  }
  *out = names;
  return DSR_OK;
}

/* Look at all rules together, where they or what they are about may have changed. */
static dsr_status check_rules(load *l, const dsr_loading *how) {
  dsr_base *root = dsr_base_root(l->base);
  dsr_whole whole = {.kept = dsr_base_rules_unsaid,
                     .ud = root,
                     .defined = root->defined,
                     .n_supposed = how->n_supposed,
                     .supposed = how->supposed};
  if (how->declared == 0 && !dsr_whole_asked(&l->program)) return DSR_OK;
  dsr_error_clear(root->error);
  return dsr_whole_check(root->facts, &l->program, &whole, root->error);
}

static dsr_status store_program(load *l) {
  dsr_facts *facts = l->base->facts;
  dsr_str *names = NULL;
  dsr_loading how = {.made = &l->made,
                     .pace = &l->pace,
                     .note = l->options->note,
                     .query = l->options->query,
                     .ud = l->options->ud};
  dsr_made_came came;
  int64_t changes = dsr_facts_changes(facts), opened = dsr_facts_opened(facts);
  int64_t rules_added = dsr_kept_added(facts), rules_dropped = dsr_kept_dropped(facts);
  TRY(supposed_names(dsr_base_root(l->base), &names, &how.n_supposed));
  how.supposed = names;
  dsr_status rc = dsr_load_program(facts, &l->program, &how);
  bool loaded = rc >= 0;
  if (loaded) {
    rc = dsr_made_land(facts, &l->made, l->options->replace != 0, &l->pace, &came);
  }
  if (rc >= 0) rc = check_rules(l, &how);
  dsr_free(names);
  if (rc < 0) return loaded ? dsr_base_doom(l->base, rc) : rc;
  dsr_load_tell(&l->program, &how);
  if (l->options->replace) l->report.files_new = came.files_new + without_name(l);
  l->report.left_out = came.left_out;
  l->report.rules_added = dsr_kept_added(facts) - rules_added;
  l->report.rules_dropped = dsr_kept_dropped(facts) - rules_dropped;
  l->report.rules_left_out = came.rules_left_out;
  l->report.idle = how.idle;
  l->report.queries = how.queries;
  l->report.skipped = how.skipped;
  l->report.declared = how.declared;
  l->report.added = dsr_facts_opened(facts) - opened;
  l->report.retracted = dsr_facts_changes(facts) - changes - l->report.added;
  return DSR_OK;
}

/* Store the program in a transaction, which a dry run takes back. */
static dsr_status land_program(load *l) {
  bool own;
  TRY(dsr_base_begin(l->base, &own));
  dsr_status rc = store_program(l);
  if (rc >= 0 && l->options->dry_run) return dsr_facts_rollback(l->base->facts);
  return dsr_base_end(l->base, own, rc);
}

/* Load texts as one program in one transaction. */
static dsr_status load_texts(load *l) {
  dsr_status rc = read_texts(l);
  if (rc >= 0) rc = start_made(l);
  rc = rc < 0 ? dsr_base_doom(l->base, rc) : land_program(l);
  dsr_made_free(&l->made);
  dsr_program_free(&l->program);
  return rc;
}

dsr_status dsr_base_load(dsr_base *base, const char *name, dsr_str body) {
  static const dsr_load_options plain;
  TRY(dsr_base_writable(base));
  char made[32];
  if (name == NULL) {
    snprintf(made, sizeof made, "<text %d>", ++dsr_base_root(base)->loads);
    name = made;
  }
  text one = {.name = name, .held = {.body = body}};
  load l = {.base = base, .options = &plain, .texts = &one, .n = 1};
  return load_texts(&l);
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

/* A copy of the path that a base can keep: where it is not UTF-8, as file systems allow,
** with all bytes beyond ASCII spelled out. */
static char *kept_path(const char *path) {
  dsr_str given = dsr_str_of(path);
  bool odd = dsr_utf8_valid(given) < given.len;
  char *kept = dsr_alloc(4 * given.len + 1);
  char *at = kept;
  for (size_t i = 0; kept != NULL && i < given.len; i++) {
    unsigned byte = (unsigned char)path[i];
    if (odd && (byte >= 0x80 || byte == '\\')) {
      at += snprintf(at, 5, "\\x%02x", byte);
    } else {
      *at++ = path[i];
    }
  }
  return kept;
}

/* The name that the base remembers a file by, where it does. */
static dsr_status name_file(dsr_base *base, const char *path, text *out) {
  char whence[PATH_MAX];
  const char *of_base = dsr_store_path(dsr_facts_store(base->facts));
  if (!dsr_whence(of_base, path, whence)) return DSR_OK;
  out->whence = kept_path(whence);
  return out->whence == NULL ? dsr_fail_memory(base->error) : DSR_OK;
}

/* The contents of a file, "-" being standard input, and the name that messages call it
** by. */
static dsr_status read_contents(dsr_base *base, const char *path, dsr_pace *pace,
                                const char **name, dsr_held_text *held) {
  FILE *in = stdin;
  char folder[PATH_MAX];
  bool standard = strcmp(path, "-") == 0;
  const char *called = standard ? "<stdin>" : path;
  dsr_store *store = dsr_facts_store(base->facts);
  dsr_pace_turn(pace, "reading", called);
  if (dsr_store_folder(store, folder, sizeof folder) < 0) strcpy(folder, P_tmpdir);
  if (!standard) TRY(open_file(base, path, &in));
  dsr_status rc = dsr_held_read(in, called, folder, pace, base->error, held);
  if (!standard) fclose(in);
  if (rc >= 0) *name = called;
  return rc;
}

dsr_status dsr_base_read_file(dsr_base *base, const char *path, const char **name,
                              dsr_held_text *held) {
  return read_contents(base, path, NULL, name, held);
}

static dsr_status read_file(dsr_base *base, const char *path, dsr_pace *pace,
                            text *out) {
  TRY(read_contents(base, path, pace, &out->name, &out->held));
  return strcmp(path, "-") == 0 ? DSR_OK : name_file(base, path, out);
}

static void free_texts(text *texts, int n) {
  for (int i = 0; i < n; i++) {
    dsr_held_free(&texts[i].held);
    dsr_free(texts[i].whence);
  }
  dsr_free(texts);
}

dsr_status dsr_base_load_files(dsr_base *base, const char *const *paths, int n,
                               const dsr_load_options *options,
                               dsr_load_report *report) {
  static const dsr_load_options plain;
  load l = {.base = base, .options = options != NULL ? options : &plain, .n = n};
  TRY(dsr_base_writable(base));
  if (l.options->dry_run && dsr_facts_writing(base->facts)) {
    return dsr_fail(base->error, DSR_EUNSUPPORTED,
                    "a dry run cannot be a part of an open transaction");
  }
  if (n <= 0) return DSR_NOTHING;
  l.texts = dsr_alloc((size_t)n * sizeof *l.texts);
  if (l.texts == NULL) return dsr_fail_memory(base->error);
  dsr_pace_start(&l.pace, l.options->progress, l.options->ud, base->error);
  dsr_status rc = DSR_OK;
  for (int i = 0; i < n && rc >= 0; i++) {
    rc = read_file(base, paths[i], &l.pace, &l.texts[i]);
  }
  rc = rc < 0 ? dsr_base_doom(base, rc) : load_texts(&l);
  free_texts(l.texts, n);
  if (rc >= 0 && report != NULL) *report = l.report;
  return rc;
}
