/* signals: the first SIGINT or SIGTERM asks, the second ends the process. */
#include "core/signals.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static volatile sig_atomic_t first_signal;
static os2_loop *woken_loop;
static void (*first_hook)(void);

static void on_signal(int number) {
  if (first_signal != 0) _exit(128 + number);
  int error = errno; /* of whatever was interrupted */
  first_signal = number;
  os2_loop_signal(woken_loop);
  first_hook();
  errno = error;
}

void os2_signals_catch(os2_loop *loop, void (*on_first)(void)) {
  woken_loop = loop;
  first_hook = on_first;
  struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  signal(SIGPIPE, SIG_IGN);
}

int os2_signals_first(void) { return first_signal; }
