/* filesync_int: what the parts of filesync share: the thread's (filesync_send) and the loop's. */
#ifndef OS2_CORE_BUILDKIT_FILESYNC_INT_H
#define OS2_CORE_BUILDKIT_FILESYNC_INT_H

#include "core/buildkit/filesync.h"
#include "core/loop/worker.h"

/* What is read ahead of the engine; a message of contents is no longer than a block. */
enum { OS2_FILESYNC_BLOCKS = 4, OS2_FILESYNC_BLOCK_SIZE = 128 * 1024 };

typedef struct os2_filesync_block {
  size_t len;
  char bytes[OS2_FILESYNC_BLOCK_SIZE];
} os2_filesync_block;

struct os2_filesync {
  os2_worker worker;
  os2_shared_context *context;
  os2_filesync_request request; /* its lists are copies */
  atomic_bool cancel;

  uv_mutex_t mutex; /* over what follows */
  uv_cond_t is_changed;
  int filled;         /* blocks that are the loop's; the others are the thread's */
  uint32_t *asked;    /* files that the engine wants, as it asked for them */
  size_t asked_count; /* no more than `listed`: each may be asked for once */
  size_t asked_room, asked_taken;
  size_t listed;   /* sent to the engine */
  bool has_fin;    /* the engine has all it wants */
  bool is_stopped; /* nobody reads on */
  bool is_over;    /* the thread gives no more blocks */
  os2_filesync_stats stats;

  os2_context *list; /* the thread's, until its end */
  bool *is_asked;    /* of each that is listed */
  os2_filesync_block *blocks;
  int filling; /* the block that the thread fills */
  int64_t listed_at;
  os2_err err; /* the thread's, the loop's when it is over */

  int reading;    /* the block that the loop reads */
  size_t taken;   /* of it */
  bool is_ended;  /* there is no thread any more */
  bool is_closed; /* its owner has let it go */
};

/* The thread's work: lists, and sends what is asked for. */
void os2_filesync_work(void *arg);

#endif
