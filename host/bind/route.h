/* route: reads the option that says how a server is reached. */
#ifndef OS2_BIND_ROUTE_H
#define OS2_BIND_ROUTE_H

#include <lua.h>

#include "core/http/route.h"

/* Reads the key `route` of the option table at arg: {unix_socket=?, command=?, ca_file=?,
   cert_file=?, key_file=?, unverified=?, direct=?}. Returns an empty route when the key is absent;
   raises for a wrong type. The strings of the route are owned by that table and by values that are
   left on the stack. */
os2_route bind_opt_route(lua_State *L, int arg);

#endif
