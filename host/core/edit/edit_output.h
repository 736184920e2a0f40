/* edit_output: what is written to the terminal while a line is edited. It is kept, because it would
   stand in the middle of the line. One process has one stdout. All functions must be called on the
   loop thread. */
#ifndef OS2_CORE_EDIT_EDIT_OUTPUT_H
#define OS2_CORE_EDIT_EDIT_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

/* From now on what is written to stdout is kept, at most 64 KiB; more is written at once. */
void os2_edit_output_hold(void);

/* Writes what is kept; from now on stdout gets its text itself. */
void os2_edit_output_release(void);

/* Returns true when something is kept. */
bool os2_edit_output_has_kept(void);

/* Writes what is kept. */
void os2_edit_output_flush(void);

/* Writes text to the terminal behind what stdout got before; it is kept as that is. */
void os2_edit_output_write(const char *text, size_t len);

#endif
