/* bind: what every binding shares: types, options and errors. */
#include "bind/bind.h"

#include <string.h>

/* ---- types ---- */

void bind_newtype(lua_State *L, const char *name, const luaL_Reg *methods, const luaL_Reg *meta) {
  if (!luaL_newmetatable(L, name)) {
    lua_pop(L, 1);
    return;
  }
  luaL_setfuncs(L, meta, 0);
  if (methods != NULL) {
    lua_newtable(L);
    luaL_setfuncs(L, methods, 0);
    lua_setfield(L, -2, "__index");
  }
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 1);
}

void *bind_newobject(lua_State *L, size_t size, const char *name, int values) {
  void *object = lua_newuserdatauv(L, size, values);
  memset(object, 0, size);
  luaL_setmetatable(L, name);
  return object;
}

/* ---- options ---- */

static const bind_opt *find_opt(const bind_opt *opts, const char *key) {
  for (const bind_opt *opt = opts; opt->key != NULL; opt++)
    if (strcmp(opt->key, key) == 0) return opt;
  return NULL;
}

static void check_known(lua_State *L, int arg, const bind_opt *opts) {
  lua_pushnil(L);
  while (lua_next(L, arg) != 0) {
    lua_pop(L, 1);
    if (lua_type(L, -1) != LUA_TSTRING || find_opt(opts, lua_tostring(L, -1)) == NULL)
      luaL_argerror(L, arg, lua_pushfstring(L, "unknown option '%s'", luaL_tolstring(L, -1, NULL)));
  }
}

static void check_type(lua_State *L, int arg, const bind_opt *opt) {
  size_t len = strcspn(opt->type, "?");
  int type = lua_getfield(L, arg, opt->key);
  const char *found = lua_typename(L, type);
  lua_pop(L, 1);
  if (type == LUA_TNIL && opt->type[len] == '?') return;
  if (type != LUA_TNIL && strncmp(opt->type, "any", len) == 0) return;
  if (strlen(found) == len && strncmp(found, opt->type, len) == 0) return;
  lua_pushlstring(L, opt->type, len);
  luaL_argerror(L, arg, lua_pushfstring(L, "option '%s' must be a %s, not %s", opt->key,
                                        lua_tostring(L, -1), found));
}

void bind_opts(lua_State *L, int arg, const bind_opt *opts) {
  luaL_checktype(L, arg, LUA_TTABLE);
  check_known(L, arg, opts);
  for (const bind_opt *opt = opts; opt->key != NULL; opt++) check_type(L, arg, opt);
}

const char *bind_opt_string(lua_State *L, int arg, const char *key, size_t *len) {
  lua_getfield(L, arg, key);
  const char *text = lua_isstring(L, -1) ? lua_tolstring(L, -1, len) : NULL;
  lua_pop(L, 1);
  return text;
}

double bind_opt_number(lua_State *L, int arg, const char *key, double fallback) {
  lua_getfield(L, arg, key);
  double value = lua_isnumber(L, -1) ? lua_tonumber(L, -1) : fallback;
  lua_pop(L, 1);
  return value;
}

bool bind_opt_boolean(lua_State *L, int arg, const char *key) {
  lua_getfield(L, arg, key);
  bool value = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return value;
}

/* ---- errors ---- */

void bind_push_err(lua_State *L, const char *op, const os2_err *err) {
  lua_createtable(L, 0, 4);
  lua_pushstring(L, os2_kind_name(err->kind));
  lua_setfield(L, -2, "kind");
  lua_pushstring(L, op);
  lua_setfield(L, -2, "op");
  lua_pushstring(L, err->message);
  lua_setfield(L, -2, "message");
  if (err->status != 0) {
    lua_pushinteger(L, err->status);
    lua_setfield(L, -2, "status");
  }
  luaL_newmetatable(L, "os2.err");
  lua_setmetatable(L, -2);
}

int bind_fail(lua_State *L, const char *op, const os2_err *err) {
  lua_pushnil(L);
  bind_push_err(L, op, err);
  return 2;
}
