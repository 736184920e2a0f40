/* record_json: any Lua value as JSON, for the record of a run. Keys of tables are sorted, and
   secrets are left out by their names. Tables are read raw, and none is changed.

   What JSON cannot hold becomes an object with one key that begins with "$":
     {"$error": {kind, op, message, …}}   an error object
     {"$names": […]}                      a table of variables: the names alone
     {"$large": {bytes, count, sha256}}   a value that is too long
     {"$kind": "function"}                a value that only lives in its run */
#ifndef OS2_BIND_RECORD_JSON_H
#define OS2_BIND_RECORD_JSON_H

#include "bind/bind.h"

/* Bytes that grow. */
typedef struct record_buffer {
  char *data;
  size_t len, size;
} record_buffer;

void record_json_put(record_buffer *buffer, const char *bytes, size_t len);
void record_json_put_text(record_buffer *buffer, const char *text);

/* Appends a JSON string; bytes that are not UTF-8 become "?". */
void record_json_put_string(record_buffer *buffer, const char *text, size_t len);

/* What a walk through a value knows: the buffer, and the stack indices of the table that has true
   for the names of secrets, and of the table that is left out as `env` of the outermost table (0:
   none). */
typedef struct record_walk {
  lua_State *L;
  record_buffer *buffer;
  int secrets, env;
  double now;     /* the time; a fact `now` that is the same is left out */
  size_t longest; /* bytes of a field of the outermost table that is written whole */
} record_walk;

/* Whether a name marks its value as secret. The table may compute the answer; a name for which it
   raises counts as secret. */
bool record_json_is_secret(const record_walk *on, const char *name, size_t len);

/* Appends the value at a stack index. `level` is 0 for the outermost one. Leaves the stack as it
   was. */
void record_json_put_value(const record_walk *on, int index, int level);

/* Appends the short fields of a table without those of `left_out`; of tables the count. */
void record_json_put_brief(const record_walk *on, int table, int left_out);

/* Replaces what was appended after a length by its hash, length and count when it is too long. The
   value stands at the top of the stack. */
void record_json_shorten(const record_walk *on, size_t from);

#endif
