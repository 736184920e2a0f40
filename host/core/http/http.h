/* http: HTTP requests over libcurl's multi interface, driven by the event loop. All functions must
   be called on the loop thread. */
#ifndef OS2_CORE_HTTP_HTTP_H
#define OS2_CORE_HTTP_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/http/route.h"
#include "core/loop/loop.h"
#include "core/loop/op.h"

/* What the `read` of a body may return besides a number of bytes. */
#define OS2_BODY_END 0
#define OS2_BODY_ERROR (-1)
#define OS2_BODY_LATER (-2) /* no bytes yet; os2_http_resume_body or `wake` continues the body */

/* A request body that the request reads while it runs. os2_http_start takes ownership, also when it
   fails, and the request calls `destroy`. */
typedef struct os2_body {
  ptrdiff_t (*read)(void *arg, char *buffer, size_t room, os2_err *err);
  /* NULL, or called once at the start. After `read` has returned OS2_BODY_LATER, the body calls
     wake(who) on the loop thread as soon as it has bytes again. */
  void (*attach)(void *arg, void (*wake)(os2_op *who), os2_op *who);
  void (*destroy)(void *arg); /* NULL: nothing to free */
  void *arg;
  int64_t size; /* bytes; -1: unknown, and the body is sent chunked */
} os2_body;

/* How the body of a 2xx answer is delivered. The body of any other answer is always kept whole. */
typedef enum os2_http_mode {
  OS2_HTTP_WHOLE,  /* kept in os2_http_response */
  OS2_HTTP_CHUNKS, /* as events of type OS2_HTTP_DATA, as the bytes arrive */
  OS2_HTTP_LINES   /* as events of type OS2_HTTP_DATA, each one line without its CR LF */
} os2_http_mode;

/* Types of the events of the two streaming modes. OS2_HTTP_HEAD comes once, before the data, and is
   empty: status and headers are known. */
enum { OS2_HTTP_DATA, OS2_HTTP_HEAD };

typedef struct os2_http_request {
  const char *method;
  const char *url; /* http or https only */
  os2_route route;
  const char *const *headers; /* "Name: value", NULL at the end; NULL: no further headers */
  const char *body;           /* copied; NULL for none */
  size_t body_len;
  const os2_body *source; /* used instead of `body`; NULL: none */
  os2_http_mode mode;
  double timeout; /* seconds for the whole request; 0: no limit, then idle_timeout must be set */
  /* seconds for the connection; 0: `timeout`, or `idle_timeout` when that is 0 */
  double connect_timeout;
  double idle_timeout;   /* seconds without a byte in either direction; 0: none */
  size_t response_limit; /* most bytes of a body that is kept, or of one line */
} os2_http_request;

typedef struct os2_http_header {
  char *name; /* lower case */
  char *value;
} os2_http_header;

typedef struct os2_http_response {
  int status; /* 0 until the headers have come */
  os2_http_header *headers;
  size_t header_count;
  char *body; /* NULL when the answer had no body or was streamed; a NUL follows the bytes */
  size_t body_len;
  bool is_sent;       /* a byte of the request may have reached the server */
  double elapsed;     /* seconds; valid once the operation has finished */
  int64_t bytes_sent; /* bytes of the request's body */
} os2_http_response;

/* Starts a request. The caller owns the operation and closes it with os2_op_close. Returns NULL
   with err when the request cannot be started.
   Every HTTP status is an answer, not an error. The operation's errors are OS2_NETWORK,
   OS2_TIMEOUT, OS2_PROTOCOL (over a limit, not HTTP), OS2_UNAVAILABLE (connection refused, or the
   route's command failed), OS2_DENIED (certificate), OS2_INVALID (the path of a socket is too
   long).
   Redirects are never followed. The proxy is taken from the environment, except for a unix socket
   and a command. The lowest TLS version is 1.2. */
os2_op *os2_http_start(os2_loop *loop, const os2_http_request *request, os2_err *err);

/* Returns the answer as far as it has arrived. It is owned by the operation. */
const os2_http_response *os2_http_response_of(const os2_op *op);

/* Continues a body whose `read` has returned OS2_BODY_LATER. */
void os2_http_resume_body(os2_op *op);

/* Returns the version of libcurl and of its TLS library. The text is static. */
const char *os2_http_version(void);

/* Closes the kept connections and cleans up libcurl. Call it at the end of the process. */
void os2_http_close(void);

#endif
