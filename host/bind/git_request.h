/* git_request: reads the options of a verb of host.git. */
#ifndef OS2_BIND_GIT_REQUEST_H
#define OS2_BIND_GIT_REQUEST_H

#include <lua.h>

#include "core/git/git.h"

/* Fills the request from the option table in argument 1 and removes the other arguments. Raises for
   an option that the verb does not have, a missing option and a wrong type. The strings of the
   request are owned by that table; userdata that is left on the stack owns the list of
   credentials. */
void bind_git_request(lua_State *L, os2_git_verb verb, os2_git_request *request);

#endif
