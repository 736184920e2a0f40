/* git_glob: the patterns of git's ignore files. */
#ifndef OS2_CORE_GIT_GIT_GLOB_H
#define OS2_CORE_GIT_GIT_GLOB_H

#include <stdbool.h>
#include <stddef.h>

typedef struct os2_git_glob os2_git_glob;

/*
 * Compiles a pattern: ? * [set] and \ stand for what they do in fnmatch(3). No wildcard matches a
 * slash but "**", where it is a whole part of the path; git takes it for one, too, where it is the
 * pattern's first wildcard, whatever stands before it. A set that is not closed matches nothing.
 * `no_case`: ASCII letters match either
   case. */
os2_git_glob *os2_git_glob_new(const char *pattern, size_t len, bool no_case);
void os2_git_glob_free(os2_git_glob *glob);

/* Whether it matches the whole text. Takes time in proportion to both lengths multiplied. */
bool os2_git_glob_matches(const os2_git_glob *glob, const char *text, size_t len);

#endif
