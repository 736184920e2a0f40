/* upgrade: a request after whose answer the connection carries bytes in both directions. */
#include "core/http/upgrade.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/frames.h"
#include "core/base/mem.h"
#include "core/http/answer.h"
#include "core/http/url.h"
#include "core/http/wire.h"
#include "core/loop/input.h"
#include "core/loop/outlet.h"
#include "core/loop/output.h"
#include "core/loop/timer.h"

enum {
  RECEIVED_LIMIT_BYTES = 1024 * 1024, /* that nobody has taken: then reading pauses */
  WAITING_LIMIT_BYTES = 256 * 1024    /* that the server has not taken: then a sender waits */
};

typedef struct upgrade {
  os2_op op;
  os2_wire *wire;
  bool is_open, is_sent, is_paused, is_stopped;
  bool is_framed, is_written;
  os2_frames frames;
  os2_outlet outlet; /* what is written to stdout */
  int write_error;   /* errno of a write that failed; 0: none has */
  bool is_ended;     /* the connection has, as `ending` says; what is held is still to be written */
  os2_err ending;
  os2_op *input; /* what is sent as it comes; NULL: nothing is */
  char *request; /* until it is sent */
  size_t request_len;
  os2_answer answer;
  os2_op *timer; /* NULL: none runs */
  double open_timeout;
} upgrade;

/* ---- the end ---- */

static void upgrade_on_closed(void *arg) { os2_op_release(&((upgrade *)arg)->op); }

static void upgrade_stop_timer(upgrade *u) {
  if (u->timer != NULL) os2_op_close(u->timer);
  u->timer = NULL;
}

static void upgrade_stop_input(upgrade *u) {
  if (u->input != NULL) os2_op_close(u->input);
  u->input = NULL;
}

static void upgrade_stop(upgrade *u) {
  if (u->is_stopped) return;
  u->is_stopped = true;
  upgrade_stop_input(u);
  upgrade_stop_timer(u);
  os2_outlet_close(&u->outlet);
  os2_wire_close(u->wire);
}

static void upgrade_end(upgrade *u, const os2_err *err) {
  if (u->is_stopped) return;
  upgrade_stop(u);
  os2_op_finish(&u->op, err);
}

static void upgrade_cancel(os2_op *op) { upgrade_stop((upgrade *)op); }

static void upgrade_drop_request(upgrade *u) {
  if (u->request != NULL) explicit_bzero(u->request, u->request_len); /* it may hold a secret */
  free(u->request);
  u->request = NULL;
}

static void upgrade_free(upgrade *u) {
  upgrade_drop_request(u);
  os2_answer_free(&u->answer);
  free(u);
}

static void upgrade_destroy(os2_op *op) { upgrade_free((upgrade *)op); }

static void upgrade_on_due(os2_op *timer, void *arg) {
  upgrade *u = arg;
  os2_err err;
  (void)timer;
  os2_fail(&err, OS2_TIMEOUT, "the server has not answered after %g s", u->open_timeout);
  upgrade_end(u, &err);
}

static void upgrade_arm(upgrade *u) {
  u->timer = os2_timer_start(u->op.loop, u->open_timeout);
  u->timer->is_kept = true;
  u->timer->listener = upgrade_on_due;
  u->timer->listener_arg = u;
}

/* ---- what comes ---- */

static void upgrade_write(upgrade *u, os2_frames_stream stream, const char *bytes, size_t len) {
  if (u->write_error != 0) return;
  if (stream != OS2_FRAMES_STDERR)
    u->write_error = os2_outlet_write(&u->outlet, bytes, len);
  else if (fwrite(bytes, 1, len, stderr) != len || fflush(stderr) != 0)
    u->write_error = errno;
}

static void upgrade_on_piece(void *arg, os2_frames_stream stream, const char *bytes, size_t len) {
  upgrade *u = arg;
  if (!u->is_written || stream == OS2_FRAMES_ERROR)
    os2_op_push(&u->op, (int)stream, bytes, len);
  else
    upgrade_write(u, stream, bytes, len);
}

/* stdout notices when its reader has gone (core/loop/output); the run ends then, and nothing more
   is to be said. */
static int upgrade_check_write(const upgrade *u, os2_err *err) {
  if (u->write_error == 0 || os2_output_is_reader_gone()) return 0;
  return os2_fail_errno(err, u->write_error, "stdout or stderr takes no more");
}

static int upgrade_split(upgrade *u, const char *bytes, size_t len, os2_err *err) {
  if (!u->is_framed)
    upgrade_on_piece(u, OS2_FRAMES_STDOUT, bytes, len);
  else if (os2_frames_feed(&u->frames, bytes, len, upgrade_on_piece, u) != 0)
    return os2_fail(err, OS2_PROTOCOL, "the output is not in frames");
  return upgrade_check_write(u, err);
}

static bool upgrade_is_behind(const upgrade *u) {
  return os2_op_is_full(&u->op) || os2_outlet_holds(&u->outlet);
}

