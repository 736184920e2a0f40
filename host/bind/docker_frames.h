/* docker_frames: the engine's multiplexed output of containers as Lua values. */
#ifndef OS2_BIND_DOCKER_FRAMES_H
#define OS2_BIND_DOCKER_FRAMES_H

#include <lua.h>

/* Makes the splitter's type; idempotent. */
void bind_docker_open_frames(lua_State *L);

// docker.frames() -> splitter of one answer of `GET /containers/{id}/logs` or `POST
// /exec/{id}/start` splitter:feed(bytes: string) -> {stream, data, stream, data, ...}, err | nil:
// err when what follows is
//   not framed; stream is "stdout", "stderr" or "error" (the engine's own words: nothing follows)
// splitter:is_complete() -> boolean: the bytes so far end between two frames
int bind_docker_frames(lua_State *L);

#endif
