/* output: stdout as a stream that notices when nobody reads it any more. */
#ifndef OS2_CORE_LOOP_OUTPUT_H
#define OS2_CORE_LOOP_OUTPUT_H

#include <stdbool.h>

/* Puts such a stream in the place of `stdout`; comes before the first use of it. A write to a pipe
   whose reader has gone counts as a first SIGPIPE (os2_signals_tell): the run is asked to end, as
   it would have ended other programs. A stream that takes no more for the moment is waited for. */
void os2_output_open(void);

/* Whether stdout is a pipe that nobody reads any more. */
bool os2_output_is_reader_gone(void);

#endif
