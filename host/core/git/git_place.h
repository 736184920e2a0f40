/* git_place: a directory that appears whole or not at all. */
#ifndef OS2_CORE_GIT_GIT_PLACE_H
#define OS2_CORE_GIT_GIT_PLACE_H

#include "core/base/err.h"

typedef struct os2_git_place {
  char *target; /* where it is to appear */
  char *path;   /* where it is made: beside the target, under a name of its own */
  int fd;       /* of path, locked: whoever can lock such a directory may remove it */
} os2_git_place;

/* Makes the temporary directory beside `target`, and the directories above where they are missing.
   Removes what processes that were killed left for the same target. -1 with err, OS2_EXISTS where
   the target is something else than an empty directory. */
int os2_git_place_open(os2_git_place *place, const char *target, os2_err *err);

/* Puts it at the target, in one step. -1 with err. */
int os2_git_place_keep(os2_git_place *place, os2_err *err);

/* Removes it unless it was kept, and frees what the place holds. */
void os2_git_place_close(os2_git_place *place);

#endif
