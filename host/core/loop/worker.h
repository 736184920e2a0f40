/* worker: work that may block, on a thread of its own. */
#ifndef OS2_CORE_LOOP_WORKER_H
#define OS2_CORE_LOOP_WORKER_H

#include <stdatomic.h>
#include <uv.h>

#include "core/loop/loop.h"

/* Stands in the struct of whoever has the work done. A disk that hangs holds its thread for as long
   as it likes: nobody waits for that, and libuv's pool, whose threads are few and are waited for at
   the end of the process, is for nobody's files. */
typedef struct os2_worker {
  void (*work)(void *arg);  /* on the thread, with all signals blocked */
  void (*rung)(void *arg);  /* on the loop, after os2_worker_ring; may be NULL */
  void (*ended)(void *arg); /* on the loop, once; afterwards the struct may go */
  void *arg;
  int failure; /* libuv's code, when there was no thread for it; `work` was not called then */
  atomic_bool is_over;
  uv_async_t bell;
  uv_thread_t thread;
} os2_worker;

/* Starts it; the functions and `arg` are set. `ended` comes in any case. */
void os2_worker_start(os2_worker *worker, os2_loop *loop);

/* On the thread: has `rung` called soon. */
void os2_worker_ring(os2_worker *worker);

#endif
