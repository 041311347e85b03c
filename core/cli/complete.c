/*
** complete.c - what may stand next on a command line: for the shells that ask.
**
** `dossier complete -- WORD...` takes the words behind the command's name, the last of
** them the one that is being typed, and prints what it may become: a line each, with a
** tab and a few words on it where there are some.  A line that begins with a colon is for
** the shell: ":files dl" asks for its files whose names end so (none told: all),
** ":nospace" that no space is put behind.
**
** Commands and scripts are read as they read themselves: options from their tables and
** Usage lines, names from the base of the line or of $DOSSIER_BASE, which is opened to be
** read, never made, and at most 200 names are told.  Nothing here complains: a line that
** makes no sense has no completions.
*/
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/buffer.h"
#include "cli/command.h"
#include "cli/out.h"
#include "cli/target.h"

enum { NAMES_MOST = 200, WORD_MOST = 64 };

/* What a place on the line takes. */
typedef enum want {
  NOTHING = 0,
  ENTITY,
  RELATION,
  NAME, /* an entity or a relation */
  SOURCE,
  KIND,
  FORMAT,
  FILES,  /* any */
  TEXTS,  /* files in the language */
  CLAUSE, /* a query or a fact */
  SCRIPT,
  CHOICE, /* one|two */
} want;

typedef struct line {
  const char *word;       /* the part of the last word that is to be completed */
  const char *before;     /* the last word whole, where `word` is its end */
  int before_len;         /* bytes of it that stand before `word` */
  const char *base;       /* as on the line; NULL: not there */
  const char *name;       /* of the command or script; NULL: not there yet */
  const dsr_command *own; /* the command; NULL: it is a script, or not there */
  char *help;             /* of a script, owned */
  const char *usage;      /* the Usage line, within a help; "" where there is none */
  int run;                /* `run` came: the next word is a script */
  int plain;              /* behind "--" */
  int position;           /* arguments before the last word */
  const char *pending;    /* the option whose value the last word is, or NULL */
  char option[WORD_MOST]; /* the name of the option met last */
} line;

/* ---- telling ---------------------------------------------------------------------- */

static int begins(const char *text, const char *prefix) {
  return strncmp(text, prefix, strlen(prefix)) == 0;
}

static int has_controls(const char *text) {
  dsr_str all = dsr_out_str(text);
  return dsr_until_control(all) < all.len;
}

/* Tell of `text` where it goes on from what is typed, with `len` bytes about it. */
static void offer(const line *on, const char *text, const char *about, int len) {
  if (!begins(text, on->word) || has_controls(text)) return;
  printf("%.*s%s", on->before_len, on->before, text);
  if (len > 0) printf("\t%.*s", len, about);
  putchar('\n');
}

static void offer_plain(const line *on, const char *text) { offer(on, text, "", 0); }

static void offer_all(const line *on, const char *const *texts) {
  for (; *texts != NULL; texts++) offer_plain(on, *texts);
}

/* ---- usage lines ------------------------------------------------------------------ */

/* Where the Usage line of a help begins, behind its heading; "" where there is none. */
static const char *usage_of(const char *help) {
  const char *at = strstr(help, "Usage:");
  return at != NULL ? at + strlen("Usage:") : "";
}

/* How long it is: with the lines behind it that are indented. */
static size_t usage_len(const char *usage) {
  const char *end = strchr(usage, '\n');
  while (end != NULL && end[1] == ' ') end = strchr(end + 1, '\n');
  return end != NULL ? (size_t)(end - usage) : strlen(usage);
}

/* Copy the word at `at` to `word`; gives where it ends.  Brackets and spaces end it. */
static const char *copy_word(const char *at, char word[WORD_MOST]) {
  size_t len = strcspn(at, " []\n");
  size_t kept = len < WORD_MOST ? len : WORD_MOST - 1;
  memcpy(word, at, kept);
  word[kept] = '\0';
  return at + len;
}

/* Cut the dots that say that more may follow; were there some? */
static int cut_dots(char *word) {
  char *dots = strstr(word, "...");
  if (dots != NULL) *dots = '\0';
  return dots != NULL;
}

