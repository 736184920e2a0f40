/* context: lists a directory tree without the paths that the ignore rules exclude. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/inode_map.h"
#include "core/base/mem.h"
#include "core/context/context_int.h"

/* One directory on the path from the root to the current position. */
typedef struct level {
  char **names; /* sorted */
  size_t count;
  size_t next;
  size_t path_len; /* length of the path of this directory */
  bool *own;       /* the rules that apply to the directory, NULL for the root */
  /* it has an entry; an ignored directory gets one only when something below it is listed */
  bool is_listed;
  os2_tar_entry entry; /* without its path */
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
}

static int context_walk_fail_path(const walker *w, int error, const char *what) {
  return os2_fail_errno(w->err, error, "%s %s/%s", what, w->ctx->root, w->path);
}

/* A tree may change while it is listed. A path that has vanished is not part of the context. */
static bool context_walk_is_gone(int error) {
  return error == ENOENT || error == ENOTDIR || error == ELOOP;
}

/* ---- entries ---- */

static void context_walk_append(os2_context *ctx, os2_tar_entry entry) {
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
    parent->entry.path = os2_context_keep(w->ctx, w->path, parent->path_len + 1);
    context_walk_append(w->ctx, parent->entry);
  }
}

static os2_tar_entry context_walk_entry_of(const struct stat *st, os2_tar_type type) {
  return (os2_tar_entry){
      .type = type, .mode = st->st_mode & 07777, .mtime = (int64_t)st->st_mtim.tv_sec};
}

static void context_walk_list(walker *w, os2_tar_entry entry) {
  context_walk_list_parents(w);
  entry.path = os2_context_keep(w->ctx, w->path, w->path_len);
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

/* Lists a file. A further hard link to a listed file becomes a link entry. The Dockerfile is an
   exception, because it is sent before all others: it neither becomes a link nor is linked to. */
static int context_walk_list_file(walker *w, const struct stat *st) {
  os2_context *ctx = w->ctx;
  if (faccessat(w->dir.fd, context_walk_name_of(w), R_OK, AT_EACCESS) != 0)
    return context_walk_is_gone(errno) ? 0 : context_walk_fail_path(w, errno, "cannot read");
  os2_tar_entry entry = context_walk_entry_of(st, OS2_TAR_FILE);
  entry.size = (uint64_t)st->st_size;
  bool is_linkable = st->st_nlink > 1 && !context_walk_is_dockerfile(w);
  const char *first = is_linkable ? os2_inode_map_find(&w->links, st->st_dev, st->st_ino) : NULL;
  if (first != NULL) {
    entry.type = OS2_TAR_HARD_LINK;
    entry.link = first;
    entry.size = 0;
  }
  context_walk_list(w, entry);
  if (context_walk_is_dockerfile(w)) ctx->dockerfile_entry = (long)ctx->count - 1;
  ctx->stats.bytes += entry.size;
  if (is_linkable && first == NULL)
    os2_inode_map_add(&w->links, st->st_dev, st->st_ino, ctx->entries[ctx->count - 1].path);
  return 0;
}

static int context_walk_list_symlink(walker *w, const struct stat *st) {
  size_t room = (size_t)st->st_size + 1;
  if (room < 256) room = 256;
  for (;; room *= 2) {
    char *target = os2_mem_resize(NULL, room, 1);
    ssize_t len = readlinkat(w->dir.fd, context_walk_name_of(w), target, room);
    if (len >= 0 && (size_t)len < room) {
      os2_tar_entry entry = context_walk_entry_of(st, OS2_TAR_SYMLINK);
      entry.link = os2_context_keep(w->ctx, target, (size_t)len);
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

/* Enters the directory at w->path and takes ownership of `own`. An ignored directory that cannot be
   read is no error, because then nothing in it can be included. */
static int context_walk_enter(walker *w, const struct stat *st, bool *own, bool ignored) {
  level top = {
      .path_len = w->path_len, .own = own, .entry = context_walk_entry_of(st, OS2_TAR_DIRECTORY)};
  int fd = os2_dir_cursor_move(&w->dir, w->path, w->path_len);
  DIR *dir = fd < 0 ? NULL : context_walk_open_copy(fd);
  int error = dir == NULL ? errno : context_walk_read_names(&top, dir);
  if (dir != NULL) closedir(dir);
  if (error != 0) {
    context_walk_free_level(&top);
    if (context_walk_is_gone(error) || (ignored && error == EACCES)) return 0;
    return context_walk_fail_path(w, error, "cannot read the directory");
  }
  w->levels = os2_mem_resize(w->levels, w->depth + 1, sizeof *w->levels);
  w->levels[w->depth++] = top;
  if (!ignored) {
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

static int context_walk_visit_directory(walker *w, const struct stat *st) {
  const os2_ignore *ignore = w->ctx->ignore;
  bool *own = os2_mem_zero(os2_ignore_count(ignore), sizeof *own);
  const bool *above = w->levels[w->depth - 1].own;
  bool ignored = os2_ignore_match(ignore, w->path, w->path_len, above, own);
  bool is_needed = !ignored || os2_ignore_may_descend(ignore, w->path, w->path_len, own);
  if (!is_needed || !context_walk_is_wanted_directory(w)) {
    w->ctx->stats.ignored++;
    free(own);
    return 0;
  }
  return context_walk_enter(w, st, own, ignored);
}

static bool context_walk_is_ignored(const walker *w) {
  if (w->ctx->only != NULL && !os2_path_set_has(w->ctx->only, w->path)) return true;
  const bool *above = w->levels[w->depth - 1].own;
  return os2_ignore_match(w->ctx->ignore, w->path, w->path_len, above, NULL);
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
  os2_dir_cursor_open(&w.dir, ctx->root_fd);
  int result = context_walk_enter(&w, &none, NULL, false);
  if (result == 0) result = context_walk_levels(&w);
  while (w.depth > 0) context_walk_free_level(&w.levels[--w.depth]);
  os2_dir_cursor_close(&w.dir);
  os2_inode_map_free(&w.links);
  free(w.levels);
  free(w.path);
  return result;
}
