/* op: one asynchronous operation. It queues events and then finishes once. All functions must be
   called on the loop thread. */
#ifndef OS2_CORE_LOOP_OP_H
#define OS2_CORE_LOOP_OP_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"
#include "core/loop/loop.h"

/* Life of an operation. Its start function makes it with two references: the owner's (the caller of
   the start function) and the work's (the callbacks that are still to come).
     - The work queues events with os2_op_push and ends with os2_op_finish, once.
     - The owner takes events with os2_op_take and drops its reference with os2_op_close, which also
       cancels work that has not finished.
     - After finish, cancel or the deadline the work closes its handles and drops its reference with
       os2_op_release, at once or in a later callback. The last reference to be dropped frees the
       operation. */
typedef struct os2_op os2_op;

typedef struct os2_event {
  struct os2_event *next;
  int type;   /* defined by the operation's class; 0 when the class has one type only */
  size_t len; /* bytes in data; a NUL follows them */
  char data[];
} os2_event;

typedef struct os2_op_class {
  const char *name;
  /* Stops the work: afterwards it neither pushes nor finishes. Drops the work's reference, at once
     or in a later callback. */
  void (*cancel)(os2_op *op);
  /* The queue has drained below half of `high_water`: the work may produce again (the end of
     back-pressure). May be NULL. */
  void (*resume)(os2_op *op);
  /* Called when the last reference is dropped. Frees what the operation holds and the operation. */
  void (*destroy)(os2_op *op);
} os2_op_class;

struct os2_op {
  const os2_op_class *class;
  os2_loop *loop;
  void *owner; /* for the owner's use; the binding stores a pointer here */
  /* Set by an owner that is C code itself (an operation built of others): called when there is
     news, and then the operation does not go to the ready list. The listener may take events and
     close this operation. */
  void (*listener)(os2_op *op, void *arg);
  void *listener_arg;
  os2_event *events;
  os2_event **events_end;
  size_t queued;     /* bytes of memory in the queue; an empty event counts, too */
  size_t high_water; /* os2_op_is_full returns true above this number of bytes; 0: no limit */
  bool finished;
  /* part of a kept connection: nobody waits for it, and os2_loop_count_ops skips it */
  bool is_kept;
  bool is_ready;
  os2_err *failure; /* NULL: it succeeded, or has not finished. A thousand timers carry no text */
  int references;
  uv_timer_t *deadline;
  double deadline_seconds;             /* the deadline as it was set, for the error message */
  os2_op *previous_ready, *next_ready; /* links of the ready list */
  os2_op *previous, *next;             /* links of the list of all operations of the loop */
};

/* Initializes an operation, which must be the first member of a zeroed larger struct, with its two
   references. */
void os2_op_init(os2_op *op, os2_loop *loop, const os2_op_class *class);

/* Sets the deadline: `seconds` from now the operation is cancelled and finishes with OS2_TIMEOUT.
   Replaces an earlier deadline. */
void os2_op_set_deadline(os2_op *op, double seconds);

/* For the work: queues an event. The data is copied; it may be NULL when len is 0. */
void os2_op_push(os2_op *op, int type, const char *data, size_t len);

/* For the work: returns true when the queue is above `high_water`, so that the work should pause
   until `resume` is called (back-pressure). */
bool os2_op_is_full(const os2_op *op);

/* For the work: reports news without an event, so that the owner looks at the operation again
   (there is room to write, a state has changed). */
void os2_op_touch(os2_op *op);

/* For the work: finishes the operation. It succeeded when err is NULL or of kind OS2_OK; otherwise
   err, which is copied, is its error. Every call after the first one is ignored. */
void os2_op_finish(os2_op *op, const os2_err *err);

/* Returns the error with which the operation has finished; one of kind OS2_OK when it has succeeded
   or has not finished. The operation owns it. */
const os2_err *os2_op_error(const os2_op *op);

/* For the work: drops the work's reference. */
void os2_op_release(os2_op *op);

/* For the owner: removes the oldest event from the queue and returns it, or NULL. The caller frees
   the event with free(). */
os2_event *os2_op_take(os2_op *op);

/* For the owner: cancels work that still runs; the operation finishes with OS2_CANCELLED. The owner
   keeps its reference. */
void os2_op_cancel(os2_op *op);

/* For the owner: cancels work that still runs and drops the owner's reference. */
void os2_op_close(os2_op *op);

#endif
