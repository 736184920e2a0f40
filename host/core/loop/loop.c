/* loop: the process's one event loop (libuv) and its ready list: the operations that have news. */
#include "core/loop/loop.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/loop/op.h"

static os2_loop the_loop;
static bool is_open;

static void loop_on_wakeup(uv_async_t *handle) { (void)handle; }

/* Too few descriptors are a limit that the caller has set (ulimit -n). Nothing can run without a
   loop, so the process exits. */
static void loop_refuse(int code) {
  const char *hint = code == UV_ENOMEM ? "" : "; raise the limit (ulimit -n)";
  fprintf(stderr, "os2: there is no event loop: %s%s\n", uv_strerror(code), hint);
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

os2_op *os2_loop_take_ready(os2_loop *loop) {
  os2_op *op = loop->ready_head;
  if (op == NULL) return NULL;
  loop->ready_head = op->next_ready;
  if (loop->ready_head == NULL) loop->ready_tail = NULL;
  op->next_ready = NULL;
  op->is_ready = false;
  return op;
}

void os2_loop_signal(os2_loop *loop) {
  loop->signalled = true;
  uv_async_send(&loop->wakeup);
}

uint64_t os2_milliseconds(double seconds) {
  const double longest = 1e15;
  double milliseconds = seconds * 1000.0;
  if (!(milliseconds > 0)) return 0;
  return milliseconds > longest ? (uint64_t)longest : (uint64_t)milliseconds;
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
