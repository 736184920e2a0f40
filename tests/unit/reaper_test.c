/* Tests of the reaper: orphans are reaped, and children that are waited for keep their codes. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/loop/proc.h"
#include "core/loop/reaper.h"

enum { LIMIT = 100 }; /* seconds, for a test that hangs */

static os2_op *start(const char *script) {
  const char *const argv[] = {"/bin/sh", "-c", script, NULL};
  os2_err err;
  os2_op *op = os2_proc_start(os2_loop_get(), &(os2_proc_options){.argv = argv}, &err);
  assert_non_null(op);
  return op;
}

/* Runs the loop until an operation has come to its end; returns the process's exit code. */
static int finish(os2_op *op) {
  while (!op->finished) uv_run(&os2_loop_get()->uv, UV_RUN_ONCE);
  int code = os2_proc_status_of(op).code;
  os2_op_close(op);
  return code;
}

/* How many children there are, the dead ones among them. */
static int count_children(void) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
  FILE *list = fopen(path, "r");
  assert_non_null(list);
  int count = 0;
  for (int c = fgetc(list); c != EOF; c = fgetc(list))
    if (c == ' ') count++; /* behind each pid */
  fclose(list);
  return count;
}

/* Something must keep the loop alive while only orphans are left. */
static void run_until_childless(void) {
  os2_op *waiting = start("exec sleep 60");
  while (count_children() > 1) uv_run(&os2_loop_get()->uv, UV_RUN_NOWAIT);
  os2_op_close(waiting);
  while (count_children() > 0) uv_run(&os2_loop_get()->uv, UV_RUN_ONCE);
}

static int set_up(void **state) {
  (void)state;
  alarm(LIMIT);
  os2_reaper_start(os2_loop_get());
  return prctl(PR_SET_CHILD_SUBREAPER, 1);
}

static int tear_down(void **state) {
  (void)state;
  os2_reaper_stop();
  os2_loop_close(os2_loop_get());
  return prctl(PR_SET_CHILD_SUBREAPER, 0);
}

/* The outer shell goes at once; what it has started comes to us. */
static void orphans_are_reaped(void **state) {
  (void)state;
  os2_op *op = start("for i in 1 2 3 4 5; do (sh -c 'exit 4' &); done; exit 3");
  assert_int_equal(finish(op), 3);
  run_until_childless();
}

static void codes_of_children_are_told(void **state) {
  (void)state;
  os2_op *ops[20];
  for (int i = 0; i < 20; i++) ops[i] = start(i % 2 ? "(sh -c true &); exit 9" : "exit 8");
  for (int i = 0; i < 20; i++) assert_int_equal(finish(ops[i]), i % 2 ? 9 : 8);
}

static void one_that_is_no_childs_of_the_loop_is_reaped(void **state) {
  (void)state;
  pid_t child = fork();
  if (child == 0) _exit(5);
  assert_true(child > 0);
  assert_int_equal(finish(start("exit 6")), 6);
  run_until_childless();
  assert_int_equal(waitpid(child, NULL, WNOHANG), -1);
  assert_int_equal(errno, ECHILD);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(orphans_are_reaped, set_up, tear_down),
      cmocka_unit_test_setup_teardown(codes_of_children_are_told, set_up, tear_down),
      cmocka_unit_test_setup_teardown(one_that_is_no_childs_of_the_loop_is_reaped, set_up,
                                      tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
