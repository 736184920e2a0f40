/* curl_route: what every transfer of libcurl's has in common: its route, and what its errors
   mean. */
#ifndef OS2_CORE_HTTP_CURL_ROUTE_H
#define OS2_CORE_HTTP_CURL_ROUTE_H

#include <curl/curl.h>
#include <stdbool.h>

#include "core/base/err.h"
#include "core/http/dial.h"
#include "core/http/route.h"
#include "core/loop/loop.h"

/* Sets where a transfer connects to and how. `dial` and the route's command live as long as the
   transfer. -1 with err (OS2_INVALID) for a path that no socket can have. */
int os2_curl_set_route(CURL *easy, const os2_route *route, os2_dial *dial, os2_loop *loop,
                       os2_err *err);

/* Fills err for a transfer that failed: OS2_UNAVAILABLE (refused), OS2_DENIED (the socket's
   permissions, certificates), OS2_TIMEOUT, OS2_INVALID (the URL), OS2_PROTOCOL, OS2_NETWORK.
   `reason`: what CURLOPT_ERRORBUFFER holds. is_sent: a byte may have reached the server. */
void os2_curl_fault(CURL *easy, CURLcode code, const char *reason, bool is_sent, os2_err *err);

/* Whether a transfer failed because the other side ended the connection, or never made one. */
bool os2_curl_is_hung_up(CURLcode code);

#endif
