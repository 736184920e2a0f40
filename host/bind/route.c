/* route: reads the option that says how a server is reached. */
#include "bind/route.h"

#include "bind/bind.h"

static const bind_opt route_opts[] = {
    {"unix_socket", "string?"}, {"command", "table?"},    {"environment", "table?"},
    {"ca_file", "string?"},     {"cert_file", "string?"}, {"key_file", "string?"},
    {"unverified", "boolean?"}, {"direct", "boolean?"},   {NULL, NULL}};

os2_route bind_opt_route(lua_State *L, int arg) {
  lua_pushliteral(L, "route");
  if (lua_rawget(L, arg) == LUA_TNIL) return (os2_route){0};
  int route = lua_gettop(L);
  bind_opts(L, route, route_opts);
  os2_route read = {.unix_socket = bind_opt_string(L, route, "unix_socket", NULL),
                    .ca_file = bind_opt_string(L, route, "ca_file", NULL),
                    .cert_file = bind_opt_string(L, route, "cert_file", NULL),
                    .key_file = bind_opt_string(L, route, "key_file", NULL),
                    .is_unverified = bind_opt_boolean(L, route, "unverified"),
                    .is_direct = bind_opt_boolean(L, route, "direct")};
  read.command = bind_opt_strings(L, route, "command");
  read.environment = bind_opt_strings(L, route, "environment");
  luaL_argcheck(L, read.unix_socket == NULL || read.command == NULL, arg,
                "a route has a unix_socket or a command, not both");
  luaL_argcheck(L, read.command == NULL || read.command[0] != NULL, arg,
                "a route's command must hold a program");
  return read;
}
