/* build: an image build: the request whose body is the context, and the session beside it. */
#ifndef OS2_CORE_BUILDKIT_BUILD_H
#define OS2_CORE_BUILDKIT_BUILD_H

#include <stdint.h>

#include "core/base/err.h"
#include "core/http/http.h"
#include "core/loop/loop.h"
#include "core/loop/op.h"

/* Events. LINE: one line of the engine's answer, a JSON document. CREDENTIALS: a question of the
   session, see os2_session_read_question; answered with os2_build_answer. SENT: empty, more of the
   context went out, see os2_build_sent. */
enum { OS2_BUILD_LINE, OS2_BUILD_CREDENTIALS, OS2_BUILD_SENT };

typedef struct os2_build_request {
  os2_route route;
  const char *url;                    /* of POST /build, with its query */
  const char *const *headers;         /* "Name: value", NULL at the end */
  const char *session_url;            /* of POST /session; NULL: a build without one */
  const char *session_id;             /* as in the query's `session` */
  const char *const *session_headers; /* as `headers`, of POST /session; NULL: none */
  const os2_body *context;            /* the tar; owned by the build from os2_build_start on */
  double timeout;                     /* seconds for the whole */
} os2_build_request;

/*
 * Opens the session, then sends the context and hands over the answer's lines (Docker Engine API:
 * ImageBuild, Session). It ends when the answer has ended; an answer that is not 200 is an end as
 * well, and os2_build_response has its status and body. Closing the operation closes the
 * connections, upon which the engine stops the build.
 * Errors: those of os2_session_start before the build has begun, of os2_http_start, and what the
 * context's source
   says. */
os2_op *os2_build_start(os2_loop *loop, const os2_build_request *request, os2_err *err);

/* Answers a question of the session, once; empty texts mean "anonymous". */
void os2_build_answer(os2_op *op, int32_t id, const char *username, const char *secret);

/* The answer as far as it is known, valid as long as the operation; NULL before the request. */
const os2_http_response *os2_build_response(const os2_op *op);

/* Bytes of the context that have been sent. */
int64_t os2_build_sent(const os2_op *op);

#endif
