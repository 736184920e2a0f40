/* proc: child processes and their standard streams. */
#include "core/loop/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/core_limit.h"
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/mem.h"

enum {
  STREAM_HIGH_WATER_BYTES = 256 * 1024,
  WRITE_HIGH_WATER_BYTES = 64 * 1024,
  READ_BYTES = 64 * 1024
};

typedef struct proc {
  os2_op op; /* the first member: an os2_op * is a proc * */
  uv_process_t process;
  uv_pipe_t pipes[3]; /* our ends of stdin, stdout, stderr */
  bool is_open[3];
  bool is_stdin_ending;
  bool is_paused;
  bool is_cancelled;
  bool has_group;
  bool has_exited;
  int handles;       /* libuv handles that are still to be closed */
  struct proc *next; /* links of the list `running` */
  os2_proc_status status;
  char buffer[READ_BYTES];
} proc;

typedef struct writing {
  uv_write_t request;
  proc *p;
  char data[];
} writing;

/* ---- the children that run ---- */

static proc *running;

static void proc_add_running(proc *p) {
  p->next = running;
  running = p;
}

static void proc_remove_running(proc *p) {
  proc **at = &running;
  while (*at != p) at = &(*at)->next;
  *at = p->next;
}

bool os2_proc_is_child(int pid) {
  for (const proc *p = running; p != NULL; p = p->next)
    if (p->status.pid == pid) return true;
  return false;
}

/* ---- the end ---- */

static void proc_on_closed(uv_handle_t *handle) {
  proc *p = handle->data;
  if (--p->handles == 0) os2_op_release(&p->op);
}

static void proc_close_pipe(proc *p, int fd) {
  if (!p->is_open[fd]) return;
  p->is_open[fd] = false;
  uv_close((uv_handle_t *)&p->pipes[fd], proc_on_closed);
}

static void proc_finish_when_done(proc *p) {
  if (!p->has_exited || p->is_open[1] || p->is_open[2]) return;
  proc_close_pipe(p, 0);
  if (!p->is_cancelled) os2_op_finish(&p->op, NULL);
}

static void proc_on_exit_status(uv_process_t *process, int64_t code, int signal) {
  proc *p = process->data;
  proc_remove_running(p);
  p->status.code = (int)code;
  p->status.signal = signal;
  p->has_exited = true;
  uv_close((uv_handle_t *)process, proc_on_closed);
  proc_finish_when_done(p);
}

static int proc_send_signal(const proc *p, int signal) {
  return kill(p->has_group ? -p->status.pid : p->status.pid, signal);
}

/* Returns true when there is a process to kill: the child itself, or one of its group that holds
   its output open. */
static bool proc_is_alive(const proc *p) {
  /* not started; kill with pid 0 would signal our own group */
  if (p->status.pid <= 0) return false;
  return !p->has_exited || (p->has_group && (p->is_open[1] || p->is_open[2]));
}

static void proc_cancel(os2_op *op) {
  proc *p = (proc *)op;
  p->is_cancelled = true;
  if (proc_is_alive(p)) proc_send_signal(p, SIGKILL);
  for (int fd = 0; fd < 3; fd++) proc_close_pipe(p, fd);
}

static void proc_destroy(os2_op *op) { free(op); }

/* ---- reading ---- */

static void proc_get_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
  (void)suggested;
  proc *p = handle->data;
  *buffer = uv_buf_init(p->buffer, sizeof p->buffer);
}

static void proc_on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buffer);

static void proc_set_reading(proc *p, bool is_reading) {
  for (int fd = 1; fd <= 2; fd++) {
    if (!p->is_open[fd]) continue;
    uv_stream_t *stream = (uv_stream_t *)&p->pipes[fd];
    if (is_reading)
      uv_read_start(stream, proc_get_buffer, proc_on_read);
    else
      uv_read_stop(stream);
  }
  p->is_paused = !is_reading;
}

static void proc_on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buffer) {
  proc *p = stream->data;
  int fd = stream == (uv_stream_t *)&p->pipes[1] ? 1 : 2;
  if (len > 0) {
    os2_op_push(&p->op, fd, buffer->base, (size_t)len);
    if (os2_op_is_full(&p->op)) proc_set_reading(p, false);
  } else if (len < 0) {
    proc_close_pipe(p, fd);
    proc_finish_when_done(p);
  }
}

static void proc_resume(os2_op *op) {
  proc *p = (proc *)op;
  if (p->is_paused) proc_set_reading(p, true);
}

static const os2_op_class proc_class = {
    .name = "proc", .cancel = proc_cancel, .resume = proc_resume, .destroy = proc_destroy};

/* ---- starting ---- */

static void proc_set_stdio(proc *p, uv_stdio_container_t *container, int fd, os2_stdio how,
                           int given) {
  *container = (uv_stdio_container_t){.flags = UV_IGNORE};
  if (how == OS2_STDIO_INHERIT || how == OS2_STDIO_FD) {
    container->flags = UV_INHERIT_FD;
    container->data.fd = how == OS2_STDIO_FD ? given : fd;
  } else if (how == OS2_STDIO_PIPE) {
    uv_pipe_init(&p->op.loop->uv, &p->pipes[fd], 0);
    p->pipes[fd].data = p;
    p->is_open[fd] = true;
    p->handles++;
    container->flags = UV_CREATE_PIPE | (fd == 0 ? UV_READABLE_PIPE : UV_WRITABLE_PIPE);
    container->data.stream = (uv_stream_t *)&p->pipes[fd];
  }
}

