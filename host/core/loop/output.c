/* output: a stdout stream that notices when its reader has gone. */
#include "core/loop/output.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "core/loop/signals.h"

static bool output_wait_for(int error) {
  struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
  if (error == EAGAIN) poll(&out, 1, -1);
  return error == EAGAIN || error == EINTR;
}

/* Writes what the kernel takes at once; -1 with errno. */
static ssize_t output_write_some(const char *data, size_t len) {
  ssize_t written;
  do written = write(STDOUT_FILENO, data, len);
  while (written < 0 && output_wait_for(errno));
  return written;
}

static void (*output_take)(const char *data, size_t len); /* gets what is written; NULL: stdout */

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
  for (size_t done = 0; done < len; done += (size_t)written) {
    written = output_write_some(data + done, len - done);
    if (written < 0 && errno == EPIPE) os2_signals_tell(SIGPIPE);
    if (written < 0) return 0;
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

bool os2_output_is_reader_gone(void) {
  struct pollfd out = {.fd = STDOUT_FILENO};
  return poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}
