/* follow: the paths that a build wants, with everything that their symbolic links lead to. */
#ifndef OS2_CORE_CONTEXT_FOLLOW_H
#define OS2_CORE_CONTEXT_FOLLOW_H

#include "core/base/err.h"

/*
 * Returns the patterns (see ignore.h) that include these paths, each a path or, by component, a
 * pattern of Go's filepath.Match, NULL behind the last: the path itself, each symbolic link on its
 * way and what that leads to, seen from the root, which no target leaves. Sorted; what stands below
 * another one is left out. NULL without an error: everything is wanted, a path is the root itself.
 * root: a descriptor of the directory. The list and its strings are freed with os2_follow_free.
 * Errors: OS2_DENIED and what else keeps a directory from being read.
 */
char **os2_follow(int root, const char *const *paths, os2_err *err);

/* NULL is passed over. */
void os2_follow_free(char **patterns);

#endif
