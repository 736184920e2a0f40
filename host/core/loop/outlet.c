/* outlet: writes to stdout on the loop, which goes on while the reader of stdout sleeps. */
#include "core/loop/outlet.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/loop/output.h"
#include "core/loop/writable.h"

enum { ACTIVE_MILLISECONDS = 20 }; /* that a reader who is active may take */

bool os2_outlet_holds(const os2_outlet *outlet) { return outlet->held != NULL; }

static void outlet_stop_waiting(os2_outlet *outlet) {
  if (outlet->writable != NULL) os2_op_close(outlet->writable);
  outlet->writable = NULL;
}

void os2_outlet_close(os2_outlet *outlet) {
  outlet_stop_waiting(outlet);
  free(outlet->held);
  outlet->held = NULL;
}

/* Writes until stdout has taken nothing for a while. Returns how much it took; -1 with errno. */
static ssize_t outlet_pass(const char *bytes, size_t len) {
  size_t done = 0;
  while (done < len) {
    ssize_t written = os2_output_write(bytes + done, len - done);
    if (written < 0) return -1;
    done += (size_t)written;
    if (written == 0 && !os2_output_has_room(ACTIVE_MILLISECONDS)) break;
  }
  return (ssize_t)done;
}

static void outlet_on_writable(os2_op *op, void *arg);

/* stdout is a pipe, a socket or a terminal, which can be watched: nothing else is ever full. */
static int outlet_wait(os2_outlet *outlet) {
  os2_err err;
  outlet->writable = os2_writable_start(outlet->loop, STDOUT_FILENO, &err);
  if (outlet->writable == NULL) {
    os2_outlet_close(outlet);
    return EIO;
  }
  outlet->writable->listener = outlet_on_writable;
  outlet->writable->listener_arg = outlet;
  return 0;
}

static void outlet_end(os2_outlet *outlet, int error) {
  os2_outlet_close(outlet);
  outlet->on_empty(outlet->arg, error);
}

static void outlet_on_writable(os2_op *op, void *arg) {
  os2_outlet *outlet = arg;
  (void)op;
  outlet_stop_waiting(outlet);
  ssize_t passed = outlet_pass(outlet->held + outlet->at, outlet->len - outlet->at);
  int error = passed < 0 ? errno : 0;
  if (passed > 0) outlet->at += (size_t)passed;
  if (error == 0 && outlet->at < outlet->len) error = outlet_wait(outlet);
  if (error != 0 || outlet->at == outlet->len) outlet_end(outlet, error);
}

static void outlet_hold(os2_outlet *outlet, const char *bytes, size_t len) {
  size_t left = outlet->held == NULL ? 0 : outlet->len - outlet->at;
  char *held = os2_mem_resize(NULL, left + len, 1);
  if (left > 0) memcpy(held, outlet->held + outlet->at, left);
  memcpy(held + left, bytes, len);
  free(outlet->held);
  outlet->held = held;
  outlet->at = 0;
  outlet->len = left + len;
}

int os2_outlet_write(os2_outlet *outlet, const char *bytes, size_t len) {
  if (os2_outlet_holds(outlet)) {
    outlet_hold(outlet, bytes, len);
    return 0;
  }
  if (fflush(stdout) != 0) return errno;
  ssize_t passed = outlet_pass(bytes, len);
  if (passed < 0) return errno;
  if ((size_t)passed == len) return 0;
  outlet_hold(outlet, bytes + passed, len - (size_t)passed);
  return outlet_wait(outlet);
}
