/* grpc: the server side of gRPC (libnghttp2), without a connection of its own: the caller moves the
   bytes. All functions must be called on the loop thread. */
#ifndef OS2_CORE_BUILDKIT_GRPC_H
#define OS2_CORE_BUILDKIT_GRPC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"

typedef struct os2_grpc os2_grpc;

/* Returns the version of the loaded libnghttp2 ("1.52.0"). The text is static. */
const char *os2_grpc_library_version(void);

/* Statuses of gRPC that are used here. */
enum {
  OS2_GRPC_OK = 0,
  OS2_GRPC_INVALID_ARGUMENT = 3,
  OS2_GRPC_NOT_FOUND = 5,
  OS2_GRPC_RESOURCE_EXHAUSTED = 8,
  OS2_GRPC_UNIMPLEMENTED = 12
};

/* What `wanted` says instead of a number of bytes. */
enum { OS2_GRPC_LATER = 0, OS2_GRPC_END = -1 };

typedef struct os2_grpc_method {
  const char *path; /* "/package.Service/Method", NULL at the end of a list */
  bool is_stream;   /* messages go both ways */
} os2_grpc_method;

/* One header of a stream's call; both are strings. */
typedef struct os2_grpc_metadata {
  const char *name, *value;
} os2_grpc_metadata;

/* What is served. Messages and metadata are valid during the call only. */
typedef struct os2_grpc_service {
  const os2_grpc_method *methods;
  /* A unary call's request has come whole. method is the caller's own string, so that it can be
     compared by address. Answer with os2_grpc_reply or os2_grpc_refuse, now or later. */
  void (*called)(void *arg, int32_t id, const char *method, const char *message, size_t len);
  /* A stream begins: OS2_GRPC_OK, or the status that refuses it; then nothing else is told of it.
     This and what follows may be NULL where there are no streams. */
  int (*opened)(void *arg, int32_t id, const char *method, const os2_grpc_metadata *metadata,
                size_t count);
  /* A message of a stream; NULL: the client sends no more. */
  void (*received)(void *arg, int32_t id, const char *message, size_t len);
  /* The next bytes of a stream, messages with what stands before them (os2_grpc_write_prefix), cut
     as it comes; else OS2_GRPC_LATER, upon which os2_grpc_resume asks again, or OS2_GRPC_END. */
  ptrdiff_t (*wanted)(void *arg, int32_t id, char *buffer, size_t room);
  void (*closed)(void *arg, int32_t id);
} os2_grpc_service;

/* Bytes before each message, and how they are written. */
enum { OS2_GRPC_PREFIX = 5 };
char *os2_grpc_write_prefix(char *out, size_t len);

/* Serves what `service` says (kept, not copied); calls of any other method are refused with
   UNIMPLEMENTED as soon as they begin. */
os2_grpc *os2_grpc_new(const os2_grpc_service *service, void *arg);

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

/* Asks a stream for its bytes again. */
void os2_grpc_resume(os2_grpc *grpc, int32_t id);

/* Whether the client takes so little of what it asks for that there is no bound to it. */
bool os2_grpc_is_flooded(os2_grpc *grpc);

/* Frees it and the calls that are not answered; streams are told that they are closed. */
void os2_grpc_free(os2_grpc *grpc);

#endif
