/* ignore_fuzz: libFuzzer entry for the ignore rules; the last line of the input is the path. */
#include <string.h>

#include "core/context/ignore.h"
#include "fuzz.h"

/* What is looked up leaf by leaf and what is carried down must agree, and nothing that may be
   pruned holds anything. */
static void walk(const os2_ignore *ignore, const char *path, size_t len) {
  bool *own = calloc(os2_ignore_count(ignore) + 1, sizeof *own);
  bool is_pruned = false;
  for (size_t i = 1; i <= len; i++) {
    if (i < len && path[i] != '/') continue;
    const bool *above = memchr(path, '/', i) == NULL ? NULL : own;
    bool as_leaf = os2_ignore_match(ignore, path, i, above, NULL);
    bool ignored = os2_ignore_match(ignore, path, i, above, own);
    if (as_leaf != ignored || (is_pruned && !ignored)) abort();
    if (ignored && !os2_ignore_may_descend(ignore, path, i, own)) is_pruned = true;
  }
  free(own);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
  const char *text = (const char *)bytes;
  const char *line = len == 0 ? NULL : memrchr(text, '\n', len);
  size_t rules = line == NULL ? len : (size_t)(line - text);
  os2_ignore *ignore;
  if (os2_ignore_parse(&ignore, text, rules, "fuzz", NULL) != 0) return 0;
  if (line != NULL && rules + 1 < len) walk(ignore, line + 1, len - rules - 1);
  os2_ignore_free(ignore);
  return 0;
}
