/* http_response: an answer of HTTP as a Lua table. */
#include "bind/http_response.h"

#include "bind/bind.h"

static void http_response_set_header(lua_State *L, const os2_http_header *header) {
  if (lua_getfield(L, -1, header->name) == LUA_TSTRING) {
    lua_pushfstring(L, "%s, %s", lua_tostring(L, -1), header->value);
    lua_setfield(L, -3, header->name);
  } else {
    lua_pushstring(L, header->value);
    lua_setfield(L, -3, header->name);
  }
  lua_pop(L, 1);
}

void bind_push_response(lua_State *L, const os2_http_response *response) {
  lua_createtable(L, 0, 5);
  bind_set_integer(L, "status", response->status);
  lua_createtable(L, 0, (int)response->header_count);
  for (size_t i = 0; i < response->header_count; i++)
    http_response_set_header(L, &response->headers[i]);
  lua_setfield(L, -2, "headers");
  if (response->body != NULL)
    lua_pushlstring(L, response->body, response->body_len);
  else
    lua_pushliteral(L, "");
  lua_setfield(L, -2, "body");
  bind_set_number(L, "elapsed", response->elapsed);
  bind_set_integer(L, "bytes_sent", response->bytes_sent);
}
