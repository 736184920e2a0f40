/* rest: a table of operations as Lua sees it. */
#ifndef OS2_BIND_REST_H
#define OS2_BIND_REST_H

#include <lua.h>

#include "core/rest/rest.h"

/* Adds `operations`, `operation` and `target` over the table of rows to the module on top. */
void bind_rest(lua_State *L, const os2_rest_row *rows);

#endif
