/* upgrade_server: see the header. */
#include "upgrade_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
  (void)suggested;
  server *s = handle->data;
  *buffer = uv_buf_init(s->input, sizeof s->input);
}

static void server_answer(server *s) {
  uv_buf_t buffer = uv_buf_init((char *)(uintptr_t)s->answer, (unsigned)s->answer_len);
  assert_int_equal(uv_try_write((uv_stream_t *)&s->peer, &buffer, 1), (int)s->answer_len);
  if (s->is_closing) uv_close((uv_handle_t *)&s->peer, NULL);
}

char byte_at(size_t at) { return (char)(at * 7 + at / 251); }

static void server_take(server *s, const char *bytes, size_t len) {
  for (size_t i = 0; i < len; i++)
    if (bytes[i] != byte_at(s->received++)) s->wrong++;
}

static void on_input(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer) {
  server *s = stream->data;
  if (n == UV_EOF) s->is_ended = true;
  if (n <= 0) return;
  if (strstr(s->request, "\r\n\r\n") != NULL) {
    server_take(s, buffer->base, (size_t)n);
    return;
  }
  assert_true(s->request_len + (size_t)n < sizeof s->request);
  memcpy(s->request + s->request_len, buffer->base, (size_t)n);
  s->request_len += (size_t)n;
  if (strstr(s->request, "\r\n\r\n") != NULL) server_answer(s);
}

static void on_connection(uv_stream_t *stream, int status) {
  server *s = stream->data;
  assert_int_equal(status, 0);
  assert_int_equal(uv_accept(stream, (uv_stream_t *)&s->peer), 0);
  assert_int_equal(uv_read_start((uv_stream_t *)&s->peer, on_alloc, on_input), 0);
}

void server_open(server *s, const char *answer, size_t len) {
  static int number;
  memset(s, 0, sizeof *s);
  s->answer = answer;
  s->answer_len = len;
  snprintf(s->path, sizeof s->path, "/tmp/os2-upgrade-%d-%d", (int)getpid(), number++);
  unlink(s->path); /* of a process that had the number before */
  uv_loop_t *loop = &os2_loop_get()->uv;
  uv_pipe_init(loop, &s->server, 0);
  uv_pipe_init(loop, &s->peer, 0);
  s->server.data = s->peer.data = s;
  assert_int_equal(uv_pipe_bind(&s->server, s->path), 0);
  assert_int_equal(uv_listen((uv_stream_t *)&s->server, 1, on_connection), 0);
}

void server_close(server *s) {
  uv_close((uv_handle_t *)&s->server, NULL);
  if (!uv_is_closing((uv_handle_t *)&s->peer)) uv_close((uv_handle_t *)&s->peer, NULL);
  uv_run(&os2_loop_get()->uv, UV_RUN_DEFAULT);
  unlink(s->path);
}

void server_read_on(server *s) { uv_read_start((uv_stream_t *)&s->peer, on_alloc, on_input); }

size_t server_send_most(server *s, size_t most) {
  static char bytes[64 * 1024];
  size_t sent = 0;
  for (int idle = 0; sent < most && idle < 50;) {
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = byte_at(sent + i);
    size_t len = most - sent < sizeof bytes ? most - sent : sizeof bytes;
    uv_buf_t buffer = uv_buf_init(bytes, (unsigned)len);
    int taken = uv_try_write((uv_stream_t *)&s->peer, &buffer, 1);
    idle = taken > 0 ? 0 : idle + 1;
    if (taken > 0) sent += (size_t)taken;
    uv_run(&os2_loop_get()->uv, UV_RUN_NOWAIT);
  }
  return sent;
}
