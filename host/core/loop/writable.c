/* writable: waits until a descriptor takes bytes. */
#include "core/loop/writable.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "core/base/mem.h"

/* As in core/loop/input, libuv watches an epoll instance, which watches the descriptor. */
typedef struct writable {
  os2_op op;
  int epoll_fd;
  uv_poll_t poll;
  bool is_stopped;
} writable;

static void writable_on_closed(uv_handle_t *handle) {
  writable *w = handle->data;
  close(w->epoll_fd);
  os2_op_release(&w->op);
}

static void writable_stop(writable *w) {
  if (w->is_stopped) return;
  w->is_stopped = true;
  uv_close((uv_handle_t *)&w->poll, writable_on_closed);
}

static void writable_cancel(os2_op *op) { writable_stop((writable *)op); }

static void writable_destroy(os2_op *op) { free(op); }

static void writable_on_poll(uv_poll_t *poll, int status, int events) {
  writable *w = poll->data;
  (void)status;
  (void)events;
  writable_stop(w);
  os2_op_finish(&w->op, NULL);
}

static const os2_op_class WRITABLE_CLASS = {
    .name = "output", .cancel = writable_cancel, .destroy = writable_destroy};

static int writable_open_epoll(int fd, os2_err *err) {
  struct epoll_event event = {.events = EPOLLOUT};
  int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (epoll_fd >= 0 && epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0) return epoll_fd;
  int error = errno;
  if (epoll_fd >= 0) close(epoll_fd);
  return os2_fail_errno(err, error, "the output cannot be watched");
}

os2_op *os2_writable_start(os2_loop *loop, int fd, os2_err *err) {
  int epoll_fd = writable_open_epoll(fd, err);
  if (epoll_fd < 0) return NULL;
  writable *w = os2_mem_zero(1, sizeof *w);
  w->epoll_fd = epoll_fd;
  os2_op_init(&w->op, loop, &WRITABLE_CLASS);
  uv_poll_init(&loop->uv, &w->poll, epoll_fd);
  w->poll.data = w;
  uv_poll_start(&w->poll, UV_READABLE, writable_on_poll);
  return &w->op;
}
