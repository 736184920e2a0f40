/* context: what of a listed context a build takes, as far as its Dockerfile tells. */
#include "core/base/mem.h"
#include "core/context/context_int.h"
#include "core/context/follow.h"

#include <stdlib.h>
#include <string.h>

/* A pattern applies to what stands below it, too. */
static bool context_select_is_included(const os2_ignore *include, const char *path) {
  for (const char *end = path; *end != '\0';) {
    end += strcspn(end + 1, "/") + 1;
    if (os2_ignore_match(include, path, (size_t)(end - path), NULL, NULL)) return true;
    if (end[0] == '/' && end[1] == '\0') return false;
  }
  return false;
}

/* Directories on the way to the entry that is looked at. */
typedef struct way {
  size_t *above; /* their indexes */
  size_t depth, room;
} way;

static bool context_select_is_above(const os2_context *ctx, size_t index, const char *path) {
  const char *above = ctx->entries[index].tar.path;
  return strncmp(above, path, strlen(above)) == 0;
}

static void context_select_step(os2_context *ctx, way *w, size_t index, bool is_included) {
  const os2_tar_entry *entry = &ctx->entries[index].tar;
  while (w->depth > 0 && !context_select_is_above(ctx, w->above[w->depth - 1], entry->path))
    w->depth--;
  ctx->selected[index] = is_included;
  for (size_t i = 0; is_included && i < w->depth; i++) ctx->selected[w->above[i]] = true;
  if (entry->type != OS2_TAR_DIRECTORY) return;
  if (w->depth == w->room) {
    w->room = w->room == 0 ? 16 : w->room * 2;
    w->above = os2_mem_resize(w->above, w->room, sizeof *w->above);
  }
  w->above[w->depth++] = index;
}

static void context_select_mark(os2_context *ctx, const os2_ignore *include) {
  way w = {0};
  for (size_t i = 0; i < ctx->count; i++) {
    const char *path = ctx->entries[i].tar.path;
    context_select_step(ctx, &w, i, include == NULL || context_select_is_included(include, path));
  }
  free(w.above);
}

static void context_select_count(os2_context *ctx) {
  for (size_t i = 0; i < ctx->count; i++) {
    const os2_tar_entry *entry = &ctx->entries[i].tar;
    if (!ctx->selected[i] || entry->type == OS2_TAR_DIRECTORY) continue;
    ctx->stats.taken_files++;
    ctx->stats.taken_bytes += entry->size;
  }
}

int os2_context_select(os2_context *ctx, const char *const *sources, os2_err *err) {
  *err = (os2_err){.kind = OS2_OK};
  char **patterns = sources != NULL ? os2_follow(ctx->root_fd, sources, err) : NULL;
  if (err->kind != OS2_OK) return -1;
  os2_ignore *include = NULL;
  ctx->selected = os2_mem_zero(ctx->count, sizeof *ctx->selected);
  if (patterns != NULL) os2_ignore_from_list(&include, (const char *const *)patterns, "COPY", err);
  os2_follow_free(patterns);
  if (err->kind != OS2_OK) return -1;
  context_select_mark(ctx, include);
  os2_ignore_free(include);
  context_select_count(ctx);
  return 0;
}

bool os2_context_is_selected(const os2_context *ctx, size_t index) {
  return ctx->selected == NULL || ctx->selected[index];
}
