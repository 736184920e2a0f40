/* op_test: the life of an operation: events, the end, deadlines, cancelling, listeners. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/loop/op.h"
#include "core/loop/timer.h"

typedef struct work {
  os2_op op;
  int cancelled, resumed;
  bool keeps_reference; /* the work lets go later, as one that waits for a callback */
} work;

static int destroyed;

static void cancel(os2_op *op) {
  work *w = (work *)op;
  w->cancelled++;
  if (!w->keeps_reference) os2_op_release(op);
}

static void resume(os2_op *op) { ((work *)op)->resumed++; }

static void destroy(os2_op *op) {
  destroyed++;
  free(op);
}

static const os2_op_class work_class = {
    .name = "work", .cancel = cancel, .resume = resume, .destroy = destroy};

static work *start(void) {
  work *w = calloc(1, sizeof *w);
  assert_non_null(w);
  os2_op_init(&w->op, os2_loop_get(), &work_class);
  return w;
}

static void end(work *w, const os2_err *err) {
  os2_op_finish(&w->op, err);
  os2_op_release(&w->op);
}

static int setup(void **state) {
  (void)state;
  destroyed = 0;
  return 0;
}

static int teardown(void **state) {
  (void)state;
  os2_loop *loop = os2_loop_get();
  os2_loop_poll(loop);
  return os2_loop_count_ops(loop) == 0 && os2_loop_take_ready(loop) == NULL ? 0 : -1;
}

static void check_event(work *w, int type, const char *text) {
  os2_event *event = os2_op_take(&w->op);
  assert_non_null(event);
  assert_int_equal(event->type, type);
  assert_int_equal(event->len, strlen(text));
  assert_string_equal(event->data, text);
  free(event);
}

static void test_events_keep_their_order(void **state) {
  (void)state;
  work *w = start();
  os2_op_push(&w->op, 1, "one", 3);
  os2_op_push(&w->op, 2, NULL, 0);
  check_event(w, 1, "one");
  os2_op_push(&w->op, 3, "three", 5);
  end(w, NULL);
  os2_op_push(&w->op, 4, "late", 4);
  check_event(w, 2, "");
  check_event(w, 3, "three");
  assert_null(os2_op_take(&w->op));
  assert_int_equal(os2_op_error(&w->op)->kind, OS2_OK);
  os2_op_close(&w->op);
  assert_int_equal(destroyed, 1);
}

static void test_only_the_first_end_counts(void **state) {
  (void)state;
  os2_err first = {0}, second = {0};
  os2_fail(&first, OS2_NETWORK, "first");
  os2_fail(&second, OS2_PROTOCOL, "second");
  work *w = start();
  os2_op_finish(&w->op, &first);
  os2_op_finish(&w->op, &second);
  os2_op_cancel(&w->op);
  assert_int_equal(os2_op_error(&w->op)->kind, OS2_NETWORK);
  assert_int_equal(w->cancelled, 0);
  os2_op_release(&w->op);
  os2_op_close(&w->op);
  assert_int_equal(destroyed, 1);
}

static void test_closing_drops_what_is_queued(void **state) {
  (void)state;
  work *w = start();
  os2_op_push(&w->op, 0, "x", 1);
  os2_op_push(&w->op, 0, "y", 1);
  os2_op_close(&w->op);
  assert_int_equal(destroyed, 1);
}

static void test_late_work_frees_it(void **state) {
  (void)state;
  work *w = start();
  w->keeps_reference = true;
  os2_op_close(&w->op);
  assert_int_equal(destroyed, 0);
  assert_int_equal(w->cancelled, 1);
  os2_op_push(&w->op, 0, "late", 4);
  end(w, NULL);
  assert_int_equal(destroyed, 1);
}

static void test_ready_in_the_order_of_news(void **state) {
  (void)state;
  os2_loop *loop = os2_loop_get();
  work *all[4];
  for (int i = 0; i < 4; i++) {
    all[i] = start();
    os2_op_push(&all[i]->op, 0, "x", 1);
  }
  os2_op_touch(&all[0]->op); /* already told */
  os2_op_close(&all[1]->op); /* out of the middle */
  os2_op_close(&all[3]->op); /* off the end */
  work *last = start();
  os2_op_touch(&last->op);
  assert_true(os2_loop_wait(loop));
  assert_ptr_equal(os2_loop_take_ready(loop), &all[0]->op);
  assert_ptr_equal(os2_loop_take_ready(loop), &all[2]->op);
  assert_ptr_equal(os2_loop_take_ready(loop), &last->op);
  assert_null(os2_loop_take_ready(loop));
  os2_op_close(&all[0]->op);
  os2_op_close(&all[2]->op);
  os2_op_close(&last->op);
}

static void test_ready_anywhere_in_the_list(void **state) {
  (void)state;
  os2_loop *loop = os2_loop_get();
  work *all[5];
  for (int i = 0; i < 5; i++) {
    all[i] = start();
    os2_op_touch(&all[i]->op);
  }
  os2_loop_remove_ready(loop, &all[0]->op);
  os2_loop_remove_ready(loop, &all[2]->op);
  os2_loop_remove_ready(loop, &all[4]->op);
  os2_loop_remove_ready(loop, &all[2]->op); /* not on it any more */
  os2_op_touch(&all[4]->op);
  os2_op_touch(&all[0]->op);
  static const int order[] = {1, 3, 4, 0};
  for (int i = 0; i < 4; i++) assert_ptr_equal(os2_loop_take_ready(loop), &all[order[i]]->op);
  assert_null(os2_loop_take_ready(loop));
  for (int i = 0; i < 5; i++) os2_op_close(&all[i]->op);
}

