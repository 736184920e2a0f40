/* json_line: one record of a list as a JSON object, with its fields in a given order. */
#ifndef OS2_BIND_JSON_LINE_H
#define OS2_BIND_JSON_LINE_H

#include <lua.h>

/* The function below takes the fields of these keys that the record has, in their order; the keys
   must be plain ASCII without quotes. `encode` returns the JSON text of a value that is no integer,
   no boolean and no printable ASCII without quotes, slashes and backslashes. */

// json.line(record: table, keys: string[], encode: fun(value): string) -> string
int bind_json_line(lua_State *L);

#endif
