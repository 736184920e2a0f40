/* loop: the process's one event loop (libuv) and its ready list: the operations that have news. All
   functions must be called on the loop thread, which is the thread that first calls os2_loop_get;
   os2_loop_signal may also be called in a signal handler. */
#ifndef OS2_CORE_LOOP_LOOP_H
#define OS2_CORE_LOOP_LOOP_H

#include <stdbool.h>
#include <uv.h>

struct os2_op;

typedef struct os2_loop {
  uv_loop_t uv;
  uv_async_t wakeup;         /* wakes the loop; the only handle that a signal handler touches */
  struct os2_op *ready_head; /* the ready list: operations with news, oldest first */
  struct os2_op *ready_tail;
  struct os2_op *ops;      /* every operation that is alive; the tests check it for leaks */
  volatile bool signalled; /* a signal has arrived and os2_loop_wait has not reported it yet */
} os2_loop;

/* Returns the loop of the process, which the first call makes. Never returns NULL: when no loop can
   be made, the process prints the reason and exits. */
os2_loop *os2_loop_get(void);

/* Returns true when the loop was made and has not been closed. */
bool os2_loop_is_open(void);

/* Runs the loop until an operation has news, a signal has arrived, or no active handle is left that
   could bring news. Returns false in the last case. Has no timeout of its own: each operation
   carries its deadline. */
bool os2_loop_wait(os2_loop *loop);

/* Runs one turn of the loop without waiting. */
void os2_loop_poll(os2_loop *loop);

/* Appends an operation to the ready list. One that is on the list keeps its place. */
void os2_loop_add_ready(os2_loop *loop, struct os2_op *op);

/* Removes an operation from the ready list in constant time. One that is not on it stays as it
   is. */
void os2_loop_remove_ready(os2_loop *loop, struct os2_op *op);

/* Removes the oldest operation from the ready list and returns it; NULL when the list is empty. The
   reference counts stay as they are. */
struct os2_op *os2_loop_take_ready(os2_loop *loop);

/* Notes that a signal has arrived and wakes the loop. Safe in a signal handler. */
void os2_loop_signal(os2_loop *loop);

/* Converts seconds to whole milliseconds for libuv; the result is limited to what a timer can
   hold. */
uint64_t os2_milliseconds(double seconds);

/* Returns the number of operations alive, without those that belong to kept connections. */
int os2_loop_count_ops(const os2_loop *loop);

/* Runs the pending close callbacks and closes the loop. Call it once, at the end of the process. */
void os2_loop_close(os2_loop *loop);

#endif
