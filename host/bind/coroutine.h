/* coroutine: knows which coroutine is running. */
#ifndef OS2_BIND_COROUTINE_H
#define OS2_BIND_COROUTINE_H

#include <lua.h>

/* Replaces resume, wrap and close in Lua's coroutine table by os2's own versions. `switched` is
   called with the coroutine that continues, at every switch; it may be NULL. Call it on the loop
   thread. */
void bind_open_coroutine(lua_State *L, void (*switched)(lua_State *co));

/* Returns the innermost coroutine that is running, or NULL when none is. Safe in a signal
   handler. */
lua_State *bind_running(void);

#endif
