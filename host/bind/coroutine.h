/* coroutine: which coroutine runs. */
#ifndef OS2_BIND_COROUTINE_H
#define OS2_BIND_COROUTINE_H

#include <lua.h>

/* Puts our own resume, wrap and close into Lua's table. `switched` is called with the coroutine
   that goes on, at each change; NULL: none does. */
void bind_open_coroutine(lua_State *L, void (*switched)(lua_State *co));

/* The innermost coroutine that runs, or NULL: none does. Safe in a signal handler. */
lua_State *bind_running(void);

#endif
