/* context_op: listing a build context as an operation, and sharing it with the build that reads
   it. */
#ifndef OS2_CORE_CONTEXT_CONTEXT_OP_H
#define OS2_CORE_CONTEXT_CONTEXT_OP_H

#include "core/context/context.h"
#include "core/http/http.h"
#include "core/loop/loop.h"
#include "core/loop/op.h"

/* A context that its owner and a running build hold; the last one to let go closes it. */
typedef struct os2_shared_context os2_shared_context;

/* Lists a context on a thread of its own; root and dockerfile as in os2_context_options, copied;
   `only`, too, and it is the operation's from now on.
   No events; the errors are those of os2_context_open. */
os2_op *os2_context_start(os2_loop *loop, const char *root, const char *dockerfile,
                          os2_path_set *only);

/* What the operation made, to be let go by the caller. For an operation that went well. */
os2_shared_context *os2_context_result(os2_op *op);

/* The context itself; valid while it is held. */
const os2_context *os2_shared_context_get(const os2_shared_context *shared);

/* The tar as a request's body, from its beginning, read on a thread of its own; it holds the
   context. A context has one stream: fails with OS2_CONFLICT while another body is not
   destroyed. */
int os2_shared_context_body(os2_body *out, os2_shared_context *shared, os2_err *err);

/* Lets go of what os2_context_result gave. */
void os2_shared_context_release(os2_shared_context *shared);

#endif
