/* edit_test: lines that are edited on a terminal: a pseudo-terminal takes the place of stdin and
   stdout, and the test presses the keys and reads the screen at its other end. */
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
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/edit/edit.h"
#include "core/edit/edit_output.h"
#include "core/loop/loop.h"

#define PROMPT "os2> "

typedef struct {
  int outer;   /* where keys are pressed, and what is shown comes out */
  int kept[2]; /* the test's own stdin and stdout */
  char shown[65536];
  size_t len;
  struct termios before;
  os2_op *op;
} terminal;

static terminal term;

static void begin(void) {
  os2_err err;
  assert_int_equal(os2_edit_begin(term.op, PROMPT, &err), 0);
}

/* Group set-up of each test: what cmocka has printed must not come out on the terminal. */
static int open_terminal(void **state) {
  int inner;
  os2_err err;
  struct winsize size = {.ws_row = 30, .ws_col = 40};
  (void)state;
  fflush(stdout);
  memset(&term, 0, sizeof term);
  assert_int_equal(openpty(&term.outer, &inner, NULL, NULL, &size), 0);
  assert_int_equal(fcntl(term.outer, F_SETFL, O_NONBLOCK), 0);
  assert_int_equal(tcgetattr(inner, &term.before), 0);
  for (int fd = 0; fd < 2; fd++) {
    term.kept[fd] = dup(fd);
    assert_int_equal(dup2(inner, fd), fd);
  }
  close(inner);
  term.op = os2_edit_open(os2_loop_get(), &err);
  assert_non_null(term.op);
  begin();
  return 0;
}

static int close_terminal(void **state) {
  (void)state;
  os2_op_close(term.op);
  uv_run(&os2_loop_get()->uv, UV_RUN_DEFAULT);
  fflush(stdout);
  for (int fd = 0; fd < 2; fd++) {
    assert_int_equal(dup2(term.kept[fd], fd), fd);
    close(term.kept[fd]);
  }
  if (term.outer >= 0) close(term.outer);
  return 0;
}

static void press(const char *keys) {
  assert_int_equal(write(term.outer, keys, strlen(keys)), (ssize_t)strlen(keys));
}

/* One turn of the loop; what the terminal has shown is read. */
static void turn(void) {
  uv_run(&os2_loop_get()->uv, UV_RUN_NOWAIT);
  if (term.outer < 0) return;
  ssize_t got = read(term.outer, term.shown + term.len, sizeof term.shown - 1 - term.len);
  if (got > 0)
    term.len += (size_t)got;
  else
    usleep(1000);
  term.shown[term.len] = '\0';
}

static void wait_until_shown(const char *text) {
  while (strstr(term.shown, text) == NULL) turn();
}

static void assert_event(int type, const char *text) {
  os2_event *event;
  while ((event = os2_op_take(term.op)) == NULL) turn();
  assert_int_equal(event->type, type);
  assert_int_equal(event->len, strlen(text));
  assert_memory_equal(event->data, text, event->len);
  free(event);
}

static void assert_restored(void) {
  struct termios now;
  memset(&now, 0, sizeof now);
  assert_int_equal(tcgetattr(STDIN_FILENO, &now), 0);
  assert_int_equal(now.c_lflag, term.before.c_lflag);
  assert_int_equal(now.c_iflag, term.before.c_iflag);
}

/* ---- keys ---- */

static void a_typed_line_is_told(void **state) {
  (void)state;
  press("h\303\251llo\r");
  assert_event(OS2_EDIT_LINE, "h\303\251llo");
  assert_restored();
  begin();
  press("\r");
  assert_event(OS2_EDIT_LINE, "");
}

static void tab_asks_with_the_text_before_the_cursor(void **state) {
  (void)state;
  press("da.x\002\002\t"); /* ^B: one to the left */
  assert_event(OS2_EDIT_COMPLETE, "da");
  os2_edit_insert(term.op, "ytona");
  press("\r");
  assert_event(OS2_EDIT_LINE, "daytona.x");
}

static void interrupt_drops_the_line(void **state) {
  (void)state;
  press("half\003");
  assert_event(OS2_EDIT_INTERRUPT, "");
  wait_until_shown("^C");
  assert_restored();
  begin();
  press("whole\r");
  assert_event(OS2_EDIT_LINE, "whole");
}

static void end_of_input_needs_an_empty_line(void **state) {
  (void)state;
  press("abc\001\004\005\004\r"); /* ^A ^D deletes the a; at the end of the line ^D does nothing */
  assert_event(OS2_EDIT_LINE, "bc");
  begin();
  press("\004");
  assert_event(OS2_EDIT_EOF, "");
  assert_restored();
}

