/* rest: gives Lua a table of operations. */
#ifndef OS2_BIND_REST_H
#define OS2_BIND_REST_H

#include <lua.h>

#include "core/rest/rest.h"

/* Adds the functions `operations`, `operation` and `target`, which use the given rows, to the
   module at the top of the stack. The rows must outlive the Lua state. */
void bind_rest(lua_State *L, const os2_rest_row *rows);

#endif
