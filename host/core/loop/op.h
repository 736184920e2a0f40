/* op: one asynchronous operation: it queues events, then finishes once. */
#ifndef OS2_CORE_LOOP_OP_H
#define OS2_CORE_LOOP_OP_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"
#include "core/loop/loop.h"

/*
 * Life of an operation. It is made by its starter with two references: the owner's (whoever asked)
 * and the work's (the callbacks still to come).
 *  - The work queues events with os2_op_push and ends with os2_op_finish, once.
 *  - The owner takes events with os2_op_take and lets go with os2_op_close, which cancels work that
 *    has not finished.
 *  - After finish, cancel or the deadline the work closes its handles and drops its reference with
 *    os2_op_release, at once or in a later callback; the last reference frees the
   operation. */
typedef struct os2_op os2_op;

typedef struct os2_event {
  struct os2_event *next;
  int type;   /* the class's own; 0 where it has but one */
  size_t len; /* bytes in data; a NUL stands behind them */
  char data[];
} os2_event;

typedef struct os2_op_class {
  const char *name;
  /* Stops the work: no push or finish after it; drops the work's reference, now or later. */
  void (*cancel)(os2_op *op);
  /* The queue fell below half of `high_water`: go on producing. May be NULL. */
  void (*resume)(os2_op *op);
  /* Frees what the operation holds and the operation itself. */
  void (*destroy)(os2_op *op);
} os2_op_class;

struct os2_op {
  const os2_op_class *class;
  os2_loop *loop;
  void *owner; /* for the owner's use; the binding keeps its own pointer here */
  /* Set by an owner that is C itself (an operation made of others): called when there is news,
     instead of queueing for the scheduler. It may take events and close this operation. */
  void (*listener)(os2_op *op, void *arg);
  void *listener_arg;
  os2_event *events;
  os2_event **events_end;
  size_t queued;     /* bytes of memory in the queue: empty events count as well */
  size_t high_water; /* os2_op_is_full says so above this; 0 = no limit */
  bool finished;
  bool is_kept; /* part of a kept connection: nobody waits for its end, it is not counted */
  bool is_ready;
  os2_err err; /* kind OS2_OK when it went well */
  int references;
  uv_timer_t *deadline;
  double deadline_seconds; /* what was asked for */
  os2_op *next_ready;
  os2_op *previous, *next; /* all operations of the loop */
};

/* Sets up an operation that stands at the head of a zeroed larger struct. */
void os2_op_init(os2_op *op, os2_loop *loop, const os2_op_class *class);

/* Finishes it with OS2_TIMEOUT in `seconds` from now, replacing an earlier deadline. */
void os2_op_set_deadline(os2_op *op, double seconds);

/* Work: queues an event (data is copied; may be NULL when len is 0). */
void os2_op_push(os2_op *op, int type, const char *data, size_t len);

/* Work: true when the owner has to catch up before more is produced. */
bool os2_op_is_full(const os2_op *op);

/* Work: tells the owner to look again without an event (room to write, a changed state). */
void os2_op_touch(os2_op *op);

/* Work: ends it; err NULL or of kind OS2_OK means well. Only the first call counts. */
void os2_op_finish(os2_op *op, const os2_err *err);

/* Work: drops the work's reference. */
void os2_op_release(os2_op *op);

/* Owner: the oldest event, to be freed with free(), or NULL. */
os2_event *os2_op_take(os2_op *op);

/* Owner: ends the work if it still runs (finish with OS2_CANCELLED), without letting go. */
void os2_op_cancel(os2_op *op);

/* Owner: cancels and drops the owner's reference. */
void os2_op_close(os2_op *op);

#endif
