/* websocket: a WebSocket connection as a client, over any route. */
#include "core/websocket/websocket.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/http/answer.h"
#include "core/http/url.h"
#include "core/http/wire.h"
#include "core/loop/timer.h"
#include "core/websocket/handshake.h"

enum {
  RECEIVED_LIMIT_BYTES = 1024 * 1024, /* of messages that nobody has taken: then reading pauses */
  WAITING_LIMIT_BYTES = 1024 * 1024,  /* that the server has not taken: then a sender waits */
  PONG_LIMIT_BYTES = 64 * 1024 /* above that only the last ping is answered (RFC 6455, 5.5.3) */
};

typedef enum phase {
  OPENING,
  OPEN,
  CLOSING, /* a close frame was sent, and the server's is awaited */
  LEAVING  /* nothing is awaited but the end of the connection */
} phase;

typedef struct websocket {
  os2_op op;
  os2_wire *wire;
  phase phase;
  bool is_stopped;
  char *request; /* until it is sent */
  char **protocols;
  char key[OS2_WS_KEY_BYTES];
  const char *protocol;
  os2_answer answer;
  os2_ws_codec *codec;
  double open_timeout, idle_timeout, close_timeout; /* seconds */
  os2_op *timer;                                    /* NULL: none runs */
  double heard_at; /* seconds of the monotonic clock: when a byte came, or when reading resumed */
  bool is_paused;
  os2_err err; /* with which a connection that is LEAVING ends */
  uint64_t pinged, answered;
  bool has_pong; /* a pong is held back until the server takes what waits */
  size_t pong_len;
  char pong[OS2_WS_CONTROL_BYTES];
} websocket;

/* ---- the end ---- */

static void websocket_on_closed(void *arg) { os2_op_release(&((websocket *)arg)->op); }

static void websocket_stop_timer(websocket *w) {
  if (w->timer != NULL) os2_op_close(w->timer);
  w->timer = NULL;
}

static void websocket_stop(websocket *w) {
  if (w->is_stopped) return;
  w->is_stopped = true;
  websocket_stop_timer(w);
  os2_wire_close(w->wire);
}

static void websocket_end(websocket *w, const os2_err *err) {
  if (w->is_stopped) return;
  websocket_stop(w);
  os2_op_finish(&w->op, err);
}

static void websocket_cancel(os2_op *op) { websocket_stop((websocket *)op); }

static void websocket_free(websocket *w) {
  for (size_t i = 0; w->protocols != NULL && w->protocols[i] != NULL; i++) free(w->protocols[i]);
  free(w->protocols);
  os2_mem_drop_secret(w->request);
  os2_answer_free(&w->answer);
  os2_ws_codec_free(w->codec);
  free(w);
}

static void websocket_destroy(os2_op *op) { websocket_free((websocket *)op); }

/* ---- time ---- */

static void websocket_arm(websocket *w, double seconds);

static void websocket_check_idle(websocket *w) {
  os2_err err;
  double left = w->heard_at + w->idle_timeout - os2_clock_monotonic();
  if (w->is_paused) left = w->idle_timeout; /* it is this side that does not listen */
  if (left > 0) {
    websocket_arm(w, left);
    return;
  }
  os2_fail(&err, OS2_TIMEOUT, "nothing came from the server for %g s", w->idle_timeout);
  websocket_end(w, &err);
}

static void websocket_on_due(os2_op *timer, void *arg) {
  websocket *w = arg;
  os2_err err;
  (void)timer;
  websocket_stop_timer(w);
  if (w->phase == OPEN) {
    websocket_check_idle(w);
  } else if (w->phase == OPENING) {
    os2_fail(&err, OS2_TIMEOUT, "the WebSocket was not open after %g s", w->open_timeout);
    websocket_end(w, &err);
  } else {
    websocket_end(w, &w->err);
  }
}

static void websocket_arm(websocket *w, double seconds) {
  websocket_stop_timer(w);
  w->timer = os2_timer_start(w->op.loop, seconds);
  w->timer->is_kept = true;
  w->timer->listener = websocket_on_due;
  w->timer->listener_arg = w;
}

/* ---- what the codec tells ---- */

static void websocket_on_message(void *arg, os2_ws_type type, const char *bytes, size_t len) {
  websocket *w = arg;
  if (w->phase == OPEN) os2_op_push(&w->op, (int)type, bytes, len);
}

static void websocket_on_ping(void *arg, const char *bytes, size_t len) {
  websocket *w = arg;
  if (w->is_stopped) return;
  w->has_pong = os2_wire_queued(w->wire) > PONG_LIMIT_BYTES;
  if (!w->has_pong) {
    os2_ws_codec_pong(w->codec, bytes, len);
    return;
  }
  memcpy(w->pong, bytes, len);
  w->pong_len = len;
}

static void websocket_on_pong(void *arg, const char *bytes, size_t len) {
  websocket *w = arg;
  char text[OS2_WS_CONTROL_BYTES + 1] = {0};
  memcpy(text, bytes, len);
  uint64_t number = strtoull(text, NULL, 10);
  if (number <= w->answered || number > w->pinged) return; /* nobody has asked for it */
  w->answered = number;
  os2_op_touch(&w->op);
}