static int is_value(const char *word) {
  return (word[0] >= 'A' && word[0] <= 'Z') || strchr(word, '|') != NULL;
}

/* The word that stands for the value of the option at `at`, behind its name; `word` is
** empty where it takes none. */
static const char *value_word(const char *at, char word[WORD_MOST]) {
  word[0] = '\0';
  if (at[0] != ' ') return at;
  const char *end = copy_word(at + strspn(at, " \n"), word);
  if (is_value(word)) return end;
  word[0] = '\0';
  return at;
}

/* Find the option `name` in a Usage line; its value's word too. */
static int in_usage(const char *usage, const char *name, char word[WORD_MOST]) {
  const char *end = usage + usage_len(usage);
  size_t len = strlen(name);
  for (const char *at = usage; (at = strstr(at, name)) != NULL && at < end; at += len) {
    if (strchr(" ]=\n", at[len]) == NULL) continue;
    value_word(at + len, word);
    return 1;
  }
  return 0;
}

/* The word of a Usage line for the argument at `position`; false where there is none. */
static int argument_word(const char *usage, int position, char word[WORD_MOST]) {
  const char *end = usage + usage_len(usage), *at = usage;
  int skip = 1, count = 0;
  while ((at += strspn(at, " []\n")) < end) {
    char value[WORD_MOST];
    at = copy_word(at, word);
    if (skip > 0) {
      skip += strcmp(word, "dossier") == 0 ? 0 : -1;
    } else if (word[0] == '-') {
      at = value_word(at, value);
    } else {
      int more = cut_dots(word) || begins(at + strspn(at, " "), "...");
      if (count == position || more) return word[0] != '\0';
      count++;
    }
  }
  return 0;
}

/* ---- names of the base ------------------------------------------------------------ */

typedef struct names {
  const line *on;
  const char *prefix; /* what is typed of the name */
  const char *behind; /* to stand behind it */
  int raw;            /* without the language's quotes */
  int told;
} names;

/* A name in quotes as it is without them, in place. */
static void unquote(char *name) {
  char *to = name;
  if (*name != '\'') return;
  for (const char *at = name + 1; *at != '\0' && *at != '\''; at++) {
    if (*at == '\\') {
      at++;
      *to++ = (char)(*at == 'n' ? '\n' : *at == 't' ? '\t' : *at == 'r' ? '\r' : *at);
    } else {
      *to++ = *at;
    }
  }
  *to = '\0';
}

static int tell_name(void *ud, dsr_str found) {
  names *list = ud;
  size_t typed = strlen(list->on->word) - strlen(list->prefix);
  size_t behind = strlen(list->behind);
  char *text = malloc(typed + found.len + behind + 1);
  if (text == NULL) return 1;
  memcpy(text, list->on->word, typed);
  memcpy(text + typed, found.data, found.len);
  text[typed + found.len] = '\0';
  if (list->raw) unquote(text + typed);
  strcat(text, list->behind);
  offer_plain(list->on, text);
  free(text);
  return ++list->told >= NAMES_MOST;
}

static void offer_names(names *list, dsr_base *base, dsr_name_kind kind) {
  dsr_name_each(base, kind, list->prefix, tell_name, list);
}

/* The base of the line, to be read; NULL where it cannot be. */
static dsr_base *open_base(const line *on) {
  const char *path = on->base != NULL ? on->base : getenv("DOSSIER_BASE");
  dsr_open_options how = {.read_only = 1, .must_exist = 1, .busy_ms = -1};
  dsr_base *base = NULL;
  if (path == NULL || path[0] == '\0') return NULL;
  if (dsr_open(path, &how, &base) >= 0) return base;
  dsr_close(base);
  return NULL;
}

/* Names of one kind, or of entities and relations with 0. */
static void offer_words(const line *on, int kind) {
  dsr_base *base = open_base(on);
  names list = {.on = on, .prefix = on->word, .behind = "", .raw = 1};
  if (base == NULL) return;
  offer_names(&list, base, kind != 0 ? (dsr_name_kind)kind : DSR_NAME_ENTITY);
  if (kind == 0) offer_names(&list, base, DSR_NAME_RELATION);
  dsr_close(base);
}

