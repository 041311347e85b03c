/*
** options.c - the command line read into a dsr_options.
**
** One table names the options, what they take, and where it goes; reading, "did you
** mean" and the check for repeated ones follow from it.  Words are borrowed from argv.
*/
#include "cli/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char dsr_options_help[] =
    "Which base:\n"
    "  -b, --base BASE    the base's file; without it $DOSSIER_BASE, or files given "
    "to\n"
    "                     the command, which are loaded in memory\n"
    "      --now T        the clock for what is recorded: 2026-01-02T03:04:05Z\n"
    "\n"
    "What of it is in view:\n"
    "      --as-of D      what holds on the day D, and what happened by then\n"
    "      --since D      what may reach to D or later\n"
    "      --until D      what may begin on D or earlier\n"
    "      --known-at T   what had been recorded by then: a time, a date, or '#17'\n"
    "      --source S     claims of this source; may be repeated, like the next two\n"
    "      --kind K       claims of this kind: stated, attributed or assessed\n"
    "      --speaker P    claims attributed to this speaker\n"
    "      --min-grade G  claims graded at least so: b2, b or 2\n"
    "      --settled      without what verdicts deprecate\n"
    "      --possible     with --as-of: also what only possibly holds\n"
    "      --fold         without facts that a finer one says\n"
    "\n"
    "How it is shown:\n"
    "      --format F     table, csv, tsv, json or md; reports also as html\n"
    "      --no-pager     on a terminal, do not show long output through "
    "$DOSSIER_PAGER,\n"
    "                     $PAGER or less\n";

/* ---- the nearest word ------------------------------------------------------------ */

static int least(int a, int b, int c) {
  int low = a < b ? a : b;
  return low < c ? low : c;
}

/* Edits between two words of fewer than 64 bytes. */
static int distance(const char *a, const char *b) {
  int row[64];
  int n = (int)strlen(b);
  for (int j = 0; j <= n; j++) row[j] = j;
  for (int i = 1; a[i - 1] != '\0'; i++) {
    int corner = row[0];
    row[0] = i;
    for (int j = 1; j <= n; j++) {
      int above = row[j];
      row[j] = least(above + 1, row[j - 1] + 1, corner + (a[i - 1] != b[j - 1]));
      corner = above;
    }
  }
  return row[n];
}

void dsr_near_start(dsr_near *race, const char *word) {
  *race = (dsr_near){word, 0, ""};
  /* A slip in three letters; two at least, for letters that changed places. */
  int most = (int)strlen(word) / 3;
  race->distance = (most < 2 ? 2 : most) + 1;
}

void dsr_near_offer(dsr_near *race, const char *candidate) {
  size_t len = strlen(candidate);
  if (strlen(race->word) >= sizeof race->best || len >= sizeof race->best) return;
  int edits = distance(race->word, candidate);
  if (edits >= (int)len || edits > race->distance) return;
  if (edits == race->distance &&
      (race->best[0] == '\0' || strcmp(candidate, race->best) > 0)) {
    return;
  }
  race->distance = edits;
  memcpy(race->best, candidate, len + 1);
}

/* ---- the table ------------------------------------------------------------------ */

typedef enum option_kind { FLAG, WORD, LIST } option_kind;

typedef struct option {
  const char *name;
  char letter;
  option_kind kind;
  int of_view;
} option;

enum {
  BASE,
  NOW,
  FORMAT,
  AS_OF,
  SINCE,
  UNTIL,
  KNOWN_AT,
  SOURCE,
  KIND,
  SPEAKER,
  MIN_GRADE,
  SETTLED,
  POSSIBLE,
  FOLD,
  NO_PAGER,
  HELP,
  VERSION,
  OPTIONS
};

