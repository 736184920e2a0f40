/* context: lists a directory tree without the paths that the ignore rules exclude. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "core/base/inode_map.h"
#include "core/base/mem.h"
#include "core/context/context_int.h"

/* One directory on the path from the root to the current position. */
typedef struct level {
  char **names; /* sorted */
  size_t count;
  size_t next;
  size_t path_len;         /* of the directory's own path */
  bool *own;               /* the rules that apply to the directory, NULL for the root */
  bool is_listed;          /* it has an entry: when it is ignored, only once something in it has */
  bool *included;          /* as `own`, of the patterns that say what is listed at all */
  os2_context_entry entry; /* without its path */
} level;

typedef struct walker {
  os2_context *ctx;
  os2_dir_cursor dir;
  os2_inode_map links;
  level *levels;
  size_t depth;
  char *path; /* path of the current entry */
  size_t path_len;
  size_t path_room;
  os2_err *err;
} walker;

static int context_walk_compare_names(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

/* ---- names of a directory ---- */

static bool context_walk_is_dots(const char *name) {
  return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Reads all names of an open directory into the level. Returns 0 or an errno. */
static int context_walk_read_names(level *top, DIR *dir) {
  struct dirent *found;
  rewinddir(dir);
  while (errno = 0, (found = readdir(dir)) != NULL) {
    if (context_walk_is_dots(found->d_name)) continue;
    top->names = os2_mem_resize(top->names, top->count + 1, sizeof *top->names);
    top->names[top->count++] = os2_mem_copy(found->d_name);
  }
  if (top->count > 0) qsort(top->names, top->count, sizeof *top->names, context_walk_compare_names);
  return errno;
}

static void context_walk_free_level(level *top) {
  for (size_t i = 0; i < top->count; i++) free(top->names[i]);
  free(top->names);
  free(top->own);
  free(top->included);
}

static int context_walk_fail_path(const walker *w, int error, const char *what) {
  return os2_fail_errno(w->err, error, "%s %s/%s", what, w->ctx->root, w->path);
}

/* 0 where it may be listed all the same. */
static int context_walk_fail_to_read(const walker *w, int error, const char *what) {
  os2_context *ctx = w->ctx;
  if (!ctx->is_unread_listed || (error != EACCES && error != EPERM))
    return context_walk_fail_path(w, error, what);
  if (ctx->unread.kind == OS2_OK)
    os2_fail_errno(&ctx->unread, error, "%s %s/%s", what, ctx->root, w->path);
  return 0;
}

/* A tree may change while it is listed: what went is not part of it. */
static bool context_walk_is_gone(int error) {
  return error == ENOENT || error == ENOTDIR || error == ELOOP;
}

/* ---- entries ---- */

static void context_walk_append(os2_context *ctx, os2_context_entry entry) {
  if (ctx->count == ctx->room) {
    ctx->room = ctx->room == 0 ? 64 : ctx->room * 2;
    ctx->entries = os2_mem_resize(ctx->entries, ctx->room, sizeof *ctx->entries);
  }
  ctx->entries[ctx->count++] = entry;
}

/* Lists the directories above, also ignored ones: a directory comes before its contents. */
static void context_walk_list_parents(walker *w) {
  for (size_t i = 1; i < w->depth; i++) {
    level *parent = &w->levels[i];
    if (parent->is_listed) continue;
    parent->is_listed = true;
    parent->entry.tar.path = os2_context_keep(w->ctx, w->path, parent->path_len + 1);
    context_walk_append(w->ctx, parent->entry);
  }
}

static int64_t context_walk_nanoseconds(struct timespec time) {
  return (int64_t)((uint64_t)time.tv_sec * UINT64_C(1000000000) + (uint64_t)time.tv_nsec);
}

static os2_context_entry context_walk_entry_of(const struct stat *st, os2_tar_type type) {
  return (os2_context_entry){
      .tar = {.type = type, .mode = st->st_mode & 07777, .mtime = (int64_t)st->st_mtim.tv_sec},
      .stamp = {.size = (uint64_t)st->st_size,
                .mtime = context_walk_nanoseconds(st->st_mtim),
                .ctime = context_walk_nanoseconds(st->st_ctim),
                .inode = (uint64_t)st->st_ino ^ (uint64_t)st->st_dev << 40}};
}

static void context_walk_list(walker *w, os2_context_entry entry) {
  context_walk_list_parents(w);
  entry.tar.path = os2_context_keep(w->ctx, w->path, w->path_len);
  context_walk_append(w->ctx, entry);
  w->ctx->stats.files++;
}

/* ---- what is found ---- */

static const char *context_walk_name_of(const walker *w) {
  size_t parent = w->levels[w->depth - 1].path_len;
  return w->path + (parent == 0 ? 0 : parent + 1);
}

static bool context_walk_is_dockerfile(const walker *w) {
  const char *inside = w->ctx->dockerfile_inside;
  return inside != NULL && strcmp(inside, w->path) == 0;
}

/* Capabilities are of use to a program alone. Without /proc there is no way to them. */
static void context_walk_find_capability(walker *w, os2_context_entry *entry) {
  char value[64];
  if (!w->ctx->is_for_tar || (entry->tar.mode & 0111) == 0) return;
  char *path = os2_mem_format("/proc/self/fd/%d/%s", w->dir.fd, context_walk_name_of(w));
  ssize_t len = lgetxattr(path, "security.capability", value, sizeof value);
  free(path);
  if (len <= 0) return;
  entry->tar.capability = os2_context_keep(w->ctx, value, (size_t)len);
  entry->tar.capability_len = (size_t)len;
  w->ctx->stats.capable++;
}

/* A further name of a file that is listed becomes a link to it. The Dockerfile is sent before all
   others, so it is neither a link nor linked to. */
static int context_walk_list_file(walker *w, const struct stat *st) {
  os2_context *ctx = w->ctx;
  if (faccessat(w->dir.fd, context_walk_name_of(w), R_OK, AT_EACCESS) != 0) {
    if (context_walk_is_gone(errno)) return 0;
    if (context_walk_fail_to_read(w, errno, "cannot read") != 0) return -1;
  }
  os2_context_entry entry = context_walk_entry_of(st, OS2_TAR_FILE);
  entry.tar.size = (uint64_t)st->st_size;
  bool is_linkable = st->st_nlink > 1 && !context_walk_is_dockerfile(w);
  const char *first = is_linkable ? os2_inode_map_find(&w->links, st->st_dev, st->st_ino) : NULL;
  if (first != NULL) {
    entry.tar.type = OS2_TAR_HARD_LINK;
    entry.tar.link = first;
    entry.tar.size = 0;
  } else {
    context_walk_find_capability(w, &entry);
  }
  context_walk_list(w, entry);
  if (context_walk_is_dockerfile(w)) ctx->dockerfile_entry = (long)ctx->count - 1;
  ctx->stats.bytes += entry.tar.size;
  if (is_linkable && first == NULL)
    os2_inode_map_add(&w->links, st->st_dev, st->st_ino, ctx->entries[ctx->count - 1].tar.path);
  return 0;
}

static int context_walk_list_symlink(walker *w, const struct stat *st) {
  size_t room = (size_t)st->st_size + 1;
  if (room < 256) room = 256;
  for (;; room *= 2) {
    char *target = os2_mem_resize(NULL, room, 1);
    ssize_t len = readlinkat(w->dir.fd, context_walk_name_of(w), target, room);
    if (len >= 0 && (size_t)len < room) {
      os2_context_entry entry = context_walk_entry_of(st, OS2_TAR_SYMLINK);
      entry.tar.link = os2_context_keep(w->ctx, target, (size_t)len);
      context_walk_list(w, entry);
    }
    int error = errno;
    free(target);
    bool is_other = error == EINVAL; /* it is not a symbolic link any more */
    if (len < 0 && (is_other || context_walk_is_gone(error))) return 0;
    if (len < 0) return context_walk_fail_path(w, error, "cannot read the link");
    if ((size_t)len < room) return 0;
  }
}

static int context_walk_note_special(walker *w, const struct stat *st) {
  const char *kind = S_ISSOCK(st->st_mode) ? "socket" : S_ISFIFO(st->st_mode) ? "FIFO" : "device";
  os2_context *ctx = w->ctx;
  char *notice = os2_mem_format("%s: skipped, a %s cannot be sent", w->path, kind);
  ctx->notices = os2_mem_resize(ctx->notices, ctx->notice_count + 1, sizeof *ctx->notices);
  ctx->notices[ctx->notice_count++] = notice;
  return 0;
}

/* Opens a DIR of its own for an open directory. Returns NULL with errno. */
static DIR *context_walk_open_copy(int fd) {
  int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  DIR *dir = copy < 0 ? NULL : fdopendir(copy);
  int error = errno;
  if (dir == NULL && copy >= 0) close(copy);
  errno = error;
  return dir;
}

/* What the patterns say of a directory. */
typedef struct verdict {
  bool *own, *included; /* see level; the level's from context_walk_enter on */
  bool is_ignored;
  bool is_listed; /* for its own sake, not only for what is in it */
  bool is_needed; /* it has to be looked into */
} verdict;

/* An ignored directory that may not be read is no error: nothing in it can be included then. */
static int context_walk_skip_unread(walker *w, int error, const verdict *is) {
  if (context_walk_is_gone(error) || (is->is_ignored && error == EACCES)) return 0;
  if (context_walk_fail_to_read(w, error, "cannot read the directory") != 0) return -1;
  w->ctx->is_directory_unread = true;
  return 0;
}

/* Goes into the directory at w->path. */
static int context_walk_enter(walker *w, const struct stat *st, const verdict *is) {
  level top = {.path_len = w->path_len,
               .own = is->own,
               .included = is->included,
               .entry = context_walk_entry_of(st, OS2_TAR_DIRECTORY)};
  int fd = os2_dir_cursor_move(&w->dir, w->path, w->path_len);
  DIR *dir = fd < 0 ? NULL : context_walk_open_copy(fd);
  int error = dir == NULL ? errno : context_walk_read_names(&top, dir);
  if (dir != NULL) closedir(dir);
  if (error != 0) {
    context_walk_free_level(&top);
    return context_walk_skip_unread(w, error, is);
  }
  w->levels = os2_mem_resize(w->levels, w->depth + 1, sizeof *w->levels);
  w->levels[w->depth++] = top;
  if (is->is_listed) {
    w->path[w->path_len] = '/';
    context_walk_list_parents(w);
    w->path[w->path_len] = '\0';
  }
  return 0;
}

static bool context_walk_is_wanted_directory(const walker *w) {
  const os2_path_set *only = w->ctx->only;
  return only == NULL || os2_path_set_has(only, w->path) || os2_path_set_has_below(only, w->path);
}

static verdict context_walk_judge_directory(const walker *w) {
  const os2_ignore *ignore = w->ctx->ignore, *include = w->ctx->include;
  const level *above = &w->levels[w->depth - 1];
  verdict is = {.own = os2_mem_zero(os2_ignore_count(ignore), sizeof *is.own)};
  is.is_ignored = os2_ignore_match(ignore, w->path, w->path_len, above->own, is.own);
  is.is_needed = !is.is_ignored || os2_ignore_may_descend(ignore, w->path, w->path_len, is.own);
  is.is_listed = !is.is_ignored;
  if (include == NULL) return is;
  is.included = os2_mem_zero(os2_ignore_count(include), sizeof *is.included);
  if (os2_ignore_match(include, w->path, w->path_len, above->included, is.included)) return is;
  is.is_listed = false;
  is.is_needed = is.is_needed && os2_ignore_may_match_below(include, w->path, w->path_len);
  return is;
}

static int context_walk_visit_directory(walker *w, const struct stat *st) {
  verdict is = context_walk_judge_directory(w);
  if (is.is_needed && context_walk_is_wanted_directory(w)) return context_walk_enter(w, st, &is);
  w->ctx->stats.ignored++;
  free(is.own);
  free(is.included);
  return 0;
}

static bool context_walk_is_ignored(const walker *w) {
  if (w->ctx->only != NULL && !os2_path_set_has(w->ctx->only, w->path)) return true;
  const level *above = &w->levels[w->depth - 1];
  const os2_ignore *include = w->ctx->include;
  if (include != NULL && !os2_ignore_match(include, w->path, w->path_len, above->included, NULL))
    return true;
  return os2_ignore_match(w->ctx->ignore, w->path, w->path_len, above->own, NULL);
}

static int context_walk_visit_other(walker *w, const struct stat *st) {
  if (context_walk_is_ignored(w)) {
    w->ctx->stats.ignored++;
    return 0;
  }
  if (S_ISREG(st->st_mode)) return context_walk_list_file(w, st);
  if (S_ISLNK(st->st_mode)) return context_walk_list_symlink(w, st);
  return context_walk_note_special(w, st);
}

/* ---- the walk ---- */

/* Makes room for a path, its NUL and a slash after it. */
static void context_walk_grow_path(walker *w, size_t room) {
  if (room <= w->path_room) return;
  w->path_room = room * 2;
  w->path = os2_mem_resize(w->path, w->path_room, 1);
}

static void context_walk_set_path(walker *w, const char *name) {
  size_t parent = w->levels[w->depth - 1].path_len;
  size_t start = parent == 0 ? 0 : parent + 1;
  size_t len = strlen(name);
  context_walk_grow_path(w, start + len + 2);
  if (parent > 0) w->path[parent] = '/';
  memcpy(w->path + start, name, len + 1);
  w->path_len = start + len;
}

/* Handles one name of the innermost directory. */
static int context_walk_visit(walker *w, const char *name) {
  context_walk_set_path(w, name);
  struct stat st;
  int fd = os2_dir_cursor_move(&w->dir, w->path, w->levels[w->depth - 1].path_len);
  if (fd < 0 || fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
    int error = errno;
    if (context_walk_is_gone(error) || (error == EACCES && context_walk_is_ignored(w))) return 0;
    return context_walk_fail_path(w, error, "cannot look at");
  }
  return S_ISDIR(st.st_mode) ? context_walk_visit_directory(w, &st)
                             : context_walk_visit_other(w, &st);
}

static int context_walk_levels(walker *w) {
  while (w->depth > 0) {
    level *top = &w->levels[w->depth - 1];
    if (os2_context_is_cancelled(w->ctx, w->err)) return -1;
    if (top->next == top->count) {
      context_walk_free_level(top);
      w->depth--;
    } else if (context_walk_visit(w, top->names[top->next++]) != 0) {
      return -1;
    }
  }
  return 0;
}

int os2_context_walk(os2_context *ctx, os2_err *err) {
  walker w = {.ctx = ctx, .path = os2_mem_text("", 1), .path_room = 2, .err = err};
  struct stat none = {0};
  verdict is = {.is_listed = true};
  os2_dir_cursor_open(&w.dir, ctx->root_fd);
  int result = context_walk_enter(&w, &none, &is);
  if (result == 0) result = context_walk_levels(&w);
  while (w.depth > 0) context_walk_free_level(&w.levels[--w.depth]);
  os2_dir_cursor_close(&w.dir);
  os2_inode_map_free(&w.links);
  free(w.levels);
  free(w.path);
  return result;
}
