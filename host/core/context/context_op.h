/* context_op: lists a build context as an operation, and shares the context with the build that
   reads it. All functions must be called on the loop thread. */
#ifndef OS2_CORE_CONTEXT_CONTEXT_OP_H
#define OS2_CORE_CONTEXT_CONTEXT_OP_H

#include "core/context/context.h"
#include "core/context/sent_state.h"
#include "core/http/http.h"
#include "core/loop/loop.h"
#include "core/loop/op.h"

/* A context with a reference count: its owner and a running build each hold a reference. The last
   reference to be dropped closes the context. */
typedef struct os2_shared_context os2_shared_context;

typedef struct os2_context_request {
  const char *root, *dockerfile; /* as in os2_context_options; copied */
  os2_path_set *only;            /* the same; the context's from now on */
  bool is_unread_listed;
  bool is_selected;           /* with os2_context_select */
  const char *const *sources; /* of that; copied */
  const char *state_path;     /* of os2_sent_state_open; copied. NULL: none is opened */
  size_t state_limit;
} os2_context_request;

/* Lists a context on a thread of its own. No events; the errors are those of os2_context_open. */
os2_op *os2_context_start(os2_loop *loop, const os2_context_request *request);

/* Returns the context that a successful operation has made, with a reference for the caller, who
   drops it with os2_shared_context_release. */
os2_shared_context *os2_context_result(os2_op *op);

/* Returns the context itself; it is valid while the caller holds a reference. */
const os2_context *os2_shared_context_get(const os2_shared_context *shared);

/* What is known of earlier transfers, or NULL; the context's. */
os2_sent_state *os2_shared_context_state(const os2_shared_context *shared);

/* The same for the one build that goes on from it: NULL from the second call on. */
os2_sent_state *os2_shared_context_claim_state(os2_shared_context *shared);

/* Its owner has no more builds for it: the state is free for the next context of the directory. */
void os2_shared_context_unlock_state(os2_shared_context *shared);

/* Makes the archive a nested one, see os2_context_nest; fails with OS2_CONFLICT while something
   reads the archive. Returns how long the archive is, or -1. */
int64_t os2_shared_context_nest(os2_shared_context *shared, const char *name, int64_t mtime,
                                os2_err *err);

/* The tar as a request's body, from its beginning, read on a thread of its own; it holds the
   context. A context has one stream: fails with OS2_CONFLICT while another body is not
   destroyed. */
int os2_shared_context_body(os2_body *out, os2_shared_context *shared, os2_err *err);

/* Holds it once more. */
os2_shared_context *os2_shared_context_hold(os2_shared_context *shared);

/* Lets go of what os2_context_result or os2_shared_context_hold gave. */
void os2_shared_context_release(os2_shared_context *shared);

#endif
