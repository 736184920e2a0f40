/* docker_frames: the engine's multiplexed container output as Lua values. */
#include "bind/docker_frames.h"

#include "bind/bind.h"
#include "core/base/frames.h"

#define FRAMES_TYPE "host.docker.frames"

enum { PIECES = 3 }; /* stack index of the result */

static void docker_frames_append(lua_State *L) {
  lua_rawseti(L, PIECES, (lua_Integer)lua_rawlen(L, PIECES) + 1);
}

static void docker_frames_on_piece(void *data, os2_frames_stream stream, const char *bytes,
                                   size_t len) {
  static const char *const names[] = {"stdout", "stdout", "stderr", "error"};
  lua_State *L = data;
  lua_pushstring(L, names[stream]);
  docker_frames_append(L);
  lua_pushlstring(L, bytes, len);
  docker_frames_append(L);
}

// splitter:feed(bytes: string) -> pieces, err | nil (docker_frames.h)
static int docker_frames_l_feed(lua_State *L) {
  os2_frames *frames = luaL_checkudata(L, 1, FRAMES_TYPE);
  size_t len;
  const char *bytes = luaL_checklstring(L, 2, &len);
  lua_settop(L, 2);
  lua_newtable(L);
  if (os2_frames_feed(frames, bytes, len, docker_frames_on_piece, L) == 0) return 1;
  os2_err err;
  os2_fail(&err, OS2_PROTOCOL, "the engine's output is not in frames");
  bind_push_err(L, "docker.frames", &err);
  return 2;
}

// splitter:is_complete() -> boolean
static int docker_frames_l_is_complete(lua_State *L) {
  lua_pushboolean(L, os2_frames_complete(luaL_checkudata(L, 1, FRAMES_TYPE)));
  return 1;
}

static const luaL_Reg methods[] = {
    {"feed", docker_frames_l_feed}, {"is_complete", docker_frames_l_is_complete}, {NULL, NULL}};

static const luaL_Reg meta[] = {{NULL, NULL}};

void bind_docker_open_frames(lua_State *L) { bind_newtype(L, FRAMES_TYPE, methods, meta); }

int bind_docker_frames(lua_State *L) {
  bind_newobject(L, sizeof(os2_frames), FRAMES_TYPE, 0);
  return 1;
}
