/* context_reader: reads the tar of a context ahead, on a worker thread. All functions must be
   called on the loop thread. */
#ifndef OS2_CORE_CONTEXT_CONTEXT_READER_H
#define OS2_CORE_CONTEXT_CONTEXT_READER_H

#include <stddef.h>

#include "core/context/context.h"
#include "core/loop/loop.h"
#include "core/loop/op.h"

typedef struct os2_context_reader os2_context_reader;

/* Makes a reader that has not started. Before it is started, os2_context_reader_read has no bytes.
   The caller frees the reader with os2_context_reader_free. */
os2_context_reader *os2_context_reader_new(os2_context *ctx);

/* Starts reading at the beginning of the stream. The worker thread uses the context until `ended`
   is called (on the loop thread), so nobody else may use the context before. */
void os2_context_reader_start(os2_context_reader *reader, os2_loop *loop, void (*ended)(void *arg),
                              void *arg);

/* Copies the next bytes, with the return values of the `read` of an os2_body. Never blocks. */
ptrdiff_t os2_context_reader_read(os2_context_reader *reader, char *buffer, size_t room,
                                  os2_err *err);

/* Has `wake(who)` called on the loop thread when there are bytes again. NULL: no call any more. */
void os2_context_reader_attach(os2_context_reader *reader, void (*wake)(os2_op *who), os2_op *who);

/* Stops the reader: nobody reads its bytes any more. The thread ends when its current disk access
   returns. */
void os2_context_reader_stop(os2_context_reader *reader);

/* Frees a reader that has ended or was never started. */
void os2_context_reader_free(os2_context_reader *reader);

#endif
