/* reaper: reaps child processes that nobody waits for. The functions must be called on the loop
   thread. */
#ifndef OS2_CORE_LOOP_REAPER_H
#define OS2_CORE_LOOP_REAPER_H

#include "core/loop/loop.h"

/* From now on the loop reaps every child of this process that os2_proc_start has not started. As
   PID 1 of a container os2 becomes the parent of all orphans, and each of them would stay a zombie.
   The reaper does not keep the loop alive. Call it once. */
void os2_reaper_start(os2_loop *loop);

/* Stops the reaper if it was started. Call it before the loop is closed. */
void os2_reaper_stop(void);

#endif
