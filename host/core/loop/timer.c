/* timer: an operation that succeeds after a given time. */
#include "core/loop/timer.h"

#include <stdlib.h>

#include "core/base/mem.h"

typedef struct timer {
  os2_op op;
  uv_timer_t uv;
} timer;

static void timer_on_closed(uv_handle_t *handle) { os2_op_release(handle->data); }

static void timer_cancel(os2_op *op) {
  uv_close((uv_handle_t *)&((timer *)op)->uv, timer_on_closed);
}

static void timer_destroy(os2_op *op) { free(op); }

static const os2_op_class timer_class = {
    .name = "timer", .cancel = timer_cancel, .destroy = timer_destroy};

static void timer_on_due(uv_timer_t *uv) {
  os2_op *op = uv->data;
  os2_op_finish(op, NULL);
  uv_close((uv_handle_t *)uv, timer_on_closed);
}

os2_op *os2_timer_start(os2_loop *loop, double seconds) {
  timer *t = os2_mem_zero(1, sizeof *t);
  os2_op_init(&t->op, loop, &timer_class);
  uv_timer_init(&loop->uv, &t->uv);
  t->uv.data = &t->op;
  uv_update_time(&loop->uv);
  uv_timer_start(&t->uv, timer_on_due, os2_milliseconds(seconds), 0);
  return &t->op;
}
