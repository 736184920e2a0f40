/* loop: the one event loop of a process, and the list of operations that have news. */
#ifndef OS2_CORE_LOOP_LOOP_H
#define OS2_CORE_LOOP_LOOP_H

#include <stdbool.h>
#include <uv.h>

#include "core/base/err.h"

struct os2_op;

typedef struct os2_loop {
  uv_loop_t uv;
  uv_async_t wakeup;         /* the signal handler's way in */
  struct os2_op *ready_head; /* operations with news, oldest first */
  struct os2_op *ready_tail;
  struct os2_op *ops;      /* every operation that is alive, for the leak check of the tests */
  volatile bool signalled; /* a signal has come and was not taken yet */
} os2_loop;

/* The process's loop; made at the first call. Never NULL: without a loop there is no program. */
os2_loop *os2_loop_get(void);

/* Whether it was made and is not closed. */
bool os2_loop_is_open(void);

/* Runs the loop until an operation has news, a signal came, or nothing is left that could bring
   news. Returns false in that last case. Waits as long as that takes: operations hold deadlines. */
bool os2_loop_wait(os2_loop *loop);

/* Runs the loop once without waiting. */
void os2_loop_poll(os2_loop *loop);

/* Takes the oldest operation that has news, or NULL. */
struct os2_op *os2_loop_take_ready(os2_loop *loop);

/* Takes note of a signal; safe in a signal handler. */
void os2_loop_signal(os2_loop *loop);

/* Seconds as libuv's whole milliseconds, within what a timer can hold. */
uint64_t os2_milliseconds(double seconds);

/* Number of operations alive, without what belongs to kept connections. */
int os2_loop_count_ops(const os2_loop *loop);

/* Lets closed handles go and ends the loop; for the end of the process. */
void os2_loop_close(os2_loop *loop);

#endif
