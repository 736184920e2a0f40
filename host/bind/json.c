/* host.json: lua-cjson, extended by 64-bit integers, empty arrays and exact numbers. */
#include <lua.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bind/bind.h"
#include "bind/json_check.h"
#include "bind/json_fields.h"
#include "bind/json_lines.h"
#include "core/base/json_scan.h"
#include "core/base/utf8.h"

/* lua_cjson.h needs lua.h and does not include it. */
#include <lua-cjson.h>

#include "core/base/random.h"

/* lua-cjson knows doubles of 14 digits and writes an empty table as {}. Values that it would lose
   pass through it, in both directions, as a string that begins with this random word, the mark: an
   empty list is the mark alone, and a number is the mark followed by its text. */
static char word[48];

static size_t word_len;

static const char cjson_key = 0; /* registry key: os2's own instance of lua-cjson */

enum { MAX_DEPTH_LEVELS = 512 };

/* ---- decode ---- */

/* Options and state of one decoding. */
typedef struct decoding {
  /* stack index of the value that stands for null; 0: fields that are null are left out */
  int null;
  bool is_fine; /* false: a number was out of range */
} decoding;

static bool json_is_exact_integer(double number) {
  const double exact = 9007199254740992.0; /* 2^53 */
  return floor(number) == number && number <= exact && number >= -exact;
}

/* Each settle function replaces the value at the top of the stack by its final value. It returns
   true when the value was replaced. */

static bool json_settle_number(lua_State *L, decoding *how) {
  if (lua_isinteger(L, -1)) return false;
  double number = lua_tonumber(L, -1);
  if (!isfinite(number)) how->is_fine = false;
  if (!json_is_exact_integer(number)) return false;
  lua_pop(L, 1);
  lua_pushinteger(L, (lua_Integer)number);
  return true;
}

/* A marked number becomes an integer when it fits into 64 bits; otherwise its text stays. */
static bool json_settle_string(lua_State *L) {
  const char *text = lua_tostring(L, -1);
  if (strncmp(text, word, word_len) != 0) return false;
  const char *number = text + word_len;
  if (strpbrk(number, ".eE") != NULL || lua_stringtonumber(L, number) == 0 || !lua_isinteger(L, -1))
    lua_pushstring(L, number);
  return true;
}

static bool json_settle_null(lua_State *L, const decoding *how, bool is_field) {
  if (how->null != 0)
    lua_pushvalue(L, how->null);
  else if (is_field)
    lua_pushnil(L);
  else
    return false;
  return true;
}

static bool json_is_marked_list(lua_State *L) {
  lua_rawgeti(L, -1, 1);
  const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
  bool is_marked = strcmp(text, word) == 0;
  lua_pop(L, 1);
  return is_marked;
}

static bool json_settle(lua_State *L, decoding *how, bool is_field);

static void json_settle_fields(lua_State *L, int table, decoding *how) {
  luaL_checkstack(L, 8, "JSON is nested too deeply");
  lua_pushnil(L);
  while (lua_next(L, table) != 0) {
    int value = lua_gettop(L);
    if (json_settle(L, how, lua_type(L, value - 1) == LUA_TSTRING)) {
      lua_pushvalue(L, value - 1);
      lua_pushvalue(L, -2);
      lua_rawset(L, table); /* assigning to an existing key is allowed during the traversal */
    }
    lua_settop(L, value - 1);
  }
}

static bool json_settle_table(lua_State *L, decoding *how) {
  if (!json_is_marked_list(L)) {
    json_settle_fields(L, lua_gettop(L), how);
    return false;
  }
  lua_newtable(L);
  luaL_setmetatable(L, BIND_JSON_ARRAY);
  return true;
}

static bool json_settle(lua_State *L, decoding *how, bool is_field) {
  switch (lua_type(L, -1)) {
  case LUA_TTABLE:
    return json_settle_table(L, how);
  case LUA_TNUMBER:
    return json_settle_number(L, how);
  case LUA_TSTRING:
    return json_settle_string(L);
  case LUA_TLIGHTUSERDATA:
    return json_settle_null(L, how, is_field);
  default:
    return false;
  }
}

static void json_push_field(lua_State *L, const char *name) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &cjson_key);
  lua_getfield(L, -1, name);
  lua_remove(L, -2);
}

static void json_add_mark(luaL_Buffer *buffer, const os2_json_part *part) {
  luaL_addstring(buffer, part->is_number ? "\"" : "[\"");
  luaL_addlstring(buffer, word, word_len);
  if (part->is_number) luaL_addlstring(buffer, part->start, (size_t)(part->end - part->start));
  luaL_addstring(buffer, part->is_number ? "\"" : "\"]");
}

