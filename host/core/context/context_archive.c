/* context_archive: the archive of a context as the events of an operation. */
#include "core/context/context_archive.h"

#include <stdlib.h>

#include "core/base/mem.h"

enum { PIECE_BYTES = 64 * 1024, QUEUE_BYTES = 4 * PIECE_BYTES };

typedef struct archive {
  os2_op op;
  os2_body body;
  bool is_destroyed; /* the body */
  char piece[PIECE_BYTES];
} archive;

static void context_archive_end(archive *a) {
  if (a->is_destroyed) return;
  a->is_destroyed = true;
  a->body.destroy(a->body.arg);
  os2_op_release(&a->op);
}

static void context_archive_read(os2_op *op) {
  archive *a = (archive *)op;
  os2_err err = {.kind = OS2_OK};
  while (!a->is_destroyed && !os2_op_is_full(op)) {
    ptrdiff_t len = a->body.read(a->body.arg, a->piece, sizeof a->piece, &err);
    if (len == OS2_BODY_LATER) return;
    if (len > 0) {
      os2_op_push(op, 0, a->piece, (size_t)len);
    } else {
      os2_op_finish(op, &err);
      context_archive_end(a);
    }
  }
}

static void context_archive_cancel(os2_op *op) { context_archive_end((archive *)op); }

static void context_archive_destroy(os2_op *op) { free(op); }

static const os2_op_class CLASS = {"docker.archive", context_archive_cancel, context_archive_read,
                                   context_archive_destroy};

os2_op *os2_context_archive_start(os2_loop *loop, os2_shared_context *shared, os2_err *err) {
  archive *a = os2_mem_zero(1, sizeof *a);
  if (os2_shared_context_body(&a->body, shared, err) != 0) {
    free(a);
    return NULL;
  }
  os2_op_init(&a->op, loop, &CLASS);
  a->op.high_water = QUEUE_BYTES;
  a->body.attach(a->body.arg, context_archive_read, &a->op);
  return &a->op;
}
