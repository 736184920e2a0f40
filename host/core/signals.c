/* signals: the first SIGINT, SIGTERM or SIGHUP asks, the second ends the process. */
#include "core/signals.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

static volatile sig_atomic_t first_signal;
static os2_loop *woken_loop;
static void (*first_hook)(void);

static void on_signal(int number) {
  /* A terminal that is closed says so twice, by itself and through its shell. */
  if (first_signal != 0 && number == SIGHUP) return;
  if (first_signal != 0) _exit(128 + number);
  int error = errno; /* of whatever was interrupted */
  first_signal = number;
  os2_loop_signal(woken_loop);
  first_hook();
  errno = error;
}

/* Under nohup SIGHUP is ignored, and stays so. */
static bool is_ignored(int number) {
  struct sigaction now;
  return sigaction(number, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

void os2_signals_catch(os2_loop *loop, void (*on_first)(void)) {
  woken_loop = loop;
  first_hook = on_first;
  struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  if (!is_ignored(SIGHUP)) sigaction(SIGHUP, &action, NULL);
  signal(SIGPIPE, SIG_IGN);
}

int os2_signals_first(void) { return first_signal; }
