/* url: addresses taken apart and joined by libcurl's rules (RFC 3986), those that requests go
   by. */
#ifndef OS2_CORE_HTTP_URL_H
#define OS2_CORE_HTTP_URL_H

#include "core/base/err.h"

/* The URL that a reference, absolute or relative, means where `base` was asked. NULL with err
   (protocol) where it means none. The caller frees it with os2_url_free. */
char *os2_url_join(const char *base, const char *reference, os2_err *err);

/* "scheme://host:port" of a URL, in lower case, the scheme's own port filled in. As above. */
char *os2_url_origin(const char *url, os2_err *err);

void os2_url_free(char *text);

#endif