/* Pushes the text, in which every part that the parser would lose is marked. */
static void json_push_marked(lua_State *L, const char *text, size_t len) {
  const char *at = text, *end = text + len;
  os2_json_part part;
  luaL_Buffer buffer;
  if (!os2_json_scan(at, end, &part)) {
    lua_pushlstring(L, text, len);
    return;
  }
  luaL_buffinit(L, &buffer);
  do {
    luaL_addlstring(&buffer, at, (size_t)(part.start - at));
    json_add_mark(&buffer, &part);
    at = part.end;
  } while (os2_json_scan(at, end, &part));
  luaL_addlstring(&buffer, at, (size_t)(end - at));
  luaL_pushresult(&buffer);
}

static const char *json_unreadable(const char *text, size_t len) {
  if (!os2_utf8_is_valid(text, len)) return "it is not UTF-8";
  /* lua-cjson would treat a zero byte as the end and ignore the bytes after it */
  return memchr(text, '\0', len) != NULL ? "it holds a zero byte" : NULL;
}

/* Pushes the decoded value, or pushes a message and returns false. */
static bool json_decode(lua_State *L, const char *text, size_t len, decoding *how) {
  const char *why = json_unreadable(text, len);
  if (why != NULL) {
    lua_pushstring(L, why);
    return false;
  }
  json_push_field(L, "decode");
  json_push_marked(L, text, len);
  if (lua_pcall(L, 1, 1, 0) != LUA_OK) return false;
  json_settle(L, how, true);
  if (!how->is_fine) lua_pushstring(L, "a number is out of range");
  return how->is_fine;
}

// json.decode(text: string, null?, fields?: table) -> value | nil, err
// fields: only these fields of objects are decoded: name -> true, or the fields inside it. A list
// passes the question on to its elements. With {NAME = "wanted", [1] = wanted} an object of a list
// is left out unless `wanted` has a value for its NAME. What is left out is not checked.
static int json_l_decode(lua_State *L) {
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  lua_settop(L, 3);
  if (!lua_isnil(L, 3)) text = bind_json_fields(L, 3, text, &len);
  decoding how = {.null = lua_isnoneornil(L, 2) ? 0 : 2, .is_fine = true};
  if (json_decode(L, text, len, &how)) return 1;
  os2_err err;
  os2_fail(&err, OS2_PROTOCOL, "not JSON: %s", lua_tostring(L, -1));
  return bind_fail(L, "json.decode", &err);
}

/* ---- encode ---- */

/* Raises. The message does not quote the value, which may be secret. */
static int json_refuse(lua_State *L, const char *why) {
  luaL_checkstack(L, 8, NULL);
  bind_push_place(L);
  lua_pushfstring(L, "%sjson.encode: %s", lua_tostring(L, -1), why);
  return lua_error(L);
}

static void json_check_text(lua_State *L, int index) {
  size_t len;
  const char *text = lua_tolstring(L, index, &len);
  if (!os2_utf8_is_valid(text, len)) json_refuse(L, "a text is not UTF-8");
}

/* Returns true when lua-cjson's 14 digits represent the number exactly. lua-cjson itself refuses
   numbers that are not finite. */
static bool json_is_written_whole(lua_State *L, int index) {
  double number = lua_tonumber(L, index);
  if (!isfinite(number)) return true;
  char text[32];
  snprintf(text, sizeof text, "%.14g", number);
  /* Lua compares an integer with a float exactly, so an integer that lost digits differs. */
  lua_pushnumber(L, strtod(text, NULL));
  bool is_whole = lua_compare(L, index, -1, LUA_OPEQ);
  lua_pop(L, 1);
  return is_whole;
}

static void json_push_marked_number(lua_State *L, int index) {
  char text[32];
  if (lua_isinteger(L, index)) {
    snprintf(text, sizeof text, LUA_INTEGER_FMT, lua_tointeger(L, index));
  } else {
    double number = lua_tonumber(L, index);
    for (int digits = 15; digits <= 17; digits++) {
      snprintf(text, sizeof text, "%.*g", digits, number);
      if (strtod(text, NULL) == number) break;
    }
  }
  lua_pushfstring(L, "%s%s", word, text);
}

static bool json_is_marked_array(lua_State *L, int index) {
  if (!lua_getmetatable(L, index)) return false;
  luaL_getmetatable(L, BIND_JSON_ARRAY);
  bool is_array = lua_rawequal(L, -1, -2);
  lua_pop(L, 2);
  return is_array;
}

static bool json_is_empty_array(lua_State *L, int index) {
  if (!json_is_marked_array(L, index)) return false;
  lua_pushnil(L);
  if (lua_next(L, index) == 0) return true;
  lua_pop(L, 2);
  return false;
}

static void json_push_encodable(lua_State *L, int index, int depth);

/* What the keys of a table have shown so far: whether they can be those of a list. */
typedef struct keys {
  bool is_list;
  lua_Integer count, last;
} keys;

static void json_look_at_key(lua_State *L, int index, keys *seen) {
  if (lua_type(L, index) == LUA_TSTRING) json_check_text(L, index);
  if (lua_type(L, index) == LUA_TNUMBER && !json_is_written_whole(L, index))
    json_refuse(L, "a number of more than 14 digits is a key: make it a string");
  lua_Integer key = lua_isinteger(L, index) ? lua_tointeger(L, index) : 0;
  seen->is_list = seen->is_list && key > 0;
  seen->count++;
  if (key > seen->last) seen->last = key;
}

