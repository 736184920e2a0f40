/* fs: atomic writes, advisory locks, and what waits on a stream. */
#ifndef OS2_CORE_BASE_FS_H
#define OS2_CORE_BASE_FS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "core/base/err.h"

/* Writes a file so that a reader sees the old content or the new one, never a part: a temporary
   file beside it, fsync, rename. 0, or -1 with err and nothing left behind. */
int os2_fs_write_atomic(const char *path, const char *data, size_t len, mode_t mode, os2_err *err);

/* Takes the exclusive advisory lock of a file (made with mode 0600 when it is not there) without
   waiting. Returns a descriptor whose close frees the lock, -1 with err, or OS2_FS_HELD when
   another process or another caller of this one has it. The kernel frees it with the process. */
#define OS2_FS_HELD (-2)
int os2_fs_try_lock(const char *path, os2_err *err);

/* Whether bytes wait on a descriptor that is a pipe, a socket or a file: what could be read at
   once. Reads nothing. False at the end, for an open pipe without data, and for terminals and
   devices. */
bool os2_fs_has_input(int fd);

#endif