/* ---- within a query --------------------------------------------------------------- */

static int in_name(char c) {
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
         (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

/* How many brackets are open at the end of `text`; -1 where a text or a name in quotes
** is. */
static int depth_of(const char *text, size_t len) {
  int depth = 0;
  char quote = 0;
  for (size_t i = 0; i < len; i++) {
    if (quote != 0) {
      if (text[i] == '\\') i++;
      if (text[i] == quote) quote = 0;
    } else if (text[i] == '"' || text[i] == '\'') {
      quote = text[i];
    } else {
      depth += (text[i] == '(') - (text[i] == ')');
    }
  }
  return quote != 0 ? -1 : depth;
}

/* Is `word` the last whole word of `text`? */
static int ends_with_word(const char *text, size_t len, const char *word) {
  size_t size = strlen(word);
  while (len > 0 && text[len - 1] == ' ') len--;
  if (len < size || strncmp(text + len - size, word, size) != 0) return 0;
  return len == size || !in_name(text[len - size - 1]);
}

/* Does a term end `text`, so that no atom can follow?  A keyword is none. */
static int ends_with_term(const char *text, size_t len) {
  static const char *const before_atoms[] = {"not", "deny", "stated", "assessed",
                                             "possibly"};
  size_t n = sizeof before_atoms / sizeof *before_atoms;
  for (size_t i = 0; i < n; i++) {
    if (ends_with_word(text, len, before_atoms[i])) return 0;
  }
  while (len > 0 && text[len - 1] == ' ') len--;
  return len > 0 && (in_name(text[len - 1]) || strchr("@\"'<>=", text[len - 1]));
}

/* Relations where an atom may begin, entities within one, sources behind `from`. */
static void offer_clause(const line *on) {
  size_t len = strlen(on->word);
  while (len > 0 && in_name(on->word[len - 1])) len--;
  names list = {.on = on, .prefix = on->word + len, .behind = ""};
  int depth = depth_of(on->word, len), variable = 0;
  variable = list.prefix[0] >= 'A' && list.prefix[0] <= 'Z';
  if (depth < 0 || variable) return;
  dsr_name_kind kind = DSR_NAME_ENTITY;
  if (depth == 0) {
    kind = DSR_NAME_RELATION;
    list.behind = "(";
    if (ends_with_word(on->word, len, "from")) {
      kind = DSR_NAME_SOURCE;
      list.behind = "";
    } else if (ends_with_term(on->word, len)) {
      return;
    }
  }
  dsr_base *base = open_base(on);
  if (base == NULL) return;
  puts(":nospace");
  offer_names(&list, base, kind);
  dsr_close(base);
}

/* ---- commands and scripts --------------------------------------------------------- */

/* The words of a summary line or of an option's line behind the gap of two spaces. */
static const char *behind_gap(const char *text, int *len) {
  const char *gap = strstr(text, "  ");
  size_t rest = strcspn(text, "\n");
  if (gap == NULL || gap > text + rest) {
    *len = 0;
    return "";
  }
  gap += strspn(gap, " ");
  *len = (int)strcspn(gap, "\n");
  return gap;
}

static void meet_script(void *ud, const char *name, const char *where,
                        const char *summary) {
  (void)where;
  offer(ud, name, summary, (int)strlen(summary));
}

static void offer_commands(line *on) {
  for (int i = 0; dsr_commands[i] != NULL; i++) {
    int len;
    if (dsr_commands[i]->summary == NULL) continue;
    const char *about = behind_gap(dsr_commands[i]->summary, &len);
    offer(on, dsr_commands[i]->name, about, len);
  }
  offer(on, "run", "run a Lua script", 16);
  dsr_script_each(meet_script, on);
}

/* What a help says of an option: its line, behind the value's word. */
static const char *about_option(const char *help, const char *name, int *len) {
  size_t size = strlen(name);
  for (const char *at = help; at != NULL && *at != '\0'; at = strchr(at, '\n')) {
    at += *at == '\n';
    const char *first = at + strspn(at, " ");
    if (begins(first, "-") && first[1] != '-' && first[2] == ',') first += 4;
    if (!begins(first, name) || strchr(" =\n", first[size]) == NULL) continue;
    return behind_gap(first + size, len);
  }
  *len = 0;
  return "";
}

static void offer_option(const line *on, const char *help, const char *name) {
  int len;
  const char *about = about_option(help, name, &len);
  offer(on, name, about, len);
}

/* The options that a script's Usage line names. */
static void offer_script_options(const line *on) {
  const char *end = on->usage + usage_len(on->usage), *at = on->usage;
  while ((at = strstr(at, "--")) != NULL && at < end) {
    char name[WORD_MOST];
    at = copy_word(at, name);
    if (name[2] != '\0') offer_option(on, on->help, name);
  }
}

static void offer_options(const line *on) {
  char value[WORD_MOST];
  const dsr_flag *own = on->own != NULL ? on->own->flags : NULL;
  const dsr_flag *first = own;
  for (; own != NULL && own->name != NULL; own++) {
    offer_option(on, on->own->help, own->name);
  }
  if (on->help != NULL) offer_script_options(on);
  for (int i = 0; dsr_options_at(i).name != NULL; i++) {
    const char *name = dsr_options_at(i).name;
    int taken = on->help != NULL && in_usage(on->usage, name, value);
    for (own = first; own != NULL && own->name != NULL; own++) {
      taken |= strcmp(own->name, name) == 0;
    }
    if (!taken) offer_option(on, dsr_options_help, name);
  }
}

/* ---- values ----------------------------------------------------------------------- */

/* Is `word` of the type `kind`: SOURCE, FROM_SOURCE, SOURCE_2? */
static int is_of(const char *word, const char *kind) {
  const char *at = strstr(word, kind);
  if (at == NULL || (at > word && at[-1] != '_')) return 0;
  const char *behind = at + strlen(kind);
  return behind[strspn(behind, "_0123456789")] == '\0';
}

/* What the word of a Usage line stands for. */
static want want_of_word(const char *word) {
  static const struct {
    const char *word;
    want of;
  } kinds[] = {{"ENTITY", ENTITY},     {"EVENT", ENTITY}, {"SOURCE", SOURCE},
               {"RELATION", RELATION}, {"FILE", FILES},   {"FACT", CLAUSE},
               {"QUERY", CLAUSE}};
  if (strchr(word, '|') != NULL) return CHOICE;
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    if (is_of(word, kinds[i].word)) return kinds[i].of;
  }
  return NOTHING;
}

/* What the value of an option is, by its word, else by its name. */
static want want_of_option(const char *name, const char *word) {
  static const struct {
    const char *name;
    want of;
  } kinds[] = {{"--base", FILES},     {"--format", FORMAT}, {"--source", SOURCE},
               {"--by", SOURCE},      {"--of", SOURCE},     {"--kind", KIND},
               {"--speaker", ENTITY}, {"--output", FILES},  {"-o", FILES},
               {"--skip-bad", FILES}};
  want of = want_of_word(word);
  for (size_t i = 0; of == NOTHING && i < sizeof kinds / sizeof *kinds; i++) {
    if (strcmp(name, kinds[i].name) == 0) of = kinds[i].of;
  }
  return of;
}

/* What the arguments of a command are; those of scripts are in their Usage lines. */
static want want_of_argument(const char *command, int position) {
  static const struct {
    const char *command;
    want first, rest;
  } kinds[] = {
      {"load", TEXTS, TEXTS},         {"check", TEXTS, TEXTS},
      {"format", TEXTS, TEXTS},       {"query", CLAUSE, CLAUSE},
      {"rules", TEXTS, TEXTS},        {"add", CLAUSE, NOTHING},
      {"deny", CLAUSE, NOTHING},      {"retract", CLAUSE, NOTHING},
      {"prefer", CLAUSE, NOTHING},    {"rename", NAME, NOTHING},
      {"deprecate", CLAUSE, NOTHING}, {"scripts", SCRIPT, NOTHING},
      {"why", CLAUSE, CLAUSE},        {"export", RELATION, RELATION},
      {"search", ENTITY, ENTITY},     {"import", FILES, FILES},
      {"why", CLAUSE, CLAUSE},        {"backup", FILES, NOTHING},
      {"forget", SOURCE, NOTHING},    {"diff", FILES, FILES},
  };
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    if (strcmp(command, kinds[i].command) == 0) {
      return position == 0 ? kinds[i].first : kinds[i].rest;
    }
  }
  return NOTHING;
}

