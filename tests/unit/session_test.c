/* session_test: BuildKit's session against an engine in the same loop, over a real socket. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <nghttp2/nghttp2.h>

#include "core/buildkit/session.h"
#include "core/loop/loop.h"

/* The engine's end: takes the upgrade, then calls `method` with `message` as a gRPC client. */
typedef struct {
  uv_pipe_t server, peer;
  char path[64];
  const char *answer; /* to the upgrade */
  const char *method;
  const char *message; /* with the length prefix */
  size_t message_len;
  nghttp2_session *h2;
  char request[2048]; /* the upgrade request */
  char input[4096];
  char reply[256]; /* the call's answer, its prefix left out */
  size_t reply_len;
  char status[8]; /* grpc-status */
} engine;

typedef struct {
  uv_write_t request;
  char bytes[4096];
} sent;

static void on_sent(uv_write_t *request, int status) {
  (void)status;
  free(request);
}

static void engine_send(engine *e, const void *bytes, size_t len) {
  sent *s = malloc(sizeof *s);
  assert_non_null(s);
  assert_true(len <= sizeof s->bytes);
  memcpy(s->bytes, bytes, len);
  uv_buf_t buffer = uv_buf_init(s->bytes, (unsigned)len);
  assert_int_equal(uv_write(&s->request, (uv_stream_t *)&e->peer, &buffer, 1, on_sent), 0);
}

static void engine_flush(engine *e) {
  const uint8_t *bytes;
  ssize_t n;
  while ((n = nghttp2_session_mem_send(e->h2, &bytes)) > 0) engine_send(e, bytes, (size_t)n);
}

static ssize_t read_message(nghttp2_session *h2, int32_t id, uint8_t *out, size_t room,
                            uint32_t *flags, nghttp2_data_source *source, void *arg) {
  (void)h2;
  (void)id;
  (void)arg;
  engine *e = source->ptr;
  assert_true(e->message_len <= room);
  memcpy(out, e->message, e->message_len);
  *flags |= NGHTTP2_DATA_FLAG_EOF;
  return (ssize_t)e->message_len;
}

static int on_header(nghttp2_session *h2, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_len, const uint8_t *value, size_t value_len, uint8_t flags,
                     void *arg) {
  (void)h2;
  (void)frame;
  (void)flags;
  engine *e = arg;
  if (name_len == 11 && memcmp(name, "grpc-status", 11) == 0)
    snprintf(e->status, sizeof e->status, "%.*s", (int)value_len, value);
  return 0;
}

static int on_data(nghttp2_session *h2, uint8_t flags, int32_t id, const uint8_t *bytes, size_t len,
                   void *arg) {
  (void)h2;
  (void)flags;
  (void)id;
  engine *e = arg;
  assert_true(len >= 5);
  e->reply_len = len - 5;
  memcpy(e->reply, bytes + 5, e->reply_len);
  return 0;
}

static nghttp2_nv header(const char *name, const char *value) {
  return (nghttp2_nv){(uint8_t *)(uintptr_t)name, (uint8_t *)(uintptr_t)value, strlen(name),
                      strlen(value), NGHTTP2_NV_FLAG_NONE};
}

static void engine_call(engine *e) {
  nghttp2_session_callbacks *callbacks;
  nghttp2_session_callbacks_new(&callbacks);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
  nghttp2_session_client_new(&e->h2, callbacks, e);
  nghttp2_session_callbacks_del(callbacks);
  nghttp2_nv headers[] = {header(":method", "POST"),
                          header(":scheme", "http"),
                          header(":path", e->method),
                          header(":authority", "localhost"),
                          header("content-type", "application/grpc"),
                          header("te", "trailers")};
  nghttp2_data_provider body = {.source.ptr = e, .read_callback = read_message};
  nghttp2_submit_settings(e->h2, NGHTTP2_FLAG_NONE, NULL, 0);
  nghttp2_submit_request(e->h2, NULL, headers, 6, &body, NULL);
  engine_flush(e);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
  (void)suggested;
  engine *e = handle->data;
  *buffer = uv_buf_init(e->input, sizeof e->input);
}

static void on_input(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer) {
  engine *e = stream->data;
  if (n < 0) return;
  if (e->h2 != NULL) {
    assert_true(nghttp2_session_mem_recv(e->h2, (const uint8_t *)buffer->base, (size_t)n) >= 0);
    engine_flush(e);
    return;
  }
  snprintf(e->request, sizeof e->request, "%.*s", (int)n, buffer->base);
  engine_send(e, e->answer, strlen(e->answer));
  if (e->method != NULL) engine_call(e);
}

static void on_connection(uv_stream_t *server, int status) {
  engine *e = server->data;
  assert_int_equal(status, 0);
  assert_int_equal(uv_accept(server, (uv_stream_t *)&e->peer), 0);
  uv_read_start((uv_stream_t *)&e->peer, on_alloc, on_input);
}

