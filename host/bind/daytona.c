/* host.daytona: the operations of the Daytona API and, in `toolbox`, those of a sandbox's toolbox.
   The requests themselves go through host.http. */
#include "core/rest/daytona.h"
#include "bind/rest.h"

int luaopen_host_daytona(lua_State *L);
int luaopen_host_daytona(lua_State *L) {
  lua_newtable(L);
  bind_rest(L, os2_daytona_rows);
  lua_newtable(L);
  bind_rest(L, os2_toolbox_rows);
  lua_setfield(L, -2, "toolbox");
  return 1;
}