static void offer_choices(const line *on, const char *word) {
  char choice[WORD_MOST];
  while (*word != '\0') {
    size_t len = strcspn(word, "|");
    snprintf(choice, sizeof choice, "%.*s", (int)len, word);
    if (choice[0] != '\0') offer_plain(on, choice);
    word += len + (word[len] == '|');
  }
}

/* The formats that a command has. */
static const char *const *formats_of(const line *on) {
  static const char *const usual[] = {"table", "csv", "tsv", "json", "md", NULL};
  static const char *const out[] = {"dl", "csv", "jsonl", "dot", "nt",
                                    "nq", "ttl", "trig",  NULL};
  static const char *const in[] = {"nt",  "nq",  "ttl",   "trig",
                                   "csv", "tsv", "jsonl", NULL};
  if (on->own != NULL && strcmp(on->own->name, "export") == 0) return out;
  if (on->own != NULL && strcmp(on->own->name, "import") == 0) return in;
  return usual;
}

static void offer_wanted(line *on, want of, const char *word) {
  static const char *const kinds[] = {"stated", "attributed", "assessed", NULL};
  static const char *const reports[] = {"text", "html", NULL};
  switch (of) {
    case ENTITY:
    case RELATION:
    case SOURCE:
    case NAME:
      offer_words(on, of == ENTITY     ? DSR_NAME_ENTITY
                      : of == RELATION ? DSR_NAME_RELATION
                      : of == SOURCE   ? DSR_NAME_SOURCE
                                       : 0);
      break;
    case KIND:
      offer_all(on, kinds);
      break;
    case FORMAT:
      offer_all(on, formats_of(on));
      if (on->help != NULL) offer_all(on, reports);
      break;
    case FILES:
      puts(":files");
      break;
    case TEXTS:
      puts(":files dl");
      break;
    case CLAUSE:
      offer_clause(on);
      break;
    case SCRIPT:
      dsr_script_each(meet_script, on);
      break;
    case CHOICE:
      offer_choices(on, word);
      break;
    case NOTHING:
      break;
  }
}

