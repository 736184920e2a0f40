/* Tests of the outlet: what is written while stdout's reader sleeps. stdout is one pipe for all of
   them. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/loop/outlet.h"

enum { PIECE_BYTES = 50000, PIECES = 6 };

static int reader, writer, saved;
static int calls, last_error;

static void on_empty(void *arg, int error) {
  assert_ptr_equal(arg, &calls);
  calls++;
  last_error = error;
}

static int open_pipe(void **state) {
  (void)state;
  int ends[2];
  if (pipe(ends) != 0) return -1;
  reader = ends[0];
  writer = ends[1];
  return fcntl(reader, F_SETFL, O_NONBLOCK);
}

/* cmocka writes to stdout between the tests. */
static int enter(void **state) {
  (void)state;
  fflush(stdout);
  saved = dup(STDOUT_FILENO);
  return dup2(writer, STDOUT_FILENO) < 0;
}

static int leave(void **state) {
  (void)state;
  fflush(stdout);
  dup2(saved, STDOUT_FILENO);
  return close(saved);
}

static os2_outlet new_outlet(void) {
  calls = last_error = 0;
  return (os2_outlet){.loop = os2_loop_get(), .on_empty = on_empty, .arg = &calls};
}

static void write_pieces(os2_outlet *outlet) {
  char piece[PIECE_BYTES];
  for (int i = 0; i < PIECES; i++) {
    memset(piece, 'a' + i, sizeof piece);
    assert_int_equal(os2_outlet_write(outlet, piece, sizeof piece), 0);
  }
}

/* Reads what is there, and returns how much of it does not continue what write_pieces wrote. */
static size_t read_some(size_t *seen) {
  char bytes[4096];
  size_t wrong = 0;
  for (ssize_t got; (got = read(reader, bytes, sizeof bytes)) > 0;)
    for (ssize_t i = 0; i < got; i++)
      if (bytes[i] != (char)('a' + (*seen)++ / PIECE_BYTES)) wrong++;
  return wrong;
}

static void test_a_reader_that_sleeps(void **state) {
  (void)state;
  os2_outlet outlet = new_outlet();
  write_pieces(&outlet);
  assert_true(os2_outlet_holds(&outlet));
  uv_run(&os2_loop_get()->uv, UV_RUN_NOWAIT);
  assert_int_equal(calls, 0);
  size_t seen = 0, wrong = 0;
  while (calls == 0) {
    wrong += read_some(&seen);
    uv_run(&os2_loop_get()->uv, UV_RUN_ONCE);
  }
  wrong += read_some(&seen);
  assert_false(os2_outlet_holds(&outlet));
  assert_int_equal(last_error, 0);
  assert_int_equal(wrong, 0);
  assert_int_equal(seen, PIECES * PIECE_BYTES);
  os2_outlet_close(&outlet);
}

static void test_a_reader_that_is_awake(void **state) {
  (void)state;
  os2_outlet outlet = new_outlet();
  size_t seen = 0;
  assert_int_equal(os2_outlet_write(&outlet, "aaaa", 4), 0);
  assert_false(os2_outlet_holds(&outlet));
  assert_int_equal(read_some(&seen), 0);
  assert_int_equal(seen, 4);
  os2_outlet_close(&outlet);
}

static void test_what_is_held_is_dropped(void **state) {
  (void)state;
  os2_outlet outlet = new_outlet();
  write_pieces(&outlet);
  os2_outlet_close(&outlet);
  os2_outlet_close(&outlet);
  assert_false(os2_outlet_holds(&outlet));
  size_t seen = 0;
  assert_int_equal(read_some(&seen), 0);
  uv_run(&os2_loop_get()->uv, UV_RUN_NOWAIT);
  assert_int_equal(calls, 0);
}

/* The last test: the reader goes for good. */
static void test_a_reader_that_goes(void **state) {
  (void)state;
  os2_outlet outlet = new_outlet();
  write_pieces(&outlet);
  close(reader);
  while (calls == 0) uv_run(&os2_loop_get()->uv, UV_RUN_ONCE);
  assert_int_equal(last_error, EPIPE);
  assert_int_equal(os2_outlet_write(&outlet, "a", 1), EPIPE);
  os2_outlet_close(&outlet);
}

int main(void) {
  signal(SIGPIPE, SIG_IGN);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_a_reader_that_is_awake, enter, leave),
      cmocka_unit_test_setup_teardown(test_a_reader_that_sleeps, enter, leave),
      cmocka_unit_test_setup_teardown(test_what_is_held_is_dropped, enter, leave),
      cmocka_unit_test_setup_teardown(test_a_reader_that_goes, enter, leave),
  };
  return cmocka_run_group_tests(tests, open_pipe, NULL);
}
