/* input: the bytes that come on a descriptor. */
#include "core/loop/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "core/base/mem.h"

enum { PIECE_BYTES = 256 * 1024, QUEUE_BYTES = 256 * 1024 };

/* libuv makes a descriptor that it watches non-blocking, for all processes that share it. So it
   watches an epoll instance, which is this process's own, and that watches the descriptor. */
typedef struct input {
  os2_op op;
  int fd, epoll_fd; /* epoll_fd: -1 for a file, which can always be read */
  union {
    uv_handle_t handle;
    uv_poll_t poll;
    uv_idle_t idle;
  } uv;
  bool is_stopped;
} input;

static void input_on_closed(uv_handle_t *handle) {
  input *in = handle->data;
  if (in->epoll_fd >= 0) close(in->epoll_fd);
  os2_op_release(&in->op);
}

static void input_stop(input *in) {
  if (in->is_stopped) return;
  in->is_stopped = true;
  uv_close(&in->uv.handle, input_on_closed);
}

static void input_cancel(os2_op *op) { input_stop((input *)op); }

static void input_destroy(os2_op *op) { free(op); }

static void input_end(input *in, const os2_err *err) {
  input_stop(in);
  os2_op_finish(&in->op, err);
}

static void input_pause(input *in) {
  if (in->epoll_fd >= 0)
    uv_poll_stop(&in->uv.poll);
  else
    uv_idle_stop(&in->uv.idle);
}

static void input_read(input *in) {
  static char piece[PIECE_BYTES]; /* one loop, one thread */
  os2_err err;
  ssize_t got = read(in->fd, piece, sizeof piece);
  if (got > 0) {
    os2_op_push(&in->op, 0, piece, (size_t)got);
    if (os2_op_is_full(&in->op)) input_pause(in);
  } else if (got == 0 || errno == EIO) { /* EIO: the terminal was hung up */
    input_end(in, NULL);
  } else if (errno != EAGAIN && errno != EINTR) {
    os2_fail_errno(&err, errno, "the input cannot be read");
    input_end(in, &err);
  }
}

static void input_on_poll(uv_poll_t *poll, int status, int events) {
  (void)status;
  (void)events;
  input_read(poll->data);
}

static void input_on_idle(uv_idle_t *idle) { input_read(idle->data); }

static void input_watch(input *in) {
  if (in->epoll_fd >= 0)
    uv_poll_start(&in->uv.poll, UV_READABLE, input_on_poll);
  else
    uv_idle_start(&in->uv.idle, input_on_idle);
}

static void input_resume(os2_op *op) {
  input *in = (input *)op;
  if (!in->is_stopped) input_watch(in);
}

static const os2_op_class INPUT_CLASS = {
    .name = "input", .cancel = input_cancel, .resume = input_resume, .destroy = input_destroy};

/* Returns an epoll instance that watches the descriptor; -1 with errno EPERM for a file. */
static int input_open_epoll(int fd) {
  struct epoll_event event = {.events = EPOLLIN};
  int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (epoll_fd < 0 || epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0) return epoll_fd;
  int error = errno;
  close(epoll_fd);
  errno = error;
  return -1;
}

static input *input_new(os2_loop *loop, int fd, int epoll_fd) {
  input *in = os2_mem_zero(1, sizeof *in);
  in->fd = fd;
  in->epoll_fd = epoll_fd;
  os2_op_init(&in->op, loop, &INPUT_CLASS);
  in->op.high_water = QUEUE_BYTES;
  if (epoll_fd >= 0)
    uv_poll_init(&loop->uv, &in->uv.poll, epoll_fd);
  else
    uv_idle_init(&loop->uv, &in->uv.idle);
  in->uv.handle.data = in;
  return in;
}

os2_op *os2_input_start(os2_loop *loop, int fd, os2_err *err) {
  int error = errno;
  fcntl(fd, F_SETPIPE_SZ, QUEUE_BYTES); /* of a pipe: the writer and os2 wake each other less */
  errno = error;
  int epoll_fd = input_open_epoll(fd);
  if (epoll_fd < 0 && errno != EPERM) {
    os2_fail_errno(err, errno, "the input cannot be read");
    return NULL;
  }
  input *in = input_new(loop, fd, epoll_fd);
  input_watch(in);
  return &in->op;
}
