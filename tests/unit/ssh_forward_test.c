/* ssh_forward_test: streams of a session against an agent on a real socket in the same loop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/buildkit/ssh_forward.h"

enum { ROOM_BYTES = 64 * 1024, BIG_BYTES = 1024 * 1024 };

/* An agent that takes one connection, keeps what it is sent, and answers when it is told to. */
typedef struct agent {
  char path[64];
  uv_pipe_t listener, peer;
  bool is_connected, is_ended;
  size_t len;
  char taken[ROOM_BYTES];
} agent;

static int wakes;

static void on_wake(void *arg, int32_t id) {
  (void)arg;
  (void)id;
  wakes++;
}

static void on_room(uv_handle_t *handle, size_t wanted, uv_buf_t *buffer) {
  (void)wanted;
  agent *a = handle->data;
  *buffer = uv_buf_init(a->taken + a->len, (unsigned)(ROOM_BYTES - a->len));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer) {
  (void)buffer;
  agent *a = stream->data;
  if (n < 0) a->is_ended = true;
  if (n > 0) a->len += (size_t)n;
}

static void on_connection(uv_stream_t *listener, int status) {
  agent *a = listener->data;
  assert_int_equal(status, 0);
  uv_pipe_init(listener->loop, &a->peer, 0);
  a->peer.data = a;
  assert_int_equal(uv_accept(listener, (uv_stream_t *)&a->peer), 0);
  uv_read_start((uv_stream_t *)&a->peer, on_room, on_read);
  a->is_connected = true;
}

static void agent_open(agent *a) {
  *a = (agent){.len = 0};
  wakes = 0;
  snprintf(a->path, sizeof a->path, "/tmp/os2-ssh-forward-test-%d", (int)getpid());
  unlink(a->path);
  uv_pipe_init(&os2_loop_get()->uv, &a->listener, 0);
  a->listener.data = a;
  assert_int_equal(uv_pipe_bind(&a->listener, a->path), 0);
  assert_int_equal(uv_listen((uv_stream_t *)&a->listener, 1, on_connection), 0);
}

static void agent_close(agent *a) {
  if (a->is_connected) uv_close((uv_handle_t *)&a->peer, NULL);
  uv_close((uv_handle_t *)&a->listener, NULL);
  uv_run(&os2_loop_get()->uv, UV_RUN_DEFAULT);
  unlink(a->path);
}

static void turn(void) { uv_run(&os2_loop_get()->uv, UV_RUN_ONCE); }

static os2_ssh_forward *forward_to(const char *path) {
  const os2_ssh_agent agents[] = {{"default", path}, {NULL, NULL}};
  return os2_ssh_forward_new(os2_loop_get(), agents, on_wake, NULL);
}

static int open_stream(os2_ssh_forward *forward, int32_t stream, const char *id) {
  const os2_grpc_metadata metadata[] = {{":authority", "x"}, {"buildkit.ssh.id", id}};
  return os2_ssh_forward_open(forward, stream, metadata, 2);
}

static void answer(agent *a, const char *bytes, size_t len) {
  uv_buf_t buffer = uv_buf_init((char *)(uintptr_t)bytes, (unsigned)len);
  assert_int_equal(uv_try_write((uv_stream_t *)&a->peer, &buffer, 1), (int)len);
}

static void bytes_go_both_ways(void **state) {
  (void)state;
  agent a;
  char out[64];
  agent_open(&a);
  os2_ssh_forward *forward = forward_to(a.path);
  assert_int_equal(open_stream(forward, 5, "default"), OS2_GRPC_OK);
  assert_true(os2_ssh_forward_owns(forward, 5));
  os2_ssh_forward_receive(forward, 5, "\x0a\4ping", 6);
  while (a.len < 4) turn();
  assert_memory_equal(a.taken, "ping", 4);
  assert_int_equal(os2_ssh_forward_read(forward, 5, out, sizeof out), OS2_GRPC_LATER);
  answer(&a, "pong", 4);
  while (wakes == 0) turn();
  assert_int_equal(os2_ssh_forward_read(forward, 5, out, 3), 3);
  assert_int_equal(os2_ssh_forward_read(forward, 5, out + 3, sizeof out - 3), 8);
  assert_memory_equal(out, "\0\0\0\0\6\x0a\4pong", 11);
  os2_ssh_forward_receive(forward, 5, NULL, 0); /* the engine sends no more */
  while (!a.is_ended) turn();
  os2_ssh_forward_free(forward);
  agent_close(&a);
}

