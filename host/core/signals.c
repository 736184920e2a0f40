/* signals: the first SIGINT, SIGTERM or SIGHUP asks, the second ends the process. */
#include "core/signals.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

static volatile sig_atomic_t first_signal;
static os2_loop *woken_loop;
static void (*first_hook)(void);
static atomic_bool is_over;    /* nobody is left that could be asked */
static atomic_int are_handled; /* signals, on whatever threads they came */

static void handle(int number) {
  /* A terminal that is closed says so twice, by itself and through its shell. */
  if (first_signal != 0 && number == SIGHUP) return;
  if (is_over || first_signal != 0) _exit(128 + number);
  first_signal = number;
  os2_loop_signal(woken_loop);
  first_hook();
}

static void on_signal(int number) {
  int error = errno; /* of whatever was interrupted */
  are_handled++;
  handle(number);
  are_handled--;
  errno = error;
}

/* What whoever started us ignores stays so: SIGHUP under nohup, SIGINT of a shell's `&`. */
static bool is_ignored(int number) {
  struct sigaction now;
  return sigaction(number, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

void os2_signals_catch(os2_loop *loop, void (*on_first)(void)) {
  woken_loop = loop;
  first_hook = on_first;
  static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
  struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
    if (!is_ignored(numbers[i])) sigaction(numbers[i], &action, NULL);
  signal(SIGPIPE, SIG_IGN);
}

/* On another thread a signal may have been looked at before it was over. */
void os2_signals_end(void) {
  is_over = true;
  while (are_handled > 0) sched_yield();
}

int os2_signals_first(void) { return first_signal; }
