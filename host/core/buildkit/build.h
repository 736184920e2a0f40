/* build: an image build: the request, whose body may be the context, and the session beside it,
   which may serve the context's files. */
#ifndef OS2_CORE_BUILDKIT_BUILD_H
#define OS2_CORE_BUILDKIT_BUILD_H

#include <stdint.h>

#include "core/base/err.h"
#include "core/buildkit/ssh_forward.h"
#include "core/context/context_op.h"
#include "core/http/http.h"
#include "core/loop/loop.h"
#include "core/loop/op.h"

/* Types of the events. LINE: one line of the engine's answer, a JSON document. CREDENTIALS: a
   question of the session (os2_session_read_question), to be answered with os2_build_answer.
   SECRET: the same, to be answered with os2_build_answer_secret. SENT: has no data; more of the
   context was sent (os2_build_sent). */
enum { OS2_BUILD_LINE, OS2_BUILD_CREDENTIALS, OS2_BUILD_SECRET, OS2_BUILD_SENT };

typedef struct os2_build_request {
  os2_route route;
  const char *url;                    /* URL of POST /build, with its query */
  const char *const *headers;         /* "Name: value", NULL at the end */
  const char *session_url;            /* of POST /session; NULL: a build without one */
  const char *session_id;             /* as in the query's `session` */
  const char *const *session_headers; /* as `headers`, of POST /session; NULL: none */
  const os2_body *context;   /* the tar; owned by the build from os2_build_start on; NULL: files */
  os2_shared_context *files; /* what the session serves instead, held as long as needed; or NULL */
  os2_sent_state *state;     /* see os2_session_request */
  const char *shared_key;    /* of the session, with files */
  const os2_ssh_agent *agents; /* that the session forwards, copied; NULL: none */
  double timeout;              /* seconds for the whole */
} os2_build_request;

/*
 * Opens the session, then sends the context and hands over the answer's lines (Docker Engine API:
 * ImageBuild, Session). It ends when the answer has ended; an answer that is not 200 is an end as
 * well, and os2_build_response has its status and body. Closing the operation closes the
 * connections, upon which the engine stops the build.
 * Errors: those of os2_session_start before the build has begun, of os2_http_start, and what the
 * context's source says, or what keeps the session from sending its files.
 */
os2_op *os2_build_start(os2_loop *loop, const os2_build_request *request, os2_err *err);

/* Answers a question of the session, once. Empty texts mean "anonymous". */
void os2_build_answer(os2_op *op, int32_t id, const char *username, const char *secret);

/* Answers a SECRET question of the session, once. NULL: there is no such secret. */
void os2_build_answer_secret(os2_op *op, int32_t id, const char *bytes, size_t len);

/* Returns the answer as far as it has arrived, owned by the operation; NULL before the build
   request is sent. */
const os2_http_response *os2_build_response(const os2_op *op);

/* Bytes of the context that have been sent: of the tar, or of the contents of files. */
int64_t os2_build_sent(const os2_op *op);

/* Files whose contents the engine has asked for; -1: it was sent a tar. */
int64_t os2_build_files_sent(const os2_op *op);

#endif