static const option table[OPTIONS] = {
    [BASE] = {"--base", 'b', WORD, 0},     [NOW] = {"--now", 0, WORD, 0},
    [FORMAT] = {"--format", 0, WORD, 0},   [NO_PAGER] = {"--no-pager", 0, FLAG, 0},
    [AS_OF] = {"--as-of", 0, WORD, 1},     [SINCE] = {"--since", 0, WORD, 1},
    [UNTIL] = {"--until", 0, WORD, 1},     [KNOWN_AT] = {"--known-at", 0, WORD, 1},
    [SOURCE] = {"--source", 0, LIST, 1},   [KIND] = {"--kind", 0, LIST, 1},
    [SPEAKER] = {"--speaker", 0, LIST, 1}, [MIN_GRADE] = {"--min-grade", 0, WORD, 1},
    [SETTLED] = {"--settled", 0, FLAG, 1}, [POSSIBLE] = {"--possible", 0, FLAG, 1},
    [FOLD] = {"--fold", 0, FLAG, 1},       [HELP] = {"--help", 'h', FLAG, 0},
    [VERSION] = {"--version", 0, FLAG, 0},
};

/* Where the word of a WORD option goes. */
static const char **word_of(dsr_options *options, int which) {
  switch (which) {
    case BASE:
      return &options->base;
    case NOW:
      return &options->now;
    case FORMAT:
      return &options->format;
    case AS_OF:
      return &options->view.as_of;
    case SINCE:
      return &options->view.since;
    case UNTIL:
      return &options->view.until;
    case KNOWN_AT:
      return &options->view.known_at;
    default:
      return &options->view.min_grade;
  }
}

static int *flag_of(dsr_options *options, int which) {
  switch (which) {
    case SETTLED:
      return &options->view.settled;
    case POSSIBLE:
      return &options->view.possible;
    case FOLD:
      return &options->view.fold;
    case NO_PAGER:
      return &options->no_pager;
    case HELP:
      return &options->help;
    default:
      return &options->version;
  }
}

static void add_to_list(dsr_options *options, int which, const char *word) {
  switch (which) {
    case SOURCE:
      options->sources[options->n_sources++] = word;
      break;
    case KIND:
      options->kinds[options->n_kinds++] = word;
      break;
    default:
      options->speakers[options->n_speakers++] = word;
      break;
  }
}

/* The lists of the view are those of the options, where there is something in them. */
static void set_lists(dsr_options *options) {
  if (options->n_sources > 0) options->view.sources = options->sources;
  if (options->n_kinds > 0) options->view.kinds = options->kinds;
  if (options->n_speakers > 0) options->view.speakers = options->speakers;
}

int dsr_options_new(dsr_options *options, int argc) {
  size_t room = (size_t)argc + 1;
  *options = (dsr_options){0};
  options->arguments = calloc(5 * room, sizeof *options->arguments);
  if (options->arguments == NULL) return -1;
  options->sources = options->arguments + room;
  options->kinds = options->sources + room;
  options->speakers = options->kinds + room;
  options->listed = options->speakers + room;
  return 0;
}

dsr_option_shape dsr_options_at(int place) {
  dsr_option_shape shape = {NULL, 0, 0};
  if (place < 0 || place >= OPTIONS) return shape;
  shape.name = table[place].name;
  shape.letter = table[place].letter;
  shape.takes_value = table[place].kind != FLAG;
  return shape;
}

void dsr_options_free(dsr_options *options) { free(options->arguments); }

/* ---- reading -------------------------------------------------------------------- */

/* The option that `word` is, or OPTIONS.  *value is what follows within the word
** ("--now=T", "-bBASE"), or NULL. */
static int find_option(const char *word, const char **value) {
  *value = NULL;
  for (int i = 0; i < OPTIONS; i++) {
    size_t len = strlen(table[i].name);
    if (strncmp(word, table[i].name, len) == 0 && (word[len] == '=' || !word[len])) {
      if (word[len] == '=') *value = word + len + 1;
      return i;
    }
    if (table[i].letter != 0 && word[0] == '-' && word[1] == table[i].letter) {
      if (word[2] != '\0' && table[i].kind == FLAG) continue;
      if (word[2] != '\0') *value = word + 2;
      return i;
    }
  }
  return OPTIONS;
}

static int unknown(const dsr_options *options, const char *word) {
  dsr_near race;
  char name[64];
  snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
  dsr_near_start(&race, name);
  for (const dsr_flag *own = options->flags; own != NULL && own->name != NULL; own++) {
    dsr_near_offer(&race, own->name);
  }
  for (int i = 0; i < OPTIONS; i++) dsr_near_offer(&race, table[i].name);
  if (race.best[0] != '\0') {
    dsr_tell("no option %s; did you mean %s?", name, race.best);
  } else {
    dsr_tell("no option %s; see dossier --help", name);
  }
  return -1;
}

