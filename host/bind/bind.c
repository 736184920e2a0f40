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

/* ---- fields ---- */

void bind_set_text(lua_State *L, const char *key, const char *text) {
  if (text == NULL) return;
  lua_pushstring(L, text);
  lua_setfield(L, -2, key);
}

void bind_set_bytes(lua_State *L, const char *key, const char *bytes, size_t len) {
  lua_pushlstring(L, len > 0 ? bytes : "", len);
  lua_setfield(L, -2, key);
}

void bind_set_integer(lua_State *L, const char *key, lua_Integer value) {
  lua_pushinteger(L, value);
  lua_setfield(L, -2, key);
}

void bind_set_number(lua_State *L, const char *key, double value) {
  lua_pushnumber(L, value);
  lua_setfield(L, -2, key);
}

void bind_set_boolean(lua_State *L, const char *key, bool value) {
  lua_pushboolean(L, value);
  lua_setfield(L, -2, key);
}

/* ---- arguments ---- */

const char *bind_checktext(lua_State *L, int arg) {
  size_t len;
  const char *text = luaL_checklstring(L, arg, &len);
  luaL_argcheck(L, strlen(text) == len, arg, "it holds a zero byte");
  return text;
}

/* ---- options ---- */

static const bind_opt *bind_find_opt(const bind_opt *opts, const char *key) {
  for (const bind_opt *opt = opts; opt->key != NULL; opt++)
    if (strcmp(opt->key, key) == 0) return opt;
  return NULL;
}

static void bind_check_known(lua_State *L, int arg, const bind_opt *opts) {
  lua_pushnil(L);
  while (lua_next(L, arg) != 0) {
    lua_pop(L, 1);
    if (lua_type(L, -1) != LUA_TSTRING || bind_find_opt(opts, lua_tostring(L, -1)) == NULL)
      luaL_argerror(L, arg, lua_pushfstring(L, "unknown option '%s'", luaL_tolstring(L, -1, NULL)));
  }
}

static int bind_get_opt(lua_State *L, int arg, const char *key) {
  lua_pushstring(L, key);
  return lua_rawget(L, arg);
}

static void bind_check_type(lua_State *L, int arg, const bind_opt *opt) {
  size_t len = strcspn(opt->type, "?");
  int type = bind_get_opt(L, arg, opt->key);
  const char *found = lua_typename(L, type);
  lua_pop(L, 1);
  if (type == LUA_TNIL && opt->type[len] == '?') return;
  if (type != LUA_TNIL && strncmp(opt->type, "any", len) == 0) return;
  if (strlen(found) == len && strncmp(found, opt->type, len) == 0) return;
  lua_pushlstring(L, opt->type, len);
  luaL_argerror(
      L, arg,
      lua_pushfstring(L, "option '%s' must be a %s, not %s", opt->key, lua_tostring(L, -1), found));
}

void bind_opts(lua_State *L, int arg, const bind_opt *opts) {
  luaL_checktype(L, arg, LUA_TTABLE);
  bind_check_known(L, arg, opts);
  for (const bind_opt *opt = opts; opt->key != NULL; opt++) bind_check_type(L, arg, opt);
}

static void bind_check_whole(lua_State *L, int arg, const char *key, const char *text, size_t len) {
  if (strlen(text) != len)
    luaL_argerror(L, arg, lua_pushfstring(L, "option '%s' holds a zero byte", key));
}

const char *bind_opt_string(lua_State *L, int arg, const char *key, size_t *len) {
  size_t found = 0;
  const char *text = bind_get_opt(L, arg, key) == LUA_TSTRING ? lua_tolstring(L, -1, &found) : NULL;
  lua_pop(L, 1);
  if (len != NULL)
    *len = found;
  else if (text != NULL)
    bind_check_whole(L, arg, key, text, found);
  return text;
}

static bool bind_is_word(const char *text, const char *more) {
  const char *at = text;
  while ((*at >= 'A' && *at <= 'Z') || (*at >= 'a' && *at <= 'z') ||
         (*at != '\0' && strchr(more, *at) != NULL))
    at++;
  return at > text && *at == '\0';
}

