/* docker_context: build contexts as Lua sees them. */
#ifndef OS2_BIND_DOCKER_CONTEXT_H
#define OS2_BIND_DOCKER_CONTEXT_H

#include <lua.h>

#include "core/base/err.h"
#include "core/http/http.h"

/* Makes the type; idempotent. */
void bind_docker_open_context(lua_State *L);

// docker.context{path: string, dockerfile: string?, timeout: number} -> context | nil, err (waits)
int bind_docker_context(lua_State *L);

/* The tar of the context at index arg as a body; raises when it is none. 0 or -1 with err. */
int bind_docker_open_body(lua_State *L, int arg, os2_body *out, os2_err *err);

#endif