/* The command's own option that `word` is, or -1; *value as above. */
static int find_flag(const dsr_options *options, const char *word, const char **value) {
  *value = NULL;
  for (int i = 0; options->flags != NULL && options->flags[i].name != NULL; i++) {
    size_t len = strlen(options->flags[i].name);
    if (strncmp(word, options->flags[i].name, len) != 0) continue;
    if (word[len] != '=' && word[len] != '\0') continue;
    if (word[len] == '=') *value = word + len + 1;
    return i;
  }
  return -1;
}

/* Take the command's own option at argv[at]; how many words that took, or -1. */
static int take_flag(dsr_options *options, int which, const char *value,
                     const char *const *argv, int at) {
  const dsr_flag *own = &options->flags[which];
  int words = 1;
  if (!own->takes_value && value != NULL) {
    dsr_tell("%s takes no value; came %s", own->name, value);
    return -1;
  }
  if (own->takes_value && value == NULL) {
    value = argv[at + 1];
    words = 2;
  }
  if (own->takes_value && (value == NULL || value[0] == '\0')) {
    dsr_tell("%s needs a value; see dossier %s --help", own->name, options->command);
    return -1;
  }
  if (own->takes_value == DSR_FLAG_LIST) {
    options->listed[options->n_listed++] = value;
  } else if (own->takes_value && options->flag[which] != NULL) {
    dsr_tell("%s is given twice: %s and %s", own->name, options->flag[which], value);
    return -1;
  }
  options->flag[which] = own->takes_value ? value : "";
  return words;
}

/* Take the option at argv[at]; how many words that took, or -1. */
static int take(dsr_options *options, int which, const char *value,
                const char *const *argv, int at) {
  const option *taken = &table[which];
  int words = 1;
  if (taken->kind == FLAG) {
    if (value != NULL) {
      dsr_tell("%s takes no value; came %s", taken->name, value);
      return -1;
    }
    *flag_of(options, which) = 1;
  } else {
    if (value == NULL) {
      value = argv[at + 1];
      words = 2;
    }
    if (value == NULL || value[0] == '\0') {
      dsr_tell("%s needs a value; see dossier --help", taken->name);
      return -1;
    }
    if (taken->kind == LIST) {
      add_to_list(options, which, value);
    } else if (*word_of(options, which) != NULL) {
      dsr_tell("%s is given twice: %s and %s", taken->name, *word_of(options, which),
               value);
      return -1;
    } else {
      *word_of(options, which) = value;
    }
  }
  options->has_view |= taken->of_view;
  return words;
}

/* Is `word` an option at all: "-" is a file, "-5" a number. */
static int is_option(const char *word) {
  return word[0] == '-' && word[1] != '\0' && !(word[1] >= '0' && word[1] <= '9');
}

int dsr_options_read(dsr_options *options, const char *const *argv, int command,
                     dsr_options_taken taken, void *ud, int *read) {
  int at = 0, plain = 0; /* plain: behind "--" */
  while (argv[at] != NULL) {
    const char *value, *word = argv[at];
    int own = is_option(word) && !plain ? find_flag(options, word, &value) : -1;
    if (own >= 0) {
      int words = take_flag(options, own, value, argv, at);
      if (words < 0) return -1;
      at += words;
      continue;
    }
    int which = is_option(word) && !plain ? find_option(word, &value) : OPTIONS;
    if (!plain && strcmp(word, "--") == 0) {
      plain = 1;
      at++;
      if (taken != NULL) options->arguments[options->n_arguments++] = word;
      continue;
    }
    if (which != OPTIONS && !(taken != NULL && taken(ud, table[which].name))) {
      int words = take(options, which, value, argv, at);
      if (words < 0) return -1;
      at += words;
      continue;
    }
    if (is_option(word) && !plain && taken == NULL) return unknown(options, word);
    at++;
    if (command) {
      options->command = word;
      break;
    }
    options->arguments[options->n_arguments++] = word;
  }
  set_lists(options);
  if (read != NULL) *read = at;
  return 0;
}
