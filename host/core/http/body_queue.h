/* body_queue: a request body whose bytes the owner pushes piece by piece while the request runs.
   All functions must be called on the loop thread. */
#ifndef OS2_CORE_HTTP_BODY_QUEUE_H
#define OS2_CORE_HTTP_BODY_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/http/http.h"

typedef struct os2_body_queue os2_body_queue;

/* Makes an empty queue. The queue is owned by the body that os2_body_queue_source returns: the
   request that takes this body also destroys the queue. */
os2_body_queue *os2_body_queue_new(void);

/* Returns the body to hand to a request. `size` in bytes; -1: unknown. */
os2_body os2_body_queue_source(os2_body_queue *queue, int64_t size);

/* Names the request that sends the queue. That operation gets news (os2_op_touch) when the queue
   has room again. */
void os2_body_queue_attach(os2_body_queue *queue, os2_op *op);

/* Queues bytes, which are copied. A full queue accepts them, too: the caller first asks
   os2_body_queue_is_full (back-pressure). */
void os2_body_queue_push(os2_body_queue *queue, const char *data, size_t len);

/* Declares the body as complete: it ends after the bytes that are queued. */
void os2_body_queue_end(os2_body_queue *queue);

/* Returns true while the queue is above its limit. */
bool os2_body_queue_is_full(const os2_body_queue *queue);

#endif
