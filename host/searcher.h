/* searcher: how Lua files are found and loaded; os2's own without being parsed where they are still
   what they were when os2 was built. */
#ifndef OS2_SEARCHER_H
#define OS2_SEARCHER_H

#include <lua.h>

/* Puts `require`'s search for Lua files in the place of Lua's own, and the module host.chunk beside
   it. Raises.
   @param share the directory share/os2 */
void host_searcher_open(lua_State *L, const char *share);

#endif
