/* curl_route: what all libcurl transfers share: how the route is set, and which error kind a
   libcurl code means. All functions must be called on the loop thread. */
#ifndef OS2_CORE_HTTP_CURL_ROUTE_H
#define OS2_CORE_HTTP_CURL_ROUTE_H

#include <curl/curl.h>
#include <stdbool.h>

#include "core/base/err.h"
#include "core/http/dial.h"
#include "core/http/route.h"
#include "core/loop/loop.h"

/* Sets where and how a transfer connects. `dial` and the route's command must live as long as the
   transfer. Returns 0, or -1 with err (OS2_INVALID) when the socket's path cannot be a socket
   address. */
int os2_curl_set_route(CURL *easy, const os2_route *route, os2_dial *dial, os2_loop *loop,
                       os2_err *err);

/* Fills err for a transfer that failed: OS2_UNAVAILABLE (connection refused), OS2_DENIED
   (permissions of the socket, certificates), OS2_TIMEOUT, OS2_INVALID (the URL), OS2_PROTOCOL,
   OS2_NETWORK.
   reason: the content of CURLOPT_ERRORBUFFER.
   is_sent: a byte of the request may have reached the server. */
void os2_curl_fault(CURL *easy, CURLcode code, const char *reason, bool is_sent, os2_err *err);

/* Returns true when a transfer failed because the peer closed the connection or because no
   connection was made. */
bool os2_curl_is_hung_up(CURLcode code);

#endif
