/* wire: a connection that carries bytes in both directions, over any route. All functions must be
   called, and all events come, on the loop thread. */
#ifndef OS2_CORE_HTTP_WIRE_H
#define OS2_CORE_HTTP_WIRE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"
#include "core/http/route.h"
#include "core/loop/loop.h"

typedef struct os2_wire os2_wire;

typedef struct os2_wire_events {
  void (*connected)(void *arg);
  void (*received)(void *arg, const char *bytes, size_t len);
  void (*drained)(void *arg);                   /* NULL, or told when what was to be sent is less */
  void (*ended)(void *arg, const os2_err *err); /* kind OS2_OK: the other side hung up */
  void (*closed)(void *arg);                    /* after os2_wire_close; the last one */
} os2_wire_events;

/* Connects to the host of an http or https URL. libcurl makes the connection
   (CURLOPT_CONNECT_ONLY), so the proxy and certificate rules are the same as for requests. The wire
   is freed by os2_wire_close. Returns NULL with err when the connection cannot be started; then no
   event follows. The errors are those of os2_http_start. */
os2_wire *os2_wire_open(os2_loop *loop, const char *url, const os2_route *route,
                        const os2_wire_events *events, void *arg, os2_err *err);

/* Sends bytes as soon as the connection is made. The bytes are copied, and the copy is wiped after
   it was sent. */
void os2_wire_send(os2_wire *wire, const char *bytes, size_t len);

/* Ends the sending side of the connection as soon as the queue is empty; what the other side sends
   still comes. Nothing may be sent after it. On TLS the other side sees an end without a
   close_notify. */
void os2_wire_send_end(os2_wire *wire);

/* Returns how many bytes are queued: passed to os2_wire_send and not yet taken by the peer. */
size_t os2_wire_queued(const os2_wire *wire);

/* Stops reading, or reads on: back-pressure. While the wire is paused, neither `received` nor the
   end of what the other side sends is told. May be called inside `received`. */
void os2_wire_pause(os2_wire *wire, bool is_paused);

/* Closes the connection and frees the wire; the event `closed` comes within the call or later. The
   owner has to call it also after `ended`. */
void os2_wire_close(os2_wire *wire);

#endif
