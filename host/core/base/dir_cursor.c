/* dir_cursor: opens directories below a root without following a symbolic link. */
#include "core/base/dir_cursor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/mem.h"

void os2_dir_cursor_open(os2_dir_cursor *cursor, int root) {
  *cursor = (os2_dir_cursor){.root = root, .fd = root};
}

static void dir_cursor_step_off(os2_dir_cursor *cursor) {
  int error = errno;
  if (cursor->fd != cursor->root) close(cursor->fd);
  cursor->fd = cursor->root;
  cursor->len = 0;
  errno = error;
}

void os2_dir_cursor_close(os2_dir_cursor *cursor) {
  dir_cursor_step_off(cursor);
  free(cursor->path);
  cursor->path = NULL;
}

/* Returns true when the cursor's directory is an ancestor of the path. */
static bool dir_cursor_is_above(const os2_dir_cursor *cursor, const char *path, size_t len) {
  if (cursor->len == 0) return true;
  return len > cursor->len && path[cursor->len] == '/' &&
         memcmp(path, cursor->path, cursor->len) == 0;
}

/* Opens the next component of the path, whose name ends at path[end]. */
static int dir_cursor_step_down(os2_dir_cursor *cursor, const char *path, size_t end) {
  size_t start = cursor->len == 0 ? 0 : cursor->len + 1;
  cursor->path = os2_mem_resize(cursor->path, end + 1, 1);
  memcpy(cursor->path + cursor->len, path + cursor->len, end - cursor->len);
  cursor->path[end] = '\0';
  int fd =
      openat(cursor->fd, cursor->path + start, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return -1;
  if (cursor->fd != cursor->root) close(cursor->fd);
  cursor->fd = fd;
  cursor->len = end;
  return 0;
}

int os2_dir_cursor_move(os2_dir_cursor *cursor, const char *path, size_t len) {
  bool is_here = len == cursor->len && (len == 0 || memcmp(path, cursor->path, len) == 0);
  if (!is_here && !dir_cursor_is_above(cursor, path, len)) dir_cursor_step_off(cursor);
  while (cursor->len < len) {
    size_t start = cursor->len == 0 ? 0 : cursor->len + 1;
    const char *slash = memchr(path + start, '/', len - start);
    if (dir_cursor_step_down(cursor, path, slash == NULL ? len : (size_t)(slash - path)) != 0) {
      dir_cursor_step_off(cursor);
      return -1;
    }
  }
  return cursor->fd;
}
