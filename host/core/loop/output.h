/* output: a stdout stream that notices when its reader has gone. The functions belong to the loop
   thread. */
#ifndef OS2_CORE_LOOP_OUTPUT_H
#define OS2_CORE_LOOP_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Replaces `stdout` and `stderr` by such streams. Call it before they are used. A write to stdout
   whose reader has gone (EPIPE) counts as a first SIGPIPE (os2_signals_tell): the run is asked to
   end, just as the signal would have ended another program. A write to a pipe, socket or terminal
   that is full waits until that takes bytes again, however long its reader sleeps; but once a
   signal has asked the run to end, for half a second only. What is written after that is dropped,
   and the write succeeds. */
void os2_output_open(void);

/* Writes at once what stdout takes of these bytes, and waits for nothing. stdout's own buffer must
   be empty. Returns how many bytes it took, 0 when it is full (core/loop/writable tells when it is
   no more); -1 with errno. */
ssize_t os2_output_write(const char *data, size_t len);

/* Waits so long until stdout takes more, or its reader has gone. Returns false when it does not. */
bool os2_output_has_room(int milliseconds);

/* Returns true when stdout is a pipe whose reader has gone. */
bool os2_output_is_reader_gone(void);

/* From now on `take` gets what is written to the stream, instead of stdout; NULL: stdout gets it
   again. What is in the stream's buffer goes to the old receiver. */
void os2_output_divert(void (*take)(const char *data, size_t len));

#endif
