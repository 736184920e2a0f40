/* path_set: a set of relative paths that can also tell whether a directory contains one of them. A
   set does not change after it is made, so any thread may read it. */
#ifndef OS2_CORE_BASE_PATH_SET_H
#define OS2_CORE_BASE_PATH_SET_H

#include <stdbool.h>

typedef struct os2_path_set os2_path_set;

/* Makes a set of the paths, which are copied. The array ends with NULL. The caller frees the set
   with os2_path_set_free. */
os2_path_set *os2_path_set_new(const char *const *paths);

/* Frees a set. NULL is allowed and does nothing. */
void os2_path_set_free(os2_path_set *set);

/* Returns true when the set contains the path. */
bool os2_path_set_has(const os2_path_set *set, const char *path);

/* Returns true when the set contains a path below the directory. */
bool os2_path_set_has_below(const os2_path_set *set, const char *directory);

#endif
