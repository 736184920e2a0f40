/* context: finds the parts of a build context: its root, its Dockerfile and its ignore rules. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/context/context_int.h"

/* ---- small file helpers ---- */

static char *context_join(const char *dir, const char *name) {
  return os2_mem_join(dir, "/", name);
}

char *os2_context_read_all(int fd, size_t *len) {
  char *text = NULL;
  size_t room = 0;
  *len = 0;
  for (;;) {
    if (*len + 1 >= room) text = os2_mem_resize(text, room = room == 0 ? 4096 : room * 2, 1);
    ssize_t n = read(fd, text + *len, room - 1 - *len);
    if (n == 0) text[*len] = '\0';
    if (n == 0) return text;
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      free(text);
      return NULL;
    }
    *len += (size_t)n;
  }
}

/* ---- root ---- */

static int context_open_root(os2_context *ctx, const char *root, os2_err *err) {
  ctx->root = os2_mem_copy(root);
  ctx->root_fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (ctx->root_fd >= 0) return 0;
  if (errno == ENOTDIR)
    return os2_fail(err, OS2_INVALID, "the build context %s is not a directory", root);
  return os2_fail_errno(err, errno, "cannot open the build context %s", root);
}

/* ---- Dockerfile ---- */

static char *context_default_dockerfile(const os2_context *ctx) {
  struct stat st;
  bool is_lower = fstatat(ctx->root_fd, "Dockerfile", &st, 0) != 0 &&
                  fstatat(ctx->root_fd, "dockerfile", &st, 0) == 0;
  return context_join(ctx->root, is_lower ? "dockerfile" : "Dockerfile");
}

static int context_check_dockerfile(const char *path, struct stat *st, os2_err *err) {
  if (stat(path, st) != 0) {
    if (errno == ENOENT) return os2_fail(err, OS2_NOT_FOUND, "there is no Dockerfile at %s", path);
    return os2_fail_errno(err, errno, "cannot open the Dockerfile %s", path);
  }
  if (!S_ISREG(st->st_mode))
    return os2_fail(err, OS2_INVALID, "the Dockerfile %s is not a regular file", path);
  if (access(path, R_OK) != 0)
    return os2_fail_errno(err, errno, "cannot read the Dockerfile %s", path);
  return 0;
}

/* Returns the path relative to the context, with the symbolic links of its directories resolved;
   NULL when it lies outside of the context. */
static char *context_path_inside(const os2_context *ctx, const char *path) {
  const char *slash = strrchr(path, '/');
  const char *name = slash == NULL ? path : slash + 1;
  char *dir = slash == NULL ? os2_mem_text(".", 1) : os2_mem_text(path, (size_t)(slash - path) + 1);
  char *real_dir = realpath(dir, NULL);
  char *real_root = realpath(ctx->root, NULL);
  char *inside = NULL;
  if (real_dir != NULL && real_root != NULL) {
    size_t len = strcmp(real_root, "/") == 0 ? 0 : strlen(real_root);
    const char *below = real_dir + len;
    if (strcmp(real_dir, real_root) == 0) {
      inside = os2_mem_copy(name);
    } else if (strncmp(real_dir, real_root, len) == 0 && *below == '/') {
      inside = context_join(below + 1, name);
    }
  }
  free(dir);
  free(real_dir);
  free(real_root);
  return inside;
}

static int context_find_dockerfile(os2_context *ctx, const os2_context_options *options,
                                   os2_err *err) {
  os2_tar_entry *first = &ctx->dockerfile;
  *first = (os2_tar_entry){.type = OS2_TAR_FILE, .mode = 0644};
  if (options->dockerfile_text != NULL) {
    ctx->dockerfile_text = os2_mem_text(options->dockerfile_text, options->dockerfile_len);
    first->size = options->dockerfile_len;
    return 0;
  }
  ctx->dockerfile_path = options->dockerfile == NULL ? context_default_dockerfile(ctx)
                                                     : os2_mem_copy(options->dockerfile);
  struct stat st;
  if (context_check_dockerfile(ctx->dockerfile_path, &st, err) != 0) return -1;
  ctx->dockerfile_inside = context_path_inside(ctx, ctx->dockerfile_path);
  first->size = (uint64_t)st.st_size;
  return 0;
}

/* ---- ignore rules ---- */

/* A directory fails where it is read. */
int os2_context_open_rules(const char *path) {
  int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  struct stat st;
  if (fd < 0 || (fstat(fd, &st) == 0 && (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)))) return fd;
  close(fd);
  errno = EINVAL;
  return -1;
}

