/* signals: the first SIGINT, SIGTERM or SIGHUP asks the run to end; a second signal ends the
   process. */
#include "core/loop/signals.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/base/tty.h"

enum { NS_PER_SECOND = 1000000000 };

static volatile sig_atomic_t first_signal;
static os2_loop *woken_loop;
static void (*first_hook)(void);
static atomic_int_fast64_t first_at; /* monotonic time of the first signal, in nanoseconds */
static int64_t duplicate_window;     /* nanoseconds */
static _Atomic(char *) last_words;   /* the text that a second signal writes */
static atomic_bool is_over;          /* the run is over: a signal ends the process at once */
static atomic_int are_handled;       /* handlers that are running, on any thread */

static int64_t signals_now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * NS_PER_SECOND + time.tv_nsec;
}

/* A terminal that is closed sends SIGHUP twice, once by itself and once through its shell; and a
   wrapper forwards a signal that the terminal sends to the whole group. */
static bool signals_is_duplicate(int number) {
  return first_signal != 0 && (number == SIGHUP || signals_now() - first_at < duplicate_window);
}

/* The process is to end, also when the reader of stderr sleeps. */
static bool signals_may_write(void) {
  struct pollfd out = {.fd = STDERR_FILENO, .events = POLLOUT};
  return poll(&out, 1, OS2_SIGNALS_GRACE_MILLISECONDS) > 0;
}

static void signals_write_last_words(void) {
  const char *text = last_words;
  size_t left = text == NULL ? 0 : strlen(text);
  while (left > 0 && signals_may_write()) {
    /* where poll says that there is room, a pipe takes this much */
    ssize_t written = write(STDERR_FILENO, text, left < PIPE_BUF ? left : PIPE_BUF);
    if (written < 0) return;
    text += written;
    left -= (size_t)written;
  }
}

static void signals_leave(int number) {
  os2_tty_restore();
  signals_write_last_words();
  _exit(128 + number);
}

static void signals_ask(int number) {
  /* set before first_signal: another thread that sees the signal compares with the time */
  first_at = signals_now();
  first_signal = number;
  os2_loop_signal(woken_loop);
  first_hook();
}

static void signals_handle(int number) {
  if (signals_is_duplicate(number)) return;
  if (is_over || first_signal != 0) signals_leave(number);
  signals_ask(number);
}

static void signals_on_signal(int number) {
  int error = errno; /* errno of the interrupted code */
  are_handled++;
  signals_handle(number);
  are_handled--;
  errno = error;
}

void os2_signals_tell(int number) {
  int error = errno;
  if (woken_loop != NULL && first_signal == 0 && !is_over) signals_ask(number);
  errno = error;
}

/* A signal that was ignored when os2 started stays ignored: SIGHUP under nohup, SIGINT under a
   shell's `&`. */
static bool signals_is_ignored(int number) {
  struct sigaction now;
  return sigaction(number, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

void os2_signals_catch(os2_loop *loop, double window, void (*on_first)(void)) {
  woken_loop = loop;
  duplicate_window = (int64_t)(window * NS_PER_SECOND);
  first_hook = on_first;
  static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
  struct sigaction action = {.sa_handler = signals_on_signal, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
    if (!signals_is_ignored(numbers[i])) sigaction(numbers[i], &action, NULL);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN); /* a write beyond the limit of file sizes fails then */
}

/* Waits for handlers on other threads, which may still use the old value. */
static void signals_wait_for_handlers(void) {
  while (are_handled > 0) sched_yield();
}

void os2_signals_set_last_words(const char *text) {
  char *old = atomic_exchange(&last_words, os2_mem_copy(text));
  signals_wait_for_handlers();
  free(old);
}

void os2_signals_end(void) {
  is_over = true;
  signals_wait_for_handlers();
  os2_signals_set_last_words(NULL);
}

void os2_signals_forget(void) { first_signal = 0; }

int os2_signals_first(void) { return first_signal; }
