/* rest: the table that both API clients use: one row per operation. The functions keep no state and
   may be called on any thread. */
#ifndef OS2_CORE_REST_REST_H
#define OS2_CORE_REST_REST_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"

/* One operation. A list is a text of words with one space between them; NULL is the empty list,
   unless the member's comment names another default.
   In the path, {id} is a parameter, {id:uuid} is a parameter that the API accepts only as a UUID,
   and {ref:path} is a parameter whose slashes are not encoded.
   A table ends with a row whose name is NULL. */
typedef struct os2_rest_row {
  const char *name;   /* the API's operationId in snake_case */
  const char *method; /* GET, POST, ... */
  const char *path;   /* path below the API's base URL */
  const char *query;  /* keys of the query */
  /* those keys of the query whose value is an object; each field is sent as key[field] */
  const char *objects;
  const char *headers; /* headers of this operation, besides those of every request */
  const char *body;    /* fields of the JSON body */
  /* keys, headers and fields that are required, besides the path's parameters */
  const char *required;
  const char *content; /* media type of a body that is not JSON; NULL: JSON, or no body */
  /* "json" (also NULL), "none", "bytes", "stream" (lines or frames without an end) */
  const char *result;
  const char *paging;     /* NULL, "page" (page, totalPages) or "cursor" (cursor, nextCursor) */
  const char *permission; /* permission that the API key needs */
  bool changes;           /* a call changes something, or may; --read-only refuses it */
  bool allows_304;        /* status 304 (the object is in that state already) is a success */
} os2_rest_row;

/* One parameter. A key may appear more than once; it is then repeated in the query. */
typedef struct os2_rest_param {
  const char *key;
  const char *value;
} os2_rest_param;

/* Returns the row with that name, or NULL. */
const os2_rest_row *os2_rest_find(const os2_rest_row *rows, const char *name);

/* Writes the NUL-terminated "/path?query" of a row to `out`, at most `room` bytes, and returns its
   length without the NUL. When the length is not below `room`, the text was cut; call again with
   more room. Returns -1 with err (OS2_INVALID) when a path parameter is missing, empty or not a
   UUID, or when a key belongs neither to the path nor to the query. */
ptrdiff_t os2_rest_target(const os2_rest_row *row, const os2_rest_param *params, size_t count,
                          char *out, size_t room, os2_err *err);

#endif
