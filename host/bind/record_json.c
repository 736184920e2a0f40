/* record_json: any Lua value as JSON. */
#include "bind/record_json.h"

#include <math.h>
#include <sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/utf8.h"

#define MASK "***"

enum { DEEPEST_LEVELS = 16, STACK_SLOTS = 12 };
enum { FIRST_BYTES = 4096, LONGEST_NAME_BYTES = 200, LONGEST_BRIEF_BYTES = 200 };

/* ---- bytes ---- */

void record_json_put(record_buffer *buffer, const char *bytes, size_t len) {
  if (len == 0) return; /* the bytes may be NULL */
  if (buffer->len + len > buffer->size) {
    size_t size = buffer->size > 0 ? buffer->size : FIRST_BYTES;
    while (size < buffer->len + len) size *= 2;
    buffer->data = os2_mem_resize(buffer->data, size, 1);
    buffer->size = size;
  }
  memcpy(buffer->data + buffer->len, bytes, len);
  buffer->len += len;
}

void record_json_put_text(record_buffer *buffer, const char *text) {
  record_json_put(buffer, text, strlen(text));
}

static void record_json_put_char(record_buffer *buffer, unsigned char c) {
  char escaped[8];
  if (c == '"' || c == '\\') {
    record_json_put(buffer, (char[]){'\\', (char)c}, 2);
  } else if (c == '\n') {
    record_json_put(buffer, "\\n", 2);
  } else {
    snprintf(escaped, sizeof escaped, "\\u%04x", c);
    record_json_put_text(buffer, escaped);
  }
}

