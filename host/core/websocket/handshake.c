/* handshake: the request that opens a WebSocket, and what its answer must hold (RFC 6455, 4). */
#include "core/websocket/handshake.h"

#include <sha1.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/base64.h"
#include "core/base/mem.h"
#include "core/base/random.h"

static const char MAGIC[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

void os2_ws_handshake_key(char key[OS2_WS_KEY_BYTES]) {
  uint8_t bytes[16];
  os2_random_bytes(bytes, sizeof bytes);
  os2_base64_encode(key, bytes, sizeof bytes, OS2_BASE64_STD);
}

void os2_ws_handshake_accept(char accept[OS2_WS_ACCEPT_BYTES], const char *key) {
  uint8_t digest[SHA1_DIGEST_LENGTH];
  SHA1_CTX context;
  SHA1Init(&context);
  SHA1Update(&context, (const uint8_t *)key, strlen(key));
  SHA1Update(&context, (const uint8_t *)MAGIC, sizeof MAGIC - 1);
  SHA1Final(digest, &context);
  os2_base64_encode(accept, digest, sizeof digest, OS2_BASE64_STD);
}

/* Appends to a text that may hold secrets, so that no copy of it stays behind. */
static char *handshake_append(char *text, const char *name, const char *value, const char *end) {
  char *more = os2_mem_join(name, value, end);
  char *joined = os2_mem_join(text, more, "");
  os2_mem_drop_secret(more);
  os2_mem_drop_secret(text);
  return joined;
}

static bool handshake_has_header(const char *const *headers, const char *name) {
  for (; headers != NULL && *headers != NULL; headers++)
    if (strncasecmp(*headers, name, strlen(name)) == 0 && (*headers)[strlen(name)] == ':')
      return true;
  return false;
}

static char *handshake_append_protocols(char *text, const char *const *protocols) {
  for (size_t i = 0; protocols[i] != NULL; i++)
    text = handshake_append(text, i == 0 ? "Sec-WebSocket-Protocol: " : ", ", protocols[i], "");
  return handshake_append(text, "\r\n", "", "");
}

char *os2_ws_handshake_request(const char *host, const char *path, const char *key,
                               const char *const *protocols, const char *const *headers) {
  char *text = os2_mem_join("GET ", path, " HTTP/1.1\r\n");
  if (!handshake_has_header(headers, "Host")) text = handshake_append(text, "Host: ", host, "\r\n");
  text = handshake_append(text, "Upgrade: websocket\r\nConnection: Upgrade\r\n",
                          "Sec-WebSocket-Version: 13\r\n", "");
  text = handshake_append(text, "Sec-WebSocket-Key: ", key, "\r\n");
  if (protocols != NULL && protocols[0] != NULL) text = handshake_append_protocols(text, protocols);
  for (; headers != NULL && *headers != NULL; headers++)
    text = handshake_append(text, *headers, "", "\r\n");
  return handshake_append(text, "\r\n", "", "");
}

static const char *handshake_find(const os2_http_response *answer, const char *name) {
  for (size_t i = 0; i < answer->header_count; i++)
    if (strcmp(answer->headers[i].name, name) == 0) return answer->headers[i].value;
  return NULL;
}

/* Returns true when a comma-separated list holds a word, in any case. */
static bool handshake_has_token(const char *list, const char *word) {
  while (list != NULL && *list != '\0') {
    size_t len = strcspn(list, ", \t");
    if (len == strlen(word) && strncasecmp(list, word, len) == 0) return true;
    list += len;
    list += strspn(list, ", \t");
  }
  return false;
}

static bool handshake_is_offered(const char *const *protocols, const char *protocol) {
  for (; protocols != NULL && *protocols != NULL; protocols++)
    if (strcmp(*protocols, protocol) == 0) return true;
  return false;
}

static bool handshake_upgrades(const os2_http_response *answer) {
  const char *upgrade = handshake_find(answer, "upgrade");
  return upgrade != NULL && strcasecmp(upgrade, "websocket") == 0 &&
         handshake_has_token(handshake_find(answer, "connection"), "upgrade");
}

int os2_ws_handshake_check(const os2_http_response *answer, const char *key,
                           const char *const *protocols, const char **protocol, os2_err *err) {
  char expected[OS2_WS_ACCEPT_BYTES];
  const char *accept = handshake_find(answer, "sec-websocket-accept");
  os2_ws_handshake_accept(expected, key);
  *protocol = handshake_find(answer, "sec-websocket-protocol");
  if (!handshake_upgrades(answer))
    return os2_fail(err, OS2_PROTOCOL, "the server answers 101 but does not upgrade to websocket");
  if (accept == NULL || strcmp(accept, expected) != 0)
    return os2_fail(err, OS2_PROTOCOL, "the Sec-WebSocket-Accept of the server is wrong");
  if (handshake_find(answer, "sec-websocket-extensions") != NULL)
    return os2_fail(err, OS2_PROTOCOL, "the server uses an extension that was not offered");
  if (*protocol != NULL && !handshake_is_offered(protocols, *protocol))
    return os2_fail(err, OS2_PROTOCOL,
                    "the server chose a subprotocol that was not offered: %.100s", *protocol);
  return 0;
}
