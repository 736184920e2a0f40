/* docker_context: build contexts as Lua objects. The functions run on the loop thread. */
#ifndef OS2_BIND_DOCKER_CONTEXT_H
#define OS2_BIND_DOCKER_CONTEXT_H

#include <lua.h>

#include "core/base/err.h"
#include "core/context/context_op.h"
#include "core/http/http.h"

/* Makes the metatable of contexts. May be called again. */
void bind_docker_open_context(lua_State *L);

// docker.context{path: string, dockerfile: string?, only: list?, is_unread_listed: boolean?,
//   timeout: number} -> context | nil, err (waits)
int bind_docker_context(lua_State *L);

/* The context at index arg; raises when it is none or closed. */
os2_shared_context *bind_docker_check_context(lua_State *L, int arg);

/* The tar of the context at index arg as a body; raises when it is none. 0 or -1 with err. */
int bind_docker_open_body(lua_State *L, int arg, os2_body *out, os2_err *err);

#endif
