/* url: resolves and compares URLs by libcurl's rules (RFC 3986). */
#include "core/http/url.h"

#include <ctype.h>
#include <curl/curl.h>
#include <stdlib.h>

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

void os2_url_free(char *text) { free(text); }
