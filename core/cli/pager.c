/*
** pager.c - the pager, a child process that standard output is piped to.
**
** It is $DOSSIER_PAGER, else $PAGER, else less; none where that is empty or "cat", where
** it is not installed, or where the terminal is dumb.  The shell runs it, as everywhere.
** Unless $LESS says otherwise, less shows what fits the screen and ends by itself.
**
** Standard output is one for the process, and so is its pager: the state is static.
** Where the user interrupts, the pager keeps the terminal until it is left; then the
** command ends as it would have without one.
*/
#include "cli/pager.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct {
  volatile pid_t child; /* 0: there is no pager */
  int behind;           /* the terminal */
} pager;

/* ---- which ----------------------------------------------------------------------- */

/* Is the program `name`, of `len` bytes, in the path. */
static int in_path(const char *name, size_t len) {
  const char *at = getenv("PATH");
  char path[4096];
  while (at != NULL && *at != '\0') {
    size_t folder = strcspn(at, ":");
    int size =
        snprintf(path, sizeof path, "%.*s/%.*s", (int)folder, at, (int)len, name);
    if (size > 0 && (size_t)size < sizeof path && access(path, X_OK) == 0) return 1;
    at += folder + (at[folder] == ':');
  }
  return 0;
}

/* Can the shell find what the command begins with?  Where that is more than a word, it
** is believed to. */
static int is_there(const char *command) {
  const char *word = command + strspn(command, " \t");
  size_t len = strcspn(word, " \t");
  if (strcspn(word, "\"'\\$`|&;<>()*?[]#~={}!%\n") < len) return 1;
  if (memchr(word, '/', len) == NULL) return in_path(word, len);
  char path[4096];
  snprintf(path, sizeof path, "%.*s", (int)len, word);
  return access(path, X_OK) == 0;
}

/* The command line of the pager, or NULL. */
static const char *which(void) {
  const char *terminal = getenv("TERM");
  const char *command = getenv("DOSSIER_PAGER");
  if (terminal == NULL || strcmp(terminal, "dumb") == 0) return NULL;
  if (command == NULL) command = getenv("PAGER");
  if (command == NULL) command = "less";
  command += strspn(command, " \t");
  if (command[0] == '\0' || strcmp(command, "cat") == 0) return NULL;
  return is_there(command) ? command : NULL;
}

/* ---- running it ------------------------------------------------------------------ */

static int wait_for_child(void) {
  while (waitpid(pager.child, NULL, 0) < 0) {
    if (errno != EINTR) return -1;
  }
  return 0;
}

/* The pager has what was written; it ends before the command does. */
static void interrupted(int number) {
  if (pager.child > 0) {
    close(STDOUT_FILENO);
    wait_for_child();
  }
  signal(number, SIG_DFL);
  raise(number);
}

/* The child: become the pager, which reads from `input`. */
static void become(const char *command, int input) {
  signal(SIGPIPE, SIG_DFL);
  setenv("LESS", "FRX", 0);
  if (dup2(input, STDIN_FILENO) >= 0) {
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
  }
  _exit(127);
}

/* Make `input` the standard output, and keep what that was; 0, or -1. */
static int pipe_to(int input) {
  pager.behind = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  if (pager.behind < 0) return -1;
  if (dup2(input, STDOUT_FILENO) >= 0) return 0;
  close(pager.behind);
  return -1;
}

void dsr_pager_start(const dsr_options *options) {
  static const int ends_it[] = {SIGINT, SIGTERM, SIGHUP};
  int ends[2];
  if (pager.child > 0 || options->no_pager || !isatty(STDOUT_FILENO)) return;
  const char *command = which();
  if (command == NULL || fflush(stdout) != 0 || pipe2(ends, O_CLOEXEC) < 0) return;
  pid_t child = fork();
  if (child == 0) become(command, ends[0]);
  close(ends[0]);
  if (child > 0 && pipe_to(ends[1]) == 0) {
    pager.child = child;
    for (size_t i = 0; i < sizeof ends_it / sizeof *ends_it; i++) {
      if (signal(ends_it[i], interrupted) == SIG_IGN) signal(ends_it[i], SIG_IGN);
    }
  }
  close(ends[1]);
}

void dsr_pager_stop(void) {
  int failed = fflush(stdout);
  if (pager.child <= 0) return;
  if (failed != 0) __fpurge(stdout); /* the pager was left: nobody waits for the rest */
  dup2(pager.behind, STDOUT_FILENO);
  close(pager.behind);
  wait_for_child();
  pager.child = 0;
  clearerr(stdout); /* of the pipe, which may have ended early */
}

int dsr_pager_behind(void) { return pager.child > 0 ? pager.behind : STDOUT_FILENO; }
