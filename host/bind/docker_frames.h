/* docker_frames: the engine's multiplexed container output as Lua values. */
#ifndef OS2_BIND_DOCKER_FRAMES_H
#define OS2_BIND_DOCKER_FRAMES_H

#include <lua.h>

/* Makes the metatable of splitters. May be called again. */
void bind_docker_open_frames(lua_State *L);

// docker.frames() -> splitter
// The splitter takes one answer of `GET /containers/{id}/logs` or `POST /exec/{id}/start`:
// splitter:feed(bytes: string) -> {stream, data, stream, data, ...}, err | nil
//   stream is "stdout", "stderr", or "error" for a message of the engine, after which nothing
//     follows. err is set when the bytes after the returned pieces are not framed.
// splitter:is_complete() -> boolean: the bytes so far end between two frames
int bind_docker_frames(lua_State *L);

#endif
