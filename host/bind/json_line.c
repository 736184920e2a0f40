/* json_line: one record of a list as a JSON object. A list may have many thousand records, nearly
   all of whose values are plain texts, integers and booleans; those need no Lua. */
#include "bind/json_line.h"

#include <lauxlib.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { RECORD = 1, KEYS, ENCODE };

static bool json_line_is_plain(const char *text, size_t len) {
  size_t at = 0;
  while (at < len && text[at] >= ' ' && text[at] <= '~' && text[at] != '"' && text[at] != '\\' &&
         text[at] != '/')
    at++;
  return at == len;
}

static void json_line_add_text(luaL_Buffer *buffer, const char *text, size_t len) {
  luaL_addchar(buffer, '"');
  luaL_addlstring(buffer, text, len);
  luaL_addchar(buffer, '"');
}

/* Appends the value at the top of the stack when it needs no Lua, and pops it then. The buffer may
   only be used when nothing lies above it, and the record still holds the text. */
static bool json_line_add_simple(lua_State *L, luaL_Buffer *buffer) {
  char digits[32];
  size_t len;
  if (lua_type(L, -1) == LUA_TSTRING) {
    const char *text = lua_tolstring(L, -1, &len);
    if (!json_line_is_plain(text, len)) return false;
    lua_pop(L, 1);
    json_line_add_text(buffer, text, len);
    return true;
  }
  if (lua_isinteger(L, -1))
    snprintf(digits, sizeof digits, LUA_INTEGER_FMT, lua_tointeger(L, -1));
  else if (lua_isboolean(L, -1))
    snprintf(digits, sizeof digits, "%s", lua_toboolean(L, -1) ? "true" : "false");
  else
    return false;
  lua_pop(L, 1);
  luaL_addstring(buffer, digits);
  return true;
}

static void json_line_add_value(lua_State *L, luaL_Buffer *buffer) {
  if (json_line_add_simple(L, buffer)) return;
  lua_pushvalue(L, ENCODE);
  lua_insert(L, -2);
  lua_call(L, 1, 1);
  luaL_addvalue(buffer);
}

static int json_line_push(lua_State *L, lua_Integer index) {
  lua_rawgeti(L, KEYS, index);
  return lua_rawget(L, RECORD);
}

static void json_line_add_key(lua_State *L, luaL_Buffer *buffer, lua_Integer index) {
  size_t len;
  lua_rawgeti(L, KEYS, index);
  const char *key = lua_tolstring(L, -1, &len);
  lua_pop(L, 1); /* the list holds it */
  json_line_add_text(buffer, key, len);
  luaL_addchar(buffer, ':');
}

int bind_json_line(lua_State *L) {
  luaL_Buffer buffer;
  for (int i = RECORD; i <= KEYS; i++) luaL_checktype(L, i, LUA_TTABLE);
  luaL_checktype(L, ENCODE, LUA_TFUNCTION);
  lua_settop(L, ENCODE);
  lua_Integer count = (lua_Integer)lua_rawlen(L, KEYS);
  bool is_first = true;
  luaL_buffinit(L, &buffer);
  luaL_addchar(&buffer, '{');
  for (lua_Integer i = 1; i <= count; i++) {
    bool has_value = json_line_push(L, i) != LUA_TNIL;
    lua_pop(L, 1);
    if (!has_value) continue;
    if (!is_first) luaL_addchar(&buffer, ',');
    json_line_add_key(L, &buffer, i);
    json_line_push(L, i);
    json_line_add_value(L, &buffer);
    is_first = false;
  }
  luaL_addchar(&buffer, '}');
  luaL_pushresult(&buffer);
  return 1;
}
