/* git_channel: HTTP for a worker thread that blocks: the HTTP client on the loop thread carries out
   its requests. */
#ifndef OS2_CORE_GIT_GIT_CHANNEL_H
#define OS2_CORE_GIT_GIT_CHANNEL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "core/git/git_http.h"
#include "core/http/http.h"

/* Two threads use a channel: the loop thread, which owns it, and the worker thread, in which
   libgit2 blocks.

   The worker thread sends a request with os2_git_channel_send and reads the answer with
   os2_git_channel_read. When one of these calls needs the loop, it signals `bell`, and the loop
   thread calls os2_git_channel_serve. The mutex protects the request, the queue of bytes and the
   flags; the HTTP operation belongs to the loop thread alone. The loop thread never waits for the
   worker thread. A cancel wakes the worker thread, and all its calls fail from then on. */
typedef struct os2_git_channel {
  uv_mutex_t mutex;
  uv_cond_t changed;
  atomic_bool is_cancelled; /* written under the mutex; may be read without it */

  /* a request that was sent and not started yet; its `repository` is set then */
  os2_git_http wanted;
  os2_event *bytes; /* bytes that were received and not read yet */
  os2_event **bytes_end;
  size_t queued; /* bytes in the queue */
  size_t taken;  /* bytes of the first event that are read already */
  bool is_done;  /* no further byte will come */
  os2_err err;   /* the error of an answer that failed */

  os2_loop *loop;
  uv_async_t *bell;
  os2_op *http;         /* owned by the loop thread */
  os2_git_http current; /* the request that `http` carries */
  size_t received;      /* bytes of the current answer */
  char *moved_from;     /* the URL that was asked for, when the repository was moved */
  char *moved_to;      /* the new URL; owned by the loop thread until the worker thread has ended */
  int moves;           /* redirects that were followed */
  bool is_serving;     /* bytes are being moved; a nested call of the listener does nothing */
  const char *ca_file; /* owned by the channel's owner */
  size_t list_limit;   /* most bytes of a list of references */
  int move_limit;      /* most redirects to follow */
  double connect_timeout; /* seconds */
  double idle_timeout;    /* seconds */
} os2_git_channel;

/* ---- for the loop thread ---- */

/* Initializes a zeroed channel. `bell` belongs to the caller and must stay open until the worker
   thread has ended. */
void os2_git_channel_open(os2_git_channel *channel, os2_loop *loop, uv_async_t *bell);

/* Starts the request that was sent, and moves bytes that have arrived to the queue. */
void os2_git_channel_serve(os2_git_channel *channel);

/* Ends the request and wakes the worker thread. May be called again. */
void os2_git_channel_cancel(os2_git_channel *channel);

/* Frees what the channel holds. The worker thread must have ended. */
void os2_git_channel_close(os2_git_channel *channel);

/* ---- for the worker thread ---- */

/* Sends a request and takes ownership of its strings. Unread bytes of an earlier answer are
   dropped. */
void os2_git_channel_send(os2_git_channel *channel, const os2_git_http *request);

/* Waits for bytes of the answer. Returns the number of bytes written to buffer, 0 at the end of the
   answer, or -1 with err (OS2_CANCELLED, an error of os2_http_start, or the error that the answer's
   status means). */
ptrdiff_t os2_git_channel_read(os2_git_channel *channel, char *buffer, size_t room, os2_err *err);

#endif