/* Which bytes stand in JSON as they are: ASCII without controls, quotes and backslashes. */
static bool record_json_is_plain(unsigned char c) {
  return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* How many bytes from here on need no escape. Sets *bad when an invalid byte follows them. */
static size_t record_json_run(const char *text, size_t len, bool *bad) {
  size_t at = 0, size;
  *bad = false;
  for (;;) {
    while (at < len && record_json_is_plain((unsigned char)text[at])) at++;
    if (at == len || (unsigned char)text[at] < 0x80) return at;
    *bad = os2_utf8_decode(text + at, len - at, &size) == OS2_UTF8_INVALID && size == 1;
    if (*bad) return at;
    at += size;
  }
}

void record_json_put_string(record_buffer *buffer, const char *text, size_t len) {
  bool bad;
  record_json_put(buffer, "\"", 1);
  for (size_t at = 0; at < len;) {
    size_t run = record_json_run(text + at, len - at, &bad);
    record_json_put(buffer, text + at, run);
    at += run;
    if (at == len) break;
    if (bad)
      record_json_put(buffer, "?", 1);
    else
      record_json_put_char(buffer, (unsigned char)text[at]);
    at++;
  }
  record_json_put(buffer, "\"", 1);
}

static void record_json_put_kind(record_buffer *buffer, const char *kind) {
  record_json_put_text(buffer, "{\"$kind\":\"");
  record_json_put_text(buffer, kind);
  record_json_put_text(buffer, "\"}");
}

/* Times in seconds since 1970: a double has seven decimals there, and printf takes long. */
static bool record_json_put_time(record_buffer *buffer, double number) {
  char text[48];
  if (!(number >= 1e9 && number < 1e10)) return false;
  long long whole = (long long)number, part = llround((number - (double)whole) * 1e7);
  if (part >= 10000000) return false;
  int at = (int)sizeof text;
  for (int i = 0; i < 7; i++, part /= 10) text[--at] = (char)('0' + part % 10);
  text[--at] = '.';
  for (; whole > 0; whole /= 10) text[--at] = (char)('0' + whole % 10);
  record_json_put(buffer, text + at, sizeof text - (size_t)at);
  return true;
}

static void record_json_put_number(lua_State *L, int index, record_buffer *buffer) {
  char text[48];
  if (lua_isinteger(L, index)) {
    snprintf(text, sizeof text, LUA_INTEGER_FMT, lua_tointeger(L, index));
  } else {
    double number = lua_tonumber(L, index);
    if (record_json_put_time(buffer, number)) return;
    if (!isfinite(number)) {
      record_json_put_kind(buffer, isnan(number) ? "nan" : "infinity");
      return;
    }
    snprintf(text, sizeof text, "%.14g", number);
    if (strtod(text, NULL) != number) snprintf(text, sizeof text, "%.17g", number);
  }
  record_json_put_text(buffer, text);
}

/* ---- tables ---- */

static int record_json_look_up(lua_State *L) {
  lua_gettable(L, 1);
  return 1;
}

/* Raw first: most names were asked before. */
static int record_json_known(const record_walk *on, const char *name, size_t len) {
  lua_pushlstring(on->L, name, len);
  int type = lua_rawget(on->L, on->secrets);
  int known = type == LUA_TNIL ? -1 : lua_toboolean(on->L, -1);
  lua_pop(on->L, 1);
  return known;
}

bool record_json_is_secret(const record_walk *on, const char *name, size_t len) {
  lua_State *L = on->L;
  int known = record_json_known(on, name, len);
  if (known >= 0) return known == 1;
  lua_pushcfunction(L, record_json_look_up);
  lua_pushvalue(L, on->secrets);
  lua_pushlstring(L, name, len);
  /* what cannot be decided is taken for a secret */
  bool is_secret = lua_pcall(L, 2, 1, 0) != LUA_OK || lua_toboolean(L, -1);
  lua_pop(L, 1);
  return is_secret;
}

/* Counts the entries of a table. Returns -1 when it has keys that are no text. A list has only the
   keys 1 to *items. */
static lua_Integer record_json_count(lua_State *L, int table, lua_Integer *items) {
  lua_Integer count = 0, texts = 0;
  *items = 0;
  for (lua_pushnil(L); lua_next(L, table) != 0; lua_pop(L, 1)) {
    count++;
    if (lua_type(L, -2) == LUA_TSTRING) texts++;
  }
  if (texts == count) return count;
  *items = (lua_Integer)lua_rawlen(L, table);
  return texts == 0 && *items == count ? count : -1;
}

static int record_json_by_text(const void *one, const void *other) {
  return strcmp(*(const char *const *)one, *(const char *const *)other);
}

/* Pushes userdata with the sorted keys of a table, which owns them. */
static const char **record_json_push_keys(lua_State *L, int table, lua_Integer count) {
  const char **keys = lua_newuserdatauv(L, (size_t)count * sizeof *keys + 1, 0);
  size_t at = 0;
  for (lua_pushnil(L); lua_next(L, table) != 0; lua_pop(L, 1)) keys[at++] = lua_tostring(L, -2);
  qsort(keys, at, sizeof *keys, record_json_by_text);
  return keys;
}

static void record_json_put_names(const record_walk *on, const char **keys, lua_Integer count) {
  record_json_put_text(on->buffer, "{\"$names\":[");
  for (lua_Integer i = 0; i < count; i++) {
    if (i > 0) record_json_put(on->buffer, ",", 1);
    record_json_put_string(on->buffer, keys[i], strlen(keys[i]));
  }
  record_json_put_text(on->buffer, "]}");
}

/* Writes the value at the top of the stack as that of a key. */
static void record_json_put_field(const record_walk *on, const char *key, int level) {
  int index = lua_gettop(on->L);
  bool is_env = strcmp(key, "env") == 0 && lua_type(on->L, index) == LUA_TTABLE;
  if (lua_type(on->L, index) == LUA_TSTRING && record_json_is_secret(on, key, strlen(key))) {
    record_json_put_text(on->buffer, "\"" MASK "\"");
  } else if (is_env) {
    lua_Integer items, count = record_json_count(on->L, index, &items);
    if (count < 0 || items > 0)
      record_json_put_kind(on->buffer, "env");
    else
      record_json_put_names(on, record_json_push_keys(on->L, index, count), count);
  } else {
    record_json_put_value(on, index, level);
  }
  lua_settop(on->L, index);
}

static lua_Integer record_json_size_of(lua_State *L) {
  lua_Integer count = 0;
  if (lua_type(L, -1) != LUA_TTABLE) return 0;
  for (lua_pushnil(L); lua_next(L, -2) != 0; lua_pop(L, 1)) count++;
  return count;
}

void record_json_shorten(const record_walk *on, size_t from) {
  size_t len = on->buffer->len - from;
  char hash[SHA256_DIGEST_STRING_LENGTH], text[160];
  if (len <= on->longest) return;
  SHA256Data((const uint8_t *)on->buffer->data + from, len, hash);
  snprintf(text, sizeof text, "{\"$large\":{\"bytes\":%zu,\"count\":%lld,\"sha256\":\"%s\"}}", len,
           (long long)record_json_size_of(on->L), hash);
  on->buffer->len = from;
  record_json_put_text(on->buffer, text);
}

static bool record_json_is_left_out(const record_walk *on, const char *key, int level) {
  if (level != 1 || on->env == 0) return false;
  if (strcmp(key, "env") == 0) return lua_rawequal(on->L, -1, on->env);
  return strcmp(key, "now") == 0 && fabs(lua_tonumber(on->L, -1) - on->now) < 1;
}

static void record_json_put_object(const record_walk *on, int table, lua_Integer count, int level) {
  lua_State *L = on->L;
  const char **keys = record_json_push_keys(L, table, count);
  bool is_first = true;
  record_json_put(on->buffer, "{", 1);
  for (lua_Integer i = 0; i < count; i++) {
    lua_pushstring(L, keys[i]);
    lua_rawget(L, table);
    if (!record_json_is_left_out(on, keys[i], level)) {
      if (!is_first) record_json_put(on->buffer, ",", 1);
      is_first = false;
      record_json_put_string(on->buffer, keys[i], strlen(keys[i]));
      record_json_put(on->buffer, ":", 1);
      size_t before = on->buffer->len;
      record_json_put_field(on, keys[i], level);
      if (level == 1) record_json_shorten(on, before);
    }
    lua_pop(L, 1);
  }
  record_json_put(on->buffer, "}", 1);
}

static bool record_json_is_brief(const record_walk *on, const char *key, int left_out) {
  lua_getfield(on->L, left_out, key);
  bool is_left_out = lua_toboolean(on->L, -1);
  lua_pop(on->L, 1);
  if (is_left_out || lua_islightuserdata(on->L, -1)) return false;
  return lua_type(on->L, -1) != LUA_TSTRING || lua_rawlen(on->L, -1) <= LONGEST_BRIEF_BYTES;
}

/* Writes the value at the top of the stack; of a table only how much it holds. */
static void record_json_put_brief_value(const record_walk *on, const char *key) {
  char count[48];
  if (lua_type(on->L, -1) != LUA_TTABLE) {
    record_json_put_field(on, key, 1);
    return;
  }
  snprintf(count, sizeof count, "{\"count\":%lld}", (long long)record_json_size_of(on->L));
  record_json_put_text(on->buffer, count);
}

void record_json_put_brief(const record_walk *on, int table, int left_out) {
  lua_State *L = on->L;
  lua_Integer items, count = record_json_count(L, table, &items);
  bool is_first = true;
  record_json_put(on->buffer, "{", 1);
  const char **keys = count > 0 && items == 0 ? record_json_push_keys(L, table, count) : NULL;
  for (lua_Integer i = 0; keys != NULL && i < count; i++) {
    lua_pushstring(L, keys[i]);
    lua_rawget(L, table);
    if (record_json_is_brief(on, keys[i], left_out)) {
      if (!is_first) record_json_put(on->buffer, ",", 1);
      is_first = false;
      record_json_put_string(on->buffer, keys[i], strlen(keys[i]));
      record_json_put(on->buffer, ":", 1);
      record_json_put_brief_value(on, keys[i]);
    }
    lua_pop(L, 1);
  }
  if (keys != NULL) lua_pop(L, 1);
  record_json_put(on->buffer, "}", 1);
}

static void record_json_put_list(const record_walk *on, int table, lua_Integer count, int level) {
  record_json_put(on->buffer, "[", 1);
  for (lua_Integer i = 1; i <= count; i++) {
    if (i > 1) record_json_put(on->buffer, ",", 1);
    lua_rawgeti(on->L, table, i);
    record_json_put_value(on, lua_gettop(on->L), level);
    lua_pop(on->L, 1);
  }
  record_json_put(on->buffer, "]", 1);
}

static bool record_json_is_error(lua_State *L, int index) {
  if (!lua_getmetatable(L, index)) return false;
  luaL_getmetatable(L, "os2.err");
  bool is_error = lua_rawequal(L, -1, -2);
  lua_pop(L, 2);
  return is_error;
}

static void record_json_put_error(const record_walk *on, int index, int level) {
  static const char *const fields[] = {"exit", "hint",        "is_sent",   "kind",  "message",
                                       "op",   "retry_after", "retryable", "status"};
  bool is_first = true;
  record_json_put_text(on->buffer, "{\"$error\":{");
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
    lua_pushstring(on->L, fields[i]);
    if (lua_rawget(on->L, index) != LUA_TNIL) {
      if (!is_first) record_json_put(on->buffer, ",", 1);
      is_first = false;
      record_json_put_string(on->buffer, fields[i], strlen(fields[i]));
      record_json_put(on->buffer, ":", 1);
      record_json_put_value(on, lua_gettop(on->L), level);
    }
    lua_pop(on->L, 1);
  }
  record_json_put_text(on->buffer, "}}");
}