/* To take one off reads its neighbours alone: a walk from the head would follow a pointer that
   leads nowhere. */
static void test_leaving_the_list_walks_over_none(void **state) {
  (void)state;
  os2_loop *loop = os2_loop_get();
  work *all[6];
  for (int i = 0; i < 6; i++) {
    all[i] = start();
    os2_op_touch(&all[i]->op);
  }
  os2_op *second = all[0]->op.next_ready;
  assert_ptr_equal(second, &all[1]->op);
  all[0]->op.next_ready = (os2_op *)(uintptr_t)1;
  os2_op_close(&all[3]->op);
  os2_op_close(&all[5]->op);
  all[0]->op.next_ready = second;
  static const int order[] = {0, 1, 2, 4};
  for (int i = 0; i < 4; i++) {
    assert_ptr_equal(os2_loop_take_ready(loop), &all[order[i]]->op);
    os2_op_close(&all[order[i]]->op);
  }
}

/* An event may count for a little more than its bytes. */
static void test_back_pressure(void **state) {
  (void)state;
  enum { MANY = 900, SOME = 200 };
  static const char data[MANY];
  work *w = start();
  w->op.high_water = 1000;
  os2_op_push(&w->op, 0, data, MANY);
  assert_false(os2_op_is_full(&w->op));
  os2_op_push(&w->op, 0, data, SOME);
  assert_true(os2_op_is_full(&w->op));
  assert_int_equal(w->resumed, 0);
  free(os2_op_take(&w->op));
  assert_int_equal(w->resumed, 1);
  assert_false(os2_op_is_full(&w->op));
  os2_op_close(&w->op);
}

static void test_deadline(void **state) {
  (void)state;
  os2_loop *loop = os2_loop_get();
  work *w = start();
  os2_op_set_deadline(&w->op, 30);
  os2_op_set_deadline(&w->op, 0.01); /* replaces the first */
  assert_true(os2_loop_wait(loop));
  assert_ptr_equal(os2_loop_take_ready(loop), &w->op);
  assert_true(w->op.finished);
  assert_int_equal(os2_op_error(&w->op)->kind, OS2_TIMEOUT);
  assert_string_equal(os2_op_error(&w->op)->message, "not done within 0.01 s");
  assert_int_equal(w->cancelled, 1);
  os2_op_set_deadline(&w->op, 1); /* after the end: nothing */
  assert_null(w->op.deadline);
  os2_op_close(&w->op);
}

static void test_a_deadline_that_was_met(void **state) {
  (void)state;
  work *w = start();
  os2_op_set_deadline(&w->op, 30);
  end(w, NULL);
  os2_op_close(&w->op);
  assert_int_equal(destroyed, 1);
  os2_loop_poll(os2_loop_get()); /* the timer's memory goes here */
}

static void close_at_news(os2_op *op, void *arg) {
  (*(int *)arg)++;
  os2_op_close(op);
}

static void test_a_listener_may_close_it(void **state) {
  (void)state;
  int told = 0;
  work *w = start();
  w->keeps_reference = true;
  w->op.listener = close_at_news;
  w->op.listener_arg = &told;
  os2_op_push(&w->op, 0, "x", 1);
  assert_int_equal(told, 1);
  assert_int_equal(destroyed, 0);
  os2_op_push(&w->op, 0, "y", 1);
  os2_op_release(&w->op);
  assert_int_equal(told, 1);
  assert_int_equal(destroyed, 1);
}

static void test_timers(void **state) {
  (void)state;
  os2_loop *loop = os2_loop_get();
  os2_op *slow = os2_timer_start(loop, 30);
  os2_op *soon = os2_timer_start(loop, 0);
  assert_true(os2_loop_wait(loop));
  assert_ptr_equal(os2_loop_take_ready(loop), soon);
  assert_true(soon->finished);
  os2_op_close(soon);
  os2_op_close(slow);
  os2_loop_poll(loop);
}

static void test_nothing_can_come(void **state) {
  (void)state;
  assert_false(os2_loop_wait(os2_loop_get()));
}

static void test_milliseconds(void **state) {
  (void)state;
  assert_int_equal(os2_milliseconds(0.0015), 1);
  assert_int_equal(os2_milliseconds(0), 0);
  assert_int_equal(os2_milliseconds(-1), 0);
  assert_int_equal(os2_milliseconds(__builtin_nan("")), 0);
  assert_true(os2_milliseconds(__builtin_inf()) < UINT64_MAX / 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(test_events_keep_their_order),
      TEST(test_only_the_first_end_counts),
      TEST(test_closing_drops_what_is_queued),
      TEST(test_late_work_frees_it),
      TEST(test_ready_in_the_order_of_news),
      TEST(test_ready_anywhere_in_the_list),
      TEST(test_leaving_the_list_walks_over_none),
      TEST(test_back_pressure),
      TEST(test_deadline),
      TEST(test_a_deadline_that_was_met),
      TEST(test_a_listener_may_close_it),
      TEST(test_timers),
      TEST(test_nothing_can_come),
      TEST(test_milliseconds),
  };
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  os2_loop_close(os2_loop_get());
  return failed;
}
