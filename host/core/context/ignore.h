/* ignore: the rules of a .dockerignore file. Parsed rules do not change, so any thread may use
   them. */
#ifndef OS2_CORE_CONTEXT_IGNORE_H
#define OS2_CORE_CONTEXT_IGNORE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"

typedef struct os2_ignore os2_ignore;

/* Parses the text of an ignore file as BuildKit does: a byte order mark, comments (# at the start
   of a line) and empty lines are dropped, lines are trimmed, paths are cleaned, one leading slash
   is removed, and a leading ! makes an exception. `name` is the file's name for messages. Sets
   *out, which the caller frees with os2_ignore_free. Returns 0, or -1 with err (OS2_INVALID) for a
   lone ! or a malformed pattern; the message names the file, the line, its text and the rule. */
int os2_ignore_parse(os2_ignore **out, const char *text, size_t len, const char *name,
                     os2_err *err);

/* The same from patterns that are read already, one a string and NULL behind the last: an engine
   sends those of its build. what is their name for messages. */
int os2_ignore_from_list(os2_ignore **out, const char *const *patterns, const char *what,
                         os2_err *err);

/* Frees it; NULL is passed over. */
void os2_ignore_free(os2_ignore *ignore);

/* Returns the number of patterns, which is the length of the arrays that os2_ignore_match uses. */
size_t os2_ignore_count(const os2_ignore *ignore);

/* Returns true when the path is excluded. The path is relative to the context, with slashes,
   without a leading or trailing one. A pattern applies to a path when it matches the path itself or
   a directory above it; of all patterns that apply, the last one decides.
   above: what `own` was for the directory that contains the path; NULL at the top.
   own: receives which patterns apply to this path, for the paths below it; NULL when none are
   below. */
bool os2_ignore_match(const os2_ignore *ignore, const char *path, size_t len, const bool *above,
                      bool *own);

/* Returns true when a path below an excluded directory may still be included: an exception after
   the deciding pattern could match there. `own` is the directory's array. */
bool os2_ignore_may_descend(const os2_ignore *ignore, const char *dir, size_t len, const bool *own);

/* Whether a pattern that is no exception could match something below a directory. */
bool os2_ignore_may_match_below(const os2_ignore *ignore, const char *dir, size_t len);

#endif
