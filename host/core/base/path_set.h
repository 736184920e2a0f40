/* path_set: a set of relative paths that knows the directories above them. */
#ifndef OS2_CORE_BASE_PATH_SET_H
#define OS2_CORE_BASE_PATH_SET_H

#include <stdbool.h>
#include <stddef.h>

typedef struct os2_path_set os2_path_set;

/* Copies the paths; the last is followed by NULL. */
os2_path_set *os2_path_set_new(const char *const *paths);

/* NULL is passed over. */
void os2_path_set_free(os2_path_set *set);

/* Whether it holds that path. */
bool os2_path_set_has(const os2_path_set *set, const char *path);

/* Whether it holds a path below that directory. */
bool os2_path_set_has_below(const os2_path_set *set, const char *directory);

#endif
