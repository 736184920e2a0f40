/* git_http: git's smart protocol as HTTP: addresses, credentials, what an answer means. */
#ifndef OS2_CORE_GIT_GIT_HTTP_H
#define OS2_CORE_GIT_GIT_HTTP_H

#include <stddef.h>

#include "core/base/err.h"
#include "core/git/git.h"
#include "core/http/http.h"

/* One request of git's (gitprotocol-http): the list of references, or with a body a pack. */
typedef struct os2_git_http {
  char *repository;    /* URL */
  char *authorization; /* a whole header, NULL: none */
  char *body;          /* NULL: the list */
  size_t body_len;
} os2_git_http;

void os2_git_http_free(os2_git_http *request);

/* The URL to ask; to be freed. */
char *os2_git_http_url(const os2_git_http *request);

/* -1 with OS2_INVALID unless it is an http or https URL without user, password, query and fragment.
   The message does not quote a URL that may hold a password. */
int os2_git_check_url(const char *url, os2_err *err);

/* A copy of a URL without user and password; anything that is no URL as it is. */
char *os2_git_url_without_user(const char *url);

/* The header "Authorization: Basic …" for that scheme, host and port, NULL where we have nothing
   for it. To be freed. */
char *os2_git_authorization(const char *url, const os2_git_credential *credentials, size_t count);

/* Where the answer says that a repository is now, within the same scheme, host and port; NULL where
   it is no redirect of the list, or leads elsewhere. To be freed. */
char *os2_git_moved(const os2_git_http *asked, const os2_http_response *answer);

/* -1 with err when the answer is not what was asked for: a status other than 200, or no git. */
int os2_git_check_answer(const os2_git_http *asked, const os2_http_response *answer, os2_err *err);

#endif
