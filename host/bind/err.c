/* host.err: the metatable that all error objects share (os2.err fills it), errno, the version. */
#include <lauxlib.h>

#include "core/base/err.h"

// err.kind_of_errno(errno: integer) -> the kind that fits
static int err_l_kind_of_errno(lua_State *L) {
  lua_pushstring(L, os2_kind_name(os2_kind_of_errno((int)luaL_checkinteger(L, 1))));
  return 1;
}

int luaopen_host_err(lua_State *L);
int luaopen_host_err(lua_State *L) {
  lua_createtable(L, 0, 3);
  lua_pushliteral(L, OS2_VERSION);
  lua_setfield(L, -2, "version");
  lua_pushcfunction(L, err_l_kind_of_errno);
  lua_setfield(L, -2, "kind_of_errno");
  luaL_newmetatable(L, "os2.err");
  lua_setfield(L, -2, "metatable");
  return 1;
}
