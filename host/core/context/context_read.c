/* context: reads a listed context as a tar stream, in constant memory and without a copy on
   disk. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/context/context_int.h"

int os2_context_fail_changed(const os2_context *ctx, const char *path, os2_err *err) {
  return os2_fail(err, OS2_INVALID,
                  "%s/%s was taken away or made shorter while the build context was sent; "
                  "build again when nothing writes to it, or add it to .dockerignore",
                  ctx->root, path);
}

enum { MEMBER_DOCKERFILE, MEMBER_RULES, MEMBER_ENTRIES };

/* The member of a number; NULL: there is none, or it was sent as another one. */
static const os2_tar_entry *context_read_member(const os2_context *ctx, size_t number) {
  if (ctx->nest.path != NULL && number < MEMBER_ENTRIES)
    return number == MEMBER_RULES && ctx->nest_root.path != NULL ? &ctx->nest_root : NULL;
  if (ctx->nest.path != NULL) return os2_context_nested_member(ctx, number - MEMBER_ENTRIES);
  if (number == MEMBER_DOCKERFILE) return &ctx->dockerfile;
  if (number == MEMBER_RULES) return ctx->rules.path != NULL ? &ctx->rules : NULL;
  size_t index = number - MEMBER_ENTRIES;
  const os2_tar_entry *entry = &ctx->entries[index].tar;
  bool is_replaced = ctx->rules.path != NULL && strcmp(entry->path, ctx->rules.path) == 0;
  return (long)index == ctx->dockerfile_entry || is_replaced ? NULL : entry;
}

/* The next member, or NULL behind the last. */
static const os2_tar_entry *context_read_advance(os2_context *ctx) {
  os2_context_stream *stream = &ctx->stream;
  const os2_tar_entry *member = NULL;
  while (member == NULL && stream->next < MEMBER_ENTRIES + ctx->count)
    member = context_read_member(ctx, stream->next++);
  return member;
}

static char *context_read_pend(os2_context_stream *stream, size_t len) {
  if (len > stream->pending_room) {
    stream->pending = os2_mem_resize(stream->pending, len, 1);
    stream->pending_room = len;
  }
  stream->pending_len = len;
  stream->pending_at = 0;
  return stream->pending;
}

static void context_read_pend_zeros(os2_context_stream *stream, size_t len) {
  if (len > 0) memset(context_read_pend(stream, len), 0, len);
}

/* Opens a listed file. O_NONBLOCK, because the file may have been replaced by a FIFO. */
static int context_read_open_listed(os2_context *ctx, const char *path) {
  const char *slash = strrchr(path, '/');
  size_t dir_len = slash == NULL ? 0 : (size_t)(slash - path);
  int dir = os2_dir_cursor_move(&ctx->stream.dir, path, dir_len);
  const char *name = slash == NULL ? path : slash + 1;
  return dir < 0 ? -1 : openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
}

/* A file that has grown, such as a log of the run itself, is sent as long as it was, as the Docker
   command sends it. */
static int context_read_check_opened(const os2_context *ctx, int fd, const char *path,
                                     uint64_t size, os2_err *err) {
  struct stat st;
  if (fd < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP))
    return os2_context_fail_changed(ctx, path, err);
  if (fd < 0) return os2_fail_errno(err, errno, "cannot open %s/%s", ctx->root, path);
  if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size >= size) return fd;
  close(fd);
  return os2_context_fail_changed(ctx, path, err);
}

int os2_context_open_listed(os2_context *ctx, const char *path, uint64_t size, os2_err *err) {
  return context_read_check_opened(ctx, context_read_open_listed(ctx, path), path, size, err);
}

