/* upgrade_test: connections that a request turns into another protocol, against a server in the
   same loop, over a real socket; and the input that is sent over them. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/http/upgrade.h"
#include "core/loop/loop.h"
#include "upgrade_server.h"

enum { INPUT_BYTES = 3 * 1000 * 1000 };

#define UPGRADED "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"

static os2_upgrade_options options_for(const server *s, bool is_framed) {
  return (os2_upgrade_options){.url = "http://docker/exec/1/start",
                               .method = "POST",
                               .protocol = "tcp",
                               .body = "{}",
                               .body_len = 2,
                               .route.unix_socket = s->path,
                               .open_timeout = 10,
                               .response_limit = 1000,
                               .is_framed = is_framed};
}

static os2_op *open_upgrade(const server *s, bool is_framed) {
  os2_err err = {0};
  os2_upgrade_options options = options_for(s, is_framed);
  os2_op *op = os2_upgrade_start(os2_loop_get(), &options, &err);
  assert_non_null(op);
  return op;
}

static void run_until_open(os2_op *op) {
  while (!os2_upgrade_is_open(op) && !op->finished) uv_run(&os2_loop_get()->uv, UV_RUN_ONCE);
}

/* A server that has let the client through, without frames. */
static os2_op *open_upgraded(server *s) {
  server_open(s, UPGRADED, sizeof UPGRADED - 1);
  os2_op *op = open_upgrade(s, false);
  run_until_open(op);
  return op;
}

static void run_until_end(os2_op *op) {
  while (!op->finished) uv_run(&os2_loop_get()->uv, UV_RUN_ONCE);
}

/* All that has come, as "type:bytes" for each event. */
static char *events_of(os2_op *op) {
  static char text[512];
  os2_event *event;
  text[0] = '\0';
  while ((event = os2_op_take(op)) != NULL) {
    size_t len = strlen(text);
    snprintf(text + len, sizeof text - len, "%d:%s ", event->type, event->data);
    free(event);
  }
  return text;
}

/* ---- the answer ---- */

static void the_answer_opens_it(void **state) {
  (void)state;
  server s;
  server_open(&s, UPGRADED "now", sizeof UPGRADED - 1 + 3);
  os2_op *op = open_upgrade(&s, false);
  os2_err err;
  assert_int_equal(os2_upgrade_send(op, "x", 1, &err), -1);
  assert_string_equal(err.message, "the connection is not open yet");
  run_until_open(op);
  assert_int_equal(os2_upgrade_answer(op)->status, 101);
  assert_string_equal(events_of(op), "1:now ");
  assert_non_null(strstr(s.request, "POST /exec/1/start HTTP/1.1\r\nHost: docker\r\n"));
  assert_non_null(strstr(s.request, "Upgrade: tcp\r\nContent-Length: 2\r\n"));
  os2_op_close(op);
  server_close(&s);
}

static void assert_refused(const char *answer) {
  server s;
  server_open(&s, answer, strlen(answer));
  os2_op *op = open_upgrade(&s, false);
  run_until_end(op);
  assert_int_equal(os2_op_error(op)->kind, OS2_PROTOCOL);
  assert_int_equal(os2_op_error(op)->status, 409);
  assert_int_equal(os2_upgrade_answer(op)->status, 409);
  assert_false(os2_upgrade_is_open(op));
  os2_op_close(op);
  server_close(&s);
}

static void a_refusal_is_the_error(void **state) {
  (void)state;
  assert_refused("HTTP/1.1 409 Conflict\r\nContent-Length: 2\r\n\r\nno");
  assert_refused("HTTP/1.1 409\r\nContent-Length: 0\r\n\r\n");
}

static void a_refusal_may_be_one_line(void **state) {
  (void)state;
  server s;
  static const char NO[] = "HTTP/1.1 100\r\n\r\nHTTP/1.1 409\r\n\r\n";
  server_open(&s, NO, sizeof NO - 1);
  s.is_closing = true;
  os2_op *op = open_upgrade(&s, false);
  run_until_end(op);
  assert_int_equal(os2_op_error(op)->status, 409);
  os2_op_close(op);
  server_close(&s);
}

static void a_server_may_hang_up_at_any_byte(void **state) {
  (void)state;
  static const char FRAME[] = UPGRADED "\1\0\0\0\0\0\0\3out";
  const size_t head = sizeof UPGRADED - 1;
  for (size_t len = 1; len < sizeof FRAME; len++) {
    server s;
    server_open(&s, FRAME, len);
    s.is_closing = true;
    os2_op *op = open_upgrade(&s, true);
    run_until_end(op);
    bool is_whole = len == head || len == sizeof FRAME - 1;
    assert_int_equal(os2_op_error(op)->kind, is_whole ? OS2_OK : OS2_NETWORK);
    assert_int_equal(os2_upgrade_is_open(op), len >= head);
    os2_op_close(op);
    server_close(&s);
  }
}

