/* url: resolves and compares URLs by libcurl's rules (RFC 3986). */
#include "core/http/url.h"

#include <ctype.h>
#include <curl/curl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

static CURLU *url_open(void) { return os2_mem_check(curl_url()); }

/* Returns a copy that free() can free; NULL when the URL has no such part. */
static char *url_part_of(CURLU *url, CURLUPart part, unsigned flags) {
  char *text = NULL;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return NULL;
  char *copy = os2_mem_copy(text);
  curl_free(text);
  return copy;
}

static int url_fail(os2_err *err, const char *text, CURLUcode code) {
  return os2_fail(err, OS2_PROTOCOL, "'%.200s' is no URL: %s", text, curl_url_strerror(code));
}

static int url_join(CURLU *url, const char *base, const char *reference, os2_err *err) {
  CURLUcode code = curl_url_set(url, CURLUPART_URL, base, 0);
  if (code != CURLUE_OK) return url_fail(err, base, code);
  code = curl_url_set(url, CURLUPART_URL, reference, CURLU_URLENCODE);
  if (code != CURLUE_OK) return url_fail(err, reference, code);
  return 0;
}

char *os2_url_join(const char *base, const char *reference, os2_err *err) {
  CURLU *url = url_open();
  char *joined = NULL;
  if (url_join(url, base, reference, err) == 0) {
    joined = url_part_of(url, CURLUPART_URL, 0);
    if (joined == NULL) os2_fail(err, OS2_PROTOCOL, "'%.200s' cannot be resolved", reference);
  }
  curl_url_cleanup(url);
  return joined;
}

static char *url_write_origin(CURLU *url) {
  char *scheme = url_part_of(url, CURLUPART_SCHEME, 0);
  char *host = url_part_of(url, CURLUPART_HOST, 0);
  char *port = url_part_of(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  char *address = os2_mem_join(host != NULL ? host : "", ":", port != NULL ? port : "");
  char *origin = os2_mem_join(scheme != NULL ? scheme : "", "://", address);
  for (char *at = origin; *at != '\0'; at++) *at = (char)tolower((unsigned char)*at);
  free(scheme);
  free(host);
  free(port);
  free(address);
  return origin;
}

char *os2_url_origin(const char *text, os2_err *err) {
  CURLU *url = url_open();
  CURLUcode code = curl_url_set(url, CURLUPART_URL, text, 0);
  char *origin = code == CURLUE_OK ? url_write_origin(url) : NULL;
  if (origin == NULL) url_fail(err, text, code);
  curl_url_cleanup(url);
  return origin;
}

static char *url_write_host(CURLU *url) {
  char *host = url_part_of(url, CURLUPART_HOST, 0);
  char *port = url_part_of(url, CURLUPART_PORT, 0);
  bool has_port = port != NULL;
  char *joined = os2_mem_join(host != NULL ? host : "", has_port ? ":" : "", has_port ? port : "");
  free(host);
  free(port);
  return joined;
}

static char *url_write_path(CURLU *url) {
  char *path = url_part_of(url, CURLUPART_PATH, 0);
  char *query = url_part_of(url, CURLUPART_QUERY, 0);
  bool has_query = query != NULL;
  char *joined =
      os2_mem_join(path != NULL ? path : "/", has_query ? "?" : "", has_query ? query : "");
  free(path);
  free(query);
  return joined;
}

static int url_check_target(CURLU *url, os2_err *err) {
  char *scheme = url_part_of(url, CURLUPART_SCHEME, 0);
  char *user = url_part_of(url, CURLUPART_USER, 0);
  char *password = url_part_of(url, CURLUPART_PASSWORD, 0);
  bool is_http = scheme != NULL && (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);
  bool has_user = user != NULL || password != NULL;
  free(scheme);
  free(user);
  free(password);
  if (!is_http) return os2_fail(err, OS2_INVALID, "the URL is not one of http or https");
  if (has_user)
    return os2_fail(err, OS2_INVALID, "the URL holds a user; give a header Authorization instead");
  return 0;
}

int os2_url_read_target(os2_url_target *target, const char *text, os2_err *err) {
  CURLU *url = url_open();
  CURLUcode code = curl_url_set(url, CURLUPART_URL, text, 0);
  int rc = code == CURLUE_OK ? url_check_target(url, err) : -1;
  if (code != CURLUE_OK)
    os2_fail(err, OS2_INVALID, "this is no URL: %s",
             curl_url_strerror(code)); /* it may be secret */
  *target = (os2_url_target){0};
  if (rc == 0) *target = (os2_url_target){.host = url_write_host(url), .path = url_write_path(url)};
  curl_url_cleanup(url);
  return rc;
}

void os2_url_target_free(os2_url_target *target) {
  free(target->host);
  os2_mem_drop_secret(target->path); /* a query may hold a token */
  *target = (os2_url_target){0};
}

void os2_url_free(char *text) { free(text); }
