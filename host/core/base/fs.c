/* fs: atomic writes, appends, advisory locks, and whether a stream has input waiting. */
#include "core/base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

static int fs_write_all(int fd, const char *data, size_t len) {
  while (len > 0) {
    ssize_t done = write(fd, data, len);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return -1;
    data += done;
    len -= (size_t)done;
  }
  return 0;
}

static int fs_fill(int fd, const char *data, size_t len, mode_t mode) {
  if (fchmod(fd, mode) != 0 || fs_write_all(fd, data, len) != 0) return -1;
  return fsync(fd);
}

static int fs_fail_remove(const char *temporary, const char *path, int error, os2_err *err) {
  unlink(temporary);
  return os2_fail_errno(err, error, "cannot write %s", path);
}

int os2_fs_write_atomic(const char *path, const char *data, size_t len, mode_t mode, os2_err *err) {
  char temporary[PATH_MAX];
  int size = snprintf(temporary, sizeof temporary, "%s.XXXXXX", path);
  if (size < 0 || (size_t)size >= sizeof temporary)
    return os2_fail_errno(err, ENAMETOOLONG, "cannot write %s", path);
  int fd = mkostemp(temporary, O_CLOEXEC);
  if (fd < 0) return os2_fail_errno(err, errno, "cannot write %s", path);
  int code = fs_fill(fd, data, len, mode);
  int error = errno;
  if (close(fd) != 0 && code == 0) code = -1, error = errno;
  if (code != 0) return fs_fail_remove(temporary, path, error, err);
  if (rename(temporary, path) != 0) return fs_fail_remove(temporary, path, errno, err);
  return 0;
}

static ssize_t fs_write_once(int fd, const char *data, size_t len) {
  ssize_t done;
  do done = write(fd, data, len);
  while (done < 0 && errno == EINTR);
  if (done >= 0 && (size_t)done < len) errno = ENOSPC; /* what a second write would say */
  return done;
}

int os2_fs_append(const char *path, const char *data, size_t len, mode_t mode, os2_err *err) {
  int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  int fd = open(path, flags, mode);
  if (fd < 0) return os2_fail_errno(err, errno, "cannot open %s", path);
  ssize_t done = fs_write_once(fd, data, len);
  int error = errno;
  close(fd);
  if (done == (ssize_t)len) return 0;
  return os2_fail_errno(err, error, "cannot write %s", path);
}

int os2_fs_try_lock(const char *path, os2_err *err) {
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return os2_fail_errno(err, errno, "cannot open the lock file %s", path);
  if (flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
  int error = errno;
  close(fd);
  if (error == EWOULDBLOCK) return OS2_FS_HELD;
  return os2_fail_errno(err, error, "cannot lock %s", path);
}

static bool fs_has_rest(int fd, off_t size) {
  off_t at = lseek(fd, 0, SEEK_CUR);
  return at >= 0 && at < size;
}

bool os2_fs_has_input(int fd) {
  struct stat found;
  int waiting = 0;
  if (fstat(fd, &found) != 0) return false;
  if (S_ISREG(found.st_mode)) return fs_has_rest(fd, found.st_size);
  if (!S_ISFIFO(found.st_mode) && !S_ISSOCK(found.st_mode)) return false;
  return ioctl(fd, FIONREAD, &waiting) == 0 && waiting > 0;
}
