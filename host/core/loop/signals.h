/* signals: the first SIGINT, SIGTERM or SIGHUP asks the run to end; a second signal ends the
   process. The functions must be called on the loop thread. */
#ifndef OS2_CORE_LOOP_SIGNALS_H
#define OS2_CORE_LOOP_SIGNALS_H

#include "core/loop/loop.h"

/* How long a write waits for a reader that sleeps, once a signal is to end the run. */
enum { OS2_SIGNALS_GRACE_MILLISECONDS = 500 };

/* Catches SIGINT, SIGTERM and SIGHUP, except those that are ignored (nohup, a shell's `&`), and
   ignores SIGPIPE. The first signal wakes the loop and calls `on_first` inside the signal handler,
   so `on_first` may only do what is async-signal-safe. Another signal within `window` seconds after
   the first one counts as the same signal (a terminal signals the whole group, and a wrapper
   forwards its signal as well) and does nothing. A later signal writes the last words to stderr, as
   far as its reader takes them in the time below, and calls _exit(128 + signal); a second SIGHUP is
   ignored. */
void os2_signals_catch(os2_loop *loop, double window, void (*on_first)(void));

/* Acts as if the signal `number` had arrived first, from outside of a signal handler. Does nothing
   when a signal has arrived already or signals are not caught. Keeps errno. */
void os2_signals_tell(int number);

/* Sets the text that a second signal writes to stderr before the process ends. The text is copied;
   NULL: no text. */
void os2_signals_set_last_words(const char *text);

/* Declares the run as over; call it before the loop is closed. From now on the first signal calls
   _exit(128 + signal), too. */
void os2_signals_end(void);

/* Forgets the first signal, which the caller has handled: the next one counts as the first.
   Call it last, after everything that a signal
   handler sets was cleared: until then a further signal ends the process, so none is lost. */
void os2_signals_forget(void);

/* Returns the number of the first signal that arrived, or 0. */
int os2_signals_first(void);

#endif
