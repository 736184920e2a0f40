/* Tests of the signals: what one does before, within and after a run. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/loop/loop.h"
#include "core/loop/signals.h"

enum { STILL_THERE = 7 };

static void do_nothing(void) {}

/* How a child ends that runs `act`: its exit code, or minus the signal that killed it. */
static int end_of(void (*act)(void)) {
  int status = 0;
  pid_t child = fork();
  if (child == 0) {
    act();
    _exit(STILL_THERE);
  }
  assert_true(child > 0);
  assert_int_equal(waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void catch_signals(void) { os2_signals_catch(os2_loop_get(), 0, do_nothing); }

static void signal_once(void) {
  catch_signals();
  raise(SIGTERM);
  if (os2_signals_first() != SIGTERM || !os2_loop_get()->signalled) _exit(1);
}

static void signal_twice(void) {
  signal_once();
  raise(SIGINT);
}

static void signal_many_times_at_once(void) {
  os2_signals_catch(os2_loop_get(), 3600, do_nothing);
  raise(SIGTERM);
  raise(SIGTERM);
  raise(SIGINT);
  os2_signals_end();
  raise(SIGTERM); /* also when the run has ended meanwhile */
  if (os2_signals_first() != SIGTERM) _exit(1);
}

static void signal_with_last_words(void) {
  os2_signals_set_last_words("not this");
  os2_signals_set_last_words("this stays\n");
  signal_twice();
}

static void ignored_signals(void) {
  signal(SIGINT, SIG_IGN);
  signal(SIGTERM, SIG_IGN);
  signal(SIGHUP, SIG_IGN);
  catch_signals();
  raise(SIGINT);
  raise(SIGTERM);
  raise(SIGHUP);
  if (os2_signals_first() != 0) _exit(1);
}

static void signal_at_the_end(void) {
  catch_signals();
  os2_signals_end();
  os2_loop_close(os2_loop_get());
  raise(SIGTERM);
}

static void test_first_asks(void **state) {
  (void)state;
  assert_int_equal(end_of(signal_once), STILL_THERE);
}

static void test_second_ends(void **state) {
  (void)state;
  assert_int_equal(end_of(signal_twice), 128 + SIGINT);
}

static void test_duplicates_are_one(void **state) {
  (void)state;
  assert_int_equal(end_of(signal_many_times_at_once), STILL_THERE);
}

static void test_second_says_what_stays(void **state) {
  (void)state;
  int ends[2];
  char said[64] = "";
  assert_int_equal(pipe(ends), 0);
  int own = dup(STDERR_FILENO);
  dup2(ends[1], STDERR_FILENO);
  int code = end_of(signal_with_last_words);
  dup2(own, STDERR_FILENO);
  close(own);
  close(ends[1]);
  assert_true(read(ends[0], said, sizeof said - 1) > 0);
  close(ends[0]);
  assert_int_equal(code, 128 + SIGINT);
  assert_string_equal(said, "this stays\n");
}

static void test_ignored_stay_so(void **state) {
  (void)state;
  assert_int_equal(end_of(ignored_signals), STILL_THERE);
}

static void test_no_loop_is_left(void **state) {
  (void)state;
  assert_int_equal(end_of(signal_at_the_end), 128 + SIGTERM);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_first_asks),         cmocka_unit_test(test_second_ends),
      cmocka_unit_test(test_duplicates_are_one), cmocka_unit_test(test_second_says_what_stays),
      cmocka_unit_test(test_ignored_stay_so),    cmocka_unit_test(test_no_loop_is_left),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
