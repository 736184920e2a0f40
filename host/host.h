/* host: prepares the Lua state that scripts run in: libraries, built-in modules, search paths. */
#ifndef OS2_HOST_H
#define OS2_HOST_H

#include <lua.h>

/* Opens the standard libraries and the built-in host.* modules, and sets package.path and
   package.cpath from the location of the program. The environment and the current directory have no
   influence. Raises a Lua error. */
void host_open(lua_State *L);

#endif
