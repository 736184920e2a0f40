/* host.err: the metatable that every error object shares (os2.err fills it), and the version. */
#include "bind/bind.h"

int luaopen_host_err(lua_State *L);
int luaopen_host_err(lua_State *L) {
  lua_createtable(L, 0, 2);
  lua_pushliteral(L, OS2_VERSION);
  lua_setfield(L, -2, "version");
  luaL_newmetatable(L, "os2.err");
  lua_setfield(L, -2, "metatable");
  return 1;
}
