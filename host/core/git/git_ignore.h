/* git_ignore: the rules of ignore files, as in gitignore(5). Rules may be used on any thread, by
   one thread at a time. */
#ifndef OS2_CORE_GIT_GIT_IGNORE_H
#define OS2_CORE_GIT_GIT_IGNORE_H

#include <stdbool.h>
#include <stddef.h>

/* The rules in the order in which they were added. The last rule that matches a path decides. */
typedef struct os2_git_ignore os2_git_ignore;

/* Makes an empty list of rules; the caller frees it with os2_git_ignore_free. `no_case`: upper and
   lower case are equal (core.ignorecase). */
os2_git_ignore *os2_git_ignore_new(bool no_case);
void os2_git_ignore_free(os2_git_ignore *ignore);

/* Adds the rules of a file; the text is copied. They apply below `base`, the directory of that
   file: "", or a path that ends with a slash. */
void os2_git_ignore_add(os2_git_ignore *ignore, const char *text, size_t len, const char *base);

/* Returns the number of rules. os2_git_ignore_drop removes the rules that were added after there
   were `count`. */
size_t os2_git_ignore_count(const os2_git_ignore *ignore);
void os2_git_ignore_drop(os2_git_ignore *ignore, size_t count);

/* Returns true when the rules ignore the path itself (relative to the working tree). The rules of
   directories above are not consulted: the caller has to know that nothing inside an ignored
   directory can be included again. */
bool os2_git_ignore_has(os2_git_ignore *ignore, const char *path, bool is_directory);

#endif
