/* path_clean: the shortest form of a path, as Go's filepath.Clean gives it. */
#ifndef OS2_CORE_CONTEXT_PATH_CLEAN_H
#define OS2_CORE_CONTEXT_PATH_CLEAN_H

/* Takes doubled slashes, `.`, and `..` with what stands before it out of a path, in place. A path
   with a leading slash never leads above it; "" must not be given. */
void os2_path_clean(char *path);

#endif
