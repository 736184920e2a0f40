/* op: one asynchronous operation. It queues events and then finishes once. */
#include "core/loop/op.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

void os2_op_init(os2_op *op, os2_loop *loop, const os2_op_class *class) {
  op->class = class;
  op->loop = loop;
  op->events_end = &op->events;
  op->references = 2;
  op->next = loop->ops;
  if (op->next != NULL) op->next->previous = op;
  loop->ops = op;
}

void os2_op_touch(os2_op *op) {
  if (op->listener != NULL) {
    op->listener(op, op->listener_arg);
    return;
  }
  os2_loop_add_ready(op->loop, op);
}

static void op_free_timer(uv_handle_t *handle) { free(handle); }

static void op_stop_deadline(os2_op *op) {
  if (op->deadline == NULL) return;
  uv_close((uv_handle_t *)op->deadline, op_free_timer);
  op->deadline = NULL;
}

static void op_stop_work(os2_op *op, os2_kind kind, const char *message) {
  if (op->finished) return;
  os2_err err;
  os2_fail(&err, kind, "%s", message);
  op->references++; /* cancel may drop the work's reference before this function returns */
  op->class->cancel(op);
  os2_op_finish(op, &err);
  os2_op_release(op);
}

static void op_on_deadline(uv_timer_t *timer) {
  os2_op *op = timer->data;
  char message[64];
  snprintf(message, sizeof message, "not done within %g s", op->deadline_seconds);
  op_stop_work(op, OS2_TIMEOUT, message);
}

void os2_op_set_deadline(os2_op *op, double seconds) {
  if (op->finished) return;
  if (op->deadline == NULL) {
    op->deadline = os2_mem_zero(1, sizeof *op->deadline);
    uv_timer_init(&op->loop->uv, op->deadline);
    op->deadline->data = op;
  }
  op->deadline_seconds = seconds;
  uv_update_time(&op->loop->uv);
  uv_timer_start(op->deadline, op_on_deadline, os2_milliseconds(seconds), 0);
}

static size_t op_size_of(const os2_event *event) { return sizeof *event + event->len; }

void os2_op_push(os2_op *op, int type, const char *data, size_t len) {
  if (op->finished) return;
  os2_event *event = os2_mem_with(sizeof *event + 1, len);
  event->next = NULL;
  event->type = type;
  event->len = len;
  if (len > 0) memcpy(event->data, data, len);
  event->data[len] = '\0';
  *op->events_end = event;
  op->events_end = &event->next;
  op->queued += op_size_of(event);
  os2_op_touch(op); /* the last statement: a listener may close the operation */
}

bool os2_op_is_full(const os2_op *op) { return op->high_water > 0 && op->queued > op->high_water; }

static os2_err *op_copy_error(const os2_err *err) {
  os2_err *copy = os2_mem_zero(1, sizeof *copy);
  *copy = *err;
  return copy;
}

const os2_err *os2_op_error(const os2_op *op) {
  static const os2_err op_success = {.kind = OS2_OK};
  return op->failure != NULL ? op->failure : &op_success;
}

void os2_op_finish(os2_op *op, const os2_err *err) {
  if (op->finished) return;
  op->finished = true;
  if (err != NULL && err->kind != OS2_OK) op->failure = op_copy_error(err);
  op_stop_deadline(op);
  os2_op_touch(op);
}

os2_event *os2_op_take(os2_op *op) {
  os2_event *event = op->events;
  if (event == NULL) return NULL;
  op->events = event->next;
  if (op->events == NULL) op->events_end = &op->events;
  op->queued -= op_size_of(event);
  if (!op->finished && op->class->resume != NULL && op->queued <= op->high_water / 2)
    op->class->resume(op);
  return event;
}

static void op_destroy(os2_op *op) {
  os2_loop_remove_ready(op->loop, op);
  op_stop_deadline(op);
  while (op->events != NULL) {
    os2_event *event = op->events;
    op->events = event->next;
    free(event);
  }
  if (op->next != NULL) op->next->previous = op->previous;
  if (op->previous != NULL)
    op->previous->next = op->next;
  else
    op->loop->ops = op->next;
  free(op->failure);
  op->class->destroy(op);
}

void os2_op_release(os2_op *op) {
  if (--op->references == 0) op_destroy(op);
}

void os2_op_cancel(os2_op *op) { op_stop_work(op, OS2_CANCELLED, "cancelled"); }

void os2_op_close(os2_op *op) {
  op->references++;
  op->listener = NULL;
  os2_op_cancel(op);
  os2_loop_remove_ready(op->loop, op);
  op->owner = NULL;
  os2_op_release(op);
  os2_op_release(op);
}
