/* fs: atomic writes, appends, advisory locks, and whether a stream has input waiting. All functions
   may be called on any thread; those that touch a disk block. */
#ifndef OS2_CORE_BASE_FS_H
#define OS2_CORE_BASE_FS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "core/base/err.h"

/* Writes a file atomically: the data goes to a temporary file in the same directory, then follow
   fsync and rename. A reader sees the old content or the new content, never a part. Returns 0, or
   -1 with err; after an error no temporary file is left. */
int os2_fs_write_atomic(const char *path, const char *data, size_t len, mode_t mode, os2_err *err);

/* Appends data to a file with one write, so that lines of several writers do not mix and a process
   that is killed leaves whole lines. The file is created with `mode` when it does not exist; a
   symbolic link in its place is refused. Returns 0, or -1 with err: the disk may then hold a part.
 */
int os2_fs_append(const char *path, const char *data, size_t len, mode_t mode, os2_err *err);

/* Takes the exclusive advisory lock of a file without waiting. The file is created with mode 0600
   when it does not exist. Returns a descriptor, which the caller owns: closing it releases the
   lock, and the kernel releases it when the process ends. Returns OS2_FS_HELD when another process,
   or another caller in this process, holds the lock, and -1 with err on an error. */
#define OS2_FS_HELD (-2)
int os2_fs_try_lock(const char *path, os2_err *err);

/* Returns true when a descriptor that is a pipe, a socket or a file has bytes that can be read at
   once. Reads nothing. Returns false at the end of the input, for an open pipe without data, and
   for terminals and devices. */
bool os2_fs_has_input(int fd);

#endif
