/* timer: an operation that finishes well after some time. */
#ifndef OS2_CORE_LOOP_TIMER_H
#define OS2_CORE_LOOP_TIMER_H

#include "core/loop/op.h"

/* Finishes in `seconds` (0: at the next turn of the loop). */
os2_op *os2_timer_start(os2_loop *loop, double seconds);

#endif
