/* json_lines: the records of a list as JSON objects. A list may have many thousand records, nearly
   all of whose values are plain texts, integers, booleans and labels; those need no Lua. */
#include "bind/json_lines.h"

#include <float.h>
#include <lauxlib.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What stands where on the stack: arguments, upvalues, and what is at hand. A buffer of Lua may be
   used only while nothing lies above it, so that each value has its place below, or is added after
   it was popped, while a table still holds it. */
enum { RECORDS = 1, JOINT, HEADS, KEYS, ENCODE, RECORD, VALUE };

enum { UPVALUES = RECORD - HEADS };

enum { MOST_PAIRS = 32 };  /* of a table of texts; a larger one needs Lua */
enum { MOST_DIGITS = 24 }; /* of a number, with its sign and its point */
enum { LEAST_EXACT_DIGITS = 14 };

/* A text that a table holds. */
typedef struct json_lines_text {
  const char *bytes;
  size_t len;
} json_lines_text;

typedef struct json_lines_pair {
  json_lines_text key, value;
} json_lines_pair;

static bool json_lines_is_plain(const json_lines_text *text) {
  size_t at = 0;
  const char *bytes = text->bytes;
  while (at < text->len && bytes[at] >= ' ' && bytes[at] <= '~' && bytes[at] != '"' &&
         bytes[at] != '\\' && bytes[at] != '/')
    at++;
  return at == text->len;
}

/* Reads the value at an index when it is a plain text. */
static bool json_lines_read(lua_State *L, int index, json_lines_text *text) {
  if (lua_type(L, index) != LUA_TSTRING) return false;
  text->bytes = lua_tolstring(L, index, &text->len);
  return json_lines_is_plain(text);
}

/* Appends a text with quotes, behind what stands before it. */
static void json_lines_add_behind(luaL_Buffer *out, const json_lines_text *head,
                                  const json_lines_text *text) {
  char *at = luaL_prepbuffsize(out, head->len + text->len + 2);
  memcpy(at, head->bytes, head->len);
  at += head->len;
  *at++ = '"';
  memcpy(at, text->bytes, text->len);
  at[text->len] = '"';
  luaL_addsize(out, head->len + text->len + 2);
}

static void json_lines_add_text(luaL_Buffer *out, const json_lines_text *text) {
  static const json_lines_text none = {"", 0};
  json_lines_add_behind(out, &none, text);
}

static void json_lines_add_integer(luaL_Buffer *out, lua_Integer value) {
  char digits[MOST_DIGITS], *end = digits + sizeof digits, *at = end;
  lua_Unsigned rest = value < 0 ? 0u - (lua_Unsigned)value : (lua_Unsigned)value;
  do {
    *--at = (char)('0' + rest % 10);
    rest /= 10;
  } while (rest != 0);
  if (value < 0) *--at = '-';
  luaL_addlstring(out, at, (size_t)(end - at));
}

/* Writes the fewest digits that make the same double, as json.encode does. */
static void json_lines_add_number(luaL_Buffer *out, double value) {
  char text[MOST_DIGITS + sizeof "e-308"];
  for (int digits = LEAST_EXACT_DIGITS; digits <= DBL_DECIMAL_DIG; digits++) {
    snprintf(text, sizeof text, "%.*g", digits, value);
    if (strtod(text, NULL) == value) break;
  }
  luaL_addstring(out, text);
}

/* ---- lists and tables of texts ---- */

/* Says whether the table is written as a list. One with another metatable than that of lists needs
   Lua, and is refused. */
static bool json_lines_is_known(lua_State *L, bool *is_list) {
  if (lua_getmetatable(L, VALUE)) {
    luaL_getmetatable(L, BIND_JSON_ARRAY);
    *is_list = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return *is_list;
  }
  *is_list = lua_rawgeti(L, VALUE, 1) != LUA_TNIL;
  lua_pop(L, 1);
  return true;
}

static bool json_lines_read_item(lua_State *L, lua_Integer index, json_lines_text *text) {
  lua_rawgeti(L, VALUE, index);
  bool is_plain = json_lines_read(L, -1, text);
  lua_pop(L, 1);
  return is_plain;
}

static bool json_lines_add_list(lua_State *L, luaL_Buffer *out) {
  json_lines_text text;
  lua_Integer count = (lua_Integer)lua_rawlen(L, VALUE);
  for (lua_Integer i = 1; i <= count; i++)
    if (!json_lines_read_item(L, i, &text)) return false;
  luaL_addchar(out, '[');
  for (lua_Integer i = 1; i <= count; i++) {
    if (i > 1) luaL_addchar(out, ',');
    if (json_lines_read_item(L, i, &text)) json_lines_add_text(out, &text);
  }
  luaL_addchar(out, ']');
  return true;
}

/* Puts a pair into its place among those before it: by their keys, as Lua compares texts. */
static void json_lines_insert(json_lines_pair pairs[], size_t count, const json_lines_pair *pair) {
  size_t at = count;
  for (; at > 0 && strcoll(pair->key.bytes, pairs[at - 1].key.bytes) < 0; at--)
    pairs[at] = pairs[at - 1];
  pairs[at] = *pair;
}

/* Reads the pairs of the table. Returns false when one is no plain text, or there are too many. */
static bool json_lines_read_pairs(lua_State *L, json_lines_pair pairs[], size_t *count) {
  json_lines_pair pair;
  int top = lua_gettop(L);
  *count = 0;
  lua_pushnil(L);
  while (lua_next(L, VALUE) != 0) {
    bool is_plain = json_lines_read(L, -2, &pair.key) && json_lines_read(L, -1, &pair.value);
    if (!is_plain || *count == MOST_PAIRS) {
      lua_settop(L, top);
      return false;
    }
    json_lines_insert(pairs, (*count)++, &pair);
    lua_pop(L, 1);
  }
  return true;
}

