/* rest: gives Lua a table of operations. */
#include "bind/rest.h"

#include <string.h>

#include "bind/bind.h"
#include "core/base/mem.h"

static const os2_rest_row *rest_rows_of(lua_State *L) {
  return lua_touserdata(L, lua_upvalueindex(1));
}

// module.operations() -> list of names, in the table's order
static int rest_l_operations(lua_State *L) {
  lua_Integer count = 0;
  lua_newtable(L);
  for (const os2_rest_row *row = rest_rows_of(L); row->name != NULL; row++) {
    lua_pushstring(L, row->name);
    lua_rawseti(L, -2, ++count);
  }
  return 1;
}

static void rest_set_words(lua_State *L, const char *key, const char *words) {
  lua_Integer count = 0;
  lua_newtable(L);
  for (const char *at = words != NULL ? words : ""; *at != '\0';) {
    size_t len = strcspn(at, " ");
    lua_pushlstring(L, at, len);
    lua_rawseti(L, -2, ++count);
    at += len + (at[len] == ' ');
  }
  lua_setfield(L, -2, key);
}

static void rest_push_row(lua_State *L, const os2_rest_row *row) {
  lua_createtable(L, 0, 14);
  bind_set_text(L, "name", row->name);
  bind_set_text(L, "method", row->method);
  bind_set_text(L, "path", row->path);
  rest_set_words(L, "query", row->query);
  rest_set_words(L, "objects", row->objects);
  rest_set_words(L, "headers", row->headers);
  rest_set_words(L, "body", row->body);
  rest_set_words(L, "required", row->required);
  bind_set_text(L, "content", row->content);
  bind_set_text(L, "result", row->result != NULL ? row->result : "json");
  bind_set_text(L, "paging", row->paging);
  bind_set_text(L, "permission", row->permission != NULL ? row->permission : "");
  bind_set_boolean(L, "changes", row->changes);
  bind_set_boolean(L, "allows_304", row->allows_304);
}

// module.operation(name: string) -> the row as a table (core/rest/rest.h); its word lists are lists
// | nil
static int rest_l_operation(lua_State *L) {
  const os2_rest_row *row = os2_rest_find(rest_rows_of(L), bind_checktext(L, 1));
  if (row == NULL) return 0;
  rest_push_row(L, row);
  return 1;
}

static const char *rest_check_text(lua_State *L, int index) {
  size_t len = 0;
  const char *text = lua_type(L, index) == LUA_TSTRING ? lua_tolstring(L, index, &len) : NULL;
  luaL_argcheck(L, text != NULL && strlen(text) == len, 2,
                "keys and values must be strings without a zero byte");
  return text;
}

/* Converts the list {{key, value}, ...} at index 2 to an array, which userdata left on the stack
   owns. The strings are owned by the list. */
static os2_rest_param *rest_check_params(lua_State *L, size_t *count) {
  luaL_checktype(L, 2, LUA_TTABLE);
  *count = lua_rawlen(L, 2);
  os2_rest_param *params = lua_newuserdatauv(L, (*count + 1) * sizeof *params, 0);
  for (size_t i = 0; i < *count; i++) {
    lua_rawgeti(L, 2, (lua_Integer)i + 1);
    luaL_argcheck(L, lua_istable(L, -1), 2, "must be a list of {key, value}");
    lua_rawgeti(L, -1, 1);
    lua_rawgeti(L, -2, 2);
    params[i] = (os2_rest_param){.key = rest_check_text(L, -2), .value = rest_check_text(L, -1)};
    lua_pop(L, 3);
  }
  return params;
}

// module.target(name: string, params: {{key, value}, ...}) -> "/path?query" | nil, err
static int rest_l_target(lua_State *L) {
  size_t count;
  os2_err err;
  const os2_rest_row *row = os2_rest_find(rest_rows_of(L), bind_checktext(L, 1));
  luaL_argcheck(L, row != NULL, 1, "no such operation");
  const os2_rest_param *params = rest_check_params(L, &count);
  ptrdiff_t len = os2_rest_target(row, params, count, NULL, 0, &err);
  if (len < 0) return bind_fail(L, row->name, &err);
  char *out = lua_newuserdatauv(L, (size_t)len + 1, 0);
  os2_rest_target(row, params, count, out, (size_t)len + 1, &err);
  lua_pushlstring(L, out, (size_t)len);
  return 1;
}

static const luaL_Reg functions[] = {{"operations", rest_l_operations},
                                     {"operation", rest_l_operation},
                                     {"target", rest_l_target},
                                     {NULL, NULL}};

void bind_rest(lua_State *L, const os2_rest_row *rows) {
  lua_pushlightuserdata(L, os2_mem_unconst(rows));
  luaL_setfuncs(L, functions, 1);
}
