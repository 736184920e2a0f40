/* core_limit: no core dump of ours, whose memory holds keys; children get the limit we were
   given. */
#ifndef OS2_CORE_BASE_CORE_LIMIT_H
#define OS2_CORE_BASE_CORE_LIMIT_H

/* Switches core dumps of this process off and remembers the limit that it was given. */
void os2_core_limit_off(void);

/* Around the start of a child, which inherits the limit in force: the given one, and off again. */
void os2_core_limit_give_back(void);
void os2_core_limit_take_back(void);

#endif
