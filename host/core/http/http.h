/* http: requests over libcurl's multi interface, driven by the event loop. */
#ifndef OS2_CORE_HTTP_HTTP_H
#define OS2_CORE_HTTP_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/http/route.h"
#include "core/loop/loop.h"
#include "core/loop/op.h"

/* What a body source's `read` may answer besides a number of bytes. */
#define OS2_BODY_END 0
#define OS2_BODY_ERROR (-1)
#define OS2_BODY_LATER (-2) /* nothing now; os2_http_resume_body, or `wake`, when there is */

/* A request body that is pulled while the request runs. The request owns it from
   os2_http_start on, also when that fails, and destroys it. */
typedef struct os2_body {
  ptrdiff_t (*read)(void *arg, char *buffer, size_t room, os2_err *err);
  /* NULL, or told at the start: after OS2_BODY_LATER call wake(who), on the loop, when there are
     bytes again. */
  void (*attach)(void *arg, void (*wake)(os2_op *who), os2_op *who);
  void (*destroy)(void *arg); /* NULL: nothing to free */
  void *arg;
  int64_t size; /* bytes; -1: unknown, the body is sent chunked */
} os2_body;

/* How the body of a 2xx answer is handed over; any other answer's body is always kept whole. */
typedef enum os2_http_mode {
  OS2_HTTP_WHOLE,  /* kept, in os2_http_response */
  OS2_HTTP_CHUNKS, /* events of type OS2_HTTP_DATA as the bytes come */
  OS2_HTTP_LINES   /* the same, one whole line an event, without its CR LF */
} os2_http_mode;

/* Types of the events of the two streaming modes. */
enum { OS2_HTTP_DATA, OS2_HTTP_HEAD /* once, empty: status and headers are known */ };

typedef struct os2_http_request {
  const char *method;
  const char *url; /* http or https only */
  os2_route route;
  const char *const *headers; /* "Name: value", NULL at the end; may itself be NULL */
  const char *body;           /* copied; NULL for none */
  size_t body_len;
  const os2_body *source; /* instead of body; NULL for none */
  os2_http_mode mode;
  double timeout;         /* seconds for the whole; 0: none, then idle_timeout must be set */
  double connect_timeout; /* seconds; 0: as timeout, else as idle_timeout */
  double idle_timeout;    /* seconds without a byte in either direction; 0: none */
  size_t response_limit;  /* bytes of a body that is kept, or of one line */
} os2_http_request;

typedef struct os2_http_header {
  char *name; /* lower case */
  char *value;
} os2_http_header;

typedef struct os2_http_response {
  int status; /* 0 until the headers have come */
  os2_http_header *headers;
  size_t header_count;
  char *body; /* NULL when there was none or it was streamed; a NUL stands behind it */
  size_t body_len;
  bool is_sent;       /* a byte of the request may have reached the server */
  double elapsed;     /* seconds, once finished */
  int64_t bytes_sent; /* of the body */
} os2_http_response;

/* Starts a request. Returns NULL and fills err when it cannot be started.
   Any HTTP status is an answer, not an error; errors are OS2_NETWORK, OS2_TIMEOUT, OS2_PROTOCOL
   (over a limit, not HTTP), OS2_UNAVAILABLE (connection refused, the route's command failed),
   OS2_DENIED (certificate), OS2_INVALID (a socket's path that is too long). Redirects are never
   followed. Proxies come from the environment, except on a unix socket and through a command. TLS
   1.2 is the floor. */
os2_op *os2_http_start(os2_loop *loop, const os2_http_request *request, os2_err *err);

/* The answer as far as it is known; valid as long as the operation. */
const os2_http_response *os2_http_response_of(const os2_op *op);

/* The body source has bytes again after OS2_BODY_LATER. */
void os2_http_resume_body(os2_op *op);

/* libcurl's version and that of its TLS library. */
const char *os2_http_version(void);

/* Ends the connections that are kept and lets libcurl go; for the end of the process. */
void os2_http_close(void);

#endif
