/* signals: the first SIGINT, SIGTERM or SIGHUP asks, the second ends the process. */
#ifndef OS2_CORE_SIGNALS_H
#define OS2_CORE_SIGNALS_H

#include "core/loop.h"

/* Catches SIGINT, SIGTERM and SIGHUP, unless they are ignored (nohup, a shell's `&`); ignores
   SIGPIPE. The first signal wakes the loop and calls `on_first`, from the signal handler: it may do only what is safe
   there. The second one is _exit(128 + signal); a second SIGHUP is nothing new. */
void os2_signals_catch(os2_loop *loop, void (*on_first)(void));

/* The run is over and its loop about to be closed: from now on the first signal, too, is
   _exit(128 + signal). */
void os2_signals_end(void);

/* The first signal that came, or 0. */
int os2_signals_first(void);

#endif
