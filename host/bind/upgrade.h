/* upgrade: the part of host.http that turns a request into a connection of another protocol. */
#ifndef OS2_BIND_UPGRADE_H
#define OS2_BIND_UPGRADE_H

#include <lua.h>

// http.upgrade(options) -> op | nil, err (upgrade.c)
int bind_http_upgrade(lua_State *L);

#endif
