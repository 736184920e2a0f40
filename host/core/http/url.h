/* url: resolves and compares URLs by libcurl's rules (RFC 3986), so that the results agree with
   what a request does. May be called on any thread. */
#ifndef OS2_CORE_HTTP_URL_H
#define OS2_CORE_HTTP_URL_H

#include "core/base/err.h"

/* Resolves a reference, absolute or relative, against the URL `base`. Returns the resulting URL,
   which the caller frees with os2_url_free, or NULL with err (OS2_PROTOCOL) when the reference is
   not valid. */
char *os2_url_join(const char *base, const char *reference, os2_err *err);

/* Returns "scheme://host:port" of a URL in lower case, with the scheme's default port filled in.
   The caller frees it with os2_url_free. NULL with err (OS2_PROTOCOL) when the URL is not valid. */
char *os2_url_origin(const char *url, os2_err *err);

void os2_url_free(char *text);

#endif
