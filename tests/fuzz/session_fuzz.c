/* session_fuzz: BuildKit's session against whatever an engine sends: the answer to the upgrade,
   then HTTP/2. The connection is this file's (core/http/wire.h without libcurl); the first byte of
   the input says how the bytes are cut and how the connection behaves. */
#include <stdbool.h>
#include <string.h>

#include "core/buildkit/session.h"
#include "core/http/wire.h"
#include "fuzz.h"

struct os2_wire {
  const os2_wire_events *events;
  void *arg;
  size_t sent;
  bool is_stuck; /* takes no answer */
  bool is_closed;
};

static os2_wire wire;

os2_wire *os2_wire_open(os2_loop *loop, const char *url, const os2_route *route,
                        const os2_wire_events *events, void *arg, os2_err *err) {
  (void)loop;
  (void)url;
  (void)route;
  (void)err;
  wire = (os2_wire){.events = events, .arg = arg};
  return &wire;
}

void os2_wire_send(os2_wire *w, const char *bytes, size_t len) {
  volatile char sink = 0;
  must(!w->is_closed);
  for (size_t i = 0; i < len; i++) sink = (char)(sink ^ bytes[i]);
  w->sent += len;
}

size_t os2_wire_queued(const os2_wire *w) { return w->is_stuck ? w->sent : 0; }

void os2_wire_close(os2_wire *w) {
  must(!w->is_closed);
  w->is_closed = true; /* `closed` is told later, as libuv does */
}

/* Answers every second question at once, the others never; some of them twice. */
static void take_events(os2_op *op) {
  for (os2_event *event; (event = os2_op_take(op)) != NULL; free(event)) {
    int32_t id;
    const char *host;
    if (event->type != OS2_SESSION_CREDENTIALS) continue;
    os2_session_read_question(event, &id, &host);
    must(host[0] != '\0' || event->len > sizeof id);
    if (id % 4 == 3) continue;
    os2_session_answer(op, id, "user", host);
    if (id % 4 == 1) os2_session_answer(op, id, "again", host);
  }
}

static void feed(os2_op *op, const uint8_t *bytes, size_t len, size_t step) {
  for (size_t at = 0; at < len && !wire.is_closed; at += step) {
    size_t n = len - at < step ? len - at : step;
    char *piece = malloc(n);
    memcpy(piece, bytes + at, n);
    wire.events->received(wire.arg, piece, n);
    free(piece);
    take_events(op);
  }
}

static void hang_up(os2_op *op) {
  os2_err err = {.kind = OS2_OK};
  if (!wire.is_closed) wire.events->ended(wire.arg, &err);
  must(op->finished && wire.is_closed);
  must(os2_op_error(op)->kind == OS2_OK || os2_op_error(op)->kind == OS2_PROTOCOL ||
       os2_op_error(op)->kind == OS2_NETWORK);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
  static const size_t steps[] = {1, 3, 64, 16384};
  if (len == 0) return 0;
  os2_session_request request = {.url = "http://docker/v1.41/session", .id = "the-id"};
  os2_op *op = os2_session_start(os2_loop_get(), &request, NULL);
  must(op != NULL);
  wire.is_stuck = (bytes[0] & 4) != 0;
  wire.events->connected(wire.arg);
  feed(op, bytes + 1, len - 1, steps[bytes[0] & 3]);
  if (bytes[0] & 8) hang_up(op);
  os2_op *closed = wire.arg;
  os2_op_close(op);
  must(wire.is_closed);
  wire.events->closed(closed);
  must(os2_loop_count_ops(os2_loop_get()) == 0);
  return 0;
}
