/*
** template.c - the command `scripts` with a name: where that script is, and with --new a
** script to begin with.
**
** The template is a whole script that runs on any base; NAME stands for the script's own
** name in it, and RUN for how its Usage line calls it.  The file is made with O_EXCL, so
** that nothing is ever written over, and is taken away again where not all of it fits.
*/
#include "cli/template.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/out.h"

enum { NAME_MOST = 64, PATH_MOST = 4096 };

static const char template[] =
    "#!/usr/bin/env -S dossier run\n"
    "--- NAME: what is said of someone or something, and how well it is supported.\n"
    "--\n"
    "-- Usage:   RUN ENTITY [--since DATE]\n"
    "--                  [--only corroborated|single-source|contested|unsupported]\n"
    "-- Reads:   every fact about ENTITY\n"
    "-- Reports: its facts in order of time, each with who says so; a count of what "
    "the\n"
    "--          options leave out\n"
    "--\n"
    "-- This comment is the script's help, and its Usage line says which arguments "
    "there\n"
    "-- are: ENTITY is looked up by any of its names, a DATE must be one, words with | "
    "are\n"
    "-- a choice, and what stands in brackets may be left out.\n"
    "local report = require \"dossier.report\"\n"
    "local tell = require \"dossier.tell\"\n"
    "\n"
    "local M = {}\n"
    "\n"
    "--- Is a line to be told?  A fact without a date is left out by no date.\n"
    "---@param line dossier.Line\n"
    "---@param args dossier.Args\n"
    "---@return boolean\n"
    "function M.wanted(line, args)\n"
    "  if args.only and line.trust ~= args.only then return false end\n"
    "  return not (args.since and line.when and line.when:certainly(\"before\", "
    "args.since))\n"
    "end\n"
    "\n"
    "--- What is run.  `kb` is the base, or what --source, --as-of and the like leave "
    "of\n"
    "--- it; `args` has the arguments by name.  The document that comes back is "
    "printed.\n"
    "---@param kb dossier.Base\n"
    "---@param args dossier.Args\n"
    "---@return dossier.Doc\n"
    "function M.main(kb, args)\n"
    "  local doc = report.new(\"What is said of \" .. args.entity.label)\n"
    "  local told, left = 0, 0\n"
    "  for _, line in ipairs(tell.lines(tell.facts(kb, args.entity))) do\n"
    "    if M.wanted(line, args) then\n"
    "      told = told + 1\n"
    "      doc:event(line.dated, line.text, line.claims) -- claims are cited\n"
    "    else\n"
    "      left = left + 1\n"
    "    end\n"
    "  end\n"
    "  if told == 0 then doc:paragraph(\"Nothing in view is said of it.\") end\n"
    "  if left > 0 then doc:paragraph(\"Not shown: \" .. tell.count(left, \"line\") .. "
    "\".\") end\n"
    "  doc.found = told > 0 -- else the exit code is 1\n"
    "  return doc\n"
    "end\n"
    "\n"
    "return M\n";

/* ---- names ------------------------------------------------------------------------ */

static int is_path(const char *name) {
  size_t len = strlen(name);
  return strchr(name, '/') != NULL || (len > 4 && strcmp(name + len - 4, ".lua") == 0);
}

/* The script's own name, "mine" of "folder/mine.lua", in `stem`; false where it is odd:
** not letters, digits, _ and -, or too long. */
static int stem_of(const char *name, char stem[NAME_MOST]) {
  static const char allowed[] =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  const char *slash = strrchr(name, '/');
  const char *file = slash != NULL ? slash + 1 : name;
  size_t len = strlen(file);
  if (len > 4 && strcmp(file + len - 4, ".lua") == 0) len -= 4;
  if (len == 0 || len >= NAME_MOST || file[0] == '-' || strspn(file, allowed) < len) {
    return 0;
  }
  memcpy(stem, file, len);
  stem[len] = '\0';
  return 1;
}

static int is_command(const char *name) {
  for (int i = 0; dsr_commands[i] != NULL; i++) {
    if (strcmp(dsr_commands[i]->name, name) == 0) return 1;
  }
  return strcmp(name, "run") == 0;
}

/* ---- folders ---------------------------------------------------------------------- */

static int is_set(const char *text) { return text != NULL && text[0] != '\0'; }

/* The first folder of the script path; false where there is none, or it is too long. */
static int first_folder(char folder[PATH_MOST]) {
  const char *path = getenv("DOSSIER_PATH"), *data = getenv("XDG_DATA_HOME");
  const char *home = getenv("HOME");
  int len = -1;
  while (is_set(path) && path[0] == ':') path++;
  if (is_set(path)) {
    len = snprintf(folder, PATH_MOST, "%.*s", (int)strcspn(path, ":"), path);
  } else if (is_set(data) && data[0] == '/') {
    len = snprintf(folder, PATH_MOST, "%s/dossier/scripts", data);
  } else if (is_set(home)) {
    len = snprintf(folder, PATH_MOST, "%s/.local/share/dossier/scripts", home);
  }
  return len > 0 && len < PATH_MOST;
}

