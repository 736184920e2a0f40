/* json_check: see json_check.h. Each record of a long list is checked, so that a field costs no
   call of a Lua function. */
#include "bind/json_check.h"

#include <lauxlib.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

/* Each says whether the value at the top of the stack is of a kind. */

static bool json_check_string(lua_State *L) { return lua_type(L, -1) == LUA_TSTRING; }

static bool json_check_text(lua_State *L) { return json_check_string(L) && lua_rawlen(L, -1) > 0; }

static bool json_check_word(lua_State *L) {
  if (!json_check_string(L)) return false;
  if (lua_rawlen(L, -1) > 0) return true;
  lua_pop(L, 1);
  lua_pushnil(L);
  return true;
}

static bool json_check_number(lua_State *L) {
  return lua_type(L, -1) == LUA_TNUMBER && isfinite(lua_tonumber(L, -1));
}

static bool json_check_integer(lua_State *L) { return lua_isinteger(L, -1); }

static bool json_check_boolean(lua_State *L) { return lua_isboolean(L, -1); }

static bool json_check_any(lua_State *L) {
  (void)L;
  return true;
}

static bool json_check_scalar(lua_State *L) {
  int type = lua_type(L, -1);
  return type == LUA_TSTRING || type == LUA_TNUMBER || type == LUA_TBOOLEAN;
}

/* Whether all keys of the table at the top are of a type, and its values of a kind. */
static bool json_check_all(lua_State *L, int key_type, bool (*is_kind)(lua_State *)) {
  if (!lua_istable(L, -1)) return false;
  luaL_checkstack(L, 4, NULL);
  int table = lua_gettop(L);
  bool is_fine = true;
  lua_pushnil(L);
  while (is_fine && lua_next(L, table) != 0) {
    is_fine = lua_type(L, -2) == key_type && is_kind(L);
    lua_pop(L, 1);
  }
  lua_settop(L, table);
  return is_fine;
}

static bool json_check_list(lua_State *L) {
  if (!lua_istable(L, -1)) return false;
  if (lua_rawlen(L, -1) > 0) return true;
  lua_pushnil(L);
  if (lua_next(L, -2) == 0) return true;
  lua_pop(L, 2);
  return false;
}

static bool json_check_texts(lua_State *L) {
  return json_check_list(L) && json_check_all(L, LUA_TNUMBER, json_check_string);
}

static bool json_check_object(lua_State *L) {
  return json_check_all(L, LUA_TSTRING, json_check_any);
}

static bool json_check_words(lua_State *L) {
  return json_check_all(L, LUA_TSTRING, json_check_scalar);
}

typedef struct json_check_kind {
  const char *name;
  bool (*is_kind)(lua_State *L);
} json_check_kind;

static const json_check_kind kinds[] = {
    {"text", json_check_text},     {"word", json_check_word},       {"string", json_check_string},
    {"number", json_check_number}, {"integer", json_check_integer}, {"boolean", json_check_boolean},
    {"list", json_check_list},     {"texts", json_check_texts},     {"object", json_check_object},
    {"words", json_check_words}};

/* The fields of a record. Userdata owns them; it is an upvalue of the functions, beside the list of
   their names and that of the names in what is picked. */
typedef struct json_check_field {
  bool (*is_kind)(lua_State *L);
  bool is_optional;
} json_check_field;

typedef struct json_check_shape {
  lua_Integer count;
  json_check_field fields[];
} json_check_shape;

/* Where they stand on the stack of the functions, behind the argument; then the record at hand. */
enum { ARGUMENT = 1, SHAPE, NAMES, PICKED_NAMES, RECORD, PICKED };

enum { UPVALUES = PICKED_NAMES - ARGUMENT };

static const json_check_shape *json_check_begin(lua_State *L) {
  luaL_checktype(L, ARGUMENT, LUA_TTABLE);
  lua_settop(L, ARGUMENT);
  for (int i = 1; i <= UPVALUES; i++) lua_pushvalue(L, lua_upvalueindex(i));
  return lua_touserdata(L, SHAPE);
}

/* Replaces the null at the top of the stack by nil, in the record too. */
static void json_check_remove_null(lua_State *L, lua_Integer index) {
  lua_pop(L, 1);
  lua_rawgeti(L, NAMES, index);
  lua_pushnil(L);
  lua_rawset(L, RECORD);
  lua_pushnil(L);
}

