/* rest: the table both API clients stand on: one row an operation. */
#ifndef OS2_CORE_REST_REST_H
#define OS2_CORE_REST_REST_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"

/*
 * One operation. Lists are words with one space between them; NULL is an empty list, and where a
 * member says so, its usual value.
 * In the path, {id} is a parameter; {id:uuid} is one that the API takes only as a UUID; {ref:path}
 * is one whose slashes stand as they are.
 * A table ends with a row whose name is
   NULL. */
typedef struct os2_rest_row {
  const char *name;       /* the API's operationId in snake_case */
  const char *method;     /* GET, POST, ... */
  const char *path;       /* below the API's base */
  const char *query;      /* keys of the query */
  const char *objects;    /* those of them whose value has fields, each sent as key[field] */
  const char *headers;    /* that it takes beside those of every request */
  const char *body;       /* fields of the JSON body */
  const char *required;   /* keys, headers and fields that must be there, beside the path's */
  const char *content;    /* media type of a body that is no JSON; NULL: JSON, or none */
  const char *result;     /* "json" (NULL), "none", "bytes", "stream" (lines or frames, no end) */
  const char *paging;     /* NULL, "page" (page, totalPages) or "cursor" (cursor, nextCursor) */
  const char *permission; /* what the key must be allowed */
  bool allows_304;        /* 304, it is like that already, is a success */
} os2_rest_row;

/* A parameter; a key may come more than once and is then repeated in the query. */
typedef struct os2_rest_param {
  const char *key;
  const char *value;
} os2_rest_param;

/* The row of that name or NULL. */
const os2_rest_row *os2_rest_find(const os2_rest_row *rows, const char *name);

/* Writes "/path?query" for a row into out (room bytes, NUL behind) and returns its length, which
   may be more than fits: then ask again with more room. -1 with err (invalid) when a path parameter
   is missing, empty or not a UUID, or a key is none of the path's or the query's. */
ptrdiff_t os2_rest_target(const os2_rest_row *row, const os2_rest_param *params, size_t count,
                          char *out, size_t room, os2_err *err);

#endif
