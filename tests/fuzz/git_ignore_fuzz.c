/* git_ignore_fuzz: libFuzzer entry for git's ignore rules; the last line of the input is the
   path. */
#include <string.h>

#include "core/base/mem.h"
#include "core/git/git_ignore.h"
#include "fuzz.h"

/* The same question has the same answer, and rules that were dropped are gone. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
  const char *text = (const char *)bytes;
  const char *line = len == 0 ? NULL : memrchr(text, '\n', len);
  size_t rules = line == NULL ? len : (size_t)(line - text);
  char *path = line == NULL ? os2_mem_text("a/b", 3) : os2_mem_text(line + 1, len - rules - 1);
  for (int no_case = 0; no_case < 2; no_case++) {
    os2_git_ignore *ignore = os2_git_ignore_new(no_case != 0);
    os2_git_ignore_add(ignore, text, rules, "");
    bool is_ignored = os2_git_ignore_has(ignore, path, true);
    must(is_ignored == os2_git_ignore_has(ignore, path, true));
    bool is_exception_free = rules == 0 || memchr(text, '!', rules) == NULL;
    must(is_ignored || !is_exception_free || !os2_git_ignore_has(ignore, path, false));
    os2_git_ignore_drop(ignore, 0);
    must(!os2_git_ignore_has(ignore, path, true));
    os2_git_ignore_free(ignore);
  }
  free(path);
  return 0;
}
