/* filesync_calls: the file transfers of a session, each by the stream that it goes by. */
#ifndef OS2_CORE_BUILDKIT_FILESYNC_CALLS_H
#define OS2_CORE_BUILDKIT_FILESYNC_CALLS_H

#include "core/buildkit/filesync.h"
#include "core/buildkit/grpc.h"

typedef struct os2_filesync_calls os2_filesync_calls;

/* Serves the directories `dockerfile` and `context` of a context, which it holds; `state` is the
   context's (see os2_filesync_request). wake(arg, id) is
   called, on the loop, when a stream has something to say. */
os2_filesync_calls *os2_filesync_calls_new(os2_loop *loop, os2_shared_context *context,
                                           os2_sent_state *state,
                                           void (*wake)(void *arg, int32_t id), void *arg);

/* Begins the transfer that the call's metadata describe: OS2_GRPC_OK, or why not: NOT_FOUND
   (another directory), RESOURCE_EXHAUSTED (too many at once), INVALID_ARGUMENT. */
int os2_filesync_calls_open(os2_filesync_calls *calls, int32_t id,
                            const os2_grpc_metadata *metadata, size_t count);

/* The transfer of a stream, or NULL. */
os2_filesync *os2_filesync_calls_find(const os2_filesync_calls *calls, int32_t id);

/* Ends the transfer of a stream, if there is one. */
void os2_filesync_calls_close(os2_filesync_calls *calls, int32_t id);

/* What was sent of contexts so far, of transfers that are over as well. */
os2_filesync_stats os2_filesync_calls_count(const os2_filesync_calls *calls);

/* Ends all of them; NULL is passed over. */
void os2_filesync_calls_free(os2_filesync_calls *calls);

#endif
