/* answer: reads the answer to a request that asks for another protocol (Upgrade): the head, and the
   body of a refusal. One thread at a time. */
#ifndef OS2_CORE_HTTP_ANSWER_H
#define OS2_CORE_HTTP_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"
#include "core/http/http.h"

/* Starts zeroed, but for the limit. os2_answer_free frees what it holds. */
typedef struct os2_answer {
  os2_http_response response; /* status is 0 until the head has come; `body` is a refusal's */
  size_t body_limit;          /* most bytes of a body that are kept; the rest is cut off */
  char *bytes;                /* the head, then the body as it comes */
  size_t len;
  bool is_chunked;
  long length; /* of the body; -1: unknown */
} os2_answer;

typedef enum os2_answered {
  OS2_ANSWER_MORE,     /* it is not whole */
  OS2_ANSWER_UPGRADED, /* status 101; what follows are frames */
  OS2_ANSWER_REFUSED,  /* another status; the body is whole or cut off */
  OS2_ANSWER_BAD       /* it is no answer of HTTP; err says why */
} os2_answered;

/* Takes bytes. *taken is how many of them belong to the answer. */
os2_answered os2_answer_feed(os2_answer *answer, const char *bytes, size_t len, size_t *taken,
                             os2_err *err);

/* The connection has ended: returns OS2_ANSWER_REFUSED when the head has come, and
   OS2_ANSWER_MORE otherwise. */
os2_answered os2_answer_end(os2_answer *answer);

void os2_answer_free(os2_answer *answer);

#endif
