/* record_environment: the variables of the environment, for the record of a run. */
#ifndef OS2_BIND_RECORD_ENVIRONMENT_H
#define OS2_BIND_RECORD_ENVIRONMENT_H

#include "bind/record_json.h"

/* Appends "variables" with the names of all variables, and "env" with the values of those that
   match a pattern of the list at a stack index ("*" as in the shell) and are not secret. */
void record_environment_put(const record_walk *on, int patterns);

#endif
