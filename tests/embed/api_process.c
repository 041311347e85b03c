/*
** api_process.c - two processes with one file open: readers beside a writer, a second
** writer, and a writer that is killed.  Its argument is an empty folder to work in.
*/
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static char path[4096];

/* A child that writes, and the pipes by which the two take turns. */
typedef struct child {
  pid_t pid;
  int to, from;
} child;

static void tell(int pipe) {
  if (write(pipe, "x", 1) != 1) _exit(9);
}

static int wait_turn(int pipe) {
  char byte;
  return read(pipe, &byte, 1) == 1;
}

/* In the child: begin, add, say so; wait; commit, say so; wait; close. */
static int child_main(const char *fact, int in, int out) {
  dsr_base *base;
  CHECK(dsr_open(path, NULL, &base) == DSR_OK);
  CHECK_STATUS(DSR_OK, base, dsr_begin(base));
  CHECK_STATUS(DSR_OK, base, dsr_add(base, fact, NULL));
  tell(out);
  if (!wait_turn(in)) return 1;
  CHECK_STATUS(DSR_OK, base, dsr_commit(base));
  tell(out);
  if (!wait_turn(in)) return 1;
  CHECK_STATUS(DSR_OK, base, dsr_close(base));
  return 0;
}

static int start_child(const char *fact, child *out) {
  int down[2], up[2];
  CHECK(pipe(down) == 0 && pipe(up) == 0);
  fflush(stdout);
  out->pid = fork();
  CHECK(out->pid >= 0);
  if (out->pid == 0) {
    close(down[1]);
    close(up[0]);
    int failed = child_main(fact, down[0], up[1]);
    fflush(stdout);
    _exit(failed);
  }
  close(down[0]);
  close(up[1]);
  out->to = down[1];
  out->from = up[0];
  return 0;
}

static int end_child(child *of, int *status) {
  close(of->to);
  close(of->from);
  CHECK(waitpid(of->pid, status, 0) == of->pid);
  return 0;
}

/* How many rows p(X) has; -1 where it fails. */
static int rows(dsr_base *base) {
  dsr_query *query;
  if (dsr_prepare(base, "p(X)", &query) < 0) return -1;
  int n = 0;
  dsr_status rc;
  while ((rc = dsr_step(query)) == DSR_ROW) n++;
  dsr_finalize(query);
  return rc == DSR_DONE ? n : -1;
}

static int beside_a_writer(void) {
  dsr_open_options at_once = {.busy_ms = -1};
  dsr_base *base;
  child writer;
  int status;
  CHECK(start_child("p(of_a_child)", &writer) == 0);
  CHECK(wait_turn(writer.from));
  CHECK(dsr_open(path, &at_once, &base) == DSR_OK);
  CHECK(rows(base) == 1); /* reads what was, while the other writes */
  CHECK_STATUS(DSR_EBUSY, base, dsr_begin(base));
  CHECK_STATUS(DSR_EBUSY, base, dsr_add(base, "p(b)", NULL));
  CHECK(rows(base) == 1);
  tell(writer.to);
  CHECK(wait_turn(writer.from)); /* it has committed */
  CHECK_STATUS(DSR_OK, base, dsr_refresh(base));
  CHECK(rows(base) == 2);
  CHECK_STATUS(DSR_OK, base, dsr_add(base, "p(b)", NULL)); /* while it is still open */
  CHECK(rows(base) == 3);
  tell(writer.to);
  CHECK(end_child(&writer, &status) == 0);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  CHECK_STATUS(DSR_OK, base, dsr_close(base));
  return 0;
}

/* A handle sees the others' commits by itself, 100 ms after it last looked. */
static int by_itself(void) {
  struct timespec pause = {0, 150 * 1000 * 1000};
  dsr_base *reader, *writer;
  CHECK(dsr_open(path, NULL, &reader) == DSR_OK);
  CHECK(dsr_open(path, NULL, &writer) == DSR_OK);
  int before = rows(reader);
  CHECK_STATUS(DSR_OK, writer, dsr_add(writer, "p(later)", NULL));
  nanosleep(&pause, NULL);
  CHECK(rows(reader) == before + 1);
  CHECK_STATUS(DSR_OK, writer, dsr_retract(writer, "p(later)", NULL));
  CHECK_STATUS(DSR_OK, writer, dsr_close(writer));
  CHECK_STATUS(DSR_OK, reader, dsr_close(reader));
  return 0;
}

static int killed_writer(int before) {
  dsr_base *base;
  child writer;
  int status;
  CHECK(start_child("p(of_a_victim)", &writer) == 0);
  CHECK(wait_turn(writer.from));
  CHECK(kill(writer.pid, SIGKILL) == 0);
  CHECK(end_child(&writer, &status) == 0);
  CHECK(WIFSIGNALED(status));
  CHECK(dsr_open(path, NULL, &base) == DSR_OK);
  CHECK(rows(base) == before);
  CHECK_STATUS(DSR_OK, base, dsr_add(base, "p(after)", NULL)); /* it held no lock on */
  CHECK(rows(base) == before + 1);
  CHECK_STATUS(DSR_OK, base, dsr_close(base));
  return 0;
}

int main(int argc, char **argv) {
  dsr_base *base;
  CHECK(argc == 2);
  snprintf(path, sizeof path, "%s/shared.kb", argv[1]);
  CHECK(dsr_open(path, NULL, &base) == DSR_OK);
  CHECK_STATUS(DSR_OK, base, dsr_add(base, "p(a)", NULL));
  CHECK_STATUS(DSR_OK, base, dsr_close(base));
  if (beside_a_writer() || by_itself() || killed_writer(3)) return 1;
  puts("side by side");
  return 0;
}
