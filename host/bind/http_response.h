/* http_response: an answer of HTTP as a Lua table. */
#ifndef OS2_BIND_HTTP_RESPONSE_H
#define OS2_BIND_HTTP_RESPONSE_H

#include <lua.h>

#include "core/http/http.h"

/* Pushes {status, headers (names in lower case), body, elapsed, bytes_sent}. */
void bind_push_response(lua_State *L, const os2_http_response *response);

#endif
