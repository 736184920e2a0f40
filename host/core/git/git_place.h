/* git_place: makes a directory that appears at its path complete or not at all. The functions block
   on the disk and may be called on any thread. */
#ifndef OS2_CORE_GIT_GIT_PLACE_H
#define OS2_CORE_GIT_GIT_PLACE_H

#include "core/base/err.h"

typedef struct os2_git_place {
  char *target; /* the path at which the directory is to appear */
  char *path;   /* the temporary directory: beside the target, under a unique name */
  /* descriptor of `path`, locked (flock): a process that gets the lock of such a directory may
     remove it */
  int fd;
} os2_git_place;

/* Makes the temporary directory beside `target`, and missing directories above it. Removes what
   killed processes have left for the same target. Returns 0, or -1 with err, OS2_EXISTS when the
   target is something other than an empty directory. */
int os2_git_place_open(os2_git_place *place, const char *target, os2_err *err);

/* Renames the temporary directory to the target, in one step. Returns 0, or -1 with err. */
int os2_git_place_keep(os2_git_place *place, os2_err *err);

/* Removes the temporary directory unless it was kept, and frees what the place holds. */
void os2_git_place_close(os2_git_place *place);

#endif
