/*
** stop.c - the signal that asks a command to stop.
**
** timeout(1) sends its signal to a command and then to the command's whole group, and a
** hand may strike Ctrl-C twice: what comes within HASTE_MS of the first is the same wish.
*/
#include "cli/stop.h"

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

enum { HASTE_MS = 500 };

static volatile sig_atomic_t asked;
static void (*stopper)(int number); /* what the first SIGINT calls, or NULL */
static int64_t first_ms;            /* used in handlers alone, which block each other */

static int64_t now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void on_signal(int number) {
  if (asked == 0) {
    asked = number;
    first_ms = now_ms();
    if (number == SIGINT && stopper != NULL) stopper(number);
  } else if (now_ms() - first_ms >= HASTE_MS) {
    signal(number, SIG_DFL);
    raise(number);
  }
}

static void handle(int number) {
  struct sigaction action = {.sa_handler = on_signal};
  struct sigaction before;
  sigemptyset(&action.sa_mask);
  sigaddset(&action.sa_mask, SIGINT);
  sigaddset(&action.sa_mask, SIGTERM);
  if (sigaction(number, NULL, &before) == 0 && before.sa_handler == SIG_IGN) return;
  sigaction(number, &action, NULL);
}

void dsr_stop_watch(void) {
  handle(SIGINT);
  handle(SIGTERM);
}

int dsr_stop_asked(void) { return asked; }

int dsr_stop_code(void) { return 128 + (asked != 0 ? asked : SIGINT); }

void dsr_stop_handle(void (*handler)(int number)) {
  stopper = handler;
  handle(SIGINT);
}
