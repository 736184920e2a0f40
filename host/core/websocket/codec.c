/* codec: WebSocket messages of a client from and to bytes (RFC 6455), on libwslay's frames. */
#include "core/websocket/codec.h"

#include <stdlib.h>
#include <string.h>
#include <wslay/wslay.h>

#include "core/base/mem.h"
#include "core/base/random.h"
#include "core/base/utf8.h"

enum { HEADER_BYTES = 14, CODE_BYTES = 2, KEPT_BYTES = 64 * 1024 };

struct os2_ws_codec {
  wslay_frame_context_ptr frames;
  os2_ws_events events;
  void *arg;
  size_t limit;
  const uint8_t *input; /* what wslay reads next */
  size_t input_len;
  char *output; /* the frame that is being written */
  size_t output_len;
  os2_ws_type type; /* of the message that is being put together; 0: none is */
  char *message;
  size_t message_len, message_room;
  bool is_inside;  /* a frame has begun and not ended */
  size_t received; /* bytes of its payload */
  size_t control_len;
  char control[OS2_WS_CONTROL_BYTES];
  bool has_sent_close, is_over, has_farewell;
  os2_ws_farewell farewell;
};

/* ---- what wslay calls ---- */

static ssize_t codec_on_read(uint8_t *buffer, size_t room, int flags, void *arg) {
  os2_ws_codec *c = arg;
  (void)flags;
  size_t n = room < c->input_len ? room : c->input_len;
  if (n == 0) return -1;
  memcpy(buffer, c->input, n);
  c->input += n;
  c->input_len -= n;
  return (ssize_t)n;
}

static ssize_t codec_on_write(const uint8_t *bytes, size_t len, int flags, void *arg) {
  os2_ws_codec *c = arg;
  (void)flags;
  memcpy(c->output + c->output_len, bytes, len);
  c->output_len += len;
  return (ssize_t)len;
}

static int codec_on_mask(uint8_t *key, size_t len, void *arg) {
  (void)arg;
  os2_random_bytes(key, len);
  return 0;
}

os2_ws_codec *os2_ws_codec_new(size_t limit, const os2_ws_events *events, void *arg) {
  static const struct wslay_frame_callbacks callbacks = {.send_callback = codec_on_write,
                                                         .recv_callback = codec_on_read,
                                                         .genmask_callback = codec_on_mask};
  os2_ws_codec *c = os2_mem_zero(1, sizeof *c);
  c->events = *events;
  c->arg = arg;
  c->limit = limit;
  if (wslay_frame_context_init(&c->frames, &callbacks, c) != 0) os2_mem_fail();
  return c;
}

void os2_ws_codec_free(os2_ws_codec *c) {
  if (c == NULL) return;
  wslay_frame_context_free(c->frames);
  free(c->message);
  free(c);
}

/* ---- sending ---- */

static void codec_write(os2_ws_codec *c, int opcode, const char *bytes, size_t len) {
  struct wslay_frame_iocb frame = {.fin = 1,
                                   .opcode = (uint8_t)opcode,
                                   .payload_length = len,
                                   .mask = 1,
                                   .data = (const uint8_t *)bytes,
                                   .data_length = len};
  c->output = os2_mem_with(HEADER_BYTES, len);
  c->output_len = 0;
  wslay_frame_send(c->frames, &frame);
  c->events.send(c->arg, c->output, c->output_len);
  explicit_bzero(c->output, c->output_len); /* it may hold a secret */
  free(c->output);
  c->output = NULL;
}

int os2_ws_codec_send(os2_ws_codec *c, os2_ws_type type, const char *bytes, size_t len,
                      os2_err *err) {
  if (c->has_sent_close) return os2_fail(err, OS2_UNAVAILABLE, "the connection is closing");
  if (type == OS2_WS_TEXT && !os2_utf8_is_valid(bytes, len))
    return os2_fail(err, OS2_INVALID, "a text message must be UTF-8; send it as binary");
  codec_write(c, (int)type, bytes, len);
  return 0;
}

