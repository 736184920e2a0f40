/* json_fields: decodes only the wanted fields of a JSON text. */
#ifndef OS2_BIND_JSON_FIELDS_H
#define OS2_BIND_JSON_FIELDS_H

#include <lua.h>
#include <stddef.h>

/* Returns the text without the fields that the table at index `fields` does not name (name -> true,
   or the fields inside it), and sets its length; a field that is a text instead of true leaves an
   object out of its list unless the table at [1] has a value for the text of that field; the whole
   text when it cannot be read. The result is the text itself, or stands until the next
   call. */
const char *bind_json_fields(lua_State *L, int fields, const char *text, size_t *len);

#endif