static void websocket_on_send(void *arg, const char *bytes, size_t len) {
  websocket *w = arg;
  if (!w->is_stopped) os2_wire_send(w->wire, bytes, len);
}

static const os2_ws_events CODEC_EVENTS = {.message = websocket_on_message,
                                           .ping = websocket_on_ping,
                                           .pong = websocket_on_pong,
                                           .send = websocket_on_send};

/* ---- what comes ---- */

/* Ends the connection as soon as the last frame was sent; after a fault when the server has hung
   up, because a reset for bytes that were not read would take that frame away. */
static void websocket_leave(websocket *w, const os2_err *err) {
  bool has_fault = err != NULL;
  bool is_answer = w->phase == CLOSING;
  w->phase = LEAVING;
  if (has_fault) w->err = *err;
  if (!has_fault && (is_answer || os2_wire_queued(w->wire) == 0))
    websocket_end(w, NULL);
  else
    websocket_arm(w, w->close_timeout);
}

static void websocket_pause(websocket *w, bool is_paused) {
  w->is_paused = is_paused;
  w->heard_at = os2_clock_monotonic();
  os2_wire_pause(w->wire, is_paused);
}

static void websocket_feed(websocket *w, const char *bytes, size_t len) {
  os2_err err;
  int rc = os2_ws_codec_feed(w->codec, bytes, len, &err);
  if (w->is_stopped || w->phase == LEAVING) return;
  if (rc != 0)
    websocket_leave(w, &err);
  else if (os2_ws_codec_farewell(w->codec) != NULL)
    websocket_leave(w, NULL);
  else if (w->phase == OPEN && os2_op_is_full(&w->op))
    websocket_pause(w, true);
}

static void websocket_refuse(websocket *w) {
  os2_err err;
  int status = w->answer.response.status;
  os2_fail(&err, OS2_PROTOCOL, "the server answers %d instead of opening a WebSocket", status);
  err.status = status;
  websocket_end(w, &err);
}

static void websocket_open(websocket *w) {
  os2_err err;
  const char *const *protocols = (const char *const *)w->protocols;
  if (os2_ws_handshake_check(&w->answer.response, w->key, protocols, &w->protocol, &err) != 0) {
    websocket_end(w, &err);
    return;
  }
  w->phase = OPEN;
  websocket_stop_timer(w);
  if (w->idle_timeout > 0) websocket_arm(w, w->idle_timeout);
  os2_op_touch(&w->op);
}

static void websocket_read_answer(websocket *w, const char *bytes, size_t len) {
  os2_err err;
  size_t taken = 0;
  switch (os2_answer_feed(&w->answer, bytes, len, &taken, &err)) {
  case OS2_ANSWER_MORE:
    return;
  case OS2_ANSWER_BAD:
    websocket_end(w, &err);
    return;
  case OS2_ANSWER_REFUSED:
    websocket_refuse(w);
    return;
  case OS2_ANSWER_UPGRADED:
    websocket_open(w);
    break;
  }
  if (!w->is_stopped && taken < len) websocket_feed(w, bytes + taken, len - taken);
}

static void websocket_on_received(void *arg, const char *bytes, size_t len) {
  websocket *w = arg;
  if (w->is_stopped) return;
  w->heard_at = os2_clock_monotonic();
  if (w->phase == OPENING)
    websocket_read_answer(w, bytes, len);
  else
    websocket_feed(w, bytes, len);
}

/* ---- the connection ---- */

static void websocket_on_connected(void *arg) {
  websocket *w = arg;
  os2_wire_send(w->wire, w->request, strlen(w->request));
  os2_mem_drop_secret(w->request);
  w->request = NULL;
}

static void websocket_on_drained(void *arg) {
  websocket *w = arg;
  if (w->is_stopped) return;
  bool is_empty = os2_wire_queued(w->wire) == 0;
  if (w->has_pong && is_empty) {
    w->has_pong = false;
    os2_ws_codec_pong(w->codec, w->pong, w->pong_len);
  }
  if (w->phase == LEAVING && is_empty && w->err.kind == OS2_OK)
    websocket_end(w, NULL);
  else
    os2_op_touch(&w->op);
}

static void websocket_on_ended(void *arg, const os2_err *cause) {
  websocket *w = arg;
  os2_err err = *cause;
  if (w->is_stopped) return;
  if (w->phase == OPENING && os2_answer_end(&w->answer) == OS2_ANSWER_REFUSED) {
    websocket_refuse(w);
    return;
  }
  if (w->phase == CLOSING || w->phase == LEAVING) err = w->err;
  if (w->phase == OPENING && err.kind == OS2_OK)
    os2_fail(&err, OS2_NETWORK, "the server hung up before it opened the WebSocket");
  if (w->phase == OPEN && err.kind == OS2_OK)
    os2_fail(&err, OS2_NETWORK, "the connection ended without a close frame");
  websocket_end(w, &err);
}

