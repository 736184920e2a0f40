/* tty_test: the modes of a terminal, its size, and stdout whose reader goes. */
#include <fcntl.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/tty.h"
#include "core/loop/input.h"
#include "core/loop/loop.h"
#include "core/loop/output.h"
#include "core/loop/resize.h"
#include "core/loop/signals.h"

static void open_terminal(int *outer, int *inner) {
  struct winsize size = {.ws_row = 30, .ws_col = 90};
  assert_int_equal(openpty(outer, inner, NULL, NULL, &size), 0);
}

static void get_modes(int fd, struct termios *modes) {
  memset(modes, 0, sizeof *modes);
  assert_int_equal(tcgetattr(fd, modes), 0);
}

static void raw_mode_is_taken_back(void **state) {
  (void)state;
  int outer, inner;
  os2_err err;
  struct termios before, raw, after;
  open_terminal(&outer, &inner);
  get_modes(inner, &before);
  for (int i = 0; i < 2; i++) { /* twice in one process */
    assert_int_equal(os2_tty_set_raw(inner, &err), 0);
    assert_int_equal(os2_tty_set_raw(inner, &err), 0); /* it is raw already */
    get_modes(inner, &raw);
    assert_int_equal(raw.c_lflag & (ICANON | ECHO | ISIG), 0);
    os2_tty_restore();
    os2_tty_restore();
    get_modes(inner, &after);
    assert_memory_equal(&before, &after, sizeof before);
  }
  close(outer);
  close(inner);
}

static void what_is_no_terminal_has_no_modes(void **state) {
  (void)state;
  int ends[2], rows, columns;
  os2_err err;
  assert_int_equal(pipe(ends), 0);
  assert_int_equal(os2_tty_set_raw(ends[0], &err), -1);
  assert_false(os2_tty_size(ends[0], &rows, &columns));
  close(ends[0]);
  close(ends[1]);
}

/* How a child ends that has put the terminal into raw mode; the terminal is as before then. */
static void check_end(void (*end)(void)) {
  int outer, inner, status;
  struct termios before, after;
  open_terminal(&outer, &inner);
  get_modes(inner, &before);
  pid_t child = fork();
  if (child == 0) {
    os2_err err;
    os2_signals_catch(os2_loop_get(), 0, os2_tty_restore);
    if (os2_tty_set_raw(inner, &err) != 0) _exit(99);
    end();
    _exit(98);
  }
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(!WIFEXITED(status) || WEXITSTATUS(status) < 98 || WEXITSTATUS(status) > 99);
  get_modes(inner, &after);
  assert_memory_equal(&before, &after, sizeof before);
  close(outer);
  close(inner);
}

static void end_by_exit(void) { exit(3); }

static void end_by_second_term(void) {
  raise(SIGTERM);
  raise(SIGTERM);
}

static void end_by_hup_and_term(void) {
  raise(SIGHUP);
  raise(SIGHUP); /* the terminal of a whole session tells it twice: it is ignored */
  raise(SIGTERM);
}

static void end_by_quit(void) { raise(SIGQUIT); }

static void end_by_abort(void) { abort(); }

static void the_end_of_the_process_takes_it_back(void **state) {
  (void)state;
  check_end(end_by_exit);
  check_end(end_by_second_term);
  check_end(end_by_hup_and_term);
  check_end(end_by_quit);
  check_end(end_by_abort);
}

/* The signal itself ends the process, as without os2; one that is ignored does nothing. */
static void a_signal_that_nobody_catches_ends_as_ever(void **state) {
  (void)state;
  for (int is_ignored = 0; is_ignored < 2; is_ignored++) {
    int outer, inner, status;
    open_terminal(&outer, &inner);
    pid_t child = fork();
    if (child == 0) {
      os2_err err;
      signal(SIGQUIT, is_ignored ? SIG_IGN : SIG_DFL);
      if (os2_tty_set_raw(inner, &err) != 0) _exit(99);
      raise(SIGQUIT);
      _exit(7);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (is_ignored)
      assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    else
      assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGQUIT);
    close(outer);
    close(inner);
  }
}

