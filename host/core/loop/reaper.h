/* reaper: takes note of the end of processes that nobody else waits for. */
#ifndef OS2_CORE_LOOP_REAPER_H
#define OS2_CORE_LOOP_REAPER_H

#include "core/loop/loop.h"

/* From now on the loop reaps every child of ours that os2_proc_start has not started: as PID 1 of a
   container we are given the orphans of all others, and each would stay a zombie. Does not keep the
   loop alive. Call it once. */
void os2_reaper_start(os2_loop *loop);

/* Ends that, where it was started; before the loop is closed. */
void os2_reaper_stop(void);

#endif
