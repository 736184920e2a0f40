/* resize: changes of the terminal's size. All functions must be called on the loop thread. */
#ifndef OS2_CORE_LOOP_RESIZE_H
#define OS2_CORE_LOOP_RESIZE_H

#include "core/loop/op.h"

/* Starts to watch the size of the terminal (SIGWINCH). Each event, which has no data, says that it
   may have changed. The operation ends only when it is closed. Returns NULL with err when signals
   cannot be watched. */
os2_op *os2_resize_watch(os2_loop *loop, os2_err *err);

#endif
