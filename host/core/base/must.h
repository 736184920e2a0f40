/* must: checks calls that os2 cannot continue without. They fail only when the system has run out
   of memory, or lacks what every Linux has. May be called on any thread. */
#ifndef OS2_CORE_BASE_MUST_H
#define OS2_CORE_BASE_MUST_H

/* Checks the return value of a libuv call (or a negated errno value). For a negative code it prints
   `call`, the name of the function, and the error to stderr, and ends the process as os2_mem_fail
   does. */
void os2_must(int code, const char *call);

#endif
