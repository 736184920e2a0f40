/* git_channel: a thread that blocks, and the loop that serves it. To be run under a thread
   sanitizer, too. */
#include "core/git/git_channel.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/loop/loop.h"

#define HEAD                                                                                       \
  "HTTP/1.1 200 OK\r\nContent-Type: application/x-git-upload-pack-advertisement\r\n"               \
  "Content-Length: %zu\r\n\r\n"

enum { PIECE = 64 * 1024 };

/* ---- a server on the same loop: it sends `pieces` of what its head promises ---- */

static struct {
  uv_tcp_t listener;
  uv_tcp_t connection;
  bool is_connected;
  size_t pieces, promised; /* of every answer */
  size_t left;             /* of this one */
  char url[64];
} server;

static char piece[PIECE];

static void on_sent(uv_write_t *request, int status);

static void send_more(void) {
  if (server.left == 0) return;
  server.left--;
  uv_write_t *request = malloc(sizeof *request);
  uv_buf_t buffer = uv_buf_init(piece, PIECE);
  uv_write(request, (uv_stream_t *)&server.connection, &buffer, 1, on_sent);
}

static void on_sent(uv_write_t *request, int status) {
  free(request);
  if (status == 0) send_more();
}

static void make_room(uv_handle_t *handle, size_t size, uv_buf_t *buffer) {
  (void)handle, (void)size;
  static char room[4096];
  *buffer = uv_buf_init(room, sizeof room);
}

static void hang_up(void) {
  if (server.is_connected) uv_close((uv_handle_t *)&server.connection, NULL);
  server.is_connected = false;
}

static void on_request(uv_stream_t *stream, ssize_t len, const uv_buf_t *buffer) {
  static char head[256];
  (void)buffer;
  if (len < 0) {
    hang_up();
    return;
  }
  server.left = server.pieces;
  snprintf(head, sizeof head, HEAD, server.promised * PIECE);
  uv_write_t *request = malloc(sizeof *request);
  uv_buf_t out = uv_buf_init(head, (unsigned)strlen(head));
  uv_write(request, stream, &out, 1, on_sent);
}

static void on_connection(uv_stream_t *listener, int status) {
  assert_int_equal(status, 0);
  hang_up();
  uv_tcp_init(listener->loop, &server.connection);
  uv_accept(listener, (uv_stream_t *)&server.connection);
  server.is_connected = true;
  uv_read_start((uv_stream_t *)&server.connection, make_room, on_request);
}

static int open_server(void **state) {
  (void)state;
  struct sockaddr_in address;
  int len = sizeof address;
  uv_ip4_addr("127.0.0.1", 0, &address);
  uv_tcp_init(&os2_loop_get()->uv, &server.listener);
  uv_tcp_bind(&server.listener, (struct sockaddr *)&address, 0);
  uv_tcp_getsockname(&server.listener, (struct sockaddr *)&address, &len);
  snprintf(server.url, sizeof server.url, "http://127.0.0.1:%d/x", ntohs(address.sin_port));
  return uv_listen((uv_stream_t *)&server.listener, 8, on_connection);
}

static int close_server(void **state) {
  (void)state;
  hang_up();
  uv_close((uv_handle_t *)&server.listener, NULL);
  os2_http_close();
  os2_loop_close(os2_loop_get());
  return 0;
}

/* ---- the thread that blocks ---- */

typedef struct reader {
  os2_git_channel channel;
  uv_async_t bell;
  uv_thread_t thread;
  int requests; /* to be made, each but the last left after its first bytes */
  size_t got;
  ptrdiff_t last;
  os2_err err;
  atomic_bool has_ended;
} reader;

static void ask(reader *it) {
  os2_git_http request = {.repository = strdup(server.url)};
  os2_git_channel_send(&it->channel, &request);
}

static void read_all(void *arg) {
  static char room[10000];
  reader *it = arg;
  for (int i = 0; i < it->requests; i++) {
    it->got = 0;
    ask(it);
    do {
      it->last = os2_git_channel_read(&it->channel, room, sizeof room, &it->err);
      if (it->last > 0) it->got += (size_t)it->last;
    } while (it->last > 0 && i == it->requests - 1);
  }
  atomic_store(&it->has_ended, true);
  uv_async_send(&it->bell);
}

static void on_bell(uv_async_t *bell) { os2_git_channel_serve(&((reader *)bell->data)->channel); }

static reader *start(size_t pieces, size_t promised, int requests) {
  reader *it = calloc(1, sizeof *it);
  os2_loop *loop = os2_loop_get();
  server.pieces = pieces;
  server.promised = promised;
  it->requests = requests;
  uv_async_init(&loop->uv, &it->bell, on_bell);
  it->bell.data = it;
  os2_git_channel_open(&it->channel, loop, &it->bell);
  it->channel.connect_timeout = 10;
  it->channel.idle_timeout = 10;
  uv_thread_create(&it->thread, read_all, it);
  return it;
}

static void join(reader *it) {
  while (!atomic_load(&it->has_ended)) uv_run(&os2_loop_get()->uv, UV_RUN_ONCE);
  uv_thread_join(&it->thread);
}

static void free_reader(uv_handle_t *bell) { free(bell->data); }

static void finish(reader *it) {
  os2_git_channel_cancel(&it->channel);
  os2_git_channel_close(&it->channel);
  uv_close((uv_handle_t *)&it->bell, free_reader);
  os2_loop_poll(os2_loop_get());
}

/* ---- tests ---- */

static void carries_more_than_it_holds(void **state) {
  (void)state;
  reader *it = start(200, 200, 1);
  join(it);
  assert_int_equal(it->last, 0);
  assert_int_equal(it->got, 200 * PIECE);
  finish(it);
}

static void wakes_the_thread_on_cancel(void **state) {
  (void)state;
  for (int turns = 0; turns < 30; turns++) {
    reader *it = start(3, 9, 1);
    for (int i = 0; i < turns; i++) uv_run(&os2_loop_get()->uv, UV_RUN_NOWAIT);
    os2_git_channel_cancel(&it->channel);
    uv_thread_join(&it->thread);
    assert_int_equal(it->last, -1);
    assert_int_equal(it->err.kind, OS2_CANCELLED);
    finish(it);
  }
}

static void tells_of_a_connection_that_ends(void **state) {
  (void)state;
  reader *it = start(2, 9, 1);
  server.left = 1;
  while (server.left > 0 || server.connection.write_queue_size > 0)
    uv_run(&os2_loop_get()->uv, UV_RUN_ONCE);
  hang_up();
  join(it);
  assert_int_equal(it->last, -1);
  assert_int_equal(it->err.kind, OS2_NETWORK);
  finish(it);
}

static void forgets_an_answer_that_nobody_reads(void **state) {
  (void)state;
  reader *it = start(9, 9, 5);
  join(it);
  assert_int_equal(it->last, 0);
  assert_int_equal(it->got, 9 * PIECE);
  finish(it);
}

int main(void) {
  signal(SIGPIPE, SIG_IGN); /* as os2 does: a client that hangs up is no end of its server */
  const struct CMUnitTest tests[] = {cmocka_unit_test(carries_more_than_it_holds),
                                     cmocka_unit_test(wakes_the_thread_on_cancel),
                                     cmocka_unit_test(tells_of_a_connection_that_ends),
                                     cmocka_unit_test(forgets_an_answer_that_nobody_reads)};
  return cmocka_run_group_tests(tests, open_server, close_server);
}
