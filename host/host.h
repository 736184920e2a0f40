/* host: the state a script runs in: libraries, built-in modules, where Lua files are found. */
#ifndef OS2_HOST_H
#define OS2_HOST_H

#include <lua.h>

/* Opens the standard libraries and the built-in host.* modules and sets package.path and cpath from
   the program's own place; the environment and the current directory have no say. Raises. */
void host_open(lua_State *L);

#endif
