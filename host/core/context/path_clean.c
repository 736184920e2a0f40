/* path_clean: the shortest form of a path, as Go's filepath.Clean gives it. */
#include "core/context/path_clean.h"

#include <stdbool.h>
#include <string.h>

/* A piece of a path. */
typedef struct span {
  const char *at;
  size_t len;
} span;

/* Takes the next component off the path: what stands before a slash. */
static span path_clean_next_component(span *path) {
  while (path->len > 0 && *path->at == '/') {
    path->at++;
    path->len--;
  }
  const char *slash = path->len > 0 ? memchr(path->at, '/', path->len) : NULL;
  span component = {path->at, slash == NULL ? path->len : (size_t)(slash - path->at)};
  path->at += component.len;
  path->len -= component.len;
  return component;
}

/* Removes the last component of the path that out holds, down to its floor. */
static size_t path_clean_drop_component(const char *out, size_t len, size_t floor) {
  while (len > floor && out[len - 1] != '/') len--;
  return len > floor ? len - 1 : floor;
}

/* Adds `..`, which takes the component before it away unless there is none. Returns the new
   length and moves the floor behind a `..` that stays. */
static size_t path_clean_put_parent(char *out, size_t len, size_t *floor, bool rooted) {
  if (len > *floor) return path_clean_drop_component(out, len, *floor);
  if (rooted) return len;
  if (len > 0) out[len++] = '/';
  memcpy(out + len, "..", 2);
  *floor = len + 2;
  return len + 2;
}

/* What is written never overtakes what is read. */
void os2_path_clean(char *path) {
  span rest = {path, strlen(path)};
  bool rooted = *path == '/';
  size_t head = rooted ? 1 : 0;
  size_t floor = head;
  size_t len = head;
  for (span part = path_clean_next_component(&rest); part.len > 0;
       part = path_clean_next_component(&rest)) {
    if (part.len == 1 && part.at[0] == '.') continue;
    if (part.len == 2 && memcmp(part.at, "..", 2) == 0) {
      len = path_clean_put_parent(path, len, &floor, rooted);
      continue;
    }
    if (len > head) path[len++] = '/';
    memmove(path + len, part.at, part.len);
    len += part.len;
  }
  if (len == 0) path[len++] = '.';
  path[len] = '\0';
}
