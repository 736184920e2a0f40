/* core_limit: os2 writes no core dump, because its memory holds keys. Child processes get the core
   limit that os2 itself was started with. */
#ifndef OS2_CORE_BASE_CORE_LIMIT_H
#define OS2_CORE_BASE_CORE_LIMIT_H

/* Sets the core dump limit of this process to 0 and remembers the limit it had before. */
void os2_core_limit_off(void);

/* A child inherits the limit that is in force when it starts. Call give_back, which restores the
   remembered limit, before the start of a child, and take_back, which sets the limit to 0 again,
   after it. */
void os2_core_limit_give_back(void);
void os2_core_limit_take_back(void);

#endif
