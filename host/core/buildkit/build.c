/* build: an image build: the POST /build request whose body is the context, and the BuildKit
   session that runs beside it. */
#include "core/buildkit/build.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/buildkit/session.h"

/* LINE_LIMIT_BYTES, in bytes: a trace line holds whole log chunks in base64, and the engine's own
   limit for one is 16 MiB. */
enum { LINE_LIMIT_BYTES = 32 * 1024 * 1024, HIGH_WATER_BYTES = 256 * 1024 };
/* Bytes of the context between two SENT events. */
enum { SENT_STEP_BYTES = 4 * 1024 * 1024 };

typedef struct build {
  os2_op op;
  os2_op *session; /* NULL: there is none, or it has ended */
  os2_op *http;    /* NULL: not started; kept until the end, because it owns the answer */
  os2_route route;
  char *url;
  char **headers;
  os2_body context; /* without a `read`: the session serves files */
  bool is_draining;
  int64_t sent, sent_shown;
  int64_t files_sent; /* -1: a tar is sent */
  double timeout;
} build;

/* ---- the end ---- */

static void build_count_sent(build *b) {
  if (b->session == NULL || b->context.read != NULL) return;
  os2_filesync_stats stats = os2_session_sent(b->session);
  b->sent = (int64_t)stats.bytes;
  b->files_sent = (int64_t)stats.files;
}

static void build_close_session(build *b) {
  build_count_sent(b);
  os2_op *session = b->session;
  b->session = NULL;
  if (session != NULL) os2_op_close(session);
}

static void build_attach_context(void *arg, void (*wake)(os2_op *who), os2_op *who) {
  build *b = arg;
  if (b->context.attach != NULL) b->context.attach(b->context.arg, wake, who);
}

/* The HTTP operation may outlive the build, so the context must not wake it any more. */
static void build_close_http(build *b) {
  os2_op *http = b->http;
  b->http = NULL;
  build_attach_context(b, NULL, NULL);
  if (http != NULL) os2_op_close(http);
}

/* Frees the context; the thread of its reader exists as long as the context does. */
static void build_free_context(build *b) {
  build_attach_context(b, NULL, NULL);
  if (b->context.destroy != NULL) b->context.destroy(b->context.arg);
  b->context = (os2_body){.arg = NULL};
}

static void build_end(build *b, const os2_err *err) {
  build_close_session(b);
  if (b->http != NULL && b->http->finished) build_free_context(b);
  os2_op_finish(&b->op, err);
  os2_op_release(&b->op);
}

static void build_cancel(os2_op *op) {
  build *b = (build *)op;
  build_close_session(b);
  build_close_http(b);
  os2_op_release(op);
}

static void build_free_headers(build *b) {
  for (char **header = b->headers; *header != NULL; header++) {
    explicit_bzero(*header, strlen(*header)); /* one of the headers carries credentials */
    free(*header);
  }
  free(b->headers);
}

static void build_destroy(os2_op *op) {
  build *b = (build *)op;
  build_close_http(b);
  build_free_context(b);
  build_free_headers(b);
  os2_route_free(&b->route);
  free(b->url);
  free(b);
}

/* ---- the request ---- */

/* Passes the lines of the answer on until our queue is full (back-pressure). os2_op_take may resume
   a paused request, which calls our listener before the taken line is passed on. `is_draining`
   makes the listener return at once, so that the lines keep their order. */
static void build_drain(build *b) {
  os2_event *event;
  b->is_draining = true;
  while (b->http != NULL && !os2_op_is_full(&b->op) && (event = os2_op_take(b->http)) != NULL) {
    if (event->type == OS2_HTTP_DATA) os2_op_push(&b->op, OS2_BUILD_LINE, event->data, event->len);
    free(event);
  }
  b->is_draining = false;
}

static void build_on_http(os2_op *http, void *arg) {
  build *b = arg;
  if (b->op.finished || b->is_draining || b->http != http) return;
  build_drain(b);
  if (http->finished && http->events == NULL) build_end(b, os2_op_error(http));
}

static void build_resume(os2_op *op) {
  build *b = (build *)op;
  if (b->http != NULL) build_on_http(b->http, b);
}

static ptrdiff_t build_read_context(void *arg, char *buffer, size_t room, os2_err *err) {
  build *b = arg;
  ptrdiff_t n = b->context.read(b->context.arg, buffer, room, err);
  if (n > 0) b->sent += n;
  if (b->sent - b->sent_shown >= SENT_STEP_BYTES ||
      (n == OS2_BODY_END && b->sent > b->sent_shown)) {
    b->sent_shown = b->sent;
    os2_op_push(&b->op, OS2_BUILD_SENT, NULL, 0);
  }
  return n;
}