static void engine_open(engine *e, const char *answer) {
  uv_loop_t *loop = &os2_loop_get()->uv;
  *e = (engine){.answer = answer};
  snprintf(e->path, sizeof e->path, "/tmp/os2-session-test-%d.sock", (int)getpid());
  unlink(e->path);
  uv_pipe_init(loop, &e->server, 0);
  uv_pipe_init(loop, &e->peer, 0);
  e->server.data = e->peer.data = e;
  assert_int_equal(uv_pipe_bind(&e->server, e->path), 0);
  assert_int_equal(uv_listen((uv_stream_t *)&e->server, 1, on_connection), 0);
}

static void engine_close(engine *e) {
  uv_close((uv_handle_t *)&e->server, NULL);
  if (!uv_is_closing((uv_handle_t *)&e->peer)) uv_close((uv_handle_t *)&e->peer, NULL);
  uv_run(&os2_loop_get()->uv, UV_RUN_DEFAULT);
  nghttp2_session_del(e->h2);
  unlink(e->path);
  assert_int_equal(os2_loop_count_ops(os2_loop_get()), 0);
}

static os2_op *open_session(const char *path) {
  os2_err err = {0};
  static const char *const headers[] = {"X-One: 1", "X-Two: 2", NULL};
  os2_session_request request = {.route.unix_socket = path,
                                 .url = "http://docker/v1.41/session",
                                 .id = "the-id",
                                 .headers = headers};
  os2_op *op = os2_session_start(os2_loop_get(), &request, &err);
  assert_non_null(op);
  os2_op_set_deadline(op, 10);
  return op;
}

/* The next event, NULL when the session finished instead. */
static os2_event *next_event_or_null(os2_op *op) {
  os2_event *event;
  while ((event = os2_op_take(op)) == NULL && !op->finished) {
    os2_loop_wait(os2_loop_get());
    os2_loop_take_ready(os2_loop_get());
  }
  return event;
}

static os2_event *next_event(os2_op *op) {
  os2_event *event = next_event_or_null(op);
  if (event == NULL) abort(); /* not by an assertion, of which the compiler knows nothing */
  return event;
}

static void expect_ready(os2_op *op) {
  os2_event *event = next_event(op);
  assert_int_equal(event->type, OS2_SESSION_READY);
  free(event);
}

static void run_until_status(engine *e) {
  while (e->status[0] == '\0') uv_run(&os2_loop_get()->uv, UV_RUN_ONCE);
}

static const char UPGRADED[] =
    "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";

static void set_call(engine *e, const char *method, const char *message, size_t len) {
  e->method = method;
  e->message = message;
  e->message_len = len;
}

static void a_question_is_answered(void **state) {
  (void)state;
  engine e;
  int32_t id;
  const char *host;
  engine_open(&e, UPGRADED);
  set_call(&e, "/moby.filesync.v1.Auth/Credentials", "\0\0\0\0\6\x0a\4a.io", 11);
  os2_op *op = open_session(e.path);
  expect_ready(op);
  assert_non_null(strstr(e.request, "POST /v1.41/session HTTP/1.1\r\n"));
  assert_non_null(strstr(e.request, "X-Docker-Expose-Session-Uuid: the-id\r\n"));
  assert_non_null(strstr(e.request, "/Check\r\nX-One: 1\r\nX-Two: 2\r\n\r\n"));
  os2_event *event = next_event(op);
  assert_int_equal(event->type, OS2_SESSION_CREDENTIALS);
  os2_session_read_question(event, &id, &host);
  assert_string_equal(host, "a.io");
  free(event);
  os2_session_answer(op, id, "me", "pass");
  os2_session_answer(op, id, "twice", "is passed over");
  run_until_status(&e);
  assert_string_equal(e.status, "0");
  assert_int_equal(e.reply_len, 10);
  assert_memory_equal(e.reply, "\x0a\2me\x12\4pass", 10);
  os2_session_answer(op, 77, "no", "such question");
  os2_op_close(op);
  engine_close(&e);
}

/* Asks for the secret "npm", which is answered with these bytes. */
static void ask_secret(engine *e, const char *bytes, size_t len) {
  int32_t id;
  const char *name;
  engine_open(e, UPGRADED);
  set_call(e, "/moby.buildkit.secrets.v1.Secrets/GetSecret", "\0\0\0\0\5\x0a\3npm", 10);
  os2_op *op = open_session(e->path);
  expect_ready(op);
  os2_event *event = next_event(op);
  assert_non_null(event);
  assert_int_equal(event->type, OS2_SESSION_SECRET);
  os2_session_read_question(event, &id, &name);
  assert_string_equal(name, "npm");
  free(event);
  os2_session_answer_secret(op, id, bytes, len);
  os2_session_answer_secret(op, id, "twice", 5);
  run_until_status(e);
  os2_op_close(op);
  engine_close(e);
}

static void a_secret_is_answered(void **state) {
  (void)state;
  engine e;
  ask_secret(&e, "a\0b", 3);
  assert_string_equal(e.status, "0");
  assert_int_equal(e.reply_len, 5);
  assert_memory_equal(e.reply, "\x0a\3a\0b", 5);
  ask_secret(&e, NULL, 0);
  assert_string_equal(e.status, "5"); /* NOT_FOUND */
  assert_int_equal(e.reply_len, 0);
}

