/* body_queue: a request body that is pushed in pieces while the request runs. */
#ifndef OS2_CORE_HTTP_BODY_QUEUE_H
#define OS2_CORE_HTTP_BODY_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/http/http.h"

typedef struct os2_body_queue os2_body_queue;

/* Makes an empty queue. It belongs to the body that os2_body_queue_source gives: the request that
   gets that body destroys it. */
os2_body_queue *os2_body_queue_new(void);

/* The body to give to a request; size in bytes, -1 when unknown. */
os2_body os2_body_queue_source(os2_body_queue *queue, int64_t size);

/* The request that sends the queue; it is touched when there is room again. */
void os2_body_queue_attach(os2_body_queue *queue, os2_op *op);

/* Queues bytes (copied), also when it is full: the one who pushes asks before. */
void os2_body_queue_push(os2_body_queue *queue, const char *data, size_t len);

/* Says that nothing follows: the request's body ends behind what is queued. */
void os2_body_queue_end(os2_body_queue *queue);

/* True while more is queued than should be. */
bool os2_body_queue_is_full(const os2_body_queue *queue);

#endif
