/* git_http: git's smart protocol over HTTP: URLs, credentials, and what an answer means. The
   functions keep no state and may be called on any thread. */
#ifndef OS2_CORE_GIT_GIT_HTTP_H
#define OS2_CORE_GIT_GIT_HTTP_H

#include <stddef.h>

#include "core/base/err.h"
#include "core/git/git.h"
#include "core/http/http.h"

/* One request of git's HTTP protocol (gitprotocol-http): the list of references, or with a body the
   request for a pack. */
typedef struct os2_git_http {
  char *repository;    /* URL */
  char *authorization; /* a whole header line; NULL: none */
  char *body;          /* NULL: this is the request for the list of references */
  size_t body_len;
} os2_git_http;

void os2_git_http_free(os2_git_http *request);

/* Returns the URL of the request; the caller frees it. */
char *os2_git_http_url(const os2_git_http *request);

/* Returns 0 when the URL is an http or https URL without user, password, query and fragment, else
   -1 with err (OS2_INVALID). The message does not quote a URL that may contain a password. */
int os2_git_check_url(const char *url, os2_err *err);

/* Returns a copy of a URL without user and password; a text that is not a URL is copied unchanged.
   The caller frees the copy. */
char *os2_git_url_without_user(const char *url);

/* Returns the header "Authorization: Basic …" for the scheme, host and port of the URL, or NULL
   when there are no credentials for them. The caller frees the text. */
char *os2_git_authorization(const char *url, const os2_git_credential *credentials, size_t count);

/* Returns the new URL of a repository to which the answer redirects the list of references. Returns
   NULL when the answer is not such a redirect, or leads to another scheme, host or port. The caller
   frees the text. */
char *os2_git_moved(const os2_git_http *asked, const os2_http_response *answer);

/* Returns 0 when the answer is what was asked for, else -1 with err: the status is not 200, or the
   content is not git's. */
int os2_git_check_answer(const os2_git_http *asked, const os2_http_response *answer, os2_err *err);

#endif