static bool json_lines_add_pairs(lua_State *L, luaL_Buffer *out) {
  json_lines_pair pairs[MOST_PAIRS];
  size_t count;
  if (!json_lines_read_pairs(L, pairs, &count)) return false;
  luaL_addchar(out, '{');
  for (size_t i = 0; i < count; i++) {
    if (i > 0) luaL_addchar(out, ',');
    json_lines_add_text(out, &pairs[i].key);
    luaL_addchar(out, ':');
    json_lines_add_text(out, &pairs[i].value);
  }
  luaL_addchar(out, '}');
  return true;
}

static bool json_lines_add_table(lua_State *L, luaL_Buffer *out) {
  bool is_list;
  if (!json_lines_is_known(L, &is_list)) return false;
  return is_list ? json_lines_add_list(L, out) : json_lines_add_pairs(L, out);
}

/* ---- records ---- */

/* What stands before each value: `,"name":`. Userdata owns the array, and a list of the function
   the bytes. */
typedef struct json_lines_heads {
  lua_Integer count;
  json_lines_text heads[];
} json_lines_heads;

/* Appends the value in its place. */
static void json_lines_add_value(lua_State *L, luaL_Buffer *out) {
  if (lua_isboolean(L, VALUE))
    return luaL_addstring(out, lua_toboolean(L, VALUE) ? "true" : "false");
  if (lua_isinteger(L, VALUE)) return json_lines_add_integer(out, lua_tointeger(L, VALUE));
  if (lua_type(L, VALUE) == LUA_TNUMBER && isfinite(lua_tonumber(L, VALUE)))
    return json_lines_add_number(out, lua_tonumber(L, VALUE));
  if (lua_istable(L, VALUE) && json_lines_add_table(L, out)) return;
  lua_pushvalue(L, ENCODE);
  lua_pushvalue(L, VALUE);
  lua_call(L, 1, 1);
  luaL_addvalue(out);
}

/* Appends a field when the record has it. Most are plain texts, which are added at once. */
static bool json_lines_add_field(lua_State *L, luaL_Buffer *out, const json_lines_text *head,
                                 lua_Integer index) {
  json_lines_text text;
  lua_rawgeti(L, KEYS, index);
  int type = lua_rawget(L, RECORD);
  if (type == LUA_TSTRING && json_lines_read(L, -1, &text)) {
    lua_pop(L, 1);
    json_lines_add_behind(out, head, &text);
    return true;
  }
  lua_replace(L, VALUE);
  if (type == LUA_TNIL) return false;
  luaL_addlstring(out, head->bytes, head->len);
  json_lines_add_value(L, out);
  return true;
}

/* A head begins with a comma, which the first field has not. */
static void json_lines_add_record(lua_State *L, luaL_Buffer *out, const json_lines_heads *of) {
  size_t comma = 1;
  luaL_addchar(out, '{');
  for (lua_Integer i = 1; i <= of->count; i++) {
    const json_lines_text *head = &of->heads[i - 1];
    json_lines_text shown = {head->bytes + comma, head->len - comma};
    if (json_lines_add_field(L, out, &shown, i)) comma = 0;
  }
  luaL_addchar(out, '}');
}

// function(records: table[], joint: string) -> string
static int json_lines_l_encode(lua_State *L) {
  luaL_Buffer out;
  size_t joint_len;
  luaL_checktype(L, RECORDS, LUA_TTABLE);
  const char *joint = luaL_checklstring(L, JOINT, &joint_len);
  lua_settop(L, JOINT);
  for (int i = 1; i <= UPVALUES; i++) lua_pushvalue(L, lua_upvalueindex(i));
  lua_settop(L, VALUE);
  const json_lines_heads *heads = lua_touserdata(L, HEADS);
  lua_Integer count = (lua_Integer)lua_rawlen(L, RECORDS);
  luaL_buffinit(L, &out);
  for (lua_Integer i = 1; i <= count; i++) {
    lua_rawgeti(L, RECORDS, i);
    luaL_checktype(L, -1, LUA_TTABLE);
    lua_replace(L, RECORD);
    if (i > 1) luaL_addlstring(&out, joint, joint_len);
    json_lines_add_record(L, &out, heads);
  }
  luaL_pushresult(&out);
  return 1;
}

int bind_json_encoder(lua_State *L) {
  enum { NAMES = 1, WRITE, TEXTS };
  luaL_checktype(L, NAMES, LUA_TTABLE);
  luaL_checktype(L, WRITE, LUA_TFUNCTION);
  lua_settop(L, WRITE);
  lua_Integer count = (lua_Integer)lua_rawlen(L, NAMES);
  lua_createtable(L, (int)count, 0);
  json_lines_heads *of = lua_newuserdatauv(L, sizeof *of + (size_t)count * sizeof *of->heads, 1);
  of->count = count;
  for (lua_Integer i = 1; i <= count; i++) {
    lua_rawgeti(L, NAMES, i);
    luaL_checktype(L, -1, LUA_TSTRING);
    lua_pushfstring(L, ",\"%s\":", lua_tostring(L, -1));
    of->heads[i - 1].bytes = lua_tolstring(L, -1, &of->heads[i - 1].len);
    lua_rawseti(L, TEXTS, i);
    lua_pop(L, 1);
  }
  lua_pushvalue(L, TEXTS);
  lua_setiuservalue(L, -2, 1);
  lua_pushvalue(L, NAMES);
  lua_pushvalue(L, WRITE);
  lua_pushcclosure(L, json_lines_l_encode, UPVALUES);
  return 1;
}
