/* git_request: the copy of a request that its job owns. The functions are called on the loop
   thread. */
#ifndef OS2_CORE_GIT_GIT_REQUEST_H
#define OS2_CORE_GIT_GIT_REQUEST_H

#include "core/git/git.h"

/* Checks the URL of a request that has one. Returns 0, or -1 with err (OS2_INVALID). */
int os2_git_request_check(const os2_git_request *request, os2_err *err);

/* Returns a copy that owns its strings; a missing remote becomes the default remote. Free it with
   os2_git_request_free. */
os2_git_request os2_git_request_copy(const os2_git_request *given);

/* Frees what a copy owns. Passwords are wiped first. */
void os2_git_request_free(os2_git_request *own);

#endif
