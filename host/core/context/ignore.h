/* ignore: the rules of a .dockerignore file. */
#ifndef OS2_CORE_CONTEXT_IGNORE_H
#define OS2_CORE_CONTEXT_IGNORE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"

typedef struct os2_ignore os2_ignore;

/* Reads the text of an ignore file as BuildKit does: a byte order mark, comments (# first in the
   line) and empty lines are dropped, lines are trimmed, paths cleaned, one leading slash removed, a
   leading ! makes an exception. name is the file's name for messages. A lone ! or a malformed
   pattern is OS2_INVALID, with the file, the line, its text and the rule. */
int os2_ignore_parse(os2_ignore **out, const char *text, size_t len, const char *name,
                     os2_err *err);

/* Frees it; NULL is passed over. */
void os2_ignore_free(os2_ignore *ignore);

/* How many patterns there are: the length of the arrays that os2_ignore_match takes. */
size_t os2_ignore_count(const os2_ignore *ignore);

/* Whether the path (relative to the context, slashes, neither a leading nor a trailing one) is left
   out. A pattern applies to a path when it matches it or a directory above it; of all that apply
   the last one decides.
   above: what `own` was for the directory that holds the path, NULL at the top.
   own: filled with what applies to this path, for what lies below it; NULL when nothing does. */
bool os2_ignore_match(const os2_ignore *ignore, const char *path, size_t len, const bool *above,
                      bool *own);

/* Whether something below a directory that is left out may be included all the same: an exception
   that comes after the pattern that decided could match there. own is the directory's. */
bool os2_ignore_may_descend(const os2_ignore *ignore, const char *dir, size_t len, const bool *own);

#endif