/* ---- reading the line ------------------------------------------------------------- */

/* A command or a script is named: know its options. */
static void set_command(line *on, const char *name) {
  dsr_status status = DSR_OK;
  if (!on->run && strcmp(name, "run") == 0) {
    on->run = 1;
    return;
  }
  on->name = name;
  for (int i = 0; !on->run && dsr_commands[i] != NULL; i++) {
    if (strcmp(name, dsr_commands[i]->name) == 0) on->own = dsr_commands[i];
  }
  if (on->own == NULL) on->help = dsr_script_help(name, &status);
  if (status < 0 && on->help != NULL) on->help[0] = '\0';
  const char *help = on->own != NULL ? on->own->help : on->help;
  on->usage = usage_of(help != NULL ? help : "");
}

/* The option that `word` is, and whether it takes a value; NULL where it is none.
** "-bPATH" and "--base=PATH" have theirs: *value is where. */
static const char *known_option(line *on, const char *word, int *takes_value,
                                const char **value) {
  char *name = on->option, kind[WORD_MOST];
  size_t len = strcspn(word, "=");
  *value = word[len] == '=' ? word + len + 1 : NULL;
  snprintf(name, WORD_MOST, "%.*s", (int)len, word);
  for (const dsr_flag *own = on->own != NULL ? on->own->flags : NULL;
       own != NULL && own->name != NULL; own++) {
    *takes_value = own->takes_value;
    if (strcmp(own->name, name) == 0) return own->name;
  }
  if (on->help != NULL && len > 2 && in_usage(on->usage, name, kind)) {
    *takes_value = kind[0] != '\0';
    return name;
  }
  for (int i = 0; dsr_options_at(i).name != NULL; i++) {
    dsr_option_shape shape = dsr_options_at(i);
    *takes_value = shape.takes_value;
    if (strcmp(shape.name, name) == 0) return shape.name;
    if (shape.letter == 0 || word[0] != '-' || word[1] != shape.letter) continue;
    *value = word[2] != '\0' ? word + 2 : NULL;
    return shape.name;
  }
  return NULL;
}

