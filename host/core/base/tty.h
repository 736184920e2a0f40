/* tty: the modes of the terminal that os2 runs in. The loop thread; os2_tty_restore may also be
   called in a signal handler. */
#ifndef OS2_CORE_BASE_TTY_H
#define OS2_CORE_BASE_TTY_H

#include <stdbool.h>

#include "core/base/err.h"

/* Keeps the mode of the terminal, for the whole process. It is restored by os2_tty_restore and at
   the end of the process: by exit(), and when a signal ends os2 (here and in core/loop/signals;
   SIGKILL and faults of the program cannot). Does nothing
   when a mode is kept already. Returns 0, or -1 with err when the descriptor is no terminal. */
int os2_tty_save(int fd, os2_err *err);

/* Puts the terminal into raw mode: each byte comes as it is typed, nothing is echoed, and no key
   makes a signal. The mode before is kept as by os2_tty_save. Returns 0, or -1 with err when the
   descriptor is no terminal. Does nothing when a mode is kept already. */
int os2_tty_set_raw(int fd, os2_err *err);

/* Restores the mode that is kept, and keeps it no more; does nothing when there is none. Keeps
   errno. */
void os2_tty_restore(void);

/* Reads the size of the terminal. Returns false when the descriptor is no terminal, or when the
   terminal does not know its size. */
bool os2_tty_size(int fd, int *rows, int *columns);

#endif