/* Reads the rules at path. Returns 1 when they were read, 0 when there is no such file, -1 with
   err. */
static int context_load_rules(os2_context *ctx, const char *path, os2_err *err) {
  int fd = os2_context_open_rules(path);
  if (fd < 0 && errno == ENOENT) return 0;
  size_t len = 0;
  char *text = fd < 0 ? NULL : os2_context_read_all(fd, &len);
  int error = errno;
  if (fd >= 0) close(fd);
  if (text == NULL) return os2_fail_errno(err, error, "cannot read the ignore rules %s", path);
  int result = os2_ignore_parse(&ctx->ignore, text, len, path, err);
  free(text);
  return result == 0 ? 1 : -1;
}

static int context_find_rules(os2_context *ctx, const os2_context_options *options, os2_err *err) {
  if (options->ignore_text != NULL)
    return os2_ignore_parse(&ctx->ignore, options->ignore_text, options->ignore_len, "ignore rules",
                            err);
  int found = 0;
  if (ctx->dockerfile_path != NULL) {
    char *own = os2_mem_join(ctx->dockerfile_path, ".dockerignore", "");
    found = context_load_rules(ctx, own, err);
    free(own);
  }
  if (found == 0) {
    char *common = context_join(ctx->root, ".dockerignore");
    found = context_load_rules(ctx, common, err);
    free(common);
  }
  if (found == 0) return os2_ignore_parse(&ctx->ignore, "", 0, "", err);
  return found < 0 ? -1 : 0;
}

/* ---- what is sent first ---- */

static bool context_has_path(const os2_context *ctx, const char *path) {
  for (size_t i = 0; i < ctx->count; i++) {
    const char *listed = ctx->entries[i].tar.path;
    size_t len = strlen(path);
    if (strncmp(listed, path, len) == 0 && (listed[len] == '\0' || listed[len] == '/')) return true;
  }
  return false;
}

/* Sets a name that no path in the context has. The name depends on nothing but the Dockerfile's own
   name (FNV-1a). */
static void context_generate_name(os2_context *ctx) {
  const char *slash = ctx->dockerfile_path == NULL ? NULL : strrchr(ctx->dockerfile_path, '/');
  const char *name = slash != NULL ? slash + 1 : ctx->dockerfile_path;
  uint64_t hash = UINT64_C(0xCBF29CE484222325);
  for (const char *at = name == NULL ? "" : name; *at != '\0'; at++)
    hash = (hash ^ (unsigned char)*at) * UINT64_C(0x100000001B3);
  char text[40];
  do {
    snprintf(text, sizeof text, ".dockerfile.%016" PRIx64, hash++);
  } while (context_has_path(ctx, text));
  ctx->dockerfile.path = os2_context_keep(ctx, text, strlen(text));
}

static const os2_tar_entry *context_find_rules_entry(const os2_context *ctx) {
  for (size_t i = 0; i < ctx->count; i++)
    if (strcmp(ctx->entries[i].tar.path, ".dockerignore") == 0) return &ctx->entries[i].tar;
  return NULL;
}

/* The classic builder takes what the .dockerignore of the tar names out of the context, if it is
   the Dockerfile or that file itself: so the generated name is in no image. */
static int context_write_rules(os2_context *ctx, os2_err *err) {
  const os2_tar_entry *listed = context_find_rules_entry(ctx);
  bool is_kept = listed != NULL && listed->type == OS2_TAR_FILE;
  size_t len = 0;
  char *before = is_kept ? NULL : os2_mem_text("", 0);
  int fd = is_kept ? os2_context_open_listed(ctx, listed->path, listed->size, err) : -1;
  if (fd >= 0) {
    before = os2_context_read_all(fd, &len);
    close(fd);
  }
  if (before == NULL)
    return err->kind != OS2_OK ? -1 : os2_fail_errno(err, errno, "cannot read .dockerignore");
  ctx->rules_text =
      os2_mem_format("%s\n%s\n%s", before, ctx->dockerfile.path, is_kept ? "" : ".dockerignore\n");
  free(before);
  ctx->rules = (os2_tar_entry){.type = OS2_TAR_FILE, .mode = 0644};
  if (is_kept) ctx->rules = *listed;
  ctx->rules.path = ".dockerignore";
  ctx->rules.size = strlen(ctx->rules_text);
  return 0;
}