static void an_answer_that_is_none_is_the_error(void **state) {
  (void)state;
  static const char OTHER[] = "SSH-2.0-OpenSSH_9.2\r\n\r\n";
  server s;
  server_open(&s, OTHER, sizeof OTHER - 1);
  os2_op *op = open_upgrade(&s, false);
  run_until_end(op);
  assert_int_equal(os2_op_error(op)->kind, OS2_PROTOCOL);
  assert_false(os2_upgrade_is_open(op));
  os2_op_close(op);
  server_close(&s);
}

static void the_answer_has_a_deadline(void **state) {
  (void)state;
  server s;
  server_open(&s, "", 0);
  os2_upgrade_options options = options_for(&s, false);
  options.open_timeout = 0.05;
  os2_err err = {0};
  os2_op *op = os2_upgrade_start(os2_loop_get(), &options, &err);
  assert_non_null(op);
  run_until_end(op);
  assert_int_equal(os2_op_error(op)->kind, OS2_TIMEOUT);
  assert_string_equal(os2_op_error(op)->message, "the server has not answered after 0.05 s");
  os2_op_close(op);
  server_close(&s);
}

static void output_that_is_not_framed_is_an_error(void **state) {
  (void)state;
  server s;
  server_open(&s, UPGRADED "plain text", sizeof UPGRADED - 1 + 10);
  os2_op *op = open_upgrade(&s, true);
  run_until_end(op);
  assert_int_equal(os2_op_error(op)->kind, OS2_PROTOCOL);
  os2_op_close(op);
  server_close(&s);
}

static void each_stream_has_its_type(void **state) {
  (void)state;
  static const char BOTH[] = UPGRADED "\2\0\0\0\0\0\0\1e\1\0\0\0\0\0\0\1o\3\0\0\0\0\0\0\1!";
  server s;
  server_open(&s, BOTH, sizeof BOTH - 1);
  s.is_closing = true;
  os2_op *op = open_upgrade(&s, true);
  run_until_end(op);
  assert_int_equal(os2_op_error(op)->kind, OS2_OK);
  assert_string_equal(events_of(op), "2:e 1:o 3:! ");
  os2_op_close(op);
  server_close(&s);
}

/* Takes what has come, which must follow on what came before; returns how much has come by then. */
static size_t take_output(os2_op *op, size_t came) {
  os2_event *event;
  while ((event = os2_op_take(op)) != NULL) {
    for (size_t i = 0; i < event->len; i++) assert_int_equal(event->data[i], byte_at(came + i));
    came += event->len;
    free(event);
  }
  return came;
}

static void output_that_nobody_takes_waits_with_the_server(void **state) {
  (void)state;
  server s;
  os2_op *op = open_upgraded(&s);
  size_t sent = server_send_most(&s, INPUT_BYTES);
  assert_true(sent < INPUT_BYTES);
  uv_close((uv_handle_t *)&s.peer, NULL);
  size_t came = 0;
  while (came < sent) {
    came = take_output(op, came);
    uv_run(&os2_loop_get()->uv, UV_RUN_NOWAIT);
  }
  run_until_end(op);
  assert_int_equal(os2_op_error(op)->kind, OS2_OK);
  assert_int_equal(take_output(op, came), sent);
  os2_op_close(op);
  server_close(&s);
}

/* ---- what is sent ---- */

static void the_sending_side_ends_alone(void **state) {
  (void)state;
  server s;
  os2_err err;
  os2_op *op = open_upgraded(&s);
  const char first[] = {byte_at(0), byte_at(1)};
  assert_int_equal(os2_upgrade_send(op, first, 2, &err), 0);
  assert_int_equal(os2_upgrade_send_end(op, &err), 0);
  assert_int_equal(os2_upgrade_send(op, "x", 1, &err), -1);
  assert_string_equal(err.message, "the sending side was ended already");
  while (!s.is_ended) uv_run(&os2_loop_get()->uv, UV_RUN_ONCE);
  assert_int_equal(s.received, 2);
  assert_int_equal(s.wrong, 0);
  assert_false(op->finished);
  uv_buf_t late = uv_buf_init("late", 4);
  assert_int_equal(uv_try_write((uv_stream_t *)&s.peer, &late, 1), 4);
  uv_close((uv_handle_t *)&s.peer, NULL);
  run_until_end(op);
  assert_int_equal(os2_op_error(op)->kind, OS2_OK);
  assert_string_equal(events_of(op), "1:late ");
  assert_int_equal(os2_upgrade_send(op, "x", 1, &err), -1);
  os2_op_close(op);
  server_close(&s);
}

static int open_input_file(void) {
  char path[] = "/tmp/os2-upgrade-input-XXXXXX";
  int fd = mkstemp(path);
  assert_true(fd >= 0);
  unlink(path);
  FILE *file = fdopen(dup(fd), "w");
  assert_non_null(file);
  for (size_t at = 0; at < INPUT_BYTES; at++) fputc(byte_at(at), file);
  assert_int_equal(fclose(file), 0);
  assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
  return fd;
}