static void record_json_put_table(const record_walk *on, int index, int level) {
  lua_State *L = on->L;
  lua_Integer items;
  if (level > DEEPEST_LEVELS || lua_checkstack(L, STACK_SLOTS) == 0) {
    record_json_put_kind(on->buffer, "too deep");
    return;
  }
  if (record_json_is_error(L, index)) {
    record_json_put_error(on, index, level + 1);
    return;
  }
  lua_Integer count = record_json_count(L, index, &items);
  if (count < 0)
    record_json_put_kind(on->buffer, "table");
  else if (items > 0)
    record_json_put_list(on, index, count, level + 1);
  else if (count > 0)
    record_json_put_object(on, index, count, level + 1);
  else
    record_json_put_text(on->buffer, level == 0 && on->env != 0 ? "{}" : "[]");
}

#define NAME_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

/* "TOKEN=value": the length of the assignment's name and its "="; 0 unless the name is secret. */
static size_t record_json_secret_assignment(const record_walk *on, const char *text, size_t len) {
  const char *end = memchr(text, '=', len < LONGEST_NAME_BYTES ? len : LONGEST_NAME_BYTES);
  if (end == NULL) return 0;
  const char *name = text + strspn(text, "-");
  if (name >= end || strspn(name, NAME_CHARACTERS) != (size_t)(end - name)) return 0;
  return record_json_is_secret(on, name, (size_t)(end - name)) ? (size_t)(end - text) + 1 : 0;
}

