/* glob: the reader of patterns and expressions. */
#include <string.h>

#include "core/base/utf8.h"
#include "core/context/glob_int.h"

size_t os2_glob_left(const os2_glob_reader *r) { return (size_t)(r->end - r->at); }

bool os2_glob_starts(const os2_glob_reader *r, const char *text) {
  size_t len = strlen(text);
  return os2_glob_left(r) >= len && memcmp(r->at, text, len) == 0;
}

bool os2_glob_skip(os2_glob_reader *r, const char *text) {
  if (!os2_glob_starts(r, text)) return false;
  r->at += strlen(text);
  return true;
}

uint32_t os2_glob_next_rune(os2_glob_reader *r) {
  size_t size;
  uint32_t rune = os2_utf8_decode(r->at, os2_glob_left(r), &size);
  r->at += size;
  return rune;
}