static void codec_write_control(os2_ws_codec *c, int opcode, const char *bytes, size_t len) {
  if (!c->has_sent_close && len <= OS2_WS_CONTROL_BYTES) codec_write(c, opcode, bytes, len);
}

void os2_ws_codec_ping(os2_ws_codec *c, const char *bytes, size_t len) {
  codec_write_control(c, WSLAY_PING, bytes, len);
}

void os2_ws_codec_pong(os2_ws_codec *c, const char *bytes, size_t len) {
  codec_write_control(c, WSLAY_PONG, bytes, len);
}

bool os2_ws_is_close_code(int code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
         (code >= 3000 && code <= 4999);
}

static void codec_write_close(os2_ws_codec *c, int code, const char *reason, size_t len) {
  char body[OS2_WS_CONTROL_BYTES] = {(char)(code >> 8), (char)(code & 255)};
  bool has_code = code != OS2_WS_NO_CODE;
  if (len > 0) memcpy(body + CODE_BYTES, reason, len);
  codec_write_control(c, WSLAY_CONNECTION_CLOSE, body, has_code ? CODE_BYTES + len : 0);
  c->has_sent_close = true;
}

int os2_ws_codec_close(os2_ws_codec *c, int code, const char *reason, os2_err *err) {
  size_t len = strlen(reason);
  if (!os2_ws_is_close_code(code))
    return os2_fail(err, OS2_INVALID,
                    "%d is no close code: 1000 to 1003, 1007 to 1014 and 3000 to 4999 are", code);
  if (len > OS2_WS_CONTROL_BYTES - CODE_BYTES || !os2_utf8_is_valid(reason, len))
    return os2_fail(err, OS2_INVALID, "the reason of a close is UTF-8 of at most %d bytes",
                    OS2_WS_CONTROL_BYTES - CODE_BYTES);
  codec_write_close(c, code, reason, len);
  return 0;
}

/* ---- receiving ---- */

static int codec_refuse(os2_ws_codec *c, int code, const char *what, os2_err *err) {
  codec_write_close(c, code, NULL, 0);
  c->is_over = true;
  return os2_fail(err, OS2_PROTOCOL, "the server breaks the WebSocket protocol: %s", what);
}

static int codec_refuse_size(os2_ws_codec *c, os2_err *err) {
  codec_write_close(c, OS2_WS_TOO_LARGE, NULL, 0);
  c->is_over = true;
  return os2_fail(err, OS2_PROTOCOL, "the server sent a message of more than %zu bytes", c->limit);
}

static int codec_begin_data(os2_ws_codec *c, const struct wslay_frame_iocb *frame, os2_err *err) {
  bool is_first = frame->opcode != WSLAY_CONTINUATION_FRAME;
  if (is_first && c->type != 0)
    return codec_refuse(c, OS2_WS_PROTOCOL_ERROR, "a message inside a fragmented one", err);
  if (!is_first && c->type == 0)
    return codec_refuse(c, OS2_WS_PROTOCOL_ERROR, "a continuation without a beginning", err);
  if (frame->payload_length > c->limit - c->message_len) return codec_refuse_size(c, err);
  if (is_first) c->type = (os2_ws_type)frame->opcode;
  return 0;
}

static int codec_begin(os2_ws_codec *c, const struct wslay_frame_iocb *frame, os2_err *err) {
  c->is_inside = true;
  c->received = c->control_len = 0;
  if (frame->mask) return codec_refuse(c, OS2_WS_PROTOCOL_ERROR, "a masked frame", err);
  if (frame->rsv != 0) return codec_refuse(c, OS2_WS_PROTOCOL_ERROR, "a reserved bit is set", err);
  bool is_control = wslay_is_ctrl_frame(frame->opcode);
  if (frame->opcode > (is_control ? WSLAY_PONG : WSLAY_BINARY_FRAME))
    return codec_refuse(c, OS2_WS_PROTOCOL_ERROR, "an unknown kind of frame", err);
  return is_control ? 0 : codec_begin_data(c, frame, err);
}

