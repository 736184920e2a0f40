/* worker: runs work that may block on a thread of its own, outside of the loop thread. */
#ifndef OS2_CORE_LOOP_WORKER_H
#define OS2_CORE_LOOP_WORKER_H

#include <stdatomic.h>
#include <uv.h>

#include "core/loop/loop.h"

/* Starts a thread with all signals blocked: signals are handled on the loop thread, whose handler
   stops a busy script. Returns 0 or libuv's error code. */
int os2_thread_start(uv_thread_t *thread, void (*run)(void *arg), void *arg);

/* A worker is a member of the struct whose work it runs. A disk that hangs may block the thread
   without limit; nobody waits for the thread. Files are not handled by libuv's thread pool, which
   has few threads and is joined at the end of the process. */
typedef struct os2_worker {
  void (*work)(void *arg); /* runs on the worker thread, with all signals blocked */
  void (*rung)(void *arg); /* called on the loop thread after os2_worker_ring; may be NULL */
  /* called on the loop thread, once; afterwards the struct may be freed */
  void (*ended)(void *arg);
  void *arg;
  int failure; /* libuv's error code when no thread could be started; `work` was not called then */
  atomic_bool is_over;
  uv_async_t bell;
  uv_thread_t thread;
} os2_worker;

/* Starts the thread. Call it on the loop thread, with the functions and `arg` set. `ended` is
   called in every case, also when the thread could not be started. */
void os2_worker_start(os2_worker *worker, os2_loop *loop);

/* For the worker thread: has `rung` called on the loop thread. Several calls may lead to one call
   of `rung`. */
void os2_worker_ring(os2_worker *worker);

#endif
