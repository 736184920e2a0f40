/* rest_fuzz: whatever a parameter holds, the target is the row's own path with it encoded in its
   place. The first byte of the input picks the row, each line after it is key=value. */
#include <ctype.h>
#include <string.h>

#include "core/rest/rest.h"
#include "fuzz.h"

static const os2_rest_row rows[] = {
    {.name = "list", .method = "GET", .path = "/things", .query = "name state limit"},
    {.name = "get", .method = "GET", .path = "/things/{id}"},
    {.name = "remove", .method = "DELETE", .path = "/things/{id:uuid}/now", .query = "force"},
    {.name = "inspect", .method = "GET", .path = "/images/{ref:path}/json"},
    {.name = "filter", .method = "GET", .path = "/logs", .query = "page by", .objects = "by"},
    {.name = "both", .method = "GET", .path = "/a/{one}/{two}", .query = "name"},
};

enum { MOST_PARAMS = 8 };

/* Cuts the text, whose lines become key and value. */
static size_t read_params(char *text, os2_rest_param *params) {
  size_t count = 0;
  for (char *line = text, *end; count < MOST_PARAMS && line != NULL; line = end) {
    end = strchr(line, '\n');
    if (end != NULL) *end++ = '\0';
    char *value = strchr(line, '=');
    if (value == NULL) continue;
    *value++ = '\0';
    params[count++] = (os2_rest_param){line, value};
  }
  return count;
}

static size_t count_of(const char *text, const char *end, char c) {
  size_t count = 0;
  for (; text < end; text++) count += *text == c;
  return count;
}

static bool is_plain(char c) {
  return isalnum((unsigned char)c) || (c != '\0' && strchr("-._~/:@%?=&", c) != NULL);
}

static bool has_dot_segment(const char *path, const char *end) {
  while (path < end) {
    const char *next = memchr(path, '/', (size_t)(end - path));
    size_t len = (size_t)((next == NULL ? end : next) - path);
    if ((len == 1 || len == 2) && strncmp(path, "..", len) == 0) return true;
    path += len + 1;
  }
  return false;
}

static void check_target(const os2_rest_row *row, const char *out, size_t len) {
  must(strlen(out) == len && out[0] == '/');
  for (size_t i = 0; i < len; i++) must(is_plain(out[i]));
  const char *end = out + strcspn(out, "?");
  must(!has_dot_segment(out, end));
  if (strstr(row->path, ":path}") == NULL)
    must(count_of(out, end, '/') == count_of(row->path, strchr(row->path, '\0'), '/'));
  must(count_of(out, out + len, '?') <= 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
  if (len == 0) return 0;
  const os2_rest_row *row = &rows[bytes[0] % (sizeof rows / sizeof *rows)];
  char *text = strndup((const char *)bytes + 1, len - 1);
  os2_rest_param params[MOST_PARAMS];
  os2_err err = {0};
  size_t count = read_params(text, params);
  ptrdiff_t size = os2_rest_target(row, params, count, NULL, 0, &err);
  if (size < 0) {
    must(err.kind == OS2_INVALID && strlen(err.message) < sizeof err.message);
  } else {
    char *out = malloc((size_t)size + 1);
    must(os2_rest_target(row, params, count, out, (size_t)size + 1, &err) == size);
    check_target(row, out, (size_t)size);
    free(out);
  }
  free(text);
  return 0;
}
