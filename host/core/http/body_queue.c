/* body_queue: a request body whose bytes the owner pushes piece by piece while the request runs. */
#include "core/http/body_queue.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

enum { HIGH_WATER_BYTES = 256 * 1024 };

typedef struct piece {
  struct piece *next;
  size_t len, done;
  char data[];
} piece;

struct os2_body_queue {
  piece *first;
  piece **end;
  size_t queued;
  bool is_ended;
  os2_op *op;
};

os2_body_queue *os2_body_queue_new(void) {
  os2_body_queue *queue = os2_mem_zero(1, sizeof *queue);
  queue->end = &queue->first;
  return queue;
}

static void body_queue_drop_first(os2_body_queue *queue) {
  piece *first = queue->first;
  queue->first = first->next;
  if (queue->first == NULL) queue->end = &queue->first;
  free(first);
}

static size_t body_queue_take(os2_body_queue *queue, char *buffer, size_t room) {
  piece *first = queue->first;
  size_t len = first->len - first->done;
  if (len > room) len = room;
  memcpy(buffer, first->data + first->done, len);
  first->done += len;
  queue->queued -= len;
  if (first->done == first->len) body_queue_drop_first(queue);
  return len;
}

static ptrdiff_t body_queue_read(void *arg, char *buffer, size_t room, os2_err *err) {
  (void)err;
  os2_body_queue *queue = arg;
  if (queue->first == NULL) return queue->is_ended ? OS2_BODY_END : OS2_BODY_LATER;
  size_t len = body_queue_take(queue, buffer, room);
  if (queue->op != NULL && !os2_body_queue_is_full(queue)) os2_op_touch(queue->op);
  return (ptrdiff_t)len;
}

static void body_queue_destroy(void *arg) {
  os2_body_queue *queue = arg;
  while (queue->first != NULL) body_queue_drop_first(queue);
  free(queue);
}

os2_body os2_body_queue_source(os2_body_queue *queue, int64_t size) {
  return (os2_body){
      .read = body_queue_read, .destroy = body_queue_destroy, .arg = queue, .size = size};
}

void os2_body_queue_attach(os2_body_queue *queue, os2_op *op) { queue->op = op; }

void os2_body_queue_push(os2_body_queue *queue, const char *data, size_t len) {
  if (len == 0) return;
  piece *last = os2_mem_with(sizeof *last, len);
  *last = (piece){.len = len};
  memcpy(last->data, data, len);
  *queue->end = last;
  queue->end = &last->next;
  queue->queued += len;
  if (queue->op != NULL) os2_http_resume_body(queue->op);
}

void os2_body_queue_end(os2_body_queue *queue) {
  queue->is_ended = true;
  if (queue->op != NULL) os2_http_resume_body(queue->op);
}

bool os2_body_queue_is_full(const os2_body_queue *queue) {
  return queue->queued > HIGH_WATER_BYTES;
}
