/* docker_trace: BuildKit's progress messages as Lua tables. */
#include "bind/docker_trace.h"

#include "bind/bind.h"
#include "core/base64.h"
#include "core/trace.h"

/* Places of the result's lists on the stack. */
enum { VERTEXES = 3, STATUSES, LOGS, WARNINGS };

static void set_text(lua_State *L, const char *key, os2_text text) {
  lua_pushlstring(L, text.len > 0 ? text.bytes : "", text.len);
  lua_setfield(L, -2, key);
}

static void set_number(lua_State *L, const char *key, double value) {
  lua_pushnumber(L, value);
  lua_setfield(L, -2, key);
}

static void set_integer(lua_State *L, const char *key, int64_t value) {
  lua_pushinteger(L, value);
  lua_setfield(L, -2, key);
}

static void append(lua_State *L, int list) {
  lua_rawseti(L, list, (lua_Integer)lua_rawlen(L, list) + 1);
}

static void on_vertex(void *data, const os2_trace_vertex *vertex) {
  lua_State *L = data;
  lua_createtable(L, 0, 6);
  set_text(L, "digest", vertex->digest);
  set_text(L, "name", vertex->name);
  set_text(L, "error", vertex->error);
  lua_pushboolean(L, vertex->cached);
  lua_setfield(L, -2, "cached");
  set_number(L, "started", vertex->started);
  set_number(L, "completed", vertex->completed);
  append(L, VERTEXES);
}

static void on_status(void *data, const os2_trace_status *status) {
  lua_State *L = data;
  lua_createtable(L, 0, 7);
  set_text(L, "id", status->id);
  set_text(L, "vertex", status->vertex);
  set_text(L, "name", status->name);
  set_integer(L, "current", status->current);
  set_integer(L, "total", status->total);
  set_number(L, "started", status->started);
  set_number(L, "completed", status->completed);
  append(L, STATUSES);
}

static void on_log(void *data, const os2_trace_log *log) {
  lua_State *L = data;
  lua_createtable(L, 0, 3);
  set_text(L, "vertex", log->vertex);
  set_text(L, "message", log->message);
  set_integer(L, "stream", log->stream);
  append(L, LOGS);
}

static void on_warning(void *data, const os2_trace_warning *warning) {
  lua_State *L = data;
  lua_createtable(L, 0, 4);
  set_text(L, "vertex", warning->vertex);
  set_text(L, "summary", warning->summary);
  set_text(L, "url", warning->url);
  set_integer(L, "level", warning->level);
  append(L, WARNINGS);
}

static void push_lists(lua_State *L) {
  static const char *const names[] = {"vertexes", "statuses", "logs", "warnings"};
  lua_createtable(L, 0, 4);
  for (int i = 0; i < 4; i++) {
    lua_pushvalue(L, VERTEXES + i);
    lua_setfield(L, -2, names[i]);
  }
}

int bind_docker_decode_trace(lua_State *L) {
  static const os2_trace_visitor visitor = {on_vertex, on_status, on_log, on_warning};
  size_t text_len, len;
  os2_err err;
  const char *text = luaL_checklstring(L, 1, &text_len);
  lua_settop(L, 1);
  uint8_t *bytes = lua_newuserdatauv(L, os2_base64_decoded_max(text_len), 0);
  for (int list = VERTEXES; list <= WARNINGS; list++) lua_newtable(L);
  if (os2_base64_decode(bytes, &len, text, text_len) != 0 ||
      os2_trace_decode(bytes, len, &visitor, L) != 0) {
    os2_fail(&err, OS2_PROTOCOL, "a progress message of the engine is not BuildKit's trace");
    return bind_fail(L, "docker.decode_trace", &err);
  }
  push_lists(L);
  return 1;
}