/* Take the word at words[at] of those before the last; how many words that took. */
static int take_word(line *on, const char *const *words, int at, int n) {
  const char *word = words[at], *value;
  int takes_value = 0;
  const char *option = NULL;
  if (!on->plain && strcmp(word, "--") == 0) {
    on->plain = 1;
    return 1;
  }
  if (!on->plain && word[0] == '-' && word[1] != '\0') {
    option = known_option(on, word, &takes_value, &value);
    if (option == NULL || !takes_value) return 1;
    if (value == NULL && at + 1 < n) value = words[at + 1];
    if (value == NULL) on->pending = option;
    if (strcmp(option, "--base") == 0) on->base = value;
    return value != NULL && value == words[at + 1] ? 2 : 1;
  }
  if (on->name == NULL) {
    set_command(on, word);
  } else {
    on->position++;
  }
  return 1;
}

/* Let the value within the last word ("--kind=st") be what is completed. */
static void split_value(line *on) {
  int takes_value;
  const char *value;
  if (on->plain || on->pending != NULL || on->word[0] != '-') return;
  const char *option = known_option(on, on->word, &takes_value, &value);
  if (option == NULL || !takes_value || value == NULL) return;
  on->pending = option;
  on->before = on->word;
  on->before_len = (int)(value - on->word);
  on->word = value;
}

static void offer_argument(line *on) {
  char word[WORD_MOST] = "";
  if (on->own != NULL) {
    offer_wanted(on, want_of_argument(on->name, on->position), word);
  } else if (argument_word(on->usage, on->position, word)) {
    offer_wanted(on, want_of_word(word), word);
  }
  const char *base = on->base != NULL ? on->base : getenv("DOSSIER_BASE");
  int reads = on->own == NULL || strcmp(on->name, "query") == 0 ||
              strcmp(on->name, "search") == 0;
  if (reads && (base == NULL || base[0] == '\0')) puts(":files dl");
}

static void complete(line *on) {
  char word[WORD_MOST] = "";
  split_value(on);
  if (on->pending != NULL) {
    in_usage(on->usage, on->pending, word);
    offer_wanted(on, want_of_option(on->pending, word), word);
  } else if (!on->plain && on->word[0] == '-') {
    offer_options(on);
  } else if (on->name != NULL) {
    offer_argument(on);
  } else if (on->run) {
    dsr_script_each(meet_script, on);
    puts(":files lua");
  } else {
    offer_commands(on);
  }
}

static int run_complete(dsr_options *options) {
  int n = options->n_arguments - 1;
  line on = {.before = "", .usage = ""};
  if (n < 0) return DSR_EXIT_DONE;
  for (int at = 0; at < n;) at += take_word(&on, options->arguments, at, n);
  on.word = options->arguments[n];
  complete(&on);
  free(on.help);
  return DSR_EXIT_DONE;
}

static const char complete_help[] =
    "complete: tell what may stand next on a command line.  Shells ask it.\n"
    "\n"
    "Usage: dossier complete -- WORD...\n"
    "\n"
    "The words are those behind \"dossier\", the last of them the one being typed.  "
    "Each\n"
    "line is what it may become, with a tab and a few words on it where there are "
    "some;\n"
    "\":files dl\" asks the shell for its files that end so, \":nospace\" for no "
    "space.\n"
    "\n"
    "  $ dossier complete -- load --re\n";

const dsr_command dsr_command_complete = {"complete", NULL, run_complete, complete_help,
                                          NULL};
