/* glob: checks that a pattern is well-formed, as Go's filepath.Match does. */
#include <string.h>

#include "core/base/utf8.h"
#include "core/context/glob_int.h"

static const char *const bad_class = "a class [...] must hold characters or ranges like a-z; "
                                     "- ] and \\ in it need a backslash before them";

/* Checks one character of a class. The class must continue after it. */
static const char *glob_check_class_char(os2_glob_reader *r) {
  if (os2_glob_left(r) == 0) return OS2_GLOB_OPEN_CLASS;
  if (*r->at == '-' || *r->at == ']') return bad_class;
  if (os2_glob_skip(r, "\\") && os2_glob_left(r) == 0) return OS2_GLOB_LATE_ESCAPE;
  size_t size;
  uint32_t rune = os2_utf8_decode(r->at, os2_glob_left(r), &size);
  if (rune == OS2_UTF8_INVALID && size == 1) return "a class [...] must be UTF-8";
  r->at += size;
  return os2_glob_left(r) == 0 ? OS2_GLOB_OPEN_CLASS : NULL;
}

static const char *glob_check_class(os2_glob_reader *r) {
  os2_glob_skip(r, "^");
  bool any = false;
  while (!(any && os2_glob_skip(r, "]"))) {
    const char *problem = glob_check_class_char(r);
    if (problem == NULL && os2_glob_skip(r, "-")) problem = glob_check_class_char(r);
    if (problem != NULL) return problem;
    any = true;
  }
  return NULL;
}

/* Checks up to the next star. Sets *is_dot when the chunk is one character that can match a dot. */
static const char *glob_check_chunk(os2_glob_reader *r, bool *is_dot) {
  const char *from = r->at;
  while (os2_glob_left(r) > 0 && *r->at != '*') {
    if (os2_glob_skip(r, "[")) {
      const char *problem = glob_check_class(r);
      if (problem != NULL) return problem;
    } else {
      if (os2_glob_skip(r, "\\") && os2_glob_left(r) == 0) return OS2_GLOB_LATE_ESCAPE;
      r->at++;
    }
  }
  size_t len = (size_t)(r->at - from);
  *is_dot =
      (len == 1 && (*from == '.' || *from == '?')) || (len == 2 && memcmp(from, "\\.", 2) == 0);
  return NULL;
}

/* BuildKit matches the pattern against "." only to get the error message. Go stops as soon as it
   knows the answer, so `a*[b-]` passes and `[b-]` does not. */
const char *os2_glob_check(const char *pattern, size_t len) {
  os2_glob_reader r = {pattern, pattern + len};
  bool is_dot = false;
  while (os2_glob_skip(&r, "*")) continue;
  const char *problem = glob_check_chunk(&r, &is_dot);
  if (problem != NULL || !is_dot) return problem;
  while (os2_glob_skip(&r, "*")) continue;
  return glob_check_chunk(&r, &is_dot);
}
