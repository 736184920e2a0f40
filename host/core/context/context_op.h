/* context_op: lists a build context as an operation, and shares the context with the build that
   reads it. All functions must be called on the loop thread. */
#ifndef OS2_CORE_CONTEXT_CONTEXT_OP_H
#define OS2_CORE_CONTEXT_CONTEXT_OP_H

#include "core/context/context.h"
#include "core/http/http.h"
#include "core/loop/loop.h"
#include "core/loop/op.h"

/* A context with a reference count: its owner and a running build each hold a reference. The last
   reference to be dropped closes the context. */
typedef struct os2_shared_context os2_shared_context;

/* Lists a context on a worker thread. root and dockerfile are as in os2_context_options and are
   copied; the operation takes ownership of `only`. There are no events; the errors are those of
   os2_context_open. The caller owns the operation. */
os2_op *os2_context_start(os2_loop *loop, const char *root, const char *dockerfile,
                          os2_path_set *only);

/* Returns the context that a successful operation has made, with a reference for the caller, who
   drops it with os2_shared_context_release. */
os2_shared_context *os2_context_result(os2_op *op);

/* Returns the context itself; it is valid while the caller holds a reference. */
const os2_context *os2_shared_context_get(const os2_shared_context *shared);

/* Makes `out` a request body that sends the tar from its beginning; a worker thread reads it. The
   body holds a reference. Returns 0, or -1 with err (OS2_CONFLICT) while another body of this
   context exists, because a context has one stream only. */
int os2_shared_context_body(os2_body *out, os2_shared_context *shared, os2_err *err);

/* Drops the reference that os2_context_result has returned. */
void os2_shared_context_release(os2_shared_context *shared);

#endif
