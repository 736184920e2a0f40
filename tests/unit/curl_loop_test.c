/* Tests of curl_loop: a system that lets nobody watch one more connection. */
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/http/http.h"

/* Instead of libuv's. */
int uv_poll_init_socket(uv_loop_t *loop, uv_poll_t *poll, uv_os_sock_t fd) {
  (void)loop;
  (void)poll;
  (void)fd;
  return UV_ENOSPC;
}

/* A listener at a free port of 127.0.0.1. */
static int listen_somewhere(int *port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t len = sizeof address;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
  assert_int_equal(listen(fd, 8), 0);
  assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
  *port = ntohs(address.sin_port);
  return fd;
}

static void test_unwatched_request_fails(void **state) {
  (void)state;
  os2_err err;
  int port;
  char url[64];
  int listener = listen_somewhere(&port);
  snprintf(url, sizeof url, "http://127.0.0.1:%d/", port);
  os2_http_request request = {.method = "GET", .url = url, .route.is_direct = true, .timeout = 30};
  os2_op *op = os2_http_start(os2_loop_get(), &request, &err);
  assert_non_null(op);
  while (!op->finished) assert_true(os2_loop_wait(os2_loop_get()));
  assert_int_equal(os2_op_error(op)->kind, OS2_NETWORK);
  os2_op_close(op);
  os2_http_close();
  os2_loop_close(os2_loop_get());
  close(listener);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_unwatched_request_fails)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
