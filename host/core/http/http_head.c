/* http_head: collects the headers of an answer as they arrive. */
#include "core/http/http_head.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

enum { MAX_HEADER_LINES = 1000 };

void os2_http_drop_headers(os2_http_response *response) {
  for (size_t i = 0; i < response->header_count; i++) {
    free(response->headers[i].name);
    free(response->headers[i].value);
  }
  free(response->headers);
  response->headers = NULL;
  response->header_count = 0;
}

static char *http_head_copy_trimmed(const char *text, size_t len) {
  while (len > 0 && isspace((unsigned char)text[0])) text++, len--;
  while (len > 0 && isspace((unsigned char)text[len - 1])) len--;
  return os2_mem_text(text, len);
}

static const os2_http_header *http_head_append(os2_http_response *response, const char *line,
                                               size_t name_len, size_t len) {
  os2_http_header *headers =
      os2_mem_resize(response->headers, response->header_count + 1, sizeof *headers);
  os2_http_header *header = &headers[response->header_count++];
  response->headers = headers;
  header->name = http_head_copy_trimmed(line, name_len);
  for (char *at = header->name; *at != '\0'; at++) *at = (char)tolower((unsigned char)*at);
  header->value = http_head_copy_trimmed(line + name_len + 1, len - name_len - 1);
  return header;
}

/* Compares a new Content-Length, which is the last header stored, with the earlier ones. */
static int http_head_check_length(const os2_http_response *response, const char *length,
                                  os2_err *err) {
  for (size_t i = 0; i + 1 < response->header_count; i++) {
    const os2_http_header *other = &response->headers[i];
    if (strcmp(other->name, "content-length") == 0 && strcmp(other->value, length) != 0)
      return os2_fail(err, OS2_PROTOCOL, "the answer has two lengths: Content-Length %s and %s",
                      other->value, length);
  }
  return 0;
}

int os2_http_add_header(os2_http_response *response, const char *line, size_t len, os2_err *err) {
  if (response->header_count == MAX_HEADER_LINES)
    return os2_fail(err, OS2_PROTOCOL, "the answer has more than %d headers", MAX_HEADER_LINES);
  const char *colon = memchr(line, ':', len);
  if (colon == NULL) return 0;
  const os2_http_header *header = http_head_append(response, line, (size_t)(colon - line), len);
  if (strcmp(header->name, "content-length") != 0) return 0;
  return http_head_check_length(response, header->value, err);
}
