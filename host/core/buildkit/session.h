/* session: BuildKit's session, in which the engine asks its client questions during a build. */
#ifndef OS2_CORE_BUILDKIT_SESSION_H
#define OS2_CORE_BUILDKIT_SESSION_H

#include <stdint.h>

#include "core/base/err.h"
#include "core/http/route.h"
#include "core/loop/loop.h"
#include "core/loop/op.h"

/* Events. READY: empty, the engine knows the session, a build may name it. CREDENTIALS: a
   question, see os2_session_read_question. */
enum { OS2_SESSION_READY, OS2_SESSION_CREDENTIALS };

typedef struct os2_session_request {
  os2_route route;
  const char *url;            /* "http://docker/v1.41/session" */
  const char *id;             /* what the build gives as `session`; unique */
  const char *const *headers; /* further ones, "Name: value", NULL at the end; NULL: none */
} os2_session_request;

/*
 * Opens a session: `POST /session` with `Upgrade: h2c`, after which the engine is the gRPC client
 * on this connection and we are its server (moby's api/types/client.go DialHijack, BuildKit's
 * session/grpchijack). Served are moby.filesync.v1.Auth/Credentials, as an event that is answered
 * later, and grpc.health.v1.Health/Check; everything else is UNIMPLEMENTED.
 * The operation ends well when the engine hangs up; errors are those of os2_wire_open and
 * OS2_PROTOCOL (refused, not
   HTTP/2). */
os2_op *os2_session_start(os2_loop *loop, const os2_session_request *request, os2_err *err);

/* Reads a CREDENTIALS event: the question's id and the registry's host as the engine names it
   ("registry-1.docker.io", "localhost:5000"), valid as long as the event. */
void os2_session_read_question(const os2_event *event, int32_t *id, const char **host);

/* Answers a question, once; empty texts mean "anonymous". Username "" with a secret is an identity
   token. A question that the engine gave up is passed over. */
void os2_session_answer(os2_op *op, int32_t id, const char *username, const char *secret);

#endif
