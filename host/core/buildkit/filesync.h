/* filesync: one directory sent to the engine by a stream of its session (FileSync/DiffCopy): its
   list, and of its files those that the engine asks for. The disk is for a thread of its own. */
#ifndef OS2_CORE_BUILDKIT_FILESYNC_H
#define OS2_CORE_BUILDKIT_FILESYNC_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/context/context_op.h"
#include "core/loop/loop.h"

typedef struct os2_filesync os2_filesync;

/* What is sent: the Dockerfile, .dockerignore alone, or what a filter leaves of the context. */
typedef enum os2_filesync_what {
  OS2_FILESYNC_DOCKERFILE,
  OS2_FILESYNC_RULES,
  OS2_FILESYNC_CONTEXT
} os2_filesync_what;

typedef struct os2_filesync_request {
  os2_filesync_what what;
  os2_context_filter filter; /* of a context; copied */
  os2_sent_state *state;     /* of the context's earlier transfers, or NULL; the context's */
  void (*wake)(void *arg);   /* on the loop: os2_filesync_read has something to say */
  void *arg;
} os2_filesync_request;

/* What was sent so far of a context. */
typedef struct os2_filesync_stats {
  uint64_t files; /* whose contents were asked for */
  uint64_t bytes; /* of their contents */
} os2_filesync_stats;

/* Begins; holds the context until it is closed and its thread has ended. */
os2_filesync *os2_filesync_start(os2_loop *loop, os2_shared_context *context,
                                 const os2_filesync_request *request);

/* Takes a message of the engine; NULL: it sends no more. Fails with OS2_PROTOCOL when it is none
   that fits. */
int os2_filesync_receive(os2_filesync *sync, const char *message, size_t len, os2_err *err);

/* The next bytes for the engine, messages with gRPC's prefix: their number, OS2_GRPC_LATER when
   there are none now, OS2_GRPC_END behind the last or when it failed: os2_filesync_failure says. */
ptrdiff_t os2_filesync_read(os2_filesync *sync, char *buffer, size_t room);

/* Why it ended; kind OS2_OK: it went well, or the engine gave it up. To be asked behind its end.
   OS2_INVALID: a file was taken away or made shorter while it was sent. */
const os2_err *os2_filesync_failure(const os2_filesync *sync);

/* Whether nothing of it will come any more. */
bool os2_filesync_is_over(os2_filesync *sync);

/* What was sent; on the loop. */
os2_filesync_stats os2_filesync_count(os2_filesync *sync);

/* Returns how many transfers have a thread that has not ended, closed ones too. */
size_t os2_filesync_running(void);

/* Ends it, in the midst of a read too; `wake` is called no more. */
void os2_filesync_close(os2_filesync *sync);

#endif
