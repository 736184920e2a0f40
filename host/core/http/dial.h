/* dial: connections of libcurl's that are a program's stdin and stdout. */
#ifndef OS2_CORE_HTTP_DIAL_H
#define OS2_CORE_HTTP_DIAL_H

#include <curl/curl.h>

#include "core/base/err.h"
#include "core/http/route.h"
#include "core/loop/loop.h"

struct os2_dialed;

/* One transfer's wish for such a connection; stands in the transfer's own struct, zeroed. */
typedef struct os2_dial {
  os2_loop *loop;
  const char *const *argv;        /* lives as long as the transfer */
  const char *const *environment; /* the same; NULL: ours */
  struct os2_dialed *dialed;      /* the program that was started for it, if one was */
  os2_err err;                    /* why none could be started */
  void (*ended)(void *arg);       /* see os2_dial_await */
  void *arg;
} os2_dial;

/* Makes a transfer connect through the route's command; the route lives as long as the transfer.
   Transfers of the same command share kept connections; a program ends with its connection. */
void os2_dial_set(os2_dial *dial, os2_loop *loop, const os2_route *route, CURL *easy);

/* For a transfer that the other side hung up on: true when it was a program that has not ended yet,
   and `ended` is called when it has, or when it takes too long. */
bool os2_dial_await(os2_dial *dial, void (*ended)(void *arg), void *arg);

/* Replaces err by what the program said last, or by why it could not be started, where the transfer
   failed for that. */
void os2_dial_explain(const os2_dial *dial, os2_err *err);

/* The transfer's end: it wants to know nothing more. May be called again. */
void os2_dial_release(os2_dial *dial);

#endif
