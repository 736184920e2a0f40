/* json: the house's one JSON parser, for bindings that decode what they stream. */
#ifndef OS2_BIND_JSON_H
#define OS2_BIND_JSON_H

#include <lua.h>
#include <stddef.h>

/* Pushes the value of a JSON text and returns 0, or pushes a message and returns -1. Integral
   numbers within 2^53 are integers; null is a light userdata (json.null). */
int bind_json_decode(lua_State *L, const char *text, size_t len);

#endif
