/* loop: the process's one event loop (libuv) and its ready list: the operations that have news. */
#include "core/loop/loop.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/mem.h"
#include "core/loop/op.h"

static os2_loop the_loop;
static bool is_open;

static void loop_on_wakeup(uv_async_t *handle) { (void)handle; }

/* Too few descriptors are a limit that the caller has set (ulimit -n). Nothing can run without a
   loop, so the process exits. */
static void loop_refuse(int code) {
  if (code == UV_ENOMEM) os2_mem_fail();
  fprintf(stderr, "os2: there is no event loop: %s; raise the limit (ulimit -n)\n",
          uv_strerror(code));
  exit(EXIT_FAILURE);
}

static void loop_open(os2_loop *loop) {
  int code = uv_loop_init(&loop->uv);
  if (code == 0) code = uv_async_init(&loop->uv, &loop->wakeup, loop_on_wakeup);
  if (code != 0) loop_refuse(code);
  uv_unref((uv_handle_t *)&loop->wakeup);
  is_open = true;
}

os2_loop *os2_loop_get(void) {
  if (!is_open) loop_open(&the_loop);
  return &the_loop;
}

bool os2_loop_is_open(void) { return is_open; }

void os2_loop_poll(os2_loop *loop) { uv_run(&loop->uv, UV_RUN_NOWAIT); }

bool os2_loop_wait(os2_loop *loop) {
  os2_loop_poll(loop);
  while (loop->ready_head == NULL && !loop->signalled) {
    if (!uv_loop_alive(&loop->uv)) return false;
    uv_run(&loop->uv, UV_RUN_ONCE);
  }
  return true;
}

void os2_loop_add_ready(os2_loop *loop, os2_op *op) {
  if (op->is_ready) return;
  op->is_ready = true;
  op->previous_ready = loop->ready_tail;
  if (loop->ready_tail != NULL)
    loop->ready_tail->next_ready = op;
  else
    loop->ready_head = op;
  loop->ready_tail = op;
}

void os2_loop_remove_ready(os2_loop *loop, os2_op *op) {
  if (!op->is_ready) return;
  if (op->previous_ready != NULL)
    op->previous_ready->next_ready = op->next_ready;
  else
    loop->ready_head = op->next_ready;
  if (op->next_ready != NULL)
    op->next_ready->previous_ready = op->previous_ready;
  else
    loop->ready_tail = op->previous_ready;
  op->previous_ready = op->next_ready = NULL;
  op->is_ready = false;
}

os2_op *os2_loop_take_ready(os2_loop *loop) {
  os2_op *op = loop->ready_head;
  if (op != NULL) os2_loop_remove_ready(loop, op);
  return op;
}

void os2_loop_signal(os2_loop *loop) {
  loop->signalled = true;
  uv_async_send(&loop->wakeup);
}

uint64_t os2_milliseconds(double seconds) {
  const double longest_ms = 1e15;
  double milliseconds = seconds * 1000.0;
  if (!(milliseconds > 0)) return 0;
  return milliseconds > longest_ms ? (uint64_t)longest_ms : (uint64_t)milliseconds;
}

int os2_loop_count_ops(const os2_loop *loop) {
  int count = 0;
  for (const os2_op *op = loop->ops; op != NULL; op = op->next)
    if (!op->is_kept) count++;
  return count;
}

void os2_loop_close(os2_loop *loop) {
  if (!is_open) return;
  uv_close((uv_handle_t *)&loop->wakeup, NULL);
  uv_run(&loop->uv, UV_RUN_NOWAIT);
  uv_loop_close(&loop->uv);
  is_open = false;
}
