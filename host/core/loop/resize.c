/* resize: changes of the terminal's size. */
#include "core/loop/resize.h"

#include <signal.h>
#include <stdlib.h>

#include "core/base/mem.h"

typedef struct resize {
  os2_op op;
  uv_signal_t signal;
} resize;

static void resize_on_closed(uv_handle_t *handle) { os2_op_release(handle->data); }

static void resize_cancel(os2_op *op) {
  uv_close((uv_handle_t *)&((resize *)op)->signal, resize_on_closed);
}

static void resize_destroy(os2_op *op) { free(op); }

static const os2_op_class RESIZE_CLASS = {
    .name = "terminal size", .cancel = resize_cancel, .destroy = resize_destroy};

static void resize_on_signal(uv_signal_t *signal, int number) {
  (void)number;
  os2_op_push(signal->data, 0, NULL, 0);
}

os2_op *os2_resize_watch(os2_loop *loop, os2_err *err) {
  resize *watch = os2_mem_zero(1, sizeof *watch);
  int code = uv_signal_init(&loop->uv, &watch->signal);
  if (code != 0) {
    free(watch);
    os2_fail_uv(err, code, "the size of the terminal cannot be watched");
    return NULL;
  }
  os2_op_init(&watch->op, loop, &RESIZE_CLASS);
  watch->signal.data = &watch->op;
  uv_signal_start(&watch->signal, resize_on_signal, SIGWINCH);
  return &watch->op;
}
