/* session: BuildKit's session, over which the engine asks its client questions during a build. All
   functions must be called on the loop thread. */
#ifndef OS2_CORE_BUILDKIT_SESSION_H
#define OS2_CORE_BUILDKIT_SESSION_H

#include <stdint.h>

#include "core/base/err.h"
#include "core/buildkit/filesync.h"
#include "core/buildkit/ssh_forward.h"
#include "core/http/route.h"
#include "core/loop/loop.h"
#include "core/loop/op.h"

/* Types of the events. READY: has no data; the engine knows the session, so a build may name it.
   CREDENTIALS, SECRET: questions, see os2_session_read_question. SENT: has no data; more of the
   context was sent, see os2_session_sent. */
enum { OS2_SESSION_READY, OS2_SESSION_CREDENTIALS, OS2_SESSION_SECRET, OS2_SESSION_SENT };

typedef struct os2_session_request {
  os2_route route;
  const char *url;             /* "http://docker/v1.41/session" */
  const char *id;              /* what the build gives as `session`; unique */
  const char *const *headers;  /* further ones, "Name: value", NULL at the end; NULL: none */
  os2_shared_context *context; /* whose files are served; held. NULL: none are */
  os2_sent_state *state;       /* the context's, of what was sent under the key; or NULL */
  const os2_ssh_agent *agents; /* that are forwarded, copied; NULL: none are */
  const char *shared_key;      /* the engine compares with what it was sent under it; NULL: "" */
} os2_session_request;

/*
 * Opens a session: `POST /session` with `Upgrade: h2c`, after which the engine is the gRPC client
 * on this connection and we are its server (moby's api/types/client.go DialHijack, BuildKit's
 * session/grpchijack). Served are moby.filesync.v1.Auth/Credentials and
 * moby.buildkit.secrets.v1.Secrets/GetSecret, each as an event that is answered later,
 * grpc.health.v1.Health/Check, with a context moby.filesync.v1.FileSync/DiffCopy, and with agents
 * moby.sshforward.v1.SSH; everything else is UNIMPLEMENTED.
 * The operation ends well when the engine hangs up; errors are those of os2_wire_open,
 * OS2_PROTOCOL (refused, not HTTP/2) and what keeps a context's files from being sent.
 */
os2_op *os2_session_start(os2_loop *loop, const os2_session_request *request, os2_err *err);

/* Reads a question: its id, and what it is about, valid as long as the event. Of CREDENTIALS that
   is the registry's host as the engine names it ("registry-1.docker.io", "localhost:5000"), of
   SECRET the secret's id. */
void os2_session_read_question(const os2_event *event, int32_t *id, const char **about);

/* What was sent of the context's files. */
os2_filesync_stats os2_session_sent(const os2_op *op);

/* Answers a question, once; empty texts mean "anonymous". Username "" with a secret is an identity
   token. A question that the engine gave up is passed over. */
void os2_session_answer(os2_op *op, int32_t id, const char *username, const char *secret);

/* Answers a SECRET question, once, with the secret's bytes; NULL: there is no such secret, upon
   which a step that does not require it goes on. Does nothing when the engine has cancelled the
   question. */
void os2_session_answer_secret(os2_op *op, int32_t id, const char *bytes, size_t len);

#endif
