/* json_lines: the records of a list as JSON objects, with their fields in a given order. */
#ifndef OS2_BIND_JSON_LINES_H
#define OS2_BIND_JSON_LINES_H

#include <lua.h>

#define BIND_JSON_ARRAY "host.json.array" /* the metatable of lists that json.array has marked */

// json.encoder(names: string[], encode: fun(value): string)
//   -> fun(records: table[], joint: string): string
// The function returns an object for each record, with the fields of these names (plain words) that
// are not nil, and `joint` between two objects. `encode` writes what is no finite number, boolean,
// text of printable ASCII without quotes, slashes and backslashes, and no list or table of such
// texts.
int bind_json_encoder(lua_State *L);

#endif
