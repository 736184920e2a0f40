/* http: HTTP requests over libcurl's multi interface, driven by the event loop. */
#include "core/http/http.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/mem.h"
#include "core/http/curl_loop.h"
#include "core/http/curl_route.h"
#include "core/http/http_head.h"

enum { STREAM_HIGH_WATER_BYTES = 256 * 1024, TRANSFER_BUFFER_BYTES = 512 * 1024 };
/* For the answer to a request that has a body: a record, or a refusal. There may be a thousand of
   them in flight. By itself libcurl 7.88 keeps 16 KB for each; this is the least that it takes. */
enum { RECORD_BUFFER_BYTES = 1024 };

typedef struct transfer {
  os2_op op; /* the first member: an os2_op * is a transfer * */
  os2_curl_owner owner;
  CURL *easy;
  os2_route route;
  os2_dial *dial; /* NULL: the route has no program */
  struct curl_slist *headers;
  os2_http_response response;
  os2_http_mode mode;
  size_t body_room, limit;
  os2_body source;
  bool has_source;
  bool is_out;    /* the request was sent and must not be repeated */
  int paused;     /* CURLPAUSE_* bits */
  os2_err *fault; /* the error that one of our callbacks has found; NULL: none */
  char reason[CURL_ERROR_SIZE];
} transfer;

static bool http_is_streamed(const transfer *t) {
  return t->mode != OS2_HTTP_WHOLE && t->response.status >= 200 && t->response.status < 300;
}

/* Returns the place of the error, which few requests need. */
static os2_err *http_fault(transfer *t) {
  if (t->fault == NULL) t->fault = os2_mem_zero(1, sizeof *t->fault);
  return t->fault;
}

static void http_keep_fault(transfer *t, const os2_err *err) { *http_fault(t) = *err; }

/* ---- the answer ---- */

static void http_end_headers(transfer *t) {
  if (t->easy == NULL) return;
  long status = 0;
  curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
  if (status < 200) return;
  t->response.status = (int)status;
  if (http_is_streamed(t)) os2_op_push(&t->op, OS2_HTTP_HEAD, NULL, 0);
}

static size_t http_on_header(char *line, size_t size, size_t count, void *arg) {
  transfer *t = arg;
  size_t len = size * count;
  int code = 0;
  os2_err err;
  if (t->response.status != 0) return len; /* trailers */
  if (len > 5 && strncmp(line, "HTTP/", 5) == 0)
    os2_http_drop_headers(&t->response);
  else if (len <= 2)
    http_end_headers(t);
  else
    code = os2_http_add_header(&t->response, line, len, &err);
  if (code != 0) http_keep_fault(t, &err);
  return code != 0 || t->op.finished ? 0 : len;
}

static int http_over_limit(transfer *t, const char *what) {
  return os2_fail(http_fault(t), OS2_PROTOCOL, "the answer's %s is over the limit of %zu bytes",
                  what, t->limit);
}

static int http_keep(transfer *t, const char *data, size_t len, const char *what) {
  os2_http_response *response = &t->response;
  if (len > t->limit - response->body_len) return http_over_limit(t, what);
  if (response->body_len + len + 1 > t->body_room) {
    t->body_room = 2 * (response->body_len + len) + 1;
    response->body = os2_mem_resize(response->body, t->body_room, 1);
  }
  memcpy(response->body + response->body_len, data, len);
  response->body_len += len;
  response->body[response->body_len] = '\0';
  return 0;
}

static void http_push_kept_line(transfer *t) {
  os2_http_response *response = &t->response;
  size_t len = response->body_len;
  if (len > 0 && response->body[len - 1] == '\r') len--;
  response->body_len = 0;
  os2_op_push(&t->op, OS2_HTTP_DATA, response->body, len);
}

static int http_keep_lines(transfer *t, const char *data, size_t len) {
  while (len > 0) {
    const char *end = memchr(data, '\n', len);
    size_t part = end != NULL ? (size_t)(end - data) : len;
    if (http_keep(t, data, part, "line") != 0) return -1;
    if (end == NULL) return 0;
    http_push_kept_line(t);
    data += part + 1;
    len -= part + 1;
  }
  return 0;
}

static size_t http_on_body(char *data, size_t size, size_t count, void *arg) {
  transfer *t = arg;
  size_t len = size * count;
  int code = 0;
  /* an earlier piece was refused, and this one must not be joined to what was before it */
  if (t->fault != NULL) return 0;
  if (!http_is_streamed(t)) {
    code = http_keep(t, data, len, "body");
  } else if (os2_op_is_full(&t->op)) {
    t->paused |= CURLPAUSE_RECV;
    return CURL_WRITEFUNC_PAUSE;
  } else if (t->mode == OS2_HTTP_LINES) {
    code = http_keep_lines(t, data, len);
  } else {
    os2_op_push(&t->op, OS2_HTTP_DATA, data, len);
  }
  return code != 0 || t->op.finished ? 0 : len;
}

/* ---- the request's body ---- */

