/* dir_cursor: opens directories below a root without following a symbolic link. A cursor may be
   used on any thread, by one thread at a time. */
#ifndef OS2_CORE_BASE_DIR_CURSOR_H
#define OS2_CORE_BASE_DIR_CURSOR_H

#include <stddef.h>

/* A cursor is positioned on one directory at a time, and opens one path component per step. Deep
   trees therefore do not run out of descriptors, and long paths do not exceed PATH_MAX. */
typedef struct os2_dir_cursor {
  int root; /* descriptor of the root; owned by the caller */
  int fd;   /* descriptor of the current directory; equal to root at the start */
  char *path;
  size_t len;
} os2_dir_cursor;

/* Positions the cursor on the root. The caller keeps the ownership of the descriptor `root`. */
void os2_dir_cursor_open(os2_dir_cursor *cursor, int root);

/* Moves the cursor to a directory and returns its descriptor. The cursor owns that descriptor and
   closes it at the next move. `path` is relative to the root, without a trailing slash; the empty
   path is the root. Returns -1 with errno set when the directory cannot be opened: ELOOP or ENOTDIR
   when a component is not, or is no longer, a directory. */
int os2_dir_cursor_move(os2_dir_cursor *cursor, const char *path, size_t len);

/* Closes the descriptors that the cursor has opened; the root's descriptor stays open. */
void os2_dir_cursor_close(os2_dir_cursor *cursor);

#endif