/* Pushes the value of a field. Returns false when it is not of its kind. */
static bool json_check_push(lua_State *L, const json_check_shape *shape, lua_Integer index) {
  const json_check_field *field = &shape->fields[index - 1];
  lua_rawgeti(L, NAMES, index);
  int type = lua_rawget(L, RECORD);
  if (type == LUA_TLIGHTUSERDATA) json_check_remove_null(L, index);
  if (type == LUA_TLIGHTUSERDATA || type == LUA_TNIL) return field->is_optional;
  return field->is_kind(L);
}

// function(record: table) -> integer?
static int json_check_l_check(lua_State *L) {
  const json_check_shape *shape = json_check_begin(L);
  lua_pushvalue(L, ARGUMENT);
  for (lua_Integer i = 1; i <= shape->count; i++) {
    bool is_fine = json_check_push(L, shape, i);
    lua_pop(L, 1);
    if (is_fine) continue;
    lua_pushinteger(L, i);
    return 1;
  }
  return 0;
}

/* Pushes what is picked of the record at hand. Returns false when it does not fit. */
static bool json_check_push_picked(lua_State *L, const json_check_shape *shape) {
  if (!lua_istable(L, RECORD)) return false;
  lua_createtable(L, 0, (int)shape->count);
  for (lua_Integer i = 1; i <= shape->count; i++) {
    lua_rawgeti(L, PICKED_NAMES, i);
    if (!json_check_push(L, shape, i)) return false;
    if (lua_isnil(L, -1))
      lua_pop(L, 2);
    else
      lua_rawset(L, -3);
  }
  return true;
}

// function(records: table[]) -> table[] | nil, integer
static int json_check_l_pick(lua_State *L) {
  const json_check_shape *shape = json_check_begin(L);
  lua_Integer count = (lua_Integer)lua_rawlen(L, ARGUMENT);
  lua_pushnil(L); /* the place of RECORD */
  lua_createtable(L, (int)count, 0);
  for (lua_Integer i = 1; i <= count; i++) {
    lua_rawgeti(L, ARGUMENT, i);
    lua_replace(L, RECORD);
    if (!json_check_push_picked(L, shape)) {
      lua_pushnil(L);
      lua_pushinteger(L, i);
      return 2;
    }
    lua_rawseti(L, PICKED, i);
  }
  return 1;
}

/* ---- shapes ---- */

/* The row of a field on the stack of the functions that make functions, behind its upvalues. */
enum { ROW = PICKED_NAMES + 1 };

static bool (*json_check_find(lua_State *L, const char *name))(lua_State *) {
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (strcmp(name, kinds[i].name) == 0) return kinds[i].is_kind;
  luaL_error(L, "json.checker: '%s' is no kind", name);
  return NULL;
}

static void json_check_read(lua_State *L, json_check_field *field) {
  luaL_checktype(L, ROW, LUA_TTABLE);
  lua_getfield(L, ROW, "kind");
  lua_getfield(L, ROW, "is_optional");
  field->is_kind = json_check_find(L, luaL_checkstring(L, -2));
  field->is_optional = lua_toboolean(L, -1);
  lua_settop(L, ROW);
}

static void json_check_keep_names(lua_State *L, lua_Integer index) {
  lua_getfield(L, ROW, "name");
  luaL_checktype(L, -1, LUA_TSTRING);
  bool has_other = lua_getfield(L, ROW, "as") == LUA_TSTRING;
  lua_pushvalue(L, has_other ? -1 : -2);
  lua_rawseti(L, PICKED_NAMES, index);
  lua_pushvalue(L, ROW + 1);
  lua_rawseti(L, NAMES, index);
  lua_settop(L, ROW);
}

/* Makes a function of the fields that are its argument. */
static int json_check_push_function(lua_State *L, lua_CFunction function) {
  luaL_checktype(L, ARGUMENT, LUA_TTABLE);
  lua_settop(L, ARGUMENT);
  lua_Integer count = (lua_Integer)lua_rawlen(L, ARGUMENT);
  json_check_shape *shape =
      lua_newuserdatauv(L, sizeof *shape + (size_t)count * sizeof *shape->fields, 0);
  shape->count = count;
  lua_createtable(L, (int)count, 0);
  lua_createtable(L, (int)count, 0);
  for (lua_Integer i = 1; i <= count; i++) {
    lua_rawgeti(L, ARGUMENT, i);
    json_check_read(L, &shape->fields[i - 1]);
    json_check_keep_names(L, i);
    lua_settop(L, PICKED_NAMES);
  }
  lua_pushcclosure(L, function, UPVALUES);
  return 1;
}

int bind_json_checker(lua_State *L) { return json_check_push_function(L, json_check_l_check); }

int bind_json_picker(lua_State *L) { return json_check_push_function(L, json_check_l_pick); }
