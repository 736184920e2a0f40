/* context: lists of their own, as an engine asks for them by its session. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/context/context_int.h"
#include "core/context/follow.h"

static os2_context *context_list_new(const os2_context *from) {
  os2_context *ctx = os2_mem_zero(1, sizeof *ctx);
  ctx->root = os2_mem_text(from->root, strlen(from->root));
  ctx->root_fd = openat(from->root_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  ctx->dockerfile_entry = OS2_CONTEXT_NO_ENTRY;
  ctx->stream.fd = -1;
  os2_dir_cursor_open(&ctx->stream.dir, ctx->root_fd);
  return ctx;
}

/* ---- a directory's ---- */

static size_t context_list_length(const char *const *list) {
  size_t count = 0;
  while (list != NULL && list[count] != NULL) count++;
  return count;
}

static size_t context_list_add_all(const char **all, size_t count, const char *const *list) {
  for (; list != NULL && *list != NULL; list++) all[count++] = *list;
  return count;
}

/* The patterns of both lists, each of which may be NULL. */
static int context_list_include(os2_context *ctx, const char *const *include, char **followed,
                                os2_err *err) {
  const char *const *more = (const char *const *)followed;
  size_t room = context_list_length(include) + context_list_length(more);
  const char **all = os2_mem_zero(room + 1, sizeof *all);
  size_t count = context_list_add_all(all, context_list_add_all(all, 0, include), more);
  int result = 0;
  if (count > 0)
    result = os2_ignore_from_list(&ctx->include, all, "the paths that the build asks for", err);
  free(all);
  return result;
}

static int context_list_read_filter(os2_context *ctx, const os2_context_filter *filter,
                                    os2_err *err) {
  static const char *const nothing[] = {NULL};
  const char *const *exclude = filter->exclude != NULL ? filter->exclude : nothing;
  if (os2_ignore_from_list(&ctx->ignore, exclude, "the build's ignore rules", err) != 0) return -1;
  char **followed = NULL;
  *err = (os2_err){.kind = OS2_OK};
  if (filter->follow != NULL) followed = os2_follow(ctx->root_fd, filter->follow, err);
  if (err->kind != OS2_OK) return -1;
  int result = context_list_include(ctx, filter->include, followed, err);
  os2_follow_free(followed);
  return result;
}

static int context_list_fill(os2_context *ctx, const os2_context_filter *filter, os2_err *err) {
  if (ctx->root_fd < 0)
    return os2_fail_errno(err, errno, "cannot open the build context %s", ctx->root);
  if (context_list_read_filter(ctx, filter, err) != 0 || os2_context_walk(ctx, err) != 0) return -1;
  if (!ctx->is_directory_unread) return 0;
  *err = ctx->unread;
  return -1;
}

int os2_context_list(os2_context **out, const os2_context *from, const os2_context_filter *filter,
                     const atomic_bool *cancel, os2_err *err) {
  os2_context *ctx = context_list_new(from);
  ctx->only = from->only;
  ctx->cancel = cancel;
  ctx->is_unread_listed = true;
  *out = NULL;
  if (context_list_fill(ctx, filter, err) != 0) {
    os2_context_close(ctx);
    return -1;
  }
  *out = ctx;
  return 0;
}

/* ---- of texts ---- */

/* A time that is another one for another text (FNV-1a), within what every system can keep. */
static int64_t context_list_time_of(const char *text, size_t len) {
  uint64_t hash = UINT64_C(0xCBF29CE484222325);
  for (size_t i = 0; i < len; i++) hash = (hash ^ (unsigned char)text[i]) * UINT64_C(0x100000001B3);
  return (int64_t)(hash >> 4) + 1;
}

/* Adds a file of memory; the text, made by malloc, is the list's. */
static void context_list_add(os2_context *ctx, const char *name, char *text, size_t len) {
  int64_t time = context_list_time_of(text, len);
  os2_context_entry entry = {
      .tar = {.type = OS2_TAR_FILE, .mode = 0644, .size = len, .mtime = time / 1000000000},
      .stamp = {.size = len, .mtime = time, .ctime = time}};
  entry.tar.path = os2_context_keep(ctx, name, strlen(name));
  ctx->entries = os2_mem_resize(ctx->entries, ctx->count + 1, sizeof *ctx->entries);
  ctx->texts = os2_mem_resize(ctx->texts, ctx->count + 1, sizeof *ctx->texts);
  ctx->texts[ctx->count] = text;
  ctx->entries[ctx->count++] = entry;
  ctx->stats.files++;
  ctx->stats.bytes += len;
}

