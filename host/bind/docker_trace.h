/* docker_trace: BuildKit's progress messages as Lua tables. */
#ifndef OS2_BIND_DOCKER_TRACE_H
#define OS2_BIND_DOCKER_TRACE_H

#include <lua.h>

// docker.decode_trace(base64: string) -> each | nil, err
// each(kind: "vertexes"|"statuses"|"logs"|"warnings") -> iterator over tables as in
// core/buildkit/trace.h; texts that are absent are "", times UTC seconds or 0.
int bind_docker_decode_trace(lua_State *L);

#endif
