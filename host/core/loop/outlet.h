/* outlet: writes to stdout on the loop, which goes on while the reader of stdout sleeps. All
   functions must be called on the loop thread. */
#ifndef OS2_CORE_LOOP_OUTLET_H
#define OS2_CORE_LOOP_OUTLET_H

#include <stdbool.h>
#include <stddef.h>

#include "core/loop/loop.h"

typedef struct os2_outlet {
  os2_loop *loop;
  void (*on_empty)(void *arg, int error); /* nothing is held any more; error: 0, or an errno */
  void *arg;
  char *held; /* what stdout has not taken yet; NULL: nothing */
  size_t at, len;
  struct os2_op *writable; /* waits until stdout takes more; NULL: nothing is held */
} os2_outlet;

/* Writes the bytes to stdout. An active reader is waited for, some hundredths of a second at most;
   what a sleeping one does not take is copied, and written as soon as it does: then `on_empty` is
   called, from the loop. A caller that holds back meanwhile (os2_outlet_holds) bounds the memory.
   Returns 0, or the errno of a write that failed. */
int os2_outlet_write(os2_outlet *outlet, const char *bytes, size_t len);

/* Returns true while something is held. */
bool os2_outlet_holds(const os2_outlet *outlet);

/* Drops what is held. May be called again. */
void os2_outlet_close(os2_outlet *outlet);

#endif
