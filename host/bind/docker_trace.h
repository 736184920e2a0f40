/* docker_trace: BuildKit's progress messages as Lua tables. */
#ifndef OS2_BIND_DOCKER_TRACE_H
#define OS2_BIND_DOCKER_TRACE_H

#include <lua.h>

// docker.decode_trace(base64: string) -> each | nil, err
// each(kind: "vertexes"|"statuses"|"logs"|"warnings") -> iterator over tables with the fields of
// core/buildkit/trace.h; an absent text is "", times are UTC seconds or 0.
int bind_docker_decode_trace(lua_State *L);

#endif
