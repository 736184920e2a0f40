/* context_reader: a context's tar, read ahead on a thread of its own. */
#ifndef OS2_CORE_CONTEXT_CONTEXT_READER_H
#define OS2_CORE_CONTEXT_CONTEXT_READER_H

#include <stddef.h>

#include "core/context/context.h"
#include "core/loop/loop.h"
#include "core/loop/op.h"

typedef struct os2_context_reader os2_context_reader;

/* Makes one that has not begun; until it has, there is nothing to read. */
os2_context_reader *os2_context_reader_new(os2_context *ctx);

/* Begins, with the stream's beginning. The context is the thread's until `ended` was called. */
void os2_context_reader_start(os2_context_reader *reader, os2_loop *loop, void (*ended)(void *arg),
                              void *arg);

/* The next bytes, as the `read` of an os2_body gives them. Never blocks. */
ptrdiff_t os2_context_reader_read(os2_context_reader *reader, char *buffer, size_t room,
                                  os2_err *err);

/* Has `wake(who)` called when there are bytes again; NULL: nobody. */
void os2_context_reader_attach(os2_context_reader *reader, void (*wake)(os2_op *who), os2_op *who);

/* Nobody reads on. The thread ends as soon as its disk lets it. */
void os2_context_reader_stop(os2_context_reader *reader);

/* Frees one that has ended or never begun. */
void os2_context_reader_free(os2_context_reader *reader);

#endif
