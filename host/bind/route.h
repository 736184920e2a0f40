/* route: the option that says how a server is reached. */
#ifndef OS2_BIND_ROUTE_H
#define OS2_BIND_ROUTE_H

#include <lua.h>

#include "core/http/route.h"

/* Reads the key `route` of the options at arg: {unix_socket=?, command=?, ca_file=?, cert_file=?,
   key_file=?, unverified=?, direct=?}; absent gives an empty one. Its strings are owned by that
   table and by what is left on the stack. */
os2_route bind_opt_route(lua_State *L, int arg);

#endif
