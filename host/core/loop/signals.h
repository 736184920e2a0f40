/* signals: the first SIGINT, SIGTERM or SIGHUP asks, a second one ends the process. */
#ifndef OS2_CORE_LOOP_SIGNALS_H
#define OS2_CORE_LOOP_SIGNALS_H

#include "core/loop/loop.h"

/* Catches SIGINT, SIGTERM and SIGHUP, unless they are ignored (nohup, a shell's `&`); ignores
   SIGPIPE. The first signal wakes the loop and calls `on_first`, from the signal handler: it may do
   only what is safe there. What comes within `window` seconds of it is the same signal once more (a
   terminal's group and a wrapper that forwards it) and does nothing. One that comes later writes
   the last words to stderr and is _exit(128 + signal); a second SIGHUP is nothing new. */
void os2_signals_catch(os2_loop *loop, double window, void (*on_first)(void));

/* Counts as a first signal, from outside of a handler; nothing when one has come or nobody catches
   them. Keeps errno. */
void os2_signals_tell(int number);

/* Sets what a second signal writes before the process ends (it is copied); NULL: nothing. */
void os2_signals_set_last_words(const char *text);

/* The run is over and its loop about to be closed: from now on the first signal, too, is
   _exit(128 + signal). */
void os2_signals_end(void);

/* The first signal that came, or 0. */
int os2_signals_first(void);

#endif