static void the_size_and_its_changes_are_told(void **state) {
  (void)state;
  int outer, inner, rows, columns;
  os2_err err;
  open_terminal(&outer, &inner);
  assert_true(os2_tty_size(inner, &rows, &columns));
  assert_int_equal(rows, 30);
  assert_int_equal(columns, 90);
  struct winsize none = {0};
  assert_int_equal(ioctl(inner, TIOCSWINSZ, &none), 0);
  assert_false(os2_tty_size(inner, &rows, &columns));
  os2_op *op = os2_resize_watch(os2_loop_get(), &err);
  raise(SIGWINCH);
  os2_event *event;
  while ((event = os2_op_take(op)) == NULL) uv_run(&os2_loop_get()->uv, UV_RUN_ONCE);
  free(event);
  os2_op_close(op);
  uv_run(&os2_loop_get()->uv, UV_RUN_DEFAULT);
  close(outer);
  close(inner);
}

/* The end of the other side reads as EIO, and is an end. */
static void a_terminal_that_hangs_up_ends_the_input(void **state) {
  (void)state;
  int outer, inner;
  os2_err err;
  open_terminal(&outer, &inner);
  os2_op *op = os2_input_start(os2_loop_get(), inner, &err);
  assert_int_equal(fcntl(inner, F_GETFL) & O_NONBLOCK, 0); /* others share it */
  assert_int_equal(write(outer, "a\n", 2), 2);
  os2_event *event;
  while ((event = os2_op_take(op)) == NULL) uv_run(&os2_loop_get()->uv, UV_RUN_ONCE);
  assert_string_equal(event->data, "a\n");
  free(event);
  close(outer);
  while (!op->finished) uv_run(&os2_loop_get()->uv, UV_RUN_ONCE);
  assert_int_equal(os2_op_error(op)->kind, OS2_OK);
  os2_op_close(op);
  uv_run(&os2_loop_get()->uv, UV_RUN_DEFAULT);
  close(inner);
}

static void do_nothing(void) {}

/* Writes more than a pipe holds; the reader takes a part of it and goes. Ends with 0 when the write
   fails with EPIPE, and when the signal is told as if it had come. */
static void write_to_a_reader_that_goes(int out) {
  static char block[1024 * 1024];
  os2_signals_catch(os2_loop_get(), 0, do_nothing);
  signal(SIGPIPE, SIG_IGN);
  if (dup2(out, STDOUT_FILENO) < 0) _exit(2);
  close(out);
  os2_output_open();
  memset(block, 'x', sizeof block);
  bool is_whole = fwrite(block, 1, sizeof block, stdout) == sizeof block && fflush(stdout) == 0;
  if (is_whole) _exit(3);
  if (os2_signals_first() != SIGPIPE) _exit(4);
  _exit(os2_output_is_reader_gone() ? 0 : 5);
}

static void a_reader_may_go_in_the_middle_of_a_write(void **state) {
  (void)state;
  static char part[200 * 1000]; /* more than the pipe holds: the write is under way then */
  int ends[2], status;
  assert_int_equal(pipe(ends), 0);
  pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    write_to_a_reader_that_goes(ends[1]);
  }
  close(ends[1]);
  size_t len = 0;
  for (ssize_t got; len < sizeof part && (got = read(ends[0], part, sizeof part - len)) > 0;)
    len += (size_t)got;
  assert_int_equal(len, sizeof part);
  close(ends[0]);
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFEXITED(status));
  assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(raw_mode_is_taken_back),
      cmocka_unit_test(what_is_no_terminal_has_no_modes),
      cmocka_unit_test(the_end_of_the_process_takes_it_back),
      cmocka_unit_test(a_signal_that_nobody_catches_ends_as_ever),
      cmocka_unit_test(the_size_and_its_changes_are_told),
      cmocka_unit_test(a_terminal_that_hangs_up_ends_the_input),
      cmocka_unit_test(a_reader_may_go_in_the_middle_of_a_write),
  };
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  os2_loop_close(os2_loop_get());
  return failed;
}
