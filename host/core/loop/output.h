/* output: a stdout stream that notices when its reader has gone. The functions belong to the loop
   thread. */
#ifndef OS2_CORE_LOOP_OUTPUT_H
#define OS2_CORE_LOOP_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

/* Replaces `stdout` by such a stream. Call it before stdout is used. A write to a pipe whose reader
   has gone (EPIPE) counts as a first SIGPIPE (os2_signals_tell): the run is asked to end, just as
   the signal would have ended another program. When the descriptor is non-blocking and full, a
   write waits until it takes bytes again. */
void os2_output_open(void);

/* Returns true when stdout is a pipe whose reader has gone. */
bool os2_output_is_reader_gone(void);

/* From now on `take` gets what is written to the stream, instead of stdout; NULL: stdout gets it
   again. What is in the stream's buffer goes to the old receiver. */
void os2_output_divert(void (*take)(const char *data, size_t len));

#endif