static void codec_append(os2_ws_codec *c, const uint8_t *bytes, size_t len) {
  if (len == 0) return;
  if (c->message_len + len > c->message_room) {
    c->message_room = 2 * (c->message_len + len);
    c->message = os2_mem_resize(c->message, c->message_room, 1);
  }
  memcpy(c->message + c->message_len, bytes, len);
  c->message_len += len;
}

static int codec_end_close(os2_ws_codec *c, os2_err *err) {
  os2_ws_farewell *bye = &c->farewell;
  const char *reason = c->control + CODE_BYTES;
  *bye = (os2_ws_farewell){.code = OS2_WS_NO_CODE};
  if (c->control_len == 1)
    return codec_refuse(c, OS2_WS_PROTOCOL_ERROR, "a close frame with half a code", err);
  if (c->control_len >= CODE_BYTES) {
    bye->code = (unsigned char)c->control[0] << 8 | (unsigned char)c->control[1];
    bye->len = c->control_len - CODE_BYTES;
    memcpy(bye->reason, reason, bye->len);
    if (!os2_ws_is_close_code(bye->code))
      return codec_refuse(c, OS2_WS_PROTOCOL_ERROR, "a close code that may not be sent", err);
    if (!os2_utf8_is_valid(bye->reason, bye->len))
      return codec_refuse(c, OS2_WS_NOT_UTF8, "the reason of a close is not UTF-8", err);
  }
  c->has_farewell = c->is_over = true;
  codec_write_close(c, bye->code, NULL, 0);
  return 0;
}

static int codec_end_message(os2_ws_codec *c, os2_err *err) {
  if (c->type == OS2_WS_TEXT && !os2_utf8_is_valid(c->message, c->message_len))
    return codec_refuse(c, OS2_WS_NOT_UTF8, "a text that is not UTF-8", err);
  os2_ws_type type = c->type;
  size_t len = c->message_len;
  c->type = 0;
  c->message_len = 0;
  c->events.message(c->arg, type, c->message, len);
  if (c->message_room <= KEPT_BYTES) return 0;
  free(c->message);
  c->message = NULL;
  c->message_room = 0;
  return 0;
}

static int codec_end(os2_ws_codec *c, const struct wslay_frame_iocb *frame, os2_err *err) {
  c->is_inside = false;
  if (frame->opcode == WSLAY_CONNECTION_CLOSE) return codec_end_close(c, err);
  if (frame->opcode == WSLAY_PING)
    c->events.ping(c->arg, c->control, c->control_len);
  else if (frame->opcode == WSLAY_PONG)
    c->events.pong(c->arg, c->control, c->control_len);
  else if (frame->fin)
    return codec_end_message(c, err);
  return 0;
}

/* Takes a piece of a frame's payload; wslay gives the head with each. */
static int codec_take(os2_ws_codec *c, const struct wslay_frame_iocb *frame, os2_err *err) {
  if (!c->is_inside && codec_begin(c, frame, err) != 0) return -1;
  if (wslay_is_ctrl_frame(frame->opcode)) {
    memcpy(c->control + c->control_len, frame->data, frame->data_length);
    c->control_len += frame->data_length;
  } else {
    codec_append(c, frame->data, frame->data_length);
  }
  c->received += frame->data_length;
  return c->received == frame->payload_length ? codec_end(c, frame, err) : 0;
}

int os2_ws_codec_feed(os2_ws_codec *c, const char *bytes, size_t len, os2_err *err) {
  c->input = (const uint8_t *)bytes;
  c->input_len = len;
  while (!c->is_over) {
    struct wslay_frame_iocb frame = {0};
    ssize_t n = wslay_frame_recv(c->frames, &frame);
    if (n == WSLAY_ERR_WANT_READ) return 0;
    if (n < 0)
      return codec_refuse(c, OS2_WS_PROTOCOL_ERROR, "the head of a frame is not valid", err);
    if (codec_take(c, &frame, err) != 0) return -1;
  }
  return 0;
}

const os2_ws_farewell *os2_ws_codec_farewell(const os2_ws_codec *c) {
  return c->has_farewell ? &c->farewell : NULL;
}
