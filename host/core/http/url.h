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

/* What the first lines of a request say of a URL. os2_url_target_free frees the texts. */
typedef struct os2_url_target {
  char *host; /* for the Host header: with the port where the URL names one */
  char *path; /* with the query */
} os2_url_target;

/* Reads the target of an http or https URL. Returns 0, or -1 with err (OS2_INVALID) when the URL is
   not valid, has another scheme, or holds a user or a password, which belong into a header. */
int os2_url_read_target(os2_url_target *target, const char *url, os2_err *err);

void os2_url_target_free(os2_url_target *target);

void os2_url_free(char *text);

#endif