static void record_json_put_words(const record_walk *on, int index) {
  size_t len;
  const char *text = lua_tolstring(on->L, index, &len);
  size_t head = record_json_secret_assignment(on, text, len);
  if (head == 0) {
    record_json_put_string(on->buffer, text, len);
    return;
  }
  record_json_put_string(on->buffer, text, head);
  on->buffer->len--; /* the closing quote */
  record_json_put_text(on->buffer, MASK "\"");
}

void record_json_put_value(const record_walk *on, int index, int level) {
  switch (lua_type(on->L, index)) {
  case LUA_TNIL:
  case LUA_TLIGHTUSERDATA: /* json.null */
    record_json_put_text(on->buffer, "null");
    break;
  case LUA_TBOOLEAN:
    record_json_put_text(on->buffer, lua_toboolean(on->L, index) ? "true" : "false");
    break;
  case LUA_TNUMBER:
    record_json_put_number(on->L, index, on->buffer);
    break;
  case LUA_TSTRING:
    record_json_put_words(on, index);
    break;
  case LUA_TTABLE: {
    int top = lua_gettop(on->L);
    record_json_put_table(on, index, level);
    lua_settop(on->L, top);
    break;
  }
  default:
    record_json_put_kind(on->buffer, luaL_typename(on->L, index));
  }
}
