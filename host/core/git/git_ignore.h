/* git_ignore: the rules of ignore files, as gitignore(5) has them. */
#ifndef OS2_CORE_GIT_GIT_IGNORE_H
#define OS2_CORE_GIT_GIT_IGNORE_H

#include <stdbool.h>
#include <stddef.h>

/* Rules in the order in which they were added: the last one that matches a path counts. */
typedef struct os2_git_ignore os2_git_ignore;

/* `no_case`: upper and lower case are the same (core.ignorecase). */
os2_git_ignore *os2_git_ignore_new(bool no_case);
void os2_git_ignore_free(os2_git_ignore *ignore);

/* Adds the rules of a file's text (copied). They hold below `base`, the directory of that file: "",
   or ended by a slash. */
void os2_git_ignore_add(os2_git_ignore *ignore, const char *text, size_t len, const char *base);

/* How many rules there are; dropping goes back to so many. */
size_t os2_git_ignore_count(const os2_git_ignore *ignore);
void os2_git_ignore_drop(os2_git_ignore *ignore, size_t count);

/* Whether a path (relative to the working tree) is ignored, as far as rules for the path itself
   say so: that nothing in an ignored directory comes back is the caller's to know. */
bool os2_git_ignore_has(os2_git_ignore *ignore, const char *path, bool is_directory);

#endif
