/* context: functions that all parts of context use: the strings of the list, and the cancel
   flag. */
#include <string.h>

#include "core/base/mem.h"
#include "core/context/context_int.h"

enum { CHUNK_BYTES = 64 * 1024 };

const char *os2_context_keep(os2_context *ctx, const char *bytes, size_t len) {
  os2_string_chunk *chunk = ctx->strings;
  if (chunk == NULL || chunk->room - chunk->used < len + 1) {
    size_t room = len + 1 > CHUNK_BYTES ? len + 1 : CHUNK_BYTES;
    chunk = os2_mem_resize(NULL, sizeof *chunk + room, 1);
    *chunk = (os2_string_chunk){.next = ctx->strings, .room = room};
    ctx->strings = chunk;
  }
  char *kept = chunk->bytes + chunk->used;
  memcpy(kept, bytes, len);
  kept[len] = '\0';
  chunk->used += len + 1;
  return kept;
}

bool os2_context_is_cancelled(const os2_context *ctx, os2_err *err) {
  if (ctx->cancel == NULL || !atomic_load(ctx->cancel)) return false;
  os2_fail(err, OS2_CANCELLED, "the build context was cancelled");
  return true;
}
