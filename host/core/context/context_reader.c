/* context_reader: reads the tar of a context ahead, on a worker thread. A disk that hangs (FUSE,
   NFS) blocks that thread and nothing else. */
#include "core/context/context_reader.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/must.h"
#include "core/http/http.h"
#include "core/loop/worker.h"

enum { BLOCKS = 2, BLOCK_BYTES = 256 * 1024 };

typedef struct block {
  ptrdiff_t len; /* 0: the end of the stream; negative: an error */
  char bytes[BLOCK_BYTES];
} block;

struct os2_context_reader {
  os2_worker worker;
  os2_context *ctx;
  uv_mutex_t mutex; /* protects `filled` and `is_stopped` */
  uv_cond_t is_free;
  int filled; /* blocks that belong to the loop thread; the others belong to the worker thread */
  bool is_stopped;
  block *blocks;
  int next;     /* the block that the loop thread reads */
  size_t taken; /* bytes of it that are read already */
  /* the error of a block whose len is negative; it belongs to the thread that has the block */
  os2_err err;
  void (*wake)(os2_op *who);
  os2_op *who;
  void (*ended)(void *arg);
  void *arg;
};

/* ---- the thread ---- */

static bool context_reader_wait_for_block(os2_context_reader *r) {
  uv_mutex_lock(&r->mutex);
  while (r->filled == BLOCKS && !r->is_stopped) uv_cond_wait(&r->is_free, &r->mutex);
  bool may_go_on = !r->is_stopped;
  uv_mutex_unlock(&r->mutex);
  return may_go_on;
}

static void context_reader_give(os2_context_reader *r) {
  uv_mutex_lock(&r->mutex);
  r->filled++;
  uv_mutex_unlock(&r->mutex);
  os2_worker_ring(&r->worker);
}

static void context_reader_work(void *arg) {
  os2_context_reader *r = arg;
  ptrdiff_t len = 1;
  os2_context_rewind(r->ctx);
  for (int i = 0; len > 0 && context_reader_wait_for_block(r); i = (i + 1) % BLOCKS) {
    len = os2_context_read(r->ctx, r->blocks[i].bytes, BLOCK_BYTES, &r->err);
    r->blocks[i].len = len;
    context_reader_give(r);
  }
}

/* ---- the loop ---- */

static void context_reader_on_rung(void *arg) {
  const os2_context_reader *r = arg;
  if (r->wake != NULL) r->wake(r->who);
}

static void context_reader_on_ended(void *arg) {
  os2_context_reader *r = arg;
  if (r->worker.failure != 0) {
    os2_fail_uv(&r->err, r->worker.failure, "no thread to read the context");
    r->blocks[0].len = -1;
    r->filled = 1;
    context_reader_on_rung(r);
  }
  r->ended(r->arg);
}

static bool context_reader_has_block(os2_context_reader *r) {
  uv_mutex_lock(&r->mutex);
  bool is_there = r->filled > 0;
  uv_mutex_unlock(&r->mutex);
  return is_there;
}

static void context_reader_give_back(os2_context_reader *r) {
  r->next = (r->next + 1) % BLOCKS;
  r->taken = 0;
  uv_mutex_lock(&r->mutex);
  r->filled--;
  uv_cond_signal(&r->is_free);
  uv_mutex_unlock(&r->mutex);
}

ptrdiff_t os2_context_reader_read(os2_context_reader *r, char *buffer, size_t room, os2_err *err) {
  if (!context_reader_has_block(r)) return OS2_BODY_LATER;
  const block *from = &r->blocks[r->next];
  if (from->len < 0) *err = r->err;
  if (from->len <= 0) return from->len < 0 ? OS2_BODY_ERROR : OS2_BODY_END;
  size_t len = (size_t)from->len - r->taken;
  if (len > room) len = room;
  memcpy(buffer, from->bytes + r->taken, len);
  r->taken += len;
  if (r->taken == (size_t)from->len) context_reader_give_back(r);
  return (ptrdiff_t)len;
}

void os2_context_reader_attach(os2_context_reader *r, void (*wake)(os2_op *who), os2_op *who) {
  r->wake = wake;
  r->who = who;
}

void os2_context_reader_stop(os2_context_reader *r) {
  r->wake = NULL;
  uv_mutex_lock(&r->mutex);
  r->is_stopped = true;
  uv_cond_signal(&r->is_free);
  uv_mutex_unlock(&r->mutex);
}

/* ---- life ---- */

os2_context_reader *os2_context_reader_new(os2_context *ctx) {
  os2_context_reader *r = os2_mem_zero(1, sizeof *r);
  os2_must(uv_mutex_init(&r->mutex), "uv_mutex_init");
  os2_must(uv_cond_init(&r->is_free), "uv_cond_init");
  r->ctx = ctx;
  r->blocks = os2_mem_resize(NULL, BLOCKS, sizeof *r->blocks);
  return r;
}

void os2_context_reader_start(os2_context_reader *r, os2_loop *loop, void (*ended)(void *arg),
                              void *arg) {
  r->ended = ended;
  r->arg = arg;
  r->worker.work = context_reader_work;
  r->worker.rung = context_reader_on_rung;
  r->worker.ended = context_reader_on_ended;
  r->worker.arg = r;
  os2_worker_start(&r->worker, loop);
}

void os2_context_reader_free(os2_context_reader *r) {
  uv_mutex_destroy(&r->mutex);
  uv_cond_destroy(&r->is_free);
  free(r->blocks);
  free(r);
}