static void a_terminal_that_hangs_up_is_the_end(void **state) {
  (void)state;
  press("half");
  wait_until_shown("half");
  close(term.outer);
  term.outer = -1;
  assert_event(OS2_EDIT_EOF, "");
}

static void lines_are_remembered(void **state) {
  (void)state;
  os2_edit_remember(term.op, "first");
  os2_edit_remember(term.op, "second");
  press("\020\020\r"); /* ^P: the one before */
  assert_event(OS2_EDIT_LINE, "first");
}

/* ---- what others write meanwhile ---- */

static void what_is_shown_leaves_the_line_as_it_is(void **state) {
  (void)state;
  press("typed");
  wait_until_shown("typed");
  term.len = 0;
  os2_edit_show(term.op, "one\ntwo");
  wait_until_shown("one\r\ntwo\r\n");
  wait_until_shown(PROMPT "typed");
  press("!\r");
  assert_event(OS2_EDIT_LINE, "typed!");
}

static void what_is_printed_waits_for_a_flush(void **state) {
  (void)state;
  press("typed");
  wait_until_shown("typed");
  term.len = 0;
  os2_edit_output_write("printed\n", strlen("printed\n"));
  for (int i = 0; i < 20; i++) turn();
  assert_null(strstr(term.shown, "printed"));
  os2_edit_flush(term.op);
  wait_until_shown("printed\r\n");
  wait_until_shown(PROMPT "typed");
  press("\r");
  assert_event(OS2_EDIT_LINE, "typed");
}

static void what_is_printed_comes_when_the_line_ends(void **state) {
  (void)state;
  os2_edit_output_write("printed\n", strlen("printed\n"));
  press("x\r");
  assert_event(OS2_EDIT_LINE, "x");
  wait_until_shown("printed\r\n");
}

static void a_line_can_be_ended_from_outside(void **state) {
  (void)state;
  press("half");
  wait_until_shown("half");
  os2_edit_interrupt(term.op);
  assert_restored();
  os2_edit_insert(term.op, "x"); /* nothing is edited now */
  os2_edit_show(term.op, "x");
  os2_edit_interrupt(term.op);
  assert_null(os2_op_take(term.op));
  begin();
  press("new\r");
  assert_event(OS2_EDIT_LINE, "new");
}

static void a_line_outlives_a_new_size(void **state) {
  (void)state;
  struct winsize size = {.ws_row = 30, .ws_col = 20};
  press("a line that is longer than 20 cells");
  wait_until_shown("20 cells");
  term.len = 0;
  assert_int_equal(ioctl(term.outer, TIOCSWINSZ, &size), 0);
  raise(SIGWINCH); /* the terminal is not the controlling one of the test */
  wait_until_shown(PROMPT);
  press("!\r");
  assert_event(OS2_EDIT_LINE, "a line that is longer than 20 cells!");
}

static void only_a_terminal_is_edited_on(void **state) {
  (void)state;
  os2_err err;
  int null = open("/dev/null", O_RDWR | O_CLOEXEC), kept = dup(STDIN_FILENO);
  assert_true(dup2(null, STDIN_FILENO) == STDIN_FILENO);
  assert_null(os2_edit_open(os2_loop_get(), &err));
  assert_int_equal(err.kind, OS2_INVALID);
  assert_string_equal(err.message, "stdin and stdout are no terminal");
  dup2(kept, STDIN_FILENO);
  close(kept);
  close(null);
}

#define TERMINAL_TEST(name) cmocka_unit_test_setup_teardown(name, open_terminal, close_terminal)

int main(void) {
  const struct CMUnitTest tests[] = {
      TERMINAL_TEST(a_typed_line_is_told),
      TERMINAL_TEST(tab_asks_with_the_text_before_the_cursor),
      TERMINAL_TEST(interrupt_drops_the_line),
      TERMINAL_TEST(end_of_input_needs_an_empty_line),
      TERMINAL_TEST(a_terminal_that_hangs_up_is_the_end),
      TERMINAL_TEST(lines_are_remembered),
      TERMINAL_TEST(what_is_shown_leaves_the_line_as_it_is),
      TERMINAL_TEST(what_is_printed_waits_for_a_flush),
      TERMINAL_TEST(what_is_printed_comes_when_the_line_ends),
      TERMINAL_TEST(a_line_can_be_ended_from_outside),
      TERMINAL_TEST(a_line_outlives_a_new_size),
      cmocka_unit_test(only_a_terminal_is_edited_on),
  };
  setenv("TERM", "dumb", 1);
  setenv("HOME", "/nonexistent", 1); /* nobody's ~/.editrc */
  signal(SIGHUP, SIG_IGN);
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  os2_loop_close(os2_loop_get());
  return failed;
}