/* The listed file itself goes first if BuildKit will know the archive by it. */
static int context_choose_first(os2_context *ctx, os2_err *err) {
  long listed = ctx->dockerfile_entry;
  if (listed >= 0 && os2_tar_is_plain(&ctx->entries[listed].tar)) {
    ctx->dockerfile = ctx->entries[listed].tar;
    return 0;
  }
  ctx->dockerfile_entry = OS2_CONTEXT_NO_ENTRY;
  context_generate_name(ctx);
  return context_write_rules(ctx, err);
}

static void context_add_size(os2_context *ctx, const os2_tar_entry *entry) {
  ctx->stats.tar_size += os2_tar_header_size(entry) + entry->size + os2_tar_padding(entry->size);
}

static void context_count_tar(os2_context *ctx) {
  ctx->stats.tar_size = OS2_TAR_END_BYTES;
  context_add_size(ctx, &ctx->dockerfile);
  if (ctx->rules.path != NULL) context_add_size(ctx, &ctx->rules);
  for (size_t i = 0; i < ctx->count; i++) {
    const os2_tar_entry *entry = &ctx->entries[i].tar;
    bool is_replaced = ctx->rules.path != NULL && strcmp(entry->path, ctx->rules.path) == 0;
    if ((long)i != ctx->dockerfile_entry && !is_replaced) context_add_size(ctx, entry);
  }
}

/* ---- the face ---- */

static int context_fill(os2_context *ctx, const os2_context_options *options, os2_err *err) {
  if (context_open_root(ctx, options->root, err) != 0) return -1;
  if (context_find_dockerfile(ctx, options, err) != 0) return -1;
  if (context_find_rules(ctx, options, err) != 0) return -1;
  if (os2_context_walk(ctx, err) != 0) return -1;
  os2_dir_cursor_open(&ctx->stream.dir, ctx->root_fd);
  if (context_choose_first(ctx, err) != 0) return -1;
  context_count_tar(ctx);
  return 0;
}

int os2_context_open(os2_context **out, const os2_context_options *options, os2_err *err) {
  os2_context *ctx = os2_mem_zero(1, sizeof *ctx);
  ctx->root_fd = -1;
  ctx->cancel = options->cancel;
  ctx->only = options->only;
  ctx->is_unread_listed = options->is_unread_listed;
  ctx->is_for_tar = true;
  ctx->dockerfile_entry = OS2_CONTEXT_NO_ENTRY;
  ctx->stream.fd = -1;
  os2_dir_cursor_open(&ctx->stream.dir, -1);
  *out = NULL;
  if (context_fill(ctx, options, err) != 0) {
    os2_context_close(ctx);
    return -1;
  }
  *out = ctx;
  return 0;
}

void os2_context_close(os2_context *ctx) {
  if (ctx == NULL) return;
  if (ctx->stream.fd >= 0) close(ctx->stream.fd);
  os2_dir_cursor_close(&ctx->stream.dir);
  free(ctx->stream.pending);
  if (ctx->root_fd >= 0) close(ctx->root_fd);
  os2_ignore_free(ctx->ignore);
  os2_ignore_free(ctx->include);
  for (os2_string_chunk *chunk = ctx->strings, *next; chunk != NULL; chunk = next) {
    next = chunk->next;
    free(chunk);
  }
  for (size_t i = 0; i < ctx->notice_count; i++) free(ctx->notices[i]);
  free(ctx->notices);
  for (size_t i = 0; ctx->texts != NULL && i < ctx->count; i++) free(ctx->texts[i]);
  free(ctx->texts);
  free(ctx->selected);
  free(ctx->entries);
  free(ctx->dockerfile_path);
  free(ctx->dockerfile_inside);
  free(ctx->dockerfile_text);
  free(ctx->rules_text);
  free(ctx->root);
  free(ctx);
}

const os2_context_stats *os2_context_count(const os2_context *ctx) { return &ctx->stats; }

const char *os2_context_dockerfile(const os2_context *ctx) { return ctx->dockerfile.path; }

bool os2_context_is_generated(const os2_context *ctx) {
  return ctx->dockerfile_entry == OS2_CONTEXT_NO_ENTRY;
}

const char *os2_context_path(const os2_context *ctx, size_t index) {
  if (ctx->dockerfile_entry == OS2_CONTEXT_NO_ENTRY && index-- == 0) return ctx->dockerfile.path;
  return index < ctx->count ? ctx->entries[index].tar.path : NULL;
}

const char *os2_context_notice(const os2_context *ctx, size_t index) {
  return index < ctx->notice_count ? ctx->notices[index] : NULL;
}
