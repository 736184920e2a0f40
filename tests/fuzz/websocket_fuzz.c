/* websocket_fuzz: however the bytes of a server are cut, the codec gives the same messages and the
   same verdict, and keeps no more than its limit. */

#include <string.h>

#include "core/http/answer.h"
#include "core/websocket/codec.h"
#include "fuzz.h"

enum { LIMIT_BYTES = 4096 };

/* What was told, as one number, so that the cuts do not count. */
typedef struct {
  uint64_t digest;
  size_t messages, frames;
  int last_type; /* of the last frame that was sent */
  os2_ws_codec *codec;
} seen;

static void mix(seen *s, uint64_t value) { s->digest = (s->digest ^ value) * 1099511628211u; }

static void mix_bytes(seen *s, const char *bytes, size_t len) {
  for (size_t i = 0; i < len; i++) mix(s, (uint8_t)bytes[i]);
}

static void on_message(void *arg, os2_ws_type type, const char *bytes, size_t len) {
  seen *s = arg;
  must(len <= LIMIT_BYTES && (type == OS2_WS_TEXT || type == OS2_WS_BINARY));
  mix(s, (uint64_t)type << 32 | len);
  mix_bytes(s, bytes, len);
  s->messages++;
}

static void on_ping(void *arg, const char *bytes, size_t len) {
  seen *s = arg;
  must(len <= OS2_WS_CONTROL_BYTES);
  mix(s, 9);
  mix_bytes(s, bytes, len);
  os2_ws_codec_pong(s->codec, bytes, len);
}

static void on_pong(void *arg, const char *bytes, size_t len) {
  mix(arg, 10);
  mix_bytes(arg, bytes, len);
}

/* What is sent is one whole masked frame, of at most OS2_WS_CONTROL_BYTES here. */
static void on_send(void *arg, const char *bytes, size_t len) {
  seen *s = arg;
  must(len >= 6 && (bytes[1] & 0x80) != 0);
  must(len == 6 + (size_t)(bytes[1] & 0x7f));
  s->last_type = bytes[0] & 15;
  s->frames++;
}

static const os2_ws_events events = {on_message, on_ping, on_pong, on_send};

static int feed(const uint8_t *bytes, size_t len, size_t step, seen *s) {
  os2_err err;
  int code = 0;
  s->codec = os2_ws_codec_new(LIMIT_BYTES, &events, s);
  for (size_t at = 0; at < len && code == 0; at += step) {
    size_t n = len - at < step ? len - at : step;
    code = os2_ws_codec_feed(s->codec, (const char *)bytes + at, n, &err);
  }
  const os2_ws_farewell *bye = os2_ws_codec_farewell(s->codec);
  must(code == 0 || (bye == NULL && err.kind == OS2_PROTOCOL));
  /* a close frame was the last that was sent, and nothing goes after it */
  int last_type = s->last_type;
  bool is_closed = os2_ws_codec_send(s->codec, OS2_WS_TEXT, "", 0, &err) != 0;
  must(is_closed == (code != 0 || bye != NULL));
  must(!is_closed || (last_type == 8 && err.kind == OS2_UNAVAILABLE));
  if (bye != NULL) mix(s, (uint64_t)bye->code);
  if (bye != NULL) mix_bytes(s, bye->reason, strlen(bye->reason));
  os2_ws_codec_free(s->codec);
  return code;
}

static void answer(const uint8_t *bytes, size_t len, size_t step, os2_answered *state,
                   uint64_t *digest) {
  os2_err err;
  seen s = {0};
  os2_answer a = {.body_limit = 100};
  *state = OS2_ANSWER_MORE;
  for (size_t at = 0; at < len && *state == OS2_ANSWER_MORE; at += step) {
    size_t taken = 0, n = len - at < step ? len - at : step;
    *state = os2_answer_feed(&a, (const char *)bytes + at, n, &taken, &err);
    must(taken <= n);
  }
  if (*state == OS2_ANSWER_MORE) *state = os2_answer_end(&a);
  must(a.response.body_len <= 100);
  mix(&s, (uint64_t)a.response.status);
  if (a.response.body != NULL) mix_bytes(&s, a.response.body, a.response.body_len);
  *digest = s.digest;
  os2_answer_free(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
  seen whole = {0};
  int code = feed(bytes, len, len > 0 ? len : 1, &whole);
  os2_answered state;
  uint64_t digest;
  answer(bytes, len, len > 0 ? len : 1, &state, &digest);
  for (size_t step = 1; step < 18; step += 4) {
    seen parts = {0};
    os2_answered other;
    uint64_t other_digest;
    must(feed(bytes, len, step, &parts) == code);
    must(parts.digest == whole.digest && parts.messages == whole.messages);
    must(parts.frames == whole.frames);
    answer(bytes, len, step, &other, &other_digest);
    must(other == state && other_digest == digest);
  }
  return 0;
}
