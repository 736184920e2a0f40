/* json_check: whether the fields of decoded records have their types. */
#ifndef OS2_BIND_JSON_CHECK_H
#define OS2_BIND_JSON_CHECK_H

#include <lua.h>

/* Both take {name: string, kind: string, is_optional: boolean, as: string?}[]. The kinds are text
   (not empty), word (a string; an empty one counts as absent), string, number (finite), integer,
   boolean, list, texts (a list of strings), object (its keys are strings) and words (an object of
   strings, numbers and booleans). A field that is null counts as absent. */

// json.checker(fields) -> fun(record: table): integer?
// The function returns the index of the first field that is not of its kind, nil when all are, and
// removes fields that are null from the record.
int bind_json_checker(lua_State *L);

// json.picker(fields) -> fun(records: table[]): table[] | nil, integer
// The function returns new records with those fields alone, each under the name `as`; or nil and
// the index of the first record that is none, or has a field that is not of its kind.
int bind_json_picker(lua_State *L);

#endif
