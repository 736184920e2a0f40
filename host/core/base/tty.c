/* tty: the modes of the terminal that os2 runs in. */
#include "core/base/tty.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>

static struct termios tty_before;
static int tty_fd = -1;
static atomic_bool tty_is_saved; /* the other two are valid */

void os2_tty_restore(void) {
  int error = errno;
  if (atomic_exchange(&tty_is_saved, false)) tcsetattr(tty_fd, TCSANOW, &tty_before);
  errno = error;
}

static void tty_on_end(int number) {
  os2_tty_restore();
  raise(number); /* the handler is taken away already, so this ends the process */
}

/* The signals that end a process unless it catches them, as ^\ does; core/loop/signals has the
   others. One that somebody catches or ignores stays so. */
static void tty_restore_at_ends(void) {
  static const int numbers[] = {SIGQUIT, SIGABRT, SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU};
  struct sigaction now, action = {.sa_handler = tty_on_end};
  action.sa_flags = (int)SA_RESETHAND | SA_NODEFER;
  sigemptyset(&action.sa_mask);
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
    if (sigaction(numbers[i], NULL, &now) == 0 && now.sa_handler == SIG_DFL)
      sigaction(numbers[i], &action, NULL);
  atexit(os2_tty_restore);
}

int os2_tty_save(int fd, os2_err *err) {
  static bool is_registered;
  if (tty_is_saved) return 0;
  if (tcgetattr(fd, &tty_before) != 0)
    return os2_fail_errno(err, errno, "the descriptor is no terminal");
  if (!is_registered) tty_restore_at_ends();
  is_registered = true;
  tty_fd = fd;
  tty_is_saved = true;
  return 0;
}

int os2_tty_set_raw(int fd, os2_err *err) {
  if (tty_is_saved) return 0;
  /* saved before the change: a signal between the two restores what is there */
  if (os2_tty_save(fd, err) != 0) return -1;
  struct termios raw = tty_before;
  cfmakeraw(&raw);
  if (tcsetattr(fd, TCSANOW, &raw) == 0) return 0;
  tty_is_saved = false;
  return os2_fail_errno(err, errno, "the terminal cannot be put into raw mode");
}

bool os2_tty_size(int fd, int *rows, int *columns) {
  struct winsize size;
  if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return false;
  *rows = size.ws_row;
  *columns = size.ws_col;
  return true;
}