static int context_read_open_member(os2_context *ctx, const os2_tar_entry *entry, os2_err *err) {
  bool is_generated = entry == &ctx->dockerfile && ctx->dockerfile_entry == OS2_CONTEXT_NO_ENTRY;
  ctx->stream.text = is_generated ? ctx->dockerfile_text : NULL;
  if (entry == &ctx->rules) ctx->stream.text = ctx->rules_text;
  if (ctx->stream.text != NULL) return 0;
  int fd = is_generated ? open(ctx->dockerfile_path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
                        : context_read_open_listed(ctx, entry->path);
  ctx->stream.fd = context_read_check_opened(ctx, fd, entry->path, entry->size, err);
  return ctx->stream.fd < 0 ? -1 : 0;
}

/* Of a nested archive the file ends, too, and the archive around it. */
static void context_read_end(os2_context *ctx) {
  size_t len = OS2_TAR_END_BYTES;
  if (ctx->nest.path != NULL) len += os2_tar_padding(ctx->nest.size) + OS2_TAR_END_BYTES;
  context_read_pend_zeros(&ctx->stream, len);
  ctx->stream.ended = true;
}

static void context_read_pend_header(os2_context_stream *stream, const os2_tar_entry *entry) {
  os2_tar_header(entry, context_read_pend(stream, os2_tar_header_size(entry)));
}

/* Starts the next member, or ends the archive. */
static int context_read_start_next(os2_context *ctx, os2_err *err) {
  os2_context_stream *stream = &ctx->stream;
  if (ctx->nest.path != NULL && !stream->is_begun) {
    stream->is_begun = true;
    context_read_pend_header(stream, &ctx->nest);
    return 0;
  }
  const os2_tar_entry *entry = context_read_advance(ctx);
  if (entry == NULL) {
    context_read_end(ctx);
    return 0;
  }
  if (entry->type == OS2_TAR_FILE && context_read_open_member(ctx, entry, err) != 0) return -1;
  context_read_pend_header(stream, entry);
  stream->left = entry->size;
  stream->member = entry;
  stream->in_member = true;
  return 0;
}

/* Ends a member whose content was sent completely. */
static void context_read_finish_member(os2_context *ctx) {
  os2_context_stream *stream = &ctx->stream;
  stream->in_member = false;
  context_read_pend_zeros(stream, os2_tar_padding(stream->member->size));
  if (stream->fd >= 0) close(stream->fd);
  stream->fd = -1;
}

static size_t context_read_take_pending(os2_context_stream *stream, char *out, size_t len) {
  size_t n = stream->pending_len - stream->pending_at;
  if (n > len) n = len;
  memcpy(out, stream->pending + stream->pending_at, n);
  stream->pending_at += n;
  return n;
}

/* Reads content directly into the caller's buffer. */
static ssize_t context_read_take_contents(os2_context *ctx, char *out, size_t len, os2_err *err) {
  os2_context_stream *stream = &ctx->stream;
  const os2_tar_entry *entry = ctx->stream.member;
  size_t want = stream->left < len ? (size_t)stream->left : len;
  ssize_t n = (ssize_t)want;
  if (stream->fd < 0) {
    memcpy(out, stream->text + (entry->size - stream->left), want);
  } else {
    do n = read(stream->fd, out, want);
    while (n < 0 && errno == EINTR);
  }
  if (n < 0) return os2_fail_errno(err, errno, "cannot read %s/%s", ctx->root, entry->path);
  if (n == 0) return os2_context_fail_changed(ctx, entry->path, err);
  stream->left -= (uint64_t)n;
  return n;
}

/* Returns some bytes, or performs one step that gives no bytes and returns 0. */
static ssize_t context_read_some(os2_context *ctx, char *out, size_t len, os2_err *err) {
  os2_context_stream *stream = &ctx->stream;
  if (stream->pending_at < stream->pending_len)
    return (ssize_t)context_read_take_pending(stream, out, len);
  if (stream->left > 0) return context_read_take_contents(ctx, out, len, err);
  if (!stream->in_member) return context_read_start_next(ctx, err);
  context_read_finish_member(ctx);
  return 0;
}

static bool context_read_is_at_end(const os2_context_stream *stream) {
  return stream->ended && stream->pending_at == stream->pending_len;
}

ssize_t os2_context_read(os2_context *ctx, void *buffer, size_t len, os2_err *err) {
  char *out = buffer;
  size_t done = 0;
  while (done < len && !context_read_is_at_end(&ctx->stream)) {
    if (os2_context_is_cancelled(ctx, err)) return -1;
    ssize_t n = context_read_some(ctx, out + done, len - done, err);
    if (n < 0) return -1;
    done += (size_t)n;
  }
  return (ssize_t)done;
}

void os2_context_rewind(os2_context *ctx) {
  os2_context_stream *stream = &ctx->stream;
  if (stream->fd >= 0) close(stream->fd);
  stream->fd = -1;
  stream->next = 0;
  stream->pending_len = stream->pending_at = 0;
  stream->left = 0;
  stream->in_member = stream->ended = stream->is_begun = false;
}