static void ids_are_known(void **state) {
  (void)state;
  os2_ssh_forward *forward = forward_to("/nowhere");
  assert_true(os2_ssh_forward_has(forward, (os2_text){"default", 7}));
  assert_true(os2_ssh_forward_has(forward, (os2_text){NULL, 0}));
  assert_false(os2_ssh_forward_has(forward, (os2_text){"defaults", 8}));
  assert_int_equal(open_stream(forward, 1, "other"), OS2_GRPC_NOT_FOUND);
  assert_false(os2_ssh_forward_owns(forward, 1));
  os2_ssh_forward_receive(forward, 1, "\x0a\1x", 3);
  os2_ssh_forward_close(forward, 1);
  os2_ssh_forward_free(forward);
}

static void check_ends(os2_ssh_forward *forward, int32_t stream) {
  char out[8];
  while (wakes == 0) turn();
  assert_int_equal(os2_ssh_forward_read(forward, stream, out, sizeof out), OS2_GRPC_END);
}

static void an_agent_that_is_gone_ends_the_stream(void **state) {
  (void)state;
  wakes = 0;
  os2_ssh_forward *forward = forward_to("/tmp/os2-no-such-agent");
  assert_int_equal(open_stream(forward, 1, "default"), OS2_GRPC_OK);
  check_ends(forward, 1);
  os2_ssh_forward_free(forward);
  uv_run(&os2_loop_get()->uv, UV_RUN_DEFAULT);
}

static void a_path_that_a_socket_cannot_have_is_refused(void **state) {
  (void)state;
  char path[256];
  memset(path, 'x', sizeof path - 1);
  path[sizeof path - 1] = '\0';
  os2_ssh_forward *forward = forward_to(path);
  assert_int_equal(open_stream(forward, 1, "default"), OS2_GRPC_NOT_FOUND);
  os2_ssh_forward_free(forward);
}

/* What ends a stream: bytes that are no message, and more than an agent reads. */
static void a_message_that_does_not_fit_ends_the_stream(void **state) {
  (void)state;
  agent a;
  agent_open(&a);
  os2_ssh_forward *forward = forward_to(a.path);
  assert_int_equal(open_stream(forward, 1, "default"), OS2_GRPC_OK);
  while (!a.is_connected) turn();
  os2_ssh_forward_receive(forward, 1, "\x0a\x7f", 2);
  check_ends(forward, 1);
  os2_ssh_forward_receive(forward, 1, "\x0a\1x", 3); /* passed over */
  os2_ssh_forward_free(forward);
  agent_close(&a);
}

static void an_agent_that_does_not_read_ends_the_stream(void **state) {
  (void)state;
  agent a;
  agent_open(&a);
  os2_ssh_forward *forward = forward_to(a.path);
  assert_int_equal(open_stream(forward, 1, "default"), OS2_GRPC_OK);
  char *message = calloc(1, BIG_BYTES);
  assert_non_null(message);
  char *bytes = os2_pb_write_head(message, 1, BIG_BYTES / 2);
  size_t len = (size_t)(bytes - message) + BIG_BYTES / 2;
  for (int i = 0; i < 4; i++) os2_ssh_forward_receive(forward, 1, message, len);
  free(message);
  check_ends(forward, 1);
  os2_ssh_forward_free(forward);
  while (!a.is_connected) turn();
  agent_close(&a);
}

static void connections_are_bounded(void **state) {
  (void)state;
  os2_ssh_forward *forward = forward_to("/tmp/os2-no-such-agent");
  int32_t id = 1;
  while (open_stream(forward, id, "default") == OS2_GRPC_OK) id += 2;
  assert_int_equal(open_stream(forward, id, "default"), OS2_GRPC_RESOURCE_EXHAUSTED);
  assert_int_equal(id, 65);
  os2_ssh_forward_free(forward);
  uv_run(&os2_loop_get()->uv, UV_RUN_DEFAULT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(bytes_go_both_ways),
      cmocka_unit_test(ids_are_known),
      cmocka_unit_test(an_agent_that_is_gone_ends_the_stream),
      cmocka_unit_test(a_path_that_a_socket_cannot_have_is_refused),
      cmocka_unit_test(a_message_that_does_not_fit_ends_the_stream),
      cmocka_unit_test(an_agent_that_does_not_read_ends_the_stream),
      cmocka_unit_test(connections_are_bounded),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
