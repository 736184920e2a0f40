/* host.json: lua-cjson with integers, empty arrays and strict numbers. */
#include "bind/json.h"

#include <lua-cjson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "bind/bind.h"
#include "core/utf8.h"

#define ARRAY_TYPE "host.json.array"

/* lua-cjson writes an empty table as {}. An empty array goes through it as this word, which no one
   can guess, and is put right in the text. */
static char empty_array[48];

static const char cjson_key = 0; /* registry: our own instance of lua-cjson */

enum { MAX_DEPTH = 512 };

/* ---- decode ---- */

static bool is_exact_integer(double number) {
  const double exact = 9007199254740992.0; /* 2^53 */
  return floor(number) == number && number <= exact && number >= -exact;
}

/* Makes an integer of the number on top where it is one; false when it is out of range. */
static bool make_integer(lua_State *L) {
  double number = lua_tonumber(L, -1);
  if (is_exact_integer(number)) {
    lua_pop(L, 1);
    lua_pushinteger(L, (lua_Integer)number);
  }
  return isfinite(number);
}

static bool make_integers(lua_State *L, int table) {
  bool is_fine = true;
  luaL_checkstack(L, 4, "JSON is nested too deeply");
  lua_pushnil(L);
  while (lua_next(L, table) != 0) {
    if (lua_istable(L, -1)) {
      is_fine = make_integers(L, lua_gettop(L)) && is_fine;
    } else if (lua_type(L, -1) == LUA_TNUMBER) {
      is_fine = make_integer(L) && is_fine;
      lua_pushvalue(L, -2);
      lua_pushvalue(L, -2);
      lua_rawset(L, table); /* an existing key: the walk goes on */
    }
    lua_pop(L, 1);
  }
  return is_fine;
}

static void push_field(lua_State *L, const char *name) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &cjson_key);
  lua_getfield(L, -1, name);
  lua_remove(L, -2);
}

static int refuse_text(lua_State *L, const char *why) {
  lua_pushstring(L, why);
  return -1;
}

int bind_json_decode(lua_State *L, const char *text, size_t len) {
  if (!os2_utf8_is_valid(text, len)) return refuse_text(L, "it is not UTF-8");
  /* lua-cjson would take it for the end, and pass over what stands behind it */
  if (memchr(text, '\0', len) != NULL) return refuse_text(L, "it holds a zero byte");
  push_field(L, "decode");
  lua_pushlstring(L, text, len);
  if (lua_pcall(L, 1, 1, 0) != LUA_OK) return -1;
  bool is_fine = true;
  if (lua_istable(L, -1)) is_fine = make_integers(L, lua_gettop(L));
  else if (lua_type(L, -1) == LUA_TNUMBER) is_fine = make_integer(L);
  return is_fine ? 0 : refuse_text(L, "a number is out of range");
}

// json.decode(text: string) -> value | nil, err
static int l_decode(lua_State *L) {
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  if (bind_json_decode(L, text, len) == 0) return 1;
  os2_err err;
  os2_fail(&err, OS2_PROTOCOL, "not JSON: %s", lua_tostring(L, -1));
  return bind_fail(L, "json.decode", &err);
}

/* ---- encode ---- */

/* Raises; the value itself is not said: it may be secret. */
static int refuse(lua_State *L, const char *why) {
  luaL_checkstack(L, 8, NULL);
  bind_push_place(L);
  lua_pushfstring(L, "%sjson.encode: %s", lua_tostring(L, -1), why);
  return lua_error(L);
}

static void check_text(lua_State *L, int index) {
  size_t len;
  const char *text = lua_tolstring(L, index, &len);
  if (!os2_utf8_is_valid(text, len)) refuse(L, "a text is not UTF-8");
}

static void check_integer(lua_State *L, int index) {
  double number = lua_tonumber(L, index);
  if (floor(number) != number) return;
  char text[32];
  snprintf(text, sizeof text, "%.14g", number);
  /* compared as Lua does: exactly, where an integer has lost digits as a double */
  lua_pushnumber(L, strtod(text, NULL));
  bool is_exact = lua_compare(L, index, -1, LUA_OPEQ);
  lua_pop(L, 1);
  if (!is_exact)
    refuse(L, lua_pushfstring(L, "%s has more than 14 digits, which JSON numbers here cannot hold: "
                                 "send it as a string",
                              lua_tostring(L, index)));
}

static bool is_marked_array(lua_State *L, int index) {
  if (!lua_getmetatable(L, index)) return false;
  luaL_getmetatable(L, ARRAY_TYPE);
  bool is_array = lua_rawequal(L, -1, -2);
  lua_pop(L, 2);
  return is_array;
}

