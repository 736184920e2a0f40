/* context: the archive of what a build takes, as the one file of another archive. */
#include <string.h>

#include "core/context/context_int.h"

const os2_tar_entry *os2_context_nested_member(const os2_context *ctx, size_t index) {
  return os2_context_is_selected(ctx, index) ? &ctx->entries[index].tar : NULL;
}

static bool context_nest_has(const os2_context *ctx, const char *path, size_t before) {
  for (size_t i = 0; i < before; i++)
    if (os2_context_is_selected(ctx, i) && strcmp(ctx->entries[i].tar.path, path) == 0) return true;
  return false;
}

/* A hard link whose file is not in the archive is a file of its own. */
static void context_nest_free_link(os2_context *ctx, size_t index) {
  os2_context_entry *entry = &ctx->entries[index];
  if (entry->tar.type != OS2_TAR_HARD_LINK || context_nest_has(ctx, entry->tar.link, index)) return;
  entry->tar.type = OS2_TAR_FILE;
  entry->tar.link = NULL;
  entry->tar.size = entry->stamp.size;
}

static uint64_t context_nest_size_of(const os2_tar_entry *entry) {
  return os2_tar_header_size(entry) + entry->size + os2_tar_padding(entry->size);
}

/* Without a member, an archive is none for the builder that is to unpack it. */
static uint64_t context_nest_add_root(os2_context *ctx, int64_t mtime) {
  ctx->nest_root =
      (os2_tar_entry){.type = OS2_TAR_DIRECTORY, .path = "./", .mode = 0755, .mtime = mtime};
  return context_nest_size_of(&ctx->nest_root);
}

void os2_context_nest(os2_context *ctx, const char *name, int64_t mtime) {
  uint64_t size = OS2_TAR_END_BYTES;
  for (size_t i = 0; i < ctx->count; i++) {
    if (!os2_context_is_selected(ctx, i)) continue;
    context_nest_free_link(ctx, i);
    ctx->entries[i].tar.mtime = mtime; /* a time that needs a PAX record makes the header longer */
    size += context_nest_size_of(&ctx->entries[i].tar);
  }
  if (size == OS2_TAR_END_BYTES) size += context_nest_add_root(ctx, mtime);
  ctx->nest = (os2_tar_entry){.type = OS2_TAR_FILE, .mode = 0644, .size = size, .mtime = mtime};
  ctx->nest.path = os2_context_keep(ctx, name, strlen(name));
  ctx->stats.tar_size = context_nest_size_of(&ctx->nest) + OS2_TAR_END_BYTES;
}
