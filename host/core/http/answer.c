/* answer: reads the answer to a request that asks for another protocol (Upgrade): the head, and the
   body of a refusal. */
#include "core/http/answer.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/mem.h"
#include "core/http/http_head.h"

enum { HEAD_LIMIT_BYTES = 64 * 1024 };

void os2_answer_free(os2_answer *a) {
  os2_http_drop_headers(&a->response);
  free(a->bytes);
  free(a->response.body);
}

static void answer_append(os2_answer *a, const char *bytes, size_t len) {
  a->bytes = os2_mem_resize(a->bytes, a->len + len + 1, 1);
  memcpy(a->bytes + a->len, bytes, len);
  a->len += len;
  a->bytes[a->len] = '\0';
}

/* ---- the head ---- */

static const char *answer_header(const os2_answer *a, const char *name) {
  for (size_t i = 0; i < a->response.header_count; i++)
    if (strcmp(a->response.headers[i].name, name) == 0) return a->response.headers[i].value;
  return NULL;
}

static int answer_read_status(os2_answer *a, os2_err *err) {
  char *end = NULL;
  bool is_http = strncmp(a->bytes, "HTTP/1.", 7) == 0 && strlen(a->bytes) > 9;
  long status = is_http ? strtol(a->bytes + 9, &end, 10) : 0;
  if (status < 100 || status > 999 || (*end != ' ' && *end != '\r' && *end != '\0'))
    return os2_fail(err, OS2_PROTOCOL, "the server does not answer in HTTP/1.1");
  a->response.status = (int)status;
  return 0;
}

/* The head is terminated with a NUL where its empty line begins. */
static int answer_read_head(os2_answer *a, os2_err *err) {
  if (answer_read_status(a, err) != 0) return -1;
  for (char *line = strstr(a->bytes, "\r\n"); line != NULL;) {
    char *next = strstr(line + 2, "\r\n");
    size_t len = next != NULL ? (size_t)(next - line - 2) : strlen(line + 2);
    if (os2_http_add_header(&a->response, line + 2, len, err) != 0) return -1;
    line = next;
  }
  const char *length = answer_header(a, "content-length");
  const char *coding = answer_header(a, "transfer-encoding");
  a->is_chunked = coding != NULL && strcasecmp(coding, "chunked") == 0;
  a->length = length != NULL && !a->is_chunked ? strtol(length, NULL, 10) : -1;
  return 0;
}

/* Drops an answer such as 100 or 103, which another one follows. */
static bool answer_skip_interim(os2_answer *a) {
  bool is_interim = a->response.status < 200 && a->response.status != 101;
  if (!is_interim) return false;
  os2_http_drop_headers(&a->response);
  a->response.status = 0;
  return true;
}

/* ---- the body of a refusal ---- */

/* Decodes chunks in place as far as they have come. Returns true when the last one has come, or
   when they are not valid: then what was decoded is all there is. */
static bool answer_decode(char *body, size_t *len) {
  size_t kept = 0, at = 0;
  bool is_whole = false;
  while (!is_whole && at < *len) {
    const char *line_end = memchr(body + at, '\n', *len - at);
    if (line_end == NULL) break;
    unsigned long size = strtoul(body + at, NULL, 16);
    is_whole = !isxdigit((unsigned char)body[at]) || size == 0; /* no size, or the last chunk */
    if (is_whole) break;
    at = (size_t)(line_end + 1 - body);
    size_t n = size < *len - at ? size : *len - at;
    memmove(body + kept, body + at, n);
    kept += n;
    at += n + 2 < *len - at ? n + 2 : *len - at;
  }
  *len = kept;
  return is_whole;
}

static os2_answered answer_keep_body(os2_answer *a) {
  size_t len = a->len < a->body_limit ? a->len : a->body_limit;
  char *body = os2_mem_text(a->bytes != NULL ? a->bytes : "", len);
  if (a->is_chunked) answer_decode(body, &len);
  body[len] = '\0';
  a->response.body = body;
  a->response.body_len = len;
  return OS2_ANSWER_REFUSED;
}

/* Returns how many bytes of the body are kept at most. */
static size_t answer_most(const os2_answer *a) {
  bool is_shorter = a->length >= 0 && (size_t)a->length < a->body_limit;
  return is_shorter ? (size_t)a->length : a->body_limit;
}

static bool answer_is_whole(const os2_answer *a) {
  if (a->len >= answer_most(a)) return true;
  if (!a->is_chunked) return false;
  size_t len = a->len;
  char *copy = os2_mem_text(a->bytes, a->len);
  bool is_whole = answer_decode(copy, &len);
  free(copy);
  return is_whole;
}

static os2_answered answer_feed_body(os2_answer *a, const char *bytes, size_t len) {
  size_t room = answer_most(a) - a->len;
  answer_append(a, bytes, len < room ? len : room);
  return answer_is_whole(a) ? answer_keep_body(a) : OS2_ANSWER_MORE;
}

/* ---- the whole ---- */

os2_answered os2_answer_feed(os2_answer *a, const char *bytes, size_t len, size_t *taken,
                             os2_err *err) {
  *taken = len;
  if (a->response.status != 0) return answer_feed_body(a, bytes, len);
  size_t before = a->len;
  answer_append(a, bytes, len);
  char *head_end = strstr(a->bytes, "\r\n\r\n");
  if (head_end == NULL && a->len > HEAD_LIMIT_BYTES)
    os2_fail(err, OS2_PROTOCOL, "the head of the answer has more than %d bytes", HEAD_LIMIT_BYTES);
  if (head_end == NULL) return a->len > HEAD_LIMIT_BYTES ? OS2_ANSWER_BAD : OS2_ANSWER_MORE;
  *taken = (size_t)(head_end + 4 - a->bytes) - before;
  *head_end = '\0';
  int rc = answer_read_head(a, err);
  a->len = 0;
  if (rc != 0) return OS2_ANSWER_BAD;
  if (a->response.status == 101) return OS2_ANSWER_UPGRADED;
  size_t used = *taken, more = 0;
  os2_answered state = answer_skip_interim(a)
                           ? os2_answer_feed(a, bytes + used, len - used, &more, err)
                           : answer_feed_body(a, bytes + used, len - used);
  *taken = state == OS2_ANSWER_UPGRADED ? used + more : len;
  return state;
}

os2_answered os2_answer_end(os2_answer *a) {
  return a->response.status != 0 ? answer_keep_body(a) : OS2_ANSWER_MORE;
}
