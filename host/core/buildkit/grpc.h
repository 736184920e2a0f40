/* grpc: the server side of gRPC (libnghttp2), without a connection of its own: the caller moves the
   bytes. All functions must be called on the loop thread. */
#ifndef OS2_CORE_BUILDKIT_GRPC_H
#define OS2_CORE_BUILDKIT_GRPC_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"

typedef struct os2_grpc os2_grpc;

/* Returns the version of the loaded libnghttp2 ("1.52.0"). The text is static. */
const char *os2_grpc_library_version(void);

/* Called when the request of a unary call has arrived whole. `method` is the pointer that was
   passed to os2_grpc_new, so it can be compared by address; `message` is valid during the call
   only. Answer with os2_grpc_reply or os2_grpc_refuse, at once or later. */
typedef void (*os2_grpc_fn)(void *arg, int32_t id, const char *method, const char *message,
                            size_t len);

/* The gRPC status codes that os2 uses. */
enum { OS2_GRPC_INVALID_ARGUMENT = 3, OS2_GRPC_UNIMPLEMENTED = 12 };

/* Makes a server for the given methods ("/package.Service/Method", NULL at the end). The array is
   not copied and must outlive the server. A call of any other method is refused with UNIMPLEMENTED
   as soon as it begins. The caller frees the server with os2_grpc_free. */
os2_grpc *os2_grpc_new(const char *const *methods, os2_grpc_fn fn, void *arg);

/* Passes bytes from the client to the server. Returns 0, or -1 with err (OS2_PROTOCOL) when the
   bytes are not HTTP/2. */
int os2_grpc_feed(os2_grpc *grpc, const char *bytes, size_t len, os2_err *err);

/* Gets the next bytes for the client. Returns their number, 0 when there are none now, or -1 with
   err (OS2_PROTOCOL). The bytes are valid until the next call of any function of this header. */
ptrdiff_t os2_grpc_take(os2_grpc *grpc, const char **bytes, os2_err *err);

/* Answers a call with a message, which is copied. Does nothing when the client has cancelled the
   call. */
void os2_grpc_reply(os2_grpc *grpc, int32_t id, const char *message, size_t len);

/* Answers a call with a status other than OK. Does nothing when the client has cancelled the
   call. */
void os2_grpc_refuse(os2_grpc *grpc, int32_t id, int status);

/* Frees the server and its unanswered calls. */
void os2_grpc_free(os2_grpc *grpc);

#endif
