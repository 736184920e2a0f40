/* handshake: the request that opens a WebSocket, and what its answer must hold (RFC 6455, 4). The
   functions keep no state and may be called on any thread. */
#ifndef OS2_CORE_WEBSOCKET_HANDSHAKE_H
#define OS2_CORE_WEBSOCKET_HANDSHAKE_H

#include "core/base/err.h"
#include "core/http/http.h"

enum { OS2_WS_KEY_BYTES = 25, OS2_WS_ACCEPT_BYTES = 29 }; /* with the NUL */

/* Writes a new random key. */
void os2_ws_handshake_key(char key[OS2_WS_KEY_BYTES]);

/* Writes the Sec-WebSocket-Accept that proves that a server has read the key. */
void os2_ws_handshake_accept(char accept[OS2_WS_ACCEPT_BYTES], const char *key);

/* Returns the request for a URL's host and path. The caller frees it; it may hold secrets.
   protocols: subprotocols, the preferred one first, NULL at the end; NULL: none.
   headers: "Name: value", NULL at the end; NULL: none. */
char *os2_ws_handshake_request(const char *host, const char *path, const char *key,
                               const char *const *protocols, const char *const *headers);

/* Checks an answer with status 101. The subprotocol that the server has chosen, owned by the
   answer, goes into *protocol; NULL: none. Returns 0, or -1 with err (OS2_PROTOCOL). */
int os2_ws_handshake_check(const os2_http_response *answer, const char *key,
                           const char *const *protocols, const char **protocol, os2_err *err);

#endif