static void json_push_copy(lua_State *L, int table, int depth) {
  keys seen = {.is_list = true};
  lua_newtable(L);
  lua_pushnil(L);
  while (lua_next(L, table) != 0) {
    int value = lua_gettop(L);
    json_look_at_key(L, value - 1, &seen);
    lua_pushvalue(L, value - 1);
    json_push_encodable(L, value, depth + 1);
    lua_rawset(L, value - 2);
    lua_pop(L, 1);
  }
  if (seen.is_list && seen.last != seen.count) json_refuse(L, "a list has a gap");
}

static void json_push_encodable(lua_State *L, int index, int depth) {
  luaL_checkstack(L, 8, "a table is nested too deeply for JSON");
  if (depth > MAX_DEPTH_LEVELS)
    json_refuse(L, lua_pushfstring(L, "nested deeper than %d levels", MAX_DEPTH_LEVELS));
  if (lua_type(L, index) == LUA_TNUMBER && !json_is_written_whole(L, index))
    return json_push_marked_number(L, index);
  if (lua_type(L, index) == LUA_TSTRING) json_check_text(L, index);
  if (!lua_istable(L, index))
    lua_pushvalue(L, index);
  else if (json_is_empty_array(L, index))
    lua_pushfstring(L, "%s[]", word);
  else
    json_push_copy(L, index, depth);
}

/* Pushes the text, in which each mark is replaced by the value it stands for. */
static void json_push_unmarked(lua_State *L, const char *text) {
  char quoted[sizeof word + 1];
  luaL_Buffer buffer;
  snprintf(quoted, sizeof quoted, "\"%s", word);
  luaL_buffinit(L, &buffer);
  for (const char *mark; (mark = strstr(text, quoted)) != NULL;) {
    const char *meant = mark + strlen(quoted), *close = strchr(meant, '"');
    luaL_addlstring(&buffer, text, (size_t)(mark - text));
    luaL_addlstring(&buffer, meant, (size_t)(close - meant));
    text = close + 1;
  }
  luaL_addstring(&buffer, text);
  luaL_pushresult(&buffer);
}

// json.encode(value) -> string; raises for a value that JSON cannot represent
static int json_l_encode(lua_State *L) {
  luaL_checkany(L, 1);
  lua_settop(L, 1);
  json_push_field(L, "encode");
  json_push_encodable(L, 1, 0);
  if (lua_pcall(L, 1, 1, 0) != LUA_OK) return json_refuse(L, lua_tostring(L, -1));
  json_push_unmarked(L, lua_tostring(L, -1));
  return 1;
}

// json.array(list?) -> list: a table that is encoded as an array even when it is empty
static int json_l_array(lua_State *L) {
  lua_settop(L, 1);
  if (lua_isnil(L, 1)) {
    lua_newtable(L);
    lua_replace(L, 1);
  }
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_setmetatable(L, BIND_JSON_ARRAY);
  return 1;
}

/* ---- opening ---- */

static void json_configure(lua_State *L, const char *function, int value) {
  lua_getfield(L, -1, function);
  lua_pushboolean(L, value);
  lua_call(L, 1, 0);
}

static void json_open_cjson(lua_State *L) {
  lua_pushcfunction(L, luaopen_cjson);
  lua_call(L, 0, 1);
  lua_getfield(L, -1, "new");
  lua_call(L, 0, 1);
  json_configure(L, "decode_invalid_numbers", 0);
  json_configure(L, "encode_keep_buffer", 0);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &cjson_key);
  lua_pop(L, 1);
}

static void json_choose_word(void) {
  char digits[24 + 1];
  os2_random_word(digits, sizeof digits - 1);
  word_len = (size_t)snprintf(word, sizeof word, "os2-json-%s", digits);
}

static const luaL_Reg functions[] = {{"decode", json_l_decode},
                                     {"encode", json_l_encode},
                                     {"array", json_l_array},
                                     {"checker", bind_json_checker},
                                     {"picker", bind_json_picker},
                                     {"encoder", bind_json_encoder},
                                     {NULL, NULL}};

static const luaL_Reg array_meta[] = {{NULL, NULL}};

int luaopen_host_json(lua_State *L);
int luaopen_host_json(lua_State *L) {
  json_choose_word();
  json_open_cjson(L);
  bind_newtype(L, BIND_JSON_ARRAY, NULL, array_meta);
  luaL_newlib(L, functions);
  lua_pushlightuserdata(L, NULL); /* null is the same value as in lua-cjson */
  lua_setfield(L, -2, "null");
  json_push_field(L, "_VERSION");
  lua_pushfstring(L, "lua-cjson %s", lua_tostring(L, -1));
  lua_setfield(L, -3, "version");
  lua_pop(L, 1);
  return 1;
}
