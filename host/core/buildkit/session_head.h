/* session_head: the HTTP/1.1 request that turns a connection into a build session. */
#ifndef OS2_CORE_BUILDKIT_SESSION_HEAD_H
#define OS2_CORE_BUILDKIT_SESSION_HEAD_H

#include "core/buildkit/grpc.h"
#include "core/buildkit/session.h"

/* Writes the upgrade request, which announces the methods (a list that ends with a NULL path), into
   a zeroed buffer of `room` bytes, with a NUL at its end. Returns -1 when it does not fit. */
int os2_session_write_head(char *out, size_t room, const os2_session_request *request,
                           const os2_grpc_method *methods);

#endif