const char *bind_opt_word(lua_State *L, int arg, const char *key, const char *more) {
  const char *text = bind_opt_string(L, arg, key, NULL);
  if (text != NULL && !bind_is_word(text, more))
    luaL_argerror(L, arg,
                  lua_pushfstring(L, "option '%s' may hold letters%s%s only", key,
                                  more[0] != '\0' ? " and " : "", more));
  return text;
}

double bind_opt_number(lua_State *L, int arg, const char *key, double fallback) {
  bind_get_opt(L, arg, key);
  double value = lua_isnumber(L, -1) ? lua_tonumber(L, -1) : fallback;
  lua_pop(L, 1);
  return value;
}

bool bind_opt_boolean(lua_State *L, int arg, const char *key) {
  bind_get_opt(L, arg, key);
  bool value = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return value;
}

int64_t bind_opt_size(lua_State *L, int arg, const char *key, int64_t fallback) {
  double value = bind_opt_number(L, arg, key, (double)fallback);
  if (!(value >= 0) && value != (double)fallback)
    luaL_argerror(L, arg, lua_pushfstring(L, "option '%s' must be a number of bytes", key));
  return value < 0x1p63 ? (int64_t)value : INT64_MAX;
}

static const char *bind_check_item(lua_State *L, int arg, const char *key, size_t index) {
  size_t len = 0;
  const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &len) : NULL;
  if (text == NULL)
    luaL_argerror(L, arg, lua_pushfstring(L, "%s[%d] must be a string", key, (int)index));
  else
    bind_check_whole(L, arg, key, text, len);
  return text;
}

const char *const *bind_opt_strings(lua_State *L, int arg, const char *key) {
  if (bind_get_opt(L, arg, key) == LUA_TNIL) return NULL;
  size_t count = lua_rawlen(L, -1);
  const char **list = lua_newuserdatauv(L, (count + 1) * sizeof *list, 0);
  for (size_t i = 0; i < count; i++) {
    lua_rawgeti(L, -2, (lua_Integer)i + 1);
    list[i] = bind_check_item(L, arg, key, i + 1);
    lua_pop(L, 1);
  }
  list[count] = NULL;
  return list;
}

const char *const *bind_opt_headers(lua_State *L, int arg, const char *key) {
  const char *const *headers = bind_opt_strings(L, arg, key);
  for (int i = 0; headers != NULL && headers[i] != NULL; i++)
    if (strpbrk(headers[i], "\r\n") != NULL)
      luaL_argerror(L, arg, lua_pushfstring(L, "%s[%d] holds a line break", key, i + 1));
  return headers;
}

/* ---- errors ---- */

void bind_push_err(lua_State *L, const char *op, const os2_err *err) {
  lua_createtable(L, 0, 4);
  bind_set_text(L, "kind", os2_kind_name(err->kind));
  bind_set_text(L, "op", op);
  bind_set_text(L, "message", err->message);
  if (err->status != 0) {
    bind_set_integer(L, "status", err->status);
  }
  luaL_newmetatable(L, "os2.err");
  lua_setmetatable(L, -2);
}

int bind_fail(lua_State *L, const char *op, const os2_err *err) {
  lua_pushnil(L);
  bind_push_err(L, op, err);
  return 2;
}

void bind_push_hex(lua_State *L, const unsigned char *bytes, size_t len) {
  static const char digits[] = "0123456789abcdef";
  luaL_Buffer out;
  luaL_buffinit(L, &out);
  for (size_t i = 0; i < len; i++) {
    luaL_addchar(&out, digits[bytes[i] >> 4]);
    luaL_addchar(&out, digits[bytes[i] & 15]);
  }
  luaL_pushresult(&out);
}

void bind_require_http(lua_State *L) {
  lua_getglobal(L, "require");
  lua_pushliteral(L, "host.http");
  lua_call(L, 1, 0);
}
