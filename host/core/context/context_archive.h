/* context_archive: the archive of a context as the events of an operation. All functions must be
   called on the loop thread. */
#ifndef OS2_CORE_CONTEXT_CONTEXT_ARCHIVE_H
#define OS2_CORE_CONTEXT_CONTEXT_ARCHIVE_H

#include "core/context/context_op.h"

/* Starts reading the archive from its beginning; each event is its next piece. The operation holds
   the context. Returns NULL with the errors of os2_shared_context_body; the operation's own errors
   are those of os2_context_read. */
os2_op *os2_context_archive_start(os2_loop *loop, os2_shared_context *shared, os2_err *err);

#endif
