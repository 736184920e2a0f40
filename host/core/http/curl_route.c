/* curl_route: what all libcurl transfers share: how the route is set, and which error kind a
   libcurl code means. */
#include "core/http/curl_route.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

static int curl_route_set_unix_socket(CURL *easy, const char *path, os2_err *err) {
  size_t limit = sizeof((struct sockaddr_un *)0)->sun_path;
  if (strlen(path) >= limit)
    return os2_fail(err, OS2_INVALID, "the socket path %s is too long: at most %zu bytes", path,
                    limit - 1);
  curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, path);
  return 0;
}

static void curl_route_set_certificates(CURL *easy, const os2_route *route) {
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  if (route->ca_file != NULL) curl_easy_setopt(easy, CURLOPT_CAINFO, route->ca_file);
  if (route->cert_file != NULL) curl_easy_setopt(easy, CURLOPT_SSLCERT, route->cert_file);
  if (route->key_file != NULL) curl_easy_setopt(easy, CURLOPT_SSLKEY, route->key_file);
  /* a key with a password fails instead of asking for it */
  curl_easy_setopt(easy, CURLOPT_KEYPASSWD, "");
  if (!route->is_unverified) return;
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
}

int os2_curl_set_route(CURL *easy, const os2_route *route, os2_dial *dial, os2_loop *loop,
                       os2_err *err) {
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT,
                   1L); /* a cancel during slow DNS must not wait for it */
  curl_route_set_certificates(easy, route);
  bool has_detour = route->unix_socket != NULL || route->command != NULL;
  if (has_detour || route->is_direct) curl_easy_setopt(easy, CURLOPT_PROXY, "");
  if (!has_detour) return 0;
  if (route->unix_socket != NULL) return curl_route_set_unix_socket(easy, route->unix_socket, err);
  os2_dial_set(dial, loop, route, easy);
  return 0;
}

static os2_kind curl_route_kind_of_connect(CURL *easy) {
  long error = 0;
  curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &error);
  if (error == EACCES || error == EPERM) return OS2_DENIED;
  return error == ECONNREFUSED || error == ENOENT ? OS2_UNAVAILABLE : OS2_NETWORK;
}

static os2_kind curl_route_kind_of(CURL *easy, CURLcode code, bool is_sent) {
  switch (code) {
  case CURLE_COULDNT_CONNECT:
    return curl_route_kind_of_connect(easy);
  case CURLE_OPERATION_TIMEDOUT:
    return OS2_TIMEOUT;
  case CURLE_PEER_FAILED_VERIFICATION:
  case CURLE_SSL_CERTPROBLEM:
  case CURLE_SSL_CACERT_BADFILE:
    return OS2_DENIED;
  case CURLE_URL_MALFORMAT:
    return OS2_INVALID;
  case CURLE_UNSUPPORTED_PROTOCOL:
    return is_sent ? OS2_PROTOCOL : OS2_INVALID; /* when it was sent, the answer was not HTTP */
  case CURLE_WEIRD_SERVER_REPLY:
  case CURLE_HTTP2:
  case CURLE_HTTP2_STREAM:
    return OS2_PROTOCOL;
  default:
    return OS2_NETWORK;
  }
}

/* Returns the seconds of CURLOPT_LOW_SPEED_TIME when that limit ended the transfer, else 0. Only
   libcurl's message tells. */
static long curl_route_silent_seconds(CURLcode code, const char *reason) {
  static const char words[] = "Operation too slow. Less than 1 bytes/sec transferred the last ";
  if (code != CURLE_OPERATION_TIMEDOUT || strncmp(reason, words, sizeof words - 1) != 0) return 0;
  return strtol(reason + sizeof words - 1, NULL, 10);
}

void os2_curl_fault(CURL *easy, CURLcode code, const char *reason, bool is_sent, os2_err *err) {
  long seconds = curl_route_silent_seconds(code, reason);
  if (seconds > 0) {
    os2_fail(err, OS2_TIMEOUT, "no content was transferred within %ld s", seconds);
    return;
  }
  os2_fail(err, curl_route_kind_of(easy, code, is_sent), "%s",
           reason[0] != '\0' ? reason : curl_easy_strerror(code));
}

bool os2_curl_is_hung_up(CURLcode code) {
  return code == CURLE_GOT_NOTHING || code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR ||
         code == CURLE_COULDNT_CONNECT;
}
