/* git_http: git's smart protocol over HTTP: URLs, credentials, and what an answer means. */
#include "core/git/git_http.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/base64.h"
#include "core/base/mem.h"
#include "core/http/url.h"

/* ---- URLs ---- */

void os2_git_http_free(os2_git_http *request) {
  if (request->authorization != NULL)
    explicit_bzero(request->authorization, strlen(request->authorization));
  free(request->repository);
  free(request->authorization);
  free(request->body);
  *request = (os2_git_http){.repository = NULL};
}

char *os2_git_http_url(const os2_git_http *request) {
  size_t len = strlen(request->repository);
  bool has_slash = len > 0 && request->repository[len - 1] == '/';
  return os2_mem_join(request->repository, has_slash ? "" : "/",
                      request->body != NULL ? "git-upload-pack"
                                            : "info/refs?service=git-upload-pack");
}

static const char *git_http_authority_of(const char *url, size_t *len) {
  const char *scheme_end = strstr(url, "://");
  if (scheme_end == NULL) return NULL;
  const char *start = scheme_end + 3;
  *len = strcspn(start, "/?#");
  return start;
}

/* Returns the start of the host, which is after the last @ of the authority. */
static const char *git_http_host_of(const char *url, size_t *len) {
  const char *start = git_http_authority_of(url, len);
  if (start == NULL) return NULL;
  const char *at = memrchr(start, '@', *len);
  if (at == NULL) return start;
  *len -= (size_t)(at + 1 - start);
  return at + 1;
}

static bool git_http_is_https(const char *url) { return strncasecmp(url, "https://", 8) == 0; }

int os2_git_check_url(const char *url, os2_err *err) {
  size_t len = 0;
  size_t authority_len = 0;
  const char *host = git_http_host_of(url, &len);
  if (host == NULL || len == 0 || (!git_http_is_https(url) && strncasecmp(url, "http://", 7) != 0))
    return os2_fail(err, OS2_INVALID,
                    "a repository's URL begins with https:// or http:// and a host");
  if (git_http_authority_of(url, &authority_len) != host)
    return os2_fail(err, OS2_INVALID,
                    "the repository's URL holds a user or password: give them as credentials");
  if (strpbrk(url, "?#") != NULL)
    return os2_fail(err, OS2_INVALID, "the repository's URL has a query or fragment: leave it out");
  return 0;
}

char *os2_git_url_without_user(const char *url) {
  size_t len = 0;
  size_t host_len = 0;
  const char *start = git_http_authority_of(url, &len);
  const char *host = git_http_host_of(url, &host_len);
  if (start == NULL || start == host) return os2_mem_copy(url);
  char *scheme = os2_mem_text(url, (size_t)(start - url));
  char *text = os2_mem_join(scheme, host, "");
  free(scheme);
  return text;
}

/* ---- credentials ---- */

/* Returns the length without the scheme's default port: of "host" in "host:443" for an https URL.
   Otherwise returns the whole length. */
static size_t git_http_without_own_port(const char *host, size_t len, bool https) {
  const char *port = https ? ":443" : ":80";
  size_t port_len = strlen(port);
  bool has_it = len > port_len && memcmp(host + len - port_len, port, port_len) == 0;
  return has_it ? len - port_len : len;
}

/* Over plain http the password could be read on the network, so the credential must name http. */
static bool git_http_is_for(const os2_git_credential *credential, const char *url) {
  size_t len = 0;
  size_t own_len = strlen(credential->host);
  const char *host = git_http_host_of(url, &len);
  const char *own = credential->host;
  bool is_named = strstr(own, "://") != NULL;
  if (is_named) own = git_http_authority_of(own, &own_len);
  if (host == NULL || git_http_is_https(url) != (!is_named || git_http_is_https(credential->host)))
    return false;
  len = git_http_without_own_port(host, len, git_http_is_https(url));
  own_len = git_http_without_own_port(own, own_len, git_http_is_https(url));
  return own_len == len && strncasecmp(own, host, len) == 0;
}

static char *git_http_basic(const os2_git_credential *credential) {
  char *both = os2_mem_join(credential->username, ":", credential->password);
  size_t len = strlen(both);
  char *encoded = os2_mem_resize(NULL, os2_base64_encoded_size(len) + 1, 1);
  os2_base64_encode(encoded, both, len, OS2_BASE64_STD);
  char *header = os2_mem_join("Authorization: Basic ", encoded, "");
  explicit_bzero(encoded, strlen(encoded));
  explicit_bzero(both, len);
  free(encoded);
  free(both);
  return header;
}