static void health_is_served(void **state) {
  (void)state;
  engine e;
  engine_open(&e, UPGRADED);
  set_call(&e, "/grpc.health.v1.Health/Check", "\0\0\0\0\0", 5);
  os2_op *op = open_session(e.path);
  expect_ready(op);
  run_until_status(&e);
  assert_string_equal(e.status, "0");
  assert_int_equal(e.reply_len, 2);
  assert_memory_equal(e.reply, "\x08\x01", 2);
  os2_op_close(op);
  engine_close(&e);
}

static void check_refused(const char *method, const char *message, size_t len, const char *status) {
  engine e;
  engine_open(&e, UPGRADED);
  set_call(&e, method, message, len);
  os2_op *op = open_session(e.path);
  expect_ready(op);
  run_until_status(&e);
  assert_string_equal(e.status, status);
  assert_int_equal(e.reply_len, 0);
  os2_op_close(op);
  engine_close(&e);
}

static void the_rest_is_refused(void **state) {
  (void)state;
  check_refused("/moby.filesync.v1.Auth/GetTokenAuthority", "\0\0\0\0\0", 5, "12");
  check_refused("/moby.sshforward.v1.SSH/CheckAgent", "\0\0\0\0\0", 5, "12"); /* no agents */
  check_refused("/moby.buildkit.secrets.v1.Secrets/GetSecret", "\0\0\0\0\0", 5, "3"); /* no id */
  check_refused("/moby.filesync.v1.Auth/Credentials", "\0\0\0\0\0", 5, "3");          /* no host */
  check_refused("/moby.filesync.v1.Auth/Credentials", "\0\0\0\0\2\x0a\4", 7, "3");    /* torn */
  check_refused("/moby.filesync.v1.Auth/Credentials", "\0\0\0\0\1", 5, "3"); /* no whole one */
}

static void a_refused_upgrade_ends_it(void **state) {
  (void)state;
  engine e;
  engine_open(&e, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
  os2_op *op = open_session(e.path);
  assert_null(next_event_or_null(op));
  assert_int_equal(os2_op_error(op)->kind, OS2_PROTOCOL);
  assert_int_equal(os2_op_error(op)->status, 404);
  assert_non_null(strstr(os2_op_error(op)->message, "HTTP/1.1 404 Not Found"));
  os2_op_close(op);
  engine_close(&e);
}

static void other_bytes_than_http2_end_it(void **state) {
  (void)state;
  engine e;
  engine_open(&e, "HTTP/1.1 101 UPGRADED\r\n\r\nGET / HTTP/1.1\r\nHost: here\r\n\r\n");
  os2_op *op = open_session(e.path);
  expect_ready(op);
  assert_null(next_event_or_null(op));
  assert_int_equal(os2_op_error(op)->kind, OS2_PROTOCOL);
  os2_op_close(op);
  engine_close(&e);
}

static void no_engine_is_unavailable(void **state) {
  (void)state;
  os2_op *op = open_session("/nonexistent/docker.sock");
  assert_null(next_event_or_null(op));
  assert_int_equal(os2_op_error(op)->kind, OS2_UNAVAILABLE);
  os2_op_close(op);
  uv_run(&os2_loop_get()->uv, UV_RUN_DEFAULT);
  char path[200];
  memset(path, 'x', sizeof path - 1);
  path[sizeof path - 1] = '\0';
  os2_err err = {0};
  os2_session_request request = {
      .route.unix_socket = path, .url = "http://docker/session", .id = "id"};
  assert_null(os2_session_start(os2_loop_get(), &request, &err));
  assert_int_equal(err.kind, OS2_INVALID);
  request.route.unix_socket = "/x";
  static char longest[16 * 1024];
  memset(longest, 'x', sizeof longest - 1);
  request.headers = (const char *const[]){longest, NULL};
  assert_null(os2_session_start(os2_loop_get(), &request, &err));
  assert_string_equal(err.message, "the session's id, path and headers are too long");
}

static void the_engine_may_hang_up(void **state) {
  (void)state;
  engine e;
  engine_open(&e, UPGRADED);
  set_call(&e, "/grpc.health.v1.Health/Check", "\0\0\0\0\0", 5);
  os2_op *op = open_session(e.path);
  expect_ready(op);
  run_until_status(&e);
  uv_close((uv_handle_t *)&e.peer, NULL);
  assert_null(next_event_or_null(op));
  assert_int_equal(os2_op_error(op)->kind, OS2_OK);
  os2_op_close(op);
  engine_close(&e);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_question_is_answered),    cmocka_unit_test(a_secret_is_answered),
      cmocka_unit_test(health_is_served),          cmocka_unit_test(the_rest_is_refused),
      cmocka_unit_test(a_refused_upgrade_ends_it), cmocka_unit_test(other_bytes_than_http2_end_it),
      cmocka_unit_test(no_engine_is_unavailable),  cmocka_unit_test(the_engine_may_hang_up),
  };
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  os2_loop_close(os2_loop_get());
  return failed;
}