static size_t http_on_read(char *buffer, size_t size, size_t count, void *arg) {
  transfer *t = arg;
  if (t->op.finished) return CURL_READFUNC_ABORT; /* the owner of the source may be gone, too */
  os2_err err = {.kind = OS2_OK};
  ptrdiff_t got = t->source.read(t->source.arg, buffer, size * count, &err);
  if (got == OS2_BODY_LATER) {
    t->paused |= CURLPAUSE_SEND;
    return CURL_READFUNC_PAUSE;
  }
  if (got < 0) {
    if (err.kind != OS2_OK) http_keep_fault(t, &err);
    return CURL_READFUNC_ABORT;
  }
  t->response.bytes_sent += got;
  return (size_t)got;
}

/* Refuses to rewind the body: it was read once and cannot be read again. */
static int http_refuse_seek(void *arg, curl_off_t offset, int origin) {
  (void)offset;
  (void)origin;
  transfer *t = arg;
  os2_fail(http_fault(t), OS2_NETWORK, "the connection ended before an answer came");
  return CURL_SEEKFUNC_FAIL;
}

void os2_http_resume_body(os2_op *op) {
  transfer *t = (transfer *)op;
  if (op->finished || !(t->paused & CURLPAUSE_SEND)) return;
  t->paused &= ~CURLPAUSE_SEND;
  os2_curl_pause(t->easy, t->paused);
}

/* ---- the operation ---- */

static void http_gone(void *arg) { os2_op_release(arg); }

static void http_note_end(transfer *t) {
  curl_off_t microseconds = 0;
  long request_size = 0;
  curl_easy_getinfo(t->easy, CURLINFO_TOTAL_TIME_T, &microseconds);
  curl_easy_getinfo(t->easy, CURLINFO_REQUEST_SIZE, &request_size);
  t->response.elapsed = (double)microseconds / 1e6;
  t->response.is_sent = request_size > 0;
}

static void http_cancel(os2_op *op) {
  transfer *t = (transfer *)op;
  CURL *easy = t->easy;
  http_note_end(t);
  t->easy = NULL;
  os2_dial_release(t->dial);
  os2_curl_drop(easy, http_gone, op);
}

static void http_resume(os2_op *op) {
  transfer *t = (transfer *)op;
  if (t->easy == NULL || !(t->paused & CURLPAUSE_RECV)) return;
  t->paused &= ~CURLPAUSE_RECV;
  os2_curl_pause(t->easy, t->paused);
}

static void http_destroy(os2_op *op) {
  transfer *t = (transfer *)op;
  if (t->easy != NULL) curl_easy_cleanup(t->easy);
  os2_dial_release(t->dial);
  free(t->dial);
  os2_route_free(&t->route);
  curl_slist_free_all(t->headers);
  os2_http_drop_headers(&t->response);
  free(t->response.body);
  free(t->fault);
  if (t->has_source && t->source.destroy != NULL) t->source.destroy(t->source.arg);
  free(t);
}

static const os2_op_class http_class = {
    .name = "http", .cancel = http_cancel, .resume = http_resume, .destroy = http_destroy};

static void http_note_fault(transfer *t, CURLcode code) {
  if (t->fault == NULL)
    os2_curl_fault(t->easy, code, t->reason, t->response.is_sent, http_fault(t));
}

/* The handle goes at once, because it takes more memory than all else, and the owner may keep the
   operation for long: Lua does so until its collector runs. */
static void http_finish(transfer *t) {
  curl_easy_cleanup(t->easy);
  t->easy = NULL;
  os2_op_finish(&t->op, t->fault);
  os2_op_release(&t->op);
}

static void http_on_program_end(void *arg) {
  transfer *t = arg;
  os2_dial_explain(t->dial, http_fault(t));
  http_finish(t);
}

/* Waits for the end of the route's program, because its last message is the reason that matters. */
static void http_finish_hung_up(transfer *t) {
  if (!os2_dial_await(t->dial, http_on_program_end, t)) http_on_program_end(t);
}

static void http_on_done(os2_curl_owner *owner, CURLcode code) {
  transfer *t = (transfer *)((char *)owner - offsetof(transfer, owner));
  http_note_end(t);
  /* libcurl no longer uses the handle, although the end of the program may be waited for */
  t->paused = 0;
  if (code != CURLE_OK)
    http_note_fault(t, code);
  else if (t->response.status == 0) /* for libcurl that is an answer without a body */
    os2_fail(http_fault(t), OS2_NETWORK, "the connection ended within the answer's headers");
  else if (t->mode == OS2_HTTP_LINES && http_is_streamed(t) && t->response.body_len > 0)
    http_push_kept_line(t);
  if (t->easy == NULL) return; /* its listener has closed the operation, which dropped the handle */
  if (t->response.status == 0 && os2_curl_is_hung_up(code))
    http_finish_hung_up(t);
  else
    http_finish(t);
}

/* ---- start ---- */

/* libcurl repeats a request by itself when a kept connection closes before an answer. A request
   that is not idempotent (RFC 9110, 9.2.2) must not be sent twice, because the server may have
   acted on the first one. */
static bool http_may_repeat(const char *method) {
  static const char *const idempotent[] = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"};
  for (size_t i = 0; i < sizeof idempotent / sizeof *idempotent; i++)
    if (strcmp(method, idempotent[i]) == 0) return true;
  return false;
}

