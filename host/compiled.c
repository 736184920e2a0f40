/* compiled: os2's own Lua files as they were when os2 was built, with their bytecode. */
#include "compiled.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#define XXH_STATIC_LINKING_ONLY // for the size of its state: what is linked is this very version
#include <xxhash.h>

enum { BLOCK = 16 * 1024 };

static int compiled_compare(const void *name, const void *file) {
  return strcmp(name, ((const host_compiled *)file)->name);
}

const host_compiled *host_compiled_find(const char *name) {
  return bsearch(name, host_compiled_files, host_compiled_count, sizeof host_compiled_files[0],
                 compiled_compare);
}

static bool compiled_is_digest(const XXH3_state_t *state, const host_compiled *file) {
  XXH128_canonical_t digest;
  XXH128_canonicalFromHash(&digest, XXH3_128bits_digest(state));
  return memcmp(digest.digest, file->digest, sizeof file->digest) == 0;
}

bool host_compiled_is_same(const host_compiled *file, int fd) {
  size_t left = file->source_len;
  char block[BLOCK];
  XXH3_state_t state;
  XXH3_128bits_reset(&state);
  for (;;) {
    ssize_t got = read(fd, block, sizeof block);
    if (got <= 0) return got == 0 && left == 0 && compiled_is_digest(&state, file);
    if ((size_t)got > left) return false;
    XXH3_128bits_update(&state, block, (size_t)got);
    left -= (size_t)got;
  }
}
