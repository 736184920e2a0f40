/* docker_trace: BuildKit's progress messages as Lua tables. The tables are made one at a time,
   because a message of a few megabytes can contain a million items. */
#include "bind/docker_trace.h"

#include "bind/bind.h"
#include "core/base/base64.h"
#include "core/buildkit/trace.h"

/* The state of one read. Only items of `kind` become tables; other items are skipped. */
typedef struct reading {
  lua_State *L;
  int kind;
  bool is_found; /* the item's table is at the top of the stack */
} reading;

enum { VERTEXES, STATUSES, LOGS, WARNINGS };

static const char *const kinds[] = {"vertexes", "statuses", "logs", "warnings", NULL};

static void docker_trace_set_text(lua_State *L, const char *key, os2_text text) {
  bind_set_bytes(L, key, text.bytes, text.len);
}

/* Begins the table of an item. Returns NULL when the item is of another kind. */
static lua_State *docker_trace_begin(reading *r, int kind) {
  if (r->L == NULL || r->kind != kind) return NULL;
  r->is_found = true;
  lua_createtable(r->L, 0, 7);
  return r->L;
}

static void docker_trace_on_vertex(void *data, const os2_trace_vertex *vertex) {
  lua_State *L = docker_trace_begin(data, VERTEXES);
  if (L == NULL) return;
  docker_trace_set_text(L, "digest", vertex->digest);
  docker_trace_set_text(L, "name", vertex->name);
  docker_trace_set_text(L, "error", vertex->error);
  bind_set_boolean(L, "cached", vertex->cached);
  bind_set_number(L, "started", vertex->started);
  bind_set_number(L, "completed", vertex->completed);
}

static void docker_trace_on_status(void *data, const os2_trace_status *status) {
  lua_State *L = docker_trace_begin(data, STATUSES);
  if (L == NULL) return;
  docker_trace_set_text(L, "id", status->id);
  docker_trace_set_text(L, "vertex", status->vertex);
  docker_trace_set_text(L, "name", status->name);
  bind_set_integer(L, "current", status->current);
  bind_set_integer(L, "total", status->total);
  bind_set_number(L, "started", status->started);
  bind_set_number(L, "completed", status->completed);
}

static void docker_trace_on_log(void *data, const os2_trace_log *log) {
  lua_State *L = docker_trace_begin(data, LOGS);
  if (L == NULL) return;
  docker_trace_set_text(L, "vertex", log->vertex);
  docker_trace_set_text(L, "message", log->message);
  bind_set_integer(L, "stream", log->stream);
  bind_set_number(L, "timestamp", log->timestamp);
}

static void docker_trace_on_warning(void *data, const os2_trace_warning *warning) {
  lua_State *L = docker_trace_begin(data, WARNINGS);
  if (L == NULL) return;
  docker_trace_set_text(L, "vertex", warning->vertex);
  docker_trace_set_text(L, "summary", warning->summary);
  docker_trace_set_text(L, "url", warning->url);
  bind_set_integer(L, "level", warning->level);
}

static const os2_trace_visitor visitor = {docker_trace_on_vertex, docker_trace_on_status,
                                          docker_trace_on_log, docker_trace_on_warning};

/* Upvalues: the message, its length, the kind, the offset of the next field. */
static int docker_trace_next_item(lua_State *L) {
  const uint8_t *bytes = lua_touserdata(L, lua_upvalueindex(1));
  os2_pb_cursor at = {bytes + lua_tointeger(L, lua_upvalueindex(4)),
                      bytes + lua_tointeger(L, lua_upvalueindex(2))};
  reading r = {.L = L, .kind = (int)lua_tointeger(L, lua_upvalueindex(3))};
  lua_settop(L, 0);
  while (!r.is_found && os2_trace_next(&at, &visitor, &r) > 0) {
  }
  lua_pushinteger(L, at.at - bytes);
  lua_replace(L, lua_upvalueindex(4));
  return r.is_found ? 1 : 0;
}

/* Upvalues: the message and its length. */
static int docker_trace_each(lua_State *L) {
  int kind = luaL_checkoption(L, 1, NULL, kinds);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_pushvalue(L, lua_upvalueindex(2));
  lua_pushinteger(L, kind);
  lua_pushinteger(L, 0);
  lua_pushcclosure(L, docker_trace_next_item, 4);
  return 1;
}

/* Decodes the base64 text and pushes the message's bytes. Returns -1 when they are not a message of
   BuildKit. */
static int docker_trace_push_message(lua_State *L, const char *text, size_t text_len, size_t *len) {
  uint8_t *bytes = lua_newuserdatauv(L, os2_base64_decoded_max(text_len), 0);
  if (os2_base64_decode(bytes, len, text, text_len) != 0) return -1;
  reading none = {.L = NULL};
  return os2_trace_decode(bytes, *len, &visitor, &none);
}

int bind_docker_decode_trace(lua_State *L) {
  size_t text_len, len;
  os2_err err;
  const char *text = luaL_checklstring(L, 1, &text_len);
  if (docker_trace_push_message(L, text, text_len, &len) != 0) {
    os2_fail(&err, OS2_PROTOCOL, "a progress message of the engine is not BuildKit's trace");
    return bind_fail(L, "docker.decode_trace", &err);
  }
  lua_pushinteger(L, (lua_Integer)len);
  lua_pushcclosure(L, docker_trace_each, 2);
  return 1;
}