/* Make the folder and those above it; 0, or -1 with errno. */
static int make_folder(char *folder) {
  for (char *at = folder + 1; *at != '\0'; at++) {
    if (*at != '/') continue;
    *at = '\0';
    int made = mkdir(folder, 0777);
    *at = '/';
    if (made < 0 && errno != EEXIST) return -1;
  }
  return mkdir(folder, 0777) < 0 && errno != EEXIST ? -1 : 0;
}

/* ---- writing ---------------------------------------------------------------------- */

/* Write the template for the script `stem`, which its Usage line calls as `run`. */
static void fill(FILE *out, const char *stem, const char *run) {
  for (const char *at = template; *at != '\0';) {
    size_t plain = strcspn(at, "NR");
    fwrite(at, 1, plain, out);
    at += plain;
    if (strncmp(at, "NAME", 4) == 0) {
      fputs(stem, out);
      at += 4;
    } else if (strncmp(at, "RUN", 3) == 0) {
      fputs(run, out);
      at += 3;
    } else if (*at != '\0') {
      fputc(*at++, out);
    }
  }
}

/* Make the file `path`, executable; an exit code. */
static int write_file(const char *path, const char *stem, const char *run) {
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0777);
  if (fd < 0 && errno == EEXIST) {
    return dsr_tell("%s is there already; choose another name, or remove it first",
                    path);
  }
  FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
  if (out == NULL) {
    int why = errno;
    if (fd >= 0) close(fd);
    return dsr_tell("%s: %s", path, strerror(why));
  }
  fill(out, stem, run);
  int failed = ferror(out);
  if (fclose(out) == 0 && !failed) return DSR_EXIT_DONE;
  int why = errno;
  unlink(path);
  return dsr_tell("%s could not be written: %s", path, strerror(why));
}

/* A script that is run by its path. */
static int new_at(const char *path, const char *stem) {
  const char *slash = strrchr(path, '/');
  const char *run = slash != NULL ? slash + 1 : path, *here = slash != NULL ? "" : "./";
  int code = write_file(path, stem, run);
  if (code != DSR_EXIT_DONE) return code;
  dsr_out_say("%s", path);
  dsr_out_say("Run it: %s%s -b BASE ENTITY, or dossier run %s%s ...; --help explains.",
              here, path, here, path);
  return DSR_EXIT_DONE;
}

/* A script of the path that is looked for, and where it is; the nearest of the others. */
typedef struct search {
  dsr_near near;
  char where[PATH_MOST]; /* empty: not found */
} search;

static void meet_script(void *ud, const char *name, const char *where,
                        const char *summary) {
  search *of = ud;
  (void)summary;
  dsr_near_offer(&of->near, name);
  if (strcmp(name, of->near.word) == 0) {
    snprintf(of->where, sizeof of->where, "%s", where);
  }
}

static dsr_status find(const char *name, search *of) {
  of->where[0] = '\0';
  dsr_near_start(&of->near, name);
  return dsr_script_each(meet_script, of);
}

/* A script that is run by its name. */
static int new_named(const char *stem) {
  char folder[PATH_MOST], path[PATH_MOST + NAME_MOST + 8], run[NAME_MOST + 16];
  search of;
  if (is_command(stem)) {
    return dsr_tell("%s is a command, which goes before a script so called", stem);
  }
  if (!first_folder(folder)) {
    return dsr_tell("no folder for scripts: set $HOME, or name one in $DOSSIER_PATH");
  }
  if (make_folder(folder) < 0) return dsr_tell("%s: %s", folder, strerror(errno));
  dsr_status rc = find(stem, &of);
  if (rc < 0) return dsr_tell("%s", dsr_status_text(rc));
  snprintf(path, sizeof path, "%s/%s.lua", folder, stem);
  snprintf(run, sizeof run, "dossier %s", stem);
  int code = write_file(path, stem, run);
  if (code != DSR_EXIT_DONE) return code;
  dsr_out_say("%s", path);
  dsr_out_say("Run it: dossier -b BASE %s ENTITY; dossier %s --help explains.", stem,
              stem);
  if (strcmp(of.where, "bundled") == 0) {
    puts("It goes before the bundled script of that name.");
  }
  return DSR_EXIT_DONE;
}

static int new_script(const char *name) {
  char stem[NAME_MOST];
  if (stem_of(name, stem)) return is_path(name) ? new_at(name, stem) : new_named(stem);
  return dsr_tell(
      "\"%s\" is no name for a script: letters, digits, _ and -, %d at most", name,
      NAME_MOST - 1);
}

/* Tell where the script `name` is. */
static int tell_where(const char *name) {
  search of;
  dsr_status rc = find(name, &of);
  if (rc < 0) return dsr_tell("%s", dsr_status_text(rc));
  if (of.where[0] != '\0') {
    dsr_out_say("%s", of.where);
    return DSR_EXIT_DONE;
  }
  if (of.near.best[0] == '\0') return dsr_tell("no script called \"%s\"", name);
  return dsr_tell("no script called \"%s\"; did you mean \"%s\"?", name, of.near.best);
}

int dsr_template_named(const char *fresh, const char *const *arguments) {
  int most = fresh != NULL ? 0 : 1;
  if (arguments[most] != NULL) {
    return dsr_tell("scripts takes one name; after it came %s", arguments[most]);
  }
  return fresh != NULL ? new_script(fresh) : tell_where(arguments[0]);
}