static void upgrade_go_on(upgrade *u) {
  if (u->is_stopped || !u->is_paused || upgrade_is_behind(u)) return;
  u->is_paused = false;
  os2_wire_pause(u->wire, false);
}

/* stdout has taken all that was held. */
static void upgrade_on_empty(void *arg, int error) {
  upgrade *u = arg;
  os2_err err;
  u->write_error = error;
  if (upgrade_check_write(u, &err) != 0)
    upgrade_end(u, &err);
  else if (u->is_ended)
    upgrade_end(u, &u->ending);
  else
    upgrade_go_on(u);
}

static void upgrade_pass(upgrade *u, const char *bytes, size_t len) {
  os2_err err;
  if (len > 0 && upgrade_split(u, bytes, len, &err) != 0) upgrade_end(u, &err);
  if (u->is_stopped || u->is_paused || !upgrade_is_behind(u)) return;
  u->is_paused = true;
  os2_wire_pause(u->wire, true);
}

static void upgrade_refuse(upgrade *u) {
  os2_err err;
  int status = u->answer.response.status;
  os2_fail(&err, OS2_PROTOCOL, "the server answers %d instead of opening the connection", status);
  err.status = status;
  upgrade_end(u, &err);
}

static void upgrade_open(upgrade *u) {
  u->is_open = true;
  upgrade_stop_timer(u);
  os2_op_touch(&u->op);
}

static void upgrade_read_answer(upgrade *u, const char *bytes, size_t len) {
  os2_err err;
  size_t taken = 0;
  switch (os2_answer_feed(&u->answer, bytes, len, &taken, &err)) {
  case OS2_ANSWER_MORE:
    return;
  case OS2_ANSWER_BAD:
    upgrade_end(u, &err);
    return;
  case OS2_ANSWER_REFUSED:
    upgrade_refuse(u);
    return;
  case OS2_ANSWER_UPGRADED:
    upgrade_open(u);
    break;
  }
  upgrade_pass(u, bytes + taken, len - taken);
}

static void upgrade_on_received(void *arg, const char *bytes, size_t len) {
  upgrade *u = arg;
  if (u->is_stopped) return;
  if (u->is_open)
    upgrade_pass(u, bytes, len);
  else
    upgrade_read_answer(u, bytes, len);
}

/* ---- the connection ---- */

static void upgrade_on_connected(void *arg) {
  upgrade *u = arg;
  os2_wire_send(u->wire, u->request, u->request_len);
  upgrade_drop_request(u);
}

static void upgrade_send_input(upgrade *u);

static void upgrade_on_drained(void *arg) {
  upgrade *u = arg;
  if (u->is_stopped) return;
  if (u->input != NULL) upgrade_send_input(u);
  os2_op_touch(&u->op);
}

static void upgrade_on_ended(void *arg, const os2_err *cause) {
  upgrade *u = arg;
  os2_err err = *cause;
  if (u->is_stopped) return;
  if (!u->is_open && os2_answer_end(&u->answer) == OS2_ANSWER_REFUSED) {
    upgrade_refuse(u);
    return;
  }
  if (!u->is_open && err.kind == OS2_OK)
    os2_fail(&err, OS2_NETWORK, "the server hung up before it answered");
  if (err.kind == OS2_OK && u->is_framed && !os2_frames_complete(&u->frames))
    os2_fail(&err, OS2_NETWORK, "the connection was cut in the middle of the output");
  u->ending = err;
  u->is_ended = os2_outlet_holds(&u->outlet);
  if (!u->is_ended) upgrade_end(u, &err);
}

static const os2_wire_events WIRE_EVENTS = {.connected = upgrade_on_connected,
                                            .received = upgrade_on_received,
                                            .drained = upgrade_on_drained,
                                            .ended = upgrade_on_ended,
                                            .closed = upgrade_on_closed};

static void upgrade_resume(os2_op *op) { upgrade_go_on((upgrade *)op); }

static const os2_op_class UPGRADE_CLASS = {.name = "upgrade",
                                           .cancel = upgrade_cancel,
                                           .resume = upgrade_resume,
                                           .destroy = upgrade_destroy};

/* ---- start ---- */

/* Writes a text, where there is a place to write to, and returns the place after it. */
static size_t upgrade_put(char *out, size_t at, const char *text) {
  size_t len = strlen(text);
  if (out != NULL) memcpy(out + at, text, len);
  return at + len;
}

static size_t upgrade_put_line(char *out, size_t at, const char *name, const char *value) {
  return upgrade_put(out, upgrade_put(out, upgrade_put(out, at, name), value), "\r\n");
}

/* Writes the head, or only measures it when `out` is NULL. Returns its length. */
static size_t upgrade_put_head(char *out, const os2_upgrade_options *options,
                               const os2_url_target *target) {
  char body_len[32];
  snprintf(body_len, sizeof body_len, "%zu", options->body_len);
  size_t at = upgrade_put(out, upgrade_put(out, 0, options->method), " ");
  at = upgrade_put_line(out, at, target->path, " HTTP/1.1");
  at = upgrade_put_line(out, at, "Host: ", target->host);
  at = upgrade_put_line(out, at, "Connection: Upgrade\r\nUpgrade: ", options->protocol);
  at = upgrade_put_line(out, at, "Content-Length: ", body_len);
  for (size_t i = 0; options->headers != NULL && options->headers[i] != NULL; i++)
    at = upgrade_put_line(out, at, options->headers[i], "");
  return upgrade_put(out, at, "\r\n");
}

