/* upgrade: a request after whose answer the connection carries bytes in both directions, as the
   Docker Engine's attach and exec do ("hijacking"). All functions must be called on the loop
   thread. Source: RFC 9110, 7.8; Docker Engine API, POST /exec/{id}/start. */
#ifndef OS2_CORE_HTTP_UPGRADE_H
#define OS2_CORE_HTTP_UPGRADE_H

#include <stdbool.h>

#include "core/http/http.h"
#include "core/http/route.h"
#include "core/loop/op.h"

typedef struct os2_upgrade_options {
  const char *url; /* http or https, without a user */
  const char *method;
  const char *protocol; /* for the header Upgrade */
  const char *body;
  size_t body_len;
  const char *const *headers; /* "Name: value", NULL at the end; NULL: none */
  os2_route route;
  double open_timeout;   /* seconds until the answer has come */
  double timeout;        /* seconds for the whole connection; 0: no limit */
  size_t response_limit; /* bytes that are kept of the body of a refusal */
  bool is_framed;        /* what comes is a container's output in frames (core/base/frames) */
  bool is_written;       /* stdout and stderr of what comes are written to those of os2 */
} os2_upgrade_options;

/* Sends the request. Each event of the operation is a piece of what the other side sends after
   status 101; with `is_framed` its type is an os2_frames_stream, and a connection that does not
   carry whole frames fails with OS2_PROTOCOL. With `is_written` a piece of stdout or stderr is
   written instead, without an event, and fails the operation when it cannot be. The operation
   succeeds when the other side has ended its stream. Another status fails it with OS2_PROTOCOL,
   err.status and os2_upgrade_answer. The options are copied. Returns NULL with err when the
   connection cannot be started. */
os2_op *os2_upgrade_start(os2_loop *loop, const os2_upgrade_options *options, os2_err *err);

/* Whether the answer with status 101 has come. */
bool os2_upgrade_is_open(const os2_op *op);

/* The answer, owned by the operation; status 0 when none has come. */
const os2_http_response *os2_upgrade_answer(const os2_op *op);

/* Sends bytes, which are copied. Returns 0, or -1 with err (OS2_UNAVAILABLE) when the connection is
   not open, or when its sending side was ended. */
int os2_upgrade_send(os2_op *op, const char *bytes, size_t len, os2_err *err);

/* Ends the sending side as soon as all was sent; what the other side sends still comes. Returns as
   os2_upgrade_send does. */
int os2_upgrade_send_end(os2_op *op, os2_err *err);

/* Sends all that comes on a descriptor, and then ends the sending side. It ends early, without an
   error, when the connection ends. An input that fails ends the connection with its error. Call it
   when the connection is open. Returns 0, or -1 with err when the descriptor cannot be read or an
   input is being sent already. */
int os2_upgrade_send_from(os2_op *op, int fd, os2_err *err);

/* Whether so much waits to be sent that a sender should wait for news first. */
bool os2_upgrade_is_full(const os2_op *op);

#endif
