/* build: an image build: the POST /build request whose body is the context, and the BuildKit
   session that runs beside it. All functions must be called on the loop thread. */
#ifndef OS2_CORE_BUILDKIT_BUILD_H
#define OS2_CORE_BUILDKIT_BUILD_H

#include <stdint.h>

#include "core/base/err.h"
#include "core/http/http.h"
#include "core/loop/loop.h"
#include "core/loop/op.h"

/* Types of the events. LINE: one line of the engine's answer, a JSON document. CREDENTIALS: a
   question of the session (os2_session_read_question), to be answered with os2_build_answer. SENT:
   has no data; more of the context was sent (os2_build_sent). */
enum { OS2_BUILD_LINE, OS2_BUILD_CREDENTIALS, OS2_BUILD_SENT };

typedef struct os2_build_request {
  os2_route route;
  const char *url;                    /* URL of POST /build, with its query */
  const char *const *headers;         /* "Name: value", NULL at the end */
  const char *session_url;            /* URL of POST /session; NULL: a build without a session */
  const char *session_id;             /* the value of `session` in the build's query */
  const char *const *session_headers; /* as `headers`, for POST /session; NULL: none */
  const os2_body *context;            /* the tar stream; os2_build_start takes ownership */
  double timeout;                     /* seconds for the whole build */
} os2_build_request;

/* Opens the session, then sends the context and delivers the lines of the answer (Docker Engine
   API: ImageBuild, Session). The caller owns the operation. It succeeds when the answer has ended,
   also when the status is not 200: os2_build_response then has the status and the body. Closing the
   operation closes its connections, and the engine then stops the build.
   Errors: those of os2_session_start before the build has begun, those of os2_http_start, and the
   error that the context's `read` reports. Returns NULL with err when the build cannot be started.
   */
os2_op *os2_build_start(os2_loop *loop, const os2_build_request *request, os2_err *err);

/* Answers a question of the session, once. Empty texts mean "anonymous". */
void os2_build_answer(os2_op *op, int32_t id, const char *username, const char *secret);

/* Returns the answer as far as it has arrived, owned by the operation; NULL before the build
   request is sent. */
const os2_http_response *os2_build_response(const os2_op *op);

/* Returns how many bytes of the context were sent. */
int64_t os2_build_sent(const os2_op *op);

#endif
