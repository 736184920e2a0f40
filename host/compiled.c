/* compiled: os2's own Lua files as they were when os2 was built, with their bytecode. */
#include "compiled.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 16 * 1024 };

static int compiled_compare(const void *name, const void *file) {
  return strcmp(name, ((const host_compiled *)file)->name);
}

const host_compiled *host_compiled_find(const char *name) {
  return bsearch(name, host_compiled_files, host_compiled_count, sizeof host_compiled_files[0],
                 compiled_compare);
}

bool host_compiled_is_same(const host_compiled *file, int fd) {
  const char *source = host_compiled_bytes + file->offset;
  size_t left = file->source_len;
  char block[BLOCK];
  for (;;) {
    ssize_t got = read(fd, block, sizeof block);
    if (got <= 0) return got == 0 && left == 0;
    if ((size_t)got > left || memcmp(block, source, (size_t)got) != 0) return false;
    source += got;
    left -= (size_t)got;
  }
}