static int proc_spawn(proc *p, const os2_proc_options *options) {
  uv_stdio_container_t stdio[3];
  proc_set_stdio(p, &stdio[0], 0, options->in, options->fd);
  proc_set_stdio(p, &stdio[1], 1, options->out, options->fd);
  proc_set_stdio(p, &stdio[2], 2, options->err, options->fd);
  uv_process_options_t spawning = {
      .exit_cb = proc_on_exit_status,
      .file = options->argv[0],
      .args = os2_mem_unconst(options->argv),
      .env = os2_mem_unconst(options->env),
      .cwd = options->cwd,
      .flags = options->new_group ? UV_PROCESS_DETACHED : 0,
      .stdio_count = 3,
      .stdio = stdio,
  };
  p->process.data = p;
  p->handles++;
  os2_core_limit_give_back();
  int code = uv_spawn(&p->op.loop->uv, &p->process, &spawning);
  os2_core_limit_take_back();
  return code;
}

static void proc_let_loop_end(proc *p) {
  uv_unref((uv_handle_t *)&p->process);
  for (int fd = 0; fd < 3; fd++)
    if (p->is_open[fd]) uv_unref((uv_handle_t *)&p->pipes[fd]);
}

/* Checks the directory separately, because the system reports the same error for a missing
   directory and a missing program. */
static bool proc_can_enter(const char *directory) {
  struct stat found;
  if (stat(directory, &found) != 0) return false;
  if (!S_ISDIR(found.st_mode))
    errno = ENOTDIR;
  else if (faccessat(AT_FDCWD, directory, X_OK, AT_EACCESS) == 0)
    return true;
  return false;
}

/* Returns true when the program's file exists. When starting it still fails with "not found", it is
   a script whose interpreter (first line) does not exist. */
static bool proc_is_file_at(const char *directory, const char *program) {
  int fd = open(directory == NULL ? "." : directory, O_PATH | O_CLOEXEC);
  bool is_there = strchr(program, '/') != NULL && faccessat(fd, program, F_OK, 0) == 0;
  if (fd >= 0) close(fd);
  return is_there;
}

static int proc_fail_start(os2_err *err, int code, const os2_proc_options *options) {
  const char *program = options->argv[0];
  if (options->cwd != NULL && !proc_can_enter(options->cwd))
    return os2_fail_errno(err, errno, "cannot enter the directory %s to start %s", options->cwd,
                          program);
  if (code == UV_ENOENT && proc_is_file_at(options->cwd, program))
    return os2_fail(err, OS2_NOT_FOUND,
                    "cannot start %s: the program that its first line names is not there", program);
  return os2_fail_uv(err, code, "cannot start %s", program);
}

os2_op *os2_proc_start(os2_loop *loop, const os2_proc_options *options, os2_err *err) {
  proc *p = os2_mem_zero(1, sizeof *p);
  os2_op_init(&p->op, loop, &proc_class);
  p->op.high_water = STREAM_HIGH_WATER_BYTES;
  int code = proc_spawn(p, options);
  p->status.pid = p->process.pid;
  if (code == 0) {
    p->has_group = options->new_group; /* set only now: without a pid the group would be our own */
    proc_add_running(p);
    proc_set_reading(p, true);
    if (options->in_background) proc_let_loop_end(p);
    return &p->op;
  }
  proc_fail_start(err, code, options);
  p->has_exited = true;
  uv_close((uv_handle_t *)&p->process, proc_on_closed);
  os2_op_close(&p->op);
  return NULL;
}

os2_proc_status os2_proc_status_of(const os2_op *op) { return ((const proc *)op)->status; }

int os2_proc_kill(os2_op *op, int signal, os2_err *err) {
  const proc *p = (const proc *)op;
  if (p->has_exited) return os2_fail(err, OS2_NOT_FOUND, "process %d has ended", p->status.pid);
  if (proc_send_signal(p, signal) == 0) return 0;
  return os2_fail_errno(err, errno, "cannot send signal %d to process %d", signal, p->status.pid);
}

/* ---- writing ---- */

static void proc_on_written(uv_write_t *request, int status) {
  (void)status; /* a child that has closed its stdin is no error; its exit code tells */
  writing *w = (writing *)request;
  proc *p = w->p;
  free(w);
  if (p->op.owner != NULL && !os2_proc_is_write_full(&p->op)) os2_op_touch(&p->op);
}

int os2_proc_write(os2_op *op, const char *data, size_t len, os2_err *err) {
  proc *p = (proc *)op;
  if (!p->is_open[0] || p->is_stdin_ending)
    return os2_fail(err, OS2_CONFLICT, "the stdin of the process is closed");
  writing *w = os2_mem_with(sizeof *w, len);
  w->p = p;
  memcpy(w->data, data, len);
  uv_buf_t buffer = {.base = w->data, .len = len};
  int code = uv_write(&w->request, (uv_stream_t *)&p->pipes[0], &buffer, 1, proc_on_written);
  if (code == 0) return 0;
  free(w);
  return os2_fail_uv(err, code, "cannot write to process %d", p->status.pid);
}

bool os2_proc_is_write_full(const os2_op *op) {
  const proc *p = (const proc *)op;
  if (!p->is_open[0]) return false;
  return uv_stream_get_write_queue_size((const uv_stream_t *)&p->pipes[0]) > WRITE_HIGH_WATER_BYTES;
}

static void proc_on_shutdown(uv_shutdown_t *request, int status) {
  (void)status;
  proc *p = request->handle->data;
  free(request);
  proc_close_pipe(p, 0);
}

void os2_proc_close_stdin(os2_op *op) {
  proc *p = (proc *)op;
  if (!p->is_open[0] || p->is_stdin_ending) return;
  p->is_stdin_ending = true;
  uv_shutdown_t *request = os2_mem_zero(1, sizeof *request);
  if (uv_shutdown(request, (uv_stream_t *)&p->pipes[0], proc_on_shutdown) == 0) return;
  free(request);
  proc_close_pipe(p, 0);
}
