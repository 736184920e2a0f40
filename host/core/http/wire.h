/* wire: a connection that carries plain bytes both ways, over any route. */
#ifndef OS2_CORE_HTTP_WIRE_H
#define OS2_CORE_HTTP_WIRE_H

#include <stddef.h>

#include "core/base/err.h"
#include "core/http/route.h"
#include "core/loop/loop.h"

typedef struct os2_wire os2_wire;

typedef struct os2_wire_events {
  void (*connected)(void *arg);
  void (*received)(void *arg, const char *bytes, size_t len);
  void (*ended)(void *arg, const os2_err *err); /* kind OS2_OK: the other side hung up */
  void (*closed)(void *arg);                    /* after os2_wire_close; the last one */
} os2_wire_events;

/* Connects to the host of an http or https URL; libcurl makes the connection
   (CURLOPT_CONNECT_ONLY), so that proxies and certificates are those of every request. NULL with
   err when it cannot begin; then none of the events comes. Errors are those of os2_http_start. */
os2_wire *os2_wire_open(os2_loop *loop, const char *url, const os2_route *route,
                        const os2_wire_events *events, void *arg, os2_err *err);

/* Sends bytes, copied, once it is connected; the copy is wiped afterwards. */
void os2_wire_send(os2_wire *wire, const char *bytes, size_t len);

/* Bytes that os2_wire_send was given and the other side has not taken yet. */
size_t os2_wire_queued(const os2_wire *wire);

/* Hangs up and frees the wire; `closed` comes at once or later. To be called also when it ended. */
void os2_wire_close(os2_wire *wire);

#endif
