/* output: a stdout stream that notices when its reader has gone; and stdout and stderr streams that
   a reader who sleeps holds up no longer than the run goes on. */
#include "core/loop/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/loop/signals.h"

enum { SLICE_MILLISECONDS = 250 }; /* between two looks for a signal that another thread has got */

/* What a stream is: a file, which never makes a writer wait for a reader; a socket; or a pipe or a
   terminal. */
typedef enum output_kind { OUTPUT_UNKNOWN, OUTPUT_FILE, OUTPUT_SOCKET, OUTPUT_STREAM } output_kind;

/* stdout or stderr. */
typedef struct output {
  int fd;
  output_kind kind;
  int own_fd;       /* a pipe or a terminal once more, non-blocking; -1: none */
  bool is_given_up; /* since the signal that is the first */
} output;

static output output_stdout = {.fd = STDOUT_FILENO, .own_fd = -1};
static output output_stderr = {.fd = STDERR_FILENO, .own_fd = -1};
static void (*output_take)(const char *data, size_t len); /* gets what is written; NULL: stdout */

static output_kind output_find_kind(int fd) {
  struct stat found;
  if (fstat(fd, &found) != 0) return OUTPUT_FILE; /* the write says what is wrong */
  if (S_ISSOCK(found.st_mode)) return OUTPUT_SOCKET;
  if (S_ISFIFO(found.st_mode) || isatty(fd)) return OUTPUT_STREAM;
  return OUTPUT_FILE;
}

/* The flags of a descriptor belong to all processes that share it. So a pipe or a terminal is
   opened once more: that description is this process's own. */
static void output_find(output *o) {
  int error = errno;
  o->kind = output_find_kind(o->fd);
  if (o->kind == OUTPUT_STREAM)
    o->own_fd = open(o->fd == STDOUT_FILENO ? "/proc/self/fd/1" : "/proc/self/fd/2",
                     O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  errno = error;
}

static bool output_has_room(const output *o, int milliseconds) {
  struct pollfd out = {.fd = o->fd, .events = POLLOUT};
  return poll(&out, 1, milliseconds) != 0;
}

bool os2_output_has_room(int milliseconds) { return output_has_room(&output_stdout, milliseconds); }

/* Without a description of its own: where poll says that there is room, a pipe takes this much. */
static ssize_t output_write_little(const output *o, const char *data, size_t len) {
  if (output_has_room(o, 0)) return write(o->fd, data, len < PIPE_BUF ? len : PIPE_BUF);
  errno = EAGAIN;
  return -1;
}

/* Writes what is taken at once; -1 with errno, EAGAIN when that is nothing. */
static ssize_t output_write_now(output *o, const char *data, size_t len) {
  if (o->kind == OUTPUT_UNKNOWN) output_find(o);
  if (o->kind == OUTPUT_SOCKET) return send(o->fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (o->kind == OUTPUT_STREAM && o->own_fd < 0) return output_write_little(o, data, len);
  return write(o->own_fd < 0 ? o->fd : o->own_fd, data, len);
}

/* Waits until the stream takes more. Returns false when it does not in the time that there is. */
static bool output_wait_for_room(const output *o) {
  while (os2_signals_first() == 0)
    if (output_has_room(o, SLICE_MILLISECONDS)) return true;
  return output_has_room(o, OS2_SIGNALS_GRACE_MILLISECONDS);
}

static bool output_may_go_on(output *o, int error) {
  if (error == EINTR) return true;
  if (error != EAGAIN) return false;
  o->is_given_up = !output_wait_for_room(o);
  return !o->is_given_up;
}

/* Writes what the kernel takes, and waits until it takes something; -1 with errno. */
static ssize_t output_write_some(output *o, const char *data, size_t len) {
  ssize_t written;
  do written = output_write_now(o, data, len);
  while (written < 0 && output_may_go_on(o, errno));
  return written;
}

/* The reader sleeps, and the run has been asked to end: what is written now, nobody gets. */
static bool output_is_vain(const output *o) { return o->is_given_up && os2_signals_first() != 0; }

static void output_note_reader_gone(const output *o) {
  if (errno == EPIPE && o->fd == STDOUT_FILENO) os2_signals_tell(SIGPIPE);
}

/* The write function of the streams; stdio expects 0 and errno for a failure. A reader that goes in
   the middle of a write takes a part of it, which stdio would report without an errno: only the
   write of the rest says why. */
static ssize_t output_write_out(void *cookie, const char *data, size_t len) {
  output *o = cookie;
  ssize_t written = 0;
  if (output_take != NULL && o->fd == STDOUT_FILENO) {
    output_take(data, len);
    return (ssize_t)len;
  }
  for (size_t done = 0; done < len && !output_is_vain(o); done += (size_t)written) {
    written = output_write_some(o, data + done, len - done);
    if (written < 0) output_note_reader_gone(o);
    if (written < 0 && !output_is_vain(o)) return 0;
    if (written < 0) break;
  }
  return (ssize_t)len;
}

/* Without the stream a reader that is gone or sleeps is noticed only at the end. */
static FILE *output_open(output *o, FILE *before, int buffering) {
  FILE *stream = fopencookie(o, "w", (cookie_io_functions_t){.write = output_write_out});
  if (stream == NULL) return before;
  setvbuf(stream, NULL, buffering, BUFSIZ);
  return stream;
}

void os2_output_open(void) {
  stdout = output_open(&output_stdout, stdout, isatty(STDOUT_FILENO) ? _IOLBF : _IOFBF);
  stderr = output_open(&output_stderr, stderr, _IONBF);
}

void os2_output_divert(void (*take)(const char *data, size_t len)) {
  fflush(stdout);
  output_take = take;
}

ssize_t os2_output_write(const char *data, size_t len) {
  output *o = &output_stdout;
  if (output_take != NULL || output_is_vain(o)) return output_write_out(o, data, len);
  ssize_t written;
  do written = output_write_now(o, data, len);
  while (written < 0 && errno == EINTR);
  if (written < 0) output_note_reader_gone(o);
  return written < 0 && errno == EAGAIN ? 0 : written;
}

bool os2_output_is_reader_gone(void) {
  struct pollfd out = {.fd = STDOUT_FILENO};
  return poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}
