/* follow: the paths that a build wants, with everything that their symbolic links lead to. */
#include "core/context/follow.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/dir_cursor.h"
#include "core/base/mem.h"
#include "core/context/glob.h"
#include "core/context/path_clean.h"

typedef struct text_list {
  char **items;
  size_t count, room;
} text_list;

typedef struct follower {
  os2_dir_cursor dir;
  text_list work;    /* paths to be followed */
  text_list found;   /* what is wanted */
  const char **seen; /* the same, each at the place of its hash; NULL: free */
  size_t seen_room;  /* a power of two */
  bool is_everything;
  os2_err *err;
} follower;

/* ---- texts ---- */

static void follow_append(text_list *list, char *text) {
  if (list->count == list->room) {
    list->room = list->room == 0 ? 16 : list->room * 2;
    list->items = os2_mem_resize(list->items, list->room, sizeof *list->items);
  }
  list->items[list->count++] = text;
}

static void follow_free_list(text_list *list) {
  for (size_t i = 0; i < list->count; i++) free(list->items[i]);
  free(list->items);
}

static int follow_compare_items(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The place of a path in the table (FNV-1a): its own, or the free one where it belongs. */
static const char **follow_place(const follower *f, const char *path) {
  uint64_t hash = UINT64_C(0xCBF29CE484222325);
  for (const char *at = path; *at != '\0'; at++)
    hash = (hash ^ (unsigned char)*at) * UINT64_C(0x100000001B3);
  size_t place = (size_t)hash & (f->seen_room - 1);
  while (f->seen[place] != NULL && strcmp(f->seen[place], path) != 0)
    place = (place + 1) & (f->seen_room - 1);
  return &f->seen[place];
}

static bool follow_has(const follower *f, const char *path) {
  return f->seen_room > 0 && *follow_place(f, path) != NULL;
}

/* At least half of the table stays free. */
static void follow_grow(follower *f) {
  if (2 * (f->found.count + 1) <= f->seen_room) return;
  f->seen_room = f->seen_room == 0 ? 64 : 2 * f->seen_room;
  free(f->seen);
  f->seen = os2_mem_zero(f->seen_room, sizeof *f->seen);
  for (size_t i = 0; i < f->found.count; i++)
    *follow_place(f, f->found.items[i]) = f->found.items[i];
}

static void follow_add(follower *f, const char *path) {
  char *kept = os2_mem_text(path, strlen(path));
  follow_grow(f);
  *follow_place(f, kept) = kept;
  follow_append(&f->found, kept);
}

/* A path in its shortest form, as seen from the root, which it does not leave; "" is the root. */
static char *follow_path_of(const char *dir, const char *path) {
  char *whole = os2_mem_join("/", dir, "/");
  char *joined = os2_mem_join(whole, path, "");
  os2_path_clean(joined);
  memmove(joined, joined + 1, strlen(joined));
  free(whole);
  return joined;
}

/* ---- links ---- */

/* The target of a link in the directory the cursor stands on, or NULL: it is none. */
static char *follow_read_link(int fd, const char *name) {
  for (size_t room = 256;; room *= 2) {
    char *target = os2_mem_resize(NULL, room, 1);
    ssize_t len = readlinkat(fd, name, target, room);
    if (len >= 0 && (size_t)len < room) {
      target[len] = '\0';
      return target;
    }
    free(target);
    if (len < 0) return NULL;
  }
}

/* Adds what a link leads to, with the rest of the path behind it. */
static bool follow_link(text_list *targets, int fd, const char *dir, const char *name,
                        const char *rest) {
  char *target = follow_read_link(fd, name);
  if (target == NULL) return false;
  char *path = follow_path_of(target[0] == '/' ? "" : dir, target);
  follow_append(targets, follow_path_of(path, rest));
  free(path);
  free(target);
  return true;
}

static int follow_list(follower *f, int fd, const char *dir, const os2_glob *glob, const char *rest,
                       text_list *targets) {
  int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *list = copy < 0 ? NULL : fdopendir(copy);
  if (list == NULL) {
    int error = errno;
    if (copy >= 0) close(copy);
    return os2_fail_errno(f->err, error, "cannot read the directory %s", dir[0] ? dir : ".");
  }
  for (struct dirent *one; (one = readdir(list)) != NULL;)
    if (os2_glob_match(glob, one->d_name, strlen(one->d_name)))
      follow_link(targets, fd, dir, one->d_name, rest);
  closedir(list);
  return 0;
}

static int follow_pattern(follower *f, int fd, const char *dir, const char *name, const char *rest,
                          text_list *targets) {
  os2_glob glob;
  if (os2_glob_compile(&glob, name, strlen(name)) != NULL) return 0;
  int result = follow_list(f, fd, dir, &glob, rest, targets);
  os2_glob_free(&glob);
  return result;
}

/* Finds what the links at `path` lead to: of one name, or of all that its pattern matches. */
static int follow_links(follower *f, const char *path, const char *rest, text_list *targets) {
  const char *slash = strrchr(path, '/');
  size_t dir_len = slash == NULL ? 0 : (size_t)(slash - path);
  const char *name = slash == NULL ? path : slash + 1;
  int fd = os2_dir_cursor_move(&f->dir, path, dir_len);
  if (fd < 0) return 0;
  char *dir = os2_mem_text(path, dir_len);
  int result = 0;
  if (strpbrk(name, "*?[\\") != NULL)
    result = follow_pattern(f, fd, dir, name, rest, targets);
  else
    follow_link(targets, fd, dir, name, rest);
  free(dir);
  return result;
}

/* ---- paths ---- */

/* Takes what was found at `path`; whether the way ends there. */
static bool follow_settle(follower *f, const char *path, const char *rest, text_list *targets) {
  bool is_end = rest[0] == '\0' || targets->count > 0;
  if (!is_end) return false;
  bool is_new = !follow_has(f, path);
  if (is_new) follow_add(f, path);
  for (size_t i = 0; i < targets->count; i++) {
    if (is_new)
      follow_append(&f->work, targets->items[i]);
    else
      free(targets->items[i]);
  }
  return true;
}

/* Goes down a path, component by component, until its end or a link. */
static int follow_one(follower *f, char *path) {
  size_t len = strlen(path);
  if (len == 0) f->is_everything = true;
  for (size_t end = 0; end < len; end++) {
    end += strcspn(path + end, "/");
    char saved = path[end];
    path[end] = '\0';
    text_list targets = {0};
    const char *rest = saved == '/' ? path + end + 1 : "";
    int result = follow_links(f, path, rest, &targets);
    bool is_settled = result == 0 && follow_settle(f, path, rest, &targets);
    if (!is_settled)
      follow_free_list(&targets);
    else
      free(targets.items);
    path[end] = saved;
    if (result != 0 || is_settled) return result;
  }
  return 0;
}

static int follow_all(follower *f) {
  int result = 0;
  while (f->work.count > 0 && result == 0) {
    char *path = f->work.items[--f->work.count];
    result = follow_one(f, path);
    free(path);
  }
  return result;
}

/* Sorts what was found, drops what stands below another, and ends the list. */
static void follow_tidy(text_list *found) {
  size_t kept = 0;
  if (found->count > 0)
    qsort(found->items, found->count, sizeof *found->items, follow_compare_items);
  for (size_t i = 0; i < found->count; i++) {
    const char *last = kept > 0 ? found->items[kept - 1] : NULL;
    size_t len = last != NULL ? strlen(last) : 0;
    if (last != NULL && strncmp(found->items[i], last, len) == 0 && found->items[i][len] == '/')
      free(found->items[i]);
    else
      found->items[kept++] = found->items[i];
  }
  found->count = kept;
  follow_append(found, NULL);
}

char **os2_follow(int root, const char *const *paths, os2_err *err) {
  follower f = {.err = err};
  os2_dir_cursor_open(&f.dir, root);
  for (; *paths != NULL; paths++) follow_append(&f.work, follow_path_of("", *paths));
  *err = (os2_err){.kind = OS2_OK};
  int result = follow_all(&f);
  os2_dir_cursor_close(&f.dir);
  free(f.seen);
  follow_free_list(&f.work);
  if (result == 0 && !f.is_everything) {
    follow_tidy(&f.found);
    return f.found.items;
  }
  follow_free_list(&f.found);
  return NULL;
}

void os2_follow_free(char **patterns) {
  if (patterns == NULL) return;
  for (char **pattern = patterns; *pattern != NULL; pattern++) free(*pattern);
  free(patterns);
}
