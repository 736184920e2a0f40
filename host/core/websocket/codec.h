/* codec: WebSocket messages of a client from and to bytes (RFC 6455), without I/O. One thread at a
   time. */
#ifndef OS2_CORE_WEBSOCKET_CODEC_H
#define OS2_CORE_WEBSOCKET_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"

enum { OS2_WS_CONTROL_BYTES = 125 }; /* most bytes in a ping, a pong or a close */

/* The numbers are the opcodes. */
typedef enum os2_ws_type { OS2_WS_TEXT = 1, OS2_WS_BINARY = 2 } os2_ws_type;

/* Close codes that are said here. */
enum {

  OS2_WS_PROTOCOL_ERROR = 1002,
  OS2_WS_NO_CODE = 1005,  /* a close frame without a code */
  OS2_WS_NO_CLOSE = 1006, /* never sent: the connection ended without a close frame */
  OS2_WS_NOT_UTF8 = 1007,
  OS2_WS_TOO_LARGE = 1009
};

/* What the other side has said, and what has to be sent. The bytes are valid during the call. */
typedef struct os2_ws_events {
  void (*message)(void *arg, os2_ws_type type, const char *bytes, size_t len);
  void (*ping)(void *arg, const char *bytes, size_t len); /* is to be answered with os2_ws_pong */
  void (*pong)(void *arg, const char *bytes, size_t len);
  void (*send)(void *arg, const char *bytes, size_t len);
} os2_ws_events;

/* The close frame of the other side. */
typedef struct os2_ws_farewell {
  int code; /* OS2_WS_NO_CODE: it held none */
  size_t len;
  char reason[OS2_WS_CONTROL_BYTES]; /* UTF-8, followed by a NUL */
} os2_ws_farewell;

typedef struct os2_ws_codec os2_ws_codec;

/* limit: most bytes of a message that is received. Memory is taken as the bytes arrive, whatever
   length a frame announces. The caller frees the codec with os2_ws_codec_free. */
os2_ws_codec *os2_ws_codec_new(size_t limit, const os2_ws_events *events, void *arg);

void os2_ws_codec_free(os2_ws_codec *codec);

/* Takes bytes of the other side. A close frame is answered. Returns 0, or -1 with err
   (OS2_PROTOCOL) when the other side breaks the protocol or the limit; then it was told with a
   close frame, and what follows is ignored. */
int os2_ws_codec_feed(os2_ws_codec *codec, const char *bytes, size_t len, os2_err *err);

/* Returns what the other side closed with; NULL: it has not closed. Owned by the codec. */
const os2_ws_farewell *os2_ws_codec_farewell(const os2_ws_codec *codec);

/* Sends a message. Returns 0, or -1 with err: OS2_INVALID when a text is not UTF-8,
   OS2_UNAVAILABLE after a close frame. */
int os2_ws_codec_send(os2_ws_codec *codec, os2_ws_type type, const char *bytes, size_t len,
                      os2_err *err);

/* Each sends at most OS2_WS_CONTROL_BYTES; nothing after a close frame. */
void os2_ws_codec_ping(os2_ws_codec *codec, const char *bytes, size_t len);
void os2_ws_codec_pong(os2_ws_codec *codec, const char *bytes, size_t len);

/* Returns true when an application may close with this code: 1000 to 1003, 1007 to 1014, 3000 to
   4999. */
bool os2_ws_is_close_code(int code);

/* Sends a close frame, once. reason: NUL-terminated UTF-8 of at most 123 bytes.
   Returns 0, or -1 with err (OS2_INVALID). */
int os2_ws_codec_close(os2_ws_codec *codec, int code, const char *reason, os2_err *err);

#endif