char *os2_git_authorization(const char *url, const os2_git_credential *credentials, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (git_http_is_for(&credentials[i], url)) return git_http_basic(&credentials[i]);
  return NULL;
}

/* ---- answers ---- */

static const char *git_http_header_of(const os2_http_response *answer, const char *name) {
  for (size_t i = 0; i < answer->header_count; i++)
    if (strcmp(answer->headers[i].name, name) == 0) return answer->headers[i].value;
  return "";
}

#define LIST "/info/refs?service=git-upload-pack"

static bool git_http_is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static bool git_http_has_same_origin(const char *one, const char *other) {
  char *first = os2_url_origin(one, NULL);
  char *second = os2_url_origin(other, NULL);
  bool is_so = first != NULL && second != NULL && strcmp(first, second) == 0;
  os2_url_free(first);
  os2_url_free(second);
  return is_so;
}

/* Returns the URL of the repository whose list of references this URL asks for; NULL when it is not
   such a URL. */
static char *git_http_repository_of(const char *list) {
  size_t len = strlen(list);
  size_t tail = strlen(LIST);
  if (len <= tail || strcmp(list + len - tail, LIST) != 0) return NULL;
  char *repository = os2_mem_text(list, len - tail);
  if (os2_git_check_url(repository, NULL) == 0) return repository;
  free(repository);
  return NULL;
}

char *os2_git_moved(const os2_git_http *asked, const os2_http_response *answer) {
  if (asked->body != NULL || !git_http_is_redirect(answer->status)) return NULL;
  char *from = os2_git_http_url(asked);
  char *to = os2_url_join(from, git_http_header_of(answer, "location"), NULL);
  char *repository =
      to != NULL && git_http_has_same_origin(from, to) ? git_http_repository_of(to) : NULL;
  free(from);
  os2_url_free(to);
  return repository;
}

static int git_http_redirected(const os2_git_http *asked, const os2_http_response *answer,
                               os2_err *err) {
  const char *to = git_http_header_of(answer, "location");
  char *from = os2_git_http_url(asked);
  char *joined = os2_url_join(from, to, NULL);
  char *shown = os2_git_url_without_user(joined != NULL ? joined : to);
  free(from);
  os2_url_free(joined);
  shown[strcspn(shown, "?#")] = '\0';
  char *tail = strstr(shown, "/info/refs");
  if (tail != NULL) *tail = '\0';
  os2_fail(err, OS2_PROTOCOL,
           "%s redirects to %s, which is not followed: use that address if you trust it",
           asked->repository, shown);
  free(shown);
  return -1;
}

/* Some servers answer 404 when 401 or 403 is meant. */
static int git_http_refused(const os2_git_http *asked, int status, os2_err *err) {
  const char *url = asked->repository;
  if (status == 404)
    return os2_fail(err, OS2_NOT_FOUND, "there is no repository %s%s", url,
                    asked->authorization != NULL ? ", or the credentials do not reach it"
                                                 : ", or it wants credentials");
  if (asked->authorization != NULL)
    return os2_fail(err, OS2_DENIED, "%s refuses the credentials for it (HTTP %d)", url, status);
  return os2_fail(err, OS2_DENIED, "%s wants credentials (HTTP %d)", url, status);
}

static int git_http_check_status(const os2_git_http *asked, const os2_http_response *answer,
                                 os2_err *err) {
  int status = answer->status;
  if (status == 200) return 0;
  if (status >= 301 && status <= 308 && status != 304)
    return git_http_redirected(asked, answer, err);
  if (status == 401 || status == 403 || status == 404) return git_http_refused(asked, status, err);
  bool is_late = status == 408 || status == 429 || status >= 500;
  return os2_fail(err, is_late ? OS2_UNAVAILABLE : OS2_PROTOCOL, "%s answers with HTTP %d",
                  asked->repository, status);
}

int os2_git_check_answer(const os2_git_http *asked, const os2_http_response *answer, os2_err *err) {
  const char *expected = asked->body != NULL ? "application/x-git-upload-pack-result"
                                             : "application/x-git-upload-pack-advertisement";
  int code = git_http_check_status(asked, answer, err);
  if (code == 0 &&
      strncasecmp(git_http_header_of(answer, "content-type"), expected, strlen(expected)) != 0)
    code = os2_fail(err, OS2_PROTOCOL, "%s is not a git repository with the smart protocol",
                    asked->repository);
  if (code != 0) err->status = answer->status;
  return code;
}
