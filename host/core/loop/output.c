/* output: a stdout stream that notices when its reader has gone, and that a reader who sleeps holds
   up no longer than the run goes on. */
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

enum {
  SLICE_MILLISECONDS = 250, /* between two looks for a signal that another thread has got */
  GRACE_MILLISECONDS = 500  /* that a reader has, once a signal has asked the run to end */
};

/* What stdout is: a file, which never makes a writer wait for a reader; a socket; or a pipe or a
   terminal. */
typedef enum output_kind { OUTPUT_UNKNOWN, OUTPUT_FILE, OUTPUT_SOCKET, OUTPUT_STREAM } output_kind;

static output_kind output_is = OUTPUT_UNKNOWN;
static int output_fd = -1;      /* a pipe or a terminal once more, non-blocking; -1: none */
static bool output_is_given_up; /* since the signal that is the first */
static void (*output_take)(const char *data, size_t len); /* gets what is written; NULL: stdout */

static output_kind output_find_kind(void) {
  struct stat found;
  if (fstat(STDOUT_FILENO, &found) != 0) return OUTPUT_FILE; /* the write says what is wrong */
  if (S_ISSOCK(found.st_mode)) return OUTPUT_SOCKET;
  if (S_ISFIFO(found.st_mode) || isatty(STDOUT_FILENO)) return OUTPUT_STREAM;
  return OUTPUT_FILE;
}

/* The flags of a descriptor belong to all processes that share it. So a pipe or a terminal is
   opened once more: that description is this process's own. */
static output_kind output_find(void) {
  output_kind kind = output_find_kind();
  int error = errno;
  if (kind == OUTPUT_STREAM)
    output_fd = open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  errno = error;
  return kind;
}

bool os2_output_has_room(int milliseconds) {
  struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
  return poll(&out, 1, milliseconds) != 0;
}

/* Without a description of its own: where poll says that there is room, a pipe takes this much. */
static ssize_t output_write_little(const char *data, size_t len) {
  if (os2_output_has_room(0)) return write(STDOUT_FILENO, data, len < PIPE_BUF ? len : PIPE_BUF);
  errno = EAGAIN;
  return -1;
}

/* Writes what is taken at once; -1 with errno, EAGAIN when that is nothing. */
static ssize_t output_write_now(const char *data, size_t len) {
  if (output_is == OUTPUT_UNKNOWN) output_is = output_find();
  if (output_is == OUTPUT_SOCKET)
    return send(STDOUT_FILENO, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (output_is == OUTPUT_STREAM && output_fd < 0) return output_write_little(data, len);
  return write(output_fd < 0 ? STDOUT_FILENO : output_fd, data, len);
}

/* Waits until stdout takes more. Returns false when it does not in the time that there is. */
static bool output_wait_for_room(void) {
  while (os2_signals_first() == 0)
    if (os2_output_has_room(SLICE_MILLISECONDS)) return true;
  return os2_output_has_room(GRACE_MILLISECONDS);
}

static bool output_may_go_on(int error) {
  if (error == EINTR) return true;
  if (error != EAGAIN) return false;
  output_is_given_up = !output_wait_for_room();
  return !output_is_given_up;
}

/* Writes what the kernel takes, and waits until it takes something; -1 with errno. */
static ssize_t output_write_some(const char *data, size_t len) {
  ssize_t written;
  do written = output_write_now(data, len);
  while (written < 0 && output_may_go_on(errno));
  return written;
}

/* The reader sleeps, and the run has been asked to end: what is written now, nobody gets. */
static bool output_is_vain(void) { return output_is_given_up && os2_signals_first() != 0; }

/* The write function of the stream; stdio expects 0 and errno for a failure. A reader that goes in
   the middle of a write takes a part of it, which stdio would report without an errno: only the
   write of the rest says why. */
static ssize_t output_write_out(void *cookie, const char *data, size_t len) {
  (void)cookie;
  ssize_t written = 0;
  if (output_take != NULL) {
    output_take(data, len);
    return (ssize_t)len;
  }
  for (size_t done = 0; done < len && !output_is_vain(); done += (size_t)written) {
    written = output_write_some(data + done, len - done);
    if (written < 0 && errno == EPIPE) os2_signals_tell(SIGPIPE);
    if (written < 0 && !output_is_vain()) return 0;
    if (written < 0) break;
  }
  return (ssize_t)len;
}

void os2_output_open(void) {
  FILE *stream = fopencookie(NULL, "w", (cookie_io_functions_t){.write = output_write_out});
  if (stream == NULL) return; /* without the stream a closed pipe is noticed only at the end */
  setvbuf(stream, NULL, isatty(STDOUT_FILENO) ? _IOLBF : _IOFBF, BUFSIZ);
  stdout = stream;
}

void os2_output_divert(void (*take)(const char *data, size_t len)) {
  fflush(stdout);
  output_take = take;
}

ssize_t os2_output_write(const char *data, size_t len) {
  if (output_take != NULL || output_is_vain()) return output_write_out(NULL, data, len);
  ssize_t written;
  do written = output_write_now(data, len);
  while (written < 0 && errno == EINTR);
  if (written < 0 && errno == EPIPE) os2_signals_tell(SIGPIPE);
  return written < 0 && errno == EAGAIN ? 0 : written;
}

bool os2_output_is_reader_gone(void) {
  struct pollfd out = {.fd = STDOUT_FILENO};
  return poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}