static int http_before_request(void *arg, char *ip, char *own_ip, int port, int own_port) {
  (void)ip, (void)own_ip, (void)port, (void)own_port;
  transfer *t = arg;
  if (!t->is_out) {
    t->is_out = true;
    return CURL_PREREQFUNC_OK;
  }
  os2_fail(http_fault(t), OS2_NETWORK, "the connection ended before an answer came");
  return CURL_PREREQFUNC_ABORT;
}

static void http_set_method(transfer *t, const os2_http_request *request) {
  CURL *easy = t->easy;
  if (t->has_source) {
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, http_on_read);
    curl_easy_setopt(easy, CURLOPT_READDATA, t);
    curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, http_refuse_seek);
    curl_easy_setopt(easy, CURLOPT_SEEKDATA, t);
    curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)t->source.size);
    curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, (long)TRANSFER_BUFFER_BYTES);
  } else if (request->body != NULL || strcmp(request->method, "POST") == 0) {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_len);
    curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, request->body != NULL ? request->body : "");
    if (request->mode == OS2_HTTP_WHOLE)
      curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)RECORD_BUFFER_BYTES);
  } else if (strcmp(request->method, "HEAD") == 0) {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  }
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
  if (http_may_repeat(request->method)) return;
  curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, http_before_request);
  curl_easy_setopt(easy, CURLOPT_PREREQDATA, t);
}

static void http_set_headers(transfer *t, const os2_http_request *request) {
  /* neither the engine nor the API needs the pause before the body */
  t->headers = os2_mem_check(curl_slist_append(NULL, "Expect:"));
  for (size_t i = 0; request->headers != NULL && request->headers[i] != NULL; i++) {
    t->headers = os2_mem_check(curl_slist_append(t->headers, request->headers[i]));
  }
  curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
  curl_easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, http_on_header);
  curl_easy_setopt(t->easy, CURLOPT_HEADERDATA, t);
  curl_easy_setopt(t->easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
}

/* Converts to a whole number that libcurl can hold; at least 1, because 0 selects libcurl's own
   default. */
static long http_whole(double number) {
  if (number < 1) return 1;
  return number < INT_MAX ? (long)number : INT_MAX;
}

static double http_connect_seconds(const os2_http_request *request) {
  if (request->connect_timeout > 0) return request->connect_timeout;
  return request->timeout > 0 ? request->timeout : request->idle_timeout;
}

static void http_set_times(transfer *t, const os2_http_request *request) {
  CURL *easy = t->easy;
  double connect = http_connect_seconds(request);
  if (connect > 0) curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, http_whole(connect * 1000));
  if (request->idle_timeout > 0) {
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, http_whole(request->idle_timeout + 0.999));
  }
  if (request->timeout > 0) os2_op_set_deadline(&t->op, request->timeout);
}

static void http_set_answer(transfer *t) {
  CURL *easy = t->easy;
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, http_on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->reason);
}

static void http_take_source(transfer *t, const os2_http_request *request) {
  if (request->source == NULL) return;
  t->source = *request->source;
  t->has_source = true;
}

static int http_start(transfer *t, const os2_http_request *request, os2_err *err) {
  t->owner.done = http_on_done;
  t->route = os2_route_copy(&request->route);
  http_set_answer(t);
  http_set_method(t, request);
  http_set_headers(t, request);
  curl_easy_setopt(t->easy, CURLOPT_URL, request->url);
  /* Only over https can requests share a connection (HTTP/2). Otherwise libcurl would wait until
     the connection of a wire tells whether it can be shared. */
  if (strncasecmp(request->url, "https:", 6) == 0) curl_easy_setopt(t->easy, CURLOPT_PIPEWAIT, 1L);
  if (t->route.command != NULL) t->dial = os2_mem_zero(1, sizeof *t->dial);
  if (os2_curl_set_route(t->easy, &t->route, t->dial, t->op.loop, err) != 0) return -1;
  http_set_times(t, request);
  return os2_curl_add(t->op.loop, t->easy, &t->owner, err);
}

static os2_op *http_begun(transfer *t) {
  if (t->source.attach != NULL) t->source.attach(t->source.arg, os2_http_resume_body, &t->op);
  return &t->op;
}

os2_op *os2_http_start(os2_loop *loop, const os2_http_request *request, os2_err *err) {
  transfer *t = os2_mem_zero(1, sizeof *t);
  t->easy = os2_mem_check(curl_easy_init());
  os2_op_init(&t->op, loop, &http_class);
  t->op.high_water = STREAM_HIGH_WATER_BYTES;
  t->mode = request->mode;
  t->limit = request->response_limit;
  http_take_source(t, request);
  if (http_start(t, request, err) == 0) return http_begun(t);
  os2_op_finish(&t->op, err);
  os2_op_release(&t->op);
  os2_op_close(&t->op);
  return NULL;
}

const os2_http_response *os2_http_response_of(const os2_op *op) {
  return &((const transfer *)op)->response;
}

const char *os2_http_version(void) { return os2_curl_version(); }

void os2_http_close(void) { os2_curl_close(); }
