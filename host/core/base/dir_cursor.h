/* dir_cursor: directories below a root, reached without ever following a symbolic link. */
#ifndef OS2_CORE_BASE_DIR_CURSOR_H
#define OS2_CORE_BASE_DIR_CURSOR_H

#include <stddef.h>

/* Stands on one directory at a time, so that neither deep trees nor long paths meet a limit. */
typedef struct os2_dir_cursor {
  int root; /* descriptor of the root; belongs to the caller */
  int fd;   /* descriptor of the directory it stands on; root itself at the start */
  char *path;
  size_t len;
} os2_dir_cursor;

/* Sets it on the root, whose descriptor stays the caller's. */
void os2_dir_cursor_open(os2_dir_cursor *cursor, int root);

/* Moves to a directory (path relative to the root, without a trailing slash; empty: the root) and
   returns its descriptor, which lives until the next move. -1 with errno: ELOOP or ENOTDIR when a
   component is no directory (any more). */
int os2_dir_cursor_move(os2_dir_cursor *cursor, const char *path, size_t len);

/* Closes what it has opened. */
void os2_dir_cursor_close(os2_dir_cursor *cursor);

#endif
