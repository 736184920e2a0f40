/* timer: an operation that succeeds after a given time. Must be called on the loop thread. */
#ifndef OS2_CORE_LOOP_TIMER_H
#define OS2_CORE_LOOP_TIMER_H

#include "core/loop/op.h"

/* Starts a timer that finishes in `seconds` (0: in the next turn of the loop). The caller owns the
   operation and closes it with os2_op_close. */
os2_op *os2_timer_start(os2_loop *loop, double seconds);

#endif
