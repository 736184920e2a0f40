/* must: calls that os2 cannot go on without, and that fail only where the system has run out of
   memory or lacks what every Linux has. Any thread. */
#ifndef OS2_CORE_BASE_MUST_H
#define OS2_CORE_BASE_MUST_H

/* Checks what a libuv call returned (or an errno value with a minus). A code below 0 is told on
   stderr after `call`, the function's name, and ends the process as os2_mem_fail does. */
void os2_must(int code, const char *call);

#endif
