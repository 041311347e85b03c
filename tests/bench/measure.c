/*
** measure.c - how long a command takes and how much memory, to the microsecond and kilobyte.
**
** Usage: measure LIMIT OUT COMMAND...
**
** Runs the command pinned to one processor (the last that this process may use), its output
** into the file OUT, and prints: seconds of processor time (user and system), seconds on the
** clock, kilobytes at the peak, exit code.  Processor time does not count what neighbours
** on a shared machine take; children of the command are in it once waited for.  After LIMIT
** seconds of processor time, or four times as many on the clock, the command and what it
** started are ended; the code is then 124.
*/
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static pid_t child;
static volatile sig_atomic_t late;

static void end(int signal) {
  late = signal == SIGALRM;
  kill(-child, SIGKILL);
}

static void pin(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) < 0) return;
  int last = -1;
  for (int i = 0; i < CPU_SETSIZE; i++) {
    if (CPU_ISSET(i, &set)) last = i;
  }
  if (last < 0) return;
  CPU_ZERO(&set);
  CPU_SET(last, &set);
  (void)sched_setaffinity(0, sizeof set, &set);
}

static void run(int limit, const char *out, char **command) {
  int file = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  struct rlimit most = {(rlim_t)limit, (rlim_t)limit + 1};
  setpgid(0, 0);
  setrlimit(RLIMIT_CPU, &most);
  pin();
  if (file < 0 || dup2(file, STDOUT_FILENO) < 0 || dup2(file, STDERR_FILENO) < 0)
    _exit(126);
  execvp(command[0], command);
  _exit(127);
}

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double of_time(struct timeval t) {
  return (double)t.tv_sec + (double)t.tv_usec * 1e-6;
}

int main(int argc, char **argv) {
  if (argc < 4) return fputs("usage: measure LIMIT OUT COMMAND...\n", stderr), 2;
  double start = seconds();
  child = fork();
  if (child < 0) return perror("fork"), 1;
  if (child == 0) run(atoi(argv[1]), argv[2], argv + 3);
  setpgid(child, child);
  signal(SIGALRM, end);
  signal(SIGINT, end);
  signal(SIGTERM, end);
  alarm(4 * (unsigned)atoi(argv[1]));
  int status;
  struct rusage used;
  while (wait4(child, &status, 0, &used) < 0) continue;
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU) late = 1;
  int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  double cpu = of_time(used.ru_utime) + of_time(used.ru_stime);
  printf("%.6f %.6f %ld %d\n", cpu, seconds() - start, used.ru_maxrss,
         late ? 124 : code);
  return 0;
}
