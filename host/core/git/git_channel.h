/* git_channel: HTTP for a thread that blocks, carried out by the loop's own client. */
#ifndef OS2_CORE_GIT_GIT_CHANNEL_H
#define OS2_CORE_GIT_GIT_CHANNEL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "core/git/git_http.h"
#include "core/http/http.h"

/*
 * Two threads meet here: the loop's, which owns the channel, and the one that git blocks in.
 *
 * The blocked thread asks with os2_git_channel_send and takes the answer with os2_git_channel_read.
 * Each of its calls that needs the loop rings `bell`; the loop's thread then calls
 * os2_git_channel_serve. Under `mutex` stand the request, the queue of bytes and the flags; the
 * HTTP operation is the loop's alone. The loop's thread never waits here. Cancel wakes the blocked
 * thread, whose calls all fail from then
   on. */
typedef struct os2_git_channel {
  uv_mutex_t mutex;
  uv_cond_t changed;
  atomic_bool is_cancelled; /* written under the mutex; may be read without */

  os2_git_http wanted; /* asked and not started yet, where repository is set */
  os2_event *bytes;    /* received and not read yet */
  os2_event **bytes_end;
  size_t queued; /* bytes in them */
  size_t taken;  /* of the first one */
  bool is_done;  /* no further byte will come */
  os2_err err;   /* why, where it did not go well */

  os2_loop *loop;
  uv_async_t *bell;
  os2_op *http;           /* the loop's */
  os2_git_http current;   /* what it carries */
  size_t received;        /* bytes of its answer */
  char *moved_from;       /* the repository that was asked for, where it is elsewhere now */
  char *moved_to;         /* the loop's, until the other thread has ended */
  int moves;              /* redirects that were followed */
  bool is_serving;        /* bytes are being moved: a listener inside of that does nothing */
  const char *ca_file;    /* the owner's */
  size_t list_limit;      /* bytes of a list of references that are taken */
  int move_limit;         /* redirects that are followed */
  double connect_timeout; /* seconds */
  double idle_timeout;    /* seconds */
} os2_git_channel;

/* ---- the loop's thread ---- */

/* Sets a zeroed channel up; `bell` is the owner's and must stand until the other thread has
   ended. */
void os2_git_channel_open(os2_git_channel *channel, os2_loop *loop, uv_async_t *bell);

/* Starts what was asked and hands on what has come. */
void os2_git_channel_serve(os2_git_channel *channel);

/* Ends the request and wakes the other thread. May be called again. */
void os2_git_channel_cancel(os2_git_channel *channel);

/* Frees what it holds; the other thread has ended. */
void os2_git_channel_close(os2_git_channel *channel);

/* ---- the thread that blocks ---- */

/* Asks; what was left of the answer before is dropped. The request's strings are
   taken. */
void os2_git_channel_send(os2_git_channel *channel, const os2_git_http *request);

/* Waits for bytes of the answer: how many were written to buffer, 0 at its end, or -1 with err
   (OS2_CANCELLED, what os2_http_start ends with, or what the status says). */
ptrdiff_t os2_git_channel_read(os2_git_channel *channel, char *buffer, size_t room, os2_err *err);

#endif
