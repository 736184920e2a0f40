/* reaper: reaps child processes that nobody waits for. */
#include "core/loop/reaper.h"

#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>

#include "core/loop/proc.h"

enum { AGAIN_MS = 10 };

static uv_signal_t watcher;
static uv_timer_t next_look;
static bool is_started;

/* Returns the pid of a child that has ended and was not reaped, or 0. */
static pid_t reaper_find_ended(void) {
  siginfo_t info = {0};
  if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0) return 0;
  return info.si_pid;
}

/* Reaps until there is nothing to reap. libuv reaps its own children and reports their exit codes,
   so such a child is left to it. waitid returns that child first and hides the others, so the timer
   looks again later. */
static void reaper_reap(uv_timer_t *timer) {
  pid_t pid;
  while ((pid = reaper_find_ended()) > 0) {
    if (os2_proc_is_child(pid)) {
      uv_timer_start(timer, reaper_reap, AGAIN_MS, 0);
      return;
    }
    waitpid(pid, NULL, WNOHANG);
  }
}

/* Looks in the next turn of the loop, because libuv's own SIGCHLD watcher may run after this
   one. */
static void reaper_on_child_signal(uv_signal_t *handle, int number) {
  (void)handle, (void)number;
  uv_timer_start(&next_look, reaper_reap, 0, 0);
}

void os2_reaper_start(os2_loop *loop) {
  uv_signal_init(&loop->uv, &watcher);
  uv_timer_init(&loop->uv, &next_look);
  uv_unref((uv_handle_t *)&watcher);
  uv_unref((uv_handle_t *)&next_look);
  uv_signal_start(&watcher, reaper_on_child_signal, SIGCHLD);
  uv_timer_start(&next_look, reaper_reap, 0, 0); /* children that have ended before */
  is_started = true;
}

void os2_reaper_stop(void) {
  if (!is_started) return;
  uv_close((uv_handle_t *)&watcher, NULL);
  uv_close((uv_handle_t *)&next_look, NULL);
  is_started = false;
}
