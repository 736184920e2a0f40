/* git_place: makes a directory that appears at its path complete or not at all. */
#include "core/git/git_place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/base/random.h"

#define MARK ".os2-clone-"

enum { TRIES = 100 };

/* ---- removing ---- */

/* All by descriptors, so that a link that somebody creates meanwhile is not followed. */

static int git_place_open_directory(int parent, const char *name) {
  return openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Each level holds a descriptor. A directory that lies deeper than this is first moved up to the
   top. */
enum { MAX_DEPTH_LEVELS = 64 };

typedef struct removal {
  int top;
  unsigned moved;
} removal;

static void git_place_empty(removal *it, DIR *directory, int depth);

static bool git_place_move_up(removal *it, int parent, const char *name) {
  char place[32];
  snprintf(place, sizeof place, ".os2-removed-%u", it->moved++);
  return renameat(parent, name, it->top, place) == 0;
}

static bool git_place_remove_in(removal *it, int parent, const char *name, int depth) {
  if (unlinkat(parent, name, 0) == 0 || unlinkat(parent, name, AT_REMOVEDIR) == 0) return true;
  if (depth == MAX_DEPTH_LEVELS) return git_place_move_up(it, parent, name);
  int fd = git_place_open_directory(parent, name);
  DIR *directory = fd >= 0 ? fdopendir(fd) : NULL;
  if (directory != NULL) git_place_empty(it, directory, depth);
  if (directory != NULL)
    closedir(directory);
  else if (fd >= 0)
    close(fd);
  return unlinkat(parent, name, AT_REMOVEDIR) == 0;
}

static bool git_place_is_entry(const char *name) {
  return strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

/* Repeats until nothing more is removed: a file system may skip names while others are removed. */
static void git_place_empty(removal *it, DIR *directory, int depth) {
  bool has_removed = true;
  while (has_removed) {
    has_removed = false;
    rewinddir(directory);
    const struct dirent *entry;
    while ((entry = readdir(directory)) != NULL)
      if (git_place_is_entry(entry->d_name) &&
          git_place_remove_in(it, dirfd(directory), entry->d_name, depth + 1))
        has_removed = true;
  }
}

/* Removes everything in the directory. The caller keeps the ownership of the descriptor. */
static void git_place_remove_all_in(int fd) {
  removal it = {.top = fd};
  int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  DIR *directory = copy >= 0 ? fdopendir(copy) : NULL;
  if (directory != NULL) git_place_empty(&it, directory, 0);
  if (directory != NULL)
    closedir(directory);
  else if (copy >= 0)
    close(copy);
}

/* ---- the target ---- */

/* Returns the absolute path without links when the path exists; otherwise the path as given,
   without trailing slashes. */
static char *git_place_resolve(const char *given) {
  char *real = realpath(given, NULL);
  if (real != NULL) return real;
  size_t len = strlen(given);
  while (len > 1 && given[len - 1] == '/') len--;
  return os2_mem_text(given, len);
}

static bool git_place_is_empty_directory(const char *path) {
  DIR *directory = opendir(path);
  if (directory == NULL) return false;
  int count = 0;
  while (count <= 2 && readdir(directory) != NULL) count++;
  closedir(directory);
  return count <= 2;
}

static int git_place_taken(const char *target, os2_err *err) {
  return os2_fail(err, OS2_EXISTS, "%s is there and is not an empty directory", target);
}

static int git_place_check_free(const char *target, os2_err *err) {
  struct stat found;
  if (lstat(target, &found) != 0 || git_place_is_empty_directory(target)) return 0;
  return git_place_taken(target, err);
}

/* Returns the directory above, ending with a slash; "" when that is the current directory. */
static char *git_place_above(const char *target) {
  const char *slash = strrchr(target, '/');
  return os2_mem_text(target, slash != NULL ? (size_t)(slash + 1 - target) : 0);
}

static int git_place_make_above(const char *target, os2_err *err) {
  char *path = os2_mem_copy(target);
  int code = 0;
  for (char *slash = strchr(path + 1, '/'); slash != NULL && code == 0;
       slash = strchr(slash + 1, '/')) {
    *slash = '\0';
    if (mkdir(path, 0777) != 0 && errno != EEXIST)
      code = os2_fail_errno(err, errno, "cannot make the directory %s", path);
    *slash = '/';
  }
  free(path);
  return code;
}

static int git_place_is_mount_point(const char *target, os2_err *err) {
  return os2_fail(err, OS2_CONFLICT, "%s is a mount point: clone into a directory below it",
                  target);
}

static bool git_place_is_on_other_device(const char *target, const char *parent) {
  struct stat own;
  struct stat above_it;
  return stat(target, &own) == 0 && stat(parent[0] != '\0' ? parent : ".", &above_it) == 0 &&
         own.st_dev != above_it.st_dev;
}

/* Returns true for a mount point, also of the same device. Kernels before 5.8 do not report it. */
static bool git_place_is_mounted(const char *target) {
  struct statx found;
  return statx(AT_FDCWD, target, AT_SYMLINK_NOFOLLOW, STATX_TYPE, &found) == 0 &&
         (found.stx_attributes & found.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) != 0;
}

/* The final rename fails on a mount point, so that is checked before anything is transferred. */
static int git_place_check_mount(const char *target, const char *parent, os2_err *err) {
  if (!git_place_is_on_other_device(target, parent) && !git_place_is_mounted(target)) return 0;
  return git_place_is_mount_point(target, err);
}

/* ---- the temporary directory ---- */

/* Returns ".NAME.os2-clone-", the prefix of all temporary names for a target. */
static char *git_place_beginning(const char *target) {
  const char *slash = strrchr(target, '/');
  return os2_mem_join(".", slash != NULL ? slash + 1 : target, MARK);
}

/* Opens and locks a directory. Returns -1 with errno. */
static int git_place_lock(int parent, const char *name) {
  int fd = git_place_open_directory(parent, name);
  if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
  int error = errno;
  close(fd);
  errno = error;
  return -1;
}

static bool git_place_is_own(int fd) {
  struct stat found;
  return fstat(fd, &found) == 0 && found.st_uid == geteuid();
}

/* Removes a temporary directory that a killed process of this user has left: nobody holds its
   lock. */
static void git_place_sweep_one(int parent, const char *name) {
  int fd = git_place_lock(parent, name);
  if (fd < 0) return;
  if (git_place_is_own(fd)) {
    git_place_remove_all_in(fd);
    unlinkat(parent, name, AT_REMOVEDIR);
  }
  close(fd);
}

static void git_place_sweep(const char *parent, const char *begin) {
  DIR *directory = opendir(parent[0] != '\0' ? parent : ".");
  if (directory == NULL) return;
  const struct dirent *entry;
  while ((entry = readdir(directory)) != NULL)
    if (strncmp(entry->d_name, begin, strlen(begin)) == 0)
      git_place_sweep_one(dirfd(directory), entry->d_name);
  closedir(directory);
}

static bool git_place_is_still_there(int fd) {
  struct stat found;
  return fstat(fd, &found) == 0 && found.st_nlink > 0;
}

/* Locks the directory that was just made. Another process may have removed it in between: then
   fails with EEXIST. */
static int git_place_lock_made(const char *path) {
  int fd = git_place_lock(AT_FDCWD, path);
  if (fd >= 0 && git_place_is_still_there(fd)) return fd;
  if (fd < 0 && errno != EWOULDBLOCK && errno != ENOENT) {
    int error = errno;
    rmdir(path);
    errno = error;
    return -1;
  }
  if (fd >= 0) close(fd);
  errno = EEXIST;
  return -1;
}

static char *git_place_temporary_name(const char *parent, const char *begin) {
  char word[8 + 1];
  os2_random_word(word, sizeof word - 1);
  return os2_mem_join(parent, begin, word);
}

static int git_place_make_one(os2_git_place *place, const char *parent, const char *begin) {
  char *path = git_place_temporary_name(parent, begin);
  place->fd = mkdir(path, 0777) == 0 ? git_place_lock_made(path) : -1;
  if (place->fd >= 0) {
    place->path = path;
    return 0;
  }
  int error = errno;
  free(path);
  errno = error;
  return -1;
}

static int git_place_make(os2_git_place *place, const char *parent, const char *begin,
                          os2_err *err) {
  for (int i = 0; i < TRIES; i++) {
    if (git_place_make_one(place, parent, begin) == 0) return 0;
    if (errno != EEXIST) break;
  }
  return os2_fail_errno(err, errno, "cannot make a directory beside %s", place->target);
}

int os2_git_place_open(os2_git_place *place, const char *target, os2_err *err) {
  *place = (os2_git_place){.target = git_place_resolve(target), .fd = -1};
  if (git_place_check_free(place->target, err) != 0 ||
      git_place_make_above(place->target, err) != 0)
    return -1;
  char *parent = git_place_above(place->target);
  char *begin = git_place_beginning(place->target);
  int code = git_place_check_mount(place->target, parent, err);
  if (code == 0) {
    git_place_sweep(parent, begin);
    code = git_place_make(place, parent, begin, err);
  }
  free(parent);
  free(begin);
  return code;
}

int os2_git_place_keep(os2_git_place *place, os2_err *err) {
  if (rename(place->path, place->target) == 0) {
    free(place->path);
    place->path = NULL;
    return 0;
  }
  if (errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR)
    return git_place_taken(place->target, err);
  if (errno == EBUSY || errno == EXDEV) return git_place_is_mount_point(place->target, err);
  return os2_fail_errno(err, errno, "cannot put the clone at %s", place->target);
}

void os2_git_place_close(os2_git_place *place) {
  if (place->path != NULL) {
    git_place_remove_all_in(place->fd);
    rmdir(place->path);
  }
  if (place->fd >= 0) close(place->fd);
  free(place->path);
  free(place->target);
}