static const os2_wire_events WIRE_EVENTS = {.connected = websocket_on_connected,
                                            .received = websocket_on_received,
                                            .drained = websocket_on_drained,
                                            .ended = websocket_on_ended,
                                            .closed = websocket_on_closed};

static void websocket_resume(os2_op *op) {
  websocket *w = (websocket *)op;
  if (!w->is_stopped && w->is_paused) websocket_pause(w, false);
}

static const os2_op_class WEBSOCKET_CLASS = {.name = "websocket",
                                             .cancel = websocket_cancel,
                                             .resume = websocket_resume,
                                             .destroy = websocket_destroy};

/* ---- start ---- */

static char **websocket_copy_protocols(const char *const *protocols) {
  size_t count = 0;
  while (protocols != NULL && protocols[count] != NULL) count++;
  char **copy = os2_mem_zero(count + 1, sizeof *copy);
  for (size_t i = 0; i < count; i++) copy[i] = os2_mem_copy(protocols[i]);
  return copy;
}

static websocket *websocket_new(const os2_ws_options *options, const os2_url_target *target) {
  websocket *w = os2_mem_zero(1, sizeof *w);
  w->protocols = websocket_copy_protocols(options->protocols);
  w->open_timeout = options->open_timeout;
  w->idle_timeout = options->idle_timeout;
  w->close_timeout = options->close_timeout;
  w->answer.body_limit = options->response_limit;
  w->codec = os2_ws_codec_new(options->max_message, &CODEC_EVENTS, w);
  os2_ws_handshake_key(w->key);
  w->request = os2_ws_handshake_request(target->host, target->path, w->key, options->protocols,
                                        options->headers);
  return w;
}

os2_op *os2_websocket_start(os2_loop *loop, const os2_ws_options *options, os2_err *err) {
  os2_url_target target;
  if (os2_url_read_target(&target, options->url, err) != 0) return NULL;
  websocket *w = websocket_new(options, &target);
  os2_url_target_free(&target);
  w->wire = os2_wire_open(loop, options->url, &options->route, &WIRE_EVENTS, w, err);
  if (w->wire == NULL) {
    websocket_free(w);
    return NULL;
  }
  os2_op_init(&w->op, loop, &WEBSOCKET_CLASS);
  w->op.high_water = RECEIVED_LIMIT_BYTES;
  if (options->timeout > 0) os2_op_set_deadline(&w->op, options->timeout);
  websocket_arm(w, w->open_timeout);
  return &w->op;
}

/* ---- for the owner ---- */

bool os2_websocket_is_open(const os2_op *op) { return ((const websocket *)op)->phase != OPENING; }

const os2_http_response *os2_websocket_answer(const os2_op *op) {
  return &((const websocket *)op)->answer.response;
}

const char *os2_websocket_protocol(const os2_op *op) { return ((const websocket *)op)->protocol; }

static int websocket_check_open(const websocket *w, os2_err *err) {
  if (w->op.finished || w->phase != OPEN)
    return os2_fail(err, OS2_UNAVAILABLE, "the WebSocket is %s",
                    w->phase == OPENING && !w->op.finished ? "not open yet" : "closed");
  return 0;
}

int os2_websocket_send(os2_op *op, os2_ws_type type, const char *bytes, size_t len, os2_err *err) {
  websocket *w = (websocket *)op;
  if (websocket_check_open(w, err) != 0) return -1;
  return os2_ws_codec_send(w->codec, type, bytes, len, err);
}

bool os2_websocket_is_full(const os2_op *op) {
  const websocket *w = (const websocket *)op;
  return !w->is_stopped && os2_wire_queued(w->wire) > WAITING_LIMIT_BYTES;
}

int os2_websocket_ping(os2_op *op, uint64_t *number, os2_err *err) {
  websocket *w = (websocket *)op;
  char text[32];
  if (websocket_check_open(w, err) != 0) return -1;
  *number = ++w->pinged;
  os2_ws_codec_ping(w->codec, text, (size_t)snprintf(text, sizeof text, "%" PRIu64, *number));
  return 0;
}

uint64_t os2_websocket_answered(const os2_op *op) { return ((const websocket *)op)->answered; }

int os2_websocket_close(os2_op *op, int code, const char *reason, os2_err *err) {
  websocket *w = (websocket *)op;
  if (op->finished || w->phase == CLOSING || w->phase == LEAVING) return 0;
  bool was_open = w->phase == OPEN;
  if (os2_ws_codec_close(w->codec, code, reason, err) != 0) return -1;
  w->phase = CLOSING;
  websocket_arm(w, w->close_timeout);
  if (w->is_paused) websocket_pause(w, false);
  if (!was_open) websocket_end(w, NULL);
  return 0;
}

os2_ws_result os2_websocket_result(const os2_op *op) {
  const os2_ws_farewell *bye = os2_ws_codec_farewell(((const websocket *)op)->codec);
  if (bye == NULL) return (os2_ws_result){.code = OS2_WS_NO_CLOSE, .reason = ""};
  return (os2_ws_result){.code = bye->code, .reason = bye->reason, .is_clean = true};
}
