/* ssh_forward: forwards agents' sockets into a build (RUN --mount=type=ssh): each stream of the
   session is one connection to an agent. All functions must be called on the loop thread. */
#ifndef OS2_CORE_BUILDKIT_SSH_FORWARD_H
#define OS2_CORE_BUILDKIT_SSH_FORWARD_H

#include <stdbool.h>

#include "core/base/protobuf.h"
#include "core/buildkit/grpc.h"
#include "core/loop/loop.h"

typedef struct os2_ssh_forward os2_ssh_forward;

/* One agent: the id by which a Dockerfile names it, and the path of its socket. */
typedef struct os2_ssh_agent {
  const char *id; /* NULL at the end of a list */
  const char *path;
} os2_ssh_agent;

/* Serves the agents of the list, which is copied. wake(arg, id) is called when a stream has bytes
   for the engine or has ended. The caller frees it with os2_ssh_forward_free. */
os2_ssh_forward *os2_ssh_forward_new(os2_loop *loop, const os2_ssh_agent *agents,
                                     void (*wake)(void *arg, int32_t id), void *arg);

/* Returns whether an agent is served. An empty id is "default". */
bool os2_ssh_forward_has(const os2_ssh_forward *forward, os2_text id);

/* Connects a stream to the agent that its metadata name (buildkit.ssh.id). Returns OS2_GRPC_OK, or
   why not: NOT_FOUND (no such agent), RESOURCE_EXHAUSTED (too many connections). An agent that
   takes no connection ends the stream. */
int os2_ssh_forward_open(os2_ssh_forward *forward, int32_t id, const os2_grpc_metadata *metadata,
                         size_t count);

/* Returns whether the stream is one of these. */
bool os2_ssh_forward_owns(const os2_ssh_forward *forward, int32_t id);

/* Passes a message of the engine (BytesMessage) on to the agent; NULL: the engine sends no more.
   A message that is malformed, or that comes faster than the agent reads, ends the stream. */
void os2_ssh_forward_receive(os2_ssh_forward *forward, int32_t id, const char *message, size_t len);

/* Copies bytes for the engine, as os2_grpc_service's `wanted` wants them. */
ptrdiff_t os2_ssh_forward_read(os2_ssh_forward *forward, int32_t id, char *buffer, size_t room);

/* Ends the connection of a stream, if there is one. */
void os2_ssh_forward_close(os2_ssh_forward *forward, int32_t id);

/* Ends all connections; NULL is passed over. */
void os2_ssh_forward_free(os2_ssh_forward *forward);

#endif
