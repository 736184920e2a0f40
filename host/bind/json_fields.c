/* json_fields: decodes only the wanted fields of a JSON text. */
#include "bind/json_fields.h"

#include <stdlib.h>

#include "bind/bind.h"
#include "core/base/json_project.h"
#include "core/base/mem.h"

enum { KEPT_BYTES = 1024 * 1024 };

/* The table of wanted fields is at the top of the stack. A table inside it takes its place until
   `leave`. */
static os2_json_want json_fields_member(void *arg, const char *key, size_t len) {
  lua_State *L = arg;
  lua_pushlstring(L, key, len);
  if (lua_rawget(L, -2) == LUA_TTABLE) return OS2_JSON_SOME;
  os2_json_want want = lua_type(L, -1) == LUA_TSTRING ? OS2_JSON_TEST
                       : lua_toboolean(L, -1)         ? OS2_JSON_ALL
                                                      : OS2_JSON_NONE;
  lua_pop(L, 1);
  return want;
}

static bool json_fields_keeps(void *arg, const char *text, size_t len) {
  lua_State *L = arg;
  lua_rawgeti(L, -1, 1);
  luaL_checktype(L, -1, LUA_TTABLE);
  lua_pushlstring(L, text, len);
  bool is_wanted = lua_rawget(L, -2) != LUA_TNIL;
  lua_pop(L, 2);
  return is_wanted;
}

static void json_fields_leave(void *arg) { lua_pop((lua_State *)arg, 1); }

/* What is projected stands here until the next call. As userdata it would be as much garbage as the
   texts themselves, and the collector would come twice as often. */
static struct json_fields_room {
  char *bytes;
  size_t size;
} json_fields_room;

/* Returns room for so many bytes; what was there is lost. More than KEPT_BYTES is not kept. */
static char *json_fields_make_room(size_t size) {
  struct json_fields_room *room = &json_fields_room;
  if (size <= room->size && room->size <= KEPT_BYTES) return room->bytes;
  free(room->bytes);
  *room = (struct json_fields_room){.bytes = os2_mem_with(size, 0), .size = size};
  return room->bytes;
}

const char *bind_json_fields(lua_State *L, int fields, const char *text, size_t *len) {
  char *out = json_fields_make_room(*len + 1);
  int top = lua_gettop(L);
  const os2_json_wish wish = {.member = json_fields_member,
                              .leave = json_fields_leave,
                              .keeps = json_fields_keeps,
                              .arg = L};
  luaL_checktype(L, fields, LUA_TTABLE);
  luaL_checkstack(L, OS2_JSON_DEEPEST_LEVELS + 2, NULL);
  lua_pushvalue(L, fields);
  size_t kept = os2_json_project(text, *len, &wish, out);
  lua_settop(L, top);
  if (kept == 0) return text;
  *len = kept;
  out[kept] = '\0';
  return out;
}
