/* git_glob: the patterns of git's ignore files. A compiled pattern does not change, so any thread
   may use it. */
#ifndef OS2_CORE_GIT_GIT_GLOB_H
#define OS2_CORE_GIT_GIT_GLOB_H

#include <stdbool.h>
#include <stddef.h>

typedef struct os2_git_glob os2_git_glob;

/* Compiles a pattern, which the caller frees with os2_git_glob_free. `?`, `*`, `[set]` and `\` mean
   what they mean in fnmatch(3). No wildcard matches a slash except "**", which counts as one when
   it is a whole component of the path; as in git it also counts when it is the first wildcard of
   the pattern, whatever precedes it. A set that is not closed matches nothing. `no_case`: ASCII
   letters match in either case. */
os2_git_glob *os2_git_glob_new(const char *pattern, size_t len, bool no_case);
void os2_git_glob_free(os2_git_glob *glob);

/* Returns true when the pattern matches the whole text. The time is at most proportional to the
   product of both lengths. */
bool os2_git_glob_matches(const os2_git_glob *glob, const char *text, size_t len);

#endif
