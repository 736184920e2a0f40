/* websocket: a WebSocket connection as a client, over any route. All functions must be called on
   the loop thread. */
#ifndef OS2_CORE_WEBSOCKET_WEBSOCKET_H
#define OS2_CORE_WEBSOCKET_WEBSOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/http/http.h"
#include "core/loop/op.h"
#include "core/websocket/codec.h"

typedef struct os2_ws_options {
  const char *url; /* http or https */
  os2_route route;
  const char *const *headers;   /* "Name: value", NULL at the end; NULL: none */
  const char *const *protocols; /* subprotocols to offer, NULL at the end; NULL: none */
  double timeout;               /* seconds for the whole connection; 0: no limit */
  double open_timeout;          /* seconds until it is open */
  double idle_timeout;          /* seconds without a byte from the server; 0: no limit */
  double close_timeout;         /* seconds that the end of the connection may take */
  size_t max_message;           /* most bytes of a message that is received */
  size_t response_limit;        /* most bytes of a refusal's body that are kept */
} os2_ws_options;

/* How a connection has ended. */
typedef struct os2_ws_result {
  int code; /* of the server's close frame, or OS2_WS_NO_CODE, OS2_WS_NO_CLOSE */
  const char *reason;
  bool is_clean; /* both sides have closed */
} os2_ws_result;

/* Connects, and opens a WebSocket. The caller owns the operation and closes it with os2_op_close.
   Its events are the messages, of the types os2_ws_type. It succeeds when the server has closed, or
   when this side has. Returns NULL with err when it cannot be started.
   The operation's errors: those of os2_http_start while it connects; OS2_PROTOCOL with the status
   when the server refuses (the answer is in os2_websocket_answer), when it breaks the protocol or
   when a message is larger than max_message; OS2_NETWORK when the connection ends without a close
   frame; OS2_TIMEOUT. */
os2_op *os2_websocket_start(os2_loop *loop, const os2_ws_options *options, os2_err *err);

/* Returns true once the handshake is done. Stays true. */
bool os2_websocket_is_open(const os2_op *op);

/* Returns the answer to the handshake, with the body of a refusal; its status is 0 until it has
   come. Owned by the operation. */
const os2_http_response *os2_websocket_answer(const os2_op *op);

/* Returns the subprotocol that the server has chosen, owned by the operation; NULL: none. */
const char *os2_websocket_protocol(const os2_op *op);

/* Sends a message. Returns 0, or -1 with err: OS2_INVALID (a text that is not UTF-8),
   OS2_UNAVAILABLE (the connection is not open, or closing). */
int os2_websocket_send(os2_op *op, os2_ws_type type, const char *bytes, size_t len, os2_err *err);

/* Returns true while so much waits to be taken by the server that a sender should wait for news. */
bool os2_websocket_is_full(const os2_op *op);

/* Sends a ping and puts its number into *number. Returns 0, or -1 with err as os2_websocket_send.
 */
int os2_websocket_ping(os2_op *op, uint64_t *number, os2_err *err);

/* Returns the number of the last ping that was answered; 0: none. */
uint64_t os2_websocket_answered(const os2_op *op);

/* Closes: sends a close frame and finishes when the server has closed too, or after close_timeout.
   Messages that come after it are dropped. A connection that is not open ends at once. Returns 0,
   or -1 with err (OS2_INVALID: the code or the reason). */
int os2_websocket_close(os2_op *op, int code, const char *reason, os2_err *err);

/* Returns how the connection ended. Valid once the operation has succeeded. */
os2_ws_result os2_websocket_result(const os2_op *op);

#endif
