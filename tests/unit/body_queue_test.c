/* body_queue_test: a body pushed in pieces comes out whole, whatever the reader's room. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/http/body_queue.h"

enum { FULL = 256 * 1024 };

static int resumed;

/* Stands in for libcurl's side. */
void os2_http_resume_body(os2_op *op) {
  (void)op;
  resumed++;
}

static void test_order(void **state) {
  (void)state;
  static const char *const pieces[] = {"a", "bcd", "", "efghi", "j"};
  for (size_t room = 1; room <= 12; room++) {
    os2_body_queue *queue = os2_body_queue_new();
    os2_body body = os2_body_queue_source(queue, -1);
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
      os2_body_queue_push(queue, pieces[i], strlen(pieces[i]));
    os2_body_queue_end(queue);
    char out[16] = "";
    size_t len = 0;
    ptrdiff_t got;
    char buffer[16];
    while ((got = body.read(body.arg, buffer, room, NULL)) > 0) {
      assert_true((size_t)got <= room);
      memcpy(out + len, buffer, (size_t)got);
      len += (size_t)got;
    }
    assert_int_equal(got, OS2_BODY_END);
    assert_string_equal(out, "abcdefghij");
    body.destroy(body.arg);
  }
}

static void test_nothing_yet(void **state) {
  (void)state;
  char buffer[8];
  os2_body_queue *queue = os2_body_queue_new();
  os2_body body = os2_body_queue_source(queue, 7);
  assert_int_equal(body.size, 7);
  assert_int_equal(body.read(body.arg, buffer, sizeof buffer, NULL), OS2_BODY_LATER);
  os2_body_queue_push(queue, "x", 1);
  assert_int_equal(body.read(body.arg, buffer, sizeof buffer, NULL), 1);
  assert_int_equal(body.read(body.arg, buffer, sizeof buffer, NULL), OS2_BODY_LATER);
  os2_body_queue_end(queue);
  assert_int_equal(body.read(body.arg, buffer, sizeof buffer, NULL), OS2_BODY_END);
  body.destroy(body.arg);
}

static void destroy_op(os2_op *op) { (void)op; }

static void cancel_op(os2_op *op) { os2_op_release(op); }

static void test_full(void **state) {
  (void)state;
  static const os2_op_class class = {.name = "test", .cancel = cancel_op, .destroy = destroy_op};
  os2_op op = {0};
  os2_op_init(&op, os2_loop_get(), &class);
  os2_body_queue *queue = os2_body_queue_new();
  os2_body body = os2_body_queue_source(queue, -1);
  os2_body_queue_attach(queue, &op);
  char *block = calloc(1, FULL);
  resumed = 0;
  os2_body_queue_push(queue, block, FULL);
  assert_false(os2_body_queue_is_full(queue));
  os2_body_queue_push(queue, block, 2);
  assert_true(os2_body_queue_is_full(queue));
  os2_body_queue_end(queue);
  assert_int_equal(resumed, 3);
  assert_int_equal(body.read(body.arg, block, 1, NULL), 1);
  assert_null(os2_loop_take_ready(os2_loop_get())); /* still full: the owner sleeps on */
  assert_int_equal(body.read(body.arg, block, 1, NULL), 1);
  assert_ptr_equal(os2_loop_take_ready(os2_loop_get()), &op);
  body.destroy(body.arg); /* with pieces left */
  os2_op_close(&op);
  free(block);
  os2_loop_close(os2_loop_get());
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_order),
      cmocka_unit_test(test_nothing_yet),
      cmocka_unit_test(test_full),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