/* A server that does not read makes the input wait: no more than the bounds is held. */
static void input_comes_whole_and_waits_for_a_slow_server(void **state) {
  (void)state;
  server s;
  os2_err err;
  os2_op *op = open_upgraded(&s);
  uv_read_stop((uv_stream_t *)&s.peer);
  int fd = open_input_file();
  assert_int_equal(os2_upgrade_send_from(op, fd, &err), 0);
  while (!os2_upgrade_is_full(op)) uv_run(&os2_loop_get()->uv, UV_RUN_ONCE);
  for (int i = 0; i < 50; i++) uv_run(&os2_loop_get()->uv, UV_RUN_NOWAIT);
  assert_true(lseek(fd, 0, SEEK_CUR) < INPUT_BYTES / 2);
  server_read_on(&s);
  while (!s.is_ended) uv_run(&os2_loop_get()->uv, UV_RUN_ONCE);
  assert_int_equal(s.received, INPUT_BYTES);
  assert_int_equal(s.wrong, 0);
  os2_op_close(op);
  close(fd);
  server_close(&s);
}

static void input_that_goes_on_ends_with_the_connection(void **state) {
  (void)state;
  server s;
  os2_err err;
  int ends[2];
  os2_op *op = open_upgraded(&s);
  assert_int_equal(pipe(ends), 0);
  assert_int_equal(os2_upgrade_send_from(op, ends[0], &err), 0);
  uv_close((uv_handle_t *)&s.peer, NULL);
  run_until_end(op);
  assert_int_equal(os2_op_error(op)->kind, OS2_OK);
  os2_op_close(op);
  server_close(&s);
  assert_int_equal(write(ends[1], "x", 1), 1); /* what nobody took is there for others */
  char byte;
  assert_int_equal(read(ends[0], &byte, 1), 1);
  close(ends[0]);
  close(ends[1]);
}

static void a_descriptor_that_is_none_is_refused(void **state) {
  (void)state;
  server s;
  os2_err err = {0};
  os2_op *op = open_upgraded(&s);
  assert_int_equal(os2_upgrade_send_from(op, -1, &err), -1);
  assert_non_null(strstr(err.message, "the input cannot be read"));
  os2_op_close(op);
  server_close(&s);
}

/* A directory cannot be read, as a disk that fails. */
static void input_that_fails_is_the_error(void **state) {
  (void)state;
  server s;
  os2_err err;
  os2_op *op = open_upgraded(&s);
  int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  assert_true(fd >= 0);
  assert_int_equal(os2_upgrade_send_from(op, fd, &err), 0);
  run_until_end(op);
  assert_int_not_equal(os2_op_error(op)->kind, OS2_OK);
  assert_non_null(strstr(os2_op_error(op)->message, "the input cannot be read"));
  os2_op_close(op);
  close(fd);
  server_close(&s);
}

static void one_input_is_sent_at_a_time(void **state) {
  (void)state;
  server s;
  os2_err err;
  os2_op *op = open_upgraded(&s);
  int fd = open_input_file();
  assert_int_equal(os2_upgrade_send_from(op, fd, &err), 0);
  assert_int_equal(os2_upgrade_send_from(op, fd, &err), -1);
  assert_int_equal(err.kind, OS2_INVALID);
  assert_string_equal(err.message, "an input is being sent already");
  while (!s.is_ended) uv_run(&os2_loop_get()->uv, UV_RUN_ONCE);
  assert_int_equal(s.received, INPUT_BYTES);
  assert_int_equal(s.wrong, 0);
  os2_op_close(op);
  close(fd);
  server_close(&s);
}

static void it_can_be_closed_at_any_time(void **state) {
  (void)state;
  for (int rounds = 0; rounds < 8; rounds++) {
    server s;
    server_open(&s, UPGRADED "now", sizeof UPGRADED - 1 + 3);
    os2_op *op = open_upgrade(&s, false);
    for (int i = 0; i < rounds; i++) uv_run(&os2_loop_get()->uv, UV_RUN_NOWAIT);
    os2_op_close(op);
    server_close(&s);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_answer_opens_it),
      cmocka_unit_test(a_refusal_is_the_error),
      cmocka_unit_test(a_refusal_may_be_one_line),
      cmocka_unit_test(a_server_may_hang_up_at_any_byte),
      cmocka_unit_test(an_answer_that_is_none_is_the_error),
      cmocka_unit_test(the_answer_has_a_deadline),
      cmocka_unit_test(output_that_is_not_framed_is_an_error),
      cmocka_unit_test(each_stream_has_its_type),
      cmocka_unit_test(output_that_nobody_takes_waits_with_the_server),
      cmocka_unit_test(the_sending_side_ends_alone),
      cmocka_unit_test(input_comes_whole_and_waits_for_a_slow_server),
      cmocka_unit_test(input_that_goes_on_ends_with_the_connection),
      cmocka_unit_test(a_descriptor_that_is_none_is_refused),
      cmocka_unit_test(input_that_fails_is_the_error),
      cmocka_unit_test(one_input_is_sent_at_a_time),
      cmocka_unit_test(it_can_be_closed_at_any_time),
  };
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  os2_loop_close(os2_loop_get());
  return failed;
}