static bool is_empty_array(lua_State *L, int index) {
  if (!is_marked_array(L, index)) return false;
  lua_pushnil(L);
  if (lua_next(L, index) == 0) return true;
  lua_pop(L, 2);
  return false;
}

static void push_encodable(lua_State *L, int index, int depth);

/* What a table's keys have shown so far. */
typedef struct keys {
  bool is_list;
  lua_Integer count, last;
} keys;

static void look_at_key(lua_State *L, int index, keys *seen) {
  if (lua_type(L, index) == LUA_TSTRING) check_text(L, index);
  lua_Integer key = lua_isinteger(L, index) ? lua_tointeger(L, index) : 0;
  seen->is_list = seen->is_list && key > 0;
  seen->count++;
  if (key > seen->last) seen->last = key;
}

static void push_copy(lua_State *L, int table, int depth) {
  keys seen = {.is_list = true};
  lua_newtable(L);
  lua_pushnil(L);
  while (lua_next(L, table) != 0) {
    int value = lua_gettop(L);
    look_at_key(L, value - 1, &seen);
    lua_pushvalue(L, value - 1);
    push_encodable(L, value, depth + 1);
    lua_rawset(L, value - 2);
    lua_pop(L, 1);
  }
  if (seen.is_list && seen.last != seen.count) refuse(L, "a list has a gap");
}

static void push_encodable(lua_State *L, int index, int depth) {
  luaL_checkstack(L, 8, "a table is nested too deeply for JSON");
  if (depth > MAX_DEPTH) refuse(L, lua_pushfstring(L, "nested deeper than %d levels", MAX_DEPTH));
  if (lua_type(L, index) == LUA_TNUMBER) check_integer(L, index);
  if (lua_type(L, index) == LUA_TSTRING) check_text(L, index);
  if (!lua_istable(L, index)) lua_pushvalue(L, index);
  else if (is_empty_array(L, index)) lua_pushstring(L, empty_array);
  else push_copy(L, index, depth);
}

// json.encode(value) -> string; raises for what JSON cannot hold
static int l_encode(lua_State *L) {
  char quoted[sizeof empty_array + 2];
  luaL_checkany(L, 1);
  lua_settop(L, 1);
  push_field(L, "encode");
  push_encodable(L, 1, 0);
  if (lua_pcall(L, 1, 1, 0) != LUA_OK)
    return refuse(L, lua_tostring(L, -1));
  snprintf(quoted, sizeof quoted, "\"%s\"", empty_array);
  if (strstr(lua_tostring(L, -1), quoted) != NULL)
    luaL_gsub(L, lua_tostring(L, -1), quoted, "[]");
  return 1;
}

// json.array(list?) -> list: a table that is an array also when it is empty
static int l_array(lua_State *L) {
  lua_settop(L, 1);
  if (lua_isnil(L, 1)) {
    lua_newtable(L);
    lua_replace(L, 1);
  }
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_setmetatable(L, ARRAY_TYPE);
  return 1;
}

/* ---- opening ---- */

static void configure(lua_State *L, const char *function, int value) {
  lua_getfield(L, -1, function);
  lua_pushboolean(L, value);
  lua_call(L, 1, 0);
}

static void open_cjson(lua_State *L) {
  lua_pushcfunction(L, luaopen_cjson);
  lua_call(L, 0, 1);
  lua_getfield(L, -1, "new");
  lua_call(L, 0, 1);
  configure(L, "decode_invalid_numbers", 0);
  configure(L, "encode_keep_buffer", 0);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &cjson_key);
  lua_pop(L, 1);
}

static void choose_word(void) {
  unsigned char bytes[12];
  if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes) abort();
  size_t used = (size_t)snprintf(empty_array, sizeof empty_array, "empty-array-");
  for (size_t i = 0; i < sizeof bytes; i++)
    used += (size_t)snprintf(empty_array + used, sizeof empty_array - used, "%02x", bytes[i]);
}

static const luaL_Reg functions[] = {
    {"decode", l_decode}, {"encode", l_encode}, {"array", l_array}, {NULL, NULL}};

static const luaL_Reg array_meta[] = {{NULL, NULL}};

int luaopen_host_json(lua_State *L);
int luaopen_host_json(lua_State *L) {
  choose_word();
  open_cjson(L);
  bind_newtype(L, ARRAY_TYPE, NULL, array_meta);
  luaL_newlib(L, functions);
  lua_pushlightuserdata(L, NULL);
  lua_setfield(L, -2, "null");
  push_field(L, "_VERSION");
  lua_pushfstring(L, "lua-cjson %s", lua_tostring(L, -1));
  lua_setfield(L, -3, "version");
  lua_pop(L, 1);
  return 1;
}
