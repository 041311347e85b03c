/*
** stop.c - the signal that asks a command to stop.
*/
#include "cli/stop.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t asked;

static void on_signal(int number) { asked = number; }

static void handle(int number, void (*handler)(int number)) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESETHAND};
  struct sigaction before;
  sigemptyset(&action.sa_mask);
  if (sigaction(number, NULL, &before) == 0 && before.sa_handler == SIG_IGN) return;
  sigaction(number, &action, NULL);
}

void dsr_stop_watch(void) {
  handle(SIGINT, on_signal);
  handle(SIGTERM, on_signal);
}

int dsr_stop_asked(void) { return asked; }

int dsr_stop_code(void) { return 128 + (asked != 0 ? asked : SIGINT); }

void dsr_stop_handle(void (*handler)(int number)) { handle(SIGINT, handler); }
