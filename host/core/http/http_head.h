/* http_head: collects the headers of an answer as they arrive. The functions are called on the loop
   thread. */
#ifndef OS2_CORE_HTTP_HTTP_HEAD_H
#define OS2_CORE_HTTP_HTTP_HEAD_H

#include <stddef.h>

#include "core/http/http.h"

/* Stores a copy of a header line, which need not be NUL-terminated. A line without a colon is
   ignored. Returns 0, or -1 with err (OS2_PROTOCOL) when there are too many headers, or when two
   Content-Length headers differ: then the end of the answer is not known (RFC 9112, 6.3), and
   libcurl 7.88 would use the last one. */
int os2_http_add_header(os2_http_response *response, const char *line, size_t len, os2_err *err);

/* Frees the headers that os2_http_add_header has stored. */
void os2_http_drop_headers(os2_http_response *response);

#endif
