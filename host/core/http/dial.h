/* dial: libcurl connections that run over the stdin and stdout of a program (ssh). All functions
   must be called on the loop thread. */
#ifndef OS2_CORE_HTTP_DIAL_H
#define OS2_CORE_HTTP_DIAL_H

#include <curl/curl.h>

#include "core/base/err.h"
#include "core/http/route.h"
#include "core/loop/loop.h"

struct os2_dialed;

/* What one transfer needs for such a connection. The transfer owns it, and it starts zeroed. The
   last three functions below also take NULL, for a transfer without a program. */
typedef struct os2_dial {
  os2_loop *loop;
  const char *const *argv;        /* program and arguments; must live as long as the transfer */
  const char *const *environment; /* lives as long as `argv`; NULL: the environment of os2 */
  struct os2_dialed *dialed; /* the program that was started for this transfer; NULL: none was */
  os2_err err;               /* why the program could not be started; of kind OS2_OK otherwise */
  void (*ended)(void *arg);  /* see os2_dial_await */
  void *arg;
} os2_dial;

/* Makes a transfer connect through the route's command. The route must live as long as the
   transfer. Transfers with the same command share kept connections; a program ends with its
   connection. */
void os2_dial_set(os2_dial *dial, os2_loop *loop, const os2_route *route, CURL *easy);

/* For a transfer whose connection the peer has closed. Returns true when the peer is a program that
   has not ended yet; then `ended` is called when the program ends, or when it does not end in time.
   Returns false otherwise. */
bool os2_dial_await(os2_dial *dial, void (*ended)(void *arg), void *arg);

/* When the transfer failed because of its program, replaces err by the last thing that the program
   printed, or by the reason why the program could not be started. */
void os2_dial_explain(const os2_dial *dial, os2_err *err);

/* Ends the transfer's interest in the program: no callback follows. May be called again. */
void os2_dial_release(os2_dial *dial);

#endif
