/* http_head: the headers of an answer, as they come in. */
#ifndef OS2_CORE_HTTP_HTTP_HEAD_H
#define OS2_CORE_HTTP_HTTP_HEAD_H

#include <stddef.h>

#include "core/http/http.h"

/* Keeps a copy of the header line, which need not end with a NUL; a line without a colon is passed
   over. Fails with OS2_PROTOCOL where there are too many headers, and where two Content-Length
   differ: such an answer's end is not known (RFC 9112, 6.3), and libcurl 7.88 takes the last
   one. */
int os2_http_add_header(os2_http_response *response, const char *line, size_t len, os2_err *err);

/* Frees what os2_http_add_header kept. */
void os2_http_drop_headers(os2_http_response *response);

#endif