static void build_start_http(build *b) {
  os2_err err = {0};
  os2_body source = {.read = build_read_context,
                     .attach = build_attach_context,
                     .arg = b,
                     .size = b->context.size};
  os2_http_request request = {.method = "POST",
                              .url = b->url,
                              .route = b->route,
                              .headers = (const char *const *)b->headers,
                              .source = b->context.read != NULL ? &source : NULL,
                              .mode = OS2_HTTP_LINES,
                              .timeout = b->timeout,
                              .response_limit = LINE_LIMIT_BYTES};
  b->http = os2_http_start(b->op.loop, &request, &err);
  if (b->http == NULL) {
    build_end(b, &err);
    return;
  }
  b->http->listener = build_on_http;
  b->http->listener_arg = b;
}

/* ---- the session ---- */

static void build_on_sent(build *b) {
  build_count_sent(b);
  os2_op_push(&b->op, OS2_BUILD_SENT, NULL, 0);
}

static int build_question_type(const os2_event *event) {
  return event->type == OS2_SESSION_SECRET ? OS2_BUILD_SECRET : OS2_BUILD_CREDENTIALS;
}

static void build_on_session(os2_op *session, void *arg) {
  build *b = arg;
  os2_event *event;
  while (b->session == session && (event = os2_op_take(session)) != NULL) {
    if (event->type == OS2_SESSION_READY)
      build_start_http(b);
    else if (event->type == OS2_SESSION_SENT)
      build_on_sent(b);
    else
      os2_op_push(&b->op, build_question_type(event), event->data, event->len);
    free(event);
  }
  if (b->session != session || !session->finished) return;
  /* Without a session the build cannot begin, nor go on when a file cannot be sent; else its answer
     tells what became of it. */
  bool is_lost = b->context.read == NULL && os2_op_error(session)->kind != OS2_OK;
  if (b->http == NULL || is_lost) {
    os2_err err = *os2_op_error(session);
    build_end(b, &err);
  }
}

static int build_start_session(build *b, const os2_build_request *request, os2_err *err) {
  os2_session_request session = {
      .route = b->route,
      .url = request->session_url,
      .id = request->session_id,
      .headers = request->session_headers,
      .context = request->files,
      .agents = request->agents,
      .state = request->state,
      .shared_key = request->shared_key,
  };
  b->session = os2_session_start(b->op.loop, &session, err);
  if (b->session == NULL) return -1;
  b->session->listener = build_on_session;
  b->session->listener_arg = b;
  return 0;
}

/* ---- start ---- */

static const os2_op_class CLASS = {"docker.build", build_cancel, build_resume, build_destroy};

static char **build_copy_headers(const char *const *headers) {
  size_t count = 0;
  while (headers[count] != NULL) count++;
  char **copy = os2_mem_zero(count + 1, sizeof *copy);
  for (size_t i = 0; i < count; i++) copy[i] = os2_mem_copy(headers[i]);
  return copy;
}

static build *build_new(os2_loop *loop, const os2_build_request *request) {
  build *b = os2_mem_zero(1, sizeof *b);
  os2_op_init(&b->op, loop, &CLASS);
  b->op.high_water = HIGH_WATER_BYTES;
  b->route = os2_route_copy(&request->route);
  b->url = os2_mem_copy(request->url);
  b->headers = build_copy_headers(request->headers);
  if (request->context != NULL) b->context = *request->context;
  b->files_sent = request->context != NULL ? -1 : 0;
  b->timeout = request->timeout;
  os2_op_set_deadline(&b->op, request->timeout);
  return b;
}

os2_op *os2_build_start(os2_loop *loop, const os2_build_request *request, os2_err *err) {
  build *b = build_new(loop, request);
  if (request->session_url == NULL) {
    build_start_http(b);
  } else if (build_start_session(b, request, err) != 0) {
    build_end(b, err);
    os2_op_close(&b->op);
    return NULL;
  }
  return &b->op;
}

void os2_build_answer(os2_op *op, int32_t id, const char *username, const char *secret) {
  build *b = (build *)op;
  if (b->session != NULL) os2_session_answer(b->session, id, username, secret);
}

void os2_build_answer_secret(os2_op *op, int32_t id, const char *bytes, size_t len) {
  build *b = (build *)op;
  if (b->session != NULL) os2_session_answer_secret(b->session, id, bytes, len);
}

const os2_http_response *os2_build_response(const os2_op *op) {
  const build *b = (const build *)op;
  return b->http == NULL ? NULL : os2_http_response_of(b->http);
}

int64_t os2_build_sent(const os2_op *op) { return ((const build *)op)->sent; }

int64_t os2_build_files_sent(const os2_op *op) { return ((const build *)op)->files_sent; }
