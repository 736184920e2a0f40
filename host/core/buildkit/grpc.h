/* grpc: the server side of gRPC over bytes that somebody else carries (libnghttp2). */
#ifndef OS2_CORE_BUILDKIT_GRPC_H
#define OS2_CORE_BUILDKIT_GRPC_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"

typedef struct os2_grpc os2_grpc;

/* The version of libnghttp2 that was loaded: "1.52.0". */
const char *os2_grpc_library_version(void);

/* A unary call's request has come whole. method is the caller's own string, so that it can be
   compared by address; message is valid during the call only. Answer with os2_grpc_reply or
   os2_grpc_refuse, now or later. */
typedef void (*os2_grpc_fn)(void *arg, int32_t id, const char *method, const char *message,
                            size_t len);

/* Statuses of gRPC that are used here. */
enum { OS2_GRPC_INVALID_ARGUMENT = 3, OS2_GRPC_UNIMPLEMENTED = 12 };

/* Serves the given methods ("/package.Service/Method", NULL at the end; kept, not copied); calls
   of any other one are refused with UNIMPLEMENTED as soon as they begin. */
os2_grpc *os2_grpc_new(const char *const *methods, os2_grpc_fn fn, void *arg);

/* Takes bytes that came from the client; fails with OS2_PROTOCOL when they are no HTTP/2. */
int os2_grpc_feed(os2_grpc *grpc, const char *bytes, size_t len, os2_err *err);

/* The next bytes for the client: their number, 0 when there are none now, -1 (OS2_PROTOCOL). They
   are valid until the next call of any function here. */
ptrdiff_t os2_grpc_take(os2_grpc *grpc, const char **bytes, os2_err *err);

/* Answers a call with a message (copied). A call that the client gave up is passed over. */
void os2_grpc_reply(os2_grpc *grpc, int32_t id, const char *message, size_t len);

/* Answers a call with a status other than OK. */
void os2_grpc_refuse(os2_grpc *grpc, int32_t id, int status);

/* Frees it and the calls that are not answered. */
void os2_grpc_free(os2_grpc *grpc);

#endif