/* Takes its memory at once: a text that grows leaves copies behind, and it may hold a secret. */
static void upgrade_write_request(upgrade *u, const os2_upgrade_options *options,
                                  const os2_url_target *target) {
  size_t head_len = upgrade_put_head(NULL, options, target);
  u->request_len = head_len + options->body_len;
  u->request = os2_mem_resize(NULL, u->request_len, 1);
  upgrade_put_head(u->request, options, target);
  if (options->body_len > 0) memcpy(u->request + head_len, options->body, options->body_len);
}

static upgrade *upgrade_new(const os2_upgrade_options *options, const os2_url_target *target) {
  upgrade *u = os2_mem_zero(1, sizeof *u);
  u->open_timeout = options->open_timeout;
  u->is_framed = options->is_framed;
  u->is_written = options->is_written;
  u->answer.body_limit = options->response_limit;
  upgrade_write_request(u, options, target);
  return u;
}

os2_op *os2_upgrade_start(os2_loop *loop, const os2_upgrade_options *options, os2_err *err) {
  os2_url_target target;
  if (os2_url_read_target(&target, options->url, err) != 0) return NULL;
  upgrade *u = upgrade_new(options, &target);
  os2_url_target_free(&target);
  u->wire = os2_wire_open(loop, options->url, &options->route, &WIRE_EVENTS, u, err);
  if (u->wire == NULL) {
    upgrade_free(u);
    return NULL;
  }
  os2_op_init(&u->op, loop, &UPGRADE_CLASS);
  u->outlet = (os2_outlet){.loop = loop, .on_empty = upgrade_on_empty, .arg = u};
  u->op.high_water = RECEIVED_LIMIT_BYTES;
  if (options->timeout > 0) os2_op_set_deadline(&u->op, options->timeout);
  upgrade_arm(u);
  return &u->op;
}

/* ---- for the owner ---- */

bool os2_upgrade_is_open(const os2_op *op) { return ((const upgrade *)op)->is_open; }

const os2_http_response *os2_upgrade_answer(const os2_op *op) {
  return &((const upgrade *)op)->answer.response;
}

static int upgrade_check_open(const upgrade *u, os2_err *err) {
  if (u->op.finished || u->is_stopped)
    return os2_fail(err, OS2_UNAVAILABLE, "the connection is closed");
  if (!u->is_open) return os2_fail(err, OS2_UNAVAILABLE, "the connection is not open yet");
  if (u->is_sent) return os2_fail(err, OS2_UNAVAILABLE, "the sending side was ended already");
  return 0;
}

int os2_upgrade_send(os2_op *op, const char *bytes, size_t len, os2_err *err) {
  upgrade *u = (upgrade *)op;
  if (upgrade_check_open(u, err) != 0) return -1;
  if (len > 0) os2_wire_send(u->wire, bytes, len);
  return 0;
}

int os2_upgrade_send_end(os2_op *op, os2_err *err) {
  upgrade *u = (upgrade *)op;
  if (upgrade_check_open(u, err) != 0) return -1;
  u->is_sent = true;
  os2_wire_send_end(u->wire);
  return 0;
}

/* Takes from the input while there is room; what is not taken pauses it. */
static void upgrade_send_input(upgrade *u) {
  os2_event *event;
  while (!os2_upgrade_is_full(&u->op) && (event = os2_op_take(u->input)) != NULL) {
    os2_wire_send(u->wire, event->data, event->len);
    free(event);
  }
  if (u->input->events != NULL || !u->input->finished) return;
  if (os2_op_error(u->input)->kind != OS2_OK) { /* an end would make a part look like the whole */
    os2_err err = *os2_op_error(u->input);
    upgrade_end(u, &err);
    return;
  }
  upgrade_stop_input(u);
  u->is_sent = true;
  os2_wire_send_end(u->wire);
}

static void upgrade_on_input(os2_op *input, void *arg) {
  upgrade *u = arg;
  (void)input;
  if (u->input != NULL && !u->is_stopped) upgrade_send_input(u);
}

int os2_upgrade_send_from(os2_op *op, int fd, os2_err *err) {
  upgrade *u = (upgrade *)op;
  if (upgrade_check_open(u, err) != 0) return -1;
  if (u->input != NULL) return os2_fail(err, OS2_INVALID, "an input is being sent already");
  u->input = os2_input_start(op->loop, fd, err);
  if (u->input == NULL) return -1;
  u->input->is_kept = true;
  u->input->listener = upgrade_on_input;
  u->input->listener_arg = u;
  return 0;
}

bool os2_upgrade_is_full(const os2_op *op) {
  const upgrade *u = (const upgrade *)op;
  return !u->is_stopped && os2_wire_queued(u->wire) > WAITING_LIMIT_BYTES;
}