/* Adds the file at a path, when there is one or it is needed. */
static int context_list_add_file(os2_context *ctx, const char *path, const char *name,
                                 bool is_needed, os2_err *err) {
  int fd = os2_context_open_rules(path);
  if (fd < 0 && errno == ENOENT && !is_needed) return 0;
  size_t len = 0;
  char *text = fd < 0 ? NULL : os2_context_read_all(fd, &len);
  int error = errno;
  if (fd >= 0) close(fd);
  if (text == NULL) return os2_fail_errno(err, error, "cannot read %s", path);
  context_list_add(ctx, name, text, len);
  return 0;
}

static int context_list_end(os2_context **out, os2_context *ctx, int result) {
  *out = result == 0 ? ctx : NULL;
  if (result != 0) os2_context_close(ctx);
  return result;
}

const char *os2_context_dockerfile_name(const os2_context *ctx) {
  const char *path = ctx->dockerfile_path;
  if (path == NULL) return "Dockerfile";
  const char *slash = strrchr(path, '/');
  return slash == NULL ? path : slash + 1;
}

static int context_list_add_dockerfile(os2_context *ctx, const os2_context *from, os2_err *err) {
  const char *name = os2_context_dockerfile_name(from);
  if (from->dockerfile_text != NULL) {
    size_t len = (size_t)from->dockerfile.size;
    context_list_add(ctx, name, os2_mem_text(from->dockerfile_text, len), len);
    return 0;
  }
  char *own_path = os2_mem_join(from->dockerfile_path, ".dockerignore", "");
  char *own_name = os2_mem_join(name, ".dockerignore", "");
  int result = context_list_add_file(ctx, from->dockerfile_path, name, true, err);
  if (result == 0) result = context_list_add_file(ctx, own_path, own_name, false, err);
  free(own_path);
  free(own_name);
  return result;
}

int os2_context_list_dockerfile(os2_context **out, const os2_context *from, os2_err *err) {
  os2_context *ctx = context_list_new(from);
  return context_list_end(out, ctx, context_list_add_dockerfile(ctx, from, err));
}

int os2_context_list_rules(os2_context **out, const os2_context *from, os2_err *err) {
  os2_context *ctx = context_list_new(from);
  char *path = os2_mem_join(from->root, "/.dockerignore", "");
  int result = context_list_add_file(ctx, path, ".dockerignore", false, err);
  free(path);
  return context_list_end(out, ctx, result);
}

/* ---- what is listed ---- */

const os2_context_entry *os2_context_entry_at(const os2_context *ctx, size_t index) {
  return index < ctx->count ? &ctx->entries[index] : NULL;
}

size_t os2_context_length(const os2_context *ctx) { return ctx->count; }

int os2_context_check_read(const os2_context *ctx, os2_err *err) {
  if (ctx->unread.kind == OS2_OK) return 0;
  *err = ctx->unread;
  return -1;
}

/* A text as a descriptor, so that all files are read in one way. */
static int context_list_open_text(const char *text, size_t len, os2_err *err) {
  int fd = memfd_create("os2-text", MFD_CLOEXEC);
  for (size_t done = 0; fd >= 0 && done < len;) {
    ssize_t n = pwrite(fd, text + done, len - done, (off_t)done);
    if (n < 0) {
      close(fd);
      fd = -1;
    } else {
      done += (size_t)n;
    }
  }
  return fd >= 0 ? fd : os2_fail_errno(err, errno, "no memory for a Dockerfile");
}

int os2_context_open_entry(os2_context *ctx, size_t index, os2_err *err) {
  const os2_context_entry *entry = &ctx->entries[index];
  if (ctx->texts != NULL)
    return context_list_open_text(ctx->texts[index], (size_t)entry->stamp.size, err);
  return os2_context_open_listed(ctx, entry->tar.path, entry->stamp.size, err);
}
