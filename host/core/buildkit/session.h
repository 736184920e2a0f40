/* session: BuildKit's session, over which the engine asks its client questions during a build. All
   functions must be called on the loop thread. */
#ifndef OS2_CORE_BUILDKIT_SESSION_H
#define OS2_CORE_BUILDKIT_SESSION_H

#include <stdint.h>

#include "core/base/err.h"
#include "core/http/route.h"
#include "core/loop/loop.h"
#include "core/loop/op.h"

/* Types of the events. READY: has no data; the engine knows the session, so a build may name it.
   CREDENTIALS: a question, see os2_session_read_question. */
enum { OS2_SESSION_READY, OS2_SESSION_CREDENTIALS };

typedef struct os2_session_request {
  os2_route route;
  const char *url;            /* "http://docker/v1.41/session" */
  const char *id;             /* the session's id, unique; the build names it as `session` */
  const char *const *headers; /* further headers, "Name: value", NULL at the end; NULL: none */
} os2_session_request;

/* Opens a session: `POST /session` with `Upgrade: h2c`. After the upgrade the engine is the gRPC
   client on this connection and os2 is the server (moby's api/types/client.go DialHijack,
   BuildKit's session/grpchijack). Two methods are served: moby.filesync.v1.Auth/Credentials, as an
   event that is answered later, and grpc.health.v1.Health/Check. Every other method is
   UNIMPLEMENTED.
   The caller owns the operation. It succeeds when the engine closes the connection. Its errors are
   those of os2_wire_open, and OS2_PROTOCOL when the upgrade is refused or the bytes are not HTTP/2.
   Returns NULL with err when the connection cannot be started. */
os2_op *os2_session_start(os2_loop *loop, const os2_session_request *request, os2_err *err);

/* Reads a CREDENTIALS event: the question's id, and the registry's host as the engine names it
   ("registry-1.docker.io", "localhost:5000"). The host is valid as long as the event. */
void os2_session_read_question(const os2_event *event, int32_t *id, const char **host);

/* Answers a question, once. Empty texts mean "anonymous"; an empty username with a secret is an
   identity token. Does nothing when the engine has cancelled the question. */
void os2_session_answer(os2_op *op, int32_t id, const char *username, const char *secret);

#endif
